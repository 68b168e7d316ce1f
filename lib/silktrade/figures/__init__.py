"""One function per figure: data in, Axes out, with a title that states what is found."""

from silktrade.doors import NOTHING
from silktrade.figures.breaks import growth_regimes
from silktrade.figures.canvas import nothing
from silktrade.figures.claims import claim_verdicts
from silktrade.figures.composition import (
    gas_bars,
    goods_lines,
    largest_products,
    sides_by_product,
)
from silktrade.figures.evaluation import coverage_dots, error_ratios, outturn, projection_record
from silktrade.figures.growth import contribution_bars, growth_bars, two_currencies
from silktrade.figures.maps import flow_map
from silktrade.figures.mirror import (
    gap_bars,
    projections_by_source,
    reconciled,
    seen_by_importer,
)
from silktrade.figures.own import bars, chart, fan, lines
from silktrade.figures.projections import growth_ranges
from silktrade.figures.records import coverage, trade_to_gdp, two_sides
from silktrade.figures.scenarios import channel_ranges, elasticity_ranges, scenario_ranges
from silktrade.figures.seasonal import adjusted_months
from silktrade.figures.trends import flows, months_by_year, share_lines, total_trade

NOTHING["Axes"] = nothing  # in the place of a figure

__all__ = [
    "adjusted_months",
    "bars",
    "channel_ranges",
    "chart",
    "claim_verdicts",
    "contribution_bars",
    "coverage",
    "coverage_dots",
    "elasticity_ranges",
    "error_ratios",
    "fan",
    "flow_map",
    "flows",
    "gap_bars",
    "gas_bars",
    "goods_lines",
    "growth_bars",
    "growth_ranges",
    "growth_regimes",
    "largest_products",
    "lines",
    "months_by_year",
    "outturn",
    "projection_record",
    "projections_by_source",
    "reconciled",
    "scenario_ranges",
    "seen_by_importer",
    "share_lines",
    "sides_by_product",
    "total_trade",
    "trade_to_gdp",
    "two_currencies",
    "two_sides",
]
