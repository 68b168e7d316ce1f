"""The forecasts that any other has to beat."""

import numpy as np

from silktrade.forecasting.models.seasonality import Adjusted, Array, deseasonalise_shrunk


def naive(values: Array, period: int, horizon: int) -> Array:
    """Forecast that all stays as it was last."""
    return np.full(horizon, values[-1])


def seasonal_naive(values: Array, period: int, horizon: int) -> Array:
    """Forecast that each season comes as it came last."""
    if len(values) < period:
        return naive(values, period, horizon)
    return values[-period:][np.arange(horizon) % period]


def drift(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""Forecast that the average step goes on: a random walk with drift."""
    # \hat y_{n+h} = y_n + h \, (y_n - y_1) / (n - 1)
    # Hyndman, R. J. and Athanasopoulos, G. (2021). Forecasting: Principles and Practice, 3rd
    # ed., section 5.2. OTexts.
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    return adjusted.restore(walk(adjusted.values, np.mean(np.diff(adjusted.values)), horizon))


def median_drift(
    values: Array, period: int, horizon: int, adjusted: Adjusted | None = None
) -> Array:
    """Forecast that the median step goes on, which single jumps do not move."""
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    return adjusted.restore(walk(adjusted.values, np.median(np.diff(adjusted.values)), horizon))


def walk(values: Array, step: float, horizon: int) -> Array:
    """Go on from the last value by equal steps."""
    return values[-1] + step * np.arange(1, horizon + 1)
