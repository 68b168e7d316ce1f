"""
Breaks in growth at dates that the data alone give, each with its confidence interval.

Nothing is said here of causes: a break beside an event is no proof that the event made it. Dates
that are given before are tested in `event_breaks`.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from silktrade import codes
from silktrade.doors import sourced
from silktrade.frames import having
from silktrade.series import PER_YEAR, read_series, read_wide

Array = NDArray[np.float64]

TRIMMED = 0.15  # share of the observations that a regime has to hold at least
MOST = 3  # breaks looked for: more leave regimes of a few years each
LEVEL = 0.05
BATCH = 500  # resampled series partitioned at a time, for the memory they take
EXACT = 1e-13  # of the sum of squares: what rounding leaves where nothing is left

FOUND = ("partner", "first", "low", "high", "before", "after", "p_value", "p_paired")


def log_growth(totals: pd.Series) -> pd.Series:
    r"""Measure growth as the change of the logarithm, a period."""
    # g_t = (\ln x_t - \ln x_{t-k}) / k .
    totals = read_series(totals, "totals").dropna()
    if not (totals > 0).all():
        raise ValueError(
            f"totals must be above 0 for a growth rate, got {totals.min():g} in {totals.idxmin()}: "
            "leave the period out, or say rates=True where the values are rates"
        )
    return np.log(totals).diff().iloc[1:] / np.diff(totals.index.asi8)


def partition(values: Array, breaks: int, shortest: int) -> tuple[tuple[int, ...], float]:
    r"""Split a series into regimes of constant mean with the least sum of squares."""
    # The minimum over all partitions, by dynamic programming:
    # S(m, t) = \min_s \left[ S(m - 1, s) + D(s + 1, t) \right]
    # with D the sum of squared deviations from the mean of one regime.
    # Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change
    # models. Journal of Applied Econometrics 18(1).
    if len(values) < (breaks + 1) * shortest:
        raise ValueError(
            f"values must hold {(breaks + 1) * shortest} observations for {breaks} breaks, got "
            f"{len(values)}: ask for fewer breaks"
        )
    least, begins = _partitions(np.asarray(values, float)[None, :], breaks, shortest)
    return _positions(begins, breaks), float(least[breaks][0])


@sourced
def break_counts(
    totals: pd.Series | pd.DataFrame,
    *,
    most: int = MOST,
    draws: int = 999,
    level: float = LEVEL,
    seed: int = 1,
    rates: bool = False,
) -> pd.DataFrame:
    r"""
    Test how many times mean growth changed, at dates that are not given.

    Parameters
    ----------
    totals : Series or DataFrame
        Values above 0, indexed by period, long enough for two regimes; a column a partner.
    most : int
        Breaks looked for at most.
    draws, seed : int
        Series resampled for each p-value, and the seed of it.
    level : float
        Of each test.
    rates : bool
        Whether the values are rates, of any sign, whose own mean may have changed, such as a rate
        of interest or of growth; else their growth is taken.

    Returns
    -------
    DataFrame
        partner, breaks (0 to `most`), squares (their sum, left over), bic and lwz (information
        criteria, the smaller the better), f (statistic of this number of breaks against one
        less), p_value (resampled; NaN for no break), any_p (of the double maximum test that there
        is any break, the same in all rows; 1 where growth never moves), any_p_paired (the same
        where growth may carry over into the next period), chosen.

    Notes
    -----
    The tests of Bai and Perron (1998), Econometrica 66(1):

    .. math:: F(m | m-1) = \frac{S_{m-1} - S_m}{S_m / (n - m - 1)}, \qquad
              D = \max_m \frac{(S_0 - S_m) / m}{S_m / (n - m - 1)} .

    Where D finds any break, the least number to which one more adds nothing is chosen. The p-values
    are those of the wild bootstrap (Hansen 2000, Journal of Econometrics 97(1)); `any_p_paired`
    throws signs for pairs of neighbours. In simulations of 33 years without a break the first finds
    one in 5 % of cases, in 15 % where growth has an autocorrelation of 0.2; the second in 4 and 7
    %, but it sees two breaks of twice the standard deviation in 62 % of cases, the first in 82. Of
    LWZ: Liu, Wu and Zidek (1997), Statistica Sinica 7(2).

    Examples
    --------
    >>> years = pd.period_range("1990", periods=31, freq="Y")
    >>> slower = pd.Series(np.exp(np.r_[np.arange(16) * 0.2, 3 + np.arange(1, 16) * 0.02]), years)
    >>> noise = np.random.default_rng(1).normal(0, 0.02, 31)
    >>> found = break_counts((slower * np.exp(noise)).rename("KAZ"), draws=99)
    >>> found.loc[found["chosen"], "breaks"].item()
    1
    """
    asked = (codes.whole("most", most), *asked_draws(draws, level, seed))
    parts = [
        _counted(_enough(values, one, rates), *asked).assign(partner=name)
        for name, values, one in observed(totals, rates)
    ]
    order = ["partner", "breaks", "squares", "bic", "lwz", "f", "p_value", "any_p"]
    order += ["any_p_paired", "chosen"]
    return pd.concat(parts, ignore_index=True)[order]


@sourced
def growth_breaks(
    totals: pd.Series | pd.DataFrame,
    counts: pd.DataFrame | None = None,
    *,
    most: int = MOST,
    draws: int = 999,
    level: float = LEVEL,
    seed: int = 1,
    rates: bool = False,
    hac: bool = False,
) -> pd.DataFrame:
    r"""
    Date the breaks in mean growth that the tests accept.

    Parameters
    ----------
    totals, most, draws, level, seed, rates
        As for `break_counts`.
    counts : DataFrame, optional
        From `break_counts` of the same totals, which spares resampling them again.
    hac : bool
        Whether the intervals allow for serial correlation within the regimes (long-run variances
        with Bartlett weights); else growth is taken for uncorrelated there.

    Returns
    -------
    DataFrame
        One row a break that is accepted: partner, first (first period of the new regime), low and
        high (limits of its 95 % confidence interval, inside the series), before and after (compound
        growth a year on either side, fractions; of rates their means), p_value and p_paired
        (`any_p` and `any_p_paired` of `break_counts`).

    Notes
    -----
    Limits of Bai (1997), Review of Economics and Statistics 79(4), rounded outwards: with a change
    :math:`\delta` and the standard deviations :math:`\sigma_1, \sigma_2` of the regimes, the date
    is off by the place of the maximum of

    .. math:: V(k) = \delta \sigma_i W_i(|k|) - \delta^2 |k| / 2

    with W two Brownian motions. Where a change is small against the noise, the true interval is
    wider.

    Examples
    --------
    >>> years = pd.period_range("1990", periods=31, freq="Y")
    >>> rates = np.r_[np.full(15, 0.2), np.full(16, 0.02)] + np.tile([0.01, -0.01], 16)[:31]
    >>> found = growth_breaks(pd.Series(np.exp(rates.cumsum()), years, name="KAZ"), draws=99)
    >>> found["first"].astype(str).item()
    '2005'
    """
    codes.flag("hac", hac)
    if counts is None:
        counts = break_counts(totals, most=most, draws=draws, level=level, seed=seed, rates=rates)
    counts = having(
        counts, "counts", "break_counts", "partner chosen any_p any_p_paired", known="breaks"
    )
    rows = []
    for name, _, one in observed(totals, rates):
        own = counts[counts["partner"] == name]
        if own["chosen"].sum() != 1 or not own["breaks"].between(0, len(one) // 2).all():
            raise ValueError(
                f"counts must be from `break_counts` of these totals, got none of {name}"
            )
        rows += _dated(name, one, own.iloc[int(np.argmax(own["chosen"]))], rates, hac)
    return pd.DataFrame(rows, columns=list(FOUND))


def date_limits(
    change: float, spread_before: float, spread_after: float, level: float = LEVEL
) -> tuple[float, float]:
    r"""Give the quantiles of how far an estimated break date is off."""
    # On the side i the process has drift -\mu = -\delta^2/2 and standard deviation
    # s_i = |\delta| \sigma_i; its maximum is exponential with rate \lambda_i = 2 \mu
    # / s_i^2. The place t of the overall maximum has on side i the density
    # \lambda_i \int_0^\infty h_i(m, t) (1 - e^{-\lambda_j m}) \, dm
    # with h_i the density of the first passage through m, and the integral is closed.
    # Bai, J. (1997). Estimation of a change point in multiple regression models. Review of
    # Economics and Statistics 79(4).
    spreads = np.maximum([spread_before, spread_after], 1e-6 * abs(change))  # exact regimes too
    drift, spreads = change**2 / 2, abs(change) * spreads
    rates = 2 * drift / spreads**2
    scale = float((spreads**2).max() / drift**2)
    grid = scale * np.linspace(0, 8, 4001) ** 2  # finer near 0, where the density is steepest
    before, after = (
        _mass(grid, drift, spreads[i], rates[i], rates[1 - i]) for i in (0, 1)
    )  # fmt: skip
    steps = np.r_[before[::-1], after]
    share = np.r_[0, np.cumsum(steps)] / steps.sum()
    edges = np.r_[-grid[::-1], grid[1:]]
    low, high = np.interp([level / 2, 1 - level / 2], share, edges)
    return float(low), float(high)


def lags_of(observations: int) -> int:
    """Say over how many lags the variance allows for serial correlation."""
    return 1 if observations < 40 else int(4 * (observations / 100) ** (2 / 9))


def observed(
    totals: pd.Series | pd.DataFrame, rates: bool = False
) -> Iterator[tuple[str, pd.Series, pd.Series]]:
    """Give each series of a frame with its name and what is tested of it."""
    codes.flag("rates", rates)
    wide = isinstance(totals, pd.DataFrame) and totals.shape[1] > 1
    frame = read_wide(totals) if wide else read_series(totals, "totals").to_frame()
    for name in frame:
        known = frame[name].dropna()
        yield str(name), known, known if rates else log_growth(known)


def _enough(values: pd.Series, growth: pd.Series, rates: bool) -> Array:
    """Refuse a series that is too short for two regimes."""
    if len(growth) < 4:
        raise ValueError(
            f"totals must hold {4 if rates else 5} periods for two regimes, got {len(values)}: "
            "add periods"
        )
    return growth.to_numpy()


def asked_draws(draws: int, level: float, seed: int) -> tuple[int, float, int]:
    """Check how a test is to be resampled."""
    draws = codes.whole("draws", draws, why="it counts resampled series")
    return draws, codes.fraction("level", level), codes.whole("seed", seed, 0)


def _partitions(batch: Array, breaks: int, shortest: int) -> tuple[list[Array], list[list[int]]]:
    """Partition many series of one length at once: least squares; last beginnings, of the first."""
    # A row a period: numpy goes through all series of a row at once, and a run of rows is no copy.
    n, rows = batch.shape[1], np.ascontiguousarray(batch.T)
    none = np.zeros((1, len(batch)))
    sums = np.concatenate([none, rows.cumsum(0)])
    squares = np.concatenate([none, (rows**2).cumsum(0)])
    least = np.full((breaks + 1, n + 1, len(batch)), np.inf)
    begins = [[0] * (n + 1) for _ in range(breaks)]
    for end in range(shortest, n + 1):
        least[0, end] = np.maximum(squares[end] - sums[end] ** 2 / end, 0)
        last = end - shortest + 1
        inside = sums[end] - sums[shortest:last]
        inside **= 2
        inside /= np.arange(end - shortest, shortest - 1, -1)[:, None]
        inside = np.maximum(squares[end] - squares[shortest:last] - inside, 0)
        for m in range(1, min(breaks, end // shortest - 1) + 1):
            whole = least[m - 1, m * shortest : last] + inside[(m - 1) * shortest :]
            least[m, end] = whole.min(0)
            begins[m - 1][end] = m * shortest + int(whole[:, 0].argmin())
    return [level[n] for level in least], begins


def _positions(begins: list[list[int]], breaks: int) -> tuple[int, ...]:
    """Trace the beginnings of the regimes back."""
    end, found = len(begins[0]) - 1 if begins else 0, []
    for m in range(breaks, 0, -1):
        end = begins[m - 1][end]
        found.append(end)
    return tuple(reversed(found))


def _shortest(n: int) -> int:
    """Say how many observations a regime holds at least."""
    return max(int(np.ceil(TRIMMED * n)), 2)


def _fitted(values: Array, starts: tuple[int, ...]) -> Array:
    """Give each observation the mean of its regime."""
    bounds = [0, *starts, len(values)]
    return np.concatenate([np.full(b - a, values[a:b].mean()) for a, b in pairwise(bounds)])


def _counted(values: Array, most: int, draws: int, level: float, seed: int) -> pd.DataFrame:
    """Fit every number of breaks, test each against one less, and choose."""
    n, shortest = len(values), _shortest(len(values))
    most = min(most, n // shortest - 1)
    fits = [partition(values, m, shortest) for m in range(most + 1)]
    floor = EXACT * (values**2).sum()
    left = _cleared(np.array([squares for _, squares in fits]), floor)
    m = np.arange(most + 1)
    f, p = np.full((2, most + 1), np.nan)
    f[1:] = _f(left[:-1], left[1:], n, m[1:], 1)
    random = np.random.default_rng(seed)
    for k, (starts, _) in enumerate(fits[:-1]):
        to = most if k == 0 else k + 1
        drawn = _cleared(_drawn(values, starts, to, shortest, draws, random), floor)
        p[k + 1] = _share(_f(drawn[k], drawn[k + 1], n, k + 1, 1), f[k + 1])
        if k == 0:
            found = _double_maximum(left, n)
            any_p = _share(_double_maximum(drawn, n), found)
            drawn = _drawn(values, starts, to, shortest, draws, random, paired=True)
            drawn = _cleared(drawn, floor)
            paired = _share(_double_maximum(drawn, n), found)
    more = np.append(p[2:] <= level, False)  # whether a break adds to one, to two, ...
    chosen = 1 + int(more.argmin()) if any_p <= level else 0
    parameters, whole = 2 * m + 1, np.log(n)  # a mean a regime and a date a break
    with np.errstate(divide="ignore"):  # nothing left over is the best fit there can be
        bic, lwz = np.log(left / n), np.log(left / (n - parameters))
    return pd.DataFrame({
        "breaks": m, "squares": left, "bic": bic + parameters * whole / n,
        "lwz": lwz + parameters * 0.299 * whole**2.1 / n,
        "f": f, "p_value": p, "any_p": any_p, "any_p_paired": paired, "chosen": m == chosen,
    })  # fmt: skip


def _f(before: Array, after: Array, n: int, m: Array | int, more: Array | int) -> Array:
    """Compare the squares of m breaks with those of some breaks less; nothing gained is 0."""
    gain, rest = np.broadcast_arrays((before - after) / more, after / (n - m - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gain <= 0, 0.0, gain / rest)


def _cleared(squares: Array, floor: float) -> Array:
    """Take what rounding leaves of squares for nothing: without noise there is no break."""
    return np.where(squares <= floor, 0.0, squares)


def _double_maximum(left: Array, n: int) -> Array:
    """Take the largest statistic of any number of breaks against none."""
    m = np.arange(1, len(left)).reshape(-1, *[1] * (left.ndim - 1))
    return _f(left[0], left[1:], n, m, m).max(axis=0)


def _share(drawn: Array, found: Array | float) -> float:
    """Give the p-value of a statistic among those drawn."""
    return float((1 + (drawn >= found).sum()) / (1 + len(drawn)))


def _drawn(
    values: Array, starts: tuple[int, ...], most: int, shortest: int, draws: int,
    random: np.random.Generator, paired: bool = False,
) -> Array:  # fmt: skip
    """Throw the residuals' signs, and give the squares left by each number of breaks."""
    null, found, n = _fitted(values, starts), [], len(values)
    for done in range(0, draws, BATCH):
        signs = random.choice([-1.0, 1.0], (min(BATCH, draws - done), n))
        if paired:  # half of the pairs begin with the first observation, half with the second
            signs = np.repeat(signs, 2, axis=1)
            signs = np.where(np.arange(len(signs))[:, None] % 2, signs[:, 1 : n + 1], signs[:, :n])
        found.append(np.array(_partitions(null + (values - null) * signs, most, shortest)[0]))
    return np.concatenate(found, axis=1)


