"""What the press is told of the library whose notebooks it runs."""

import functools
import importlib.util
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).parent
# The packages that decide the numbers.
PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "papermill", "nbconvert")


def by_day(source: str, dataset: str, before: str, now: str) -> str:
    """Say of a data set which vintage was read, and which is."""
    return f"data {source}/{dataset}: {before} → {now}"


@dataclass(frozen=True)
class Project:
    """A library, seen from the press. Its functions travel to other processes by name."""

    # Its import name, which is also the command `python -m` runs and the distribution's. Whenever a
    # vintage is chosen it raises the audit event `<library>.vintage` with source, data set, day or
    # None, and the vintage.
    library: str
    title: str  # what stands above every page
    data: Callable[[], Path]  # gives the folder of its data
    # Gives the file of a data set (source, data set, day or None), or None.
    choose: Callable[[str, str, str | None], Path | None]
    every: Callable[[], list[Path]]  # gives all files of the data folder
    # Gives the words for a parameter's value, such as a name for its code.
    label: Callable[[str], str]
    # Gives the values that words of the batch file stand for at the moment, such as the newest day,
    # among the parameters of an entry; by default everything stands for itself.
    resolve: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    # Says what is new in a data set (source, data set, the vintage before, the vintage now).
    told: Callable[[str, str, str, str], str] = by_day
    # Modules that, when they are imported, do what most reports of a batch would each do again.
    ahead: tuple[str, ...] = ()
    terms: str = ""  # what may be done with figures, text and charts, for the foot of every page
    # Whom to tell of an error, for the foot of every page: an address on the web or of mail, or any
    # words. A batch file may name it.
    contact: str = ""
    # Words of the field, as a tuple of the forms in which each stands in a text, and what it means:
    # a page links the first use of each to its meaning.
    words: Mapping[tuple[str, ...], str] = field(default_factory=dict, compare=False)

    @property
    def folder(self) -> Path:
        """The folder of the library's modules."""
        return folder_of(self.library)

    def way(self, about: str) -> str:
        """Give the link by which to write of a page; none where the contact is no address."""
        if re.fullmatch(r"https?://\S+", self.contact):
            return self.contact
        mail = re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", self.contact)
        return f"mailto:{self.contact}?subject={quote(about)}" if mail else ""

    @property
    def checkout(self) -> Path:
        """The folder that holds `lib/`; the library's own where it is installed apart."""
        return self.folder.parents[1] if self.folder.parent.name == "lib" else self.folder


def folder_of(library: str) -> Path:
    """Find the folder of a package."""
    return Path(importlib.util.find_spec(library).origin).parent


@functools.cache
def versions(library: str) -> dict[str, str]:
    """Tell the versions of Python and of the packages that decide the numbers."""
    return {"python": platform.python_version()} | {
        p: metadata.version(p) for p in (library, *PACKAGES)
    }


def variable(library: str, name: str) -> str:
    """Name an environment variable of a library."""
    return f"{library}_{name}".upper()
