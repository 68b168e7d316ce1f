"""Projection: coherent by construction, the same twice, and blind to what came later."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from test_snapshots import copy_data, edit

import silktrade as st
from silktrade import schema
from silktrade.forecasting import conformal, models
from silktrade.forecasting.calibration import limits
from silktrade.forecasting.models import pool
from silktrade.forecasting.models.seasonality import bridge
from silktrade.projection import income
from silktrade.projection import project as core
from silktrade.projection.draws import COMBINATION, QUANTILES

DAY = "2023-12-31"
WHOLE = "2021-06-30"  # every series is known to 2020, without a gap
DRAWS = 300
ODD = 101  # an odd number of draws has one in the middle, read at probability 0.5 itself
QUICK = ("drift", "income", "theta")
SERIES = ["partner", "flow"]
KEYS = ["reporter", "partner", "flow", "product"]
PATH = ["partner", "flow", "model", "period", "draw"]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Forecast the same numbers once only, and combine models that need no search."""

    @cache
    def remembered(data: bytes, period: int, horizon: int, model: str) -> np.ndarray:
        return models.point_forecast(np.frombuffer(data), period, horizon, model)

    def forecast(
        values: np.ndarray, period: int, horizon: int, model: str = COMBINATION
    ) -> np.ndarray:
        return remembered(values.astype(float).tobytes(), period, horizon, model).copy()

    members = (models.drift, models.median_drift, models.theta)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conformal, "point_forecast", forecast)
        patch.setattr(core, "point_forecast", forecast)
        patch.setattr(pool, "arima_members", lambda *_: [])
        patch.setattr(pool, "yearly_members", lambda *given: [m(*given) for m in members])
        yield


def project(**changes: object) -> pd.DataFrame:
    """Project 2024 from what was public at the end of 2023; changes replace arguments."""
    given = {
        "trade": st.load_trade(as_of=DAY),
        "horizon": 2,
        "months": st.load_trade(frequency="M", as_of=DAY),
        "outlook": outlook(),
        "models": QUICK,
        "draws": DRAWS,
        "seed": 1,
        "as_of": DAY,
    }
    return st.project(**(given | changes))


def outlook() -> pd.DataFrame:
    """Take what the Fund expected in October 2023."""
    return st.load_indicator("gdp_usd", source="imf", as_of=DAY)


def whole_panel(partners: object = None) -> pd.DataFrame:
    """Take annual trade to 2020, known of every series."""
    return st.load_trade(as_of=WHOLE, partners=partners)


def small(**changes: object) -> pd.DataFrame:
    """Project four series one year ahead, by drift if nothing else is asked for."""
    given = {"trade": whole_panel(["KAZ", "UZB"]), "horizon": 1, "models": "drift", "draws": ODD}
    return st.project(**(given | changes))


def years_of(trade: pd.DataFrame) -> pd.DataFrame:
    """Lay the latest years out that models see, a column a series."""
    wide = trade.pivot(index="period", columns=KEYS, values="value")
    return wide.reindex(pd.period_range(wide.index[0], wide.index[-1])).iloc[-core.HISTORY :]


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return project()


@pytest.fixture(scope="module")
def drift() -> pd.DataFrame:
    """Project by the quickest model alone, without months."""
    return project(months=None, outlook=None, models="drift")


def wide(paths: pd.DataFrame, model: str, year: str) -> pd.DataFrame:
    """Lay the draws of one model and year out with a column a series."""
    rows = paths[(paths["model"] == model) & (paths["period"] == year)]
    return rows.pivot(index="draw", columns=SERIES, values="value")


def test_draws_are_a_valid_frame_of_every_series_model_and_draw(paths):
    pd.testing.assert_frame_equal(schema.validate(paths, schema.DRAWS), paths)
    assert set(paths["model"]) == {*QUICK, COMBINATION}
    assert paths.groupby(SERIES).ngroups == 10
    assert sorted(set(paths["draw"])) == list(range(DRAWS))
    assert set(paths["origin"].astype(str)) == {"2022"}
    steps = paths[["horizon", "period"]].drop_duplicates().astype(str).to_numpy().tolist()
    assert sorted(steps) == [["1", "2023"], ["2", "2024"]]
    assert len(paths) == 10 * (len(QUICK) + 1) * DRAWS * 2
    assert set(paths["currency"]) == {"USD"}


