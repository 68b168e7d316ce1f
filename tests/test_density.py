"""The projection's parts, each against the textbook or a line of NumPy."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from scipy import special, stats

from silktrade.projection import begun_year, density, fans, joint, project, signals, switching

NONE = (np.empty((0, 0)), *[np.empty(0)] * 4)


def predicted(growth: np.ndarray, **changes: object) -> density.Density:
    """Forecast growth without signals."""
    given = {"weight": np.ones(len(growth)), "concentration": 1.0, "limit": np.inf} | changes
    return density.predictive(
        growth, given["weight"], *NONE, given["concentration"], given["limit"]
    )


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
        unseen = 1 + 2 * (1 / 4 - 1 / 12)  # by four growth rates, of a dozen's leaps
        assert made.scale[i] == pytest.approx(np.sqrt(unseen * squares / freedom * (1 + 1 / worth)))


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


def test_what_carries_on_narrows_and_is_measured_beside_the_signal():
    given = {"growth": np.array([0.1, 0.0, 0.1, 0.3]), "weight": np.ones(4), "ahead": np.zeros(1),
             "unknown": np.zeros(1), "slope_weights": np.array([1e9]), "limit": np.inf}  # fmt: skip
    signals = np.array([[0.0], [0.2], [0.0], [0.5]])
    # The slope stands firm at 0.4: that is growth less 0.4 of the signal, and no signal at all.
    plain, told = (
        density.predictive(
            **given | {"growth": given["growth"] - less}, signals=0 * signals + seen,
            slopes=np.array([0.4]), concentration=1e-9,
        )
        for less, seen in ((0.4 * signals[:, 0], 0.0), (0.0, signals))
    )  # fmt: skip
    np.testing.assert_allclose(told.mean, plain.mean, rtol=1e-6)  # as firm as 1e9 years make it
    # Of the variance a sixteenth is told by the year before: Working (1960).
    made = predicted(given["growth"], concentration=1e-9)
    for i, half_life in enumerate(density.HALF_LIVES):
        a = 2.0 ** (-np.arange(4)[::-1] / half_life)
        worth = density.MEAN_WEIGHT + a.sum()
        mean = (density.MEAN_WEIGHT * density.MEAN + a @ given["growth"]) / worth
        squares = (
            density.SCALE_WEIGHT * 0.03**2
            + a @ (given["growth"] - mean) ** 2
            + density.MEAN_WEIGHT * (density.MEAN - mean) ** 2
        ) / (density.SCALE_WEIGHT + a.sum())
        assert made.scale[i] ** 2 == pytest.approx(squares * (1 + 1 / worth) * 15 / 16)


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


@pytest.mark.parametrize("count", [density.MANY, 2000, 40_000])
def test_quantiles_of_students_t_are_scipys(count):
    # From few degrees to so many that it is the normal; scipy's own lose digits beside 0.
    freedom, levels = np.array([3.0, 8.0, 20.0, 500.0]), (np.arange(count) + 0.25) / count
    exact = stats.t.ppf(levels[:, None], freedom)
    np.testing.assert_allclose(density.student(levels, freedom), exact, rtol=1e-8, atol=1e-8)
    few = levels[: density.MANY - 1]
    np.testing.assert_allclose(density.student(few, freedom), exact[: len(few)], rtol=1e-8)
    for most in (0.5, 1e-6, 1e-12, 1e-50, 0.0):  # where the highest growth lies below the mean
        exact = special.stdtrit(freedom, most * levels[:, None])
        np.testing.assert_allclose(density.student(most * levels, freedom), exact, rtol=1e-8)


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


def test_after_a_year_of_nothing_growth_is_from_a_hundredth_of_the_highest():
    years = np.array([[10.0, 30.0], [np.nan, 50.0], [0.0, 40.0]])
    np.testing.assert_allclose(fans._latest(years), [0.1, 40.0])
    never = pd.DataFrame({"a": [10.0, 0.0], "b": [0.0, 0.0]})
    np.testing.assert_allclose(project._started(never), [[10.1, 1.0], [0.1, 1.0]])


def steady(horizon: int, known: int, **changes: object) -> fans.Group:
    """Lay out a flow of 120 a year, 10 a month, with some months of the years ahead known."""
    months = np.full((12 * (fans.WINDOW + horizon), 1), np.nan)
    months[: 12 * fans.WINDOW + known] = 10.0
    oil = [(np.zeros(12), 0.01 * (h + 1), 0.0, 0.0) for h in range(horizon)]
    made = fans.Group(np.full((12, 1), 120.0), months, oil, np.zeros((12 + horizon, 1)),
                      np.full(12, 120.0))  # fmt: skip
    return replace(made, **changes)


def overheard(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[tuple]:
    """List what a function is given from now on."""
    asked, plain = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: asked.append(given) or plain(*given))
    return asked


def test_months_are_compared_with_growth_of_what_is_added_to(monkeypatch):
    asked = overheard(monkeypatch, begun_year, "conditioned")
    group = steady(1, 3)
    step = fans.fan(group)[0]
    made = fans._annual(group, 0, *fans.past_growth(group.years, group.totals))
    months, annual, growth, scale, _ = asked[-1]
    # A twentieth of a month is added: what grows by a share is 20 parts of 21.
    np.testing.assert_allclose(np.exp(months[:51]), 10.5)
    np.testing.assert_allclose(np.exp(annual), 10.5)
    np.testing.assert_allclose(growth, made.mean.mean() * 20 / 21)
    np.testing.assert_allclose(scale, made.scale.mean() * 20 / 21)
    # The year goes no further than seven times the highest, to which a hundredth is added.
    assert (step.done, step.left, step.started) == (30.0, 9, pytest.approx(9 * 0.5))
    assert np.exp(step.limits.highest) - step.started + step.done == pytest.approx(7 * 121.2)
    totals = np.where(np.arange(12) < 11, 120.0, np.nan)
    fans.fan(steady(1, 3, totals=totals, years=np.append(np.full((11, 1), 120.0), [[np.nan]], 0)))
    np.testing.assert_allclose(np.exp(asked[-1][1]), 10.5), "what is not known is carried on"


@pytest.mark.parametrize("grown", [0.5, 1.7])
@pytest.mark.parametrize("odd", [1.0, 0.0, 0.3, 2.0, 10.0])
def test_a_month_more_never_widens_the_range_of_its_year(grown, odd):
    months = np.full(60, 10.0)
    months[48:] *= grown
    months[52] *= odd
    width, free = np.inf, []
    for known in range(13):
        told = np.where(np.arange(60) < 48 + known, months, np.nan)
        group = steady(1, known, months=told[:, None])
        annual = [fans._annual(group, 0, *fans.past_growth(group.years, group.totals))]
        for step in (fans.fan(group)[0], fans._with_months(group, told, annual, [])[0]):
            free.append(np.ptp(step.values(np.full(2, 120.0), fans.ENDS, np.arange(2))))
        assert free[-2] <= width * (1 + 1e-9), "rounding of the ends"
        width = free[-2]
    assert width == 0
    widens = (np.diff(free[1::2]) > 0).any()
    assert widens == (grown > 1 or odd > 1), "without the bound, where a month lifts the year"


def test_what_months_say_of_a_year_is_an_observation_for_the_next(monkeypatch):
    plain = density.predictive
    asked = overheard(monkeypatch, density, "predictive")
    none = np.full((12 * (fans.WINDOW + 2), 1), np.nan)
    weights = []
    for group in (steady(2, 0, months=none), *(steady(2, known) for known in (3, 6, 11, 12))):
        first, second = fans.fan(group)
        growth, weight, told, ahead, *_ = asked[-1]
        if group.months is none:
            wanted = plain(*asked[-1])
            np.testing.assert_allclose(second.limits.mean, wanted.mean, atol=1e-3)
            np.testing.assert_allclose(second.limits.scale, wanted.scale, rtol=1e-3)
        weights.append(weight[-1])
        np.testing.assert_allclose(told[:, 0], [*np.zeros(11), 0.01])  # each year by its own price
        assert ahead[0] == 0.02
        middle = first.values(np.array([120.0]), np.array([0.5]), np.array([0])).item()
        assert growth[-1] == pytest.approx(np.log(middle / 120))
    assert (np.diff(weights) > 0).all()
    assert weights[0] == pytest.approx(0, abs=1e-4)  # the level of a start that is not known
    assert weights[3] > 0.98, "one month in twelve is next to nothing"
    assert weights[4] == 1


def test_a_flow_that_is_on_is_likely_on_the_year_after():
    months = np.full((12 * (fans.WINDOW + 2), 1), np.nan)
    months[: 12 * fans.WINDOW, 0] = np.where(np.arange(48) % 24 < 12, 20.0, 0.1)
    first, second = fans.fan(steady(2, 0, months=months))
    assert (first.level, first.carried) == (True, 0.0), "all of the year before is known"
    assert 0.1 < second.carried < 0.9


def test_months_of_most_of_a_sum_speak_for_the_rest():
    months = np.array([[6.0, 4.0], [6.0, np.nan], [np.nan, 4.0]])
    group = steady(1, 0, years=np.tile([72.0, 48.0], (12, 1)), months=months)
    # Six tenths are more than half, four are not.
    np.testing.assert_allclose(group.summed, [10.0, 10.0, np.nan])


def test_what_a_part_lacks_beside_others_is_estimated_and_not_known():
    months = np.full((60, 2), 6.0) * [1.0, 0.9]
    widths = []
    for known in (11, 6, 0):  # months of the smaller part, beside eleven or twelve of the other
        for other in (11, 12):
            told = months.copy()
            told[48 + other :], told[48 + known :, 1] = np.nan, np.nan
            group = steady(1, 0, years=np.tile([72.0, 64.8], (12, 1)), months=told,
                           output=np.zeros((13, 2)), totals=np.full(12, 136.8))  # fmt: skip
            step = fans.fan(group)[0]
            assert step.done == pytest.approx(np.nansum(told[48:]))
            ends = step.values(np.full(2, 136.8), fans.ENDS, np.arange(2))
            widths.append(np.ptp(ends))
            assert ends[0] <= 136.8 * 1.01 and ends[1] >= 136.8
    # Of the year all is known but what the part lacks, which is off as a flow's year usually is.
    lacks = step.limits.quantile(np.array([0.5]))
    assert np.exp(lacks) == pytest.approx(64.8)
    np.testing.assert_allclose(step.limits.scale, density.prior_scale(1.0))
    assert (np.diff(widths[::2]) > 0).all() and (np.diff(widths[1::2]) > 0).all(), "less is wider"


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
    later = begun_year.conditioned(
        np.append(path, np.full(12, np.nan)), annual, np.array([0.08, 0.07]), np.full(2, 0.15)
    )
    assert later.mean[1] == pytest.approx(0.07, abs=0.05), "of the year after, growth is asked"
    assert (np.diff(scales) < 0).all(), "every month more narrows the year"
    assert scales[0] < 1, "and so do the months of the years before"
    assert scales[-1] < 0.15


@pytest.mark.parametrize("times", [10.0, 3.0, 0.1, 0.05])
def test_a_wild_month_stays_in_its_year_and_says_nothing_of_the_level(times):
    months = np.tile(begun_year.SEASON, 4)
    months[36:] = np.nan
    one, growth = np.ones(1), np.zeros(1)
    flat = begun_year.conditioned(months, np.zeros(3), growth, 0.1 * one)
    months[30] += np.log(times)
    annual = np.log(np.exp(months[:36]).reshape(-1, 12).mean(axis=1))
    said = begun_year.conditioned(months, annual, growth, 0.1 * one)
    # All other months are where they were: growth undoes what the wild one added, but for what the
    # years, which expected none, still say.
    assert said.mean[0] == pytest.approx(annual[1] - annual[2], abs=0.04)
    assert said.scale[0] == pytest.approx(flat.scale[0], abs=0.02), "nor is it noise of the others"
    months[31] += np.log(times)
    assert np.isfinite(begun_year._heard(months)[:36]).all(), (
        "what the next month shares is a shift"
    )


def test_months_that_are_not_there_say_nothing():
    said = begun_year.conditioned(
        np.full(72, np.nan), np.zeros(4), np.array([0.1, 0.1]), np.array([0.2, 0.2])
    )
    np.testing.assert_allclose(said.mean, 0.1, atol=1e-4)
    np.testing.assert_allclose(said.scale, 1.0, atol=1e-5)
    # Working (1960): growth of annual means of a random walk is correlated by a quarter; a part of
    # that is told by the years before.
    assert 0.1 < said.carried[1] < 0.25


def test_the_months_of_a_random_walk_and_the_mixture_of_noises_by_hand(monkeypatch):
    # Growth of the mean of twelve months, each the sum of the steps up to it.
    weights = np.convolve(np.ones(12), np.ones(12)) / 12
    assert weights @ weights == pytest.approx(begun_year.ANNUAL)
    # One noise in four gives 0, three give 4, each with a variance of 1: 3 with that between them.
    noises, one, both = np.array([0.0, 1.0]), np.ones(1), np.ones((2, 1))
    monkeypatch.setattr(begun_year, "NOISES", noises)
    monkeypatch.setattr(begun_year, "NOISE_WEIGHTS", np.array([0.5, 0.5]))
    each = noises[:, None]
    found = (noises * np.log(3), 4 * each, both, 2 * both, each)
    monkeypatch.setattr(begun_year, "_given", lambda *what: found)
    said = begun_year.conditioned(np.full(24, np.nan), np.zeros(1), one, one)
    np.testing.assert_allclose([*said.mean, *said.scale, *said.carried], [3, np.sqrt(4 / 2), 0.75])


def test_what_is_carried_over_is_there_by_the_turn_of_the_year():
    annual, growth = np.array([0.0, 0.1, 0.3]), np.array([0.2])
    path = begun_year._prior_path(annual, growth, 0.06)
    years = np.log(np.exp(path).reshape(-1, 12).mean(axis=1))
    np.testing.assert_allclose(years, [0.0, 0.1, 0.3, 0.5], atol=1e-6)
    plain = path - np.tile(begun_year.SEASON, 4)
    # Of the growth of 0.2 the drift of 0.06 alone is left to the year itself: eleven twelfths.
    assert plain[47] - plain[36] == pytest.approx(0.06 * 11 / 12)
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
    np.testing.assert_array_equal(switching.kinds(np.where(on, months, 0 * months)), on)
    year = np.where(np.arange(40) < 12, np.exp(rng.normal(0, 0.1, 40)), np.nan)
    for times, switches in ((15, False), (25, True)):  # kinds lie twentyfold apart
        on = switching.kinds(np.where(np.arange(40) >= 5, year * times, year))
        assert (on is not None) == switches
        assert on is None or np.flatnonzero(on).tolist() == list(range(5, 12))


def test_months_of_a_kind_are_drawn_about_its_latest():
    logs = np.array([0.0] * 6 + [6.0] * 6 + [1.0] * 6 + [np.nan])
    months, on = np.exp(logs), logs == 6
    drawn = np.log(switching.simulate(months, on)[:, -1])
    drawn = drawn[drawn < 4]
    # Off, twelve months of which one counts half after six: the later six twice the earlier. The
    # spread is that of so many about the mean, with 4 of 0.5 before, and the mean is not known.
    weight = 2.0 ** (-np.arange(12)[::-1] / 6)
    squares = 4 * 0.5**2 + weight.sum() * 2 / 9
    variance = squares / (4 + weight.sum()) * (1 + 1 / weight.sum())
    assert drawn.mean() == pytest.approx(2 / 3, abs=4 * np.sqrt(variance / len(drawn)))
    # Four errors of a normal's variance.
    assert drawn.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / len(drawn)))
    halves = switching.Simulated(np.array([0.0, 2.0])).quantile(np.array([0.25, 0.5, 0.75, 0.99]))
    np.testing.assert_allclose(halves, [0.0, 1.0, 2.0, 2.0])


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
    assert signals.carried_over(prices, range(2021, 2022), 24)[0] == pytest.approx(
        np.log(prices["2021"].mean() / prices["2020"].mean())
    )


def test_what_a_price_says_of_past_years_and_of_those_ahead():
    months = pd.period_range("2020-01", "2023-03", freq="M")
    prices = pd.Series(np.linspace(50, 88, 39), index=months)
    frame = prices.rename("value").rename_axis("period").reset_index().assign(indicator="oil")
    pd.testing.assert_series_equal(
        signals.price(frame.sample(frac=1, random_state=0)), prices, check_names=False
    )
    years = range(2021, 2023)
    (past, now, unknown, turned), later = signals.oil(prices, years, range(2023, 2025))
    to_march = (prices["2023"].sum() + 9 * prices.iloc[-1]) / 12
    mean, end = (prices.groupby(prices.index.year).agg(kind) for kind in ("mean", "last"))
    # Of each past year as much is taken as is known of the one ahead: January to March.
    for year, told in zip(years, past, strict=True):
        march = prices[f"{year}-01" : f"{year}-03"]
        first = (march.sum() + 9 * march.iloc[-1]) / 12
        assert told == pytest.approx(np.log(first / mean[year - 1]))
    assert now == pytest.approx(np.log(to_march / mean[2022]))
    assert turned == pytest.approx(np.log(end[2022] / mean[2022]))
    assert unknown == 0
    # Of 2024 nine months that come before it are open: what they said of past years is the size.
    known = [np.log((prices[f"{y}-01":f"{y}-03"].sum() + 9 * prices[f"{y}-03"])
                    / 12 / prices[f"{y}-03"]) for y in (2020, 2021)]  # fmt: skip
    turn = [np.log(end[y] / mean[y]) for y in (2020, 2021)]
    assert later[1] == later[3] == pytest.approx(np.log(prices.iloc[-1] / to_march))
    np.testing.assert_allclose(later[0], np.negative(known))
    assert later[2] == pytest.approx(np.var(np.add(turn, known)))
    for nothing in (None, prices[:0]):
        ((past, *rest),) = signals.oil(nothing, years, range(2023, 2024))
        assert [*past, *rest] == [0.0] * 5


def test_expected_output_is_what_the_edition_before_said_beyond_the_usual():
    rows = [(2000 + y, f"{1999 + y}-10-31", 0.13 if y == 1 else 0.05) for y in range(10)]
    rows += [(2010, "2009-04-30", 0.3), (2010, "2009-10-31", 0.08), (2010, "2010-04-30", 0.2),
             (2011, "2011-04-30", 0.09), (2011, "2011-10-31", 0.4)]  # fmt: skip
    outlook = pd.DataFrame(rows, columns=["period", "released", "value"]).assign(
        economy="KAZ", indicator="gdp_growth"
    )
    outlook["period"] = pd.PeriodIndex(outlook["period"].astype(str), freq="Y")
    outlook["released"] = pd.to_datetime(outlook["released"])
    told = signals.expected(outlook.sample(frac=1, random_state=0), ["KAZ"], range(2009, 2013))
    # Usual is the mean of eight years before, 0.06 to 2008; where no edition came before the year,
    # the first one counts, and what none speaks of is as usual.
    usual = (7 * 0.05 + 0.08) / 8
    np.testing.assert_allclose(told[:, 0], [0.05 - 0.06, 0.03, 0.09 - usual, 0.0], atol=1e-12)
    early = signals.expected(outlook, ["KAZ"], range(2001, 2003))
    np.testing.assert_allclose(early[:, 0], [0.0, -0.04])  # one year before tells nothing, two do


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


def test_series_move_together_as_on_the_same_past_dates():
    draws = 40_000
    calm = np.array([3.0, -3.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0])
    late = np.where(np.arange(8) < 2, np.nan, -calm)  # six dates of eight are known
    changes = np.column_stack([calm, 5 * calm + 0.5, late])
    moved = joint.shocks(changes, draws, 1, np.random.default_rng(0))[:, 0]
    # What is common is worth 8 / (8 + 2). On the two dates of eight that all know and move on, the
    # changes are 1 / sqrt(20 / 8) and -1 / sqrt(2 / 6) spreads; a date that one lacks is its own.
    third = -0.8 * 2 / 8 / np.sqrt(20 / 8 * 2 / 6)
    wanted = np.array([[1, 0.8, third], [0.8, 1, third], [third, third, 1]])
    # Four errors of a mean of products, of variance 9 at most: the dates are of heavy tails.
    np.testing.assert_allclose(moved.T @ moved / draws, wanted, atol=4 * np.sqrt(9 / draws))
    alone = joint.shocks(changes[:0], draws, 1, np.random.default_rng(0))[:, 0]
    np.testing.assert_allclose(alone.T @ alone / draws, np.eye(3), atol=4 * np.sqrt(2 / draws))


def test_years_that_some_series_know_are_kept_and_bound_by_a_known_sum():
    still = np.zeros((4, 2, 2))
    grown = [[fans.Step(fans.Past(np.full(1, np.log(g))), 0.0, 12, 0.0, 0.0) for g in path]
             for path in ([1.5], [2.0, 3.0])]  # fmt: skip
    free = fans.Step(fans.Past(np.array([0.0, np.log(2)])), 0.0, 12, 0.0, 0.0)
    # The first series knows a year more, 6 after 5. Of the other 4 is drawn, twice its 2; the sum
    # of that year is known to be 13, so that it was 7. From there both grow: 9 and 21.
    given = (np.array([5.0, 2.0]), np.array([0, 1]), np.array([[6.0, np.nan]]))
    drawn = joint.paths(grown, [], *given, np.array([13.0]), [], still)
    np.testing.assert_allclose(drawn, np.tile([[6.0, 7.0], [9.0, 21.0]], (4, 1, 1)))
    drawn = joint.paths(grown, [], *given, np.array([np.nan]), [], still)
    np.testing.assert_allclose(drawn, np.tile([[6.0, 4.0], [9.0, 12.0]], (4, 1, 1)))
    drawn = joint.paths(grown, [(np.arange(2), [free])], *given, np.array([13.0]), [], still)
    levels = (np.arange(4) + 0.5) / 4
    np.testing.assert_allclose(drawn[:, 1].sum(axis=1), 13 * np.exp(free.limits.quantile(levels)))


def test_a_sum_is_ranked_by_growth_and_leaves_what_is_known():
    limits = fans.Past(np.log([0.5, 2.0]))
    levels = np.array([0.25, 0.75])
    now, before = np.array([[2.0], [3.0]]), np.array([[1.0], [3.0]])  # growth of 2 and of 1
    step = fans.Step(limits, 0.0, 12, 0.0, 0.0)
    agreed = joint._agreed(now, np.zeros(1), before, step, levels)
    np.testing.assert_allclose(agreed, [[1 * 2.0], [3 * 0.5]])
    # Of a year itself the sum is ranked, not its growth.
    agreed = joint._agreed(now, np.zeros(1), before, step._replace(level=True), levels)
    np.testing.assert_allclose(agreed, [[0.5], [2.0]])
    # Where the sum of the year is known, what is left is for the parts that lack a month.
    known = fans.Step(limits, 9.0, 0, 0.0, 0.0)
    np.testing.assert_array_equal(joint._agreed(now, np.zeros(1), before, known, levels), now)
    np.testing.assert_array_equal(known.values(now[:, 0], levels, np.array([0, 1])), [9.0, 9.0])
    # A sum below what is known leaves a fiftieth of what was drawn of the rest.
    moved = joint._moved(np.array([[3.0, 2.0]]), np.array([3.0, 0.0]), np.array([2.5]))
    np.testing.assert_allclose(moved, [[3.0, 0.04]])


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
        # Of equal parts a sum may reach 2 * 3.5 ** 0.5 times its highest year, a part 14 times.
        "the sum grows beyond its limit": good * np.where(draw == 3, 4.5, 1),
        "one value stands in": np.maximum(good, np.quantile(good, 0.05)),
        "one value stands in 250 draws": np.where(draw < 250, 1.0, 1.1) * np.ones((1, 1, 2)),
        "the sum's tail is torn off from its middle": good * np.where(draw < 8, 2.4, 1),
    }
    cases["KAZ import grows beyond its limit"][:, :, 0] = good[:, :, 0]
    for what, paths in cases.items():
        said = refusal(joint.check, paths, known, months, names)
        assert said.startswith("the projection of KAZ export, KAZ import makes no sense (")
        assert what in said
    # Of a large sum a part alone may grow tenfold, and so may one that was larger before it shrank.
    large = pd.DataFrame([[9.0, 1000.0], [1.0, 1000.0], [1.0, 1000.0]])
    few = np.where(draw == 3, [100.0, 1.0], 1.0)
    joint.check(good * large.to_numpy()[-1] * few, large, months, names)
    one = pd.DataFrame([[1.0, 1.0], [1.0, 1.0], [1.0, 1e-3]])  # the sum is one series by now
    joint.check(good * np.where(draw == 3, 4.5, 1), one, months, names)
