"""Figures of what has been: levels, growth, parts, flows, months, the two sides, coverage."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from silktrade import codes, prose
from silktrade.doors import filled, read_economy, read_year, series, takes, wide
from silktrade.figures.canvas import (
    HEIGHT,
    INK,
    KEY_LINE,
    QUIET,
    UNITS,
    billions_on_y,
    canvas,
    gap_note,
    label_ends,
    percent_on_y,
    periods_on_x,
    points_on_y,
    unbroken,
)
from silktrade.measures.trade import cagr, contributions, growth, share
from silktrade.schema import EVENTS, TRADE

_WITH = {codes.REGION: "the five Central Asian countries"}


@takes(total=series("Y", told=True), events=EVENTS)
def total_trade(total: pd.Series, events: pd.DataFrame | None = None) -> Axes:
    """
    Draw exports plus imports over the years, with events marked.

    Parameters
    ----------
    total : Series
        From `load_totals`, annual.
    events : DataFrame, optional
        EVENTS to mark.

    Returns
    -------
    Axes
        Values of the y axis in full units of the currency. Hollow marks are years for which only
        the total was published; a year that is not known is a gap.

    Examples
    --------
    >>> from silktrade import load_totals
    >>> total_trade(load_totals()).get_lines()[0].get_label()
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
    measure = f"China's exports plus imports, {UNITS[currency]} a year{gap_note(run)}"
    ax = canvas(title, measure, prose.source_line(total),
                height=HEIGHT + KEY_LINE * len(marked))  # fmt: skip
    x = periods_on_x(ax, run.index)
    colour = codes.colour(name)
    ax.plot(x, run, color=colour, label=codes.label(name), marker="o", markersize=4)
    published = total[total.index.astype(str).isin(total.attrs["published"])]
    ax.plot(
        [p.year for p in published.index], published, "o", color=colour, markersize=6,
        markerfacecolor="white", label="_published as a total",
    )  # fmt: skip
    billions_on_y(ax)
    ax.set_ylim(bottom=0)
    ax.set_xlim(x[0] - 0.5, x[-1] + 1.0)
    mark_events(ax, marked)
    return ax


@takes(total=series("Y", least=3, told=True))
def growth_bars(total: pd.Series) -> Axes:
    """
    Draw growth year by year.

    Parameters
    ----------
    total : Series
        From `load_totals`, annual.

    Returns
    -------
    Axes
        Growth as fractions.

    Examples
    --------
    >>> from silktrade import load_totals
    >>> len(growth_bars(load_totals()).patches)
    33
    """
    rates = growth(total)
    first, last = total.index[0], total.index[-1]
    mean = prose.phrase_growth(cagr(total, first, last))
    known = "years" if len(rates) == (last - first).n else "years known"
    title = (
        f"Trade has risen in {(rates > 0).sum()} of {len(rates)} {known}; "
        f"from {first} to {last} it {mean} a year on average"
    )
    currency = codes.CURRENCY_LABELS[total.attrs["currency"]]
    ax = canvas(
        title, f"Growth on the year before, in {currency}, percent", prose.source_line(total)
    )
    x = periods_on_x(ax, rates.index)
    colours = [codes.COLOURS["export"] if r > 0 else codes.COLOURS["import"] for r in rates]
    ax.bar(x, rates, color=colours, label=f"Growth in {currency}", width=0.75)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    ax.set_xlim(x[0] - 0.6, x[-1] + 0.6)
    label_ends(ax, [(x[-1] + 0.4, rates.iloc[-1], prose.percent(rates.iloc[-1], sign=True), INK)])
    percent_on_y(ax)
    return ax


