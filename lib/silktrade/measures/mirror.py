"""
Mirror statistics: what the exporter reports against what the importer reports of the same trade.

Both sides are brought to one valuation, their gap is measured, and a reconciled series weighs each
report by how far its reporter has been from the others. A figure that was made of the other side's
report is no second report, and is left out.
"""

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import table, takes
from silktrade.measures.trade import by_direction
from silktrade.schema import TRADE, frequency_of, validate
from silktrade.series import PER_YEAR

# The IMF's factor between cif and fob since it revised its Direction of Trade Statistics in 2017
# (1.10 before); the OECD's trade-weighted mean margin of all countries is 6 % as well.
CIF_FOB = 1.06
# Whose estimates (status E) are the other side's report, times or over CIF_FOB.
STAND_INS = ("imf",)
WEIGHTS = ("reliability", "equal")
PAIR = ["exporter", "importer", "product"]
_SERIES = ["partner", "flow", "product"]  # of one reporter
_NORMAL_95 = 1.959963984540054


@takes(reports=TRADE)
def pair_reports(*reports: pd.DataFrame, cif_fob: float = CIF_FOB) -> pd.DataFrame:
    """
    Set the exporter's report and the importer's report side by side, both fob.

    Parameters
    ----------
    *reports : DataFrame
        TRADE of one currency and frequency, of both sides: `load_trade()` and
        `load_trade(reporter=...)`, or one frame that holds them all.
    cif_fob : float
        What an import counted cif is worth against fob, from 1; it is divided out.

    Returns
    -------
    DataFrame
        exporter, importer, product, period, exporter_value, importer_value (full units of
        `currency`, fob; NaN where that side has no report of its own), currency.

    Notes
    -----
    Imports are divided by 1.06 by default: the IMF's factor (Direction of Trade Statistics Yearbook
    2017), and the OECD's trade-weighted mean (Miao and Fortanier 2017). Land-locked countries pay
    more. Rows of the IMF with status E are made from the other side's report, so they are left out.

    Examples
    --------
    >>> pairs = pair_reports(st.load_trade(), st.load_trade(reporter="KGZ"))
    >>> bought = pairs[pairs["importer"] == "KGZ"].set_index("period")
    >>> (bought.loc["2023", ["exporter_value", "importer_value"]] / 1e9).round(2).tolist()
    [19.76, 5.05]
    """
    if not cif_fob >= 1:
        raise ValueError(
            f"cif_fob must be 1 or more, got {cif_fob}: it is the value cif over the value fob"
        )
    if not reports:
        raise ValueError("reports must be two frames from load_trade, got none")
    trade = by_direction(_own_reports(validate(pd.concat(reports, ignore_index=True), TRADE)))
    fob = trade["value"] / trade["valuation"].map({"fob": 1.0, "cif": cif_fob})
    side = trade["flow"].map({"export": "exporter_value", "import": "importer_value"})
    wide = trade.assign(fob=fob, side=side).pivot(
        index=[*PAIR, "period"], columns="side", values="fob"
    )
    wide = wide.reindex(columns=["exporter_value", "importer_value"]).rename_axis(columns=None)
    currency = trade["currency"].iloc[0] if len(trade) else None
    return wide.reset_index().assign(currency=currency)


