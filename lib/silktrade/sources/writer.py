"""
Write a vintage: rows and sidecar, whole or not at all, and never over an older one.

A vintage is a day. A file of that day that says something else is kept, unless today's is to be
replaced; what is computed from others (`derived`) follows them within the day. The sidecar is put
in place before the rows, so that no reader meets rows without one.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from silktrade import schema
from silktrade.data import catalogue, vintages
from silktrade.sources.judge import RefusedError

TEMPLATES = Path(__file__).with_name("sidecars.yml")
# What a sidecar says from vintage to vintage of a file that no template describes.
CARRIED = ("title", "class", "schema", "producer", "url", "citation", "licence", "frequency",
           "unit", "valuation", "notes")  # fmt: skip
_ADDED = ("source", "vintage")  # from the path, on reading
_AREAS = ("reporter", "partner", "economy", "indicator")


@dataclass(frozen=True)
class Part:
    """One file to write: `<source>/<day>/<dataset>.csv`."""

    source: str
    dataset: str
    day: str
    frame: pd.DataFrame  # of the schema that the sidecar names
    how: str  # the rows reached us
    said: Mapping[str, object] = field(default_factory=dict)  # further fields, such as hashes
    sidecar: Mapping[str, str] = field(default_factory=dict)  # in place of the template's
    follows: bool = False  # computed from others, so that it may be replaced within its day
    content: bytes = b""  # as a person has made it, in place of the frame's

    @property
    def path(self) -> Path:
        """The file of the rows."""
        return vintages.data_folder() / self.source / self.day / f"{self.dataset}.csv"


def write(parts: Sequence[Part], *, replace: bool = False, dry_run: bool = False) -> list[Path]:
    """Write files and their sidecars, then the catalogue; in a dry run refuse what would be."""
    ready: list[tuple[Path, Path]] = []
    changed = []
    try:
        for part in parts:
            kind = schema.SCHEMAS[fields(part)["schema"]]
            rows = part.content or table(part.frame, kind)
            if part.path.is_file():
                if part.path.read_bytes() == rows:
                    continue
                if not (replace or part.follows):
                    raise RefusedError(
                        f"{part.source}/{part.day}/{part.dataset} is there and says something "
                        "else: a vintage is a day and never edited, so come again tomorrow, or "
                        "refresh with --replace-today"
                    )
            if dry_run:
                continue
            changed.append(part.path)
            said = yaml.safe_dump(
                _sidecar(part, rows), sort_keys=False, allow_unicode=True, width=106
            ).encode()
            for path, content in ((part.path.with_suffix(".yml"), said), (part.path, rows)):
                ready.append((path.with_name(f".{path.name}.{os.getpid()}.tmp"), path))
                _write_down(ready[-1][0], content)
        for draft, path in ready:
            draft.replace(path)
    finally:
        for draft, _ in ready:
            draft.unlink(missing_ok=True)
    if changed:
        catalogue.main()
    return changed


def table(frame: pd.DataFrame, kind: schema.Schema) -> bytes:
    """Write rows as the data folder holds them."""
    columns = [c for c in kind.all_columns if c not in _ADDED]
    out = frame.sort_values(list(kind.key))[columns].copy()
    for name in columns:
        if out[name].dtype.kind == "M":
            out[name] = out[name].dt.strftime("%Y-%m-%d")
        elif out[name].dtype.kind == "f":
            out[name] = out[name].map(_digits)
    return out.to_csv(index=False, lineterminator="\n").encode()


def sidecar_of(path: Path) -> dict[str, object]:
    """Read all that a sidecar says."""
    return yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))


def carried(path: Path | None) -> dict[str, str]:
    """Give what a sidecar hands on to the next vintage's; nothing where there is none."""
    told = sidecar_of(path) if path else {}
    return {name: str(told[name]) for name in CARRIED if name in told}


@cache
def _templates() -> dict[str, dict[str, str]]:
    """Read what the sidecars of fetched data sets say."""
    return yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))


def fields(part: Part) -> dict[str, str]:
    """Give the fields of a sidecar that do not depend on the rows."""
    own = _templates().get(f"{part.source}/{part.dataset}", {})
    return {**own, **part.sidecar}


def _sidecar(part: Part, rows: bytes) -> dict[str, object]:
    """Say everything of a file."""
    constant, frame = fields(part), part.frame
    told = {"vintage": part.day}
    if "period" in frame.columns:
        told |= {"first": str(frame["period"].min()), "last": str(frame["period"].max())}
    filled = {name: text.format(**told) if name == "citation" else text
              for name, text in constant.items()}  # fmt: skip
    order = ("title", "class", "schema", "producer", "url", "citation", "licence")
    days = frame["released"] if "released" in frame.columns else pd.Series([], dtype="str")
    first, last = (f"{d:%Y-%m-%d}" for d in (days.min(), days.max())) if len(days) else ("", "")
    return {
        **{name: filled[name] for name in order},
        "published": " to ".join(dict.fromkeys([first, last])),
        "retrieved": part.day,
        **{name: filled[name] for name in ("frequency", "unit", "valuation")},
        "coverage": covered(frame),
        "rows": len(frame),
        "sha256": hashlib.sha256(rows).hexdigest(),
        "how_it_reached_us": part.how,
        "notes": filled["notes"],
        **part.said,
    }


def covered(frame: pd.DataFrame) -> str:
    """Say what a frame covers."""
    areas = [
        f"{name} {', '.join(sorted(frame[name].astype('str').unique()))}"
        for name in _AREAS
        if name in frame.columns
    ]
    if "period" in frame.columns:
        areas.append(f"{frame['period'].min()} to {frame['period'].max()}")
    return "; ".join(areas)


def _write_down(draft: Path, content: bytes) -> None:
    """Write a file down to the disk."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a full disk must say so before anything is in place


def _digits(value: float) -> str:
    """Write a number with every digit it has, and a whole one without a point."""
    if pd.isna(value):
        return ""
    return (
        str(int(value)) if float(value).is_integer() and abs(value) < 1e18 else repr(float(value))
    )
