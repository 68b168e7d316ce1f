"""Nothing vanishes: each output in its best offline form, or a sentence of what is missing."""

from __future__ import annotations

import base64
import gc
import json
import re
import struct
import time
from collections.abc import Iterator

import nbformat
import pytest
from conftest import batch, notebook

from presswork import drawn, engine, plan, render, shown, store, streams, worker
from silktrade import cli
from silktrade.cli import PROJECT

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////PwAF/gL+pzWBhAAAAABJRU5ErkJg"
    "gg=="
)
PACKED = base64.b64encode(struct.pack("<2d", 1.5, 2.5)).decode()
PLOTLY = {
    "data": [{"name": "KAZ", "x": [2020, 2021], "y": {"dtype": "f8", "bdata": PACKED}}],
    "layout": {"title": {"text": "It grew"}},
}
ALTAIR = """<div id="v"></div><script>(function(spec, o){ vegaEmbed })({"title": "It grew",
"data": {"name": "d"}, "datasets": {"d": [{"a": "A", "b": 28}]}}, {"mode": "vega"});</script>"""


RECORD = {
    "report": "r", "title": "T", "parameters": {}, "messages": [], "headlines": [],
    "snapshots": [], "versions": {}, "commit": None, "grid": {}, "changes": None,
}  # fmt: skip


def form(**data: object) -> str:
    """Show one output; two underscores in a name stand for what it cannot hold."""
    data = {kind.replace("__", "/").replace("_p_", "+"): value for kind, value in data.items()}
    return shown.output({"data": data, "metadata": {}}, "r.ipynb")


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_pictures_are_shown_with_their_texts(kind):
    said = {"data": {f"image/{kind}": DOT, "text/plain": "x"},
            "metadata": {f"image/{kind}": {"alt": "A <dot>"}}}  # fmt: skip
    made = shown.output(said, "r.ipynb")
    assert made == (
        f'<figure class="chart"><img src="data:image/{kind};base64,{DOT}" alt="A &lt;dot&gt;">'
        "</figure>"
    )


def test_formulas_become_mathml():
    assert "<mfrac>" in form(text__latex=r"$\displaystyle \frac{a}{b}$", text__plain="<Math>")
    assert "<mtable" in form(text__latex=r"\begin{align}x&=1\label{eq:x}\end{align}")
    assert form(text__latex="$\\nosuch$ <b>").endswith("$\\nosuch$ &lt;b&gt;</pre>")


def test_charts_that_need_a_script_are_drawn_or_told(monkeypatch):
    monkeypatch.setattr(drawn.importlib.util, "find_spec", lambda name: None)
    for made in (
        form(**{"application/vnd.plotly.v1_p_json": PLOTLY, "text__html": "<script>1</script>"}),
        form(text__html=ALTAIR, text__plain="alt.Chart(...)"),
        form(**{"application/vnd.vegalite.v5_p_json": {"title": "It grew", "data": {
            "values": [{"a": 1.5, "b": 2.5}]}}}),
    ):  # fmt: skip
        assert "<caption>It grew</caption>" in made
        assert "<script" not in made
        assert "The numbers of a chart that is drawn in r.ipynb." in made
    assert "<td>1.5</td>" in form(**{"application/vnd.plotly.v1_p_json": PLOTLY})
    nothing = form(**{"application/vnd.plotly.v1_p_json": {"data": []}})
    assert "An output of kind chart (A chart) cannot stand on a page" in nothing


