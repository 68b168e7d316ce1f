"""A report that cannot be planned fails alone; a wrong request fails before anything runs."""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections import Counter
from dataclasses import replace

import nbformat
import pytest
import yaml
from conftest import batch, notebook, refusal

from presswork import batchfile, bundle, cures, engine, kinds, names, plan, records, site, store
from presswork.parameters import Parameter, declared, read_cells
from silktrade import cli
from silktrade.cli import PROJECT

CONFLICT = '{\n<<<<<<< HEAD\n "cells": []\n=======\n "cells": []\n>>>>>>> other\n}'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a project of one good report, and stand in it."""
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "notebooks" / "good.ipynb", "1 + 1", parameters="n: int = 1", title="Good?")
    return tmp_path


def broken(folder, kind: str) -> dict:
    """Make an entry that cannot be planned."""
    path = folder / "notebooks" / "bad.ipynb"
    path.unlink(missing_ok=True)
    notebook(path, "1", parameters=kind)
    if kind == "conflict":
        path.write_text(CONFLICT)
    elif kind == "no metadata":
        path.write_text(json.dumps({"cells": [], "nbformat": 4, "nbformat_minor": 5}))
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    elif kind == "list":
        path.write_text("[]")
    elif kind == "no format":
        path.write_text(json.dumps({"cells": [], "metadata": {}}))
    elif kind == "another alphabet":
        path.write_bytes(path.read_text().replace("# T", "# \xe9").encode("latin-1"))
    elif kind == "a circle":
        path.unlink()
        path.symlink_to(path.name)
    entries = {
        "missing": {"notebook": "nosuch.ipynb"},
        "number": {"notebook": 7},
        "text for parameters": {"notebook": "good.ipynb", "parameters": "n"},
        "list for grid": {"notebook": "good.ipynb", "grid": ["n"]},
        "wrong type": {"notebook": "good.ipynb", "parameters": {"n": "many"}},
        "nothing": None,
        "endless": {"notebook": "good.ipynb", "grid": {"n": [*range(101)], "m": [*range(100)]}},
        "a folder": {"notebook": "."},
        "a number for a name": {"notebook": "good.ipynb", "parameters": {1: 2}},
        "a long name": {"notebook": "x" * 5000},
        "no such day": {"notebook": "good.ipynb", "parameters": {"n": "2024-02-30"}},
        "no parameters": {"notebook": "bad.ipynb", "parameters": {"n": 1}},
    }
    return entries.get(kind, {"notebook": "bad.ipynb"}) if kind != "nothing" else None


KINDS = ["x = (", "  x: int = 1", "%matplotlib inline", "x: int", "x: dict = {}", "conflict",
         "no metadata", "binary", "list", "missing", "number", "text for parameters",
         "list for grid", "wrong type", "nothing", "a folder",
         "a number for a name", "a long name", "no format", "another alphabet", "a circle",
         "n: int = 1\nn: int = 2", "no such day", "no parameters",
         "endless"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_planned_fails_alone(project, kind):
    path = batch(project, bad=broken(project, kind), good={"notebook": "good.ipynb"})
    bad, good = plan.load_batch(path, PROJECT)
    assert bad.problem
    assert "Traceback" not in bad.problem
    assert "cannot be planned" not in bad.problem
    assert str(project) not in bad.problem
    assert not good.problem


def test_a_service_may_start_the_command_without_streams(project, monkeypatch):
    batch(project, good={"notebook": "good.ipynb"})
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert cli.main(["list"]) == 0
    assert cli.main(["describe", "nosuch"]) == 2


def test_the_others_run_and_the_index_says_it(project, capsys):
    entries = {f"bad{number}": broken(project, kind) for number, kind in enumerate(KINDS[9:])}
    batch(project, **entries, good={"notebook": "good.ipynb"})
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().out.count("cannot run: ") == len(entries)
    assert cli.main(["run"]) == 1
    said = capsys.readouterr().out
    assert f"1 ok, {len(entries)} failed" in said
    index = (project / "reports" / "index.html").read_text()
    assert index.count("<strong>Failed</strong>") == len(entries)
    assert "NotPlanned" not in said + index  # a word for programs: the record has it
    assert store.read_record(project / "reports", "bad0")["error"]["type"] == "NotPlanned"
    assert cli.main(["run", "good", "--force"]) == 0
    assert cli.main(["run", "bad0"]) == 1
    assert cli.main(["describe", "bad0"]) == 2


@pytest.mark.parametrize(
    "entries",
    [
        {"r": {"notebook": "good.ipynb", "grid": {"n": [1, 1]}}},
        {"r": {"notebook": "good.ipynb", "grid": {"n": [1]}}, "r_1": {"notebook": "good.ipynb"}},
        {"R": {"notebook": "good.ipynb"}, "r": {"notebook": "good.ipynb"}},
        {"../r": {"notebook": "good.ipynb"}},
        {"/../../../tmp/r": {"notebook": "good.ipynb"}},
        {"a/b": {"notebook": "good.ipynb"}},
        {"C:\\y": {"notebook": "good.ipynb"}},
        {".hidden": {"notebook": "good.ipynb"}},
        {"a b": {"notebook": "good.ipynb"}},
        {"index": {"notebook": "good.ipynb"}},
        {"Manifest": {"notebook": "good.ipynb"}},
        {"con": {"notebook": "good.ipynb"}},
        {"x" * 300: {"notebook": "good.ipynb"}},
        {"<script>": {"notebook": "good.ipynb"}},
        {"\ud800": {"notebook": "good.ipynb"}},
        {"": {"notebook": "good.ipynb"}},
        {"other.failed": {"notebook": "good.ipynb"}},  # the notebook of another that failed
        {"other--n-5": {"notebook": "good.ipynb"}},  # another's run apart
    ],
)
def test_what_has_no_name_of_its_own_fails_alone_under_one_that_is(project, entries):
    path = batch(project, other={"notebook": "good.ipynb"}, **entries)
    planned = plan.load_batch(path, PROJECT)
    assert [r.name for r in planned if "must have" in r.problem] == [planned[-1].name]
    assert not any(r.problem for r in planned[:-1])
    assert len({r.name.lower() for r in planned}) == len(planned)
    assert not any(names.fault(r.name, Counter()) for r in planned)
    planned = plan.choose(planned, [planned[-1].group])  # as it stands in the file
    assert planned[-1].problem


def test_a_list_stands_in_a_name(project):
    notebook(project / "notebooks" / "l.ipynb", "l", parameters="l: list[str] = []")
    grid = {"l": [["KAZ", "UZB"], ["KAZ"], []]}
    planned = plan.load_batch(batch(project, r={"notebook": "l.ipynb", "grid": grid}), PROJECT)
    assert [r.name for r in planned] == ["r_KAZ-UZB", "r_KAZ", "r_"]
    assert not any(r.problem for r in planned)


def test_a_point_of_a_grid_fails_alone(project, capsys):
    grid = {"n": [1, "many", "a/b", 1, [2], None, 3]}
    batch(project, r={"notebook": "good.ipynb", "grid": grid}, s={"notebook": "good.ipynb"})
    assert cli.main(["run"]) == 1
    assert "3 ok, 5 failed" in capsys.readouterr().out
    folder = project / "reports"
    assert sorted(p.stem for p in folder.glob("*.html")) == ["index", "r_1", "r_3", "s"]
    assert store.read_record(folder, "r_many")["error"]["message"] == (
        "batch.yml: r: n must be int, got 'many': give a whole number such as 2024"
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"section": 3}, "good: section must be a heading of the index, got 3"),
        ({"front": "yes"}, "good: front must be true or false, got 'yes'"),
        ({"long": 1}, "good: long must be true or false, got 1"),
        ({"beside": "other"}, "good: beside must be a list of entries, got 'other'"),
    ],
)
def test_what_an_entry_says_of_its_place_is_checked(project, entry, said):
    path = batch(project, good={"notebook": "good.ipynb"} | entry)
    assert plan.load_batch(path, PROJECT)[0].problem.endswith(said)


def test_an_entry_beside_must_be_there_and_one_is_in_front(project):
    good = {"notebook": "good.ipynb"}
    path = batch(project, good=good | {"beside": ["otter"]}, other=good)
    assert [r.problem for r in plan.load_batch(path, PROJECT)] == [
        "batch.yml: good: beside must name entries of the file, got 'otter': did you mean 'other'?",
        "",
    ]
    path = batch(project, good=good | {"front": True}, other=good | {"front": True})
    assert [r.front for r in plan.load_batch(path, PROJECT)] == [True, False]
    assert "one report at most" in plan.load_batch(path, PROJECT)[1].problem


def test_a_parameter_may_stand_in_the_question(project):
    path = batch(project, good={"notebook": "good.ipynb"})
    report = plan.load_batch(path, PROJECT)[0]
    asked = replace(report, title="How does `partner` do with `n` and `nothing`?", declared=(
        Parameter("partner", "str", "KAZ"), Parameter("n", "int", 3)))  # fmt: skip
    assert asked.question == "How does Kazakhstan do with 3 and `nothing`?"
    assert replace(asked, given={"partner": "UZB"}).question.startswith("How does Uzbekistan do")


STANDS = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to(os.devnull),
}


@pytest.mark.parametrize("kind", STANDS)
def test_what_stands_in_the_place_of_a_file_fails_its_report_alone(tmp_path, kind):
    folder, named = tmp_path / "reports", [".json", ".html", ".ipynb", ".failed.ipynb", ".pdf"]
    folder.mkdir()
    for number, suffix in enumerate(named):
        STANDS[kind](folder / f"r{number}{suffix}")
    (folder / "link.html").symlink_to("nowhere")
    planned = [plan.Report(f"r{n}", "r", tmp_path, PROJECT, title="T?") for n in range(len(named))]
    placed = [store.placed(report, folder) for report in planned]
    for report, suffix in zip(placed, named, strict=True):
        assert report.problem.startswith(f"reports/{report.name}{suffix}: no file but")
        store.publish(engine.refused(report, report.problem), folder)
        assert bool(store.read_record(folder, report.name)) is (suffix != ".json")
        assert store.intact(folder, report.name) is None
    free = plan.Report("link", "link", tmp_path, PROJECT)
    assert store.placed(free, folder) is free
    index = site.write_index(folder, placed).read_text()
    assert index.count("<strong>Failed</strong>") == len(named)
    assert "r0.json" not in bundle.links(index)


@pytest.mark.parametrize("name", [store.LOCK, store.MANIFEST, store.INDEX, "x.zip"])
def test_what_stands_in_the_place_of_a_file_of_the_batch_stops_it(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(FileExistsError, match="move it away"), store.locked(tmp_path):
        store.write(tmp_path, {"x.zip": b""})


def test_nothing_is_written_outside_the_folder(tmp_path):
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("../x", "a/b", "/x", "", "a\\b", ".x", "a\0b"):
        with pytest.raises(ValueError, match="must have a plain name"):
            store.write(folder, {name: "x"})
    assert [p.name for p in tmp_path.rglob("*")] == ["reports"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        store.write(tmp_path / "gone", {"a.json": ""})
    assert error.value.filename == str(tmp_path / "gone")


def test_half_a_character_is_written_too(tmp_path):
    store.write(tmp_path, {"a.json": store.as_json({"title": "\ud83d"})})
    assert (tmp_path / "a.json").read_text() == '{\n  "title": "?"\n}\n'


@pytest.mark.parametrize("said", ["abc123", '{"id": "x"}', "[]", "3", '"x"'])
def test_a_commit_that_is_none_is_refused(tmp_path, monkeypatch, said):
    monkeypatch.setenv("SILKTRADE_COMMIT", said)
    assert refusal(records.git_commit, tmp_path, "silktrade").startswith(
        "SILKTRADE_COMMIT must be a commit as JSON"
    )


# ---------------------------------------------------------------- YAML


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000.0), ("1.5e-3", 0.0015), ("-1E+2", -100.0), ("10", 10), ("0", 0), ("-7", -7),
        ("12:30", "12:30"), ("1_000", "1_000"), ("0x10", "0x10"), ("on", True), ("off", False),
        ("2024-01-31", datetime.date(2024, 1, 31)), ("'010'", "010"), ("0.5", 0.5), ("~", None),
        (".5", 0.5), ("1.", 1.0), ("00:30", "00:30"), ("2024-02-30", "2024-02-30"),
        ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_yaml_is_read_as_people_mean_it(text, value):
    made = batchfile.read(f"a: {text}")["a"]
    assert (type(made), made) == (type(value), value)


def test_a_day_with_a_time_is_told_from_one_with_a_zone():
    day = datetime.datetime(2024, 1, 31, 10)
    assert cures.of_day(day) == ": it has a time of day, write 2024-01-31"
    zoned = day.replace(tzinfo=datetime.UTC)
    assert cures.of_day(zoned) == ": it has a time zone, write 2024-01-31 for its day there"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{notebook: good.ipynb, parameters: {n: 010}}", "010 begins with 0"),
        ("{notebook: good.ipynb, notebook: good.ipynb}", "'notebook' stands twice"),
        ("{notebook: !path good.ipynb}", "could not determine a constructor"),
        ("!!python/object/apply:os.system [exit]", "could not determine a constructor"),
        ("{[a]: b}", "found unhashable key"),
        ("{<<: 3}", "expected a mapping"),
    ],
)
def test_an_entry_that_yaml_cannot_make_fails_alone(project, entry, said):
    path = project / "notebooks" / "batch.yml"
    path.write_text(f"x: &x {{n: 2}}\nreports:\n  bad: {entry}\n"
                    "  good: {notebook: good.ipynb, parameters: {<<: *x}}\n")  # fmt: skip
    bad, good = plan.load_batch(path, PROJECT)
    assert bad.problem.startswith(f"batch.yml: bad: {said}")
    assert bad.problem.endswith(", line 3")
    assert (good.problem, good.parameters) == ("", {"n": 2})


@pytest.mark.parametrize("text", ["a: 010", "a: -007", "a: 1\na: 2", "a: [", "a: &x [*x"])
def test_yaml_that_is_refused(text):
    assert refusal(batchfile.read, text)


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        ("float", "-1e-3", -0.001), ("float", "-.5", -0.5), ("int", "-3", -3), ("int", "+3", 3),
        ("bool", "on", True), ("bool", "Off", False),
        ("str | None", "none", None), ("str | None", "x", "x"), ("Optional[int]", "3", 3),
        ('Literal["a", "b"]', "b", "b"), ("Literal[1, 2]", "2", 2),
        ("list[str]", "KAZ,UZB", ["KAZ", "UZB"]), ("list[int]", "1, 2", [1, 2]),
        ("list[float]", "", []), ("date", "2024-01-31", datetime.date(2024, 1, 31)),
        ("datetime.date", "2024-01-31", datetime.date(2024, 1, 31)),
    ],
)  # fmt: skip
def test_text_of_the_command_line(annotation, text, value):
    made = plan.from_text(plan.Parameter("x", annotation, None), text)
    assert (type(made), made) == (type(value), value)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("int", "010"), ("int", "1_0"), ("int", "1e3"), ("int", "٣"), ("float", "٣.0"),
        ("float", "nan"), ("float", "inf"), ("float", "1_0"), ("float", ""),
        ('Literal["a", "b"]', "c"), ("list[int]", "1,x"), ("bool", "maybe"), ("int", "none"),
        ("list[str]", "a,\udcff"),
    ],
)  # fmt: skip
def test_text_of_the_command_line_that_is_refused(annotation, text):
    message = refusal(plan.from_text, plan.Parameter("x", annotation, None), text)
    assert message.startswith(f"x must be {annotation}, got {text!r}: give ")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("20240131", "write 2024-01-31"), ("31.01.2024", "write 2024-01-31 for 31 January"),
        ("2024-02-30", "there is no such day"),
    ],
)  # fmt: skip
def test_a_day_of_the_command_line_that_is_refused(text, cure):
    message = refusal(plan.from_text, plan.Parameter("x", "date", None), text)
    assert message == f"x must be a day as YYYY-MM-DD, got {text!r}: {cure}"


def test_choices_are_shown(project, capsys):
    source = 'partner: Literal["KAZ", "UZB"] = "KAZ"  # whose\nn: list[int] = []'
    notebook(project / "notebooks" / "a.ipynb", "1", parameters=source)
    batch(project, a={"notebook": "a.ipynb"})
    assert cli.main(["describe", "a"]) == 0
    assert "Literal['KAZ', 'UZB']" in capsys.readouterr().out
    assert cli.main(["run", "-p", "partner", "X"]) == 2
    assert "give one of KAZ, UZB" in capsys.readouterr().err


def test_values_of_each_kind_reach_the_notebook(project):
    source = (
        "a: str | None = 'x'\nb: list[float] = [1.0]\nc: date = date(2024, 1, 31)\n"
        "d: Literal['p', 'q'] = 'p'\ne: float = 1.0\nf: str = 'x'\ng: bool = False\n"
        "h: list[date] = [date(2024, 1, 31)]"
    )
    checks = (
        "assert a is None and b == [1.0, -2.5] and c == date(2025, 2, 28) and d == 'q'",
        "assert type(c) is date and e == -1e-3 and f == '2024-01-01' and g is True",
        "assert h == [date(2025, 2, 28), date(2026, 2, 28)]",
    )
    path = project / "notebooks" / "a.ipynb"
    notebook(path, *checks, parameters=source)
    book = nbformat.read(path, as_version=4)
    book.cells.insert(
        1, nbformat.v4.new_code_cell("from datetime import date\nfrom typing import Literal")
    )
    nbformat.write(book, path)
    given = {"a": None, "b": [1, -2.5], "c": datetime.date(2025, 2, 28), "d": "q", "e": -1e-3,
             "f": datetime.date(2024, 1, 1), "g": True,
             "h": ["2025-02-28", "2026-02-28"]}  # fmt: skip
    batch(project, a={"notebook": "a.ipynb", "parameters": given})
    assert cli.main(["run"]) == 0
    record = store.read_record(project / "reports", "a")
    assert record["parameters"]["c"] == "2025-02-28"
    typed = [("a", "none"), ("b", "1,-2.5"), ("c", "2025-02-28"), ("d", "q"), ("e", "-1e-3"),
             ("f", "2024-01-01"), ("g", "on"), ("h", "2025-02-28,2026-02-28")]  # fmt: skip
    batch(project, a={"notebook": "a.ipynb"})
    assert cli.main(["run", *(part for pair in typed for part in ("-p", *pair))]) == 0
    equals = [part for name, value in typed for part in ("-p", f"{name}={value}")]
    assert cli.main(["run", *equals]) == 0


@pytest.mark.parametrize(
    ("content", "cure"),
    [(" \n", "it is empty"), ("\ufeff{}", "without one"), (CONFLICT, "merge conflict"),
     ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "`git lfs pull`"),
     ("# %%\n1", "save it in JupyterLab")],
)  # fmt: skip
def test_a_file_that_is_no_notebook_has_a_cure(project, content, cure):
    path = project / "notebooks" / "bad.ipynb"
    path.write_text(content, encoding="utf-8")
    assert cure in refusal(read_cells, path)


def test_a_kernel_of_another_machine_is_python3(project):
    path = project / "notebooks" / "good.ipynb"
    book = nbformat.read(path, as_version=4)
    book.metadata.kernelspec = {"name": "conda-env-silktrade-py", "display_name": "x",
                                "language": "python"}  # fmt: skip
    nbformat.write(book, path)
    batch(project, good={"notebook": "good.ipynb"})
    assert cli.main(["run"]) == 0


def test_what_a_comment_holds_a_value_to():
    def bounds(comment: str) -> tuple[float, float]:
        found = kinds.read("float", comment)
        return found.least, found.most

    assert bounds("at least -3, at most 5") == (-3, 5)
    assert bounds("at least .5; at most 1,000,000") == (0.5, 1e6)
    assert bounds("at least 1_000, at most 1e4") == (1000, 1e4)
    (asked,) = declared('x: Literal[\n    "a",\n    "b",\n] = "a"  # whose', "a.ipynb")
    assert asked.comment == "whose"


def test_whatever_is_wrong_with_one_stops_no_other(project, monkeypatch):
    def static(report: plan.Report) -> dict:
        raise AttributeError("odd") if report.name == "bad" else ValueError("no")

    monkeypatch.setattr(engine.inputs, "static", static)
    path = batch(project, bad={"notebook": "good.ipynb"}, good={"notebook": "good.ipynb"})
    made = list(engine.run(plan.load_batch(path, PROJECT)))
    assert [outcome.record["error"]["message"] for outcome in made] == ["odd", "no"]


@pytest.mark.parametrize("said", [None, {"name": None}, {"name": "venv", "language": "Python"}])
def test_a_kernel_that_is_said_oddly_is_ours(project, said):
    path = project / "notebooks" / "good.ipynb"
    book = json.loads(path.read_text())
    book["metadata"] = {"kernelspec": said, "language_info": None}
    path.write_text(json.dumps(book))
    (report,) = plan.load_batch(batch(project, good={"notebook": "good.ipynb"}), PROJECT)
    assert engine._kernel(report, False) == ""


def test_kinds_that_are_none():
    for annotation in ("dict", "list", "int | str", "list[list[int]]", "Literal[1, 'a']", "x.y"):
        assert kinds.read(annotation) is None


def test_an_alias_bomb_is_not_printed_whole(project, capsys):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for one, other in zip("bcdefg", "abcdef", strict=True):
        bomb += f"{one}: &{one} [{', '.join([f'*{other}'] * 9)}]\n"
    path = project / "notebooks" / "batch.yml"
    path.write_text(bomb + "reports:\n  r: {notebook: good.ipynb, parameters: {n: *g}}\n")
    assert cli.main(["run"]) == 1
    assert len(capsys.readouterr().out) < 2000
    assert yaml.safe_load("a: 1") == {"a": 1}
