"""Standing: a partner's place, how much its trade weighs on either side, and what moved it."""

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import read_year, series, table, takes, wide
from silktrade.measures.shapes import counted
from silktrade.measures.trade import contributions
from silktrade.schema import INDICATOR, TRADE

_PRICES = ("oil_average", "gas_lng_japan")


@takes(values=wide())
def rank(values: pd.DataFrame) -> pd.DataFrame:
    """
    Rank the columns of each period, the largest first.

    Parameters
    ----------
    values : DataFrame
        Indexed by period, a column a partner; NaN where not known.

    Returns
    -------
    DataFrame
        Whole numbers from 1, equal values sharing the better rank; a period in which one of the
        partners is not known has no row, as a rank among some is none among all.

    Examples
    --------
    >>> years = pd.period_range("2023", "2024", freq="Y")
    >>> rank(pd.DataFrame({"KAZ": [3.0, 1.0], "UZB": [2.0, 2.0]}, years))["KAZ"].tolist()
    [1, 2]
    """
    ranks = values.dropna().rank(axis=1, ascending=False, method="min").astype("int64")
    return counted(ranks, "rank")


@takes(totals=wide("Y"), gdp=INDICATOR, world=series("Y"))
def trade_to_gdp(
    totals: pd.DataFrame, gdp: pd.DataFrame, world: pd.Series | None = None
) -> pd.DataFrame:
    """
    Measure what the trade with China weighs for each partner, and for China.

    Parameters
    ----------
    totals : DataFrame
        China's exports plus imports, in dollars: indexed by year, a column a partner.
    gdp : DataFrame
        INDICATOR `gdp_usd` of the partners and of China.
    world : Series, optional
        China's exports plus imports with the world, in dollars, by year.

    Returns
    -------
    DataFrame
        economy, period, over_gdp (trade over the partner's output), over_china_gdp, of_china_trade
        (of China's trade with the world), fractions; NaN where a part is not known. Exposure, not
        value added: trade is gross.

    Examples
    --------
    >>> weights = trade_to_gdp(st.load_partner_totals(), st.load_indicator("gdp_usd"))
    >>> weights.set_index(["economy", "period"]).loc[("KAZ", "2023"), "over_gdp"].round(2).item()
    0.16
    """
    if totals.attrs.get("currency", "USD") != "USD":  # as output is
        raise ValueError("totals must be in USD, got CNY: take load_partner_totals()")
    output = gdp.pivot(index="period", columns="economy", values="value")
    if "CHN" not in output:
        raise ValueError("gdp must hold CHN, got none: load it for all economies")
    lacking = [partner for partner in totals if partner not in output]
    output = output.reindex(index=totals.index, columns=["CHN", *totals.columns])
    every = pd.Series(np.nan, totals.index) if world is None else world.reindex(totals.index)
    parts = [
        pd.DataFrame({
            "economy": partner, "over_gdp": trade / output[partner],
            "over_china_gdp": trade / output["CHN"], "of_china_trade": trade / every,
        })
        for partner, trade in totals.items()
    ]  # fmt: skip
    out = pd.concat(parts).rename_axis("period").reset_index()
    if lacking:
        names = " and ".join(map(codes.label, lacking))
        cure = f"{codes.fetching('worldbank', lacking)} fetches it"
        out.attrs["unknown"] = f"The output of {names} is not held: {cure}."
    return out[["economy", "period", "over_gdp", "over_china_gdp", "of_china_trade"]]


def energy_change(prices: pd.DataFrame, year: str | int) -> float:
    """Measure how the price of oil and gas moved over the year before."""
    changes = []
    for name in _PRICES:
        values = prices[prices["indicator"] == name].set_index("period")["value"]
        if not (values > 0).all():
            raise ValueError(f"prices must be above 0, got {values.min():g} of {name}")
        now = values[values.index.year == int(year)]
        before = values.reindex(now.index - 12)
        if now.empty or before.isna().any():
            raise ValueError(
                f"prices must hold {name} in {year} and the same months before, got none"
            )
        changes.append(np.log(now.mean() / before.mean()))
    return float(np.mean(changes))


