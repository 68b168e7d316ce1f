"""
Cells of every kind that people write, in notebooks of their own: what a kernel makes of each.

A kernel reads what a child prints a moment later: such cells wait for it. Where the two engines may
differ, the cell stands in `DIFFERS` with the reason.
"""

from __future__ import annotations

MAGICS = r"""
%matplotlib inline
---
import matplotlib.pyplot as plt
---
plt.plot([1, 2]);
---
get_ipython().run_line_magic("matplotlib", "inline")
---
%config InlineBackend.figure_format = "svg"
---
%config InlineBackend.figure_formats = ["png", "jpeg"]
---
plt.bar(["a"], [1])
---
%matplotlib -l
---
%matplotlib notebook
---
%matplotlib qt
---
%matplotlib inline
---
%gui asyncio
---
%pylab inline
---
x = 5
---
%store x
---
%store
---
%who
---
%who_ls
---
%whos int
---
%history -n
---
%history 1-3
---
%lsmagic
---
%nosuchmagic
---
%%nosuchmagic
x
---
%pwd
---
%env PRESS_TEST=1
---
%env PRESS_TEST
---
%precision 3
---
3.14159265
---
_
---
Out
---
In[:3]
---
%precision
---
%pinfo len
---
?len
---
len?
---
%pdef print
---
%psource nothing
---
%%html
<b>x</b>
---
%%latex
$x$
---
%%markdown
*x*
---
%%javascript
alert(1)
---
%%svg
<svg xmlns="http://www.w3.org/2000/svg"></svg>
---
%%writefile written.txt
hello
---
%%writefile -a written.txt
again
---
%load written.txt
---
%less written.txt
---
%pycat written.txt
---
%%writefile script.py
print("run", __name__)
---
%run script.py
---
%run nosuch.py
---
%%capture kept
print("hidden"); 1
---
kept.show()
---
%%time
y = 1
---
%timeit -n1 -r1 pass
---
%xmode Plain
---
1 / 0
---
%xmode Context
---
%autosave 10
---
%config
---
%config ZMQInteractiveShell.ast_node_interactivity = "all"
---
1
2
---
%alias hello echo hello
---
hello
---
%subshell
---
%autocall
---
%colors nocolor
---
%doctest_mode
---
%load_ext nosuch
---
%macro m 3
---
%rerun
---
%logstart
---
%tb
---
%debug
---
%pdb
---
%reset -f
---
x
"""

PRINTS = r"""
print("hello")
---
import os, subprocess, sys, time
---
print("py1"); subprocess.run(["echo", "S"]); time.sleep(0.5); print("py2")
---
print("a"); os.system("echo hi; echo err >&2"); time.sleep(0.5); print("b")
---
!echo bang
---
lines = !echo one; echo two
lines
---
%%bash
echo one
echo two >&2
---
%%bash
exit 3
---
%%script python3
print("a script")
---
%sx echo captured
---
import multiprocessing
def f(x):
    print("child", x, flush=True)
    return x
---
print("before")
with multiprocessing.get_context("fork").Pool(1) as pool:
    made = pool.map(f, [1, 2])
time.sleep(2)  # what a child prints has a way of its own
print(made)
---
p = multiprocessing.get_context("fork").Process(target=f, args=(3,))
p.start(); p.join(); time.sleep(2)
---
print(os.fsdecode(b"caf\xe9.csv"))
---
os.fsdecode(b"caf\xe9.csv")
---
print("a", file=sys.stderr); print("b"); print("c", file=sys.stderr)
---
print("no newline", end="")
---
print("a", flush=True); print("b")
---
for i in range(3): print(i, end="\r")
print("done")
---
print("\x1b[31mred\x1b[0m")
---
print("\u4e2d\u6587 \U0001f600 caf\u00e9")
---
print("nul \x00 end")
---
sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.name, sys.stdout.writable()
---
sys.stdout.write("x\n")
---
sys.stdout.writelines(["a\n", "b\n"])
---
sys.stdout.write(1)
---
sys.stdout.buffer
---
import warnings; warnings.warn("odd")
---
import logging; logging.warning("w"); logging.info("x")
---
from contextlib import redirect_stdout
import io
with redirect_stdout(io.StringIO()) as caught: print("caught")
caught.getvalue()
---
import threading
t = threading.Thread(target=lambda: print("thread")); t.start(); t.join()
---
print(*range(2000))
---
help(len)
---
import pprint; pprint.pprint({"a": [1, 2]})
---
print("x" * 300_000)
---
print("x " * 100_000)
---
input("?")
---
import getpass; getpass.getpass()
---
breakpoint()
---
import pdb; pdb.set_trace()
---
import traceback
try: 1 / 0
except ZeroDivisionError: traceback.print_exc()
---
multiprocessing.current_process().name, multiprocessing.parent_process()
---
multiprocessing.process.ORIGINAL_DIR == os.getcwd(), os.getpgid(0) == os.getpid()
---
logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(processName)s", force=True)
---
1 / 0
---
input("?")
---
logging.info("x")
---
sys.stdout.close()
---
sys.stdout.write("x")
"""

