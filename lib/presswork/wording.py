"""Numbers and names of reports as people read them: 94.8 bn USD, 12.5 %, Region growth USD."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_BOUND = re.compile(r"_(\d+)_(low|high)$")
_SIZES = ((1e9, "bn"), (1e6, "mn"))  # what rounds to 1,000.0 of one is 1.0 of the next


def quantity(value: float, unit: str) -> str:
    """
    Print a number for people: fractions in percent, money in millions or billions.

    Parameters
    ----------
    value : float
        In full units.
    unit : str
        `"fraction"`, or what to print after the number.

    Returns
    -------
    str
        With a true minus sign.

    Examples
    --------
    >>> quantity(-0.034, "fraction"), quantity(94_820_000_000, "USD"), quantity(1234.5, "CNY")
    ('−3.4 %', '94.8 bn USD', '1,234 CNY')
    >>> quantity(12, "years"), quantity(0.42, "index")
    ('12 years', '0.42 index')
    """
    size, word = next(((s, w) for s, w in _SIZES if abs(value) >= 0.99995 * s), (1, ""))
    if unit == "fraction":
        text = f"{100 * value:.1f} %"
    elif word:
        text = f"{value / size:,.{1 if abs(value) < 1e12 else 0}f} {word} {unit}"
    else:
        text = f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"
    return text.replace("-", "−", 1) if value < 0 else text


def words(name: str) -> str:
    """
    Turn a snake-case name into words.

    Parameters
    ----------
    name : str
        Such as `"region_growth_usd"`.

    Returns
    -------
    str
        With a capital, and currencies and codes in capitals.

    Examples
    --------
    >>> words("region_growth_usd")
    'Region growth USD'
    """
    parts = [p.upper() if p in {"usd", "cny", "gdp", "imf"} else p for p in name.split("_")]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def numbers(headlines: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """
    Label headline numbers for people, with the two ends of a range as one.

    Parameters
    ----------
    headlines : sequence of mapping
        `name`, `value`, `unit` and `period`; names that end in `_80_low` and `_80_high` are the
        ends of an 80 % range.

    Returns
    -------
    list of (label, number)
        In the same order.

    Examples
    --------
    >>> ends = [("growth_80_low", -0.01), ("growth_80_high", 0.5)]
    >>> numbers([{"name": n, "value": v, "unit": "fraction", "period": "2024"} for n, v in ends])
    [('Growth, 80 % range, 2024', '−1.0 % to 50.0 %')]
    """
    made: dict[str, str] = {}
    for h in headlines:
        bound = _BOUND.search(h["name"])
        name = words(h["name"][: bound.start()] if bound else h["name"])
        label = f"{name}, {bound[1]} % range, {h['period']}" if bound else f"{name}, {h['period']}"
        number = quantity(h["value"], h["unit"])
        made[label] = f"{made[label]} to {number}" if label in made else number
    return list(made.items())


def changes(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """
    Word what is new since the last run.

    Parameters
    ----------
    said : mapping or None
        `inputs` (a sequence of texts) and `headlines` (mappings with `name`, `unit`, `period`,
        `then` and `now`, one of which may be None).

    Returns
    -------
    dict or None
        `inputs`, and `rows` of (label, then, now, change); None where nothing is new. Two
        fractions differ by percentage points, other numbers by percent.

    Examples
    --------
    >>> row = {"name": "growth", "unit": "fraction", "period": "2024", "then": 0.1, "now": 0.125}
    >>> changes({"inputs": [], "headlines": [row]})["rows"]
    [('Growth, 2024', '10.0 %', '12.5 %', '+2.5 points')]
    """
    if not said or not (said["inputs"] or said["headlines"]):
        return None
    rows = [
        (f"{_label(h['name'])}, {h['period']}", *_then_now(h), _change(h))
        for h in said["headlines"]
    ]  # fmt: skip
    return {"inputs": list(said["inputs"]), "rows": rows}


def _label(name: str) -> str:
    """Name a headline number, or one end of a range of it."""
    bound = _BOUND.search(name)
    if bound is None:
        return words(name)
    return f"{words(name[: bound.start()])}, {bound[1]} % range, {bound[2]} end"


def _then_now(headline: Mapping[str, Any]) -> tuple[str, str]:
    """Print both values of a headline number, with a dash for the one there is not."""
    values, unit = (headline["then"], headline["now"]), headline["unit"]
    said = ["–" if v is None else quantity(v, unit) for v in values]
    if said[0] == said[1] and None not in values:  # too close for the usual decimals
        said = [f"{v * 100:.6g} %" if unit == "fraction" else f"{v:,.10g} {unit}" for v in values]
        said = [text.replace("-", "−", 1) for text in said]
    return said[0], said[1]


def _change(headline: Mapping[str, Any]) -> str:
    """Say by how much a headline number changed."""
    then, now = headline["then"], headline["now"]
    if then is None or now is None:
        return "new" if then is None else "gone"
    if headline["unit"] == "fraction":
        text = f"{_signed(100 * (now - then))} points"
    elif then == 0:
        text = "from nothing"
    else:
        text = f"{_signed(100 * (now - then) / abs(then))} %"
    return text


def _signed(number: float) -> str:
    """Print a difference with its sign, and with more decimals where one would hide it."""
    text = f"{number:+.1f}" if abs(number) >= 0.05 else f"{number:+.1g}"
    return text.replace("-", "−", 1)


def unbroken(text: str) -> str:
    r"""
    Keep a number and its unit on one line.

    Parameters
    ----------
    text : str
        Prose.

    Returns
    -------
    str
        With no-break spaces between digits and the sign or word after them.

    Examples
    --------
    >>> unbroken("rose 12.1 % to 106 billion dollars")
    'rose 12.1\xa0% to 106\xa0billion dollars'
    """
    return re.sub(r"(?<=\d) (?=%|bn\b|mn\b|billion\b|million\b)", "\xa0", text)
