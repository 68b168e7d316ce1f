"""Every public function with arguments that are right, and the ways in which one can be wrong."""

from __future__ import annotations

import functools
import inspect
import tempfile
import types
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

import silktrade as st
from silktrade import figures, tables

DAY = "2024-06-30"
LINE = "China Customs"
Call = dict[str, object]


def public() -> dict[str, Callable]:
    """List the public functions: those of the package, and of the modules that it offers."""
    found = {}
    for name in st.__all__:
        thing = getattr(st, name)
        if not isinstance(thing, types.ModuleType):
            found[name] = thing
            continue
        own = [
            key for key, value in vars(thing).items()
            if inspect.isfunction(value) and value.__module__ == thing.__name__
            and not key.startswith("_") and "Parameters" in inspect.getdoc(value)
        ]  # fmt: skip
        offered = getattr(thing, "__all__", own) if thing in (figures, tables) else own
        if (
            thing is st.codes
        ):  # the others check arguments of functions, and are no doors themselves
            offered = [
                key for key in own if "name" not in inspect.signature(vars(thing)[key]).parameters
            ]
        found |= {f"{name}.{key}": getattr(thing, key) for key in offered}
    return found


class Good:
    """Frames and series as the library makes them, each made once."""

    @functools.cached_property
    def trade(self):
        return st.load_trade()

    @functools.cached_property
    def past(self):
        return st.load_trade(as_of=DAY)

    @functools.cached_property
    def every_month(self):
        return st.load_trade(frequency="M", currency="CNY")

    @functools.cached_property
    def months(self):
        return st.load_trade(frequency="M", currency="CNY", partners="KAZ")

    @functools.cached_property
    def totals(self):
        return st.load_totals()

    @functools.cached_property
    def cny(self):
        return st.load_totals(currency="CNY")

    @functools.cached_property
    def wide(self):
        return st.load_partner_totals()

    @functools.cached_property
    def monthly(self):
        return st.load_totals(frequency="M").iloc[:30]  # too short for X-13, which takes long

    @functools.cached_property
    def world(self):
        return st.load_totals("WLD", frequency="M")

    @functools.cached_property
    def new_year(self):
        return st.load_new_year()

    @functools.cached_property
    def kgz(self):
        return st.load_trade(partners="KGZ")

    @functools.cached_property
    def told(self):
        return st.load_trade(reporter="KGZ")

    @functools.cached_property
    def pairs(self):
        return st.pair_reports(self.kgz, self.told)

    @functools.cached_property
    def gaps(self):
        return st.mirror_gaps(
            st.pair_reports(st.load_trade(), st.load_trade(reporter=("KGZ", "UZB")))
        )

    @functools.cached_property
    def half(self):
        return st.reconcile(self.kgz, self.told, weights="equal")

    @functools.cached_property
    def products(self):
        return st.load_products(partners=("KGZ", "TKM"))

    @functools.cached_property
    def gdp(self):
        return st.load_indicator("gdp_usd")

    @functools.cached_property
    def outlook(self):
        return st.load_outlooks(as_of=DAY)

    @functools.cached_property
    def lng(self):
        return st.load_indicator("gas_lng_japan", frequency="Y")

    @functools.cached_property
    def conditions(self):
        return st.load_conditions(as_of=DAY)

    @functools.cached_property
    def prices(self):
        return st.load_energy_prices()

    @functools.cached_property
    def estimates(self):
        return st.elasticities(self.past, self.conditions)

    @functools.cached_property
    def draws(self):
        return st.project(self.past, 1, draws=100)

    @functools.cached_property
    def total(self):
        return st.aggregate(self.draws, partners=True, flows=True)

    @functools.cached_property
    def rates(self):
        return pd.DataFrame({p: np.full(100, 7.0) for p in self.draws["period"].unique()})

    @functools.cached_property
    def growths(self):
        return st.intervals(st.projected_growth(self.draws, self.past), "growth")

    @functools.cached_property
    def picked(self):
        return st.at_period(self.growths, "2024")

    @functools.cached_property
    def assumed(self):
        return st.scenario_assumptions(st.load_scenarios(), self.conditions, 2024)

    @functools.cached_property
    def shifts(self):
        return st.scenario_shifts(self.draws, self.estimates, self.assumed)

    @functools.cached_property
    def scenarios(self):
        paths = st.scenario_paths(self.draws, self.shifts)
        return st.projected_growth(st.aggregate(paths, partners=True, flows=True), self.totals)

    @functools.cached_property
    def channels(self):
        return st.scenario_contributions(self.draws, self.shifts, self.past)

    @functools.cached_property
    def backtest(self):
        days = [f"{year}-12-31" for year in range(2010, 2016)]
        return st.backtest(
            st.load_trade(partners="KAZ"), 1, days=days, models=["naive", "drift"], progress=False
        )

    @functools.cached_property
    def claims(self):
        return st.load_claims().iloc[:2]

    @functools.cached_property
    def evidence(self):
        return st.load_evidence()

    @functools.cached_property
    def checked(self):
        return st.check_claims(self.claims, *self.evidence)

    @functools.cached_property
    def counts(self):
        return st.break_counts(self.totals, draws=19)

    @functools.cached_property
    def breaks(self):
        return st.growth_breaks(self.totals, self.counts)

    @functools.cached_property
    def known(self):
        return st.event_breaks(self.totals, draws=19)

    @functools.cached_property
    def season(self):
        return (
            st.seasonal_adjust(self.world, self.new_year),
            st.seasonal_diagnostics(self.world, self.new_year),
            pd.DataFrame({
                "flow": "total", "effect": ["own", "lent", "none"], "months": 36, "stretches": 9,
                "failed": 0, "error": 0.03, "error_holiday": 0.05, "error_rest": 0.02,
                "spread_rest": 0.03,
            }),
        )  # fmt: skip

    @functools.cached_property
    def effect(self):
        return st.currency_effect(self.cny, self.totals)

    @functools.cached_property
    def weights(self):
        return st.trade_to_gdp(self.wide, self.gdp)

    @functools.cached_property
    def fan(self):
        return st.intervals(self.total).xs("combination", level="model")

    @functools.cached_property
    def by_source(self):
        return pd.DataFrame(
            [[-0.2, -0.1, 0.05, 0.2, 0.3], [-0.2, -0.1, 0.08, 0.2, 0.4]],
            index=["China's report", "Both, a half each"],
            columns=[0.025, 0.1, 0.5, 0.9, 0.975],
        )  # fmt: skip

    @functools.cached_property
    def gas(self):
        return st.load_gas()

    @functools.cached_property
    def published(self):
        return st.load_published_elasticities()

    @functools.cached_property
    def scenario_growth(self):
        return st.intervals(self.scenarios, "growth")

    @functools.cached_property
    def judged(self):
        return st.evaluate(self.picked, self.trade)

    @functools.cached_property
    def scored(self):
        return st.scores(self.backtest)

    @functools.cached_property
    def unit_values(self):
        return st.load_indicator("gas_unit_value")

    @functools.cached_property
    def swung(self):
        return st.swings(self.trade)

    @functools.cached_property
    def chapters(self):
        pairs = st.pair_reports(st.load_products("HS2"))
        return pairs[pairs["exporter"] == "CHN"]

    @functools.cached_property
    def evaluated(self):
        return st.evaluate_projection(
            self.kgz, [2018, 2019, 2020], horizon=1, models="random_walk", draws=100
        )

    @functools.cached_property
    def parts(self):
        rows = self.trade[self.trade["partner"] == "KAZ"]
        return st.drivers(rows, self.estimates, self.prices)


