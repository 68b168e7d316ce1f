"""Runs with other parameters than the batch's: pages of their own, and what rolls."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import batch, notebook

from presswork import bundle, cluster, inputs, plan, records, site
from silktrade import cli

SAY = """from silktrade.report import headline, key_message
key_message(f"{partner} in {year}.")
headline("trade_usd", float(year), "USD", str(year), "Trade")"""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Make a project of one group over partners, and stand in it."""
    monkeypatch.chdir(tmp_path)
    notebook(
        tmp_path / "notebooks" / "a.ipynb", SAY, title="How big?",
        parameters='partner: str = "KAZ"  # whose trade\nyear: int = 2024  # of the trade',
    )  # fmt: skip
    batch(tmp_path, profile={"notebook": "a.ipynb", "grid": {"partner": ["KAZ", "UZB"]}})
    return tmp_path


def planned(project: Path, *pairs: tuple[str, str], resolve=None) -> list[plan.Report]:
    told = cli.PROJECT if resolve is None else replace(cli.PROJECT, resolve=resolve)
    return plan.override(plan.load_batch(project / "notebooks" / "batch.yml", told), pairs)


def test_the_batchs_own_values_are_no_run_apart(project):
    assert [r.name for r in planned(project, ("year", "2024"))] == ["profile_KAZ", "profile_UZB"]
    assert [r.name for r in planned(project, ("partner", "UZB"))] == ["profile_UZB"]


def test_other_values_have_a_name_of_their_own(project):
    made = planned(project, ("year", "2031"))
    assert [r.name for r in made] == ["profile_KAZ--year-2031", "profile_UZB--year-2031"]
    assert [r.apart for r in made] == ["profile_KAZ", "profile_UZB"]
    assert made[0].grid == {"partner": "KAZ", "year": 2031}


def test_a_run_apart_is_the_same_on_a_cluster(project, tmp_path):
    for pairs in ([], [("year", "2031")]):
        report = planned(project, *pairs)[0]
        parcel = cluster._parcel(report, None)
        folder = tmp_path / f"there{len(pairs)}"
        for name, content in parcel["files"].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        given, asked = cli._without_parameters(["run", *parcel["request"]])
        whole = plan.load_batch(folder / "batch.yml", cli.PROJECT)
        (there,) = plan.override(plan.choose(whole, given[1:]), asked)
        assert (there.name, there.parameters, there.grid) == (
            report.name, report.parameters, report.grid
        )  # fmt: skip


def test_a_path_that_is_given_is_not_told_by_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = 'file: str = "x"\nfiles: list[str] = []'
    notebook(tmp_path / "notebooks" / "a.ipynb", "x = 1", parameters=source)
    batch(tmp_path, one={"notebook": "a.ipynb"})
    for name in ("file", "files"):
        (made,) = planned(tmp_path, (name, "/home/secret/b.csv"))
        told = f"{made.name} {records.record(made, None)} {inputs.static(made)}"
        assert "b-csv" in made.name
        assert "secret" not in told


@pytest.mark.parametrize("value", ["a b/c\\..", "é" * 300, "x" * 300])
def test_a_name_is_a_files_name_whatever_the_value(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "notebooks" / "a.ipynb", "x = 1", parameters='text: str = "a"')
    batch(tmp_path, one={"notebook": "a.ipynb"})
    (made,) = planned(tmp_path, ("text", value))
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", made.name)
    assert len(made.name) <= 100


def test_a_run_apart_replaces_no_page_and_is_listed_apart(project):
    assert cli.main(["run"]) == 0
    folder = project / "reports"
    before = {p.name: p.read_bytes() for p in folder.glob("profile_*")}
    assert cli.main(["run", "profile_KAZ", "-p", "year", "2031"]) == 0
    assert {p.name: p.read_bytes() for p in folder.glob("profile_*")}.items() >= before.items()
    record = json.loads((folder / "profile_KAZ--year-2031.json").read_text())
    assert record["apart"] == "profile_KAZ"
    index = (folder / "index.html").read_text()
    shared, apart = index.split("data-apart", 1)
    assert site.APART in apart
    assert "profile_KAZ--year-2031.html" in apart
    assert "year-2031" not in shared
    assert "2 reports" in shared
    assert cli.main(["run"]) == 0  # it stays listed after a run of the batch
    assert "profile_KAZ--year-2031.html" in (folder / "index.html").read_text()


