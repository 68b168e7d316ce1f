"""Bridge what is missing within a series, for models that need every value."""

import numpy as np

from silktrade.models.seasonality import Array, adjust_shrunk

# The season is estimated from the bridged series: the second round settles it.
ROUNDS = 2


def bridge(values: Array, period: int) -> Array:
    """
    Fill gaps within a series by what a random walk with season would most likely have done.

    Parameters
    ----------
    values : array of float
        The series, in time order, NaN where missing; neither the first nor the last value is.
    period : int
        Observations in a year.

    Returns
    -------
    array of float
        The series without gaps; as it was where nothing is missing.

    Notes
    -----
    Given both ends of a gap, the mean of a random walk lies on the straight line between them:
    here on that of the seasonally adjusted series, or of its logarithm where all values are
    positive. It only lets models run; no such value is ever reported, and the width of intervals
    is learned from observed values alone.

    References
    ----------
    .. [1] Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter,
       section 3.6. Cambridge University Press.

    Examples
    --------
    >>> bridge(np.array([1.0, np.nan, 4.0]), 1).round(6)
    array([1., 2., 4.])
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    filled = between(values, values[~missing].min() > 0)
    for _ in range(ROUNDS):
        adjusted = adjust_shrunk(filled, period, 1)
        season = filled / adjusted.values if adjusted.multiplicative else filled - adjusted.values
        plain = np.where(missing, np.nan, adjusted.values)
        bridged = between(plain, adjusted.multiplicative)
        whole = bridged * season if adjusted.multiplicative else bridged + season
        filled = np.where(missing, whole, values)
    return filled


def between(values: Array, logarithmic: bool) -> Array:
    """Join the ends of each gap by a straight line, on logarithms if asked for."""
    known = np.flatnonzero(~np.isnan(values))
    heights = np.log(values[known]) if logarithmic else values[known]
    line = np.interp(np.arange(len(values)), known, heights)
    return np.exp(line) if logarithmic else line
