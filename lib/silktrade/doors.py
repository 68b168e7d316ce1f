"""
Doors: what figures, tables and other readers of results check before they begin.

`takes` stands above a function and names the tables that it needs; what its annotations say of its
other arguments is checked with them: a word, a whole number, a series in time. So every refusal
names the argument, and the function below reads nothing that it cannot use.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.columns import Mask
from silktrade.schema import Schema, validate
from silktrade.series import described, floats, number, read_period, read_series, read_wide

Given = ParamSpec("Given")
Result = TypeVar("Result")
Check = Callable[[object, str], object]
LEVELS = {"period": "periods", "origin": "periods", "horizon": "finite numbers"}
# Columns of few words, whatever table they stand in.
WORDS: dict[object, tuple[str, ...]] = {
    "channel": tuple(codes.CHANNELS),
    "currency": codes.CURRENCIES,
    "driver": ("energy", "rest"),
    "effect": ("own", "lent", "none"),
    "vantage": ("pseudo-real time", "as known now"),
}
FREQUENCIES = {"M": "months", "Q": "quarters", "Y": "years"}


def takes(**checks: Check | Schema) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """
    Check the arguments of a function before it is called.

    Parameters
    ----------
    **checks : callable or Schema
        By argument: a schema to validate it by, or what `table`, `filled`, `series` or `wide` make.
        Others are checked by their annotation; None passes where it is the default.

    Returns
    -------
    callable
        A decorator.

    Examples
    --------
    >>> @takes()
    ... def double(count: "int") -> "int":
    ...     return 2 * count
    >>> double(1.5)
    Traceback (most recent call last):
    ...
    ValueError: count must be a whole number of at least 0, got 1.5
    """

    def above(function: Callable[Given, Result]) -> Callable[Given, Result]:
        signature = inspect.signature(function)
        gates = {
            name: _gate(checks.get(name), str(parameter.annotation), name)
            for name, parameter in signature.parameters.items()
        }
        starred = {
            name for name, parameter in signature.parameters.items()
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL
        }  # fmt: skip

        @functools.wraps(function)
        def checked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            bound = signature.bind(*args, **kwargs)
            for name, value in bound.arguments.items():
                if value is None and signature.parameters[name].default is None:
                    continue
                gate = gates[name]
                if name in starred:
                    bound.arguments[name] = tuple(gate(one, name) for one in value)
                else:
                    bound.arguments[name] = gate(value, name)
            return function(*bound.args, **bound.kwargs)

        return checked

    return above


def table(maker: str, **columns: object) -> Check:
    """
    Describe a table that another function makes.

    Parameters
    ----------
    maker : str
        The function.
    **columns
        What it must have, as for `having`; without rows it is refused, if `empty` does not say so.

    Returns
    -------
    callable
        For `takes`.

    Examples
    --------
    >>> table("share", number="share")(pd.DataFrame({"share": [0.5]}), "shares")["share"].item()
    0.5
    """
    return lambda given, name: having(given, name, maker, **({"empty": False} | columns))


def filled(schema: Schema) -> Check:
    """
    Describe a frame of a schema that must have rows.

    Parameters
    ----------
    schema : Schema
        What the frame has to be.

    Returns
    -------
    callable
        For `takes`.

    Examples
    --------
    >>> from silktrade.schema import TRADE, empty
    >>> filled(TRADE)(empty(TRADE), "trade")
    Traceback (most recent call last):
    ...
    ValueError: trade must have rows, got none
    """

    def read(given: object, name: str) -> pd.DataFrame:
        frame = validate(given, schema)
        if frame.empty:
            raise ValueError(f"{name} must have rows, got none")
        return frame

    return read


def series(frequency: str = "", *, least: int = 1, told: bool = False) -> Check:
    """
    Describe a series that a function takes.

    Parameters
    ----------
    frequency : {'', 'M', 'Y'}
        Which it must have, if any.
    least : int
        How many known values it must have; those that are not known are left out.
    told : bool
        Whether it must say whose trade it is and in which currency, as those of `load_totals` do.

    Returns
    -------
    callable
        For `takes`.

    Examples
    --------
    >>> years = pd.period_range("2020", periods=2, freq="Y")
    >>> series("M")(pd.Series([1.0, 2.0], years), "months")
    Traceback (most recent call last):
    ...
    ValueError: months must be of months, got years
    """

    def read(given: object, name: str) -> pd.Series:
        known = read_series(given, name).dropna()
        _right(known.index, len(known), name, frequency, least)
        return _told(known, name) if told else known

    return read


def series_or(schema: Schema) -> Check:
    """
    Describe what may be one series, or a frame of several.

    Parameters
    ----------
    schema : Schema
        Of the frame.

    Returns
    -------
    callable
        For `takes`.

    Examples
    --------
    >>> from silktrade.schema import TRADE
    >>> years = pd.period_range("2020", periods=1, freq="Y")
    >>> series_or(TRADE)(pd.Series([1], years), "base").tolist()
    [1.0]
    """

    def read(given: object, name: str) -> pd.Series | pd.DataFrame:
        several = isinstance(given, pd.DataFrame) and given.shape[1] > 1
        return validate(given, schema) if several else read_series(given, name)

    return read


def wide(
    frequency: str = "",
    *,
    least: int = 1,
    told: bool = False,
    currency: bool = False,
    columns: str = "",
) -> Check:
    """
    Describe series side by side that a function takes, as `series` does one.

    Parameters
    ----------
    frequency, least
        As for `series`.
    told : bool
        Whether the columns must be codes of economies.
    currency : bool
        Whether it must say its currency.
    columns : str
        Which must be there, with blanks between.

    Returns
    -------
    callable
        For `takes`.

    Examples
    --------
    >>> years = pd.period_range("2020", periods=2, freq="Y")
    >>> wide()(pd.DataFrame({"KAZ": [1.0, 2.0]}, years), "totals").shape
    (2, 1)
    """

    def read(given: object, name: str) -> pd.DataFrame:
        known = read_wide(given, name).dropna(how="all")
        _right(known.index, len(known), name, frequency, least)
        for column in known.columns if told else ():
            codes.one_of(f"columns of {name}", column, codes.ECONOMIES)
        absent = [column for column in columns.split() if column not in known]
        if currency:
            _says(known, "currency", codes.CURRENCIES, "USD", name)
        if absent:
            raise ValueError(
                f"{name} must have a column {absent[0]}, got {', '.join(map(str, known))}"
            )
        return known

    return read


def having(
    frame: pd.DataFrame,
    name: str,
    maker: str,
    *,
    text: str = "",
    number: str | Iterable[object] = "",
    known: str | Iterable[object] = "",
    period: str = "",
    day: str = "",
    flag: str = "",
    also: str = "",
    levels: str = "",
    key: str = "",
    must: dict[str, Iterable[str]] | None = None,
    named: bool = False,
    empty: bool = True,
) -> pd.DataFrame:
    """
    Return a table that another function made, or say what it lacks.

    Parameters
    ----------
    frame : DataFrame
        The table; further columns stay.
    name, maker : str
        What the error calls the argument, and the function that makes such tables.
    text, number, known, period, day, flag, also : str
        Columns needed, with blanks between, by what they hold; of numbers only the known may not
        be missing, and what is in `also` may be anything. Numbers also as a list, where columns are
        numbers themselves.
    levels : str
        Levels of the index that are needed.
    key : str
        Columns or levels that name a row: no two may share them.
    must : dict
        By column or level, the values that must be among its own.
    named : bool
        Whether no two rows may share their name in the index.
    empty : bool
        Whether the table may be without rows.

    Returns
    -------
    DataFrame
        The table, numbers that stood as text or objects as floats.

    Raises
    ------
    ValueError
        If it is no table, or a column is missing, stands twice or holds something else.

    Examples
    --------
    >>> having(pd.DataFrame({"share": [0.5]}), "shares", "share", text="partner", number="share")
    Traceback (most recent call last):
    ...
    ValueError: shares must be from `share`, got a table without partner
    """
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{name} must be from `{maker}`, got {described(frame)}")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"{name} must be from `{maker}`, got column {twice} twice: drop one")
    kinds = {
        "text": text, "finite numbers": number, "known numbers": known, "periods": period,
        "days": day, "truths": flag, "anything": also,
    }  # fmt: skip
    wanted = [
        (column, what)
        for what, columns in kinds.items()
        for column in (columns.split() if isinstance(columns, str) else columns)
    ]
    absent = [str(c) for c, _ in wanted if c not in frame.columns]
    absent += [level for level in levels.split() if level not in frame.index.names]
    if absent:
        raise ValueError(f"{name} must be from `{maker}`, got a table without {', '.join(absent)}")
    if not empty and frame.empty:
        raise ValueError(f"{name} must have rows, got none from `{maker}`")
    changed = {c: v for c, what in wanted if (v := _hold(frame[c], what, name)) is not None}
    parts = {level: frame.index.get_level_values(level).to_series() for level in levels.split()}
    for level, values in parts.items():
        _hold(values, LEVELS.get(level, "text"), name)
    columns = {k: parts.get(k, frame.get(k)) for k in [*key.split(), *(must or {})]}
    _name_rows(frame.index.to_frame() if named else pd.DataFrame(), name)
    _name_rows(pd.DataFrame({k: columns[k].to_numpy() for k in key.split()}), name)
    for column, values in (must or {}).items():
        lacking = [v for v in values if not (columns[column] == v).any()]
        if lacking:
            raise ValueError(f"{name} must have {lacking[0]} in {column}, got none")
    if changed:
        frame = frame.copy()
        for column, values in changed.items():
            frame[column] = values.to_numpy()
    return frame


def _name_rows(names: pd.DataFrame, name: str) -> None:
    """Refuse rows of one name."""
    if names.duplicated().any():
        first = " ".join(map(str, names[names.duplicated()].iloc[0]))
        raise ValueError(f"{name} must have one row for each name, got two for {first}")


def _hold(values: pd.Series, what: str, name: str) -> pd.Series | None:
    """Refuse a column for the first value that it may not hold; read numbers that are objects."""
    right = _holds(values, what)
    if not right.all():
        at = int(np.flatnonzero(~right)[0])
        held = "" if values.name not in WORDS else f" ({', '.join(WORDS[values.name])})"
        raise ValueError(
            f"{name} must hold {what}{held} in column {values.name}, got {values.iloc[at]!r} in "
            f"row {at}"
        )
    return floats(values) if what.endswith("numbers") and not _plain(values) else None


def _plain(values: pd.Series) -> bool:
    """Tell whether a column holds numpy's own numbers."""
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf"


