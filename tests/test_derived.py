"""What is constructed is what its inputs make: the bundled files rebuilt, and the rules held."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from silktrade import codes
from silktrade.data import derived, snapshots

MADE = derived.rebuilt(derived.newest)


@pytest.mark.parametrize("name", sorted(MADE), ids="/".join)
def test_the_bundled_files_are_rebuilt(name):
    held = snapshots.read(snapshots.find(*name))
    made = MADE[name]
    shared = list(made.columns)
    pd.testing.assert_frame_equal(made, held[shared], check_exact=True, check_names=False)


def test_every_constructed_file_that_has_a_constructor_is_among_them():
    rates = {"customs_rate_annual", "customs_rate_monthly"}
    assert {dataset for _, dataset in MADE} >= rates | {"partner_annual", "partner_monthly_2023"}
    assert derived.stale(MADE) == {}


def printed(year: int, months: int = 12, growth: float = 0.25) -> pd.DataFrame:
    """Make a year to date of one flow: 100 a month."""
    periods = pd.period_range(f"{year}-01", periods=months, freq="M")
    return pd.DataFrame(
        {"reporter": "CHN", "partner": "KAZ", "flow": "export", "product": "TOTAL",
         "period": periods, "value": 100.0 * np.arange(1, months + 1), "growth": growth,
         "currency": "CNY", "valuation": "fob", "obs_status": "A"}
    )  # fmt: skip


def test_the_months_of_the_year_before_are_differences_of_its_base():
    made = derived.implied_months(printed(2030))
    assert made["value"].tolist() == [80.0] * 12
    assert made["period"].iloc[0] == pd.Period("2029-01")
    assert set(made["obs_status"]) == {"E"}
    assert str(made["released"].iloc[0].date()) == "2029-03-20"


def test_a_year_is_decembers_year_to_date_and_one_without_december_is_none():
    both = pd.concat([printed(2030), printed(2031, months=11)])
    made = derived.years(both, derived.implied_months(both))
    assert made["period"].astype(str).tolist() == ["2029", "2030"]
    assert made["value"].tolist() == [960.0, 1200.0]
    assert made["obs_status"].tolist() == ["E", "A"]


def pair(rate: float, **other: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one month in both currencies, each partner at a rate, some at another."""
    rows = [(p, f) for p in codes.PARTNERS for f in codes.FLOWS]
    dollars = pd.DataFrame(rows, columns=["partner", "flow"]).assign(
        reporter="CHN", product="TOTAL", period=pd.Period("2031-05"), value=1e9
    )
    rates = dollars["partner"].map(other).fillna(rate)
    return dollars.assign(value=dollars["value"] * rates), dollars


def test_both_currencies_give_the_rate_and_one_revised_flow_does_not_move_it():
    assert derived.rate_by_pair(*pair(7.1234)).tolist() == [7.1234]
    assert derived.rate_by_pair(*pair(7.1234, TJK=7.0)).tolist() == [7.1234]


def test_tables_of_different_months_give_no_rate():
    assert derived.rate_by_pair(*pair(7.0, KAZ=6.0, KGZ=8.0, TJK=5.0, UZB=9.0)).empty


def test_small_flows_tell_no_rate():
    yuan, dollars = pair(7.0)
    assert derived.rate_by_pair(yuan.assign(value=7e7), dollars.assign(value=1e7)).empty


def test_a_month_without_a_pair_or_a_years_anchor_has_no_rate():
    held = derived.newest("gacc", "partner_monthly")
    last = held["period"].max()
    more = held[held["period"] == last].assign(period=pd.Period("2031-01"))

    def read(source: str, dataset: str) -> pd.DataFrame | None:
        found = derived.newest(source, dataset)
        return pd.concat([found, more]) if dataset == "partner_monthly" else found

    made = derived.rebuilt(read)["gacc", "customs_rate_monthly"]
    assert made["period"].max() < pd.Period("2031-01")


def test_a_month_between_two_with_a_rate_has_an_estimate():
    held = derived.newest("gacc", "partner_monthly")
    rates = derived.newest("gacc", "customs_rate_monthly").set_index("period")["value"]
    last = rates.index.max()
    market = derived.newest("fed", "exchange_rate").set_index("period")["value"]
    months = pd.period_range(last + 1, last + 4, freq="M")
    one = held[held["period"] == last]
    yuan = pd.concat([held[held["period"] <= last],
                      *(one.assign(period=m) for m in (months[0], months[3]))])  # fmt: skip
    dollars = pd.concat([one.assign(period=m, value=one["value"] / (market[m - 1] * 0.99))
                         for m in months])  # fmt: skip
    frames = {"partner_monthly": yuan, "partner_monthly_usd": dollars}
    made = derived.rebuilt(lambda s, d: frames.get(d, derived.newest(s, d)))
    found = made["gacc", "customs_rate_monthly"].set_index("period")
    assert found.loc[months, "obs_status"].tolist() == ["A", "E", "E", "A"]
    expected = [market[m - 1] * 0.99 for m in months]
    np.testing.assert_allclose(found.loc[months, "value"], expected, rtol=2e-5)


def test_no_input_no_file():
    assert derived.rebuilt(lambda *_: None) == {}
