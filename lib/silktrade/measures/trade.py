"""
Measures of trade: growth, contributions, shares, balance, concentration and windows.

Frame in, new frame out. A measure that needs two periods or several parts is only given where all
of them are known: a missing part gives no row, never a wrong number.
"""

from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.doors import alike, sourced
from silktrade.measures.shapes import by_series, counted, each, is_trade
from silktrade.schema import SERIES, TRADE, frequency_of, validate
from silktrade.series import PER_YEAR, described, read_period, read_series, read_values, read_wide


@sourced
def growth(
    data: pd.DataFrame | pd.Series, *, periods: int | None = None
) -> pd.DataFrame | pd.Series:
    """
    Measure growth over an earlier period, one year before by default.

    Parameters
    ----------
    data : DataFrame or Series
        A TRADE frame, or values of one unit indexed by period (years, quarters or months): a
        series, or a wide frame with one column a part.
    periods : int, optional
        How many periods back to compare with; by default one year (12 months, 4 quarters).

    Returns
    -------
    DataFrame or Series
        Growth as a fraction (0.12 is 12 %), in the currency of the data. For a frame: reporter,
        partner, flow, product, period, growth, currency. A period whose base is not known has no
        row. For a wide frame: a wide frame of growth, NaN where a part's is not known.

    Raises
    ------
    ValueError
        If a base is not above 0, or `periods` is below 1.

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> growth(pd.Series([50.0, 60.0, 66.0], index=years[[0, 1, 2]])).round(3).tolist()
    [0.2, 0.1]
    """
    _count(periods)
    out = by_series(data, lambda values: _growth(values, periods), "growth")
    return counted(out, "fraction")


@sourced
def cagr(
    values: pd.Series | pd.DataFrame, start: str | pd.Period, end: str | pd.Period
) -> float | pd.Series | pd.DataFrame:
    """
    Measure the compound annual growth rate between two periods.

    Parameters
    ----------
    values : Series or DataFrame
        Above 0, of one unit, indexed by period: one series or several side by side; or TRADE.
    start, end : str or Period
        The first period and a later one; both must be known.

    Returns
    -------
    float, Series or DataFrame
        A fraction a year; of several series by name; of TRADE a row a series: reporter, partner,
        flow, product, growth, currency.

    Examples
    --------
    >>> years = pd.period_range("2020", "2022", freq="Y")
    >>> cagr(pd.Series([100.0, 90.0, 121.0], index=years), "2020", "2022")
    0.10000000000000009
    """
    if is_trade(values):
        trade = validate(values, TRADE)
        rates = [
            (*key, _cagr(group.set_index("period")["value"], start, end, " ".join(key[1:3])))
            for key, group in trade.groupby(list(SERIES))
        ]
        out = pd.DataFrame(rates, columns=[*SERIES, "growth"])
        return out.assign(currency=trade["currency"].iloc[0] if len(trade) else None)
    if isinstance(values, pd.DataFrame) and values.shape[1] > 1:
        wide = read_wide(values, "values")
        return pd.Series({c: _cagr(wide[c], start, end, str(c)) for c in wide}, name="growth")
    return _cagr(read_series(values, "values"), start, end, "the series")


@sourced
def contributions(trade: pd.DataFrame, *, periods: int | None = None) -> pd.DataFrame:
    r"""
    Split the growth of a total into what each series of the frame added.

    Parameters
    ----------
    trade : DataFrame
        TRADE, or a wide frame by period with one column a part; the total is the sum of all.
    periods : int, optional
        How many periods back to compare with; by default one year.

    Returns
    -------
    DataFrame
        reporter, partner, flow, product, period, contribution (fraction of the total's base, above
        0; they add up to its growth), currency; only where every series is known then and at the
        base. For a wide frame: a wide frame.

    Notes
    -----
    .. math:: c_{i,t} = (x_{i,t} - x_{i,t-k}) / \sum_j x_{j,t-k} .

    Examples
    --------
    >>> parts = contributions(st.load_trade(frequency="Y"))
    >>> parts.groupby("period")["contribution"].sum().round(4).loc["2024"].item()
    0.0607
    """
    _count(periods)
    if not is_trade(trade):
        return counted(_contributions(read_wide(trade, "trade").dropna(), periods), "fraction")
    trade = validate(trade, TRADE)
    wide = trade.pivot(index="period", columns=list(SERIES), values="value").dropna()
    columns = [*SERIES, "period", "contribution", "currency"]
    if wide.empty:
        none = trade.iloc[:0].rename(columns={"value": "contribution"})
        return counted(none[columns], "fraction")
    long = _contributions(wide, periods).stack(list(SERIES)).rename("contribution").reset_index()
    long = long.assign(currency=trade["currency"].iloc[0])
    return counted(long[columns].sort_values(columns[:5], ignore_index=True), "fraction")


