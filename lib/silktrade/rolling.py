"""
What moves on with the data: the words of the batch file, and what is new in a data set.

Neither loads pandas before it is needed: the command line starts with this module.
"""

from __future__ import annotations

from datetime import date, timedelta

from silktrade.data import vintages

NEWEST, NEXT = "newest", "next"
YEAR_OUT = timedelta(days=19)  # the customs print December on 20 January at the latest


def resolve(name: str, value: object) -> object:
    """Give the value that a word of the batch file stands for."""
    if (name, value) == ("as_of", NEWEST):
        return vintages.newest_day()
    if (name, value) == ("forecast_year", NEXT):
        return (date.fromisoformat(vintages.newest_day()) - YEAR_OUT).year
    return value


def told(source: str, dataset: str, before: str, now: str) -> str:
    """Say what is new in a data set since an earlier vintage."""
    from silktrade import schema
    from silktrade.data import revisions, snapshots

    try:
        held = {s.vintage: s for s in revisions.vintages_of(source, dataset)}
        frames = [snapshots.read(held[day]) for day in (before, now)]
    except (KeyError, OSError, ValueError):
        return f"{source}/{dataset}: {before} → {now}"
    change = revisions.extends(*frames, schema.SCHEMAS[held[now].schema])
    return f"{source}/{dataset}: {revisions.described(change)}"
