"""
Doors: what figures, tables and other readers of results check before they begin.

`takes` stands above a function and names the tables that it needs; what its annotations say of its
other arguments is checked with them: a word, a whole number, a series in time. So every refusal
names the argument, and the function below reads nothing that it cannot use.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.frames import having, last_day, sources_of
from silktrade.schema import Schema, validate
from silktrade.series import described, number, read_period, read_series, read_values, read_wide

Given = ParamSpec("Given")
Result = TypeVar("Result")
Check = Callable[[object, str], object]
RANGES = (0.025, 0.1, 0.5, 0.9, 0.975)  # quantiles: the ends of 80 and 95 %, and the median
FREQUENCIES = {"M": "monthly", "Q": "quarterly", "Y": "annual"}
# What is made of figures none of which was public on the day, by what a function gives.
NOTHING: dict[str, Callable[[pd.DataFrame | pd.Series], object]] = {
    "DataFrame": lambda none: none.to_frame() if isinstance(none, pd.Series) else none,
    "Series": lambda none: none,
}


def takes(**checks: Check | Schema) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Check the arguments of a function before it is called."""

    def above(function: Callable[Given, Result]) -> Callable[Given, Result]:
        signature = inspect.signature(function)
        annotated = signature.return_annotation
        gives = getattr(annotated, "__name__", str(annotated)).removeprefix("pd.")
        gates = {
            name: _gate(checks.get(name), _written(parameter.annotation), name)
            for name, parameter in signature.parameters.items()
        }
        free = {name for name, check in checks.items() if getattr(check, "any_currency", False)}
        starred = {
            name for name, parameter in signature.parameters.items()
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL
        }  # fmt: skip

        @functools.wraps(function)
        def checked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError:  # Python says what is amiss with the name of the function
                return function(*args, **kwargs)
            for name, value in bound.arguments.items():
                if value is None and signature.parameters[name].default is None:
                    continue
                gate = gates[name]
                several = value if name in starred else (value,)
                try:
                    read = tuple(gate(one, name) for one in several)
                except ValueError:
                    none = [one for one in several if _unknown(one)]
                    if gives not in NOTHING or not none:
                        raise
                    return NOTHING[gives](none[0])
                bound.arguments[name] = read if name in starred else read[0]
            alike("currency", {n: a for n, a in bound.arguments.items() if n not in free | starred})
            alike("partner", bound.arguments)
            given = [*bound.args, *bound.kwargs.values()]
            return _passed_on(function(*bound.args, **bound.kwargs), given)

        return checked

    return above


def alike(what: str, given: Mapping[str, object]) -> None:
    """Refuse arguments of which one says another currency, or partner, of itself than the rest."""
    said: dict[str, str] = {}
    for name, one in given.items():
        held = one if name == what else None
        if isinstance(one, pd.Series) or (isinstance(one, pd.DataFrame) and what == "currency"):
            column = one.get(what) if isinstance(one, pd.DataFrame) and len(one) else None
            held = one.attrs.get(what) if column is None else column.iloc[0]
        if isinstance(held, str) and held and said.setdefault(held, name) and len(said) > 1:
            first, second = said
            raise ValueError(
                f"{said[first]} and {said[second]} must be of one {what}, got {first} and "
                f"{second}: take both of the same"
            )


def any_currency(check: Check | Schema) -> Check:
    """Let an argument be in another currency than the rest: it is told in its own."""
    gate = _gate(check, "", "")

    def read(given: object, name: str) -> object:
        """Read it as it would be."""
        return gate(given, name)

    read.any_currency = True
    return read


