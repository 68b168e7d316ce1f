"""Pages as a reader meets them: what they say first, what they carry, and how they look."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup
from conftest import looked_at
from nbconvert import HTMLExporter

import silktrade as st
from presswork import cleaning, formulas, markup, pdf, provenance, render, wording
from presswork.exporter import PageExporter
from presswork.project import Project
from silktrade import figures, tables
from silktrade.cli import PROJECT
from silktrade.figures.canvas import figure_html
from silktrade.tables import style

mpl.use("agg")
# Bytes: a third is style (light, dark, phone, print), a third the record of how it was made, the
# rest links, folds and text. All of a page is held to 200 kB below.
SIZE = 42_000  # 2 kB of it links of words to their meanings, and whom to tell of an error
DOTS = "data:image/png;base64,AAAA"
PLAIN = replace(PROJECT, words={})  # what its words become is told in test_glossary
SNAPSHOT = {
    "source": "gacc", "vintage": "2026-01-01", "dataset": "flows", "title": "Flows <by> partner",
    "kind": "verbatim", "producer": "China Customs", "licence": "free", "sha256": "0" * 64,
}  # fmt: skip
CHANGES = {
    "inputs": ["data/gacc/flows.csv", "notebook <r>"],
    "headlines": [
        {
            "name": "trade_usd",
            "unit": "USD",
            "label": "Trade in dollars",
            "period": "2024",
            "then": 40e9,
            "now": 44e9,
        },
        {
            "name": "growth_80_low",
            "unit": "growth",
            "label": "Growth",
            "period": "2024",
            "then": None,
            "now": 0.1,
        },
        {"name": "balance", "unit": "USD", "period": "2024", "then": -1e9, "now": None},
    ],
}


def told(folder: Path, name: str) -> dict:
    return json.loads((folder / f"{name}.json").read_text())


def record(**other: object) -> dict:
    """Make the record of a report."""
    made = {
        "report": "r", "title": "Why?", "status": "ok", "parameters": {"as_of": "2026-01-31"},
        "messages": ["It <grew>."], "headlines": [], "snapshots": [SNAPSHOT],
        "versions": provenance.versions("silktrade"), "commit": {"id": "c" * 40, "dirty": True},
        "notebook": "r.ipynb", "group": "r", "grid": {}, "changes": None,
        "started": "2026-01-01T00:00:00+00:00", "seconds": 1.0, "timings": {"cell": 1},
        "inputs": {"notebook": "1"}, "before": {"inputs": {}, "headlines": []}, "cpu_seconds": 2.0,
    }  # fmt: skip
    return made | other


def rendered(
    *outputs: dict, lead: str = "", text: str = "", project: Project = PLAIN, **other: object
) -> str:
    """Render a page of one code cell with these outputs."""
    new = nbformat.v4
    cells = [new.new_markdown_cell(f"# Why?\n\n{lead}"), new.new_code_cell("f()", id="a" * 8)]
    cells[1].outputs = [new.new_output("display_data", data=o) for o in outputs]
    cells += [new.new_markdown_cell(text)] if text else []
    return render.page(new.new_notebook(cells=cells), record(**other), project)


def shows(html: str) -> dict:
    return {"text/html": html}


def rich() -> str:
    """Render a page of everything that a page may hold."""
    total, trade = st.load_totals(), st.load_trade()
    charts = [figures.total_trade(total, st.load_events()), figures.growth_bars(total)]
    charts += [figures.coverage(trade), figures.months_by_year(st.load_totals(frequency="M"))]
    outputs = [shows(figure_html(ax.figure)) for ax in charts]
    outputs += [shows(tables.partners(trade, "2024").to_html()) for _ in range(2)]
    outputs += [{provenance.HEADLINE: {}, "text/html": "<p>x</p>"}, {"text/plain": "x " * 200}]
    headlines = [
        {"name": "trade", "value": 43.8e9, "unit": "USD", "period": "2024", "label": "Trade"}
    ]
    synthetic = {**SNAPSHOT, "kind": "synthetic", "title": "Invented <flows>"}
    text = "## Who?\n\n$H = \\sum_i s_i^2$\n\n## What?\n\n[a link](https://example.org)\n\n## How?"
    return rendered(
        *outputs, lead="The index is $$x_1$$", text=text, headlines=headlines, changes=CHANGES,
        snapshots=[SNAPSHOT, synthetic], project=PROJECT,
    )  # fmt: skip


@pytest.fixture(scope="session")
def kinds(tmp_path_factory, made) -> Path:
    """Gather a page of every kind: rich, bare, of a notebook that ran, with a warning, index."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "rich.html").write_text(rich())
    (folder / "bare.html").write_text(rendered())
    for name in ("index", "profile_KAZ", "warns"):
        (folder / f"{name}.html").write_text((made / f"{name}.html").read_text())
    return folder


