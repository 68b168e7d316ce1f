"""
Markup that others wrote, made safe and whole for a page.

Texts are escaped where they are put into a template. What comes as HTML (Markdown, the output of a
cell) goes through `clean`: known elements and attributes stay, nothing that runs or fetches does.
Pictures that Markdown shows from the folder beside a notebook are put in.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_LAB = re.compile(r"<style data-lab>[^<]*</style>")  # for a window without our style sheet
CHART = '<figure class="chart">'
_CHARTS = (CHART, f'<div class="either"><div>{CHART}')  # one alone, or two with a switch
# Gone with all that is in them; of any other element that is not known the text stays.
_GONE = {
    "script", "iframe", "object", "embed", "applet", "frame", "frameset", "noscript", "template",
    "base", "meta", "link", "animate", "animatemotion", "animatetransform", "set", "title", "head",
}  # fmt: skip
_UNKNOWN = {"html", "body", "form", "input", "button", "select", "option", "textarea", "portal"}
_NAME = re.compile(r"[a-z][a-z0-9:-]*", re.IGNORECASE)
_ADDRESSES = {
    "href", "src", "srcset", "xlink:href", "action", "formaction", "poster", "background", "data",
    "cite", "longdesc", "usemap", "ping", "manifest", "archive", "codebase", "srcdoc", "from", "to",
    "values", "imagesrcset", "nonce", "http-equiv", "profile", "classid", "dynsrc", "lowsrc",
}  # fmt: skip
_PICTURED = re.compile(
    r"""!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc\s*=\s*["']([^"']+)"""
)
_KINDS = {f".{k}": f"image/{k}" for k in ("png", "gif", "webp", "avif", "jpeg")}
_KINDS |= {".jpg": "image/jpeg", ".svg": "image/svg+xml"}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
_MEDIA = re.compile(r"data:(?:image|audio|video)/[\w.+-]+[;,]", re.IGNORECASE)
_SEEN = {"img": "A picture", "video": "A film", "audio": "A sound"}
_FILE = re.compile(r"data:text/(?:csv|plain)[;,]", re.IGNORECASE)
_PAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(?:html|json|pdf|ipynb)")  # a file of the folder
_SUSPECT = re.compile(r"<(?:script|iframe|object|embed|base|meta|link|form)\b|\bon\w+\s*=|script:")
_FETCHES = re.compile(r"url\s*\(\s*['\"]?(?!data:|#)|@import|image-set|expression\s*\(", re.I)


def clean(html: str, folder_pictures: Mapping[str, str] | None = None) -> str:
    """Make HTML of others safe, and close what it leaves open."""
    html = _LAB.sub("", html)
    ours = html.startswith(_CHARTS) and not _SUSPECT.search(html)
    if ours or not {"<", "&"} & set(html):
        return html
    from bs4 import BeautifulSoup, Comment  # a batch with nothing to render has no need of it
    from bs4.element import PreformattedString

    soup = BeautifulSoup(_ended(html), "html.parser")
    for text in soup.find_all(string=lambda s: isinstance(s, PreformattedString | Comment)):
        text.extract()
    for tag in soup.find_all(True):
        if not tag.name:  # gone with what held it; `decomposed` would search all that the tag holds
            continue
        if tag.name.lower() in _GONE:
            tag.decompose()
        elif tag.name.lower() in _UNKNOWN or not _NAME.fullmatch(tag.name):
            tag.hidden = True  # what it holds stays; to take it out looks through all of that
        else:
            _clean_tag(tag, soup, folder_pictures or {})
    return str(soup)


def _ended(html: str) -> str:
    """Write as text what no tag or comment ends: a parser looks for each end to the last letter."""
    closed = html.rfind("-->") + 1
    html = html[:closed] + html[closed:].replace("<!--", "&lt;!--")
    whole = html.rfind(">") + 1
    return html[:whole] + html[whole:].replace("<", "&lt;")


