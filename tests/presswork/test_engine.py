"""The engine: the same outputs as Jupyter's, and every way in which a notebook can fail."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from conftest import COMMAND, PATIENCE, ROOT, batch, notebook, until
from jupyter_client.kernelspec import KernelSpecManager

from presswork import batch as batches
from presswork import engine, execution, plan, preload, records, store, worker
from silktrade import cli
from silktrade.cli import PROJECT


def reports(folder: Path, **sources: str | list[str]) -> list[plan.Report]:
    """Plan a report for each notebook, given by its cells."""
    for name, source in sources.items():
        cells = [source] if isinstance(source, str) else source
        notebook(folder / "notebooks" / f"{name}.ipynb", *cells)
    entries = {name: {"notebook": f"{name}.ipynb"} for name in sources}
    return plan.load_batch(batch(folder, **entries), PROJECT)


def run_here(folder: Path, **sources: str) -> None:
    """Run the command on notebooks, by this process's own server of workers."""
    reports(folder, **sources)
    assert cli.main(["run", "--batch", str(folder / "notebooks" / "batch.yml")]) == 0


def outcomes(planned: list[plan.Report], **options) -> dict[str, engine.Outcome]:
    """Run reports and key what became of them by name."""
    return {o.report.name: o for o in engine.run(planned, **options)}


def error(outcome: engine.Outcome) -> tuple:
    """Give cell, code, type and message of a failure."""
    assert not outcome.ok
    assert outcome.page == ""
    return tuple(outcome.record["error"][k] for k in ("cell", "code", "type", "message"))


# ---------------------------------------------------------------- the same as Jupyter's

