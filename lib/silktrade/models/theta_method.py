"""The theta method as published, and its dynamic optimised model."""

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter

from silktrade.models.memory import recall
from silktrade.models.seasonality import Adjusted, Array, adjust_shrunk

# The bounds of the paper's own software (R package forecTheta).
SMOOTHING = (0.1, 0.99)
GRID = np.linspace(*SMOOTHING, 24)
# That software looks for the nearest optimum from 0.5. Global ones near 0.1 fit as well and
# forecast worse: the initial level then takes the place of the data.
START = 11
# The first fitted values rest on no regression yet; that software leaves them out as well.
SKIPPED = 3
# Smallest determinant, relative to its terms, at which level and drift count as distinct.
DISTINCT = 1e-12


class Fit(NamedTuple):
    """
    A dynamic theta model fitted to a series.

    Attributes
    ----------
    error : float
        Sum of squared one-step errors, in the squared unit of the series.
    alpha : float
        Smoothing parameter, 0.1 to 0.99.
    level : float
        Initial level, in the unit of the series.
    weight : float
        Weight 1 - 1/theta of the drift, 0 (theta = 1, simple exponential smoothing) to 1.
    """

    error: float
    alpha: float
    level: float
    weight: float


_fitted: dict[Hashable, Fit] = {}


