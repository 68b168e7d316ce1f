"""The bundled data: whole, as printed where they are printed, and public on the days they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

import silktrade as st
from silktrade import codes, schema
from silktrade.data import snapshots, vintages

SNAPSHOTS = snapshots.catalogue()
every_snapshot = pytest.mark.parametrize(
    "snapshot", SNAPSHOTS, ids=[f"{s.source}/{s.vintage}/{s.dataset}" for s in SNAPSHOTS]
)
KEY = ["partner", "flow", "period"]
DAY = "2026-01-31"  # what is printed here was public then, and stays as it is when data grow


def rows(source: str, dataset: str) -> pd.DataFrame:
    """Read the newest vintage of a data set."""
    return snapshots.read(snapshots.find(source, dataset))


@pytest.fixture(scope="module")
def months() -> pd.DataFrame:
    return st.load_trade(frequency="M", currency="CNY", as_of=DAY)


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    return st.load_trade(frequency="Y", currency="CNY", as_of=DAY)


def by_year(trade: pd.DataFrame) -> pd.Series:
    """Sum a frame to calendar years, in billions."""
    return trade.groupby(trade["period"].dt.year)["value"].sum() / 1e9


@every_snapshot
def test_a_snapshot_passes_hash_rows_and_schema(snapshot):
    snapshots.check(snapshot)


@every_snapshot
def test_a_sidecar_is_filled_in(snapshot):
    said = yaml.safe_load(snapshot.path.with_suffix(".yml").read_text(encoding="utf-8"))
    assert list(said) == list(snapshots.SIDECAR_FIELDS)
    assert [field for field, value in said.items() if value in (None, "")] == []
    assert said["url"].startswith(("http://", "https://"))


@every_snapshot
def test_a_file_is_sorted_with_plain_line_ends(snapshot):
    text = snapshot.path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    key = list(schema.SCHEMAS[snapshot.schema].key)
    if snapshot.path.suffix != ".csv":
        return  # the rings of an outline have an order of their own
    frame = pd.read_csv(snapshot.path, dtype=str, keep_default_na=False)
    assert frame.sort_values(key, kind="stable").index.is_monotonic_increasing


def test_every_file_has_its_sidecar_and_every_sidecar_its_file():
    folder = vintages.data_folder()
    stems = {suffix: {p.with_suffix("") for p in folder.glob(f"*/*/*{suffix}")}
             for suffix in (*vintages.SUFFIXES, ".yml")}  # fmt: skip
    assert stems[".csv"] | stems[".geojson"] == stems[".yml"]
    assert not stems[".csv"] & stems[".geojson"]
    files = [p for p in folder.glob("*/*/*") if p.suffix != ".yml"]
    assert sorted(files) == vintages.every()  # nothing lies there unseen


@every_snapshot
def test_no_value_is_missing_infinite_or_a_negative_flow(snapshot):
    frame = snapshots.read(snapshot)
    if "value" not in frame:
        return
    if "value" in schema.SCHEMAS[snapshot.schema].optional:
        frame = frame.dropna(subset="value")  # a claim need not name a number
    assert np.isfinite(frame["value"]).all()
    # Growth may be below zero, and so may a change of it.
    signed = ("INDICATOR", "OUTLOOK", "SCENARIO")
    if snapshot.schema not in signed:
        assert (frame["value"] >= 0).all()


@every_snapshot
def test_no_sum_stands_among_flows(snapshot):
    if snapshot.schema not in ("TRADE", "YEAR_TO_DATE"):
        return
    frame = snapshots.read(snapshot)
    assert codes.REGION not in set(frame["partner"]) | set(frame["reporter"])
    assert set(frame["flow"]) <= {"export", "import"}
    # A file holds totals or products, never both: no part stands beside its sum.
    assert len({product == codes.TOTAL for product in frame["product"]}) == 1
    assert (frame["valuation"] == frame["flow"].map({"export": "fob", "import": "cif"})).all()


def month_later(periods: pd.Series, day: int) -> pd.Series:
    """Give a day of the month after each period."""
    return (periods + 1).dt.start_time + pd.Timedelta(days=day - 1)


def year_later(periods: pd.Series, month: int, day: int) -> pd.Series:
    """Give a day of the year after each year."""
    return periods.map(lambda p: pd.Timestamp(p.year + 1, month, day))


def customs_days(periods: pd.Series) -> pd.Series:
    """Give the day of the customs' by-partner table: January comes with February."""
    january = periods.dt.month == 1
    return month_later(periods.where(~january, periods + 1), 20)


