"""Figures of published claims: which hold, seen from their day and from now."""

from __future__ import annotations

import textwrap
from unicodedata import east_asian_width

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.textpath import TextPath

from silktrade import codes
from silktrade.doors import table, takes
from silktrade.figures.canvas import INK, canvas
from silktrade.figures.chart_data import attach
from silktrade.prose import stated

_VANTAGES = {"pseudo-real time": "On its day", "as known now": "As known now"}
# Colour and shape both tell the verdict: neither is needed to read the other.
_MARKS = {
    "holds": ("o", "#00805E", "#00805E"),
    "holds within rounding": ("o", "#00805E", "white"),
    "does not hold": ("X", "#C35A00", "#C35A00"),
    "came true": ("^", "#00805E", "#00805E"),
    "did not come true": ("v", "#C35A00", "white"),
    "cannot be tested": ("s", "#595959", "white"),
}
_WIDTH, _POINTS = 30, 190  # characters of a statement in one line, and how wide that may be
_SIZE = 10.5  # points of its letters
_LINES = 8  # of a statement, at most: the table behind the chart has all of it
_ROW, _LINE, _GAP = 0.68, 0.19, 0.1  # inches: a row at least, a line of it, and between two rows


@takes(
    checked=table(
        "check_claims",
        text="claim vantage statement publisher unit verdict",
        number="computed rounding",
        day="published",
        key="claim vantage",
        must={"vantage": ["pseudo-real time", "as known now"]},
    )
)
def claim_verdicts(checked: pd.DataFrame, source: str) -> Axes:
    """
    Draw the verdict on each claim, on its day and as known now, beside the computed value.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.
    source : str
        Publishers, from `prose.source_line`.

    Returns
    -------
    Axes
        A row a claim, a column a vantage; mark and colour tell the verdict, the text is the
        computed value.

    Examples
    --------
    >>> from silktrade import check_claims, load_claims, load_evidence
    >>> ax = claim_verdicts(check_claims(load_claims(), *load_evidence()), "China Customs")
    >>> len(ax.get_yticks())
    9
    """
    names = checked.drop_duplicates("claim").set_index("claim")["statement"]
    held = checked[checked["verdict"].str.startswith("holds")]["vantage"].value_counts()
    then, now = (int(held.get(v, 0)) for v in _VANTAGES)
    title = (
        f"Of {len(names)} statements {then} held by what was public on their day, "
        f"{now} as known now"
    )
    wrapped = [_lines(name) for name in names]
    row = max(_ROW, _LINE * max(map(len, wrapped)) + _GAP)
    ax = canvas(title, "Verdict, and the value computed", source, height=row * len(names) + 1.9)
    if checked["vantage"].nunique() * len(names) != len(checked):
        raise ValueError("checked must hold each claim from both vantages, got one from one alone")
    rows = checked.set_index(["claim", "vantage"])
    for i, claim in enumerate(names.index):
        for x, vantage in enumerate(_VANTAGES):
            _mark(ax, x, i, rows.loc[(claim, vantage)])
    ax.set_yticks(range(len(names)), ["\n".join(lines) for lines in wrapped], size=_SIZE)
    ax.set_xticks(range(len(_VANTAGES)), list(_VANTAGES.values()), size=12, color=INK)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.12, 1.88)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    _legend(ax, checked)
    _describe(ax, rows, names)
    return ax


def _lines(statement: str) -> list[str]:
    """Wrap a statement, into shorter lines where its letters are wide, as Chinese ones are."""
    width = _WIDTH
    while True:
        lines = textwrap.wrap(statement, width, max_lines=_LINES, placeholder=" …")
        plain = ("".join("W" if east_asian_width(c) in "WF" else c for c in line) for line in lines)
        drawn = (TextPath((0, 0), line, size=_SIZE).get_extents().width for line in plain)
        widest = max(drawn, default=0)
        if widest <= _POINTS or width <= _WIDTH // 6:
            return lines
        width = int(width * _POINTS / widest)


def _mark(ax: Axes, x: int, y: int, row: pd.Series) -> None:
    """Draw one verdict with its value."""
    shape, edge, fill = _MARKS[codes.one_of("verdict", row["verdict"], _MARKS)]
    ax.plot([x], [y], shape, color=edge, markerfacecolor=fill, markersize=9, label="_verdict")
    text = stated(row["computed"], row["unit"], row["rounding"])
    text = text.replace("billion ", "bn ")  # room is short
    ax.annotate(text, (x, y), xytext=(10, 0), textcoords="offset points", va="center", size=10.5)


def _legend(ax: Axes, checked: pd.DataFrame) -> None:
    """Name the marks that are drawn."""
    for verdict, (shape, edge, fill) in _MARKS.items():
        if (checked["verdict"] == verdict).any():
            ax.plot([], [], shape, color=edge, markerfacecolor=fill, markersize=8, label=verdict)
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.2, -0.02), ncols=2, frameon=False, fontsize=10.5
    )


def _describe(ax: Axes, rows: pd.DataFrame, names: pd.Series) -> None:
    """Say the chart in words, and put its values behind it."""
    said, table = [], {}
    for claim, statement in names.items():
        both = [rows.loc[(claim, v)] for v in _VANTAGES]
        cells = [f"{r['verdict']}, {stated(r['computed'], r['unit'], r['rounding'])}" for r in both]
        table[statement] = cells
        said.append(f"{statement}: on its day {cells[0]}; as known now {cells[1]}")
    ax.set_label(f"Table of verdicts. {'. '.join(said)}.")
    frame = pd.DataFrame.from_dict(table, orient="index", columns=list(_VANTAGES.values()))
    attach(ax, frame.rename_axis("Statement"))
