"""Months of a short history: their season, lent by a longer one, and what that gets wrong."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import sourced
from silktrade.series import read_series
from silktrade.timeseries import seasonal, x13

EFFECTS = ("own", "lent", "none")


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
    months, world : Series
        From `load_totals`, monthly; the second is the longer one: China's trade with the world.
    new_year : DataFrame
        From `load_new_year`.

    Returns
    -------
    Season
        adjusted, found, missed and lender.

    Examples
    --------
    >>> months, world = (st.load_totals(p, frequency="M") for p in ("KAZ", "WLD"))
    >>> season(months, world, st.load_new_year()).found["partner"].tolist()
    ['KAZ']
    """
    months = read_series(months, "months")
    if months.empty:
        return Season(*[months.to_frame()] * 4)
    effects = seasonal.holiday_effects(world, new_year)
    found = seasonal.seasonal_diagnostics(months, new_year, effects=effects)
    return Season(
        seasonal.seasonal_adjust(months, new_year, effects=effects),
        found,
        short_history_error(world, new_year, effects=found["effect"]),
        seasonal.seasonal_diagnostics(world, new_year),
    )


@sourced
def short_history_error(
    data: pd.DataFrame | pd.Series,
    new_year: pd.DataFrame,
    months: int = seasonal.FEWEST,
    effects: Iterable[str] = EFFECTS,
) -> pd.DataFrame:
    """
    Measure what adjusting a short stretch of a long series alone would have got wrong.

    Parameters
    ----------
    data : DataFrame or Series
        As for `seasonal_adjust`, of series longer than seven years.
    new_year : DataFrame
        From `load_new_year`.
    months : int
        How long the stretches are; they begin every January.
    effects : iterable of str
        What to measure, of `own` (estimated in the stretch), `lent` (from the whole series) and
        `none`. Each runs X-13 once a stretch.

    Returns
    -------
    DataFrame
        One row a series and effect: flow, effect, months, stretches, failed (where X-13 refused),
        error, error_holiday and error_rest (root mean square difference of month-on-month changes
        of logarithms from those of the whole series, adjusted; in all months, in January to March
        and in April to December), spread_rest (of the whole series from April to December). Lower
        bounds for another series: the stretch is part of the whole.

    Examples
    --------
    >>> world = st.load_totals("WLD", frequency="M")
    >>> short_history_error(world, st.load_new_year())["effect"].tolist()
    ['own', 'lent', 'none']
    """
    regressors, rows = seasonal.holiday_regressors(new_year), []
    months = codes.whole("months", months, seasonal.FEWEST, "a shorter stretch is not adjusted")
    effects = codes.some_of("effects", effects, EFFECTS)
    for key, values in seasonal.each(data):
        if len(values) < seasonal.FREE:
            raise ValueError(
                f"short_history_error needs series of {seasonal.FREE} months or more, got "
                f"{seasonal.name_of(key)} with {len(values)}: take a longer one"
            )
        whole = seasonal.adjust(key, values, seasonal.covering(regressors, values), None)
        lent = seasonal.estimates(whole, regressors)
        starts = [i for i, p in enumerate(values.index) if p.month == 1]
        pieces = [values.iloc[i : i + months] for i in starts if i + months <= len(values)]
        kinds = {"own": (regressors, None), "lent": (regressors, lent), "none": (None, None)}
        for effect in effects:
            columns, fixed = kinds[effect]
            away = [_away(piece, columns, fixed, whole.tables["adjusted"]) for piece in pieces]
            row = {"flow": key["flow"], "effect": effect, "months": months, **_errors(away)}
            rows.append({**row, "spread_rest": seasonal.measured(whole)["spread_rest"]})
    return pd.DataFrame(rows)


def _away(
    piece: pd.Series, regressors: pd.DataFrame | None, fixed: pd.Series | None, whole: pd.Series
) -> pd.Series | None:
    """Say how far a stretch adjusted alone is from the whole, or None where X-13 refuses it."""
    try:
        adjusted = x13.run(x13.specification(piece, regressors, effect=fixed)).tables[x13.ADJUSTED]
    except x13.X13Error:
        return None
    return seasonal.changes_of(adjusted) - seasonal.changes_of(whole.loc[adjusted.index])


def _errors(away: list[pd.Series | None]) -> dict[str, float]:
    """Sum differences up."""
    known = [a for a in away if a is not None]
    row = {"stretches": len(away), "failed": len(away) - len(known)}
    every = pd.concat(known) if known else pd.Series([], pd.PeriodIndex([], freq="M"), dtype=float)
    early = every.index.month.isin(seasonal.HOLIDAY_MONTHS)
    parts = {"error": every, "error_holiday": every[early], "error_rest": every[~early]}
    return row | {name: float(np.sqrt((values**2).mean())) for name, values in parts.items()}
