"""Figures of how good forecasts were: errors against naive, coverage, and how it turned out."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from silktrade import codes, prose
from silktrade.doors import RANGES, table, takes
from silktrade.figures.axes import percent_on_x, percent_on_y
from silktrade.figures.canvas import canvas, periods_on_x, rows_on_y
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, NEXT, QUIET
from silktrade.figures.layout import Values
from silktrade.figures.projections import draw_ranges, row_names, say_beyond

INTERVAL = "80 % interval"
_COVERAGES = ["coverage_80", "coverage_95"]


@takes(table=table("compare", "model horizon ratio p_value"))
def error_ratios(table: pd.DataFrame, horizon: int, against: str = "naive") -> Axes:
    """
    Draw each model's error over that of a naive one, with what luck alone could do.

    Ratios of mean absolute scaled errors; below 1 the model is better. Filled dots differ from
    1 at the 5 % level by the Diebold-Mariano test, all models having been tried.

    Parameters
    ----------
    table : DataFrame
        From `compare`.
    horizon : int
        The horizon drawn.
    against : str
        The model that the others were compared with.

    Examples
    --------
    >>> rows = pd.DataFrame({"model": ["drift", "theta"], "horizon": [1, 1], "ratio": [0.9, 1.1],
    ...                      "p_value": [0.01, 0.5], "origins": [10, 10]})
    >>> len(error_ratios(rows, 1).get_yticks())
    2
    """
    rows = table[(table["horizon"] == horizon) & (table["model"] != "seasonal_naive")]
    rows = rows.sort_values("ratio", ignore_index=True)
    if rows.empty:
        raise ValueError(f"horizon must be one of the table's, got {horizon}, of which it has none")
    proven = _proven(rows["p_value"])
    best, sure = rows.iloc[0], int((proven & (rows["ratio"] < 1)).sum())
    than = codes.MODEL_LABELS[codes.one_of("against", against, codes.MODEL_LABELS)].lower()
    side = "smaller" if best["ratio"] < 1 else "larger"
    by = f"{prose.percent(abs(1 - best['ratio']), digits=0)} {side}"
    if sure:
        title = (
            f"{sure} of {len(rows)} models beat the {than} beyond luck; the smallest errors are "
            f"{by}, those of {codes.MODEL_LABELS.get(best['model'], best['model'])}"
        )
    else:
        title = f"No model can be told apart from the {than}: at best errors {by}, within luck"
    measure = f"Mean absolute error over that of the {than}, horizon {horizon}; filled: no luck"
    ax = canvas(title, measure, table, height=0.4 * len(rows) + 1.4)
    for i, row in rows.iterrows():
        filled = INK if proven[i] else "white"
        name = codes.MODEL_LABELS.get(row["model"], row["model"])
        ax.plot([1, row["ratio"]], [i, i], color=QUIET, linewidth=1.2, label=f"_{name}")
        ax.plot([row["ratio"]], [i], "o", color=INK, markerfacecolor=filled, markersize=8,
                label=f"_{name}")  # fmt: skip
    ax.axvline(1, color=QUIET, linewidth=0.8)
    rows_on_y(ax, [codes.MODEL_LABELS.get(m, m) for m in rows["model"]])
    ax.xaxis.set_major_locator(Values())
    columns = {"ratio": "Ratio", "p_value": "p-value"}
    attach(ax, _by_model(rows.set_index("model")[list(columns)].rename(columns=columns)))
    return ax


@takes(table=table("scores", "model metric value origins", must={"metric": _COVERAGES}))
def coverage_dots(table: pd.DataFrame) -> Axes:
    """
    Draw how often the value came inside the limits of each model.

    Fractions by model, over all series and horizons; lines mark what was promised.

    Parameters
    ----------
    table : DataFrame
        SCORES, from `scores`.

    Examples
    --------
    >>> rows = pd.DataFrame({"series": ["a"] * 2, "model": ["drift"] * 2, "horizon": [1, 1],
    ...     "metric": ["coverage_80", "coverage_95"], "value": [0.8, 0.9], "origins": [10, 10]})
    >>> coverage_dots(rows).get_lines()[0].get_label()
    '80 % limits'
    """
    rows = table[table["metric"].isin(_COVERAGES)]
    weighted = rows.assign(hits=rows["value"] * rows["origins"])
    sums = weighted.groupby(["model", "metric"])[["hits", "origins"]].sum()
    held = (sums["hits"] / sums["origins"]).unstack()
    order = [*codes.MODEL_LABELS, *held.index]
    held = held.reindex([m for m in dict.fromkeys(order) if m in held.index])
    lead = held.iloc[0]
    title = (
        f"{codes.MODEL_LABELS.get(held.index[0], held.index[0])}: of limits that promise 80 and "
        f"95 %, "
        f"{prose.percent(lead['coverage_80'], digits=0)} and "
        f"{prose.percent(lead['coverage_95'], digits=0)} held"
    )
    ax = canvas(title, "Share of values inside the limits, percent", table,
                height=0.36 * len(held) + 1.5)  # fmt: skip
    y = np.arange(len(held))
    for metric, promised, colour in (("coverage_80", 0.8, "white"), ("coverage_95", 0.95, INK)):
        ax.plot(held[metric], y, "o", color=INK, label=f"{promised * 100:.0f} % limits",
                markersize=7, markerfacecolor=colour)  # fmt: skip
        ax.axvline(promised, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        ax.text(promised, 1.0, f"{promised * 100:.0f} % promised", color=QUIET,
                transform=ax.get_xaxis_transform(), ha="right", va="bottom")  # fmt: skip
    names = [codes.MODEL_LABELS.get(m, m) for m in held.index]
    rows_on_y(ax, names)
    limits = {"coverage_80": "80 % limits", "coverage_95": "95 % limits"}
    attach(ax, _by_model(held[list(limits)].rename(columns=limits)))
    percent_on_x(ax)
    return ax


@takes(table=table("evaluate", known=(*RANGES, "outturn"), levels="partner flow period"))
def outturn(table: pd.DataFrame) -> Axes:
    """
    Draw projected growth with its intervals, and what came.

    Thick bars hold 80 % of the draws, thin ones 95 %; the diamond is what came.

    Parameters
    ----------
    table : DataFrame
        From `evaluate`: one row a partner and flow, with quantile columns and `outturn`.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KAZ", "export", pd.Period("2024"))],
    ...                                  names=["partner", "flow", "period"])
    >>> rows = pd.DataFrame([[0, .1, .2, .3, .4, .35]], keys, [.025, .1, .5, .9, .975, "outturn"])
    >>> len(outturn(rows).get_yticks())
    1
    """
    keys = table.index.to_frame(index=False)
    inside = ((table["outturn"] >= table[0.1]) & (table["outturn"] <= table[0.9])).sum()
    names = row_names(keys)
    title = (
        f"In {' and '.join(dict.fromkeys(keys['period'].astype(str)))}, {inside} of {len(table)} "
        f"growth rates came inside their 80 % range, where {0.8 * len(table):g} should"
    )
    measure = "Growth, percent; thick bar 80 %, thin bar 95 %, diamond: as it came"
    ax = canvas(title, measure, table, height=0.42 * len(table) + 1.5)
    draw_ranges(ax, table, names)
    low, high = table[0.025].min(), table[0.9].max() + 0.4
    edge = max(high, 0.1)
    low = min(low, table["outturn"].min())
    ax.set_xlim(low - 0.05, edge + 0.03)
    say_beyond(ax, table)
    percent_on_x(ax)
    return ax


@takes(rows=table("evaluate_projection", known="year known low median high outturn inside_80"))
def projection_record(rows: pd.DataFrame, by: str = "year") -> Axes:
    """
    Draw what was projected for the sum, time by time, and what came.

    Bars hold 80 % of the draws, dots are the medians, diamonds what came.

    Parameters
    ----------
    rows : DataFrame
        From `evaluate_projection`: rows of one model and distance, of all flows together.
    by : {'year', 'known'}
        What stands on the axis: the year projected, or the months known of one year.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2024], "low": [0.0], "median": [0.1], "high": [0.2],
    ...                      "outturn": [0.06], "inside_80": [1.0], "known": [0]})
    >>> projection_record(rows).get_ylabel()
    ''
    """
    rows = rows.sort_values(codes.one_of("by", by, ("year", "known")))
    inside, count = int(rows["inside_80"].sum()), len(rows)
    when = {"year": "years", "known": f"times in {rows['year'].iloc[0]}"}[by]
    title = f"In {inside} of {count} {when} growth came inside its 80 % range"
    axis, what = {
        "year": ("Year", "year projected"), "known": ("Months known", "months known of the year")
    }[by]  # fmt: skip
    ax = canvas(title, f"Growth, percent, by {what}; bar 80 %, diamond: as it came", rows)
    x = rows[by].to_numpy()
    ax.vlines(x, rows["low"], rows["high"], color=NEXT, linewidth=7, alpha=0.45)
    ax.plot(x, rows["median"], "o", color=NEXT, markersize=5, label="Median")
    ax.plot(x, rows["outturn"], "D", color=INK, markersize=5, label="As it came")
    ax.axhline(0, color=QUIET, linewidth=0.8)
    periods_on_x(ax, pd.PeriodIndex(rows["year"].astype(str), freq="Y"))
    if by == "known":
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.margins(x=0.04)
    ax.grid(axis="y")
    ax.legend(loc="lower left", ncols=2, frameon=False, bbox_to_anchor=(0, 1), borderaxespad=0.2)
    percent_on_y(ax)
    data = rows.set_index(by)[["low", "median", "high", "outturn"]].rename_axis(axis)
    shown = [(INTERVAL, "low"), ("Median", "value"), (INTERVAL, "high"), ("As it came", "value")]
    attach(ax, data.set_axis(pd.MultiIndex.from_tuples(shown), axis=1))
    return ax


def _proven(p_values: pd.Series) -> pd.Series:
    """Tell which of several tests hold at 5 % all together (Holm 1979)."""
    ordered = p_values.sort_values()
    left = np.arange(len(ordered), 0, -1)
    return (ordered * left < 0.05).cummin().reindex(p_values.index)


def _by_model(table: pd.DataFrame) -> pd.DataFrame:
    """Name the rows of a table by model, as readers know them."""
    return table.rename(index=codes.MODEL_LABELS).rename_axis("Model").rename_axis(None, axis=1)
