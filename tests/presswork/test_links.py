"""What pages say of each other: links that all lead somewhere, days, and how to cite."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from presswork import bundle, engine, links, plan, records, site, store
from silktrade.cli import PROJECT

PAGE = "<body><!--bar--><!--/bar--><!--front--><h1>x</h1><!--/front--><!--made--><!--/made-->"
PAGE += "<!--beside--><!--/beside--><!--foot--><!--/foot--></body>"
DUE = {"name": "release", "releases": [
    ["2026-02-20", "January 2026"], ["2026-03-20", "February 2026"], ["2026-04-20", "March 2026"],
]}  # fmt: skip


def published(folder: Path, name: str, day: str = "2026-03-25", **facts: object) -> plan.Report:
    """Publish a page of a report that was never run."""
    group, _, point = name.partition("_")
    own = {k: facts.pop(k) for k in ("section", "beside", "front") if k in facts}
    grid = {"partner": point} if point else {}
    report = plan.Report(
        name, group, Path("n.ipynb"), PROJECT, f"How is {group}?", grid=grid, **own
    )
    record = records.record(report, None) | {"started": f"{day}T10:00:00+00:00", "seconds": 1.0}
    said = {"messages": [f"{name} grew."], "finding": f"{name} up", "due": DUE, "dated": "Data"}
    store.publish(engine.Outcome(report, record | said | facts, PAGE, "{}"), folder)
    return report


def text(folder: Path, name: str) -> str:
    return (folder / f"{name}.html").read_text()


@pytest.fixture
def batch(tmp_path) -> list[plan.Report]:
    """Publish two groups over partners that are read together, and a page of its own."""
    made = [published(tmp_path, f"profile_{p}", section="Partners", beside=("what",))
            for p in ("KAZ", "KGZ")]  # fmt: skip
    made += [published(tmp_path, f"what_{p}", section="Projections") for p in ("CA5", "KGZ")]
    return [*made, published(tmp_path, "alone")]


def test_pages_lead_to_those_before_and_after_and_of_their_kind(tmp_path, batch):
    site.write_index(tmp_path, batch)
    page = text(tmp_path, "profile_KGZ")
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', page) == [
        ("prev", "profile_KAZ.html"), ("next", "what_CA5.html"),
    ]  # fmt: skip
    assert '<a href="profile_KAZ.html" title="profile_KAZ up">Kazakhstan</a>' in page
    assert '<a class="part" href="index.html#partners" aria-current="true">Partners</a>' in page


@pytest.mark.parametrize(
    ("name", "led"),
    [
        ("profile_KGZ", ["what_KGZ"]),  # of the same partner
        ("profile_KAZ", ["what_CA5"]),  # which has none of its partner: the first
        ("what_KGZ", ["profile_KGZ"]),  # said on one side, told on both
        ("alone", []),
    ],
)
def test_a_page_leads_to_what_it_is_read_with(tmp_path, batch, name, led):
    site.write_index(tmp_path, batch)
    _, _, also = text(tmp_path, name).partition("See also")
    also = also.partition("<!--/beside-->")[0]
    assert re.findall(r'href="(\w+)\.html"', also) == led


def test_every_link_has_words_of_its_own(tmp_path):
    whole = published(tmp_path, "what", finding="Trade up")  # without a parameter beside one with
    one = published(tmp_path, "what_KAZ", finding="Kazakhstan up")
    front = published(tmp_path, "state", finding="Trade up")
    other = published(tmp_path, "other", beside=("what", "state"))
    site.write_index(tmp_path, [whole, one, front, other])
    assert '<a href="what.html" title="Trade up">Trade up</a>' in text(tmp_path, "what_KAZ")
    also = text(tmp_path, "other").partition("See also")[2].partition("<!--/beside-->")[0]
    assert re.findall(">([^<]+)</a>", also) == ["How is what?", "How is state?"]


def test_no_page_leads_to_one_that_is_not_there(tmp_path, batch):
    never = plan.Report("profile_UZB", "profile", Path("n.ipynb"), PROJECT, "How?")
    site.write_index(tmp_path, [*batch, never])
    assert all("profile_UZB.html" not in p.read_text() for p in tmp_path.glob("*.html"))
    bundle.write(tmp_path, tmp_path / "all.zip")  # which refuses a link to what is not there


def test_a_woven_page_is_as_its_record_says_and_is_not_made_again(tmp_path, batch):
    site.write_index(tmp_path, batch)
    assert all(store.intact(tmp_path, report.name) for report in batch)
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir() if p.name != "index.html"}
    site.write_index(tmp_path, batch)
    after = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir() if p.name != "index.html"}
    assert before == after


def test_a_page_that_someone_edited_is_left_for_the_next_run(tmp_path, batch):
    (tmp_path / "alone.html").write_text(PAGE + "edited")
    site.write_index(tmp_path, batch)
    assert text(tmp_path, "alone") == PAGE + "edited"
    assert store.intact(tmp_path, "alone") is None


def test_the_last_good_page_of_a_failed_report_is_woven_too(tmp_path, batch):
    failed = {**records.record(batch[0], None), "status": "failed", "seconds": 1.0, "error": {
        "cell": 1, "code": "f()", "type": "KeyError", "message": "x"},
        "started": "2026-05-01T10:00:00+00:00"}  # fmt: skip
    store.publish(engine.Outcome(batch[0], failed), tmp_path)
    site.write_index(tmp_path, batch)
    assert "made 25 March 2026" in text(tmp_path, batch[0].name)
    bundle.write(tmp_path, tmp_path / "all.zip")  # which holds each page to its record


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-19", "made 19 February 2026 · next release 20 February 2026"),
        ("2026-02-20", "next release 20 March 2026 <strong class=\"late\">1 release behind: "
                       "January 2026</strong>"),
        ("2026-03-25", "next release 20 April 2026 <strong class=\"late\">2 releases behind: "
                       "January to February 2026</strong>"),
    ],
)  # fmt: skip
def test_a_page_is_late_from_the_day_of_a_release(tmp_path, day, said):
    report = published(tmp_path, "alone", day)
    site.write_index(tmp_path, [report])
    assert said in text(tmp_path, "alone")


def test_a_page_says_how_to_cite_it_and_on_which_terms(tmp_path, batch):
    site.write_index(tmp_path, batch)
    page = text(tmp_path, "what_CA5")
    cited = re.sub(r"<[^>]+>", "", re.search(r'<p class="cite">.*?</p>', page, re.DOTALL)[0])
    assert cited.startswith("How to cite silktrade (2026). “what_CA5 up.” China’s trade with")
    assert cited.endswith("Data. what_CA5.html")
    assert PROJECT.terms in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("", "Found an error? Tell whoever sent you this page, with its last line"),
        ("the trade desk, room <9>", "Tell the trade desk, room &lt;9&gt;, with its last line"),
        (
            "desk@example.org",
            '<a href="mailto:desk@example.org?subject=alone">desk@example.org</a>',
        ),
        ("https://example.org/x", '<a href="https://example.org/x">https://example.org/x</a>'),
    ],
)
def test_a_page_says_whom_to_tell_of_an_error(tmp_path, contact, said):
    report = published(tmp_path, "alone")
    report = replace(report, project=replace(PROJECT, contact=contact))
    site.write_index(tmp_path, [report])
    assert said in text(tmp_path, "alone")
    bundle.write(tmp_path, tmp_path / "all.zip")


def test_the_index_opens_with_the_report_in_front(tmp_path):
    reports = [published(tmp_path, "alone"), published(tmp_path, "first", front=True)]
    index = site.write_index(tmp_path, reports).read_text()
    assert index.count("<h1") == 1
    assert "<h1>x</h1>" in index
    missing = plan.Report("first", "first", Path("n.ipynb"), PROJECT, "How?", front=True)
    (tmp_path / "first.html").unlink()
    assert (
        f"<h1>{PROJECT.title}</h1>" in site.write_index(tmp_path, [reports[0], missing]).read_text()
    )


def test_words_of_a_page_cannot_break_what_is_woven(tmp_path):
    report = published(tmp_path, "alone", finding='<b>"up"</b> \\1 & on', section="A & <b>")
    other = published(tmp_path, "other", beside=("alone",))
    site.write_index(tmp_path, [report, other])
    page = text(tmp_path, "other")
    assert "&lt;b&gt;&#34;up&#34;&lt;/b&gt; \\1 &amp; on" in page
    assert "<b>" not in page
    assert links.slug("A & <b>") == "a-b"


def test_a_page_of_a_large_grid_leads_to_its_neighbours_alone(tmp_path):
    made = [published(tmp_path, f"profile_{n:02}") for n in range(30)]
    site.write_index(tmp_path, made)
    page = text(tmp_path, "profile_10").partition("<!--beside-->")[2]
    same = re.findall(r'href="profile_(\d+)\.html"', page.partition("<!--/beside-->")[0])
    assert same == [f"{n:02}" for n in (*range(4, 10), *range(11, 17))]


def test_what_was_read_is_not_held_of_all_pages_at_once(tmp_path):
    many = {"inputs": {f"file {n}": "0" for n in range(100)}, "before": {"inputs": {"a": "0"}}}
    batch = [published(tmp_path, f"profile_{p}", **many) for p in ("KAZ", "KGZ")]
    for page in links.weave(tmp_path, batch):
        assert not {"inputs", "before"} & set(page.record)
    assert store.read_record(tmp_path, "profile_KAZ")["inputs"] == many["inputs"]
