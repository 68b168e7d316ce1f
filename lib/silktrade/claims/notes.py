"""
The notes to a check: what a verdict alone would hide, computed from the same evidence.

Which currency a growth rate is in, whether a dollar figure was made with the rate of its day, what
another source would give as a base, how far a first print has been revised.
"""

from __future__ import annotations

import pandas as pd

from silktrade import codes
from silktrade.claims.ledger import THEN, Figure, Window, converted, figures, rate_of
from silktrade.claims.words import amount, listed_values, source_name, window_name
from silktrade.prose import moved, percent


def on_value(case: object, figure: Figure) -> str:
    """
    Note revisions and the exchange rate behind a value.

    Parameters
    ----------
    case : Case
        The claim and what its vantage may see.
    figure : Figure
        The value, in the claim's currency.

    Returns
    -------
    str
        Sentences, or nothing.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> said = load_claims().query("claim == 'jan_apr_2023_value'")
    >>> check_claims(said, *load_evidence())["note"].iloc[1].replace(chr(0xA0), " ")
    'As first printed it was 173.05 billion yuan; the revision is −1.5 %.'
    """
    found = case.known(case.claim.partner, case.window)
    parts = []
    if found[0].obs_status == "E" and case.vantage == THEN:
        parts.append("The figure is a later revision of what was public on the day.")
    parts.append(_revision(case, found))
    if found[0].currency != case.unit.currency or _first_print(found, case) is not None:
        parts.append(_rate_of_the_day(case, found))
    parts.append(_sum_of_partners(case, figure))
    return " ".join(p for p in parts if p)


def on_growth(case: object, growth: float, printed: bool) -> str:
    """
    Note what growth was in the other currency, and that an implied base proves nothing.

    Parameters
    ----------
    case : Case
        The claim and what its vantage may see.
    growth : float
        A fraction, in the claim's currency.
    printed : bool
        Whether the base is implied by growth as it was printed.

    Returns
    -------
    str
        Sentences, or nothing.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> said = load_claims().query("claim == 'jan_apr_2023_growth'")
    >>> note = check_claims(said, *load_evidence())["note"].iloc[0].replace(chr(0xA0), " ")
    >>> note.partition(".")[0]
    'In dollars it was about 27'
    """
    parts = [_in_the_other_currency(case, growth)]
    if printed:
        parts.append("The base is known only through the printed growth, so this checks the "
                     "quotation and not the customs' arithmetic.")  # fmt: skip
    return " ".join(p for p in parts if p)


def on_lost_growth(case: object, figure: Figure) -> str:
    """
    Note what the first print said where the revised level has no base.

    Parameters
    ----------
    case : Case
        The claim and what its vantage may see.
    figure : Figure
        The level that stands, in the claim's currency.

    Returns
    -------
    str
        Sentences, or nothing.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> said = load_claims().query("claim == 'jan_apr_2023_growth'")
    >>> note = check_claims(said, *load_evidence())["note"].iloc[1].replace(chr(0xA0), " ")
    >>> note.partition(";")[0]
    'The level is now 170.40 billion yuan'
    """
    first = _first_print(case.known(case.claim.partner, case.window), case)
    if first is None or pd.isna(first.base) or first.currency != case.unit.currency:
        return ""
    growth = first.value / first.base - 1
    return (
        f"The level is now {amount(figure.value, case.unit.currency)}; the first print, "
        f"{amount(first.value)}, came with growth of {percent(growth)}. The revised level over "
        f"the base of the first print would be {percent(figure.value / first.base - 1)}, "
        f"two vintages mixed. {_in_the_other_currency(case, growth)}"
    ).strip()


def on_ratio(case: object, last: float, base: Figure, year: Window) -> str:
    """
    Note the years between, and what other sources give as a base.

    Parameters
    ----------
    case : Case
        The claim and what its vantage may see.
    last : float
        Trade of the last year, in the claim's currency.
    base : Figure
        Trade of the first year.
    year : tuple of Period
        The first year.

    Returns
    -------
    str
        Sentences.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> said = load_claims().query("claim == 'year_2022_hundredfold'")
    >>> check_claims(said, *load_evidence())["note"].iloc[0].partition(";")[0]
    "With 0.46 billion dollars from China's Ministry of Commerce it would be 152.6 times"
    """
    others = {base.source: ""}
    for figure in case.known(case.claim.partner, year):
        got = converted(figure, case.unit.currency, case.indicators, year, case.vantage)
        if got and figure.source not in others:
            value = got[0].value
            others[figure.source] = (
                f"With {amount(value, case.unit.currency)} from {source_name(figure)} it would be "
                f"{last / value:,.1f} times"
            )
    span = case.claim.period_end.year - year[0].year
    said = "; ".join(o for o in others.values() if o)
    years = f"{span} years lie between, at prices of their day."
    return f"{said}; {years}" if said else f"{years[0].upper()}{years[1:]}"


