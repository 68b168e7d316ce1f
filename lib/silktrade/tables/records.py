"""Tables of what is known: partners, at a glance too, years, how figures agree, the data sets."""

import re

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import any_currency, filled, read_year, table, takes, wide
from silktrade.measures.trade import balance, calendar_year, growth, quarters, region
from silktrade.prose import day, span
from silktrade.schema import TOTALS, TRADE
from silktrade.tables.style import amount, fine, points, rate, share, styled

_ISO = re.compile(r"\b\d{4}-\d\d(-\d\d)?\b")
_FIVE = re.compile(r", ".join(codes.PARTNERS[:-1]) + rf"(?:,| and) {codes.PARTNERS[-1]}")
_CODE = re.compile(rf"\b({'|'.join(codes.ECONOMIES)})\b(?: \((?:the world|Central Asia)\))?")
_NAMES = {"china": "China", "gdp": "GDP", "world economic outlook": "World Economic Outlook"}


@takes(trade=filled(TRADE, "Y", both=True), year=read_year)
def partners(trade: pd.DataFrame, year: str | None = None) -> Styler:
    """
    Set out one year by partner: exports, imports, total, growth, share and balance.

    One row a partner and one for their sum; a dash where the year before is not known.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, both flows of several partners.
    year : str, optional
        The year shown; by default the last in which every flow is known.

    Examples
    --------
    >>> partners(st.load_trade(), "2024").data.loc["Kazakhstan", "Exports"].round(1).item()
    28.0
    """
    currency = trade["currency"].iloc[0]
    wide = trade.pivot(index="period", columns=["partner", "flow"], values="value")
    year = year or str(wide.dropna().index.max())
    if year not in wide.index or wide.loc[year].isna().any(axis=None):
        raise ValueError(
            f"year must be one in which every partner is known, got {year}: choose another"
        )
    now = wide.loc[pd.Period(year)].unstack("flow")
    table = pd.DataFrame({"Exports": now["export"], "Imports": now["import"]})
    together = codes.together(table.index)
    whole = together if together in codes.REGIONS else "Sum"
    table.loc[whole] = table.sum()
    table["Total"] = table["Exports"] + table["Imports"]
    before = _wide(trade, whole).reindex([pd.Period(year) - 1]).iloc[0]
    table["Growth"] = table["Total"] / before - 1
    table["Share"] = table["Total"] / table.loc[whole, "Total"]
    table["Balance"] = table["Exports"] - table["Imports"]
    amounts = ["Exports", "Imports", "Total", "Balance"]
    table[amounts] = table[amounts] / 1e9
    formats = dict.fromkeys(amounts, amount) | {"Growth": rate, "Share": share}
    unit = f"billion {codes.CURRENCY_LABELS[currency]}"
    caption = f"China's trade by partner in {year}, {unit}; growth on the year before"
    return styled(table.rename(index=codes.label).rename_axis("Partner"), caption, formats)


