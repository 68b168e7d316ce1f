"""PDF: a page printed by Chromium, tagged and with an outline, for those who want paper."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from multiprocessing import util
from pathlib import Path

from presswork import janitor

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "CHROMIUM"
SECONDS = 120  # a page takes about two; more means that the browser hangs
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is fetched, whatever a page may ask for
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
    "--export-tagged-pdf",
)


def write(page: Path, target: Path) -> Path:
    """Print a page to a PDF file."""
    # The browser is the one that the environment variable `CHROMIUM` names, or the first of
    # `BROWSERS` on the PATH. It gets an empty profile of its own and no network.
    page, target = page.resolve(), target.resolve()
    if not page.is_file():
        raise FileNotFoundError(f"page {page} does not exist: run its report first")
    browser = find_browser()
    with _scratch(target) as (profile, made):
        _print(browser, page, made, profile)
        if not made.is_file() or made.read_bytes()[:5] != b"%PDF-":
            raise RuntimeError(
                f"{browser} wrote no PDF of {page.name}: try another with {VARIABLE}"
            )
        os.replace(made, target)
    return target


def find_browser() -> str:
    """Find the browser that prints."""
    named = os.environ.get(VARIABLE)
    found = map(shutil.which, [named] if named else BROWSERS)
    if path := next(filter(None, found), None):
        return path
    if named:
        raise FileNotFoundError(f"{VARIABLE} must name a browser that can be run, got {named!r}")
    raise FileNotFoundError(
        f"a PDF needs a browser, none of {', '.join(BROWSERS)} is on the PATH: install Chromium, "
        f"or set {VARIABLE} to one"
    )


def _print(browser: str, page: Path, made: Path, profile: Path) -> None:
    """Run the browser once."""
    # Chromium refuses its sandbox to root; everybody else keeps it.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser, *_FLAGS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={made}",
        page.as_uri(),
    ]  # fmt: skip
    try:
        run = subprocess.run(
            command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
            env=os.environ | janitor.mark(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"{browser} took more than {SECONDS} s to print {page.name}: try again, or try another "
            f"with {VARIABLE}"
        ) from None
    if run.returncode != 0:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"exit status {run.returncode}"
        raise RuntimeError(f"{browser} cannot print {page.name}: {reason}")


@contextlib.contextmanager
def _scratch(target: Path) -> Iterator[tuple[Path, Path]]:
    """Give a folder for the browser's profile and a file beside the target, and leave neither."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    folder = util.get_temp_dir()
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as profile:
        try:
            yield Path(profile), made
        finally:
            made.unlink(missing_ok=True)
