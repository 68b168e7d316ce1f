"""The check of a notebook's parameters where they are set: in Jupyter, papermill and nbconvert."""

import ast
import difflib
from collections.abc import Sequence
from typing import Any

from presswork.parameters import EXAMPLE, Parameter, declared, exact

_INJECTED = "# Parameters\n"  # how the cell begins that papermill puts in, right after them


class ParameterError(ValueError):
    """A parameter is not what its cell says: one sentence, without a traceback in a notebook."""

    def _render_traceback_(self) -> list[str]:
        """Say in a notebook what is wrong, and not where it was noticed."""
        return [f"{type(self).__name__}: {self}"]


def parameters() -> None:
    """
    Check the parameters of the notebook that runs, against what their own cell says of them.

    Call it first in the cell that follows the parameters. Each has to be of the type that it is
    annotated with, and what the comment beside it asks: `one of north, south`, `at least 100`,
    `at most 1`, a day as `YYYY-MM-DD`. Values that papermill injects are checked alike. Outside a
    notebook there is no such cell, and nothing is checked.

    Raises
    ------
    ParameterError
        A ValueError that names the first parameter that is wrong, what it must be, and what it is.
        Where no parameters cell has run, a line of it is no annotated assignment, or a name seems
        misspelt, as well.

    Examples
    --------
    >>> parameters()
    """
    from IPython import get_ipython  # here: it takes longer to import than all the rest

    shell = get_ipython()
    if shell is None:
        return
    known, space = _last(shell.user_ns.get("In", [])), shell.user_ns
    try:
        space.update({p.name: exact(p, space.get(p.name), "") for p in known})
    except ValueError as error:
        raise ParameterError(str(error)) from None


def _last(cells: Sequence[str]) -> tuple[Parameter, ...]:
    """Read the parameters cell that ran last: of annotated lines, or of those it had and others."""
    bodies, annotated = [_body(source) for source in cells], set()
    for body in bodies:
        if body and all(isinstance(node, ast.AnnAssign) for node in body):
            annotated |= _names(body, ast.AnnAssign)
    for at, body in reversed([*enumerate(bodies)]):
        if all(map(_plain, body)) and annotated & _names(body, ast.AnnAssign):
            try:
                known = declared(cells[at], "")
            except ValueError as error:
                raise ParameterError(str(error).removeprefix(": ")) from None
            after = next(iter(cells[at + 1 :]), "")
            injected = _names(_body(after), ast.Assign) if after.startswith(_INJECTED) else ()
            _spelt(known, sorted(injected), cells)
            return known
    raise ParameterError(f"no parameters cell has run: run it first, its lines like `{EXAMPLE}`")


def _spelt(known: Sequence[Parameter], injected: Sequence[str], cells: Sequence[str]) -> None:
    """Refuse a name that papermill alone knows, or that takes the place of one much like it."""
    names = [parameter.name for parameter in known]
    for name in injected:
        if name not in names:
            like = difflib.get_close_matches(name, names, 1)
            raise ParameterError(
                f"a parameter's name must be one of {', '.join(names)}, got {name!r}"
                + (f": write {like[0]!r}" if like else "")
            )
    held = {name for source in cells for name in _names(_body(source), ast.AnnAssign)}
    gone = sorted(held - {*names})  # the kernel still holds what these meant
    if not gone:
        return
    used = {node.id for source in cells for line in _body(source) for node in ast.walk(line)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}  # fmt: skip
    for name in names:
        like = difflib.get_close_matches(name, gone, 1)
        if like and like[0] in used and name not in used:
            raise ParameterError(
                f"a parameter's name must be one that a cell uses, got {name!r}: write {like[0]!r}"
            )


def _names(body: Sequence[ast.stmt], kind: type[ast.stmt]) -> set[str]:
    """Name what lines of a kind give a value each."""
    lines = [node for node in body if isinstance(node, kind) and _plain(node)]
    return {n.target.id if isinstance(n, ast.AnnAssign) else n.targets[0].id for n in lines}


def _plain(node: ast.stmt) -> bool:
    """Tell a line that gives one name a value."""
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name)
    return (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
    )


def _body(source: Any) -> list[ast.stmt]:
    """Parse a cell; one of magics has none."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