# ---------------------------------------------------------------- what a page says


def test_the_page_gives_the_answer_first(made):
    page = (made / "profile_KAZ.html").read_text()
    asked = "How does China’s trade stand? – Kazakhstan"
    assert f"<title>{asked} · China’s trade with Central Asia</title>" in page
    places = [
        page.index(text)
        for text in (
            f"<h1>{asked}</h1>",
            '<p class="key-message">Trade with KAZ &lt;doubled&gt; &amp; grew.</p>',
            "Why it matters, and in which unit.",
            'alt="A line rises."',
            '<nav class="contents" aria-labelledby="contents">',
        )
    ]
    assert places == sorted(places)
    assert page.count("<h1") == 1
    assert page.count('class="key-message"') == 1


def test_contents_lead_to_their_headings(made):
    page = (made / "profile_KAZ.html").read_text()
    links = re.findall(r'<li><a href="#([^"]+)">', page)
    assert links == ["how-big-is-it", "how-big-is-it-2", "what-could-be-wrong", "how-this-was-made"]
    assert [page.count(f'id="{link}"') for link in links] == [1, 1, 1, 1]


def test_the_page_folds_code_and_tells_how_it_was_made(made):
    page = (made / "profile_KAZ.html").read_text()
    code = page.index("key_message(f")
    assert page.rfind("<details", 0, code) > page.rfind("</details>", 0, code)
    sha256 = told(made, "profile_KAZ")["snapshots"][0]["sha256"]
    assert page.count(f"<td>{sha256[:12]}</td>") == 1
    assert page.index(f"<td>{sha256[:12]}</td>") > page.index("Code: How this was made")
    assert "<code>partner = KAZ</code>, <code>draws = 20</code>" in page


def test_headline_numbers_stand_together_where_the_first_is_said(made):
    page = (made / "profile_KAZ.html").read_text()
    assert page.count('<dl class="numbers">') == 1
    told = (
        "<dt>Trade in dollars, 2024</dt><dd>43.8\xa0bn dollars</dd></div>\n"
        "<div><dt>Growth, 2024</dt>"
    )
    assert f"{told}<dd>−3.4\xa0%</dd>" in page
    assert page.index('class="numbers"') < page.index("<h2")


def test_the_code_stands_at_the_foot_under_the_headings_of_the_page(made):
    page = (made / "profile_KAZ.html").read_text()
    folds = re.findall(r"<summary>(.*?)</summary>", page[page.index('id="how-this-was-made"') :])
    assert folds == [
        "Code: setup and parameters", "Code: How *big* is it?", "Code: How big is it?",
        "Code: How this was made", "Files and hashes: 1 read",
    ]  # fmt: skip
    assert "<summary>Code" not in page[: page.index('id="how-this-was-made"')]


def test_tables_scroll_and_name_their_headers(made):
    page = (made / "profile_KAZ.html").read_text()
    table = page[page.index('<th scope="col">y0</th>') - 300 :]
    assert 'class="scroll"' in table[:300]
    assert '<th scope="row">export</th>' in table
    assert not re.search(r"<th\b(?![^>]*scope=)", page)


def test_warnings_are_shown(made):
    page = (made / "warns.html").read_text()
    assert "UserWarning: odd figures" in page
    assert "stderr" not in (made / "profile_KAZ.html").read_text().split("</style>")[1]


def test_synthetic_data_opens_the_page_with_a_banner():
    synthetic = {**SNAPSHOT, "kind": "synthetic", "title": "Invented <flows>"}
    page = rendered(snapshots=[synthetic])
    assert page.index("Synthetic data.") < page.index("<h1>")
    assert "Invented &lt;flows&gt;" in page
    assert "Synthetic data." not in rendered()


