"""
Build the constructed files of the customs anew from what was printed.

Pure functions, frame in and frame out: years from December's year to date, the months of the year
before the first table from its printed growth, and the rate at which the customs convert. A refresh
writes what they give; `silktrade check` holds that the newest files are what their inputs make.

Where the customs printed a month in both currencies, one divided by the other is the rate. Before
that it is an estimate: of China's total trade in both currencies, from the preliminary release or
later, or the market's mean of the month before, anchored so that the five's calendar year in
dollars is the one that was printed.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from silktrade import codes, schema
from silktrade.data import calendar, snapshots, vintages

Read = Callable[[str, str], pd.DataFrame | None]

# China's total trade of 2022 in yuan, and its growth, as the customs printed them in January 2023.
TOTAL_2022, GROWTH_2022 = 42.07e12, 0.077
# Growth of China's total trade from January to each month of 2024, as table 2 prints it: what the
# same months of 2023 were in yuan, on the base of 2024.
GROWTH_2024 = (0.130, 0.087, 0.050, 0.057, 0.063, 0.061, 0.062, 0.060, 0.053, 0.052, 0.049, 0.050)
LARGE = 1e8  # dollars: a smaller value is rounded too coarsely to tell a rate
SPREAD = 0.001  # within one table and month there is one rate
FLOW_KEY = ["reporter", "partner", "flow", "product", "period"]


def years(to_date: pd.DataFrame, implied: pd.DataFrame | None = None) -> pd.DataFrame:
    """Take years from December's year to date, and a year before from its implied months."""
    december = to_date[to_date["period"].dt.month == 12]
    printed = december.assign(period=december["period"].dt.asfreq("Y"), obs_status="A")
    parts = [printed]
    if implied is not None and len(implied):
        whole = implied.assign(period=implied["period"].dt.asfreq("Y"))
        same = [*FLOW_KEY, "currency", "valuation"]
        sums = whole.groupby(same, as_index=False)["value"].agg(["sum", "size"])
        sums = sums[(sums["size"] == 12) & ~sums["period"].isin(printed["period"])]
        parts.append(sums.rename(columns={"sum": "value"}).assign(obs_status="E"))
    out = pd.concat(parts, ignore_index=True)
    return _finished(out, "partner_annual", schema.TRADE)


def implied_months(to_date: pd.DataFrame) -> pd.DataFrame:
    r"""Work out the months of the year before the first table, from its printed growth."""
    # x_m = b_m - b_{m-1}, \qquad b_m = y_m / (1 + g_m),
    # where y is the year to date and g its growth on the customs' revised base.
    first = to_date["period"].dt.year.min()
    rows = to_date[(to_date["period"].dt.year == first) & to_date["partner"].isin(codes.PARTNERS)]
    rows = rows.sort_values(FLOW_KEY)
    base = rows["value"] / (1 + rows["growth"])
    series = [rows[c] for c in FLOW_KEY[:-1]]
    month = base.groupby(series).diff().fillna(base.where(rows["period"].dt.month == 1))
    out = rows.assign(value=month.round(), period=rows["period"] - 12, obs_status="E")
    out = out[out["value"] >= 0]
    return _finished(out, "partner_monthly", schema.TRADE)


def rate_by_pair(yuan: pd.DataFrame, dollars: pd.DataFrame) -> pd.Series:
    """Divide what was printed in yuan by what was printed in dollars, period by period."""
    both = yuan.merge(dollars, on=FLOW_KEY, suffixes=("_yuan", "_dollars"))
    both = both[both["value_dollars"] > LARGE].reset_index(drop=True)
    rate = both["value_yuan"] / both["value_dollars"]
    median = rate.groupby(both["period"]).transform("median")
    close = ((rate / median - 1).abs() <= SPREAD).groupby(both["period"]).mean()
    return rate.groupby(both["period"]).median()[close > 0.5].round(5)


