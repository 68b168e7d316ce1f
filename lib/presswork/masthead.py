"""What a page says of itself: title, question, days, description, sources, and its running foot."""

import datetime
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from presswork.project import Project

_ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' "
    "rx='3' fill='#9a3412'/><path d='M3 11l3-4 3 2 4-5' fill='none' stroke='#fff' "
    "stroke-width='2'/></svg>"
)
ICON = f"data:image/svg+xml,{quote(_ICON)}"
_SHORT = 160  # characters of a description that a search engine or a messenger shows


def facts(record: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """Gather what the head of a page says."""
    heading, about = title(record, project), described(record, project)
    return {
        "heading": heading,
        "eyebrow": question(record, project) if record.get("finding") else project.title,
        "told": metas(heading, about, project),
        "dated": day_of(record),
        "icon": Markup(ICON),
        "running": Markup(running_foot(f"{project.title} · {heading}")),
        "sources": sources(record),
        "synthetic": [s["title"] for s in record["snapshots"] if s["kind"] == "synthetic"],
    }


def title(record: Mapping[str, Any], project: Project) -> str:
    """Give the answer in a few words, or else the question."""
    return record.get("finding") or question(record, project)


def question(record: Mapping[str, Any], project: Project) -> str:
    """Give a report's question, with what else tells it from the others of its group."""
    own = [said for said in _own(record, project) if said not in record["title"]]
    return f"{record['title']} – {', '.join(own)}" if own else record["title"]


def variant(record: Mapping[str, Any], project: Project) -> str:
    """Name what tells a report from the others of its group."""
    return ", ".join(_own(record, project))


def _own(record: Mapping[str, Any], project: Project) -> list[str]:
    """Say each parameter that tells a report from the others of its group, days as people do."""
    return [long_date(project.label(str(value))) for value in record["grid"].values()]


def described(record: Mapping[str, Any], project: Project) -> str:
    """Say in a sentence what a page says."""
    text = next(iter(record["messages"]), "") or f"{project.title}: {question(record, project)}"
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1].rsplit(' ', 1)[0]}…"


def metas(heading: str, about: str, project: Project) -> list[tuple[str, str, str]]:
    """List what a page tells those who show links to it."""
    return [
        ("name", "description", about),
        ("property", "og:type", "article"),
        ("property", "og:site_name", project.title),
        ("property", "og:title", heading),
        ("property", "og:description", about),
    ]


def day_of(record: Mapping[str, Any]) -> str:
    """Say which day a report stands on."""
    given = long_date(record["parameters"].get("as_of"))
    return record.get("dated") or (f"Public by {given}" if given else "")


def long_date(day: Any) -> str:
    """Write an ISO day as people do; anything else is left as it is."""
    try:
        date = datetime.date.fromisoformat(str(day))
    except ValueError:
        return "" if day is None else str(day)
    return f"{date.day} {date:%B %Y}"


def running_foot(text: str) -> str:
    """Write the style that prints a text and the page's number at the foot of each sheet."""
    said = text.replace("\\", "").replace('"', "”").replace("<", "‹").replace("\n", " ")
    return (
        f'@media print{{@page{{@bottom-left{{content:"{said}"}}'
        '@bottom-right{content:counter(page) " / " counter(pages)}}}'
    )


def sources(record: Mapping[str, Any]) -> list[tuple[str, str, int, str, str]]:
    """List the producers of a page's figures: name, address, data sets, newest vintage, terms."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for snapshot in record["snapshots"]:
        found.setdefault(snapshot["producer"], []).append(snapshot)
    return [
        # Of terms, those of the first; a record of an earlier release has none.
        (name, _address(held), len(held), max(s["vintage"] for s in held),
         str(held[0].get("licence", "")))
        for name, held in found.items()
    ]  # fmt: skip


def _address(held: list[Mapping[str, Any]]) -> str:
    """Give the first address on the web among those of some snapshots."""
    said = (str(s.get("url", "")) for s in held)
    return next((url for url in said if url.startswith(("https://", "http://"))), "")
