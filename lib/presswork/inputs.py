"""
What a report was made from, as a table of fingerprints, and what has changed since.

The table names every input once: the notebook's cells, each parameter, the modules of the library
that its code uses, each file that the last run read, each choice of a vintage that it made, the
lock and the versions of the packages. Two equal tables mean the same page.
"""

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from presswork import cleaning, modules, private
from presswork.parameters import read_cells, sources
from presswork.plan import Report
from presswork.project import HERE, Project, variable, versions

_KINDS = {
    "notebook": "the notebook", "parameter": "parameter", "module": "code of", "file": "file",
    "data": "data", "vintage": "choice of", "lock": "the locked packages", "package": "package",
    "templates": "the page's template",
}  # fmt: skip
EVERY = "vintage */*/"  # that a report asked for the list of all data, whatever it then chose


def static(report: Report) -> dict[str, str]:
    """Fingerprint the inputs that are known before a report runs."""
    cells = read_cells(report.notebook)
    library = report.project.library
    files = modules.every(library)
    used = {
        f"module {m.removeprefix(f'{library}.')}": _module(files[m])
        for m in modules.used(library, sources(report.notebook, "code"))
    }
    markdown = "\n".join(sources(report.notebook, "markdown"))
    pictured = cleaning.pictures_named(markdown, report.notebook.parent)
    return {
        "notebook": _digest(json.dumps([[c.cell_type, c.source] for c in cells])),
        **{
            f"parameter {name}": private.fingerprint(value)
            for name, value in report.parameters.items()
        },
        **used,
        **{_name(path, report): _hash(path) for _, path, _ in pictured},
        "templates": _digest(
            "".join(_hash(p) for p in sorted(HERE.glob("templates/**/*.*")))
            + repr((report.project.terms, report.project.words))
        ),
        "lock": _hash(root(report) / "requirements.lock"),
        **{f"package {name}": version for name, version in versions(library).items()},
    }


def read(
    report: Report, files: Iterable[Path], asked: Iterable[tuple[str, str, str, str]], since: float
) -> dict[str, str]:
    """Fingerprint the inputs that a run turned out to read."""
    told = {f"vintage {source}/{data}/{day}": answer for source, data, day, answer in asked}
    for path in files:
        name = _name(path, report)
        if name is not None:
            changed = path.stat().st_mtime > since
            told[name] = "changed during the run" if changed else _now(name, report)
    return dict(sorted(told.items()))


def up_to_date(
    report: Report, table: Mapping[str, str], seen: dict[str, str] | None = None
) -> bool:
    """Tell whether a report would be made from the same inputs as last time."""
    current, seen = static(report), {} if seen is None else seen
    for name in table:
        kind = name.partition(" ")[0]
        if kind == "file":
            current[name] = _now(name, report)
        elif kind in ("data", "vintage"):  # which other reports may have asked for
            current[name] = seen[name] = seen.get(name) or _now(name, report)
    return current == dict(table)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the inputs that differ, for people."""
    differing = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    return [_phrase(name, before.get(name), after.get(name)) for name in differing]


def places(report: Report) -> tuple[str, ...]:
    """Name the folders whose files are inputs of a report if it reads them."""
    found = (root(report), report.project.checkout, report.project.data().resolve())
    return tuple(str(folder) for folder in found)


def caches(report: Report) -> tuple[str, ...]:
    """Name the folders of what can be computed again, and is therefore no input."""
    own = [str(folder / ".cache") for folder in (root(report), report.project.checkout)]
    named = os.environ.get(variable(report.project.library, "CACHE"))
    return (*own, os.path.abspath(named)) if named else tuple(own)


def _phrase(name: str, before: str | None, after: str | None) -> str:
    """Name one input that changed."""
    if name == EVERY:
        return "which files of data are held"
    kind, _, rest = name.partition(" ")
    what = f"{_KINDS[kind]} {rest}".strip()
    if before is None or after is None:
        return f"{what}: {'new' if before is None else 'no longer used'}"
    told = kind in ("parameter", "package", "vintage")
    return f"{what}: {before} → {after}" if told else what


def root(report: Report) -> Path:
    """Find the folder of the project that a report belongs to."""
    return Path(os.path.realpath(report.notebook)).parent.parent  # of links in a circle too


def _name(path: Path, report: Report) -> str | None:
    """Name a file that was read; None for code of ours, which `static` covers."""
    ours = any(path.is_relative_to(folder) for folder in (report.project.folder, HERE))
    if (ours and path.suffix in (".py", ".pyi", ".csv")) or path.parent.suffix == ".egg-info":
        return None
    if path in (report.notebook.resolve(), root(report) / "requirements.lock"):
        return None
    data = report.project.data().resolve()
    if path.is_relative_to(data):
        return f"data {path.relative_to(data).as_posix()}"
    for folder in (report.project.checkout, root(report)):
        if path.is_relative_to(folder):
            return f"file {path.relative_to(folder).as_posix()}"
    if path.is_relative_to(Path.home()):
        return f"file ~/{path.relative_to(Path.home()).as_posix()}"
    return f"file {Path(os.path.relpath(path, root(report))).as_posix()}"


def _now(name: str, report: Report) -> str:
    """Fingerprint a file or a choice of a vintage as it is now."""
    kind, _, rest = name.partition(" ")
    if kind == "vintage":
        return _choice(rest, report.project)
    if kind == "data":
        return _hash(report.project.data() / rest)
    folders = (root(report), report.project.checkout)
    files = (folder / Path(rest).expanduser() for folder in folders)
    return next((_hash(path) for path in files if path.is_file()), "missing")


def _choice(question: str, project: Project) -> str:
    """Choose a vintage again."""
    source, dataset, day = question.split("/")
    if source == "*":
        folder = project.data()
        return _digest("\n".join(p.relative_to(folder).as_posix() for p in project.every()))
    path = project.choose(source, dataset, day or None)
    return path.parent.name if path else ""


def _module(path: Path) -> str:
    """Hash a module, with the tables beside it that it names."""
    tables = _tables(path, path.stat().st_mtime_ns)
    return _hash(path) if not tables else _digest("".join(map(_hash, (path, *tables))))


@functools.lru_cache(maxsize=1024)
def _tables(path: Path, _changed: int) -> tuple[Path, ...]:
    """Find the tables beside a module that it names."""
    text = path.read_text(encoding="utf-8")
    return tuple(table for table in sorted(path.parent.glob("*.csv")) if table.name in text)


def _digest(text: str) -> str:
    """Hash a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _hash(path: Path) -> str:
    """Hash a file; a missing one has a word for it."""
    try:
        return _hashed(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return "missing"


@functools.lru_cache(maxsize=1024)
def _hashed(path: Path, _changed: int) -> str:
    """Hash a file once for each change of it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
