"""Figures of months with the season and the New Year taken out."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import series, table, takes
from silktrade.figures.axes import UNITS, billions_on_y
from silktrade.figures.canvas import canvas, label_ends, periods_on_x
from silktrade.figures.drawing import MID, QUIET
from silktrade.figures.layout import scale
from silktrade.frames import having


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
    ax = canvas(_title(name, adjusted, row, errors), measure, months)
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


def _title(name: str, adjusted: pd.DataFrame, row: pd.Series, errors: pd.DataFrame) -> str:
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
