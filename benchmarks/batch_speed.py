"""
Measure the batch: the CPU and the time that the same reports cost by other ways of making pages.

    make bench                 # after the forecasts: eight reports, spread over notebooks/batch.yml
    .venv/bin/python benchmarks/batch_speed.py [--batch FILE] [--only papermill engine ...]

All reports (`--sample 0`) take papermill a quarter of an hour.

One after another, with the same notebooks and parameters, each into a new folder:

    papermill      papermill's command and nbconvert's for each report, one after another
    pool           two processes with papermill's and nbconvert's Python functions
    jupyter-book   version 1, executing the notebooks with our kernel; installed from the reader's
                   package index into .cache/jupyter-book on first use
    engine         silktrade run --force, with two jobs
    limit          the code cells as plain scripts in processes forked from one that has all
                   imports, showing what they show by the same functions: no IPython, no page

Each is run once before, unmeasured, with the engine: results that notebooks keep in `.cache/` are
there for all. CPU is user and system time of all processes that a way starts, whoever their parent
is at the end; this needs Linux. Prints a Markdown table and the two targets, met or not.
"""

import argparse
import ast
import contextlib
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from presswork import plan, preload
from presswork.parameters import read_cells
from silktrade.cli import PROJECT

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BOOK = ROOT / ".cache" / "jupyter-book"
JOBS = 2
TIMES_LESS, OVER_LIMIT = 5.0, 1.3  # the targets for CPU
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")  # as the engine has it
SAMPLE = "BATCH_SPEED_SAMPLE"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
WAYS = {
    "papermill": "papermill and nbconvert, commands",
    "pool": "papermill and HTMLExporter, two processes",
    "jupyter-book": "jupyter-book 1",
    "engine": "silktrade run",
    "limit": "plain scripts in forked processes",
}


# ---------------------------------------------------------------- measuring


