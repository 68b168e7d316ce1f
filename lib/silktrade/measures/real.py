"""Real values, indices and values per head: what trade is once prices, a base or people are set."""

import re

import pandas as pd

from silktrade import codes
from silktrade.measures.shapes import by_series, counted, each, is_trade, unit_of
from silktrade.schema import INDICATOR, TRADE, frequency_of, validate
from silktrade.series import described, read_period, read_series, read_wide

_YEAR = re.compile(r"\d{4}")


def deflate(
    data: pd.DataFrame | pd.Series, prices: pd.Series, base: str | int | pd.Period
) -> pd.DataFrame | pd.Series:
    r"""
    Turn values at current prices into values at the prices of one period.

    Parameters
    ----------
    data : DataFrame or Series
        A TRADE frame, or values indexed by period: a series, or a wide frame with one column a
        part.
    prices : Series
        A price index above 0 in any base, by the same months, quarters or years. It should count
        prices in the currency of the values: a deflator in dollars for values in dollars.
    base : str, int or Period
        The period whose prices are taken, which are known; a year of months or quarters stands for
        their mean.

    Returns
    -------
    DataFrame or Series
        As `data`, at constant prices and in the same currency; periods without a price have no
        row. Of TRADE: TRADE, so that `growth` of it is real growth.

    Notes
    -----
    .. math:: x^{real}_t = x_t \, P_b / P_t .

    Examples
    --------
    >>> years = pd.period_range("2020", "2021", freq="Y")
    >>> prices = pd.Series([100.0, 110.0], years)
    >>> deflate(pd.Series([50.0, 66.0], years), prices, 2020).round(1).tolist()
    [50.0, 60.0]
    """
    prices = read_series(prices, "prices").dropna()
    if (prices <= 0).any():
        at = prices.index[prices <= 0][0]
        raise ValueError(f"prices must be above 0, got {prices[at]:g} in {at}")
    factor = _at(prices, base, "prices") / prices

    def moved(values: pd.Series) -> pd.Series:
        known = _same(factor, values.index.freqstr).reindex(values.index)
        return (values * known).dropna().rename(values.name)

    if is_trade(data):
        trade = validate(data, TRADE)
        at = trade["period"].map(_same(factor, frequency_of(trade)))
        real = trade.assign(value=trade["value"] * at).dropna(subset=["value"])
        real = validate(real, TRADE)
    else:
        real = each(data, moved)
    return counted(real, ", ".join(filter(None, (unit_of(data), f"prices of {base}"))))


def index_to(
    data: pd.DataFrame | pd.Series, base: str | int | pd.Period
) -> pd.DataFrame | pd.Series:
    """
    Set each series to 100 in a base period.

    Parameters
    ----------
    data : DataFrame or Series
        As for `deflate`.
    base : str, int or Period
        The period that is 100, above 0 in every series, as for `deflate`.

    Returns
    -------
    DataFrame or Series
        As `data`, base = 100. Of TRADE: reporter, partner, flow, product, period, index, currency.

    Examples
    --------
    >>> years = pd.period_range("2020", "2021", freq="Y")
    >>> index_to(pd.Series([50.0, 66.0], years), "2020").tolist()
    [100.0, 132.0]
    """

    def measured(values: pd.Series) -> pd.Series:
        return 100 * values / _at(values.dropna(), base, str(values.name or "the series"))

    currency = f", {unit_of(data)}" if unit_of(data) in codes.CURRENCY_LABELS.values() else ""
    return counted(by_series(data, measured, "index"), f"{base} = 100{currency}")


def per_head(
    data: pd.DataFrame | pd.Series, population: pd.DataFrame | pd.Series
) -> pd.DataFrame | pd.Series:
    """
    Divide values by the people of the partner.

    Parameters
    ----------
    data : DataFrame or Series
        As for `deflate`.
    population : DataFrame or Series
        Persons, above 0: by year, as one series; or of each partner, INDICATOR rows of
        `load_indicator("population")` or a wide frame with one column an economy. A region has the
        people of its members. Months and quarters are divided by the people of their year.

    Returns
    -------
    DataFrame or Series
        As `data`, in its currency per person; periods without a population have no row. Of TRADE:
        reporter, partner, flow, product, period, per_head, currency.

    Examples
    --------
    >>> people = st.load_indicator("population")
    >>> per_head(st.load_totals("KAZ"), people).loc["2024"].round(-2)
    np.float64(2200.0)
    """
    people = _people(population)

    def measured(values: pd.Series) -> pd.Series:
        who = values.attrs.get("partner", values.name)
        count = _of(people, who).reindex(values.index.asfreq("Y"))
        return (values / count.to_numpy()).dropna()

    return counted(by_series(data, measured, "per_head"), f"{unit_of(data)} per person".lstrip())


def _people(population: object) -> pd.DataFrame | pd.Series:
    """Read a population: one series by year, or a column an economy."""
    if isinstance(population, pd.DataFrame) and {"economy", "indicator"} & {*population.columns}:
        rows = validate(population, INDICATOR)
        for name in rows["indicator"].unique():
            codes.one_of("indicator of population", name, ["population"])
        population = rows.pivot(index="period", columns="economy", values="value")
    if isinstance(population, pd.DataFrame) and population.shape[1] > 1:
        read = read_wide(population, "population")
    elif isinstance(population, pd.Series | pd.DataFrame):
        read = read_series(population, "population")
    else:
        raise ValueError(
            f"population must be a series by year or from load_indicator('population'), got "
            f"{described(population)}"
        )
    if read.index.freqstr[0] != "Y" or (read <= 0).to_numpy().any():
        raise ValueError("population must be by year and above 0: leave out other periods")
    return read


def _of(people: pd.DataFrame | pd.Series, who: object) -> pd.Series:
    """Give the people of an economy, or of the members of a region."""
    if isinstance(people, pd.Series):
        if people.name == who or not {people.name, who} <= {*codes.ECONOMIES}:
            return people
        people = people.to_frame()  # whose it is, its name says
    if who not in codes.ECONOMIES and who not in people:
        raise ValueError(
            f"data must be named as its partner, got {who!r}: write data.rename('KAZ'), or give "
            "population as one series"
        )
    members = [who] if who in people else codes.REGIONS.get(str(who), ())
    absent = [m for m in members if m not in people]
    if absent or not members:
        lacking = absent[0] if absent else who
        raise ValueError(
            f"population must have {lacking}, got {', '.join(map(str, people))}: load it for all"
        )
    return people[list(members)].sum(axis=1, skipna=False)


def _at(values: pd.Series, base: str | int | pd.Period, name: str) -> float:
    """Give the value of a base period; of a year of months or quarters the mean."""
    frequency = values.index.freqstr
    if frequency[0] != "Y" and _YEAR.fullmatch(str(base)):
        within = values[values.index.year == int(str(base))]
        found = within.mean() if len(within) == {"M": 12, "Q": 4}[frequency[0]] else None
    else:
        found = values.get(read_period(base, frequency, "base"))
    if found is None or not found > 0:
        got = "none" if found is None else f"{found:g}"
        ends = f", known from {values.index.min()} to {values.index.max()}," if len(values) else ""
        raise ValueError(
            f"base must be a period in which {name}{ends} is above 0, got {got} for {base}"
        )
    return float(found)


def _same(factor: pd.Series, frequency: str) -> pd.Series:
    """Refuse prices of another frequency than that of the values."""
    if factor.index.freqstr[0] != frequency[0]:
        raise ValueError(
            f"prices must be of the frequency of the values, {frequency[0]!r}, got "
            f"{factor.index.freqstr[0]!r}: load both in the same"
        )
    return factor