EVERY_OUTPUT = [
    "import pandas as pd\nfrom IPython.display import HTML, Markdown, clear_output, display",
    "print('one')\nimport sys\nprint('odd', file=sys.stderr)\nprint('two')",
    "pd.DataFrame({'a': [1.5, 2.0]}, index=['x', 'y'])",
    "display(HTML('<b>bold</b>'), Markdown('*text*'))\n_ = 3\n3 + 4",
    "shown = display('first', display_id='it')\nshown.update('second')",
    "print('gone')\nclear_output()\nprint('stays')",
    "import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\nax.plot([1, 3, 2]);",
    "from silktrade.figures import canvas\nax = canvas.canvas('Up', 'mm')\nax.plot([1, 2]);",
    "import warnings\nwarnings.warn('careful')",
    "async def f():\n    return 'awaited'\nawait f()",
    "%config InlineBackend.figure_format = 'svg'\nobject()",
    "__name__, get_ipython().__class__.__name__, In[1][:6], _6 if '_6' in dir() else None",
    "",
    "1 / 0",
    "print('never')",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[engine.Outcome, engine.Outcome]:
    """Run one notebook with every kind of output, warm and in a kernel of its own."""
    planned = reports(tmp_path_factory.mktemp("both"), every=EVERY_OUTPUT)
    warm = outcomes(planned)["every"]
    return warm, outcomes(planned, isolated=True)["every"]


def test_the_notebook_is_byte_for_byte_that_of_nbclient(both):
    warm, isolated = (o.notebook for o in both)
    assert warm == isolated
    executed = nbformat.reads(warm, as_version=4)
    nbformat.validate(executed)
    kinds = {o.output_type for c in executed.cells for o in c.get("outputs", [])}
    assert kinds == {"stream", "execute_result", "display_data", "error"}
    shown = [m for c in executed.cells for o in c.get("outputs", []) for m in o.get("data", {})]
    assert "image/png" in shown  # the inline backend is at work
    assert 'figure class=\\"chart\\"' in warm


def test_what_programs_print_is_kept(tmp_path):
    # ipykernel reads it in a thread of its own and may come late, so the two are not compared.
    made = outcomes(
        reports(tmp_path, a="import os\nprint('a')\n_ = os.system('echo b; echo c >&2')")
    )
    cell = nbformat.reads(made["a"].notebook, as_version=4).cells[1]
    assert [(o.name, o.text) for o in cell.outputs] == [("stdout", "a\nb\n"), ("stderr", "c\n")]


def test_papermill_marks_the_cell_that_failed(both):
    warm, _ = both
    assert error(warm) == (14, "1 / 0", "ZeroDivisionError", "division by zero")
    executed = nbformat.reads(warm.notebook, as_version=4)
    assert "An Exception was encountered" in executed.cells[0].source
    assert executed.metadata.papermill.exception is True


def test_real_reports_are_the_same_warm_and_isolated():
    planned = plan.choose(plan.load_batch(ROOT / "notebooks" / "batch.yml", PROJECT),
                          ["trade_trends"])  # fmt: skip
    warm, isolated = (outcomes(planned, isolated=i)["trade_trends"] for i in (False, True))
    assert warm.notebook == isolated.notebook
    assert warm.page == isolated.page
    assert warm.record["inputs"] == isolated.record["inputs"]


def test_two_runs_give_the_same_bytes(tmp_path):
    described = [source for source in EVERY_OUTPUT[:-2] if "plt" not in source]
    planned = reports(tmp_path, a=described)
    first, again = (outcomes(planned)["a"] for _ in range(2))
    assert first.ok
    assert (first.page, first.notebook) == (again.page, again.notebook)


def test_papermill_finds_the_engine_by_its_entry_point(tmp_path):
    path = notebook(tmp_path / "n.ipynb", "import os\nos.getppid()")
    code = (
        "import os, sys, papermill; n = papermill.execute_notebook(*sys.argv[1:3], "
        "engine_name='silktrade', kernel_name='python3', progress_bar=False); "
        "assert n.cells[1].outputs[0].data['text/plain'] == str(os.getpid())"
    )
    subprocess.run([sys.executable, "-c", code, path, tmp_path / "out.ipynb"], check=True)
    assert papermill.inspect_notebook(str(tmp_path / "out.ipynb")) == {}


# ---------------------------------------------------------------- kept honest


def test_workers_fork_from_one_thread_with_modules_and_no_state(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")  # as another's environment may say
    engine.close()  # the server of workers has that of the tests
    planned = reports(
        tmp_path,
        a=[
            "import os, sys\nserver = os.getppid()",
            "len(os.listdir(f'/proc/{server}/task'))",
            "sorted(k for k in globals() if not k.startswith('_'))",
            "os.environ['OPENBLAS_NUM_THREADS']",
            "'silktrade.data.trade' in sys.modules and 'statsmodels' in sys.modules",
            "from silktrade.data import snapshots, trade\nsnapshots.used()",
            "import matplotlib.pyplot as plt\nplt.get_fignums(), plt.get_backend()",
        ],
    )
    made = outcomes(planned)["a"]
    cells = nbformat.reads(made.notebook, as_version=4).cells[1:]
    said = [c.outputs[0].data["text/plain"] if c.outputs else "" for c in cells]
    assert said[1] == "1"
    assert said[2] == "['In', 'Out', 'exit', 'get_ipython', 'open', 'os', 'quit', 'server', 'sys']"
    assert said[3:6] == ["'1'", "True", "()"]
    assert said[6] == "([], 'module://matplotlib_inline.backend_inline')"


def test_each_worker_has_dice_of_its_own(tmp_path):
    dice = "import random, numpy as np\n(random.random(), np.random.random())"
    made = outcomes(reports(tmp_path, a=dice, b=dice), jobs=1)
    drawn = [nbformat.reads(o.notebook, as_version=4).cells[1].outputs[0].data["text/plain"]
             for o in made.values()]  # fmt: skip
    assert drawn[0] != drawn[1]


def test_a_kernel_of_another_language_is_started(tmp_path, monkeypatch):
    planned = reports(tmp_path, a="1")
    content = json.loads(planned[0].notebook.read_text())
    content["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    planned[0].notebook.write_text(json.dumps(content))
    assert error(outcomes(planned)["a"])[2:] == (
        "NotPlanned", "a.ipynb needs the Jupyter kernel ir: install it, or choose another in "
        "JupyterLab")  # fmt: skip
    monkeypatch.setattr(KernelSpecManager, "find_kernel_specs", lambda self: {"ir": "here"})
    assert engine._kernel(planned[0], isolated=False) == "ir"


def test_without_fork_kernels_are_spawned(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_WARM", False)
    made = outcomes(reports(tmp_path, a="import os\nos.getppid()"))["a"]
    assert made.ok
    with_server = outcomes(reports(tmp_path, a="import os\nos.getppid()"), isolated=True)["a"]
    assert with_server.ok


def test_only_a_process_that_follows_edits_leaves_the_library_to_workers(monkeypatch):
    monkeypatch.setattr(preload, "_following", [])
    code = ["import silktrade as st\nst.growth"]
    needs = preload.needed("silktrade", code)
    assert {n.partition(".")[0] for n in preload.needed("silktrade", ["1 + 1"])} == {"presswork"}
    assert {"pandas", "silktrade.measures.trade"} <= needs
    assert preload.wanted(needs) == [preload.PRELOADED]
    preload.follow_edits()
    assert preload.needed("silktrade", code) == needs & set(preload.HEAVY)
    assert preload.needed("silktrade", ["1 + 1"]) == set()
    assert preload.wanted({"pandas"}) == [*preload.PACKAGES, "pandas"]


def test_a_kernel_that_never_came_up_is_started_again(tmp_path, monkeypatch):
    planned = reports(tmp_path, a="1")
    job = worker.Job(planned[0], records.record(planned[0], None), kernel="python3")
    calls = []

    def dies(*_, **__) -> None:
        calls.append(1)
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(execution, "papermill", dies)
    (tmp_path / "scratch").mkdir()
    record, _, _ = worker.run(job, lambda _: None, tmp_path / "scratch")
    assert record["error"]["message"] == "Kernel died before replying to kernel_info"
    assert len(calls) == 2


# ---------------------------------------------------------------- failures, each alone

SLEEP = ["sleep", f"600.{os.getpid()}"]  # like nobody else's on this machine
BAD = {
    "raises": ["x = 1", "int('soon')\nx += 1"],
    "segfault": ["x = 1", "import ctypes\nctypes.string_at(0)"],
    "exits": "import os\nos._exit(7)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "quits": ["x = 1", "import sys\nsys.exit()", "x = 2"],
    "quits_badly": "raise SystemExit(3)",
    "loops": ["x = 1", "while True:\n    x += 1"],
    "sleeps_in_c": "import ctypes\nctypes.PyDLL(None).sleep(600)",
    "orphans": f"import subprocess, time\nsubprocess.Popen({SLEEP})\ntime.sleep(600)",
    "eats": "x = bytearray(1 << 40)",
    "syntax": "def f(:\n    pass",
    "group": "raise ExceptionGroup('several', [ValueError('<one>')])",
    "good": "1 + 1",
}
ENDLESS = ("loops", "sleeps_in_c", "orphans")


@pytest.fixture(scope="module")
def bad(tmp_path_factory) -> dict[str, engine.Outcome]:
    """Run a batch of failures, with a good report among them."""
    planned = reports(tmp_path_factory.mktemp("bad"), **BAD)
    # A busy machine makes none of those late that end by themselves; the others are not waited for.
    ends = [report for report in planned if report.name not in ENDLESS]
    never = [report for report in planned if report.name in ENDLESS]
    patient = engine.Limits(cell=PATIENCE, report=PATIENCE, memory=8 << 30)
    return outcomes(ends, limits=patient) | outcomes(never, limits=engine.Limits(cell=5))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("raises", (2, "int('soon')", "ValueError",
                    "invalid literal for int() with base 10: 'soon'")),
        ("segfault", (2, "import ctypes", "ProcessKilled", "the process was ended by SIGSEGV")),
        ("exits", (1, "import os", "ProcessEnded", "the process ended itself with exit status 7")),
        ("killed", (1, "import os, signal", "ProcessKilled",
                    "the process was ended by SIGKILL: out of memory?")),
        ("quits", (2, "import sys", "SystemError",
                   "the notebook ended itself here: let it run to its end, or raise")),
        ("quits_badly", (1, "raise SystemExit(3)", "SystemExit", "3")),
        ("loops", (2, "while True:", "TimeoutError",
                   "the cell ran longer than 5 s: raise --cell-timeout")),
        ("sleeps_in_c", (1, "import ctypes", "TimeoutError",
                         "the cell ran longer than 5 s: raise --cell-timeout")),
        ("orphans", (1, "import subprocess, time", "TimeoutError",
                     "the cell ran longer than 5 s: raise --cell-timeout")),
        ("group", (1, "raise ExceptionGroup('several', [ValueError('<one>')])",
                   "CellExecutionError", "ValueError: <one>")),
        ("eats", (1, "x = bytearray(1 << 40)", "MemoryError", "no message")),
    ],
)  # fmt: skip
def test_a_failure_tells_cell_and_message(bad, name, expected):
    assert error(bad[name]) == expected


def test_a_syntax_error_is_told_by_its_cell(bad):
    cell, code, kind, message = error(bad["syntax"])
    assert (cell, code, kind) == (1, "def f(:", "SyntaxError")
    assert "invalid syntax" in message


def test_failures_leave_the_others_alone(bad):
    assert [name for name, outcome in bad.items() if outcome.ok] == ["good"]
    assert set(bad) == set(BAD)


def test_nothing_survives_its_worker(bad):
    assert [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == SLEEP] == []


def test_a_report_has_a_time_limit_of_its_own(tmp_path):
    planned = reports(tmp_path, a=["import time", *["time.sleep(0.4)"] * 30])
    made = outcomes(planned, limits=engine.Limits(cell=5, report=2))["a"]
    _, _, kind, message = error(made)
    assert (kind, message) == (
        "TimeoutError", "the report ran longer than 2 s: raise --timeout",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 0}, "jobs must be at least 1, got 0"),
        ({"limits": engine.Limits(cell=0)},
         "the time limit of a cell must be above 0 seconds, got 0"),
        ({"limits": engine.Limits(report=-1.5)},
         "the time limit of a report must be above 0 seconds, got -1.5"),
        ({"limits": engine.Limits(memory=-1)},
         "the memory limit must be 0 or above, got -1 bytes"),
    ],
)  # fmt: skip
def test_wrong_limits_are_refused(options, message):
    with pytest.raises(ValueError) as refused:
        list(engine.run([], **options))
    assert str(refused.value) == message


