"""
Projection: forecast every series, and draw them all jointly.

A region's growth is no function of its partners' intervals. So all series are drawn together: each
keeps limits of its own that have held, and all move together as they did on the same past dates.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.forecasting.calibration import apply, limits, scale
from silktrade.forecasting.conformal import panel_errors, pooled_distances
from silktrade.forecasting.models import MODELS, point_forecast, prepare
from silktrade.forecasting.models.seasonality import bridge
from silktrade.projection import income
from silktrade.projection.draws import COMBINATION
from silktrade.projection.matrix import HEAD, Matrix, as_draws
from silktrade.schema import SERIES, TRADE, frequency_of, validate

POOL = ("drift", "damped", "theta", "dotm", "ets")
HISTORY = 20  # years fitted: before them flows were a tenth of today's, and jumped by factors
ORIGINS = 12  # past years from which the panel's own errors are learned
SHARED_DATES = 15  # the latest dates whose common movement is drawn from
TWO_YEARS = 24  # months from which on they say something of the coming year
# Some hundred pooled errors say nothing of what is rarer than one in forty on either side: there a
# single break in one small flow would set the limits of all, and burst the sums. Draws stop short.
RIM = 0.0125
INCOME_SHARE = 1 / 8  # of the income model in the combination: one member more beside seven


def project(
    trade: pd.DataFrame,
    horizon: int,
    *,
    months: pd.DataFrame | None = None,
    outlook: pd.DataFrame | None = None,
    models: str | Iterable[str] | None = None,
    draws: int = 2000,
    seed: int = 0,
    as_of: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    r"""
    Simulate the coming years of all series jointly.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, values above 0; years that are not known have no row.
    horizon : int
        Years after the last one in `trade`, from 1.
    months : DataFrame, optional
        TRADE, monthly, of the same series and currency. The months known of the year after the
        last one are kept, its other months simulated, and the years that follow start from there.
        From two years of months on, their own forecast of the coming year has half a say in it.
    outlook : DataFrame, optional
        INDICATOR `gdp_usd` of the partners, with forecasts of the years to come: the income model
        joins the pool.
    models : str or iterable of str, optional
        Names in `models.MODELS`, and `"income"`; by default drift, damped, theta, dotm and ets.
        The combination is always added.
    draws : int
        Number of simulated paths, from 100.
    seed : int
        Of the random numbers: the same seed gives the same draws.
    as_of : str or Timestamp, optional
        Use only rows released by that day, in every frame.

    Returns
    -------
    DataFrame
        DRAWS: reporter, partner, flow, product, model, origin (last complete year), horizon,
        period, draw, value, currency. The draw numbers match across series and models.

    Raises
    ------
    ValueError
        If `horizon` or `draws` is too small, a model unknown, a value not above 0, the months do
        not cover the series, or too few dates are common to all series.

    Notes
    -----
    Models see the latest twenty years. The point path of a series is the model's. Its limits are
    those that would have held on the panel: what the model missed from earlier years, in units of
    how far each series moves of itself, pooled over all series (split-conformal [1]_); for months,
    of which there are too few, those of the bundled table. How the series move together comes from
    shared dates: for each draw and period one past date :math:`\tau` and one standard normal number
    :math:`w` are drawn for all, and the cumulated shocks :math:`w \, e_{i,\tau}`, with :math:`e`
    the change of the logarithm about its median, give each series its ranks. The limits are then
    dealt out by rank (the Schaake shuffle [2]_), so that each series keeps its own and all move as
    they have. The outermost 1.25 % on either side are held at their limit.

    References
    ----------
    .. [1] Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic Learning in a Random World.
       Springer.
    .. [2] Clark, M. and others (2004). The Schaake shuffle: a method for reconstructing space-time
       variability in forecasted precipitation and temperature fields. Journal of
       Hydrometeorology 5(1).

    Examples
    --------
    >>> from silktrade import load_trade
    >>> trade = load_trade(frequency="Y", as_of="2025-06-30")
    >>> paths = project(trade, 1, models=["drift"], draws=100)
    >>> paths["model"].unique().tolist(), paths["period"].astype(str).unique().tolist()
    (['combination', 'drift'], ['2025'])
    """
    names = _chosen(models, outlook)
    if horizon < 1:
        raise ValueError(f"horizon must be 1 or more, got {horizon}: it counts years ahead")
    if draws < 100:
        raise ValueError(f"draws must be 100 or more, got {draws}: quantiles need that many")
    years = _wide(trade, "Y", as_of).iloc[-HISTORY:]
    for column in years:
        _checked(years[column])
    origin = years.index.max()
    rng = np.random.default_rng(seed)
    known = _known_months(years, months, origin + 1, as_of)
    begun = known is not None and known.index[-1].year > origin.year
    start = np.empty((draws, 0, years.shape[1]))
    if begun:
        start = _completed(known, draws, rng)[:, None, :]
        years.loc[origin + 1] = np.median(start[:, 0], axis=0)
    ahead = horizon - start.shape[1]
    paths = dict.fromkeys([*names, COMBINATION], start)
    if ahead:
        ranks = _ranks(years, ahead, draws, rng)
        lift = start / np.median(start, axis=0) if begun else 1.0
        says = _said_by_months(known, years.index[-1])
        incomes = income.paths(years, outlook, ahead, as_of) if outlook is not None else None
        for name in paths:
            fans = _fans(years, ahead, draws, name, incomes, says)
            later = np.take_along_axis(fans, ranks, axis=0) * lift
            paths[name] = np.concatenate([start, later], axis=1)
    return _draws_frame(paths, years.columns, origin, trade["currency"].iloc[0])


def horizon_to(trade: pd.DataFrame, year: int) -> int:
    """
    Count the years from the last one known to the one projected.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual.
    year : int
        The calendar year to project.

    Returns
    -------
    int
        The horizon for `project`, from 1.

    Raises
    ------
    ValueError
        If the year is not after the last one in `trade`.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> horizon_to(load_trade(as_of="2023-12-31"), 2024)
    2
    """
    last = trade["period"].max().year
    if year <= last:
        raise ValueError(
            f"forecast_year must be after {last}, the last year known then, got {year}: choose a "
            "later year, or an earlier as_of"
        )
    return year - last


def project_rate(
    market: pd.Series,
    last: pd.Series,
    horizon: int,
    *,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""
    Simulate the annual mean of the customs' yuan rate as a random walk of months.

    Parameters
    ----------
    market : Series
        Yuan per dollar in the market, by month: the source of past monthly changes, from 2005-08,
        when the peg ended.
    last : Series
        Yuan per dollar at which the customs converted, by month, known to the last month.
    horizon : int
        Calendar years to cover, from 1: the one of the first month after `last`, and those that
        follow.
    draws, seed : int
        As for `project`.

    Returns
    -------
    DataFrame
        Rows are draws (from 0), columns the years as Periods; yuan per dollar. Known months enter
        the mean of their year as they are.

    Raises
    ------
    ValueError
        If `horizon` is below 1.

    Notes
    -----
    No drift: a random walk is hard to beat out of sample [1]_. Changes are drawn in blocks of
    twelve months, so that calm and stormy spells stay together.

    References
    ----------
    .. [1] Meese, R. A. and Rogoff, K. (1983). Empirical exchange rate models of the seventies.
       Journal of International Economics 14(1-2).

    Examples
    --------
    >>> months = pd.period_range("2023-01", "2023-12", freq="M")
    >>> flat = pd.Series(7.0, index=months)
    >>> project_rate(flat, flat, 1, draws=100).iloc[0].tolist()
    [7.0]
    """
    if horizon < 1:
        raise ValueError(f"horizon must be 1 or more, got {horizon}: it counts calendar years")
    changes = np.diff(np.log(market.loc["2005-08":].sort_index()))
    changes = changes - changes.mean()
    first = last.index.max() + 1
    ends = pd.Period(str(first.year + horizon - 1) + "-12", "M")
    count = (ends - first).n + 1
    rng = np.random.default_rng(seed)
    block = min(12, len(changes))
    starts = rng.integers(0, len(changes) - block + 1, size=(draws, -(-count // block)))
    picked = changes[(starts[..., None] + np.arange(block)).reshape(draws, -1)[:, :count]]
    walk = last.iloc[-1] * np.exp(np.cumsum(picked, axis=1))
    future = pd.DataFrame(walk, columns=pd.period_range(first, ends, freq="M"))
    known = last[last.index.year == first.year]
    past = pd.DataFrame(np.tile(known.to_numpy(), (draws, 1)), columns=known.index)
    months = pd.concat([past, future], axis=1)
    return months.T.groupby(months.columns.asfreq("Y")).mean().T


def _chosen(models: str | Iterable[str] | None, outlook: pd.DataFrame | None) -> list[str]:
    """Check the names of models; the combination is no choice, it always comes."""
    allowed = [m for m in MODELS if m != COMBINATION] + (["income"] if outlook is not None else [])
    default = POOL + (("income",) if outlook is not None else ())
    given = (models,) if isinstance(models, str) else models
    wanted = default if given is None else tuple(m for m in given if m != COMBINATION)
    if "income" in wanted and outlook is None:
        raise ValueError("models must not hold income without an outlook: give the GDP forecasts")
    return codes.some_of("models", wanted, allowed) if wanted else []


def _wide(trade: pd.DataFrame, frequency: str, as_of: str | pd.Timestamp | None) -> pd.DataFrame:
    """Lay a frame out with a column a series and a row a period, without gaps in the index."""
    trade = validate(trade, TRADE)
    if frequency_of(trade) != frequency:
        raise ValueError(
            f"the frame must be {'annual' if frequency == 'Y' else 'monthly'}, got frequency "
            f"{frequency_of(trade)!r}"
        )
    if as_of is not None:
        trade = trade[trade["released"] <= pd.Timestamp(as_of)]
    if trade.empty:
        raise ValueError("the frame must have rows released by as_of, got none")
    wide = trade.pivot(index="period", columns=list(SERIES), values="value")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))


def _known_months(
    years: pd.DataFrame,
    months: pd.DataFrame | None,
    year: pd.Period,
    as_of: str | pd.Timestamp | None,
) -> pd.DataFrame | None:
    """Lay the months up to the end of `year` out; a year that has begun must be without a gap."""
    if months is None:
        return None
    wide = _wide(months, "M", as_of).reindex(columns=years.columns)
    wide = wide[wide.index <= year.asfreq("M", how="end")]
    begun = wide[wide.index.year == year.year]
    if len(begun) and (begun.isna().any(axis=None) or begun.index[0].month != 1):
        lacking = begun.columns[begun.isna().any()]
        name = " ".join(lacking[0][1:3]) if len(lacking) else "January"
        raise ValueError(
            f"months of {year} must be known from January for every series, got a gap in {name}: "
            "leave months out, or complete them"
        )
    return None if wide.empty or wide.iloc[-1].isna().any() else wide


def _completed(months: pd.DataFrame, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Add the simulated rest of the last year to its known months: draws x series."""
    last = months.index[-1]
    known = months[months.index.year == last.year].sum().to_numpy()
    rest = 12 - last.month
    if rest == 0:
        return np.tile(known, (draws, 1))
    levels = _levels(draws)
    _prepare_months(months, rest)
    fans = np.stack([_table_fan(months[c], rest, levels) for c in months], axis=2)
    ranks = _ranks(months, rest, draws, rng)
    return known + np.take_along_axis(fans, ranks, axis=0).sum(axis=1)


def _table_fan(series: pd.Series, horizon: int, levels: np.ndarray) -> np.ndarray:
    """Give a monthly series' limits from the bundled table: levels x horizon."""
    values = _checked(series)
    path = point_forecast(bridge(values, 12), 12, horizon)
    return limits(path, values, 12, levels).T


def _prepare_months(months: pd.DataFrame, horizon: int) -> None:
    """Fit what the combination needs for all monthly series together."""
    prepare([bridge(_checked(months[c]), 12) for c in months], 12, horizon, [COMBINATION])


def _fans(
    years: pd.DataFrame,
    horizon: int,
    draws: int,
    name: str,
    incomes: np.ndarray | None,
    says: np.ndarray | None,
) -> np.ndarray:
    """Give every series' limits by one model: draws (in order) x horizon x series."""
    panel = [_checked(years[c]) for c in years]
    # Forecasts start at each series' own last year; the steps up to the shared one drop out.
    behind = [(years.index[-1] - years[c].last_valid_index()).n for c in years]
    steps = horizon + max(behind)
    # The income model has no past forecasts of GDP to learn from; drift is as wide.
    learned = "drift" if name == "income" else name
    errors = panel_errors(panel, 1, steps, origins=ORIGINS, model=learned)
    whole = [bridge(values, 1) for values in panel]
    prepare(whole, 1, steps, [learned])
    levels = _levels(draws)
    try:
        distances = pooled_distances(errors, levels)
    except ValueError:  # the panel is too short to learn from: the table knows such series
        distances = None
    fans = np.empty((draws, horizon, len(panel)))
    for i, values in enumerate(panel):
        path = point_forecast(whole[i], 1, steps, learned)
        if distances is None:
            fan = limits(path, values, 1, levels, learned)
        else:
            fan = apply(path, distances, scale(values, 1, steps), False)
        ours = slice(behind[i], behind[i] + horizon)
        moved = np.ones(horizon)
        if incomes is not None and name in ("income", COMBINATION):
            weight = 1.0 if name == "income" else INCOME_SHARE
            moved = (incomes[:, i] / path[ours]) ** weight
        if says is not None and name == COMBINATION:
            moved = moved * np.sqrt(says[i] / (path[ours] * moved)[0])
        fans[:, :, i] = (fan[ours] * moved[:, None]).T
    return fans


def _said_by_months(months: pd.DataFrame | None, last: pd.Period) -> np.ndarray | None:
    """Forecast the year after `last` from months, where two years of them are known to its end."""
    if months is None or months.notna().all(axis=1).sum() < TWO_YEARS:
        return None
    end = (last + 1).asfreq("M", how="end")
    ahead = (end - months.index[-1]).n
    _prepare_months(months, ahead)
    paths = [point_forecast(bridge(_checked(months[c]), 12), 12, ahead) for c in months]
    return np.array([path[-12:].sum() for path in paths])


def _ranks(wide: pd.DataFrame, horizon: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Rank draws of all series by how they moved on shared dates: draws x horizon x series."""
    changes = np.diff(np.log(wide.to_numpy()), axis=0)
    dates = np.flatnonzero(np.isfinite(changes).all(axis=1))[-SHARED_DATES:]
    if len(dates) < 2:
        raise ValueError(
            f"at least 2 dates must be common to all series, got {len(dates)}: give a longer "
            "history, or fewer series"
        )
    shocks = changes[dates] - np.median(changes[dates], axis=0)
    picked = rng.integers(len(dates), size=(draws, horizon))
    weights = rng.standard_normal((draws, horizon, 1))
    moved = np.cumsum(weights * shocks[picked], axis=1)
    return moved.argsort(axis=0).argsort(axis=0)


def _levels(draws: int) -> np.ndarray:
    """Give the probabilities at which limits are read: middles of equal parts, but the rim."""
    return np.clip((np.arange(draws) + 0.5) / draws, RIM, 1 - RIM)


def _checked(series: pd.Series) -> np.ndarray:
    """Take the values from the first to the last known one, all above 0."""
    known = series.loc[series.first_valid_index() : series.last_valid_index()]
    if not (known.dropna() > 0).all():
        raise ValueError(
            f"values must be above 0 to be projected, got {known.min()} in {known.idxmin()}: "
            "leave the series out"
        )
    return known.to_numpy()


def _draws_frame(
    paths: dict[str, np.ndarray], columns: pd.MultiIndex, origin: pd.Period, currency: str
) -> pd.DataFrame:
    """Lay simulated paths out as one DRAWS frame."""
    names, keys = sorted(paths), list(columns)
    horizon = paths[names[0]].shape[1]
    rows = [
        (*key, name, origin, step + 1, origin + step + 1)
        for key in keys
        for name in names
        for step in range(horizon)
    ]
    # Draws x horizon x series of each model, turned into the order of the rows.
    values = np.stack([paths[name] for name in names]).transpose(3, 0, 2, 1)
    values = values.reshape(len(rows), -1)
    heads = pd.DataFrame(rows, columns=HEAD)
    return as_draws(Matrix(heads, values, np.arange(values.shape[1])), currency)
