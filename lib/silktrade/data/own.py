"""The figures that somebody brings: series in a CSV file or a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import overload

import pandas as pd

from silktrade import codes
from silktrade.data import encodings, own_table
from silktrade.series import described, number, read_periods, read_wide

_BOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_UNKNOWN = re.compile(r"|-|--|–|—|\.{1,3}|…|:|#?n/a|na|nan|n\.a\.|null|none|н/д")  # as printed
_SPACES = "[\\s\u00a0\u202f'’]"


@overload
def read_series(path: str | Path, column: str = "", *, sheet: str = "", decimal: str = "",
                unit: str = "", source: str = "") -> pd.Series: ...  # fmt: skip
@overload
def read_series(path: str | Path, column: list[str] | None, *, sheet: str = "",
                decimal: str = "", unit: str = "",
                source: str = "") -> pd.DataFrame: ...  # fmt: skip
def read_series(
    path: str | Path,
    column: str | list[str] | None = "",
    *,
    sheet: str = "",
    decimal: str = "",
    unit: str = "",
    source: str = "",
) -> pd.Series | pd.DataFrame:
    r"""
    Read a series of one's own, or several, from a CSV file or a workbook.

    Parameters
    ----------
    path : str or Path
        A CSV file (UTF-8, UTF-16, GB18030, Windows-1251 or -1252; by comma, semicolon, tab or bar),
        or a workbook (.xlsx, .xls, .ods). Periods stand in the first column, or in the row of
        names: 2024, 2024Q1, 2024-03, 03/2024, Mar 2024, март 2024, 2024年3月, 2024-03-31,
        31.03.2024 or a date of the workbook; also a year with its month or quarter in the next
        column, above or below it. 31/03/2024 is read where one of the days tells which part is the
        month, 01/03/2024 where the other reading would have a month twice, over more than a year.
        Names stand above; lines above them and notes below, which hold no figure, are passed over.
    column : str, list of str or None, optional
        Which series to read, by the name of its column, or of its row where periods stand above;
        needed where there are several. Names in two rows are joined: "Export KAZ". A list of names
        gives a frame of these, None one of all.
    sheet : str, optional
        Of a workbook: the name of the sheet; by default the first that is not hidden.
    decimal : {'.', ','}
        The decimal mark of numbers that are text; the other one, blanks and apostrophes may part
        groups of three digits. By default a point, unless semicolons leave it open, which is
        refused.
    unit, source : str, optional
        What the numbers count, and who published them: charts and files say it.

    Returns
    -------
    Series or DataFrame
        Float, sorted by period, named as its column, or a column a series; `attrs` has unit and
        source. Empty cells, `-`, `..` and `n/a` are NaN.

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
    for name, text in (("sheet", sheet), ("unit", unit), ("source", source)):
        codes.text(name, text)
    file = _file(path)
    semicolons, rows, others = False, [], ""
    if file.suffix.lower() in _BOOKS:
        rows, others = _book(file, sheet)
    else:
        semicolons, rows = _lines(file)
    periods, columns = own_table.laid_out(rows, file.name, others)
    several = pd.Index(map(str, periods))
    if several.has_duplicates:
        raise ValueError(
            f"{file.name} must have one value per period, got several for "
            f"{several[several.duplicated()][0]}: lay it out with a column a series, as "
            "DataFrame.pivot does, or add them up"
        )
    chosen = _chosen([*columns], column, file.name)
    values = {name: _values(columns[name], name, periods, file.name, decimal, semicolons)
              for name in chosen}  # fmt: skip
    index = read_periods(pd.Index(periods, name="period"), file.name)
    read = read_wide(pd.DataFrame(values, index), file.name)
    out = read[chosen[0]] if isinstance(column, str) else read
    out.attrs = {"unit": unit, "source": source or file.name}
    return out


def _values(cells: list[object], name: str, periods: list[object], file: str,
            decimal: str, semicolons: bool) -> list[float]:  # fmt: skip
    """Read the numbers of a column."""
    values = [_number(cell, decimal or ".") for cell in cells]
    if None in values:
        at = values.index(None)
        raise ValueError(
            f"{file} must hold numbers in {name}, got {cells[at]!r} for {periods[at]}: "
            f"{_cure(cells[at], decimal)}"
        )
    marked = [cell for cell in cells if re.search("[.,]", str(cell)) and _number(cell, ".")]
    grouped = [c for c in marked if re.fullmatch(r"\D?\d{1,3}([.,]\d{3})+", str(c))]
    if not decimal and semicolons and marked and len(grouped) == len(marked):
        raise ValueError(
            f"{file} must say which decimal mark it has, got {marked[0]!r} in {name}, which may be "
            "parted thousands: write decimal=',' or decimal='.'"
        )
    return values


