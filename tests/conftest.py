"""What several tests need: small projects, the real batch once run, a browser to look with."""

from __future__ import annotations

import os

# Before numpy is loaded, which reads it then: matrices here are small, and threads of several
# processes on two cores would only wait for each other.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import base64
import fcntl
import functools
import gc
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from presswork import engine, plan, preload, store
from presswork import site as folder_of_reports
from silktrade.cli import PROJECT

preload.defer_parsers()  # before any test imports nbformat, which takes longest of all without it
ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "silktrade"]
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                                   "best-practice"]}  # fmt: skip
# Letters of charts that are not of a page's size, but for the numbers of events, which are notes.
LETTERS = """() => [...document.querySelectorAll('.plot svg')]
  .filter(s => s.getClientRects().length)
  .flatMap(s => [...s.querySelectorAll('text')].map(t => [t.textContent,
    parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width
    / s.viewBox.baseVal.width])).filter(([text, size]) =>
    !(size >= 12 && size <= 14.5) && !(/^[12]?[0-9]$/.test(text) && size >= 9))"""
# Tables that a wide screen does not show whole.
CUT = """() => [...document.querySelectorAll('.scroll')].filter(s => !s.closest('details')
  && s.scrollWidth > s.clientWidth + 1).map(s => s.getAttribute('aria-label'))"""
# Mark rows that look like one above them in all but their words: data are most of a page, and the
# hundredth row takes axe as long as the first. It does not judge the contrast of a single letter,
# nor of words on a drawing, whose colours are tested in test_marks.
ALIKE = """() => { for (const body of document.querySelectorAll('tbody')) {
  const seen = new Set();
  for (const row of body.rows) {
    row.removeAttribute('data-alike');
    const looks = [row, ...row.cells].map(c => getComputedStyle(c))
      .map(s => [s.color, s.backgroundColor, s.fontSize, s.fontWeight, s.opacity]);
    const look = row.outerHTML.replace(/>[^<]+/g, t => t.length > 2 ? '>xx' : '>x') + looks;
    row.toggleAttribute('data-alike', seen.has(look));
    seen.add(look);
  } } }"""
# Mark texts that stand as one above them does, or as one of a page whose contrast was right, in a
# table or not: in the same elements of the same classes, in the same colours and letters on the
# same grounds, and no more cut off by a table that scrolls. Axe works out the ground of each anew,
# and finds the same one. Gives how those look that are not marked.
SAME = """right => { const grounds = new Map(), seen = new Set(right), first = [];
  const ground = e => {
    if (e && !grounds.has(e)) {
      const s = getComputedStyle(e);
      grounds.set(e, [ground(e.parentElement), e.localName, e.className, s.backgroundColor,
                      s.backgroundImage, s.opacity, s.position].join());
    }
    return grounds.get(e) ?? '';
  };
  for (const e of document.body.querySelectorAll('*')) {
    e.removeAttribute('data-same');
    const own = [...e.childNodes].map(n => n.nodeType === 3 ? n.data : '').join('').trim();
    if (!own || !e.checkVisibility({visibilityProperty: true})) continue;
    const s = getComputedStyle(e), end = e.getBoundingClientRect().right;
    const cut = end > (e.closest('.scroll') ?? document.body).getBoundingClientRect().right;
    const look = [ground(e), s.color, s.fontSize, s.fontWeight, s.textShadow, own.length > 1, cut];
    if (!e.toggleAttribute('data-same', seen.has(look.join()))) first.push(look.join());
    seen.add(look.join());
  }
  return first; }"""
ONCE = "axe.configure({rules: [{id: 'color-contrast', selector: ':not([data-same])'}]})"
# Marks of a drawing, of which axe would look at each: they are what no rule of its asks for, unless
# they say that they are more.
MARKS = """() => { for (const mark of document.querySelectorAll('svg :is(path, text, circle, g)'))
  if (![...mark.attributes].some(a => /^(role|tabindex|on.*|aria-.*)$/.test(a.name))
    && !mark.querySelector('a, [role], [tabindex], [aria-label]')) mark.remove() }"""
PATIENCE = 300.0  # seconds to wait for what takes a few where nothing else keeps the machine busy
SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"/>').decode()
FIGURE = f"""from IPython.display import HTML
HTML('<figure class="chart"><img alt="A line rises." '
     'src="data:image/svg+xml;base64,{SVG}"></figure>')"""
