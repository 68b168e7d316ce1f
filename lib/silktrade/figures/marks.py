"""
True marks: what a reader would take from a drawn chart is what the figures say.

A tick that is labelled with another number, two words on top of each other, a point that left the
chart without a sign, a name struck out by a line: each is found on the figure as it was drawn, and
named, so that a page that would tell a falsehood is not published.
"""

import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from silktrade.figures.colours import LEAST, apart
from silktrade.figures.drawing import ruler

# Under a name that stands among lines, so that none runs through it.
BLANK = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
_NUMBER = re.compile(r"(−?[\d,]*\.?\d+)(?:[\u00a0 ]?%)?")
_SCALES = (1.0, 100.0, 1e-3, 1e-6, 1e-9)  # what an axis prints of what is drawn
_ROUNDING = 1e-6  # of a step: what binary fractions leave, far below a printed digit
_TOUCH = 1.0  # pixel that two boxes may share: letters have white around them
_EDGE = 0.004  # share of an axis by which a mark may reach over its end: half a line's width


def faults(figure: Figure) -> list[str]:
    """Name what is false or cannot be read on a figure as it was drawn."""
    found = [f for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for f in _false_ticks(axis)]
    measure = ruler(figure.dpi)
    found += _on_each_other(texts := list(_texts(figure, measure)))
    found += [f"“{text}” is cut off at the rim" for text, box in texts
              if box.x0 < -_TOUCH or box.x1 > figure.bbox.x1 + _TOUCH]  # fmt: skip
    for ax in figure.axes:
        found += [*_gone(ax), *_struck(ax, measure), *_alike(ax)]
    return found


def cut(ax: Axes, x: object, y: object, text: str, **style: object) -> None:
    """Say the value of marks beyond the end of an axis, beside an arrow that points there."""
    beyond = np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]).astype(float)
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    (x0, y0), place = beyond[0], np.clip(beyond[0], [left, low], [right, high])
    if x0 != place[0]:
        arrow, ha, va = ("▸", "right", "center") if x0 > right else ("◂", "left", "center")
    else:
        # To the side where there is more room, and off the ticks' labels.
        ha = "left" if place[0] < (left + right) / 2 else "right"
        arrow, va = ("▴", "top") if y0 > high else ("▾", "bottom")
    said = f"{arrow} {text}" if ha == "left" else f"{text} {arrow}"
    given = {"ha": ha, "va": va, "annotation_clip": False, "textcoords": "offset points",
             "bbox": BLANK}  # fmt: skip
    ax.annotate(said, place, **{"xytext": (0, 0), **given, **style})
    ax.said_beyond = [*getattr(ax, "said_beyond", []), *beyond]


def _alike(ax: Axes) -> Iterator[str]:
    """Find colours that a reader with two kinds of cones takes for one, and no dash tells apart."""
    worn: dict[tuple[str, object], str] = {}
    for line in ax.get_lines():
        if (named := str(line.get_label())) and not named.startswith(("_child", "child")):
            form = (line.get_linestyle(), line.get_marker(), line.get_linewidth(),
                    to_hex(line.get_markerfacecolor()) == "#ffffff")  # fmt: skip
            worn.setdefault((to_hex(line.get_color()), form), named.lstrip("_"))
    for bars in ax.containers:
        for bar in getattr(bars, "patches", ()):
            worn.setdefault((to_hex(bar.get_facecolor()), "bar"), str(bars.get_label()).lstrip("_"))
    for ((one, form), name), ((other, same), second) in combinations(worn.items(), 2):
        if form == same and one != other and apart(one, other) < LEAST:
            yield f"the colours of “{name}” and “{second}” are {apart(one, other):.0f} apart"


def _false_ticks(axis: Axis) -> Iterator[str]:
    """Find ticks whose label is another number than the one they stand at."""
    ticks = [(t.get_loc(), t.label1.get_text()) for t in _ticks(axis) if t.label1.get_text()]
    read = [(place, text, _read(text)) for place, text in ticks]
    if not read or hasattr(axis, "names") or any(value is None for _, _, value in read):
        return  # names of rows or months, which have no number to be false
    step = max(np.ptp([place for place, _, _ in read]) / max(len(read) - 1, 1), 1e-300)
    wrong = [
        [(place * scale, text) for place, text, value in read
         if abs(value - place * scale) > _ROUNDING * step * scale]
        for scale in ((100.0,) if "%" in read[0][1] else _SCALES)
    ]  # fmt: skip
    name = f"the {axis.axis_name} axis"
    for meant, text in min(wrong, key=len):
        place = next(p for p, t, _ in read if t == text)
        yield f"tick “{text}” of {name} stands at {place:g}, which is {meant:g}"


