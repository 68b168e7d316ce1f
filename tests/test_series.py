"""One gate for series: what is read, what is refused, and that the advice works when typed."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import silktrade as st
from silktrade.schema import TRADE, validate
from silktrade.series import read_period, read_series, read_wide, whole


def monthly(values, start="2010-01", freq="M"):
    """Give a series of months, or of other periods."""
    return pd.Series(list(values), pd.period_range(start, periods=len(values), freq=freq))


CLEAN = monthly(np.arange(24.0) + 1)
NOISE = np.random.default_rng(3).normal(0, 0.03, 120)
WAVE = monthly(np.exp(5 + 0.2 * np.sin(np.arange(120) * np.pi / 6) + NOISE))


def refusal(function, *args, **kwargs):
    """Give the text with which a call is refused."""
    with pytest.raises(ValueError) as error:
        function(*args, **kwargs)
    return str(error.value)


READ = {  # the same months in other clothes
    "reversed": CLEAN[::-1],
    "dates": CLEAN.set_axis(CLEAN.index.to_timestamp()),
    "ends": CLEAN.set_axis(CLEAN.index.to_timestamp(how="end").normalize()),
    "mid-month": CLEAN.set_axis(CLEAN.index.to_timestamp() + pd.Timedelta(days=14)),
    "text": CLEAN.set_axis(CLEAN.index.astype(str)),
    "days as text": CLEAN.set_axis(CLEAN.index.to_timestamp().astype(str)),
    "Eurostat": CLEAN.set_axis(CLEAN.index.strftime("%YM%m")),
    "objects": CLEAN.set_axis(CLEAN.index.astype("object")),
    "frame": CLEAN.to_frame("mine"),
    "whole": CLEAN.astype(int),
    "nullable": CLEAN.astype("Float64"),
    "written": CLEAN.astype(str),
    "decimal": CLEAN.map(lambda v: Decimal(str(v))),
    "category": CLEAN.astype(str).astype("category"),
}


@pytest.mark.parametrize("kind", READ)
def test_the_same_months_are_read_the_same(kind):
    found = read_series(READ[kind])
    pd.testing.assert_series_equal(found, CLEAN, check_names=False)


@pytest.mark.parametrize(
    ("index", "freq"),
    [
        (["2020", "2021"], "Y-DEC"), ([2020, 2021], "Y-DEC"), (["2020Q1", "2020-Q2"], "Q-DEC"),
        (pd.DatetimeIndex(["2020-12-31", "2021-12-31"]), "Y-DEC"),
        (pd.DatetimeIndex(["2020-03-31", "2020-06-30"]), "Q-DEC"),
        (pd.DatetimeIndex(["2020-01-01"], freq="QS"), "Q-DEC"),
        (pd.period_range("2020", periods=2, freq="Y-MAR"), "Y-MAR"),
    ],
)  # fmt: skip
def test_the_frequency_is_told(index, freq):
    assert read_series(pd.Series(1.0, index)).index.freqstr == freq


def frequencies(freq):
    """Give values by another frequency."""
    return monthly(range(60), "2015-01-01", freq)


REFUSED = {
    "twice": (pd.concat([CLEAN, CLEAN[:1]]), "several for 2010-01"),
    "infinite": (CLEAN.where(CLEAN != 6, np.inf), "got inf for 2010-06"),
    "bool": (CLEAN > 3, "got False for 2010-01"),
    "one bool": (CLEAN.astype("object").where(CLEAN != 6, True), "got True for 2010-06"),
    "dates": (monthly(pd.date_range("2020", periods=5)), "got Timestamp"),
    "complex": (CLEAN.astype(complex), r"got \(1\+0j\) for 2010-01"),
    "word": (CLEAN.astype(str).where(CLEAN != 6, "x"), "got 'x' for 2010-06"),
    "full-width": (CLEAN.astype(str).where(CLEAN != 6, "６"), "got '６' for 2010-06"),
    "underscore": (CLEAN.astype(str).where(CLEAN != 6, "1_0"), "got '1_0' for 2010-06"),
    "days": (frequencies("D"), "frequency 'D'"),
    "weeks": (frequencies("W"), "frequency 'W-SUN'"),
    "hours": (frequencies("h"), "frequency 'h'"),
    "half years": (frequencies("6M"), "frequency '6M'"),
    "half years by quarters": (frequencies("2Q"), "frequency '2Q-DEC'"),
    "three days": (frequencies("3D"), "frequency '3D'"),
    "dates of days": (pd.Series(range(60), pd.date_range("2015", periods=60)), "several dates"),
    "text of days": (
        pd.Series(range(60), pd.date_range("2015", periods=60).astype(str)), "several dates",
    ),
    "zone": (CLEAN.set_axis(CLEAN.index.to_timestamp().tz_localize("UTC")), "a time zone"),
    "levels": (pd.concat({"KAZ": CLEAN, "UZB": CLEAN}), "got 2 levels"),
    "no period": (CLEAN.set_axis(CLEAN.index.where(CLEAN != 6)), "got none in row 5"),
    "one date": (pd.Series([1.0], pd.DatetimeIndex(["2020-01-01"])), "got one date"),
    "two columns": (pd.DataFrame({"a": CLEAN, "b": CLEAN}), "a DataFrame of 2 columns"),
    "places": (CLEAN.reset_index(drop=True), "got 0"),
    "list": ([1.0, 2.0], "got a list"),
    "index": (CLEAN.index, "got a PeriodIndex"),
}  # fmt: skip
UNCURED = {"bool", "dates", "complex"}  # nothing but other numbers helps


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_names_the_period_and_its_advice_works(kind):
    given, said = REFUSED[kind]
    text = refusal(read_series, given)
    assert re.search(said, text), text
    assert "\n" not in text
    call = re.search(r"(series[.\[]|pd\.(Series|PeriodIndex)\().*$", text)
    assert (call is None) == (kind in UNCURED), text
    if call:
        words = {"series": given, "pd": pd, "values": [1.0] * len(CLEAN), "index": CLEAN.index}
        assert len(read_series(eval(call[0], words)))


def test_two_frequencies_are_refused():
    assert "of one frequency, got 2020 and 2020-02" in refusal(
        read_series, pd.Series([1, 2], ["2020", "2020-02"])
    )
    assert "give each year" in refusal(read_series, frequencies("2Y"))


def test_a_gap_is_named_and_its_cure_works():
    series = CLEAN.drop(CLEAN.index[[3, 9]])
    text = refusal(whole, series)
    cure = re.search(r"series\[.*$", text)[0]
    assert "none for 2010-10" in text
    assert len(whole(eval(cure, {"series": series}))) == 14


def test_columns_side_by_side_are_read_alike():
    frame = pd.DataFrame({"KAZ": CLEAN[::-1], "UZB": CLEAN.astype(str)})
    assert read_wide(frame).loc["2010-03"].tolist() == [3.0, 3.0]
    assert "each column once, got 'KAZ' twice" in refusal(
        read_wide, pd.concat([frame, frame[["KAZ"]]], axis=1)
    )


@pytest.mark.parametrize("given", ["05/06/2024", "2024-13", "24", 2024.0, True, None, "2024-1"])
def test_a_period_is_not_guessed(given):
    assert "must be a month such as 2024-03" in refusal(read_period, given, "M")


def test_a_clean_series_costs_microseconds():
    read_series(WAVE)
    start = time.process_time()
    for _ in range(1000):
        read_series(WAVE)
    assert time.process_time() - start < 0.5  # 0.03 s where nothing else runs


SHAPES = {
    "growth": lambda d: st.growth(d), "cagr": lambda d: st.cagr(d, "2010-01", "2011-01"),
    "seasonal": lambda d: st.seasonal_diagnostics(d), "year": lambda d: st.calendar_year(d),
    "breaks": lambda d: st.break_counts(d, draws=9), "forecast": lambda d: st.forecast(d, 2),
    "to date": lambda d: st.year_to_date(d), "known": lambda d: st.event_breaks(d, draws=9),
    "found": lambda d: st.growth_breaks(d, draws=9),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", ["reversed", "dates", "text", "written", "objects"])
def test_every_verb_reads_by_this_gate(name, kind):
    changed = READ[kind].rename("KAZ")
    expected, found = (SHAPES[name](s) for s in (CLEAN.rename("KAZ"), changed))
    if isinstance(expected, float):
        assert found == expected
    else:
        (pd.testing.assert_series_equal if isinstance(expected, pd.Series)
         else pd.testing.assert_frame_equal)(found, expected)  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", ["twice", "infinite", "bool", "days", "zone", "list", "word"])
def test_every_verb_refuses_by_this_gate(name, kind):
    assert re.search(REFUSED[kind][1], refusal(SHAPES[name], REFUSED[kind][0]))


@given(some.permutations(range(24)))
@settings(max_examples=20, derandomize=True, deadline=None, database=None)
def test_order_is_no_matter_at_the_gate(order):
    pd.testing.assert_series_equal(read_series(CLEAN.iloc[order]), CLEAN)


def test_months_newest_first_are_adjusted_as_they_are():
    pd.testing.assert_frame_equal(st.seasonal_adjust(WAVE[::-1]), st.seasonal_adjust(WAVE))


def test_a_missing_month_is_named_and_not_another():
    gap = WAVE.where(WAVE.index != WAVE.index[50])
    assert "without 2014-03: take the months after it" in refusal(st.seasonal_adjust, gap)
    infinite = gap.fillna(np.inf)
    assert "got inf for 2014-03" in refusal(st.seasonal_adjust, infinite)


@pytest.mark.parametrize("base", [0.0, -1.0])
def test_nothing_grows_from_nothing_or_less(base):
    years = monthly([base, 2.0, 4.0], "2020", "Y")
    said = f"growth from a base at or below 0 is not defined, got {base:g} as the base of 2021"
    assert said in refusal(st.growth, years)
    assert said in refusal(st.contributions, years.to_frame("a"))


def test_wide_frames_and_flows_tell_the_same():
    wide = st.load_partner_totals(as_of="2026-01-31")
    trade = st.load_trade(as_of="2026-01-31", flows="export")
    flows = trade.pivot(index="period", columns="partner", values="value")
    expected = st.growth(trade).pivot(index="period", columns="partner", values="growth")
    pd.testing.assert_frame_equal(
        st.growth(flows).dropna(how="all"), expected, check_names=False, check_freq=False
    )
    rates = st.cagr(trade, "2015", "2020").set_index("partner")["growth"]
    assert np.allclose(st.cagr(flows, "2015", "2020"), rates)
    assert st.share(wide).sum(axis=1).round(12).eq(1).all()
    assert st.region(wide)["2024"] == pytest.approx(wide.loc["2024"].sum())
    months = st.load_trade(frequency="M", currency="CNY", flows="import")
    laid = months.pivot(index="period", columns="partner", values="value")
    for longer in (st.quarters, st.calendar_year):
        pd.testing.assert_frame_equal(
            longer(laid).dropna(how="all"),
            longer(months).pivot(index="period", columns="partner", values="value"),
            check_names=False, check_freq=False,
        )  # fmt: skip
    assert "needs a TRADE frame of exports and imports" in refusal(st.balance, wide)


def test_series_without_noise_have_no_break_but_the_one_they_have():
    steady = monthly(np.exp(np.arange(31) * 0.1), "1990", "Y")
    for series in (steady, steady * 0 + 5):
        counts = st.break_counts(series, draws=99)
        assert counts.loc[counts["chosen"], "breaks"].item() == 0
        assert counts["any_p"].unique().tolist() == [1.0]
        assert st.growth_breaks(series, draws=99).empty
        assert st.event_breaks(series, draws=99)["p_value"].dropna().eq(1).all()
    once = monthly(np.exp(np.r_[np.full(16, 0.2), np.full(15, 0.02)].cumsum()), "1990", "Y")
    found = st.growth_breaks(once, draws=199)
    assert found[["first", "low", "high"]].astype(str).to_numpy().tolist() == [["2006"] * 3]


def test_rates_of_any_sign_have_breaks_of_their_own():
    noise = np.random.default_rng(1).normal(0, 0.5, 40)
    rates = monthly(np.r_[np.full(20, -1.0), np.full(20, 2.0)] + noise, "1980", "Y")
    found = st.growth_breaks(rates, draws=199, rates=True).iloc[0]
    assert str(found["first"]) == "2000"
    assert found[["before", "after"]].astype(float).round(0).tolist() == [-1, 2]
    assert "say rates=True where the values are rates" in refusal(st.growth_breaks, rates)


def test_intervals_may_allow_for_serial_correlation():
    shocks = np.random.default_rng(5).normal(0, 1, 200)
    errors = pd.Series(shocks).ewm(alpha=0.3, adjust=False).mean().to_numpy()
    rates = monthly(np.r_[np.zeros(100), np.ones(100)] + errors, "1900", "Y")
    plain, robust = (
        st.growth_breaks(rates, draws=99, rates=True, hac=hac).iloc[0] for hac in (False, True)
    )
    assert plain["first"] == robust["first"]
    assert robust["low"] < plain["low"] and robust["high"] > plain["high"]


def test_the_nile_has_strucchanges_break_and_interval():
    from statsmodels.datasets import nile

    flow = nile.load_pandas().data["volume"].set_axis(pd.period_range("1871", "1970", freq="Y"))
    found = st.growth_breaks(flow, draws=99, rates=True).iloc[0]
    # R's breakpoints names the last year of the regime before: 1898 (1895 to 1902).
    assert [str(found[c]) for c in ("first", "low", "high")] == ["1899", "1896", "1903"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("value", pd.Timestamp("2020-01-01"), "must be a finite number"),
        ("value", True, "must be a finite number"), ("value", 1j, "must be a finite number"),
        ("period", pd.Period("2020-01-01", "D"), "must be of months, quarters or calendar years"),
        ("period", pd.Period("2020", "2Y"), "must be of months, quarters or calendar years"),
        ("period", pd.Period("2020", "Y-MAR"), "must be of months, quarters or calendar years"),
        ("released", pd.Timestamp("2020-01-01", tz="UTC"), "must be a day as YYYY-MM-DD"),
        ("released", "2020-01-01T00:00", "must be a day as YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_columns_hold_what_they_say(column, value, said):
    trade = st.load_trade(partners="KAZ")
    assert said in refusal(validate, trade.assign(**{column: value}), TRADE)
    assert f"column {column}: stands twice" in refusal(
        validate, pd.concat([trade, trade[[column]]], axis=1), TRADE
    )


def test_what_is_no_frame_is_refused():
    for other in (None, [1], CLEAN):
        assert refusal(validate, other, TRADE).startswith("TRADE frame must be a DataFrame, got")


def test_a_day_asked_twice_counts_once():
    trade, days = st.load_trade(partners="KAZ", flows="export"), ["2015-12-31"] * 2
    table = st.backtest(trade, 1, days=days, models=["naive"], progress=False)
    assert st.scores(table)["origins"].unique().tolist() == [1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": 1.5}, "horizon must be a whole number of at least 1, got 1.5"),
        ({"horizon": "2"}, "horizon must be a whole number of at least 1, got '2'"),
        ({"horizon": True}, "horizon must be a whole number of at least 1, got True"),
        ({"days": []}, "days must name at least one day, got none"),
        ({"days": "2015-12-31"}, "days must be a list of days, got '2015-12-31'"),
        ({"models": ["arima"]}, "models must be one of"),
    ],
)
def test_arguments_of_a_backtest(change, said):
    trade = st.load_trade(partners="KAZ", flows="export")
    given = {"horizon": 1, "days": ["2015-12-31"], "progress": False} | change
    assert said in refusal(st.backtest, trade, **given)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": 2}, "level must be between 0 and 1, got 2: write 2 percent as 0.02"),
        ({"level": 0}, "level must be between 0 and 1, got 0"),
        ({"most": 0}, "most must be a whole number of at least 1, got 0"),
        ({"draws": 1.5}, "draws must be a whole number of at least 1, got 1.5"),
        ({"rates": "yes"}, "rates must be True or False, got 'yes'"),
    ],
)
def test_arguments_of_breaks(change, said):
    assert said in refusal(st.break_counts, monthly(range(1, 32), "1990", "Y"), **change)
    assert "must hold 5 periods for two regimes, got 0" in refusal(st.growth_breaks, CLEAN[:0])
