"""Names of reports, which are names of files: here, on another system, and in an address."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presswork import private
from presswork.parameters import shortened

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 100  # with what is added, below every file system's limit
_OTHERS = re.compile(r"--|\.failed$", re.IGNORECASE)  # runs apart, and the notebooks of failures
# Files of the folder that are no report's, and devices of Windows.
_RESERVED = {"index", "manifest", "con", "prn", "aux", "nul"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)
}


def fault(name: str, taken: Mapping[str, int]) -> str:
    """Say what a name must have that would clash as a file, here or on another system."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        return "letters from a to z, digits, `_`, `-` and `.`, first a letter or a digit"
    if len(name) > _LONGEST:
        return f"at most {_LONGEST} characters"
    if name.partition(".")[0].lower() in _RESERVED or _OTHERS.search(name):
        return f"another name than {name!r}, which a file of the folder or a device has"
    return "a name of its own, another report has it already" if taken[name.lower()] else ""


def instead(name: str, number: int) -> str:
    """Name a report that has no name which can be: alike, and no other's."""
    return f"{_dashed(name)[: _LONGEST - 9]}-{_digest(f'{name}{number}')}".lstrip("-")


def part(value: Any) -> str:
    """Write a value as part of a name: a list by what it holds."""
    if isinstance(value, list) and not any(isinstance(v, (list, dict)) for v in value):
        return "-".join(map(str, value))
    return shortened(value) if isinstance(value, (list, dict)) else str(value)


def apart(name: str, other: Mapping[str, Any]) -> str:
    """Name a report by what is other than in the batch."""
    said = f"{name}--{'-'.join(f'{key}-{_plain(value)}' for key, value in other.items())}"
    if len(said) <= _LONGEST:
        return said
    return f"{name[: _LONGEST - 14]}--{_digest(repr(other), 12)}"


def _plain(value: Any) -> str:
    """Write a value as part of a name, each otherwise: -1 is not 1, nor a path another's file."""
    told = str(private.path_told(value, Path()))
    text = _dashed(told)
    return text if text == str(value) else f"{text}-{_digest(repr(value))}"


def _dashed(text: str) -> str:
    """Keep the letters and digits of a text."""
    return re.sub("[^A-Za-z0-9]+", "-", text).strip("-")


def _digest(text: str, length: int = 8) -> str:
    """Write a text as a few letters and digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