def test_a_page_is_a_function_of_its_inputs():
    first, later = (
        rendered(shows("<p>x</p>"), started=day, seconds=s, timings={"cell": s}, shown={"x": day})
        for day, s in (("2026-01-01", 1.0), ("2027-07-07", 2.0))
    )
    assert first == later
    assert first != rendered(shows("<p>y</p>"))


def test_a_page_without_provenance_tells_it_all_the_same():
    page = rendered()
    assert page.count("<caption>Whose figures these are") == 1
    assert page.index("How this was made") < page.index("<footer>")
    assert f"commit <code>{'c' * 12}</code>, with local changes" in page


@pytest.mark.parametrize("mime", ["image/png", "image/svg+xml"])
def test_a_bare_image_needs_a_description(mime):
    with pytest.raises(ValueError, match=r"^1 figure\(s\) have no alternative text"):
        rendered({mime: "aaaa"})


def test_a_figure_that_says_it_misleads_stops_the_page():
    figure = '<figure class="chart" data-faults="“8 %” stands at 7.5 &amp; more"><p>x</p></figure>'
    with pytest.raises(
        ValueError, match=r"^1 figure\(s\) would mislead: “8 %” stands at 7.5 & more"
    ):
        rendered(shows(figure))


WHY = "Not known on 1 May 2015: the first was public in 2016"
LACKS = shows(f'<p class="note">{WHY}.</p>')
TABLE = shows(f"<table><caption>Flows. {WHY}</caption><tr><td>1</td></tr></table>")
EXPLAINED = {"text/markdown": "How to read it."}


@pytest.mark.parametrize(
    ("outputs", "times", "read"),
    [
        ([LACKS, LACKS], 1, False),
        ([TABLE, LACKS], 1, False),
        ([LACKS, shows("<table><tr><td>1</td></tr></table>")], 1, True),
        ([shows(f"{LACKS['text/html']}<style data-lab>a:has(>b){{}}</style>")], 1, False),
        ([TABLE], 1, True),
        ([shows("<p>It rose.</p>")], 0, True),
    ],
)
def test_a_section_says_once_why_it_lacks_a_figure_and_not_how_to_read_it(outputs, times, read):
    html = rendered(*outputs, EXPLAINED, text="It shows what rose.\n\n## Next?\n\nMore.")
    answer = html[html.index("<main") : html.index('id="how-this-was-made"')]
    answer = re.sub("<[^>]*>", "", answer)
    assert answer.count(WHY) == times
    assert ("How to read it." in answer) == read
    assert ("It shows what rose." in answer) == read
    assert "More." in answer


def test_the_record_travels_in_the_page():
    page = rendered(messages=["</script><b>"], changes=CHANGES, grid={"partner": "KAZ"})
    carried = re.findall(r'<script id="record" type="application/json">(.*?)</script>', page)
    assert len(carried) == 1
    given = record(messages=["</script><b>"], changes=CHANGES, grid={"partner": "KAZ"})
    for left_out in ("started", "seconds", "cpu_seconds", "timings", "inputs", "before", "changes"):
        del given[left_out]
    del given["snapshots"]  # the page has their table
    assert json.loads(carried[0]) == given
    assert page.count("</script>") == 2  # and that of charts


def test_clock_times_are_left_out_at_any_depth():
    page = rendered(snapshots=[{**SNAPSHOT, "started": "2031-01-01"}])
    assert "2031" not in page


def test_what_changed_stands_above_the_sections():
    page = rendered(text="## A\n\n## B\n\n## C", lead="Lead.", changes=CHANGES)
    assert page.index("Lead.") < page.index('class="changes"') < page.index('<h2 id="a"')
    rows = re.findall(r"<tr><th scope=\"row\">(Trade.*?|Growth.*?|Balance.*?)</tr>", page)
    assert [re.sub(r"<[^>]+>", "|", row) for row in rows] == [
        "Trade in dollars, 2024||40.0\xa0bn dollars||44.0\xa0bn dollars||+10.0\xa0%|",
        "Growth, 80\xa0% range, low end, 2024||–||10.0\xa0%||new|",
        "Balance, 2024||−1.0\xa0bn dollars||–||gone|",
    ]
    assert "Changed inputs: data/gacc/flows.csv, notebook &lt;r&gt;." in page


