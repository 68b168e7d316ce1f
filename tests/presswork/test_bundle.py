"""The archive that is mailed: whole, the same every time, open anywhere."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from conftest import FIGURE, batch, notebook
from playwright.sync_api import Browser

from presswork import bundle
from silktrade import cli

INDEX = '<a href="a.html">A</a> <a href="a.json">numbers</a> <a href="#top">up</a>'


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Make two pages, of which one failed, and their index."""
    folder = tmp_path_factory.mktemp("project")
    notebook(folder / "notebooks" / "shows.ipynb", FIGURE, "## Is there more?", "1 + 1")
    notebook(folder / "notebooks" / "fails.ipynb", "1 / 0")
    path = batch(folder, **{name: {"notebook": f"{name}.ipynb"} for name in ("shows", "fails")})
    assert cli.main(["run", "--batch", str(path)]) == 1
    return folder


def bundled(project: Path, *arguments: str) -> int:
    """Run the command."""
    return cli.main(["bundle", "--batch", str(project / "notebooks" / "batch.yml"), *arguments])


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of reports, by hand."""
    made = tmp_path / "reports"
    made.mkdir()
    (made / "index.html").write_text(INDEX)
    (made / "a.html").write_text("<p>a</p>")
    (made / "a.json").write_text("{}")
    return made


def test_it_opens_wherever_it_is_unpacked(project, tmp_path, browser: Browser, capsys):
    assert bundled(project, str(tmp_path / "mail.zip")) == 0
    told = capsys.readouterr()
    assert told.out.endswith("mail.zip\n")
    assert told.err == "silktrade: fails failed when it last ran, as the index says\n"
    with zipfile.ZipFile(tmp_path / "mail.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        made = {"fails.json", "index.html", "shows.html", "shows.json"}
        assert made <= set(archive.namelist())
        archive.extractall(tmp_path / "else where")
    asked = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "else where" / "index.html").as_uri())
    addresses = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    assert len(addresses) >= 3
    for address in addresses:
        path = address.removeprefix("file://").partition("#")[0].replace("%20", " ")
        assert Path(path).is_file(), address
    page.click("a[href='shows.html']")
    assert page.locator("h1").inner_text() == "Does it run?"
    assert page.locator("figure img").evaluate("image => image.complete && image.naturalWidth > 0")
    page.close()
    assert all(url.startswith(("file://", "data:")) for url in asked)


def test_its_bytes_depend_on_content_alone(project, tmp_path, monkeypatch):
    assert bundled(project) == 0
    first = (project / "reports" / "silktrade.zip").read_bytes()
    for path in (project / "reports").iterdir():
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert bundled(project, "--reports", str(project / "reports"), str(tmp_path / "b.zip")) == 0
    assert (tmp_path / "b.zip").read_bytes() == first


def test_records_and_pdfs_come_with_their_pages(folder):
    (folder / "a.pdf").write_bytes(b"%PDF")
    (folder / "unlinked.html").write_text("")
    assert bundle.write(folder, folder / "x.zip") == ["a.html", "a.json", "a.pdf", "index.html"]


def test_a_linked_page_that_is_missing_stops_it(folder, capsys):
    (folder / "x.zip").write_bytes(b"the last one")
    (folder / "a.html").unlink()
    assert cli.main(["bundle", "--reports", str(folder), str(folder / "x.zip")]) == 2
    told = (
        f"silktrade: index.html links a.html, which is not in {folder}: run the whole batch once\n"
    )
    assert capsys.readouterr().err == told
    assert (folder / "x.zip").read_bytes() == b"the last one"
    assert list(folder.glob(".*.tmp")) == []


def test_no_index_stops_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"has no index\.html: run the reports first"):
        bundle.write(tmp_path, tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_link_out_of_the_folder_stops_it(folder):
    (folder.parent / "secret.txt").write_text("")
    (folder / "a.html").write_text('<img src="../secret.txt">')
    with pytest.raises(ValueError, match=r"^a\.html links \.\./secret\.txt, which is outside"):
        bundle.write(folder, folder / "x.zip")


def test_a_full_disk_leaves_what_was_there(folder, monkeypatch):
    (folder / "x.zip").write_bytes(b"the last one")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        bundle.write(folder, folder / "x.zip")
    assert (folder / "x.zip").read_bytes() == b"the last one"
    assert list(folder.glob(".*.tmp")) == []