def adopt_orphans() -> None:
    """Have processes whose parent has ended become ours, so that what they cost is counted."""
    if sys.platform != "linux":
        raise SystemExit("batch_speed.py needs Linux: elsewhere forked processes go uncounted")
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def measured(commands: Iterable[list[str]], **settings: str) -> tuple[float, float]:
    """CPU and wall seconds of commands, one after another, and of all that they start."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for command in commands:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | settings, stdin=subprocess.DEVNULL,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:4])} …: {(done.stderr or done.stdout)[-2000:]}")
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - clock
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


# ---------------------------------------------------------------- the ways


def reports(batch: Path) -> list[plan.Report]:
    """The reports to make: all of a batch, or some that are spread over it."""
    whole = plan.load_batch(batch, PROJECT)
    count = min(int(os.environ[SAMPLE]) or len(whole), len(whole))
    return [whole[number * len(whole) // count] for number in range(count)]


def papermill(batch: Path, scratch: Path) -> list[list[str]]:
    """Both commands for each report, as a shell script would call them."""
    commands = []
    for report in reports(batch):
        executed = str(scratch / f"{report.name}.ipynb")
        given: list[str] = []
        for name, value in report.parameters.items():
            given += ["-r" if isinstance(value, str) else "-p", name, str(value)]
        commands.append(
            [str(BIN / "papermill"), str(report.notebook), executed, *given, "-k", "python3",
             "-l", "python", "--cwd", str(report.notebook.parent), "--no-progress-bar"]
        )  # fmt: skip
        commands.append([str(BIN / "jupyter"), "nbconvert", "--to", "html", executed])
    return commands


def pool(batch: Path, scratch: Path) -> list[list[str]]:
    """This script, which calls `in_pool`."""
    return [[sys.executable, __file__, "--batch", str(batch), "--inside", "pool", str(scratch)]]


def in_pool(batch: Path, scratch: Path) -> None:
    """Share the reports out to two processes."""
    with ProcessPoolExecutor(JOBS, get_context("fork")) as executor:
        jobs = [executor.submit(convert, r, scratch) for r in reports(batch)]
        for job in jobs:
            job.result()


def convert(report: plan.Report, scratch: Path) -> None:
    """Run a notebook and make its page with the Python functions of papermill and nbconvert."""
    import papermill
    from nbconvert import HTMLExporter

    executed = scratch / f"{report.name}.ipynb"
    papermill.execute_notebook(
        str(report.notebook), str(executed), report.parameters, kernel_name="python3",
        language="python", cwd=str(report.notebook.parent), progress_bar=False,
    )  # fmt: skip
    executed.with_suffix(".html").write_text(HTMLExporter().from_filename(str(executed))[0])


def jupyter_book(batch: Path, scratch: Path) -> list[list[str]]:
    """Lay out a book whose notebooks carry the parameters, and build it."""
    import nbformat
    import yaml
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    book = scratch / "book"
    book.mkdir()
    chosen = reports(batch)
    for report in chosen:
        made = load_notebook_node(str(report.notebook))
        made.metadata.kernelspec = {"name": "silktrade", "language": "python", "display_name": "s"}
        made = parameterize_notebook(made, report.parameters, kernel_name="x", language="python")
        nbformat.write(made, book / f"{report.name}.ipynb")
    toc: dict[str, Any] = {"format": "jb-book", "root": chosen[0].name}
    if rest := [{"file": report.name} for report in chosen[1:]]:
        toc["chapters"] = rest
    execute = {"execute_notebooks": "force", "timeout": 600, "allow_errors": False}
    for name, content in (("_toc", toc), ("_config", {"title": "Reports", "execute": execute})):
        (book / f"{name}.yml").write_text(yaml.safe_dump(content))
    kernel = scratch / "jupyter" / "kernels" / "silktrade"
    kernel.mkdir(parents=True)
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": launch, "display_name": "silktrade", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return [[str(BOOK / "bin" / "jupyter-book"), "build", str(book)]]


def install_book() -> str:
    """Install jupyter-book where it is missing; say why that was not possible."""
    if (BOOK / "bin" / "jupyter-book").exists():
        return ""
    try:
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(BOOK)],
            [str(BOOK / "bin" / "python"), "-m", "pip", "install", "--quiet", "jupyter-book<2"],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(BOOK, ignore_errors=True)
        return (error.stderr.strip() or "no reason given").splitlines()[-1]
    return ""


def engine(batch: Path, scratch: Path) -> list[list[str]]:
    """The command that this project offers."""
    return [
        [str(BIN / "silktrade"), "run", "--force", "--jobs", str(JOBS), "--batch", str(batch),
         "--reports", str(scratch), *(report.name for report in reports(batch))]
    ]  # fmt: skip


def limit(batch: Path, scratch: Path) -> list[list[str]]:
    """This script, which calls `in_forks`."""
    return [[sys.executable, __file__, "--batch", str(batch), "--inside", "limit", str(scratch)]]


def in_forks(batch: Path, scratch: Path) -> None:
    """Import all that notebooks use, then run each in a fork of this process, two at a time."""
    chosen = reports(batch)
    cells = (cell for report in chosen for cell in read_cells(report.notebook))
    for name in preload.needed(PROJECT.library, [c.source for c in cells if c.cell_type == "code"]):
        __import__(name)
    running: set[int] = set()
    for report in chosen:
        if len(running) == JOBS:
            running.remove(ended())
        if (pid := os.fork()) == 0:
            status = 1
            try:
                (scratch / f"{report.name}.html").write_text(shown(report))
                status = 0
            finally:
                os._exit(status)
        running.add(pid)
    while running:
        running.remove(ended())


def ended() -> int:
    """Wait for a fork to end well."""
    pid, status = os.wait()
    if status:
        raise RuntimeError("a script failed: see its traceback above")
    return pid


def shown(report: plan.Report) -> str:
    """Run the code cells of a notebook as one script, and join what they show."""
    import traceback

    import matplotlib.pyplot as plt

    from silktrade.figures.canvas import figure_html

    os.chdir(report.notebook.parent)
    names: dict[str, Any] = {"__name__": "__main__"}
    parts: list[str] = []
    try:
        for cell in read_cells(report.notebook):
            if cell.cell_type == "code":
                value = run_cell(cell.source, names)
                if "parameters" in cell.tags:
                    names |= report.parameters
                parts += [figure_html(plt.figure(n)) for n in plt.get_fignums()]
                plt.close("all")
                if value is not None and not cell.source.rstrip().endswith(";"):
                    html = getattr(value, "_repr_html_", None)
                    parts.append(html() if html else repr(value))
    except BaseException:
        traceback.print_exc()
        raise
    return "\n".join(parts)


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; the value of its last line, where that is an expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


# ---------------------------------------------------------------- the table


def main() -> None:
    """Measure the ways that were asked for, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--batch", type=Path, default=ROOT / "notebooks" / "batch.yml")
    parser.add_argument("--only", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--sample", type=int, default=8, metavar="N", help="reports to make")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    batch = options.batch.resolve()
    os.environ.setdefault(SAMPLE, str(options.sample))  # for what is started from here, too
    if options.inside:
        name, scratch = options.inside
        {"pool": in_pool, "limit": in_forks}[name](batch, Path(scratch))
        return
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="batch-speed-") as scratch:
        tell(cost(batch, options.only, Path(scratch)), len(reports(batch)))


