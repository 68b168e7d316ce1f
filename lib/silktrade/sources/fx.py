"""
Yuan per dollar, the market's monthly mean: the Bank for International Settlements, checked by FRED.

Two publishers of one price, from two markets: they differ by less than half a percent, and a month
in which they do not is refused. FRED needs a key for its interface, which has to be in the address;
without a key its public file is read, whose header changed its name once.
"""

from __future__ import annotations

import csv
import io
import json
import re

import pandas as pd

from silktrade.sources.judge import RefusedError

BIS = "https://stats.bis.org/api/v2/data/dataflow/BIS/WS_XRU/1.0/M.CN.CNY.A"
FRED = "https://api.stlouisfed.org/fred/series/observations"
FRED_FILE = "https://fred.stlouisfed.org/graph/fredgraph.csv"
SERIES = "EXCHUS"
LOW, HIGH = 1.5, 9.0  # yuan per dollar has been within since 1981
APART = 0.005  # of the two markets' means


def bis(content: bytes) -> pd.DataFrame:
    """Read the BIS's series."""
    return _frame(_table(content, "BIS", ("TIME_PERIOD",), "OBS_VALUE"), "BIS")


def fred(content: bytes) -> pd.DataFrame:
    """Read FRED's series, from its interface (JSON) or its public file (CSV)."""
    if not content.lstrip().startswith(b"{"):
        dates = ("observation_date", "DATE")  # the second until December 2024
        return _frame(_table(content, "FRED", dates, SERIES), "FRED")
    try:
        rows = [(r["date"], r["value"]) for r in json.loads(content)["observations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"FRED: expected observations, found {error!r}") from None
    return _frame(rows, "FRED")


def agree(first: pd.DataFrame, second: pd.DataFrame) -> int:
    """Hold two publishers' rates to each other."""
    both = first.merge(second, on="period", suffixes=("", "_other"))
    both = both[both["period"] >= pd.Period("1994-01")]
    apart = both[(both["value"] / both["value_other"] - 1).abs() > APART]
    if len(apart):
        row = apart.iloc[-1]
        raise RefusedError(
            f"{row['period']}: the BIS has {row['value']:.4f}, FRED {row['value_other']:.4f} yuan "
            "per dollar: one of them is wrong"
        )
    return len(both)


def _table(content: bytes, who: str, dates: tuple[str, ...], value: str) -> list[tuple[str, str]]:
    """Read two columns of a CSV file."""
    if content.lstrip().startswith(b"<"):
        raise RefusedError(f"{who}: expected a CSV file, found a page")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(f"{who}: expected text in UTF-8") from None
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = rows[0] if rows else []
    date = next((name for name in dates if name in header), None)
    if date is None or value not in header:
        raise RefusedError(f"{who}: expected the columns {dates[0]} and {value}, found {header}")
    i, j = header.index(date), header.index(value)
    if any(len(row) != len(header) for row in rows):
        raise RefusedError(f"{who}: a line has not {len(header)} fields: the file is cut off")
    return [(row[i], row[j]) for row in rows[1:]]


def _frame(rows: list[tuple[str, str]], who: str) -> pd.DataFrame:
    """Make a frame of months and rates."""
    kept = [
        (_month(m, who), _rate(v, m, who)) for m, v in rows if v.strip() not in ("", ".", "NaN")
    ]
    frame = pd.DataFrame(kept, columns=["period", "value"])
    if frame.empty or frame["period"].duplicated().any():
        raise RefusedError(f"{who}: expected each month once, found {len(frame)} rows")
    return frame.assign(
        economy="CHN", indicator="exchange_rate", unit="CNY per USD", obs_status="A"
    )


def _month(text: str, who: str) -> pd.Period:
    """Read 2031-06, or its first day."""
    seen = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(-01)?", text.strip())
    if not seen:
        raise RefusedError(f"{who}: expected a month, found {text!r}")
    return pd.Period(year=int(seen[1]), month=int(seen[2]), freq="M")


def _rate(text: str, month: str, who: str) -> float:
    """Read one rate, which has a direction."""
    try:
        value = float(text)
    except ValueError:
        raise RefusedError(f"{who} {month}: expected a rate, found {text!r}") from None
    if not LOW <= value <= HIGH:
        inverted = value != 0 and LOW <= 1 / value <= HIGH
        hint = ": looks like dollars per yuan" if inverted else ""
        raise RefusedError(f"{who} {month} is {value:g}, expected {LOW:g} to {HIGH:g}{hint}")
    return value