def test_the_pool_by_default_and_the_combination_always():
    assert set(small(models=None, horizon=2)["model"]) == {*core.POOL, COMBINATION}
    assert set(small(models=[])["model"]) == set(small(models=COMBINATION)["model"])
    assert set(small(models="drift")["model"]) == {"drift", COMBINATION}


def test_the_same_seed_gives_the_same_draws_and_another_others(drift):
    given = {"months": None, "outlook": None, "models": "drift"}
    same, other = (project(seed=s, **given)["value"] for s in (1, 2))
    assert same.equals(drift["value"])
    # Another order of the same limits: a draw keeps its place by chance alone.
    assert np.isclose(other, drift["value"]).mean() < 0.05


@pytest.mark.parametrize("model", [*core.POOL, COMBINATION])
def test_the_middle_draw_is_the_models_own_path(model):
    trade = whole_panel(["KAZ", "UZB"])
    drawn = small(horizon=2, models=[model])
    for key, series in years_of(trade).items():
        path = models.point_forecast(series.to_numpy(), 1, 2, model)
        for period, expected in zip(("2021", "2022"), path, strict=True):
            ours = wide(drawn, model, period)[key[1:3]].median()
            # Read at probability 0.5 itself: equal but for the rounding of products.
            np.testing.assert_allclose(ours, expected, rtol=1e-12)


def test_gaps_are_bridged_and_later_ones_forecast():
    """Of four series 2020 is the last year known, then 2022 of others: the origin is 2022."""
    drawn = project(months=None, outlook=None, models="drift", draws=ODD)
    for key, series in years_of(st.load_trade(as_of=DAY)).items():
        last = series.last_valid_index()
        values = series[: str(last)].to_numpy()
        ahead = pd.Period("2024", "Y") - last
        path = models.point_forecast(bridge(values, 1), 1, ahead.n, "drift")
        np.testing.assert_allclose(wide(drawn, "drift", "2024")[key[1:3]].median(), path[-1])
        np.testing.assert_allclose(wide(drawn, "drift", "2023")[key[1:3]].median(), path[-2])
        assert {2020, 2022} >= {last.year}


def test_series_that_end_earlier_are_less_certain():
    """In units of how far each series moves, a 2023 that is three years off, not one."""
    known = st.load_trade(as_of=DAY)
    trade = known[~known["partner"].isin(["KAZ", "UZB"]) | (known["period"] <= "2020")]
    years = np.log(years_of(trade))
    moves = years.diff().abs().mean().droplevel(["reporter", "product"])
    early = project(trade=trade, months=None, outlook=None, models="drift")
    width = np.log(wide(early, "drift", "2023")).std() / moves
    late = [key for key in width.index if key[0] in ("KAZ", "UZB")]
    assert width[late].min() > width.drop(late).max()


def test_limits_are_those_that_past_errors_of_the_panel_ask_for():
    """By hand, for drift: errors in units of the mean absolute change, pooled, by rank."""
    wide_years = years_of(whole_panel(["KAZ", "UZB"]))
    sorted_draws = wide(small(), "drift", "2021").apply(np.sort)
    missed = []
    for values in wide_years.to_numpy().T:
        for number in range(core.ORIGINS):
            history, actual = values[: -1 - number], values[-1 - number]
            path = history[-1] + np.mean(np.diff(history))
            ratio = actual / path
            error = np.log(ratio) if ratio <= np.e else ratio / np.e
            missed.append(abs(error) / np.mean(np.abs(np.diff(np.log(history)))))
    missed = np.sort(missed)
    levels = np.clip((np.arange(ODD) + 0.5) / ODD, 0.0125, 0.9875)
    rank = np.ceil((len(missed) + 1) * np.abs(2 * levels - 1) - 1e-9).astype(int)
    far = np.sign(levels - 0.5) * np.where(rank > 0, missed[np.clip(rank, 1, len(missed)) - 1], 0)
    for key, values in wide_years.items():
        moved = far * np.mean(np.abs(np.diff(np.log(values))))
        factor = np.where(moved > 1, np.e * moved, np.exp(np.minimum(moved, 1)))
        path = values.iloc[-1] + np.mean(np.diff(values))
        np.testing.assert_allclose(sorted_draws[key[1:3]], path * factor, rtol=1e-9)


