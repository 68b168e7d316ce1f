"""Pictures that Markdown shows from the folder beside a notebook."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from presswork import cleaning

_PICTURED = re.compile(
    r"""!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc\s*=\s*["']([^"']+)"""
)
_KINDS = {f".{k}": f"image/{k}" for k in ("png", "gif", "webp", "avif", "jpeg")}
_KINDS |= {".jpg": "image/jpeg", ".svg": "image/svg+xml"}


def shown(notebook: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Read the pictures that a notebook's Markdown shows from the folder beside it."""
    text = [c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"]
    return {
        name: cleaning.file_address(kind, path.read_bytes())
        for name, path, kind in named("\n".join(text), folder)
    }


def named(markdown: str, folder: Path) -> list[tuple[str, Path, str]]:
    """Find the pictures that some Markdown shows and that lie in a folder."""
    found = []
    for name in dict.fromkeys(a or b for a, b in _PICTURED.findall(markdown)):
        path = (folder / unquote(name)).resolve()
        kind = _KINDS.get(path.suffix.lower())
        if kind and path.is_relative_to(folder.resolve()) and path.is_file():
            found.append((name, path, kind))
    return found
