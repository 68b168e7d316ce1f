"""
The form of a claim: what a CSV of published statements has to hold, and what its words mean.

A claim stands as it was printed: `173.05` in `bn CNY`. The digits after the point say how far it
was rounded, so half a unit of the last one is all that a check forgives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from silktrade import codes
from silktrade.schema import CLAIMS, refuse, validate

COLUMNS = ("claim", "statement", "published", "publisher", "measure", "partner", "flow",
                     "period_start", "period_end", "value", "unit", "comparison")  # fmt: skip
_SCALES = {"bn": 1e9, "mn": 1e6, "": 1.0}
_MONEY = re.compile(r"(?:(bn|mn) )?(CNY|USD)")
_PERCENT = re.compile(r"percent \((CNY|USD)\)")
_YEARS = re.compile(r"(\d{4}) (above|below) (\d{4})")
_BOUNDS = ("equal", "at least", "at most", "above", "below")
_RECORDS = ("first above", "highest so far", "lowest so far")
_MONEY_RULE = "must be CNY or USD, or bn or mn of them"
_PERCENT_RULE = "must name its currency: percent (CNY) or percent (USD)"


@dataclass(frozen=True)
class Unit:
    """
    What a printed number counts.

    Attributes
    ----------
    name : str
        `"CNY"`, `"USD"`, `"fraction"` or `"times"`: the unit in which results stand.
    currency : str
        In which trade is counted for it.
    scale : float
        Units of `name` in one printed unit: 1e9 for bn CNY, 0.01 for percent.
    """

    name: str
    currency: str
    scale: float


def complete(claims: pd.DataFrame) -> pd.DataFrame:
    """
    Return claims as a CLAIMS frame, or raise one error that lists what is wrong with them.

    Parameters
    ----------
    claims : DataFrame
        Columns claim, statement, published, publisher, measure, partner, flow, period_start,
        period_end, value, unit, comparison. `reporter` is CHN where there is no such column;
        `decimals` are read off the value as it stands, so keep text as text where a trailing zero
        was printed. A year as start or end stands for its first or last month.

    Returns
    -------
    DataFrame
        CLAIMS, sorted by claim.

    Raises
    ------
    ValueError
        If a column or a value is missing, a word unknown, or measure, unit, comparison and window
        do not go together. The message lists every breach with row and column.

    Examples
    --------
    >>> row = {"claim": "a", "statement": "Trade was 50.2 billion dollars in 2013",
    ...        "published": "2014-02-01", "publisher": "A paper", "measure": "value",
    ...        "partner": "CA5", "flow": "total", "period_start": "2013", "period_end": "2013",
    ...        "value": "50.2", "unit": "bn USD", "comparison": "equal"}
    >>> complete(pd.DataFrame([row]))[["period_end", "decimals"]].astype("str").iloc[0].tolist()
    ['2013-12', '1.0']
    >>> complete(pd.DataFrame([row | {"unit": "percent"}]))
    Traceback (most recent call last):
    ...
    ValueError: CLAIMS frame breaks 1 rule:
      row 0, column unit: must be CNY or USD, or bn or mn of them, got 'percent'
    Correct these rows at their source and validate again.
    """
    absent = [c for c in COLUMNS if c not in claims.columns]
    if absent:
        refuse(CLAIMS, [f"column {c}: missing" for c in absent])
    out = claims.reset_index(drop=True)
    if "reporter" not in out:
        out = out.assign(reporter="CHN")
    if "decimals" not in out:
        out = out.assign(decimals=out["value"].map(_decimals))
    out = out.assign(
        period_start=out["period_start"].map(lambda p: _month(p, "01")),
        period_end=out["period_end"].map(lambda p: _month(p, "12")),
    )
    checked = validate(out, CLAIMS)
    rows = zip(out["claim"].astype("str"), out.index, strict=True)
    place = dict(rows)  # rows are named as in the file, not as sorted
    breaches = [b for row in checked.itertuples() for b in _breaches(row, place[row.claim])]
    if breaches:
        refuse(CLAIMS, sorted(breaches, key=lambda b: int(re.findall(r"\d+", b)[0])))
    return checked


def unit_of(claim: object) -> Unit:
    """
    Tell what the number of a claim counts.

    Parameters
    ----------
    claim : namedtuple
        A row of CLAIMS.

    Returns
    -------
    Unit
        Dollars where the claim names no currency.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> unit_of(SimpleNamespace(measure="growth", unit="percent (CNY)"))
    Unit(name='fraction', currency='CNY', scale=0.01)
    """
    money = _MONEY.fullmatch(claim.unit)
    if money:
        return Unit(money[2], money[2], _SCALES[money[1] or ""])
    if claim.unit == "times":
        return Unit("times", "USD", 1.0)
    percent = _PERCENT.fullmatch(claim.unit)
    if percent or claim.unit == "percent":
        return Unit("fraction", percent[1] if percent else "USD", 0.01)
    return Unit("USD", "USD", 1e9)


def years_compared(comparison: str) -> tuple[str, str, str] | None:
    """
    Read a comparison of two years.

    Parameters
    ----------
    comparison : str
        Such as `"2024 above 2023"`.

    Returns
    -------
    tuple of str, or None
        The year, the word, the year it is compared with; None where it is of another form.

    Examples
    --------
    >>> years_compared("2024 above 2023")
    ('2024', 'above', '2023')
    """
    found = _YEARS.fullmatch(comparison)
    return found.groups() if found else None


def _decimals(value: object) -> float:
    """Count the digits printed after the point; NaN where no number is printed."""
    text = "" if pd.isna(value) else str(value).strip()
    if isinstance(value, float) and text.endswith(".0"):
        text = text[:-2]  # a number read as 50.0 was most likely printed as 50
    return float(len(text.partition(".")[2])) if text else float("nan")


def _month(period: object, month: str) -> object:
    """Read a year as its first or last month; all else is left to the schema."""
    text = str(period).removesuffix(".0")
    return f"{text}-{month}" if re.fullmatch(r"\d{4}", text) else period


def _breaches(row: object, place: int) -> list[str]:
    """List what does not go together in one claim."""
    found = []

    def note(column: str, rule: str) -> None:
        got = getattr(row, column)
        found.append(f"row {place}, column {column}: {rule}, got {str(got)!r}")

    _check_unit(row, note)
    _check_comparison(row, note)
    if row.period_end < row.period_start:
        note("period_end", f"must not be before period_start ({row.period_start})")
    if row.measure == "record" and not one_period(row.period_start, row.period_end):
        note("period_end", "must end one month or one calendar year for a record")
    needs_number = row.measure not in ("growth comparison", "record")
    if pd.isna(row.value) and (needs_number or row.comparison == "first above"):
        note("value", f"must be a number for {row.measure}, {row.comparison}")
    if (row.flow == "gdp") != (row.measure == "growth comparison"):
        note("flow", "must be gdp for growth comparison and export, import or total for all else")
    return found


def _check_unit(row: object, note: object) -> None:
    """Check that the unit is one that the measure has."""
    if row.measure in ("value", "record"):
        if not _MONEY.fullmatch(row.unit) and not (row.measure == "record" and pd.isna(row.value)):
            note("unit", _MONEY_RULE)
    elif row.measure == "growth":
        if not _PERCENT.fullmatch(row.unit):
            note("unit", _PERCENT_RULE)
    elif row.measure == "ratio" and row.unit != "times":
        note("unit", "must be times")
    elif row.measure in ("share", "growth comparison") and row.unit != "percent":
        note("unit", "must be percent")


def _check_comparison(row: object, note: object) -> None:
    """Check that the comparison is one that the measure has."""
    if row.measure == "growth comparison":
        if not years_compared(row.comparison):
            note("comparison", "must set one year against another: 2024 above 2023")
        return
    allowed = _RECORDS if row.measure == "record" else _BOUNDS
    if row.comparison not in allowed:
        note("comparison", f"must be one of {', '.join(allowed)}")


def one_period(start: pd.Period, end: pd.Period) -> bool:
    """
    Tell whether a window is one month or one calendar year.

    Parameters
    ----------
    start, end : Period
        Its first and last month.

    Returns
    -------
    bool
        Whether it is.

    Examples
    --------
    >>> one_period(pd.Period("2022-01", "M"), pd.Period("2022-12", "M"))
    True
    """
    return start == end or (start.month, end.month, start.year) == (1, 12, end.year)


def parts_of(partner: str) -> tuple[str, ...]:
    """
    Name the partners that a code stands for.

    Parameters
    ----------
    partner : str
        A code of `codes.ECONOMIES`.

    Returns
    -------
    tuple of str
        The five for CA5, else the partner itself.

    Examples
    --------
    >>> parts_of("KAZ")
    ('KAZ',)
    """
    return codes.PARTNERS if partner == codes.REGION else (partner,)
