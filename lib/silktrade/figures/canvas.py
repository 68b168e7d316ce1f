"""
The canvas: one house style, a title that states a finding, text for readers who do not see it.

Every figure is drawn on a canvas of this module. In a notebook it is shown as an HTML figure:
title, subtitle and source stand as text around the picture, so that they reflow on a narrow screen,
and the picture's alternative text is made from what is drawn. Saved to a file, title and source are
part of the picture.
"""

import base64
import contextlib
import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import blended_transform_factory

from silktrade import prose
from silktrade.doors import NOTHING
from silktrade.figures import drawing, element
from silktrade.figures.alternative import alternative_text
from silktrade.figures.axes import logarithmic, month_name, quarter_name
from silktrade.figures.chart_data import Panel, placed, read_panel
from silktrade.figures.house import dress, styled
from silktrade.figures.layout import Margins, Periods, fitted
from silktrade.figures.marks import BLANK, faults
from silktrade.series import PER_YEAR

WIDTH, HEIGHT = 10.0, 4.4  # inches of 72 pixels: what a page's column holds
NARROW = 4.9  # inches, of the drawing for a phone
KEY_LINE = 0.22  # inches that a line of the key takes below the axes
_ROOM = {True: 310.0, False: 640.0}  # of a row's name, on a phone or not; the table has it whole
# Of JupyterLab and VS Code, which have no style sheet of ours: no white box in their dark themes,
# and switches that work. A page takes it off.
ALONE = (
    "<style data-lab>.plot svg{background:#fff}"
    '[data-jp-theme-light="false"] .plot svg,.vscode-dark .plot svg'
    "{filter:invert(.93) hue-rotate(180deg)}.chart .unseen,.chart:has(>.switch :checked) .plot>"
    ":not(.log),.either:has(>.switch :checked)>:first-child{display:none}.chart:has(>.switch "
    ":checked) .log,.either:has(>.switch :checked)>:nth-child(2){display:block!important}</style>"
)
_PARTS = ("title", "subtitle", "source", "key")


def canvas(
    title: str,
    subtitle: str,
    *behind: pd.Series | pd.DataFrame,
    source: str = "",
    height: float = HEIGHT,
) -> Axes:
    """Start a figure in the house style; the frames behind it say who published them."""
    line = prose.source_line(*behind)
    source = source or line or "own figures"
    with styled():
        figure, ax = plt.subplots(figsize=(WIDTH, height), layout=Margins())
        _write_parts(figure, title, subtitle, f"Source: {source}")
    figure.as_of, figure.on_phone, figure.taller = line.as_of, [], 0.0
    figure.on_log, figure.logs, figure.other = [], None, None
    _show_as_html()
    return ax


def nothing(none: pd.DataFrame | pd.Series) -> Axes:
    """Say in the place of a figure that none of its figures was public on the day."""
    ax = canvas(none.attrs["unknown"], "", none)
    ax.set_axis_off()
    for text in ax.figure.texts[1:]:
        text.set_visible(False)
    ax.figure.unknown = none.attrs["unknown"]
    return ax


NOTHING["Axes"] = nothing


def part_texts(figure: Figure) -> dict[str, str]:
    """Give the title, subtitle and source line of a figure."""
    return {
        gid: text.get_text() if gid == "key" else text.get_text().replace("\n", " ")
        for gid in _PARTS
        for text in _parts(figure)
        if text.get_gid() == gid and text.get_text()
    }


def figure_html(figure: Figure) -> str:
    """Render a figure as one HTML element that needs no other file."""
    if said := getattr(figure, "unknown", ""):
        return f'<p class="note">{escape(said)}</p>'
    if not _parts(figure):
        return element.picture(*_foreign(figure))
    dress(figure)
    found = {ax: panel for ax in figure.axes if (panel := read_panel(ax))}
    drawn = [_drawn(figure, found, narrow=narrow) for narrow in (False, True)]
    if getattr(figure, "logs", None):
        with logarithmic(figure):
            drawn += [_drawn(figure, found, narrow=narrow) for narrow in (False, True)]
    wrong = dict.fromkeys(fault for _, faulty in drawn for fault in faulty)
    svgs = [svg for svg, _ in drawn]
    html = element.chart(figure, [*found.values()], part_texts(figure), svgs, [*wrong])
    other = getattr(figure, "other", None)
    return element.either(html, figure_html(other[1]), other[0]) if other else html


