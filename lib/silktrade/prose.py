"""
Prose: numbers and directions as words, so that no sentence of a report is typed in.

A sentence about a figure is computed from it: turn the data round, and the words turn with them.
"""

from __future__ import annotations

import pandas as pd

_UNITS = {"USD": "dollars", "CNY": "yuan"}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def money(value: float, currency: str, *, digits: int = 3) -> str:
    """
    Say an amount of money.

    Parameters
    ----------
    value : float
        In full units of `currency`.
    currency : {'USD', 'CNY'}
        Of the value.
    digits : int
        Significant digits.

    Returns
    -------
    str
        The amount with its scale and currency.

    Examples
    --------
    >>> money(94_821_069_000, "USD"), money(-674.75e9, "CNY")
    ('94.8 billion dollars', '-675 billion yuan')
    """
    for scale, word in _SCALES:
        if abs(value) >= scale * (1 - 0.5 * 10**-digits):
            return f"{_significant(value / scale, digits)} {word} {_UNITS[currency]}"
    return f"{_significant(value, digits)} {_UNITS[currency]}"


def money_pair(first: float, second: float, currency: str, joint: str = "and") -> str:
    """
    Say two amounts of money, with the scale once where they share it.

    Parameters
    ----------
    first, second : float
        In full units of `currency`.
    currency : {'USD', 'CNY'}
        Of both.
    joint : str
        The word between them.

    Returns
    -------
    str
        Both amounts.

    Examples
    --------
    >>> money_pair(71.2e9, 35.1e9, "USD", "against")
    '71.2 against 35.1 billion dollars'
    >>> money_pair(971e9, 1.27e12, "CNY")
    '971 billion and 1.27 trillion yuan'
    """
    left, right = money(first, currency), money(second, currency)
    number, *scale = left.split(" ")
    same = scale == right.split(" ")[1:]
    return f"{number if same else left.rsplit(' ', 1)[0]} {joint} {right}"


def percent(rate: float, *, digits: int = 1, sign: bool = False) -> str:
    """
    Say a fraction as a percentage.

    Parameters
    ----------
    rate : float
        A fraction: 0.12 is 12 %.
    digits : int
        Decimals.
    sign : bool
        Whether to write a plus before a rise.

    Returns
    -------
    str
        With a no-break space before the sign.

    Examples
    --------
    >>> percent(0.373).replace(chr(0xA0), " "), percent(0.05, sign=True).replace(chr(0xA0), " ")
    ('37.3 %', '+5.0 %')
    """
    text = f"{rate * 100:+.{digits}f}" if sign else f"{rate * 100:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return text.replace("-", "\u2212") + "\u00a0%"


def moved(rate: float, *, digits: int = 1) -> str:
    """
    Say a growth rate as a verb and a percentage.

    Parameters
    ----------
    rate : float
        Growth, a fraction.
    digits : int
        Decimals of the percentage; a rate that rounds to nothing did not change.

    Returns
    -------
    str
        "rose …", "fell …" or "did not change".

    Examples
    --------
    >>> [moved(r).replace(chr(0xA0), " ") for r in (0.061, -0.02, 0.0001)]
    ['rose 6.1 %', 'fell 2.0 %', 'did not change']
    """
    if round(rate * 100, digits) == 0:
        return "did not change"
    return f"{'rose' if rate > 0 else 'fell'} {percent(abs(rate), digits=digits)}"


def changed(rate: float, *, digits: int = 1) -> str:
    """
    Say a growth rate as "up" or "down" and a percentage.

    Parameters
    ----------
    rate : float
        Growth, a fraction.
    digits : int
        Decimals of the percentage.

    Returns
    -------
    str
        "up …", "down …" or "unchanged".

    Examples
    --------
    >>> [changed(r).replace(chr(0xA0), " ") for r in (0.061, -0.02, 0.0)]
    ['up 6.1 %', 'down 2.0 %', 'unchanged']
    """
    text = moved(rate, digits=digits)
    return {"rose": "up", "fell": "down"}.get(text[:4], "unchanged") + (
        text[4:] if rate and text[:4] in ("rose", "fell") else ""
    )


def record(values: pd.Series) -> str:
    """
    Say whether the last value of a series is its highest or lowest.

    Parameters
    ----------
    values : Series
        Indexed by period; at least two.

    Returns
    -------
    str
        ", a record", ", the lowest since …", ", the highest since …" or "", to be set after an
        amount. "Since" names the period that was higher or lower before.

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> record(pd.Series([1.0, 2.0, 3.0, 4.0], years))
    ', a record'
    >>> record(pd.Series([1.0, 4.0, 2.0, 3.0], years))
    ', the highest since 2021'
    """
    last, before = values.iloc[-1], values.iloc[:-1]
    if (before < last).all():
        return ", a record"
    if (before > last).all():
        return f", the lowest since {values.index[0]}" if len(before) > 1 else ""
    if last > before.iloc[-1]:
        return f", the highest since {before[before >= last].index[-1]}"
    if last < before.iloc[-1] and (before <= last).any():
        return f", the lowest since {before[before <= last].index[-1]}"
    return ""


def listed(parts: list[str]) -> str:
    """
    Join words into a list.

    Parameters
    ----------
    parts : list of str
        At least one.

    Returns
    -------
    str
        With commas and an "and".

    Examples
    --------
    >>> listed(["Kazakhstan", "Kyrgyzstan", "Uzbekistan"])
    'Kazakhstan, Kyrgyzstan and Uzbekistan'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _significant(number: float, digits: int) -> str:
    """Round to significant digits, without an exponent."""
    whole = len(str(int(abs(number)))) if abs(number) >= 1 else 1
    text = f"{number:,.{max(digits - whole, 0)}f}"
    return text
