"""What was public on the day, laid out for a projection, or refused for what cannot be bridged."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.days import Day, read_day, released_by
from silktrade.frames import having
from silktrade.projection import fans, sense, signals
from silktrade.schema import SERIES, TRADE, frequency_of, validate
from silktrade.series import read_series, read_wide


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
    sides: pd.DataFrame  # a row a year, a column a partner: the sum of its flows where it is known
    level: Mapping[tuple[str, ...], float]  # what months of the years ahead were multiplied by


def known_by(
    trade: pd.DataFrame,
    horizon: int,
    months: pd.DataFrame | None,
    outlook: pd.DataFrame | None,
    oil: pd.DataFrame | None,
    totals: pd.Series | None,
    partners: pd.DataFrame | None,
    as_of: Day,
) -> Known:
    """Lay out what was public on the day."""
    years = _wide(trade, "trade", "Y", as_of)
    sums = pd.Series(dtype=float) if totals is None else read_series(totals, "totals").dropna()
    if as_of is not None and len(sums):  # a year is over before its sum is known
        sums = sums[sums.index.end_time < read_day(as_of)]
    if len(sums) and sums.index[-1] > years.index[-1]:
        years = years.reindex(pd.period_range(years.index[0], sums.index[-1], name="period"))
    if not years.sum().any():
        raise ValueError("trade must hold some trade, got 0 alone")
    sense.refuse_holes(years)
    sense.refuse_leaps(years)
    printed = sums.reindex(years.index).to_numpy(dtype=float)
    added_up = years.sum(axis=1, skipna=False)
    last = years.index[-1]
    span = range(years.index[0].year, last.year + 1)
    ahead = range(last.year + 1, last.year + horizon + 1)
    window = pd.period_range(f"{last.year - fans.WINDOW + 1}-01", f"{ahead[-1]}-12", freq="M")
    months = None if months is None else released_by(validate(months, TRADE), as_of)
    monthly, level = pd.DataFrame(np.nan, index=window, columns=years.columns), {}
    if months is not None and len(months):
        sense.same_currency(trade, months)
        monthly = _wide(months, "months", "M", as_of)
        sense.doubt_unused(monthly.index, window, horizon)
        monthly = monthly.reindex(window)
        sense.same_trade(years, monthly)
        monthly = monthly.reindex(columns=years.columns)
        levels = sense.level(years, monthly)
        monthly, level = monthly * levels, levels.iloc[-1]
    sense.same_sums(added_up, sums, monthly, "totals")
    sense.doubt_slips(years, monthly)
    if outlook is not None:
        outlook = having(outlook, "outlook", "load_outlooks", text="economy indicator",
                         period="period", known="value", day="released")  # fmt: skip
    if outlook is not None and "gdp_growth" not in set(outlook["indicator"]):
        raise ValueError(
            f"outlook must hold gdp_growth, got {', '.join(sorted(set(outlook['indicator'])))}: "
            "load_outlooks() gives what was expected of it"
        )
    prices = None if oil is None else signals.price(released_by(_oil(oil), as_of))
    told = range(span[0], ahead[-1] + 1)
    buyers = [key[0] if key[2] == "import" else key[1] for key in years.columns]
    rows = None if outlook is None else released_by(outlook, as_of)
    output = signals.expected(rows, buyers, told)
    whole = np.where(np.isnan(added_up), printed, added_up)
    sides = pd.DataFrame() if partners is None else read_wide(partners, "partner_totals")
    if as_of is not None and len(sides):
        sides = sides[sides.index.end_time < read_day(as_of)]
    for side, flows in years.T.groupby(level="partner"):
        if side in sides and len(flows) == len(codes.FLOWS):
            name, own = f"partner_totals of {side}", monthly[flows.index]
            sense.same_sums(flows.sum(skipna=False), sides[side], own, name)
    sides = sides.reindex(years.index)
    return Known(years, monthly, signals.oil(prices, span, ahead), output, whole, sides, level)


def _oil(oil: pd.DataFrame) -> pd.DataFrame:
    """Check a frame of the price of oil."""
    return having(
        oil, "oil", "load_indicator", text="indicator", period="period", known="value",
        day="released",
    )  # fmt: skip


def _wide(trade: pd.DataFrame, name: str, frequency: str, as_of: Day) -> pd.DataFrame:
    """Lay a frame out with a column a series and a row a period, without gaps in the index."""
    trade = validate(trade, TRADE)
    if frequency_of(trade) != frequency:
        raise ValueError(
            f"{name} must be {'annual' if frequency == 'Y' else 'monthly'}, got frequency "
            f"{frequency_of(trade)!r}: load_trade(frequency={frequency!r}) gives it"
        )
    trade = released_by(trade, as_of)
    if trade.empty:
        raise ValueError(
            f"{name} must have rows that were public on the day, got none: give more of them, or a "
            "later as_of"
        )
    wide = trade.pivot(index="period", columns=list(SERIES), values="value")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))
