"""
The command `silktrade`: list, describe, run and check.

Errors that a person can mend are one line on standard error and exit status 2; a report or a
snapshot that fails is exit status 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from silktrade.reports import plan

BATCH = Path("notebooks/batch.yml")


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those that the program was started with.

    Returns
    -------
    int
        0 if all went well, 1 if a report or a snapshot failed, 2 if the request was wrong,
        130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"silktrade: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("silktrade: stopped; finished reports are in place", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    parser = argparse.ArgumentParser(
        prog="silktrade", description="Reports on China's trade with Central Asia."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    def add_batch(sub: argparse.ArgumentParser) -> None:
        text = f"batch file (default: {BATCH} here or above)"
        sub.add_argument("--batch", type=Path, metavar="FILE", help=text)

    run = add("run", _run, "Run reports and write their pages and the index.")
    run.add_argument(
        "reports", nargs="*", metavar="REPORT", help="reports or groups (default: all)"
    )
    run.add_argument(
        "-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), dest="parameters",
        help="give a parameter to every chosen report that has it",
    )  # fmt: skip
    run.add_argument("--jobs", type=int, default=2, metavar="N", help="notebooks at a time")
    run.add_argument("--reports", type=Path, metavar="DIR", dest="folder", help="where to write")
    add_batch(run)
    add_batch(add("list", _list, "List the reports and the questions they answer."))
    describe = add("describe", _describe, "Describe a report and its parameters.")
    describe.add_argument("report", metavar="REPORT")
    add_batch(describe)
    add("check", _check, "Check every snapshot against its sidecar and its schema.")
    return parser


def _run(options: argparse.Namespace) -> int:
    """Run reports, tell of each as it ends, and write the index."""
    path = _batch_path(options.batch)
    batch = plan.load_batch(path)
    chosen = plan.override(plan.choose(batch, options.reports), options.parameters)
    folder = options.folder or path.resolve().parent.parent / "reports"

    from tqdm import tqdm

    from silktrade.reports import engine, site  # after the request is known to be right

    outcomes = engine.run(chosen, options.jobs)
    started, failed = time.perf_counter(), 0
    width = max(len(report.name) for report in chosen)
    try:
        with tqdm(total=len(chosen), unit="report", leave=False, disable=None) as bar:
            for outcome in outcomes:
                site.publish(outcome, folder)
                failed += not outcome.ok
                bar.write(_line(outcome.record, width), file=sys.stdout)
                bar.update()
                sys.stdout.flush()  # a log or a pipe gets each line as it comes
    finally:
        index = site.write_index(folder, batch)
    seconds = time.perf_counter() - started
    print(f"{len(chosen) - failed} ok, {failed} failed in {seconds:.1f} s: {_shown(index)}")
    return 1 if failed else 0


def _line(record: dict, width: int) -> str:
    """Say what became of one report, in one line."""
    line = f"{record['report']:<{width}}  {record['seconds']:5.1f} s  {record['status']}"
    if record["status"] == "ok":
        return line
    error = record["error"]
    where = f"code cell {error['cell']}: " if error["cell"] else ""
    return f"{line}: {where}{error['type']}: {' '.join(error['message'].split())}"


def _list(options: argparse.Namespace) -> int:
    """Print one line for each report."""
    reports = plan.load_batch(_batch_path(options.batch))
    width = max(len(report.name) for report in reports)
    for report in reports:
        print(f"{report.name:<{width}}  {report.title}")
    return 0


def _describe(options: argparse.Namespace) -> int:
    """Print what a report or a group asks and takes."""
    reports = plan.choose(plan.load_batch(_batch_path(options.batch)), [options.report])
    first = reports[0]
    print(f"{options.report}: {first.title}\nnotebook: {first.notebook.name}")
    if len(reports) > 1:
        print(f"reports: {', '.join(report.name for report in reports)}")
    rows = [("parameter", "type", "default", "here", "meaning")]
    for p in first.declared:
        here = dict.fromkeys(str(report.parameters[p.name]) for report in reports)
        rows.append((p.name, p.type, str(p.default), ", ".join(here), p.comment))
    if not first.declared:
        print("takes no parameters")
        return 0
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for row in rows:
        print("  ".join(f"{text:<{w}}" for text, w in zip(row, widths, strict=True)).rstrip())
    return 0


def _check(options: argparse.Namespace) -> int:
    """Check every snapshot, and print one line for each."""
    from silktrade import snapshots

    failed = 0
    for snapshot in snapshots.catalogue():
        name = f"{snapshot.source}/{snapshot.vintage}/{snapshot.dataset}"
        try:
            snapshots.check(snapshot)
        except (ValueError, OSError) as error:
            failed += 1
            print(f"failed  {name}: {error}")
        else:
            print(f"ok      {name}: {snapshot.rows} rows, {snapshot.title}")
    return 1 if failed else 0


def _batch_path(given: Path | None) -> Path:
    """Find the batch file: the one given, else the project's, from here upwards."""
    if given is not None:
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / BATCH).is_file():
            return folder / BATCH
    raise FileNotFoundError(
        f"no {BATCH} in {here} or above: run inside the project, or name one with --batch FILE"
    )


def _shown(path: Path) -> str:
    """Show a path as short as it can be from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