@takes(
    pairs=table(
        "pair_reports",
        "exporter importer product currency period exporter_value importer_value",
        empty=True,
    )
)
def mirror_gaps(pairs: pd.DataFrame) -> pd.DataFrame:
    r"""
    Measure how far the two reports of each trade are apart.

    Parameters
    ----------
    pairs : DataFrame
        From `pair_reports`; both reports above 0.

    Returns
    -------
    DataFrame
        exporter, importer, product, period, gap (full units of `currency`), log_ratio, share (the
        gap over the larger of the two, between -1 and 1), currency; only where both sides report.
        Above 0 the exporter reports more.

    Notes
    -----
    .. math:: g = X - M, \qquad r = \ln X - \ln M, \qquad s = g / \max(X, M) .

    Examples
    --------
    >>> gaps = mirror_gaps(pair_reports(st.load_trade(), st.load_trade(reporter="KGZ")))
    >>> gaps[gaps["importer"] == "KGZ"].set_index("period").loc["2023", "share"].round(2).item()
    0.74
    """
    values = ["exporter_value", "importer_value"]
    both = pairs.dropna(subset=values).reset_index(drop=True)
    nothing = both[(both[values] <= 0).any(axis=1)]
    if len(nothing):
        row = nothing.iloc[0]
        raise ValueError(
            f"mirror_gaps needs reports above 0, got 0 of {row['exporter']} to {row['importer']} "
            f"in {row['period']}: leave that row out"
        )
    x, m = both["exporter_value"], both["importer_value"]
    out = both.assign(gap=x - m, log_ratio=np.log(x / m), share=(x - m) / np.maximum(x, m))
    return out[[*PAIR, "period", "gap", "log_ratio", "share", "currency"]]


@takes(
    gaps=table(
        "mirror_gaps",
        "exporter importer product period",
        known="log_ratio",
        key="exporter importer product period",
        empty=True,
    )
)
def mirror_trend(gaps: pd.DataFrame) -> pd.DataFrame:
    r"""
    Measure how fast the two reports of each trade drift apart or together.

    Parameters
    ----------
    gaps : DataFrame
        From `mirror_gaps`.

    Returns
    -------
    DataFrame
        exporter, importer, product, slope (change of the log ratio a year; 0.05 means that the
        exporter's report gains 5 % a year on the importer's), se, low, high (95 %), periods. A
        pair with fewer than five periods has no row.

    Notes
    -----
    Least squares on time, with the standard error of Newey and West (1987), Econometrica 55(3),
    :math:`\lfloor 4 (n/100)^{2/9} \rfloor` lags (1994, Review of Economic Studies 61(4)), times
    n/(n-2); limits from Student's t with n-2 degrees of freedom.

    Examples
    --------
    >>> gaps = mirror_gaps(pair_reports(st.load_trade(), st.load_trade(reporter="UZB")))
    >>> mirror_trend(gaps)[["exporter", "periods"]].to_numpy().tolist()
    [['CHN', 24], ['UZB', 25]]
    """
    per_year = PER_YEAR[frequency_of(gaps)] if len(gaps) else 1
    rows = [
        (*key, *_slope(group, per_year), len(group))
        for key, group in gaps.sort_values("period").groupby(PAIR)
        if len(group) >= 5
    ]
    return pd.DataFrame(rows, columns=[*PAIR, "slope", "se", "low", "high", "periods"])


