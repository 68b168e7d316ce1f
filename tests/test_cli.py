"""The command line as a person meets it: what it prints, refuses, and returns."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from conftest import COMMAND, PATIENCE, ROOT, batch, notebook, until

from presswork import plan
from silktrade import cli
from silktrade.data import snapshots, vintages


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Make a project of two notebooks, and stand in it."""
    monkeypatch.chdir(tmp_path)
    notebook(
        tmp_path / "notebooks" / "a.ipynb", "assert len(partner) == draws",
        parameters='partner: str = "KAZ"  # whose trade\ndraws: int = 3', title="How big?",
    )  # fmt: skip
    notebook(tmp_path / "notebooks" / "b.ipynb", "x = 1", title="How fast?")
    batch(
        tmp_path,
        profile={"notebook": "a.ipynb", "grid": {"partner": ["KAZ", "UZB"]}},
        speed={"notebook": "b.ipynb"},
    )
    return tmp_path


def test_list(project, capsys):
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().out == (
        "profile_KAZ  How big?\nprofile_UZB  How big?\nspeed        How fast?\n"
    )


def test_list_from_a_folder_inside_the_project(project, capsys, monkeypatch):
    monkeypatch.chdir(project / "notebooks")
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().out.count("\n") == 3


def test_describe(project, capsys):
    assert cli.main(["describe", "profile"]) == 0
    assert capsys.readouterr().out == (
        "profile: How big?\n"
        "notebook: a.ipynb\n"
        "reports: profile_KAZ, profile_UZB\n"
        "\n"
        "parameter  type  default  here      meaning\n"
        "partner    str   KAZ      KAZ, UZB  whose trade\n"
        "draws      int   3        3\n"
    )
    assert cli.main(["describe", "speed"]) == 0
    assert capsys.readouterr().out.endswith("takes no parameters\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["describe", "sped"], "report 'sped' is not in the batch: did you mean 'speed'?"),
        (["run", "profil"], "report 'profil' is not in the batch: did you mean 'profile'?"),
        (
            ["run", "speed", "-p", "draws", "3"],
            "parameter 'draws' is in none of the chosen reports: there are none",
        ),
        (
            ["run", "-p", "draws", "three"],
            "draws must be int, got 'three': give a whole number such as 2024",
        ),
        (
            ["run", "-p", "partner", "PAK"],
            "partner must be one of KAZ, UZB, got 'PAK': "
            "other values need a line in the grid of the batch file",
        ),
        (
            ["run", "-p", "partner", "Казахстан"],
            "partner must be one of KAZ, UZB, got 'Казахстан': write 'KAZ'",
        ),
        (
            ["bundle", "pages.tar"],
            "the bundle must be a file that ends in .zip, got 'pages.tar'",
        ),
        (["run", "--jobs", "0"], "jobs must be at least 1, got 0"),
        (
            ["list", "--batch", "no.yml"],
            "batch file no.yml does not exist: name another with --batch FILE",
        ),
    ],
)
def test_a_wrong_request_is_one_line_and_leaves_nothing(project, capsys, arguments, message):
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == f"silktrade: {message}\n"
    assert not (project / "reports").exists()