@pytest.mark.parametrize("changes", [None, {}, {"inputs": [], "headlines": []}])
def test_nothing_is_said_where_nothing_changed(changes):
    assert "Since the last" not in rendered(changes=changes)


def test_many_changed_inputs_are_cut_short():
    page = rendered(changes={"inputs": [f"code of m{i}" for i in range(15)], "headlines": []})
    assert "code of m10, code of m11 and 3 more.</p>" in page
    assert "m12" not in page


def test_a_changed_input_that_moves_no_number_says_so():
    page = rendered(changes={"inputs": ["code"], "headlines": []})
    assert "No headline number moved." in page
    assert "Changed inputs: code." in page


@pytest.mark.parametrize(
    ("unit", "then", "now", "said"),
    [
        ("USD", 40e9, 30e9, ("40.0 bn dollars", "30.0 bn dollars", "−25.0 %")),
        ("USD", -4e9, -5e9, ("−4.0 bn dollars", "−5.0 bn dollars", "−25.0 %")),
        ("USD", 0, 5e9, ("0 dollars", "5.0 bn dollars", "from nothing")),
        ("growth", 0.1, -0.02, ("10.0 %", "−2.0 %", "−12.0 points")),
        ("share", 0.4581, 0.45812, ("45.81 %", "45.812 %", "+0.002 points")),
        ("growth", -0.10001, -0.10002, ("−10.001 %", "−10.002 %", "−0.001 points")),
    ],
)
def test_a_change_shows_what_differs(unit, then, now, said):
    row = {"name": "a", "unit": unit, "period": "2024", "then": then, "now": now}
    assert wording.changes({"inputs": [], "headlines": [row]})["rows"] == [("A, 2024", *said)]


# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $6 a barrel",
        "$20,000 and $30,000",
        "US$5bn a year, US$6bn the next",
        "5$ here and 6$ there",
        "coal ($) and gas ($)",
        "between $ 5 and 6 $",
        "price rose by $5-$10",
    ],
)
def test_money_is_no_formula(text):
    assert formulas.markdown_html(text).strip() == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "formula", "display"),
    [
        ("the index $H$ rose", "H", "inline"),
        ("it is $x_1 + 5$.", "x_1 + 5", "inline"),
        ("at $5 it is $n$-fold", None, None),  # as pandoc: the first dollar sign opens
        ("cost \\$5 and $n$", "n", "inline"),
        ("$$\n\\frac{a}{b}\n$$", "\\frac{a}{b}", "block"),
    ],
)
def test_a_formula_becomes_mathml(text, formula, display):
    html = formulas.markdown_html(text)
    if formula is None:
        assert html.count("<math") <= 1
        return
    assert f'<math display="{display}" alttext="{formula}">' in html
    assert html.count("<math") == 1
    assert "$" not in html.replace("$5", "")


def test_formulas_know_the_macros_of_all_cells_of_their_notebook():
    cells = [r"$\newcommand{\E}[1]{\mathrm{E}\left[#1\right]}$ \def\a{\frac{x}{\sqrt{y}}}", "text"]
    formulas.define(cells)
    assert '<math display="inline" alttext="\\E{\\a}">' in formulas.markdown_html(r"$\E{\a}$")
    formulas.define([])
    with pytest.raises(ValueError, match="is unknown here"):
        formulas.mathml(r"\E{x}")


def test_code_and_its_dollar_signs_are_left_alone():
    assert formulas.markdown_html("`$x$`").strip() == "<p><code>$x$</code></p>"
    assert "<math" not in formulas.markdown_html("```\n$x$\n```")


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("x_{", "missing super script or subscript"),
        ("x_2_3", "double subscripts"),
        (r"\groth x", r"\groth is unknown here"),
        ("a & b", "& is unknown here"),
    ],
)
def test_a_formula_that_is_refused(formula, reason):
    with pytest.raises(ValueError) as error:
        formulas.markdown_html(f"so ${formula}$ holds")
    assert str(error.value) == (
        f"formula must be LaTeX that becomes MathML, got ${formula}$: {reason}: correct it, or "
        r"write \$ for a plain dollar sign"
    )


# ---------------------------------------------------------------- markup


