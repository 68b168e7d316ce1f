"""Mirror statistics: against hand calculation, statsmodels, and a world whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import silktrade as st
from silktrade import figures, tables
from silktrade.figures.canvas import part_texts
from silktrade.measures.mirror import CIF_FOB

FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
KEY = ["partner", "flow", "period"]


@pytest.fixture(scope="module")
def china() -> pd.DataFrame:
    return st.load_trade()


@pytest.fixture(scope="module")
def theirs() -> pd.DataFrame:
    return st.load_trade(reporter=FIVE)


@pytest.fixture(scope="module")
def gaps(china, theirs) -> pd.DataFrame:
    return st.mirror_gaps(st.pair_reports(china, theirs))


def reports(reporter: str, partner: str, flow: str, values: dict[int, float], **over):
    """Make rows of one report."""
    return pd.DataFrame({
        "reporter": reporter, "partner": partner, "flow": flow, "product": "TOTAL",
        "period": [str(year) for year in values], "value": [float(v) for v in values.values()],
        "currency": "USD", "valuation": "fob" if flow == "export" else "cif", "obs_status": "A",
        "source": "comtrade", "vintage": "2026-11-23", "released": "2025-06-30", **over,
    })  # fmt: skip


def test_china_reports_19_7_to_kyrgyzstan_in_2023_and_kyrgyzstan_5_4(china, theirs):
    sold = china.set_index(KEY).loc[("KGZ", "export", pd.Period("2023")), "value"]
    bought = theirs[(theirs["reporter"] == "KGZ") & (theirs["flow"] == "import")]
    bought = bought.set_index("period").loc["2023", "value"]
    assert int(sold / 1e8) / 10 == 19.7
    assert round(bought / 1e9, 1) == 5.4
    pairs = st.pair_reports(china, theirs).set_index(["exporter", "importer", "period"])
    row = pairs.loc[("CHN", "KGZ", pd.Period("2023"))]
    assert row["exporter_value"] == sold
    assert row["importer_value"] == bought / 1.06


def test_every_report_of_either_side_is_there_once(china, theirs):
    pairs = st.pair_reports(china, theirs)
    assert not pairs.duplicated(["exporter", "importer", "product", "period"]).any()
    made = theirs[(theirs["source"] == "imf") & (theirs["obs_status"] == "E")]
    count = pairs[["exporter_value", "importer_value"]].notna().sum().sum()
    assert count == len(china) + len(theirs) - len(made)
    # Turkmenistan's rows from 2004 on are the Fund's own, made of China's report.
    late = (pairs["period"].dt.year >= 2004) & (pairs["importer"] == "TKM")
    assert late.sum() > 15
    assert pairs.loc[late, "importer_value"].isna().all()
    assert "TKM" not in set(st.mirror_gaps(pairs[late])["importer"])


def test_an_estimate_of_the_fund_is_no_report_but_one_of_the_customs_is():
    sold = reports("CHN", "KGZ", "export", {2020: 100}, source="gacc", obs_status="E")
    bought = reports("KGZ", "CHN", "import", {2020: 106}, source="imf", obs_status="E")
    pairs = st.pair_reports(sold, bought)
    assert pairs["exporter_value"].tolist() == [100.0]
    assert pairs["importer_value"].isna().all()


def test_gaps_by_hand():
    sold = reports("CHN", "KGZ", "export", {2020: 100})
    bought = reports("KGZ", "CHN", "import", {2020: 53})
    gap = st.mirror_gaps(st.pair_reports(sold, bought, cif_fob=1.06)).iloc[0]
    # 53 cif are 50 fob; products of floats are exact to rounding.
    assert gap["gap"] == pytest.approx(50, rel=1e-12)
    assert gap["log_ratio"] == pytest.approx(np.log(2), rel=1e-12)
    assert gap["share"] == pytest.approx(0.5, rel=1e-12)


def test_the_mirror_of_the_mirror_changes_the_sign_alone(gaps):
    names = {"exporter_value": "importer_value", "importer_value": "exporter_value"}
    pairs = st.pair_reports(st.load_trade(), st.load_trade(reporter=FIVE))
    turned = st.mirror_gaps(pairs.rename(columns=names))
    for column in ("gap", "log_ratio", "share"):
        np.testing.assert_allclose(turned[column], -gaps[column], rtol=1e-9, atol=1e-12)


def test_the_unit_of_money_does_not_matter_to_ratios(china, theirs, gaps):
    larger = [f.assign(value=f["value"] * 1000) for f in (china, theirs)]
    scaled = st.mirror_gaps(st.pair_reports(*larger))
    np.testing.assert_allclose(scaled["gap"], gaps["gap"] * 1000, rtol=1e-9, atol=1e-3)
    for column in ("log_ratio", "share"):
        np.testing.assert_allclose(scaled[column], gaps[column], rtol=1e-9, atol=1e-12)


def test_the_margin_lowers_every_import_alike(china, theirs, gaps):
    dearer = st.mirror_gaps(st.pair_reports(china, theirs, cif_fob=1.2))
    step = np.log(1.2 / CIF_FOB)
    np.testing.assert_allclose(dearer["log_ratio"] - gaps["log_ratio"], step, atol=1e-12)
    trends = [st.mirror_trend(g)["slope"] for g in (gaps, dearer)]
    np.testing.assert_allclose(*trends, atol=1e-12)


def test_trend_is_that_of_statsmodels(gaps):
    trends = st.mirror_trend(gaps).set_index(["exporter", "importer"])
    assert len(trends) == 10
    for pair, row in trends.iterrows():
        group = gaps[(gaps["exporter"] == pair[0]) & (gaps["importer"] == pair[1])]
        design = sm.add_constant(group["period"].dt.year.astype(float).to_numpy())
        lags = int(np.floor(4 * (len(group) / 100) ** (2 / 9)))
        kept = {"maxlags": lags, "use_correction": True}
        fit = sm.OLS(group["log_ratio"].to_numpy(), design).fit(
            cov_type="HAC", cov_kwds=kept, use_t=True
        )
        # Years as they are make statsmodels' matrix ill-conditioned: six digits are left.
        np.testing.assert_allclose(row["slope"], fit.params[1], rtol=1e-6)
        np.testing.assert_allclose(row["se"], fit.bse[1], rtol=1e-6)
        np.testing.assert_allclose(row[["low", "high"]].astype(float), fit.conf_int()[1], rtol=1e-6)


def test_trend_turns_with_the_data_and_needs_five_periods(gaps):
    turned = gaps.assign(log_ratio=-gaps["log_ratio"])
    np.testing.assert_allclose(st.mirror_trend(turned)["slope"], -st.mirror_trend(gaps)["slope"])
    assert st.mirror_trend(gaps.groupby(["exporter", "importer"]).head(4)).empty


def test_reliability_is_the_reciprocal_of_the_error_variances(gaps):
    recent = gaps[gaps["period"].dt.year >= 2010]
    trust = st.reliability(recent).set_index(["partner", "flow"])
    square = {}
    for partner in ("KAZ", "KGZ", "TJK", "UZB"):
        mine = recent[(recent["exporter"] == "CHN") & (recent["importer"] == partner)]
        square[partner] = np.mean(mine["log_ratio"].to_numpy() ** 2)
    least = min(square.values())
    assert least == square["UZB"]
    for partner, total in square.items():
        hub, other = least / 2, total - least / 2
        expected = (1 / hub) / (1 / hub + 1 / other)
        assert trust.loc[(partner, "export"), "weight"] == pytest.approx(expected, rel=1e-12)
        assert trust.loc[(partner, "export"), "weight_low"] == pytest.approx(
            1 - least / total, rel=1e-9, abs=1e-12
        )
    assert trust.loc[("UZB", "export"), "weight"] == pytest.approx(0.5, rel=1e-12)
    assert (trust["hub_variance"] + trust["partner_variance"]).to_numpy() == pytest.approx(
        trust["discrepancy"].to_numpy(), rel=1e-12
    )


def test_no_part_of_the_hub_trusts_it_alone_all_of_it_the_best_partner(gaps):
    alone, least = (st.reliability(gaps, hub_part=part) for part in (0.0, 1.0))
    assert (alone["weight"] == 1).all()
    np.testing.assert_allclose(least["weight"], least["weight_low"], atol=1e-12)


@pytest.fixture(scope="module")
def world() -> dict[str, pd.DataFrame]:
    """Make a world whose true trade is known, and reports of known accuracy."""
    rng = np.random.default_rng(7)
    years = range(1700, 2000)
    errors = {"CHN": 0.1, "KAZ": 0.1, "KGZ": 0.6}  # standard errors of logarithms
    truth = {p: 100 * np.exp(rng.normal(0, 0.3, 300)) for p in ("KAZ", "KGZ")}

    def told(who: str, partner: str) -> dict[int, float]:
        noise = np.exp(rng.normal(0, errors[who], 300))
        return dict(zip(years, truth[partner] * noise, strict=True))

    own = pd.concat(reports("CHN", p, "export", told("CHN", p)) for p in truth)
    other = pd.concat(reports(p, "CHN", "import", told(p, p)) for p in truth)
    return {"own": own, "other": other, "truth": pd.DataFrame(truth, index=list(years))}


def misses(frame: pd.DataFrame, truth: pd.DataFrame, partner: str) -> np.ndarray:
    """Give the error of each year's logarithm."""
    found = frame[frame["partner"] == partner].set_index("period")["value"].to_numpy()
    return np.log(found / truth[partner].to_numpy())


