"""A real Dask cluster on this machine: what comes back, and what happens when parts of it die."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import PATIENCE, ROOT, batch, notebook, until

from presswork import cluster, engine, plan, remote
from silktrade import cli
from silktrade.cli import PROJECT

if importlib.util.find_spec("distributed") is None:  # importing it takes longer than collecting
    pytest.skip("distributed is not installed", allow_module_level=True)

HEADLINE = """import silktrade as st
total = st.load_totals("CA5", currency="USD", as_of=as_of)
st.headline("region_trade", total.iloc[-1], "USD", total.index[-1], "Trade")
st.provenance()"""
TAKES = (
    'as_of: str = "2026-01-31"  # day\nscale: float = 1.0  # factor\nmany: bool = False  # or few'
)

# What Dask looks at in itself, fifty and a hundred times a second, is no matter of these tests.
QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}
# A busy machine answers late, and how late is no matter of these tests; what never answers is
# waited for by tests that say for how long.
SECONDS = 60.0
PATIENT = f"from presswork import cluster; cluster.CONNECT_SECONDS = {SECONDS}"
RUN = f"{PATIENT}; from silktrade import cli; raise SystemExit(cli.main())"


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """Give a cluster time to answer."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", SECONDS)


class Cluster:
    """A scheduler and workers, each a process with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._started = folder, []
        self.address = "tcp://127.0.0.1"
        self._take_port()

    def _take_port(self) -> None:
        """Choose a port that is free; until it is used, another process may take it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{self.address[:3]}://127.0.0.1:{self.port}"

    def scheduler(self, **settings: str) -> subprocess.Popen:
        """Start the scheduler, on another port where this one was taken meanwhile."""
        log = self.folder / "scheduler.log"
        for _ in range(5):
            process = self._scheduler(**settings)
            until(
                lambda p=process: p.poll() is not None or "Scheduler at:" in log.read_text(),
                "the scheduler starts",
            )
            if process.poll() is None:
                return process
            self._take_port()
        raise AssertionError(f"no scheduler starts: {log.read_text()}")

    def _scheduler(self, **settings: str) -> subprocess.Popen:
        here = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        kept = ["--dashboard-address", "127.0.0.1:0"]  # it opens a port for health checks anyway
        return self._start("dask_scheduler", "scheduler", *here, *kept, **settings)

    def worker(self, name: str, *options: str, **settings: str) -> subprocess.Popen:
        """Start a worker, by default without a nanny to start it again."""
        own = ["--local-directory", str(self.folder / name), "--nthreads", "1"]
        kept = ["--memory-limit", "0", "--no-dashboard", "--host", "127.0.0.1"]
        options = options or ("--no-nanny",)
        return self._start("dask_worker", name, self.address, *own, *kept, *options, **settings)

    def with_workers(self, *names: str) -> list[subprocess.Popen]:
        """Start the scheduler and workers, and wait until they know each other."""
        self.scheduler()
        workers = [self.worker(name) for name in names]
        self.ready()
        return workers

    def ready(self) -> None:
        """Wait for the workers: on a busy machine they come later than a batch waits for them."""
        logs = [p for p in self.folder.glob("*.log") if p.stem != "scheduler"]
        until(lambda: all("Registered to:" in p.read_text() for p in logs), "the workers come")

    def _start(self, module: str, name: str, *options: str, **settings: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log,
                env=os.environ | {"TMPDIR": str(self.folder)} | QUIET | settings,
            )  # fmt: skip
        self._started.append(process)
        return process

    def end(self) -> None:
        """End what was started here, and what that has started."""
        for process in self._started:
            for one in [*below(process.pid), process]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            process.wait()


