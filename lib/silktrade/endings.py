"""Which day figures stand on, and where they end, in words."""

from collections.abc import Sequence

import pandas as pd

from silktrade.codes import label
from silktrade.days import read_day
from silktrade.prose import column_of, day, listed
from silktrade.schema import frequency_of
from silktrade.series import read_periods


def public_by(
    as_of: str, *frames: pd.DataFrame | pd.Series, projected_on: Sequence[str] = ()
) -> str:
    """Say which day a page stands on, and where its figures end."""
    ends = data_end(*frames).removeprefix("figures end in ")
    if ends == "no figures":
        raise ValueError("frames must hold figures, got none")
    if isinstance(projected_on, str) or not isinstance(projected_on, Sequence):
        raise ValueError(f"projected_on must be a list of days, got {projected_on!r}")
    as_of = str(read_day(as_of).date())
    projected_on = [str(read_day(d, "projected_on").date()) for d in projected_on]
    end = pd.Period(ends)
    said = end.strftime("%B %Y") if end.freqstr == "M" else str(end)
    if later := [d for d in projected_on if d > as_of]:
        raise ValueError(f"projected_on must be {as_of} or before, got {later[0]}: it knew more")
    earlier = [day(d) for d in dict.fromkeys(projected_on) if d < as_of]
    known = f"Data to {said} · public by {day(as_of)}"
    known += "".join(f" · {label(p)} to {month:%B %Y}" for p, month in _late(*frames).items())
    return f"Projected on {listed(earlier)} · {known.lower()[0] + known[1:]}" if earlier else known


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
    ends = [_end(frame) for frame in frames]
    known = [p for p in ends if p is not None]
    if not known:
        return "no figures"
    return f"figures end in {max(known, key=lambda p: (p.end_time, p.freqstr == 'M'))}"


def _end(frame: pd.DataFrame | pd.Series) -> pd.Period | None:
    """Give the last period that a frame or a series holds, None where it holds none."""
    column = column_of(frame, "period")
    if frame.attrs.get("last"):
        return pd.Period(frame.attrs["last"])
    periods = frame.index if column is None else column
    read = read_periods(pd.Index(periods.unique()), "frames")
    return read.max() if len(read) else None
