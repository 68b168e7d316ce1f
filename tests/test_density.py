"""The projection's parts, each against the textbook or a line of NumPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from scipy import stats

from silktrade.projection import begun_year, density, fans, joint, signals, switching

NONE = (np.empty((0, 0)), *[np.empty(0)] * 4)


def predicted(growth: np.ndarray, **changes: object) -> density.Density:
    """Forecast growth without signals."""
    given = {"weight": np.ones(len(growth)), "limit": np.inf} | changes
    return density.predictive(growth, given["weight"], *NONE, 1.0, given["limit"])


def test_the_density_is_the_conjugate_one():
    growth = np.array([0.3, -0.1, 0.2, 0.05])
    made = predicted(growth)
    for i, half_life in enumerate(density.HALF_LIVES):
        a = 2.0 ** (-np.array([3, 2, 1, 0]) / half_life)
        worth = density.MEAN_WEIGHT + a.sum()
        mean = (density.MEAN_WEIGHT * density.MEAN + a @ growth) / worth
        freedom = density.SCALE_WEIGHT + a.sum()
        squares = (
            density.SCALE_WEIGHT * (0.03**2 + 0.17**2)
            + a @ (growth - mean) ** 2
            + density.MEAN_WEIGHT * (density.MEAN - mean) ** 2
        )
        assert made.mean[i] == pytest.approx(mean)
        assert made.freedom[i] == pytest.approx(freedom)
        assert made.scale[i] == pytest.approx(np.sqrt(squares / freedom * (1 + 1 / worth)))


def test_a_signal_of_nothing_moves_nothing():
    growth = np.array([0.3, -0.1, 0.2, 0.05])
    made = density.predictive(
        growth, np.ones(4), np.zeros((4, 2)), np.zeros(2), np.zeros(2),
        signals.SLOPES, signals.SLOPE_WEIGHTS, 1.0, np.inf,
    )  # fmt: skip
    plain = predicted(growth)
    np.testing.assert_allclose(made.mean, plain.mean)
    np.testing.assert_allclose(made.scale, plain.scale)


def test_of_a_sum_a_quarter_of_the_last_miss_carries_on():
    growth = np.array([0.1, 0.0, 0.1, 0.3])
    single, many = (
        density.predictive(growth, np.ones(4), *NONE, concentration, np.inf)
        for concentration in (1.0, 1e-9)
    )
    # The mean does not depend on the scale: what differs is the part that carries on.
    np.testing.assert_allclose(many.mean - single.mean, 0.25 * (0.3 - single.mean))


def test_what_is_unknown_yet_adds_its_variance():
    made = [
        density.predictive(
            np.empty(0), np.empty(0), np.empty((0, 1)), np.zeros(1), np.array([unknown]),
            np.array([0.4]), np.array([0.5]), 1.0, np.inf,
        ).scale ** 2
        for unknown in (0.0, 0.04)
    ]  # fmt: skip
    np.testing.assert_allclose(made[1] - made[0], 0.4**2 * 0.04)


def test_quantiles_are_averaged_and_stop_at_the_limit_without_an_atom():
    growth = np.array([0.3, -0.1, 0.2, 0.05])
    levels = (np.arange(1000) + 0.5) / 1000
    free, held = (predicted(growth, limit=limit) for limit in (np.inf, 0.4))
    each = [
        stats.t.ppf(levels, f) * s + m
        for m, s, f in zip(free.mean, free.scale, free.freedom, strict=True)
    ]
    np.testing.assert_allclose(free.quantile(levels), np.mean(each, axis=0))
    drawn = held.quantile(levels)
    assert drawn.max() <= 0.4
    assert len(np.unique(drawn)) == 1000
    assert free.quantile(levels).max() > 0.4, "the limit binds"


def test_the_limit_is_a_multiple_of_the_highest_year():
    values = np.array([10.0, 40.0, 20.0])
    assert np.exp(density.highest(values, 1.0)) * 20 == pytest.approx(7 * 40)
    assert np.exp(density.highest(values, 0.0)) * 20 == pytest.approx(2 * 40)


def test_growth_bridges_gaps_and_compares_like_with_like():
    years = np.array([[10.0, 10.0], [np.nan, np.nan], [20.0, np.nan], [40.0, 30.0]])
    growth, weight, span = fans.past_growth(years)
    assert np.isnan(growth[0])
    # Two years from 10 to 20 of one part, of 4/7 of the sum; a hundredth of a past high is added.
    assert growth[1] == pytest.approx(np.log(20.2 / 10.2) / 2, abs=0.02)
    assert weight[1] == pytest.approx(2 * 40 / 70)
    assert span.tolist() == [1, 2, 1]
    assert growth[2] == pytest.approx(np.log(2), abs=0.03)
    totals = np.array([20.0, 25.0, 40.0, 70.0])
    whole, weight, _ = fans.past_growth(years, totals)
    assert weight.tolist() == [1, 1, 1]
    np.testing.assert_allclose(whole, np.log(totals[1:] / totals[:-1]), atol=0.02)


def test_months_condition_as_a_gaussian_must():
    rng = np.random.default_rng(0)
    months = np.concatenate([begun_year.SEASON + 0.02 * rng.standard_normal(12) for _ in range(4)])
    annual = np.array([np.log(np.exp(months[12 * y : 12 * y + 12]).mean()) for y in range(4)])
    scales = []
    for known in range(12):
        path = np.full(60, np.nan)
        path[: 48 + known] = np.concatenate([months, begun_year.SEASON])[: 48 + known]
        said = begun_year.conditioned(path, annual, np.array([0.08]), np.array([0.15]))
        rest = np.exp(said.mean[0]) / np.exp(annual[-1]) if known else 12 * np.exp(said.mean[0])
        done = np.nansum(np.exp(path[48:])) / np.exp(annual[-1])
        scales.append(said.scale[0] * rest / (rest + done))
    assert (np.diff(scales) < 0).all(), "every month more narrows the year"
    assert scales[0] < 1, "and so do the months of the years before"
    assert scales[-1] < 0.15


def test_months_that_are_not_there_say_nothing():
    said = begun_year.conditioned(
        np.full(72, np.nan), np.zeros(4), np.array([0.1, 0.1]), np.array([0.2, 0.2])
    )
    np.testing.assert_allclose(said.mean, 0.1, atol=1e-4)
    np.testing.assert_allclose(said.scale, 1.0, atol=1e-5)
    # Working (1960): growth of annual means of a random walk is correlated by a quarter; a part of
    # that is told by the years before.
    assert 0.1 < said.carried[1] < 0.25


def test_what_is_carried_over_is_there_by_the_turn_of_the_year():
    annual, growth = np.array([0.0, 0.1, 0.3]), np.array([0.2])
    path = begun_year._prior_path(annual, growth, 0.06)
    years = np.log(np.exp(path).reshape(-1, 12).mean(axis=1))
    np.testing.assert_allclose(years, [0.0, 0.1, 0.3, 0.5], atol=1e-6)
    plain = path - np.tile(begun_year.SEASON, 4)
    # Of the growth of 0.2 the drift of 0.06 alone is left to the year itself: eleven twelfths.
    assert plain[47] - plain[36] == pytest.approx(0.06 * 11 / 12, abs=0.01)
    # December at the level that was expected of it moves nothing, one below it does.
    months = np.full(48, np.nan)
    months[35] = path[35]
    as_expected, lower = (
        begun_year.conditioned(months - less, annual, growth, np.array([0.15]), 0.06).mean[0]
        for less in (0.0, 0.1)
    )
    assert as_expected == pytest.approx(0.2, abs=0.01)
    assert lower < as_expected - 0.01


def test_the_last_miss_and_the_price_at_the_turn_are_what_is_carried_over():
    growth = np.array([0.1, 0.0, 0.1, 0.3])
    given = (np.ones(4), np.zeros((4, 1)), np.array([0.5]), np.zeros(1), np.array([0.4]),
             np.array([1e9]), 1e-9, np.inf)  # fmt: skip
    made = [density.predictive(growth, *given, turned) for turned in (0.0, np.array([0.5]))]
    mean = made[0].mean - 0.4 * 0.5
    # The mean is m + (0.3 - m) / 4, of which the second is carried over.
    assert made[0].carried == pytest.approx(np.mean(0.3 - (4 * mean - 0.3) / 3) / 4)
    assert made[1].carried - made[0].carried == pytest.approx(0.4 * 0.5)


def test_a_flow_that_comes_and_goes_is_told_from_one_that_jumps_once():
    rng = np.random.default_rng(0)
    months = np.exp(rng.normal(0, 0.3, 40))
    assert switching.kinds(months) is None
    odd = months.copy()
    odd[7] = 1e4
    assert switching.kinds(odd) is None, "one odd month is no kind"
    assert switching.kinds(np.where(np.arange(40) >= 11, np.nan, months)) is None, "too few"
    months[20:30] *= 100
    months[36:] = np.nan
    on = switching.kinds(months)
    assert np.flatnonzero(on).tolist() == list(range(20, 30))
    paths = switching.simulate(months, on)
    np.testing.assert_allclose(paths[:, :36], np.tile(months[:36], (len(paths), 1)))
    # Off for 26 months, with one switch of 25 that were followed: two of 37 with the one before.
    assert (paths[:, 36] > 10).mean() == pytest.approx(2 / (1 + 11 + 25), abs=0.02)
    rest = paths[:, 36:].sum(axis=1)
    limits = switching.limits(rest, 300.0)
    drawn = np.exp(limits.quantile((np.arange(999) + 0.5) / 999))
    assert drawn.max() < 300
    assert len(np.unique(drawn)) == 999
    months[3] = 0.0
    assert not switching.kinds(months)[3], "a month of nothing is off"


def test_a_price_is_carried_over_as_if_it_stayed():
    months = pd.period_range("2020-01", "2022-12", freq="M")
    prices = pd.Series(np.linspace(50, 85, 36), index=months)
    by_hand = np.log(prices.iloc[-1] / prices["2022"].mean())
    assert signals.carried_over(prices, range(2023, 2024), 0)[0] == pytest.approx(by_hand)
    november = prices["2022-11"].item()
    mean = (prices["2022"].iloc[:11].sum() + november) / 12
    assert signals.carried_over(prices, range(2023, 2024), -1)[0] == pytest.approx(
        np.log(november / mean)
    )
    whole = np.log(prices["2022"].mean() / prices["2021"].mean())
    assert signals.carried_over(prices, range(2022, 2023), 12)[0] == pytest.approx(whole)
    assert signals.carried_over(prices, range(2023, 2024), -12)[0] == 0


def test_expected_output_is_what_the_edition_before_said_beyond_the_usual():
    rows = [
        (2000 + y, f"{1999 + y}-10-31", 0.05) for y in range(10)
    ] + [(2010, "2009-10-31", 0.08), (2010, "2010-04-30", 0.2)]  # fmt: skip
    outlook = pd.DataFrame(rows, columns=["period", "released", "value"]).assign(
        economy="KAZ", indicator="gdp_growth"
    )
    outlook["period"] = pd.PeriodIndex(outlook["period"].astype(str), freq="Y")
    outlook["released"] = pd.to_datetime(outlook["released"])
    told = signals.expected(outlook, "KAZ", range(2009, 2012))
    np.testing.assert_allclose(told, [0.0, 0.03, 0.0], atol=1e-12)


def test_draws_agree_with_the_limits_of_the_sum():
    made = density.Density(np.array([0.1]), np.array([0.1]), np.array([9.0]), 1.0)
    step = fans.Step(made, 0.0, 12, 0.0, 0.0)
    rng = np.random.default_rng(0)
    moved = joint.shocks(rng.normal(size=(12, 2)), 400, 1, rng)
    last = np.array([1.0, 3.0])
    drawn = joint.paths([[step], [step]], [(np.arange(2), [step])], last, np.zeros(2, int),
                        np.empty((0, 2)), np.empty(0), [], moved)  # fmt: skip
    levels = (np.arange(400) + 0.5) / 400
    np.testing.assert_allclose(
        np.sort(drawn[:, 0].sum(axis=1)), 4 * np.exp(made.quantile(levels)), rtol=1e-9
    )


def test_a_projection_that_cannot_be_is_stopped():
    rng = np.random.default_rng(0)
    good = np.exp(rng.normal(0, 0.1, size=(500, 1, 2)))
    known = pd.DataFrame(np.ones((3, 2)))
    months = pd.DataFrame(np.full((3, 2), np.nan))
    names = ["KAZ export", "KAZ import"]
    joint.check(good, known, months, names)
    draw = np.arange(500)[:, None, None]
    cases = {
        "a value is no number, or below 0": np.where(good == good[7], -1.0, good),
        "KAZ import grows beyond its limit": good * np.where(draw == 3, 40, 1),
        "one value stands in": np.maximum(good, np.quantile(good, 0.05)),
        "the sum's tail is torn off from its middle": good * np.where(draw < 8, 2.4, 1),
    }
    cases["KAZ import grows beyond its limit"][:, :, 0] = good[:, :, 0]
    for what, paths in cases.items():
        said = refusal(joint.check, paths, known, months, names)
        assert said.startswith("the projection of KAZ export, KAZ import makes no sense (")
        assert what in said
