"""A notebook's commit holds the lines that were typed, whoever opened it, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIXED = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STRIP = str(Path(sys.executable).with_name("nbstripout"))
MAKE = (ROOT / "Makefile").read_text()
KEYS = re.search(r"^KEYS := (.*)$", MAKE, re.MULTILINE)[1].split()
# What JupyterLab writes when it saves, as seen in Lab 4.
SAVED = {
    "kernelspec": FIXED["kernelspec"],
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py",
        "mimetype": "text/x-python", "name": "python", "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3", "version": "3.12.1",
    },
}  # fmt: skip
# VS Code names the kernel after the environment, and notes its interpreter and what a cell is in.
EDITORS = {
    "Lab": (SAVED, {"scrolled": True, "collapsed": False, "execution": {"a": "b"}}),
    "VS Code": (
        SAVED
        | {
            "kernelspec": FIXED["kernelspec"] | {"display_name": ".venv (3.12.1)"},
            "vscode": {"interpreter": {"hash": "31f2"}},
        },
        {"vscode": {"languageId": "python"}},
    ),
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_committed_is_what_the_filter_leaves(path):
    # Also in a clone without the filter: whoever commits from there is told here.
    text = path.read_text(encoding="utf-8")
    book = json.loads(text)
    assert book["metadata"] == FIXED
    assert json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n" == text
    assert {key for c in book["cells"] for key in c["metadata"]} <= {"tags"}
    code = [c for c in book["cells"] if c["cell_type"] == "code"]
    assert [c["id"] for c in code if c["outputs"] or c["execution_count"]] == []


@pytest.fixture
def clone(original, tmp_path) -> Path:
    """Take a copy of the clone, to be edited."""
    return shutil.copytree(original, tmp_path / "克隆 of mine", symlinks=True)


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """Set up a small repository as `make setup` does a clone."""
    folder = tmp_path_factory.mktemp("original")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "nbstripout").symlink_to(STRIP)
    shutil.copy(ROOT / ".gitattributes", folder)
    shutil.copy(ROOT / "notebooks" / "_template.ipynb", folder / "a.ipynb")
    git(folder, "init", "-q")
    setup = subprocess.run(
        ["make", "-s", "-f", ROOT / "Makefile", "filter"], cwd=folder, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert setup.stdout == ""
    git(folder, "add", "a.ipynb", ".gitattributes")
    git(folder, "-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "first")
    return folder


def git(folder: Path, *command: str) -> str:
    return subprocess.run(
        ["git", *command], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def save(path: Path, editor: str, typed: str = "") -> None:
    """Save a notebook as an editor does after Run All."""
    book = json.loads(path.read_text())
    book["metadata"], noted = EDITORS[editor]
    for number, cell in enumerate(book["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["metadata"] |= noted
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["1\n"]}]
            if typed and "parameters" in cell["metadata"].get("tags", []):
                cell["source"][0] = typed + "\n"
    path.write_text(json.dumps(book, indent=1) + "\n")


@pytest.mark.parametrize("editor", EDITORS)
def test_run_all_and_save_leave_no_diff_but_the_line_that_was_typed(clone, editor):
    save(clone / "a.ipynb", editor, 'partner: str = "UZB"')
    git(clone, "add", "a.ipynb")  # which filters once, and `git diff` twice
    lines = git(clone, "diff", "--cached", "-U0").splitlines()
    lines = [x for x in lines if re.match("[+-]", x) and not re.match(r"\+\+\+ |--- ", x)]
    assert len(lines) == 2
    assert lines[1] == '+    "partner: str = \\"UZB\\"\\n",'


def test_git_goes_on_where_the_environment_is_gone(clone):
    shutil.rmtree(clone / ".venv")
    save(clone / "a.ipynb", "Lab")
    assert "execution_count" in git(clone, "diff")


def test_every_key_that_lab_adds_is_named():
    assert set(KEYS) == set(SAVED["language_info"]) - {"name"}