@takes(totals=wide("Y", least=2, told=True), since=read_year)
def contribution_bars(totals: pd.DataFrame, since: str | None = None) -> Axes:
    """
    Draw what each partner added to the growth of the region.

    Parameters
    ----------
    totals : DataFrame
        From `load_partner_totals`, annual.
    since : str, optional
        The first year drawn.

    Returns
    -------
    Axes
        Stacked bars, fractions of the region's base; the diamond is the region's growth.

    Examples
    --------
    >>> from silktrade import load_partner_totals
    >>> contribution_bars(load_partner_totals(), "2012").get_lines()[0].get_label()
    'Central Asia'
    """
    parts = contributions(totals)
    parts = parts.loc[since:] if since else parts
    if parts.empty:
        raise ValueError("totals must hold two years in a row of every partner, got none")
    last = parts.iloc[-1]
    lead = last.abs().idxmax()
    verb = "added" if last[lead] > 0 else "took away"
    together = codes.together(parts)
    whose = "the region's" if together in codes.REGIONS else "their"
    title = (
        f"{codes.label(lead)} {verb} {abs(last[lead]) * 100:.1f} points: in {parts.index[-1]} "
        f"{whose} trade {prose.phrase_growth(last.sum())}"
    )
    ax = canvas(
        title,
        "Contribution to growth in points; the diamond is their sum",
        prose.source_line(totals),
    )
    x = periods_on_x(ax, parts.index)
    ends = []
    for i, partner in enumerate(parts):
        side = parts.iloc[:, :i].where(parts.iloc[:, :i] * parts[[partner]].to_numpy() > 0, 0)
        start, colour = side.sum(axis=1), codes.colour(partner)
        ax.bar(x, parts[partner], bottom=start, color=colour, width=0.75,
               label=codes.label(partner))  # fmt: skip
        middle = start.iloc[-1] + last[partner] / 2
        ends.append((x[-1] + 0.4, middle, codes.label(partner), colour))
    ax.plot(x, parts.sum(axis=1), "D", color=INK, markersize=5, label=codes.label(together))
    ax.axhline(0, color=QUIET, linewidth=0.8)
    points_on_y(ax)
    label_ends(ax, ends)
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

    Returns
    -------
    Axes
        Shares as fractions.

    Examples
    --------
    >>> from silktrade import load_partner_totals
    >>> len(share_lines(load_partner_totals()).get_lines())
    5
    """
    shares = share(totals)
    if shares.empty:
        raise ValueError("totals must hold a period in which every partner is known, got none")
    first, last = shares.iloc[0], shares.iloc[-1]
    lead = partner or last.idxmax()
    title = (
        f"{codes.label(lead)} has {prose.percent(last[lead], digits=0)} of the trade, "
        f"after {prose.percent(first[lead], digits=0)} in {shares.index[0]}"
    )
    shares = unbroken(shares)
    whom = "the region" if codes.together(shares) in codes.REGIONS else "all of them"
    measure = f"Share of China's trade with {whom}, percent{gap_note(shares)}"
    ax = canvas(title, measure, prose.source_line(totals))
    x = periods_on_x(ax, shares.index)
    for p in shares:
        width = 2.2 if partner in (None, p) else 1.1
        ax.plot(x, shares[p], color=codes.colour(p), label=codes.label(p), linewidth=width)
    percent_on_y(ax)
    ax.set_ylim(bottom=0)
    ends = [(x[-1], last[p], codes.label(p), codes.colour(p)) for p in shares]
    label_ends(ax, ends, gap=0.065)
    return ax


@takes(trade=filled(TRADE))
def flows(trade: pd.DataFrame) -> Axes:
    """
    Draw exports and imports of one partner or region, and the gap between them.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, of one partner (`region(...)` for the five together).

    Returns
    -------
    Axes
        Values in full units of the currency; years that are not known leave a gap.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> flows(load_trade(partners="UZB")).get_lines()[0].get_label()
    "China's exports"
    """
    wide = _by_flow(trade)
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
    ax = canvas(title, measure, prose.source_line(trade))
    x = periods_on_x(ax, wide.index)
    for flow in codes.FLOWS:
        ax.plot(x, wide[flow], color=codes.colour(flow), label=codes.label(flow), marker="o",
                markersize=3.5)  # fmt: skip
    billions_on_y(ax)
    ax.set_ylim(bottom=0)
    known = {f: wide[f].dropna() for f in codes.FLOWS}
    ends = [
        (s.index[-1].year, s.iloc[-1], f.capitalize() + "s", codes.colour(f))
        for f, s in known.items()
    ]
    label_ends(ax, ends)
    return ax


@takes(effect=wide(columns="growth_cny growth_usd rate_change"))
def two_currencies(effect: pd.DataFrame, source: str) -> Axes:
    """
    Draw growth in yuan beside growth in dollars.

    Parameters
    ----------
    effect : DataFrame
        From `currency_effect`.
    source : str
        Publishers, from `prose.source_line`.

    Returns
    -------
    Axes
        Growth as fractions.

    Examples
    --------
    >>> from silktrade import currency_effect, load_totals
    >>> both = currency_effect(load_totals(currency="CNY"), load_totals())
    >>> two_currencies(both, "China Customs").get_lines()[0].get_label()
    'in yuan'
    """
    last = effect.iloc[-1]
    rate = last["rate_change"]
    why = f"{'weakened' if rate > 0 else 'strengthened'} by {prose.percent(abs(rate))}"
    title = (
        f"In {effect.index[-1]} trade {prose.phrase_growth(last['growth_cny'])} in yuan and "
        f"{_again(last['growth_cny'], last['growth_usd'])} in dollars, as the yuan "
        f"{'held' if prose.phrase_growth(rate) == 'did not change' else why}"
    )
    ax = canvas(title, "Growth on the year before, percent", source)
    x = periods_on_x(ax, effect.index)
    names = {"growth_cny": ("in yuan", "#A6578A"), "growth_usd": ("in dollars", "#00805E")}
    for column, (name, colour) in names.items():
        ax.plot(x, effect[column], color=colour, label=name, marker="o", markersize=4)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    percent_on_y(ax)
    label_ends(ax, [(x[-1], last[c], n, k) for c, (n, k) in names.items()])
    return ax


@takes(months=series("M", told=True))
def months_by_year(months: pd.Series) -> Axes:
    """
    Draw the months of each year over one another.

    Parameters
    ----------
    months : Series
        From `load_totals`, monthly.

    Returns
    -------
    Axes
        One line a year; the darkest is the latest.

    Examples
    --------
    >>> from silktrade import load_totals
    >>> len(months_by_year(load_totals(frequency="M")).get_lines())
    3
    """
    name, currency, last = months.attrs["partner"], months.attrs["currency"], months.index[-1]
    change = growth(months).get(last)
    against = f", {prose.percent(change, sign=True)} on a year before" if change is not None else ""
    title = (
        f"Trade with {_with(name)} was {prose.money(months.iloc[-1], currency)} in "
        f"{last.strftime('%B %Y')}{against}"
    )
    ax = canvas(
        title, f"China's exports plus imports, {UNITS[currency]} a month", prose.source_line(months)
    )
    years = sorted({p.year for p in months.index})
    shades = ["#9a9a9a"] * (len(years) - 4) + ["#9a9a9a", "#5f9bc4", "#0072B2", INK][-len(years) :]
    ends = []
    for year, shade in zip(years, shades, strict=True):
        line = months[months.index.year == year]
        ax.plot(line.index.month, line, color=shade, label=str(year))
        ends.append((line.index.month[-1], line.iloc[-1], str(year), shade))
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    ax.set_xticks(range(1, 13, 2))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda m, _: names[round(m - 1) % 12]))
    billions_on_y(ax)
    ax.set_ylim(bottom=0)
    label_ends(ax, ends)
    return ax


def _again(first: float, second: float) -> str:
    """Say a second growth rate, without the verb where it is the verb of the first."""
    verb, _, rest = prose.phrase_growth(second).partition(" ")
    return (
        rest
        if prose.phrase_growth(first).startswith(verb) and verb != "did"
        else prose.phrase_growth(second)
    )


def _by_flow(trade: pd.DataFrame) -> pd.DataFrame:
    """Lay one partner's flows side by side over an unbroken run of years."""
    wide = trade.pivot(index="period", columns="flow", values="value")
    return unbroken(wide)


