"""What stands behind a year's figure: quarters, latest months, flows that come and go."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import refusal

from silktrade import (
    but_for,
    codes,
    growth,
    growth_without,
    latest,
    load_totals,
    load_trade,
    quarters,
    swings,
    tell_growth,
    turn,
)


def monthly(first: str, values: list[float], currency: str = "CNY") -> pd.Series:
    index = pd.period_range(first, periods=len(values), freq="M")
    series = pd.Series(values, index, name="KAZ", dtype=float)
    series.attrs = {"currency": currency, "partner": "KAZ"}
    return series


def yearly(first: int, values: list[float], currency: str = "CNY") -> pd.Series:
    index = pd.period_range(str(first), periods=len(values), freq="Y")
    series = pd.Series(values, index, name="KAZ", dtype=float)
    series.attrs = {"currency": currency, "partner": "KAZ"}
    return series


def test_a_quarter_needs_its_three_months():
    months = monthly("2023-11", [1.0] * 14).drop(pd.Period("2024-05", "M"))
    assert {str(p): v for p, v in quarters(months).items()} == {
        "2024Q1": 3.0, "2024Q3": 3.0, "2024Q4": 3.0,
    }  # fmt: skip
    assert "quarters needs months" in refusal(quarters, yearly(2020, [1.0, 2.0]))


@pytest.mark.parametrize(
    ("count", "spans"),
    [
        (12, [("2023-01", "2023-12"), ("2023-12", "2023-12")]),
        (13, [("2023-01", "2023-12"), ("2024-01", "2024-01")]),
        (14, [("2023-01", "2023-12"), ("2024-01", "2024-02")]),
        (15, [("2023-01", "2023-12"), ("2024-01", "2024-03"), ("2024-03", "2024-03")]),
        (24, [("2023-01", "2023-12"), ("2024-01", "2024-12"), ("2024-12", "2024-12")]),
    ],
)
def test_january_and_february_are_one_span(count, spans):
    found = latest(yearly(2022, [10.0, 12.0]), monthly("2023-01", [1.0] * count))
    assert [(str(r.first), str(r.last)) for r in found.itertuples()] == spans


def test_growth_of_a_span_is_on_the_same_months_a_year_before():
    months = monthly("2023-01", [1.0] * 12 + [1.5, 2.5, 3.0])
    found = latest(yearly(2022, [10.0, 12.0]), months)
    assert found["growth"].round(6).tolist() == [0.2, round(7 / 3 - 1, 6), 2.0]
    assert found["value"].tolist() == [12.0, 7.0, 3.0]


def test_a_span_without_its_months_a_year_before_has_no_growth():
    found = latest(yearly(2022, [10.0, 12.0]), monthly("2023-02", [1.0] * 14))
    assert found["growth"].isna().tolist() == [False, True, False]


def test_the_months_that_one_currency_lacks_are_named():
    months = monthly("2023-01", [1.0] * 12, "USD")
    months.attrs["left_out"] = ["2022-12", "2024-01", "2024-02"]
    found = latest(yearly(2022, [10.0, 12.0], "USD"), months)
    assert found.attrs["left_out"] == ["2024-01", "2024-02"]


def test_yuan_and_dollars_of_one_year_agree_with_the_year():
    for currency in ("USD", "CNY"):
        years = load_totals(currency=currency)
        found = latest(years, load_totals(frequency="M", currency=currency))
        assert found["value"].iloc[0] == years.iloc[-1]


def test_what_swings_is_found_by_rule():
    trade = load_trade(as_of="2026-01-31")
    assert list(swings(trade).index) == [("KGZ", "import")]
    calm = trade[(trade["partner"] != "KGZ") | (trade["flow"] != "import")]
    assert swings(calm).empty
    # A pipeline that opens is one as well, at its time.
    assert ("TKM", "import") in swings(load_trade(as_of="2011-12-31")).index
    assert "annual" in refusal(swings, load_trade(frequency="M"))


def test_growth_with_and_without_adds_up():
    trade = load_trade(as_of="2026-01-31")
    swung = swings(trade)
    both = growth_without(trade, swung)
    wide = trade.pivot(index="period", columns=["partner", "flow"], values="value").dropna()
    assert both["growth"].equals(growth(wide.sum(axis=1)).rename("growth"))
    rest = growth(wide.drop(columns=list(swung.index)).sum(axis=1))
    assert (both["without"] - rest).abs().max() < 1e-12
    assert growth_without(trade, swung.iloc[:0]).eval("growth == without").all()
    own = trade[(trade["partner"] == "KGZ") & (trade["flow"] == "import")]
    assert growth_without(own, swung)["without"].isna().all()  # nothing is left


def test_what_makes_no_point_of_difference_is_not_told():
    trade = load_trade(as_of="2026-01-31")
    swung = swings(trade)
    both = growth_without(trade, swung)
    assert "without imports from Kyrgyzstan" in but_for(both, swung, 2024)
    assert but_for(both, swung, 2023) == ""
    assert but_for(both, swung, 2040) == ""


@pytest.mark.parametrize(
    ("year", "quarter", "told"),
    [(0.2, -0.3, "fell"), (-0.2, 0.3, "rose"), (0.2, 0.1, ""), (0.2, -0.0001, ""),
     (float("nan"), -0.3, ""), (None, -0.3, "")],
)  # fmt: skip
def test_the_latest_quarter_is_named_where_its_sign_differs(year, quarter, told):
    rates = pd.Series([0.5, quarter], pd.period_range("2025Q3", periods=2, freq="Q"))
    said = turn(year, rates, "CNY")
    assert (told in said and "October to December 2025" in said) if told else said == ""


@pytest.mark.parametrize(
    ("rates", "newest", "short"),
    [
        ([0.1, 0.1, 0.1, 0.1], "In January to April 2026 trade rose 10.0 % in yuan on a year "
         "before.", "up 10.0 % to 1.10 billion dollars in 2025"),
        ([0.2, 0.2, 0.2, -0.1], "In January to April 2026 trade rose 12.5 % in yuan on a year "
         "before; in April alone it fell 10.0 %.", "up 10.0 % to 1.10 billion dollars in 2025"),
        ([-0.1, -0.3], "In January and February 2026 trade fell 20.0 % in yuan on a year before.",
         "up 10.0 % in dollars in 2025, down 20.0 % in yuan since"),
        # January alone is not comparable: the New Year falls in it, or does not.
        ([0.5], "", "up 10.0 % to 1.10 billion dollars in 2025"),
        ([], "", "up 10.0 % to 1.10 billion dollars in 2025"),
    ],
)  # fmt: skip
def test_the_months_after_the_last_year_are_told(rates, newest, short):
    total = pd.Series([1e9, 1.1e9], pd.period_range("2024", periods=2, freq="Y"), name="KAZ")
    total.attrs = {"partner": "KAZ", "currency": "USD", "source": "gacc"}
    months = monthly("2024-01", [100.0] * 24 + [100 * (1 + rate) for rate in rates])
    said = tell_growth(total, months=months)
    assert said.newest.strip().replace("\xa0", " ") == newest
    assert said.short.replace("\xa0", " ") == short
    # A title has at most 100 characters, with the longest name of a country before it.
    longest = max(map(len, map(codes.label, codes.PARTNERS)))
    assert len(f"{'x' * longest}: trade with China {said.short}") <= 100
