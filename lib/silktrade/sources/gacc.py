"""
China's customs: the English index and table 2 of the Monthly Bulletin, in dollars.

Quirks, all seen: the site answers over http alone; links are unquoted and some are malformed; the
year is the greatest of a list, since in January the page turns to a year without tables; an
unpublished month is a span. Table 2 has ten columns, in January seven. "-" is nothing reported,
`####` a number too wide for its cell, which exports and imports restore where it is a total. A
month's own growth is not printed, only that of the year to date. The Chinese site, which alone
prints yuan, refuses programs: `gacc_files` reads what was downloaded there by hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd
from lxml import etree, html

from silktrade import codes
from silktrade.sources.judge import RefusedError

INDEX = "http://english.customs.gov.cn/statics/report/monthly.html"
PAST = "http://english.customs.gov.cn/statics/report/monthly{year}.html"
CHINESE = "http://www.customs.gov.cn/customs/302249/zfxxgk/fdzdgknr/302274/302277/{path}/index.html"
CHINESE_PATHS = {
    2014: "3250500", 2015: "3250493", 2016: "3250487", 2017: "3250485", 2018: "3250481",
    2019: "3250476", 2020: "3227050", 2021: "3512606", 2022: "4185050", 2023: "4899681",
    2024: "5668662", 2025: "6348926",
}  # fmt: skip
LEAST_ROWS = 200  # of some 271: fewer is a page cut off
OFF = 1  # printed units by which rounding lets exports and imports miss their total
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLUMNS = ("total", "export", "import")
_LINK = re.compile(r"https?://[^/\s]+/Statics/[0-9a-f-]+\.html", re.IGNORECASE)
_TITLE = re.compile(r"by Country.*Origin/Destination,\s*(\d{1,2})\.(\d{4})$", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")


@dataclass(frozen=True)
class Table:
    """
    One printed table by country.

    Attributes
    ----------
    month : Period
        The month it is of.
    currency : str
        USD or CNY.
    monthly, to_date : DataFrame
        reporter, partner, flow, product, period, value (full units), currency, valuation,
        obs_status; `to_date` also growth, a fraction, missing where none is printed.
    rows : int
        Countries and sums printed.
    notes : tuple of str
        What was restored, or left out and why.
    hidden : tuple of (str, str)
        Partner and flow of values that are there and cannot be read: not known, not nothing.
    printed : str
        The date that the page bears, which can be wrong by months.
    """

    month: pd.Period
    currency: str
    monthly: pd.DataFrame
    to_date: pd.DataFrame
    rows: int
    notes: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    printed: str = ""


@dataclass(frozen=True)
class Row:
    """One printed row: a name, values of month and year to date by column, growth by column."""

    name: str
    month: dict[str, str]
    to_date: dict[str, str]
    growth: dict[str, str]


def chinese_page(year: int) -> str:
    """Give the address of the Chinese bulletin of a year, for a person with a browser."""
    return CHINESE.format(path=CHINESE_PATHS.get(year, str(year)))


def index(content: bytes, year: int | None = None) -> tuple[int, dict[int, str]]:
    """Read the index of a year: where table 2 of each month is."""
    page = _page(content, "the index")
    if year is None:
        listed = [_plain(o.text_content()) for o in page.iterfind(".//select//option")]
        years = [int(y) for y in listed if re.fullmatch(r"20\d\d", y)]
        if not years:
            raise RefusedError("the index of the customs: expected a list of years, found none")
        year = max(years)
    rows = [tr for tr in page.iter("tr") if _is_table_2(tr)]
    if len(rows) != 1:
        raise RefusedError(
            f"the index of {year}: expected one row 'by Country … Origin/Destination', "
            f"found {len(rows)}"
        )
    links = {}
    for a in rows[0].iter("a"):
        name, address = _plain(a.text_content())[:3].title(), a.get("href", "").strip()
        if name in MONTHS and _LINK.fullmatch(address):
            links[MONTHS.index(name) + 1] = address
    return year, links


def table(content: bytes, month: pd.Period, partners: Iterable[str]) -> Table:
    """Read table 2 of one month."""
    page = _page(content, f"table 2 of {month}")
    body = page.find(".//div[@class='atcl-cnt']//table")
    if body is None:
        raise RefusedError(f"table 2 of {month}: expected a table, found a page without one")
    cells = [[_plain(td.text_content()) for td in tr.iter("td")] for tr in body.iter("tr")]
    _expect_title(cells, month)
    _expect_unit(cells, month)
    rows = _rows(cells, month)
    dated = page.find(".//div[@class='atcl-date']")
    printed = _plain(dated.text_content()) if dated is not None else ""
    return collected(rows, month, "USD", 1000, partners, printed)


def collected(
    rows: Sequence[Row],
    month: pd.Period,
    currency: str,
    factor: int,
    partners: Iterable[str],
    printed: str = "",
) -> Table:
    """Take the wanted partners out of the rows of a table, and check that they add up."""
    what = f"table 2 of {month}"
    if len(rows) < LEAST_ROWS:
        raise RefusedError(
            f"{what}: expected at least {LEAST_ROWS} rows, found {len(rows)}: cut off"
        )
    found: dict[str, Row] = {}
    for row in rows:
        code = economies().get(normal(row.name))
        if code in found:
            raise RefusedError(f"{what}: {row.name} stands twice")
        if code:
            found[code] = row
    notes: list[str] = []
    hidden: list[tuple[str, str]] = []
    months, sums = [], []
    for partner in partners:
        if partner not in found:
            raise RefusedError(f"{what}: {codes.label(partner)} is missing")
        left = notes, hidden
        months += _flows(partner, found[partner].month, f"{what}, {partner}", factor, *left)
        window = f"{what}, {partner} from January"
        printed_sums = _flows(partner, found[partner].to_date, window, factor, *left)
        growth = found[partner].growth
        sums += [row | {"growth": _growth(growth[row["flow"]], window)} for row in printed_sums]
    same = {"product": codes.TOTAL, "period": month, "currency": currency, "reporter": "CHN"}
    held = ["partner", "flow", "value", "valuation"]
    monthly = pd.DataFrame(months, columns=held).assign(**same, obs_status="P")
    to_date = pd.DataFrame(sums, columns=[*held, "growth"]).assign(**same, obs_status="A")
    _expect_growing(monthly, to_date, what)
    return Table(month, currency, monthly, to_date, len(rows), tuple(notes), tuple(hidden), printed)


@cache
def economies() -> dict[str, str]:
    """Map the names that the customs print, in English and Chinese, to ISO codes."""
    listed = {normal(n): code for code, names in codes.CUSTOMS_NAMES.items() for n in names}
    return listed | {"total": codes.WORLD, "总值": codes.WORLD}


def normal(name: str) -> str:
    """Write a printed name so that equal ones are equal."""
    return _plain(name).casefold()


def number(text: str, what: str) -> float | None:
    """Read one printed value."""
    if text == "-":
        return None
    if text and set(text) == {"#"}:
        return float("nan")
    if not _NUMBER.fullmatch(text) or text.startswith("-"):
        raise RefusedError(f"{what}: expected a number, found {text!r}")
    return float(text.replace(",", ""))


def _flows(
    partner: str,
    cells: dict[str, str],
    what: str,
    factor: int,
    notes: list[str],
    hidden: list[tuple[str, str]],
) -> list[dict[str, object]]:
    """Read exports and imports of one window, checked against their printed total."""
    read = {name: number(cells[name], f"{what} {name}") for name in COLUMNS}
    out, known = [], []
    for flow, valuation in (("export", "fob"), ("import", "cif")):
        value = read[flow]
        if value is not None and pd.isna(value):
            notes.append(f"{what}: {flow} is hidden (####) and left out")
            hidden.append((partner, flow))
            continue
        known.append(value or 0.0)
        if value is not None:
            amount = float(round(value * factor))
            out.append({"partner": partner, "flow": flow, "value": amount, "valuation": valuation})
        else:
            notes.append(f"{what}: {flow} is nothing reported (-) and left out")
    total = read["total"] or 0.0
    if pd.isna(total):
        notes.append(f"{what}: the total is hidden (####), restored from its parts")
    elif len(known) == 2 and abs(sum(known) - total) > OFF + 1e-6:
        raise RefusedError(
            f"{what}: expected exports and imports to add up to the total {total:,.0f}, "
            f"found {sum(known):,.0f}"
        )
    return out


def _growth(text: str, what: str) -> float:
    """Read a printed growth in percent; none is printed where there was nothing before."""
    if text == "-" or (text and set(text) == {"#"}):
        return float("nan")
    if not _NUMBER.fullmatch(text):
        raise RefusedError(f"{what}: expected a growth in percent, found {text!r}")
    return round(float(text.replace(",", "")) / 100, 6)


def _expect_growing(monthly: pd.DataFrame, to_date: pd.DataFrame, what: str) -> None:
    """Hold a year to date to be at least its last month, and in January equal to it."""
    key = ["partner", "flow"]
    both = monthly.merge(to_date, on=key, suffixes=("", "_sum"))
    for row in both.itertuples():
        if row.value > row.value_sum or (row.period.month == 1 and row.value != row.value_sum):
            raise RefusedError(
                f"{what}: {row.partner} {row.flow}: the year to date {row.value_sum:,.0f} does not "
                f"hold the month's {row.value:,.0f}"
            )


def _page(content: bytes, what: str) -> html.HtmlElement:
    """Parse a page, which says no encoding and is in UTF-8."""
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise RefusedError(f"{what}: expected a page, found {content[:20]!r}")
    try:
        return html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        raise RefusedError(f"{what}: expected a page, found an empty one") from None


def _plain(text: str) -> str:
    """Write text in plain signs and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _is_table_2(row: html.HtmlElement) -> bool:
    """Tell whether a row of the index is that of table 2; its number drifts, its name does not."""
    cell = row.find("td")
    text = normal(cell.text_content()) if cell is not None else ""
    return "by country" in text and "origin/destination" in text


