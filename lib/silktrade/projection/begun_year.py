"""
What known months say of a year's total, and of the year after: one Gaussian path, conditioned.

A year that has begun is no other model than one that has not: the months of a series wander as its
years do, about a season and with noise of their own, and what is known of them is conditioned on.
The level's wandering does not look at the year that has begun, and only the noise of months is
weighed by its months too. That one more never widens the year is held in `fans`: a month that lifts
what is to come lifts its range, and with an unknown noise a surprise may widen it.
"""

import functools
from typing import NamedTuple

import numpy as np

Array = np.ndarray


# China's trade with the world, 2008 to 2015, from January on: the season in logarithms, what a
# month differs by from it, and how the New Year shifts trade between January and February.
SEASON = np.array([-0.05, -0.27, -0.02, 0.0, 0.0, 0.0, 0.07, 0.05, 0.09, 0.0, 0.04, 0.09])
OWN_SEASON, NEW_YEAR = 0.07, 0.12
# Of single months, in logarithms: averaged by likelihood.
NOISES = np.array([0.04, 0.1, 0.25, 0.6, 1.2])
NOISE_WEIGHTS = np.array([0.3, 0.3, 0.2, 0.1, 0.1])
MEAN_MONTH = np.full(12, 1 / 12)
# Of a year's drift, in its months about its middle; the half year before leads to where it begins.
DRIFT = np.concatenate([-(np.arange(6) + 0.5), np.arange(12) - 5.5]) / 12
SMOOTHED = 20  # rounds, after which a year's mean is at its level to a millionth
WILD = 6.0  # times how far months move, or of a tenth: away from both neighbours, alone
STARTED = 0.05  # of a mean month: added before logarithms, so that a month of nothing has one
# The mean of twelve months of a random walk over the mean of the twelve before: Working (1960).
ANNUAL = (2 * 12**2 + 1) / (3 * 12)


class Said(NamedTuple):
    """What the months say of the years ahead."""

    # A value a year. In a year with known months of the logarithm of the rest, else of growth in
    # logarithms; the scale as a multiple of the annual density's.
    mean: Array
    scale: Array
    carried: Array  # correlation of what is missed in a year with what is missed in the year before


class Seen(NamedTuple):
    """What is known: years as rows of months, by how much they are off, and single months."""

    years: Array
    off: Array
    single: Array
    months: Array


class Asked(NamedTuple):
    """What is asked of the years ahead: targets about their middles, and their growth."""

    targets: Array
    middle: Array
    begun: Array
    growths: Array


def conditioned(
    months: Array, annual: Array, growth: Array, scale: Array, drift: float | None = None
) -> Said:
    r"""Condition a path of months on those known."""
    # z_m = l_m + s_{m \bmod 12} + n_m + e_m, \qquad l_m = l_{m-1} + u_m,
    # with a level that wanders as far as the annual density says, a season about the world's, a
    # shift between January and February, and noise. Years are linear in months about the prior
    # path. The noise is averaged by its likelihood over the years known.
    past, ahead = len(annual), len(growth)
    size = 12 * (past + ahead)
    path = _prior_path(annual, growth, growth[-1] if drift is None else drift)
    slopes = np.exp(path).reshape(-1, 12)
    slopes = slopes / slopes.sum(axis=1, keepdims=True)
    years = _blocks(past + ahead) * slopes.ravel()
    deviations = np.where(np.isfinite(months), months - path, np.nan)
    centre = np.log(np.exp(path).reshape(-1, 12).mean(axis=1))
    off = annual - centre[:past]
    wander = np.repeat(np.concatenate([np.full(past, scale[0]), scale]), 12) ** 2 / ANNUAL
    level = np.cumsum(wander)
    shared = np.minimum(level[:, None], level[None]) + _seasonal(size)
    known, have = np.isfinite(deviations), np.isfinite(off)
    heard = _heard(deviations)
    said = np.isfinite(heard)
    years[:, known & ~said] = 0.0  # what a wild month adds to its year is in its bend
    seen = Seen(years[:past][have], off[have], np.eye(size)[said], heard[said])
    bends, usual = _bends(path, np.where(known, months, np.nan), years @ np.nan_to_num(heard))
    asked = _asked(years, path, known, past)
    likelihood, means, variances, plain, carried = _given(
        shared, seen, asked, bends[:, :past][:, have], bends[:, past - 1 :], usual
    )
    weights = NOISE_WEIGHTS * np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    mean = weights @ means
    variance = weights @ (variances + (means - mean) ** 2)
    return Said(mean, np.sqrt(variance / (weights @ plain)), weights @ carried)


