"""CONTRIBUTING.md: each example is applied to a copy of the checkout, and does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from silktrade import cache

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
BLOCK = re.compile(r"^In `([^`]+)`[^\n]*:$|^```(\w*)\n(.*?)^```$", re.M | re.S)
COPIED = (
    "lib",
    "tests",
    "notebooks",
    "data",
    "conftest.py",
    "pyproject.toml",
    "requirements.lock",
    "environment.yml",
)
# What is compiled goes along: it names the time of its source, which the copy keeps. What another
# worker is just writing has a longer ending, and may be gone before it is copied.
LEFT = shutil.ignore_patterns("*.pyc.*", "*.egg-info")


def steps(section: str) -> list[tuple[str, str, str]]:
    """List the blocks of a section: which file, what kind, which text."""
    found, path = [], ""
    for match in BLOCK.finditer(section):
        path = match[1] or path
        if match[3]:
            found.append((path, match[2], match[3]))
    return found


def applied(before: str, change: str) -> str:
    """Insert the lines of a diff that have a plus behind those of its context."""
    lines = change.splitlines(keepends=True)
    context = "".join(line[1:] for line in lines if not line.startswith("+"))
    assert before.count(context) == 1, f"stands {before.count(context)} times: {context}"
    return before.replace(context, "".join(line[1:] for line in lines))


@pytest.fixture
def copy(tmp_path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=LEFT)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(line: str, folder: Path) -> None:
    words = [sys.executable if word == "python" else word for word in shlex.split(line)]
    paths = os.pathsep.join([str(folder / "lib"), *os.environ.get("PYTHONPATH", "").split(":")])
    # Results are kept under a hash of code and data: those of the checkout are right for a copy.
    asked = os.environ | {"PYTHONPATH": paths, cache.VARIABLE: str(cache.folder())}
    done = subprocess.run(words, cwd=folder, env=asked, capture_output=True, text=True)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("title", SECTIONS)
def test_what_the_page_says_works(copy, title):
    made, commands = set(), []
    for path, kind, text in steps(SECTIONS[title]):
        if not kind:
            commands += text.splitlines()
            continue
        place = copy / path
        made.add(path)
        if kind == "diff":
            place.write_text(applied(place.read_text(encoding="utf-8"), text), encoding="utf-8")
        else:
            assert not place.exists()
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    assert len(made) <= 4
    assert commands
    for line in commands:
        run(line, copy)


def test_what_does_not_work_is_noticed(copy):
    with pytest.raises(AssertionError, match="stands 0 times"):
        applied("a = 1\n", " b = 2\n+c = 3\n")
    with pytest.raises(AssertionError, match="exit"):
        run("python -c 'raise SystemExit(\"exit 1\")'", copy)
