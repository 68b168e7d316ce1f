"""Tables of what is expected: intervals, models, outturns and what others expected."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import RANGES, read_year, table, takes
from silktrade.prose import day
from silktrade.schema import OPINION
from silktrade.tables.style import added, interval, points, styled, whole


@takes(
    table=table(
        "intervals", known=(0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975), levels="partner flow period"
    )
)
def projection(table: pd.DataFrame, currency: str) -> Styler:
    """
    Set out projected growth with its 50, 80 and 95 % intervals.

    One row a partner, or a partner and flow: median, and each interval from low to high.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one model and period.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> drawn = st.project(st.load_trade(), 2, models=["random_walk"], draws=100)
    >>> paths = st.projected_growth(drawn)
    >>> projection(st.intervals(paths, "growth"), "USD").data.columns.tolist()
    ['Median', '50 % interval', '80 % interval', '95 % interval']
    """
    bounds = {"50 % interval": (0.25, 0.75), "80 % interval": (0.1, 0.9)}
    bounds["95 % interval"] = (0.025, 0.975)
    out = pd.DataFrame({"Median": table[0.5].map(whole)})
    for name, (low, high) in bounds.items():
        out[name] = interval(table[low], table[high])
    out.index = _partner_and_flow(table)
    year = table.index.get_level_values("period")[0]
    unit = codes.CURRENCY_LABELS[currency]
    return styled(out, f"Projected growth of China's trade in {year}, in {unit}, percent", {})


@takes(table=table("intervals", known=(0.1, 0.5, 0.9), levels="model period"))
def models(table: pd.DataFrame, currency: str) -> Styler:
    """
    Set out what each model projects on its own.

    One row a model: median and 80 % interval.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_growth(...), "growth")`, of one partner, flow and period, with
        all models.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> drawn = st.project(st.load_trade(), 2, models=["random_walk"], draws=100)
    >>> paths = st.aggregate(drawn, partners=True, flows=True)
    >>> models(st.intervals(st.projected_growth(paths), "growth"), "USD").data.index.tolist()
    ['The projection', 'Random walk, t limits']
    """
    out = pd.DataFrame({
        "Median": table[0.5].map(whole), "80 % interval": interval(table[0.1], table[0.9]),
    })  # fmt: skip
    names = table.index.get_level_values("model").map(codes.PROJECTED_BY)
    order = {name: at for at, name in enumerate(codes.PROJECTED_BY.values())}
    out = out.set_axis(names.rename("Model")).sort_values("Model", key=lambda n: n.map(order))
    year = table.index.get_level_values("period")[0]
    unit = codes.CURRENCY_LABELS[currency]
    return styled(out, f"Projected growth in {year} by model, in {unit}, percent", {})


@takes(table=table("evaluate", number=(*RANGES, "outturn"), levels="partner flow period"))
def outturn(table: pd.DataFrame) -> Styler:
    """
    Set out what was projected and what came.

    One row a partner and flow: median, 80 % range, growth that came, and whether it was inside.

    Parameters
    ----------
    table : DataFrame
        From `evaluate`.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KAZ", "export", pd.Period("2024"))],
    ...                                  names=["partner", "flow", "period"])
    >>> rows = pd.DataFrame([[0, .1, .2, .3, .4, .35]], keys, [.025, .1, .5, .9, .975, "outturn"])
    >>> outturn(rows).data["Inside"].tolist()
    ['95 %']
    """
    inside = pd.Series("no", index=table.index)
    for low, high, name in ((0.025, 0.975, "95 %"), (0.1, 0.9, "80 %")):
        inside[(table["outturn"] >= table[low]) & (table["outturn"] <= table[high])] = name
    out = pd.DataFrame({
        "Median": table[0.5].map(whole),
        "80 % interval": interval(table[0.1], table[0.9]),
        "Came": table["outturn"].map(points),
        "Inside": inside,
    }).set_axis(_partner_and_flow(table))  # fmt: skip
    year = table.index.get_level_values("period")[0]
    return styled(out, f"Growth in {year} as projected and as it came, percent", {})


@takes(table=table("intervals", known=(0.1, 0.5, 0.9), levels="partner flow period"))
def contributions(table: pd.DataFrame) -> Styler:
    """
    Set out what each flow is projected to add to the growth of all together.

    One row a flow, the largest first: median and 80 % range in percentage points.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_contributions(...), "contribution")`, of one model and period.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KAZ", "export", pd.Period("2024"))],
    ...                                  names=["partner", "flow", "period"])
    >>> contributions(pd.DataFrame([[0, .1, .2]], keys, [.1, .5, .9])).data["Median"].tolist()
    ['+10']
    """
    out = pd.DataFrame(
        {"Median": table[0.5].map(added), "80 % interval": interval(table[0.1], table[0.9], added)}
    ).set_axis(_partner_and_flow(table))
    order = table[0.5].to_numpy().argsort()[::-1]
    year = table.index.get_level_values("period")[0]
    every = codes.together(table.index.get_level_values("partner"))
    whose = "" if every == codes.SUM else f" of trade with {codes.label(every)}"
    caption = f"Contribution to the growth{whose} in {year}, percentage points"
    return styled(out.iloc[order], caption, {})


@takes(table=OPINION, period=read_year)
def opinions(table: pd.DataFrame, period: str | int) -> Styler:
    """
    Set out what institutions expected of a year.

    One row a publication: institution, day, what, and how much in percent.

    Parameters
    ----------
    table : DataFrame
        OPINION, from `load_opinions`.
    period : str or int
        The year expected.

    Examples
    --------
    >>> said = opinions(st.load_opinions(as_of="2023-12-31"), 2024).data
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
        "Percent": rows["value"].map(points),
    }).sort_values(["Economy", "Published", "Institution"])  # fmt: skip
    out["Published"] = out["Published"].map(day).astype("str").str.replace(" ", "\u00a0")
    out = out.set_index(["Economy", "Institution", "Published", "Expected"])
    return styled(out, f"What others expected of {period}, percent", {})


def _partner_and_flow(table: pd.DataFrame) -> pd.Index:
    """Name the rows of a table of intervals by partner and flow; by partner where all are sums."""
    keys = table.index.to_frame(index=False)
    if (keys["flow"] == "total").all():
        return pd.Index(keys["partner"].map(codes.label), name="Partner")
    flows = keys["flow"].map({"export": "exports", "import": "imports", "total": "total"})
    partners = keys["partner"].map(codes.label)
    return pd.MultiIndex.from_arrays([partners, flows], names=["Partner", "Flow"])
