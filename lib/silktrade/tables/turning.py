"""Tables of what was adjusted, and of growth before and after given dates."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import table, takes
from silktrade.prose import span
from silktrade.tables.style import chance, interval, points, rate, styled


@takes(
    found=table(
        "seasonal_diagnostics",
        "partner flow effect method months m7 q residual_p credible "
        "spread_original spread_seasonal spread",
        text="outliers",
    )
)
def adjustment(*found: pd.DataFrame) -> Styler:
    """
    Set out how well series could be seasonally adjusted.

    One row a series: months, those that are outliers, whose holiday effect was taken out, M7 and Q
    (below 1 is good), the p-value of a season left in, the spread of January-March changes as
    published and adjusted, and whether all tests are passed over seven years or more.

    Parameters
    ----------
    *found : DataFrame
        From `seasonal_diagnostics`.

    Examples
    --------
    >>> world = st.seasonal_diagnostics(st.load_totals("WLD", frequency="M"), st.load_new_year())
    >>> adjustment(world).data["Proven"].item()
    'yes'
    """
    if not found:
        raise ValueError("found must be from `seasonal_diagnostics`, got none")
    rows = pd.concat(found, ignore_index=True)
    names = rows["partner"].map(codes.whom)
    flows = rows["flow"].map(codes.FLOW_LABELS)
    table = pd.DataFrame({
        "Months": rows["months"],
        "Outliers": rows["outliers"].map(_outliers),
        "Holiday": rows["effect"].replace("none", "none taken out"),
        "M7": rows["m7"], "Q": rows["q"], "Season left, p": rows["residual_p"],
        "Spread published": rows["spread_original"], "Season out": rows["spread_seasonal"],
        "Both out": rows["spread"],
        "Proven": rows["credible"].map({True: "yes", False: "no"}),
    }).set_axis(flows + ", " + names)  # fmt: skip
    numbers = dict.fromkeys(["M7", "Q", "Season left, p"], "{:.2f}")
    stages = ("Spread published", "Season out", "Both out")
    spreads = dict.fromkeys(stages, lambda x: rate(x).lstrip("+"))
    caption = (
        "X-13's diagnostics, and the spread of month-on-month changes from January to March as "
        "published, with the season and with the New Year taken out too"
    )
    return styled(table.rename_axis("Series"), caption, numbers | spreads)


def _outliers(months: str) -> str:
    """Name months that stand out."""
    return ", ".join(f"{pd.Period(m, 'M'):%b %Y}" for m in months.split(", ") if m) or "none"


@takes(
    counts=table("break_counts", "partner breaks any_p any_p_paired chosen"),
    found=table("growth_breaks", "partner before after", period="first low high", empty=True),
)
def breaks(counts: pd.DataFrame, found: pd.DataFrame) -> Styler:
    """
    Set out, for each series, the breaks in growth that a test finds.

    One row a series: how many breaks, their dates with 95 % intervals, growth a year in each
    regime, and the p-values that there is any, the second where growth may carry over.

    Parameters
    ----------
    counts, found : DataFrame
        From `break_counts` and `growth_breaks` of the same totals.

    Examples
    --------
    >>> counts = st.break_counts(st.load_totals(), draws=99)
    >>> breaks(counts, st.growth_breaks(st.load_totals(), counts)).data.columns[0]
    'Breaks'
    """
    chosen = counts[counts["chosen"]].set_index("partner")
    if chosen.index.has_duplicates:
        raise ValueError("counts must choose one number of breaks a partner, got several")
    rows = {name: found[found["partner"] == name] for name in chosen.index}
    dates = {n: ", ".join(f"{r.first} ({r.low}\u2013{r.high})" for r in f.itertuples())
             for n, f in rows.items()}  # fmt: skip
    means = {
        n: ", ".join(rate(x) for x in [*f["before"][:1], *f["after"]]) for n, f in rows.items()
    }
    table = pd.DataFrame({
        "Breaks": chosen["breaks"], "New growth from": pd.Series(dates, dtype="str"),
        "Growth a year": pd.Series(means, dtype="str"), "p": chosen["any_p"],
        "p, carried over": chosen["any_p_paired"],
    }).loc[chosen.index].replace({"": "–"})  # fmt: skip
    caption = "Breaks in the growth of trade that a test at 5 % accepts, with 95 % intervals"
    formats = dict.fromkeys(["p", "p, carried over"], chance)
    return styled(table.rename(index=codes.label).rename_axis("Trade with"), caption, formats)


@takes(
    known=table(
        "event_breaks",
        "partner title periods_after before after change low high p_value detectable p_holm",
        period="first",
        also="last",
    )
)
def event_breaks(known: pd.DataFrame) -> Styler:
    """
    Set out growth before and after given dates, and what change would have been seen.

    One row an event: years compared, growth before and after in percent a year, the change with
    its 95 % interval and the least that is seen in four cases of five, in points of log growth,
    and p-values, the second for having asked about all of them.

    Parameters
    ----------
    known : DataFrame
        From `event_breaks`, of one partner.

    Examples
    --------
    >>> event_breaks(st.event_breaks(st.load_totals(), draws=99)).data.columns[0]
    'Years after'
    """
    whom = codes.whom(known["partner"].iloc[0])
    known = known[known["periods_after"] > 0]  # of the others there is nothing to compare yet
    years = zip(known["first"], known["last"], strict=True)
    table = pd.DataFrame({
        "Years after": [span(first, last) for first, last in years],
        "Before": known["before"], "After": known["after"],
        "Change": known["change"],
        "95 % interval": interval(known["low"], known["high"], points),
        "Would be seen": known["detectable"], "p": known["p_value"],
        "p of all": known["p_holm"],
    }).set_axis(known["title"])  # fmt: skip
    table["95 % interval"] = table["95 % interval"].where(table["Change"].notna(), "–")
    formats = dict.fromkeys(["Before", "After"], rate) | dict.fromkeys(["p", "p of all"], chance)
    formats |= {"Change": points, "Would be seen": lambda x: points(x).lstrip("+")}
    caption = (
        f"Growth a year of trade with {whom} before and after; changes in points of log growth"
    )
    return styled(table.rename_axis("Event"), caption, formats)
