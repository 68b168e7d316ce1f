"""
Days: how one is read, and what was public on it. Both stand here alone.

A day is `YYYY-MM-DD`. Every other form is refused, because it would be guessed: 05/06/2024 is the
fifth of June to one half of the world and the sixth of May to the other.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import pandas as pd

Day = str | dt.date | None

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})(?:[ T].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)


def read_day(given: str | dt.date, name: str = "as_of") -> pd.Timestamp:
    """Read a day."""
    if isinstance(given, str) and _ISO.fullmatch(given):
        day = _day(*map(int, given.split("-")))
        if day is not None:
            return pd.Timestamp(day)
    elif isinstance(given, dt.date) and not pd.isna(given) and not getattr(given, "tzinfo", None):
        return pd.Timestamp(given.year, given.month, given.day)
    raise ValueError(f"{name} must be a day as YYYY-MM-DD, got {given!r}{_cure(given)}")


def released_by(rows: pd.DataFrame, as_of: Day, column: str = "released") -> pd.DataFrame:
    """Keep the rows that were public on a day, and let them say which."""
    if as_of is None:
        return rows
    kept = rows[rows[column] <= (day := read_day(as_of))]
    kept.attrs["as_of"] = str(day.date())
    return kept


def _day(year: int, month: int, day: int) -> dt.date | None:
    """Give a day of the calendar, or None where there is none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _cure(given: object) -> str:
    """Say how to write what was probably meant."""
    if isinstance(given, dt.date) and not pd.isna(given):
        return f": it has a time zone, write {given:%Y-%m-%d} for its day there"
    whole = isinstance(given, int) and not isinstance(given, bool)
    text = str(given) if whole or isinstance(given, str) else ""
    text = unicodedata.normalize("NFKC", text).strip()
    if (year := _YEAR.fullmatch(text)) and _day(int(year[1]), int(year[2] or 12), 1):
        last = pd.Period(f"{year[1]}-{year[2] or 12}", "M").end_time
        return f": write {last:%Y-%m-%d} for the end of {text}"
    if _ISO.fullmatch(text) and text == given:
        return ": there is no such day"
    if first := _YEAR_FIRST.fullmatch(text):
        day = _day(*map(int, first.groups()))
        return f": write {day}" if day else ": there is no such day"
    if last := _YEAR_LAST.fullmatch(text):
        a, b, year = map(int, last.groups())
        read = dict.fromkeys(d for d in (_day(year, b, a), _day(year, a, b)) if d)
        said = " or ".join(f"{d} for {d.day} {d:%B}" for d in read)
        return f": write {said}" if said else ": there is no such day"
    if text.lower() in ("today", "now", "yesterday", "newest", "latest"):
        return ": write the day itself, so that the same request means the same tomorrow"
    return ""
