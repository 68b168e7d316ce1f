"""
What moves on with the data: the words of the batch file, and what is new in a data set.

Neither loads pandas before it is needed: the command line starts with this module.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from silktrade.codes import of_word
from silktrade.data import vintages

NEWEST, NEXT = "newest", "next"
_SUCH = {"as_of": (NEWEST, "a day as YYYY-MM-DD"), "forecast_year": (NEXT, "a year such as 2026")}
YEAR_OUT = timedelta(days=19)  # the customs print December on 20 January at the latest


def resolve(given: Mapping[str, object]) -> dict[str, object]:
    """Give the values that words of the batch file stand for; the next year follows the day."""
    values = dict(given)
    for name, (word, such) in _SUCH.items():
        said = values.get(name)
        if said != word and (cure := of_word(said, [word])):
            raise ValueError(f"{name} must be {such}, or {word}, got {said!r}{cure}")
    if values.get("as_of") == NEWEST:
        values["as_of"] = vintages.newest_day()
    if values.get("forecast_year") == NEXT:
        try:
            day = date.fromisoformat(str(values["as_of"]))
        except (KeyError, ValueError):  # none is given, or one that is refused where it is read
            day = date.fromisoformat(vintages.newest_day())
        values["forecast_year"] = (day - YEAR_OUT).year
    return values


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