def _dated(events: pd.DataFrame | None, total: pd.Series) -> pd.DataFrame:
    """Keep the events of the years drawn, with their place on the x axis."""
    if events is None:
        return pd.DataFrame(columns=["date", "title", "x"])
    # A year's mark stands at its number, so that the year runs from half before to half after it.
    x = events["date"].dt.year + (events["date"].dt.day_of_year - 1) / 365 - 0.5
    return events.assign(x=x)[x.between(total.index[0].year, total.index[-1].year + 0.5)]


def mark_events(ax: Axes, events: pd.DataFrame) -> None:
    """Mark events by a numbered line, and list them under the axis."""
    low, high = ax.get_xlim()
    listed, end = [], -float("inf")
    for number, event in enumerate(events.itertuples(), start=1):
        ax.axvline(event.x, color=QUIET, linewidth=0.8, linestyle=(0, (2, 3)), zorder=0)
        end = max(event.x, end + (high - low) * 0.028)  # a number's width, so that none overlap
        ax.text(end, 1.0, str(number), transform=ax.get_xaxis_transform(), ha="center", va="bottom",
                size=10, color=QUIET)  # fmt: skip
        listed.append(f"{number} {event.title} ({event.date.year})")
    if listed:
        ax.set_xlabel(
            "\n".join(listed), loc="left", size=10.5, linespacing=1.5, labelpad=8, gid="key"
        )


def _with(code: str) -> str:
    """Name a partner in a sentence."""
    return _WITH.get(code, codes.label(code))
