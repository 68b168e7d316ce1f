"""What is kept on disk: the same numbers either way, and never half of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import test_layout

from silktrade import cache
from silktrade.timeseries import x13

# They check and name what comes in, and no number comes from them.
PLAIN = {"codes", "schema"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """Keep results in a folder of the test's own."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    x13.run.cache_clear()  # nor does this process remember what it read in another one
    return tmp_path / "kept"


def imported_by(module: str) -> set[str]:
    """Name the files of the library that a module imports, and that these import."""
    found, new = set(), {module}
    while new:
        name = new.pop()
        found.add(name)
        new |= test_layout.imported(Path(cache.__file__).parent / f"{name}.py") - found
    return found


def test_without_a_folder_named_results_stay_beside_the_library(monkeypatch):
    monkeypatch.delenv(cache.VARIABLE)
    assert cache.folder() == Path(cache.__file__).parents[2] / ".cache"


def test_every_part_of_a_key_counts():
    keys = {
        cache.key(request, data, modules)
        for request in ("a", ("a", 1))
        for data in (b"", b"1")
        for modules in ((), ("forecasting/forecast",))
    }
    assert len(keys) == 8


def test_changed_code_gets_another_key(monkeypatch):
    before = cache.key("a", b"", ["forecasting/backtest"])
    assert cache._hashes() == cache._HASHES
    monkeypatch.setitem(cache._HASHES, "forecasting/backtest.py", "another")
    assert cache.key("a", b"", ["forecasting/backtest"]) != before
    assert cache.key("a", b"", []) == cache.key("a", b"", [])


def test_a_package_counts_with_all_its_modules_and_a_table_as_it_is_now(tmp_path, monkeypatch):
    before = cache.key("a", b"", ["forecasting/models"])
    monkeypatch.setitem(cache._HASHES, "forecasting/models/smoothing.py", "another")
    assert cache.key("a", b"", ["forecasting/models"]) != before
    monkeypatch.setattr(cache, "_HERE", tmp_path)
    (tmp_path / "limits.csv").write_text("1")
    before = cache.key("a", b"", ["limits.csv"])
    (tmp_path / "limits.csv").write_text("2")
    assert cache.key("a", b"", ["limits.csv"]) != before


@pytest.mark.parametrize("name", ["forecasting/backtest", "projection/evaluation"])
def test_what_keeps_results_names_all_the_code_behind_them(name):
    code = import_module(f"silktrade.{name.replace('/', '.')}").CODE
    told = {*code, "cache", "forecasting/__init__", *PLAIN}
    behind = imported_by(name)
    assert {f for f in behind if not any(f == t or f.startswith(f"{t}/") for t in told)} == set()


def test_a_text_is_kept_but_no_failure(folder):
    with pytest.raises(ZeroDivisionError):
        cache.text("x", lambda: str(1 / 0), str)
    assert not folder.exists()
    assert cache.text("x", lambda: "цена", str) == "цена" == cache.text("x", lambda: "-", str)


def test_a_damaged_text_is_computed_again(folder):
    folder.mkdir()
    for damaged in (b"", b"1x", b"\xff"):
        (folder / "x.txt").write_bytes(damaged)
        assert cache.text("x", lambda: "12", int) == 12
        assert (folder / "x.txt").read_text() == "12"


@pytest.mark.parametrize("lost", ["udg", "d10", "status"])
def test_a_run_of_x13_that_was_cut_short_is_refused_and_not_kept(folder, monkeypatch, lost):
    months = pd.period_range("2010-01", periods=72, freq="M")
    spec = x13.specification(pd.Series(np.exp(np.sin(np.arange(72.0))), months))
    whole = x13.subprocess.run

    def killed(command: list, cwd: str, **options: object) -> object:
        done = whole(command, cwd=cwd, **options)
        if lost == "status":
            done.returncode = -9
        else:
            (Path(cwd) / f"series.{lost}").unlink()
        return done

    with monkeypatch.context() as patch:
        patch.setattr(x13.subprocess, "run", killed)
        with pytest.raises(x13.X13Error, match="before its time"):
            x13.run(spec)
    assert not list(folder.glob("*"))
    assert x13.run(spec).tables["d11"].notna().all()


def test_x13_is_run_once_for_all_processes(monkeypatch):
    months = pd.period_range("2010-01", periods=72, freq="M")
    spec = x13.specification(pd.Series(np.exp(np.sin(np.arange(72.0))), months))
    first = x13.run(spec)
    x13.run.cache_clear()  # as in a new process
    monkeypatch.setattr(x13.subprocess, "run", lambda *_, **__: pytest.fail("run again"))
    again = x13.run(spec)
    pd.testing.assert_frame_equal(first.tables, again.tables)
    assert first.said == again.said


def test_a_refusal_of_x13_is_not_kept(folder):
    for _ in range(2):
        with pytest.raises(x13.X13Error, match="No time series specified"):
            x13.run("series{ }")
    assert not list(folder.glob("*"))


def test_where_nothing_can_be_kept_results_are_still_given(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))  # a folder cannot be made there
    assert cache.text("x", lambda: "12", int) == 12
