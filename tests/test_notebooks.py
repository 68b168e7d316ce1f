"""Every notebook: its form, and that it runs, says its answer, and shows what it promises."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import json
import re
import shutil
import statistics
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, WAYS, looked_at, once
from test_one_value import contradictions

from presswork import bundle, engine, masthead, pdf, plan, provenance, store, wording, worker
from presswork.parameters import read_cells
from silktrade import codes, load_totals, prose
from silktrade.cli import PROJECT

FOLDER = ROOT / "notebooks"
START = FOLDER / "00_start_here.ipynb"  # where to begin: no report, see test_start
NOTEBOOKS = sorted({*FOLDER.glob("*.ipynb")} - {START})
BATCH = plan.load_batch(FOLDER / "batch.yml", PROJECT)
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try, ast.With)
ADVICE = r"sys\.path|filterwarnings|simplefilter|rcParams|plt\.|\.set_(?:title|xlabel|ylabel)|%"

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[str]:
    """List the sources of the cells of one kind."""
    return [c.source for c in read_cells(path) if c.cell_type == kind]


def headings(path: Path) -> list[str]:
    """List the headings of a notebook, with their marks."""
    lines = "\n".join(cells(path, "markdown")).splitlines()
    return [line for line in lines if line.startswith("#")]


def test_there_are_notebooks_and_they_are_in_the_batch():
    names = {path.name for path in NOTEBOOKS}
    assert {"_template.ipynb", "01_data_coverage.ipynb", "02_trade_trends.ipynb"} <= names
    assert names - {"_template.ipynb"} == {report.notebook.name for report in BATCH}


def test_the_batch_pins_the_day_of_every_report():
    assert len(BATCH) >= 8
    assert [r.name for r in BATCH if "as_of" not in r.given] == []


@every_notebook
def test_notebooks_are_stripped_and_valid(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert [c.id for c in code if c.outputs or c.execution_count] == []
    assert notebook.metadata.kernelspec.name == worker.KERNEL


@every_notebook
def test_notebooks_are_short(path):
    assert len(read_cells(path)) <= 30
    lengths = [len(source.strip().splitlines()) for source in cells(path, "code")]
    assert max(lengths) <= 15
    assert statistics.median(lengths) <= 4


@every_notebook
def test_a_notebook_opens_with_its_question(path):
    first = read_cells(path)[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# [^\n]+\?\n", first.source)
    assert [h for h in headings(path) if h.startswith("# ")] == [first.source.partition("\n")[0]]


@every_notebook
def test_a_notebook_has_its_fixed_sections_in_order(path):
    second = [h for h in headings(path) if h.startswith("## ")]
    assert second[0] == "## The bottom line"
    assert second[-2:] == ["## What could be wrong?", "## How this was made"]
    assert [h for h in second[1:-2] if not h.endswith("?")] == []


@every_notebook
def test_cells_only_call(path):
    for source in cells(path, "code"):
        nodes = ast.walk(ast.parse(source))
        assert [type(n).__name__ for n in nodes if isinstance(n, FORBIDDEN)] == []
        assert re.findall(ADVICE, re.sub(r"f?\"[^\"]*\"|#.*", "", source)) == []


@every_notebook
def test_imports_stand_in_the_setup_cell(path):
    setup, *rest = cells(path, "code")
    assert "import silktrade as st" in setup
    imports = (ast.Import, ast.ImportFrom)
    assert not [s for s in rest if any(isinstance(n, imports) for n in ast.walk(ast.parse(s)))]


@every_notebook
def test_only_public_names_are_used(path):
    import silktrade as st

    used = re.findall(r"\bst\.([A-Za-z_]\w*)", "\n".join(cells(path, "code")))
    assert used
    assert set(used) <= set(st.__all__)


@every_notebook
def test_every_parameter_is_commented_and_read(path):
    parameters = plan.read_parameters(path)
    assert [p.name for p in parameters if not p.comment] == []
    tagged = next(c for c in read_cells(path) if "parameters" in c.tags)
    assert read_cells(path).index(tagged) == 2
    read = {
        node.id
        for source in cells(path, "code")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    assert {p.name for p in parameters} - read == set()


@every_notebook
def test_no_result_is_typed_into_the_text(path):
    # A number with a unit in Markdown would not move with a parameter or a new vintage; the
    # levels of the intervals are no results.
    text = re.sub(r"\b(?:50|80|95) %", "", "\n".join(cells(path, "markdown")))
    typed = r"\d[\d.,]*\s*(?:%|percent|(?:bn|billion|mn|million)\b)"
    assert re.findall(typed, text) == []


def calls(path: Path) -> list[ast.Call]:
    """List the calls of the library's functions in a notebook."""
    nodes = [n for source in cells(path, "code") for n in ast.walk(ast.parse(source))]
    found = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return [n for n in found if isinstance(n.func.value, ast.Name) and n.func.value.id == "st"]


