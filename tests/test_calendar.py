"""When figures become public: the rules agree with what is held, and say what is due."""

from __future__ import annotations

import pandas as pd
import pytest

from silktrade import load_trade, report
from silktrade.data import calendar, snapshots, vintages

HELD = [
    s for s in snapshots.catalogue()
    if (s.source, s.dataset) in calendar.RULES and s.dataset != "world_economic_outlook"
]  # fmt: skip


@pytest.mark.parametrize("held", HELD, ids=lambda s: f"{s.source}/{s.vintage}/{s.dataset}")
def test_the_rules_are_those_of_the_bundled_files(held):
    rows = snapshots.read(held)
    rule = calendar.released(held.source, held.dataset, rows["period"])
    assert (rows["released"] == rule).all()


@pytest.mark.parametrize("name", sorted(calendar.RULES), ids="/".join)
@pytest.mark.parametrize("last", ["2030-11", "2030-12", "2031-01", "2031-02"])
def test_the_next_release_comes_after_the_period_it_is_of(name, last):
    yearly = name[1] in (
        "partner_annual", "china_reported", "partner_reported", "china_chapters",
        "partner_chapters", "world_economic_outlook", "gdp",
    )  # fmt: skip
    period = pd.Period(last[:4] if yearly else last)
    due = calendar.next_due(*name, period, f"{last}-25")
    if name[1] != "world_economic_outlook":
        assert due > (period + 1).end_time


def test_january_and_february_are_due_together():
    due = [calendar.next_due("gacc", "partner_monthly", pd.Period(m), "2031-01-20")
           for m in ("2030-12", "2031-01")]  # fmt: skip
    assert due == [pd.Timestamp("2031-03-20")] * 2


def test_what_nobody_releases_again_is_never_due():
    assert calendar.next_due("silktrade", "claims", pd.Period("2024"), "2024-01-01") is None


@pytest.mark.parametrize("as_of", ["2024-02-01", "2025-12-31", None])
def test_a_page_keeps_the_days_of_the_releases_after_its_figures(as_of, monkeypatch):
    kept = {}
    monkeypatch.setattr(report.told, "dated", lambda text, due, name: kept.update(due))
    months = load_trade(frequency="M", currency="CNY", as_of=as_of)
    report.dated(as_of or "2026-11-25", months)
    last = months["period"].max()
    due = calendar.next_due("gacc", "partner_monthly", last, "")
    assert next(iter(kept)) == str(due.date())
    assert list(kept) == sorted(kept)
    assert len(kept) >= 20  # two years, in each of which two months come together
    named = [pd.Period(month, "M") for month in kept.values()]
    assert all(calendar.released("gacc", "partner_monthly", pd.Series([p]))[0] == pd.Timestamp(d)
               for d, p in zip(kept, named, strict=True))  # fmt: skip


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ([], ""),
        ([("TKM", "import", 1), ("TKM", "export", 1)], " · Turkmenistan to November 2024"),
        ([("KAZ", "import", 2), ("TKM", "export", 1)],
         " · Kazakhstan to October 2024 · Turkmenistan to November 2024"),
    ],
)  # fmt: skip
def test_a_page_names_the_partners_whose_months_end_earlier(lacking, said, monkeypatch):
    texts = []
    monkeypatch.setattr(report.told, "dated", lambda text, due, name: texts.append(text))
    months = load_trade(frequency="M", currency="CNY", as_of="2025-01-31")
    for partner, flow, back in lacking:
        late = (months["partner"] == partner) & (months["flow"] == flow)
        months = months[~(late & (months["period"] > pd.Period("2024-12") - back))]
    report.dated("2025-01-31", load_trade(as_of="2025-01-31"), months)
    assert texts == [f"Data to December 2024 · public by 31 January 2025{said}"]
    report.dated("2025-01-31", months.iloc[:0], load_trade(as_of="2025-01-31"))
    assert texts[1].endswith("public by 31 January 2025")  # no month, no partner behind


def test_a_page_of_years_waits_for_the_year(monkeypatch):
    kept = {}
    monkeypatch.setattr(report.told, "dated", lambda text, due, name: kept.update(due))
    report.dated("2024-06-30", load_trade(as_of="2024-06-30"))
    first = calendar.released("gacc", "partner_annual", pd.Series([pd.Period("2024")]))[0]
    assert next(iter(kept.items())) == (str(first.date()), "2024")
    # However early the page's day, no release is missed until two years after the newest figures.
    years = [int(year) for year in kept.values()]
    assert years == list(range(2024, years[-1] + 1))
    newest = pd.Timestamp(vintages.newest_day())
    assert pd.Timestamp(list(kept)[-1]) > newest + pd.DateOffset(years=1, months=11)
