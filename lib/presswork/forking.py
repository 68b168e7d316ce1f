"""
An engine for papermill that forks the kernel of a notebook from its own process.

Papermill's own client reads the messages, so that what it writes into the notebook (outputs,
errors, metadata) is what it writes with a kernel that Jupyter has started. What is saved is the
start of that process and its imports: the caller imports once. Whatever a notebook does to its
process, the one that makes its page is another.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from presswork import execution, janitor, kernel

_LOOK = 1.0  # seconds between two looks at a kernel that says nothing
_SECONDS = 5.0  # for a kernel to end, as nbclient has it


class ForkEngine(NBClientEngine):
    """Run a notebook in a process that is forked from this one."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        begin: Callable[[], object] = lambda: None,
        **options: Any,
    ) -> Any:
        """Run the cells of a notebook that papermill manages; first what is to begin with."""
        wanted = set(PapermillNotebookClient.class_trait_names()) - {"timeout"}
        known = {name: value for name, value in options.items() if name in wanted}
        return _Client(nb_man, log=kernel.LOG, log_output=log_output, **known).execute(begin)


class _Client(PapermillNotebookClient):
    """Papermill's client, talking to a kernel that is forked from here."""

    def execute(self, begin: Callable[[], object]) -> Any:
        """Run all cells."""
        self.reset_execution_trackers()
        self.comm_open_handlers.clear()  # a widget would keep what is printed in it from the page
        self.km = self.kc = _Forked(begin)
        try:
            self.papermill_execute_cells()
        finally:
            self.kc.close()
        self.nb.metadata["language_info"] = IPythonKernel.language_info
        self.set_widgets_metadata()
        return self.nb


class _Forked:
    """What nbclient asks of a kernel's manager and client, around a kernel that is forked."""

    def __init__(self, begin: Callable[[], object]) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        self._process = fork.Process(target=kernel.serve, args=(self._pipe, theirs, begin))
        self._process.start()
        theirs.close()
        self._said: deque[dict[str, Any]] = deque()
        self._reply: dict[str, Any] = {}
        self.iopub_channel = _channel(self._said.popleft)
        self.shell_channel = _channel(lambda: self._reply)

    async def execute(self, code: str, store_history: bool, stop_on_error: bool) -> str:
        """Run a cell, and give the id of the request, by which its messages are known."""
        self._pipe.send((code, store_history))
        while (said := self._next())["msg_type"] != "execute_reply":
            self._said.append(said)
        self._reply = said
        return said["parent_header"]["msg_id"]

    def _next(self) -> dict[str, Any]:
        """Take the kernel's next message; raise what has ended it, if it has none any more."""
        try:
            # What it has started may outlive it, and holds the other end.
            while not self._pipe.poll(_LOOK):
                janitor.bury(self._process.pid)
                if not self.is_alive() and not self._pipe.poll():
                    raise EOFError
            message = json.loads(self._pipe.recv_bytes())
            message["buffers"] = [self._pipe.recv_bytes() for _ in range(message["buffers"])]
        except (EOFError, OSError):
            self._process.join(_SECONDS)
            raise execution.cause_of_death(self._process.exitcode) from None
        return message

    def close(self) -> None:
        """Let the kernel end itself, as Jupyter does: for a while."""
        self._pipe.close()
        self._process.join(_SECONDS)
        self._process.kill()
        self._process.join()

    def is_alive(self) -> bool:
        """Tell whether the kernel lives."""
        return self._process.is_alive()


def _channel(take: Callable[[], dict[str, Any]]) -> SimpleNamespace:
    """Make a channel from which messages are taken: each is there already, the cell has run."""

    async def get_msg(timeout: float | None = None) -> dict[str, Any]:
        return take()

    return SimpleNamespace(get_msg=get_msg)
