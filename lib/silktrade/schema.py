"""
The frames of the collection, and the check that a frame is what it says.

Every frame is long and plain: one row an observation, sorted by its key, with a `RangeIndex`. A
schema names the key, the other columns, and the rule each column keeps; `validate` returns the
frame with the right dtypes or raises one error that lists every breach with row and column.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.columns import PERIODS, typed
from silktrade.series import described

MOST_BREACHES = 20
_MANY = 8  # columns that are named of another table
_FEW_ROWS = 5  # named of those that break a rule alike


@dataclass(frozen=True)
class Schema:
    """A kind of frame: its key, its other columns, and the rules that hold in it."""

    name: str  # what errors call the frame
    key: tuple[str, ...]  # the columns that identify a row, in sorting order
    columns: tuple[str, ...]  # the other columns, in order
    same: tuple[str, ...] = ()  # columns that hold one single value in a frame
    not_negative: tuple[str, ...] = ()  # number columns that may not be below zero
    summed: bool = False  # whether rows may stand for sums over partners or flows (`CA5`, `total`)
    # Columns in which a value may be missing: text is then empty, a number NaN.
    optional: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # codes that may stand as a flow besides those of trade

    @property
    def all_columns(self) -> list[str]:
        """Key and other columns, in order."""
        return [*self.key, *self.columns]


_PROVENANCE = ("obs_status", "source", "vintage", "released")
SERIES = ("reporter", "partner", "flow", "product")  # what names one series of flows
_FLOW_KEY = (*SERIES, "period")
_VALUED = ("value", "currency", "valuation")
_DRAW_KEY = (*SERIES, "model", "origin", "horizon", "period")

TRADE = Schema("TRADE", _FLOW_KEY, (*_VALUED, *_PROVENANCE), ("currency",), ("value",))
YEAR_TO_DATE = Schema(  # no growth is printed where there was nothing a year before
    "YEAR_TO_DATE", _FLOW_KEY, (*_VALUED, "growth", *_PROVENANCE), ("currency",), ("value",),
    optional=("growth",),
)  # fmt: skip
TOTALS = Schema(
    "TOTALS",
    ("reporter", "partner", "product", "period"),
    ("value", "currency", *_PROVENANCE),
    ("currency",),
    ("value",),
)
INDICATOR = Schema("INDICATOR", ("economy", "indicator", "period"), ("value", "unit", *_PROVENANCE))
_TOLD = ("value", "unit", "source", "vintage")
OPINION = Schema("OPINION", ("institution", "economy", "indicator", "period", "released"), _TOLD)
OUTLOOK = Schema("OUTLOOK", ("economy", "indicator", "edition", "period"), (*_TOLD, "released"))
PRINTED = Schema(
    "PRINTED",
    ("reporter", "partner", "product", "start", "period"),
    ("value", "currency", "growth", *_PROVENANCE),
    ("currency",),
    ("value",),
    optional=("growth",),
)
CLAIMS = Schema(
    "CLAIMS",
    ("claim",),
    ("statement", "published", "publisher", "measure", "reporter", "partner", "flow",
     "period_start", "period_end", "value", "unit", "comparison", "decimals"),
    summed=True,
    optional=("value", "unit", "decimals"),
    also=("gdp",),
)  # fmt: skip
EVENTS = Schema("EVENTS", ("date", "title"), ("kind", "partners", "source", "vintage"))
SCENARIO = Schema(
    "SCENARIO",
    ("scenario", "channel", "economy"),
    ("label", "value", "unit", "over", "basis", "source", "vintage"),
)
OUTLINE = Schema(
    "OUTLINE", ("economy", "part", "point"), ("longitude", "latitude", "source", "vintage")
)
ELASTICITY = Schema(
    "ELASTICITY",
    ("channel", "flow", "study"),
    ("low", "high", "finding", "reference", "source", "vintage"),
    optional=("low", "high"),
)
DRAWS = Schema(
    "DRAWS", (*_DRAW_KEY, "draw"), ("value", "currency"), ("currency", "origin"), ("value",), True
)
FORECAST = Schema(
    "FORECAST", (*_DRAW_KEY, "quantile"), ("value", "currency"), ("currency", "origin"), (), True
)
_KINDS = (
    TRADE, YEAR_TO_DATE, TOTALS, PRINTED, INDICATOR, OPINION, OUTLOOK, CLAIMS, EVENTS, SCENARIO,
    ELASTICITY, OUTLINE, DRAWS, FORECAST,
)  # fmt: skip
SCHEMAS = {s.name: s for s in _KINDS}

_RATE = re.compile("[A-Z]{3} per [A-Z]{3}")
_ALLOWED: dict[str, tuple[str, ...]] = {
    "flow": codes.FLOWS,
    "currency": codes.CURRENCIES,
    "valuation": codes.VALUATIONS,
    "obs_status": tuple(codes.OBS_STATUS),
    "reporter": tuple(codes.ECONOMIES),
    "partner": tuple(codes.ECONOMIES),
    "economy": tuple(codes.ECONOMIES),
    "measure": codes.MEASURES,
    "channel": tuple(codes.CHANNELS),
}


def validate(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """
    Return the frame with the schema's columns, dtypes and order, or raise one error.

    Parameters
    ----------
    frame : DataFrame
        The rows to check; further columns and any index are dropped. `period` and `origin` are
        pandas Periods, or text in ISO form (`2024`, `2024-03`) of one frequency.
    schema : Schema
        What the frame has to be, such as `TRADE`.

    Returns
    -------
    DataFrame
        A new frame with the schema's columns, sorted by key, with a RangeIndex: codes as text,
        numbers as float64, periods as Periods, days as timestamps.

    Raises
    ------
    ValueError
        One error that lists every breach with row and column: what is missing, an unknown code, a
        number that is negative where it may not be or infinite, a key repeated, frequencies or
        currencies mixed.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{schema.name} frame must be a DataFrame, got {described(frame)}")
    if {*schema.all_columns} & {*frame.index.names} - {*frame.columns}:
        frame = frame.reset_index()
    absent = [_absent(c, frame) for c in schema.all_columns if c not in frame.columns]
    if len(absent) >= len(schema.all_columns) / 2:  # another table altogether
        raise ValueError(
            f"{schema.name} frame must have the columns {', '.join(schema.all_columns)}, got "
            f"{', '.join(map(str, frame.columns[:_MANY])) or 'none'}"
            f"{', …' if len(frame.columns) > _MANY else ''}: take it as a loader gives it"
        )
    if absent:
        refuse(schema, absent)
    if not frame.columns.is_unique:
        twice = [c for c in schema.all_columns if frame.columns.tolist().count(c) > 1]
        if twice:
            refuse(schema, [f"column {c}: stands twice; drop or rename one" for c in twice])
    breaches: list[str] = []
    columns = {
        name: typed(
            frame[name],
            breaches,
            name in schema.optional,
            name in schema.not_negative,
            _allowed(schema, name),
        )
        for name in schema.all_columns
    }
    out = pd.DataFrame({name: values.array for name, values in columns.items()})
    out.attrs = frame.attrs
    breaches += _mixed(out, schema) + _rates(out)
    if breaches:
        refuse(schema, breaches + _repeated(out, schema))
    if _in_order(out, schema):
        return out
    ordered = out.sort_values(list(schema.key), ignore_index=True)
    if not _in_order(ordered, schema) and (repeated := _repeated(out, schema)):
        refuse(schema, repeated)
    return ordered