def test_weights_find_the_accuracy_of_reporters_and_beat_either_side(world):
    own, other, truth = world["own"], world["other"], world["truth"]
    best = st.reconcile(own, other, cif_fob=1.0)
    half = st.reconcile(own, other, cif_fob=1.0, weights="equal")
    weight = best.groupby("partner")["weight"].first()
    # 0.36 / (0.01 + 0.36) = 0.973; 300 years tell a variance to about 8 %.
    assert weight["KGZ"] == pytest.approx(0.36 / 0.37, abs=0.01)
    rms = {name: {p: np.sqrt(np.mean(misses(f, truth, p) ** 2)) for p in truth}
           for name, f in {"best": best, "half": half}.items()}  # fmt: skip
    assert rms["best"]["KGZ"] < rms["half"]["KGZ"] / 2
    assert rms["best"]["KAZ"] == pytest.approx(0.1 / np.sqrt(2), rel=0.15)  # 4 standard errors


def test_95_percent_limits_hold_the_truth_in_95_percent(world):
    truth = world["truth"].stack().to_numpy()
    for weights in ("reliability", "equal"):
        made = st.reconcile(world["own"], world["other"], cif_fob=1.0, weights=weights)
        made = made.sort_values(["period", "partner"])
        inside = ((made["low"] <= truth) & (truth <= made["high"])).mean()
        # 600 cases: four standard errors of a proportion are 0.036.
        assert inside == pytest.approx(0.95, abs=0.036)


