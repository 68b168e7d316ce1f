"""
Pages: an executed notebook and its record become one HTML file that opens offline.

nbconvert renders the cells through a template of our own, which inherits nbconvert's bare blocks:
no scripts, no fonts, no style sheets from elsewhere, code behind folds, the answer first.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from presswork import cleaning, glossary, markup, masthead, provenance, taken, wording
from presswork.project import HERE, Project

if TYPE_CHECKING:
    from presswork.exporter import PageExporter

TEMPLATES = HERE / "templates"
# What a page does not carry of its record: clock times, because it is a function of its inputs;
# fingerprints of every module and cell, which only the next run needs; changes, which it shows.
CLOCK = frozenset({"started", "seconds", "cpu_seconds", "timings", "shown"})
DRAWN = frozenset({"history"})  # it stands behind the page's own charts
LEFT_OUT = frozenset({"inputs", "before", "files", "changes", "snapshots", "due"})

_FALSE = re.compile(r'<figure class="chart" data-faults="([^"]*)"')
_IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_HEADINGS = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)
_CHART = '<figure class="chart"'
# What a table or a chart says in its place where nothing of it is known.
_LACKS = re.compile(r'\s*<p class="note">(.*?)\.?</p>\s*(?:<style\b[^<]*</style>\s*)?', re.DOTALL)
_ANCHOR = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)


def page(
    notebook: Mapping[str, Any],
    record: Mapping[str, Any],
    project: Project,
    folder: Path | None = None,
) -> str:
    """Render one report."""
    body = copy.deepcopy(notebook)
    _heed_tags(body)
    _say_once(body)
    pasted = body["cells"][0].get("attachments") if body["cells"] else None
    lead = _take_lead(body)
    code = _take_code(body)
    _drop_heading(body)
    front = record.get("front", False)
    resources = {
        "record": dict(record),
        "record_json": Markup(_for_script(record)),
        "changes": wording.changes(record.get("changes")),
        "project": project,
        "pasted": pasted,
        "pictures": cleaning.pictures(body, folder) if folder else {},
        "lead": lead,
        "code": code,
        "chart": None if front else _take_chart(body),
        "policy": cleaning.policy(script()),
        "where": f"{record['report']}.ipynb",
        "css": Markup(css(front)),
        "script": Markup(script()),
        **masthead.facts(record, project),
        "mime": {
            "provenance": provenance.PROVENANCE,
            "message": provenance.MESSAGE,
            "headline": provenance.HEADLINE,
            "said": [provenance.DATED, provenance.NOTICE],
        },
        "has_provenance": any(_has(cell, provenance.PROVENANCE) for cell in body["cells"]),
    }
    from presswork.formulas import define  # half a second the index has no need of

    define(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    html, _ = _exporter().from_notebook_node(body, resources)
    _refuse_silent_figures(html, project.library)
    _refuse_false_figures(html)
    whole = markup.referable(markup.regions_named(html))
    whole = glossary.glossed(markup.typeset(whole), project.words)
    return taken.with_workbook(whole, record["report"])


def warm() -> None:
    """Load nbconvert and compile the templates, so that forked processes find both ready."""
    from nbformat import v4 as new

    shown = new.new_output("display_data", {"text/html": "<p>&times;</p>"})
    cells = [new.new_markdown_cell("# A\n\n| a |\n|---|\n| $1$ |"),
             new.new_code_cell("f(1)", outputs=[shown])]  # fmt: skip
    record = {key: [] for key in ("messages", "headlines", "snapshots")}
    record |= {key: {} for key in ("parameters", "grid")} | {"commit": None, "changes": None}
    record |= {"title": "", "report": "", "versions": {}}
    nowhere = Project("presswork", "", lambda: HERE, lambda *_: None, list, str)
    page(new.new_notebook(cells=cells), record, nowhere)


@cache
def css(front: bool = False) -> str:
    """Read the style sheet that pages and the index share, and what a front page has beyond."""
    sheets = ("common.css", "page/chart.css", *(["front.css"] if front else []))
    text = "".join((TEMPLATES / sheet).read_text(encoding="utf-8") for sheet in sheets)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s*([{};,>]|(?<=[\w-]):(?= ))\s*|\s+", lambda m: m[1] or " ", text).replace(
        ";}", "}"
    )


@cache
def script() -> str:
    """Read the script of charts and words, without indents, comments and spaces it can spare."""
    text = (TEMPLATES / "page" / "chart.js").read_text(encoding="utf-8")
    text = re.sub(r"^\s*(?://.*)?\n?", "", text, flags=re.MULTILINE)
    return re.sub(r" (=>|[=+*]|===|&&) ", r"\1", text)


@cache
def _exporter() -> PageExporter:
    """Set up nbconvert once a process."""
    from presswork import shown
    from presswork.exporter import PageExporter  # as long
    from presswork.formulas import markdown_html

    exporter = PageExporter(
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,  # headings get plain ids from `anchored`
    )
    # Every text is escaped, wherever it stands in a template; these give markup of ours.
    exporter.environment.autoescape = True
    markup_of_ours = {
        "anchored": markup.anchored,
        "clean": cleaning.clean,
        "complaint": shown.complaint,
        "markdown2html": markdown_html,
        "plain_code": markup.plain_code,
        "printed": shown.printed,
        "raw": shown.raw,
        "shown": shown.output,
        "tabled": markup.tabled,
    }
    for name, function in markup_of_ours.items():
        exporter.register_filter(name, _trusted(function))
    exporter.register_filter("contents", lambda body: [
        (anchor, Markup(text)) for anchor, text in _ANCHOR.findall(str(body))
    ])  # fmt: skip
    exporter.register_filter("with_pasted", cleaning.with_pasted)
    exporter.register_filter("parted", _parted)
    exporter.register_filter("numbers", wording.numbers)
    return exporter


def _trusted(function: Callable[..., str]) -> Callable[..., Markup]:
    """Mark what a function gives as markup, and take the mark off what it is given to change."""
    return lambda *given: Markup(function(*(str(g) if isinstance(g, Markup) else g for g in given)))


def _parted(body: str) -> tuple[Markup, Markup]:
    """Part what a page says from what it says of its making."""
    answer, _, making = str(body).partition('<h2 id="how-this-was-made">How this was made</h2>')
    return Markup(answer), Markup(making)


def _for_script(record: Mapping[str, Any]) -> str:
    """Write a record as JSON that may stand in a script element, without what is not carried."""

    def timeless(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {k: timeless(v) for k, v in value.items() if k not in CLOCK | DRAWN}
        return [timeless(v) for v in value] if isinstance(value, list | tuple) else value

    carried = {k: v for k, v in record.items() if k not in LEFT_OUT}
    text = json.dumps(
        timeless(carried), ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str
    )
    return text.replace("<", "\\u003c")  # no text of it may end the element


def _take_lead(notebook: Any) -> str:
    """Take the first cell away: its heading is the page's, the rest stands below the answer."""
    first = notebook["cells"][0] if notebook["cells"] else None
    if first is None or first["cell_type"] != "markdown":
        return ""
    del notebook["cells"][0]
    lines = first["source"].splitlines()
    return "\n".join(line for line in lines if not line.startswith("# ")).strip()


