"""Tell whether a series is seasonal, and take its season out and put it back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# One-sided 90 % normal point: the threshold of the theta method's own seasonality test.
THRESHOLD = 1.645
# An index near 0 would blow the adjusted series up; the theta method's software caps it likewise.
SMALLEST_INDEX = 0.01
# The moving average takes part of the noise with it, so that its variance is understated; 1.5 was
# best on M1's monthly and quarterly series (sMAPE of dynamic theta 14.05 and 15.37; 14.05 and
# 15.39 at 1; 14.11 and 15.35 at 2).
NOISE = 1.5
# A bridged series' season is estimated from itself: the second round settles it.
ROUNDS = 2


def autocorrelation(values: Array, lags: int) -> Array:
    r"""Compute the sample autocorrelations at lags 1 to `lags`."""
    # r_k = \sum_{t=k+1}^n (y_t-\bar y)(y_{t-k}-\bar y) \Big/ \sum_{t=1}^n (y_t-\bar y)^2
    # Box, G. E. P. and Jenkins, G. M. (1970). Time Series Analysis. Holden-Day.
    centred = values - values.mean()
    total = centred @ centred
    if total <= 0:
        return np.zeros(lags)
    return np.array([centred[k:] @ centred[:-k] for k in range(1, lags + 1)]) / total


def is_seasonal(values: Array, period: int) -> bool:
    r"""Test whether a series repeats itself from year to year."""
    # |r_m| > 1.645 \sqrt{\Big(1 + 2 \sum_{k=1}^{m-1} r_k^2\Big) / n}
    # Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model. International Journal
    # of Forecasting 16(4), 521-530. Fiorucci, J. A., Pellegrini, T. R., Louzada, F.,
    # Petropoulos, F. and Koehler, A. B. (2016). Models for optimising the theta method.
    # International Journal of Forecasting 32(4).
    if period < 2 or len(values) < 3 * period:
        return False
    correlations = autocorrelation(values, period)
    variance = (1 + 2 * np.sum(correlations[:-1] ** 2)) / len(values)
    return bool(abs(correlations[-1]) > THRESHOLD * np.sqrt(variance))


def moving_average(values: Array, period: int) -> Array:
    """Smooth with a centred moving average one year wide (2 x m for an even m)."""
    weights = np.ones(period) / period
    if period % 2 == 0:
        weights = np.convolve(weights, [0.5, 0.5])
    half = len(weights) // 2
    smooth = np.full(len(values), np.nan)
    smooth[half : len(values) - half] = np.convolve(values, weights, mode="valid")
    return smooth


def seasonal_indices(values: Array, period: int, multiplicative: bool) -> Array:
    r"""Estimate the season by classical decomposition."""
    # s_j = \operatorname{mean}_{t \equiv j} \; y_t / T_t \quad\text{or}\quad
    #           \operatorname{mean}_{t \equiv j} \; y_t - T_t
    # with T the centred moving average, then normalised.
    # Makridakis, S., Wheelwright, S. C. and Hyndman, R. J. (1998). Forecasting: Methods and
    # Applications, 3rd ed., chapter 3. Wiley.
    trend = moving_average(values, period)
    detrended = values / trend if multiplicative else values - trend
    indices = np.array([np.nanmean(detrended[j::period]) for j in range(period)])
    if not multiplicative:
        return indices - indices.mean()
    return np.maximum(indices / indices.mean(), SMALLEST_INDEX)


def in_second_year(values: Array, period: int) -> bool:
    """Tell whether a series has a year to repeat, but not enough to estimate a season from."""
    return period > 1 and period <= len(values) < 2 * period + 2


class Adjusted(NamedTuple):
    """A series without its season, and what it takes to put the season back on its forecast."""

    values: Array  # the series without its season, in its own unit
    # The season of the periods to be forecast: factors, or amounts in the unit of the series.
    season: Array
    # Whether the season multiplies or adds. Series with zeros or negatives are adjusted additively.
    multiplicative: bool

    def restore(self, path: Array) -> Array:
        """Put the season back on a forecast of the adjusted series."""
        return path * self.season if self.multiplicative else path + self.season


def adjust(values: Array, period: int, horizon: int) -> Adjusted:
    """Take the season out of a series if a test finds one, as published for the theta method."""
    multiplicative = bool(np.all(values > 0))
    if is_seasonal(values, period):
        indices = seasonal_indices(values, period, multiplicative)
    else:
        indices = np.full(period, float(multiplicative))
    return without(values, indices, horizon, multiplicative)


def deseasonalise_shrunk(values: Array, period: int, horizon: int) -> Adjusted:
    r"""Take out of a series as much season as its history can vouch for."""
    # Instead of all or nothing after a test, the James-Stein rule shrinks the indices towards no
    # season, the more so the noisier they are: with \bar s no season,
    # \tilde s_j = \bar s + \Big(1 - 1.5 \, \frac{m-3}{m-1} \frac{V}{S}\Big)^+
    #           (s_j - \bar s),
    # V the sampling variance of an index, S the variance of the indices, and 1.5 a margin: the
    # moving average takes part of the noise with it.
    # Miller, D. M. and Williams, D. (2003). Shrinkage estimators of time series seasonal
    # factors and their effect on forecasting accuracy. International Journal of Forecasting 19(4),
    # 669-684.
    multiplicative = bool(np.all(values > 0))
    neutral = np.full(period, float(multiplicative))
    if period < 2 or len(values) < 2 * period + 2:
        return without(values, neutral, horizon, multiplicative)
    indices = seasonal_indices(values, period, multiplicative)
    weight = shrinkage(values, indices, multiplicative)
    return without(values, neutral + weight * (indices - neutral), horizon, multiplicative)


def shrinkage(values: Array, indices: Array, multiplicative: bool) -> float:
    """How much of the indices to believe, from 0 to 1: the James-Stein weight."""
    period = len(indices)
    trend = moving_average(values, period)
    detrended = values / trend if multiplicative else values - trend
    seasons = [detrended[j::period] for j in range(period)]
    seasons = [part[~np.isnan(part)] for part in seasons]
    squares = sum(np.sum((part - part.mean()) ** 2) for part in seasons)
    counts = np.array([len(part) for part in seasons])
    noise = squares / (counts.sum() - period) * np.mean(1 / counts)
    signal = np.sum((indices - indices.mean()) ** 2) / (period - 1)
    if signal <= 0:
        return 0.0
    return max(1 - NOISE * max(period - 3, 0) / (period - 1) * noise / signal, 0.0)


def without(values: Array, indices: Array, horizon: int, multiplicative: bool) -> Adjusted:
    """Divide by the indices, or subtract them."""
    n, period = len(values), len(indices)
    seasons = indices[np.arange(n + horizon) % period]
    adjusted = values / seasons[:n] if multiplicative else values - seasons[:n]
    return Adjusted(adjusted, seasons[n:], multiplicative)


def bridge(values: Array, period: int) -> Array:
    """Fill gaps within a series by what a random walk with season would most likely have done."""
    # Given both ends of a gap, the mean of a random walk lies on the straight line between them:
    # here on that of the seasonally adjusted series, or of its logarithm where all values are
    # positive. It only lets models run; no such value is ever reported, and the width of intervals
    # is learned from observed values alone.
    # Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter,
    # section 3.6. Cambridge University Press.
    missing = np.isnan(values)
    if not missing.any():
        return values
    filled = between(values, values[~missing].min() > 0)
    for _ in range(ROUNDS):
        adjusted = deseasonalise_shrunk(filled, period, 1)
        season = filled / adjusted.values if adjusted.multiplicative else filled - adjusted.values
        plain = np.where(missing, np.nan, adjusted.values)
        bridged = between(plain, adjusted.multiplicative)
        whole = bridged * season if adjusted.multiplicative else bridged + season
        filled = np.where(missing, whole, values)
    return filled


def between(values: Array, logarithmic: bool) -> Array:
    """Join the ends of each gap by a straight line, on logarithms if asked for."""
    known = np.flatnonzero(~np.isnan(values))
    heights = np.log(values[known]) if logarithmic else values[known]
    line = np.interp(np.arange(len(values)), known, heights)
    return np.exp(line) if logarithmic else line
