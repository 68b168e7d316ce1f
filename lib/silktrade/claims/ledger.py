"""
The ledger behind a check: which figure stands for a flow and a window, seen from one day.

The same trade may be known from several sources, as flows, as totals, month by month or for a whole
window, first printed or revised. A vantage says which of these were public and which one stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.claims.form import parts_of

Window = tuple[pd.Period, pd.Period]
Key = tuple[str, str, pd.Period, pd.Period]
Entries = dict[tuple[str, str], dict[Key, Any]]
THEN, NOW = "pseudo-real time", "as known now"
# Seen from its day a first print stands before what later tables imply; seen from now, after it.
_STANDING = {THEN: {"A": 0, "P": 0, "E": 1, "I": 2}, NOW: {"A": 0, "E": 1, "P": 2, "I": 3}}
_NEEDED = ("reporter", "partner", "period", "value", "currency", "obs_status", "source", "released")


@dataclass(frozen=True)
class Figure:
    """
    A figure for one flow and window, and what it is made of.

    Attributes
    ----------
    value : float
        Full units of `currency`.
    currency, source, obs_status : str
        As in TRADE; the status is the weakest of the parts'.
    released : Timestamp
        The day the last part was public.
    base : float
        The same window of the year before, as implied by printed growth; NaN where none is.
    terms : Series
        The sums by month or partner that make up the value.
    standing : int
        0 is the best that the vantage knows.
    """

    value: float
    currency: str
    source: str
    obs_status: str
    released: pd.Timestamp
    base: float
    terms: pd.Series
    standing: int


def ledger(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Bring trade of any form to windows: flows and totals, months, years and printed windows.

    Parameters
    ----------
    trade : DataFrame
        Rows of TRADE, TOTALS, YEAR_TO_DATE or PRINTED, or several of them below each other.
        Totals have no flow or flow `total`; `start` is the first month of a window, else `period`
        is the window itself.

    Returns
    -------
    DataFrame
        reporter, partner, flow, start, end (months), value, currency, growth, obs_status, source,
        vintage, released.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> ledger(load_trade(partners="KAZ")).loc[0, ["start", "end"]].astype(str).tolist()
    ['1992-01', '1992-12']
    """
    absent = [c for c in _NEEDED if c not in trade.columns]
    if absent:
        raise ValueError(
            f"trade must have the columns of TRADE, got none named {', '.join(absent)}: load it "
            "with load_evidence or load_trade"
        )
    rows = trade[trade["product"] == codes.TOTAL] if "product" in trade else trade
    period = rows["period"]
    end = pd.PeriodIndex([p.asfreq("M", "end") for p in period], freq="M")
    first = pd.PeriodIndex([p.asfreq("M", "start") for p in period], freq="M")
    start = pd.Series(first, index=rows.index)
    if "start" in rows:
        start = rows["start"].astype("object").where(rows["start"].notna(), start)
    flow = rows["flow"] if "flow" in rows else pd.Series(np.nan, rows.index, dtype="object")
    out = rows.assign(
        start=pd.PeriodIndex(start, freq="M"),
        end=end,
        flow=flow.replace("", np.nan).fillna("total"),
    )
    for column in ("growth", "vintage"):
        out[column] = out.get(column, np.nan)
    return out.sort_values(
        ["released", "vintage", "growth"], na_position="first", ignore_index=True
    )


def seen(rows: pd.DataFrame, vantage: str, day: pd.Timestamp) -> pd.DataFrame:
    """
    Keep what the vantage may see.

    Parameters
    ----------
    rows : DataFrame
        With `released`.
    vantage : {'pseudo-real time', 'as known now'}
        From which one looks.
    day : Timestamp
        The day of the claim.

    Returns
    -------
    DataFrame
        In pseudo-real time, rows released on or before the day; else all.

    Examples
    --------
    >>> rows = pd.DataFrame({"released": pd.to_datetime(["2023-05-17", "2023-05-20"])})
    >>> len(seen(rows, THEN, pd.Timestamp("2023-05-19")))
    1
    """
    return rows[rows["released"] <= day] if vantage == THEN else rows


def entries(rows: pd.DataFrame) -> Entries:
    """
    Lay a ledger out for looking up.

    Parameters
    ----------
    rows : DataFrame
        From `ledger`, of one reporter, cut by `seen`.

    Returns
    -------
    dict of dict
        By source and currency, then by partner, flow, first and last month: the newest row.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> list(entries(ledger(load_trade(partners="KAZ"))))
    [('gacc', 'USD'), ('imf', 'USD')]
    """
    found: Entries = {}
    for row in rows.itertuples():  # the newest comes last, and a printed window tells its growth
        of_source = found.setdefault((row.source, row.currency), {})
        of_source[row.partner, row.flow, row.start, row.end] = row
    return dict(sorted(found.items()))


