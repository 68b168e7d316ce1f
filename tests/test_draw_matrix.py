"""Draws as a matrix: laid out and back, in any order, with what is missing left missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import silktrade as st
from silktrade.projection.matrix import HEAD, Matrix, as_draws, checked, long, wide
from silktrade.schema import DRAWS, validate

DAY = "2024-06-30"


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return st.project(
        st.load_trade(as_of=DAY), 2, models=["random_walk", "climatology"], draws=100, as_of=DAY
    )


def test_there_and_back(paths):
    matrix = wide(paths)
    assert matrix.values.shape == (10 * 3 * 2, 100)
    pd.testing.assert_frame_equal(as_draws(matrix, "USD"), paths)


def test_a_projection_is_draws(paths):
    """The check looks at the lowest and highest draw only: here it looks at all."""
    pd.testing.assert_frame_equal(validate(paths, DRAWS), paths)


@pytest.mark.parametrize(
    "broken",
    [
        lambda rows: rows.assign(flow=rows["flow"].mask(rows.index == 7, "barter")),
        lambda rows: rows.assign(value=rows["value"].mask(rows.index == 7, -1.0)),
        lambda rows: rows.assign(value=rows["value"].mask(rows.index == 7)),
        lambda rows: rows.assign(draw=rows["draw"].mask(rows.index == 7)),
        lambda rows: rows.assign(currency=rows["currency"].mask(rows.index == 7, "CNY")),
        lambda rows: pd.concat([rows, rows.iloc[[7]]], ignore_index=True),
        lambda rows: rows.drop(columns="horizon"),
    ],
    ids=["code", "negative", "missing", "no draw", "currencies", "repeated", "column"],
)
def test_rows_that_break_a_rule_are_named_as_validate_names_them(paths, broken):
    rows = broken(paths)
    with pytest.raises(ValueError) as theirs:
        validate(rows, DRAWS)
    with pytest.raises(ValueError) as ours:
        checked(rows)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize(
    "retyped",
    [
        lambda rows: rows.assign(period=rows["period"].astype(str)),
        lambda rows: rows.assign(partner=rows["partner"].astype("category")),
        lambda rows: rows.assign(draw=rows["draw"].astype(float)),
        lambda rows: rows.astype({"value": object}),
    ],
    ids=["period", "category", "draw", "value"],
)
def test_rows_of_other_types_are_converted_as_validate_converts_them(paths, retyped):
    for ours, theirs in zip(checked(retyped(paths)), wide(paths), strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(ours), pd.DataFrame(theirs))


def test_a_draw_without_a_number_is_refused_the_last_one_too(paths):
    rows = paths.assign(draw=paths["draw"].mask(paths["draw"] == paths["draw"].max()))
    with pytest.raises(ValueError, match="column draw: must not be missing"):
        checked(rows)


def test_the_order_of_the_rows_does_not_matter(paths):
    mixed = wide(paths.sample(frac=1, random_state=3))
    for ours, theirs in zip(mixed, wide(paths), strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_what_is_missing_stays_missing(paths):
    fewer = paths.drop(index=[0, 150, 777]).reset_index(drop=True)
    matrix = wide(fewer)
    assert np.isnan(matrix.values).sum() == 3
    pd.testing.assert_frame_equal(as_draws(matrix, "USD"), fewer)
    ours = st.intervals(fewer, quantiles=(0.1, 0.5))
    theirs = fewer.groupby(HEAD)["value"].quantile([0.1, 0.5]).unstack()
    # Two ways to interpolate between the same two draws.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_sum_without_one_part_is_no_sum(paths):
    """Of a draw in which one partner is missing there is no region."""
    first = paths.iloc[0]
    region = st.aggregate(paths.iloc[1:], partners=True)
    same = ["flow", "model", "period", "draw"]
    assert not (region[same] == first[same]).all(axis=1).any()
    assert len(region) == len(st.aggregate(paths, partners=True)) - 1


def test_growth_keeps_to_its_draw(paths):
    grown = st.projected_growth(paths).set_index([*HEAD, "draw"])["growth"]
    levels = paths.set_index(["partner", "flow", "model", "draw", "period"])["value"].unstack()
    first, second = levels.columns
    ours = grown.droplevel(["reporter", "product", "origin", "horizon", "period"])
    theirs = (levels[second] / levels[first] - 1).reorder_levels(ours.index.names)
    np.testing.assert_allclose(ours, theirs.reindex(ours.index), rtol=1e-12)


def test_what_breaks_the_schema_is_refused(paths):
    matrix = wide(paths)
    for wrong, rule in ((-1.0, "must be 0 or more"), (np.inf, "must be a finite number")):
        values = matrix.values.copy()
        values[3, 50] = wrong
        with pytest.raises(ValueError, match=f"column value: {rule}"):
            as_draws(matrix._replace(values=values), "USD")
    mixed = paths.assign(currency=np.where(paths["draw"] == 5, "CNY", "USD"))
    with pytest.raises(ValueError, match="column currency: mixes USD and CNY"):
        st.aggregate(mixed, partners=True)


def test_no_draws_are_an_empty_matrix(paths):
    heads, values, draws = wide(paths.iloc[:0])
    assert heads.columns.tolist() == HEAD
    assert values.shape == (0, 0) and len(draws) == 0
    assert long(Matrix(heads, values, draws)).empty
