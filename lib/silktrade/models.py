"""
The forecasters: one series in, its point path, its shocks and how they carry forward out.

Every model here is a linear innovations state-space model, so three arrays say all about it: the
point path, the one-step errors by date, and the response of later periods to an error (psi). A
simulated path is the point path plus errors drawn from past dates, carried forward by psi. That is
how series forecast by different models can be drawn jointly, from the same dates.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.structural import UnobservedComponents

SHORTEST_FULL = 10  # observations below which only the random walks are fitted
_STEADY = 60  # periods after which a local linear trend's Kalman gain no longer moves


@dataclass(frozen=True)
class Fit:
    """
    A fitted model of one series.

    Attributes
    ----------
    path : ndarray of float, shape (horizon,)
        The point forecast, on the scale of the values fitted.
    psi : ndarray of float, shape (horizon,)
        What an error of 1 adds 0, 1, 2, … periods later; the first is 1.
    residuals : ndarray of float, shape (n,)
        One-step errors by date, NaN where the value or the one before is not known.
    """

    path: np.ndarray
    psi: np.ndarray
    residuals: np.ndarray

    def simulate(self, errors: np.ndarray) -> np.ndarray:
        r"""
        Carry drawn errors forward along the point path.

        Parameters
        ----------
        errors : ndarray of float, shape (draws, horizon)
            The error of each future period.

        Returns
        -------
        ndarray of float, shape (draws, horizon)
            The simulated values.

        Notes
        -----
        .. math:: y_{T+h} = \hat y_{T+h} + e_{T+h} + \sum_{j=1}^{h-1} \psi_j e_{T+h-j} .

        References
        ----------
        .. [1] Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). Forecasting with
           Exponential Smoothing: The State Space Approach. Springer, chapter 6.

        Examples
        --------
        >>> walk = Fit(np.array([1.0, 2.0]), np.ones(2), np.array([]))
        >>> walk.simulate(np.array([[0.5, 0.0]])).tolist()
        [[1.5, 2.5]]
        """
        horizon = len(self.path)
        lags = np.subtract.outer(np.arange(horizon), np.arange(horizon))
        carry = np.where(lags >= 0, self.psi[np.abs(lags)], 0.0)
        return self.path + errors @ carry.T


def random_walk(values: np.ndarray, horizon: int) -> Fit:
    r"""
    Fit a random walk: the last value, whatever the horizon.

    Parameters
    ----------
    values : ndarray of float
        Equally spaced values, NaN where not known; at least two are.
    horizon : int
        Periods ahead, from 1.

    Returns
    -------
    Fit
        On the scale of `values`.

    Notes
    -----
    .. math:: y_t = y_{t-1} + e_t .

    Examples
    --------
    >>> random_walk(np.array([1.0, 2.0, 4.0]), 2).path.tolist()
    [4.0, 4.0]
    """
    last, _ = _last(values, horizon)
    return Fit(np.full(horizon, values[last]), np.ones(horizon), _steps(values))


def drift(values: np.ndarray, horizon: int) -> Fit:
    r"""
    Fit a random walk with drift: the last value, moved by the mean change.

    Parameters
    ----------
    values : ndarray of float
        Equally spaced values, NaN where not known; at least two are.
    horizon : int
        Periods ahead, from 1.

    Returns
    -------
    Fit
        On the scale of `values`.

    Notes
    -----
    .. math:: y_t = y_{t-1} + \mu + e_t, \qquad \hat\mu = (y_T - y_1)/(T - 1),

    which needs the first and the last value only, so that gaps do no harm.

    Examples
    --------
    >>> drift(np.array([1.0, np.nan, 3.0]), 2).path.tolist()
    [4.0, 5.0]
    """
    last, ahead = _last(values, horizon)
    first = int(np.flatnonzero(np.isfinite(values))[0])
    slope = (values[last] - values[first]) / (last - first)
    return Fit(values[last] + slope * ahead, np.ones(horizon), _steps(values) - slope)


def damped_trend(values: np.ndarray, horizon: int) -> Fit:
    r"""
    Fit exponential smoothing with additive errors and a damped trend, ETS(A,Ad,N).

    Parameters
    ----------
    values : ndarray of float
        Equally spaced values; gaps are bridged by the smoother of a local linear trend, and the
        errors at the bridge are NaN.
    horizon : int
        Periods ahead, from 1.

    Returns
    -------
    Fit
        On the scale of `values`.

    Notes
    -----
    .. math:: y_t = \ell_{t-1} + \phi b_{t-1} + e_t, \quad
              \ell_t = \ell_{t-1} + \phi b_{t-1} + \alpha e_t, \quad
              b_t = \phi b_{t-1} + \beta e_t,

    hence :math:`\psi_j = \alpha + \beta (\phi + \dots + \phi^j)`.

    References
    ----------
    .. [1] Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management
       Science 31(10).

    Examples
    --------
    >>> fit = damped_trend(np.log(np.linspace(100, 200, 20)), 3)
    >>> bool(np.all(np.diff(fit.path) > 0)), fit.psi[0].item()
    (True, 1.0)
    """
    whole, ahead = _bridged(values, horizon)
    with warnings.catch_warnings():
        # Of its optimiser only; a poor fit shows in the residuals, which widen the draws.
        warnings.simplefilter("ignore")
        result = ETSModel(whole, error="add", trend="add", damped_trend=True).fit(disp=0)
        path = result.forecast(int(ahead[-1]))[ahead - 1]
    found = dict(zip(result.param_names, result.params, strict=True))
    alpha, beta, phi = (
        found[f"{p}"] for p in ("smoothing_level", "smoothing_trend", "damping_trend")
    )
    powers = np.cumsum(phi ** np.arange(1, horizon))
    psi = np.concatenate([[1.0], alpha + beta * powers])
    return Fit(path, psi, _masked(np.asarray(result.resid), values))


def theta(values: np.ndarray, horizon: int) -> Fit:
    r"""
    Fit the theta model: simple exponential smoothing with half the slope of a line.

    Parameters
    ----------
    values : ndarray of float
        Equally spaced values; gaps are bridged as in `damped_trend`.
    horizon : int
        Periods ahead, from 1.

    Returns
    -------
    Fit
        On the scale of `values`.

    Notes
    -----
    With :math:`\alpha` and the level of simple exponential smoothing and the slope :math:`b` of a
    least-squares line, the one-step forecast is

    .. math:: \hat y_{t+1} = \ell_t + \tfrac{b}{2}
              \left(\tfrac{1}{\alpha} - \tfrac{(1-\alpha)^t}{\alpha}\right), \qquad
              \psi_j = \alpha .

    References
    ----------
    .. [1] Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model: a decomposition approach
       to forecasting. International Journal of Forecasting 16(4).
    .. [2] Hyndman, R. J. and Billah, B. (2003). Unmasking the Theta method. International Journal
       of Forecasting 19(2).

    Examples
    --------
    >>> theta(np.linspace(1.0, 3.0, 21), 2).psi.shape
    (2,)
    """
    whole, ahead = _bridged(values, horizon)
    if np.ptp(whole) == 0:  # statsmodels takes a constant series for the constant of its own line
        return random_walk(values, horizon)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optimiser only, as in damped_trend
        result = ThetaModel(whole, period=1, deseasonalize=False).fit()
        path = np.asarray(result.forecast(int(ahead[-1])))[ahead - 1]
    alpha, slope = float(result.params["alpha"]), float(result.params["b0"])
    psi = np.concatenate([[1.0], np.full(horizon - 1, alpha)])
    return Fit(path, psi, _masked(_theta_errors(whole, alpha, slope), values))


def local_linear_trend(values: np.ndarray, horizon: int) -> Fit:
    r"""
    Fit a local linear trend in state space; gaps are left as they are.

    Parameters
    ----------
    values : ndarray of float
        Equally spaced values, NaN where not known.
    horizon : int
        Periods ahead, from 1.

    Returns
    -------
    Fit
        On the scale of `values`.

    Notes
    -----
    .. math:: y_t = \mu_t + \varepsilon_t, \quad \mu_t = \mu_{t-1} + \nu_{t-1} + \eta_t, \quad
              \nu_t = \nu_{t-1} + \zeta_t,

    estimated by maximum likelihood with an exact diffuse start. In its steady state the model is in
    innovations form, with the Kalman gain K: :math:`\psi_j = Z T^{j-1} K`.

    References
    ----------
    .. [1] Durbin, J. and Koopman, S. J. (2012). Time Series Analysis by State Space Methods, 2nd
       ed. Oxford University Press, sections 3.2 and 4.10.

    Examples
    --------
    >>> gap = np.log(np.linspace(100, 200, 20))
    >>> gap[10:12] = np.nan
    >>> local_linear_trend(gap, 2).path.shape
    (2,)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optimiser only, as in damped_trend
        model = UnobservedComponents(values, "local linear trend")
        result = model.fit(disp=0)
        path = result.forecast(horizon)
        long = model.clone(np.zeros(_STEADY)).filter(result.params)
    gain = long.filter_results.kalman_gain[:, 0, -1]
    later = np.arange(horizon - 1)
    psi = np.concatenate([[1.0], gain[0] + gain[1] * later])
    errors = np.array(result.filter_results.forecasts_error[0])
    errors[: np.flatnonzero(np.isfinite(values))[min(2, np.isfinite(values).sum() - 1)]] = np.nan
    return Fit(np.asarray(path), psi, _masked(errors, values))


