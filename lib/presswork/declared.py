"""The check of a notebook's parameters where they are set: in Jupyter, papermill and nbconvert."""

import ast
from collections.abc import Sequence
from typing import Any

from presswork.parameters import EXAMPLE, Parameter, declared, exact


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
        Where no parameters cell has run, or a line of it is no annotated assignment, as well.

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
    """Read the parameters cell that ran last: one of annotated assignments alone."""
    for source in reversed(cells):
        body = _body(source)
        if body and all(isinstance(node, ast.AnnAssign) for node in body):
            try:
                return declared(source, "")
            except ValueError as error:
                raise ParameterError(str(error).removeprefix(": ")) from None
    raise ParameterError(f"no parameters cell has run: run it first, its lines like `{EXAMPLE}`")


def _body(source: Any) -> list[ast.stmt]:
    """Parse a cell; one of magics has none."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
