"""
Series: the one reader of values in time, of one series or of several side by side.

What it gives is sorted, on a PeriodIndex of months, quarters or years, without repetition, in
floats that are finite or missing. What it cannot read it refuses, naming the period and the cure.
"""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Integral, Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

PER_YEAR = {"M": 12, "Q": 4, "Y": 1}

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-?[Mm]?(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})( 00:00:00)?", re.ASCII)
_HOW = "write pd.Series(values, pd.period_range('2015-01', periods=len(values), freq='M'))"


def read_series(data: pd.Series | pd.DataFrame, name: str = "series") -> pd.Series:
    """Read one series of values by month, quarter or year."""
    if isinstance(data, pd.DataFrame) and data.shape[1] == 1:
        data = data.iloc[:, 0].copy(deep=False)
    if not isinstance(data, pd.Series):
        raise ValueError(f"{name} must be a Series, got {described(data)}: {_cure(data, name)}")
    values, index = data, read_periods(data.index, name)
    if data.dtype != np.float64 or np.isinf(data.to_numpy()).any():
        values = _numbers(data, index, name)
    if index is not data.index:
        values = values.set_axis(index)
    if not values.index.is_monotonic_increasing:
        values = values.sort_index()
    values.attrs = data.attrs
    return values


def read_wide(data: pd.DataFrame, name: str = "totals") -> pd.DataFrame:
    """Read series that stand side by side."""
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if not isinstance(data, pd.DataFrame) or not data.shape[1] or "period" in data:
        raise ValueError(
            f"{name} must be a DataFrame indexed by period with a column a series, got "
            f"{described(data)}: {_cure(data, name)}"
        )
    if isinstance(data.columns, pd.PeriodIndex):
        raise ValueError(f"{name} must have a row a period, got columns of them: turn it, {name}.T")
    twice = data.columns[data.columns.duplicated()]
    if len(twice):
        raise ValueError(
            f"{name} must have each column once, got {twice[0]!r} twice: drop or rename one"
        )
    columns = {c: read_series(data[c], f"{name} of {c}" if name else str(c)) for c in data}
    out = pd.DataFrame(columns).set_axis(data.columns, axis=1)
    out.attrs = data.attrs
    return out


def whole(values: pd.Series, name: str = "series") -> pd.Series:
    """Cut a series to what is known, and refuse a gap in it."""
    known = values.dropna()
    apart = np.diff(known.index.asi8)
    if (apart == 1).all():
        return known
    missing = known.index[np.flatnonzero(apart > 1)[-1]] + 1
    last = known.index[np.flatnonzero(apart > 1)[-1] + 1] - 1
    raise ValueError(
        f"{name} must have no gap, got none for {missing}: take what comes after it, "
        f"series[series.index > '{last}']"
    )


def read_values(data: pd.Series, name: str = "values") -> pd.Series:
    """Read numbers that stand in no order of time, such as the parts of one total."""
    if isinstance(data, pd.DataFrame) and data.shape[1] == 1:
        data = data.iloc[:, 0]
    if not isinstance(data, pd.Series):
        several = isinstance(data, pd.DataFrame) and data.shape[1] > 1
        cure = f"take a column, frame[{_figure(data)!r}], or a row, frame.iloc[-1]" if several \
            else "write pd.Series(values)"  # fmt: skip
        raise ValueError(f"{name} must be a Series, got {described(data)}: {cure}")
    return _numbers(data, data.index, name)


def read_period(given: str | int | pd.Period, frequency: str, name: str = "period") -> pd.Period:
    """Read one period of a series."""
    kind = frequency[0]
    year = isinstance(given, Integral) and not isinstance(given, bool)
    read = _text(str(given) if year else given)
    if read is None or read[0][0] != kind:
        such = {
            "M": "month such as 2024-03",
            "Q": "quarter such as 2024Q1",
            "Y": "year such as 2024",
        }
        finer = read is not None and "YQMD".index(read[0][0]) > "YQM".index(kind)
        cure = f": write {str(pd.Period(read[1]).asfreq(frequency))!r}" if finer else ""
        raise ValueError(f"{name} must be a {such[kind]}, got {_short(given)}{cure}")
    return pd.Period(read[1], frequency)


