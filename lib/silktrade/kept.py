"""
Results that take long, kept on disk under a hash of all that they depend on.

They lie in the folder named by the environment variable SILKTRADE_CACHE, else in `.cache/` beside
`lib/`. Nothing there is an input of anything: without it the same results are computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np

VARIABLE = "SILKTRADE_CACHE"
TOOLS = ("numpy", "pandas", "scipy", "statsmodels")
_HERE = Path(__file__).parent


def folder() -> Path:
    """
    Tell where results are kept.

    Returns
    -------
    Path
        The folder, which need not be there yet.

    Examples
    --------
    >>> folder().is_absolute()
    True
    """
    return Path(os.environ.get(VARIABLE) or _HERE.parents[1] / ".cache").absolute()


def key(request: object, data: bytes, modules: Iterable[str]) -> str:
    """
    Hash everything that a result depends on: the request, the data, the code and its tools.

    Parameters
    ----------
    request : object
        Its `repr` tells what was asked for.
    data : bytes
        What it was asked of.
    modules : iterable of str
        Modules of this library that take part, such as `"forecast"`; all models, and the tables of
        figures beside the modules, always do.

    Returns
    -------
    str
        24 hexadecimal digits.

    Examples
    --------
    >>> key("a", b"1", []) == key("a", b"1", []), key("a", b"1", []) == key("a", b"2", [])
    (True, False)
    """
    found = hashlib.sha256(repr(request).encode())
    found.update(_code(tuple(sorted(modules))).encode())
    found.update(data)
    return found.hexdigest()[:24]


def _hashes() -> dict[str, str]:
    """Hash every module of the library, and every table beside them."""
    files = [*_HERE.rglob("*.py"), *_HERE.rglob("*.csv")]
    return {
        path.relative_to(_HERE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _code(modules: tuple[str, ...]) -> str:
    """Hash the code that takes part, and the versions of the packages."""
    wanted = {f"{name}.py" for name in modules}
    parts = [
        (name, digest)
        for name, digest in sorted(_HASHES.items())
        if name in wanted or name.startswith("models/") or name.endswith(".csv")
    ]
    return repr([*parts, *_VERSIONS])


# As the files are when this process takes them: an edit during a long run is not what it computes.
_HASHES = _hashes()
_VERSIONS = [version(name) for name in TOOLS]


def array(name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """
    Give an array that was computed before, or compute and keep it.

    Parameters
    ----------
    name : str
        From `key`.
    compute : callable
        Gives the array.

    Returns
    -------
    array
        The same numbers either way.

    Examples
    --------
    >>> import tempfile
    >>> os.environ[VARIABLE] = tempfile.mkdtemp()
    >>> array("x", lambda: np.arange(2.0)), array("x", lambda: 1 / 0)
    (array([0., 1.]), array([0., 1.]))
    >>> del os.environ[VARIABLE]
    """
    place = folder() / f"{name}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        return np.load(place, allow_pickle=False)
    made = compute()
    write(place, lambda draft: np.save(draft, made, allow_pickle=False))
    return made


def write(place: Path, save: Callable[[Path], None]) -> None:
    """
    Write a file under a temporary name, then rename it; where that cannot be, go without.

    Parameters
    ----------
    place : Path
        The file; its folder is made.
    save : callable
        Writes to the path that it is given.
    """
    draft = place.with_name(f"{place.stem}.{os.getpid()}{place.suffix}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            save(draft)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