def test_reconciled_values_lie_between_the_two_reports(china, theirs):
    made = st.reconcile(china, theirs, since=2010).set_index(KEY)
    pairs = st.pair_reports(china, theirs).dropna(subset=["exporter_value", "importer_value"])
    for row in pairs.itertuples():
        sold = row.exporter == "CHN"
        key = (row.importer, "export") if sold else (row.exporter, "import")
        if key[0] == "TKM":  # no report of its own since 2010: nothing to learn from
            continue
        value = made.loc[(*key, row.period), "value"] / (1 if sold else CIF_FOB)
        low, high = sorted([row.exporter_value, row.importer_value])
        assert low * (1 - 1e-12) <= value <= high * (1 + 1e-12)
    assert ((made["low"] <= made["value"]) & (made["value"] <= made["high"])).all()


def test_a_half_each_is_the_geometric_mean(china, theirs):
    made = st.reconcile(china, theirs, weights="equal", since=2010).set_index(KEY)
    pairs = st.pair_reports(china, theirs).set_index(["exporter", "importer", "period"])
    year = pd.Period("2023")
    for partner in ("KAZ", "KGZ", "TJK", "UZB"):
        sides = pairs.loc[("CHN", partner, year), ["exporter_value", "importer_value"]]
        expected = np.sqrt(float(np.prod(sides.astype(float))))
        assert made.loc[(partner, "export", year), "value"] == pytest.approx(expected, rel=1e-12)


def test_where_both_sides_agree_nothing_changes():
    sold = reports("CHN", "KGZ", "export", {2019: 100, 2020: 120})
    bought = reports("KGZ", "CHN", "import", {2019: 106, 2020: 127.2})
    made = st.reconcile(sold, bought, cif_fob=1.06)
    assert made["value"].to_numpy() == pytest.approx([100, 120], rel=1e-12)
    assert made["weight"].tolist() == [0.5, 0.5]


def test_a_partner_that_does_not_report_leaves_the_own_figures(china, theirs):
    made = st.reconcile(china, theirs, since=2010)
    own = china[china["partner"] == "TKM"].reset_index(drop=True)
    kept = made[made["partner"] == "TKM"].reset_index(drop=True)
    assert kept["value"].to_numpy() == pytest.approx(own["value"].to_numpy(), rel=1e-12)
    assert kept["obs_status"].tolist() == own["obs_status"].tolist()
    assert (kept["weight"] == 1).all()


