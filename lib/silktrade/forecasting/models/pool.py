"""The combination of the pool, and the limits that no path may leave."""

from collections.abc import Callable

import numpy as np

from silktrade.forecasting.models.arima import Order, arima, prefit
from silktrade.forecasting.models.seasonality import (
    Adjusted,
    Array,
    deseasonalise_shrunk,
    in_second_year,
)
from silktrade.forecasting.models.simple import drift, median_drift, seasonal_naive
from silktrade.forecasting.models.smoothing import ets
from silktrade.forecasting.models.theta_method import dotm, theta

# One model without a regular difference, which returns to last year's level, and one with.
SEASONAL_ORDERS: dict[int, tuple[Order, Order]] = {
    12: ((1, 0, 1), (0, 1, 1)),
    4: ((1, 0, 1), (2, 1, 0)),
}
YEARLY_ORDERS: tuple[Order, Order] = ((1, 1, 0), (0, 2, 2))
TINY = np.finfo(float).tiny


def combination(values: Array, period: int, horizon: int) -> Array:
    """Forecast with the whole pool at equal weights."""
    # Which models, and which average, was settled on the M1 competition's series, for years on the
    # tourism competition's as well, since M1 has few; M3 is what benchmarks measure on. Weights
    # from backtests of a single series gain next to nothing, picking its best model loses. An ARIMA
    # model that cannot be fitted, as for series of less than three years, is left out. Where a year
    # is known but not enough to estimate a season, the mean of the pool is averaged with the
    # seasonal naive forecast, each weighted by what it would have missed after the first year
    # (`repeats`).
    # Bates, J. M. and Granger, C. W. J. (1969). The combination of forecasts. Operational
    # Research Quarterly 20(4), 451-468. Petropoulos, F. and Svetunkov, I. (2020). A simple
    # combination of univariate models. International Journal of Forecasting 36(1), 110-115.
    if period == 1:
        return np.median(pooled(values, period, horizon), axis=0)
    path = pooled(values, period, horizon).mean(axis=0)
    if not in_second_year(values, period):
        return path
    share = repeats(values, period)
    return (1 - share) * path + share * seasonal_naive(values, period, horizon)


def pooled(values: Array, period: int, horizon: int) -> Array:
    """Paths of the pool, a row each; of years it matters most how the trend goes on."""
    adjusted = deseasonalise_shrunk(values, period, horizon)
    models = (dotm, ets, drift, median_drift) if period == 1 else (dotm, ets)
    paths = [model(values, period, horizon, adjusted) for model in models]
    bent = dotm if period == 1 else theta
    paths.append(on_logarithm(bent, values, period, horizon, adjusted))
    paths += arima_members(values, period, horizon)
    return np.array([limit(path, values) for path in paths])


def repeats(values: Array, period: int) -> float:
    r"""Judge by its second year how far a short series repeats its first."""
    # w = \frac{P + c}{P + S + 2 c}, \qquad c = \frac{4}{n - m} \min(P, S)
    # with P and S the sums of squares that the pool, made from the first year alone, and the
    # seasonal naive forecast missed in the n - m values since. The more there are, the less c draws
    # to a half; 4 is best on M1's monthly series cut to 13 to 25 months, of no matter to its
    # quarterly ones: sMAPE of 18 months 15.33 at equal weights, 14.58 so; of 8 quarters 17.68 and
    # 17.69. On M3's, which had no say: 14.43 and 13.46, 10.51 and 10.29.
    first, since = values[:period], values[period:]
    steps = len(since)
    if steps == 0:
        return 0.5
    path = np.full(steps, first[-1])
    if np.ptp(first) > 0:
        path = pooled(first, period, steps).mean(axis=0)
    again = seasonal_naive(first, period, steps)
    missed = [np.sum((since - story) ** 2) for story in (path, again)]
    margin = 4 / steps * min(missed)
    total = sum(missed) + 2 * margin
    return float((missed[0] + margin) / total) if total > 0 else 0.5


def orders_of(period: int) -> tuple[Order, Order]:
    """Orders of the pool's two ARIMA models for a frequency."""
    return YEARLY_ORDERS if period == 1 else SEASONAL_ORDERS[period]


def arima_members(values: Array, period: int, horizon: int) -> list[Array]:
    """Paths of the ARIMA models that could be fitted, both in one run of the program."""
    orders = orders_of(period)
    prefit([values], period, horizon, orders)
    paths = (arima(values, period, horizon, order) for order in orders)
    return [path for path in paths if path is not None]


def on_logarithm(
    model: Callable[..., Array], values: Array, period: int, horizon: int, adjusted: Adjusted
) -> Array:
    """Path of a model on the logarithm of the adjusted series, or on itself if there is none."""
    if not adjusted.multiplicative:
        return model(values, period, horizon, adjusted)
    logs = Adjusted(np.log(adjusted.values), np.log(adjusted.season), False)
    # What overflows on the way back is stopped by `limit`.
    with np.errstate(over="ignore"):
        return np.exp(model(values, period, horizon, logs))


def limit(path: Array, values: Array) -> Array:
    r"""Keep a path within what the history makes thinkable."""
    # \min y - R_h \;\le\; \hat y_{n+h} \;\le\; \max y + R_h, \qquad
    #           R_h = (1 + h/n) \, (\max y - \min y)
    # and, for a series above 0, no further below its minimum in proportion than its maximum is
    # above: \hat y \ge (\min y)^2 / \max y. A straight trend through the whole history
    # stays well within; what doubles and doubles again is stopped when it has added its whole
    # history's range once more, and a little. A path that is not a number becomes the last value.
    path = np.where(np.isnan(path), values[-1], path)
    reach = (1 + np.arange(1, len(path) + 1) / len(values)) * np.ptp(values)
    low = values.min() - reach
    if values.min() >= 0:
        low = np.maximum(low, values.min() * (values.min() / max(values.max(), TINY)))
    return np.clip(path, low, values.max() + reach)
