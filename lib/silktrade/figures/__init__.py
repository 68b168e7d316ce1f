"""One function per figure: data in, Axes out, with a title that states what is found."""

from silktrade.figures.breaks import growth_regimes
from silktrade.figures.claims import claim_verdicts
from silktrade.figures.evaluation import coverage_dots, error_ratios, outturn
from silktrade.figures.projections import fan, growth_ranges
from silktrade.figures.records import coverage, dependence, two_sides
from silktrade.figures.seasonal import adjusted_months
from silktrade.figures.trends import (
    contribution_bars,
    flows,
    growth_bars,
    months_by_year,
    share_lines,
    total_trade,
    two_currencies,
)

__all__ = [
    "claim_verdicts",
    "adjusted_months",
    "contribution_bars",
    "coverage",
    "coverage_dots",
    "dependence",
    "error_ratios",
    "fan",
    "flows",
    "growth_bars",
    "growth_ranges",
    "growth_regimes",
    "months_by_year",
    "outturn",
    "share_lines",
    "total_trade",
    "two_currencies",
    "two_sides",
]
