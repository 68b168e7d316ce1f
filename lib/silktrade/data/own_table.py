"""The table in a file that somebody brings: where its names, periods and cells are."""

from __future__ import annotations

import calendar
import datetime
import re

from silktrade.data import own_days

Rows = list[list[object]]

# The names of months; three letters or more of the beginning of one do too.
_MONTHS = [[*calendar.month_name][1:]] + [names.split() for names in (
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)]  # fmt: skip
_CHINESE = [*"一二三四五六七八九十", "十一", "十二"]
_WIDE = {ord("０") + digit: str(digit) for digit in range(10)}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
# How files write periods, and how a Period writes them: groups are the parts of the pattern. A
# month of one digit stands after no point: 2024.1 may have been 2024.10.
_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
_FORMS = {
    r"(\d{4})[-/: ]?q([1-4])|q([1-4])[-/ ']?(\d{4}|\d{2})|([1-4])q[-/ ']?(\d{4}|\d{2})|"
    r"(\d{4})年?第?([1-4])季度": "{year}Q{part}",
    rf"{_MONTH}[./](\d{{4}})|(\d{{4}})(?:[-/:]m?|m|年){_MONTH}(?:月份?)?|(\d{{4}})\.?(0[1-9]|1[0-2])":
        "{year}-{part:02}",
    r"(\d{4})(?:年|\.0)?": "{year}",
}  # fmt: skip
_MIDNIGHT = r"(?:[ t]00:00(?::00)?)?"
_DAYS = [re.compile(form) for form in (
    rf"(?P<year>\d{{4}})(?:[-/.]|年)(?P<month>{_MONTH})(?:[-/.]|月)(?P<day>{_DAY})日?{_MIDNIGHT}",
    r"(?P<year>\d{4})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
    rf"(?P<day>{_DAY})\.(?P<month>{_MONTH})\.(?P<year>\d{{4}})",
)]  # fmt: skip
_NAME = r"[^\W\d_]{3,9}"
_NAMED = re.compile(
    rf"(?:(?P<day>{_DAY})[-/. ])?(?P<name>{_NAME})[-/.,' ]{{1,2}}(?P<year>\d{{4}}|\d{{2}})|"
    rf"(?P<first>\d{{4}})[-/, ]{{1,2}}(?P<last>{_NAME})\.?"
)
_MARKED = re.compile(r"(?:19|20)\d\d( ?\(?[a-z*]{1,4}\.?\)?|[¹²³*])")  # a year, and more
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
    rows = _told([row for row in rows if any(map(_text, row))])
    wide = next((i for i, row in enumerate(rows) if _heads(row)), len(rows))
    rows = rows if wide < len(rows) else _blocks(rows)
    long = next((i for i, row in enumerate(rows) if _body(row)), len(rows))
    if wide < long:
        rows, long = _turned(rows[wide:], file), 1
    if long == len(rows):
        raise _no_table(rows, file, others)
    above = [cell for cell in rows[long - 1][1:] if _text(cell)] if long else []
    if above and _almost(rows[long - 1][0]) and all(re.match(r"[-\d]", _text(c)) for c in above):
        raise _no_period(rows[long - 1][0], file)
    body = [row for row in rows[long:] if _figures(row) or _period(row[0]) is not None]
    width = max(map(len, rows))
    body, head = (
        [[*row, *[""] * (width - len(row))] for row in part] for part in (body, rows[:long])
    )
    held = [at for at in range(1, width) if any(_digit(row[at]) or _part(row[at]) for row in body)]
    held = held or [at for at in range(1, width) if any(_text(row[at]) for row in body)]
    return _series(body, _names(head, held, file), file)


def _told(rows: Rows) -> Rows:
    """Write days such as 31/12/2024 as 2024-12-31, where they tell which part is which."""
    written = own_days.told([_text(row[0]) for row in rows])
    return [[day, *row[1:]] if day else row for day, row in zip(written, rows, strict=True)]


def _blocks(rows: Rows) -> Rows:
    """Write a year that stands above its months, or quarters, beside each of them."""
    year, out = "", []
    for row in rows:
        period, part = _period(row[0]), _part(row[0])
        year = period if isinstance(period, str) and re.fullmatch(r"\d{4}", period) else year
        out.append([year + part, *row[1:]] if year and part else row)
    if out == rows:
        return rows
    return [row for row in out if _figures(row) or not re.fullmatch(r"\d{4}", _text(row[0]))]


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
    spans = [re.fullmatch(r"\d\d(\d\d)-(\d\d)", str(period)) for period in first]
    if len(first) > 1 and all(s and int(s[2]) == int(s[1]) + 1 for s in spans):  # 2010-11, 2011-12
        raise _no_period(body[0][0], file)
    return first, {name: [row[at] for row in body] for at, name in names.items()}


def _turned(rows: Rows, file: str) -> Rows:
    """Turn a table whose periods stand above, so that they stand first."""
    start = next(at for at, cell in enumerate(rows[0]) if _period(cell) is not None)
    for cell in filter(_almost, rows[0][:start]):
        raise _no_period(cell, file, "row of names")
    width = max(at for row in rows for at, cell in enumerate(row) if _text(cell)) + 1
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    kept = [rows[0]]
    for row in rows[1:]:
        told = [*filter(_text, row[start:])]
        if told and all(map(_part, told)):  # months below their year
            kept.append(["part", *row[1:]])
        elif any(map(_digit, told)):
            kept.append(row)
    names = _labels([row[:start] for row in kept])
    columns = [names, *map(list, zip(*(row[start:] for row in kept), strict=True))]
    if len(kept) > 2 and all(_part(row[0]) for row in kept[1:]):  # years by months
        columns[0][0] = ""
    return columns


