"""The index over all reports: what a card tells, and that it works without a server."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from presswork import engine, plan, provenance, records, site, store
from silktrade.cli import PROJECT


def published(folder: Path, name: str, group: str = "profile", **facts) -> plan.Report:
    """Publish a report that was never run, with a record of its own."""
    report = plan.Report(
        name,
        group,
        Path("n.ipynb"),
        PROJECT,
        f"How is {group}?",
        grid={"partner": name},
        section=group,
    )
    record = records.record(report, None) | {
        "started": "2026-02-01T10:00:00+00:00", "seconds": 1.0, "messages": [f"{name} grew."],
    }  # fmt: skip
    record["parameters"] = {"as_of": "2026-01-31"}
    store.publish(engine.Outcome(report, record | facts, "<p>page</p>", "{}"), folder)
    return report


HISTORY = [["2022", 1e9], ["2023", 3e9], ["2024", 2e9]]
MOVED = {
    "inputs": ["data gacc/2026-11-23/partner_monthly.csv", "code of measures"],
    "headlines": [
        {
            "name": "trade",
            "unit": "USD",
            "label": "Trade",
            "period": "2024",
            "then": 1e9,
            "now": 2e9,
        }
    ],
}


def test_a_card_has_message_numbers_sparkline_changes_and_links(tmp_path):
    headline = {"name": "trade", "value": 2e9, "unit": "USD", "period": "2024", "history": HISTORY}
    report = published(tmp_path, "KAZ", headlines=[headline], changes=MOVED)
    (tmp_path / "KAZ.pdf").touch()
    index = site.write_index(tmp_path, [report]).read_text()
    assert "KAZ grew." in index
    assert 'aria-label="Trade: 1.0 bn dollars in 2022, 2.0 bn dollars in 2024"' in index
    assert 'points="0.0,28.0 75.0,0.0 150.0,14.0 "' in index
    assert "Trade, 2024: 1.0\xa0bn dollars → 2.0\xa0bn dollars (+100.0\xa0%)" in index
    inputs = "data gacc/2026-11-23/partner_monthly.csv; code of measures."
    assert f"Changed inputs: {inputs}" in index
    assert '<a href="KAZ.pdf"' in index
    assert 'made <time datetime="2026-02-01T10:00:00+00:00">1 February 2026</time>' in index


def test_a_card_does_not_say_its_title_twice(tmp_path):
    said = "Trade rose 11.0 % to 48 dollars in 2025, a record. It was 45 % of all. April fell."
    for name, finding, shown in (
        ("KAZ", "Trade up 11.0 % to 48 dollars in 2025", "It was 45 % of all. April fell."),
        ("KGZ", "Trade up 11.0 % to 49 dollars in 2025", said),  # a number of its own
        ("TJK", "Trade up", said),
    ):
        report = published(tmp_path / name, name, finding=finding, messages=[said])
        index = site.write_index(tmp_path / name, [report]).read_text().replace("\xa0", " ")
        assert f'<p class="said">{shown}</p>' in index


def test_a_flat_history_and_none(tmp_path):
    flat = {"name": "a", "value": 1.0, "unit": "USD", "period": "2024",
            "history": [["2023", 1.0], ["2024", 1.0]]}  # fmt: skip
    reports = [published(tmp_path, "KAZ", headlines=[flat]), published(tmp_path, "UZB")]
    index = site.write_index(tmp_path, reports).read_text()
    assert index.count("<polyline") == 1
    assert "Since the last change" not in index


def test_a_failure_links_the_notebook_as_it_failed(tmp_path):
    report = published(tmp_path, "KAZ")
    error = {"cell": 2, "code": "f()", "type": "KeyError", "message": "'x'"}
    failed = {**records.record(report, None), "status": "failed", "error": error, "seconds": 1.0,
              "started": "2026-03-01T10:00:00+00:00"}  # fmt: skip
    store.publish(engine.Outcome(report, failed, notebook="{}"), tmp_path)
    index = site.write_index(tmp_path, [report]).read_text()
    assert 'href="KAZ.failed.ipynb"' in index
    assert "in code cell 2, <code>f()</code>: KeyError: &#39;x&#39;" in index
    assert "KAZ grew." in index  # the last good answer stays
    store.publish(engine.Outcome(report, {**failed, "status": "ok"}, "<p>", "{}"), tmp_path)
    assert not (tmp_path / "KAZ.failed.ipynb").exists()


def test_the_history_of_a_headline_is_finite(capsys):
    years = pd.period_range("2022", periods=2, freq="Y")
    provenance.headline(
        "trade", 2.0, "USD", "2023", "Trade", history=pd.Series([1.0, 2.0], index=years)
    )
    assert capsys.readouterr().out == "Trade, 2023: 2 dollars\n"
    with pytest.raises(ValueError) as refused:
        provenance.headline(
            "trade", 2.0, "USD", "2023", "Trade", history=pd.Series([float("nan"), 2.0])
        )
    assert str(refused.value) == (
        "history of trade must have finite numbers only: drop missing periods"
    )


def test_typing_filters_and_dates_become_ages(tmp_path, browser):
    reports = [published(tmp_path, n, g) for n, g in (("KAZ", "trade"), ("UZB", "trade"),
                                                      ("outturn", "projection"))]  # fmt: skip
    index = site.write_index(tmp_path, reports)
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(index.as_uri())
    cards, sections = tab.locator(".card:visible"), tab.locator("main > section:visible")
    assert (cards.count(), sections.count()) == (3, 2)
    tab.get_by_label("Find a report").fill("uzb TRADE")
    assert (cards.count(), sections.count()) == (1, 1)
    assert tab.locator("#found").inner_text() == "1 report"
    tab.get_by_label("Find a report").fill("nothing like it")
    assert (cards.count(), tab.locator("#found").inner_text()) == (0, "0 reports")
    tab.get_by_label("Find a report").fill("")
    assert (cards.count(), tab.locator("#found").inner_text()) == (3, "")
    assert tab.locator("time").first.inner_text().endswith("days ago")
    context.close()


def test_without_scripts_everything_is_there_but_the_filter(tmp_path, browser):
    index = site.write_index(tmp_path, [published(tmp_path, "KAZ")])
    context = browser.new_context(offline=True, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(index.as_uri())
    assert tab.locator(".card:visible").count() == 1
    assert not tab.locator("#find").is_visible()
    assert tab.locator("time").inner_text() == "1 February 2026"
    context.close()
