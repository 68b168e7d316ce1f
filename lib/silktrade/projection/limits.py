"""Limits: what knows the quantiles of a change, and of a year that is drawn by them."""

from typing import NamedTuple, Protocol

import numpy as np

from silktrade.forecasting.forecast import fan as forecast_fan
from silktrade.projection.density import Array


class Limits(Protocol):
    """Anything that knows the quantiles of a change of logarithms."""

    def quantile(self, levels: Array) -> Array:
        """Give the quantiles at some levels."""


class Past(NamedTuple):
    """Past growth as it came: the limits of climatology."""

    growth: Array

    def quantile(self, levels: Array) -> Array:
        """Give quantiles between the values that came, and none beyond them."""
        count = len(self.growth)
        return np.interp(levels, (np.arange(count) + 0.5) / count, np.sort(self.growth))


class Alone(NamedTuple):
    """The limits that a model of single series gives the level of a year, from its past alone."""

    values: Array
    model: str
    ahead: int
    furthest: int  # for which the model is fitted: one fit serves all years

    def quantile(self, levels: Array) -> Array:
        """Give quantiles of the level's logarithm."""
        years = forecast_fan(self.values, 1, self.furthest, np.asarray(levels), self.model)
        found = years[self.ahead - 1]
        return np.log(np.maximum(found, 1e-300))


class Step(NamedTuple):
    """One year of a fan."""

    # Of growth over the year before, in logarithms; of the rest of a year that has begun.
    limits: Limits
    done: float  # what is known of the year: the sum of its months known, 0 where none is
    left: int  # months that are not known, 12 where none is
    started: float  # what is added before logarithms are taken, to a year or to the rest of one
    carried: float  # correlation with what was missed the year before
    level: bool = False  # whether the limits are of the year itself, and not of its growth

    def values(self, before: Array, levels: Array, ranks: Array) -> Array:
        """Draw the year: levels dealt out by rank, from each draw's value of the year before."""
        if self.left == 0:
            return np.full(len(ranks), self.done)
        moved = np.exp(self.limits.quantile(levels))[ranks]
        if self.left < 12 or self.level:
            return self.done + _without(moved, self.started)
        return _without((before + self.started) * moved, self.started)


def _without(value: Array, added: float) -> Array:
    """Take off what was added before the logarithm; smoothly, so that nothing heaps up at zero."""
    if added == 0:
        return value
    return added * np.logaddexp(0.0, (value - added) / added)
