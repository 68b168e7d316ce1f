"""
Pages: an executed notebook and its record become one HTML file that opens offline.

nbconvert renders the cells through a template of our own, which inherits nbconvert's bare blocks:
no scripts, no fonts, no style sheets from elsewhere, code behind folds, the answer first.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from silktrade import codes
from silktrade.reports import provenance, wording

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

TEMPLATES = Path(__file__).parent / "templates"

_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
_ANCHOR = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b.*?</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def page(notebook: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """
    Render one report.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    record : mapping
        Its JSON record. Clock times in it are not shown: a page is a function of its inputs.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    ValueError
        If a figure has no alternative text.
    """
    body = copy.deepcopy(notebook)
    resources = {
        "record": dict(record),
        "variant": variant(record),
        "as_of": long_date(record["parameters"].get("as_of")),
        "synthetic": [s["title"] for s in record["snapshots"] if s["kind"] == "synthetic"],
        "lead": _take_lead(body),
        "css": css(),
        "mime": {
            "provenance": provenance.PROVENANCE,
            "message": provenance.MESSAGE,
            "headline": provenance.HEADLINE,
        },
        "has_provenance": any(provenance.PROVENANCE in o.get("data", {}) for o in _outputs(body)),
    }
    _mark_numbers(body)
    _join_folds(body)
    html, _ = _exporter().from_notebook_node(body, resources)
    _refuse_silent_figures(html)
    return html


def variant(record: Mapping[str, Any]) -> str:
    """
    Name what tells a report from the others of its group.

    Parameters
    ----------
    record : mapping
        A JSON record.

    Returns
    -------
    str
        The labels of its grid's values, or an empty text.

    Examples
    --------
    >>> variant({"grid": {"partner": "KAZ"}})
    'Kazakhstan'
    """
    return ", ".join(codes.label(str(value)) for value in record["grid"].values())


def long_date(day: Any) -> str:
    """
    Write an ISO day as people do; anything else is left as it is.

    Parameters
    ----------
    day : object
        Such as `"2026-01-31"`, or None.

    Returns
    -------
    str
        Such as `"31 January 2026"`; empty for None.

    Examples
    --------
    >>> long_date("2026-01-31"), long_date(None)
    ('31 January 2026', '')
    """
    try:
        date = datetime.date.fromisoformat(str(day))
    except ValueError:
        return "" if day is None else str(day)
    return f"{date.day} {date:%B %Y}"


@cache
def css() -> str:
    """
    Read the style sheet that pages and the index share.

    Returns
    -------
    str
        CSS, to stand in the page itself.
    """
    return (TEMPLATES / "common.css").read_text(encoding="utf-8")


@cache
def _exporter() -> HTMLExporter:
    """Set up nbconvert once a process."""
    from nbconvert import HTMLExporter  # half a second that the index has no need of

    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,  # headings get plain ids from `_anchored`
    )
    filters = {
        "anchored": _anchored,
        "contents": _ANCHOR.findall,
        "tabled": _tabled,
        "numbers": wording.numbers,
        "unbroken": wording.unbroken,
    }
    for name, function in filters.items():
        exporter.register_filter(name, function)
    return exporter


def _take_lead(notebook: Any) -> str:
    """Take the first cell away: its heading is the page's, the rest stands below the answer."""
    first = notebook["cells"][0] if notebook["cells"] else None
    if first is None or first["cell_type"] != "markdown":
        return ""
    del notebook["cells"][0]
    lines = first["source"].splitlines()
    return "\n".join(line for line in lines if not line.startswith("# ")).strip()


def _anchored(html: str) -> str:
    """Give every heading an id made of its words."""
    taken: set[str] = set()

    def with_id(match: re.Match[str]) -> str:
        level, text = match.groups()
        plain = unescape(_TAG.sub("", text)).lower().replace("’", "").replace("'", "")
        slug = name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"
        number = 2
        while slug in taken:
            slug, number = f"{name}-{number}", number + 1
        taken.add(slug)
        return f'<h{level} id="{slug}">{text}</h{level}>'

    return _HEADING.sub(with_id, html)


def _tabled(html: str) -> str:
    """Let tables scroll by themselves and tell screen readers which cells are headers."""

    def wrapped(match: re.Match[str]) -> str:
        table = re.sub(r"<th\b([^>]*)>(\s|&nbsp;)*</th>", r"<td\1></td>", match.group())
        head, split, rest = table.partition("</thead>")
        if not split:
            head, rest = "", table
        table = _scoped(_one_row(head), "col") + split + _scoped(rest, "row")
        return f'<div class="scroll" role="region" aria-label="Table" tabindex="0">{table}</div>'

    return _TABLE.sub(wrapped, html)


def _one_row(head: str) -> str:
    """Move the names of the index, which pandas puts on a row of their own, to the corner above."""
    rows = _ROW.findall(head)
    upper, lower = (_CELL.findall(row) for row in rows) if len(rows) == 2 else ([], [])
    blank = [_TAG.sub("", cell).strip() == "" for cell in upper]
    names = [_TAG.sub("", cell).strip() != "" for cell in lower]
    if len(upper) != len(lower) or not any(names) or blank != names:
        return head
    cells = [b if is_name else a for a, b, is_name in zip(upper, lower, names, strict=True)]
    return head.replace(rows[0], f"<tr>{''.join(cells)}</tr>").replace(rows[1], "")


def _scoped(html: str, scope: str) -> str:
    """Add a scope to the header cells that have none."""
    return re.sub(r"<th\b(?![^>]*\bscope=)", f'<th scope="{scope}"', html)


def _mark_numbers(notebook: Any) -> None:
    """Mark the first headline number: there all of them are shown together."""
    for output in _outputs(notebook):
        if provenance.HEADLINE in output.get("data", {}):
            output["metadata"]["first"] = True
            return


def _join_folds(notebook: Any) -> None:
    """Put the code of neighbouring cells that show nothing under one fold."""
    kept, waiting = [], []
    for cell, following in itertools.zip_longest(notebook["cells"], notebook["cells"][1:]):
        if cell["cell_type"] == "code":
            waiting.append(cell)
            if not _shows(cell) and following is not None and following["cell_type"] == "code":
                continue
            tags = [tag for c in waiting for tag in c["metadata"].get("tags", [])]
            cell["metadata"]["fold"] = "Code and parameters" if tags else "Code"
            cell["metadata"]["sources"] = [c["source"] for c in waiting if c["source"].strip()]
            waiting = []
        kept.append(cell)
    notebook["cells"] = kept


def _shows(cell: Mapping[str, Any]) -> bool:
    """Whether any output of a cell stands on the page where the cell is."""
    lifted = {provenance.MESSAGE, provenance.HEADLINE}
    return any(
        output["metadata"].get("first") if lifted & set(output.get("data", {})) else True
        for output in cell["outputs"]
    )


def _outputs(notebook: Any) -> list[Any]:
    """List all outputs of a notebook."""
    return [o for cell in notebook["cells"] for o in cell.get("outputs", [])]


def _refuse_silent_figures(html: str) -> None:
    """Stop a page that would leave a reader without sight of its figures."""
    # nbconvert fills a missing text with this apology, so it counts as missing.
    silent = re.findall(r'<img\b(?![^>]*\balt="(?!")(?!No description has been)[^"]+")', html)
    if silent:
        raise ValueError(
            f"{len(silent)} figure(s) have no alternative text: draw them with a function of "
            "silktrade.figures, which describes what it draws"
        )
