"""
Elasticities: how trade answered income, the yuan and the price of oil and gas.

One regression on all flows, in growth rates. The answers are uncertain, and the uncertainty is part
of what is returned: scenarios draw from it.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import special

from silktrade import codes
from silktrade.days import Day, released_by
from silktrade.doors import filled, takes
from silktrade.projection.provenance import told
from silktrade.schema import INDICATOR, SERIES, TRADE, validate
from silktrade.series import read_period

FIRST = "1996"  # by then all five had a currency of their own, and hyperinflation was over
LEVEL = 0.95  # of the intervals
LEAST = 10  # years: fewer do not tell the answer to a price from a single event
_PRICES = ("oil_average", "gas_lng_japan")


@takes(conditions=filled(INDICATOR))
def elasticities(
    trade: pd.DataFrame,
    conditions: pd.DataFrame,
    *,
    as_of: Day = None,
    first: str = FIRST,
    level: float = LEVEL,
    needed: bool = True,
) -> pd.DataFrame:
    r"""
    Estimate how the value of trade answers income, the yuan, and the price of oil and gas.

    Parameters
    ----------
    trade : DataFrame
        TRADE of China with any partners, annual, in dollars, values above 0.
    conditions : DataFrame
        INDICATOR rows, annual, from `load_conditions`: gdp_growth and gdp_usd of China and the
        partners, oil_average and gas_lng_japan.
    as_of : str or Timestamp, optional
        Use only rows released by that day, in both frames.
    first : str
        The first year whose growth is used.
    level : float
        Of the interval, in (0, 1).
    needed : bool
        Whether to refuse where fewer than ten years can be used; else there are no rows, and
        `attrs["unknown"]` says why.

    Returns
    -------
    DataFrame
        A row a channel (income, exchange_rate, energy) and flow: channel, flow, partners (codes
        joined by `;`), estimate, standard_error, low, high (the interval's ends), n (changes of
        that flow), first and last (years). An estimate is the percent by which the dollar value
        moves within the year for one percent of: output of whoever buys (income), the yuan's real
        rise against the partner's currency (exchange_rate), oil and gas prices (energy; only of
        those that sell them, no row where none does). `attrs` holds `covariance` (of the
        estimates, nested list) and `freedom` (degrees of freedom of their t distribution).

    Raises
    ------
    ValueError
        If an indicator is missing, or fewer than ten years can be used.

    Notes
    -----
    .. math:: \Delta \ln x_{i,t} = \alpha_i + \beta_f \, \Delta \ln y_{i,t}
       + \gamma_f \, \Delta \ln q_{p(i),t} + \delta_f \, e_{p(i)} \Delta \ln o_t + u_{i,t},

    with :math:`y` real output of the partner (exports) or of China (imports); :math:`q` the price
    of China's output over that of the partner's, both in dollars (current over real output);
    :math:`o` the mean of oil and of gas as Asia pays it, in logarithms, and :math:`e` one for those
    who export them (Goldstein and Khan 1985, Handbook of International Economics 2). Each flow is
    weighted by the inverse of its own residual variance (two steps). Errors are those of Driscoll
    and Kraay (1998, Review of Economics and Statistics 80(4)), which let all flows of a year, and
    years close by, move together; lags :math:`\lfloor 4 (T/100)^{2/9} \rfloor`; the t distribution
    has years less one as degrees of freedom.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> found = elasticities(st.load_trade(as_of=day), st.load_conditions(as_of=day))
    >>> found.set_index(["channel", "flow"]).loc[("energy", "import"), "estimate"].round(1).item()
    0.6
    """
    rows = _rows(trade, conditions, as_of)
    if not codes.flag("needed", needed) and (few := _lacking(rows, first)):
        none = pd.DataFrame()
        none.attrs["unknown"] = f"What trade answers to takes {few}."
        return told(none, none, trade, conditions)
    found = _estimated(rows, first, level)
    return told(found, found, trade, conditions)


def elasticities_by_sample(
    trade: pd.DataFrame,
    conditions: pd.DataFrame,
    *,
    as_of: Day = None,
    firsts: tuple[str, ...] = ("1993", FIRST, "2001"),
) -> pd.DataFrame:
    """
    Estimate the same elasticities on samples that begin in different years.

    Parameters
    ----------
    trade, conditions, as_of
        As for `elasticities`.
    firsts : tuple of str
        The first years.

    Returns
    -------
    DataFrame
        As from `elasticities`, one below the other; `first` tells the samples apart.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> found = elasticities_by_sample(st.load_trade(as_of=day), st.load_conditions(as_of=day))
    >>> found["first"].astype(str).unique().tolist()
    ['1993', '1996', '2001']
    """
    if isinstance(firsts, str) or not isinstance(firsts, Iterable) or not (firsts := [*firsts]):
        raise ValueError(f"firsts must be a list of years, got {firsts!r}: write ('1996', '2001')")
    rows = _rows(trade, conditions, as_of)
    parts = [_estimated(rows, first, LEVEL) for first in firsts]
    for part in parts:
        part.attrs = {}  # each sample has a covariance of its own
    found = pd.concat(parts, ignore_index=True)
    return told(found, found, trade, conditions)


def _estimated(rows: pd.DataFrame, first: str, level: float) -> pd.DataFrame:
    """Estimate the elasticities on the sample that begins in a year."""
    level = codes.fraction("level", level)
    if few := _lacking(rows, first):
        raise ValueError(
            f"trade and conditions must share at least {few}, so choose a later as_of, or an "
            "earlier first"
        )
    rows = rows[rows["period"] >= read_period(first, "Y-DEC", "first")].reset_index(drop=True)
    every = terms_of(rows["partner"])
    terms = np.column_stack([_term(rows, *term) for term in every])
    flows = pd.get_dummies(rows["partner"] + rows["flow"], dtype=float).to_numpy()
    estimate, covariance, freedom = _fit(rows, terms, flows)
    errors = np.sqrt(np.diag(covariance))
    reach = special.stdtrit(freedom, 0.5 + level / 2) * errors
    out = pd.DataFrame([(c, f, ";".join(p)) for c, f, p in every],
                       columns=["channel", "flow", "partners"])  # fmt: skip
    out = out.assign(estimate=estimate, standard_error=errors, low=estimate - reach,
                     high=estimate + reach,
                     n=[_concerned(rows, f, p).sum() for _, f, p in every],
                     first=rows["period"].min(), last=rows["period"].max())  # fmt: skip
    out.attrs = {"covariance": covariance.tolist(), "freedom": freedom}
    return out


def _lacking(rows: pd.DataFrame, first: str) -> str:
    """Say how many years of growth are there, where they are too few, and when there are enough."""
    start = read_period(first, "Y-DEC", "first")
    years = rows.loc[rows["period"] >= start, "period"]
    count = years.nunique()
    if count >= LEAST:
        return ""
    enough = (years.max() if count else start - 1) + LEAST - count
    return f"{LEAST} years of growth from {first}, got {count}: {enough} is known in {enough + 1}"


def terms_of(partners: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """List what answers to what, in whose trade."""
    there = sorted(set(partners))
    concerned = {channel: [p for p in there if concerns(channel, p)] for channel in codes.CHANNELS}
    return [(c, flow, of) for c, of in concerned.items() for flow in codes.FLOWS if of]


def concerns(channel: str, partner: str) -> bool:
    """Tell whether a partner's trade is taken to answer to a channel."""
    return channel != "energy" or partner in codes.EXPORTERS


