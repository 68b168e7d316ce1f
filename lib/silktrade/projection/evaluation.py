"""Evaluation: what the projection would have said at the end of earlier years, and what came."""

import io
import warnings
from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from silktrade import cache, codes
from silktrade.days import released_by
from silktrade.doors import table, takes
from silktrade.forecasting import accuracy
from silktrade.projection.matrix import wide
from silktrade.projection.project import MODELS, chosen, project
from silktrade.projection.provenance import told
from silktrade.schema import INDICATOR, OUTLOOK, TRADE, frequency_of, validate
from silktrade.series import read_series

CODE = (
    "columns", "days", "doors", "frames", "series", "forecasting", "projection", "schema",
)  # fmt: skip
SCORES = ("crps", "interval_80", "interval_95", "inside_80", "inside_95", "width_80", "pit")


def evaluate_projection(
    trade: pd.DataFrame,
    years: Iterable[int],
    *,
    months: pd.DataFrame | None = None,
    outlook: pd.DataFrame | None = None,
    oil: pd.DataFrame | None = None,
    totals: pd.Series | None = None,
    known: int | Iterable[int] = 0,
    horizon: int = 2,
    models: str | Iterable[str] | None = None,
    draws: int = 1000,
) -> pd.DataFrame:
    """
    Score the projection at the turn of earlier years, for the sum, the partners and the flows.

    In pseudo-real time: right periods, values as they are known now.

    Parameters
    ----------
    trade, months, outlook, oil, totals
        As for `project`; cut at the end of each year by the period that a figure is of, editions
        of the outlook by their release.
    years : iterable of int
        The years projected first.
    known : int or iterable of int
        Months known of that year, from 0.
    horizon : int
        Years projected from each turn.
    models : str or iterable of str, optional
        Of those of `project`, what is scored beside the projection: by default all.
    draws : int
        As for `project`.

    Returns
    -------
    DataFrame
        A row a target: part (`sum`, `partner`, `flow`), name, model, year, ahead, known, outturn,
        low, median, high (of growth, fractions; the 80 % range), and crps, interval_80, interval_95
        (in fractions of growth), inside_80, inside_95, width_80 and pit. Kept on disk under a hash
        of all inputs and of the code.

    Examples
    --------
    >>> rows = evaluate_projection(st.load_trade(), [2019], horizon=1, models="ets", draws=100)
    >>> rows.query("part == 'sum'")["model"].tolist()
    ['combination', 'ets']
    """
    years, months_known = _whole("years", years, 1000), _whole("known", known, 0)
    horizon, draws = codes.whole("horizon", horizon), codes.whole("draws", draws, 100)
    trade = validate(trade, TRADE)
    if frequency_of(trade) != "Y":
        raise ValueError("trade must be annual, got monthly: its months go into `months`")
    months = None if months is None else validate(months, TRADE)
    oil = None if oil is None else validate(oil, INDICATOR)
    outlook = None if outlook is None else validate(outlook, OUTLOOK)
    totals = None if totals is None else read_series(totals, "totals")
    given_frames = (trade, months, outlook, oil, totals)
    frames = [f for f in given_frames[:4] if f is not None]
    data = b"|".join(f.to_csv(index=False).encode() for f in frames)
    data += b"" if totals is None else totals.to_csv().encode()
    names = chosen(MODELS if models is None else models)
    given = tuple(f is not None for f in given_frames)
    asked = ("evaluate_projection", years, given, months_known, horizon, draws, names)

    def computed() -> str:
        found = []
        for year, count in product(years, months_known):
            turn = pd.Timestamp(year - 1, 12, 31) + pd.DateOffset(months=count)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", ".* a digit slipped")  # a leap that came did not
                paths = project(
                    _until(trade, pd.Period(str(year - 1), "Y")),
                    horizon,
                    months=_until(months, pd.Period(turn, "M")),
                    oil=_until(oil, pd.Period(turn, "M")),
                    outlook=None if outlook is None else released_by(outlook, turn),
                    totals=None if totals is None else totals[: str(year - 1)],
                    models=names,
                    draws=draws,
                )
            found += [row | {"known": count} for row in _judged(paths, trade, totals, year)]
        if not found:
            raise ValueError(
                f"years must have come, got {years[0]} to {years[-1]}: take earlier ones"
            )
        return pd.DataFrame(found).to_csv(index=False)

    kept = cache.text(cache.key(asked, data, CODE), computed, lambda t: pd.read_csv(io.StringIO(t)))
    return told(kept, *given_frames)