@takes(
    trade=filled(TRADE),
    months=any_currency(TRADE),
    table=table("intervals", known=(0.1, 0.9), levels="partner flow model period"),
)
def glance(trade: pd.DataFrame, months: pd.DataFrame, table: pd.DataFrame) -> Styler:
    """
    Set out each partner's last year, its growth, latest quarter, balance and projected range.

    One row a partner, the largest first, and one for all. Growth is on a year before, in
    percent; a dash stands where it is not known.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, both flows of several partners.
    months : DataFrame
        TRADE, monthly, of the same partners, in any currency.
    table : DataFrame
        From `intervals` of one model: the level of each partner, and of all together, in full
        units of the currency of `trade`; its first period is shown.

    Examples
    --------
    >>> trade = st.load_trade(as_of="2024-02-01")
    >>> paths = st.project(trade, 1, models=["random_walk"], draws=100)
    >>> months = st.load_trade(frequency="M", as_of="2024-02-01")
    >>> glance(trade, months, st.intervals(st.aggregate(paths, flows=True))).data.index[0]
    'Kazakhstan'
    """
    every = codes.together(trade["partner"])
    every = every if every in codes.REGIONS else codes.SUM
    whole = _wide(trade, every)
    if (known := whole.dropna()).empty:
        raise ValueError("trade must hold a year in which every flow is known, got none")
    year = known.index[-1]
    units = codes.CURRENCY_LABELS[trade["currency"].iloc[0]]
    found = pd.DataFrame({str(year): whole.loc[year], "Growth": growth(whole).loc[year]})
    held = _wide(months, every) if len(months) else pd.DataFrame()
    rates = pd.DataFrame({p: growth(quarters(values)) for p, values in held.items()})
    if len(rates := rates.dropna()):  # a quarter that is known of all
        unit = codes.CURRENCY_LABELS[months["currency"].iloc[0]]
        found[f"{rates.index[-1].strftime('Q%q %Y')}, in {unit}"] = rates.iloc[-1]
    net = balance(trade[trade["period"] == year]).set_index("partner")["balance"]
    found["Balance"] = pd.concat([net, pd.Series({every: net.sum()})])
    found = found.sort_values(str(year))[::-1]
    found = pd.concat([found.drop(every), found.loc[[every]]])
    first = table.index.get_level_values("period").min()
    projected = table.xs(first, level="period")
    models = projected.index.get_level_values("model")
    projected = projected[models == ("combination" if "combination" in models else models[0])]
    projected = projected.set_axis(projected.index.get_level_values("partner"))
    ranges = projected.index.map(lambda p: _range(*projected.loc[p, [0.1, 0.9]]))
    name = f"{first}, 80\u00a0% interval"
    found[name] = pd.Series(ranges, projected.index).reindex(found.index).fillna("–")
    amounts = [str(year), "Balance"]
    found[amounts] = found[amounts] / 1e9
    formats = dict.fromkeys(amounts, amount) | dict.fromkeys(found.columns[1:-2], points)
    caption = f"The partners at a glance: billion {units}; growth on a year before, in percent"
    return styled(found.rename(index=codes.label).rename_axis("Partner"), caption, formats)


@takes(totals=wide("Y", least=2, told=True, currency=True))
def years(totals: pd.DataFrame, count: int = 6, whole: pd.Series | None = None) -> Styler:
    """
    Set out the latest years: each partner's total, their sum and its growth.

    One row a year, the latest last; a dash for what is not known.

    Parameters
    ----------
    totals : DataFrame
        From `load_partner_totals`, annual.
    count : int
        How many years.
    whole : Series, optional
        From `load_totals` of the region: stands where the sum is not known; such a year has a star.

    Examples
    --------
    >>> years(st.load_partner_totals(), 5, st.load_totals()).data["Central Asia"].round(1).to_dict()
    {'2021*': 50.1, '2022': 70.2, '2023': 89.4, '2024': 94.8, '2025': 106.3}
    """
    own = totals.sum(axis=1, skipna=False)
    both = own if whole is None else own.fillna(whole)
    starred = own.isna() & both.notna()
    table = (totals / 1e9).rename(columns=codes.label)
    table[codes.label(codes.together(totals))] = both / 1e9
    table = table.assign(Growth=growth(both).reindex(table.index)).tail(count)
    table.index = [f"{year}*" if starred[year] else str(year) for year in table.index]
    formats = dict.fromkeys(table.columns, amount) | {"Growth": rate}
    unit = f"billion {codes.CURRENCY_LABELS[totals.attrs['currency']]}"
    caption = f"China's exports plus imports, {unit}, and the growth of the sum"
    if starred.tail(count).any():
        caption += "; * as published, without all of its parts"
    return styled(table.rename_axis("Year"), caption, formats)


