"""
What a worker process does: run one notebook by papermill, make its page, and tell what it read.

A worker is forked from a process that has imported everything, runs one notebook in a kernel that
it forks from itself, and ends. Where that cannot be (no fork, another kernel, or because it was
asked for), Jupyter starts the kernel.
"""

import contextlib
import json
import linecache
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from presswork import audit, changes, execution, inputs, janitor, private, provenance, streams
from presswork.papermill_engine import NAME
from presswork.parameters import sources
from presswork.plan import Report
from presswork.preload import defer_parsers

KERNEL = "python3"
_STARTUP = """\
from pathlib import Path
from presswork import audit
audit.start({!r}, Path({!r}))
del Path, audit
"""
_SECRET = (
    "the value of {} of the environment stands on the page: print no secret; nothing of this run "
    "is kept"
)
_ADDRESS = re.compile(r"(<[^<>]*?) at 0x[0-9a-f]{6,16}>")
_MOST_SAID = 2000  # characters of what an error says
_GIVE_UP = 60.0  # seconds to wait for an end that does not come
_CLOCK = ("start_time", "end_time", "duration")


@dataclass(frozen=True)
class Job:
    """One report to run, and what a worker has to know."""

    report: Report  # from `plan`
    record: dict[str, Any]  # the record so far: title, parameters, commit
    # The inputs known before it runs, from `inputs.static`.
    known: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] | None = None  # the record of the last good run
    kernel: str = ""  # the Jupyter kernel to start; empty for one that is forked
    settings: dict[str, str] = field(default_factory=dict)  # environment variables
    memory: int = 0  # bytes of address space at most; 0 for no limit


def main(job: Job, parent: Connection) -> None:
    """Run a job in this process, which is then of no further use."""
    _prepare(job)
    scratch = janitor.scratch(os.getpid())
    scratch.mkdir(exist_ok=True)
    os.environ["IPYTHONDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = str(scratch)

    def tell(*said: object) -> None:  # plain values: the parent has none of our classes
        parent.send_bytes(json.dumps(said).encode())

    try:
        done = run(job, partial(tell, "cell"), scratch)
    except Exception as error:  # a notebook may have broken what the worker itself needs
        record = job.record | failed(job.report, type(error).__name__, str(error), None)
        done = (record, "", "")
    tell("done", *done)
    parent.close()
    time.sleep(_GIVE_UP)  # it is ended, after what the notebook left behind
    os._exit(0)


def run(job: Job, tell: Callable[[int], None], scratch: Path) -> tuple[dict[str, Any], str, str]:
    """Run a notebook and make its page."""
    defer_parsers()  # in a process that is no fork of one that has
    import nbformat
    from papermill.exceptions import PapermillExecutionError

    since = time.time()
    page, executed, run_to = "", None, scratch / "executed.ipynb"
    counter = execution.Counter(job.report, tell)
    record, known = dict(job.record), private.secrets()
    files: list[Path] = []
    try:
        asked = _execute(job, counter, scratch, run_to, files)
        counter.number = None
        executed = nbformat.read(run_to, as_version=4)
        execution.refuse_early_end(executed, counter)
        record |= provenance.collect(executed)
        record["inputs"] = job.known | inputs.read(job.report, files, asked, since)
        record["before"], record["changes"] = changes.since(
            job.before, record, job.report.project.told
        )
        code = [c.metadata.papermill for c in executed.cells if c.cell_type == "code"]
        record["timings"] = {"cells": [round(told.duration or 0.0, 3) for told in code]}
        places = _places(job.report, files)
        private.relative(record["messages"], places)
        steady = _steady(executed, job.report, counter.ids)
        page = _page(private.relative(steady, places), record, job.report)
    except PapermillExecutionError as error:
        record |= failed(job.report, error.ename, error.evalue, counter.number)
    except Exception as error:  # a dead kernel, a page that cannot be made
        record |= failed(job.report, type(error).__name__, str(error), counter.number)
    if executed is None and run_to.is_file():  # papermill raised, and has marked the cell
        with contextlib.suppress(Exception):  # written in part, where the disk is full
            executed = nbformat.read(run_to, as_version=4)
    notebook = ""
    if executed is not None:
        if not page:  # else it is as the page needed it
            steady = _steady(executed, job.report, counter.ids)
            executed = private.relative(steady, _places(job.report, files))
        notebook = nbformat.writes(executed)
    if told := private.shown((page, notebook), known):
        if record["status"] == "ok":
            record |= failed(job.report, "SecretShown", _SECRET.format(", ".join(told)), None)
        page = notebook = ""
    if record["status"] == "failed":
        places = _places(job.report, files)
        record["error"] = {
            name: _in_short(private.relative(private.hidden(v, known), places))
            if isinstance(v, str) else v for name, v in record["error"].items()
        }  # fmt: skip
    record["cpu_seconds"] = round(sum(os.times()[:4]), 2)
    return record, page, notebook


def _in_short(text: str) -> str:
    """Cut a message: the whole of it is in the notebook."""
    text = streams.plain(text[: 2 * _MOST_SAID])
    return text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}…"


