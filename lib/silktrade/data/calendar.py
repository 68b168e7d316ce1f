"""
When figures become public: the publishers' calendars, as rules from a period to a day.

No record of each release is kept, so that a day follows from the rule, never earlier than the truth
as far as we know. The same rules say when the next release is due.
"""

from collections.abc import Callable

import pandas as pd
from pandas.tseries.offsets import BusinessDay

Rule = Callable[[pd.Period], pd.Timestamp]


def _on(day: int, months: int) -> Rule:
    """Name a day of a month after a period's last."""

    def rule(period: pd.Period) -> pd.Timestamp:
        month = period.asfreq("M", "end") + months
        return pd.Timestamp(month.year, month.month, day)

    return rule


def _of_customs(day: int) -> Rule:
    """Name a day of the following month; January and February appear together in March."""
    return lambda month: _on(day, 2 if month.month == 1 else 1)(month)


def _second_weekday(month: pd.Period) -> pd.Timestamp:
    """Give the second weekday of the following month."""
    return (month + 1).start_time - BusinessDay() + BusinessDay(2)


_CUSTOMS = _of_customs(20)
_HALF_YEAR = _on(30, 6)  # within which annual figures of the IMF and the UN have come
_FOUR_MONTHS = _on(1, 5)  # within which monthly reports to them have come
_FOURTH = _on(4, 1)  # the latest that the first business day can be
RULES: dict[tuple[str, str], Rule] = {
    ("gacc", "partner_monthly"): _CUSTOMS,
    ("gacc", "partner_monthly_usd"): _CUSTOMS,
    ("gacc", "partner_year_to_date"): _CUSTOMS,
    ("gacc", "partner_year_to_date_usd"): _CUSTOMS,
    ("gacc", "partner_chapters_monthly"): _CUSTOMS,
    ("gacc", "partner_chapters_monthly_usd"): _CUSTOMS,
    ("gacc", "preliminary_rate"): _of_customs(14),
    ("gacc", "partner_annual"): _on(20, 1),  # the day of the December table
    ("comtrade", "china_reported"): _HALF_YEAR,
    ("comtrade", "partner_reported"): _HALF_YEAR,
    ("comtrade", "china_chapters"): _HALF_YEAR,
    ("comtrade", "partner_chapters"): _HALF_YEAR,
    ("comtrade", "china_reported_monthly"): _FOUR_MONTHS,
    ("comtrade", "partner_reported_monthly"): _FOUR_MONTHS,
    ("comtrade", "china_chapters_monthly"): _FOUR_MONTHS,
    ("comtrade", "partner_chapters_monthly"): _FOUR_MONTHS,
    ("imf", "trade_monthly"): _FOUR_MONTHS,
    ("imf", "trade_monthly_mirror"): _FOUR_MONTHS,
    # An edition has no period of its own: `next_due` knows its day.
    ("imf", "world_economic_outlook"): _on(15, -2),
    ("worldbank", "gdp"): _on(1, 7),
    ("worldbank", "commodity_prices"): _second_weekday,
    ("fed", "exchange_rate"): _FOURTH,
    ("bis", "exchange_rate"): _FOURTH,
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
