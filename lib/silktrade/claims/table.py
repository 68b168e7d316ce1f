"""
The table of a newsroom: a text file of claims as sheets and editors write it.

Encodings, delimiters and empty rows differ from desk to desk and are read; what would move a word
into another column is refused, with its line.
"""

import re
from pathlib import Path

import pandas as pd

from silktrade.claims.form import COLUMNS
from silktrade.data import encodings

_NAMES = (*COLUMNS, "reporter", "decimals")
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def read(file: Path) -> pd.DataFrame:
    r"""Read a delimited file of claims as text."""
    text, encoding = encodings.decoded(file.read_bytes(), f"claims file {file.name!r}")
    text = re.sub(r"\Asep=.\r?\n", "", text)  # a hint that some sheets write for themselves
    delimiter = _delimiter(text)
    rows = encodings.rows(text, delimiter, f"claims file {file.name!r}")
    lines = [(number, [_cell(c) for c in row]) for number, row in rows]
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if not lines:
        raise ValueError(
            f"claims file {file.name!r} is empty: its first line has to name the columns "
            f"{', '.join(COLUMNS)}"
        )
    header = _header(file.name, lines[0][1], encoding, delimiter)
    cells = [_row(file.name, number, row, header, delimiter) for number, row in lines[1:]]
    if not cells:
        raise ValueError(f"claims file {file.name!r} holds no statement below its header")
    out = pd.DataFrame(cells, columns=header, dtype="object")
    return out[[name for name in header if name]]


def _delimiter(text: str) -> str:
    """Choose what splits the first line into the most names of columns."""
    first = next((line for line in text.splitlines() if line.strip(" ,;\t|")), "")
    return max(_DELIMITERS, key=lambda d: (_known(first.split(d)), first.count(d)))


def _known(cells: list[str]) -> int:
    """Count the names of columns among some cells."""
    return len({_name(cell) for cell in cells} & {*_NAMES})


def _cell(text: str) -> str:
    """Strip a cell of blanks, the unbreakable ones too."""
    return text.strip().strip("\u00a0\u3000\ufeff").strip()


def _name(text: str) -> str:
    """Read the name of a column in whatever case it was typed."""
    return re.sub(r"[\s_]+", "_", _cell(text).strip('"').casefold())


def _header(file: str, cells: list[str], encoding: str, delimiter: str) -> list[str]:
    """Read the names of the columns."""
    names = [_name(cell) for cell in cells]
    if not _known(cells):
        found = delimiter.join(cells)[:80]
        raise ValueError(
            f"claims file {file!r} must begin with the names of the columns, {', '.join(COLUMNS)}, "
            f"got {found!r} (read as {encoding}, columns by {_DELIMITERS[delimiter]})"
        )
    twice = sorted({n for n in names if n and names.count(n) > 1})
    if twice:
        raise ValueError(f"claims file {file!r} has the column {', '.join(twice)} twice: keep one")
    return names


def _row(
    file: str, number: int, cells: list[str], header: list[str], delimiter: str
) -> list[str | None]:
    """Read one row, whose fields have to stand under the header's."""
    fields = cells[: len(header)] + [c for c in cells[len(header) :] if c]
    astray = [c for c, name in zip(fields, header, strict=False) if c and not name]
    if len(fields) != len(header) or astray:
        raise ValueError(
            f"claims file {file!r}, line {number}: {len(cells)} fields where the header has "
            f"{sum(map(bool, header))} (columns by {_DELIMITERS[delimiter]}): put a field that "
            "holds one of them in double quotes"
        )
    return [cell or None for cell in fields]
