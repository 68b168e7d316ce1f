"""What several tests need: a small project to run, and a browser to look with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]


def notebook(path: Path, *cells: str, parameters: str = "", title: str = "Does it run?") -> Path:
    """Write a notebook: a title, a parameters cell, then cells (Markdown where they start so)."""
    new = nbformat.v4
    made = [new.new_markdown_cell(f"# {title}\n\nWhy it matters, and in which unit.")]
    if parameters:
        made.append(new.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    for source in cells:
        markdown = source.startswith(("#", "Text"))
        made.append((new.new_markdown_cell if markdown else new.new_code_cell)(source))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new.new_notebook(cells=made), path)
    return path


def batch(folder: Path, **reports: dict) -> Path:
    """Write a batch file beside notebooks."""
    path = folder / "notebooks" / "batch.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"reports": reports}, sort_keys=False))
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium; only outside CI may a machine be without one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("chromium is not installed")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()