def _places(report: Report, files: list[Path]) -> dict[str, str]:
    """List the folders whose names no page, record or notebook tells."""
    ours = (inputs.root(report), report.project.checkout)
    values = (v if isinstance(v, list) else [v] for v in report.parameters.values())
    given = [value for listed in values for value in listed if isinstance(value, str)]
    outside = [str(p) for p in files if not any(p.is_relative_to(folder) for folder in ours)]
    return private.places(*ours, [*given, *outside])


def failed(report: Report, kind: str, message: str, cell: int | None) -> dict[str, Any]:
    """Say what failed, for the record."""
    first_line = None
    with contextlib.suppress(OSError, ValueError, IndexError):  # it may be edited meanwhile
        code = sources(report.notebook, "code")
        first_line = code[cell - 1].strip().partition("\n")[0] if cell else None
    error = {"cell": cell, "code": first_line, "type": kind, "message": message or "no message"}
    error = private.relative(error, _places(report, []))
    return {"status": "failed", "error": error}


def _execute(
    job: Job, counter: execution.Counter, scratch: Path, run_to: Path, files: list[Path]
) -> set[tuple[str, str, str, str]]:
    """Run a notebook by papermill in its own folder; add the files it read, tell the vintages."""
    kept, ignored = inputs.places(job.report), (str(scratch), *inputs.caches(job.report))
    log, library = scratch / "reads", job.report.project.library
    run = partial(execution.papermill, job.report, job.kernel or KERNEL, counter, run_to)
    try:
        if job.kernel:
            _in_started_kernel(run, scratch, _STARTUP.format(library, str(log)))
        else:
            janitor.adopt()
            run(engine_name=NAME, begin=partial(audit.start, library, log))
    finally:
        reads = audit.load(log)
        files += audit.inputs(reads, kept, ignored)
    return reads.asked


def _in_started_kernel(run: Callable[[], None], scratch: Path, startup: str) -> None:
    """Run a notebook in a kernel that Jupyter starts."""
    folder = scratch / "profile_default" / "startup"
    folder.mkdir(parents=True)
    (folder / "00-audit.py").write_text(startup)
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)  # Jupyter's, to reach a kernel
    try:
        run()
    except RuntimeError as error:
        # Jupyter picks free ports and the kernel binds them a moment later; if another kernel has
        # taken one meanwhile, ours dies before its first word. Not one cell has run then.
        if "Kernel died before replying" not in str(error):
            raise
        run()
    finally:
        tempfile.tempdir = before


def _page(notebook: Any, record: dict[str, Any], report: Report) -> str:
    """Make the page of a notebook."""
    from presswork import render

    clock = time.perf_counter()
    page = render.page(notebook, record, report.project, report.notebook.parent)
    record["timings"]["page"] = round(time.perf_counter() - clock, 3)
    return page


def _steady(notebook: Any, report: Report, known: set[str]) -> Any:
    """Take out of a notebook what differs between two runs: clocks, paths, addresses."""
    notebook.metadata.papermill.update(
        dict.fromkeys(_CLOCK), input_path=report.notebook.name, output_path=f"{report.name}.ipynb"
    )
    for number, cell in enumerate(notebook.cells):
        if cell.get("id") not in known:  # made by chance, where the file has none or one twice
            cell.id = f"cell-{number}"
        if "papermill" in cell.metadata:
            cell.metadata.papermill.update(dict.fromkeys(_CLOCK))
        if {"injected-parameters", "papermill-error-cell-tag"} & set(cell.metadata.get("tags", [])):
            cell.id = f"added-by-papermill-{number}"
        if "outputs" in cell:
            cell.outputs = streams.joined(cell.outputs)
        for output in cell.get("outputs", []):
            if plain := output.get("data", {}).get("text/plain"):
                output["data"]["text/plain"] = _ADDRESS.sub(r"\1>", plain)
            if "text" in output:
                output["text"] = streams.cell_named(output["text"])
    return notebook


def _prepare(job: Job) -> None:
    """Set up a worker: its own session (Ctrl-C goes to the parent), its own server, fresh dice."""
    os.environ.update(job.settings)
    # What is said on these is of no report: a notebook's prints are in its outputs. Nor is what the
    # batch was given to read a notebook's to take away.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    if hasattr(os, "setsid"):
        os.setsid()
    os.environ[janitor.WORKER] = str(os.getpid())
    _leave_server()
    linecache.clearcache()  # from Python 3.13 it has the server's own program, as <string>
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if job.memory:
        with contextlib.suppress(ImportError, ValueError):  # no such limit on Windows
            import resource

            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (job.memory, hard))


def _leave_server() -> None:
    """Let go of the server of workers: it ends with the batch, and a notebook starts its own."""
    server = forkserver._forkserver
    if getattr(server, "_forkserver_alive_fd", None) is not None:
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = server._forkserver_address = server._forkserver_pid = None
