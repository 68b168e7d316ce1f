"""
Projection: the sum first, then its parts, all drawn together.

A region's growth is no function of its partners' intervals, so that the density of the sum is made
directly from what is known of it on the day. The series keep limits of their own, move together as
they did on the same past dates, and agree with the limits of their sums draw by draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.days import Day, read_day, released_by
from silktrade.frames import having
from silktrade.projection import density, fans, joint, sense, signals
from silktrade.projection.draws import COMBINATION
from silktrade.projection.matrix import HEAD, Matrix, as_draws
from silktrade.projection.provenance import told
from silktrade.schema import SERIES, TRADE, frequency_of, validate
from silktrade.series import read_series

# What the projection is compared with; its own draws bear the name of the combination.
MODELS: dict[str, Callable[[fans.Group], list[fans.Step]]] = {
    COMBINATION: fans.fan,
    "years_alone": fans.knowing(),
    "with_output": fans.knowing("output"),
    "with_oil": fans.knowing("oil"),
    "with_months": fans.knowing("months"),
    "random_walk": fans.random_walk,
    "climatology": fans.climatology,
    "forecast": fans.alone("combination"),
    **{name: fans.alone(name) for name in ("airline", "ets", "theta")},
}


class Known(NamedTuple):
    """
    What was public on the day.

    Attributes
    ----------
    years : DataFrame
        A row a year to the origin without a gap, a column a series; NaN where not known.
    months : DataFrame
        A row a month from January of the fourth year before the first one ahead, to December of the
        last one projected; NaN where not known.
    oil : list
        From `signals.oil`.
    output : array of float, shape (years + ahead, series)
        From `signals.expected`.
    totals : array of float, shape (years,)
        Sum of all series where it is known, be it without them.
    """

    years: pd.DataFrame
    months: pd.DataFrame
    oil: list
    output: np.ndarray
    totals: np.ndarray


def project(
    trade: pd.DataFrame,
    horizon: int,
    *,
    months: pd.DataFrame | None = None,
    outlook: pd.DataFrame | None = None,
    oil: pd.DataFrame | None = None,
    totals: pd.Series | None = None,
    models: str | Iterable[str] | None = None,
    draws: int = 2000,
    seed: int = 0,
    as_of: Day = None,
) -> pd.DataFrame:
    r"""
    Simulate the coming years of all series jointly.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual; years that are not known have no row.
    horizon : int
        Years after the last one in `trade` or `totals`, from 1.
    months : DataFrame, optional
        TRADE, monthly, of the same series and currency. Those of a year that is not in `trade` yet
        are kept, those of the four years before tell where the last year ended.
    outlook : DataFrame, optional
        `gdp_growth` by economy, period and day of release: what was expected of output, in one
        edition or in many.
    oil : DataFrame, optional
        INDICATOR, monthly: one price of oil.
    totals : Series, optional
        Sums of all series by year, as `load_totals` gives them for the day: used for years of which
        not every series is known.
    models : str or iterable of str, optional
        What to compare with, by default nothing: the same regression on `"years_alone"` or, beside
        them, `"with_output"`, `"with_oil"` or `"with_months"`; growth as a `"random_walk"` (drift
        and t limits) or as in the last twenty years (`"climatology"`); models of single series,
        which look at the level of years alone: `"forecast"` (the combination), `"airline"`,
        `"ets"`, `"theta"`. The projection itself, named `"combination"`, always comes.
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
        period, draw, value, currency. The draw numbers match across series and models. `attrs` are
        those of `trade`, with `source` (the publishers behind all frames), `currency`, and
        `months_to` (the last month known, None without months); what is made of draws carries them.

    Raises
    ------
    ValueError
        If `horizon` or `draws` is too small, a model unknown, fewer than three years are known, a
        series ends more than three years before the others, or the result makes no sense.

    Notes
    -----
    Growth of the sum of all series, of each partner's flows, and of each series is forecast by one
    regression each (`projection.density`) on the oil price's carry-over and on the growth of output
    expected beyond the usual. Months condition it (`projection.begun_year`): what is known of a
    year stays, and where the last year ended moves the next. A frame that is not given says
    nothing; the model is the same. Draws are dealt out by rank, so that all series move together as
    on the same past dates, and those of a partner and of all are then moved to the limits of their
    sums (`projection.joint`). No series is drawn beyond seven times its highest year before it is
    moved, no sum beyond :math:`2 \cdot 3.5^H`, with :math:`H` its concentration, for each year
    ahead. A result that fails `joint.check` is refused.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> trade = load_trade(frequency="Y", as_of="2025-06-30")
    >>> paths = project(trade, 1, draws=100)
    >>> paths["model"].unique().tolist(), paths["period"].astype(str).unique().tolist()
    (['combination'], ['2025'])
    """
    names = chosen(models)
    horizon = codes.whole("horizon", horizon, why="it counts years ahead")
    draws = codes.whole("draws", draws, 100, "quantiles need that many")
    seed = codes.whole("seed", seed, 0)
    known = _known(trade, horizon, months, outlook, oil, totals, as_of)
    origin = known.years.index[-1]
    behind = np.array([(origin - known.years[c].last_valid_index()).n for c in known.years])
    rng = np.random.default_rng(seed)
    changes = np.diff(np.log(_started(known.years)), axis=0)
    moved = joint.shocks(changes, draws, behind.max() + horizon, rng)
    paths = {name: _paths(known, MODELS[name], horizon, behind, moved) for name in names}
    called = [" ".join(c[1:3]) for c in known.years]
    joint.check(paths[COMBINATION], known.years, known.months, called)
    drawn = _draws_frame(paths, known.years.columns, origin, trade["currency"].iloc[0])
    drawn = told(drawn, trade, months, outlook, oil, totals)
    end = known.months.last_valid_index()
    drawn.attrs |= {
        "currency": drawn["currency"].iloc[0],
        "months_to": None if end is None else str(end),
    }
    return drawn


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
    trade = validate(trade, TRADE)
    if trade.empty:
        raise ValueError("trade must have rows, got none")
    return years_to(trade["period"].max().year, codes.whole("year", year))


def years_to(last: int, year: int) -> int:
    """Count the years from the last one known to the one projected, from 1."""
    if year <= last:
        raise ValueError(
            f"forecast_year must be after {last}, the last year known then, got {year}: choose a "
            "later year, or an earlier as_of"
        )
    return year - last


def chosen(models: str | Iterable[str] | None) -> list[str]:
    """Check the names of models; the projection itself is no choice, it always comes."""
    none = models is None or (isinstance(models, list | tuple) and not models)
    asked = [] if none else codes.some_of("models", models, MODELS)
    return [COMBINATION, *(name for name in asked if name != COMBINATION)]


def _known(
    trade: pd.DataFrame,
    horizon: int,
    months: pd.DataFrame | None,
    outlook: pd.DataFrame | None,
    oil: pd.DataFrame | None,
    totals: pd.Series | None,
    as_of: Day,
) -> Known:
    """Lay out what was public on the day."""
    years = _wide(trade, "Y", as_of)
    sums = pd.Series(dtype=float) if totals is None else read_series(totals, "totals").dropna()
    if as_of is not None and len(sums):  # a year is over before its sum is known
        sums = sums[sums.index.end_time < read_day(as_of)]
    if len(sums) and sums.index[-1] > years.index[-1]:
        years = years.reindex(pd.period_range(years.index[0], sums.index[-1], name="period"))
    if not years.sum().any():
        raise ValueError("trade must hold some trade, got 0 alone")
    sense.refuse_holes(years)
    sense.refuse_leaps(years)
    printed = sums.reindex(years.index).to_numpy(dtype=float)
    added_up = years.sum(axis=1, skipna=False).to_numpy()
    last = years.index[-1]
    span = range(years.index[0].year, last.year + 1)
    ahead = range(last.year + 1, last.year + horizon + 1)
    window = pd.period_range(f"{last.year - fans.WINDOW + 1}-01", f"{ahead[-1]}-12", freq="M")
    months = None if months is None else validate(months, TRADE)
    if months is None or months.empty:
        monthly = pd.DataFrame(np.nan, index=window, columns=years.columns)
    else:
        sense.same_currency(trade, months)
        monthly = _wide(months, "M", as_of).reindex(index=window, columns=years.columns)
        sense.same_trade(years, monthly)
    if outlook is not None:
        outlook = having(outlook, "outlook", "load_outlooks", text="economy indicator",
                         period="period", known="value", day="released")  # fmt: skip
    if outlook is not None and "gdp_growth" not in set(outlook["indicator"]):
        raise ValueError(
            f"outlook must hold gdp_growth, got {', '.join(sorted(set(outlook['indicator'])))}: "
            "load_outlooks() gives what was expected of it"
        )
    rows = None if outlook is None else released_by(outlook, as_of)
    prices = None if oil is None else _price(released_by(_oil(oil), as_of))
    told = range(span[0], ahead[-1] + 1)
    buyers = [key[0] if key[2] == "import" else key[1] for key in years.columns]
    output = {buyer: signals.expected(rows, buyer, told) for buyer in set(buyers)}
    output = np.column_stack([output[buyer] for buyer in buyers])
    whole = np.where(np.isnan(added_up), printed, added_up)
    return Known(years, monthly, signals.oil(prices, span, ahead), output, whole)


def _paths(
    known: Known,
    model: Callable[[fans.Group], list[fans.Step]],
    horizon: int,
    behind: np.ndarray,
    moved: np.ndarray,
) -> np.ndarray:
    """Draw all series by one model: draws x years ahead x series."""
    columns = known.years.columns
    everyone = np.arange(len(columns))
    sides = columns.droplevel("flow")
    partners = [np.flatnonzero(sides == side) for side in sides.unique()]
    partners = [which for which in partners if 1 < len(which) < len(everyone)]
    groups = [*partners, everyone] if len(everyone) > 1 else []
    made = [(which, model(_group(known, which, horizon, 0))) for which in groups]
    single = [model(_group(known, [i], horizon, behind[i])) for i in everyone]
    last = known.years.ffill().iloc[-1].to_numpy()
    late = known.years.to_numpy()[len(known.years) - behind.max() :]
    sums = known.totals[len(late) * -1 :] if len(late) else np.empty(0)
    return joint.paths(single, made, last, behind, late, sums, moved)


def _group(known: Known, which: np.ndarray, horizon: int, behind: int) -> fans.Group:
    """Take what is known of some series, up to the last year that they know."""
    end = len(known.years) - behind
    years = known.years.to_numpy()[:end, which]
    months = known.months.to_numpy()[:, which]
    oil = known.oil
    if behind:  # years that the others know: nothing but the season is known of the price by then
        gone = [(known.oil[0][0][:end], known.oil[0][0][end + j], 0.0, 0.0) for j in range(behind)]
        oil = [*gone, *((past[:end], *rest) for past, *rest in known.oil)]
        months = np.concatenate([np.full((12 * behind, len(which)), np.nan), months])
        months = months[: 12 * (fans.WINDOW + behind + horizon)]
    whole = len(which) == known.years.shape[1]
    totals = known.totals if whole and not behind else years.sum(axis=1)
    return fans.Group(years, months, oil, known.output[:, which], totals)


def _started(years: pd.DataFrame) -> np.ndarray:
    """Add to each series what keeps its logarithm finite; 1 where nothing was ever traded."""
    values = years.to_numpy()
    added = np.column_stack([density.started(column) for column in values.T])
    return np.where((values + added) == 0, 1.0, values + added)


def _oil(oil: pd.DataFrame) -> pd.DataFrame:
    """Check a frame of the price of oil."""
    return having(
        oil, "oil", "load_indicator", text="indicator", period="period", known="value",
        day="released",
    )  # fmt: skip


def _price(oil: pd.DataFrame) -> pd.Series:
    """Take the one price by month that the frame holds."""
    if oil.empty:
        return pd.Series(dtype=float)
    kinds = sorted(oil["indicator"].unique())
    if len(kinds) != 1 or frequency_of(oil) != "M":
        raise ValueError(
            f"oil must hold one price by month, got {', '.join(kinds)} by "
            f"{frequency_of(oil)}: load_indicator('oil_brent', frequency='M')"
        )
    return oil.set_index("period")["value"].sort_index()


def _wide(trade: pd.DataFrame, frequency: str, as_of: Day) -> pd.DataFrame:
    """Lay a frame out with a column a series and a row a period, without gaps in the index."""
    trade = validate(trade, TRADE)
    if frequency_of(trade) != frequency:
        raise ValueError(
            f"the frame must be {'annual' if frequency == 'Y' else 'monthly'}, got frequency "
            f"{frequency_of(trade)!r}"
        )
    trade = released_by(trade, as_of)
    if trade.empty:
        raise ValueError("the frame must have rows released by as_of, got none")
    wide = trade.pivot(index="period", columns=list(SERIES), values="value")
    return wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))


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
