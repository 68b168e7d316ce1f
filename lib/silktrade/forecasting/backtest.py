"""
Backtest: what every model would have said on earlier days, and how it turned out.

Rolling origin in pseudo-real time: on each as-of day a model sees what was public then (in the
revision that survives), and forecasts the periods after the last one it sees.
"""

import io
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

import numpy as np
import pandas as pd

from silktrade import cache, codes
from silktrade.days import Day, read_day, released_by
from silktrade.doors import sourced, table, takes
from silktrade.forecasting import accuracy
from silktrade.forecasting.forecast import fan, prefit_panel
from silktrade.forecasting.models import MODELS
from silktrade.schema import SERIES, TRADE, frequency_of, validate
from silktrade.series import PER_YEAR, described

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
METRICS = ("mase", "rmsse", "smape", "pinball", "crps", "interval_score", "coverage_80",
           "coverage_95")  # fmt: skip
# What a result depends on.
CODE = (
    "columns", "days", "doors", "frames", "series",
    "forecasting/accuracy", "forecasting/backtest", "forecasting/calibration",
    "forecasting/forecast", "forecasting/interval_table.csv", "forecasting/models",
)  # fmt: skip
COLUMNS = ("series", "model", "day", "origin", "horizon", "period", "actual", "naive_error",
           "naive_square", *QUANTILES)  # fmt: skip
FEWEST = 8  # known values without which a series is not forecast from an origin


@sourced
def backtest(
    trade: pd.DataFrame,
    horizon: int,
    *,
    days: Iterable[Day],
    models: str | Iterable[str] | None = None,
    jobs: int = 1,
    progress: bool = True,
) -> pd.DataFrame:
    """
    Forecast every series as of earlier days, with every model.

    Parameters
    ----------
    trade : DataFrame
        TRADE; each row counts from the day of its release on.
    horizon : int
        Periods after the last one public for the series on the day, from 1.
    days : iterable of str, date or Timestamp
        The as-of days, as YYYY-MM-DD or of `pandas.date_range`; one that stands twice counts once.
    models : str or iterable of str, optional
        Names in `models.MODELS`; by default all, with naive, seasonal naive and the combination.
    jobs : int
        Processes; the days are shared out among them. A new process takes longer to start than
        a hundred forecasts take, so that more than one pays for long backtests only.
    progress : bool
        Whether to show a bar of the days done, in a terminal.

    Returns
    -------
    DataFrame
        One row a series, model, day and horizon for which the value came: series (`KAZ export`),
        model, day, origin, horizon, period, actual, naive_error and naive_square (of the
        seasonal naive within the history: mean absolute and root mean square), and one column a
        quantile. Series with fewer than eight known values on a day are not forecast then. The
        result is kept on disk under a hash of all inputs and of the code, and read from there the
        next time.

    Notes
    -----
    Nothing released after a day reaches a model on that day: Tashman (2000), International Journal
    of Forecasting 16(4).

    Examples
    --------
    >>> table = backtest(st.load_trade(partners="KAZ", flows="export"), 1, models=["naive"],
    ...                  days=["2015-12-31", "2016-12-31"], jobs=1)
    >>> table[["series", "day", "period"]].astype(str).to_numpy().tolist()
    [['KAZ export', '2015-12-31', '2015'], ['KAZ export', '2016-12-31', '2016']]
    """
    names = codes.some_of("models", models, MODELS)
    horizon = codes.whole("horizon", horizon, why="it counts periods ahead")
    if isinstance(trade, pd.Series) or "value" not in getattr(trade, "columns", ("value",)):
        raise ValueError(
            f"trade must be a TRADE frame, got {described(trade)}: one series, of which no day of "
            "release is known, goes into cross_validate(series, horizon)"
        )
    trade = validate(trade, TRADE)
    days = _days(days)
    key = _key(trade, horizon, tuple(days), tuple(names))

    def computed() -> str:
        tasks = [(trade, horizon, day, names) for day in days]
        rows = pd.concat(list(_results(tasks, jobs, progress)), ignore_index=True)
        if rows.empty:
            raise ValueError(
                f"days must leave {FEWEST} known values before them and one after, got "
                f"{', '.join(map(str, days))}: choose later days, or longer series"
            )
        return rows.to_csv(index=False)

    return cache.text(key, computed, lambda text: _read(text, frequency_of(trade)))


