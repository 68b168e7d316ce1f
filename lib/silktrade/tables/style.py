"""The look of a table: its caption, its numbers as text, where words stand."""

from __future__ import annotations

import hashlib
import html

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade.prose import percent


def styled(table: pd.DataFrame, caption: str, formats: dict[str, object]) -> Styler:
    """
    Give a table its caption and formats; unknown values are a dash, text stands left.

    Parameters
    ----------
    table : DataFrame
        What is shown; the name of a one-level index goes to the corner of the header.
    caption : str
        Measure and unit.
    formats : dict of str
        How each column is printed: a format string or a function.

    Returns
    -------
    Styler
        The same table gives the same bytes of HTML.

    Examples
    --------
    >>> styled(pd.DataFrame({"Trade": [1.25]}), "Trade, billion dollars", {}).caption
    'Trade, billion dollars'
    """
    text = [c for c in table if table[c].dtype == "str" and "interval" not in c]
    text = [c for c in text if c not in ("Median", "Percent", "Came")]
    if table.index.nlevels == 1:  # the name of the rows goes to the header's corner
        table = table.rename_axis(index=None, columns=table.index.name)
    content = caption + table.to_csv()  # the id depends on it alone: same table, same bytes
    name = hashlib.sha256(content.encode()).hexdigest()[:8]
    # Texts of a table are data, whoever wrote them: none of them is markup.
    styler = Styler(table, uuid=name).format(formats, na_rep="–", escape="html")
    for axis in ("index", "columns"):
        styler = styler.format_index(axis=axis, escape="html")
        styler = styler.format_index_names(axis=axis, escape="html")
    styler = styler.set_caption(html.escape(caption, quote=False))
    left = "text-align: left"
    if not text:  # pandas cannot map the headings of a table without columns either
        return styler
    styler = styler.map_index(lambda heading: left if heading in text else None, axis="columns")
    styler = styler.map_index(lambda _: left, axis="index")
    styler = styler.set_table_styles([{"selector": "th.index_name", "props": left}])
    return styler.map(lambda _: left, subset=text)


def rate(value: float) -> str:
    """
    Print a growth rate.

    Parameters
    ----------
    value : float
        A fraction; NaN where it is not known.

    Returns
    -------
    str
        Percent with its sign, or a dash.

    Examples
    --------
    >>> rate(0.061).replace(chr(0xA0), " "), rate(float("nan"))
    ('+6.1 %', '–')
    """
    return "–" if pd.isna(value) else percent(value, sign=True)


def points(value: float) -> str:
    """
    Print a growth rate in percent, without the percent sign that the caption has.

    Parameters
    ----------
    value : float
        A fraction.

    Returns
    -------
    str
        Percent, with a plus before a rise.

    Examples
    --------
    >>> points(0.061)
    '+6.1'
    """
    return percent(value, sign=True).removesuffix("\u00a0%")


def whole(value: float) -> str:
    """
    Print a projected rate: draws tell whole percents.

    Parameters
    ----------
    value : float
        A fraction; NaN where it is not known.

    Returns
    -------
    str
        Whole percents without their sign, with a plus before a rise; or a dash.

    Examples
    --------
    >>> whole(0.0744), whole(-0.128)
    ('+7', '−13')
    """
    return "–" if pd.isna(value) else percent(value, digits=0, sign=True).removesuffix("\u00a0%")


def added(value: float) -> str:
    """
    Print what a part adds in percentage points: whole, or tenths where it is less than one.

    Parameters
    ----------
    value : float
        A fraction.

    Returns
    -------
    str
        With a plus before a rise.

    Examples
    --------
    >>> added(0.0744), added(-0.003)
    ('+7', '−0.3')
    """
    return whole(value) if abs(value) >= 0.0095 else points(value)


def amount(value: float) -> str:
    """
    Print an amount in billions.

    Parameters
    ----------
    value : float
        In billions already; NaN where it is not known.

    Returns
    -------
    str
        One decimal, or a dash.

    Examples
    --------
    >>> amount(1234.56)
    '1,234.6'
    """
    return "–" if pd.isna(value) else f"{value:,.1f}".replace("-", "\u2212")


def fine(value: float) -> str:
    """
    Print a small difference.

    Parameters
    ----------
    value : float
        A fraction; NaN where it is not known.

    Returns
    -------
    str
        Percent with two decimals and its sign, or a dash.

    Examples
    --------
    >>> fine(-0.0055).replace(chr(0xA0), " ")
    '−0.55 %'
    """
    return "–" if pd.isna(value) else percent(value, digits=2, sign=True)


def share(value: float) -> str:
    """
    Print a share.

    Parameters
    ----------
    value : float
        A fraction.

    Returns
    -------
    str
        Percent.

    Examples
    --------
    >>> share(0.436).replace(chr(0xA0), " ")
    '43.6 %'
    """
    return percent(value)
