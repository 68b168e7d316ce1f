"""The table behind a chart: its values for people as HTML, and for machines as CSV."""

import html
import re
import urllib.parse
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from silktrade.figures.chart_data import Panel, tidy

_SAFE = ",:;()/'"  # stand in an address as they are; all else that is no letter is escaped
_PER = r" (\w+)"
_FULL = {1e9: f"billion{_PER}", 1e6: f"million{_PER}", 1e3: f"thousand{_PER}"}
LICENCE = "attribution"  # what all sources ask of who uses their figures; README says whose


def data_html(found: Sequence[Panel], told: Mapping[str, str]) -> str:
    """Fold the values of a chart behind it: a table to read and a CSV file to take along."""
    if not found:
        return ""
    title, measure = told.get("title", ""), told.get("subtitle", "")
    name = slug(title)
    tables = "".join(_table(panel, measure) for panel in found)
    content = csv(found, measure, told.get("source", ""), told.get("as_of", ""))
    address = "data:text/csv;charset=utf-8," + urllib.parse.quote(content, safe=_SAFE)
    return (
        f'<details class="chart-data"><summary>Data<span>: {html.escape(title)}</span></summary>'
        f'{tables}</details><p class="chart-take">'
        f'<a download="{name}.csv" href="{address}">CSV</a></p>'
    )  # fmt: skip


def csv(found: Sequence[Panel], measure: str, source: str = "", as_of: str = "") -> str:
    """Write the values of a chart as CSV; what holds of all rows stands in the first of them."""
    first, table = found[0], tidy(found)
    status = {key: value for panel in found for key, value in panel.status.items()}
    if status:
        keys = zip(table["series"], table["row"], strict=True)
        table["status"] = [status.get(key, "as published") for key in keys]
    if (table["statistic"] == "value").all():
        table = table.drop(columns="statistic")
    decimals = 6 if first.scale == 0.01 else None  # of a fraction: a ten thousandth of a percent
    table["value"] = [_sensible(value, decimals) for value in table["value"]]
    table = table.rename(columns={"row": _inert(first.rows.lower() or "row")})
    table["unit"] = _unit(first, measure)
    table["source"] = source.removeprefix("Source: ").replace(", ", ";")
    table["as_of"], table["licence"] = as_of, LICENCE
    table.loc[1:, ["unit", "source", "as_of", "licence"]] = ""  # half of a page's bytes otherwise
    return table.map(_inert).to_csv(index=False, lineterminator="\n")


def _table(panel: Panel, measure: str) -> str:
    """Write one panel's values as a table."""
    told = _said(panel.measure or measure)
    if panel.percent and not re.search("percent|%|points", told):
        told += ", percent"
    caption = ": ".join(html.escape(text) for text in (panel.title, told) if text)
    heads = [name if s == "value" else f"{name}, {s}" for name, s in panel.values.columns]
    corner = f"<th scope=col>{html.escape(panel.rows)}</th>" if panel.rows else "<td></td>"
    columns = "".join(f"<th scope=col>{html.escape(head)}</th>" for head in heads)
    printed = pd.DataFrame({i: _printed(panel, i) for i in range(len(heads))})
    rows = "".join(
        f"<tr><th scope=row>{html.escape(row)}</th>"
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
    largest = numbers.abs().max()  # has four figures
    usual = max(0, 4 - len(f"{largest:.0f}")) if largest >= 1 else 4
    digits = {0.01: 1, 1e9: 3}.get(panel.scale, usual)
    return [
        "–" if pd.isna(number) else f"{number + 0.0:,.{digits}f}".replace("-", "−")
        for number in numbers.round(digits)
    ]


def _inert(value: object) -> object:
    """Keep a text from being taken for a formula when a spreadsheet opens the file."""
    text = str(value)
    number = re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", text)
    return f"'{text}" if text and text[0] in "=+-@\t\r" and not number else value


def _sensible(value: object, decimals: int | None) -> str:
    """Write a number with seven figures, more than any source prints, or with some decimals."""
    if isinstance(value, str):
        return value
    whole = decimals is not None
    return np.format_float_positional(
        float(value), decimals if whole else 7, unique=False, fractional=whole, trim="-"
    )


def _said(measure: str) -> str:
    """Give the measure without what a subtitle adds on how to read the marks."""
    return measure.partition(";")[0]


def _unit(panel: Panel, measure: str) -> str:
    """Name the unit of the values in full: dollars for billions of them, a fraction for percent."""
    if panel.scale == 0.01:
        return "fraction"
    told = _said(panel.measure or measure)
    if panel.scale in _FULL and (unit := re.search(_FULL[panel.scale], told, re.IGNORECASE)):
        return unit[1]
    return told or "value"


def slug(title: str) -> str:
    """Name a file after the first words of a title, at most 32 characters."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return (words[:32].rpartition("-")[0] if len(words) > 32 else words) or "chart"