@sourced
def share(trade: pd.DataFrame, *, of: str = "partner") -> pd.DataFrame:
    """
    Measure each part's share of the total over its siblings, in each period.

    Parameters
    ----------
    trade : DataFrame
        TRADE, its totals above 0; or a wide frame indexed by period with one column a part.
    of : {'partner', 'flow', 'product'}
        What is compared: partners within each flow and product, or flows within each partner.

    Returns
    -------
    DataFrame
        reporter, partner, flow, product, period, share (fraction, sums to 1 over `of`); only where
        every sibling is known. For a wide frame: a wide frame of shares.

    Examples
    --------
    >>> shares = share(st.load_trade(flows="export")).set_index(["partner", "period"])
    >>> shares.loc[("KAZ", "2024"), "share"].round(3).item()
    0.436
    """
    codes.one_of("of", of, ("partner", "flow", "product"))
    if not is_trade(trade):
        wide = read_wide(trade, "trade").dropna()
        total = wide.sum(axis=1)
        _no_zero_total(wide.index.to_series(), total)
        return counted(wide.div(total, axis=0), "fraction")
    trade = validate(trade, TRADE)
    within = [c for c in ("reporter", "partner", "flow", "product", "period") if c != of]
    siblings = trade.groupby([c for c in within if c != "period"])[of].transform("nunique")
    groups = trade.groupby(within)["value"]
    whole, known = groups.transform("sum"), groups.transform("size")
    complete = trade[known == siblings]
    total = whole[known == siblings]
    _no_zero_total(complete["period"], total)
    out = complete.assign(share=complete["value"] / total)
    return counted(out[[*SERIES, "period", "share"]].reset_index(drop=True), "fraction")


