"""
What to run: the batch file, the reports it names, and the parameters of their notebooks.

A batch file maps a report to a notebook, the parameters to give it, and grids of parameters. Every
value is checked against the notebook's own declarations here, before anything runs.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from presswork import batchfile, cures, names
from presswork.parameters import (
    Parameter,
    checked,
    from_text,
    read_parameters,
    shortened,
    sources,
)
from presswork.project import Project

_MOST_POINTS = 10_000  # of a grid
# What an entry may have beside its notebook: kind, and words for it.
_PARTS = {
    "parameters": (dict, "a mapping of parameters"),
    "grid": (dict, "a mapping of parameters"),
    "section": (str, "a heading of the index"),
    "beside": (list, "a list of entries"),
    "front": (bool, "true or false"),
    "long": (bool, "true or false"),
}


@dataclass(frozen=True)
class Report:
    """One page to make: a notebook with values for its parameters."""

    # The report and its entry in the batch file: `profile_north` of `profile`.
    name: str
    group: str
    notebook: Path  # the notebook to run
    project: Project  # whose report it is
    # The question that heads its notebook; a parameter may stand in it, as code: `partner`.
    title: str = ""
    declared: tuple[Parameter, ...] = ()  # what the notebook takes
    # The values of the batch file and the command line; the rest are the defaults.
    given: Mapping[str, Any] = field(default_factory=dict)
    # Those of `given` that tell this report from the others of its group.
    grid: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""  # why it cannot be run; empty where it can
    # Parameters that the batch file gives a word which stands for another value each time.
    rolling: Mapping[str, Any] = field(default_factory=dict)
    # The report of the batch that this is a run of with other parameters, if it is not that report
    # itself, and these as they were given. A run apart has files of its own name.
    planned: Report | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    section: str = ""  # the part of the index that lists it
    beside: tuple[str, ...] = ()  # entries whose pages it leads to, and that lead to it
    front: bool = False  # whether the index opens with it
    long: bool = False  # whether it starts first where no run has told how long any takes

    @property
    def parameters(self) -> dict[str, Any]:
        """All parameters with the values of this run, in the notebook's order."""
        return {p.name: self.given.get(p.name, p.default) for p in self.declared}

    @property
    def apart(self) -> str:
        """The name of the report of the batch that this is a run of; empty where it is that."""
        return self.planned.name if self.planned else ""

    @property
    def question(self) -> str:
        """The title with the words for its parameters in their places."""
        said = self.title
        for name, value in self.parameters.items():
            said = said.replace(f"`{name}`", self.project.label(str(value)))
        return said


