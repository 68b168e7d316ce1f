"""
The form of a claim: what a CSV of published statements has to hold, and what its words mean.

A claim stands as it was printed: `173.05` in `bn CNY`. The digits say how far it was rounded, so
half a unit of the last one is all that a check forgives a claim.
"""

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.schema import CLAIMS, refuse, validate

COLUMNS = ("claim", "statement", "published", "publisher", "measure", "partner", "flow",
           "period_start", "period_end", "value", "unit", "comparison")  # fmt: skip
_SCALES = {"bn": 1e9, "mn": 1e6, "": 1.0}
_MONEY = re.compile(r"(?:(bn|mn) )?(CNY|USD)")
_PERCENT = re.compile(r"percent \((CNY|USD)\)")
_TIMES = re.compile(r"times(?: \((CNY|USD)\))?")
_YEARS = re.compile(r"(\d{4}) (above|below) (\d{4})")
_BOUNDS = ("equal", "at least", "at most", "above", "below")
_RECORDS = ("first above", "highest so far", "lowest so far")
_MONEY_RULE = (_MONEY, "must be CNY or USD, or bn or mn of them")
_UNITS = {  # of each measure: the form, and the rule in words
    "value": _MONEY_RULE,
    "record": _MONEY_RULE,
    "growth": (_PERCENT, "must name its currency: percent (CNY) or percent (USD)"),
    "ratio": (_TIMES, "must be times, or times (CNY) or times (USD)"),
    "share": (rf"percent|{_PERCENT.pattern}", "must be percent, or percent (CNY) or percent (USD)"),
    "growth comparison": ("percent", "must be percent"),
}
_NUMBER = re.compile(r"[+-]?([0-9]+|[0-9]*\.[0-9]+|[0-9]+\.)(?:[eE]([+-]?[0-9]+))?")
_FEWEST_ZEROS = 6  # the press prints millions and billions, never hundreds of dollars
_MOST_DECIMALS = 20
_RANGES = {  # of the printed number: trade is not negative and cannot lose more than all of itself
    "value": (0, np.inf), "record": (0, np.inf), "ratio": (0, np.inf), "share": (0, 100),
    "growth": (-100, np.inf), "growth comparison": (-np.inf, np.inf),
}  # fmt: skip
_LENGTHS = {"M": "month", "Q-DEC": "quarter", "Y-DEC": "year"}
_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Unit:
    """What a printed number counts."""

    name: str  # `"CNY"`, `"USD"`, `"fraction"` or `"times"`: the unit in which results stand
    currency: str  # in which trade is counted for it
    scale: float  # units of `name` in one printed unit: 1e9 for bn CNY, 0.01 for percent


def complete(claims: pd.DataFrame) -> pd.DataFrame:
    """Return claims as a CLAIMS frame, or raise one error that lists what is wrong with them."""
    _refuse_another_form(claims)
    out = claims.dropna(how="all").reset_index(drop=True)
    if "reporter" not in out:
        out = out.assign(reporter="CHN")
    if breaches := _as_written(out):
        refuse(CLAIMS, breaches)
    value, unit = out["value"].map(_plain), out["unit"]
    counted = [_decimals(*pair) for pair in zip(value, unit, strict=True)]
    given = out.get("decimals", pd.Series(np.nan, out.index)).replace("", np.nan)
    out = out.assign(
        value=value,
        decimals=given.astype("object").where(given.notna(), counted),
        period_start=out["period_start"].map(lambda p: _month(p, "start")),
        period_end=out["period_end"].map(lambda p: _month(p, "end")),
    )
    checked = validate(out, CLAIMS)
    # Rows are named as in the file, not as sorted.
    place = dict(zip(out["claim"].astype("str"), out.index, strict=True))
    if breaches := [b for row in checked.itertuples() for b in _breaches(row, place[row.claim])]:
        refuse(CLAIMS, sorted(breaches, key=lambda b: int(re.findall(r"\d+", b)[0])))
    return checked


def unit_of(claim: object) -> Unit:
    """Tell what the number of a claim counts."""
    money = _MONEY.fullmatch(claim.unit)
    if money:
        return Unit(money[2], money[2], _SCALES[money[1] or ""])
    times = _TIMES.fullmatch(claim.unit)
    if times:
        return Unit("times", times[1] or "USD", 1.0)
    percent = _PERCENT.fullmatch(claim.unit)
    if percent or claim.unit == "percent":
        return Unit("fraction", percent[1] if percent else "USD", 0.01)
    return Unit("USD", "USD", 1e9)  # a record that names no number


