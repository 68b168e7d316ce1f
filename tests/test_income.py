"""The income model against least squares by hand, and blind to what was not yet forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import refusal

import silktrade as st
from silktrade.projection import income

DAY = "2023-12-31"
KEYS = ["reporter", "partner", "flow", "product"]


def outlook() -> pd.DataFrame:
    """Take what the Fund expected in October 2023."""
    return st.load_indicator("gdp_usd", source="imf", as_of=DAY)


def wide(as_of: str, **chosen: object) -> pd.DataFrame:
    """Lay annual trade out from 2001, a column a series."""
    table = st.load_trade(as_of=as_of, **chosen).pivot(index="period", columns=KEYS, values="value")
    return table.reindex(pd.period_range("2001", table.index[-1], freq="Y"))


def by_hand(years: pd.DataFrame, horizon: int) -> np.ndarray:
    """Regress growth on growth series by series and year by year, then step each one forward."""
    output = outlook().set_index(["economy", "period"])["value"]

    def grown(partner: str, year: pd.Period) -> float:
        return np.log(output[partner, year] / output[partner, year - 1])

    end = years.index[-1] + horizon
    out = np.empty((horizon, years.shape[1]))
    for flow in ("export", "import"):
        rows = []
        for key, series in years.items():
            for year in years.index[1:]:
                change = np.log(series[year] / series[year - 1])
                if key[2] == flow and np.isfinite(change) and (key[1], year - 1) in output:
                    rows.append((1.0, grown(key[1], year), change))
        design = np.array(rows)
        (alpha, beta), *_ = np.linalg.lstsq(design[:, :2], design[:, 2], rcond=None)
        for i, (key, series) in enumerate(years.items()):
            if key[2] != flow:
                continue
            year = series.last_valid_index()
            level, path = series[year], {}
            while year < end:
                year = year + 1
                level = level * np.exp(alpha + beta * grown(key[1], year))
                path[year] = level
            out[:, i] = [path[end - horizon + h] for h in range(1, horizon + 1)]
    return out


@pytest.mark.parametrize(
    ("day", "late"), [("2021-06-30", set()), ("2022-12-31", {2020}), ("2024-06-30", set())]
)
def test_paths_are_least_squares(day, late):
    """Also over the gap of 2021, and for series that end in 2020 where others reach 2021."""
    years = wide(day)
    ends = {int(str(years[c].last_valid_index())) for c in years}
    assert ends - {years.index[-1].year} == late
    np.testing.assert_allclose(income.paths(years, outlook(), 3), by_hand(years, 3), rtol=1e-9)


def test_a_known_elasticity_is_found():
    """Trade that grows by a hundredth and one and a half times as fast as output goes on so."""
    years = wide("2021-06-30")
    output = outlook().pivot(index="period", columns="economy", values="value")
    partners = years.columns.get_level_values("partner")
    steps = (0.01 + 1.5 * np.log(output[partners]).diff()).loc["2002":]
    whole = 1e9 * np.exp(np.cumsum(steps.to_numpy(), axis=0))
    count = len(years)
    made = pd.DataFrame(whole[: count - 1], index=years.index[1:], columns=years.columns)
    ours = income.paths(made, outlook(), 4)
    np.testing.assert_allclose(ours, whole[count - 1 : count + 3], rtol=1e-9)


def test_exports_and_imports_have_elasticities_of_their_own():
    both, alone = wide("2021-06-30"), wide("2021-06-30", flows="export")
    ours = pd.DataFrame(income.paths(both, outlook(), 2), columns=both.columns)
    exports = income.paths(alone, outlook(), 2)
    np.testing.assert_allclose(ours.xs("export", axis=1, level="flow"), exports, rtol=1e-12)


def test_the_unit_of_trade_or_output_is_only_a_unit():
    years, told = wide(DAY), outlook()
    plain = income.paths(years, told, 2)
    np.testing.assert_allclose(income.paths(years * 1e-9, told, 2), plain * 1e-9)
    np.testing.assert_allclose(
        income.paths(years, told.assign(value=told["value"] * 7), 2), plain, rtol=1e-9
    )


def test_a_later_edition_is_not_seen():
    later = outlook().assign(released=pd.Timestamp("2024-04-16"))
    both = pd.concat([outlook(), later.assign(value=later["value"] ** 2)])
    ours = income.paths(wide(DAY), both, 2, DAY)
    np.testing.assert_array_equal(ours, income.paths(wide(DAY), outlook(), 2))


def test_only_output_is_read_from_the_outlook():
    more = pd.concat([outlook(), outlook().assign(indicator="population", value=1.0)])
    ours = income.paths(wide(DAY), more, 2)
    np.testing.assert_array_equal(ours, income.paths(wide(DAY), outlook(), 2))


def test_frames_are_left_alone():
    years, told = wide(DAY), outlook()
    before = years.copy(deep=True), told.copy(deep=True)
    income.paths(years, told, 2)
    pd.testing.assert_frame_equal(years, before[0])
    pd.testing.assert_frame_equal(told, before[1])


def test_an_outlook_too_short_or_without_a_partner_says_so():
    years = wide("2024-06-30")
    text = (
        "outlook must hold gdp_usd of every partner to {}, got none of {}: take a later edition, "
        "or leave it out"
    )
    last = outlook()["period"].max().year
    assert refusal(income.paths, years, outlook(), last - 2023 + 1) == text.format(
        last + 1, f"KAZ {last + 1}"
    )
    without = outlook().query("economy != 'TJK'")
    assert refusal(income.paths, years, without, 2) == text.format(2025, "TJK 2024")
    held = outlook()["period"] != "2024"
    holed = outlook()[held | (outlook()["economy"] != "UZB")]
    assert refusal(income.paths, years, holed, 1) == text.format(2024, "UZB 2024")
    # Nor does the growth of two years stand for that of one where nobody is known.
    assert refusal(income.paths, years, outlook()[held], 2) == text.format(2025, "KAZ 2024")
    # Nothing of this edition was public before it came out.
    assert refusal(income.paths, years, outlook(), 1, "2023-10-01") == text.format(2024, "KAZ 2024")
