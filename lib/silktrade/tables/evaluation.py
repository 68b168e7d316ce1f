"""Tables of how good forecasts were."""

from __future__ import annotations

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.tables.style import share, styled


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
        c: share for c in wide.columns if c.startswith("Inside")
    }
    caption = "Scores by model: median over series and horizons, coverage as a mean"
    return styled(wide.rename(index=codes.MODEL_LABELS).rename_axis("Model"), caption, formats)
