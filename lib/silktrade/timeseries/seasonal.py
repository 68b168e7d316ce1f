"""
Seasonal and Chinese New Year adjustment of months.

The New Year falls between 21 January and 20 February, so that its effect moves between January,
February and March, and no fixed seasonal factor can follow it. Regressors from the lunar calendar
measure it (before, during and after the holiday); X-13ARIMA-SEATS takes it out together with the
season. Where X-13 is not there, the same regressors and STL stand in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import sourced
from silktrade.frames import having
from silktrade.schema import EVENTS, SERIES, TRADE, frequency_of, validate
from silktrade.series import read_series, read_wide
from silktrade.timeseries import x13

# Days from the first day of the year: the week before it, the week of the holiday, and two weeks in
# which work is taken up again. A first window of 20 days, or a last one to day 27, fits China's
# exports and imports of 2008 to 2025 about as well (AICC within 9 either way), at a spread of
# January to March that is as large or larger; a last one to day 14 leaves a point more of it.
WINDOWS: dict[str, tuple[int, int]] = {"before": (-7, -1), "during": (0, 6), "after": (7, 20)}
FEWEST = 36  # months: below three years no season can be told from a trend
FREE = 84  # months: below seven years three holidays' coefficients are not the series' own to tell
LEVEL = 0.05  # of the tests behind `credible`
HOLIDAY_MONTHS = (1, 2, 3)
ADJUSTED = (*SERIES, "period", "value", "adjusted", "trend", "seasonal", "holiday", "method")


@dataclass(frozen=True)
class _Result:
    """One series adjusted: its factors, how, and what the program said."""

    key: dict[str, str]
    values: pd.Series
    tables: pd.DataFrame
    method: str
    effect: str
    run: x13.Run | None


def holiday_regressors(new_year: pd.DataFrame) -> pd.DataFrame:
    r"""Make the regressors of the Chinese New Year from its dates."""
    # x_{i,t} = d_{i,t} / D_i - \overline{(d_i / D_i)}_{m(t)}
    # with d_{i,t} the days of window i in month t, D_i the window's days and m(t)
    # the calendar month.
    # Lin, J.-L. and Liu, T.-S. (2002). Modeling lunar calendar holiday effects in Taiwan.
    # Taiwan Economic Forecast and Policy 33(1). Bell, W. R. and Hillmer, S. C. (1983).
    # Modeling time series with calendar variation. Journal of the American Statistical Association
    # 78(383).
    days = validate(new_year, EVENTS)["date"]
    if days.empty:
        raise ValueError("new_year must hold the first days of Chinese years, got none")
    months = pd.period_range(f"{days.dt.year.min()}-01", f"{days.dt.year.max()}-12", freq="M")
    shares = {}
    for name, (first, last) in WINDOWS.items():
        falls = [(days + pd.Timedelta(days=k)).dt.to_period("M") for k in range(first, last + 1)]
        counts = pd.concat(falls).value_counts().reindex(months, fill_value=0)
        shares[name] = counts / (last - first + 1)
    table = pd.DataFrame(shares, index=months.rename("period"))
    return table - table.groupby(table.index.month).transform("mean")


@sourced
def seasonal_adjust(
    data: pd.DataFrame | pd.Series,
    new_year: pd.DataFrame | None = None,
    *,
    effects: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Take season and Chinese New Year out of monthly series.

    Parameters
    ----------
    data : DataFrame or Series
        TRADE, monthly, each series above 0 and without a gap; or monthly totals from
        `load_totals` or `load_partner_totals`, which count as flow `total`.
    new_year : DataFrame, optional
        From `load_new_year`; without it the season alone is taken out.
    effects : DataFrame, optional
        From `holiday_effects`, of a long history: lent to series of the same flow that are
        shorter than seven years, where they fit better than none.

    Returns
    -------
    DataFrame
        reporter, partner, flow, product, period, value, adjusted and trend (full units of
        `currency`), seasonal and holiday (factors: value = adjusted × seasonal × holiday), method
        (`X-13`, or `STL` where it is not there or fails), currency. A series of less than 36
        months is not adjusted and has no rows; `seasonal_diagnostics` names it.

    Notes
    -----
    X-13 fits the airline model with outliers to logarithms, estimates the holiday's regressors in
    it, and filters what remains by X-11 (U.S. Census Bureau 2023, reference manual 1.1). Outliers
    and shifts of level stay. From seven years on a series' own holiday effect is estimated: three
    holidays cannot tell three coefficients and a season apart, see `short_history_error`.

    Examples
    --------
    >>> out = seasonal_adjust(st.load_totals("WLD", frequency="M"), st.load_new_year())
    >>> back = out["adjusted"] * out["seasonal"] * out["holiday"] / out["value"]
    >>> bool(back.sub(1).abs().max() < 1e-6)
    True
    """
    parts = [r for r in _results(data, new_year, effects) if r.method != "none"]
    flows = isinstance(data, pd.DataFrame) and "currency" in data and len(data)
    currency = data["currency"].iloc[0] if flows else data.attrs.get("currency")
    columns = [*ADJUSTED, "currency"]
    if not parts:
        return pd.DataFrame(columns=columns)
    frames = [
        r.tables.assign(value=r.values, method=r.method, currency=currency, **r.key).reset_index()
        for r in parts
    ]
    return pd.concat(frames, ignore_index=True)[columns]


