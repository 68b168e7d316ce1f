"""
Import the packages and the library, and compile the templates of pages, in the server of workers.

What is imported is no garbage: nobody looks for any here, and no worker looks through it later, nor
copies the memory that it is in.
"""

import builtins
import contextlib
import gc
import importlib
import os
import sys
from types import SimpleNamespace

from presswork import preload

gc.disable()
# What is imported finds a kernel, as in a notebook: pandas decides by it how many columns it shows.
builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
preload.defer_parsers()
for _name in preload.PACKAGES:
    with contextlib.suppress(ImportError):
        importlib.import_module(_name)
# An error of the library's own belongs to the notebook that meets it, not to the server. In the
# order of the alphabet, so that what notes the code as it is (`cache`) is there before all else.
for _name in os.environ.pop(preload.VARIABLE, "").split():
    with contextlib.suppress(Exception):
        importlib.import_module(_name)
if "matplotlib" in sys.modules:  # it asks all packages for backends, once a process
    importlib.import_module("matplotlib.backends").backend_registry.list_all()
with contextlib.suppress(Exception):
    importlib.import_module("presswork.render").warm()
del builtins.get_ipython
gc.freeze()
gc.enable()