@every_notebook
def test_every_loader_gets_its_day(path):
    import silktrade as st

    loaders = [n for n in calls(path) if n.func.attr.startswith("load_")]
    assert loaders
    dayless = [
        ast.unparse(n)
        for n in loaders
        if "as_of" in inspect.signature(getattr(st, n.func.attr)).parameters
        and "as_of" not in {k.arg for k in n.keywords}
    ]
    assert dayless == []


@every_notebook
def test_a_difference_of_rates_is_told_in_points(path):
    told = [n.args[1:3] for n in calls(path) if n.func.attr == "headline"]
    units = [
        unit.value
        for value, unit in told
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub)
        and isinstance(unit, ast.Constant)
    ]  # fmt: skip
    assert {u for u in units if not re.fullmatch("[A-Z]{3}", u)} <= {"points"}


@every_notebook
def test_the_page_says_which_day_it_stands_on(path):
    assert [n.func.attr for n in calls(path)].count("dated") == 1


@pytest.fixture(scope="session")
def reports(site, tmp_path_factory) -> Path:
    """Take the pages of the whole batch, and run the template beside them."""
    with once(tmp_path_factory, "reports") as (folder, empty):
        if empty:
            shutil.copytree(site, folder, dirs_exist_ok=True)
            template = FOLDER / "_template.ipynb"
            declared = plan.read_parameters(template)
            title = plan.read_title(template)
            extra = plan.Report("template", "template", template, PROJECT, title, declared)
            for outcome in engine.run([extra]):
                store.publish(outcome, folder)
    return folder


TOP = {1280: 450, 390: 700}  # by width, the pixel at which the first chart begins at the latest
NAMES = [*(report.name for report in BATCH), "template"]
FIRST = {report.notebook: report.name for report in reversed(BATCH)}  # of each notebook
SIBLINGS = {*NAMES[:-1]} - {*FIRST.values()}


def said(folder: Path, name: str) -> Mapping:
    return json.loads((folder / f"{name}.json").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_says_its_answer(reports, name):
    record = said(reports, name)
    assert record["status"] == "ok", record["error"]
    assert len(record["messages"]) == 1
    assert 20 <= len(record["finding"]) <= provenance.LONGEST
    assert record["headlines"]
    assert record["snapshots"]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_without_a_warning(reports, name):
    executed = nbformat.read(reports / f"{name}.ipynb", as_version=4)
    outputs = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs]
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == []
    last = [o for o in outputs if provenance.PROVENANCE in o.get("data", {})]
    assert len(last) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_described(reports, name):
    page = (reports / f"{name}.html").read_text()
    images = re.findall(r'<img\b[^>]*>|<div class="plot"[^>]*>', page)
    assert images
    described = [re.search(r'(?:alt|role="img" aria-label)="([^"]*)"', image) for image in images]
    assert [i for i, found in zip(images, described, strict=True) if not found] == []
    assert [found[1] for found in described if not 40 < len(found[1]) <= 250] == []


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_its_page_fits_is_read_by_all_and_asks_nothing_of_the_network(reports, browser, name):
    # Pages of one notebook have the same elements and colours: one is looked at in the dark.
    ways = WAYS[:1] if name in SIBLINGS else WAYS
    assert looked_at(browser, reports / f"{name}.html", TOP, ways) == {}


def test_projections_give_growth_in_both_currencies_with_bounds(reports):
    headlines = {h["name"]: h for h in said(reports, "growth_projections")["headlines"]}
    for currency in ("usd", "cny"):
        names = [n for n in headlines if n.startswith("region_growth") and currency in n]
        assert len(names) >= 5, f"point, 80 % and 95 % bounds in {currency}: {names}"
        assert {headlines[n]["unit"] for n in names} == {"growth"}
        assert {headlines[n]["period"] for n in names} == {"2024"}


# Words that a name in the code has, and a label for people has not.
COUNTRIES = "china|kazakhstan|kyrgyzstan|tajikistan|turkmenistan|uzbekistan"
OF_CODE = rf"_|\b(usd|cny|gdp|hhi|ratio|own|{COUNTRIES}|first$|second$)\b"


