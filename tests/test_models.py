"""The models against statsmodels, X-13's own rules, and hand calculation."""

import subprocess

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from silktrade.forecasting.models import (
    MODELS,
    arima,
    limit,
    naive,
    point_forecast,
    point_forecasts,
    prefit,
    smoothing,
)
from silktrade.forecasting.models.pool import repeats
from silktrade.forecasting.models.seasonality import (
    adjust,
    autocorrelation,
    bridge,
    deseasonalise_shrunk,
    is_seasonal,
    moving_average,
    seasonal_indices,
)
from silktrade.forecasting.models.smoothing import corrected_aic, extend, fit, misses


def series(length=60, period=12, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(length)
    return np.exp(4 + 0.01 * t + 0.3 * np.sin(2 * np.pi * t / period) + rng.normal(0, 0.05, length))


def test_autocorrelation_is_statsmodels():
    values = series()
    np.testing.assert_allclose(autocorrelation(values, 12), acf(values, nlags=12)[1:], rtol=1e-9)


@pytest.mark.parametrize("period", [4, 12])
@pytest.mark.parametrize("kind", ["multiplicative", "additive"])
def test_seasonal_indices_are_statsmodels(period, kind):
    values = series(61, period)
    expected = seasonal_decompose(values, model=kind, period=period)
    found = seasonal_indices(values, period, kind == "multiplicative")
    np.testing.assert_allclose(found, expected.seasonal[:period], rtol=1e-9)
    np.testing.assert_allclose(moving_average(values, period), expected.trend, rtol=1e-9)


def test_only_seasonal_series_are_adjusted_by_the_test():
    noise = 100 + np.random.default_rng(0).normal(size=60)
    assert is_seasonal(series(), 12) and not is_seasonal(noise, 12)
    np.testing.assert_array_equal(adjust(noise, 12, 3).values, noise)
    assert np.std(np.diff(np.log(adjust(series(), 12, 3).values))) < 0.1


def test_shrinking_believes_a_clear_season_and_not_a_noisy_one():
    clear = deseasonalise_shrunk(series(), 12, 12).season
    noise = np.exp(np.random.default_rng(0).normal(0, 0.05, 60))
    full = seasonal_indices(noise, 12, True)
    noisy = deseasonalise_shrunk(noise, 12, 12).season
    np.testing.assert_allclose(clear, seasonal_indices(series(), 12, True), atol=0.02)
    assert np.std(noisy) < np.std(full) / 2


@pytest.mark.parametrize("trend", [False, True])
def test_smoothing_errors_are_statsmodels(trend):
    """At our parameters and states, statsmodels' recursion leaves our errors."""
    values = np.log(series())
    model = fit(values, trend)
    kind = {"trend": "add", "damped_trend": True} if trend else {}
    states = dict(zip(["initial_level", "initial_trend"], model.start, strict=False))
    theirs = ETSModel(values, error="add", initialization_method="known", **kind, **states)
    weights = [model.alpha, model.beta, model.phi] if trend else [model.alpha]
    result = theirs.smooth([*weights, *model.start])
    np.testing.assert_allclose(result.resid, model.errors, atol=1e-8)
    np.testing.assert_allclose(result.forecast(6), extend(model, 6), rtol=1e-8)


@pytest.mark.parametrize("trend", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_smoothing_fits_as_well_as_statsmodels(trend, seed):
    values = np.log(series(seed=seed)) + np.cumsum(np.random.default_rng(seed).normal(0, 0.1, 60))
    kind = {"trend": "add", "damped_trend": True} if trend else {}
    theirs = ETSModel(values, error="add", initialization_method="estimated", **kind)
    best = np.sum(np.square(theirs.fit(disp=False).resid))
    # Along the damping parameter the sum is flat: ours stops within one percent. (statsmodels'
    # search stays at its start in two of the five, with nearly twice the sum.)
    assert np.sum(fit(values, trend).errors ** 2) <= best * 1.01


def test_corrected_aic_against_its_formula():
    errors = np.random.default_rng(0).normal(size=30)
    plain = 30 * np.log(errors @ errors / 30) + 2 * 4
    expected = plain + 2 * 4 * 5 / (30 - 4 - 1)
    np.testing.assert_allclose(corrected_aic(errors, errors, 4), expected, rtol=1e-9)
    assert corrected_aic(errors[:5], errors[:5], 4) == np.inf


def test_misses_of_a_random_walk_grow_with_the_root_of_the_horizon():
    walk = np.cumsum(np.random.default_rng(0).normal(size=4000))
    found = misses(walk, np.full(4000, True), 9)
    # Mean absolute value of a standard normal, and its sampling error with 4,000 steps.
    np.testing.assert_allclose(found[[0, 8]], np.sqrt(2 / np.pi) * np.array([1, 3]), rtol=0.1)


def test_airline_on_a_log_scale_is_near_statsmodels():
    values = series(96)
    x13 = arima.regarima(values, 12, 12, (0, 1, 1))
    theirs = arima.by_statsmodels(values, 12, 12, (0, 1, 1))
    # X-13 may find outliers and estimates exactly; statsmodels starts diffusely.
    np.testing.assert_allclose(x13, theirs, rtol=0.05)


@pytest.fixture
def forgetful(monkeypatch):
    """Forget what X-13 has forecast in this process."""
    monkeypatch.setattr(arima, "_paths", {})


@pytest.mark.skipif(arima.binary_path is None, reason="X-13 is not built here")
def test_x13_forecasts_in_company_as_alone(forgetful):
    """One run for all gives each its own path, and one that fails takes no other with it."""
    specs = [
        arima.specification(arima.scaled(series(n, p))[0], p, 6, order)
        for n, p in ((60, 12), (20, 1), (40, 4), (25, 1))
        for order in ((0, 1, 1), (1, 1, 0))
    ]
    mixed = [*specs[:3], "no specification", *specs[3:]]
    together = arima.x13(mixed)
    assert [len(path) for path in together] == [6 * (spec in specs) for spec in mixed]
    for spec, path in zip(mixed, together, strict=True):
        np.testing.assert_array_equal(path, arima.x13([spec])[0])


@pytest.mark.skipif(arima.binary_path is None, reason="X-13 is not built here")
def test_what_was_prepared_is_not_run_again(forgetful, monkeypatch):
    panel = [series(seed=seed) for seed in range(3)]
    alone = [point_forecast(values, 12, 6) for values in panel]
    arima._paths.clear()
    smoothing._fitted.clear()
    prefit(panel, 12, 6, ["combination"])
    monkeypatch.setattr(arima, "x13", lambda specs: pytest.fail("run again") if specs else [])
    monkeypatch.setattr(smoothing, "search", lambda *_: pytest.fail("searched again"))
    for values, path in zip(panel, alone, strict=True):
        np.testing.assert_array_equal(point_forecast(values, 12, 6), path)


@pytest.mark.skipif(arima.binary_path is None, reason="X-13 is not built here")
def test_what_the_program_refuses_is_asked_once_and_left_out(forgetful, monkeypatch):
    """Every month as a year ago: once differenced, nothing is left to fit."""
    again = np.tile(np.arange(1.0, 13), 4)
    assert arima.arima(again, 12, 6, (0, 1, 1)) is None
    monkeypatch.setattr(arima, "x13", lambda specs: pytest.fail("run again") if specs else [])
    np.testing.assert_allclose(arima.airline(again, 12, 6), MODELS["drift"](again, 12, 6))


def test_a_program_that_was_too_slow_is_asked_again(monkeypatch, forgetful):
    def fails(*args, **kwargs):
        raise subprocess.TimeoutExpired("x13as", 10)

    monkeypatch.setattr(arima, "binary_path", lambda: "x13as")
    monkeypatch.setattr(arima.subprocess, "run", fails)
    assert arima.by_x13(series(), 12, 3, (0, 1, 1)) is None
    assert not arima._paths
    np.testing.assert_array_equal(arima.airline(series(), 12, 3), MODELS["drift"](series(), 12, 3))


def test_where_the_program_is_not_built_statsmodels_stands_in(monkeypatch, forgetful):
    monkeypatch.setattr(arima, "binary_path", None)
    plain = series() / np.mean(series())
    np.testing.assert_allclose(
        arima.airline(series(), 12, 3) / np.mean(series()),
        arima.by_statsmodels(plain, 12, 3, (0, 1, 1)),
        rtol=1e-9,
    )
    monkeypatch.setattr(arima, "by_statsmodels", lambda *args: None)
    np.testing.assert_array_equal(arima.airline(series(), 12, 3), MODELS["drift"](series(), 12, 3))


@pytest.mark.skipif(arima.binary_path is None, reason="X-13 is not built here")
@pytest.mark.parametrize(("period", "order"), [(12, (0, 1, 1)), (4, (2, 1, 0)), (1, (0, 2, 2))])
def test_beyond_its_reach_the_program_goes_on_as_its_model_would(period, order):
    """Without a logarithm, for the series has negatives; those orders' forecasts end up so."""
    values = series(60, period) - np.mean(series(60, period))
    path = arima.regarima(values, period, 150, order)
    np.testing.assert_allclose(path[:120], arima.regarima(values, period, 120, order))
    year = path[period:] - path[:-period]
    # Autoregressions fade; the program prints 15 digits.
    np.testing.assert_allclose(year[-31:], year[-31 - period : -period], atol=1e-6)


def test_the_program_is_given_ten_seconds(monkeypatch, forgetful):
    given = {}
    monkeypatch.setattr(arima, "binary_path", lambda: "x13as")
    monkeypatch.setattr(arima.subprocess, "run", lambda *args, **kwargs: given.update(kwargs))
    arima.by_x13(series(), 12, 3, (0, 1, 1))
    assert given["timeout"] == 10.0


def test_the_specification_leaves_logarithm_and_outliers_to_x13():
    text = arima.specification(np.array([1.0, 2.5]), 12, 18, (0, 1, 1))
    assert "transform{ function=auto }" in text and "outlier{ }" in text
    assert "model=(0 1 1)(0 1 1)" in text and "maxlead=18" in text and "1\n2.5" in text
    text = arima.specification(np.array([-1.0, 2.5]), 1, 6, (1, 1, 0))
    assert "function=none" in text and "model=(1 1 0) " in text


def test_the_simple_ones_by_hand():
    values = np.array([1.0, 4.0, 2.0, 5.0, 3.0, 6.0])
    np.testing.assert_array_equal(naive(values, 2, 2), [6, 6])
    np.testing.assert_array_equal(MODELS["seasonal_naive"](values, 2, 3), [3, 6, 3])
    np.testing.assert_allclose(MODELS["drift"](values, 1, 2), [7, 8])


@pytest.mark.parametrize("model", list(MODELS))
def test_no_model_sees_what_comes_after(model):
    """The path from an origin does not move when all that follows changes."""
    values = series(90)
    changed = np.concatenate([values[:70], values[70:] * 9])
    paths = [point_forecast(v[:70].copy(), 12, 6, model) for v in (values, changed)]
    np.testing.assert_array_equal(*paths)


def test_point_forecasts_are_those_of_each_model():
    values = series(50)
    for model, path in point_forecasts(values, 12, 5).items():
        np.testing.assert_array_equal(path, point_forecast(values, 12, 5, model))


def test_limits_cut_explosions_and_leave_trends():
    values = np.arange(10.0, 20.0)
    np.testing.assert_array_equal(limit(np.arange(20.0, 30.0), values), np.arange(20.0, 30.0))
    assert limit(np.array([1e9, np.inf, np.nan, -5.0]), values).tolist() == pytest.approx(
        [19 + 9 * 1.1, 19 + 9 * 1.2, 19.0, 100 / 19]
    )


def test_series_of_one_year_take_their_season_from_the_naive_forecast():
    values = series(18)
    flat = np.mean([MODELS[m](values, 12, 12) for m in ("dotm", "ets")], axis=0)
    pool, season = MODELS["combination"](values, 12, 12), MODELS["seasonal_naive"](values, 12, 12)
    assert np.corrcoef(pool, season)[0, 1] > 0.95
    assert np.std(flat) < np.std(pool) < np.std(season)


@pytest.mark.parametrize("period", [12, 4])
def test_a_second_year_judges_how_far_it_repeats_the_first(period):
    season = np.random.default_rng(1).permutation(period) + 1.0
    for length in range(period + 1, 2 * period + 2):
        again = np.resize(season, length)
        assert repeats(again, period) == 1
        path = MODELS["combination"](again, period, period)
        np.testing.assert_allclose(path, np.roll(season, -(length % period)), rtol=1e-12)
        # A straight line is no season, the more clearly the longer the year.
        assert repeats(np.arange(float(length)), period) < (0.02 if period == 12 else 0.5)
    assert repeats(season, period) == 0.5


def test_bridge_keeps_what_is_known_and_the_season():
    values = series(60)
    holed = values.copy()
    holed[[20, 21, 40]] = np.nan
    filled = bridge(holed, 12)
    known = ~np.isnan(holed)
    np.testing.assert_array_equal(filled[known], values[known])
    # The noise of the series is 5 %, and a gap's ends carry it too.
    np.testing.assert_allclose(filled[~known], values[~known], rtol=0.2)
