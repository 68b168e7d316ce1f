"""Figures of published claims: which hold, seen from their day and from now."""

import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes
from silktrade.doors import CHECKED, takes
from silktrade.figures.canvas import canvas, rows_on_y
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import INK, QUIET
from silktrade.prose import stated

_VANTAGES = {"pseudo-real time": "On its day", "as known now": "As known now"}
# Shape and filling tell the verdict: colour has no part in it.
_MARKS = {
    "holds": ("o", INK, INK),
    "holds within rounding": ("o", INK, "white"),
    "does not hold": ("X", INK, INK),
    "came true": ("^", INK, INK),
    "did not come true": ("v", INK, "white"),
    "cannot be tested": ("s", QUIET, "white"),
}


@takes(checked=CHECKED)
def claim_verdicts(checked: pd.DataFrame) -> Axes:
    """
    Draw the verdict on each claim, on its day and as known now, beside the computed value.

    A row a claim, a column a vantage; the mark tells the verdict, the text the computed value.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.

    Examples
    --------
    >>> ax = claim_verdicts(st.check_claims(st.load_claims(), *st.load_evidence()))
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
    ax = canvas(title, "Verdict, and the value computed", checked, height=0.62 * len(names) + 2.1)
    if checked["vantage"].nunique() * len(names) != len(checked):
        raise ValueError("checked must hold each claim from both vantages, got one from one alone")
    rows = checked.set_index(["claim", "vantage"])
    for i, claim in enumerate(names.index):
        for x, vantage in enumerate(_VANTAGES):
            _mark(ax, x, i, rows.loc[(claim, vantage)])
    rows_on_y(ax, list(names), above=True)
    ax.set_xticks(range(len(_VANTAGES)), list(_VANTAGES.values()), color=QUIET, ha="left")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.12, 1.88)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    _legend(ax, checked)
    shown = zip(rows["computed"], rows["unit"], rows["rounding"], strict=True)
    cells = rows["verdict"] + ", " + pd.Series([stated(*row) for row in shown], rows.index)
    frame = cells.unstack("vantage").loc[names.index, list(_VANTAGES)]
    attach(ax, frame.set_axis(names.rename("Statement")).rename(columns=_VANTAGES))
    return ax


def _mark(ax: Axes, x: int, y: int, row: pd.Series) -> None:
    """Draw one verdict with its value."""
    shape, edge, fill = _MARKS[codes.one_of("verdict", row["verdict"], _MARKS)]
    ax.plot([x], [y], shape, color=edge, markerfacecolor=fill, markersize=9, label="_verdict")
    text = stated(row["computed"], row["unit"], row["rounding"])
    text = text.replace("billion ", "bn ")  # room is short
    ax.annotate(text, (x, y), xytext=(10, 0), textcoords="offset points", va="center")


def _legend(ax: Axes, checked: pd.DataFrame) -> None:
    """Name the marks that are drawn."""
    for verdict, (shape, edge, fill) in _MARKS.items():
        if (checked["verdict"] == verdict).any():
            ax.plot([], [], shape, color=edge, markerfacecolor=fill, markersize=8, label=verdict)
    ax.legend(
        loc="upper left", bbox_to_anchor=(0, -0.01), ncols=2, frameon=False, borderaxespad=0.5
    )
