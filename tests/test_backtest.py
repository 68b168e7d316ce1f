"""Backtest: nothing later reaches a model, scores against NumPy, and a cache to trust."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import refusal

import silktrade as st
from silktrade import cache
from silktrade.forecasting import accuracy, models

# The package's name `backtest` is the function; its module has to be asked for.
backtest = import_module("silktrade.forecasting.backtest")
DAYS = ["2012-12-31", "2015-12-31", "2016-12-31", "2018-06-30", "2022-12-31"]
QUICK = ["drift", "naive", "theta"]
SERIES = ["reporter", "partner", "flow", "product"]
CACHE = cache.VARIABLE


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory) -> Iterator[Path]:
    """Keep results away from those of the project."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(place))
        yield place


@pytest.fixture(scope="module")
def trade() -> pd.DataFrame:
    return st.load_trade(partners=["KAZ", "KGZ"])


@pytest.fixture(scope="module")
def table(trade) -> pd.DataFrame:
    return run(trade)


def run(trade: pd.DataFrame, horizon: int = 2, **changes: object) -> pd.DataFrame:
    """Backtest three quick models in this process; changes replace arguments."""
    return st.backtest(trade, horizon, **({"days": DAYS, "models": QUICK, "jobs": 1} | changes))


def known_on(trade: pd.DataFrame, series: str, day: str) -> pd.Series:
    """Take the values of a series that were public on a day."""
    partner, flow = series.split()
    rows = trade[(trade["partner"] == partner) & (trade["flow"] == flow)]
    return rows[rows["released"] <= pd.Timestamp(day)].set_index("period")["value"]


def test_every_series_model_day_and_horizon_that_came_has_a_row(trade, table):
    assert set(table["series"]) == {"KAZ export", "KAZ import", "KGZ export", "KGZ import"}
    assert set(table["model"]) == set(QUICK)
    assert not table.duplicated(["series", "model", "day", "horizon"]).any()
    came = trade.set_index([*SERIES, "period"])["value"]
    for series in table["series"].unique():
        for day in DAYS:
            origin = known_on(trade, series, day).index.max()
            steps = [h for h in (1, 2) if ("CHN", *series.split(), "TOTAL", origin + h) in came]
            rows = table[(table["series"] == series) & (table["day"] == day)]
            assert sorted(rows["horizon"]) == sorted(steps * len(QUICK))
            assert set(rows["origin"]) <= {origin}


def test_actual_origin_and_period_belong_together(trade, table):
    assert (table["period"] == table["origin"] + table["horizon"]).all()
    came = trade.set_index([*SERIES, "period"])["value"]
    keys = table["series"].str.split(expand=True)
    parts = zip(keys[0], keys[1], table["period"], strict=True)
    actual = [came["CHN", partner, flow, "TOTAL", period] for partner, flow, period in parts]
    # Kept as text in full precision; older pandas read it back within one unit of the last place.
    np.testing.assert_allclose(table["actual"], actual, rtol=3e-16)


def test_a_series_known_late_starts_from_its_own_last_year(table):
    late = table[(table["day"] == "2022-12-31") & (table["model"] == "naive")]
    origins = late.drop_duplicates("series").set_index("series")["origin"].astype(str)
    # Of exports to Kyrgyzstan 2020 is the last year known then, and 2021 never came.
    assert origins.to_dict() == {
        "KAZ export": "2021", "KAZ import": "2021", "KGZ export": "2020", "KGZ import": "2021"
    }  # fmt: skip


def test_forecasts_are_those_of_what_was_public(trade, table):
    for _, row in table[table["horizon"] == 2].iloc[::5].iterrows():
        known = known_on(trade, row["series"], row["day"])
        fan = st.forecast(known, 2, quantiles=backtest.QUANTILES, model=row["model"])
        ours = row[list(backtest.QUANTILES)].to_numpy(dtype=float)
        np.testing.assert_allclose(ours, fan.loc[row["period"]].to_numpy(), rtol=1e-12)
        whole = known.reindex(pd.period_range(known.index[0], known.index[-1]))
        steps = np.diff(whole)[~np.isnan(np.diff(whole))]
        np.testing.assert_allclose(row["naive_error"], np.mean(np.abs(steps)))
        np.testing.assert_allclose(row["naive_square"], np.sqrt(np.mean(steps**2)))


