"""
Pages of a library's public functions, made by pdoc: `python -m presswork.api LIBRARY FOLDER`.

Only modules that a public name comes from have a page, so that they stand by subject, as the rooms
of the library do. Nothing is fetched when a page is read: formulas are MathML.
"""

import html
import importlib
import inspect
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from presswork import formulas

_DISPLAY = re.compile(r"<p>\s*\$\$(.*?)\$\$\s*</p>|\$\$(.*?)\$\$", re.DOTALL)
_DECORATED = re.compile(r'<div class="decorator.*?</div>', re.DOTALL)  # of no reader's concern
_MEMBERS = "<h2>API Documentation</h2>"
_SPACE = re.compile(r"(\\q?quad)(?=[A-Za-z])")  # pdoc joins the lines of a formula


def main(library: str, folder: Path) -> int:
    """Write the pages, and say how many."""
    from pdoc import pdoc, render
    from pdoc.extract import walk_specs

    asked, found = [], set()
    for name in sorted(
        {m.__name__ for m in _modules(importlib.import_module(library))} | {library}
    ):
        if name not in found:  # what a package leads to is named once
            asked.append(name)
            found |= set(walk_specs([name]))
    render.configure(docformat="numpy", show_source=False, search=True)
    shutil.rmtree(folder, ignore_errors=True)
    pdoc(*asked, output_directory=folder)
    pages = sorted(folder.rglob("*.html"))
    for page in pages:
        text = _DECORATED.sub("", _with_formulas(page.read_text(encoding="utf-8")))
        if page == folder / f"{library}.html":
            text = text.replace(_MEMBERS, _by_subject(asked) + _MEMBERS, 1)
        page.write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages: {folder / 'index.html'}")
    return 0


def _modules(library: ModuleType) -> Iterable[ModuleType]:
    """Give the modules that the public names of a library come from."""
    for name in library.__all__:
        thing = getattr(library, name)
        if not inspect.ismodule(thing):
            found = inspect.getmodule(thing)
            if found is not None and found.__name__.startswith(f"{library.__name__}."):
                yield found
            continue
        yield thing
        public = [getattr(thing, key) for key in getattr(thing, "__all__", ())]
        yield from (m for m in map(inspect.getmodule, filter(inspect.isfunction, public)) if m)


def _by_subject(names: Iterable[str]) -> str:
    """List the modules within rooms: pdoc links those alone that the library itself names."""
    rooms = [name.split(".") for name in names if name.count(".") > 1]
    rows = (f'<li><a href="{"/".join(room)}.html">{".".join(room[1:])}</a></li>' for room in rooms)
    return f"<h2>By subject</h2><ul>{''.join(rows)}</ul>"


def _with_formulas(page: str) -> str:
    """Set the formulas of a page, which pdoc leaves as TeX."""

    def formula(found: re.Match[str]) -> str:
        tex = _SPACE.sub(r"\1 ", html.unescape(found[1] or found[2]))
        return formulas.mathml(tex, "block")

    return _DISPLAY.sub(formula, page)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], Path(sys.argv[2])))
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}: name another folder, "
                 f"python -m presswork.api {sys.argv[1]} DIR")  # fmt: skip
