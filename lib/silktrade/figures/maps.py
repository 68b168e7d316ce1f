"""Maps: China and the five, with what flows between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from silktrade import codes, prose
from silktrade.doors import filled, read_economy, read_year, takes
from silktrade.figures.canvas import INK, QUIET, UNITS, canvas
from silktrade.figures.chart_data import attach
from silktrade.schema import OUTLINE, TRADE

WIDEST = 15.0  # points, of the largest flow
_PARALLELS, _MIDDLE = (28.0, 47.0), (36.0, 90.0)  # degrees: of no distortion; latitude, longitude
_CHINA = (102.0, 36.0)  # where flows start and end in China: west of its middle, near the five
_EAST, _SOUTH = 112.0, 29.0  # degrees at which the picture ends
_NAMES = {
    "CHN": (104.0, 36.0, "left"), "KAZ": (62.5, 49.6, "center"), "KGZ": (72.3, 44.3, "center"),
    "TJK": (70.5, 36.3, "center"), "TKM": (58.0, 39.3, "center"), "UZB": (60.8, 42.6, "center"),
}  # longitude, latitude, alignment  # fmt: skip
_BORDERS = "borders de facto by Natural Earth, no position on any is taken"


def conic(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Project longitudes and latitudes so that areas stay true."""
    # Albers' conic projection of a sphere, parallels 28° and 47° north:
    # x = \rho \sin n(\lambda - \lambda_0), \quad y = \rho_0 - \rho \cos n(\lambda -
    #    \lambda_0), \quad \rho = \sqrt{C - 2 n \sin \varphi} / n .
    # Snyder, J. P. (1987). Map projections: a working manual. US Geological Survey
    # Professional Paper 1395, 98-103.
    first, second = np.sin(np.radians(_PARALLELS))
    n = (first + second) / 2
    c = 1 - first**2 + 2 * n * first
    rho = np.sqrt(c - 2 * n * np.sin(np.radians(latitude))) / n
    rho0 = np.sqrt(c - 2 * n * np.sin(np.radians(_MIDDLE[0]))) / n
    angle = n * np.radians(np.asarray(longitude) - _MIDDLE[1])
    return rho * np.sin(angle), rho0 - rho * np.cos(angle)


@takes(trade=filled(TRADE), outlines=filled(OUTLINE), partner=read_economy, year=read_year)
def flow_map(
    trade: pd.DataFrame, outlines: pd.DataFrame, partner: str, year: str | None = None
) -> Axes:
    """
    Draw a map of China and its partners, with the flows of one year as arrows.

    Parameters
    ----------
    trade : DataFrame
        TRADE of China with the partners that are drawn, annual.
    outlines : DataFrame
        OUTLINE of China and all of them: from `load_outlines`, of the five.
    partner : str
        The partner that is set off; the flows of the others are grey.
    year : str, optional
        The year drawn; by default the last one of which every flow is known.

    Returns
    -------
    Axes
        An arrow a flow, as wide as its value, on one scale for all; areas of countries are true.

    Raises
    ------
    ValueError
        If a flow of the year is not known, or an outline is missing.

    Examples
    --------
    >>> from silktrade import load_outlines, load_trade
    >>> ax = flow_map(load_trade(), load_outlines(), "KAZ", "2024")
    >>> len(ax.patches)  # seven rings, ten arrows
    17
    """
    sides = [p for p in codes.COMTRADE if p in set(trade["partner"])]
    codes.one_of("partner", partner, sides)
    lacking = [p for p in ("CHN", *sides) if not (outlines["economy"] == p).any()]
    if lacking:
        raise ValueError(
            f"outlines must hold {', '.join(lacking)}, got none: take load_outlines(), which are "
            "of the five, or add outlines to them"
        )
    year = year or _last_whole_year(trade, len(sides))
    wide = trade[trade["period"] == year].pivot(index="partner", columns="flow", values="value")
    wide = wide.reindex(index=sides, columns=list(codes.FLOWS))
    if wide.isna().any(axis=None):
        raise ValueError(f"every flow must be known in {year} to be drawn: choose another year")
    currency, name = trade["currency"].iloc[0], codes.label(partner)
    sold, bought = wide.loc[partner]
    title = f"China sold {name} {prose.money(sold, currency)} of goods in {year} and bought "
    title += prose.money(bought, currency)
    source = f"{prose.source_line(trade[trade['period'] == year], outlines)}; {_BORDERS}"
    ax = canvas(title, f"Width of arrows: {UNITS[currency]} in {year}", source, height=4.7)
    places = _draw_countries(ax, outlines, partner)
    for other in sorted(sides, key=lambda p: p == partner):
        _draw_flows(ax, places, other, wide.loc[other] / wide.max(axis=None), other == partner)
    _name_countries(ax, {s: places[s] for s in ("CHN", *sides)}, partner)
    _key(ax, wide.loc[partner], currency)
    _frame(ax, outlines[outlines["economy"].isin(sides)])
    said = [f"{codes.label(p)}: China's exports {prose.money(row['export'], currency)}, imports "
            f"{prose.money(row['import'], currency)}" for p, row in wide.iterrows()]  # fmt: skip
    whom = (
        "the five"
        if sides == list(codes.PARTNERS)
        else prose.listed([codes.label(s) for s in sides])
    )
    ax.set_label(f"Map of China and {whom} with arrows for trade in {year}. {'. '.join(said)}.")
    data = wide.rename(index=codes.label, columns=codes.label).rename_axis("Partner")
    attach(ax, data / 1e9, UNITS[currency].capitalize())
    return ax


