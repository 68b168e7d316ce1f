"""What readers of several providers do alike: text, numbers, periods, JSON, CSV, sheets."""

import contextlib
import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pandas as pd

from silktrade import codes
from silktrade.data import encodings
from silktrade.sources.judge import RefusedError

BOM = b"\xef\xbb\xbf"
WORKBOOK = (b"\xd0\xcf\x11\xe0", b"PK")  # the first bytes of .xls and .xlsx
_NUMBER = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


def plain(text: str) -> str:
    """Write text in plain signs and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def number(text: str, what: str) -> float:
    """Read a printed number, thousands set off by commas or not at all."""
    if not _NUMBER.fullmatch(text):
        raise RefusedError(f"{what}: expected a number, found {text!r}")
    return float(text.replace(",", ""))


def period(text: object, example: str, who: str) -> pd.Period:
    """Read a year, or a month, written as June 2031 is in an example."""
    form = re.escape(example).replace("2031", "((?:19|20)[0-9]{2})")
    seen = re.fullmatch(form.replace("06", "(0[1-9]|1[0-2])"), str(text).strip())
    letter = "M" if "06" in example else "Y"
    if not seen:
        what = {"M": "month", "Y": "year"}[letter]
        raise RefusedError(f"{who}: expected a {what} as {example}, found {text!r}")
    return pd.Period("-".join(seen.groups()), freq=codes.FREQUENCIES[letter])


def amount(value: object, what: str) -> float:
    """Read a number of JSON, which text and a truth are not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RefusedError(f"{what}: expected a number, found {value!r}")
    return float(value)


@contextlib.contextmanager
def expecting(what: str) -> Iterator[None]:
    """Refuse an answer that lacks what is looked up in it, or holds something else there."""
    try:
        yield
    except RefusedError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(f"{what}, found {error!r}") from None


def parsed(content: bytes, who: str) -> Any:
    """Parse JSON, which a page in its place is not, nor is one that is cut off."""
    if not content.removeprefix(BOM).lstrip().startswith((b"{", b"[")):
        raise RefusedError(f"{who}: expected JSON, found {content[:40]!r}")
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{who}: the JSON is cut off or wrong: {error}") from None


def lines(content: bytes, who: str, by_hand: bool = False) -> list[list[str]]:
    """Split a CSV file; each line has as many fields as the first."""
    if content.lstrip().startswith(b"<"):
        raise RefusedError(f"{who}: expected a CSV file, found a page")
    try:
        text, _ = encodings.decoded(content, who)
    except ValueError as error:
        raise RefusedError(str(error)) from None
    if by_hand and text and not text.endswith("\n"):  # no length tells of a file where it ends
        raise RefusedError(f"{who} ends within a line: it is cut off")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise RefusedError(f"{who}: {error}") from None
    if not rows:
        raise RefusedError(f"{who} is empty")
    wrong = [i for i, row in enumerate(rows, 1) if len(row) != len(rows[0])]
    if wrong:
        raise RefusedError(f"{who}: line {wrong[0]} has not {len(rows[0])} fields: it is cut off")
    return [[cell.strip() for cell in row] for row in rows]


def sheet(content: bytes, who: str, name: str | None = None) -> list[list[str]]:
    """Read a sheet, the first by default, as text: numbers keep every digit."""
    if not content.startswith(WORKBOOK):
        raise RefusedError(
            f"{who}: expected a workbook, .xls or .xlsx, found one that begins with "
            f"{content[:8]!r}: is it a page that was saved instead?"
        )
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        rows = found.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        what = f"a sheet {name!r}" if name else "a sheet"
        raise RefusedError(f"{who}: expected {what}, which cannot be read: {error}") from None
    return [[_text(cell) for cell in row] for row in rows]


def _no_number(text: str) -> float:
    """Refuse NaN and Infinity, which Python takes for JSON and no standard does."""
    raise ValueError(f"{text} is no number")


def _text(cell: object) -> str:
    """Write a cell as text, a whole number without its point."""
    if isinstance(cell, float) and not isinstance(cell, bool):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    return plain(str(cell))