@takes(
    table=table(
        "backtest",
        text="series model",
        known="horizon",
        number=("actual", "naive_error", "naive_square", *QUANTILES),
    )
)
def scores(table: pd.DataFrame) -> pd.DataFrame:
    """
    Score a backtest, by series, model and horizon.

    Parameters
    ----------
    table : DataFrame
        From `backtest`.

    Returns
    -------
    DataFrame
        SCORES: series, model, horizon, metric, value, origins (number of forecasts scored: those
        whose outcome is known).
        Metrics: mase and rmsse (errors in units of the seasonal naive's within the history), smape
        (percent, the M3 variant), pinball (mean over nine quantiles, in units of the series'
        naive error), crps (twice that integral), interval_score (80 %, in the same units),
        coverage_80 and coverage_95 (fractions). NaN in units of a naive error of 0, and where no
        outcome is known.

    Examples
    --------
    >>> table = backtest(st.load_trade(partners="KAZ", flows="export"), 1, models=["naive"],
    ...                  days=["2015-12-31", "2016-12-31"], jobs=1)
    >>> scores(table).query("metric == 'mase'")["origins"].tolist()
    [2]
    """
    rows = []
    for key, group in table.groupby(["series", "model", "horizon"]):
        known = group[group["actual"].notna()]
        found = dict.fromkeys(METRICS, np.nan) if known.empty else _metrics(known)
        rows += [(*key, metric, value, len(known)) for metric, value in found.items()]
    columns = ["series", "model", "horizon", "metric", "value", "origins"]
    return pd.DataFrame(rows, columns=columns)


