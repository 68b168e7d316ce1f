"""
Prose: numbers and directions as words, so that no sentence of a report is typed in.

A sentence about a figure is computed from it: turn the data round, and the words turn with them.
"""

from __future__ import annotations

import math

import pandas as pd

from silktrade import codes

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
    ('94.8 billion dollars', '\u2212675 billion yuan')
    """
    for scale, word in _SCALES:
        if abs(value) >= scale * (1 - 0.5 * 10**-digits):
            return f"{_significant(value / scale, digits)} {word} {codes.CURRENCY_LABELS[currency]}"
    return f"{_significant(value, digits)} {codes.CURRENCY_LABELS[currency]}"


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


def stated(value: float, unit: str, rounding: float = 0.0) -> str:
    """
    Say a number in the unit it counts.

    Parameters
    ----------
    value : float
        Full units; NaN where it is not known.
    unit : {'CNY', 'USD', 'fraction', 'times'}
        What it counts.
    rounding : float
        Half a unit of the last digit of the number it is set against, in full units.

    Returns
    -------
    str
        Billions with two decimals, percent or times with one, or as many as the other number has;
        more where nothing would be left of a small amount; a dash for what is not known.

    Examples
    --------
    >>> stated(173.05e9, "CNY"), stated(160.15, "times"), stated(float("nan"), "USD")
    ('173.05 billion yuan', '160.2 times', '–')
    >>> stated(94.8208e9, "USD", 0.0005e9)
    '94.821 billion dollars'
    """
    if pd.isna(value):
        return "–"
    scale, least = {"fraction": (0.01, 1), "times": (1.0, 1)}.get(unit, (1e9, 2))
    asked = round(-math.log10(2 * rounding / scale)) if rounding > 0 else least
    digits = min(max(least, asked), 12)
    if unit == "fraction":
        return percent(value, digits=digits)
    if unit == "times":
        return f"{value:,.{digits}f} times"
    if 0 < abs(value) < 0.1 * scale:
        digits = max(digits, 1 - math.floor(math.log10(abs(value) / scale)))
    return f"{value / scale:,.{digits}f} billion {codes.CURRENCY_LABELS[unit]}"


def moved(rate: float, *, digits: int = 1) -> str:
    """
    Say a growth rate as a verb and a percentage.

    Parameters
    ----------
    rate : float
        Growth, a fraction; `reached` says it where it may be unknown.
    digits : int
        Decimals of the percentage; a rate that rounds to nothing did not change.

    Returns
    -------
    str
        "rose …", "fell …" or "did not change".

    Raises
    ------
    ValueError
        If the rate is not known.

    Examples
    --------
    >>> [moved(r).replace(chr(0xA0), " ") for r in (0.061, -0.02, 0.0001)]
    ['rose 6.1 %', 'fell 2.0 %', 'did not change']
    """
    if pd.isna(rate):
        raise ValueError("rate must be known, got NaN: say the amount alone")
    if round(rate * 100, digits) == 0:
        return "did not change"
    return f"{'rose' if rate > 0 else 'fell'} {percent(abs(rate), digits=digits)}"


def reached(rate: float | None, value: float, currency: str) -> str:
    """
    Say how an amount moved and where it came to.

    Parameters
    ----------
    rate : float or None
        Growth over the period just before, a fraction; None or NaN where that one is not known.
    value : float
        The amount, in full units of `currency`.
    currency : {'USD', 'CNY'}
        Of the value.

    Returns
    -------
    str
        "rose … to …", "fell … to …", "stayed at …", or "came to …" where growth is not known.

    Examples
    --------
    >>> [reached(r, 5e9, "USD").replace(chr(0xA0), " ") for r in (0.061, 0.0)]
    ['rose 6.1 % to 5.00 billion dollars', 'stayed at 5.00 billion dollars']
    >>> reached(None, 5e9, "USD")
    'came to 5.00 billion dollars'
    """
    amount = money(value, currency)
    if rate is None or pd.isna(rate):
        return f"came to {amount}"
    said = moved(rate)
    return f"stayed at {amount}" if said == "did not change" else f"{said} to {amount}"


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
        Indexed by period, ascending; periods that are not known are absent.

    Returns
    -------
    str
        ", a record", ", the lowest on record", ", the highest since …", ", the lowest since …" or
        "", to be set after an amount. "Since" names the last period that was at least as high or
        at least as low; where a period in between is not known, it is "the highest known since"
        and so on, because that one may have been higher or lower.

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> record(pd.Series([1.0, 2.0, 3.0, 4.0], years))
    ', a record'
    >>> record(pd.Series([1.0, 4.0, 2.0, 3.0], years))
    ', the highest since 2021'
    >>> record(pd.Series([1.0, 4.0, 3.0], years[[0, 2, 3]]))
    ', the lowest known since 2020'
    """
    last, before = values.iloc[-1], values.iloc[:-1]
    if before.empty or last == before.iloc[-1]:
        return ""
    rising = last > before.iloc[-1]
    other = before[before >= last] if rising else before[before <= last]
    word = "highest" if rising else "lowest"
    if other.empty:
        whole = _unbroken(values.index)
        high = ", a record" if whole else ", the highest known"
        return high if rising else f", the lowest {'on record' if whole else 'known'}"
    known = "" if _unbroken(values.loc[other.index[-1] :].index) else "known "
    return f", the {word} {known}since {other.index[-1]}"


