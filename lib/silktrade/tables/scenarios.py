"""Tables of scenarios: what is assumed, what follows, and the elasticities between the two."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import RANGES, table, takes
from silktrade.prose import percent
from silktrade.tables.style import interval, styled, whole


@takes(
    assumed=table(
        "scenario_assumptions",
        "scenario label channel economy basis period before baseline assumed",
    )
)
def scenario_assumptions(assumed: pd.DataFrame) -> Styler:
    """
    Set out what each scenario assumes, beside the baseline.

    One row a scenario: what it is about; growth of output in percent by economy, with that of
    the baseline or, for the baseline, of the year before; an exchange rate or a price as a
    multiple of the baseline; and whose view it is.

    Parameters
    ----------
    assumed : DataFrame
        From `scenario_assumptions`.

    Examples
    --------
    >>> known = st.load_conditions(as_of="2023-12-31")
    >>> made = st.scenario_assumptions(st.load_scenarios(), known, 2024)
    >>> scenario_assumptions(made).data["Assumed"].iloc[1].replace(chr(0xA0), " ")
    'China 5.5 % (baseline 4.2 %)'
    """
    what = {"income": "Growth of output", "exchange_rate": "Dollars per yuan",
            "energy": "Price of oil and gas"}  # fmt: skip
    rows = assumed.assign(said=[_assumed(row) for row in assumed.itertuples()])
    groups = rows.groupby(["label", "channel"], sort=False)
    out = groups.agg(said=("said", ", ".join), basis=("basis", "first")).reset_index()
    out["channel"] = out["channel"].map(what)
    out.columns = ["Scenario", "What", "Assumed", "Whose view"]
    caption = f"What each scenario assumes of {assumed['period'].iloc[0]}; all else as the baseline"
    return styled(out.set_index("Scenario").astype("str"), caption, {})


@takes(
    table=table("intervals", known=RANGES, levels="model period"),
    odds=table("chances", "above_zero above_year_before above_baseline", named=True),
    assumed=table("scenario_assumptions", "scenario label"),
)
def scenario_growth(
    table: pd.DataFrame, odds: pd.DataFrame, assumed: pd.DataFrame, currency: str
) -> Styler:
    """
    Set out growth in every scenario, and the chances that go with it.

    One row a scenario: median, 80 and 95 % intervals, and the chances that trade grows, that it
    grows faster than the baseline's median, and faster than the year before.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one partner, flow and period, a model
        a scenario.
    odds, assumed : DataFrame
        From `chances` and `scenario_assumptions`.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("baseline", pd.Period("2024"))],
    ...                                   names=["model", "period"])
    >>> rows = pd.DataFrame([[-.2, -.1, .1, .3, .4]], index, [.025, .1, .5, .9, .975])
    >>> odds = pd.DataFrame({"above_zero": [0.7], "above_baseline": [0.5],
    ...                      "above_year_before": [0.2]}, pd.Index(["baseline"]))
    >>> names = pd.DataFrame({"scenario": ["baseline"], "label": ["Baseline"]})
    >>> scenario_growth(rows, odds, names, "USD").data["Median"].tolist()
    ['+10']
    """
    names = dict(zip(assumed["scenario"], assumed["label"], strict=True))
    year = table.index.get_level_values("period")[0]
    rows = table.set_axis(table.index.get_level_values("model"), axis=0)
    rows = rows.loc[[s for s in names if s in rows.index]]
    if rows.empty:
        raise ValueError("assumed must name a scenario of table, got none")
    out = pd.DataFrame({"Median": rows[0.5].map(whole)})
    for name, (low, high) in {"80 % interval": (0.1, 0.9), "95 % interval": (0.025, 0.975)}.items():
        out[name] = interval(rows[low], rows[high])
    titles = {"above_zero": "Trade grows", "above_baseline": "Faster than the baseline",
              "above_year_before": f"Faster than in {year - 1}"}  # fmt: skip
    titles = {column: title for column, title in titles.items() if odds[column].notna().any()}
    for column, title in titles.items():
        out[title] = odds[column]
    unit = codes.CURRENCY_LABELS[currency]
    caption = f"Growth in {year} in {unit}, percent, and the chances that"
    formats = dict.fromkeys(titles.values(), lambda chance: percent(chance, digits=0))
    return styled(out.rename(index=names).rename_axis("Scenario"), caption, formats)


@takes(
    table=table("intervals", known=(0.5,), levels="partner model period", key="partner model"),
    assumed=table("scenario_assumptions", "scenario label"),
)
def scenario_partners(table: pd.DataFrame, assumed: pd.DataFrame, currency: str) -> Styler:
    """
    Set out the median growth of trade with each partner in every scenario.

    One row a scenario, a column a partner; percent.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of totals by partner and one period, a
        model a scenario.
    assumed : DataFrame
        From `scenario_assumptions`.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("baseline", "KAZ", pd.Period("2024"))],
    ...                                   names=["model", "partner", "period"])
    >>> names = pd.DataFrame({"scenario": ["baseline"], "label": ["Baseline"]})
    >>> scenario_partners(pd.DataFrame({0.5: [0.1]}, index), names, "USD").data.iloc[0, 0].item()
    0.1
    """
    names = dict(zip(assumed["scenario"], assumed["label"], strict=True))
    year = table.index.get_level_values("period")[0]
    wide = table[0.5].reset_index().pivot(index="model", columns="partner", values=0.5)
    wide = wide.loc[[s for s in names if s in wide.index]]
    wide = wide.rename(index=names, columns=codes.label).rename_axis("Scenario")
    wide.columns.name = None
    unit = codes.CURRENCY_LABELS[currency]
    caption = f"Median growth in {year} by partner, in {unit}, percent"
    return styled(wide, caption, dict.fromkeys(wide.columns, whole))


@takes(
    estimates=table(
        "elasticities",
        "channel flow partners estimate standard_error low high n",
        period="first last",
    ),
    published=table("load_published_elasticities", "channel flow low high", empty=True),
)
def elasticities(estimates: pd.DataFrame, published: pd.DataFrame) -> Styler:
    """
    Set estimated elasticities beside what others found.

    One row a channel and flow: estimate, its standard error and interval, the number of changes
    it rests on, and the findings of others.

    Parameters
    ----------
    estimates, published : DataFrame
        From `elasticities` and `load_published_elasticities`.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> found = st.elasticities(st.load_trade(as_of=day), st.load_conditions(as_of=day))
    >>> elasticities(found, st.load_published_elasticities()).data.shape
    (6, 5)
    """
    others = published.groupby(["channel", "flow"]).agg(low=("low", "min"), high=("high", "max"))
    keys = pd.MultiIndex.from_frame(estimates[["channel", "flow"]])
    out = pd.DataFrame({
        "Estimate": estimates["estimate"],
        "Standard error": estimates["standard_error"],
        "95 % interval": interval(estimates["low"], estimates["high"], _two),
        "Changes": estimates["n"],
        "Others found": _spans(others.reindex(keys)).replace("", "–").to_numpy(),
    })  # fmt: skip
    span = f"{estimates['first'].iloc[0]} to {estimates['last'].iloc[0]}"
    caption = f"Elasticities of the dollar value of trade, percent per percent, {span}"
    formats = {"Estimate": _two, "Standard error": _two, "Changes": "{:,.0f}"}
    return styled(_by_term(out, estimates), caption, formats)


@takes(
    estimates=table(
        "elasticities_by_sample", "channel flow partners estimate standard_error", period="first"
    )
)
def samples(estimates: pd.DataFrame) -> Styler:
    """
    Set elasticities of samples that begin in different years side by side.

    One row a channel and flow, a column a sample: the estimate with its standard error.

    Parameters
    ----------
    estimates : DataFrame
        From `elasticities_by_sample`.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> found = st.elasticities_by_sample(st.load_trade(as_of=day), st.load_conditions(as_of=day))
    >>> samples(found).data.columns.tolist()
    ['from 1993', 'from 1996', 'from 2001']
    """
    first = estimates["first"].astype("str")
    said = estimates["estimate"].map(_two) + " (" + estimates["standard_error"].map(_two) + ")"
    parts = [said[first == f].reset_index(drop=True).rename(f"from {f}") for f in first.unique()]
    rows = estimates[first == first.iloc[0]].reset_index(drop=True)
    caption = "The same elasticities from samples that begin earlier or later (standard errors)"
    return styled(_by_term(pd.concat(parts, axis=1), rows), caption, {})


@takes(
    published=table("load_published_elasticities", "channel flow study finding reference low high")
)
def findings(published: pd.DataFrame) -> Styler:
    """
    Set out what others found, on what, and where.

    One row a finding: channel, flow, reference, elasticity and what it measures.

    Parameters
    ----------
    published : DataFrame
        ELASTICITY, from `load_published_elasticities`.

    Examples
    --------
    >>> findings(st.load_published_elasticities()).data.columns.tolist()
    ['Elasticity', 'What it measures']
    """
    order = published["channel"].map({c: i for i, c in enumerate(codes.CHANNELS)})
    rows = published.assign(order=order).sort_values(["order", "flow", "study"])
    out = pd.DataFrame({
        "Channel": rows["channel"].map(codes.CHANNELS),
        "Flow": rows["flow"].map(codes.FLOW_LABELS),
        "Reference": rows["reference"],
        "Elasticity": _spans(rows).replace("", "–"),
        "What it measures": rows["finding"],
    }).set_index(["Channel", "Flow", "Reference"])  # fmt: skip
    return styled(out.astype("str"), "What others found, percent per percent", {})


def _assumed(row: object) -> str:
    """Say what is assumed of one economy, and against what."""
    if row.channel != "income":
        return f"{row.assumed:.2f} times the baseline"
    name = codes.label(row.economy)
    beside = f"baseline {percent(row.baseline)}"
    if row.scenario == "baseline":
        beside = f"{percent(row.before)} the year before"
    return f"{name} {percent(row.assumed)} ({beside})"


def _by_term(out: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Name rows by channel and flow, and whose trade it is where not everybody's."""
    everybody = max(estimates["partners"], key=len, default="")
    of = estimates["partners"].map(
        lambda p: "" if p == everybody else f" ({', '.join(codes.label(c) for c in p.split(';'))})"
    )
    keys = [estimates["channel"].map(codes.CHANNELS), estimates["flow"].map(codes.FLOW_LABELS) + of]
    out = out.set_axis(pd.MultiIndex.from_arrays(keys), axis=0)
    return out.rename_axis(["Channel", "Flow"])


def _spans(found: pd.DataFrame) -> pd.Series:
    """Print the bounds of findings as far as they are given."""
    low, high = found["low"], found["high"]
    said = interval(low, high, _short)
    said = said.where(low != high, low.map(_short))
    said = said.where(low.notna(), "below " + high.map(_short))
    return said.where(high.notna(), "")


def _two(value: float) -> str:
    """Print an elasticity with two decimals and a true minus sign."""
    return f"{value:.2f}".replace("-", "\u2212")


def _short(value: float) -> str:
    """Print a published number as it was given."""
    return f"{value:g}".replace("-", "\u2212")
