"""Cross-validation: how a series of one's own would have been forecast, and by how much missed."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import series, takes
from silktrade.forecasting.backtest import COLUMNS, FEWEST, laid_out, rolled
from silktrade.forecasting.forecast import fan, prefit_panel
from silktrade.forecasting.models import MODELS
from silktrade.series import PER_YEAR, read_series

_USUAL = ("combination", "naive", "seasonal_naive")
_LAGS = 10  # of the portmanteau test of a series without season; two years of one with


def cross_validate(
    series: pd.Series, horizon: int, *, models: str | Iterable[str] | None = None, origins: int = 10
) -> pd.DataFrame:
    """
    Forecast the end of a series again and again from what stood before it.

    Parameters
    ----------
    series : Series, or DataFrame of one column
        As `forecast` takes it.
    horizon : int
        Periods ahead, from 1.
    models : str or iterable of str, optional
        Names in `models.MODELS`; by default the combination, the naive and the seasonal naive.
    origins : int, default 10
        How many of the last periods before the end are forecast from, each in turn.

    Returns
    -------
    DataFrame
        As of `backtest`, whose readers take it: `scores` measures each model, `compare` sets it
        against the naive one. A row a model, origin and step whose value came; `day` is the last
        day of the origin. Origins with fewer than eight known values before them are left out.

    Notes
    -----
    A rolling origin (Tashman 2000, International Journal of Forecasting 16(4)), in today's
    revision. `backtest` takes the day of release into account, where it is known.

    Examples
    --------
    >>> years = pd.period_range("2000", periods=20, freq="Y")
    >>> table = cross_validate(pd.Series(np.arange(100.0, 120.0), years), 2, models="drift")
    >>> len(table), abs(table["actual"] - table[0.5]).max().round(9).item()
    (19, 0.0)
    """
    names = list(_USUAL) if models is None else codes.some_of("models", models, MODELS)
    values, period = _known(series)
    horizon = codes.whole("horizon", horizon, why="it counts periods ahead")
    origins = codes.whole("origins", origins, why="it counts the periods forecast from")
    seen = [values.iloc[:end] for end in range(len(values) - origins, len(values)) if end >= FEWEST]
    if not seen:
        raise ValueError(
            f"series must hold {FEWEST} known values and one after them, got {len(values)}: give "
            "a longer history"
        )
    # A power of two: the squares of large numbers would overflow, and nothing is rounded.
    size = 2.0 ** np.floor(np.log2(values.abs().max() or 1.0))
    values, seen = values / size, [known / size for known in seen]
    prefit_panel([laid_out(known) for known in seen], period, horizon, names)
    title = str(values.name or "series")
    days = [str(known.index[-1].asfreq("D", "end")) for known in seen]
    rows = [
        row for known, day in zip(seen, days, strict=True)
        for row in rolled(title, day, values, known, period, horizon, names)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    amounts = list(COLUMNS[COLUMNS.index("actual") :])
    table[amounts] = table[amounts] * size
    return table


def residuals(series: pd.Series, *, model: str = "combination") -> pd.DataFrame:
    """
    Give the fitted values of a model one step ahead, and what they missed.

    Parameters
    ----------
    series : Series, or DataFrame of one column
        As `forecast` takes it.
    model : str, default "combination"
        A name in `models.MODELS`.

    Returns
    -------
    DataFrame
        Indexed by period, from the ninth known value on: value, fitted, residual, in the unit of
        the series. Each fitted value is the forecast from what stands before it, so that none has
        seen its own outcome.

    Examples
    --------
    >>> years = pd.period_range("2000", periods=12, freq="Y")
    >>> residuals(pd.Series(np.arange(12.0) ** 2, years), model="naive")["residual"].tolist()
    [15.0, 17.0, 19.0, 21.0]
    """
    codes.one_of("model", model, MODELS)
    values, period = _known(series)
    if len(values) <= FEWEST:
        raise ValueError(f"series must hold more than {FEWEST} known values, got {len(values)}")
    pasts = [laid_out(values.iloc[:end]) for end in range(FEWEST, len(values))]
    steps = np.diff(values.index.asi8)[FEWEST - 1 :]  # more than 1 over a gap
    prefit_panel(pasts, period, 1, [model])
    fitted = [
        fan(past, period, int(step), np.array([0.5]), model)[-1, 0]
        for past, step in zip(pasts, steps, strict=True)
    ]
    out = pd.DataFrame({"value": values.iloc[FEWEST:], "fitted": fitted})
    out["residual"] = out["value"] - out["fitted"]
    out.attrs = values.attrs
    return out.rename_axis("period")


@takes(residual=series(least=FEWEST))
def residual_diagnostics(residual: pd.Series) -> pd.DataFrame:
    r"""
    Test whether what a model left over is centred, without memory, and normal.

    Parameters
    ----------
    residual : Series of float
        By month, quarter or year, such as `residuals(series)["residual"]`; at least eight.

    Returns
    -------
    DataFrame
        A row a test, indexed by its name, with statistic and p_value: `mean` (t test of a mean of
        0), `Ljung-Box` (no autocorrelation) and `Jarque-Bera` (normal). Small p-values speak
        against it. NaN where all residuals are alike.

    Notes
    -----
    .. math::
        Q = n(n+2) \sum_{k=1}^K \frac{r_k^2}{n-k}, \qquad
        JB = \frac{n}{6} \Big( S^2 + \frac{(K_u - 3)^2}{4} \Big)

    with K ten lags, or two years where there is a season, and at most a fifth of n.

    Ljung and Box (1978), Biometrika 65(2); Jarque and Bera (1987), International Statistical Review
    55(2).

    Examples
    --------
    >>> waves = pd.Series([1.0, -1.0] * 20, pd.period_range("1980", periods=40, freq="Y"))
    >>> residual_diagnostics(waves)["p_value"].round(3).to_dict()
    {'mean': 1.0, 'Ljung-Box': 0.0, 'Jarque-Bera': 0.036}
    """
    from scipy.stats import ttest_1samp
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import jarque_bera

    errors, period = residual.to_numpy(), PER_YEAR[residual.index.freqstr[0]]
    n = len(errors)
    errors = errors / (np.abs(errors).max() or 1.0)  # squares of large numbers would overflow
    tests = ["mean", "Ljung-Box", "Jarque-Bera"]
    found = np.full((3, 2), np.nan)
    if ((errors - errors.mean()) ** 2).sum() > np.finfo(float).eps * n:
        lags = max(1, min(2 * period if period > 1 else _LAGS, n // 5))
        box = acorr_ljungbox(errors, lags=[lags]).iloc[0]
        found[:] = ttest_1samp(errors, 0.0), box, jarque_bera(errors)[:2]
    return pd.DataFrame(found, pd.Index(tests, name="test"), ["statistic", "p_value"])


def _known(series: pd.Series) -> tuple[pd.Series, int]:
    """Read the values that are known, and how many make a year."""
    known = read_series(series).dropna()
    return known, PER_YEAR[known.index.freqstr[0]]