def on_record(case: object, value: float) -> str:
    """
    Note in which later periods of the same length the mark was passed.

    Parameters
    ----------
    case : Case
        The claim and what its vantage may see.
    value : float
        Trade of the period, in the claim's currency.

    Returns
    -------
    str
        A sentence, or nothing.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> said = load_claims().query("claim == 'year_2022_record'")
    >>> check_claims(said, *load_evidence())["note"].iloc[1]
    'Passed since, in 2023 and after.'
    """
    if case.vantage == THEN or case.claim.comparison != "highest so far":
        return ""
    length = (case.window[1] - case.window[0]).n + 1
    last = case.rows["end"].max()
    start = case.window[1] + 1
    while start + length - 1 <= last:
        span = (start, start + length - 1)
        got = case.value(case.claim.partner, span)
        if got and got[0].value > value:
            return f"Passed since, in {window_name(span)} and after."
        start += length
    return ""


def on_outlook(expected: dict[str, float], late: str, early: str) -> str:
    """
    Note what was expected of two years.

    Parameters
    ----------
    expected : dict of float
        Growth of output by year, fractions.
    late, early : str
        The years compared.

    Returns
    -------
    str
        A sentence, or nothing.

    Examples
    --------
    >>> on_outlook({"2023": 0.05, "2024": 0.042}, "2024", "2023").replace(chr(0xA0), " ")
    'The outlook in the collection expected 4.2 % in 2024 after 5.0 % in 2023: slower growth.'
    """
    if not {late, early} <= expected.keys():
        return ""
    new, old = expected[late], expected[early]
    word = "faster" if new > old else "slower" if new < old else "the same"
    return (
        f"The outlook in the collection expected {percent(new)} in {late} after "
        f"{percent(old)} in {early}: {word} growth."
    )


def kind(window: Window) -> str:
    """
    Name the length of a window.

    Parameters
    ----------
    window : tuple of Period
        One month or one calendar year.

    Returns
    -------
    str
        month or year.

    Examples
    --------
    >>> kind((pd.Period("2023-04", "M"), pd.Period("2023-04", "M")))
    'month'
    """
    return "month" if window[0] == window[1] else "year"


def _first_print(found: list[Figure], case: object) -> Figure | None:
    """Give the first print where a revision stands in its place."""
    if case.vantage == THEN or found[0].obs_status == "P":
        return None
    return next((f for f in found if f.obs_status == "P"), None)


def _revision(case: object, found: list[Figure]) -> str:
    """Say how far a first print was revised, in the currency it was printed in."""
    first = _first_print(found, case)
    if first is None or first.currency != found[0].currency:
        return ""
    change = percent(found[0].value / first.value - 1)
    return (
        f"As first printed it was {amount(first.value, first.currency)}; the revision is {change}."
    )


def _rate_of_the_day(case: object, found: list[Figure]) -> str:
    """Tell which exchange rate a claimed conversion needs, and whether the window had it."""
    claim, printed = case.claim, _first_print(found, case) or found[0]
    if case.unit.name == printed.currency or case.unit.name != "USD" or pd.isna(claim.value):
        return ""
    half = 0.5 * 10**-claim.decimals
    low, high = (printed.value / ((claim.value + h) * case.unit.scale) for h in (half, -half))
    months = pd.period_range(*case.window, freq="M")
    means = [rate_of(case.indicators[case.indicators["indicator"] == "exchange_rate"], (m, m),
                     case.vantage) for m in months]  # fmt: skip
    known = pd.Series([m[0] for m in means if m])
    if known.empty or not (low > known.max() or high < known.min()):
        return ""
    said = (
        f"{amount(printed.value, printed.currency)} is {claim.value:.{int(claim.decimals)}f} "
        f"billion dollars only at {low:.3f} to {high:.3f} yuan per dollar; the means of the months "
        f"traded in were {listed_values(known)}, which points to the rate of the day it was made"
    )
    month = claim.published.to_period("M")
    market = case.indicators[case.indicators["indicator"] == "exchange_rate"]
    own = rate_of(market, (month, month), case.vantage)
    if own is None:
        return f"{said}."
    value = printed.value / own[0]
    return f"{said} (at {own[0]:.3f}, the mean of {window_name((month, month))}: {amount(value)})."


def _in_the_other_currency(case: object, growth: float) -> str:
    """Turn growth into the other currency by the change of the exchange rate."""
    before = tuple(p - 12 for p in case.window)
    market = case.indicators[case.indicators["indicator"] == "exchange_rate"]
    rates = [rate_of(market, window, case.vantage) for window in (case.window, before)]
    if None in rates:
        return ""
    change = rates[0][0] / rates[1][0]
    yuan = case.unit.currency == "CNY"
    other = (1 + growth) / change - 1 if yuan else (1 + growth) * change - 1
    name = codes.CURRENCY_LABELS["USD" if yuan else "CNY"]
    return (
        f"In {name} it was about {percent(other)}: the price of a dollar "
        f"{moved(change - 1)}, from {rates[1][0]:.3f} to {rates[0][0]:.3f} yuan."
    )


def _sum_of_partners(case: object, figure: Figure) -> str:
    """Set a printed total of the five against the sum of the partners' own, where both stand."""
    if case.claim.partner != codes.REGION or len(figure.terms) > 1:
        return ""
    parts = [
        figures(case.book, p, case.claim.flow, case.window, case.unit.currency, case.vantage)
        for p in codes.PARTNERS
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
