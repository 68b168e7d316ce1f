"""What stands behind a year's figure: its latest months, and the flows that swing."""

import pandas as pd

from silktrade.doors import any_currency, by_flow, filled, series, takes
from silktrade.measures.trade import growth
from silktrade.schema import TRADE

_YEARS, _SWING = 5, 20.0  # a flow that grew or shrank this many times over within so many years


@takes(years=series("Y"), months=any_currency(series("M", least=0)))
def latest(years: pd.Series, months: pd.Series) -> pd.DataFrame:
    """
    Set the year to date and the latest month beside the last full year.

    Parameters
    ----------
    years, months : Series
        The same total by year and by month, from `load_totals`.

    Returns
    -------
    DataFrame
        first and last (months), value (full units of currency), growth (a fraction, on the same
        months a year before; NaN where they are not known), currency: one row the last full
        year, one the months of a year that is not over, one the latest month. January and
        February are one span, as the New Year falls in either. `attrs` holds `left_out`: the
        later months that are known in the other currency only, and `unknown`: why there are none.

    Examples
    --------
    >>> day, yuan = "2026-06-30", "CNY"
    >>> found = latest(st.load_totals(currency=yuan, as_of=day),
    ...                st.load_totals(frequency="M", currency=yuan, as_of=day))
    >>> [f"{row.first} {row.last}" for row in found.itertuples()]
    ['2025-01 2025-12', '2026-01 2026-04', '2026-04 2026-04']
    """
    year = years.index[-1]
    rows = [(year.asfreq("M", "start"), year.asfreq("M", "end"), years.iloc[-1],
             growth(years).get(year))]  # fmt: skip
    if len(months):
        last = months.index[-1]
        january = last - last.month + 1
        together = last.month <= 2
        if last.year > year.year and not together:
            rows.append(_span(months, january, last))
        rows.append(_span(months, january if together else last, last))
    table = pd.DataFrame(rows, columns=["first", "last", "value", "growth"])
    said = [s.attrs.get("currency") for s in (years, *[months] * (len(rows) - 1))]
    table = table.astype({"growth": float}).assign(currency=said)
    later = str(months.index[-1]) if len(months) else ""
    table.attrs["left_out"] = [p for p in months.attrs.get("left_out", []) if p > later]
    return table


@takes(trade=filled(TRADE, "Y"))
def swings(trade: pd.DataFrame) -> pd.Series:
    """
    Find the flows that come and go: twentyfold or more between two of the last five years.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual.

    Returns
    -------
    Series
        By partner and flow: the largest over the smallest year of the last five. Often one
        commodity, gold or gas, that says nothing of the rest or of the next year.

    Examples
    --------
    >>> swings(st.load_trade(as_of="2026-01-31")).round(0).to_dict()
    {('KGZ', 'import'): 66.0}
    """
    recent = trade[trade["period"] > trade["period"].max() - _YEARS]
    ends = recent.groupby(["partner", "flow"])["value"].agg(["min", "max", "size"])
    ends = ends[(ends["size"] > 1) & (ends["min"] > 0)]
    ratio = (ends["max"] / ends["min"]).rename("swing")
    return ratio[ratio >= _SWING].sort_values(ascending=False)


@takes(trade=filled(TRADE), swung=by_flow)
def growth_without(trade: pd.DataFrame, swung: pd.Series) -> pd.DataFrame:
    """
    Measure the growth of a total with and without the flows that swing.

    Parameters
    ----------
    trade : DataFrame
        TRADE; the total is the sum of all its series.
    swung : Series
        From `swings`; flows that the frame does not hold change nothing.

    Returns
    -------
    DataFrame
        By period: growth and without, fractions; only where every series and its base are known.

    Examples
    --------
    >>> trade = st.load_trade(as_of="2026-01-31")
    >>> growth_without(trade, swings(trade)).loc["2024":].round(3).values.tolist()
    [[0.061, 0.03], [0.121, 0.098]]
    """
    wide = trade.pivot(index="period", columns=["partner", "flow"], values="value").dropna()
    rest = wide[[c for c in wide if c not in swung.index]].sum(axis=1, min_count=1).dropna()
    sums = {"growth": wide.sum(axis=1), "without": rest}
    return pd.DataFrame({name: growth(values) for name, values in sums.items()})


def _span(months: pd.Series, first: pd.Period, last: pd.Period) -> tuple:
    """Sum a span of months, and its growth on the same months a year before."""
    wanted = pd.period_range(first, last)
    now, before = (months.reindex(wanted - back).sum(min_count=len(wanted)) for back in (0, 12))
    return first, last, now, now / before - 1 if before > 0 else float("nan")
