"""Stops: what cron, systemd or docker send is heard as Ctrl-C is."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def by_signals() -> Iterator[None]:
    """Let a system that stops us (cron, systemd, docker) be heard as Ctrl-C is."""

    def stop(number: int, _: object) -> None:
        raise KeyboardInterrupt(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [n for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n)]
    before = {n: signal.signal(getattr(signal, n), stop) for n in names}
    hook, sys.unraisablehook = sys.unraisablehook, _unless_stopped
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _unless_stopped(lost: Any) -> None:
    """Print what Python cannot raise, but not that Ctrl-C came while it threw something away."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