def cost(batch: Path, ways: list[str], scratch: Path) -> dict[str, tuple[float, float]]:
    """CPU and wall seconds of each way; one that cannot be had is named and left out."""
    makers = {"papermill": papermill, "pool": pool, "jupyter-book": jupyter_book, "engine": engine,
              "limit": limit}  # fmt: skip
    found = {}
    for number, way in enumerate(["engine", *ways]):
        folder = scratch / f"{number}-{way}"
        folder.mkdir()
        if way == "jupyter-book" and (problem := install_book()):
            print(f"jupyter-book left out, it cannot be installed: {problem}\n")
            continue
        settings = {"JUPYTER_PATH": str(folder / "jupyter"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        if way == "limit":
            settings["MPLBACKEND"] = "agg"
        seconds = measured(makers[way](batch, folder), **settings, **dict.fromkeys(THREADS, "1"))
        missing = pages(batch) - {p.name for p in folder.rglob("*.html")}
        # jupyter-book makes a page of a notebook that failed as well, and leaves a log of it.
        missing |= {p.name for p in folder.rglob("*.err.log")}
        if missing:
            raise RuntimeError(f"{way} did not make {', '.join(sorted(missing))}")
        if number:  # the first one only fills the caches
            found[way] = seconds
    return found


def pages(batch: Path) -> set[str]:
    """Names of the pages to be made."""
    return {f"{report.name}.html" for report in reports(batch)}


def tell(found: dict[str, tuple[float, float]], count: int) -> None:
    """Print the table and the targets."""
    many = "1 report" if count == 1 else f"{count} reports"
    print(f"### {many}, two at a time where there is a choice\n")
    print("| way | CPU s | wall s | CPU, times silktrade run |")
    print("|---|---|---|---|")
    ours = found.get("engine", (float("nan"),))[0]
    for way, (cpu, wall) in found.items():
        print(f"| {WAYS[way]} | {cpu:.1f} | {wall:.1f} | {cpu / ours:.2f} |")
    print("\nOne run of the engine came before, unmeasured: what notebooks keep is there for all.")
    if {"papermill", "engine"} <= found.keys():
        ratio = found["papermill"][0] / ours
        met = "met" if ratio >= TIMES_LESS else "not met"
        print(f"At least {TIMES_LESS:g} times less CPU than the commands: {ratio:.2f}, {met}.")
    if {"limit", "engine"} <= found.keys():
        ratio = ours / found["limit"][0]
        met = "met" if ratio <= OVER_LIMIT else "not met"
        print(f"At most {OVER_LIMIT:g} times the CPU of plain scripts: {ratio:.2f}, {met}.")


if __name__ == "__main__":
    main()
