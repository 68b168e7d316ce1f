"""The forecasters: equal to statsmodels, to hand calculation, and to their own recursions."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.structural import UnobservedComponents

import silktrade as st
from silktrade import models
from silktrade.models import Fit

HORIZON = 6
every_model = pytest.mark.parametrize("name", models.MODELS)


def noisy(count: int = 40, seed: int = 3) -> np.ndarray:
    """Make logs whose level and slope both wander, so that every parameter matters."""
    rng = np.random.default_rng(seed)
    slope = 0.1 + np.cumsum(0.03 * rng.standard_normal(count))
    return 3 + np.cumsum(slope + 0.1 * rng.standard_normal(count))


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return noisy()


@pytest.fixture(scope="module")
def fits(values) -> dict[str, Fit]:
    return {name: model(values, HORIZON) for name, model in models.MODELS.items()}


def etsm(values: np.ndarray) -> ETSModel:
    return ETSModel(values, error="add", trend="add", damped_trend=True)


@every_model
def test_a_fit_has_its_shapes(fits, values, name):
    fit = fits[name]
    assert fit.path.shape == fit.psi.shape == (HORIZON,)
    assert fit.residuals.shape == values.shape
    assert np.isfinite(fit.path).all()
    assert fit.psi[0] == 1.0
    assert np.isnan(fit.residuals[0])


def test_the_random_walk_by_hand():
    fit = models.random_walk(np.array([1.0, 3.0, np.nan, 4.0, 6.0]), 2)
    assert fit.path.tolist() == [6.0, 6.0]
    np.testing.assert_array_equal(fit.residuals, [np.nan, 2.0, np.nan, np.nan, 2.0])


def test_drift_by_hand(values, fits):
    slope = np.diff(values).mean()
    np.testing.assert_allclose(fits["drift"].path, values[-1] + slope * np.arange(1, 7))
    np.testing.assert_allclose(fits["drift"].residuals[1:], np.diff(values) - slope)
    assert fits["drift"].psi.tolist() == [1.0] * HORIZON


def test_the_damped_trend_is_that_of_statsmodels(values, fits):
    oracle = etsm(values).fit(disp=0)
    np.testing.assert_array_equal(fits["damped_trend"].path, oracle.forecast(HORIZON))
    np.testing.assert_array_equal(fits["damped_trend"].residuals[1:], oracle.resid[1:])


def test_theta_is_that_of_statsmodels(values, fits):
    oracle = ThetaModel(values, period=1, deseasonalize=False).fit()
    np.testing.assert_array_equal(fits["theta"].path, oracle.forecast(HORIZON))


def test_the_local_linear_trend_is_that_of_statsmodels(values, fits):
    oracle = UnobservedComponents(values, "local linear trend").fit(disp=0)
    fit = fits["local_linear_trend"]
    np.testing.assert_array_equal(fit.path, oracle.forecast(HORIZON))
    np.testing.assert_array_equal(fit.residuals[2:], oracle.resid[2:])
    assert np.isnan(fit.residuals[:2]).all(), "two states start diffuse"


def test_errors_of_theta_are_those_of_its_two_parts(values, fits):
    found = ThetaModel(values, period=1, deseasonalize=False).fit().params
    alpha, slope = found["alpha"], found["b0"]
    smooth = SimpleExpSmoothing(values, initialization_method="known", initial_level=values[0])
    level = smooth.fit(smoothing_level=alpha, optimized=False).fittedvalues
    seen = np.arange(len(values))
    line = slope / 2 * (1 / alpha - (1 - alpha) ** seen / alpha)
    np.testing.assert_allclose(fits["theta"].residuals[1:], (values - level - line)[1:])


def test_psi_of_the_damped_trend_is_what_a_shock_does(values, fits):
    found = etsm(values).fit(disp=0).params
    shocked = values.copy()
    shocked[-1] += 1
    later, before = (etsm(v).smooth(found).forecast(HORIZON - 1) for v in (shocked, values))
    assert found[1] > 0.01, "the slope answers too"
    np.testing.assert_allclose(fits["damped_trend"].psi[1:], later - before)


def test_psi_of_theta_is_what_a_shock_does(values, fits):
    found = ThetaModel(values, period=1, deseasonalize=False).fit().params
    smooth = [
        SimpleExpSmoothing(v, initialization_method="known", initial_level=v[0])
        .fit(smoothing_level=found["alpha"], optimized=False)
        .forecast(HORIZON - 1)
        for v in (values, np.append(values[:-1], values[-1] + 1))
    ]
    np.testing.assert_allclose(fits["theta"].psi[1:], smooth[1] - smooth[0])


def test_psi_of_the_local_linear_trend_is_what_a_shock_does():
    long = noisy(80)
    found = UnobservedComponents(long, "local linear trend").fit(disp=0).params
    shocked = long.copy()
    shocked[-1] += 1
    later, before = (
        UnobservedComponents(v, "local linear trend").filter(found).forecast(HORIZON - 1)
        for v in (shocked, long)
    )
    # The gain after 60 periods against the gain after 80: both have settled to six places.
    ours = models.local_linear_trend(long, HORIZON).psi[1:]
    np.testing.assert_allclose(ours, later - before, atol=1e-6)


def test_simulate_is_the_recursion_of_the_damped_trend(values, fits):
    oracle = etsm(values).fit(disp=0)
    alpha, beta, phi = oracle.params[:3]
    level, slope = oracle.initial_level, oracle.initial_trend
    for error in oracle.resid:
        level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
    errors = np.random.default_rng(1).standard_normal(HORIZON)
    by_hand = []
    for error in errors:
        by_hand.append(level + phi * slope + error)
        level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
    ours = fits["damped_trend"].simulate(errors[None, :])[0]
    np.testing.assert_allclose(ours, by_hand)


def test_simulate_by_hand():
    fit = Fit(np.array([10.0, 20.0, 30.0]), np.array([1.0, 0.5, 0.25]), np.array([]))
    paths = fit.simulate(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 4.0], [0.0, 0.0, 0.0]]))
    assert paths.tolist() == [[11.0, 20.5, 30.25], [10.0, 22.0, 35.0], [10.0, 20.0, 30.0]]


@every_model
def test_a_unit_of_measure_shifts_the_path_alone(values, fits, name):
    fit = models.MODELS[name](values + np.log(1000), HORIZON)
    # The optimisers stop at a slightly other place: relative to a step of about 0.1, a hundredth.
    np.testing.assert_allclose(fit.path - np.log(1000), fits[name].path, atol=2e-3)


@every_model
def test_a_fit_is_the_same_twice_and_leaves_its_values_alone(values, fits, name):
    given = values.copy()
    again = models.MODELS[name](given, HORIZON)
    np.testing.assert_array_equal(given, values)
    np.testing.assert_array_equal(again.path, fits[name].path)
    np.testing.assert_array_equal(again.residuals, fits[name].residuals)


@every_model
def test_a_longer_horizon_changes_nothing_nearer(values, fits, name):
    further = models.MODELS[name](values, HORIZON + 3)
    np.testing.assert_allclose(further.path[:HORIZON], fits[name].path)
    np.testing.assert_allclose(further.psi[:HORIZON], fits[name].psi)
    assert models.MODELS[name](values, 1).psi.tolist() == [1.0]


@every_model
def test_a_gap_has_no_errors_and_does_no_harm(values, name):
    broken = values.copy()
    broken[20:22] = np.nan
    fit = models.MODELS[name](broken, HORIZON)
    assert np.isfinite(fit.path).all()
    assert np.isnan(fit.residuals[20:23]).all(), "the gap, and the first error after it"
    assert np.isfinite(fit.residuals[[19, 23]]).all()


def test_gaps_stay_gaps_in_state_space(values):
    broken = values.copy()
    broken[20:22] = np.nan
    oracle = UnobservedComponents(broken, "local linear trend").fit(disp=0)
    np.testing.assert_array_equal(
        models.local_linear_trend(broken, HORIZON).path, oracle.forecast(HORIZON)
    )


def test_gaps_are_bridged_by_the_smoothed_level(values):
    broken = values.copy()
    broken[20:22] = np.nan
    whole = broken.copy()
    fitted = UnobservedComponents(broken, "local linear trend").fit(disp=0)
    whole[20:22] = fitted.level.smoothed[20:22]
    assert values[19:23].min() - 0.5 < whole[20:22].min() < values[19:23].max() + 0.5
    np.testing.assert_array_equal(
        models.damped_trend(broken, HORIZON).path, etsm(whole).fit(disp=0).forecast(HORIZON)
    )
    theta = ThetaModel(whole, period=1, deseasonalize=False).fit()
    np.testing.assert_array_equal(models.theta(broken, HORIZON).path, theta.forecast(HORIZON))


@every_model
def test_unknown_ends_move_the_dates_and_not_the_model(values, fits, name):
    padded = np.concatenate([[np.nan] * 3, values, [np.nan] * 2])
    fit = models.MODELS[name](padded, HORIZON - 2)
    # The horizon counts from the end of the array, two periods after the last known value.
    # Optimisers stop at a slightly other place: a hundredth of a percent in logs.
    np.testing.assert_allclose(fit.path, fits[name].path[2:], atol=1e-4)
    assert fit.residuals.shape == padded.shape
    assert np.isnan(fit.residuals[[0, 1, 2, 3, -2, -1]]).all()
    np.testing.assert_allclose(fit.residuals[3:-2], fits[name].residuals, atol=1e-4)


@every_model
def test_a_constant_series_stays_where_it_is(name):
    fit = models.MODELS[name](np.full(20, 5.0), HORIZON)
    np.testing.assert_allclose(fit.path, 5.0, rtol=1e-6)  # of an optimiser on a flat likelihood
    known = fit.residuals[np.isfinite(fit.residuals)]
    np.testing.assert_allclose(known, 0.0, atol=1e-5)


@every_model
def test_a_straight_line_goes_on(name):
    line = 1 + 0.1 * np.arange(30)
    path = models.MODELS[name](line, 1).path
    if name == "theta":  # half the slope of the line, about the last value
        assert line[-1] + 0.04 < path[0] < line[-1] + 0.101
    else:
        np.testing.assert_allclose(path, line[-1] + 0.1, atol=0.01)  # damping is at most 0.98


@pytest.mark.parametrize("name", ["drift", "damped_trend", "theta"])
@pytest.mark.parametrize("known", [0, 1])
def test_too_short_a_series(name, known):
    short = np.array([1.0, np.nan, np.nan])[:3] if known else np.full(3, np.nan)
    with pytest.raises(ValueError) as error:
        models.MODELS[name](short, 1)
    assert str(error.value) == (
        f"a model needs at least 2 known values, got {known}: give a longer history"
    )


@every_model
def test_no_warning_leaves_a_model(values, name):
    broken = values.copy()
    broken[[5, 30]] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models.MODELS[name](broken, HORIZON)
        models.MODELS[name](np.full(12, 2.0), HORIZON)


def test_a_series_is_laid_on_its_periods():
    periods = pd.PeriodIndex(["2019", "2020", "2022"], freq="Y")
    logs = models.series_of(pd.Series([1.0, np.e, np.e**2], index=periods))
    np.testing.assert_allclose(logs, [0.0, 1.0, np.nan, 2.0])


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_a_value_that_has_no_logarithm(wrong):
    periods = pd.period_range("2020", periods=2, freq="Y")
    with pytest.raises(ValueError) as error:
        models.series_of(pd.Series([1.0, wrong], index=periods))
    assert str(error.value) == (f"values must be above 0 on the log scale, got {wrong} in 2021")


@every_model
def test_every_series_of_ours_can_be_fitted(name):
    for _, group in st.load_trade(as_of="2023-12-31").groupby(["partner", "flow"]):
        fit = models.MODELS[name](models.series_of(group.set_index("period")["value"]), 2)
        # No path may leave the plausible: within a factor of e² of the last value in two years.
        assert np.abs(fit.path - np.log(group["value"].iloc[-1])).max() < 2
