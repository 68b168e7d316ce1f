"""
Draws as a matrix: a row a series, model and period, a column a draw.

What can be asked of draws is arithmetic on all of them at once. In the long frame of DRAWS a
million labels would stand in the way of it; here each is kept once.
"""

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade.schema import DRAWS, validate

HEAD = [key for key in DRAWS.key if key != "draw"]


class Matrix(NamedTuple):
    """Draws, laid out wide."""

    # One row a row of `values`, with a RangeIndex; of DRAWS the key without `draw`, sorted.
    heads: pd.DataFrame
    values: np.ndarray  # heads x draws, NaN where a draw is missing
    draws: np.ndarray  # the number of each column, increasing


def wide(draws: pd.DataFrame, value: str = "value", head: Sequence[str] = HEAD) -> Matrix:
    """Lay draws out as a matrix."""
    first = np.zeros(len(draws), dtype=bool)
    first[:1] = True
    labels = [_plain(draws[key]) for key in head]
    for values in labels:  # they change once in a thousand rows: only there they are looked at
        first[1:] |= values[1:] != values[:-1]
    starts = np.flatnonzero(first)
    keys = list(zip(*(values[starts].tolist() for values in labels), strict=True))
    found = dict(zip(keys, starts, strict=True))
    order = {key: row for row, key in enumerate(sorted(found))}
    heads = draws.take([found[key] for key in order])[list(head)].reset_index(drop=True)
    row = np.array([order[key] for key in keys], dtype=int)[np.cumsum(first) - 1]
    column, numbers = pd.factorize(draws["draw"].to_numpy(), sort=True)
    values = np.full((len(heads), len(numbers)), np.nan)
    values[row, column] = draws[value]
    return Matrix(heads, values, numbers)


def _plain(labels: pd.Series) -> np.ndarray:
    """Give labels as an array that is quick to compare."""
    periods = isinstance(labels.dtype, pd.PeriodDtype)
    return labels.array.asi8 if periods else labels.to_numpy()


def long(paths: Matrix, name: str = "value") -> pd.DataFrame:
    """Lay a matrix out as a long frame."""
    heads, values, draws = paths
    frame = heads.take(np.repeat(np.arange(len(heads)), len(draws))).reset_index(drop=True)
    frame = frame.assign(draw=np.tile(draws, len(heads)), **{name: values.ravel()})
    known = ~np.isnan(values.ravel())
    return frame if known.all() else frame[known].reset_index(drop=True)


def as_draws(paths: Matrix, currency: str) -> pd.DataFrame:
    """Lay a matrix out as DRAWS."""
    _keep_rules(paths, currency)
    return long(paths).assign(currency=currency)


def checked(draws: pd.DataFrame) -> Matrix:
    """Lay DRAWS out as a matrix, if they keep the rules."""
    none = validate(draws.head(0), DRAWS)
    if (draws[none.columns].dtypes == none.dtypes).all():  # nothing is to be converted
        with contextlib.suppress(ValueError, TypeError):  # labels that are missing have no order
            paths, currencies = wide(draws), draws["currency"].unique()
            if np.isfinite(paths.values).sum() == len(draws) and len(currencies) == 1:
                _keep_rules(paths, currencies[0])
                return paths
    return wide(validate(draws, DRAWS))  # which looks at all rows, to name those that are wrong


def _keep_rules(paths: Matrix, currency: str) -> None:
    """Check draws by the lowest and the highest of every row: what they keep, all others keep."""
    ends = np.stack([np.nanmin(paths.values, axis=1), np.nanmax(paths.values, axis=1)], axis=1)
    validate(long(Matrix(paths.heads, ends, np.arange(2))).assign(currency=currency), DRAWS)
