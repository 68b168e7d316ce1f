"""The table in a file that somebody brings: where its names, periods and cells are."""

from __future__ import annotations

import calendar
import datetime
import re

Rows = list[list[object]]

_MONTHS = {name.casefold(): at for names in (calendar.month_name, calendar.month_abbr)
           for at, name in enumerate(names) if name} | {"sept": 9}  # fmt: skip
# How files write periods, and how a Period writes them: groups are the parts of the pattern. Days
# with a slash are left out: 03/04/2024 is another day here than there.
_MONTH = r"(0?[1-9]|1[0-2])"
_FORMS = {
    r"(\d{4})[-/ ]?q([1-4])|q([1-4])[-/ ]?(\d{4})|([1-4])q[-/ ]?(\d{4})|(\d{4})年?第?([1-4])季度":
        "{year}Q{part}",
    rf"{_MONTH}[./](\d{{4}})|(\d{{4}})(?:[-/.]m?|m|年){_MONTH}月?|(\d{{4}})(0[1-9]|1[0-2])":
        "{year}-{part:02}",
    r"(\d{4})年?": "{year}",
}  # fmt: skip
_DAY = re.compile(rf"(0?[1-9]|[12]\d|3[01])\.{_MONTH}\.(\d{{4}})")
_NAMED = re.compile(r"(?P<name>[a-z]{3,9})\.?[-/ ](?P<year>\d{4}|\d{2})|"
                    r"(?P<first>\d{4})[-/ ](?P<last>[a-z]{3,9})\.?")  # fmt: skip
_PART = re.compile(rf"q([1-4])|{_MONTH}月")
# Columns whose bare numbers are months or quarters; elsewhere 1 may be a product or a region.
_NUMBERED = {
    **dict.fromkeys(("month", "monat", "mois", "mes", "месяц", "月", "月份"), _MONTH),
    **dict.fromkeys(("quarter", "quartal", "trimestre", "квартал", "季度"), r"[1-4]"),
}
_PERIODS = "2024, 2024Q1, 2024-03, 03/2024, Mar 2024 or 2024-03-31"


def laid_out(rows: Rows, file: str, others: str = "") -> tuple[list[object], dict[str, list]]:
    """
    Find a table's periods, and the cells of each of its series by name.

    Rows without a figure are no part of it: titles above, notes below, lines left blank. `others`
    names the other sheets of a workbook, for a refusal.
    """
    rows = [row for row in rows if any(map(_text, row))]
    wide = next((i for i, row in enumerate(rows) if _heads(row)), len(rows))
    long = next((i for i, row in enumerate(rows) if _body(row)), len(rows))
    if wide < long:
        rows, long = _turned(rows[wide:]), 1
    if long == len(rows):
        first = next((row[0] for row in rows[1:] if _figures(row) and _text(row[0])), None)
        raise _no_table(len(rows), file, others) if first is None else _no_period(first, file)
    body = [row for row in rows[long:] if _figures(row) or _period(row[0]) is not None]
    width = max(map(len, rows))
    body, head = (
        [[*row, *[""] * (width - len(row))] for row in part] for part in (body, rows[:long])
    )
    held = [at for at in range(1, width) if any(_digit(row[at]) or _part(row[at]) for row in body)]
    held = held or [at for at in range(1, width) if any(_text(row[at]) for row in body)]
    return _series(body, _names(head, held, file), file)


def rows_of(rows: Rows) -> int:
    """Count the rows that a table of periods has."""
    return sum(_body(row) or _heads(row) for row in rows)


def _series(body: Rows, names: dict[int, str], file: str) -> tuple[list[object], dict[str, list]]:
    """Read the periods, which may stand in two columns or beside and above."""
    first, second = [_period(row[0]) for row in body], next(iter(names))
    parts = [_part(row[second], names[second]) for row in body] if len(names) > 1 else [""]
    for at in range(1, len(body) if all(parts) else 0):
        if not _text(body[at][0]):  # a year that is printed once holds for the rows below it
            first[at] = first[at - 1]
    years = all(isinstance(p, str) and re.fullmatch(r"\d{4}", p) for p in first)
    if years and all(parts) and len(set(first)) < len(first):
        first = [year + part for year, part in zip(first, parts, strict=True)]
        names.pop(second)
    elif years and len(names) > 1 and all(map(_part, names.values())):
        cells = [(year + _part(name), row[at]) for year, row in zip(first, body, strict=True)
                 for at, name in names.items() if _text(row[at])]  # fmt: skip
        return [period for period, _ in cells], {file: [cell for _, cell in cells]}
    if None in first:
        raise _no_period(body[first.index(None)][0], file)
    return first, {name: [row[at] for row in body] for at, name in names.items()}