# ---------------------------------------------------------------- the end of the parent


def begun(folder: Path) -> str:
    """Write a cell that leaves a mark and then sleeps long."""
    return f"open({str(folder / 'begun')!r}, 'w').close()\nimport time\ntime.sleep(600)"


@pytest.mark.parametrize("isolated", [False, True])
def test_kill_9_of_the_parent_ends_its_workers_and_frees_the_lock(tmp_path, isolated):
    reports(tmp_path, a=begun(tmp_path))
    flags = ["--isolated"] if isolated else []
    scratch = tempfile.mkdtemp(prefix="c")  # short, since the path of a socket has to be
    run = subprocess.Popen([*COMMAND, "run", *flags], cwd=tmp_path, start_new_session=True,
                           env=os.environ | {"TMPDIR": scratch})  # fmt: skip
    until((tmp_path / "begun").exists, "the report begins")
    assert list(Path(scratch).glob("*/*"))
    family = psutil.Process(run.pid).children(recursive=True)
    (tmp_path / "reports" / ".a.html.1.tmp").write_text("half")
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert psutil.wait_procs(family, timeout=PATIENCE)[1] == []
    os.rmdir(scratch)  # which is empty
    run_here(tmp_path, a="1 + 1")
    left = {p.name for p in (tmp_path / "reports").iterdir()}
    assert left == {"a.html", "a.ipynb", "a.json", "index.html", "manifest.json", ".lock"}


