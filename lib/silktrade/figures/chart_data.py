"""
Chart data: the values that a chart shows, read off the chart that was drawn.

A table behind a chart is only worth something if it cannot differ from the picture. So it is read
from the artists that draw the picture, as the alternative text is. Where marks alone do not carry
the values (a dot whose place on an axis is all there is, a square that says "known"), the function
that draws the figure says them with `attach`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from silktrade.figures.alternative import bar_points, named, printer

SCALES = (0.01, 1.0, 1e3, 1e6, 1e9)  # how much one of the unit that an axis prints may be
_ROWS = (("Year", r"\d{4}"), ("Quarter", r"Q[1-4] \d{4}"), ("Month", r"[A-Z][a-z]{2}( \d{4})?"))


class Panel(NamedTuple):
    """What one panel of a figure shows."""

    title: str  # of the panel, or empty
    rows: str  # what a row is: Year, Month or the name of an axis
    scale: float  # what one of the unit that the axis prints is: 1e9 for billions, 0.01 for percent
    percent: bool  # whether the axis prints percent signs
    measure: str  # what `attach` said of it, or empty
    # A row a place on the axis, in order; columns (series, statistic), the statistic being value,
    # low or high; in the unit that was drawn, not the one printed.
    values: pd.DataFrame
    # What `vouch` said of series and row: how well a value is known.
    status: dict[tuple[str, str], str]
    flipped: bool  # whether the rows run down the chart
    # The place of each row on its axis, in the order of `values`; empty where rows have none.
    at: list[float]


def vouch(ax: Axes, said: Mapping[tuple[str, object], str]) -> None:
    """Say how well values of a chart are known, by series and row."""
    ax.chart_status = {(series, str(row)): status for (series, row), status in said.items()}


def placed(panel: Panel, ax: Axes) -> tuple[str, list[float]]:
    """Give where rows stand on the drawing as it is now: x or y, and pixels from its top left."""
    frame = getattr(ax, "chart_frame", None)
    # An attached row stands at the tick of its name, if this drawing has room for that.
    at = panel.at if frame is None else _attached(frame, ax)[1]
    if not at:
        return "", []
    one, size = np.ones(len(at)), ax.figure.bbox.height
    points = np.array([one, at] if panel.flipped else [at, one]).T
    places = ax.transData.transform(points)
    return ("y", list(size - places[:, 1])) if panel.flipped else ("x", list(places[:, 0]))


def attach(ax: Axes, frame: pd.DataFrame, measure: str = "") -> None:
    """Give a chart the values that its marks alone do not tell."""
    ax.chart_frame, ax.chart_measure = frame.copy(), measure


def panels(figure: Figure) -> list[Panel]:
    """Read what each panel of a figure shows."""
    return [panel for ax in figure.axes if (panel := read_panel(ax)) is not None]


def tidy(found: Sequence[Panel]) -> pd.DataFrame:
    """Set out what a figure shows, one row a value."""
    rows = [
        (panel.title, row, series, statistic, value)
        for panel in found
        for row, values in zip(panel.values.index, panel.values.to_numpy(object), strict=True)
        for (series, statistic), value in zip(panel.values.columns, values, strict=True)
        if not pd.isna(value)
    ]
    columns = ["panel", "row", "series", "statistic", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return table if len(found) > 1 else table.drop(columns="panel")


def read_panel(ax: Axes) -> Panel | None:
    """Read one panel, or give None if it shows no series."""
    flipped = _flipped(ax)
    frame = getattr(ax, "chart_frame", None)
    values, at = _read(ax, flipped) if frame is None else _attached(frame, ax)
    if values.empty:
        return None
    rows = "" if frame is None else str(frame.index.name or "")
    rows = rows or next((name for name, form in _ROWS  # as far as their names tell
                         if all(re.fullmatch(form, row) for row in values.index)), "")  # fmt: skip
    scale, percent = _scale(ax.xaxis if flipped else ax.yaxis, values)
    measure = getattr(ax, "chart_measure", "")
    status = getattr(ax, "chart_status", {})
    return Panel(ax.get_title(loc="left"), rows, scale, percent, measure, values, status,
                 flipped, at)  # fmt: skip


def _attached(frame: pd.DataFrame, ax: Axes) -> tuple[pd.DataFrame, list[float]]:
    """Give an attached frame the form of one that was read, and its rows their places."""
    values = frame.set_axis(frame.index.map(str), axis=0).rename_axis(None)
    if values.columns.nlevels == 1:
        values.columns = pd.MultiIndex.from_product([values.columns.map(str), ["value"]])
    axis = ax.yaxis if _flipped(ax) else ax.xaxis
    named = {label.get_text(): tick for tick, label in
             zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)}  # fmt: skip
    named |= {row: float(row) for row in values.index if re.fullmatch(r"\d{4}|\d{1,2}", row)}
    known = all(row in named for row in values.index)
    at = [named[row] for row in values.index] if known else []
    return values.rename_axis([None, None], axis=1), at


def _flipped(ax: Axes) -> bool:
    """Whether the values run along the x axis, and the y axis names the rows."""
    bars = [c for c in ax.containers if isinstance(c, BarContainer)]
    if bars:
        return bars[0].orientation == "horizontal"
    if not isinstance(ax.yaxis.get_major_locator(), FixedLocator):
        return False
    ticks = [printer(ax.yaxis)(y) for y in ax.get_yticks()]
    return bool(ticks) and not any(re.match(r"[−-]?\d", tick) for tick in ticks)


def _read(ax: Axes, flipped: bool) -> tuple[pd.DataFrame, list[float]]:
    """Lay the drawn series side by side, a row a place; and say the places."""
    printed = printer(ax.yaxis if flipped else ax.xaxis)
    drawn = list(_drawn(ax, flipped))
    told_apart = all(len({printed(x) for x in at}) == len(set(at)) for _, _, at, _ in drawn)
    say = printed if told_apart else lambda place: f"{place:.10g}"
    columns: dict[tuple[str, str], dict[str, float]] = {}
    places: dict[str, float] = {}
    for name, statistic, at, values in drawn:
        points = {say(x): float(v) for x, v in zip(at, values, strict=True)}
        for x in at:
            places.setdefault(say(x), float(x))
        column = columns.setdefault(_free(columns, name, statistic, points), {})
        column.update(points)
    order = sorted(places, key=places.get, reverse=flipped and not ax.yaxis_inverted())
    frame = pd.DataFrame(columns, index=order, dtype=float)
    frame.columns = pd.MultiIndex.from_tuples(columns) if columns else frame.columns
    return frame, [places[row] for row in order]


def _free(columns: dict, name: str, statistic: str, points: dict[str, float]) -> tuple[str, str]:
    """Name a column: parts of one series share it, two series of one name do not."""
    number, key = 1, (name, statistic)
    while any(row in columns.get(key, {}) and columns[key][row] != points[row] for row in points):
        number += 1
        key = (f"{name} ({number})", statistic)
    return key


def _drawn(ax: Axes, flipped: bool) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Give name, statistic, places and values of each series."""
    for bars in ax.containers:
        if isinstance(bars, BarContainer) and named(bars):
            yield str(bars.get_label()), "value", *bar_points(bars)
    for line in ax.get_lines():
        if named(line):
            yield str(line.get_label()), "value", *_turned(line.get_data(), flipped)
    for dots in ax.collections:
        if isinstance(dots, PathCollection) and named(dots):
            yield str(dots.get_label()), "value", *_turned(np.array(dots.get_offsets()).T, flipped)
    for name, ends, value in _ranges(ax):
        if value is not None:
            yield name, "value", *_turned(value, flipped)
        if len(ends):
            at = np.round(ends[:, 1 if flipped else 0], 9)
            sizes = pd.Series(ends[:, 0 if flipped else 1]).groupby(at)
            for statistic, found in (("low", sizes.min()), ("high", sizes.max())):
                yield name, statistic, found.index.to_numpy(), found.to_numpy()


