"""
The folder of reports: pages, records, and the index over them.

Every file is written under a temporary name in the same folder and then renamed, so that a reader
never meets half a page. A report that fails keeps its last good page; its record says so.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from silktrade.reports import render, wording
from silktrade.reports.engine import Outcome
from silktrade.reports.plan import Report

NUMBERS_ON_A_CARD = 3


def publish(outcome: Outcome, folder: Path) -> None:
    """
    Write what became of one report.

    Parameters
    ----------
    outcome : Outcome
        From the engine.
    folder : Path
        Where reports are; made where it is missing. A report that was made gets `<report>.html`,
        `.ipynb` and `.json`; one that failed only a `.json`, whose field `shown` holds the record
        of the page that is still there, or null.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name, record = outcome.report.name, dict(outcome.record)
    if outcome.ok:
        _write(folder / f"{name}.html", outcome.page)
        _write(folder / f"{name}.ipynb", outcome.notebook)
    else:
        record["shown"] = _last_good(folder, name)
    _write(folder / f"{name}.json", _json(record))


def write_index(folder: Path, batch: Sequence[Report]) -> Path:
    """
    Write `index.html` over all reports of a batch, whenever they were made.

    Parameters
    ----------
    folder : Path
        Where the records are.
    batch : sequence of Report
        The whole batch, in the order of the index; one without a record is shown as not run.

    Returns
    -------
    Path
        The index.
    """
    cards = [_card(report, _read(folder / f"{report.name}.json"), folder) for report in batch]
    groups: dict[str, dict[str, Any]] = {}
    for report, card in zip(batch, cards, strict=True):
        group = {"name": report.group, "title": report.title, "cards": []}
        groups.setdefault(report.group, group)["cards"].append(card)
    folder.mkdir(parents=True, exist_ok=True)
    html = (
        _environment()
        .get_template("index.html.j2")
        .render(
            css=render.css(),
            groups=list(groups.values()),
            state=_state(cards),
            colophon=_colophon(cards),
        )
    )
    return _write(folder / "index.html", html)


def _card(report: Report, record: dict[str, Any] | None, folder: Path) -> dict[str, Any]:
    """Gather what the index says of one report: of a failed one, its last good page's answer."""
    if record is None:
        waiting = {"grid": report.grid, "parameters": report.parameters}
        return {"report": report.name, "waiting": True, "variant": render.variant(waiting)}
    failed = record["status"] == "failed"
    good = record.get("shown") if failed else record
    return {
        "report": report.name,
        "variant": render.variant(record),
        "error": record.get("error"),
        "shown": bool(good),
        "shown_since": render.long_date(good["started"][:10]) if good else "",
        "messages": good["messages"] if good else [],
        "numbers": wording.numbers(good["headlines"])[:NUMBERS_ON_A_CARD] if good else [],
        "as_of": render.long_date(good["parameters"].get("as_of")) if good else "",
        "page": (folder / f"{report.name}.html").is_file(),
        "versions": record["versions"],
        "commit": record["commit"],
    }


def _state(cards: Sequence[Mapping[str, Any]]) -> str:
    """Count the reports: made, failed, waiting."""
    failed = sum(bool(card.get("error")) for card in cards)
    waiting = sum(bool(card.get("waiting")) for card in cards)
    parts = [f"{len(cards)} report{'s' if len(cards) != 1 else ''}"]
    parts += [f"{failed} failed in the last run"] if failed else []
    parts += [f"{waiting} not run yet"] if waiting else []
    return ", ".join(parts) + "."


def _colophon(cards: Sequence[Mapping[str, Any]]) -> str:
    """Name the program, and the commits that the pages come from."""
    made = [card for card in cards if not card.get("waiting")]
    commits = {
        c["commit"]["id"][:12] + (" with local changes" if c["commit"]["dirty"] else "")
        for c in made
        if c["commit"]
    }
    text = f"Made by silktrade {made[-1]['versions']['silktrade']}" if made else "Made by silktrade"
    return text + (f", commit {', '.join(sorted(commits))}" if commits else "") + "."


def _last_good(folder: Path, name: str) -> dict[str, Any] | None:
    """Find the record of the page that is still there."""
    before = _read(folder / f"{name}.json")
    if before is None or not (folder / f"{name}.html").is_file():
        return None
    return before if before["status"] == "ok" else before.get("shown")


def _read(path: Path) -> dict[str, Any] | None:
    """Read a record; one that is missing or no record of ours counts as none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return record if isinstance(record, dict) and "status" in record else None


def _json(record: Mapping[str, Any]) -> str:
    """Write a record for people and machines: indented, and no NaN, which is not JSON."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _write(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    with _temporary(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    return path


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Name a file beside the wanted one, and leave none behind."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _environment() -> jinja2.Environment:
    """Set up the index's templates; everything is escaped."""
    loader = jinja2.FileSystemLoader(render.TEMPLATES / "site")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined
    )
    environment.filters["unbroken"] = wording.unbroken
    return environment
