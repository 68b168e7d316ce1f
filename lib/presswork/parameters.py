"""
Parameters of notebooks: their names, types, defaults and comments, and the check of a value.

The types are the annotations in the notebook's cell tagged `parameters`, where every line is like
`year: int = 2024  # at least 1995`; `kinds` reads them. Values come from a batch file, typed by
YAML, or from the command line, as text.
"""

import ast
import datetime
import functools
import io
import json
import re
import reprlib
import tokenize
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from presswork import cures, kinds

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 2, 80, 80
# What a file that is no notebook may hold, and what to do.
_OTHERS = {
    r"\A\s*\Z": "it is empty, restore it",
    r"\A\ufeff": "it begins with a mark of byte order, save it as UTF-8 without one",
    r"\Aversion https://git-lfs": "it is kept by Git LFS, fetch it with `git lfs pull`",
    r"(?m)^(<{7}|>{7}) ": "it holds a merge conflict, resolve it",
    "": "save it in JupyterLab",
}
EXAMPLE = "year: int = 2024  # comment"


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell."""

    name: str
    type: str  # the annotation
    default: Any  # the value in the notebook
    comment: str = ""  # what stands after `#`

    @property
    def kind(self) -> kinds.Kind:
        """What a value must be."""
        return kinds.read(self.type, self.comment)


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook file."""

    cell_type: str  # `code` or `markdown`
    source: str
    tags: tuple[str, ...] = ()  # such as `parameters`
    id: str = ""  # the cell's own name; empty in notebooks of older forms


def read_cells(notebook: Path) -> list[Cell]:
    """Read the cells of a notebook file, without the time that nbformat takes to load."""
    if not notebook.is_file():
        raise FileNotFoundError(f"notebook {notebook} does not exist: correct it in the batch file")
    return list(_cells(notebook, notebook.stat().st_mtime_ns))


def sources(notebook: Path, kind: str) -> list[str]:
    """Read what stands in the cells of a kind, `code` or `markdown`."""
    return [cell.source for cell in read_cells(notebook) if cell.cell_type == kind]


@functools.lru_cache(maxsize=64)
def _cells(notebook: Path, _changed: int) -> tuple[Cell, ...]:
    """Read a notebook once for each change of it."""
    try:
        text = notebook.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{notebook.name} is not in UTF-8: save it as UTF-8") from None
    try:
        content = json.loads(text)
        form = content["nbformat"], type(content["nbformat_minor"]), type(content["metadata"])
        if form != (4, int, dict):
            raise TypeError
        return tuple(
            Cell(
                c["cell_type"],
                "".join(c["source"]),
                tuple(c["metadata"].get("tags", ())),
                str(c.get("id", "")),
            )
            for c in content["cells"]
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        cure = next(cure for form, cure in _OTHERS.items() if re.search(form, text))
        raise ValueError(f"{notebook.name} is not a Jupyter notebook of format 4: {cure}") from None


def read_parameters(notebook: Path) -> tuple[Parameter, ...]:
    """Read the parameters that a notebook declares."""
    tagged = [c for c in read_cells(notebook) if "parameters" in c.tags]
    if not tagged:
        return ()
    lines = declared(tagged[0].source, notebook.name)
    return tuple(replace(p, default=exact(p, p.default, notebook.name)) for p in lines)


def declared(source: str, name: str) -> tuple[Parameter, ...]:
    """Read the lines of a parameters cell; whether their values are right is not asked."""
    try:
        body = ast.parse(source).body
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        comments = {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise ValueError(
            f"{name}: the parameters cell is not plain Python{line} "
            f"({getattr(error, 'msg', error)}): every line must be like `{EXAMPLE}`"
        ) from None
    found = tuple(_declared(node, comments, name) for node in body)
    names = [parameter.name for parameter in found]
    if twice := [known for known in names if names.count(known) > 1]:
        raise ValueError(f"{name}: parameter {twice[0]} stands twice: keep one line of it")
    return found


def _declared(node: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    """Read one annotated assignment."""
    if (
        not isinstance(node, ast.AnnAssign)
        or not isinstance(node.target, ast.Name)
        or not node.value
    ):
        raise ValueError(
            f"{where}: every line of the parameters cell must be like `{EXAMPLE}`, "
            f"got `{ast.unparse(node)}`"
        )
    name, kind = node.target.id, ast.unparse(node.annotation)
    if kinds.read(kind) is None:
        raise ValueError(f"{where}: parameter {name} must be annotated {kinds.KNOWN}, got {kind}")
    try:
        default = _plain(node.value)
    except (ValueError, TypeError):
        raise ValueError(
            f"{where}: parameter {name} must have a plain value, got `{ast.unparse(node.value)}`: "
            "write text and days in quotes"
        ) from None
    return Parameter(name, kind, default, comments.get(node.end_lineno, ""))


def _plain(node: ast.expr) -> Any:
    """Read a plain value, or a day as `date(2024, 1, 31)`, or a list of these."""
    if isinstance(node, ast.List):
        return [_plain(part) for part in node.elts]
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "date":
        return datetime.date(*map(ast.literal_eval, node.args))
    return ast.literal_eval(node)


def checked(declared: Sequence[Parameter], values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check the values of a batch file against the notebook's declarations."""
    by_name = {p.name: p for p in declared}
    for name in values:
        if name not in by_name:
            none = ": tag the cell that declares it `parameters`"
            cure = cures.of_name(name, by_name) if by_name else none
            raise ValueError(f"{where}: parameter {name!r} is unknown{cure}")
    return {name: exact(by_name[name], value, where) for name, value in values.items()}


def exact(parameter: Parameter, value: Any, where: str) -> Any:
    """Accept a value of the declared kind."""
    try:
        return parameter.kind.accept(value)
    except ValueError:
        raise ValueError(f"{where}: {_wrong(parameter, value)}".removeprefix(": ")) from None


def from_text(parameter: Parameter, text: str) -> Any:
    """Convert what stood on the command line."""
    try:
        return parameter.kind.from_text(text)
    except ValueError:
        raise ValueError(_wrong(parameter, text)) from None


def _wrong(parameter: Parameter, value: Any) -> str:
    """Say what a parameter must be."""
    said, kind, like = shortened(value), parameter.kind, parameter.kind.like()
    cure = cures.of_word(value, map(str, kind.choices), parameter.name)
    if kind.day or kind.base == "date":
        cure = cures.of_day(value)
    if cure or (type(value) is str and parameter.type == "str"):  # the comment says the rule
        return f"{parameter.name} must be {like}, got {said}{cure}"
    return f"{parameter.name} must be {parameter.type}, got {said}: give {like}"


def shortened(value: Any) -> str:
    """Write a value for an error, whatever it is: an alias bomb of YAML would fill the screen."""
    return _SHORT.repr(value)


class _Day(str):
    """A day on its way to a notebook: text in the metadata, a date in the code."""


def sent(value: Any) -> Any:
    """Give papermill what JSON can hold."""
    if isinstance(value, list):
        return [sent(part) for part in value]
    return _Day(value.isoformat()) if isinstance(value, datetime.date) else value


def translated(translate: Callable[[Any], str], value: Any) -> str:
    """Write a value as Python code."""
    if isinstance(value, _Day):
        return f'__import__("datetime").date.fromisoformat("{value}")'
    if isinstance(value, list):
        return f"[{', '.join(translated(translate, part) for part in value)}]"
    return translate(value)
