"""How good forecasts were, and how they turned out: figures, tables and the sums behind them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import silktrade as st
from silktrade import figures, tables
from silktrade.figures.canvas import part_texts
from silktrade.figures.chart_data import panels
from silktrade.forecasting import accuracy
from silktrade.projection import evaluation

mpl.use("agg")
DAY, YEAR = "2024-06-30", 2024
SPACE = "\u00a0"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def past() -> pd.DataFrame:
    return st.load_trade(as_of=DAY)


@pytest.fixture(scope="module")
def now() -> pd.DataFrame:
    return st.load_trade()


@pytest.fixture(scope="module")
def paths(past) -> pd.DataFrame:
    return st.project(past, 1, models=["random_walk"], draws=200, seed=3)


@pytest.fixture(scope="module")
def judged(paths, past, now) -> pd.DataFrame:
    growth = st.intervals(st.projected_growth(paths, past), "growth")
    return st.evaluate(st.at_period(growth, YEAR), now)


@pytest.fixture
def table(tmp_path, monkeypatch) -> pd.DataFrame:
    monkeypatch.setenv("SILKTRADE_CACHE", str(tmp_path))
    trade = st.load_trade(partners=("KAZ", "UZB"))
    days = pd.date_range("2010-12-31", "2017-12-31", freq="YE")
    return st.backtest(trade, 1, days=days, models=["naive", "drift", "theta"], jobs=1)


def title(ax) -> str:
    return part_texts(ax.figure)["title"].replace(SPACE, " ")


def test_judge_takes_the_growth_that_came(judged, now):
    wide = now.pivot(index="period", columns=["partner", "flow"], values="value")
    came = wide.loc["2024"] / wide.loc["2023"] - 1
    for (partner, flow, _), value in judged["outturn"].items():
        assert value == pytest.approx(came[partner, flow], rel=1e-12)  # the same two floats


def by_hand() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two flows of one partner and one of another: trade to 2022, and two draws from 2021 on."""
    known = {("KAZ", "export"): [1, 2, 4], ("KAZ", "import"): [1, 1, 1], ("UZB", "export"): [2, 2]}
    trade = pd.DataFrame(
        [("CHN", p, f, "TOTAL", pd.Period(str(2020 + i)), float(v))
         for (p, f), values in known.items() for i, v in enumerate(values)],
        columns=["reporter", "partner", "flow", "product", "period", "value"],
    )  # fmt: skip
    drawn = {("KAZ", "export"): [(1, 3), (2, 6)], ("KAZ", "import"): [(1, 3), (2, 3)],
             ("UZB", "export"): [(2, 4), (2, 4)]}  # fmt: skip
    paths = pd.DataFrame(
        [("CHN", p, f, "TOTAL", "combination", pd.Period("2020"), h + 1, pd.Period(str(2021 + h)),
          d, float(v)) for (p, f), steps in drawn.items() for h, step in enumerate(steps)
         for d, v in enumerate(step)],
        columns=["reporter", "partner", "flow", "product", "model", "origin", "horizon", "period",
                 "draw", "value"],
    )  # fmt: skip
    return trade, paths


def test_the_record_judges_flows_partners_and_the_sum_by_hand():
    trade, paths = by_hand()
    rows = pd.DataFrame(evaluation._judged(paths, trade, None, 2021))
    rows = rows.set_index(["part", "name", "year"])
    assert rows.index.tolist() == [
        (part, name, year)
        for part, name, last in [("flow", "KAZ export", 2022), ("flow", "KAZ import", 2022),
                                 ("flow", "UZB export", 2021), ("partner", "KAZ", 2022),
                                 ("partner", "UZB", 2021), ("sum", "all", 2021)]
        for year in range(2021, last + 1)
    ]  # fmt: skip
    assert rows["ahead"].tolist() == [year - 2020 for *_, year in rows.index]
    # Of KAZ 2 came after 3, drawn as 2 and 6; then 3 after 5, drawn as 4 after 2 and 9 after 6.
    first, second = rows.loc[("partner", "KAZ", 2021)], rows.loc[("partner", "KAZ", 2022)]
    assert first["outturn"] == pytest.approx(3 / 2 - 1)
    assert [first["low"], first["high"]] == pytest.approx([0.0 + 0.2, 2.0 - 0.2])
    assert first["pit"] == 0.5, "one of two draws lies below"
    assert rows.loc[("flow", "KAZ import", 2021), "pit"] == 0, "none of 0 and 2 lies below 0"
    assert second["outturn"] == pytest.approx(5 / 3 - 1)
    assert second["median"] == pytest.approx((4 / 2 + 9 / 6) / 2 - 1)
    assert (second["pit"], second["inside_95"]) == (0.5, 1.0)
    assert rows.loc[("sum", "all", 2021), "outturn"] == pytest.approx(5 / 4 - 1)
    # A sum is known where its parts are not, and after them.
    totals = pd.Series([4.0, 5.0, 8.0], pd.period_range("2020", "2022", freq="Y"))
    both = pd.DataFrame(evaluation._judged(paths, trade, totals, 2021)).query("part == 'sum'")
    np.testing.assert_allclose(both["outturn"], [5 / 4 - 1, 8 / 5 - 1])
    none = trade.assign(value=trade["value"].where(trade["period"] > "2020", 0.0))
    assert evaluation._judged(paths, none[none["partner"] == "UZB"], None, 2021) == []


