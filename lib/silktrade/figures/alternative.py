"""Alternative text: what a chart shows, in words, read off the chart that was drawn."""

import re
from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

MOST = 250  # characters: what a listener keeps in mind
_UNIT = re.compile(r"\b(?:[bm]illion|thousand) \w+", re.IGNORECASE)


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
    unit = _UNIT.search(written.get("subtitle", ""))
    told = f" ({unit[0].lower()})" if unit else ""
    courses = [f" {c}." for c in _course(figure, title, told)]
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


def _course(figure: Figure, title: str, unit: str) -> Iterator[str]:
    """Say the course of the series that the title names, or of the longest, in full and short."""
    for ax in figure.axes:
        found = dict(_series_of(ax))
        drawn = [(str(line.get_label()), *_line_points(line)) for line in found["line"]]
        drawn += [(str(bars.get_label()), *bar_points(bars)) for bars in found["bar"]]
        if not drawn:
            continue
        longest = max(drawn, key=lambda series: len(series[1]))
        name, *points = next((s for s in drawn if s[0] in title), longest)
        for extremes in (True, False):
            course = _series(ax, *points, extremes=extremes)
            yield f"{name[0].upper()}{name[1:]}{unit}: {course}"
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
    place, size = map(printer, (ax.yaxis, ax.xaxis) if flipped else (ax.xaxis, ax.yaxis))
    of = "for" if flipped else "in"
    said = [f"{size(value)} {of} {place(at)}" for at, value in zip(x, y, strict=True)]
    ends = dict.fromkeys((0, len(y) - 1))
    if len(y) < 3 or not extremes:
        return ", ".join(said[i] for i in ends)
    most = {int(np.argmax(y)): "highest", int(np.argmin(y)): "lowest"}
    first = ", ".join(said[i] + (f" ({most[i]})" if i in most else "") for i in ends)
    others = ", ".join(f"{name} {said[i]}" for i, name in most.items() if i not in ends)
    return f"{first}; {others}" if others else first


def printer(axis: Axis) -> Callable[[float], str]:
    """Give the function that prints a value as the axis prints its ticks."""
    formatter = axis.get_major_formatter()

    def printed(value: float) -> str:
        rounded = float(f"{value:.3g}") if abs(value) < 1e3 or abs(value) > 1e6 else float(value)
        text = formatter.func(rounded, None) if hasattr(formatter, "func") else f"{rounded:g}"
        return str(text).strip() or f"{rounded:g}"

    return printed
