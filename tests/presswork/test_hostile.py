"""Nothing from data becomes markup: hostile texts through all that a page shows, in Chromium."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
import yaml
from conftest import COMMAND, ROOT, batch, notebook
from hypothesis import given, settings
from hypothesis import strategies as st

from presswork import cleaning, private, provenance, render
from silktrade import cache
from silktrade.cli import PROJECT
from silktrade.figures import canvas, data_table
from silktrade.figures.chart_data import panels
from silktrade.tables import style

UNSAFE = ("javascript:", "vbscript:", "data:text/html")
SVG = "<svg onload=HOSTILE=1>"
HOSTILE = [
    SVG, "<img src=x onerror=HOSTILE=1>", "<script>HOSTILE=1</script>",
    "</script><script>HOSTILE=1",
    "</title></style><script>HOSTILE=1</script>", "\"><img src=x onerror=HOSTILE=1>", "{{ 7*7 }}",
    "' onmouseover='HOSTILE=1", "<a href=javascript:HOSTILE=1>x</a>", "</pre><iframe src=//e.org>",
    "<!--", "]]>", "&lt;script&gt;", "<math><style><img src onerror=HOSTILE=1>",
    "=cmd|'/c calc'!A1",
    "<link rel=stylesheet href=//e.org/x.css>", "<base href=//e.org/>", "<style>@import'//e.org'",
    "<meta http-equiv=refresh content='0;url=//e.org'>", "<form action=//e.org><button>x",
]  # fmt: skip


@pytest.fixture(scope="module")
def tab(browser):
    """Open one tab for all of these pages."""
    page = browser.new_page()
    yield page
    page.close()


def seen(tab, page: str | Path) -> list:
    """Open a page; tell what it asked for, and whether any text of it ran."""
    asked: list[str] = []

    def note(request) -> None:
        asked.append(getattr(request, "url", "dialog"))

    own = page.as_uri() if isinstance(page, Path) else ""
    tab.goto(own or "about:blank")  # what ran before is forgotten
    for event in ("request", "dialog"):
        tab.on(event, note)
    if own:
        tab.reload()
    else:
        tab.set_content(page)
    for fold in tab.query_selector_all("details"):
        fold.evaluate("fold => { fold.open = true }")
    tab.mouse.move(200, 200)
    tab.wait_for_timeout(100)
    ran = tab.evaluate("window.HOSTILE || window.A")
    for event in ("request", "dialog"):
        tab.remove_listener(event, note)
    fetched = [url for url in asked if url != own and not url.startswith("data:")]
    return fetched + ([ran] if ran else [])


def page_of(*outputs: dict, text: str = "", **other: object) -> str:
    """Render a page of given outputs, as the worker does."""
    new = nbformat.v4
    cells = [new.new_markdown_cell("# Why?"), new.new_code_cell("f()")]
    cells[1].outputs = [new.new_output("display_data", data=o) for o in outputs]
    cells += [new.new_markdown_cell(text)] if text else []
    record = {
        "report": "r", "title": "Why?", "status": "ok", "parameters": {}, "messages": [],
        "headlines": [], "snapshots": [], "versions": provenance.versions("silktrade"),
        "commit": None, "notebook": "r.ipynb", "group": "r", "grid": {}, "changes": None,
    }  # fmt: skip
    return render.page(new.new_notebook(cells=cells), record | other, PROJECT)


# Backwards as well: what opens a comment or a string may hide what comes behind it.
@pytest.mark.parametrize("texts", [HOSTILE, HOSTILE[::-1]], ids=["forwards", "backwards"])
def test_texts_of_a_record_are_texts(tab, texts):
    every = " ".join(texts)  # where a record has one text
    headlines = [{"name": "a", "label": t, "value": 1.0, "unit": t, "period": t} for t in texts]
    notices = [{"text": text, "report": text, "label": text} for text in texts]
    page = page_of(
        *({provenance.HEADLINE: headline} for headline in headlines),
        {provenance.PROVENANCE: {}},
        *({provenance.NOTICE: notice} for notice in notices),
        *({provenance.MESSAGE: {"text": text, "title": text}} for text in texts),
        *({provenance.DATED: {"text": t, "releases": [[t, t]], "name": t}} for t in texts),
        title=every, messages=texts, headlines=headlines, notices=notices, finding=every,
        parameters={"as_of": every, **{f"x{n}": text for n, text in enumerate(texts)}},
        grid={f"x{n}": text for n, text in enumerate(texts)}, report=every, dated=every,
        snapshots=[dict.fromkeys(
            ("source", "dataset", "vintage", "kind", "sha256", "title", "producer", "url",
             "licence"), text) for text in texts],
        changes={"inputs": texts, "headlines": [
            {"name": "a", "label": text, "unit": text, "period": text, "then": 1.0,
             "now": 2.0} for text in texts]},
    )  # fmt: skip
    assert seen(tab, page) == []


@pytest.mark.parametrize("texts", [HOSTILE, HOSTILE[::-1]], ids=["forwards", "backwards"])
def test_outputs_of_cells_run_and_fetch_nothing(tab, texts):
    outputs = [
        output
        for text in texts
        for output in (
            {"text/html": text}, {"text/markdown": f"## {text}\n\n[x]({text}) {text}"},
            {"text/plain": text}, {"text/latex": text}, {"text/vnd.mermaid": text},
            {"application/json": {text: text}},
            {"application/vnd.plotly.v1+json": {
                "data": [{"name": text, "x": [text], "y": [1]}], "layout": {"title": text}}},
            {"application/vnd.vegalite.v5+json": {
                "title": text, "data": {"values": [{text: text}]}}},
            {"text/html": f'<figure class="chart">{text}</figure>'},
        )
    ]  # fmt: skip
    words = "\n\n".join(
        f"## {text}\n\n{text}\n\n```mermaid\n{text}\n```\n\n| {text} |\n|---|\n| {text} |"
        for text in texts
    )
    assert seen(tab, page_of(*outputs, text=words)) == []


def test_the_policy_holds_where_markup_slips_through(browser):
    page = page_of().replace("</main>", "".join(HOSTILE[1:4]) + "<img src=//e.org/x></main>")
    opened = browser.new_page()
    asked: list[str] = []
    opened.on("requestfinished", lambda request: asked.append(request.url))
    opened.set_content(page)
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.HOSTILE") is None
    assert [url for url in asked if not url.startswith("data:")] == []
    opened.close()


class Loose(HTMLParser):
    """Collects what may run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "base", "meta", "link", "form"):
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\x00-\x20]", "", value or "").lower()
            followed = name in ("href", "xlink:href", "src", "action", "formaction", "srcdoc")
            if name.startswith("on") or (followed and scheme.startswith(UNSAFE)):
                self.found.append(f"{name}={value}")
            if (
                name in ("src", "srcset", "poster", "background")
                and scheme
                and "data:" not in scheme
            ):
                self.found.append(f"{name}={value}")


