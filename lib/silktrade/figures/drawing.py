"""
Drawings: a figure as a small SVG that stands within a page, with its words as text.

matplotlib's own SVG is made for files: letters as outlines or text in a style of its own, ids that
collide where two stand on one page, six decimals. This renderer writes what a page needs: words as
`<text>`, colours as attributes that a style sheet can change, no id, one decimal.
"""

import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from silktrade import codes

SIZE = 13  # pixels of text, whatever the width of the chart
FAMILY = "sans-serif"  # where no style sheet names another
INK, QUIET, MID, GRID, LAND = "#16202a", "#5b6670", "#8a949d", "#d9dee3", "#eceff1"
NEXT = codes.colour("projection")  # what is projected, in every chart
_MEANT = (*codes.PARTNERS, *codes.FLOWS, "projection")
# For these a style sheet has another colour in the dark; all others it turns light by a filter.
KNOWN = {codes.colour(c).lower() for c in _MEANT} | {INK, QUIET, MID, GRID, LAND, "#ffffff"}
_LINE = re.compile(r'<path d="([^"]*)(" fill="none"[^>]*/>)')
_WORD = re.compile(r'<text x="[^"]*" y="[^"]*"((?: [a-z-]+="[^"]*")*)>')
_LETTERS = {Path.MOVETO: "M", Path.CURVE3: "Q", Path.CURVE4: "C"}
# Where a text is held by its middle the root says so.
_ANCHORS = {"left": ' text-anchor="start"', "center": "", "right": ' text-anchor="end"'}


def svg(figure: Figure) -> str:
    """Draw a figure as an SVG element, a point of the figure being a pixel."""
    width, height = figure.get_size_inches() * 72
    renderer = Drawing(width, height)
    with at_points(figure):
        figure.draw(renderer)
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="{FAMILY}" font-size="{SIZE}" fill="{QUIET}" stroke-linejoin="round" '
        'text-anchor="middle">'
        f"{''.join(_joined(renderer.parts))}</svg>"
    )


@cache
def ruler(dpi: float) -> RendererAgg:
    """Give what texts are measured with: one for all, as matplotlib keeps each one's answers."""
    return RendererAgg(1, 1, dpi)