@takes(gaps=table("mirror_gaps", "exporter importer product period", known="log_ratio", empty=True))
def reliability(gaps: pd.DataFrame, *, hub_part: float = 0.5) -> pd.DataFrame:
    r"""
    Weigh the reports of one reporter against those of each of its partners.

    Parameters
    ----------
    gaps : DataFrame
        From `mirror_gaps`: one economy (the hub, China) is a side of every pair.
    hub_part : float
        How much of the smallest discrepancy is the hub's own error, from 0 (none: the hub is
        exact) to 1 (all: its best partner is exact). 0.5 takes the two as equally accurate.

    Returns
    -------
    DataFrame
        hub, partner, flow (as the hub sees it), product, discrepancy (mean square of the log
        ratio), step (mean square of its change a period), periods, hub_variance,
        partner_variance, weight (of the hub's report, 0 to 1), weight_low (the least that any
        `hub_part` gives; the most is 1).

    Notes
    -----
    Reporters err independently, each with a variance of its own in each direction, so that
    :math:`E\,r_p^2 = \sigma_h^2 + \sigma_p^2`; a report weighs by the reciprocal of its variance:
    :math:`w_h = \sigma_p^2 / (\sigma_h^2 + \sigma_p^2)`, as in BACI (Gaulier and Zignago 2010). As
    no partner is seen against another, one restriction is needed (Ten Cate 2014): :math:`\sigma_h^2
    = c \, \min_p E\,r_p^2` with c the `hub_part`. A lasting bias counts as error.

    Examples
    --------
    >>> years = pd.period_range("2020", "2020", freq="Y")
    >>> gaps = pd.DataFrame({"exporter": "CHN", "importer": ["KAZ", "KGZ"], "product": "TOTAL",
    ...                      "period": years[[0, 0]], "log_ratio": [0.2, -1.0]})
    >>> reliability(gaps)["weight"].round(2).tolist()
    [0.5, 0.98]
    """
    if not 0 <= hub_part <= 1:
        raise ValueError(f"hub_part must lie between 0 and 1, got {hub_part}: it is a share")
    hub = _hub_of(gaps)
    sold = gaps["exporter"] == hub
    seen = gaps.assign(
        partner=gaps["importer"].where(sold, gaps["exporter"]),
        flow=np.where(sold, "export", "import"),
        square=gaps["log_ratio"] ** 2,
    )
    groups = seen.sort_values("period").groupby(_SERIES)
    out = groups["square"].agg(discrepancy="mean", periods="size")
    out["step"] = groups[["period", "log_ratio"]].apply(_step).fillna(out["discrepancy"])
    out = out.reset_index()
    least = out.groupby(["flow", "product"])["discrepancy"].transform("min")
    apart = out["discrepancy"].where(out["discrepancy"] > 0, 1.0)  # 0: both agree, any weight does
    out["hub_variance"] = hub_part * least
    out["partner_variance"] = out["discrepancy"] - out["hub_variance"]
    agree = out["discrepancy"] == 0
    out["weight"] = (out["partner_variance"] / apart).where(~agree, 0.5)
    out["weight_low"] = ((out["discrepancy"] - least) / apart).where(~agree, 0.0)
    return out.assign(hub=hub)[["hub", *out.columns]]


@takes(own=TRADE, other=TRADE)
def reconcile(
    own: pd.DataFrame,
    other: pd.DataFrame,
    *,
    cif_fob: float = CIF_FOB,
    weights: str = "reliability",
    since: int | None = None,
    hub_part: float = 0.5,
) -> pd.DataFrame:
    r"""
    Reconcile one reporter's figures with its partners' reports of the same trade.

    Parameters
    ----------
    own : DataFrame
        TRADE of one reporter (China).
    other : DataFrame
        TRADE of its partners' reports of trade with it, the same currency and frequency.
    cif_fob : float
        As for `pair_reports`.
    weights : {'reliability', 'equal'}
        Weigh by `reliability`, or both sides by a half.
    since : int, optional
        Learn from gaps of this year and later, of which one must be known; all by default.
    hub_part : float
        As for `reliability`.

    Returns
    -------
    DataFrame
        TRADE as the reporter of `own` sees it (exports fob, imports cif), with low and high (95 %)
        and weight (of the own report). obs_status is E where both sides report, I where one of
        the two is imputed; a partner that never reports leaves the own figure as it is, weight 1.
        A period that neither side reports has no row.

    Notes
    -----
    .. math:: \ln \hat x = w \ln X + (1 - w) \ln M, \qquad
              \operatorname{var} \ln \hat x = w^2 \sigma_h^2 + (1 - w)^2 \sigma_p^2 .

    Where one side has no report, its logarithm is the other's plus the log ratio, interpolated in
    time and held beyond the ends, its variance growing by `step` for each period to the nearest
    known ratio. The limits (lognormal) hold errors of the reports only: a bias that both
    sides share is beyond any mirror.

    Examples
    --------
    >>> china, kyrgyz = st.load_trade(partners="KGZ"), st.load_trade(reporter="KGZ")
    >>> half = reconcile(china, kyrgyz, weights="equal").set_index(["flow", "period"])
    >>> (half.loc[("export", "2023"), "value"] / 1e9).round(1).item()
    10.0
    """
    codes.one_of("weights", weights, WEIGHTS)
    gaps = mirror_gaps(pair_reports(own, other, cif_fob=cif_fob))
    learned = gaps[gaps["period"].dt.year >= (since or 0)]
    if own["reporter"].nunique() != 1 or learned.empty:
        raise ValueError(
            "reconcile needs own figures of one reporter and a period from `since` on that both "
            f"sides report, got reporters {', '.join(own['reporter'].unique())} and "
            f"{len(learned)} such periods"
        )
    trust = reliability(learned, hub_part=hub_part).set_index(_SERIES)
    if weights == "equal":
        trust["weight"] = 0.5
    sides = _sides(own, other, cif_fob)
    parts = [_weighed(group, trust, key) for key, group in sides.groupby(_SERIES)]
    out = pd.concat(parts, ignore_index=True)
    out["valuation"] = out["flow"].map({"export": "fob", "import": "cif"})
    out[["value", "low", "high"]] *= np.where(out["flow"] == "import", cif_fob, 1.0)[:, None]
    whole = out.assign(reporter=own["reporter"].iloc[0], currency=own["currency"].iloc[0])
    checked = validate(whole, TRADE)
    extra = whole.set_index([*_SERIES, "period"])[["low", "high", "weight"]]
    return checked.join(extra, on=[*_SERIES, "period"])


