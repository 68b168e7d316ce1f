"""
What a parameter may be: `int`, `str | None`, `Literal["a", "b"]`, `list[float]`, `date`.

The comment beside it may say more, and is held to it: `one of north, south`, `at least 100`, `at
most 1`, `YYYY-MM-DD`, `empty`. Papermill reads no Literal and would call such a parameter unknown.
"""

import ast
import datetime
import functools
import math
import re
from dataclasses import dataclass, replace
from typing import Any

TYPES: dict[str, type] = {
    "int": int, "float": float, "bool": bool, "str": str, "date": datetime.date,
}  # fmt: skip
KNOWN = "int, float, bool, str or date, a Literal or a list of these, or one of them `| None`"
_LIKE = {
    "int": "a whole number such as 2024",
    "float": "a finite number such as 0.5",
    "bool": "true or false",
    "str": "text, in quotes",
    "date": "a day as YYYY-MM-DD",
}
_NUMBERS = ("int", "float")
_TRUTH = dict.fromkeys(("true", "yes", "on", "1"), True)
_TRUTH |= dict.fromkeys(("false", "no", "off", "0"), False)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")  # 010 would be 8 to some, 10 to others
# A list to its end: "one of them, or whom we fetched" is prose.
_CHOICES = re.compile(r"\bone of ((?:[\w.-]+(?: \([^)]*\))?(?:, | or ))+[\w.-]+)(?=$|[;:.)]| \()")
_BOUND = r"(-?(?:\d{1,3}(?:[,_]\d{3})+|\d+|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_LEAST, _MOST = (re.compile(rf"\bat {end} {_BOUND}") for end in ("least", "most"))
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Kind:
    """What a value must be."""

    base: str  # a key of `TYPES`
    choices: tuple[Any, ...] = ()  # the only values, where there are such
    many: bool = False  # whether it is a list of such values
    optional: bool = False  # whether it may be None
    least: float = -math.inf
    most: float = math.inf
    day: bool = False  # whether text must be a day as YYYY-MM-DD
    empty: bool = False  # whether text may be empty

    def accept(self, value: Any) -> Any:
        """Take a value as YAML or Python gives it."""
        if value is None and self.optional:
            return None
        if self.many:
            if not isinstance(value, list | tuple):
                raise ValueError
            return [replace(self, many=False, optional=False).accept(part) for part in value]
        value = _converted(value, self.base)
        known = [choice for choice in self.choices if type(choice) is type(value)]
        if type(value) is not TYPES[self.base] or (self.choices and value not in known):
            raise ValueError
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError
        if isinstance(value, str):
            value.encode()  # half a character, or a byte that is none, raises a ValueError
        if self.base in _NUMBERS and not self.least <= value <= self.most:
            raise ValueError
        if self.day and (value or not self.empty):
            _date(value)
        return value

    def from_text(self, text: str) -> Any:
        """Read a value that stood on the command line."""
        if self.optional and text.lower() in ("none", "null"):
            return None
        if self.many:
            one = replace(self, many=False, optional=False)
            return [one.from_text(part.strip()) for part in text.split(",")] if text.strip() else []
        return self.accept(_READ[self.base](text))

    def like(self) -> str:
        """Say what a value looks like, for an error."""
        chosen = f"one of {', '.join(map(str, self.choices))}"
        said = chosen if self.choices else _LIKE["date" if self.day else self.base]
        for bound, end in ((self.least, "at least"), (self.most, "at most")):
            said += f", {end} {bound:g}" if math.isfinite(bound) else ""
        said = f"a list, each {said}" if self.many else said
        return f"{said}, or none" if self.optional else said


def _converted(value: Any, base: str) -> Any:
    """Turn what means the same into the type that is asked for."""
    if base == "float" and type(value) is int:
        return float(value)
    if base == "str" and type(value) is datetime.date:
        return value.isoformat()
    if base == "date" and isinstance(value, str):
        return _date(value)
    return value


def _date(text: str) -> datetime.date:
    """Read a day; the basic form and weeks, which ISO allows too, are none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    return datetime.date.fromisoformat(text)


def _number(pattern: re.Pattern[str], kind: type, text: str) -> Any:
    """Read a number that is written as most people write it."""
    if not pattern.fullmatch(text):
        raise ValueError
    return kind(text)


def _truth(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in _TRUTH:
        raise ValueError
    return _TRUTH[text.lower()]


_READ = {
    "int": functools.partial(_number, _INT, int),
    "float": functools.partial(_number, _FLOAT, float),
    "bool": _truth,
    "str": str,
    "date": _date,
}


@functools.cache
def read(annotation: str, comment: str = "") -> Kind | None:
    """Read the annotation of a parameter, and what the comment beside it holds it to."""
    found = _kind(ast.parse(annotation, mode="eval").body)
    if found is None:
        return None
    if found.base == "str":
        listed = _CHOICES.search(comment)
        words = re.sub(r"\([^)]*\)| or ", " ", listed[1]) if listed else ""
        empty = bool(re.search(r"\bempty\b", comment))
        choices = found.choices or tuple(re.findall(r"[\w.-]+", words))
        choices += ("",) if empty and choices else ()
        return replace(found, choices=choices, day="YYYY-MM-DD" in comment, empty=empty)
    said = {"least": _LEAST.search(comment), "most": _MOST.search(comment)}
    bounds = {end: float(of[1].replace(",", "")) for end, of in said.items() if of}
    return replace(found, **bounds)


def _kind(node: ast.expr) -> Kind | None:
    """Read one part of an annotation."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [side for side in (node.left, node.right) if ast.unparse(side) != "None"]
        found = _kind(sides[0]) if len(sides) == 1 else None
        return found and replace(found, optional=True)
    name = ast.unparse(node.value if isinstance(node, ast.Subscript) else node).rpartition(".")[2]
    if not isinstance(node, ast.Subscript):
        return Kind(name) if name in TYPES else None
    if name == "Literal":
        return _choices(node.slice)
    found = _kind(node.slice)
    if name == "Optional":
        return found and replace(found, optional=True)
    listed = name in ("list", "List") and found and not (found.many or found.optional)
    return replace(found, many=True) if listed else None


def _choices(node: ast.expr) -> Kind | None:
    """Read what stands in a Literal: values of one type."""
    try:
        values = ast.literal_eval(node)
    except ValueError:
        return None
    values = values if isinstance(values, tuple) else (values,)
    types = {type(value).__name__ for value in values}
    base = next(iter(types)) if len(types) == 1 else ""
    return Kind(base, values) if base in ("int", "bool", "str") else None
