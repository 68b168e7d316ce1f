"""What scenarios assume of a year, and how far that is from the baseline."""

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import takes
from silktrade.schema import INDICATOR, SCENARIO, validate

BASELINE = "baseline"


@takes(scenarios=SCENARIO, conditions=INDICATOR)
def scenario_assumptions(
    scenarios: pd.DataFrame, conditions: pd.DataFrame, year: int
) -> pd.DataFrame:
    r"""
    Work out what each scenario assumes of a year, and how far that is from the baseline.

    Parameters
    ----------
    scenarios : DataFrame
        SCENARIO, from `load_scenarios`.
    conditions : DataFrame
        INDICATOR with gdp_growth to that year, from `load_conditions`.
    year : int
        The calendar year.

    Returns
    -------
    DataFrame
        scenario, label, channel, economy, period, before (growth of the year before; NaN but for
        income), baseline, assumed, unit, shock (logarithmic) and basis, in the order of channel,
        the baseline first. Income is growth of real output, a fraction; an exchange rate is
        dollars per yuan and energy a price, as multiples of the baseline.

    Notes
    -----
    .. math:: s = \ln(1 + g) - \ln(1 + g_0) \quad\text{or}\quad s = \ln m .

    Growth that is assumed over the year before is assumed at least: where the baseline goes further
    in that direction already, it stands.

    Examples
    --------
    >>> conditions = st.load_conditions(as_of="2023-12-31")
    >>> made = scenario_assumptions(st.load_scenarios(), conditions, 2024)
    >>> made.set_index("scenario").loc["faster", "assumed"].round(3).item()
    0.055
    """
    rows, year = validate(scenarios, SCENARIO), codes.a_year("year", year)
    _known_forms(rows)
    known = conditions[conditions["indicator"] == "gdp_growth"].set_index(["economy", "period"])
    growth = known["value"]
    income = rows["channel"] == "income"
    then = [_growth(growth, e, year - 1) if i else np.nan
            for e, i in zip(rows["economy"], income, strict=True)]  # fmt: skip
    now = [_growth(growth, e, year) if i else 1.0
           for e, i in zip(rows["economy"], income, strict=True)]  # fmt: skip
    # A number and its percent sign stay on one line.
    rows = rows.assign(label=rows["label"].str.replace(" %", "\u00a0%"))
    out = rows.assign(period=pd.Period(str(year), "Y"), before=then, baseline=now)
    start = out["baseline"].where(out["over"] == BASELINE, out["before"])
    out["assumed"] = start * out["value"]
    out["assumed"] = out["assumed"].where(~income, start + out["value"])
    # "Faster than the year before" is met where the baseline is faster still, as after a bad year.
    met = (out["over"] != BASELINE) & ((out["baseline"] - out["assumed"]) * out["value"] > 0)
    out["assumed"] = out["assumed"].where(~met, out["baseline"])
    levels = out[["assumed", "baseline"]].add(income.astype(float), axis=0)
    if not (levels > 0).all(axis=None):
        wrong = out.loc[~(levels > 0).all(axis=1)].iloc[0]
        raise ValueError(
            f"scenarios must leave something of what they move, got {wrong['assumed']:g} for "
            f"{wrong['channel']} in {wrong['scenario']}"
        )
    logs = np.log(levels)
    out["shock"] = logs["assumed"] - logs["baseline"].where(income, 0.0)
    # A change of nothing is exactly nothing, whatever rounding says.
    out["shock"] = out["shock"].where(out["assumed"] != out["baseline"], 0.0)
    columns = ["scenario", "label", "channel", "economy", "period", "before", "baseline",
               "assumed", "unit", "shock", "basis"]  # fmt: skip
    edition = out["economy"].map(_outlooks(conditions, year)).where(out["channel"] == "income")
    out["basis"] = edition.where(out["scenario"] == BASELINE).fillna(out["basis"])
    order = out["channel"].map({c: i for i, c in enumerate(codes.CHANNELS)})
    order = order.where(out["scenario"] != BASELINE, -1)
    out = out.assign(order=order).sort_values(["order", "scenario", "economy"], ignore_index=True)
    return out[columns]


def _known_forms(rows: pd.DataFrame) -> None:
    """Refuse an assumption whose unit or reference has no meaning."""
    for row in rows.itertuples():
        unit = "points" if row.channel == "income" else "times"
        over = (BASELINE, "year before") if row.channel == "income" else (BASELINE,)
        if row.unit != unit or row.over not in over:
            raise ValueError(
                f"{row.channel} of scenario {row.scenario} must be in {unit} over "
                f"{' or '.join(over)}, got {row.unit!r} over {row.over!r}"
            )


def _outlooks(conditions: pd.DataFrame, year: int) -> pd.Series:
    """Name the Outlook that growth of each economy is from, which is whose view the baseline is."""
    rows = conditions[(conditions["indicator"] == "gdp_growth") & (conditions["source"] == "imf")]
    rows = rows[rows["period"].dt.year == year].set_index("economy")["released"]
    return rows.map(lambda d: f"IMF, World Economic Outlook, out by {d.day} {d:%B %Y}").astype(str)


def _growth(growth: pd.Series, economy: str, year: int) -> float:
    """Look growth of an economy's output up."""
    key = (economy, pd.Period(str(year), "Y"))
    if key not in growth.index:
        raise ValueError(
            f"conditions must hold gdp_growth of {economy} in {year}, got none: choose a year "
            "that the outlook reaches"
        )
    return float(growth[key])
