"""Projection: coherent by construction, sane on any frame, and blind to what came later."""

from __future__ import annotations

import functools
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, refusal
from hypothesis import given, settings
from hypothesis import strategies as hs
from scipy import stats
from test_snapshots import copy_data, edit

import silktrade as st
from presswork.parameters import read_parameters
from silktrade import schema
from silktrade.projection import begun_year, joint, sense
from silktrade.projection.draws import COMBINATION, QUANTILES
from silktrade.projection.project import MODELS

DAY = "2023-12-31"
WHOLE = "2021-06-30"  # every series is known to 2020, without a gap
DRAWS = 300
ODD = 101  # an odd number of draws has one in the middle, read at probability 0.5 itself
OTHERS = ("climatology", "random_walk")
SERIES = ["partner", "flow"]
KEYS = ["reporter", "partner", "flow", "product"]
PATH = ["partner", "flow", "model", "period", "draw"]


def project(**changes: object) -> pd.DataFrame:
    """Project 2024 from what was public at the end of 2023; changes replace arguments."""
    arguments = {
        "trade": st.load_trade(as_of=DAY),
        "horizon": 2,
        "months": st.load_trade(frequency="M", as_of=DAY),
        "outlook": st.load_outlooks(as_of=DAY),
        "oil": st.load_indicator("oil_brent", frequency="M", as_of=DAY),
        "totals": st.load_totals(as_of=DAY),
        "models": OTHERS,
        "draws": DRAWS,
        "seed": 1,
        "as_of": DAY,
    }
    return st.project(**(arguments | changes))


def whole_panel(partners: object = None) -> pd.DataFrame:
    """Take annual trade to 2020, known of every series."""
    return st.load_trade(as_of=WHOLE, partners=partners)


def small(**changes: object) -> pd.DataFrame:
    """Project four series one year ahead."""
    arguments = {"trade": whole_panel(["KAZ", "UZB"]), "horizon": 1, "draws": ODD}
    return st.project(**(arguments | changes))


def spread(paths: pd.DataFrame, period: str) -> float:
    """Measure the width of the sum's 80 % range in a year."""
    sums = paths[paths["period"] == period].groupby("draw")["value"].sum()
    return float(np.subtract(*np.quantile(sums, (0.9, 0.1))))


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return project()


@pytest.fixture(scope="module")
def walk() -> pd.DataFrame:
    """Project from the years alone, beside a random walk."""
    return project(months=None, outlook=None, oil=None, models="random_walk")


def wide(paths: pd.DataFrame, model: str, year: str) -> pd.DataFrame:
    """Lay the draws of one model and year out with a column a series."""
    rows = paths[(paths["model"] == model) & (paths["period"] == year)]
    return rows.pivot(index="draw", columns=SERIES, values="value")


def test_draws_are_a_valid_frame_of_every_series_model_and_draw(paths):
    pd.testing.assert_frame_equal(schema.validate(paths, schema.DRAWS), paths)
    assert set(paths["model"]) == {*OTHERS, COMBINATION}
    assert paths.groupby(SERIES).ngroups == 10
    assert sorted(set(paths["draw"])) == list(range(DRAWS))
    assert set(paths["origin"].astype(str)) == {"2022"}
    steps = paths[["horizon", "period"]].drop_duplicates().astype(str).to_numpy().tolist()
    assert sorted(steps) == [["1", "2023"], ["2", "2024"]]
    assert len(paths) == 10 * (len(OTHERS) + 1) * DRAWS * 2
    assert set(paths["currency"]) == {"USD"}


def test_the_projection_always_comes_and_others_on_request():
    assert set(small()["model"]) == set(small(models=[])["model"]) == {COMBINATION}
    assert set(small(models=COMBINATION)["model"]) == {COMBINATION}
    both = small(models="random_walk")
    assert set(both["model"]) == {"random_walk", COMBINATION}
    kept = both[both["model"] == COMBINATION].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, small())


