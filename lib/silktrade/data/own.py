"""The figures that somebody brings: one series in a CSV file or a workbook."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from silktrade import codes
from silktrade.data import encodings
from silktrade.series import number, read_periods
from silktrade.series import read_series as series_of

_BOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_UNKNOWN = {"", "-", "–", "..", "...", ":", "n/a", "na", "nan", "n.a."}  # as offices print a gap
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")


def read_series(
    path: str | Path,
    column: str = "",
    *,
    sheet: str = "",
    decimal: str = ".",
    unit: str = "",
    source: str = "",
) -> pd.Series:
    r"""
    Read a series of one's own from a CSV file or a workbook.

    Parameters
    ----------
    path : str or Path
        A CSV file (UTF-8, UTF-16, GB18030, Windows-1251 or -1252; by comma, semicolon, tab or
        bar), or a workbook (.xlsx, .xls, .ods). Its first row names the columns, its first column
        the periods: 2024, 2024Q1, 2024-03, 2024-03-31 or a date of the workbook.
    column : str, optional
        Which column to read; needed where there are several beside the periods.
    sheet : str, optional
        Of a workbook: the name of the sheet; by default the first.
    decimal : {'.', ','}
        The decimal mark of numbers that are text. The other one and blanks part thousands.
    unit, source : str, optional
        What the numbers count, and who published them: charts and files say it.

    Returns
    -------
    Series
        Float, sorted by period, named as its column; `attrs` has unit and source. Empty cells,
        `-`, `..` and `n/a` are NaN.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is neither, a number or a period cannot be read, or the column is not there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rail.csv"
    ...     _ = file.write_text("year,containers\n2023,1200\n2024,1500\n")
    ...     read_series(file, unit="thousand containers").tolist()
    [1200.0, 1500.0]
    """
    codes.one_of("decimal", decimal, (".", ","))
    for name, text in (("column", column), ("sheet", sheet), ("unit", unit), ("source", source)):
        if not isinstance(text, str):
            raise ValueError(f"{name} must be text, got {text!r}")
    file = _file(path)
    rows = _book(file, sheet) if file.suffix.lower() in _BOOKS else _lines(file)
    rows = [row for row in rows if any(str(cell).strip() for cell in row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError(
            f"{file.name} must have a row of names, then a period and a number in each row, got "
            f"{len(rows)} rows"
        )
    at, name = _column(rows[0], column, file.name)
    periods = [_plain(row[0]) for row in rows[1:]]
    values = [_number(row[at] if at < len(row) else "", decimal) for row in rows[1:]]
    wrong = [i for i, value in enumerate(values) if value is None]
    if wrong:
        raise ValueError(
            f"{file.name} must hold numbers in {name}, got {rows[1 + wrong[0]][at]!r} for "
            f"{periods[wrong[0]]}: correct it, or say decimal=','"
        )
    index = read_periods(pd.Index(periods, name="period"), file.name)
    read = series_of(pd.Series(values, index, dtype="float64", name=name), file.name)
    read.attrs = {"unit": unit, "source": source or file.name}
    return read


def _file(path: object) -> Path:
    """Find the file."""
    if not isinstance(path, str | Path) or not str(path):
        raise ValueError(f"path must be the name of a CSV file or a workbook, got {path!r}")
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"path must be a CSV file or a workbook, got {str(path)!r}, which is no file here: "
            "write its folder too, or put it beside the notebook"
        )
    return file


def _lines(file: Path) -> list[list[str]]:
    """Split a text file by the mark that its first line has most."""
    text, _ = encodings.decoded(file.read_bytes(), file.name)
    text = re.sub(r"\Asep=.\r?\n", "", text).lstrip()
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    return [[c.strip() for c in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]


def _book(file: Path, sheet: str) -> list[list[object]]:
    """Read the cells of a sheet."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(file)
    except (CalamineError, OSError) as error:
        raise ValueError(f"{file.name} cannot be read as a workbook: {error}") from None
    if sheet:
        codes.one_of("sheet", sheet, book.sheet_names)
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()


def _column(header: list[object], column: str, file: str) -> tuple[int, str]:
    """Find the column to read, and its name."""
    names = [str(cell).strip() for cell in header]
    if column:
        return names.index(codes.one_of("column", column, names[1:])), column
    if len([n for n in names[1:] if n]) > 1:
        raise ValueError(
            f"column must name one of {', '.join(n for n in names[1:] if n)} of {file}, got none"
        )
    return 1, names[1] or file


def _plain(cell: object) -> object:
    """Write a period as text: a workbook keeps years as numbers."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else cell


def _number(cell: object, decimal: str) -> float | None:
    """Read a number as it is printed: with parted thousands, or not known."""
    if not isinstance(cell, str):
        return number(cell)
    text = cell.strip()
    if text.casefold() in _UNKNOWN:
        return float("nan")
    text = _SPACES.sub("", text).replace("," if decimal == "." else ".", "")
    return number(text.replace(decimal, ".").replace("\u2212", "-"))
