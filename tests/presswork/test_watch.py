"""The resident batch: what an edit touches runs again, whatever is edited."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, ROOT, batch, notebook

COMMAND = [sys.executable, "-u", "-m", "silktrade", "watch"]


class Watch:
    """A running `silktrade watch` and what it prints."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            COMMAND, cwd=folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def until(self, end: str) -> list[str]:
        """Wait for a line that holds a text, and take all up to it."""
        stop = time.monotonic() + PATIENCE
        while time.monotonic() < stop:
            for number, line in enumerate(self.lines):
                if end in line:
                    taken, self.lines[: number + 1] = self.lines[: number + 1], []
                    return taken
            time.sleep(0.02)
        raise AssertionError(f"{end!r} did not come: {self.lines}")


@pytest.fixture
def project(tmp_path) -> Path:
    """Copy the library beside a small project, so that it may be edited."""
    shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("*.pyc.*"))
    (tmp_path / "data").symlink_to(ROOT / "data")
    books = tmp_path / "notebooks"
    notebook(books / "a.ipynb", "import silktrade as st\nst.percent(0.5)")
    notebook(books / "b.ipynb", "open('b.csv').read()")
    (books / "b.csv").write_text("1")
    batch(tmp_path, a={"notebook": "a.ipynb"}, b={"notebook": "b.ipynb"})
    return tmp_path


@pytest.fixture
def watch(project, ctrl_c) -> Iterator[Watch]:
    """Start the watch on the copy, and end it by Ctrl-C."""
    running = Watch(project, {**os.environ, "PYTHONPATH": str(project / "lib")})
    yield running
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE) == 130


def edit(path: Path, old: str, new: str) -> None:
    """Change a text in a file at one stroke, so that no half of it is ever seen."""
    text = path.read_text()
    assert old in text
    draft = path.with_name(f".{path.name}~")
    draft.write_text(text.replace(old, new))
    draft.replace(path)


def test_each_edit_runs_what_it_touches(project, watch):
    assert "2 ok, 0 failed" in watch.until("in ")[-1]
    books, library = project / "notebooks", project / "lib" / "silktrade"

    edit(books / "b.csv", "1", "22")
    lines = watch.until(" in ")
    assert lines[0] == "edited: b.csv"
    assert lines[-1].startswith("1 ok, 0 failed, 1 unchanged")

    edit(library / "prose.py", "def percent(", "PERCENT_EDITED = 1\n\n\ndef percent(")
    lines = watch.until(" in ")
    assert [line.split()[0] for line in lines] == ["edited:", "a", "1"]
    edit(library / "prose.py", "PERCENT_EDITED = 1", "raise RuntimeError('edited')")
    lines = watch.until(" in ")
    assert "RuntimeError: edited" in lines[1]  # the worker took the library as it is now
    edit(library / "prose.py", "raise RuntimeError('edited')", "PERCENT_EDITED = 1")
    assert watch.until(" in ")[-1].startswith("1 ok, 0 failed, 1 unchanged")

    edit(books / "batch.yml", "reports:", "reprots:")
    watch.until("must have a mapping `reports:`")
    edit(books / "batch.yml", "reprots:", "reports:")
    assert watch.until(" in ")[-1].startswith("nothing changed, 2 reports are up to date")

    edit(
        project / "lib" / "presswork" / "wording.py", "import calendar", "import calendar  # edited"
    )
    lines = watch.until(" in ")  # it has started itself anew, and pages depend on this module
    assert lines[-1].startswith("2 ok, 0 failed")