def test_every_frame_moves_the_record_though_another_was_kept():
    trade = st.load_trade(partners=("KAZ", "UZB"))
    trade = trade[trade["period"].between(pd.Period("2006"), pd.Period("2018"))]
    gone = (trade["partner"] == "KAZ") & (trade["flow"] == "export") & (trade["period"] == "2017")
    oil = st.load_indicator("oil_brent", frequency="M")
    given = {
        "months": st.load_trade(frequency="M", partners=("KAZ", "UZB")).assign(
            period=lambda f: f["period"] - 60),  # as if of five years before
        "outlook": st.load_outlooks(), "oil": oil,
        "totals": trade.groupby("period")["value"].sum(),
    }  # fmt: skip
    late = {"months": "2017-06", "outlook": "2018", "oil": "2017-06"}

    def said(**frames: object) -> float:
        rows = st.evaluate_projection(trade[~gone], [2018], horizon=1, models=[], draws=100,
                                      known=6, **given | frames)  # fmt: skip
        return rows.set_index(["part", "name"]).loc[("partner", "UZB"), "median"].item()

    found = [said()]
    for name, period in late.items():
        frame = given[name]
        found.append(said(**{name: frame.assign(
            value=frame["value"] * np.where(frame["period"] >= period, 1.2, 1.0))}))  # fmt: skip
    totals = given["totals"]
    found.append(said(totals=totals.where(totals.index != "2017", 1.2 * totals)))
    assert len(set(found)) == len(found)


def test_scores_of_a_projection_against_numpy():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        [("flow", name, model, year, 2) for name in "ab" for model in ("ets", "random_walk")
         for year in range(2010, 2018)], columns=["part", "name", "model", "year", "ahead"],
    )  # fmt: skip
    rows[[*evaluation.SCORES]] = rng.uniform(1, 2, (len(rows), len(evaluation.SCORES)))
    rows.attrs["source"] = "gacc"
    table = st.projection_scores(rows)
    assert table.attrs["source"] == "gacc"
    one, other = (rows[rows["model"] == m] for m in ("ets", "random_walk"))
    ets, walk = (table.loc[("flow", 2, m)] for m in ("ets", "random_walk"))
    assert ets["pit_spread"] == pytest.approx(np.std(one["pit"], ddof=1))
    assert (ets["targets"], ets["ratio"]) == (16, pytest.approx(ets["crps"] / walk["crps"]))
    yearly = [r["crps"].to_numpy().reshape(2, 8).mean(axis=0) for r in (one, other)]
    assert ets["p_value"] == pytest.approx(accuracy.diebold_mariano(*yearly, 2)[1])
    assert np.isnan(walk["p_value"])
    few = st.projection_scores(rows[rows["year"] < 2014])
    assert few["p_value"].isna().all(), "four years are too few of two years ahead"


def test_judge_sums_where_the_rows_are_sums(paths, past, now):
    whole = st.aggregate(paths, partners=True, flows=True)
    rows = st.at_period(st.intervals(st.projected_growth(whole, past), "growth"), YEAR)
    sums = now.groupby("period")["value"].sum()
    came = st.evaluate(rows, now)["outturn"].item()
    # Ten floats added in another order.
    assert came == pytest.approx(sums["2024"] / sums["2023"] - 1, rel=1e-12)


def test_judge_waits_until_the_year_has_come(paths, past):
    growth = st.intervals(st.projected_growth(paths, past), "growth")
    with pytest.raises(ValueError) as error:
        st.evaluate(st.at_period(growth, YEAR), past)
    assert str(error.value) == (
        "trade must hold KAZ export in 2024 and the year before, got one of them at most: judge "
        "it when both are known"
    )


def test_contributions_of_a_draw_add_up_to_its_growth(paths, past):
    parts = st.projected_contributions(paths, past).query("model == 'random_walk'")
    added = parts.groupby("draw")["contribution"].sum()
    whole = st.aggregate(paths, partners=True, flows=True)
    growth = st.projected_growth(whole, past).query("model == 'random_walk'")
    growth = growth.set_index("draw")["growth"]
    assert len(added) == 200
    np.testing.assert_allclose(added, growth.sort_index(), rtol=1e-9)  # sums of ten quotients


def test_the_figure_of_the_outturn_counts_what_came_inside(judged):
    inside = judged["outturn"].between(judged[0.1], judged[0.9]).sum()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = figures.outturn(judged)
        ax.figure.draw_without_rendering()
    assert (
        title(ax)
        == f"In 2024, {inside} of 10 growth rates came inside their 80 % range, where 8 should"
    )
    came = judged.loc[("KGZ", "import"), "outturn"].item()
    assert (
        panels(ax.figure)[0].values.loc["Imports from Kyrgyzstan", ("As it came", "value")] == came
    )
    assert any(f"◆ {came * 100:,.0f}{SPACE}%" in text.get_text() for text in ax.texts)


