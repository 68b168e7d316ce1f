"""
Loaders of trade by product: baskets by section, and single goods.

The frames are TRADE like any other, with a code in `product`. They are apart from `load_trade`, so
that no part is ever added to its total.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from silktrade import codes
from silktrade.data import snapshots
from silktrade.data.snapshots import public
from silktrade.schema import TRADE, validate

CLASSIFICATIONS: dict[str, tuple[str, str]] = {"SITC": ("matrix", "sitc_sections")}
_GAS = ("gacc", "gas_annual")


def load_products(
    classification: str = "SITC",
    *,
    partners: str | Iterable[str] | None = None,
    as_of: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """
    Load what China and the five trade, by product.

    Parameters
    ----------
    classification : {'SITC'}
        Sections of the Standard International Trade Classification, `SITC0` to `SITC9`.
    partners : str or iterable of str, optional
        Of the five; all by default.
    as_of : str or Timestamp, optional
        Keep only what was public on that day.

    Returns
    -------
    DataFrame
        TRADE, annual, in dollars, fob: the reporter is the exporter, both directions. Sections
        without a row are those for which nothing is shown. Flows into China have obs_status E:
        use their shares, not their levels.

    Raises
    ------
    ValueError
        If a code is unknown, or `as_of` is no day or lies before the first release.

    Examples
    --------
    >>> sections = load_products(partners="TKM")
    >>> sections["period"].astype(str).unique().tolist(), sections["product"].nunique()
    (['1995', '2005', '2015'], 10)
    """
    codes.one_of("classification", classification, tuple(CLASSIFICATIONS))
    chosen = codes.some_of("partners", partners, codes.PARTNERS)
    rows = snapshots.known(*CLASSIFICATIONS[classification], as_of)
    named = rows["reporter"].isin(chosen) | rows["partner"].isin(chosen)
    return validate(public(rows[named], as_of), TRADE)


def load_gas(
    partners: str | Iterable[str] | None = None, *, as_of: str | pd.Timestamp | None = None
) -> pd.DataFrame:
    """
    Load China's imports of pipeline gas, as the press quoted the customs.

    Parameters
    ----------
    partners : str or iterable of str, optional
        Of `KAZ`, `TKM`, `UZB`, which have a pipeline; all by default.
    as_of : str or Timestamp, optional
        Keep only what was public on that day.

    Returns
    -------
    DataFrame
        TRADE, annual, in dollars, cif: product `271121` of the HS. 2021 is derived (E).

    Raises
    ------
    ValueError
        If a code is unknown, or `as_of` is no day or lies before the first release.

    Examples
    --------
    >>> gas = load_gas("TKM").set_index("period")["value"]
    >>> (gas / 1e9).round(2).tolist()
    [6.79, 10.25, 9.6]
    """
    rows = snapshots.known(*_GAS, as_of)
    chosen = codes.some_of("partners", partners, sorted(rows["partner"].unique()))
    return validate(public(rows[rows["partner"].isin(chosen)], as_of), TRADE)