def figures(
    book: Entries, partner: str, flow: str, window: Window, currency: str, vantage: str
) -> list[Figure]:
    """
    List the figures for one flow and window, the one that stands first.

    Parameters
    ----------
    book : dict of dict
        From `entries`.
    partner, flow : str
        Codes; `CA5` and `total` stand for sums where they were not printed themselves.
    window : tuple of Period
        First and last month.
    currency : {'CNY', 'USD'}
        In which it is wanted: a figure printed in it stands before a converted one.
    vantage : {'pseudo-real time', 'as known now'}
        From which one looks.

    Returns
    -------
    list of Figure
        Ordered by status, then currency, then a printed window before a sum of months, then flows
        before a total, a total before the sum of rounded totals, then the latest release.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> year = (pd.Period("2013-01", "M"), pd.Period("2013-12", "M"))
    >>> book = entries(ledger(load_trade()))
    >>> round(figures(book, "CA5", "total", year, "USD", NOW)[0].value / 1e9, 2)
    50.23
    """
    months = pd.period_range(*window, freq="M")
    grains = {"window": [window], "month": [(m, m) for m in months]}
    if len(months) == 1:
        del grains["month"]
    members = {(partner,), parts_of(partner)}
    kinds = {(flow,), codes.FLOWS} if flow == "total" else {(flow,)}
    found = []
    for rows in book.values():
        for grain, spans in grains.items():
            for who, what in ((m, k) for m in members for k in kinds):
                figure = _add_up(rows, who, what, spans, vantage)
                if figure is not None:
                    rank = (figure.standing, figure.currency != currency, grain == "month",
                            len(what) == 1, len(who), -figure.released.value)  # fmt: skip
                    found.append((rank, figure))
    return [figure for _, figure in sorted(found, key=lambda f: f[0])]  # fmt: skip


def rate_of(indicators: pd.DataFrame, window: Window, vantage: str) -> tuple[float, str] | None:
    """
    Give yuan per dollar over a window, the customs' own where it was printed in time.

    Parameters
    ----------
    indicators : DataFrame
        INDICATOR rows, cut by `seen`: `customs_rate` and `exchange_rate`, years or months.
    window : tuple of Period
        First and last month.
    vantage : {'pseudo-real time', 'as known now'}
        In pseudo-real time a rate that was only implied later does not count.

    Returns
    -------
    tuple of float and str, or None
        The rate, a mean of months where no rate of the whole year is known, and its name.

    Examples
    --------
    >>> from silktrade import load_indicator
    >>> first = (pd.Period("2023-01", "M"), pd.Period("2023-04", "M"))
    >>> round(rate_of(load_indicator("exchange_rate"), first, NOW)[0], 3)
    6.852
    """
    if indicators.empty:
        return None
    usable = indicators if vantage == NOW else indicators[indicators["obs_status"] != "E"]
    for name, said in (
        ("customs_rate", "the customs' rate"),
        ("exchange_rate", "the market's mean"),
    ):
        rates = usable[usable["indicator"] == name]
        by_period = dict(zip(rates["period"].astype("str"), rates["value"], strict=True))
        months = [str(m) for m in pd.period_range(*window, freq="M")]
        if len(months) == 12 and months[0].endswith("-01") and months[0][:4] in by_period:
            return by_period[months[0][:4]], said
        if all(m in by_period for m in months):
            return float(np.mean([by_period[m] for m in months])), said
    return None


def converted(
    figure: Figure, currency: str, indicators: pd.DataFrame, window: Window, vantage: str
) -> tuple[Figure, str] | None:
    """
    Convert a figure, month by month where it is a sum of months.

    Parameters
    ----------
    figure : Figure
        From `figures`.
    currency : {'CNY', 'USD'}
        The one wanted.
    indicators, window, vantage
        As for `rate_of`.

    Returns
    -------
    tuple of Figure and str, or None
        The converted figure and which rate was used ("" where none was); None where a rate is not
        known.

    Examples
    --------
    >>> one = Figure(7.0, "CNY", "gacc", "A", pd.Timestamp("2024-01-20"), np.nan,
    ...              pd.Series([7.0]), 0)
    >>> rates = pd.DataFrame({"indicator": ["exchange_rate"], "period": ["2023-12"],
    ...                       "value": [7.0], "obs_status": ["A"]})
    >>> december = (pd.Period("2023-12", "M"),) * 2
    >>> converted(one, "USD", rates, december, NOW)[0].value
    1.0
    """
    if figure.currency == currency:
        return figure, ""
    by_month = isinstance(figure.terms.index, pd.PeriodIndex)
    spans = [(m, m) for m in figure.terms.index] if by_month else [window]
    rates = [rate_of(indicators, span, vantage) for span in spans]
    if None in rates:
        return None
    factors = np.array([r[0] for r in rates])
    factors = 1 / factors if currency == "USD" else factors
    terms = figure.terms * (factors if by_month else factors[0])
    value = float(terms.sum())
    return replace(figure, value=value, currency=currency, terms=terms, base=np.nan), rates[0][1]


def _add_up(
    rows: Mapping[Key, Any],
    members: tuple[str, ...],
    kinds: tuple[str, ...],
    spans: list[Window],
    vantage: str,
) -> Figure | None:
    """Add up the parts of a figure, where all are known."""
    wanted = [(m, k, *span) for m in members for k in kinds for span in spans]
    if not all(key in rows for key in wanted):
        return None
    parts = [rows[key] for key in wanted]
    standing = [_STANDING[vantage][part.obs_status] for part in parts]
    level = "start" if len(spans) > 1 else ("partner" if len(members) > 1 else "flow")
    terms: dict[Any, float] = {}
    for part in parts:
        label = getattr(part, level)
        terms[label] = terms.get(label, 0.0) + part.value
    index = pd.PeriodIndex(terms, freq="M") if level == "start" else pd.Index(terms)
    return Figure(
        value=sum(part.value for part in parts),
        currency=parts[0].currency,
        source=parts[0].source,
        obs_status=parts[np.argmax(standing)].obs_status,
        released=max(part.released for part in parts),
        base=sum(np.nan if p.growth == -1 else p.value / (1 + p.growth) for p in parts),
        terms=pd.Series(terms.values(), index).sort_index(),
        standing=max(standing),
    )