def test_later_values_reach_no_model(trade, table):
    """After each day's last release all values change: what was forecast by then stays."""
    for day in DAYS:
        later = trade["released"] > pd.Timestamp(day)
        changed = run(trade.assign(value=trade["value"].mask(later, trade["value"] * 7 + 1)))
        by_then = [t[t["day"] <= day].drop(columns="actual") for t in (changed, table)]
        pd.testing.assert_frame_equal(*by_then)
        outcome = [t[t["day"] == day]["actual"].to_numpy() for t in (changed, table)]
        assert (outcome[0] > 6 * outcome[1]).all()


def test_values_that_were_public_do_move_the_forecast(trade, table):
    early = trade["released"] <= pd.Timestamp(DAYS[0])
    changed = run(trade.assign(value=trade["value"].mask(early, trade["value"] * 2)))
    assert not np.isclose(changed[0.5], table[0.5])[table["day"] == DAYS[0]].any()


def test_months_are_compared_with_a_year_ago():
    months = st.load_trade(frequency="M", partners="UZB", flows="import")
    rows = run(months, 3, models="naive", days=["2025-03-31"])
    known = known_on(months, "UZB import", "2025-03-31")
    assert rows["period"].tolist() == [known.index[-1] + h for h in (1, 2, 3)]
    seasonal = np.abs(known.to_numpy()[12:] - known.to_numpy()[:-12])
    np.testing.assert_allclose(rows["naive_error"], seasonal.mean())
    np.testing.assert_allclose(rows["naive_square"], np.sqrt(np.mean(seasonal**2)))


def test_series_with_less_than_eight_values_are_left_out(trade):
    # The eighth year of a series that starts in 1992 is 1999, public in 2000.
    before, after = (known_on(trade, "KAZ export", d) for d in ("1999-12-31", "2000-12-31"))
    assert (len(before), len(after)) == (backtest.FEWEST - 1, backtest.FEWEST)
    rows = run(trade, 1, days=["1999-12-31", "2000-12-31"], models="naive")
    assert set(rows["day"]) == {"2000-12-31"}


def test_all_models_by_default(trade):
    one = trade[(trade["partner"] == "KAZ") & (trade["flow"] == "export")]
    rows = run(one, 1, days=DAYS[:1], models=None)
    assert set(rows["model"]) == set(models.MODELS)
    assert {"naive", "seasonal_naive", "combination"} <= set(rows["model"])


def test_scores_are_one_line_of_numpy(table):
    ours = st.scores(table).set_index(["series", "model", "horizon", "metric"])
    levels = np.array(backtest.QUANTILES)
    for key, rows in table.groupby(["series", "model", "horizon"]):
        y, f = rows["actual"].to_numpy(), rows[list(levels)].to_numpy()
        unit, point = rows["naive_error"].to_numpy(), rows[0.5].to_numpy()
        above = (y[:, None] - f) / unit[:, None]
        losses = np.maximum(levels * above, (levels - 1) * above)
        low, high = rows[0.1].to_numpy(), rows[0.9].to_numpy()
        outside = np.maximum(low - y, 0) + np.maximum(y - high, 0)
        inside = (rows[0.025] <= rows["actual"]) & (rows["actual"] <= rows[0.975])
        expected = {
            "mase": np.mean(np.abs(y - point) / unit),
            "rmsse": np.sqrt(np.mean(((y - point) / rows["naive_square"]) ** 2)),
            "smape": np.mean(200 * np.abs(y - point) / (y + point)),
            "pinball": losses.mean(),
            "crps": 2 * losses.mean(),
            "interval_score": np.mean((high - low + 2 / 0.2 * outside) / unit),
            "coverage_80": np.mean(outside == 0),
            "coverage_95": inside.mean(),
        }
        assert tuple(expected) == backtest.METRICS
        for metric, value in expected.items():
            found = ours.loc[(*key, metric)]
            np.testing.assert_allclose(found["value"], value, rtol=1e-9)
            assert found["origins"] == len(rows)


