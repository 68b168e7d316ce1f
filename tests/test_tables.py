"""Tables: the numbers of the frames they are given, and a caption that says what they are."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import silktrade as st
from presswork.markup import tabled
from silktrade import tables
from silktrade.data.snapshots import find
from silktrade.tables import style

SPACE, MINUS = "\u00a0", "\u2212"
DAY = "2026-01-31"  # what is held against what was public then


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    return st.load_trade(as_of=DAY)


@pytest.fixture(scope="module")
def months() -> pd.DataFrame:
    return st.load_trade(frequency="M", currency="CNY", as_of=DAY)


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return st.project(
        st.load_trade(as_of="2025-06-30"), 2, models=["random_walk", "climatology"], draws=100
    )


def flow(trade: pd.DataFrame, partner: str, name: str) -> pd.Series:
    """Give one series, in billions."""
    chosen = trade[(trade["partner"] == partner) & (trade["flow"] == name)]
    return chosen.set_index("period")["value"] / 1e9


@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_partners_of_a_year_are_the_flows_of_that_year(currency):
    trade = st.load_trade(currency=currency)
    table = tables.partners(trade, "2025").data
    labels = ["Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"]
    assert table.index.tolist() == [*labels, "Central Asia"]
    for code, label in zip(st.codes.PARTNERS, labels, strict=True):
        out, into = (flow(trade, code, f) for f in st.codes.FLOWS)
        total = out + into
        expected = [
            out["2025"], into["2025"], total["2025"], total["2025"] / total["2024"] - 1,
            total["2025"] * 1e9 / st.load_totals(currency=currency)["2025"],
            out["2025"] - into["2025"],
        ]  # fmt: skip
        np.testing.assert_allclose(table.loc[label].astype(float), expected)
    np.testing.assert_allclose(
        table.loc["Central Asia", ["Exports", "Imports", "Total", "Balance"]].astype(float),
        table.iloc[:5][["Exports", "Imports", "Total", "Balance"]].sum(),
    )
    assert table.loc["Central Asia", "Share"] == 1.0
    assert table.iloc[:5]["Share"].sum() == pytest.approx(1.0)


def test_growth_over_a_year_that_is_not_known_is_a_dash(years):
    table = tables.partners(years, "2022")
    growth = table.data["Growth"]
    # Both flows of 2021 are known for Kazakhstan alone.
    assert growth.notna().to_dict() == {
        "Kazakhstan": True, "Kyrgyzstan": False, "Tajikistan": False, "Turkmenistan": False,
        "Uzbekistan": False, "Central Asia": False,
    }  # fmt: skip
    alone = tables.partners(years[years["partner"] == "UZB"], "2022").data
    assert alone["Growth"].isna().all(), "2020 is not the year before 2022"
    assert "–" in table.to_html()


def test_a_sum_of_some_is_not_called_the_region(years):
    some = years[years["partner"].isin(["KAZ", "UZB"])]
    assert tables.partners(some, "2025").data.index.tolist() == ["Kazakhstan", "Uzbekistan", "Sum"]


def test_a_year_with_a_gap_is_refused(years):
    for year in ("2021", "1990"):
        with pytest.raises(ValueError) as error:
            tables.partners(years, year)
        assert str(error.value) == (
            f"year must be one in which every partner is known, got {year}: choose another"
        )


def test_years_are_totals_and_their_growth():
    totals = st.load_partner_totals(currency="CNY", as_of=DAY)
    table = tables.years(totals, 5).data
    assert table.index.astype(str).tolist() == ["2021", "2022", "2023", "2024", "2025"]
    np.testing.assert_allclose(table.iloc[:, :5], totals.iloc[-5:] / 1e9)
    np.testing.assert_allclose(table["Central Asia"].iloc[1:], totals.iloc[-4:].sum(axis=1) / 1e9)
    # The sum of some is no sum: of 2021 Kazakhstan alone is known by partner.
    assert table.loc["2021"].notna().tolist() == [True] + [False] * 6
    assert pd.isna(table["Growth"].iloc[1])
    assert table["Growth"].iloc[3] == pytest.approx(674.746723 / 629.707496 - 1, rel=1e-6)
    assert "billion yuan" in tables.years(totals).caption


def test_a_total_that_was_published_alone_is_marked():
    totals, whole = st.load_partner_totals(), st.load_totals()
    table = tables.years(totals, 6, whole)
    marked = [year for year in table.data.index if year.endswith("*")]
    assert [f"{year}*" for year in whole.attrs["published"]][-1:] == marked
    assert "*" in table.caption
    known = table.data["Central Asia"].to_numpy()
    assert known == pytest.approx((whole.tail(6) / 1e9).to_numpy())
    assert table.data["Growth"].to_numpy() == pytest.approx(st.growth(whole).tail(6).to_numpy())
    assert "*" not in tables.years(totals, 2, whole).caption


def test_the_latest_months_are_told_in_both_currencies():
    both = [
        st.latest(st.load_totals(currency=c), st.load_totals(frequency="M", currency=c))
        for c in ("CNY", "USD")
    ]
    table = tables.latest(*both)
    assert set(table.data.index.get_level_values("Currency")) == {"yuan", "dollars"}
    lacking = both[1].attrs["left_out"]
    assert bool(lacking) == ("is not known in dollars" in table.caption)


def test_reconciliation_sets_sums_against_prints(years):
    table = tables.reconciliation(years, st.load_printed_totals(as_of=DAY)).data
    kyrgyz = table.loc[("Kyrgyzstan", pd.Period("2022"))]
    assert kyrgyz["Printed"] == 15.5
    assert kyrgyz["Sum"] == pytest.approx(15.42127098 + 0.08157282)
    np.testing.assert_allclose(table["Difference"], table["Sum"] / table["Printed"] - 1)
    assert ("Tajikistan", pd.Period("2022")) not in table.index, "no print of it is held"
    region = table.xs("Central Asia")
    assert region.index.astype(str).tolist() == ["2022", "2023", "2024", "2025"]
    assert region["Difference"].abs().max() < 4e-4  # 70.226 against 70.2


def test_status_counts_every_figure_once(years, months):
    table = tables.status(years, months).data
    assert table.loc["Years"].to_numpy().sum() == len(years)
    assert table.loc["Months"].to_numpy().sum() == len(months)
    assert table.loc[("Months", "China Customs", "2023"), "E"] == 120


def test_numbers_stand_right_whatever_type_they_are_kept_as():
    frame = pd.DataFrame({
        "share": ["45.8\xa0%", "–"], "range": ["−3\xa0to\xa0+5", "0.0"], "day": ["2024-01-02"] * 2,
        "years": ["2013 (2011–2025)", "–"], "words": ["not held", "–"], "mixed": ["80\xa0%", "no"],
    }, index=["a", "b"])  # fmt: skip
    html = tabled(style.styled(frame, "Some", {}).to_html())
    row = re.search(r"<tr><th[^>]*>a</th>(.*?)</tr>", html)[1]
    assert [" class=left" in cell for cell in row.split("</td>")[:-1]] == [False] * 4 + [True] * 2


def test_what_follows_the_measure_of_a_caption_is_set_off():
    table = style.styled(pd.DataFrame({"v": [1]}), "Trade & more, dollars; growth; *", {})
    html = tabled(table.to_html())
    assert "<caption>Trade &amp; more, dollars<small>; growth; *</small></caption>" in html


def test_rows_of_one_name_that_stand_apart_each_say_it():
    names = ["partner", "flow"]
    for keys, said in (["aab", 1], ["aba", 2]):
        index = pd.MultiIndex.from_arrays([list(keys), list("xyz")], names=names)
        html = style.styled(pd.DataFrame({"v": [1, 2, 3]}, index), "Some", {})._repr_html_()
        assert len(re.findall("<th[^>]*>a</th>", html)) == said


def test_no_chance_is_nought_and_thousands_of_percent_have_no_tenths():
    printed = [style.chance(p) for p in (0.0, 0.0049, 0.005, 0.3, np.nan)]
    assert printed == ["&lt;0.01", "&lt;0.01", "0.01", "0.30", "–"]
    assert [style.points(r) for r in (32.476, -0.0123)] == ["+3,248", f"{MINUS}1.2"]


def test_no_page_shows_a_code_for_a_day_or_a_data_set():
    table = tables.vintages(st.load_vintages()).data
    said = " ".join([*table.index, *table.to_numpy().ravel()])
    assert not re.search(r"\d{4}-\d\d|\bchina\b|\bgdp\b|_", said)
    assert "due since" in said


def test_an_event_without_a_year_after_it_is_not_shown():
    found = st.event_breaks(st.load_totals(as_of="2015-12-31"), draws=99)
    table = tables.event_breaks(found).data
    assert table["Years after"].tolist() == ["2014"]
    assert len(found) > 1


def test_a_table_of_totals_names_no_flow():
    paths = st.project(st.load_trade(), 2, models=["random_walk"], draws=100)
    rates = st.intervals(
        st.projected_growth(st.aggregate(paths, flows=True), st.load_trade()), "growth"
    )
    assert tables.projection(rates, "USD").data.index.names == [None]


def test_adding_up_is_the_sum_of_months_over_the_year(months):
    yuan = st.load_trade(currency="CNY")
    table = tables.adding_up(months, yuan).data
    assert table.columns.tolist() == ["2024", "2025"], "2023 is the sum of its months by rule"
    tajik = flow(months, "TJK", "import")
    oracle = tajik["2025"].sum() / flow(yuan, "TJK", "import")["2025"] - 1
    assert table.loc[("Tajikistan", "imports"), "2025"] == pytest.approx(oracle)
    assert table.abs().max(axis=None) == abs(table.loc[("Tajikistan", "imports"), "2025"])


def test_no_whole_year_of_months_gives_an_empty_table():
    yuan = [st.load_trade(frequency=f, currency="CNY", as_of="2023-06-30") for f in "MY"]
    table = tables.adding_up(*yuan)
    assert table.data.empty
    assert "Twelve printed months" in table.to_html()


def test_mirror_sets_the_opposite_flows_of_one_year(years):
    theirs = st.load_trade(reporter=("KAZ", "KGZ"))
    table = tables.mirror(years, theirs).data
    row = table.loc[("Kyrgyzstan", "China's exports")]
    assert row["Year"] == "2024"
    imported = theirs.query("reporter == 'KGZ' and flow == 'import'").set_index("period")["value"]
    assert row["Partner"] == pytest.approx(imported["2024"] / 1e9)
    assert row["China"] == pytest.approx(flow(years, "KGZ", "export")["2024"])
    assert row["Ratio"] == pytest.approx(row["Partner"] / row["China"])
    assert len(table) == 4


def test_the_catalogue_names_every_snapshot():
    snapshots = st.load_catalogue()
    table = tables.catalogue(snapshots).data
    assert len(table) == len(snapshots)
    assert table["Rows"].tolist() == snapshots["rows"].tolist()
    assert f"gacc/{find('gacc', 'partner_monthly').vintage}/partner_monthly" in table.index


def bare(text: str) -> str:
    """Take percent signs and no-break spaces off: the caption names the unit."""
    return text.replace(f"{SPACE}%", "").replace(SPACE, " ")


def test_projection_prints_the_quantiles(paths):
    rows = st.at_period(st.intervals(st.projected_growth(paths), "growth"), 2026)
    table = tables.projection(rows, "USD")
    uzbek = table.data.loc[("Uzbekistan", "imports")]
    source = rows.xs("UZB", level="partner").xs("import", level="flow").iloc[0]
    said = {q: bare(st.percent(source[q], digits=0, sign=True)) for q in source.index}
    assert bare(uzbek["Median"]) == said[0.5]
    for name, low, high in (("50", 0.25, 0.75), ("80", 0.1, 0.9), ("95", 0.025, 0.975)):
        assert bare(uzbek[f"{name} % interval"]) == f"{said[low]} to {said[high]}"
    assert table.caption == "Projected growth of China's trade in 2026, in dollars, percent"


def test_models_stand_in_one_order_with_their_combination(paths):
    whole = st.aggregate(paths, partners=True, flows=True)
    table = st.intervals(st.projected_growth(whole), "growth")
    out = tables.models(table, "USD").data
    walk_name, growth_name = (st.codes.MODEL_LABELS[m] for m in ("random_walk", "climatology"))
    assert out.index.tolist() == ["The projection", walk_name, growth_name]
    walk = table.xs("random_walk", level="model").iloc[0]
    assert bare(out.loc[walk_name, "Median"]) == bare(st.percent(walk[0.5], digits=0, sign=True))


def test_numbers_are_printed_for_readers(years):
    page = tables.partners(years, "2025").to_html()
    assert f"{MINUS}" in page, "the balance with Turkmenistan is a deficit"
    assert ">-" not in page
    assert "<caption>China's trade by partner in 2025, billion dollars" in page.replace(
        "&#x27;", "'"
    )


def test_the_same_table_has_the_same_bytes(years):
    first, second = (tables.partners(years, "2025").to_html() for _ in range(2))
    assert first == second
    assert first != tables.partners(years, "2024").to_html()


def test_a_table_leaves_its_frame_alone(years, months):
    before = years.copy(deep=True), months.copy(deep=True)
    totals = st.load_partner_totals()
    kept = totals.copy(deep=True)
    tables.partners(years, "2025")
    tables.status(years, months)
    tables.adding_up(months, st.load_trade(currency="CNY"))
    tables.years(totals)
    pd.testing.assert_frame_equal(years, before[0])
    pd.testing.assert_frame_equal(months, before[1])
    pd.testing.assert_frame_equal(totals, kept)


def test_a_table_of_nothing_says_so():
    said = tables.opinions(st.load_opinions(as_of="2023-12-31"), 2031)
    assert said.data.empty
    assert said._repr_html_() == (
        '<p class="note">What others expected of 2031, percent: nothing is held.</p>'
    )
