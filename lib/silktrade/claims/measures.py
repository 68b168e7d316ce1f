"""The measures a claim may be of: what each comes to, with the arithmetic shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.claims import form, notes
from silktrade.claims.case import Amount, Case, quotient, year_before
from silktrade.claims.ledger import THEN, Window
from silktrade.claims.verdicts import FAILS, HOLDS, UNTESTED, WITHIN, verdict
from silktrade.claims.words import amount, source_name
from silktrade.prose import day, listed, percent, span

_FIRST_YEAR = pd.Period("1992-01", "M")  # the five have traded under their own names since
_MOST_NAMED = 4  # years in one sentence


@dataclass
class Result:
    """What a claim comes to."""

    computed: float = np.nan  # in the unit's own name; NaN where it cannot be told
    arithmetic: str = ""  # how it was computed
    why: str = ""  # why it cannot be tested
    note: str = ""  # what else to know
    bar: float = np.nan  # what it is compared with, where the claim names no number
    # By how much `computed` may be off because the figures behind it are rounded.
    rounding: float = 0.0
    verdict: str = ""  # where it does not follow from the two numbers alone


def computed(case: Case) -> Result:
    """Compute a claim from the evidence of its case."""
    return _MEASURES[case.claim.measure](case)


def _unknown(case: Case, partner: str, window: Window, **more: object) -> Result:
    """Say which figure is missing."""
    gaps = case.missing(partner, window)
    gaps = gaps if len(gaps) <= _MOST_NAMED else [window]
    where = listed([span(*gap) for gap in gaps])
    when = f"was public on {day(case.claim.published)}" if case.vantage == THEN else "is known"
    what = {"total": "trade with", "export": "exports to", "import": "imports from"}
    name = codes.label(partner)
    name = f"the {name.lower()}" if partner == codes.WORLD else name
    why = f"no figure of {what[case.claim.flow]} {name} in {where} {when}"
    if all(case.known(partner, gap) for gap in gaps):
        why = f"no exchange rate of {where} {when}"
    return Result(why=why, **more)


def _value(case: Case) -> Result:
    """Compute the trade of a window."""
    got = case.value(case.claim.partner, case.window)
    if got is None:
        return _unknown(case, case.claim.partner, case.window)
    note = notes.on_value(case, got)
    return Result(got.figure.value, got.words, rounding=got.figure.rounding, note=note)


def _growth(case: Case) -> Result:
    """Compute growth over the same window a year before, on the base that bears the claim out."""
    partner = case.claim.partner
    got = case.value(partner, case.window)
    if got is None:
        return _unknown(case, partner, case.window)
    on_bases = case.growth(partner, case.window)
    before = case.value(partner, year_before(case.window))
    if not on_bases and before and not before.figure.value:
        earlier = span(*year_before(case.window))
        return Result(why=f"trade was nothing in {earlier}, so that there is no rate of growth")
    if not on_bases:
        note = notes.on_lost_growth(case, got)
        return _unknown(case, partner, year_before(case.window), note=note)
    agreeing = [g for g in on_bases if case.agrees(g.rate, g.rounding)]
    told = min(agreeing or on_bases[:1], key=lambda g: abs(g.rate - case.claimed))
    note = notes.on_growth(case, told, on_bases)
    return Result(told.rate, told.words, rounding=told.rounding, note=note)


def _ratio(case: Case) -> Result:
    """Divide two periods; in yuan too, where the claim names no currency and customs print yuan."""
    other = case.counted_in("USD" if case.unit.currency == "CNY" else "CNY")
    told, beside = _ratio_in(case), _ratio_in(other)
    meant = form.names_no_currency(case.claim) and other.prints(*form.periods_compared(case.claim))
    agree = [case.agrees(result.computed, result.rounding) for result in (told, beside)]
    if meant and agree == [False, True]:
        told, beside, other = beside, told, case
    if not np.isnan(beside.computed):
        times = f"{beside.computed:,.{case.digits}f} times"
        told.note += f" In {codes.CURRENCY_LABELS[other.unit.currency]} it is {times}."
    return told


def _ratio_in(case: Case) -> Result:
    """Divide the last period by the first: years where the claim names years, else months."""
    first, last = form.periods_compared(case.claim)
    got = {window: case.value(case.claim.partner, window) for window in (last, first)}
    for window, value in got.items():
        if value is None:
            return _unknown(case, case.claim.partner, window)
    over, under = got[last].figure, got[first].figure
    if not under.value:
        return Result(why=f"trade was nothing in {span(*first)}, so that there is no ratio")
    ratio, rounding = quotient(over, under)
    arithmetic = (
        f"{amount(over.value)} ({span(*last)}) / {amount(under.value)} "
        f"({span(*first)}) = {ratio:,.{case.digits}f} times, "
        f"billion {codes.CURRENCY_LABELS[case.unit.currency]}; base: {source_name(under)}"
    )
    note = notes.on_ratio(case, over.value, under, first, last)
    return Result(ratio, arithmetic, rounding=rounding, note=note)


def _share(case: Case) -> Result:
    """Divide a partner's trade by that of the five, and a region's by the world's."""
    partner = case.claim.partner
    whole = codes.WORLD if partner in codes.REGIONS else codes.REGION
    got = {p: case.value(p, case.window) for p in (partner, whole)}
    for code, value in got.items():
        if value is None:
            return _unknown(case, code, case.window)
    part, total = got[partner].figure, got[whole].figure
    if not total.value:
        return Result(why=f"trade with {codes.label(whole)} was nothing, so that there is no share")
    share, rounding = quotient(part, total)
    unit = f"billion {codes.CURRENCY_LABELS[case.unit.currency]}"
    told = percent(share, digits=case.digits)
    arithmetic = f"{amount(part.value)} / {amount(total.value)} = {told}, {unit}"
    return Result(share, f"{arithmetic}; of {codes.label(whole)}", rounding=rounding)


