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

from presswork.versions import versions
from presswork.wording import check_words, quantity

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = "application/vnd.silktrade.headline+json"
MESSAGE = "application/vnd.silktrade.message+json"
DATED = "application/vnd.silktrade.endings+json"
NOTICE = "application/vnd.silktrade.notice+json"
PROVENANCE = "application/vnd.silktrade.provenance+json"

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|-?Q[1-4])?")


def key_message(text: str) -> None:
    """
    Show the answer in one sentence; the page and the index lift it to the top.

    Parameters
    ----------
    text : str
        A computed sentence, as plain text.

    Raises
    ------
    ValueError
        If the sentence is empty.

    Examples
    --------
    >>> key_message("Trade doubled between 2020 and 2024.")
    Trade doubled between 2020 and 2024.
    """
    text = " ".join(text.split()) if isinstance(text, str) else ""
    if not text:
        raise ValueError("text must be a sentence, got nothing: say the answer")
    _show(
        {MESSAGE: {"text": text}, "text/html": f'<p class="key-message">{escape(text)}</p>'}, text
    )


def dated(text: str) -> None:
    """
    Show which day a notebook stands on; the page says it under the answer, the index on the card.

    Parameters
    ----------
    text : str
        One or two sentences.

    Examples
    --------
    >>> dated("Uses what was public on 31 January 2026; figures end in December 2025.")
    Uses what was public on 31 January 2026; figures end in December 2025.
    """
    _show({DATED: {"text": text}, "text/html": f'<p class="as-of">{escape(text)}</p>'}, text)


def notice(text: str, report: str = "", label: str = "") -> None:
    """
    Show what a reader has to know before the answer, above it.

    Parameters
    ----------
    text : str
        A sentence.
    report : str
        Name of another report to turn to.
    label : str
        The words of the link to it.

    Examples
    --------
    >>> notice("2024 is over: trade rose 6.1 %.", "outturn", "How the projection turned out")
    2024 is over: trade rose 6.1 %. How the projection turned out: outturn.html
    """
    fact = {"text": text, "report": report, "label": label}
    said = f"{text} {label}: {report}.html" if report else text
    _show({NOTICE: fact, "text/html": f'<p class="notice">{escape(said)}</p>'}, said)


def note(text: str) -> None:
    """
    Show a paragraph that was not written in the notebook itself.

    Parameters
    ----------
    text : str
        As Markdown.

    Examples
    --------
    >>> note("Values are current prices.")
    Values are current prices.
    """
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
    """
    Show one headline number and record it for the index and the JSON record.

    Parameters
    ----------
    name : str
        What machines call it, in snake case, unique in the report: `"region_growth_usd"`.
    value : float
        A finite number in full units; a rate is a fraction.
    unit : str
        Of which class it is: a currency (`"USD"`); `"growth"` or `"share"`, fractions shown in
        percent; `"points"`, a difference of two such fractions; `"times"`; `"count"`;
        `"probability"`; or `"index"`, which needs a note.
    period : str
        A year, quarter or month: `"2024"`, `"2024Q1"`, `"2024-03"`.
    label : str
        What people call it, at most 48 characters: `"Growth of the region, in dollars"`.
    note : str
        How to read the number, in few words: `"1 is a single partner"`.
    digits : int, optional
        Decimals that are known; by default as many as its class has.
    history : Series, optional
        The same number in earlier periods, indexed by period, oldest first: the index of reports
        draws it small.

    Raises
    ------
    ValueError
        If the name is not snake case, a value not finite, the period of another form, the unit of
        no class, the label longer or a name of the code, or an index without a note.

    Examples
    --------
    >>> headline("trade", 43_820_000_000, "USD", "2024", "Trade with Kazakhstan")
    Trade with Kazakhstan, 2024: 43.8 bn USD
    >>> headline("miss", -0.013, "points", "2024", "What came less what was projected", digits=0)
    What came less what was projected, 2024: −1 point
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"name must be in snake case, such as region_growth_usd, got {name!r}")
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"value of {name} must be a finite number, got {value!r}")
    if not _PERIOD.fullmatch(str(period)):
        raise ValueError(
            f"period of {name} must be a year, quarter or month, such as 2024, 2024Q1 or 2024-03, "
            f"got {str(period)!r}"
        )
    check_words(name, unit, label, note)
    fact = {"name": name, "value": float(value), "unit": unit, "period": str(period)}
    fact |= {"label": label} | ({"note": note} if note else {})
    if digits is not None:
        fact["digits"] = digits
    if history is not None:
        kind = getattr(getattr(history, "dtype", None), "kind", None)
        if kind not in ("i", "u", "f") or not hasattr(history, "items"):
            raise ValueError(f"history of {name} must be a Series of numbers by period")
        fact["history"] = [[str(p), float(v)] for p, v in history.items()]
        if not all(math.isfinite(v) for _, v in fact["history"]):
            raise ValueError(
                f"history of {name} must have finite numbers only: drop missing periods"
            )
    text = f"{label}, {period}: {quantity(fact['value'], unit, digits)}"
    _show({HEADLINE: fact, "text/html": f'<p class="headline">{escape(text)}</p>'}, text)


def provenance(used: Sequence[Any], library: str) -> None:
    """
    Show how a notebook was made: the snapshots it has read and the versions it ran with.

    Parameters
    ----------
    used : sequence of objects
        With the attributes source, vintage, dataset, title, kind, producer, licence and sha256.
    library : str
        Whose notebook it is.

    Examples
    --------
    >>> provenance([], "papermill")  # doctest: +ELLIPSIS
    Snapshots read: 0. python ...
    """
    fact = {"snapshots": [_snapshot(s) for s in used], "versions": versions(library)}
    text = f"Snapshots read: {len(used)}. " + ", ".join(
        f"{name} {version}" for name, version in fact["versions"].items()
    )
    _show({PROVENANCE: fact, "text/html": _table(fact)}, text)


def collect(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """
    Read back what an executed notebook says about itself.

    Parameters
    ----------
    notebook : mapping
        A notebook as nbformat reads it.

    Returns
    -------
    dict
        `messages` (list of str), `headlines` and `snapshots` (lists of dict, in order), and
        `versions` where it says them.

    Raises
    ------
    ValueError
        If two headlines have one name.

    Examples
    --------
    >>> collect({"cells": []})["headlines"]
    []
    """
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
        "headlines": headlines,
        "dated": " ".join(fact["text"] for mime, fact in facts if mime == DATED),
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
    return {field: str(getattr(snapshot, field)) for field in fields}


def _table(fact: dict[str, Any]) -> str:
    """Lay out snapshots and versions for JupyterLab; a page has its own, fuller table."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(s['title'])}</th><td>{escape(s['source'])}</td>"
        f"<td>{escape(s['vintage'])}</td><td><code>{escape(s['sha256'][:12])}</code></td></tr>"
        for s in fact["snapshots"]
    )
    run = ", ".join(f"{name} {version}" for name, version in fact["versions"].items())
    return (
        "<table class='provenance'><caption>How this was made</caption><thead><tr>"
        "<th scope='col'>Snapshot</th><th scope='col'>Source</th><th scope='col'>Vintage</th>"
        f"<th scope='col'>SHA-256</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p class='versions'>{escape(run)}</p>"
    )