def test_two_batches_at_once(tmp_path, ctrl_c):
    reports(tmp_path, a=begun(tmp_path))
    first = subprocess.Popen([*COMMAND, "run"], cwd=tmp_path, start_new_session=True,
                             stderr=subprocess.DEVNULL)  # fmt: skip
    until((tmp_path / "begun").exists, "the report begins")
    second = subprocess.run([*COMMAND, "run"], cwd=tmp_path, capture_output=True, text=True)
    os.killpg(first.pid, signal.SIGINT)
    assert first.wait(timeout=PATIENCE) == 130
    assert second.returncode == 2
    assert second.stderr == (
        f"silktrade: another batch (process {first.pid}) is writing {tmp_path / 'reports'}: "
        "wait for it, or write elsewhere with --reports DIR\n"
    )


# ---------------------------------------------------------------- a full disk

LIMITED = """
import resource, sys
from silktrade.cli import PROJECT, main
from presswork import engine, preload
engine._served.update(preload.needed("silktrade", ["print()"]))
engine.start(PROJECT, print).join()  # the server of workers starts before the limit and has none
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
sys.exit(main())
"""


def test_a_full_disk_leaves_the_last_good_page_and_says_so(tmp_path):
    run_here(tmp_path, a="1 + 1")
    folder = tmp_path / "reports"
    before = {p.name: p.read_bytes() for p in folder.glob("*.*") if p.suffix != ".json"}
    reports(tmp_path, a="print('x' * 30_000)")
    # No file may grow beyond 30 kB: the system refuses the write as it does on a full disk.
    run = subprocess.run([sys.executable, "-c", LIMITED, "run"], cwd=tmp_path,
                         capture_output=True, text=True)  # fmt: skip
    assert run.returncode == 1
    assert run.stderr == (
        f"silktrade: cannot write a to {folder}: File too large: the files that were there are "
        "untouched; make room and run again\n"
    )
    after = {p.name: p.read_bytes() for p in folder.glob("*.*") if p.suffix != ".json"}
    assert {n: c for n, c in after.items() if n != store.LOCK} == {
        n: c for n, c in before.items() if n != store.LOCK
    }
    assert store.intact(folder, "a") is not None


