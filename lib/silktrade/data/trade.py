"""
Loaders: from snapshots to the tidy frames that measures, models and figures know.

Each loader picks the snapshots, splices sources in a fixed order of precedence, converts the
currency, and keeps only what was public on the as-of day. Dollar figures of customs data are
converted at the rate that the customs use, not at the market rate.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from silktrade import codes, schema
from silktrade.data import snapshots, vintages
from silktrade.data.indicators import INDICATORS, indicator_rows
from silktrade.data.snapshots import public, remembered
from silktrade.days import Day, read_day, released_by
from silktrade.schema import TRADE, validate

Codes = str | Iterable[str] | None


# The order is the precedence: where two sources report the same key, the first one stands.
_CHINA = {
    "M": (("gacc", "partner_monthly"), ("gacc", "partner_monthly_2023")),
    # The customs' own years begin in 2023; of 2022 the press had quoted some before the IMF's day.
    "Y": (("gacc", "partner_annual"), ("imf", "direction_of_trade"), ("comtrade", "china_reported"),
          ("gacc", "partner_annual_2022")),
}  # fmt: skip
# What the customs print in dollars, once it has been fetched: `silktrade refresh gacc`.
_IN_DOLLARS = {"M": ("gacc", "partner_monthly_usd"), "Y": ("gacc", "partner_annual_usd")}
_WORLD_IN_DOLLARS = ("gacc", "world_monthly")  # printed in dollars, so never converted to yuan
# What `silktrade refresh comtrade` brings: after the customs' own months.
_FETCHED = ("comtrade", "china_reported_monthly")
# From 2000, and so on request alone: months of the customs begin in 2023.
_TOLD_THE_FUND = ("imf", "trade_monthly")
_PARTNER_MONTHS = (("comtrade", "partner_reported_monthly"), ("imf", "trade_monthly_mirror"))
_PARTNER_REPORTS = (
    ("comtrade", "partner_reported"),
    ("national", "partner_statistics"),
    ("imf", "direction_of_trade_mirror"),
)


def load_trade(
    *,
    frequency: str = "Y",
    currency: str = "USD",
    partners: str | Iterable[str] | None = None,
    flows: str | Iterable[str] | None = None,
    reporter: str | Iterable[str] = "CHN",
    source: str | None = None,
    as_of: Day = None,
    needed: bool = True,
) -> pd.DataFrame:
    """
    Load trade flows as one TRADE frame.

    Parameters
    ----------
    frequency : {'Y', 'M'}
        Calendar years (from 1992: IMF and UN to 2022, then customs) or months (customs, from 2023).
    currency : {'USD', 'CNY'}
        Of the values. What the customs printed in it comes first; what they printed in the other
        alone is converted at their own rate (status E); figures to 2022 are in dollars, and to 2020
        converted at the market rate's annual mean.
    partners : str or iterable of str, optional
        Of the reporter: ISO codes, or regions, which stand for their members; by default the five.
        Others as far as they are held: `"WLD"` (China with the world) in months, from 2008 in
        dollars and from 2024 in yuan; whom `silktrade refresh --partner` has fetched.
    flows : str or iterable of str, optional
        `"export"`, `"import"`; both by default, as the reporter sees them.
    reporter : str or iterable of str
        Whose customs wrote the record: `"CHN"`, or partners for their own report of the trade with
        China (mirror figures; months where they have been fetched).
    source : str, optional
        What one publisher holds alone, such as `"gacc"`; `"imf"` has China's months from 2000, once
        `silktrade refresh imf` has fetched them. By default the splice of all but those.
    as_of : str or Timestamp, optional
        Keep only what was public on that day (YYYY-MM-DD). Values are the revision that survives.
    needed : bool
        Whether to refuse a day before the first release, or a reporter whose own figures are not
        held; if not, there are no rows then, and `attrs["unknown"]` says why.

    Returns
    -------
    DataFrame
        TRADE: reporter, partner, flow, product, period, value (full units of `currency`), currency,
        valuation (exports fob, imports cif), obs_status, source, vintage, released. No row means
        not known. A year of the customs is December's year to date; twelve printed months differ
        from it by up to 0.6 %. `attrs` holds `as_of`, `last` (the last period held) and `left_out`:
        periods public in the other currency for which no rate is known.

    Raises
    ------
    ValueError
        If a code or a source is unknown, nothing is held of a partner that was asked for, `as_of`
        is no day or before the first release, or a rate lacks a period between first and last.

    Examples
    --------
    >>> trade = load_trade(frequency="Y", currency="USD", partners="KAZ", flows="export")
    >>> trade.set_index("period")["value"].loc["2013"].item()
    12540255381.0
    """
    return remembered(_trade, frequency, currency, partners, flows, reporter, source, as_of, needed)


def _trade(
    frequency: str, currency: str, partners: Codes, flows: Codes, reporter: Codes,
    source: str | None, as_of: Day, needed: bool,
) -> pd.DataFrame:  # fmt: skip
    """Load trade flows."""
    codes.one_of("frequency", frequency, ("M", "Y"))
    codes.one_of("currency", currency, codes.CURRENCIES)
    codes.flag("needed", needed)
    known = (*codes.COUNTRIES, *codes.REGIONS)
    reporters = codes.members(codes.some_of("reporter", reporter, known))
    china = reporters == ["CHN"]
    sources = _sources(reporters, frequency, currency)
    if not china and partners not in (None, "CHN", ("CHN",)):
        raise ValueError(
            f"partners must be CHN where others report, got {partners!r}: leave it out, and name "
            "them as the reporter"
        )
    chosen = codes.members(partners) if china else ["CHN"]
    if codes.WORLD in chosen and (frequency, currency) == ("M", "USD"):
        sources = (_WORLD_IN_DOLLARS, *sources)
    if source is not None:
        told = (*sources, *(_held((_TOLD_THE_FUND,)) if china and frequency == "M" else ()))
        codes.one_of("source", source, list(dict.fromkeys(name for name, _ in told)))
        sources = tuple(s for s in told if s[0] == source)
    kinds = codes.some_of("flows", flows, codes.FLOWS)

    def asked(make: Callable[..., pd.DataFrame], *given: object) -> pd.DataFrame:
        rows = remembered(make, sources, *given, as_of)
        theirs = rows["reporter"].isin(reporters) & rows["partner"].isin(chosen)
        return rows[theirs & rows["flow"].isin(kinds)]

    held = remembered(_read, sources, None, as_of)
    held = held[held["reporter"].isin(reporters)]
    what = {"M": "monthly", "Y": "annual"}[frequency] if china else "the partners' own"
    side = (chosen, "partner") if china else (reporters, "reporter")
    lacking = _not_held(*side, held, what)
    if lacking and (china or needed):
        raise ValueError(lacking)
    rows = asked(_spliced, currency).reset_index(drop=True)
    if rows.empty:
        rows.attrs |= public(asked(_read, currency), as_of, needed).attrs
    if lacking:
        whose, cure = " and ".join(map(codes.label, reporters)), lacking.rpartition(": ")[2]
        rows.attrs["unknown"] = f"What {whose} reported is not held: {cure}."
    rows.attrs |= {
        "as_of": None if as_of is None else str(read_day(as_of).date()),
        "last": str(rows["period"].max()) if len(rows) else None,
        "left_out": sorted(asked(_left_out, currency)["period"].astype(str).unique()),
    }
    return rows


def _read(sources: tuple[tuple[str, str], ...], currency: str | None, as_of: Day) -> pd.DataFrame:
    """Read data sets one after the other, as printed or in one currency."""
    parts = [snapshots.known(*source, as_of) for source in sources]
    return pd.concat(parts if currency is None else [_convert(p, currency, as_of) for p in parts])


def _spliced(sources: tuple[tuple[str, str], ...], currency: str, as_of: Day) -> pd.DataFrame:
    """Take of each figure that was public the first of the data sets that has it."""
    # Cut before splicing: a row not yet public must not displace one that was.
    rows = released_by(remembered(_read, sources, currency, as_of), as_of)
    return validate(rows.drop_duplicates(list(TRADE.key)), TRADE)


def _left_out(sources: tuple[tuple[str, str], ...], currency: str, as_of: Day) -> pd.DataFrame:
    """Find what was printed that has no row in a currency."""
    printed = released_by(remembered(_read, sources, None, as_of), as_of)
    rows, keys = remembered(_spliced, sources, currency, as_of), list(TRADE.key)
    again = pd.concat([rows[keys], printed[keys]]).duplicated().to_numpy()[len(rows) :]
    return printed[~again]


def _not_held(chosen: list[str], column: str, rows: pd.DataFrame, what: str) -> str:
    """Say of which side nothing is held, whose is held and how to fetch others."""
    held = {*rows[column]} | {*codes.PARTNERS, codes.WORLD}
    lacking = [p for p in chosen if p not in held]
    if not lacking:
        return ""
    there = f"{what} figures are of {', '.join(p for p in codes.COUNTRIES if p in held)}"
    ask = [p for p in lacking if p != "CHN"]
    fetch = f"fetch it with {codes.fetching('comtrade', ask)}"
    cure = fetch if ask else "China is the reporter, name whom it trades with"
    return f"{column} must be held, got {', '.join(lacking)}, and {there}: {cure}"


def load_year_to_date(
    *, partners: str | Iterable[str] | None = None, currency: str = "CNY", as_of: Day = None
) -> pd.DataFrame:
    """
    Load the printed year-to-date of China's customs, with its printed growth.

    Parameters
    ----------
    partners : str or iterable of str, optional
        ISO codes or regions, the five by default; others and `"WLD"` as far as they are held.
    currency : {'CNY', 'USD'}
        In which it was printed: nothing is converted. In dollars once `silktrade refresh gacc` has
        fetched the tables; no rows until then.
    as_of : str or Timestamp, optional
        As for `load_trade`.

    Returns
    -------
    DataFrame
        YEAR_TO_DATE: the columns of TRADE and `growth`, a fraction, over the same window of the
        year before on the customs' revised base; missing where none was printed. `value` runs from
        January to `period`.

    Examples
    --------
    >>> printed = load_year_to_date(partners="KAZ").set_index(["flow", "period"])
    >>> printed.loc[("export", "2024-12"), "growth"].item()
    0.143
    """
    codes.one_of("currency", currency, codes.CURRENCIES)
    chosen = codes.members(partners)
    dataset = f"partner_year_to_date{'' if currency == 'CNY' else '_usd'}"
    if currency == "USD" and vintages.choose("gacc", dataset) is None:
        none = schema.empty(schema.YEAR_TO_DATE, "M")
        none.attrs["unknown"] = "None is held in dollars: `silktrade refresh gacc` fetches them."
        return none
    rows = snapshots.known("gacc", dataset, as_of)
    if lacking := _not_held(chosen, "partner", rows, "year-to-date"):
        raise ValueError(lacking)
    return validate(public(rows[rows["partner"].isin(chosen)], as_of), schema.YEAR_TO_DATE)


def load_totals(
    partner: str = codes.REGION,
    *,
    frequency: str = "Y",
    currency: str = "USD",
    as_of: Day = None,
    needed: bool = True,
) -> pd.Series:
    """
    Load China's exports plus imports with a partner, or with a region together.

    Parameters
    ----------
    partner : str
        An ISO code, a region such as `"CA5"`, the five together, or `"WLD"`.
    frequency, currency, as_of, needed
        As for `load_trade`.

    Returns
    -------
    Series
        Values in full units of `currency`, indexed by period, named by the partner: the sum of
        the flows where all are known, the figure as published where they are not (2021).
        `attrs` holds partner, currency, source (text), `published`: the periods that are no sum of
        ours, and `as_of`, `last` and `left_out` as `load_trade`.

    Examples
    --------
    >>> totals = load_totals("CA5")
    >>> (totals[["1992", "2013", "2022"]] / 1e9).round(2).tolist()
    [0.44, 50.23, 70.23]
    """
    return remembered(_totals, partner, frequency, currency, as_of, needed)


def _totals(partner: str, frequency: str, currency: str, as_of: Day, needed: bool) -> pd.Series:
    """Load the trade with one partner, or a region."""
    codes.one_of("partner", partner, (*codes.COMTRADE, *codes.REGIONS))
    trade = load_trade(
        frequency=frequency, currency=currency, partners=partner, as_of=as_of, needed=needed
    )
    return _total(trade, partner, currency, as_of)


def _total(trade: pd.DataFrame, partner: str, currency: str, as_of: Day) -> pd.Series:
    """Add up one partner's flows, or a region's, and put what was printed in the gaps."""
    members = codes.members(partner)
    frequency = schema.frequency_of(trade)
    parts = trade.groupby("period")["value"].agg(["sum", "size"])
    known = parts.loc[parts["size"] == len(members) * len(codes.FLOWS), "sum"]
    behind = set(trade.loc[trade["period"].isin(known.index), "source"])
    printed = known.iloc[:0]
    if frequency == "Y":
        # Published without their parts.
        rows = remembered(_read, (("gacc", "totals_annual"),), currency, as_of)
        rows = released_by(rows[rows["partner"] == partner], as_of)
        rows = rows[~rows["period"].isin(known.index)]
        printed, behind = rows.set_index("period")["value"], behind | set(rows["source"])
    total = pd.concat([known, printed]).sort_index().rename(partner)
    total.index.name = "period"
    total.attrs = {
        **trade.attrs,
        "partner": partner,
        "currency": currency,
        "source": ", ".join(s for s in codes.SOURCES if s in behind),
        "published": [str(p) for p in printed.index],
        "last": str(total.index[-1]) if len(total) else None,
    }
    if total.empty:
        held = set(zip(trade["partner"], trade["flow"], strict=True))
        lacking = [f"{codes.FLOW_WITH[f]} {codes.label(p)}" for p in members for f in codes.FLOWS
                   if (p, f) not in held]  # fmt: skip
        which = f" of {', '.join(lacking)}" if lacking else ", in any one period, of all flows"
        total.attrs.setdefault("unknown", f"Not known: no figure is held{which}.")
    return total


def load_partner_totals(
    partners: str | Iterable[str] | None = None,
    *,
    frequency: str = "Y",
    currency: str = "USD",
    as_of: Day = None,
) -> pd.DataFrame:
    """
    Load China's exports plus imports with each of several partners, side by side.

    Parameters
    ----------
    partners : str or iterable of str, optional
        ISO codes, or regions, which stand for their members; by default the five.
    frequency, currency, as_of
        As for `load_totals`.

    Returns
    -------
    DataFrame
        One column a partner, indexed by an unbroken run of periods, full units of `currency`; NaN
        where a partner's total is not known. `attrs` holds currency, source, `unknown` (the
        partners without a figure, by period), and `as_of`, `last` and `left_out` as `load_trade`.

    Examples
    --------
    >>> load_partner_totals().loc["2021":"2022"].round(-8).div(1e9).values.tolist()
    [[24.8, nan, nan, nan, nan], [31.2, 15.5, 2.6, 11.2, 9.8]]
    """
    sides = codes.members(partners)
    trade = load_trade(frequency=frequency, currency=currency, partners=sides, as_of=as_of)
    totals = [_total(trade[trade["partner"] == p], p, currency, as_of) for p in sides]
    wide = pd.concat(totals, axis=1)
    run = pd.period_range(wide.index.min(), wide.index.max(), name="period")
    wide = wide.reindex(run, columns=sides)
    behind = {s for total in totals for s in total.attrs["source"].split(", ")}
    gaps = wide[wide.isna().any(axis=1)].isna()
    wide.attrs = {
        **trade.attrs,
        "currency": currency,
        "source": ", ".join(s for s in codes.SOURCES if s in behind),
        "unknown": {str(p): list(row.index[row]) for p, row in gaps.iterrows()},
        "last": str(wide.index[-1]) if len(wide) else None,
    }
    return wide


def load_printed_totals(*, as_of: Day = None, needed: bool = True) -> pd.DataFrame:
    """
    Load the totals as the press printed them, in rounded dollars.

    Parameters
    ----------
    as_of, needed
        As for `load_trade`.

    Returns
    -------
    DataFrame
        TOTALS: reporter, partner (`CA5` for the five together), product, period, value, currency,
        obs_status, source, vintage, released. Never to be added to a frame of flows.

    Examples
    --------
    >>> printed = load_printed_totals().set_index(["partner", "period"])["value"]
    >>> printed[("CA5", "2022")].item()
    70200000000.0
    """
    rows = snapshots.known("gacc", "totals_annual", as_of)
    return validate(public(rows, as_of, needed), schema.TOTALS)


def _sources(reporters: list[str], frequency: str, currency: str) -> tuple[tuple[str, str], ...]:
    """Name the data sets that hold the reporters' figures, in order of precedence."""
    if reporters == ["CHN"]:  # first what was printed in the currency, then what is converted
        dollars = _held((_IN_DOLLARS[frequency],))
        others = _CHINA[frequency] + (_held((_FETCHED,)) if frequency == "M" else ())
        return dollars + others if currency == "USD" else others + dollars
    if "CHN" in reporters:
        raise ValueError(
            f"reporter must be CHN alone or partners such as {', '.join(codes.PARTNERS)}, got "
            f"{', '.join(reporters)}: load the two sides one after the other"
        )
    if frequency == "Y":
        return _PARTNER_REPORTS
    if not _held(_PARTNER_MONTHS):
        raise ValueError(
            "frequency must be Y for a reporter other than CHN, got 'M': the partners' own months "
            "are not held: fetch them with `silktrade refresh imf comtrade`"
        )
    return _held(_PARTNER_MONTHS)


