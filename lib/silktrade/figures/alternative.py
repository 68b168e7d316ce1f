"""Alternative text: what a chart shows, in words, read off the chart that was drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D


def alternative_text(figure: Figure) -> str:
    """Describe a figure: kind of chart, and each series with its first, last and extreme values."""
    measure = [t.get_text() for t in figure.texts if t.get_gid() == "subtitle"]
    panels = [ax.get_label() or _panel(ax, *measure) for ax in figure.axes]
    return " ".join(p for p in panels if p) or "Picture without data series."


def _panel(ax: Axes, measure: str = "") -> str:
    """Describe one panel."""
    bars = [c for c in ax.containers if isinstance(c, BarContainer) and named(c)]
    lines = [line for line in ax.get_lines() if named(line) and len(line.get_xdata()) > 0]
    bands = [c for c in ax.collections if isinstance(c, PolyCollection) and named(c)]
    ranges = [c for c in ax.containers if isinstance(c, ErrorbarContainer) and named(c)]
    if not (bars or lines or bands or ranges):
        return ""
    names = (("bar", bars), ("line", lines), ("interval", [*bands, *ranges]))
    kind = " and ".join(n for n, found in names if found)
    said = [f"{c.get_label()}: {_series(ax, *bar_points(c))}" for c in bars]
    said += [f"{line.get_label()}: {_series(ax, *_line_points(line))}" for line in lines]
    said += [f"{c.get_label()}: {_band(ax, c)}" for c in bands]
    said += [f"{c.get_label()}" for c in ranges]
    heading = " ".join(h for h in (ax.get_title(loc="left"), measure) if h)
    return f"{kind.capitalize()} chart{f': {heading}' if heading else ''}. {'. '.join(said)}."


def named(artist: object) -> bool:
    """Tell whether an artist is a series, not decoration."""
    label = str(artist.get_label() or "")
    return bool(label) and not label.startswith("_")


def _line_points(line: Line2D) -> tuple[np.ndarray, np.ndarray]:
    """Give the known points of a line."""
    x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
    known = np.isfinite(y)
    return x[known], y[known]


def bar_points(bars: BarContainer) -> tuple[np.ndarray, np.ndarray]:
    """Give place and length of each bar, whichever way the bars run."""
    if bars.orientation == "horizontal":
        x = np.array([b.get_y() + b.get_height() / 2 for b in bars.patches])
        return x, np.array([b.get_width() for b in bars.patches])
    x = np.array([b.get_x() + b.get_width() / 2 for b in bars.patches])
    return x, np.array([b.get_height() for b in bars.patches])


def _series(ax: Axes, x: np.ndarray, y: np.ndarray) -> str:
    """Say a series by its first, last, highest and lowest value."""
    if len(y) == 0:
        return "no values"
    flipped = bool(ax.containers) and getattr(ax.containers[0], "orientation", "") == "horizontal"
    place, size = (
        (printer(ax.yaxis), printer(ax.xaxis))
        if flipped
        else (printer(ax.xaxis), printer(ax.yaxis))
    )
    points = [f"{size(y[0])} in {place(x[0])}"]
    if len(y) > 1:
        points.append(f"{size(y[-1])} in {place(x[-1])}")
    if len(y) < 3:
        return ", ".join(points)
    top, low = int(np.argmax(y)), int(np.argmin(y))
    extremes = (
        f"highest {size(y[top])} in {place(x[top])}, lowest {size(y[low])} in {place(x[low])}"
    )
    return f"{', '.join(points)}; {extremes}"


def _band(ax: Axes, band: PolyCollection) -> str:
    """Say a band by its bounds at its right-hand end."""
    corners = band.get_paths()[0].vertices
    end = corners[:, 0].max()
    at_end = corners[np.isclose(corners[:, 0], end), 1]
    x, y = printer(ax.xaxis), printer(ax.yaxis)
    return f"{y(at_end.min())} to {y(at_end.max())} in {x(end)}"


def printer(axis: Axis) -> Callable[[float], str]:
    """Give the function that prints a value as the axis prints its ticks."""
    formatter = axis.get_major_formatter()

    def printed(value: float) -> str:
        rounded = float(f"{value:.4g}") if abs(value) < 1e3 or abs(value) > 1e6 else float(value)
        text = formatter.func(rounded, None) if hasattr(formatter, "func") else f"{rounded:g}"
        return str(text).strip() or f"{rounded:g}"

    return printed
