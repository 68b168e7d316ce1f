"""
Score ways to project the growth of a sum, a partner or a flow, on data that do not judge them.

    .venv/bin/python benchmarks/projection_scores.py           # what was chosen, and what failed
    .venv/bin/python benchmarks/projection_scores.py --months  # forms of the path of months
    .venv/bin/python benchmarks/projection_scores.py --groups  # the third protocol
    .venv/bin/python benchmarks/projection_scores.py --asked   # groups by another definition
    .venv/bin/python benchmarks/projection_scores.py --tiny    # the fourth protocol
    .venv/bin/python benchmarks/projection_scores.py --short   # the sixth protocol
    .venv/bin/python benchmarks/projection_scores.py --judge   # the projection itself, 2004-2025

`PROTOCOL.md` says which data choose and which judge. The first table takes about two minutes: one
year ahead, CRPS as a ratio of the random walk's and the share that the 80 % range covers, for
China's other partners and for the five to 2015. The second scores `project` as 07 does, and a year
that has begun by its known months.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

import silktrade as st
from silktrade.projection import begun_year, density, fans, signals
from silktrade.projection.evaluation import evaluate_projection, projection_scores

PANEL = Path(__file__).with_name("china_other_partners.csv")
LEVELS = (np.arange(199) + 0.5) / 199
FIRST = 6  # growth rates known before the first target
LATER = 8  # the same, as 0.92 was measured for the 27 weighted means
LAST = 2015  # targets of the five that choose
Case = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float, np.ndarray, int, float]
Model = Callable[[Case], np.ndarray]


def panel(seed: int = 1, count: int = 0) -> dict[str, list[pd.DataFrame]]:
    """Lay the panel out: single flows, partners, some groups of five, and imports to 2022."""
    rows = pd.read_csv(PANEL).set_index(["partner", "flow", "source"])
    rows.columns = rows.columns.astype(int)
    bureau = rows.xs("nbs", level="source").loc[:, :2014].dropna(axis=1, how="all").dropna().T
    fund = rows.xs("imf", level="source").dropna(axis=1, how="all").dropna().T
    both = [p for p in bureau.columns.unique(0) if {"export", "import"} <= set(bureau[p])]
    shared = [c for c in fund if c in bureau]
    imports = pd.concat([bureau.loc[:2009, shared], fund[shared]])
    rng = np.random.default_rng(seed)
    fives = [rng.permutation(both)[:5] for _ in range(count or 60)]
    several = [rng.permutation([c[0] for c in shared])[:5] for _ in range(count or 50)]
    return {
        "groups": [bureau[list(five)] for five in fives],
        "partners": [bureau[[p]] for p in both],
        "flows": [bureau[[c]] for c in bureau],
        "imports of groups": [imports[[(p, "import") for p in five]] for five in several],
        "imports": [imports[[c]] for c in imports],
    }


def five() -> dict[str, list[pd.DataFrame]]:
    """Lay the five out to the last target that chooses."""
    years = st.load_trade()
    wide = years.pivot(index="period", columns=["partner", "flow"], values="value")
    wide.index = wide.index.year
    wide = wide.loc[:LAST]
    partners = wide.columns.unique(0)
    return {
        "the five": [wide],
        "their partners": [wide[[p]] for p in partners],
        "their flows": [wide[[c]] for c in wide],
    }


def cases(frame: pd.DataFrame, first: int) -> Iterator[Case]:
    """Give every target: growth and signals before, its signals, parts before, and growth."""
    values = frame.to_numpy(dtype=float)
    growth, weight, _ = fans.past_growth(values)
    known = signalled(tuple(frame.columns), frame.index[0] + 1, frame.index[-1])
    with np.errstate(divide="ignore"):
        came = np.diff(np.log(values.sum(axis=1)))
    for t in range(first, len(growth)):
        if np.isfinite(came[t]):
            last = values[t] / values[t].sum()
            year = frame.index[0] + 1 + t
            before = growth[:t], weight[:t], known[:t], known[t], float((last**2).sum())
            yield *before, values[: t + 1], year, came[t]


def signalled(columns: tuple, first: int, last: int) -> np.ndarray:
    """Lay out oil's carry-over, expected output, and the carry-over of China's world trade."""
    if "memo" not in signalled.__dict__:
        prices = st.load_indicator("oil_brent", frequency="M").set_index("period")["value"]
        signalled.memo = prices, st.load_outlooks(), world_carry()
    prices, outlook, world = signalled.memo
    span = range(first, last + 1)
    buyers = ["CHN" if flow == "import" else partner for partner, flow in columns]
    output = signals.expected(outlook, sorted(set(buyers)), span).mean(axis=1)
    return np.column_stack([
        signals.carried_over(prices, span, 0), output, world.reindex(span).fillna(0.0)
    ])  # fmt: skip


def world_carry() -> pd.Series:
    """Measure the carry-over of China's world trade into each year beyond oil's, from 2010."""
    rows = st.load_trade(frequency="M", partners="WLD")
    months = rows.groupby("period")["value"].sum()
    prices = st.load_indicator("oil_brent", frequency="M").set_index("period")["value"]
    found = {}
    for year in range(2010, months.index[-1].year + 1):
        past = np.log(months[: f"{year - 1}-12"])
        smooth = past.rolling(12).mean().shift(-6)
        season = (past - smooth).groupby(past.index.month).mean()
        plain = past - season.reindex(past.index.month).to_numpy()
        ahead = np.exp(plain.iloc[-3:].mean() + season)
        moved = np.log(ahead.sum() / np.exp(past.iloc[-12:]).sum())
        usual = np.log(np.exp(past).groupby(past.index.year).sum()).diff().iloc[-5:].mean()
        oil = signals.carried_over(prices, range(year, year + 1), 0)[0]
        found[year] = moved - usual - 0.5 * oil
    return pd.Series(found)


def regression(
    use: tuple[float, ...] = (1, 1, 0),
    slopes: tuple[float, ...] = (*signals.SLOPES, 0.5),
    weights: tuple[float, ...] = (*signals.SLOPE_WEIGHTS, 0.5),
    **changed: object,
) -> Model:
    """Give the projection's own annual density, with some signals, slopes or constants changed."""

    def model(case: Case) -> np.ndarray:
        growth, weight, past, now, concentration, *_ = case
        with constants(**changed):
            made = density.predictive(
                growth, weight, past * use, now * use, np.zeros(3), np.array(slopes),
                np.array(weights), concentration, np.inf,
            )  # fmt: skip
            return made.quantile(LEVELS)

    return model


