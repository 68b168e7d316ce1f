"""
Projection: fit every series, draw them all jointly, aggregate, summarise.

A region's growth is no function of its partners' intervals. So all series are simulated from the
same past dates, and move together as they have; then a sum, a calendar year, a growth rate or a
change of currency is arithmetic on draws, coherent by construction. Quantiles are taken last.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.draws import MEDIAN
from silktrade.models import MODELS, SHORTEST_FULL, Fit, random_walk, series_of
from silktrade.schema import DRAWS, TRADE, frequency_of, validate

SHARED_DATES = 10  # the latest dates that shocks are drawn from
_SERIES = ["reporter", "partner", "flow", "product"]


def project(
    trade: pd.DataFrame,
    horizon: int,
    *,
    months: pd.DataFrame | None = None,
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
    models : str or iterable of str, optional
        Names in `models.MODELS`; all by default. The median of those given is always added.
    draws : int
        Number of simulated paths, from 100.
    seed : int
        Of the random numbers: the same seed gives the same draws.
    as_of : str or Timestamp, optional
        Use only rows released by that day.

    Returns
    -------
    DataFrame
        DRAWS: reporter, partner, flow, product, model, origin (last complete year), horizon,
        period, draw, value, currency. The draw numbers match across series and models. Model
        `"median"` is the median over models, draw by draw.

    Raises
    ------
    ValueError
        If `horizon` or `draws` is too small, a model unknown, a value not above 0, the months do
        not cover the series, or too few dates are common to all series.

    Notes
    -----
    Each model is fitted to the logarithms :math:`y_i`. For every draw and period one past date
    :math:`\tau` and one standard normal number :math:`w` are drawn, the same for all series, and
    series i is shocked by :math:`w \, e_{i,\tau}`, its own error at that date about the mean: a
    wild bootstrap that keeps how the series moved together. The dates are the latest ten at which
    every series has an error. Errors of estimation are left out, so intervals are a little too
    narrow, and no interval covers a break that the ten dates did not see.

    References
    ----------
    .. [1] Wu, C. F. J. (1986). Jackknife, bootstrap and other resampling methods in regression
       analysis. Annals of Statistics 14(4).

    Examples
    --------
    >>> from silktrade import load_trade
    >>> trade = load_trade(frequency="Y", as_of="2025-06-30")
    >>> paths = project(trade, 1, models=["drift"], draws=100)
    >>> paths["model"].unique().tolist(), paths["period"].astype(str).unique().tolist()
    (['drift', 'median'], ['2025'])
    """
    names = codes.some_of("models", models, MODELS)
    if horizon < 1:
        raise ValueError(f"horizon must be 1 or more, got {horizon}: it counts years ahead")
    if draws < 100:
        raise ValueError(f"draws must be 100 or more, got {draws}: quantiles need that many")
    years = _wide(trade, "Y", as_of)
    origin = years.index.max()
    rng = np.random.default_rng(seed)
    begun = _begun_year(years, months, origin + 1, as_of)
    paths: dict[str, np.ndarray] = {}  # model -> draws x horizon x series, in logs
    start = np.empty((draws, 0, len(years.columns)))
    if begun is not None:
        totals = _complete_year(begun, names, draws, rng)
        start = np.log(totals)[:, None, :]
        years.loc[origin + 1] = np.median(totals, axis=0)
    ahead = horizon - start.shape[1]
    if ahead:
        steps = _simulate(years, names, ahead, draws, rng)
        jump = start[:, 0, :] - np.log(years.iloc[-1].to_numpy()) if begun is not None else 0.0
        paths = {m: np.concatenate([start, s + _lift(jump)], axis=1) for m, s in steps.items()}
    else:
        paths = dict.fromkeys([*names, MEDIAN], start)
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
    wide = trade.pivot(index="period", columns=_SERIES, values="value")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))


