"""The index over all reports: cards with the answer, the headline numbers and the state of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from silktrade.reports import render, store, wording
from silktrade.reports.plan import Report

NUMBERS_ON_A_CARD = 3


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
    cards = [_card(report, store.read_record(folder, report.name), folder) for report in batch]
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
    store.write(folder, {"index.html": html})
    return folder / "index.html"


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


def _environment() -> jinja2.Environment:
    """Set up the index's templates; everything is escaped."""
    loader = jinja2.FileSystemLoader(render.TEMPLATES / "site")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined
    )
    environment.filters["unbroken"] = wording.unbroken
    return environment