def rate_of_years(
    annual: pd.DataFrame, totals: pd.DataFrame, world: pd.DataFrame, pairs: pd.Series
) -> pd.DataFrame:
    """Give the customs' rate of calendar years."""
    five = annual[annual["partner"].isin(codes.PARTNERS)].groupby("period")
    whole = five["value"].sum()[five.size() == len(codes.PARTNERS) * len(codes.FLOWS)]
    estimated = annual.loc[annual["obs_status"] == "E", "period"].unique()
    press = totals[totals["partner"] == codes.REGION].set_index("period")["value"]
    rate = (whole / press).dropna().round(3)
    status = pd.Series(np.where(rate.index.isin(estimated), "E", "A"), rate.index)
    dollars = world.groupby(world["period"].dt.asfreq("Y"))["value"].sum()
    for year, yuan in ((2021, TOTAL_2022 / (1 + GROWTH_2022)), (2022, TOTAL_2022)):
        period = pd.Period(str(year), freq="Y-DEC")
        rate[period], status[period] = round(yuan / dollars[period], 3), "E"
    printed = pairs[~pairs.index.isin(rate.index)]
    rate, status = pd.concat([rate, printed]), pd.concat([status, printed.map(lambda _: "A")])
    return _rates(rate, status, "partner_annual")


def rate_of_months(
    months: pd.DataFrame,
    world: pd.DataFrame,
    to_date: pd.DataFrame,
    market: pd.DataFrame,
    annual: pd.DataFrame,
    pairs: pd.Series,
    early: pd.Series,
) -> pd.DataFrame:
    """Give the customs' rate of months: of pairs, else of the early totals, else an estimate."""
    dollars = world.groupby("period")["value"].sum()
    yuan = months[months["partner"] == codes.WORLD].groupby("period")["value"].sum()
    totals = (yuan / dollars).dropna().round(4)
    totals = pd.concat([(_base_2023(to_date) / dollars).dropna(), totals])
    by_market = market.set_index(market["period"] + 1)["value"]
    known = months.loc[months["partner"].isin(codes.PARTNERS), "period"].unique()
    by_market = by_market[by_market.index.isin(known) & ~by_market.index.isin(totals.index)]
    rough = pd.concat([totals, by_market])
    anchored = _anchored(rough, set(totals.index), months, annual.set_index("period")["value"])
    rate = pairs
    for next_best in (early, anchored.round(4)):
        rate = pd.concat([rate, next_best[~next_best.index.isin(rate.index)]])
    rate = pd.concat([rate, _between(rate, pairs, market)]).sort_index()
    run = pd.period_range(rate.index.min(), periods=len(rate), freq="M")
    rate = rate[rate.index == run]  # what comes after a hole waits until that is filled
    status = pd.Series(np.where(rate.index.isin(pairs.index), "A", "E"), rate.index)
    return _rates(rate, status, "partner_monthly")


def rebuilt(read: Read) -> dict[tuple[str, str], pd.DataFrame]:
    """Build every constructed file of the customs from its inputs."""
    to_date = read("gacc", "partner_year_to_date")
    monthly, world = read("gacc", "partner_monthly"), read("gacc", "world_monthly")
    totals, market = read("gacc", "totals_annual"), _market(read)
    out: dict[tuple[str, str], pd.DataFrame] = {}
    in_dollars = read("gacc", "partner_year_to_date_usd")
    if in_dollars is not None:
        out["gacc", "partner_annual_usd"] = years(in_dollars)
    if to_date is None or monthly is None:
        return {name: frame for name, frame in out.items() if len(frame)}
    implied = implied_months(to_date)
    annual = years(to_date, implied)
    out["gacc", "partner_monthly_2023"], out["gacc", "partner_annual"] = implied, annual
    if world is not None and totals is not None and market is not None:
        none = annual.iloc[:0]
        printed = out.get(("gacc", "partner_annual_usd"), none)
        by_year = rate_of_years(annual, totals, world, rate_by_pair(annual, printed))
        printed = read("gacc", "partner_monthly_usd")
        pairs = rate_by_pair(monthly, printed if printed is not None else monthly.iloc[:0])
        months, early = pd.concat([implied, monthly]), read("gacc", "preliminary_rate")
        early = pairs.iloc[:0] if early is None else early.set_index("period")["value"]
        out["gacc", "customs_rate_annual"] = by_year
        out["gacc", "customs_rate_monthly"] = rate_of_months(
            months, world, to_date, market, by_year, pairs, early
        )
    return {name: frame for name, frame in out.items() if len(frame)}


def newest(source: str, dataset: str) -> pd.DataFrame | None:
    """Read the newest vintage of a data set."""
    if vintages.choose(source, dataset) is None:
        return None
    return snapshots.read(snapshots.find(source, dataset))


