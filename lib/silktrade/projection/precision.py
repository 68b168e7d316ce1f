"""How far another seed would move what draws say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import takes
from silktrade.frames import having
from silktrade.projection.matrix import wide


@takes()
def simulation_error(
    draws: pd.DataFrame, value: str = "value", *, quantile: float = 0.5
) -> pd.Series:
    r"""
    Measure the standard error that the number of draws leaves in a quantile of theirs.

    Parameters
    ----------
    draws : DataFrame
        DRAWS, or the growth of draws.
    value : str
        The column that is summarised.
    quantile : float
        Probability in (0, 1); the median by default.

    Returns
    -------
    Series
        Indexed as `intervals`, in the unit of `value`: NaN where a draw has no value.

    Raises
    ------
    ValueError
        If the quantile is not between 0 and 1.

    Notes
    -----
    .. math:: s = (x_{(n(q + d))} - x_{(n(q - d))}) / 2, \qquad d = \sqrt{q (1 - q) / n},

    with :math:`x_{(k)}` the k-th of n draws in order: the interval of order statistics that holds
    a quantile in two cases of three. Draws are taken for independent; where they are spread more
    evenly than chance would, it is an upper bound.

    References
    ----------
    .. [1] Woodruff, R. S. (1952). Confidence intervals for medians and other position measures.
       Journal of the American Statistical Association 47(260).

    Examples
    --------
    >>> from silktrade import aggregate, load_trade, project
    >>> drawn = project(load_trade(), 1, draws=400)
    >>> paths = aggregate(drawn, partners=True, flows=True)
    >>> bool((simulation_error(paths) > 0).all())
    True
    """
    quantile = codes.fraction("quantile", quantile)
    draws = having(
        draws, "draws", "project", text="reporter partner flow product model",
        known="horizon draw", number=[value], period="origin period", empty=False,
    )  # fmt: skip
    paths = wide(draws, value)
    reach = np.sqrt(quantile * (1 - quantile) / paths.values.shape[1])
    around = np.clip([quantile - reach, quantile + reach], 0, 1)
    low, high = np.quantile(paths.values, around, axis=1)
    index = pd.MultiIndex.from_frame(paths.heads)
    return pd.Series((high - low) / 2, index=index, name="error")
