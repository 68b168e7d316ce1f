"""The engine is a kernel: what runs in JupyterLab runs here, with the same outputs."""

from __future__ import annotations

import os
import re
import shutil

import nbformat
import pytest
from corpus import DIFFERS, GROUPS, cells

from presswork import engine, kernel, plan
from silktrade.cli import PROJECT


@pytest.fixture(scope="module")
def outputs(tmp_path_factory) -> dict[str, dict[bool, list]]:
    """Run the corpus by both engines: for each group of cells, the outputs of each cell."""
    folder = tmp_path_factory.mktemp("corpus")
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # with it a kernel does not read its descriptors
    engine.close()  # the server of workers has it as well
    made: dict[str, dict[bool, list]] = {name: {} for name in GROUPS}
    new = nbformat.v4
    for isolated in (False, True):
        place = folder / "notebooks"
        shutil.rmtree(place, ignore_errors=True)  # each engine finds the folder as the other did
        place.mkdir()
        reports = []
        for name, text in GROUPS.items():
            meant = {"tags": ["raises-exception"]}
            code = [
                new.new_code_cell(cell, metadata=meant, id=f"c{number}")
                for number, cell in enumerate(cells(text))
            ]
            nbformat.write(new.new_notebook(cells=code), place / f"{name}.ipynb")
            reports.append(plan.Report(name, name, place / f"{name}.ipynb", PROJECT))
        for outcome in engine.run(reports, jobs=2, isolated=isolated):
            assert outcome.notebook, outcome.record
            executed = nbformat.reads(outcome.notebook, as_version=4)
            made[outcome.report.name][isolated] = [c.outputs for c in executed.cells]
    return made


def plain(outputs: list) -> str:
    """Take addresses out of outputs."""
    return re.sub(r"0x[0-9a-f]{6,16}", "0x", str(outputs))


def kinds(outputs: list) -> list:
    """Name the kinds of outputs."""
    return [(o.output_type, o.get("name") or o.get("ename") or sorted(o.data)) for o in outputs]


def test_the_corpus_is_large():
    known = [cell for text in GROUPS.values() for cell in cells(text)]
    assert len(known) >= 120
    assert DIFFERS.keys() <= set(known)


@pytest.mark.parametrize("group", GROUPS)
def test_cells_show_what_a_kernel_shows(outputs, group):
    sources = cells(GROUPS[group])
    ours, theirs = outputs[group][False], outputs[group][True]
    assert len(ours) == len(theirs) == len(sources)
    differing = {}
    for source, mine, other in zip(sources, ours, theirs, strict=True):
        if source in DIFFERS:
            assert kinds(mine) == kinds(other), source
        elif plain(mine) != plain(other):
            differing[source] = (plain(mine)[:600], plain(other)[:600])
    assert differing == {}


def test_half_a_character_is_no_error():
    # A kernel loses the whole message, and what was printed before in the same breath.
    assert kernel._packed({"text": "\ud83d caf\udce9"}) == b'{"text": "? caf?"}'
    assert kernel._encoded("caf\udce9") == b"caf\xe9"
