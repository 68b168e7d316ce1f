"""
The World Bank: output of economies (WDI) and commodity prices (the Pink Sheet).

Output is asked for directly, since the answer's own header says when it was last updated, which
the client hides; an error comes with status 200. The Pink Sheet's address holds a hash that changes
with the year, and an old address keeps answering an old file: the link is looked up each time. Its
columns move and change their names, so that they are found by name and held to their unit.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import pandas as pd

from silktrade import codes
from silktrade.sources import reading
from silktrade.sources.judge import RefusedError

API = "https://api.worldbank.org/v2"
MARKETS = "https://www.worldbank.org/en/research/commodity-markets"
AGENT = {"User-Agent": "Mozilla/5.0 (compatible; silktrade)"}  # without it the site refuses
MOST_MOVED = 0.10  # of a price held for three releases
SETTLED = 3  # months
SHEET = "Monthly Prices"
FIRST = 1990  # the year from which prices are held
# Ours → the names that the sheet has used, its unit, and ours.
SERIES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "copper": (("copper",), "($/mt)", "USD per tonne"),
    "gas_europe": (("natural gas, europe",), "($/mmbtu)", "USD per mmbtu"),
    "gas_lng_japan": (("liquefied natural gas, japan",), "($/mmbtu)", "USD per mmbtu"),
    "gold": (("gold",), "($/troy oz)", "USD per troy ounce"),
    "oil_average": (("crude oil, average",), "($/bbl)", "USD per barrel"),
    "oil_brent": (("crude oil, brent",), "($/bbl)", "USD per barrel"),
}
_MISSING = {"", "..", "…", "...", "n/a"}
_LINK = re.compile(rb"https?://thedocs\.worldbank\.org[^\"'<> ]+Monthly\.xlsx")
_UPDATED = re.compile(r"Updated on (\w+ \d{1,2}, \d{4})")


def gdp_address(economies: Iterable[str], first: int, last: int) -> str:
    """Give the address of output."""
    listed = ";".join(economies)
    return (
        f"{API}/country/{listed}/indicator/NY.GDP.MKTP.CD"
        f"?format=json&per_page=1000&page=1&date={first}:{last}"
    )


def gdp(content: bytes, economies: Iterable[str]) -> tuple[pd.DataFrame, str]:
    """Read output in current dollars."""
    said = reading.parsed(content, "World Bank")
    kinds = [type(part) for part in said] if isinstance(said, list) else []
    if kinds != [dict, list]:
        told = re.search(rb'"value": ?"([^"]+)"', content)
        found = told[1].decode(errors="replace") if told else type(said).__name__
        raise RefusedError(f"World Bank: expected header and rows, found {found}")
    header, rows = said
    if header.get("pages") != 1 or header.get("total") != len(rows):
        raise RefusedError(
            f"World Bank: expected all on one page, found {len(rows)} rows of "
            f"{header.get('total')} on {header.get('pages')} pages"
        )
    with reading.expecting("World Bank: expected economy, date, value"):
        updated = date.fromisoformat(header["lastupdated"]).isoformat()
        known = [(r["countryiso3code"], str(r["date"]), reading.amount(r["value"], "World Bank"))
                 for r in rows if r["value"] is not None]  # fmt: skip
    frame = pd.DataFrame(known, columns=["economy", "period", "value"])
    odd = [e for e, year, _ in known if e not in economies or not re.fullmatch(r"\d{4}", year)]
    if odd or frame.duplicated(["economy", "period"]).any():
        raise RefusedError(f"World Bank: found a row twice, or one of {odd[:1]}, not asked for")
    if (frame["value"] <= 0).any():
        raise RefusedError("World Bank: expected output above 0, found another")
    there = set(frame["economy"])
    missing = [economy for economy in economies if economy not in there]
    if missing:
        raise RefusedError(f"World Bank: {', '.join(missing)} has no value at all")
    period = pd.PeriodIndex(frame["period"], freq="Y-DEC")
    frame = frame.assign(indicator="gdp_usd", period=period, unit="USD", obs_status="A")
    return frame, updated


def link(content: bytes) -> str:
    """Find the address of this month's Pink Sheet."""
    found = sorted({m.decode() for m in _LINK.findall(content)})
    if len(found) != 1:
        raise RefusedError(f"Pink Sheet: expected one link to …Monthly.xlsx on {MARKETS}, found "
                      f"{len(found)}")  # fmt: skip
    return found[0]


