"""
Loaders of trade by product: baskets by section, and single goods.

The frames are TRADE like any other, with a code in `product`. They are apart from `load_trade`, so
that no part is ever added to its total.
"""

from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.data import snapshots
from silktrade.data.snapshots import public
from silktrade.days import Day
from silktrade.schema import TRADE, validate

CLASSIFICATIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "SITC": (("matrix", "sitc_sections"),),
    "HS2": (("comtrade", "partner_chapters"), ("comtrade", "china_chapters")),
}
_GAS = ("gacc", "gas_annual")
_GOODS = (("comtrade", "china_goods"), _GAS, ("comtrade", "partner_headings"))


def load_products(
    classification: str = "SITC",
    *,
    partners: str | Iterable[str] | None = None,
    reporter: str | None = None,
    as_of: Day = None,
    needed: bool = True,
) -> pd.DataFrame:
    """
    Load what China and its partners trade, by product: whole baskets.

    Parameters
    ----------
    classification : {'SITC', 'HS2'}
        Sections of the Standard International Trade Classification, `SITC0` to `SITC9`, of all
        five; or chapters of the Harmonized System, `01` to `99`, of Kazakhstan alone.
    partners : str or iterable of str, optional
        Of China; all that are held by default.
    reporter : str, optional
        Whose customs wrote the record, `"CHN"` or a partner; all by default. By chapter both sides
        report the same goods: keep one for shares.
    as_of, needed
        As for `load_trade`.

    Returns
    -------
    DataFrame
        TRADE, annual, in dollars; `REST` is what the source holds without telling it apart. Of
        sections the exporter is the reporter, fob, both ways; flows into China have obs_status E:
        use their shares, not their levels.

    Examples
    --------
    >>> sections = load_products(partners="TKM")
    >>> sections["period"].astype(str).unique().tolist(), sections["product"].nunique()
    (['1995', '2005', '2015'], 10)
    """
    codes.one_of("classification", classification, tuple(CLASSIFICATIONS))
    rows = pd.concat([snapshots.known(*s, as_of) for s in CLASSIFICATIONS[classification]])
    return _chosen(rows, partners, reporter, as_of, needed)


def load_goods(
    products: str | Iterable[str] | None = None,
    *,
    partners: str | Iterable[str] | None = None,
    reporter: str | None = "CHN",
    as_of: Day = None,
) -> pd.DataFrame:
    """
    Load single goods that weigh in the trade.

    Parameters
    ----------
    products : str or iterable of str, optional
        Codes of the Harmonized System as they are held, such as `"270900"`, crude oil, or
        `"271121"`, pipeline gas; all by default.
    partners : str or iterable of str, optional
        Of China; all that are held by default.
    reporter : str, optional
        `"CHN"`, six digits; or a partner, four: `"KAZ"` and its headings of 1 % or more.
    as_of : str or Timestamp, optional
        As for `load_trade`.

    Returns
    -------
    DataFrame
        TRADE, annual, in dollars. They add up to no basket: `part_of_total` sets them against it.

    Examples
    --------
    >>> crude = load_goods("270900").set_index("period")["value"]
    >>> (crude[["2013", "2024"]] / 1e9).round(2).tolist()
    [9.38, 1.25]
    """
    rows = pd.concat([snapshots.known(*s, as_of) for s in _GOODS])
    out = _chosen(rows, partners, reporter, as_of)
    held = sorted(out["product"].unique())
    chosen = codes.some_of("products", products, held)
    return validate(out[out["product"].isin(chosen)], TRADE)


def load_gas(
    partners: str | Iterable[str] | None = None, *, as_of: Day = None, needed: bool = True
) -> pd.DataFrame:
    """
    Load China's imports of pipeline gas, as the press quoted the customs.

    Parameters
    ----------
    partners : str or iterable of str, optional
        Of `KAZ`, `TKM`, `UZB`, which have a pipeline; all by default.
    as_of, needed
        As for `load_trade`.

    Returns
    -------
    DataFrame
        TRADE, annual, in dollars, cif: product `271121` of the HS. 2021 is derived (E).

    Examples
    --------
    >>> gas = load_gas("TKM").set_index("period")["value"]
    >>> (gas / 1e9).round(2).tolist()
    [6.79, 10.25, 9.6]
    """
    return _chosen(snapshots.known(*_GAS, as_of), partners, "CHN", as_of, needed)


def _chosen(
    rows: pd.DataFrame, partners: str | Iterable[str] | None, reporter: str | None, as_of: Day,
    needed: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Keep the reporter's and the partners' rows that were public."""
    if reporter is not None:
        codes.one_of("reporter", reporter, sorted(rows["reporter"].unique()))
        rows = rows[rows["reporter"] == reporter]
    other = rows["partner"].where(rows["reporter"] == "CHN", rows["reporter"])
    chosen = codes.some_of("partners", partners, sorted(other.unique()))
    return validate(public(rows[other.isin(chosen)], as_of, needed), TRADE)
