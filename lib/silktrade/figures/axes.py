"""What the axes of a chart print: percent, points, billions, months."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from silktrade.figures.layout import Values


def percent_on_y(ax: Axes) -> None:
    """Print the y axis in percent."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{plain(y * 100)} %"))


def points_on_x(ax: Axes) -> None:
    """Print the x axis in percentage points, with few enough ticks to read them."""
    ax.xaxis.set_major_locator(Values())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: plain(x * 100)))


def billions_on_y(ax: Axes) -> None:
    """Print the y axis in billions."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: plain(y / 1e9)))


def in_billions(value: float) -> str:
    """Print an amount as three figures of its billions, for a label in a chart."""
    said = np.format_float_positional(value / 1e9, 3, unique=False, fractional=False, trim="k")
    return said.rstrip(".").replace("-", "\u2212")


def billions_on_x(ax: Axes) -> None:
    """Print the x axis in billions, with few enough ticks to read them."""
    ax.xaxis.set_major_locator(Values())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: plain(x / 1e9)))


def percent_on_x(ax: Axes) -> None:
    """Print the x axis in percent, with few enough ticks to read them."""
    ax.xaxis.set_major_locator(Values())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{plain(x * 100)} %"))


def month_name(x: float, _: object = None) -> str:
    """Name a month of the x axis."""
    year, month = divmod(round(x * 12), 12)
    return pd.Period(year=year, month=month + 1, freq="M").strftime("%b %Y")


def plain(number: float) -> str:
    """Print a number of an axis without needless decimals, with a true minus sign."""
    return f"{number:,.10g}".replace("-", "\u2212")
