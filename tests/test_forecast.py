"""One door: any series of three values gets an honest answer."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from silktrade.forecasting.forecast import fan, forecast, prefit_panel
from silktrade.forecasting.models import MODELS, arima, point_forecast, smoothing

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
# Each example runs X-13 twice or more.
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def monthly(values, start="2000-01"):
    values = np.asarray(values, dtype=float)
    return pd.Series(values, index=pd.period_range(start, periods=len(values), freq="M"))


def trade(length, seed=0, freq="M"):
    """A series as trade makes them: growth, season, noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(length)
    period = {"M": 12, "Q": 4, "Y": 1}[freq]
    season = 0.2 * np.sin(2 * np.pi * t / period) if period > 1 else 0
    values = np.exp(3 + 0.01 * t + season + np.cumsum(rng.normal(0, 0.05, length)))
    return pd.Series(values, index=pd.period_range("2000-01", periods=length, freq=freq))


YEARLY = {"M": 12, "Q": 4, "Y": 1}


def ahead(values, freq, steps=14, **options):
    """Median and 95 % limits of values at a frequency."""
    index = pd.period_range("2000-01", periods=len(values), freq=freq)
    found = forecast(pd.Series(np.asarray(values, dtype=float), index), steps, **options)
    return found[0.025].to_numpy(), found[0.5].to_numpy(), found[0.975].to_numpy()


def ready(cases, freq, steps=14, models=("combination",)):
    """Fit all cases side by side, which changes no forecast and takes a fraction of the time."""
    prefit_panel([np.asarray(values, dtype=float) for values in cases], YEARLY[freq], steps, models)
    return cases


@pytest.mark.parametrize("freq", ["M", "Q", "Y"])
def test_returns_future_periods_and_a_column_per_quantile(freq):
    series = trade(40, freq=freq)
    result = forecast(series, 7)
    ahead = pd.period_range(series.index[-1] + 1, periods=7, freq=series.index.freq)
    assert result.index.equals(ahead)
    assert list(result.columns) == list(LEVELS)
    assert result.columns.name == "quantile"
    assert np.isfinite(result.to_numpy()).all()


def test_fiscal_years_and_quarters_keep_their_frequency():
    index = pd.period_range("2000", periods=12, freq="Y-MAR")
    result = forecast(pd.Series(np.arange(12.0) ** 1.1, index=index), 2)
    assert result.index.freqstr == "Y-MAR"
    assert str(result.index[0]) == "2012"


def test_every_model_answers_for_every_length():
    cases = ready([trade(n) for n in (3, 4, 5, 7, 13, 25, 26, 40)], "M", models=MODELS)
    for series, model in itertools.product(cases, MODELS):
        result = forecast(series, 14, model=model).to_numpy()
        assert np.isfinite(result).all(), (model, series)
        assert (result > 0).all(), (model, series)
        assert (np.diff(result, axis=1) > 0).all(), (model, series)


ODD = {
    "zeros": [0, 0, 3, 0, 0, 5, 0, 1, 0, 0, 0, 2] * 3,
    "mostly zero": [0] * 30 + [1] + [0] * 8,
    "negatives": list(np.random.default_rng(0).normal(0, 5, 40)),
    "one jump": [1] * 30 + [1000],
    "doubling": list(2.0 ** np.arange(20)),
    "collapse": [1e6] * 24 + [1e-3] * 3,
    "tiny": list(1e-300 * np.arange(1, 30)),
    "huge": list(1e300 * np.arange(1, 30)),
    "alternating": [1, 2] * 15,
    "exact season": list(range(1, 13)) * 4,
    "nearly constant": [5] * 20 + [5.0000001],
    "whole numbers": [3, 1, 2],
}


