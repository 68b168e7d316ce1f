"""
Composition: what a trade is made of, how concentrated it is, and how alike two baskets are.

Every function takes TRADE by product, of any classification and level; one frame holds one level,
so that no part stands beside its total. A product without a row was not traded.
"""

from itertools import combinations

import pandas as pd

from silktrade import codes
from silktrade.doors import alike, sourced, takes
from silktrade.measures.trade import by_direction, concentration
from silktrade.schema import INDICATOR, TRADE, validate

BASKET = ["exporter", "importer", "period"]
# Pipeline gas has a gross heat of about 54.7 MJ a kg (38.3 MJ and 0.70 kg a cubic metre), and a
# million British thermal units are 1,055 MJ.
MMBTU_PER_TONNE = 52.0


@sourced
def product_shares(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Measure each product's share of its basket: one exporter, importer and period.

    Parameters
    ----------
    trade : DataFrame
        TRADE by product, one level of one classification.

    Returns
    -------
    DataFrame
        exporter, importer, period, product, share (fraction; a basket's shares sum to 1; 0 where a
        product was not traded). A basket that is nothing at all has no rows.

    Raises
    ------
    ValueError
        If a code stands beside one that contains it (`TOTAL` beside a section, `27` beside
        `2711`), classifications are mixed, or two reporters tell of the same basket.

    Examples
    --------
    >>> shares = product_shares(st.load_products(partners="TKM"))
    >>> gas = shares[(shares["exporter"] == "TKM") & (shares["product"] == "SITC3")]
    >>> gas["share"].round(3).tolist()
    [0.0, 0.0, 0.982]
    """
    wide = _baskets(trade)
    whole = wide.sum(axis=1)
    shares = wide[whole > 0].div(whole[whole > 0], axis=0)
    return shares.stack().rename("share").reset_index()


@sourced
def energy_share(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Measure the share of mineral fuels in each basket.

    Parameters
    ----------
    trade : DataFrame
        TRADE by product, as for `product_shares`.

    Returns
    -------
    DataFrame
        exporter, importer, period, share (fraction): section 3 of the SITC or chapter 27 of the
        HS, and all codes within them.

    Examples
    --------
    >>> energy = energy_share(st.load_products(partners="KAZ")).set_index(["exporter", "period"])
    >>> energy.loc[("KAZ", "2015"), "share"].round(3).item()
    0.583
    """
    shares = product_shares(trade)
    fuel = shares["product"].str.startswith(codes.ENERGY)
    return shares.assign(share=shares["share"].where(fuel, 0.0)).groupby(
        BASKET, as_index=False
    )["share"].sum()  # fmt: skip


@sourced
def basket_concentration(trade: pd.DataFrame) -> pd.DataFrame:
    """
    Measure how concentrated each basket is among its products.

    Parameters
    ----------
    trade : DataFrame
        TRADE by product, as for `product_shares`.

    Returns
    -------
    DataFrame
        exporter, importer, period, concentration (Herfindahl-Hirschman index, comparable at one
        level of detail only), largest (product), largest_share. What a source does not tell apart
        (`REST`) counts as one product, and is never the largest.

    Examples
    --------
    >>> one = basket_concentration(st.load_products(partners="TKM")).iloc[-1]
    >>> one["largest"], round(float(one["concentration"]), 2)
    ('SITC3', 0.96)
    """
    shares = product_shares(trade)
    told = shares["share"].where(shares["product"] != codes.REST, -1.0)
    rows = [
        (
            *key,
            concentration(basket["share"]),
            *basket.loc[told[basket.index].idxmax(), ["product", "share"]],
        )
        for key, basket in shares.groupby(BASKET)
    ]
    return pd.DataFrame(rows, columns=[*BASKET, "concentration", "largest", "largest_share"])


@sourced
def similarity(trade: pd.DataFrame, *, of: str = "partner") -> pd.DataFrame:
    r"""
    Measure how alike baskets are.

    Parameters
    ----------
    trade : DataFrame
        TRADE by product, as for `product_shares`.
    of : {'partner', 'period'}
        Compare the baskets that one economy sells to, or buys from, any two partners in the same
        period; or the baskets of one pair in any two periods.

    Returns
    -------
    DataFrame
        exporter, importer, period, each of which names both where they differ (`KAZ, KGZ`), and
        similarity: 0 where no product is shared, 1 where all shares are equal.

    Notes
    -----
    Finger and Kreinin (1979), Economic Journal 89; comparable at one level of detail only:

    .. math:: S = \sum_k \min(s_{k}, s'_{k}) .

    Examples
    --------
    >>> alike = similarity(st.load_products(partners=("KGZ", "TJK")))
    >>> alike.query("exporter == 'CHN'")["similarity"].round(2).tolist()
    [0.61, 0.68, 0.79]
    """
    codes.one_of("of", of, ("partner", "period"))
    shares = product_shares(trade).pivot(index=BASKET, columns="product", values="share")
    rows = []
    for pair in combinations(shares.index, 2):
        keys = [dict.fromkeys(key) for key in zip(*pair, strict=True)]  # what is alike stands once
        if [len(key) - 1 for key in keys].count(1) == 1 and (len(keys[2]) > 1) == (of == "period"):
            alike = shares.loc[[*pair]].min().sum()
            rows.append((*(", ".join(map(str, key)) for key in keys), float(alike)))
    out = pd.DataFrame(rows, columns=[*BASKET, "similarity"])
    return out.sort_values(BASKET, ignore_index=True)


@sourced
def part_of_total(part: pd.DataFrame, total: pd.DataFrame) -> pd.DataFrame:
    """
    Measure what single products weigh in the whole trade of their pair.

    Parameters
    ----------
    part : DataFrame
        TRADE of some products, such as `load_gas()`.
    total : DataFrame
        TRADE of product `TOTAL`, the same reporter, currency and frequency.

    Returns
    -------
    DataFrame
        reporter, partner, flow, product, period, value, total, share (fraction; a value quoted in
        two or three digits may pass its total), currency; only where both are known.

    Examples
    --------
    >>> parts = part_of_total(st.load_gas(), st.load_trade())
    >>> weight = parts.set_index(["partner", "period"])["share"]
    >>> weight["KAZ"].round(3).tolist(), weight["UZB"].round(3).tolist()
    ([0.102, 0.073, 0.081], [0.358, 0.471, 0.339])
    """
    part, total = validate(part, TRADE), validate(total, TRADE)
    alike("currency", {"part": part, "total": total})
    keys = ["reporter", "partner", "flow", "period"]
    whole = total[total["product"] == codes.TOTAL].rename(columns={"value": "total"})
    out = part.merge(whole[[*keys, "total"]], on=keys)
    out["share"] = out["value"] / out["total"]
    columns = ["reporter", "partner", "flow", "product", "period", "value", "total", "share"]
    return out[[*columns, "currency"]]


@takes(unit_values=INDICATOR, benchmark=INDICATOR)
def against_benchmark(
    unit_values: pd.DataFrame, benchmark: pd.DataFrame, *, mmbtu_per_tonne: float = MMBTU_PER_TONNE
) -> pd.DataFrame:
    """
    Set the unit value of pipeline gas against the price of gas elsewhere.

    Parameters
    ----------
    unit_values : DataFrame
        INDICATOR in USD per tonne, from `load_indicator("gas_unit_value")`.
    benchmark : DataFrame
        INDICATOR in dollars per million British thermal units, of the same frequency, from
        `load_indicator("gas_lng_japan", frequency="Y")`.
    mmbtu_per_tonne : float
        Heat in a tonne of gas, above 0.

    Returns
    -------
    DataFrame
        economy, period, price, benchmark (both USD per mmbtu) and ratio (price over benchmark).

    Examples
    --------
    >>> lng = st.load_indicator("gas_lng_japan", frequency="Y")
    >>> against_benchmark(st.load_indicator("gas_unit_value"), lng)["ratio"].round(2).tolist()
    [0.42, 0.5]
    """
    if not mmbtu_per_tonne > 0:
        raise ValueError(f"mmbtu_per_tonne must be above 0, got {mmbtu_per_tonne}")
    for name, frame, unit in (
        ("unit_values", unit_values, "USD per tonne"),
        ("benchmark", benchmark, "USD per mmbtu"),
    ):
        wrong = frame[frame["unit"] != unit]
        if len(wrong):
            raise ValueError(f"{name} must be in {unit}, got {wrong['unit'].iloc[0]!r}")
    price = unit_values.assign(price=unit_values["value"] / mmbtu_per_tonne)
    other = benchmark.rename(columns={"value": "benchmark"})[["period", "benchmark"]]
    out = price.merge(other, on="period")
    return out.assign(ratio=out["price"] / out["benchmark"])[
        ["economy", "period", "price", "benchmark", "ratio"]
    ]


def _baskets(trade: pd.DataFrame) -> pd.DataFrame:
    """Lay each basket out as a row of products, 0 where nothing was traded."""
    trade = by_direction(trade)
    _one_level(sorted(trade["product"].unique()))
    twice = trade[trade.duplicated([*BASKET, "product"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(
            f"a basket must have one reporter, got two for {row['exporter']} to "
            f"{row['importer']} in {row['period']}: keep one side"
        )
    return trade.pivot(index=BASKET, columns="product", values="value").fillna(0.0)


def _one_level(products: list[str]) -> None:
    """Refuse products of which one contains another, or of two classifications."""
    for a, b in combinations(products, 2):
        nested = b.startswith(a) or codes.TOTAL in (a, b)
        if nested or a.startswith("SITC") != b.startswith("SITC"):
            raise ValueError(
                f"products must be of one level of one classification, got {a} beside {b}: keep "
                "one of them, so that nothing is counted twice"
            )
