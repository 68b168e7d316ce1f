"""Figures of what may come: growth with its intervals, a row each."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import RANGES, table, takes
from silktrade.figures.axes import percent_on_x
from silktrade.figures.canvas import canvas, rows_on_y
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, NEXT, QUIET
from silktrade.figures.marks import cut

TOLD = 0.01  # a difference of medians that another seed would not make


@takes(table=table("intervals", known=RANGES, levels="partner flow period"))
def growth_ranges(table: pd.DataFrame, currency: str) -> Axes:
    """
    Draw projected growth by partner and flow, or by model, with its intervals.

    A dot for the median, a thick bar for 80 % and a thin one for 95 % of the draws.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`: one row a partner and flow of one
        period and model, or a model of one partner and flow; a column a quantile, fractions.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> drawn = st.project(st.load_trade(), 2, models=["random_walk"], draws=100)
    >>> paths = st.projected_growth(drawn)
    >>> rows = st.intervals(paths, "growth").xs("combination", level="model")
    >>> len(growth_ranges(rows, "USD").get_yticks())
    10
    """
    models = table.index.get_level_values("model") if "model" in table.index.names else ()
    if len(set(models)) > 1:
        table = table.iloc[[*map(models.get_loc, filter(models.__contains__, codes.PROJECTED_BY))]]
        models = table.index.get_level_values("model")
    keys = table.reset_index()[["partner", "flow", "period"]]
    period, median = keys["period"].iloc[0], table[0.5].to_numpy()
    lead = int(median.argmax())
    if len(set(models)) > 1:
        names = [codes.PROJECTED_BY[model] for model in models]
        title = _agreement(table, models, period)
    else:
        names = row_names(keys)
        title = _fastest(table, names, lead, period)
    unit = codes.CURRENCY_LABELS[currency]
    measure = f"Projected growth in {unit}, percent; thick bar 80 %, thin bar 95 %"
    ax = canvas(title, measure,
                table, height=0.42 * len(table) + 1.5)  # fmt: skip
    draw_ranges(ax, table, names)
    low, high = table[0.025].min(), table[0.975].max()
    # A range that reaches far beyond the others is cut, so that the others can be read.
    end = min(high, 3 * table[0.9].median() + 1.0)
    ax.set_xlim(low - 0.05, end + 0.05)
    say_beyond(ax, table)
    percent_on_x(ax)
    return ax


def _fastest(table: pd.DataFrame, names: list[str], lead: int, period: pd.Period) -> str:
    """Say which row grows fastest, if its median stands out by a point; the year may be over."""
    close = (table[0.5].to_numpy() > table[0.5].iloc[lead] - TOLD).sum()
    rate, low, high = (
        prose.percent(table[q].iloc[lead], digits=0, sign=True) for q in (0.5, 0.1, 0.9)
    )
    most = "Smallest fall" if table[0.5].iloc[lead] < 0 else "Fastest growth"
    if close > 1:
        of, medians = ("the two", "both medians") if len(table) == 2 \
            else (len(table), f"the medians of {close}")  # fmt: skip
        return (f"{most} of {of} in {period} cannot be told: {medians} are within a point of the "
                f"highest, {rate}")  # fmt: skip
    most = "Growth" if len(table) == 1 else most
    name = names[lead][0].lower() + names[lead][1:]
    return f"{most} projected for {period}: {name}, {rate} (80 %: {low} to {high})"


def _agreement(table: pd.DataFrame, models: Sequence[str], period: pd.Period) -> str:
    """Say how far the medians of several models lie apart, and how sure the projection is."""
    said = (prose.percent(f(table[0.5]), digits=0, sign=True) for f in (min, max))
    title = f"The medians of {len(table)} models for {period} lie between {' and '.join(said)}"
    for row in table[[model == "combination" for model in models]].to_dict("records"):
        ends = (prose.percent(row[q], digits=0, sign=True) for q in (0.1, 0.9))
        title += f"; the projection's 80 % range is {' to '.join(ends)}"
    return title


def say_beyond(ax: Axes, table: pd.DataFrame) -> None:
    """Say the ends of the ranges that reach beyond an interval chart."""
    end = ax.get_xlim()[1]
    for i, row in enumerate(table.to_dict("records")):
        gone = [row[q] for q in (0.975, 0.9, "outturn") if row.get(q, end) > end]
        said = [f"to {prose.percent(gone[0], digits=0)}"] if row[0.975] > end else []
        if row.get("outturn", end) > end:
            said += [f"◆ {prose.percent(row['outturn'], digits=0)}"]
        if gone:
            place = {"xytext": (0, 10), "size": 10, "color": QUIET}
            cut(ax, gone, [i] * len(gone), ", ".join(said), **place)


def row_names(keys: pd.DataFrame) -> list[str]:
    """Name the rows of a chart of partners and flows, with their year where there are several."""
    what = {"export": "Exports to", "import": "Imports from", "total": "Trade with"}
    pairs = zip(keys["partner"], keys["flow"], strict=True)
    names = [f"{what[flow]} {codes.label(partner)}" for partner, flow in pairs]
    several = keys["period"].nunique() > 1
    return [f"{n}, {p}" for n, p in zip(names, keys["period"], strict=True)] if several else names


def draw_ranges(
    ax: Axes, table: pd.DataFrame, names: list[str], what: str = "Flow", *, zero: bool = True
) -> None:
    """Draw a row for each row of quantiles: a thin bar for 95 %, a thick one for 80 %, a dot."""
    for i, (name, row) in enumerate(zip(names, table.to_dict("records"), strict=True)):
        style = {"color": NEXT, "label": f"_{name}"}
        ax.plot([row[0.025], row[0.975]], [i, i], linewidth=1.6, **style)
        ax.plot(
            [row[0.1], row[0.9]], [i, i], linewidth=8, alpha=0.4, solid_capstyle="butt", **style
        )
        ax.plot([row[0.5]], [i], "o", markersize=7, **style)
    if zero:
        ax.axvline(0, color=QUIET, linewidth=0.8)
    rows_on_y(ax, names)
    shown = {
        ("Median", "value"): 0.5, ("80 % range", "low"): 0.1, ("80 % range", "high"): 0.9,
        ("95 % range", "low"): 0.025, ("95 % range", "high"): 0.975,
    }  # fmt: skip
    if "outturn" in table:
        came = table["outturn"]
        ax.plot(came, range(len(came)), "D", color=INK, markersize=6, label="_came")
        shown["As it came", "value"] = "outturn"
    data = table[list(shown.values())].set_axis(pd.Index(names, name=what), axis=0)
    attach(ax, data.set_axis(pd.MultiIndex.from_tuples(shown), axis=1))
