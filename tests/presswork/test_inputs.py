"""What a report is made from: what is seen, what makes it run again, and what does not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from conftest import ROOT, batch, notebook

from presswork import audit, changes, inputs, modules, plan, records, store
from presswork import batch as batches
from silktrade.cli import PROJECT
from silktrade.data import vintages

SOURCE = Path(vintages.__file__).parents[3] / "data"
READ = (
    "from silktrade.data import snapshots\n"
    "len(snapshots.read(snapshots.find({!r}, {!r}, as_of='2027-01-01')))"
)


class Silent:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.ran, self.unchanged = [], []

    def begin(self, run, unchanged) -> None:
        self.unchanged = [r.name for r in unchanged]

    def note(self, text) -> None:
        pass

    def cell(self, report, number) -> None:
        pass

    def end(self, outcome) -> None:
        self.ran.append(outcome.report.name)


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Make a project of three reports on a copy of the data: two read files, one reads none."""
    for source, dataset in (("gacc", "partner_monthly"), ("imf", "direction_of_trade")):
        folder = tmp_path / "data" / source / "2026-11-23"  # the one vintage of this project
        folder.mkdir(parents=True)
        for kind in ("csv", "yml"):
            newest = max(SOURCE.glob(f"{source}/*/{dataset}.{kind}"))
            shutil.copy(newest, folder)
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(tmp_path / "data"))
    books = tmp_path / "notebooks"
    notebook(books / "customs.ipynb", READ.format("gacc", "partner_monthly"))
    notebook(books / "imf.ipynb", READ.format("imf", "direction_of_trade"))
    notebook(
        books / "own.ipynb", "import json, beside\n(beside.X, json.load(open('own.json')))",
        parameters="draws: int = 3",
    )  # fmt: skip
    (books / "own.json").write_text("[1]")
    (books / "beside.py").write_text("X = 1\n")
    (tmp_path / "requirements.lock").write_text("a==1\n")
    names = ("customs", "imf", "own")
    batch(tmp_path, **{name: {"notebook": f"{name}.ipynb"} for name in names})
    return tmp_path


def ran(project: Path, *pairs: tuple[str, str], **options) -> set[str]:
    """Run the batch, and name the reports that ran."""
    modules.forget()
    whole = plan.load_batch(project / "notebooks" / "batch.yml", PROJECT)
    seen = Silent()
    chosen = plan.override(whole, pairs)
    summary = batches.run(whole, chosen, project / "reports", seen, **options)
    assert summary.failed == 0
    assert len(seen.unchanged) + len(seen.ran) == len(whole)
    return set(seen.ran)


