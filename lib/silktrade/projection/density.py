"""
Density of next year's growth, of a sum or a series: one regression, averaged over its memory.

The growth of a sum is no function of its parts' intervals, so it is forecast as such. Its mean is
pulled to what is usual, its scale to that of other flows, and its slopes to those measured on
China's trade with 128 other partners (`benchmarks/PROTOCOL.md`): twenty years teach no more.
"""

from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

Array = np.ndarray

HALF_LIVES = (3.0, 5.0, 8.0)  # years after which an observation counts half: averaged, not chosen
MEAN, MEAN_WEIGHT = 0.08, 4.0  # usual growth, in logarithms, and the years that it is worth
SCALE_WEIGHT = 8.0  # the years that the scale of other flows is worth
SCALE_OF_ALL, SCALE_OF_ONE = 0.03, 0.17  # what moves all flows at once, and one alone
CARRIED = 0.25  # of what the last year missed: Working (1960)
LIMIT_OF_MANY, LIMIT_OF_ONE = 2.0, 7.0  # times the highest year: one year in a thousand goes beyond
LEAPS, DOZEN = 2.0, 12  # years of one part's leaps, beside growth rates that show most of them
STARTED = 0.01  # of the highest of eight years: added before logarithms, so that zero has one
EIGHT = 8
MANY, NODES = 500, 24  # levels from which `student` puts a polynomial through so many values
RARE = 1e-9  # levels below which it does not: no polynomial reaches so far out, to infinity at 0


class Density(NamedTuple):
    """Averaged Student t densities of a growth rate, in logarithms."""

    # Location, scale and degrees of freedom of each member.
    mean: Array
    scale: Array
    freedom: Array
    highest: float  # growth beyond which nothing is drawn
    # What of the mean is there by the turn of the year: a level above or below the year's mean.
    carried: float = 0.0

    def quantile(self, levels: Array) -> Array:
        """Give the members' mean quantiles, cut at the highest without heaping draws up there."""
        scale = np.maximum(self.scale, 1e-12)  # a series that never moved has none
        most = special.stdtr(self.freedom, (self.highest - self.mean) / scale).min()
        spread = student(np.asarray(levels) * most, self.freedom)
        return (self.mean + self.scale * spread).mean(axis=1)


def student(levels: Array, freedom: Array) -> Array:
    """Give quantiles of Student's t, a row a level and a column a degree of freedom."""
    if len(levels) < MANY or levels.min() < RARE:
        return special.stdtrit(freedom, levels[:, None])
    # Over the normal's quantile it is a smooth function of the latter's square: a polynomial
    # through two dozen values is exact to a billionth, in a fifth of the time.
    normal = special.ndtri(levels)
    top = np.max(normal**2)
    points = chebyshev.chebpts1(NODES)
    at = np.sqrt((1 + points) / 2 * top)[:, None]
    fitted = chebyshev.chebfit(points, -special.stdtrit(freedom, special.ndtr(-at)) / at, NODES - 1)
    return (normal * chebyshev.chebval(2 * normal**2 / top - 1, fitted)).T


def started(values: Array) -> Array:
    """Give what is added to each value before its logarithm is taken."""
    known = np.where(np.isfinite(values), values, 0.0)
    highest = known.copy()
    for back in range(1, EIGHT):
        highest[back:] = np.maximum(highest[back:], known[:-back])
    return STARTED * highest


def prior_scale(concentration: float) -> float:
    r"""Give the usual scale of growth of a sum."""
    return float(np.sqrt(SCALE_OF_ALL**2 + SCALE_OF_ONE**2 * concentration))


def highest(values: Array, concentration: float) -> float:
    r"""Give the growth from the last year beyond which nothing is drawn."""
    times = LIMIT_OF_MANY * (LIMIT_OF_ONE / LIMIT_OF_MANY) ** concentration
    last = max(values[-1], started(values)[-1])
    top = np.nanmax(values)
    return float(np.log(times * top / last)) if last > 0 else 0.0


