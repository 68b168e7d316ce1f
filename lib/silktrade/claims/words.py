"""The words of a check: amounts, windows and sums as a reader can follow them."""

from __future__ import annotations

import pandas as pd

from silktrade import codes
from silktrade.claims.ledger import Figure, Window

_MOST_TERMS = 5


def amount(value: float, currency: str = "") -> str:
    """
    Say an amount in billions, with two decimals.

    Parameters
    ----------
    value : float
        Full units.
    currency : {'CNY', 'USD', ''}
        Named after the number; without it the number stands alone.

    Returns
    -------
    str
        The amount; more decimals where two would leave nothing of it.

    Examples
    --------
    >>> amount(173.05e9, "CNY"), amount(0.438e9)
    ('173.05 billion yuan', '0.44')
    """
    number = f"{value / 1e9:,.2f}" if abs(value) >= 1e8 or not value else f"{value / 1e9:.2g}"
    number = number.replace("-", "\u2212")
    return f"{number} billion {codes.CURRENCY_LABELS[currency]}" if currency else number


def window_name(window: Window) -> str:
    """
    Say a window.

    Parameters
    ----------
    window : tuple of Period
        First and last month.

    Returns
    -------
    str
        A year, a month, or from month to month.

    Examples
    --------
    >>> window_name((pd.Period("2023-01", "M"), pd.Period("2023-04", "M")))
    'January to April 2023'
    """
    start, end = window
    if (start.month, end.month, start.year) == (1, 12, end.year):
        return str(start.year)
    last = end.strftime("%B %Y")
    if start == end:
        return last
    first = start.strftime("%B" if start.year == end.year else "%B %Y")
    return f"{first} to {last}"


def source_name(figure: Figure) -> str:
    """
    Say who published a figure, and that it is no first print where it is not.

    Parameters
    ----------
    figure : Figure
        From the ledger.

    Returns
    -------
    str
        The publisher and the standing of the figure.

    Examples
    --------
    >>> one = Figure(1.0, "CNY", "gacc", "E", pd.Timestamp("2024-01-20"), 1.0, pd.Series([1.0]), 0)
    >>> source_name(one)
    'China Customs, estimated or implied'
    """
    name = " and ".join(codes.SOURCES.get(s, s) for s in figure.source.split(", "))
    standing = {"P": ", first print", "E": ", estimated or implied", "I": ", imputed"}
    return name + standing.get(figure.obs_status, "")


def sum_of(figure: Figure, wanted: Figure, rate: str) -> str:
    """
    Write out how a value came about: its terms, and its conversion.

    Parameters
    ----------
    figure, wanted : Figure
        As published, and in the currency of the claim.
    rate : str
        The exchange rate used; empty where none was.

    Returns
    -------
    str
        One line; single terms are shown where there are at most five.

    Examples
    --------
    >>> one = Figure(3e9, "CNY", "gacc", "A", pd.Timestamp("2024-01-20"), 1.0,
    ...              pd.Series([1e9, 2e9]), 0)
    >>> sum_of(one, one, "")
    '1.00 + 2.00 = 3.00 billion yuan (China Customs)'
    """
    terms = [amount(t) for t in figure.terms]
    whole = amount(figure.value, figure.currency)
    line = f"{' + '.join(terms)} = {whole}" if 1 < len(terms) <= _MOST_TERMS else whole
    if rate and figure.value:
        implied = max(figure.value, wanted.value) / min(figure.value, wanted.value)
        sign = "/" if wanted.currency == "USD" else "×"
        line += f" {sign} {implied:.4f} = {amount(wanted.value, wanted.currency)}, at {rate}"
    return f"{line} ({source_name(figure)})"


def added_up(parts: list[Figure], windows: list[Window], total: Figure) -> str:
    """
    Write out a sum over calendar years.

    Parameters
    ----------
    parts : list of Figure
        In the currency of the claim.
    windows : list of tuple of Period
        What each stands for.
    total : Figure
        Their sum.

    Returns
    -------
    str
        One line; the parts are shown where there are at most five.

    Examples
    --------
    >>> one = Figure(3e9, "CNY", "gacc", "A", pd.Timestamp("2024-01-20"), 1.0, pd.Series([3e9]), 0)
    >>> year = (pd.Period("2024-01", "M"), pd.Period("2024-12", "M"))
    >>> added_up([one, one], [year, year], one)
    '3.00 (2024) + 3.00 (2024) = 3.00 billion yuan (China Customs)'
    """
    whole = amount(total.value, total.currency)
    sources = "; ".join(dict.fromkeys(source_name(part) for part in parts))
    if len(parts) > _MOST_TERMS:
        return (
            f"{len(parts)} years, {window_name(windows[0])} to {window_name(windows[-1])}, add "
            f"up to {whole} ({sources})"
        )
    terms = [f"{amount(p.value)} ({window_name(w)})" for p, w in zip(parts, windows, strict=True)]
    return f"{' + '.join(terms)} = {whole} ({sources})"


def listed_values(values: pd.Series) -> str:
    """
    Say the lowest and the highest of some values.

    Parameters
    ----------
    values : Series of float
        Exchange rates.

    Returns
    -------
    str
        From lowest to highest.

    Examples
    --------
    >>> listed_values(pd.Series([6.8909, 6.7904]))
    '6.790 to 6.891'
    """
    return f"{values.min():.3f} to {values.max():.3f}"
