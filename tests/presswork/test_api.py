"""The pages of the library's functions: whole, by subject, and read without the network."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Write the pages of a small library."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "small" / "room").mkdir(parents=True)
    (folder / "small" / "__init__.py").write_text(
        "'''A small library.'''\nfrom small.room.measures import growth\n__all__ = ['growth']\n"
    )
    (folder / "small" / "room" / "__init__.py").write_text("'''A room.'''\n")
    (folder / "small" / "room" / "measures.py").write_text(
        '"""Measures."""\n\nimport functools\n\n\n@functools.cache\n'
        'def growth(x: float) -> float:\n    r"""\n    Measure growth.\n\n'
        "    Notes\n    -----\n    .. math::\n        g = x, \\qquad\n        h = x^2 .\n"
        '    """\n    return x\n'
    )
    (folder / "small" / "hidden.py").write_text('"""Of no reader\'s concern."""\n')
    command = [sys.executable, "-m", "presswork.api", "small", "pages"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return folder / "pages"


def test_every_public_module_has_a_page_and_no_other(pages):
    found = {p.relative_to(pages).as_posix() for p in pages.rglob("*.html")}
    assert {"index.html", "small.html", "small/room/measures.html"} <= found
    assert not [name for name in found if "hidden" in name]
    assert '<a href="small/room/measures.html">room.measures</a>' in (
        (pages / "small.html").read_text()
    )


def test_a_formula_is_set_and_nothing_is_fetched(pages):
    page = (pages / "small" / "room" / "measures.html").read_text()
    assert page.count("<math") == 1
    assert "$$" not in page
    assert re.findall(r'(?:src=|@import |url\()["\']?https?:', page) == []
    assert "Measure growth." in page and "functools" not in page