PARTS = [
    "<a ", "<img ", "<svg>", "<script>", "</script>", "<style>", "href=", "src=", "onerror=", "x",
    "javascript:alert(1)", "java\tscript:1", "//e.org", "http://e.org", "'", '"', ">", "/>", "<",
    "data:text/html,x", "data:image/png;base64,AA", "<math>", "<iframe srcdoc=", "<!--", "-->",
    "<table><tr><td>", "&#106;avascript:1", "style=background:url(//e.org)", " ", "\n", "\0",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(PARTS), max_size=14)


@settings(deadline=None)  # the first import of the parser takes longer than all else
@given(PIECES)
def test_cleaned_markup_holds_nothing_that_runs_or_fetches(pieces):
    made = cleaning.clean("".join(pieces))
    loose = Loose()
    loose.feed(made)
    assert loose.found == []
    again = Loose()
    again.feed(cleaning.clean(made))
    assert again.found == []


@settings(deadline=None)
@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_a_table_holds_its_texts_as_texts(text):
    rows = pd.Index([text, f"{text} too"], name=text)  # names that differ, whatever the text
    frame = pd.DataFrame({text: [text, "plain"], f"{text} n": [1.0, 2.0]}, index=rows)
    made = style.styled(frame, text, {}).to_html()
    parser = Loose()
    parser.feed(made)
    assert parser.found == []
    plain = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", made)).split())
    assert made.count(html.escape(text, quote=False)) >= 4 or " ".join(text.split()) in plain


