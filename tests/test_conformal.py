"""Limits learned from a panel, by hand; what tests/test_calibration.py holds is not said again."""

from __future__ import annotations

import numpy as np
import pytest

from silktrade.forecasting.calibration import scale
from silktrade.forecasting.conformal import (
    ahead,
    enough,
    panel_forecast,
    pooled_distances,
    rolling_errors,
)
from silktrade.forecasting.models.seasonality import bridge

LEVELS = np.array([0.1, 0.5, 0.9])


def walk(length: int, seed: int = 0) -> np.ndarray:
    """Simulate a series above 0 that moves by a twentieth a period."""
    return np.exp(3 + np.cumsum(np.random.default_rng(seed).normal(0, 0.05, length)))


def last(values: np.ndarray, period: int, horizon: int) -> np.ndarray:
    """Forecast the last value, as a model of one's own."""
    return np.full(horizon, values[-1])


@pytest.mark.parametrize("step", [1, 3])
def test_rolling_errors_by_hand(step):
    values, horizon, origins = walk(40), 3, 4
    ours = rolling_errors(values, 1, horizon, origins=origins, step=step, model="naive")
    for number in range(origins):
        origin = 40 - horizon - number * step
        size = np.mean(np.abs(np.diff(np.log(values[:origin]))))
        came = values[origin : origin + horizon]
        np.testing.assert_allclose(ours[number], np.log(came / values[origin - 1]) / size)


def test_a_model_may_be_a_function():
    values = walk(60)
    ours, theirs = (rolling_errors(values, 12, 4, model=m) for m in (last, "naive"))
    np.testing.assert_array_equal(ours, theirs)


def test_gaps_are_bridged_for_the_model_and_teach_nothing():
    values = walk(40)
    values[[20, 38]] = np.nan
    ours = rolling_errors(values, 1, 2, origins=3, model="drift")
    # Origins after 38, 37 and 36 values; the value at 38 never came.
    assert np.isnan(ours).tolist() == [[True, False], [False, True], [False, False]]
    path, _ = ahead(values[:37], 1, 2, "drift")
    whole = bridge(values[:37], 1)
    np.testing.assert_allclose(path, whole[-1] + np.mean(np.diff(whole)) * np.array([1, 2]))


def test_what_is_before_the_first_value_does_not_count():
    values = walk(30)
    late = np.concatenate([[np.nan] * 5, values])
    ours, theirs = (rolling_errors(v, 1, 2, origins=3, model="drift") for v in (late, values))
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("history", "period", "says"),
    [
        (np.arange(8.0), 1, True),
        (np.arange(7.0), 1, False),
        (np.arange(36.0), 12, True),
        (np.arange(35.0), 12, False),
        (np.full(20, 3.0), 1, False),
        (np.append(np.arange(20.0), np.nan), 1, False),
        (np.append(np.nan, np.arange(8.0)), 1, True),
        (np.array([]), 1, False),
    ],
)
def test_enough_is_eight_years_or_three_of_months_that_move(history, period, says):
    assert bool(enough(history, period)) is says


def test_origins_before_the_series_teach_nothing():
    ours = rolling_errors(walk(12), 1, 2, origins=12, model="naive")
    assert np.isfinite(ours).all(axis=1).tolist() == [True] * 3 + [False] * 9


def test_limits_of_a_panel_by_hand():
    panel = {str(i): walk(40, i) for i in range(6)}
    fans = panel_forecast(panel, 1, 2, quantiles=LEVELS, origins=4, model="naive")
    errors = np.vstack([rolling_errors(v, 1, 2, origins=4, model="naive") for v in panel.values()])
    for name, values in panel.items():
        size = scale(values, 1, 2).size
        for step in range(2):
            far = np.sort(np.abs(errors[:, step]))[int(np.ceil(25 * 0.8)) - 1] * size[step]
            expected = values[-1] * np.exp(far * np.array([-1, 0, 1]))
            np.testing.assert_allclose(fans[name][step], expected)


def test_errors_of_both_signs_are_pooled():
    low, middle, high = pooled_distances([np.arange(1.0, 31.0)[:, None]], LEVELS)[0]
    assert low == -high and middle == 0


def test_limits_of_what_may_be_negative_go_below_0():
    rng = np.random.default_rng(1)
    walks = {name: np.cumsum(rng.normal(size=40)) for name in "abcdef"}
    fans = panel_forecast(walks, 1, 1, quantiles=LEVELS, model="naive")
    assert min(fan.min() for fan in fans.values()) < 0
    counts = {name: np.abs(values).round() for name, values in walks.items()}
    fans = panel_forecast(counts, 1, 1, quantiles=LEVELS, model="naive")
    assert min(fan.min() for fan in fans.values()) == 0
