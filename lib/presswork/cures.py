"""Cures: what was probably meant, for the end of a refusal; of a day, and of a word."""

import calendar
import contextlib
import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})(?:[ T].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
# Days and months by name, and the form that says as much.
_NAMED = (
    *((form, "%Y/%m/%d") for form in ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y",
                                      "%d-%b-%Y", "%Y年%m月%d日")),
    *((form, "%Y-%m") for form in ("%B %Y", "%b %Y", "%Y年%m月", "%m/%Y")),
)  # fmt: skip
_NEAR = 0.75  # of 1: one letter of four may be another
_SHORT = 3  # letters: a code that is near to another one is mostly a code of its own
# What people call the words that a project knows: it enters them, and every refusal has them.
CALLED: dict[str, tuple[str, ...]] = {}
# What to do where none of the words will do, by the name of what is asked for.
INSTEAD: dict[str, str] = {}


def of_day(given: object) -> str:
    """Say how to write the day that was probably meant."""
    if isinstance(given, dt.date) and given == given:  # no NaT
        day_there = given.isoformat()[:10]
        if getattr(given, "tzinfo", None):
            return f": it has a time zone, write {day_there} for its day there"
        return f": it has a time of day, write {day_there}"
    text = unicodedata.normalize("NFKC", str(given)).strip()  # of a period, or a day of NumPy, too
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
    for form, plainer in _NAMED:
        with contextlib.suppress(ValueError):
            return of_day(dt.datetime.strptime(text.title(), form).strftime(plainer))
    if text.lower() in ("today", "now", "yesterday", "newest", "latest", "last", "next"):
        return ": write the day itself, so that the same request means the same tomorrow"
    return ""


def of_word(given: object, known: Iterable[str], asked: str = "") -> str:
    """Say which of some words was probably meant, or what to do instead."""
    if not isinstance(given, str):
        several = isinstance(given, list | tuple) and len(given) > 0
        text = str(given[0] if several else given)
        alone = "give one alone, such as" if several else "write"
        return f": {alone} {text!r}" if text in known else ""
    said = _plain(given)
    meant: dict[str, dict[str, None]] = {}  # the words, by what each may be called
    for word in known:
        for name in (word, *CALLED.get(word, ())):
            meant.setdefault(_plain(name), {})[repr(word)] = None
    same = meant.get(said, {})
    if len(same) == 1:
        return f": write {next(iter(same))}"
    other = len(said) <= _SHORT or any(said in map(_plain, names) for names in CALLED.values())
    near = () if other else difflib.get_close_matches(said, meant, cutoff=_NEAR)
    near = near or [name for name in meant if name.startswith(f"{said}_")]
    close = same or {word: None for name in near for word in meant[name]}
    return f": did you mean {' or '.join(close)}?" if close else INSTEAD.get(asked, "")


def of_name(given: str, known: Iterable[str]) -> str:
    """Say which of some names was probably meant, or list them all."""
    known = list(known)
    listed = f": it must be one of {', '.join(known)}" if known else ": there are none"
    return of_word(given, known) or listed


def _plain(word: str) -> str:
    """Take from a word what may be written otherwise."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def day(year: int, month: int, number: int) -> dt.date | None:
    """Give a day of the calendar, or None where there is none."""
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None
