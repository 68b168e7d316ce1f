"""The forecasters: one series in, one path out."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from silktrade.models.arima import airline, regarima
from silktrade.models.pool import combination, limit
from silktrade.models.simple import drift, median_drift, naive, seasonal_naive
from silktrade.models.smoothing import damped, ets
from silktrade.models.theta_method import dotm, theta

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

    Raises
    ------
    ValueError
        If there is no such model.

    Examples
    --------
    >>> point_forecast(np.array([1.0, 2.0, 3.0, 4.0]), 1, 2, model="drift")
    array([5., 6.])
    """
    if model not in MODELS:
        raise ValueError(
            f"model must be one of {', '.join(MODELS)}, got {model!r}; choose one of these"
        )
    values = np.asarray(values, dtype=float)
    if len(values) < 3 or np.ptp(values) == 0:
        return np.full(horizon, values[-1])
    # Near the smallest and largest floats squares would underflow or overflow.
    size = np.max(np.abs(values))
    path = MODELS[model](values / size, period, horizon)
    return limit(path, values / size) * size


def point_forecasts(
    values: NDArray[np.float64], period: int, horizon: int, models: Iterable[str] = tuple(MODELS)
) -> dict[str, NDArray[np.float64]]:
    """
    Forecast one series with several models.

    Parameters
    ----------
    values : array of float
        At least one value, in time order, without gaps.
    period : int
        Observations in a year: 12, 4 or 1.
    horizon : int
        Steps ahead, at least 1.
    models : iterable of str, default all
        Names in `MODELS`.

    Returns
    -------
    dict of str to array of float
        For each model the path of the next `horizon` periods, in the unit of the series.

    Examples
    --------
    >>> point_forecasts(np.array([1.0, 2.0, 3.0, 4.0]), 1, 2, ["naive", "drift"])
    {'naive': array([4., 4.]), 'drift': array([5., 6.])}
    """
    return {model: point_forecast(values, period, horizon, model) for model in models}
