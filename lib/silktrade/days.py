"""
Days: how one is read, and what was public on it. Both stand here alone.

A day is `YYYY-MM-DD`. Every other form is refused, because it would be guessed: 05/06/2024 is the
fifth of June to one half of the world and the sixth of May to the other.
"""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from presswork.cures import day as day_of
from presswork.cures import of_day as of_day

Day = str | dt.date | None

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(given: str | dt.date, name: str = "as_of") -> pd.Timestamp:
    """Read a day."""
    if isinstance(given, str) and _ISO.fullmatch(given):
        day = day_of(*map(int, given.split("-")))
        if day is not None:
            return pd.Timestamp(day)
    elif isinstance(given, dt.date) and not pd.isna(given) and not getattr(given, "tzinfo", None):
        return pd.Timestamp(given.year, given.month, given.day)
    raise ValueError(f"{name} must be a day as YYYY-MM-DD, got {given!r}{of_day(given)}")


def released_by(rows: pd.DataFrame, as_of: Day, column: str = "released") -> pd.DataFrame:
    """Keep the rows that were public on a day, and let them say which."""
    if as_of is None:
        return rows
    kept = rows[rows[column] <= (day := read_day(as_of))]
    kept.attrs["as_of"] = str(day.date())
    return kept