def test_odd_series_get_a_finite_answer_in_order():
    ready(ODD.values(), "M", 18, MODELS)
    for (name, values), model in itertools.product(ODD.items(), MODELS):
        result = forecast(monthly(values), 18, model=model).to_numpy()
        assert np.isfinite(result).all(), (name, model)
        assert (np.diff(result, axis=1) >= 0).all(), (name, model)
        if min(values) >= 0:
            assert (result >= 0).all(), (name, model)
        # The limits of `limit`: no path adds more than its history's range, once more and a little.
        reach = np.ptp(np.array(values) / 4) * 4 * (1 + 18 / len(values))
        assert result[:, 2].max() <= max(values) + reach * (1 + 1e-9), (name, model)


def test_a_constant_series_stays_what_it_is():
    result = forecast(monthly([4.0] * 9), 3)
    assert (result.to_numpy() == 4.0).all()


@pytest.mark.parametrize("holes", [[0], [5], [7, 8, 9], [39], [38, 39], [3, 17, 18, 36]])
def test_missing_values_are_allowed_anywhere(holes):
    series = trade(40)
    series.iloc[holes] = np.nan
    result = forecast(series, 6)
    assert result.index[0] == series.index[-1] + 1
    assert np.isfinite(result.to_numpy()).all()


def test_missing_rows_are_missing_values():
    series = trade(40)
    holed = series.copy()
    holed.iloc[[4, 30]] = np.nan
    pd.testing.assert_frame_equal(forecast(holed.dropna(), 3), forecast(holed, 3))


def test_what_is_missing_at_the_end_is_forecast_over():
    """Two periods not yet reported: the third step of the series cut there is the first."""
    series = trade(40)
    late = series.copy()
    late.iloc[-2:] = np.nan
    cut = forecast(series.iloc[:-2], 5).iloc[2:]
    # X-13 is asked for another horizon, and prints as many digits.
    np.testing.assert_allclose(forecast(late, 3).to_numpy(), cut.to_numpy(), rtol=1e-6)


def test_order_of_rows_and_integer_or_masked_values_do_not_matter():
    series = trade(30).round(0)
    expected = forecast(series, 4)
    pd.testing.assert_frame_equal(forecast(series.sample(frac=1, random_state=0), 4), expected)
    pd.testing.assert_frame_equal(forecast(series.astype(int), 4), expected)
    pd.testing.assert_frame_equal(forecast(series.astype("Int64"), 4), expected)


def test_the_series_is_not_changed_and_chance_has_no_part():
    series = trade(30)
    before = series.copy()
    pd.testing.assert_frame_equal(forecast(series, 4), forecast(series, 4))
    pd.testing.assert_series_equal(series, before)


@FEW
@given(st.integers(3, 60), st.integers(0, 10**6), st.sampled_from([1e-6, 7.3, 1e9]))
@example(5, 109, 1e-6)  # the theta model fits these five values exactly
def test_scaling_a_series_scales_its_forecast(length, seed, factor):
    series = trade(length, seed)
    plain, scaled = forecast(series, 5), forecast(series * factor, 5)
    # The searches stop at 1e-4 of their parameters, which rounding of the input can move.
    np.testing.assert_allclose(scaled.to_numpy(), plain.to_numpy() * factor, rtol=2e-3)


@FEW
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=50),
    st.lists(st.floats(0.001, 0.999), min_size=2, max_size=6, unique=True),
    st.sampled_from(["M", "Q", "Y"]),
)
def test_quantiles_never_cross(values, quantiles, freq):
    index = pd.period_range("2000-01", periods=len(values), freq=freq)
    result = forecast(pd.Series(values, index=index), 9, quantiles=sorted(quantiles))
    assert np.isfinite(result.to_numpy()).all()
    assert (np.diff(result.to_numpy(), axis=1) >= 0).all()


def test_columns_come_in_the_order_asked_for():
    result = forecast(trade(30), 2, quantiles=[0.9, 0.5, 0.1])
    assert list(result.columns) == [0.9, 0.5, 0.1]
    assert (result[0.9] > result[0.5]).all()


