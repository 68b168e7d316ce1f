"""
The check of a claim: its value in the data, set against what was said, with the arithmetic shown.

Each claim is computed twice: in pseudo-real time, from what was public on its day, and as known
now. Nothing released later reaches the first, neither the number nor the words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.claims import form, notes
from silktrade.claims.ledger import (
    NOW,
    THEN,
    Entries,
    Figure,
    Window,
    converted,
    entries,
    figures,
    ledger,
    seen,
)
from silktrade.claims.words import amount, source_name, sum_of, window_name
from silktrade.prose import day, listed, percent, stated

VERDICTS = ("holds", "holds within rounding", "does not hold", "cannot be tested")
COLUMNS = ["claim", "vantage", "statement", "published", "computed", "claimed", "unit",
           "difference", "rounding", "verdict", "arithmetic", "why", "note"]  # fmt: skip
_EXACT = 1e-9  # of the claimed number: what floating-point arithmetic may lose
_FIRST_YEAR = pd.Period("1992-01", "M")  # the five have traded under their own names since


@dataclass
class Case:
    """
    A claim as seen from one vantage, with the evidence that may be used.

    Attributes
    ----------
    claim : namedtuple
        A row of CLAIMS.
    vantage : str
        Pseudo-real time, or as known now.
    rows, indicators : DataFrame
        The ledger and the indicators that the vantage may see.
    unit : Unit
        What the number of the claim counts.
    book : dict of dict
        The rows laid out for looking up.
    """

    claim: object
    vantage: str
    rows: pd.DataFrame
    indicators: pd.DataFrame
    unit: form.Unit = field(init=False)
    book: Entries = field(init=False)

    def __post_init__(self) -> None:
        """Read the unit, and keep the reporter's own rows."""
        self.unit = form.unit_of(self.claim)
        self.rows = self.rows[self.rows["reporter"] == self.claim.reporter]
        self.book = entries(self.rows)

    @property
    def window(self) -> Window:
        """First and last month of the claim."""
        return self.claim.period_start, self.claim.period_end

    def known(self, partner: str, window: Window) -> list[Figure]:
        """List the figures of a partner and window in their own currency, the best first."""
        args = (partner, self.claim.flow, window, self.unit.currency, self.vantage)
        return figures(self.book, *args)

    def value(self, partner: str, window: Window) -> tuple[Figure, str] | None:
        """Give the best figure in the claim's currency and the words of its arithmetic."""
        found = self.known(partner, window)
        if not found:
            return None
        got = converted(found[0], self.unit.currency, self.indicators, window, self.vantage)
        if got is None:
            return None
        return got[0], sum_of(found[0], got[0], got[1])


@dataclass
class Result:
    """
    What a claim comes to.

    Attributes
    ----------
    computed : float
        In the unit's own name; NaN where it cannot be told.
    arithmetic, why, note : str
        How it was computed; why it cannot be tested; what else to know.
    bar : float
        What it is compared with, where the claim names no number.
    verdict : str
        Where it does not follow from the two numbers alone.
    """

    computed: float = np.nan
    arithmetic: str = ""
    why: str = ""
    note: str = ""
    bar: float = np.nan
    verdict: str = ""


