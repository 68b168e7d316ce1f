"""
Density of next year's growth, of a sum or a series: one regression, averaged over its memory.

The growth of a sum is no function of its parts' intervals, so it is forecast as such. Its mean is
pulled to what is usual, its scale to that of other flows, and its slopes to those measured on
China's trade with 128 other partners (`benchmarks/PROTOCOL.md`): twenty years teach no more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

Array = np.ndarray

HALF_LIVES = (3.0, 5.0, 8.0)  # years after which an observation counts half: averaged, not chosen
MEAN, MEAN_WEIGHT = 0.08, 4.0  # usual growth, in logarithms, and the years that it is worth
SCALE_WEIGHT = 8.0  # the years that the scale of other flows is worth
SCALE_OF_ALL, SCALE_OF_ONE = 0.05, 0.17  # what moves all flows at once, and one alone
CARRIED = 0.25  # of what the last year missed: Working (1960)
LIMIT_OF_MANY, LIMIT_OF_ONE = 2.0, 7.0  # times the highest year: one year in a thousand goes beyond
STARTED = 0.01  # of the highest of eight years: added before logarithms, so that zero has one
EIGHT = 8


class Density(NamedTuple):
    """
    Averaged Student t densities of a growth rate, in logarithms.

    Attributes
    ----------
    mean, scale, freedom : array of float
        Location, scale and degrees of freedom of each member.
    highest : float
        Growth beyond which nothing is drawn.
    """

    mean: Array
    scale: Array
    freedom: Array
    highest: float

    def quantile(self, levels: Array) -> Array:
        """Give the members' mean quantiles, cut at the highest without heaping draws up there."""
        scale = np.maximum(self.scale, 1e-12)  # a series that never moved has none
        most = stats.t.cdf((self.highest - self.mean) / scale, self.freedom).min()
        spread = stats.t.ppf(np.asarray(levels)[:, None] * most, self.freedom)
        return (self.mean + self.scale * spread).mean(axis=1)


def started(values: Array) -> Array:
    """
    Give what is added to each value before its logarithm is taken.

    Parameters
    ----------
    values : array of float
        A series in time order, at least 0, NaN where missing.

    Returns
    -------
    array of float
        A hundredth of the highest value of the eight years to each date: nothing beside a usual
        value, so that growth is as ever, but a year of nothing has a logarithm, and a flow that
        starts from almost nothing no growth without bounds.

    Examples
    --------
    >>> started(np.array([100.0, 0.0])).tolist()
    [1.0, 1.0]
    """
    known = np.nan_to_num(values)
    return STARTED * np.array(
        [known[max(0, t - EIGHT + 1) : t + 1].max() for t in range(len(known))]
    )


def prior_scale(concentration: float) -> float:
    r"""
    Give the usual scale of growth of a sum.

    Parameters
    ----------
    concentration : float
        Herfindahl-Hirschman index :math:`H` of the sum's parts, in (0, 1].

    Returns
    -------
    float
        :math:`\sqrt{c^2 + d^2 H}`: what moves all parts does not average out, what moves one does.

    Examples
    --------
    >>> round(prior_scale(1.0), 3), round(prior_scale(0.2), 3)
    (0.177, 0.091)
    """
    return float(np.sqrt(SCALE_OF_ALL**2 + SCALE_OF_ONE**2 * concentration))


