"""One function per table: frame in, Styler out, with a caption that names measure and unit."""

from __future__ import annotations

import hashlib

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.measures import calendar_year, growth
from silktrade.prose import day, percent


def partners(trade: pd.DataFrame, year: str) -> Styler:
    """
    Set out one year by partner: exports, imports, total, growth, share and balance.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, both flows of several partners.
    year : str
        The year shown.

    Returns
    -------
    Styler
        One row a partner and one for their sum; growth is a dash where the year before is not
        known.

    Raises
    ------
    ValueError
        If a partner has no figure of that year.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> partners(load_trade(), "2024").data.loc["Kazakhstan", "Exports"].round(1).item()
    28.0
    """
    currency = trade["currency"].iloc[0]
    wide = trade.pivot(index="period", columns=["partner", "flow"], values="value")
    if year not in wide.index or wide.loc[year].isna().any(axis=None):
        raise ValueError(f"every partner must be known in {year}: choose another year")
    now = wide.loc[pd.Period(year)].unstack("flow")
    table = pd.DataFrame({"Exports": now["export"], "Imports": now["import"]})
    whole = codes.REGION if set(table.index) == set(codes.PARTNERS) else "Sum"
    table.loc[whole] = table.sum()
    table["Total"] = table["Exports"] + table["Imports"]
    totals = wide.T.groupby("partner").sum(min_count=2).T
    totals[whole] = totals.sum(axis=1, min_count=totals.shape[1])
    before = totals.reindex([pd.Period(year) - 1]).iloc[0]
    table["Growth"] = table["Total"] / before - 1
    table["Share"] = table["Total"] / table.loc[whole, "Total"]
    table["Balance"] = table["Exports"] - table["Imports"]
    amounts = ["Exports", "Imports", "Total", "Balance"]
    table[amounts] = table[amounts] / 1e9
    formats = dict.fromkeys(amounts, _amount) | {"Growth": _rate, "Share": _share}
    unit = f"billion {codes.CURRENCY_LABELS[currency]}"
    caption = f"China's trade by partner in {year}, {unit}; growth on the year before"
    return _styled(table.rename(index=codes.label).rename_axis("Partner"), caption, formats)


def years(totals: pd.DataFrame, count: int = 6) -> Styler:
    """
    Set out the latest years: each partner's total, their sum and its growth.

    Parameters
    ----------
    totals : DataFrame
        From `load_partner_totals`, annual.
    count : int
        How many years.

    Returns
    -------
    Styler
        One row a year, the latest last.

    Examples
    --------
    >>> from silktrade import load_partner_totals
    >>> years(load_partner_totals(), 2).data.shape
    (2, 7)
    """
    table = totals / 1e9
    table[codes.label(codes.REGION)] = table.sum(axis=1)
    rates = growth(table.iloc[:, -1]).reindex(table.index)
    table = table.rename(columns=codes.label).assign(Growth=rates).tail(count)
    formats = dict.fromkeys(table.columns, _amount) | {"Growth": _rate}
    unit = f"billion {codes.CURRENCY_LABELS[totals.attrs['currency']]}"
    caption = f"China's exports plus imports, {unit}, and the growth of the sum"
    return _styled(table.rename_axis("Year"), caption, formats)


def reconciliation(trade: pd.DataFrame, printed: pd.DataFrame) -> Styler:
    """
    Set the sums of our flows against the totals that the press printed.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, in dollars.
    printed : DataFrame
        From `load_printed_totals`.

    Returns
    -------
    Styler
        One row a partner and year that both know; difference in percent of the printed figure.

    Examples
    --------
    >>> from silktrade import load_printed_totals, load_trade
    >>> table = reconciliation(load_trade(), load_printed_totals()).data
    >>> bool(table["Difference"].abs().max() < 0.02)
    True
    """
    flows = trade.groupby(["partner", "period"])["value"].agg(["sum", "size"])
    parts = flows.loc[flows["size"] == 2, "sum"]
    region = parts.groupby("period").agg(["sum", "size"])
    whole = region.loc[region["size"] == len(codes.PARTNERS), "sum"]
    whole.index = pd.MultiIndex.from_product([[codes.REGION], whole.index], names=parts.index.names)
    ours = pd.concat([parts, whole])
    table = pd.DataFrame(
        {"Printed": printed.set_index(["partner", "period"])["value"], "Sum": ours}
    )
    table = table.dropna().sort_index()
    table["Difference"] = table["Sum"] / table["Printed"] - 1
    table[["Printed", "Sum"]] /= 1e9
    table = table.rename(index=codes.label, level="partner").rename_axis(["Partner", "Year"])
    formats = {"Printed": "{:,.2f}", "Sum": "{:,.2f}", "Difference": _rate}
    caption = "Totals as printed by the press and as summed here, billion dollars"
    return _styled(table, caption, formats)


