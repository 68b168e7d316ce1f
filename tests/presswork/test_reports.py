"""Reports: what is planned, what runs, what a page says, and what a failure leaves behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from conftest import TAKES, batch, notebook

from presswork import engine, plan, provenance, records, site, store, wording
from silktrade.cli import PROJECT

# ---------------------------------------------------------------- parameters and plans


def declared(tmp_path: Path, source: str) -> tuple[plan.Parameter, ...]:
    return plan.read_parameters(notebook(tmp_path / "n.ipynb", parameters=source))


def refused(call, *arguments) -> str:
    """Return the message with which a call is refused."""
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        call(*arguments)
    return str(error.value)


def test_parameters_have_name_type_default_and_comment(tmp_path):
    source = 'a: str = "x#y"  # text # twice\nb: int = -2\nc: float = 1  # one\nd: bool = True'
    assert declared(tmp_path, source) == (
        plan.Parameter("a", "str", "x#y", "text # twice"),
        plan.Parameter("b", "int", -2),
        plan.Parameter("c", "float", 1.0, "one"),
        plan.Parameter("d", "bool", True),
    )
    assert plan.read_parameters(notebook(tmp_path / "none.ipynb", "1 + 1")) == ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            'a = "x"',
            "n.ipynb: every line of the parameters cell must be like "
            "`year: int = 2024  # comment`, got `a = 'x'`",
        ),
        (
            "a: list = []",
            "n.ipynb: parameter a must be annotated int, float, bool, str or date, a Literal or a "
            "list of these, or one of them `| None`, got list",
        ),
        (
            'a: int = "x"',
            "n.ipynb: a must be int, got 'x': give a whole number such as 2024",
        ),
        (
            "a: int = True",
            "n.ipynb: a must be int, got True: give a whole number such as 2024",
        ),
        (
            "a: int = 1 + x",
            "n.ipynb: parameter a must have a plain value, got `1 + x`: write text and days in "
            "quotes",
        ),
    ],
)
def test_parameters_that_are_refused(tmp_path, source, message):
    assert refused(declared, tmp_path, source) == message


def test_a_file_that_is_no_notebook(tmp_path):
    (tmp_path / "n.ipynb").write_text("{}")
    message = "n.ipynb is not a Jupyter notebook of format 4: save it in JupyterLab"
    assert refused(plan.read_parameters, tmp_path / "n.ipynb") == message
    missing = tmp_path / "m.ipynb"
    message = f"notebook {missing} does not exist: correct it in the batch file"
    assert refused(plan.read_parameters, missing) == message


@pytest.fixture
def planned(tmp_path) -> list[plan.Report]:
    notebook(tmp_path / "notebooks" / "a.ipynb", parameters='as_of: str = "2024-01-01"')
    notebook(tmp_path / "notebooks" / "b.ipynb", parameters=TAKES, title="How big?")
    grid = {"partner": ["KAZ", "UZB"], "draws": [1, 2]}
    return plan.load_batch(
        batch(
            tmp_path,
            first={"notebook": "a.ipynb", "parameters": {"as_of": "2025-01-01"}},
            second={"notebook": "b.ipynb", "grid": grid},
        ),
        PROJECT,
    )


def test_a_grid_gives_a_report_for_each_point(planned):
    names = [r.name for r in planned]
    assert names == ["first", "second_KAZ_1", "second_KAZ_2", "second_UZB_1", "second_UZB_2"]
    assert planned[0].parameters == {"as_of": "2025-01-01"}
    assert planned[4].parameters == {"partner": "UZB", "draws": 2}
    assert planned[4].title == "How big?"


def test_reports_are_chosen_by_name_and_by_group(planned):
    assert plan.choose(planned, []) == planned
    assert plan.choose(planned, ["second"]) == planned[1:]
    assert plan.choose(planned, ["second_UZB_1", "first"]) == [planned[0], planned[3]]
    assert (
        refused(plan.choose, planned, ["frist"])
        == "report 'frist' is not in the batch: did you mean 'first'?"
    )


def test_parameters_of_the_command_line(planned):
    as_of, *rest = plan.override(planned, [("as_of", "2023-12-31")])
    assert as_of.parameters == {"as_of": "2023-12-31"}
    assert rest == planned[1:]
    picked = plan.override(planned[1:], [("partner", "UZB"), ("draws", "2")])
    assert [r.name for r in picked] == ["second_UZB_2"]


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (
            ("partnr", "KAZ"),
            "parameter 'partnr' is in none of the chosen reports: did you mean 'partner'?",
        ),
        (
            ("zzz", "1"),
            "parameter 'zzz' is in none of the chosen reports: "
            "it must be one of as_of, partner, draws",
        ),
        (
            ("partner", "MNG"),
            "partner must be one of KAZ, UZB, got 'MNG': "
            "other values need a line in the grid of the batch file",
        ),
    ],
)
def test_parameters_of_the_command_line_that_are_refused(planned, pair, message):
    assert refused(plan.override, planned, [pair]) == message


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("int", "7", 7), ("float", "0.5", 0.5), ("bool", "No", False), ("str", "7", "7")],
)
def test_text_becomes_the_declared_type(kind, text, value):
    made = plan.from_text(plan.Parameter("x", kind, value), text)
    assert (type(made), made) == (type(value), value)


@pytest.mark.parametrize(
    ("kind", "text", "cure"),
    [
        ("int", "2024.5", "a whole number such as 2024"),
        ("float", "nan", "a finite number such as 0.5"),
        ("bool", "maybe", "true or false"),
    ],
)
def test_text_of_another_type_is_refused(kind, text, cure):
    message = f"x must be {kind}, got {text!r}: give {cure}"
    assert refused(plan.from_text, plan.Parameter("x", kind, 0), text) == message


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            {"notebook": "b.ipynb", "parameters": {"partnr": "KAZ"}},
            "batch.yml: r: parameter 'partnr' is unknown: did you mean 'partner'?",
        ),
        (
            {"notebook": "b.ipynb", "grid": {"draws": ["many"]}},
            "batch.yml: r: draws must be int, got 'many': give a whole number such as 2024",
        ),
        (
            {"notebok": "b.ipynb"},
            "batch.yml: r must have `notebook`, and may have `parameters`, `grid`, `section`, "
            "`beside`, `front`, `long`, got ['notebok']",
        ),
        (
            {"notebook": "b.ipynb", "grid": {"partner": "KAZ"}},
            "batch.yml: r: grid must map parameters to lists, got partner: 'KAZ'",
        ),
        (
            {"notebook": "b.ipynb", "grid": {"partner": ["KAZ"]}, "parameters": {"partner": "UZB"}},
            "batch.yml: r: partner stands in parameters and in grid: keep it in one",
        ),
        (
            {"notebook": "bb.ipynb"},
            "batch.yml: r: notebook 'bb.ipynb' does not exist: did you mean 'b.ipynb'?",
        ),
    ],
)
def test_a_batch_that_is_refused(tmp_path, entry, message):
    notebook(tmp_path / "notebooks" / "b.ipynb", parameters=TAKES)
    good = {"notebook": "b.ipynb"}
    bad, other = plan.load_batch(batch(tmp_path, r=entry, other=good), PROJECT)
    assert (bad.problem, other.problem) == (message, "")


def test_a_batch_may_name_whom_to_tell_of_an_error(tmp_path):
    notebook(tmp_path / "notebooks" / "a.ipynb")
    path = batch(tmp_path, r={"notebook": "a.ipynb"})
    assert [r.project for r in plan.load_batch(path, PROJECT)] == [PROJECT]
    entries = path.read_text()
    path.write_text(f"contact: desk@example.org\n{entries}")
    assert plan.load_batch(path, PROJECT)[0].project.contact == "desk@example.org"
    path.write_text(f"contact: [a, b]\n{entries}")
    said = "batch.yml: contact must be an address or a name, on one line, got ['a', 'b']"
    assert refused(plan.load_batch, path, PROJECT) == said


def test_a_batch_without_reports(tmp_path):
    path = tmp_path / "batch.yml"
    message = f"batch file {path} does not exist: name another with --batch FILE"
    assert refused(plan.load_batch, path, PROJECT) == message
    path.write_text("report: {}")
    message = "batch.yml must have a mapping `reports:` of report to notebook"
    assert refused(plan.load_batch, path, PROJECT) == message
    path.write_text("reports: [")
    assert refused(plan.load_batch, path, PROJECT).startswith("batch.yml is not YAML: ")
    path.write_text("reports:\n\tr:\n")
    assert refused(plan.load_batch, path, PROJECT).endswith(": indent with spaces, line 2")
    path.write_text("reports:\n  r: {notebook: a.ipynb}\n  r: {notebook: b.ipynb}\n")
    said = "batch.yml is not YAML: 'r' stands twice: give each a name of its own, line 3"
    assert refused(plan.load_batch, path, PROJECT) == said
    path.write_text("reports: {}", encoding="utf-16")
    assert refused(plan.load_batch, path, PROJECT) == (
        "batch.yml is not in UTF-8: save it as UTF-8"
    )


# ---------------------------------------------------------------- what notebooks say


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("Growth", 1.0, "USD", "2024", "Growth"),
            "name must be in snake case, such as region_growth_usd, got 'Growth'",
        ),
        (("a", float("nan"), "USD", "2024", "A b"), "value of a must be a finite number, got nan"),
        (("a", True, "USD", "2024", "A b"), "value of a must be a finite number, got True"),
        (
            ("a", 1.0, "fraction", "2024", "Growth"),
            "unit of a must be a currency such as USD, or one of growth, share, points, times, "
            "count, probability, index, got 'fraction'",
        ),
        (
            ("a", 1.0, "index", "2024", "Concentration"),
            "note of a must say how to read an index, got nothing: such as 1 is a single part",
        ),
        (
            ("a", 1.0, "USD", "2024", "gas_bill"),
            "label of a must be words with a capital, 48 characters at most, got 'gas_bill'",
        ),
        (
            ("a", 1.0, "USD", "2024-13", "Trade"),
            "period of a must be a year, quarter or month, such as 2024, 2024Q1 or 2024-03, "
            "got '2024-13'",
        ),
    ],
)
def test_a_headline_that_is_refused(arguments, message):
    assert refused(provenance.headline, *arguments) == message


def test_a_key_message_says_something():
    message = "text must be a sentence, got nothing: say the answer"
    assert refused(provenance.key_message, "  \n") == message


def test_headline_names_are_unique():
    fact = {"name": "a", "value": 1.0, "unit": "USD", "period": "2024"}
    cell = {"outputs": [{"data": {provenance.HEADLINE: fact}}] * 2}
    message = "headline names must be unique in a report, twice: a"
    assert refused(provenance.collect, {"cells": [cell]}) == message


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "growth", "0.0 %"),
        (-0.0004, "share", "0.0 %"),
        (1.5, "growth", "150.0 %"),
        (0.0826, "points", "+8.3 points"),
        (-0.0001, "points", "0.0 points"),
        (0.01, "points", "+1.0 point"),
        (0.99974, "share", "99.97 %"),
        (1.0, "share", "100.0 %"),
        (0.4592, "times", "0.46 times"),
        (243.06, "times", "240 times"),
        (2.31, "times", "2.31 times"),
        (0.108, "probability", "0.11"),
        (36.0, "count", "36"),
        (999_999_999, "USD", "1.0 bn dollars"),
        (-2.5e9, "CNY", "−2.5 bn yuan"),
        (1.234e12, "CNY", "1,234 bn yuan"),
        (0.5, "index", "0.50"),
    ],
)
def test_numbers_for_people(value, unit, text):
    assert wording.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("code", "said"),
    [("2024", "2024"), ("2024-03", "March 2024"), ("2024Q1", "Q1 2024"), ("2024-Q4", "Q4 2024"),
     ("2024-03-01", "2024-03-01"), ("2024-13", "2024-13")],
)  # fmt: skip
def test_a_period_is_written_as_people_do(code, said):
    assert wording.period(code) == said


# ---------------------------------------------------------------- a batch that runs


def record(folder: Path, name: str) -> dict:
    return json.loads((folder / f"{name}.json").read_text())


def test_every_report_leaves_its_files_and_no_others(made):
    good = ("profile_KAZ", "profile_UZB", "warns")
    bad = ("raises", "silent", "dies")
    expected = {f"{name}.{kind}" for name in good for kind in ("html", "ipynb", "json")}
    expected |= {f"{name}.json" for name in bad} | {"index.html"}
    # Papermill's mark stands where it could be made: not in a process that has gone.
    expected |= {"raises.failed.ipynb", "silent.failed.ipynb"}
    assert {p.name for p in made.iterdir()} == expected


def test_a_record_says_what_was_made_from_what(made):
    said = record(made, "profile_UZB")
    assert said["status"] == "ok"
    assert said["parameters"] == {"partner": "UZB", "draws": 20}
    assert said["messages"] == ["Trade with UZB <doubled> & grew."]
    assert said["headlines"] == [
        {
            "name": "trade_usd",
            "value": 43.8e9,
            "unit": "USD",
            "period": "2024",
            "label": "Trade in dollars",
        },
        {"name": "growth", "value": -0.034, "unit": "growth", "period": "2024", "label": "Growth"},
    ]
    assert [s["dataset"] for s in said["snapshots"]] == ["partner_monthly"]
    assert re.fullmatch("[0-9a-f]{64}", said["snapshots"][0]["sha256"])
    assert said["versions"] == provenance.versions("silktrade")
    assert said["commit"] is None  # the project of this test is not under git
    assert said["seconds"] > 0


def test_the_notebook_comes_back_executed_and_tells_no_path(made):
    text = (made / "profile_KAZ.ipynb").read_text()
    executed = nbformat.reads(text, as_version=4)
    nbformat.validate(executed)
    injected = [c.source for c in executed.cells if "injected-parameters" in str(c.metadata)]
    assert injected == ['# Parameters\npartner = "KAZ"\ndraws = 20\n']
    assert str(made.parent) not in text


def test_failures_are_told_by_cell_and_message(made):
    assert record(made, "raises")["error"] == {
        "cell": 2,
        "code": "int('soon')",
        "type": "ValueError",
        "message": "invalid literal for int() with base 10: 'soon'",
    }
    assert record(made, "silent")["error"] == {
        "cell": None,
        "code": None,
        "type": "ValueError",
        "message": "1 figure(s) have no alternative text: draw them with a function of "
        "silktrade.figures, which describes what it draws, or give a picture its words: "
        "`![what it shows](file)`",
    }
    assert record(made, "dies")["error"] == {
        "cell": 1,
        "code": "import os",
        "type": "ProcessEnded",
        "message": "the process ended itself with exit status 3",
    }


def test_the_index_tells_the_truth(made):
    index = (made / "index.html").read_text()
    assert "7 reports, 3 failed in the last run, 1 not run yet." in index
    assert "Trade with KAZ &lt;doubled&gt; &amp; grew." in index
    assert "ValueError: invalid literal for int() with base 10: &#39;soon&#39;" in index
    assert "in code cell 2, <code>int(&#39;soon&#39;)</code>" in index
    assert index.count("There is no earlier page.") == 3
    assert "<code>silktrade run never</code>" in index
    links = re.findall(r'href="([^"#]+)"', index)
    links = [link for link in links if not link.startswith("data:")]
    assert len(links) == 12  # itself, and two more for the notebooks as they failed
    assert [link for link in links if not (made / link).is_file()] == []


# ---------------------------------------------------------------- what failures leave


def outcome(report: plan.Report, status: str, started: str) -> engine.Outcome:
    """Make an outcome without running anything."""
    said = records.record(report, None) | {"status": status, "started": started, "seconds": 1.0}
    if status == "failed":
        error = {"cell": 4, "code": "f()", "type": "KeyError", "message": "'KZ'"}
        return engine.Outcome(report, said | {"error": error})
    said |= {"messages": ["It grew."]}
    return engine.Outcome(report, said, "<p>page</p>", "{}")


def test_the_last_good_page_stays_through_failures(tmp_path):
    report = plan.Report("r", "r", Path("r.ipynb"), PROJECT, "Why?")
    store.publish(outcome(report, "ok", "2026-02-01T10:00:00+00:00"), tmp_path)
    for day in ("03", "04"):
        store.publish(outcome(report, "failed", f"2026-02-{day}T10:00:00+00:00"), tmp_path)
    assert (tmp_path / "r.html").read_text() == "<p>page</p>"
    said = record(tmp_path, "r")
    assert (said["status"], said["started"][:10]) == ("failed", "2026-02-04")
    assert (said["shown"]["status"], said["shown"]["started"][:10]) == ("ok", "2026-02-01")
    assert "shown" not in said["shown"]
    index = site.write_index(tmp_path, [report]).read_text()
    assert "in code cell 4, <code>f()</code>: KeyError: &#39;KZ&#39;" in index
    assert "The page below is the last good one, made on 1 February 2026." in index
    assert "It grew." in index
    store.publish(outcome(report, "ok", "2026-02-05T10:00:00+00:00"), tmp_path)
    assert "shown" not in record(tmp_path, "r")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    report = plan.Report("r", "r", Path("r.ipynb"), PROJECT)
    store.publish(outcome(report, "ok", "2026-02-01T10:00:00+00:00"), tmp_path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        store.publish(outcome(report, "ok", "2026-02-02T10:00:00+00:00"), tmp_path)
    assert record(tmp_path, "r")["started"][:10] == "2026-02-01"
    assert {p.name for p in tmp_path.iterdir()} == {"r.html", "r.ipynb", "r.json"}


def test_jobs_and_kernel_are_checked_before_anything_runs(monkeypatch):
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

    def missing(*_):
        raise NoSuchKernel("python3")

    message = "jobs must be at least 1, got 0"
    assert refused(engine.check, 0, engine.Limits(), False) == message
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", missing)
    with pytest.raises(RuntimeError) as error:
        engine.check_kernel()
    assert str(error.value) == "Jupyter kernel python3 is missing: run `make setup`"
    other = KernelSpec(argv=["/usr/bin/other"])
    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda *_: other)
    with pytest.raises(RuntimeError) as error:
        engine.check_kernel()
    assert str(error.value) == (
        "Jupyter kernel python3 starts /usr/bin/other, not this environment's Python: "
        "unset JUPYTER_PATH, or run `make clean setup`"
    )


def test_the_commit_is_told_with_its_dirt(tmp_path):
    assert records.git_commit(tmp_path, "silktrade") is None

    def git(*arguments):
        who = ["-c", "user.name=t", "-c", "user.email=t@t"]
        subprocess.run(["git", "-C", tmp_path, *who, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "First")
    clean = records.git_commit(tmp_path, "silktrade")
    assert re.fullmatch("[0-9a-f]{40}", clean["id"])
    assert clean["dirty"] is False
    (tmp_path / "new").touch()
    assert records.git_commit(tmp_path, "silktrade") == {"id": clean["id"], "dirty": True}
