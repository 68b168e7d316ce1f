"""The income model: trade grows with the partner's output, by an elasticity shared by all."""

from __future__ import annotations

import numpy as np
import pandas as pd


def paths(
    years: pd.DataFrame,
    outlook: pd.DataFrame,
    horizon: int,
    as_of: str | pd.Timestamp | None = None,
) -> np.ndarray:
    r"""
    Forecast every flow from what is expected of its partner's output.

    Parameters
    ----------
    years : DataFrame
        Annual trade above 0, wide: a row a year, a column a series with levels reporter, partner,
        flow and product; NaN where not known.
    outlook : DataFrame
        INDICATOR `gdp_usd` of all partners, up to the last year forecast.
    horizon : int
        Years after the last one in `years`.
    as_of : str or Timestamp, optional
        Use only rows of the outlook released by that day.

    Returns
    -------
    ndarray of float, shape (horizon, series)
        In the unit of `years`.

    Raises
    ------
    ValueError
        If the outlook lacks a partner or a year.

    Notes
    -----
    .. math:: \Delta \ln x_{i,t} = \alpha_f + \beta_f \, \Delta \ln Y_{p(i),t} + u_{i,t},

    by least squares over the partners, one equation for exports and one for imports. Output is in
    current dollars, so that prices and exchange rates are in it as they are in trade.

    References
    ----------
    .. [1] Goldstein, M. and Khan, M. S. (1985). Income and price effects in foreign trade. Handbook
       of International Economics 2, 1041-1105.

    Examples
    --------
    >>> from silktrade import load_indicator, load_trade
    >>> trade = load_trade(partners="KAZ", flows="export", as_of="2024-02-01")
    >>> keys = ["reporter", "partner", "flow", "product"]
    >>> wide = trade.pivot(index="period", columns=keys, values="value")
    >>> paths(wide, load_indicator("gdp_usd", source="imf"), 2).shape
    (2, 1)
    """
    output = _growth_of_output(outlook, as_of)
    partners = years.columns.get_level_values("partner")
    flows = years.columns.get_level_values("flow")
    whole = pd.period_range(years.index[0], years.index[-1] + horizon, freq="Y")
    logs = np.log(years.reindex(whole))
    ahead = logs.bfill().isna().to_numpy()  # after each series' own last year
    wanted = ((p, t) for i, p in enumerate(partners) for t in whole[ahead[:, i]])
    lacking = [f"{p} {t}" for p, t in wanted if not _has(output, p, t)]
    if lacking:
        raise ValueError(
            f"outlook must hold gdp_usd of every partner to {whole[-1]}, got none of {lacking[0]}: "
            "take a later edition, or leave it out"
        )
    changes = np.zeros(logs.shape)
    for flow in flows.unique():
        chosen = np.flatnonzero(flows == flow)
        theirs = output.reindex(whole)[partners[chosen]].to_numpy()
        alpha, beta = _elasticity(logs.iloc[:, chosen].diff().to_numpy(), theirs)
        changes[:, chosen] = alpha + beta * theirs
    future = logs.ffill().to_numpy() + np.cumsum(np.where(ahead, changes, 0.0), axis=0)
    return np.exp(future[-horizon:])


def _growth_of_output(outlook: pd.DataFrame, as_of: str | pd.Timestamp | None) -> pd.DataFrame:
    """Lay the growth of output out: a row a year, a column an economy, logarithmic."""
    rows = outlook[outlook["indicator"] == "gdp_usd"]
    if as_of is not None:
        rows = rows[rows["released"] <= pd.Timestamp(as_of)]
    table = rows.pivot(index="period", columns="economy", values="value")
    if len(table):  # a year of which nobody is known must not join its neighbours
        table = table.reindex(pd.period_range(table.index[0], table.index[-1], freq="Y"))
    return np.log(table).diff()


def _has(output: pd.DataFrame, partner: str, year: pd.Period) -> bool:
    """Tell whether the growth of a partner's output in a year is known or forecast."""
    return partner in output and year in output.index and bool(output[partner].notna()[year])


def _elasticity(changes: np.ndarray, output: np.ndarray) -> tuple[float, float]:
    """Estimate intercept and elasticity by least squares over all partners and years."""
    known = np.isfinite(output) & np.isfinite(changes)
    slope, intercept = np.polyfit(output[known], changes[known], 1)
    return float(intercept), float(slope)
