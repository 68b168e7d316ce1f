"""
Run reports: papermill in worker processes, each notebook in a kernel of its own.

Workers return what they made and this process writes it, so that a page appears whole or not at
all, whatever happens to a worker, and Ctrl-C has one place to be handled.
"""

from __future__ import annotations

import contextlib
import datetime
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from silktrade import snapshots
from silktrade.reports import provenance
from silktrade.reports.parameters import read_cells
from silktrade.reports.plan import Report

KERNEL = "python3"


@dataclass(frozen=True)
class Outcome:
    """
    What became of one report.

    Attributes
    ----------
    report : Report
        What was run.
    record : dict
        The JSON record: report, status (`ok` or `failed`), parameters, headlines and so on.
    page, notebook : str
        The HTML page and the executed notebook; empty where the report failed.
    """

    report: Report
    record: dict[str, Any] = field(repr=False)
    page: str = field(default="", repr=False)
    notebook: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the report was made."""
        return self.record["status"] == "ok"


def run(reports: Sequence[Report], jobs: int = 2) -> Iterator[Outcome]:
    """
    Run reports and give what became of each as it ends.

    Parameters
    ----------
    reports : sequence of Report
        From `plan`, with their parameters checked.
    jobs : int
        How many notebooks to run at a time, at least 1.

    Returns
    -------
    iterator of Outcome
        In the order in which they end. A failure is an outcome, not an exception. Closing the
        iterator, or an exception such as Ctrl-C while it runs, ends all workers at once.

    Raises
    ------
    ValueError
        If `jobs` is less than 1.
    RuntimeError
        If there is no kernel to run them in.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    check_kernel()
    return _outcomes(list(reports), jobs)


def _outcomes(reports: list[Report], jobs: int) -> Iterator[Outcome]:
    """Run reports in workers."""
    _warm_font_cache()
    commit = git_commit(reports[0].notebook.parent) if reports else None
    with _workers(min(jobs, len(reports)) or 1) as pool:
        pending = {pool.submit(run_one, report, commit): report for report in reports}
        for done in as_completed(pending):
            yield _outcome(done, pending[done], commit)


def run_one(report: Report, commit: Mapping[str, Any] | None) -> Outcome:
    """
    Run one report in this process: papermill, then the page.

    Parameters
    ----------
    report : Report
        What to run.
    commit : mapping or None
        From `git_commit`.

    Returns
    -------
    Outcome
        Of status `ok`, or `failed` with the cell, the type and the message of the error.
    """
    import nbformat  # here and below: the parent process never needs these
    from papermill.exceptions import PapermillExecutionError

    from silktrade.reports import render

    record = _record(report, commit)
    started, clock = _now(), time.perf_counter()
    page = text = ""
    try:
        notebook = _started(report)
        record |= provenance.collect(notebook)
        page = render.page(notebook, record)
        text = nbformat.writes(notebook)
    except PapermillExecutionError as error:
        record |= {"status": "failed", "error": _cell_error(error, report)}
    except Exception as error:  # a dead kernel, a page that cannot be made
        record |= {"status": "failed", "error": _error(error)}
    record |= {"started": started, "seconds": round(time.perf_counter() - clock, 2)}
    return Outcome(report, record, page, text)


def _started(report: Report) -> Any:
    """Run a notebook, once more if its kernel never came up: not one cell has run then."""
    # Jupyter picks free ports and the kernel binds them a moment later; meanwhile the other
    # worker's kernel may have taken one, and ours dies before its first word.
    try:
        return _execute(report)
    except RuntimeError as error:
        if "Kernel died before replying" not in str(error):
            raise
        return _execute(report)