def _rows(trade: pd.DataFrame, conditions: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """Set a row a flow and year: its change, and the changes of what it may answer to."""
    trade, conditions = validate(trade, TRADE), validate(conditions, INDICATOR)
    trade, conditions = (released_by(f, as_of) for f in (trade, conditions))
    if trade.empty or conditions.empty:
        raise ValueError("trade and conditions must have rows public on as_of, got none")
    if not (trade["value"] > 0).all():
        zero = trade[trade["value"] <= 0].iloc[0]
        raise ValueError(
            f"trade must be above 0, got {zero['value']:g} for {zero['flow']}s of "
            f"{zero['partner']} in {zero['period']}"
        )
    rates = conditions["indicator"] == "gdp_growth"
    if not (conditions["value"] + rates > 0).all():
        raise ValueError("conditions must be above 0, and growth above -1, got one that is not")
    # What was published before its year ended is a forecast, and no evidence.
    conditions = conditions[conditions["released"] > conditions["period"].dt.end_time]
    changes = _changes(trade.pivot(index="period", columns=list(SERIES), values="value"))
    growth, prices, energy = _movers(conditions)
    parts = []
    needed = ["CHN", *sorted(trade["partner"].unique())]
    lacking = [e for e in needed if e not in growth or e not in prices]
    if lacking:
        raise ValueError(
            f"conditions must hold gdp_growth and gdp_usd of {', '.join(lacking)}, got none: fetch "
            f"them with {codes.fetching('imf', lacking)}, or leave those partners out"
        )
    for (_, partner, flow, _), values in changes.items():
        buyer = "CHN" if flow == "import" else partner
        part = pd.DataFrame({
            "change": values, "income": growth[buyer],
            "exchange_rate": prices["CHN"] - prices[partner], "energy": energy,
        }).dropna()  # fmt: skip
        parts.append(part.rename_axis("period").reset_index().assign(partner=partner, flow=flow))
    return pd.concat(parts, ignore_index=True)


def _movers(conditions: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Give logarithmic changes: real output and its dollar price by economy, and of energy."""
    held = set(conditions["indicator"].unique())
    for name in ("gdp_growth", "gdp_usd", *_PRICES):
        if name not in held:
            raise ValueError(
                f"conditions must hold {name}, got none: take them from load_conditions"
            )
    wide = {
        name: rows.pivot(index="period", columns="economy", values="value")
        for name, rows in conditions.groupby("indicator")
    }
    growth = np.log1p(wide["gdp_growth"])
    prices = _changes(wide["gdp_usd"]) - growth
    energy = sum(_changes(wide[name]).iloc[:, 0] for name in _PRICES) / len(_PRICES)
    return growth, prices, energy


def _changes(levels: pd.DataFrame) -> pd.DataFrame:
    """Take logarithmic changes between years that follow each other."""
    whole = pd.period_range(levels.index.min(), levels.index.max(), freq="Y")
    return np.log(levels.reindex(whole)).diff()


def _concerned(rows: pd.DataFrame, flow: str, partners: list[str]) -> pd.Series:
    """Mark the rows that a term is about."""
    return (rows["flow"] == flow) & rows["partner"].isin(partners)


def _term(rows: pd.DataFrame, channel: str, flow: str, partners: list[str]) -> np.ndarray:
    """Give a regressor: the mover where it concerns the flow, else zero."""
    return np.where(_concerned(rows, flow, partners), rows[channel], 0.0)


def _fit(
    rows: pd.DataFrame, terms: np.ndarray, flows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Fit by weighted least squares in two steps; estimates of the terms, covariance, freedom."""
    from statsmodels.regression.linear_model import OLS  # a second: scenarios take it as published

    design = np.column_stack([terms, flows])
    change = rows["change"].to_numpy()
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("conditions must move, and apart from each other, to be told apart")
    residual = change - design @ np.linalg.lstsq(design, change, rcond=None)[0]
    which = flows.argmax(axis=1)
    variance = np.bincount(which, residual**2) / np.bincount(which)
    weight = 1 / np.sqrt(np.maximum(variance, 1e-12))[which]  # a flow without noise fits exactly
    year = (rows["period"] - rows["period"].min()).map(lambda n: n.n).to_numpy()
    count = len(np.unique(year))
    lags = int(4 * (count / 100) ** (2 / 9))
    fit = OLS(change * weight, design * weight[:, None]).fit(
        cov_type="hac-groupsum", cov_kwds={"time": year, "maxlags": lags}
    )
    found = terms.shape[1]
    return fit.params[:found], fit.cov_params()[:found, :found], count - 1
