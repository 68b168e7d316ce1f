"""How much a calendar year's total grows, with limits learned from earlier years of a panel."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from silktrade.forecasting.calibration import Scale, apply, scaled_errors
from silktrade.forecasting.conformal import ahead, enough, pooled_distances
from silktrade.forecasting.models.seasonality import Array, bridge


def year_growth(
    values: Array, period: int, start: int, model: str | Callable[..., Array] = "combination"
) -> tuple[float, float]:
    """
    Forecast how much the running or coming calendar year's total grows over the last one's.

    Parameters
    ----------
    values : array of float
        The series, in time order, all above 0, NaN where missing.
    period : int
        Observations in a year.
    start : int
        Season of the first value: 0 for January or a first quarter.
    model : str or callable, default "combination"
        A name in `forecasting.models.MODELS`, or a function of values, period and horizon.

    Returns
    -------
    growth : float
        As a fraction: what is known of the year plus the forecast rest, over the year before.
    size : float
        Scale of the series at the last step of the rest, see `silktrade.calibration.scale`.

    Raises
    ------
    ValueError
        If a value is 0 or below.

    Examples
    --------
    Two quarters of 11 known, after a year of four tens:

    >>> quarters = np.array([10.0] * 12 + [11.0, 11.0])
    >>> growth, size = year_growth(quarters, 4, 0, model="naive")
    >>> round(growth, 3)
    0.1
    """
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
    """
    Forecast the growth of earlier years from the same month, and express what was missed in scale.

    Parameters
    ----------
    values, period, start, model
        As for `year_growth`.
    origins : int, default 5
        How many years back; the latest is the last one whose total has come.

    Returns
    -------
    array of float
        One error per year, the latest first, of the logarithm of the total and divided by the
        scale; NaN where the history was too short.

    Examples
    --------
    >>> year_growth_errors(np.full(40, 10.0) + np.arange(40.0), 4, 0, origins=1, model="drift") < 9
    array([ True])
    """
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
        around = Scale(np.array([size]), 0.0)
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
    """
    Forecast the growth of several series' calendar-year totals, with limits learned from them all.

    Parameters
    ----------
    panel : mapping of str to array of float
        The series by name, all above 0, to the same period.
    period : int
        Observations in a year.
    start : mapping of str to int
        Season of each first value: 0 for January or a first quarter.
    quantiles : sequence of float, default (0.025, 0.1, 0.5, 0.9, 0.975)
        Between 0 and 1.
    origins : int, default 5
        Earlier years to learn from.
    model : str, default "combination"
        A name in `forecasting.models.MODELS`.

    Returns
    -------
    dict of str to array of float
        For each series the growth, as a fraction, at each quantile.

    Raises
    ------
    ValueError
        If the panel has fewer than 20 earlier years to learn from.

    Notes
    -----
    Neither do months add up as if independent (too narrow) nor do their limits add up (too wide):
    the error of the total is learned as such.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = {name: np.exp(np.cumsum(rng.normal(0, 0.1, size=44))) for name in "abcde"}
    >>> fans = panel_year_growth(panel, 4, dict.fromkeys("abcde", 0), model="naive")
    >>> bool(np.all(np.diff(fans["a"]) > 0))
    True
    """
    levels = np.asarray(quantiles, dtype=float)
    errors = [
        year_growth_errors(values, period, start[name], origins=origins, model=model)
        for name, values in panel.items()
    ]
    distances = pooled_distances([row[:, None] for row in errors], levels)
    fans = {}
    for name, values in panel.items():
        growth, size = year_growth(values, period, start[name], model)
        around = Scale(np.array([size]), 0.0)
        fans[name] = apply(np.array([1 + growth]), distances, around, False)[0] - 1
    return fans