def _expect_title(cells: list[list[str]], month: pd.Period) -> None:
    """Hold the printed title to the month that was asked for."""
    title = cells[0][0] if cells and cells[0] else ""
    seen = _TITLE.search(title)
    if not seen:
        raise RefusedError(f"table 2 of {month}: expected its title, found {title[:80]!r}")
    if (int(seen[2]), int(seen[1])) != (month.year, month.month):
        raise RefusedError(f"table 2 of {month}: its title says {seen[1]}.{seen[2]}")


def _expect_unit(cells: list[list[str]], month: pd.Period) -> None:
    """Hold the printed unit to thousand dollars."""
    said = [c for row in cells[:4] for c in row if c.lower().startswith("unit")]
    unit = said[0].partition(":")[2].replace(" ", "") if said else "none"
    if unit != "US$1,000":
        raise RefusedError(f"table 2 of {month}: expected the unit US$1,000, found {unit}")


def _rows(cells: list[list[str]], month: pd.Period) -> list[Row]:
    """Split the body by the sub-header: six value columns, in January three."""
    start = next((i for i, r in enumerate(cells) if r and normal(r[0]).startswith("country")), None)
    what = f"table 2 of {month}"
    if start is None or start + 1 >= len(cells):
        raise RefusedError(f"{what}: expected a header that begins with Country, found none")
    groups, below = cells[start][1:4], cells[start + 1]
    first = ["1"] * 3 if month.month == 1 else [f"{month.month}", f"1to{month.month}"] * 3
    wanted = [*first, "Total", "Exports", "Imports"]
    if groups != ["Total", "Exports", "Imports"] or [b.replace(" ", "") for b in below] != wanted:
        raise RefusedError(f"{what}: expected the columns {wanted}, found {groups} over {below}")
    out = []
    for row in cells[start + 2 :]:
        if len(row) == 1 + len(wanted) and row[0]:
            out.append(spread(row[0], row[1:]))
        elif len(row) > 1 and any(row):
            raise RefusedError(
                f"{what}: expected {1 + len(wanted)} cells, found {len(row)}: {row[0]}"
            )
    return out


def spread(name: str, cells: Sequence[str]) -> Row:
    """Sort the cells of a row into month, year to date and growth."""
    values, growth = list(cells[:-3]), dict(zip(COLUMNS, cells[-3:], strict=True))
    step = len(values) // 3
    month = dict(zip(COLUMNS, values[::step], strict=True))
    return Row(name, month, dict(zip(COLUMNS, values[step - 1 :: step], strict=True)), growth)
