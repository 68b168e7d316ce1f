"""Fans: the limits of one series, or of one sum of series, year by year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from silktrade.forecasting.forecast import FEWEST, prefit_panel
from silktrade.projection import begun_year, density, switching
from silktrade.projection.density import Array, Density
from silktrade.projection.limits import Alone, Limits, Past, Step
from silktrade.projection.signals import SLOPE_WEIGHTS, SLOPES

WINDOW = 4  # years of months that say something of the next
MIDDLE, FIRST = np.array([0.5]), np.array([0])
ENDS = np.array([0.1, 0.9])  # of the range that a month more never widens
ROUNDS = 8  # of reducing a scale, of which the first is all but enough
HALF = 0.5  # of a sum, whose months must be known to speak for the rest
TWENTY = 20  # years that the random walk and the climatology look at


@dataclass(frozen=True, eq=False)
class Group:
    """One series, or several that are summed, as known on the day."""

    years: Array  # annual values, NaN where not known; the last row is the origin
    months: Array  # months from the January of the window's first year on, NaN where not known
    oil: list[tuple[Array, float, float, float]]  # from `signals.oil`, one a year ahead
    output: Array  # growth of output expected beyond the usual, for each part
    totals: Array  # the sum where it is known, be it without its parts, else NaN

    @cached_property
    def latest(self) -> Array:
        """Give each part's last known value, as `_latest`."""
        return _latest(self.years)

    @cached_property
    def filled(self) -> Array:
        """Give the sum of every year, parts not known carried on where the sum is not."""
        carried = np.nansum(_carried(self.years), axis=1)
        return np.where(np.isnan(self.totals), carried, self.totals)

    @cached_property
    def started(self) -> float:
        """Give what is added to the last year's sum before its logarithm is taken."""
        return float(density.started(self.filled)[-1])

    @cached_property
    def concentration(self) -> float:
        """Measure how much of the sum one part is: Herfindahl and Hirschman's index."""
        share = self.latest / max(self.latest.sum(), 1e-300)
        return float(max((share**2).sum(), 1 / len(share)))

    @cached_property
    def summed(self) -> Array:
        """Sum the months of all parts; one without months is taken to move as the others do."""
        known = np.isfinite(self.months)
        share = known @ self.latest / self.latest.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(share > HALF, np.nansum(self.months, axis=1) / share, np.nan)


def past_growth(years: Array, totals: Array | None = None) -> tuple[Array, Array, Array]:
    """Measure the growth of a sum over the parts that are known on both dates."""
    known = np.isfinite(years)
    size = _latest(years)
    whole = years.sum(axis=1) if totals is None else totals
    growth, weight, span = (np.full(len(years) - 1, v) for v in (np.nan, 0.0, 1.0))
    added = density.started(np.fmax(np.nansum(years, axis=1), np.nan_to_num(whole)))
    for t in range(1, len(years)):
        for p in range(t - 1, -1, -1):
            both = known[t] & known[p]
            share = size[both].sum() / max(size.sum(), 1e-300)
            new, old = (years[s, both].sum() for s in (t, p))
            if np.isfinite(whole[t]) and np.isfinite(whole[p]):
                share, new, old = 1.0, whole[t], whole[p]
            if share == 0 or added[t] == 0:
                continue
            growth[t - 1] = np.log((new + added[t]) / (old + added[t])) / (t - p)
            weight[t - 1] = (t - p) * share
            span[t - 1] = t - p
            break
    return growth, weight, span


def fan(group: Group) -> list[Step]:
    """Make the limits of the years ahead from all that is known."""
    if (
        group.latest.sum() == 0
    ):  # nothing was traded in eight years: nothing will be but what is known
        ahead = np.nansum(group.months[-12 * len(group.oil) :], axis=1).reshape(-1, 12).sum(axis=1)
        return [Step(Past(np.zeros(1)), done, 11 if done else 12, 0.0, 0.0) for done in ahead]
    growth, weight, span = past_growth(group.years, group.totals)
    steps: list[Step] = []
    annual: list[Density] = []
    through: list[float] = []  # growth of the years before, as it looks with their months
    middle, least = group.filled[-1], group.started
    for ahead in range(len(group.oil)):
        annual.append(_annual(group, ahead, growth, weight, span))
        step, narrowing = _month_by_month(group, annual, through, middle)
        step = _switched(group, ahead, step, annual[-1])
        steps.append(step)
        before, middle = middle, float(step.values(np.array([middle]), MIDDLE, FIRST)[0])
        before, middle = max(before, least), max(middle, least)
        through.append(float(np.log(middle / before)))
        # What the months say of this year is an observation for the next, worth what it explains.
        free = 1 - step.done / middle
        worth = float(np.clip(1 - (narrowing * free) ** 2, 0.0, 1.0))
        growth, weight, span = (np.append(a, b) for a, b in
                                ((growth, through[-1]), (weight, worth), (span, 1.0)))  # fmt: skip
    return steps


