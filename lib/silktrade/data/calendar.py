"""
When figures become public: the publishers' calendars, as rules from a period to a day.

No record of each release is kept, so that a day follows from the rule, never earlier than the truth
as far as we know. The same rules say when the next release is due.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from pandas.tseries.offsets import BusinessDay

Rule = Callable[[pd.Period], pd.Timestamp]


def _customs_month(month: pd.Period) -> pd.Timestamp:
    """Give the 20th of the following month; January and February appear together in March."""
    return _day(month + (2 if month.month == 1 else 1), 20)


def _customs_preliminary(month: pd.Period) -> pd.Timestamp:
    """Give the 14th of the following month; January and February appear together in March."""
    return _customs_month(month) - pd.Timedelta(days=6)


def _customs_year(year: pd.Period) -> pd.Timestamp:
    """Give 20 January, the day of the December table."""
    return pd.Timestamp(year.year + 1, 1, 20)


def _half_year(year: pd.Period) -> pd.Timestamp:
    """Give 30 June of the following year, for annual figures of the IMF and the UN."""
    return pd.Timestamp(year.year + 1, 6, 30)


def _gdp(year: pd.Period) -> pd.Timestamp:
    """Give 1 July of the following year, for World Development Indicators."""
    return pd.Timestamp(year.year + 1, 7, 1)


def _fourth(month: pd.Period) -> pd.Timestamp:
    """Give the 4th of the following month, the latest that the first business day can be."""
    return _day(month + 1, 4)


def _second_weekday(month: pd.Period) -> pd.Timestamp:
    """Give the second weekday of the following month."""
    return (month + 1).start_time - BusinessDay() + BusinessDay(2)


def _four_months(month: pd.Period) -> pd.Timestamp:
    """Give four months, within which monthly reports to the IMF and the UN have come."""
    return _day(month + 5, 1)


def _edition(year: pd.Period) -> pd.Timestamp:
    """Give October: an edition has no period of its own, `next_due` knows its day."""
    return pd.Timestamp(year.year, 10, 15)


RULES: dict[tuple[str, str], Rule] = {
    ("gacc", "partner_monthly"): _customs_month,
    ("gacc", "partner_monthly_usd"): _customs_month,
    ("gacc", "partner_year_to_date"): _customs_month,
    ("gacc", "partner_year_to_date_usd"): _customs_month,
    ("gacc", "partner_chapters_monthly"): _customs_month,
    ("gacc", "partner_chapters_monthly_usd"): _customs_month,
    ("gacc", "preliminary_rate"): _customs_preliminary,
    ("gacc", "partner_annual"): _customs_year,
    ("comtrade", "china_reported"): _half_year,
    ("comtrade", "partner_reported"): _half_year,
    ("comtrade", "china_chapters"): _half_year,
    ("comtrade", "partner_chapters"): _half_year,
    ("comtrade", "china_reported_monthly"): _four_months,
    ("comtrade", "partner_reported_monthly"): _four_months,
    ("comtrade", "china_chapters_monthly"): _four_months,
    ("comtrade", "partner_chapters_monthly"): _four_months,
    ("imf", "trade_monthly"): _four_months,
    ("imf", "trade_monthly_mirror"): _four_months,
    ("imf", "world_economic_outlook"): _edition,
    ("worldbank", "gdp"): _gdp,
    ("worldbank", "commodity_prices"): _second_weekday,
    ("fed", "exchange_rate"): _fourth,
    ("bis", "exchange_rate"): _fourth,
}
EDITIONS = ((4, 20), (10, 15))  # month and day by which a World Economic Outlook is out


def released(source: str, dataset: str, periods: pd.Series) -> pd.Series:
    """Give the day on which each period was first public, by the publisher's rule."""
    rule = RULES[source, dataset]
    days = {period: rule(period) for period in periods.unique()}
    return pd.to_datetime(periods.map(days))


def next_due(source: str, dataset: str, last: pd.Period, vintage: str) -> pd.Timestamp | None:
    """Tell when the release after the one that is held is due."""
    if (source, dataset) not in RULES:
        return None
    if dataset == "world_economic_outlook":
        held = pd.Timestamp(vintage) + pd.Timedelta(days=60)  # no edition follows sooner
        days = (pd.Timestamp(held.year + y, m, d) for y in (0, 1) for m, d in EDITIONS)
        return next(day for day in days if day > held)
    return RULES[source, dataset](last + 1)


def _day(month: pd.Period, day: int) -> pd.Timestamp:
    """Give a day of a month."""
    return pd.Timestamp(month.year, month.month, day)
