"""
The preliminary release: China's total trade of a month in both currencies, and thus their rate.

It comes days before table 2 and in yuan as well, but none of its thirty countries is ours. January
and February are one window there, so that they share a rate.
"""

import re

import pandas as pd

from silktrade.sources import fx, gacc, reading
from silktrade.sources.judge import RefusedError

ROW = r"total export.*import values(?!.* by ).*in {currency}"  # of the index
UNITS = {"USD": ("usd", "us$"), "CNY": ("cny", "rmb")}
CLOSE = 0.05  # within a year the rate of a month is no farther from that of the year to date
_TITLE = re.compile(r"Import Values,?\s+(.*?)\.?\s*(\d{4})\s*\(in (USD|CNY)\)", re.IGNORECASE)


def totals(content: bytes, month: pd.Period, currency: str) -> tuple[float, float]:
    """Read China's total trade of a month and of the year to it, in units of 100 million."""
    what = f"the preliminary total of {month} in {currency}"
    page = gacc.opened(content, what)
    _expect_title(reading.plain(page.text_content()), month, currency, what)
    cells = gacc.grid(page, ".//table", what)
    unit = gacc.unit_above(cells).replace(" ", "").casefold()
    if unit not in [f"{name}100million" for name in UNITS[currency]]:
        raise RefusedError(f"{what}: expected the unit {currency} 100 Million, found {unit!r}")
    own, to_date = str(month.month), f"1to{month.month}"
    plain = [[re.sub("[- ]", "", c) for c in row] for row in cells]
    heads = next(([c for c in r if c in (own, to_date)] for r in plain if to_date in r), [])
    rows = [row for row in cells if row and re.match("total export.*import", gacc.normal(row[0]))]
    if not heads or len(rows) != 1 or len(rows[0]) <= len(heads):
        raise RefusedError(
            f"{what}: expected the columns {own} and {to_date} over one row of totals, found "
            f"{heads} over {len(rows)}"
        )
    values = {h: reading.number(c, what) for h, c in zip(heads, rows[0][1:], strict=False)}
    if own not in values and month.month != 2:
        raise RefusedError(f"{what}: expected a column {own}, found {heads}")
    return values.get(own, values[to_date]), values[to_date]


def rate(yuan: bytes, dollars: bytes, month: pd.Period) -> pd.DataFrame:
    """Divide the totals of a month; those of February stand for January as well."""
    pairs = zip(totals(yuan, month, "CNY"), totals(dollars, month, "USD"), strict=True)
    own, to_date = (one / other if other else 0.0 for one, other in pairs)
    if not fx.LOW <= own <= fx.HIGH or abs(own / to_date - 1) > CLOSE:
        raise RefusedError(
            f"the preliminary totals of {month}: {own:.4g} yuan per dollar in the month, "
            f"{to_date:.4g} from January: the two tables are of different months"
        )
    both = month.month == 2
    return pd.DataFrame(
        {
            "economy": "CHN",
            "indicator": "customs_rate",
            "period": [month - 1, month] if both else [month],
            "value": round(to_date if both else own, 5),
            "unit": "CNY per USD",
            "obs_status": "E",
        }
    )


def _expect_title(text: str, month: pd.Period, currency: str, what: str) -> None:
    """Hold the printed title to the month and the currency that were asked for."""
    seen = _TITLE.search(text)
    said = [m for m in gacc.MONTHS if m.lower() in seen[1].lower()] if seen else []
    wanted = (month.year, gacc.MONTHS[month.month - 1], currency)
    if not seen or not said or (int(seen[2]), said[-1], seen[3].upper()) != wanted:
        found = repr(seen[0]) if seen else "none"
        raise RefusedError(f"{what}: expected its title, found {found}")
