"""Loaders: what was public on a day, one source after the other, in the currency asked for."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from test_snapshots import copy_data, edit

import silktrade as st
from silktrade import codes, schema
from silktrade.data import indicators, snapshots

STATUS = {"A": 0, "P": 1, "E": 2, "I": 3}


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    return copy_data(tmp_path, monkeypatch)


def series(frame: pd.DataFrame, partner: str, flow: str, column: str = "value") -> pd.Series:
    """Give one series of a frame."""
    return frame[(frame["partner"] == partner) & (frame["flow"] == flow)].set_index("period")[
        column
    ]


def test_signatures_are_as_promised():
    trade = inspect.signature(st.load_trade).parameters
    assert list(trade)[:4] == ["frequency", "currency", "partners", "flows"]
    assert {"as_of", "reporter"} <= set(trade)
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in trade.values())
    totals = inspect.signature(st.load_totals).parameters
    assert list(totals) == ["partner", "frequency", "currency", "as_of"]
    assert totals["partner"].default == "CA5"
    assert next(iter(inspect.signature(st.load_indicator).parameters)) == "name"


@pytest.mark.parametrize("frequency", ["Y", "M"])
@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_trade_is_a_valid_frame_of_ten_series(frequency, currency):
    trade = st.load_trade(frequency=frequency, currency=currency)
    pd.testing.assert_frame_equal(schema.validate(trade, schema.TRADE), trade)
    assert set(trade["currency"]) == {currency}
    assert set(trade["partner"]) == set(codes.PARTNERS)
    assert trade.groupby(["partner", "flow"]).ngroups == 10
    assert schema.frequency_of(trade) == frequency


def test_partners_and_flows_choose():
    some = st.load_trade(frequency="M", partners=["UZB", "KAZ"], flows="import")
    assert sorted(set(some["partner"])) == ["KAZ", "UZB"]
    assert set(some["flow"]) == {"import"}
    assert set(st.load_trade(frequency="M", partners="WLD")["partner"]) == {"WLD"}


def test_months_run_from_2023_to_2025_without_a_gap():
    wide = st.load_trade(frequency="M", currency="CNY").pivot(
        index="period", columns=["partner", "flow"], values="value"
    )
    assert wide.index.equals(pd.period_range("2023-01", "2025-12", freq="M", name="period"))
    assert wide.notna().all(axis=None)


def test_years_splice_the_fund_to_2020_with_the_customs_from_2021():
    trade = st.load_trade()
    years = trade.groupby("source")["period"].agg(["min", "max"]).astype(str)
    assert years.loc["imf"].tolist() == ["1992", "2020"]
    assert years.loc["gacc"].tolist() == ["2022", "2025"]


def test_the_first_source_has_precedence(data):
    # Give the Fund a figure of 2024 that the customs have too, and one of 2021 that they have not.
    def add(frame: pd.DataFrame) -> pd.DataFrame:
        kazakh = frame[(frame["partner"] == "KAZ") & (frame["period"] == "2020")]
        more = [kazakh.assign(period=p, value="1", released=r)
                for p, r in (("2021", "2022-06-30"), ("2024", "2024-06-30"))]  # fmt: skip
        return pd.concat([frame, *more], ignore_index=True)

    before = series(st.load_trade(), "KAZ", "export")
    edit(data, "imf/2026-11-23/direction_of_trade", add)
    after = series(st.load_trade(), "KAZ", "export")
    assert after["2021"] == 1.0
    assert after["2024"] == before["2024"]
    # On a day on which only the second source was public, its figure stands.
    early = series(st.load_trade(as_of="2024-12-31"), "KAZ", "export")
    assert early["2024"] == 1.0


@pytest.mark.parametrize("day", ["1993-06-30", "2012-02-01", "2023-04-20", "2023-12-31",
                                 "2024-01-20", "2025-06-30", "2026-01-31"])  # fmt: skip
@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_nothing_is_loaded_that_was_released_later(day, currency):
    trade = st.load_trade(currency=currency, as_of=day)
    assert trade["released"].max() <= pd.Timestamp(day)
    if day >= "2023-03-20":
        months = st.load_trade(frequency="M", currency=currency, as_of=day)
        assert months["released"].max() <= pd.Timestamp(day)


def test_as_of_keeps_all_that_was_public():
    whole, day = st.load_trade(frequency="M", currency="CNY"), pd.Timestamp("2024-06-20")
    kept = st.load_trade(frequency="M", currency="CNY", as_of=day)
    expected = whole[whole["released"] <= day].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, expected)
    assert kept["period"].max() == pd.Period("2024-05", "M")


@pytest.mark.parametrize(
    ("day", "last"),
    [("2023-03-20", "2023-02"), ("2023-04-19", "2023-02"), ("2023-04-20", "2023-03"),
     ("2023-12-31", "2023-11"), ("2024-01-19", "2023-11"), ("2024-03-19", "2023-12")],
)  # fmt: skip
def test_the_last_month_known_on_a_day(day, last):
    assert str(st.load_trade(frequency="M", as_of=day)["period"].max()) == last


def test_as_of_may_be_a_timestamp():
    by_text, by_stamp = (st.load_trade(as_of=d) for d in ("2023-12-31", pd.Timestamp("2023-12-31")))
    pd.testing.assert_frame_equal(by_text, by_stamp)


def test_as_of_before_the_first_release():
    assert refusal(st.load_trade, frequency="M", as_of="2023-03-19") == (
        "as_of must be on or after 2023-03-20, when the first of these figures was public, got "
        "'2023-03-19': choose a later day"
    )
    assert refusal(st.load_trade, as_of="1990-01-01").startswith(
        "as_of must be on or after 1993-06-30, when"
    )
    assert refusal(st.load_printed_totals, as_of="2020-01-01").startswith(
        "as_of must be on or after 2022-01-20, when"
    )
    assert refusal(st.load_indicator, "gdp_growth", as_of="2023-10-09").startswith(
        "as_of must be on or after 2023-10-10, when"
    )


@pytest.mark.parametrize(
    "call",
    [
        st.load_trade, st.load_totals, st.load_partner_totals, st.load_printed_totals,
        st.load_year_to_date, st.load_events, lambda as_of: st.load_indicator("gold", as_of=as_of),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrong", ["soon", "2023-02-30"])
def test_as_of_that_is_no_day(call, wrong):
    assert refusal(call, as_of=wrong) == f"as_of must be a day as YYYY-MM-DD, got {wrong!r}"


def test_unknown_codes_are_refused_with_what_may_stand():
    assert refusal(st.load_trade, frequency="W") == "frequency must be one of M, Y, got 'W'"
    assert refusal(st.load_trade, currency="EUR") == "currency must be one of CNY, USD, got 'EUR'"
    assert refusal(st.load_trade, partners="CA5") == (
        "partners must be one of KAZ, KGZ, TJK, TKM, UZB, WLD, got 'CA5'"
    )
    assert refusal(st.load_trade, flows="total") == (
        "flows must be one of export, import, got 'total'"
    )
    assert refusal(st.load_trade, reporter="RUS") == (
        "reporter must be one of CHN, KAZ, KGZ, TJK, TKM, UZB, got 'RUS'"
    )
    assert refusal(st.load_totals, "RUS") == (
        "partner must be one of CA5, KAZ, KGZ, TJK, TKM, UZB, WLD, got 'RUS'"
    )
    assert refusal(st.load_events, "RUS") == (
        "partners must be one of CHN, KAZ, KGZ, TJK, TKM, UZB, got 'RUS'"
    )


def test_the_two_sides_are_loaded_one_after_the_other():
    assert refusal(st.load_trade, reporter=["CHN", "KAZ"]) == (
        "reporter must be CHN alone or some of KAZ, KGZ, TJK, TKM, UZB, got CHN, KAZ: load the two "
        "sides one after the other"
    )
    assert refusal(st.load_trade, reporter="KAZ", frequency="M") == (
        "frequency must be Y for a reporter other than CHN, got 'M': the partners' own reports are "
        "annual"
    )
    assert refusal(st.load_trade, reporter="KAZ", partners="UZB") == (
        "partners must be one of CHN, got 'UZB'"
    )


def test_a_partner_reports_its_trade_with_china():
    mirror = st.load_trade(reporter=("UZB", "KGZ"))
    assert sorted(set(mirror["reporter"])) == ["KGZ", "UZB"]
    assert set(mirror["partner"]) == {"CHN"}
    assert not mirror.duplicated(list(schema.TRADE.key)).any()


def test_customs_figures_are_converted_at_the_rate_of_the_customs():
    yuan = st.load_trade(frequency="M", currency="CNY")
    dollars = st.load_trade(frequency="M", currency="USD")
    rate = snapshots.read(snapshots.find("gacc", "customs_rate_monthly"))
    rate = rate.set_index("period")["value"]
    np.testing.assert_allclose(dollars["value"] * dollars["period"].map(rate), yuan["value"])


def test_figures_to_2020_are_converted_at_the_mean_market_rate():
    yuan = series(st.load_trade(currency="CNY"), "KAZ", "import")
    dollars = series(st.load_trade(currency="USD"), "KAZ", "import")
    market = snapshots.read(snapshots.find("fed", "exchange_rate")).set_index("period")["value"]
    mean = market.groupby(market.index.year).mean()
    for year in (1992, 2005, 2020):
        assert yuan[str(year)] / dollars[str(year)] == pytest.approx(mean[year], rel=1e-12)
    assert yuan["2022":"2024"].div(dollars["2022":"2024"]).round(9).tolist() == [7.044, 7.116]


def test_a_converted_figure_has_the_weaker_status():
    annual = st.load_trade(currency="USD")
    status = annual.groupby(annual["period"].dt.year)["obs_status"].agg(set)
    assert status[2023] == {"E"}
    assert status[2024] == status[2025] == {"A"}  # printed, at a rate that is printed in both
    yuan = st.load_trade(currency="CNY")
    long_ago = yuan[yuan["period"] <= "2020"]
    assert set(long_ago["obs_status"]) == {"E"}  # the market's rate stands in for the customs'
    dollars = st.load_trade(frequency="M", currency="USD")
    assert set(dollars["obs_status"]) == {"E"}


def test_a_converted_figure_is_public_when_value_and_rate_are(data):
    def late(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            released=frame["released"].mask(frame["period"] == "2024-05", "2024-07-01")
        )

    edit(data, "gacc/2026-11-23/customs_rate_monthly", late)
    kazakh = series(st.load_trade(frequency="M"), "KAZ", "export", "released")
    assert kazakh["2024-05"] == pd.Timestamp("2024-07-01")
    assert kazakh["2024-06"] == pd.Timestamp("2024-07-20")
    assert str(st.load_trade(frequency="M", as_of="2024-06-30")["period"].max()) == "2024-04"


def test_totals_are_sums_where_all_parts_are_known():
    trade = st.load_trade()
    sums = trade.groupby("period")["value"].sum()
    whole = trade.groupby("period").size() == 10
    totals = st.load_totals()
    np.testing.assert_allclose(totals[sums[whole].index], sums[whole])
    assert totals.attrs["published"] == ["2021", "2022"]
    assert totals.index.equals(pd.period_range("1992", "2025", freq="Y", name="period"))


def test_totals_are_as_published_where_they_are_not():
    totals = st.load_totals()
    assert totals[["2021", "2022"]].tolist() == [50.1e9, 70.2e9]
    kazakh = st.load_totals("KAZ")
    assert kazakh[["2021", "2022"]].tolist() == [25.2e9, 31.2e9]
    # The sum of known flows goes before the print: 15.42 + 0.08166, not the rounded 15.5.
    assert st.load_totals("KGZ")["2022"] == 15.50166e9
    assert st.load_totals("KGZ").attrs["published"] == []
    assert "2021" not in st.load_totals("UZB").index.astype(str)


def test_totals_in_yuan_are_at_the_rate_of_the_customs():
    dollars, yuan = (st.load_totals(currency=c) for c in ("USD", "CNY"))
    ratio = yuan / dollars
    assert ratio["2021":"2024"].round(9).tolist() == [6.463, 6.73, 7.044, 7.116]


def test_totals_of_months_and_of_the_world():
    months = st.load_totals(frequency="M", currency="CNY")
    assert len(months) == 36
    assert months.attrs["published"] == []
    world = st.load_totals("WLD", frequency="Y", currency="CNY")
    assert (world["2024"] / 1e12).round(2) == 43.85  # trillion yuan, as the customs print it


def test_totals_name_the_source_of_a_print_too():
    assert st.load_totals(as_of="2022-02-01").attrs["source"] == "gacc, imf"
    assert st.load_totals(as_of="2021-07-01").attrs["source"] == "imf"


def test_totals_on_a_day_hold_nothing_later():
    assert str(st.load_totals(as_of="2023-12-31").index[-1]) == "2022"
    assert str(st.load_totals(as_of="2023-01-19").index[-1]) == "2021"
    assert str(st.load_totals("UZB", as_of="2023-01-19").index[-1]) == "2020"


def test_partner_totals_hold_only_years_in_which_all_five_are_known():
    wide = st.load_partner_totals()
    assert wide.columns.tolist() == list(codes.PARTNERS)
    assert "2021" not in wide.index.astype(str)
    assert {"1992", "2022", "2025"} <= set(wide.index.astype(str))
    assert wide.notna().all(axis=None)
    region = st.load_totals()
    sums = wide.drop(pd.Period("2022")).sum(axis=1)
    np.testing.assert_allclose(sums, region[sums.index])


def test_printed_totals_are_never_flows():
    printed = st.load_printed_totals()
    assert "flow" not in printed
    assert set(printed["partner"]) == {*codes.PARTNERS, codes.REGION}


def test_the_year_to_date_has_its_printed_growth():
    printed = st.load_year_to_date()
    assert set(printed["partner"]) == set(codes.PARTNERS)
    assert series(printed, "KAZ", "export", "growth")["2024-01"] == 0.759
    assert st.load_year_to_date(as_of="2024-12-31")["period"].max() == pd.Period("2024-11", "M")
    assert set(st.load_year_to_date(partners="WLD")["partner"]) == {"WLD"}


@pytest.mark.parametrize("name", sorted(indicators.INDICATORS))
def test_every_indicator_loads(name):
    frame = st.load_indicator(name)
    pd.testing.assert_frame_equal(schema.validate(frame, schema.INDICATOR), frame)
    assert set(frame["indicator"]) == {name}
    assert frame["unit"].nunique() == 1
    assert not frame.empty


def test_prices_are_of_the_edition_of_the_day():
    old, new = (
        st.load_indicator("gas_lng_japan", as_of=d).set_index("period")["value"]
        for d in ("2025-12-01", "2025-12-02")
    )
    assert str(old.index[-1]) == "2024-03"
    assert str(new.index[-1]) == "2025-11"
    assert old["2024-03"] != new["2024-03"]


def test_years_of_a_monthly_rate_are_means_of_twelve_months():
    months = st.load_indicator("exchange_rate").set_index("period")
    years = st.load_indicator("exchange_rate", frequency="Y").set_index("period")
    assert years.loc["2010", "value"] == pytest.approx(months.loc["2010", "value"].mean())
    assert years.loc["2010", "released"] == months.loc["2010", "released"].max()
    counts = months.groupby(months.index.year).size()
    assert set(years.index.year) == set(counts[counts == 12].index)
    assert counts.iloc[-1] < 12, "the last year is not whole, so that the rule shows"


def test_a_year_is_public_when_its_last_month_is():
    years = st.load_indicator("exchange_rate", frequency="Y", as_of="2023-12-31")
    assert str(years["period"].max()) == "2022"


def test_one_indicator_from_two_sources():
    fund = st.load_indicator("gdp_usd", source="imf", economies="KAZ")
    bank = st.load_indicator("gdp_usd", economies="KAZ")
    assert set(fund["source"]) == {"imf"}
    assert set(bank["source"]) == {"worldbank"}
    both = fund.set_index("period")["value"] / bank.set_index("period")["value"]
    assert both["2000":"2021"].between(0.9, 1.1).all(), "both in dollars, whole units"


def test_what_an_indicator_cannot_be():
    names = ", ".join(sorted(indicators.INDICATORS))
    assert refusal(st.load_indicator, "oil") == f"name must be one of {names}, got 'oil'"
    assert refusal(st.load_indicator, "gdp_usd", frequency="M") == (
        "frequency must be Y for gdp_usd, got 'M': it has no months"
    )
    assert refusal(st.load_indicator, "gdp_usd", source="fed") == (
        "source must be one of imf, worldbank, got 'fed'"
    )
    assert refusal(st.load_indicator, "gdp_growth", economies="WLD") == (
        "economies must be one of CHN, KAZ, KGZ, TJK, TKM, UZB, got 'WLD'"
    )


def test_events_of_a_partner_and_of_the_region():
    own = st.load_events("TJK")
    assert set(own["partners"]) >= {"CA5"}
    assert [p for p in own["partners"] if p != "CA5" and "TJK" not in p.split(";")] == []
    assert "Uzbekistan frees the sum" in st.load_events("UZB")["title"].tolist()
    assert len(st.load_events()) > len(own)
    assert st.load_events(as_of="2013-09-07")["date"].max() == pd.Timestamp("2013-09-07")


def test_the_catalogue_is_a_frame_of_snapshots():
    frame = st.load_catalogue()
    assert len(frame) == len(snapshots.catalogue())
    assert {"title", "sha256", "rows", "licence"} <= set(frame.columns)


def test_a_rate_that_is_not_known_is_an_error_not_a_gap(data):
    edit(data, "gacc/2026-11-23/customs_rate_monthly", lambda f: f[f["period"] != "2024-05"])
    said = refusal(st.load_trade, frequency="M", currency="USD")
    assert "column value: must not be missing" in said


def test_loading_twice_gives_the_same_and_independent_frames():
    first, second = st.load_trade(), st.load_trade()
    pd.testing.assert_frame_equal(first, second)
    first.loc[:, "value"] = 0.0
    pd.testing.assert_frame_equal(st.load_trade(), second)