@pytest.mark.parametrize("name", NAMES)
def test_its_numbers_are_labelled_for_people(reports, name):
    told = said(reports, name)["headlines"]
    assert [h["label"] for h in told if re.search(OF_CODE, h["label"])] == []
    assert {h["unit"] for h in told} <= {*wording.CLASSES, "USD", "CNY"}
    printed = wording.numbers(told)
    assert len({label for label, _ in printed}) == len(printed)  # no two of one name
    # What is longer would leave its place on a phone: −16.7 bn dollars has room at 320 px.
    assert [number for _, number in printed if len(number) > 16] == []
    differences = [h for h in told if re.search("miss|less what", h["name"] + h["label"].lower())]
    assert {h["unit"] for h in differences} <= {"points"}


# Codes, names of parameters and of columns, and days as machines write them.
NO_WORDS = (
    rf"\b(?:{'|'.join([*codes.ECONOMIES, *codes.CURRENCIES])})\b|[a-z]_[a-z]|\b\d{{4}}-\d\d\b"
)
DATA_SET = r"\b[a-z]+/[\d-]+/\w+"  # what a file is called is its name


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_a_reader_meets_no_code(reports, name):
    page = copy.copy(parsed(reports, name))
    for tag in page.select("script, style, code, footer, .making, details.code"):
        tag.decompose()
    said = [*page.stripped_strings]
    said += [tag[key] for tag in page.find_all() for key in ("aria-label", "title", "content")
             if key in tag.attrs]  # fmt: skip
    plain = [re.sub(DATA_SET, "", text) for text in said if "default-src" not in text]
    assert [text for text in plain if re.search(NO_WORDS, text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_links_have_words(reports, name):
    assert [a for a in parsed(reports, name).select("a") if not a.get_text(strip=True)] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_latest_day_used_and_where_figures_end(reports, name):
    record = said(reports, name)
    given = record["parameters"]
    days = sorted(str(v) for v in given.values() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(v)))
    days = [d for d in days if d not in (given.get("first_day"), given.get("last_day"))]
    assert prose.day(days[-1]) in record["dated"]
    assert re.search(r"\b[Dd]ata to (\w+ )?\d{4} · public by ", record["dated"])
    assert all(prose.day(given[k]) in record["dated"] for k in given if k.endswith("projected_on"))
    page = (reports / f"{name}.html").read_text()
    assert wording.unbroken(record["dated"]) in page
    if name != "template":  # which is no report of the batch, so nothing is woven into it
        made = masthead.long_date(record["started"][:10])
        assert f"made {made} · next customs release " in page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_tells_one_value_for_one_thing(reports, name):
    partner = said(reports, name)["parameters"].get("partner", "CA5")
    whose = codes.label("CA5" if name == "mirror_gaps" else partner)
    assert contradictions((reports / f"{name}.html").read_text(), whose) == []


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("growth_proj", "scenarios"))])
def test_a_projection_whose_year_is_over_says_how_it_came(reports, name):
    record = said(reports, name)
    over = [n["text"] for n in record["notices"] if "is over" in n["text"]]
    now = max(record["parameters"]["as_of"], record["parameters"]["judged_on"])
    known = load_totals("CA5", as_of=now).index[-1].year
    assert len(over) == (record["parameters"]["forecast_year"] <= known)
    if over:
        assert 'href="outturn.html"' in (reports / f"{name}.html").read_text()


def test_scenarios_follow_the_data_set(monkeypatch):
    import silktrade as st

    rows = st.load_scenarios()
    other = rows[rows["scenario"] == "energy_up"].assign(
        scenario="energy_double", label="Oil and gas twice as dear", value=2.0
    )
    changed = pd.concat([rows[~rows["scenario"].isin(["yuan_up", "faster", "slowdown"])], other])
    monkeypatch.setattr(st, "load_scenarios", lambda: changed)
    space: dict[str, object] = {}
    for source in cells(FOLDER / "09_scenarios.ipynb", "code")[:8]:
        exec(source.replace("draws: int = 2000", "draws: int = 200"), space)
    assert "energy_double" in space["medians"].index


# ---------------------------------------------------------------- all pages together


@functools.cache
def parsed(folder: Path, name: str) -> BeautifulSoup:
    """Read a page once for all tests, which leave it as it is."""
    return BeautifulSoup((folder / f"{name}.html").read_text(), "lxml")


