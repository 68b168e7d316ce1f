"""
Yuan per dollar, the market's monthly mean: the Bank for International Settlements, checked by FRED.

Two publishers of one price, from two markets: they differ by less than half a percent, and a month
in which they do not is refused. FRED needs a key for its interface, which has to be in the address;
without a key its public file is read, whose header changed its name once.
"""

import pandas as pd

from silktrade.sources import reading
from silktrade.sources.judge import RefusedError

BIS = "https://stats.bis.org/api/v2/data/dataflow/BIS/WS_XRU/1.0/M.CN.CNY.A"
FRED = "https://api.stlouisfed.org/fred/series/observations"
FRED_FILE = "https://fred.stlouisfed.org/graph/fredgraph.csv"
SERIES = "EXCHUS"
LOW, HIGH = 1.5, 9.0  # yuan per dollar has been within since 1981
APART = 0.005  # of the two markets' means


def bis(content: bytes) -> pd.DataFrame:
    """Read the BIS's series."""
    rows = _columns(reading.lines(content, "BIS"), ("TIME_PERIOD",), "OBS_VALUE", "BIS")
    return _frame(rows, "2031-06", "BIS")


def fred(content: bytes) -> pd.DataFrame:
    """Read FRED's series, from its interface (JSON) or its public file (CSV)."""
    if not content.lstrip().startswith(b"{"):
        dates = ("observation_date", "DATE")  # the second until December 2024
        rows = _columns(reading.lines(content, "FRED"), dates, SERIES, "FRED")
        return _frame(rows, "2031-06-01", "FRED")
    with reading.expecting("FRED: expected observations"):
        listed = reading.parsed(content, "FRED")["observations"]
        rows = [(str(r["date"]), str(r["value"])) for r in listed]
    return _frame(rows, "2031-06-01", "FRED")


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


def _columns(
    rows: list[list[str]], dates: tuple[str, ...], value: str, who: str
) -> list[tuple[str, str]]:
    """Take the dates and the values of a table."""
    header = rows[0]
    date = next((name for name in dates if name in header), None)
    if date is None or value not in header:
        raise RefusedError(f"{who}: expected the columns {dates[0]} and {value}, found {header}")
    return [(row[header.index(date)], row[header.index(value)]) for row in rows[1:]]


def _frame(rows: list[tuple[str, str]], example: str, who: str) -> pd.DataFrame:
    """Make a frame of months and rates."""
    told = [(m, v) for m, v in rows if v.strip() not in ("", ".", "NaN")]
    kept = [(reading.period(m, example, who), _rate(v, m, who)) for m, v in told]
    frame = pd.DataFrame(kept, columns=["period", "value"])
    if frame.empty or frame["period"].duplicated().any():
        raise RefusedError(f"{who}: expected each month once, found {len(frame)} rows")
    return frame.assign(
        economy="CHN", indicator="exchange_rate", unit="CNY per USD", obs_status="A"
    )


def _rate(text: str, month: str, who: str) -> float:
    """Read one rate, which has a direction."""
    value = reading.number(text.strip(), f"{who} {month}")
    if not LOW <= value <= HIGH:
        inverted = value != 0 and LOW <= 1 / value <= HIGH
        hint = ": looks like dollars per yuan" if inverted else ""
        raise RefusedError(f"{who} {month} is {value:g}, expected {LOW:g} to {HIGH:g}{hint}")
    return value