def below(pid: int) -> list[psutil.Process]:
    """List the processes that a process has started, and those that these have."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def runs(worker: subprocess.Popen, report: str) -> bool:
    """Tell whether a worker has started the command on a report."""
    for process in below(worker.pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            if report in process.cmdline():
                return True
    return False


@contextlib.contextmanager
def fresh() -> Iterator[Cluster]:
    """Give a cluster without any part yet, and end what was started of it."""
    # The path of a socket has to be short, and those of tests are long.
    with tempfile.TemporaryDirectory(prefix="c", ignore_cleanup_errors=True) as folder:
        started = Cluster(Path(folder))
        try:
            yield started
        finally:
            started.end()


@pytest.fixture
def dask() -> Iterator[Cluster]:
    """A cluster of the test's own."""
    with fresh() as started:
        yield started


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """A cluster of two workers for all tests that leave it as it was."""
    with fresh() as started:
        started.workers = started.with_workers("a", "b")
        yield started


def project(folder: Path, **sources: list[str]) -> list[plan.Report]:
    """Make notebooks, a lock and a batch of them."""
    for name, cells in sources.items():
        notebook(folder / "notebooks" / f"{name}.ipynb", *cells, parameters=TAKES)
    (folder / "requirements.lock").write_text("pandas==3\n")
    given = {"as_of": "2024-12-31", "scale": 1e-05, "many": True}
    grid = {"as_of": ["2023-12-31", "2024-12-31"]}
    entries = {name: {"notebook": f"{name}.ipynb", "parameters": given} for name in sources}
    for name in filter(lambda name: "grid" in name, sources):
        del (given := dict(given))["as_of"]
        entries[name] |= {"parameters": given, "grid": grid}
    return plan.load_batch(batch(folder, **entries), PROJECT)


def run(folder: Path, *options: str, reports: str = "reports") -> tuple[int, dict[str, dict]]:
    """Run the command line here; give its exit status and the records."""
    path = folder / "notebooks" / "batch.yml"
    to = folder / reports
    status = cli.main(["run", "--batch", str(path), "--reports", str(to), *options])
    records = [json.loads(p.read_text()) for p in to.glob("*.json") if p.stem != "manifest"]
    return status, {record["report"]: record for record in records}


def timeless(record: dict) -> dict:
    """Leave out what no two runs share."""
    clocks = ("started", "seconds", "cpu_seconds", "timings")
    return {name: value for name, value in record.items() if name not in clocks}


def test_two_workers_bring_back_what_a_local_run_makes(shared, tmp_path, capsys):
    cells = [HEADLINE, "(scale, many, as_of)", "from beside import word\nword"]
    project(tmp_path, figures=cells, grid_of_two=cells, raises=["x = 1", "int('soon')"])
    beside = tmp_path / "notebooks" / "beside.py"
    beside.write_text("word = 'once'\n")  # not as long: within a second Python looks at no more
    there = ("--executor", "dask", "--scheduler", shared.address)
    # A last run with other inputs, so that there is a change to tell.
    assert run(tmp_path, "figures", reports="here")[0] == 0
    beside.write_text("word = 'beside'\n")
    shutil.copytree(tmp_path / "here", tmp_path / "reports")

    far_status, far = run(tmp_path, *there)
    assert far_status == 1
    assert "code cell 3: ValueError: invalid literal for int() with base 10: 'soon'" in (
        capsys.readouterr().out
    )
    near_status, near = run(tmp_path, reports="here")
    assert near_status == 1
    assert far.keys() == near.keys() == {
        "figures", "grid_of_two_2023-12-31", "grid_of_two_2024-12-31", "raises"
    }  # fmt: skip
    for name in far:
        assert timeless(far[name]) == timeless(near[name])
        for suffix in (".html", ".ipynb", ".failed.ipynb"):
            made = [tmp_path / folder / f"{name}{suffix}" for folder in ("reports", "here")]
            assert made[0].is_file() == made[1].is_file()
            if made[0].is_file() and "failed" not in suffix:  # a traceback names its folder
                assert made[0].read_bytes() == made[1].read_bytes()
    assert far["figures"]["changes"]["inputs"] == ["file notebooks/beside.py"]
    assert any(name.startswith("data gacc/") for name in far["figures"]["inputs"])
    assert far["figures"]["inputs"]["file notebooks/beside.py"] != "missing"
    capsys.readouterr()
    # What came back counts here: only what failed runs again.
    assert run(tmp_path)[0] == 1
    assert "0 ok, 1 failed, 3 unchanged" in capsys.readouterr().out
    # The data were unpacked once by each worker, and no report left anything.
    for name in ("a", "b"):
        left = list((shared.folder / name).glob("**/presswork-*"))
        assert [p for p in left if p.parent.name.startswith("worker-")] == [
            p for p in left if p.name.startswith("presswork-data-")
        ]
        assert len(left) <= 1