def stale(made: Mapping[tuple[str, str], pd.DataFrame]) -> dict[tuple[str, str], str]:
    """Name the constructed files that are not what their inputs make."""
    found = {}
    for name, frame in made.items():
        held = newest(*name)
        if held is None:
            found[name] = "is not there"
            continue
        key = list(schema.SCHEMAS[snapshots.find(*name).schema].key)
        both = held.merge(frame, on=key, how="outer", suffixes=("_held", "_made"))
        values = np.isclose(both["value_held"], both["value_made"], rtol=1e-9, atol=0)
        same = values & (both["obs_status_held"] == both["obs_status_made"]).to_numpy()
        if not same.all():
            row = both[~same & (~values | values.all())].iloc[0]  # a number before a status alone
            held, made = (f"{row[f'value_{w}']:.10g} ({row[f'obs_status_{w}']})"
                          if row[f"obs_status_{w}"] == row[f"obs_status_{w}"] else "nothing"
                          for w in ("held", "made"))  # fmt: skip
            found[name] = (
                f"{(~same).sum()} of {len(both)} rows are not what their inputs make, such as "
                f"{' '.join(str(v) for v in row[key])}: held {held}, made {made}"
            )
    return found


def _market(read: Read) -> pd.DataFrame | None:
    """Read the market rate, and where the Federal Reserve's ends, the BIS's."""
    first, second = read("fed", "exchange_rate"), read("bis", "exchange_rate")
    if first is None or second is None:
        return first
    return pd.concat([first, second[second["period"] > first["period"].max()]])


def _base_2023(to_date: pd.DataFrame) -> pd.Series:
    """Give China's total trade by month of 2023 in yuan, as the tables of 2024 imply it."""
    world = to_date[(to_date["partner"] == codes.WORLD) & (to_date["period"].dt.year == 2024)]
    total = world.groupby("period")["value"].sum()
    if len(total) < len(GROWTH_2024):
        return total.iloc[:0]
    base = total / (1 + np.array(GROWTH_2024))
    base.index = base.index - 12
    return base.diff().fillna(base)


def _anchored(
    rough: pd.Series, paired: set[pd.Period], months: pd.DataFrame, annual: pd.Series
) -> pd.Series:
    """Scale a year's rates so that the five's year in dollars is the one that was printed."""
    five = months[months["partner"].isin(codes.PARTNERS)].groupby("period")["value"].sum()
    out = []
    for year, rate in annual.items():
        own = rough[(rough.index.year == year.year) & rough.index.isin(five.index)]
        if len(own) < 12:
            continue
        yuan = five[own.index]
        free = ~own.index.isin(paired) if not own.index.isin(paired).all() else np.ones(12, bool)
        wanted = yuan.sum() / rate - (yuan / own)[~free].sum()
        factor = (yuan / own)[free].sum() / wanted
        out.append(own.where(~free, own * factor))
    return pd.concat(out).sort_index() if out else rough.iloc[:0]


def _between(rate: pd.Series, pairs: pd.Series, market: pd.DataFrame) -> pd.Series:
    """Estimate months that lack a rate among months with one: the market's, as far off as those."""
    if rate.empty or pairs.empty:
        return rate.iloc[:0]
    before = market.set_index(market["period"] + 1)["value"]
    span = pd.period_range(rate.index.min(), rate.index.max(), freq="M")
    lacking = before[before.index.isin(span) & ~before.index.isin(rate.index)]
    return (lacking * (pairs / before).median()).round(4)


def _rates(rate: pd.Series, status: pd.Series, like: str) -> pd.DataFrame:
    """Make an indicator of rates, public when the table of the same period was."""
    frame = pd.DataFrame({"period": rate.index, "value": rate.to_numpy(), "obs_status":
                          status.to_numpy()})  # fmt: skip
    frame = frame.assign(economy="CHN", indicator="customs_rate", unit="CNY per USD")
    return _finished(frame, like, schema.INDICATOR)


def _finished(frame: pd.DataFrame, like: str, kind: schema.Schema) -> pd.DataFrame:
    """Give rows their day of release, and the columns of the schema in order."""
    frame = frame.assign(released=calendar.released("gacc", like, frame["period"]))
    columns = [c for c in kind.all_columns if c not in ("source", "vintage")]
    return frame.sort_values(list(kind.key), ignore_index=True)[columns]