def _read(label: str) -> float | None:
    """Read a tick's label as the number it prints, a month or quarter as its place among years."""
    if match := _NUMBER.fullmatch(label.strip()):
        return float(match[1].replace("−", "-").replace(",", ""))
    if quarter := re.fullmatch(r"Q([1-4]) (\d{4})", label):
        return int(quarter[2]) + (int(quarter[1]) - 1) / 4
    try:
        month = pd.to_datetime(label, format="%b %Y")
    except ValueError:
        return None
    return month.year + (month.month - 1) / 12


def _texts(figure: Figure, measure: RendererAgg) -> Iterator[tuple[str, Bbox]]:
    """Give every text that is seen, with its box in pixels."""
    texts = [*figure.texts, *(t for legend in figure.legends for t in legend.get_texts())]
    for ax in figure.axes:
        texts += [ax.title, *ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ())]
        for axis in (ax.xaxis, ax.yaxis):
            texts += [axis.label, *(tick.label1 for tick in _ticks(axis))]
    for text in texts:
        if text.get_visible() and text.get_text().strip():
            yield text.get_text().strip(), text.get_window_extent(measure)


def _ticks(axis: Axis) -> list[Tick]:
    """List the ticks whose labels are drawn: matplotlib keeps more than it shows."""
    low, high = sorted(axis.get_view_interval())
    rim = (high - low) * 1e-9
    return [
        tick
        for tick in axis.get_major_ticks()
        if axis.axes.axison and axis.get_visible() and tick.label1.get_visible()
        and low - rim <= tick.get_loc() <= high + rim
    ]  # fmt: skip


def _on_each_other(texts: list[tuple[str, Bbox]]) -> Iterator[str]:
    """Find pairs of texts whose boxes share more than a rim."""
    for (one, a), (other, b) in combinations(texts, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > _TOUCH and high > _TOUCH:
            yield f"“{one}” and “{other}” stand on each other"


def _gone(ax: Axes) -> Iterator[str]:
    """Find marks beyond the ends of the axes that nothing tells of."""
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    first, last = np.array([left, low]), np.array([right, high])
    rim = (last - first) * _EDGE
    said = getattr(ax, "said_beyond", [])
    for label, points in _marks(ax):
        outside = (points < first - rim) | (points > last + rim)
        for x, y in np.unique(points[outside.any(axis=1)], axis=0):
            if not any(np.allclose((x, y), known, rtol=1e-9, atol=0) for known in said):
                yield f"{label} at {x:g}, {y:g} lies outside the chart and nothing says so"


def _marks(ax: Axes) -> Iterator[tuple[str, np.ndarray]]:
    """Give what is drawn in data units: the known points of lines, bars and bands."""
    for line in ax.get_lines():
        if line.get_transform() == ax.transData:  # not across the whole axes, as a zero line is
            yield _called(line), _finite(line.get_xydata())
    for bar in ax.patches:
        if isinstance(bar, Rectangle) and bar.get_transform().contains_branch(ax.transData):
            corners = bar.get_bbox().get_points()
            yield _called(bar), _finite(corners)
    for band in ax.collections:
        if band.get_transform().contains_branch(ax.transData) and not band.get_offsets().any():
            for path in band.get_paths():
                yield _called(band), _finite(path.vertices)


def _called(artist: object) -> str:
    """Name an artist by its label."""
    return f"“{str(artist.get_label()).lstrip('_') or 'a mark'}”"


def _finite(points: np.ndarray) -> np.ndarray:
    """Leave out what is not known."""
    points = np.asarray(points, dtype=float)
    return points[np.isfinite(points).all(axis=1)]


def _struck(ax: Axes, measure: RendererAgg) -> Iterator[str]:
    """Find names in a chart that a line runs through."""
    for text in ax.texts:
        if not text.get_visible() or not text.get_text().strip() or text.get_bbox_patch():
            continue  # what has a ground of its own is not struck out
        box = text.get_window_extent(measure)
        inner = Bbox.from_extents(box.x0 + 1, box.y0 + 2, box.x1 - 1, box.y1 - 2)
        for line in ax.get_lines():
            path = line.get_path().transformed(line.get_transform())
            drawn = line.get_visible() and line.get_linestyle() != "None" and len(path) > 1
            if drawn and np.isfinite(path.vertices).all() and path.intersects_bbox(inner, False):
                yield f"“{text.get_text().strip()}” is struck by the line {_called(line)}"