@sourced
def holiday_effects(data: pd.DataFrame | pd.Series, new_year: pd.DataFrame) -> pd.DataFrame:
    """
    Estimate the effect of the Chinese New Year in long series, one a flow.

    Parameters
    ----------
    data : DataFrame or Series
        As for `seasonal_adjust`; at least seven years, one series a flow.
    new_year : DataFrame
        From `load_new_year`.

    Returns
    -------
    DataFrame
        Indexed by flow; columns before, during, after: what a month that holds the whole window
        trades more, in logarithms.

    Examples
    --------
    >>> effects = holiday_effects(st.load_totals("WLD", frequency="M"), st.load_new_year())
    >>> bool(effects.loc["total", "during"] < 0)
    True
    """
    regressors, found = holiday_regressors(new_year), {}
    for key, values in each(data):
        if key["flow"] in found or len(values) < FREE:
            raise ValueError(
                f"holiday_effects needs one series a flow of {FREE} months or more, got "
                f"{name_of(key)} with {len(values)}: take a longer one"
            )
        result = adjust(key, values, covering(regressors, values), None)
        found[key["flow"]] = estimates(result, regressors)
    return pd.DataFrame(found).T.rename_axis("flow")


@sourced
def seasonal_diagnostics(
    data: pd.DataFrame | pd.Series,
    new_year: pd.DataFrame | None = None,
    *,
    effects: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Tell how well each series could be adjusted.

    Parameters
    ----------
    data, new_year, effects
        As for `seasonal_adjust`.

    Returns
    -------
    DataFrame
        One row a series: its key, months, method (`none` where it is too short), effect (`own`,
        `lent` or `none`: whose holiday), outliers (text: months that X-13 took for such, as
        2020-02; they are adjusted by the season of the other years), m1 to m11, q and q_without_m2
        (below 1 is good), qs and qs_p before and after (statistic and p-value of seasonality),
        residual_p (p-value of an F test for a season left in the adjusted series), holiday_p (of a
        chi-squared test that the holiday has no effect), spread_original, spread_seasonal and
        spread (of January to March: as published, with the season alone taken out, and with both),
        spread_rest (April to December, both taken out), credible. NaN where the method or the
        length gives none.

    Notes
    -----
    Spread is the standard deviation of month-on-month changes of logarithms, without those into and
    out of outliers. M and Q: Lothian and Morry (1978), Statistics Canada. `credible` asks for seven
    years, M7 and Q below 1, and no season left at 5 % by either test.

    Examples
    --------
    >>> months = st.load_totals("WLD", frequency="M")
    >>> found = seasonal_diagnostics(months, st.load_new_year()).iloc[0]
    >>> bool(found["spread"] < found["spread_seasonal"] < found["spread_original"])
    True
    """
    rows = [r.key | measured(r) for r in _results(data, new_year, effects)]
    return pd.DataFrame(rows)


def _results(
    data: pd.DataFrame | pd.Series, new_year: pd.DataFrame | None, effects: pd.DataFrame | None
) -> Iterator[_Result]:
    """Adjust every series, each with the holiday effect that its length allows."""
    table = None if new_year is None else holiday_regressors(new_year)
    if effects is not None:
        effects = having(effects, "effects", "holiday_effects", number=" ".join(WINDOWS))
    for key, values in each(data):
        if len(values) < FEWEST:
            yield _Result(key, values, pd.DataFrame(), "none", "none", None)
            continue
        regressors = None if table is None else covering(table, values)
        lent = None
        if regressors is not None and len(values) < FREE:
            known = effects is not None and key["flow"] in effects.index
            lent = effects.loc[key["flow"]] if known else None
            if lent is None or not _fits_better(values, regressors, lent):
                regressors = None
        yield adjust(key, values, regressors, lent)


def each(data: pd.DataFrame | pd.Series) -> Iterator[tuple[dict[str, str], pd.Series]]:
    """Give each series with its key, checked."""
    if isinstance(data, pd.DataFrame) and {*TRADE.all_columns} & {*data.columns}:
        frame = validate(data, TRADE)
        frequency, how = frequency_of(frame), "data['period']"
        groups = [(k, g.set_index("period")["value"]) for k, g in frame.groupby(list(SERIES))]
    else:
        wide = isinstance(data, pd.DataFrame) and data.shape[1] > 1
        frame = read_wide(data, "data") if wide else read_series(data, "data").to_frame()
        frequency, how = frame.index.freqstr[0], "data.index"
        keys = [("CHN", str(name), "total", codes.TOTAL) for name in frame]
        groups = [(k, frame[c].dropna()) for k, c in zip(keys, frame, strict=True)]
    if frequency != "M":
        raise ValueError(
            f"data must be monthly to be seasonally adjusted, got frequency {frequency!r}"
        )
    for names, values in groups:
        key = dict(zip(SERIES, names, strict=True))
        _check(key, values, how)
        yield key, values.rename("value").rename_axis("period")


def _check(key: dict[str, str], values: pd.Series, how: str) -> None:
    """Refuse a series with a gap, or one without a logarithm."""
    if values.empty:
        return
    months = pd.period_range(values.index[0], values.index[-1], freq="M")
    absent = months.difference(values.index)
    if len(absent):
        raise ValueError(
            f"data must have no gap in a series, got {name_of(key)} without {absent[-1]}: take the "
            f"months after it, data[{how} > '{absent[-1]}']"
        )
    if not (values > 0).all():
        raise ValueError(
            f"data must be above 0 to be adjusted in logarithms, got {values.min():g} in "
            f"{values.idxmin()} of {name_of(key)}: take the months after it, or leave it out"
        )


def name_of(key: dict[str, str]) -> str:
    """Name a series in an error."""
    return f"{key['reporter']} {key['flow']} {key['partner']}"


def covering(regressors: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Refuse a calendar that ends before the forecasts of the series do."""
    first, last = values.index[0], values.index[-1] + x13.AHEAD
    if first < regressors.index[0] or last > regressors.index[-1]:
        raise ValueError(
            f"new_year must cover {first} to {last} (a year of forecasts), got "
            f"{regressors.index[0]} to {regressors.index[-1]}: give more years"
        )
    return regressors


def adjust(
    key: dict[str, str],
    values: pd.Series,
    regressors: pd.DataFrame | None,
    effect: pd.Series | None,
) -> _Result:
    """Adjust one series by X-13, or by STL where that fails."""
    kind = "none" if regressors is None else "own" if effect is None else "lent"
    fixed = effect if kind == "lent" else None
    try:
        run = x13.run(x13.specification(values, regressors, effect=fixed))
    except x13.X13Error:
        return _Result(key, values, _by_stl(values, regressors, fixed), "STL", kind, None)
    names = {x13.ADJUSTED: "adjusted", x13.TREND: "trend", x13.SEASONAL: "seasonal",
             x13.HOLIDAY: "holiday"}  # fmt: skip
    return _Result(key, values, run.tables.rename(columns=names), "X-13", kind, run)


def _by_stl(
    values: pd.Series, regressors: pd.DataFrame | None, effect: pd.Series | None
) -> pd.DataFrame:
    """Take the holiday out of the logarithms by regression, and the season out by STL."""
    from statsmodels.tsa.seasonal import STL  # a second, where X-13 is not there

    logs, holiday = np.log(values), pd.Series(0.0, values.index)
    if regressors is not None:
        by = _regressed(logs, regressors) if effect is None else effect
        holiday = regressors.loc[values.index] @ by
    fit = STL(logs - holiday, period=12, seasonal=13, robust=True).fit()
    factors = {"adjusted": logs - holiday - fit.seasonal, "trend": fit.trend,
               "seasonal": fit.seasonal, "holiday": holiday}  # fmt: skip
    return np.exp(pd.DataFrame(factors)).rename_axis("period")


def _regressed(logs: pd.Series, regressors: pd.DataFrame) -> pd.Series:
    """Estimate the holiday by least squares on changes over a month and a year."""
    x = _stationary(regressors.loc[logs.index])
    found = np.linalg.lstsq(x.to_numpy(), _stationary(logs).to_numpy(), rcond=None)[0]
    return pd.Series(found, regressors.columns)


def _stationary(values: pd.Series | pd.DataFrame) -> pd.Series | pd.DataFrame:
    """Take the change over a year of the change over a month."""
    return values.diff(12).diff().iloc[13:]


def _fits_better(values: pd.Series, regressors: pd.DataFrame, lent: pd.Series) -> bool:
    """Tell whether a lent effect fits a short series better than none; both have no parameter."""
    try:
        fits = [
            x13.run(x13.specification(values, x, effect=b, outliers=False)).number("aicc")
            for x, b in ((regressors, lent), (None, None))
        ]
    except x13.X13Error:
        logs = np.log(values)
        without = logs - regressors.loc[values.index] @ lent
        fits = [(_stationary(x) ** 2).sum() for x in (without, logs)]
    return fits[0] < fits[1]


def estimates(result: _Result, regressors: pd.DataFrame) -> pd.Series:
    """Give the coefficients behind a holiday factor."""
    if result.run is None:
        return _regressed(np.log(result.values), regressors)
    found = {name: result.run.number(x13.EFFECT + name) for name in WINDOWS}
    return pd.Series(found)


def measured(result: _Result) -> dict[str, object]:
    """Read a row of diagnostics off a result."""
    row: dict[str, object] = {"months": len(result.values), "method": result.method}
    row["effect"] = result.effect
    run = result.run or x13.Run(pd.DataFrame(), {})
    row["outliers"] = ", ".join(str(month) for month in run.outliers())
    row |= {f"m{i}": run.number(f"f3.m{i:02d}") for i in range(1, 12)}
    row |= {"q": run.number("f3.q"), "q_without_m2": run.number("f3.qm2")}
    row |= {"qs_before": run.number("qsori"), "qs_after": run.number("qssadj")}
    row |= {"qs_p_before": run.number("qsori", 1), "qs_p_after": run.number("qssadj", 1)}
    row["residual_p"] = run.number("d11.f", 1) / 100  # the program says it in percent
    row["holiday_p"] = run.number(f"chi${x13.EFFECT[:-1]}", 2) if result.effect == "own" else np.nan
    row |= _spreads(result, run.outliers())
    if result.method == "STL":
        from scipy.stats import f_oneway

        # Whether adjusted months still differ by calendar month, around their trend.
        irregular = np.log(result.tables["adjusted"] / result.tables["trend"])
        months = [part for _, part in irregular.groupby(irregular.index.month)]
        row["residual_p"] = float(f_oneway(*months)[1])
    good = result.method == "X-13" and row["m7"] < 1 and row["q"] < 1
    clean = row["residual_p"] > LEVEL and row["qs_p_after"] > LEVEL
    return row | {"credible": bool(len(result.values) >= FREE and good and clean)}


def _spreads(result: _Result, outliers: list[pd.Period]) -> dict[str, float]:
    """Measure the spread of month-on-month changes at each stage."""
    names = ("spread_original", "spread_seasonal", "spread", "spread_rest")
    if result.method == "none":
        return dict.fromkeys(names, np.nan)
    tables, rest = result.tables, tuple(range(4, 13))
    alone = tables["adjusted"] * tables["holiday"]
    stages = (result.values, alone, tables["adjusted"])
    spreads = [_spread(stage, outliers, HOLIDAY_MONTHS) for stage in stages]
    return dict(zip(names, [*spreads, _spread(tables["adjusted"], outliers, rest)], strict=True))


def _spread(values: pd.Series, outliers: list[pd.Period], months: tuple[int, ...]) -> float:
    """Measure the spread of changes into some calendar months, leaving outliers out."""
    changes = changes_of(values)
    touched = changes.index.isin([*outliers, *(p + 1 for p in outliers)])
    return float(changes[changes.index.month.isin(months) & ~touched].std())


def changes_of(values: pd.Series) -> pd.Series:
    """Give month-on-month changes of logarithms."""
    return np.log(values).diff().iloc[1:]