RULES = {
    ("gacc", "M"): customs_days,
    ("gacc", "Y"): lambda p: year_later(p, 1, 20),
    ("imf", "Y"): lambda p: year_later(p, 6, 30),
    ("comtrade", "Y"): lambda p: year_later(p, 6, 30),
    ("national", "Y"): lambda p: year_later(p, 6, 30),
    ("matrix", "Y"): lambda p: year_later(p, 6, 30),
    ("fed", "M"): lambda p: month_later(p, 4),
}


@every_snapshot
def test_days_of_release_follow_their_rule(snapshot):
    frame = snapshots.read(snapshot)
    if "released" not in frame:
        return
    assert (frame["released"] <= pd.Timestamp(snapshot.vintage)).all()
    if snapshot.dataset == "world_economic_outlook":
        assert frame["released"].nunique() == 1  # the day of the edition
    elif snapshot.dataset == "outlook_archive":
        assert set(frame["edition"].dt.month) == {4, 10}
        ends = frame["edition"].map(lambda e: pd.Timestamp(e.year, 5 if e.month == 4 else 10, 31))
        assert (frame["released"] == ends).all()
    elif snapshot.dataset == "published_forecasts":
        # A day of its own each; a publication known to the month stands on the month's last day.
        assert (frame["released"] >= "2022-01-25").all()
    elif snapshot.dataset == "first_prints" or snapshot.source in ("mofcom", "nbs"):
        # The day of the release or of the page: the point of these is who knew what when.
        assert (frame["released"] >= "2022-09-13").all()
    elif snapshot.dataset == "china_share":  # the last day of the month of the page
        assert frame["released"].dt.is_month_end.all()
    elif snapshot.dataset == "gdp":
        assert (frame["released"] == year_later(frame["period"], 7, 1)).all()
    elif snapshot.dataset == "commodity_prices":
        # The Bank prints on the second working day, here the second to fourth day of the month.
        assert (
            frame["released"]
            .between(month_later(frame["period"], 2), month_later(frame["period"], 4))
            .all()
        )
        assert (frame["released"].dt.day_of_week < 5).all()
    else:
        rule = RULES[snapshot.source, schema.frequency_of(frame)]
        assert (frame["released"] == rule(frame["period"])).all()


@every_snapshot
def test_nothing_was_public_before_its_period_was_over_but_forecasts(snapshot):
    frame = snapshots.read(snapshot)
    if "released" not in frame:
        return
    if snapshot.dataset in ("published_forecasts", "outlook_archive"):
        return  # opinions on years to come
    early = frame[frame["released"] <= frame["period"].dt.end_time]
    assert set(early["obs_status"]) <= {"E"}
    assert early.empty or snapshot.dataset == "world_economic_outlook"


def test_january_and_february_come_out_together(months):
    first = months[months["period"].dt.month <= 2]
    assert set(first["released"].dt.strftime("%m-%d")) == {"03-20"}
    december = months[months["period"] == "2024-12"]
    assert set(december["released"]) == {pd.Timestamp("2025-01-20")}


# Billion yuan from the December tables of 2024 and 2025, to the two decimals the project was given.
@pytest.mark.parametrize(
    ("year", "total", "exports", "imports"),
    [("2024", 674.75, 456.70, 218.04), ("2025", 760.84, 509.78, 251.06)],
)
def test_the_five_in_yuan(years, year, total, exports, imports):
    flows = years[years["period"] == year].groupby("flow")["value"].sum() / 1e9
    assert flows.round(2).to_dict() == {"export": exports, "import": imports}
    assert round(flows.sum(), 2) == total


def test_the_five_in_dollars_long_ago():
    totals = st.load_totals() / 1e9
    assert totals[["1992", "2013"]].round(3).tolist() == [0.438, 50.229]