@pytest.mark.parametrize("arguments", [[], ["sun"], ["run", "--jobs", "two"], ["add", "gacc"]])
def test_what_is_no_command_is_one_line_too(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    said = capsys.readouterr().err
    assert end.value.code == 2 and said.count("\n") == 1
    assert said.endswith("--help` tells more\n")


def test_outside_a_project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err == (
        f"silktrade: no notebooks/batch.yml in {tmp_path} or above: "
        "run inside the project, or name one with --batch FILE\n"
    )


def test_run_tells_of_each_report_and_returns_1_where_one_failed(project, capsys):
    wrong = ["-p", "draws", "4"]
    assert cli.main(["run", "profile_KAZ", "speed", *wrong, "--reports", "out"]) == 1
    lines = capsys.readouterr().out.splitlines()
    seconds = r" +\d+\.\d s  "
    assert len(lines) == 3
    told = "\n".join(sorted(lines[:2]))
    name = "profile_KAZ--draws-4"  # no page of the batch is replaced
    assert re.fullmatch(
        rf"{name}{seconds}failed: code cell 2: AssertionError: no message\n"
        f"speed {' ' * 15}{seconds}ok",
        told,
    )
    assert re.fullmatch(r"1 ok, 1 failed in \d+\.\d s: out/index.html", lines[2])
    assert json.loads((project / "out" / f"{name}.json").read_text())["parameters"] == {
        "partner": "KAZ",
        "draws": 4,
    }


def test_ctrl_c_leaves_nothing_half_written_and_nothing_running(project, ctrl_c):
    notebook(
        project / "notebooks" / "b.ipynb",
        f"open({str(project / 'begun')!r}, 'w').close()\nimport time\ntime.sleep(300)",
    )
    run = subprocess.Popen(
        [*COMMAND, "run"], cwd=project, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until((project / "begun").exists, "the report begins")
    family = psutil.Process(run.pid).children(recursive=True)
    assert len(family) >= 2  # the server that forks, and a worker
    os.killpg(run.pid, signal.SIGINT)
    _, complaint = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert complaint == "silktrade: stopped; finished reports are in place\n"
    assert psutil.wait_procs(family, timeout=PATIENCE)[1] == []
    left = {path.name for path in (project / "reports").iterdir() if path.name != ".lock"}
    whole = {f"profile_{p}.{kind}" for p in ("KAZ", "UZB") for kind in ("html", "ipynb", "json")}
    assert left <= whole | {"index.html", "manifest.json"}


def test_check_tells_of_every_snapshot(capsys):
    assert cli.main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(snapshots.catalogue())
    assert all(line.startswith("ok      ") for line in lines)


def test_check_returns_1_where_a_snapshot_is_not_what_it_says(tmp_path, monkeypatch, capsys):
    good = snapshots.find("gacc", "partner_monthly")
    folder = tmp_path / "gacc" / good.vintage
    folder.mkdir(parents=True)
    csv = good.path.read_text()
    (folder / "partner_monthly.csv").write_text(csv.replace("\n", "\r\n"))
    sidecar = good.path.with_suffix(".yml").read_text()
    (folder / "partner_monthly.yml").write_text(sidecar)
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(tmp_path))
    assert cli.main(["check"]) == 1
    line = capsys.readouterr().out
    assert line.startswith(f"failed  gacc/{good.vintage}/partner_monthly: ")
    assert good.sha256[:12] in line


def test_help_names_the_commands():
    told = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    for command in ("run", "list", "describe", "check"):
        assert re.search(rf"^    {command} ", told, re.MULTILINE)


@pytest.mark.parametrize("day", ["01.02.2024", "05/06/2024", "2024", "today", "2024-02-31"])
@pytest.mark.parametrize("name", ["as_of", "judged_on"])
def test_a_day_that_is_none_is_refused_before_anything_runs(tmp_path, capsys, name, day):
    wanted = ["run", "growth_projections", "--reports", str(tmp_path / "r"), "-p", name, day]
    assert cli.main(wanted) == 2
    told = capsys.readouterr().err
    assert f"{name} must be a day as YYYY-MM-DD" in told and f"got {day!r}" in told
    assert not (tmp_path / "r").exists()


def test_a_wrong_day_of_a_rolling_report_is_refused_as_a_day(tmp_path):
    said = {"as_of": "31/12/2023", "forecast_year": "next"}
    book = str(ROOT / "notebooks" / "08_growth_projections.ipynb")
    path = batch(tmp_path, next={"notebook": book, "parameters": said})
    (report,) = plan.load_batch(path, cli.PROJECT)
    assert "as_of must be a day as YYYY-MM-DD, got '31/12/2023'" in report.problem


@pytest.mark.parametrize(("name", "said", "word"), [
    ("as_of", "today", "newest"), ("as_of", "Newest", "newest"), ("forecast_year", "Next", "next"),
])  # fmt: skip
def test_a_word_that_rolls_is_told_for_one_like_it(tmp_path, name, said, word):
    book = str(ROOT / "notebooks" / "08_growth_projections.ipynb")
    path = batch(tmp_path, next={"notebook": book, "parameters": {name: said}})
    (report,) = plan.load_batch(path, cli.PROJECT)
    assert report.problem.startswith(f"{path.name}: next: {name} must be ")
    assert report.problem.endswith(f"or {word}, got {said!r}: write {word!r}")
