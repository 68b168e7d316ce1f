"""The house style: what every chart is drawn with."""

import contextlib
from collections.abc import Iterator

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from silktrade.figures import drawing
from silktrade.figures.drawing import GRID, INK, QUIET

# Wider than a page's own letters: what has room here, has there. Then what is there for Chinese.
_CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Heiti SC",
            "Microsoft YaHei", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei")  # fmt: skip
_INSTALLED = {font.name for font in font_manager.fontManager.ttflist}
HOUSE = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": QUIET,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.xmargin": 0.02,
    "figure.dpi": 96,
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans", *(name for name in _CHINESE if name in _INSTALLED)],
    "font.size": drawing.SIZE,
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "lines.linewidth": 2.4,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.pad": 10,  # below the foot of the lowest label of the other axis
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, and leave every other setting alone."""
    # Not rc_context: it would also take back the interactive mode that a notebook's backend
    # switches on when the first figure is made, and later figures would not be shown.
    before = {key: mpl.rcParams[key] for key in HOUSE}
    mpl.rcParams.update(HOUSE)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def dress(figure: Figure) -> None:
    """Give words and lines that were drawn without a size or colour those of the house."""
    plain = mpl.rcParamsDefault
    for ax in figure.axes:
        for line in ax.get_lines():
            if line.get_linewidth() == plain["lines.linewidth"]:
                line.set_linewidth(HOUSE["lines.linewidth"])
        for text in (*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ())):
            if text.get_size() == plain["font.size"]:
                text.set_size(drawing.SIZE)
            if text.get_color() == plain["text.color"]:
                text.set_color(INK)
