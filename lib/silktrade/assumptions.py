"""
Assumptions: what scenarios are made of, read from the data folder.

What each scenario assumes, what trade depends on, and what others found of how it depends.
"""

from __future__ import annotations

import pandas as pd

from silktrade import snapshots
from silktrade.loaders import load_indicator
from silktrade.schema import ELASTICITY, INDICATOR, SCENARIO, validate

_PRICES = ("oil_average", "gas_lng_japan")


def load_scenarios() -> pd.DataFrame:
    """
    Load what each scenario assumes.

    Returns
    -------
    DataFrame
        SCENARIO: scenario, channel, economy, label, value, unit (points, as a fraction, or times),
        over (baseline or year before), basis (whose view it is), source, vintage. What no row
        names stays as in the baseline. Assumptions are no forecasts, so there is no as-of day.

    Examples
    --------
    >>> load_scenarios()["scenario"].unique().tolist()[:3]
    ['baseline', 'energy_down', 'energy_up']
    """
    return validate(snapshots.read(snapshots.find("silktrade", "scenarios")), SCENARIO)


def load_published_elasticities() -> pd.DataFrame:
    """
    Load what others found of how trade answers income, exchange rates and oil.

    Returns
    -------
    DataFrame
        ELASTICITY: channel, flow, study, low, high (percent per percent; NaN where no bound is
        given), finding, reference, source, vintage.

    Examples
    --------
    >>> load_published_elasticities()["channel"].unique().tolist()
    ['energy', 'exchange_rate', 'income']
    """
    rows = snapshots.read(snapshots.find("silktrade", "published_elasticities"))
    return validate(rows, ELASTICITY)


def load_china_share(*, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """
    Load China's share of a partner's foreign trade, as the partner's own statistics count.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        Keep only what was public on that day.

    Returns
    -------
    DataFrame
        INDICATOR china_share: a fraction of trade from January to the month in period. Few
        partners and windows are held, none before its day: then there are no rows.

    Raises
    ------
    ValueError
        If `as_of` is no day.

    Examples
    --------
    >>> load_china_share()["economy"].tolist(), len(load_china_share(as_of="2023-11-30"))
    (['KAZ', 'UZB'], 0)
    """
    rows = snapshots.read(snapshots.find("national", "china_share", as_of))
    if as_of is not None:
        rows = rows[rows["released"] <= snapshots.read_day(as_of)]
    return validate(rows, INDICATOR)


def load_energy_prices(*, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """
    Load the price of oil, and of gas as Asia pays it, by month.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        Keep only what was public on that day.

    Returns
    -------
    DataFrame
        INDICATOR rows: oil_average and gas_lng_japan, monthly.

    Raises
    ------
    ValueError
        If `as_of` is no day or lies before the first edition.

    Examples
    --------
    >>> load_energy_prices()["indicator"].unique().tolist()
    ['gas_lng_japan', 'oil_average']
    """
    parts = [load_indicator(name, as_of=as_of) for name in _PRICES]
    return validate(pd.concat(parts), INDICATOR)


def load_conditions(*, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """
    Load what trade depends on, by year: output, its growth, and the price of oil and gas.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        Keep only what was public on that day.

    Returns
    -------
    DataFrame
        INDICATOR rows, annual: gdp_growth (fraction) and gdp_usd of China and the five, past and
        expected, from the Fund's Outlook; oil_average and gas_lng_japan, yearly means.

    Raises
    ------
    ValueError
        If `as_of` is no day or lies before the first edition.

    Examples
    --------
    >>> known = load_conditions(as_of="2023-12-31").set_index(["indicator", "economy", "period"])
    >>> known.loc[("gdp_growth", "CHN", "2024"), "value"].round(3).item()
    0.042
    """
    parts = [load_indicator(n, source="imf", as_of=as_of) for n in ("gdp_growth", "gdp_usd")]
    parts += [load_indicator(n, frequency="Y", as_of=as_of) for n in _PRICES]
    return validate(pd.concat(parts), INDICATOR)
