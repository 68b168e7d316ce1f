"""The library as a wheel, apart from any checkout: it finds the data of the one we stand in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, batch, notebook


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Build a wheel and install it, alone, into a folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "lib", source / "lib", ignore=skipped)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-figures"):
        shutil.copy(ROOT / name, source)
    code = "from setuptools import setup; setup()"
    build = [sys.executable, "-c", code, "-q", "bdist_wheel", "--dist-dir", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    target = folder / "site-packages"
    (wheel,) = folder.glob("*.whl")
    shutil.unpack_archive(wheel, target, "zip")
    return target


def run(installed: Path, where: Path, *command: str) -> subprocess.CompletedProcess:
    """Run Python with the wheel, somewhere."""
    apart = ("SILKTRADE_DATA", "SILKTRADE_CACHE", "PYTEST_CURRENT_TEST")
    environment = {name: value for name, value in os.environ.items() if name not in apart}
    environment |= {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(where / "cache")}
    return subprocess.run(
        [sys.executable, *command], cwd=where, env=environment, capture_output=True, text=True
    )


CODE = """
import silktrade as st
from silktrade import cache, cli
print(len(st.load_trade(frequency="Y", currency="USD")) > 0, cache.folder(), cli.PROJECT.checkout)
"""


def test_a_wheel_finds_the_data_around_it(installed, tmp_path):
    books = tmp_path / "notebooks"
    notebook(books / "a.ipynb", "import silktrade as st\nlen(st.load_totals())")
    batch(tmp_path, a={"notebook": "a.ipynb"})
    (tmp_path / "data").symlink_to(ROOT / "data")
    said = run(installed, books, "-c", CODE)
    assert said.stdout.split() == ["True", str(books / "cache" / "silktrade"),
                                   str(installed / "silktrade")], said.stderr  # fmt: skip
    made = run(installed, books, "-m", "silktrade", "run")
    assert "1 ok, 0 failed" in made.stdout, made.stderr
    again = run(installed, books, "-m", "silktrade", "run")
    assert again.stdout.startswith("nothing changed")
    assert not (installed.parent / ".cache").exists()


def test_the_command_says_where_the_data_are(installed, tmp_path):
    folder = tmp_path / "数据 of mine"
    folder.symlink_to(ROOT / "data")
    code = f"import os, sys; os.environ['SILKTRADE_DATA'] = {str(folder)!r}\n"
    code += "from silktrade import cli; sys.exit(cli.main(['data', '--path']))"
    said = run(installed, tmp_path, "-c", code)
    assert said.stdout.strip() == str(ROOT / "data"), said.stderr
    lost = run(installed, tmp_path, "-m", "silktrade", "data", "--path")
    assert lost.returncode == 2
    assert "name the folder in SILKTRADE_DATA" in lost.stderr


def test_without_data_it_says_what_to_do(installed, tmp_path):
    said = run(installed, tmp_path, "-c", CODE)
    assert "does not exist: run from a checkout of the project, or name the folder" in said.stderr
