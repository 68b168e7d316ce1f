"""The figures that somebody brings: one series in a CSV file or a workbook."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from silktrade import codes
from silktrade.data import encodings, own_table
from silktrade.series import number, read_periods
from silktrade.series import read_series as series_of

_BOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
# As offices print a gap.
_UNKNOWN = {"", "-", "–", "..", "...", ":", "n/a", "na", "nan", "n.a.", "#n/a", "—", "…"}
_SPACES = "[\\s\u00a0\u202f'’]"


def read_series(
    path: str | Path,
    column: str = "",
    *,
    sheet: str = "",
    decimal: str = "",
    unit: str = "",
    source: str = "",
) -> pd.Series:
    r"""
    Read a series of one's own from a CSV file or a workbook.

    Parameters
    ----------
    path : str or Path
        A CSV file (UTF-8, UTF-16, GB18030, Windows-1251 or -1252; by comma, semicolon, tab or bar),
        or a workbook (.xlsx, .xls, .ods). Periods stand in the first column, or in the row of
        names: 2024, 2024Q1, 2024-03, 03/2024, Mar 2024, 2024年3月, 2024-03-31, 31.03.2024 or a date
        of the workbook; also a year with its month or quarter in the next column, or years by
        months. Names stand above; lines above them and notes below, which hold no figure, are
        passed over.
    column : str, optional
        Which series to read, by the name of its column, or of its row where periods stand above;
        needed where there are several. Names in two rows are joined: "Export KAZ".
    sheet : str, optional
        Of a workbook: the name of the sheet; by default the first.
    decimal : {'.', ','}
        The decimal mark of numbers that are text; the other one, blanks and apostrophes may part
        groups of three digits. By default a point, unless semicolons leave it open, which is
        refused.
    unit, source : str, optional
        What the numbers count, and who published them: charts and files say it.

    Returns
    -------
    Series
        Float, sorted by period, named as its column; `attrs` has unit and source. Empty cells,
        `-`, `..` and `n/a` are NaN.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rail.csv"
    ...     _ = file.write_text("year,containers\n2023,1200\n2024,1500\n")
    ...     read_series(file, unit="thousand containers").tolist()
    [1200.0, 1500.0]
    """
    codes.one_of("decimal", decimal, ("", ".", ","))
    for name, text in (("column", column), ("sheet", sheet), ("unit", unit), ("source", source)):
        codes.text(name, text)
    file = _file(path)
    semicolons, rows, others = False, [], ""
    if file.suffix.lower() in _BOOKS:
        rows, others = _book(file, sheet)
    else:
        semicolons, rows = _lines(file)
    periods, columns = own_table.laid_out(rows, file.name, others)
    name = _chosen([*columns], column, file.name)
    cells = columns[name]
    values = [_number(cell, decimal or ".") for cell in cells]
    wrong = [i for i, value in enumerate(values) if value is None]
    if wrong:
        raise ValueError(
            f"{file.name} must hold numbers in {name}, got {cells[wrong[0]]!r} for "
            f"{periods[wrong[0]]}: {_cure(cells[wrong[0]], decimal)}"
        )
    marked = [cell for cell in cells if re.search("[.,]", str(cell)) and _number(cell, ".")]
    grouped = [c for c in marked if re.fullmatch(r"\D?\d{1,3}([.,]\d{3})+", str(c))]
    if not decimal and semicolons and marked and len(grouped) == len(marked):
        raise ValueError(
            f"{file.name} must say which decimal mark it has, got {marked[0]!r} in {name}, which "
            "may be parted thousands: write decimal=',' or decimal='.'"
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


def _lines(file: Path) -> tuple[bool, list[list[object]]]:
    """Split a text file by the mark that leaves most periods first; tell whether a semicolon."""
    text, _ = encodings.decoded(file.read_bytes(), file.name)
    text = re.sub(r"\Asep=.\r?\n", "", text.lstrip("\r\n "))

    def parted(mark: str) -> list[list[object]]:
        """Split by a mark."""
        rows = csv.reader(io.StringIO(text), delimiter=mark)
        return [[cell.strip() for cell in row] for row in rows]

    by = {mark: parted(mark) for mark in ";\t|,"}  # a comma may be decimal, the others are not
    mark = max(by, key=lambda m: (own_table.rows_of(by[m]), text.count(m)))
    return mark == ";", by[mark]


def _book(file: Path, sheet: str) -> tuple[list[list[object]], str]:
    """Read the cells of a sheet, and name the other sheets where none was asked for."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(file)
    except (CalamineError, OSError) as error:
        raise ValueError(f"{file.name} cannot be read as a workbook: {error}") from None
    if sheet:
        codes.one_of("sheet", sheet, book.sheet_names)
    rows = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()
    return rows, ", ".join([] if sheet else book.sheet_names[1:])


def _chosen(names: list[str], column: str, file: str) -> str:
    """Choose the series to read."""
    if column:
        return codes.one_of("column", column, names)
    if len(names) > 1:
        raise ValueError(f"column must name one of {', '.join(names)} of {file}, got none")
    return names[0]


def _cure(cell: object, decimal: str) -> str:
    """Say what to do with a cell that is no number."""
    if not decimal and _number(cell, ",") is not None:
        return "write decimal=','"
    if str(cell).strip().endswith("%"):
        return "take the % off, and write unit='percent'"
    if flagged := re.fullmatch(r"([\d.,\s]*\d)\s*\(?([^\d\s.,()]{1,3})\)?", str(cell).strip()):
        return f"move the mark {flagged[2]!r} into a column of its own"
    return "correct it, or say which decimal mark it has"


def _number(cell: object, decimal: str) -> float | None:
    """Read a number as it is printed: with groups of three digits parted, or not known."""
    if not isinstance(cell, str):
        return number(cell)
    text = cell.strip().replace("\u2212", "-")
    if text.casefold() in _UNKNOWN:
        return float("nan")
    other = "," if decimal == "." else "."
    parted = rf"([+-]? ?\d{{1,3}})(({_SPACES}|{re.escape(other)})\d{{3}}(\3\d{{3}})*)"
    if grouped := re.match(parted + rf"(?={re.escape(decimal)}|$)", text):
        text = re.sub(r"[^\d+-]", "", grouped[0]) + text[grouped.end() :]
    return None if other in text else number(text.replace(decimal, "."))