def test_a_year_that_one_side_lacks_grows_as_the_other_side_says():
    sold = reports("CHN", "KGZ", "export", {2018: 100, 2019: 110, 2021: 150})
    bought = reports("KGZ", "CHN", "import", {2018: 50, 2019: 50, 2020: 60})
    made = st.reconcile(sold, bought, cif_fob=1.0, weights="equal").set_index("period")
    assert made["obs_status"].tolist() == ["E", "E", "I", "I"]
    # 2020 lacks China: its log ratio is that of 2019, the only neighbour, so 60/50 of 2019.
    growth = made["value"]["2020"] / made["value"]["2019"]
    assert growth == pytest.approx(60 / 50, rel=1e-12)
    assert made["value"]["2021"] / made["value"]["2019"] == pytest.approx(150 / 110, rel=1e-12)
    # The step is (ln 2.2 - ln 2) squared; 2021 is two years away from a known ratio.
    step, total = np.log(1.1) ** 2, np.mean(np.log([2, 2.2]) ** 2)
    reach = 1.959964 * np.sqrt(0.25 * total + 0.25 * 2 * step)
    assert np.log(made["high"]["2021"] / made["value"]["2021"]) == pytest.approx(reach, rel=1e-6)


def test_a_ratio_between_two_known_ones_is_interpolated():
    sold = reports("CHN", "KGZ", "export", {2018: 100, 2020: 400})
    bought = reports("KGZ", "CHN", "import", {2018: 100, 2019: 100, 2020: 100})
    made = st.reconcile(sold, bought, cif_fob=1.0, hub_part=0.0).set_index("period")
    assert made["value"].tolist() == pytest.approx([100, 200, 400], rel=1e-12)


def test_a_flow_that_one_side_alone_reports_keeps_its_figures():
    own = st.load_trade(partners="KGZ")
    theirs = st.load_trade(reporter="KGZ", flows="import")
    out = st.reconcile(own, theirs)
    kept = out[out["flow"] == "import"].set_index("period")["value"]
    known = own[own["flow"] == "import"].set_index("period")["value"]
    pd.testing.assert_series_equal(kept, known.loc[kept.index], rtol=1e-9)  # exp of a logarithm


def test_months_keep_their_growth_at_the_new_level(china, theirs):
    months = st.load_trade(frequency="M")
    made = st.reconcile(china, theirs, since=2010, weights="equal")
    lowered = st.benchmark_to(months, china, made)
    keys = ["partner", "flow"]
    both = pd.DataFrame({"old": months["value"], "new": lowered["value"]}).join(months[keys])
    both["year"] = months["period"].dt.year
    ratio = both["new"] / both["old"]
    spread = ratio.groupby([both[k] for k in (*keys, "year")]).agg(["min", "max"])
    np.testing.assert_allclose(spread["min"], spread["max"], rtol=1e-12)
    year = pd.Period("2023")
    expected = made.set_index(KEY)["value"] / china.set_index(KEY)["value"]
    first = spread.loc[("KGZ", "export", 2023), "min"]
    assert first == pytest.approx(expected[("KGZ", "export", year)], rel=1e-12)
    assert spread.loc[("TKM", "import", 2024), "min"] == pytest.approx(1, rel=1e-12)


def test_nothing_is_changed_in_place(china, theirs):
    before = china.copy(), theirs.copy()
    st.reconcile(china, theirs)
    pd.testing.assert_frame_equal(china, before[0])
    pd.testing.assert_frame_equal(theirs, before[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda c, t, g: st.pair_reports(c, t, cif_fob=0.9),
            "cif_fob must be 1 or more, got 0.9: it is the value cif over the value fob",
        ),
        (
            lambda c, t, g: st.mirror_gaps(
                st.pair_reports(
                    reports("CHN", "KGZ", "export", {2020: 1}),
                    reports("KGZ", "CHN", "import", {2020: 0}),
                )
            ),
            "mirror_gaps needs reports above 0, got 0 of CHN to KGZ in 2020: leave that row out",
        ),
        (
            lambda c, t, g: st.reliability(g, hub_part=2),
            "hub_part must lie between 0 and 1, got 2: it is a share",
        ),
        (
            lambda c, t, g: st.reliability(g.iloc[:0]),
            "reliability needs one economy that is a side of every pair, got no pair: weigh the "
            "pairs of each reporter on their own",
        ),
        (
            lambda c, t, g: st.reconcile(c, t, weights="best"),
            "weights must be one of reliability, equal, got 'best'",
        ),
        (
            lambda c, t, g: st.reconcile(c, t, since=2050),
            "reconcile needs own figures of one reporter and a period from `since` on that both "
            "sides report, got reporters CHN and 0 such periods",
        ),
    ],
)
def test_errors_say_what_to_do(china, theirs, gaps, call, message):
    with pytest.raises(ValueError) as error:
        call(china, theirs, gaps)
    assert str(error.value) == message


