"""
The command `silktrade`: list, describe, run, watch, bundle, and what the desk does to the figures.

Errors that a person can mend are one line on standard error and exit status 2; a report or a
snapshot that fails is exit status 1.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from presswork import plan, stopping
from presswork.project import Project
from silktrade import __version__, codes, desk, rolling
from silktrade.data import vintages

BATCH = Path("notebooks/batch.yml")
# Of the field, in plain English: the word, its other forms, parted by `;`, and what it means.
WORDS = {
    (row["word"], *filter(None, row["also"].split(";"))): row["meaning"]
    for row in codes.table("glossary.csv")
}
PROJECT = Project(
    library="silktrade",
    title="China’s trade with Central Asia",
    data=vintages.data_folder, choose=vintages.choose, every=vintages.every,
    label=codes.label,
    resolve=rolling.resolve, told=rolling.told,
    ahead=("silktrade.data.ahead",),
    words=WORDS,
    terms="Figures: on their producers’ terms, named above. Text and charts: CC BY 4.0.",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    for name in ("stdin", "stdout", "stderr"):  # a service may start us without
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 (it lives as long)
    given, pairs = _without_parameters(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    options.parameters = pairs
    try:
        with stopping.by_signals():
            status = options.command(options)
            sys.stdout.flush()
            return status
    except BrokenPipeError:  # `silktrade list | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (ValueError, OSError, RuntimeError) as error:
        print(f"silktrade: {_worded(error, options)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print("silktrade: stopped; finished reports are in place", file=sys.stderr)
        return 128 + (stop.args[0] if stop.args else signal.SIGINT)


def _worded(error: Exception, options: argparse.Namespace) -> str:
    """Say what the system refused without its number."""
    if not isinstance(error, OSError) or not error.filename:
        return str(error)
    folder = getattr(options, "folder", None)
    ours = folder is not None and str(error.filename).startswith(str(folder))
    closed = ours or (isinstance(error, PermissionError) and hasattr(options, "folder"))
    cure = ": name another folder with --reports DIR" if closed else ""
    return f"{error.filename}: {error.strerror}{cure}"


def _without_parameters(arguments: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Take each `-p NAME VALUE` out: a value may begin with a minus, as no option's may."""
    left, pairs = list(arguments), []
    while left[:1] == ["run"] and "-p" in left[:-1]:
        place = left.index("-p")
        left[place + 1 : place + 2] = left[place + 1].split("=", 1)  # -p NAME=VALUE
        if len(left) <= place + 2:
            break
        pairs.append((left[place + 1], left[place + 2]))
        del left[place : place + 3]
    return left, pairs


class _Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, as the commands do, and not under its whole usage."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and where the usage is told."""
        self.exit(2, f"{self.prog}: {message}: `{self.prog} --help` tells more\n")


def _parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    parser = _Parser(prog="silktrade", description="Reports on China's trade with Central Asia.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
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
        "-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), dest="parameters",
        help="give a parameter to every chosen report that has it: pages of their own names",
    )  # fmt: skip
    _add_running(run)
    run.add_argument("--force", action="store_true", help="run also what has not changed")
    run.add_argument("--json", action="store_true", help="print JSON lines, for machines")
    run.add_argument("--pdf", action="store_true", help="print each page to PDF as well")
    run.add_argument(
        "--executor", choices=("local", "dask"), default="local", help="where notebooks run"
    )
    run.add_argument(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786"
    )
    add_batch(run)
    watch = add("watch", _watch, "Run reports again whenever an edit touches them, until Ctrl-C.")
    _add_running(watch)
    add_batch(watch)
    bundle = add("bundle", _bundle, "Pack index, pages, records and PDFs into a ZIP to be mailed.")
    bundle.add_argument(
        "file", nargs="?", type=Path, metavar="FILE.zip", help="default: silktrade.zip beside them"
    )
    text = "take runs with other parameters along, which -p has made"
    bundle.add_argument("--apart", action="store_true", help=text)
    bundle.add_argument("--reports", type=Path, metavar="DIR", dest="folder", help="where they are")
    add_batch(bundle)
    add_batch(add("list", _list, "List the reports and the questions they answer."))
    describe = add("describe", _describe, "Describe a report and its parameters.")
    describe.add_argument("report", metavar="REPORT")
    add_batch(describe)
    desk.add_commands(add)
    return parser