def _heed_tags(notebook: Any) -> None:
    """Leave out, or fold, what a cell's tags say: those of Jupyter Book and nbconvert."""
    kept = []
    for cell in notebook["cells"]:
        tags = {str(tag).replace("_", "-") for tag in cell["metadata"].get("tags", [])}
        if "remove-cell" in tags:
            continue
        kept.append(cell)
        if cell["cell_type"] != "code":
            continue
        if "remove-output" in tags:
            cell["outputs"] = []
        cell["metadata"]["hidden"] = bool({"hide-output", "hide-cell"} & tags)
        cell["metadata"]["silent"] = "remove-input" in tags
    notebook["cells"] = kept


def _say_once(notebook: Any) -> None:
    """Say in a section once why nothing is known, and not how to read what is not there."""
    said, read = "", True  # what its figures and tables say so far, and whether the last is there
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text, heading, rest = _parted_at_heading(cell["source"])
            cell["source"] = (text if read else "") + heading + rest
            said, read = ("", True) if heading else (said, read)
        for output in list(cell.get("outputs", [])):
            data = output.get("data", {})
            html, lacks = data.get("text/html", ""), _LACKS.fullmatch(data.get("text/html", ""))
            again = lacks and lacks[1] in said
            if again or (not read and "text/markdown" in data):
                cell["outputs"].remove(output)
            if "<figure" in html or "<table" in html or lacks:
                said, read = said + html, not lacks


def _parted_at_heading(text: str) -> tuple[str, str, str]:
    """Part some Markdown at its first heading."""
    at = _HEADINGS.search(text)
    return (text[: at.start()], at[0], text[at.end() :]) if at else (text, "", "")


def _take_code(notebook: Any) -> list[tuple[str, list[str]]]:
    """Take the code away, to stand at the foot: by the heading that it stands under."""
    folds: dict[str, list[str]] = {}
    section = "setup and parameters"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            section = next(iter(_HEADINGS.findall(cell["source"])[-1:]), section)
        elif cell["cell_type"] == "code" and not cell["metadata"].get("silent"):
            folds.setdefault(section, []).extend([cell["source"]] if cell["source"].strip() else [])
    return [(section, sources) for section, sources in folds.items() if sources]


def _drop_heading(notebook: Any) -> None:
    """Leave out the heading right above the answer, which stands above all headings."""
    cells = notebook["cells"]
    said = next((i for i, c in enumerate(cells) if _has(c, provenance.MESSAGE)), 0)
    for cell in cells[:said]:
        if cell["cell_type"] == "markdown" and re.fullmatch(r"## [^\n]+", cell["source"].strip()):
            cells.remove(cell)
            return


def _take_chart(notebook: Any) -> Any:
    """Take away the chart that follows the answer in its section: it goes first."""
    cells = notebook["cells"]
    said = next((i for i, c in enumerate(cells) if _has(c, provenance.MESSAGE)), len(cells))
    for cell in cells[said:]:
        if cell["cell_type"] == "markdown" and _HEADINGS.search(cell["source"]):
            return None
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if _CHART in data.get("text/html", "") or any(k.startswith("image/") for k in data):
                cell["outputs"].remove(output)
                return output
    return None


def _has(cell: Mapping[str, Any], mime: str) -> bool:
    """Tell whether a cell has an output of a kind."""
    return any(mime in output.get("data", {}) for output in cell.get("outputs", []))


class _Images(HTMLParser):
    """Counts the images that have no alternative text."""

    silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one image."""
        self.silent += not (dict(attrs).get("alt") or "").strip()


def _refuse_silent_figures(html: str, library: str) -> None:
    """Stop a page that would leave a reader without sight of its figures."""
    images = _Images()
    for tag in _IMAGE.findall(html):
        images.feed(tag)
    if images.silent:
        raise ValueError(
            f"{images.silent} figure(s) have no alternative text: draw them with a function of "
            f"{library}.figures, which describes what it draws, or give a picture its words: "
            "`![what it shows](file)`"
        )


def _refuse_false_figures(html: str) -> None:
    """Stop a page with a figure that says of itself what is false on it."""
    told = [unescape(found) for found in _FALSE.findall(html)]
    if told:
        raise ValueError(f"{len(told)} figure(s) would mislead: {'; '.join(told)}")
