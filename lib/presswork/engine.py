"""
Run reports: one worker process for each notebook, watched by this one.

Workers are forked from a server that has imported everything once and has a single thread; the
server is the standard library's. Workers send what they made and this process writes it, so that a
page appears whole or not at all, whatever happens to a worker, and Ctrl-C has one place to be
handled. A worker that hangs, crashes or runs out of memory is an outcome like any other.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import connection, forkserver, resource_tracker
from pathlib import Path
from typing import Any

from presswork import execution, inputs, janitor, preload, records, wording, worker
from presswork.parameters import sources
from presswork.plan import Report
from presswork.project import Project, variable

CELL_SECONDS, REPORT_SECONDS = 600.0, 1800.0
_WARM = "forkserver" in multiprocessing.get_all_start_methods()
_served: set[str] = set()  # what the server of workers was asked to import
_FEW = 3  # reports, for which what is done ahead of all costs more than it saves
_GIVE_UP = 5.0  # seconds that a worker has to end after its last word


@dataclass(frozen=True)
class Outcome:
    """What became of one report."""

    report: Report  # what was run
    # The JSON record: report, status (`ok` or `failed`), parameters, headlines and so on.
    record: dict[str, Any] = field(repr=False)
    # The HTML page and the executed notebook; a failed report has no page, and a notebook only
    # where papermill could mark the cell that failed.
    page: str = field(default="", repr=False)
    notebook: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the report was made."""
        return self.record["status"] == "ok"


@dataclass(frozen=True)
class Limits:
    """What a notebook may take."""

    cell: float = CELL_SECONDS
    report: float = REPORT_SECONDS  # with its page
    memory: int = 0  # bytes of address space for a worker; 0 for no limit


def run(
    reports: Sequence[Report],
    jobs: int = 2,
    *,
    isolated: bool = False,
    limits: Limits = Limits(),
    before: Callable[[str], Mapping[str, Any] | None] = lambda name: None,
    started: Callable[[Report, int], None] = lambda report, cell: None,
) -> Iterator[Outcome]:
    """Run reports, as many at a time as there are jobs; give what became of each as it ends."""
    check(jobs, limits, isolated)
    isolated, waiting = isolated or not _WARM, list(reversed(reports))
    _serve(reports)
    first = next(iter(reports), None)
    commit = first and records.git_commit(first.notebook.parent, first.project.library)
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                report = waiting.pop()
                try:
                    job = _job(report, commit, before(report.name), isolated, limits)
                except Exception as error:  # whatever is wrong with one must not stop the others
                    yield refused(report, str(error) or type(error).__name__)
                    continue
                running.append(_Running(job, limits))
            if not running:
                break
            said = [end for r in running for end in r.ends]
            connection.wait(said, min(r.patience() for r in running))
            for one in list(running):
                if (outcome := one.advance(started)) is not None:
                    running.remove(one)
                    yield outcome
    finally:
        for one in running:
            one.kill()


def check(jobs: int, limits: Limits, isolated: bool) -> None:
    """Refuse a wrong request before anything is touched."""
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    for name, seconds in (("cell", limits.cell), ("report", limits.report)):
        if not seconds > 0:
            raise ValueError(f"the time limit of a {name} must be above 0 seconds, got {seconds:g}")
    if limits.memory < 0:
        raise ValueError(f"the memory limit must be 0 or above, got {limits.memory} bytes")
    if isolated or not _WARM:
        check_kernel()


def _job(
    report: Report,
    commit: Mapping[str, Any] | None,
    before: Mapping[str, Any] | None,
    isolated: bool,
    limits: Limits,
) -> worker.Job:
    """Say what a worker has to do."""
    if report.problem:
        raise ValueError(report.problem)
    return worker.Job(
        report, records.record(report, commit), inputs.static(report), before,
        _kernel(report, isolated), _settings(report.project), limits.memory,
    )  # fmt: skip


class _Running:
    """A worker, seen from here: its messages, its deadlines, its end."""

    def __init__(self, job: worker.Job, limits: Limits) -> None:
        self.report, self._job, self._limits = job.report, job, limits
        self.pipe, child = multiprocessing.Pipe(duplex=False)
        self._process = start(job.report.project, worker.main, job, child)
        child.close()
        # What a notebook starts may outlive the worker, and holds the other end of the pipe.
        self.ends = [self.pipe, self._process.sentinel]
        self._started = self._now = time.monotonic()
        self._clock, self._cell = records.now(), None

    def patience(self) -> float:
        """Tell how many seconds this worker still has, at its next deadline."""
        return max(0.0, self._deadline() - time.monotonic())

    def advance(self, started: Callable[[Report, int], None]) -> Outcome | None:
        """Take what the worker has said; its outcome, once there is one."""
        while (said := self._next()) is not None:
            kind, *facts = said
            if kind == "ended":
                self._process.join(_GIVE_UP)
                cause = execution.cause_of_death(self._process.exitcode)
                self.kill()
                return self._failed(type(cause).__name__, str(cause))
            if kind == "done":
                self.kill()
                record, page, notebook = facts
                return Outcome(self.report, record | self._took(), page, notebook)
            self._cell, self._now = facts[0], time.monotonic()
            started(self.report, self._cell)
        if time.monotonic() < self._deadline():
            return None
        self.kill()
        return self._failed("TimeoutError", self._complaint())

    def _next(self) -> list[Any] | None:
        """Take the worker's next message: None where it has said nothing new."""
        alive = self._process.is_alive()
        with contextlib.suppress(EOFError, OSError):
            if self.pipe.poll() or alive:
                return json.loads(self.pipe.recv_bytes()) if self.pipe.poll() else None
        return ["ended"]

    def kill(self) -> None:
        """End the worker and all that it has started; none has anything to save."""
        janitor.end_worker(self._process)
        self.pipe.close()

    def _deadline(self) -> float:
        """Give the time at which patience ends: with the cell, or with the report."""
        end = self._started + self._limits.report
        return end if self._cell is None else min(end, self._now + self._limits.cell)

    def _complaint(self) -> str:
        """Say which limit was passed, and how to raise it."""
        limits, on_cell = self._limits, self._cell is not None
        if on_cell and self._now + limits.cell <= self._started + limits.report:
            return f"the cell ran longer than {limits.cell:g} s: raise --cell-timeout"
        return f"the report ran longer than {limits.report:g} s: raise --timeout"

    def _failed(self, kind: str, message: str) -> Outcome:
        """Make the outcome of a worker that did not come to its end."""
        said = worker.failed(self.report, kind, message, self._cell)
        return Outcome(self.report, self._job.record | said | self._took())

    def _took(self) -> dict[str, Any]:
        """Tell when the worker began and how long it took, by a clock that no notebook can set."""
        return {"started": self._clock, "seconds": round(time.monotonic() - self._started, 2)}


