"""Layout: axes fill what titles, labels and names at the ends of lines leave, at each width."""

from bisect import bisect_left
from functools import cache
from unicodedata import east_asian_width

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.text import Annotation
from matplotlib.textpath import TextPath
from matplotlib.ticker import Locator, MaxNLocator

from silktrade.figures import drawing

PAD = 3  # points between what is drawn and the rim
_YEAR, _MONTH, _VALUE = 46, 78, 66  # points that such a label takes, with room beside it
_STEPS = {
    1: (1, 2, 5, 10, 20, 25, 50, 100), 4: (1, 2, 4, 8, 20, 40, 80, 160),
    12: (1, 3, 6, 12, 24, 48, 60, 120),
}  # fmt: skip


class Margins(LayoutEngine):
    """
    Give the axes the room that their labels leave of a rectangle.

    Three quarters of the work of matplotlib's own engine is for figures of many axes.
    """

    _adjust_compatible, _colorbar_gridspec = True, False

    def __init__(self) -> None:
        super().__init__()
        self._params = {"rect": (0.0, 0.0, 1.0, 1.0)}

    def set(self, *, rect: tuple[float, float, float, float]) -> None:
        """Choose the rectangle: left, bottom, width and height as parts of the figure."""
        self._params["rect"] = rect

    def execute(self, fig: Figure) -> None:
        """Place the axes; twice, as fewer or wider ticks may have come of the first time."""
        measure = drawing.ruler(fig.dpi)
        size, pad = fig.bbox.size, PAD * fig.dpi / 72
        left, bottom, width, height = self._params["rect"]
        room = np.array([left, bottom, left + width, bottom + height]) * np.tile(size, 2)
        room += [pad, pad, -pad, -pad]
        with drawing.any_letters():
            for ax in fig.axes:
                for _ in range(2 if ax.axison else 0):
                    over = ax.get_tightbbox(measure).extents - ax.get_window_extent().extents
                    _place(ax, room - over, size)
                if not ax.axison:
                    _place(ax, room, size)
                    _move_inward(ax, measure)


def _place(ax: Axes, corners: np.ndarray, size: np.ndarray) -> None:
    """Set the place of the axes in pixels, at least some pixels wide and high."""
    x0, y0, x1, y1 = corners
    extent = (x0, y0, max(x1 - x0, 20), max(y1 - y0, 20))
    ax.set_position(np.array(extent) / np.tile(size, 2))
    ax.set_in_layout(True)  # a file that is cut to what is drawn keeps the axes


def _move_inward(ax: Axes, measure: RendererAgg) -> None:
    """Move names that reach over the left rim of a map onto it, and no others."""
    ax.apply_aspect()
    for name in (text for text in ax.texts if isinstance(text, Annotation)):
        if name.get_ha() == "center":
            x, y = name.xyann
            over = -name.get_window_extent(measure).x0
            name.xyann = max(0.0, x + over / ax.figure.dpi * 72), y


class Periods(Locator):
    """Choose years, quarters or months for an axis: as many as have room, the last among them."""

    def __init__(self, first: float, last: float, parts: int = 1) -> None:
        # Ends of what is drawn, as years: a month is a part of its year. Of months (12) or quarters
        # (4) a year the first is the anchor.
        self.first, self.last, self.parts = first, last, parts

    def __call__(self) -> np.ndarray:
        """Give the places."""
        low, high = sorted(self.axis.get_view_interval())
        return self.tick_values(max(low, self.first), min(high, self.last))

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        """Give the places between two ends, counted back from the last."""
        axes = self.axis.axes
        points = axes.get_window_extent().width / axes.figure.dpi * 72
        unit, steps = self.parts, _STEPS[self.parts]
        most = max(2, int(points / (_YEAR if unit == 1 else _MONTH)))
        first, last = (round(end * unit) for end in (vmin, vmax))
        step = next((s for s in steps if (last - first) / s < most), steps[-1])
        start = last - last % step if unit > 1 and step * 12 / unit >= 3 else last
        return np.arange(start, first - 1, -step)[::-1] / unit


class Values(MaxNLocator):
    """Choose as many round values for an axis as have room beside each other."""

    def __init__(self) -> None:
        super().__init__(nbins=5, steps=[1, 2, 2.5, 5, 10])

    def __call__(self) -> np.ndarray:
        """Give the places."""
        axes = self.axis.axes
        points = axes.get_window_extent().width / axes.figure.dpi * 72
        self.set_params(nbins=max(2, min(8, int(points / _VALUE))))
        return super().__call__()


def scale(ax: Axes, *, zero: bool = False) -> None:
    """Let the y axis end on ticks at or beyond all that is drawn: none lies over the last."""
    low, high = (0.0, ax.dataLim.y1) if zero else ax.get_ylim()
    places = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high or 1.0)
    places = places[places >= 0] if zero else places
    ax.set_ylim(places[0], places[-1])
    ax.set_yticks(places)


@cache
def fitted(name: str, room: float) -> str:
    """Cut a name to the room that there is."""
    name = name if len(name) <= room else name[: int(room)]  # no letter is narrower than a point
    if _wide(name) <= room:
        return name
    shorter = []  # by a twelfth each, of which few are measured
    while name != " …":
        name = name.removesuffix(" …")[: -max(1, len(name) // 12)].rstrip() + " …"
        shorter.append(name)
    return shorter[bisect_left(shorter, True, key=lambda name: _wide(name) <= room)]


def _wide(text: str) -> float:
    """Measure a text; letters that the font lacks, as Chinese ones, are as wide as a W."""
    plain = "".join("W" if east_asian_width(letter) in "WF" else letter for letter in text)
    path = TextPath((0, 0), plain, size=drawing.SIZE)
    # A letter has a point where it is widest: no need to look for the ends of its curves.
    across = path.vertices[path.codes != path.CLOSEPOLY, 0]
    return across.max(initial=-np.inf) - across.min(initial=np.inf)