def _record(case: Case) -> Result:
    """Set a period against every earlier one of its length."""
    got = case.value(case.claim.partner, case.window)
    if got is None:
        return _unknown(case, case.claim.partner, case.window)
    length = (case.window[1] - case.window[0]).n + 1
    spans = [(p, p + length - 1) for p in pd.period_range(_FIRST_YEAR, case.window[0] - 1, freq="M")
             if (case.window[0] - p).n % length == 0]  # fmt: skip
    parties = {case.claim.partner, *form.parts_of(case.claim.partner)}
    rows = case.rows[case.rows["partner"].isin(parties)]
    printed = set(zip(rows["start"], rows["end"], strict=True))
    asked = {
        s: case.value(case.claim.partner, s)
        for s in spans
        if s in printed or all((m, m) in printed for m in pd.period_range(*s, freq="M"))
    }
    earlier = {s: found for s, found in asked.items() if found}
    return _against_earlier(case, got, earlier, len(spans) - len(earlier))


def _against_earlier(
    case: Case, got: Amount, earlier: dict[Window, Amount], missing: int
) -> Result:
    """Judge a record by what is known of earlier periods."""
    lowest, value = case.claim.comparison == "lowest so far", got.figure.value
    said = f"{amount(value, case.unit.currency)} in {span(*case.window)}"
    result = Result(value, said, note=notes.on_record(case, value), rounding=got.figure.rounding)
    levels = {window: found.figure.value for window, found in earlier.items()}
    best = (min if lowest else max)(levels, key=levels.get, default=None)
    level = HOLDS
    if case.named:  # a record may name its number, and has to be first above it or equal it
        bound = "above" if case.claim.comparison == "first above" else "equal"
        level = verdict(bound, value, case.claimed, case.rounding, result.rounding)
    if best is not None:
        result.bar = levels[best]
        level = max(level, _unbeaten(case, result, earlier[best]), key=_WORST.index)
        word = "lowest" if lowest else "highest"
        known = " known" if missing else ""
        result.arithmetic += f"; {word}{known} before: {amount(result.bar)} in {span(*best)}"
    result.verdict = UNTESTED if missing and level != FAILS else level
    many, one = missing + len(earlier), notes.kind(case.window)
    result.why = (
        f"{missing:,} of {many:,} earlier {one}s since {_FIRST_YEAR.year} are not known, and none "
        "that is known contradicts it"
    )
    return result


def _unbeaten(case: Case, result: Result, best: Amount) -> str:
    """Say whether the best of earlier periods leaves a record standing."""
    off = best.figure.rounding
    if case.claim.comparison == "first above":  # no earlier one may lie above the mark
        return verdict("at most", result.bar, case.claimed, 0.0, off)
    return verdict(case.claim.comparison, result.computed, result.bar, 0.0, off + result.rounding)


def _comparison(case: Case) -> Result:
    """Set a year's growth of output against another year's, as it came."""
    late, _, early = form.years_compared(case.claim.comparison)
    rows = _output(case, expected=False)  # as it came; the latest word stands
    growth = dict(zip(rows["period"].astype("str"), rows["value"], strict=True))
    when = f"on {day(case.claim.published)}" if case.vantage == THEN else "as of the data"
    absent = [year for year in sorted((late, early)) if year not in growth]
    note = notes.on_outlook(_expected(case, {late, early}), late, early)
    if absent:
        name = codes.label(case.claim.partner)
        why = f"growth of {name}'s output in {' and '.join(absent)} was not known {when}"
        return Result(why=why, note=note)
    new, old = growth[late], growth[early]
    arithmetic = (
        f"{percent(new)} in {late} against {percent(old)} in {early}: "
        f"{(new - old) * 100:+.1f} points"
    ).replace("-", "\u2212")
    return Result(new, arithmetic, note=note, bar=old)


def _expected(case: Case, years: set[str]) -> dict[str, float]:
    """Give growth of output that one outlook, the last to speak of all of some years, expected."""
    rows = _output(case, expected=True)
    found = {}
    for _, edition in rows.groupby("released") if len(rows) else ():
        told = dict(zip(edition["period"].astype("str"), edition["value"], strict=True))
        found = told if years <= told.keys() else found
    return found


def _output(case: Case, expected: bool) -> pd.DataFrame:
    """Take growth of an economy's output, as it came or as it was expected, the latest last."""
    if case.indicators.empty:
        return case.indicators
    rows = case.indicators.query("indicator == 'gdp_growth'")
    rows = rows[(rows["economy"] == case.claim.partner) & ((rows["obs_status"] == "E") == expected)]
    return rows.sort_values("released")


_WORST = (HOLDS, WITHIN, FAILS)  # the last of two is the verdict on both
_MEASURES = {
    "value": _value,
    "growth": _growth,
    "growth comparison": _comparison,
    "ratio": _ratio,
    "record": _record,
    "share": _share,
}
