"""Figures of what has been: levels, shares, flows, months."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from silktrade import codes, prose
from silktrade.doors import any_currency, filled, read_economy, series, takes, wide
from silktrade.figures.axes import UNITS, billions_on_y, in_billions, levels_on_y, percent_on_y
from silktrade.figures.canvas import (
    HEIGHT,
    KEY_LINE,
    canvas,
    end_marks,
    gap_note,
    label_ends,
    periods_on_x,
    switch,
    unbroken,
)
from silktrade.figures.chart_data import vouch
from silktrade.figures.colours import dashes
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import scale
from silktrade.measures.trade import growth, share
from silktrade.schema import EVENTS, TRADE

_WITH = {codes.REGION: "the five Central Asian countries"}


@takes(total=series("Y", told=True), events=EVENTS, other=any_currency(series("Y", told=True)))
def total_trade(
    total: pd.Series, events: pd.DataFrame | None = None, other: pd.Series | None = None
) -> Axes:
    """
    Draw exports plus imports over the years, with events marked.

    Values of the y axis in full units of the currency. Hollow marks are years for which only
    the total was published; a year that is not known is a gap.

    Parameters
    ----------
    total : Series
        From `load_totals`, annual.
    events : DataFrame, optional
        EVENTS to mark.
    other : Series, optional
        The same in another currency, which a reader may switch to.

    Examples
    --------
    >>> total_trade(st.load_totals()).get_lines()[0].get_label()
    'Central Asia'
    """
    name, currency = total.attrs["partner"], total.attrs["currency"]
    last = total.index[-1]
    title = (
        f"Trade with {_with(name)} "
        f"{prose.phrase_growth(growth(total).get(last), total.iloc[-1], currency)} in {last}"
        f"{prose.record(total)}"
    )
    marked = _dated(events, total)
    run = unbroken(total)
    published = total[total.index.astype(str).isin(total.attrs["published"])]
    measure = f"China's exports plus imports, {UNITS[currency]} a year{gap_note(run)}"
    measure += "; hollow: only this total is published" if len(published) else ""
    ax = canvas(title, measure, total,
                height=HEIGHT + KEY_LINE * len(marked))  # fmt: skip
    x = periods_on_x(ax, run.index)
    colour = codes.colour(name)
    ax.plot(x, run, color=colour, label=codes.label(name), **end_marks(run))
    ax.plot(
        [p.year for p in published.index], published, "o", color=colour, markersize=7,
        markerfacecolor="white", label="_published as a total",
    )  # fmt: skip
    alone = {(codes.label(name), p): "total alone" for p in published.index}
    vouch(ax, {(codes.label(name), p): "sum of flows" for p in total.index} | alone)
    levels_on_y(ax, total)
    ax.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    mark_events(ax, marked)
    label_ends(ax, [(x[-1], total.iloc[-1], in_billions(total.iloc[-1]), colour)])
    if other is not None:
        name = f"In {codes.CURRENCY_LABELS[other.attrs['currency']]}"
        switch(ax, total_trade(other, events), name)
    return ax


@takes(totals=wide(told=True), partner=read_economy)
def share_lines(totals: pd.DataFrame, partner: str | None = None) -> Axes:
    """
    Draw each partner's share of the region's trade.

    Parameters
    ----------
    totals : DataFrame
        From `load_partner_totals`.
    partner : str, optional
        The one that the title speaks of and whose line stands out; the largest by default.

    Examples
    --------
    >>> len(share_lines(st.load_partner_totals()).get_lines())
    5
    """
    shares = share(totals)
    if shares.empty:
        raise ValueError("totals must hold a period in which every partner is known, got none")
    first, last = shares.iloc[0], shares.iloc[-1]
    lead = codes.one_of("partner", partner or last.idxmax(), list(shares))
    title = (
        f"{codes.label(lead)} has {prose.percent(last[lead], digits=0)} of the trade, "
        f"after {prose.percent(first[lead], digits=0)} in {shares.index[0]}"
    )
    shares = unbroken(shares)
    whom = "the region" if codes.together(shares) in codes.REGIONS else "all of them"
    measure = f"Share of China's trade with {whom}, percent{gap_note(shares)}"
    ax = canvas(title, measure, totals)
    x = periods_on_x(ax, shares.index)
    dash = dict(zip(shares, dashes([codes.colour(p) for p in shares]), strict=True))
    for p in sorted(shares, key=lambda p: p == partner):
        chosen = partner in (None, p)
        ax.plot(x, shares[p], color=codes.colour(p) if chosen else MID, label=codes.label(p),
                linestyle=dash[p] if partner is None else "-",
                linewidth=2.4 if chosen else 1.2)  # fmt: skip
    percent_on_y(ax)
    scale(ax, zero=True)
    ends = [
        (x[-1], last[p], f"{codes.label(p)} {prose.percent(last[p], digits=0)}",
         codes.colour(p) if partner in (None, p) else QUIET) for p in shares
    ]  # fmt: skip
    label_ends(ax, ends, gap=0.07)
    return ax


@takes(trade=filled(TRADE, one="reporter partner product"))
def flows(trade: pd.DataFrame) -> Axes:
    """
    Draw exports and imports of one partner or region, and the gap between them.

    Values in full units of the currency; years that are not known leave a gap.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, of one partner (`region(...)` for the five together).

    Examples
    --------
    >>> flows(st.load_trade(partners="UZB")).get_lines()[0].get_label()
    "China's exports"
    """
    wide = unbroken(trade.pivot(index="period", columns="flow", values="value"))
    if set(codes.FLOWS) - set(wide) or wide.dropna().empty:
        raise ValueError("trade must hold a year with both flows, got none")
    currency, last = trade["currency"].iloc[0], wide.dropna().index[-1]
    out, into = wide.loc[last, "export"], wide.loc[last, "import"]
    side = "more" if out > into else "less"
    title = (
        f"China sold {prose.money(abs(out - into), currency)} {side} than it bought in {last}: "
        f"{prose.money_pair(out, into, currency, 'against')}"
    )
    measure = f"{UNITS[currency].capitalize()} a year, exports fob, imports cif{gap_note(wide)}"
    ax = canvas(title, measure, trade)
    x = periods_on_x(ax, wide.index)
    ends = []
    for flow in codes.FLOWS:
        shade, known = codes.colour(flow), wide[flow].dropna()
        ax.plot(x, wide[flow], color=shade, label=codes.label(flow), **end_marks(wide[flow]))
        said = f"{flow.capitalize()}s {in_billions(known.iloc[-1])}"
        ends.append((known.index[-1].year, known.iloc[-1], said, shade))
    levels_on_y(ax, wide)
    label_ends(ax, ends, gap=0.07)
    rows = trade[["flow", "period", "obs_status"]].itertuples(index=False)
    vouch(ax, {(codes.label(r.flow), r.period): codes.OBS_STATUS[r.obs_status] for r in rows})
    return ax


@takes(months=series("M", told=True))
def months_by_year(months: pd.Series) -> Axes:
    """
    Draw the months of each year over one another.

    One line a year; the darkest is the latest.

    Parameters
    ----------
    months : Series
        From `load_totals`, monthly.

    Examples
    --------
    >>> len(months_by_year(st.load_totals(frequency="M")).get_lines())
    3
    """
    name, currency, last = months.attrs["partner"], months.attrs["currency"], months.index[-1]
    change = growth(months).get(last)
    against = f", {prose.percent(change, sign=True)} on a year before" if change is not None else ""
    title = (
        f"Trade with {_with(name)} was {prose.money(months.iloc[-1], currency)} in "
        f"{last.strftime('%B %Y')}{against}"
    )
    ax = canvas(title, f"China's exports plus imports, {UNITS[currency]} a month", months)
    years = sorted({p.year for p in months.index})
    shades = [MID] * (len(years) - 2) + [QUIET, INK][-len(years) :]
    ends = []
    for year, shade in zip(years, shades, strict=True):
        line = months[months.index.year == year]
        ax.plot(line.index.month, line, color=shade, label=str(year),
                linewidth=2.4 if year == years[-1] else 1.4)  # fmt: skip
        ends.append(
            (line.index.month[-1], line.iloc[-1], str(year), QUIET if shade == MID else shade)
        )
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    ax.set_xticks(range(1, 13, 2))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda m, _: names[round(m - 1) % 12]))
    billions_on_y(ax)
    scale(ax, zero=True)
    label_ends(ax, ends, gap=0.07)
    return ax


def _dated(events: pd.DataFrame | None, total: pd.Series) -> pd.DataFrame:
    """Keep the events of the years drawn, with their place on the x axis."""
    if events is None:
        return pd.DataFrame(columns=["date", "title"])
    x = _places(events["date"])
    return events[x.between(total.index[0].year, total.index[-1].year + 0.5)]


def _places(dates: pd.Series) -> pd.Series:
    """Give dates their places on an axis where a year runs from half before its number."""
    return dates.dt.year + (dates.dt.day_of_year - 1) / 365 - 0.5


def mark_events(ax: Axes, events: pd.DataFrame) -> None:
    """Mark events by a numbered line, and list them under the axis."""
    if events.empty:
        return
    places, listed, numbers = _places(events["date"]), [], []
    for number, (event, x) in enumerate(zip(events.itertuples(), places, strict=True), start=1):
        ax.axvline(x, color=QUIET, linewidth=0.8, linestyle=(0, (2, 3)), zorder=0)
        numbers.append(ax.text(x, 1.0, str(number), transform=ax.get_xaxis_transform(),
                               ha="center", va="bottom", size=12, color=QUIET))  # fmt: skip
        listed.append(f"{number} {event.title} ({event.date.year})")

    def spread(narrow: bool) -> None:
        low, high = ax.get_xlim()
        room, end = (high - low) * (0.05 if narrow else 0.027), -float("inf")
        for i, (number, x) in enumerate(zip(numbers, places, strict=True), 1):
            end = max(x, end + room)  # a number's width, so that none overlap
            number.set_x(min(end, high - (len(numbers) - i) * room))
            number.set_size(10 if narrow else 12)

    spread(narrow=False)
    ax.figure.on_phone.append(spread)
    ax.set_xlabel("\n".join(listed), loc="left", size=10.5, linespacing=1.5, labelpad=8, gid="key")


def _with(code: str) -> str:
    """Name a partner in a sentence."""
    return _WITH.get(code, codes.label(code))
