"""Exponential smoothing: the small family with level and damped trend, chosen by AICc."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dtbtrs

from silktrade.forecasting.models.panel import Numbers, Panel, recall
from silktrade.forecasting.models.seasonality import Adjusted, Array, deseasonalise_shrunk
from silktrade.forecasting.models.simplex import nelder_mead

# Bounds of the damping parameter: below, the trend is gone at once; above, it hardly fades.
DAMPING = (0.8, 0.98)
# Steps that the search may take; the sum of squares is flat enough near its minimum that more
# change forecasts by less than 0.1 % (M1, all frequencies).
SEARCH = {"edge": 1.5, "most": 120, "near": 0.02, "level": 1e-4}
START = np.array([-0.85, -2.2, 0.85])
# The ridge only matters where the initial states cannot be told apart.
RIDGE = 1e-12
# An exact fit has no likelihood; this floor, relative to the series, keeps its logarithm finite.
EXACT = 1e-24


class Smoothing(NamedTuple):
    """An exponential smoothing model fitted to a series."""

    aicc: float  # corrected Akaike criterion: smaller is better, on one scale for one series only
    # Smoothing of level and trend, and damping of the trend; `beta` is 0 without trend.
    alpha: float
    beta: float
    phi: float
    start: Array  # initial level, and initial trend if there is one
    errors: Array  # one-step errors


_fitted: dict[Hashable, Smoothing] = {}


def ets(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""Forecast with level or damped trend, on the series or its logarithm, as AICc chooses."""
    #     y_t &= \ell_{t-1} + \phi b_{t-1} + \varepsilon_t \\
    #     \ell_t &= \ell_{t-1} + \phi b_{t-1} + \alpha \varepsilon_t \\
    #     b_t &= \phi b_{t-1} + \beta \varepsilon_t
    # The errors are a linear filter of the series and linear in the initial states, which are
    # therefore found by least squares, and only the smoothing parameters by search. Series with
    # zeros or negatives are not taken to logarithms. The trend without damping and the season as a
    # state are left out: they cost time and forecast worse (see benchmarks).
    # Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). Forecasting with
    # Exponential Smoothing: The State Space Approach. Springer. Hurvich, C. M. and Tsai,
    # C.-L. (1989). Regression and time series model selection in small samples. Biometrika 76(2),
    # 297-307.
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    plain, level = scaled(adjusted.values)
    scales = [plain, np.log(plain)] if np.all(plain > 0) else [plain]
    fits = [fit_all(scales, trend) for trend in (False, True)]
    choices = [(model, False) for model in (fits[0][0], fits[1][0])]
    if len(scales) == 2:
        # The logarithm's Jacobian puts both likelihoods on the scale of the series.
        jacobian = 2 * scales[1].sum()
        logs = (model[1] for model in fits)
        choices += [(model._replace(aicc=model.aicc + jacobian), True) for model in logs]
    model, logarithmic = min(choices, key=lambda choice: choice[0].aicc)
    path = extend(model, horizon)
    return adjusted.restore(level * (np.exp(path) if logarithmic else path))