def _turned(rows: Rows) -> Rows:
    """Turn a table whose periods stand above, so that they stand first."""
    start = next(at for at, cell in enumerate(rows[0]) if _period(cell) is not None)
    width = max(at for row in rows for at, cell in enumerate(row) if _text(cell)) + 1
    rows = [[row[0], *row[start:width], *[""] * (width - len(row))] for row in rows]
    kept = [rows[0], *(row for row in rows[1:] if _figures(row))]
    columns = [list(column) for column in zip(*kept, strict=True)]
    if len(kept) > 2 and all(_part(row[0]) for row in kept[1:]):  # years by months
        columns[0][0] = ""
    return columns


def _names(head: Rows, held: list[int], file: str) -> dict[int, str]:
    """Name the columns by the row above them, and where that does not do, by the rows above it."""
    lines = [row for row in head if any(_text(cell) for cell in row[1:])]
    if not lines and len(held) == 1:
        return {held[0]: file}
    names = [""] * len(held)
    for line in reversed(lines):
        above, last = [], ""
        for at in range(1, max(held) + 1):
            last = _text(line[at]) or last  # a merged head stands over its first column alone
            above.append(last)
        names = [f"{above[at - 1]} {name}".strip() for at, name in zip(held, names, strict=True)]
        if all(names) and len(set(names)) == len(names):
            return dict(zip(held, names, strict=True))
    twice = next((name for name in names if names.count(name) > 1), "")
    raise ValueError(
        f"{file} must name each column above its numbers, got "
        + (f"{twice!r} twice: rename one" if twice else "one without a name: write one")
    )


def _body(row: list[object]) -> bool:
    """Tell a row of figures: a period, and something beside it."""
    return bool(row) and _period(row[0]) is not None and any(map(_text, row[1:]))


def _heads(row: list[object]) -> bool:
    """Tell a row of names that ends in periods, two or more, and does not begin with one."""
    read = [_period(cell) is not None for cell in row if _text(cell) or cell is row[0]]
    return sum(read) > 1 and not read[0] and all(read[read.index(True) :])


def _figures(row: list[object]) -> bool:
    """Tell a row with a figure after its first cell."""
    return any(map(_digit, row[1:]))


def _digit(cell: object) -> bool:
    """Tell a cell that may be a figure."""
    return bool(re.search(r"\d", _text(cell)))


def _no_table(rows: int, file: str, others: str) -> ValueError:
    """Say that no period was found, and where to look."""
    cure = f": name another sheet, {others}" if others else ""
    return ValueError(
        f"{file} must have a row of names, then a period and a number in each row, got {rows} "
        f"rows without a period{cure}"
    )


def _no_period(cell: object, file: str) -> ValueError:
    """Say that a cell is no period, and what to do."""
    cure = ""
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", _text(cell)):
        cure = ": month or day first cannot be told, write days as 2024-03-31"
    elif re.search(r"\w", _text(cell)) and not re.search(r"\d", _text(cell)):
        cure = ": take that row out, or put the periods first"
    return ValueError(
        f"{file} must have months, quarters or years in its first column, such as {_PERIODS}, got "
        f"{cell!r}{cure}"
    )


def _text(cell: object) -> str:
    """Write a cell as text; a workbook keeps years as numbers."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _part(cell: object, heading: str = "") -> str:
    """Read a month or quarter without its year, as what follows the year."""
    text = _text(cell).casefold()
    if month := _MONTHS.get(text.rstrip(".")):
        return f"-{month:02}"
    if found := _PART.fullmatch(text):
        return f"Q{found[1]}" if found[1] else f"-{int(found[2]):02}"
    numbered = _NUMBERED.get(heading.casefold(), "")
    if not numbered or not re.fullmatch(numbered, text):
        return ""
    return f"-{int(text):02}" if numbered == _MONTH else f"Q{text}"


def _period(cell: object) -> object | None:
    """Write a period as pandas does; a day of a workbook stays one."""
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, float) and not cell.is_integer():  # 2024.1 may have been 2024.10
        return None
    text = _text(cell).casefold()
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
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d( 00:00:00)?", text) else None
