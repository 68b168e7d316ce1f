"""
The check of a claim: its value in the data, set against what was said, with the arithmetic shown.

Each claim is computed twice: in pseudo-real time, from what was public on its day, and as known
now. Nothing released later reaches the first, neither the number nor the words.
"""

import functools

import numpy as np
import pandas as pd

from silktrade.claims import form, notes
from silktrade.claims.case import Case
from silktrade.claims.ledger import NOW, THEN, entries, ledger
from silktrade.claims.measures import Result, computed
from silktrade.claims.rates import rates_of
from silktrade.claims.verdicts import CAME, FAILS, HELD, NOT_CAME, UNTESTED, verdict
from silktrade.days import released_by
from silktrade.doors import table, takes
from silktrade.frames import having

COLUMNS = ["claim", "vantage", "statement", "published", "publisher", "computed", "claimed", "unit",
           "difference", "rounding", "data_rounding", "verdict", "arithmetic", "why",
           "note"]  # fmt: skip


@takes(trade=table("load_evidence", empty=True), indicators=table("load_evidence", empty=True))
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
        published, publisher, computed, claimed, unit (CNY, USD, fraction or times: full units),
        difference (computed less claimed), rounding (half a unit of the claim's last printed
        digit), data_rounding (by how much the computed value may be off because figures behind it
        are rounded), verdict, arithmetic, why (where it cannot be tested), note.

    Notes
    -----
    With computed value :math:`c`, claimed number :math:`s` and :math:`d` printed decimals in a unit
    of :math:`u`, the rounding is :math:`h = u\,10^{-d}/2`; :math:`e` is the rounding of the figures
    computed from, carried through to first order. "Equal" holds if :math:`c = s`, and within
    rounding if :math:`|c - s| \le h` or :math:`|c - s| < h + e`. "At least" and "above" hold if
    :math:`c \ge s` and :math:`c > s`, and within rounding if :math:`c \ge s - h` or :math:`c > s -
    h - e`; "at most" and "below" the other way round.

    Growth is over the same window a year before: on the base that the customs' printed growth
    implies, or over the level of the year before, whichever bears the claim out. A ratio is the
    last over the first of two years or two months; a share is of the five, for the five of the
    world; a record is tested against every earlier period since 1992. In pseudo-real time first
    prints stand before later revisions; as known now, the revision stands. What was said before its
    period was over came true or did not come true.

    Examples
    --------
    >>> said = st.load_claims().query("claim == 'year_2022_hundredfold'")
    >>> told = check_claims(said, st.load_trade(as_of="2023-05-19"))
    >>> told["verdict"].unique().tolist(), told["why"].iloc[0]
    (['cannot be tested'], 'no figure of trade with Central Asia in 2022 was public on 19 May 2023')
    """
    said = form.complete(claims)
    rows, rates, out = ledger(trade), _rates(indicators), []

    @functools.cache
    def view(reporter: str, vantage: str, day: pd.Timestamp | None) -> tuple[object, ...]:
        own = released_by(rows[rows["reporter"] == reporter], day)
        known = released_by(rates, day)
        return own, known, entries(own), rates_of(known, vantage)

    for claim in said.itertuples():
        days = {THEN: claim.published, NOW: None}
        cases = [Case(claim, v, *view(claim.reporter, v, day), form.unit_of(claim))
                 for v, day in days.items()]  # fmt: skip
        results = [computed(case) for case in cases]
        then, now = (_row(c, r) for c, r in zip(cases, results, strict=True))
        if then["verdict"] == FAILS and now["verdict"] in HELD:
            more = notes.on_late_agreement(cases[1], then["computed"])
            now["note"] = f"{more} {now['note']}".strip()
        out += [then, now]
    return pd.DataFrame(out, columns=COLUMNS)


def _rates(indicators: pd.DataFrame | None) -> pd.DataFrame:
    """Give the indicators, or none of them; refuse a frame of another kind."""
    columns = "economy indicator obs_status released"
    if indicators is None:
        return pd.DataFrame(columns=[*columns.split(), "value", "period"])
    return having(indicators, "indicators", "load_evidence", columns, known="value", also="period")


def _row(case: Case, result: Result) -> dict[str, object]:
    """Set a result against the claim."""
    claim, unit = case.claim, case.unit
    claimed = case.claimed if case.named else result.bar
    known = not np.isnan(result.computed) and not np.isnan(claimed)
    years = form.years_compared(claim.comparison)
    comparison = years[1] if years else claim.comparison
    numbers = (result.computed, claimed, case.rounding, result.rounding)
    said = result.verdict or (verdict(comparison, *numbers) if known else UNTESTED)
    if said != UNTESTED and claim.published <= claim.period_end.end_time.normalize():
        said = CAME if said in HELD else NOT_CAME
    values = [claim.claim, case.vantage, claim.statement, claim.published, claim.publisher,
              result.computed, claimed, unit.name, result.computed - claimed, case.rounding,
              result.rounding, said, result.arithmetic, result.why if said == UNTESTED else "",
              result.note]  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))
