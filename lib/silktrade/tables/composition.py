"""Tables of what is traded: baskets, their likeness, pipeline gas."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import table, takes
from silktrade.tables.style import amount, share, styled

_SHARES = table(
    "product_shares",
    "exporter importer product period share",
    key="exporter importer product period",
)
_PRICES = {"gas_lng_japan": "LNG in Japan", "gas_europe": "Gas in Europe"}


@takes(shares=_SHARES)
def baskets(shares: pd.DataFrame, exporter: str | None = None, importer: str | None = None,
            count: int = 12) -> Styler:  # fmt: skip
    """
    Set out what one economy sells to, or buys from, each partner in the last year known.

    One row a product, one column a partner: percent of the basket.

    Parameters
    ----------
    shares : DataFrame
        From `product_shares`.
    exporter, importer : str, optional
        The economy whose side is fixed; one of the two.
    count : int
        How many products are shown, those with the largest share in any basket first in the
        classification's order; the others are summed.

    Examples
    --------
    >>> table = baskets(st.product_shares(st.load_products()), importer="CHN").data
    >>> table.loc["Mineral fuels", "Turkmenistan"].round(3).item()
    0.982
    """
    if (exporter is None) == (importer is None):
        raise ValueError(
            f"baskets needs either an exporter or an importer, got {exporter} and {importer}"
        )
    fixed, other = ("exporter", "importer") if exporter else ("importer", "exporter")
    last = shares[(shares[fixed] == (exporter or importer))]
    year = last["period"].max()
    wide = last[last["period"] == year].pivot(index="product", columns=other, values="share")
    table = _largest(wide.rename(columns=codes.label), count)
    way = "China's exports to" if exporter else "Exports to China of"
    caption = f"{way} each partner in {year}, percent of the basket"
    return styled(table, caption, dict.fromkeys(table.columns, share))


@takes(shares=_SHARES)
def basket_years(shares: pd.DataFrame, exporter: str, importer: str, count: int = 12) -> Styler:
    """
    Set out what one economy sells to another, year by year.

    One row a product, the largest of the last year first, one column a known year: percent.

    Parameters
    ----------
    shares : DataFrame
        From `product_shares`.
    exporter, importer : str
        The two economies.
    count : int
        How many products are shown, the largest in any year; the others are summed.

    Examples
    --------
    >>> shares = st.product_shares(st.load_products("HS2", reporter="KAZ"))
    >>> table = basket_years(shares, "KAZ", "CHN").data
    >>> table.index[0], table.loc["Ores", "2024"].round(3).item()
    ('Ores', 0.265)
    """
    own = shares[(shares["exporter"] == exporter) & (shares["importer"] == importer)]
    if own.empty:
        raise ValueError(f"shares must hold a basket from {exporter} to {importer}, got none")
    wide = own.pivot(index="product", columns="period", values="share")
    wide = wide.sort_values(wide.columns[-1], ascending=False)
    table = _largest(wide.rename(columns=str), count)
    caption = (
        f"What {codes.label(exporter)} sells to {codes.label(importer)} by product, percent; a "
        "year without a column is not known"
    )
    return styled(table, caption, dict.fromkeys(table.columns, share))


@takes(alike=table("similarity", "exporter importer similarity", text="period"))
def similarities(alike: pd.DataFrame) -> Styler:
    """
    Set out how alike the baskets of any two partners are, in the last year known.

    One row a pair of partners, the most alike in China's exports first; 100 % is the same basket.

    Parameters
    ----------
    alike : DataFrame
        From `similarity`, of partners.

    Examples
    --------
    >>> similarities(st.similarity(st.load_products(partners=("KGZ", "TJK")))).data.columns.tolist()
    ["China's exports to them", 'Their exports to China']
    """
    year = max(alike["period"])
    now = alike[alike["period"] == year]
    sold = now[now["exporter"] == "CHN"].set_index("importer")["similarity"]
    bought = now[now["importer"] == "CHN"].set_index("exporter")["similarity"]
    out = pd.DataFrame({"China's exports to them": sold, "Their exports to China": bought})
    out = out.sort_values("China's exports to them", ascending=False)
    names = [" and ".join(map(codes.label, pair.split(", "))) for pair in out.index]
    out.index = pd.Index(names, name="Partners")
    caption = f"Likeness of baskets in {year}, percent (Finger and Kreinin's index)"
    return styled(out, caption, dict.fromkeys(out.columns, share))


@takes(weight=table("part_of_total", "partner currency period value total share"))
def gas(weight: pd.DataFrame) -> Styler:
    """
    Set out pipeline gas as a part of China's imports from each partner.

    One row a partner and year.

    Parameters
    ----------
    weight : DataFrame
        From `part_of_total`.

    Examples
    --------
    >>> table = gas(st.part_of_total(st.load_gas(), st.load_trade())).data
    >>> table.loc[("Uzbekistan", "2023"), "Share"].round(2).item()
    0.34
    """
    rows = weight.assign(Partner=weight["partner"].map(codes.label))
    rows["Year"] = rows["period"].astype(str)
    out = rows.set_index(["Partner", "Year"])
    out = pd.DataFrame(
        {"Gas": out["value"] / 1e9, "All imports": out["total"] / 1e9, "Share": out["share"]}
    ).sort_index()
    unit = codes.CURRENCY_LABELS[weight["currency"].iloc[0]]
    caption = f"Pipeline gas in China's imports, billion {unit} and percent of all imports"
    formats = dict.fromkeys(["Gas", "All imports"], "{:,.2f}") | {"Share": share}
    return styled(out, caption, formats)


@takes(table=table("against_benchmark", "economy period price benchmark ratio"))
def gas_prices(table: pd.DataFrame, benchmark: str) -> Styler:
    """
    Set out what pipeline gas cost, beside the price of gas elsewhere.

    One row a partner and year, dollars per million British thermal units.

    Parameters
    ----------
    table : DataFrame
        From `against_benchmark`.
    benchmark : str
        The indicator of the other price, such as `"gas_lng_japan"`.

    Examples
    --------
    >>> lng = st.load_indicator("gas_lng_japan", frequency="Y")
    >>> prices = st.against_benchmark(st.load_indicator("gas_unit_value"), lng)
    >>> gas_prices(prices, "gas_lng_japan").data["Ratio"].round(1).tolist()
    [0.4, 0.5]
    """
    out = table.assign(Partner=table["economy"].map(codes.label), Year=table["period"].astype(str))
    out = out.set_index(["Partner", "Year"])[["price", "benchmark", "ratio"]]
    other = _PRICES.get(benchmark, benchmark)
    out.columns = ["Pipeline gas", other, "Ratio"]
    caption = "Price of gas, dollars per million British thermal units, and their ratio"
    formats = {"Pipeline gas": amount, other: amount, "Ratio": "{:,.2f}"}
    return styled(out, caption, formats)


def _largest(wide: pd.DataFrame, count: int) -> pd.DataFrame:
    """Keep the products of the largest shares, and sum the others up."""
    kept = wide.index.isin(wide.max(axis=1).nlargest(count).index)
    table = wide[kept].rename(index=codes.label).rename_axis("Product")
    if not kept.all():
        table.loc["All others"] = wide[~kept].sum()
    table.columns.name = None
    return table
