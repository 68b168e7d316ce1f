"""
Draws as a matrix: a row a series, model and period, a column a draw.

What can be asked of draws is arithmetic on all of them at once. In the long frame of DRAWS a
million labels would stand in the way of it; here each is kept once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from silktrade.schema import DRAWS, validate

HEAD = [key for key in DRAWS.key if key != "draw"]


class Matrix(NamedTuple):
    """
    Draws, laid out wide.

    Attributes
    ----------
    heads : DataFrame
        One row a row of `values`, with a RangeIndex; of DRAWS the key without `draw`, sorted.
    values : array of float
        Heads x draws, NaN where a draw is missing.
    draws : array of int
        The number of each column, increasing.
    """

    heads: pd.DataFrame
    values: np.ndarray
    draws: np.ndarray


def wide(draws: pd.DataFrame, value: str = "value", head: Sequence[str] = HEAD) -> Matrix:
    """
    Lay draws out as a matrix.

    Parameters
    ----------
    draws : DataFrame
        DRAWS, or the growth of draws; in any order.
    value : str
        The column that is laid out.
    head : sequence of str
        The columns that name a row of the matrix; by default the key of DRAWS without `draw`.

    Returns
    -------
    Matrix
        Sorted by key.

    Examples
    --------
    >>> from silktrade import load_trade, project
    >>> paths = project(load_trade(), 2, draws=100)
    >>> wide(paths).values.shape
    (20, 100)
    """
    first = np.zeros(len(draws), dtype=bool)
    first[:1] = True
    head = list(head)
    for key in head:  # labels change once in a thousand rows: only there they are looked at
        labels = _plain(draws[key])
        first[1:] |= labels[1:] != labels[:-1]
    starts = draws.loc[first, head]
    heads = starts.drop_duplicates().sort_values(head, ignore_index=True)
    row = starts.groupby(head).ngroup().to_numpy()[np.cumsum(first) - 1]
    column, numbers = pd.factorize(draws["draw"].to_numpy(), sort=True)
    values = np.full((len(heads), len(numbers)), np.nan)
    values[row, column] = draws[value]
    return Matrix(heads, values, numbers)


def _plain(labels: pd.Series) -> np.ndarray:
    """Give labels as an array that is quick to compare."""
    periods = isinstance(labels.dtype, pd.PeriodDtype)
    return labels.array.asi8 if periods else labels.to_numpy()


def long(paths: Matrix, name: str = "value") -> pd.DataFrame:
    """
    Lay a matrix out as a long frame.

    Parameters
    ----------
    paths : Matrix
        Draws.
    name : str
        The column of the values.

    Returns
    -------
    DataFrame
        The columns of the heads, `draw` and `name`, in the order of the matrix, with a RangeIndex;
        no rows where a value is NaN.

    Examples
    --------
    >>> from silktrade import load_trade, project
    >>> paths = project(load_trade(), 1, draws=100)
    >>> long(wide(paths)).equals(paths.drop(columns="currency"))
    True
    """
    heads, values, draws = paths
    frame = heads.take(np.repeat(np.arange(len(heads)), len(draws))).reset_index(drop=True)
    frame = frame.assign(draw=np.tile(draws, len(heads)), **{name: values.ravel()})
    known = ~np.isnan(values.ravel())
    return frame if known.all() else frame[known].reset_index(drop=True)


def as_draws(paths: Matrix, currency: str) -> pd.DataFrame:
    """
    Lay a matrix out as DRAWS.

    Parameters
    ----------
    paths : Matrix
        Draws.
    currency : str
        Of the values.

    Returns
    -------
    DataFrame
        DRAWS.

    Raises
    ------
    ValueError
        If the frame breaks a rule of DRAWS.

    Examples
    --------
    >>> from silktrade import load_trade, project
    >>> paths = project(load_trade(), 1, draws=100)
    >>> as_draws(wide(paths), "USD").equals(paths)
    True
    """
    _keep_rules(paths, currency)
    return long(paths).assign(currency=currency)


def checked(draws: pd.DataFrame) -> Matrix:
    """
    Lay DRAWS out as a matrix, if they keep the rules.

    Parameters
    ----------
    draws : DataFrame
        DRAWS.

    Returns
    -------
    Matrix
        As `wide` gives it.

    Raises
    ------
    ValueError
        If the frame breaks a rule of DRAWS.

    Examples
    --------
    >>> from silktrade import load_trade, project
    >>> paths = project(load_trade(), 1, draws=100)
    >>> checked(paths).values.shape
    (10, 100)
    """
    none = validate(draws.head(0), DRAWS)
    if (draws[none.columns].dtypes == none.dtypes).all():  # nothing is to be converted
        paths, currencies = wide(draws), draws["currency"].unique()
        with contextlib.suppress(ValueError):
            if np.isfinite(paths.values).sum() == len(draws) and len(currencies) == 1:
                _keep_rules(paths, currencies[0])
                return paths
    return wide(validate(draws, DRAWS))  # which looks at all rows, to name those that are wrong


def _keep_rules(paths: Matrix, currency: str) -> None:
    """Check draws by the lowest and the highest of every row: what they keep, all others keep."""
    ends = np.stack([np.nanmin(paths.values, axis=1), np.nanmax(paths.values, axis=1)], axis=1)
    validate(long(Matrix(paths.heads, ends, np.arange(2))).assign(currency=currency), DRAWS)
