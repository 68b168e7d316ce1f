"""
Projection: the sum first, then its parts, all drawn together.

A region's growth is no function of its partners' intervals, so that the density of the sum is made
directly from what is known of it on the day. The series keep limits of their own, move together as
they did on the same past dates, and agree with the limits of their sums draw by draw.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.days import Day
from silktrade.projection import density, fans, joint
from silktrade.projection.draws import COMBINATION
from silktrade.projection.known import Known, known_by
from silktrade.projection.matrix import HEAD, Matrix, as_draws
from silktrade.projection.provenance import told
from silktrade.schema import TRADE, validate

FURTHEST = 20  # years: ranges were judged one and two ahead, and every month of all is conditioned
# Models of single series, by the names that they have beside others.
ALONE = {"forecast": "combination", "airline": "airline", "ets": "ets", "theta": "theta"}
# What the projection is compared with; its own draws bear the name of the combination.
MODELS: dict[str, Callable[[fans.Group], list[fans.Step]]] = {
    COMBINATION: fans.fan,
    "years_alone": fans.knowing(),
    "with_output": fans.knowing("output"),
    "with_oil": fans.knowing("oil"),
    "with_months": fans.knowing("months"),
    "random_walk": fans.random_walk,
    "climatology": fans.climatology,
    **{name: fans.alone(model) for name, model in ALONE.items()},
}


def project(
    trade: pd.DataFrame,
    horizon: int,
    *,
    months: pd.DataFrame | None = None,
    outlook: pd.DataFrame | None = None,
    oil: pd.DataFrame | None = None,
    totals: pd.Series | None = None,
    partner_totals: pd.DataFrame | None = None,
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
        Years after the last one in `trade` or `totals`, 1 to 20.
    months : DataFrame, optional
        TRADE, monthly, of the same series and currency. Those of a year that is not in `trade` yet
        are kept, those of the four years before tell where the last year ended. Where twelve of
        them add up to more than 3 % beside their year, they and those that follow are brought to
        its level.
    outlook : DataFrame, optional
        `gdp_growth` by economy, period and day of release: what was expected of output, in one
        edition or in many.
    oil : DataFrame, optional
        INDICATOR, monthly: one price of oil.
    totals : Series, optional
        Sums of all series by year, as `load_totals` gives them for the day: used for years of which
        not every series is known.
    partner_totals : DataFrame, optional
        Exports and imports together by year, a column a partner, as `load_partner_totals` gives
        them: used likewise, where `trade` has both flows of a partner.
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
        period, draw, value, currency. The draw numbers match across series and models. Where some
        series do not know the last year, as one of which a total alone is known, it comes first:
        known values stand, the others are drawn and add up to the total. `attrs` are those of
        `trade`, with `source` (the publishers behind all frames), `currency`, `months_to` (the last
        month known, None without months), `base` (that year, else None) and `level` (by which the
        months of a flow, as "KAZ export", were brought to its years); what is made of draws carries
        them.

    Raises
    ------
    ValueError
        If `horizon` or `draws` is out of its range, a model unknown, fewer than three years are
        known, a series ends more than three years before the others, totals or months are of other
        series or in another unit, or the result makes no sense.

    Warns
    -----
    UserWarning
        If of a flow that is a tenth of its partner's trade the last year, not borne out by its
        months, or one of the last twelve months is sevenfold the highest before, or a seventh of
        the year before or of the lowest month before.

    Notes
    -----
    Growth of the sum of all series, of each partner's flows, and of each series is forecast by one
    regression each (`projection.density`) on the oil price's carry-over and on the growth of output
    expected beyond the usual. Months condition it (`projection.begun_year`): what is known of a
    year stays, and where the last year ended moves the next, but for months that are off alone. A
    frame that is not given says nothing; the model is the same. Draws are dealt out by rank, so
    that all series move together as on the same past dates, and those of a partner and of all are
    then moved to the limits of their sums (`projection.joint`). In no year does a series grow by
    more than from its last value to seven times its highest year before it is moved, in none a sum
    by more than from its last to :math:`2 \cdot 3.5^H` times its highest, with :math:`H` its
    concentration. A result that fails `joint.check` is refused.

    Examples
    --------
    >>> trade = st.load_trade(frequency="Y", as_of="2024-06-30")
    >>> paths = project(trade, 1, draws=100)
    >>> paths["model"].unique().tolist(), paths["period"].astype(str).unique().tolist()
    (['combination'], ['2024'])
    """
    names = chosen(models)
    horizon = codes.whole("horizon", horizon, why="it counts years ahead")
    if horizon > FURTHEST:
        raise ValueError(
            f"horizon must be at most {FURTHEST} years, got {horizon}: choose a nearer year, or a "
            "later as_of"
        )
    draws = codes.whole("draws", draws, 100, "quantiles need that many")
    seed = codes.whole("seed", seed, 0)
    known = known_by(trade, horizon, months, outlook, oil, totals, partner_totals, as_of)
    origin = known.years.index[-1]
    behind = np.array([(origin - known.years[c].last_valid_index()).n for c in known.years])
    rng = np.random.default_rng(seed)
    changes = np.diff(np.log(_started(known.years)), axis=0)
    moved = joint.shocks(changes, draws, behind.max() + horizon, rng)
    groups, single = _groups(known, horizon, behind)
    fans.prefit([*(g for _, g in groups), *single], [ALONE[n] for n in names if n in ALONE])
    paths = {n: _paths(known, MODELS[n], groups, single, behind, moved) for n in names}
    called = [" ".join(c[1:3]) for c in known.years]
    joint.check(paths[COMBINATION], known.years, known.months, called)
    based = behind.max() > 0  # the last year known is drawn too, for those that do not know it
    drawn = _draws_frame(paths, known.years.columns, origin - int(based), trade["currency"].iloc[0])
    drawn = told(drawn, trade, months, outlook, oil, totals, partner_totals)
    end = known.months.last_valid_index()
    drawn.attrs |= {
        "currency": drawn["currency"].iloc[0],
        "months_to": None if end is None else str(end),
        "base": str(origin) if based else None,
        "level": {" ".join(key[1:3]): by for key, by in known.level.items() if by != 1},
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
        The calendar year to project, after the last one in `trade`.

    Returns
    -------
    int
        The horizon for `project`, from 1.

    Examples
    --------
    >>> horizon_to(st.load_trade(as_of="2023-12-31"), 2024)
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
            f"year must be after {last}, the last year known then, got {year}: choose a "
            "later year, or an earlier as_of"
        )
    return year - last


