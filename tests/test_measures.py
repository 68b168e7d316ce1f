"""Measures: each against one line of pandas, and what holds whatever the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from hypothesis import given, settings
from hypothesis import strategies as some

import silktrade as st
from silktrade import codes, figures
from silktrade.figures.canvas import figure_html
from silktrade.schema import TRADE, validate

KEY = ["partner", "flow"]
DAY = "2026-01-31"  # so that what is counted here stays as it is when data grow
amounts = some.floats(1e6, 1e10)
quick = settings(max_examples=12, deadline=None)
# Sixteen places of a double, less the four that 1 + growth loses where growth is as low as -0.9999.
CLOSE = {"rel": 1e-9, "abs": 1e-12}


def frame(values: np.ndarray, periods: pd.PeriodIndex, currency: str = "USD") -> pd.DataFrame:
    """Give a TRADE frame: rows of `values` are periods, columns partner and flow."""
    names = [(p, f) for p in st.codes.PARTNERS for f in st.codes.FLOWS][: values.shape[1]]
    rows = [
        ("CHN", p, f, "TOTAL", t, values[i, j], currency, "fob" if f == "export" else "cif", "A",
         "gacc", "2026-01-31", "2026-01-20")
        for i, t in enumerate(periods) for j, (p, f) in enumerate(names)
    ]  # fmt: skip
    return validate(pd.DataFrame(rows, columns=TRADE.all_columns), TRADE)


@some.composite
def trades(draw, parts: int = 10, freq: str = "Y", length: int = 3) -> pd.DataFrame:
    """Draw a TRADE frame with no gap."""
    flat = draw(some.lists(amounts, min_size=parts * length, max_size=parts * length))
    periods = pd.period_range("2020-01", periods=length, freq=freq)
    return frame(np.array(flat).reshape(length, parts), periods)


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    return st.load_trade(frequency="Y", as_of=DAY)


@pytest.fixture(scope="module")
def months() -> pd.DataFrame:
    return st.load_trade(frequency="M", currency="CNY", as_of=DAY)


def wide(trade: pd.DataFrame, value: str = "value") -> pd.DataFrame:
    """Lay a frame out with a column a series."""
    return trade.pivot(index="period", columns=KEY, values=value)


@pytest.mark.parametrize("periods", [None, 1, 12])
def test_growth_of_months_is_a_ratio(months, periods):
    ours = wide(st.growth(months, periods=periods), "growth")
    oracle = wide(months).pct_change(periods or 12).dropna()
    pd.testing.assert_frame_equal(ours, oracle, check_freq=False)


def test_growth_of_years_needs_the_year_before(years):
    ours = st.growth(years)
    oracle = (
        wide(years).reindex(pd.period_range("1992", "2025", freq="Y")).pct_change(fill_method=None)
    )
    assert len(ours) == oracle.notna().sum().sum()
    # Four series have no 2021, so no growth in 2021 or 2022.
    counts = ours.groupby(ours["period"].dt.year).size()
    assert counts[[2020, 2021, 2022, 2023, 2024]].tolist() == [10, 6, 6, 10, 10]
    pd.testing.assert_frame_equal(
        wide(ours, "growth"), oracle.dropna(how="all"), check_freq=False, check_names=False
    )


def test_growth_of_a_series_skips_a_gap():
    values = pd.Series([1.0, 2.0, 3.0], pd.PeriodIndex(["2019", "2020", "2022"], freq="Y"))
    assert st.growth(values).to_dict() == {pd.Period("2020"): 1.0}
    assert st.growth(values, periods=2).to_dict() == {pd.Period("2022"): 0.5}


def test_growth_by_quarters_looks_one_year_back():
    values = pd.Series([1.0, 2.0, 4.0, 8.0, 3.0], pd.period_range("2020Q1", periods=5, freq="Q"))
    assert st.growth(values).tolist() == [2.0]


def test_growth_from_nothing_is_refused():
    values = pd.Series([0.0, 1.0], pd.period_range("2020", periods=2, freq="Y"))
    assert refusal(st.growth, values) == (
        "growth from a base at or below 0 is not defined, got 0 as the base of 2021: leave the "
        "series or the period out"
    )
    assert refusal(st.growth, values, periods=0) == (
        "periods must be a whole number of at least 1, got 0: it counts periods back"
    )


def test_growth_of_nothing_keeps_its_columns(years):
    none = st.growth(years.iloc[:0])
    assert none.empty
    assert none.columns.tolist() == st.growth(years).columns.tolist()


@quick
@given(trades(), some.floats(0.01, 100.0))
def test_growth_undoes_itself_and_knows_no_unit(trade, scale):
    growth = wide(st.growth(trade), "growth")
    base = wide(trade).shift(1).iloc[1:]
    np.testing.assert_allclose(base * (1 + growth), wide(trade).iloc[1:], rtol=CLOSE["rel"])
    scaled = wide(st.growth(trade.assign(value=trade["value"] * scale)), "growth")
    np.testing.assert_allclose(1 + scaled, 1 + growth, rtol=CLOSE["rel"])


def test_cagr_is_the_constant_rate():
    values = pd.Series([100.0, 1.0, 1.0, 133.1], pd.period_range("2020", periods=4, freq="Y"))
    assert st.cagr(values, "2020", "2023") == pytest.approx(0.1)
    months = pd.Series([1.0] * 24 + [4.0], pd.period_range("2020-01", periods=25, freq="M"))
    assert st.cagr(months, "2020-01", "2022-01") == pytest.approx(1.0)
    assert st.cagr(values / 1000, "2020", "2023") == pytest.approx(0.1)  # a share, below 1


def test_cagr_of_the_region_by_hand():
    totals = st.load_totals()
    assert st.cagr(totals, "1992", "2024") == pytest.approx(
        (94.82106854468803 / 0.438335) ** (1 / 32) - 1, rel=1e-9
    )


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2019", "2021", "start must be a period of the series, got 2019: it is not known"),
        ("2020", "2030", "end must be a period of the series, got 2030: it is not known"),
        ("2021", "2020", "end must come after start, got 2020 after 2021: swap them"),
        ("2020", "2021", "cagr needs values above 0, got 0.0 in 2020 and 2.0 in 2021: choose "
                         "others"),
    ],
)  # fmt: skip
def test_cagr_refuses(start, end, said):
    values = pd.Series([0.0, 2.0], pd.period_range("2020", periods=2, freq="Y"))
    assert refusal(st.cagr, values, start, end) == said


def test_contributions_are_changes_over_the_earlier_total(months):
    ours = wide(st.contributions(months), "contribution")
    table = wide(months)
    oracle = table.diff(12).div(table.sum(axis=1).shift(12), axis=0).dropna()
    pd.testing.assert_frame_equal(ours, oracle, check_freq=False)


def test_contributions_of_2024_by_hand():
    parts = st.contributions(st.load_partner_totals(currency="CNY")).loc["2024"]
    assert parts["KGZ"] == pytest.approx((161.641384747 - 139.746662716) / 629.707496, rel=1e-6)
    assert parts.sum() == pytest.approx(674.746723 / 629.707496 - 1, rel=1e-5)


def test_contributions_need_every_series_in_both_years(years):
    counts = st.contributions(years).groupby("period").size()
    assert set(counts) == {10}
    assert not {2021, 2022} & set(counts.index.year)
    assert {1993, 2020, 2023, 2024, 2025} <= set(counts.index.year)


@quick
@given(trades())
def test_contributions_add_up_to_growth(trade):
    parts = st.contributions(trade).groupby("period")["contribution"].sum()
    growth = st.growth(trade.groupby("period")["value"].sum())
    assert (1 + parts).tolist() == pytest.approx((1 + growth).tolist(), **CLOSE)
    of_wide = st.contributions(wide(trade))
    assert of_wide.sum(axis=1).tolist() == pytest.approx(parts.tolist(), rel=1e-9, abs=1e-9)


def test_contributions_to_a_total_of_nothing():
    periods = pd.period_range("2020", periods=2, freq="Y")
    trade = frame(np.array([[0.0, 0.0], [1.0, 2.0]]), periods)
    assert refusal(st.contributions, trade) == (
        "growth from a base at or below 0 is not defined, got 0 as the base of 2021: leave the "
        "series or the period out"
    )


def test_share_is_the_part_over_the_whole(months):
    ours = st.share(months).set_index([*KEY, "period"])["share"]
    whole = months.groupby(["flow", "period"])["value"].transform("sum")
    oracle = (months["value"] / whole).to_numpy()
    np.testing.assert_allclose(ours, oracle)


def test_share_leaves_out_a_period_with_a_sibling_missing(years):
    ours = st.share(years)
    # In 2021 the exports to four are not known: imports have shares, exports have none.
    assert set(ours.loc[ours["period"] == "2021", "flow"]) == {"import"}
    known = st.share(years, of="flow")
    assert set(known[known["period"] == "2021"]["partner"]) == {"KAZ"}
    assert set(known[known["period"] == "2022"]["partner"]) == set(codes.PARTNERS)


def test_shares_and_growth_of_a_wide_frame_are_those_of_its_columns():
    wide = pd.DataFrame({"KAZ": [2.0, 3.0, 4.0], "UZB": [6.0, np.nan, 4.0]},
                        pd.period_range("2020", "2022", freq="Y"))  # fmt: skip
    assert st.share(wide).to_numpy().tolist() == [[0.25, 0.75], [0.5, 0.5]]
    grown = st.growth(wide)
    assert grown["KAZ"].round(6).tolist() == [0.5, 0.333333]
    assert grown["UZB"].isna().all()
    assert refusal(st.share, wide * 0) == (
        "share needs a total above 0, got 0 in 2020: leave that period out"
    )


@quick
@given(trades(), some.sampled_from(["partner", "flow"]), some.floats(0.01, 100.0))
def test_shares_sum_to_one_and_know_no_unit(trade, of, scale):
    shares = st.share(trade, of=of)
    others = [c for c in ("partner", "flow", "period") if c != of]
    assert shares.groupby(others)["share"].sum().tolist() == pytest.approx(
        [1.0] * (len(shares) // trade[of].nunique())
    )
    assert shares["share"].between(0, 1).all()
    scaled = st.share(trade.assign(value=trade["value"] * scale), of=of)["share"]
    assert scaled.tolist() == pytest.approx(shares["share"].tolist(), **CLOSE)


def test_share_refuses(years):
    assert refusal(st.share, years, of="reporter") == (
        "of must be one of partner, flow, product, got 'reporter'"
    )
    nothing = frame(np.zeros((1, 2)), pd.period_range("2020", periods=1, freq="Y"))
    assert refusal(st.share, nothing) == (
        "share needs a total above 0, got 0 in 2020: leave that period out"
    )


def test_balance_is_exports_less_imports(months):
    ours = st.balance(months).pivot(index="period", columns="partner", values="balance")
    table = wide(months)
    oracle = table.xs("export", axis=1, level=1) - table.xs("import", axis=1, level=1)
    pd.testing.assert_frame_equal(ours, oracle, check_freq=False)
    assert set(st.balance(months)["currency"]) == {"CNY"}


def test_balance_needs_both_flows(years):
    of_2021 = st.balance(years[years["period"] == "2021"])
    assert of_2021["partner"].tolist() == ["KAZ"]
    assert st.balance(years[years["flow"] == "export"]).empty


def test_concentration_by_hand():
    assert st.concentration(pd.Series([3.0, 1.0])) == 0.625
    assert st.concentration(pd.Series([7.0])) == 1.0
    assert st.concentration(pd.Series([1.0] * 5)) == pytest.approx(0.2)


@quick
@given(some.lists(amounts, min_size=1, max_size=12), some.floats(0.01, 100.0))
def test_concentration_has_its_bounds(parts, scale):
    index = st.concentration(pd.Series(parts))
    assert 1 / len(parts) - 1e-12 <= index <= 1 + 1e-12  # the bounds, and the last place
    assert st.concentration(pd.Series(parts) * scale) == pytest.approx(index, **CLOSE)
    assert st.concentration(pd.Series([*parts, 0.0])) == pytest.approx(index, **CLOSE)


@pytest.mark.parametrize("wrong", [[1.0, -1.0], [1.0, np.nan], [0.0, 0.0], []])
def test_concentration_refuses(wrong):
    assert refusal(st.concentration, pd.Series(wrong, dtype=float)) == (
        f"values must be known, at least 0 and not all 0, got {wrong}: leave out parts that are "
        "not known"
    )


def test_the_region_is_the_sum_of_the_five(months):
    ours = st.region(months)
    oracle = months.groupby(["flow", "period"])["value"].sum()
    pd.testing.assert_series_equal(ours.set_index(["flow", "period"])["value"], oracle)
    assert set(ours["partner"]) == {"CA5"}
    assert len(ours) == len(months) / 5


def test_the_region_needs_all_five_and_takes_the_weakest_status(years):
    ours = st.region(years)
    assert set(ours.loc[ours["period"] == "2021", "flow"]) == {"import"}
    mixed = years[years["period"] == "2024"].assign(obs_status="A")
    mixed.loc[mixed["partner"] == "TJK", "obs_status"] = "E"
    assert set(st.region(mixed)["obs_status"]) == {"E"}
    assert st.region(years[years["partner"] != "TJK"]).empty


def test_the_region_counts_nothing_twice(years):
    both = pd.concat([years, st.region(years)])
    assert refusal(st.region, both).startswith(
        "trade must be with members of one region, got CA5, KAZ, KGZ, TJK, TKM, UZB (there is CA5 "
    )
    assert refusal(st.region, both, "CA5") == (
        "partner must be one of KAZ, KGZ, TJK, TKM, UZB, got 'CA5'"
    )


def test_the_year_to_date_is_a_running_sum(months):
    ours = wide(st.year_to_date(months))
    table = wide(months)
    pd.testing.assert_frame_equal(ours, table.groupby(table.index.year).cumsum(), check_freq=False)
    first = st.year_to_date(months)
    assert round(first[first["period"] == "2023-04"]["value"].sum() / 1e9, 1) == 170.4


def test_the_year_to_date_ends_at_a_gap(months):
    kazakh = months[(months["partner"] == "KAZ") & (months["flow"] == "export")]
    kept = kazakh[kazakh["period"] != "2024-03"]
    known = st.year_to_date(kept)["period"].astype(str).tolist()
    assert [p for p in known if p.startswith("2024")] == ["2024-01", "2024-02"]
    assert sum(p.startswith("2025") for p in known) == 12
    assert st.calendar_year(kept)["period"].astype(str).tolist() == ["2023", "2025"]


def test_the_year_to_date_has_the_weakest_status_so_far(months):
    kazakh = months[(months["partner"] == "KAZ") & (months["flow"] == "export")]
    mixed = kazakh.assign(obs_status="A")
    mixed.loc[mixed["period"] == "2024-02", "obs_status"] = "E"
    status = st.year_to_date(mixed).set_index("period")["obs_status"]
    assert status[["2024-01", "2024-02", "2024-12", "2025-01"]].tolist() == ["A", "E", "E", "A"]
    assert st.calendar_year(mixed)["obs_status"].tolist() == ["A", "E", "A"]


def test_the_calendar_year_of_a_series_is_that_of_its_flow(months):
    flow = months[(months["partner"] == "KAZ") & (months["flow"] == "export")]
    years = st.calendar_year(flow.set_index("period")["value"])
    pd.testing.assert_series_equal(
        years, st.calendar_year(flow).set_index("period")["value"], check_freq=False
    )


def test_the_calendar_year_is_a_sum_of_twelve(months):
    ours = st.calendar_year(months).set_index([*KEY, "period"])["value"]
    oracle = months.groupby([*KEY, months["period"].dt.asfreq("Y")])["value"].sum()
    pd.testing.assert_series_equal(ours, oracle)
    broken = st.calendar_year(months[months["period"] <= "2025-11"])
    assert broken["period"].dt.year.max() == 2024


def test_windows_need_months(years):
    for name in ("year_to_date", "calendar_year", "quarters"):
        said = refusal(getattr(st, name), years)
        assert said == f"{name} needs a monthly frame, got frequency 'Y'"


def test_the_currency_effect_is_what_lies_between_two_growth_rates():
    yuan, dollars = (st.load_totals(currency=c) for c in ("CNY", "USD"))
    effect = st.currency_effect(yuan, dollars)
    rate = yuan / dollars
    oracle = pd.concat([yuan.pct_change(), dollars.pct_change(), rate.pct_change()], axis=1)
    np.testing.assert_allclose(effect.loc["2024":], oracle.loc["2024":])
    assert (effect["growth_cny"] > effect["growth_usd"]).equals(effect["rate_change"] > 0)


@quick
@given(some.lists(some.tuples(amounts, amounts), min_size=2, max_size=6))
def test_the_currency_identity(pairs):
    periods = pd.period_range("2020", periods=len(pairs), freq="Y")
    yuan, dollars = (pd.Series(v, periods) for v in zip(*pairs, strict=True))
    effect = st.currency_effect(yuan, dollars)
    left = 1 + effect["growth_cny"]
    right = (1 + effect["growth_usd"]) * (1 + effect["rate_change"])
    assert left.tolist() == pytest.approx(right.tolist(), **CLOSE)


@pytest.mark.parametrize(
    "measure",
    [st.growth, st.contributions, st.share, st.balance, st.region, st.year_to_date,
     st.calendar_year, st.quarters],
)  # fmt: skip
def test_a_measure_leaves_its_input_alone(months, measure):
    before = months.copy(deep=True)
    out = measure(months)
    out.loc[:, "partner"] = "KAZ"
    pd.testing.assert_frame_equal(months, before)


def test_what_is_measured_says_its_own_unit():
    years = pd.period_range("2020", "2022", freq="Y", name="period")
    own = pd.DataFrame({"KAZ": [50.0, 60.0, 66.0], "UZB": [10.0, 20.0, 30.0]}, years)
    own.attrs = {"unit": "m USD", "source": "own count"}
    people, prices = pd.Series(2.0, years), pd.Series([100.0, 110.0, 121.0], years)
    units = {
        "fraction": [st.growth(own), st.share(own), st.contributions(own)],
        "2020 = 100": [st.index_to(own, 2020)],
        "m USD per person": [st.per_head(own, people)],
        "m USD, prices of 2020": [st.deflate(own, prices, 2020)],
        "rank": [st.rank(own)],
    }
    for unit, measured in units.items():
        assert [(m.attrs["unit"], m.attrs["source"]) for m in measured] == [
            (unit, "own count")
        ] * len(measured)
    assert own.attrs["unit"] == "m USD"
    assert st.growth(own["KAZ"]).attrs["unit"] == "fraction"
    dollars = st.load_totals("UZB", currency="USD")
    assert st.index_to(dollars, 2015).attrs["unit"] == "2015 = 100, dollars"
    assert st.index_to(st.load_trade(currency="CNY"), 2016).attrs["unit"] == "2016 = 100, yuan"
    drawn = figures.lines(st.index_to(dollars, 2015), "Trade grew")
    assert "2015 = 100, dollars" in figure_html(drawn.figure)