def empty(schema: Schema, frequency: str = "Y") -> pd.DataFrame:
    """Make a frame of the schema with no rows."""
    none = pd.DataFrame({c: pd.Series([], dtype="str") for c in schema.all_columns})
    for column in set(PERIODS) & set(none.columns):
        none[column] = pd.PeriodIndex([], freq=codes.FREQUENCIES[frequency])
    return validate(none, schema)


def frequency_of(frame: pd.DataFrame) -> str:
    """Tell whether a frame is monthly, quarterly or yearly."""
    return frame["period"].array.freqstr[0]  # "Y-DEC" and "Q-DEC" begin with their letter


def _absent(column: str, frame: pd.DataFrame) -> str:
    """Say that a column is missing, and which may be it."""
    same = [name for name in frame.columns if str(name).strip().casefold() == column]
    return f"column {column}: missing" + (f"; rename {same[0]!r}" if same else "")


def _allowed(schema: Schema, column: str) -> tuple[str, ...] | None:
    """Give the codes that may stand in a column, None where any text may."""
    sums = ("total",) if schema.summed else ()
    allowed = _ALLOWED.get(column)
    return (*allowed, *sums, *schema.also) if column == "flow" and allowed else allowed


def _mixed(frame: pd.DataFrame, schema: Schema) -> list[str]:
    """Name the columns that hold several values where the schema wants one."""
    found = []
    for column in schema.same:
        values = [str(v) for v in frame[column].dropna().unique()]
        if len(values) > 1:
            found.append(f"column {column}: mixes {' and '.join(values)}; keep one a frame")
    return found


