"""
The ledger behind a check: which figure stands for a flow and a window, seen from one day.

The same trade may be known from several sources, as flows, as totals, month by month or for a whole
window, first printed or revised. A vantage says which of these were public and which one stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.claims.form import parts_of
from silktrade.frames import having

Window = tuple[pd.Period, pd.Period]
Key = tuple[str, str, pd.Period, pd.Period]
Entries = dict[tuple[str, str], dict[Key, Any]]
_REVISED = ("imf", "comtrade")  # imports to 2022 and exports of 2021 and 2022
THEN, NOW = "pseudo-real time", "as known now"
# Seen from its day a first print stands before what later tables imply; seen from now, after it.
_STANDING = {THEN: {"A": 0, "P": 0, "E": 1, "I": 2}, NOW: {"A": 0, "E": 1, "P": 2, "I": 3}}
_NEEDED = "reporter partner currency obs_status source released"
# What else a row may hold: its kind, its rule, and whether a row may be without it.
_HELD = {
    "period": (pd.Period, "a Period of a month or a year", False),
    "start": (pd.Period, "a Period of a month or a year", True),
    "flow": (str, "text", True),
    "vintage": (pd.Timestamp, "a day", True),
}
# The press prints billions with one decimal or two, so a figure with seven zeros at its end was
# rounded, by half of 0.1 billion at most; customs and IMF count to the yuan and the dollar.
_ROUND, _COARSEST = 10**7, 10**8
_GROWTH_ROUNDING = 0.0005  # the customs print growth to a tenth of a percent


@dataclass(frozen=True)
class Figure:
    """A figure for one flow and window, and what it is made of."""

    value: float  # full units of `currency`
    currency: str
    source: str
    obs_status: str  # the weakest of the parts'
    released: pd.Timestamp  # the day the last part was public
    # The same window of the year before, as implied by printed growth; NaN where none is.
    base: float
    terms: pd.Series  # the sums by month or partner that make up the value
    standing: int  # 0 is the best that the vantage knows
    # By how much `value` and `base` may be off, because what they are made of was rounded when it
    # was printed.
    rounding: float = 0.0
    base_rounding: float = 0.0


def ledger(trade: pd.DataFrame) -> pd.DataFrame:
    """Bring trade of any form to windows: flows and totals, months, years and printed windows."""
    rows = trade[trade["product"] == codes.TOTAL] if "product" in trade else trade
    growth = "growth" if "growth" in rows else ""
    rows = having(
        rows, "trade", "load_evidence", _NEEDED, known="value", number=growth, also="period"
    )
    _refuse_other_kinds(rows)
    period = rows["period"]
    each = period.unique()
    end = pd.PeriodIndex(period.map({p: p.asfreq("M", "end") for p in each}), freq="M")
    start = period.map({p: p.asfreq("M", "start") for p in each})
    if "start" in rows:
        start = rows["start"].astype("object").where(rows["start"].notna(), start)
    flow = rows["flow"] if "flow" in rows else pd.Series(np.nan, rows.index, dtype="object")
    out = rows.assign(
        start=pd.PeriodIndex(start, freq="M"),
        end=end,
        flow=flow.replace("", np.nan).fillna("total"),
    )
    for column in ("growth", "vintage"):
        out[column] = out.get(column, np.nan)
    return out.sort_values(
        ["released", "vintage", "growth"], na_position="first", ignore_index=True
    )


def by_year(window: Window) -> list[Window]:
    """Split a window at the ends of calendar years."""
    years = range(window[0].year, window[1].year + 1)
    return [
        (max(window[0], pd.Period(f"{y}-01", "M")), min(window[1], pd.Period(f"{y}-12", "M")))
        for y in years
    ]


def entries(rows: pd.DataFrame) -> Entries:
    """Lay a ledger out for looking up."""
    found: Entries = {}
    for row in rows.itertuples():  # the newest comes last, and a printed window tells its growth
        of_source = found.setdefault((row.source, row.currency), {})
        of_source[row.partner, row.flow, row.start, row.end] = row
    for currency in {currency for _, currency in found}:
        revised = [found.get((source, currency)) for source in reversed(_REVISED)]
        if all(revised):  # the IMF's own figure stands where both hold one
            found[", ".join(_REVISED), currency] = revised[0] | revised[1]
    return dict(sorted(found.items()))


def figures(
    book: Entries, partner: str, flow: str, window: Window, currency: str, vantage: str
) -> list[Figure]:
    """List the figures for one flow and window, the one that stands first."""
    months = pd.period_range(*window, freq="M")
    grains = {"window": [window], "month": [(m, m) for m in months]}
    if len(months) == 1:
        del grains["month"]
    members = {(partner,), parts_of(partner)}
    kinds = {(flow,), codes.FLOWS} if flow == "total" else {(flow,)}
    found = []
    for (source, _), rows in book.items():
        for grain, spans in grains.items():
            for who, what in ((m, k) for m in members for k in kinds):
                figure = _add_up(rows, who, what, spans, vantage)
                # What one source holds whole is that source's alone.
                if figure is not None and figure.source == source:
                    exact = figure.rounding > 0, grain == "month", figure.currency != currency
                    rank = ((figure.standing, *exact) if vantage == THEN
                            else (*exact, figure.standing))  # fmt: skip
                    rank += len(what) == 1, len(who), -figure.released.value
                    found.append((rank, figure))
    return [figure for _, figure in sorted(found, key=lambda f: f[0])]


def _add_up(
    rows: Mapping[Key, Any],
    members: tuple[str, ...],
    kinds: tuple[str, ...],
    spans: list[Window],
    vantage: str,
) -> Figure | None:
    """Add up the parts of a figure, where all are known."""
    parts = []
    for key in ((m, k, *span) for m in members for k in kinds for span in spans):
        if key not in rows:
            return None
        parts.append(rows[key])
    standing = [_STANDING[vantage][part.obs_status] for part in parts]
    level = "start" if len(spans) > 1 else ("partner" if len(members) > 1 else "flow")
    terms: dict[Any, float] = {}
    for part in parts:
        label = getattr(part, level)
        terms[label] = terms.get(label, 0.0) + part.value
    index = pd.PeriodIndex(terms, freq="M") if level == "start" else pd.Index(terms)
    bases = [np.nan if p.growth == -1 else p.value / (1 + p.growth) for p in parts]
    slopes = [b / (1 + p.growth) for b, p in zip(bases, parts, strict=True)]
    return Figure(
        value=sum(part.value for part in parts),
        currency=parts[0].currency,
        source=_named({part.source for part in parts}),
        obs_status=parts[np.argmax(standing)].obs_status,
        released=max(part.released for part in parts),
        base=sum(bases),
        terms=pd.Series(terms.values(), index).sort_index(),
        standing=max(standing),
        rounding=sum(_half_a_print(part.value) for part in parts),
        base_rounding=sum(slopes) * _GROWTH_ROUNDING,
    )


def _named(sources: set[str]) -> str:
    """Name sources in the collection's order, others after them."""
    order = {source: i for i, source in enumerate(codes.SOURCES)}
    return ", ".join(sorted(sources, key=lambda s: (order.get(s, len(order)), s)))


def _half_a_print(value: float) -> float:
    """Give half a unit of the last digit that the press printed; 0 for a figure in full."""
    if not value or value % _ROUND:
        return 0.0
    return (_ROUND if value % _COARSEST else _COARSEST) / 2


def _refuse_other_kinds(rows: pd.DataFrame) -> None:
    """Refuse rows whose periods, flows or days are none."""
    for column, (kind, rule, optional) in _HELD.items():
        for value in rows.get(column, ()):
            if isinstance(value, kind) and getattr(value, "freqstr", "M") in ("M", "Y-DEC"):
                continue
            if not (optional and np.ndim(value) == 0 and pd.isna(value)):
                raise ValueError(
                    f"trade must hold {rule} in column {column}, got {value!r}: load it with "
                    "load_evidence or load_trade"
                )
