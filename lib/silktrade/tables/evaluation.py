"""Tables of how good forecasts were."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import table, takes
from silktrade.tables.style import chance, share, styled


@takes(table=table("scores", "model metric value", must={"metric": ["mase"]}))
def scores(table: pd.DataFrame) -> Styler:
    """
    Set out how each model did: the median over series of every metric.

    One row a model, one column a metric.

    Parameters
    ----------
    table : DataFrame
        SCORES, from `scores`.

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
        c: share for c in wide.columns if c.startswith("Inside")
    }
    caption = "Scores by model: median over series and horizons, coverage as a mean"
    return styled(wide.rename(index=codes.MODEL_LABELS).rename_axis("Model"), caption, formats)


@takes(
    table=table(
        "projection_scores",
        "ratio p_value pit_spread",
        known="crps interval_95 inside_80 inside_95 width_80 pit targets",
        levels="part ahead model",
    )
)
def projection_scores(table: pd.DataFrame, ahead: int = 1) -> Styler:
    """
    Set out how the projection and its competitors did, for the sum, the partners and the flows.

    One row a part and model, the best first: CRPS and interval score in points of growth, CRPS over
    the random walk's, coverage, width of the 80 % range, and mean and spread of the PIT.

    Parameters
    ----------
    table : DataFrame
        From `projection_scores`.
    ahead : int
        Years ahead.

    Examples
    --------
    >>> rows = st.evaluate_projection(st.load_trade(), [2018], models="random_walk", draws=100)
    >>> projection_scores(st.projection_scores(rows)).data["Targets"].tolist()[:3]
    [1, 1, 5]
    """
    names = {"sum": "All together", "partner": "Partners", "flow": "Flows"}
    if ahead not in table.index.get_level_values("ahead"):
        raise ValueError(f"ahead must be one that table holds, got {ahead}")
    rows = table.xs(ahead, level="ahead").reset_index()
    rows["part"] = pd.Categorical(rows["part"], list(names))
    rows = rows.sort_values(["part", "crps"], ignore_index=True)
    out = pd.DataFrame({
        "Growth of": rows["part"].map(names), "Model": rows["model"].map(codes.PROJECTED_BY),
        "CRPS, points": 100 * rows["crps"], "over random walk": rows["ratio"],
        "p": rows["p_value"], "Interval score 95 %, points": 100 * rows["interval_95"],
        "Inside 80 %": rows["inside_80"], "Inside 95 %": rows["inside_95"],
        "Width of 80 %, points": 100 * rows["width_80"], "PIT": rows["pit"],
        "spread of PIT": rows["pit_spread"], "Targets": rows["targets"],
    })  # fmt: skip
    formats = {
        "CRPS, points": "{:.1f}", "over random walk": "{:.2f}", "p": chance,
        "Interval score 95 %, points": "{:.0f}", "Inside 80 %": share, "Inside 95 %": share,
        "Width of 80 %, points": "{:.0f}", "PIT": "{:.2f}", "spread of PIT": "{:.2f}",
    }  # fmt: skip
    years = "one year" if ahead == 1 else f"{ahead} years"
    caption = f"Scores of projected growth, {years} ahead: means over targets; lower is better"
    return styled(out.set_index(["Growth of", "Model"]), caption, formats)


@takes(rows=table("evaluate_projection", "part model", known="year known inside_80 width_80"))
def projection_coverage(rows: pd.DataFrame) -> Styler:
    """
    Set out what the projection's 80 % meant, by the months known of the year and by part.

    One row a count of months: for the sum, the partners and the flows the share inside the 80 %
    range, and its median width in points of growth.

    Parameters
    ----------
    rows : DataFrame
        From `evaluate_projection`, with one or several counts of months known.

    Examples
    --------
    >>> rows = st.evaluate_projection(st.load_trade(), [2018], models="random_walk", draws=100)
    >>> projection_coverage(rows).data.columns.tolist()[:2]
    ['Inside: all together', 'Inside: partners']
    """
    names = {"sum": "all together", "partner": "partners", "flow": "flows"}
    ours = rows[rows["model"] == "combination"].groupby(["known", "part"])
    inside, width = ours["inside_80"].mean().unstack(), 100 * ours["width_80"].median().unstack()
    kept = [part for part in names if part in inside]
    out = pd.concat([
        inside[kept].rename(columns=names).add_prefix("Inside: "),
        width[kept].rename(columns=names).add_prefix("Width, points: "),
    ], axis=1)  # fmt: skip
    formats = {c: share if c.startswith("Inside") else "{:.0f}" for c in out}
    years = ", ".join(str(year) for year in sorted(rows["year"].unique()))
    caption = f"What 80 % meant in {years}, by months known of the year"
    return styled(out.rename_axis("Months known"), caption, formats)