def test_2023_by_partner_is_near_the_press():
    totals = st.load_partner_totals().loc["2023"] / 1e9
    printed = {"KAZ": 41.0, "KGZ": 19.8, "TJK": 3.9, "TKM": 10.6, "UZB": 14.0}
    # Printed to 0.1 (half of it lost), on a base revised since, at one rate for the year.
    assert totals.sub(pd.Series(printed)).abs().max() < 0.05 + 0.01


def test_the_region_in_dollars_is_at_the_rate_of_the_customs(years):
    yuan = years.loc[years["period"] == "2024", "value"].sum() / 1e9
    assert round(yuan / 7.116, 2) == 94.82
    assert (st.load_totals()["2024"] / 1e9).round(2) == 94.82


def test_months_in_dollars_agree_with_the_printed_years():
    dollars = by_year(st.load_trade(frequency="M", as_of=DAY))
    yuan = by_year(st.load_trade(frequency="M", currency="CNY", as_of=DAY))
    printed = pd.Series({2023: 89.4, 2024: 94.82, 2025: 106.3})
    year = by_year(st.load_trade(frequency="Y", currency="CNY", as_of=DAY)).loc[2023:]
    # First prints of months differ from the year in yuan already; the rate adds its four decimals.
    assert (dollars / printed / (yuan / year) - 1).abs().max() < 2e-4


def test_the_market_rate_would_give_another_2024(months):
    market = st.load_indicator("exchange_rate").set_index("period")["value"]
    dollars = by_year(months.assign(value=months["value"] / months["period"].map(market)))
    assert round(dollars[2024], 2) == 93.87


def test_months_of_2023_are_implied_by_the_tables_of_2024(months):
    printed = st.load_year_to_date(as_of="2025-01-31")
    base = printed.assign(base=printed["value"] / (1 + printed["growth"]))
    base = base.pivot(index="period", columns=["partner", "flow"], values="base")
    implied = base.diff().fillna(base)
    implied.index = implied.index - 12
    held = months.pivot(index="period", columns=["partner", "flow"], values="value").loc["2023"]
    # Held in whole yuan.
    assert (implied - held).abs().max(axis=None) <= 0.5
    assert set(months.loc[months["period"].dt.year == 2023, "obs_status"]) == {"E"}


def test_january_to_april_2023(months):
    first = months[months["period"].between("2023-01", "2023-04")]
    assert round(first["value"].sum() / 1e9, 1) == 170.4


def test_the_year_is_the_year_to_date_of_december(years):
    printed = st.load_year_to_date(as_of=DAY)
    december = printed[printed["period"].dt.month == 12]
    december = december.assign(period=december["period"].dt.asfreq("Y")).set_index(KEY)["value"]
    held = years[years["period"] >= "2024"].set_index(KEY)["value"]
    pd.testing.assert_series_equal(held.sort_index(), december.sort_index())


def test_the_year_2023_is_the_sum_of_its_months(months, years):
    of_2023 = months[months["period"].dt.year == 2023]
    sums = of_2023.groupby(["partner", "flow"])["value"].sum()
    held = years[years["period"] == "2023"].set_index(["partner", "flow"])["value"]
    pd.testing.assert_series_equal(held.sort_index(), sums)


def test_printed_months_nearly_add_up(months, years):
    later = months[months["period"] >= "2024-01"]
    sums = later.assign(period=later["period"].dt.asfreq("Y")).groupby(KEY)["value"].sum()
    off = (sums / years.set_index(KEY)["value"].reindex(sums.index) - 1).abs()
    tajik = off.loc["TJK", "import"]
    # Revisions inside the year, as the sidecar says: 0.6 %, and 3 % for imports from Tajikistan.
    assert off.drop(tajik.index.map(lambda p: ("TJK", "import", p))).max() < 0.006
    assert tajik.max() < 0.03
    assert off.max() > 0.02, "the exception is one"