def load_batch(path: Path, project: Project) -> list[Report]:
    """Read a batch file."""
    if not path.is_file():
        told = "is no file" if path.exists() else "does not exist"
        raise FileNotFoundError(f"batch file {path} {told}: name another with --batch FILE")
    try:
        content = batchfile.read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not in UTF-8: save it as UTF-8") from None
    except ValueError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from None
    entries = content.get("reports") if isinstance(content, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise ValueError(f"{path.name} must have a mapping `reports:` of report to notebook")
    project = replace(project, contact=_contact(content, path) or project.contact)
    groups = [str(name) for name in entries]
    pairs = zip(groups, entries.values(), strict=True)
    reports = [report for pair in pairs for report in _planned(*pair, path, project)]
    return _beside_each_other(reports, groups, path)


def _contact(content: Mapping[str, Any], path: Path) -> str:
    """Read whom a reader tells of an error."""
    said = content.get("contact") or ""
    if not isinstance(said, str) or "\n" in said.strip():
        raise ValueError(f"{path.name}: contact must be an address or a name, on one line, "
                         f"got {shortened(said)}")  # fmt: skip
    return said.strip()


def _beside_each_other(
    reports: Sequence[Report], groups: Sequence[str], path: Path
) -> list[Report]:
    """Fail alone, under a name of its own, each that cannot be one of these reports."""
    made, taken = [], Counter[str]()
    for report in reports:
        name, problem = report.name, report.problem
        reason = names.fault(name, taken)
        taken[name.lower()] += 1
        if reason:
            problem = (f"{path.name}: report {shortened(name)} must have {reason}: "
                       "rename the entry, or give its grid shorter, plainer values")  # fmt: skip
            name = names.instead(name, taken[name.lower()])
        elif lost := [other for other in report.beside if other not in groups]:
            problem = problem or (
                f"{path.name}: {report.group}: beside must name entries of the file, "
                f"got {shortened(lost[0])}{cures.of_name(lost[0], groups)}"
            )
        elif report.front and any(other.front for other in made):
            problem = f"{path.name}: {name}: one report at most may be `front: true`"
        front = report.front and not problem
        made.append(replace(report, name=name, problem=problem, front=front))
    return made


def _planned(group: str, entry: Any, path: Path, project: Project) -> list[Report]:
    """Make the reports of one entry; where that cannot be, one that says why."""
    try:
        return _expand(group, entry, path, project)
    except (ValueError, OSError) as error:
        said = getattr(error, "strerror", "") or str(error)
        problem = said if said.startswith(path.name) else f"{path.name}: {group}: {said}"
    except Exception as error:  # whatever else is wrong with one must not stop the others
        problem = f"{path.name}: {group} cannot be planned: {type(error).__name__}: {error}"
    named = entry.get("notebook") if isinstance(entry, dict) else None
    return [Report(group, group, path.parent / str(named), project, group, problem=problem)]


def _expand(group: str, entry: Any, path: Path, project: Project) -> list[Report]:
    """Make the reports of one entry: one, or one for each point of its grid."""
    # What is refused here is told with file and entry by the caller.
    if isinstance(entry, ValueError):
        raise entry
    known = ("notebook", *_PARTS)
    if not isinstance(entry, dict) or "notebook" not in entry or set(entry) - set(known):
        raise ValueError(
            f"{path.name}: {group} must have `notebook`, and may have "
            f"{', '.join(f'`{part}`' for part in _PARTS)}, "
            f"got {shortened(list(entry) if isinstance(entry, dict) else entry)}"
        )
    for part, (kind, told) in {"notebook": (str, "a file's name"), **_PARTS}.items():
        if not isinstance(entry.get(part) or kind(), kind):
            raise ValueError(f"{part} must be {told}, got {shortened(entry[part])}")
    notebook = path.parent / entry["notebook"]
    if not notebook.is_file():
        there = sorted(file.name for file in path.parent.glob("*.ipynb") if file.is_file())
        cure = cures.of_name(notebook.name, there)
        raise FileNotFoundError(f"notebook {entry['notebook']!r} does not exist{cure}")
    title, declared = read_title(notebook), read_parameters(notebook)
    said = entry.get("parameters") or {}
    grid = entry.get("grid") or {}
    for name, values in grid.items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"grid must map parameters to lists, got {name}: {shortened(values)}")
        if name in said:
            raise ValueError(f"{name} stands in parameters and in grid: keep it in one")
    whole = Report(
        group, group, notebook, project, title, declared, section=entry.get("section") or "",
        front=bool(entry.get("front")), long=bool(entry.get("long")),
        beside=tuple(map(str, entry.get("beside") or ())),
    )  # fmt: skip
    if (many := math.prod(map(len, grid.values()))) > _MOST_POINTS:
        raise ValueError(
            f"grid must have at most {_MOST_POINTS} points, got {many}: give fewer values, or "
            "split the entry"
        )
    points = [dict(zip(grid, point, strict=True)) for point in itertools.product(*grid.values())]
    return [_at(whole, point, said, f"{path.name}: {group}") for point in points]


