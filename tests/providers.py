"""
A server that speaks what each provider is known to answer, and the answers, written by hand.

The figures are invented, or made of the bundled ones; the forms are those that were seen.
"""

from __future__ import annotations

import io
import itertools
import json
import threading
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pandas as pd

Reply = tuple[int, Mapping[str, str], bytes]
UN = {"CHN": 156, "KAZ": 398, "KGZ": 417, "TJK": 762, "TKM": 795, "UZB": 860, "MNG": 496}
FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
NAMES = {
    "KAZ": "Kazakhstan", "KGZ": "Kyrgyzstan", "TJK": "Tajikistan", "TKM": "Turkmenistan",
    "UZB": "Uzbekistan", "WLD": "TOTAL",
}  # fmt: skip
CHINESE = {
    "KAZ": "哈萨克斯坦", "KGZ": "吉尔吉斯斯坦", "TJK": "塔吉克斯坦", "TKM": "土库曼斯坦",
    "UZB": "乌兹别克斯坦", "WLD": "总值",
}  # fmt: skip


@dataclass
class Asked:
    """One request that came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Server:
    """
    Answer on 127.0.0.1, as `answer` says: a path (its beginning) to a reply, or what makes one.

    What is not known is answered by 404; every request is noted in `asked`.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.asked: list[Asked] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            wbufsize = -1  # head and body in one: two small packets wait for each other

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                request = Asked(parts.path, query, dict(self.headers))
                server.asked.append(request)
                status, headers, body = server.reply(request)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        serve = self._http.serve_forever
        threading.Thread(target=serve, args=(0.01,), daemon=True).start()

    def reply(self, request: Asked) -> Reply:
        """Find the answer whose path is the longest beginning of the one asked for."""
        fits = [path for path in self.answers if request.path.startswith(path)]
        if not fits:
            return 404, {}, b"<html>not found</html>"
        answer = self.answers[max(fits, key=len)]
        return answer(request) if callable(answer) else answer

    def close(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()


def workbook(text: str) -> Reply:
    """Answer the table of a page as a workbook."""
    from lxml import html as parser

    page = parser.document_fromstring(text.encode(), parser=parser.HTMLParser(encoding="utf-8"))
    cells = [["", *(c for td in tr.iter("td") for c in _wide(td))] for tr in page.iter("tr")]
    for above, row in itertools.pairwise(cells):  # the name of the header runs over two rows
        if above[1].startswith("Country （"):
            row.insert(1, "")
    return 200, {"Content-Type": "application/vnd.ms-excel"}, xlsx(cells, "Sheet1")


def _wide(cell: object) -> list[str]:
    """Give the text of a cell, and an empty one for each column more that it covers."""
    return [cell.text_content(), *[""] * (int(cell.get("colspan", 1)) - 1)]


def html(text: str) -> Reply:
    """Answer a page, whose encoding is not said."""
    return 200, {"Content-Type": "text/html"}, text.encode()


def plain_json(content: object, status: int = 200) -> Reply:
    """Answer JSON."""
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


# The customs ----------------------------------------------------------------------------


@dataclass
class Line:
    """One country of table 2: printed units of month and year to date, growth in percent."""

    export: str
    export_sum: str
    imports: str
    import_sum: str
    growth: tuple[str, str, str] = ("1.0", "1.0", "1.0")
    total: str = ""
    total_sum: str = ""

    def cells(self, january: bool) -> list[str]:
        """Set out the cells of a row, with totals that add up unless they are given."""
        total, total_sum = self.total, self.total_sum
        total = total or _added(self.export, self.imports)
        total_sum = total_sum or _added(self.export_sum, self.import_sum)
        if january:
            return [total, self.export, self.imports, *self.growth]
        pairs = (total, total_sum, self.export, self.export_sum, self.imports, self.import_sum)
        return [*pairs, *self.growth]


def _added(one: str, two: str) -> str:
    """Add two printed cells."""
    plain = [c.replace(",", "") for c in (one, two)]
    numbers = [float(c) for c in plain if c.replace(".", "").isdigit()]
    return f"{sum(numbers):,.0f}" if numbers else "-"


def lines(**changed: Line | None) -> dict[str, Line]:
    """Give a line to each of the five and the world; some changed, or left out by None."""
    made = {p: Line("1,000,000", "3,000,000", "500,000", "1,500,000") for p in NAMES}
    made |= changed
    return {p: line for p, line in made.items() if line is not None}


def table(
    month: str,
    rows: Mapping[str, Line],
    *,
    title: str = "",
    unit: str = "US$1,000",
    fillers: int = 263,
    date: str = "2031/07/22",
    names: Mapping[str, str] = NAMES,
) -> str:
    """Write table 2 of a month as the English site does."""
    period = pd.Period(month, freq="M")
    january = period.month == 1
    width = 7 if january else 10
    said = title or (
        "（2）Imports and Exports by Country （Region） of Origin/Destination,"
        f"{period.month}.{period.year}"
    )
    if january:
        unit_row = f'{"<td></td>" * 5}<td colspan="2"><span>Unit:{unit}</span></td>'
        top = "".join(f"<td>{c}</td>" for c in ("Total", "Exports", "Imports"))
        below = "".join(f"<td>{c}</td>" for c in ("1", "1", "1", "Total", "Exports", "Imports"))
    else:
        unit_row = f'<td colspan="10" align="right"><span><b>Unit:{unit}</b></span></td>'
        top = "".join(f'<td colspan="2">{c}</td>' for c in ("Total", "Exports", "Imports"))
        own = [str(period.month), f"1to{period.month}"] * 3
        below = "".join(f"<td>{c}</td>" for c in (*own, "Total", "Exports", "Imports"))
    empty = "<td></td>" * (width - 1)
    body = [f"<tr><td>Asia:</td>{empty}</tr>"]
    for partner, line in rows.items():
        cells = "".join(f"<td>{c}&nbsp;</td>" for c in line.cells(january))
        body.append(f"<tr><td><span><b>{names.get(partner, partner)}</b></span></td>{cells}</tr>")
    dull = Line("10", "30", "5", "15").cells(january)
    for i in range(fillers):
        cells = "".join(f"<td>{c}</td>" for c in dull)
        body.append(f"<tr><td>Country {i}&nbsp;</td>{cells}</tr>")
    return f"""<html><head><title>{said}</title></head><body>
<div class="atcl-date">{date}</div><div class="atcl-cnt"><table>
<tr><td colspan="{width}"><span><b>{said}</b></span></td></tr>
<tr>{unit_row}</tr>
<tr><td rowspan="2">Country （Region）</td>{top}<td colspan="3">Percentage Change</td></tr>
<tr>{below}</tr>
{"".join(body)}
<tr><td colspan="{width}">Notes：<br/>1、ASEAN is composed of …</td></tr></table></div>
<div class="atcl-rct"><a href='http://english.customs.gov.cn\\Excel\\2031-06.xls'>xls</a></div>
</body></html>"""


def index(links: Mapping[int, str], years: tuple[int, ...], row: str = "") -> str:
    """Write the index of a year: unquoted links of published months, spans for the others."""
    months = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "Jun.", "Jul.", "Aug.", "Sep.", "Oct.",
              "Nov.", "Dec.")  # fmt: skip
    cells = "".join(
        f"<a href={links[i]}> {name}</a>" if i in links else f"<span>{name}</span>"
        for i, name in enumerate(months, 1)
    )
    options = "".join(f'<option value="{y}">{y}</option>' for y in years)
    name = row or "（2）Imports and Exports by Country （Region） of Origin/Destination"
    return f"""<html><body><a href="http:/statics/report/trade.html">Trade</a>
<select id="monthlysel">{options}</select>
<table><thead><tr><th>Title</th><th>Month</th></tr></thead><tbody>
<tr><td>（1）Imports and Exports by month</td><td><span>Jan.</span></td></tr>
<tr><td>{name}</td><td>{cells}</td></tr></tbody></table></body></html>"""