def check_claims(
    claims: pd.DataFrame, trade: pd.DataFrame, indicators: pd.DataFrame | None = None
) -> pd.DataFrame:
    r"""
    Compute published claims from the data, and say whether they hold.

    Parameters
    ----------
    claims : DataFrame
        From `load_claims`, or any frame of its form.
    trade : DataFrame
        From `load_evidence`; or a TRADE frame, or several frames of flows and totals below each
        other, in any currency and frequency.
    indicators : DataFrame, optional
        INDICATOR rows: `exchange_rate` and `customs_rate` in yuan per dollar, `gdp_growth`.

    Returns
    -------
    DataFrame
        Two rows a claim, in pseudo-real time and as known now: claim, vantage, statement,
        published, computed, claimed, unit (CNY, USD, fraction or times: full units), difference
        (computed less claimed), rounding (half a unit of the claim's last printed digit), verdict,
        arithmetic, why (where it cannot be tested), note.

    Raises
    ------
    ValueError
        If the claims are not of their form, or trade lacks a column.

    Notes
    -----
    With computed value :math:`c`, claimed number :math:`s` and :math:`d` printed decimals in a unit
    of :math:`u`, the rounding is :math:`h = u\,10^{-d}/2`. "Equal" holds if :math:`c = s`, and
    within rounding if :math:`|c - s| \le h`. "At least" and "above" hold if :math:`c \ge s` and
    :math:`c > s`, and within rounding if :math:`c \ge s - h`; "at most" and "below" the other way
    round. A value is that of trade at current prices. Growth is over the same window a year
    before, on the base that the customs' printed growth implies where they printed it; a ratio is
    the last calendar year over the first; a share is of the five, for the five of the world. A
    record is tested against every earlier period since 1992. In pseudo-real time first prints
    stand before later revisions and only printed exchange rates count; as known now, the revision
    stands.

    Examples
    --------
    >>> from silktrade import load_claims, load_trade
    >>> said = load_claims().query("claim == 'year_2022_hundredfold'")
    >>> told = check_claims(said, load_trade())
    >>> told["verdict"].unique().tolist(), told["why"].iloc[0]
    (['cannot be tested'], 'no figure of trade with Central Asia in 2022 was public on 19 May 2023')
    """
    said = form.complete(claims)
    rows = ledger(trade)
    rates = pd.DataFrame(columns=["indicator", "released"]) if indicators is None else indicators
    out = []
    for claim in said.itertuples():
        for vantage in (THEN, NOW):
            evidence = (seen(frame, vantage, claim.published) for frame in (rows, rates))
            case = Case(claim, vantage, *evidence)
            out.append(_row(case, _MEASURES[claim.measure](case)))
    return pd.DataFrame(out, columns=COLUMNS)


def claims_held(checked: pd.DataFrame) -> str:
    """
    Say in one sentence how many claims hold, and which do not.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.

    Returns
    -------
    str
        The counts from both vantages, and each statement that does not hold as known now, with
        what it comes to.

    Examples
    --------
    >>> from silktrade import load_claims, load_evidence
    >>> claims_held(check_claims(load_claims(), *load_evidence())).partition(";")[0]
    'Of 9 statements 6 held by what was public on their day and 4 hold as known now'
    """
    held = checked[checked["verdict"].isin(VERDICTS[:2])]["vantage"].value_counts()
    then, now = (int(held.get(v, 0)) for v in (THEN, NOW))
    many = checked["claim"].nunique()
    said = (
        f"Of {many} statements {then} held by what was public on their day and {now} hold as "
        "known now"
    )
    wrong = checked[(checked["vantage"] == NOW) & (checked["verdict"] == VERDICTS[2])]
    untested = int(((checked["vantage"] == NOW) & (checked["verdict"] == VERDICTS[3])).sum())
    parts = [
        f"{stated(row.claimed, row.unit)} comes to {stated(row.computed, row.unit)}"
        if not np.isnan(row.rounding) and row.rounding > 0
        else f"{stated(row.computed, row.unit)} came, against {stated(row.claimed, row.unit)}"
        for row in wrong.itertuples()
    ]
    fails = "none fails"
    if parts:
        fails = f"{len(parts)} {'does' if len(parts) == 1 else 'do'} not ({listed(parts)})"
    words = [fails, *([f"{untested} cannot be tested"] if untested else [])]
    return f"{said}; {' and '.join(words)}."


