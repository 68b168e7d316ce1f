"""
What a report was made from, as a table of fingerprints, and what has changed since.

The table names every input once: the notebook's cells, each parameter, the modules of this library
that its code uses, each file that the last run read, each choice of a vintage that it made, the
lock and the versions of the packages. Two equal tables mean the same page.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import silktrade
from silktrade.data import vintages
from silktrade.reports.parameters import read_cells
from silktrade.reports.plan import Report
from silktrade.reports.versions import versions

LIBRARY = Path(silktrade.__file__).parent
# What makes a page of a notebook; papermill finds the second by its entry point.
PAGE = ("reports.worker", "reports.papermill_engine", "reports.inprocess")
_KINDS = {
    "notebook": "the notebook", "parameter": "parameter", "module": "code of", "file": "file",
    "data": "data", "vintage": "choice of", "lock": "the locked packages", "package": "package",
    "templates": "the page's template",
}  # fmt: skip


def static(report: Report) -> dict[str, str]:
    """
    Fingerprint the inputs that are known before a report runs.

    Parameters
    ----------
    report : Report
        From `plan`.

    Returns
    -------
    dict of str to str
        Kind and name of the input, such as `"module measures.trade"` or `"parameter as_of"`, to a hash,
        a value or a version.
    """
    cells = read_cells(report.notebook)
    code = [c.source for c in cells if c.cell_type == "code"]
    modules = {f"module {m}": _hash(_file(m)) for m in used_modules(code)}
    return {
        "notebook": _digest(json.dumps([[c.cell_type, c.source] for c in cells])),
        **{f"parameter {name}": repr(value) for name, value in report.parameters.items()},
        **modules,
        "templates": _digest("".join(_hash(p) for p in sorted((LIBRARY / "reports").glob(
            "templates/**/*.*")))),
        "lock": _hash(root(report) / "requirements.lock"),
        **{f"package {name}": version for name, version in versions().items()},
    }  # fmt: skip


def read(
    report: Report, files: Iterable[Path], asked: Iterable[tuple[str, str, str, str]], since: float
) -> dict[str, str]:
    """
    Fingerprint the inputs that a run turned out to read.

    Parameters
    ----------
    report : Report
        What ran.
    files : iterable of Path
        The files it read, absolute.
    asked : iterable of (source, dataset, day, answer)
        The choices of a vintage it made.
    since : float
        When the run began, as `time.time` tells. A file written since may not be what was read: its
        fingerprint is a phrase that no file has, so that the report runs again.

    Returns
    -------
    dict of str to str
        As `static`.
    """
    told = {f"vintage {source}/{data}/{day}": answer for source, data, day, answer in asked}
    for path in files:
        name = _name(path, report)
        if name is not None:
            changed = path.stat().st_mtime > since
            told[name] = "changed during the run" if changed else _now(name, report)
    return dict(sorted(told.items()))


def up_to_date(report: Report, table: Mapping[str, str]) -> bool:
    """
    Tell whether a report would be made from the same inputs as last time.

    Parameters
    ----------
    report : Report
        As it would run now.
    table : mapping of str to str
        The inputs of the last run.

    Returns
    -------
    bool
        True where every input is as it was.
    """
    current = static(report)
    for name in table:
        if name.partition(" ")[0] in ("data", "file", "vintage"):
            current[name] = _now(name, report)
    return current == dict(table)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """
    Name the inputs that differ, for people.

    Parameters
    ----------
    before, after : mapping of str to str
        Tables of inputs.

    Returns
    -------
    list of str
        One phrase for each input that changed, came or went.

    Examples
    --------
    >>> changed({"parameter as_of": "'2023-12-31'"}, {"parameter as_of": "'2024-12-31'"})
    ["parameter as_of: '2023-12-31' → '2024-12-31'"]
    >>> changed({"module measures.trade": "a"}, {"module measures.trade": "b", "data gacc/x.csv": "c"})
    ['data gacc/x.csv: new', 'code of measures.trade']
    """
    differing = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    return [_phrase(name, before.get(name), after.get(name)) for name in differing]


def places(report: Report) -> tuple[str, ...]:
    """
    Name the folders whose files are inputs of a report if it reads them.

    Parameters
    ----------
    report : Report
        From `plan`.

    Returns
    -------
    tuple of str
        The project, the library's checkout and the data.
    """
    found = (root(report), LIBRARY.parents[1], vintages.data_folder().resolve())
    return tuple(str(folder) for folder in found)


def caches(report: Report) -> tuple[str, ...]:
    """
    Name the folders of what can be computed again, and is therefore no input.

    Parameters
    ----------
    report : Report
        From `plan`.

    Returns
    -------
    tuple of str
        `.cache` of the project and of the library's checkout, and SILKTRADE_CACHE.
    """
    own = [str(folder / ".cache") for folder in (root(report), LIBRARY.parents[1])]
    named = os.environ.get("SILKTRADE_CACHE")
    return (*own, os.path.abspath(named)) if named else tuple(own)


def forget() -> None:
    """Forget what was read of the library's own files, so that an edit of them is seen."""
    for remembering in (_modules, _homes, _resolve, _exports, _closure, _imports):
        remembering.cache_clear()


