"""The theta method as published, and its dynamic optimised model."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dtbtrs

from silktrade.forecasting.models.panel import Panel, golden_section, recall
from silktrade.forecasting.models.seasonality import Adjusted, Array, deseasonalise_shrunk

# The bounds of the paper's own software (R package forecTheta).
SMOOTHING = (0.1, 0.99)
GRID = np.linspace(*SMOOTHING, 24)
# That software looks for the nearest optimum from 0.5. Global ones near 0.1 fit as well and
# forecast worse: the initial level then takes the place of the data.
START = 11
# Cuts of the bracket, 0.08 wide: to less than a millionth.
STEPS = 24
# The first fitted values rest on no regression yet; that software leaves them out as well.
SKIPPED = 3
# Smallest determinant, relative to its terms, at which level and drift count as distinct.
DISTINCT = 1e-12
# Largest sum of squared errors, relative to that of the values, which rounding alone may leave: an
# error of 1e-12 of the value. Such a fit is exact, as it is of a line and of many series of five
# values, and without this the search would follow the rounding.
EXACT = 1e-24


class Fit(NamedTuple):
    """A dynamic theta model fitted to a series."""

    error: float  # sum of squared one-step errors, in the squared unit of the series
    alpha: float  # smoothing parameter, 0.1 to 0.99
    level: float  # initial level, in the unit of the series
    # Weight 1 - 1/theta of the drift, 0 (theta = 1, simple exponential smoothing) to 1.
    weight: float


_fitted: dict[Hashable, Fit] = {}


def dotm(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""Forecast with the dynamic optimised theta model."""
    #     y_t &= \mu_t + \varepsilon_t \\
    #     \mu_t &= \ell_{t-1} + (1 - 1/\theta) \Big[ (1-\alpha)^{t-1} A_{t-1}
    #              + \frac{1-(1-\alpha)^t}{\alpha} B_{t-1} \Big] \\
    #     \ell_t &= \alpha y_t + (1-\alpha) \ell_{t-1}
    # with A and B the intercept and slope of the least-squares line through the first t values. For
    # a given smoothing parameter the errors are linear in the initial level and in 1 -
    # 1/\theta, so that only one parameter has to be searched for. In the forecast each step's mean
    # takes the place of the value to come.
    # Fiorucci, J. A., Pellegrini, T. R., Louzada, F., Petropoulos, F. and Koehler, A. B.
    # (2016). Models for optimising the theta method and their relationship to state space models.
    # International Journal of Forecasting 32(4), 1151-1161.
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    if len(adjusted.values) <= SKIPPED + 1:
        return adjusted.restore(theta_path(adjusted.values, horizon))
    return adjusted.restore(iterate(adjusted.values, horizon, fit(adjusted.values)))


def theta(values: Array, period: int, horizon: int, adjusted: Adjusted | None = None) -> Array:
    r"""Forecast with the theta method that won the M3 competition."""
    # Simple exponential smoothing plus half the slope of the straight line through the series:
    # \hat y_{n+h} = \ell_n + \tfrac12 b \Big(h - 1 + \frac{1-(1-\alpha)^n}{\alpha}\Big)
    # Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model: a decomposition
    # approach to forecasting. International Journal of Forecasting 16(4), 521-530. Hyndman,
    # R. J. and Billah, B. (2003). Unmasking the theta method. International Journal of Forecasting
    # 19(2), 287-290.
    adjusted = adjusted or deseasonalise_shrunk(values, period, horizon)
    return adjusted.restore(theta_path(adjusted.values, horizon))


def theta_path(values: Array, horizon: int) -> Array:
    """Forecast a series without season by the theta method."""
    from scipy.optimize import minimize_scalar  # a third of a second, as `lfilter` below

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
    from scipy.signal import lfilter  # half a second that a projection has no need of

    start = values[0] if start is None else start
    return lfilter([alpha], [1, alpha - 1], values, zi=[(1 - alpha) * start])[0]