def _held(sources: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Keep the data sets that have been fetched."""
    return tuple(source for source in sources if vintages.choose(*source) is not None)


def _convert(trade: pd.DataFrame, currency: str, as_of: Day) -> pd.DataFrame:
    """Convert the rows of one source to the currency asked for."""
    if trade.empty or (trade["currency"] == currency).all():
        return trade
    rates = remembered(_rates, schema.frequency_of(trade), as_of)
    rate = rates.reindex(trade["period"]).set_index(trade.index)
    factor = rate["value"] if currency == "CNY" else 1 / rate["value"]
    ranks = [rows["obs_status"].map(codes.STATUS_RANK) for rows in (trade, rate)]
    _no_hole(rates, trade)
    out = trade.assign(
        value=trade["value"] * factor,
        currency=currency,
        obs_status=np.fmax(*ranks).map(codes.STATUS_AT),  # the weaker of the two
        released=trade["released"].where(trade["released"] > rate["released"], rate["released"]),
    )
    return out[rate["value"].notna()]


def _no_hole(rates: pd.DataFrame, trade: pd.DataFrame) -> None:
    """Refuse to convert where the rate lacks a period between its first and last."""
    first, last = rates.index.min(), rates.index.max()
    within = trade.loc[trade["period"].between(first, last), "period"]
    lacking = sorted({str(p) for p in within[~within.isin(rates.index)]})
    if lacking:
        raise ValueError(
            f"customs_rate must hold every period from {first} to {last}, lacks "
            f"{', '.join(lacking)}: complete the data set, or load in the printed currency"
        )


def _rates(frequency: str, as_of: Day) -> pd.DataFrame:
    """Give yuan per dollar by period: the customs' rate, before its first the market's mean."""
    columns = ["value", "obs_status", "released"]
    customs = indicator_rows("customs_rate", INDICATORS["customs_rate"], frequency, as_of)
    customs = customs.set_index("period")[columns]
    market = indicator_rows("exchange_rate", INDICATORS["exchange_rate"], frequency, as_of)
    # The market's mean stands in for the rate of the customs, so the value is an estimate.
    market = market.assign(obs_status="E").set_index("period")[columns]
    if frequency == "M":  # later months wait for the rate of the customs
        market = market[market.index < customs.index.min()]
    return pd.concat([customs, market[~market.index.isin(customs.index)]])
