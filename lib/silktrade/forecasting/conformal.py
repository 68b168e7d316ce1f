"""Limits learned from a panel's own past: what was missed before, on all its series together."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from silktrade import cache
from silktrade.forecasting.calibration import NaiveScale, add_limits, scale, scaled_errors
from silktrade.forecasting.models import point_forecast, prefit
from silktrade.forecasting.models.seasonality import Array, bridge

# A model needs some history: three years, or eight years of yearly values.
FEWEST_YEARS = 3
FEWEST = 8
# What is missed depends on.
CODE = (
    "forecasting/calibration",
    "forecasting/conformal",
    "forecasting/interval_table.csv",
    "forecasting/models",
    "series",
)


def rolling_errors(
    values: Array,
    period: int,
    horizon: int,
    *,
    origins: int = 5,
    step: int = 1,
    model: str | Callable[..., Array] = "combination",
) -> Array:
    """Forecast a series from earlier origins, and express what was missed in its scale."""
    return panel_errors([values], period, horizon, origins=origins, step=step, model=model)[0]


def panel_errors(
    panel: Sequence[Array],
    period: int,
    horizon: int,
    *,
    origins: int = 5,
    step: int = 1,
    model: str | Callable[..., Array] = "combination",
) -> list[Array]:
    """Give the errors of `rolling_errors` for several series, fitted together."""
    # What a named model missed is kept on disk (see `silktrade.cache`): it is by far the longest
    # part of a projection, and every report of one day asks for the same.
    asked = (period, horizon, origins, step, model)
    if callable(model) or not panel:
        return list(_panel_errors(panel, *asked))
    data = b"|".join(np.ascontiguousarray(values, float).tobytes() for values in panel)
    name = cache.key(("panel_errors", *asked), data, CODE)
    return list(cache.array(name, lambda: _panel_errors(panel, *asked)))


def _panel_errors(
    panel: Sequence[Array],
    period: int,
    horizon: int,
    origins: int,
    step: int,
    model: str | Callable[..., Array],
) -> Array:
    """Compute the errors: series x origins x steps."""
    rows = np.full((len(panel), origins, horizon), np.nan)
    places = [
        (values, errors[number], max(len(values) - horizon - number * step, 0))
        for values, errors in zip(panel, rows, strict=True)
        for number in range(origins)
    ]
    places = [place for place in places if enough(place[0][: place[2]], period)]
    if isinstance(model, str):
        histories = [whole(values[:origin], period) for values, _, origin in places]
        prefit(histories, period, horizon, [model])
    for values, errors, origin in places:
        path, around = ahead(values[:origin], period, horizon, model)
        errors[:] = scaled_errors(values[origin : origin + horizon], path, around)
    return rows


def enough(history: Array, period: int) -> bool:
    """Whether a model can be expected to say anything, and the series moves at all."""
    present = history[~np.isnan(history)]
    fewest = max(FEWEST, FEWEST_YEARS * period if period > 1 else 0)
    return len(present) >= fewest and np.ptp(present) > 0 and not np.isnan(history[-1])


def ahead(
    history: Array, period: int, horizon: int, model: str | Callable[..., Array]
) -> tuple[Array, NaiveScale]:
    """Path and scale from one origin; gaps are bridged, what was before the first value left."""
    bridged = whole(history, period)
    if callable(model):
        path = model(bridged, period, horizon)
    else:
        path = point_forecast(bridged, period, horizon, model)
    return path, scale(known(history), period, horizon)


def known(history: Array) -> Array:
    """Leave out what was before the first value."""
    return history[np.flatnonzero(~np.isnan(history))[0] :]


def whole(history: Array, period: int) -> Array:
    """Give the series from its first value on, gaps bridged."""
    return bridge(known(history), period)


def pooled_distances(
    errors: Sequence[Array], quantiles: Array, buckets: Sequence[int] = ()
) -> Array:
    r"""Turn a panel's scaled errors into scaled quantiles, by bucket of horizons."""
    # Split-conformal: of n pooled absolute errors the limit for probability p is the one of rank
    # \lceil (n+1) \, p \rceil, at most the largest, which covers with probability p if the
    # next error is exchangeable with them. Both tails are pooled: five origins know too little of
    # either.
    # Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic Learning in a Random World.
    # Springer. Stankeviciute, K., Alaa, A. and van der Schaar, M. (2021). Conformal time-
    # series forecasting. Advances in Neural Information Processing Systems 34.
    stacked = np.vstack(errors)
    horizon = stacked.shape[1]
    firsts = list(buckets) or list(range(1, horizon + 1))
    ends = [*firsts[1:], horizon + 1]
    rows = np.empty((horizon, len(quantiles)))
    for first, end in zip(firsts, ends, strict=True):
        pool = np.abs(stacked[:, first - 1 : end - 1])
        pool = np.sort(pool[~np.isnan(pool)])
        if len(pool) < 20:
            raise ValueError(
                f"errors must hold at least 20 values for steps {first} to {end - 1}, got "
                f"{len(pool)}; use more series or origins, or wider buckets"
            )
        rows[first - 1 : end - 1] = ranked(pool, quantiles)
    return rows


def ranked(pool: Array, quantiles: Array) -> Array:
    """Signed limits from sorted absolute errors, with the conformal rank."""
    inside = np.abs(2 * quantiles - 1)
    rank = np.ceil((len(pool) + 1) * inside - 1e-9).astype(int)
    limit = np.where(rank > 0, pool[np.clip(rank, 1, len(pool)) - 1], 0.0)
    return np.sign(quantiles - 0.5) * limit


def panel_forecast(
    panel: Mapping[str, Array],
    period: int,
    horizon: int,
    *,
    quantiles: Sequence[float] = (0.025, 0.1, 0.5, 0.9, 0.975),
    origins: int = 5,
    step: int = 1,
    buckets: Sequence[int] = (),
    model: str = "combination",
) -> dict[str, Array]:
    """Forecast several series, with limits learned from all of them together."""
    errors = panel_errors(
        list(panel.values()), period, horizon, origins=origins, step=step, model=model
    )
    scaled_quantiles = pooled_distances(errors, np.asarray(quantiles, dtype=float), buckets)
    fans = {}
    for name, values in panel.items():
        path, around = ahead(values, period, horizon, model)
        fans[name] = add_limits(path, scaled_quantiles, around, bool(np.nanmin(values) < 0))
    return fans