def _holds(values: pd.Series, what: str) -> Mask:
    """Mark the values that a column of its kind may hold."""
    if what.endswith("numbers"):
        finite = np.isfinite(values.to_numpy() if _plain(values) else floats(values).to_numpy())
        return finite if what == "known numbers" else finite | pd.isna(values.array)
    if what == "text" and values.name in WORDS:
        return values.isin(WORDS[values.name]).to_numpy()
    if what == "text" and values.dtype != "str":
        return np.array([isinstance(value, str) for value in values], bool)
    if what in ("text", "periods", "days"):
        right = {
            "text": True, "days": values.dtype.kind == "M" and values.dt.tz is None,
            "periods": isinstance(values.dtype, pd.PeriodDtype)
            and values.array.freqstr in codes.FREQUENCIES.values(),
        }[what]  # fmt: skip
        return values.notna().to_numpy() & right
    return np.full(len(values), what == "anything" or values.dtype == np.bool_)


def _right(index: pd.PeriodIndex, count: int, name: str, frequency: str, least: int) -> None:
    """Refuse another frequency, or too little."""
    if frequency and count and index.freqstr[0] != frequency:
        got = FREQUENCIES[index.freqstr[0]]
        raise ValueError(f"{name} must be of {FREQUENCIES[frequency]}, got {got}")
    if count < least:
        raise ValueError(f"{name} must hold {least} known period or more, got {count}")