@takes(
    months=TRADE,
    years=TRADE,
    reconciled=table(
        "reconcile", "partner flow product period", known="value", key="partner flow product period"
    ),
)
def benchmark_to(
    months: pd.DataFrame, years: pd.DataFrame, reconciled: pd.DataFrame
) -> pd.DataFrame:
    """
    Bring months to the level of reconciled years.

    Parameters
    ----------
    months, years : DataFrame
        TRADE of one reporter's own report, monthly and annual.
    reconciled : DataFrame
        From `reconcile`, of those years.

    Returns
    -------
    DataFrame
        TRADE, monthly: each value times reconciled over own of its year, or of the nearest year
        before that has both; obs_status I. A series without such a year is left as it is.

    Examples
    --------
    >>> china, months = st.load_trade(partners="KGZ"), st.load_trade(partners="KGZ", frequency="M")
    >>> half = reconcile(china, st.load_trade(reporter="KGZ"), weights="equal")
    >>> lowered = benchmark_to(months, china, half)
    >>> bool((lowered["value"] < months["value"]).all())
    False
    """
    key = [*_SERIES, "period"]
    ratio = (reconciled.set_index(key)["value"] / years.set_index(key)["value"]).dropna()
    wide = ratio.unstack(_SERIES).sort_index()
    asked = months["period"].dt.asfreq("Y")
    span = wide.index.union(pd.PeriodIndex(asked.unique()))
    factors = wide.reindex(span).ffill().stack(_SERIES).rename("factor").rename_axis(
        ["year", *_SERIES]
    )  # fmt: skip
    found = months.assign(year=asked).join(factors, on=["year", *_SERIES])["factor"]
    return validate(
        months.assign(
            value=months["value"] * found.fillna(1.0),
            obs_status=months["obs_status"].where(found.isna(), "I"),
        ),
        TRADE,
    )


def _own_reports(trade: pd.DataFrame) -> pd.DataFrame:
    """Leave out figures that were made from the other side's report."""
    made = trade["source"].isin(STAND_INS) & trade["obs_status"].isin(["E", "I"])
    return trade[~made]


def _slope(group: pd.DataFrame, per_year: int) -> tuple[float, float, float, float]:
    """Fit a line through the log ratios, with the standard error of Newey and West."""
    from statsmodels.regression.linear_model import OLS  # a second that few measures need

    steps = _steps(group["period"]) / per_year
    line = OLS(group["log_ratio"].to_numpy(), np.column_stack([np.ones(len(steps)), steps])).fit(
        cov_type="HAC",
        cov_kwds={"maxlags": int(4 * (len(steps) / 100) ** (2 / 9)), "use_correction": True},
        use_t=True,
    )
    return line.params[1], line.bse[1], *line.conf_int()[1]