def test_a_worker_killed_in_the_middle_is_replaced_by_the_other(dask, tmp_path):
    """The one that is killed is in the middle of a report: a cell has run, the next has begun."""
    tell, mark = f"open({str(tmp_path / 'ran')!r}, 'a').write('x')", tmp_path / "killed"
    wait = f"import os, time\nwhile not os.path.exists({str(mark)!r}):\n    time.sleep(0.05)"
    slow = [tell, wait, "1"]
    planned = project(tmp_path, **{f"slow_{n}": slow for n in range(3)})
    workers = dask.with_workers("a", "b")
    killed = []

    def kill(report, cell):
        if cell == 3 and not killed:
            (busy,) = [w for w in workers if runs(w, report.name)]
            killed.extend(below(busy.pid))
            os.kill(busy.pid, signal.SIGKILL)
            mark.touch()

    made = list(cluster.run(planned, scheduler=dask.address, started=kill))
    assert {o.report.name: o.record["status"] for o in made} == {r.name: "ok" for r in planned}
    assert all(o.page for o in made)
    assert len((tmp_path / "ran").read_text()) > len(planned)  # one was begun twice
    assert killed
    # What the killed worker had started did not outlive it.
    until(lambda: not any(p.is_running() for p in killed), "orphans end")


def test_a_report_that_kills_every_worker_fails_alone(dask, tmp_path):
    """The nannies bring the workers back; a neighbour that died with them is made in the end."""
    ends_its_worker = """import os, psutil, signal, time
above = [p for p in psutil.Process().parents() if "spawn_main" in "".join(p.cmdline())]
os.kill(above[0].pid, signal.SIGKILL)
time.sleep(600)"""
    planned = project(tmp_path, kills=[ends_its_worker], good=["1"])
    dask.scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1")
    for name in ("a", "b"):
        dask.worker(name, "--nanny")
    dask.ready()
    made = {o.report.name: o.record for o in cluster.run(planned, scheduler=dask.address)}
    assert {n: r["status"] for n, r in made.items()} == {"kills": "failed", "good": "ok"}
    error = made["kills"]["error"]
    assert error["type"] == "WorkersLost"
    assert error["message"] == "2 workers were lost while they ran it: memory?"
    assert error["cell"] in (1, 2)  # the last word of a worker may be lost with it


def test_limits_travel(shared, tmp_path):
    sleeps, dies = "import time\ntime.sleep(60)", "import os\nos._exit(3)"
    planned = project(tmp_path, sleeps=[sleeps], dies=[dies])
    limits = engine.Limits(cell=5.0)
    made = {
        o.report.name: o.record["error"]
        for o in cluster.run(planned, scheduler=shared.address, limits=limits)
    }
    assert made["sleeps"]["message"] == "the cell ran longer than 5 s: raise --cell-timeout"
    assert made["sleeps"]["cell"] == 2
    assert made["dies"]["message"] == "the process ended itself with exit status 3"


def test_other_code_on_a_worker_is_refused(dask, tmp_path):
    planned = project(tmp_path, good=["1"])
    half = shutil.ignore_patterns("*.pyc.*")  # written by another worker
    shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=half)
    with (tmp_path / "lib" / "silktrade" / "codes.py").open("a") as file:
        file.write("# another release\n")
    dask.scheduler()
    dask.worker("a", PYTHONPATH=str(tmp_path / "lib"))
    dask.ready()
    (outcome,) = cluster.run(planned, scheduler=dask.address)
    assert not outcome.ok
    message = outcome.record["error"]["message"]
    assert "has another program: the code of silktrade " in message
    assert "install the same release there" in message


