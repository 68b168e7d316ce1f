"""
What a notebook says about itself: its key messages, headline numbers, and how it was made.

A notebook calls `key_message`, `headline` and `provenance`. Each shows something readable in
JupyterLab and leaves the same fact in the notebook's outputs for machines, under a MIME type of
its own; `collect` reads these facts back from an executed notebook. So everything that a page, the
index or a JSON record says about a report travels inside the report's own `.ipynb`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from numbers import Real
from typing import TYPE_CHECKING, Any

from presswork import wording
from presswork.project import versions

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = "application/vnd.silktrade.headline+json"
MESSAGE = "application/vnd.silktrade.message+json"
DATED = "application/vnd.silktrade.endings+json"
NOTICE = "application/vnd.silktrade.notice+json"
PROVENANCE = "application/vnd.silktrade.provenance+json"

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 100  # characters of a title: three lines on a phone
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-?Q[1-4])?")


def key_message(text: str, title: str = "") -> None:
    """Show the answer in one sentence, and as the page's title; both stand first everywhere."""
    text = " ".join(text.split()) if isinstance(text, str) else ""
    if not text:
        raise ValueError("text must be a sentence, got nothing: say the answer")
    title = " ".join(title.split()) if isinstance(title, str) else "."
    if len(title) > LONGEST or title.endswith("."):
        raise ValueError(
            f"title must be the answer in at most {LONGEST} characters and no full stop, got "
            f"{title!r}"
        )
    headed = f'<p class="finding"><strong>{escape(title)}</strong></p>' if title else ""
    fact = {"text": text} | ({"title": title} if title else {})
    said = f'{headed}<p class="key-message">{escape(text)}</p>'
    _show({MESSAGE: fact, "text/html": said}, f"{title}\n{text}" if title else text)


def dated(text: str, releases: Sequence[tuple[str, str]] = (), name: str = "") -> None:
    """Show which day a notebook stands on, and keep the days when newer figures are due."""
    # (ISO day, what comes) each: which of them have passed is said when the page is made.
    fact = {"text": text, "releases": [list(r) for r in releases], "name": name}
    _show({DATED: fact, "text/html": f'<p class="as-of">{escape(text)}</p>'}, text)


def notice(text: str, report: str = "", label: str = "") -> None:
    """Show what a reader has to know before the answer, above it."""
    fact = {"text": text, "report": report, "label": label}
    said = f"{text} {label}: {report}.html" if report else text
    _show({NOTICE: fact, "text/html": f'<p class="notice">{escape(said)}</p>'}, said)


def note(text: str) -> None:
    """Show a paragraph that was not written in the notebook itself."""
    _show({"text/markdown": text}, text)


def headline(
    name: str,
    value: float,
    unit: str,
    period: str,
    label: str,
    *,
    note: str = "",
    digits: int | None = None,
    history: pd.Series | None = None,
) -> None:
    """Show one headline number and record it for the index and the JSON record."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"name must be in snake case, such as region_growth_usd, got {name!r}")
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"value of {name} must be a finite number, got {value!r}")
    period = str(period)
    if not _PERIOD.fullmatch(period):
        raise ValueError(
            f"period of {name} must be a year, quarter or month, such as 2024, 2024Q1 or 2024-03, "
            f"got {period!r}"
        )
    wording.check_words(name, unit, label, note)
    fact = {"name": name, "value": float(value), "unit": unit, "period": period}
    fact |= {"label": label} | ({"note": note} if note else {})
    if digits is not None:
        fact["digits"] = digits
    if history is not None:
        fact["history"] = _by_period(name, history)
    words = wording.label({**fact, "note": ""})  # the low end of a range is not its middle
    text = f"{words}, {wording.period(period)}: {wording.quantity(fact['value'], unit, digits)}"
    _show({HEADLINE: fact, "text/html": f'<p class="headline">{escape(text)}</p>'}, text)


def _by_period(name: str, history: pd.Series) -> list[list[Any]]:
    """Write the values before a headline number as JSON has them."""
    kind = getattr(getattr(history, "dtype", None), "kind", None)
    if kind not in ("i", "u", "f") or not hasattr(history, "items"):
        raise ValueError(f"history of {name} must be a Series of numbers by period")
    read = [[str(p), float(v)] for p, v in history.items()]
    if not all(math.isfinite(v) for _, v in read):
        raise ValueError(f"history of {name} must have finite numbers only: drop missing periods")
    return read


def provenance(used: Sequence[Any], library: str) -> None:
    """Show how a notebook was made: the snapshots it has read and the versions it ran with."""
    fact = {"snapshots": [_snapshot(s) for s in used], "versions": versions(library)}
    run = ", ".join(f"{name} {version}" for name, version in fact["versions"].items())
    told = {PROVENANCE: fact, "text/html": _table(fact["snapshots"], run)}
    _show(told, f"Snapshots read: {len(used)}. {run}")


def collect(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Read back what an executed notebook says about itself."""
    facts = [
        (mime, data[mime])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for data in [output.get("data", {})]
        for mime in (MESSAGE, HEADLINE, DATED, NOTICE, PROVENANCE)
        if mime in data
    ]
    headlines = [dict(fact) for mime, fact in facts if mime == HEADLINE]
    names = [h["name"] for h in headlines]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ValueError(f"headline names must be unique in a report, twice: {', '.join(twice)}")
    made = [fact for mime, fact in facts if mime == PROVENANCE]
    return {
        "messages": [fact["text"] for mime, fact in facts if mime == MESSAGE],
        "finding": next((f["title"] for m, f in facts if m == MESSAGE and "title" in f), ""),
        "headlines": headlines,
        "dated": " ".join(fact["text"] for mime, fact in facts if mime == DATED),
        "due": next((f for m, f in facts if m == DATED and f.get("releases")), None),
        "notices": [dict(fact) for mime, fact in facts if mime == NOTICE],
        "snapshots": [dict(s) for s in made[-1]["snapshots"]] if made else [],
    } | ({"versions": dict(made[-1]["versions"])} if made else {})


def _show(data: dict[str, Any], text: str) -> None:
    """Display one fact for people and machines; outside IPython only the text is printed."""
    from IPython import display, get_ipython  # here, so that the command line starts without it

    if get_ipython() is None:
        print(text)
    else:
        display.display({**data, "text/plain": text}, raw=True)


def _snapshot(snapshot: Any) -> dict[str, str]:
    """Reduce a snapshot to what a reader needs to find the same file again."""
    fields = ("source", "vintage", "dataset", "title", "kind", "producer", "licence", "sha256")
    said = {field: str(getattr(snapshot, field)) for field in fields}
    return said | {"url": str(getattr(snapshot, "url", ""))}


def _table(snapshots: Sequence[Mapping[str, str]], run: str) -> str:
    """Lay out snapshots and versions for JupyterLab; a page has its own, fuller table."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(s['title'])}</th><td>{escape(s['source'])}</td>"
        f"<td style='white-space: nowrap'>{escape(s['vintage'])}</td>"
        f"<td><code>{escape(s['sha256'][:12])}</code></td></tr>"
        for s in snapshots
    )
    return (
        "<table class='provenance'><caption>How this was made</caption><thead><tr>"
        "<th scope='col'>Snapshot</th><th scope='col'>Source</th><th scope='col'>Vintage</th>"
        f"<th scope='col'>SHA-256</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p class='versions'>{escape(run)}</p>"
    )
