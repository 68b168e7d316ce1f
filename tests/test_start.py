"""The notebook to start with: it runs, its map is true, and what it tells to type is right."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import COMMAND, ROOT
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from test_notebooks import NOTEBOOKS, START

from presswork.parameters import read_cells, read_parameters
from silktrade import codes

CELLS = read_cells(START)
TEXT = "\n".join(c.source for c in CELLS if c.cell_type == "markdown")


def title(path: Path) -> str:
    """Give the question of a notebook: of its region, or of any one partner."""
    given = {p.name: p.default for p in read_parameters(path)}
    whom = codes.label(given["partner"]) if given.get("partner") in codes.REGIONS else "one partner"
    asked = read_cells(path)[0].source.partition("\n")[0][2:]
    return asked.replace("`partner`", whom).replace(" in `forecast_year`", "")


def test_its_map_names_every_notebook_with_its_question():
    rows = dict(re.findall(r"^\| \[\w+\]\((\S+)\) \| (.*) \|$", TEXT, re.MULTILINE))
    asked = {p.name: title(p) for p in NOTEBOOKS if p.stem != "_template"}
    assert rows == asked


def test_its_links_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert "../README.md" in links
    assert [link for link in links if not (START.parent / link).resolve().is_file()] == []


def test_five_lines_load_and_plot():
    first = next(c.source for c in CELLS if c.cell_type == "code")
    assert len(first.splitlines()) == 5
    assert "figures." in first


def test_it_runs_with_what_it_tells_to_type(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "wagons.csv").write_text("month,wagons\n2024-01,5\n2024-02,7\n")
    book = nbformat.read(START, as_version=4)
    for cell in book.cells:  # what stands between fences is run as well, after what comes before
        typed = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
        if cell.cell_type == "markdown" and typed:
            cell.update(nbformat.v4.new_code_cell("\n".join(typed)), id=cell.id)
    (tmp_path / "notebooks").mkdir()
    NotebookClient(book, resources={"metadata": {"path": tmp_path / "notebooks"}}).execute()
    outputs = [o for c in book.cells for o in c.get("outputs", [])]
    charts = [o for o in outputs if 'class="chart"' in o.get("data", {}).get("text/html", "")]
    assert len(charts) == 4  # three of its own, and the one that is saved
    assert [o for o in outputs if o.get("name") == "stderr"] == []
    made = {p.suffix for p in (tmp_path / "own").iterdir()}
    assert made == {".csv", ".png", ".svg", ".pdf", ".xlsx"}


def test_its_code_is_of_its_form():
    book = json.loads(START.read_text())
    code = [c for c in CELLS if c.cell_type == "code"]
    assert max(len(c.source.splitlines()) for c in code) <= 5
    assert len(book["cells"]) <= 20


@pytest.mark.parametrize("command", ["list", "status", "data", "describe growth_projections"])
def test_a_reader_who_has_enough_ends_a_command_quietly(command):
    code = f"{sys.executable} -m silktrade {command} | head -n 1"
    ended = subprocess.run(["bash", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert ended.stdout.count("\n") == 1


def test_a_reader_who_is_gone_ends_a_command_quietly():
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([*COMMAND, "list"], cwd=ROOT, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert ended.stderr == b""
    assert ended.returncode == 141  # as a shell tells of SIGPIPE


def test_a_notebook_runs_from_anywhere(tmp_path):
    """A path with blanks and Chinese letters, no HOME, the plain locale, another folder."""
    book = tmp_path / "数据 and more" / "notebooks" / "a.ipynb"
    book.parent.mkdir(parents=True)
    book.write_bytes((ROOT / "notebooks" / "_template.ipynb").read_bytes())
    (book.parent / "batch.yml").write_text("reports:\n  mine: {notebook: a.ipynb}\n")
    (book.parents[1] / "data").symlink_to(ROOT / "data")
    kept = ("PATH", "PYTHONPATH", "SILKTRADE_CACHE", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"LC_ALL": "C"}
    ended = subprocess.run(
        [*COMMAND, "run", "--batch", str(book.parent / "batch.yml")],
        cwd=Path(tmp_path), env=environment, capture_output=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert (book.parents[1] / "reports" / "mine.html").is_file()


REFUSED = {
    "st.load_trade(partners='KZ')": ["ValueError: partners must be an ISO 3166-1"],
    "st.read_series('none.csv')": ["FileNotFoundError: path must be a CSV file"],
    "int('x')": ["-----", "ValueError"],  # not ours: with all that Python tells
}


def test_cells_that_come_late_do_not_run_below_a_refusal():
    """JupyterLab sends the cells of Run All one after another."""
    manager, client = start_new_kernel(cwd=str(ROOT))
    try:
        client.execute_interactive("import silktrade as st; st.growth", timeout=60, silent=True)
        first = client.execute("st.growth(1)")
        while client.get_iopub_msg(timeout=60)["msg_type"] != "error":
            pass
        late = client.execute("1 + 1")
        said = [client.get_shell_msg(timeout=60) for _ in range(2)]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    ended = {m["parent_header"]["msg_id"]: m["content"]["status"] for m in said}
    assert (ended[first], ended[late]) == ("error", "aborted")


def test_a_refusal_in_a_notebook_is_one_sentence():
    """Three cells of one shell, parted by a line."""
    code = f"for cell in {[*REFUSED]!r}:\n    get_ipython().run_cell(cell)\n    print('####')"
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "-c"]
    ran = subprocess.run(
        [*command, f"import silktrade as st\n{code}"], capture_output=True, text=True, cwd=ROOT
    )
    *cells, end = ran.stdout.split("####\n")
    assert end == "", ran.stdout + ran.stderr
    for text, lines in zip(cells, REFUSED.values(), strict=True):
        said = text.splitlines()
        assert said
        assert all(line.startswith(start) for line, start in zip(said, lines, strict=False)), said
        assert (len(said) == 1) == (len(lines) == 1)
