"""Breaks: exact partitions, published dates, size, power, and tests at given dates."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as strategy
from statsmodels.stats.multitest import multipletests

import silktrade as st
from silktrade import figures, tables
from silktrade.figures.canvas import part_texts
from silktrade.timeseries import breaks, event_breaks
from silktrade.timeseries.breaks import date_limits, log_growth, partition

mpl.use("agg")

YEARS = pd.period_range("1990", "2023", freq="Y", name="period")
ONE_EVENT = (("Something", "2010-01-01", None),)


def levels(rates: np.ndarray, name: str = "KAZ") -> pd.Series:
    """Cumulate log growth to levels."""
    return pd.Series(np.exp(np.r_[0, np.cumsum(rates)]), YEARS[: len(rates) + 1], name=name)


def noisy(change: float, at: int = 16, seed: int = 1, n: int = 33) -> pd.Series:
    """Make levels whose log growth changes once, around noise of one tenth."""
    noise = np.random.default_rng(seed).normal(0, 0.1, n)
    return levels(0.1 + noise + change * (np.arange(n) >= at))


@pytest.fixture(scope="module")
def nile() -> pd.Series:
    data = sm.datasets.nile.load_pandas().data
    return pd.Series(data["volume"].to_numpy(float), data["year"].astype(int))


def test_partitions_are_the_best_of_all_partitions_by_ols():
    values = np.random.default_rng(7).normal(size=14)
    for m in (1, 2, 3):
        best = min(
            (squares(values, starts), starts)
            for starts in combinations(range(3, 12), m)
            if min(np.diff([0, *starts, 14])) >= 3
        )
        starts, left = partition(values, m, 3)
        assert starts == best[1]
        assert left == pytest.approx(best[0], rel=1e-12)


def squares(values: np.ndarray, starts: tuple[int, ...]) -> float:
    """Fit the regimes' dummies by statsmodels' OLS."""
    regime = np.searchsorted(starts, np.arange(len(values)), side="right")
    return sm.OLS(values, np.eye(len(starts) + 1)[regime]).fit().ssr


@settings(max_examples=30, deadline=None)
@given(strategy.lists(strategy.floats(-5, 5), min_size=12, max_size=25))
def test_more_breaks_never_fit_worse_and_shifting_moves_nothing(values):
    data = np.array(values)
    left = [partition(data, m, 1)[1] for m in range(4)]
    # Squares are differences of sums of up to 25 squares of 15: that many digits are lost.
    assert (np.diff(left) <= 1e-9).all()
    assert partition(data + 10, 2, 1)[1] == pytest.approx(left[2], abs=1e-9)


def test_the_nile_breaks_in_1898_as_published(nile):
    # Zeileis, Kleiber, Kraemer and Hornik (2003), Testing and dating of structural changes in
    # practice: squares 2835157, 1597457, 1552924, 1538097 for 0 to 3 breaks at 15 % trimming, the
    # break after 1898, its 95 % interval 1895 to 1902.
    fits = [partition(nile.to_numpy(), m, 15) for m in range(4)]
    assert [round(left) for _, left in fits] == [2835157, 1597457, 1552924, 1538097]
    (at,) = fits[1][0]
    assert nile.index[at - 1] == 1898
    before, after = nile.to_numpy()[:at], nile.to_numpy()[at:]
    low, high = date_limits(after.mean() - before.mean(), before.std(), after.std())
    assert (1898 - int(np.ceil(high)), 1898 + int(np.ceil(-low))) == (1895, 1902)


def test_bic_picks_one_break_for_the_nile(nile):
    table = breaks._counted(nile.to_numpy(), 3, 199, 0.05, 1)
    assert table["bic"].idxmin() == table["lwz"].idxmin() == 1
    assert table.loc[table["chosen"], "breaks"].item() == 1
    # Published: sup F of one break 75.93.
    assert table["f"][1] == pytest.approx(75.93, abs=0.005)


def test_limits_of_a_date_are_those_of_simulated_processes():
    # Two random walks with drift, fine steps: the place of their joint maximum.
    random, step, far = np.random.default_rng(3), 0.01, 60
    n = int(far / step)
    for sides in ((1.0, 1.0), (2.0, 1.0)):
        places = []
        for _ in range(20):
            walks = random.normal(-step / 2, np.sqrt(step), (2, 200, n))
            walks[0] = (walks[0] + step / 2) * sides[0] - step / 2
            walks[1] = (walks[1] + step / 2) * sides[1] - step / 2
            paths = walks.cumsum(2)
            best = paths.max(2)
            where = (paths.argmax(2) + 1) * step
            place = np.where(best[1] > best[0], where[1], -where[0])
            places.append(np.where(best.max(0) > 0, place, 0))
        drawn = np.quantile(np.concatenate(places), [0.05, 0.95])
        limits = date_limits(1.0, *sides, level=0.1)
        # 4,000 draws leave about 4 % on a 5 % quantile of such a long tail, the steps 2 % more.
        assert np.allclose(drawn, limits, rtol=0.15)


def test_limits_turn_round_with_the_spreads_and_scale_with_their_square():
    low, high = date_limits(1.0, 2.0, 1.0)
    assert (-high, -low) == pytest.approx(date_limits(1.0, 1.0, 2.0), rel=1e-9)
    assert date_limits(0.5, 2.0, 1.0) == pytest.approx((4 * low, 4 * high), rel=1e-9)
    assert date_limits(-1.0, 2.0, 1.0) == (low, high)


def test_limits_are_the_published_quantiles():
    # Yao (1987), which Bai (1997) uses for equal spreads: 7.687, 11.033 and 19.767.
    found = [date_limits(1.0, 1.0, 1.0, level)[1] for level in (0.1, 0.05, 0.01)]
    assert found == pytest.approx([7.687, 11.033, 19.767], abs=0.001)


def test_the_density_of_a_date_has_mass_one():
    grid = 8.0 * np.linspace(0, 8, 40001) ** 2
    for one, other in ((1.0, 1.0), (1.0, 0.5)):
        sides = [
            breaks._mass(grid, 0.5, s, 1 / s**2, 1 / z**2).sum()
            for s, z in ((one, other), (other, one))
        ]
        # It rises as the inverse root of the distance from 0, which a sum meets to 1e-4.
        assert sum(sides) == pytest.approx(1, abs=2e-4)


def test_an_interval_holds_the_true_date_about_as_often_as_it_says():
    random, hits = np.random.default_rng(2), 0
    for _ in range(300):
        values = np.r_[random.normal(0, 1, 30), random.normal(2, 1, 30)]
        (at,), _ = partition(values, 1, 9)
        before, after = values[:at], values[at:]
        low, high = date_limits(after.mean() - before.mean(), before.std(), after.std())
        hits += at - np.ceil(high) <= 30 <= at + np.ceil(-low)
    assert hits / 300 > 0.91  # 0.95 less three standard errors of 300 draws


def test_the_statistic_has_the_published_asymptotic_value():
    # Andrews (2003): 8.68 is passed by 5 % where there is no break, at 15 % trimming.
    random, n = np.random.default_rng(4), 200
    batch = random.normal(size=(2000, n))
    least, _ = breaks._partitions(batch, 1, 30)
    f = breaks._f(least[0], least[1], n, 1, 1)
    assert np.mean(f > 8.68) == pytest.approx(0.05, abs=0.015)  # three errors of 2,000 draws


def test_a_break_that_was_put_in_is_found_and_dated():
    found = st.growth_breaks(noisy(-0.3), draws=199)
    assert len(found) == 1
    row = found.iloc[0]
    assert row["low"] <= pd.Period("2007", "Y") <= row["high"]  # growth number 16 is that of 2007
    assert row["before"] == pytest.approx(np.expm1(0.1), abs=0.08)  # three errors of 16 years
    assert row["after"] == pytest.approx(np.expm1(-0.2), abs=0.08)
    assert row["p_value"] <= 0.05


def test_without_a_break_none_is_found_at_about_the_level():
    tables = [st.break_counts(noisy(0.0, seed=s), draws=99) for s in range(60)]
    wrong = sum(t.loc[t["chosen"], "breaks"].item() > 0 for t in tables)
    assert wrong <= 8  # of 60; more has a chance below 0.5 % at a level of 5 %
    empty = st.growth_breaks(noisy(0.0, seed=0), draws=99)
    assert empty.empty
    assert list(empty) == list(breaks.FOUND)


def test_two_breaks_that_undo_each_other_are_found_together():
    bump = 0.35 * ((np.arange(33) >= 10) & (np.arange(33) < 17))
    noise = np.random.default_rng(8).normal(0, 0.1, 33)
    found = st.growth_breaks(levels(0.1 + noise + bump), draws=199)
    assert {"2001", "2008"} <= set(found["first"].astype(str))
    assert found["p_value"].iloc[0] < 0.05


def test_the_same_seed_gives_the_same_and_columns_stand_for_themselves():
    both = pd.DataFrame({"KAZ": noisy(-0.2), "KGZ": noisy(0.2, seed=2)})
    together = st.break_counts(both, draws=99, seed=5)
    alone = st.break_counts(both["KGZ"], draws=99, seed=5)
    own = together[together["partner"] == "KGZ"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, alone)


def test_a_gap_counts_as_one_observation_a_year():
    totals = levels(np.array([0.1, 0.3, 0.1, 0.1])).drop(YEARS[1])
    assert log_growth(totals).round(12).tolist() == [0.2, 0.1, 0.1]
    months = pd.Series([1.0, np.e], pd.PeriodIndex(["2020-01", "2020-03"], freq="M"))
    assert log_growth(months).tolist() == [0.5]


def test_the_step_and_its_error_are_statsmodels_hac():
    random = np.random.default_rng(6)
    for before, after in ((8, 3), (8, 8), (40, 30)):
        values = random.normal(size=before + after)
        step = np.r_[np.zeros(before), np.ones(after)]
        change, error = event_breaks._wald(values[None, :], step)
        lags = event_breaks.lags_of(len(values))
        options = {"maxlags": lags, "use_correction": True}
        fit = sm.OLS(values, sm.add_constant(step)).fit(cov_type="HAC", cov_kwds=options)
        assert change[0] == pytest.approx(fit.params[1], rel=1e-10)
        assert error[0] == pytest.approx(fit.bse[1], rel=1e-10)


def test_a_change_at_a_known_date_is_seen_and_where_it_is():
    found = st.event_breaks(noisy(-0.4, at=19), ONE_EVENT, draws=199).iloc[0]
    assert (str(found["first"]), str(found["last"])) == ("2010", "2017")
    assert (found["periods_before"], found["periods_after"]) == (8, 8)
    assert found["p_value"] < 0.05
    assert found["low"] < -0.4 < found["high"] < 0
    assert found["before"] > 0 > found["after"]


def test_the_detectable_change_is_seen_in_about_four_cases_of_five():
    spread = [st.event_breaks(noisy(0.0, seed=s), ONE_EVENT, draws=99) for s in range(40)]
    size = np.mean([t["detectable"].item() for t in spread])
    seen = [
        st.event_breaks(noisy(size, at=19, seed=100 + s), ONE_EVENT, draws=99)["p_value"].item()
        for s in range(60)
    ]
    assert 0.6 < np.mean(np.array(seen) <= 0.05) < 0.95  # 0.8, three errors of 60 cases


def test_first_periods_hold_at_least_half_of_the_time_after():
    first = event_breaks._first
    assert str(first("2013-09-07", "Y-DEC")) == "2014"
    assert str(first("2023-05-18", "Y-DEC")) == "2023"
    assert str(first("2023-05-18", "M")) == "2023-06"
    assert str(first("2020-01-24", "Y-DEC")) == "2020"


def test_months_are_said_a_year():
    months = pd.period_range("2010-01", periods=97, freq="M", name="period")
    noise = np.random.default_rng(1).normal(0, 0.01, 97)
    rates = np.r_[np.full(48, 0.03), np.full(48, -0.01)]
    totals = pd.Series(np.exp(np.r_[0, rates.cumsum()] + noise), months, name="KAZ")
    (row,) = st.growth_breaks(totals, draws=99).to_dict("records")
    assert row["low"] <= pd.Period("2014-02", "M") <= row["high"]
    at = months.get_loc(row["first"])
    by_hand = (totals.iloc[at - 1] / totals.iloc[0]) ** (12 / (at - 1)) - 1
    assert row["before"] == pytest.approx(by_hand)
    asked = st.event_breaks(totals, (("Then", "2014-02-01", None),), window=24, draws=99).iloc[0]
    whole = np.log(totals["2016-01"] / totals["2014-01"]) / 2
    assert asked["after"] == pytest.approx(np.expm1(whole))


def test_an_event_that_ended_is_compared_until_its_end():
    found = st.event_breaks(st.load_totals("CA5"), draws=99).set_index("title")
    closed = found.loc["Borders closed"]
    assert (str(closed["first"]), str(closed["last"])) == ("2020", "2022")


def test_too_few_years_tell_nothing_and_say_how_few():
    found = st.event_breaks(noisy(0.0), (("Late", "2022-01-01", None),), draws=99).iloc[0]
    assert found["periods_after"] == 2
    assert found[["before", "after", "change", "low", "high", "p_value", "p_holm"]].isna().all()
    early = st.event_breaks(noisy(0.0), (("Later", "2030-01-01", None),), draws=99).iloc[0]
    assert early["periods_after"] == 0


def test_holm_is_what_statsmodels_makes_of_the_p_values():
    p = np.array([0.04, np.nan, 0.01, 0.5, 0.02])
    told = ~np.isnan(p)
    assert np.allclose(event_breaks._holm(p)[told], multipletests(p[told], method="holm")[1])
    assert np.isnan(event_breaks._holm(p)[1])


def test_the_dates_are_those_of_the_bundled_events():
    days = set(st.load_events()["date"].astype(str))
    asked = [d for _, start, end in event_breaks.EVENTS for d in (start, end) if d]
    assert len(asked) == 5
    assert set(asked) <= days


def test_the_regions_growth_broke_at_its_boom_and_not_at_the_events():
    found = st.growth_breaks(st.load_totals("CA5", as_of="2026-01-31"))
    # Checked by OLS over all pairs of dates in the test above: growth of 15 % a year to 2001, 54 %
    # to 2008, 8 % since; by hand from the totals of those years.
    totals = st.load_totals("CA5")
    means = [(totals[b] / totals[a]) ** (1 / (int(b) - int(a))) - 1
             for a, b in (("1992", "2001"), ("2001", "2008"), ("2008", "2025"))]  # fmt: skip
    assert found["first"].astype(str).tolist() == ["2002", "2009"]
    assert found["before"].tolist() == pytest.approx(means[:2])
    assert found["after"].tolist() == pytest.approx(means[1:])


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"^values must hold 9 observations for 2 breaks, got 8: "
                       r"ask for fewer breaks$"):  # fmt: skip
        partition(np.zeros(8), 2, 3)
    said = (
        r"^totals must be above 0 for a growth rate, got 0 in 1991: leave the period out, or say "
        r"rates=True where the values are rates$"
    )
    with pytest.raises(ValueError, match=said):
        log_growth(pd.Series([1.0, 0.0], YEARS[:2]))
    with pytest.raises(ValueError, match=r"^totals must hold 5 periods for two regimes, got 3: add "
                       r"periods$"):  # fmt: skip
        st.break_counts(levels(np.array([0.1, 0.2])))


def trade(rates: np.ndarray) -> pd.Series:
    """Make totals as a loader gives them."""
    total = levels(rates) * 1e9
    total.attrs = {"partner": "KAZ", "currency": "USD", "source": "gacc"}
    return total


def test_the_figure_of_regimes_says_what_the_tests_found():
    noise = np.random.default_rng(1).normal(0, 0.05, 33)
    total = trade(noise + np.where(np.arange(33) < 16, 0.3, 0.0))
    found, known = st.growth_breaks(total, draws=99), st.event_breaks(total, draws=99)
    ax = figures.growth_regimes(total, found, known)
    said = part_texts(ax.figure)
    assert said["title"].startswith("Growth of trade with Kazakhstan changed in 2007 (")
    assert "grey bars hold a break's date with 95 %" in said["subtitle"]
    assert str(found["first"].iloc[0]) in {text.get_text() for text in ax.texts}  # beside its bar
    labels = [line.get_label() for line in ax.get_lines()]
    assert {"Compound growth a year, 1991 to 2006", "Compound growth a year, 2007 to 2023"} <= set(
        labels
    )
    means = {line.get_label(): line.get_ydata()[0] for line in ax.get_lines()}
    by_hand = (total["2006"] / total["1990"]) ** (1 / 16) - 1
    assert means["Compound growth a year, 1991 to 2006"] == pytest.approx(by_hand)
    assert said["key"].splitlines()[0] == "1 Belt and Road proposed (2013)"
    plt.close("all")


def test_the_figure_of_a_steady_series_dates_nothing():
    total = trade(0.1 + np.random.default_rng(0).normal(0, 0.1, 33))
    found, known = st.growth_breaks(total, draws=99), st.event_breaks(total, draws=99)
    ax = figures.growth_regimes(total, found, known)
    assert part_texts(ax.figure)["title"] == (
        "No change in the growth of trade with Kazakhstan since 1990 can be told from chance"
    )
    assert [x.get_label() for x in ax.get_lines() if "Compound" in x.get_label()] == [
        "Compound growth a year, 1991 to 2023"
    ]
    gap = figures.growth_regimes(total.drop(total.index[-2]), found, known)
    assert gap.get_xlim()[1] > 2023.5  # the line's end, though growth of that year is not known
    told = "percent; a gap: 2022 and 2023 are not known"
    assert part_texts(gap.figure)["subtitle"].endswith(told)
    plt.close("all")


def test_tables_say_breaks_and_what_would_have_been_seen():
    total = trade(np.random.default_rng(1).normal(0, 0.05, 33) + 0.3 * (np.arange(33) < 16))
    counts = st.break_counts(total, draws=99)
    table = tables.breaks(counts, st.growth_breaks(total, counts)).data
    assert table.index.tolist() == ["Kazakhstan"]
    assert table["Breaks"].item() == 1
    assert table["New growth from"].item().startswith("2007 (")
    none = tables.breaks(*nothing())
    assert none.data[["Breaks", "New growth from", "Growth a year"]].iloc[0].tolist() == [
        0,
        "–",
        "–",
    ]
    known = tables.event_breaks(st.event_breaks(total, draws=99))
    assert known.data.loc["Borders closed", "Years after"] == "2020 to 2022"
    assert known.data.loc["Summit in Xi'an", "95 % interval"] == "–"  # one year since
    assert "NaT" not in known.to_html()


def nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count and date breaks where there are none."""
    total = trade(0.1 + np.random.default_rng(0).normal(0, 0.1, 33))
    counts = st.break_counts(total, draws=99)
    return counts, st.growth_breaks(total, counts)