def _prior_path(annual: Array, growth: Array, drift: float) -> Array:
    """Lay a path of months through the years known and those expected, with the world's season."""
    # What is carried over is there by the turn of the last year; from there on trade drifts.
    known = np.flatnonzero(np.isfinite(annual))
    levels = np.interp(np.arange(len(annual)), known, annual[known])
    levels = np.concatenate([levels, levels[-1] + np.cumsum(growth)])
    spread = _between(len(levels))
    path = spread @ levels
    path[-18:] += drift * DRIFT
    path += np.tile(SEASON, len(levels))
    for _ in range(SMOOTHED):  # until its years have the levels themselves, bends and season aside
        path = path + spread @ (levels - np.log(np.exp(path).reshape(-1, 12) @ MEAN_MONTH))
    return path


@functools.cache
def _between(years: int) -> Array:
    """Give what each year's value weighs in each month, from the middle of one to the next's."""
    # The last year has its value from its turn on.
    month, centres = np.arange(12 * years), 12 * np.arange(years) + 5.5
    turns = np.insert(centres, -1, centres[-1] - 6)
    of_each = np.insert(np.eye(years), -1, np.eye(years)[-1], axis=0)
    return np.column_stack([np.interp(month, turns, column) for column in of_each.T])


@functools.cache
def _blocks(years: int) -> Array:
    """Tell which months are of which year: a row a year."""
    return np.kron(np.eye(years), np.ones(12))


