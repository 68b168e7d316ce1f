"""
Draws: what can be asked of simulated paths.

A sum, a growth rate, a change of currency is arithmetic on draws, coherent by construction.
Quantiles are taken last.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import read_draws, read_economy, read_rates, read_year, series_or, table, takes
from silktrade.frames import having
from silktrade.projection.matrix import HEAD, Matrix, as_draws, long, wide
from silktrade.projection.provenance import told
from silktrade.schema import DRAWS, TRADE, validate

QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
COMBINATION = "combination"


@takes(draws=read_draws)
def aggregate(draws: pd.DataFrame, *, partners: bool = False, flows: bool = False) -> pd.DataFrame:
    """
    Sum draws over partners, over flows, or over both.

    Parameters
    ----------
    draws : DataFrame
        DRAWS.
    partners : bool
        Sum all partners that are there: to the region whose members they are (`CA5` for the five),
        else to `SUM`. A sum needs the same partners in every flow, none a sum already.
    flows : bool
        Sum exports and imports to `total`.

    Returns
    -------
    DataFrame
        DRAWS, one path a draw for each sum. A draw in which a part is missing has no sum.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> len(aggregate(paths, partners=True, flows=True).query("model == 'combination'"))
    100
    """
    paths = wide(draws)
    heads = paths.heads
    if partners:
        parts = sorted(heads["partner"].unique())
        _all_there(heads, "partner", parts)
        heads = heads.assign(partner=codes.together(parts))
    if flows:
        _all_there(heads, "flow", codes.FLOWS)
        heads = heads.assign(flow="total")
    sums = heads.drop_duplicates().sort_values(HEAD, ignore_index=True)
    values = _added(paths.values, heads.groupby(HEAD).ngroup().to_numpy())
    currencies = draws["currency"].unique()
    if len(currencies) != 1:  # the schema says what is wrong with them
        validate(draws, DRAWS)
    return told(as_draws(Matrix(sums, values, paths.draws), currencies[0]), draws)


@takes(paths=read_draws, partner=read_economy)
def trade_with(paths: pd.DataFrame, partner: str) -> pd.DataFrame:
    """
    Sum the draws of exports and imports with a partner, or with a region together.

    Parameters
    ----------
    paths : DataFrame
        DRAWS of single flows.
    partner : str
        An ISO code, or a region such as `"CA5"`, the five together.

    Returns
    -------
    DataFrame
        DRAWS of the total.

    Raises
    ------
    ValueError
        If the partner is unknown, or a flow is missing.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> trade_with(paths, "KAZ")[["partner", "flow"]].drop_duplicates().to_numpy().tolist()
    [['KAZ', 'total']]
    """
    sides = codes.members(partner)
    there = set(paths["partner"].unique())
    lacking = [p for p in sides if p not in there]
    if lacking:
        raise ValueError(f"paths must hold {', '.join(sides)}, got no {', '.join(lacking)}")
    own = paths[paths["partner"].isin(sides)]
    return aggregate(own, partners=partner in codes.REGIONS, flows=True)


@takes(draws=read_draws, base=series_or(TRADE))
def projected_growth(
    draws: pd.DataFrame, base: pd.Series | pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Measure the growth of each draw over the period before it.

    Parameters
    ----------
    draws : DataFrame
        DRAWS of one partner and flow, or of several.
    base : Series or DataFrame, optional
        Known values before the first period, in the draws' currency: a Series by period for draws
        of one partner and flow, or a TRADE frame, whose flows and partners are summed where the
        draws are sums. Without it the first period has no growth.

    Returns
    -------
    DataFrame
        The key of DRAWS and `growth`, a fraction.

    Raises
    ------
    ValueError
        If a Series is given as `base` for several partners or flows, or no growth can be told.

    Notes
    -----
    .. math:: g_{d,t} = x_{d,t} / x_{d,t-1} - 1,

    draw by draw: where the base year itself is simulated, its uncertainty is in the growth.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> total = aggregate(paths, partners=True, flows=True)
    >>> projected_growth(total, st.load_totals()).columns[-1]
    'growth'
    """
    paths = wide(draws)
    grown = paths.values / _before(paths, base) - 1
    if base is not None and len(base) and np.isnan(grown).all():
        first = paths.heads["period"].min()
        raise ValueError(
            f"growth in {first} needs {first - 1}, which base does not hold and no draw is of: ask "
            f"for {first + 1}, whose year before is drawn, or choose a later as_of"
        )
    return told(long(paths._replace(values=grown), name="growth"), draws, base)