def predictive(
    growth: Array,
    weight: Array,
    signals: Array,
    ahead: Array,
    unknown: Array,
    slopes: Array,
    slope_weights: Array,
    concentration: float,
    limit: float,
    turned: Array | float = 0.0,
) -> Density:
    r"""Forecast growth by a discounted regression with a conjugate prior."""
    # With weights a_t = 2^{-(T-t)/h} w_t, rows z_t = (1, x_t), the prior b
    # \sim N(b_0, s^2 \Lambda_0^{-1}) and s^2 inverse gamma with \nu_0 degrees
    # about s_0^2,
    # \Lambda = Z'AZ + \Lambda_0, \quad b = \Lambda^{-1}(Z'Ay + \Lambda_0 b_0), \quad
    #    \nu = \nu_0 + \sum a, \quad
    #    \nu s^2 = \nu_0 s_0^2 + y'Ay + b_0'\Lambda_0 b_0 - b'\Lambda b,
    # growth is z'b + s \sqrt{1 + z'\Lambda^{-1}z} \; t_\nu; to the variance comes what is
    # unknown yet, \sum_j b_j^2 v_j. Of what the last year missed, a part carries on: growth
    # of the annual means of a random walk is correlated by a quarter, but what is a single
    # part's own is noise, so that \rho = (1 - H) / 4 of it counts. Quantiles are averaged
    # over h. A signal that is 0 throughout leaves its slope where it was, and the
    # forecast too: no source is switched. The usual scale was measured where a dozen growth
    # rates were known; fewer, n, have not shown a part's rare leaps, so that the variance
    # is 1 + 2H(1/n - 1/12) times as large. Of the signals, `turned` is there by the turn of
    # the year, and so is what the last year missed.
    # West, M. and Harrison, J. (1997). Bayesian Forecasting and Dynamic Models, 2nd ed.
    # Springer. Lichtendahl, K. C., Grushka-Cockayne, Y. and Winkler, R. L. (2013). Is it
    # better to average probabilities or quantiles? Management Science 59(7). Working, H.
    # (1960). Note on the correlation of first differences of averages in a random chain.
    # Econometrica 28(4).
    rows = np.column_stack([np.ones(len(growth)), signals.reshape(len(growth), len(ahead))])
    row = np.concatenate([[1.0], ahead])
    prior = np.diag(np.concatenate([[MEAN_WEIGHT], slope_weights]))
    usual = np.concatenate([[MEAN], slopes])
    known = np.isfinite(growth)
    y = np.where(known, growth, 0.0)
    age = np.arange(len(growth))[::-1]
    scale = prior_scale(concentration)
    lasting = CARRIED * (1 - concentration) * min(weight[-1], 1.0) if known[-1:].any() else 0.0
    seen = max(np.minimum(weight, 1.0) @ known, 1.0)
    unseen = 1 + LEAPS * concentration * max(1 / seen - 1 / DOZEN, 0.0)
    a = 2.0 ** (-age / np.array(HALF_LIVES)[:, None]) * weight * known  # a row for each memory
    precision = (rows.T * a[:, None]) @ rows + prior
    told = np.stack([(a * y) @ rows + prior @ usual, np.tile(row, (len(a), 1))], axis=-1)
    slope, leverage = np.moveaxis(np.linalg.solve(precision, told), -1, 0)
    freedom = SCALE_WEIGHT + a.sum(axis=1)
    fitted = (slope[:, None] @ precision @ slope[..., None])[:, 0, 0]
    squares = SCALE_WEIGHT * scale**2 + (a * y) @ y + usual @ prior @ usual - fitted
    own = squares / freedom * (1 + leverage @ row) * (1 - lasting**2)
    missed = lasting * (y[-1] - slope @ rows[-1]) if lasting else 0.0
    variance = unseen * own + slope[:, 1:] ** 2 @ unknown
    carried = missed + (slope[:, 1:] * turned).sum(axis=1)
    mean = slope @ row + missed
    return Density(mean, np.sqrt(variance), freedom, limit, float(carried.mean()))