def test_draws_stop_short_of_the_rim_that_no_panel_knows():
    recent = whole_panel(["KAZ", "UZB"]).query("period >= '2013'")
    paths = st.project(recent, 1, models="drift", draws=800).query("model == 'drift'")
    for _, values in paths.groupby(["partner", "flow"])["value"]:
        # One in eighty of 800 draws: ten on either side are held at one limit.
        assert (values == values.max()).sum() == (values == values.min()).sum() == 10


def test_a_panel_too_short_to_learn_from_takes_the_table():
    trade = whole_panel(["KAZ", "UZB"])
    recent = trade[trade["period"] >= "2013"]
    sorted_draws = wide(small(trade=recent), "drift", "2021").apply(np.sort)
    levels = np.clip((np.arange(ODD) + 0.5) / ODD, 0.0125, 0.9875)
    for key, series in years_of(recent).items():
        path = models.point_forecast(series.to_numpy(), 1, 1, "drift")
        fan = limits(path, series.to_numpy(), 1, levels, "drift")
        np.testing.assert_allclose(sorted_draws[key[1:3]], fan[0])


def test_models_share_the_ranks_of_their_draws():
    drawn = small(models=["drift", "theta"], horizon=2)
    for period in ("2021", "2022"):
        tables = [wide(drawn, m, period).to_numpy() for m in ("drift", "theta", COMBINATION)]
        first = tables[0][:, None] - tables[0][None]
        for other in tables[1:]:
            # Limits learned from few errors have ties, so orders may be equal but never reverse.
            assert (first * (other[:, None] - other[None]) >= 0).all()


def test_models_see_the_latest_years_only():
    trade = whole_panel(["KAZ", "UZB"])
    old = trade["period"] <= str(2020 - core.HISTORY)
    assert old.any()
    changed = trade.assign(value=trade["value"].mask(old, trade["value"] * 3))
    pd.testing.assert_frame_equal(small(trade=changed), small())


def test_series_move_together_as_they_have():
    trade = whole_panel()
    drawn = st.project(trade, 1, models="drift", draws=2000, seed=3)
    ours = wide(drawn, "drift", "2021").corr("spearman")
    changes = np.log(years_of(trade)).diff().iloc[-core.SHARED_DATES :].to_numpy()
    rng = np.random.default_rng(7)
    shocks = (changes - np.median(changes, axis=0))[rng.integers(len(changes), size=50_000)]
    theirs = pd.DataFrame(shocks * rng.standard_normal((50_000, 1))).corr("spearman").to_numpy()
    # A rank correlation of 2000 draws errs by 0.022 at most, ties in the limits aside; four times.
    np.testing.assert_allclose(ours, theirs, atol=0.09)
    assert theirs.min() < -0.2, "some moved apart"
    assert theirs[theirs < 0.999].max() > 0.5, "and some together"


def test_uncertainty_grows_with_the_horizon():
    drawn = small(horizon=3, trade=whole_panel())
    spread = [np.log(wide(drawn, "drift", y)).std().mean() for y in ("2021", "2022", "2023")]
    assert spread[0] < spread[1] < spread[2]