def damped(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    """Forecast with a damped trend."""
    # The model of `ets` with its trend, on the series itself.
    # Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management
    # Science 31(10), 1237-1246.
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    plain, level = scaled(adjusted.values)
    return adjusted.restore(level * extend(fit(plain, True), horizon))


def prefit(panel: Sequence[Adjusted]) -> None:
    """Fit the candidates of `ets` to several series at once, to be found when asked for."""
    plain = [scaled(adjusted.values)[0] for adjusted in panel]
    scales = plain + [np.log(values) for values in plain if np.all(values > 0)]
    for trend in (False, True):
        fit_all(scales, trend)


def scaled(values: Array) -> tuple[Array, float]:
    """Bring a series to a mean absolute value of 1, and say what that was."""
    level = float(np.mean(np.abs(values))) or 1.0
    return values / level, level


def fit(values: Array, trend: bool) -> Smoothing:
    """Fit level, or level and damped trend, by least squares."""
    return fit_all([values], trend)[0]


def fit_all(series: Sequence[Array], trend: bool) -> list[Smoothing]:
    """Fit the same model to each of several series; each comes out as it would alone."""
    keys = [(values.tobytes(), trend) for values in series]
    return recall(_fitted, keys, lambda new: search([np.frombuffer(k[0]) for k in new], trend))


def search(series: Sequence[Array], trend: bool) -> list[Smoothing]:
    """Find the smoothing parameters that leave the smallest squared errors."""
    panel = Panel.stack(series)

    def loss(points: Array, numbers: Numbers) -> Array:
        chosen = panel.of(numbers)
        errors = filtered(chosen, *parameters(points))[1]
        return np.log(chosen.sums(errors**2) + 1e-300)

    found = parameters(nelder_mead(loss, START[: 3 if trend else 1], len(series), **SEARCH))
    states, errors = filtered(panel, *found)
    each = np.split(errors, panel.starts[1:])
    count = 6 if trend else 3  # the variance among them
    return [
        Smoothing(corrected_aic(v, e, count), *(float(p[i]) for p in found), states[i], e)
        for i, (v, e) in enumerate(zip(series, each, strict=True))
    ]


def parameters(points: Array) -> tuple[Array, Array, Array]:
    """Map the search's free numbers into 0 < alpha < 1, 0 < beta < alpha and the damping bounds."""
    unit = 1e-4 + 0.9998 / (1 + np.exp(-np.clip(points.T, -30, 30)))
    if len(unit) == 1:
        return unit[0], np.zeros(len(points)), np.zeros(len(points))
    low, high = DAMPING
    return unit[0], unit[0] * unit[1], low + (high - low) * unit[2]


def filtered(panel: Panel, alpha: Array, beta: Array, phi: Array) -> tuple[Array, Array]:
    """Find each series' initial states that fit best, and the one-step errors that they leave."""
    target, *design = reduced_form(panel, alpha, beta, phi)
    gram = [[panel.sums(one * two) for two in design] for one in design]
    moment = [panel.sums(one * target) for one in design]
    ridge = RIDGE * sum(gram[i][i] for i in range(len(design)))
    if len(design) == 1:
        states = np.array([moment[0] / (gram[0][0] + ridge)])
    else:
        ll, bb, lb = gram[0][0] + ridge, gram[1][1] + ridge, gram[0][1]
        cross = np.array([bb * moment[0] - lb * moment[1], ll * moment[1] - lb * moment[0]])
        states = cross / (ll * bb - lb**2)
    fitted = sum(panel.each(s) * d for s, d in zip(states, design, strict=True))
    return states.T, target - fitted


def reduced_form(panel: Panel, alpha: Array, beta: Array, phi: Array) -> Array:
    r"""
    Filter the values, and what an initial level and trend of 1 contribute, into errors.

    Without the states the model says, with L the lag,

    .. math:: (1-L)(1-\phi L) y_t =
              (1 + (\alpha + \phi\beta - 1 - \phi) L + \phi (1-\alpha) L^2) \varepsilon_t

    a system of equations for the errors with two diagonals below the main one.
    """
    trend = bool(phi.any())
    first, last = panel.starts, panel.starts + panel.lengths - 1
    each = panel.each(phi)
    lagged = panel.before(panel.values)
    right = np.zeros((3 if trend else 2, len(panel.values)))
    right[0] = panel.values - (1 + each) * lagged + each * panel.before(lagged)
    longer = panel.lengths > 1
    right[1, first], right[1, first[longer] + 1] = 1.0, -phi[longer]
    band = np.zeros((len(right), len(panel.values)))
    band[1] = panel.each(alpha + phi * beta - 1 - phi)
    band[1, last] = 0.0  # nothing runs on into the next series
    if trend:
        right[2, first] = phi
        band[2] = panel.each(phi * (1 - alpha))
        band[2, last] = band[2, last - 1] = 0.0
    return dtbtrs(band, right.T, uplo="L", diag="U")[0].T


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
    from scipy.signal import lfilter  # half a second that a projection has no need of

    n = len(model.errors)
    errors = np.concatenate([model.errors, np.zeros(horizon)])
    numerator, denominator = polynomials(model.alpha, model.beta, model.phi)
    driven = lfilter(denominator, numerator, errors)
    return (driven + model.start @ np.array(free_response(n + horizon, model.phi)))[n:]


def misses(values: Array, known: Array, horizon: int) -> Array:
    """Measure what simple exponential smoothing missed within a series, by steps ahead."""
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