def test_charts_hold_their_texts_as_texts(tab):
    charts = []
    for text in HOSTILE:
        ax = canvas.canvas(text.replace("$", ""), text, source=text)
        ax.plot([2020, 2021], [1.0, 3.0], label=text)
        charts.append({"text/html": canvas.figure_html(ax.figure)})
        content = data_table.csv(panels(ax.figure), text)
        plt.close(ax.figure)
        for row in csv.reader(content.splitlines()):
            assert not [cell for cell in row if cell[:1] in ("=", "@", "\t", "\r")], text
    for order in (charts, charts[::-1]):
        assert seen(tab, page_of(*order)) == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://e.org/a", True), ("http://e.org", True), ("mailto:a@e.org", True), ("#x", True),
        ("trade.html", True), ("trade.html#x", True), ("trade.pdf", True), ("data.json", True),
        ("javascript:1", False), ("JaVaScRiPt:1", False), (" javascript:1", False),
        ("java\nscript:1", False), ("vbscript:1", False), ("file:///etc/passwd", False),
        ("//e.org/x", False), ("\\\\e.org\\x", False), ("/etc/passwd", False), ("../x.html", False),
        ("data:text/html,x", False), ("ftp://e.org", False), ("a/b.html", False), ("x.csv", False),
    ],
)  # fmt: skip
def test_links_lead_only_where_they_may(address, kept):
    made = cleaning.clean(f'<a target="_blank" href="{html.escape(address)}">x</a>')
    assert ("href=" in made) is kept
    if kept and re.match("https?:", address):
        assert 'rel="noopener noreferrer"' in made


def test_every_page_has_a_policy_for_its_one_script(made):
    for path in made.glob("*.html"):
        text = path.read_text()
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
        policy = html.unescape(policy)
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        allowed = re.search(r"script-src ([^;]*);", policy)[1].split()
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
        assert allowed == [f"'sha256-{one}'" for one in hashes]
        assert len(allowed) <= 1 + (path.name == "index.html")


def test_the_script_of_the_index_runs_under_its_policy(made, browser):
    page = browser.new_page()
    page.goto((made / "index.html").as_uri())
    assert page.is_visible("#find")
    page.close()


# ---------------------------------------------------------------- secrets and places


def commanded(folder: Path, environment: dict, *command: str) -> subprocess.CompletedProcess:
    """Run the command in a project."""
    whole = [*COMMAND, *command]
    return subprocess.run(whole, cwd=folder, env=environment, capture_output=True, text=True)


def test_secrets_fail_the_report_by_name(tmp_path):
    secret = 'pa"ss<w>ord&1'
    cells = {
        "text": "import os\nprint(os.environ['MY_PASSWORD'])",
        "html": "import html, os\nfrom IPython.display import HTML\n"
        "HTML(html.escape(os.environ['MY_PASSWORD']))",
        "json": "import os\nos.environ['MY_PASSWORD']",
        "error": "import os\nraise ValueError('at /?key=' + os.environ['MY_PASSWORD'])",
        "good": "import os\nlen(os.environ['MY_PASSWORD'])",
    }
    for name, cell in cells.items():
        notebook(tmp_path / "notebooks" / f"{name}.ipynb", cell)
    batch(tmp_path, **{name: {"notebook": f"{name}.ipynb"} for name in cells})
    environment = os.environ | {"MY_PASSWORD": secret}
    run = commanded(tmp_path, environment, "run")
    assert run.returncode == 1
    assert run.stdout.count("SecretShown: the value of MY_PASSWORD of the environment") == 3
    assert "ValueError: at /?key=$MY_PASSWORD" in run.stdout
    assert "1 ok, 4 failed" in run.stdout
    for path in (tmp_path / "reports").iterdir():
        text = path.read_text()
        assert not any(form in text for form in private._forms(secret)), path.name