g = Good()
A = np.array([1.0, 2.0, 3.0, 4.0, 2.0, 5.0])

CALLS: dict[str, Callable[[], Call]] = {
    "accuracy.smape": lambda: {"actual": A, "forecast": A + 1},
    "accuracy.naive_error": lambda: {"history": A, "period": 1, "power": 1},
    "accuracy.mase": lambda: {"actual": A, "forecast": A + 1, "history": A, "period": 1},
    "accuracy.rmsse": lambda: {"actual": A, "forecast": A + 1, "history": A, "period": 1},
    "accuracy.pinball": lambda: {"actual": A, "forecast": A + 1, "quantile": 0.5},
    "accuracy.crps": lambda: {"actual": A, "draws": np.stack([A, A + 1])},
    "accuracy.crps_quantiles": lambda: {
        "actual": A, "forecast": np.column_stack([A, A + 1]), "quantiles": [0.1, 0.9],
    },
    "accuracy.interval_score": lambda: {
        "actual": A, "lower": A - 1, "upper": A + 1, "coverage": 0.8,
    },
    "accuracy.coverage": lambda: {"actual": A, "lower": A - 1, "upper": A + 1},
    "accuracy.diebold_mariano": lambda: {"loss": A, "other": A**2, "horizon": 1},
    "against_benchmark": lambda: {
        "unit_values": g.unit_values, "benchmark": g.lng,
        "mmbtu_per_tonne": 52.0,
    },
    "aggregate": lambda: {"draws": g.draws, "partners": True, "flows": True},
    "scenario_assumptions": lambda: {
        "scenarios": st.load_scenarios(), "conditions": g.conditions, "year": 2024,
    },
    "benchmark_to": lambda: {
        "months": st.load_trade(partners="KGZ", frequency="M"), "years": g.kgz,
        "reconciled": g.half,
    },
    "backtest": lambda: {
        "trade": st.load_trade(partners="KAZ", flows="export"), "horizon": 1,
        "days": ["2015-12-31"], "models": ["naive"], "jobs": 1, "progress": False,
    },
    "balance": lambda: {"trade": g.trade},
    "basket_concentration": lambda: {"trade": g.products},
    "break_counts": lambda: {
        "totals": g.totals, "most": 2, "draws": 9, "level": 0.05, "seed": 1, "rates": False,
    },
    "by_direction": lambda: {"trade": g.trade},
    "cagr": lambda: {"values": g.totals, "start": "2000", "end": "2020"},
    "calendar_year": lambda: {"trade": g.months},
    "chances": lambda: {"growth": g.scenarios, "period": "2024", "known": g.totals},
    "channel_intervals": lambda: {
        "contributions": g.channels, "by": ("partner",), "quantiles": (0.1, 0.5, 0.9),
    },
    "check_claims": lambda: {
        "claims": g.claims, "trade": g.evidence[0], "indicators": g.evidence[1],
    },
    "claims_held": lambda: {"checked": g.checked},
    "codes.together": lambda: {"partners": ["KAZ", "KGZ"]},
    "codes.members": lambda: {"partners": ["KAZ", "MNG"]},
    "codes.colour": lambda: {"code": "KAZ"},
    "codes.label": lambda: {"code": "KAZ"},
    "compare": lambda: {"table": g.backtest, "against": "naive"},
    "concentration": lambda: {"values": g.wide.iloc[-1]},
    "contributions": lambda: {"trade": g.trade, "periods": 1},
    "currency_effect": lambda: {"cny": g.cny, "usd": g.totals, "periods": 1},
    "data_end": lambda: {"frames": g.trade},
    "day": lambda: {"date": DAY},
    "trade_to_gdp": lambda: {
        "totals": g.wide, "gdp": g.gdp, "world": g.totals * 40,
    },
    "drivers": lambda: {
        "flows": st.load_trade(partners="KAZ"), "estimates": g.estimates, "prices": g.prices,
        "year": 2024,
    },
    "elasticities": lambda: {
        "trade": g.past, "conditions": g.conditions, "as_of": DAY, "first": "1996", "level": 0.9,
        "needed": True,
    },
    "elasticities_by_sample": lambda: {
        "trade": g.past, "conditions": g.conditions, "as_of": DAY, "firsts": ("1996",),
    },
    "energy_share": lambda: {"trade": g.products},
    "figures.adjusted_months": lambda: {
        "months": g.world, "adjusted": g.season[0], "found": g.season[1], "errors": g.season[2],
    },
    "figures.bars": lambda: {
        "values": g.totals.iloc[-5:], "title": "Trade rose", "unit": "dollars", "source": LINE,
    },
    "figures.chart": lambda: {"title": "Trade rose", "unit": "dollars", "source": LINE},
    "figures.lines": lambda: {
        "data": g.wide, "title": "Trade rose", "unit": "dollars", "source": LINE,
    },
    "figures.channel_ranges": lambda: {
        "table": st.channel_intervals(g.channels), "assumed": g.assumed, "partner": "CA5",
    },
    "figures.claim_verdicts": lambda: {"checked": g.checked},
    "figures.contribution_bars": lambda: {"totals": g.wide, "year": "2012"},
    "figures.coverage": lambda: {"trade": g.trade},
    "figures.coverage_dots": lambda: {"table": g.scored},
    "figures.trade_to_gdp": lambda: {"ratio": ratio(), "partner": "KAZ"},
    "figures.elasticity_ranges": lambda: {
        "estimates": g.estimates, "published": g.published,
    },
    "figures.error_ratios": lambda: {
        "table": st.compare(g.backtest), "horizon": 1, "against": "naive",
    },
    "figures.fan": lambda: {
        "history": g.totals[:"2023"], "table": g.fan, "name": "CA5", "currency": "USD",
        "came": g.totals, "months": st.load_totals(frequency="M"), "source": LINE,
    },
    "figures.flow_map": lambda: {
        "trade": g.trade, "outlines": st.load_outlines(), "partner": "KAZ", "year": "2024",
    },
    "figures.flows": lambda: {"trade": g.kgz},
    "figures.gap_bars": lambda: {"gaps": g.gaps},
    "figures.gas_bars": lambda: {"gas": g.gas},
    "figures.growth_bars": lambda: {"total": g.totals},
    "figures.growth_ranges": lambda: {
        "table": g.growths.xs("combination", level="model"), "currency": "USD",
    },
    "figures.growth_regimes": lambda: {"total": g.totals, "found": g.breaks, "known": g.known},
    "figures.largest_products": lambda: {
        "table": st.basket_concentration(g.products),
    },
    "figures.months_by_year": lambda: {"months": g.monthly},
    "figures.outturn": lambda: {"table": g.judged},
    "figures.projections_by_source": lambda: {
        "table": g.by_source, "currency": "USD",
    },
    "figures.reconciled": lambda: {
        "own": g.kgz.query("flow == 'export'"), "other": g.told.query("flow == 'import'"),
        "made": g.half.query("flow == 'export'"),
    },
    "figures.scenario_ranges": lambda: {
        "table": g.scenario_growth, "assumed": g.assumed, "partner": "CA5",
        "currency": "USD",
    },
    "figures.seen_by_importer": lambda: {
        "gaps": g.gaps[g.gaps["exporter"] == "CHN"],
    },
    "figures.share_lines": lambda: {"totals": g.wide, "partner": "KAZ"},
    "figures.total_trade": lambda: {
        "total": g.totals, "events": st.load_events(), "other": st.load_totals(currency="CNY"),
    },
    "figures.two_currencies": lambda: {"effect": g.effect},
    "figures.two_sides": lambda: {
        "china": g.kgz.query("flow == 'export'"), "partner": g.told.query("flow == 'import'"),
    },
    "forecast": lambda: {
        "series": g.totals, "horizon": 1, "quantiles": (0.1, 0.5), "level": None,
        "model": "drift", "models": ["naive", "drift"],
    },
    "growth": lambda: {"data": g.totals, "periods": 1},
    "growth_breaks": lambda: {
        "totals": g.totals, "counts": g.counts, "most": 3, "draws": 9, "level": 0.05, "seed": 1,
        "rates": False, "hac": True,
    },
    "headline": lambda: {
        "name": "growth", "value": 0.1, "unit": "growth", "period": "2024",
        "label": "Growth of trade",
        "note": "", "digits": 1, "history": g.totals,
    },
    "holiday_effects": lambda: {"data": g.world.iloc[-84:], "new_year": g.new_year},
    "horizon_to": lambda: {"trade": g.past, "year": 2025},
    "in_yuan": lambda: {"draws": g.draws, "rates": g.rates},
    "intervals": lambda: {"draws": g.draws, "value": "value", "quantiles": (0.1, 0.5)},
    "evaluate": lambda: {"table": g.picked, "trade": g.trade},
    "key_message": lambda: {"text": "Trade rose.", "title": "Trade rose"},
    "event_breaks": lambda: {
        "totals": g.totals, "events": (("Borders closed", "2013-09-07", None),), "window": 8,
        "draws": 9, "level": 0.05, "seed": 1, "rates": False,
    },
    "listed": lambda: {"parts": ["a", "b"]},
    "load_catalogue": lambda: {},
    "load_china_share": lambda: {"as_of": DAY},
    "load_claims": lambda: {"path": None, "as_of": DAY},
    "load_conditions": lambda: {"as_of": DAY, "needed": False},
    "load_energy_prices": lambda: {"as_of": DAY},
    "load_events": lambda: {"partners": ["KAZ"], "as_of": DAY},
    "load_evidence": lambda: {"as_of": DAY},
    "load_gas": lambda: {"partners": ["KAZ"], "as_of": DAY, "needed": True},
    "load_indicator": lambda: {
        "name": "gdp_usd", "economies": ["KAZ"], "frequency": "Y", "source": "imf",
        "as_of": DAY, "needed": True,
    },
    "load_new_year": lambda: {},
    "load_months": lambda: {"partners": ["KAZ"], "currency": "USD", "as_of": DAY},
    "load_opinions": lambda: {"economies": ["CHN"], "as_of": DAY},
    "load_outlines": lambda: {},
    "load_partner_totals": lambda: {
        "partners": ["KAZ"], "frequency": "Y", "currency": "USD", "as_of": DAY,
    },
    "load_printed_totals": lambda: {"as_of": DAY, "needed": True},
    "load_products": lambda: {
        "classification": "SITC", "partners": ["KAZ"], "reporter": None,
        "as_of": DAY, "needed": True,
    },
    "load_published_elasticities": lambda: {},
    "load_scenarios": lambda: {},
    "load_totals": lambda: {
        "partner": "CA5", "frequency": "Y", "currency": "USD", "as_of": DAY, "needed": True,
    },
    "load_trade": lambda: {
        "frequency": "Y", "currency": "USD", "partners": ["KAZ"], "flows": ["export"],
        "reporter": "CHN", "source": "imf", "as_of": DAY, "needed": True,
    },
    "load_year_to_date": lambda: {"partners": ["KAZ"], "currency": "CNY", "as_of": DAY},
    "mirror_gaps": lambda: {"pairs": g.pairs},
    "mirror_trend": lambda: {"gaps": g.gaps},
    "models.point_forecast": lambda: {"values": A, "period": 1, "horizon": 2, "model": "drift"},
    "models.point_forecasts": lambda: {
        "values": A, "period": 1, "horizon": 2, "models": ["drift"],
    },
    "models.prefit": lambda: {"panel": [A], "period": 1, "horizon": 2, "models": ["drift"]},
    "money": lambda: {"value": 1e9, "currency": "USD", "digits": 3},
    "money_pair": lambda: {"first": 1e9, "second": 2e9, "currency": "USD", "joint": "and"},
    "phrase_growth": lambda: {
        "rate": 0.1, "level": 1e9, "currency": "USD", "style": "verb", "digits": 1,
    },
    "pair_reports": lambda: {"reports": [g.kgz, g.told], "cif_fob": 1.06},
    "parameters": lambda: {},
    "part_of_total": lambda: {"part": g.gas, "total": g.trade},
    "percent": lambda: {"rate": 0.1, "digits": 1, "sign": True},
    "at_period": lambda: {"table": g.growths, "period": "2024", "model": "combination"},
    "product_shares": lambda: {"trade": g.products},
    "project": lambda: {
        "trade": g.past, "horizon": 1, "months": None, "outlook": None, "oil": None,
        "totals": None, "partner_totals": None, "models": ["random_walk"], "draws": 100,
        "seed": 0, "as_of": DAY,
    },
    "project_rate": lambda: {
        "market": g.world.clip(7, 7), "last": g.monthly.clip(7, 7), "horizon": 1, "draws": 10,
        "seed": 0,
    },
    "projected_contributions": lambda: {"draws": g.draws, "base": g.past},
    "projected_growth": lambda: {"draws": g.draws, "base": g.past},
    "provenance": lambda: {},
    "rank": lambda: {"values": g.wide},
    "reconcile": lambda: {
        "own": g.kgz, "other": g.told, "cif_fob": 1.06, "weights": "equal", "since": 2010,
        "hub_part": 0.5,
    },
    "reach": lambda: {"frame": g.trade},
    "record": lambda: {"values": g.totals},
    "region": lambda: {"trade": g.trade, "name": "CA5"},
    "reliability": lambda: {"gaps": g.gaps, "hub_part": 0.5},
    "save": lambda: {"what": g.totals, "paths": [str(Path(own_file()).with_suffix(".xlsx"))]},
    "scenario_contributions": lambda: {
        "paths": g.draws, "shifts": g.shifts, "base": g.past,
        "months": st.load_months(as_of=DAY), "model": "combination",
    },
    "scenario_paths": lambda: {
        "paths": g.draws, "shifts": g.shifts, "months": st.load_months(as_of=DAY),
        "model": "combination",
    },
    "scenario_shifts": lambda: {
        "paths": g.draws, "estimates": g.estimates, "assumed": g.assumed, "seed": 0,
        "currency": "USD",
    },
    "scores": lambda: {"table": g.backtest},
    "seasonal_adjust": lambda: {
        "data": g.monthly, "new_year": g.new_year, "effects": effects(),
    },
    "seasonal_diagnostics": lambda: {
        "data": g.monthly, "new_year": g.new_year, "effects": effects(),
    },
    "share": lambda: {"trade": g.trade, "of": "partner"},
    "short_history_error": lambda: {
        "data": g.world.iloc[-84:], "new_year": g.new_year, "months": 72, "effects": ["none"],
    },
    "similarity": lambda: {"trade": g.products, "of": "partner"},
    "source_line": lambda: {"frames": g.trade},
    "tables.adding_up": lambda: {
        "months": g.months, "years": st.load_trade(currency="CNY", partners="KAZ"),
    },
    "tables.adjustment": lambda: {"found": g.season[1]},
    "tables.baskets": lambda: {
        "shares": st.product_shares(g.products), "exporter": None, "importer": "CHN", "count": 5,
    },
    "tables.breaks": lambda: {"counts": g.counts, "found": g.breaks},
    "tables.catalogue": lambda: {"snapshots": st.load_catalogue()},
    "tables.claim_arithmetic": lambda: {"checked": g.checked},
    "tables.claims": lambda: {"checked": g.checked},
    "tables.contributions": lambda: {
        "table": st.at_period(
            st.intervals(st.projected_contributions(g.draws, g.past), "contribution"), "2024"
        ),
    },
    "tables.discrepancies": lambda: {"gaps": g.gaps, "trends": st.mirror_trend(g.gaps)},
    "tables.drivers": lambda: {"parts": g.parts, "effect": g.effect},
    "tables.elasticities": lambda: {
        "estimates": g.estimates, "published": g.published,
    },
    "tables.findings": lambda: {"published": g.published},
    "tables.gas": lambda: {"weight": st.part_of_total(g.gas, g.trade)},
    "tables.gas_prices": lambda: {
        "table": st.against_benchmark(g.unit_values, g.lng),
        "benchmark": "gas_lng_japan",
    },
    "tables.event_breaks": lambda: {"known": g.known},
    "tables.mirror": lambda: {"china": g.kgz, "partners": g.told},
    "tables.models": lambda: {
        "table": st.intervals(st.projected_growth(g.total, g.totals), "growth"), "currency": "USD",
    },
    "tables.opinions": lambda: {"table": st.load_opinions(as_of=DAY), "period": 2024},
    "tables.outturn": lambda: {"table": g.judged},
    "tables.glance": lambda: {
        "trade": g.trade, "months": g.every_month,
        "table": st.intervals(st.aggregate(g.draws, flows=True)),
    },
    "tables.partners": lambda: {"trade": g.trade, "year": "2024"},
    "tables.projection": lambda: {"table": g.growths, "currency": "USD"},
    "tables.projections_by_source": lambda: {
        "growth": g.by_source, "level": g.by_source * 1e12, "currency": "USD",
        "came": None,
    },
    "tables.reconciled": lambda: {"own": g.kgz, "made": g.half, "year": "2023"},
    "tables.reconciliation": lambda: {"trade": g.trade, "printed": st.load_printed_totals()},
    "tables.reliability": lambda: {"trust": st.reliability(g.gaps)},
    "tables.samples": lambda: {
        "estimates": st.elasticities_by_sample(g.past, g.conditions, firsts=("1996", "2001")),
    },
    "tables.scenario_assumptions": lambda: {"assumed": g.assumed},
    "tables.scenario_growth": lambda: {
        "table": g.scenario_growth, "odds": st.chances(g.scenarios, 2024),
        "assumed": g.assumed, "currency": "USD",
    },
    "tables.scenario_partners": lambda: {
        "table": g.scenario_growth, "assumed": g.assumed, "currency": "USD",
    },
    "tables.scores": lambda: {"table": g.scored},
    "tables.similarities": lambda: {"alike": st.similarity(g.products)},
    "tables.standing": lambda: {
        "weights": g.weights, "totals": g.wide, "printed": st.load_china_share(), "partner": "KAZ",
    },
    "tables.status": lambda: {"years": g.trade, "months": g.months},
    "tables.years": lambda: {"totals": g.wide, "count": 3, "whole": g.totals},
    "trade_with": lambda: {"paths": g.draws, "partner": "KAZ"},
    "year_to_date": lambda: {"trade": g.months},
    "alike": lambda: {"medians": pd.Series({"June": 0.1, "July": 0.2}), "least": 0.01},
    "but_for": lambda: {
        "both": st.growth_without(g.trade, g.swung), "swung": g.swung, "period": "2024",
        "least": 0.01, "why": True,
    },
    "carry_over": lambda: {"months": g.months, "year": 2025},
    "dated": lambda: {"as_of": DAY, "frames": g.trade, "projected_on": ["2024-01-31"]},
    "evaluate_projection": lambda: {
        "trade": g.kgz, "years": [2019], "months": None, "outlook": None, "oil": None,
        "totals": None, "known": 0, "horizon": 1, "models": ["random_walk"], "draws": 100,
    },
    "explain": lambda: {"what": "season"},
    "figures.goods_lines": lambda: {
        "weight": st.part_of_total(st.load_goods(partners="KAZ"), g.trade),
    },
    "figures.projection_record": lambda: {
        "rows": g.evaluated.query("part == 'sum' and model == 'combination'"),
        "by": "year",
    },
    "figures.sides_by_product": lambda: {"pairs": g.chapters, "count": 5},
    "growth_without": lambda: {"trade": g.trade, "swung": g.swung},
    "tell_carry_over": lambda: {"months": g.months, "year": 2025},
    "tell_growth": lambda: {
        "total": g.cny, "flows": st.load_trade(currency="CNY"),
        "months": st.load_totals(frequency="M", currency="CNY"),
    },
    "tell_latest": lambda: {
        "found": st.latest(g.cny, st.load_totals(frequency="M", currency="CNY")),
    },
    "tell_sides": lambda: {"trade": g.trade},
    "headline_each": lambda: {
        "name": "growth", "values": {"up": 0.1}, "unit": "growth", "period": "2024",
        "labels": {"up": "Oil and gas dearer"}, "before": "", "digits": 0,
    },
    "headline_latest": lambda: {
        "name": "growth", "values": st.growth(g.totals), "unit": "growth", "label": "Growth",
        "note": "", "history": True,
    },
    "headline_interval": lambda: {
        "name": "growth", "quantiles": {0.025: 0.0, 0.1: 0.1, 0.5: 0.2, 0.9: 0.3, 0.975: 0.4},
        "unit": "growth", "period": "2024", "label": "Growth", "digits": 0, "history": None,
    },
    "latest": lambda: {
        "years": g.cny, "months": st.load_totals(frequency="M", currency="CNY"),
    },
    "least_sure": lambda: {"table": g.picked},
    "load_goods": lambda: {
        "products": ["270900"], "partners": ["KAZ"], "reporter": "CHN", "as_of": "2026-01-31",
    },
    "load_outlooks": lambda: {
        "indicator": "gdp_growth", "economies": ["CHN"], "as_of": DAY,
    },
    "miss": lambda: {"projected": 0.1, "came": 0.2},
    "named_shares": lambda: {"shares": pd.Series({"26": 0.3, "27": 0.2}), "count": 2},
    "note": lambda: {"text": "A note."},
    "overtaken": lambda: {"total": g.totals, "year": "2024", "report": "r", "but_for": ""},
    "points": lambda: {"difference": 0.1, "digits": 1, "sign": True},
    "project_trade": lambda: {
        "year": 2025, "partners": ["KAZ"], "as_of": DAY, "currency": "USD", "draws": 100,
        "seed": 0, "models": None,
    },
    "project_yuan": lambda: {"year": 2025, "as_of": DAY, "draws": 100, "seed": 0},
    "projection_scores": lambda: {"rows": g.evaluated},
    "quarters": lambda: {"months": g.monthly},
    "cross_validate": lambda: {
        "series": g.totals.iloc[-12:], "horizon": 1, "models": ["naive"], "origins": 3,
    },
    "deflate": lambda: {"data": g.trade, "prices": g.totals / 1e9, "base": "2015"},
    "index_to": lambda: {"data": g.wide, "base": "2015"},
    "per_head": lambda: {"data": g.trade, "population": st.load_indicator("population")},
    "read_series": lambda: {
        "path": own_file(), "column": "tonnes", "sheet": "", "decimal": ".",
        "unit": "tonnes", "source": LINE,
    },
    "residual_diagnostics": lambda: {
        "residual": st.residuals(g.totals, model="naive")["residual"],
    },
    "residuals": lambda: {"series": g.totals.iloc[-12:], "model": "naive"},
    "revised_data": lambda: {"as_of": "2026-11-24"},
    "load_vintages": lambda: {"as_of": DAY},
    "tables.vintages": lambda: {"held": st.load_vintages()},
    "tables.revisions": lambda: {"found": st.revised_data()},
    "revisions": lambda: {"source": "fed", "dataset": "exchange_rate"},
    "season": lambda: {"months": g.monthly, "world": g.world.iloc[-96:], "new_year": g.new_year},
    "span": lambda: {"first": pd.Period("2026-01", "M"), "last": pd.Period("2026-04", "M")},
    "swings": lambda: {"trade": g.trade},
    "tables.basket_years": lambda: {
        "shares": st.product_shares(g.products), "exporter": "TKM", "importer": "CHN", "count": 5,
    },
    "tables.latest": lambda: {
        "found": st.latest(g.cny, st.load_totals(frequency="M", currency="CNY")),
    },
    "tables.projection_coverage": lambda: {"rows": g.evaluated},
    "tables.projection_scores": lambda: {"table": st.projection_scores(g.evaluated), "ahead": 1},
    "times": lambda: {"ratio": 2.5},
    "told_apart": lambda: {
        "effects": st.channel_intervals(g.channels, quantiles=(0.1, 0.5, 0.9)),
        "labels": dict(zip(g.assumed["scenario"], g.assumed["label"], strict=True)),
    },
    "turn": lambda: {
        "rate": 0.2, "currency": "USD",
        "quarters": pd.Series([-0.3], pd.PeriodIndex(["2025Q4"], freq="Q")),
    },
    "turned_out": lambda: {"row": st.evaluate(g.picked, g.trade).iloc[0]},
}  # fmt: skip


