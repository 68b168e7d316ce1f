"""A partner's standing: ranks, weights and drivers by hand, and the map with its outlines."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from conftest import refusal

import silktrade as st
from silktrade import codes, figures, tables
from silktrade.data import vintages
from silktrade.figures.canvas import figure_html, part_texts
from silktrade.figures.chart_data import panels, tidy
from silktrade.figures.maps import conic
from silktrade.measures import exposure

DAY = "2026-01-31"


@pytest.fixture(scope="module")
def trade() -> pd.DataFrame:
    return st.load_trade(as_of=DAY)


@pytest.fixture(scope="module")
def totals() -> pd.DataFrame:
    return st.load_partner_totals(as_of=DAY)


@pytest.fixture(scope="module")
def estimates(trade) -> pd.DataFrame:
    return st.elasticities(trade, st.load_conditions(as_of=DAY), as_of=DAY)


def test_ranks_count_who_is_larger(totals):
    ranks = st.rank(totals)
    for year in (totals.index[0], totals.index[-1]):
        for partner in codes.PARTNERS:
            larger = sum(totals.loc[year, p] > totals.loc[year, partner] for p in codes.PARTNERS)
            assert ranks.loc[year, partner] == larger + 1


def test_a_rank_among_some_is_none(totals):
    gap = totals.copy()
    gap.loc["2024", "TKM"] = np.nan
    assert pd.Period("2024") in st.rank(totals).index
    assert pd.Period("2024") not in st.rank(gap).index


def test_weights_are_ratios(totals):
    gdp, world = st.load_indicator("gdp_usd"), st.load_totals("WLD", as_of=DAY)
    weights = st.trade_to_gdp(totals, gdp, world).set_index(["economy", "period"])
    output = gdp.set_index(["economy", "period"])["value"]
    row = weights.loc[("KGZ", "2023")]
    trade = totals.loc["2023", "KGZ"]
    assert row["over_gdp"] == trade / output["KGZ", pd.Period("2023")]
    assert row["over_china_gdp"] == trade / output["CHN", pd.Period("2023")]
    then = weights.loc[("KGZ", "2025"), "of_china_trade"]
    assert then == totals.loc["2025", "KGZ"] / world["2025"]
    assert np.isnan(weights.loc[("KGZ", "2025"), "over_gdp"])  # output of 2025 is not held
    assert row["over_gdp"] > 1  # goods in transit: more than the country makes


def test_energy_moves_by_the_same_months(trade):
    """Of 2025 eleven months are known: they are set against the same eleven of 2024."""
    prices = st.load_energy_prices(as_of="2025-12-31")
    logs = []
    for name in ("oil_average", "gas_lng_japan"):
        rows = prices[prices["indicator"] == name]
        months = {str(p): v for p, v in zip(rows["period"], rows["value"], strict=True)}
        now = [months[f"2025-{m:02d}"] for m in range(1, 12)]
        then = [months[f"2024-{m:02d}"] for m in range(1, 12)]
        assert "2025-12" not in months
        logs.append(np.log(sum(now) / sum(then)))
    assert exposure.energy_change(prices, 2025) == pytest.approx(np.mean(logs), rel=1e-12)


@pytest.mark.parametrize("partner", codes.PARTNERS)
def test_drivers_add_up_to_growth(trade, totals, estimates, partner):
    flows = trade[trade["partner"] == partner]
    parts = st.drivers(flows, estimates, st.load_energy_prices(as_of=DAY))
    grown = totals.loc["2025", partner] / totals.loc["2024", partner] - 1
    assert parts["contribution"].sum() == pytest.approx(grown, rel=1e-9)
    assert ("energy" in set(parts["driver"])) == (partner in codes.EXPORTERS)
    assert (parts["period"] == "2025").all()


def test_drivers_by_hand(trade, estimates):
    flows = trade[trade["partner"] == "TKM"]
    prices = st.load_energy_prices(as_of=DAY)
    parts = st.drivers(flows, estimates, prices, 2024).set_index(["flow", "driver"])
    value = flows.set_index(["flow", "period"])["value"]
    year = pd.Period("2023")
    share = value["import", year] / (value["import", year] + value["export", year])
    row = estimates.set_index(["channel", "flow"]).loc[("energy", "import")]
    move = exposure.energy_change(prices, 2024)
    want = share * (np.exp(row["estimate"] * move) - 1)
    assert parts.loc[("import", "energy"), "contribution"] == pytest.approx(want, rel=1e-9)
    step = 1e-6  # the error is the slope of the contribution times that of the elasticity
    slope = share * (np.exp((row["estimate"] + step) * move) - 1) - want
    error = abs(slope / step) * row["standard_error"]
    # A difference quotient of this step is right to about its size.
    assert parts.loc[("import", "energy"), "standard_error"] == pytest.approx(error, rel=1e-5)


def test_every_partner_gets_its_tables(trade, totals, estimates):
    prices, gdp = st.load_energy_prices(as_of=DAY), st.load_indicator("gdp_usd")
    weights = st.trade_to_gdp(totals, gdp, st.load_totals("WLD", as_of=DAY))
    for partner in codes.PARTNERS:
        flows = trade[trade["partner"] == partner]
        yuan = st.load_totals(partner, currency="CNY", as_of=DAY)
        effect = st.currency_effect(yuan, st.load_totals(partner, as_of=DAY))
        said = tables.drivers(st.drivers(flows, estimates, prices), effect)
        assert said.to_html()
        assert said.data.index.is_unique
        held = tables.standing(weights, totals, st.load_china_share(as_of=DAY), partner)
        assert held.to_html()
        last = held.data.iloc[-1]
        known = partner in ("KAZ", "UZB")
        assert (last["Value"] == "21.3\u00a0%") == known
        assert (last["Latest"] == "not held") == (not known)


def test_outlines_are_of_the_six_and_closed():
    outlines = st.load_outlines()
    assert set(outlines["economy"]) == {"CHN", *codes.PARTNERS}
    for _, ring in outlines.groupby(["economy", "part"]):
        ends = ring.iloc[[0, -1]][["longitude", "latitude"]].to_numpy()
        assert (ends[0] == ends[1]).all()
    assert outlines["longitude"].between(46, 136).all()
    assert outlines["latitude"].between(17, 56).all()


def test_the_projection_keeps_areas_and_its_parallels():
    """Albers: small cells keep their area anywhere; lengths along the two parallels are true."""
    step = 0.01
    for longitude, latitude in ((50.0, 40.0), (90.0, 36.0), (125.0, 22.0)):
        x, y = conic(np.array([longitude, longitude + step, longitude]),
                     np.array([latitude, latitude, latitude + step]))  # fmt: skip
        area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
        true = np.radians(step) * (
            np.sin(np.radians(latitude + step)) - np.sin(np.radians(latitude))
        )
        # A cell of a hundredth of a degree is flat to about as much.
        assert area == pytest.approx(true, rel=1e-3)
    for latitude in (28.0, 47.0):
        x, y = conic(np.array([80.0, 80.0 + step]), np.array([latitude, latitude]))
        length = np.hypot(x[1] - x[0], y[1] - y[0])
        assert length == pytest.approx(np.radians(step) * np.cos(np.radians(latitude)), rel=1e-6)


def test_the_map_shows_the_values(trade):
    ax = figures.flow_map(trade, st.load_outlines(), "UZB", "2025")
    value = trade[trade["period"] == "2025"].set_index(["partner", "flow"])["value"]
    heights = [bar.get_height() for bars in ax.containers for bar in bars]
    wanted = [value[partner, flow] for partner in codes.PARTNERS for flow in codes.FLOWS]
    np.testing.assert_allclose(np.divide(heights, max(heights)), np.divide(wanted, max(wanted)))
    written = {text.get_text() for text in ax.texts}
    assert {f"{value['UZB', flow] / 1e9:#.3g}" for flow in codes.FLOWS} <= written
    said = tidy(panels(ax.figure)).set_index(["row", "series"])["value"]
    assert said["Uzbekistan", "China's imports"] == value["UZB", "import"] / 1e9
    page = figure_html(ax.figure)
    assert all(len(svg) < 7500 for svg in re.findall("<svg.*?</svg>", page, re.DOTALL))  # two
    assert "no position on any is taken" in part_texts(ax.figure)["source"]


@pytest.mark.parametrize("partner", ["TKM", "UZB"])
def test_names_on_the_map_stay_on_it(trade, partner):
    page = figure_html(figures.flow_map(trade, st.load_outlines(), partner, "2025").figure)
    assert "data-faults" not in page  # one in the far west, one whose values stand beside it
    assert page.count(">Turkmenistan</text>") == 2


def test_the_map_turns_with_the_data(trade):
    mirrored = trade.assign(flow=trade["flow"].map({"export": "import", "import": "export"}))
    both = [part_texts(figures.flow_map(t, st.load_outlines(), "TKM", "2025").figure)["title"]
            for t in (trade, mirrored)]  # fmt: skip
    assert both[0] == "China sold Turkmenistan 1.60 billion dollars of goods in 2025 and bought " \
                      "8.45 billion dollars"  # fmt: skip
    assert both[1] == "China sold Turkmenistan 8.45 billion dollars of goods in 2025 and bought " \
                      "1.60 billion dollars"  # fmt: skip


def test_the_map_takes_the_last_whole_year(trade):
    cut = trade[~((trade["period"] == "2025") & (trade["partner"] == "TJK"))]
    title = part_texts(figures.flow_map(cut, st.load_outlines(), "KAZ").figure)["title"]
    assert "in 2024" in title


def test_a_geojson_is_chosen_and_listed_like_a_table():
    path = vintages.choose("naturalearth", "outlines")
    assert path.suffix == ".geojson"
    assert path in vintages.every()


def test_errors_say_what_to_do(trade, totals, estimates):
    prices = st.load_energy_prices(as_of=DAY)
    assert refusal(st.drivers, trade, estimates, prices) == "flows must be of one partner, got 5"
    flows = trade[trade["partner"] == "KAZ"]
    uzbek = trade[trade["partner"] == "UZB"]
    assert refusal(st.drivers, uzbek, estimates, prices, 2021) == (
        "flows must hold exports of 2021, got none: choose another year"
    )
    alone = flows[flows["period"] == "2025"]
    assert refusal(st.drivers, alone, estimates, prices) == (
        "flows must hold two years in a row of both flows, got none"
    )
    early = prices[prices["period"] < "2024-01"]
    assert refusal(exposure.energy_change, early, 2025) == (
        "prices must hold oil_average in 2025 and the same months before, got none"
    )
    gdp = st.load_indicator("gdp_usd", economies=codes.PARTNERS)
    assert refusal(st.trade_to_gdp, totals, gdp) == (
        "gdp must hold CHN, got none: load it for all economies"
    )
    assert refusal(figures.flow_map, trade, st.load_outlines(), "KAZ", "2021") == (
        "every flow must be known in 2021 to be drawn: choose another year"
    )


def test_a_year_priced_in_part_says_so():
    trade = st.load_trade(partners="KAZ", as_of="2026-01-31")
    estimates = st.elasticities(
        st.load_trade(as_of="2026-01-31"), st.load_conditions(as_of="2026-01-31"),
        as_of="2026-01-31",
    )  # fmt: skip
    prices = st.load_energy_prices(as_of="2025-12-31")
    months = prices[prices["period"].dt.year == 2025].groupby("indicator")["period"].nunique()
    parts = st.drivers(trade, estimates, prices, 2025)
    assert set(parts["priced_months"]) == {months.min()} == {11}
    effect = st.currency_effect(*(st.load_totals("KAZ", currency=c) for c in ("CNY", "USD")))
    caption = tables.drivers(parts, effect).caption
    assert "; oil and gas at the prices of the year's first 11 months" in caption
    whole = tables.drivers(st.drivers(trade, estimates, prices, 2024), effect).caption
    assert "months" not in whole
    assert "no proof of a cause" in whole
    calm = parts.assign(driver="rest", priced_months=0)
    without = tables.drivers(calm, effect)
    assert without.caption.endswith("percentage points")  # nothing of oil where there is none
    assert "Standard error" not in without.data


def test_what_is_not_held_of_a_partner_is_said_in_its_place():
    mirror = st.load_trade(reporter="IND", flows="import", needed=False).query("value > 0")
    assert mirror.empty
    said = figures.two_sides(st.load_trade(partners="KAZ", flows="export"), mirror).figure
    assert "What India reported is not held: fetch it with `silktrade" in figure_html(said)

    totals = st.load_partner_totals()
    beside = totals.assign(IND=totals["KGZ"]).rename_axis(columns="partner")
    beside.attrs = totals.attrs
    weights = st.trade_to_gdp(beside, st.load_indicator("gdp_usd"))
    ratio = weights[weights["economy"] == "IND"].set_index("period")["over_gdp"].dropna()
    said = figures.trade_to_gdp(ratio, "IND").figure
    assert "The output of India is not held" in figure_html(said)
    known = weights[weights["economy"] == "KAZ"].set_index("period")["over_gdp"]
    alone = st.trade_to_gdp(totals, st.load_indicator("gdp_usd"))
    assert known.equals(alone[alone["economy"] == "KAZ"].set_index("period")["over_gdp"])
    table = tables.standing(weights, beside, st.load_china_share(), "IND").data
    assert "not known" in table["Latest"].tolist()