def test_every_page_leads_to_every_other(reports):
    pages = ["index", *(report.name for report in BATCH)]
    led = {n: {a["href"].partition("#")[0] for a in parsed(reports, n).find_all("a", href=True)}
           for n in pages}  # fmt: skip
    for start in pages:
        reached, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                local = {a.removesuffix(".html") for a in led[name] if a.endswith(".html")}
                waiting += [n for n in local if "://" not in n]
        assert reached == set(pages), start


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_links_within_lead_somewhere_and_no_two_things_share_a_name(reports, name):
    page = parsed(reports, name)
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert [i for i in {*ids} if ids.count(i) > 1] == []
    inside = {a["href"][1:] for a in page.find_all("a", href=re.compile("^#"))}
    assert inside - {*ids} == set()
    folds = [fold.get_text() for fold in page.find_all("summary")]
    assert [f for f in {*folds} if folds.count(f) > 1] == []
    figures = [f for f in page.find_all("figure") if f.find(["figcaption", "caption"])]
    assert figures
    assert [f.get("id") for f in figures if f.find("a", href=f"#{f.get('id')}") is None] == []


def test_scenarios_of_two_partners_differ(reports):
    def told(name: str) -> set[str]:
        body = copy.copy(parsed(reports, name).find("main"))
        body.find("section", class_="making").decompose()
        return {
            row.get_text(" ", strip=True) for row in body.find_all(["p", "li", "tr", "h1", "h2"])
        }

    one, other = told("scenarios_next_KAZ"), told("scenarios_next_KGZ")
    # What is the same of all (assumptions, how to read it, headings) is less than half.
    assert len(one & other) < len(one | other) / 2


def test_projections_outturns_and_scenarios_lead_to_each_other(reports):
    def also(name: str) -> set[str]:
        heading = parsed(reports, name).find("h2", id="see-also")
        return {a["href"].removesuffix(".html") for a in heading.find_parent("nav").find_all("a")}

    assert {"outturn", "scenarios_CA5"} <= also("growth_projections")
    assert {"growth_projections", "scenarios_CA5"} <= also("outturn")
    assert {"outturn", "growth_projections_next", "country_profile_KGZ"} <= also(
        "scenarios_next_KGZ"
    )
    assert {"scenarios_next_TKM", "growth_projections_next"} <= also("country_profile_TKM")


@pytest.mark.parametrize("name", ["index", "briefing"])
def test_the_state_of_the_trade_is_seen_at_once(reports, browser, name):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((reports / f"{name}.html").as_uri())
    box = page.locator(".front").bounding_box()
    assert box["y"] + box["height"] <= 900
    said = page.locator(".front").inner_text()
    assert all(codes.label(partner) in said for partner in codes.PARTNERS)
    assert len(page.locator(".front > div > ul").first.locator("li").all()) == 4  # with the message
    page.set_viewport_size({"width": 390, "height": 844})
    table = page.locator(".front figure.table .scroll").first
    assert table.evaluate("t => t.scrollWidth - t.clientWidth") == 0  # all of it, without a push
    page.close()


@pytest.mark.parametrize("name", ["index", "briefing"])
def test_the_state_of_the_trade_is_printed_on_two_pages(reports, tmp_path, name):
    reader = pypdf.PdfReader(pdf.write(reports / f"{name}.html", tmp_path / "x.pdf"))
    assert len(reader.pages) <= 2
    assert f"1 / {len(reader.pages)}" in reader.pages[0].extract_text()


def test_a_printed_report_has_its_title_at_the_foot_and_its_hashes_at_the_end(reports, tmp_path):
    name = "country_profile_KGZ"
    reader = pypdf.PdfReader(pdf.write(reports / f"{name}.html", tmp_path / "x.pdf"))
    sheets = [" ".join(page.extract_text().split()) for page in reader.pages]
    foot = f"{PROJECT.title} · {said(reports, name)['finding']}".replace("\xa0", " ")
    assert [n for n, sheet in enumerate(sheets) if foot not in sheet] == []
    hashes = [s["sha256"][:12] for s in said(reports, name)["snapshots"]]
    assert [h for h in hashes if h not in " ".join(sheets[-2:])] == []
    assert not any(hashes[0] in sheet for sheet in sheets[:-2])


def test_all_pages_can_be_mailed(reports, tmp_path):
    bundle.write(reports, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").stat().st_size < 3_000_000