def read_periods(index: pd.Index, name: str = "series") -> pd.PeriodIndex:
    """Read an index as months, quarters or years."""
    periods = index if isinstance(index, pd.PeriodIndex) else _periods(index, name)
    if periods.hasnans:
        place = int(np.flatnonzero(periods.isna())[0])
        raise ValueError(
            f"{name} must have a period for each value, got none in row {place}: leave it out, "
            "series[series.index.notna()]"
        )
    frequency = periods.freqstr
    if frequency[0] not in PER_YEAR or periods.dtype.freq.n != 1:
        raise ValueError(
            f"{name} must be of months, quarters or years, got frequency {frequency!r}: "
            f"{_added(periods, frequency)}"
        )
    if not periods.is_unique:
        raise ValueError(
            f"{name} must have one value per period, got several for "
            f"{periods[periods.duplicated()][0]}: keep one, or add them up, "
            "series.groupby(level=0).sum()"
        )
    return periods


def number(value: object) -> float | None:
    """Read one number."""
    if value is None or value is pd.NA or value is pd.NaT:
        return np.nan
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, Real | Decimal):
        try:
            return float(value)
        except OverflowError:
            return np.inf
    text = value.strip() if isinstance(value, str) else ""
    return float(text) if _NUMBER.fullmatch(text) else None


def read_array(data: ArrayLike, name: str, dimensions: int = 1) -> NDArray[np.float64]:
    """Read numbers without an index."""
    try:
        array = np.asarray(data)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind in "OUS":
        read = [number(value) for value in array.ravel()]
        wrong = None in read
        array = np.array([np.nan if v is None else v for v in read], float).reshape(array.shape)
    else:
        wrong = array.dtype.kind not in "iuf"
        array = array if wrong else array.astype(float, copy=False)
    if wrong or array.ndim != dimensions or np.isinf(array).any():
        rows = " by row and column" if dimensions == 2 else ""
        raise ValueError(f"{name} must be finite numbers{rows}, got {_short(data)}")
    return array


def described(data: object) -> str:
    """Say what was given where a series or a frame was asked for."""
    if isinstance(data, pd.DataFrame):
        return f"a DataFrame of {data.shape[1]} column{'s' * (data.shape[1] != 1)}"
    kind = type(data).__name__
    return "None" if data is None else f"a{'n' * (kind[0] in 'aeiouAEIO')} {kind}"


def _added(periods: pd.PeriodIndex, frequency: str) -> str:
    """Say how to come to months or years from other periods."""
    unit = frequency.lstrip("0123456789")[0]
    if unit == "Y":
        return "give each year"
    longer = "Y" if unit in "QM" else "M"
    days = ".asfreq('D', 'start')" if periods.dtype.freq.n != 1 else ""
    return f"add them up, series.groupby(series.index{days}.asfreq('{longer}')).sum()"


def _periods(index: pd.Index, name: str) -> pd.PeriodIndex:
    """Turn dates, text or years as numbers into Periods."""
    if isinstance(index, pd.MultiIndex):
        raise ValueError(
            f"{name} must be indexed by period alone, got {index.nlevels} levels: take one series, "
            f"series.loc[{index[0][:-1] if index.nlevels > 2 else index[0][0]!r}]"
        )
    if isinstance(index, pd.DatetimeIndex):
        return _from_dates(index, name)
    if len(index) == 0:
        return pd.PeriodIndex([], freq="M", name=index.name)
    if index.dtype.kind in "iu" and index.min() >= 1500 and index.max() <= 2500:
        index = index.astype(str)
    values = list(index)
    if all(isinstance(v, pd.Period) for v in values) and len({v.freqstr for v in values}) == 1:
        return pd.PeriodIndex(values, name=index.name)
    read = [_text(v) for v in values]
    wrong = [v for v, r in zip(values, read, strict=True) if r is None]
    if wrong:
        raise ValueError(
            f"{name} must be indexed by months, quarters or years, got {_short(wrong[0])}: {_HOW}"
        )
    kinds = {kind: v for (kind, _), v in zip(read, values, strict=True)}
    if len(kinds) > 1:
        seen = " and ".join(str(v) for v in kinds.values())
        raise ValueError(f"{name} must be of one frequency, got {seen}: keep one of them")
    texts = [text for _, text in read]
    if "D" in kinds:
        return _from_dates(pd.DatetimeIndex(texts, name=index.name), name)
    return pd.PeriodIndex(texts, freq=next(iter(kinds)), name=index.name)


