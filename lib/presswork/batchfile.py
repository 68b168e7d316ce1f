"""YAML as people mean it: no number in base 8 or 60, no key twice."""

import re
from typing import Any

import yaml

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(
    r"(?:[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan)\Z"
)
_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
_OURS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class Loader(yaml.SafeLoader):
    """The safe loader, with numbers as YAML 1.2 has them, and each key once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as its base has it)
        first: [pair for pair in pairs if pair[0] not in _OURS]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping; refuse a key that stands twice, of which the first would be lost."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} stands twice: give each a name of its own",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _refuse_zero(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> None:
    """Refuse a number that begins with 0: 8 to some, 10 to others."""
    plain = node.value.lstrip("-+0") or "0"
    raise yaml.MarkedYAMLError(
        problem=f"{node.value} begins with 0: write {plain}, or '{node.value}' for text",
        problem_mark=node.start_mark,
    )


def _or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    """Make a number or a day; what looks like one and is none stays text, for its parameter."""
    try:
        return _MADE[node.tag](loader, node)
    except ValueError:
        return node.value


_MADE = {
    "tag:yaml.org,2002:int": yaml.SafeLoader.construct_yaml_int,
    "tag:yaml.org,2002:timestamp": yaml.SafeLoader.construct_yaml_timestamp,
}
for _tag in _MADE:
    Loader.add_constructor(_tag, _or_text)
Loader.add_implicit_resolver("!zero", _ZERO, list("-+0"))
Loader.add_constructor("!zero", _refuse_zero)
Loader.add_implicit_resolver(_OURS[0], _INT, list("-+0123456789"))
Loader.add_implicit_resolver(_OURS[1], _FLOAT, list("-+.0123456789"))
Loader.add_constructor("!wrong", lambda loader, node: ValueError(node.value))


def read(text: str) -> Any:
    """Read a YAML text; of `reports`, an entry that cannot be read is the error that says why."""
    try:
        loader = Loader(text)
        root = loader.get_single_node()
        for key, node in root.value if isinstance(root, yaml.MappingNode) else ():
            if key.value == "reports" and isinstance(node, yaml.MappingNode):
                node.value = [(name, _or_wrong(entry)) for name, entry in node.value]
        return None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        raise ValueError(_said(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _or_wrong(node: yaml.Node) -> yaml.Node:
    """Put what is wrong with an entry in its place."""
    try:
        Loader("").construct_document(node)
    except yaml.YAMLError as error:
        return yaml.ScalarNode("!wrong", _said(error))
    return node


def _said(error: yaml.YAMLError) -> str:
    """Say what is wrong, and in which line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or " ".join(str(error).split())
    said += ": indent with spaces" if "'\\t'" in said else ""
    return f"{said}, line {mark.line + 1}" if mark else said
