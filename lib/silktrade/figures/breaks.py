"""Figures of growth before and after its breaks."""

import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import series, table, takes
from silktrade.figures.axes import percent_on_y
from silktrade.figures.canvas import HEIGHT, KEY_LINE, canvas, gap_note, periods_on_x
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import scale
from silktrade.figures.marks import BLANK
from silktrade.figures.trends import mark_events
from silktrade.measures.trade import cagr, growth

LEVEL = 0.05  # of the test that there is any break


@takes(
    total=series("Y", least=3, told=True),
    found=table(
        "growth_breaks", "before after p_value p_paired", period="first low high", empty=True
    ),
    known=table("event_breaks", "title date", empty=True),
)
def growth_regimes(total: pd.Series, found: pd.DataFrame, known: pd.DataFrame) -> Axes:
    """
    Draw yearly growth, its mean between breaks, and the breaks with their confidence intervals.

    Growth as fractions. A bar at the foot is the 95 % confidence interval of a break's date.

    Parameters
    ----------
    total : Series
        From `load_totals`, annual.
    found : DataFrame
        From `growth_breaks`, of this series.
    known : DataFrame
        From `event_breaks`: its events are marked as context.

    Examples
    --------
    >>> total = st.load_totals()
    >>> found = [tested(total, draws=99) for tested in (st.growth_breaks, st.event_breaks)]
    >>> ax = growth_regimes(total, *found)
    >>> len(ax.patches) > 30
    True
    """
    years = pd.period_range(total.index[1], total.index[-1], freq="Y", name="period")
    rates = growth(total).reindex(years)  # of a gap, and after it, none is known
    known = known[known["date"].dt.year.between(total.index[0].year, total.index[-1].year)]
    ax = canvas(
        _title(total, found), _measure(total, found) + gap_note(rates),
        total, height=HEIGHT + KEY_LINE * len(known),
    )  # fmt: skip
    x = periods_on_x(ax, rates.index)
    ax.bar(x, rates, color=MID, label="Growth", width=0.75)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    foot, height = rates.min(), rates.max() - rates.min()
    for row, place in enumerate(found.itertuples(), start=1):
        at, low, high = (p.year - 0.5 for p in (place.first, place.low, place.high))
        y = foot - row * 0.08 * height  # each on a line of its own, as they may overlap
        ax.plot([low, high], [y, y], color=QUIET, linewidth=5, solid_capstyle="butt",
                label=f"_break {place.first}")  # fmt: skip
        ax.annotate(str(place.first), (high, y), xytext=(4, 0), textcoords="offset points",
                    va="center", color=QUIET, size=12, bbox=BLANK)  # fmt: skip
        ax.axvline(at, color=QUIET, linewidth=1.4, linestyle=(0, (4, 2)))
    means = pd.Series(dtype=float)
    begins = [total.index[1], *found["first"]]  # of each regime, in years of growth
    ends = [*(p - 1 for p in found["first"]), total.index[-1]]
    for first, last in zip(begins, ends, strict=True):
        mean = cagr(total, first - 1, last)
        means = means.reindex(rates.index).where(rates.index < first, mean)
        ax.plot([first.year - 0.5, last.year + 0.5], [mean, mean], color=INK,
                label=f"Compound growth a year, {first} to {last}")  # fmt: skip
        ax.annotate(prose.percent(mean, digits=0), (first.year - 0.5, mean), xytext=(3, 4),
                    textcoords="offset points", va="bottom", weight="bold", bbox=BLANK)  # fmt: skip
    ax.set_xlim(x[0] - 0.6, x[-1] + 0.6)
    scale(ax)
    percent_on_y(ax)
    shown = pd.DataFrame({"Growth": rates, "Compound growth a year between breaks": means})
    attach(ax, shown.rename_axis("Year"))
    mark_events(ax, known)
    return ax


def _measure(total: pd.Series, found: pd.DataFrame) -> str:
    """Say what is drawn, and how surely growth has changed at all."""
    said = f"Growth on the year before in {codes.CURRENCY_LABELS[total.attrs['currency']]}, percent"
    if found.empty:
        return said
    return f"{said}; lines: compound growth between breaks; grey bars hold a break's date with 95 %"


def _title(total: pd.Series, found: pd.DataFrame) -> str:
    """Say when growth changed, and from what to what."""
    who = f"trade with {codes.whom(total.attrs['partner'])}"
    if found.empty:
        return f"No change in the growth of {who} since {total.index[0]} can be told from chance"
    dates = [f"{r.first} ({r.low} to {r.high})" for r in found.itertuples()]
    rates = [prose.percent(r, digits=0) for r in (found["before"].iloc[0], *found["after"])]
    steps = f"from {rates[0]} to {' and then '.join(rates[1:])} a year"
    # Where it might be growth of one year that carries over into the next, it is no finding.
    verb = "changed" if found.iloc[0]["p_paired"] < LEVEL else "may have changed"
    overlap = (found["low"].iloc[1:].array <= found["high"].iloc[:-1].array).any()
    apart = "; the intervals of these dates overlap" if overlap else ""
    return f"Growth of {who} {verb} in {prose.listed(dates)}, {steps}{apart}"
