"""
Loaders of indicators: prices, rates, output, expected and come, and what institutions foresee.

A rate or a growth is a fraction; months are averaged to years where years are asked for.
"""

from collections.abc import Iterable

import pandas as pd

from silktrade import codes, schema
from silktrade.data import snapshots, vintages
from silktrade.data.snapshots import public, remembered
from silktrade.days import Day, read_day, released_by
from silktrade.schema import INDICATOR, validate

_OUTLOOK = ("imf", "world_economic_outlook")
_COMMODITIES = ("worldbank", "commodity_prices")
YEARS_AHEAD = 5  # of an edition that the archive holds, beside its own
_PRICES = ("oil_average", "gas_lng_japan")
INDICATORS: dict[str, tuple[tuple[str, str], ...]] = {
    "customs_rate": (("gacc", "customs_rate_monthly"), ("gacc", "customs_rate_annual")),
    "exchange_rate": (("fed", "exchange_rate"),),
    "export_volume_growth": (_OUTLOOK,),
    "gas_europe": (_COMMODITIES,),
    "gas_lng_japan": (_COMMODITIES,),
    "gas_unit_value": (("gacc", "gas_unit_value"),),
    "gdp_growth": (_OUTLOOK, ("nbs", "gdp_growth")),  # what was expected, what came
    "gdp_usd": (("worldbank", "gdp"), _OUTLOOK),
    "gold": (_COMMODITIES,),
    "copper": (_COMMODITIES,),
    "import_volume_growth": (_OUTLOOK,),
    "inflation": (_OUTLOOK,),
    "oil_average": (_COMMODITIES,),
    "oil_brent": (_COMMODITIES,),
    "population": (_OUTLOOK,),
}


# Where one publisher's series ends and another's of the same thing goes on.
CONTINUED = {("fed", "exchange_rate"): ("bis", "exchange_rate")}


def load_indicator(
    name: str,
    *,
    economies: str | Iterable[str] | None = None,
    frequency: str | None = None,
    source: str | None = None,
    as_of: Day = None,
    needed: bool = True,
) -> pd.DataFrame:
    """
    Load one indicator as an INDICATOR frame.

    Parameters
    ----------
    name : str
        One of the names in `data.indicators.INDICATORS`, such as `"gdp_usd"`, `"customs_rate"`,
        `"exchange_rate"`, `"oil_brent"`.
    economies : str or iterable of str, optional
        ISO codes; all that are known by default.
    frequency : {'M', 'Y'}, optional
        By default the finest there is. Years of a monthly price or rate are means of twelve months;
        a year with fewer has no row.
    source : str, optional
        Where several publish the same indicator (`gdp_usd`: `"worldbank"` by default, `"imf"`).
    as_of, needed
        As for `load_trade`; of an outlook the newest edition of that day.

    Returns
    -------
    DataFrame
        INDICATOR: economy, indicator, period, value (in `unit`), unit, obs_status, source,
        vintage, released. A rate or a growth is a fraction.

    Examples
    --------
    >>> load_indicator("customs_rate", frequency="Y").set_index("period")["value"]["2024"].item()
    7.116
    """
    codes.one_of("name", name, sorted(INDICATORS))
    choices = INDICATORS[name]
    if source is not None:
        codes.one_of("source", source, sorted({s for s, _ in choices}))
        choices = tuple(c for c in choices if c[0] == source)
    rows = indicator_rows(name, choices, frequency, as_of)
    known = sorted(rows["economy"].unique())
    rows = rows[rows["economy"].isin(codes.some_of("economies", economies, known))]
    return validate(public(rows, as_of, needed), INDICATOR)


def load_opinions(
    *, economies: str | Iterable[str] | None = None, as_of: Day = None
) -> pd.DataFrame:
    """
    Load what institutions published about the years to come.

    Parameters
    ----------
    economies : str or iterable of str, optional
        ISO codes, `"CA5"` for Central Asia as the institution draws it, `"WLD"`; all by default.
    as_of : str or Timestamp, optional
        Keep only what was published by that day: nothing, before the first.

    Returns
    -------
    DataFrame
        OPINION: institution, economy, indicator (gdp_growth, trade_volume_growth, trade_target),
        period, value (a growth is a fraction, a target full US dollars), unit, released, source,
        vintage. A target is a government's wish.

    Examples
    --------
    >>> said = load_opinions(economies="CHN", as_of="2023-12-31")
    >>> said.loc[said["period"] == "2024", "value"].agg(["min", "max"]).tolist()
    [0.042, 0.046]
    """
    rows = snapshots.known("silktrade", "published_forecasts", as_of)
    known = sorted(rows["economy"].unique())
    rows = rows[rows["economy"].isin(codes.some_of("economies", economies, known))]
    return validate(released_by(rows, as_of), schema.OPINION)


