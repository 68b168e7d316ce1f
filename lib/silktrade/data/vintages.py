"""
Which files of the data folder there are, and which vintage an as-of day allows.

Paths only, no pandas: the batch asks the same questions again to see whether a report is up to
date, and has to be quick about it. Every choice raises the audit event `silktrade.vintage`, so that
the batch learns which questions a report has asked, and what the answers were.
"""

import hashlib
import os
import sys
from pathlib import Path

from silktrade import codes

FOLDER_VARIABLE = "SILKTRADE_DATA"
_OWN = Path(__file__).parents[3] / "data"
SUFFIXES = (".csv", ".geojson")  # of a file of figures, and of one of outlines


def data_folder() -> Path:
    """Tell where the data folder is."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _found())
    if not folder.is_dir():
        raise FileNotFoundError(
            f"data folder {folder} does not exist: run from a checkout of the project, "
            f"or name the folder in {FOLDER_VARIABLE}"
        )
    return folder


def _found() -> Path:
    """Find the data of the checkout that this file lies in, else of the one that we stand in."""
    if _OWN.is_dir():
        return _OWN
    here = Path.cwd()
    around = (f for f in (here, *here.parents) if (f / "notebooks" / "batch.yml").is_file())
    return next((f / "data" for f in around if (f / "data").is_dir()), _OWN)


def choose(source: str, dataset: str, day: str | None = None) -> Path | None:
    """Choose the file of a data set that an as-of day allows."""
    for name, given in (("source", source), ("dataset", dataset)):
        codes.text(name, given)
    folder = data_folder() / source
    days = os.scandir(folder) if folder.is_dir() else ()
    files = (os.path.join(day, f"{dataset}{suffix}") for day in days for suffix in SUFFIXES)
    paths = [Path(file) for file in sorted(files) if os.path.isfile(file)]
    before = [p for p in paths if day is None or p.parent.name <= day]
    chosen = before[-1] if before else next(iter(paths), None)
    sys.audit("silktrade.vintage", source, dataset, day, chosen.parent.name if chosen else "")
    return chosen


def newest_day() -> str:
    """Give the day of the newest vintage of all data sets."""
    days = [path.parent.name for path in every()]
    if not days:
        raise FileNotFoundError(f"no snapshot in {data_folder()}: it needs one to be as of its day")
    return max(days)


def every() -> list[Path]:
    """List every file of figures."""
    found = sorted(p for suffix in SUFFIXES for p in data_folder().glob(f"*/*/*{suffix}"))
    listed = "\n".join(path.relative_to(data_folder()).as_posix() for path in found)
    sys.audit("silktrade.vintage", "*", "*", None, hashlib.sha256(listed.encode()).hexdigest())
    return found
