"""
An engine for papermill that runs a notebook in this very process, in a kernel without sockets.

The cells run in the shell of Jupyter's own kernel, and papermill's own client reads the messages,
so that what it writes into the notebook (outputs, errors, metadata) is what it writes with a kernel
in a process of its own. What is saved is the start of that process and its imports: the caller
imports once and forks for each notebook.

Papermill finds the engine by its entry point: `papermill --engine silktrade …`.
"""

from __future__ import annotations

import asyncio
import contextvars
import fcntl
import importlib.util
import inspect
import io
import json
import logging
import multiprocessing.util
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_default, json_packer
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from tornado.ioloop import IOLoop
from traitlets.config import Config

from presswork import audit

# The kernel would load a debugger that nobody can reach here, for a tenth of a second a notebook:
# where an import finds None, ipykernel goes without.
if sys.modules.setdefault("debugpy", None) is None:
    importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]

# What Python says before it starts another program.
_STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty")
INLINE = "module://matplotlib_inline.backend_inline"
_LOG = logging.Logger(__name__)  # of kernel and client: a notebook that logs sees its own log alone
_LOG.addHandler(logging.NullHandler())


class InProcessEngine(NBClientEngine):
    """Run a notebook in this process: one for each process, since a kernel leaves its traces."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, log_output: bool = False, **options: Any
    ) -> Any:
        """Run the cells of a notebook that papermill manages."""
        wanted = set(PapermillNotebookClient.class_trait_names()) - {"timeout"}
        known = {name: value for name, value in options.items() if name in wanted}
        return _Client(nb_man, log=_LOG, log_output=log_output, **known).execute()


class _Client(PapermillNotebookClient):
    """Papermill's client, talking to a kernel in this process."""

    def execute(self) -> Any:
        """Run all cells."""
        self.reset_execution_trackers()
        self.comm_open_handlers.clear()  # a widget would keep what is printed in it from the page
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
        self.pack = _packed

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> dict[str, Any] | None:
        """Keep a message, as whoever is sent it would read it: as JSON is written and read."""
        if os.getpid() != self.pid:
            return None  # of a fork of the notebook's, which has nobody to send to
        ready = isinstance(msg_or_type, dict)
        message = msg_or_type if ready else self.msg(msg_or_type, content, parent, header, metadata)
        said = {name: self.unpack(self.pack(message[name])) for name in ("content", "metadata")}
        self.sent.append(message | said | {"buffers": list(map(memoryview, buffers or ()))})
        return message


def _encoded(text: str) -> bytes:
    """Write a text in UTF-8: bytes of a file's name as they are, half a character as `?`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _packed(content: Any) -> bytes:
    """Write as JSON; half a character makes Jupyter's own way lose the whole message."""
    try:
        return json_packer(content)
    except UnicodeEncodeError:
        return _encoded(json.dumps(content, default=json_default, ensure_ascii=False))


def _channel(take: Callable[[], dict[str, Any]]) -> SimpleNamespace:
    """Make a channel from which messages are taken: each is there already, the cell has run."""

    async def get_msg(timeout: float | None = None) -> dict[str, Any]:
        return take()

    return SimpleNamespace(get_msg=get_msg)


