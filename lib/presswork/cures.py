"""Cures: what was probably meant, for the end of a refusal; of a day, and of a word."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})(?:[ T].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_NEAR = 0.75  # of 1: one letter of four may be another
_SHORT = 3  # letters: a code that is near to another one is mostly a code of its own


def of_day(given: object) -> str:
    """Say how to write the day that was probably meant."""
    if isinstance(given, dt.date) and given == given:  # no NaT
        has = (
            "zone, write {} for its day there"
            if getattr(given, "tzinfo", None)
            else "of day, write {}"
        )
        return f": it has a time {has.format(given.isoformat()[:10])}"
    whole = isinstance(given, int) and not isinstance(given, bool)
    text = str(given) if whole or isinstance(given, str) else ""
    text = unicodedata.normalize("NFKC", text).strip()
    if (year := _YEAR.fullmatch(text)) and (first := day(int(year[1]), int(year[2] or 12), 1)):
        last = calendar.monthrange(first.year, first.month)[1]
        return f": write {first:%Y-%m}-{last} for the end of {text}"
    if _ISO.fullmatch(text) and text == given:
        return ": there is no such day"
    if found := _YEAR_FIRST.fullmatch(text):
        read = day(*map(int, found.groups()))
        return f": write {read}" if read else ": there is no such day"
    if found := _YEAR_LAST.fullmatch(text):
        a, b, in_year = map(int, found.groups())
        both = dict.fromkeys(d for d in (day(in_year, b, a), day(in_year, a, b)) if d)
        said = " or ".join(f"{d} for {d.day} {d:%B}" for d in both)
        return f": write {said}" if said else ": there is no such day"
    if text.lower() in ("today", "now", "yesterday", "newest", "latest"):
        return ": write the day itself, so that the same request means the same tomorrow"
    return ""


def of_word(given: object, known: Iterable[tuple[str, str]]) -> str:
    """Say which word was probably meant, of pairs of a word and what people call it."""
    if not isinstance(given, str):
        return ""
    said = given.strip().casefold()
    meant: dict[str, set[str]] = {}
    for word, called in known:
        for name in (word, called):
            meant.setdefault(name.casefold(), set()).add(word)
    same = meant.get(said, set())
    near = difflib.get_close_matches(said, meant, cutoff=_NEAR) if len(said) > _SHORT else ()
    close = set().union(*(meant[name] for name in near))
    if len(same) == 1:
        return f": write {same.pop()!r}"
    return f": did you mean {close.pop()!r}?" if len(close) == 1 else ""


def day(year: int, month: int, number: int) -> dt.date | None:
    """Give a day of the calendar, or None where there is none."""
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None
