"""Many series end to end, so that one pass through them serves all."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
GOLDEN = (np.sqrt(5) - 1) / 2
# Fits remembered in a process, some ten reports' worth; each takes about a kilobyte.
MOST = 8192


class Panel(NamedTuple):
    """Several series, one after the other."""

    # The series end to end; several rows where more than one number belongs to each period.
    values: Array
    # How many periods each has, and where its first one stands.
    lengths: Numbers
    starts: Numbers

    @classmethod
    def stack(cls, series: Sequence[Array]) -> "Panel":
        """Put series end to end."""
        lengths = np.array([values.shape[-1] for values in series])
        return cls(np.concatenate(series, axis=-1), lengths, np.cumsum(lengths) - lengths)

    def of(self, numbers: Numbers) -> "Panel":
        """Take some of the series, by their numbers; one may be taken several times."""
        lengths = self.lengths[numbers]
        starts = np.cumsum(lengths) - lengths
        rows = np.repeat(self.starts[numbers] - starts, lengths) + np.arange(lengths.sum())
        return Panel(self.values[..., rows], lengths, starts)

    def each(self, numbers: Array) -> Array:
        """Repeat one number a series over its periods."""
        return np.repeat(numbers, self.lengths)

    def sums(self, values: Array) -> Array:
        """Add up over each series."""
        return np.add.reduceat(values, self.starts)

    def before(self, values: Array) -> Array:
        """Give the value before each one, 0 before the first."""
        moved = np.concatenate([[0.0], values[:-1]])
        moved[self.starts] = 0.0
        return moved


def golden_section(loss: Callable[[Array], Array], low: Array, high: Array, steps: int) -> Array:
    r"""Find where each of several functions of one number is lowest between two bounds."""
    # Kiefer, J. (1953). Sequential minimax search for a maximum. Proceedings of the American
    # Mathematical Society 4(3), 502-506.
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(steps):
        down = at_left < at_right  # the lowest point lies left of the right one
        low, high = np.where(down, low, left), np.where(down, right, high)
        new = np.where(down, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        at_new = loss(new)
        left, right = np.where(down, new, right), np.where(down, left, new)
        at_left, at_right = np.where(down, at_new, at_right), np.where(down, at_left, at_new)
    return np.where(at_left < at_right, left, right)


def recall(
    memory: dict[Hashable, Any],
    keys: Sequence[Hashable],
    compute: Callable[[list[Hashable]], Sequence[Any]],
) -> list[Any]:
    """Give a result for every key, and compute in one go those that are not known yet."""
    new = [key for key in dict.fromkeys(keys) if key not in memory]
    found = dict(zip(new, compute(new), strict=True)) if new else {}
    known = [found[key] if key in found else memory[key] for key in keys]
    remember(memory, found)
    return known


def remember(memory: dict[Hashable, Any], found: Mapping[Hashable, Any]) -> None:
    """Add results to those known, and drop the oldest beyond 8,192."""
    memory.update(found)
    for key in list(memory)[: max(len(memory) - MOST, 0)]:
        del memory[key]
