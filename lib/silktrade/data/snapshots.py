"""
Snapshots: files of figures as they stood on one day, each with a sidecar and a hash.

A snapshot is `data/<source>/<vintage>/<dataset>.csv` (outlines of countries: `.geojson`) with
`<dataset>.yml` beside it. `find` picks
the vintage that an as-of day allows, `read` checks the hash and returns the rows, and `used` tells
which snapshots this process has read, so that a report can name every file behind it.
"""

import contextlib
import functools
import hashlib
import io
import json
import re
from collections.abc import Callable, Hashable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
import yaml

from silktrade import codes, schema
from silktrade.data import vintages
from silktrade.data.vintages import data_folder
from silktrade.days import Day, read_day, released_by

SIDECAR_FIELDS = (
    "title", "class", "schema", "producer", "url", "citation", "licence", "published", "retrieved",
    "frequency", "unit", "valuation", "coverage", "rows", "sha256", "how_it_reached_us", "notes",
)  # fmt: skip
_CONTROL = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")  # a code that holds one is another
KINDS = ("verbatim", "constructed", "synthetic")


Frame = TypeVar("Frame", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class Snapshot:
    """One file of figures and what its sidecar says of it."""

    source: str  # who published
    vintage: str  # the day of the snapshot (YYYY-MM-DD)
    dataset: str
    path: Path  # the file: CSV, or GeoJSON for outlines
    title: str
    kind: str  # `class` in the sidecar
    schema: str
    producer: str
    citation: str
    licence: str
    coverage: str
    sha256: str  # the hash that the file has to have
    rows: int  # how many observations it holds
    url: str = ""


_Answers = dict[tuple[str, str, str | None], Snapshot]
_used: dict[Path, Snapshot] = {}
MOST = 64  # frames kept by `remembered`, some ten reports' worth
_frames: dict[Hashable, tuple[_Answers, Frame]] = {}
# One for each loader under way in this thread, the outermost first.
_asking: ContextVar[tuple[_Answers, ...]] = ContextVar("asking", default=())


def catalogue() -> list[Snapshot]:
    """List every snapshot of the data folder."""
    found = [describe(path) for path in vintages.every()]
    return sorted(found, key=lambda s: (s.source, s.dataset, s.vintage))


def find(source: str, dataset: str, as_of: Day = None) -> Snapshot:
    """Pick the vintage of a data set that an as-of day allows."""
    day = None if as_of is None else str(read_day(as_of).date())
    path = vintages.choose(source, dataset, day)
    if path is None:
        raise FileNotFoundError(
            f"no snapshot of {source}/{dataset} in {data_folder()}: it needs a file "
            f"{source}/<vintage>/{dataset}.csv; `silktrade check` lists what is there"
        )
    found = describe(path)
    for answers in _asking.get():
        answers[source, dataset, day] = found
    return found


def read(snapshot: Snapshot) -> pd.DataFrame:
    """Read a snapshot whose hash is right, and note that it was used."""
    _used.setdefault(snapshot.path, snapshot)
    return _rows(snapshot).copy()  # parsed once


def known(source: str, dataset: str, as_of: Day = None) -> pd.DataFrame:
    """Read what a data set tells of a day, whichever vintage holds it."""
    chosen = find(source, dataset, as_of)
    newest = chosen if as_of is None else find(source, dataset)
    rows, later = _told(chosen, newest, None if as_of is None else read_day(as_of))
    for snapshot in (chosen, newest) if later else (chosen,):
        _used.setdefault(snapshot.path, snapshot)
    return rows.copy()  # put together once


@functools.lru_cache(maxsize=256)
def _told(
    chosen: Snapshot, newest: Snapshot, day: pd.Timestamp | None
) -> tuple[pd.DataFrame, bool]:
    """Add what the newest vintage tells of a day to the vintage of that day, if it adds any."""
    rows, kind = _rows(chosen), schema.SCHEMAS[chosen.schema]
    released = next((c for c in ("released", "date") if c in kind.all_columns), None)
    if day is None or newest == chosen or released is None:
        return rows, False
    later = released_by(_rows(newest), day, released)
    firm = rows[rows["obs_status"] != "E"] if "obs_status" in rows else rows
    both = pd.concat([firm, later, rows]).drop_duplicates(list(kind.key))
    added = (both["vintage"] == pd.Timestamp(newest.vintage)).any()
    return schema.validate(both, kind), bool(added)


def remembered(load: Callable[..., Frame], *given: object) -> Frame:
    """Give again what a loader gave, for as long as it would choose the same vintages."""
    given = tuple(_listed(value) for value in given)
    key = (load, data_folder(), *given)
    answers, frame = _frames.pop(key, ({}, None))
    if frame is None or any(find(*question) != found for question, found in answers.items()):
        within = _asking.set((*_asking.get(), answers := {}))
        try:
            frame = load(*given)
        finally:
            _asking.reset(within)
    _frames[key] = answers, frame  # the newest stands last
    if len(_frames) > MOST:
        del _frames[next(iter(_frames))]
    for found in answers.values():
        _used.setdefault(found.path, found)
    return frame.copy()


def parse_newest() -> None:
    """Parse the newest vintage of each data set."""
    for snapshot in {(s.source, s.dataset): s for s in catalogue()}.values():
        with contextlib.suppress(ValueError, OSError):  # who reads it is told
            _rows(snapshot)
    # What a file holds is known, not that it holds it: each process looks, and is seen to look.
    _rows.cache_clear()
    _described.cache_clear()


def used() -> tuple[Snapshot, ...]:
    """List the snapshots that this process has read so far."""
    return tuple(_used.values())


def check(snapshot: Snapshot) -> None:
    """Check one snapshot against its sidecar and its schema."""
    rows = len(_rows(snapshot))
    if rows != snapshot.rows:
        raise ValueError(
            f"{_of(snapshot.path)}: the sidecar says {snapshot.rows} rows, the file has {rows}: "
            "correct the sidecar's field rows"
        )


class NothingPublicError(ValueError):
    """No figure of a data set was public on the day."""


def public(rows: pd.DataFrame, as_of: Day, needed: bool = True) -> pd.DataFrame:
    """Keep the rows that were public on the as-of day; of none, refuse or say why."""
    kept = released_by(rows, as_of)
    codes.flag("needed", needed)
    if len(kept) or rows.empty:
        return kept
    day, first = read_day(as_of), rows.iloc[rows["released"].argmin()]
    if needed:
        raise NothingPublicError(
            f"as_of must be on or after {first['released'].date()}, when the first of these "
            f"figures was public, got {str(day.date())!r}: choose a later day"
        )
    what = {"M": "months", "Y": "years"}[schema.frequency_of(rows)]
    told, came = (f"{d.day} {d:%B %Y}" for d in (day, first["released"]))
    kept.attrs["unknown"] = (
        f"No {what} were known on {told}: the first, from "
        f"{codes.SOURCES[first['source']]}, came on {came}."
    )
    return kept


@functools.lru_cache(maxsize=256)
def _rows(snapshot: Snapshot) -> pd.DataFrame:
    """Parse and validate the file once a process."""
    content = snapshot.path.read_bytes()
    actual = hashlib.sha256(content).hexdigest()
    if actual != snapshot.sha256:
        raise ValueError(
            f"{_of(snapshot.path)}: the file's sha256 is {actual[:12]}…, its sidecar says "
            f"{snapshot.sha256[:12]}…: a vintage is never edited, restore the file from git, "
            "or give the correction a vintage of its own"
        )
    try:
        suffix = snapshot.path.suffix
        return _typed(content, suffix, snapshot.source, snapshot.vintage, snapshot.schema)
    except ValueError as error:
        raise ValueError(f"{_of(snapshot.path)}: {error}") from None


@functools.lru_cache(maxsize=256)
def _typed(content: bytes, suffix: str, source: str, vintage: str, kind: str) -> pd.DataFrame:
    """Parse and validate what a file holds, once for all copies of a data folder."""
    frame = _points(content) if suffix == ".geojson" else table(content)
    return schema.validate(frame.assign(source=source, vintage=vintage), schema.SCHEMAS[kind])


def table(content: bytes) -> pd.DataFrame:
    """Parse a CSV file."""
    if odd := _CONTROL.search(content):
        line = content.count(b"\n", 0, odd.start()) + 1
        raise ValueError(f"line {line} holds the control character {odd[0]!r}: take it out")
    head = content.partition(b"\n")[0]
    if b"," not in head and (parted := re.search(rb"[;\t]", head)):
        raise ValueError(f"line 1 parts names by {parted[0].decode()!r}: save it parted by commas")
    # Nothing is read as missing but an empty field: no code of ours may turn into NaN.
    try:
        return pd.read_csv(io.BytesIO(content), dtype="str", na_values=[""], keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(
            f"it is no CSV file in UTF-8 ({str(error).strip()}): save it as one, names first"
        ) from None


def _points(content: bytes) -> pd.DataFrame:
    """Parse the rings of a GeoJSON file: a row a point, rings numbered by economy."""
    rows = []
    for feature in json.loads(content)["features"]:
        shape = feature["geometry"]
        several = shape["type"] == "MultiPolygon"
        polygons = shape["coordinates"] if several else [shape["coordinates"]]
        rings = [ring for polygon in polygons for ring in polygon]
        economy = feature["properties"]["iso3"]
        rows += [(economy, i, j, *xy) for i, ring in enumerate(rings) for j, xy in enumerate(ring)]
    return pd.DataFrame(rows, columns=["economy", "part", "point", "longitude", "latitude"])


def describe(path: Path) -> Snapshot:
    """Read the sidecar of a file of figures."""
    sidecar = path.with_suffix(".yml")
    if not sidecar.is_file():
        raise ValueError(
            f"{_of(sidecar)} is missing: every snapshot needs a sidecar beside its file"
        )
    return _described(path, sidecar, sidecar.stat().st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _described(path: Path, sidecar: Path, _changed: int) -> Snapshot:
    """Read a sidecar once for each change of it."""
    name = _of(sidecar)
    try:
        said = yaml.load(sidecar.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} is not YAML: {' '.join(str(error).split())}") from None
    said = said if isinstance(said, dict) else {}
    absent = [f for f in SIDECAR_FIELDS if f not in said]
    if absent:
        raise ValueError(f"{name} lacks {', '.join(absent)}: data/README.md describes the fields")
    if said["class"] not in KINDS or said["schema"] not in schema.SCHEMAS:
        raise ValueError(
            f"{name}: class must be one of {', '.join(KINDS)} and schema one of "
            f"{', '.join(schema.SCHEMAS)}, got {said['class']!r} and {said['schema']!r}"
        )
    own = {f: said[f] for f in ("title", "schema", "producer", "citation", "licence", "coverage",
                                "sha256", "rows", "url")}  # fmt: skip
    if wrong := [f for f, value in own.items() if isinstance(value, dict | list)]:
        raise ValueError(f"{name}: {', '.join(wrong)} must be plain text: quote what holds a colon")
    if not (re.fullmatch("[0-9a-f]{64}", str(own["sha256"])) and isinstance(own["rows"], int)):
        raise ValueError(
            f"{name}: sha256 must be 64 hexadecimal digits and rows a whole number, got "
            f"{own['sha256']!r} and {own['rows']!r}: `sha256sum {path.name}` prints the digits"
        )
    source, vintage = path.parent.parent.name, path.parent.name
    return Snapshot(source, vintage, path.stem, path, kind=said["class"], **own)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times as fast


def _listed(value: object) -> object:
    """Make a tuple of a collection, so that it can be part of a key."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(_listed(part) for part in value)
    return value


def _of(path: Path) -> str:
    """Name a file of a snapshot in an error."""
    return "/".join(path.parts[-3:])
