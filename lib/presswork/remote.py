"""
What a worker of a Dask cluster does: run one report that was sent to it, and give it back.

The report becomes a project of its own, and the library's command runs it in a process of its own,
which ends with the worker, and as soon as nobody waits for it any more.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from presswork import store
from presswork.project import HERE, folder_of, variable, versions

_POLL = 1.0
_SENT = "sent"  # marks the record of the last run, which came with the report
# `follow` first: the command ends with the worker that has started it.
_COMMAND = """\
import runpy
from presswork import remote
remote.follow()
runpy.run_module({!r}, run_name="__main__")
"""


def program(library: str) -> dict[str, str]:
    """Fingerprint what makes the numbers, apart from notebooks and data."""
    digest = hashlib.sha256()
    for folder in (folder_of(library), HERE):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {f"the code of {library}": digest.hexdigest()[:12], **versions(library)}


def perform(parcel: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], str, str]:
    """Run one report on a worker of the cluster."""
    from distributed import get_worker

    here = get_worker()
    _refuse_other_code(parcel["program"], program(parcel["library"]), here.address)
    folder = _unpacked(data, Path(here.local_directory))
    with tempfile.TemporaryDirectory(prefix="presswork-", dir=here.local_directory) as scratch:
        root, name = Path(scratch), parcel["report"]
        _lay_out(root, parcel)
        complaint = _command(root, parcel, folder)
        record = store.read_record(root / "reports", name)
        if record is None or _SENT in record:  # that of the last run, as it was sent
            raise RuntimeError(f"worker {here.address}: {complaint}")
        for added in ("files", "shown"):  # of the folder there, not of the report
            record.pop(added, None)
        made = f"{name}.ipynb" if record["status"] == "ok" else f"{name}.failed.ipynb"
        page = _text(root / "reports" / f"{name}.html")
        return record, page, _text(root / "reports" / made)


def _refuse_other_code(theirs: Mapping[str, str], ours: Mapping[str, str], address: str) -> None:
    """Stop where another program would make the numbers."""
    differing = [n for n in {**theirs, **ours} if theirs.get(n) != ours.get(n)]
    if differing:
        told = ", ".join(f"{n} {ours.get(n)} there and {theirs.get(n)} here" for n in differing)
        raise RuntimeError(
            f"worker {address} has another program: {told}: install the same release there and "
            "restart it"
        )


def _unpacked(data: bytes, parent: Path) -> Path:
    """Unpack the data folder, once for each worker and content."""
    target = parent / f"presswork-data-{hashlib.sha256(data).hexdigest()[:16]}"
    if not target.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix="presswork-", dir=parent))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(fresh)
        with contextlib.suppress(OSError):  # another thread was first
            fresh.rename(target)
    return target


def _lay_out(root: Path, parcel: Mapping[str, Any]) -> None:
    """Make a project of one report, with the record of its last good run."""
    for name, content in parcel["files"].items():
        if not (root / name).resolve().is_relative_to(root.resolve()):
            raise ValueError(f"a file of a report must lie in its project, got {name!r}")
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    folder = root / "reports"
    folder.mkdir()
    if parcel["before"]:
        last = {f"{parcel['report']}.json": store.as_json(parcel["before"] | {_SENT: True})}
        store.write(folder, last | {f"{parcel['report']}.html": ""})


def _command(root: Path, parcel: Mapping[str, Any], data: Path) -> str:
    """Run the library's command in a project, tell its cells, and give its last complaint."""
    from distributed import get_worker

    request = ["run", *parcel["request"], "--batch", str(root / "batch.yml"), "--force", "--json",
               "--jobs", "1", "--reports", str(root / "reports"), *parcel["options"]]  # fmt: skip
    settings = {
        variable(parcel["library"], "DATA"): str(data),
        variable(parcel["library"], "COMMIT"): json.dumps(parcel["commit"]),
    }
    with (root / "complaints").open("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND.format(parcel["library"]), *request],
            cwd=root, env=os.environ | settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=complaints, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        with process, _ended_unless_wanted(process) as key:
            for line in process.stdout:
                said = json.loads(line)
                if said["event"] == "cell":
                    event = {"key": key, "cell": said["cell"]}
                    get_worker().log_event(parcel["topic"], event)
        complaints.seek(0)
        last = complaints.read().strip().splitlines()
    return (last or [f"the command ended with exit status {process.returncode}"])[-1]


@contextlib.contextmanager
def _ended_unless_wanted(process: subprocess.Popen) -> Iterator[str]:
    """End the command when its task has been cancelled, or whoever sent it has gone."""
    from distributed import get_worker

    here, over = get_worker(), threading.Event()
    key = here.get_current_task()

    def watch() -> None:
        while not over.wait(_POLL):
            task = here.state.tasks.get(key)
            if task is None or task.state == "cancelled":
                process.stdin.close()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield key
    finally:
        over.set()


def follow() -> None:
    """End this process when the other end of its input is closed; its janitor ends the rest."""

    def wait() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _text(path: Path) -> str:
    """Read a text byte for byte; a missing file is empty."""
    return path.read_bytes().decode() if path.is_file() else ""
