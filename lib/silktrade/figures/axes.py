"""What the axes of a chart print: percent, points, billions, months; and a level's two scales."""

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from silktrade import codes
from silktrade.figures.layout import Values, scale

UNITS = {currency: f"billion {name}" for currency, name in codes.CURRENCY_LABELS.items()}
_MANIFOLD, _DECADE = 20, 10  # times and periods from which a log scale tells more


def _printing(axis: str, times: float, sign: str = "") -> Callable[[Axes], None]:
    """Make what prints an axis in a unit, the x axis with few enough ticks to read them."""

    def prints(ax: Axes) -> None:
        printed = getattr(ax, f"{axis}axis")
        if axis == "x":
            printed.set_major_locator(Values())
        printed.set_major_formatter(FuncFormatter(lambda v, _: plain(v * times) + sign))

    return prints


percent_on_x, percent_on_y = _printing("x", 100, " %"), _printing("y", 100, " %")
points_on_x = _printing("x", 100)
billions_on_x, billions_on_y = _printing("x", 1e-9), _printing("y", 1e-9)


def in_billions(value: float) -> str:
    """Print an amount as three figures of its billions, for a label in a chart."""
    said = np.format_float_positional(value / 1e9, 3, unique=False, fractional=False, trim="k")
    return said.rstrip(".").replace("-", "\u2212")


def month_name(x: float, _: object = None) -> str:
    """Name a month of the x axis."""
    year, month = divmod(round(x * 12), 12)
    return pd.Period(year=year, month=month + 1, freq="M").strftime("%b %Y")


def quarter_name(x: float, _: object = None) -> str:
    """Name a quarter of the x axis."""
    year, quarter = divmod(round(x * 4), 4)
    return f"Q{quarter + 1} {year}"


def plain(number: float) -> str:
    """Print a number of an axis without needless decimals, with a true minus sign."""
    return f"{number:,.10g}".replace("-", "\u2212")


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
