"""
The notes to a check: what a verdict alone would hide, computed from the same evidence.

Which currency a growth rate is in, whether a dollar figure was made with the rate of its day, what
another source would give as a base, how far a first print has been revised.
"""

import pandas as pd

from silktrade import codes
from silktrade.claims.case import Amount, Case, Growth, year_before
from silktrade.claims.form import parts_of
from silktrade.claims.ledger import THEN, Figure, Window, figures
from silktrade.claims.rates import converted, market, rate_of
from silktrade.claims.verdicts import BY_COINCIDENCE
from silktrade.claims.words import amount, source_name
from silktrade.prose import percent, phrase_growth, span, stated

_STRAY = 0.05  # how far the rate of a later day may lie from the months' means


def on_value(case: Case, got: Amount) -> str:
    """Note revisions and the exchange rate behind a value."""
    parts = []
    if got.figure.obs_status == "E" and case.vantage == THEN:
        parts.append("The figure is a later revision of what was public on the day.")
    if got.printed:
        first = _first_print(case, got.printed)
        parts.append(_revision(first, got.printed))
        if got.printed.currency != case.unit.currency or first is not None:
            parts.append(_rate_of_the_day(case, first or got.printed))
        parts.append(_sum_of_partners(case, got.figure))
    return " ".join(p for p in parts if p)


def on_late_agreement(case: Case, on_its_day: float) -> str:
    """Note that a claim which holds as known now did not hold on its day."""
    came = f"on its day it came to {stated(on_its_day, case.unit.name, case.rounding)}"
    plain = f"{came[0].upper()}{came[1:]} and did not hold."
    if case.claim.measure != "value" or not (got := case.value(case.claim.partner, case.window)):
        return plain
    first = _first_print(case, got.printed) if got.printed else None
    if first is None or first.currency != got.printed.currency:
        return plain
    change = got.printed.value / first.value - 1
    if abs(change) <= case.rounding / case.claimed:
        return plain
    said = f"{BY_COINCIDENCE}: {came} and did not hold; the level was revised by {percent(change)} "
    if first.currency == case.unit.currency:
        return f"{said}since."
    return f"{said}since, which makes up for the rate that the statement took."


def on_growth(case: Case, told: Growth, on_bases: list[Growth]) -> str:
    """Note what growth was on another base and in the other currency, and what proves nothing."""
    parts = [_on_another_base(case, told, other) for other in on_bases]
    parts.append(_in_the_other_currency(case, told.rate, told.implied))
    if told.implied and len(on_bases) == 1:
        parts.append("The base is known only through the printed growth, so this checks the "
                     "quotation and not the customs' arithmetic.")  # fmt: skip
    return " ".join(p for p in parts if p)


def on_lost_growth(case: Case, got: Amount) -> str:
    """Note what the first print said where the revised level has no base."""
    first = _first_print(case, got.printed) if got.printed else None
    if first is None or pd.isna(first.base) or first.currency != case.unit.currency:
        return ""
    growth = first.value / first.base - 1
    return (
        f"The level is now {amount(got.figure.value, case.unit.currency)}; the first print, "
        f"{amount(first.value)}, came with growth of {percent(growth)}. The revised level over "
        f"the base of the first print would be {percent(got.figure.value / first.base - 1)}, "
        f"two vintages mixed. {_in_the_other_currency(case, growth, implied=True)}"
    ).strip()


def on_ratio(case: Case, last: float, base: Figure, first: Window, final: Window) -> str:
    """Note the time between, and what other sources give as a base."""
    others = {base.source: ""}
    for figure in case.known(case.claim.partner, first):
        got = converted(figure, case.unit.currency, case.rates, first)
        if got and got[0].value and figure.source not in others:
            value = got[0].value
            others[figure.source] = (
                f"With {amount(value, case.unit.currency)} from {source_name(figure)} it would be "
                f"{last / value:,.{case.digits}f} times"
            )
    said = "; ".join(o for o in others.values() if o)
    apart = f"{_time_between(first, final)} between, at prices of their day."
    return f"{said}; {apart}" if said else f"{apart[0].upper()}{apart[1:]}"


def on_record(case: Case, value: float) -> str:
    """Note in which later periods of the same length the mark was passed."""
    if case.vantage == THEN or case.claim.comparison != "highest so far":
        return ""
    length = (case.window[1] - case.window[0]).n + 1
    for start in pd.period_range(case.window[1] + 1, case.rows["end"].max() - length + 1)[::length]:
        window = (start, start + length - 1)
        got = case.value(case.claim.partner, window)
        if got and got.figure.value > value:
            return f"Passed since, first in {span(*window)}."
    return ""


def on_outlook(expected: dict[str, float], late: str, early: str) -> str:
    """Note what was expected of two years."""
    if not {late, early} <= expected.keys():
        return ""
    new, old = expected[late], expected[early]
    word = "faster" if new > old else "slower" if new < old else "the same"
    return (
        f"The outlook in the collection expected {percent(new)} in {late} after "
        f"{percent(old)} in {early}: {word} growth."
    )