def switch(ax: Axes, other: Axes, name: str) -> None:
    """Let a reader change a chart for another one of the same kind."""
    plt.close(other.figure)  # which a notebook does not show by itself
    ax.figure.other = name, other.figure


def unbroken(values: pd.Series | pd.DataFrame) -> pd.Series | pd.DataFrame:
    """Lay values over an unbroken run of periods, so that a line breaks where one is not known."""
    return values.reindex(pd.period_range(values.index[0], values.index[-1], name="period"))


def gap_note(values: pd.Series | pd.DataFrame) -> str:
    """Say which periods of a chart are not known, for the end of its subtitle."""
    missing = values.isna() if isinstance(values, pd.Series) else values.isna().any(axis=1)
    periods = [str(p) for p in values.index[missing]]
    if not periods:
        return ""
    be = "is" if len(periods) == 1 else "are"
    return f"; a gap: {prose.listed(periods)} {be} not known"


def periods_on_x(ax: Axes, periods: pd.PeriodIndex) -> list[float]:
    """Set the x axis to years, quarters or months, and give each period its place on it."""
    parts = PER_YEAR[periods.freqstr[0]]
    first = periods.asfreq("M", "start")  # a quarter stands at its first month
    places = [p.year + (p.month - 1) / 12 if parts > 1 else float(p.year) for p in first]
    ax.xaxis.set_major_locator(Periods(min(places), max(places), parts))
    name = {12: month_name, 4: quarter_name, 1: lambda x, _: f"{x:.0f}"}[parts]
    ax.xaxis.set_major_formatter(FuncFormatter(name))
    return places


def rows_on_y(ax: Axes, names: Sequence[str], *, above: bool = False) -> None:
    """Name the rows of a chart, the first on top: beside it; on a phone, or always, above each."""
    ax.set_yticks(range(len(names)), names, color=drawing.INK)
    named = dict(enumerate(names))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: named.get(round(y), "")))
    ax.set_ylim(len(names) - 0.5, -0.62)
    ax.tick_params(axis="y", labelleft=not above)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    place = blended_transform_factory(ax.transAxes, ax.transData)
    said = [
        ax.text(0, i - 0.35, fitted(name, _ROOM[False]), transform=place, visible=above,
                bbox=BLANK, zorder=2.5, size=drawing.SIZE) for i, name in enumerate(names)
    ]  # fmt: skip
    ax.figure.taller = 0.0 if above else 0.22 * len(names)

    def on_phone(narrow: bool) -> None:
        ax.tick_params(axis="y", labelleft=not (narrow or above))
        for text, name in zip(said, names, strict=True):
            text.set_visible(narrow or above)
            text.set_text(fitted(name, _ROOM[narrow]))

    ax.figure.on_phone.append(on_phone)


def end_marks(values: pd.Series) -> dict[str, object]:
    """Mark the end of a line, and each point that no line reaches."""
    known = values.notna().to_numpy()
    apart = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    apart[np.flatnonzero(known)[-1:]] = True
    return {"marker": "o", "markersize": 4.5, "markevery": apart.tolist()}


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], gap: float = 0.055) -> None:
    """Write each line's name at its end, moved apart where they would overlap."""
    left, right = ax.get_xlim()
    said = []
    for x, y, text, colour in (ordered := sorted(ends, key=lambda e: e[1])):
        # Beside the axes, where neither a line nor the zero line runs through a name.
        edge = right if x > left + 0.85 * (right - left) else x
        said.append(ax.annotate(
            text, (edge, y), xytext=(6, 0), textcoords="offset points", color=colour,
            va="center", annotation_clip=False, weight="bold",
            bbox=None if edge == right else BLANK,
        ))  # fmt: skip

    def move_apart() -> None:
        axes = ax.transScale + ax.transLimits
        places: list[float] = []
        for _, y in axes.transform([(right, y) for _, y, _, _ in ordered]):
            places.append(y if not places else max(y, places[-1] + gap))
        most = 1 - gap / 2  # above the axes events have their numbers
        for text, place in reversed([*zip(said, places, strict=True)]):
            text.xy = text.xy[0], axes.inverted().transform((0.5, min(place, most)))[1]
            most = min(place, most) - gap

    if ordered:
        move_apart()
        ax.figure.on_log.append(move_apart)


