"""
Drawings: a figure as a small SVG that stands within a page, with its words as text.

matplotlib's own SVG is made for files: letters as outlines or text in a style of its own, ids that
collide where two stand on one page, six decimals. This renderer writes what a page needs: words as
`<text>`, colours as attributes that a style sheet can change, no id, one decimal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

SIZE = 13  # pixels of text, whatever the width of the chart
FAMILY = "system-ui, Segoe UI, Roboto, Helvetica Neue, Liberation Sans, Arial, sans-serif"
INK = "#16202a"
_LETTERS = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}


def svg(figure: Figure) -> str:
    """Draw a figure as an SVG element, a point of the figure being a pixel."""
    width, height = figure.get_size_inches() * 72
    renderer = Drawing(width, height)
    with at_points(figure):
        figure.draw(renderer)
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="{FAMILY}" font-size="{SIZE}" fill="{INK}" stroke-linejoin="round" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(renderer.parts)}</svg>'
    )


@contextlib.contextmanager
def at_points(figure: Figure) -> Iterator[None]:
    """Draw at 72 dots an inch on a canvas of no screen, and give back what was there."""
    shown, dpi = figure.canvas, figure.dpi
    FigureCanvasBase(figure)
    try:
        figure.dpi = 72
        yield
    finally:
        figure.set_canvas(shown)
        figure.dpi = dpi


class Drawing(RendererBase):
    """
    Collects what a figure draws as elements of SVG.

    Attributes
    ----------
    width, height : float
        Pixels.
    parts : list of str
        The elements drawn so far.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.parts: list[str] = []
        self._flip = Affine2D().scale(1, -1).translate(0, height)
        self._fonts = RendererAgg(1, 1, 72)

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Give the size in pixels."""
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        """Measure a text as the checker of true marks does."""
        return self._fonts.get_text_width_height_descent(s, prop, ismath)

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform,
        rgbFace: Any = None,  # noqa: N803, matplotlib's name
    ) -> None:  # fmt: skip
        """Draw a line or an area, within the axes."""
        clip = gc.get_clip_rectangle()
        box = None if clip is None else clip.extents
        if rgbFace is not None and box is not None:
            path, transform = transform.transform_path(path).clip_to_bbox(clip), Affine2D()
        line = None if rgbFace is not None or box is None else tuple(_wide(box, gc.get_linewidth()))
        if outline := self._outline(path, transform, line):
            self.parts.append(f'<path d="{outline}"{_style(gc, rgbFace)}/>')

    def draw_markers(
        self, gc: GraphicsContextBase, marker_path: Path, marker_trans: Transform, path: Path,
        trans: Transform, rgbFace: Any = None,  # noqa: N803
    ) -> None:  # fmt: skip
        """Draw marks of one kind as one path; round ones are dots of a round pen."""
        clip = gc.get_clip_rectangle()
        places = trans.transform(path.vertices)
        if len(places) == 1 and not places.any():  # how matplotlib draws one area of a collection
            self.draw_path(gc, marker_path, marker_trans, rgbFace)
            return
        places = places[np.isfinite(places).all(axis=1)]
        if clip is not None:
            x0, y0, x1, y1 = _wide(clip.extents, 1.0)
            within = (places >= (x0, y0)) & (places <= (x1, y1))
            places = places[within.all(axis=1)]
        if not len(places):
            return
        if marker_path is Path.unit_circle():
            self._dots(gc, places, 2 * marker_trans.transform((1.0, 0.0))[0], rgbFace)
            return
        outlines = [self._outline(marker_path, marker_trans + Affine2D().translate(*place), None)
                    for place in places]  # fmt: skip
        self.parts.append(f'<path d="{"".join(outlines)}"{_style(gc, rgbFace)}/>')

    def draw_text(
        self, gc: GraphicsContextBase, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Text | None = None,
    ) -> None:  # fmt: skip
        """Write a word as text, held where the figure holds it."""
        if not s.strip():
            return
        anchor = ""
        if mtext is not None and angle == 0:
            x = mtext.get_transform().transform(mtext.get_unitless_position())[0]
            anchor = _ANCHORS[mtext.get_ha()]
        style = anchor
        if (colour := to_hex(gc.get_rgb()[:3])) != INK:
            style += f' fill="{colour}"'
        if abs((size := prop.get_size_in_points()) - SIZE) > 0.01:
            style += f' font-size="{_number(size)}"'
        if prop.get_weight() in ("bold", 700):
            style += ' font-weight="650"'
        if angle:
            style += f' transform="rotate({_number(-angle)} {_number(x)} {_number(y)})"'
        said = escape(s, quote=False)
        self.parts.append(f'<text x="{_number(x)}" y="{_number(y)}"{style}>{said}</text>')

    def _dots(self, gc: GraphicsContextBase, places: np.ndarray, width: float, face: Any) -> None:
        """Draw round marks: a filled one with one stroke, a hollow one with a second upon it."""
        where = "".join(f"M{_number(x)} {_number(self.height - y)}h0" for x, y in places)
        ring, edge = gc.get_linewidth(), to_hex(gc.get_rgb()[:3])
        inner = None if face is None else to_hex(face[:3])
        for colour, size in ((edge, width + ring), (inner, width - ring)):
            if colour is not None and (size == width + ring or inner != edge):
                self.parts.append(f'<path d="{where}" stroke="{colour}" stroke-width="'
                                  f'{_number(size)}" stroke-linecap="round"/>')  # fmt: skip

    def _outline(self, path: Path, transform: Transform, clip: tuple | None) -> str:
        """Write a path with one decimal, leaving out what does not move the pen."""
        if clip is not None:
            clip = (clip[0], self.height - clip[3], clip[2], self.height - clip[1])
        said, last = [], None
        segments = path.iter_segments(transform + self._flip, clip=clip, simplify=False)
        for vertices, code in segments:
            points = " ".join(_number(v) for v in vertices) if code != 79 else ""
            if code != 2 or points != last:
                said.append(_LETTERS[code] + points)
            last = points
        return "".join(said)


def _wide(box: Any, by: float) -> np.ndarray:
    """Widen a box, so that half a line's width at its rim is not cut away."""
    return np.asarray(box) + np.array([-by, -by, by, by])


def _number(value: float) -> str:
    """Write a number of pixels."""
    return f"{round(float(value), 1):g}" if abs(value) < 1e5 else f"{value:.0f}"


def _style(gc: GraphicsContextBase, face: Any) -> str:
    """Write fill and stroke as attributes."""
    forced = gc.get_alpha() if gc.get_forced_alpha() else None
    said = ' fill="none"' if face is None else f' fill="{to_hex(face[:3])}"'
    if face is not None:
        said += _opacity("fill", forced if forced is not None else [*face, 1.0][3])
    width, pen = gc.get_linewidth(), gc.get_rgb()
    if not width or pen[3] == 0:
        return said
    said += f' stroke="{to_hex(pen[:3])}"' + _opacity(
        "stroke", pen[3] if forced is None else forced
    )
    said += f' stroke-width="{_number(width)}"' if width != 1 else ""
    _, dashes = gc.get_dashes()
    if dashes is not None:
        said += f' stroke-dasharray="{" ".join(_number(d) for d in dashes)}"'
    cap = {"butt": "", "projecting": "square"}.get(gc.get_capstyle(), "round")
    return said + (f' stroke-linecap="{cap}"' if cap and face is None else "")


def _opacity(of: str, alpha: float) -> str:
    """Write how much shines through, where anything does."""
    return f' {of}-opacity="{alpha:.2g}"' if alpha < 1 else ""
