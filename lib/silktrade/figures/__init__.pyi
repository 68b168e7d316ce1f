"""The figures: what editors see, and what is loaded when it is used."""

from .claims import claim_verdicts as claim_verdicts
from .composition import (
    gas_bars as gas_bars,
    goods_lines as goods_lines,
    largest_products as largest_products,
    sides_by_product as sides_by_product,
)
from .evaluation import (
    coverage_dots as coverage_dots,
    error_ratios as error_ratios,
    outturn as outturn,
    projection_record as projection_record,
)
from .growth import (
    contribution_bars as contribution_bars,
    growth_bars as growth_bars,
    two_currencies as two_currencies,
)
from .maps import flow_map as flow_map
from .mirror import (
    gap_bars as gap_bars,
    projections_by_source as projections_by_source,
    reconciled as reconciled,
    seen_by_importer as seen_by_importer,
)
from .own import bars as bars, chart as chart, fan as fan, lines as lines
from .projections import growth_ranges as growth_ranges
from .records import coverage as coverage, trade_to_gdp as trade_to_gdp, two_sides as two_sides
from .scenarios import (
    channel_ranges as channel_ranges,
    elasticity_ranges as elasticity_ranges,
    scenario_ranges as scenario_ranges,
)
from .trends import (
    flows as flows,
    months_by_year as months_by_year,
    share_lines as share_lines,
    total_trade as total_trade,
)
from .turning import adjusted_months as adjusted_months, growth_regimes as growth_regimes
