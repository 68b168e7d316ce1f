"""One archive of all pages, to be mailed: unpacked anywhere, it opens with no network."""

import io
import re
import zipfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from presswork import store

_DATE = (1980, 1, 1, 0, 0, 0)  # the first that the format knows: two bundles of a folder are equal
# The part of the index that lists runs with other parameters; sections do not nest.
_APART = re.compile(r"<section [^>]*data-apart>.*?</section>\n?", re.DOTALL)


def write(folder: Path, target: Path, *, apart: bool = False) -> list[str]:
    """Write the index, the pages it links, their records and PDFs into a ZIP archive."""
    if target.suffix.lower() != ".zip":
        raise ValueError(f"the bundle must be a file that ends in .zip, got {str(target)!r}")
    if not (folder / store.INDEX).is_file():
        raise FileNotFoundError(f"{folder} has no index.html: run the reports first")
    with store.locked(folder):  # else pages of two batches might meet
        index = (folder / store.INDEX).read_text(encoding="utf-8")
        _refuse_old_index(folder, index)
        index = index if apart else _APART.sub("", index)
        names = _needed(folder, index)
        files = {name: (folder / name).read_bytes() for name in names}
        content = packed(files | {store.INDEX: index.encode()})
    store.write(target.parent, {target.name: content})
    return names


def failed(folder: Path, names: list[str]) -> list[str]:
    """Name the reports that failed when they last ran: their pages are older, if there are any."""
    records = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    return [n for n in records if (store.read_record(folder, n) or {}).get("status") == "failed"]


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a ZIP archive whose bytes depend on nothing else."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as from Unix, everywhere
            file.writestr(entry, files[name])
    return archive.getvalue()


def links(html: str) -> list[str]:
    """List the files that a page needs or leads to."""
    parser = _Links()
    parser.feed(html)
    parts = (urlsplit(address) for address in parser.found)
    return sorted({unquote(p.path) for p in parts if p.path and not p.scheme and not p.netloc})


class _Links(HTMLParser):
    """Collects what the elements of a page point to, and what the index was made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.records: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses of an element."""
        facts = dict(attrs)
        if facts.get("data-report") and facts.get("data-record"):
            self.records[facts["data-report"]] = facts["data-record"]
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def _refuse_old_index(folder: Path, index: str) -> None:
    """Stop where the index says of a report what its record does not say any more."""
    shown = _Links()
    shown.feed(index)
    for name, digest in shown.records.items():
        path, page = folder / f"{name}.json", folder / f"{name}.html"
        content = path.read_bytes() if path.is_file() else b""
        record = store.read_record(folder, name) or {}
        files = (record.get("shown") or record).get("files") or {}
        told = files.get(page.name)
        other = told and page.is_file() and told != store.digest(page.read_bytes())
        if store.digest(content) != digest or other:
            raise RuntimeError(
                f"index.html does not match {name}: a batch was killed, or a file was edited: "
                "run the reports again"
            )


def _needed(folder: Path, index: str) -> list[str]:
    """Follow links from the index; a page brings its record and its PDF."""
    found: set[str] = set()
    waiting = [(store.INDEX, store.INDEX)]
    while waiting:
        name, page = waiting.pop()
        if name in found:
            continue
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError(f"{page} links {name}, which is outside {folder}: mend the link")
        if not path.is_file():
            raise FileNotFoundError(
                f"{page} links {name}, which is not in {folder}: run the whole batch once"
            )
        found.add(name)
        if path.suffix == ".html":
            text = index if name == store.INDEX else path.read_text(encoding="utf-8")
            waiting += [(n, name) for n in links(text)]
            beside = (Path(name).with_suffix(suffix).as_posix() for suffix in (".json", ".pdf"))
            waiting += [(n, name) for n in beside if (folder / n).is_file()]
    return sorted(found)