@pytest.mark.parametrize("model", ["combination", "dotm", "airline"])
def test_the_median_is_the_point_forecast(model):
    series = trade(60)
    path = point_forecast(series.to_numpy(), 12, 6, model)
    np.testing.assert_allclose(forecast(series, 6, model=model)[0.5], path, rtol=1e-12)


@pytest.mark.parametrize("freq", ["M", "Q"])
def test_a_season_that_repeats_itself_stays_within_the_limits(freq):
    period = YEARLY[freq]
    models = ["combination", "ets", "naive", "seasonal_naive"]
    seasons = [np.random.default_rng(5).permutation(period) * 7.0 + 3]
    seasons.append(np.where(seasons[0] < np.median(seasons[0]), 0, seasons[0]))
    lengths = (*range(period + 1, 3 * period + 1), 5 * period)
    cases = ready([np.resize(s, n) for s in seasons for n in lengths], freq, models=models)
    for model, values in itertools.product(models, cases):
        low, median, high = ahead(values, freq, model=model)
        comes = values[-period:][np.arange(14) % period]
        room = 1e-9 * values.max()
        said = model, values
        assert np.all((low - room <= comes) & (comes <= high + room)), said
        if model in ("combination", "seasonal_naive"):
            np.testing.assert_allclose(median, comes, atol=1e-6 * values.max(), err_msg=str(said))


def test_two_years_of_a_season_with_months_of_nothing():
    """From a public report: its first year, and a second one alike."""
    first = [23939.4, 26092, 30088.1, 18531.1, 21384, 19387.5, 0, 0, 0, 0, 0, 7229.3]
    second = [24000, 26100, 30000, 18500, 21400, 19300, 0, 0, 0, 0, 0, 7200]
    low, median, high = ahead(first + second, "M", 12)
    # A thousandth of the season's height: what the second year differs from the first by.
    np.testing.assert_allclose(median, second, atol=30)
    assert np.all((low <= second) & (second <= high))


def some(lengths, every, *chosen):
    """Take some of the lengths, others for each neighbour: each meets each of what is chosen."""
    turn = sum(options.index(value) for options, value in chosen)
    return lengths[turn % every :: every]


PLACES = [-3, -2, 0.5]
SCALES = [1e-12, 1.0, 1e12]
JUMPS = [(5, 50), (50, 5), (5, 0), (0, 10), (-3, 40), (5, 5000), (5, 6)]


@pytest.mark.parametrize("freq", list(YEARLY))
def test_after_a_jump_the_limits_hold_both_levels(freq):
    lengths, cases = (4, 5, 11, 13, 24, 25, 30, 60), []
    for scale, (old, new) in itertools.product(SCALES, JUMPS):
        chosen = (list(YEARLY), freq), (SCALES, scale), (JUMPS, (old, new))
        cases += [
            np.append(np.full(n - 1, float(old)), new) * scale for n in some(lengths, 2, *chosen)
        ]
    assert len(cases) == 84
    for values in ready(cases, freq):
        low, _, high = ahead(values, freq)
        room = 1e-9 * np.abs(values).max()
        for level in (values[0], values[-1]):
            assert np.all((low - room <= level) & (level <= high + room)), values


@pytest.mark.parametrize("freq", list(YEARLY))
def test_limits_hold_a_value_ever_seen(freq):
    """Wherever the path does not leave the range of the history, as a trend's may."""
    lengths, cases = (5, 12, 13, 24, 26, 40), []
    for place, stays, (old, new) in itertools.product(PLACES, [False, True], JUMPS):
        chosen = (list(YEARLY), freq), (PLACES, place), ([False, True], stays), (JUMPS, (old, new))
        for length in some(lengths, 3, *chosen):
            values = np.full(length, float(old))
            first = int(place * length) if place == 0.5 else length + place
            values[first : None if stays else first + 1] = new
            cases.append((values, old, new))
    assert len(cases) == 84
    ready([values for values, *_ in cases], freq)
    for values, old, new in cases:
        low, median, high = ahead(values, freq)
        room = 1e-9 * np.abs(values).max()
        held = ((low - room <= old) & (old <= high + room)) | (
            (low - room <= new) & (new <= high + room)
        )
        within = (values.min() <= median) & (median <= values.max())
        assert np.all(held | ~within), values