def test_closing_ends_what_runs_on_the_cluster(shared, tmp_path):
    planned = project(tmp_path, quick=["1"], long=["import time\ntime.sleep(600)"])
    workers = shared.workers
    made = cluster.run(planned, scheduler=shared.address)
    assert next(made).report.name == "quick"
    until(lambda: any(runs(w, "long") for w in workers), "the long report begins")
    made.close()
    until(lambda: not any(below(w.pid) for w in workers), "the report ends")
    assert all(w.poll() is None for w in workers)


def test_ctrl_c_keeps_what_is_finished(shared, tmp_path, ctrl_c):
    project(tmp_path, quick=["1"], long=["import time\ntime.sleep(600)"])
    workers = shared.workers
    command = [sys.executable, "-c", RUN, "run", "--executor", "dask",
               "--scheduler", shared.address,
               "--batch", str(tmp_path / "notebooks" / "batch.yml")]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("quick")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert process.stderr.read() == "silktrade: stopped; finished reports are in place\n"
    assert (tmp_path / "reports" / "quick.html").is_file()
    until(lambda: not any(below(w.pid) for w in workers), "the report ends")


def test_ctrl_c_is_not_lost_where_python_drops_it(monkeypatch, ctrl_c):
    class Deaf:
        """A batch that always runs, and swallows what is raised while it waits."""

        running, threads = ("report",), 0

        def __init__(self, *_: object) -> None: ...

        def lost(self) -> str:
            return ""

        def ended(self) -> tuple:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            return ()

    monkeypatch.setattr(cluster, "_connected", contextlib.nullcontext)
    monkeypatch.setattr(cluster, "_Batch", Deaf)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        list(cluster.run([], scheduler="tcp://nowhere"))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_scheduler_that_dies_ends_the_batch_with_the_truth(dask, tmp_path):
    planned = project(tmp_path, **{f"long_{n}": ["import time\ntime.sleep(600)"] for n in range(3)})
    scheduler = dask.scheduler()
    worker = dask.worker("a")
    dask.ready()

    def kill(report, cell):
        scheduler.kill()

    made = list(cluster.run(planned, scheduler=dask.address, started=kill))
    assert sorted(o.report.name for o in made) == ["long_0", "long_1", "long_2"]
    assert {o.record["error"]["type"] for o in made} == {"ClusterLost"}
    children = below(worker.pid)
    worker.kill()
    until(lambda: not any(p.is_running() for p in children), "orphans end")


def test_a_cluster_that_loses_all_workers_is_given_up(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "WORKER_SECONDS", 1.0)
    planned = project(tmp_path, long=["import time\ntime.sleep(600)"])
    (worker,) = dask.with_workers("a")

    def kill(report, cell):
        worker.kill()

    (outcome,) = cluster.run(planned, scheduler=dask.address, started=kill)
    assert outcome.record["error"]["message"] == (
        "the cluster has had no worker for 1 s: start some, run again"
    )


def test_nobody_there_is_one_line(tmp_path, dask, monkeypatch, capsys):
    project(tmp_path, good=["1"])
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    there = ("--executor", "dask", "--scheduler", dask.address)
    assert run(tmp_path, *there)[0] == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"silktrade: no Dask scheduler answers at {dask.address} (")
    assert printed.endswith("start one there with `dask scheduler`, or correct --scheduler\n")
    assert printed.count("\n") == 1
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes calls and says nothing
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        for wrong in (address, "nonsense", "http://127.0.0.1:1"):
            assert run(tmp_path, "--executor", "dask", "--scheduler", wrong)[0] == 2
            assert f"no Dask scheduler answers at {wrong} (" in capsys.readouterr().err
    dask.scheduler()
    there = ("--executor", "dask", "--scheduler", dask.address)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 10.0)
    assert run(tmp_path, *there)[0] == 2
    assert capsys.readouterr().err == (
        f"silktrade: the Dask scheduler at {dask.address} has no workers: start some with "
        f"`dask worker {dask.address}`\n"
    )