def preliminary(
    month: str, currency: str, value: float, to_date: float, *, unit: str = "", title: str = ""
) -> str:
    """Write table 1 of the preliminary release; of January and February there is one window."""
    period = pd.Period(month, freq="M")
    name = "January-February" if period.month == 2 else f"{period:%b}"
    said = (
        title or f"(1) China's Total Export & Import Values, {name} {period.year} (in {currency})"
    )
    own = [] if period.month == 2 else [(str(period.month), value)]
    heads = [*own, (f"1-to-{period.month}", to_date)]
    top = "".join(f"<td>{head}</td>" for head, _ in heads)
    cells = "".join(f"<td>{v:,.1f}</td>" for _, v in heads)
    unit = unit or f"{currency} 100 Million"
    return f"""<html><head><title>{escape(said)}</title></head><body><table>
<tr><td colspan="6">{escape(said)}</td></tr><tr><td>Unit: {unit}</td></tr>
<tr><td rowspan="2">Item</td>{top}<td colspan="2">Year-on-Year ±%</td></tr><tr><td>Month</td></tr>
<tr><td>Total Export &amp; Import</td>{cells}<td>9.6</td><td>6.2</td></tr>
<tr><td>Total Export</td>{cells}<td>8.4</td><td>6.6</td></tr>
<tr><td>Export-Import Balance</td>{cells}<td>-</td><td>-</td></tr></table></body></html>"""


