"""
Files of China's customs that were downloaded by hand: what the Chinese site keeps from programs.

The bulletin's workbook holds table 2 in yuan (万元) or dollars (千美元); its cells mix numbers,
numbers as text with commas, `-` and blanks. The query site's CSV holds customs codes by month, in
the encoding of mainland China and with an empty column at the end; it does not say which flow it
is, and never stands for a total.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.sources import gacc
from silktrade.sources.gacc import Row, Table
from silktrade.sources.judge import RefusedError

UNITS = {"万元人民币": ("CNY", 10_000), "千美元": ("USD", 1000)}
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_TITLE = re.compile(r"(\d{4})年(\d{1,2})月.*总值表")
_OTHERS = {
    "主要": "the preliminary table of some thirty partners, in which the five are not",
    "类章": "a table by sections and chapters",
    "贸易方式": "a table by customs regime",
}
_PERIOD, _CODE, _PARTNER = "数据年月", "商品编码", "贸易伙伴名称"
_VALUE = {"美元": "USD", "人民币": "CNY", "人民币元": "CNY"}
CHAPTERS = {f"{n:02}" for n in range(1, 100)} - {"77"}  # reserved


def workbook(content: bytes, partners: Iterable[str], month: pd.Period | None = None) -> Table:
    """Read table 2 from a workbook of the Chinese bulletin."""
    if not content.startswith((_OLE, _ZIP)):
        raise RefusedError(
            f"the workbook: expected an .xls or .xlsx file, found one that begins with "
            f"{content[:8]!r}: is it a page that was saved instead?"
        )
    grid = _grid(content)
    title = next((cell for row in grid[:5] for cell in row if "总值表" in cell or "年" in cell), "")
    for word, is_ in _OTHERS.items():
        if word in title:
            raise RefusedError(
                f"the workbook {title!r} is {is_}: download 进出口商品国别（地区）总值表"
            )
    seen = _TITLE.search(title)
    if not seen or "国别" not in title:
        raise RefusedError(
            f"the workbook: expected table 2 (国别 总值表), found the title {title!r}"
        )
    found = pd.Period(year=int(seen[1]), month=int(seen[2]), freq="M")
    if month is not None and month != found:
        raise RefusedError(f"the workbook: expected {month}, found the title {title!r}")
    currency, factor = _unit(grid, title)
    return gacc.collected(_rows(grid, found), found, currency, factor, partners)


def query(content: bytes, flow: str, partners: Iterable[str]) -> pd.DataFrame:
    """Read a CSV of the query site, summed to chapters of the Harmonized System."""
    codes.one_of("flow", flow, codes.FLOWS)
    header, lines = _lines(content)
    value = next((name for name in header if name in _VALUE), None)
    absent = [n for n in (_PERIOD, _CODE, _PARTNER) if n not in header]
    if absent or value is None:
        lacking = ", ".join(absent or ["美元 or 人民币"])
        raise RefusedError(
            f"the CSV of the query site: expected a column {lacking}, found {header}"
        )
    frame = pd.DataFrame(lines, columns=header)
    frame["partner"] = frame[_PARTNER].map(lambda n: gacc.economies().get(gacc.normal(n)))
    frame = frame[frame["partner"].isin(list(partners))]
    if frame.empty:
        raise RefusedError("the CSV of the query site: none of the partners asked for is in it")
    period = [_month(text) for text in frame[_PERIOD]]
    out = frame.assign(
        period=pd.PeriodIndex(period, freq="M"),
        product=[_chapter(text) for text in frame[_CODE]],
        value=[gacc.number(v.strip() or "?", "the CSV, a value") or 0.0 for v in frame[value]],
    )
    _expect_whole(out)
    summed = out.groupby(["partner", "product", "period"], as_index=False)["value"].sum()
    return summed.assign(
        reporter="CHN", flow=flow, currency=_VALUE[value], obs_status="P",
        valuation="fob" if flow == "export" else "cif",
    )  # fmt: skip


def _grid(content: bytes) -> list[list[str]]:
    """Read the first sheet as text, a whole number without its point."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedError(f"the workbook cannot be read: {error}") from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """Write a cell as text; numbers keep every digit."""
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    return gacc.normal(str(cell)) if cell is not None else ""


def _unit(grid: list[list[str]], title: str) -> tuple[str, int]:
    """Read the unit, which must be of the title's currency."""
    said = [cell for row in grid[:6] for cell in row if "单位" in cell]
    unit = re.split(r"[:∶]", said[0], maxsplit=1)[-1].replace(" ", "") if said else "none"
    if unit not in UNITS:
        raise RefusedError(f"the workbook: expected the unit 万元人民币 or 千美元, found {unit}")
    currency, factor = UNITS[unit]
    named = {"人民币": "CNY", "美元": "USD"}
    wrong = [word for word, code in named.items() if f"{word}值" in title and code != currency]
    if wrong:
        raise RefusedError(f"the workbook: its title says {wrong[0]}值, its unit {unit}")
    return currency, factor