class Cells(HTMLParser):
    """Collect the texts of cells, and what their opening tags say."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[tuple[str, dict, str]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag in ("td", "th"):
            self.cells.append((tag, dict(attrs), ""))
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.open:
            tag, attrs, text = self.cells[-1]
            self.cells[-1] = (tag, attrs, text + data)


def cells(html: str) -> list[tuple[str, dict, str]]:
    parser = Cells()
    parser.feed(html)
    return [(tag, attrs, text.strip()) for tag, attrs, text in parser.cells]


def test_apostrophes_are_written_as_print_does_in_text_alone():
    given = "<p title=\"a > it's\">it's &#x27; the five&#39;s</p><code>it's</code>"
    made = "<p title=\"a > it's\">it’s &#x27; the five’s</p><code>it's</code>"
    assert markup.typeset(given) == made


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ('so "proven" asks', "so “proven” asks"),
        ('<p>"Proven" asks, "it is".</p>', "<p>“Proven” asks, “it is”.</p>"),
        ("(&quot;a&quot;) &#34;b&#34;", "(“a”) “b”"),
        ('"<em>x</em>" is', "“<em>x</em>” is"),
        ('<code>"x"</code> <a href="y">', '<code>"x"</code> <a href="y">'),
        ("bar 80 %, 5 points, 2 times", "bar 80\xa0%, 5\xa0points, 2\xa0times"),
        ("a % of 5 bnx <b title='5 %'>", "a % of 5 bnx <b title='5 %'>"),
    ],
)
def test_marks_and_spaces_are_written_as_print_does(given, made):
    assert markup.typeset(given) == made


def test_a_line_does_not_begin_with_the_mark_after_a_formula(browser):
    html = formulas.markdown_html("word " * 7 + "$H = \\sum_i s_i^2$: one, $x$ two")
    html = cleaning.clean(html, {})  # as a page has it
    page = browser.new_page()
    tops = []
    for html_now in (html, markup.typeset(html)):
        page.set_content(f"<style>.whole {{ white-space: nowrap }}</style>{html_now}")
        tops.append(
            [
                page.evaluate(
                    """width => { document.body.style.width = width + 'px';
               const text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
               while (!text.nextNode().data.startsWith(':'));
               const range = document.createRange(); range.setStart(text.currentNode, 0);
               range.setEnd(text.currentNode, 1);
               return document.querySelector('math').getBoundingClientRect().bottom
                 > range.getBoundingClientRect().top }""",
                    width,
                )
                for width in range(150, 500, 3)
            ]
        )
    page.close()
    assert not all(tops[0])  # as browsers break it of themselves
    assert all(tops[1])


def test_slim_tables_say_what_pandas_wrote():
    html = tables.catalogue(_frame()).to_html()
    after = markup.tabled(html)
    kept = [c for c in cells(after) if c[2]]
    assert [c[2] for c in kept] == [c[2] for c in cells(html) if c[2]]
    assert len(after) < 0.7 * len(html)
    assert "id=" not in after
    # Text stands left as pandas' own style block has it, numbers right.
    left = {c[2] for c in kept if c[1].get("class") == "left"}
    assert "Flows by year" in left
    assert "12" not in left


def _frame() -> pd.DataFrame:
    """Give a table of snapshots with text and numbers."""
    row = {"source": "gacc", "vintage": "2026-01-01", "dataset": "flows", "title": "Flows by year",
           "coverage": "2020 to 2024", "kind": "verbatim", "rows": 12}  # fmt: skip
    return pd.DataFrame([row, row | {"dataset": "other"}])


def test_prose_in_a_table_has_a_width_of_its_own_on_a_phone(browser):
    text = "a word and another, " * 8
    frame = pd.DataFrame({"said": [text], "short": ["a"], "is": [1.5]}, index=["row"])
    html = markup.tabled(style.styled(frame, "Claims", {}).to_html())
    assert html.count("long") == 1
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.set_content(f"<style>{render.css()}</style>{html}")
    assert page.locator("td", has_text="another").bounding_box()["width"] >= 15 * 16
    page.close()


def test_a_style_that_is_not_known_is_left_alone():
    styled = pd.DataFrame({"a": [1]}).style.map(lambda _: "color: red")
    html = styled.to_html()
    assert "color: red" in markup.tabled(html)
    identity = re.search(r'id="(T_\w+_row0_col0)"', html)[1]
    assert identity in markup.tabled(html)


def test_plain_code_keeps_every_character():
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    source = 'def f(x):  # a < b\n    return f"{x} & y" if x else None\n'
    html = highlight(source, get_lexer_by_name("python"), HtmlFormatter())
    plain = markup.plain_code(html)
    assert "<span" not in plain
    assert "<div" not in plain
    text = re.sub(r"<[^>]+>", "", plain).replace("&lt;", "<").replace("&amp;", "&")
    assert text.replace("&quot;", '"').strip() == source.strip()
    assert "<i># a &lt; b</i>" in plain


def test_two_tables_of_one_caption_are_told_apart():
    table = "<table><caption>Flows</caption><tr><td>1</td></tr></table>"
    html = markup.regions_named(markup.tabled(table) + markup.tabled(table))
    assert re.findall(r'aria-label="([^"]+)"', html) == ["Flows", "Flows (2)"]
    assert html.count('<figure class="table">') == 2


def test_the_table_behind_a_chart_is_wrapped_once():
    chart = figure_html(figures.growth_bars(st.load_totals()).figure)
    page = rendered(shows(chart))
    assert len(re.findall(r'<figure class="(?!table")', page)) == 1
    details = page[page.index('<details class="chart-data">') :]
    details = details[: details.index("</details>")]
    assert details.count('class="scroll"') == details.count("<table>") == 1
    rows = [text for tag, _, text in cells(details) if tag == "td"]
    assert rows == [text for tag, _, text in cells(chart) if tag == "td"]


@pytest.mark.parametrize(
    "image",
    ["<IMG SRC='{}'>", '<img src={} data-alt="x">', '<img alt="" src={}>', "<img src='{}' alt>"],
)
def test_an_image_without_a_text_is_refused(image):
    with pytest.raises(ValueError, match="1 figure"):
        rendered(shows(image.format(DOTS)))


@pytest.mark.parametrize(
    "image",
    ["<IMG ALT='A line' src={}>", "<img alt=rises src={}>",
     '<img title="a > b" alt = "A line" src={}>'],
)  # fmt: skip
def test_an_image_with_a_text_is_taken_however_it_is_written(image):
    assert "<img" in rendered(shows(image.format(DOTS)))


def test_what_a_cell_leaves_open_ends_with_it(browser):
    page = browser.new_page()
    page.set_content(rendered(shows("<table><tr><td>1"), lead="<b>a", text="<i>never closed"))
    parents = page.evaluate(
        "[...document.querySelectorAll('footer')].map(f => f.parentNode.tagName)"
    )
    assert parents == ["BODY"]
    assert page.evaluate("getComputedStyle(document.querySelector('footer')).fontStyle") == "normal"
    page.close()


def test_a_page_says_what_nbconverts_own_exporter_would_have_it_say(monkeypatch):
    ours = rich()
    monkeypatch.setattr(
        PageExporter, "from_notebook_node", HTMLExporter.from_notebook_node
    )  # which reads its page once more
    render._exporter.cache_clear()
    theirs = rich()
    render._exporter.cache_clear()
    assert BeautifulSoup(ours, "html.parser") == BeautifulSoup(theirs, "html.parser")


# ---------------------------------------------------------------- size and look


def beside_figures(page: str) -> int:
    """Count the bytes of a page that are in no chart and no table of results."""
    own = re.search(r'<section class="making".*?</section>', page, flags=re.DOTALL)
    words = "".join(re.findall(r'<section class="words".*?</section>', page, flags=re.DOTALL))
    assert len(words) <= 6_000  # text to read, as tables are, and with them in a profile's 200 kB
    rest = (
        page.replace(own[0], "").replace(words, "").replace(render.script(), "")
    )  # which is the charts'
    rest = re.sub(r'href="data:application/vnd[^"]*"', "", rest)  # their workbook
    return len((re.sub(r"<figure\b.*?</figure>", "", rest, flags=re.DOTALL) + own[0]).encode())


def self_contained(page: str) -> bool:
    """Whether a page asks for nothing outside itself and runs nothing but the charts' script."""
    asked = re.findall(r"""<[^>]+\bsrc=["'](?!data:)""", page)
    page = page.replace(f"<script>{render.script()}</script>", "")
    asked += re.findall(r'<script(?! id="record" type="application/json")', page)
    return not asked and not re.search(r'@import|<link(?! rel="icon" href="data:)|url\(', page)


