"""Charts on a page: read by pointer and keys, saved with their words, light, dark and forced."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page
from test_pages import rendered, shows

import silktrade as st
from presswork import render, taken, workbook
from silktrade import codes, figures
from silktrade.figures.canvas import figure_html, part_texts
from silktrade.figures.drawing import KNOWN

mpl.use("agg")
SCRIPT = 5000  # bytes of all that runs on a page
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> tuple[Path, list[dict[str, str]]]:
    """Write a page with charts of years, months, rows and a map; and give their words."""
    total = st.load_totals("UZB", as_of="2026-06-30")
    kazakh = [st.load_totals("KAZ", currency=c, as_of="2026-06-30") for c in ("USD", "CNY")]
    drawn = [
        figures.total_trade(total, st.load_events("UZB")),
        figures.months_by_year(st.load_totals("UZB", frequency="M")),
        figures.contribution_bars(st.load_partner_totals()),
        figures.flow_map(st.load_trade(), st.load_outlines(), "UZB"),
        figures.total_trade(kazakh[0], None, kazakh[1]),
    ]
    path = tmp_path_factory.mktemp("charts") / "page.html"
    path.write_text(rendered(*(shows(figure_html(ax.figure)) for ax in drawn)))
    said = [part_texts(ax.figure) for ax in drawn]
    plt.close("all")
    return path, said


@pytest.fixture
def opened(page, browser: Browser) -> Iterator:
    """Open the page offline at a width, and close it; no error may have come."""
    contexts, said = [], []

    def at(width: int, **how: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, accept_downloads=True, **how
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(page[0].as_uri())
        return tab

    yield at
    for context in contexts:
        context.close()
    assert said == []


def test_the_script_is_small_and_the_page_allows_no_other(page):
    assert len(render.script().encode()) <= SCRIPT
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page[0].read_text())[1]
    assert "default-src &#39;none&#39;" in policy or "default-src 'none'" in policy
    assert policy.count("sha256-") == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_letters_of_charts_have_the_size_of_a_page(opened, width):
    tab = opened(width)
    sizes = tab.evaluate(
        """() => [...document.querySelectorAll('.plot svg')].filter(s => s.getClientRects().length)
           .flatMap(s => [...s.querySelectorAll('text')].map(t => [t.textContent,
             parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width
             / s.viewBox.baseVal.width]))"""
    )
    assert len(sizes) > 40
    events = {str(n) for n in range(1, 30)}  # numbers of events are notes, on a phone smaller
    assert {t: s for t, s in sizes if not 12 <= s <= 14.5 and t not in events} == {}
    one = tab.locator(".plot svg:visible").count()
    assert one == tab.locator(".plot:visible").count() == 5  # one of the drawings is seen


def test_words_of_charts_are_found(opened):
    tab = opened(1280)
    assert tab.locator(".plot text:visible", has_text="Turkmenistan").count() >= 2
    assert tab.evaluate("window.find('Kyrgyzstan')")


def test_values_are_read_by_pointer_and_by_keys(opened, page):
    tab = opened(1280)
    plot, tip = tab.locator(".plot").first, tab.locator(".plot .tip").first
    box = plot.bounding_box()
    plot.hover(position={"x": box["width"] - 60, "y": box["height"] / 2})
    rows = tab.locator("figure.chart").first.locator("tbody tr")
    count = rows.count()
    last = [rows.nth(count - 1).locator(f"{cell}").first.text_content() for cell in ("th", "td")]
    assert tip.text_content() == f"{last[0]}\nUzbekistan: {last[1]}"
    plot.focus()
    tab.keyboard.press("ArrowLeft")
    assert tip.text_content().startswith(rows.nth(count - 2).locator("th").text_content())
    tab.keyboard.press("Home")
    assert tip.text_content().startswith(rows.first.locator("th").text_content())
    assert tab.locator(".ear").first.text_content().startswith("1992, Uzbekistan: ")
    tab.keyboard.press("Escape")
    assert not tip.is_visible()
    rows = tab.locator(".plot").nth(2)  # a chart of rows is read downwards
    rows.focus()
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowDown")
    assert "Contribution: " in tab.locator(".plot .tip").nth(2).text_content()


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_a_saved_chart_has_its_words(opened, page, kind, tmp_path):
    tab = opened(390, color_scheme="dark")  # whatever is on the screen, the file is wide and light
    for number, said in enumerate(page[1]):
        chart = tab.locator("figure.chart").nth(number)
        with tab.expect_download() as download:
            chart.locator("button", has_text=kind).click()
        path = tmp_path / f"{number}.{kind.lower()}"
        download.value.save_as(path)
        assert re.fullmatch(r"[a-z0-9-]{3,33}\.(svg|png)", download.value.suggested_filename)
        if kind == "SVG":
            words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text()))
            for part in (text.replace("'", "’") for text in said.values()):
                assert " ".join(part.split()) in " ".join(words.replace("&amp;", "&").split())
            assert "Public by 30 June 2026" in words.replace("\xa0", " ") or number
        else:
            picture = Image.open(path).convert("L")
            assert picture.width == 1440
            assert picture.getpixel((2, 2)) == 255
            top = picture.crop((0, 0, 1440, 60)).histogram()
            assert sum(top[:100]) > 300  # the title is written


def test_without_a_script_a_page_is_whole(opened):
    tab = opened(1280, java_script_enabled=False)
    assert tab.locator(".plot svg:visible").count() == 5
    assert tab.locator(".chart-take a[download$='.csv']:visible").count() == 5
    assert tab.locator(".chart-take button").count() == 0


def test_a_reader_may_switch_to_yuan_and_to_a_log_scale(opened):
    tab = opened(390, java_script_enabled=False)
    chart = tab.locator(".either")

    def shown() -> list[str]:
        return chart.locator("svg:visible text").all_text_contents()

    assert "billion dollars" in chart.inner_text()
    assert "0" in shown()
    chart.get_by_label("In yuan").press("Space")
    assert "billion yuan" in chart.inner_text()
    assert "dollars" not in chart.inner_text()
    yuan = shown()
    chart.locator("label:visible", has_text="Log scale").locator("input").press("Space")
    assert {"10", "100"} <= {*shown()}
    assert "0" not in shown()
    assert chart.locator("svg:visible").count() == 1
    assert shown()[-1] == yuan[-1]  # the value at the end


def test_a_link_opens_the_view_that_it_was_taken_from(opened, page):
    tab = opened(1280)
    chart = tab.locator(".either")

    def address() -> str:
        return tab.evaluate("location.hash")

    tab.evaluate("history.replaceState(0, '', '#figure')")
    chart.get_by_label("In yuan").check()
    chart.locator("label:visible", has_text="Log scale").locator("input").check()
    names = address().removeprefix("#").split("+")
    assert len(names) == 2
    assert all(name.endswith(("-log-scale", "-in-yuan")) for name in names)
    seen = chart.locator("svg:visible text").all_text_contents()
    other = opened(390)
    other.goto(f"{page[0].as_uri()}{address()}")
    other.reload()
    chart = other.locator(".either")
    assert "billion yuan" in chart.inner_text()
    assert {"10", "100"} <= {*chart.locator("svg:visible text").all_text_contents()}
    assert {"10", "100"} <= {*seen}
    top = chart.bounding_box()["y"]
    assert -1 <= top <= 100  # it is what one sees
    for box in tab.locator(".either .switch:visible input").all():
        box.uncheck()
    assert address() == ""
    tab.evaluate("location.hash = '#no-such-place'")  # which is nobody's fault
    plain = opened(1280, java_script_enabled=False)
    plain.goto(f"{page[0].as_uri()}#{names[-1]}")
    assert plain.locator(".plot svg:visible").count() == 5


def test_a_reader_may_choose_partners_and_link_to_them(browser, tmp_path):
    chart = figure_html(figures.share_lines(st.load_partner_totals(as_of="2026-06-30")).figure)
    plt.close("all")
    path = tmp_path / "page.html"
    path.write_text(rendered(shows(chart)))
    marks = """() => [...document.querySelectorAll('.plot svg')]
        .filter(svg => svg.getClientRects().length)
        .flatMap(svg => [...svg.querySelectorAll('path, text')])
        .map(mark => [mark.getAttribute('stroke') ?? mark.getAttribute('fill'),
                      getComputedStyle(mark).opacity])"""
    colours = {codes.colour(p).lower() for p in codes.PARTNERS}
    for how in ({}, {"java_script_enabled": False}, {"forced_colors": "active"}):
        tab = browser.new_page(viewport={"width": 1280, "height": 900}, **how)
        tab.goto(path.as_uri())
        boxes = tab.get_by_role("group", name="Highlight in: ").get_by_role("checkbox")
        assert boxes.count() == len(codes.PARTNERS)
        for chosen in (["UZB"], ["UZB", "TJK"], []):
            for p in codes.PARTNERS:
                box = tab.get_by_role("checkbox", name=codes.label(p))
                if box.is_checked() != (p in chosen):
                    box.press("Space")
            bright = {codes.colour(p).lower() for p in chosen or codes.PARTNERS}
            pale = {colour for colour, opacity in tab.evaluate(marks) if float(opacity) < 1}
            assert pale == colours - bright
            # What was chosen stands in the address, where a script may run.
            named = tab.evaluate("location.hash").removeprefix("#").split("+")
            ends = [] if "java_script_enabled" in how else [codes.label(p).lower() for p in chosen]
            assert sorted(name.rpartition("-")[2] for name in named if name) == sorted(ends)
        tab.context.close()
    tab = browser.new_page(viewport={"width": 390, "height": 900})
    tab.goto(f"{path.as_uri()}#figure-tajikistan+figure-uzbekistan")
    told = tab.get_by_role("checkbox", checked=True).evaluate_all(
        "all => all.map(box => box.value)"
    )
    assert told == [codes.colour(p).lower() for p in ("TJK", "UZB")]
    tab.context.close()


def test_only_charts_of_three_partners_or_more_offer_a_choice():
    totals = st.load_partner_totals(as_of="2026-06-30")
    for ax, offered in (
        (figures.share_lines(totals), 5),
        (figures.share_lines(totals[["KAZ", "UZB"]]), 0),
        (figures.share_lines(totals, "KAZ"), 0),  # one stands out already
        (figures.flows(st.load_trade(partners="KAZ")), 0),
    ):
        assert figure_html(ax.figure).count('type="checkbox" value=') == offered
    plt.close("all")


def test_a_saved_picture_is_the_saved_drawing(opened, tmp_path):
    # The drawing's words are read above; the picture is to be the same, letter for letter.
    tab = opened(1280, device_scale_factor=2)
    chart = tab.locator(".either")
    chart.locator("label:visible", has_text="Log scale").locator("input").check()
    for kind in ("svg", "png"):
        with tab.expect_download() as download:
            chart.locator("button:visible", has_text=kind.upper()).click()
        download.value.save_as(tmp_path / f"x.{kind}")
    picture = Image.open(tmp_path / "x.png").convert("L")
    width, height = (side // 2 for side in picture.size)
    other = tab.context.new_page()
    other.set_viewport_size({"width": width, "height": height})
    other.goto((tmp_path / "x.svg").as_uri())
    drawing = Image.open(io.BytesIO(other.screenshot())).convert("L").crop((0, 0, *picture.size))
    # In squares of four pixels: the rims of letters are rounded otherwise in a picture.
    one, two = (image.reduce(4) for image in (picture, drawing))
    apart = sum(ImageChops.difference(one, two).histogram()[64:])
    written = sum(one.histogram()[:192])
    assert written > 500
    assert apart < written / 50


@pytest.mark.parametrize("how", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_no_chart_is_a_white_slab(opened, how):
    tab = opened(1280, **how)
    if "forced_colors" in how:
        ground = tab.evaluate(
            "getComputedStyle(document.querySelector('.plot svg')).backgroundColor"
        )
        assert ground == tab.evaluate(
            "(() => { const d = document.body.appendChild(document.createElement('i'));"
            "d.style.color = 'Canvas'; return getComputedStyle(d).color })()"
        )
        return
    for chart in tab.locator(".plot:visible").all():
        shot = Image.open(io.BytesIO(chart.screenshot())).convert("L")
        light = sum(shot.histogram()[235:]) / (shot.width * shot.height)
        assert light < 0.05  # of letters and bars alone


def test_the_figures_of_a_page_are_one_workbook(page):
    html = page[0].read_text()
    (content,) = re.findall(r'download="r\.xlsx" href="data:[^,]*;base64,([^"]*)"', html)
    book = zipfile.ZipFile(io.BytesIO(base64.b64decode(content)))
    files = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', html)
    tables = [pd.read_csv(io.StringIO(unquote(file))) for file in files]
    assert len(tables) == 6  # both of the chart that is switched
    for number, table in enumerate(tables, 2):
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert sheet.count("<row>") == len(table) + 1
        for value in table["value"]:
            assert f"<v>{float(value)!r}</v>" in sheet
    names = book.read("xl/worksheets/sheet1.xml").decode()
    assert page[1][0]["title"].replace("\xa0", " ") in names.replace("\xa0", " ")
    assert taken.sheets_of("<p>none</p>") == {}
    code = (
        '<figure class="chart"><a href="data:text/csv;charset=utf-8,07%2C0.7%2C-70"></a></figure>'
    )
    assert taken.sheets_of(code)["1"] == [["07", 0.7, -70.0]], "a product's code is no number"
    assert taken.with_workbook("<main></main>", "r") == "<main></main>"
    again = io.BytesIO()
    workbook.write(again, taken.sheets_of(html))
    assert again.getvalue() == base64.b64decode(content)  # the same figures, the same bytes


def test_real_pages_are_light_and_draw_in_every_dark(site):
    # 200 kB and 60 kB packed: what a phone on a slow line has in a second or two.
    weights = {p.stem: (p.stat().st_size, len(gzip.compress(p.read_bytes())))
               for p in site.glob("*.html")}  # fmt: skip
    assert len(weights) > 12
    assert {n: w for n, w in weights.items() if w[0] > 200_000 or w[1] > 60_000} == {}
    for path in site.glob("*.html"):
        svgs = re.findall(r"<svg data-at.*?</svg>", path.read_text(), re.DOTALL)
        drawn = {c for svg in svgs for c in re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', svg)}
        assert drawn <= KNOWN, path.stem  # the five and what is said of them have a dark colour
