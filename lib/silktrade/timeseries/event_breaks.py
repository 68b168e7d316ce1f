"""
Test for a change of growth at a date given before, and for how large a one could be seen.

Events are context: where growth differs after a date, much else may have changed with it.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import special

from silktrade import codes
from silktrade.days import read_day
from silktrade.doors import sourced
from silktrade.series import PER_YEAR
from silktrade.timeseries.breaks import LEVEL, Array, asked_draws, lags_of, observed

POWER = 0.8  # chance of seeing a change, for the least detectable one
FEWEST_SIDE = 3  # observations on either side of a date
# Dates fixed before any test was run; each is an event of `load_events`. The closures end with
# China's entry rules; the other changes are still with us.
EVENTS: tuple[tuple[str, str, str | None], ...] = (
    ("Belt and Road proposed", "2013-09-07", None),
    ("Borders closed", "2020-01-24", "2023-01-08"),
    ("Russia invades Ukraine", "2022-02-24", None),
    ("Summit in Xi'an", "2023-05-18", None),
)


@sourced
def event_breaks(
    totals: pd.Series | pd.DataFrame,
    events: tuple[tuple[str, str, str | None], ...] = EVENTS,
    *,
    window: int = 8,
    draws: int = 999,
    level: float = LEVEL,
    seed: int = 1,
    rates: bool = False,
) -> pd.DataFrame:
    r"""
    Test whether mean growth after a date that was given differs from that before it.

    Parameters
    ----------
    totals : Series or DataFrame
        Values above 0, indexed by period; a column a partner.
    events : tuple of (title, day, day or None)
        What happened, when, and the day it ended where it did.
    window : int
        Periods compared before the date and, at most, after it.
    draws, level, seed, rates
        As for `break_counts`.

    Returns
    -------
    DataFrame
        One row a partner and event: partner, title, date, first and last (period compared after
        the date), periods_before, periods_after (observations), before and after (compound growth a
        year, fractions), change (of log growth a year), low and high (limits of its 95 %
        interval), p_value, p_holm (for having asked about all events of the partner), detectable
        (the least change that such a test sees in four cases of five). A test with fewer than 3
        observations on a side has NaN for all that it cannot tell.

    Notes
    -----
    A period belongs to the time after the event if at least half of it does. The statistic is the
    Wald test of a step (Chow 1960, Econometrica 28(3)), robust as by Newey and West (1987);
    critical and p-values come from the wild bootstrap under no change, p_holm from Holm (1979). In
    simulations with 8 observations before and 3 to 8 after it rejected a true null in 2 to 8 % of
    cases, in 11 % where growth had an autocorrelation of 0.3. Of what would have been missed
    `detectable` tells:

    .. math:: \Delta_{min} = (c_{1 - \alpha} + \Phi^{-1}(0.8)) \, se(\hat\Delta) .

    Examples
    --------
    >>> years = pd.period_range("2005", "2021", freq="Y")
    >>> rates = np.r_[[0.3, 0.2] * 4, [0.1, 0.0] * 4]
    >>> totals = pd.Series(np.exp(np.r_[0, rates.cumsum()]), years, name="KAZ")
    >>> event_breaks(totals, (("Something", "2014-01-01", None),))["change"].round(2).item()
    -0.2
    """
    window, asked = codes.whole("window", window), asked_draws(draws, level, seed)
    events, rows = _events(events), []
    for name, _, one in observed(totals, rates):
        own = [_known(one, event, window, *asked, rates) for event in events]
        holm = _holm(np.array([row["p_value"] for row in own]))
        rows += [{"partner": name, **row, "p_holm": h} for row, h in zip(own, holm, strict=True)]
    return pd.DataFrame(rows)


def _known(
    rates: pd.Series,
    event: tuple[str, str, str | None],
    window: int,
    draws: int,
    level: float,
    seed: int,
    as_they_are: bool,
) -> dict[str, object]:
    """Compare growth before and after one event."""
    title, day, until = event
    first = _first(day, rates.index.freqstr)
    end = first + window if until is None else min(first + window, _first(until, first.freqstr))
    before = rates[(rates.index < first) & (rates.index >= first - window)]
    after = rates[(rates.index >= first) & (rates.index < end)]
    per_year = 1 if as_they_are else PER_YEAR[rates.index.freqstr[0]]
    mean = np.mean if as_they_are else (lambda v: np.expm1(np.mean(v) * per_year))
    last = after.index[-1] if len(after) else pd.NaT
    row = {"title": title, "date": read_day(day, "events"), "first": first, "last": last}
    row |= {"periods_before": len(before), "periods_after": len(after)}
    if min(len(before), len(after)) < FEWEST_SIDE:
        unknown = ("before", "after", "change", "low", "high", "p_value", "detectable")
        return row | dict.fromkeys(unknown, np.nan)
    values = np.r_[before, after]
    step = np.r_[np.zeros(len(before)), np.ones(len(after))]
    change, error = (float(x[0]) for x in _wald(values[None, :], step))
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, len(values)))
    drawn = _ratio(*_wald(values.mean() + (values - values.mean()) * signs, step))
    critical = np.quantile(np.abs(drawn), 1 - level)
    p_value = (1 + (np.abs(drawn) >= abs(_ratio(change, error))).sum()) / (1 + draws)
    half, found = critical * error, critical * error + special.ndtri(POWER) * error
    return row | {
        "before": mean(before), "after": mean(after),
        "change": change * per_year, "low": (change - half) * per_year,
        "high": (change + half) * per_year, "p_value": float(p_value),
        "detectable": float(found * per_year),
    }  # fmt: skip


def _events(events: object) -> tuple[tuple[str, str, str | None], ...]:
    """Check that each event has a title, a day, and the day it ended or None."""
    several = isinstance(events, Iterable) and not isinstance(events, str | pd.DataFrame)
    found = tuple(events) if several else (events,)
    for event in found:
        if not isinstance(event, tuple | list) or len(event) != 3:
            raise ValueError(
                f"events must each be (title, day, day or None), got {event!r}: write "
                "(('Borders closed', '2020-01-24', None),)"
            )
    return found


def _holm(p: Array) -> Array:
    """Raise p-values for their number; what is not known stays so."""
    known = int((~np.isnan(p)).sum())
    order = np.argsort(p)[:known]  # NaN sorts last
    out = np.full(len(p), np.nan)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(known, 0, -1)), 1)
    return out


def _first(day: str, frequency: str) -> pd.Period:
    """Give the first period of which at least half comes after a day."""
    moment = read_day(day, "events")
    period = moment.to_period(frequency)
    middle = period.start_time + (period.end_time - period.start_time) / 2
    return period if moment <= middle else period + 1


def _ratio(change: Array | float, error: Array | float) -> Array:
    """Divide a change by its error; a change of nothing is none, however sure."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # A change of less than that is the rounding of logarithms.
        return np.where(np.abs(change) < 1e-12, 0.0, np.divide(change, error))


def _wald(batch: Array, step: Array) -> tuple[Array, Array]:
    """Estimate the step in many series and its robust standard error, after Newey and West."""
    n = len(step)
    x = np.column_stack([np.ones(n), step])
    inverse = np.linalg.inv(x.T @ x)
    beta = batch @ x @ inverse
    scores = (batch - beta @ x.T)[:, :, None] * x
    lags = lags_of(n)
    middle = np.einsum("bti,btj->bij", scores, scores)
    for lag in range(1, lags + 1):
        cross = np.einsum("bti,btj->bij", scores[:, lag:], scores[:, :-lag])
        middle += (1 - lag / (lags + 1)) * (cross + cross.transpose(0, 2, 1))
    variance = (inverse @ middle @ inverse)[:, 1, 1] * n / (n - 2)
    return beta[:, 1], np.sqrt(np.maximum(variance, 0))