def _add_running(sub: argparse.ArgumentParser) -> None:
    """Add the options of what runs notebooks on this machine."""
    text = "reports or groups (default: all)"
    sub.add_argument("reports", nargs="*", metavar="REPORT", help=text)
    sub.add_argument("--jobs", type=int, default=2, metavar="N", help="notebooks at a time")
    sub.add_argument("--reports", type=Path, metavar="DIR", dest="folder", help="where to write")
    sub.add_argument(
        "--isolated", action="store_true", help="start a Jupyter kernel for each notebook"
    )
    sub.add_argument("--cell-timeout", type=float, default=600, metavar="SECONDS", dest="cell",
                     help="longest time for one cell (default: 600)")  # fmt: skip
    sub.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", dest="whole",
                     help="longest time for one report (default: 1800)")  # fmt: skip
    sub.add_argument("--memory", type=float, default=0, metavar="GB",
                     help="most memory for one report (default: no limit)")  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    """Run reports, tell of each as it ends, and write the index."""
    path = _batch_path(options.batch)
    whole = plan.load_batch(path, PROJECT)
    chosen = plan.override(plan.choose(whole, options.reports), options.parameters)
    folder = options.folder or path.resolve().parent.parent / "reports"

    from presswork import batch, progress  # after the request is known to be right

    running = _runner(options)
    watcher = progress.JsonLines() if options.json else progress.Lines()
    try:
        summary = batch.run(
            whole, chosen, folder, watcher, force=options.force, pdf=options.pdf, **running
        )
    except batch.WriteError as error:
        print(f"silktrade: {error}", file=sys.stderr)
        return 1
    finally:
        watcher.close()
    if options.json:
        watcher.say(event="end", ok=summary.ok, failed=summary.failed,
                    unchanged=summary.unchanged, seconds=summary.seconds)  # fmt: skip
    else:
        print(_summed(summary))
    return 1 if summary.failed else 0


def _watch(options: argparse.Namespace) -> int:
    """Follow edits until Ctrl-C."""
    path = _batch_path(options.batch)
    folder = options.folder or path.resolve().parent.parent / "reports"
    running = _runner(options)

    def planned() -> tuple[list[plan.Report], list[plan.Report]]:
        whole = plan.load_batch(path, PROJECT)
        return whole, plan.choose(whole, options.reports)

    from presswork import batch, progress, watch

    watcher = progress.Lines()
    try:
        watch.follow(
            planned, folder, watcher, say=lambda text: print(text, flush=True),
            done=lambda summary: print(_summed(summary), flush=True), **running,
        )  # fmt: skip
    except batch.WriteError as error:
        print(f"silktrade: {error}", file=sys.stderr)
        return 1
    finally:
        watcher.close()
    return 0


def _runner(options: argparse.Namespace) -> dict[str, Any]:
    """Choose what runs the notebooks, and its options."""
    from presswork import engine

    limits = engine.Limits(options.cell, options.whole, int(options.memory * 1e9))
    if getattr(options, "executor", "local") == "dask":
        from presswork import cluster

        cluster.check(options.scheduler)
        if options.isolated:
            raise ValueError("--isolated needs --executor local: on a cluster leave it out")
        return {"runner": cluster.run, "scheduler": options.scheduler, "limits": limits}
    if getattr(options, "scheduler", None):
        raise ValueError("--scheduler needs --executor dask")
    engine.check(options.jobs, limits, options.isolated)
    return {"jobs": options.jobs, "isolated": options.isolated, "limits": limits}


def _summed(summary: Any) -> str:
    """Say what became of the batch, in one line."""
    where = f"in {summary.seconds:.1f} s: {_shown(summary.index)}"
    if not summary.ok + summary.failed:
        many = "1 report is" if summary.unchanged == 1 else f"{summary.unchanged} reports are"
        return f"nothing changed, {many} up to date, {where}"
    unchanged = f", {summary.unchanged} unchanged" if summary.unchanged else ""
    return f"{summary.ok} ok, {summary.failed} failed{unchanged} {where}"


def _bundle(options: argparse.Namespace) -> int:
    """Pack what the index leads to, and say how much that is."""
    from presswork import bundle

    folder = options.folder or _batch_path(options.batch).resolve().parent.parent / "reports"
    target = options.file or folder / f"{PROJECT.library}.zip"
    names = bundle.write(folder, target, apart=options.apart)
    print(f"{len(names)} files, {target.stat().st_size / 1e6:.1f} MB: {_shown(target)}")
    for name in bundle.failed(folder, names):
        print(f"silktrade: {name} failed when it last ran, as the index says", file=sys.stderr)
    return 0


def _list(options: argparse.Namespace) -> int:
    """Print one line for each report."""
    reports = plan.load_batch(_batch_path(options.batch), PROJECT)
    width = max(len(report.name) for report in reports)
    for report in reports:
        said = f"cannot run: {report.problem}" if report.problem else report.question
        print(f"{report.name:<{width}}  {said}")
    return 0


def _describe(options: argparse.Namespace) -> int:
    """Print what a report or a group asks and takes."""
    reports = plan.choose(plan.load_batch(_batch_path(options.batch), PROJECT), [options.report])
    first = reports[0]
    if first.problem:
        raise ValueError(first.problem)
    asks = first.question if len(reports) == 1 else first.title
    print(f"{options.report}: {asks}\nnotebook: {first.notebook.name}")
    if len(reports) > 1:
        print(f"reports: {', '.join(report.name for report in reports)}")
    rows = [("parameter", "type", "default", "here", "meaning")]
    for p in first.declared:
        here = dict.fromkeys(str(report.parameters[p.name]) for report in reports)
        rows.append((p.name, p.type, str(p.default), ", ".join(here), p.comment))
    if not first.declared:
        print("takes no parameters")
        return 0
    print()
    print("\n".join(desk.aligned(rows)))
    return 0


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
