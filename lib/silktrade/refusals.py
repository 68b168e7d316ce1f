"""Refusals in a notebook: one sentence, and no traceback through a library that works."""

import time
import traceback
from types import TracebackType
from typing import Any

_OURS = ("silktrade", "presswork")
# A kernel drops the cells that wait when one fails. JupyterLab sends those of Run All over about
# a second: what came later would run on values of the run before, below the refusal.
_SECONDS = 1.0


def quieten(shell: Any) -> None:
    """Have a shell show what this library refuses as one sentence, unless it has its own way."""
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((ValueError, OSError), _say)


def _say(
    shell: Any, kind: type[Exception], error: Exception, trace: TracebackType, tb_offset: Any = None
) -> None:
    """Show an error: one that this library raised itself is a refusal, no other is expected."""
    *_, (frame, _) = traceback.walk_tb(trace)
    if frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        error._render_traceback_ = lambda: [f"{kind.__name__}: {error}"]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)
    if getattr(shell, "kernel", None) is not None:
        time.sleep(_SECONDS)
