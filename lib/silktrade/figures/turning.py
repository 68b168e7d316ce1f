"""Figures of months with the season taken out, and of growth before and after its breaks."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import series, table, takes
from silktrade.figures.axes import UNITS, billions_on_y, percent_on_y
from silktrade.figures.canvas import (
    HEIGHT,
    KEY_LINE,
    canvas,
    gap_note,
    label_ends,
    periods_on_x,
)
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import scale
from silktrade.figures.marks import BLANK
from silktrade.figures.trends import mark_events
from silktrade.frames import having
from silktrade.measures.trade import cagr, growth

LEVEL = 0.05  # of the test that there is any break


@takes(
    months=series("M", least=2, told=True),
    adjusted=table("seasonal_adjust", "period", known="adjusted", key="period", empty=True),
    found=table("seasonal_diagnostics", "effect method months spread_rest m7 q"),
    errors=table("short_history_error", empty=True),
)
def adjusted_months(
    months: pd.Series, adjusted: pd.DataFrame, found: pd.DataFrame, errors: pd.DataFrame
) -> Axes:
    """
    Draw monthly totals as published and with season and New Year taken out.

    The title says how the last month compares with the one before, and whether so short a
    history can tell the difference from none. A series whose own diagnostics find no season is
    drawn as published alone.

    Parameters
    ----------
    months : Series
        From `load_totals`, monthly.
    adjusted : DataFrame
        From `seasonal_adjust`, of these months; without rows where they are too few.
    found : DataFrame
        From `seasonal_diagnostics`, of these months: one row.
    errors : DataFrame
        From `short_history_error`, of a long series of the same flow.

    Examples
    --------
    >>> year, months = st.load_new_year(), st.load_totals("WLD", frequency="M")
    >>> parts = st.seasonal_adjust(months, year), st.seasonal_diagnostics(months, year)
    >>> len(adjusted_months(months, *parts, st.short_history_error(months, year)).get_lines())
    2
    """
    name, currency, row = months.attrs["partner"], months.attrs["currency"], found.iloc[0]
    measure = f"China's exports plus imports, {UNITS[currency]} a month"
    failed = [f"{name.upper()} {row[name]:.2f}" for name in ("m7", "q") if row[name] >= 1]
    if failed:  # X-13's own diagnostics accept no season
        adjusted = adjusted.iloc[:0]
        measure = f"{measure}; as published, as {prose.listed(failed)} should be below 1"
    ax = canvas(_last_month(name, adjusted, row, errors), measure, months)
    x = periods_on_x(ax, months.index)
    ax.plot(x, months, color=MID, linewidth=1.4, label="Published")
    ends = [(x[-1], months.iloc[-1], "Published", QUIET)]
    if len(adjusted):
        line, colour = adjusted.set_index("period")["adjusted"], codes.colour(name)
        ax.plot(x, line.reindex(months.index), color=colour, label="Adjusted")
        ends.append((x[-1], line.iloc[-1], "Adjusted", colour))
    billions_on_y(ax)
    scale(ax, zero=True)
    label_ends(ax, ends, gap=0.07)
    return ax


def _last_month(name: str, adjusted: pd.DataFrame, row: pd.Series, errors: pd.DataFrame) -> str:
    """Say how the last month compares with the one before it, and how surely."""
    who = f"trade with {codes.whom(name)}"
    if not (adjusted["adjusted"] > 0).all():
        raise ValueError(f"adjusted must be above 0, got {adjusted['adjusted'].min():g}")
    if len(adjusted) < 2 and (len(adjusted) or row["method"] == "none"):
        return f"{who[0].upper()}{who[1:]} is known for too few months to be seasonally adjusted"
    if adjusted.empty:
        return f"No steady season can be told in {who}, so that none is taken out"
    line = adjusted.set_index("period")["adjusted"]
    last, change = line.index[-1], float(line.iloc[-1] / line.iloc[-2] - 1)
    said = f"Seasonally adjusted, {who} {prose.phrase_growth(change)} in {last.strftime('%B %Y')}"
    if row["effect"] == "own":
        return said
    # Two root mean square errors, as 95 % of a normal's errors are within.
    limit = 2 * _error(last, row, errors)
    reach = (
        f"after {row['months']} months such a figure can be {prose.percent(limit, digits=0)} off"
    )
    if abs(np.log1p(change)) <= limit:
        when = last.strftime("%B %Y")
        return f"Whether {who} rose or fell in {when} cannot be told: {reach}"
    return f"{said}; {reach}"


def _error(last: pd.Period, row: pd.Series, errors: pd.DataFrame) -> float:
    """Say how far a short history's adjusted change is off, in proportion to its noise."""
    column = "error_holiday" if last.month <= 3 else "error_rest"
    errors = having(
        errors,
        "errors",
        "short_history_error",
        "effect error_holiday error_rest spread_rest",
        key="effect",
    )
    measured = errors.set_index("effect")
    if row["effect"] not in measured.index:
        raise ValueError(f"errors must tell of effect {row['effect']}, got none of it")
    measured = measured.loc[row["effect"]]
    return float(measured[column] * row["spread_rest"] / measured["spread_rest"])


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
        _turns(total, found), _measure(total, found) + gap_note(rates),
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


def _turns(total: pd.Series, found: pd.DataFrame) -> str:
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
