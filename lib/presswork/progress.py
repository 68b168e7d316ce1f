"""How a batch is seen: live in a terminal, as plain lines elsewhere, as JSON lines by machines."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from presswork import wording
from presswork.engine import Outcome
from presswork.parameters import sources
from presswork.plan import Report


class Lines:
    """One line for each report as it ends; above them, in a terminal, what is running now."""

    def __init__(self) -> None:
        self._width = 0
        self._cells: dict[str, int] = {}
        self._running: dict[str, str] = {}
        self._bar: Any = None

    def begin(self, run: Sequence[Report], unchanged: Sequence[Report]) -> None:
        """Start."""
        self._width = max((len(report.name) for report in run), default=0)
        self._cells = {r.name: len(sources(r.notebook, "code")) for r in run if not r.problem}
        if run and sys.stderr.isatty():
            from tqdm import tqdm

            self.close()
            self._bar = tqdm(total=len(run), unit="report", leave=False, dynamic_ncols=True)

    def note(self, text: str) -> None:
        """Print what people should know."""
        print(text, flush=True)

    def cell(self, report: Report, number: int) -> None:
        """Show which cell of which report is running."""
        if self._bar is not None:
            self._running[report.name] = f"{report.name} {number}/{self._cells[report.name]}"
            self._bar.set_postfix_str(", ".join(self._running.values()))

    def end(self, outcome: Outcome) -> None:
        """Print what became of a report."""
        line = told(outcome.record, self._width)
        if self._bar is None:
            print(line, flush=True)  # a log or a pipe gets each line as it comes
            return
        self._running.pop(outcome.report.name, None)
        self._bar.write(line, file=sys.stdout)
        self._bar.update()

    def close(self) -> None:
        """Take the live display away."""
        if self._bar is not None:
            self._bar.close()


class JsonLines:
    """One JSON object a line: what will run, each report as it ends."""

    def begin(self, run: Sequence[Report], unchanged: Sequence[Report]) -> None:
        """Say what will run and what need not."""
        self.say(event="begin", run=[r.name for r in run], unchanged=[r.name for r in unchanged])

    def note(self, text: str) -> None:
        """Say what people should know."""
        self.say(event="note", text=text)

    def cell(self, report: Report, number: int) -> None:
        """Say which cell starts."""
        self.say(event="cell", report=report.name, cell=number)

    def end(self, outcome: Outcome) -> None:
        """Say what became of a report."""
        kept = ("report", "status", "seconds", "cpu_seconds", "headlines", "changes", "error")
        self.say(event="report", **{k: outcome.record[k] for k in kept if k in outcome.record})

    def say(self, **facts: Any) -> None:
        """Print one object."""
        print(json.dumps(facts, ensure_ascii=False), flush=True)

    def close(self) -> None:
        """End: nothing is left to say."""


def told(record: Mapping[str, Any], width: int = 0) -> str:
    """Say what became of one report, in one line."""
    line = f"{record['report']:<{width}}  {record['seconds']:5.1f} s  {record['status']}"
    if record["status"] == "ok":
        return line
    error = record["error"]
    where = f"code cell {error['cell']}: " if error["cell"] else ""
    return f"{line}: {where}{wording.failure(error)}"
