"""
Evidence: the statements to be checked, and every figure of the collection that may test them.

Unlike `load_trade`, nothing is spliced or converted here: first prints, later revisions and other
sources stand beside each other, each with the day it was public, so that a check can choose.
"""

from pathlib import Path

import pandas as pd

from silktrade import claims
from silktrade.claims import table
from silktrade.data import snapshots
from silktrade.days import Day, read_day, released_by
from silktrade.series import described

_TRADE = (
    ("gacc", "partner_monthly"), ("gacc", "partner_monthly_2023"), ("gacc", "world_monthly"),
    ("gacc", "partner_annual"), ("gacc", "partner_annual_2022"), ("gacc", "partner_year_to_date"),
    ("gacc", "first_prints"), ("gacc", "totals_annual"), ("mofcom", "totals_annual"),
    ("imf", "direction_of_trade"), ("comtrade", "china_reported"),
)  # fmt: skip
_INDICATORS = (
    ("gacc", "customs_rate_monthly"), ("gacc", "customs_rate_annual"), ("fed", "exchange_rate"),
    ("imf", "world_economic_outlook"), ("nbs", "gdp_growth"),
    ("imf", "outlook_archive"),  # what each expected of its own year and later ones
)  # fmt: skip
_CUSTOMS_FROM = "2023"
_NAMES = ("customs_rate", "exchange_rate", "gdp_growth")


def load_claims(path: str | Path | None = None, *, as_of: Day = None) -> pd.DataFrame:
    """
    Load published statements: the bundled ones, or any CSV of the same form.

    Parameters
    ----------
    path : str or Path, optional
        A CSV with the columns claim, statement, published, publisher, measure, partner, flow,
        period_start, period_end, value, unit, comparison; `reporter` (else CHN) and `decimals`
        (else as the value is printed) may be added. In UTF-8, UTF-16, GB18030, Windows-1251 or
        -1252, by comma, semicolon or tab. Nothing, or an empty text: the bundled ones.
    as_of : str or Timestamp, optional
        Keep only what had been said by that day.

    Returns
    -------
    DataFrame
        CLAIMS: one row a statement, numbers as they were printed. What is wrong with a file is one
        ValueError that lists every breach with row and column.

    Examples
    --------
    >>> load_claims().set_index("claim").loc["year_2022_value", "value"].item()
    70.2
    """
    if path is not None and not isinstance(path, str | Path):
        raise ValueError(f"path must be the name of a CSV file, got {described(path)}")
    if not path:
        return _said(snapshots.read(snapshots.find("silktrade", "claims")), as_of)
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"claims must be a CSV file of the form of the bundled ones, got {str(path)!r}, which "
            "is no file: leave it empty for the bundled claims"
        )
    return _said(table.read(file), as_of)


def load_evidence(*, as_of: Day = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Load all that can test a statement about China's trade or growth.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        What "as known now" means: keep only what was public on that day.

    Returns
    -------
    trade : DataFrame
        Rows of TRADE, YEAR_TO_DATE, TOTALS and PRINTED below each other: China's flows and totals
        with the five, the region and the world, in the currency in which they were published.
    indicators : DataFrame
        INDICATOR rows: yuan per dollar of customs and market, growth of output expected and come.

    Examples
    --------
    >>> trade, indicators = load_evidence(as_of="2023-05-19")
    >>> sorted(trade["source"].unique()), sorted(indicators["indicator"].unique())
    (['comtrade', 'gacc', 'imf', 'mofcom'], ['customs_rate', 'exchange_rate', 'gdp_growth'])
    """
    trade = pd.concat([_windows(_public(s, as_of)) for s in _TRADE], ignore_index=True)
    # As in load_trade: from the year of the customs' own figures on, no second report of China's.
    twice = (trade["source"] == "comtrade") & (trade["period"].astype("str") >= _CUSTOMS_FROM)
    *parts, outlooks = (_public(s, as_of) for s in _INDICATORS)
    expected = outlooks.drop(columns="edition").assign(obs_status="E")
    indicators = pd.concat([*parts, expected], ignore_index=True)
    kept = indicators[indicators["indicator"].isin(_NAMES)]
    return trade[~twice].reset_index(drop=True), _as_it_came(kept).reset_index(drop=True)


def _said(rows: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Keep the statements that had been made by a day, and refuse a day before the first."""
    rows = claims.complete(rows)
    kept = released_by(rows, as_of, "published")
    if kept.empty and len(rows):
        raise ValueError(
            f"as_of must be on or after {rows['published'].min().date()}, when the first of these "
            f"statements was published, got {str(read_day(as_of).date())!r}: choose a later day"
        )
    return kept.reset_index(drop=True)


def _as_it_came(indicators: pd.DataFrame) -> pd.DataFrame:
    """Leave out what the Fund repeats of a year that the country's own statistics have told."""
    key = ["indicator", "economy", "period"]
    own = indicators.loc[indicators["source"] == "nbs", key].astype("str").agg(" ".join, axis=1)
    told = indicators[key].astype("str").agg(" ".join, axis=1).isin(set(own))
    return indicators[~(told & (indicators["source"] == "imf") & (indicators["obs_status"] != "E"))]


def _public(source: tuple[str, str], as_of: Day) -> pd.DataFrame:
    """Read a data set as far as it was public."""
    rows = snapshots.known(*source, as_of)
    rows = rows.assign(period=rows["period"].astype("object"))  # months and years below each other
    return released_by(rows, as_of)


def _windows(rows: pd.DataFrame) -> pd.DataFrame:
    """Say the first month of each row, and that a row without a flow is a total."""
    flow = rows.get("flow", "total")
    if "start" in rows:
        return rows.assign(start=rows["start"].astype("object"), flow=flow)
    to_date = "growth" in rows  # a year-to-date begins in January
    start = [p.asfreq("Y" if to_date else p.freqstr).asfreq("M", "start") for p in rows["period"]]
    return rows.assign(start=start, flow=flow)