@contextmanager
def constants(**changed: object) -> Iterator[None]:
    """Change constants of the density for a while."""
    before = {name: getattr(density, name) for name in changed}
    for name, value in changed.items():
        setattr(density, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(density, name, value)


def random_walk(case: Case) -> np.ndarray:
    """Drift and t limits of the last twenty years."""
    past = case[0][np.isfinite(case[0])][-20:]
    scale = past.std(ddof=1) * np.sqrt(1 + 1 / len(past))
    return past.mean() + scale * stats.t.ppf(LEVELS, len(past) - 1)


def climatology(case: Case) -> np.ndarray:
    """Growth of the last twenty years as it came."""
    return fans.Past(case[0][np.isfinite(case[0])][-20:]).quantile(LEVELS)


def weighted_grid(oil: bool, shrunk: bool = False) -> Model:
    """
    Average 27 densities about exponentially weighted means, shrunk to 0, 5 or 10 percent.

    The scale is that of misses of the weighted mean, or of each member's own shrunk mean.
    """

    def model(case: Case) -> np.ndarray:
        growth, _, past, now, *_ = case
        known = np.isfinite(growth)
        y, x = growth[known], past[known, 0]
        found = []
        for half_life in (5, 8, 15):
            a = 2.0 ** (-np.arange(len(y))[::-1] / half_life)
            a /= a.sum()
            mean, about, count = a @ y, x - a @ x, 1 / (a**2).sum()
            slope = (a * about) @ (y - mean) / ((a * about) @ about) if oil else 0.0
            wide = np.sqrt((1 + 1 / count) * count / (count - 2))
            spread = wide * stats.t.ppf(LEVELS, max(count - 2, 4))
            moved = slope * (now[0] - a @ x)
            for k, m in product((0, 0.5, 1), (0, 0.05, 0.1)):
                middle = k * mean + (1 - k) * m
                missed = y - (middle if shrunk else mean) - slope * about
                found.append(middle + moved + np.sqrt(a @ missed**2) * spread)
        return np.mean(found, axis=0)

    return model


MODELS: dict[str, Model] = {
    "random walk, drift, t limits": random_walk,
    "climatology, 20 years": climatology,
    "27 weighted means": weighted_grid(oil=False),
    "27 weighted means, oil": weighted_grid(oil=True),
    "27 weighted means, own misses": weighted_grid(oil=False, shrunk=True),
    "**as in the library**": regression(),
    "without outlook": regression((1, 0, 0)),
    "without oil": regression((0, 1, 0)),
    "without both": regression((0, 0, 0)),
    "nothing carried on": regression(CARRIED=0.0),
    "with China's world trade": regression((1, 1, 1)),
    "oil's slope free about 0": regression(slopes=(0, 2, 0), weights=(0.02, 0.03, 1)),
    "oil's slope fixed at 0.4": regression(weights=(1e6, 0.03, 1)),
    "output's slope 1": regression(slopes=(0.4, 1, 0)),
    "output's slope 0, loose": regression(slopes=(0.4, 0, 0), weights=(0.5, 0.003, 1)),
    "half-life 15 only": regression(HALF_LIVES=(15.0,)),
    "half-lives 5, 8, 15": regression(HALF_LIVES=(5.0, 8.0, 15.0)),
    "half-lives 2, 4, 8": regression(HALF_LIVES=(2.0, 4.0, 8.0)),
    "mean worth 2 years": regression(MEAN_WEIGHT=2.0),
    "mean worth 8 years": regression(MEAN_WEIGHT=8.0),
    "usual growth 5 %": regression(MEAN=0.05),
    "scale worth 5 years": regression(SCALE_WEIGHT=5.0),
    "scale worth 12 years": regression(SCALE_WEIGHT=12.0),
    "scale of flows larger": regression(SCALE_OF_ALL=0.06, SCALE_OF_ONE=0.2),
    "one scale for all": regression(SCALE_OF_ALL=0.15, SCALE_OF_ONE=0.0),
}


def forms(use: tuple[float, ...], grown: pd.Series) -> dict[str, Model]:
    """Give the forms of the third protocol, with some signals or none."""

    def signalled_by(signal: Callable[[np.ndarray], np.ndarray], slope: float, own: bool) -> Model:
        """Add a signal that growth itself gives; it comes before the growth that it tells of."""

        def model(case: Case) -> np.ndarray:
            growth, weight, past, now, concentration, *_ = case
            added = signal(np.nan_to_num(growth, nan=density.MEAN))
            start = slope * (1 - concentration) if own else slope
            with constants(**({"CARRIED": 0.0} if own else {})):
                return density.predictive(
                    growth, weight, np.column_stack([past[:, :2] * use[:2], added[:-1]]),
                    np.append(now[:2] * use[:2], added[-1]), np.zeros(3),
                    np.append(signals.SLOPES, start), np.append(signals.SLOPE_WEIGHTS, 0.5),
                    concentration, np.inf,
                ).quantile(LEVELS)  # fmt: skip

        return model

    def short_scale(case: Case) -> np.ndarray:
        growth, weight, past, now, concentration, *_ = case
        given = (growth, weight, past * use, now * use, np.zeros(3), np.append(signals.SLOPES, 0.5),
                 np.append(signals.SLOPE_WEIGHTS, 0.5), concentration, np.inf)  # fmt: skip
        with constants(HALF_LIVES=(2.0,)):
            short = density.predictive(*given)
        return short._replace(mean=density.predictive(*given).mean).quantile(LEVELS)

    def as_others(case: Case) -> np.ndarray:
        return regression(use, MEAN=float(grown.get(case[-2] - 1, density.MEAN)))(case)

    def apart(growth: np.ndarray) -> np.ndarray:
        """Measure the level before each year from its own mean of five years."""
        level = np.concatenate([[0.0], np.cumsum(growth)])
        return np.array([level[t] - level[max(t - 4, 0) : t + 1].mean() for t in range(len(level))])

    def before(growth: np.ndarray) -> np.ndarray:
        return np.concatenate([[0.0], growth - density.MEAN])

    return {
        "random walk, drift, t limits": random_walk,
        "as it was": regression(use),
        "**A scale of all 0.03**": regression(use, SCALE_OF_ALL=0.03),
        "B scale worth 4 years": regression(use, SCALE_WEIGHT=4.0),
        "B scale worth 16 years": regression(use, SCALE_WEIGHT=16.0),
        "C the scale's memory 2 years": short_scale,
        "D growth of the year before": signalled_by(before, 0.25, own=True),
        "E distance from the level's mean": signalled_by(apart, -0.1, own=False),
        "F pulled to others' growth": as_others,
    }


def groups(half: int, seed: int) -> list[pd.DataFrame]:
    """Draw groups of five among every second partner of the panel."""
    flows = {frame.columns[0][0]: frame for frame in panel()["partners"]}
    rng = np.random.default_rng(seed)
    picked = [rng.permutation(sorted(flows)[half::2])[:5] for _ in range(60)]
    return [pd.concat([flows[p] for p in five_], axis=1) for five_ in picked]


def third() -> Iterator[tuple[str, pd.DataFrame]]:
    """Score the forms of the third protocol on the data that choose, then on those that judge."""
    total = pd.concat(panel()["flows"], axis=1).sum(axis=1)
    grown = np.log(total).diff()
    choose, judge = ({"groups": groups(half, seed)} for half, seed in ((0, 2), (1, 3)))
    for title, use in (("with predictors", (1, 1, 0)), ("without", (0, 0, 0))):
        with constants(SCALE_OF_ALL=0.05):
            chosen = scored(choose | five(), forms(use, grown))
            judged = scored(judge, forms(use, grown))
        yield f"what chooses, {title}", chosen
        yield f"what judges, {title}", judged


def by_size() -> dict[str, Model]:
    """Give the forms of the fourth protocol."""
    partners = panel()["partners"]
    median = pd.concat([f.sum(axis=1) for f in partners], axis=1).median(axis=1)

    def scale(many: float = density.SCALE_WEIGHT, one: float = density.SCALE_WEIGHT,
              parts: Callable[[Case], np.ndarray] | None = None) -> Model:  # fmt: skip
        """Change what the prior scale is worth, and the squared scales of the parts."""

        def model(case: Case) -> np.ndarray:
            last, mixed = case[5][-1], case[4]
            share = last / last.sum()
            own = density.SCALE_OF_ONE**2 if parts is None else parts(case)
            prior = np.sqrt(density.SCALE_OF_ALL**2 + (share**2 * own).sum())
            worth = many + (one - many) * mixed
            return regression(prior_scale=lambda _: prior, SCALE_WEIGHT=worth)(case)

        return model

    def of_parts(case: Case) -> np.ndarray:
        values, found = case[5], []
        for column in values.T if values.shape[1] > 1 else ():
            growth, weight, _ = fans.past_growth(column[:, None])
            a = 2.0 ** (-np.arange(len(growth))[::-1] / 5) * weight * np.isfinite(growth)
            y = np.nan_to_num(growth)
            mean = (4 * density.MEAN + a @ y) / (4 + a.sum())
            found.append((8 * density.SCALE_OF_ONE**2 + a @ (y - mean) ** 2) / (8 + a.sum()))
        return np.array(found or [density.SCALE_OF_ONE**2])

    def of_size(case: Case) -> np.ndarray:
        usual = median.get(case[-2] - 1, median.iloc[-1])
        size = np.maximum(case[5][-1], 1e-4 * usual) / usual
        return density.SCALE_OF_ONE**2 * size**-0.3

    def of_nothing(case: Case) -> np.ndarray:
        late = case[5][-8:]
        return density.SCALE_OF_ONE**2 * (1 + 4 * (late <= 0.1 * late.max(axis=0)).mean(axis=0))

    return {
        "random walk, drift, t limits": random_walk,
        "as it is": regression(),
        "G worth by concentration": scale(16, 4),
        "H scale from the parts": scale(parts=of_parts),
        "I law of size": scale(parts=of_size),
        "J years of nothing": scale(parts=of_nothing),
        "K both G and H": scale(16, 4, of_parts),
        "L both G and J": scale(16, 4, of_nothing),
    }


def fourth() -> Iterator[tuple[str, pd.DataFrame]]:
    """Score the forms of the fourth protocol on what chooses, then on what judges."""
    laid = panel()
    data = {}
    for name in ("partners", "imports"):
        size = pd.Series([f.iloc[:FIRST].sum(axis=1).mean() for f in laid[name]])
        tiny = size <= size.quantile(0.2)
        for called, which in (("tiny", tiny), ("other", ~tiny)):
            data[f"{called} {name}"] = [laid[name][i] for i in size.index[which]]
    groups_ = {name: laid[name] for name in ("groups", "imports of groups")}
    forms_ = by_size()
    yield "what chooses", scored(groups_ | data | five(), forms_, span=(0, LAST))
    later = {k: v for k, v in (groups_ | data).items() if "imports" in k}
    yield "what judges", scored(later, forms_, span=(LAST + 1, 9999))


def short() -> Iterator[tuple[str, pd.DataFrame]]:
    """Score histories of four and six years by the forms of the sixth protocol, one year ahead."""

    def latest(count: int, model: Model) -> Model:
        return lambda case: model((*(a[-count:] for a in case[:3]), *case[3:]))

    laid = panel()
    forms_ = {"random walk, drift, t limits": random_walk} | {
        f"{count + 1} years, {leaps} years of leaps, {called}": latest(
            count, regression(use, LEAPS=leaps)
        )
        for count, leaps, (called, use) in product(
            (3, 5), (0.0, 2.0, 3.0, 4.0), (("alone", (0, 0, 0)), ("with predictors", (1, 1, 0)))
        )
    }
    names = sorted({frame.columns[0][0] for frame in laid["partners"]})
    for half, called in enumerate(("what chooses", "what judges")):
        data = {
            name: [frame for frame in laid[name] if frame.columns[0][0] in names[half::2]]
            for name in ("partners", "flows")
        }
        yield called, scored(data | ({"groups": groups(1, 3)} if half else {}), forms_)


def asked() -> Iterator[tuple[str, pd.DataFrame]]:
    """Score groups of the panel by each definition of what a target is: see PROTOCOL.md."""
    kept = ("random walk, drift, t limits", "27 weighted means", "27 weighted means, own misses",
            "without both", "**as in the library**")  # fmt: skip
    models = {name: MODELS[name] for name in kept}
    for count, groups_ in ((0, "the protocol's groups"), (250, "250 groups")):
        laid = panel(seed=1 if not count else 0, count=count)
        data = {name: laid[name] for name in ("groups", "imports of groups")}
        for first in (FIRST, LATER):
            yield (
                f"{groups_}, {first} growth rates before the first target",
                scored(data, models, first),
            )
    yield "the projection on the protocol's groups, 80 % covers by target year", by_year()


def by_year() -> pd.DataFrame:
    """Show how often the projection's 80 % range holds by target year, and the mean's error."""
    found = {}
    for name in ("groups", "imports of groups"):
        targets = [case for frame in panel()[name] for case in cases(frame, FIRST)]
        limits = np.array([np.quantile(regression()(case), (0.1, 0.9)) for case in targets])
        came = np.array([case[-1] for case in targets])
        holds = pd.Series((limits[:, 0] <= came) & (came <= limits[:, 1])).astype(float)
        years = holds.groupby([case[-2] for case in targets]).mean()
        error = years.std() / np.sqrt(len(years))
        found[name] = years.round(2).to_dict() | {"mean": years.mean(), "its error": error}
    return pd.DataFrame(found).T.round(2)


def scored(
    data: dict[str, list[pd.DataFrame]],
    models: dict[str, Model],
    least: int = FIRST,
    span: tuple[int, int] = (0, 9999),
) -> pd.DataFrame:
    """Score models on targets of some years: ratio of CRPS to the random walk's, and coverage."""
    found = {}
    for name, frames in data.items():
        first = 11 if "the" in name else least  # the five: targets from 2004 on
        targets = [case for frame in frames for case in cases(frame, first)]
        targets = [case for case in targets if span[0] <= case[-2] <= span[1]]
        for label, model in models.items():
            fans_ = np.array([model(case) for case in targets])
            came = np.array([case[-1] for case in targets])[:, None]
            grown, truth = np.expm1(np.clip(fans_, -5, 5)), np.expm1(came)
            crps = np.abs(grown - truth).mean() - np.mean(
                (2 * np.arange(1, 200) - 200) * np.sort(grown, axis=1)
            ) / 199  # fmt: skip
            low, high = np.quantile(fans_, (0.1, 0.9), axis=1)
            covers = ((low <= came[:, 0]) & (came[:, 0] <= high)).mean()
            found[label, name] = (crps, covers, len(targets))
    table = pd.Series({k: v[0] for k, v in found.items()}).unstack()[list(data)]
    ratio = table / table.loc["random walk, drift, t limits"]
    covers = pd.Series({k: 100 * v[1] for k, v in found.items()}).unstack()[table.columns]
    text = ratio.round(2).astype(str) + " · " + covers.round(0).astype(int).astype(str)
    return text.reindex(list(models))


def world_months() -> pd.DataFrame:
    """Score forms of the path of months on China's trade with the world, targets to 2015."""
    world, months = (st.load_trade(frequency=f, partners="WLD") for f in "YM")
    given = {"outlook": st.load_outlooks(), "oil": st.load_indicator("oil_brent", frequency="M")}
    free = begun_year.conditioned
    found = {}
    for form, held, path, changed in (
        ("months say nothing", None, free, {}),
        ("carried on over the year", months, lambda *a: free(*a[:4]), {}),
        ("nothing carried on", months, lambda *a: free(*a[:4]), {"CARRIED": 0.0}),
        ("**carried over by the turn**", months, free, {}),
    ):
        begun_year.conditioned = path
        with constants(**changed), tempfile.TemporaryDirectory() as place:
            os.environ["SILKTRADE_CACHE"] = place  # results are kept by the code, which is changed
            for known in range(1 if held is None else 12):
                rows = evaluate_projection(world, range(2009, LAST + 1), months=held, known=known,
                                           horizon=1, **given)  # fmt: skip
                rows = rows[(rows["model"] == "combination") & (rows["part"] != "partner")]
                scores = rows.groupby("part")[["crps", "inside_80", "width_80"]].mean()
                found |= {(form, part, known): row for part, row in scores.iterrows()}
        begun_year.conditioned = free
    table = pd.DataFrame(found).T
    return table["crps"].unstack().round(4).assign(
        **{"80 %": table["inside_80"].groupby(level=[0, 1]).mean().round(2)}
    )  # fmt: skip


def judging() -> Iterator[tuple[str, pd.DataFrame]]:
    """Score the projection itself, over all targets, over those that judge, and by known months."""
    given = {
        "outlook": st.load_outlooks(),
        "oil": st.load_indicator("oil_brent", frequency="M"),
        "totals": st.load_totals(),
    }
    trade, months = st.load_trade(), st.load_trade(frequency="M")
    span = range(2004, trade["period"].max().year + 1)
    rows = evaluate_projection(trade, span, months=months, **given)
    yield "targets from 2004", projection_scores(rows).round(3)
    yield "targets from 2016", projection_scores(rows[rows["year"] > LAST]).round(3)
    blind = evaluate_projection(trade, range(LAST + 1, span[-1] + 1), **given)
    blind = blind[(blind["part"] == "sum") & (blind["year"] > LAST)]
    yield (
        "targets from 2016, the sum without the customs' months",
        projection_scores(blind).round(3),
    )
    begun = pd.concat(
        evaluate_projection(trade, [2024, 2025], months=months, known=k, horizon=1, **given).assign(
            known=k
        )
        for k in range(12)
    )
    begun = begun[(begun["part"] == "sum") & (begun["model"] == "combination")]
    columns = ["outturn", "low", "median", "high", "width_80", "inside_80"]
    yield "by months known", begun.set_index(["year", "known"])[columns].sort_index().round(3)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--judge", action="store_true", help="score the projection itself")
    parser.add_argument("--months", action="store_true", help="forms of the path of months alone")
    parser.add_argument("--groups", action="store_true", help="forms of the third protocol alone")
    parser.add_argument("--asked", action="store_true", help="groups by another definition")
    parser.add_argument("--short", action="store_true", help="forms of the sixth protocol alone")
    parser.add_argument("--tiny", action="store_true", help="forms of the fourth protocol alone")
    given = parser.parse_args()
    if given.months:
        print(world_months().to_string())
        return
    for wanted, made in ((given.judge, judging), (given.groups, third), (given.asked, asked),
                         (given.tiny, fourth), (given.short, short)):  # fmt: skip
        if wanted:
            for title, table in made():
                print(f"\n{title}\n{table.to_string()}", flush=True)
            return
    print(scored(panel() | five(), MODELS).to_string())


if __name__ == "__main__":
    main()
