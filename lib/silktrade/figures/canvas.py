"""
The canvas: one house style, a title that states a finding, text for readers who do not see it.

Every figure is drawn on a canvas of this module. In a notebook it is shown as an HTML figure:
title, subtitle and source stand as text around the picture, so that they reflow on a narrow screen,
and the picture's alternative text is made from what is drawn. Saved to a file, title and source are
part of the picture.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
from collections.abc import Iterator, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from silktrade import codes, prose
from silktrade.figures.alternative import alternative_text
from silktrade.figures.data_table import data_html
from silktrade.figures.marks import BLANK, faults

WIDTH, HEIGHT = 6.4, 3.8  # inches; shown at half that width the text is still legible
KEY_LINE = 0.22  # inches that a line of the key takes below the axes
UNITS = {currency: f"billion {name}" for currency, name in codes.CURRENCY_LABELS.items()}
INK, QUIET, GRID = "#222222", "#595959", "#dddddd"
HOUSE = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": QUIET,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.dpi": 96,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws the same
    "font.size": 12.5,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "path",
    "svg.hashsalt": "silktrade",  # ids in the file depend on the drawing alone
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.pad": 7,  # below the foot of the lowest label of the other axis
    "ytick.major.size": 0,
}
_PARTS = ("title", "subtitle", "source", "key")


def canvas(
    title: str,
    subtitle: str,
    source: str,
    *,
    columns: int = 1,
    rows: int = 1,
    height: float = HEIGHT,
) -> Axes | list[Axes]:
    """Start a figure in the house style."""
    with _house():
        figure, axes = plt.subplots(
            rows, columns, figsize=(WIDTH, height), sharex=True, squeeze=False, layout="constrained"
        )
        figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)
        _write_parts(figure, _wrapped(title, 52), subtitle, f"Source: {source}")
    _show_as_html()
    panels = [ax for row in axes for ax in row]
    return panels[0] if len(panels) == 1 else panels


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
    texts = part_texts(figure)
    parts = _parts(figure)
    drawn, wrong = _picture(figure, parts, texts.get("key", ""))
    picture = base64.b64encode(drawn).decode()
    said = {part: html.escape(text) for part, text in texts.items()}
    lines = ['<figure class="chart">']
    if wrong:  # the batch publishes no page with such a figure
        told = html.escape("; ".join(wrong), quote=True)
        lines = [f'<figure class="chart" data-faults="{told}">',
                 f'<p class="chart-faults">This chart misleads: {told}.</p>']  # fmt: skip
    if "title" in said:
        lines.append(f'<p class="chart-title"><strong>{said["title"]}</strong></p>')
    if "subtitle" in said:
        lines.append(f'<p class="chart-subtitle">{said["subtitle"]}</p>')
    alternative = html.escape(alternative_text(figure), quote=True)
    key = said["key"].split("\n") if "key" in said else []
    width, height = figure.get_size_inches() * 96 - (0, 96 * KEY_LINE * len(key))
    lines.append(
        f'<img alt="{alternative}" width="{width:.0f}" height="{height:.0f}" '
        f'style="max-width: 100%; height: auto" src="data:image/svg+xml;base64,{picture}">'
    )
    if key:
        lines.append(f'<p class="chart-key">{"<br>".join(key)}</p>')
    if "source" in said:
        lines.append(f'<figcaption class="chart-source">{said["source"]}</figcaption>')
    lines.append(data_html(figure, texts.get("title", ""), texts.get("subtitle", "")))
    return "\n".join([*filter(None, lines), "</figure>"])


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
    """Set the x axis to years or months, and give each period its place on it."""
    if periods.freqstr == "M":
        ax.xaxis.set_major_formatter(FuncFormatter(_month_name))
        years = range(periods.min().year, periods.max().year + 1)
        step = -(-len(years) // 6)  # six names of months have room
        halves = (0, 0.5) if len(years) <= 3 else (0,)
        ax.set_xticks([y + half for y in years[::step] for half in halves])
        return [p.year + (p.month - 1) / 12 for p in periods]
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, min_n_ticks=2))
    return [float(p.year) for p in periods]


def percent_on_y(ax: Axes) -> None:
    """Print the y axis in percent."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{_plain(y * 100)} %"))


def points_on_y(ax: Axes) -> None:
    """Print the y axis in percentage points."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _plain(y * 100)))


def points_on_x(ax: Axes) -> None:
    """Print the x axis in percentage points, with few enough ticks to read them."""
    ax.xaxis.set_major_locator(_few_ticks(ax))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _plain(x * 100)))


def billions_on_y(ax: Axes) -> None:
    """Print the y axis in billions."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _plain(y / 1e9)))