def status(years: pd.DataFrame, months: pd.DataFrame) -> Styler:
    """
    Count how many figures are as published, provisional or estimated.

    Parameters
    ----------
    years, months : DataFrame
        TRADE.

    Returns
    -------
    Styler
        One row a frequency and source, one column a status.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> table = status(load_trade(), load_trade(frequency="M", currency="CNY")).data
    >>> table.loc[("Months", "China Customs", "2024 to 2025"), "P"].item()
    240
    """
    both = {"Years": years, "Months": months}
    parts = [f.assign(Frequency=name, Years=_spans(f)) for name, f in both.items()]
    rows = pd.concat(parts)
    table = rows.assign(Source=rows["source"].map(codes.SOURCES)).pivot_table(
        index=["Frequency", "Source", "Years"], columns="obs_status", values="value",
        aggfunc="size", fill_value=0,
    ).sort_index(ascending=[False, True, True])  # fmt: skip
    caption = "Number of figures by source and status"
    return _styled(
        table.rename_axis(columns=None), caption, dict.fromkeys(table.columns, "{:,.0f}")
    )


def adding_up(months: pd.DataFrame, years: pd.DataFrame) -> Styler:
    """
    Set the sum of twelve printed months against the printed year.

    Parameters
    ----------
    months : DataFrame
        TRADE, monthly.
    years : DataFrame
        TRADE, annual, the same series and currency.

    Returns
    -------
    Styler
        One row a partner and flow, one column a year: the sum over the printed year, less one.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> both = [load_trade(frequency=f, currency="CNY") for f in "MY"]
    >>> bool(adding_up(*both).data.abs().max(axis=None) < 0.03)
    True
    """
    keys = ["partner", "flow", "period"]
    sums = calendar_year(months).set_index(keys)["value"]
    printed = years[years["obs_status"] != "E"]  # a year summed from its months adds up by itself
    ratio = (sums / printed.set_index(keys)["value"] - 1).dropna().rename("ratio").reset_index()
    ratio = ratio.pivot(index=["partner", "flow"], columns="period", values="ratio")
    ratio = ratio.rename(index=codes.label, level="partner").rename_axis(["Partner", "Flow"])
    ratio.columns = ratio.columns.astype(str)
    caption = "Twelve printed months against the printed year, percent of the year"
    return _styled(ratio, caption, dict.fromkeys(ratio.columns, _fine))


