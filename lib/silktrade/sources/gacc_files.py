"""
Files of China's customs that were downloaded by hand: what the Chinese site keeps from programs.

The bulletin's workbook holds table 2 in yuan (万元) or dollars (千美元); its cells mix numbers,
numbers as text with commas, `-` and blanks. The query site's CSV holds customs codes by month, in
the encoding of mainland China and with an empty column at the end; it does not say which flow it
is, and never stands for a total.
"""

import re
from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.sources import gacc, reading
from silktrade.sources.gacc import Table
from silktrade.sources.judge import RefusedError

UNITS = {"万元人民币": ("CNY", 10_000), "千美元": ("USD", 1000)}
_WHO = "the CSV of the query site"
_TITLE = re.compile(r"(\d{4})年(\d{1,2})月.*总值表")
_OTHERS = {
    "主要": "the preliminary table of some thirty partners, in which the five are not",
    "类章": "a table by sections and chapters",
    "贸易方式": "a table by customs regime",
}
_PERIOD, _CODE, _PARTNER = "数据年月", "商品编码", "贸易伙伴名称"
_VALUE = {"美元": "USD", "人民币": "CNY", "人民币元": "CNY"}
CHAPTERS = {f"{n:02}" for n in range(1, 100)} - {"77"}  # reserved


def workbook(content: bytes, partners: Iterable[str]) -> Table:
    """Read table 2 from a workbook of the Chinese bulletin."""
    grid = reading.sheet(content, "the workbook")
    title = next((cell for row in grid[:5] for cell in row if "总值表" in cell or "年" in cell), "")
    for word, is_ in _OTHERS.items():
        if word in title:
            raise RefusedError(f"the workbook {title!r} is {is_}: download 进出口商品国别总值表")
    seen = _TITLE.search(title)
    if not seen or "国别" not in title:
        raise RefusedError(f"the workbook: expected 国别 总值表, found the title {title!r}")
    found = pd.Period(year=int(seen[1]), month=int(seen[2]), freq="M")
    currency, factor = _unit(grid, title)
    rows = gacc.body(grid, found, gacc.IN_CHINESE, f"the workbook of {found}")
    return gacc.collected(rows, found, currency, factor, partners)


def query(content: bytes, flow: str, partners: Iterable[str]) -> pd.DataFrame:
    """Read a CSV of the query site, summed to chapters of the Harmonized System."""
    codes.one_of("flow", flow, codes.FLOWS)
    header, *rows = reading.lines(content, _WHO, by_hand=True)
    value = next((name for name in header if name in _VALUE), None)
    absent = [n for n in (_PERIOD, _CODE, _PARTNER) if n not in header]
    if absent or value is None:
        lacking = ", ".join(absent or ["美元 or 人民币"])
        raise RefusedError(f"{_WHO}: expected a column {lacking}, found {header}")
    frame = pd.DataFrame(rows, columns=header)
    frame["partner"] = frame[_PARTNER].map(lambda n: gacc.economies().get(gacc.normal(n)))
    frame = frame[frame["partner"].isin(list(partners))]
    if frame.empty:
        raise RefusedError(f"{_WHO}: none of the partners asked for is in it")
    period = [reading.period(text, "203106", _WHO) for text in frame[_PERIOD]]
    out = frame.assign(
        period=pd.PeriodIndex(period, freq="M"),
        product=[_chapter(text) for text in frame[_CODE]],
        value=[gacc.number(v.strip() or "?", f"{_WHO}, a value") or 0.0 for v in frame[value]],
    )
    _expect_whole(out)
    summed = out.groupby(["partner", "product", "period"], as_index=False)["value"].sum()
    return summed.assign(
        reporter="CHN", flow=flow, currency=_VALUE[value], obs_status="P",
        valuation="fob" if flow == "export" else "cif",
    )  # fmt: skip


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


def _chapter(text: str) -> str:
    """Take the chapter of a customs code."""
    if not text.isdigit() or text[:2] not in CHAPTERS:
        raise RefusedError(f"{_WHO}: expected a customs code, found {text!r}")
    return text[:2]


def _expect_whole(rows: pd.DataFrame) -> None:
    """Hold months to about the same number of chapters: the site cuts long files off."""
    counts = rows.groupby(["partner", "period"])["product"].nunique()
    for partner, each in counts.groupby(level=0):
        if each.min() < 0.5 * each.max():
            month = each.idxmin()[1]
            raise RefusedError(
                f"{_WHO}: {codes.label(str(partner))} has {each.max()} chapters "
                f"in one month and {each.min()} in {month}: cut off? ask for fewer months"
            )