@pytest.mark.parametrize("freq", ["M", "Q"])
@pytest.mark.parametrize("level", [0.0, 20.0, 200.0])
@pytest.mark.parametrize("comes", [False, True])
def test_the_last_year_stays_possible_where_a_season_has_gone_or_come(freq, level, comes):
    period = YEARLY[freq]
    season, flat = np.arange(1.0, period + 1) * 10, np.full(period, level)
    last, before = (season, flat) if comes else (flat, season)
    low, _, high = ahead(np.concatenate([np.tile(before, 3), last]), freq, period)
    assert np.all((low <= last + 1e-9) & (last - 1e-9 <= high))


@pytest.mark.parametrize("length", [3, 8, 13, 18, 24, 25, 26, 40, 60])
@pytest.mark.parametrize("freq", list(YEARLY))
def test_a_straight_line_goes_on(freq, length):
    low, median, high = ahead(np.arange(1.0, length + 1), freq, 3)
    # The pool damps trends and, while the second year runs, minds the first; half a step a step.
    np.testing.assert_allclose(median[0], length + 1, atol=max(1, 0.1 * length))
    assert np.all((low <= length + np.arange(1, 4)) & (length + np.arange(1, 4) <= high))


def test_only_the_outer_limits_reach_for_what_was_seen():
    levels = [0.01, 0.025, 0.05, 0.5, 0.95, 0.975, 0.99]
    found = forecast(monthly([5] * 29 + [50]), 1, quantiles=levels).iloc[0].to_numpy()
    assert (np.diff(found) >= 0).all()
    assert found[1] <= 5 < found[2] and found[4] < 50 <= found[5]


def test_nothing_is_forecast_as_nothing():
    """The season of months without trade is put back to 0, not to 3e-17."""
    found = forecast(monthly([0, 0, 3, 0, 0, 0, 1, 0, 0, 5, 0, 0] * 3), 12).to_numpy()
    assert np.all((found == 0) | (found > 1e-6))


@pytest.mark.parametrize(
    ("values", "freq"),
    [
        ([127, 96, 138, 155, 121, 3070, 238, 258, 227, 330, 216, 241], "Q"),
        ([0, 0, 3, 0, 0, 0, 1, 0, 0, 5, 0, 0] * 3, "M"),
        (np.random.default_rng(0).poisson(0.3, 38), "M"),
        ([5.0] * 40 + [0], "M"),
    ],
)
def test_no_fit_stands_in_where_x13_gives_none(values, freq, monkeypatch):
    """SARIMAX took seconds where several threads were free to work on small matrices."""
    if arima.binary_path is None:
        pytest.skip("X-13 is not built here")
    monkeypatch.setattr(arima, "by_statsmodels", lambda *_: pytest.fail("was fitted"))
    assert all(np.isfinite(part).all() for part in ahead(values, freq))


def test_limits_widen_for_short_histories_and_far_horizons():
    series = trade(120)
    long, short = forecast(series, 12), forecast(series.iloc[-8:], 12)

    def width(result):
        return np.log(result[0.975] / result[0.025])

    assert width(short).mean() > width(long).mean()
    assert width(long).iloc[-1] > width(long).iloc[0]


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in ODD.values():
            forecast(monthly(values), 3)