def kind(window: Window) -> str:
    """Name the length of a window."""
    return "month" if window[0] == window[1] else "year"


def _first_print(case: Case, standing: Figure) -> Figure | None:
    """Give the first print where a revision stands in its place."""
    if case.vantage == THEN or standing.obs_status == "P":
        return None
    found = case.known(case.claim.partner, case.window)
    whole = (f for f in found if not isinstance(f.terms.index, pd.PeriodIndex))
    return next((f for f in whole if f.obs_status == "P"), None)


def _revision(first: Figure | None, standing: Figure) -> str:
    """Say how far a first print was revised, in the currency it was printed in."""
    if first is None or first.currency != standing.currency or first.value == 0:
        return ""
    change = standing.value / first.value - 1
    if abs(change) < 0.0005:  # to a tenth of a percent it stands as it was
        return ""
    was = amount(first.value, first.currency)
    return f"As first printed it was {was}; the revision is {percent(change)}."


def _rate_of_the_day(case: Case, printed: Figure) -> str:
    """Tell which exchange rate a claimed conversion needs, and whether the window had it."""
    if case.unit.name == printed.currency or case.unit.name != "USD" or not case.named:
        return ""
    if case.claimed <= case.rounding:
        return ""
    low, high = (printed.value / (case.claimed + h) for h in (case.rounding, -case.rounding))
    months = pd.period_range(*case.window, freq="M")
    means = [rate_of(market(case.rates), (m, m)) for m in months]
    known = pd.Series([m.value for m in means if m])
    if known.empty or not (low > known.max() or high < known.min()):
        return ""
    if low > known.max() * (1 + _STRAY) or high < known.min() * (1 - _STRAY):
        return ""  # no day's rate: the number itself is another one
    said = (
        f"{amount(printed.value, printed.currency)} is {case.claimed / 1e9:,.10g} billion dollars "
        f"only at {low:.3f} to {high:.3f} yuan per dollar; the means of the months "
        f"traded in were {known.min():.3f} to {known.max():.3f}, which points to the rate of the "
        "day it was made"
    )
    month = case.claim.published.to_period("M")
    own = rate_of(market(case.rates), (month, month))
    if own is None:
        return f"{said}."
    value = amount(printed.value / own.value)
    return f"{said} (at {own.value:.3f}, the mean of {span(month, month)}: {value})."


def _on_another_base(case: Case, told: Growth, other: Growth) -> str:
    """Say what growth is on another base, where that shows in the digits."""
    growth = percent(other.rate, digits=case.digits)
    if other is told or growth == percent(told.rate, digits=case.digits):
        return ""
    if other.implied:
        return f"On the base that the customs' printed growth implies it is {growth}."
    return f"Over the level of the year before, as it stands in the collection, it is {growth}."


def _in_the_other_currency(case: Case, growth: float, implied: bool) -> str:
    """Say growth in the other currency as its own check finds it; else by the market's rate."""
    other = case.counted_in("USD" if case.unit.currency == "CNY" else "CNY")
    name = codes.CURRENCY_LABELS[other.unit.currency]
    windows = (case.window, year_before(case.window))
    found = other.growth(case.claim.partner, case.window)
    if found:
        same = next((g for g in found if g.implied == implied), found[0])
        return f"In {name} it was {percent(same.rate, digits=case.digits)}."
    rates = [rate_of(market(case.rates), window) for window in windows]
    if None in rates:
        return ""
    now, before = (rate.value for rate in rates)
    change = now / before
    rate = (1 + growth) * (1 / change if other.unit.currency == "USD" else change) - 1
    return (
        f"In {name} it was about {percent(rate, digits=case.digits)} at the market's rate: the "
        f"price of a dollar {phrase_growth(change - 1)}, from {before:.3f} to {now:.3f} yuan."
    )


def _time_between(first: Window, last: Window) -> str:
    """Say how many years or months lie between two periods."""
    months = (last[0] - first[0]).n
    many, unit = (months // 12, "year") if kind(first) == "year" else (months, "month")
    return f"{many} {unit} lies" if many == 1 else f"{many} {unit}s lie"


def _sum_of_partners(case: Case, figure: Figure) -> str:
    """Set a printed total of a region against the sum of the partners' own, where both stand."""
    members = parts_of(case.claim.partner)
    if len(members) == 1 or len(figure.terms) > 1:
        return ""
    parts = [
        figures(case.book, p, case.claim.flow, case.window, case.unit.currency, case.vantage)
        for p in members
    ]
    if not all(parts) or any(p[0].currency != figure.currency for p in parts):
        return ""
    if case.vantage == THEN and any(p[0].obs_status == "E" for p in parts):
        return ""  # derived from figures of a later day
    total = sum(p[0].value for p in parts)
    return (
        "The totals printed for each partner, rounded or derived, sum to "
        f"{amount(total, figure.currency)}."
    )