@contextlib.contextmanager
def any_letters() -> Iterator[None]:
    """Measure letters that no font here has without a warning: a browser has them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        yield


@lru_cache(4096)
def _measured(text: str, font: Any, ismath: Any) -> tuple[float, float, float]:
    """Measure a text once for all drawings."""
    with any_letters():
        return ruler(72).get_text_width_height_descent(text, font, ismath)


def _joined(parts: Iterable[str]) -> list[str]:
    """Write lines of one style, as those of a grid, as one, below the words between them."""
    lines: list[list[str]] = []  # of each element: where it runs, and all that follows
    above: list[list[str]] = []  # the words since the last of them
    for part in parts:
        line = _LINE.fullmatch(part)
        course, style = line.groups() if line else ("", part)
        if part.startswith("<text"):
            above.append(["", part])
        elif line and lines and lines[-1][1] == style:
            lines[-1][0] += course
        else:
            lines += [*above, [course, style]]
            above = []
    drawn = [*lines, *above]
    elements = [f'<path d="{course}{style}' if course else style for course, style in drawn]
    return [
        f"<g{style}>{''.join(alike).replace(style, '')}</g>" if style and len(alike) > 1
        else "".join(alike)
        for style, alike in ((s, list(g)) for s, g in groupby(elements, _worn))
    ]  # fmt: skip


def _worn(element: str) -> str:
    """Give what a word has beside its place, which words of one kind share; of others nothing."""
    word = _WORD.match(element)
    return word[1] if word else ""


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
    """Collects what a figure draws as elements of SVG."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height  # pixels
        self.parts: list[str] = []  # the elements drawn so far
        self._flip = Affine2D().scale(1, -1).translate(0, height)

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Give the size in pixels."""
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        """Measure a text as the checker of true marks does; of one size all are as high."""
        own = prop.copy()
        return _measured(s, own, ismath)[0], *_measured("lp", own, False)[1:]

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform,
        rgbFace: Any = None,  # noqa: N803, matplotlib's name
    ) -> None:  # fmt: skip
        """Draw a line or an area, within the axes."""
        clip = gc.get_clip_rectangle()
        box = None if clip is None else clip.extents
        if rgbFace is not None and box is not None:
            path, transform = transform.transform_path(path).clip_to_bbox(clip), Affine2D()
        line = None if rgbFace is not None or box is None else tuple(_wide(box, 1.5))
        seen = rgbFace is not None or (gc.get_linewidth() and gc.get_rgb()[3])
        if seen and (outline := self._outline(path, transform, line)):
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
        anchor = _ANCHORS["left"]
        if mtext is not None and angle == 0:
            x = mtext.get_transform().transform(mtext.get_unitless_position())[0]
            anchor = _ANCHORS[mtext.get_ha()]
        style = anchor
        if (colour := to_hex(gc.get_rgb()[:3])) != QUIET:  # the root says that
            style += f' fill="{colour}"{_unknown(colour)}'
        if abs((size := prop.get_size_in_points()) - SIZE) > 0.01:
            style += f' font-size="{_number(size)}"'
        if prop.get_weight() in ("bold", 700):
            style += ' font-weight="600"'
        if angle:
            style += f' transform="rotate({_number(-angle)} {_number(x)} {_number(y)})"'
        said = escape(s, quote=False)
        self.parts.append(f'<text x="{_number(x)}" y="{_number(y)}"{style}>{said}</text>')

    def _dots(self, gc: GraphicsContextBase, places: np.ndarray, width: float, face: Any) -> None:
        """Draw round marks: a filled one with one stroke, a hollow one with a second upon it."""
        where = np.round(np.column_stack([places[:, 0], self.height - places[:, 1]]), 1)
        steps = np.diff(where, axis=0, prepend=np.zeros((1, 2)))
        outline, ring = "".join(f"m{_pair(*step)}h0" for step in steps), gc.get_linewidth()
        edge, inner = to_hex(gc.get_rgb()[:3]), None if face is None else to_hex(face[:3])
        for colour, size in ((edge, width + ring), (inner, width - ring)):
            if colour is not None and (size == width + ring or inner != edge):
                pen = f'stroke="{colour}"{_unknown(colour)} stroke-width="{_number(size)}"'
                self.parts.append(f'<path d="{outline}" {pen} stroke-linecap="round"/>')

    def _outline(self, path: Path, transform: Transform, clip: tuple | None) -> str:
        """Write a path with one decimal, leaving out what does not move the pen."""
        if clip is not None:
            clip = (clip[0], self.height - clip[3], clip[2], self.height - clip[1])
        said, pen = [], np.zeros(2)
        for vertices, code in path.iter_segments(transform + self._flip, clip=clip, simplify=False):
            points = np.round(vertices, 1)
            if code == Path.CLOSEPOLY:
                said.append("Z")
            elif code == Path.LINETO:  # steps are shorter than places
                step = points - pen
                said.append(_step(*step))
            else:
                said.append(_LETTERS[code] + " ".join(map(_number, points)))
            pen = points[-2:]
        return "".join(said)


def _step(x: float, y: float) -> str:
    """Write a line by its step, in the shortest way."""
    if x and y:
        return "l" + _pair(x, y)
    return f"h{_number(x)}" if x else f"v{_number(y)}" if y else ""


def _pair(x: float, y: float) -> str:
    """Write two numbers; a minus parts them as well as a space."""
    second = _number(y)
    return f"{_number(x)}{'' if second[0] == '-' else ' '}{second}"


def _wide(box: Any, by: float) -> np.ndarray:
    """Widen a box, so that half a line's width at its rim is not cut away."""
    return np.asarray(box) + np.array([-by, -by, by, by])


def _number(value: float) -> str:
    """Write a number of pixels, a fraction of one without the nought before its point."""
    said = f"{round(float(value), 1) + 0.0:.7g}"
    return said.replace("0.", ".", 1) if abs(value) < 1 else said


def _style(gc: GraphicsContextBase, face: Any) -> str:
    """Write fill and stroke as attributes."""
    forced = gc.get_alpha() if gc.get_forced_alpha() else None
    said = ' fill="none"' if face is None else f' fill="{to_hex(face[:3])}"'
    if face is not None:
        said += _opacity("fill", forced if forced is not None else [*face, 1.0][3])
    width, pen = gc.get_linewidth(), gc.get_rgb()
    if not width or pen[3] == 0:
        return said + ("" if face is None else _unknown(to_hex(face[:3])))
    said += _unknown(to_hex(pen[:3]))
    said += f' stroke="{to_hex(pen[:3])}"' + _opacity(
        "stroke", pen[3] if forced is None else forced
    )
    said += f' stroke-width="{_number(width)}"' if width != 1 else ""
    _, dashes = gc.get_dashes()
    if dashes is not None:
        said += f' stroke-dasharray="{" ".join(_number(d) for d in dashes)}"'
    round_ended = gc.get_capstyle() == "round" and face is None and width > 1
    return said + (' stroke-linecap="round"' if round_ended else "")


def _unknown(colour: str) -> str:
    """Mark a colour that the style sheet does not know."""
    return "" if colour in KNOWN else ' class="o"'


def _opacity(of: str, alpha: float) -> str:
    """Write how much shines through, where anything does."""
    return f' {of}-opacity="{alpha:.2g}"' if alpha < 1 else ""