SERIES = trade(12)
DATES = pd.Series(1.0, index=pd.date_range("2000-01-01", periods=12))
HOW = "write pd.Series(values, pd.period_range('2015-01', periods=len(values), freq='M'))"
INFINITE = SERIES.where(SERIES.index != SERIES.index[3], np.inf)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"series": DATES},
            (
                "series must be of months, quarters or years, got several dates in 2000-01: add "
                "them up, series.groupby(pd.PeriodIndex(series.index, freq='M')).sum()"
            ),
        ),
        (
            {"series": pd.Series([1.0, 2.0, 3.0])},
            f"series must be indexed by months, quarters or years, got 0: {HOW}",
        ),
        ({"series": [1.0, 2.0, 3.0]}, f"series must be a Series, got a list: {HOW}"),
        (
            {"horizon": 0},
            (
                "horizon must be a whole number of at least 1, got 0: it counts the periods to "
                "forecast"
            ),
        ),
        (
            {"horizon": 2.5},
            (
                "horizon must be a whole number of at least 1, got 2.5: it counts the periods to "
                "forecast"
            ),
        ),
        (
            {"series": SERIES * np.nan},
            "series must hold at least 3 values, got 0 of 12 periods; give a longer history",
        ),
        (
            {"series": SERIES.iloc[:2]},
            "series must hold at least 3 values, got 2 of 2 periods; give a longer history",
        ),
        (
            {"series": INFINITE},
            (
                "series must be finite, got inf for 2000-04: correct it, or leave it out, "
                "series.drop(series.index[3])"
            ),
        ),
        (
            {"series": pd.concat([SERIES, SERIES.iloc[:1]])},
            (
                "series must have one value per period, got several for 2000-01: keep one, or add "
                "them up, series.groupby(level=0).sum()"
            ),
        ),
        (
            {"series": pd.Series(["1.0x"] * 12, SERIES.index)},
            "series must hold numbers, got '1.0x' for 2000-01: give numbers",
        ),
        (
            {"quantiles": [0.5, 95]},
            "quantiles must be between 0 and 1, got 95: write 95 percent as 0.95",
        ),
        (
            {"quantiles": [0.5, 0.5]},
            "quantiles must be a list such as [0.1, 0.5, 0.9], each once, got [0.5, 0.5]",
        ),
        (
            {"quantiles": []},
            "quantiles must be a list such as [0.1, 0.5, 0.9], each once, got []",
        ),
        (
            {"quantiles": 0.5},
            "quantiles must be a list such as [0.1, 0.5, 0.9], each once, got 0.5",
        ),
        (
            {"quantiles": ["median"]},
            "quantiles must be between 0 and 1, got 'median'",
        ),
        (
            {"model": ["ets"]},
            (
                "model must be one of airline, combination, damped, dotm, drift, ets, naive, "
                "seasonal_naive, theta, got ['ets']: give one alone, such as 'ets'"
            ),
        ),
        (
            {"model": "prophet"},
            (
                "model must be one of airline, combination, damped, dotm, drift, ets, naive, "
                "seasonal_naive, theta, got 'prophet'"
            ),
        ),
    ],
)
def test_errors_name_argument_rule_value_and_remedy(arguments, text):
    with pytest.raises(ValueError) as raised:
        forecast(**{"series": SERIES, "horizon": 2} | arguments)
    assert str(raised.value) == text


def test_what_was_made_ready_is_forecast_alike(monkeypatch):
    """Series of several lengths, one with a gap and one known late: company changes nothing."""
    rng = np.random.default_rng(3)
    panel = [np.exp(np.cumsum(rng.normal(0, 0.2, n))) for n in (12, 20, 25)]
    panel[1][5], panel[2][-1] = np.nan, np.nan
    levels = np.array([0.1, 0.5, 0.9])
    alone = [fan(values, 1, 3, levels, "combination") for values in panel]
    monkeypatch.setattr(smoothing, "_fitted", {})
    monkeypatch.setattr(arima, "_paths", {})
    prefit_panel(panel, 1, 3, ["combination"])
    monkeypatch.setattr(smoothing, "search", lambda *_: pytest.fail("searched again"))
    for values, fans in zip(panel, alone, strict=True):
        np.testing.assert_array_equal(fan(values, 1, 3, levels, "combination"), fans)
