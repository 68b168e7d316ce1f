"""Joint paths: series drawn together, which agree draw by draw with the limits of their sums."""

import numpy as np
import pandas as pd

from silktrade.projection.density import LIMIT_OF_MANY, LIMIT_OF_ONE, Array, started
from silktrade.projection.limits import Step

SHARED_DATES = 15  # the latest dates whose common movement is drawn from
FEW = 2  # dates that are worth no more than moving alone
SAME = 1e-9  # of a value: rounding of sums
LEAST_REST = 0.02  # of its own rest, which a sum's limits leave a series at least


def shocks(changes: Array, draws: int, years: int, rng: np.random.Generator) -> Array:
    r"""Draw how all series move together: as on the same past dates."""
    # For each draw and year one past date \tau and one standard normal number w are
    # drawn for all series: w e_{i,\tau}, with e the change about its median in
    # units of its own spread (the Schaake shuffle). A series not known on the date moves
    # alone, and the fewer the dates, the more every series does.
    # Clark, M. and others (2004). The Schaake shuffle: a method for reconstructing space-
    # time variability in forecasted precipitation and temperature fields. Journal of
    # Hydrometeorology 5(1).
    # Year by year from three streams: those of the first years are the same however many follow.
    late = changes[np.isfinite(changes).any(axis=1)][-SHARED_DATES:]
    dates, together, single = rng.spawn(3)
    picked = dates.integers(max(len(late), 1), size=(years, draws)).T
    common = together.standard_normal((years, draws, 1)).swapaxes(0, 1)
    alone = single.standard_normal((years, draws, changes.shape[1])).swapaxes(0, 1)
    if not len(late):
        return alone
    about = late - np.nanmedian(np.where(np.isfinite(late).any(axis=0), late, 0.0), axis=0)
    spread = np.sqrt(np.nanmean(np.where(np.isfinite(about).any(axis=0), about, 0.0) ** 2, axis=0))
    unit = about / np.where(spread > 0, spread, 1.0)
    trust = len(late) / (len(late) + FEW)
    moved = np.sqrt(trust) * common * unit[picked] + np.sqrt(1 - trust) * alone
    return np.where(np.isfinite(moved), moved, alone)


def paths(
    fans: list[list[Step]],
    groups: list[tuple[Array, list[Step]]],
    last: Array,
    behind: Array,
    known: Array,
    totals: Array,
    sides: list[tuple[Array, Array]],
    moved: Array,
) -> Array:
    """Draw all series year by year, and let them agree with the limits of each group."""
    # The year before the first one ahead is kept where some series do not know it: their base.
    draws, years, count = moved.shape
    levels = (np.arange(draws) + 0.5) / draws
    first = len(known)
    before = np.tile(last, (draws, 1))
    felt = np.zeros((draws, count))
    found = []
    for t in range(years):
        now, done = np.empty((draws, count)), np.zeros(count)
        for i in range(count):
            step = t - (first - behind[i])
            if step < 0:
                done[i] = known[t, i]
                now[:, i] = known[t, i]
                continue
            year = fans[i][step]
            carried = year.carried if step else 0.0
            felt[:, i] = carried * felt[:, i] + np.sqrt(1 - carried**2) * moved[:, t, i]
            now[:, i] = year.values(before[:, i], levels, _ranks(felt[:, i]))
            done[i] = year.done
        if t < first:  # sums are known, some of their parts are not
            free = np.ones(count, dtype=bool)
            for which, sums in sides:
                if np.isfinite(sums[t]):
                    now[:, which] = _moved(now[:, which], done[which], np.full(draws, sums[t]))
                    free[which] = False
            free = free if free.any() else ~free  # printed sums are rounded: the sum of all holds
            if np.isfinite(totals[t]):
                wanted = totals[t] - now[:, ~free].sum(axis=1)
                now[:, free] = _moved(now[:, free], done[free], wanted)
        if t >= first:
            for which, fan in groups:
                now[:, which] = _agreed(now[:, which], done[which], before[:, which],
                                        fan[t - first], levels)  # fmt: skip
        if t >= first - 1:
            found.append(now)
        before = now
    return np.stack(found, axis=1)