def serve_preliminary(server: Server, totals: Mapping[str, tuple[float, float]]) -> None:
    """Put preliminary tables on a server: month to total dollars and yuan, in 100 million."""
    for year in {m[:4] for m in totals}:
        rows = ["<tr><td>(4) Total Export and Import Values by Country (in USD)</td><td></td></tr>"]
        for i, currency in enumerate(("USD", "CNY")):
            links = {}
            for month in (m for m in totals if m.startswith(year)):
                path = f"/Statics/{uuid.uuid5(uuid.NAMESPACE_URL, month + currency)}.html"
                links[int(month[5:])] = f"http://english.customs.gov.cn{path}"
                value = totals[month][i]
                server.answers[path] = html(preliminary(month, currency, value, 5 * value))
            name = f"(1) China's Total Export & Import Values (in {currency})"
            rows.append(index(links, (int(year),), row=escape(name)))
        page = "".join(rows)
        server.answers[f"/statics/report/preliminary{year}.html"] = html(page)


@dataclass
class Customs:
    """
    The English site: months of dollars by partner and flow, from which its pages are made.

    `values` maps month, partner and flow to printed units (thousand dollars).
    """

    values: dict[tuple[str, str, str], int]
    pages: dict[str, str] = field(default_factory=dict)
    newest: int = 0
    first: str = "2025-05"  # the first month with a page: few are quick to read

    def lines(self, month: str) -> dict[str, Line]:
        """Make the lines of a month."""
        return {p: self._line(month, p) for p in NAMES}

    def _line(self, month: str, partner: str) -> Line:
        """Make one line: the year to date is the sum, growth is over last year's."""
        year, number = month.split("-")
        cells, growth = [], []
        for flow in ("export", "import"):
            until = range(1, int(number) + 1)
            own = [self.values.get((f"{year}-{m:02}", partner, flow), 0) for m in until]
            last = [self.values.get((f"{int(year) - 1}-{m:02}", partner, flow), 0) for m in until]
            cells += [f"{own[-1]:,}", f"{sum(own):,}"]
            growth.append(f"{(sum(own) / sum(last) - 1) * 100:.1f}" if sum(last) else "-")
        return Line(*cells, growth=("1.0", *growth))

    def serve(self, server: Server, last: str) -> None:
        """Put the index and the tables up to a month on a server."""
        every = sorted({m for m, _, _ in self.values if m <= last})
        months = [m for m in every if m >= self.first]
        newest = self.newest or int(months[-1][:4])
        for year in sorted({int(m[:4]) for m in every} | {newest}):
            links = {}
            for month in (m for m in months if m.startswith(str(year))):
                name = f"/Statics/{uuid.uuid5(uuid.NAMESPACE_URL, month)}.html"
                links[int(month[5:])] = f"http://english.customs.gov.cn{name}"
                server.answers[name] = html(
                    self.pages.get(month) or table(month, self.lines(month))
                )
            page = index(links, tuple(range(newest, newest - 9, -1)))
            path = "monthly" if year == newest else f"monthly{year}"
            server.answers[f"/statics/report/{path}.html"] = html(page)


def workbook_rows(
    month: str,
    rows: Mapping[str, Line],
    *,
    title: str = "",
    unit: str = "单位：万元人民币",
    fillers: int = 263,
) -> list[list[str | float]]:
    """Set out table 2 as the Chinese workbook does, its first column empty."""
    period = pd.Period(month, freq="M")
    january = period.month == 1
    named = "人民币值" if "人民币" in unit else "美元值"
    said = title or f"（2）{period.year}年{period.month}月进出口商品国别（地区）总值表（{named}）"
    own = [f"{period.month}月"] if january else [f"{period.month}月", f"1至{period.month}月"]
    gap: list[str | float] = [""] * (len(own) - 1)
    top: list[str | float] = ["", "进口原产国（地区）/出口最终目的国（地区）"]
    for group in ("进出口", "出口", "进口"):
        top += [group, *gap]
    out: list[list[str | float]] = [
        ["", said], ["", "", "", "", "", "", "", "", unit],
        [*top, "累计比去年同期±％", "", ""],
        ["", "", *(own * 3), "进出口", "出口", "进口"],
    ]  # fmt: skip
    for partner, line in rows.items():
        out.append(["", f"　{CHINESE.get(partner, partner)}", *line.cells(january)])
    dull = Line("10", "30", "5", "15").cells(january)
    out += [["", f"国家{i}", *map(_float, dull)] for i in range(fillers)]
    return [*out, ["", "注：东盟包括…"]]


