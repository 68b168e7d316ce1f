"""
Each output of a cell in the best form that opens offline; nothing goes without a word.

Pictures, tables, Markdown and LaTeX are shown. A chart that needs a script is drawn by its own
library's exporter where that is installed, else its numbers are shown, else a sentence says what
the notebook has and the page has not.
"""

import base64
import contextlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

from presswork import drawn
from presswork.cleaning import clean, cut, file_address, preformatted
from presswork.formulas import markdown_html
from presswork.streams import UP, plain

MOST = 1_000_000  # characters of one output on a page
MOST_COLOURS = 5_000
MOST_PICTURE = 8_000_000
_PICTURES = (
    "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif",
)  # fmt: skip
# What lives by a script, or is another page or program in a frame.
_LIVES = re.compile(
    r"<(?:script\b(?![^>]*application/json)|(?:iframe|object|embed|canvas)\b)", re.IGNORECASE
)
_BAR = re.compile(r"^.*\d+%\|.*\| .*\[.*\].*$|^.*\d+(?:it|\w*) \[\d\d:\d\d, .*\].*$")


def output(said: Mapping[str, Any], where: str) -> str:
    """Show what a cell displayed or gave."""
    data = said["data"]
    for kind, show in _FORMS.items():
        if kind in data and (html := show(said, kind, where)):
            return html
    return _missing(", ".join(data) or "nothing", where)


def _content(show: Callable[[Any, str], str]) -> Callable[..., str]:
    """Show an output by its content alone."""
    return lambda said, kind, where: show(said["data"][kind], where)


def _missing(what: str, where: str) -> str:
    """Say what could not be shown."""
    return (
        f'<p class="note" role="note">An output of kind {escape(what)} cannot stand on a page: '
        f"it is in {escape(where)}.</p>"
    )


def _html(said: Mapping[str, Any], kind: str, where: str) -> str:
    """Show HTML; of what lives by a script another form, where there is one."""
    data, html = said["data"], said["data"][kind]
    if len(html) > MOST:
        return printed(data.get("text/plain", ""), where) + _missing("HTML of this size", where)
    if not _LIVES.search(html):
        return clean(html)
    if any(k.startswith("image/") or k in _SPECS for k in data):
        return ""
    if spec := drawn.vega_in(html):
        return _spec(drawn.vega, spec, where)
    left = clean(html)
    left = left if re.sub(r"<[^>]*>", "", left).strip() else ""
    return left + _missing("HTML with a script or a frame", where)


def _markdown(source: str, where: str) -> str:
    """Show Markdown."""
    text, note = cut(source, MOST, where)
    return clean(markdown_html(text)) + note


def _latex(source: str, where: str) -> str:
    """Show LaTeX as a formula, or as it was written where it is none."""
    with contextlib.suppress(ValueError):
        return _markdown(source.strip(), where)
    return _written(source.strip(), where)


def _written(text: str, where: str) -> str:
    """Show a text as it was written, such as a diagram that a script would draw."""
    text, note = cut(text, MOST, where)
    return preformatted(text) + note


def _picture(said: Mapping[str, Any], kind: str, where: str) -> str:
    """Show a picture of dots, or a drawing as one: nothing can run in it."""
    content, alts = "".join(said["data"][kind].split()), said.get("metadata", {})
    if kind == "image/svg+xml":
        content = base64.b64encode(said["data"][kind].encode()).decode()
    if len(content) > MOST_PICTURE:
        return _missing(f"{kind} of this size", where)
    told = alts.get(kind) if isinstance(alts, Mapping) else None
    text = (told if isinstance(told, Mapping) else {}).get("alt", "")
    alt = f' alt="{escape(str(text))}"' if text else ""
    return f'<figure class="chart"><img src="data:{kind};base64,{escape(content)}"{alt}></figure>'


def printed(text: str, where: str) -> str:
    """Show a text that was printed, with its colours."""
    text, note = cut(text, MOST, where)
    return f'<pre class="output" tabindex="0">{_coloured(text)}</pre>{note}'


def _coloured(text: str) -> str:
    """Set a text with its colours, unless they are so many that nbconvert takes minutes."""
    from nbconvert.filters import ansi2html

    many = text.count("\x1b") >= MOST_COLOURS
    return ansi2html(plain(text) if many else UP.sub("", text))


def complaint(text: str, where: str) -> str:
    """Show what was printed as an error: warnings and messages, but no bar of progress."""
    lines = UP.sub("", text).split("\n") if "%|" in text or "it [" in text else [text]
    left = "\n".join(line for line in lines if len(line) > 2000 or not _BAR.match(line))
    if not left.strip():
        return ""
    text, note = cut(left, MOST, where)
    name = "Warning" if re.search("warn|error", text[:20_000], re.IGNORECASE) else "Message"
    return (
        f'<div class="stderr" role="note"><strong>{name}</strong><pre>{_coloured(text)}</pre>'
        f"{note}</div>"
    )


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


def _json(content: Any, where: str) -> str:
    """Show data as text."""
    return _written(json.dumps(content, indent=1, ensure_ascii=False), where)


_SPECS = (
    "application/vnd.plotly.v1+json",
    *(f"application/vnd.vegalite.v{number}+json" for number in range(9, 1, -1)),
)
# The first form that gives something is shown.
_FORMS: dict[str, Callable[..., str]] = {
    "text/html": _html,
    "text/markdown": _content(_markdown),
    **dict.fromkeys(_PICTURES, _picture),
    _SPECS[0]: _content(partial(_spec, drawn.plotly)),
    **dict.fromkeys(_SPECS[1:], _content(partial(_spec, drawn.vega))),
    "text/latex": _content(_latex),
    "text/vnd.mermaid": _content(_written),
    "application/javascript": _content(lambda _, where: _missing("script", where)),
    **dict.fromkeys(("application/json", "application/geo+json"), _content(_json)),
    "text/plain": _content(printed),
}
