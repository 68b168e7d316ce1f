"""Figures of scenarios: growth in each, what each channel adds, and the elasticities behind."""

import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import RANGES, table, takes
from silktrade.figures.axes import percent_on_x, points_on_x
from silktrade.figures.canvas import canvas, rows_on_y
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import Values
from silktrade.figures.projections import TOLD, draw_ranges

_BASE = ["baseline"]
_FLOW_WORDS = {"export": "exports", "import": "imports", "total": "trade"}


@takes(
    table=table(
        "intervals", known=RANGES, levels="model period", key="model", must={"model": _BASE}
    ),
    assumed=table("scenario_assumptions", "scenario label channel", must={"scenario": _BASE}),
)
def scenario_ranges(
    table: pd.DataFrame, assumed: pd.DataFrame, partner: str, currency: str
) -> Axes:
    """
    Draw growth in every scenario with its intervals, beside the baseline.

    A dot for the median, a thick bar for 80 % and a thin one for 95 % of the draws; the dashed
    line is the baseline's median.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one partner, flow and period, a model
        a scenario; columns quantiles, fractions.
    assumed : DataFrame
        From `scenario_assumptions`: order and names of the scenarios.
    partner : str
        Code of the partner or region.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("baseline", pd.Period("2024")),
    ...                                    ("up", pd.Period("2024"))], names=["model", "period"])
    >>> rows = pd.DataFrame([[-.2, -.1, .1, .3, .4], [-.1, 0., .2, .4, .5]], index,
    ...                     [.025, .1, .5, .9, .975])
    >>> names = pd.DataFrame({"scenario": ["baseline", "up"], "label": ["Baseline", "Yuan up"],
    ...                       "channel": "income"})
    >>> len(scenario_ranges(rows, names, "KAZ", "USD").get_yticks())
    2
    """
    rows, names = _ordered(table, assumed, "model")
    year = table.index.get_level_values("period")[0]
    base = rows.loc["baseline", 0.5]
    distance = (rows[0.5] - base).drop("baseline").abs()
    who = f"trade with {codes.label(partner)}"
    if distance.empty or distance.max() < TOLD:
        title = f"No scenario moves the growth of {who} in {year} by as much as one point"
    else:
        most = distance.idxmax()
        title = (
            f"“{names[most]}” would move {who} most in {year}: growth of "
            f"{prose.percent(rows.loc[most, 0.5], digits=0)}, against "
            f"{prose.percent(base, digits=0)} in the baseline"
        )
    unit = codes.CURRENCY_LABELS[currency]
    measure = f"Growth in {unit}, percent; thick bar 80 %, thin bar 95 %"
    ax = canvas(title, measure, table, height=0.46 * len(rows) + 1.7)
    # What moves growth most stands first, the baseline on top: pages differ in what matters.
    rows = rows.loc[["baseline", *distance.sort_values(ascending=False, kind="stable").index]]
    draw_ranges(ax, rows, [names[s] for s in rows.index], "Scenario", zero=False)
    ax.axvline(base, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    percent_on_x(ax)
    return ax


@takes(
    table=table(
        "channel_intervals", known=RANGES, levels="scenario channel", key="scenario channel"
    ),
    assumed=table("scenario_assumptions", "scenario label period"),
)
def channel_ranges(table: pd.DataFrame, assumed: pd.DataFrame, partner: str) -> Axes:
    """
    Draw what each channel adds to growth in each scenario.

    Percentage points over the baseline; a colour a channel.

    Parameters
    ----------
    table : DataFrame
        From `channel_intervals`: a row a scenario and channel, a column a quantile, fractions.
    assumed : DataFrame
        From `scenario_assumptions`.
    partner : str
        Code of the partner or region.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("up", "energy")], names=["scenario", "channel"])
    >>> rows = pd.DataFrame([[.01, .02, .03, .04, .05]], index, [.025, .1, .5, .9, .975])
    >>> names = pd.DataFrame({"scenario": ["up"], "label": ["Oil dearer"],
    ...                       "period": [pd.Period("2024")]})
    >>> channel_ranges(rows, names, "KAZ").get_yticklabels()[0].get_text()
    'Oil dearer'
    """
    table = table.sort_index()
    rows, labels = _ordered(table.drop("baseline", errors="ignore"), assumed, "scenario")
    if rows.empty:
        raise ValueError("table must hold a scenario of assumed beside the baseline, got none")
    rows = rows.iloc[(-rows[0.5].abs()).argsort(kind="stable")]  # the widest effect on top
    names = [labels[s] for s in rows.index]
    title = _widest(rows, names, codes.label(partner))
    measure = "Growth less that of the baseline, percentage points; thick bar 80 %, thin bar 95 %"
    ax = canvas(title, measure, table, height=0.46 * len(rows) + 1.7)
    draw_ranges(ax, rows, names, "Scenario")
    points_on_x(ax)
    return ax


@takes(
    estimates=table("elasticities", "channel flow", known="estimate low high", key="channel flow"),
    published=table("load_published_elasticities", "channel flow low high", empty=True),
)
def elasticity_ranges(estimates: pd.DataFrame, published: pd.DataFrame) -> Axes:
    """
    Draw each estimated elasticity with its interval, and under it what others found.

    Percent per percent: a dot and bar an estimate with its interval, a thin grey bar the span
    of the published findings.

    Parameters
    ----------
    estimates, published : DataFrame
        From `elasticities` and `load_published_elasticities`; findings that lack a bound are left
        out.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> found = st.elasticities(st.load_trade(as_of=day), st.load_conditions(as_of=day))
    >>> len(elasticity_ranges(found, st.load_published_elasticities()).get_yticks())
    6
    """
    spans = published.dropna(subset=["low", "high"]).groupby(["channel", "flow"])
    spans = spans.agg(low=("low", "min"), high=("high", "max"))
    known = estimates["low"].gt(0) | estimates["high"].lt(0)
    title = (
        f"Of {len(estimates)} elasticities, {int(known.sum())} "
        f"{'differs' if known.sum() == 1 else 'differ'} from nothing with 95 % confidence"
    )
    measure = (
        "Percent by which the value of trade moves for one percent; bar: 95 % interval; grey: "
        "what others found"
    )
    ax = canvas(title, measure, estimates, height=0.62 * len(estimates) + 1.9)
    names = [f"{codes.CHANNELS[e.channel]}, {_FLOW_WORDS[e.flow]}" for e in estimates.itertuples()]
    keys = pd.MultiIndex.from_frame(estimates[["channel", "flow"]])
    data = estimates[["estimate", "low", "high"]].set_axis(keys, axis=0)
    data = data.join(spans.reindex(keys).add_suffix("_others"))
    for i, row in enumerate(data.itertuples()):
        _elasticity(ax, i, row, names[i])
    ax.axvline(0, color=QUIET, linewidth=0.8)
    rows_on_y(ax, names)
    ax.xaxis.set_major_locator(Values())
    columns = [("Estimate", "value"), ("95 % interval", "low"), ("95 % interval", "high"),
               ("Others", "low"), ("Others", "high")]  # fmt: skip
    data = data.set_axis(pd.Index(names, name="Elasticity"), axis=0)
    attach(ax, data.set_axis(pd.MultiIndex.from_tuples(columns), axis=1))
    return ax


def _elasticity(ax: Axes, i: int, row: object, name: str) -> None:
    """Draw one elasticity with its interval, and the span of what others found below it."""
    ax.plot([row.low, row.high], [i, i], color=INK, linewidth=2, label="_range")
    if pd.notna(row.low_others):
        low, high = row.low_others, row.high_others
        # A published number without a range still has to be seen.
        ax.plot([low - 0.02, high + 0.02], [i + 0.28] * 2, color=MID, linewidth=4,
                label="_others", solid_capstyle="butt")  # fmt: skip
    ax.plot([row.estimate], [i], "o", color=INK, markersize=7, label=f"_{name}")


def _ordered(
    table: pd.DataFrame, assumed: pd.DataFrame, level: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put rows in the order of the assumptions, indexed by scenario; and name the scenarios."""
    names = dict(zip(assumed["scenario"], assumed["label"], strict=True))
    rows = table.set_axis(table.index.get_level_values(level), axis=0)
    return rows.loc[[s for s in names if s in rows.index]], names


def _widest(rows: pd.DataFrame, names: list[str], partner: str) -> str:
    """Say which assumption moves growth most, of those whose sign is known."""
    sure = (rows[0.1] * rows[0.9] > 0).to_numpy()
    if not sure.any():
        return f"With {partner}, no assumption's effect can be told from nothing"
    widest = int(rows[0.5].abs().where(sure, -1.0).to_numpy().argmax())
    said = rows.iloc[widest]
    low, high = sorted((abs(said[0.1]), abs(said[0.9])))
    verb = "add" if said[0.5] > 0 else "take away"
    return (
        f"“{names[widest]}” would {verb} {_points(abs(said[0.5]))} of growth with {partner}, in an "
        f"80 % range of {_points(low).split(' ')[0]} to {_points(high).split(' ')[0]}"
    )


def _points(difference: float) -> str:
    """Print a difference of projected rates, with a tenth only where there is no whole point."""
    return prose.points(difference, digits=0 if abs(difference) >= 0.0095 else 1)