def _dated(
    name: str, growth: pd.Series, chosen: pd.Series, rates: bool, hac: bool
) -> list[dict[str, object]]:
    """Date the breaks of the number that was chosen."""
    values, m = growth.to_numpy(), int(chosen["breaks"])
    starts, _ = partition(values, m, _shortest(len(values)))
    bounds, rows = [0, *starts, len(values)], []
    per_year = PER_YEAR[growth.index.freqstr[0]]
    mean = np.mean if rates else (lambda growth: np.expm1(growth.mean() * per_year))
    for left, at, right in zip(bounds, bounds[1:], bounds[2:], strict=False):
        before, after = values[left:at], values[at:right]
        off = -len(values), len(values)  # a change of nothing may be anywhere
        if before.mean() != after.mean():
            off = date_limits(after.mean() - before.mean(), _noise(before, hac), _noise(after, hac))
        # Rounded outwards, but for what rounding itself leaves of a limit of 0.
        low, high = (int(np.ceil(round(x, 6))) for x in (off[1], -off[0]))
        low, high = at - low, at + high
        rows.append({
            "partner": name, "first": growth.index[at],
            "low": growth.index[max(low, 0)], "high": growth.index[min(high, len(values) - 1)],
            "before": mean(before), "after": mean(after),
            "p_value": chosen["any_p"], "p_paired": chosen["any_p_paired"],
        })  # fmt: skip
    return rows