def _text(value: object) -> tuple[str, str] | None:
    """Tell the frequency of a period's text, and write it as pandas does."""
    text = str(value).strip() if isinstance(value, str) or hasattr(value, "isoformat") else ""
    text = text.split(" ")[0] if text.endswith(" 00:00:00") else text
    if isinstance(value, pd.Period):
        return value.freqstr, str(value)
    if _YEAR.fullmatch(text) and text > "0000":
        return "Y", text
    if (month := _MONTH.fullmatch(text)) and not text.isdigit():
        return "M", f"{month[1]}-{month[2]}"
    if quarter := _QUARTER.fullmatch(text):
        return "Q", f"{quarter[1]}Q{quarter[2]}"
    if _DAY.fullmatch(text):
        try:
            return "D", str(pd.Timestamp(text).date())
        except ValueError:
            return None
    return None


def _from_dates(index: pd.DatetimeIndex, name: str) -> pd.PeriodIndex:
    """Tell from dates whether they are months, quarters or years."""
    if index.tz is not None:
        raise ValueError(
            f"{name} must be indexed without a time zone, got {index.tz}: take it off, "
            "series.tz_localize(None)"
        )
    months = index.to_period("M")
    if index.hasnans:
        return months
    if not index.is_unique:
        return index.to_period(_from_dates(index.unique(), name).freqstr)
    if not months.is_unique:
        raise ValueError(
            f"{name} must be of months, quarters or years, got several dates in "
            f"{months[months.duplicated()][0]}: add them up, "
            "series.groupby(pd.PeriodIndex(series.index, freq='M')).sum()"
        )
    given = "" if index.freq is None else index.freqstr[0]
    if given not in PER_YEAR and len(index) > 1:
        apart = int(np.gcd.reduce(np.diff(np.sort(months.asi8))))
        given = "Y" if apart % 12 == 0 else "Q" if apart % 3 == 0 else "M"
    if len(index) and given not in PER_YEAR:
        raise ValueError(
            f"{name} must tell months from quarters and years, got one date, {index[0].date()}: "
            f"write {index[0]:%Y-%m} or {index[0]:%Y} for it, or name the frequency, "
            "series.set_axis(pd.PeriodIndex(series.index, freq='M'))"
        )
    return index.to_period(given or "M")


def _numbers(data: pd.Series, index: pd.PeriodIndex, name: str) -> pd.Series:
    """Take the values as floats, NaN where missing, and refuse what is no finite number."""
    if data.dtype.kind in "iuf" and isinstance(data.dtype, np.dtype):
        numbers = data.to_numpy(dtype=float)
        wrong = np.zeros(len(data), bool)
    else:
        read = [number(v) for v in data.array]
        wrong = np.array([v is None for v in read], bool)
        numbers = np.array([np.nan if v is None else v for v in read], float)
    for mask, rule in ((wrong, "hold numbers"), (np.isinf(numbers), "be finite")):
        if mask.any():
            at = int(np.flatnonzero(mask)[0])
            cure = f"correct it, or leave it out, series.drop(series.index[{at}])"
            raise ValueError(
                f"{name} must {rule}, got {_short(data.iloc[at])} for {index[at]}: "
                f"{'give numbers' if mask.sum() > 1 else cure}"
            )
    return pd.Series(numbers, data.index, name=data.name)


def _cure(data: object, name: str) -> str:
    """Say how to make a series of what was given."""
    if isinstance(data, pd.DataFrame) and "period" in data:
        keys = [key for key in ("partner", "economy", "flow") if key in data]
        wide = f"rows.pivot(index='period', columns={keys!r}, values={_figure(data)!r})"
        return f"lay its rows out, {wide}" if keys else f"write {name}.set_index('period')"
    if isinstance(data, pd.DataFrame) and data.shape[1]:
        return f"take one, such as series[{(name if name in data else _figure(data))!r}]"
    if isinstance(data, pd.Index):
        return "give the values with it, pd.Series(values, index)"
    return _HOW


def _figure(data: pd.DataFrame) -> object:
    """Name the first column of numbers, or the first of all."""
    return [*data.select_dtypes("number"), *data][0]


def _short(value: object) -> str:
    """Quote a value, cut where it is long."""
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."
