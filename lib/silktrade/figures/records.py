"""Figures of the records themselves: which are known, what each side says, what they weigh."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import filled, read_economy, series, takes
from silktrade.figures.axes import UNITS, levels_on_y, percent_on_y
from silktrade.figures.canvas import (
    canvas,
    end_marks,
    gap_note,
    label_ends,
    periods_on_x,
    rows_on_y,
    unbroken,
)
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, MID
from silktrade.figures.layout import scale
from silktrade.schema import TRADE

_LONG_AGO = 5  # years, after which that a partner fell silent is the finding
_SHADES = ((INK, 13), (MID, 13), (INK, 5), (MID, 5))  # colour and width: either tells


@takes(
    china=filled(TRADE, one="reporter partner flow product"),
    partner=filled(TRADE, one="reporter partner flow product"),
)
def two_sides(china: pd.DataFrame, partner: pd.DataFrame) -> Axes:
    """
    Draw one flow as the two customs report it.

    Values in full units of the currency.

    Parameters
    ----------
    china : DataFrame
        TRADE of reporter CHN, one partner, one flow, annual.
    partner : DataFrame
        TRADE of that partner's own report, the opposite flow, annual, the same currency.

    Examples
    --------
    >>> china = st.load_trade(partners="KGZ", flows="export")
    >>> two_sides(china, st.load_trade(reporter="KGZ", flows="import")).get_lines()[1].get_label()
    'as Kyrgyzstan reports it'
    """
    ours, theirs = (f.set_index("period")["value"] for f in (china, partner))
    code, currency = china["partner"].iloc[0], china["currency"].iloc[0]
    if ours.index.intersection(theirs.index).empty:
        raise ValueError("china and partner must share a year, got none")
    last = ours.index.intersection(theirs.index).max()
    sold, name = china["flow"].iloc[0] == "export", codes.label(code)
    ways = ("exports to", "imports from") if sold else ("imports from", "exports to")
    counted = [prose.money(f[last], currency) for f in (ours, theirs)]
    title = (
        f"China's {ways[0]} {name} in {last}: {counted[0]} by China's account, {counted[1]} by "
        f"{name}'s"
    )
    if ours.index.max().year - last.year > _LONG_AGO:
        title = (
            f"{name} has reported no {ways[1]} China since {last}, when China counted "
            f"{counted[0]} and {name} {counted[1]}"
        )
    ax = canvas(title, f"{UNITS[currency].capitalize()} a year", china, partner)
    wide = pd.concat([ours, theirs], axis=1).sort_index()
    whole = pd.period_range(wide.index.min(), wide.index.max())
    x = periods_on_x(ax, whole)
    names = (
        ("as China reports it", INK),
        (f"as {name} reports it", codes.colour(code)),
    )
    ends = []
    for values, (label, colour) in zip((ours, theirs), names, strict=True):
        run = values.reindex(whole)
        ax.plot(x, run, color=colour, label=label, **end_marks(run))
        ends.append((values.index[-1].year, values.iloc[-1], label.split(" ")[1], colour))
    levels_on_y(ax, wide)
    label_ends(ax, ends, gap=0.07)
    return ax


@takes(ratio=series("Y"), partner=read_economy)
def trade_to_gdp(ratio: pd.Series, partner: str) -> Axes:
    """
    Draw trade with China as a share of the partner's output.

    Parameters
    ----------
    ratio : Series
        Trade over gross domestic product, fractions, by year.
    partner : str
        The partner's code.

    Examples
    --------
    >>> years = pd.period_range("2022", "2023", freq="Y")
    >>> ax = trade_to_gdp(pd.Series([0.1, 0.2], years), "KAZ")
    >>> ax.get_lines()[0].get_label()
    'Kazakhstan'
    """
    last = ratio.index[-1]
    title = (
        f"Trade with China equalled {prose.percent(ratio.iloc[-1], digits=0)} of "
        f"{codes.label(partner)}'s output in {last}{prose.record(ratio)}"
    )
    run = unbroken(ratio)
    measure = f"China's exports plus imports over the partner's GDP, percent, known to {last}"
    measure += gap_note(run)
    ax = canvas(title, measure, ratio)
    x = periods_on_x(ax, run.index)
    ax.plot(x, run, color=codes.colour(partner), label=codes.label(partner), **end_marks(run))
    percent_on_y(ax)
    scale(ax, zero=True)
    said = prose.percent(ratio.iloc[-1], digits=0)
    label_ends(ax, [(x[-1], ratio.iloc[-1], said, codes.colour(partner))])
    return ax


@takes(trade=filled(TRADE))
def coverage(trade: pd.DataFrame) -> Axes:
    """
    Draw which annual flows are known, and from whom.

    One row a reporter, partner and flow; one mark a year, coloured by source.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual; one reporter or several.

    Examples
    --------
    >>> len(coverage(st.load_trade()).get_yticks())
    10
    """
    rows = trade.groupby(["reporter", "partner", "flow"], sort=False).ngroup()
    keys = trade.drop_duplicates(["reporter", "partner", "flow"])
    years = trade["period"].dt.year
    whole = (years.max() - years.min() + 1) * len(keys)
    counts = years.value_counts()
    short = [str(y) for y in range(years.min(), years.max() + 1) if counts.get(y, 0) < len(keys)]
    have = "has" if len(short) == 1 else "have"
    gaps = f"; {prose.listed(short)} {have} gaps" if short else "; no year has a gap"
    title = f"{len(trade)} of {whole} annual flows are known{gaps}"
    china = set(keys["reporter"]) == {"CHN"}
    whose = keys["partner"] if china else keys["reporter"]
    names = [f"{codes.label(p)}, {f}s" for p, f in zip(whose, keys["flow"], strict=True)]
    what = "China's flows by partner" if china else "Each reporter's flows with China"
    ax = canvas(title, f"{what}; a bar runs over the years that are known, by source",
                trade, height=0.3 * len(keys) + 1.7)  # fmt: skip
    there = trade["source"].unique()
    held = [source for source in codes.SOURCES if source in there]
    held += [source for source in there if source not in held]
    for source, (shade, thick) in zip(held, cycle(_SHADES)):
        x, y = [], []
        for row, of in years[trade["source"] == source].groupby(rows):
            known = np.sort(of)
            for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):  # without a gap
                x += [run[0] - 0.42, run[-1] + 0.42, float("nan")]
                y += [row, row, float("nan")]
        ax.plot(x, y, color=shade, linewidth=thick, solid_capstyle="butt",
                label=f"_{codes.SOURCES.get(source, source) or 'not named'}")  # fmt: skip
    periods_on_x(ax, pd.period_range(str(years.min()), str(years.max()), freq="Y"))
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    rows_on_y(ax, names)
    ax.legend(ax.get_lines(), [line.get_label()[1:] for line in ax.get_lines()], frameon=False,
              loc="upper left", bbox_to_anchor=(0, -0.06), ncols=2, borderaxespad=1)  # fmt: skip
    marks = trade.assign(name=rows.map(dict(enumerate(names))), known=trade["source"])
    wide = marks.pivot(index="period", columns="name", values="known")[names]
    attach(ax, wide.replace(codes.SOURCES).rename_axis("Year"), "Source of each known year")
    return ax