def _noise(values: Array, hac: bool) -> float:
    """Measure the noise of a regime, with what carries over from period to period on request."""
    away, n = values - values.mean(), len(values)
    variance = (away**2).mean()
    for lag in range(1, min(lags_of(n), n - 1) + 1) if hac else ():
        weight = 1 - lag / (lags_of(n) + 1)  # Newey and West (1987)
        variance += 2 * weight * (away[lag:] * away[:-lag]).sum() / n
    return float(np.sqrt(max(variance, 0.0)))


def _mass(grid: Array, drift: float, spread: float, own: float, other: float) -> Array:
    """Give the mass of one side's density in each step of a grid."""
    t = (grid[1:] + grid[:-1]) / 2
    width = spread * np.sqrt(t)
    density = own * (_passage(t, width, drift, 0.0) - _passage(t, width, drift, other))
    return density * np.diff(grid)


def _passage(t: Array, width: Array, drift: float, rate: float) -> Array:
    """Integrate m exp(-rate m) over the first passage's density, m from 0 on."""
    # The exponent is completed to a square: -(m + c)² / 2w², with the rest taken out of it. The
    # normal tail is taken scaled, since that rest grows as fast as the tail falls.
    z = (drift * t + rate * width**2) / width
    rest = np.exp(-((drift * t) ** 2) / (2 * width**2))
    tail = 1 - z * np.sqrt(np.pi / 2) * special.erfcx(z / np.sqrt(2))
    return width * rest * tail / (np.sqrt(2 * np.pi) * t)
