"""What simulated scenarios promise: how often trade grows, and faster than in another case."""

import numpy as np
import pandas as pd

from silktrade.doors import read_year, series, table, takes
from silktrade.projection.assumptions import BASELINE
from silktrade.projection.scenarios import _ROW


@takes(
    growth=table(
        "projected_growth",
        text="partner flow model",
        period="period",
        number="draw growth",
        key="partner flow model period draw",
    ),
    period=read_year,
    known=series("Y"),
)
def chances(
    growth: pd.DataFrame, period: str | int, known: pd.Series | None = None
) -> pd.DataFrame:
    """
    Give the chances that growth in each scenario exceeds what one may compare it with.

    Parameters
    ----------
    growth : DataFrame
        From `projected_growth`, of one partner and flow or their sum, a model a scenario, one of
        them the baseline.
    period : str or int
        The assumed year.
    known : Series, optional
        The same trade by year as it is known: where the year before is not drawn, its growth.

    Returns
    -------
    DataFrame
        Indexed by scenario: above_zero; above_year_before (than growth in the same draw, or as it
        is known; NaN where it is neither); above_baseline (than the baseline's median); raised
        (than the baseline in the same draw, NaN for itself): probabilities.

    Examples
    --------
    >>> key = {"reporter": "CHN", "partner": "CA5", "flow": "total", "product": "TOTAL",
    ...        "origin": pd.Period("2023"), "horizon": 1, "period": pd.Period("2024")}
    >>> rows = [{**key, "model": m, "draw": d, "growth": g} for m, d, g in
    ...         [("baseline", 0, 0.1), ("baseline", 1, 0.2), ("up", 0, 0.2), ("up", 1, 0.3)]]
    >>> chances(pd.DataFrame(rows), 2024).loc["up", ["above_zero", "raised"]].tolist()
    [1.0, 1.0]
    """
    if len(growth[_ROW].drop_duplicates()) != 1:
        raise ValueError("growth must be of one partner and flow, got several: choose or sum them")
    table = growth.pivot(index=["model", "draw"], columns="period", values="growth")
    year = pd.Period(str(period), "Y")
    if year not in table.columns or BASELINE not in table.index.unique("model"):
        raise ValueError(f"growth must hold the baseline in {year}, got none: use scenario_paths")
    now = table[year].unstack("model")
    came = np.nan if known is None else known.get(year - 1, np.nan) / known.get(year - 2, np.nan)
    drawn = year - 1 in table.columns
    before = table[year - 1].unstack("model") if drawn else now * 0 + came - 1
    base = now[BASELINE]
    out = pd.DataFrame({
        "above_zero": (now > 0).mean(),
        "above_year_before": (now > before).mean().where(before.notna().all()),
        "above_baseline": (now > base.median()).mean(),
        "raised": now.gt(base, axis=0).mean().where(now.columns != BASELINE),
    })  # fmt: skip
    return out.rename_axis("scenario")
