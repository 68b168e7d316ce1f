"""
silktrade: China's trade with Central Asia, from customs figures to projections.

Examples
--------
>>> import silktrade as st
>>> trade = st.load_trade(frequency="Y", currency="USD", partners="KAZ")
>>> st.growth(trade).query("flow == 'export'").set_index("period")["growth"]["2024"].round(2).item()
0.13
"""

from silktrade.loaders import (
    load_events,
    load_indicator,
    load_totals,
    load_trade,
    load_year_to_date,
)
from silktrade.measures import (
    balance,
    cagr,
    calendar_year,
    concentration,
    contributions,
    currency_effect,
    growth,
    region,
    share,
    year_to_date,
)

__all__ = [
    "balance",
    "cagr",
    "calendar_year",
    "concentration",
    "contributions",
    "currency_effect",
    "growth",
    "load_events",
    "load_indicator",
    "load_totals",
    "load_trade",
    "load_year_to_date",
    "region",
    "share",
    "year_to_date",
]