def verdict(comparison: str, computed: float, claimed: float, rounding: float) -> str:
    """
    Say whether a computed value agrees with a claimed one.

    Parameters
    ----------
    comparison : str
        equal, at least, at most, above, below; a record counts as above, at least or at most.
    computed, claimed : float
        In the same unit.
    rounding : float
        Half a unit of the last printed digit of the claim.

    Returns
    -------
    str
        holds, holds within rounding, or does not hold.

    Examples
    --------
    >>> verdict("equal", 24.82, 24.8, 0.05), verdict("at least", 99.4, 100.0, 0.5)
    ('holds within rounding', 'does not hold')
    """
    gap, least = computed - claimed, _EXACT * max(abs(claimed), abs(computed), 1e-12)
    if comparison == "equal":
        within, exactly = abs(gap) <= rounding + least, abs(gap) <= least
    else:
        up = comparison in ("above", "at least", "first above", "highest so far")
        gap = gap if up else -gap
        strict = comparison in ("above", "below", "first above")
        exactly = gap > least if strict else gap >= -least
        within = gap >= -rounding - least and (rounding > 0 or not strict)
    return VERDICTS[0] if exactly else VERDICTS[1] if within else VERDICTS[2]


def _row(case: Case, result: Result) -> list[object]:
    """Set a result against the claim."""
    claim, unit = case.claim, case.unit
    named = not pd.isna(claim.value)
    claimed = claim.value * unit.scale if named else result.bar
    rounding = 0.5 * unit.scale * 10**-claim.decimals if named else 0.0
    known = not np.isnan(result.computed) and not np.isnan(claimed)
    years = form.years_compared(claim.comparison)
    comparison = years[1] if years else claim.comparison
    told = verdict(comparison, result.computed, claimed, rounding) if known else VERDICTS[3]
    said = result.verdict or told
    return [claim.claim, case.vantage, claim.statement, claim.published, result.computed, claimed,
            unit.name, result.computed - claimed, rounding, said, result.arithmetic,
            result.why if said == VERDICTS[3] else "", result.note]  # fmt: skip


def _unknown(case: Case, partner: str, window: Window, **more: object) -> Result:
    """Say which figure is missing."""
    what = "trade" if case.claim.flow == "total" else f"{case.claim.flow}s"
    when = f"was public on {day(case.claim.published)}" if case.vantage == THEN else "is known"
    why = f"no figure of {what} with {codes.label(partner)} in {window_name(window)} {when}"
    if case.known(partner, window):
        why = f"no exchange rate of {window_name(window)} {when}"
    return Result(why=why, **more)


def _value(case: Case) -> Result:
    """Compute the trade of a window."""
    got = case.value(case.claim.partner, case.window)
    if got is None:
        return _unknown(case, case.claim.partner, case.window)
    figure, arithmetic = got
    return Result(figure.value, arithmetic, note=notes.on_value(case, figure))


def _growth(case: Case) -> Result:
    """Compute growth over the same window a year before."""
    partner, currency = case.claim.partner, case.unit.currency
    before = tuple(p - 12 for p in case.window)
    got = case.value(partner, case.window)
    if got is None:
        return _unknown(case, partner, case.window)
    figure, base = got[0], got[0].base
    printed = not np.isnan(base)
    if not printed:
        earlier = case.value(partner, before)
        if earlier is None:
            return _unknown(case, partner, before, note=notes.on_lost_growth(case, figure))
        base = earlier[0].value
    growth = figure.value / base - 1
    of = ", the base implied by printed growth" if printed else ""
    arithmetic = (
        f"{amount(figure.value)} / {amount(base)} − 1 = {percent(growth)}, "
        f"billion {codes.CURRENCY_LABELS[currency]}{of}"
    )
    return Result(growth, arithmetic, note=notes.on_growth(case, growth, printed))


