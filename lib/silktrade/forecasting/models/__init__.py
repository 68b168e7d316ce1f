"""The forecasters: one series in, one path out."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from silktrade import codes
from silktrade.forecasting.models import arima, smoothing, theta_method
from silktrade.forecasting.models.arima import airline, regarima
from silktrade.forecasting.models.pool import combination, limit, orders_of
from silktrade.forecasting.models.seasonality import deseasonalise_shrunk
from silktrade.forecasting.models.simple import drift, median_drift, naive, seasonal_naive
from silktrade.forecasting.models.smoothing import damped, ets
from silktrade.forecasting.models.theta_method import dotm, theta
from silktrade.series import read_array

__all__ = [
    "MODELS",
    "airline",
    "combination",
    "damped",
    "dotm",
    "drift",
    "ets",
    "limit",
    "median_drift",
    "naive",
    "point_forecast",
    "point_forecasts",
    "prefit",
    "regarima",
    "seasonal_naive",
    "theta",
]

MODELS: dict[str, Callable[..., NDArray[np.float64]]] = {
    "airline": airline,
    "combination": combination,
    "damped": damped,
    "dotm": dotm,
    "drift": drift,
    "ets": ets,
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "theta": theta,
}


def point_forecast(
    values: NDArray[np.float64], period: int, horizon: int, model: str = "combination"
) -> NDArray[np.float64]:
    """
    Forecast one series with one model, within what its history makes thinkable.

    Parameters
    ----------
    values : array of float
        At least one value, in time order, without gaps.
    period : int
        Observations in a year: 12, 4 or 1.
    horizon : int
        Steps ahead, at least 1.
    model : str, default "combination"
        A name in `MODELS`.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series. Series of less than
        three values, and constant ones, stay as they were last.

    Examples
    --------
    >>> point_forecast(np.array([1.0, 2.0, 3.0, 4.0]), 1, 2, model="drift")
    array([5., 6.])
    """
    codes.one_of("model", model, MODELS)
    values = _known(values)
    period, horizon = codes.whole("period", period), codes.whole("horizon", horizon)
    if len(values) < 3 or np.ptp(values) == 0:
        return np.full(horizon, values[-1])
    values, size = to_one(values)
    return limit(MODELS[model](values, period, horizon), values) * size


def prefit(
    panel: Iterable[NDArray[np.float64]], period: int, horizon: int, models: Iterable[str]
) -> None:
    """
    Fit what takes long to several series at once, to be found by `point_forecast` afterwards.

    Parameters
    ----------
    panel : iterable of array
        Series as `point_forecast` takes them.
    period, horizon : int
        As for `point_forecast`.
    models : iterable of str
        Names in `MODELS`.

    Notes
    -----
    Forecasts are the same with and without: only the time that the searches and the start of X-13
    take is shared out. What was fitted is remembered until the process ends.

    Examples
    --------
    >>> prefit([np.array([1.0, 2.0, 4.0, 3.0])], 1, 2, ["ets"])
    """
    names, period = set(codes.some_of("models", models, MODELS)), codes.whole("period", period)
    horizon = codes.whole("horizon", horizon)
    if isinstance(panel, str) or not isinstance(panel, Iterable):
        raise ValueError(f"panel must be a list of series, got {panel!r}")
    panel = [_known(values) for values in panel]
    moving = [values for values in panel if len(values) >= 3 and np.ptp(values) > 0]
    scaled = [to_one(np.asarray(values, dtype=float))[0] for values in moving]
    adjusted = [deseasonalise_shrunk(values, period, horizon) for values in scaled]
    if names & {"ets", "damped", "combination"}:
        smoothing.prefit(adjusted)
    if names & {"dotm", "combination"}:
        theta_method.prefit(adjusted, logarithms=period == 1 and "combination" in names)
    orders = [(0, 1, 1)] if "airline" in names else []
    orders += orders_of(period) if "combination" in names else []
    arima.prefit(scaled, period, horizon, orders)


def to_one(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Bring a series to a largest size of 1: near the ends of the floats squares would be lost."""
    size = np.max(np.abs(values))
    return values / size, size


def point_forecasts(
    values: NDArray[np.float64], period: int, horizon: int, models: Iterable[str] = tuple(MODELS)
) -> dict[str, NDArray[np.float64]]:
    """
    Forecast one series with several models.

    Parameters
    ----------
    values, period, horizon
        As for `point_forecast`.
    models : iterable of str, default all
        Names in `MODELS`.

    Returns
    -------
    dict of str to array of float
        For each model the path of the next `horizon` periods, in the unit of the series.

    Examples
    --------
    >>> point_forecasts(np.array([1.0, 2.0, 3.0, 4.0]), 1, 2, ["naive", "drift"])
    {'drift': array([5., 6.]), 'naive': array([4., 4.])}
    """
    names = codes.some_of("models", models, MODELS)
    return {model: point_forecast(values, period, horizon, model) for model in names}


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take values that a model can go on from: one at least, and none missing."""
    known = read_array(values, "values")
    if not len(known) or np.isnan(known).any():
        raise ValueError(f"values must hold one at least and no gap, got {len(known)}: see bridge")
    return known
