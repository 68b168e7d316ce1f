"""The tables: what editors see, and what is loaded when it is used."""

from .composition import (
    basket_years as basket_years,
    baskets as baskets,
    gas as gas,
    gas_prices as gas_prices,
    similarities as similarities,
)
from .discrepancies import (
    discrepancies as discrepancies,
    projections_by_source as projections_by_source,
    reconciled as reconciled,
    reliability as reliability,
)
from .evaluation import (
    projection_coverage as projection_coverage,
    projection_scores as projection_scores,
    scores as scores,
)
from .exposure import drivers as drivers, standing as standing
from .projections import (
    contributions as contributions,
    models as models,
    opinions as opinions,
    outturn as outturn,
    projection as projection,
)
from .records import (
    adding_up as adding_up,
    catalogue as catalogue,
    glance as glance,
    latest as latest,
    mirror as mirror,
    partners as partners,
    reconciliation as reconciliation,
    revisions as revisions,
    status as status,
    vintages as vintages,
    years as years,
)
from .scenarios import (
    elasticities as elasticities,
    findings as findings,
    samples as samples,
    scenario_assumptions as scenario_assumptions,
    scenario_growth as scenario_growth,
    scenario_partners as scenario_partners,
)
from .turning import adjustment as adjustment, breaks as breaks, event_breaks as event_breaks
from .verdicts import claim_arithmetic as claim_arithmetic, claims as claims
