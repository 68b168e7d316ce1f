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
from silktrade.forecasting.conformal import panel_forecast, pooled_distances, rolling_errors
from silktrade.forecasting.models import MODELS
from silktrade.forecasting.year_growth import panel_year_growth, year_growth, year_growth_errors

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


def test_beyond_the_table_limits_grow_with_the_root_of_the_horizon():
    rows = table_distances(1, 20, 24, LEVELS, "combination")
    np.testing.assert_allclose(rows[23], rows[5] * 2, rtol=1e-9)


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


def test_change_over_gaps_is_that_of_a_random_walk():
    assert change(np.array([0.0, np.nan, np.nan, np.nan, 4.0]), 1) == 2.0
    assert np.isnan(change(np.array([0.0, np.nan, 4.0]), 1)) is np.False_


def test_limits_around_zero_never_cross_it_for_what_cannot_be_negative():
    values = np.array([0.0, 3.0, 0.0, 1.0, 2.0, 0.0, 4.0] * 4)
    fan = interval(np.full(4, 1.0), values, 12, LEVELS)
    assert (fan >= 0).all() and (fan[:, 0] == 0).all()


def test_conformal_limits_cover_what_they_promise():
    """Random walks, limits learned on half of them, checked on the next value of the others."""
    panel = walks(80, 60)
    errors = [rolling_errors(v[:-1], 1, 1, model="naive") for v in list(panel.values())[:40]]
    distances = pooled_distances(errors, LEVELS)
    inside = []
    for values in list(panel.values())[40:]:
        fan = add_limits(values[-2:-1], distances, scale(values[:-1], 1, 1), False)[0]
        inside.append((fan[1] <= values[-1] <= fan[3], fan[0] <= values[-1] <= fan[4]))
    # Forty outcomes: a standard error of 6 and 3 points.
    assert np.mean(inside, axis=0) == pytest.approx([0.8, 0.95], abs=0.12)


def test_ranks_are_conformal():
    pool = [np.arange(1.0, 100.0)[:, None]]
    low, high = pooled_distances(pool, np.array([0.025, 0.975]))[0]
    # Of 99 absolute errors the one of rank ceil(100 x 0.95).
    assert (low, high) == (-95.0, 95.0)


def test_buckets_share_their_errors():
    errors = [np.tile([1.0, 2.0, 30.0], (25, 1))]
    rows = pooled_distances(errors, np.array([0.9]), buckets=[1, 3])
    assert rows[:, 0].tolist() == [2.0, 2.0, 30.0]


def test_a_panel_too_small_says_so():
    with pytest.raises(ValueError) as raised:
        pooled_distances([np.ones((5, 2))], LEVELS)
    assert str(raised.value) == (
        "errors must hold at least 20 values for steps 1 to 1, got 5; "
        "use more series or origins, or wider buckets"
    )


def test_rolling_errors_never_see_their_future():
    values = walks(1, 60)["0"]
    changed = values.copy()
    changed[-1] *= 5
    plain, other = (rolling_errors(v, 1, 2, origins=3, model="naive") for v in (values, changed))
    # Only the errors of the last period itself may move: the latest origin's second step.
    moved = plain != other
    assert moved.sum() == 1 and moved[0, 1]


def test_panel_forecasts_are_ordered_and_positive():
    fans = panel_forecast(walks(8, 50), 1, 3, model="drift")
    for fan in fans.values():
        assert fan.shape == (3, 5) and (np.diff(fan, axis=1) > 0).all() and (fan > 0).all()


def test_growth_of_the_running_year_by_hand():
    """Five months of 12 known after two years of ten a month: the rest stays at 12."""
    values = np.array([10.0] * 24 + [12.0] * 5)
    growth, _ = year_growth(values, 12, 0, model="naive")
    assert growth == pytest.approx(0.2)


def test_growth_of_the_coming_year_when_the_last_is_complete():
    values = np.array([10.0] * 20 + [10.0, 10.0, 10.0, 14.0])
    growth, _ = year_growth(values, 4, 0, model="naive")
    assert growth == pytest.approx(56 / 44 - 1)


def test_growth_errors_are_the_logarithm_of_the_totals_ratio():
    values = walks(1, 66)["0"]
    errors = year_growth_errors(values, 12, 3, origins=1, model="naive")
    history = values[:54]
    growth, size = year_growth(history, 12, 3, model="naive")
    # The first value is an April: 66 values end in September; a year earlier nine months are gone.
    year, before = values[45:57], values[33:45]
    expected = np.log(year.sum() / before.sum() / (1 + growth)) / size
    assert errors[0] == pytest.approx(expected)


def test_growth_needs_values_above_0():
    with pytest.raises(ValueError) as raised:
        year_growth(np.array([1.0, 0.0] * 20), 4, 0)
    assert str(raised.value) == (
        "values must be above 0 for a growth rate, got 0; forecast the series itself instead"
    )


def test_growth_limits_of_a_panel_are_in_order():
    panel = walks(6, 90, drift=0.01)
    fans = panel_year_growth(panel, 12, dict.fromkeys(panel, 0), model="drift", origins=4)
    assert all((np.diff(fan) > 0).all() and fan[0] > -1 for fan in fans.values())


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