def _last_whole_year(trade: pd.DataFrame, sides: int) -> str:
    """Find the last year of which every flow is known; the last of all if there is none."""
    known = trade["period"].value_counts()
    whole = known.index[known == sides * len(codes.FLOWS)]
    return str(max(whole, default=trade["period"].max()))


def _draw_countries(
    ax: Axes, outlines: pd.DataFrame, partner: str
) -> dict[str, tuple[float, float]]:
    """Fill the outlines, and say where in each country flows begin."""
    places = {}
    for economy, rows in outlines.groupby("economy"):
        chosen = economy in (partner, "CHN")
        face = "#f1e3cf" if economy == partner else "#e6e6e6" if chosen else "#f4f4f4"
        for _, ring in rows.groupby("part"):
            x, y = conic(ring["longitude"].to_numpy(), ring["latitude"].to_numpy())
            ax.fill(x, y, facecolor=face, edgecolor="#8a8a8a", linewidth=0.7, label="_outline")
        largest = rows[rows["part"] == rows["part"].value_counts().index[0]]
        places[economy] = _centre(largest)
    x, y = conic(*_CHINA)
    places["CHN"] = (float(x), float(y))
    return places


def _centre(ring: pd.DataFrame) -> tuple[float, float]:
    """Give the centre of gravity of a ring."""
    x, y = conic(ring["longitude"].to_numpy(), ring["latitude"].to_numpy())
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() * 3
    if area == 0:  # all its points lie on one line
        return float(x.mean()), float(y.mean())
    centre = [((v[:-1] + v[1:]) * cross).sum() / area for v in (x, y)]
    return float(centre[0]), float(centre[1])


def _draw_flows(
    ax: Axes, places: dict[str, tuple[float, float]], partner: str, parts: pd.Series, chosen: bool
) -> None:
    """Draw both flows between China and a partner, bent apart."""
    for flow, (start, end) in {"export": ("CHN", partner), "import": (partner, "CHN")}.items():
        width = max(WIDEST * parts[flow], 0.5)
        ax.add_patch(FancyArrowPatch(
            places[start], places[end], connectionstyle="arc3,rad=0.22", linewidth=width,
            arrowstyle=f"-|>,head_length={0.25 if width > 4 else 0.5},head_width=0.25",
            mutation_scale=12, color=codes.colour(flow) if chosen else "#b5b5b5",
            alpha=0.85 if chosen else 0.55, capstyle="butt", joinstyle="miter", shrinkA=3,
            shrinkB=3, zorder=3 if chosen else 2, label=f"_{flow}",
        ))  # fmt: skip


def _name_countries(ax: Axes, places: dict[str, tuple[float, float]], partner: str) -> None:
    """Write the names, where they stand in nobody's way; the chosen ones are bold."""
    halo = [withStroke(linewidth=3, foreground="white", alpha=0.85)]
    for economy, centre in places.items():
        longitude, latitude, side = _NAMES.get(economy, (np.nan, np.nan, "center"))
        chosen = economy in (partner, "CHN")
        x, y = conic(longitude, latitude) if economy in _NAMES else centre
        ax.text(x, y, codes.label(economy), ha=side, va="center", size=12 if chosen else 10.5,
                weight="bold" if chosen else "normal", color=INK if chosen else QUIET, zorder=5,
                path_effects=halo)  # fmt: skip


def _frame(ax: Axes, partners: pd.DataFrame) -> None:
    """Show the partners whole and China as far east as its flows begin: the rest would be empty."""
    x, y = conic(partners["longitude"].to_numpy(), partners["latitude"].to_numpy())
    ax.set_xlim(x.min() - 0.01, conic(_EAST, 40.0)[0])
    ax.set_ylim(conic(90.0, _SOUTH)[1], y.max() + 0.01)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _key(ax: Axes, values: pd.Series, currency: str) -> None:
    """Name the two colours, each with its value, where no country is."""
    for i, flow in enumerate(codes.FLOWS):
        said = f"{codes.label(flow)}\n{prose.money(values[flow], currency)}"
        ax.text(0.0, 0.25 - 0.15 * i, said, transform=ax.transAxes, ha="left", va="top",
                size=11, weight="bold", color=codes.colour(flow), zorder=6)  # fmt: skip