def prices(content: bytes) -> tuple[pd.DataFrame, str]:
    """Read the Pink Sheet."""
    grid = reading.sheet(content, "Pink Sheet", SHEET)
    edition = _edition(grid)
    units = _units_row(grid)
    names, below = grid[units - 1], grid[units + 1 :]
    months = [
        (reading.period(row[0], "2031M06", "Pink Sheet"), row) for row in below if row and row[0]
    ]
    listed = [month for month, _ in months]
    last = pd.Period(edition, freq="M") - 1
    if not listed or listed[-1] != last or len(set(listed)) != len(listed):
        raise RefusedError(
            f"Pink Sheet of {edition}: expected months in order up to {last}, found "
            f"{listed[-1] if listed else 'none'}"
        )
    rows = []
    for name, (aliases, unit, ours) in SERIES.items():
        column = _column(names, grid[units], aliases, unit)
        for month, row in months:
            if month.year >= FIRST and row[column].strip().lower() not in _MISSING:
                rows.append((name, month, _price(row[column], name, month), ours))
    frame = pd.DataFrame(rows, columns=["indicator", "period", "value", "unit"])
    return frame.assign(economy=codes.WORLD, obs_status="A"), edition


def settled(new: pd.DataFrame, old: pd.DataFrame) -> None:
    """Refuse an edition that moves what was settled."""
    key = ["indicator", "period"]
    both = old[[*key, "value"]].merge(new[[*key, "value"]], on=key, suffixes=("_old", "_new"))
    both = both[both["period"] <= old["period"].max() - SETTLED]
    moved = both[(both["value_new"] / both["value_old"] - 1).abs() > MOST_MOVED]
    if len(moved):
        row = moved.iloc[0]
        raise RefusedError(
            f"Pink Sheet: {row['indicator']} {row['period']} was {row['value_old']:g} and is "
            f"{row['value_new']:g}: a settled price does not move by a tenth"
        )


def _edition(grid: Sequence[Sequence[str]]) -> str:
    """Read the day of the edition from the rows above the names."""
    said = [m[1] for row in grid[:10] for c in row if (m := _UPDATED.search(c))]
    try:
        return datetime.strptime(said[0], "%B %d, %Y").date().isoformat()
    except (IndexError, ValueError):
        raise RefusedError("Pink Sheet: expected 'Updated on June 3, 2031' at its top") from None


def _units_row(grid: Sequence[Sequence[str]]) -> int:
    """Find the row of units: the one with most cells in brackets; names stand one above."""
    counts = [sum(c.startswith("(") and c.endswith(")") for c in row) for row in grid[:15]]
    if not counts or max(counts) < len(SERIES) or counts.index(max(counts)) == 0:
        raise RefusedError("Pink Sheet: expected a row of units such as ($/bbl), found none")
    return counts.index(max(counts))


def _column(names: Sequence[str], units: Sequence[str], aliases: Sequence[str], unit: str) -> int:
    """Find the one column of a series, and hold it to its unit."""
    plain = [" ".join(n.replace("*", "").split()).casefold() for n in names]
    at = [i for i, name in enumerate(plain) if name in aliases]
    if len(at) != 1:
        raise RefusedError(f"Pink Sheet: expected one column {aliases[0]!r}, found {len(at)}")
    if units[at[0]].casefold().replace(" ", "") != unit.replace(" ", ""):
        raise RefusedError(
            f"Pink Sheet: {aliases[0]}: expected the unit {unit}, found {units[at[0]]}"
        )
    return at[0]


def _price(text: str, name: str, month: pd.Period) -> float:
    """Read one price."""
    value = reading.number(text, f"Pink Sheet: {name} {month}")
    if not 0 < value < 1e6:
        raise RefusedError(f"Pink Sheet: {name} {month}: expected a price, found {text!r}")
    return value
