"""The projection from all that the collection holds of a day, with one call."""

from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.data.indicators import load_indicator, load_outlooks
from silktrade.data.trade import load_partner_totals, load_totals, load_trade
from silktrade.days import Day
from silktrade.projection.project import project, years_to
from silktrade.projection.rate import FLOATS, project_rate


def project_trade(
    year: int,
    *,
    partners: str | Iterable[str] | None = None,
    as_of: Day = None,
    currency: str = "USD",
    draws: int = 2000,
    seed: int = 0,
    models: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """
    Project China's trade to a year, from all that the collection knows of a day.

    Parameters
    ----------
    year : int
        The last calendar year projected, 1 to 20 after the last one known.
    partners : str or iterable of str, optional
        Who is projected together: ISO codes, or regions, which stand for their members; by default
        the five.
    as_of : str or Timestamp, optional
        Use only what was public on that day; by default all that there is.
    currency : {'USD', 'CNY'}
        Of the values.
    draws, seed, models
        As for `project`.

    Returns
    -------
    DataFrame
        DRAWS, as `project` gives them from the years, months and totals of trade, the outlook and
        the price of oil. Months for which the customs' rate is not known yet are converted at the
        market's, which differs from it by about one percent.

    Examples
    --------
    >>> project_trade(2024, as_of="2024-02-01", draws=100)["period"].astype(str).unique().tolist()
    ['2024']
    """
    year = codes.a_year("year", year)
    sides = codes.members(partners)
    trade = load_trade(currency=currency, partners=sides, as_of=as_of)
    named = codes.together(sides)  # of others no sum is printed
    totals = None if named == codes.SUM else load_totals(named, currency=currency, as_of=as_of)
    last = trade["period"].max()
    last = last if totals is None or totals.empty else max(last, totals.index.max())
    return project(
        trade,
        years_to(last.year, year),
        months=load_months(sides, currency=currency, as_of=as_of),
        outlook=load_outlooks(as_of=as_of),
        oil=load_indicator("oil_brent", frequency="M", as_of=as_of),
        totals=totals,
        partner_totals=load_partner_totals(sides, currency=currency, as_of=as_of),
        models=models,
        draws=draws,
        seed=seed,
        as_of=as_of,
    )


def project_yuan(year: int, *, as_of: Day = None, draws: int = 2000, seed: int = 0) -> pd.DataFrame:
    """
    Project the customs' yuan rate to a year, from all that the collection knows of a day.

    Parameters
    ----------
    year, as_of, draws, seed
        As for `project_trade`.

    Returns
    -------
    DataFrame
        Yuan per dollar as `project_rate` gives it, for `in_yuan`: from the market's rate alone
        before the customs' own was public by month.

    Examples
    --------
    >>> rates = project_yuan(2024, as_of="2024-02-01", draws=100)
    >>> rates[pd.Period("2023", "Y")].unique().round(3).tolist()
    [7.029]
    """
    year = codes.a_year("year", year)
    market, customs = (
        load_indicator(name, frequency="M", as_of=as_of, needed=False).set_index("period")["value"]
        for name in ("exchange_rate", "customs_rate")
    )
    last = market if customs.empty else customs
    if len(market.loc[FLOATS:]) < 2:
        raise ValueError(
            f"as_of must be a day by which the rate was known for two months from {FLOATS} on, "
            f"when the peg ended, got {as_of}: choose a later day"
        )
    first = (last.index.max() + 1).year
    drawn = project_rate(market, last, max(year - first + 1, 1), draws=draws, seed=seed)
    if year < drawn.columns[0].year:
        raise ValueError(
            f"year must be {drawn.columns[0]} or later, got {year}: "
            "load_trade(currency='CNY') has the years before"
        )
    return drawn


def load_months(
    partners: str | Iterable[str] | None = None, *, currency: str = "USD", as_of: Day = None
) -> pd.DataFrame:
    """
    Load the months that a projection knows of a day.

    Parameters
    ----------
    partners, currency, as_of
        As for `load_trade`.

    Returns
    -------
    DataFrame
        TRADE, monthly; no rows before the first was public. Months for which the customs' rate is
        not known yet are converted at the market's, the last one known (obs_status `E`).

    Examples
    --------
    >>> len(load_months(as_of="2019-12-31")), load_months(as_of="2024-02-01")["period"].max()
    (0, Period('2023-12', 'M'))
    """
    asked = {"frequency": "M", "partners": partners, "as_of": as_of, "needed": False}
    months = load_trade(currency=currency, **asked)
    if currency != "USD" or months.empty:
        return months
    printed = load_trade(currency="CNY", **asked)
    late = printed[printed["period"] > months["period"].max()]
    market = load_indicator("exchange_rate", frequency="M", as_of=as_of)
    market = market.set_index("period")["value"]
    market = market.reindex(market.index.union(late["period"].unique())).ffill()  # no view on it
    rate = late["period"].map(market)
    dollars = late.assign(value=late["value"] / rate, currency="USD", obs_status="E")
    return pd.concat([months, dollars[rate.notna()]], ignore_index=True)