def random_walk(group: Group) -> list[Step]:
    """Draw growth from its own mean and standard deviation, with t limits: what must be beaten."""
    return _plain(group, _t_limits)


def climatology(group: Group) -> list[Step]:
    """Draw growth from the last twenty years of it."""
    return _plain(group, lambda past, _: Past(past))


def knowing(*sources: str) -> Callable[[Group], list[Step]]:
    """Make a fan that knows but some of `oil`, `output` and `months` beside the years."""

    def model(group: Group) -> list[Step]:
        told = {
            "months": np.full(group.months.shape, np.nan),
            "oil": [(np.zeros_like(past), 0.0, 0.0, 0.0) for past, *_ in group.oil],
            "output": np.zeros_like(group.output),
        }
        return fan(replace(group, **{k: v for k, v in told.items() if k not in sources}))

    return model


def alone(model: str) -> Callable[[Group], list[Step]]:
    """Let a model of single series forecast the level; too short a series walks at random."""

    def fans(group: Group) -> list[Step]:
        if np.isfinite(group.totals).sum() < FEWEST:
            return random_walk(group)
        last = len(group.oil)
        return [  # what a level missed adds up as a random walk's steps do
            Step(Alone(group.totals, model, h, last), 0.0, 12, 0.0, np.sqrt((h - 1) / h), True)
            for h in range(1, last + 1)
        ]

    return fans


def prefit(groups: Sequence[Group], models: Sequence[str]) -> None:
    """Fit models of single series to all groups at once, to be found when limits are asked for."""
    known = [group for group in groups if np.isfinite(group.totals).sum() >= FEWEST]
    for last in {len(group.oil) for group in known} if models else ():
        prefit_panel([g.totals for g in known if len(g.oil) == last], 1, last, models)


def _plain(group: Group, limits: Callable[[Array, float], Limits]) -> list[Step]:
    """Use the same limits for every year, and no months."""
    growth, _, _ = past_growth(group.years, group.totals)
    past = growth[np.isfinite(growth)][-TWENTY:]
    past = past if len(past) > 2 else np.concatenate([past, [0.0, density.MEAN, 2 * density.MEAN]])
    top = density.highest(group.filled, group.concentration)
    return [Step(limits(past, top), 0.0, 12, group.started, 0.0) for _ in group.oil]


def _t_limits(past: Array, top: float) -> Density:
    """Give the predictive density of a normal with unknown mean and variance."""
    count = len(past)
    scale = past.std(ddof=1) * np.sqrt(1 + 1 / count)
    return Density(*(np.array([v]) for v in (past.mean(), scale, count - 1)), top)


def _annual(group: Group, ahead: int, growth: Array, weight: Array, span: Array) -> Density:
    """Make the annual density of one year ahead, from past growth and that of the years between."""
    output = group.output @ (group.latest / group.latest.sum())
    oil, now, unknown, turned = group.oil[ahead]
    between = [group.oil[j][1] for j in range(ahead)]
    signals = np.column_stack([np.append(oil[1:], between), output[1 : len(growth) + 1]])
    signals = _mean_of_spans(signals, span)
    return density.predictive(
        growth,
        weight,
        signals,
        np.array([now, output[len(group.years) + ahead]]),
        np.array([unknown, 0.0]),
        SLOPES,
        SLOPE_WEIGHTS,
        group.concentration,
        density.highest(group.filled, group.concentration),
        np.array([turned, 0.0]),
    )


def _month_by_month(
    group: Group, annual: list[Density], through: list[float], before: float
) -> tuple[Step, float]:
    """Condition a year on its months known, of which none widens it: its limits, and narrowing."""
    # A month that lifts what is to come lifts its range, a multiple of it, and one that is odd
    # makes all noisier, where Bayes' theorem promises narrowing in the mean alone. The range before
    # held the chance of either: it is an upper bound, in the unit of the values.
    months = group.summed[: len(group.summed) - 12 * (len(group.oil) - len(annual))]
    known = len(months) - 12 + np.flatnonzero(np.isfinite(months[-12:]))
    first = len(known) if len(known) == 12 else 0  # of a year that is known nothing is drawn
    base, width = np.full(2, before), np.inf
    for count in range(first, len(known) + 1):
        told = months.copy()
        told[known[count:]] = np.nan
        step, narrowing = _with_months(group, told, annual, through)
        for _ in range(ROUNDS):
            now = np.ptp(step.values(base, ENDS, np.arange(2)))
            if now <= width:
                break
            scale = step.limits.scale * width / now
            step = step._replace(limits=step.limits._replace(scale=scale))
        width = now
    return _as_parts_know(group, len(months) - 12, step, annual[-1]), narrowing