def policy(*scripts: str) -> str:
    """Write the Content-Security-Policy of a page."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    own = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {own or repr('none')}; style-src 'unsafe-inline'; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


def _clean_tag(tag: Tag, soup: BeautifulSoup, pictures: Mapping[str, str]) -> None:
    """Take from one element what runs, fetches or leads astray."""
    for name in list(tag.attrs):
        low = name.lower()
        value = tag.attrs[name]
        text = " ".join(value) if isinstance(value, list) else str(value or "")
        if low.startswith("on") or (low == "style" and _FETCHES.search(text)):
            del tag.attrs[name]
        elif low in _ADDRESSES:
            _address(tag, name, text, pictures)
    if tag.name == "style" and _FETCHES.search(tag.get_text()):
        tag.decompose()
    elif tag.name in _SEEN and not any(
        one.get("src") and _MEDIA.match(str(one["src"])) for one in (tag, *tag.find_all("source"))
    ):
        said = tag.get("alt") or tag.get_text().strip() or "no alternative text"
        note = soup.new_tag("span")
        note.string = f"[{_SEEN[tag.name]} that is not in this page: {said}]"
        tag.replace_with(note)


def _address(tag: Tag, name: str, text: str, pictures: Mapping[str, str]) -> None:
    """Keep an address that leads where it may."""
    # A browser skips spaces and controls within a scheme.
    plain = re.sub(r"[\x00-\x20\x7f-\xa0]", "", text)
    low = name.lower()
    if low == "src" and tag.name == "img":
        good = bool(_PICTURE.match(plain)) or text in pictures
        tag.attrs[name] = pictures.get(text, text)
    elif low == "src" and tag.name in ("audio", "video", "source"):
        good = bool(_MEDIA.match(plain))
    elif low in ("href", "xlink:href") and tag.name in ("image", "feimage"):
        good = bool(_PICTURE.match(plain))
    elif low in ("href", "xlink:href") and tag.name == "use":
        good = plain.startswith("#")
    elif low in ("href", "xlink:href") and tag.name in ("a", "area"):
        good = _leads(tag, plain)
    else:
        good = False
    if not good:
        del tag.attrs[name]


def _leads(tag: Tag, address: str) -> bool:
    """Tell whether a link may lead there; one to another site tells that site nothing of us."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if scheme in ("http", "https", "mailto"):
        tag.attrs["rel"] = "noopener noreferrer"
        return True
    if scheme == "data":
        return bool(_FILE.match(address)) and tag.has_attr("download")
    if scheme or parts.netloc or "\\" in address:
        return False
    return not parts.path or bool(_PAGE.fullmatch(parts.path))


def pictures(notebook: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Read the pictures that a notebook's Markdown shows from the folder beside it."""
    text = [c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"]
    found = pictures_named("\n".join(text), folder)
    return {name: file_address(kind, path.read_bytes()) for name, path, kind in found}


def pictures_named(markdown: str, folder: Path) -> list[tuple[str, Path, str]]:
    """Find the pictures that some Markdown shows and that lie in a folder."""
    found = []
    for name in dict.fromkeys(a or b for a, b in _PICTURED.findall(markdown)):
        path = (folder / unquote(name)).resolve()
        kind = _KINDS.get(path.suffix.lower())
        if kind and path.is_relative_to(folder.resolve()) and path.is_file():
            found.append((name, path, kind))
    return found


def with_pasted(pictures: Mapping[str, str], pasted: Any) -> dict[str, str]:
    """Add the pictures that were pasted into a cell, by the address that shows them there."""
    found = dict(pictures)
    for name, forms in (pasted or {}).items():
        for kind, content in forms.items():
            if _PICTURE.match(f"data:{kind};") and isinstance(content, str):
                address = f"data:{kind};base64,{''.join(content.split())}"
                found |= dict.fromkeys((f"attachment:{name}", f"attachment:{quote(name)}"), address)
    return found


def file_address(kind: str, content: bytes) -> str:
    """Write a file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def preformatted(text: str) -> str:
    """Show a text as it stands."""
    return f'<pre class="output" tabindex="0">{escape(text)}</pre>'


def cut(text: str, most: int, where: str) -> tuple[str, str]:
    """Cut a text that is too long for a page."""
    if len(text) <= most:
        return text, ""
    sizes = f"{most / 1e6:.1f} of {len(text) / 1e6:.1f} million characters"
    note = f'<p class="note">Cut after {sizes}: the rest stands in {escape(where)}.</p>'
    return text[:most], note