def names_no_currency(claim: object) -> bool:
    """Tell whether a claim leaves open in which currency trade is counted."""
    return not claim.unit.endswith(("CNY", "USD", "CNY)", "USD)"))


def years_compared(comparison: str) -> tuple[str, str, str] | None:
    """Read a comparison of two years."""
    found = _YEARS.fullmatch(comparison)
    return found.groups() if found else None


def periods_compared(claim: object) -> tuple[tuple[pd.Period, pd.Period], ...]:
    """Tell which two periods a ratio compares."""
    start, end = claim.period_start, claim.period_end
    if (start.month, end.month) == (1, _MONTHS_A_YEAR):
        return (start, start + 11), (end - 11, end)
    return (start, start), (end, end)


def one_period(start: pd.Period, end: pd.Period) -> bool:
    """Tell whether a window is one month or one calendar year."""
    return start == end or (start.month, end.month, start.year) == (1, _MONTHS_A_YEAR, end.year)


def parts_of(partner: str) -> tuple[str, ...]:
    """Name the partners that a code stands for."""
    return codes.REGIONS.get(partner, (partner,))


def _refuse_another_form(claims: pd.DataFrame) -> None:
    """Refuse a frame whose columns are not those of claims."""
    if not isinstance(claims, pd.DataFrame):
        raise ValueError(
            f"claims must be a frame such as load_claims gives, got {type(claims).__name__}"
        )
    names = [str(c) for c in claims.columns]
    twice = sorted({n for n in names if names.count(n) > 1} & {*COLUMNS, "reporter", "decimals"})
    if twice:
        refuse(CLAIMS, [f"column {', '.join(twice)}: stands twice; keep one"])
    absent = [c for c in COLUMNS if c not in names]
    if absent:
        refuse(CLAIMS, [f"column {', '.join(absent)}: missing, got {', '.join(names) or 'none'}"])


def _plain(value: object) -> object:
    """Read the minus sign of print as the one of files."""
    return value.strip().replace("\u2212", "-") if isinstance(value, str) else value


def _decimals(value: object, unit: object) -> float:
    """Count the digits printed after the point, below 0 for zeros that say nothing."""
    number = None if pd.isna(value) else _NUMBER.fullmatch(str(value))
    if not number:
        return float("nan")
    digits = number[1]
    if isinstance(value, float) and digits.endswith(".0"):
        digits = digits[:-2]  # a number read as 50.0 was most likely printed as 50
    count = len(digits.partition(".")[2]) - int(number[2] or 0)
    money = _MONEY.fullmatch(str(unit))
    scale = _SCALES[money[1] or ""] if money else 1.0
    if money and not money[1] and count == 0:
        # 106000000000 dollars is what a sheet makes of 106 billion, or writes as 1.06E+11.
        zeros = len(digits) - len(digits.rstrip("0"))
        count = -zeros if zeros >= _FEWEST_ZEROS else 0
    coarsest = round(np.log10(scale)) - 9 if money else 0  # no coarser than a billion
    return float(max(count, coarsest))


def _month(period: object, end: str) -> object:
    """Read a year as its first or last month; all else is left to the schema."""
    if isinstance(period, pd.Period) and period.freqstr in _LENGTHS:
        return period.asfreq("M", end)
    text = str(period)
    if isinstance(period, str | int | np.integer) and re.fullmatch(r"\d{4}", text):
        return f"{text}-{'01' if end == 'start' else _MONTHS_A_YEAR}"
    return period


