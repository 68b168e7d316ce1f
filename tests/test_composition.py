"""Composition: baskets of any product code, against one line of NumPy each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from hypothesis import given, settings
from hypothesis import strategies as some

import silktrade as st
from silktrade import figures, tables
from silktrade.data import snapshots
from silktrade.figures.canvas import part_texts

BASKET = ["exporter", "importer", "period"]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what a test has drawn."""
    yield
    plt.close("all")


def basket(partner: str, values: dict[str, float], flow: str = "export", year: int = 2024):
    """Make China's rows of one basket, by any product code."""
    return pd.DataFrame({
        "reporter": "CHN", "partner": partner, "flow": flow, "product": list(values),
        "period": str(year), "value": [float(v) for v in values.values()], "currency": "USD",
        "valuation": "fob" if flow == "export" else "cif", "obs_status": "A",
        "source": "comtrade", "vintage": "2026-11-23", "released": "2025-06-30",
    })  # fmt: skip


@pytest.fixture(scope="module")
def chapters() -> pd.DataFrame:
    """All chapters of the HS for two partners and two flows, made up."""
    rng = np.random.default_rng(3)
    codes = [f"{n:02d}" for n in range(1, 98) if n != 77]  # 77 is kept free in the HS
    return pd.concat(
        basket(partner, dict(zip(codes, rng.lognormal(10, 2, len(codes)), strict=True)), flow)
        for partner in ("KAZ", "UZB")
        for flow in ("export", "import")
    )


@pytest.fixture(scope="module")
def sections() -> pd.DataFrame:
    return st.load_products()


def test_the_bundled_matrix_is_what_was_handed_on(sections):
    assert sections["period"].dt.year.unique().tolist() == [1995, 2005, 2015]
    assert len(sections) == 229
    sums = sections.groupby(["reporter", "partner", "period"])["value"].sum()
    assert sums.groupby("period").size().tolist() == [10, 10, 10]
    assert sums[("CHN", "KAZ", "2015")] == pytest.approx(8_427_396_710, abs=5)  # rounded rows
    assert sums[("TKM", "CHN", "2015")] == pytest.approx(7_395_118_684, abs=5)


def test_exports_of_china_are_its_own_report_flows_into_it_are_not(sections):
    own = st.by_direction(st.load_trade()).set_index(BASKET)["value"]
    sums = st.by_direction(sections).groupby(BASKET)["value"].sum()
    ratio = (sums / own).dropna()
    out = ratio[ratio.index.get_level_values("exporter") == "CHN"]
    into = ratio[ratio.index.get_level_values("importer") == "CHN"]
    assert len(out) == len(into) == 15
    assert out.between(0.994, 1.006).all()
    assert into.max() > 2
    status = sections.groupby("reporter")["obs_status"].unique().map(list)
    assert status["CHN"] == ["A"]
    assert all(status[p] == ["E"] for p in ("KAZ", "KGZ", "TJK", "TKM", "UZB"))