def _phrase(name: str, before: str | None, after: str | None) -> str:
    """Name one input that changed."""
    kind, _, rest = name.partition(" ")
    what = f"{_KINDS[kind]} {rest}".strip()
    if before is None or after is None:
        return f"{what}: {'new' if before is None else 'no longer used'}"
    told = kind in ("parameter", "package", "vintage")
    return f"{what}: {before} → {after}" if told else what


def root(report: Report) -> Path:
    """
    Find the folder of the project that a report belongs to.

    Parameters
    ----------
    report : Report
        Whose notebook is in `notebooks/` there.

    Returns
    -------
    Path
        Absolute.
    """
    return report.notebook.resolve().parent.parent


def used_modules(code: Iterable[str]) -> list[str]:
    """
    Name the modules of this library that decide what some code shows on a page.

    Parameters
    ----------
    code : iterable of str
        The code cells of a notebook.

    Returns
    -------
    list of str
        Dotted names below `silktrade`, sorted: what the code names, what that imports, and what
        makes the page. A cell that is not plain Python (a magic) counts as using everything.

    Examples
    --------
    >>> used = used_modules(["import silktrade as st", "st.concentration(values)"])
    >>> "measures.trade" in used, "forecasting.models.theta_method" in used
    (True, False)
    """
    try:
        trees = [ast.parse(source) for source in code]
    except SyntaxError:
        return sorted(_modules())
    wanted = set(PAGE)
    for name in _names(trees):
        wanted |= _resolve(name) or set(_modules())
    return sorted(_closure(frozenset(wanted)))


@functools.cache
def _modules() -> dict[str, Path]:
    """List the modules of the library: dotted name to file."""
    found = {}
    for path in LIBRARY.rglob("*.py"):
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found.pop("")  # the package gathers public names; `_resolve` follows each
    return found


