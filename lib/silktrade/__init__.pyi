"""The public names by subject: what editors see, and what is loaded when it is used."""

__version__: str

# Codes, figures and tables.
from . import codes as codes, figures as figures, tables as tables

# Figures of the collection, as they stood on a day.
from .data.context import (
    load_catalogue as load_catalogue,
    load_events as load_events,
    load_new_year as load_new_year,
    load_outlines as load_outlines,
    load_published_elasticities as load_published_elasticities,
    load_scenarios as load_scenarios,
)
from .data.holdings import load_vintages as load_vintages
from .data.indicators import (
    load_china_share as load_china_share,
    load_conditions as load_conditions,
    load_energy_prices as load_energy_prices,
    load_indicator as load_indicator,
    load_opinions as load_opinions,
    load_outlooks as load_outlooks,
)
from .data.own import read_series as read_series
from .data.products import (
    load_gas as load_gas,
    load_goods as load_goods,
    load_products as load_products,
)
from .data.revisions import revised_data as revised_data, revisions as revisions
from .data.trade import (
    load_partner_totals as load_partner_totals,
    load_printed_totals as load_printed_totals,
    load_totals as load_totals,
    load_trade as load_trade,
    load_year_to_date as load_year_to_date,
)

# Measures of trade.
from .measures.composition import (
    against_benchmark as against_benchmark,
    basket_concentration as basket_concentration,
    energy_share as energy_share,
    part_of_total as part_of_total,
    product_shares as product_shares,
    similarity as similarity,
)
from .measures.exposure import drivers as drivers, rank as rank, trade_to_gdp as trade_to_gdp
from .measures.latest import (
    growth_without as growth_without,
    latest as latest,
    swings as swings,
)
from .measures.mirror import (
    benchmark_to as benchmark_to,
    mirror_gaps as mirror_gaps,
    mirror_trend as mirror_trend,
    pair_reports as pair_reports,
    reconcile as reconcile,
    reliability as reliability,
)
from .measures.real import deflate as deflate, index_to as index_to, per_head as per_head
from .measures.trade import (
    balance as balance,
    by_direction as by_direction,
    cagr as cagr,
    calendar_year as calendar_year,
    concentration as concentration,
    contributions as contributions,
    currency_effect as currency_effect,
    growth as growth,
    quarters as quarters,
    region as region,
    share as share,
    year_to_date as year_to_date,
)

# Season and breaks.
from .timeseries.breaks import break_counts as break_counts, growth_breaks as growth_breaks
from .timeseries.event_breaks import event_breaks as event_breaks
from .timeseries.seasonal import (
    holiday_effects as holiday_effects,
    seasonal_adjust as seasonal_adjust,
    seasonal_diagnostics as seasonal_diagnostics,
)
from .timeseries.short_history import season as season, short_history_error as short_history_error

# Forecasts of one series, and their record.
from .forecasting import accuracy as accuracy, models as models
from .forecasting.backtest import backtest as backtest, compare as compare, scores as scores
from .forecasting.cross_validation import (
    cross_validate as cross_validate,
    residual_diagnostics as residual_diagnostics,
    residuals as residuals,
)
from .forecasting.forecast import forecast as forecast

# Projections of all flows together.
from .projection.assumptions import scenario_assumptions as scenario_assumptions
from .projection.chances import chances as chances
from .projection.draws import (
    aggregate as aggregate,
    at_period as at_period,
    evaluate as evaluate,
    in_yuan as in_yuan,
    intervals as intervals,
    projected_contributions as projected_contributions,
    projected_growth as projected_growth,
    trade_with as trade_with,
)
from .projection.elasticities import (
    elasticities as elasticities,
    elasticities_by_sample as elasticities_by_sample,
)
from .projection.evaluation import (
    evaluate_projection as evaluate_projection,
    projection_scores as projection_scores,
)
from .projection.project import horizon_to as horizon_to, project as project
from .projection.rate import project_rate as project_rate
from .projection.scenarios import (
    channel_intervals as channel_intervals,
    scenario_contributions as scenario_contributions,
    scenario_paths as scenario_paths,
    scenario_shifts as scenario_shifts,
)
from .projection.signals import carry_over as carry_over
from .projection.trade import (
    load_months as load_months,
    project_trade as project_trade,
    project_yuan as project_yuan,
)

# Published claims.
from .claims.check import check_claims as check_claims
from .claims.evidence import load_claims as load_claims, load_evidence as load_evidence
from .claims.verdicts import claims_held as claims_held

# Words, headlines and provenance.
from .answers import (
    tell_carry_over as tell_carry_over,
    tell_growth as tell_growth,
    tell_latest as tell_latest,
    tell_sides as tell_sides,
)
from .prose import (
    alike as alike,
    but_for as but_for,
    day as day,
    least_sure as least_sure,
    listed as listed,
    miss as miss,
    money as money,
    money_pair as money_pair,
    named_shares as named_shares,
    percent as percent,
    phrase_growth as phrase_growth,
    points as points,
    reach as reach,
    record as record,
    source_line as source_line,
    span as span,
    times as times,
    told_apart as told_apart,
    turn as turn,
    turned_out as turned_out,
)
from .report import (
    data_end as data_end,
    dated as dated,
    explain as explain,
    headline as headline,
    headline_each as headline_each,
    headline_interval as headline_interval,
    headline_latest as headline_latest,
    key_message as key_message,
    note as note,
    overtaken as overtaken,
    parameters as parameters,
    provenance as provenance,
)
from .saving import save as save
