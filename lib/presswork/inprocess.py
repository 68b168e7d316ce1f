"""
An engine for papermill that runs a notebook in this very process, in a kernel without sockets.

The cells run in the shell of Jupyter's own kernel, and papermill's own client reads the messages,
so that what it writes into the notebook (outputs, errors, metadata) is what it writes with a kernel
in a process of its own. What is saved is the start of that process and its imports: the caller
imports once and forks for each notebook.

Papermill finds the engine by its entry point: `papermill --engine silktrade …`.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from traitlets.config import Config

# The kernel would load a debugger that nobody can reach here, for a tenth of a second a notebook:
# where an import finds None, ipykernel goes without.
if sys.modules.setdefault("debugpy", None) is None:
    importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]

INLINE = "module://matplotlib_inline.backend_inline"


class InProcessEngine(NBClientEngine):
    """Run a notebook in this process: one for each process, since a kernel leaves its traces."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, log_output: bool = False, **options: Any
    ) -> Any:
        """
        Run the cells of a notebook that papermill manages.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            Papermill's, with the notebook; it is changed in place.
        kernel_name : str
            Not used: the kernel is this Python.
        log_output : bool
            Whether papermill's log has the outputs.
        **options
            Traits of nbclient's NotebookClient, such as `on_cell_execute`. What else papermill
            hands on is of no use here, time-outs least of all: a process cannot stop itself.

        Returns
        -------
        NotebookNode
            The notebook.
        """
        wanted = set(PapermillNotebookClient.class_trait_names()) - {"timeout"}
        known = {name: value for name, value in options.items() if name in wanted}
        return _Client(nb_man, log=logger, log_output=log_output, **known).execute()


class _Client(PapermillNotebookClient):
    """Papermill's client, talking to a kernel in this process."""

    def execute(self) -> Any:
        """Run all cells."""
        self.reset_execution_trackers()
        self.km = self.kc = _Kernel()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = IPythonKernel.language_info
        self.set_widgets_metadata()
        return self.nb


class _Session(Session):
    """A session that keeps its messages in this process instead of sending them."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.sent: deque[dict[str, Any]] = deque()

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any
    ) -> dict[str, Any]:
        """Keep a message."""
        ready = isinstance(msg_or_type, dict)
        message = msg_or_type if ready else self.msg(msg_or_type, content, parent)
        self.sent.append(message)
        return message


class _Channel:
    """A channel from which messages are taken."""

    def __init__(self, take: Callable[[], dict[str, Any]]) -> None:
        self._take = take

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Give the next message: it is there already, the cell has run."""
        return self._take()


class _Kernel:
    """What nbclient asks of a kernel's manager and client, around a kernel in this process."""

    def __init__(self) -> None:
        backend = os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does when it starts
        if matplotlib := sys.modules.get("matplotlib"):
            matplotlib.rcParams["backend"] = backend  # it was imported before this process was
        if "" not in sys.path:
            sys.path.insert(0, "")  # modules beside the notebook
        # Nobody recalls the history of a report, and it would cost a database and a thread.
        config = Config({"HistoryManager": {"enabled": False}})
        session = self._session = _Session(key=b"")
        self._kernel = IPythonKernel.instance(config=config, session=session, log=logger)
        # No thread but this one reads requests; the kernel asks, before it awaits a coroutine.
        self._kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)
        self._streams = [_Stream(session, "stdout", 1), _Stream(session, "stderr", 2)]
        sys.stdout, sys.stderr = self._streams
        self._reply: dict[str, Any] = {}
        self.iopub_channel = _Channel(session.sent.popleft)
        self.shell_channel = _Channel(lambda: self._reply)

    async def execute(self, code: str, store_history: bool, stop_on_error: bool) -> str:
        """Run a cell, and give the id of the request, by which its messages are known."""
        request = self._session.msg("execute_request", {"code": code})
        kernel, header = self._kernel, request["header"]
        kernel.shell.set_parent(request)
        for stream in self._streams:
            stream.parent = header
        kernel.execution_count += 1
        asked = {"code": code, "execution_count": kernel.execution_count}
        self._session.send(None, "execute_input", asked, header)
        content = await kernel.do_execute(code, silent=False, store_history=store_history)
        for stream in self._streams:
            stream.flush()
        self._session.send(None, "status", {"execution_state": "idle"}, header)
        self._reply = self._session.msg("execute_reply", content, header)
        return request["msg_id"]

    def is_alive(self) -> bool:
        """Tell whether the kernel lives: as long as this process does."""
        return True


class _Stream(io.TextIOBase):
    """Standard output or error of a notebook: what Python prints, and what its children do."""

    encoding = "UTF-8"
    name: str

    def __init__(self, session: Session, name: str, descriptor: int) -> None:
        self.session, self.name, self._descriptor = session, name, descriptor
        self.parent: dict[str, Any] = {}
        self._printed: list[str] = []
        self._spill = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        self._read = 0
        os.dup2(self._spill.fileno(), descriptor)  # programs that the notebook starts write there

    def write(self, text: str) -> int:
        """Keep what is printed until the next flush."""
        self._printed.append(text)
        return len(text)

    def flush(self) -> None:
        """Send what was printed since the last time."""
        size = os.fstat(self._spill.fileno()).st_size
        spilled = os.pread(self._spill.fileno(), size - self._read, self._read)
        self._read = size
        text = "".join(self._printed) + spilled.decode("utf-8", "replace")
        self._printed.clear()
        if text:
            self.session.send(None, "stream", {"name": self.name, "text": text}, self.parent)

    def fileno(self) -> int:
        """Give the descriptor, for programs that the notebook starts."""
        return self._descriptor

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True
