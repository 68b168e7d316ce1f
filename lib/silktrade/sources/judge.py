"""
Judge what a provider sent against the vintage in use, before anything is written.

The order is fixed: how many rows, whether a key was lost, whether values that both hold agree in
size (a wrong unit has a name), whether new values are of the size of a year before.
Every refusal says what was expected, what was found, and which vintage stays in use.
"""

import numpy as np
import pandas as pd

from silktrade import schema
from silktrade.data import revisions, snapshots
from silktrade.data.revisions import Change
from silktrade.data.snapshots import Snapshot
from silktrade.schema import Schema

LEAST = 0.95  # of the last vintage's rows: a shorter answer is a truncated one
CLOSE = (0.95, 1.05)  # the median revision of customs figures is far below one percent
FOLLOWING = 5.0  # the median series does not grow or fall so much within a year
FEW = 5  # shared values below which a median says little, and only a wrong unit is refused
FACTORS = {
    10.0: "tens", 1e3: "thousands", 1e4: "ten thousands", 1e6: "millions", 1e8: "hundred millions",
    1e9: "billions",
}  # fmt: skip


class RefusedError(ValueError):
    """What came is not taken; the vintage in use stays in use."""


def judge(new: pd.DataFrame, held: Snapshot | None, kind: Schema) -> Change:
    """Compare a new frame with the vintage in use, and refuse what cannot be."""
    stays = f"{held.vintage} stays in use" if held else "nothing is written"
    try:
        checked = schema.validate(new, kind)
    except ValueError as error:
        raise RefusedError(f"{error}\n{stays}") from None
    if held is None:
        return revisions.extends(checked.iloc[:0], checked, kind)
    old = snapshots.read(held)
    if len(new) < LEAST * len(old):
        raise RefusedError(
            f"expected at least {LEAST:.0%} of the {len(old)} rows held, found {len(new)}: "
            f"it is cut off, or only what is new, where a vintage holds its data set whole; {stays}"
        )
    change = revisions.extends(old, checked, kind)
    try:
        revisions.expect_extended(change, kind, held)
    except ValueError as error:
        raise RefusedError(f"{error}; {stays}") from None
    _agree(old, checked, kind, stays)
    _follow(old, change.new, kind, stays)
    return change


def same_scale(new: pd.Series, old: pd.Series, what: str, stays: str) -> None:
    """Refuse values whose size is another than that of values known for the same keys."""
    usable = (old != 0) & (new != 0) & old.notna() & new.notna()
    if not usable.any():
        return
    ratio = float(np.median(new[usable] / old[usable]))
    low, high = CLOSE if usable.sum() >= FEW else (1 / FOLLOWING, FOLLOWING)
    if not low <= ratio <= high:
        raise RefusedError(
            f"{what}: expected a median of {low:.2f} to {high:.2f} times the values held, "
            f"found {ratio:.4g}{named(ratio)}; {stays}"
        )


def named(ratio: float) -> str:
    """Name the unit that a ratio of new to known values points to."""
    if 6 <= ratio <= 8:
        return ": looks like yuan"
    if 1 / 8 <= ratio <= 1 / 6:
        return ": looks like dollars"
    for factor, unit in FACTORS.items():
        if abs(ratio * factor - 1) <= 0.1:
            return f": looks like {unit}"
        if abs(ratio / factor - 1) <= 0.1:
            return f": looks like it was multiplied by {factor:,.0f}"
    return ""


def _agree(old: pd.DataFrame, new: pd.DataFrame, kind: Schema, stays: str) -> None:
    """Hold what both vintages know to one scale: each indicator, or all flows together."""
    if "value" not in kind.columns:
        return
    key = list(kind.key)
    both = old[[*key, "value"]].merge(new[[*key, "value"]], on=key, suffixes=("_old", "_new"))
    for name, part in both.groupby(_groups(both)):
        same_scale(part["value_new"], part["value_old"], str(name), stays)


def _follow(old: pd.DataFrame, new: pd.DataFrame, kind: Schema, stays: str) -> None:
    """Hold new periods to the size of the same series a year before."""
    if "value" not in kind.columns or "period" not in kind.key or new.empty:
        return
    key, year = list(kind.key), {"M": 12, "Y": 1}[schema.frequency_of(old)]
    before = old.assign(period=old["period"] + year)[[*key, "value"]]
    both = new.merge(before[before["value"] > 0], on=key, suffixes=("_new", "_old"))
    for name, part in both[both["value_new"] > 0].groupby(_groups(both)):
        ratio = float(np.median(part["value_new"] / part["value_old"]))
        if len(part) >= FEW and not 1 / FOLLOWING <= ratio <= FOLLOWING:
            raise RefusedError(
                f"{name}: expected new values of the size of a year before, found a median of "
                f"{ratio:.4g} times them{named(ratio)}; {stays}"
            )


def _groups(rows: pd.DataFrame) -> pd.Series:
    """Name what is of one unit: an indicator, else all values together."""
    return rows["indicator"] if "indicator" in rows.columns else pd.Series("values", rows.index)
