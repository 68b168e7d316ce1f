"""
What the server of workers imports before it forks: modules only, nothing of any user's.

The packages are those that every notebook and every page needs. `silktrade.reports.preloaded`
imports this library too and compiles the templates of pages; a process that follows edits of the
library does without.
"""

from __future__ import annotations

# Not matplotlib_inline: when it is imported it sets up the shell of the notebook that draws.
PACKAGES = (
    "numpy", "pandas", "pandas.core.reshape.reshape", "pandas.io.formats.csvs",
    "pandas.io.formats.style", "yaml", "scipy.stats", "scipy.optimize", "statsmodels.tsa.api",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "IPython.core.application", "IPython.core.completerlib",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.core.pylabtools", "tornado.queues",
    "ipykernel.ipkernel", "nbconvert.exporters.html", "nbformat.v4", "papermill.execute", "psutil",
)  # fmt: skip
LIBRARY = "silktrade.reports.preloaded"
_skipped: set[str] = set()


def follow_edits() -> None:
    """Leave this library to the workers, so that each takes it as it is then."""
    _skipped.add(LIBRARY)


def wanted() -> tuple[str, ...]:
    """
    List the modules for the server to import.

    Returns
    -------
    tuple of str
        In order.
    """
    return tuple(name for name in (*PACKAGES, LIBRARY) if name not in _skipped)
