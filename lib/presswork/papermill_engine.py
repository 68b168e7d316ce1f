"""
The name under which papermill finds our engine: `papermill --engine silktrade IN OUT`.

Papermill loads this module while it is itself being imported, so nothing of papermill may be
imported here before it is needed.
"""

from typing import Any

NAME = "silktrade"  # as pyproject.toml has it


class Engine:
    """Hand everything on to the engine that forks a kernel."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook."""
        from presswork.forking import ForkEngine

        return ForkEngine.execute_notebook(nb, kernel_name, **options)

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