def test_no_place_of_this_machine_is_told(tmp_path):
    outside = tmp_path / "elsewhere" / "shared"
    outside.mkdir(parents=True)
    (outside / "figures.csv").write_text("a\n1\n")
    (outside / "outsider.py").write_text("X = 1\ndef fail(): raise ValueError(__file__)\n")
    project = tmp_path / "home" / "work"
    books = project / "notebooks"
    reads = f"""import os, sys, pandas as pd
sys.path.append({str(outside)!r})
import outsider
print(os.getcwd(), pd.read_csv(file).shape, sys.prefix, outsider.__file__)"""
    notebook(
        books / "good.ipynb", reads, parameters=f"file: str = {str(outside / 'figures.csv')!r}"
    )
    notebook(books / "bad.ipynb", reads.replace("file)", f"{str(outside / 'figures.csv')!r})"),
             "outsider.fail()")  # fmt: skip
    batch(project, good={"notebook": "good.ipynb"}, bad={"notebook": "bad.ipynb"})
    environment = os.environ | {"HOME": str(tmp_path / "home")}
    run = commanded(project, environment, "run")
    assert "1 ok, 1 failed" in run.stdout, run.stderr
    told = [str(tmp_path), str(ROOT), sys.prefix, str(outside)]
    for path in (project / "reports").iterdir():
        if path.suffix == ".json":
            assert [place for place in told if place in path.read_text()] == [], path.name
        if path.suffix == ".ipynb":  # the author's own code stands as it was written
            outputs = [c.get("outputs") for c in json.loads(path.read_text())["cells"]]
            assert [place for place in told if place in str(outputs)] == [], path.name
    page = (project / "reports" / "good.html").read_text()
    shown = re.sub(r'<details class="code">.*?</details>', "", page, flags=re.DOTALL)
    assert [place for place in told if place in shown] == []
    again = commanded(project, environment, "run")
    assert "0 ok, 1 failed, 1 unchanged" in again.stdout  # known by its hash all the same


# ---------------------------------------------------------------- the real pages, with hostile data


def test_real_reports_of_hostile_data_run_nothing(tmp_path, tab):
    skipped = shutil.ignore_patterns("*.pyc.*")  # half written by another worker
    for name in ("lib", "data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skipped)
    table = tmp_path / "lib" / "silktrade" / "economies.csv"
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    for row in rows:  # what is longer does not fit where a figure names an economy
        row["label"] = f"{row['code']}<svg onload=A=1>"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    for sidecar in (tmp_path / "data").glob("*/*/*.yml"):
        said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
        said |= {"title": HOSTILE[1], "producer": HOSTILE[2], "citation": HOSTILE[3]}
        sidecar.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    claims = max((tmp_path / "data" / "silktrade").glob("*/claims.csv"))
    theirs = pd.read_csv(claims, dtype=str, keep_default_na=False)
    theirs["statement"] = [HOSTILE[n % len(HOSTILE)] for n in range(len(theirs))]
    theirs["publisher"] = HOSTILE[5]
    theirs.to_csv(tmp_path / "theirs.csv", index=False)
    command = ["run", "--reports", str(tmp_path / "reports"), "published_claims", "data_coverage",
               "trade_trends", "-p", "claims", str(tmp_path / "theirs.csv")]  # fmt: skip
    kept = str(cache.folder())  # under a hash of code and data, so that a copy may share it
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "lib"), cache.VARIABLE: kept}
    environment.pop("SILKTRADE_DATA", None)
    run = commanded(tmp_path, environment, *command)
    pages = sorted((tmp_path / "reports").glob("*.html"))
    assert len(pages) == 4, run.stdout + run.stderr
    for path in pages:
        assert seen(tab, path) == [], path.name
    (page,) = (p for p in pages if p.name.startswith("published_claims"))
    text = page.read_text()
    assert html.escape(HOSTILE[1], quote=False) in text  # it is there, as a text