def test_a_write_that_fails_midway_replaces_nothing(tmp_path, monkeypatch):
    store.write(tmp_path, {"a": "old", "b": "old"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.write(tmp_path, {"a": "new", "b": "new"})
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a": "old", "b": "old"}


# ---------------------------------------------------------------- seen


def test_json_lines_and_the_manifest(tmp_path):
    reports(tmp_path, good="1 + 1", bad="int('x')")
    run = subprocess.run([*COMMAND, "run", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    events = [json.loads(line) for line in run.stdout.splitlines()]
    assert events[0] == {"event": "begin", "run": ["good", "bad"], "unchanged": []}
    assert {"event": "cell", "report": "good", "cell": 1} in events
    ends = {e["report"]: e for e in events if e["event"] == "report"}
    assert ends["bad"]["error"]["message"] == "invalid literal for int() with base 10: 'x'"
    assert events[-1]["event"] == "end"
    assert (events[-1]["ok"], events[-1]["failed"], events[-1]["unchanged"]) == (1, 1, 0)
    manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text())
    assert manifest["status"] == "failed"
    told = {r["report"]: r for r in manifest["reports"]}
    assert told["good"]["seconds"] >= 0
    assert re.fullmatch("[0-9a-f]{64}", told["good"]["key"])
    record = json.loads((tmp_path / "reports" / "good.json").read_text())
    assert len(record["timings"]["cells"]) == 1
    assert record["timings"]["page"] > 0


def test_a_reader_who_goes_away_stops_the_batch_and_spoils_no_record(tmp_path):
    run_here(tmp_path, a="1 + 1")
    command = " ".join([sys.executable, "-m", "silktrade", "run", "--force", "--json"])
    run = subprocess.run(f"{command} | true", shell=True, cwd=tmp_path, capture_output=True)
    assert b"Traceback" not in run.stderr
    assert store.read_record(tmp_path / "reports", "a")["status"] == "ok"
    manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text())
    assert manifest["status"] in ("stopped", "ok")


def test_a_batch_that_is_stopped_says_so_in_its_manifest(tmp_path):
    planned = reports(tmp_path, a="1 + 1", b="1 + 1")

    class Leaves:
        def begin(self, run, unchanged) -> None:
            pass

        def note(self, text) -> None:
            pass

        def cell(self, report, number) -> None:
            raise KeyboardInterrupt

        def end(self, outcome) -> None:
            pass

    with pytest.raises(KeyboardInterrupt):
        batches.run(planned, planned, tmp_path / "reports", Leaves())
    manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text())
    assert manifest["status"] == "stopped"


def test_a_notebook_that_is_edited_meanwhile_still_fails_by_its_message(tmp_path):
    report = reports(tmp_path, a="1 / 0")[0]
    for content in ("{}", "half a no", None):
        report.notebook.write_text(content) if content else report.notebook.unlink()
        said = worker.failed(report, "KeyError", "x", 3)
        assert said["error"] == {"cell": 3, "code": None, "type": "KeyError", "message": "x"}


def test_the_longest_report_goes_first(tmp_path):
    planned = [
        plan.Report(name, name, Path("n.ipynb"), PROJECT, long=name == "d") for name in "abcd"
    ]
    for name, seconds in (("a", 1.0), ("b", 9.0)):
        record = {"report": name, "status": "ok", "seconds": seconds}
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
        (tmp_path / f"{name}.html").touch()
    # Of those that nobody has timed, what the batch calls long.
    assert [r.name for r in batches._longest_first(planned, tmp_path)] == ["d", "c", "b", "a"]
