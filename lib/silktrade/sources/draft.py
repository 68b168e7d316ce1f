"""What a refresh is asked for, and what answers are made into: drafts of data sets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from silktrade import codes
from silktrade.data import derived, vintages
from silktrade.sources import writer

Mask = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Wish:
    """What a refresh was asked for."""

    today: pd.Timestamp  # the day of the vintages
    since: pd.Period | None = None  # first month to read; each provider's own default where None
    file: Path | None = None  # downloaded by hand
    flow: str | None = None  # of a file that does not say
    partners: tuple[str, ...] = ()  # beyond the five and those that are held
    edition: pd.Period | None = None  # month of a past World Economic Outlook


@dataclass(frozen=True)
class Draft:
    """Rows of one data set, as a provider sent them."""

    source: str
    dataset: str
    rows: pd.DataFrame  # the schema's columns, without source, vintage and, by rule, released
    asked: Mask  # which of the rows held the answer had to hold; the others are carried over
    day: str  # of the vintage
    notes: tuple[str, ...] = ()  # what was left out or restored
    said: dict[str, object] = field(default_factory=dict)  # further fields of the sidecar


Task = tuple[str, Callable[[], list[Draft]]]


def wanted(source: str, dataset: str, wish: Wish, mirror: bool = False) -> list[str]:
    """Name the partners to ask for: the five, the world, those held, those asked for."""
    listed = [*codes.PARTNERS, codes.WORLD, *held_partners(source, dataset, mirror), *wish.partners]
    return [p for p in dict.fromkeys(listed) if p != "CHN"]


def held_partners(source: str, dataset: str, mirror: bool) -> list[str]:
    """Name the partners that a data set holds."""
    rows = derived.newest(source, dataset)
    column = "reporter" if mirror else "partner"
    if rows is None:
        return []
    return sorted(rows[column if column in rows.columns else "economy"].unique())


def said(source: str, dataset: str) -> dict[str, object]:
    """Read the sidecar of the vintage in use."""
    path = vintages.choose(source, dataset)
    return writer.sidecar_of(path) if path is not None else {}


def everything(held: pd.DataFrame) -> pd.Series:
    """Mark all rows held: the answer has to hold each of them."""
    return pd.Series(True, held.index)


def among(keys: Iterable[tuple[object, ...]], *columns: str) -> Mask:
    """Mark the rows whose columns hold one of some combinations."""
    known = set(keys)

    def asked(held: pd.DataFrame) -> pd.Series:
        rows = zip(*(held[column] for column in columns), strict=True)
        return pd.Series([row in known for row in rows], held.index, dtype=bool)

    return asked


def day(wish: Wish) -> str:
    """Write the day of the vintage."""
    return str(wish.today.date())