def test_the_bundle_leaves_it_out_unless_asked(project):
    cli.main(["run"])
    cli.main(["run", "profile_KAZ", "-p", "year", "2031"])
    for asked in (False, True):
        target = project / "all.zip"
        names = bundle.write(project / "reports", target, apart=asked)
        assert ("profile_KAZ--year-2031.html" in names) == asked
        with zipfile.ZipFile(target) as archive:
            assert ("year-2031" in archive.read("index.html").decode()) == asked


def resolve(given: dict[str, object]) -> dict[str, object]:
    """Let a word stand for a year, another one if it is of Uzbekistan."""
    year = 2029 if given.get("partner") == "UZB" else 2031
    return given | ({"year": year} if given.get("year") == "newest" else {})


@pytest.fixture
def rolling(project) -> Path:
    batch(
        project,
        now={"notebook": "a.ipynb", "parameters": {"year": "newest"}},
        then={"notebook": "a.ipynb", "parameters": {"year": 2023}},
    )
    return project


def test_a_word_is_resolved_when_the_batch_is_planned(rolling):
    now, then = planned(rolling, resolve=resolve)
    assert (now.parameters["year"], then.parameters["year"]) == (2031, 2023)
    assert (now.rolling, then.rolling) == ({"year": "newest"}, {})


def test_a_word_that_stands_for_nothing_is_a_problem_of_its_report(rolling):
    now, then = planned(rolling)
    assert "year" in now.problem
    assert not then.problem


def test_what_is_given_reaches_what_rolls_alone(rolling):
    now, then = planned(rolling, ("year", "2028"), resolve=resolve)
    assert (now.parameters["year"], then.parameters["year"]) == (2028, 2023)
    assert (now.apart, then.apart) == ("now", "")
    same, _ = planned(rolling, ("year", "newest"), resolve=resolve)
    assert same.apart == ""


def test_what_a_word_stands_for_follows_from_what_is_given(rolling):
    now, then = planned(rolling, ("partner", "UZB"), resolve=resolve)
    assert (now.parameters, then.parameters["year"]) == ({"partner": "UZB", "year": 2029}, 2023)
    assert now.asked == {"partner": "UZB", "year": "2029"}
    pairs = [("year", "2024"), ("partner", "UZB")]
    for given in (pairs, pairs[::-1]):  # what is asked for itself stays, whatever comes first
        assert planned(rolling, *given, resolve=resolve)[0].parameters["year"] == 2024
    pairs = [("year", "newest"), ("partner", "UZB")]
    for given in (pairs, pairs[::-1]):  # and a word follows, whatever comes first
        now, _ = planned(rolling, *given, resolve=resolve)
        assert (now.parameters["year"], now.asked) == (2029, {"partner": "UZB", "year": "2029"})


def test_what_a_word_stands_for_follows_from_the_point_of_a_grid(project):
    entry = {"notebook": "a.ipynb", "parameters": {"year": "newest"}}
    batch(project, both=entry | {"grid": {"partner": ["KAZ", "UZB"]}})
    made = planned(project, resolve=resolve)
    assert [(r.name, r.parameters["year"]) for r in made] == [
        ("both_KAZ", 2031), ("both_UZB", 2029)
    ]  # fmt: skip


def test_what_is_pinned_is_reached_where_nothing_rolls(rolling):
    reports = plan.load_batch(rolling / "notebooks" / "batch.yml",
                              replace(cli.PROJECT, resolve=resolve))  # fmt: skip
    (then,) = plan.override(plan.choose(reports, ["then"]), [("year", "2028")])
    assert (then.parameters["year"], then.apart) == (2028, "then")