def dotm(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""
    Forecast with the dynamic optimised theta model.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.
    adjusted : Adjusted, optional
        The series without its season; by default `adjust_shrunk` of it. The published model is
        that with `adjust`.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series.

    Notes
    -----
    .. math::

        y_t &= \mu_t + \varepsilon_t \\
        \mu_t &= \ell_{t-1} + (1 - 1/\theta) \Big[ (1-\alpha)^{t-1} A_{t-1}
                 + \frac{1-(1-\alpha)^t}{\alpha} B_{t-1} \Big] \\
        \ell_t &= \alpha y_t + (1-\alpha) \ell_{t-1}

    with A and B the intercept and slope of the least-squares line through the first t values.
    For a given smoothing parameter the errors are linear in the initial level and in
    :math:`1 - 1/\theta`, so that only one parameter has to be searched for. In the forecast each
    step's mean takes the place of the value to come.

    References
    ----------
    .. [1] Fiorucci, J. A., Pellegrini, T. R., Louzada, F., Petropoulos, F. and Koehler, A. B.
       (2016). Models for optimising the theta method and their relationship to state space
       models. International Journal of Forecasting 32(4), 1151-1161.

    Examples
    --------
    >>> dotm(np.arange(10.0, 20.0), 1, 3).round(6)
    array([20., 21., 22.])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    if len(adjusted.values) <= SKIPPED + 1:
        return adjusted.restore(theta_path(adjusted.values, horizon))
    return adjusted.restore(dotm_path(adjusted.values, horizon))


def theta(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""
    Forecast with the theta method that won the M3 competition.

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
    Simple exponential smoothing plus half the slope of the straight line through the series:

    .. math:: \hat y_{n+h} = \ell_n + \tfrac12 b \Big(h - 1 + \frac{1-(1-\alpha)^n}{\alpha}\Big)

    References
    ----------
    .. [1] Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model: a decomposition
       approach to forecasting. International Journal of Forecasting 16(4), 521-530.
    .. [2] Hyndman, R. J. and Billah, B. (2003). Unmasking the theta method. International Journal
       of Forecasting 19(2), 287-290.

    Examples
    --------
    >>> theta(np.array([4.0, 4.0, 4.0, 4.0]), 1, 2)
    array([4., 4.])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    return adjusted.restore(theta_path(adjusted.values, horizon))


def theta_path(values: Array, horizon: int) -> Array:
    """Forecast a series without season by the theta method."""
    n = len(values)
    alpha = minimize_scalar(
        lambda a: np.sum((values[1:] - smooth(values, a)[:-1]) ** 2),
        bounds=(0.01, 0.99),
        method="bounded",
    ).x
    slope = np.polyfit(np.arange(n), values, 1)[0]
    steps = np.arange(horizon) + (1 - (1 - alpha) ** n) / alpha
    return smooth(values, alpha)[-1] + slope / 2 * steps


def smooth(values: Array, alpha: float, start: float | None = None) -> Array:
    """Level of simple exponential smoothing after each value; starts at the first one."""
    start = values[0] if start is None else start
    return lfilter([alpha], [1, alpha - 1], values, zi=[(1 - alpha) * start])[0]


def dotm_path(values: Array, horizon: int) -> Array:
    """Forecast a series without season by the dynamic optimised theta model."""
    model = recall(_fitted, [values.tobytes()], lambda _: [fit(values)])[0]
    return iterate(values, horizon, model)


def fit(values: Array) -> Fit:
    """Fit the dynamic optimised theta model: the nearest optimum from the grid's middle."""
    lines = regression_lines(values)
    fits: dict[int, Fit] = {}

    def error(k: int) -> float:
        if k not in fits:
            fits[k] = best_at(GRID[k], values, lines)
        return fits[k].error

    k = descend(error, len(GRID), START)
    found = minimize_scalar(
        lambda alpha: best_at(alpha, values, lines).error,
        bounds=(GRID[max(k - 1, 0)], GRID[min(k + 1, len(GRID) - 1)]),
        method="bounded",
        options={"xatol": 1e-5},
    )
    return min(fits[k], best_at(found.x, values, lines))


def descend(error: Callable[[int], float], count: int, start: int) -> int:
    """Walk downhill over numbered places until both neighbours are higher."""
    k = start
    while True:
        near = [i for i in (k - 1, k + 1) if 0 <= i < count]
        best = min(near, key=error)
        if error(best) >= error(k):
            return k
        k = best


def regression_lines(values: Array) -> tuple[Array, Array]:
    """Intercept and slope of the line through the first t - 1 values, for every t; at first 0."""
    t = np.arange(1.0, len(values))
    mean = np.cumsum(values[:-1]) / t
    moment = np.cumsum(t * values[:-1])
    # With one value the line is level: its numerator is 0 and only the division must be saved.
    slope = 6 * (2 * moment / t - (t + 1) * mean) / np.maximum(t**2 - 1, 1)
    intercept = mean - slope * (t + 1) / 2
    return np.concatenate(([0.0], intercept)), np.concatenate(([0.0], slope))


def best_at(alpha: float, values: Array, lines: tuple[Array, Array]) -> Fit:
    """Find the initial level and drift weight that fit best for a given smoothing."""
    n = len(values)
    decay = (1 - alpha) ** np.arange(n + 1.0)
    known = np.concatenate(([0.0], smooth(values, alpha, 0.0)[:-1]))
    drift = (decay[:n] * lines[0] + (1 - decay[1:]) / alpha * lines[1])[SKIPPED:]
    level, target = decay[SKIPPED:n], (values - known)[SKIPPED:]
    rows = np.array([level, drift, target])
    (ll, ld, lt), (_, dd, dt), _ = (rows @ rows.T).tolist()
    determinant = ll * dd - ld**2
    weight = (ll * dt - ld * lt) / determinant if determinant > DISTINCT * ll * dd else 0.0
    weight = min(max(weight, 0.0), 1.0)
    start = (lt - weight * ld) / ll
    error = target - start * level - weight * drift
    return Fit(float(error @ error), float(alpha), start, weight)


def iterate(values: Array, horizon: int, model: Fit) -> Array:
    """Step a dynamic theta model forward: each forecast enters the level and the line."""
    n, alpha = len(values), model.alpha
    level = smooth(values, alpha, model.level)[-1]
    total, moment = values.sum(), values @ np.arange(1.0, n + 1)
    path = np.empty(horizon)
    for step, t in enumerate(range(n, n + horizon)):
        slope = 6 * (2 * moment / t - (t + 1) * total / t) / (t**2 - 1)
        intercept = total / t - slope * (t + 1) / 2
        decay = (1 - alpha) ** t
        drift = decay * intercept + (1 - decay * (1 - alpha)) / alpha * slope
        path[step] = level + model.weight * drift
        level = alpha * path[step] + (1 - alpha) * level
        total, moment = total + path[step], moment + (t + 1) * path[step]
    return path
