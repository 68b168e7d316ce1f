"""The index: the report in front, then a card for each, with its answer and its state."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from presswork import cleaning, engine, links, markup, masthead, render, store, wording
from presswork.plan import Report
from presswork.project import Project

APART = "Runs with other parameters"
_FRONT = re.compile("<!--front-->(.*?)<!--/front-->", re.DOTALL)
_NUMBERS = re.compile(r"\d[\d.,]*\d|\d")
SPARK = (150, 28)  # pixels: enough to tell a rise from a fall


def write_index(folder: Path, batch: Sequence[Report]) -> Path:
    """Weave the pages of a batch together, and write `index.html` over all of them."""
    project, apart = batch[0].project, _runs_apart(folder, batch[0].project)
    folder.mkdir(parents=True, exist_ok=True)
    links.weave(folder, batch, [report for report, _ in apart])
    cards = [_card(report, _record(report, folder), folder) for report in batch]
    sections: dict[str, list[dict[str, Any]]] = {}
    for report, card in zip(batch, cards, strict=True):
        sections.setdefault(report.section or "Reports", []).append(card)
    listed = [
        {"id": links.slug(name), "title": name, "cards": held} for name, held in sections.items()
    ]
    if apart:
        others = [_card(report, record, folder) | _told(record) for report, record in apart]
        listed.append({"id": "apart", "title": APART, "cards": others, "apart": True})
    front = next((_front(folder, report) for report in batch if report.front), "")
    script = "\n" + (render.TEMPLATES / "site" / "index.js").read_text(encoding="utf-8")
    html = (
        links.environment()
        .get_template("index.html.j2")
        .render(
            css=render.css(front=True),
            policy=cleaning.policy(script, render.script()),
            scripts=[script, render.script()],
            project=project,
            told=masthead.metas(project.title, f"{project.title}: {_state(cards)}", project),
            icon=masthead.ICON,
            running=masthead.running_foot(project.title),
            bar=links.bar(batch, "index"),
            front=front,
            sections=listed,
            state=_state(cards),
            colophon=_colophon(cards, project.library),
        )
    )
    store.write(folder, {store.INDEX: markup.typeset(html)})
    return folder / store.INDEX


def _front(folder: Path, report: Report) -> str:
    """Lift what the index opens with from the page of the report in front."""
    if store.last_good(folder, report.name) is None:
        return ""
    found = _FRONT.search((folder / f"{report.name}.html").read_text("utf-8", "replace"))
    # What its words mean is said on that page.
    return found[1].replace('href="#word-', f'href="{report.name}.html#word-') if found else ""


def _runs_apart(folder: Path, project: Project) -> list[tuple[Report, dict[str, Any]]]:
    """Find the runs with other parameters than the batch's, by name."""
    found = []
    for path in sorted(folder.glob("*--*.json")):
        record = store.read_record(folder, path.stem)
        if record and record.get("apart"):
            notebook = Path(record["notebook"])
            report = Report(path.stem, record["group"], notebook, project, grid=record["grid"])
            found.append((report, record))
    return found


def _told(record: Mapping[str, Any]) -> dict[str, str]:
    """Name a run apart by its parameters."""
    told = ", ".join(f"{name} {value}" for name, value in record["grid"].items())
    return {"question": f"{record['title']} {told}"}


def _record(report: Report, folder: Path) -> dict[str, Any] | None:
    """Read the record of a report; where none can be, say why."""
    if (record := store.read_record(folder, report.name)) or not report.problem:
        return record
    return engine.refused(report, report.problem).record


def _card(report: Report, record: dict[str, Any] | None, folder: Path) -> dict[str, Any]:
    """Gather what the index says of one report: of a failed one, its last good page's answer."""
    if record is None:
        told = {"grid": report.grid, "title": report.question}
        question = masthead.question(told, report.project)
        return {"report": report.name, "waiting": True, "question": question, "title": question}
    path, failed = folder / f"{report.name}.json", record["status"] == "failed"
    good = record.get("shown") if failed else record
    answer = _answer(good, report.project) if good else {}
    return answer | {
        "report": report.name,
        "digest": path.is_file() and store.digest(path.read_bytes()),
        "question": masthead.question(record, report.project),
        "title": masthead.title(good or record, report.project),
        "error": (error := record.get("error")),
        "reason": error and wording.failure(error),
        "failed_notebook": failed and (folder / f"{report.name}.failed.ipynb").is_file(),
        "pdf": (folder / f"{report.name}.pdf").is_file(),
        "page": (folder / f"{report.name}.html").is_file(),
        "versions": record["versions"],
        "commit": record["commit"],
    }


def _answer(good: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """Gather what the index says of a page that is there."""
    return {
        "shown": True,
        "made": good["started"],
        "shown_since": masthead.long_date(good["started"][:10]),
        "messages": _beyond(masthead.title(good, project), good["messages"]),
        "spark": _sparkline(good["headlines"]),
        "changes": wording.changes(good.get("changes")),
        "dated": masthead.day_of(good),
        "notices": good.get("notices", []),
    }


def _beyond(title: str, messages: Sequence[str]) -> list[str]:
    """Leave of what a report says the first sentence out if the title has said its numbers."""
    said = set(_NUMBERS.findall(title))
    parts = [(message, *message.partition(". ")[::2]) for message in messages]
    return [
        rest if rest and said and said <= set(_NUMBERS.findall(first)) else message
        for message, first, rest in parts
    ]


def _sparkline(headlines: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Draw the first headline number that has a history: points of a line, and words for it."""
    told = next((h for h in headlines if len(h.get("history", ())) > 1), None)
    if told is None:
        return None
    values = [value for _, value in told["history"]]
    low, high = min(values), max(values)
    step, size = SPARK[0] / (len(values) - 1), (high - low) or 1.0
    heights = [SPARK[1] * (1 - (value - low) / size) for value in values]
    ends = (told["history"][0], told["history"][-1])
    (first, then), (last, now) = ((wording.period(p), v) for p, v in ends)
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