def load_outlooks(
    indicator: str = "gdp_growth",
    *,
    economies: str | Iterable[str] | None = None,
    as_of: Day = None,
) -> pd.DataFrame:
    """
    Load what each World Economic Outlook expected, as it stood.

    Parameters
    ----------
    indicator : {'gdp_growth', 'inflation'}
        Both fractions.
    economies : str or iterable of str, optional
        ISO codes, or `"WLD"`; all that are held by default.
    as_of : str or Timestamp, optional
        Keep only the editions that were out on that day.

    Returns
    -------
    DataFrame
        OUTLOOK: economy, indicator, edition (the month on its cover), period, value, unit, source,
        vintage, released. An edition holds its own year and up to five after it; what the archive
        lacks (October 2024) comes with `silktrade refresh imf --edition 2024-10`.

    Examples
    --------
    >>> told = load_outlooks(economies="CHN", as_of="2023-12-31")
    >>> told[told["period"] == "2024"].set_index("edition")["value"]["2023-10"].round(3).item()
    0.042
    """
    archive = snapshots.known("imf", "outlook_archive", as_of)
    rows = pd.concat([archive, *_other_editions(archive, as_of)], ignore_index=True)
    codes.one_of("indicator", indicator, sorted(rows["indicator"].unique()))
    held = sorted(rows["economy"].unique())
    chosen = codes.some_of("economies", economies, held)
    kept = rows[(rows["indicator"] == indicator) & rows["economy"].isin(chosen)]
    return validate(public(kept, as_of), schema.OUTLOOK)