@takes(found=table("latest", "currency value growth", period="first last"))
def latest(*found: pd.DataFrame) -> Styler:
    """
    Set out the year, the year to date and the latest month, in each currency.

    One row a span and currency: the amount, and growth on the same months a year before. The
    caption names the months that a currency lacks.

    Parameters
    ----------
    *found : DataFrame
        From `latest`, one a currency.

    Examples
    --------
    >>> day, yuan = "2026-06-30", "CNY"
    >>> both = st.latest(st.load_totals(currency=yuan, as_of=day),
    ...                  st.load_totals(frequency="M", currency=yuan, as_of=day))
    >>> latest(both).data.index.get_level_values("Months").tolist()
    ['2025', 'January to April 2026', 'April 2026']
    """
    if not found:
        raise ValueError("found must be from `latest`, got none")
    rows = pd.concat(found).sort_values(["last", "first", "currency"], kind="stable")
    spans = [span(first, last) for first, last in zip(rows["first"], rows["last"], strict=True)]
    keys = {"Months": spans, "Currency": rows["currency"].map(codes.CURRENCY_LABELS).tolist()}
    table = pd.DataFrame({
        "Billion": (rows["value"] / 1e9).to_numpy(), "Growth": rows["growth"].to_numpy(),
    }, pd.MultiIndex.from_arrays(list(keys.values()), names=list(keys)))  # fmt: skip
    caption = "China's exports plus imports; growth on the same months a year before"
    for one in found:
        lacking = [pd.Period(p, "M") for p in one.attrs.get("left_out", [])]
        if lacking:
            unit = codes.CURRENCY_LABELS[one["currency"].iloc[0]]
            caption += f"; {span(lacking[0], lacking[-1])} is not known in {unit}: no customs rate"
    for none in dict.fromkeys(one.attrs.get("unknown", "") for one in found):
        caption += f". {none}".removesuffix(".") if none else ""
    return styled(table, caption, {"Billion": "{:,.2f}", "Growth": rate})


@takes(trade=filled(TRADE, "Y"), printed=filled(TOTALS, "Y"))
def reconciliation(trade: pd.DataFrame, printed: pd.DataFrame) -> Styler:
    """
    Set the sums of our flows against the totals that the press printed.

    One row a partner and year that both know; difference in percent of the printed figure.
    Totals that were not printed but estimated (E) are left out.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, in dollars.
    printed : DataFrame
        From `load_printed_totals`.

    Examples
    --------
    >>> table = reconciliation(st.load_trade(), st.load_printed_totals()).data
    >>> bool(table["Difference"].abs().max() < 0.02)
    True
    """
    held = {name: trade[trade["partner"].isin(parts)] for name, parts in codes.REGIONS.items()}
    sums = pd.concat([trade, *(region(rows, name) for name, rows in held.items() if len(rows))])
    flows = sums.groupby(["partner", "period"])["value"].agg(["sum", "size"])
    ours = flows.loc[flows["size"] == len(codes.FLOWS), "sum"]
    printed = printed[printed["obs_status"] != "E"]
    table = pd.DataFrame(
        {"Printed": printed.set_index(["partner", "period"])["value"], "Sum": ours}
    )
    table = table.dropna().sort_index()
    table["Difference"] = table["Sum"] / table["Printed"] - 1
    table[["Printed", "Sum"]] /= 1e9
    table = table.rename(index=codes.label, level="partner").rename_axis(["Partner", "Year"])
    formats = {"Printed": "{:,.2f}", "Sum": "{:,.2f}", "Difference": rate}
    caption = "Totals as printed by the press and as summed here, billion dollars"
    return styled(table, caption, formats)


@takes(years=filled(TRADE), months=any_currency(TRADE))
def status(years: pd.DataFrame, months: pd.DataFrame) -> Styler:
    """
    Count how many figures are as published, provisional or estimated.

    One row a frequency and source, one column a status.

    Parameters
    ----------
    years, months : DataFrame
        TRADE.

    Examples
    --------
    >>> day = "2026-01-31"
    >>> months = st.load_trade(frequency="M", currency="CNY", as_of=day)
    >>> status(st.load_trade(as_of=day), months).data["P"].loc["Months"].tolist()
    [0, 240]
    """
    both = {"Years": years, "Months": months}
    parts = [f.assign(Frequency=name, Years=_spans(f)) for name, f in both.items()]
    rows = pd.concat(parts)
    table = rows.assign(Source=rows["source"].map(codes.SOURCES)).pivot_table(
        index=["Frequency", "Source", "Years"], columns="obs_status", values="value",
        aggfunc="size", fill_value=0,
    ).sort_index(ascending=[False, True, True])  # fmt: skip
    caption = "Number of figures by source and status"
    return styled(table.rename_axis(columns=None), caption, dict.fromkeys(table.columns, "{:,.0f}"))