def test_the_record_of_the_projection_counts_the_years_inside():
    rows = pd.DataFrame({
        "year": [2025, 2023, 2024], "known": 0, "low": -0.1, "median": 0.1, "high": 0.3,
        "outturn": [0.4, 0.1, 0.2], "inside_80": [0.0, 1.0, 1.0],
    })  # fmt: skip
    ax = figures.projection_record(rows)
    assert part_texts(ax.figure)["title"].replace("\xa0", " ") == (
        "In 2 of 3 years growth came inside its 80 % range"
    )
    told = panels(ax.figure)[0].values.loc["2025"]
    assert told.tolist() == [-0.1, 0.1, 0.3, 0.4]
    begun = figures.projection_record(rows.assign(year=2025, known=[2, 0, 1]), by="known")
    assert part_texts(begun.figure)["title"].startswith("In 2 of 3 times in 2025")


def test_the_table_of_the_outturn_names_the_narrowest_range(judged):
    data = tables.outturn(judged).data
    for (low, high), name in (((0.1, 0.9), "80 %"), ((0.025, 0.975), "95 %")):
        held = judged["outturn"].between(judged[low], judged[high]).to_numpy()
        assert set(data["Inside"][held]) <= {"80 %", name}
    outside = ~judged["outturn"].between(judged[0.025], judged[0.975]).to_numpy()
    assert (data["Inside"][outside] == "no").all() and outside.any()


def test_error_ratios_name_the_best_and_turn_with_it(table):
    test = st.compare(table)
    unsure = figures.error_ratios(test.assign(p_value=0.04), 1)
    best = test["ratio"].min()
    size = f"{abs(1 - best) * 100:.0f} % {'smaller' if best < 1 else 'larger'}"
    # Two models were tried, so that one in twenty is no longer one in twenty.
    assert title(unsure) == (
        f"No model can be told apart from the last value: at best errors {size}, within luck"
    )
    worse = figures.error_ratios(test.assign(ratio=test["ratio"] + 1, p_value=0.5), 1)
    assert " larger, within luck" in title(worse)
    certain = figures.error_ratios(test.assign(ratio=0.5, p_value=0.01), 1)
    assert title(certain).startswith("2 of 2 models beat the last value beyond luck")
    one = test.assign(ratio=0.5, p_value=[0.01, 0.2] * (len(test) // 2))
    assert title(figures.error_ratios(one, 1)).startswith("1 of 2 models beat")


def test_coverage_weighs_series_by_their_origins(table):
    marks = st.scores(table)
    ax = figures.coverage_dots(marks)
    one = marks[(marks["model"] == "drift") & (marks["metric"] == "coverage_80")]
    share = np.average(one["value"], weights=one["origins"])
    assert f"{share * 100:.0f}{SPACE}% and" in part_texts(ax.figure)["title"]
    held = panels(ax.figure)[0].values["80 % limits", "value"]
    assert held[st.codes.MODEL_LABELS["drift"]] == pytest.approx(share)


def test_the_table_of_scores_takes_medians_and_means(table):
    marks = st.scores(table)
    data = tables.scores(marks).data
    drift = marks[marks["model"] == "drift"].groupby("metric")["value"]
    row = data.loc["Random walk with drift"]
    assert row["MASE"] == drift.median()["mase"]
    assert row["Inside 80 %"] == drift.mean()["coverage_80"]
    assert data["MASE"].is_monotonic_increasing


def test_the_table_of_contributions_is_sorted(paths, past):
    parts = st.intervals(st.projected_contributions(paths, past), "contribution")
    data = tables.contributions(st.at_period(parts, YEAR)).data
    medians = data["Median"].str.replace("\u2212", "-").astype(float)
    assert medians.is_monotonic_decreasing and len(data) == 10


def test_opinions_are_those_published_by_the_day():
    said = st.load_opinions(as_of="2023-10-31")
    assert said["released"].max() <= pd.Timestamp("2023-10-31")
    later = st.load_opinions(as_of="2023-12-31")
    assert len(later) > len(said)
    data = tables.opinions(said, 2024).data
    expected = said[(said["period"].astype(str) == "2024") & (said["unit"] == "fraction")]
    assert len(data) == len(expected)
    fund = data.xs("IMF (WEO Oct 2023)", level="Institution").xs("China", level="Economy")
    assert fund["Percent"].item() == "+4.2"


def test_targets_are_no_forecasts():
    said = st.load_opinions(economies="CA5")
    assert (said.query("indicator == 'trade_target'")["unit"] == "USD").all()
    assert "trade_target" not in tables.opinions(said, 2030).data.to_string()


def test_world_trade_in_dollars_is_as_printed():
    world = st.load_trade(frequency="M", partners="WLD", flows="export").set_index("period")
    assert str(world.index.min()) == "2008-01"
    assert world.loc["2008-01", "value"] == 109_640_030_000
    assert world.loc["2008-01", "obs_status"] == "A"
    yuan = st.load_trade(frequency="M", partners="WLD", flows="export", currency="CNY")
    assert str(yuan["period"].min()) == "2024-01"