def _file(path: object) -> Path:
    """Find the file."""
    if not isinstance(path, str | Path) or not str(path):
        raise ValueError(f"path must name a CSV file or a workbook, got {described(path)}")
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"path must be a CSV file or a workbook, got {str(path)!r}, which is no file here: "
            "write its folder too, put it beside the notebook, or download it first"
        )
    return file


def _lines(file: Path) -> tuple[bool, list[list[object]]]:
    """Split a text file by the mark that leaves most periods first; tell whether a semicolon."""
    text, _ = encodings.decoded(file.read_bytes(), file.name)
    text = re.sub(r"\Asep=.\r?\n", "", text.lstrip("\r\n "))

    def parted(mark: str) -> list[list[object]]:
        """Split by a mark."""
        return [[cell.strip() for cell in row] for _, row in encodings.rows(text, mark, file.name)]

    by = {mark: parted(mark) for mark in ";\t|,"}  # a comma may be decimal, the others are not
    mark = max(by, key=lambda m: (own_table.rows_of(by[m]), text.count(m)))
    return mark == ";", by[mark]


def _book(file: Path, sheet: str) -> tuple[list[list[object]], str]:
    """Read the cells of a sheet, and name the other sheets where none was asked for."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(file)
    except (CalamineError, OSError) as error:
        why = "has a password" if isinstance(error, PasswordError) else "is no workbook inside"
        raise ValueError(
            f"{file.name} {why}: open it in a spreadsheet and save it as .xlsx, without a password"
        ) from None
    if sheet:
        codes.one_of("sheet", sheet, book.sheet_names)
    seen = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    seen = seen or book.sheet_names
    rows = book.get_sheet_by_name(sheet or seen[0]).to_python()
    return rows, ", ".join([] if sheet else seen[1:])


def _chosen(names: list[str], column: object, file: str) -> list[str]:
    """Choose the series to read."""
    if column is None:
        return names
    if isinstance(column, Iterable) and not isinstance(column, str) and (several := [*column]):
        return [codes.one_of("column", one, names) for one in dict.fromkeys(several)]
    if column != "":
        return [codes.one_of("column", column, names)]
    if len(names) > 1:
        raise ValueError(
            f"column must name one of {', '.join(names)} of {file}, got none: write "
            f"column={names[0]!r}, or None for a frame of all"
        )
    return names


def _cure(cell: object, decimal: str) -> str:
    """Say what to do with a cell that is no number."""
    if not decimal and _number(cell, ",") is not None:
        return "write decimal=','"
    text = str(cell).strip()
    if text.endswith("%"):
        return "take the % off, and write unit='percent'"
    if flagged := re.fullmatch(r"([\d.,\s]*\d)\s*\(?([^\d\s.,()]{1,3})\)?", text):
        if re.fullmatch("k|thd|mi?o?|m?l?n|bn?|tn?|тыс|млн|млрд|[千万亿]", flagged[2].casefold()):
            return f"write the number out, without {flagged[2]!r}, or say it with unit="
        return f"move the mark {flagged[2]!r} into a column of its own"
    if re.fullmatch(r"\d{1,2}(,\d\d)+,\d{3}(\.\d+)?", text):
        return f"write {text.replace(',', '')}"
    if paid := re.match(r"[+-]?([^\d\s.,()+-]{1,3})\s?\d", text):
        return f"take {paid[1]!r} off, and say it with unit="
    if re.fullmatch(r"\([\d.,\s]+\)", text):
        return f"write -{text[1:-1]}, if that is meant"
    if not re.search(r"\d", text):
        return "leave the cell empty where nothing is known"
    return "correct it, or say which decimal mark it has"


def _number(cell: object, decimal: str) -> float | None:
    """Read a number as it is printed: with groups of three digits parted, or not known."""
    if not isinstance(cell, str):
        return number(cell)
    text = cell.strip().replace("\u2212", "-")
    if _UNKNOWN.fullmatch(text.casefold()):
        return float("nan")
    other = "," if decimal == "." else "."
    parted = rf"([+-]? ?\d{{1,3}})(({_SPACES}|{re.escape(other)})\d{{3}}(\3\d{{3}})*)"
    if grouped := re.match(parted + rf"(?={re.escape(decimal)}|$)", text):
        text = re.sub(r"[^\d+-]", "", grouped[0]) + text[grouped.end() :]
    return None if other in text else number(text.replace(decimal, "."))
