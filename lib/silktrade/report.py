"""What a notebook says of itself, to the press: its answer, its numbers, its day, its making."""

from collections.abc import Mapping, Sequence

import pandas as pd

from presswork import provenance as told
from presswork.declared import parameters as parameters
from presswork.provenance import headline as headline
from presswork.provenance import key_message as key_message
from presswork.provenance import note as note
from silktrade import codes, prose
from silktrade.data import calendar, vintages
from silktrade.data.trade import load_trade
from silktrade.days import read_day
from silktrade.doors import RANGES, anything, keyed, read_year, series, takes
from silktrade.schema import frequency_of
from silktrade.series import read_periods


@takes(quantiles=keyed(*RANGES), history=anything)
def headline_interval(
    name: str,
    quantiles: Mapping[float, float],
    unit: str,
    period: str | int,
    label: str,
    *,
    digits: int = 0,
    history: pd.Series | None = None,
) -> None:
    """
    Record the median of a projection as a headline number, with its 80 and 95 % ranges.

    Parameters
    ----------
    name : str
        As of `headline`; the bounds are recorded as `<name>_80_low` and so on.
    quantiles : mapping of float
        0.025, 0.1, 0.5, 0.9 and 0.975, such as a row of `intervals`.
    unit, period, label, history
        As of `headline`.
    digits : int
        Decimals that are known: draws tell whole percents.

    Examples
    --------
    >>> row = {0.025: -0.21, 0.1: -0.11, 0.5: 0.047, 0.9: 0.33, 0.975: 0.61}
    >>> headline_interval("growth", row, "growth", 2026, "Growth")  # doctest: +ELLIPSIS
    Growth, 2026: 5 %
    Growth, 80 % range, low end, 2026: −11 %
    ...
    """
    said = {"unit": unit, "period": str(period), "label": label, "digits": digits}
    headline(name, quantiles[0.5], history=history, **said)
    for chance, low, high in ((80, 0.1, 0.9), (95, 0.025, 0.975)):
        headline(f"{name}_{chance}_low", quantiles[low], **said)
        headline(f"{name}_{chance}_high", quantiles[high], **said)


@takes(values=series(least=0))
def headline_latest(
    name: str, values: pd.Series, unit: str, label: str, *, note: str = "", history: bool = False
) -> None:
    """
    Record the last value of a series as a headline number; of what is not known, nothing.

    Parameters
    ----------
    name, unit, label, note
        As of `headline`.
    values : Series
        By period.
    history : bool
        Whether the values before it are told too.

    Examples
    --------
    >>> headline_latest("bill", pd.Series([2e9], pd.PeriodIndex(["2024"], freq="Y")), "USD", "Bill")
    Bill, 2024: 2.0 bn dollars
    """
    if len(values):
        past = values if history else None
        headline(name, values.iloc[-1], unit, str(values.index[-1]), label, note=note, history=past)


@takes()
def headline_each(
    name: str,
    values: Mapping[str, float],
    unit: str,
    period: str | int,
    labels: Mapping[str, str],
    *,
    before: str = "",
    digits: int = 0,
) -> None:
    """
    Record a headline number for each of several cases, whichever there are.

    Parameters
    ----------
    name : str
        The number of a case is recorded as `<name>_<case>`.
    values : mapping of str
        By case, such as the medians of scenarios.
    unit, period, digits
        As of `headline`.
    labels : mapping of str
        The words for each case.
    before : str
        What stands before them.

    Examples
    --------
    >>> headline_each("growth", {"up": 0.052}, "growth", 2024, {"up": "Oil and gas dearer"})
    Oil and gas dearer, 2024: 5 %
    """
    for what, given in (("values", values), ("labels", labels)):
        if not isinstance(given, Mapping | pd.Series):
            raise ValueError(f"{what} must be by case, got {type(given).__name__}")
    for case, value in values.items():
        if case not in labels:
            raise ValueError(f"labels must name every case, got none for {case}")
        headline(f"{name}_{case}", value, unit, str(period), before + labels[case], digits=digits)


def dated(as_of: str, *frames: pd.DataFrame | pd.Series, projected_on: Sequence[str] = ()) -> None:
    """
    Say which day the page stands on and where its figures end, and keep what is due next.

    Partners of whom a flow's months end before the others' are named. When the page is made, it
    names the releases that are out by then and not in its figures, and the next one.

    Parameters
    ----------
    as_of : str
        The latest day used, YYYY-MM-DD.
    *frames : DataFrame or Series
        From the loaders: what the page is made from.
    projected_on : sequence of str
        The days that projections stand on, if they are earlier.

    Examples
    --------
    >>> dated("2024-02-01", st.load_trade(frequency="M", as_of="2024-02-01"))
    Data to December 2023 · public by 1 February 2024
    """
    end = last_period(*frames)
    later = _in_dollars_alone(as_of, end)
    said = public_by(as_of, *frames, *later, projected_on=projected_on)
    if later:
        said += f" · yuan to {end:%B %Y}"
    told.dated(said, _releases(last_period(*frames, *later)), "customs release")


def public_by(
    as_of: str, *frames: pd.DataFrame | pd.Series, projected_on: Sequence[str] = ()
) -> str:
    """Say which day a page stands on, and where its figures end."""
    if (end := last_period(*frames)) is None:
        raise ValueError("frames must hold figures, got none")
    if isinstance(projected_on, str) or not isinstance(projected_on, Sequence):
        raise ValueError(f"projected_on must be a list of days, got {projected_on!r}")
    as_of = str(read_day(as_of).date())
    projected_on = [str(read_day(d, "projected_on").date()) for d in projected_on]
    said = end.strftime("%B %Y") if end.freqstr == "M" else str(end)
    if later := [d for d in projected_on if d > as_of]:
        raise ValueError(f"projected_on must be {as_of} or before, got {later[0]}: it knew more")
    earlier = [prose.day(d) for d in dict.fromkeys(projected_on) if d < as_of]
    known = f"Data to {said} · public by {prose.day(as_of)}"
    for partner, month in _late(*frames).items():
        known += f" · {codes.label(partner)} to {month:%B %Y}"
    if not earlier:
        return known
    return f"Projected on {prose.listed(earlier)} · {known.lower()[0] + known[1:]}"


