"""Figures of growth: year by year, by partner, in two currencies."""

import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import filled, read_year, series, takes, wide
from silktrade.figures.axes import percent_on_y, points_on_x
from silktrade.figures.canvas import canvas, label_ends, periods_on_x, rows_on_y
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, QUIET
from silktrade.figures.layout import scale
from silktrade.figures.marks import BLANK, cut
from silktrade.measures.shapes import is_trade
from silktrade.measures.trade import cagr, contributions, growth
from silktrade.schema import TRADE

_TALL = 2.5  # times what nine bars in ten reach


@takes(total=series("Y", least=3, told=True))
def growth_bars(total: pd.Series) -> Axes:
    """
    Draw growth year by year.

    Parameters
    ----------
    total : Series
        From `load_totals`, annual.

    Examples
    --------
    >>> len(growth_bars(st.load_totals()).patches)
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
    ax = canvas(title, f"Growth on the year before, in {currency}, percent", total)
    x = periods_on_x(ax, rates.index)
    shades = [QUIET] * (len(rates) - 1) + [INK]
    ax.bar(x, rates, color=shades, label=f"Growth in {currency}", width=0.75)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    ax.set_xlim(x[0] - 0.6, x[-1] + 0.6)
    # A lone year far above the others would press them flat: it is cut, and its value printed.
    tall = rates[rates > _TALL * rates.abs().quantile(0.9)]
    if len(tall) and len(rates) > len(tall):
        ax.set_ylim(rates.min() * 1.05, rates.drop(tall.index).max() * 1.15)
    scale(ax)
    for period, rate in tall[tall > ax.get_ylim()[1]].items():
        # A bar's corner is its mark; the words stand beside it.
        cut(ax, period.year + 0.375, rate, prose.percent(rate, digits=0), color=QUIET)
    label_ends(ax, [(x[-1] + 0.4, rates.iloc[-1], prose.percent(rates.iloc[-1], sign=True), INK)])
    percent_on_y(ax)
    return ax


def _partners_or_flows(given: object, name: str) -> pd.DataFrame:
    """Read the totals of several partners, or the flows of one."""
    if not is_trade(given):
        return wide("Y", least=2, told=True)(given, name)
    trade = filled(TRADE)(given, name)
    if trade["partner"].nunique() > 1:
        raise ValueError(
            f"{name} must be of one partner where it is TRADE, got "
            f"{', '.join(trade['partner'].unique())}: give several as from load_partner_totals"
        )
    return trade


@takes(totals=_partners_or_flows, year=read_year)
def contribution_bars(totals: pd.DataFrame, year: str | None = None) -> Axes:
    """
    Draw what each partner added to the growth of a region, or each flow to that of a partner.

    Fractions of the base of the whole; a bar starts where the one above ends, the last is the sum.

    Parameters
    ----------
    totals : DataFrame
        From `load_partner_totals`, annual; or TRADE, annual, of one partner.
    year : str, optional
        The year drawn; by default the last one of which all is known.

    Examples
    --------
    >>> len(contribution_bars(st.load_partner_totals(), "2024").patches)
    6
    """
    parts, what = contributions(totals), "partner"
    if is_trade(totals):
        parts, what = parts.pivot(index="period", columns="flow", values="contribution"), "flow"
    parts = parts.loc[year:year] if year else parts
    if parts.empty:
        said = f"{year} and the year before" if year else "two years in a row"
        raise ValueError(f"totals must hold {said} of every {what}, got none")
    last = parts.iloc[-1].sort_values(ascending=False)
    lead = last.abs().idxmax()
    verb = "added" if last[lead] > 0 else "took away"
    together = codes.together(totals["partner"] if is_trade(totals) else parts)
    whole = codes.label(together) if what == "partner" else f"Trade with {codes.label(together)}"
    whose = "the region's trade" if together in codes.REGIONS else "their trade"
    whose = whose if what == "partner" else f"trade with {codes.label(together)}"
    title = (
        f"{codes.label(lead)} {verb} {abs(last[lead]) * 100:.1f} points: in {parts.index[-1]} "
        f"{whose} {prose.phrase_growth(last.sum())}"
    )
    measure = f"What each {what} added to growth in {parts.index[-1]}, percentage points"
    ax = canvas(title, measure, totals, height=0.42 * len(last) + 1.9)
    names = [*map(codes.label, last.index), whole]
    ends = last.cumsum()
    starts = [*(ends - last), 0.0]
    sizes = [*last, last.sum()]
    rises = [size >= 0 for size in sizes[:-1]]
    fills = [*(QUIET if rise else "white" for rise in rises), INK]
    ax.barh(range(len(sizes)), sizes, left=starts, color=fills, height=0.62,
            edgecolor=[*[QUIET] * len(rises), INK], label="_contributions")  # fmt: skip
    for i, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        said = prose.percent(size, sign=True) if i == len(last) else f"{size * 100:+.1f}"
        ax.annotate(said.replace("-", "\u2212"), (max(start, start + size), i), xytext=(5, 0),
                    textcoords="offset points", va="center", color=INK, bbox=BLANK)  # fmt: skip
    ax.axvline(0, color=QUIET, linewidth=0.8)
    rows_on_y(ax, names)
    points_on_x(ax)
    frame = pd.DataFrame({"Contribution": sizes}, index=pd.Index(names, name=what.capitalize()))
    attach(ax, frame, measure)
    return ax


@takes(effect=wide(columns="growth_cny growth_usd rate_change"))
def two_currencies(effect: pd.DataFrame) -> Axes:
    """
    Draw growth in yuan beside growth in dollars.

    Parameters
    ----------
    effect : DataFrame
        From `currency_effect`.

    Examples
    --------
    >>> both = st.currency_effect(st.load_totals(currency="CNY"), st.load_totals())
    >>> two_currencies(both).get_lines()[0].get_label()
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
    ax = canvas(title, "Growth on the year before, percent", effect)
    x = periods_on_x(ax, effect.index)
    names = {"growth_cny": ("in yuan", QUIET, (0, (3, 2))), "growth_usd": ("in dollars", INK, "-")}
    for column, (name, colour, dash) in names.items():
        ax.plot(x, effect[column], color=colour, label=name, linestyle=dash)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    scale(ax)
    percent_on_y(ax)
    label_ends(ax, [(x[-1], last[c], n, k) for c, (n, k, _) in names.items()], gap=0.07)
    return ax


def _again(first: float, second: float) -> str:
    """Say a second growth rate, without the verb where it is the verb of the first."""
    before, said = prose.phrase_growth(first), prose.phrase_growth(second)
    verb, _, rest = said.partition(" ")
    return rest if before.startswith(verb) and verb != "did" else said