WIDE = """import pandas as pd
pd.DataFrame({f"y{y}": [1.0, 2.0] for y in range(40)}, index=["export", "import"])"""
SAY = """from silktrade import headline, key_message, provenance
key_message(f"Trade with {partner} <doubled> & grew.")
headline("trade_usd", 43.8e9, "USD", "2024", "Trade in dollars")
headline("growth", -0.034, "growth", "2024", "Growth")"""
READ = """from silktrade.data import snapshots
snapshots.read(snapshots.find("gacc", "partner_monthly"))
provenance()"""
TAKES = 'partner: str = "KAZ"  # ISO 3166-1 alpha-3\ndraws: int = 20  # how many'


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage in what thousands of tests are, and seldom in what they do."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
        gc.set_threshold(10_000, 20, 20)  # small tests of large modules make little to be found


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"{what}: not within {PATIENCE:g} s"
        time.sleep(0.05)


CONTRAST = {"type": "rule", "values": ["color-contrast"]}  # alone depends on the scheme
# What may differ where a page is dark and narrow; the other rules read its elements alone.
SEEN = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
WAYS = [("light", 1280, RULES), ("dark", 390, SEEN)]
EVERY_WAY = [("light", 1280, RULES), ("dark", 390, RULES), ("dark", 1280, CONTRAST),
             ("light", 390, CONTRAST)]  # fmt: skip


@functools.cache
def offline_tab(browser: Browser) -> Page:
    """Open one tab for all pages that are looked at: a new one costs more than its page."""
    return browser.new_context(offline=True).new_page()


@functools.cache
def looks_right(browser: Browser, scheme: str, width: int) -> set[str]:
    """Hold how texts look on the pages whose contrast was right in a scheme, at a width."""
    return set()


def looked_at(
    browser: Browser, page: Path, top: Mapping[int, float] | None = None, ways: list = EVERY_WAY
) -> dict[str, object]:
    """
    Open a page from disk once, without a network, and say what is wrong with it at any width.

    Pages have one style sheet: each scheme at each width is looked at where a page is a kind, with
    all that a page may hold. Others take `WAYS`, both schemes and both widths once.
    """
    asked, said = [], []
    listened = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
    }
    tab = offline_tab(browser)
    for event, listener in listened.items():
        tab.on(event, listener)
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.emulate_media(color_scheme="light")
    tab.goto(page.as_uri())
    found: dict[str, object] = {"said": list(said)}
    unfold = "document.querySelectorAll('details').forEach(d => { d.open = true })"
    for prepare in ("0", unfold):
        tab.evaluate(prepare)
        for width in (1280, 390, 320):
            tab.set_viewport_size({"width": width, "height": 900})
            wide = tab.evaluate("document.documentElement.scrollWidth") > width
            found[f"too wide at {width}"] = wide or found.get(f"too wide at {width}", False)
            if width in (top or ()) and prepare != unfold:
                first = "document.querySelector('figure.chart').getBoundingClientRect().top"
                at = tab.evaluate(first)
                found[f"first chart at {width}"] = at if at > top[width] else 0
                found[f"letters at {width}"] = tab.evaluate(LETTERS)
                found["cut"] = (tab.evaluate(CUT) if width == 1280 else 0) or found.get("cut")
    found["headings"] = tab.locator("h1").count() != 1 or tab.locator("main").count() != 1
    found["images"] = tab.locator("img:not([alt]), img[alt='']").count()
    tab.evaluate(AXE)
    # Axe judges no contrast on a gradient, and a table that scrolls has shadows at its ends.
    tab.add_style_tag(content=".scroll { background-image: none !important }")
    assert tab.evaluate("axe.getRules(['wcag22aa']).length") > 0
    tab.evaluate(ONCE)
    tab.evaluate(MARKS)
    for scheme, width, rules in ways:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tab.evaluate(ALIKE)
        right = looks_right(browser, scheme, width)
        first = tab.evaluate(SAME, [*right])
        found[f"axe {scheme} {width}"] = wrong = tab.evaluate(
            """async only => (await axe.run({exclude: ['[data-alike]']},
                                            {runOnly: only, resultTypes: ['violations']}))
               .violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | '))""",
            rules,
        )
        if not any(one.startswith("color-contrast") for one in wrong):
            right.update(first)
    found["asked"] = [url for url in asked if not url.startswith(("file:", "data:"))]
    for event, listener in listened.items():
        tab.remove_listener(event, listener)
    return {what: wrong for what, wrong in found.items() if wrong}


