"""
Run reports on a Dask cluster: the same command as here, on machines that share no disk with this.

A notebook with its parameters, the lock, the last record and the data folder go out; a record, a
page and an executed notebook come back and are written here. On a worker each report is a batch of
one in a process of its own, so that time-outs, crashes and memory are handled as they are at home.
Scheduler and workers need the very library and its packages, since other code makes other numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import queue
import signal
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import yaml

from presswork import engine, inputs, records, remote, worker
from presswork.bundle import packed
from presswork.engine import Limits, Outcome
from presswork.plan import Report
from presswork.project import HERE

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10.0
WORKER_SECONDS = 30.0  # how long a cluster may be without any worker
_POLL = 1.0


def run(
    reports: Sequence[Report],
    *,
    scheduler: str | None,
    limits: Limits | None = None,
    before: Callable[[str], Mapping[str, Any] | None] = lambda name: None,
    started: Callable[[Report, int], None] = lambda report, cell: None,
) -> Iterator[Outcome]:
    """Keep every thread of a cluster busy; run again, alone, what may have killed workers."""
    limits = limits or Limits()
    check(scheduler)
    engine.check(1, limits, False)
    yield from (engine.refused(r, r.problem) for r in reports if r.problem)
    reports = [report for report in reports if not report.problem]
    waiting, suspects = deque(reports), deque()
    with _interrupts() as pressed, _connected(str(scheduler)) as client:
        batch = _Batch(client, reports, limits, before, started)
        while waiting or suspects or batch.running:
            if pressed.is_set():
                raise KeyboardInterrupt
            if complaint := batch.lost():
                rest = [*(run.report for run in batch.running.values()), *suspects, *waiting]
                yield from (batch.failed(r, "ClusterLost", complaint) for r in rest)
                return
            while waiting and len(batch.running) < batch.threads:
                batch.send(waiting.popleft())
            if suspects and not waiting and not batch.running:
                batch.send(suspects.popleft(), alone=True)
            for sent, outcome in batch.ended():
                if outcome is None:
                    suspects.append(sent)
                else:
                    yield outcome


def check(scheduler: str | None) -> None:
    """Refuse a cluster that cannot be reached from here, before anything is tried."""
    if not scheduler:
        raise ValueError(
            "--executor dask needs --scheduler ADDRESS, such as --scheduler tcp://host:8786"
        )
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise RuntimeError(
            "--executor dask needs Dask, which is not installed: the extra `distributed` brings it"
        ) from None


@contextlib.contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Notice Ctrl-C also where Python drops it: while Dask lets go of a report that has ended."""
    pressed, before = threading.Event(), signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and callable(before)

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        before(number, frame)

    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    """Connect to a cluster that has a worker; at the end take back all that was sent."""
    from distributed import Client

    # What goes wrong is told as outcomes and errors; Dask's own log would tell it again.
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    try:
        # First by hand: a client that finds nobody takes another twenty seconds to give up.
        # In a thread, since a loop may be running in this one, as in Jupyter.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _knock(scheduler)).result()
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # whatever it is that answers there
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RuntimeError(
            f"no Dask scheduler answers at {scheduler} ({said}): start one there with `dask "
            "scheduler`, or correct --scheduler"
        ) from None
    try:
        with contextlib.suppress(TimeoutError):
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        if not client.nthreads():
            raise RuntimeError(
                f"the Dask scheduler at {scheduler} has no workers: start some with "
                f"`dask worker {scheduler}`"
            )
        yield client
    finally:
        client.close(timeout=CONNECT_SECONDS)  # what is still running there is not wanted any more


async def _knock(scheduler: str) -> None:
    """Connect once, and say goodbye."""
    from distributed import Security
    from distributed.comm import connect

    secrets = Security().get_connection_args("client")
    # Dask's own time-out ends with the connection: one that is taken and never answered hangs.
    calling = connect(scheduler, timeout=CONNECT_SECONDS, **secrets)
    comm = await asyncio.wait_for(calling, CONNECT_SECONDS + _POLL)
    await comm.close()


class _Sent:
    """A report that is on the cluster."""

    def __init__(self, report: Report, future: Future, alone: bool) -> None:
        self.report, self.future, self.alone = report, future, alone
        self.since, self.cell = time.monotonic(), None