def _told(values: pd.Series, name: str) -> pd.Series:
    """Fill what a series says of itself: whose it is, in which currency, and from whom."""
    _says(values, "currency", codes.CURRENCIES, "USD", name)
    values = values.copy(deep=False)
    values.attrs = {"partner": values.name, "source": "", "published": []} | values.attrs
    _says(values, "partner", None, "KAZ", name)
    return values


def _says(
    data: pd.Series | pd.DataFrame, what: str, allowed: Iterable[str] | None, such: str, name: str
) -> None:
    """Refuse what does not say of itself what it counts."""
    said = data.attrs.get(what)
    if not isinstance(said, str) or (allowed is not None and said not in allowed):
        raise ValueError(
            f"{name} must say its {what}, got {said!r}: write {name}.attrs[{what!r}] = {such!r}"
        )


def _gate(check: Check | Schema | None, annotation: str, name: str) -> Check:
    """Choose the check of one argument."""
    if isinstance(check, Schema):
        return lambda given, _: validate(given, check)
    if check is not None:
        return check
    if name == "currency":
        return lambda given, n: codes.one_of(n, given, codes.CURRENCIES)
    kinds = {
        "str": _word, "int": lambda given, n: codes.whole(n, given, 0), "float": _known,
        "bool": lambda given, n: codes.flag(n, given), "pd.Series": series(),
    }  # fmt: skip
    return kinds.get(annotation.strip("'\"").removesuffix(" | None"), lambda given, n: given)