@pytest.mark.parametrize("name", ["rich", "bare", "profile_KAZ", "warns"])
def test_a_page_is_small_and_self_contained(kinds, name):
    page = (kinds / f"{name}.html").read_text()
    assert beside_figures(page) <= SIZE
    assert self_contained(page)


def test_real_pages_are_small_and_self_contained(site):
    pages = {p.stem: p.read_text() for p in site.glob("*.html")}
    assert len(pages) > 5
    del pages["index"]  # its cards grow with the batch, and it may search among them
    assert {n: size for n, p in pages.items() if (size := beside_figures(p)) > SIZE} == {}
    assert [n for n, p in pages.items() if not self_contained(p)] == []


def test_real_charts_all_have_their_data(site):
    for path in site.glob("*.ipynb"):
        page = path.with_suffix(".html").read_text()
        charts = re.findall(r'<figure class="chart"[^>]*>.*?</figure>', page, re.DOTALL)
        code = "".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")
        drawn = len(re.findall(r"\bfigures\.[a-z]\w+\(", code)) + page.count('<div class="either">')
        assert len(charts) == drawn, path.stem
        said = re.findall(r'<p class="chart-source">Source: (.*?)\.( Public by .*)?</p>', page)
        assert len(said) == drawn, path.stem
        # Publishers and day come from the frames alone: where a verb lets them fall, it shows here.
        assert [s for s in said if s[0] in ("", "own figures") or not s[1]] == [], path.stem
        lacking = [c[:200] for c in charts if c.count("download=") != 1 or "<td>" not in c]
        assert lacking == [], path.stem


