"""A release later: nothing is pinned to the newest vintage by accident, and pages move with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import COMMAND, ROOT
from grown import LATER, grown

from silktrade.data import vintages

FILES = ("test_calendar", "test_data", "test_derived", "test_loaders", "test_revisions")
# No matter of the folder, of days long past, or held by `silktrade check` as well.
APART = ("newer_vintage_of_everything", "new_lost_and_revised", "known_of_2021", "summed_up",
         "extends", "days_of_release")  # fmt: skip
OTHERS = " and ".join(f"not {name}" for name in APART)


@pytest.fixture(scope="module")
def later(tmp_path_factory) -> dict[str, str]:
    """Name a data folder a release later to the processes that are to read it."""
    folder = tmp_path_factory.mktemp("later") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(vintages.FOLDER_VARIABLE, str(folder))
        grown(folder)
    return os.environ | {vintages.FOLDER_VARIABLE: str(folder)}


def said(command: list[str], later: dict[str, str]) -> str:
    """Run a command in the checkout, against that folder; give what it said."""
    done = subprocess.run(command, cwd=ROOT, env=later, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_tests_of_the_data_are_green_a_release_later(later):
    files = [f"tests/{name}.py" for name in FILES]
    quick = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"]
    assert " passed" in said([*quick, *files, "-k", OTHERS], later)


def test_check_and_status_are_right_a_release_later(later):
    assert "failed" not in said([*COMMAND, "check"], later)
    assert LATER in said([*COMMAND, "status"], later)


def test_a_rolling_report_moves_to_the_new_vintage_without_a_network(later, tmp_path: Path):
    offline = later | {f"SILKTRADE_{p}_URL": "http://127.0.0.1:9" for p in ("GACC", "FX", "IMF")}
    said([*COMMAND, "run", "data_coverage", "--reports", str(tmp_path)], offline)
    record = json.loads((tmp_path / "data_coverage.json").read_text())
    assert record["parameters"]["as_of"] == LATER
    assert f"gacc/{LATER}/partner_monthly.csv" in json.dumps(record)
    page = (tmp_path / "data_coverage.html").read_text()
    assert re.search(f"not due before [^<]*{LATER[:4]}", page)
