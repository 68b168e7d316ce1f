"""How a notebook is handed to papermill: its values, the count of its cells, what is a failure."""

import contextlib
import re
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from presswork.parameters import read_cells, sent, translated
from presswork.plan import Report

_WORDS = re.compile(r"\w.*")  # of a line, without the frame that groups of exceptions have
ENDED = "the notebook ended itself here: let it run to its end, or raise"


class Counter:
    """Keeps the number of the code cell that is running, as the notebook's own file counts."""

    def __init__(self, report: Report, tell: Callable[[int], None]) -> None:
        cells = read_cells(report.notebook)
        self.ids = {cell.id for cell in cells}
        self._code = [c.cell_type == "code" for c in cells]
        tagged = [i for i, c in enumerate(cells) if "parameters" in c.tags]
        # Papermill adds a cell of values after the one that declares them.
        self._added = tagged[0] + 1 if tagged and report.parameters else len(cells) + 1
        self._tell = tell
        self.number: int | None = None  # none runs: before the first, and after the last

    def __call__(self, cell: Any, cell_index: int) -> None:
        """Take note of a cell that starts; nbclient calls this."""
        if cell_index != self._added:
            place = cell_index - (cell_index > self._added)
            self.number = sum(self._code[: place + 1])
            self._tell(self.number)


class ProcessEnded(RuntimeError):  # noqa: N818 (as records name it)
    """A process that ran a notebook ended itself."""


class ProcessKilled(RuntimeError):  # noqa: N818
    """A process that ran a notebook was ended."""


def cause_of_death(code: int | None) -> RuntimeError:
    """Put a process's exit status into words."""
    if code is None or code >= 0:
        return ProcessEnded(f"the process ended itself with exit status {code}")
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
        hint = ": out of memory?" if name == "SIGKILL" else ""
        return ProcessKilled(f"the process was ended by {name}{hint}")
    return ProcessKilled(f"the process was ended by signal {-code}")


def papermill(report: Report, kernel: str, counter: Counter, run_to: Path, **engine: Any) -> None:
    """Run a notebook by papermill, in its own folder."""
    import papermill.execute
    from papermill.translators import PythonTranslator
    from traitlets.config import Config

    judge = papermill.execute.raise_for_execution_errors
    papermill.execute.raise_for_execution_errors = partial(_raise_what_was_not_meant, judge)
    PythonTranslator.translate = partial(translated, PythonTranslator.translate)
    papermill.execute_notebook(
        str(report.notebook.resolve()),
        str(run_to),
        parameters={name: sent(value) for name, value in report.parameters.items()},
        kernel_name=kernel,
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        cwd=str(report.notebook.parent.resolve()),
        on_cell_execute=counter,
        on_cell_executed=_refuse_to_quit,
        record_timing=False,
        # A kernel complains of being interrupted when it is shut down; errors of cells come back
        # in the notebook and need no log. Others could read an open channel; Jupyter warns of one.
        extra_arguments=["--log-level=CRITICAL"],
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        **engine,
    )


def _raise_what_was_not_meant(judge: Callable[..., None], notebook: Any, output_path: str) -> None:
    """Raise for the cell that failed, as papermill does: not for one that is tagged to raise."""
    from papermill.exceptions import PapermillExecutionError
    from papermill.iorw import write_ipynb

    meant = [(c, c.outputs) for c in notebook.cells if _meant(c)]
    for cell, _ in meant:
        cell.outputs = []
    try:
        judge(notebook, output_path)
    except PapermillExecutionError as error:
        for cell, outputs in meant:
            cell.outputs = outputs
        write_ipynb(notebook, output_path)
        if not error.evalue:  # such as a magic's: it is on standard error alone
            told = (o.get("text", "") for o in notebook.cells[error.cell_index + 2].outputs)
            error.evalue = (_WORDS.findall("\n".join(told)) or [""])[-1]
        raise
    for cell, outputs in meant:
        cell.outputs = outputs


def _meant(cell: Any) -> bool:
    """Tell whether a cell was meant to raise, and did not end the notebook."""
    tagged = "raises-exception" in cell.metadata.get("tags", [])
    return tagged and "outputs" in cell and not cell.metadata.papermill.exception


def _refuse_to_quit(cell: Any, cell_index: int, execute_reply: Any) -> None:
    """Count a notebook whose cell has ended the kernel as failed, were it its last cell."""
    payload = execute_reply["content"].get("payload") or ()
    if any(said.get("source") == "ask_exit" for said in payload):
        raise SystemError(ENDED)


def refuse_early_end(notebook: Any, counter: Counter) -> None:
    """Count a notebook that ended itself as failed, though papermill lets `sys.exit(0)` pass."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    own = [c for c in code if "injected-parameters" not in c.metadata.get("tags", [])]
    for number, cell in enumerate(own, 1):
        if cell.metadata.papermill.exception:
            counter.number = number
            raise SystemError(ENDED)
