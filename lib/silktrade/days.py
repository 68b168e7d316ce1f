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
    """
    Read a day.

    Parameters
    ----------
    given : str, date, datetime or Timestamp
        Text as YYYY-MM-DD; anything else must be without a time zone, and keeps its day.
    name : str
        What the error calls the argument.

    Returns
    -------
    Timestamp
        The day, at midnight.

    Raises
    ------
    ValueError
        If it is no such day.

    Examples
    --------
    >>> read_day("2023-12-31"), read_day(dt.datetime(2023, 12, 31, 18))
    (Timestamp('2023-12-31 00:00:00'), Timestamp('2023-12-31 00:00:00'))
    >>> read_day("05/06/2024")
    Traceback (most recent call last):
    ...
    ValueError: as_of must be a day as YYYY-MM-DD, got '05/06/2024': write 2024-06-05 for 5 June \
or 2024-05-06 for 6 May
    """
    if isinstance(given, str) and _ISO.fullmatch(given):
        day = _day(*map(int, given.split("-")))
        if day is not None:
            return pd.Timestamp(day)
    elif isinstance(given, dt.date) and not pd.isna(given) and not getattr(given, "tzinfo", None):
        return pd.Timestamp(given.year, given.month, given.day)
    raise ValueError(f"{name} must be a day as YYYY-MM-DD, got {given!r}{_cure(given)}")


def released_by(rows: pd.DataFrame, as_of: Day, column: str = "released") -> pd.DataFrame:
    """
    Keep the rows that were public on a day.

    Parameters
    ----------
    rows : DataFrame
        With the day of its release in each row.
    as_of : str, date, datetime, Timestamp or None
        The day, as `read_day` takes it; without it all rows are kept.
    column : str
        Where that day stands.

    Returns
    -------
    DataFrame
        The rows released on or before the day.

    Raises
    ------
    ValueError
        If `as_of` is no day.

    Examples
    --------
    >>> rows = pd.DataFrame({"released": pd.to_datetime(["2023-05-17", "2023-05-20"])})
    >>> len(released_by(rows, "2023-05-19"))
    1
    """
    return rows if as_of is None else rows[rows[column] <= read_day(as_of)]


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