def test_titles_turn_with_the_data(gaps):
    recent = gaps[gaps["period"].dt.year >= 2010]
    turned = recent.assign(gap=-recent["gap"], log_ratio=-recent["log_ratio"])
    titles = [part_texts(figures.gap_bars(g).figure)["title"] for g in (recent, turned)]
    assert "14.8 billion dollars more in exports to Kyrgyzstan" in titles[0]
    assert "14.8 billion dollars less in exports to Kyrgyzstan" in titles[1]
    sold = [g[g["exporter"] == "CHN"] for g in (recent, turned)]
    titles = [part_texts(figures.seen_by_importer(g).figure)["title"] for g in sold]
    assert titles[0].endswith("in 2024, Kyrgyzstan recorded 0.26")
    assert titles[1].endswith(f"in 2024, Kyrgyzstan recorded {19.907334 / 5.451009 * 1.06:.2f}")


def test_the_figure_of_projections_says_what_moves_or_that_nothing_does():
    row = [-0.2, -0.1, 0.05, 0.2, 0.3]
    columns, names = [0.025, 0.1, 0.5, 0.9, 0.975], ["China's report", "both"]
    same = pd.DataFrame([row, row], index=names, columns=columns)
    title = part_texts(figures.projections_by_source(same, "USD").figure)["title"]
    assert title.replace("\u00a0", " ") == (
        "Whose report is taken makes no difference that draws can tell: a median of 5 %"
    )
    other = same.assign(**{"0.5": 0})
    other.loc["both", 0.5] = 0.03
    title = part_texts(figures.projections_by_source(other[columns], "USD").figure)["title"]
    assert title.replace("\u00a0", " ") == (
        "The median moves from 5 % to 3 % when the past is both, not China's report"
    )


def test_tables_hold_the_numbers_they_are_given(china, theirs, gaps):
    recent = gaps[gaps["period"].dt.year >= 2010]
    table = tables.discrepancies(recent, st.mirror_trend(recent)).data
    assert table["Gap"].abs().is_monotonic_decreasing
    assert table.loc[("China", "Kyrgyzstan"), "Share"] == pytest.approx(
        1 - 5.451009 / 1.06 / 19.907, abs=1e-4
    )
    made = st.reconcile(china, theirs, since=2010)
    table = tables.reconciled(china, made, "2024").data
    assert len(table) == 10
    assert table.loc[("Turkmenistan", "China's imports"), "Status"] == "as published"
    assert table.loc[("Tajikistan", "China's imports"), "Status"] == "imputed"
    both = china[china["period"].astype(str) == "2024"]["value"].sum() / 1e9
    assert table["As reported"].sum() == pytest.approx(both, rel=1e-12)


def test_the_figure_of_a_reconciled_flow_draws_what_it_is_given(china, theirs):
    made = st.reconcile(china, theirs, since=2010, weights="equal")
    own, other, both = (
        f[(f[side] == "KGZ") & (f["flow"] == flow)]
        for f, side, flow in (
            (china, "partner", "export"),
            (theirs, "reporter", "import"),
            (made, "partner", "export"),
        )
    )
    ax = figures.reconciled(own, other, both)
    said = part_texts(ax.figure)["title"].replace("\u00a0", " ")
    assert said.startswith(
        "China's exports to Kyrgyzstan in 2025, reconciled: 11.2 billion dollars"
    )
    assert said.endswith("with 50.0 % of the weight on China's report")
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    np.testing.assert_array_equal(drawn["Reconciled"], both["value"])
    assert drawn["as Kyrgyzstan reports it"][-2] == other["value"].iloc[-1]


def test_growth_that_came_turns_on_whom_one_believes(china, theirs):
    def grown(frame: pd.DataFrame) -> float:
        sums = frame.groupby("period")["value"].sum()
        return float(sums["2024"] / sums["2023"] - 1)

    own, weighed, halved = (
        china,
        st.reconcile(china, theirs, since=2010),
        st.reconcile(china, theirs, since=2010, weights="equal"),
    )
    # China reports more to Kazakhstan in 2024 than in 2023, Kazakhstan reports less.
    assert grown(own) == pytest.approx(0.061, abs=0.0005)  # as printed, one decimal
    assert grown(weighed) == pytest.approx(0.059, abs=0.0005)
    assert grown(halved) < 0
    rows = pd.DataFrame([[-0.1, 0.05, 0.2]] * 2, ["China's report", "both"], [0.1, 0.5, 0.9])
    came = pd.Series({"China's report": grown(own), "both": np.nan})
    table = tables.projections_by_source(rows, rows * 1e12, "USD", came).data
    assert table["Came"].tolist() == ["+6.1", "–"]
