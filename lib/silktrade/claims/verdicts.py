"""The verdicts: when a computed value bears a claim out, and how many claims hold."""

import pandas as pd

from silktrade.claims.ledger import NOW, THEN
from silktrade.doors import table, takes
from silktrade.prose import listed, stated

HOLDS, WITHIN = HELD = ("holds", "holds within rounding")
FAILS, UNTESTED = "does not hold", "cannot be tested"
# Of what had not happened yet when it was said: an outcome does not make an expectation untrue.
CAME, NOT_CAME = "came true", "did not come true"
VERDICTS = (HOLDS, WITHIN, FAILS, CAME, NOT_CAME, UNTESTED)
BY_COINCIDENCE = "It holds by coincidence"
_EXACT = 1e-9  # of the claimed number: what floating-point arithmetic may lose
_MOST_TOLD = 3  # statements in one sentence


def verdict(
    comparison: str, computed: float, claimed: float, rounding: float, data_rounding: float = 0.0
) -> str:
    """Say whether a computed value agrees with a claimed one."""
    gap, least = computed - claimed, _EXACT * max(abs(claimed), abs(computed), 1e-12)
    strict = comparison in ("above", "below", "first above")
    if comparison == "equal":
        gap = -abs(gap)
    elif comparison in ("at most", "below", "lowest so far"):
        gap = -gap
    if gap > least if strict else gap >= -least:
        return HOLDS
    # A claim's own rounding reaches its end; where both sides are rounded their ranges must
    # overlap, not only touch: 37.4 does not agree with 37.3.
    own = gap >= -rounding - least and (rounding > 0 or not strict)
    return WITHIN if own or gap > -rounding - data_rounding + least else FAILS


@takes(
    checked=table(
        "check_claims",
        "claim vantage statement unit verdict note computed claimed rounding",
        key="claim vantage",
    )
)
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
        The counts from both vantages, each adding up to the number of statements; and up to three
        statements that do not hold as known now, with what they come to.

    Examples
    --------
    >>> claims_held(st.check_claims(st.load_claims(), *st.load_evidence())).partition(";")[0]
    'Of 9 statements 6 held by what was public on their day, 1 did not and 2 could not be tested'
    """
    then, now = (checked[checked["vantage"] == v] for v in (THEN, NOW))
    many = checked["claim"].nunique()
    on_the_day = _counts(then, "held", "did not", "could not be tested")
    by_chance = int(now["note"].str.contains(BY_COINCIDENCE).sum())
    held = f"hold{'s' if _many(now, *HELD) == 1 else ''}"
    held += f" ({by_chance} by coincidence)" if by_chance else ""
    lost = "does not" if _many(now, FAILS) == 1 else "do not"
    wrong, lost_hope = (_told(now[now["verdict"] == v]) for v in (FAILS, NOT_CAME))
    today = _counts(now, held, f"{lost}{wrong}", "cannot be tested", lost_hope)
    said = f"Of {many} statement{'s' if many != 1 else ''} {listed(on_the_day)}"
    return (
        f"{said.replace(' held', ' held by what was public on their day', 1)}; as known now "
        f"{listed(today)}."
    )


def _many(rows: pd.DataFrame, *verdicts: str) -> int:
    """Count the rows of some verdicts."""
    return int(rows["verdict"].isin(verdicts).sum())


def _counts(
    rows: pd.DataFrame, held: str, lost: str, untested: str, lost_hope: str = ""
) -> list[str]:
    """Say how many claims have each verdict, those that hold first even where none does."""
    expected = _many(rows, NOT_CAME)
    plural = "s" if expected != 1 else ""
    counts = {
        held: _many(rows, *HELD),
        "came true": _many(rows, CAME),
        lost: _many(rows, FAILS),
        f"expectation{plural} did not come true{lost_hope}": expected,
        untested: _many(rows, UNTESTED),
    }
    return [f"{n or 'none'} {said}" for said, n in counts.items() if n or said == held]


def _told(rows: pd.DataFrame) -> str:
    """Set out in brackets what the first of some claims come to."""
    parts = [
        f"“{row.statement}”: {stated(row.computed, row.unit, row.rounding)}"
        + (f", against {stated(row.claimed, row.unit)}" if not row.rounding else "")
        for row in rows.head(_MOST_TOLD).itertuples()
    ]
    more = len(rows) - len(parts)
    return f" ({'; '.join(parts)}{f'; and {more} more' if more else ''})" if parts else ""