class _Kernel:
    """What nbclient asks of a kernel's manager and client, around a kernel in this process."""

    def __init__(self) -> None:
        backend = os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does when it starts
        if matplotlib := sys.modules.get("matplotlib"):
            matplotlib.rcParams["backend"] = backend  # it was imported before this process was
        # Nobody recalls the history of a report later: no file, and no thread that writes to it.
        config = Config({"HistoryManager": {"hist_file": ":memory:"}})
        session = self._session = _Session(key=b"")
        self._kernel = IPythonKernel.instance(config=config, session=session, log=_LOG)
        # No thread but this one reads requests; the kernel asks, before it awaits a coroutine.
        lone = SimpleNamespace(subshell_id_from_thread_id=lambda _: None, list_subshell=list)
        self._kernel.shell_channel_thread = SimpleNamespace(parent_thread=None, manager=lone)
        self._context = contextvars.copy_context()  # what a cell sets here, the next one finds
        self._dress()
        self._place_cells()
        self._streams = [_Stream(session, "stdout", 1), _Stream(session, "stderr", 2)]
        sys.stdout, sys.stderr = self._streams
        for event in _STARTS:
            audit.heed(event, self._make_way)
        os.register_at_fork(before=self._make_way)
        spawn = multiprocessing.util.spawnv_passfds  # which no event tells of
        multiprocessing.util.spawnv_passfds = lambda *how: (self._make_way(), spawn(*how))[1]
        self._reply: dict[str, Any] = {}
        self.iopub_channel = _channel(session.sent.popleft)
        self.shell_channel = _channel(lambda: self._reply)

    def _dress(self) -> None:
        """Do what the application that starts a kernel does for those who use it."""
        app, shell = IPKernelApp.instance(), self._kernel.shell
        app.kernel = self._kernel  # magics look for it there
        shell.configurables.append(app)
        app.init_path()  # modules beside the notebook
        app.init_pdb()
        for name in app.default_extensions:
            shell.extension_manager.load_extension(name)
        if importlib.util.find_spec("debugpy"):  # which waits for nobody where nobody debugs
            sys.breakpointhook = lambda *_, **__: None

    def _place_cells(self) -> None:
        """Have a traceback find the module of a cell at once, not among all modules each time."""
        compiler = self._kernel.shell.compile
        cache = compiler.cache

        def placed(*arguments: Any, **options: Any) -> str:
            name = cache(*arguments, **options)
            inspect.modulesbyfile[name] = "__main__"
            return name

        compiler.cache = placed

    async def execute(self, code: str, store_history: bool, stop_on_error: bool) -> str:
        """Run a cell, and give the id of the request, by which its messages are known."""
        request = self._session.msg("execute_request", {"code": code})
        kernel, header = self._kernel, request["header"]
        self._context.run(kernel.set_parent, [], request)
        kernel.io_loop = IOLoop.current()  # `%gui` leaves work there
        for stream in self._streams:
            stream.parent = header
        kernel.execution_count += 1
        asked = {"code": code, "execution_count": kernel.execution_count}
        self._session.send(None, "execute_input", asked, header)
        work = kernel.do_execute(code, silent=False, store_history=store_history)
        content = await asyncio.create_task(work, context=self._context)
        for stream in self._streams:
            stream.flush()
        self._session.send(None, "status", {"execution_state": "idle"}, header)
        self._reply = self._session.msg("execute_reply", content, header)
        return request["msg_id"]

    def _make_way(self, *_: Any) -> None:
        """Let the streams be shared, before a child is started."""
        for stream in self._streams:
            stream.share()

    def is_alive(self) -> bool:
        """Tell whether the kernel lives: as long as this process does."""
        return True


class _Stream(io.TextIOBase):
    """
    Standard output or error of a notebook: what Python prints, and what its children do.

    Children write to a file in the place of the descriptor. From the first child on Python writes
    there too, so that all stands in the order in which it was said.
    """

    encoding = "UTF-8"
    name: str

    def __init__(self, session: Session, name: str, descriptor: int) -> None:
        self.session, self.name, self._descriptor = session, name, descriptor
        self.parent: dict[str, Any] = {}
        self._printed: list[str] = []
        self._pid, self._shared = os.getpid(), False
        self._spill = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        flags = fcntl.fcntl(self._spill, fcntl.F_GETFL)
        fcntl.fcntl(self._spill, fcntl.F_SETFL, flags | os.O_APPEND)
        self._read = 0
        os.dup2(self._spill.fileno(), descriptor)  # programs that the notebook starts write there

    def write(self, text: str) -> int:
        """Keep what is printed until the next flush."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self._shared or os.getpid() != self._pid:
            self._spilled(text)
        else:
            self._printed.append(text)
        return len(text)

    def flush(self) -> None:
        """Send what was printed since the last time."""
        if os.getpid() != self._pid:
            return
        size = os.fstat(self._spill.fileno()).st_size
        spilled = os.pread(self._spill.fileno(), size - self._read, self._read)
        self._read = size
        text = spilled.decode("utf-8", "replace") + "".join(self._printed)
        self._printed.clear()
        if text:
            self.session.send(None, "stream", {"name": self.name, "text": text}, self.parent)

    def share(self) -> None:
        """Make way for a child: what was printed before it stands before what it prints."""
        if not self._shared and os.getpid() == self._pid:
            self._shared = True
            self._spilled("".join(self._printed))
            self._printed.clear()

    def _spilled(self, text: str) -> None:
        """Write into the file that children write to."""
        content = memoryview(_encoded(text))
        while content:
            content = content[os.write(self._spill.fileno(), content) :]

    def fileno(self) -> int:
        """Give the descriptor, for programs that the notebook starts."""
        return self._descriptor

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True