@pytest.mark.parametrize("name", ["rich", "bare", "profile_KAZ", "warns", "index"])
def test_pages_in_a_browser(kinds, browser, name):
    assert looked_at(browser, kinds / f"{name}.html") == {}


def test_a_browser_sees_what_is_wrong(tmp_path, browser):
    # The checks above are worth something only if they object to a bad page.
    (tmp_path / "bad.html").write_text(
        "<html><body><h1>A</h1><h1>B</h1><img src='http://example.org/x.png'>"
        "<style>@media (prefers-color-scheme: dark) { body { background: #000 }"
        " #late { background: #ddd !important } }</style>"
        "<p style='background:#000; color:#eee'><i>one</i></p>"
        "<p style='background:#000; color:#eee' id=late><i id=twin>two</i></p>"
        "<p style='color:#222;width:2000px'>dark</p><figure class=chart style='margin-top:1000px'>"
        "x<div class=plot><svg viewBox='0 0 200 20' width=100><text font-size=13>small</text>"
        "<g role=nonsense></g></svg></div></figure>"
        "<div class=scroll aria-label=Flows style='width:90px;overflow:auto'>"
        "<p style='width:99px'>x</p></div><table><tr><td>9.1<tr><td>9.2<tr id=odd><td "
        "style='color:#222'>9.3</table><script>console.log('x')</script></body></html>"
    )
    found = looked_at(browser, tmp_path / "bad.html", {390: 700, 1280: 5000})
    assert (found["cut"], found["letters at 390"]) == (["Flows"], [["small", 6.5]])
    assert set(found) == {
        "asked", "said", "headings", "images", "too wide at 1280", "too wide at 390",
        "too wide at 320", "first chart at 390", "letters at 390", "letters at 1280", "cut",
        "axe light 1280", "axe dark 390", "axe dark 1280",
    }  # fmt: skip
    rules = {f.split(":")[0] for f in found["axe light 1280"]}
    assert {"image-alt", "html-has-lang", "aria-roles"} <= rules
    assert "color-contrast" not in rules
    (contrast,) = found["axe dark 1280"]
    assert contrast.startswith("color-contrast: ")
    assert "odd" in contrast  # a row that is not like those above it
    assert "twin" in contrast  # a text like one above it, on another ground
    # What looked wrong once is not taken for right on the next page.
    assert looked_at(browser, tmp_path / "bad.html")["axe dark 1280"] == [contrast]


