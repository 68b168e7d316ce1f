"""The table behind a chart: its values for people as HTML, and for machines as CSV."""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from silktrade.figures.chart_data import Panel, panels, tidy

_SAFE = ",:()/"  # stand in an address as they are; everything else that is not a letter is escaped
_FULL = {1e9: r"\bbillion ", 1e6: r"\bmillion ", 1e3: r"\bthousand "}


def data_html(figure: Figure, title: str, measure: str) -> str:
    """Fold the values of a chart behind it: a table to read and a CSV file to take along."""
    found = panels(figure)
    if not found:
        return ""
    tables = "".join(_table(panel, measure) for panel in found)
    address = "data:text/csv;charset=utf-8," + urllib.parse.quote(csv(found, measure), safe=_SAFE)
    link = f'<a download="{_slug(title)}.csv" href="{address}">Download as CSV</a>'
    return (
        '<details class="chart-data"><summary>Data</summary>'
        f"{tables}<p>{link}</p></details>"
    )  # fmt: skip


def csv(found: Sequence[Panel], measure: str) -> str:
    """Write the values of a chart as CSV, a row a value."""
    first, table = found[0], tidy(found)
    if (table["statistic"] == "value").all():
        table = table.drop(columns="statistic")
    table["value"] = [_exact(value) for value in table["value"]]
    names = {"row": first.rows.lower() or "row", "value": _full_measure(first, measure)}
    table = table.rename(columns={old: _inert(new) for old, new in names.items()})
    return table.map(_inert).to_csv(index=False, lineterminator="\n")


def _table(panel: Panel, measure: str) -> str:
    """Write one panel's values as a table."""
    told = _said(panel.measure or measure)
    if panel.percent and not re.search("percent|%|points", told):
        told += ", percent"
    caption = ": ".join(html.escape(text) for text in (panel.title, told) if text)
    heads = [name if s == "value" else f"{name}, {s}" for name, s in panel.values.columns]
    corner = f'<th scope="col">{html.escape(panel.rows)}</th>' if panel.rows else "<td></td>"
    columns = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    printed = pd.DataFrame({i: _printed(panel, i) for i in range(len(heads))})
    rows = "".join(
        f'<tr><th scope="row">{html.escape(row)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for row, *cells in zip(panel.values.index, *(printed[c] for c in printed), strict=True)
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr>{corner}{columns}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _printed(panel: Panel, column: int) -> list[str]:
    """Print a column with as many decimals in every row: millions, tenths of a percent."""
    values = panel.values.iloc[:, column]
    numbers = pd.to_numeric(values, errors="coerce") / panel.scale
    if numbers.isna().to_numpy()[values.notna()].any():
        return ["–" if pd.isna(value) else str(value) for value in values]
    digits = {0.01: 1, 1e9: 3}.get(panel.scale, _digits(numbers.abs().max()))
    return [
        "–" if pd.isna(number) else f"{number + 0.0:,.{digits}f}".replace("-", "−")
        for number in numbers.round(digits)
    ]


def _digits(largest: float) -> int:
    """Choose decimals so that the largest number has four figures."""
    return max(0, 4 - len(f"{largest:.0f}")) if largest >= 1 else 4


def _inert(value: object) -> object:
    """Keep a text from being taken for a formula when a spreadsheet opens the file."""
    text = str(value)
    number = re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", text)
    return f"'{text}" if text and text[0] in "=+-@\t\r" and not number else value


def _exact(value: object) -> str:
    """Write a number so that reading it gives the same number; text is left as it is."""
    return str(value) if isinstance(value, str) else repr(float(value)).removesuffix(".0")


def _said(measure: str) -> str:
    """Give the measure without what a subtitle adds on how to read the marks."""
    return measure.partition(";")[0]


def _full_measure(panel: Panel, measure: str) -> str:
    """Give the measure in full units: fractions for percent, dollars for billions of them."""
    told = _said(panel.measure or measure)
    if panel.scale == 0.01:
        told, changed = re.subn(
            r"\bin points\b|\bpercentage points\b|\bpercent\b", "as a fraction", told
        )
        return told if changed or not told else f"{told}, as a fraction"
    if panel.scale in _FULL:
        told = re.sub(_FULL[panel.scale], "", told, flags=re.IGNORECASE)
    return told or "value"


def _slug(title: str) -> str:
    """Name a file after a title, at most 60 characters."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return (words[:60].rpartition("-")[0] if len(words) > 60 else words) or "chart"