def _ratio(case: Case) -> Result:
    """Divide the last calendar year by the first."""
    years = [(p.asfreq("Y").asfreq("M", "start"), p.asfreq("Y").asfreq("M", "end"))
             for p in (case.claim.period_end, case.claim.period_start)]  # fmt: skip
    got = [case.value(case.claim.partner, year) for year in years]
    for value, year in zip(got, years, strict=True):
        if value is None:
            return _unknown(case, case.claim.partner, year)
    last, first = got[0][0].value, got[1][0].value
    arithmetic = (
        f"{amount(last)} / {amount(first)} = {last / first:,.1f} times, "
        f"billion {codes.CURRENCY_LABELS[case.unit.currency]}; base: {source_name(got[1][0])}"
    )
    return Result(last / first, arithmetic, note=notes.on_ratio(case, last, got[1][0], years[1]))


def _share(case: Case) -> Result:
    """Divide a partner's trade by that of the five, and the five's by the world's."""
    partner = case.claim.partner
    whole = codes.WORLD if partner == codes.REGION else codes.REGION
    got = {p: case.value(p, case.window) for p in (partner, whole)}
    for code, value in got.items():
        if value is None:
            return _unknown(case, code, case.window)
    part, total = got[partner][0].value, got[whole][0].value
    unit = f"billion {codes.CURRENCY_LABELS[case.unit.currency]}"
    arithmetic = f"{amount(part)} / {amount(total)} = {percent(part / total)}, {unit}"
    return Result(part / total, f"{arithmetic}; of {codes.label(whole)}")


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
    earlier = {s: found[0].value for s, found in asked.items() if found}
    return _against_earlier(case, got[0].value, earlier, len(spans) - len(earlier))


def _against_earlier(
    case: Case, value: float, earlier: dict[Window, float], missing: int
) -> Result:
    """Judge a record by what is known of earlier periods."""
    lowest, unit = case.claim.comparison == "lowest so far", case.unit
    said = f"{amount(value, unit.currency)} in {window_name(case.window)}"
    result = Result(value, said, note=notes.on_record(case, value))
    best = (min if lowest else max)(earlier, key=earlier.get, default=None)
    if best is not None:
        result.bar = earlier[best]
        word = "lowest" if lowest else "highest"
        known = " known" if missing else ""
        result.arithmetic += f"; {word}{known} before: {amount(result.bar)} in {window_name(best)}"
    if case.claim.comparison == "first above":
        rounding = 0.5 * unit.scale * 10**-case.claim.decimals
        limit = case.claim.value * unit.scale
        level = verdict("above", value, limit, rounding)
        beaten = level == VERDICTS[2] or (best is not None and result.bar > limit)
    else:
        level = VERDICTS[0]
        beaten = best is not None and (result.bar < value if lowest else result.bar > value)
    result.verdict = VERDICTS[2] if beaten else VERDICTS[3] if missing else level
    many, one = missing + len(earlier), notes.kind(case.window)
    result.why = (
        f"{missing:,} of {many:,} earlier {one}s since {_FIRST_YEAR.year} are not known, and none "
        "that is known contradicts it"
    )
    return result


def _comparison(case: Case) -> Result:
    """Set a year's growth of output against another year's, as it came."""
    late, _, early = form.years_compared(case.claim.comparison)
    growth = _growth_rates(case, expected=False)
    when = f"on {day(case.claim.published)}" if case.vantage == THEN else "as of the data"
    absent = [year for year in sorted((late, early)) if year not in growth]
    note = notes.on_outlook(_growth_rates(case, expected=True), late, early)
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


def _growth_rates(case: Case, expected: bool) -> dict[str, float]:
    """Give growth of output by year, as it came or as it was expected; the latest word stands."""
    if case.indicators.empty:
        return {}
    rows = case.indicators.query("indicator == 'gdp_growth'")
    rows = rows[(rows["economy"] == case.claim.partner) & ((rows["obs_status"] == "E") == expected)]
    rows = rows.sort_values("released")
    return dict(zip(rows["period"].astype("str"), rows["value"], strict=True))


_MEASURES = {
    "value": _value,
    "growth": _growth,
    "growth comparison": _comparison,
    "ratio": _ratio,
    "record": _record,
    "share": _share,
}