def test_the_printed_growth_of_2025_agrees_with_the_years(years):
    printed = st.load_year_to_date(as_of=DAY)
    printed = printed[printed["period"] == "2025-12"].set_index(["partner", "flow"])
    wide = years.pivot(index="period", columns=["partner", "flow"], values="value")
    ours = wide.loc["2025"] / wide.loc["2024"] - 1
    # Growth is on the customs' revised base: 2024 was revised by 1.05 % for exports to Uzbekistan,
    # by at most 0.4 % for the other large flows.
    large = printed["value"] > 5e9
    off = ((1 + ours) / (1 + printed["growth"]) - 1).abs()
    assert off[large].max() < 0.011


def test_2021_lacks_the_exports_to_four(years):
    known = years.groupby(years["period"].dt.year).size()
    assert known.index.tolist() == list(range(1992, 2026))
    assert known[known < 10].to_dict() == {2021: 6}
    of_2021 = years[years["period"] == "2021"]
    assert set(of_2021.loc[of_2021["flow"] == "export", "partner"]) == {"KAZ"}


def test_comtrade_and_the_customs_agree_on_exports_to_kazakhstan():
    held = rows("comtrade", "china_reported").query("partner == 'KAZ'")
    customs = st.load_trade(partners="KAZ", flows="export", as_of=DAY)
    ratio = held.set_index("period")["value"] / customs.set_index("period")["value"]
    # 2020 as the Fund has it; of 2023 and 2024 the customs' yuan at one rate for the year.
    assert ratio["2020":"2024"].between(0.995, 1.005).all()


def test_the_vintage_of_imports_holds_what_the_one_before_held():
    older, newer = (snapshots.read(snapshots.find("imf", "direction_of_trade", day))
                    for day in ("2026-11-23", None))  # fmt: skip
    key = ["partner", "flow", "period", "value"]
    assert older[key].merge(newer[key]).shape == older[key].shape


def test_estimated_totals_are_those_of_the_flows_as_revised():
    printed = st.load_printed_totals().query("obs_status == 'E' and partner != 'CA5'")
    flows = st.load_trade(as_of=DAY).groupby(["partner", "period"])["value"].sum()
    ours = printed.set_index(["partner", "period"])["value"]
    assert len(ours) == 4
    assert (ours / flows.reindex(ours.index) - 1).abs().max() < 1e-9


def test_the_months_of_2026_add_up_to_their_year_to_date():
    months = st.load_trade(frequency="M", currency="CNY", as_of="2026-05-31")
    printed = st.load_year_to_date(as_of="2026-05-31").set_index(KEY)["value"]
    summed = st.year_to_date(months).set_index(KEY)["value"].xs("2026-04", level="period")
    april = printed.xs("2026-04", level="period")
    # The year-to-date revises its months, in four of them by less than 0.1 %.
    assert (summed / april - 1).abs().max() < 0.001


def test_kyrgyz_imports_jump_as_printed(months):
    kyrgyz = months.query("partner == 'KGZ' and flow == 'import'").set_index("period")["value"]
    billions = [str(p) for p in kyrgyz[kyrgyz > 1e9].index]
    # January 2025 fell back to 0.2 billion between two months of billions; that is as printed.
    assert billions == ["2024-10", "2024-11", "2024-12",
                        *[f"2025-{m:02d}" for m in range(2, 9)]]  # fmt: skip


def test_mirror_figures_of_kyrgyzstan_are_far_below():
    ours = st.load_trade(partners="KGZ", flows="export").set_index("period")["value"]
    theirs = st.load_trade(reporter="KGZ", flows="import").set_index("period")["value"]
    ratio = (theirs / ours).dropna()
    assert ratio.loc["2004":].max() < 0.5
    assert ratio["2024"] == pytest.approx(0.27, abs=0.005)


def test_suspect_rows_of_kazakhstan_are_left_out():
    held = rows("comtrade", "partner_reported")
    kazakh = held[held["reporter"] == "KAZ"]["period"].dt.year
    assert not {2020, 2021, 2022} & set(kazakh)


