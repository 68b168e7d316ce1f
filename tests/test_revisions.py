"""How vintages differ, and what may not happen between them."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from hypothesis import given, settings
from hypothesis import strategies as st

import silktrade
from silktrade import schema, tables
from silktrade.data import revisions, snapshots

HELD = snapshots.find("gacc", "partner_monthly")
ROWS = snapshots.read(HELD)


def test_nothing_differs_from_itself():
    change = revisions.extends(ROWS, ROWS, schema.TRADE)
    assert not change
    assert revisions.described(change) == f"nothing is new; none of {len(ROWS)} values revised"


@settings(deadline=None, max_examples=30)  # rows are alike: which are dropped is no kind
@given(st.sets(st.integers(0, len(ROWS) - 1), max_size=20),
       st.sets(st.integers(0, len(ROWS) - 1), max_size=20))  # fmt: skip
def test_new_lost_and_revised_are_what_was_done(dropped, moved):
    left = ROWS.drop(index=list(dropped))
    value = left["value"].where(~left.index.isin(moved), left["value"] * 1.5 + 1)
    change = revisions.extends(ROWS, left.assign(value=value), schema.TRADE)
    assert len(change.lost) == len(dropped)
    assert len(change.revised) == len(moved - dropped)
    assert len(change.new) == 0
    back = revisions.extends(left, ROWS, schema.TRADE)
    assert len(back.new) == len(dropped)


def test_a_value_that_was_nought_has_no_relative_size():
    old = ROWS.assign(value=0.0)
    change = revisions.extends(old, ROWS, schema.TRADE)
    assert np.isinf(change.revised["change"]).all()


def test_a_rate_moves_by_points():
    rows = {"economy": ["CHN"], "indicator": ["gdp_growth"], "period": ["2031"], "value": [0.0001],
            "unit": ["fraction"]}  # fmt: skip
    old = pd.DataFrame(rows)
    change = revisions.extends(old, old.assign(value=0.0301), schema.INDICATOR)
    assert change.revised["change"].item() == pytest.approx(0.03)


def test_what_later_vintages_revised_is_summed_up():
    found = silktrade.revised_data().set_index(["source", "dataset"])
    moved = silktrade.revisions("worldbank", "commodity_prices")
    row = found.loc[("worldbank", "commodity_prices")]
    assert row["revised"] == len(moved)
    assert row["largest"] == moved["change"].abs().max()
    assert row["vintages"] > 1
    assert (found["revised"] <= found["compared"]).all()
    early = silktrade.revised_data("2021-01-01")
    assert early.empty
    assert list(early.columns) == list(found.reset_index().columns)


def test_a_lost_key_is_named():
    change = revisions.extends(ROWS, ROWS.iloc[1:], schema.TRADE)
    text = refusal(revisions.expect_extended, change, schema.TRADE, HELD)
    first = " ".join(str(v) for v in ROWS.iloc[0][list(schema.TRADE.key)])
    assert f"1 of the {len(ROWS)} keys of {HELD.vintage} are missing: {first}" in text


def test_an_edition_of_the_outlook_may_drop_a_few_values():
    held = snapshots.find("imf", "world_economic_outlook")
    rows = snapshots.read(held)
    few = revisions.extends(rows, rows.iloc[5:], schema.INDICATOR)
    revisions.expect_extended(few, schema.INDICATOR, held)
    many = revisions.extends(rows, rows.iloc[100:], schema.INDICATOR)
    assert "100 of the" in refusal(revisions.expect_extended, many, schema.INDICATOR, held)


def test_every_bundled_vintage_extends_the_one_before():
    listed = snapshots.catalogue()
    for _, group in itertools.groupby(listed, key=lambda s: (s.source, s.dataset)):
        for old, new in itertools.pairwise(group):
            kind = schema.SCHEMAS[new.schema]
            change = revisions.extends(snapshots.read(old), snapshots.read(new), kind)
            revisions.expect_extended(change, kind, old)


def test_revisions_are_public():
    moved = silktrade.revisions("worldbank", "commodity_prices")
    assert list(moved.columns) == [*schema.INDICATOR.key, "earlier", "vintage", "then", "now",
                                   "change"]  # fmt: skip
    assert (moved["vintage"] > moved["earlier"]).all()
    np.testing.assert_allclose(moved["now"] / moved["then"] - 1, moved["change"])
    assert silktrade.revisions("naturalearth", "outlines").empty  # there is one


def test_a_data_set_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="no snapshot of gacc/nothing"):
        silktrade.revisions("gacc", "nothing")


def test_periods_are_named_or_spanned():
    months = pd.DataFrame({"period": pd.period_range("2031-01", periods=5, freq="M")})
    none = months.iloc[:0]
    for rows, says in (
        (months.iloc[:1], "2031-01 is new"),
        (months.iloc[:2], "2031-01, 2031-02 are new"),
        (months, "2031-01 to 2031-05 are new (5 periods)"),
    ):
        assert revisions.described(revisions.Change(rows, none, none, 0)) == says


def test_sizes_of_revisions_stand_without_sign_and_unit():
    # The table mixes levels (percent) and rates (points), and a size goes up as often as down.
    row = {"source": "imf", "dataset": "world_economic_outlook", "vintages": 2, "compared": 1337,
           "revised": 671, "typical": 0.007, "largest": 1.3644}  # fmt: skip
    shown = tables.revisions(pd.DataFrame([row])).to_html()
    assert ">136.44<" in shown and ">0.70<" in shown