def sourced(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a result say who published what it was made of, where the function checks for itself."""

    @functools.wraps(function)
    def told(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        return _passed_on(function(*args, **kwargs), [*args, *kwargs.values()])

    return told


def _passed_on(result: Result, given: list[object]) -> Result:
    """Let a result say whom its figures are from, public by when, and why there are none."""
    if not isinstance(result, pd.DataFrame | pd.Series) or any(result is g for g in given):
        return result
    if not sources_of(result) and (found := sources_of(*given)):
        result.attrs["source"] = ", ".join(found)
    if not result.attrs.get("as_of") and (day := last_day(*given)):
        result.attrs["as_of"] = day
    for one in filter(_unknown, given):
        result.attrs.setdefault("unknown", one.attrs["unknown"])
    return result


def _unknown(given: object) -> bool:
    """Tell what has no rows because none was public on the day."""
    why = given.attrs.get("unknown") if isinstance(given, pd.DataFrame | pd.Series) else None
    return isinstance(why, str) and given.empty


def table(maker: str, columns: str = "", **more: object) -> Check:
    """Describe a table that another function makes."""
    return lambda given, name: having(given, name, maker, columns, **({"empty": False} | more))


CHECKED = table(
    "check_claims",
    "claim vantage statement publisher unit verdict computed rounding published",
    key="claim vantage", must={"vantage": ["pseudo-real time", "as known now"]},
)  # fmt: skip


def filled(schema: Schema, frequency: str = "", *, both: bool = False, one: str = "") -> Check:
    """Describe a frame with rows: of a frequency, both flows, or of one partner or flow."""

    def read(given: object, name: str) -> pd.DataFrame:
        frame = validate(given, schema)
        if frame.empty:
            raise ValueError(f"{name} must have rows, got none")
        if frequency:
            _right(pd.PeriodIndex(frame["period"]), len(frame), name, frequency, 1)
        lacking = [flow for flow in codes.FLOWS if both and not (frame["flow"] == flow).any()]
        if lacking:
            raise ValueError(f"{name} must have exports and imports, got no {lacking[0]}")
        for column in one.split():
            if len(held := frame[column].unique()) > 1:
                raise ValueError(
                    f"{name} must be of one {column}, got {', '.join(held)}: keep one, "
                    f"frame[frame[{column!r}] == {held[0]!r}]"
                )
        return frame

    return read


def series(frequency: str = "", *, least: int = 1, told: bool = False) -> Check:
    """Describe a series that a function takes."""

    def read(given: object, name: str) -> pd.Series:
        known = read_series(given, name).dropna()
        _right(known.index, len(known), name, frequency, least)
        return _told(known, name) if told else known

    return read


def series_or(schema: Schema) -> Check:
    """Describe what may be one series, or a frame of several."""

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
    """Describe series side by side that a function takes, as `series` does one."""

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


def _right(index: pd.PeriodIndex, count: int, name: str, frequency: str, least: int) -> None:
    """Refuse another frequency, or too little."""
    if frequency and count and index.freqstr[0] != frequency:
        got = FREQUENCIES[index.freqstr[0]]
        raise ValueError(f"{name} must be {FREQUENCIES[frequency]}, got {got}")
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
        "str": lambda given, n: codes.text(n, given), "float": _known, "pd.Series": series(),
        "int": lambda given, n: codes.whole(n, given, 0),
        "bool": lambda given, n: codes.flag(n, given),
    }  # fmt: skip
    kind = kinds.get(annotation.removesuffix(" | None"), lambda given, n: given)
    return _or_unknown(kind) if annotation.endswith(" | None") else kind


def _written(annotation: object) -> str:
    """Write an annotation as its module does, whether Python has evaluated it or not."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return text.strip("'\"").replace("pandas.", "pd.")


def _or_unknown(kind: Check) -> Check:
    """Let what is not known pass as it is."""

    def checked(given: object, name: str) -> object:
        unknown = given is None or (isinstance(given, float) and np.isnan(given))
        return given if unknown else kind(given, name)

    return checked


def anything(given: object, _: str) -> object:
    """Let pass what the function itself reads."""
    return given


def parts(given: object, name: str) -> pd.Series:
    """Read numbers that stand beside each other, none missing, such as the shares of one total."""
    values = read_values(given, name)
    if values.empty or values.isna().any():
        raise ValueError(f"{name} must hold known numbers, one at least, got {len(values)}")
    return values


def by_flow(given: object, name: str) -> pd.Series:
    """Read numbers by partner and flow."""
    values = read_values(given, name)
    flows = (*codes.FLOWS, "total")
    right = [isinstance(k, tuple) and len(k) == 2 and k[1] in flows for k in values.index]
    wrong = values.index[[not good for good in right]]
    if len(wrong):
        raise ValueError(f"{name} must be by partner and flow, got {wrong[0]!r}")
    return values


def keyed(*names: object) -> Check:
    """Describe numbers that stand under given names."""

    def read(given: object, name: str) -> object:
        if not isinstance(given, Mapping | pd.Series) or any(n not in given for n in names):
            said = ", ".join(map(str, names))
            raise ValueError(f"{name} must hold {said}, got {described(given)}")
        for one in names:
            value = given[one]
            read = number(value)
            if read is None or not np.isfinite(read):
                raise ValueError(f"{name} must hold a known number for {one}, got {value!r}")
        return given

    return read


def read_draws(given: object, name: str) -> pd.DataFrame:
    """Read simulated paths: a look at the columns alone, since there are many rows."""
    columns = "reporter partner flow product model currency origin period"
    return having(given, name, "project", columns, known="value horizon draw")


def read_rates(given: object, name: str) -> pd.DataFrame:
    """Read simulated rates: a row a draw, a column a year."""
    years = list(given.columns) if isinstance(given, pd.DataFrame) else []
    if not years or not all(isinstance(year, pd.Period) for year in years):
        raise ValueError(f"{name} must be from `project_rate`, got {described(given)}")
    return having(given, name, "project_rate", known=years, named=True)


def read_economy(given: object, name: str) -> str:
    """Read the code of an economy or a region."""
    return codes.one_of(name, given, codes.ECONOMIES)


def read_year(given: object, name: str) -> str:
    """Read a year of the calendar."""
    return str(read_period(given, "Y-DEC", name))


def _known(given: object, name: str) -> float:
    """Return what is a number."""
    read = number(given)
    if read is None or not np.isfinite(read):
        raise ValueError(f"{name} must be a finite number, got {given!r}")
    return given if isinstance(given, int | float) else read
