"""What has been fitted already in this process, by what it was fitted to."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

# Some ten reports' worth; a fit takes about a kilobyte.
MOST = 8192


def recall(
    memory: dict[Hashable, Any],
    keys: Sequence[Hashable],
    compute: Callable[[list[Hashable]], Sequence[Any]],
) -> list[Any]:
    """
    Give a result for every key, and compute in one go those that are not known yet.

    Parameters
    ----------
    memory : dict
        Results so far by key; new ones are added, and the oldest dropped beyond 8,192.
    keys : sequence
        All that a result depends on, such as the bytes of a series.
    compute : callable
        Given the new keys, their results in the same order.

    Returns
    -------
    list
        One result per key. Results are shared: no caller may change them.

    Examples
    --------
    >>> squares = {2: 4}
    >>> recall(squares, [2, 3, 3], lambda new: [k**2 for k in new]), squares
    ([4, 9, 9], {2: 4, 3: 9})
    """
    new = [key for key in dict.fromkeys(keys) if key not in memory]
    found = dict(zip(new, compute(new), strict=True)) if new else {}
    known = [found[key] if key in found else memory[key] for key in keys]
    remember(memory, found)
    return known


def remember(memory: dict[Hashable, Any], found: Mapping[Hashable, Any]) -> None:
    """
    Add results to those known, and drop the oldest beyond 8,192.

    Parameters
    ----------
    memory : dict
        Results so far by key; changed in place.
    found : mapping
        New results by key.

    Examples
    --------
    >>> squares = {2: 4}
    >>> remember(squares, {3: 9})
    >>> squares
    {2: 4, 3: 9}
    """
    memory.update(found)
    for key in list(memory)[: max(len(memory) - MOST, 0)]:
        del memory[key]
