"""Exponential smoothing: the small family with level and damped trend, chosen by AICc."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.signal import lfilter

from silktrade.models.seasonality import Adjusted, Array, adjust_shrunk

# Bounds of the damping parameter: below, the trend is gone at once; above, it hardly fades.
DAMPING = (0.8, 0.98)
# Steps that the search may take; the sum of squares is flat enough near its minimum that more
# change forecasts by less than 0.1 % (M1, all frequencies).
SEARCH = {"maxfev": 120, "xatol": 0.02, "fatol": 1e-4}
# An exact fit has no likelihood; this floor, relative to the series, keeps its logarithm finite.
EXACT = 1e-24


class Smoothing(NamedTuple):
    """
    An exponential smoothing model fitted to a series.

    Attributes
    ----------
    aicc : float
        Corrected Akaike criterion: smaller is better, on one scale for one series only.
    alpha, beta, phi : float
        Smoothing of level and trend, and damping of the trend; `beta` is 0 without trend.
    start : array of float
        Initial level, and initial trend if there is one.
    errors : array of float
        One-step errors.
    """

    aicc: float
    alpha: float
    beta: float
    phi: float
    start: Array
    errors: Array


def ets(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""
    Forecast with level or damped trend, on the series or its logarithm, as AICc chooses.

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
        The path of the next `horizon` periods, in the unit of the series; from the logarithm
        it is the median.

    Notes
    -----
    .. math::

        y_t &= \ell_{t-1} + \phi b_{t-1} + \varepsilon_t \\
        \ell_t &= \ell_{t-1} + \phi b_{t-1} + \alpha \varepsilon_t \\
        b_t &= \phi b_{t-1} + \beta \varepsilon_t

    The errors are a linear filter of the series and linear in the initial states, which are
    therefore found by least squares, and only the smoothing parameters by search. Series with
    zeros or negatives are not taken to logarithms. The trend without damping and the season as a
    state are left out: they cost time and forecast worse (see benchmarks).

    References
    ----------
    .. [1] Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). Forecasting with
       Exponential Smoothing: The State Space Approach. Springer.
    .. [2] Hurvich, C. M. and Tsai, C.-L. (1989). Regression and time series model selection in
       small samples. Biometrika 76(2), 297-307.

    Examples
    --------
    >>> ets(np.array([5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), 1, 2).round(6)
    array([5., 5.])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    level = np.mean(np.abs(adjusted.values)) or 1.0
    plain = adjusted.values / level
    choices = [(fit(plain, trend), False) for trend in (False, True)]
    if np.all(plain > 0):
        logs = np.log(plain)
        # The logarithm's Jacobian puts both likelihoods on the scale of the series.
        jacobian = 2 * logs.sum()
        fits = (fit(logs, trend) for trend in (False, True))
        choices += [(model._replace(aicc=model.aicc + jacobian), True) for model in fits]
    model, logarithmic = min(choices, key=lambda choice: choice[0].aicc)
    path = extend(model, horizon)
    return adjusted.restore(level * (np.exp(path) if logarithmic else path))


def damped(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    """
    Forecast with a damped trend.

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
    The model of `ets` with its trend, on the series itself.

    References
    ----------
    .. [1] Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management
       Science 31(10), 1237-1246.

    Examples
    --------
    >>> damped(np.array([5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), 1, 2).round(6)
    array([5., 5.])
    """
    adjusted = adjusted or adjust_shrunk(values, period, horizon)
    level = np.mean(np.abs(adjusted.values)) or 1.0
    return adjusted.restore(level * extend(fit(adjusted.values / level, True), horizon))


def fit(values: Array, trend: bool) -> Smoothing:
    """Fit level, or level and damped trend, by least squares."""
    start = np.array([-0.85, -2.2, 0.85])[: 3 if trend else 1]
    simplex = np.vstack([start, start + 1.5 * np.eye(len(start))])
    found = minimize(
        lambda point: np.log(np.sum(filtered(values, *parameters(point))[1] ** 2) + 1e-300),
        start,
        method="Nelder-Mead",
        options={"initial_simplex": simplex, **SEARCH},
    )
    alpha, beta, phi = parameters(found.x)
    states, errors = filtered(values, alpha, beta, phi)
    count = len(start) + len(states) + 1
    return Smoothing(corrected_aic(values, errors, count), alpha, beta, phi, states, errors)


def parameters(point: Array) -> tuple[float, float, float]:
    """Map the search's free numbers into 0 < alpha < 1, 0 < beta < alpha and the damping bounds."""
    unit = 1e-4 + 0.9998 / (1 + np.exp(-np.clip(point, -30, 30)))
    if len(point) == 1:
        return float(unit[0]), 0.0, 0.0
    low, high = DAMPING
    return float(unit[0]), float(unit[0] * unit[1]), float(low + (high - low) * unit[2])


def filtered(values: Array, alpha: float, beta: float, phi: float) -> tuple[Array, Array]:
    """Find the initial states that fit best, and the one-step errors that they leave."""
    rows = np.vstack([values, *free_response(len(values), phi)])
    target, *columns = lfilter(*polynomials(alpha, beta, phi), rows, axis=1)
    design = np.array(columns)
    gram, moment = design @ design.T, design @ target
    # The ridge only matters where the states cannot be told apart.
    states = np.linalg.solve(gram + 1e-12 * np.trace(gram) * np.eye(len(gram)), moment)
    return states, target - states @ design


def free_response(length: int, phi: float) -> list[Array]:
    """Give what an initial level of 1, and an initial trend of 1, contribute to each value."""
    level = np.ones(length)
    return [level, np.cumsum(phi ** np.arange(1.0, length + 1))] if phi else [level]


def polynomials(alpha: float, beta: float, phi: float) -> tuple[Array, Array]:
    """Write the reduced form as a filter from values to errors: numerator and denominator."""
    if not phi:
        return np.array([1.0, -1.0]), np.array([1.0, alpha - 1])
    plain = np.array([1.0, -1 - phi, phi])
    return plain, plain + np.array([0.0, alpha + phi * beta, -alpha * phi])


def corrected_aic(values: Array, errors: Array, count: int) -> float:
    """AICc of a least-squares fit with `count` parameters, the variance among them."""
    n = len(values)
    if n <= count + 1:
        return float("inf")
    floor = EXACT * n * np.mean(values**2) + 1e-300
    fit_term = n * np.log((errors @ errors + floor) / n)
    return float(fit_term + 2 * count * n / (n - count - 1))


def extend(model: Smoothing, horizon: int) -> Array:
    """Carry a fitted model forward with errors of 0."""
    n = len(model.errors)
    errors = np.concatenate([model.errors, np.zeros(horizon)])
    numerator, denominator = polynomials(model.alpha, model.beta, model.phi)
    driven = lfilter(denominator, numerator, errors)
    return (driven + model.start @ np.array(free_response(n + horizon, model.phi)))[n:]


def misses(values: Array, known: Array, horizon: int) -> Array:
    """
    Measure what simple exponential smoothing missed within a series, by steps ahead.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps and without season.
    known : array of bool
        Which values were observed; only these are compared.
    horizon : int
        Steps ahead, at least 1.

    Returns
    -------
    array of float
        Mean absolute errors; where fewer than five can be had, the last mean grows with the root
        of the horizon.

    Examples
    --------
    >>> misses(np.array([1.0, 2.0] * 10), np.full(20, True), 2).round(1)
    array([0.5, 0.5])
    """
    model = fit(values, trend=False)
    level = model.start[0] + model.alpha * np.cumsum(model.errors)
    means = np.full(horizon, np.mean(np.abs(model.errors[known])))
    for step in range(1, horizon + 1):
        # The first levels rest on little: leave them out where that leaves enough.
        first = min(3, max(len(values) - step - 6, 0))
        last = max(len(values) - step, first)
        errors = (values[first + step :] - level[first:last])[known[first + step :]]
        if len(errors) >= 5:
            means[step - 1] = np.mean(np.abs(errors))
        elif step > 1:
            means[step - 1] = means[step - 2] * np.sqrt(step / (step - 1))
    return means