def test_an_exporter_that_is_installed_draws(monkeypatch):
    import sys
    import types

    found = types.ModuleType("vl_convert")
    found.vegalite_to_svg = lambda spec: f"<svg><text>{spec['title']}</text></svg>"
    monkeypatch.setitem(sys.modules, "vl_convert", found)
    monkeypatch.setattr(drawn.importlib.util, "find_spec", lambda name: name == "vl_convert")
    made = form(text__html=ALTAIR)
    assert made.startswith(
        '<figure class="chart"><img alt="It grew" src="data:image/svg+xml;base64,'
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"application__javascript": "alert(1)", "text__plain": "<Javascript>"}, "kind script"),
        ({"application__pdf": "AAAA"}, "kind application/pdf"),
        ({"a__b": "c"}, "kind a/b"),
        ({}, "kind nothing"),
        ({"text__html": "<script src=//cdn></script>"}, "kind HTML with a script or a frame"),
        (
            {"text__html": "<div><iframe srcdoc=x></iframe></div>"},
            "kind HTML with a script or a frame",
        ),
        ({"application/vnd.plotly.v1_p_json": {"data": ["x"]}}, "kind chart (A chart)"),
        (
            {"application/vnd.plotly.v1_p_json": {"data": [{"x": ["y" * 2_000_000]}]}},
            "kind chart (A chart)",
        ),
        ({"application/vnd.vegalite.v5_p_json": {"title": ["a'", "b"]}}, "kind chart (a&#x27; b)"),
        ({"image__png": "A" * 9_000_000}, "kind image/png of this size"),
    ],
)
def test_what_cannot_be_shown_is_said(data, text):
    assert f"An output of {text} cannot stand on a page: it is in r.ipynb." in form(**data)


def test_other_forms_stand_in():
    assert "a pdf" in form(application__pdf="AAAA", text__plain="a pdf")
    assert "IntSlider(value=3)" in form(
        **{"application/vnd.jupyter.widget-view_p_json": {"model_id": "x"}},
        text__plain="IntSlider(value=3)",
    )
    assert "graph TD; A--&gt;B" in form(
        text__vnd_mermaid="", **{"text/vnd.mermaid": "graph TD; A-->B"}
    )
    assert "&quot;a&quot;: 1" in form(application__json={"a": 1}, text__plain="<JSON object>")
    assert "kept" in form(text__html="<b>kept</b><script>1</script>", text__plain="p")


