"""The exchange rates behind a check: the customs' own where printed, else the market's mean."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade.claims.ledger import NOW, Figure, Window

Rates = dict[str, dict[str, float]]
# The customs' own stands before the market's.
_NAMES = {"customs_rate": "the customs' rate", "exchange_rate": "the market's mean"}


class Rate(NamedTuple):
    """Yuan per dollar over a window."""

    value: float
    name: str  # whose it is
    rounding: float  # half a unit of its last digit


def rates_of(indicators: pd.DataFrame, vantage: str) -> Rates:
    """Lay exchange rates out for looking up."""
    usable = indicators if vantage == NOW else indicators[indicators["obs_status"] != "E"]
    found = {}
    for name in _NAMES:
        rows = usable[usable["indicator"] == name]
        found[name] = dict(zip(rows["period"].astype("str"), rows["value"], strict=True))
    return found


def rate_of(rates: Rates, window: Window, weights: pd.Series | None = None) -> Rate | None:
    """Give yuan per dollar over a window, the customs' own where it was printed in time."""
    months = [str(m) for m in pd.period_range(*window, freq="M")]
    whole_year = len(months) == 12 and months[0].endswith("-01")
    for name, by_period in rates.items():
        if whole_year and months[0][:4] in by_period:
            rate = by_period[months[0][:4]]
            return Rate(rate, _NAMES[name], _half_a_digit(rate))
        if all(m in by_period for m in months):
            each = np.array([by_period[m] for m in months])
            mean = each.mean() if weights is None else weights.sum() / (weights / each).sum()
            rounding = max(_half_a_digit(rate) for rate in each)
            return Rate(float(mean), _NAMES[name], rounding)
    return None


def market(rates: Rates) -> Rates:
    """Keep the market's rate alone."""
    return {"exchange_rate": rates["exchange_rate"]}


def converted(
    figure: Figure, currency: str, rates: Rates, window: Window, weights: pd.Series | None = None
) -> tuple[Figure, str] | None:
    """Convert a figure, month by month where it is a sum of months."""
    if figure.currency == currency:
        return figure, ""
    by_month = isinstance(figure.terms.index, pd.PeriodIndex)
    spans = [(m, m) for m in figure.terms.index] if by_month else [window]
    each = [rate_of(rates, span, None if by_month else weights) for span in spans]
    if None in each:
        return None
    factors = np.array([r.value for r in each])
    factors = 1 / factors if currency == "USD" else factors
    terms = figure.terms * (factors if by_month else factors[0])
    value = float(terms.sum())
    off = figure.rounding / figure.value if figure.value else 0.0
    off += max(rate.rounding / rate.value for rate in each)
    out = replace(figure, value=value, currency=currency, terms=terms, base=np.nan,
                  rounding=abs(value) * off)  # fmt: skip
    return out, each[0].name


def _half_a_digit(rate: float) -> float:
    """Give half a unit of the last decimal of a rate."""
    return 0.5 * 10.0 ** -len(repr(float(rate)).partition(".")[2])