def own_file() -> str:
    """Write a file as somebody brings it."""
    path = Path(tempfile.mkdtemp()) / "own.csv"
    path.write_text("year,tonnes,wagons\n2020,1.5,3\n2021,2.5,4\n", encoding="utf-8")
    return str(path)


def ratio() -> pd.Series:
    """Give trade over output of one partner."""
    rows = g.weights[g.weights["economy"] == "KAZ"]
    return rows.set_index("period")["over_gdp"].dropna()


def effects() -> pd.DataFrame:
    """Give effects of the New Year as `holiday_effects` does."""
    columns = {"before": [-0.1], "during": [-0.3], "after": [0.1]}
    return pd.DataFrame(columns, index=pd.Index(["total"], name="flow"))


def called(function: Callable, arguments: Call) -> object:
    """Call a function with arguments by name, those that it takes by place in order."""
    kinds = inspect.signature(function).parameters
    starred = [n for n, p in kinds.items() if p.kind is inspect.Parameter.VAR_POSITIONAL]
    if not starred:
        return function(**arguments)
    ahead = [arguments[n] for n in list(kinds)[: list(kinds).index(starred[0])]]
    first = arguments[starred[0]]
    rest = {n: arguments[n] for n in list(kinds)[len(ahead) + 1 :]}
    return function(*ahead, *(first if isinstance(first, list) else [first]), **rest)


