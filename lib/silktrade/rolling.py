"""
What moves on with the data: the words of the batch file, and what is new in a data set.

Neither loads pandas before it is needed: the command line starts with this module.
"""

from __future__ import annotations

from datetime import date, timedelta

from silktrade.data import vintages

NEWEST, NEXT, AFTER = "newest", "next", "year after next"
YEAR_OUT = timedelta(days=19)  # the customs print December on 20 January at the latest


def resolve(name: str, value: object) -> object:
    """
    Give the value that a word of the batch file stands for.

    Parameters
    ----------
    name : str
        Of a parameter.
    value : object
        For `as_of`, `"newest"` is the day of the newest vintage. For `forecast_year`, `"next"` is
        the first year whose December was not public on that day, `"year after next"` the one after.

    Returns
    -------
    object
        The value; whatever is none of these words stands for itself.

    Raises
    ------
    FileNotFoundError
        If there is no vintage.

    Examples
    --------
    >>> resolve("as_of", "2023-12-31"), resolve("forecast_year", 2024)
    ('2023-12-31', 2024)
    >>> resolve("forecast_year", "year after next") - resolve("forecast_year", "next")
    1
    """
    if (name, value) == ("as_of", NEWEST):
        return vintages.newest_day()
    if name == "forecast_year" and value in (NEXT, AFTER):
        year = (date.fromisoformat(vintages.newest_day()) - YEAR_OUT).year
        return year + (value == AFTER)
    return value


def told(source: str, dataset: str, before: str, now: str) -> str:
    """
    Say what is new in a data set since an earlier vintage.

    Parameters
    ----------
    source, dataset : str
        Which.
    before, now : str
        The days of the vintages.

    Returns
    -------
    str
        New periods and revised values; the days alone where a vintage is not at hand any more.

    Examples
    --------
    >>> told("worldbank", "commodity_prices", "2024-04-02", "2025-12-02").partition(";")[0]
    'worldbank/commodity_prices: 2024-04 to 2025-11 are new (20 periods)'
    """
    from silktrade import schema
    from silktrade.data import revisions, snapshots

    try:
        held = {s.vintage: s for s in revisions.vintages_of(source, dataset)}
        frames = [snapshots.read(held[day]) for day in (before, now)]
    except (KeyError, OSError, ValueError):
        return f"{source}/{dataset}: {before} → {now}"
    change = revisions.extends(*frames, schema.SCHEMAS[held[now].schema])
    return f"{source}/{dataset}: {revisions.described(change)}"