@takes(months=filled(TRADE, "M"), years=filled(TRADE, "Y"))
def adding_up(months: pd.DataFrame, years: pd.DataFrame) -> Styler:
    """
    Set the sum of twelve printed months against the printed year.

    One row a partner and flow, one column a year: the sum over the printed year, less one.

    Parameters
    ----------
    months, years : DataFrame
        TRADE of the same series in one currency, monthly and annual.

    Examples
    --------
    >>> both = [st.load_trade(frequency=f, currency="CNY") for f in "MY"]
    >>> bool(adding_up(*both).data.abs().max(axis=None) < 0.03)
    True
    """
    keys = ["partner", "flow", "period"]
    sums = calendar_year(months).set_index(keys)["value"]
    printed = years[years["obs_status"] != "E"]  # a year summed from its months adds up by itself
    ratio = (sums / printed.set_index(keys)["value"] - 1).dropna().rename("ratio").reset_index()
    ratio = ratio.pivot(index=["partner", "flow"], columns="period", values="ratio")
    ratio = ratio.rename(index=codes.label, level="partner")
    ratio = ratio.rename(index={f: f"{f}s" for f in codes.FLOWS}, level="flow")
    ratio = ratio.rename_axis(["Partner", "Flow"]).set_axis(ratio.columns.astype(str), axis=1)
    ratio.columns.name = None
    caption = "Twelve printed months against the printed year, percent of the year"
    return styled(ratio, caption, dict.fromkeys(ratio.columns, fine))


@takes(china=filled(TRADE), partners=filled(TRADE))
def mirror(china: pd.DataFrame, partners: pd.DataFrame) -> Styler:
    """
    Set what China reports against what its partners report, in the last year both know.

    One row a partner and direction; the ratio is the partner's figure over China's.

    Parameters
    ----------
    china : DataFrame
        TRADE of reporter CHN, annual.
    partners : DataFrame
        TRADE of the partners' own reports, annual, the same currency.

    Examples
    --------
    >>> both = mirror(st.load_trade(), st.load_trade(reporter=("KAZ", "KGZ"))).data
    >>> both.loc[("Kyrgyzstan", "China's exports"), "Ratio"].round(2).item()
    0.27
    """
    opposite = {"export": "import", "import": "export"}
    theirs = partners.assign(partner=partners["reporter"], flow=partners["flow"].map(opposite))
    keys = ["partner", "flow", "period"]
    both = china.merge(theirs, on=keys, suffixes=("", "_partner")).sort_values(keys)
    both = both.groupby(["partner", "flow"]).tail(1).set_index(["partner", "flow"])
    out = pd.DataFrame({
        "Year": both["period"].astype(str),
        "China": both["value"] / 1e9,
        "Partner": both["value_partner"] / 1e9,
        "Ratio": both["value_partner"] / both["value"],
    }).rename(index=codes.label).rename_axis(["Trade with", "Flow"])  # fmt: skip
    formats = dict.fromkeys(["China", "Partner", "Ratio"], "{:,.2f}")
    unit = codes.CURRENCY_LABELS[china["currency"].iloc[0]]
    caption = f"The same trade as each side reports it, billion {unit}"
    return styled(out, caption, formats)