def test_a_long_output_is_cut_and_says_so():
    made = form(text__plain="a" * 3_000_000)
    assert len(made) < 1_001_000
    assert "Cut after 1.0 of 3.0 million characters: the rest stands in r.ipynb." in made
    assert "kind HTML of this size" in form(text__html="<p>" * 500_000, text__plain="short")
    assert "Cut after" in shown.printed("a\n" * 1_000_000, "r.ipynb")
    assert "Cut after" in shown.complaint("warn\n" * 1_000_000, "r.ipynb")


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Let no garbage of the tests before be collected on the clock of this one."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "x " * 500_000, "x\r" * 500_000, "<" * 1_000_000, "ipykernel_" * 100_000,
     "/tmp/ipykernel_1/2.py " * 40_000, "a/" * 500_000 + "ipykernel_1/2.py", "\x1b[3" * 60_000,
     "\x1b]" * 500_000,
     "%|" * 500_000, "it [" * 250_000, "\x1b[31mx" * 100_000, "<a at 0x" * 100_000],
)  # fmt: skip
def test_a_text_of_any_shape_costs_linear_time(text):
    shown_of("warm")
    # Four times the text costs four times as much, and would cost sixteen times where it costs the
    # square; of what takes no hundredth of a second, the clock says too little.
    assert shown_of(text) < 10 * max(shown_of(text[: len(text) // 4]), 0.02)


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("begun", ["<p>x", "<!--", "<a ", "<p a='", "<textarea>"])
def test_what_is_never_closed_costs_linear_time(begun):
    def cost(elements: int) -> float:
        since = time.process_time()
        form(text__html=begun * elements)
        return time.process_time() - since

    cost(10)
    assert cost(8000) < 10 * max(cost(2000), 0.02)


def test_films_and_sounds_are_there_or_told():
    kept = '<audio controls=""><source src="data:audio/wav;base64,AAAA"/></audio>'
    assert form(text__html=kept) == kept
    told = form(text__html="<video src='http://e.org/x.mp4'></video>")
    assert told == "<span>[A film that is not in this page: no alternative text]</span>"


def test_what_only_a_terminal_understands_is_left_out():
    text = "a\x1b]8;;http://e.org\x07link\x1b]8;;\x1b\\\0\x08 \x1b[2Jend\t."
    assert form(text__plain=text).endswith(">alink end\t.</pre>")


def shown_of(text: str) -> float:
    """Show a text in every way; CPU seconds."""
    since = time.process_time()
    streams.joined([{"output_type": "stream", "name": "stdout", "text": text}])
    streams.cell_named(text)
    shown.printed(text, "r.ipynb")
    shown.complaint(text, "r.ipynb")
    form(text__plain=text)
    return time.process_time() - since


def test_warnings_and_bars_of_progress():
    bars = " 33%|###       | 1/3 [00:00<00:00, 9.9it/s]\n\x1b[A100%|####| 3/3 [00:00<00:00]"
    assert shown.complaint(bars, "r.ipynb") == ""
    assert "<strong>Warning</strong>" in shown.complaint("x.py:1: UserWarning: odd", "r.ipynb")
    assert "<strong>Message</strong>" in shown.complaint("INFO:root:read 3 files", "r.ipynb")


def test_streams_are_joined_in_their_order():
    def said(name: str, text: str) -> dict:
        return {"output_type": "stream", "name": name, "text": text}

    shows = {"output_type": "display_data", "data": {}}
    outputs = [said("stderr", "e1"), said("stdout", "a"), said("stderr", "e2"), said("stdout", "b"),
               shows, said("stdout", "c")]  # fmt: skip
    made = streams.joined(outputs)
    assert [(o["name"], o["text"]) if "name" in o else "shown" for o in made] == [
        ("stdout", "ab"), ("stderr", "e1e2"), "shown", ("stdout", "c")
    ]  # fmt: skip


# ---------------------------------------------------------------- cells


def test_a_picture_may_be_pasted_into_the_first_cell():
    first = nbformat.v4.new_markdown_cell("# T\n\n![pasted](attachment:a%20b.png)")
    first["attachments"] = {"a b.png": {"image/png": DOT}}
    book = nbformat.v4.new_notebook(cells=[first, code("1")])
    assert f'src="data:image/png;base64,{DOT}"' in render.page(book, RECORD, PROJECT)


def page(*cells: nbformat.NotebookNode, folder=None) -> str:
    """Render a page of these cells."""
    first = nbformat.v4.new_markdown_cell("# T")
    book = nbformat.v4.new_notebook(cells=[first, *cells])
    return render.page(book, RECORD, PROJECT, folder)


def code(source: str, *tags: str, text: str = "SHOWN") -> nbformat.NotebookNode:
    """Make a code cell that printed a text."""
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    return cell


@pytest.mark.parametrize(
    ("tag", "source", "output"),
    [
        ("remove-cell", False, False), ("remove_cell", False, False), ("remove-input", False, True),
        ("remove-output", True, False), ("hide-output", True, True), ("hide-input", True, True),
        ("anything", True, True),
    ],
)  # fmt: skip
def test_tags_are_heeded(tag, source, output):
    made = page(code("SOURCE = 1", tag))
    assert ("SOURCE" in made, "SHOWN" in made) == (source, output)
    folded = '<details class="code"><summary>Output</summary>' in made
    assert folded is (tag == "hide-output")


def test_an_error_that_was_meant_is_shown_and_no_other_cell_is_blamed(tmp_path):
    path = tmp_path / "notebooks" / "a.ipynb"
    notebook(path, "1 / 0", "print('on')", "int('x')")
    book = nbformat.read(path, as_version=4)
    book.cells[1].metadata.tags = ["raises-exception"]
    nbformat.write(book, path)
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), PROJECT)
    (outcome,) = engine.run([report])
    assert outcome.record["error"]["cell"] == 3
    assert outcome.record["error"]["type"] == "ValueError"
    assert "ZeroDivisionError" in outcome.notebook
    book.cells.pop()
    nbformat.write(book, path)
    for isolated in (False, True):
        (outcome,) = engine.run([report], isolated=isolated)
        assert outcome.ok, outcome.record
        assert "ZeroDivisionError" in outcome.page


def test_a_message_is_short_and_plain():
    said = worker._in_short("\x1b[31mred\x1b[0m\0 " + "x" * 1_000_000)
    assert said.startswith("red xxx")
    assert len(said) < 2100


def test_a_notebook_that_breaks_its_schema_is_shown_as_jupyterlab_shows_it():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    made.cells[0].id, made.cells[0].metadata["tags"] = "no id", [7]
    made.metadata["kernelspec"] = None
    assert "1 + 1" in re.sub("<[^>]*>", "", render.page(made, RECORD, PROJECT))


def test_a_magic_that_fails_says_why(tmp_path):
    notebook(tmp_path / "notebooks" / "a.ipynb", "%nosuch")
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), PROJECT)
    (outcome,) = engine.run([report])
    message = outcome.record["error"]["message"]
    assert message == "UsageError: Line magic function `%nosuch` not found."


