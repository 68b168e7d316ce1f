"""Signals: what was known beforehand of a year's growth, as the day's frames tell it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.frames import having
from silktrade.projection.begun_year import SEASON, Array
from silktrade.schema import frequency_of

# Mean and precision of the slopes before the series themselves speak: of oil measured on China's
# trade with 128 other partners, of output the elasticity of trade that is usual in the field.
SLOPES, SLOPE_WEIGHTS = np.array([0.4, 2.0]), np.array([0.5, 0.03])
USUAL = 8  # years whose expectations are the usual ones
UNKNOWN = 20  # years from which the size of what is not known yet is taken


def carried_over(prices: pd.Series, years: range, last: int) -> Array:
    r"""Measure how a price's annual mean would change if it stayed where it is."""
    known = 12 + min(last, 12)
    if known < 1 or not len(years):
        return np.zeros(len(years))
    span = pd.period_range(f"{years[0] - 1}-01", f"{years[-1]}-12", freq="M")
    values = prices.reindex(span).to_numpy(dtype=float).reshape(-1, 12)
    pairs = np.concatenate([values[:-1], values[1:]], axis=1)
    pairs[:, known:] = pairs[:, [known - 1]]
    moved = np.log(pairs[:, 12:].mean(axis=1) / pairs[:, :12].mean(axis=1))
    return np.where(np.isfinite(moved), moved, 0.0)


def carry_over(months: pd.DataFrame, year: int) -> float:
    """
    Measure the growth of a year if trade stayed where its last three months left it.

    Parameters
    ----------
    months : DataFrame
        TRADE, monthly, of one currency; the series are summed.
    year : int
        The calendar year; the months must reach into the year before.

    Returns
    -------
    float
        Growth of the year, a fraction: months known as they are, all others at the level of the
        last three, the season being that of China's trade with the world.

    Examples
    --------
    >>> round(carry_over(st.load_trade(frequency="M", as_of="2023-12-31"), 2024), 2)
    0.07
    """
    year = codes.a_year("year", year)
    months = having(months, "months", "load_trade", known="value", period="period")
    if months.empty or frequency_of(months) != "M":
        raise ValueError("months must be TRADE by month, with rows")
    parts = months.groupby("period")["value"].agg(["sum", "size"])
    total = parts.loc[parts["size"] == parts["size"].max(), "sum"]  # of every flow, or of none
    end = total.index[-1]
    last = 12 * (end.year - year + 1) + end.month - 12
    before = pd.period_range(f"{year - 1}-01", f"{year - 1}-12", freq="M")
    lacking = before[(before <= end) & ~before.isin(total.index)]
    if len(lacking):
        raise ValueError(f"months must hold all of {year - 1} to {end}, got none for {lacking[0]}")
    if last < -11 or len(total) < 3:
        raise ValueError(
            f"months must reach into {year - 1}, got the last one {end}: ask for an earlier year"
        )
    level = (total / np.exp(SEASON[total.index.month - 1])).iloc[-3:].mean()
    span = pd.period_range(f"{year - 1}-01", f"{year}-12", freq="M")
    stays = pd.Series(level * np.exp(SEASON[span.month - 1]), span)
    before, now = total.reindex(span).fillna(stays).groupby(span.year).sum()
    if not (before > 0 and level > 0):
        raise ValueError(
            f"months must hold some trade in {year - 1} and in the last three, got none: nothing "
            "is carried over"
        )
    return float(now / before - 1)


def price(oil: pd.DataFrame) -> pd.Series:
    """Take the one price by month that the frame holds."""
    if oil.empty:
        return pd.Series(dtype=float)
    kinds = sorted(oil["indicator"].unique())
    if len(kinds) != 1 or frequency_of(oil) != "M":
        raise ValueError(
            f"oil must hold one price by month, got {', '.join(kinds)} by "
            f"{frequency_of(oil)}: load_indicator('oil_brent', frequency='M')"
        )
    return oil.set_index("period")["value"].sort_index()


def oil(
    prices: pd.Series | None, years: range, targets: range
) -> list[tuple[Array, float, float, float]]:
    """Give oil's carry-over into past years and targets, its unknown part, and that by the turn."""
    if prices is None or prices.empty:
        return [(np.zeros(len(years)), 0.0, 0.0, 0.0) for _ in targets]
    begin, end = prices.index[0], prices.index[-1]
    # What a price does by the year's turn is told by its own past, however long trade is known.
    whole = begin.year + (begin.month > 1) + 1
    told = range(max(whole, years[-1] - UNKNOWN + 1), max(years[-1], whole + 1) + 1)
    found = []
    for target in targets:
        last = 12 * (end.year - target + 1) + end.month - 12
        past = carried_over(prices, years, last)
        to_come = carried_over(prices, told, 0) - carried_over(prices, told, last)
        now, turned = (
            float(carried_over(prices, range(target, target + 1), until)[0])
            for until in (last, min(last, 0))
        )
        found.append((past, now, float(np.var(to_come)) if last < 0 else 0.0, turned))
    return found


def expected(outlook: pd.DataFrame | None, economies: Sequence[str], years: range) -> Array:
    """Give the growth of output expected beyond the usual: a row a year, a column an economy."""
    if outlook is None:
        return np.zeros((len(years), len(economies)))
    rows = outlook[outlook["economy"].isin(economies) & (outlook["indicator"] == "gdp_growth")]
    rows = rows.sort_values("released", kind="stable")
    told, whose = rows["period"].dt.year, rows["economy"]
    early = rows["released"] < pd.to_datetime(told.astype(str), format="%Y")
    first = rows.groupby([told, whose])["value"].first()
    best = rows[early].groupby([told[early], whose[early]])["value"].last().combine_first(first)
    span = range(years[0] - USUAL, years[-1] + 1)
    known = best.unstack().reindex(index=span, columns=economies)
    usual = known.rolling(USUAL, min_periods=2).mean().shift(1)
    return (known - usual).fillna(0.0).to_numpy()[USUAL:]