def refusal(call, *args, **kwargs) -> str:
    """Give the text of the ValueError of a call."""
    with pytest.raises(ValueError) as error:
        call(*args, **kwargs)
    return str(error.value)


def notebook(path: Path, *cells: str, parameters: str = "", title: str = "Does it run?") -> Path:
    """Write a notebook: a title, a parameters cell, then cells (Markdown where they start so)."""
    import nbformat  # not before `defer_parsers`

    new = nbformat.v4
    made = [new.new_markdown_cell(f"# {title}\n\nWhy it matters, and in which unit.")]
    if parameters:
        made.append(new.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    for source in cells:
        markdown = source.startswith(("#", "Text"))
        made.append((new.new_markdown_cell if markdown else new.new_code_cell)(source))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new.new_notebook(cells=made), path)
    return path


def batch(folder: Path, **reports: dict) -> Path:
    """Write a batch file beside notebooks."""
    path = folder / "notebooks" / "batch.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"reports": reports}, sort_keys=False))
    return path


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let Ctrl-C interrupt, here and in what is started here, though it be ignored as by nohup."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def once(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """Give all workers of one run the same folder, and tell the first of them to fill it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_suffix(".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the others wait here
        lock.seek(0)
        yield folder, not lock.read()
        lock.write("filled")


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """Run a small batch once: two pages of a grid, a warning, and three kinds of failure."""
    with once(tmp_path_factory, "project") as (folder, empty):
        if empty:
            make(folder)
    return folder / "reports"


def make(folder: Path) -> None:
    """Run the small batch."""
    books = folder / "notebooks"
    notebook(
        books / "profile.ipynb", SAY, "## How *big* is it?", FIGURE, "## How big is it?", WIDE,
        "## What could be wrong?", "## How this was made", READ, "assert draws == 20",
        parameters=TAKES, title="How does China’s trade stand?",
    )  # fmt: skip
    failing = {
        "warns": ["import warnings\nwarnings.warn('odd figures')"],
        "raises": ["Text", "x = 1", "int('soon')\nx += 1"],
        "silent": [FIGURE.replace('alt="A line rises." ', "")],
        "dies": ["import os\nos._exit(3)"],
        "never": ["x = 1"],
    }
    for name, cells in failing.items():
        notebook(books / f"{name}.ipynb", *cells, title=f"What if it {name}?")
    path = batch(
        folder,
        profile={"notebook": "profile.ipynb", "grid": {"partner": ["KAZ", "UZB"]}},
        **{name: {"notebook": f"{name}.ipynb"} for name in failing},
    )
    reports = plan.load_batch(path, PROJECT)
    for outcome in engine.run(reports[:-1], jobs=2):
        store.publish(outcome, folder / "reports")
    folder_of_reports.write_index(folder / "reports", reports)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Run the whole batch once, as `make reports` does."""
    with once(tmp_path_factory, "site") as (folder, empty):
        if empty:
            code = "import sys; from silktrade.cli import main; sys.exit(main())"
            command = [sys.executable, "-c", code, "run", "--reports", str(folder)]
            command += ["--batch", str(shorter(folder.with_name("batch.yml")))]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            assert run.returncode == 0, run.stdout + run.stderr
    return folder


def shorter(path: Path) -> Path:
    """Write the batch with a shorter record: of every year it takes half of the batch's time."""
    said = yaml.safe_load((ROOT / "notebooks" / "batch.yml").read_text(encoding="utf-8"))
    for entry in said["reports"].values():
        entry["notebook"] = str(ROOT / "notebooks" / entry["notebook"])
    # The first years that it judges are projected in test_projection.
    record = {"first_target": 2019, "first_day": "2014-12-31"}
    said["reports"]["forecast_evaluation"]["parameters"] |= record
    path.write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium; only outside CI may a machine be without one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()
