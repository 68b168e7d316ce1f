"""The figures that somebody brings: one series in a CSV file or a workbook."""

from __future__ import annotations

import calendar
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
_SPACES = "[\\s\u00a0\u202f'’]"
_MONTHS = {name.casefold(): at for names in (calendar.month_name, calendar.month_abbr)
           for at, name in enumerate(names) if name} | {"sept": 9}  # fmt: skip
# How files write periods, and how a Period writes them: groups are the parts of the pattern. Days
# with a slash are left out: 03/04/2024 is another day here than there.
_MONTH = r"(0?[1-9]|1[0-2])"
_FORMS = {
    r"(\d{4})[-/ ]?q([1-4])|q([1-4])[-/ ]?(\d{4})|([1-4])q[-/ ]?(\d{4})": "{year}Q{part}",
    rf"{_MONTH}[./](\d{{4}})|(\d{{4}})(?:[-/.]m?|m|年){_MONTH}月?|(\d{{4}})(0[1-9]|1[0-2])":
        "{year}-{part:02}",
    r"(\d{4})年?": "{year}",
}  # fmt: skip
_DAY = re.compile(rf"(0?[1-9]|[12]\d|3[01])\.{_MONTH}\.(\d{{4}})")
_NAMED = re.compile(r"(?P<name>[a-z]{3,9})\.?[-/ ](?P<year>\d{4}|\d{2})|"
                    r"(?P<first>\d{4})[-/ ](?P<last>[a-z]{3,9})\.?")  # fmt: skip
_PERIODS = "2024, 2024Q1, 2024-03, 03/2024, Mar 2024 or 2024-03-31"


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
        or a workbook (.xlsx, .xls, .ods). Its first row names the columns, its first column the
        periods: 2024, 2024Q1, 2024-03, 03/2024, Mar 2024, 2024年3月, 2024-03-31, 31.03.2024 or a
        date of the workbook.
    column : str, optional
        Which column to read; needed where there are several beside the periods.
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
        if not isinstance(text, str):
            raise ValueError(f"{name} must be text, got {text!r}")
    file = _file(path)
    semicolons, rows = False, []
    if file.suffix.lower() in _BOOKS:
        rows = _book(file, sheet)
    else:
        semicolons, rows = _lines(file)
    rows = [row for row in rows if any(str(cell).strip() for cell in row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError(
            f"{file.name} must have a row of names, then a period and a number in each row, got "
            f"{len(rows)} rows"
        )
    at, name = _column(rows[0], column, file.name)
    periods = [_period(row[0], file.name) for row in rows[1:]]
    cells = [row[at] if at < len(row) else "" for row in rows[1:]]
    values = [_number(cell, decimal or ".") for cell in cells]
    wrong = [i for i, value in enumerate(values) if value is None]
    if wrong:
        cell = cells[wrong[0]]
        comma = not decimal and _number(cell, ",") is not None
        raise ValueError(
            f"{file.name} must hold numbers in {name}, got {cell!r} for {periods[wrong[0]]}: "
            + ("write decimal=','" if comma else "correct it, or say which decimal mark it has")
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


def _lines(file: Path) -> tuple[bool, list[list[str]]]:
    """Split a text file by the mark its first line has most; tell whether that is a semicolon."""
    text, _ = encodings.decoded(file.read_bytes(), file.name)
    text = re.sub(r"\Asep=.\r?\n", "", text).lstrip()
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return delimiter == ";", [[cell.strip() for cell in row] for row in rows]


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


def _period(cell: object, file: str) -> object:
    """Write a period as pandas does; a workbook keeps years as numbers and days as dates."""
    if isinstance(cell, float) and cell.is_integer():
        cell = str(int(cell))
    if not isinstance(cell, str):
        return cell
    text = cell.strip().casefold()
    if day := _DAY.fullmatch(text):
        return "{2}-{1:0>2}-{0:0>2}".format(*day.groups())
    if (named := _NAMED.fullmatch(text)) and (month := _MONTHS.get(named["name"] or named["last"])):
        year = named["year"] or named["first"]
        century = "" if len(year) == 4 else "19" if int(year) > 68 else "20"  # as POSIX has it
        return f"{century}{year}-{month:02}"
    for form, plain in _FORMS.items():
        if found := re.fullmatch(form, text):
            parts = [part for part in found.groups() if part]
            year = max(parts, key=len)
            part = int(parts[parts[0] == year]) if len(parts) > 1 else 0
            return plain.format(year=year, part=part)
    if re.fullmatch(r"\d{4}-\d\d-\d\d( 00:00:00)?", text):
        return text
    raise ValueError(
        f"{file} must have months, quarters or years in its first column, such as {_PERIODS}, got "
        f"{cell!r}"
    )


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
