"""
The folder of reports: who may write there, and how files and records get in.

Every file is written under a temporary name in the same folder and then renamed, so that a reader
never meets half a page. A report that fails keeps its last good page; its record says so. One batch
at a time holds the folder's lock, which the system takes back when the holder ends, however that
may be.
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from presswork.engine import Outcome
from presswork.plan import Report

LOCK = ".lock"
MANIFEST, INDEX = "manifest.json", "index.html"
_SUFFIXES = (".json", ".html", ".ipynb", ".failed.ipynb", ".pdf")  # of the files of a report
_TAKEN = "no file but a folder or a device stands there: move it away and run again"
_KINDS = {
    "files": dict, "inputs": dict, "parameters": dict, "grid": dict, "error": dict,
    "headlines": list, "messages": list, "snapshots": list, "report": str, "title": str,
    "seconds": float, "started": str, "apart": str, "group": str,
}  # fmt: skip


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder of reports, alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (LOCK, MANIFEST, INDEX):
        _refuse_taken(folder / name)
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        if not _lock(file.fileno()):
            file.seek(0)
            raise RuntimeError(
                f"another batch (process {file.read().strip() or 'unknown'}) is writing {folder}: "
                "wait for it, or write elsewhere with --reports DIR"
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for left in folder.glob(".*.tmp"):
            _remove(left)
        yield


def placed(report: Report, folder: Path) -> Report:
    """Have a report fail alone where no file can be in the place of one of its own."""
    names = (f"{report.name}{suffix}" for suffix in _SUFFIXES)
    taken = next((name for name in names if not _free(folder / name)), None)
    if report.problem or taken is None:
        return report
    return replace(report, problem=f"{folder.name}/{taken}: {_TAKEN}")


def _free(path: Path) -> bool:
    """Tell whether a file is in a place or can be: a link that leads nowhere gives way to it."""
    return path.is_file() or not path.exists()


def _refuse_taken(path: Path) -> None:
    """Stop where no file can be."""
    if not _free(path):
        raise FileExistsError(errno.EEXIST, _TAKEN, str(path))


def _remove(path: Path) -> None:
    """Take a file away, if there is one."""
    if _free(path):
        path.unlink(missing_ok=True)


def publish(outcome: Outcome, folder: Path) -> None:
    """Write what became of one report."""
    folder.mkdir(parents=True, exist_ok=True)
    name, record = outcome.report.name, dict(outcome.record)
    files = {}
    if outcome.ok:
        files = {f"{name}.html": outcome.page, f"{name}.ipynb": outcome.notebook}
        record["files"] = {file: digest(encoded(text)) for file, text in files.items()}
    else:
        record["shown"] = last_good(folder, name)
        if outcome.notebook:
            files[f"{name}.failed.ipynb"] = outcome.notebook
    if _free(folder / f"{name}.json"):  # else the index alone can say it
        write(folder, files | {f"{name}.json": as_json(record)})
    if outcome.ok:
        _remove(folder / f"{name}.pdf")  # printed from the page that was
    if not outcome.notebook or outcome.ok:
        _remove(folder / f"{name}.failed.ipynb")


def read_record(folder: Path, name: str) -> dict[str, Any] | None:
    """Read the record of a report."""
    path = folder / f"{name}.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError):
        return None
    return record if _is_record(record) else None


def _is_record(said: Any) -> bool:
    """Tell whether what a file holds is a record, and not what somebody else has put there."""
    return (
        isinstance(said, dict)
        and "status" in said
        and all(isinstance(said.get(name) or kind(), kind) for name, kind in _KINDS.items())
        and (said.get("shown") is None or _is_record(said["shown"]))
    )


def last_good(folder: Path, name: str) -> dict[str, Any] | None:
    """Find the record of the page that is there."""
    record = read_record(folder, name)
    if record is None or not (folder / f"{name}.html").is_file():
        return None
    return record if record["status"] == "ok" else record.get("shown")


def intact(folder: Path, name: str) -> dict[str, Any] | None:
    """Find the record of a report that was made and whose files are all as they were written."""
    record = read_record(folder, name)
    if record is None or record["status"] != "ok" or not record.get("files"):
        return None
    with contextlib.suppress(OSError):
        if all(digest((folder / f).read_bytes()) == h for f, h in record["files"].items()):
            return record
    return None


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files whole or not at all: all under other names first, then all in their places."""
    for name in files:
        if not name or {"/", "\\", "\0"} & set(name) or name.startswith("."):
            raise ValueError(f"a file of {folder} must have a plain name, got {name!r}")
        _refuse_taken(folder / name)
    temporary = {folder / f".{name}.{os.getpid()}.tmp": folder / name for name in files}
    try:
        for path, said in zip(temporary, files.values(), strict=True):
            with path.open("wb") as file:
                file.write(encoded(said) if isinstance(said, str) else said)
                file.flush()
                os.fsync(file.fileno())  # a full disk must say so before anything is replaced
        for path, target in temporary.items():
            os.replace(path, target)
    except OSError as error:
        error.filename = str(folder)  # not the name for a while, which nobody knows
        raise
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)


def as_json(record: Mapping[str, Any]) -> str:
    """Write a record for people and machines: indented, and no NaN, which is not JSON."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def encoded(text: str) -> bytes:
    """Write a text in UTF-8; half a character, which is none, as `?`."""
    return text.encode("utf-8", "replace")


def digest(content: bytes) -> str:
    """Hash the content of a file."""
    return hashlib.sha256(content).hexdigest()


def _lock(descriptor: int) -> bool:
    """Lock an open file for this process until it is closed; tell whether that was possible."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
