"""Seasonal and New Year adjustment: X-13's own output, the calendar, what cannot be adjusted."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import silktrade as st
from silktrade import cache, figures, tables
from silktrade.figures.canvas import part_texts
from silktrade.timeseries import seasonal, x13

mpl.use("agg")

GOLDEN = Path(__file__).parent / "golden" / "x13_holiday.csv"
NEW_YEAR = st.load_new_year()
FACTORS = ["adjusted", "seasonal", "holiday"]


@pytest.fixture(scope="module", autouse=True)
def nothing_kept(tmp_path_factory) -> Iterator[None]:
    """Have the program itself answer, not what it said to an earlier run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.VARIABLE, str(tmp_path_factory.mktemp("kept")))
        x13.run.cache_clear()
        yield
    x13.run.cache_clear()


@pytest.fixture(scope="module")
def world() -> pd.DataFrame:
    """China with the world as printed in dollars: 2008-01 to 2025-04."""
    trade = st.load_trade(frequency="M", partners="WLD")
    return trade[trade["period"] <= "2025-04"]


@pytest.fixture(scope="module")
def adjusted(world) -> pd.DataFrame:
    return st.seasonal_adjust(world, NEW_YEAR)


@pytest.fixture(scope="module")
def found(world) -> pd.DataFrame:
    return st.seasonal_diagnostics(world, NEW_YEAR).set_index("flow")


def wave(months: int, start: str = "2010-01", seed: int = 1) -> pd.Series:
    """Make a series with a trend, a season and a little noise."""
    index = pd.period_range(start, periods=months, freq="M", name="period")
    noise = np.random.default_rng(seed).normal(0, 0.02, months)
    season = 0.2 * np.sin(2 * np.pi * index.month / 12)
    return pd.Series(np.exp(10 + 0.005 * np.arange(months) + season + noise), index, name="KAZ")


def new_moons(year: int) -> list[pd.Timestamp]:
    """Compute the new moons of a year in China's time, after Meeus, to some minutes."""
    moons = []
    for k in range(int((year - 2000) * 12.3685) - 1, int((year - 2000) * 12.3685) + 3):
        sun, moon, node = (
            math.radians(a + b * k)
            for a, b in ((2.5534, 29.10535670), (201.5643, 385.81693528), (160.7108, 390.67050284))
        )
        day = 5.09766 + 29.530588861 * k - 0.40720 * math.sin(moon) + 0.17241 * math.sin(sun)
        day += 0.01608 * math.sin(2 * moon) + 0.01039 * math.sin(2 * node)
        day += 0.00739 * math.sin(moon - sun) - 0.00514 * math.sin(moon + sun)
        moons.append(pd.Timestamp("2000-01-01") + pd.Timedelta(days=day + 0.5 + 8 / 24))
    return moons


def test_every_new_year_is_the_day_of_a_new_moon_between_its_limits():
    days = NEW_YEAR["date"]
    assert days.dt.year.tolist() == list(range(1990, 2031))
    wrong = [d for d in days if d.normalize() not in [m.normalize() for m in new_moons(d.year)]]
    assert wrong == []
    # The second new moon after the solstice: never before 21 January or after 20 February.
    assert all((1, 21) <= (d.month, d.day) <= (2, 20) for d in days)


def test_regressors_by_hand_and_centred():
    table = seasonal.holiday_regressors(NEW_YEAR)
    # In 2023 the year began on 22 January: 15 to 21, 22 to 28, and 29 January to 11 February. In
    # 2007 it began on 18 February, so that January held nothing: the difference is free of means.
    shares = table.loc["2023-01"] - table.loc["2007-01"]
    by_hand = pd.Series({"before": 1.0, "during": 1.0, "after": 3 / 14})
    pd.testing.assert_series_equal(shares, by_hand, check_names=False)
    assert table.groupby(table.index.month).mean().abs().max(axis=None) < 1e-12  # rounding alone
    assert table.groupby(table.index.year).sum().abs().max(axis=None) < 1e-12  # nothing is lost
    assert set(table.index.month[table.abs().sum(axis=1) > 0]) == {1, 2, 3}


