"""
Frames that functions of the library make for each other, and the check that one is what it should.

A schema is for what is loaded and kept; a result has the columns that its function says, and here
it is only asked for those that its reader needs.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.columns import Mask, all_in, floats, missing_in
from silktrade.series import described

_TEXTS = """
arithmetic basis channel claim coverage currency dataset driver economy effect exporter finding flow
hub importer indicator kind label method metric model note obs_status part partner partners product
publisher reference reporter scenario source statement study title unit vantage verdict why
"""
# What a column holds, whatever table it stands in; in one that is not named here numbers stand.
KINDS: dict[object, str] = {
    **dict.fromkeys(_TEXTS.split(), "text"),
    **dict.fromkeys(("origin", "period"), "periods"),
    **dict.fromkeys(("date", "published", "released"), "days"),
    **dict.fromkeys(("chosen", "credible"), "truths"),
}
# Columns of few words, whatever table they stand in.
WORDS: dict[object, tuple[str, ...]] = {
    "channel": tuple(codes.CHANNELS),
    "currency": codes.CURRENCIES,
    "driver": ("energy", "rest"),
    "effect": ("own", "lent", "none"),
    "flow": tuple(codes.FLOW_LABELS),
    "obs_status": tuple(codes.OBS_STATUS),
    "vantage": ("pseudo-real time", "as known now"),
}


def having(
    frame: pd.DataFrame,
    name: str,
    maker: str,
    columns: str = "",
    *,
    text: str = "",
    number: str | Iterable[object] = "",
    known: str | Iterable[object] = "",
    period: str = "",
    day: str = "",
    also: str = "",
    levels: str = "",
    key: str = "",
    must: dict[str, Iterable[str]] | None = None,
    named: bool = False,
    empty: bool = True,
) -> pd.DataFrame:
    """Return a table that another function made, or say what it lacks."""
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{name} must be from `{maker}`, got {described(frame)}")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"{name} must be from `{maker}`, got column {twice} twice: drop one")
    kinds = {
        "text": text, "finite numbers": number, "known numbers": known, "periods": period,
        "days": day, "anything": also,
    }  # fmt: skip
    wanted = [(column, KINDS.get(column, "finite numbers")) for column in columns.split()]
    wanted += [
        (column, what)
        for what, asked in kinds.items()
        for column in (asked.split() if isinstance(asked, str) else asked)
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
        _hold(values, KINDS.get(level, "finite numbers"), name)
    held = {k: parts.get(k, frame.get(k)) for k in [*key.split(), *(must or {})]}
    _name_rows(frame.index.to_frame() if named else pd.DataFrame(), name)
    _name_rows(pd.DataFrame({k: held[k].to_numpy() for k in key.split()}), name)
    for column, values in (must or {}).items():
        lacking = [v for v in values if not (held[column] == v).any()]
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
        return finite if what == "known numbers" else finite | missing_in(values)
    if what == "text" and values.name in WORDS:
        if all_in(values, WORDS[values.name]):
            return np.ones(len(values), bool)
        return values.isin(WORDS[values.name]).to_numpy()
    if what == "text" and values.dtype != "str":
        return np.array([isinstance(value, str) for value in values], bool)
    if what in ("text", "periods", "days"):
        right = {
            "text": True, "days": values.dtype.kind == "M" and values.dt.tz is None,
            "periods": isinstance(values.dtype, pd.PeriodDtype)
            and values.array.freqstr in codes.FREQUENCIES.values(),
        }[what]  # fmt: skip
        return ~missing_in(values) & right
    return np.full(len(values), what == "anything" or values.dtype == np.bool_)


def sources_of(*frames: object) -> list[str]:
    """List who published what frames and series hold, each once, in the order of appearance."""
    found: dict[str, None] = {}
    for frame in frames:
        if not isinstance(frame, pd.DataFrame | pd.Series):
            continue
        column = frame.get("source") if isinstance(frame, pd.DataFrame) else None
        told = isinstance(column, pd.Series)
        texts = column.astype(str).unique() if told else [frame.attrs.get("source", "")]
        found |= dict.fromkeys(part for text in texts for part in str(text).split(", ") if part)
    return list(found)


def last_day(*frames: object) -> str | None:
    """Give the last day on which what frames and series hold had to be public, as YYYY-MM-DD."""
    held = (f for f in frames if isinstance(f, pd.DataFrame | pd.Series))
    return max((str(f.attrs["as_of"]) for f in held if f.attrs.get("as_of")), default=None)