@takes(
    table=table(
        "backtest",
        text="model day",
        period="origin",
        known="horizon",
        number=("actual", "naive_error", 0.5),
    )
)
def compare(table: pd.DataFrame, against: str = "naive") -> pd.DataFrame:
    """
    Test whether each model is better than another, or only luckier.

    Parameters
    ----------
    table : DataFrame
        From `backtest`.
    against : str
        The model that the others are compared with.

    Returns
    -------
    DataFrame
        model, horizon, ratio (of mean absolute scaled errors; below 1 the model is better),
        statistic and p_value (Diebold-Mariano with the small-sample correction), origins.

    Notes
    -----
    Errors are scaled by each series' naive error and averaged over the series of a day, so that
    one loss a day remains: series of a day are not independent, days are more nearly so. Losses
    are taken as correlated over as many days as their forecasts share periods, by the days' usual
    distance.

    Examples
    --------
    >>> days = [f"{year}-12-31" for year in range(2010, 2018)]
    >>> trade = st.load_trade(partners="KAZ")
    >>> table = backtest(trade, 1, models=["naive", "drift"], days=days, jobs=1)
    >>> compare(table)["model"].tolist()
    ['drift']
    """
    known = sorted(table["model"].unique())
    if against not in known:
        raise ValueError(
            f"against must be one of {', '.join(known)}, got {against!r}: name one of them, or let "
            "it run beside them, models=[..., 'naive']"
        )
    # A series that never moved has no scale, and no say.
    loss = (table["actual"] - table[0.5]).abs() / table["naive_error"].replace(0, np.nan)
    daily = table.assign(loss=loss).groupby(["horizon", "model", "day"])["loss"].mean()
    rows = []
    spacing = _spacing(table)
    for horizon, model in product(sorted(table["horizon"].unique()), table["model"].unique()):
        if model == against:
            continue
        if not {(horizon, model), (horizon, against)} <= {*daily.index.droplevel("day")}:
            continue
        both = pd.concat([daily[horizon, model], daily[horizon, against]], axis=1).dropna()
        one, other = both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy()
        statistic, p_value = np.nan, np.nan
        overlap = -(-int(horizon) // spacing)  # steps from one day to another that share periods
        if len(both) > overlap:
            statistic, p_value = accuracy.diebold_mariano(one, other, overlap)
        ratio = one.mean() / other.mean() if len(both) and other.any() else np.nan
        rows.append((model, horizon, ratio, statistic, p_value, len(both)))
    return pd.DataFrame(
        rows, columns=["model", "horizon", "ratio", "statistic", "p_value", "origins"]
    )


def _days(given: Iterable[Day]) -> list[str]:
    """Read the as-of days, each once."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"days must be a list of days, got {given!r}: write days=[...]")
    days = list(dict.fromkeys(str(read_day(day, "days").date()) for day in given))
    if not days:
        raise ValueError("days must name at least one day, got none")
    return days


def _spacing(table: pd.DataFrame) -> int:
    """Count the periods from one day's origin to the next one's."""
    last = table.groupby("day")["origin"].max().sort_values()
    gaps = np.diff([p.ordinal for p in last])
    gaps = gaps[gaps > 0]
    return int(np.median(gaps)) if len(gaps) else 1


def _metrics(group: pd.DataFrame) -> dict[str, float]:
    """Score the forecasts of one series by one model at one horizon."""
    actual, point = group["actual"].to_numpy(), group[0.5].to_numpy()
    unit, root = (group[c].replace(0, np.nan).to_numpy() for c in ("naive_error", "naive_square"))
    fan = group[list(QUANTILES)].to_numpy()
    scaled, shares = actual / unit, fan / unit[:, None]
    pinball = np.mean(
        [accuracy.pinball(scaled, s, q) for s, q in zip(shares.T, QUANTILES, strict=True)]
    )
    low, high, lowest, highest = (QUANTILES.index(q) for q in (0.1, 0.9, 0.025, 0.975))
    return {
        "mase": float(np.mean(np.abs(actual - point) / unit)),
        "rmsse": float(np.sqrt(np.mean(((actual - point) / root) ** 2))),
        "smape": accuracy.smape(actual, point),
        "pinball": float(pinball),
        "crps": accuracy.crps_quantiles(scaled, shares, np.array(QUANTILES)),
        "interval_score": accuracy.interval_score(scaled, shares[:, low], shares[:, high], 0.8),
        "coverage_80": accuracy.coverage(actual, fan[:, low], fan[:, high]),
        "coverage_95": accuracy.coverage(actual, fan[:, lowest], fan[:, highest]),
    }


def _results(tasks: list[tuple], jobs: int, progress: bool) -> Iterable[pd.DataFrame]:
    """Run the days, in this process or in several, with a bar of those done."""
    from tqdm import tqdm

    hidden = None if codes.flag("progress", progress) else True  # None: where nobody looks
    bar = {"total": len(tasks), "unit": "day", "leave": False, "disable": hidden}
    if jobs < 2 or len(tasks) < 2:
        trade, horizon, _, names = tasks[0]
        histories = [
            laid_out(known) for _, _, day, _ in tasks for _, _, known in _public(trade, day)
        ]
        prefit_panel(histories, PER_YEAR[frequency_of(trade)], horizon, names)
        yield from tqdm(map(_day, tasks), **bar)
        return
    # A fresh process each: a notebook's kernel has threads, and must not be forked.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from tqdm(pool.map(_day, tasks), **bar)


def _day(task: tuple[pd.DataFrame, int, str, list[str]]) -> pd.DataFrame:
    """Forecast all series from what was public on one day."""
    trade, horizon, day, names = task
    period = PER_YEAR[frequency_of(trade)]
    parts = [
        rolled(" ".join(key[1:3]), day, came, known, period, horizon, names)
        for key, came, known in _public(trade, day)
    ]
    return pd.DataFrame([row for rows in parts for row in rows], columns=COLUMNS)


def rolled(
    name: str,
    day: str,
    came: pd.Series,
    known: pd.Series,
    period: int,
    horizon: int,
    models: Iterable[str],
) -> list[tuple]:
    """Forecast one series from what was known; give a row a model and step whose value came."""
    history, origin = laid_out(known), known.index[-1]
    errors = [accuracy.naive_error(history, period, power) for power in (1, 2)]
    rows = []
    for model in models:
        fans = fan(history, period, horizon, np.array(QUANTILES), model)
        for step, row in enumerate(fans, start=1):
            if origin + step in came.index:
                head = (name, model, day, origin, step, origin + step)
                rows.append((*head, came[origin + step], *errors, *row))
    return rows


def _public(trade: pd.DataFrame, day: str) -> Iterable[tuple[tuple, pd.Series, pd.Series]]:
    """Give each series' key, all its values, and those public on a day where they are enough."""
    for key, group in trade.groupby(list(SERIES)):
        values = group.set_index("period")["value"]
        known = released_by(group, day).set_index("period")["value"]
        if len(known) >= FEWEST:
            yield key, values, known


def laid_out(values: pd.Series) -> np.ndarray:
    """Lay values on an unbroken run of periods, NaN where not known."""
    return values.reindex(pd.period_range(values.index[0], values.index[-1])).to_numpy()


def _key(trade: pd.DataFrame, horizon: int, days: tuple, names: tuple) -> str:
    """Hash everything that the result depends on: the rows, the request, and the code."""
    asked = ("backtest", horizon, days, names, QUANTILES)
    return cache.key(asked, trade.to_csv(index=False).encode(), CODE)


def _read(text: str, frequency: str) -> pd.DataFrame:
    """Read a result back; a fresh one takes the same way, so that both are alike."""
    table = pd.read_csv(io.StringIO(text), dtype={"day": "str"})
    periods = {
        c: pd.PeriodIndex(table[c].astype(str), freq=frequency) for c in ("origin", "period")
    }
    names = {str(q): q for q in QUANTILES}
    return table.assign(**periods).rename(columns=names)
