"""The season of a series too short to know its own: what the notebooks ask for, in one call."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from silktrade.timeseries.seasonal import (
    holiday_effects,
    seasonal_adjust,
    seasonal_diagnostics,
)
from silktrade.timeseries.stretches import short_history_error


class Season(NamedTuple):
    """Months with the season taken out, and how well that could be done."""

    adjusted: pd.DataFrame  # from `seasonal_adjust`
    found: pd.DataFrame  # from `seasonal_diagnostics`, of the months
    missed: pd.DataFrame  # from `short_history_error`, of the long series
    lender: pd.DataFrame  # from `seasonal_diagnostics`, of the long series


def season(months: pd.Series, world: pd.Series, new_year: pd.DataFrame) -> Season:
    """
    Take the season out of months, with the New Year's effect lent by a longer series.

    Parameters
    ----------
    months : Series
        From `load_totals`, monthly.
    world : Series
        The longer one: China's trade with the world, from `load_totals`.
    new_year : DataFrame
        From `load_new_year`.

    Returns
    -------
    Season
        adjusted, found, missed and lender.

    Examples
    --------
    >>> from silktrade import load_new_year, load_totals
    >>> months, world = (load_totals(p, frequency="M") for p in ("KAZ", "WLD"))
    >>> season(months, world, load_new_year()).found["partner"].tolist()
    ['KAZ']
    """
    if months.empty:
        return Season(*[months.to_frame()] * 4)
    effects = holiday_effects(world, new_year)
    found = seasonal_diagnostics(months, new_year, effects=effects)
    return Season(
        seasonal_adjust(months, new_year, effects=effects),
        found,
        short_history_error(world, new_year, effects=found["effect"]),
        seasonal_diagnostics(world, new_year),
    )
