"""Parameters checked where they are set: one sentence, wherever a notebook runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT, notebook, refusal

from presswork import cures, declared, kinds
from presswork.parameters import Parameter, exact, read_parameters

CELL = """partner: str = "KAZ"  # one of KAZ, KGZ, TJK (all of them report)
as_of: str = "2024-06-30"  # use only what was public on this day, YYYY-MM-DD
until: str = ""  # YYYY-MM-DD; empty: to the end
currency: str = "USD"  # one of USD or CNY
draws: int = 2000  # simulated paths, at least 100
part: float = 0.5  # a share, at least 0, at most 1
named: str = "any"  # one of those that need no list"""
CHECK = "from silktrade import parameters\nparameters()"


def wrong(name: str, value: object) -> str:
    """Give what is said of a value that is wrong."""
    known = {p.name: p for p in declared.declared(CELL, "")}
    return refusal(exact, known[name], value, "")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("partner", "XX", "partner must be one of KAZ, KGZ, TJK, got 'XX'"),
        ("partner", "kaz", "partner must be one of KAZ, KGZ, TJK, got 'kaz': write 'KAZ'"),
        ("partner", "CA5", "partner must be one of KAZ, KGZ, TJK, got 'CA5'"),
        ("currency", "EUR", "currency must be one of USD, CNY, got 'EUR'"
                            + cures.INSTEAD.get("currency", "")),
        ("as_of", "31/12/2023", "as_of must be a day as YYYY-MM-DD, got '31/12/2023': write "
                                "2023-12-31 for 31 December"),
        ("as_of", "2024-02-30", "as_of must be a day as YYYY-MM-DD, got '2024-02-30': there is no "
                                "such day"),
        ("as_of", "", "as_of must be a day as YYYY-MM-DD, got ''"),
        ("as_of", 20240630, "as_of must be a day as YYYY-MM-DD, got 20240630: write 2024-06-30"),
        ("until", "soon", "until must be a day as YYYY-MM-DD, got 'soon'"),
        ("draws", "many", "draws must be int, got 'many': give a whole number such as 2024, "
                          "at least 100"),
        ("draws", 5, "draws must be int, got 5: give a whole number such as 2024, at least 100"),
        ("part", 1.5, "part must be float, got 1.5: give a finite number such as 0.5, "
                      "at least 0, at most 1"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_one_sentence(name, value, said):
    assert wrong(name, value) == said


def test_what_a_comment_asks_lets_the_right_pass():
    known = {p.name: p for p in declared.declared(CELL, "")}
    right = {"partner": "TJK", "until": "", "currency": "CNY", "draws": 100, "part": 1,
             "named": "whatever"}  # fmt: skip
    assert {n: exact(known[n], v, "") for n, v in right.items()} == right
    assert exact(known["until"], "2024-01-31", "") == "2024-01-31"


def test_a_default_is_held_to_its_own_comment(tmp_path):
    path = notebook(tmp_path / "n.ipynb", parameters='a: str = "x"  # one of KAZ, UZB')
    assert refusal(read_parameters, path) == "n.ipynb: a must be one of KAZ, UZB, got 'x'"


def test_what_stands_now_is_checked_not_what_the_cell_said_before(monkeypatch):
    space = {"In": [CELL.replace('"USD"', '"EUR"'), 'currency = "CNY"']}
    space |= {"partner": "KAZ", "as_of": "2024-06-30", "until": "", "currency": "CNY",
              "draws": 100, "part": 1, "named": ""}  # fmt: skip
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=space))
    declared.parameters()
    space["currency"] = "cny"
    assert refusal(declared.parameters).endswith("got 'cny': write 'CNY'")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([CELL, "print(partner, draws)", CELL.replace("partner: str", "partnr: str")],
         "a parameter's name must be one that a cell uses, got 'partnr': write 'partner'"),
        ([CELL, '# Parameters\npartnr = "KAZ"\n'],
         "a parameter's name must be one of partner, as_of, until, currency, draws, part, named, "
         "got 'partnr': write 'partner'"),
        ([CELL, CELL + '\npartnr = "KAZ"'],
         "every line of the parameters cell must be like `year: int = 2024  # comment`, got "
         "`partnr = 'KAZ'`"),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_refused_though_the_kernel_holds_the_right_one(monkeypatch, cells, said):
    space = {"In": cells, "partner": "KAZ", "partnr": "KAZ", "as_of": "2024-06-30", "until": "",
             "currency": "USD", "draws": 100, "part": 1, "named": ""}  # fmt: skip
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=space))
    assert refusal(declared.parameters) == said
    space["In"] = [*cells, cells[-1]]  # run once more as it is
    assert refusal(declared.parameters) == said
    space["In"] = [*cells, "print(partner)", CELL]
    declared.parameters()


def test_a_parameter_may_come_and_go(monkeypatch):
    more = CELL + '\nflow: str = "export"'
    space = {"In": [more, CELL, more.replace("flow", "product")], "partner": "KAZ",
             "as_of": "2024-06-30", "until": "", "currency": "USD", "draws": 100, "part": 1,
             "named": "", "product": ""}  # fmt: skip
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=space))
    declared.parameters()


