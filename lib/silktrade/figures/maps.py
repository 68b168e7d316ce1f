"""Maps: the five beside China, with what flows between them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import filled, read_economy, read_year, takes
from silktrade.figures.axes import UNITS, in_billions
from silktrade.figures.canvas import canvas
from silktrade.figures.chart_data import attach
from silktrade.figures.drawing import GRID, INK, LAND, QUIET
from silktrade.schema import OUTLINE, TRADE

_PARALLELS, _MIDDLE = (28.0, 47.0), (36.0, 90.0)  # degrees: of no distortion; latitude, longitude
_EAST, _SOUTH = 104.0, 35.6  # degrees at which the picture ends
_PHONE_EAST = 91.0
_TALLEST, _WIDTH = 0.10, 0.017  # of the bar of the largest flow, in radii of the earth
_BASES = {
    "KAZ": (67.0, 47.4), "KGZ": (75.6, 41.6), "TJK": (71.4, 37.6), "TKM": (56.4, 38.6),
    "UZB": (63.6, 42.2),
}  # longitude and latitude of the foot of a partner's bars; of others, the middle  # fmt: skip
_CHINA = (88.0, 41.0)  # of its name: near the five
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
    Draw a map of China's partners, with the flows of one year as bars on one scale.

    Two bars a partner, as high as its flows, on one scale for all; areas of countries are true.

    Parameters
    ----------
    trade : DataFrame
        TRADE of China with the partners that are drawn, annual.
    outlines : DataFrame
        OUTLINE of China and all of them: from `load_outlines`, of the five.
    partner : str
        The partner that is set off, with its values.
    year : str, optional
        The year drawn; by default the last one of which every flow is known.

    Examples
    --------
    >>> ax = flow_map(st.load_trade(), st.load_outlines(), "KAZ", "2024")
    >>> len(ax.patches)  # seven rings, ten bars
    17
    """
    held = set(trade["partner"])
    sides = [p for p in codes.COMTRADE if p in held]
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
    behind = trade[trade["period"] == year]
    measure = f"{UNITS[currency].capitalize()} in {year}; all bars on one scale"
    source = f"{prose.source_line(behind, outlines)}; {_BORDERS}"
    ax = canvas(title, measure, behind, outlines, source=source, height=5.4)
    places = _draw_countries(ax, outlines, partner)
    _frame(ax, outlines[outlines["economy"].isin(sides)])
    for other, row in wide.iterrows():
        _draw_flows(ax, places[other], other, row, wide.max(axis=None), other == partner)
    _key(ax)
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
    """Fill the outlines, and say where in each country its bars stand."""
    places = {}
    for economy, rows in outlines.groupby("economy"):
        for _, ring in rows.groupby("part"):
            x, y = conic(ring["longitude"].to_numpy(), ring["latitude"].to_numpy())
            ax.fill(x, y, facecolor=GRID if economy == partner else LAND, edgecolor="white",
                    linewidth=1.0, label="_outline")  # fmt: skip
        largest = rows[rows["part"] == rows["part"].value_counts().index[0]]
        known = _BASES.get(economy)
        places[economy] = tuple(map(float, conic(*known))) if known else _centre(largest)
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
    ax: Axes, place: tuple[float, float], partner: str, row: pd.Series, largest: float, chosen: bool
) -> None:
    """Draw both flows of a partner as bars above its name, and below it the chosen one's values."""
    x, y = place
    for side, flow in ((-1, "export"), (1, "import")):
        height = _TALLEST * row[flow] / largest
        ax.bar([x + side * _WIDTH / 2], [height], bottom=y, width=_WIDTH * 0.92,
               color=codes.colour(flow), label=f"_{flow}")  # fmt: skip
        if chosen:
            said = ax.annotate(
                in_billions(row[flow]), (x, y), weight="bold", xytext=(5 * side, -19),
                textcoords="offset points", color=codes.colour(flow),
                ha="right" if side < 0 else "left", va="top",
            )  # fmt: skip
            # On a phone other names stand in the way, and the title has the values.
            ax.figure.on_phone.append(lambda narrow, said=said: said.set_visible(not narrow))
    ax.annotate(codes.label(partner), (x, y), xytext=(0, -3), textcoords="offset points",
                ha="center", va="top", weight="bold" if chosen else "normal",
                color=INK if chosen else QUIET)  # fmt: skip


def _frame(ax: Axes, partners: pd.DataFrame) -> None:
    """Show the partners whole, and China as far east as there is room: the rest would be empty."""
    x, y = conic(partners["longitude"].to_numpy(), partners["latitude"].to_numpy())
    # Room below for a name, above for a bar.
    ax.set_ylim(min(y.min(), float(conic(90.0, _SOUTH)[1])) - 0.01, y.max() + 0.07)
    ax.set_aspect("equal", anchor="W")
    ax.set_axis_off()

    def fit(narrow: bool) -> None:
        east = float(conic(_PHONE_EAST if narrow else _EAST, 40.0)[0])
        ax.set_xlim(x.min() - 0.01, max(east, x.max() + 0.01))

    fit(narrow=False)
    ax.figure.on_phone.append(fit)
    ax.figure.taller = -1.7
    ax.text(*conic(*_CHINA), codes.label("CHN"), ha="center", va="center", color=QUIET)


def _key(ax: Axes) -> None:
    """Name the two colours above the map, where no country is."""
    for i, flow in enumerate(codes.FLOWS):
        ax.text(1.0, 1.0 - 0.075 * i, codes.label(flow), transform=ax.transAxes, ha="right",
                va="top", weight="bold", color=codes.colour(flow))  # fmt: skip
