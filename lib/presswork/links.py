"""
What a page says of others, woven into all pages when the last is made.

Where the pages before and after it are, those of the same notebook, those that it is read with, the
day it was made, and how to cite it. A page knows none of this when it is rendered: it is a function
of its inputs alone, and a page that failed must not be led to.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jinja2

from presswork import masthead, store, wording
from presswork.plan import Report
from presswork.project import HERE

_MARKS = {
    name: re.compile(f"<!--{name}-->.*?<!--/{name}-->", re.DOTALL)
    for name in ("bar", "made", "beside", "foot")
}
# Of a record, what a page is told by here; the rest is most of it, and there may be hundreds.
_TOLD = ("report", "title", "grid", "finding", "messages", "parameters", "dated", "started", "due",
         "files", "versions", "commit")  # fmt: skip
_NEAR = 6  # pages of one grid that a page leads to, on either side


@dataclass(frozen=True)
class Page:
    """A page that is there: its report, its record, and what a link to it says."""

    report: Report
    record: Mapping[str, Any]

    @property
    def address(self) -> str:
        """The file to link."""
        return f"{self.report.name}.html"

    @cached_property
    def title(self) -> str:
        """What it says, in a few words."""
        return masthead.title(self.record, self.report.project)

    @cached_property
    def variant(self) -> str:
        """What tells it from the others of its group."""
        return masthead.variant(self.record, self.report.project)


def weave(folder: Path, batch: Sequence[Report], apart: Iterable[Report] = ()) -> list[Page]:
    """Write into all pages of a batch how they hang together; give the pages."""
    pages = _there(folder, batch)
    groups: dict[str, list[Page]] = {}
    for page in pages:
        groups.setdefault(page.report.group, []).append(page)
    sections = _sections([page.report for page in pages])
    for number, page in enumerate(pages):
        ends = {"Previous": pages[number - 1]} if number else {}
        ends |= {"Next": pages[number + 1]} if number + 1 < len(pages) else {}
        _put(folder, page, _parts(page, sections, groups, ends))
    for page in _there(folder, apart):  # these lead to the batch's, which do not lead to them
        own = sections or _sections([page.report])
        _put(folder, page, _parts(page, own, groups, {}))
    return pages


def bar(batch: Sequence[Report], here: str = "") -> str:
    """Write the line above every page."""
    return _template().bar(project=batch[0].project, sections=_sections(batch), here=here, ends={})


def _sections(batch: Iterable[Report]) -> list[tuple[str, str]]:
    """List the headings of the index, with their ids."""
    return [(s, slug(s)) for s in dict.fromkeys(r.section for r in batch if r.section)]


def slug(section: str) -> str:
    """Make an id of a heading of the index."""
    return re.sub(r"[^a-z0-9]+", "-", section.lower()).strip("-") or "reports"


def made(record: Mapping[str, Any]) -> str:
    """Say when a page was made, which releases it lacks by then, and when the next is due."""
    day = str(record.get("started", ""))[:10]
    due = record.get("due") or {"releases": [], "name": ""}
    out = [what for date, what in due["releases"] if date <= day]
    return _template().made(
        day=masthead.long_date(day), name=due["name"],
        next=next((masthead.long_date(d) for d, _ in due["releases"] if d > day), ""),
        count=len(out), out=_span(out[0], out[-1]) if out else "",
    )  # fmt: skip


def _span(first: str, last: str) -> str:
    """Name the first and the last of some periods, a year that they share only once."""
    if first == last:
        return first
    *words, year = first.split()
    return f"{' '.join(words) if words and last.endswith(year) else first} to {last}"


def _there(folder: Path, reports: Iterable[Report]) -> list[Page]:
    """Gather the pages that are there."""
    known = ((report, store.last_good(folder, report.name)) for report in reports)
    return [Page(r, {k: of[k] for k in _TOLD if k in of}) for r, of in known if of]


def _parts(
    page: Page,
    sections: list[tuple[str, str]],
    groups: Mapping[str, Sequence[Page]],
    ends: Mapping[str, Page],
) -> dict[str, str]:
    """Write the parts of one page."""
    template, project = _template(), page.report.project
    kin = groups.get(page.report.group, [])
    at = next((i for i, p in enumerate(kin) if p is page), 0)
    near = kin[max(0, at - _NEAR) : at + _NEAR + 1]  # the index has all of a large grid
    same = [(p.address, p.variant or p.title, p.title) for p in near if p is not page]
    return {
        "bar": template.bar(
            project=project, sections=sections, here=page.report.section, ends=ends
        ),
        "made": made(page.record),
        "beside": template.beside(same=same, also=_told_apart(_beside(page, groups))),
        "foot": template.foot(
            ends=ends, project=project, title=page.title, record=page.record,
            year=str(page.record.get("started") or "")[:4],
            dated=masthead.day_of(page.record), address=page.address,
        ),
    }  # fmt: skip


def _beside(page: Page, groups: Mapping[str, Sequence[Page]]) -> list[Page]:
    """Find the pages to read with one: of the entries beside it, those that agree with it best."""
    report, found = page.report, []
    for group, kin in groups.items():
        if group == report.group or not (
            group in report.beside or report.group in kin[0].report.beside
        ):
            continue
        agree = [p for p in kin if p.report.grid.items() >= report.grid.items()]
        found.append((agree or kin)[0])
    return found


def _told_apart(pages: Sequence[Page]) -> list[tuple[str, str]]:
    """Name pages by their findings; those that share one by their questions."""
    titles = [page.title for page in pages]
    return [
        (p.address,
         p.title if titles.count(p.title) == 1 else masthead.question(p.record, p.report.project))
        for p in pages
    ]  # fmt: skip


def _put(folder: Path, page: Page, parts: Mapping[str, str]) -> None:
    """Put the parts into a page, and tell its record what the page is now."""
    name, record = page.report.name, store.read_record(folder, page.report.name)
    path = folder / page.address
    content = path.read_bytes()
    if store.digest(content) != (page.record.get("files") or {}).get(page.address):
        return  # edited by others: the next run makes it anew
    before = text = content.decode()
    for part, html in parts.items():
        said = f"<!--{part}-->{html.strip()}<!--/{part}-->"
        text = _MARKS[part].sub(lambda _, said=said: said, text, count=1)
    if text != before:
        of_page = record if record["status"] == "ok" else record["shown"]
        of_page["files"][page.address] = store.digest(text.encode())
        store.write(folder, {path.name: text, f"{name}.json": store.as_json(record)})


@cache
def environment() -> jinja2.Environment:
    """Set up the templates of what is not one report; everything is escaped."""
    loader = jinja2.FileSystemLoader(HERE / "templates" / "site")
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.ChainableUndefined)
    made.filters["unbroken"] = wording.unbroken
    return made


@cache
def _template() -> Any:
    """Load the macros of the parts."""
    return environment().get_template("links.html.j2").module