@pytest.mark.parametrize(
    "cells",
    [
        ["# Parameters\n" + CELL],  # a cell of one's own may begin as papermill's does
        [CELL, "print(partner)", "# Parameters of the chart\nheight = 4"],
        [CELL, "print(partner)", "# Parameters\nheight = 4"],
        [CELL, "print(partner)", "height: int = 4\nwidth = 3"],
    ],
)
def test_cells_of_ones_own_are_not_taken_for_parameters(monkeypatch, cells):
    space = {"In": [*cells, "st.parameters()"], "partner": "KAZ", "as_of": "2024-06-30",
             "until": "", "currency": "USD", "draws": 100, "part": 1, "named": ""}  # fmt: skip
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=space))
    declared.parameters()


def test_an_annotation_goes_before_its_comment():
    assert kinds.read('Literal["a", "b"]', "one of c, d").choices == ("a", "b")
    assert Parameter("x", "bool", True, "at least 2").kind.accept(True) is True


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    """Write a notebook that checks its parameters."""
    folder = tmp_path_factory.mktemp("books")
    return notebook(folder / "n.ipynb", CHECK, parameters=CELL)


PAPERMILL = ["papermill", "--no-progress-bar", "-k", "python3", "--language", "python"]
OURS = [*PAPERMILL, "--engine", "silktrade"]
NBCONVERT = ["nbconvert", "--execute", "--allow-errors", "--to", "notebook", "--output", "o.ipynb"]
ASKED = ["-p", "partner", "KZ"]
SAID = "partner must be one of KAZ, KGZ, TJK, got 'KZ': write 'KAZ'"
# Each command in a child that has what all of them import.
FORKS = """import json, os, runpy, sys
from presswork import preload
preload.defer_parsers()  # before nbformat, which takes longest of all without it
import nbconvert.nbconvertapp, papermill.cli
for name, command in json.loads(sys.argv[1]).items():
    sys.stdout.flush()
    if not (child := os.fork()):
        said = os.open(name + ".txt", os.O_CREAT | os.O_WRONLY)
        os.dup2(said, 1), os.dup2(said, 2)
        sys.argv = command
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
        os._exit(0)
    print(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module")
def ended(book, tmp_path_factory) -> tuple[Path, dict[str, int]]:
    """Run the commands of others on notebooks; give the folder, and how each has ended."""
    folder = tmp_path_factory.mktemp("ended")
    notebook(folder / "none.ipynb", "x = 1", CHECK)
    (folder / "n.ipynb").write_text(book.read_text().replace('= \\"KAZ\\"', '= \\"KZ\\"'))
    commands = {
        "kernel": [*PAPERMILL, *ASKED, str(book), "kernel.ipynb"],
        "silktrade": [*OURS, *ASKED, str(book), "silktrade.ipynb"],
        "without": [*OURS, "none.ipynb", "without.ipynb"],
        "nbconvert": [*NBCONVERT, "n.ipynb"],
    }
    ran = subprocess.run(
        [sys.executable, "-c", FORKS, json.dumps(commands)],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return folder, {n: int(s) for n, s in map(str.split, ran.stdout.splitlines())}


@pytest.mark.parametrize("engine", ["kernel", "silktrade"])
def test_papermill_says_cell_and_sentence(ended, engine):
    folder, statuses = ended
    said = (folder / f"{engine}.txt").read_text()
    assert statuses[engine] == 1
    assert 'Exception encountered at "In [3]"' in said
    assert f"ParameterError: {SAID}" in said
    assert_one_line(folder / f"{engine}.ipynb")


def test_nbconvert_says_the_sentence(ended):
    folder, statuses = ended
    assert statuses["nbconvert"] == 0, (folder / "nbconvert.txt").read_text()
    outputs = json.loads((folder / "o.ipynb").read_text())["cells"][-1]["outputs"]
    # The default in the cell is what is wrong here.
    assert [o["traceback"] for o in outputs] == [[f"ParameterError: {SAID}"]]


def assert_one_line(executed: Path) -> None:
    """Look for the sentence in an executed notebook, and for any traceback."""
    cells = json.loads(executed.read_text())["cells"]
    errors = [o for c in cells for o in c.get("outputs", []) if o["output_type"] == "error"]
    assert [e["traceback"] for e in errors] == [[f"ParameterError: {SAID}"]]


def test_without_a_parameters_cell_it_says_so(ended):
    folder, statuses = ended
    assert statuses["without"] == 1
    assert "no parameters cell has run: run it first" in (folder / "without.txt").read_text()


def test_every_notebook_checks_its_parameters_in_the_next_cell():
    for path in sorted((ROOT / "notebooks").glob("[0-9_]*.ipynb")):
        cells = json.loads(path.read_text())["cells"]
        tagged = [i for i, c in enumerate(cells) if "parameters" in c["metadata"].get("tags", [])]
        code = [c for c in cells[tagged[0] + 1 :] if c["cell_type"] == "code"] if tagged else []
        assert not tagged or code[0]["source"][0] == "st.parameters()\n", path.name
