"""What is kept on disk: the same numbers either way, and never half of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from silktrade import conformal, kept

PANEL = [np.arange(1.0, 21.0) ** 1.5, np.linspace(5.0, 50.0, 25)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """Keep results in a folder of the test's own."""
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_without_a_folder_named_results_stay_beside_the_library(monkeypatch):
    monkeypatch.delenv(kept.VARIABLE)
    assert kept.folder() == Path(kept.__file__).parents[2] / ".cache"


def test_every_part_of_a_key_counts():
    keys = {
        kept.key(request, data, modules)
        for request in ("a", ("a", 1))
        for data in (b"", b"1")
        for modules in ((), ("forecast",))
    }
    assert len(keys) == 8


def test_changed_code_gets_another_key(monkeypatch):
    before = kept.key("a", b"", ["conformal"])
    assert kept._hashes() == kept._HASHES
    monkeypatch.setitem(kept._HASHES, "conformal.py", "another")
    assert kept.key("a", b"", ["conformal"]) != before
    assert kept.key("a", b"", []) == kept.key("a", b"", [])


def test_errors_of_a_panel_are_the_same_computed_and_kept(folder, monkeypatch):
    first = conformal.panel_errors(PANEL, 1, 2, model="drift")
    assert len(list(folder.glob("*.npy"))) == 1
    monkeypatch.setattr(conformal, "_panel_errors", lambda *_: pytest.fail("computed again"))
    again = conformal.panel_errors(PANEL, 1, 2, model="drift")
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    "other",
    [{"horizon": 3}, {"origins": 4}, {"step": 2}, {"model": "naive"}, {"period": 4},
     {"panel": [PANEL[0], PANEL[1] * (1 + 1e-12)]}, {"panel": PANEL[::-1]}],
)  # fmt: skip
def test_another_request_is_another_file(folder, other):
    asked = {"panel": PANEL, "period": 1, "horizon": 2, "model": "drift"}
    conformal.panel_errors(**asked)
    conformal.panel_errors(**asked | other)
    assert len(list(folder.glob("*.npy"))) == 2


def test_a_model_of_ones_own_is_never_kept(folder):
    conformal.panel_errors(PANEL, 1, 2, model=lambda values, period, steps: np.ones(steps))
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"half", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_computed_again(folder, content):
    folder.mkdir()
    (folder / "x.npy").write_bytes(content)
    assert kept.array("x", lambda: np.ones(2)).tolist() == [1.0, 1.0]
    assert kept.array("x", lambda: 1 / 0).tolist() == [1.0, 1.0]


def test_where_nothing_can_be_kept_results_are_still_given(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "file"))  # a folder cannot be made there
    assert kept.array("x", lambda: np.ones(2)).tolist() == [1.0, 1.0]