def _float(text: str) -> str | float:
    """Make a number of a cell, as some are in the workbook."""
    return float(text.replace(",", "")) if text[:1].isdigit() else text


def xlsx(rows: list[list[str | float]], sheet: str = "M102RMB") -> bytes:
    """Write a workbook of one sheet by hand."""

    def cell(value: str | float, i: int, j: int) -> str:
        letters = chr(ord("A") + j % 26) if j < 26 else "A" + chr(ord("A") + j - 26)
        where = f"{letters}{i + 1}"
        if isinstance(value, int | float):
            return f'<c r="{where}"><v>{value!r}</v></c>'
        return f'<c r="{where}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    body = "".join(
        f'<row r="{i + 1}">{"".join(cell(v, i, j) for j, v in enumerate(row) if v != "")}</row>'
        for i, row in enumerate(rows)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Default Extension="rels" ContentType="{kind}-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}-officedocument.spreadsheetml'
        f'.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}'
        '-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def query_csv(rows: list[tuple[str, str, str, str]], *, trailing: bool = True) -> str:
    """Write a CSV of the query site: month, code, partner, amount."""
    end = "," if trailing else ""
    head = f"数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,美元{end}"
    body = [f'{m},{c},"某商品",145,{p},"{v}"{end}' for m, c, p, v in rows]
    return "\n".join([head, *body]) + "\n"


# The United Nations ---------------------------------------------------------------------


def un_row(
    reporter: str, partner: str, flow: str, period: str, value: float, **more: object
) -> dict:
    """Write one row of figures; a total is an aggregate and not reported, as seen."""
    basis = {"fobvalue": value, "cifvalue": None} if flow == "X" else {
        "cifvalue": value, "fobvalue": None}  # fmt: skip
    year, month = int(period[:4]), int(period[4:] or 52)
    return {
        "typeCode": "C", "freqCode": "M" if len(period) == 6 else "A", "refYear": year,
        "refMonth": month, "period": period, "reporterCode": UN[reporter], "reporterISO": None,
        "flowCode": flow, "partnerCode": UN[partner], "partner2Code": 0, "classificationCode": "H6",
        "cmdCode": "TOTAL", "customsCode": "C00", "motCode": 0, "qty": 0, "netWgt": 0,
        "primaryValue": value, **basis, "isReported": False, "isAggregate": True,
    } | more  # fmt: skip


def un_listed(reporter: str, period: str, checksum: int = 1, released: str = "2025-06-01") -> dict:
    """Write one row of getDa."""
    return {
        "datasetCode": 1, "typeCode": "C", "freqCode": "M" if len(period) == 6 else "A",
        "period": period, "reporterCode": UN[reporter], "classificationCode": "H6",
        "totalRecords": 9, "datasetChecksum": checksum, "firstReleased": f"{released}T00:00:00",
        "lastReleased": f"{released}T00:00:00",
    }  # fmt: skip


def un_answer(rows: list[dict]) -> Reply:
    """Answer rows."""
    return plain_json({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""})


# The IMF --------------------------------------------------------------------------------


def sdmx(series: list[tuple[dict[str, str], list[dict[str, str]]]], group: bool = False) -> bytes:
    """Write an SDMX-ML message, structure specific."""
    tag = "Group" if group else "Series"
    body = "".join(
        f"<{tag} {_attributes(key)}>"
        + "".join(f"<Obs {_attributes(obs)}/>" for obs in ([] if group else observations))
        + f"</{tag}>"
        for key, observations in series
    )
    base = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    structure = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=IMF.STA:DSD_IMTS(1.0.0)"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<message:StructureSpecificData xmlns:message="{base}/message"
 xmlns:ss="{base}/data/structurespecific"
 xmlns:common="{base}/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:ns1="{structure}:ObsLevelDim:TIME_PERIOD">