def start(
    project: Project, target: Callable[..., None], *arguments: Any
) -> multiprocessing.process.BaseProcess:
    """Start a worker process: forked from a server that has all imports, where that can be."""
    context = multiprocessing.get_context("forkserver" if _WARM else "spawn")
    if _WARM:
        context.set_forkserver_preload(preload.wanted(_served))
    settings = _settings(project) | preload.request(_served) | janitor.mark()
    process = context.Process(target=target, args=arguments, daemon=False)
    with _environment({"PYTHONWARNINGS": "ignore"}):  # of semaphores that a notebook leaves behind
        resource_tracker.ensure_running()
    with _environment(settings):  # the server, which starts with the first worker, keeps it
        process.start()
    return process


def _serve(reports: Sequence[Report]) -> None:
    """Have a server that has imported what reports need: where one lacks something, a new one."""
    needs: set[str] = set()
    for report in {r.notebook: r for r in reports if not r.problem}.values():
        with contextlib.suppress(ValueError, OSError):  # then it fails alone
            ahead = report.project.ahead if len(reports) > _FEW else ()
            code = sources(report.notebook, "code")
            needs |= preload.needed(report.project.library, code, ahead)
    if not needs <= _served:
        _stop(forkserver._forkserver)
        _served.update(needs)


def _stop(helper: Any) -> None:
    """End what the standard library starts and does not end; only its tests call this."""
    if stop := getattr(helper, "_stop", None):
        stop()


@atexit.register
def close() -> None:
    """End all that was started to run reports: nothing of it outlives this call."""
    if not janitor.dismiss():
        return
    for helper in (forkserver._forkserver, resource_tracker._resource_tracker):
        _stop(helper)


def refused(report: Report, problem: str) -> Outcome:
    """Make the outcome of a report that cannot be run."""
    said = worker.failed(report, wording.UNPLANNED, problem, None)
    clock = {"seconds": 0.0, "started": records.now()}
    return Outcome(report, records.record(report, None) | said | clock)


def check_kernel() -> None:
    """Make sure that isolated notebooks run in this very environment."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # ours comes before one in the user's home
    try:
        python = KernelSpecManager().get_kernel_spec(worker.KERNEL).argv[0]
    except NoSuchKernel:
        raise RuntimeError(f"Jupyter kernel {worker.KERNEL} is missing: run `make setup`") from None
    if os.path.isabs(python) and Path(python).resolve() != Path(sys.executable).resolve():
        raise RuntimeError(
            f"Jupyter kernel {worker.KERNEL} starts {python}, not this environment's Python: "
            "unset JUPYTER_PATH, or run `make clean setup`"
        )


def _kernel(report: Report, isolated: bool) -> str:
    """Name the kernel to start for a notebook: none if the worker can fork one."""
    metadata = json.loads(report.notebook.read_text(encoding="utf-8"))["metadata"]
    spec, language = (
        said if isinstance(said := metadata.get(part), dict) else {}
        for part in ("kernelspec", "language_info")
    )
    name = str(spec.get("name") or worker.KERNEL)
    if name != worker.KERNEL:
        from jupyter_client.kernelspec import KernelSpecManager

        spoken = str(spec.get("language") or language.get("name") or "python").lower()
        if name in KernelSpecManager().find_kernel_specs():
            return name
        if spoken not in ("python", "ipython"):
            raise ValueError(f"{report.notebook.name} needs the Jupyter kernel {name}: install it, "
                             "or choose another in JupyterLab")  # fmt: skip
        name = worker.KERNEL  # of another machine, such as conda-env-silktrade-py
    return name if isolated else ""


def _settings(project: Project) -> dict[str, str]:
    """Choose the environment of workers and kernels."""
    settings = {
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a debugger's warning about frozen modules
    }
    with contextlib.suppress(OSError):  # notebooks run elsewhere, and may move
        settings[variable(project.library, "DATA")] = str(project.data().absolute())
    # Two notebooks on two cores: more threads would only wait for each other.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return settings | dict.fromkeys(threads, "1")


@contextlib.contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
