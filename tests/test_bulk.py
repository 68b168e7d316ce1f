"""Bulk files: few rows out of many, within bounds, and each key once."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from conftest import refusal
from providers import FIVE, UN, un_row

from silktrade.sources import bulk

HEAD = list(un_row("CHN", "KAZ", "X", "203106", 1.0))


def written(path: Path, rows: list[dict], head: list[str] = HEAD) -> Path:
    lines = ["\t".join(head)]
    lines += ["\t".join("" if r[k] is None else str(r[k]) for k in HEAD) for r in rows]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def wanted() -> list[dict]:
    """Make both sides' reports with the five."""
    pairs = [("CHN", p) for p in FIVE] + [(p, "CHN") for p in FIVE if p != "TKM"]
    return [
        un_row(r, p, f, "203106", 100.0 + i, cmdCode=c)
        for i, (r, p) in enumerate(pairs) for f in "XM" for c in ("TOTAL", "27", "84")
    ]  # fmt: skip


def others(many: int) -> list[dict]:
    """Make rows that are not wanted: other partners, parts beside sums, longer codes."""
    chance = random.Random(7)
    base = un_row("CHN", "KAZ", "X", "203106", 9.0)
    changes = (
        {"partnerCode": 842}, {"motCode": 2100}, {"customsCode": "C01"}, {"partner2Code": 156},
        {"flowCode": "RX"}, {"cmdCode": "270900"}, {"reporterCode": 842},
    )  # fmt: skip
    return [base | chance.choice(changes) for _ in range(many)]


@pytest.mark.parametrize("name", ["month.txt", "month.txt.gz"])
def test_what_is_wanted_is_found_among_the_rest(tmp_path, name):
    rows = wanted() + others(20_000)
    random.Random(1).shuffle(rows)
    found = bulk.rows(written(tmp_path / name, rows), FIVE)
    assert len(found) == len(wanted())
    kaz = found.set_index(["reporter", "partner", "flow", "product"])["value"]
    assert kaz["CHN", "KAZ", "import", "27"] == 100.0
    assert set(found["valuation"]) == {"fob", "cif"}
    assert set(found["period"].astype(str)) == {"2031-06"}


def test_capitals_of_the_header_do_not_matter(tmp_path):
    head = [name[0].upper() + name[1:] for name in HEAD]
    found = bulk.rows(written(tmp_path / "month.txt", wanted(), head), FIVE)
    assert len(found) == len(wanted())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (others(50), "no row of China"),
        ([*wanted(), wanted()[0]], "2 rows for 1 keys, such as CHN KAZ export TOTAL"),
        ([un_row("CHN", "KAZ", "X", "203106", 1.0, fobvalue=None)], "another valuation"),
        ([un_row("CHN", "KAZ", "X", "203106", 1.0, primaryValue="many")], "a value is missing"),
        (
            [un_row("CHN", "KAZ", "X", "203106", 1.0) | {"period": "2031-06"}],
            "a month as 203106",
        ),
    ],
)
def test_a_file_that_is_not_right_is_refused(tmp_path, rows, says):
    assert says in refusal(bulk.rows, written(tmp_path / "month.txt", rows), FIVE)


def test_a_file_without_a_column_or_cut_off_is_refused(tmp_path):
    head = ["mot" if name == "motCode" else name for name in HEAD]
    path = written(tmp_path / "month.txt", wanted(), head)
    assert 'column "motCode" not found' in refusal(bulk.rows, path, FIVE)
    whole = written(tmp_path / "month.txt.gz", wanted() + others(5000))
    whole.write_bytes(whole.read_bytes()[:2000])
    assert "cannot be read" in refusal(bulk.rows, whole, FIVE)


def test_the_numbers_of_the_test_are_those_of_the_library():
    from silktrade import codes

    assert {iso: codes.COMTRADE[iso] for iso in UN} == UN
