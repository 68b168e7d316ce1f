"""The two scales of a level: from zero up, and, for who switches to it, logarithmic."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from silktrade.figures.axes import billions_on_y
from silktrade.figures.layout import scale

_MANIFOLD, _DECADE = 20, 10  # times and periods from which a log scale tells more


def levels_on_y(ax: Axes, values: pd.Series | pd.DataFrame) -> None:
    """Print billions from zero up; a reader may choose a log scale where growth is many-fold."""
    billions_on_y(ax)
    scale(ax, zero=True)
    known = np.asarray(values, float)
    least, most = np.nanmin(known), np.nanmax(known)
    if 0 < _MANIFOLD * least < most and len(values) >= _DECADE:
        ax.figure.logs = least, most


@contextlib.contextmanager
def logarithmic(figure: Figure) -> Iterator[None]:
    """Draw a figure on a log scale, between ticks at or beyond all that is drawn."""
    (ax,), (least, most) = figure.axes, figure.logs
    kept = ax.get_ylim(), ax.yaxis.get_major_locator(), ax.yaxis.get_major_formatter()
    rounds = np.array([m * 10.0**k for k in range(16) for m in (1, 2, 5)])
    low, high = rounds[rounds <= least][-1], rounds[rounds >= most][0]
    ticks = rounds[(rounds >= low) & (rounds <= high)]
    try:
        ax.set_yscale("log")
        ax.set_ylim(low, high)
        ax.set_yticks(ticks if len(ticks) < 8 else ticks[np.isin(ticks, rounds[::3])])
        ax.yaxis.set_major_formatter(kept[2])
        ax.minorticks_off()
        for change in figure.on_log:
            change()
        yield
    finally:
        ax.set_yscale("linear")
        ax.set_ylim(kept[0])
        ax.yaxis.set_major_locator(kept[1])
        ax.yaxis.set_major_formatter(kept[2])
        for change in figure.on_log:
            change()