def _write_parts(figure: Figure, title: str, subtitle: str, source: str) -> None:
    """Write title, subtitle and source, and keep their room free of the axes."""
    whole_words = {"break_long_words": False, "break_on_hyphens": False}
    title = textwrap.fill(title, 68, **whole_words)
    subtitle = textwrap.fill(subtitle, 90, **whole_words)
    height = figure.get_figheight()
    line, below, foot = 0.3 / height, 0.26 / height, 0.28 / height
    top = 1 - 0.08 / height
    under = top - line * (1 + title.count("\n"))
    text = {"x": 0.006, "ha": "left", "va": "top"}
    figure.text(y=top, s=title, size=15, weight="bold", gid="title", **text)
    figure.text(y=under, s=subtitle, size=13, color=drawing.QUIET, gid="subtitle", **text)
    figure.text(y=foot * 0.8, s=source, size=11, color=drawing.QUIET, gid="source", **text)
    lines = 1 + subtitle.count("\n")
    figure.get_layout_engine().set(rect=(0, foot, 1, under - below * lines - foot))


def _parts(figure: Figure) -> list[mpl.text.Text]:
    """Find the texts that stand around the picture; a key is the label of an axis."""
    texts = [*figure.texts, *(ax.xaxis.label for ax in figure.axes)]
    return [text for text in texts if text.get_gid() in _PARTS]


def _drawn(figure: Figure, found: Mapping[Axes, Panel], *, narrow: bool) -> tuple[str, list[str]]:
    """Draw a figure without the texts that stand around it, and look for false marks."""
    with styled(), _bare(figure, narrow=narrow), drawing.at_points(figure):
        svg = drawing.svg(figure)
        places = [placed(panel, ax) for ax, panel in found.items()]
        said = ";".join(f"{axis}{' '.join(f'{p:.0f}' for p in at)}" for axis, at in places)
        return svg.replace("<svg ", f'<svg data-at="{said}" ', 1), faults(figure)


def _foreign(figure: Figure) -> tuple[str, str]:
    """Draw a figure that is not of the house as matplotlib does, and describe it."""
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "silktrade"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return base64.b64encode(buffer.getvalue()).decode(), alternative_text(figure)


@contextlib.contextmanager
def _bare(figure: Figure, *, narrow: bool) -> Iterator[None]:
    """Hide ground and texts around a picture, give their room to the axes, and fit a width."""
    layout, size, parts = figure.get_layout_engine(), figure.get_size_inches(), _parts(figure)
    size = size.copy()
    hidden = [part for part in (figure.patch, *parts) if part.get_visible()]
    keys = [text.get_text() for text in parts if text.get_gid() == "key"]
    around = 0.7 + sum(KEY_LINE * (1 + key.count("\n")) for key in keys)
    whole = layout.get()["rect"]
    try:
        for part in hidden:
            part.set_visible(False)
        layout.set(rect=(0, 0, 1, 1))
        taller = figure.taller if narrow else 0
        figure.set_size_inches(NARROW if narrow else size[0], size[1] - around + taller)
        for change in figure.on_phone if narrow else ():
            change(True)
        with _unplaced(figure):
            yield
    finally:
        for change in figure.on_phone if narrow else ():
            change(False)
        for part in hidden:
            part.set_visible(True)
        layout.set(rect=whole)
        figure.set_size_inches(size)


@contextlib.contextmanager
def _unplaced(figure: Figure) -> Iterator[None]:
    """Leave axis labels that nobody sees where they are: placing one measures all ticks again."""
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    still = [axis for axis in axes if axis._autolabelpos
             and not (axis.label.get_visible() and axis.label.get_text())]  # fmt: skip
    try:
        for axis in still:
            axis._autolabelpos = False  # matplotlib's own word, which only `set_label_coords` says
        yield
    finally:
        for axis in still:
            axis._autolabelpos = True


def _show_as_html() -> None:
    """Have figures of this session shown as HTML, once a house figure is made in a notebook."""
    shell = get_ipython()
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    for kind in ("image/png", "image/svg+xml"):
        formatters[kind].pop(Figure, None)
    formatters["text/html"].for_type(Figure, lambda figure: figure_html(figure) + ALONE)
    # Pyplot would draw each figure after the cell, in pixels that nothing shows.
    plt.uninstall_repl_displayhook()