@takes(rows=table("evaluate_projection", text="part model", known=("ahead", "year", *SCORES)))
def projection_scores(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Average the scores of a projection.

    Parameters
    ----------
    rows : DataFrame
        From `evaluate_projection`.

    Returns
    -------
    DataFrame
        Indexed by part, ahead and model: the mean of each score, pit_spread (standard deviation of
        the PIT, 0.29 if uniform), targets, ratio of the CRPS to the random walk's, and p_value
        (Diebold and Mariano, small-sample correction) of its being the same.

    Examples
    --------
    >>> rows = evaluate_projection(st.load_trade(), [2018], models="random_walk", draws=100)
    >>> projection_scores(rows).loc[("sum", 1, "random_walk"), "ratio"].item()
    1.0
    """
    if not (rows["crps"] > 0).all():
        raise ValueError(f"rows must hold scores above 0, got a crps of {rows['crps'].min():g}")
    by = ["part", "ahead", "model"]
    table = rows.groupby(by)[list(SCORES)].mean()
    table["pit_spread"] = rows.groupby(by)["pit"].std()
    table["targets"] = rows.groupby(by).size()
    table.attrs = dict(rows.attrs)
    yearly = rows.groupby([*by, "year"])["crps"].mean()
    for part, ahead, model in table.index:
        if (part, ahead, "random_walk") not in table.index:
            raise ValueError(f"rows must hold the random walk of every part, got none of {part}")
        one, other = yearly[part, ahead, model], yearly[part, ahead, "random_walk"]
        table.loc[(part, ahead, model), "ratio"] = (
            table.loc[(part, ahead, model), "crps"]
            / table.loc[(part, ahead, "random_walk"), "crps"]
        )
        told = model != "random_walk" and len(one) > ahead + 2
        table.loc[(part, ahead, model), "p_value"] = (
            accuracy.diebold_mariano(one.to_numpy(), other.to_numpy(), ahead)[1] if told else np.nan
        )
    return table


def _whole(name: str, given: int | Iterable[int], least: int) -> list[int]:
    """Read one whole number or several, in order."""
    several = isinstance(given, Iterable) and not isinstance(given, str)
    numbers = [codes.whole(name, one, least) for one in (given if several else [given])]
    if not numbers:
        raise ValueError(f"{name} must name one at least, got none")
    return sorted(set(numbers))


def _until(frame: pd.DataFrame | None, last: pd.Period) -> pd.DataFrame | None:
    """Keep the periods up to the last one."""
    return None if frame is None else frame[frame["period"] <= last]


def _judged(
    paths: pd.DataFrame, trade: pd.DataFrame, totals: pd.Series | None, first: int
) -> list[dict[str, object]]:
    """Score all sums, partners and flows of one projection for which growth is known."""
    drawn = wide(paths)
    models, periods = (drawn.heads[name].unique() for name in ("model", "period"))
    cube = drawn.values.reshape(-1, len(models), len(periods), len(drawn.draws))  # a series first
    values = trade.pivot(index="period", columns=["partner", "flow"], values="value").sort_index(
        axis=1
    )
    values = values.reindex(pd.period_range(values.index[0], values.index[-1]))
    columns = list(values)
    sets = {("flow", " ".join(column)): [i] for i, column in enumerate(columns)}
    for partner in values.columns.unique(0):
        sets["partner", partner] = [i for i, column in enumerate(columns) if column[0] == partner]
    sets["sum", "all"] = list(range(len(columns)))
    rows = []
    for (part, name), which in sets.items():
        came = values.iloc[:, which].sum(axis=1, skipna=False)
        came = _with_totals(came, totals) if part == "sum" else came
        sums = cube[which].sum(axis=0)
        for step, period in enumerate(periods):
            known = came.get(period - 1, np.nan)
            if period.year < first or not came.get(period, np.nan) >= 0 or not known > 0:
                continue
            for model, now in zip(models, sums, strict=True):
                growth = now[step] / (now[step - 1] if step else known) - 1
                head = {"part": part, "name": name, "model": model, "year": period.year,
                        "ahead": period.year - first + 1}  # fmt: skip
                rows.append(head | _scored(growth, float(came[period] / known - 1)))
    return rows


def _with_totals(came: pd.Series, totals: pd.Series | None) -> pd.Series:
    """Fill in sums that are known without their parts."""
    if totals is None or not len(totals):
        return came
    later = totals[totals.index > came.index[-1]]
    return pd.concat([came.fillna(totals.reindex(came.index)), later])


def _scored(growth: np.ndarray, came: float) -> dict[str, float]:
    """Score draws of growth by what came."""
    lowest, low, middle, high, highest = np.quantile(growth, (0.025, 0.1, 0.5, 0.9, 0.975))
    one = np.array([came])
    return {
        "outturn": came, "low": low, "median": middle, "high": high,
        "crps": accuracy.crps(one, growth[:, None]),
        "interval_80": accuracy.interval_score(one, np.array([low]), np.array([high]), 0.8),
        "interval_95": accuracy.interval_score(one, np.array([lowest]), np.array([highest]), 0.95),
        "inside_80": float(low <= came <= high), "inside_95": float(lowest <= came <= highest),
        "width_80": high - low, "pit": float((growth < came).mean()),
    }  # fmt: skip
