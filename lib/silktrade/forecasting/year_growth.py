"""How much a calendar year's total grows, with limits learned from earlier years of a panel."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from silktrade.forecasting.calibration import NaiveScale, add_limits, scaled_errors
from silktrade.forecasting.conformal import ahead, enough, pooled_distances
from silktrade.forecasting.models.seasonality import Array, bridge


def year_growth(
    values: Array, period: int, start: int, model: str | Callable[..., Array] = "combination"
) -> tuple[float, float]:
    """Forecast how much the running or coming calendar year's total grows over the last one's."""
    if np.nanmin(values) <= 0:
        raise ValueError(
            f"values must be above 0 for a growth rate, got {np.nanmin(values):g}; "
            "forecast the series itself instead"
        )
    gone = (start + len(values)) % period
    path, around = ahead(values, period, period - gone, model)
    whole = bridge(values[np.flatnonzero(~np.isnan(values))[0] :], period)
    total = whole[len(whole) - gone :].sum() + path.sum()
    before = whole[len(whole) - gone - period : len(whole) - gone].sum()
    return float(total / before - 1), float(around.size[-1])


def year_growth_errors(
    values: Array,
    period: int,
    start: int,
    *,
    origins: int = 5,
    model: str | Callable[..., Array] = "combination",
) -> Array:
    """Forecast earlier years from the same month, and express what was missed in scale."""
    errors = np.full(origins, np.nan)
    gone = (start + len(values)) % period
    for number in range(origins):
        origin = len(values) - (number + 1) * period
        rest = values[max(origin, 0) : origin + period - gone]
        if origin < 0 or not enough(values[:origin], period) or np.isnan(rest).any():
            continue
        growth, size = year_growth(values[:origin], period, start, model)
        base = values[origin - gone - period : origin - gone].sum()
        actual = (values[origin - gone : origin].sum() + rest.sum()) / base
        around = NaiveScale(np.array([size]), 0.0)
        errors[number] = scaled_errors(np.array([actual]), np.array([1 + growth]), around)[0]
    return errors


def panel_year_growth(
    panel: Mapping[str, Array],
    period: int,
    start: Mapping[str, int],
    *,
    quantiles: Sequence[float] = (0.025, 0.1, 0.5, 0.9, 0.975),
    origins: int = 5,
    model: str = "combination",
) -> dict[str, Array]:
    """Forecast growth of several series' years, with limits learned from them all."""
    # Neither do months add up as if independent (too narrow) nor do their limits add up (too wide):
    # the error of the total is learned as such.
    levels = np.asarray(quantiles, dtype=float)
    errors = [
        year_growth_errors(values, period, start[name], origins=origins, model=model)
        for name, values in panel.items()
    ]
    scaled_quantiles = pooled_distances([row[:, None] for row in errors], levels)
    fans = {}
    for name, values in panel.items():
        growth, size = year_growth(values, period, start[name], model)
        around = NaiveScale(np.array([size]), 0.0)
        fans[name] = add_limits(np.array([1 + growth]), scaled_quantiles, around, False)[0] - 1
    return fans
