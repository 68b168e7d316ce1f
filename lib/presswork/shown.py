"""
Each output of a cell in the best form that opens offline; nothing goes without a word.

Pictures, tables, Markdown and LaTeX are shown. A chart that needs a script is drawn by its own
library's exporter where that is installed, else its numbers are shown, else a sentence says what
the notebook has and the page has not.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from presswork import drawn
from presswork.cleaning import clean, cut, file_address, preformatted
from presswork.formulas import markdown_html

MOST = 1_000_000  # characters of one output on a page
MOST_COLOURS = 5_000
MOST_PICTURE = 8_000_000
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")
# What lives by a script, or is another page or program in a frame.
_LIVES = re.compile(
    r"<(?:script\b(?![^>]*application/json)|(?:iframe|object|embed|canvas)\b)", re.IGNORECASE
)
_BAR = re.compile(r"^.*\d+%\|.*\| .*\[.*\].*$|^.*\d+(?:it|\w*) \[\d\d:\d\d, .*\].*$")
_COLOUR = re.compile("\x1b\\[.*?[@-~]")  # as nbconvert has it
# What moves a cursor, links in a terminal, and characters that no page may have.
_UP = re.compile(
    r"\x1b\[[0-9;]*[A-HJKf]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)


def output(said: Mapping[str, Any], where: str) -> str:
    """Show what a cell displayed or gave."""
    data = said["data"]
    alts = said.get("metadata", {})
    for kind, show in _FORMS.items():
        if kind in data and (html := show(data, kind, alts, where)):
            return html
    return _missing(", ".join(data) or "nothing", where)


def _missing(what: str, where: str) -> str:
    """Say what could not be shown."""
    return (
        f'<p class="note" role="note">An output of kind {escape(what)} cannot stand on a page: '
        f"it is in {escape(where)}.</p>"
    )


def _html(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show HTML; of what lives by a script another form, where there is one."""
    html = data[kind]
    if len(html) > MOST:
        return _text(data, "text/plain", alts, where) + _missing("HTML of this size", where)
    if not _LIVES.search(html):
        return clean(html)
    drawing = next((k for k in data if k.startswith("image/") or k in _SPECS), "")
    if drawing:
        return ""
    if spec := drawn.vega_in(html):
        return _spec(drawn.vega, spec, where)
    left = clean(html)
    return (left if re.sub(r"<[^>]*>", "", left).strip() else "") + _missing(
        "HTML with a script or a frame", where
    )


def _markdown(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show Markdown."""
    text, note = cut(data[kind], MOST, where)
    return clean(markdown_html(text)) + note


def _latex(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show LaTeX as a formula, or as it was written where it is none."""
    text, note = cut(data[kind].strip(), MOST, where)
    with contextlib.suppress(ValueError):
        return clean(markdown_html(text)) + note
    return preformatted(text) + note


def _svg(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a drawing: as a picture, in which nothing can run."""
    return _figure("image/svg+xml", base64.b64encode(data[kind].encode()).decode(), alts, where)


def _picture(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a picture of dots."""
    return _figure(kind, "".join(data[kind].split()), alts, where)


def _figure(kind: str, content: str, alts: Any, where: str) -> str:
    """Put a picture on the page."""
    if len(content) > MOST_PICTURE:
        return _missing(f"{kind} of this size", where)
    said = alts.get(kind) if isinstance(alts, Mapping) else None
    text = (said if isinstance(said, Mapping) else {}).get("alt", "")
    alt = f' alt="{escape(str(text))}"' if text else ""
    return f'<figure class="chart"><img src="data:{kind};base64,{escape(content)}"{alt}></figure>'


def _text(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a text, with its colours."""
    return printed(data.get(kind, ""), where)


def printed(text: str, where: str) -> str:
    """Show what was printed."""
    text, note = cut(text, MOST, where)
    return f'<pre class="output" tabindex="0">{_coloured(text)}</pre>{note}'


def _coloured(text: str) -> str:
    """Set a text with its colours, unless they are so many that nbconvert takes minutes."""
    from nbconvert.filters import ansi2html

    text = _UP.sub("", text)
    return ansi2html(text if text.count("\x1b") < MOST_COLOURS else _COLOUR.sub("", text))


def complaint(text: str, where: str) -> str:
    """Show what was printed as an error: warnings and messages, but no bar of progress."""
    lines = _UP.sub("", text).split("\n") if "%|" in text or "it [" in text else [text]
    left = "\n".join(line for line in lines if len(line) > 2000 or not _BAR.match(line))
    if not left.strip():
        return ""
    text, note = cut(left, MOST, where)
    name = "Warning" if re.search("warn|error", text[:20_000], re.IGNORECASE) else "Message"
    return (
        f'<div class="stderr" role="note"><strong>{name}</strong><pre>{_coloured(text)}</pre>'
        f"{note}</div>"
    )


def traceback(lines: list[str], where: str) -> str:
    """Show the error of a cell that was meant to raise one."""
    return printed("\n".join(lines), where)


def raw(cell: Mapping[str, Any]) -> str:
    """Show a raw cell."""
    metadata, text = cell["metadata"], cell["source"]
    kind = str(metadata.get("raw_mimetype") or metadata.get("format") or "").lower()
    if kind == "text/html":
        return clean(text)
    if kind == "text/markdown":
        return clean(markdown_html(text))
    if re.fullmatch(r"\s*---\s*\n.*\n---\s*", text, re.DOTALL) or not text.strip():
        return ""
    return preformatted(text)


def _plotly(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a chart of plotly."""
    return _spec(drawn.plotly, data[kind], where)


def _vega(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a chart of Altair."""
    return _spec(drawn.vega, data[kind], where)


def _spec(draw: Callable[[Any], tuple[str, str, str]], spec: Any, where: str) -> str:
    """Show a chart that is described: drawn, or as numbers."""
    svg = table = title = ""
    with contextlib.suppress(AttributeError, TypeError, KeyError):  # in no form that we know
        svg, table, title = draw(spec)
    name = title or "A chart"
    if svg:
        address = file_address("image/svg+xml", svg.encode())
        return f'<figure class="chart"><img alt="{escape(name)}" src="{address}"></figure>'
    if table and len(table) <= MOST:
        note = f"The numbers of a chart that is drawn in {escape(where)}."
        return f'{table}<p class="note">{note}</p>'
    return _missing(f"chart ({name})", where)


def _mermaid(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show a diagram as it was written."""
    text, note = cut(data[kind], MOST, where)
    return preformatted(text) + note


def _json(data: Mapping[str, Any], kind: str, alts: Any, where: str) -> str:
    """Show data as text."""
    text = json.dumps(data[kind], indent=1, ensure_ascii=False)
    text, note = cut(text, MOST, where)
    return preformatted(text) + note


_SPECS = (
    "application/vnd.plotly.v1+json",
    *(f"application/vnd.vegalite.v{number}+json" for number in range(9, 1, -1)),
)
# The first form that gives something is shown.
_FORMS: dict[str, Callable[..., str]] = {
    "text/html": _html,
    "text/markdown": _markdown,
    "image/svg+xml": _svg,
    **dict.fromkeys(_PICTURES, _picture),
    "application/vnd.plotly.v1+json": _plotly,
    **dict.fromkeys(_SPECS[1:], _vega),
    "text/latex": _latex,
    "text/vnd.mermaid": _mermaid,
    "application/javascript": lambda data, kind, alts, where: _missing("script", where),
    "application/json": _json,
    "application/geo+json": _json,
    "text/plain": _text,
}
