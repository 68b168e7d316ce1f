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


def read(text: str) -> Any:
    r"""Read a YAML text."""
    try:
        return yaml.load(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or str(error)
        said += ": indent with spaces" if "'\\t'" in said else ""
        raise ValueError(f"{said}, line {mark.line + 1}" if mark else said) from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except RecursionError:
        raise ValueError("it is nested too deep") from None