class Spoiled(functools.partial):
    """A wrong table that is made when it is tried: of hundreds a run tries a few."""


def wrongs(value: object) -> Iterator[tuple[str, object]]:
    """Give what may come instead of a right argument: kind, and value or how it is made."""
    yield from _anything(value)
    if isinstance(value, pd.Series):
        yield from _series(value)
    elif isinstance(value, pd.DataFrame) and isinstance(value.index, pd.PeriodIndex):
        yield from _wide(value)
    elif isinstance(value, pd.DataFrame):
        yield from _frames(value)
    elif isinstance(value, np.ndarray):
        yield from _arrays(value)


def _anything(value: object) -> Iterator[tuple[str, object]]:
    """Give values of a wrong type, or out of range."""
    yield "none", None
    yield "a list", [1, "a"]
    yield "no list", []
    yield "nested", [[1], [2]]
    yield "an object", object()
    yield "a dict", {"a": 1}
    yield "a text", "nonsense"
    yield "no text", ""
    yield "full-width", "２０２４"
    yield "a zone", pd.Timestamp("2024-01-05", tz="Asia/Shanghai")
    yield "european", "05/06/2024"
    yield "true", True
    yield "half", 1.5
    yield "negative", -1
    yield "nothing", 0
    yield "nan", float("nan")
    yield "infinite", float("inf")
    yield "missing", pd.NA
    yield "a number's text", "2"
    yield "complex", 1 + 2j
    yield "a decimal", Decimal("0.5")
    yield "a period", pd.Period("2024", "Y")
    yield "an array", np.array([[1.0, 2.0]])
    yield "an index", pd.period_range("2020", periods=3, freq="Y")
    yield "no frame", pd.DataFrame()
    yield "a column", pd.DataFrame({"a": [1.0, 2.0]})
    yield "a series", pd.Series([1.0, 2.0])