@takes(
    flows=TRADE,
    estimates=table("elasticities", "channel flow estimate standard_error"),
    prices=INDICATOR,
    year=read_year,
)
def drivers(
    flows: pd.DataFrame,
    estimates: pd.DataFrame,
    prices: pd.DataFrame,
    year: str | int | None = None,
) -> pd.DataFrame:
    r"""
    Split the last growth of one partner's trade into flows, and into oil and gas and all else.

    Parameters
    ----------
    flows : DataFrame
        TRADE of one partner, annual, both flows.
    estimates : DataFrame
        From `elasticities`.
    prices : DataFrame
        INDICATOR, monthly, `oil_average` and `gas_lng_japan`.
    year : str or int, optional
        Both flows must be known then and the year before; by default the last such year.

    Returns
    -------
    DataFrame
        partner, period, flow, driver (`energy` or `rest`), contribution (a fraction of trade the
        year before; all add up to growth), standard_error (of `energy`, from its elasticity) and
        priced_months (of the year, for which prices are known; 0 where they have no part). A
        partner that sells no oil or gas has `rest` alone.

    Notes
    -----
    .. math:: c_{f} = s_f (e^{\hat\delta_f \Delta \ln o} - 1) + r_f ,

    with :math:`s_f` the flow's share of trade the year before. What goes with the price of oil and
    gas as it did on average: no proof that the price moved it.

    Examples
    --------
    >>> day = "2025-06-30"
    >>> trade = st.load_trade(as_of=day)
    >>> found = st.elasticities(trade, st.load_conditions(as_of=day))
    >>> prices = st.load_energy_prices(as_of=day)
    >>> parts = drivers(trade[trade["partner"] == "KAZ"], found, prices)
    >>> parts["driver"].tolist()
    ['energy', 'rest', 'energy', 'rest']
    """
    for column in ("partner", "product"):
        if flows[column].nunique() != 1:
            raise ValueError(f"flows must be of one {column}, got {flows[column].nunique()}")
    partner = flows["partner"].iloc[0]
    period = _last_growth(flows) if year is None else pd.Period(str(year), "Y")
    value = flows.set_index(["flow", "period"])["value"]
    needed = [(f, p) for f in codes.FLOWS for p in (period - 1, period)]
    lacking = [f"{f}s of {p}" for f, p in needed if (f, p) not in value.index]
    if lacking:
        raise ValueError(f"flows must hold {lacking[0]}, got none: choose another year")
    known = contributions(flows[flows["period"].isin([period - 1, period])])
    added = known[known["period"] == period].set_index("flow")["contribution"]
    base = value.loc[:, period - 1]
    sells = partner in codes.EXPORTERS
    move = energy_change(prices, period.year) if sells else 0.0
    rows = []
    for flow in codes.FLOWS:
        rest = added[flow]
        if sells:
            term = (estimates["channel"] == "energy") & (estimates["flow"] == flow)
            if not term.any():
                raise ValueError(f"estimates must tell how {flow}s answer energy, got none")
            delta, error = estimates.loc[term, ["estimate", "standard_error"]].iloc[0]
            weight = base[flow] / base.sum()
            part = weight * np.expm1(delta * move)
            spread = weight * np.exp(delta * move) * abs(move) * error
            rows.append((flow, "energy", part, spread))
            rest -= part
        rows.append((flow, "rest", rest, np.nan))
    out = pd.DataFrame(rows, columns=["flow", "driver", "contribution", "standard_error"])
    out.insert(0, "partner", partner)
    out.insert(1, "period", period)
    return out.assign(priced_months=_priced_months(prices, period.year) if sells else 0)


def _priced_months(prices: pd.DataFrame, year: int) -> int:
    """Count the months of a year for which all prices are known."""
    known = prices[prices["indicator"].isin(_PRICES) & (prices["period"].dt.year == year)]
    return int(known.groupby("indicator")["period"].nunique().min())


def _last_growth(trade: pd.DataFrame) -> pd.Period:
    """Find the last year in which both flows are known, and known the year before."""
    both = trade["period"].value_counts()
    both = both.index[both == len(codes.FLOWS)]
    years = [p for p in both if p - 1 in both]
    if not years:
        raise ValueError("flows must hold two years in a row of both flows, got none")
    return max(years)
