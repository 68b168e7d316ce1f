"""Each measure against one line of NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from silktrade.forecasting import accuracy

numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
pairs = arrays(float, (2, 7), elements=numbers)
# Sums of seven terms in doubles.
CLOSE = {"rtol": 1e-9, "atol": 1e-9}


@given(pairs)
def test_smape(pair):
    y, f = pair
    size = np.abs(y) + np.abs(f)
    terms = [200 * abs(a - b) / s if s else 0 for a, b, s in zip(y, f, size, strict=True)]
    np.testing.assert_allclose(accuracy.smape(y, f), np.mean(terms), **CLOSE)
    assert 0 <= accuracy.smape(y, f) <= 200 + 1e-9


@pytest.mark.parametrize("period", [1, 4, 12])
def test_mase_and_rmsse(period):
    rng = np.random.default_rng(period)
    history, y, f = rng.normal(size=40), rng.normal(size=6), rng.normal(size=6)
    steps = history[period:] - history[:-period]
    mase = np.mean(np.abs(y - f)) / np.mean(np.abs(steps))
    rmsse = np.sqrt(np.mean((y - f) ** 2) / np.mean(steps**2))
    np.testing.assert_allclose(accuracy.mase(y, f, history, period), mase, **CLOSE)
    np.testing.assert_allclose(accuracy.rmsse(y, f, history, period), rmsse, **CLOSE)


def test_small_numbers_are_scaled_and_a_short_history_has_no_season():
    assert accuracy.mase([0.3], [0.1], [0.1, 0.2, 0.1]) == pytest.approx(2)
    assert accuracy.rmsse([0.3], [0.1], [0.1, 0.2, 0.1]) == pytest.approx(2)
    assert accuracy.naive_error([1.0, 3.0, 4.0], period=4) == 1.5
    assert accuracy.naive_error([1.0, 3.0, 4.0], period=3) == 1.5
    assert accuracy.naive_error([1.0, 3.0, 4.0, 7.0], period=3) == 6


def test_scaled_errors_of_a_constant_history_are_not_a_number():
    assert np.isnan(accuracy.mase([1.0], [2.0], [3.0, 3.0]))
    assert np.isnan(accuracy.rmsse([1.0], [2.0], [3.0, 3.0]))


@given(pairs, st.floats(0.01, 0.99))
def test_pinball(pair, quantile):
    y, f = pair
    expected = np.mean(np.where(y >= f, quantile * (y - f), (1 - quantile) * (f - y)))
    np.testing.assert_allclose(accuracy.pinball(y, f, quantile), expected, **CLOSE)


@given(arrays(float, (5, 3), elements=numbers), arrays(float, 3, elements=numbers))
def test_crps(draws, actual):
    far = np.abs(draws[:, None] - draws[None]).mean(axis=(0, 1)) / 2
    expected = np.mean(np.abs(draws - actual).mean(axis=0) - far)
    np.testing.assert_allclose(accuracy.crps(actual, draws), expected, rtol=1e-9, atol=1e-6)


def test_crps_from_quantiles_nears_that_from_draws():
    levels = (np.arange(999) + 1) / 1000
    fan = stats.norm.ppf(levels)
    exact = 2 * stats.norm.pdf(0.3) + 0.3 * (2 * stats.norm.cdf(0.3) - 1) - 1 / np.sqrt(np.pi)
    # A thousand quantiles leave out the thousandths at both ends.
    assert abs(accuracy.crps_quantiles([0.3], fan[None], levels) - exact) < 1e-3
    assert abs(accuracy.crps([0.3], fan[:, None]) - exact) < 1e-3


@given(arrays(float, (3, 6), elements=numbers), st.sampled_from([0.5, 0.8, 0.95]))
def test_interval_score(rows, promise):
    y, low, high = rows[0], np.minimum(rows[1], rows[2]), np.maximum(rows[1], rows[2])
    alpha = 1 - promise
    below, above = (2 / alpha) * (low - y) * (y < low), (2 / alpha) * (y - high) * (y > high)
    expected = np.mean(high - low + below + above)
    np.testing.assert_allclose(accuracy.interval_score(y, low, high, promise), expected, rtol=1e-9,
                               atol=1e-6)  # fmt: skip


def test_coverage():
    assert accuracy.coverage([0, 1, 2, 3], [1, 1, 1, 1], [2, 2, 2, 2]) == 0.5


def test_diebold_mariano_of_one_step_is_a_t_test():
    """With h = 1 the corrected statistic is Student's one-sample t."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=25) ** 2, rng.normal(size=25) ** 2
    expected = stats.ttest_1samp(first - second, 0)
    statistic, p_value = accuracy.diebold_mariano(first, second)
    np.testing.assert_allclose([statistic, p_value], [expected.statistic, expected.pvalue], **CLOSE)


