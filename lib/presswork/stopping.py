"""Stops: what cron, systemd or docker send is heard as Ctrl-C is."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def by_signals() -> Iterator[None]:
    """Let a system that stops us (cron, systemd, docker) be heard as Ctrl-C is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]
    numbers = [n for n in known if signal.getsignal(n) != signal.SIG_IGN]  # as nohup would have it

    def stop(number: int, _: object) -> None:
        for other in numbers:  # whoever is impatient must not cut short how the batch is ended
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    before = {number: signal.signal(number, stop) for number in numbers}
    hook, sys.unraisablehook = sys.unraisablehook, _unless_stopped
    try:
        yield
    except KeyboardInterrupt:
        if engine := sys.modules.get("presswork.engine"):
            engine.close()
        raise
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def _unless_stopped(lost: Any) -> None:
    """Print what Python cannot raise, but not that Ctrl-C came while it threw something away."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