def test_a_notebook_that_goes_while_it_runs_is_shown_as_it_ran(tmp_path):
    notebook(tmp_path / "notebooks" / "a.ipynb", "import os; os.remove('a.ipynb')", "print('on')")
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), PROJECT)
    (outcome,) = engine.run([report])
    assert outcome.ok, outcome.record


def test_a_notebook_that_quits_fails(tmp_path):
    for last in (("quit", "1"), ("1", "quit")):
        notebook(tmp_path / "notebooks" / "a.ipynb", *last)
        (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), PROJECT)
        for isolated in (False, True):
            (outcome,) = engine.run([report], isolated=isolated)
            error = outcome.record["error"]
            assert "the notebook ended itself here" in error["message"]
            assert error["code"] == "quit"


def test_pictures_of_markdown_are_in_the_page(tmp_path):
    (tmp_path / "a b.png").write_bytes(base64.b64decode(DOT))
    pasted = nbformat.v4.new_markdown_cell("![pasted](attachment:image.png)")
    pasted["attachments"] = {"image.png": {"image/png": DOT}}
    beside = nbformat.v4.new_markdown_cell("![beside](a%20b.png) ![gone](c.png) ![out](../d.png)")
    odd = nbformat.v4.new_markdown_cell("![lost](attachment:b.png) ![odd](attachment:c.png)")
    odd["attachments"] = {"c.png": {"text/html": "<script>"}}
    made = page(pasted, beside, odd, folder=tmp_path)
    assert made.count(f'src="data:image/png;base64,{DOT}"') == 2
    for name in ("lost", "odd"):
        assert f"[A picture that is not in this page: {name}]" in made
    assert "[A picture that is not in this page: gone]" in made
    assert "[A picture that is not in this page: out]" in made


def test_another_picture_beside_a_notebook_runs_it_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "notebooks" / "a.ipynb", "1", "Text ![dot](dot.png)")
    dot = tmp_path / "notebooks" / "dot.png"
    dot.write_bytes(base64.b64decode(DOT))
    batch(tmp_path, a={"notebook": "a.ipynb"})
    assert cli.main(["run"]) == 0
    before = store.read_record(tmp_path / "reports", "a")
    assert "file notebooks/dot.png" in before["inputs"]
    dot.write_bytes(base64.b64decode(DOT) + b"x")
    assert cli.main(["run"]) == 0
    assert store.read_record(tmp_path / "reports", "a")["inputs"] != before["inputs"]
    assert cli.main(["bundle"]) == 0


def test_raw_cells():
    raw = nbformat.v4.new_raw_cell
    assert "title: q" not in page(raw("---\ntitle: q\n---\n"))
    assert "&lt;details&gt;&lt;div&gt;" in page(raw("<details><div>"))
    html = page(raw("<details><div>open", metadata={"raw_mimetype": "text/html"}))
    assert "<details><div>open</div></details>" in html
    assert "<em>x</em>" in page(raw("*x*", metadata={"raw_mimetype": "text/markdown"}))


def test_notebooks_without_ids_are_the_same_twice(tmp_path):
    path = notebook(tmp_path / "notebooks" / "a.ipynb", "1 + 1", "2 + 2")
    book = json.loads(path.read_text())
    book["nbformat_minor"] = 4
    for cell in book["cells"]:
        del cell["id"]
    path.write_text(json.dumps(book))
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), PROJECT)
    texts = [outcome.notebook for _ in range(2) for outcome in engine.run([report])]
    assert texts[0] == texts[1]
    assert re.search(r'"id": "cell-1"', texts[0])