def _ranges(ax: Axes) -> Iterator[tuple[str, np.ndarray, tuple | None]]:
    """Give name, ends as points, and middle (where it is drawn) of bands and error bars."""
    for band in ax.collections:
        if isinstance(band, PolyCollection) and named(band):
            yield str(band.get_label()), np.vstack([p.vertices for p in band.get_paths()]), None
        elif isinstance(band, LineCollection) and named(band):
            yield str(band.get_label()), np.vstack(band.get_segments()), None
    for bars in ax.containers:
        if isinstance(bars, ErrorbarContainer) and named(bars):
            middle, _, spans = bars.lines
            ends = [end for span in spans for end in span.get_segments()]
            points = np.vstack(ends) if ends else np.empty((0, 2))
            yield str(bars.get_label()), points, None if middle is None else middle.get_data()


def _turned(points: object, flipped: bool) -> tuple[np.ndarray, np.ndarray]:
    """Put the place first and the value second."""
    x, y = (np.asarray(np.ma.filled(np.ma.asarray(p, float), np.nan)) for p in points)
    return (y, x) if flipped else (x, y)


def _scale(axis: object, values: pd.DataFrame) -> tuple[float, bool]:
    """Tell in which unit an axis prints, by what it prints for the largest value."""
    numbers = values.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    largest = np.nanmax(np.abs(numbers), initial=0.0)
    text = printer(axis)(largest) if largest > 0 else ""
    match = re.search(r"\d[\d,.]*(e[+-]?\d+)?", text)
    if match is None or (shown := float(match.group().replace(",", "").rstrip("."))) == 0:
        return (0.01, True) if "%" in text else (1.0, False)
    distance = {s: abs(np.log10(largest / shown / s)) for s in SCALES}
    return min(distance, key=distance.get), "%" in text