def _begun_year(
    years: pd.DataFrame,
    months: pd.DataFrame | None,
    year: pd.Period,
    as_of: str | pd.Timestamp | None,
) -> pd.DataFrame | None:
    """Give the months up to the last one known, if the year has begun in them."""
    if months is None:
        return None
    wide = _wide(months, "M", as_of).reindex(columns=years.columns)
    wide = wide[wide.index <= year.asfreq("M", how="end")]
    begun = wide[wide.index.year == year.year]
    if begun.empty:
        return None
    if begun.isna().any(axis=None) or begun.index[0].month != 1:
        lacking = begun.columns[begun.isna().any()]
        name = " ".join(lacking[0][1:3]) if len(lacking) else "January"
        raise ValueError(
            f"months of {year} must be known from January for every series, got a gap in {name}: "
            "leave months out, or complete them"
        )
    return wide


def _complete_year(
    wide: pd.DataFrame, names: list[str], draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Add the simulated rest of the last year to its known months: draws x series."""
    year = wide.index[-1].year
    known = wide[wide.index.year == year].sum().to_numpy()
    rest = 12 - wide.index[-1].month
    if rest == 0:
        return np.tile(known, (draws, 1))
    simulated = _simulate(wide, names, rest, draws, rng)[MEDIAN]
    return known + np.exp(simulated).sum(axis=1)


def _simulate(
    wide: pd.DataFrame, names: list[str], horizon: int, draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Simulate log paths of every series by every model, and their median by draw."""
    fits = {name: [_fit(wide[c], name, horizon) for c in wide] for name in names}
    dates = _shared_dates([f for row in fits.values() for f in row])
    picked = rng.integers(len(dates), size=(draws, horizon))
    weights = rng.standard_normal((draws, horizon))
    out = {
        name: np.stack([f.simulate(weights * _shocks(f, dates)[picked]) for f in row], axis=2)
        for name, row in fits.items()
    }
    return {**out, MEDIAN: np.median(np.stack(list(out.values())), axis=0)}


def _fit(values: pd.Series, name: str, horizon: int) -> Fit:
    """Fit a model to one series; too short a series gets a random walk, whose spread is wider."""
    logs = series_of(values.dropna())
    before = len(values.loc[: values.first_valid_index()]) - 1
    after = len(values) - before - len(logs)
    logs = np.concatenate([np.full(before, np.nan), logs, np.full(after, np.nan)])
    short = np.isfinite(logs).sum() < SHORTEST_FULL
    return random_walk(logs, horizon) if short else MODELS[name](logs, horizon)


def _shared_dates(fits: list[Fit]) -> np.ndarray:
    """Find the latest dates at which every series has an error under every model."""
    known = np.all([np.isfinite(f.residuals) for f in fits], axis=0)
    dates = np.flatnonzero(known)[-SHARED_DATES:]
    if len(dates) < 2:
        raise ValueError(
            f"at least 2 dates must be common to all series, got {len(dates)}: give a longer "
            "history, or fewer series"
        )
    return dates


def _shocks(fit: Fit, dates: np.ndarray) -> np.ndarray:
    """Take a model's errors at the shared dates, about their mean, at their full variance."""
    errors = fit.residuals[dates]
    return (errors - errors.mean()) * np.sqrt(len(dates) / (len(dates) - 1))


def _lift(jump: np.ndarray | float) -> np.ndarray | float:
    """Spread a shift by draw and series over the horizon."""
    return jump[:, None, :] if isinstance(jump, np.ndarray) else jump


def _draws_frame(
    paths: dict[str, np.ndarray], columns: pd.MultiIndex, origin: pd.Period, currency: str
) -> pd.DataFrame:
    """Lay simulated log paths out as one DRAWS frame."""
    parts = []
    for model, logs in paths.items():
        count, horizon, _ = logs.shape
        for i, key in enumerate(columns):
            part = pd.DataFrame({
                "horizon": np.tile(np.arange(1, horizon + 1), count),
                "draw": np.repeat(np.arange(count), horizon),
                "value": np.exp(logs[:, :, i]).ravel(),
            })  # fmt: skip
            parts.append(part.assign(model=model, **dict(zip(_SERIES, key, strict=True))))
    out = pd.concat(parts, ignore_index=True)
    steps = pd.PeriodIndex([origin + h for h in range(1, int(out["horizon"].max()) + 1)])
    out["period"] = steps[out["horizon"] - 1]
    out["origin"] = pd.PeriodIndex([origin]).repeat(len(out))
    return validate(out.assign(currency=currency), DRAWS)