def _as_parts_know(group: Group, january: int, step: Step, made: Density) -> Step:
    """Keep for known of a year what its parts know: what one lacks beside others is estimated."""
    year = slice(january, january + 12)
    told = np.isfinite(group.summed[year])
    lacking = told[:, None] & np.isnan(group.months[year])
    done = float(np.nansum(group.months[year][told]))
    estimated = step.done - done
    if not lacking.any() or estimated <= 0:
        return step
    of_each = lacking.sum(axis=0) * group.latest
    spread = density.prior_scale(((of_each / of_each.sum()) ** 2).sum())
    rest, scale, most = np.zeros(len(made.mean)), 0.0, 0.0
    if step.left:
        rest, most = np.exp(step.limits.mean), np.exp(step.limits.highest)
        scale = step.limits.scale * rest
    whole, most = rest + estimated, most + density.LIMIT_OF_ONE * estimated
    scale = np.hypot(scale, spread * estimated) / whole
    limits = Density(np.log(whole), scale, made.freedom, float(np.log(most)))
    return step._replace(limits=limits, done=done, left=max(step.left, 1))


def _with_months(
    group: Group, months: Array, annual: list[Density], through: list[float]
) -> tuple[Step, float]:
    """Condition the last of some annual densities on the months known: its year, and narrowing."""
    ahead, made = len(annual), annual[-1]
    mean = group.filled[-1] / 12
    known = months[np.isfinite(months)]
    least = group.started / 12  # after a year of nothing growth is from this
    added = begun_year.STARTED * max(mean, known[-24:].mean() if len(known) else 0.0, least)
    narrower = min(max(mean, least) / (mean + added), 1.0)  # growth of what is added to is smaller
    said = begun_year.conditioned(
        np.log(months + added),
        np.log(_mean_months(group, len(months) // 12 - ahead) + added),
        np.array([*through, made.mean.mean()]) * narrower,
        np.array([d.scale.mean() for d in annual]) * narrower,
        float(made.mean.mean() - made.carried) * narrower,
    )
    year, scale = months[-12:], said.scale[-1]
    left, done = int(np.isnan(year).sum()), float(np.nansum(year))
    about = (made.mean - made.mean.mean()) * scale
    if left == 0:  # the year is known
        return Step(Past(np.zeros(1)), done, 0, 0.0, 0.0), 0.0
    if left == 12:
        moved = said.mean[-1] / narrower + about
        limits = Density(moved, made.scale * scale, made.freedom, made.highest)
        return Step(limits, 0.0, 12, group.started, said.carried[-1]), scale
    at_most = np.exp(made.highest) * (group.filled[-1] + group.started)
    times = at_most / max(np.max(group.filled), 12 * added)  # of what was ever seen
    most = max(at_most - done, times * np.nanmax(months) * left)
    rest = Density(
        said.mean[-1] + about * narrower,
        made.scale * scale * narrower,
        made.freedom,
        float(np.log(most + left * added)),
    )
    return Step(rest, done, left, left * added, said.carried[-1]), scale


def _switched(group: Group, ahead: int, step: Step, made: Density) -> Step:
    """Let a single series that comes and goes do so: months on and off in place of growth."""
    on = switching.kinds(group.months[:, 0]) if group.years.shape[1] == 1 else None
    if on is None or step.left == 0:
        return step
    months = group.months[:, 0]
    free = switching.simulate(months, on) * np.isnan(months)
    january = len(months) - 12 * (len(group.oil) - ahead)
    before, now = (free[:, m : m + 12].sum(axis=1) for m in (january - 12, january))
    most = np.exp(made.highest) * max(group.filled[-1], group.started)
    carried = switching.carried(now, before) if before.any() else 0.0
    limits = switching.limits(now, max(most - step.done, 2 * step.left * np.nanmax(months)))
    return Step(limits, step.done, step.left, 0.0, carried, level=True)


def _mean_months(group: Group, past: int) -> Array:
    """Give the mean month of the latest years, NaN where the sum is not known, but for the last."""
    found = np.full(past, np.nan)
    found[max(past - len(group.totals), 0) :] = group.totals[-past:] / 12
    if not np.isfinite(found[-1]) or found[-1] == 0:  # a part of it is drawn, not known
        found[-1] = group.filled[-1] / 12
    return found


def _latest(years: Array) -> Array:
    """Give each part's last known value; after a year of nothing, what growth is measured from."""
    last = np.nan_to_num(_carried(years)[-1])
    return np.where(last > 0, last, density.started(years)[-1])


def _carried(years: Array) -> Array:
    """Carry each part's last known value on."""
    row = np.where(np.isnan(years), 0, np.arange(len(years))[:, None])
    return np.take_along_axis(years, np.maximum.accumulate(row, axis=0), axis=0)


def _mean_of_spans(signals: Array, span: Array) -> Array:
    """Average signals over the years that each growth rate spans, which end with its own."""
    after = np.arange(1, len(span) + 1)
    before = np.maximum(after - span.astype(int), 0)
    summed = np.concatenate([np.zeros((1, signals.shape[1])), np.cumsum(signals, axis=0)])
    return (summed[after] - summed[before]) / (after - before)[:, None]
