"""The index over all reports: cards with the answer, the headline numbers and the state of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from presswork import cleaning, render, store, wording
from presswork.plan import Report
from presswork.project import Project

NUMBERS_ON_A_CARD = 3
APART = "Runs with other parameters"
SPARK = (150, 28)  # pixels: enough to tell a rise from a fall


def write_index(folder: Path, batch: Sequence[Report]) -> Path:
    """Write `index.html` over all reports of a batch, whenever they were made."""
    cards = [_card(report, store.read_record(folder, report.name), folder) for report in batch]
    groups: dict[str, dict[str, Any]] = {}
    for report, card in zip(batch, cards, strict=True):
        group = {"name": report.group, "title": report.title, "cards": []}
        groups.setdefault(report.group, group)["cards"].append(card)
    listed = list(groups.values())
    if apart := _apart(folder, batch[0].project):
        listed.append({"name": "apart", "title": APART, "cards": apart, "apart": True})
    folder.mkdir(parents=True, exist_ok=True)
    script = "\n" + (render.TEMPLATES / "site" / "index.js").read_text(encoding="utf-8")
    html = (
        _environment()
        .get_template("index.html.j2")
        .render(
            css=render.css(),
            policy=cleaning.policy(script),
            script=script,
            project=batch[0].project,
            groups=listed,
            state=_state(cards),
            colophon=_colophon(cards, batch[0].project.library),
        )
    )
    store.write(folder, {"index.html": html})
    return folder / "index.html"


def _apart(folder: Path, project: Project) -> list[dict[str, Any]]:
    """Gather the cards of runs with other parameters than the batch's, by name."""
    cards = []
    for path in sorted(folder.glob("*--*.json")):
        record = store.read_record(folder, path.stem)
        if record and record.get("apart"):
            report = Report(path.stem, "apart", Path(record["notebook"]), project)
            told = ", ".join(f"{name} {value}" for name, value in record["grid"].items())
            cards.append(_card(report, record, folder) | {"variant": f"{record['title']} {told}"})
    return cards


def _card(report: Report, record: dict[str, Any] | None, folder: Path) -> dict[str, Any]:
    """Gather what the index says of one report: of a failed one, its last good page's answer."""
    if record is None:
        waiting = {"grid": report.grid, "parameters": report.parameters}
        return {
            "report": report.name,
            "waiting": True,
            "variant": render.variant(waiting, report.project),
        }
    failed = record["status"] == "failed"
    good = record.get("shown") if failed else record
    return {
        "report": report.name,
        "digest": store.digest((folder / f"{report.name}.json").read_bytes()),
        "variant": render.variant(record, report.project),
        "error": record.get("error"),
        "failed_notebook": failed and (folder / f"{report.name}.failed.ipynb").is_file(),
        "shown": bool(good),
        "made": good["started"] if good else "",
        "shown_since": render.long_date(good["started"][:10]) if good else "",
        "messages": good["messages"] if good else [],
        "numbers": wording.numbers(good["headlines"])[:NUMBERS_ON_A_CARD] if good else [],
        "spark": _sparkline(good["headlines"]) if good else None,
        "changes": wording.changes(good.get("changes")) if good else None,
        "dated": render.day_of(good) if good else "",
        "notices": good.get("notices", []) if good else [],
        "pdf": (folder / f"{report.name}.pdf").is_file(),
        "page": (folder / f"{report.name}.html").is_file(),
        "versions": record["versions"],
        "commit": record["commit"],
    }


def _sparkline(headlines: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Draw the first headline number that has a history: points of a line, and words for it."""
    told = next((h for h in headlines if len(h.get("history", ())) > 1), None)
    if told is None:
        return None
    values = [value for _, value in told["history"]]
    low, high = min(values), max(values)
    step, size = SPARK[0] / (len(values) - 1), (high - low) or 1.0
    heights = [SPARK[1] * (1 - (value - low) / size) for value in values]
    (first, then), (last, now) = told["history"][0], told["history"][-1]
    return {
        "points": [(round(i * step, 1), round(y, 1)) for i, y in enumerate(heights)],
        "width": SPARK[0],
        "height": SPARK[1],
        "from": first,
        "to": last,
        "label": f"{wording.label(told)}: {wording.quantity(then, told['unit'])} in "
        f"{first}, {wording.quantity(now, told['unit'])} in {last}",
    }


def _state(cards: Sequence[Mapping[str, Any]]) -> str:
    """Count the reports: made, failed, waiting."""
    failed = sum(bool(card.get("error")) for card in cards)
    waiting = sum(bool(card.get("waiting")) for card in cards)
    parts = [f"{len(cards)} report{'s' if len(cards) != 1 else ''}"]
    parts += [f"{failed} failed in the last run"] if failed else []
    parts += [f"{waiting} not run yet"] if waiting else []
    return ", ".join(parts) + "."


def _colophon(cards: Sequence[Mapping[str, Any]], library: str) -> str:
    """Name the program, and the commits that the pages come from."""
    made = [card for card in cards if not card.get("waiting")]
    commits = {
        c["commit"]["id"][:12] + (" with local changes" if c["commit"]["dirty"] else "")
        for c in made
        if c["commit"]
    }
    text = f"Made by {library}" + (f" {made[-1]['versions'][library]}" if made else "")
    return text + (f", commit {', '.join(sorted(commits))}" if commits else "") + "."


def _environment() -> jinja2.Environment:
    """Set up the index's templates; everything is escaped."""
    loader = jinja2.FileSystemLoader(render.TEMPLATES / "site")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined
    )
    environment.filters["unbroken"] = wording.unbroken
    return environment