def test_a_wrong_request_touches_nothing(tmp_path, capsys):
    project(tmp_path, good=["1"])
    assert run(tmp_path, "--executor", "dask")[0] == 2
    assert capsys.readouterr().err == (
        "silktrade: --executor dask needs --scheduler ADDRESS, "
        "such as --scheduler tcp://host:8786\n"
    )
    far = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")
    assert run(tmp_path, *far, "--isolated")[0] == 2
    assert "--isolated needs --executor local" in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_without_dask_the_error_says_what_to_install(tmp_path, monkeypatch, capsys):
    project(tmp_path, good=["1"])
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run(tmp_path, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")[0] == 2
    assert "the extra `distributed` brings it" in capsys.readouterr().err


# ------------------------------------------------ closed by TLS, as reports/README.md says


@pytest.fixture
def closed(tmp_path) -> dict[str, str]:
    """Make certificates, and the environment that README's lines make of them."""
    import trustme  # as long as all other imports

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    node = authority.issue_cert("127.0.0.1", "localhost")
    node.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "node.pem"))
    text = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    (block,) = (b for b in text.split("```") if "REQUIRE_ENCRYPTION" in b)
    lines = block.strip().splitlines()
    assert lines[-1].startswith("dask scheduler --protocol tls")
    shell = "\n".join(lines[:-1]).replace("/etc/dask", str(tmp_path)) + "\nenv -0"
    said = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True).stdout
    pairs = (line.partition("=")[::2] for line in said.split("\0"))
    return {name: value for name, value in pairs if name.startswith("DASK_")}


def test_a_cluster_closed_by_tls_runs_reports_and_answers_nobody_else(
    dask, closed, tmp_path, monkeypatch, capsys
):
    assert len(closed) == 8
    planned = project(tmp_path, good=["(as_of, scale, many)"])
    dask.address = dask.address.replace("tcp:", "tls:")
    dask.scheduler(**closed, DASK_DISTRIBUTED__COMM__DEFAULT_SCHEME="tls")
    dask.worker("a", **closed)
    dask.ready()
    command = ["run", "--force", "--executor", "dask", "-p", "as_of=2023-06-30"]
    command += ["-p", "scale", "-2e-3", "--batch", str(planned[0].notebook.parent / "batch.yml")]
    command += ["--scheduler"]
    good = subprocess.run(  # Dask reads its settings once a process
        [sys.executable, "-c", RUN, *command, dask.address],
        env=os.environ | closed, capture_output=True, text=True,
    )  # fmt: skip
    assert "1 ok, 0 failed" in good.stdout, good.stdout + good.stderr
    (made,) = (tmp_path / "reports").glob("good--as_of-2023-06-30-scale-*.ipynb")
    assert "('2023-06-30', -0.002, True)" in made.read_text()
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 10.0)
    for address in (dask.address, dask.address.replace("tls:", "tcp:")):
        assert cli.main([*command, address]) == 2
        assert f"no Dask scheduler answers at {address}" in capsys.readouterr().err


def test_what_a_worker_gives_is_checked(tmp_path):
    (report,) = project(tmp_path, good=["1"])
    batch_ = cluster._Batch.__new__(cluster._Batch)
    batch_._commit = None
    sent = cluster._Sent(report, None, False)
    good = {"report": "good", "status": "ok"}
    assert batch_._checked(sent, (good, "page", "notebook")).ok
    wrong = [
        None, (good, "page"), (good, b"p", "n"), ("good", "p", "n"), ({}, "p", "n"),
        ({"report": "../x", "status": "ok"}, "p", "n"),
        ({"report": "good", "status": "x"}, "p", "n"),
    ]  # fmt: skip
    for made in wrong:
        assert batch_._checked(sent, made).record["error"]["type"] == "OtherReport"


def test_files_of_a_report_lie_in_its_project(tmp_path):
    for name in ("../x", "/x", "a/../../x"):
        parcel = {"files": {name: b"x"}, "before": None, "report": "r"}
        with pytest.raises(ValueError, match="must lie in its project"):
            remote._lay_out(tmp_path / "root", parcel)
