"""What the projection refuses to begin with, or brings to one level before it does."""

from __future__ import annotations

import sys
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd

FEWEST = 3  # years known of the sum, without which nothing can be said of its growth
JUMP = 100  # times the highest year before: no trade, but another unit
FALL = 500  # of the year before: China's imports from Iraq fell 296-fold in 2003, from Guinea 396
SLIP = 7  # times what came before, as where a digit slipped; trade did so in a year of two hundred
WEIGHTY = 0.1  # of the sum of a year
GAP = 3  # years without any figure, or by which a series may end before the others, at most
THIRD = 1 / 3  # of the months known: what those to come make of a year at least
APART = 2.0  # times that a year may differ from its months: months are first prints, and revised
REVISED = 0.03  # by which they differ for that alone: the customs' did by 2.8 % at most


def refuse_holes(years: pd.DataFrame) -> None:
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


def refuse_leaps(years: pd.DataFrame) -> None:
    """Refuse a large series that moves as units do and trade does not."""
    sums = years.sum(axis=1)
    for column in years:
        values = years[column].dropna()
        earlier = zip(values.index[1:], values[:-1], values.cummax()[:-1], strict=True)
        for year, before, top in earlier:
            now = values[year]
            up = now > JUMP * top > 0 and now > WEIGHTY * sums[year]
            down = 0 < now < before / FALL and before > WEIGHTY * sums[year]
            if up or down:
                raise ValueError(
                    f"trade must be in one unit, got {now:.4g} for {' '.join(column[1:3])} in "
                    f"{year} after {before:.4g}: correct the value, or leave the series out"
                )


def doubt_slips(years: pd.DataFrame, months: pd.DataFrame) -> None:
    """Warn of a large last year or month that is far from those before, as a slipped digit is."""
    added = months[months.index.year == years.index[-1].year].sum(min_count=12).to_numpy()
    partners = years.columns.get_level_values(1)
    for frame in (years, months):
        values = frame.to_numpy()
        for i, column in enumerate(frame):
            sums = np.nansum(values[:, partners == column[1]], axis=1)
            known = np.flatnonzero(np.isfinite(values[:, i]))
            now, whole = values[known, i], sums[known]
            high, low = (by.accumulate(now[:-1]) for by in (np.maximum, np.minimum))
            late = np.arange(max(len(now) - 12, 12), len(now))
            if frame is years:  # a year that its twelve months confirm is none
                low = now[:-1]
                borne_out = now[-1] / APART < added[i] < APART * now[-1]
                doubted = known[-1] == len(years) - 1 and not borne_out
                late = np.array([len(now) - 1] if doubted else [], dtype=int)
            up = (now[late] > SLIP * high[late - 1]) & (now[late] > WEIGHTY * whole[late])
            down = (now[late] > 0) & (SLIP * now[late] < low[late - 1])
            down &= low[late - 1] > WEIGHTY * whole[late]
            for at in late[(up & (high[late - 1] > 0)) | down]:
                _warn(
                    f"{' '.join(column[1:3])} is {now[at]:.4g} in {frame.index[known[at]]}, after "
                    f"{high[at - 1]:.4g} at most and {low[at - 1]:.4g} "
                    f"{'the year before' if frame is years else 'at least'}: it is projected from "
                    "as it is; correct it if a digit slipped"
                )


def doubt_unused(months: pd.PeriodIndex, window: pd.PeriodIndex, horizon: int) -> None:
    """Warn of months that say nothing: after the last year projected, or too early."""
    end = window[-1]
    if months[-1] > end:
        further = horizon + months[-1].year - end.year
        _warn(
            f"months go on to {months[-1]}, and those after {end} say nothing: project {further} "
            "years ahead, or leave them out"
        )
    elif months[-1] < window[0]:
        _warn(
            f"months end in {months[-1]}, and those before {window[0]} say nothing: give later ones"
        )