def _at(whole: Report, point: Mapping[str, Any], said: Mapping[str, Any], where: str) -> Report:
    """Make the report of one point of a grid; where that cannot be, one that says why."""
    named = replace(whole, name="_".join([whole.name, *map(names.part, point.values())]))
    try:
        # What a word stands for may follow from the point: the next year, from the day.
        now = whole.project.resolve({**said, **point})
        rolling = {name: word for name, word in said.items() if now[name] != word}
        here = checked(whole.declared, point, where)
        given = checked(whole.declared, {n: now[n] for n in said}, where) | here
    except ValueError as error:
        said = str(error)
        return replace(named, problem=said if said.startswith(where) else f"{where}: {said}")
    return replace(named, given=given, grid=here, rolling=rolling)


def choose(reports: Sequence[Report], names: Iterable[str]) -> list[Report]:
    """Pick reports by name; the name of a group means all of it."""
    names = list(names)
    known = list(dict.fromkeys([r.group for r in reports] + [r.name for r in reports]))
    for name in names:
        if name not in known:
            raise ValueError(f"report {name!r} is not in the batch{cures.of_name(name, known)}")
    return [r for r in reports if not names or {r.name, r.group} & set(names)]


def override(reports: Sequence[Report], pairs: Iterable[tuple[str, str]]) -> list[Report]:
    """Give parameters from the command line to all reports that have them."""
    # Where a parameter rolls in some of the reports, it is given to those alone: the others have
    # been pinned to their value.
    chosen, asked = list(reports), {}
    for name, text in pairs:
        known = list(dict.fromkeys(p.name for r in chosen for p in r.declared))
        if name not in known:
            raise ValueError(
                f"parameter {name!r} is in none of the chosen reports{cures.of_name(name, known)}"
            )
        value = str(chosen[0].project.resolve({name: text})[name])
        if value == text:  # a word stands in each report for what follows from its day
            asked[name] = text
        rolls = any(name in r.rolling for r in chosen)
        chosen = [
            _given(r, name, text) if name in r.rolling or not rolls else r
            for r in _on_grid(chosen, name, value)
        ]
    batch = {r.name: r for r in reports}
    return [_apart(r, batch[r.name], asked) for r in chosen]


def _apart(report: Report, planned: Report, asked: Mapping[str, str]) -> Report:
    """Name a report by what is not as the batch has it; nothing may be."""
    then, now = planned.parameters, report.parameters
    other = {name: value for name, value in now.items() if value != then[name]}
    if not other:
        return report
    name = names.apart(report.name, other)
    said = {name: asked.get(name, str(value)) for name, value in other.items()}
    return replace(report, name=name, planned=planned, asked=said, grid=report.grid | other)


def _given(report: Report, name: str, text: str) -> Report:
    """Set one parameter of one report, if the report has it."""
    declared = {p.name: p for p in report.declared}
    if name not in declared:
        return report
    words = {**report.rolling, name: text}
    # What a word stands for follows from what is given, before it or after: the next year, from the
    # day.
    told = report.project.resolve({**report.given, **words})
    words = {word: said for word, said in words.items() if told[word] != said}
    given = {**report.given, name: from_text(declared[name], str(told[name]))}
    given |= checked(report.declared, {n: told[n] for n in words if n != name}, report.name)
    return replace(report, given=given, rolling=words)


def _on_grid(reports: list[Report], name: str, text: str) -> list[Report]:
    """Keep of every grid over this parameter only the point that was asked for."""
    points = list(dict.fromkeys(str(r.grid[name]) for r in reports if name in r.grid))
    if points and text not in points:
        cure = cures.of_word(text, points)
        cure = cure or ": other values need a line in the grid of the batch file"
        raise ValueError(f"{name} must be one of {', '.join(points)}, got {text!r}{cure}")
    return [r for r in reports if name not in r.grid or str(r.grid[name]) == text]


def read_title(notebook: Path) -> str:
    """Read the question that heads a notebook."""
    lines = "\n".join(sources(notebook, "markdown")).splitlines()
    return next((line[2:].strip() for line in lines if line.startswith("# ")), notebook.stem)