def _labels(rows: Rows) -> list[object]:
    """Name rows by their first label, and where that does not do, by the labels after it too."""
    names, last = [row[0] for row in rows], ""
    told = {*map(_text, names)}
    for at in range(1, len(rows[0]) if "" in told or len(told) < len(names) else 1):
        for i, row in enumerate(rows):
            last = _text(row[0]) or last  # a merged label stands in its first row alone
            names[i] = " ".join(filter(None, [last, *map(_text, row[1 : at + 1])]))
        if len({*names}) == len(names):
            break
    return names


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


def _no_table(rows: Rows, file: str, others: str) -> ValueError:
    """Say what keeps a file from being read as a table, and where to look."""
    for row in rows:
        periods = [at for at, cell in enumerate(row) if at and (
            _period(cell) is not None or _MARKED.match(_text(cell)))]  # fmt: skip
        if len(periods) > 1:  # periods stand above, and something else among them or after them
            odd = next((c for c in row[periods[0] :] if _period(c) is None), "")
            return _no_period(odd, file, "row of names", "column")
    first = next((row[0] for row in rows[1:] if _figures(row) and _text(row[0])), None)
    if first is not None and _period(first) is None:
        return _no_period(first, file)
    cure = f": name another sheet, {others}" if others else ""
    return ValueError(
        f"{file} must have a row of names, then a period and a number in each row, got "
        f"{len(rows)} rows, none of them such{cure}"
    )


def _no_period(
    cell: object, file: str, where: str = "first column", part: str = "row"
) -> ValueError:
    """Say that a cell is no period, and what to do."""
    text, cure = _text(cell).casefold(), ": write them so"
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", text):
        cure = ": month or day first cannot be told, write days as 2024-03-31"
    elif re.search(rf"\d-\d+月|{_NAME}\.? ?[-–] ?{_NAME}", text):
        cure = ": a span of months is no month, write a quarter as 2024Q1"
    elif re.fullmatch(r"[2-5]\d{4}", text):
        cure = ": a spreadsheet counts days so, format the cell as a date"
    elif re.fullmatch(r"fy ?\d{2,4}|\d{4} ?[-/–] ?\d{2}(?:\d\d)?", text):
        cure = ": a fiscal year is no calendar year, give months, or the year most of it lies in"
    elif re.fullmatch(r"\d{4}[- ]?[hws]\d{1,2}|[hs][12][- ]?\d{4}|\d{4}-w\d\d", text):
        cure = ": half years and weeks are none of these, add up or leave out"
    elif marked := _MARKED.fullmatch(text):
        cure = f": take the mark {marked[1].strip()!r} off"
    elif re.fullmatch(r"\d{4}\.\d", text):
        cure = f": January or October cannot be told, write months as {text[:4]}-01"
    elif text.isdigit():
        cure = ": put the periods first"
    elif re.search(r"\w", text) and not re.search(r"\d", text):
        cure = f": take that {part} out, or put the periods first"
    return ValueError(
        f"{file} must have months, quarters or years in its {where}, such as {_PERIODS}, got "
        f"{cell!r}{cure}"
    )


def _almost(cell: object) -> bool:
    """Tell what may be a period, or a span of them, that is not read as one."""
    return bool(re.search(r"(?<![^\W_])\d\d", _text(cell))) and _period(cell) is None


def _text(cell: object) -> str:
    """Write a cell as text; a workbook keeps years as numbers."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _plain(cell: object) -> str:
    """Write a cell as text in which Russian and Chinese years and quarters are those of here."""
    text = _text(cell).translate(_WIDE).casefold()
    text = re.sub(r"(?<=\d{4}) ?г(?:\.|од[ау]?)?(?= |$)", "", text)
    text = re.sub(r"\b([1-4]|i{1,3}|iv)[- ]?(?:й )?кв(?:\.|артала?)",
                  lambda found: f"q{_ROMAN.get(found[1], found[1])}", text)  # fmt: skip
    return re.sub(rf"({'|'.join(reversed(_CHINESE))})(?=月|季度)",
                  lambda found: str(_CHINESE.index(found[1]) + 1), text)  # fmt: skip


def _month(word: str) -> int:
    """Give the number of a month by its name, or 0."""
    named = (at for names in _MONTHS for at, name in enumerate(names, 1)
             if len(word) > 2 and name.casefold().startswith(word))  # fmt: skip
    return next(named, 0)


def _part(cell: object, heading: str = "") -> str:
    """Read a month or quarter without its year, as what follows the year."""
    text = _plain(cell)
    if month := _month(text.rstrip(".")):
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
    text = _plain(cell)
    if day := next(filter(None, (form.fullmatch(text) for form in _DAYS)), None):
        return _day(day["year"], day["month"], day["day"])
    if (named := _NAMED.fullmatch(text)) and (month := _month(named["name"] or named["last"])):
        year = _whole(named["year"] or named["first"])
        return _day(year, month, named["day"]) if named["day"] else f"{year}-{month:02}"
    for form, plain in _FORMS.items():
        if found := re.fullmatch(form, text):
            parts = [part for part in found.groups() if part]
            year = max(parts, key=len)
            part = int(parts[parts[0] == year]) if len(parts) > 1 else 0
            return plain.format(year=_whole(year), part=part)
    return None


def _day(*parts: str | int) -> datetime.date | None:
    """Give a day of the calendar, or None where there is none."""
    try:
        return datetime.date(*map(int, parts))
    except ValueError:
        return None


def _whole(year: str) -> str:
    """Write a year of two digits with its century, as POSIX has it."""
    return year if len(year) == 4 else f"{'19' if int(year) > 68 else '20'}{year}"
