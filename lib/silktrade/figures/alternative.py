"""Alternative text: what a chart shows, in words, read off the chart that was drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

MOST = 250  # characters: what a listener keeps in mind


def alternative_text(figure: Figure) -> str:
    """Describe a figure: its kind and finding, the course of its first series, what is missing."""
    written = {t.get_gid(): t.get_text().replace("\n", " ") for t in figure.texts}
    kinds = [kind for ax in figure.axes for kind, found in _series_of(ax) if found]
    kind = " and ".join(dict.fromkeys(kinds))
    title = written.get("title", "")
    if not kind and not title:
        return "Picture without data series."
    start = f"{kind} chart" if kind else "Chart"
    finding = f"{start[0].upper()}{start[1:]}{': ' if title else ''}{title}."
    _, _, gap = written.get("subtitle", "").partition("; a gap: ")
    gap = f" A gap: {gap.partition(';')[0]}." if gap else ""
    courses = [f" {c}." for c in _course(figure)]
    for said in (*(f"{finding}{course}{gap}" for course in courses), finding + gap, finding):
        if len(said) <= MOST:
            return said
    return f"{finding[: MOST - 1].rpartition(' ')[0]}…"


def _series_of(ax: Axes) -> list[tuple[str, list]]:
    """Give the series of a panel by kind."""
    bars = [c for c in ax.containers if isinstance(c, BarContainer) and named(c)]
    lines = [line for line in ax.get_lines() if named(line) and len(line.get_xdata()) > 0]
    bands = [c for c in ax.collections if isinstance(c, PolyCollection) and named(c)]
    ranges = [c for c in ax.containers if isinstance(c, ErrorbarContainer) and named(c)]
    return [("bar", bars), ("line", lines), ("interval", [*bands, *ranges])]


def _course(figure: Figure) -> Iterator[str]:
    """Say the course of the first series that is drawn, at more and at less length."""
    for ax in figure.axes:
        found = dict(_series_of(ax))
        if found["line"]:
            series, points = found["line"][0], _line_points(found["line"][0])
        elif found["bar"]:
            series, points = found["bar"][0], bar_points(found["bar"][0])
        else:
            continue
        for extremes in (True, False):
            yield f"{series.get_label()}: {_series(ax, *points, extremes=extremes)}"
        return


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


def _series(ax: Axes, x: np.ndarray, y: np.ndarray, *, extremes: bool) -> str:
    """Say a series by its first and last value, and its highest and lowest."""
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
    if len(y) < 3 or not extremes:
        return ", ".join(points)
    top, low = int(np.argmax(y)), int(np.argmin(y))
    ends = f"highest {size(y[top])} in {place(x[top])}, lowest {size(y[low])} in {place(x[low])}"
    return f"{', '.join(points)}; {ends}"


def printer(axis: Axis) -> Callable[[float], str]:
    """Give the function that prints a value as the axis prints its ticks."""
    formatter = axis.get_major_formatter()

    def printed(value: float) -> str:
        rounded = float(f"{value:.3g}") if abs(value) < 1e3 or abs(value) > 1e6 else float(value)
        text = formatter.func(rounded, None) if hasattr(formatter, "func") else f"{rounded:g}"
        return str(text).strip() or f"{rounded:g}"

    return printed