def _as_written(raw: pd.DataFrame) -> list[str]:
    """List what can only be seen before days and periods are read."""
    found = []
    for place, row in enumerate(raw.itertuples(index=False)):
        day, ends = row.published, (row.period_start, row.period_end)
        iso = isinstance(day, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        plain = isinstance(day, dt.date) and getattr(day, "tzinfo", None) is None
        if not (iso or plain or pd.isna(day)):
            found.append(f"row {place}, column published: must be a day as YYYY-MM-DD, got {day!r}")
        if row.measure == "ratio" and len({_length(p) for p in ends}) > 1:
            found.append(f"row {place}, column period_end: must be of the length of period_start "
                         f"for a ratio ({ends[0]}), got {str(ends[1])!r}")  # fmt: skip
        number = "" if pd.isna(row.value) else str(_plain(row.value))
        if number and not _NUMBER.fullmatch(number):
            found.append(f"row {place}, column value: must be a number with a decimal point and "
                         f"nothing between thousands, got {row.value!r}")  # fmt: skip
    return found


def _length(period: object) -> str:
    """Name the length of a period as it was written."""
    if isinstance(period, pd.Period):
        return _LENGTHS.get(period.freqstr, period.freqstr)
    return "year" if re.fullmatch(r"\d{4}", str(period)) else "month"


def _breaches(row: object, place: int) -> list[str]:
    """List what does not go together in one claim."""
    found = []

    def note(column: str, rule: str) -> None:
        got = getattr(row, column)
        found.append(f"row {place}, column {column}: {rule}, got {str(got)!r}")

    _check_unit(row, note)
    _check_comparison(row, note)
    _check_parties(row, note)
    _check_periods(row, note)
    _check_number(row, note)
    return found


def _check_unit(row: object, note: object) -> None:
    """Check that the unit is one that the measure has."""
    unnamed = row.measure == "record" and pd.isna(row.value) and not row.unit
    form, rule = _UNITS[row.measure]
    if not re.fullmatch(form, row.unit) and not unnamed:
        note("unit", rule)


def _check_comparison(row: object, note: object) -> None:
    """Check that the comparison is one that the measure has."""
    if row.measure == "growth comparison":
        years = years_compared(row.comparison)
        if not years or years[0] == years[2]:
            note("comparison", "must set one year against another one: 2024 above 2023")
        return
    allowed = _RECORDS if row.measure == "record" else _BOUNDS
    if row.comparison not in allowed:
        note("comparison", f"must be one of {', '.join(allowed)}")


def _check_parties(row: object, note: object) -> None:
    """Check that a claim is of trade between two sides, or of the output of one."""
    if (row.flow == "gdp") != (row.measure == "growth comparison"):
        note("flow", "must be gdp for growth comparison and export, import or total for all else")
    if row.flow == "gdp":
        return
    if row.reporter in (*codes.REGIONS, codes.WORLD):
        note("reporter", "must be one economy, whose customs count")
    if row.partner == row.reporter:
        note("partner", "must be another economy than the reporter")
    elif row.measure == "share" and row.partner not in (*codes.PARTNERS, *codes.REGIONS):
        note("partner", f"must be one of {', '.join(codes.PARTNERS)}, or {codes.REGION} for its "
                        "part in the world's, for a share")  # fmt: skip


def _check_periods(row: object, note: object) -> None:
    """Check that the window is one that the measure has."""
    months = (row.period_end - row.period_start).n + 1
    years = years_compared(row.comparison)
    if months < 1:
        note("period_end", f"must not be before period_start ({row.period_start})")
    elif row.measure == "record" and not one_period(row.period_start, row.period_end):
        note("period_end", "must end one month or one calendar year for a record")
    elif row.measure == "growth" and months > _MONTHS_A_YEAR:
        note("period_end", "must end at most twelve months for growth over the year before, from "
                           f"{row.period_start}")  # fmt: skip
    elif row.measure == "ratio" and len({*periods_compared(row)}) == 1:
        note("period_end", "must lie in a later period than period_start for a ratio: a period is "
                           "once itself")  # fmt: skip
    elif row.measure == "growth comparison" and years and (
        f"{row.period_start} to {row.period_end}" != f"{years[0]}-01 to {years[0]}-12"
    ):  # fmt: skip
        note("period_end", f"must end the calendar year that the comparison names ({years[0]})")


def _check_number(row: object, note: object) -> None:
    """Check that the number is one that the measure can have."""
    wanted = row.measure not in ("growth comparison", "record") or row.comparison == "first above"
    if pd.isna(row.value):
        if wanted:
            note("value", f"must be a number for {row.measure}, {row.comparison}")
        return
    if row.measure == "growth comparison":
        note("value", "must be empty for a growth comparison: its number is a claim of its own")
    low, high = _RANGES[row.measure]
    if not low <= row.value <= high:
        rule = f"between {low:g} and {high:g}" if np.isfinite(high) else f"{low:g} or more"
        note("value", f"must be {rule} for {row.measure}")
    if row.decimals != round(row.decimals) or abs(row.decimals) > _MOST_DECIMALS:
        note("decimals", "must be a whole number of digits after the point")
    elif abs(round(row.value, int(row.decimals)) - row.value) > 1e-9 * abs(row.value):
        note("decimals", f"must be no fewer than the value has ({row.value:.12g})")
