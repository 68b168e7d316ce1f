"""
China's customs: table 2 of the Monthly Bulletin, and the totals of the preliminary release.

Quirks, all seen: the site answers over http alone; links are unquoted and some are malformed; the
year is the greatest of a list, since in January the page turns to a year without tables; an
unpublished month is a span. Table 2 has ten columns, in January seven. "-" is nothing reported,
`####` a number too wide for its cell, which exports and imports restore where it is a total, and
else the workbook that the page leads to. A month's own growth is not printed, only that of the
year to date. English tables are in dollars; the Chinese site, which alone prints yuan by country,
refuses programs: its workbook and the query site's CSV (`gacc_files`) are downloaded by hand. The
preliminary release has no country of ours, but China's total in both currencies, thus their rate;
January and February are one window there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
from lxml import etree, html

from silktrade import codes
from silktrade.sources import reading
from silktrade.sources.judge import RefusedError

SITE = "http://english.customs.gov.cn"
INDEX = SITE + "/statics/report/{series}{year}.html"
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
# The name of its row in an index: numbers drift.
TABLE_2 = r"by country.*origin/destination"
_LINK = re.compile(r"https?://[^/\s]+/Statics/[0-9a-f-]+\.html", re.IGNORECASE)
_TITLE = re.compile(r"by Country.*Origin/Destination,\s*(\d{1,2})\.(\d{4})$", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """How a language heads the columns: of names, of groups, of a month, of the year to date."""

    names: str
    groups: tuple[str, str, str]
    month: str
    to_date: str


IN_ENGLISH = Words("^country", ("Total", "Exports", "Imports"), "{}", "1to{}")
IN_CHINESE = Words("原产国|目的国", ("进出口", "出口", "进口"), "{}月", "1至{}月")


@dataclass(frozen=True)
class Table:
    """One printed table by country."""

    month: pd.Period
    currency: str
    monthly: pd.DataFrame  # TRADE, without source, vintage and released; full units
    to_date: pd.DataFrame  # and growth, a fraction, missing where none is printed
    rows: int  # countries and sums printed
    notes: tuple[str, ...] = ()  # what was restored, or left out and why
    hidden: tuple[tuple[str, str], ...] = ()  # partner and flow: there, and not to be read
    printed: str = ""  # the date that the page bears, which can be wrong by months
    workbook: str = ""  # address of the same table as a workbook


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


def index(
    content: bytes, year: int | None = None, row: str = TABLE_2
) -> tuple[int, dict[int, str]]:
    """Read the index of a year: where a table of each month is."""
    page = opened(content, "the index")
    if year is None:
        listed = [reading.plain(o.text_content()) for o in page.iterfind(".//select//option")]
        years = [int(y) for y in listed if re.fullmatch(r"20\d\d", y)]
        if not years:
            raise RefusedError("the index of the customs: expected a list of years, found none")
        year = max(years)
    rows = [tr for tr in page.iter("tr") if _is_named(tr, row)]
    if len(rows) != 1:
        raise RefusedError(f"the index of {year}: expected one row {row!r}, found {len(rows)}")
    links = {}
    for a in rows[0].iter("a"):
        name, address = reading.plain(a.text_content())[:3].title(), a.get("href", "").strip()
        if name in MONTHS and _LINK.fullmatch(address):
            links[MONTHS.index(name) + 1] = address
    return year, links


def table(content: bytes, month: pd.Period, partners: Iterable[str]) -> Table:
    """Read table 2 of one month: a page, or the workbook that it leads to."""
    what, printed, book = f"table 2 of {month}", "", ""
    if content.startswith(reading.WORKBOOK):
        cells = reading.sheet(content, what)
    else:
        page = opened(content, what)
        cells = grid(page, ".//div[@class='atcl-cnt']//table", what)
        dated = page.find(".//div[@class='atcl-date']")
        printed = reading.plain(dated.text_content()) if dated is not None else ""
        hrefs = [a.get("href", "").replace("\\", "/") for a in page.iter("a")]
        book = next((h for h in hrefs if h.startswith(f"{SITE}/Excel/") and ".xls" in h), "")
    _expect_title(cells, month)
    unit = unit_above(cells).replace(" ", "") or "none"
    if unit != "US$1,000":
        raise RefusedError(f"{what}: expected the unit US$1,000, found {unit}")
    rows = body(cells, month, IN_ENGLISH, what)
    return replace(collected(rows, month, "USD", 1000, partners), printed=printed, workbook=book)


def collected(
    rows: Sequence[Row], month: pd.Period, currency: str, factor: int, partners: Iterable[str]
) -> Table:
    """Take the wanted partners out of the rows of a table, and check that they add up."""
    what = f"table 2 of {month}"
    if len(rows) < LEAST_ROWS:
        raise RefusedError(
            f"{what}: expected {LEAST_ROWS} rows or more, found {len(rows)}: cut off"
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
    return Table(month, currency, monthly, to_date, len(rows), tuple(notes), tuple(hidden))


@cache
def economies() -> dict[str, str]:
    """Map the names that the customs print, in English and Chinese, to ISO codes."""
    listed = {normal(n): code for code, names in codes.CUSTOMS_NAMES.items() for n in names}
    return listed | {"total": codes.WORLD, "总值": codes.WORLD}


def normal(name: str) -> str:
    """Write a printed name so that equal ones are equal."""
    return reading.plain(name).casefold()


def number(text: str, what: str) -> float | None:
    """Read one printed value."""
    if text == "-":
        return None
    if text and set(text) == {"#"}:
        return float("nan")
    if text.startswith("-"):
        raise RefusedError(f"{what}: expected a number, found {text!r}")
    return reading.number(text, what)


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
    return round(reading.number(text, f"{what}, growth in percent") / 100, 6)


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


def opened(content: bytes, what: str) -> html.HtmlElement:
    """Parse a page, which says no encoding and is in UTF-8."""
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise RefusedError(f"{what}: expected a page, found {content[:20]!r}")
    try:
        return html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        raise RefusedError(f"{what}: expected a page, found an empty one") from None


def grid(page: html.HtmlElement, path: str, what: str) -> list[list[str]]:
    """Give the cells of the one table of a page."""
    found = page.find(path)
    if found is None:
        raise RefusedError(f"{what}: expected a table, found a page without one")
    return [[reading.plain(td.text_content()) for td in tr if td.tag in ("td", "th")]
            for tr in found.iter("tr")]  # fmt: skip


def _is_named(row: html.HtmlElement, name: str) -> bool:
    """Tell whether a row of the index bears a name."""
    cell = row.find("td")
    return cell is not None and re.search(name, normal(cell.text_content())) is not None


def _expect_title(cells: list[list[str]], month: pd.Period) -> None:
    """Hold the printed title to the month that was asked for."""
    title = next((c for row in cells[:3] for c in row if c), "")
    seen = _TITLE.search(title)
    if not seen:
        raise RefusedError(f"table 2 of {month}: expected its title, found {title[:80]!r}")
    if (int(seen[2]), int(seen[1])) != (month.year, month.month):
        raise RefusedError(f"table 2 of {month}: its title says {seen[1]}.{seen[2]}")


def unit_above(cells: list[list[str]]) -> str:
    """Find the unit above a table."""
    said = [c for row in cells[:4] for c in row if c.lower().startswith("unit")]
    return said[0].partition(":")[2] if said else ""


def body(cells: list[list[str]], month: pd.Period, words: Words, what: str) -> list[Row]:
    """Split a table by its header, whatever column it begins in."""
    every = ((i, j, c) for i, row in enumerate(cells) for j, c in enumerate(row))
    top, left = next(((i, j) for i, j, c in every if re.search(words.names, normal(c))), (-1, 0))
    if not 0 <= top < len(cells) - 1:
        raise RefusedError(f"{what}: expected a header with {words.names}, found none")
    groups = [c for c in cells[top][left + 1 :] if c][:3]
    below = [c.replace(" ", "") for c in cells[top + 1] if c]
    own = [words.month.format(month.month), words.to_date.format(month.month)]
    wanted = [*((own[:1] if month.month == 1 else own) * 3), *words.groups]
    if groups != list(words.groups) or below != wanted:
        raise RefusedError(f"{what}: expected the columns {wanted}, found {groups} over {below}")
    width, out = 1 + len(wanted), []
    for row in (row[left:] for row in cells[top + 2 :]):
        if len(row) > 1 and any(row[1:]):
            if len(row) < width or any(row[width:]):
                raise RefusedError(f"{what}: expected {width} cells, found {len(row)}: {row[0]}")
            out.append(_spread(row[0], row[1:width]))
    return out


def _spread(name: str, cells: Sequence[str]) -> Row:
    """Sort the cells of a row into month, year to date and growth."""
    values, growth = list(cells[:-3]), dict(zip(COLUMNS, cells[-3:], strict=True))
    step = len(values) // 3
    month = dict(zip(COLUMNS, values[::step], strict=True))
    return Row(name, month, dict(zip(COLUMNS, values[step - 1 :: step], strict=True)), growth)
