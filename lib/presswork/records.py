"""The JSON record of a report as it begins: what runs, of which commit, with which packages."""

import contextlib
import datetime
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from presswork import inputs, private
from presswork.plan import Report
from presswork.project import variable, versions


def record(report: Report, commit: Mapping[str, Any] | None) -> dict[str, Any]:
    """Start the JSON record of a report, in the order in which people read it."""
    return {
        "report": report.name,
        "title": report.question,
        "status": "ok",
        "parameters": _told(report.parameters, report),
        "messages": [],
        "headlines": [],
        "snapshots": [],
        "versions": versions(report.project.library),
        "commit": dict(commit) if commit else None,
        "notebook": report.notebook.name,
        "group": report.group,
        "grid": _told(report.grid, report),
        **({"apart": report.apart} if report.apart else {}),
        **({"front": True} if report.front else {}),
    }


def _told(values: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Write values of parameters as JSON has them, and no place of this machine."""
    root = inputs.root(report)
    return {name: private.path_told(value, root) for name, value in values.items()}


def now() -> str:
    """Give the time to the second, in UTC, as ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def git_commit(folder: Path, library: str) -> dict[str, Any] | None:
    """Tell the git commit that a folder is at."""
    named = variable(library, "COMMIT")
    if said := os.environ.get(named):
        return _told_commit(named, said)

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"id": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None


def _told_commit(named: str, said: str) -> dict[str, Any] | None:
    """Read the commit that an environment variable tells."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        commit = json.loads(said)
        return None if commit is None else {"id": str(commit["id"]), "dirty": bool(commit["dirty"])}
    raise ValueError(
        f"{named} must be a commit as JSON, such as "
        f"{json.dumps({'id': '1f2e…', 'dirty': False}, ensure_ascii=False)}, got {said!r}"
    )