@takes(draws=read_draws, base=TRADE)
def projected_contributions(draws: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    r"""
    Split the growth of each draw's total into what each series adds.

    Parameters
    ----------
    draws : DataFrame
        DRAWS of series that are parts of one total.
    base : DataFrame
        TRADE, annual: known values before the first period.

    Returns
    -------
    DataFrame
        The key of DRAWS and `contribution`: a fraction of the total's base; over the series of a
        draw they add up to the total's growth. Years of which a base is neither known nor drawn
        have no rows.

    Raises
    ------
    ValueError
        If there is no year of which all bases are.

    Notes
    -----
    .. math:: c_{i,d,t} = (x_{i,d,t} - x_{i,d,t-1}) / \sum_j x_{j,d,t-1} .

    Examples
    --------
    >>> past = st.load_trade(as_of="2024-06-30")
    >>> parts = projected_contributions(st.project(past, 1, draws=100), past)
    >>> parts.columns[-1]
    'contribution'
    """
    paths = wide(draws)
    before = _before(paths, base)
    lacking = np.isnan(before).any(axis=1)
    total = paths.heads.groupby(["model", "period"]).ngroup().to_numpy()
    whole = _added(before, total)[total]  # not known where a part of it is not
    if lacking.any() and np.isnan(whole).all():
        row = paths.heads[lacking].iloc[-1]
        raise ValueError(
            f"contributions in {row['period']} need every series in {row['period'] - 1}, got none "
            f"of {row['partner']} {row['flow']} in base or draws: project the year before too"
        )
    added = (paths.values - before) / whole
    return told(long(paths._replace(values=added), name="contribution"), draws, base)


def intervals(
    draws: pd.DataFrame, value: str = "value", *, quantiles: Sequence[float] = QUANTILES
) -> pd.DataFrame:
    """
    Summarise draws by quantiles.

    Parameters
    ----------
    draws : DataFrame
        DRAWS, or the growth of draws.
    value : str
        The column to summarise.
    quantiles : sequence of float
        Probabilities in (0, 1). The default gives the median with 50, 80 and 95 % intervals.

    Returns
    -------
    DataFrame
        Indexed by the key of DRAWS without `draw`; one column a quantile, in the unit of `value`.
        `attrs` are those of `draws`: `source` names the publishers.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> intervals(paths, quantiles=(0.1, 0.5, 0.9)).columns.tolist()
    [0.1, 0.5, 0.9]
    """
    quantiles = codes.fractions("quantiles", quantiles)
    if not isinstance(value, str):
        raise ValueError(f"value must be the name of a column, got {value!r}")
    maker = {"growth": "projected_growth", "contribution": "projected_contributions"}
    draws = having(
        draws, "draws", maker.get(value, "project"), text="reporter partner flow product model",
        known="horizon draw", number=[value], period="origin period",
    )  # fmt: skip
    if draws.empty:
        raise ValueError(
            "draws must have rows, got none: the growth of the first period needs its base"
        )
    paths = wide(draws, value)
    if np.isnan(paths.values).all(axis=1).any():
        raise ValueError(f"draws must hold a known {value} of each series and period, got none")
    read = np.nanquantile if np.isnan(paths.values).any() else np.quantile
    table = read(paths.values, list(quantiles), axis=1).T
    index = pd.MultiIndex.from_frame(paths.heads)
    return told(pd.DataFrame(table, index=index, columns=list(quantiles)), draws)


@takes(table=table("intervals", levels="model period"), period=read_year)
def at_period(
    table: pd.DataFrame, period: str | int | pd.Period, *, model: str = COMBINATION
) -> pd.DataFrame:
    """
    Pick the rows of one period and one model from a table of intervals.

    Parameters
    ----------
    table : DataFrame
        From `intervals`.
    period : str, int or Period
        Such as `"2024"`.
    model : str
        Name of a model; the combination by default.

    Returns
    -------
    DataFrame
        The rows, with the index of `table`.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> len(at_period(intervals(paths), "2026"))
    10
    """
    periods, models = (table.index.get_level_values(k) for k in ("period", "model"))
    rows = table[(periods.astype(str) == str(period)) & (models == model)]
    if rows.empty:
        held = [", ".join(sorted({str(v) for v in found})) for found in (models, periods)]
        raise ValueError(
            f"the table must hold model {model} in {period}, got models {held[0]} and periods "
            f"{held[1]}"
        )
    return rows


@takes(table=table("intervals", levels="partner flow period"), trade=TRADE)
def evaluate(table: pd.DataFrame, trade: pd.DataFrame) -> pd.DataFrame:
    """
    Set projected growth against the growth that came.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one model and period.
    trade : DataFrame
        TRADE, annual, as known now, with that period and the one before.

    Returns
    -------
    DataFrame
        Indexed by partner, flow and period; the quantile columns of `table`, and outturn: growth
        as a fraction. Sums over partners and flows are taken where the rows are sums.

    Examples
    --------
    >>> past = st.load_trade(as_of="2024-06-30")
    >>> growth = projected_growth(st.project(past, 1, draws=100), past)
    >>> rows = at_period(intervals(growth, "growth"), 2024)
    >>> evaluate(rows, st.load_trade()).loc[("KAZ", "export"), "outturn"].round(3).item()
    0.131
    """
    keys = table.index.to_frame(index=False)[["partner", "flow", "period"]]
    known = _known(trade)
    after, before = (_looked_up(known, keys, keys["period"] - back) for back in (0, 1))
    came = (after / before - 1).to_numpy()
    if pd.isna(came).any():
        row = keys[pd.isna(came)].iloc[0]
        raise ValueError(
            f"trade must hold {row['partner']} {row['flow']} in {row['period']} and the year "
            "before, got one of them at most: judge it when both are known"
        )
    return told(
        table.set_axis(pd.MultiIndex.from_frame(keys), axis=0).assign(outturn=came), table, trade
    )


@takes(draws=read_draws, rates=read_rates)
def in_yuan(draws: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """
    Convert draws in dollars into yuan, each with a simulated rate of its own.

    Parameters
    ----------
    draws : DataFrame
        DRAWS in USD.
    rates : DataFrame
        From `project_rate`: rows draws, columns years, yuan per dollar.

    Returns
    -------
    DataFrame
        DRAWS in CNY.

    Examples
    --------
    >>> paths = st.project(st.load_trade(), 1, draws=100)
    >>> rates = pd.DataFrame({pd.Period("2026", "Y"): [7.0] * 100})
    >>> in_yuan(paths, rates)["currency"].unique().tolist()
    ['CNY']
    """
    currencies = sorted(draws["currency"].unique())
    if currencies != ["USD"]:
        raise ValueError(f"draws must be in USD, got {', '.join(currencies)}")
    paths = wide(draws)
    periods = paths.heads["period"]
    table = rates.reindex(index=paths.draws, columns=periods.unique())
    rate = table[periods].to_numpy().T
    lacking = np.argwhere(np.isnan(rate) & ~np.isnan(paths.values))
    if len(lacking):
        row, column = lacking[0]
        raise ValueError(
            f"rates lack draw {paths.draws[column]} of {periods[row]}: project_rate with the same "
            "draws and a horizon that reaches it"
        )
    out = told(as_draws(paths._replace(values=paths.values * rate), "CNY"), draws)
    out.attrs["currency"] = "CNY"
    return out


def _before(paths: Matrix, base: pd.Series | pd.DataFrame | None) -> np.ndarray:
    """Find for each value the one of the period before, drawn or known; NaN where neither is."""
    keys = [k for k in HEAD if k not in ("horizon", "period")]
    rows = pd.Series(paths.heads.index)
    earlier = rows.groupby([paths.heads[k] for k in keys]).shift(1)
    drawn = earlier.notna().to_numpy()
    before = np.full(paths.values.shape, np.nan)
    before[drawn] = paths.values[earlier[drawn].astype(int)]
    if base is not None:
        known = _base_of(paths.heads, base).to_numpy()[:, None]
        before = np.where(np.isnan(before), known, before)
    if (before <= 0).any():
        raise ValueError(
            "growth from a base at or below 0 is not defined, got one in base or draws"
        )
    return before


def _added(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Add up the rows of each group."""
    sums = np.zeros((groups.max(initial=-1) + 1, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums


def _base_of(draws: pd.DataFrame, base: pd.Series | pd.DataFrame) -> pd.Series:
    """Find the known value of the period before, for each row."""
    if isinstance(base, pd.Series):
        if len(draws[["partner", "flow"]].drop_duplicates()) != 1:
            raise ValueError(
                "base must be a TRADE frame for draws of several partners or flows, got a Series"
            )
        whose, whom = base.attrs.get("partner"), draws["partner"].iloc[0]
        if whose and whom not in (whose, codes.SUM):
            raise ValueError(
                f"base must be of {whom}, as draws are, got {whose}: take load_totals({whom!r})"
            )
        return (draws["period"] - 1).map(base)
    return _looked_up(_known(base), draws, draws["period"] - 1)


def _known(base: pd.DataFrame) -> pd.Series:
    """Give the known values and their sums over partners and flows, by partner, flow and period."""
    parts = validate(base, TRADE)[["partner", "flow", "period", "value"]]
    partners = parts["partner"].unique()
    whole = _summed(parts, "partner", partners, codes.together(partners))
    known = pd.concat([parts, whole]).drop_duplicates(["partner", "flow", "period"])
    known = pd.concat([known, _summed(known, "flow", codes.FLOWS, "total")])
    return known.set_index(["partner", "flow", "period"])["value"]


def _looked_up(known: pd.Series, rows: pd.DataFrame, period: pd.Series) -> pd.Series:
    """Find the known value of each row's partner and flow in a period."""
    wanted = pd.MultiIndex.from_arrays([rows["partner"], rows["flow"], period])
    return pd.Series(known.reindex(wanted).to_numpy(), index=rows.index)


def _summed(parts: pd.DataFrame, column: str, wanted: tuple[str, ...], name: str) -> pd.DataFrame:
    """Sum over a column where every part that is wanted is known."""
    keys = [k for k in ("partner", "flow", "period") if k != column]
    chosen = parts[parts[column].isin(wanted)]
    sums = chosen.groupby(keys, as_index=False)["value"].agg(["sum", "size"])
    whole = sums[sums["size"] == len(wanted)].rename(columns={"sum": "value"})
    return whole.assign(**{column: name})[["partner", "flow", "period", "value"]]


def _all_there(draws: pd.DataFrame, column: str, wanted: Sequence[str]) -> None:
    """Refuse a sum with a part missing, or with a part that is a sum already."""
    sums = {"partner": (codes.SUM, *codes.REGIONS), "flow": ("total",)}[column]
    there = set(draws[column].unique())
    summed = sorted(there & set(sums))
    if summed:
        raise ValueError(
            f"draws must not hold sums to be summed again, got {column} {', '.join(summed)}: "
            "leave them out, so that nothing is counted twice"
        )
    absent = [w for w in wanted if w not in there]
    if absent:
        raise ValueError(
            f"draws must hold {' and '.join(wanted)} to be summed, got none of "
            f"{', '.join(absent)}: project them all together"
        )
    keys = [k for k in DRAWS.key if k not in (column, "draw")]
    held = draws.groupby(keys)[column].agg(set)
    for key, parts in held.items():
        lacking = [w for w in wanted if w not in parts]
        if lacking:
            where = " ".join(str(v) for v in key[1:])
            raise ValueError(
                f"a sum needs {', '.join(wanted)} each time, got no {', '.join(lacking)} in "
                f"{where}: project those series too, or leave their {column} out"
            )