def _agreed(now: Array, done: Array, before: Array, step: Step, levels: Array) -> Array:
    """Move what is not known of the parts so that their sum has the limits of the sum."""
    if step.left == 0:  # nothing is left to say, but for parts that lack a month
        return now
    total, base = now.sum(axis=1), before.sum(axis=1)
    level = step.left < 12 or step.level
    growth = total if level else total / np.where(base > 0, base, 1.0)
    return _moved(now, done, step.values(base, levels, _ranks(growth)))


def _moved(now: Array, done: Array, wanted: Array) -> Array:
    """Multiply what is not known of the parts so that they add up to the sum that is wanted."""
    free = now.sum(axis=1) - done.sum()
    left = np.maximum(wanted - done.sum(), LEAST_REST * free)
    factor = np.divide(left, free, out=np.ones_like(free), where=free > 0)
    return done + (now - done) * factor[:, None]


def _ranks(values: Array) -> Array:
    """Rank values from 0 on."""
    ranks = np.empty(len(values), dtype=int)
    ranks[values.argsort(kind="stable")] = np.arange(len(values))
    return ranks


def check(paths: Array, known: pd.DataFrame, months: pd.DataFrame, names: list[str]) -> None:
    r"""Refuse a projection that cannot be."""
    # A check of the result, not of the way to it: limits that were pooled, scaled or multiplied
    # wrong have shown as such before.
    if not np.isfinite(paths).all() or (paths < 0).any():
        raise ValueError(_nonsense("a value is no number, or below 0", names))
    total = paths.sum(axis=2, keepdims=True)
    most = np.fmax(known.max().to_numpy(), 12 * months.max().to_numpy())
    behind = known[::-1].notna().to_numpy().argmax(axis=0)  # years that the others know: drawn too
    based = int(behind.max() > 0)  # of the sum's years all that are drawn are ahead
    sums = total[:, based:]
    filled = np.nan_to_num(known.ffill().to_numpy())
    for values, past, top, times, since, called in (
        (paths, filled, most, LIMIT_OF_ONE * LIMIT_OF_MANY, behind - based, names),
        (sums, filled.sum(axis=1)[:, None], np.array([most.sum()]), _limit_of(known), behind.max(),
         ["the sum"]),
    ):  # fmt: skip
        last = np.array([max(column[-1], started(column)[-1]) for column in past.T])
        last = np.where(last > 0, last, np.maximum(top, 1e-300))
        growth = times * top / last  # of a year, at most: see `density.highest`
        for year in range(values.shape[1]):
            beyond = values[:, year].max(axis=0) > 1.01 * last * growth ** (since + year + 1)
            if beyond.any() and (top[beyond] > 0).all():
                which = called[int(np.flatnonzero(beyond)[0])]
                raise ValueError(_nonsense(f"{which} grows beyond its limit", names))
            for column, which in zip(values[:, year].T, called, strict=True):
                _no_atoms(column, which, names)
    for year in range(sums.shape[1]):
        low, lower, middle, upper, high = np.log(
            np.maximum(np.quantile(sums[:, year, 0], (0.005, 0.1, 0.5, 0.9, 0.995)), 1e-300)
        )
        if high - upper > 6 * (upper - middle) + 1e-9 or lower - low > 6 * (middle - lower) + 1e-9:
            raise ValueError(_nonsense("the sum's tail is torn off from its middle", names))


def _limit_of(known: pd.DataFrame) -> float:
    """Give how many times the highest year a sum may reach: see `density.highest`."""
    last = known.ffill().iloc[-1].to_numpy()
    share = last / max(last.sum(), 1e-300)
    return float(LIMIT_OF_MANY * (LIMIT_OF_ONE / LIMIT_OF_MANY) ** (np.nansum(share**2)))


def _no_atoms(values: Array, which: str, names: list[str]) -> None:
    """Refuse a value that stands in a hundredth of the draws or more, unless it is the only one."""
    if np.ptp(values) <= SAME * np.abs(values).max():  # known, or what is left of a known sum
        return
    _, counts = np.unique(values, return_counts=True)
    if len(counts) > 1 and counts.max() >= max(0.01 * len(values), 2):
        raise ValueError(_nonsense(f"one value stands in {counts.max()} draws of {which}", names))


def _nonsense(what: str, names: list[str]) -> str:
    """Say what is wrong with a projection, and what to do."""
    return (
        f"the projection of {', '.join(names[:3])}{' ...' if len(names) > 3 else ''} makes no "
        f"sense ({what}): look at the last years of these series for a value in another unit"
    )
