"""
A kernel without sockets, in a process of its own that is forked from a worker.

The cells run in the shell of Jupyter's own kernel. Requests come through a pipe, and messages go
back through it.
"""

import asyncio
import atexit
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
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipykernel
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_default, json_packer
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
# Frames below `serve` that a kernel which Jupyter starts has below its loop: from Python 3.12 on
# the limit counts frames of Python alone, and not calls of what is written in C.
_DEPTH = 7 + (sys.version_info >= (3, 12))
INLINE = "module://matplotlib_inline.backend_inline"
# Of our own, as a notebook may change that of `json.dumps`.
_as_json = json.JSONEncoder(default=json_default, ensure_ascii=False, allow_nan=False).encode
LOG = logging.Logger(__name__)  # of kernel and client: a notebook that logs sees its own log alone
LOG.addHandler(logging.NullHandler())


def serve(theirs: Connection, ours: Connection, begin: Callable[[], object]) -> None:
    """Be the kernel, until nobody asks for anything any more; then end as Python ends."""
    theirs.close()
    atexit._clear()  # what is here to be done at the end is the other process's
    atexit.register(multiprocessing.util._exit_function)
    # Nobody's child to `multiprocessing`: code asks whether it runs in the main process.
    own = multiprocessing.current_process()
    multiprocessing.process._parent_process, own.name, own._identity = None, "MainProcess", ()
    # What a notebook would find elsewhere.
    multiprocessing.set_start_method(None, force=True)
    _as_started(multiprocessing.process.ORIGINAL_DIR or "")
    multiprocessing.process.ORIGINAL_DIR = os.getcwd()  # where spawned children look for modules
    os.setpgid(0, 0)  # what it sends to its own group is for no other
    begin()
    kernel, loop = _Kernel(ours), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(kernel.serve())
    threading._shutdown()
    atexit._run_exitfuncs()
    kernel.forget()


def _as_started(folder: str) -> None:
    """Have what a kernel is started with by Jupyter, and nothing of the command that runs here."""
    launcher = Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py"
    sys.argv = [str(launcher), "-f", "kernel.json"]
    os.environ["JPY_PARENT_PID"] = str(os.getppid())  # some tell by it that this is a notebook
    said = os.environ.get("PYTHONPATH")
    parts = said.split(os.pathsep) if said else ()
    given = {os.path.abspath(os.path.join(folder, part)) for part in parts}
    first = next((n for n, part in enumerate(sys.path) if part.endswith(".zip")), 0)
    sys.path[:first] = [part for part in sys.path[:first] if part in given]
    # The limit of recursion begins where it does there.
    frame, depth = sys._getframe(1), 0
    while frame := frame.f_back:
        depth += 1
    deeper, get, set_to = depth - _DEPTH, sys.getrecursionlimit, sys.setrecursionlimit
    set_to(get() + deeper)
    sys.getrecursionlimit = lambda: get() - deeper
    sys.setrecursionlimit = lambda limit: set_to(limit + deeper)


class _Session(Session):
    """A session that sends its messages through a pipe."""

    def __init__(self, pipe: Connection, **traits: Any) -> None:
        super().__init__(**traits)
        self.pipe, self.lock, self.pack = pipe, threading.Lock(), _packed

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
        """Send a message, its buffers after it."""
        if os.getpid() != self.pid:
            return None  # of a fork of the notebook's, which has nobody to send to
        ready = isinstance(msg_or_type, dict)
        message = msg_or_type if ready else self.msg(msg_or_type, content, parent, header, metadata)
        parts = [memoryview(part).cast("B") for part in buffers or ()]
        with self.lock:
            for part in (self.pack(message | {"buffers": len(parts)}), *parts):
                self.pipe.send_bytes(part)
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
        return _encoded(_as_json(content))
    except (TypeError, ValueError):
        return json_packer(content)  # it warns, and writes what can be written


class _Kernel:
    """A kernel without sockets."""

    def __init__(self, pipe: Connection) -> None:
        backend = os.environ.setdefault("MPLBACKEND", INLINE)  # as ipykernel does when it starts
        if matplotlib := sys.modules.get("matplotlib"):
            matplotlib.rcParams["backend"] = backend  # it was imported before this process was
        # Nobody recalls the history of a report later: no file, and no thread that writes to it.
        config = Config({"HistoryManager": {"hist_file": ":memory:"}})
        session = self._session = _Session(pipe, key=b"")
        own = {"config": config, "session": session, "log": LOG, "user_ns": None}
        self._kernel = IPythonKernel.instance(**own)
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

    async def serve(self) -> None:
        """Run what is asked for, and between two requests what a notebook has left to its loop."""
        asked, pipe = asyncio.Event(), self._session.pipe
        asyncio.get_running_loop().add_reader(pipe.fileno(), asked.set)
        while await asked.wait():
            asked.clear()
            try:
                await self._execute(*pipe.recv())
            except EOFError:
                return
            if os.getpid() != self._session.pid:
                os._exit(0)  # a fork of the notebook's, which nobody asks

    async def _execute(self, code: str, store_history: bool) -> None:
        """Run a cell."""
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
        self._session.send(None, "execute_reply", content, header)

    def forget(self) -> None:
        """Let go of what a notebook has made: its files are written to their end."""
        self._kernel.shell.user_ns.clear()

    def _make_way(self, *_: Any) -> None:
        """Let the streams be shared, before a child is started."""
        for stream in self._streams:
            stream.share()


class _Stream(io.TextIOBase):
    """Standard output or error of a notebook: what Python prints, and what its children do."""

    # Children write to a file in the place of the descriptor. From the first child on Python writes
    # there too, so that all stands in the order in which it was said.
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
        if self.closed:
            raise ValueError("I/O operation on closed file")
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