def _late(*frames: pd.DataFrame | pd.Series) -> pd.Series:
    """Give the last month of each partner of whom months are lacking that others have."""
    ends = [
        frame.groupby(["currency", "partner", "flow"])["period"].max()
        for frame in frames
        if {"currency", "partner", "flow"} <= set(frame.axes[-1]) and frequency_of(frame) == "M"
    ]
    if not ends:
        return pd.Series(dtype=object)
    every = pd.concat(ends)
    return every[every < every.groupby("currency").transform("max")].groupby("partner").min()


def data_end(*frames: pd.DataFrame | pd.Series) -> str:
    """
    Say where the figures behind frames or totals end.

    Parameters
    ----------
    *frames : DataFrame or Series
        From the loaders: with `attrs["last"]`, else with periods as a column or as the index.

    Returns
    -------
    str
        "figures end in …" with the latest period held, or "no figures". Beside an as-of day it
        tells a reader what that day could not bring.

    Examples
    --------
    >>> data_end(*(st.load_trade(frequency=f, as_of="2024-02-01") for f in "MY"))
    'figures end in 2023-12'
    """
    end = last_period(*frames)
    return "no figures" if end is None else f"figures end in {end}"


def last_period(*frames: pd.DataFrame | pd.Series) -> pd.Period | None:
    """Give the last period that any of some frames holds, None where none holds any."""
    known = [p for p in map(_end, frames) if p is not None]
    return max(known, key=lambda p: (p.end_time, p.freqstr == "M"), default=None)


def _end(frame: pd.DataFrame | pd.Series) -> pd.Period | None:
    """Give the last period that a frame or a series holds, None where it holds none."""
    column = prose.column_of(frame, "period")
    if frame.attrs.get("last"):
        return pd.Period(frame.attrs["last"])
    periods = frame.index if column is None else column
    read = read_periods(pd.Index(periods.unique()), "frames")
    return read.max() if len(read) else None


def _in_dollars_alone(as_of: str, last: pd.Period | None) -> list[pd.DataFrame]:
    """Load the months in dollars where they end later than a page's, which are in yuan."""
    if (
        last is None
        or last.freqstr != "M"
        or vintages.choose("gacc", "partner_monthly_usd") is None
    ):
        return []
    months = load_trade(frequency="M", currency="USD", as_of=as_of)
    return [months] if pd.Period(months.attrs["last"]) > last else []


def _releases(last: pd.Period) -> list[tuple[str, str]]:
    """
    List the customs' releases after a period: day and what it brings.

    To two years after the newest figures held: none is missed, however early the page's day.
    """
    data, form = ("partner_monthly", "%B %Y") if last.freqstr == "M" else ("partner_annual", "%Y")
    end = max(last.end_time, pd.Timestamp(vintages.newest_day())) + pd.DateOffset(years=2)
    due = {p: calendar.released("gacc", data, pd.Series([p])).iloc[0]
           for p in pd.period_range(last + 1, end, freq=last.freqstr)}  # fmt: skip
    # January and February come together: the later one names both.
    days = {str(day.date()): p for p, day in due.items()}
    return [(day, p.strftime(form)) for day, p in days.items()]


def explain(what: str) -> None:
    """
    Show a text that several notebooks share, or that a parameter decides on.

    Parameters
    ----------
    what : {'concentration', 'season'}
        Which one.

    Examples
    --------
    >>> explain("season")  # doctest: +ELLIPSIS
    X-13ARIMA-SEATS takes out the season ...
    """
    told.note(prose.EXPLAINED[codes.one_of("what", what, list(prose.EXPLAINED))])


@takes(total=series("Y", told=True), year=read_year)
def overtaken(total: pd.Series, year: str | int, report: str = "", *, but_for: str = "") -> None:
    """
    Say above a projection how its year came, once it is known; say nothing before.

    Parameters
    ----------
    total : Series
        Annual, from `load_totals`, as known now.
    year : str or int
        The year projected.
    report : str
        Name of the report that judges the projections.
    but_for : str
        From `but_for`: what growth is without flows that come and go.

    Examples
    --------
    >>> overtaken(st.load_totals(as_of="2026-01-31"), 2024)  # doctest: +ELLIPSIS
    2024 is over: China's trade with Central Asia rose 6.1... in dollars.
    """
    now, before = (total.get(pd.Period(str(year), "Y") - back) for back in (0, 1))
    if now is None or before is None or not before > 0:
        return
    name, currency = codes.label(total.attrs["partner"]), total.attrs["currency"]
    said = f"{year} is over: China's trade with {name} {prose.phrase_growth(now / before - 1)} in "
    said += f"{codes.CURRENCY_LABELS[currency]}{but_for}."
    told.notice(said, report, "How the projections came out" if report else "")


def provenance() -> None:
    """
    Show how this notebook was made: the snapshots it has read and the versions it ran with.

    Call it last, so that it knows every snapshot.

    Examples
    --------
    >>> provenance()  # doctest: +ELLIPSIS
    Snapshots read: ...
    """
    from silktrade.data import snapshots  # here: pandas is not needed before

    told.provenance(snapshots.used(), "silktrade")
