"""Words of the field: each is linked where a page first uses it, and said at the page's end."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from presswork import glossary
from silktrade.cli import WORDS

SAID = {
    ("median",): "The middle.",
    ("80 % range", "80 % interval"): "Four of <five>.",
    ("X-13",): "A program.",
    ("p", "p-value"): "Chance.",
}


def glossed(text: str, words: glossary.Words = SAID) -> str:
    page = f"<title>median</title><main>{text}{glossary.PLACE}<h2>median</h2></main>"
    return glossary.glossed(page, words)


def linked(html: str) -> list[str]:
    return re.findall(r'<a class="term"[^>]*>([^<]*)</a>', html)


def test_the_first_use_of_a_word_leads_to_what_it_means():
    html = glossed("<p>The median, the medians and its 80\xa0% interval.</p><p>80 % range</p>")
    assert linked(html) == ["median", "80\xa0% interval"]
    link = '<a class="term" href="#word-80-range">80\xa0% interval</a>'
    assert link in html
    entry = '<dt id="word-80-range">80\xa0% range</dt><dd>Four of &lt;five&gt;.</dd>'
    assert html.count(entry) == 1
    assert "X-13" not in html
    assert glossary.PLACE not in html


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Medians lie", ["Medians"]),
        ("p = 0.02", ["p"]),
        ("P = 0.02, ps, p-valued", []),
        ("the X-13 program", ["X-13"]),
        ("x-13, X-131, comedian, median-based", []),
        ("80 % &amp; range", []),
    ],
)
def test_a_word_is_found_in_its_forms_alone(text, found):
    assert linked(glossed(text)) == found


@pytest.mark.parametrize(
    "closed",
    ["<h2>{}</h2>", '<a href="#">{}</a>', "<code>{}</code>", "<svg><text>{}</text></svg>",
     "<figcaption>the <b>{}</b></figcaption>", "<details><svg></svg>{}</details>", "<!--{}-->",
     '<p title="a > {}">x</p>', "<table><tbody><tr><th>{}</th></tr></tbody></table>",
     "<script>{}</script>", "<caption>{} <a>¶</a></caption>", "<label>{}</label>"],
)  # fmt: skip
def test_no_link_stands_where_none_may(closed):
    html = glossed(closed.format("median") + "<p>a median</p>")
    assert linked(html) == ["median"]
    assert '<p>a <a class="term"' in html


def test_what_a_title_says_is_explained_without_a_link():
    html = glossed("<figcaption>The median rose</figcaption>")
    assert linked(html) == []
    assert '<dt id="word-median">Median</dt>' in html


def test_a_page_that_uses_no_word_has_no_list():
    page = "<main><p>Trade rose.</p><!--words--></main>"
    assert glossary.glossed(page, SAID) == "<main><p>Trade rose.</p></main>"
    assert glossary.glossed(page, {}) == page


def test_every_word_is_said_in_a_sentence_or_two():
    forms = Counter(form for forms in WORDS for form in forms)
    assert [form for form, times in forms.items() if times > 1] == []
    for word, text in WORDS.items():
        assert text.endswith("."), word
        assert 10 < len(text) <= 170, word
        assert "'" not in text + "".join(word), word


def test_real_pages_use_every_word_and_explain_every_abbreviation(site: Path):
    used: set[str] = set()
    bare: dict[str, set[str]] = {}
    known = {part for forms in WORDS for form in forms for part in re.findall(r"\w+", form)}
    for path in site.glob("*.html"):
        page = BeautifulSoup(path.read_text(), "lxml")
        used |= {dt["id"] for dt in page.select(".words dt")}
        for link in page.select("a.term"):
            name, _, anchor = link["href"].partition("#")
            assert f' id="{anchor}"' in (site / (name or path.name)).read_text(), link
        for part in page.select("script, style, code, details, footer, .making, tbody, .words"):
            part.decompose()
        said = {*re.findall(r"\b[A-Z][A-Z\d]{1,5}\b", page.main.get_text(" "))}
        if lacking := {a for a in said if a not in known and a not in NAMES}:
            bare[path.stem] = lacking
    assert used == {glossary._id(forms[0]) for forms in WORDS}
    assert bare == {}


# Names of publishers, of files, of a currency that a code is given for, and of quarters.
NAMES = {
    "IMF",
    "UN",
    "CSV",
    "SVG",
    "PNG",
    "XLSX",
    "PDF",
    "USD",
    "CNY",
    "GDP",
    "BACI",
    "UTF",
    "M1",
    "M3",
}
NAMES |= {f"Q{n}" for n in range(1, 5)}
