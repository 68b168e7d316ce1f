"""
Which modules of a library decide what some code shows: by its imports, read and never run.

A public name of a package is found in the stub beside it (`__init__.pyi`), or among what its
`__init__.py` imports. The modules of the press itself are found in the same way.
"""

import ast
import functools
from collections.abc import Iterable
from pathlib import Path

from presswork.project import HERE, folder_of

PRESS = "presswork"
# What makes a page of a notebook; papermill finds the second by its entry point.
PAGE = tuple(f"{PRESS}.{name}" for name in ("worker", "papermill_engine", "forking"))


def used(library: str, code: Iterable[str]) -> list[str]:
    """Name the modules of library and press that decide what some code shows on a page."""
    try:
        trees = [ast.parse(source) for source in code]
    except (SyntaxError, ValueError):
        return sorted(every(library))
    wanted = set(PAGE)
    for name in _names(library, trees):
        wanted |= _resolve(library, name) or set(every(library))
    return sorted(_closure(library, frozenset(wanted)))


@functools.cache
def every(library: str) -> dict[str, Path]:
    """List the modules of a library and of the press."""
    found = {}
    for package, folder in ((library, folder_of(library)), (PRESS, HERE)):
        for path in folder.rglob("*.py"):
            parts = (package, *path.relative_to(folder).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found.pop(library, None)
    return found


def forget() -> None:
    """Forget what was read of these files, so that an edit of them is seen."""
    for remembering in (every, _resolve, _exports, _closure, _imports):
        remembering.cache_clear()


def _names(library: str, trees: Iterable[ast.AST]) -> set[str]:
    """Collect what code uses of the library and the press: `silktrade.growth`."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    bound = {pair for node in nodes for pair in _imported(library, node)}
    named = {name for _, name in bound}
    for chain in {_chain(node) for node in nodes if isinstance(node, ast.Attribute)} - {""}:
        first, _, rest = chain.partition(".")
        named |= {f"{name}.{rest}" for alias, name in bound if alias == first}
    # A module that is imported counts by what is used of it.
    return {n for n in named - {library} if not any(o.startswith(f"{n}.") for o in named)}


def _chain(node: ast.expr) -> str:
    """Write out `a.b.c`; anything else at its root gives an empty text."""
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _imported(library: str, node: ast.AST) -> list[tuple[str, str]]:
    """Say what one import statement binds: a local name, and what of ours it stands for."""
    ours = (library, PRESS)
    if isinstance(node, ast.Import):
        found = [a for a in node.names if a.name.partition(".")[0] in ours]
        plain = [(a.name.partition(".")[0],) * 2 for a in found if not a.asname]
        return plain + [(a.asname or "", a.name) for a in found]
    if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ours:
        return [(a.asname or a.name, f"{node.module}.{a.name}") for a in node.names]
    return []


@functools.cache
def _resolve(library: str, name: str) -> set[str]:
    """Find the modules that a dotted name stands for; none where it cannot be told."""
    package, _, rest = name.partition(".")
    first, _, further = rest.partition(".")
    if package == library and first in (homes := _exports(library, library)):
        name = f"{homes[first]}.{further}".rstrip(".")
    name, rest = name, ""
    while name and name not in every(library):
        name, _, rest = name.rpartition(".")
    if not name:
        return set()
    if not rest:  # a whole package: any of its parts may be used
        return {name} | {m for m in every(library) if m.startswith(f"{name}.")}
    exported = _exports(library, name).get(rest.partition(".")[0], "").rpartition(".")[0]
    return {name, exported} if exported in every(library) else {name}


@functools.cache
def _exports(library: str, package: str) -> dict[str, str]:
    """Map the names that a package takes from its own modules to these modules and names."""
    whole = folder_of(library) / "__init__.py"
    path = whole if package == library else every(library)[package]
    if path.name != "__init__.py":
        return {}
    stub = path.with_suffix(".pyi")
    tree = _parsed(stub if stub.is_file() else path)
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            module = f"{package}.{node.module or ''}".rstrip(".") if node.level else node.module
            if f"{module}.".startswith(f"{package}."):
                found |= {a.asname or a.name: f"{module}.{a.name}" for a in node.names}
    return found


@functools.cache
def _closure(library: str, wanted: frozenset[str]) -> set[str]:
    """Add to modules all that they import, and what those import."""
    done: set[str] = set()
    waiting = list(wanted)
    while waiting:
        module = waiting.pop()
        if module not in done:
            done.add(module)
            waiting += _imports(library, module)
    return done


@functools.cache
def _imports(library: str, module: str) -> list[str]:
    """Name the modules that a module imports, anywhere in it; a package's own parts when asked."""
    path = every(library)[module]
    tree = _parsed(path)
    named = {n for node in ast.walk(tree) for _, n in _imported(library, node)} - {library}
    found = {m for n in named for m in _resolve(library, n)}
    # A package only gathers its parts; which of them are wanted, the names used tell.
    gathers = path.name == "__init__.py" and all(
        isinstance(n, ast.ImportFrom | ast.Assign | ast.Expr) for n in tree.body
    )
    return [m for m in found if not (gathers and m.startswith(f"{module}."))]


def _parsed(path: Path) -> ast.Module:
    """Parse a file of Python."""
    return ast.parse(path.read_text(encoding="utf-8"))
