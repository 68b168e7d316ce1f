"""What a refresh is asked for, and what answers are made into: drafts of data sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from silktrade import codes
from silktrade.data import derived, vintages
from silktrade.sources import writer

Mask = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Wish:
    """
    What a refresh was asked for.

    Attributes
    ----------
    today : Timestamp
        The day of the vintages.
    since : Period or None
        First month to read; each provider's own default where None.
    file : Path or None
        Downloaded by hand.
    flow : str or None
        Of a file that does not say.
    partners : tuple of str
        Beyond the five and those that are held.
    edition : Period or None
        Month of a past World Economic Outlook.
    """

    today: pd.Timestamp
    since: pd.Period | None = None
    file: Path | None = None
    flow: str | None = None
    partners: tuple[str, ...] = ()
    edition: pd.Period | None = None


@dataclass(frozen=True)
class Draft:
    """
    Rows of one data set, as a provider sent them.

    Attributes
    ----------
    source, dataset : str
        Whose.
    rows : DataFrame
        The schema's columns but source, vintage and, where the rule says it, released.
    asked : callable
        Which of the rows held the answer had to hold as well; the others are carried over.
    day : str
        Of the vintage.
    notes : tuple of str
        What was left out or restored.
    said : dict
        Further fields of the sidecar.
    """

    source: str
    dataset: str
    rows: pd.DataFrame
    asked: Mask
    day: str
    notes: tuple[str, ...] = ()
    said: dict[str, object] = field(default_factory=dict)


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


def day(wish: Wish) -> str:
    """Write the day of the vintage."""
    return str(wish.today.date())
