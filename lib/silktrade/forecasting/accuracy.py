"""Measure how good forecasts were: arrays in, numbers out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from silktrade import codes
from silktrade.series import read_array

Array = NDArray[np.float64]


def smape(actual: ArrayLike, forecast: ArrayLike) -> float:
    r"""
    Compute the symmetric mean absolute percentage error, as the M3 competition did.

    Parameters
    ----------
    actual, forecast : array of float
        What came, and what had been forecast; of the same shape, in any one unit.

    Returns
    -------
    float
        In percent, from 0 to 200. A pair of two zeros counts as no error.

    Notes
    -----
    .. math:: \frac{1}{h} \sum_{i=1}^h \frac{200 \, |y_i - f_i|}{|y_i| + |f_i|}

    Makridakis and Hibon (2000), International Journal of Forecasting 16(4); figures of other
    variants do not compare with these.

    Examples
    --------
    >>> smape([100.0, 100.0], [100.0, 300.0])
    50.0
    """
    y, f = paired(actual, forecast)
    size = np.abs(y) + np.abs(f)
    ratio = np.divide(np.abs(y - f), size, out=np.zeros_like(size), where=size > 0)
    return float(200 * ratio.mean())


def naive_error(history: ArrayLike, period: int = 1, power: int = 1) -> float:
    r"""
    Compute the mean error of the seasonal naive forecast within a series.

    Parameters
    ----------
    history : array of float
        The series that the forecaster saw, in time order; NaN where missing.
    period : int, default 1
        Observations in a year. Series no longer than that are compared with their last value.
    power : {1, 2}, default 1
        1 for the mean absolute error, 2 for the root of the mean squared one.

    Returns
    -------
    float
        In the unit of the series; 0 for one that never differs from itself a year ago.

    Notes
    -----
    .. math:: \Big( \frac{1}{n-m} \sum_{t=m+1}^n |y_t - y_{t-m}|^p \Big)^{1/p}

    Hyndman and Koehler (2006), International Journal of Forecasting 22(4).

    Examples
    --------
    >>> naive_error([1.0, 3.0, 2.0, 4.0], period=2)
    1.0
    """
    values, period = read_array(history, "history"), codes.whole("period", period)
    if codes.whole("power", power) > 2:
        raise ValueError(f"power must be 1 or 2, got {power!r}")
    lag = period if len(values) > period else 1
    steps = np.abs(values[lag:] - values[:-lag])
    steps = steps[~np.isnan(steps)]
    if len(steps) == 0:
        raise ValueError(
            "history must hold two values one season apart, "
            f"got {np.sum(~np.isnan(values))} values for a period of {period}; use a longer series"
        )
    return float(np.mean(steps**power) ** (1 / power))


def mase(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, period: int = 1) -> float:
    r"""
    Compute the mean absolute scaled error.

    Parameters
    ----------
    actual, forecast : array of float
        What came, and what had been forecast; of the same shape and unit.
    history : array of float
        The series that the forecaster saw, in time order.
    period : int, default 1
        Observations in a year.

    Returns
    -------
    float
        Below 1 is better than the seasonal naive was within `history`; NaN if that never erred.

    Notes
    -----
    .. math:: \frac{1}{h} \sum_i |y_i - f_i| \Big/ \frac{1}{n-m} \sum_{t=m+1}^n |y_t - y_{t-m}|

    Hyndman and Koehler (2006), International Journal of Forecasting 22(4).

    Examples
    --------
    >>> mase([5.0, 6.0], [4.0, 4.0], history=[1.0, 2.0, 3.0])
    1.5
    """
    y, f = paired(actual, forecast)
    scale = naive_error(history, period)
    return float(np.mean(np.abs(y - f)) / scale) if scale > 0 else float("nan")


def rmsse(actual: ArrayLike, forecast: ArrayLike, history: ArrayLike, period: int = 1) -> float:
    r"""
    Compute the root mean squared scaled error.

    Parameters
    ----------
    actual, forecast, history, period
        As for `mase`.

    Returns
    -------
    float
        As of `mase`.

    Notes
    -----
    .. math:: \sqrt{ \frac{1}{h} \sum_i (y_i - f_i)^2 \Big/
              \frac{1}{n-m} \sum_{t=m+1}^n (y_t - y_{t-m})^2 }

    Makridakis, Spiliotis and Assimakopoulos (2022), International Journal of Forecasting 38(4).

    Examples
    --------
    >>> rmsse([5.0, 5.0], [4.0, 4.0], history=[1.0, 3.0, 5.0])
    0.5
    """
    y, f = paired(actual, forecast)
    scale = naive_error(history, period, power=2)
    return float(np.sqrt(np.mean((y - f) ** 2)) / scale) if scale > 0 else float("nan")


def pinball(actual: ArrayLike, forecast: ArrayLike, quantile: float) -> float:
    r"""
    Compute the mean pinball loss of one forecast quantile.

    Parameters
    ----------
    actual, forecast : array of float
        What came, and the quantile that had been forecast; of the same shape and unit.
    quantile : float
        Which one, between 0 and 1.

    Returns
    -------
    float
        In the unit of the series, at least 0. Half the absolute error for the median.

    Notes
    -----
    .. math:: \frac{1}{h} \sum_i \max\{q (y_i - f_i), (q - 1)(y_i - f_i)\}

    Koenker and Bassett (1978), Econometrica 46(1).

    Examples
    --------
    >>> pinball([10.0, 10.0], [8.0, 8.0], 0.75)
    1.5
    """
    codes.fraction("quantile", quantile)
    y, f = paired(actual, forecast)
    return float(np.mean(np.maximum(quantile * (y - f), (quantile - 1) * (y - f))))


def crps(actual: ArrayLike, draws: ArrayLike) -> float:
    r"""
    Compute the mean continuous ranked probability score of simulated forecasts.

    Parameters
    ----------
    actual : array of float
        What came, one value per period.
    draws : array of float
        One row per draw, one column per period, in the unit of `actual`.

    Returns
    -------
    float
        In the unit of the series, at least 0; the absolute error if there is a single draw.

    Notes
    -----
    .. math:: \operatorname{E}|X - y| - \tfrac12 \operatorname{E}|X - X'|

    over all pairs of draws, averaged over periods; computed from the sorted draws.

    Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477).

    Examples
    --------
    >>> crps([0.0], [[-1.0], [1.0]])
    0.5
    """
    y, x = read_array(actual, "actual"), np.sort(read_array(draws, "draws", 2), axis=0)
    if not len(x) or x.shape[1:] != y.shape:
        raise ValueError(
            f"draws must have one column per value of actual, got shape {x.shape} for {y.shape}; "
            "put draws in rows and periods in columns"
        )
    count = len(x)
    # Sum over pairs of |x_i - x_j| from the order statistics: count log count, not its square.
    weights = (2 * np.arange(1, count + 1) - count - 1) / count**2
    return float(np.mean(np.abs(x - y).mean(axis=0) - weights @ x))


def crps_quantiles(actual: ArrayLike, forecast: ArrayLike, quantiles: ArrayLike) -> float:
    """
    Approximate the continuous ranked probability score from forecast quantiles.

    Parameters
    ----------
    actual : array of float
        What came, one value per period.
    forecast : array of float
        One row per period, one column per quantile, in the unit of `actual`.
    quantiles : array of float
        Which ones, between 0 and 1; evenly spread ones make a good approximation.

    Returns
    -------
    float
        In the unit of the series, at least 0.

    Notes
    -----
    Twice the mean pinball loss over the quantiles: Gneiting and Ranjan (2011), Journal of Business
    and Economic Statistics 29(3).

    Examples
    --------
    >>> crps_quantiles([10.0], [[8.0, 10.0, 12.0]], [0.25, 0.5, 0.75])
    0.6666666666666666
    """
    f, levels = read_array(forecast, "forecast", 2), read_array(quantiles, "quantiles")
    if f.shape[1] != len(levels) or not len(levels):
        raise ValueError(
            f"forecast must have a column for each quantile, got {f.shape[1]} for {len(levels)}"
        )
    losses = [pinball(actual, f[:, i], q) for i, q in enumerate(levels)]
    return float(2 * np.mean(losses))


def interval_score(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, coverage: float) -> float:
    r"""
    Compute the mean interval score: width, plus a penalty for what falls outside.

    Parameters
    ----------
    actual, lower, upper : array of float
        What came, and the limits that had been forecast; of the same shape and unit.
    coverage : float
        What the interval promised, such as 0.95.

    Returns
    -------
    float
        In the unit of the series; smaller is better.

    Notes
    -----
    .. math:: (u - l) + \frac{2}{\alpha} (l - y)^+ + \frac{2}{\alpha} (y - u)^+,
              \qquad \alpha = 1 - \text{coverage}

    Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477).

    Examples
    --------
    >>> interval_score([5.0, 3.0], [4.0, 4.0], [6.0, 6.0], 0.5)
    4.0
    """
    codes.fraction("coverage", coverage)
    y, low = paired(actual, lower)
    y, high = paired(actual, upper)
    outside = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return float(np.mean(high - low + 2 / (1 - coverage) * outside))


def coverage(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """
    Compute the share of outcomes that fell within their limits.

    Parameters
    ----------
    actual, lower, upper : array of float
        What came, and the limits that had been forecast; of the same shape and unit.

    Returns
    -------
    float
        From 0 to 1; on a limit counts as within, missing not at all. NaN if none is known.

    Examples
    --------
    >>> coverage([1.0, 2.0, 9.0, 4.0], [0.0] * 4, [5.0] * 4)
    0.75
    """
    y, low = paired(actual, lower)
    y, high = paired(actual, upper)
    known = ~np.isnan(y)
    inside = (low <= y) & (y <= high)
    return float(np.mean(inside[known])) if known.any() else float("nan")


def diebold_mariano(loss: ArrayLike, other: ArrayLike, horizon: int = 1) -> tuple[float, float]:
    r"""
    Test whether two forecasters are equally good, with the small-sample correction.

    Parameters
    ----------
    loss, other : array of float
        The losses of the one and the other at the same origins, more than `horizon` of them, in
        time order, in any one unit (squared or absolute errors, pinball losses).
    horizon : int, default 1
        Steps ahead of the forecasts; errors of overlapping forecasts are correlated up to `horizon`
        - 1 origins apart.

    Returns
    -------
    statistic : float
        Negative where the first is better; NaN if the losses always differ by the same.
    p_value : float
        Two-sided, from Student's t with n - 1 degrees of freedom.

    Notes
    -----
    With d the differences, :math:`\hat\gamma_k` their autocovariances and h the horizon

    .. math:: S = \sqrt{\frac{n + 1 - 2h + h(h-1)/n}{n}} \;
              \bar d \Big/ \sqrt{\frac{1}{n}\Big(\hat\gamma_0 + 2\sum_{k=1}^{h-1}\hat\gamma_k\Big)}

    Where the estimated variance is not positive, as can happen with few origins, Bartlett weights
    :math:`1 - k/h` on the autocovariances make it so.

    Diebold and Mariano (1995), Journal of Business and Economic Statistics 13(3); Harvey, Leybourne
    and Newbold (1997), International Journal of Forecasting 13(2).

    Examples
    --------
    >>> statistic, p_value = diebold_mariano([1.0, 2.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0])
    >>> round(statistic, 3), round(p_value, 3)
    (-1.732, 0.182)
    """
    first, second = paired(loss, other)
    n, horizon = len(first), codes.whole("horizon", horizon)
    if n <= horizon:
        raise ValueError(
            f"horizon must be at least 1 and below the number of losses, got {horizon} "
            f"for {n} losses; use more origins or a shorter horizon"
        )
    difference = first - second
    variance = long_run_variance(difference, horizon)
    if variance <= 0:
        return float("nan"), float("nan")
    correction = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    statistic = np.sqrt(correction / (variance / n)) * difference.mean()
    return float(statistic), float(2 * stdtr(n - 1, -abs(statistic)))


def long_run_variance(values: Array, horizon: int) -> float:
    """Variance of a mean times n, with autocovariances below `horizon`; weighted if need be."""
    centred = values - values.mean()
    n = len(values)
    lags = np.arange(1, horizon)
    covariances = np.array([centred[k:] @ centred[: n - k] for k in lags]) / n
    variance = centred @ centred / n
    plain = variance + 2 * covariances.sum()
    return plain if plain > 0 else variance + 2 * (1 - lags / horizon) @ covariances


def paired(actual: ArrayLike, forecast: ArrayLike) -> tuple[Array, Array]:
    """Both as arrays of floats, after a check that one belongs to the other."""
    y, f = read_array(actual, "actual"), read_array(forecast, "forecast")
    if y.shape != f.shape or y.size == 0:
        raise ValueError(
            f"actual and forecast must have one shape and hold values, got {y.shape} and "
            f"{f.shape}; pass the same periods in both"
        )
    return y, f
