"""
Loaders of context: events, holidays, outlines, scenarios, findings of others, and the catalogue.

What stands here is no figure of trade: it explains one, or is assumed about one.
"""

from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.data import snapshots
from silktrade.days import Day, released_by


def load_catalogue() -> pd.DataFrame:
    """
    Load the list of all snapshots in the data folder.

    Returns
    -------
    DataFrame
        source, vintage, dataset, title, kind, producer, coverage, licence, rows, sha256.

    Examples
    --------
    >>> "partner_monthly" in load_catalogue()["dataset"].tolist()
    True
    """
    columns = ["source", "vintage", "dataset", "title", "kind", "producer", "coverage", "licence",
               "rows", "sha256"]  # fmt: skip
    rows = [[getattr(s, c) for c in columns] for s in snapshots.catalogue()]
    return pd.DataFrame(rows, columns=columns)


def load_events(partners: str | Iterable[str] | None = None, *, as_of: Day = None) -> pd.DataFrame:
    """
    Load the dated events that touched the trade.

    Parameters
    ----------
    partners : str or iterable of str, optional
        Keep events that name one of these economies, or a region that one of them is of; those of
        a region are China's as well.
    as_of : str or Timestamp, optional
        Keep only events up to that day.

    Returns
    -------
    DataFrame
        EVENTS: date, title, kind, partners (codes joined by `;`), source, vintage. Context for a
        reader, never proof of a cause.

    Examples
    --------
    >>> load_events("UZB", as_of="2018-01-01")["title"].iloc[-1]
    'Uzbekistan frees the sum'
    """
    rows = snapshots.known("silktrade", "events", as_of)
    if partners is not None:
        chosen = set(codes.members(partners))
        named = rows["partners"].str.split(";").map(lambda p: bool(chosen & set(p)))
        of_all = [r for r, parts in codes.REGIONS.items() if chosen & {*parts, "CHN"}]
        rows = rows[named | rows["partners"].isin(of_all)]
    return released_by(rows, as_of, "date").reset_index(drop=True)


def load_new_year() -> pd.DataFrame:
    """
    Load the first day of each Chinese year, 1990 to 2030.

    Returns
    -------
    DataFrame
        EVENTS: date, title, kind (`holiday`), partners (`CHN`), source, vintage. The calendar is
        known in advance, so that there is no as-of day.

    Examples
    --------
    >>> load_new_year().set_index("title").loc["Chinese New Year 2024", "date"]
    Timestamp('2024-02-10 00:00:00')
    """
    return snapshots.known("silktrade", "chinese_new_year")


def load_outlines() -> pd.DataFrame:
    """
    Load the outlines of China and the five.

    Returns
    -------
    DataFrame
        OUTLINE: economy, part (number of the ring), point (its place along the ring), longitude
        and latitude in degrees, source, vintage. Borders are de facto, as Natural Earth draws
        them; there is no as-of day.

    Examples
    --------
    >>> load_outlines()["economy"].unique().tolist()
    ['CHN', 'KAZ', 'KGZ', 'TJK', 'TKM', 'UZB']
    """
    return snapshots.known("naturalearth", "outlines")


def load_scenarios() -> pd.DataFrame:
    """
    Load what each scenario assumes.

    Returns
    -------
    DataFrame
        SCENARIO: scenario, channel, economy, label, value, unit (points, as a fraction, or times),
        over (baseline or year before), basis (whose view it is), source, vintage. What no row
        names stays as in the baseline. Assumptions are no forecasts, so there is no as-of day.

    Examples
    --------
    >>> load_scenarios()["scenario"].unique().tolist()[:3]
    ['baseline', 'energy_down', 'energy_up']
    """
    return snapshots.known("silktrade", "scenarios")


def load_published_elasticities() -> pd.DataFrame:
    """
    Load what others found of how trade answers income, exchange rates and oil.

    Returns
    -------
    DataFrame
        ELASTICITY: channel, flow, study, low, high (percent per percent; NaN where no bound is
        given), finding, reference, source, vintage.

    Examples
    --------
    >>> load_published_elasticities()["channel"].unique().tolist()
    ['energy', 'exchange_rate', 'income']
    """
    return snapshots.known("silktrade", "published_elasticities")
