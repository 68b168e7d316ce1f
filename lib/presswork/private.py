"""What is nobody's business on a page that is mailed out: secrets, and where things lie here."""

import datetime
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

_SECRET = re.compile("TOKEN|KEY|SECRET|PASSW(?:OR)?D", re.IGNORECASE)
# A path begins after what is no part of one, or after a colour of a terminal.
_BEFORE = r"(?:(?<![\w.~/-])|(?<=[\[;]\dm)|(?<=[\[;]\d\dm)|(?<=[\[;]\d\d\dm))"
_SHORTEST = 8  # a shorter value stands on many a page by chance
# What holds no text: pictures would only cost time.
_DOTS = re.compile(r"image/(?!svg)|audio/|video/|application/pdf")


def secrets() -> dict[str, str]:
    """List what the environment holds and nobody should read."""
    return {
        name: value.strip()
        for name, value in os.environ.items()
        if _SECRET.search(name) and len(value.strip()) >= _SHORTEST and not os.path.isabs(value)
    }


def shown(texts: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Name the secrets that stand in some texts: as they are, in HTML or in JSON."""
    whole = "\n".join(texts)
    return sorted(name for name, value in known.items() if any(f in whole for f in _forms(value)))


def hidden(text: str, known: Mapping[str, str]) -> str:
    """Take secrets out of a message."""
    for name, value in known.items():
        for form in sorted(_forms(value), key=len, reverse=True):
            text = text.replace(form, f"${name}")
    return text


def relative(value: Any, places: Mapping[str, str]) -> Any:
    """Say where things lie without saying where that is on this machine."""
    pattern = re.compile(
        _BEFORE + "(?:" + "|".join(map(re.escape, places)) + r")(?=[/\\]|(?![\w.-]))[/\\]?"
    )
    return _relative(value, pattern, places) if places else value


def places(root: Path, library: Path, files: Iterable[str] = ()) -> dict[str, str]:
    """List the folders of this machine that a text may name, and what to write instead."""
    found = {str(Path(file).parent): "…/" for file in files if os.path.isabs(file)}
    found |= {sys.base_prefix: "python/", sys.prefix: "python/", str(Path.home()): "~/"}
    found |= {str(folder): "" for folder in (library, root, root.resolve())}
    found = {folder: said for folder, said in found.items() if len(Path(folder).parts) > 1}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def path_told(value: Any, root: Path) -> Any:
    """Tell a parameter's value as JSON has it; of a file from elsewhere only its name."""
    if isinstance(value, list):
        return [path_told(part, root) for part in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if not isinstance(value, str) or not os.path.isabs(value):
        return value
    path = Path(value)
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"…/{path.name}"


def fingerprint(value: Any) -> str:
    """Write a parameter's value so that two values differ, and no place of this machine is told."""
    if isinstance(value, list):
        return f"[{', '.join(map(fingerprint, value))}]"
    if isinstance(value, str) and os.path.isabs(value):
        digest = hashlib.sha256(value.encode()).hexdigest()[:8]
        return f"{Path(value).name!r} ({digest})"
    return repr(value)


def _forms(value: str) -> set[str]:
    """Write a value as it stands in texts, HTML, JSON and addresses."""
    quoted = {json.dumps(value, ensure_ascii=a)[1:-1] for a in (True, False)}
    quoted |= {quote(value), quote(value, safe=""), quote_plus(value)}
    return {value, escape(value), escape(value, quote=False), *quoted}


def _relative(value: Any, pattern: re.Pattern[str], said: Mapping[str, str]) -> Any:
    """Replace the paths in whatever holds texts."""
    if isinstance(value, str):
        if not any(folder in value for folder in said):  # most texts, at the cost of a search
            return value
        return pattern.sub(lambda m: said[m[0].rstrip("/\\")], value)
    if isinstance(value, dict):
        for name in value:
            if not (isinstance(name, str) and _DOTS.match(name)):
                value[name] = _relative(value[name], pattern, said)
    elif isinstance(value, list):
        value[:] = [_relative(part, pattern, said) for part in value]
    return value