def _hub_of(gaps: pd.DataFrame) -> str:
    """Find the economy that is a side of every pair; China where it is one of two."""
    ends = [{x, m} for x, m in zip(gaps["exporter"], gaps["importer"], strict=True)]
    common = set.intersection(*ends) if ends else set()
    if not common:
        got = ", ".join(sorted(set().union(*ends))) or "no pair"
        raise ValueError(
            f"reliability needs one economy that is a side of every pair, got {got}: weigh the "
            "pairs of each reporter on their own"
        )
    return "CHN" if "CHN" in common else sorted(common)[0]


def _sides(own: pd.DataFrame, other: pd.DataFrame, cif_fob: float) -> pd.DataFrame:
    """Lay out logarithms and provenance of both sides, keyed as the own reporter sees the trade."""
    opposite = other["flow"].map({"export": "import", "import": "export"})
    seen = other.assign(partner=other["reporter"], flow=opposite)
    margins = {"fob": 0.0, "cif": np.log(cif_fob)}
    about = ["log", "obs_status", "source", "vintage", "released"]
    both = [
        f.assign(log=np.log(f["value"]) - f["valuation"].map(margins))
        .set_index([*_SERIES, "period"])[about]
        for f in (own, _own_reports(seen))
    ]  # fmt: skip
    sides = both[0].join(both[1].add_suffix("_other"), how="outer").reset_index()
    for day in ("vintage", "released"):  # the later one
        sides[day] = sides[[day, f"{day}_other"]].max(axis=1)
    pairs = zip(sides["source"], sides["source_other"], strict=True)
    named = [", ".join(dict.fromkeys(s for s in pair if isinstance(s, str))) for pair in pairs]
    return sides.assign(source=named)


def _weighed(group: pd.DataFrame, trust: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """Weigh the two sides of one series; without a gap to learn from, keep the own figures."""
    x, m = group["log"].to_numpy(), group["log_other"].to_numpy()
    status = np.where(np.isnan(x) | np.isnan(m), "I", "E")
    if key in trust.index:
        said = trust.loc[key]
        w = said["weight"]
        ratio, away = _carried(group["period"], x - m)
        log = w * np.where(np.isnan(x), m + ratio, x)
        log = log + (1 - w) * np.where(np.isnan(m), x - ratio, m)
        variance = w**2 * (said["hub_variance"] + np.isnan(x) * away * said["step"])
        variance += (1 - w) ** 2 * (said["partner_variance"] + np.isnan(m) * away * said["step"])
    else:
        alike = [trust.index.get_level_values(n) == k for n, k in
                 zip(("flow", "product"), key[1:], strict=True)]  # fmt: skip
        near = trust.loc[alike[0] & alike[1], "hub_variance"]
        w, log, status = 1.0, x, group["obs_status"].to_numpy()
        variance = near.iloc[0] if len(near) else np.nan
    reach = _NORMAL_95 * np.sqrt(variance)
    out = group[[*_SERIES, "period", "source", "vintage", "released"]].assign(
        value=np.exp(log), low=np.exp(log - reach), high=np.exp(log + reach), weight=w,
        obs_status=status,
    )  # fmt: skip
    return out[~np.isnan(log)]


def _carried(periods: pd.Series, ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Interpolate log ratios in time, hold the first and the last, and say how far each is off."""
    place = _steps(periods)
    known = ~np.isnan(ratio)
    away = np.abs(place[:, None] - place[known]).min(axis=1)
    return np.interp(place, place[known], ratio[known]), away


def _step(group: pd.DataFrame) -> float:
    """Average the squared change of the log ratio over one period; NaN for a single one."""
    return float(
        (group["log_ratio"].diff() ** 2 / np.diff(_steps(group["period"]), prepend=np.nan)).mean()
    )


def _steps(periods: pd.Series) -> np.ndarray:
    """Count the periods since the first."""
    return (periods - periods.iloc[0]).map(lambda step: step.n).to_numpy(float)
