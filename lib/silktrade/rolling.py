"""What the words of the batch file stand for at the moment: the newest day, the year to come."""

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
