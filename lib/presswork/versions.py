"""Versions of Python and of the packages that decide the numbers."""

import functools
import platform
from importlib import metadata

PACKAGES = (
    "pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "nbconvert",
)  # fmt: skip


@functools.cache
def versions(library: str) -> dict[str, str]:
    """Tell the versions of Python and of the packages that decide the numbers."""
    return {"python": platform.python_version()} | {
        p: metadata.version(p) for p in (library, *PACKAGES)
    }