@functools.cache
def _seasonal(size: int) -> Array:
    """Give what months share beside their level: season, shift about the New Year, the start."""
    month = np.arange(size)
    shift = np.where(month % 12 == 0, NEW_YEAR, np.where(month % 12 == 1, -NEW_YEAR, 0.0))
    alike, same_year = (month[:, None] % 12 == month % 12), (month[:, None] // 12 == month // 12)
    start = 1.0  # it is not known
    return start + OWN_SEASON**2 * alike + np.outer(shift, shift) * same_year


def _asked(years: Array, path: Array, known: Array, past: int) -> Asked:
    """Say what is asked of each year ahead: growth, or the rest of a year with known months."""
    size = len(path)
    targets, middles, begun = [], [], []
    for j in range(past, len(years)):
        begun.append(known[12 * j : 12 * j + 12].any())
        if begun[-1]:  # the rest of the year, about its prior sum
            row = np.where(~known & (np.arange(size) // 12 == j), np.exp(path), 0.0)
            rest = max(row.sum(), 1e-12)
            targets.append(row / rest)
            middles.append(np.log(rest))
        else:
            targets.append(years[j] - years[j - 1])
            middles.append(
                np.log(np.exp(path[12 * j : 12 * j + 12]).mean())
                - np.log(np.exp(path[12 * j - 12 : 12 * j]).mean())
            )
    growths = years[past:] - years[past - 1 : -1]
    return Asked(np.array(targets), np.array(middles), np.array(begun), growths)


def _heard(deviations: Array) -> Array:
    """Leave out months that are off alone, and bound the last one: they stay in their year."""
    # An additive outlier says nothing of the level; what the month after shares is a shift, and the
    # last one may be either.
    # Box, G. E. P. and Tiao, G. C. (1975). Intervention analysis with applications to economic
    # and environmental problems. Journal of the American Statistical Association 70(349).
    moves = np.diff(deviations)
    if not np.isfinite(moves).any():
        return deviations
    far = WILD * max(np.median(np.abs(moves[np.isfinite(moves)])), 0.1)
    up, down = moves > far, moves < -far
    alone = np.append(False, (up[:-1] & down[1:]) | (down[:-1] & up[1:]))
    heard = np.where(np.append(alone, False), np.nan, deviations)
    last = np.flatnonzero(np.isfinite(deviations))[-1]
    if last and np.isfinite(heard[last - 1]):
        heard[last] = heard[last - 1] + np.clip(moves[last - 1], -far, far)
    return heard


def _bends(path: Array, months: Array, linear: Array) -> tuple[Array, Array]:
    """Say by how much a year's logarithm lies above what is linear in its months, and usually."""
    # A mean of noisy months lies above their mean logarithm, by half the variance; where whole
    # years are known by no more than theirs do: one wild month does not make all others wild.
    known = np.isfinite(months)
    whole = known.reshape(-1, 12).all(axis=1)

    def above(usual: Array) -> Array:
        point = np.where(known, months, path + usual)
        sums = [np.exp(z).reshape(len(z), -1, 12).sum(axis=2) for z in (point, path[None])]
        return np.log(sums[0] / sums[1]) - linear

    usual = NOISES[:, None] ** 2 / 2
    if whole.any():
        usual = np.minimum(usual, above(usual)[0, whole].mean())
    return above(usual), usual


def _given(
    shared: Array, seen: Seen, asked: Asked, bends: Array, ahead: Array, usual: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Condition on years and months: likelihood, means, variances, those without months, carry."""
    # A row for each noise.
    variance = NOISES[:, None] ** 2
    off = seen.off - bends
    middle = asked.middle + np.where(asked.begun, usual, np.diff(ahead))
    small = np.broadcast_to(1e-4 + variance / 1200, off.shape)
    single = np.broadcast_to(seen.months, (len(NOISES), len(seen.months)))
    values = np.concatenate([off, single], axis=1)
    spread = np.concatenate([small, np.full(single.shape, 1e-8)], axis=1)
    _, yearly, _ = _posterior(shared, seen.years, off, small, asked.growths)
    design = np.vstack([seen.years, seen.single])
    mean, cov, likelihood = _posterior(shared, design, values, spread, asked.targets)
    variances = np.maximum(np.diagonal(cov, axis1=1, axis2=2), 1e-18)
    sd = np.sqrt(variances)
    carried = np.zeros_like(middle)
    carried[:, 1:] = np.diagonal(cov, 1, axis1=1, axis2=2) / (sd[:, 1:] * sd[:, :-1])
    plain = np.diagonal(yearly, axis1=1, axis2=2)
    return likelihood, middle + mean, variances, plain, np.clip(carried, -0.9, 0.9)


def _posterior(
    shared: Array, design: Array, values: Array, extra: Array, targets: Array
) -> tuple[Array, Array, Array]:
    """Condition linear targets on linear observations: means, covariance, and likelihood."""
    every = np.vstack([design, targets])
    alike = every @ shared @ every.T + NOISES[:, None, None] ** 2 * (every @ every.T)
    seen = len(design)
    inner = alike[:, :seen, :seen] + extra[..., None] * np.eye(seen)
    met = alike[:, :seen, seen:]
    solved = np.linalg.solve(inner, np.concatenate([met, values[..., None]], axis=2))
    gain, weights = solved[..., :-1].swapaxes(1, 2), solved[..., -1:]
    mean = (met.swapaxes(1, 2) @ weights)[..., 0]
    # The logarithm of the Gaussian density of what is known, less what is constant.
    squares = (values[:, None] @ weights)[:, 0, 0]
    likelihood = -0.5 * (np.linalg.slogdet(inner)[1] + squares)
    return mean, alike[:, seen:, seen:] - gain @ met, likelihood
