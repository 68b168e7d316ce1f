"""Numbers of reports as people read them: 94.8 bn tonnes, 12.5 %, +8 points."""

import calendar
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BOUND = re.compile(r"_(\d+)_(low|high)$")
CLASSES = ("growth", "share", "points", "times", "count", "probability", "index")
_PERCENT = ("growth", "share", "fraction")  # the last in records of before there were classes
UNPLANNED = "NotPlanned"  # the kind of failure, for programs, of a report that never ran
# The words for units of amounts, by code: a project enters them, any other stands as its code.
UNITS: dict[str, str] = {}
_SIZES = ((1e9, "bn"), (1e6, "mn"))  # what rounds to 1,000.0 of one is 1.0 of the next


def quantity(value: float, unit: str, digits: int | None = None) -> str:
    """Print a number for people: rates in percent, differences in points, amounts in billions."""
    places = {"probability": 2, "index": 2, "count": 0}.get(unit, 1) if digits is None else digits
    if unit in _PERCENT:
        while value < 1 and float(f"{100 * value:.{places}f}") == 100 and places < 4:
            places += 1  # nearly all is not all
        text = f"{100 * value:.{places}f} %"
    elif unit == "points":
        text = f"{100 * value:+.{places}f}"
        text += " point" if abs(float(text)) == 1 else " points"
    elif unit == "times":
        text = f"{_multiple(value)} times"
    elif unit in CLASSES:
        text = f"{value:,.{places}f}"
    else:
        text = _amount(value, unit, places)
    nothing = not text.strip("+-0., %points")
    text = text.lstrip("+-") if nothing else text
    return text.replace("-", "−", 1)


def _multiple(value: float) -> str:
    """Print a multiple: of a hundred and more no third figure is known, as its base is small."""
    if value >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.3g}" if value >= 1 else f"{value:.2g}"


def _amount(value: float, unit: str, places: int) -> str:
    """Print an amount in the largest of its scales."""
    unit = UNITS.get(unit, unit)
    size, word = next(((s, w) for s, w in _SIZES if abs(value) >= 0.99995 * s), (1, ""))
    if word:
        return f"{value / size:,.{places if abs(value) < 1e12 else 0}f} {word} {unit}"
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"


def check_words(name: str, unit: str, label: str, note: str) -> None:
    """Refuse a number whose unit is of no class, or whose label is not written for people."""
    for what, given in (("unit", unit), ("label", label), ("note", note)):
        if not isinstance(given, str):
            raise ValueError(f"{what} of {name} must be text, got {given!r}")
    if unit not in CLASSES and not re.fullmatch(r"[A-Z]{3}", unit):
        raise ValueError(
            f"unit of {name} must be a currency such as USD, or one of {', '.join(CLASSES)}, "
            f"got {unit!r}"
        )
    if unit == "index" and not note:
        raise ValueError(
            f"note of {name} must say how to read an index, got nothing: such as 1 is a single part"
        )
    if not re.fullmatch(r"[A-Z“][^_]{2,47}", label):
        raise ValueError(
            f"label of {name} must be words with a capital, 48 characters at most, got {label!r}"
        )


def numbers(headlines: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Label headline numbers for people, with the two ends of a range as one."""
    made: dict[str, str] = {}
    for h in headlines:
        number = quantity(h["value"], h["unit"], h.get("digits"))
        name = f"{label(h, whole=True)}, {period(h['period'])}"
        if name in made:
            shared = number.rpartition(" ")[2]
            number = f"{made[name].removesuffix(f' {shared}')} to {number}"
        made[name] = number
    return list(made.items())


def failure(error: Mapping[str, Any]) -> str:
    """Say why a report failed; what refused its plan is a sentence, and needs no kind before it."""
    message = " ".join(error["message"].split())
    return message if error["type"] == UNPLANNED else f"{error['type']}: {message}"


def changes(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Word what is new since the last run."""
    if not said or not (said["inputs"] or said["headlines"]):
        return None
    rows = [
        (f"{label(h)}, {period(h['period'])}", *_then_now(h), _change(h)) for h in said["headlines"]
    ]
    return {"inputs": list(said["inputs"]), "rows": rows}


def period(code: str) -> str:
    """Write a period as people do: 2024, Q1 2024, March 2024; leave what is none."""
    found = re.fullmatch(r"(\d{4})-?(?:(Q[1-4])|(0[1-9]|1[0-2]))", code)
    if found is None:
        return code
    return f"{found[2] or calendar.month_name[int(found[3])]} {found[1]}"


def label(headline: Mapping[str, Any], *, whole: bool = False) -> str:
    """Name a headline number with its note; one end of a range as that end, or as the range."""
    bound = _BOUND.search(headline["name"])
    said = headline.get("label") or headline["name"].replace("_", " ").capitalize()
    said += f" ({headline['note']})" if headline.get("note") else ""
    if bound is None:
        return said
    return f"{said}, {bound[1]} % range" + ("" if whole else f", {bound[2]} end")


def _then_now(headline: Mapping[str, Any]) -> tuple[str, str]:
    """Print both values of a headline number, with a dash for the one there is not."""
    values, unit = (headline["then"], headline["now"]), headline["unit"]
    said = ["–" if v is None else quantity(v, unit, headline.get("digits")) for v in values]
    if said[0] == said[1] and None not in values:  # too close for the usual decimals
        said = [_exactly(v, unit) for v in values]
    return said[0], said[1]


def _exactly(value: float, unit: str) -> str:
    """Print a number with all the decimals that may tell it from another."""
    if unit in (*_PERCENT, "points"):
        text = f"{100 * value:.6g} {'points' if unit == 'points' else '%'}"
    elif unit in ("count", "probability", "index"):
        text = f"{value:,.10g}"
    else:
        text = f"{value:,.10g} {UNITS.get(unit, unit)}"
    return text.replace("-", "−", 1)


def _change(headline: Mapping[str, Any]) -> str:
    """Say by how much a headline number changed."""
    then, now = headline["then"], headline["now"]
    if then is None or now is None:
        return "new" if then is None else "gone"
    if headline["unit"] == "probability":
        text = _signed(now - then)
    elif headline["unit"] in (*_PERCENT, "points"):
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
    """Keep a number and its unit on one line, and write apostrophes as print does."""
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)", "’", text)
    return re.sub(r"(?<=\d) (?=%|bn\b|mn\b|billion\b|million\b|points?\b|times\b)", "\xa0", text)
