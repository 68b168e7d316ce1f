"""
Ends what notebooks have started: with the report, and all that is left with the batch.

It clears away what they wrote under the temporary folder of the batch, too.

A process that a notebook starts bears the worker's number in its environment, or is of the worker's
session. All that a batch starts bears the batch's mark. The janitor is a process that waits for the
end of the batch, however that comes (kill -9 too), kills what bears the mark, and ends. It holds no
interpreter that a notebook could block.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from multiprocessing import util
from pathlib import Path

BATCH, WORKER = "PRESSWORK_BATCH", "PRESSWORK_WORKER"
_SECONDS = 5.0  # for the last sweep: what is killed takes a moment to go
_janitors: dict[tuple[int, str], subprocess.Popen] = {}  # by process and mark


def mark() -> dict[str, str]:
    """Mark what this process starts from now on; the first time, hire a janitor."""
    marks = [token for pid, token in _janitors if pid == os.getpid()]
    if not marks:
        token = uuid.uuid4().hex
        command = [sys.executable, "-P", str(Path(__file__)), token, util.get_temp_dir()]
        none = subprocess.DEVNULL
        _janitors[os.getpid(), token] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=none, stderr=none, start_new_session=True
        )
        marks = [token]
    return {BATCH: marks[0]}


def dismiss() -> bool:
    """Have everything swept that this process has started under its mark, and wait for that."""
    ours = [janitor for (pid, _), janitor in _janitors.items() if pid == os.getpid()]
    for janitor in ours:
        janitor.communicate()
    _janitors.clear()
    return bool(ours)


def scratch(pid: int) -> Path:
    """Name the folder that a worker may write to: it goes with the worker."""
    return Path(util.get_temp_dir(), str(pid))  # the batch's own, which its processes share


def end_worker(pid: int) -> None:
    """Kill what a worker has started, and take away what it wrote."""
    _kill(lambda other, said: _session(other) == pid or said().get(WORKER) == str(pid))
    shutil.rmtree(scratch(pid), ignore_errors=True)


def _kill(wanted: Callable[[int, Callable[[], dict[str, str]]], bool]) -> int:
    """Kill processes, by number and environment; say how many there were."""
    import psutil

    found = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and wanted(process.pid, process.environ):
                found += process.status() != psutil.STATUS_ZOMBIE
                process.kill()
    return found


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
    end = time.monotonic() + _SECONDS
    while _kill(lambda _, said: said().get(BATCH) == token) and time.monotonic() < end:
        time.sleep(0.05)
    if os.getppid() != parent:  # killed, else it does so itself
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