def read_draws(given: object, name: str) -> pd.DataFrame:
    """
    Read simulated paths: a look at the columns alone, since there are many rows.

    Parameters
    ----------
    given : DataFrame
        DRAWS, from `project`.
    name : str
        What the error calls the argument.

    Returns
    -------
    DataFrame
        As given.

    Examples
    --------
    >>> read_draws(None, "draws")
    Traceback (most recent call last):
    ...
    ValueError: draws must be from `project`, got None
    """
    return having(
        given, name, "project", text="reporter partner flow product model currency",
        known="value horizon draw", period="origin period",
    )  # fmt: skip


def read_rates(given: object, name: str) -> pd.DataFrame:
    """
    Read simulated rates: a row a draw, a column a year.

    Parameters
    ----------
    given : DataFrame
        From `project_rate`.
    name : str
        What the error calls the argument.

    Returns
    -------
    DataFrame
        As given.

    Examples
    --------
    >>> read_rates(pd.DataFrame({pd.Period("2026", "Y"): [7.0]}), "rates").shape
    (1, 1)
    """
    years = list(given.columns) if isinstance(given, pd.DataFrame) else []
    if not years or not all(isinstance(year, pd.Period) for year in years):
        raise ValueError(f"{name} must be from `project_rate`, got {described(given)}")
    return having(given, name, "project_rate", known=years, named=True)


def read_economy(given: object, name: str) -> str:
    """
    Read the code of an economy or a region.

    Parameters
    ----------
    given : str
        The code.
    name : str
        What the error calls the argument.

    Returns
    -------
    str
        The code.

    Examples
    --------
    >>> read_economy("KAZ", "partner")
    'KAZ'
    """
    return codes.one_of(name, given, codes.ECONOMIES)


def read_year(given: object, name: str) -> str:
    """
    Read a year of the calendar.

    Parameters
    ----------
    given : str, int or Period
        The year.
    name : str
        What the error calls the argument.

    Returns
    -------
    str
        Four digits.

    Examples
    --------
    >>> read_year(2024, "year")
    '2024'
    """
    return str(read_period(given, "Y-DEC", name))


def _word(given: object, name: str) -> str:
    """Return what is text."""
    if isinstance(given, str):
        return given
    raise ValueError(f"{name} must be text, got {given!r}")


def _known(given: object, name: str) -> float:
    """Return what is a number."""
    read = number(given)
    if read is None or not np.isfinite(read):
        raise ValueError(f"{name} must be a finite number, got {given!r}")
    return given if isinstance(given, int | float) else read
