"""
Columns: what a column of a frame holds is told by its name, and read in one way everywhere.

One word per idea: `value` is a number, `period` a month, quarter or year, `released` a day.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from silktrade import codes
from silktrade.days import of_day, read_day
from silktrade.series import number

Mask = npt.NDArray[np.bool_]

_NUMBERS = (
    "value", "growth", "quantile", "decimals", "low", "high", "longitude", "latitude",
)  # fmt: skip
_WHOLE = ("horizon", "draw", "part", "point")
_DAYS = ("released", "vintage", "date", "published")
PERIODS = ("period", "edition", "origin", "start", "period_start", "period_end")
_FREQUENCY_RULE = "must be of months, quarters or calendar years"
_MONTHS = [f"{month:02}" for month in range(1, 13)]


def typed(
    values: pd.Series,
    breaches: list[str],
    optional: bool,
    not_negative: bool,
    allowed: tuple[str, ...] | None,
) -> pd.Series:
    """Convert one column to the type that its name tells."""
    name = values.name
    missing = missing_in(values)
    if not optional:
        _note(breaches, values, missing, "must not be missing: leave the row out")
    if name in _NUMBERS or name in _WHOLE:
        return _number(values, missing, breaches, not_negative)
    if name in PERIODS:
        return _period(values, breaches)
    if name in _DAYS:
        return _day(values, missing, breaches)
    # The few different values first: looking at each row is for finding the breach.
    if allowed is not None and not all_in(values[~missing] if missing.any() else values, allowed):
        wrong = ~values.map(lambda v: isinstance(v, str) and v in allowed).to_numpy() & ~missing
        rule = f"must be {codes.listed(allowed)}"
        _note(breaches, values, wrong, rule, lambda value: codes.of_word(value, allowed))
    text = values if values.dtype == "str" else values.astype("str")
    return text.fillna("") if missing.any() else text  # only where the schema lets it be


def floats(values: pd.Series) -> pd.Series:
    """Read a column of numbers, as text too."""
    if values.dtype == "str" or (isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf"):
        return pd.to_numeric(values, errors="coerce").astype("float64")
    read = [number(value) for value in values.array]
    return pd.Series([np.nan if v is None else v for v in read], values.index, dtype="float64")


def missing_in(values: pd.Series) -> Mask:
    """Mark what is missing; that of texts NaN alone differs from itself takes a quarter to tell."""
    if values.dtype != "str":
        return np.asarray(pd.isna(values.array))
    texts = values.to_numpy()
    return texts != texts


def all_in(values: pd.Series, allowed: tuple[str, ...]) -> bool:
    """Tell whether all are allowed; what cannot be looked up is not."""
    try:
        return set(values.to_numpy()) <= set(allowed)
    except TypeError:
        return False


def _number(values: pd.Series, missing: Mask, breaches: list[str], not_negative: bool) -> pd.Series:
    """Convert a column to finite numbers, at least 0 where the schema says so."""
    numbers = values if values.dtype == np.float64 else floats(values)
    bad = ~np.isfinite(numbers.to_numpy()) & ~missing
    _note(breaches, values, bad, "must be a finite number")
    if not_negative:
        _note(breaches, values, numbers.to_numpy() < 0, "must be 0 or more")
    if values.name not in _WHOLE or (bad | missing).any():
        return numbers
    parts = numbers.to_numpy() % 1 != 0
    _note(breaches, values, parts, "must be a whole number")
    return numbers if parts.any() else numbers.astype("int64")


def _factorized(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[object]]:
    """Give each different value a number; what cannot be looked up, as a list, as its text."""
    try:
        rows, different = pd.factorize(values)
    except TypeError:
        rows, different = pd.factorize(values.map(repr))
    return rows, list(different)


def _day(values: pd.Series, missing: Mask, breaches: list[str]) -> pd.Series:
    """Convert a column to days, each different one read once."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "M" and not missing.any():
        # A moment keeps its day; `values.dt` would first look for a frequency in them.
        return pd.Series(values.array.normalize(), values.index, name=values.name)
    rows, different = _factorized(values)
    read = []
    for value in different:
        try:
            read.append(read_day(value))
        except ValueError:
            read.append(pd.NaT)
    days = pd.DatetimeIndex(read).as_unit("us").take(rows, fill_value=pd.NaT)
    _note(breaches, values, days.isna() & ~missing, "must be a day as YYYY-MM-DD", of_day)
    return pd.Series(days, values.index, name=values.name)


def _period(values: pd.Series, breaches: list[str]) -> pd.Series:
    """Convert a column to Periods of one frequency."""
    if isinstance(values.dtype, pd.PeriodDtype):
        if (given := values.array.freqstr) not in codes.FREQUENCIES.values():
            breaches.append(f"column {values.name}: {_FREQUENCY_RULE}, got frequency {given!r}")
        return values
    if values.dtype.kind == "M":
        breaches.append(
            f"column {values.name}: {_FREQUENCY_RULE}, got dates; write "
            f"frame[{values.name!r}].dt.to_period('Y'), or 'M'"
        )
        return values.map(str)
    rows, different = _factorized(values)
    read, wrong = {}, []
    for at, value in enumerate(different):
        try:
            read[value] = _iso_period(value)
        except ValueError:
            wrong.append(at)
    if wrong:
        _note(breaches, values, np.isin(rows, wrong), "must be a year or a month in ISO form")
    frequencies = {frequency: value for value, (frequency, _) in read.items()}
    if len(frequencies) > 1:
        seen = " and ".join(str(v) for v in frequencies.values())
        breaches.append(f"column {values.name}: mixes frequencies ({seen}); keep one a frame")
    if len(frequencies) > 1 or wrong:
        return values.map(str)
    ordinals = [ordinal for _, ordinal in read.values()]
    periods = pd.PeriodIndex.from_ordinals(ordinals, freq=next(iter(frequencies), "Y-DEC"))
    return pd.Series(periods.take(rows, fill_value=pd.NaT), values.index, name=values.name)


def _iso_period(value: object) -> tuple[str, int]:
    """Read 2024 as a year and 2024-03 as a month, in periods from 1970; all else is no period."""
    if isinstance(value, pd.Period):
        if value.freqstr in codes.FREQUENCIES.values():
            return value.freqstr, value.ordinal
        raise ValueError(value)
    year, dash, month = str(value).partition("-")
    whole = len(year) == 4 and year.isascii() and year.isdigit() and int(year) > 0
    if whole and not dash:
        return "Y-DEC", int(year) - 1970
    if whole and month in _MONTHS:
        return "M", (int(year) - 1970) * 12 + _MONTHS.index(month)
    raise ValueError(value)


def _note(breaches: list[str], values: pd.Series, wrong: Mask, rule: str,
          cure: Callable[[object], str] = lambda _: "") -> None:  # fmt: skip
    """Write down each wrong value with its row; a cure is looked for once a value."""
    cured: dict[str, str] = {}
    for i in np.flatnonzero(wrong):
        value = values.iloc[i]
        plain = value.item() if isinstance(value, np.generic) else value
        said = repr(plain)
        if said not in cured:
            none = np.ndim(value) == 0 and pd.isna(value)
            cured[said] = "" if none else f", got {said}{cure(plain)}"
        breaches.append(f"row {i}, column {values.name}: {rule}{cured[said]}")