def rewrite(path: Path, old: str, new: str) -> None:
    """Change a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def new_vintage(project: Path, source: str, old: str, new: str, dataset: str) -> None:
    """Copy a data set as a newer vintage."""
    folder = project / "data" / source
    (folder / new).mkdir()
    for kind in ("csv", "yml"):
        shutil.copy(folder / old / f"{dataset}.{kind}", folder / new / f"{dataset}.{kind}")


def test_only_what_changed_runs(project):
    everything = {"customs", "imf", "own"}
    assert ran(project) == everything
    assert ran(project) == set()
    assert ran(project, force=True) == everything
    notebooks, data = project / "notebooks", project / "data"

    rewrite(data / "gacc/2026-11-23/partner_monthly.yml", "title:", "# a remark\ntitle:")
    assert ran(project) == {"customs"}  # exactly the report that reads it
    rewrite(notebooks / "own.json", "[1]", "[2]")
    assert ran(project) == {"own"}
    rewrite(notebooks / "beside.py", "X = 1", "X = 2")
    assert ran(project) == {"own"}
    rewrite(notebooks / "imf.ipynb", "Why it matters", "Why it counts")
    assert ran(project) == {"imf"}
    assert ran(project, ("draws", "4")) == {"own--draws-4"}  # a page of its own name
    assert ran(project) == set()  # which leaves the batch's as they are
    rewrite(project / "requirements.lock", "a==1", "a==2")
    assert ran(project) == everything
    assert ran(project) == set()


def test_a_newer_vintage_runs_the_reports_that_chose_it(project):
    ran(project)
    new_vintage(project, "gacc", "2026-11-23", "2026-12-20", "partner_monthly")
    assert ran(project) == {"customs"}
    new_vintage(project, "gacc", "2026-11-23", "2027-06-01", "partner_monthly")
    assert ran(project) == set()  # later than the report's as-of day


def test_what_is_edited_during_a_run_is_not_taken_for_what_was_read(project):
    # Each notebook reads, and then what it has read is changed, as by a pull in the middle.
    books = project / "notebooks"
    newer = project / "data" / "gacc" / "2026-12-20"
    notebook(
        books / "customs.ipynb", READ.format("gacc", "partner_monthly"),
        f"import shutil\n_ = shutil.copytree({str(newer.parent / '2026-11-23')!r}, {str(newer)!r})",
    )  # fmt: skip
    edit = (
        "import os, time\njson.load(open('own.json'))\nos.utime('own.json', (time.time() + 5,) * 2)"
    )
    notebook(books / "own.ipynb", "import json", edit)
    assert ran(project) == {"customs", "imf", "own"}
    own = store.read_record(project / "reports", "own")["inputs"]
    assert own["file notebooks/own.json"] == "changed during the run"
    customs = store.read_record(project / "reports", "customs")["inputs"]
    assert customs["vintage gacc/partner_monthly/2027-01-01"] == "2026-11-23"
    notebook(books / "customs.ipynb", READ.format("gacc", "partner_monthly"))
    stale, _ = batches.split(plan.load_batch(books / "batch.yml", PROJECT), project / "reports")
    assert [r.name for r in stale] == ["customs", "own"]


def test_outputs_that_are_missing_or_another_are_made_again(project):
    ran(project)
    reports = project / "reports"
    (reports / "imf.html").unlink()
    (reports / "own.ipynb").write_text("{}")
    (reports / "customs.json").write_text("half a reco")
    assert ran(project) == {"customs", "imf", "own"}


def test_a_report_that_failed_runs_again(project):
    rewrite(project / "notebooks" / "own.json", "[1]", "[")
    whole = plan.load_batch(project / "notebooks" / "batch.yml", PROJECT)
    for expected in (1, 1):
        seen = Silent()
        assert batches.run(whole, whole, project / "reports", seen).failed == expected
    rewrite(project / "notebooks" / "own.json", "[", "[1]")
    assert ran(project) == {"own"}


def test_outputs_in_the_notebook_itself_change_nothing(project):
    ran(project)
    path = project / "notebooks" / "imf.ipynb"
    content = json.loads(path.read_text())
    content["cells"][1]["execution_count"] = 7
    path.write_text(json.dumps(content))
    assert ran(project) == set()


def test_the_table_of_inputs(project):
    ran(project)
    table = store.read_record(project / "reports", "customs")["inputs"]
    kinds = {name.partition(" ")[0] for name in table}
    assert kinds == {"notebook", "module", "templates", "lock", "package", "data", "vintage"}
    assert [n for n in table if n.startswith("data")] == [
        "data gacc/2026-11-23/partner_monthly.csv", "data gacc/2026-11-23/partner_monthly.yml",
    ]  # fmt: skip
    assert table["vintage gacc/partner_monthly/2027-01-01"] == "2026-11-23"
    own = store.read_record(project / "reports", "own")["inputs"]
    assert {n for n in own if n.startswith(("file", "parameter"))} == {
        "file notebooks/own.json", "file notebooks/beside.py", "parameter draws",
    }  # fmt: skip


def test_what_a_report_says_of_a_change(project):
    notebook(
        project / "notebooks" / "own.ipynb",
        "import silktrade as st\nimport json\nst.headline('size', json.load(open('own.json'))[0], "
        "'USD', '2024', 'Size')",
    )
    ran(project)
    first = store.read_record(project / "reports", "own")
    assert (first["before"], first["changes"]) == (None, None)
    rewrite(project / "notebooks" / "own.json", "[1]", "[2]")
    ran(project)
    said = store.read_record(project / "reports", "own")
    assert said["changes"] == {
        "inputs": ["file notebooks/own.json"],
        "headlines": [
            {
                "name": "size",
                "unit": "USD",
                "label": "Size",
                "period": "2024",
                "then": 1.0,
                "now": 2.0,
            }
        ],
    }
    page = (project / "reports" / "own.html").read_bytes()
    ran(project, force=True)
    again = store.read_record(project / "reports", "own")
    assert again["changes"] == said["changes"]  # the same inputs say the same
    assert (project / "reports" / "own.html").read_bytes() == page


def test_numbers_that_come_and_go_are_changes():
    def record(**numbers: float) -> dict:
        headlines = [{"name": n, "value": v, "unit": "USD", "period": "2024"} for n, v in
                     numbers.items()]  # fmt: skip
        return {"inputs": {"notebook": str(numbers)}, "headlines": headlines}

    _, said = changes.since(record(old=1.0, same=2.0), record(new=3.0, same=2.0))
    assert [(h["name"], h["then"], h["now"]) for h in said["headlines"]] == [
        ("new", None, 3.0), ("old", 1.0, None),
    ]  # fmt: skip
    assert said["inputs"] == ["the notebook"]


def test_a_number_in_another_currency_or_of_another_year_is_told_apart():
    def said(unit: str, period: str) -> dict:
        number = {"name": "trade", "value": float(period), "unit": unit, "period": period}
        return {"inputs": {"parameter x": unit + period}, "headlines": [number]}

    _, other = changes.since(said("USD", "2024"), said("CNY", "2024"))
    assert [(h["unit"], h["then"], h["now"]) for h in other["headlines"]] == [
        ("CNY", None, 2024.0), ("USD", 2024.0, None),
    ]  # fmt: skip
    _, later = changes.since(said("USD", "2024"), said("USD", "2025"))
    assert later["headlines"][0]["period"] == "2024 → 2025"


def test_the_last_digits_of_an_optimiser_are_no_change():
    before = {"name": "a", "value": 0.0744744, "unit": "fraction", "period": "2024"}
    for value, moved in ((0.0744744 * (1 + 1e-8), 0), (0.07447, 1)):
        now = {"inputs": {"module models": "b"}, "headlines": [{**before, "value": value}]}
        _, said = changes.since({"inputs": {}, "headlines": [before]}, now)
        assert len(said["headlines"]) == moved


def test_phrases_for_inputs():
    before = {"package pandas": "3.0", "data a/1/x.csv": "1", "lock": "1", "vintage a/x/": "1"}
    after = {"package pandas": "3.1", "lock": "2", "vintage a/x/": "2", "templates": "t"}
    assert inputs.changed(before, after) == [
        "data a/1/x.csv: no longer used",
        "the locked packages",
        "package pandas: 3.0 → 3.1",
        "the page's template: new",
        "choice of a/x/: 1 → 2",
    ]


def test_a_listing_of_all_data_is_told_without_its_fingerprints():
    before, after = {"vintage */*/": "4" * 64}, {"vintage */*/": "2" * 64}
    assert inputs.changed(before, after) == ["which files of data are held"]


# ---------------------------------------------------------------- modules that code uses


@pytest.mark.parametrize(
    ("code", "used", "unused"),
    [
        (["import silktrade as st", "st.growth(t)"], {"measures.trade", "codes"},
         {"forecasting.models", "data.trade"}),
        (["from silktrade import figures as f\nf.growth_ranges(x)"], {"figures.projections"},
         {"figures.trends"}),
        (["import silktrade as st\nst.project"],
         {"projection.project", "projection.density"}, {"data.trade"}),
        (["from silktrade.forecasting.models import theta_method"],
         {"forecasting.models.theta_method"}, {"data.trade"}),
        (["import silktrade.forecasting.accuracy"], {"forecasting.accuracy"},
         {"forecasting.models"}),
        (["import silktrade.codes, silktrade.prose"], {"codes", "prose"}, {"data.trade"}),
        (["import silktrade as st\nst.accuracy.crps"], {"forecasting.accuracy"}, {"data.trade"}),
        (["from silktrade import figures\nshow(figures)"],
         {"figures.trends", "figures.projections"}, {"forecasting.models"}),
        (["%matplotlib inline"],
         {"forecasting.models", "data.trade", "projection.project", "figures"}, set()),
        (["import silktrade as st\nst.headline('a', 1.0, 'USD', '2024', 'Trade')"], {"report"},
         {"measures.trade"}),
        (["x = 1"], {"presswork.render"}, {"measures.trade", "figures"}),
    ],
)  # fmt: skip
def test_modules_that_code_uses(code, used, unused):
    found = {m.removeprefix("silktrade.") for m in modules.used("silktrade", code)}
    assert used <= found
    assert not unused & found
    assert {"presswork.render", "presswork.worker", "presswork.kernel"} <= found


def test_an_edit_of_a_model_runs_what_projects(monkeypatch):
    planned = plan.load_batch(ROOT / "notebooks" / "batch.yml", PROJECT)
    name = "module projection.density"
    using = {r.name for r in planned if name in inputs.static(r)}
    assert {"growth_projections", "outturn", "forecast_evaluation"} <= using
    assert not {"data_coverage", "trade_trends"} & using


# ---------------------------------------------------------------- the audit hook


def noted(tmp_path: Path, code: str) -> audit.Reads:
    """Run code under the hook in a process of its own, since a hook cannot be taken away."""
    log = tmp_path / "log"
    start = "from presswork import audit\nfrom pathlib import Path\n"
    start += f"audit.start('silktrade', Path({str(log)!r}))\n"
    subprocess.run([sys.executable, "-c", start + code], check=True, cwd=tmp_path)
    return audit.load(log)


def test_the_hook_tells_reading_from_writing(tmp_path):
    (tmp_path / "in.csv").write_text("a\n1\n")
    (tmp_path / "mine.py").write_text("Y = 1\n")
    reads = noted(
        tmp_path,
        "import sys; sys.path.insert(0, '.'); import mine, json, os, pandas\n"
        "pandas.read_csv('in.csv')\nopen('out.txt', 'w').write('x')\nopen('out.txt').read()\n"
        "os.close(os.open('in.csv', os.O_RDONLY))\nopen(0, closefd=False)\n"
        "from silktrade.data import vintages\n"
        "vintages.choose('fed', 'exchange_rate', '2025-01-01')",
    )
    own = [p for p in audit.inputs(reads) if p.is_relative_to(tmp_path)]
    assert own == [tmp_path / "in.csv", tmp_path / "mine.py"]
    assert not {*own} & {*audit.inputs(reads, ignored=(str(tmp_path),))}
    chosen = vintages.choose("fed", "exchange_rate", "2025-01-01").parent.name
    assert reads.asked == {("fed", "exchange_rate", "2025-01-01", chosen)}


def test_the_projects_own_files_count_wherever_they_lie(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "_FOREIGN", (str(tmp_path),))
    own, cached, other = (tmp_path / n / "x.csv" for n in ("project", "project/.cache", "other"))
    for path in (own, cached, other):
        path.parent.mkdir(parents=True)
        path.touch()
    reads = audit.Reads(opened={str(p) for p in (own, cached, other)})
    kept, ignored = (str(own.parent),), (str(cached.parent),)
    assert audit.inputs(reads, kept, ignored) == [own]


def test_caches_are_no_inputs(tmp_path, monkeypatch):
    monkeypatch.setenv("SILKTRADE_CACHE", str(tmp_path / "kept"))
    report = plan.Report("r", "r", tmp_path / "notebooks" / "r.ipynb", PROJECT)
    assert str(tmp_path / ".cache") in inputs.caches(report)
    assert str(tmp_path / "kept") in inputs.caches(report)


def test_arrow_readers_are_wrapped(tmp_path):
    # A stand-in for pyarrow: its readers open files in C++, where no hook sees it.
    package = tmp_path / "pyarrow"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "parquet.py").write_text("def read_table(source, **_):\n    return source\n")
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    reads = noted(
        tmp_path,
        "import sys; sys.path.insert(0, '.')\nimport pyarrow.parquet as pq\n"
        "assert pq.read_table('x.parquet') == 'x.parquet'\npq.read_table('gone.parquet')",
    )
    assert str(tmp_path / "x.parquet") in reads.opened
    assert str(tmp_path / "gone.parquet") not in reads.opened


def test_arrow_readers_that_are_loaded_already_are_wrapped(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    module = types.ModuleType("pyarrow.parquet")
    module.read_table = lambda source: source
    noted = []
    audit._wrap(module, lambda *fact: noted.append(fact))
    assert module.read_table(tmp_path / "x.parquet") == tmp_path / "x.parquet"
    assert noted == [("opened", str(tmp_path / "x.parquet"))]


def test_a_record_of_another_time_counts_as_none(tmp_path):
    report = plan.Report("r", "r", notebook(tmp_path / "notebooks" / "r.ipynb"), PROJECT)
    old = {"status": "ok", "files": {}, "report": "r"}
    tmp_path.joinpath("r.json").write_text(json.dumps(old))
    assert store.intact(tmp_path, "r") is None
    assert not inputs.up_to_date(report, {})
    assert records.record(report, None)["status"] == "ok"


def test_data_are_told_by_what_is_new_in_them_and_not_by_their_files():
    before = {"data gacc/2031-05-19/months.csv": "a", "data gacc/2031-05-19/months.yml": "b",
              "vintage gacc/months/2031-05-19": "2031-05-19", "data fed/2031-05-19/rate.csv": "r",
              "parameter as_of": "'2031-05-19'"}  # fmt: skip
    after = {"data gacc/2031-06-19/months.csv": "c", "data gacc/2031-06-19/months.yml": "d",
             "vintage gacc/months/2031-06-19": "2031-06-19", "data fed/2031-05-19/rate.csv": "s",
             "parameter as_of": "'2031-06-19'"}  # fmt: skip
    then = {"inputs": before, "headlines": []}
    _, said = changes.since(then, {"inputs": after, "headlines": []}, lambda *told: repr(told))
    assert said["inputs"] == [
        "('gacc', 'months', '2031-05-19', '2031-06-19')",
        "data fed/2031-05-19/rate.csv",
        "parameter as_of: '2031-05-19' → '2031-06-19'",
    ]