<message:Header><message:ID>a</message:ID><message:Test>false</message:Test>
<message:Prepared>2031-06-30T02:38:30Z</message:Prepared><message:Sender id="IMF"/>
<message:Structure structureID="S" namespace="{structure}" dimensionAtObservation="TIME_PERIOD">
<common:Structure><Ref agencyID="IMF.STA" id="DSD_IMTS" version="1.0.0" class="DataStructure"/>
</common:Structure></message:Structure></message:Header>
<message:DataSet ss:structureRef="S" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure"
 action="Replace" UPDATE_DATE="2031-06-30T02:38:30Z" PUBLICATION_DATE="2031-04-14T00:00:00Z">
{body}</message:DataSet></message:StructureSpecificData>""".encode()


def _attributes(values: Mapping[str, str]) -> str:
    """Write attributes of an element."""
    return " ".join(f'{name}="{escape(value)}"' for name, value in values.items())


def imts(
    reporters: tuple[str, ...], partners: tuple[str, ...], months: Mapping[str, float]
) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """Give series of monthly trade, with attributes that are no part of their key."""
    return [
        ({"COUNTRY": r, "INDICATOR": f, "COUNTERPART_COUNTRY": p, "FREQUENCY": "M", "SCALE": "6",
          "ACCESS_SHARING_LEVEL": "PUBLIC_OPEN"},
         [{"TIME_PERIOD": m.replace("-", "-M"), "OBS_VALUE": repr(v), "DERIVATION_TYPE": "O"}
          for m, v in months.items()])
        for r in reporters for f in ("XG_FOB_USD", "MG_CIF_USD") for p in partners
    ]  # fmt: skip


# The World Bank and the exchange rate ---------------------------------------------------


def gdp(values: Mapping[tuple[str, str], float | None], updated: str = "2026-10-01") -> Reply:
    """Answer output of economies and years."""
    rows = [{"indicator": {"id": "NY.GDP.MKTP.CD"}, "country": {"id": "XX"}, "countryiso3code": e,
             "date": y, "value": v, "unit": "", "obs_status": "", "decimal": 0}
            for (e, y), v in values.items()]  # fmt: skip
    header = {"page": 1, "pages": 1, "per_page": 1000, "total": len(rows), "lastupdated": updated}
    return plain_json([header, rows])


def pink(prices: Mapping[str, Mapping[str, float]], updated: str, shift: int = 0) -> bytes:
    """Write a Pink Sheet: column name and unit to prices by month."""
    units = [name.partition("|")[2] for name in prices]
    names = [name.partition("|")[0] for name in prices]
    months = sorted({m for series in prices.values() for m in series})
    rows: list[list[str | float]] = [["World Bank Commodity Price Data"], [f"Updated on {updated}"]]
    rows += [[""] for _ in range(2 + shift)]
    rows += [["", *names], ["", *units]]
    rows += [[m.replace("-", "M"), *(prices[c].get(m, "…") for c in prices)] for m in months]
    return xlsx(rows, "Monthly Prices")


PINK = {
    "copper": "Copper|($/mt)", "gas_europe": "Natural gas, Europe|($/mmbtu)",
    "gas_lng_japan": "Liquefied natural gas, Japan|($/mmbtu)", "gold": "Gold|($/troy oz)",
    "oil_average": "Crude oil, average|($/bbl)", "oil_brent": "Crude oil, Brent|($/bbl)",
}  # fmt: skip
MARKETS = (
    '<a href="https://thedocs.worldbank.org/en/doc/74e8be41-0050012026/related/'
    'CMO-Historical-Data-Monthly.xlsx">Monthly prices</a>'
)


def bis(rates: Mapping[str, float]) -> Reply:
    """Answer the BIS's series."""
    head = "STRUCTURE,FREQ,REF_AREA,CURRENCY,COLLECTION,TIME_PERIOD,OBS_VALUE"
    body = [f"dataflow,M,CN,CNY,A,{month},{value!r}" for month, value in rates.items()]
    return 200, {"Content-Type": "text/csv"}, "\n".join([head, *body]).encode()


def fred_csv(rates: Mapping[str, float], header: str = "observation_date") -> Reply:
    """Answer FRED's public file."""
    body = [f"{month}-01,{value!r}" for month, value in rates.items()]
    return 200, {"Content-Type": "text/csv"}, "\n".join([f"{header},EXCHUS", *body]).encode()


def fred_json(rates: Mapping[str, float]) -> Reply:
    """Answer FRED's interface."""
    rows = [{"date": f"{month}-01", "value": str(value)} for month, value in rates.items()]
    return plain_json({"observations": [*rows, {"date": "2031-05-01", "value": "."}]})
