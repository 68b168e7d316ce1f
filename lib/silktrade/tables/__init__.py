"""One function per table: frame in, Styler out, with a caption that names measure and unit."""

from silktrade.tables.claims import claim_arithmetic, claims
from silktrade.tables.composition import basket_years, baskets, gas, gas_prices, similarities
from silktrade.tables.discrepancies import (
    discrepancies,
    projections_by_source,
    reconciled,
    reliability,
)
from silktrade.tables.evaluation import projection_coverage, projection_scores, scores
from silktrade.tables.glance import glance
from silktrade.tables.projections import contributions, models, opinions, outturn, projection
from silktrade.tables.records import (
    adding_up,
    catalogue,
    latest,
    mirror,
    partners,
    reconciliation,
    revisions,
    status,
    vintages,
    years,
)
from silktrade.tables.scenarios import (
    elasticities,
    findings,
    samples,
    scenario_assumptions,
    scenario_growth,
    scenario_partners,
)
from silktrade.tables.standing import drivers, standing
from silktrade.tables.turning import adjustment, breaks, event_breaks

__all__ = [
    "adding_up",
    "adjustment",
    "basket_years",
    "baskets",
    "breaks",
    "catalogue",
    "claim_arithmetic",
    "claims",
    "contributions",
    "discrepancies",
    "drivers",
    "elasticities",
    "event_breaks",
    "findings",
    "gas",
    "gas_prices",
    "glance",
    "latest",
    "mirror",
    "models",
    "opinions",
    "outturn",
    "partners",
    "projection",
    "projection_coverage",
    "projection_scores",
    "projections_by_source",
    "reconciled",
    "reconciliation",
    "reliability",
    "revisions",
    "samples",
    "scenario_assumptions",
    "scenario_growth",
    "scenario_partners",
    "scores",
    "similarities",
    "standing",
    "status",
    "vintages",
    "years",
]
