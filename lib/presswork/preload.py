"""
What the server of workers imports before it forks: modules only, nothing of any user's.

The packages are those that every notebook and every page needs. `presswork.preloaded` imports
them, and what the notebooks need beyond; a process that follows edits does without the library.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from types import ModuleType

from presswork import modules

PACKAGES = (
    "yaml", "latex2mathml.converter", "IPython.core.application", "IPython.core.completerlib",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.core.pylabtools", "tornado.queues",
    "ipykernel.ipkernel", "nbconvert.exporters.html", "nbformat.v4", "papermill.execute", "psutil",
)  # fmt: skip
# What takes longest, for notebooks that need it. Not matplotlib_inline: when it is imported it sets
# up the shell of the notebook that draws.
HEAVY = (
    "numpy", "pandas", "pandas.core.reshape.reshape", "pandas.io.formats.csvs",
    "pandas.io.formats.style", "scipy.stats", "scipy.optimize",
    "statsmodels.regression.linear_model", "statsmodels.tsa.seasonal",
    "matplotlib.patheffects", "matplotlib.pyplot",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
)  # fmt: skip
PRELOADED = "presswork.preloaded"
VARIABLE = "PRESSWORK_PRELOAD"  # for the server: what the notebooks need
_SLOW, _CHECK = "rfc3987_syntax", "is_valid_syntax"
_following: list[bool] = []


def follow_edits() -> None:
    """Leave library and press to the workers, so that each takes them as they are then."""
    _following.append(True)


def needed(library: str, code: Sequence[str], ahead: Iterable[str] = ()) -> set[str]:
    """Name what some code needs: modules of ours, and what it and the library name of `HEAVY`."""
    used = set(modules.used(library, code))
    files = [modules.every(library)[n] for n in used if n.startswith(f"{library}.")]
    text = "\n".join([*code, *(file.read_text(encoding="utf-8") for file in files)])
    heavy = {name for name in HEAVY if name.partition(".")[0] in text}
    return heavy if _following else heavy.union(used, ahead)


def wanted(needs: Iterable[str]) -> list[str]:
    """List the modules for the server to import."""
    return [*PACKAGES, *sorted(needs)] if _following else [PRELOADED]


def request(needs: Iterable[str]) -> dict[str, str]:
    """Tell the server what to import beyond the packages that all need."""
    return {VARIABLE: " ".join(sorted(needs))}


def defer_parsers() -> None:
    """Have `jsonschema` build its parsers of international addresses when it first checks one."""
    # Every notebook is read with it, none holds such an address, and building them takes longer
    # than any other import. Whoever imports their package himself finds it as it is. Where it is
    # not installed, or `jsonschema` is there already, nothing is done.
    if "jsonschema" in sys.modules or importlib.util.find_spec(_SLOW) is None:
        return

    def check(*rule_and_text: str) -> bool:
        return getattr(importlib.import_module(_SLOW), _CHECK)(*rule_and_text)

    sys.modules[_SLOW] = stand_in = ModuleType(_SLOW)
    setattr(stand_in, _CHECK, check)
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_SLOW]
