"""One set of packages, said three times: pyproject.toml, environment.yml, requirements.lock."""

from __future__ import annotations

import re
import tomllib

import yaml
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()


def named(requirement: str) -> str:
    """Reduce a requirement to its package, as PyPI and conda-forge both would write it."""
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip())[0].lower().replace("_", "-")


def bounded(requirement: str) -> tuple[str, str]:
    """Split a requirement into package and version bound."""
    text = requirement.split(";")[0].strip()
    name = re.split(r"[<>=! ]", text)[0]
    return named(name), text[len(name) :].strip()


def wanted(*extras: str) -> list[str]:
    """List the requirements of pyproject.toml, with those of some extras."""
    optional = PROJECT["optional-dependencies"]
    return PROJECT["dependencies"] + [r for extra in extras for r in optional[extra]]


def test_conda_names_the_same_packages():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(item["pip"] for item in listed if isinstance(item, dict))
    assert by_pip[-1] == "--editable ."
    conda = [item for item in listed if isinstance(item, str)] + by_pip[:-1]
    asked = {bounded(item) for item in conda} - {("pip", "")}
    python = ("python", PROJECT["requires-python"])
    assert asked == {bounded(r) for r in wanted("test")} | {python}


def test_lock_holds_every_dependency_pinned():
    pinned = {named(line.split("==")[0]) for line in LOCK.splitlines() if "==" in line}
    missing = {named(r) for r in wanted("test", "bench")} - pinned
    assert not missing, f"run `make lock`: requirements.lock lacks {', '.join(sorted(missing))}"


def test_every_line_of_the_lock_is_hashed():
    entries = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    assert len(entries) > 100
    assert [e for e in entries if not re.match(r"[a-z0-9._-]+==\S+", e)] == []
    assert [e for e in entries if "--hash=sha256:" not in e] == []


def test_lock_names_no_address():
    assert re.findall(r"https?:|file:|--(?:extra-)?index|--find-links|@", LOCK) == []


def test_versions_are_those_of_the_lock():
    # A stale .venv would test something else than what users get.
    from importlib.metadata import version

    pins = dict(re.findall(r"^([a-z0-9._-]+)==(\S+) \\$", LOCK, re.MULTILINE))
    core = {"pandas", "matplotlib", "statsmodels", "papermill", "jupyterlab"}
    assert core <= pins.keys()
    assert {name: version(name) for name in core} == {name: pins[name] for name in core}