def _numbers(values: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Give numbers of other types, or with one that cannot be."""
    at, n = min(2, len(values) - 1), len(values)

    def put(value: object) -> pd.Series:
        changed = values.astype("object")
        changed.iloc[at] = value
        return changed

    numbers = values.astype("float64") if values.dtype.kind in "iufb" else None
    yield "text", values.astype("str")
    yield "word", put("x")
    yield "bool", pd.Series([True] * n, values.index, name=values.name)
    yield "a bool", put(True)
    yield (
        "dates",
        pd.Series(pd.date_range("2020", periods=n), name=values.name).set_axis(values.index),
    )
    yield (
        "periods",
        pd.Series(pd.period_range("2020-01", periods=n, freq="M")).set_axis(values.index),
    )
    yield "lists", pd.Series([[1]] * n, values.index, name=values.name)
    yield "none", put(None)
    yield "huge", put(10**400)
    if numbers is not None:
        yield "complex", numbers.astype("complex128")
        for kind, value in (
            ("nan", np.nan),
            ("infinite", np.inf),
            ("negative", -5.0),
            ("zero", 0.0),
        ):
            changed = numbers.copy()
            changed.iloc[at] = value
            yield kind, changed
        yield "all nan", numbers * np.nan
        yield "all zero", numbers * 0
        yield "constant", numbers * 0 + 5.0
        yield "objects", numbers.astype("object")
        yield "decimals", numbers.map(lambda v: Decimal(str(v)) if np.isfinite(v) else None)
        yield "nullable", numbers.astype("Float64")


def _series(values: pd.Series) -> Iterator[tuple[str, object]]:
    """Give a series in another order, on another index, with other values."""
    yield "reversed", values[::-1]
    yield "shuffled", values.sample(frac=1, random_state=1)
    yield "twice", pd.concat([values, values.iloc[:1]])
    yield "empty", values.iloc[:0]
    yield "one", values.iloc[:1]
    yield "two", values.iloc[:2]
    yield "gap", values.drop(values.index[len(values) // 2])
    yield "no attributes", pd.Series(values.to_numpy(), values.index)
    yield "framed", values.to_frame()
    yield "two columns", pd.DataFrame({"a": values, "b": values})
    for kind, changed in _numbers(values):
        yield f"values {kind}", changed
    if values.dtype.kind in "iuf":
        yield "tiny", values * 1e-300
        yield "large", values * 1e290
    if not isinstance(values.index, pd.PeriodIndex):
        return
    n = len(values)
    starts = values.index.to_timestamp()
    for kind, index in {
        "dates": starts,
        "ends": values.index.to_timestamp(how="end").normalize(),
        "zone": starts.tz_localize("UTC"),
        "texts": values.index.astype("str"),
        "places": pd.RangeIndex(n),
        "words": pd.Index([f"row {i}" for i in range(n)]),
        "days": pd.period_range("2020-01-01", periods=n, freq="D"),
        "weeks": pd.period_range("2020-01-01", periods=n, freq="W"),
        "hours": pd.date_range("2020-01-01", periods=n, freq="h"),
        "two years": pd.period_range("1900", periods=n, freq="2Y"),
        "half years": pd.period_range("1950-01", periods=n, freq="6M"),
        "fiscal": pd.period_range("1950", periods=n, freq="Y-MAR"),
        "quarters": pd.period_range("1950Q1", periods=n, freq="Q"),
        "years": pd.period_range("1700", periods=n, freq="Y"),
        "months": pd.period_range("1990-01", periods=n, freq="M"),
        "early": pd.period_range("0001-01", periods=n, freq="M"),
        "no period": values.index.where(np.arange(n) != 1, pd.NaT),
        "levels": pd.MultiIndex.from_arrays([["a"] * n, values.index]),
    }.items():
        yield f"index {kind}", values.set_axis(index)


def _wide(frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """Give series side by side that are wrong."""
    for kind, values in _series(frame.iloc[:, 0]):
        if isinstance(values, pd.Series) and len(values) == len(frame):
            yield kind, frame.set_axis(values.index).assign(**{frame.columns[0]: values.to_numpy()})
    yield "shuffled", frame.sample(frac=1, random_state=1)
    yield "twice", pd.concat([frame, frame.iloc[:1]])
    yield "empty", frame.iloc[:0]
    yield "one column", frame.iloc[:, :1]
    yield "a column twice", pd.concat([frame, frame.iloc[:, :1]], axis=1)
    yield "unknown column", frame.rename(columns={frame.columns[0]: "ZZZ"})
    yield "number as column", frame.rename(columns={frame.columns[0]: 7})
    yield "no attributes", pd.DataFrame(frame.to_numpy(), frame.index, frame.columns)


def _frames(frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """Give tables that lack something or hold something else."""
    yield "shuffled", frame.sample(frac=1, random_state=1)
    yield "twice", pd.concat([frame, frame.iloc[:1]])
    yield "empty", frame.iloc[:0]
    yield "one", frame.iloc[:1]
    yield "no index", frame.reset_index(drop=True)
    yield "index as columns", frame.reset_index()
    yield "another index", frame.set_axis(range(5, 5 + len(frame)), axis=0)
    for i, column in enumerate(frame):
        values = frame.iloc[:, i]
        yield f"no {column}", frame.drop(columns=[column])
        yield f"{column} twice", pd.concat([frame, values], axis=1)
        for kind, changed in _columns(values):
            yield f"{column} {kind}", Spoiled(_holding, frame, column, changed)


def _holding(frame: pd.DataFrame, column: str, values: pd.Series) -> pd.DataFrame:
    """Give a table with other values in a column."""
    copy = frame.copy()
    copy.attrs = frame.attrs
    copy[column] = values.to_numpy() if not hasattr(values.array, "freq") else values.array
    return copy


def _columns(values: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Give a column that holds something else."""
    n = len(values)
    if values.dtype.kind in "iuf":
        yield from _numbers(values)
        return
    yield "numbers", pd.Series(np.arange(n) + 0.5, values.index)
    yield "words", pd.Series(["nonsense"] * n, values.index)
    yield "empty text", pd.Series([""] * n, values.index)
    yield "missing", pd.Series([None] * n, values.index)
    yield "lists", pd.Series([[1]] * n, values.index)
    yield "bool", pd.Series([True] * n, values.index)
    yield "dates", pd.Series(pd.date_range("2020", periods=n)).set_axis(values.index)
    yield "zones", pd.Series(pd.date_range("2020", periods=n, tz="UTC")).set_axis(values.index)
    yield (
        "days",
        pd.Series(pd.period_range("2020-01-01", periods=n, freq="D")).set_axis(values.index),
    )
    yield "objects", values.astype("object")
    if n > 1:
        mixed = values.astype("object")
        mixed.iloc[0] = None
        yield "one missing", mixed
        mixed = values.astype("object")
        mixed.iloc[0] = 3.5
        yield "one number", mixed


def _arrays(values: np.ndarray) -> Iterator[tuple[str, object]]:
    """Give arrays that are wrong."""
    for kind, bad in (("nan", np.nan), ("infinite", np.inf), ("zero", 0.0), ("constant", None)):
        changed = np.full_like(values, 5.0) if bad is None else values.copy()
        if bad is not None:
            changed.flat[1] = bad
        yield f"values {kind}", changed
    yield "text", values.astype("str")
    yield "words", np.full(values.shape, "x")
    yield "bool", values > 2
    yield "complex", values.astype("complex128")
    yield "dates", np.full(values.shape, np.datetime64("2020-01-01"))
    yield "objects", values.astype("object")
    yield "shorter", values[:-1]
    yield "empty", values[:0]
    yield "deeper", values[None]
    yield "as list", values.tolist()
