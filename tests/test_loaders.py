"""Loaders: what was public on a day, one source after the other, in the currency asked for."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from test_snapshots import alone, copy_data, edit, grow, newest

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
    assert list(totals) == ["partner", "frequency", "currency", "as_of", "needed"]
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


def test_months_run_from_2023_without_a_gap():
    wide = st.load_trade(frequency="M", currency="CNY").pivot(
        index="period", columns=["partner", "flow"], values="value"
    )
    last = wide.index[-1]
    assert last >= pd.Period("2026-04", "M")
    assert wide.index.equals(pd.period_range("2023-01", last, freq="M", name="period"))
    assert wide.notna().all(axis=None)


def test_years_splice_the_fund_and_comtrade_to_2022_with_the_customs_from_2023():
    trade = st.load_trade()
    years = trade.groupby(["source", "flow"])["period"].agg(["min", "max"]).astype(str)
    assert years.loc[("imf", "import")].tolist() == ["1992", "2022"]
    assert years.loc[("imf", "export")].tolist() == ["1992", "2020"]
    assert years.loc[("comtrade", "export")].tolist() == ["2021", "2022"]
    assert years.loc["gacc"]["min"].tolist() == ["2023", "2023"]


# Billion dollars: 42.366 + 27.860 by hand from the producers' files, printed 70.2.
def test_one_value_for_2022_from_flows_and_print():
    trade = st.load_trade()
    flows = trade[trade["period"] == "2022"].groupby("flow")["value"].sum()
    assert flows.to_dict() == {"export": 42365349629.0, "import": 27860191420.0}
    assert st.load_totals("CA5")["2022"] == 70225541049.0
    assert st.load_partner_totals().loc["2022"].sum() == 70225541049.0
    printed = st.load_printed_totals().set_index(["partner", "period"])["value"]
    assert round(flows.sum() / 1e9, 1) == printed[("CA5", "2022")] / 1e9


@pytest.mark.parametrize(
    ("day", "of_2021", "of_2022", "of_2023", "totals"),
    [
        ("2022-06-29", 0, 0, 0, {"2021": 50.1}),
        ("2022-12-31", 6, 0, 0, {"2021": 50.1}),
        ("2023-06-29", 6, 5, 0, {"2021": 50.1, "2022": 70.2}),
        ("2023-06-30", 6, 10, 0, {"2021": 50.1, "2022": 70.226}),
        ("2023-12-31", 6, 10, 0, {"2021": 50.1, "2022": 70.226}),
        ("2024-01-25", 6, 10, 10, {"2021": 50.1, "2022": 70.226, "2023": 89.396}),
        (None, 6, 10, 10, {"2021": 50.1, "2022": 70.226, "2023": 89.396}),
    ],
)
def test_what_was_known_of_2021_to_2023_on_a_day(day, of_2021, of_2022, of_2023, totals):
    trade = st.load_trade(as_of=day)
    counts = trade.groupby(trade["period"].dt.year).size()
    assert [counts.get(y, 0) for y in (2021, 2022, 2023)] == [of_2021, of_2022, of_2023]
    known = st.load_totals("CA5", as_of=day)["2021":"2023"]
    assert {str(p): round(v / 1e9, 3) for p, v in known.items()} == totals
    assert st.load_totals("KAZ", as_of=day)["2021"] == 24831272062.0


def test_totals_of_2021_and_2022_are_the_same_before_and_after_their_flows_were_public():
    before, after = (st.load_partner_totals(as_of=d).loc["2022"] for d in ("2023-06-29", None))
    # Printed in January to 0.1 billion where a print is held (KAZ), or quoted to 0.01 (TKM).
    assert (before / after - 1).abs().max() < 0.0015
    assert after.round(-6).div(1e9).tolist() == [31.166, 15.503, 2.599, 11.181, 9.777]


def test_frames_say_where_they_end_and_what_is_left_out(data):
    rates = alone(data, "gacc", "customs_rate_monthly")
    edit(data, rates, lambda f: f[f["period"] <= "2025-12"])
    dollars, yuan = (st.load_trade(frequency="M", currency=c, as_of="2026-05-31")
                     for c in ("USD", "CNY"))  # fmt: skip
    left = ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert dollars.attrs == {"as_of": "2026-05-31", "last": "2025-12", "left_out": left}
    assert yuan.attrs == {"as_of": "2026-05-31", "last": "2026-04", "left_out": []}
    for load in (st.load_totals, st.load_partner_totals):
        told = load(frequency="M", as_of="2026-05-31").attrs
        assert (told["last"], told["left_out"]) == ("2025-12", left)
    assert st.load_trade(as_of="2023-12-31").attrs["last"] == "2022"
    assert st.load_trade(frequency="M", as_of="2026-01-31").attrs["left_out"] == []
    assert st.load_trade(reporter="KAZ").attrs["as_of"] is None


def test_the_first_source_has_precedence(data):
    # Give the Fund a figure of 2024 that the customs have too, and one of 2021 that they have not.
    def add(frame: pd.DataFrame) -> pd.DataFrame:
        kazakh = frame.query("partner == 'KAZ' and flow == 'export' and period == '2020'")
        more = [kazakh.assign(period=p, value="1", released=r)
                for p, r in (("2021", "2022-06-30"), ("2024", "2024-06-30"))]  # fmt: skip
        return pd.concat([frame, *more], ignore_index=True)

    before = series(st.load_trade(), "KAZ", "export")
    edit(data, newest("imf", "direction_of_trade"), add)
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
    # Of another vintage, perhaps; a publisher may have revised a value since, but no key is lost.
    pd.testing.assert_frame_equal(
        kept[[*schema.TRADE.key, "released"]], expected[[*schema.TRADE.key, "released"]]
    )
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
@pytest.mark.parametrize("wrong", ["soon", "NaT"])
def test_as_of_that_is_no_day(call, wrong):
    assert refusal(call, as_of=wrong) == f"as_of must be a day as YYYY-MM-DD, got {wrong!r}"


def test_unknown_codes_are_refused_with_what_may_stand():
    assert refusal(st.load_trade, frequency="Q") == (
        "frequency must be one of M, Y, got 'Q': months are the finest there is, and `quarters` "
        "adds them up"
    )
    assert refusal(st.load_trade, currency="EUR") == (
        "currency must be one of CNY, USD, got 'EUR': for another one take USD, and multiply by a "
        "rate of your own, from `read_series`"
    )
    assert refusal(st.load_trade, partners="XX") == (
        "partners must be an ISO 3166-1 alpha-3 code such as KAZ, or one of WLD, CA5, got 'XX'"
    )
    assert refusal(st.load_trade, flows="total") == (
        "flows must be one of export, import, got 'total': leave it out for both"
    )
    assert refusal(st.load_trade, reporter="five") == (
        "reporter must be an ISO 3166-1 alpha-3 code such as KAZ, or one of CA5, got 'five'"
    )
    assert refusal(st.load_totals, "total").startswith("partner must be an ISO 3166-1 alpha-3 code")
    assert refusal(st.load_events, "Russia").startswith("partners must be an ISO 3166-1 alpha-3")


@pytest.mark.parametrize(
    "load",
    [
        lambda p: st.load_trade(partners=["KAZ", p]), st.load_totals, st.load_partner_totals,
        lambda p: st.load_trade(partners=p, frequency="M"),
        lambda p: st.load_year_to_date(partners=p),
        lambda p: st.load_trade(reporter=p), lambda p: st.project_trade(2030, partners=p),
    ],
)  # fmt: skip
def test_a_partner_of_whom_nothing_is_held_is_refused_with_who_is_and_how_to_fetch(load):
    said = refusal(load, "RUS")
    assert re.search(r"(partner|reporter) must be held, got RUS, and .* figures are of KAZ, ", said)
    assert said.endswith(": fetch it with `silktrade refresh comtrade --partner RUS`")


def test_china_is_no_partner_that_could_be_fetched():
    assert refusal(st.load_totals, "CHN").endswith(
        "are of KAZ, KGZ, TJK, TKM, UZB: China is the reporter, name whom it trades with"
    )


def test_a_region_stands_for_its_members():
    pd.testing.assert_frame_equal(st.load_trade(partners="CA5"), st.load_trade())
    pd.testing.assert_frame_equal(st.load_partner_totals("CA5"), st.load_partner_totals())


def test_the_two_sides_are_loaded_one_after_the_other():
    assert refusal(st.load_trade, reporter=["CHN", "KAZ"]) == (
        "reporter must be CHN alone or partners such as KAZ, KGZ, TJK, TKM, UZB, got CHN, KAZ: "
        "load the two sides one after the other"
    )
    assert refusal(st.load_trade, reporter="KAZ", frequency="M") == (
        "frequency must be Y for a reporter other than CHN, got 'M': the partners' own months are "
        "not held: fetch them with `silktrade refresh imf comtrade`"
    )
    assert refusal(st.load_trade, reporter="KAZ", partners="UZB") == (
        "partners must be CHN where others report, got 'UZB': leave it out, and name them as the "
        "reporter"
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
    yuan = yuan[yuan["period"].isin(rate.index)]
    np.testing.assert_allclose(dollars["value"] * dollars["period"].map(rate), yuan["value"])


def test_figures_to_2020_are_converted_at_the_mean_market_rate():
    yuan = series(st.load_trade(currency="CNY"), "KAZ", "import")
    dollars = series(st.load_trade(currency="USD"), "KAZ", "import")
    market = snapshots.read(snapshots.find("fed", "exchange_rate")).set_index("period")["value"]
    mean = market.groupby(market.index.year).mean()
    for year in (1992, 2005, 2020):
        assert yuan[str(year)] / dollars[str(year)] == pytest.approx(mean[year], rel=1e-12)
    ratio = yuan["2021":"2024"].div(dollars["2021":"2024"])
    assert ratio.round(9).tolist() == [6.463, 6.73, 7.044, 7.116]


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

    edit(data, alone(data, "gacc", "customs_rate_monthly"), late)
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
    assert totals.attrs["published"] == ["2021"]
    run = pd.period_range("1992", totals.index[-1], freq="Y", name="period")
    assert totals.index.equals(run)


def test_totals_are_as_published_where_they_are_not():
    totals = st.load_totals()
    assert totals["2021"] == 50.1e9
    # The sum of known flows goes before the print: 16.355 + 14.811, not the rounded 31.2.
    kazakh = st.load_totals("KAZ")
    assert kazakh[["2021", "2022"]].tolist() == [24831272062.0, 31166071769.0]
    assert kazakh.attrs["published"] == []
    assert st.load_totals("KAZ", as_of="2023-03-01").attrs["published"] == ["2022"]
    assert "2021" not in st.load_totals("UZB").index.astype(str)


def test_totals_in_yuan_are_at_the_rate_of_the_customs():
    dollars, yuan = (st.load_totals(currency=c) for c in ("USD", "CNY"))
    ratio = yuan / dollars
    assert ratio["2021":"2024"].round(9).tolist() == [6.463, 6.73, 7.044, 7.116]


def test_totals_of_months_and_of_the_world():
    months = st.load_totals(frequency="M", currency="CNY")
    assert len(months) >= 40
    assert months.attrs["published"] == []
    world = st.load_totals("WLD", frequency="Y", currency="CNY")
    assert (world["2024"] / 1e12).round(2) == 43.85  # trillion yuan, as the customs print it


def test_totals_name_the_source_of_a_print_too():
    assert st.load_totals(as_of="2022-02-01").attrs["source"] == "gacc, imf"
    assert st.load_totals(as_of="2021-07-01").attrs["source"] == "imf"
    assert st.load_totals().attrs["source"] == "gacc, imf, comtrade"
    assert st.load_totals("WLD").attrs["source"] == "gacc, imf"
    assert st.load_totals("UZB", as_of="2022-12-31").attrs["source"] == "imf"
    # The flows of 2021 that were public then are in no total: only what is behind one is named.
    assert st.load_totals("UZB", as_of="2023-12-31").attrs["source"] == "imf, comtrade"


def test_totals_on_a_day_hold_nothing_later():
    assert str(st.load_totals(as_of="2023-12-31").index[-1]) == "2022"
    assert str(st.load_totals(as_of="2023-01-19").index[-1]) == "2021"
    assert str(st.load_totals("UZB", as_of="2023-01-19").index[-1]) == "2020"


def test_partner_totals_name_what_is_not_known():
    wide = st.load_partner_totals()
    assert wide.columns.tolist() == list(codes.PARTNERS)
    assert wide.index.equals(pd.period_range("1992", wide.index[-1], freq="Y", name="period"))
    assert wide.attrs["unknown"] == {"2021": ["KGZ", "TJK", "TKM", "UZB"]}
    assert wide.isna().sum().sum() == 4
    for partner in codes.PARTNERS:
        own = st.load_totals(partner)
        np.testing.assert_allclose(wide[partner].dropna(), own)
    whole = wide.dropna().sum(axis=1)
    np.testing.assert_allclose(whole, st.load_totals()[whole.index])


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
        st.load_indicator("gas_lng_japan", as_of=d).set_index("period")
        for d in ("2024-06-03", "2024-06-04")
    )
    assert (str(old.index[-1]), str(new.index[-1])) == ("2024-04", "2024-05")
    assert old.loc["2024-03", "value"] != new.loc["2024-03", "value"]  # revised in between
    # What the edition of 2 April could not hold was public: the newest edition gives it.
    assert str(old.loc["2024-03", "vintage"].date()) == "2024-04-02"
    assert old.loc["2024-04", "vintage"] > pd.Timestamp("2024-06-03")


@pytest.mark.parametrize("day", ["2015-07-01", "2021-12-31", "2023-12-31", "2024-04-10",
                                 "2026-01-31", "2026-11-25"])  # fmt: skip
@pytest.mark.parametrize("name", sorted(n for n in indicators.INDICATORS if n.startswith(
    ("oil", "gas_e", "gas_l", "gold", "copper"))))  # fmt: skip
def test_prices_end_with_the_last_month_that_was_public(day, name):
    prices = st.load_indicator(name, as_of=day).set_index("period")["released"]
    assert len(prices) == (prices.index[-1] - prices.index[0]).n + 1
    assert prices.max() <= pd.Timestamp(day)
    last = min(pd.Period(day, "M") - 1, st.load_indicator(name)["period"].max())
    assert prices.index[-1] >= last - 1  # printed on the second weekday of the next month
    years = st.load_indicator(name, frequency="Y", as_of=day)["period"]
    assert str(years.max()) == str(prices.index[-1].year - (prices.index[-1].month < 12))


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
    said = refusal(st.load_indicator, "oil")
    assert said == (
        f"name must be one of {names}, got 'oil': did you mean 'oil_average' or 'oil_brent'?"
    )
    assert refusal(st.load_indicator, "gdp_usd", frequency="M") == (
        "frequency must be Y for gdp_usd, got 'M': it has no months"
    )
    assert refusal(st.load_indicator, "gdp_usd", source="fed") == (
        "source must be one of imf, worldbank, got 'fed'"
    )
    assert refusal(st.load_indicator, "gdp_growth", economies="WLD") == (
        "economies must be one of CHN, KAZ, KGZ, TJK, TKM, UZB, got 'WLD': leave it out for all"
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
    edit(data, alone(data, "gacc", "customs_rate_monthly"), lambda f: f[f["period"] != "2024-05"])
    for day in (None, "2026-01-31"):
        said = refusal(st.load_trade, frequency="M", currency="USD", as_of=day)
        assert said.startswith("customs_rate must hold every period from 1981-01 to ")
        assert said.endswith(
            "lacks 2024-05: complete the data set, or load in the printed currency"
        )


def test_loading_twice_gives_the_same_and_independent_frames():
    first, second = st.load_trade(), st.load_trade()
    pd.testing.assert_frame_equal(first, second)
    first.loc[:, "value"] = 0.0
    pd.testing.assert_frame_equal(st.load_trade(), second)


def loaded(day: str | None) -> dict[str, pd.DataFrame | pd.Series]:
    """Load everything that a day allows."""
    calls = {
        "years": lambda: st.load_trade(as_of=day),
        "yuan": lambda: st.load_trade(currency="CNY", as_of=day),
        "months": lambda: st.load_trade(frequency="M", as_of=day),
        "months in yuan": lambda: st.load_trade(frequency="M", currency="CNY", as_of=day),
        "mirror": lambda: st.load_trade(reporter=codes.PARTNERS, as_of=day),
        "world": lambda: st.load_trade(frequency="M", partners="WLD", as_of=day),
        "to date": lambda: st.load_year_to_date(as_of=day),
        "total": lambda: st.load_totals(as_of=day).rename("value").reset_index(),
        "partners": lambda: st.load_partner_totals(as_of=day).reset_index(),
        "printed": lambda: st.load_printed_totals(as_of=day),
        "conditions": lambda: st.load_conditions(as_of=day),
        "opinions": lambda: st.load_opinions(as_of=day),
        "events": lambda: st.load_events(as_of=day),
        "sections": lambda: st.load_products(as_of=day),
        "gas": lambda: st.load_gas(as_of=day),
        **{name: lambda name=name: st.load_indicator(name, as_of=day)
           for name in indicators.INDICATORS},
    }  # fmt: skip
    return {name: call() for name, call in calls.items()}


@pytest.mark.parametrize("day", ["2024-07-15", "2026-05-31", None])
def test_a_newer_vintage_of_everything_adds_what_it_adds_and_no_more(data, day):
    before = loaded(day)
    grow(data)
    after = loaded(day)
    # On 31 May a rate of January that only the newer vintage holds turns January into dollars.
    dollars = {"months", "world", "customs_rate"}
    longer = {None: dollars | {"months in yuan", "to date"}, "2026-05-31": dollars}.get(day, set())
    for name, frame in before.items():
        kept = after[name]
        if name in longer:
            assert kept["period"].max() == frame["period"].max() + 1, name
            kept = kept[kept["period"] <= frame["period"].max()].reset_index(drop=True)
        columns = [c for c in frame if c != "vintage"]
        pd.testing.assert_frame_equal(kept[columns], frame[columns])