def _names(trees: Iterable[ast.AST]) -> set[str]:
    """Collect the names of this library that code uses: `growth`, `figures.flows`."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    bound = {alias: name for node in nodes for alias, name in _imported(node)}
    named = set(bound.values())
    for chain in {_chain(node) for node in nodes if isinstance(node, ast.Attribute)}:
        first, _, rest = chain.partition(".")
        if first in bound:
            named.add(f"{bound[first]}.{rest}".lstrip("."))
    # A module that is imported counts by what is used of it.
    return {n for n in named - {""} if not any(o.startswith(f"{n}.") for o in named)}


def _chain(node: ast.expr) -> str:
    """Write out `a.b.c`; anything else at its root gives an empty text."""
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _imported(node: ast.AST) -> list[tuple[str, str]]:
    """Say what one import statement binds: a local name, and what of this library it stands for."""
    if isinstance(node, ast.Import):
        ours = [a for a in node.names if a.name.partition(".")[0] == "silktrade"]
        return [(a.asname or "silktrade", a.name.partition(".")[2] if a.asname else "")
                for a in ours] + [("", a.name.partition(".")[2]) for a in ours]  # fmt: skip
    if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "silktrade":
        below = (node.module or "").partition(".")[2]
        return [(a.asname or a.name, f"{below}.{a.name}".lstrip(".")) for a in node.names]
    return []


@functools.cache
def _resolve(name: str) -> set[str]:
    """Find the module that a public name stands for; none where it cannot be told."""
    first, _, rest = name.partition(".")
    home = _homes().get(first)
    if home:
        return {home} if home in _modules() else set()
    while name and name not in _modules():
        name, _, rest = name.rpartition(".")
    if not name:
        return set()
    if not rest:  # a whole package: any of its parts may be used
        return {name} | {m for m in _modules() if m.startswith(f"{name}.")}
    exported = _exports(name).get(rest.partition(".")[0])
    return {name, exported} if exported else {name}


@functools.cache
def _homes() -> dict[str, str]:
    """Map each public name to its module, as the library's stub tells."""
    stub = ast.parse((LIBRARY / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        alias.name: f"{node.module}.{alias.name}"
        if f"{node.module}.{alias.name}" in _modules()
        else node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@functools.cache
def _exports(package: str) -> dict[str, str]:
    """Map the names that a package takes from its own modules to these modules."""
    path = _file(package)
    if path.name != "__init__.py":
        return {}
    return {
        alias.asname or alias.name: node.module.partition(".")[2]
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"silktrade.{package}.")
        for alias in node.names
    }


@functools.cache
def _closure(wanted: frozenset[str]) -> set[str]:
    """Add to modules all that they import, and what those import."""
    done: set[str] = set()
    waiting = list(wanted)
    while waiting:
        module = waiting.pop()
        if module not in done:
            done.add(module)
            waiting += _imports(module)
    return done


@functools.cache
def _imports(module: str) -> list[str]:
    """Name the modules that a module imports, anywhere in it; a package's own parts when asked."""
    path = _file(module)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {m for node in ast.walk(tree) for _, n in _imported(node) if n for m in _resolve(n)}
    # A package only gathers its parts; which of them are wanted, the names used tell.
    gathers = path.name == "__init__.py" and all(
        isinstance(n, ast.ImportFrom | ast.Assign | ast.Expr) for n in tree.body
    )
    return [m for m in found if not (gathers and m.startswith(f"{module}."))]


def _file(module: str) -> Path:
    """Find the file of a module of the library."""
    return _modules()[module]


def _name(path: Path, report: Report) -> str | None:
    """Name a file that was read; None for code of this library, which `static` covers."""
    if path.is_relative_to(LIBRARY) and path.suffix == ".py":
        return None
    if path in (report.notebook.resolve(), root(report) / "requirements.lock"):
        return None
    data = vintages.data_folder().resolve()
    if path.is_relative_to(data):
        return f"data {path.relative_to(data).as_posix()}"
    for folder in (LIBRARY.parents[1], root(report)):
        if path.is_relative_to(folder):
            return f"file {path.relative_to(folder).as_posix()}"
    return f"file {path.as_posix()}"


def _now(name: str, report: Report) -> str:
    """Fingerprint a file or a choice of a vintage as it is now."""
    kind, _, rest = name.partition(" ")
    if kind == "vintage":
        return _choice(rest)
    if kind == "data":
        return _hash(vintages.data_folder() / rest)
    places = [folder / rest for folder in (root(report), LIBRARY.parents[1])]
    return next((_hash(p) for p in places if p.is_file()), "missing")


def _choice(question: str) -> str:
    """Choose a vintage again."""
    source, dataset, day = question.split("/")
    if source == "*":
        folder = vintages.data_folder()
        return _digest("\n".join(p.relative_to(folder).as_posix() for p in vintages.every()))
    path = vintages.choose(source, dataset, day or None)
    return path.parent.name if path else ""


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