def _warn(said: str) -> None:
    """Warn whoever called the library."""
    frame, level = sys._getframe(), 1
    while frame and frame.f_globals.get("__name__", "").startswith("silktrade"):
        frame, level = frame.f_back, level + 1
    warnings.warn(said, stacklevel=level)


def same_currency(trade: pd.DataFrame, months: pd.DataFrame) -> None:
    """Refuse months in another currency than the years."""
    ours, theirs = trade["currency"].iloc[0], months["currency"].iloc[0]
    if ours != theirs:
        raise ValueError(
            f"months must be in {ours} as trade is, got {theirs}: load both in one currency"
        )


def same_trade(years: pd.DataFrame, months: pd.DataFrame) -> None:
    """Refuse months of other series, or that do not add up to the years, or in another unit."""
    sums = years.sum(axis=1)
    both = years.columns.intersection(months.columns)
    if both.empty:
        said = " ".join(months.columns[0][1:])
        raise ValueError(
            f"months must be of the series in trade, got {said} and none of "
            "those: load both for the same partners"
        )
    by_year = months[both].groupby(months.index.year)
    added, counts, sizes = by_year.sum(), by_year.count(), by_year.size()
    for column in both:
        for year in counts.index[counts[column] > 0]:
            count, size = counts[column][year], sizes[year]
            whole = count == size
            period = min(pd.Period(str(year), "Y"), years.index[-1])
            told = years[column].get(period, np.nan)
            brought = added[column][year] * size / count
            times = APART if whole and period.year == year else JUMP
            small = max(told, brought) < WEIGHTY * sums.get(period, np.nan)
            alike = told <= times * brought and brought <= times * told
            begins = period.year < year and 0 in (told, brought)  # or ends
            if np.isnan(told) or small or alike or begins:
                continue
            raise ValueError(
                f"months must be of the same trade and unit as the years, got {brought:.4g} a "
                f"year by the months of {year} and {told:.4g} in {period} for "
                f"{' '.join(column[1:3])}: correct the one or the other"
            )


def same_sums(sums: pd.Series, printed: pd.Series, months: pd.DataFrame, name: str) -> None:
    """Refuse printed sums of other series than in trade, in another unit, or of part of a year."""
    known, printed = sums.dropna(), printed.dropna()
    last = known.reindex(printed.index, method="ffill")  # of the year itself, else of one before
    for (year, value), told in zip(printed.items(), last, strict=True):
        there = year in known.index
        times = APART if there else JUMP
        if told > times * value or value > times * told:
            raise ValueError(
                f"{name} must be of the same series and unit as trade, got {value:.4g} in {year} "
                f"and {told:.4g} by trade in {known[:year].index[-1]}: correct the one or the other"
            )
        if there:
            continue
        begun = months[months.index.year == year.year].to_numpy()
        done, left = np.nansum(begun), np.isnan(begun).mean() if begun.size else 0
        least = done * (1 + THIRD * left / (1 - left)) if left < 1 else 0
        if left > 0 and value < least * (1 - REVISED):
            raise ValueError(
                f"{name} must be of whole years, got {value:.4g} in {year}, of which the months "
                f"known make {done:.4g} and others are to come: leave that year out"
            )


def level(years: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Say what brings months that add up to another level than their years to it, and all later."""
    # Else a begun year is measured in one level and the year before in another, and the difference
    # stands as growth: pro rata, as in `benchmark_to`.
    of_each = months.index.asfreq("Y")
    sums = months.groupby(of_each).sum(min_count=12)
    ratio = (years.reindex(sums.index) / sums).where(sums > 0)
    usual = (ratio >= 1 - REVISED) & (ratio <= 1 + REVISED)
    apart = (ratio >= 1 / APART) & (ratio <= APART) & ~usual
    factor = ratio.where(apart, 1.0).where(ratio.notna()).ffill().fillna(1.0)
    return factor.reindex(of_each).set_axis(months.index)
