"""
silktrade: China's trade with Central Asia, from customs figures to projections.

Examples
--------
>>> import silktrade as st
>>> trade = st.load_trade(frequency="Y", currency="USD", partners="KAZ")
>>> st.growth(trade).query("flow == 'export'").set_index("period")["growth"]["2024"].round(2).item()
0.13
"""

from silktrade import codes, figures, tables
from silktrade.backtest import backtest, compare, scores
from silktrade.draws import (
    aggregate,
    in_yuan,
    intervals,
    judge,
    pick,
    projected_contributions,
    projected_growth,
)
from silktrade.forecast import forecast
from silktrade.loaders import (
    load_catalogue,
    load_events,
    load_indicator,
    load_opinions,
    load_partner_totals,
    load_printed_totals,
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
from silktrade.projection import horizon_to, project, project_rate
from silktrade.prose import changed, day, listed, money, money_pair, moved, percent, reached, record
from silktrade.reports.provenance import headline, key_message, provenance

__all__ = [
    "aggregate",
    "backtest",
    "balance",
    "cagr",
    "calendar_year",
    "changed",
    "codes",
    "compare",
    "concentration",
    "contributions",
    "currency_effect",
    "day",
    "figures",
    "forecast",
    "growth",
    "headline",
    "horizon_to",
    "in_yuan",
    "intervals",
    "judge",
    "key_message",
    "listed",
    "load_catalogue",
    "load_events",
    "load_indicator",
    "load_opinions",
    "load_partner_totals",
    "load_printed_totals",
    "load_totals",
    "load_trade",
    "load_year_to_date",
    "money",
    "money_pair",
    "moved",
    "percent",
    "pick",
    "project",
    "project_rate",
    "projected_contributions",
    "projected_growth",
    "provenance",
    "reached",
    "record",
    "region",
    "scores",
    "share",
    "tables",
    "year_to_date",
]
