"""The table of limits, and those that a panel learns from itself."""

import os

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

import silktrade as st
from silktrade.forecasting import calibration
from silktrade.forecasting.calibration import (
    HORIZONS,
    LENGTHS,
    PROBABILITIES,
    NaiveScale,
    add_limits,
    between_probabilities,
    change,
    interval,
    scale,
    scaled_errors,
    spread_table,
    stretch,
    table_distances,
)
from silktrade.forecasting.models import MODELS

LEVELS = np.array([0.025, 0.1, 0.5, 0.9, 0.975])


def walks(count, length, seed=0, drift=0.0):
    rng = np.random.default_rng(seed)
    steps = rng.normal(drift, 0.05, (count, length))
    return {str(i): np.exp(3 + np.cumsum(row)) for i, row in enumerate(steps)}


def test_the_table_is_whole():
    table = spread_table()
    expected = [
        (model, period, length, horizon)
        for model in sorted(MODELS)
        for period in (1, 4, 12)
        for length in LENGTHS[period]
        for horizon in HORIZONS[period]
    ]
    assert list(table.index) == expected
    assert [float(column) for column in table.columns] == list(PROBABILITIES)
    assert (np.diff(table.to_numpy(), axis=1) >= 0).all()
    assert (table["0.5"] == 0).all()


def test_interpolation_goes_through_the_table_and_on_along_normal_scores():
    distances = ndtri(np.array(PROBABILITIES))[None] * 2
    wanted = np.array([0.001, 0.0333, 0.5, 0.9, 0.999])
    np.testing.assert_allclose(
        between_probabilities(distances, wanted)[0], 2 * ndtri(wanted), rtol=1e-9, atol=1e-12
    )


def test_between_two_probabilities_a_limit_lies_on_their_chord():
    scores = ndtri(np.array(PROBABILITIES))
    between = np.array([0.07, 0.85, 0.992])
    np.testing.assert_allclose(
        between_probabilities(scores[None] ** 3, between)[0],
        np.interp(ndtri(between), scores, scores**3),
    )


def test_beyond_the_table_limits_grow_with_the_root_of_the_horizon():
    rows = table_distances(1, 20, 24, LEVELS, "combination")
    np.testing.assert_allclose(rows[23], rows[5] * 2, rtol=1e-9)
    last = spread_table().loc[("combination", 1, LENGTHS[1][-1], HORIZONS[1][-1])]
    np.testing.assert_allclose(rows[5], last[["0.025", "0.1", "0.5", "0.9", "0.975"]])


@pytest.mark.parametrize("unit", [0.0, 5.0])
def test_errors_and_limits_are_inverse(unit):
    path, around = np.array([2.0, 3.0, 40.0]), NaiveScale(np.array([0.1, 0.5, 2.0]), unit)
    actual = np.array([2.5, 1.0, 400.0])
    errors = scaled_errors(actual, path, around)
    np.testing.assert_allclose(
        add_limits(path, errors[:, None], around, True)[:, 0], actual, rtol=1e-9
    )


def test_stretch_is_smooth_and_increasing():
    points = np.linspace(-3, 5, 801)
    assert (np.diff(stretch(points)) > 0).all()
    np.testing.assert_allclose(stretch(np.array([1 - 1e-9, 1 + 1e-9])), np.e, rtol=1e-8)


def test_scale_does_not_depend_on_the_unit():
    values = walks(1, 60)["0"]
    for series in (values, values - 30):
        plain, large = scale(series, 12, 6), scale(series * 1000, 12, 6)
        np.testing.assert_allclose(large.size, plain.size, rtol=1e-6)
        np.testing.assert_allclose(large.unit, plain.unit * 1000, rtol=1e-9)


def test_a_series_that_moves_twice_as_far_has_twice_the_scale():
    steps = np.cumsum(np.random.default_rng(0).normal(0, 1e-4, 60))
    once, twice = (scale(np.exp(times * steps), 12, 6).size for times in (10, 20))
    assert (np.diff(once) > 0).all(), "further ahead errors are larger"
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-2)  # small changes of logarithms add up
    # Less than a year and a quarter of months says nothing of the horizon.
    few, more = (scale(np.exp(10 * steps[:n]), 12, 6).size for n in (14, 15))
    assert len(set(few)) == 1 < len(set(more))


def test_change_over_gaps_is_that_of_a_random_walk():
    assert change(np.array([0.0, np.nan, np.nan, np.nan, 4.0]), 1) == 2.0
    assert np.isnan(change(np.array([0.0, np.nan, 4.0]), 1)) is np.False_


def test_limits_around_zero_never_cross_it_for_what_cannot_be_negative():
    values = np.array([0.0, 3.0, 0.0, 1.0, 2.0, 0.0, 4.0] * 4)
    fan = interval(np.full(4, 1.0), values, 12, LEVELS)
    assert (fan >= 0).all() and (fan[:, 0] == 0).all()


def test_the_table_frame_is_read_once():
    assert spread_table() is spread_table()
    assert isinstance(spread_table(), pd.DataFrame)


def test_a_rewritten_table_is_read_anew(tmp_path, monkeypatch):
    """Results are kept by what the table holds now, so they are computed from that."""
    place = tmp_path / "interval_table.csv"
    table = spread_table()
    given = (12, 60, 3, LEVELS, "drift")
    monkeypatch.setattr(calibration, "TABLE", place)
    found = []
    for factor in (1, 10):
        (table * factor).to_csv(place)
        os.utime(place, ns=(factor, factor))  # the clock of a disk may be coarse
        found.append(table_distances(*given))
    np.testing.assert_allclose(found[1], found[0] * 10)


def test_a_model_that_the_table_does_not_know_has_the_limits_of_the_naive_one(monkeypatch):
    values = np.exp(np.cumsum(np.random.default_rng(5).normal(0.05, 0.1, 40)))
    months = pd.Series(values, pd.period_range("2020-01", periods=40, freq="M"))
    monkeypatch.setitem(MODELS, "mine", MODELS["naive"])
    mine, naive = (st.forecast(months, 6, model=name) for name in ("mine", "naive"))
    pd.testing.assert_frame_equal(mine, naive)