def test_scores_have_their_columns_and_one_row_a_metric(table):
    ours = st.scores(table)
    assert ours.columns.tolist() == ["series", "model", "horizon", "metric", "value", "origins"]
    groups = table.groupby(["series", "model", "horizon"]).ngroups
    assert len(ours) == groups * len(backtest.METRICS)


def test_a_series_that_never_moved_has_no_scaled_scores(trade):
    one = trade[(trade["partner"] == "KAZ") & (trade["flow"] == "export")]
    flat = one.assign(partner="UZB", value=5e9)
    both = pd.concat([one, flat])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = run(both, 1, days=DAYS[:4], models=["naive", "drift"])
        ours = st.scores(rows).set_index(["series", "model", "metric"])["value"]["UZB export"]
        compared = st.compare(rows)
    found = ours["naive"]
    assert found[["mase", "rmsse", "pinball", "crps", "interval_score"]].isna().all()
    assert found[["smape", "coverage_80", "coverage_95"]].tolist() == [0, 1, 1]
    alone = st.compare(rows[rows["series"] == "KAZ export"])
    pd.testing.assert_frame_equal(compared, alone)


def test_what_has_no_outcome_yet_has_no_score(table):
    """Over the outcomes that are known; nothing, where none is."""
    last = table["day"] == table["day"].max()
    late = table.assign(actual=table["actual"].where(~last))
    columns = ["series", "model", "horizon", "metric"]
    expected = st.scores(table[~last]).set_index(columns)
    found = st.scores(late).set_index(columns)
    pd.testing.assert_frame_equal(found.loc[expected.index], expected)
    rest = found.drop(expected.index)
    none = st.scores(table.assign(actual=np.nan))
    assert rest["value"].isna().all() and none["value"].isna().all()
    assert (none["origins"] == 0).all()


def test_compare_is_diebold_and_mariano_on_daily_means(table):
    ours = st.compare(table).set_index(["model", "horizon"])
    assert list(ours.index) == [("drift", 1), ("theta", 1), ("drift", 2), ("theta", 2)]
    loss = np.abs(table["actual"] - table[0.5]) / table["naive_error"]
    daily = loss.groupby([table["model"], table["horizon"], table["day"]]).mean()
    for (model, horizon), row in ours.iterrows():
        one, other = daily[model, horizon].to_numpy(), daily["naive", horizon].to_numpy()
        # Two years apart at the median: forecasts two years ahead share none with the next day's.
        statistic, p_value = accuracy.diebold_mariano(one, other, 1)
        expected = [one.mean() / other.mean(), statistic, p_value, len(one)]
        np.testing.assert_allclose(row.to_numpy(dtype=float), expected)
    assert (ours["ratio"] != 1).all()


def test_compare_the_other_way_round(table):
    there = st.compare(table).set_index(["model", "horizon"]).loc["drift"]
    back = st.compare(table, "drift").set_index(["model", "horizon"]).loc["naive"]
    np.testing.assert_allclose(there["ratio"] * back["ratio"], 1)
    np.testing.assert_allclose(there["statistic"], -back["statistic"])
    np.testing.assert_allclose(there["p_value"], back["p_value"])


def test_days_a_year_apart_share_years(trade):
    days = [f"{year}-12-31" for year in range(2008, 2018)]
    rows = run(trade, 2, days=days, models=["naive", "drift"])
    ours = st.compare(rows).set_index("horizon")
    loss = np.abs(rows["actual"] - rows[0.5]) / rows["naive_error"]
    daily = loss.groupby([rows["horizon"], rows["model"], rows["day"]]).mean()
    for horizon in (1, 2):
        pair = daily[horizon, "drift"].to_numpy(), daily[horizon, "naive"].to_numpy()
        expected = accuracy.diebold_mariano(*pair, horizon)
        np.testing.assert_allclose(ours.loc[horizon, ["statistic", "p_value"]].tolist(), expected)