@takes(snapshots=table("load_catalogue", "source dataset title kind coverage rows", text="vintage"))
def catalogue(snapshots: pd.DataFrame) -> Styler:
    """
    Set out the data sets of the collection.

    Parameters
    ----------
    snapshots : DataFrame
        From `load_catalogue`.

    Examples
    --------
    >>> catalogue(st.load_catalogue()).data.columns.tolist()
    ['Title', 'Covers', 'Kind', 'Rows']
    """
    names = snapshots["source"] + "/" + snapshots["vintage"] + "/" + snapshots["dataset"]
    table = snapshots.assign(name=names).set_index("name")[["title", "coverage", "kind", "rows"]]
    table["coverage"] = table["coverage"].map(_worded)
    table.columns = ["Title", "Covers", "Kind", "Rows"]
    caption = "Data sets in the collection; constructed ones are computed from published figures"
    return styled(table.rename_axis("Data set"), caption, {"Rows": "{:,.0f}"})


@takes(held=table("load_vintages", "source dataset why", text="vintage last"))
def vintages(held: pd.DataFrame) -> Styler:
    """
    Set out which vintage of each data set a day uses, and why none is newer.

    Parameters
    ----------
    held : DataFrame
        From `load_vintages`.

    Examples
    --------
    >>> vintages(st.load_vintages()).data.columns.tolist()
    ['Vintage', 'Data to', 'Why none is newer']
    """
    table = _by_data_set(held)[["vintage", "last", "why"]]
    table = table.map(lambda said: _ISO.sub(_dated, said))
    table.columns = ["Vintage", "Data to", "Why none is newer"]
    caption = "The vintage that this day uses, of data sets with a next release"
    return styled(table, caption, {})


@takes(found=table("revised_data", "source dataset vintages compared revised typical largest"))
def revisions(found: pd.DataFrame) -> Styler:
    """
    Set out how much later vintages moved what earlier ones held.

    Parameters
    ----------
    found : DataFrame
        From `revised_data`.

    Examples
    --------
    >>> revisions(st.revised_data()).data.columns.tolist()[:2]
    ['Vintages', 'Values compared']
    """
    table = _by_data_set(found)[["vintages", "compared", "revised", "typical", "largest"]]
    table.columns = ["Vintages", "Values compared", "Revised", "Typical size", "Largest"]
    whole = dict.fromkeys(table.columns[:3], "{:,.0f}")
    table[table.columns[3:]] *= 100  # sizes, up or down, of levels and of rates: no sign, no unit
    caption = "Values that a later vintage revised; sizes in percent, of rates in points"
    return styled(table, caption, whole | dict.fromkeys(table.columns[3:], "{:,.2f}"))


def _wide(trade: pd.DataFrame, every: str) -> pd.DataFrame:
    """Lay exports plus imports out by partner, with all of them together."""
    flows = trade.pivot(index="period", columns=["partner", "flow"], values="value")
    wide = flows.T.groupby("partner").sum(min_count=2).T
    wide[every] = wide.sum(axis=1, min_count=wide.shape[1])
    return wide


def _range(low: float, high: float) -> str:
    """Print a projected range in billions: whole, or tenths where it is small."""
    digits = 0 if high >= 1e10 else 1
    return f"{low / 1e9:,.{digits}f} to {high / 1e9:,.{digits}f}"


def _spans(trade: pd.DataFrame) -> pd.Series:
    """Say, for each row, the years that its source and status run over."""
    years = trade["period"].dt.year.groupby([trade["source"], trade["obs_status"]])
    first, last = years.transform("min").astype(str), years.transform("max").astype(str)
    return first.where(first == last, first + " to " + last)


def _by_data_set(rows: pd.DataFrame) -> pd.DataFrame:
    """Index rows by the names of their data sets, in words."""
    names = rows["dataset"].str.replace("_", " ")
    for written, name in _NAMES.items():
        names = names.str.replace(rf"\b{written}\b", name, regex=True)
    names = rows["source"].map(codes.SOURCES) + ", " + names
    return rows.set_index(names.rename("Data set"))


def _worded(covers: str) -> str:
    """Write out the codes and the days of a sidecar's line on what its data cover."""
    named = _CODE.sub(lambda code: codes.whom(code[1]), _FIVE.sub("the five", covers))
    return _ISO.sub(_dated, named)


def _dated(found: re.Match[str]) -> str:
    """Write an ISO day or month as people do."""
    return day(found[0]) if found[1] else f"{pd.Period(found[0], 'M'):%B %Y}"