def _execute(report: Report) -> Any:
    """Run a notebook by papermill, in its own folder, and return it."""
    import papermill
    from traitlets.config import Config

    notebook = papermill.execute_notebook(
        str(report.notebook.resolve()),
        None,
        parameters=report.parameters,
        kernel_name=KERNEL,
        language="python",
        progress_bar=False,
        cwd=str(report.notebook.parent.resolve()),
        # A kernel complains of being interrupted when it is shut down; errors of cells come back
        # in the notebook and need no log.
        extra_arguments=["--log-level=CRITICAL"],
        # Others on this machine could read an open channel; Jupyter warns of one.
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    # Papermill notes absolute paths; a shared file must not tell where it was made.
    notebook.metadata.papermill.update(
        input_path=report.notebook.name, output_path=f"{report.name}.ipynb"
    )
    return notebook


def check_kernel() -> None:
    """
    Make sure that notebooks run in this very environment.

    Raises
    ------
    RuntimeError
        If the kernel `python3` is missing or starts another Python.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # ours comes before one in the user's home
    try:
        python = KernelSpecManager().get_kernel_spec(KERNEL).argv[0]
    except NoSuchKernel:
        raise RuntimeError(f"Jupyter kernel {KERNEL} is missing: run `make setup`") from None
    if os.path.isabs(python) and Path(python).resolve() != Path(sys.executable).resolve():
        raise RuntimeError(
            f"Jupyter kernel {KERNEL} starts {python}, not this environment's Python: "
            "unset JUPYTER_PATH, or run `make clean setup`"
        )


def git_commit(folder: Path) -> dict[str, Any] | None:
    """
    Tell the git commit that a folder is at.

    Parameters
    ----------
    folder : Path
        In the work tree.

    Returns
    -------
    dict or None
        `id`, and `dirty` (whether anything differs from it); None outside git.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"id": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


@contextlib.contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Start workers; on an exception or Ctrl-C end them at once instead of waiting for them."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="silktrade-", ignore_cleanup_errors=True) as scratch:
        pool = ProcessPoolExecutor(jobs, spawn, _prepare_worker, (_settings(scratch),))
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _end_workers()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end_workers() -> None:
    """Kill workers and then their kernels: neither has anything to save."""
    for worker in multiprocessing.active_children():
        with contextlib.suppress(psutil.NoSuchProcess):
            kernels = psutil.Process(worker.pid).children(recursive=True)
            worker.kill()
            for kernel in kernels:
                kernel.kill()


def _settings(scratch: str) -> dict[str, str]:
    """Choose the environment of workers and kernels: nothing from, or left in, the user's home."""
    settings = {
        "IPYTHONDIR": scratch,  # no start-up files and no shared history of the user's
        "JUPYTER_RUNTIME_DIR": scratch,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a debugger's warning about frozen modules
    }
    if data := os.environ.get(snapshots.FOLDER_VARIABLE):
        settings[snapshots.FOLDER_VARIABLE] = os.path.abspath(data)  # kernels run elsewhere
    # Two notebooks on two cores: more threads would only wait for each other.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return settings | {name: os.environ.get(name, "1") for name in threads}


def _prepare_worker(settings: Mapping[str, str]) -> None:
    """Set up a worker: own session (Ctrl-C goes to the parent only), and never an orphan."""
    os.environ.update(settings)
    os.setsid()

    def follow_parent() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=follow_parent, daemon=True).start()


def _warm_font_cache() -> None:
    """Build matplotlib's font cache here, or with an empty home every kernel would, and say so."""
    from matplotlib import font_manager

    font_manager.findfont("DejaVu Sans")


def _outcome(done: Future[Outcome], report: Report, commit: Mapping[str, Any] | None) -> Outcome:
    """Take a worker's outcome, or make one of a worker that died."""
    try:
        return done.result()
    except Exception as error:
        failed = {"status": "failed", "error": _error(error), "started": _now(), "seconds": 0.0}
        return Outcome(report, _record(report, commit) | failed)


def _record(report: Report, commit: Mapping[str, Any] | None) -> dict[str, Any]:
    """Start the JSON record of a report, in the order in which people read it."""
    return {
        "report": report.name,
        "title": report.title,
        "status": "ok",
        "parameters": report.parameters,
        "messages": [],
        "headlines": [],
        "snapshots": [],
        "versions": provenance.versions(),
        "commit": dict(commit) if commit else None,
        "notebook": report.notebook.name,
        "group": report.group,
        "grid": dict(report.grid),
    }


def _cell_error(error: Any, report: Report) -> dict[str, Any]:
    """Say which code cell failed, by its number and first line in the notebook as it is kept."""
    code = [c.source for c in read_cells(report.notebook) if c.cell_type == "code"]
    number = code.index(error.source) + 1 if error.source in code else None
    first_line = error.source.strip().partition("\n")[0]
    return {
        "cell": number,
        "code": first_line,
        "type": error.ename,
        "message": error.evalue or "no message",
    }


def _error(error: Exception) -> dict[str, Any]:
    """Say what failed outside any cell."""
    message = str(error) or "no message"
    return {"cell": None, "code": None, "type": type(error).__name__, "message": message}


def _now() -> str:
    """Give the time to the second, in UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
