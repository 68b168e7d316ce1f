"""Tables of where a partner stands: rank, weight on either side, and what moved its trade."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import read_economy, table, takes, wide
from silktrade.measures.exposure import rank
from silktrade.measures.trade import share
from silktrade.prose import percent
from silktrade.schema import INDICATOR
from silktrade.tables.style import points, styled

_WEIGHTS = {
    "over_gdp": "Trade over {}'s output",
    "over_china_gdp": "Trade over China's output",
    "of_china_trade": "Share of China's trade with the world",
}


@takes(
    weights=table(
        "trade_to_gdp",
        "economy period over_gdp over_china_gdp of_china_trade",
        key="economy period",
    ),
    totals=wide("Y", told=True),
    printed=INDICATOR,
    partner=read_economy,
)
def standing(
    weights: pd.DataFrame, totals: pd.DataFrame, printed: pd.DataFrame, partner: str
) -> Styler:
    """
    Set out a partner's rank among several and how much the trade weighs, now and ten years before.

    One row a measure: the latest year it is known, its value, its rank among the partners of
    `totals`, and the value ten years earlier.

    Parameters
    ----------
    weights : DataFrame
        From `trade_to_gdp`.
    totals : DataFrame
        China's exports plus imports: indexed by year, a column a partner.
    printed : DataFrame
        INDICATOR `china_share`, from `load_china_share`.
    partner : str
        The partner's code.

    Examples
    --------
    >>> totals = st.load_partner_totals()
    >>> weights = st.trade_to_gdp(totals, st.load_indicator("gdp_usd"))
    >>> said = standing(weights, totals, st.load_china_share(), "KAZ").data
    >>> said["Rank of five"].iloc[0]
    '1'
    """
    name = codes.label(partner)
    five = set(totals) == set(codes.PARTNERS)
    whom, many = ("the five", "five") if five else ("all of them", str(totals.shape[1]))
    rows = [_row(f"Share of China's trade with {whom}", share(totals), partner)]
    for column, title in _WEIGHTS.items():
        wide = weights.pivot(index="period", columns="economy", values=column)
        wide = wide.dropna(axis="columns", how="all").dropna()
        rows.append(_row(title.format(name), wide, partner))
    own = printed[printed["economy"] == partner]
    title = f"China's share of {name}'s trade, as {name} counts"
    if own.empty:
        rows.append((title, "not held", "–", "–", "–"))
    else:
        last = own.iloc[-1]
        when = f"January to {last['period'].strftime('%B %Y')}"
        rows.append((title, when, percent(last["value"]), "–", "–"))
    columns = ["Measure", "Latest", "Value", f"Rank of {many}", "Ten years before"]
    table = pd.DataFrame(rows, columns=columns).set_index("Measure")
    return styled(table, f"Where {name} stands in China's trade, and China in {name}'s", {})


@takes(
    parts=table("drivers", "partner flow driver period contribution standard_error priced_months"),
    effect=wide(columns="growth_cny growth_usd rate_change"),
)
def drivers(parts: pd.DataFrame, effect: pd.DataFrame) -> Styler:
    """
    Set out what moved a partner's trade in its last year.

    One row a part in percentage points: each flow, of it what went with oil and gas prices with
    its standard error, the sum, and what the yuan's rate adds when counted in yuan. The caption
    says so where prices are known for a part of the year only.

    Parameters
    ----------
    parts, effect : DataFrame
        From `drivers`, of trade in dollars, and `currency_effect` of the same trade.

    Examples
    --------
    >>> parts = pd.DataFrame({"partner": "KGZ", "period": pd.Period("2024"),
    ...                       "flow": ["export", "import"], "driver": "rest",
    ...                       "contribution": [0.1, -0.02], "standard_error": [None, None],
    ...                       "priced_months": 0})
    >>> effect = pd.DataFrame({"growth_cny": [0.1], "growth_usd": [0.08], "rate_change": [0.02]},
    ...                       pd.PeriodIndex(["2024"], freq="Y"))
    >>> drivers(parts, effect).data["Points"].tolist()
    ['+10.0', '−2.0', '+8.0', '+2.0', '+10.0']
    """
    rows = []
    for flow in codes.FLOWS:
        own = parts[parts["flow"] == flow]
        rows.append((codes.label(flow), points(own["contribution"].sum()), "–"))
        for part in own[own["driver"] == "energy"].itertuples():
            error = points(part.standard_error).lstrip("+")
            rows.append((f"of {flow}s, with oil and gas prices", points(part.contribution), error))
    total = parts["contribution"].sum()
    rows.append(("Growth in dollars", points(total), "–"))
    partner, year = parts["partner"].iloc[0], parts["period"].iloc[0]
    if year not in effect.index:
        raise ValueError(f"effect must hold {year}, the year of parts, got none of it")
    now = effect.loc[year]
    rows.append(("The yuan's rate", points(now["growth_cny"] - now["growth_usd"]), "–"))
    rows.append(("Growth in yuan", points(now["growth_cny"]), "–"))
    table = pd.DataFrame(rows, columns=["Part", "Points", "Standard error"]).set_index("Part")
    priced = (parts["driver"] == "energy").any()
    table = table if priced else table.drop(columns="Standard error")
    caption = f"What moved trade with {codes.label(partner)} in {year}, percentage points"
    if 0 < (months := parts["priced_months"].min()) < 12:
        caption += f"; oil and gas at the prices of the year's first {months} months"
    if priced:
        caption += (
            "; what goes with oil and gas prices is their change times how trade with those who "
            "sell them has answered on average: no proof of a cause, and no count of tonnes"
        )
    return styled(table, caption, {})


def _row(title: str, wide: pd.DataFrame, partner: str) -> tuple[str, ...]:
    """Say one measure: latest year, value, rank, and the value ten years earlier."""
    if wide.empty or partner not in wide:
        return (title, "not known", "–", "–", "–")
    last, values = wide.index[-1], wide[partner]
    before = values.get(last - 10)
    return (
        title, str(last), percent(values[last], digits=_digits(values[last])),
        str(rank(wide).loc[last, partner]),
        "–" if before is None else percent(before, digits=_digits(before)),
    )  # fmt: skip


def _digits(value: float) -> int:
    """Give small shares more decimals."""
    return 1 if value >= 0.01 else 2
