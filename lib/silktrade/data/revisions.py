"""
How one vintage differs from the one before: what is new, what was revised, and what was lost.

A vintage extends its predecessor. Values may be revised, which is named; a key that disappears is a
fault, since whoever reads the newest vintage reads nothing else.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silktrade import schema
from silktrade.data import snapshots
from silktrade.schema import Schema

SAME = 1e-9  # relative: beyond what writing a number out and reading it again can move
EDITIONS = (("imf", "world_economic_outlook"),)
DROPPED = 0.01  # of an edition's keys
SHOWN = 3  # keys that a text names


@dataclass(frozen=True)
class Change:
    """What came between two vintages."""

    new: pd.DataFrame  # rows of the later that the earlier lacks
    lost: pd.DataFrame  # the other way round
    # The key's columns, `then`, `now` and `change` of each value that moved: a fraction of what it
    # was, of a rate its points; empty where the frame has no values.
    revised: pd.DataFrame
    shared: int  # how many keys both hold

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(len(self.new) + len(self.lost) + len(self.revised))


def extends(old: pd.DataFrame, new: pd.DataFrame, kind: Schema) -> Change:
    """Compare a vintage with the one before."""
    key = list(kind.key)
    rows = [f[key].assign(**{name: range(len(f))}) for f, name in ((old, "then"), (new, "now"))]
    held = rows[0].merge(rows[1], on=key)[["then", "now"]].sort_values("then")  # where in each
    return Change(
        _others(new, held["now"]), _others(old, held["then"]), _revised(old, new, held, key),
        len(held),
    )  # fmt: skip


def expect_extended(change: Change, kind: Schema, before: snapshots.Snapshot) -> None:
    """Refuse a vintage that has lost what the one before it held."""
    # An edition of the World Economic Outlook stands by itself, and may drop a value here and
    # there: that of October 2025 has three of 1,340 fewer than that of October 2023.
    edition = (before.source, before.dataset) in EDITIONS
    if len(change.lost) > (DROPPED * before.rows if edition else 0):
        held = len(change.lost) + change.shared
        lost = f"all {held}" if not change.shared else f"{len(change.lost)} of the {held}"
        raise ValueError(
            f"{lost} keys of {before.vintage} are missing: {keys(change.lost, kind)}: a vintage "
            "replaces the whole file, so it has to hold what the one before held"
        )


def described(change: Change) -> str:
    """Say in one line what came between two vintages."""
    parts = [_news(change.new)]
    if len(change.lost):
        parts.append(f"{len(change.lost)} keys lost")
    if not change.shared:
        return "; ".join(parts)
    values = "1 value" if change.shared == 1 else f"{change.shared} values"
    if not len(change.revised):
        return "; ".join([*parts, f"none of {values} revised"])
    most = change.revised.loc[change.revised["change"].abs().idxmax()]
    where = " ".join(str(v) for v in most.drop(["then", "now", "change"]))
    size = f"{most['change']:+.1%}".replace("%", " %")
    return "; ".join(
        [*parts, f"{len(change.revised)} of {values} revised, at most {size} ({where})"]
    )


def keys(rows: pd.DataFrame, kind: Schema) -> str:
    """Name the keys of some rows, the first three of many."""
    listed = rows[list(kind.key)].head(SHOWN).itertuples(index=False)
    named = [" ".join(str(v) for v in row) for row in listed]
    more = len(rows) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def revisions(source: str, dataset: str) -> pd.DataFrame:
    """
    Show how much the figures of a data set moved from vintage to vintage.

    Parameters
    ----------
    source, dataset : str
        Such as `"gacc"`, `"partner_monthly_usd"`.

    Returns
    -------
    DataFrame
        The key's columns, `earlier` and `vintage` (days), `then`, `now` (in the data set's unit)
        and `change`: a fraction of what it was, of a rate its points. One row for each value that a
        vintage revised.

    Examples
    --------
    >>> moved = revisions("worldbank", "commodity_prices")
    >>> bool((moved["vintage"] > moved["earlier"]).all())
    True
    """
    held = vintages_of(source, dataset)
    kind = schema.SCHEMAS[held[-1].schema]
    columns = [*kind.key, "earlier", "vintage", "then", "now", "change"]
    found = [pd.DataFrame(columns=columns)]
    for before, after in itertools.pairwise(held):
        change = extends(snapshots.read(before), snapshots.read(after), kind)
        days = {"earlier": pd.Timestamp(before.vintage), "vintage": pd.Timestamp(after.vintage)}
        found.append(change.revised.assign(**days)[columns])
    return pd.concat([f for f in found if len(f)] or found[:1], ignore_index=True)


def revised_data(as_of: snapshots.Day = None) -> pd.DataFrame:
    """
    Sum up what later vintages revised, data set by data set.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        Only vintages of that day and before.

    Returns
    -------
    DataFrame
        source, dataset, vintages (how many), first and last (their days), compared and revised
        (values that two vintages in a row hold, and of those the ones that moved), typical and
        largest (the median and the greatest size of a revision, fractions; NaN where none moved).
        One row a data set of which several vintages are held.

    Examples
    --------
    >>> found = revised_data().set_index("dataset")
    >>> bool((found["revised"] <= found["compared"]).all()), found["vintages"].min().item() > 1
    (True, True)
    """
    day = None if as_of is None else str(snapshots.read_day(as_of).date())
    held: dict[tuple[str, str], list[snapshots.Snapshot]] = {}
    for snapshot in snapshots.catalogue():
        if day is None or snapshot.vintage <= day:
            held.setdefault((snapshot.source, snapshot.dataset), []).append(snapshot)
    rows = [_summed(name, found) for name, found in held.items() if len(found) > 1]
    columns = ["source", "dataset", "vintages", "first", "last", "compared", "revised", "typical",
               "largest"]  # fmt: skip
    out = pd.DataFrame(rows, columns=columns)
    out.attrs["unknown"] = "No data set had been read twice by that day."
    return out


def _summed(name: tuple[str, str], held: list[snapshots.Snapshot]) -> tuple:
    """Sum up the revisions between the vintages of one data set."""
    kind = schema.SCHEMAS[held[-1].schema]
    frames = [snapshots.read(snapshot) for snapshot in held]
    changes = [extends(old, new, kind) for old, new in itertools.pairwise(frames)]
    sizes = pd.concat([c.revised["change"].astype(float).abs() for c in changes])
    sizes = sizes[np.isfinite(sizes)]
    most = (sizes.median(), sizes.max()) if len(sizes) else (np.nan, np.nan)
    days = [pd.Timestamp(snapshot.vintage) for snapshot in held]
    revised = sum(len(c.revised) for c in changes)
    return (*name, len(held), days[0], days[-1], sum(c.shared for c in changes), revised, *most)


def vintages_of(source: str, dataset: str) -> list[snapshots.Snapshot]:
    """List the vintages of a data set, the oldest first."""
    snapshots.find(source, dataset)  # says which file is wanted where there is none
    return [s for s in snapshots.catalogue() if (s.source, s.dataset) == (source, dataset)]


def _others(rows: pd.DataFrame, held: pd.Series) -> pd.DataFrame:
    """Give the rows of a vintage that the other one lacks."""
    return rows.take(np.setdiff1d(np.arange(len(rows)), held)).reset_index(drop=True)


def _revised(
    old: pd.DataFrame, new: pd.DataFrame, held: pd.DataFrame, key: list[str]
) -> pd.DataFrame:
    """List the values that both hold and that differ."""
    columns = [*key, "then", "now", "change"]
    if "value" not in old.columns:
        return pd.DataFrame(columns=columns)
    then, now = old["value"].to_numpy()[held["then"]], new["value"].to_numpy()[held["now"]]
    moved = ~np.isclose(now, then, rtol=SAME, atol=0, equal_nan=True)
    both = old.take(held["then"][moved]).assign(then=then[moved], now=now[moved])
    # Of a rate near zero no fraction can be taken: it moves by points.
    base = both["then"].abs().where(both["then"] != 0)
    base = base.mask(both["unit"] == "fraction", 1.0) if "unit" in both.columns else base
    change = ((both["now"] - both["then"]) / base).fillna(np.inf)
    return both.assign(change=change)[columns].reset_index(drop=True)


def _news(new: pd.DataFrame) -> str:
    """Name the new periods."""
    if not len(new):
        return "nothing is new"
    if "period" not in new.columns:
        return f"{len(new)} new rows"
    periods = sorted(new["period"].unique())
    if len(periods) <= SHOWN:
        verb = "is" if len(periods) == 1 else "are"
        return f"{', '.join(map(str, periods))} {verb} new"
    return f"{periods[0]} to {periods[-1]} are new ({len(periods)} periods)"
