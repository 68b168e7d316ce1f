"""Projection: coherent by construction, the same twice, and blind to what came later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_snapshots import copy_data, edit

import silktrade as st
from silktrade import models, projection, schema
from silktrade.draws import QUANTILES

DAY = "2023-12-31"
DRAWS = 300
SERIES = ["partner", "flow"]
PATH = ["partner", "flow", "model", "period", "draw"]


def project(**changes: object) -> pd.DataFrame:
    """Project 2024 from what was public at the end of 2023; changes replace arguments."""
    given = {
        "trade": st.load_trade(as_of=DAY),
        "horizon": 2,
        "months": st.load_trade(frequency="M", as_of=DAY),
        "draws": DRAWS,
        "seed": 1,
        "as_of": DAY,
    }
    return st.project(**(given | changes))


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return project()


@pytest.fixture(scope="module")
def drift() -> pd.DataFrame:
    """Project by the quickest model alone, without months."""
    return project(months=None, models="drift")


def refusal(call, *args, **kwargs) -> str:
    """Give the text of the ValueError of a call."""
    with pytest.raises(ValueError) as error:
        call(*args, **kwargs)
    return str(error.value)


def wide(paths: pd.DataFrame, model: str, year: str) -> pd.DataFrame:
    """Lay the draws of one model and year out with a column a series."""
    rows = paths[(paths["model"] == model) & (paths["period"] == year)]
    return rows.pivot(index="draw", columns=SERIES, values="value")


def test_draws_are_a_valid_frame_of_every_series_model_and_draw(paths):
    pd.testing.assert_frame_equal(schema.validate(paths, schema.DRAWS), paths)
    assert set(paths["model"]) == {*models.MODELS, "median"}
    assert paths.groupby(SERIES).ngroups == 10
    assert sorted(set(paths["draw"])) == list(range(DRAWS))
    assert set(paths["origin"].astype(str)) == {"2022"}
    steps = paths[["horizon", "period"]].drop_duplicates().astype(str).to_numpy().tolist()
    assert sorted(steps) == [["1", "2023"], ["2", "2024"]]
    assert len(paths) == 10 * (len(models.MODELS) + 1) * DRAWS * 2
    assert set(paths["currency"]) == {"USD"}


def test_the_same_seed_gives_the_same_draws_and_another_others(drift):
    same, other = (project(months=None, models="drift", seed=s)["value"] for s in (1, 2))
    assert same.equals(drift["value"])
    assert not np.isclose(same, other).any()


def test_the_median_model_is_the_median_of_the_models_draw_by_draw(paths):
    keys = [*SERIES, "period", "draw"]
    single = paths[paths["model"] != "median"]
    # Of an even number of models, the mean of the two in the middle, on the scale of logarithms.
    oracle = np.exp(single.assign(value=np.log(single["value"])).groupby(keys)["value"].median())
    ours = paths[paths["model"] == "median"].set_index(keys)["value"].sort_index()
    np.testing.assert_allclose(ours, oracle)


def test_the_median_of_one_model_is_that_model(drift):
    one, median = (drift[drift["model"] == m]["value"].to_numpy() for m in ("drift", "median"))
    np.testing.assert_allclose(one, median)


def test_the_middle_of_the_draws_is_the_models_own_path(drift):
    kazakh = st.load_trade(as_of=DAY, partners="KAZ", flows="export").set_index("period")["value"]
    logs = np.append(models.series_of(kazakh), [np.nan] * 2)  # 2021 and 2022 are not known
    path = models.drift(logs, 2).path
    ours = np.log(wide(drift, "drift", "2024")[("KAZ", "export")])
    # Draws are symmetric about the path; their median errs by 1.25 standard errors, here four.
    assert abs(ours.median() - path[1]) < 4 * 1.25 * ours.std() / np.sqrt(DRAWS)


def test_the_spread_of_the_draws_is_that_of_past_errors():
    trade = st.load_trade(as_of="2021-06-30")
    draws = st.project(trade, 1, models="drift", draws=4000, seed=3)
    logs = np.log(wide(draws, "drift", "2021"))
    history = np.log(trade.pivot(index="period", columns=SERIES, values="value"))
    errors = history.diff().iloc[-projection.SHARED_DATES :]
    # Fourth moments of a normal weight times one of ten errors: about 2 % on 4000 draws, here 8 %.
    np.testing.assert_allclose(logs.std(), errors.std(), rtol=0.08)


def test_series_move_together_as_they_have():
    trade = st.load_trade(as_of="2021-06-30")
    draws = st.project(trade, 1, models="drift", draws=4000, seed=3)
    ours = np.log(wide(draws, "drift", "2021")).corr()
    history = np.log(trade.pivot(index="period", columns=SERIES, values="value"))
    theirs = history.diff().iloc[-projection.SHARED_DATES :].corr()
    # A correlation of 4000 heavy-tailed draws errs by about 0.03 at most, here three times that.
    np.testing.assert_allclose(ours, theirs, atol=0.1)
    assert theirs.to_numpy().min() < -0.2, "some moved apart"
    assert theirs.where(theirs < 0.999).max(axis=None) > 0.5, "and some together"


def test_uncertainty_grows_with_the_horizon(drift):
    logs = [np.log(wide(drift, "drift", y)).std() for y in ("2023", "2024")]
    # Of a random walk by the square root of two; the mean of ten series errs by a few percent.
    assert (logs[1] / logs[0]).mean() == pytest.approx(np.sqrt(2), rel=0.1)


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
    table = st.intervals(paths).xs("median", level="model").groupby("period").sum()
    whole = st.intervals(st.aggregate(paths, partners=True, flows=True))
    whole = whole.xs("median", level="model").droplevel([0, 1, 2, 3, 4, 5])
    upper = table.loc["2024", 0.975].item() / whole.loc["2024", 0.975].item()
    lower = table.loc["2024", 0.025].item() / whole.loc["2024", 0.025].item()
    assert upper > 1.05
    assert lower < 0.95


def test_quantiles_never_cross_and_are_numpy_s(paths):
    table = st.intervals(paths)
    assert (np.diff(table.to_numpy(), axis=1) >= 0).all()
    one = paths.query("partner == 'UZB' and flow == 'import' and model == 'theta'")
    one = one[one["period"] == "2024"]["value"]
    ours = table.xs("UZB", level="partner").xs("import", level="flow").xs("theta", level="model")
    np.testing.assert_allclose(
        ours.loc[ours.index.get_level_values("period") == "2024"].iloc[0],
        np.quantile(one, QUANTILES),
    )


def test_quantiles_come_in_the_order_asked_for(drift):
    there, back = (st.intervals(drift, quantiles=q) for q in ((0.1, 0.9), (0.9, 0.1)))
    assert back.columns.tolist() == [0.9, 0.1]
    pd.testing.assert_frame_equal(back[[0.1, 0.9]], there)


def test_a_begun_year_keeps_its_known_months(paths):
    months = st.load_trade(frequency="M", as_of=DAY)
    known = months.groupby(SERIES)["value"].sum()
    assert str(months["period"].max()) == "2023-11"
    for model in ("drift", "theta", "median"):
        drawn = wide(paths, model, "2023")
        assert (drawn > known).all(axis=None)
        # One month is simulated: between a quarter and four times the mean of the others.
        december = drawn.median() - known
        assert (december * 11 / known).between(0.25, 4).all()


def test_all_models_start_from_the_same_begun_year(paths):
    first = [wide(paths, m, "2023") for m in ("drift", "local_linear_trend", "median")]
    pd.testing.assert_frame_equal(first[0], first[1])
    pd.testing.assert_frame_equal(first[0], first[2])


def test_months_narrow_the_next_year(paths):
    without = project(months=None, models="drift")
    spread = [np.log(wide(p, "drift", "2023")).std() for p in (paths, without)]
    assert (spread[0] < spread[1]).all()


def test_a_whole_year_of_months_is_no_longer_drawn():
    day = "2024-01-19"  # the year is not printed yet, nor is December: eleven months
    months = st.load_trade(frequency="M", as_of="2024-01-20")
    trade = st.load_trade(as_of=day)
    paths = st.project(trade, 1, months=months, models="drift", draws=100)
    known = months.groupby(SERIES)["value"].sum()
    np.testing.assert_allclose(wide(paths, "median", "2023"), np.tile(known, (100, 1)))


def test_months_before_the_year_projected_are_no_start(drift):
    # The year after the last one known has not begun in these months, so they change nothing.
    trade = st.load_trade(as_of="2024-06-30")
    months = st.load_trade(frequency="M", as_of="2024-03-19")
    plain = st.project(trade, 1, models="drift", draws=100)
    pd.testing.assert_frame_equal(
        st.project(trade, 1, months=months, models="drift", draws=100), plain
    )


def test_later_rows_in_the_frames_move_nothing():
    def disturbed(**kinds: str) -> pd.DataFrame:
        whole = st.load_trade(**kinds)
        later = whole["released"] > pd.Timestamp(DAY)
        assert later.any()
        return whole.assign(value=whole["value"].mask(later, whole["value"] * 7 + 1))

    frames = {"trade": disturbed(frequency="Y"), "months": disturbed(frequency="M")}
    pd.testing.assert_frame_equal(project(models="drift", **frames), project(models="drift"))


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


def test_a_later_value_that_was_public_does_move_the_draws(drift):
    trade = st.load_trade(as_of=DAY)
    last = trade["period"] == "2020"
    doubled = trade.assign(value=trade["value"].mask(last, trade["value"] * 2))
    moved = project(trade=doubled, months=None, models="drift")
    assert not np.isclose(moved["value"], drift["value"]).any()


def test_scale_is_only_a_scale(drift):
    trade = st.load_trade(as_of=DAY)
    scaled = project(trade=trade.assign(value=trade["value"] * 1000), months=None, models="drift")
    np.testing.assert_allclose(scaled["value"], drift["value"] * 1000)


def test_project_leaves_its_frames_alone():
    trade, months = st.load_trade(as_of=DAY), st.load_trade(frequency="M", as_of=DAY)
    before = trade.copy(deep=True), months.copy(deep=True)
    st.project(trade, 2, months=months, models="drift", draws=100)
    pd.testing.assert_frame_equal(trade, before[0])
    pd.testing.assert_frame_equal(months, before[1])


def test_project_says_what_is_wrong():
    assert refusal(project, horizon=0) == "horizon must be 1 or more, got 0: it counts years ahead"
    assert refusal(project, draws=99) == (
        "draws must be 100 or more, got 99: quantiles need that many"
    )
    assert refusal(project, models=["drift", "arima"]) == (
        "models must be one of drift, damped_trend, theta, local_linear_trend, got 'arima'"
    )
    assert refusal(project, as_of="1990-01-01") == (
        "the frame must have rows released by as_of, got none"
    )
    assert refusal(project, trade=st.load_trade(frequency="M")) == (
        "the frame must be annual, got frequency 'M'"
    )
    assert refusal(project, months=st.load_trade()) == (
        "the frame must be monthly, got frequency 'Y'"
    )


def test_months_with_a_gap_are_refused():
    months = st.load_trade(frequency="M", as_of=DAY)
    tajik = (months["partner"] == "TJK") & (months["flow"] == "import")
    assert refusal(project, months=months[~(tajik & (months["period"] == "2023-05"))]) == (
        "months of 2023 must be known from January for every series, got a gap in TJK import: "
        "leave months out, or complete them"
    )
    assert refusal(project, months=months[months["period"] >= "2023-02"]) == (
        "months of 2023 must be known from January for every series, got a gap in January: leave "
        "months out, or complete them"
    )
    assert refusal(project, months=months[~tajik]).endswith(
        "got a gap in TJK import: leave months out, or complete them"
    )


def test_a_value_of_nothing_is_refused():
    trade = st.load_trade(as_of=DAY)
    first = trade.index == 0
    nothing = trade.assign(value=trade["value"].mask(first, 0.0))
    assert refusal(project, trade=nothing, models="drift") == (
        "values must be above 0 on the log scale, got 0.0 in 1992"
    )


def test_too_few_common_dates_are_refused():
    trade = st.load_trade(as_of=DAY)
    kept = (trade["partner"] != "KAZ") | (trade["period"] <= "2000")
    late = (trade["partner"] != "UZB") | (trade["period"] >= "2001")
    assert refusal(project, trade=trade[kept & late], months=None, models="drift") == (
        "at least 2 dates must be common to all series, got 0: give a longer history, or fewer "
        "series"
    )


def test_short_series_get_a_random_walk():
    trade = st.load_trade(as_of="2021-06-30")
    recent = trade[trade["period"] >= "2013"]
    assert recent["period"].nunique() < models.SHORTEST_FULL
    paths = st.project(recent, 1, draws=100)
    pd.testing.assert_frame_equal(wide(paths, "theta", "2021"), wide(paths, "drift", "2021"))


def test_a_sum_needs_every_part_once(drift):
    assert refusal(st.aggregate, drift[drift["partner"] != "TJK"], partners=True) == (
        "draws must hold every partner to be summed, got none of TJK: project them all together"
    )
    assert refusal(st.aggregate, drift[drift["flow"] == "export"], flows=True) == (
        "draws must hold every flow to be summed, got none of import: project them all together"
    )
    partial = drift[~((drift["partner"] == "TJK") & (drift["flow"] == "import"))]
    assert refusal(st.aggregate, partial, partners=True) == (
        "every sum needs 5 partners, got 4 in import TOTAL drift"
    )
    region = st.aggregate(drift, partners=True)
    assert refusal(st.aggregate, pd.concat([drift, region]), partners=True) == (
        "draws must not hold sums to be summed again, got partner CA5: leave them out, so that "
        "nothing is counted twice"
    )


def test_growth_is_draw_by_draw(drift):
    ours = st.projected_growth(drift)
    assert set(ours["period"].astype(str)) == {"2024"}
    table = wide(drift, "drift", "2024") / wide(drift, "drift", "2023") - 1
    rows = ours[ours["model"] == "drift"].pivot(index="draw", columns=SERIES, values="growth")
    pd.testing.assert_frame_equal(rows, table)


def test_growth_of_the_first_year_needs_a_base(drift):
    whole = st.aggregate(drift, partners=True, flows=True)
    ours = st.projected_growth(whole, st.load_totals(as_of=DAY))
    first = ours[(ours["period"] == "2023") & (ours["model"] == "drift")].set_index("draw")
    levels = whole[(whole["period"] == "2023") & (whole["model"] == "drift")].set_index("draw")
    np.testing.assert_allclose(first["growth"], levels["value"] / 70.2e9 - 1)
    assert refusal(st.projected_growth, drift, st.load_totals(as_of=DAY)) == (
        "base must be a TRADE frame for draws of several partners or flows, got a Series"
    )


def test_a_quantile_that_is_none(drift):
    assert refusal(st.intervals, drift, quantiles=(0.5, 1.0)) == (
        "quantiles must lie between 0 and 1, got 1.0"
    )


def test_growth_over_a_frame_sums_it_as_the_draws_are_summed():
    trade = st.load_trade(as_of="2025-06-30")
    known = trade[trade["period"] == "2024"].set_index(["partner", "flow"])["value"]
    paths = st.project(trade, 1, models="drift", draws=100)
    totals = st.aggregate(paths, flows=True)
    region = st.aggregate(paths, partners=True, flows=True)
    cases = (
        (paths, "UZB", "import", known["UZB", "import"]),
        (totals, "UZB", "total", known["UZB"].sum()),
        (region, "CA5", "total", known.sum()),
    )
    for draws, partner, flow, base in cases:
        chosen = f"model == 'drift' and partner == {partner!r} and flow == {flow!r}"
        grown = st.projected_growth(draws, trade).query(chosen).set_index("draw")["growth"]
        levels = draws.query(chosen).set_index("draw")["value"]
        # The same floats divided; only the order of the sum may differ.
        np.testing.assert_allclose(grown.sort_index(), levels.sort_index() / base - 1, rtol=1e-12)


def test_growth_without_a_base_has_no_first_year():
    paths = st.project(st.load_trade(as_of="2025-06-30"), 1, models="drift", draws=100)
    assert refusal(st.intervals, st.projected_growth(paths), "growth") == (
        "draws must have rows, got none: the growth of the first period needs its base"
    )


def test_pick_says_what_the_table_holds(drift):
    table = st.intervals(drift)
    assert len(st.pick(table, 2024)) == len(st.pick(table, pd.Period("2024"), model="drift")) == 10
    assert refusal(st.pick, table, 2030) == (
        "the table must hold model median in 2030, got models drift, median and periods 2023, 2024"
    )


def test_the_horizon_to_a_year():
    trade = st.load_trade(as_of=DAY)
    assert st.horizon_to(trade, 2024) == 2
    assert refusal(st.horizon_to, trade, 2022) == (
        "forecast_year must be after 2022, the last year known then, got 2022: choose a later "
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
    assert drawn.columns.astype(str).tolist() == ["2023", "2024"]
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
    assert drawn.columns.astype(str).tolist() == ["2023", "2024", "2025"]


def test_the_rate_is_the_same_for_the_same_seed(rates):
    one, same, other = (st.project_rate(*rates, 1, draws=100, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not np.isclose(one, other).any()
    assert refusal(st.project_rate, *rates, 0) == (
        "horizon must be 1 or more, got 0: it counts calendar years"
    )


def test_yuan_are_dollars_at_a_rate_of_their_own_draw(drift, rates):
    drawn = st.project_rate(*rates, 2, draws=DRAWS, seed=1)
    yuan = st.in_yuan(drift, drawn)
    assert set(yuan["currency"]) == {"CNY"}
    both = yuan.merge(drift, on=PATH, suffixes=("", "_usd"))
    rate = [drawn.loc[d, p] for d, p in zip(both["draw"], both["period"], strict=True)]
    np.testing.assert_allclose(both["value"], both["value_usd"] * rate)


def test_yuan_need_dollars_and_a_rate_for_each_draw(drift, rates):
    drawn = st.project_rate(*rates, 2, draws=DRAWS, seed=1)
    yuan = st.in_yuan(drift, drawn)
    assert refusal(st.in_yuan, yuan, drawn) == "draws must be in USD, got CNY"
    assert refusal(st.in_yuan, drift, drawn.iloc[:100]) == (
        "rates lack draw 100 of 2023: project_rate with the same draws and a horizon that reaches "
        "it"
    )
