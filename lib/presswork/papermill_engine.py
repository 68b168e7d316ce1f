"""
The name under which papermill finds our engine: `papermill --engine silktrade IN OUT`.

Papermill loads this module while it is itself being imported, so nothing of papermill may be
imported here before it is needed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

NAME = "silktrade"  # as pyproject.toml has it


@contextlib.contextmanager
def _streams_given_back() -> Iterator[None]:
    """Undo what a kernel in this process does to standard output and error."""
    before, kept = (sys.stdout, sys.stderr), [os.dup(1), os.dup(2)]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for descriptor, copy in enumerate(kept, 1):
            os.dup2(copy, descriptor)
            os.close(copy)


class Engine:
    """Hand everything on to the engine that runs a notebook in this process."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook; afterwards papermill says on its own streams what failed."""
        from presswork.inprocess import InProcessEngine

        with _streams_given_back():
            return InProcessEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Name the kernel as papermill does."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Name the language as papermill does."""
        from papermill.utils import nb_language

        return nb_language(nb, language)