def fit(values: Array) -> Fit:
    """Fit the dynamic optimised theta model: the nearest optimum from the grid's middle."""
    return fit_all([values])[0]


def fit_all(series: Sequence[Array]) -> list[Fit]:
    """Fit the dynamic optimised theta model to each of several series."""
    keys = [values.tobytes() for values in series]
    return recall(_fitted, keys, lambda new: search([np.frombuffer(key) for key in new]))


def prefit(panel: Sequence[Adjusted], logarithms: bool) -> None:
    """Fit the dynamic optimised theta model to several series, to be found when it is asked for."""
    long = [adjusted for adjusted in panel if len(adjusted.values) > SKIPPED + 1]
    series = [adjusted.values for adjusted in long]
    if logarithms:
        series += [np.log(adjusted.values) for adjusted in long if adjusted.multiplicative]
    fit_all(series)


def search(series: Sequence[Array]) -> list[Fit]:
    """Search each smoothing parameter on a grid first, then between its neighbours there."""
    panel = Panel.stack([np.array([values, *regression_lines(values)]) for values in series])
    everyone = np.repeat(np.arange(len(series)), len(GRID))
    grid = best_at(np.tile(GRID, len(series)), panel.of(everyone)).error.reshape(-1, len(GRID))
    k = np.array([descend(errors, START) for errors in grid.tolist()])
    low, high = GRID[np.maximum(k - 1, 0)], GRID[np.minimum(k + 1, len(GRID) - 1)]
    found = golden_section(lambda alpha: best_at(alpha, panel).error, low, high, STEPS)
    ends = [best_at(alpha, panel) for alpha in (GRID[k], found)]
    return [min(Fit(*(float(part[i]) for part in end)) for end in ends) for i in range(len(series))]


def descend(errors: list[float], start: int) -> int:
    """Walk downhill on a list until both neighbours are higher."""
    k = start
    while True:
        near = [i for i in (k - 1, k + 1) if 0 <= i < len(errors)]
        best = min(near, key=lambda i: errors[i])
        if errors[best] >= errors[k]:
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


def best_at(alpha: Array, panel: Panel) -> Fit:
    """Find each series' initial level and drift weight that fit best for a given smoothing."""
    values, intercept, slope = panel.values
    age = np.arange(len(values)) - panel.each(panel.starts)
    rate = panel.each(alpha)
    decay = (1 - rate) ** age
    drift = decay * intercept + (1 - decay * (1 - rate)) / rate * slope
    seen = (age >= SKIPPED).astype(float)
    level, drift = decay * seen, drift * seen
    target = (values - panel.before(levels(alpha, panel))) * seen
    pairs = ((level, level), (level, drift), (drift, drift), (level, target), (drift, target))
    ll, ld, dd, lt, dt = (panel.sums(one * other) for one, other in pairs)
    determinant = ll * dd - ld**2
    distinct = determinant > DISTINCT * ll * dd
    weight = np.where(distinct, (ll * dt - ld * lt) / np.where(distinct, determinant, 1.0), 0.0)
    weight = np.clip(weight, 0.0, 1.0)
    start = (lt - weight * ld) / ll
    gap = target - panel.each(start) * level - panel.each(weight) * drift
    error = panel.sums(gap**2)
    return Fit(np.where(error > EXACT * panel.sums(values**2), error, 0.0), alpha, start, weight)


def levels(alpha: Array, panel: Panel) -> Array:
    """Level of simple exponential smoothing after each value of every series, from 0."""
    values = panel.values[0]
    # Each level less (1 - alpha) times the one before is alpha times the value.
    band = np.ones((2, len(values)))
    band[1] = panel.each(alpha - 1)
    band[1, panel.starts + panel.lengths - 1] = 0.0  # nothing runs on into the next series
    return dtbtrs(band, panel.each(alpha) * values, uplo="L", diag="U")[0].ravel()


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