def test_income_joins_where_there_is_an_outlook():
    day = "2024-06-30"
    trade = st.load_trade(as_of=day, partners=["KAZ", "UZB"])
    drawn = st.project(trade, 2, outlook=outlook(), models=["income"], draws=ODD)
    assert set(drawn["model"]) == {"income", COMBINATION}
    years = years_of(trade)
    theirs = income.paths(years, outlook(), 2)
    for i, (key, series) in enumerate(years.items()):
        values = series[series.first_valid_index() :].to_numpy()
        plain = models.point_forecast(bridge(values, 1), 1, 2)
        for step, period in enumerate(("2024", "2025")):
            ours = [wide(drawn, m, period)[key[1:3]].median() for m in ("income", COMBINATION)]
            # One member beside seven: a weighted geometric mean.
            both = plain[step] ** (7 / 8) * theirs[step, i] ** (1 / 8)
            np.testing.assert_allclose(ours, [theirs[step, i], both], rtol=1e-12)


def test_income_is_as_wide_as_drift():
    trade = st.load_trade(as_of="2024-06-30", partners=["KAZ", "UZB"])
    drawn = st.project(trade, 1, outlook=outlook(), models=["income", "drift"], draws=ODD)
    tables = [wide(drawn, m, "2024") for m in ("income", "drift")]
    np.testing.assert_allclose(*(t / t.median() for t in tables))


def test_two_years_of_months_have_half_a_say_in_the_combination():
    trade = st.load_trade(as_of="2025-06-30", partners=["KAZ", "UZB"])
    months = st.load_trade(frequency="M", partners=["KAZ", "UZB"])
    months = months[months["period"] <= "2024-12"]
    given = {"trade": trade, "horizon": 2}
    plain, told = small(**given), small(months=months, **given)
    pd.testing.assert_frame_equal(wide(told, "drift", "2025"), wide(plain, "drift", "2025"))
    for key, series in months.groupby(SERIES)["value"]:
        said = models.point_forecast(series.to_numpy(), 12, 12).sum()
        before, after = (wide(p, COMBINATION, "2025")[key].median() for p in (plain, told))
        np.testing.assert_allclose(after, np.sqrt(before * said), rtol=1e-9)
        # The year that follows starts from there.
        later = [wide(p, COMBINATION, "2026")[key].median() for p in (plain, told)]
        np.testing.assert_allclose(later[1] / later[0], after / before, rtol=1e-9)
    fewer = small(months=months[months["period"] >= "2023-02"], **given)
    pd.testing.assert_frame_equal(fewer, plain)


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
    for model in ("drift", "theta", COMBINATION):
        drawn = wide(paths, model, "2023")
        assert (drawn > known).all(axis=None)
        # One month is simulated: between a quarter and four times the mean of the others.
        december = drawn.median() - known
        assert (december * 11 / known).between(0.25, 4).all()


def test_all_models_start_from_the_same_begun_year(paths):
    first = [wide(paths, m, "2023") for m in ("drift", "income", COMBINATION)]
    pd.testing.assert_frame_equal(first[0], first[1])
    pd.testing.assert_frame_equal(first[0], first[2])


def test_the_year_after_starts_from_each_draw_of_the_begun_one(paths):
    start = wide(paths, "drift", "2023")
    tables = []
    for model in ("drift", "theta", COMBINATION):
        moved = np.log(wide(paths, model, "2024") / (start / start.median())).to_numpy()
        tables.append(moved.round(9))  # ties come apart by rounding
    first = tables[0][:, None] - tables[0][None]
    for other in tables[1:]:
        # Without what the begun year adds, the models' limits are dealt out by the same ranks.
        assert (first * (other[:, None] - other[None]) >= 0).all()


def test_months_narrow_the_next_year(paths, drift):
    spread = [np.log(wide(p, "drift", "2023")).std() for p in (paths, drift)]
    assert (spread[0] < spread[1]).all()


def test_a_whole_year_of_months_is_no_longer_drawn():
    day = "2024-01-19"  # the year is not printed yet, nor is December: eleven months
    months = st.load_trade(frequency="M", as_of="2024-01-20")
    trade = st.load_trade(as_of=day)
    paths = st.project(trade, 1, months=months, models="drift", draws=100)
    known = months.groupby(SERIES)["value"].sum()
    np.testing.assert_allclose(wide(paths, COMBINATION, "2023"), np.tile(known, (100, 1)))


