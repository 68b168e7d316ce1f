"""Import this library and compile the templates of pages: for the server that forks workers."""

from __future__ import annotations

import contextlib
import gc
import importlib

import silktrade

# An error of the library's own belongs to the notebook that meets it, not to the server.
with contextlib.suppress(Exception):
    # First of all `kept`, which notes the code as it is now.
    for _name in (
        "kept",
        *silktrade.PUBLIC,
        "reports.inprocess",
        "reports.worker",
        "reports.render",
    ):
        importlib.import_module(f"silktrade.{_name}")
    importlib.import_module("silktrade.reports.render").warm()

# What is loaded now stays: no worker need look through it, nor copy the memory it is in.
gc.collect()
gc.freeze()
