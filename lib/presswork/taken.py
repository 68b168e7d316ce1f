"""What a reader takes along: the figures behind all charts of a page as one workbook."""

import base64
import csv
import io
import re
from html import escape, unescape
from urllib.parse import unquote

from presswork import workbook

_CHART = re.compile(r'<figure class="chart"[^>]*>(.*?)</figure>', re.DOTALL)
_CAPTION = re.compile(r"<figcaption[^>]*>(.*?)(?:<a\b.*?)?</figcaption>", re.DOTALL)
_FILE = re.compile(r'href="data:text/csv;charset=utf-8,([^"]*)"')
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")  # no code with a leading zero


def with_workbook(html: str, name: str) -> str:
    """Add to a page the link to a workbook of its charts, at the end of what it says."""
    sheets = sheets_of(html)
    if not sheets:
        return html
    content = io.BytesIO()
    workbook.write(content, sheets)
    address = f"data:{_KIND};base64,{base64.b64encode(content.getvalue()).decode()}"
    link = (
        f'<p class="chart-take"><a download="{escape(name)}.xlsx" href="{address}">'
        "The figures behind all charts of this page (XLSX)</a></p>"
    )
    before, end, after = html.rpartition("</main>")
    return f"{before}{link}{end}{after}" if end else html


def sheets_of(html: str) -> dict[str, list[list[object]]]:
    """Read the figures behind each chart of a page: a sheet a chart, and one that lists them."""
    sheets: dict[str, list[list[object]]] = {"Charts": [["Sheet", "Chart"]]}
    for chart in _CHART.findall(html):
        file, caption = _FILE.search(chart), _CAPTION.search(chart)
        if file is None:
            continue
        number = str(len(sheets))
        title = re.sub(r"<[^>]*>", "", caption[1]) if caption else ""
        sheets["Charts"].append([number, unescape(title).strip()])
        rows = csv.reader(io.StringIO(unquote(file[1])))
        sheets[number] = [[float(c) if _NUMBER.fullmatch(c) else c for c in row] for row in rows]
    return sheets if len(sheets) > 1 else {}
