"""Outlines: the shapes of China and its neighbours, for a map."""

from __future__ import annotations

import pandas as pd

from silktrade import snapshots
from silktrade.schema import OUTLINE, validate


def load_outlines() -> pd.DataFrame:
    """
    Load the outlines of China and the five.

    Returns
    -------
    DataFrame
        OUTLINE: economy, part (number of the ring), point (its place along the ring), longitude
        and latitude in degrees, source, vintage. Borders are de facto, as Natural Earth draws
        them; there is no as-of day.

    Examples
    --------
    >>> load_outlines()["economy"].unique().tolist()
    ['CHN', 'KAZ', 'KGZ', 'TJK', 'TKM', 'UZB']
    """
    return validate(snapshots.read(snapshots.find("naturalearth", "outlines")), OUTLINE)
