"""
Ends what notebooks have started: with the report, and all that is left with the batch.

It clears away what they wrote under the temporary folder of the batch, too.

A process that a notebook starts bears the worker's number in its environment, or is of the worker's
session, or descends from it: where the system can have it so (Linux), a worker that forks a kernel
is the parent of all whose own has gone. All that a batch starts bears the batch's mark. The janitor
is a process that waits for the end of the batch, however that comes (kill -9 too), kills what bears
the mark, and ends. It holds no interpreter that a notebook could block.
"""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from multiprocessing import util
from pathlib import Path
from typing import Any

BATCH, WORKER = "PRESSWORK_BATCH", "PRESSWORK_WORKER"
_SECONDS = 5.0  # for a sweep: what is killed takes a moment to go
_SET_CHILD_SUBREAPER = 36  # of Linux's prctl
_janitors: dict[int, tuple[str, subprocess.Popen]] = {}  # of a process: its mark, its janitor
_adopting: set[int] = set()  # the process that adopts, if this one does


def mark() -> dict[str, str]:
    """Mark what this process starts from now on; the first time, hire a janitor."""
    if os.getpid() not in _janitors:
        token, none = uuid.uuid4().hex, subprocess.DEVNULL
        command = [sys.executable, "-P", str(Path(__file__)), token, util.get_temp_dir()]
        janitor = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=none, stderr=none, start_new_session=True
        )
        _janitors[os.getpid()] = token, janitor
    return {BATCH: _janitors[os.getpid()][0]}


def dismiss() -> bool:
    """Have everything swept that this process has started under its mark, and wait for that."""
    ours = _janitors.get(os.getpid())
    if ours is not None:
        ours[1].communicate()
    _janitors.clear()  # a fork knows of its parent's, too
    return ours is not None


def scratch(pid: int) -> Path:
    """Name the folder that a worker may write to: it goes with the worker."""
    return Path(util.get_temp_dir(), str(pid))  # the batch's own, which its processes share


def adopt() -> None:
    """Be the parent of what descends from this process and has lost its own."""
    with contextlib.suppress(AttributeError, TypeError, OSError):
        if ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0:
            _adopting.add(os.getpid())


def bury(child: int) -> None:
    """Let adopted processes go that have ended, as who waits for their end would wait for ever."""
    if os.getpid() not in _adopting:
        return
    ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):
        while (one := os.waitid(os.P_ALL, 0, ended)) and one.si_pid != child:  # others wait for it
            os.waitpid(one.si_pid, 0)


def end_worker(worker: Any) -> None:
    """Kill what a worker has started, then the worker; take away what it wrote."""
    pid = worker.pid
    _sweep(lambda one: _session(one.pid) == pid or one.environ().get(WORKER) == str(pid), pid)
    if worker.is_alive():
        worker.kill()
    worker.join()
    shutil.rmtree(scratch(pid), ignore_errors=True)


def _sweep(wanted: Callable[[Any], bool], spared: int = 0) -> None:
    """Kill processes and all that descends from them, until there are none."""
    end = time.monotonic() + _SECONDS
    while _kill(wanted, {spared, os.getpid()}) and time.monotonic() < end:
        time.sleep(0.01)


def _kill(wanted: Callable[[Any], bool], spared: set[int]) -> bool:
    """Kill processes and all that descends from them; tell whether any was alive."""
    import psutil

    doomed, alive = [], False
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if wanted(process):
                doomed += [process, *process.children(recursive=True)]
    for process in doomed:
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid not in spared:
                alive = alive or process.status() != psutil.STATUS_ZOMBIE
                process.kill()
    return alive


def _session(pid: int) -> int | None:
    """Name the session of a process, where there is such a thing."""
    with contextlib.suppress(OSError, AttributeError):
        return os.getsid(pid)
    return None


def main(token: str, folder: str) -> None:
    """Wait until whoever holds the other end of standard input has gone, then sweep."""
    parent = os.getppid()
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    _sweep(lambda one: one.environ().get(BATCH) == token)
    if os.getppid() != parent:  # killed, else it does so itself
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
