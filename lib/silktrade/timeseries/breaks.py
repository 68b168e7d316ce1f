"""
Breaks in growth at dates that the data alone give, each with its confidence interval.

Nothing is said here of causes: a break beside an event is no proof that the event made it. Dates
that are given before are tested in `known_dates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

TRIMMED = 0.15  # share of the observations that a regime has to hold at least
MOST = 3  # breaks looked for: more leave regimes of a few years each
LEVEL = 0.05
BATCH = 100  # resampled series partitioned at a time, for the memory they take
PER_YEAR = {"M": 12, "Q": 4, "Y": 1}

FOUND = ("partner", "first", "low", "high", "before", "after", "p_value", "p_paired")


def log_growth(totals: pd.Series) -> pd.Series:
    r"""
    Measure growth as the change of the logarithm, a period.

    Parameters
    ----------
    totals : Series
        Values above 0, indexed by period, ascending.

    Returns
    -------
    Series
        Log growth a period, from the second value on. Where periods are not known, the change over
        the gap counts as one observation, divided by its periods.

    Raises
    ------
    ValueError
        If a value is not above 0.

    Notes
    -----
    .. math:: g_t = (\ln x_t - \ln x_{t-k}) / k .

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> log_growth(pd.Series([1.0, np.e, np.e**3], years[[0, 1, 3]])).round(3).tolist()
    [1.0, 1.0]
    """
    if not (totals > 0).all():
        raise ValueError(
            f"totals must be above 0 for a growth rate, got {totals.min():g} in {totals.idxmin()}: "
            "leave the period out"
        )
    apart = np.diff([p.ordinal for p in totals.index])
    return np.log(totals).diff().iloc[1:] / apart


def partition(values: Array, breaks: int, shortest: int) -> tuple[tuple[int, ...], float]:
    r"""
    Split a series into regimes of constant mean with the least sum of squares.

    Parameters
    ----------
    values : array of float
        In time order.
    breaks : int
        How many.
    shortest : int
        Observations that a regime holds at least.

    Returns
    -------
    tuple of int, float
        Where each new regime begins (positions from 0), and the sum of squares that is left.

    Raises
    ------
    ValueError
        If the series is too short for so many regimes.

    Notes
    -----
    The minimum over all partitions, by dynamic programming:

    .. math:: S(m, t) = \min_s \left[ S(m - 1, s) + D(s + 1, t) \right]

    with D the sum of squared deviations from the mean of one regime.

    References
    ----------
    .. [1] Bai, J. and Perron, P. (2003). Computation and analysis of multiple structural change
       models. Journal of Applied Econometrics 18(1).

    Examples
    --------
    >>> partition(np.array([1.0, 1, 1, 5, 5, 5]), 1, 2)
    ((3,), 0.0)
    """
    if len(values) < (breaks + 1) * shortest:
        raise ValueError(
            f"values must hold {(breaks + 1) * shortest} observations for {breaks} breaks, got "
            f"{len(values)}: ask for fewer breaks"
        )
    least, begins = _partitions(np.asarray(values, float)[None, :], breaks, shortest)
    return _positions(begins, breaks), float(least[breaks][0])


def break_counts(
    totals: pd.Series | pd.DataFrame,
    *,
    most: int = MOST,
    draws: int = 999,
    level: float = LEVEL,
    seed: int = 1,
) -> pd.DataFrame:
    r"""
    Test how many times mean growth changed, at dates that are not given.

    Parameters
    ----------
    totals : Series or DataFrame
        Values above 0, indexed by period; a column a partner.
    most : int
        Breaks looked for at most.
    draws : int
        Series resampled for each p-value.
    level : float
        Of each test.
    seed : int
        Of the resampling.

    Returns
    -------
    DataFrame
        partner, breaks (0 to `most`), squares (their sum, left over), bic and lwz (information
        criteria, the smaller the better), f (statistic of this number of breaks against one
        less), p_value (resampled; NaN for no break), any_p (of the double maximum test that there
        is any break, the same in all rows), any_p_paired (the same where growth may carry over
        into the next period), chosen.

    Raises
    ------
    ValueError
        If a value is not above 0, or a series is too short for two regimes.

    Notes
    -----
    .. math:: F(m | m-1) = \frac{S_{m-1} - S_m}{S_m / (n - m - 1)}, \qquad
              D = \max_m \frac{(S_0 - S_m) / m}{S_m / (n - m - 1)} .

    Chosen as Bai and Perron advise: where D finds any break, the least number to which one more
    adds nothing; a test of one break alone misses two that undo each other. The p-values are those
    of the wild bootstrap: growth is drawn anew from the means under the null with each residual's
    sign thrown, which keeps calm and wild years where they were. For one break and 15 % trimming
    the asymptotic 5 % value of F is 8.68 [2]_.

    Throwing signs one by one takes growth for uncorrelated from year to year; `any_p_paired`
    throws them for pairs of neighbours. In simulations of 33 years without a break the first finds
    one in 5 % of cases, in 15 % where growth has an autocorrelation of 0.2; the second in 4 and
    7 %, but it sees two breaks of twice the standard deviation in 62 % of cases, the first in 82.
    Month-on-month changes of adjusted series undo each other in part, so that both find too little.

    References
    ----------
    .. [1] Bai, J. and Perron, P. (1998). Estimating and testing linear models with multiple
       structural changes. Econometrica 66(1).
    .. [2] Andrews, D. W. K. (2003). Tests for parameter instability and structural change with
       unknown change point: a corrigendum. Econometrica 71(1).
    .. [3] Hansen, B. E. (2000). Testing for structural change in conditional models. Journal of
       Econometrics 97(1).
    .. [4] Liu, J., Wu, S. and Zidek, J. V. (1997). On segmented multivariate regression.
       Statistica Sinica 7(2).

    Examples
    --------
    >>> years = pd.period_range("1990", periods=31, freq="Y")
    >>> slower = pd.Series(np.exp(np.r_[np.arange(16) * 0.2, 3 + np.arange(1, 16) * 0.02]), years)
    >>> noise = np.random.default_rng(1).normal(0, 0.02, 31)
    >>> found = break_counts((slower * np.exp(noise)).rename("KAZ"), draws=99)
    >>> found.loc[found["chosen"], "breaks"].item()
    1
    """
    parts = [
        _counted(log_growth(one).to_numpy(), most, draws, level, seed).assign(partner=name)
        for name, one in columns(totals)
    ]
    order = ["partner", "breaks", "squares", "bic", "lwz", "f", "p_value", "any_p"]
    order += ["any_p_paired", "chosen"]
    return pd.concat(parts, ignore_index=True)[order]


def growth_breaks(
    totals: pd.Series | pd.DataFrame,
    counts: pd.DataFrame | None = None,
    *,
    most: int = MOST,
    draws: int = 999,
    level: float = LEVEL,
    seed: int = 1,
) -> pd.DataFrame:
    r"""
    Date the breaks in mean growth that the tests accept.

    Parameters
    ----------
    totals, most, draws, level, seed
        As for `break_counts`.
    counts : DataFrame, optional
        From `break_counts` of the same totals, which spares resampling them again.

    Returns
    -------
    DataFrame
        One row a break: partner, first (first period of the new regime), low and high (limits of
        its 95 % confidence interval, inside the series), before and after (compound growth a year
        in the regimes on either side, fractions), p_value and p_paired (`any_p` and
        `any_p_paired` of `break_counts`).
        No rows where no break is accepted.

    Raises
    ------
    ValueError
        As `break_counts`.

    Notes
    -----
    With a change :math:`\delta` and the standard deviations :math:`\sigma_1, \sigma_2` of the two
    regimes, the estimated date is off by the place of the maximum of

    .. math:: V(k) = \delta \sigma_i W_i(|k|) - \delta^2 |k| / 2

    (i = 1 before the break, 2 after it), with W two Brownian motions. Its distribution has a
    closed density, from which the limits are taken, rounded outwards. It holds for a change that
    is not small against the noise; where it is small, the true interval is wider.

    References
    ----------
    .. [1] Bai, J. (1997). Estimation of a change point in multiple regression models. Review of
       Economics and Statistics 79(4).

    Examples
    --------
    >>> years = pd.period_range("1990", periods=31, freq="Y")
    >>> slower = pd.Series(np.exp(np.r_[np.arange(16) * 0.2, 3 + np.arange(1, 16) * 0.02]), years)
    >>> noise = np.random.default_rng(1).normal(0, 0.02, 31)
    >>> growth_breaks((slower * np.exp(noise)).rename("KAZ"), draws=99)["first"].astype(str).item()
    '2006'
    """
    if counts is None:
        counts = break_counts(totals, most=most, draws=draws, level=level, seed=seed)
    rows = []
    for name, one in columns(totals):
        own = counts[counts["partner"] == name].set_index("breaks")
        rows += _dated(name, log_growth(one), own)
    return pd.DataFrame(rows, columns=list(FOUND))


def date_limits(
    change: float, spread_before: float, spread_after: float, level: float = LEVEL
) -> tuple[float, float]:
    r"""
    Give the quantiles of how far an estimated break date is off.

    Parameters
    ----------
    change : float
        Of the mean, at the break; not 0.
    spread_before, spread_after : float
        Standard deviations around the two means, above 0.
    level : float
        The interval leaves half of it out on either side.

    Returns
    -------
    tuple of float
        Lower and upper quantile, in observations.

    Notes
    -----
    On the side i the process has drift :math:`-\mu = -\delta^2/2` and standard deviation
    :math:`s_i = |\delta| \sigma_i`; its maximum is exponential with rate
    :math:`\lambda_i = 2 \mu / s_i^2`. The place t of the overall maximum has on side i the density

    .. math:: \lambda_i \int_0^\infty h_i(m, t) (1 - e^{-\lambda_j m}) \, dm

    with :math:`h_i` the density of the first passage through m, and the integral is closed.

    References
    ----------
    .. [1] Bai, J. (1997). Estimation of a change point in multiple regression models. Review of
       Economics and Statistics 79(4).

    Examples
    --------
    With equal spreads the interval is symmetric, some 11 times the squared ratio of spread to
    change:

    >>> np.round(date_limits(1.0, 1.0, 1.0), 1).tolist()
    [-11.0, 11.0]
    """
    drift, spreads = change**2 / 2, abs(change) * np.array([spread_before, spread_after])
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


def columns(totals: pd.Series | pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """
    Give each series of a frame with its name.

    Parameters
    ----------
    totals : Series or DataFrame
        One series, or a column each.

    Yields
    ------
    str, Series
        The name, and the values that are known.

    Examples
    --------
    >>> [name for name, _ in columns(pd.DataFrame({"KAZ": [1.0], "KGZ": [2.0]}))]
    ['KAZ', 'KGZ']
    """
    if isinstance(totals, pd.Series):
        yield str(totals.name), totals.dropna()
    else:
        yield from ((str(name), totals[name].dropna()) for name in totals)


def _partitions(batch: Array, breaks: int, shortest: int) -> tuple[list[Array], list[Array]]:
    """Partition many series of one length at once: least squares and last beginnings."""
    count, n = batch.shape
    sums = np.concatenate([np.zeros((count, 1)), batch.cumsum(1)], axis=1)
    squares = np.concatenate([np.zeros((count, 1)), (batch**2).cumsum(1)], axis=1)
    least = [np.full((count, n + 1), np.inf)]
    ends = np.arange(shortest, n + 1)
    least[0][:, ends] = np.maximum(squares[:, ends] - sums[:, ends] ** 2 / ends, 0)
    begins: list[Array] = []
    for m in range(1, breaks + 1):
        best, begin = np.full((count, n + 1), np.inf), np.zeros((count, n + 1), int)
        for end in range((m + 1) * shortest, n + 1):
            start = np.arange(m * shortest, end - shortest + 1)
            total = sums[:, [end]] - sums[:, start]
            inside = squares[:, [end]] - squares[:, start] - total**2 / (end - start)
            whole = least[m - 1][:, start] + np.maximum(inside, 0)
            at = whole.argmin(1)
            best[:, end], begin[:, end] = whole[np.arange(count), at], start[at]
        least.append(best)
        begins.append(begin)
    return [level[:, n] for level in least], begins


def _positions(begins: list[Array], breaks: int) -> tuple[int, ...]:
    """Trace the beginnings of the regimes back, for the first series of a batch."""
    end, found = begins[0].shape[1] - 1 if begins else 0, []
    for m in range(breaks, 0, -1):
        end = int(begins[m - 1][0, end])
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
    if most < 1:
        raise ValueError(f"totals must hold 5 periods for two regimes, got {n + 1}: add periods")
    fits = [partition(values, m, shortest) for m in range(most + 1)]
    left = np.array([squares for _, squares in fits])
    m = np.arange(most + 1)
    f, p = np.full((2, most + 1), np.nan)
    f[1:] = _f(left[:-1], left[1:], n, m[1:], 1)
    random = np.random.default_rng(seed)
    for k, (starts, _) in enumerate(fits[:-1]):
        to = most if k == 0 else k + 1
        drawn = _drawn(values, starts, to, shortest, draws, random)
        p[k + 1] = _share(_f(drawn[k], drawn[k + 1], n, k + 1, 1), f[k + 1])
        if k == 0:
            found = _double_maximum(left, n)
            any_p = _share(_double_maximum(drawn, n), found)
            drawn = _drawn(values, starts, to, shortest, draws, random, paired=True)
            paired = _share(_double_maximum(drawn, n), found)
    more = np.append(p[2:] <= level, False)  # whether a break adds to one, to two, ...
    chosen = 1 + int(more.argmin()) if any_p <= level else 0
    parameters, whole = 2 * m + 1, np.log(n)  # a mean a regime and a date a break
    return pd.DataFrame({
        "breaks": m, "squares": left, "bic": np.log(left / n) + parameters * whole / n,
        "lwz": np.log(left / (n - parameters)) + parameters * 0.299 * whole**2.1 / n,
        "f": f, "p_value": p, "any_p": any_p, "any_p_paired": paired, "chosen": m == chosen,
    })  # fmt: skip


def _f(before: Array, after: Array, n: int, m: Array | int, more: Array | int) -> Array:
    """Compare the squares of m breaks with those of some breaks less."""
    return (before - after) / more / (after / (n - m - 1))


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


def _dated(name: str, rates: pd.Series, counts: pd.DataFrame) -> list[dict[str, object]]:
    """Date the breaks of the number that was chosen."""
    values, m = rates.to_numpy(), int(counts.index[counts["chosen"]][0])
    starts, _ = partition(values, m, _shortest(len(values)))
    bounds, rows = [0, *starts, len(values)], []
    per_year = PER_YEAR[rates.index.freqstr[0]]
    for left, at, right in zip(bounds, bounds[1:], bounds[2:], strict=False):
        before, after = values[left:at], values[at:right]
        off = date_limits(after.mean() - before.mean(), before.std(), after.std())
        low, high = at - int(np.ceil(off[1])), at + int(np.ceil(-off[0]))
        rows.append({
            "partner": name, "first": rates.index[at],
            "low": rates.index[max(low, 0)], "high": rates.index[min(high, len(values) - 1)],
            "before": np.expm1(before.mean() * per_year),
            "after": np.expm1(after.mean() * per_year),
            "p_value": counts["any_p"].iloc[0], "p_paired": counts["any_p_paired"].iloc[0],
        })  # fmt: skip
    return rows


def _mass(grid: Array, drift: float, spread: float, own: float, other: float) -> Array:
    """Give the mass of one side's density in each step of a grid."""
    t = (grid[1:] + grid[:-1]) / 2
    width = spread * np.sqrt(t)
    density = own * (_passage(t, width, drift, 0.0) - _passage(t, width, drift, other))
    return density * np.diff(grid)


def _passage(t: Array, width: Array, drift: float, rate: float) -> Array:
    """Integrate m exp(-rate m) over the first passage's density, m from 0 on."""
    # The exponent is completed to a square: -(m + c)² / 2w², with the rest taken out of it. The
    # normal tail is taken as a logarithm, since that rest grows as fast as the tail falls.
    shifted = drift * t + rate * width**2
    rest = (shifted**2 - (drift * t) ** 2) / (2 * width**2)
    z = shifted / width
    first = np.exp(rest - z**2 / 2)
    second = z * np.sqrt(2 * np.pi) * np.exp(rest + stats.norm.logsf(z))
    return width**2 * (first - second) / (np.sqrt(2 * np.pi) * width * t)