def _rates(frame: pd.DataFrame) -> list[str]:
    """Name each exchange rate, its unit a currency per another, that is not above 0."""
    if not {"unit", "value"} <= set(frame):
        return []
    rates = [unit for unit in frame["unit"].unique() if _RATE.fullmatch(str(unit))]
    wrong = frame.loc[frame["unit"].isin(rates) & ~(frame["value"] > 0), "value"]
    return [f"row {i}, column value: an exchange rate must be above 0, got {value:g}"
            for i, value in wrong.items()]  # fmt: skip


def _in_order(frame: pd.DataFrame, schema: Schema) -> bool:
    """Tell whether each key comes after the one above it, so that none stands twice."""
    ahead = np.zeros(max(len(frame) - 1, 0), dtype=bool)  # in a column further left
    for column in schema.key:
        values = frame[column].array
        ranks = values.asi8 if isinstance(values, pd.arrays.PeriodArray) else values.to_numpy()
        if (~ahead & (ranks[1:] < ranks[:-1])).any():
            return False
        ahead |= ranks[1:] > ranks[:-1]
    return bool(ahead.all())


def _repeated(frame: pd.DataFrame, schema: Schema) -> list[str]:
    """Name every row whose key stands above it already."""
    twice = frame[frame.duplicated(list(schema.key))]
    return [
        f"row {i}: repeats the key {' '.join(str(v) for v in row)}"
        for i, row in zip(twice.index, twice[list(schema.key)].to_numpy(), strict=True)
    ]


def refuse(schema: Schema, breaches: list[str]) -> None:
    """Raise the one error that lists the breaches of a frame."""
    rules = _gathered(breaches)
    more = len(rules) - MOST_BREACHES
    lines = [f"  {rule}" for rule in rules[:MOST_BREACHES]]
    lines += [f"  and {more} more"] if more > 0 else []
    many = "1 rule" if len(rules) == 1 else f"{len(rules)} rules"
    raise ValueError(
        f"{schema.name} frame breaks {many}:\n"
        + "\n".join(lines)
        + "\nCorrect these rows at their source and validate again."
    )


def _gathered(breaches: list[str]) -> list[str]:
    """Say once what several rows break alike, with the first of them."""
    alike: dict[str, list[str]] = {}
    for breach in breaches:
        row, mark, rule = breach.partition(", column ")
        said, place = (f"column {rule}", row) if mark else (breach, "")
        alike.setdefault(said, []).append(place)
    return [f"{_rows(places)}{said}" for said, places in alike.items()]


def _rows(places: list[str]) -> str:
    """Name the rows of a breach: "row 3, " or "30 rows (0, 1, 2, …), "."""
    if len(places) == 1:
        return f"{places[0]}, " if places[0] else ""
    numbers = [place.removeprefix("row ") for place in places[:_FEW_ROWS]]
    more = ", …" if len(places) > _FEW_ROWS else ""
    return f"{len(places)} rows ({', '.join(numbers)}{more}), "