def highest(values: Array, concentration: float) -> float:
    r"""
    Give the growth from the last year beyond which nothing is drawn.

    Parameters
    ----------
    values : array of float
        A series in time order, its last value known.
    concentration : float
        Herfindahl-Hirschman index :math:`H` of its parts.

    Returns
    -------
    float
        In logarithms: to :math:`2 \cdot 3.5^H` times the highest value ever seen, seven times for
        a single flow, hardly more than twice for a sum of many. Of China's flows with 128 other
        partners one year in a thousand went beyond.

    Examples
    --------
    >>> round(float(np.exp(highest(np.array([2.0, 1.0]), 1.0))), 1)
    14.0
    """
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
) -> Density:
    r"""
    Forecast growth by a discounted regression with a conjugate prior.

    Parameters
    ----------
    growth : array of float, shape (T,)
        Changes of logarithms a year, NaN where not known, the latest last.
    weight : array of float, shape (T,)
        What each is worth: the years that it spans, times the part of the sum that it covers.
    signals, ahead : array of float, shape (T, p) and (p,)
        What was known beforehand of each year, and of the year forecast; 0 says nothing.
    unknown : array of float, shape (p,)
        Variance of what will be known of it at the end of the year before but is not yet.
    slopes, slope_weights : array of float, shape (p,)
        Mean and precision of the prior slopes, the latter in units of the error's.
    concentration : float
        Herfindahl-Hirschman index :math:`H` of the sum's parts, in (0, 1].
    limit : float
        From `highest`.

    Returns
    -------
    Density
        One member a half-life.

    Notes
    -----
    With weights :math:`a_t = 2^{-(T-t)/h} w_t`, rows :math:`z_t = (1, x_t)`, the prior
    :math:`b \sim N(b_0, s^2 \Lambda_0^{-1})` and :math:`s^2` inverse gamma with :math:`\nu_0`
    degrees about :math:`s_0^2` [1]_,

    .. math:: \Lambda = Z'AZ + \Lambda_0, \quad b = \Lambda^{-1}(Z'Ay + \Lambda_0 b_0), \quad
       \nu = \nu_0 + \sum a, \quad
       \nu s^2 = \nu_0 s_0^2 + y'Ay + b_0'\Lambda_0 b_0 - b'\Lambda b,

    growth is :math:`z'b + s \sqrt{1 + z'\Lambda^{-1}z} \; t_\nu`; to the variance comes what is
    unknown yet, :math:`\sum_j b_j^2 v_j`. Of what the last year missed, a part carries on: growth
    of the annual means of a random walk is correlated by a quarter [3]_, but what is a single
    part's own is noise, so that :math:`\rho = (1 - H) / 4` of it counts. Quantiles are averaged
    over :math:`h` [2]_. A signal that is 0 throughout leaves its slope where it was, and the
    forecast too: no source is switched.

    References
    ----------
    .. [1] West, M. and Harrison, J. (1997). Bayesian Forecasting and Dynamic Models, 2nd ed.
       Springer.
    .. [2] Lichtendahl, K. C., Grushka-Cockayne, Y. and Winkler, R. L. (2013). Is it better to
       average probabilities or quantiles? Management Science 59(7).
    .. [3] Working, H. (1960). Note on the correlation of first differences of averages in a random
       chain. Econometrica 28(4).

    Examples
    --------
    Knowing nothing, growth is the usual:

    >>> none = np.empty((0, 0))
    >>> made = predictive(np.empty(0), np.empty(0), none, none[0:0].sum(0), none[0:0].sum(0),
    ...                   none[0:0].sum(0), none[0:0].sum(0), 1.0, 2.0)
    >>> made.mean.tolist(), made.freedom.tolist()
    ([0.08, 0.08, 0.08], [8.0, 8.0, 8.0])
    """
    rows = np.column_stack([np.ones(len(growth)), signals.reshape(len(growth), len(ahead))])
    row = np.concatenate([[1.0], ahead])
    prior = np.diag(np.concatenate([[MEAN_WEIGHT], slope_weights]))
    usual = np.concatenate([[MEAN], slopes])
    known = np.isfinite(growth)
    y = np.where(known, growth, 0.0)
    age = np.arange(len(growth))[::-1]
    scale = prior_scale(concentration)
    lasting = CARRIED * (1 - concentration) * min(weight[-1], 1.0) if known[-1:].any() else 0.0
    found = []
    for half_life in HALF_LIVES:
        a = 2.0 ** (-age / half_life) * weight * known
        precision = rows.T @ (a[:, None] * rows) + prior
        slope = np.linalg.solve(precision, rows.T @ (a * y) + prior @ usual)
        freedom = SCALE_WEIGHT + a.sum()
        squares = (SCALE_WEIGHT * scale**2 + (a * y) @ y + usual @ prior @ usual
                   - slope @ precision @ slope) / freedom  # fmt: skip
        missed = y[-1] - rows[-1] @ slope if lasting else 0.0
        own = squares * (1 + row @ np.linalg.solve(precision, row)) * (1 - lasting**2)
        variance = own + slope[1:] ** 2 @ unknown
        found.append((row @ slope + lasting * missed, np.sqrt(variance), freedom))
    mean, spread, freedom = map(np.array, zip(*found, strict=True))
    return Density(mean, spread, freedom, limit)