@sourced
def balance(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Subtract imports from exports, for each partner and period.

    Parameters
    ----------
    trade : DataFrame
        TRADE with both flows.

    Returns
    -------
    DataFrame
        reporter, partner, product, period, balance (full units of `currency`; above 0 is a surplus
        of the reporter), currency; only where both flows are known. Imports count cif, so the
        balance is understated by carriage and insurance.

    Examples
    --------
    >>> kazakhstan = balance(st.load_trade(frequency="Y", partners="KAZ", currency="CNY"))
    >>> kazakhstan.set_index("period")["balance"]["2024"].round(-9).item()
    86000000000.0
    """
    trade = _flows(trade, "balance")
    keys = ["reporter", "partner", "product", "period"]
    wide = trade.pivot(index=keys, columns="flow", values="value").reindex(columns=codes.FLOWS)
    net = (wide["export"] - wide["import"]).dropna().rename("balance").reset_index()
    return net.assign(currency=trade["currency"].iloc[0] if len(trade) else None)


def concentration(values: pd.Series) -> float:
    r"""
    Measure how concentrated a total is among its parts.

    Parameters
    ----------
    values : Series of float
        The parts, in any one unit; all at least 0, their sum above 0.

    Returns
    -------
    float
        Herfindahl-Hirschman index in (0, 1]; 1 is a single part, 1/n is n equal parts.

    Notes
    -----
    Hirschman (1964), American Economic Review 54(5):

    .. math:: H = \sum_i s_i^2, \qquad s_i = x_i / \sum_j x_j .

    Examples
    --------
    >>> concentration(pd.Series([50.0, 50.0]))
    0.5
    """
    parts = read_values(values, "values")
    if parts.isna().any() or (parts < 0).any() or not parts.sum() > 0:
        raise ValueError(
            "values must be known, at least 0 and not all 0, got "
            f"{parts.tolist()}: leave out parts that are not known"
        )
    parts = parts / parts.max()  # the squares of large numbers would overflow
    return float(((parts / parts.sum()) ** 2).sum())


@sourced
def by_direction(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Name the exporter and the importer of each row, whoever reported it.

    Parameters
    ----------
    trade : DataFrame
        TRADE.

    Returns
    -------
    DataFrame
        TRADE with two columns more: exporter and importer.

    Examples
    --------
    >>> sold = by_direction(st.load_trade(partners="KAZ", flows="import"))
    >>> sold[["exporter", "importer"]].iloc[0].tolist()
    ['KAZ', 'CHN']
    """
    trade = _flows(trade, "by_direction")
    sold = trade["flow"] == "export"
    return trade.assign(
        exporter=trade["reporter"].where(sold, trade["partner"]),
        importer=trade["partner"].where(sold, trade["reporter"]),
    )


@sourced
def region(trade: pd.DataFrame, name: str | None = None) -> pd.DataFrame:
    """
    Sum partners to the region whose members they are, where all of it are known.

    Parameters
    ----------
    trade : DataFrame
        TRADE with the members of one region; or their totals side by side, from
        `load_partner_totals`.
    name : str, optional
        A region, such as `"CA5"`, the five, or a partner for itself; by default the first region
        that has all partners of `trade` as members. All must be; no column may be missing.

    Returns
    -------
    DataFrame or Series
        TRADE with the region as its only partner, where all members are known; obs_status is the
        weakest of the parts', released the latest. For a wide frame: the sums by period.

    Examples
    --------
    >>> both = region(st.load_trade(frequency="Y", currency="CNY")).set_index(["flow", "period"])
    >>> (both.loc[("export", "2024"), "value"] / 1e9).round(2).item()
    456.7
    """
    if not is_trade(trade):
        wide = read_wide(trade, "trade")
        name = _region_of(map(str, wide.columns), name)
        parts = codes.members(name)
        if lacking := [p for p in parts if p not in wide]:
            raise ValueError(
                f"trade must have the columns {', '.join(parts)} to be summed to "
                f"{name}, got no {', '.join(lacking)}: take load_partner_totals({name!r})"
            )
        whole = wide.dropna().sum(axis=1).rename(name)
        whole.attrs = {**wide.attrs, "partner": name}
        return whole
    trade = validate(trade, TRADE)
    name = _region_of(trade["partner"].unique(), name)
    return _added(trade.assign(partner=name), len(codes.members(name)))


def _region_of(partners: Iterable[str], name: str | None) -> str:
    """Find the region that partners are summed to, or say which there are."""
    given = sorted(partners)
    if name is not None:
        codes.one_of("name", name, (*codes.COUNTRIES, *codes.REGIONS))
        codes.some_of("partner", given or None, codes.members(name))
        return name
    fits = [r for r, parts in codes.REGIONS.items() if set(given) <= set(parts)]
    if fits:
        return fits[0]
    there = "; ".join(f"{r} of {', '.join(parts)}" for r, parts in codes.REGIONS.items())
    raise ValueError(
        f"trade must be with members of one region, got {', '.join(given)} (there is {there}): "
        "add a row to regions.csv, or keep one region's partners"
    )


@sourced
def year_to_date(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Cumulate months from January, for every month whose year is known without a gap.

    Parameters
    ----------
    trade : DataFrame or Series
        TRADE, monthly; or values indexed by month, of one series or of several side by side.

    Returns
    -------
    DataFrame or Series
        TRADE, monthly: `value` is the sum from January to `period`, obs_status the weakest of its
        months'. Months after a gap have no row.

    Examples
    --------
    >>> months = st.load_trade(frequency="M", currency="CNY", as_of="2023-05-31")
    >>> (year_to_date(months).set_index("period").loc["2023-04", "value"].sum() / 1e9).round(1)
    np.float64(170.4)
    """
    if not is_trade(trade):
        return each(trade, lambda values: _to_date(values, "year_to_date"))
    trade = _monthly(trade, "year_to_date")
    if trade.empty:
        return trade
    ranked = trade.assign(rank=trade["obs_status"].map(codes.STATUS_RANK))
    years = ranked.groupby([*SERIES, trade["period"].dt.year])
    unbroken = years.cumcount() + 1 == trade["period"].dt.month
    status = years["rank"].cummax().map(codes.STATUS_AT)
    summed = trade.assign(value=years["value"].cumsum(), obs_status=status)
    return validate(summed[unbroken], TRADE)


@sourced
def calendar_year(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Sum the months of each complete calendar year.

    Parameters
    ----------
    trade : DataFrame or Series
        As for `year_to_date`.

    Returns
    -------
    DataFrame or Series
        TRADE, annual; a year with fewer than twelve known months has no row. The printed annual
        figure may differ by up to 0.6 %, 3 % for imports from Tajikistan
        (`load_trade(frequency="Y")` gives it).

    Examples
    --------
    >>> years = calendar_year(st.load_trade(frequency="M", currency="CNY"))
    >>> (years.set_index("period").loc["2025", "value"].sum() / 1e9).round(1)
    np.float64(760.9)
    """
    return _whole(trade, "calendar_year", "Y", 12)


@sourced
def quarters(months: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """
    Sum the months of each complete quarter.

    Parameters
    ----------
    months : DataFrame or Series
        As for `calendar_year`.

    Returns
    -------
    DataFrame or Series
        As `months`, by quarter; one that lacks a month has no row. A price or a rate is no sum of
        months: take the mean, `prices.groupby(prices.index.asfreq("Q")).mean()`.

    Examples
    --------
    >>> months = pd.Series(1.0, pd.period_range("2024-12", "2025-04", freq="M"))
    >>> {str(p): v for p, v in quarters(months).items()}
    {'2025Q1': 3.0}
    """
    return _whole(months, "quarters", "Q", 3)


@sourced
def currency_effect(cny: pd.Series, usd: pd.Series, *, periods: int | None = None) -> pd.DataFrame:
    r"""
    Set growth in yuan against growth in dollars of the same trade.

    Parameters
    ----------
    cny, usd : Series
        The same trade in yuan and in dollars, indexed by period.
    periods : int, optional
        How many periods back to compare with; by default one year.

    Returns
    -------
    DataFrame
        Indexed by period: growth_cny, growth_usd, rate_change (of the yuan price of a dollar, as
        the customs use it), fractions. Above 0 the yuan weakened.

    Notes
    -----
    .. math:: 1 + g^{CNY} = (1 + g^{USD})(1 + e), \qquad e = R_t / R_{t-k} - 1 .

    Examples
    --------
    >>> years = pd.period_range("2022", "2023", freq="Y")
    >>> effect = currency_effect(pd.Series([100.0, 132.0], years), pd.Series([20.0, 24.0], years))
    >>> effect.round(3).to_dict("records")
    [{'growth_cny': 0.32, 'growth_usd': 0.2, 'rate_change': 0.1}]
    """
    _count(periods)
    cny, usd = read_series(cny, "cny"), read_series(usd, "usd")
    for name, values in (("CNY", cny), ("USD", usd)):
        if (got := values.attrs.get("currency", name)) != name:
            raise ValueError(f"{name.lower()} must be in {name}, got {got}: load it in {name}")
    alike("partner", {"cny": cny, "usd": usd})
    if cny.index.freqstr != usd.index.freqstr:
        raise ValueError(
            f"cny and usd must be of one frequency, got {cny.index.freqstr!r} and "
            f"{usd.index.freqstr!r}: load both in the same"
        )
    both = pd.DataFrame({
        "growth_cny": _growth(cny, periods),
        "growth_usd": _growth(usd, periods),
    }).dropna()  # fmt: skip
    both["rate_change"] = (1 + both["growth_cny"]) / (1 + both["growth_usd"]) - 1
    return both.rename_axis("period")


def _no_zero_total(periods: pd.Series, total: pd.Series) -> None:
    """Refuse shares of nothing, or of less."""
    none = (total <= 0).to_numpy()
    if none.any():
        raise ValueError(
            f"share needs a total above 0, got {total[none].iloc[0]:g} in {periods[none].iloc[0]}: "
            "leave that period out"
        )


def _flows(data: object, name: str) -> pd.DataFrame:
    """Validate a frame that has to tell of flows."""
    if not is_trade(data):
        raise ValueError(
            f"{name} needs a TRADE frame of exports and imports, got {described(data)}: take it "
            "from load_trade()"
        )
    return validate(data, TRADE)


def _count(periods: int | None) -> None:
    """Refuse what counts no periods."""
    if periods is not None:
        codes.whole("periods", periods, why="it counts periods back")


def _growth(values: pd.Series, periods: int | None) -> pd.Series:
    """Compare each value with the one `periods` earlier, by date and not by position."""
    values = values.dropna()
    base = _lagged(values, periods or PER_YEAR[values.index.freqstr[0]])
    _base_above_0(base)
    return values.loc[base.index] / base - 1


def _cagr(values: pd.Series, start: str | pd.Period, end: str | pd.Period, who: str) -> float:
    """Measure the compound growth of one series."""
    known, frequency = values.dropna(), values.index.freqstr
    first, last = read_period(start, frequency, "start"), read_period(end, frequency, "end")
    for name, period in (("start", first), ("end", last)):
        if period not in known.index:
            raise ValueError(f"{name} must be a period of {who}, got {period}: it is not known")
    years = (last - first).n / PER_YEAR[frequency[0]]
    low, high = known[first], known[last]
    if years <= 0:
        raise ValueError(f"end must come after start, got {last} after {first}: swap them")
    if low <= 0 or high <= 0:
        raise ValueError(
            f"cagr needs values above 0, got {low} in {first} and {high} in {last}: choose others"
        )
    return float((high / low) ** (1 / years) - 1)


def _to_date(values: pd.Series, name: str) -> pd.Series:
    """Cumulate one series from January, as far as no month is missing."""
    values = _months(values, name)
    years = values.groupby(values.index.year)
    return years.cumsum()[(years.cumcount() + 1 == values.index.month).to_numpy()]


def _whole(
    data: pd.DataFrame | pd.Series, name: str, longer: str, months: int
) -> pd.DataFrame | pd.Series:
    """Sum the months of each longer period that lacks none."""
    if is_trade(data):
        trade = _monthly(data, name)
        return _added(trade.assign(period=trade["period"].dt.asfreq(longer)), months)

    def summed(values: pd.Series) -> pd.Series:
        """Sum one series."""
        values = _months(values, name)
        groups = values.groupby(values.index.asfreq(longer))
        return groups.sum()[groups.size() == months]

    return each(data, summed)


def _added(trade: pd.DataFrame, parts: int) -> pd.DataFrame:
    """Add up the rows of one key, where all parts are there: its status is the weakest of them."""
    ranked = trade.assign(rank=trade["obs_status"].map(codes.STATUS_RANK))
    joined = ranked.groupby([*TRADE.key, "currency", "valuation"], as_index=False).agg(
        value=("value", "sum"),
        parts=("value", "size"),
        rank=("rank", "max"),
        released=("released", "max"),
        vintage=("vintage", "max"),
        source=("source", lambda s: ", ".join(sorted(set(s)))),
    )
    joined = joined[joined["parts"] == parts]
    joined.attrs = trade.attrs
    return validate(joined.assign(obs_status=joined["rank"].map(codes.STATUS_AT)), TRADE)


def _months(values: pd.Series, name: str) -> pd.Series:
    """Take what is known of a series that has to be monthly."""
    if len(values) and values.index.freqstr != "M":
        raise ValueError(f"{name} needs months, got frequency {values.index.freqstr[0]!r}")
    return values.dropna()


def _contributions(wide: pd.DataFrame, periods: int | None) -> pd.DataFrame:
    """Divide each part's change by the earlier total."""
    base = _lagged(wide, periods or PER_YEAR[wide.index.freqstr[0]])
    whole = base.sum(axis=1)
    _base_above_0(whole)
    return (wide.loc[base.index] - base).div(whole, axis=0)


def _lagged(values: pd.DataFrame | pd.Series, lag: int) -> pd.DataFrame | pd.Series:
    """Give the value `lag` periods earlier, for each period that has both."""
    moved = values.set_axis(values.index + lag)
    return moved.loc[moved.index.intersection(values.index)]


def _base_above_0(base: pd.Series) -> None:
    """Refuse growth from nothing, or from less: a rise from -1 to 2 is no fall of 300 %."""
    if (base <= 0).any():
        at = base.index[base <= 0][0]
        raise ValueError(
            f"growth from a base at or below 0 is not defined, got {base[at]:g} as the base of "
            f"{at}: leave the series or the period out"
        )


def _monthly(trade: pd.DataFrame, name: str) -> pd.DataFrame:
    """Validate a frame that has to be monthly."""
    trade = _flows(trade, name)
    if frequency_of(trade) != "M":
        raise ValueError(f"{name} needs a monthly frame, got frequency {frequency_of(trade)!r}")
    return trade