def test_months_before_the_year_projected_are_no_start():
    # The year after the last one known has not begun in these months, and they are too few to
    # have a say: they change nothing.
    chosen = ["KAZ", "UZB"]
    trade = st.load_trade(as_of="2024-06-30", partners=chosen)
    months = st.load_trade(frequency="M", as_of="2024-03-19", partners=chosen)
    pd.testing.assert_frame_equal(small(trade=trade, months=months), small(trade=trade))


def test_later_rows_in_the_frames_move_nothing(paths):
    def disturbed(**kinds: str) -> pd.DataFrame:
        whole = st.load_trade(**kinds)
        later = whole["released"] > pd.Timestamp(DAY)
        assert later.any()
        return whole.assign(value=whole["value"].mask(later, whole["value"] * 7 + 1))

    frames = {"trade": disturbed(frequency="Y"), "months": disturbed(frequency="M")}
    later = outlook().assign(released=pd.Timestamp("2024-04-16"))
    frames["outlook"] = pd.concat([outlook(), later.assign(value=later["value"] * 7 + 1)])
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


def test_scale_is_only_a_scale():
    trade = whole_panel(["KAZ", "UZB"])
    scaled = small(trade=trade.assign(value=trade["value"] * 1000))
    # The models of the combination end their searches within a few parts in a million.
    np.testing.assert_allclose(scaled["value"], small()["value"] * 1000, rtol=1e-5)


def test_project_leaves_its_frames_alone():
    given = {
        "trade": st.load_trade(as_of=DAY),
        "months": st.load_trade(frequency="M", as_of=DAY),
        "outlook": outlook(),
    }
    before = {name: frame.copy(deep=True) for name, frame in given.items()}
    project(models="drift", draws=100, **given)
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_project_says_what_is_wrong():
    assert refusal(project, horizon=0) == "horizon must be 1 or more, got 0: it counts years ahead"
    assert refusal(project, draws=99) == (
        "draws must be 100 or more, got 99: quantiles need that many"
    )
    assert refusal(project, models=["drift", "arima"]) == (
        "models must be one of airline, damped, dotm, drift, ets, naive, seasonal_naive, theta, "
        "income, got 'arima'"
    )
    assert refusal(project, outlook=None, models=["income"]) == (
        "models must not hold income without an outlook: give the GDP forecasts"
    )
    assert refusal(project, outlook=outlook().query("economy != 'TJK'"), models="drift") == (
        "outlook must hold gdp_usd of every partner to 2024, got none of TJK 2024: take a later "
        "edition, or leave it out"
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
    first = (trade["partner"] == "KAZ") & (trade["period"] == "2003")
    nothing = trade.assign(value=trade["value"].mask(first, 0.0))
    assert refusal(project, trade=nothing, months=None, outlook=None, models="drift") == (
        "values must be above 0 to be projected, got 0.0 in 2003: leave the series out"
    )


def test_too_few_common_dates_are_refused():
    trade = st.load_trade(as_of=DAY)
    kept = (trade["partner"] != "KAZ") | (trade["period"] <= "2010")
    late = (trade["partner"] != "UZB") | (trade["period"] >= "2011")
    given = {"months": None, "outlook": None, "models": "drift"}
    assert refusal(project, trade=trade[kept & late], **given) == (
        "at least 2 dates must be common to all series, got 0: give a longer history, or fewer "
        "series"
    )


def test_a_sum_needs_every_part_once(drift):
    assert refusal(st.aggregate, drift[drift["partner"] != "TJK"], partners=True) == (
        "draws must hold every partner to be summed, got none of TJK: project them all together"
    )
    assert refusal(st.aggregate, drift[drift["flow"] == "export"], flows=True) == (
        "draws must hold every flow to be summed, got none of import: project them all together"
    )
    partial = drift[~((drift["partner"] == "TJK") & (drift["flow"] == "import"))]
    assert refusal(st.aggregate, partial, partners=True) == (
        "every sum needs 5 partners, got 4 in import TOTAL combination"
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
    np.testing.assert_allclose(first["growth"], levels["value"] / 70225541049 - 1)
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
        "the table must hold model combination in 2030, got models combination, drift and periods "
        "2023, 2024"
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