ERRORS = r"""
1 / 0
---
raise ValueError("a\nb")
---
def g(): g()
---
g()
---
class Odd(Exception):
    def __str__(self): raise RuntimeError
raise Odd
---
try: 1 / 0
except ZeroDivisionError as error: raise KeyError("x") from error
---
raise ExceptionGroup("several", [ValueError(1), TypeError(2)])
---
def bad(:
---
  x = 1
   y = 2
---
"unclosed
---
undefined_name
---
import nosuchmodule
---
assert 1 == 2, "no"
---
raise SystemExit(2)
---
raise KeyboardInterrupt
---
class Shy:
    def __repr__(self): raise ValueError("no")
Shy()
---
class Html:
    def _repr_html_(self): raise ValueError("no")
Html()
---
import pandas as pd
pd.DataFrame({"a": [1]})["b"]
---
[1, 2][5]
---
int("x")
---
open("nosuch.csv")
---
await undefined()
---
exec("1/0")
---
eval("(")
---
return 1
---
del nothing
---
import sys
def deep(n):
    try: return deep(n + 1)
    except RecursionError: return n
deep(0), sys.getrecursionlimit()
---
sys.setrecursionlimit(60)
---
1 + 1
"""

SHOWS = r'''
from IPython.display import *
import asyncio, datetime, decimal, fractions
import numpy as np, pandas as pd
---
1
---
1;
---
None
---
"text"
---
"line\nline"
---
b"bytes"
---
[1, 2.5, None, "x"]
---
{"b": 1, "a": {"c": [1] * 40}}
---
{3, 1, 2}
---
list(range(1200))
---
np.arange(5.0)
---
np.eye(2)
---
pd.DataFrame({"a": [1, 2], "b": ["x", "<b>"]})
---
pd.Series([1.5, 2.5], name="s")
---
pd.DataFrame({"a": [1, 2]}).style.format("{:.1f}").set_uuid("u")
---
pd.DataFrame({"a": range(100)})
---
pd.DataFrame([range(40)])
---
print(pd.DataFrame([range(40)]))
---
pd.options.display.max_columns
---
decimal.getcontext().prec = 5
---
decimal.Decimal(1) / 3
---
np.seterr(all="ignore")
---
np.geterr(), np.array([1.0]) / 0
---
datetime.date(2024, 1, 31), decimal.Decimal("1.10"), fractions.Fraction(1, 3)
---
1 + 2j
---
float("nan"), float("inf")
---
lambda: 1
---
int
---
object()
---
HTML("<b>x</b>")
---
Markdown("*x*")
---
Latex("$x$")
---
Math("x^2")
---
JSON({"a": 1})
---
Javascript("alert(1)")
---
SVG("<svg xmlns='http://www.w3.org/2000/svg'></svg>")
---
Pretty("x")
---
Code("x = 1", language="python")
---
display(1, "two", {"three": 3})
---
display({"text/plain": "p", "text/html": "<i>p</i>"}, raw=True)
---
display({"application/json": {"a": (1, 2), 3: "x"}, "text/plain": "p"}, raw=True)
---
display({"image/png": b"\x89PNG\r\n\x1a\n0000", "text/plain": "p"}, raw=True)
---
display({"x/y": float("nan"), "text/plain": "p"}, raw=True)
---
display({"text/plain": "p"}, metadata={"text/plain": {"a": 1}}, raw=True)
---
handle = display("first", display_id=True)
---
handle.update("second")
---
display("third", display_id="mine"); update_display("fourth", display_id="mine")
---
print("a"); clear_output(); print("b")
---
print("a"); clear_output(wait=True); print("b")
---
print("a"); display(1); print("b")
---
await asyncio.sleep(0.01)
print("awaited")
---
async def late(): return 42
await late()
---
task = asyncio.ensure_future(late())
---
await task
---
[await late() for _ in range(2)]
---
async for_ = 1
---
async with asyncio.timeout(5): await asyncio.sleep(0)
---
x = 5
x
---
_ + 1
---
__
---
a = b = 3; a
---
if True:
    7
---
for i in range(2): i
---
def described(n: int = 1) -> int:
    """Describe."""
    return n
described
---
described??
---
class Both:
    def _repr_html_(self): return "<b>both</b>"
    def __repr__(self): return "both"
Both()
---
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "bundle", "a/b": "c"}, {"a/b": {"d": 1}}
Bundle()
---
class Shown:
    def _ipython_display_(self): print("shows itself")
Shown()
---
get_ipython().display_formatter.format(1)
---
type(get_ipython()).__name__
---
get_ipython().kernel.__class__.__name__
---
get_ipython().kernel.get_parent()["header"]["msg_type"]
---
[path for path in sys.path if not path or path.endswith("-packages")][0]
---
__name__
---
import sys; sys.modules["__main__"].__name__
---
open("beside.txt", "w").write("x")
---
from pathlib import Path; Path("beside.txt").read_text()
---
ProgressBar(3)
---
%%html
<script>1</script>
---
import random; random.seed(1); random.random()
---
np.random.default_rng(0).normal()
---
import os; sys.argv[0], sys.argv[1], "JPY_PARENT_PID" in os.environ
---
sys.path
---
__doc__, __package__, __spec__, type(sys.modules["__main__"])
---
import typing; typing.get_type_hints(described)
'''

# A cell, and why the two may differ. They have to make outputs of the same kinds all the same.
DIFFERS = {
    "%timeit -n1 -r1 pass": "a time",
    "%%time\ny = 1": "a time",
    "%subshell": "numbers of processes and threads",
    "%matplotlib notebook": "the figure's script has a random number",
    "sys.stdout.write(1)": "the traceback goes through the stream's own file",
    'sys.stdout.write("x")': "the same",
    "sys.stdout.buffer": "the name of the stream's class",
    'display({"x/y": float("nan"), "text/plain": "p"}, raw=True)': "the line of the warning",
    "%logstart": "a time",
    "object()": "an address",
    "ProgressBar(3)": "an address",
}


def cells(text: str) -> list[str]:
    """Part a text into its cells."""
    return [cell.strip("\n") for cell in text.split("\n---\n")]


GROUPS = {"magics": MAGICS, "prints": PRINTS, "errors": ERRORS, "shows": SHOWS}