@pytest.mark.parametrize("frame", ["sections", "chapters"])
def test_shares_of_a_basket_sum_to_one(frame, request):
    trade = request.getfixturevalue(frame)
    shares = st.product_shares(trade)
    assert shares.groupby(BASKET)["share"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert shares["share"].between(0, 1).all()
    baskets = st.by_direction(trade)[BASKET].drop_duplicates()
    assert len(shares) == len(baskets) * trade["product"].nunique()


@pytest.mark.parametrize("frame", ["sections", "chapters"])
def test_concentration_and_similarity_by_numpy(frame, request):
    trade = request.getfixturevalue(frame)
    wide = st.by_direction(trade).pivot(index=BASKET, columns="product", values="value").fillna(0)
    parts = wide.to_numpy() / wide.to_numpy().sum(axis=1, keepdims=True)
    table = st.basket_concentration(trade)
    np.testing.assert_allclose(table["concentration"], (parts**2).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(table["largest_share"], parts.max(axis=1), rtol=1e-12)
    assert table["largest"].tolist() == wide.columns[parts.argmax(axis=1)].tolist()
    alike = st.similarity(trade)
    found = {tuple(map(str, row)): s for *row, s in alike.itertuples(index=False)}
    keys = list(wide.index)
    pairs = [
        (i, j)
        for i, j in itertools.combinations(range(len(keys)), 2)
        if keys[i][2] == keys[j][2] and (keys[i][0] == "CHN") == (keys[j][0] == "CHN")
    ]
    assert len(pairs) == len(alike)
    for i, j in pairs:
        a, b = keys[i], keys[j]
        names = tuple(str(x) if x == y else f"{x}, {y}" for x, y in zip(a, b, strict=True))
        # Finger and Kreinin's sum of minima is one less half of Krugman's sum of differences.
        assert found[names] == pytest.approx(1 - np.abs(parts[i] - parts[j]).sum() / 2, abs=1e-12)


def test_energy_is_found_at_every_level():
    hs2 = basket("KAZ", {"27": 60, "74": 40}, "import")
    hs4 = basket("KAZ", {"2709": 50, "2711": 10, "7403": 40}, "import")
    sitc = basket("KAZ", {"SITC3": 60, "SITC6": 40}, "import")
    assert [st.energy_share(f)["share"].item() for f in (hs2, hs4, sitc)] == [0.6, 0.6, 0.6]
    assert st.energy_share(basket("KAZ", {"26": 1.0}))["share"].item() == 0.0


def test_energy_of_the_matrix_in_2015(sections):
    energy = st.energy_share(sections).set_index(BASKET)["share"]
    year = pd.Period("2015")
    # By hand from the matrix, thousand dollars: section 3 over all.
    assert energy[("TKM", "CHN", year)] == pytest.approx(7259414.421 / 7395118.684, rel=1e-8)
    assert energy[("KAZ", "CHN", year)] == pytest.approx(3924205.684 / 6733285.815, rel=1e-8)
    assert energy[("CHN", "KGZ", year)] == pytest.approx(127.342 / 4284719.979, rel=1e-5)


values = some.lists(some.floats(0.01, 1e9), min_size=4, max_size=4)


# The machine's load says nothing of the measure; four values have few kinds.
@settings(deadline=None, max_examples=40)
@given(first=values, second=values, scale=some.floats(0.001, 1000))
def test_similarity_is_a_share_that_scale_and_order_leave_alone(first, second, scale):
    codes = ["26", "27", "61", "84"]
    one, two = (dict(zip(codes, v, strict=True)) for v in (first, second))
    frame = pd.concat([basket("KAZ", one), basket("UZB", two)])
    alike = st.similarity(frame)["similarity"].item()
    assert 0 <= alike <= 1 + 1e-12
    larger = {code: value * scale for code, value in one.items()}
    turned = pd.concat([basket("KAZ", two), basket("UZB", larger)])
    assert st.similarity(turned)["similarity"].item() == pytest.approx(alike, abs=1e-9)


def test_equal_baskets_are_alike_and_strange_ones_are_not():
    same = pd.concat([basket("KAZ", {"26": 1, "27": 3}), basket("UZB", {"26": 10, "27": 30})])
    strange = pd.concat([basket("KAZ", {"26": 1}), basket("UZB", {"27": 1})])
    assert st.similarity(same)["similarity"].item() == pytest.approx(1.0, abs=1e-12)
    assert st.similarity(strange)["similarity"].item() == 0.0


def test_periods_of_one_pair_can_be_compared():
    years = pd.concat([
        basket("KAZ", {"26": 1, "27": 1}, year=2023), basket("KAZ", {"26": 1, "27": 3}, year=2024),
        basket("UZB", {"26": 1}, year=2024),
    ])  # fmt: skip
    rows = st.similarity(years, of="period")
    assert rows.to_numpy().tolist() == [["CHN", "KAZ", "2023, 2024", 0.75]]


def test_a_basket_of_nothing_has_no_shares():
    none = pd.concat([basket("KAZ", {"26": 0, "27": 0}), basket("UZB", {"26": 1})])
    assert st.product_shares(none)["importer"].unique().tolist() == ["UZB"]


def test_gas_is_as_quoted_and_weighs_what_it_weighs():
    gas = st.load_gas().set_index(["partner", "period"])["value"] / 1e9
    quoted = {("TKM", "2022"): 10.25, ("KAZ", "2022"): 1.08, ("UZB", "2022"): 1.07,
              ("TKM", "2023"): 9.6, ("KAZ", "2023"): 1.32, ("UZB", "2023"): 0.56354}  # fmt: skip
    for (partner, year), value in quoted.items():
        assert gas[(partner, pd.Period(year))] == pytest.approx(value, rel=1e-12)
    # 2021 is 2022 over one plus the printed growth: 51, -4 and 33.9 percent.
    for partner, growth in {"TKM": 0.51, "KAZ": -0.04, "UZB": 0.339}.items():
        before = gas[(partner, pd.Period("2021"))]
        assert before == pytest.approx(quoted[(partner, "2022")] / (1 + growth), rel=1e-8)
    # Eleven months were printed on their own: the derived year has to be a little more.
    assert 6.1 < gas[("TKM", pd.Period("2021"))] < 6.1 * 12 / 11 * 1.1
    weight = st.part_of_total(st.load_gas(), st.load_trade()).set_index(["partner", "period"])
    assert weight.loc[("TKM", pd.Period("2023")), "share"] == pytest.approx(9.6 / 9.60249, rel=1e-5)


def test_gas_came_at_half_the_price_of_japans():
    prices = st.load_indicator("gas_lng_japan", frequency="Y")
    table = st.against_benchmark(st.load_indicator("gas_unit_value"), prices)
    table = table.set_index("economy")
    assert table.loc["TKM", "price"] == pytest.approx(6.1e9 / 21.91e6 / 52, rel=1e-4)  # cents
    assert table.loc["KAZ", "price"] == pytest.approx(946.11e6 / 4.02e6 / 52, rel=1e-4)
    lng = prices.set_index("period")["value"]["2021"]
    np.testing.assert_allclose(table["ratio"], table["price"] / lng, rtol=1e-12)
    half = st.against_benchmark(
        st.load_indicator("gas_unit_value"), prices, mmbtu_per_tonne=26
    ).set_index("economy")
    np.testing.assert_allclose(half["ratio"], table["ratio"] * 2, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: st.product_shares(basket("KAZ", {"TOTAL": 1, "SITC3": 1})),
            "products must be of one level of one classification, got SITC3 beside TOTAL: keep "
            "one of them, so that nothing is counted twice",
        ),
        (
            lambda: st.energy_share(basket("KAZ", {"27": 1, "2711": 1})),
            "products must be of one level of one classification, got 27 beside 2711: keep "
            "one of them, so that nothing is counted twice",
        ),
        (
            lambda: st.similarity(basket("KAZ", {"27": 1, "SITC5": 1})),
            "products must be of one level of one classification, got 27 beside SITC5: keep "
            "one of them, so that nothing is counted twice",
        ),
        (
            lambda: st.basket_concentration(
                pd.concat([
                    basket("KAZ", {"27": 1}),
                    basket("CHN", {"27": 1}, "import").assign(reporter="KAZ"),
                ])
            ),
            "a basket must have one reporter, got two for CHN to KAZ in 2024: keep one side",
        ),
        (
            lambda: st.similarity(basket("KAZ", {"27": 1}), of="flow"),
            "of must be one of partner, period, got 'flow'",
        ),
        (
            lambda: st.part_of_total(st.load_gas(), st.load_trade(currency="CNY")),
            "part and total must be of one currency, got USD and CNY: take both of the same",
        ),
        (
            lambda: st.against_benchmark(
                st.load_indicator("gas_unit_value"), st.load_indicator("gold", frequency="Y")
            ),
            "benchmark must be in USD per mmbtu, got 'USD per troy ounce'",
        ),
        (
            lambda: st.against_benchmark(
                st.load_indicator("gas_unit_value"),
                st.load_indicator("gas_lng_japan", frequency="Y"),
                mmbtu_per_tonne=0,
            ),
            "mmbtu_per_tonne must be above 0, got 0",
        ),
        (
            lambda: st.load_products("HS"),
            "classification must be one of SITC, HS2, got 'HS'",
        ),
        (
            lambda: st.load_products(as_of="1990-01-01"),
            "as_of must be on or after 1996-06-30, when the first of these figures was public, "
            "got '1990-01-01': choose a later day",
        ),
        (
            lambda: st.load_gas("KGZ"),
            "partners must be one of KAZ, TKM, UZB, got 'KGZ'",
        ),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message


def test_as_of_cuts_products_and_gas():
    assert st.load_products(as_of="2006-06-30")["period"].dt.year.max() == 2005
    assert st.load_gas(as_of="2023-12-31")["period"].dt.year.max() == 2022


def test_the_title_of_gas_turns_with_the_data():
    gas = st.load_gas()
    years = gas["period"].dt.year
    swapped = gas.assign(
        period=[
            pd.Period(str(4045 - y), "Y") if y > 2021 else p
            for y, p in zip(years, gas["period"], strict=True)
        ]
    )
    titles = [
        part_texts(figures.gas_bars(f).figure)["title"].replace("\u00a0", " ")
        for f in (gas, swapped)
    ]
    assert titles[0].startswith("China's bill for pipeline gas fell 7.4 % to 11.5 billion dollars")
    assert titles[1].startswith("China's bill for pipeline gas rose 8.0 % to 12.4 billion dollars")


def test_tables_take_chapters_of_the_hs_as_they_take_sections(chapters):
    shares = st.product_shares(chapters)
    table = tables.baskets(shares, exporter="CHN", count=5).data
    assert table.index[-1] == "All others"
    assert len(table) == 6
    assert table.sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    alike = tables.similarities(st.similarity(chapters)).data
    assert alike.index.tolist() == ["Kazakhstan and Uzbekistan"]
    largest = figures.largest_products(st.basket_concentration(chapters))
    assert len(largest.patches) == 4


def test_a_table_of_baskets_needs_one_side():
    with pytest.raises(ValueError) as error:
        tables.baskets(st.product_shares(st.load_products()))
    assert str(error.value) == (
        "baskets needs either an exporter or an importer, got None and None"
    )


# ---------------------------------------------------------------- chapters and single goods


def test_chapters_of_kazakhstan_add_up_to_what_it_reports():
    chapters = st.load_products("HS2", reporter="KAZ")
    sums = chapters.groupby(["flow", "period"])["value"].sum()
    held = snapshots.known("comtrade", "partner_reported").query("reporter == 'KAZ'")
    ratio = sums / held.set_index(["flow", "period"])["value"].reindex(sums.index)
    assert sorted(set(chapters["period"].dt.year)) == [*range(2015, 2020), 2023, 2024]
    assert (ratio - 1).abs().max() < 0.001


def test_chapters_of_china_and_their_rest_are_its_exports():
    chapters = st.load_products("HS2", reporter="CHN")
    whole = snapshots.known("comtrade", "china_reported").query("partner == 'KAZ'")
    assert chapters["value"].sum() == whole.set_index("period")["value"]["2024"]
    assert len(chapters) == 21
    shares = st.product_shares(chapters).set_index("product")["share"]
    assert shares["84"] == pytest.approx(4383246829 / 27954331004)
    assert st.basket_concentration(chapters)["largest"].tolist() == ["84"]
    tiny = chapters[chapters["product"].isin(["54", "REST"])]
    assert st.basket_concentration(tiny)["largest"].tolist() == ["54"], "REST is no product"


def test_the_same_goods_by_two_reporters_are_no_basket():
    with pytest.raises(ValueError, match="a basket must have one reporter, got two for CHN to KAZ"):
        st.product_shares(st.load_products("HS2"))


def test_both_sides_of_clothing_by_hand():
    pairs = st.pair_reports(st.load_products("HS2")).set_index(["exporter", "product", "period"])
    told = pairs.loc[("CHN", "62", pd.Period("2024"))]
    assert told["exporter_value"] == 3181750805
    theirs = st.load_products("HS2", reporter="KAZ").set_index(["flow", "product", "period"])
    assert told["importer_value"] == theirs.loc[("import", "62", "2024"), "value"] / 1.06
    assert np.isnan(pairs.loc[("CHN", "REST", pd.Period("2024")), "importer_value"])


def test_crude_oil_weighs_what_it_weighs():
    crude = st.load_goods("270900")
    assert crude["period"].astype(str).tolist() == [str(y) for y in range(2001, 2025)]
    weight = st.part_of_total(crude, st.load_trade(as_of="2026-01-31"))
    share = weight.set_index("period")["share"]
    assert share.idxmax() == pd.Period("2012")
    # 8.719 of 14.647 billion; 1.249 billion of 15.86 (customs, at one rate for the year).
    assert share[["2012", "2024"]].round(3).tolist() == [0.595, 0.079]


def test_goods_are_held_by_reporter_and_cut_at_a_day():
    assert set(st.load_goods(reporter="KAZ")["reporter"]) == {"KAZ"}
    assert st.load_goods("2709", reporter="KAZ")["flow"].unique().tolist() == ["export"]
    assert str(st.load_goods("270900", as_of="2024-06-29")["period"].max()) == "2022"
    assert refusal(st.load_goods, "2709").startswith("products must be one of 270900, 271121, got")
    assert refusal(st.load_products, "HS2", partners="UZB") == (
        "partners must be one of KAZ, got 'UZB'"
    )
    assert refusal(st.load_products, reporter="RUS").startswith("reporter must be one of CHN, KAZ")


def test_outlooks_are_as_they_stood():
    told = st.load_outlooks(economies=["CHN", "WLD"], as_of="2010-01-01")
    assert told["released"].max() == pd.Timestamp("2009-10-31")
    assert set(told["economy"]) == {"CHN", "WLD"}
    late = st.load_outlooks("inflation", economies="KAZ")
    assert (late["period"].dt.year - late["edition"].dt.year).between(0, 5).all()
    assert refusal(st.load_outlooks, "oil") == (
        "indicator must be one of gdp_growth, inflation, got 'oil'"
    )
    assert refusal(st.load_outlooks, as_of="1990-05-30").startswith(
        "as_of must be on or after 1990-05-31"
    )


def test_titles_of_goods_turn_with_the_data():
    weight = st.part_of_total(st.load_goods("270900"), st.load_trade(as_of="2026-01-31"))
    for last, end in (("2024", "in 2024, after 60 % in 2012"), ("2012", "in 2012, a peak")):
        ax = figures.goods_lines(weight[weight["period"] <= last])
        assert part_texts(ax.figure)["title"].replace("\u00a0", " ").endswith(end)
    pairs = st.pair_reports(st.load_products("HS2"))
    ax = figures.sides_by_product(pairs[pairs["exporter"] == "CHN"])
    assert part_texts(ax.figure)["title"].replace("\u00a0", " ") == (
        "Woven clothing from China to Kazakhstan in 2024: 3.18 billion dollars as China counts, "
        "573 million dollars as Kazakhstan does"
    )
    none = st.product_shares(st.load_products("HS2", reporter="KAZ"))
    assert refusal(tables.basket_years, none, "UZB", "CHN") == (
        "shares must hold a basket from UZB to CHN, got none"
    )
    table = tables.basket_years(none, "KAZ", "CHN", 5).data
    assert table.sum().round(9).eq(1).all()
    assert table.index[-1] == "All others"
