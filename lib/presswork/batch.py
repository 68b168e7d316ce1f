"""
A batch: run the reports whose inputs have changed, put their files in place, tell the truth.

Everything that runs reports (the command line, the watch, a worker of a cluster) does it here.
"""

import contextlib
import functools
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from presswork import engine, inputs, records, store
from presswork.plan import Report

_UNTOUCHED = "the files that were there are untouched; "
Runner = Callable[..., Iterator[engine.Outcome]]


class Watcher(Protocol):
    """What shows a batch to people or machines."""

    def begin(self, run: Sequence[Report], unchanged: Sequence[Report]) -> None:
        """Take note of what will run and what need not."""

    def note(self, text: str) -> None:
        """Take note of what people should know before anything runs."""

    def cell(self, report: Report, number: int) -> None:
        """Take note of a code cell that starts."""

    def end(self, outcome: engine.Outcome) -> None:
        """Take note of a report that has ended, its files in place."""


@dataclass
class Summary:
    """What became of a batch."""

    # How many reports were made, failed, and had no need to run.
    ok: int = 0
    failed: int = 0
    unchanged: int = 0
    seconds: float = 0.0  # from start to end
    index: Path = Path()  # the page over all reports
    # Report, status, seconds, CPU seconds and key of each that was asked for and reached.
    reports: list[dict[str, Any]] = field(default_factory=list)
    ended: bool = False  # whether the batch came to its end; False where it was stopped

    def count(self, status: str, told: Mapping[str, Any]) -> None:
        """Count one report, by what `told` gives of it."""
        setattr(self, status, getattr(self, status) + 1)
        self.reports.append({"report": told["report"], "status": status, **told})


class WriteError(Exception):
    """A file of a report could not be written; what was there is untouched."""


def run(
    whole: Sequence[Report],
    chosen: Sequence[Report],
    folder: Path,
    watcher: Watcher,
    *,
    runner: Runner = engine.run,
    force: bool = False,
    pdf: bool = False,
    **options: Any,
) -> Summary:
    """Run reports, write their files, the index and the manifest."""
    clock, started, summary = time.perf_counter(), records.now(), Summary()
    with store.locked(folder):
        whole, chosen = ([store.placed(r, folder) for r in rs] for rs in (whole, chosen))
        stale, fresh = ([*chosen], []) if force else split(chosen, folder)
        if died := store.read_record(folder, "manifest"):
            _tell_of_death(died, folder, watcher)
        _write_manifest(folder, summary, started, "running")
        ordered = _longest_first(stale, folder)
        before = functools.partial(store.last_good, folder)  # records are large: one at a time
        try:
            watcher.begin(stale, [report for report, _ in fresh])
            for _, known in fresh:
                summary.count("unchanged", known)
            if stale:
                for outcome in runner(ordered, before=before, started=watcher.cell, **options):
                    with _writing(f"{outcome.report.name} to {folder}", _UNTOUCHED):
                        store.publish(outcome, folder)
                    record = store.read_record(folder, outcome.report.name) or outcome.record
                    summary.count("ok" if outcome.ok else "failed", told(record))
                    watcher.end(outcome)
            if pdf:
                _write_index(folder, whole)  # pages are printed with the day they were made
                _print_pages(chosen, folder)
            summary.ended = True
        finally:
            summary.index = _write_index(folder, whole)
            summary.seconds = round(time.perf_counter() - clock, 2)
            status = "failed" if summary.failed else "ok"
            _write_manifest(folder, summary, started, status if summary.ended else "stopped")
    return summary


def _tell_of_death(manifest: Mapping[str, Any], folder: Path, watcher: Watcher) -> None:
    """Say that the batch before this one was killed, and which pages it had made by then."""
    if manifest["status"] != "running":
        return
    since = manifest.get("started", "")
    index = folder / store.INDEX
    written = index.stat().st_mtime if index.is_file() else 0.0
    files = (p for p in sorted(folder.glob("*.json")) if p.name != store.MANIFEST)
    new = [p.stem for p in files if p.stat().st_mtime > written]
    told = f"new since: {', '.join(new)}" if new else "it had made nothing new"
    watcher.note(f"the batch of {since} was killed before its end; {told}")


def split(
    reports: Iterable[Report], folder: Path
) -> tuple[list[Report], list[tuple[Report, dict[str, Any]]]]:
    """Part the reports that have to run from those that are up to date, told by their records."""
    stale, fresh = [], []
    seen: dict[str, str] = {}  # the reports of a batch have one data folder
    for report in reports:
        record = None if report.problem else store.intact(folder, report.name)
        if record and inputs.up_to_date(report, record.get("inputs", {}), seen):
            fresh.append((report, told(record)))
        else:
            stale.append(report)
    return stale, fresh


def told(record: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a record what the manifest says."""
    kept = {name: record.get(name) for name in ("report", "seconds", "cpu_seconds")}
    return kept | {"key": key(record)}


def key(record: Mapping[str, Any]) -> str | None:
    """Shorten the inputs of a report to one hash."""
    table = record.get("inputs")
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest() if table else None


def _longest_first(reports: list[Report], folder: Path) -> list[Report]:
    """Order reports so that no long one is left alone at the end; unknown ones count as long."""
    last = ((r.name, store.last_good(folder, r.name)) for r in reports)
    known = {name: record["seconds"] for name, record in last if record and "seconds" in record}
    return sorted(reports, key=lambda r: (-known.get(r.name, float("inf")), not r.long))


@contextlib.contextmanager
def _writing(what: str, more: str = "") -> Iterator[None]:
    """Say what could not be written, and the cure."""
    try:
        yield
    except OSError as error:
        cure = f"{more}make room and run again"
        raise WriteError(f"cannot write {what}: {error.strerror}: {cure}") from None


def _print_pages(reports: Sequence[Report], folder: Path) -> None:
    """Print to PDF the pages that are not printed yet."""
    from presswork import pdf

    for report in reports:
        page, target = folder / f"{report.name}.html", folder / f"{report.name}.pdf"
        if page.is_file() and not target.is_file():
            pdf.write(page, target)


def _write_index(folder: Path, whole: Sequence[Report]) -> Path:
    """Write the index over all reports."""
    from presswork import site  # templates take a moment that a wrong request need not wait

    with _writing(f"the index to {folder}"):
        return site.write_index(folder, whole)


def _write_manifest(folder: Path, summary: Summary, started: str, status: str) -> None:
    """Write what becomes of the batch, for machines."""
    said = {name: getattr(summary, name) for name in ("ok", "failed", "unchanged", "seconds")}
    manifest = {"status": status, "started": started, **said, "reports": summary.reports}
    store.write(folder, {store.MANIFEST: store.as_json(manifest)})