def test_compare_says_nothing_of_too_few_days(table):
    few = table[table["day"].isin(DAYS[:1])]
    two = st.compare(few).query("horizon == 2")
    assert two[["statistic", "p_value"]].isna().all(axis=None)
    assert two["ratio"].notna().all()


def test_a_second_call_reads_the_file(trade, table, monkeypatch, folder):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(backtest, "fan", never)
    pd.testing.assert_frame_equal(run(trade), table)
    monkeypatch.setenv(CACHE, str(folder / "elsewhere"))
    with pytest.raises(AssertionError, match="computed again"):
        run(trade)


def test_order_and_repetition_of_models_change_no_key(trade, table, monkeypatch):
    monkeypatch.setattr(backtest, "fan", None)
    pd.testing.assert_frame_equal(run(trade, models=[*QUICK[::-1], "naive"]), table)


def test_another_question_gets_another_file(trade):
    given = {"trade": trade, "horizon": 2, "days": tuple(DAYS), "names": tuple(QUICK)}
    first = trade.index == 0
    other = [
        {},
        {"horizon": 1},
        {"days": tuple(DAYS[1:])},
        {"names": ("naive",)},
        {"trade": trade.assign(value=trade["value"].mask(first, trade["value"] * (1 + 1e-12)))},
        {"trade": trade.assign(released=trade["released"].mask(first, pd.Timestamp("1993-12-31")))},
        {"trade": trade.iloc[1:]},
    ]
    keys = [backtest._key(**(given | change)) for change in other]
    assert len(set(keys)) == len(keys)
    assert backtest._key(**given) == keys[0]


@pytest.mark.parametrize("name", ["forecast.py", "models/theta_method.py", "interval_table.csv"])
def test_changed_code_gets_another_file(trade, monkeypatch, name):
    given = (trade, 2, tuple(DAYS), tuple(QUICK))
    before = backtest._key(*given)
    if f"forecasting/{name}" in cache._HASHES:
        monkeypatch.setitem(cache._HASHES, f"forecasting/{name}", "another")
    else:  # no code: it is hashed as it is now
        read = cache._hash
        monkeypatch.setattr(cache, "_hash", lambda p: "another" if p.name == name else read(p))
    assert backtest._key(*given) != before


def test_a_half_written_file_never_stands(trade, tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path))
    given = {"days": DAYS[:1], "models": "naive"}

    def broken(path: Path, text: str, **_: object) -> None:
        with path.open("w") as file:
            file.write(text[:10])
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", broken)
        told = run(trade, **given)  # what cannot be cache is still told
    assert list(tmp_path.iterdir()) == []
    pd.testing.assert_frame_equal(run(trade, **given), told)
    assert len(list(tmp_path.iterdir())) == 1


def test_two_processes_say_what_one_says(trade, tmp_path, monkeypatch):
    given = {"days": DAYS[:2], "models": "naive"}
    alone = run(trade, **given)
    monkeypatch.setenv(CACHE, str(tmp_path))
    pd.testing.assert_frame_equal(run(trade, **given, jobs=2, progress=False), alone)


def test_a_backtest_leaves_its_frame_alone(trade, tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path))
    before = trade.copy(deep=True)
    run(trade, days=DAYS[:1], models="naive")
    pd.testing.assert_frame_equal(trade, before)


def test_a_backtest_says_what_is_wrong(trade, table):
    assert (
        refusal(run, trade, 0)
        == "horizon must be a whole number of at least 1, got 0: it counts periods ahead"
    )
    assert refusal(run, trade, models=["naive", "arima"]) == (
        "models must be one of airline, combination, damped, dotm, drift, ets, naive, "
        "seasonal_naive, theta, got 'arima': write 'airline'"
    )
    assert refusal(run, trade, days=["1995-12-31", "1996-12-31"], models="naive") == (
        "days must leave 8 known values before them and one after, got 1995-12-31, 1996-12-31: "
        "choose later days, or longer series"
    )
    assert refusal(st.compare, table, "ets") == (
        "against must be one of drift, naive, theta, got 'ets': name one of them, or let it run "
        "beside them, models=[..., 'naive']"
    )