class _Batch:
    """What is on the cluster, seen from here."""

    def __init__(
        self,
        client: Client,
        reports: Sequence[Report],
        limits: Limits,
        before: Callable[[str], Mapping[str, Any] | None],
        started: Callable[[Report, int], None],
    ) -> None:
        self._client, self._before = client, before
        project = reports[0].project
        self._commit = records.git_commit(reports[0].notebook.parent, project.library)
        self._options = [
            *("--cell-timeout", repr(limits.cell), "--timeout", repr(limits.report)),
            *("--memory", repr(limits.memory / 1e9)),
        ]
        self._started, self._program = started, remote.program(project.library)
        self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._topic = f"presswork-{uuid.uuid4().hex}"
        client.subscribe_topic(self._topic, lambda event: self._said.put(event[1]))
        # Not scattered: scattered data die with the worker that holds them, a task is done again.
        content = _data(project.data())
        key = f"presswork-data-{hashlib.sha256(content).hexdigest()}"
        self._data = client.submit(bytes, content, key=key)
        self.running: dict[str, _Sent] = {}
        self._alive, self.threads = time.monotonic(), 1
        self._count()

    def send(self, report: Report, alone: bool = False) -> None:
        """Send a report to the cluster."""
        parcel = {
            **_parcel(report, self._before(report.name)),
            "commit": self._commit,
            "options": self._options,
            "library": report.project.library,
            "program": self._program,
            "topic": self._topic,
        }
        key = f"{report.name}-{uuid.uuid4().hex}"
        future = self._client.submit(remote.perform, parcel, self._data, key=key)
        self.running[key] = _Sent(report, future, alone)
        future.add_done_callback(self._said.put)

    def ended(self) -> Iterator[tuple[Report, Outcome | None]]:
        """Wait a moment for a report to end; one whose workers were lost has no outcome yet."""
        try:
            said = self._said.get(timeout=_POLL)
        except queue.Empty:
            self._count()
            return
        if isinstance(said, dict):
            sent, cell = self.running.get(str(said.get("key"))), said.get("cell")
            if sent is not None and isinstance(cell, int):
                sent.cell = cell
                self._started(sent.report, sent.cell)
            return
        if said.status != "cancelled" and (sent := self.running.pop(said.key, None)) is not None:
            self._count()
            yield sent.report, self._outcome(sent)

    def lost(self) -> str:
        """Say why nothing more can come back; empty as long as something can."""
        if self._client.status != "running" or any(
            sent.future.status == "cancelled" for sent in self.running.values()
        ):
            return "the connection to the Dask scheduler was lost: run again when it is back"
        if not self.threads and time.monotonic() - self._alive > WORKER_SECONDS:
            return f"the cluster has had no worker for {WORKER_SECONDS:g} s: start some, run again"
        return ""

    def failed(self, report: Report, kind: str, message: str, sent: _Sent | None = None) -> Outcome:
        """Make the outcome of a report that brought nothing back."""
        seconds = round(time.monotonic() - sent.since, 2) if sent else 0.0
        clock = {"seconds": seconds, "started": records.now()}
        said = worker.failed(report, kind, message, sent.cell if sent else None)
        return Outcome(report, records.record(report, self._commit) | said | clock)

    def _outcome(self, sent: _Sent) -> Outcome | None:
        """Make the outcome of a report that has ended."""
        from distributed import KilledWorker

        error = sent.future.exception()
        if error is None:
            return self._checked(sent, sent.future.result())
        if isinstance(error, KilledWorker):
            # Others may have run on the same workers: only alone it is known who was to blame.
            message = f"{error.allowed_failures + 1} workers were lost while they ran it: memory?"
            if not sent.alone:
                return None
            return self.failed(sent.report, "WorkersLost", message, sent)
        return self.failed(sent.report, type(error).__name__, str(error), sent)

    def _checked(self, sent: _Sent, made: Any) -> Outcome:
        """Take what a worker gave, if it is of the report that it was asked for."""
        with contextlib.suppress(TypeError, ValueError, KeyError):
            record, page, notebook = made
            named = record["report"] == sent.report.name and record["status"] in ("ok", "failed")
            if named and isinstance(page, str) and isinstance(notebook, str):
                return Outcome(sent.report, record, page, notebook)
        message = "the worker gave something else than this report: install the same release there"
        return self.failed(sent.report, "OtherReport", message, sent)

    def _count(self) -> None:
        """Count the threads of the cluster."""
        with contextlib.suppress(OSError):  # then `lost` will tell
            self.threads = sum(self._client.nthreads().values())
        if self.threads:
            self._alive = time.monotonic()


def _parcel(report: Report, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put together what a worker needs of one report, data apart."""
    root, notebook = inputs.root(report), report.notebook.resolve()
    read = [name.partition(" ")[2] for name in (before or {}).get("inputs", {})
            if name.startswith("file ")]  # fmt: skip
    wanted = [notebook, *notebook.parent.glob("*.py"), root / "requirements.lock",
              *((root / name).resolve() for name in read)]  # fmt: skip
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in wanted
        if path.is_file()
        and path.is_relative_to(root)
        and not path.is_relative_to(report.project.folder)
        and not path.is_relative_to(HERE)
    }
    planned = report.planned or report
    entry = {
        "notebook": notebook.relative_to(root).as_posix(),
        "parameters": {k: v for k, v in planned.given.items() if k not in planned.grid},
        "grid": {name: [value] for name, value in planned.grid.items()}, "front": report.front,
    }  # fmt: skip
    files["batch.yml"] = yaml.safe_dump(
        {"reports": {report.group: entry}}, sort_keys=False
    ).encode()
    asked = [part for pair in report.asked.items() for part in ("-p", *pair)]
    return {"report": report.name, "request": [planned.name, *asked], "files": files,
            "before": dict(before) if before else None}  # fmt: skip


def _data(folder: Path) -> bytes:
    """Pack the data folder."""
    paths = [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
    return packed({p.relative_to(folder).as_posix(): p.read_bytes() for p in paths})
