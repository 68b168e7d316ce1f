"""The public names by subject: what editors see, and what is loaded when it is used."""

from . import codes as codes
from . import figures as figures
from . import tables as tables

# Words, headlines and provenance.
from .answers import (
    tell_carry_over as tell_carry_over,
)
from .answers import (
    tell_growth as tell_growth,
)
from .answers import (
    tell_latest as tell_latest,
)
from .answers import (
    tell_sides as tell_sides,
)

# Published claims.
from .claims.check import (
    check_claims as check_claims,
)
from .claims.evidence import (
    load_claims as load_claims,
)
from .claims.evidence import (
    load_evidence as load_evidence,
)
from .claims.verdicts import (
    claims_held as claims_held,
)
from .data.context import (
    load_catalogue as load_catalogue,
)
from .data.context import (
    load_events as load_events,
)
from .data.context import (
    load_new_year as load_new_year,
)
from .data.context import (
    load_outlines as load_outlines,
)
from .data.context import (
    load_published_elasticities as load_published_elasticities,
)
from .data.context import (
    load_scenarios as load_scenarios,
)
from .data.holdings import (
    load_vintages as load_vintages,
)
from .data.indicators import (
    load_china_share as load_china_share,
)
from .data.indicators import (
    load_conditions as load_conditions,
)
from .data.indicators import (
    load_energy_prices as load_energy_prices,
)
from .data.indicators import (
    load_indicator as load_indicator,
)
from .data.indicators import (
    load_opinions as load_opinions,
)
from .data.indicators import (
    load_outlooks as load_outlooks,
)
from .data.own import (
    read_series as read_series,
)
from .data.products import (
    load_gas as load_gas,
)
from .data.products import (
    load_goods as load_goods,
)
from .data.products import (
    load_products as load_products,
)
from .data.revisions import (
    revised_data as revised_data,
)
from .data.revisions import (
    revisions as revisions,
)

# Figures of the collection, as they stood on a day.
from .data.trade import (
    load_partner_totals as load_partner_totals,
)
from .data.trade import (
    load_printed_totals as load_printed_totals,
)
from .data.trade import (
    load_totals as load_totals,
)
from .data.trade import (
    load_trade as load_trade,
)
from .data.trade import (
    load_year_to_date as load_year_to_date,
)

# Words, headlines and provenance.
from .endings import (
    data_end as data_end,
)
from .forecasting import accuracy as accuracy
from .forecasting import models as models
from .forecasting.backtest import (
    backtest as backtest,
)
from .forecasting.backtest import (
    compare as compare,
)
from .forecasting.backtest import (
    scores as scores,
)

# Forecasts of one series, and their record.
from .forecasting.cross_validation import (
    cross_validate as cross_validate,
)
from .forecasting.cross_validation import (
    residual_diagnostics as residual_diagnostics,
)
from .forecasting.cross_validation import (
    residuals as residuals,
)
from .forecasting.forecast import (
    forecast as forecast,
)
from .measures.composition import (
    against_benchmark as against_benchmark,
)
from .measures.composition import (
    basket_concentration as basket_concentration,
)
from .measures.composition import (
    energy_share as energy_share,
)
from .measures.composition import (
    part_of_total as part_of_total,
)
from .measures.composition import (
    product_shares as product_shares,
)
from .measures.composition import (
    similarity as similarity,
)
from .measures.exposure import (
    drivers as drivers,
)
from .measures.exposure import (
    rank as rank,
)
from .measures.exposure import (
    trade_to_gdp as trade_to_gdp,
)
from .measures.latest import (
    growth_without as growth_without,
)
from .measures.latest import (
    latest as latest,
)
from .measures.latest import (
    quarters as quarters,
)
from .measures.latest import (
    swings as swings,
)
from .measures.mirror import (
    benchmark_to as benchmark_to,
)
from .measures.mirror import (
    mirror_gaps as mirror_gaps,
)
from .measures.mirror import (
    mirror_trend as mirror_trend,
)
from .measures.mirror import (
    pair_reports as pair_reports,
)
from .measures.mirror import (
    reconcile as reconcile,
)
from .measures.mirror import (
    reliability as reliability,
)
from .measures.real import (
    deflate as deflate,
)
from .measures.real import (
    index_to as index_to,
)
from .measures.real import (
    per_head as per_head,
)