def day(date: str | pd.Timestamp) -> str:
    """
    Say a day.

    Parameters
    ----------
    date : str or Timestamp
        A day as YYYY-MM-DD.

    Returns
    -------
    str
        Day, month and year.

    Examples
    --------
    >>> day("2023-12-31")
    '31 December 2023'
    """
    moment = pd.Timestamp(date)
    return f"{moment.day} {moment.strftime('%B %Y')}"


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


def named_shares(shares: pd.Series, count: int = 3) -> str:
    """
    Say which products weigh most, and how much.

    Parameters
    ----------
    shares : Series
        Fractions of one basket, indexed by product.
    count : int
        How many are named.

    Returns
    -------
    str
        Labels and whole percents, the largest first.

    Examples
    --------
    >>> named_shares(pd.Series({"26": 0.265, "27": 0.22, "74": 0.18}), 2).replace("\u00a0", " ")
    'ores (26 %) and mineral fuels (22 %)'
    """
    largest = shares.nlargest(count).items()
    return listed([f"{codes.label(p).lower()} ({percent(s, digits=0)})" for p, s in largest])


def _unbroken(periods: pd.PeriodIndex) -> bool:
    """Tell whether periods follow each other without a gap."""
    return len(periods) == (periods[-1] - periods[0]).n + 1


def _significant(number: float, digits: int) -> str:
    """Round to significant digits, without an exponent."""
    rounded = float(f"{number:.{digits}g}")  # first, as it may gain a digit: 99.96 is 100
    whole = len(str(int(abs(rounded))))
    return f"{rounded:,.{max(digits - whole, 0)}f}".replace("-", "\u2212")


def source_line(*frames: object) -> str:
    """
    Name the publishers behind frames or totals.

    Parameters
    ----------
    *frames : DataFrame or Series
        With a column `source`, or `attrs["source"]` (a Series of totals).

    Returns
    -------
    str
        Each publisher once, in the order of appearance.

    Examples
    --------
    >>> from silktrade import load_indicator
    >>> source_line(load_indicator("oil_brent"))
    'World Bank'
    """
    names: list[str] = []
    for frame in frames:
        column = frame["source"] if "source" in getattr(frame, "columns", ()) else None
        found = column.unique() if column is not None else [frame.attrs.get("source", "")]
        for part in (p for text in found for p in str(text).split(", ")):
            name = codes.SOURCES.get(part, part)
            if name and name not in names:
                names.append(name)
    return ", ".join(names)
