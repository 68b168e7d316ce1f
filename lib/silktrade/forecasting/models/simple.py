"""The forecasts that any other has to beat."""

import numpy as np

from silktrade.forecasting.models.seasonality import Adjusted, Array, adjust_shrunk


def naive(values: Array, period: int, horizon: int) -> Array:
    """
    Forecast that all stays as it was last.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year; of no matter here.
    horizon : int
        Steps ahead, at least 1.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series.

    Examples
    --------
    >>> naive(np.array([1.0, 3.0, 2.0]), 1, 2)
    array([2., 2.])
    """
    return np.full(horizon, values[-1])


def seasonal_naive(values: Array, period: int, horizon: int) -> Array:
    """
    Forecast that each season comes as it came last.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series; that of `naive` for a
        series of less than a year.

    Examples
    --------
    >>> seasonal_naive(np.array([1.0, 3.0, 2.0]), 2, 3)
    array([3., 2., 3.])
    """
    if len(values) < period:
        return naive(values, period, horizon)
    return values[-period:][np.arange(horizon) % period]


def drift(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""
    Forecast that the average step goes on: a random walk with drift.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.
    adjusted : Adjusted, optional
        The series without its season; by default `adjust_shrunk` of it.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series.

    Notes
    -----
    .. math:: \hat y_{n+h} = y_n + h \, (y_n - y_1) / (n - 1)

    References
    ----------
    .. [1] Hyndman, R. J. and Athanasopoulos, G. (2021). Forecasting: Principles and Practice,
       3rd ed., section 5.2. OTexts.

    Examples
    --------
    >>> drift(np.array([1.0, 3.0, 2.0]), 1, 2)
    array([2.5, 3. ])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    return adjusted.restore(walk(adjusted.values, np.mean(np.diff(adjusted.values)), horizon))


def median_drift(
    values: Array, period: int, horizon: int, adjusted: Adjusted | None = None
) -> Array:
    """
    Forecast that the median step goes on, which single jumps do not move.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.
    adjusted : Adjusted, optional
        The series without its season; by default `adjust_shrunk` of it.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series.

    Examples
    --------
    >>> median_drift(np.array([1.0, 2.0, 3.0, 9.0]), 1, 2)
    array([10., 11.])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    return adjusted.restore(walk(adjusted.values, np.median(np.diff(adjusted.values)), horizon))


def walk(values: Array, step: float, horizon: int) -> Array:
    """Go on from the last value by equal steps."""
    return values[-1] + step * np.arange(1, horizon + 1)
