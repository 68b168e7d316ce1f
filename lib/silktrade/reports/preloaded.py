"""
Import the packages and this library, and compile the templates of pages, in the server of workers.

What is imported is no garbage: nobody looks for any here, and no worker looks through it later, nor
copies the memory that it is in.
"""

from __future__ import annotations

import contextlib
import gc
import importlib

import silktrade
from silktrade.reports import preload

gc.disable()
preload.defer_parsers()
for _name in preload.PACKAGES:
    with contextlib.suppress(ImportError):
        importlib.import_module(_name)
with contextlib.suppress(ImportError):  # matplotlib asks all packages for backends, once a process
    importlib.import_module("matplotlib.backends").backend_registry.list_all()
# An error of the library's own belongs to the notebook that meets it, not to the server.
with contextlib.suppress(Exception):
    # First of all `cache`, which notes the code as it is now.
    for _name in ("cache", "reports.inprocess", "reports.worker", "reports.render"):
        importlib.import_module(f"silktrade.{_name}")
    for _name in silktrade.__all__:
        getattr(silktrade, _name)
    importlib.import_module("silktrade.reports.render").warm()
gc.freeze()
gc.enable()
