"""
What a process reads while it runs a notebook: files, local modules and choices of a vintage.

Python tells an audit hook of every file that is opened and every choice that the library makes.
Arrow's readers open files without Python's knowledge; those that pandas and pyarrow offer are
wrapped. What the run itself wrote, and what belongs to Python or the system, is no input.
"""

import contextlib
import functools
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

# Readers that open a file in C++: module, and the functions whose first argument may be a path.
ARROW = {
    "pandas": ("read_feather", "read_orc", "read_parquet"),
    "pyarrow": ("memory_map",),
    "pyarrow.csv": ("open_csv", "read_csv"),
    "pyarrow.dataset": ("dataset",),
    "pyarrow.feather": ("read_feather", "read_table"),
    "pyarrow.json": ("read_json",),
    "pyarrow.orc": ("read_table",),
    "pyarrow.parquet": ("read_pandas", "read_table"),
}
_FOREIGN = ("/bin", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/lib")

_as_json = json.JSONEncoder().encode  # of our own, as a notebook may change that of `json.dumps`
Note = Callable[[str, Any], None]  # of a fact of a kind
_heeded: dict[str, list[Callable[..., object]]] = {}


@dataclass
class Reads:
    """What a process has read."""

    # Absolute paths of files that were opened for reading, and for writing.
    opened: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    # The choices of a vintage, `*` for all of them, and the vintage chosen.
    asked: set[tuple[str, str, str, str]] = field(default_factory=set)


def heed(event: str, call: Callable[..., object]) -> None:
    """Have a function called at each event of a name, for as long as this process lives."""
    if not _heeded:
        sys.addaudithook(_hook)
    _heeded.setdefault(event, []).append(call)


def _hook(event: str, arguments: tuple) -> None:
    """Pass an event on. The one hook of this process, as Python calls each for every `id`."""
    if calls := _heeded.get(event):
        with contextlib.suppress(Exception):  # what a notebook has broken must not break it further
            for call in calls:
                call(*arguments)


def start(library: str, log: Path) -> None:
    """Begin to note in a file what this process reads, and what it forks, as long as they live."""
    known: set[tuple[str, Any]] = set()
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(kind: str, fact: Any) -> None:
        if (kind, fact) not in known:
            known.add((kind, fact))
            os.write(descriptor, (_as_json([kind, fact]) + "\n").encode())

    def asked(source: str, dataset: str, day: str | None, answer: str) -> None:
        note("asked", (source, dataset, day or "", answer))

    heed("open", functools.partial(_note_open, note))
    heed(f"{library}.vintage", asked)
    for name in ARROW:
        if name in sys.modules:
            _wrap(sys.modules[name], note)
    sys.meta_path.insert(0, _ArrowFinder(note))


def load(log: Path) -> Reads:
    """Read what another process noted."""
    reads = Reads()
    with contextlib.suppress(FileNotFoundError):
        for line in log.read_text(encoding="utf-8").splitlines():
            kind, fact = json.loads(line)
            getattr(reads, kind).add(tuple(fact) if kind == "asked" else fact)
    return reads


def inputs(reads: Reads, kept: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> list[Path]:
    """Tell which of the files read are inputs of the run."""
    home = Path.home()
    own = (".cache", ".config", ".ipython", ".jupyter", ".local", ".matplotlib", "Library/Caches")
    hidden = tuple(str(home / name) for name in own)
    apart = (*_FOREIGN, sys.base_prefix, *hidden)
    never = (sys.prefix, sys.exec_prefix, *ignored)  # an environment often lies in the project
    found = {_source(path) for path in reads.opened - reads.written}
    return sorted(
        Path(path)
        for path in found
        if not _inside(path, never)
        and (_inside(path, kept) or not _inside(path, apart))
        and os.path.isfile(path)
    )


def _inside(path: str, folders: tuple[str, ...]) -> bool:
    """Tell whether a file lies in one of some folders."""
    return any(path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _note_open(note: Note, path: Any, mode: str | None, flags: int) -> None:
    """Note one opening of a file."""
    if isinstance(path, int) or path is None:
        return
    writes = flags & (os.O_WRONLY | os.O_RDWR) if flags else set(mode or "") & set("wax+")
    note("written" if writes else "opened", os.path.abspath(os.fsdecode(path)))


def _source(path: str) -> str:
    """Name the source of a compiled module; any other file stays itself."""
    if path.endswith(".pyc"):
        with contextlib.suppress(ValueError):
            return importlib.util.source_from_cache(path)
    return path


class _ArrowFinder:
    """Wraps the readers of an Arrow module as soon as it is imported."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find an Arrow module as Python would, with a step after its execution."""
        spec = PathFinder.find_spec(name, path) if name in ARROW else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            _wrap(module, self._note)

        spec.loader.exec_module = exec_module
        return spec


def _wrap(module: ModuleType, note: Note) -> None:
    """Wrap the readers of a module that is loaded."""
    for name in ARROW[module.__name__]:
        if hasattr(module, name):
            setattr(module, name, _noted(note, getattr(module, name)))


def _noted(note: Note, reader: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a reader so that the path it is given is noted."""

    @functools.wraps(reader)
    def noting(*arguments: Any, **options: Any) -> Any:
        for path in (*arguments[:1], *options.values()):
            if isinstance(path, (str, os.PathLike)) and os.path.isfile(path):
                note("opened", os.path.abspath(path))
        return reader(*arguments, **options)

    return noting
