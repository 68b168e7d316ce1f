"""One series in, its future out: a median, and limits that hold what has just been seen."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import sourced
from silktrade.forecasting.calibration import interval
from silktrade.forecasting.models import MODELS, point_forecast, prefit
from silktrade.forecasting.models.seasonality import (
    Array,
    bridge,
    deseasonalise_shrunk,
    in_second_year,
)
from silktrade.forecasting.models.simple import seasonal_naive
from silktrade.series import PER_YEAR, read_array, read_series

DEFAULT = (0.025, 0.1, 0.5, 0.9, 0.975)
FEWEST = 3
# Of the largest value: what adding and taking away a season leaves of nothing at all.
ROUNDING = 1e-12
OUTER = 0.025  # from the 95 % limits outwards
# Values whose level is in question; the season they are moved by is that of the values before.
JUDGED = 2


@sourced
def forecast(
    series: pd.Series,
    horizon: int,
    *,
    quantiles: Sequence[float] | None = None,
    level: float | Sequence[float] | None = None,
    model: str = "combination",
    models: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    r"""
    Forecast a series, with limits that have held on other series.

    Parameters
    ----------
    series : Series, or DataFrame of one column
        At least three finite values in any unit, by month, quarter or year: on a PeriodIndex, by
        dates or their text, in any order. Missing values, or missing periods, are allowed anywhere.
    horizon : int
        Periods ahead of the last one of `series`, at least 1.
    quantiles : sequence of float, default (0.025, 0.1, 0.5, 0.9, 0.975)
        Between 0 and 1, each once; 0.5 is the point forecast.
    level : float or sequence of float, optional
        Instead of quantiles: what the limits should cover, in percent, such as `[80, 95]`. The
        columns are the quantiles of the limits, with the point forecast among them.
    model : str, default "combination"
        A name in `forecasting.models.MODELS`.
    models : str or iterable of str, optional
        Several names instead of one: the rows are then indexed by model and period.

    Returns
    -------
    DataFrame
        Indexed by the future periods, one column per quantile in the order given, in the unit of
        `series`, which `attrs` repeats with its name and source. Where the series has no negative
        value, none is forecast. A constant series stays what it is, without any doubt.

    Notes
    -----
    The point forecast is the model's. The limits lie around it by

    .. math:: \hat y_h \exp(s \, z_{q,h}) \quad\text{or}\quad \hat y_h + s \, z_{q,h}

    for series above 0 and others, with s how far the series moves of itself, and z the quantile of
    errors so scaled that the model made on the series of the M1 competition (Makridakis and others
    1982, Journal of Forecasting 1(2)), by frequency, length of history and horizon. What happened
    on those series is promised to happen on yours; a structural break breaks the promise.

    From the 95 % limits outwards they hold what has just been seen, whatever the model makes of it
    (`forecasting.forecast.seen`). Values missing within the series are bridged for the models; over
    those missing at its end the forecast begins at the last known value.

    Examples
    --------
    >>> years = pd.period_range("2000", periods=20, freq="Y")
    >>> forecast(pd.Series(np.arange(100.0, 120.0), index=years), 2, quantiles=[0.5]).round(2)
    quantile    0.5
    period
    2020      120.0
    2021      121.0
    """
    names = [codes.one_of("model", model, MODELS)]
    if models is not None:
        names = codes.some_of("models", models, MODELS)
    values, period, index = checked(series, horizon)
    wanted = codes.fractions("quantiles", _wanted(quantiles, level))
    levels, columns = np.array(wanted), pd.Index(wanted, name="quantile")
    frames = {
        name: pd.DataFrame(fan(values, period, horizon, levels, name), index, columns)
        for name in names
    }
    index.name = index.name or "period"
    out = frames[names[0]] if models is None else pd.concat(frames, names=["model", "period"])
    out.attrs = _words(series)
    return out


def _words(series: pd.Series | pd.DataFrame) -> dict[str, object]:
    """Repeat what a series says of itself: its name, its unit and its source."""
    said = {key: series.attrs[key] for key in ("currency", "unit", "source") if key in series.attrs}
    name = getattr(series, "name", None)
    return said | ({} if name is None else {"name": str(name)})


def _wanted(
    quantiles: Sequence[float] | None, level: float | Sequence[float] | None
) -> Sequence[float]:
    """Give the quantiles that are asked for, as such or as what their limits cover."""
    if level is None:
        return DEFAULT if quantiles is None else quantiles
    if quantiles is not None:
        raise ValueError("level and quantiles say the same: leave one of them out")
    levels = read_array([level] if np.isscalar(level) else level, "level")
    wrong = levels[~((levels > 1) & (levels < 100))]
    if len(wrong) or not len(levels) or len(set(levels)) < len(levels):
        got = f"{wrong[0]:g}" if len(wrong) else f"{level!r}"
        cure = f": write {100 * wrong[0]:g}" if len(wrong) and 0 < wrong[0] < 1 else ""
        raise ValueError(f"level must be percents between 1 and 100, each once, got {got}{cure}")
    below = [round((100 - value) / 200, 6) for value in levels]
    return sorted({*below, 0.5, *(round(1 - q, 6) for q in below)})


def fan(values: Array, period: int, horizon: int, levels: Array, model: str) -> Array:
    """Forecast values that are known to be in order: what `forecast` does, without its frame."""
    known, size, behind = trimmed(values)
    whole = bridge(known, period)
    path = point_forecast(whole, period, horizon + behind, model)
    fans = reach(interval(path, known, period, levels, model), levels, seen(path, whole, period))
    if whole.min() <= 0:
        fans = np.where(np.abs(fans) < ROUNDING, 0.0, fans)
    return size * fans[behind:]


def reach(fans: Array, levels: Array, held: Array) -> Array:
    """Widen the outer limits to hold what they must."""
    low, high = np.fmin.reduce(held)[:, None], np.fmax.reduce(held)[:, None]
    wide = np.where(levels <= OUTER, np.fmin(fans, low), fans)
    return np.where(levels >= 1 - OUTER, np.fmax(wide, high), wide)


def seen(path: Array, values: Array, period: int) -> Array:
    r"""List the levels at which a series has just been, as each step ahead would have them."""
    # 1. The last two values, moved by the season from their own period to that of the step. After a
    # jump in the last value either that is the new level or it was the only one of its kind: a path
    # between the two, which every smoother gives, is the one place where nothing was ever seen, and
    # the errors that limits are learned from hold few such jumps. 2. The last value of the step's
    # season: a season that repeats itself, or that has just come or gone, would come back to it,
    # whether the history is too short to estimate it or too long. 3. The value nearest to the path,
    # where that lies between the least and the largest: what has been passed over by a jump alone,
    # at any time, is not certain to be where it stays.
    # This moves an outer limit of 675 of M3's 3,003 series: 95 % limits become 0.4 to 0.8 % wider,
    # those of no known frequency 3 %, and cover 0.1 and 0.4 points more.
    steps, least, largest = len(path), values.min(), values.max()
    year_ago = seasonal_naive(values, period, steps)
    near = values[np.abs(values[:, None] - path).argmin(axis=0)]
    near = np.where((least < path) & (path < largest), near, np.nan)
    return np.clip([*moved(values, period, steps), year_ago, near], least, largest)


def moved(values: Array, period: int, steps: int) -> Array:
    """Move the last two values by the season, as it was before them, to that of each step."""
    before, last = values[:-JUDGED], values[-JUDGED:]
    if in_second_year(before, period):
        season, multiplicative = seasonal_naive(before, period, JUDGED + steps), False
    else:
        _, season, multiplicative = deseasonalise_shrunk(before, period, JUDGED + steps)
    then, ahead = season[:JUDGED], season[JUDGED:]
    if multiplicative:
        return np.multiply.outer(last / then, ahead)
    return np.add.outer(last - then, ahead)


def prefit_panel(panel: Iterable[Array], period: int, horizon: int, models: Iterable[str]) -> None:
    """Fit what takes long to several series at once, to be found by `fan` afterwards."""
    together: dict[int, list[Array]] = {}
    for values in panel:
        known, _, behind = trimmed(values)
        together.setdefault(horizon + behind, []).append(bridge(known, period))
    for steps, histories in together.items():
        prefit(histories, period, steps, models)


def checked(series: pd.Series, horizon: int) -> tuple[Array, int, pd.PeriodIndex]:
    """Give the values of every period, their number in a year, and the periods to forecast."""
    series = read_series(series)
    index = series.index
    horizon = codes.whole("horizon", horizon, why="it counts the periods to forecast")
    if series.count() < FEWEST:
        raise ValueError(
            f"series must hold at least {FEWEST} values, got {series.count()} of {len(series)} "
            "periods; give a longer history"
        )
    every = pd.period_range(index.min(), index.max(), freq=index.freq)
    ahead = pd.period_range(every[-1] + 1, periods=horizon, freq=index.freq)
    values = series.reindex(every).to_numpy()
    return values, PER_YEAR[index.freqstr[0]], ahead.rename(index.name)


def trimmed(values: Array) -> tuple[Array, float, int]:
    """Cut to what is known and bring it to a largest size of 1; say that size, and what follows."""
    known = np.flatnonzero(~np.isnan(values))
    values, behind = values[known[0] : known[-1] + 1], len(values) - 1 - int(known[-1])
    # Near the largest and smallest floats squares would overflow or vanish.
    size = float(np.nanmax(np.abs(values))) or 1.0
    return values / size, size, behind