def mirror(china: pd.DataFrame, partners: pd.DataFrame) -> Styler:
    """
    Set what China reports against what its partners report, in the last year both know.

    Parameters
    ----------
    china : DataFrame
        TRADE of reporter CHN, annual.
    partners : DataFrame
        TRADE of the partners' own reports, annual, the same currency.

    Returns
    -------
    Styler
        One row a partner and direction; the ratio is the partner's figure over China's.

    Examples
    --------
    >>> from silktrade import load_trade
    >>> both = mirror(load_trade(), load_trade(reporter=("KAZ", "KGZ"))).data
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
    return _styled(out, caption, formats)


def catalogue(snapshots: pd.DataFrame) -> Styler:
    """
    Set out the data sets of the collection.

    Parameters
    ----------
    snapshots : DataFrame
        From `load_catalogue`.

    Returns
    -------
    Styler
        One row a snapshot.

    Examples
    --------
    >>> from silktrade import load_catalogue
    >>> catalogue(load_catalogue()).data.columns.tolist()
    ['Title', 'Covers', 'Kind', 'Rows']
    """
    names = snapshots["source"] + "/" + snapshots["vintage"] + "/" + snapshots["dataset"]
    table = snapshots.assign(name=names).set_index("name")[["title", "coverage", "kind", "rows"]]
    table.columns = ["Title", "Covers", "Kind", "Rows"]
    caption = "Data sets in the collection; constructed ones are computed from published figures"
    return _styled(table.rename_axis("Data set"), caption, {"Rows": "{:,.0f}"})


def projection(table: pd.DataFrame, currency: str) -> Styler:
    """
    Set out projected growth with its 50, 80 and 95 % intervals.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one model and period.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Returns
    -------
    Styler
        One row a partner and flow: median, and each interval from its lower to its upper bound.

    Examples
    --------
    >>> from silktrade import intervals, load_trade, project, projected_growth
    >>> paths = projected_growth(project(load_trade(), 2, models=["drift"], draws=100))
    >>> projection(intervals(paths, "growth"), "USD").data.columns.tolist()
    ['Median', '50 % interval', '80 % interval', '95 % interval']
    """
    bounds = {"50 % interval": (0.25, 0.75), "80 % interval": (0.1, 0.9)}
    bounds["95 % interval"] = (0.025, 0.975)
    out = pd.DataFrame({"Median": table[0.5].map(_points)})
    for name, (low, high) in bounds.items():
        out[name] = _range(table[low], table[high])
    out.index = _partner_and_flow(table)
    year = table.index.get_level_values("period")[0]
    unit = codes.CURRENCY_LABELS[currency]
    return _styled(out, f"Projected growth of China's trade in {year}, in {unit}, percent", {})


def models(table: pd.DataFrame, currency: str) -> Styler:
    """
    Set out what each model projects on its own.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one partner, flow and period, with
        all models.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Returns
    -------
    Styler
        One row a model: median and 80 % interval.

    Examples
    --------
    >>> from silktrade import aggregate, intervals, load_trade, project, projected_growth
    >>> paths = aggregate(project(load_trade(), 2, models=["drift"], draws=100), partners=True,
    ...                   flows=True)
    >>> models(intervals(projected_growth(paths), "growth"), "USD").data.index.tolist()
    ['Random walk with drift', 'Combination']
    """
    names = {m: n for m, n in codes.MODEL_LABELS.items() if m != "combination"}
    names["combination"] = codes.MODEL_LABELS["combination"]  # last, as a sum would stand
    keys = table.index.get_level_values("model")
    out = pd.DataFrame({
        "Median": table[0.5].map(_points).to_numpy(),
        "80 % interval": _range(table[0.1], table[0.9]).to_numpy(),
    }, index=keys)  # fmt: skip
    out = out.loc[[k for k in names if k in out.index]].rename(index=names).rename_axis("Model")
    year = table.index.get_level_values("period")[0]
    unit = codes.CURRENCY_LABELS[currency]
    return _styled(out, f"Projected growth in {year} by model, in {unit}, percent", {})


def scores(table: pd.DataFrame) -> Styler:
    """
    Set out how each model did: the median over series of every metric.

    Parameters
    ----------
    table : DataFrame
        SCORES, from `scores`.

    Returns
    -------
    Styler
        One row a model, one column a metric.

    Examples
    --------
    >>> rows = {"series": ["a"], "model": ["drift"], "horizon": [1], "metric": ["mase"],
    ...         "value": [1.25], "origins": [9]}
    >>> scores(pd.DataFrame(rows)).data.loc["Random walk with drift", "MASE"].item()
    1.25
    """
    names = {
        "mase": "MASE", "rmsse": "RMSSE", "smape": "sMAPE, %", "pinball": "Pinball",
        "crps": "CRPS", "interval_score": "Interval score", "coverage_80": "Inside 80 %",
        "coverage_95": "Inside 95 %",
    }  # fmt: skip
    out = table[~table["metric"].str.startswith("coverage")]
    middle = out.groupby(["model", "metric"])["value"].median().unstack()
    inside = table[table["metric"].str.startswith("coverage")]
    mean = inside.groupby(["model", "metric"])["value"].mean().unstack()
    wide = pd.concat([middle, mean], axis=1)
    wide = wide[[n for n in names if n in wide]].rename(columns=names).sort_values("MASE")
    formats = dict.fromkeys(wide.columns, "{:.2f}") | {
        c: _share for c in wide.columns if c.startswith("Inside")
    }
    caption = "Scores by model: median over series and horizons, coverage as a mean"
    return _styled(wide.rename(index=codes.MODEL_LABELS).rename_axis("Model"), caption, formats)


def outturn(table: pd.DataFrame) -> Styler:
    """
    Set out what was projected and what came.

    Parameters
    ----------
    table : DataFrame
        From `judge`.

    Returns
    -------
    Styler
        One row a partner and flow: median, 80 % range, growth that came, and whether it was inside.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KAZ", "export", pd.Period("2024"))],
    ...                                  names=["partner", "flow", "period"])
    >>> rows = pd.DataFrame([[0, .1, .2, .3, .4, .35]], keys, [.025, .1, .5, .9, .975, "came"])
    >>> outturn(rows).data["Inside"].tolist()
    ['95 %']
    """
    inside = pd.Series("no", index=table.index)
    for low, high, name in ((0.025, 0.975, "95 %"), (0.1, 0.9, "80 %")):
        inside[(table["came"] >= table[low]) & (table["came"] <= table[high])] = name
    out = pd.DataFrame({
        "Median": table[0.5].map(_points),
        "80 % interval": _range(table[0.1], table[0.9]),
        "Came": table["came"].map(_points),
        "Inside": inside,
    }).set_axis(_partner_and_flow(table))  # fmt: skip
    year = table.index.get_level_values("period")[0]
    return _styled(out, f"Growth in {year} as projected and as it came, percent", {})


def contributions(table: pd.DataFrame) -> Styler:
    """
    Set out what each flow is projected to add to the region's growth.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_contributions(...), "contribution")`, of one model and period.

    Returns
    -------
    Styler
        One row a flow, the largest first: median and 80 % range in percentage points.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KAZ", "export", pd.Period("2024"))],
    ...                                  names=["partner", "flow", "period"])
    >>> contributions(pd.DataFrame([[0, .1, .2]], keys, [.1, .5, .9])).data["Median"].tolist()
    ['+10.0']
    """
    out = pd.DataFrame(
        {"Median": table[0.5].map(_points), "80 % interval": _range(table[0.1], table[0.9])}
    ).set_axis(_partner_and_flow(table))
    order = table[0.5].to_numpy().argsort()[::-1]
    year = table.index.get_level_values("period")[0]
    return _styled(out.iloc[order], f"Contribution to the region's growth in {year}, points", {})


def opinions(table: pd.DataFrame, period: str | int) -> Styler:
    """
    Set out what institutions expected of a year.

    Parameters
    ----------
    table : DataFrame
        OPINION, from `load_opinions`.
    period : str or int
        The year expected.

    Returns
    -------
    Styler
        One row a publication: institution, day, what, and how much in percent.

    Examples
    --------
    >>> from silktrade import load_opinions
    >>> said = opinions(load_opinions(as_of="2023-12-31"), 2024).data
    >>> said.index.get_level_values("Published")[0].replace(chr(0xA0), " ")
    '16 February 2023'
    """
    rows = table[(table["period"].astype(str) == str(period)) & (table["unit"] == "fraction")]
    what = {"gdp_growth": "output growth", "trade_volume_growth": "growth of trade volume"}
    out = pd.DataFrame({
        "Economy": rows["economy"].map(codes.label),
        "Institution": rows["institution"],
        "Published": rows["released"],
        "Expected": rows["indicator"].map(what),
        "Percent": rows["value"].map(_points),
    }).sort_values(["Economy", "Published", "Institution"])  # fmt: skip
    out["Published"] = out["Published"].map(day).astype("str").str.replace(" ", "\u00a0")
    out = out.set_index(["Economy", "Institution", "Published", "Expected"])
    return _styled(out, f"What others expected of {period}, percent", {})


def _partner_and_flow(table: pd.DataFrame) -> pd.MultiIndex:
    """Name the rows of a table of intervals by partner and flow."""
    keys = table.index.to_frame(index=False)
    flows = keys["flow"].map({"export": "exports", "import": "imports", "total": "total"})
    partners = keys["partner"].map(codes.label)
    return pd.MultiIndex.from_arrays([partners, flows], names=["Partner", "Flow"])


def _styled(table: pd.DataFrame, caption: str, formats: dict[str, object]) -> Styler:
    """Give a table its caption and formats; unknown values are a dash, text stands left."""
    text = [c for c in table if table[c].dtype == "str" and "interval" not in c]
    text = [c for c in text if c not in ("Median", "Percent", "Came")]
    if table.index.nlevels == 1:  # the name of the rows goes to the header's corner
        table = table.rename_axis(index=None, columns=table.index.name)
    content = caption + table.to_csv()  # the id depends on it alone: same table, same bytes
    name = hashlib.sha256(content.encode()).hexdigest()[:8]
    styler = Styler(table, uuid=name).format(formats, na_rep="–").set_caption(caption)
    left = "text-align: left"
    if not text:  # pandas cannot map the headings of a table without columns either
        return styler
    styler = styler.map_index(lambda heading: left if heading in text else None, axis="columns")
    styler = styler.map_index(lambda _: left, axis="index")
    styler = styler.set_table_styles([{"selector": "th.index_name", "props": left}])
    return styler.map(lambda _: left, subset=text)


def _rate(value: float) -> str:
    """Print a growth rate."""
    return "–" if pd.isna(value) else percent(value, sign=True)


def _spans(trade: pd.DataFrame) -> pd.Series:
    """Say, for each row, the years that its source and status run over."""
    years = trade["period"].dt.year.groupby([trade["source"], trade["obs_status"]])
    first, last = years.transform("min").astype(str), years.transform("max").astype(str)
    return first.where(first == last, first + " to " + last)


def _range(low: pd.Series, high: pd.Series) -> pd.Series:
    """Print an interval of growth rates, on one line."""
    return low.map(_points) + "\u00a0to\u00a0" + high.map(_points)


def _points(rate: float) -> str:
    """Print a growth rate in percent, without the sign that the caption has."""
    return percent(rate, sign=True).removesuffix("\u00a0%")


def _amount(value: float) -> str:
    """Print an amount in billions."""
    return "–" if pd.isna(value) else f"{value:,.1f}".replace("-", "\u2212")


def _fine(value: float) -> str:
    """Print a small difference."""
    return "–" if pd.isna(value) else percent(value, digits=2, sign=True)


def _share(value: float) -> str:
    """Print a share."""
    return percent(value)
