"""Tables of the two sides of one trade: gaps, weights, reconciled values, what they project."""

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import filled, read_year, table, takes
from silktrade.schema import TRADE
from silktrade.series import read_values
from silktrade.tables.style import amount, interval, points, rate, share, styled, whole


@takes(
    gaps=table("mirror_gaps", "exporter importer currency period gap share"),
    trends=table("mirror_trend", "exporter importer slope low high", key="exporter importer"),
)
def discrepancies(gaps: pd.DataFrame, trends: pd.DataFrame) -> Styler:
    """
    Set out the gap of each pair in its last common year, and its trend.

    One row a pair: year, gap in billions, gap over the larger report, change of the ratio a
    year with its 95 % limits, and how many years are compared.

    Parameters
    ----------
    gaps, trends : DataFrame
        From `mirror_gaps` and `mirror_trend`.

    Examples
    --------
    >>> gaps = st.mirror_gaps(st.pair_reports(st.load_trade(), st.load_trade(reporter="KGZ")))
    >>> table = discrepancies(gaps, st.mirror_trend(gaps)).data
    >>> table.loc[("China", "Kyrgyzstan"), "Gap"].round(1).item()
    14.8
    """
    pair = ["exporter", "importer"]
    last = gaps.sort_values("period").groupby(pair).tail(1).set_index(pair)
    slopes = trends.set_index(pair).reindex(last.index)
    limits = interval(slopes["low"], slopes["high"], points)
    known = slopes["slope"].notna()
    out = pd.DataFrame({
        "Year": last["period"].astype(str),
        "Gap": last["gap"] / 1e9,
        "Share": last["share"],
        "Trend": slopes["slope"],
        "95 % interval": limits.where(known, "–"),
        "Years": gaps.groupby(pair).size(),
    }).sort_values("Gap", key=abs, ascending=False)  # fmt: skip
    unit = codes.CURRENCY_LABELS[gaps["currency"].iloc[0]]
    caption = (
        f"Exporter's less importer's report, both fob: billion {unit}, share of the larger report, "
        "and change of their ratio a year, percent"
    )
    out = out.rename(index=codes.label).rename_axis(["Exporter", "Importer"])
    return styled(out, caption, {"Gap": amount, "Share": share, "Trend": rate, "Years": "{:,.0f}"})


@takes(trust=table("reliability", "hub partner flow discrepancy periods weight weight_low"))
def reliability(trust: pd.DataFrame) -> Styler:
    """
    Set out how far each partner's report is from China's, and the weight that follows.

    One row a partner and flow: the typical factor between the two reports (the exponential of
    the root mean square log ratio), the weight of China's report, the least weight that any
    share of the best pair's discrepancy gives it, and the years learned from.

    Parameters
    ----------
    trust : DataFrame
        From `silktrade.reliability`.

    Examples
    --------
    >>> years = pd.period_range("2020", "2020", freq="Y")
    >>> gaps = pd.DataFrame({"exporter": "CHN", "importer": ["KAZ", "KGZ"], "product": "TOTAL",
    ...                      "period": years[[0, 0]], "log_ratio": [0.2, -1.0]})
    >>> reliability(st.reliability(gaps)).data["Factor"].round(1).tolist()
    [1.2, 2.7]
    """
    if (trust["discrepancy"] < 0).any():
        raise ValueError(f"trust must not be below 0, got {trust['discrepancy'].min():g}")
    rows = trust.set_index(["partner", "flow"]).rename(index=codes.label)
    out = pd.DataFrame({
        "Factor": np.exp(np.sqrt(rows["discrepancy"])),
        "Weight": rows["weight"],
        "Least weight": rows["weight_low"],
        "Years": rows["periods"],
    }).rename_axis(["Trade with", "Flow"])  # fmt: skip
    hub = codes.label(trust["hub"].iloc[0])
    caption = f"Typical factor between the two reports, and the weight of {hub}'s"
    formats = {"Factor": "{:,.2f}", "Years": "{:,.0f}"}
    return styled(out, caption, formats | dict.fromkeys(["Weight", "Least weight"], share))


@takes(
    own=filled(TRADE),
    made=table("reconcile", "partner flow currency obs_status period value low high"),
    year=read_year,
)
def reconciled(own: pd.DataFrame, made: pd.DataFrame, year: str) -> Styler:
    """
    Set one year as reported beside the same year reconciled.

    One row a partner and flow: own report, reconciled value, its 95 % limits, its status.

    Parameters
    ----------
    own : DataFrame
        TRADE of the own reporter, annual.
    made : DataFrame
        From `reconcile`.
    year : str
        The year shown.

    Examples
    --------
    >>> china = st.load_trade(partners="KGZ")
    >>> half = st.reconcile(china, st.load_trade(reporter="KGZ"), weights="equal")
    >>> reconciled(china, half, "2023").data["Reconciled"].round(1).tolist()
    [10.0, 0.1]
    """
    keys = ["partner", "flow"]
    now = made[made["period"].astype(str) == year].set_index(keys)
    if now.empty:
        raise ValueError(f"year must be one that made holds, got {year}")
    own = own[own["period"].astype(str) == year].set_index(keys)["value"].reindex(now.index)
    limits = interval(now["low"] / 1e9, now["high"] / 1e9, amount)
    out = pd.DataFrame({
        "As reported": own / 1e9,
        "Reconciled": now["value"] / 1e9,
        "95 % interval": limits,
        "Status": now["obs_status"].map(codes.OBS_STATUS),
    }).rename(index=codes.label).rename_axis(["Trade with", "Flow"])  # fmt: skip
    unit = codes.CURRENCY_LABELS[made["currency"].iloc[0]]
    caption = f"China's trade in {year} as it reports it and reconciled, billion {unit}"
    return styled(out, caption, dict.fromkeys(["As reported", "Reconciled"], amount))


@takes(
    growth=table("intervals", known=(0.1, 0.5, 0.9), named=True),
    level=table("intervals", known=(0.5,), named=True),
    came=read_values,
)
def projections_by_source(
    growth: pd.DataFrame, level: pd.DataFrame, currency: str, came: pd.Series | None = None
) -> Styler:
    """
    Set out what is projected from each version of the past.

    One row a version: median growth with its 80 % interval, median level, and growth that came.

    Parameters
    ----------
    growth, level : DataFrame
        One row a version, named by the index; columns 0.1, 0.5 and 0.9, of growth and of values.
    currency : {'USD', 'CNY'}
        Of both.
    came : Series, optional
        The growth that came, measured in the same version; NaN where it is not known.

    Examples
    --------
    >>> rows = pd.DataFrame([[-0.1, 0.05, 0.2]], ["China's report"], [0.1, 0.5, 0.9])
    >>> projections_by_source(rows, rows * 1e12, "USD").data["Level"].tolist()
    [50.0]
    """
    out = pd.DataFrame({
        "Median": growth[0.5].map(whole),
        "80 % interval": interval(growth[0.1], growth[0.9]),
        "Level": level[0.5] / 1e9,
    }).rename_axis("Past")  # fmt: skip
    if came is not None:
        out["Came"] = came.reindex(out.index).map(points)
    unit = codes.CURRENCY_LABELS[currency]
    caption = f"Projected growth of the region's trade, percent, and its level, billion {unit}"
    return styled(out, caption, {"Level": amount})