def _rows(grid: list[list[str]], month: pd.Period) -> list[Row]:
    """Split the body by its header, whatever column it begins in."""
    what = f"the workbook of {month}"
    at = [(i, j) for i, row in enumerate(grid) for j, c in enumerate(row)
          if "原产国" in c or "目的国" in c]  # fmt: skip
    if not at or at[0][0] + 1 >= len(grid):
        raise RefusedError(f"{what}: expected a header with 原产国 or 目的国, found none")
    top, left = at[0]
    groups = [c for c in grid[top][left + 1 :] if c]
    below = [c.replace(" ", "") for c in grid[top + 1][left + 1 :]]
    below = below[: len(below) - next((i for i, c in enumerate(reversed(below)) if c), 0)]
    one = [f"{month.month}月"] if month.month == 1 else [f"{month.month}月", f"1至{month.month}月"]
    wanted = [*(one * 3), "进出口", "出口", "进口"]
    if groups[:3] != ["进出口", "出口", "进口"] or below != wanted:
        raise RefusedError(f"{what}: expected the columns {wanted}, found {groups} over {below}")
    width = left + 1 + len(wanted)
    full = [row[left:width] for row in grid[top + 2 :] if len(row) >= width and row[left]]
    return [gacc.spread(row[0], row[1:]) for row in full if any(row[1:])]


def _lines(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Decode and split a CSV; the last column is empty, since each line ends in a comma."""
    text = None
    for encoding in ("utf-8-sig", "gb18030"):  # bytes of the second are no UTF-8
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        raise RefusedError("the CSV of the query site: expected GB 18030 or UTF-8, found neither")
    if not text.strip():
        raise RefusedError("the CSV of the query site is empty")
    if not text.endswith("\n"):
        raise RefusedError("the CSV of the query site ends within a line: it is cut off")
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise RefusedError(f"the CSV of the query site: {error}") from None
    header = [cell.strip() for cell in rows[0]]
    wrong = [i for i, row in enumerate(rows, 1) if len(row) != len(header)]
    if wrong:
        raise RefusedError(
            f"the CSV of the query site: line {wrong[0]} has not {len(header)} fields"
        )
    width = len(header) - (header[-1] == "")
    return header[:width], [[cell.strip() for cell in row[:width]] for row in rows[1:]]


def _month(text: str) -> pd.Period:
    """Read 203106."""
    if not re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", text):
        raise RefusedError(f"the CSV of the query site: expected a month as 203106, found {text!r}")
    return pd.Period(year=int(text[:4]), month=int(text[4:]), freq="M")


def _chapter(text: str) -> str:
    """Take the chapter of a customs code."""
    if not text.isdigit() or text[:2] not in CHAPTERS:
        raise RefusedError(f"the CSV of the query site: expected a customs code, found {text!r}")
    return text[:2]


def _expect_whole(rows: pd.DataFrame) -> None:
    """Hold months to about the same number of chapters: the site cuts long files off."""
    counts = rows.groupby(["partner", "period"])["product"].nunique()
    for partner, each in counts.groupby(level=0):
        if each.min() < 0.5 * each.max():
            month = each.idxmin()[1]
            raise RefusedError(
                f"the CSV of the query site: {codes.label(str(partner))} has {each.max()} chapters "
                f"in one month and {each.min()} in {month}: cut off? ask for fewer months"
            )
