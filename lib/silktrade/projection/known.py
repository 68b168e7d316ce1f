"""What was public on the day, laid out for a projection, or refused for what cannot be bridged."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade.days import Day, read_day, released_by
from silktrade.frames import having
from silktrade.projection import fans, signals
from silktrade.schema import SERIES, TRADE, frequency_of, validate
from silktrade.series import read_series

FEWEST = 3  # years known of the sum, without which nothing can be said of its growth
JUMP = 100  # times the highest year before, or of the year before: no trade, but another unit
WEIGHTY = 0.1  # of the sum of a year
GAP = 3  # years without any figure, or by which a series may end before the others, at most


class Known(NamedTuple):
    """What was public on the day."""

    # A row a year to the origin without a gap, a column a series; NaN where not known.
    years: pd.DataFrame
    # A row a month from January of the fourth year before the first one ahead, to December of the
    # last one projected; NaN where not known.
    months: pd.DataFrame
    oil: list  # from `signals.oil`
    output: np.ndarray  # from `signals.expected`
    totals: np.ndarray  # sum of all series where it is known, be it without them


def known_by(
    trade: pd.DataFrame,
    horizon: int,
    months: pd.DataFrame | None,
    outlook: pd.DataFrame | None,
    oil: pd.DataFrame | None,
    totals: pd.Series | None,
    as_of: Day,
) -> Known:
    """Lay out what was public on the day."""
    years = _wide(trade, "Y", as_of)
    sums = pd.Series(dtype=float) if totals is None else read_series(totals, "totals").dropna()
    if as_of is not None and len(sums):  # a year is over before its sum is known
        sums = sums[sums.index.end_time < read_day(as_of)]
    if len(sums) and sums.index[-1] > years.index[-1]:
        years = years.reindex(pd.period_range(years.index[0], sums.index[-1], name="period"))
    if not years.sum().any():
        raise ValueError("trade must hold some trade, got 0 alone")
    _refuse_holes(years)
    _refuse_leaps(years)
    printed = sums.reindex(years.index).to_numpy(dtype=float)
    added_up = years.sum(axis=1, skipna=False).to_numpy()
    last = years.index[-1]
    span = range(years.index[0].year, last.year + 1)
    ahead = range(last.year + 1, last.year + horizon + 1)
    window = pd.period_range(f"{last.year - fans.WINDOW + 1}-01", f"{ahead[-1]}-12", freq="M")
    months = None if months is None else validate(months, TRADE)
    if months is None or months.empty:
        monthly = pd.DataFrame(np.nan, index=window, columns=years.columns)
    else:
        _same_currency(trade, months)
        monthly = _wide(months, "M", as_of).reindex(index=window, columns=years.columns)
    if outlook is not None:
        outlook = having(outlook, "outlook", "load_outlooks", text="economy indicator",
                         period="period", known="value", day="released")  # fmt: skip
    if outlook is not None and "gdp_growth" not in set(outlook["indicator"]):
        raise ValueError(
            f"outlook must hold gdp_growth, got {', '.join(sorted(set(outlook['indicator'])))}: "
            "load_outlooks() gives what was expected of it"
        )
    rows = None if outlook is None else released_by(outlook, as_of)
    prices = None if oil is None else signals.price(released_by(_oil(oil), as_of))
    told = range(span[0], ahead[-1] + 1)
    buyers = [key[0] if key[2] == "import" else key[1] for key in years.columns]
    output = {buyer: signals.expected(rows, buyer, told) for buyer in set(buyers)}
    output = np.column_stack([output[buyer] for buyer in buyers])
    whole = np.where(np.isnan(added_up), printed, added_up)
    return Known(years, monthly, signals.oil(prices, span, ahead), output, whole)


def _refuse_holes(years: pd.DataFrame) -> None:
    """Refuse what cannot be bridged: too short a history, a long gap, or a series that ended."""
    some = years.index[years.notna().any(axis=1)]
    if len(some) < FEWEST:
        raise ValueError(
            f"trade must hold at least {FEWEST} years, got {len(some)}: give a longer history"
        )
    gaps = [(a, b) for a, b in pairwise(some) if (b - a).n > GAP]
    if gaps and gaps[-1][1] > years.index[-1] - 20:
        raise ValueError(
            f"trade must not lack more than {GAP - 1} years in a row, got none between "
            f"{gaps[-1][0]} and {gaps[-1][1]}: complete the years, or leave out those that follow"
        )
    for column in years:
        end = years[column].last_valid_index()
        if (years.index[-1] - end).n > GAP:
            raise ValueError(
                f"trade must know all series to within {GAP} years of {years.index[-1]}, got "
                f"{' '.join(column[1:3])} to {end}: leave that series out, or the later rows"
            )


def _refuse_leaps(years: pd.DataFrame) -> None:
    """Refuse a large series that moves a hundredfold in a year, as units do and trade does not."""
    sums = years.sum(axis=1)
    for column in years:
        values = years[column].dropna()
        earlier = zip(values.index[1:], values[:-1], values.cummax()[:-1], strict=True)
        for year, before, top in earlier:
            now = values[year]
            up = now > JUMP * top > 0 and now > WEIGHTY * sums[year]
            down = 0 < now < before / JUMP and before > WEIGHTY * sums[year]
            if up or down:
                raise ValueError(
                    f"trade must be in one unit, got {now:.4g} for {' '.join(column[1:3])} in "
                    f"{year} after {before:.4g}: correct the value, or leave the series out"
                )


def _same_currency(trade: pd.DataFrame, months: pd.DataFrame) -> None:
    """Refuse months in another currency than the years."""
    ours, theirs = trade["currency"].iloc[0], months["currency"].iloc[0]
    if ours != theirs:
        raise ValueError(
            f"months must be in {ours} as trade is, got {theirs}: load both in one currency"
        )


def _oil(oil: pd.DataFrame) -> pd.DataFrame:
    """Check a frame of the price of oil."""
    return having(
        oil, "oil", "load_indicator", text="indicator", period="period", known="value",
        day="released",
    )  # fmt: skip


def _wide(trade: pd.DataFrame, frequency: str, as_of: Day) -> pd.DataFrame:
    """Lay a frame out with a column a series and a row a period, without gaps in the index."""
    trade = validate(trade, TRADE)
    if frequency_of(trade) != frequency:
        raise ValueError(
            f"the frame must be {'annual' if frequency == 'Y' else 'monthly'}, got frequency "
            f"{frequency_of(trade)!r}"
        )
    trade = released_by(trade, as_of)
    if trade.empty:
        raise ValueError("the frame must have rows released by as_of, got none")
    wide = trade.pivot(index="period", columns=list(SERIES), values="value")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))