MODELS: dict[str, Callable[[np.ndarray, int], Fit]] = {
    "drift": drift,
    "damped_trend": damped_trend,
    "theta": theta,
    "local_linear_trend": local_linear_trend,
}


def _last(values: np.ndarray, horizon: int) -> tuple[int, np.ndarray]:
    """Find the last known value, and how far from it each period ahead lies."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        raise ValueError(
            f"a model needs at least 2 known values, got {len(known)}: give a longer history"
        )
    last = int(known[-1])
    return last, np.arange(1, horizon + 1) + (len(values) - 1 - last)


def _steps(values: np.ndarray) -> np.ndarray:
    """Give the change into each date, NaN where either end is not known."""
    return np.concatenate([[np.nan], np.diff(values)])


def _bridged(values: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut to the known span and bridge its gaps by the smoother of a local linear trend."""
    last, ahead = _last(values, horizon)
    first = int(np.flatnonzero(np.isfinite(values))[0])
    span = values[first : last + 1]
    if np.isfinite(span).all():
        return span, ahead
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optimiser only
        model = UnobservedComponents(span, "local linear trend")
        smooth = model.fit(disp=0).level.smoothed
    return np.where(np.isfinite(span), span, smooth), ahead


def _masked(errors: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Lay errors on the dates of the values, NaN where a value or the one before is bridged."""
    known = np.isfinite(values)
    first = int(np.flatnonzero(known)[0])
    out = np.full(len(values), np.nan)
    out[first : first + len(errors)] = errors if len(errors) < len(values) else errors[first:]
    before = np.concatenate([[False], known[:-1]])
    out[~(known & before)] = np.nan
    return out


def _theta_errors(values: np.ndarray, alpha: float, slope: float) -> np.ndarray:
    """Run the theta model's one-step forecasts over the sample."""
    level, errors = values[0], np.full(len(values), np.nan)
    for t in range(1, len(values)):
        errors[t] = values[t] - level - slope / 2 * (1 - (1 - alpha) ** t) / alpha
        level += alpha * (values[t] - level)
    return errors


def series_of(values: pd.Series) -> np.ndarray:
    """
    Lay a Series on an unbroken run of periods, on the log scale.

    Parameters
    ----------
    values : Series
        Values above 0, indexed by period; periods that are not known are absent.

    Returns
    -------
    ndarray of float
        Natural logarithms from the first to the last period, NaN where not known.

    Raises
    ------
    ValueError
        If a value is not above 0.

    Examples
    --------
    >>> years = pd.PeriodIndex(["2020", "2022"], freq="Y")
    >>> series_of(pd.Series([1.0, 1.0], index=years)).tolist()
    [0.0, nan, 0.0]
    """
    if not (values > 0).all():
        raise ValueError(
            f"values must be above 0 on the log scale, got {values.min()} in {values.idxmin()}"
        )
    whole = pd.period_range(values.index.min(), values.index.max(), freq=values.index.freq)
    return np.log(values.reindex(whole)).to_numpy()