def test_totals_printed_without_parts_agree_with_what_is_known():
    printed = st.load_printed_totals().set_index(["partner", "period"])["value"] / 1e9
    of_five = printed.xs("CA5").round(2)
    assert of_five["2021":"2025"].tolist() == [50.1, 70.2, 89.4, 94.82, 106.3]
    five = printed.drop("CA5").unstack("period")
    # Five partners rounded to 0.1 or 0.01 billion; derived ones carry a growth rounded to 1 %.
    assert abs(five["2022"].sum() - printed[("CA5", "2022")]) < 0.25
    assert abs(five["2024"].sum() - printed[("CA5", "2024")]) < 0.03


def test_the_two_editions_of_prices_agree_on_what_both_know():
    older, newer = (
        snapshots.read(snapshots.find("worldbank", "commodity_prices", day)).set_index(
            ["indicator", "period"]
        )["value"]
        for day in ("2024-04-02", "2025-12-02")
    )
    both = pd.concat([older, newer], axis=1, keys=["older", "newer"]).dropna()
    assert len(both) == len(older)
    # Only the last month of the older edition was provisional, and has been revised since.
    revised = both[both["older"] != both["newer"]]
    assert revised.index.tolist() == [("gas_lng_japan", pd.Period("2024-03", "M"))]


def test_editions_of_prices_round_and_revise_no_more_than_the_bank_does():
    held = [s for s in SNAPSHOTS if s.dataset == "commodity_prices"]
    values = {s.vintage: snapshots.read(s).set_index(["indicator", "period"])["value"]
              for s in held}  # fmt: skip
    newest = values[max(values)]
    for vintage, older in values.items():
        off = (older / newest - 1).abs().dropna()
        assert len(off) == len(older)
        months = off.index.get_level_values("period")
        # A cent of two dollars; only the last month or two of liquefied gas are provisional.
        settled = (months < pd.Period(vintage, "M") - 12) | (
            off.index.get_level_values("indicator") != "gas_lng_japan"
        )
        assert off[settled].max() < 0.005
        assert off.max() < 0.15


def test_oil_as_printed_in_2025_and_2026():
    prices = snapshots.read(snapshots.find("worldbank", "commodity_prices", "2026-06-02"))
    brent = prices.query("indicator == 'oil_brent'").set_index("period")["value"]
    assert brent["2025-11"] == pytest.approx(63.6, abs=0.05)
    assert brent["2026-03":"2026-05"].round(1).tolist() == [103.7, 120.4, 107.5]


def test_the_archive_agrees_with_the_editions_held_whole():
    archive = rows("imf", "outlook_archive")
    for day in ("2023-10-10", "2025-10-14"):
        whole = snapshots.read(snapshots.find("imf", "world_economic_outlook", day))
        kept = archive[archive["edition"] == pd.Period(day, "M")]
        both = kept.merge(whole, on=["economy", "indicator", "period"], suffixes=("", "_whole"))
        assert len(both) == 72  # six economies, two subjects, the edition's year and five more
        assert (both["value"] - both["value_whole"]).abs().max() < 6e-6  # printed to 0.001 point
    editions = archive.groupby("economy")["edition"].nunique()
    assert editions["CHN"] == 71
    assert "2024-10" not in set(archive["edition"].astype(str))


def test_the_market_rate_knows_its_history():
    rate = st.load_indicator("exchange_rate").set_index("period")["value"]
    assert len(rate) == (rate.index[-1] - rate.index[0]).n + 1, "no month is missing"
    assert rate["1981-01"] == 1.5518
    assert rate.loc["1997":"2004"].between(8.27, 8.33).all(), "the peg"


def test_what_the_fund_filled_in_from_china_is_no_report_of_turkmenistan():
    china, fund = rows("imf", "direction_of_trade"), rows("imf", "direction_of_trade_mirror")
    theirs = fund[fund["reporter"] == "TKM"].assign(
        partner="TKM", flow=fund["flow"].map({"export": "import", "import": "export"})
    )
    both = theirs.merge(china, on=KEY, suffixes=("", "_china"))
    ratio = both["value"] / both["value_china"]
    # The Fund's margin for carriage and insurance, 6 % up or down, to four digits.
    filled = ratio.round(4).isin([1.06, 0.9434])
    assert filled.sum() == 32
    assert set(both.loc[filled, "obs_status"]) == {"E"}