def test_the_csv_of_a_chart_can_be_saved_offline(kinds, browser, tmp_path):
    context = browser.new_context(offline=True, java_script_enabled=False, accept_downloads=True)
    tab = context.new_page()
    tab.goto((kinds / "rich.html").as_uri())
    with tab.expect_download() as download:
        tab.locator(".chart a[download]").first.click()
    download.value.save_as(tmp_path / "x.csv")
    assert download.value.suggested_filename.startswith("trade-with-the-five-central")
    context.close()
    table = pd.read_csv(tmp_path / "x.csv")
    total = st.load_totals()
    assert table["value"].tolist() == pytest.approx(total.tolist(), rel=5e-5)  # as it is printed
    assert table["year"].tolist() == total.index.year.tolist()


def test_code_and_closed_folds_are_not_printed(kinds, browser):
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto((kinds / "rich.html").as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    assert not tab.locator("details.code").first.is_visible()
    assert not tab.locator("details.chart-data").first.is_visible()
    assert tab.locator(".key-message").first.is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    context.close()


# ---------------------------------------------------------------- PDF


def test_a_pdf_is_tagged_and_has_an_outline(kinds, browser, tmp_path):
    target = pdf.write(kinds / "rich.html", tmp_path / "new" / "rich.pdf")
    assert [p.name for p in target.parent.iterdir()] == ["rich.pdf"]
    reader = pypdf.PdfReader(target)
    root = reader.trailer["/Root"]
    assert len(reader.pages) > 1
    assert reader.metadata.title == "Why? · China’s trade with Central Asia"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    flat = [
        o.title for part in reader.outline for o in (part if isinstance(part, list) else [part])
    ]
    assert flat == ["Why?", "Who?", "What?", "How?", "Words used here", "How this was made"]
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "It <grew>." in text
    assert "(https://example.org)" in text
    assert "Download as CSV" not in text
    width, height = (float(reader.pages[0].mediabox[i]) for i in (2, 3))
    assert (round(width), round(height)) == (595, 842)  # A4, in points


def stand_in(tmp_path: Path, script: str, monkeypatch) -> str:
    """Make a browser of a shell script."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(browser))
    return str(browser)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'no display' >&2; exit 3", "{} cannot print p.html: no display"),
        ("exit 4", "{} cannot print p.html: exit status 4"),
        ("exit 0", "{} wrote no PDF of p.html: try another with CHROMIUM"),
        (
            'for a; do case $a in --print-to-pdf=*) echo half > "${a#*=}";; esac; done',
            "{} wrote no PDF of p.html: try another with CHROMIUM",
        ),
        (
            "sleep 30",
            "{} took more than 0.2 s to print p.html: try again, or try another with CHROMIUM",
        ),
    ],
)
def test_a_pdf_that_fails_leaves_the_old_one(tmp_path, monkeypatch, script, message):
    browser = stand_in(tmp_path, script, monkeypatch)
    if "sleep" in script:
        monkeypatch.setattr(pdf, "SECONDS", 0.2)
    (tmp_path / "p.html").write_text("<p>x</p>")
    (tmp_path / "p.pdf").write_text("old")
    with pytest.raises(RuntimeError) as error:
        pdf.write(tmp_path / "p.html", tmp_path / "p.pdf")
    assert str(error.value) == message.format(browser)
    assert (tmp_path / "p.pdf").read_text() == "old"
    assert {p.name for p in tmp_path.iterdir()} == {"browser", "p.html", "p.pdf"}


def test_a_pdf_without_a_page_or_a_browser(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError) as error:
        pdf.write(tmp_path / "p.html", tmp_path / "p.pdf")
    assert str(error.value) == f"page {tmp_path / 'p.html'} does not exist: run its report first"
    (tmp_path / "p.html").write_text("x")
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(FileNotFoundError) as error:
        pdf.write(tmp_path / "p.html", tmp_path / "p.pdf")
    assert str(error.value) == (
        "CHROMIUM must name a browser that can be run, got 'no-such-browser'"
    )
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"^a PDF needs a browser, none of chromium, "):
        pdf.find_browser()


def test_only_root_prints_without_a_sandbox(tmp_path, monkeypatch):
    asked = []

    def run(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, b"", b"x")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("CHROMIUM", stand_in(tmp_path, "", monkeypatch))
    (tmp_path / "p.html").write_text("x")
    for user in (0, 1000):
        monkeypatch.setattr("os.geteuid", lambda user=user: user)
        with pytest.raises(RuntimeError):
            pdf.write(tmp_path / "p.html", tmp_path / "p.pdf")
    assert ["--no-sandbox" in command for command in asked] == [True, False]
