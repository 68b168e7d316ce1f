"""Limits around a path: how far forecasts of such series have fallen from what came."""

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from silktrade.forecasting.models.panel import recall
from silktrade.forecasting.models.seasonality import Array, bridge, deseasonalise_shrunk
from silktrade.forecasting.models.smoothing import misses

TABLE = Path(__file__).with_name("interval_table.csv")
# Whose misses stand for those of a model that the table does not know: no serious model misses by
# more. `benchmarks/calibrate_intervals.py --models NAME` gives it rows of its own.
STAND_IN = "naive"
# Scales below a hundredth of a percent say nothing: they would make any error huge.
SMALLEST = 1e-4
# In the table: probabilities, first lengths of history, and horizons by observations in a year.
PROBABILITIES = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995
)  # fmt: skip
LENGTHS = {12: (3, 15, 48), 4: (3, 7, 28), 1: (3, 5, 8)}
HORIZONS = {12: (1, 2, 3, 5, 8, 11, 15, 18), 4: (1, 2, 3, 4, 6, 8), 1: (1, 2, 3, 4, 6)}


class NaiveScale(NamedTuple):
    """How far a series moves of itself, by horizon."""

    size: Array  # one number per step ahead, without unit: a share of the level
    # What a size of 1 means in the unit of the series: 0 where it means a factor, for series above
    # 0; the mean absolute value for others.
    unit: float


_scales: dict[Hashable, NaiveScale] = {}


def scale(values: Array, period: int, horizon: int) -> NaiveScale:
    r"""Measure how far a series moves of itself."""
    key = (values.tobytes(), period, horizon)  # the same for every model of a series
    return recall(_scales, [key], lambda _: [naive_scale(values, period, horizon)])[0]


def naive_scale(values: Array, period: int, horizon: int) -> NaiveScale:
    """Measure what `scale` gives."""
    known = ~np.isnan(values)
    whole = bridge(values, period)
    unit = 0.0 if np.all(whole > 0) else float(np.mean(np.abs(values[known]))) or 1.0
    level = np.log(whole) if unit == 0 else whole / unit
    adjusted = deseasonalise_shrunk(whole, period, 1).values
    plain = np.log(adjusted) if unit == 0 else adjusted / unit
    step = change(np.where(known, plain, np.nan), 1)
    if period == 1 or len(values) < period + 3:
        size = np.full(horizon, step)
    else:
        year = change(np.where(known, level, np.nan), period)
        size = np.sqrt(misses(plain, known, horizon) * (step if np.isnan(year) else year))
    return NaiveScale(np.maximum(size, SMALLEST), unit)


def change(values: Array, lag: int) -> float:
    """Mean absolute change over `lag` periods; over gaps, as a random walk would make it."""
    pairs = values[lag:] - values[:-lag]
    if not np.all(np.isnan(pairs)):
        return float(np.nanmean(np.abs(pairs)))
    known = np.flatnonzero(~np.isnan(values))
    steps = np.diff(values[known]) / np.sqrt(np.diff(known))
    return float(np.mean(np.abs(steps))) if lag == 1 else float("nan")


def stretch(distance: Array) -> Array:
    r"""Turn a distance on the logarithm into a factor, without explosion."""
    return np.exp(np.minimum(distance, 1)) * np.maximum(distance, 1)


def scaled_errors(actual: Array, path: Array, around: NaiveScale) -> Array:
    r"""Express what a path missed in the scale of its series."""
    if around.unit:
        return (actual - path) / around.unit / around.size
    # Positive history, yet something not above 0 came: as far below as a factor of 1e-6.
    ratio = np.maximum(actual / path, 1e-6)
    return np.where(ratio <= np.e, np.log(ratio), ratio / np.e) / around.size


def add_limits(path: Array, scaled_quantiles: Array, around: NaiveScale, negative: bool) -> Array:
    """Lay limits around a path."""
    wide = scaled_quantiles * around.size[:, None]
    if around.unit == 0:
        return path[:, None] * stretch(wide)
    fan = path[:, None] + wide * around.unit
    return fan if negative else np.maximum(fan, 0.0)


def interval(
    path: Array, values: Array, period: int, quantiles: Array, model: str = "combination"
) -> Array:
    """Lay limits around a path as wide as they had to be on the M1 competition's series."""
    known = values[~np.isnan(values)]
    if np.ptp(known) == 0:
        return np.tile(path[:, None], (1, len(quantiles)))
    around = scale(values, period, len(path))
    scaled_quantiles = table_distances(period, len(known), len(path), quantiles, model)
    return add_limits(path, scaled_quantiles, around, bool(known.min() < 0))


def table_distances(period: int, length: int, horizon: int, quantiles: Array, model: str) -> Array:
    """Scaled quantiles from the table: one row per step, one column per quantile."""
    first = max(n for n in LENGTHS[period] if n <= max(length, LENGTHS[period][0]))
    known, spreads = spreads_of(model, period, first, _state())
    steps = np.arange(1, horizon + 1)
    columns = [np.interp(steps, known, spread) for spread in spreads]
    # Further ahead than the table goes, errors grow as a random walk's do.
    growth = np.sqrt(np.maximum(steps / known[-1], 1))
    return between_probabilities(np.array(columns).T * growth[:, None], quantiles)


@cache
def spreads_of(model: str, period: int, first: int, _state: int) -> tuple[Array, Array]:
    """Take the table's horizons for series of one kind, and its quantiles: one row each."""
    table = spread_table()
    if model not in table.index.get_level_values("model"):
        model = STAND_IN
    rows = table.loc[(model, period, first)]
    return rows.index.to_numpy(), rows.to_numpy().T


def between_probabilities(scaled_quantiles: Array, quantiles: Array) -> Array:
    """Interpolate quantiles on normal scores, and extrapolate along the last stretch."""
    scores, wanted = ndtri(np.array(PROBABILITIES)), ndtri(quantiles)
    place = np.clip(np.searchsorted(scores, wanted) - 1, 0, len(scores) - 2)
    share = (wanted - scores[place]) / (scores[place + 1] - scores[place])
    return scaled_quantiles[:, place] * (1 - share) + scaled_quantiles[:, place + 1] * share


def spread_table() -> pd.DataFrame:
    """Give the bundled table as it is now, made by benchmarks/calibrate_intervals.py."""
    return _table(_state())


def _state() -> int:
    """Tell one state of the table from another: results are kept by what it holds now."""
    return TABLE.stat().st_mtime_ns


@cache
def _table(_state: int) -> pd.DataFrame:
    """Read the table once for each state of it."""
    return pd.read_csv(TABLE).set_index(["model", "period", "length", "horizon"]).sort_index()
