"""
A flow that comes and goes: months off and months on, not a growth rate.

Where the months known fall into two heaps that lie twentyfold apart, as where a border opens to
gold, growth over a year that was half on says nothing. Each month stays as the month before was, or
switches; what it is worth is drawn about its own kind's latest months.
"""

from typing import NamedTuple

import numpy as np

from silktrade.projection.density import Array

APART = 20.0  # times between the means of both kinds, as in `measures.latest.swings`
FEW = 2  # months of each kind, so that one odd month is no kind
YEAR = 12  # months known, without which nothing is said of switching
FLOOR = 1e-3  # of the highest month: what a month of nothing counts in logarithms
SELDOM = 1.0, 11.0  # one switch in a year of months, before the series itself speaks
HALF_LIFE = 6.0  # months of a kind, after which one counts half
USUAL, USUAL_WEIGHT = 0.5, 4.0  # spread of months of a kind, in logarithms, and its worth in months
ROUNDS = 10  # after which no month of a hundred series changes its kind
SIMULATED = 4000


class Simulated(NamedTuple):
    """The limits of simulated values: smooth between them, none beyond."""

    logs: Array  # sorted, in logarithms

    def quantile(self, levels: Array) -> Array:
        """Give quantiles between the values simulated."""
        count = len(self.logs)
        return np.interp(levels, (np.arange(count) + 0.5) / count, self.logs)


def kinds(months: Array) -> Array | None:
    """Tell months that are on from those that are off; None for a series that does not switch."""
    known = np.isfinite(months)
    if known.sum() < YEAR or not np.nanmax(months) > 0:
        return None
    logs = _logs(months)
    between = (np.nanmin(logs) + np.nanmax(logs)) / 2
    for _ in range(ROUNDS):  # two means: the border lies half-way between them
        on, off = known & (logs > between), known & (logs <= between)
        if not (on.any() and off.any()):
            return None
        between = (logs[on].mean() + logs[off].mean()) / 2
    if min(on.sum(), off.sum()) < FEW or logs[on].mean() - logs[off].mean() < np.log(APART):
        return None
    return on


def simulate(months: Array, on: Array) -> Array:
    r"""Simulate the months that are not known: simulations x months."""
    # The chance to switch is a beta, given the switches seen and one a year before; a month is
    # \exp(\mu + s z) of its kind, with \mu itself drawn as well as so many months tell it. The
    # seed is fixed: limits are a function of the data.
    rng = np.random.default_rng(0)
    known, logs = np.isfinite(months), _logs(months)
    both = known[1:] & known[:-1]
    chance, level, spread = [], [], []
    for kind in (on, known & ~on):
        leaves = (both & kind[:-1] & ~kind[1:]).sum()
        stays = (both & kind[:-1] & kind[1:]).sum()
        chance.append(rng.beta(SELDOM[0] + leaves, SELDOM[1] + stays, SIMULATED))
        found = logs[kind]
        weight = 2.0 ** (-np.arange(len(found))[::-1] / HALF_LIFE)
        mean = weight @ found / weight.sum()
        squares = USUAL_WEIGHT * USUAL**2 + weight @ (found - mean) ** 2
        spread.append(np.sqrt(squares / (USUAL_WEIGHT + weight.sum())))
        level.append(mean + spread[-1] / np.sqrt(weight.sum()) * rng.standard_normal(SIMULATED))
    paths = np.tile(np.nan_to_num(months), (SIMULATED, 1))
    first = np.flatnonzero(known)[0]
    now = np.full(SIMULATED, on[first])
    for t in range(first + 1, len(months)):
        if known[t]:
            now = np.full(SIMULATED, on[t])
            continue
        now = now ^ (rng.random(SIMULATED) < np.where(now, *chance))
        about = np.where(now, *spread) * rng.standard_normal(SIMULATED)
        paths[:, t] = np.exp(np.where(now, *level) + about)
    return paths


def limits(rest: Array, most: float) -> Simulated:
    """Give the limits of simulated sums, none above the most that is drawn."""
    kept = rest[rest < most]
    return Simulated(np.log(np.sort(kept if len(kept) > SIMULATED / 2 else np.minimum(rest, most))))


def carried(rest: Array, before: Array) -> float:
    """Give the rank correlation of a year with the year before it."""
    ranks = [values.argsort().argsort() for values in (rest, before)]
    return float(np.clip(np.corrcoef(*ranks)[0, 1], -0.9, 0.9))


def _logs(months: Array) -> Array:
    """Take logarithms, a month of nothing at a thousandth of the highest."""
    return np.log(np.fmax(months, FLOOR * np.nanmax(months)) + 0 * months)
