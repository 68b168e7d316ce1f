"""The yuan rate at which the customs will convert, drawn ahead."""

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.series import read_series, whole

FLOATS = "2005-08"  # the first month after the peg
EARLIER = 3  # years before, as many as a series may lack that others know


def project_rate(
    market: pd.Series,
    last: pd.Series,
    horizon: int,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Simulate the annual mean of the customs' yuan rate as a random walk of months.

    Parameters
    ----------
    market : Series
        Yuan per dollar in the market, by month: the source of past monthly changes, from 2005-08,
        when the peg ended; and of the months after `last`, as in `load_months`.
    last : Series
        Yuan per dollar at which the customs converted, by month, known to the last month.
    horizon : int
        Calendar years to cover, from 1: the one of the first month after `last`, and those that
        follow.
    draws, seed : int
        As for `project`.

    Returns
    -------
    DataFrame
        Rows are draws (from 0), columns the years as Periods, those of the horizon and up to three
        before them that are known whole; yuan per dollar. Known months enter the mean of their year
        as they are, the customs' before the market's.

    Notes
    -----
    No drift (Meese and Rogoff 1983, Journal of International Economics 14(1-2)). Changes are drawn
    in blocks of twelve months, so that calm and stormy spells stay together.

    Examples
    --------
    >>> months = pd.period_range("2023-01", "2023-12", freq="M")
    >>> flat = pd.Series(7.0, index=months)
    >>> project_rate(flat, flat, 1, draws=100).iloc[0].astype(float).round(2).to_dict()
    {Period('2023', 'Y-DEC'): 7.0, Period('2024', 'Y-DEC'): 7.0}
    """
    horizon = codes.whole("horizon", horizon, why="it counts calendar years")
    draws, seed = codes.whole("draws", draws), codes.whole("seed", seed, 0)
    market, last = _rate(market, "market").loc[FLOATS:], _rate(last, "last")
    if len(market) < 2:
        raise ValueError(f"market must hold two months from {FLOATS} on, got {len(market)}")
    changes = np.diff(np.log(market))
    changes = changes - changes.mean()
    begins = last.index.max() + 1
    ends = pd.Period(year=begins.year + horizon - 1, month=12, freq="M")
    # Months are converted at the market's rate until the customs' own is known, and so are years.
    early = market.loc[: last.index[0] - 1]
    early = early if early.index.max() == last.index[0] - 1 else early[:0]
    last = _rate(pd.concat([early, last, market.loc[begins:ends]]), "market")
    first = last.index.max() + 1
    count = (ends - first).n + 1
    rng = np.random.default_rng(seed)
    block = min(12, len(changes))
    # Year by year: the first years are drawn alike however many follow.
    starts = rng.integers(0, len(changes) - block + 1, size=(-(-count // block), draws)).T
    picked = changes[(starts[..., None] + np.arange(block)).reshape(draws, -1)[:, :count]]
    walk = last.iloc[-1] * np.exp(np.cumsum(picked, axis=1))
    future = pd.DataFrame(walk, columns=pd.period_range(first, ends, freq="M"))
    whole_from = last.index[0].year + (last.index[0].month > 1)
    known = last[last.index.year >= min(max(whole_from, begins.year - EARLIER), begins.year)]
    past = pd.DataFrame(np.tile(known.to_numpy(), (draws, 1)), columns=known.index)
    months = pd.concat([past, future], axis=1)
    return months.T.groupby(months.columns.asfreq("Y")).mean().T


def _rate(rate: pd.Series, name: str) -> pd.Series:
    """Read a rate by month, without a gap and above 0."""
    months = whole(read_series(rate, name), name)
    if months.empty or months.index.freqstr != "M" or not (months > 0).all():
        raise ValueError(
            f"{name} must hold rates above 0 by month, got {len(months)} of frequency "
            f"{months.index.freqstr[0]}, the lowest {months.min():g}"
        )
    return months