def chosen(models: str | Iterable[str] | None) -> list[str]:
    """Check the names of models; the projection itself is no choice, it always comes."""
    none = models is None or (isinstance(models, list | tuple) and not models)
    asked = [] if none else codes.some_of("models", models, MODELS)
    return [COMBINATION, *(name for name in asked if name != COMBINATION)]


def _groups(
    known: Known, horizon: int, behind: np.ndarray
) -> tuple[list[tuple[np.ndarray, fans.Group]], list[fans.Group]]:
    """Take what is known of each partner's flows, and of all, with their places; and of each."""
    columns = known.years.columns
    everyone = np.arange(len(columns))
    sides = columns.droplevel("flow")
    partners = [np.flatnonzero(sides == side) for side in sides.unique()]
    partners = [which for which in partners if 1 < len(which) < len(everyone)]
    together = [*partners, everyone] if len(everyone) > 1 else []
    groups = [(which, _group(known, which, horizon, 0)) for which in together]
    return groups, [_group(known, [i], horizon, behind[i]) for i in everyone]


def _paths(
    known: Known,
    model: Callable[[fans.Group], list[fans.Step]],
    groups: list[tuple[np.ndarray, fans.Group]],
    single: list[fans.Group],
    behind: np.ndarray,
    moved: np.ndarray,
) -> np.ndarray:
    """Draw all series by one model: draws x years ahead x series."""
    last = known.years.ffill().iloc[-1].to_numpy()
    late = known.years.to_numpy()[len(known.years) - behind.max() :]
    sums = known.totals[len(late) * -1 :] if len(late) else np.empty(0)
    made = [(which, model(group)) for which, group in groups]
    partners = known.years.columns.get_level_values("partner")
    sides = [
        (np.flatnonzero(partners == side), known.sides[side].to_numpy()[-len(late) or None :])
        for side in known.sides
        if (partners == side).sum() == len(codes.FLOWS)
    ]
    return joint.paths([model(g) for g in single], made, last, behind, late, sums, sides, moved)


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
