"""The shape of the library: imports run one way, modules stay small, the tree stays known."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

from conftest import ROOT

from presswork.wording import UNITS
from silktrade import codes

LIBRARY = ROOT / "lib" / "silktrade"
PRESS = ROOT / "lib" / "presswork"
MODULES = sorted(LIBRARY.rglob("*.py"))
OURS = sorted([*MODULES, *PRESS.rglob("*.py")])

# Imports run one way: each room may import those named after it, and what is in its own room.
FLOOR = {"codes", "columns", "days", "doors", "frames", "schema", "series"}
ALLOWED = {
    "codes": set(),
    "days": set(),
    "columns": {"codes", "days", "series"},
    "schema": {"codes", "columns", "series"},
    "frames": {"codes", "columns", "series"},
    "doors": {"codes", "frames", "schema", "series"},
    "series": set(),
    "cache": set(),
    "refusals": set(),
    "prose": FLOOR,
    "data": FLOOR,
    "measures": FLOOR,
    "timeseries": FLOOR | {"cache"},
    "forecasting": FLOOR | {"cache"},
    "projection": FLOOR | {"cache", "data", "forecasting"},
    "claims": FLOOR | {"data", "measures", "prose"},
    "figures": FLOOR | {"measures", "prose"},
    "tables": FLOOR | {"measures", "prose"},
    "answers": FLOOR | {"measures", "projection", "prose"},
    "report": FLOOR | {"data", "prose"},
    "sources": FLOOR | {"cache", "data"},
    "desk": FLOOR | {"data", "sources"},
    "rolling": FLOOR | {"data"},
    "saving": FLOOR | {"figures", "prose"},
    "cli": {"codes", "data", "desk", "rolling"},
}
TOP = {
    ".ci", ".gitattributes", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md",
    "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-figures", "Makefile", "README.md",
    "benchmarks", "conftest.py", "data", "environment.yml", "lib", "notebooks", "pyproject.toml",
    "reports", "requirements.lock", "tests",
}  # fmt: skip


def room(path: Path) -> str:
    """Name the module or the subpackage that a file belongs to."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Name all that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def imported(path: Path) -> set[str]:
    """Name the modules and packages of silktrade that a file imports, as paths without suffix."""
    return {place(n.split(".")[1:]) for n in imports(path) if n.startswith("silktrade.")}


def place(parts: list[str]) -> str:
    """Find the file of the module or package that a dotted name lies in."""
    while not (LIBRARY / "/".join(parts)).with_suffix(".py").is_file():
        if (LIBRARY / "/".join(parts)).is_dir():
            return "/".join([*parts, "__init__"])
        parts = parts[:-1]
    return "/".join(parts)


def code_lines(path: Path) -> int:
    """Count lines that are neither blank, comment nor docstring."""
    text = path.read_text()
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    hidden = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(
        n not in hidden and not line.strip().startswith("#") for n, line in lines if line.strip()
    )


def test_imports_run_one_way():
    upward = []
    for path in MODULES:
        if path == LIBRARY / "__init__.py" or path.name == "__main__.py":
            continue  # one loads the public names of all, the other is run and never imported
        here = room(path)
        assert here in ALLOWED, f"say in ALLOWED what {here} may import"
        rooms = {name.split("/")[0] for name in imported(path)} - {here, "__init__"}
        upward += [f"{path.relative_to(LIBRARY)} imports {n}" for n in rooms - ALLOWED[here]]
    assert upward == []


def test_the_press_knows_no_trade():
    taken = {p: {name.split(".")[0] for name in imports(p)} for p in OURS}
    assert {p.name for p in PRESS.rglob("*.py") if "silktrade" in taken[p]} == set()
    assert {p.name for p in MODULES if "presswork" in taken[p]} == {
        "cli.py", "codes.py", "days.py", "report.py", "saving.py",
    }  # fmt: skip


def test_the_press_has_no_word_of_trade():
    countries = {codes.label(code) for code in codes.COUNTRIES} - {"Georgia"}  # a typeface
    words = {"trade", "customs", "tariff", *UNITS.values(), *countries}
    assert {"dollars", "yuan", "Kazakhstan"} <= words
    forms = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    texts = [p for p in PRESS.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    found = {p.name: forms.findall(p.read_text(encoding="utf-8")) for p in texts}
    assert {name: said for name, said in found.items() if said} == {}


def test_the_import_rule_has_no_cycle():
    done: set[str] = set()
    while ready := {m for m in ALLOWED.keys() - done if ALLOWED[m] <= done}:
        done |= ready
    assert done == ALLOWED.keys()


def test_modules_stay_small():
    assert {str(path.relative_to(ROOT)) for path in OURS if code_lines(path) > 250} == set()


def test_no_room_for_odds_and_ends():
    assert {p.stem for p in OURS} & {"utils", "helpers", "common", "misc", "tools"} == set()


def test_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.body[bool(ast.get_docstring(node))].lineno + 1
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.body[bool(ast.get_docstring(node)) :]
    )
    assert lengths[len(lengths) // 2] <= 15
    assert lengths[-1] <= 60


def test_the_top_level_is_known():
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert {name.split("/")[0] for name in listed if name} <= TOP


def test_templates_travel_with_the_package():
    import tomllib

    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = told["package-data"]["presswork"]
    files = [p for p in (PRESS / "templates").rglob("*") if p.is_file()]
    assert len(files) >= 4
    covered = {p for pattern in patterns for p in PRESS.glob(pattern)}
    assert set(files) <= covered


def test_the_map_of_the_readme_is_the_tree():
    _, _, text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Where things are")
    rows = dict(re.findall(r"^\| `([\w/]+)/` \| (.+) \|$", text, re.M))
    here = {p.name for p in ROOT.iterdir() if p.is_dir()} & TOP
    assert {name.split("/")[0] for name in rows} == here - {".ci"}
    assert {p.name for p in (ROOT / "lib").iterdir() if (p / "__init__.py").is_file()} == {
        name.removeprefix("lib/") for name in rows if name.startswith("lib/")
    }
    told = re.findall(r"`(\w+)`", rows["lib/silktrade"])
    assert sorted(told) == sorted({room(path) for path in MODULES} - {"__init__", "__main__"})