def test_diebold_mariano_of_several_steps_against_its_formula():
    rng = np.random.default_rng(4)
    first, second, h, n = rng.normal(size=30) ** 2, rng.normal(size=30) ** 2, 3, 30
    d = first - second - np.mean(first - second)
    gamma = [np.sum(d[k:] * d[: n - k]) / n for k in range(h)]
    plain = np.mean(first - second) / np.sqrt((gamma[0] + 2 * sum(gamma[1:])) / n)
    expected = plain * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic, p_value = accuracy.diebold_mariano(first, second, h)
    np.testing.assert_allclose(statistic, expected, **CLOSE)
    np.testing.assert_allclose(p_value, 2 * stats.t.sf(abs(expected), n - 1), **CLOSE)


@pytest.mark.parametrize(("horizon", "variance"), [(1, 1.0), (2, 0.125), (3, 0.75), (4, 0.125)])
def test_a_variance_that_comes_out_negative_is_weighted(horizon, variance):
    # Autocovariances of 1, -1, 1, ... are -7/8, 6/8, -5/8. Their plain sum is below 0 at horizons 2
    # and 4; there Bartlett's weights 1/2, or 3/4, 1/2, 1/4, leave an eighth.
    assert accuracy.long_run_variance(np.array([1.0, -1.0] * 4), horizon) == variance


def test_diebold_mariano_changes_sign_with_the_order():
    rng = np.random.default_rng(5)
    first, second = rng.normal(size=20) ** 2, rng.normal(size=20) ** 2
    there, back = (accuracy.diebold_mariano(*p, 4) for p in ((first, second), (second, first)))
    assert there[0] == -back[0] and there[1] == back[1]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: accuracy.smape([1.0, 2.0], [1.0]),
            (
                "actual and forecast must have one shape and hold values, got (2,) and (1,); "
                "pass the same periods in both"
            ),
        ),
        (
            lambda: accuracy.pinball([1.0], [1.0], 1.5),
            "quantile must be between 0 and 1, got 1.5: write 1.5 percent as 0.015",
        ),
        (
            lambda: accuracy.interval_score([1.0], [1.0], [1.0], 95),
            "coverage must be between 0 and 1, got 95: write 95 percent as 0.95",
        ),
        (
            lambda: accuracy.mase([1.0], [1.0], [1.0]),
            (
                "history must hold two values one season apart, got 1 values for a period of 1; "
                "use a longer series"
            ),
        ),
        (
            lambda: accuracy.crps([1.0, 2.0], [[1.0], [2.0]]),
            (
                "draws must have one column per value of actual, got shape (2, 1) for (2,); "
                "put draws in rows and periods in columns"
            ),
        ),
        (
            lambda: accuracy.diebold_mariano([1.0, 2.0], [2.0, 1.0], 2),
            (
                "horizon must be at least 1 and below the number of losses, got 2 for 2 losses; "
                "use more origins or a shorter horizon"
            ),
        ),
    ],
)
def test_errors_say_what_to_do(call, text):
    with pytest.raises(ValueError) as raised:
        call()
    assert str(raised.value) == text


def test_coverage_counts_what_is_known():
    assert accuracy.coverage([1.0, np.nan, 9.0], [0.0] * 3, [5.0] * 3) == 0.5
    assert np.isnan(accuracy.coverage([np.nan], [0.0], [5.0]))
