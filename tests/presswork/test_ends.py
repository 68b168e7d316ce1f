"""What a notebook starts ends with it, and a batch leaves nothing behind, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import COMMAND, PATIENCE, batch, notebook, until

from presswork import engine, plan, stopping, store
from silktrade import cli

STARTS = """import subprocess
for apart in (False, True):
    subprocess.Popen(["sleep", {0!r}], start_new_session=apart)"""
BUSY = "import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')"  # C code that never lets go


def sleeping(word: str) -> list[psutil.Process]:
    """Find the sleepers of a test by how long they sleep."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        known = process.info["cmdline"] == ["sleep", word]
        if known and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def left(folder: Path) -> list[str]:
    """Name what still runs of the batches of a project."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PRESS_TEST") == str(folder):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def start(folder: Path, *arguments: str) -> subprocess.Popen:
    """Start the command in a project."""
    environment = os.environ | {"PRESS_TEST": str(folder)}
    environment.pop("PYTEST_CURRENT_TEST", None)  # with it a kernel does not read its descriptors
    return subprocess.Popen(
        [*COMMAND, "run", *arguments], cwd=folder, env=environment, stdin=open(__file__),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("options", [(), ("--isolated",)])
def test_a_report_that_is_ok_leaves_no_child_and_prints_nothing(tmp_path, options):
    word = f"77{os.getpid() % 1000:03}{len(options)}"
    prints = "import os\nsubprocess.run(['echo', 'LOUD'])\nos.system('echo LOUD >&2')"
    prints += "\nassert os.read(0, 1) == b''"  # what the batch can read is no notebook's
    notebook(tmp_path / "notebooks" / "a.ipynb", STARTS.format(word), prints)
    batch(tmp_path, a={"notebook": "a.ipynb"})
    run = start(tmp_path, "--json", *options)
    told = [json.loads(line) for line in run.communicate(timeout=PATIENCE)[0].splitlines()]
    assert (told[-1]["event"], told[-1]["ok"], told[-1]["failed"]) == ("end", 1, 0)
    assert (tmp_path / "reports" / "a.ipynb").read_text().count('"LOUD\\n"') == 2
    assert sleeping(word) == []
    assert left(tmp_path) == []  # neither server nor tracker nor janitor


GOES_APART = """import os, subprocess, time
def note(): os.write(kept, f"{os.getpid()} ".encode())
kept = os.open("pids", os.O_RDWR | os.O_CREAT)
for often in (1, 2):  # a daemon forks twice
    if not os.fork():
        os.setsid()
        if often == 2 and os.fork(): os._exit(0)
        note()
        while True: time.sleep(0.1)
quiet = subprocess.Popen(["sleep", "999"], env={}, start_new_session=True)
os.write(kept, f"{quiet.pid} ".encode())
while len(os.pread(kept, 99, 0).split()) < 3: time.sleep(0.05)"""
WAITS = """gone, end = os.pipe()
if not os.fork():
    if not os.fork(): os.write(end, str(os.getpid()).encode()); os._exit(0)
    os._exit(0)
orphan = int(os.read(gone, 9))
while os.path.exists(f"/proc/{orphan}"): time.sleep(0.05)"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux knows adoption")
def test_whatever_went_apart_ends_with_its_report(tmp_path):
    folder = notebook(tmp_path / "notebooks" / "a.ipynb", GOES_APART, WAITS).parent
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), cli.PROJECT)
    (outcome,) = engine.run([report])
    assert outcome.ok, outcome.record["error"]
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    assert len(pids) == 3
    there = {one.pid: one.info["status"] for one in psutil.process_iter(["status"])}
    assert {there.get(pid) for pid in pids} <= {None, psutil.STATUS_ZOMBIE}