def load_china_share(*, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """
    Load China's share of a partner's foreign trade, as the partner's own statistics count.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        As for `load_trade`.

    Returns
    -------
    DataFrame
        INDICATOR china_share: a fraction of trade from January to the month in period, of few
        partners and windows; no rows before the first day.

    Examples
    --------
    >>> load_china_share()["economy"].tolist(), len(load_china_share(as_of="2023-11-30"))
    (['KAZ', 'UZB'], 0)
    """
    rows = snapshots.known("national", "china_share", as_of)
    return validate(released_by(rows, as_of), INDICATOR)


def load_energy_prices(*, as_of: Day = None) -> pd.DataFrame:
    """
    Load the price of oil, and of gas as Asia pays it, by month.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        As for `load_trade`.

    Returns
    -------
    DataFrame
        INDICATOR rows: oil_average and gas_lng_japan, monthly.

    Examples
    --------
    >>> load_energy_prices()["indicator"].unique().tolist()
    ['gas_lng_japan', 'oil_average']
    """
    parts = [load_indicator(name, as_of=as_of) for name in _PRICES]
    return validate(pd.concat(parts), INDICATOR)


def load_conditions(*, as_of: Day = None, needed: bool = True) -> pd.DataFrame:
    """
    Load what trade depends on, by year: output, its growth, and the price of oil and gas.

    Parameters
    ----------
    as_of, needed
        As for `load_trade`.

    Returns
    -------
    DataFrame
        INDICATOR rows, annual: gdp_growth (fraction) and gdp_usd of China and the five, past and
        expected, from the Fund's Outlook; oil_average and gas_lng_japan, yearly means.

    Notes
    -----
    The first Outlook that is held whole is of 10 October 2023. Before it, what was expected of
    output is as the archive's last edition of the day has it (`load_outlooks`); growth that had
    come is taken from that first whole edition, known by rule from 31 May of the year after, and
    gdp_usd is the World Bank's, known by rule from 1 July: right periods, later values.

    Examples
    --------
    >>> known = load_conditions(as_of="2023-12-31").set_index(["indicator", "economy", "period"])
    >>> known.loc[("gdp_growth", "CHN", "2024"), "value"].round(3).item()
    0.042
    >>> known = load_conditions(as_of="2015-12-31").set_index(["indicator", "economy", "period"])
    >>> known.loc[("gdp_growth", "CHN", "2016"), "value"].round(3).item()
    0.063
    """
    codes.flag("needed", needed)
    expected = load_indicator("gdp_growth", source="imf", as_of=as_of, needed=False)
    whole = not expected.empty
    if not whole:
        expected = _pieced(as_of, needed)
    if expected.empty:
        return expected
    parts = [expected, load_indicator("gdp_usd", source="imf" if whole else "worldbank",
                                      as_of=as_of)]  # fmt: skip
    parts += [load_indicator(n, frequency="Y", as_of=as_of) for n in _PRICES]
    return validate(pd.concat(parts), INDICATOR)


def _pieced(as_of: Day, needed: bool) -> pd.DataFrame:
    """Piece growth of output together before the first whole Outlook: what came, else the last."""
    rows = snapshots.known(*_OUTLOOK, as_of)
    rows = rows[rows["indicator"] == "gdp_growth"]
    counted = (rows["period"] + 1).dt.start_time + pd.DateOffset(months=4, days=30)
    came = rows.assign(released=counted)[rows["obs_status"] != "E"]
    told = public(snapshots.known("imf", "outlook_archive", as_of), as_of, needed)
    attrs = told.attrs
    told = told[(told["indicator"] == "gdp_growth") & told["economy"].isin(came["economy"])]
    told = told.sort_values("edition", ascending=False).assign(obs_status="E")
    both = pd.concat([released_by(came, as_of) if len(told) else came[:0], told[came.columns]])
    found = validate(both.drop_duplicates(list(INDICATOR.key)), INDICATOR)
    found.attrs |= attrs
    return found


def indicator_rows(
    name: str, choices: tuple[tuple[str, str], ...], frequency: str | None, as_of: Day
) -> pd.DataFrame:
    """Read an indicator at the frequency asked for, averaging months where it must."""
    if frequency is not None:
        codes.one_of("frequency", frequency, ("M", "Y"))
    for choice in choices:
        rows = _continued(*choice, as_of)
        rows = rows[rows["indicator"] == name]
        if frequency in (None, schema.frequency_of(rows)):
            return rows
    if frequency == "Y":
        return remembered(_annual_mean, *choices[0], name, as_of)
    raise ValueError(f"frequency must be Y for {name}, got {frequency!r}: it has no months")


def _other_editions(archive: pd.DataFrame, as_of: Day) -> list[pd.DataFrame]:
    """Read the editions that the archive lacks, each from its own file, the newest first."""
    known, kinds = set(archive["edition"]), archive["indicator"].unique()
    parts: list[pd.DataFrame] = []
    day = None if as_of is None else read_day(as_of)
    while True:
        found = snapshots.find(*_OUTLOOK, day)
        out = pd.Timestamp(found.vintage)
        if day is not None and out > day:
            return parts
        edition = pd.Period(out, freq="M")
        if edition not in known:
            rows = snapshots.read(found)
            ahead = rows["period"].dt.year.between(out.year, out.year + YEARS_AHEAD)
            rows = rows[ahead & rows["indicator"].isin(kinds)]
            parts.append(rows.assign(edition=edition)[archive.columns])
        day = out - pd.Timedelta(days=1)


def _continued(source: str, dataset: str, as_of: Day) -> pd.DataFrame:
    """Read a data set, and where another publisher goes on, the later periods of that one."""
    rows = snapshots.known(source, dataset, as_of)
    other = CONTINUED.get((source, dataset))
    if other is None or vintages.choose(*other) is None:
        return rows
    more = snapshots.known(*other, as_of)
    return pd.concat([rows, more[more["period"] > rows["period"].max()]], ignore_index=True)


def _annual_mean(source: str, dataset: str, name: str, as_of: Day) -> pd.DataFrame:
    """Average the months of each complete year."""
    rows = _continued(source, dataset, as_of)
    rows = rows[rows["indicator"] == name]
    keys = ["economy", "indicator", "unit", "source"]
    years = rows.assign(
        period=rows["period"].dt.asfreq("Y"), rank=rows["obs_status"].map(codes.STATUS_RANK)
    )
    grouped = years.groupby([*keys, "period"], as_index=False)
    out = grouped.agg(
        value=("value", "mean"),
        months=("value", "size"),
        rank=("rank", "max"),
        released=("released", "max"),
        vintage=("vintage", "max"),
    )
    out = out[out["months"] == 12]
    return out.assign(obs_status=out["rank"].map(codes.STATUS_AT)).drop(columns=["rank", "months"])