# Measures of trade.
from .measures.trade import (
    balance as balance,
)
from .measures.trade import (
    by_direction as by_direction,
)
from .measures.trade import (
    cagr as cagr,
)
from .measures.trade import (
    calendar_year as calendar_year,
)
from .measures.trade import (
    concentration as concentration,
)
from .measures.trade import (
    contributions as contributions,
)
from .measures.trade import (
    currency_effect as currency_effect,
)
from .measures.trade import (
    growth as growth,
)
from .measures.trade import (
    region as region,
)
from .measures.trade import (
    share as share,
)
from .measures.trade import (
    year_to_date as year_to_date,
)
from .projection.chances import (
    chances as chances,
)
from .projection.draws import (
    aggregate as aggregate,
)
from .projection.draws import (
    at_period as at_period,
)
from .projection.draws import (
    evaluate as evaluate,
)
from .projection.draws import (
    in_yuan as in_yuan,
)
from .projection.draws import (
    intervals as intervals,
)
from .projection.draws import (
    projected_contributions as projected_contributions,
)
from .projection.draws import (
    projected_growth as projected_growth,
)
from .projection.draws import (
    trade_with as trade_with,
)
from .projection.elasticities import (
    elasticities as elasticities,
)
from .projection.elasticities import (
    elasticities_by_sample as elasticities_by_sample,
)

# Projections of all flows together.
from .projection.evaluation import (
    evaluate_projection as evaluate_projection,
)
from .projection.evaluation import (
    projection_scores as projection_scores,
)
from .projection.project import (
    horizon_to as horizon_to,
)
from .projection.project import (
    project as project,
)
from .projection.rate import (
    project_rate as project_rate,
)
from .projection.scenarios import (
    channel_intervals as channel_intervals,
)
from .projection.scenarios import (
    scenario_assumptions as scenario_assumptions,
)
from .projection.scenarios import (
    scenario_contributions as scenario_contributions,
)
from .projection.scenarios import (
    scenario_paths as scenario_paths,
)
from .projection.scenarios import (
    scenario_shifts as scenario_shifts,
)
from .projection.signals import (
    carry_over as carry_over,
)
from .projection.trade import (
    load_months as load_months,
)
from .projection.trade import (
    project_trade as project_trade,
)
from .prose import (
    alike as alike,
)
from .prose import (
    but_for as but_for,
)
from .prose import (
    day as day,
)
from .prose import (
    least_sure as least_sure,
)
from .prose import (
    listed as listed,
)
from .prose import (
    miss as miss,
)
from .prose import (
    money as money,
)
from .prose import (
    money_pair as money_pair,
)
from .prose import (
    named_shares as named_shares,
)
from .prose import (
    percent as percent,
)
from .prose import (
    phrase_growth as phrase_growth,
)
from .prose import (
    points as points,
)
from .prose import (
    reach as reach,
)
from .prose import (
    record as record,
)
from .prose import (
    source_line as source_line,
)
from .prose import (
    span as span,
)
from .prose import (
    times as times,
)
from .prose import (
    told_apart as told_apart,
)
from .prose import (
    turn as turn,
)
from .prose import (
    turned_out as turned_out,
)
from .report import (
    dated as dated,
)
from .report import (
    explain as explain,
)
from .report import (
    headline as headline,
)
from .report import (
    headline_each as headline_each,
)
from .report import (
    headline_interval as headline_interval,
)
from .report import (
    headline_latest as headline_latest,
)
from .report import (
    key_message as key_message,
)
from .report import (
    note as note,
)
from .report import (
    overtaken as overtaken,
)
from .report import (
    parameters as parameters,
)
from .report import (
    provenance as provenance,
)
from .saving import (
    save as save,
)
from .timeseries.breaks import (
    break_counts as break_counts,
)
from .timeseries.breaks import (
    growth_breaks as growth_breaks,
)
from .timeseries.event_breaks import (
    event_breaks as event_breaks,
)

# Season and breaks.
from .timeseries.seasonal import (
    holiday_effects as holiday_effects,
)
from .timeseries.seasonal import (
    seasonal_adjust as seasonal_adjust,
)
from .timeseries.seasonal import (
    seasonal_diagnostics as seasonal_diagnostics,
)
from .timeseries.short_history import (
    season as season,
)
from .timeseries.stretches import (
    short_history_error as short_history_error,
)