def test_children_end_with_reports_that_fail(tmp_path):
    word = f"78{os.getpid() % 1000:03}"
    ends = {"exits": "import os\nos._exit(3)", "raises": "1 / 0",
            "sleeps": "import time\ntime.sleep(999)"}  # fmt: skip
    for name, end in ends.items():
        notebook(tmp_path / "notebooks" / f"{name}.ipynb", STARTS.format(word), end)
    batch(tmp_path, **{name: {"notebook": f"{name}.ipynb"} for name in ends})
    run = start(tmp_path, "--cell-timeout", "5")
    assert "0 ok, 3 failed" in run.communicate(timeout=PATIENCE)[0]
    assert sleeping(word) == []
    assert left(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_batch_leaves_nothing_though_c_code_holds_a_worker(
    tmp_path, ctrl_c, capsys, number
):
    word = f"79{os.getpid() % 1000:03}{number:d}"
    notebook(tmp_path / "notebooks" / "a.ipynb", "1 + 1")
    notebook(tmp_path / "notebooks" / "b.ipynb", STARTS.format(word), BUSY)
    batch(tmp_path, a={"notebook": "a.ipynb"}, b={"notebook": "b.ipynb"})
    run = start(tmp_path, "--json", "--jobs", "1")
    for line in run.stdout:
        said = json.loads(line)
        if said["event"] == "cell" and said["report"] == "b" and said["cell"] == 2:
            break
    time.sleep(0.5)
    manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text())
    assert manifest["status"] == "running"
    for _ in range(1 if number == signal.SIGKILL else 4):  # whoever is impatient asks again
        os.kill(run.pid, number)
        time.sleep(0.05)
    run.communicate(timeout=PATIENCE)
    killed = number == signal.SIGKILL
    assert run.returncode == (-9 if killed else 128 + number)
    until(lambda: not left(tmp_path), "all of the batch ends")
    assert sleeping(word) == []
    manifest = json.loads((tmp_path / "reports" / "manifest.json").read_text())
    assert manifest["status"] == ("running" if killed else "stopped")
    assert (tmp_path / "reports" / "index.html").is_file() is not killed
    if killed:
        assert cli.main(["run", "a", "--batch", str(tmp_path / "notebooks" / "batch.yml")]) == 0
        said = capsys.readouterr().out
        assert said.startswith("the batch of ")
        assert "was killed before its end; new since: a\n" in said.partition("\n")[0] + "\n"


def test_what_is_ignored_stays_ignored(ctrl_c):
    # As nohup has it: who logs out sends SIGHUP to what still runs.
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stopping.by_signals():
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_IGN, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    "said",
    ["[]", "{}", '{"status": "ok", "files": 5}', '{"status": "failed", "shown": 7}', "\ufeff{",
     '{"status": "failed", "shown": {"status": "ok", "seconds": "x"}}'],
)  # fmt: skip
def test_a_record_that_is_none_is_not_read(tmp_path, said):
    (tmp_path / "a.json").write_text(said)
    (tmp_path / "a.html").write_text("")
    assert store.read_record(tmp_path, "a") is None
    assert store.last_good(tmp_path, "a") is None
    assert store.intact(tmp_path, "a") is None


BREAKS = """import atexit, builtins, json, locale, os, pathlib, signal, sys, tempfile, warnings
atexit.register(pathlib.Path("atexit.txt").absolute().write_bytes, b"run")
kept = open("kept.txt", "w"); kept.write("all")
for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
warnings.simplefilter("error"); locale.setlocale(locale.LC_ALL, "C"); os.umask(0o777)
gone = tempfile.mkdtemp(); os.chdir(gone); os.rmdir(gone); tempfile.tempdir = gone
json.dumps = json.loads = pathlib.Path.read_text = os.replace = os.path.isfile = None
os.environ.clear(); sys.path.clear(); sys.path_hooks.clear(); sys.meta_path.clear()
builtins.open = builtins.print = builtins.input = None"""


def test_a_notebook_may_break_all_in_its_own_process_which_ends_as_python_ends(tmp_path):
    folder = notebook(tmp_path / "notebooks" / "a.ipynb", BREAKS, "6 * 7").parent
    (report,) = plan.load_batch(batch(tmp_path, a={"notebook": "a.ipynb"}), cli.PROJECT)
    (outcome,) = engine.run([report])
    assert outcome.ok, outcome.record["error"]
    assert "42" in outcome.page
    assert (folder / "atexit.txt").read_text() == "run"
    assert (folder / "kept.txt").read_text() == "all"


def test_an_index_that_does_not_match_is_not_packed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        notebook(tmp_path / "notebooks" / f"{name}.ipynb", "1 + 1")
    batch(tmp_path, a={"notebook": "a.ipynb"}, b={"notebook": "b.ipynb"})
    assert cli.main(["run"]) == cli.main(["bundle"]) == 0
    page = tmp_path / "reports" / "a.html"
    page.write_text(page.read_text().replace("<h1>", "<h1>Not "))
    assert cli.main(["bundle"]) == 2
    assert "index.html does not match a: " in capsys.readouterr().err


def test_the_janitor_waits_for_nobody_else():
    # It must not keep the output of the command open: a pipe or a cron job would never end.
    code = "from presswork import janitor; janitor.mark(); print('done')"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE
    )
    assert run.stdout == "done\n"
