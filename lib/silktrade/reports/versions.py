"""Versions of Python and of the packages that decide the numbers."""

from __future__ import annotations

import functools
import platform
from importlib import metadata

PACKAGES = (
    "silktrade", "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "nbconvert",
)  # fmt: skip


@functools.cache
def versions() -> dict[str, str]:
    """
    Tell the versions of Python and of the packages that decide the numbers.

    Returns
    -------
    dict of str to str
        Package to version, Python first.

    Examples
    --------
    >>> list(versions())[:2]
    ['python', 'silktrade']
    """
    return {"python": platform.python_version()} | {p: metadata.version(p) for p in PACKAGES}
