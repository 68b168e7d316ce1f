"""
silktrade: China's trade with Central Asia, from customs figures to projections.

A public name is loaded from its module when it is first used, so that the command line starts at
once and a notebook waits only for what it calls.

Examples
--------
>>> import silktrade as st
>>> trade = st.load_trade(frequency="Y", currency="USD", partners="KAZ")
>>> st.growth(trade).query("flow == 'export'").set_index("period")["growth"]["2024"].round(2).item()
0.13
"""

import importlib
import sys
import types

PUBLIC = {
    "assumptions": (
        "load_china_share", "load_conditions", "load_energy_prices", "load_published_elasticities",
        "load_scenarios",
    ),
    "backtest": ("backtest", "compare", "scores"),
    "claims": ("check_claims", "claims_held"),
    "breaks": ("break_counts", "growth_breaks"),
    "codes": (),
    "composition": (
        "against_benchmark", "basket_concentration", "energy_share", "part_of_total",
        "product_shares", "similarity",
    ),
    "draws": (
        "aggregate", "in_yuan", "intervals", "judge", "pick", "projected_contributions",
        "projected_growth",
    ),
    "elasticities": ("elasticities", "elasticities_by_sample"),
    "evidence": ("load_claims", "load_evidence"),
    "figures": (),
    "forecast": ("forecast",),
    "known_dates": ("known_breaks",),
    "loaders": (
        "load_catalogue", "load_events", "load_indicator", "load_new_year", "load_opinions",
        "load_partner_totals", "load_printed_totals", "load_totals", "load_trade",
        "load_year_to_date",
    ),
    "measures": (
        "balance", "by_direction", "cagr", "calendar_year", "concentration", "contributions",
        "currency_effect", "growth", "region", "share", "year_to_date",
    ),
    "mirror": (
        "at_level", "mirror_gaps", "mirror_trend", "pair_reports", "reconcile", "reliability",
    ),
    "outlines": ("load_outlines",),
    "products": ("load_gas", "load_products"),
    "projection": ("horizon_to", "project", "project_rate"),
    "prose": (
        "changed", "day", "listed", "money", "money_pair", "moved", "percent", "reached", "record",
    ),
    "reports.provenance": ("headline", "key_message", "provenance"),
    "scenarios": (
        "assumptions", "chances", "channel_intervals", "scenario_contributions", "scenario_paths",
        "scenario_shifts", "trade_with",
    ),
    "seasonal": (
        "holiday_effects", "seasonal_adjust", "seasonal_diagnostics", "short_history_error",
    ),
    "standing": ("dependence", "drivers", "rank"),
    "tables": (),
}  # fmt: skip
_HOME = {name: module for module, names in PUBLIC.items() for name in names or (module,)}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module 'silktrade' has no attribute {name!r}", name=name, obj=_self)
    module = importlib.import_module(f"silktrade.{_HOME[name]}")
    value = module if name == _HOME[name] and not PUBLIC[name] else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Offer the public names, loaded or not, for completion."""
    return sorted({*globals(), *__all__})


class _Package(types.ModuleType):
    """A package in which a public function wins over the module of the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        """Let Python bind a module that it has imported, unless that hides a public function."""
        if not (isinstance(value, types.ModuleType) and PUBLIC.get(_HOME.get(name, ""))):
            super().__setattr__(name, value)


_self = sys.modules[__name__]
_self.__class__ = _Package