def test_the_same_seed_gives_the_same_draws_and_another_others():
    one, same, other = (small(seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not np.isclose(one["value"], other["value"]).all()


def test_the_sum_has_its_own_limits_whatever_the_seed():
    tables = [
        st.intervals(st.aggregate(small(seed=s), partners=True, flows=True)) for s in (1, 2, 3)
    ]
    for other in tables[1:]:  # draws of the sum are its quantiles: there is no noise in them
        np.testing.assert_allclose(tables[0], other, rtol=1e-9)


def test_a_year_more_leaves_those_before_as_they_are():
    one, two = (project(horizon=h, models="ets", draws=ODD) for h in (1, 2))
    kept = two[two["horizon"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, kept)


def test_what_is_compared_with_knows_less_and_is_the_same_regression():
    names = {"years_alone": "", "with_months": "months", "with_output": "outlook",
             "with_oil": "oil"}  # fmt: skip
    every = project(models=list(names), draws=ODD)
    for name, kept in names.items():
        none = {source: None for source in ("months", "outlook", "oil") if source != kept}
        less = project(models=None, draws=ODD, **none)
        rows = every[every["model"] == name].reset_index(drop=True)
        np.testing.assert_allclose(rows["value"], less["value"], rtol=1e-9)


def test_a_single_series_model_gives_the_sum_what_it_gives_the_total():
    past = st.load_trade(as_of="2019-06-30")
    total = past.groupby("period")["value"].sum()
    drawn = st.project(past, 2, models="forecast", draws=ODD).query("model == 'forecast'")
    sums = drawn.groupby(["period", "draw"])["value"].sum().unstack()
    asked = [0.1, 0.5, 0.9]
    ours = sums.quantile(asked, axis=1).T.to_numpy()
    # Between draws quantiles are interpolated.
    np.testing.assert_allclose(ours, st.forecast(total, 2, quantiles=asked), rtol=0.01)


def test_random_walk_has_the_limits_of_the_textbook():
    trade = whole_panel("KAZ").query("flow == 'export'")
    drawn = st.project(trade, 1, models="random_walk", draws=ODD).query("model == 'random_walk'")
    values = trade["value"].to_numpy()
    # A hundredth of the highest of eight years is added before logarithms are taken.
    added = np.array([0.01 * values[max(0, t - 7) : t + 1].max() for t in range(len(values))])
    growth = np.log((values[1:] + added[1:]) / (values[:-1] + added[1:]))[-20:]
    quantile = stats.t(19, growth.mean(), growth.std(ddof=1) * np.sqrt(1 + 1 / 20)).ppf(0.9)
    came = np.quantile(drawn["value"], 0.9)
    assert came == pytest.approx((values[-1] + added[-1]) * np.exp(quantile) - added[-1], rel=0.02)


def test_a_begun_year_keeps_its_known_months(paths):
    months = st.load_trade(frequency="M", as_of=DAY)
    known = months.groupby(SERIES)["value"].sum()
    assert str(months["period"].max()) == "2023-11"
    drawn = wide(paths, COMBINATION, "2023")
    assert (drawn > known).all(axis=None)
    # One month is simulated: between a quarter and four times the mean of the others.
    december = drawn.median() - known
    assert (december * 11 / known).between(0.25, 4).all()


def test_a_whole_year_of_months_is_no_longer_drawn():
    day = "2024-01-19"  # the year is not printed yet; December is taken as known
    months = st.load_trade(frequency="M", as_of="2024-01-20")
    paths = st.project(st.load_trade(as_of=day), 1, months=months, draws=100)
    known = months[months["period"] >= "2023-01"].groupby(SERIES)["value"].sum()
    np.testing.assert_allclose(wide(paths, COMBINATION, "2023"), np.tile(known, (100, 1)))


@functools.cache
def as_months_come(year: int) -> pd.DataFrame:
    """Judge the projection of a year with none of its months, with one, and so on to twelve."""
    years, months = st.load_trade(), st.load_trade(frequency="M")
    # With 500 draws chance alone moves a width by a hundredth.
    return st.evaluate_projection(
        years, [year], months=months, known=range(13), horizon=1, models=[], draws=2000
    )


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_a_month_more_never_widens_the_year(year):
    rows = as_months_come(year).query("part == 'sum'").set_index("known")
    widths, inside = rows["width_80"].to_numpy(), rows["inside_80"].to_numpy()
    # Quantiles are interpolated between draws: a thousandth.
    assert (widths[1:] <= widths[:-1] * 1.001).all()
    assert len(widths) == 13 and widths[12] == 0
    assert inside[:12].sum() >= 9, "nine in twelve: months known twice are no twelve trials"


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_a_month_more_never_widens_a_flow_or_a_partner(year):
    # Of months that are on or off one tells which, and may open what was shut.
    rows = as_months_come(year).query("name != 'KGZ import'")
    spread = rows.set_index(["part", "name", "known"])["width_80"].unstack()
    assert len(spread) == 15
    # Each one's own limits never widen (`test_density`): here they are moved to those of the sum.
    assert (spread.to_numpy()[:, 1:] <= 1.05 * spread.to_numpy()[:, :-1]).all()
    np.testing.assert_allclose(spread[12], 0, atol=1e-9)


def test_draws_and_what_is_made_of_them_name_their_publishers():
    trade, months = st.load_trade(as_of=DAY), st.load_trade(frequency="M", as_of=DAY)
    oil = st.load_indicator("oil_brent", frequency="M", as_of=DAY)
    plain = st.project(trade, 2, draws=100)
    paths = st.project(trade, 2, months=months, oil=oil, draws=100)
    assert plain.attrs["months_to"] is None
    rates = pd.DataFrame({p: [7.0] * 100 for p in paths["period"].unique()})
    assert st.in_yuan(paths, rates).attrs == paths.attrs | {"currency": "CNY"}
    assert paths.attrs["months_to"] == "2023-11"
    assert "worldbank" not in plain.attrs["source"]
    total = st.aggregate(paths, partners=True, flows=True)
    growth = st.projected_growth(total, trade)
    table = st.intervals(growth, "growth")
    row = st.at_period(table, 2024)
    made = [paths, total, growth, table, row, st.projected_contributions(paths, trade)]
    for frame in [*made, st.evaluate(row, st.load_trade())]:
        assert st.source_line(frame) == "China Customs, IMF, UN Comtrade, World Bank"
        assert frame.attrs["months_to"] == "2023-11"
        assert frame.attrs["currency"] == "USD"


def test_each_source_narrows_and_none_is_switched():
    trade, months = st.load_trade(as_of="2025-02-01"), st.load_trade(frequency="M")
    months = months[months["period"] <= "2025-06"]
    plain = spread(st.project(trade, 1, draws=500), "2025")
    begun = spread(st.project(trade, 1, months=months, draws=500), "2025")
    # Months say little of a year that they do not reach; an empty frame says nothing at all.
    none = months[months["period"] < "2020"]
    early = st.project(trade, 1, months=months[months["period"] < "2024"], draws=500)
    assert begun < 0.6 * plain
    assert spread(early, "2025") == pytest.approx(plain, rel=0.25)
    oil = st.load_indicator("oil_brent", frequency="M")
    pd.testing.assert_frame_equal(
        st.project(trade, 1, oil=oil[oil["period"] < "1990"], draws=ODD),
        st.project(trade, 1, draws=ODD),
    )
    assert none.empty


@pytest.mark.parametrize("left_out", ["KAZ", "KGZ", "TJK", "TKM", "UZB"])
def test_no_partner_left_out_tears_the_limits(left_out):
    trade, months = st.load_trade(), st.load_trade(frequency="M")
    kept = st.project(trade[trade["partner"] != left_out], 2, months=months, draws=1000)
    for period in kept["period"].unique():
        sums = kept[kept["period"] == period].groupby("draw")["value"].sum()
        low, middle, high = np.quantile(sums, (0.025, 0.5, 0.975))
        assert high / middle < 2, "the sum has not doubled beyond its middle within two years"
        assert low / middle > 0.4


def test_strange_frames_are_projected_or_refused_by_name():
    trade = st.load_trade()
    last = trade["period"].max()
    turkmen = (trade["partner"] == "TKM") & (trade["flow"] == "export")
    short = trade[(trade["partner"] != "TKM") | (trade["period"] >= last - 3)]
    frames = {
        "one flow": trade[turkmen],
        "a swinging flow": trade[(trade["partner"] == "KGZ") & (trade["flow"] == "import")],
        "a short flow": short,
        "twelve years": trade[trade["period"] > last - 12],
        "a missing year": trade[trade["period"] != last - 5],
        "a zero year": trade.assign(
            value=trade["value"].mask(turkmen & (trade["period"] == last), 0.0)
        ),
        "always zero": trade.assign(value=trade["value"].mask(turkmen, 0.0)),
        "an earlier end": trade[~(turkmen & (trade["period"] == last))],
    }
    for name, frame in frames.items():
        drawn = st.project(frame, 2, draws=200)
        assert np.isfinite(drawn["value"]).all(), name
        base = [last] if name == "an earlier end" else []  # drawn for the flow that lacks it
        assert drawn["period"].unique().tolist() == [*base, last + 1, last + 2], name
        assert (drawn["value"] >= 0).all(), name
        end = drawn["period"].max()
        sums = drawn[drawn["period"] == end].groupby("draw")["value"].sum()
        assert sums.quantile(0.975) < 16 * frame.groupby("period")["value"].sum().max(), name
    far = pd.concat([trade, trade[turkmen].tail(1).assign(period=last + 10)])
    assert refusal(st.project, far, 1) == (
        f"trade must not lack more than 2 years in a row, got none between {last} and {last + 10}: "
        "complete the years, or leave out those that follow"
    )
    ended = trade[(trade["partner"] != "TKM") | (trade["period"] <= "2020")]
    assert refusal(st.project, ended, 1) == (
        f"trade must know all series to within 3 years of {last}, got TKM export to 2020: "
        "leave that series out, or the later rows"
    )
    kazakh = (trade["partner"] == "KAZ") & (trade["flow"] == "export") & (trade["period"] == last)
    wrong = trade.assign(value=trade["value"] * np.where(kazakh, 1000, 1))
    assert refusal(st.project, wrong, 1).startswith("trade must be in one unit, got ")
    assert refusal(st.project, trade[trade["period"] > last - 2], 1) == (
        "trade must hold at least 3 years, got 2: give a longer history"
    )


@settings(max_examples=15, deadline=None)
@given(
    logs=hs.lists(hs.lists(hs.floats(-1, 1), min_size=12, max_size=12), min_size=2, max_size=4),
    seed=hs.integers(0, 99),
)
def test_any_history_keeps_the_rules(logs, seed):
    levels = np.exp(np.cumsum(logs, axis=1)) * 1e9
    rows = whole_panel(["KAZ", "UZB"])
    keys = rows[["partner", "flow"]].drop_duplicates().to_numpy()[: len(levels)]
    frame = pd.concat(
        rows[(rows["partner"] == p) & (rows["flow"] == f)].tail(12).assign(value=values)
        for (p, f), values in zip(keys, levels, strict=True)
    )
    drawn = st.project(frame, 2, draws=200, seed=seed)
    assert (drawn["value"] > 0).all()
    counts = drawn.groupby(["partner", "flow", "period"])["value"].agg(["nunique", "size"])
    assert (counts["nunique"] == counts["size"]).all(), "no value stands twice"
    widths = [np.log(drawn[drawn["period"] == p].groupby("draw")["value"].sum()).std()
              for p in sorted(drawn["period"].unique())]  # fmt: skip
    assert widths[1] > widths[0]


def test_a_known_sum_binds_the_parts_that_are_not_known():
    trade = whole_panel()
    totals = st.load_totals("CA5")[:"2021"]
    drawn = st.project(trade, 1, totals=totals, draws=ODD)
    assert drawn["origin"].astype(str).unique().tolist() == ["2020"]
    assert drawn["period"].astype(str).unique().tolist() == ["2021", "2022"]
    sums = st.aggregate(drawn, partners=True, flows=True)
    base = sums.loc[sums["period"] == "2021", "value"]
    np.testing.assert_allclose(base, totals["2021"])  # draw by draw
    grown = st.intervals(st.projected_growth(sums, totals), "growth")
    grown = st.at_period(grown, 2022).iloc[0]
    came = st.load_totals("CA5")["2022"].item() / totals["2021"].item() - 1
    assert grown[0.025] < came < grown[0.975]


@pytest.mark.parametrize(("day", "year"), [("2022-06-30", 2022), ("2015-12-31", 2015)])
def test_a_day_before_the_first_months_is_projected_from_the_rest(day, year):
    paths = st.aggregate(st.project_trade(year, as_of=day, draws=DRAWS), partners=True, flows=True)
    came = st.load_totals("CA5")[str(year)]
    assert paths["value"].min() < came < paths["value"].max()


def test_one_verb_knows_all_that_the_collection_holds(paths):
    ours = st.project_trade(2024, as_of=DAY, draws=DRAWS, seed=1, models=OTHERS)
    pd.testing.assert_frame_equal(ours, paths)
    assert refusal(st.project_trade, 2022, as_of=DAY) == (
        "year must be 2023 to 2042, 2022 being the last one known then, got 2022: choose a later "
        "year, or an earlier as_of"
    )


def test_one_verb_asks_for_one_partner_in_one_currency_in_every_frame():
    day = "2023-02-01"  # of 2022 the sum was printed, both flows were not
    asked = {"partners": "KAZ", "currency": "CNY", "as_of": day}
    totals = st.load_totals("KAZ", currency="CNY", as_of=day)
    trade = st.load_trade(**asked)
    assert totals.index[-1] > trade["period"].max()
    by_hand = st.project(
        trade, 1, months=st.load_months(**asked), outlook=st.load_outlooks(as_of=day),
        oil=st.load_indicator("oil_brent", frequency="M", as_of=day), totals=totals,
        draws=ODD, as_of=day,
    )  # fmt: skip
    pd.testing.assert_frame_equal(st.project_trade(2023, draws=ODD, **asked), by_hand)


def test_months_without_the_customs_rate_are_estimates_at_the_market_s():
    day = "2026-04-16"
    dollars, yuan = (st.load_trade(frequency="M", partners="KAZ", currency=c, as_of=day)
                     for c in ("USD", "CNY"))  # fmt: skip
    late = st.load_months("KAZ", as_of=day)[len(dollars) :]
    assert len(late) and set(late["obs_status"]) == {"E"}
    printed = yuan[yuan["period"] > dollars["period"].max()]
    rate = st.load_indicator("exchange_rate", as_of=day).set_index("period")["value"]
    np.testing.assert_allclose(late["value"], printed["value"] / rate[printed["period"]].to_numpy())


def test_months_later_than_the_market_s_rate_are_converted_at_the_last_one(monkeypatch):
    """New months beside a rate that was not refreshed: in dollars none of them is left out."""
    day, load = "2026-06-30", st.load_indicator
    rate = load("exchange_rate", as_of=day).set_index("period")["value"]

    def old(*names: str, **asked: object) -> pd.DataFrame:
        rows = load(*names, **asked)
        return rows[rows["period"] <= "2026-02"]

    monkeypatch.setattr("silktrade.projection.trade.load_indicator", old)
    keys = ["flow", "period"]
    dollars, yuan = (st.load_months("KAZ", currency=c, as_of=day).set_index(keys)["value"]
                     for c in ("USD", "CNY"))  # fmt: skip
    assert set(dollars.index) == set(yuan.index)
    for month, used in (("2026-02", "2026-02"), ("2026-03", "2026-02"), ("2026-04", "2026-02")):
        found = yuan["export", month] / dollars["export", month]
        assert found == pytest.approx(rate[used])


def test_the_record_is_blind_to_what_came_and_scores_as_one_line_of_numpy():
    trade, oil = st.load_trade(), st.load_indicator("oil_brent", frequency="M")
    rows = st.evaluate_projection(trade, [2018, 2019], oil=oil, models=OTHERS, draws=200)
    later = trade.assign(value=trade["value"] * np.where(trade["period"] >= "2019", 3, 1))
    dear = oil.assign(value=oil["value"] * np.where(oil["period"] >= "2018-01", 9, 1))
    blind = st.evaluate_projection(later, [2018], oil=dear, models=OTHERS, draws=200)
    said, again = (
        f[(f["year"] == 2018) & (f["ahead"] == 1)].sort_values(["part", "name", "model"])
        for f in (rows, blind)
    )
    columns = ["low", "median", "high", "outturn"]
    np.testing.assert_allclose(said[columns], again[columns])
    one = rows.query("part == 'sum' and model == 'combination' and ahead == 1 and year == 2019")
    paths = st.project(
        trade[trade["period"] < "2019"], 1, oil=oil[oil["period"] < "2019-01"], draws=200
    )
    sums = trade.groupby("period")["value"].sum()
    grown = np.sort(paths.groupby("draw")["value"].sum().to_numpy() / sums["2018"].item() - 1)
    came = sums["2019"].item() / sums["2018"].item() - 1
    pairs = np.abs(grown[:, None] - grown[None]).mean() / 2
    assert one["crps"].item() == pytest.approx(np.abs(grown - came).mean() - pairs)
    assert one["width_80"].item() == pytest.approx(np.subtract(*np.quantile(grown, (0.9, 0.1))))
    table = st.projection_scores(rows)
    chosen = rows.query("part == 'flow' and model == 'combination' and ahead == 1")
    assert table.loc[("flow", 1, "combination"), "crps"] == pytest.approx(chosen["crps"].mean())
    assert (table.xs("random_walk", level="model")["ratio"] == 1).all()
    assert refusal(st.evaluate_projection, trade, [2070], draws=100).startswith("years must have")


def test_the_record_begins_where_little_was_known():
    """As notebook 07 has it by default; its page in these tests takes the last years alone."""
    (first,) = (p.default for p in read_parameters(ROOT / "notebooks/07_forecast_evaluation.ipynb")
                if p.name == "first_target")  # fmt: skip
    public = {"outlook": st.load_outlooks(), "totals": st.load_totals(),
              "oil": st.load_indicator("oil_brent", frequency="M")}  # fmt: skip
    months = st.load_trade(frequency="M")
    rows = st.evaluate_projection(st.load_trade(), [first], months=months, draws=100, **public)
    assert set(rows["year"] - rows["ahead"]) == {first - 1}
    numbers = rows[["low", "median", "high", "outturn"]]
    assert np.isfinite(numbers.to_numpy()).all()
    assert (rows["low"] <= rows["median"]).all()
    assert (rows["median"] <= rows["high"]).all()
    assert {"sum", "flow", "partner"} <= set(rows["part"])


def test_where_the_last_months_left_trade_is_arithmetic():
    months = pd.period_range("2022-01", "2023-12", freq="M")
    season = np.exp(begun_year.SEASON)
    values = np.concatenate([season, season * np.r_[np.ones(9), 1.2, 1.2, 1.2]])
    head = {"reporter": "CHN", "partner": "KAZ", "flow": "export", "product": "TOTAL"}
    rest = {"currency": "USD", "valuation": "fob", "obs_status": "A", "source": "gacc"}
    days = {"vintage": "2024-01-20", "released": "2024-01-20"}
    frame = pd.DataFrame({"period": months, "value": values}).assign(**head, **rest, **days)
    whole, rest = season.sum(), season[9:].sum()
    assert st.carry_over(frame, 2024) == pytest.approx(1.2 * whole / (whole + 0.2 * rest) - 1)
    assert st.carry_over(frame[frame["period"] < "2023-07"], 2023) == pytest.approx(0)
    assert refusal(st.carry_over, frame, 2026) == (
        "months must reach into 2025, got the last one 2023-12: ask for an earlier year"
    )
    frame.loc[frame["period"] == "2023-10", "value"] = 0.0  # a month of nothing is data
    base = whole + 0.2 * rest - 1.2 * season[9]
    assert st.carry_over(frame, 2024) == pytest.approx(0.8 * whole / base - 1)
    told = st.tell_carry_over(frame, 2023)
    assert told.startswith("With all months of 2023 known, the year comes 5")
    frame.loc[frame["period"] > "2023-09", "value"] = 0.0
    assert "some trade in 2023 and in the last three, got none" in refusal(
        st.carry_over, frame, 2024
    )
    part = pd.MultiIndex.from_tuples([("KAZ", "export")], names=["partner", "flow"])
    sure = st.least_sure(pd.DataFrame({0.1: [0.011], 0.9: [0.013]}, part))
    assert sure == "What each flow adds is known to within a point."


def test_project_says_what_is_wrong():
    assert refusal(project, horizon=0) == (
        "horizon must be a whole number of at least 1, got 0: it counts years ahead"
    )
    assert refusal(project, horizon=21) == (
        "horizon must be at most 20 years, got 21: choose a nearer year, or a later as_of"
    )
    assert refusal(project, draws=99) == (
        "draws must be a whole number of at least 100, got 99: quantiles need that many"
    )
    assert refusal(project, models=["random_walk", "arima"]) == (
        f"models must be one of {', '.join(MODELS)}, got 'arima': write 'airline'"
    )
    gdp = st.load_indicator("gdp_usd", source="imf", as_of=DAY)
    assert refusal(project, outlook=gdp) == (
        "outlook must hold gdp_growth, got gdp_usd: load_outlooks() gives what was expected of it"
    )
    yuan = st.load_trade(frequency="M", currency="CNY", as_of=DAY)
    assert refusal(project, months=yuan) == (
        "months must be in USD as trade is, got CNY: load both in one currency"
    )
    assert refusal(project, as_of="1990-01-01") == (
        "trade must have rows that were public on the day, got none: give more of them, or a later "
        "as_of"
    )
    assert refusal(project, trade=st.load_trade(frequency="M")) == (
        "trade must be annual, got frequency 'M': load_trade(frequency='Y') gives it"
    )
    assert refusal(project, months=st.load_trade()) == (
        "months must be monthly, got frequency 'Y': load_trade(frequency='M') gives it"
    )
    others = st.load_trade(frequency="M", partners="WLD", as_of=DAY)
    assert refusal(project, months=others) == (
        "months must be of the series in trade, got WLD export TOTAL and none of those: load both "
        "for the same partners"
    )
    assert refusal(project, totals=st.load_totals("KAZ", as_of=DAY)).startswith(
        "totals must be of the same series and unit as trade, got "
    )
    sides = st.load_partner_totals(as_of=DAY) / 1000
    assert refusal(project, partner_totals=sides).startswith("partner_totals of KAZ must be of the")
    assert refusal(project, seed=-1) == "seed must be a whole number of at least 0, got -1"
    energy = st.load_indicator("gas_europe", frequency="M", as_of=DAY)
    both = pd.concat([st.load_indicator("oil_brent", frequency="M", as_of=DAY), energy])
    assert refusal(project, oil=both).startswith("oil must hold one price by month, got gas_europe")


def test_sums_are_sums_of_draws(paths):
    by_flow = paths.groupby(["flow", "model", "period", "draw"])["value"].sum()
    ours = st.aggregate(paths, partners=True)
    np.testing.assert_allclose(
        ours.set_index(["flow", "model", "period", "draw"])["value"].sort_index(), by_flow
    )
    whole = st.aggregate(paths, partners=True, flows=True)
    assert set(whole["partner"]) == {"CA5"}
    assert set(whole["flow"]) == {"total"}
    np.testing.assert_allclose(
        whole.set_index(["model", "period", "draw"])["value"].sort_index(),
        paths.groupby(["model", "period", "draw"])["value"].sum(),
    )
    two_steps = st.aggregate(st.aggregate(paths, flows=True), partners=True)
    np.testing.assert_allclose(two_steps["value"], whole["value"])


def test_quantiles_of_a_sum_are_not_sums_of_quantiles(paths):
    table = st.intervals(paths).xs(COMBINATION, level="model").groupby("period").sum()
    whole = st.intervals(st.aggregate(paths, partners=True, flows=True))
    whole = whole.xs(COMBINATION, level="model").droplevel([0, 1, 2, 3, 4, 5])
    upper = table.loc["2024", 0.975].item() / whole.loc["2024", 0.975].item()
    lower = table.loc["2024", 0.025].item() / whole.loc["2024", 0.025].item()
    assert upper > 1.05
    assert lower < 0.95


def test_quantiles_never_cross_and_are_numpy_s(paths):
    table = st.intervals(paths)
    assert (np.diff(table.to_numpy(), axis=1) >= 0).all()
    one = paths.query("partner == 'UZB' and flow == 'import' and model == 'climatology'")
    one = one[one["period"] == "2024"]["value"]
    ours = (
        table.xs("UZB", level="partner").xs("import", level="flow").xs("climatology", level="model")
    )
    np.testing.assert_allclose(
        ours.loc[ours.index.get_level_values("period") == "2024"].iloc[0],
        np.quantile(one, QUANTILES),
    )


def test_quantiles_come_in_the_order_asked_for(walk):
    there, back = (st.intervals(walk, quantiles=q) for q in ((0.1, 0.9), (0.9, 0.1)))
    assert back.columns.tolist() == [0.9, 0.1]
    pd.testing.assert_frame_equal(back[[0.1, 0.9]], there)


def test_later_rows_in_the_frames_move_nothing(paths):
    def disturbed(**kinds: str) -> pd.DataFrame:
        whole = st.load_trade(**kinds)
        later = whole["released"] > pd.Timestamp(DAY)
        assert later.any()
        return whole.assign(value=whole["value"].mask(later, whole["value"] * 7 + 1))

    frames = {"trade": disturbed(frequency="Y"), "months": disturbed(frequency="M")}
    later = st.load_outlooks(as_of=DAY)
    later = later[later["edition"] == later["edition"].max()]
    later = later.assign(edition=pd.Period("2024-04", "M"), released=pd.Timestamp("2024-04-16"))
    oil = st.load_indicator("oil_brent", frequency="M")
    gone = oil["released"] > pd.Timestamp(DAY)
    assert gone.any()
    # Earlier values as the vintage of the day had them: a later one may have revised them.
    known = st.load_indicator("oil_brent", frequency="M", as_of=DAY)
    frames["oil"] = pd.concat([known, oil[gone].assign(value=1e4)])
    frames["outlook"] = pd.concat(
        [st.load_outlooks(as_of=DAY), later.assign(value=later["value"] * 7 + 1)]
    )
    pd.testing.assert_frame_equal(project(**frames), paths)


def test_later_values_in_the_files_move_nothing(paths, tmp_path, monkeypatch):
    folder = copy_data(tmp_path, monkeypatch)

    def disturb(frame: pd.DataFrame) -> pd.DataFrame:
        later = frame["released"] > DAY
        value = frame["value"].astype(float)
        return frame.assign(value=value.mask(later, value * 7 + 1).map(repr))

    changed = 0
    for path in sorted(folder.glob("*/*/*.csv")):
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        if {"released", "value"} <= set(header):
            before = path.read_bytes()
            edit(folder, str(path.relative_to(folder).with_suffix("")), disturb)
            changed += path.read_bytes() != before
    assert changed >= 8
    assert (st.load_trade(currency="CNY")["value"] > 1e12).any(), (
        "the library reads the disturbed files"
    )
    pd.testing.assert_frame_equal(project(), paths)
    market = st.load_indicator("exchange_rate", as_of=DAY).set_index("period")["value"]
    assert market.iloc[-1] < 10
    totals = st.load_totals("CA5", currency="CNY", as_of=DAY)
    assert totals.max() < 1e12


def test_a_value_that_was_public_does_move_the_draws():
    trade = whole_panel(["KAZ", "UZB"])
    doubled = trade.assign(value=trade["value"].mask(trade["period"] == "2020", trade["value"] * 2))
    assert not np.isclose(small(trade=doubled)["value"], small()["value"]).any()


def test_a_sum_of_a_year_that_was_not_over_moves_nothing():
    totals = st.load_totals("CA5")
    assert totals.index[-1] > pd.Period("2020")
    pd.testing.assert_frame_equal(
        small(totals=totals, as_of=WHOLE), small(totals=totals[:"2020"], as_of=WHOLE)
    )


def test_exports_are_bought_by_the_partner_and_imports_by_china():
    trade, outlook = whole_panel("KAZ"), st.load_outlooks(as_of=WHOLE)
    for flow, buyer in (("export", "KAZ"), ("import", "CHN")):
        of_flow = trade[trade["flow"] == flow]
        plain = small(trade=of_flow, outlook=outlook)["value"]
        for economy in ("KAZ", "CHN"):
            raised = outlook["economy"].eq(economy) & outlook["period"].eq(pd.Period("2021"))
            faster = outlook.assign(value=outlook["value"].mask(raised, 0.3))
            moved = small(trade=of_flow, outlook=faster)["value"]
            assert np.isclose(moved, plain).any() == (economy != buyer)


def test_scale_is_only_a_scale():
    trade = whole_panel(["KAZ", "UZB"])
    scaled = small(trade=trade.assign(value=trade["value"] * 1000))
    np.testing.assert_allclose(scaled["value"], small()["value"] * 1000, rtol=1e-9)


def test_project_leaves_its_frames_alone():
    given = {
        "trade": st.load_trade(as_of=DAY),
        "months": st.load_trade(frequency="M", as_of=DAY),
        "outlook": st.load_outlooks(as_of=DAY),
        "oil": st.load_indicator("oil_brent", frequency="M", as_of=DAY),
    }
    before = {name: frame.copy(deep=True) for name, frame in given.items()}
    project(models="random_walk", draws=100, **given)
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_sum_needs_every_part_once(walk):
    fewer = st.aggregate(walk[walk["partner"] != "TJK"], partners=True)
    assert set(fewer["partner"]) == {"SUM"}
    alone = st.aggregate(walk[walk["partner"] == "TJK"], partners=True)
    pd.testing.assert_frame_equal(alone, walk[walk["partner"] == "TJK"].reset_index(drop=True))
    assert refusal(st.aggregate, walk[walk["flow"] == "export"], flows=True) == (
        "draws must hold export and import to be summed, got none of import: project them all "
        "together"
    )
    partial = walk[~((walk["partner"] == "TJK") & (walk["flow"] == "import"))]
    assert refusal(st.aggregate, partial, partners=True) == (
        "a sum needs KAZ, KGZ, TJK, TKM, UZB each time, got no TJK in import TOTAL combination "
        "2022 1 2023: project those series too, or leave their partner out"
    )
    region = st.aggregate(walk, partners=True)
    assert refusal(st.aggregate, pd.concat([walk, region]), partners=True) == (
        "draws must not hold sums to be summed again, got partner CA5: leave them out, so that "
        "nothing is counted twice"
    )


def test_growth_is_draw_by_draw(walk):
    ours = st.projected_growth(walk)
    assert set(ours["period"].astype(str)) == {"2024"}
    table = wide(walk, "random_walk", "2024") / wide(walk, "random_walk", "2023") - 1
    rows = ours[ours["model"] == "random_walk"].pivot(index="draw", columns=SERIES, values="growth")
    pd.testing.assert_frame_equal(rows, table)


def test_growth_of_the_first_year_needs_a_base(walk):
    whole = st.aggregate(walk, partners=True, flows=True)
    ours = st.projected_growth(whole, st.load_totals(as_of=DAY))
    first = ours[(ours["period"] == "2023") & (ours["model"] == "random_walk")].set_index("draw")
    levels = whole[(whole["period"] == "2023") & (whole["model"] == "random_walk")].set_index(
        "draw"
    )
    np.testing.assert_allclose(first["growth"], levels["value"] / 70225541049 - 1)
    assert refusal(st.projected_growth, whole, st.load_totals("KAZ", as_of=DAY)) == (
        "base must be of CA5, as draws are, got KAZ: take load_totals('CA5')"
    )
    assert refusal(st.projected_growth, walk, st.load_totals(as_of=DAY)) == (
        "base must be a TRADE frame for draws of several partners or flows, got a Series"
    )


def test_a_quantile_that_is_none(walk):
    assert refusal(st.intervals, walk, quantiles=(0.5, 1.0)) == (
        "quantiles must be between 0 and 1, got 1.0: write 1 percent as 0.01"
    )


def test_growth_over_a_frame_sums_it_as_the_draws_are_summed():
    trade = st.load_trade(as_of="2025-06-30")
    known = trade[trade["period"] == "2024"].set_index(["partner", "flow"])["value"]
    paths = st.project(trade, 1, models="random_walk", draws=100)
    totals = st.aggregate(paths, flows=True)
    region = st.aggregate(paths, partners=True, flows=True)
    kazakh = paths[paths["partner"] == "KAZ"]
    alone = trade[trade["partner"] == "KAZ"]  # the sum of one partner is that partner, once
    single = st.projected_growth(kazakh, alone)
    pd.testing.assert_frame_equal(single, st.projected_growth(kazakh, trade))
    cases = (
        (paths, "UZB", "import", known["UZB", "import"]),
        (totals, "UZB", "total", known["UZB"].sum()),
        (region, "CA5", "total", known.sum()),
    )
    for draws, partner, flow, base in cases:
        chosen = f"model == 'random_walk' and partner == {partner!r} and flow == {flow!r}"
        grown = st.projected_growth(draws, trade).query(chosen).set_index("draw")["growth"]
        levels = draws.query(chosen).set_index("draw")["value"]
        # The same floats divided; only the order of the sum may differ.
        np.testing.assert_allclose(grown.sort_index(), levels.sort_index() / base - 1, rtol=1e-12)


def test_growth_without_a_base_has_no_first_year():
    paths = st.project(st.load_trade(as_of="2025-06-30"), 1, models="random_walk", draws=100)
    assert refusal(st.intervals, st.projected_growth(paths), "growth") == (
        "draws must have rows, got none: the growth of the first period needs its base"
    )


def test_pick_says_what_the_table_holds(walk):
    table = st.intervals(walk)
    assert (
        len(st.at_period(table, 2024))
        == len(st.at_period(table, pd.Period("2024"), model="random_walk"))
        == 10
    )
    assert refusal(st.at_period, table, 2030) == (
        "the table must hold model combination in 2030, got models combination, random_walk and "
        "periods 2023, 2024"
    )


def test_the_horizon_to_a_year():
    trade = st.load_trade(as_of=DAY)
    assert st.horizon_to(trade, 2024) == 2
    assert refusal(st.horizon_to, trade, 2022) == (
        "year must be 2023 to 2042, 2022 being the last one known then, got 2022: choose a later "
        "year, or an earlier as_of"
    )


@pytest.fixture(scope="module")
def rates() -> tuple[pd.Series, pd.Series]:
    market = st.load_indicator("exchange_rate", as_of=DAY).set_index("period")["value"]
    customs = st.load_indicator("customs_rate", frequency="M", as_of=DAY)
    return market, customs.set_index("period")["value"]


def test_the_rate_has_no_drift(rates):
    market, last = rates
    far = st.project_rate(market, last, 6, draws=4000, seed=5)[pd.Period("2028", "Y")]
    logs = np.log(far / last.iloc[-1])
    # The median of a symmetric sum of demeaned blocks: 1.25 standard errors, here four of them;
    # blocks leave out the ends of the sample, which moves their mean by at most 1 % in five years.
    assert abs(logs.median()) < 4 * 1.25 * logs.std() / np.sqrt(4000) + 0.01
    assert 0.03 < logs.std() < 0.15, "a monthly change of about 0.8 % over five years"


def test_known_months_enter_the_rate_as_they_are(rates):
    market, last = rates
    drawn = st.project_rate(market, last, 2, draws=200, seed=5)
    assert drawn.columns.astype(str).tolist() == ["2020", "2021", "2022", "2023", "2024"]
    # Years before are no draws: the market's, where the customs' are not known.
    np.testing.assert_allclose(drawn[pd.Period("2021", "Y")], market["2021"].mean())
    known = last["2023-01":"2023-11"]
    december = drawn[pd.Period("2023", "Y")] * 12 - known.sum()
    # One month from the last known, at which the market has moved by less than 5 % since 2005.
    assert (december / last.iloc[-1] - 1).abs().max() < 0.05
    assert drawn[pd.Period("2023", "Y")].std() < drawn[pd.Period("2024", "Y")].std() / 5


def test_a_flat_rate_stays_flat():
    months = pd.period_range("2022-01", "2023-06", freq="M")
    flat = pd.Series(7.0, index=months)
    drawn = st.project_rate(flat, flat, 3, draws=100)
    np.testing.assert_allclose(drawn, 7.0)
    assert drawn.columns.astype(str).tolist() == ["2022", "2023", "2024", "2025"]


def test_months_that_the_market_alone_knows_enter_the_rate_as_they_are():
    # The dollars of such months are made at the market's rate: a year in yuan is made at it too.
    months = pd.period_range("2024-01", "2026-12", freq="M")
    market = pd.Series(np.linspace(7.2, 6.4, 36), index=months)
    last = market[:"2025-12"] * 1.01
    drawn = st.project_rate(market, last, 2, draws=100)
    assert drawn.columns.astype(str).tolist() == ["2024", "2025", "2026", "2027"]
    np.testing.assert_allclose(drawn[pd.Period("2026", "Y")], market["2026-01":].mean())
    half = st.project_rate(market[:"2026-06"], last, 1, draws=4000)[pd.Period("2026", "Y")]
    known, held = market["2026-01":"2026-06"].mean(), market["2026-06"]
    # Changes of this market are alike, so that none is left of them after their mean.
    np.testing.assert_allclose(half, (known + held) / 2, rtol=1e-3)


@pytest.mark.parametrize("day", ["2024-02-10", "2025-02-10", "2026-07-31"])
def test_a_year_in_yuan_is_made_at_the_rate_of_its_months(day):
    market, customs = (
        st.load_indicator(name, frequency="M", as_of=day).set_index("period")["value"]
        for name in ("exchange_rate", "customs_rate")
    )
    since = market[customs.index[-1] + 1 :]
    assert len(since), "the market's rate is public weeks before the customs'"
    held = (since.sum() + (12 - len(since)) * market.iloc[-1]) / 12
    drawn = st.project_rate(market, customs, 1, draws=2000).iloc[:, -1]
    # No drift, but blocks leave out the ends of the sample: as above, a fifth of it in one year.
    assert abs(drawn.median() / held - 1) < 0.004 + 4 * 1.25 * drawn.std() / held / np.sqrt(2000)


@pytest.mark.parametrize(("day", "year"), [("2023-05-09", 2023), ("2026-07-31", 2026)])
def test_growth_in_yuan_is_about_that_of_a_projection_in_yuan(day, year):
    """Two ways to the same number: dollars at a rate of their own, and yuan from the start."""
    rates = st.project_yuan(year, as_of=day, draws=DRAWS)
    known = st.load_totals(currency="CNY", as_of=day)

    def median(drawn: pd.DataFrame) -> float:
        whole = st.aggregate(drawn, partners=True, flows=True)
        grown = st.intervals(st.projected_growth(whole, known), "growth")
        return st.at_period(grown, year)[0.5].item()

    dollars, yuan = (
        st.project_trade(year, as_of=day, draws=DRAWS, currency=c) for c in ("USD", "CNY")
    )
    # The regression's memory is of dollars in one and of yuan in the other: a point or two.
    assert abs(median(st.in_yuan(dollars, rates)) - median(yuan)) < 0.025


def test_what_no_rate_is_drawn_of_is_refused_by_the_caller_s_names():
    assert refusal(st.project_yuan, 2006, as_of="2005-08-01") == (
        "as_of must be a day by which the rate was known for two months from 2005-08 on, when the "
        "peg ended, got 2005-08-01: choose a later day"
    )
    assert refusal(st.project_yuan, 1990, as_of="2024-02-01") == (
        "year must be 2021 or later, got 1990: load_trade(currency='CNY') has the years before"
    )
    assert refusal(st.project_trade, 2044, as_of="2024-02-29") == (
        "year must be 2024 to 2043, 2023 being the last one known then, got 2044: choose a nearer "
        "year, or a later as_of"
    )


def test_twelve_changes_are_drawn_as_they_came():
    months = pd.period_range("2022-12", "2023-12", freq="M")
    logs = np.concatenate([[0.0], np.cumsum(np.arange(12.0) ** 2 / 1000)])
    market = pd.Series(7 * np.exp(logs), months)
    drawn = st.project_rate(market, market, 1, draws=3)
    # There is but one block of twelve: the same path, without its drift.
    path = np.exp(logs - np.arange(13) * logs[-1] / 12)[1:]
    ahead = market.iloc[-1] * path.mean()
    np.testing.assert_allclose(drawn, np.tile([market[1:].mean(), ahead], (3, 1)))
    years = market[-2:].set_axis(pd.period_range("2022", "2023", freq="Y"))
    for wrong, got in (
        (market * 0, "13 of frequency M, the lowest 0"),
        (years, "2 of frequency Y"),
    ):
        said = refusal(st.project_rate, market, wrong, 1)
        assert said.startswith(f"last must hold rates above 0 by month, got {got}")
    assert refusal(st.project_rate, market[:1], market, 1) == (
        "market must hold two months from 2005-08 on, got 1"
    )


def test_the_rate_is_the_same_for_the_same_seed(rates):
    one, same, other = (st.project_rate(*rates, 1, draws=100, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not np.isclose(one, other)[:, -1].any()
    assert refusal(st.project_rate, *rates, 0) == (
        "horizon must be a whole number of at least 1, got 0: it counts calendar years"
    )


def test_yuan_are_dollars_at_a_rate_of_their_own_draw(walk, rates):
    drawn = st.project_rate(*rates, 2, draws=DRAWS, seed=1)
    yuan = st.in_yuan(walk, drawn)
    assert set(yuan["currency"]) == {"CNY"}
    both = yuan.merge(walk, on=PATH, suffixes=("", "_usd"))
    rate = [drawn.loc[d, p] for d, p in zip(both["draw"], both["period"], strict=True)]
    np.testing.assert_allclose(both["value"], both["value_usd"] * rate)


def test_yuan_need_dollars_and_a_rate_for_each_draw(walk, rates):
    drawn = st.project_rate(*rates, 2, draws=DRAWS, seed=1)
    yuan = st.in_yuan(walk, drawn)
    assert refusal(st.in_yuan, yuan, drawn) == "draws must be in USD, got CNY"
    assert refusal(st.in_yuan, walk, drawn.iloc[:100]) == (
        "rates lack draw 100 of 2023: project_rate with the same draws and a horizon that reaches "
        "it"
    )


@pytest.mark.parametrize("which", [["KAZ"], list(st.codes.PARTNERS)])
def test_months_at_another_level_than_the_years_say_no_growth(which):
    """Heavily revised, or counted otherwise: the level of the years holds, and what moves stays."""
    day = "2025-06-30"
    trade, months = st.load_trade(as_of=day), st.load_months(as_of=day)
    # To the level of the years beforehand, with pandas alone: what any factor has to come out at.
    keys = ["partner", "flow"]
    summed = months[months["period"].dt.year < 2025].groupby([*keys, months["period"].dt.year])
    summed = summed["value"].sum().rename_axis([*keys, "year"])
    told = trade.assign(year=trade["period"].dt.year).set_index([*keys, "year"])["value"]
    ratio = (told / summed).dropna()
    year = months["period"].dt.year.clip(upper=2024)
    own = pd.MultiIndex.from_arrays([months["partner"], months["flow"], year]).map(ratio)
    picked = months["partner"].isin(which)
    level = months.assign(value=months["value"] * np.where(picked, own, 1.0))
    plain = st.project(trade, 1, months=level, draws=200)
    for times in (0.55, 0.75, 1.3, 1.9):
        moved = months.assign(value=months["value"] * np.where(picked, times, 1.0))
        got = st.project(trade, 1, months=moved, draws=200)
        np.testing.assert_allclose(got["value"], plain["value"], rtol=1e-6)
    kept = st.project(trade, 1, months=months, draws=200)
    rate = kept["value"] / plain["value"]  # revisions of first prints alone: at most 0.6 %, as read
    assert abs(rate.median() - 1) < 0.006


def columns(start: str, *series: list[float]) -> pd.DataFrame:
    """Lay series of Kazakhstan and Uzbekistan out from a period on, a column each."""
    keys = [("CHN", *s, "TOTAL") for s in (("KAZ", "export"), ("UZB", "export"), ("UZB", "import"))]
    index = pd.period_range(pd.Period(start), periods=len(series[0]) if series else 0)
    return pd.DataFrame(dict(zip(keys, series, strict=False)), index)


NAN = np.nan
YEARS = pd.period_range("2002", periods=2, freq="Y")


@pytest.mark.parametrize(
    ("refuse", "given", "said"),
    [
        (sense.refuse_holes, [[1.0] * 3], None),
        (sense.refuse_holes, [[1.0] * 2], "at least 3 years, got 2"),
        (sense.refuse_holes, [[1.0, 1.0, NAN, NAN, 1.0]], None),
        (sense.refuse_holes, [[1.0, 1.0, NAN, NAN, NAN, 1.0]], "none between 2001 and 2005"),
        (sense.refuse_holes, [[1.0, 1.0, NAN, NAN, NAN, *[1.0] * 20]], "none between 2001 and"),
        (sense.refuse_holes, [[1.0, 1.0, NAN, NAN, NAN, *[1.0] * 21]], None),  # of long ago
        (sense.refuse_holes, [[1.0] * 6, [1.0, 1.0, 1.0, NAN, NAN, NAN]], None),
        (sense.refuse_holes, [[1.0] * 6, [1.0, 1.0, NAN, NAN, NAN, NAN]], "UZB export to 2001"),
        (sense.refuse_leaps, [[1.0, 99.0]], None),
        (sense.refuse_leaps, [[1.0, 100.5]], "got 100.5 for KAZ export in 2001 after 1"),
        (sense.refuse_leaps, [[499.0, 1.0]], None),  # trade has fallen 396-fold
        (sense.refuse_leaps, [[500.5, 1.0]], "got 1 for KAZ export in 2001 after 500.5"),
        (sense.refuse_leaps, [[500.5, NAN, 1.0]], "got 1 for KAZ export in 2002 after 500.5"),
        (sense.refuse_leaps, [[2.0, 1.0, 150.0]], None),  # not a hundredfold of the highest
        (sense.refuse_leaps, [[1.0, 0.0, 1.0]], None),
        (sense.refuse_leaps, [[1e4, 1e4], [1.0, 1080.0]], None),  # of the sum less than a tenth
        (sense.refuse_leaps, [[1e4, 1e4], [1.0, 1200.0]], "got 1200 for UZB export in 2001"),
    ],
)  # fmt: skip
def test_holes_and_leaps_are_refused_at_their_bounds(refuse, given, said):
    years = columns("2000", *given)
    if said is None:
        refuse(years)
    else:
        assert said in refusal(refuse, years)


@pytest.mark.parametrize(
    ("years", "months", "said"),
    [
        ([[12.0, 12.0, 83.0]], [[1.0] * 12], None),
        (
            [[12.0, 12.0, 85.0]],
            [[1.0] * 12],
            "KAZ export is 85 in 2002, after 12 at most and 12 the y",
        ),
        ([[85.0, 85.0, 12.1]], [[9.0] * 12], "12.1 in 2002, after 85 at most and 85 the year befo"),
        ([[12.0, 85.0, 85.0]], [[1.0] * 12], None),  # of a year that is not the last
        ([[12.0, 12.0, 85.0]], [[7.0] * 12], None),  # its months bear it out
        ([[12.0] * 3, [12.0, 12.0, 85.0], [700.0] * 3], [[1.0] * 12] * 3, "UZB export is 85 in"),
        ([[12.0] * 3, [12.0, 12.0, 85.0], [799.0] * 3], [[1.0] * 12] * 3, None),  # not a tenth
        ([[12.0] * 3], [[*[1.0] * 12, 6.9]], None),
        ([[12.0] * 3], [[*[1.0] * 12, 7.1, 7.2]], "7.1 in 2003-01, after 1 at most and 1 at least"),
        ([[12.0] * 3], [[*[8.0, 4.0] * 6, 0.5]], "0.5 in 2003-01, after 8 at most and 4 at least"),
        ([[12.0, 12.0, 0.0]], [[1.0] * 12], None),  # nor is a year of it
        ([[12.0] * 3], [[1.0] * 11 + [7.1]], None),  # twelve months come first
        ([[12.0] * 3], [[*[1.0] * 12, 7.1, *[1.0] * 12]], None),  # of more than a year ago
        ([[12.0] * 3], [[*[1.0] * 12, 0.0]], None),  # a month of nothing is none
    ],
)
def test_slips_of_a_digit_are_doubted_at_their_bounds(years, months, said):
    given = columns("2000", *years), columns("2002-01", *months)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        sense.doubt_slips(*given)
    assert len(found) == (said is not None)
    assert said is None or (said in str(found[0].message) and found[0].filename == __file__)


@pytest.mark.parametrize(
    ("years", "months", "said"),
    [
        ([[12.0, 12.0]], [[1.9] * 12], None),
        ([[12.0, 12.0]], [[2.1] * 12], "25.2 a year by the months of 2001 and 12 in 2001"),
        ([[12.0, 12.0]], [[0.6] * 12], None),
        ([[12.0, 12.0]], [[0.45] * 12], "5.4 a year by the months of 2001 and 12 in 2001"),
        # A year of which one month is known, as if all were like it: a hundredfold is another unit.
        ([[12.0, 12.0]], [[99.0, *[NAN] * 11]], None),
        ([[12.0, 12.0]], [[101.0, *[NAN] * 11]], "1212 a year by the months of 2001 and 12"),
        # The year after the last is compared with the last.
        ([[1.0, 1200.0]], [[100.0] * 24], None),
        ([[12.0, 12.0]], [[*[1.0] * 12, 101.0, *[NAN] * 11]], "1212 a year by the months of 2002"),
        ([[12.0, 0.0]], [[*[0.0] * 12, 1.0, *[NAN] * 11]], None),  # begins
        # Less than a tenth of the sum of 948 is small.
        ([[912.0] * 2, [36.0] * 2], [[76.0] * 12, [7.0] * 12], None),
        ([[912.0] * 2, [36.0] * 2], [[76.0] * 12, [9.0] * 12], "108 a year by the months of 2001"),
    ],
)
def test_months_of_other_years_are_refused_at_their_bounds(years, months, said):
    given = columns("2000", *years), columns("2001-01", *months)
    if said is None:
        sense.same_trade(*given)
    else:
        assert said in refusal(sense.same_trade, *given)


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        ({"2000": 2.1}, []),  # in trade from 2001 on: nothing to hold it against
        ({"2001": 19.9, "2002": 5.1}, []),
        ({"2001": 20.1}, [2001]),
        ({"2002": 4.9}, [2002]),
        ({"2003": 990.0}, []),  # known of it alone: another unit is a hundredfold
        ({"2003": 1010.0}, [2003]),
        ({"2003": 0.09}, [2003]),
        ({"2003": 0.0}, [2003]),
    ],
)
def test_sums_of_other_series_are_refused_at_their_bounds(printed, wrong):
    added_up = pd.Series([10.0, 10.0, NAN], pd.period_range("2001", periods=3, freq="Y"))
    sums = pd.Series(printed)
    sums.index = pd.PeriodIndex(sums.index, freq="Y")
    if wrong:
        told = f"got {sums.iloc[0]:.4g} in {wrong[0]} and 10 by trade in {min(wrong[0], 2002)}: "
        assert told in refusal(sense.same_sums, added_up, sums, columns("2003-01"), "totals")
    else:
        sense.same_sums(added_up, sums, columns("2003-01"), "totals")


@pytest.mark.parametrize(
    ("months", "value", "wrong"),
    [
        ([1.0] * 9 + [NAN] * 3, 9.6, True),  # a third of three months, less what revisions are
        ([1.0] * 9 + [NAN] * 3, 9.8, False),
        ([1.0] * 12, 5.1, False),  # months of a year that is over: what they say is held elsewhere
        ([NAN] * 12, 0.2, False),
    ],
)
def test_sums_of_a_part_of_a_year_are_refused(months, value, wrong):
    given = (
        pd.Series([10.0, NAN], YEARS),
        pd.Series([10.0, value], YEARS),
        columns("2003-01", months),
    )
    if wrong:
        said = "got 9.6 in 2003, of which the months known make 9 and"
        assert said in refusal(sense.same_sums, *given, "totals")
    else:
        sense.same_sums(*given, "totals")


def test_months_that_are_not_used_are_told_of():
    trade = whole_panel("KAZ")
    months = st.load_trade(frequency="M", partners="KAZ")
    months["period"] -= 24  # 2021 to 2023 beside years to 2020
    early, late = months.assign(period=months["period"] - 96), months
    with pytest.warns(UserWarning) as said:
        one = st.project(trade, 1, months=late, draws=ODD)
        st.project(trade, 1, months=early, draws=ODD)
    assert [str(w.message) for w in said] == [
        "months go on to 2023-12, and those after 2021-12 say nothing: project 3 years ahead, or "
        "leave them out",
        "months end in 2015-12, and those before 2017-01 say nothing: give later ones",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = st.project(trade, 1, months=late[late["period"] <= "2021-12"], draws=ODD)
    pd.testing.assert_frame_equal(one, kept)


def test_months_that_were_not_public_yet_say_nothing():
    day, months = "2005-06-30", st.load_trade(frequency="M", partners="KAZ")
    trade = st.load_trade(partners="KAZ")
    early = st.project(trade, 1, months=months, draws=ODD, as_of=day)
    plain = st.project(trade, 1, draws=ODD, as_of=day)
    pd.testing.assert_frame_equal(early, plain)
    assert early.attrs["months_to"] is None


@pytest.mark.parametrize(("times", "fails"), [(0.99, False), (1.02, True)])
def test_a_series_below_its_highest_year_may_come_back_to_it_each_year(times, fails):
    """From 2 after a highest of 8 to seven times 8, so by 28: 2 * 28 * 28 in the second year."""
    known = columns("2000", [8.0, 8.0, 2.0])[[("CHN", "KAZ", "export", "TOTAL")]]
    spread = np.exp(np.linspace(-1, 0, 200))
    years = np.column_stack([2 * 28 * spread, times * 2 * 28**2 * spread])[:, :, None]
    months = columns("2003-01", [NAN] * 24)[known.columns]
    if fails:
        assert "the sum grows beyond its limit" in refusal(
            joint.check, years, known, months, ["KAZ export"]
        )
    else:
        joint.check(years, known, months, ["KAZ export"])


def test_what_comes_out_is_looked_at(monkeypatch):
    plain = joint.paths
    monkeypatch.setattr(joint, "paths", lambda *given: 1e3 * plain(*given))
    assert "makes no sense (KAZ export grows beyond its limit)" in refusal(small)


@pytest.mark.parametrize("times", [0.001, 0.01, 0.4, 3, 1000])
@pytest.mark.parametrize("which", [["KAZ"], list(st.codes.PARTNERS)])
def test_months_in_another_unit_than_the_years_are_refused_by_name(times, which):
    trade, months = st.load_trade(), st.load_months()
    months["value"] *= np.where(months["partner"].isin(which), times, 1.0)
    said = refusal(st.project, trade, 1, months=months, draws=100)
    assert said.startswith("months must be of the same trade and unit as the years, got ")
    assert "KAZ export" in said


@pytest.mark.parametrize("times", [0.5, 2.0])
def test_months_that_double_or_halve_in_the_year_begun_are_trade(times):
    months = st.load_months()
    late = months["period"] >= "2026-01"
    months["value"] *= np.where(late, times, 1.0)
    assert len(st.project(st.load_trade(), 1, months=months, draws=100))


@pytest.mark.parametrize(("day", "year"), [("2022-03-15", 2022), ("2023-05-09", 2023)])
def test_parts_of_a_year_of_which_the_sum_alone_is_known_add_up(day, year):
    """What is known of the year before stands, the rest is drawn, and growth is split whole."""
    trade, totals = st.load_trade(as_of=day), st.load_totals(as_of=day)
    drawn = st.project_trade(year, as_of=day, draws=DRAWS)
    base = drawn[drawn["period"] == str(year - 1)].set_index(["partner", "flow", "draw"])["value"]
    by_draw = base.groupby("draw").sum()
    np.testing.assert_allclose(by_draw, totals[str(year - 1)])
    told = trade[trade["period"] == str(year - 1)].set_index(["partner", "flow"])["value"]
    for key, value in told.items():
        np.testing.assert_allclose(base.loc[key], value)
    # Contributions by hand: the change of a flow over the sum that was printed.
    later = drawn[drawn["period"] == str(year)].set_index(["partner", "flow", "draw"])["value"]
    by_hand = (later - base) / totals[str(year - 1)].item()
    parts = st.projected_contributions(drawn, trade)
    parts = parts[parts["period"] == str(year)].set_index(["partner", "flow", "draw"])
    np.testing.assert_allclose(parts["contribution"], by_hand.loc[parts.index], rtol=1e-9)
    # Partners' printed totals hold too: where all are printed, but for their rounding.
    printed = st.load_partner_totals(as_of=day).loc[str(year - 1)].dropna()
    assert 0 < len(printed) <= 5
    for partner, value in printed.items():
        sums = base.loc[partner].groupby("draw").sum()
        np.testing.assert_allclose(sums, value, rtol=0.005 if len(printed) == 5 else 1e-9)


def test_contributions_without_a_base_of_each_part_are_refused():
    trade = st.load_trade()
    drawn = st.project(trade, 1, draws=100)
    some = trade[~((trade["partner"] == "TJK") & (trade["period"] == "2025"))]
    assert refusal(st.projected_contributions, drawn, some) == (
        "contributions in 2026 need every series in 2025, got none of TJK import in base or draws: "
        "project the year before too"
    )


def test_a_sum_that_is_known_a_year_before_its_parts_is_projected():
    trade = st.load_trade()
    paths = st.project(trade[trade["period"] < "2025"], 1, totals=st.load_totals(), draws=1000)
    total = st.aggregate(paths, partners=True, flows=True)
    assert paths["period"].astype(str).unique().tolist() == ["2025", "2026"]
    grown = st.projected_growth(total, st.load_totals())
    growth = grown.loc[grown["period"] == "2026", "growth"]
    assert -0.1 < growth.median() < 0.2
    assert growth.quantile(0.9) - growth.quantile(0.1) < 0.7