def percent_on_x(ax: Axes) -> None:
    """Print the x axis in percent, with few enough ticks to read them."""
    ax.xaxis.set_major_locator(_few_ticks(ax))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{_plain(x * 100)} %"))


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], gap: float = 0.055) -> None:
    """Write each line's name at its end, moved apart where they would overlap."""
    low, high = ax.get_ylim()
    step = (high - low) * gap
    places: list[float] = []
    ordered = sorted(ends, key=lambda e: e[1])
    for _, y, _, _ in ordered:
        places.append(y if not places else max(y, places[-1] + step))
    over = max(0.0, places[-1] - high) if places else 0.0
    left, right = ax.get_xlim()
    for (x, _, text, colour), y in zip(ordered, places, strict=True):
        # Beside the axes, where neither a line nor the zero line runs through a name.
        edge = right if x > left + 0.9 * (right - left) else x
        ax.annotate(
            text, (edge, y - over), xytext=(6, 0), textcoords="offset points", color=colour,
            va="center", annotation_clip=False, weight="bold", size=11.5,
            bbox=None if edge == right else BLANK,
        )  # fmt: skip


@contextlib.contextmanager
def _house() -> Iterator[None]:
    """Draw in the house style, and leave every other setting alone."""
    # Not rc_context: it would also take back the interactive mode that a notebook's backend
    # switches on when the first figure is made, and later figures would not be shown.
    before = {key: mpl.rcParams[key] for key in HOUSE}
    mpl.rcParams.update(HOUSE)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def _write_parts(figure: Figure, title: str, subtitle: str, source: str) -> None:
    """Write title, subtitle and source, and keep their room free of the axes."""
    height = figure.get_figheight()
    line, below, foot = 0.25 / height, 0.26 / height, 0.24 / height
    top = 1 - 0.06 / height
    under = top - line * (1 + title.count("\n"))
    text = {"x": 0.012, "ha": "left", "va": "top"}
    figure.text(y=top, s=title, size=14, weight="bold", gid="title", **text)
    figure.text(y=under, s=subtitle, size=12, color=QUIET, gid="subtitle", **text)
    figure.text(y=foot * 0.8, s=source, size=9.5, color=QUIET, gid="source", **text)
    figure.get_layout_engine().set(rect=(0, foot, 1, under - below - foot))


def _parts(figure: Figure) -> list[mpl.text.Text]:
    """Find the texts that stand around the picture; a key is the label of an axis."""
    texts = [*figure.texts, *(ax.xaxis.label for ax in figure.axes)]
    return [text for text in texts if text.get_gid() in _PARTS]


def _picture(figure: Figure, parts: list, key: str) -> tuple[bytes, list[str]]:
    """Draw the figure as SVG without the texts that stand around it, and look for false marks."""
    buffer = io.BytesIO()
    with _house(), _bare(figure, parts, key):
        # Not `savefig`: it draws once to lay out and once to write, this does both at once.
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
        return buffer.getvalue(), faults(figure)


@contextlib.contextmanager
def _bare(figure: Figure, parts: list, key: str) -> Iterator[None]:
    """Hide the texts that stand around a picture, and give their room to the axes."""
    layout, shown = figure.get_layout_engine(), figure.canvas
    size, dpi = figure.get_size_inches().copy(), figure.dpi
    whole = layout.get()["rect"] if layout and parts else None
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    silent = [a for a in axes if a._autolabelpos and (a.label in parts or not a.label.get_text())]
    hidden = [text for text in (*parts, *(a.label for a in silent)) if text.get_visible()]
    try:
        for text in hidden:
            text.set_visible(False)
        for axis in silent:  # a quarter of the work is finding places for labels without a word
            axis._autolabelpos = False
        if whole is not None:
            layout.set(rect=(0, 0, 1, 1))
        if key:
            figure.set_size_inches(size[0], size[1] - KEY_LINE * (1 + key.count("\n")))
        yield
    finally:
        for text in hidden:
            text.set_visible(True)
        for axis in silent:
            axis._autolabelpos = True
        if whole is not None:
            layout.set(rect=whole)
        figure.set_canvas(shown)
        figure.set_dpi(dpi)  # an SVG is drawn at 72
        figure.set_size_inches(size)


def _show_as_html() -> None:
    """Have figures of this session shown as HTML, once a house figure is made in a notebook."""
    shell = get_ipython()
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    for kind in ("image/png", "image/svg+xml"):
        formatters[kind].pop(Figure, None)
    formatters["text/html"].for_type(Figure, figure_html)
    # Pyplot would draw each figure after the cell, in pixels that nothing shows.
    plt.uninstall_repl_displayhook()


def _few_ticks(ax: Axes) -> MaxNLocator:
    """Choose as many ticks of an x axis as have room beside the names of its rows."""
    names = max((len(name.get_text()) for name in ax.get_yticklabels()), default=0)
    em = HOUSE["font.size"]
    room = 72 * ax.figure.get_figwidth() - 0.6 * em * names - 2 * em
    return MaxNLocator(nbins=max(2, int(room / (4.5 * em))), steps=[1, 2, 5, 10])


def _month_name(x: float, _: object = None) -> str:
    """Name a month of the x axis."""
    year, month = divmod(round(x * 12), 12)
    return pd.Period(year=year, month=month + 1, freq="M").strftime("%b %Y")


def _plain(number: float) -> str:
    """Print a number of an axis without needless decimals, with a true minus sign."""
    return f"{number:,.10g}".replace("-", "\u2212")


def _wrapped(text: str, width: int) -> str:
    """Break a title into lines at spaces."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