def test_adjusted_series_are_what_x13_prints_for_a_hand_written_specification(adjusted):
    golden = pd.read_csv(GOLDEN).set_index(["flow", "period"])["adjusted"]
    ours = adjusted.assign(period=adjusted["period"].astype(str)).set_index(["flow", "period"])
    ratio = ours["adjusted"] / golden
    assert len(ratio) == len(golden) == 416
    # The same optimum; the input differs in its decimals, and the search stops at 1e-5 in the
    # parameters, which moves a month by less than that.
    assert (ratio - 1).abs().max() < 1e-5


def test_without_a_holiday_it_is_what_statsmodels_has_x13_say(world):
    from statsmodels.tsa.x13 import x13_arima_analysis

    values = world[world["flow"] == "export"].set_index("period")["value"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels' warnings about frequencies and its files
        theirs = x13_arima_analysis(
            values.astype(float), x12path=str(x13.binary_path()), log=True, outlier=True,
            maxorder=(2, 1), freq="M", forecast_periods=12,
        )  # fmt: skip
    spec = x13.specification(values, model=None)
    ours = x13.run(spec).tables[x13.ADJUSTED]
    assert x13.run(spec).said["arimamdl"] == "(0 1 1)(0 1 1)"  # so that both fit the same model
    # The same model on the same series; the search stops at 1e-5 in the parameters.
    assert np.abs(ours.to_numpy() / theirs.seasadj.to_numpy() - 1).max() < 1e-4


def test_factors_multiply_back_to_the_value(adjusted):
    product = adjusted[FACTORS].prod(axis=1)
    assert (product / adjusted["value"] - 1).abs().max() < 1e-9  # the tables have 15 digits
    quiet = ~adjusted["period"].dt.month.isin([1, 2, 3])
    assert (adjusted.loc[quiet, "holiday"] == 1).all()


def test_the_spread_of_january_to_march_shrinks_from_an_eighth_to_a_twentieth(found, adjusted):
    export = found.loc["export"]
    # By hand, from 2008 to 2019, before the pandemic's February: 13 % with the season alone taken
    # out, 5.5 % with the holiday too. The bounds leave half a point for another build of X-13.
    rows = adjusted[adjusted["flow"] == "export"].set_index("period")[:"2019-12"]
    early = [1, 2, 3]
    logs = np.log(
        pd.DataFrame({"both": rows["adjusted"], "one": rows["adjusted"] * rows["holiday"]})
    )
    spread = logs.diff()[logs.index.month.isin(early)].std()
    assert 0.128 < spread["one"] < 0.138
    assert spread["both"] < 0.060
    # Over all years, without changes into and out of X-13's outliers: 11.6 to 5.8 % in exports,
    # 11.8 to 7.6 % in imports, which other months move by 4.1 and 6.1 %.
    assert export["spread_seasonal"] > 1.9 * export["spread"]
    assert found.loc["import", "spread_seasonal"] > 1.5 * found.loc["import", "spread"]
    assert (found["spread"] < 1.5 * found["spread_rest"]).all()
    assert (found["spread_original"] > 0.2).all()


def test_as_a_plain_user_regressor_the_effect_would_stay(world, found):
    values = world[world["flow"] == "export"].set_index("period")["value"]
    table = seasonal.holiday_regressors(NEW_YEAR)
    plain = x13.specification(values, table).replace("usertype=holiday", "usertype=user")
    left = np.log(x13.run(plain.replace("save=(hol)", "")).tables[x13.ADJUSTED]).diff()
    spread = left[left.index.month.isin([1, 2, 3]) & ~left.index.isin(OUTLIERS)].std()
    assert spread > 1.8 * found.loc["export", "spread"]


OUTLIERS = [pd.Period("2020-02", "M"), pd.Period("2020-03", "M")]


def test_diagnostics_are_good_and_no_season_is_left(found):
    names = [f"m{i}" for i in range(1, 12)]
    assert (found[[*names, "q", "q_without_m2"]] < 1).all(axis=None)
    assert (found["qs_p_before"] < 0.001).all()
    assert (found[["qs_p_after", "residual_p"]] > 0.05).all(axis=None)
    assert (found["holiday_p"] < 0.001).all()
    assert found["credible"].all()


def test_q_is_the_weighted_mean_of_its_parts(found):
    # Lothian and Morry's weights, M1 to M11.
    weights = np.array([10, 11, 10, 8, 11, 10, 18, 7, 7, 4, 4]) / 100
    parts = found[[f"m{i}" for i in range(1, 12)]]
    # X-13 prints Q with two decimals.
    assert (parts @ weights - found["q"]).abs().max() < 0.006


def test_years_keep_their_sums(adjusted):
    years = adjusted.groupby(["flow", adjusted["period"].dt.year])[["value", "adjusted"]].sum()
    years = years.drop(2025, level=1)  # four months
    away = (years["adjusted"] / years["value"] - 1).abs()
    # Factors average one over a year, but months do not weigh the same: where February 2020 fell
    # by two fifths, its small factor counts less (1.5 %). All other years are within 1 %.
    assert away.drop(2020, level=1).max() < 0.01
    assert away.max() < 0.02


def test_scaling_a_series_scales_what_is_adjusted():
    series = wave(60)
    one, other = (st.seasonal_adjust(x, NEW_YEAR)["adjusted"] for x in (series, series * 1000))
    assert (other / one / 1000 - 1).abs().max() < 1e-9


@pytest.fixture
def no_program(monkeypatch):
    """Take X-13 away, and forget what it has said."""
    x13.run.cache_clear()
    monkeypatch.setattr(x13, "binary_path", None)
    yield
    x13.run.cache_clear()


def test_stl_stands_in_and_says_so(no_program, world, adjusted):
    instead = st.seasonal_adjust(world, NEW_YEAR)
    assert set(instead["method"]) == {"STL"}
    keys = ["flow", "period"]
    both = instead.merge(adjusted, on=keys, suffixes=("", "_x13"))
    changes = np.log(both.set_index(keys)[["adjusted", "adjusted_x13"]]).groupby("flow").diff()
    assert changes.dropna().corr().iloc[0, 1] > 0.9  # the same months rise, by much the same
    found = st.seasonal_diagnostics(world, NEW_YEAR).set_index("flow")
    assert found["q"].isna().all()
    assert not found["credible"].any()
    # Least squares know no outliers, so February 2020 blurs the effect: less is taken out.
    assert (found["spread"] < 0.8 * found["spread_seasonal"]).all()
    assert (found["residual_p"] > 0.05).all()


def test_stl_takes_out_a_holiday_that_was_put_in(no_program):
    series = wave(180)
    table = seasonal.holiday_regressors(NEW_YEAR).loc[series.index]
    effect = pd.Series({"before": 0.1, "during": -0.2, "after": -0.3})
    shaken = (series * np.exp(table @ effect)).rename("KAZ")
    found = st.holiday_effects(shaken, NEW_YEAR).loc["total"]
    # Noise of 2 % a month and fifteen holidays leave about 0.02 on each coefficient; four of them.
    assert (found - effect).abs().max() < 0.08


def test_x13_finds_a_holiday_that_was_put_in():
    series = wave(180)
    table = seasonal.holiday_regressors(NEW_YEAR).loc[series.index]
    effect = pd.Series({"before": 0.1, "during": -0.2, "after": -0.3})
    shaken = (series * np.exp(table @ effect)).rename("KAZ")
    found = st.holiday_effects(shaken, NEW_YEAR).loc["total"]
    assert (found - effect).abs().max() < 0.05


def test_three_years_are_lent_the_effect_of_a_long_history_or_have_none(world):
    effects = st.holiday_effects(world, NEW_YEAR)
    short = st.load_trade(frequency="M", as_of="2026-01-31")
    lent = st.seasonal_diagnostics(short, NEW_YEAR, effects=effects)
    assert set(lent["effect"]) == {"lent", "none"}
    assert not lent["credible"].any()
    assert (lent["months"] == 36).all()
    gas = lent[(lent["partner"] == "TKM") & (lent["flow"] == "import")].iloc[0]
    assert gas["effect"] == "none"  # a pipeline keeps no holiday
    alone = st.seasonal_diagnostics(short, NEW_YEAR)
    assert set(alone["effect"]) == {"none"}


def test_a_short_stretch_does_worse_with_its_own_effect_than_with_a_lent_one(world):
    errors = st.short_history_error(world, NEW_YEAR).set_index(["flow", "effect"])
    exports = errors.loc["export"]
    assert exports.loc["lent", "error"] < 0.5 * exports.loc["own", "error"]
    assert exports.loc["own", "error"] > exports.loc["none", "error"]  # worse than not to try
    assert errors.loc[("import", "lent"), "error"] < errors.loc[("import", "own"), "error"]
    assert (errors["stretches"] == 15).all()  # the Januaries of 2008 to 2022


def test_less_than_three_years_are_not_adjusted_and_it_says_so():
    series = wave(35)
    assert st.seasonal_adjust(series, NEW_YEAR).empty
    assert "adjusted" in st.seasonal_adjust(series, NEW_YEAR)
    row = st.seasonal_diagnostics(series, NEW_YEAR).iloc[0]
    assert (row["method"], row["effect"], row["credible"]) == ("none", "none", False)
    assert len(st.seasonal_adjust(wave(36), NEW_YEAR)) == 36


def test_errors_say_what_to_do(world):
    gap = wave(60).drop(pd.Period("2012-05", "M"))
    said = (
        r"^data must have no gap in a series, got CHN total KAZ without 2012-05: take the months "
        r"after it, data\[data.index > '2012-05'\]$"
    )
    with pytest.raises(ValueError, match=said):
        st.seasonal_adjust(gap, NEW_YEAR)
    nothing = wave(60)
    nothing.iloc[7] = 0
    with pytest.raises(ValueError, match=r"^data must be above 0 to be adjusted in logarithms, got "
                       r"0 in 2010-08 of CHN total KAZ: take the months after"):  # fmt: skip
        st.seasonal_adjust(nothing, NEW_YEAR)
    with pytest.raises(ValueError, match=r"^data must be monthly to be seasonally adjusted, got "
                       r"frequency 'Y'$"):  # fmt: skip
        st.seasonal_adjust(st.load_totals(), NEW_YEAR)
    with pytest.raises(ValueError, match=r"^new_year must cover 2008-01 to 2026-04 \(a year of "
                       r"forecasts\), got 1990-01 to 2019-12: give more years$"):  # fmt: skip
        st.seasonal_adjust(world, NEW_YEAR[NEW_YEAR["date"] < "2020"])
    with pytest.raises(ValueError, match=r"^holiday_effects needs one series a flow of 84 months "
                       r"or more, got CHN total KAZ with 60: take a longer one$"):  # fmt: skip
        st.holiday_effects(wave(60), NEW_YEAR)


def test_x13_says_what_it_refuses():
    values = pd.Series(5.0, pd.period_range("2020-01", periods=30, freq="M"))
    with pytest.raises(x13.X13Error, match=r"^X-13 gave no adjustment: .+"):
        x13.run(x13.specification(values))


def test_nothing_is_changed_in_place(world):
    before = world.copy()
    st.seasonal_adjust(world, NEW_YEAR)
    pd.testing.assert_frame_equal(world, before)


def title(ax) -> str:
    """Give a figure's title with plain spaces."""
    return part_texts(ax.figure)["title"].replace("\u00a0", " ")


def drawn(change: float, effect: str = "lent", last: str = "2025-12", m7: float = 0.5):
    """Draw months whose last adjusted change is given."""
    periods = pd.period_range(end=last, periods=36, freq="M", name="period")
    months = pd.Series(1e9, periods, name="KAZ")
    months.attrs = {"partner": "KAZ", "currency": "USD", "source": "gacc"}
    line = pd.DataFrame({"period": periods, "adjusted": 1e9})
    line.loc[35, "adjusted"] *= 1 + change
    quality = {"m7": m7, "q": 0.5, "method": "X-13"}
    found = pd.DataFrame([{"effect": effect, "months": 36, "spread_rest": 0.08, **quality}])
    errors = pd.DataFrame({
        "effect": ["lent", "none"], "error_holiday": [0.04, 0.1], "error_rest": [0.02, 0.03],
        "spread_rest": [0.04, 0.04],
    })  # fmt: skip
    return figures.adjusted_months(months, line, found, errors)


@pytest.mark.parametrize(
    ("change", "last", "effect", "said"),
    [
        # The errors of a series twice as noisy are doubled, and two of them make the limit.
        (
            0.09,
            "2025-12",
            "lent",
            "rose 9.0 % in December 2025; after 36 months such a figure can be 8 % off",
        ),
        (
            -0.05,
            "2025-12",
            "lent",
            "fell in December 2025 cannot be told: after 36 months such a figure can be 8 % off",
        ),
        (0.09, "2025-02", "lent", "cannot be told: after 36 months such a figure can be 16 % off"),
        (0.09, "2025-12", "none", "cannot be told: after 36 months such a figure can be 12 % off"),
    ],
)
def test_a_title_says_what_a_short_history_can_tell(change, last, effect, said):
    assert said in title(drawn(change, effect, last))
    plt.close("all")


def test_a_series_that_fails_its_own_diagnostics_is_drawn_as_published():
    assert [line.get_label() for line in drawn(0.09).get_lines()] == ["Published", "Adjusted"]
    ax = drawn(0.09, m7=1.65)
    assert [line.get_label() for line in ax.get_lines()] == ["Published"]
    assert title(ax) == (
        "No steady season can be told in trade with Kazakhstan, so that none is taken out"
    )
    assert part_texts(ax.figure)["subtitle"].endswith("as M7 1.65 should be below 1")
    plt.close("all")


def test_a_season_in_one_call_is_its_parts(world):
    months = st.load_totals("KGZ", frequency="M")
    total = st.load_totals("WLD", frequency="M")
    found = st.season(months, total, NEW_YEAR)
    effects = st.holiday_effects(total, NEW_YEAR)
    assert found.adjusted.equals(st.seasonal_adjust(months, NEW_YEAR, effects=effects))
    assert found.found.equals(st.seasonal_diagnostics(months, NEW_YEAR, effects=effects))
    assert found.lender["partner"].tolist() == ["WLD"]


def test_a_long_history_needs_no_reserve_and_a_too_short_one_says_so(world):
    months = st.load_totals("WLD", frequency="M")
    parts = st.seasonal_adjust(months, NEW_YEAR), st.seasonal_diagnostics(months, NEW_YEAR)
    ax = figures.adjusted_months(months, *parts, st.short_history_error(months, NEW_YEAR))
    assert title(ax).startswith("Seasonally adjusted, trade with the world ")
    assert "can miss" not in title(ax)
    short = months["2024":]
    short.attrs = months.attrs
    parts = st.seasonal_adjust(short, NEW_YEAR), st.seasonal_diagnostics(short, NEW_YEAR)
    ax = figures.adjusted_months(short, *parts, pd.DataFrame())
    assert title(ax).endswith("is known for too few months to be seasonally adjusted")
    assert len(ax.get_lines()) == 1
    plt.close("all")


def test_the_table_of_adjustment_says_what_is_proven(found):
    short = st.load_totals("CA5", frequency="M")
    world = st.seasonal_diagnostics(st.load_totals("WLD", frequency="M"), NEW_YEAR)
    table = tables.adjustment(world, st.seasonal_diagnostics(short, NEW_YEAR)).data
    assert table["Proven"].tolist() == ["yes", "no"]
    assert table["Holiday"].tolist() == ["own", "none taken out"]
    assert table.index.tolist() == ["Trade, the world", "Trade, the five"]
    assert table["Both out"].iloc[0] == world["spread"].item()


def test_a_month_that_stands_out_is_named_and_adjusted_by_the_other_years():
    """A month half as high again, the last but one: no season, and said so."""
    series = wave(60)
    odd = series.index[-2]
    shaken = series.where(series.index != odd, series * 1.5)
    usual, told = (st.seasonal_diagnostics(s) for s in (series, shaken))
    assert usual["outliers"].tolist() == [""] and told["outliers"].tolist() == [str(odd)]
    plain, lifted = (
        st.seasonal_adjust(s).set_index("period")["adjusted"] for s in (series, shaken)
    )
    # Noise of 2 % a month moves the estimate of the outlier, and with it the season, by as much.
    assert abs(lifted[odd] / plain[odd] / 1.5 - 1) < 0.04
    assert tables.adjustment(told).data["Outliers"].tolist() == [f"{odd:%b %Y}"]
    assert tables.adjustment(usual).data["Outliers"].tolist() == ["none"]


def test_only_the_effects_asked_for_are_measured():
    world, new_year = st.load_totals("WLD", frequency="M"), st.load_new_year()
    whole = st.short_history_error(world, new_year)
    lent = st.short_history_error(world, new_year, effects=["lent"])
    pd.testing.assert_frame_equal(lent, whole[whole["effect"] == "lent"].reset_index(drop=True))
    with pytest.raises(ValueError) as refused:
        st.short_history_error(world, new_year, effects=["borrowed"])
    assert str(refused.value) == "effects must be one of own, lent, none, got 'borrowed'"
