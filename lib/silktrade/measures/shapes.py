"""The three shapes of what is measured: one series, series side by side, a TRADE frame."""

from collections.abc import Callable

import pandas as pd

from silktrade import codes
from silktrade.schema import SERIES, TRADE, validate
from silktrade.series import read_series, read_wide

Measure = Callable[[pd.Series], pd.Series]


def is_trade(data: object) -> bool:
    """Tell a TRADE frame from series side by side: it names its columns, however they are cased."""
    named = {*TRADE.all_columns} - {"period"}
    return isinstance(data, pd.DataFrame) and any(str(c).casefold() in named for c in data.columns)


def counted(data: pd.Series | pd.DataFrame, unit: str) -> pd.Series | pd.DataFrame:
    """Let what was measured say its own unit, which is not that of the values."""
    data.attrs = {**data.attrs, "unit": unit}
    return data


def unit_of(data: object) -> str:
    """Give the unit that data say of themselves, in words."""
    said = getattr(data, "attrs", {})
    currency = data["currency"].iloc[0] if is_trade(data) and len(data) else said.get("currency")
    return str(said.get("unit") or codes.CURRENCY_LABELS.get(currency, ""))


def each(data: pd.Series | pd.DataFrame, measure: Measure) -> pd.Series | pd.DataFrame:
    """Measure one series, or each of those that stand side by side."""
    if not isinstance(data, pd.DataFrame):
        values = read_series(data, "data")
        out = measure(values)
        out.attrs = values.attrs
        return out
    wide = read_wide(data, "data")
    out = pd.concat([measure(wide[c]) for c in wide], axis=1, keys=wide.columns).sort_index()
    out.columns = wide.columns
    out.attrs = wide.attrs
    return out


def by_series(
    data: pd.Series | pd.DataFrame, measure: Measure, column: str
) -> pd.Series | pd.DataFrame:
    """Measure each series of whatever shape; of TRADE a row a period, in the currency's column."""
    if not is_trade(data):
        return each(data, measure)
    trade = validate(data, TRADE)
    columns = [*SERIES, "period", column, "currency"]
    parts = [
        measure(group.set_index("period")["value"].rename(key[1])).rename(column).reset_index()
        .assign(**dict(zip(SERIES, key, strict=True)))
        for key, group in trade.groupby(list(SERIES))
    ]  # fmt: skip
    if not parts:
        return trade.rename(columns={"value": column})[columns]
    out = pd.concat(parts, ignore_index=True).assign(currency=trade["currency"].iloc[0])
    return out[columns]
