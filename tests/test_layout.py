"""The shape of the library: imports run one way, modules stay small, the tree stays known."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

LIBRARY = ROOT / "lib" / "silktrade"
MODULES = sorted(LIBRARY.rglob("*.py"))

# What each module may import of its own kind, from DESIGN: codes ← schema ← snapshots ← loaders,
# measures and models know frames, reports know snapshots, the command line knows reports.
FRAMES = {"codes", "schema"}
ALLOWED = {
    "codes": set(),
    "schema": {"codes"},
    "vintages": set(),
    "snapshots": FRAMES | {"vintages"},
    "catalogue": {"snapshots", "vintages"},
    "loaders": FRAMES | {"snapshots"},
    "sources": FRAMES | {"snapshots"},
    "measures": FRAMES,
    "mirror": FRAMES | {"measures"},
    "composition": FRAMES | {"measures"},
    "products": FRAMES | {"snapshots"},
    "x13": {"kept"},
    "seasonal": FRAMES | {"x13"},
    "breaks": set(),
    "known_dates": {"breaks"},
    "claims": FRAMES | {"prose"},
    "evidence": {"claims", "snapshots"},
    "accuracy": set(),
    "kept": set(),
    "models": FRAMES,
    "forecast": {"calibration", "models"},
    "calibration": {"models"},
    "conformal": {"calibration", "kept", "models"},
    "year_growth": {"calibration", "conformal", "models"},
    "draw_matrix": FRAMES,
    "draws": FRAMES | {"draw_matrix"},
    "income": FRAMES,
    "projection": FRAMES | {"calibration", "conformal", "draw_matrix", "draws", "income", "models"},
    "assumptions": FRAMES | {"loaders", "snapshots"},
    "elasticities": FRAMES,
    "outlines": FRAMES | {"snapshots"},
    "standing": FRAMES | {"measures"},
    "scenarios": FRAMES | {"draws", "draw_matrix"},
    "backtest": FRAMES | {"accuracy", "kept", "forecast", "models"},
    "prose": FRAMES,
    "figures": FRAMES | {"measures", "prose"},
    "tables": FRAMES | {"measures", "standing", "prose"},
    "reports": {"codes", "snapshots", "vintages"},
    "cli": {"reports", "sources", "snapshots"},
}
TOP = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "LICENSE", "Makefile",
    "README.md", "benchmarks", "data", "environment.yml", "lib", "notebooks", "pyproject.toml",
    "reports", "requirements.lock", "tests", "docs",
}  # fmt: skip


def room(path: Path) -> str:
    """Name the module or the subpackage that a file belongs to."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Name the parts of silktrade that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return {n.split(".")[1] for n in names if n.startswith("silktrade.")}


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


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_imports_run_one_way(path):
    if path == LIBRARY / "__init__.py" or path.name == "__main__.py":
        return  # one gathers the public names of all, the other is run and never imported
    here = room(path)
    assert here in ALLOWED, f"say in ALLOWED what {here} may import"
    assert imported(path) - {here} <= ALLOWED[here]


def test_the_import_rule_has_no_cycle():
    done: set[str] = set()
    while ready := {m for m in ALLOWED.keys() - done if ALLOWED[m] <= done}:
        done |= ready
    assert done == ALLOWED.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_modules_stay_small(path):
    assert code_lines(path) <= 250


def test_no_room_for_odds_and_ends():
    assert {p.stem for p in MODULES} & {"utils", "helpers", "common", "misc", "tools"} == set()


def test_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.body[bool(ast.get_docstring(node))].lineno + 1
        for path in MODULES
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
    patterns = told["package-data"]["silktrade.reports"]
    files = [p for p in (LIBRARY / "reports" / "templates").rglob("*") if p.is_file()]
    assert len(files) >= 4
    covered = {p for pattern in patterns for p in (LIBRARY / "reports").glob(pattern)}
    assert set(files) <= covered
