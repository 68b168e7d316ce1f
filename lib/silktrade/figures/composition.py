"""Figures of what is traded: fuels, the largest product, both sides' chapters, single goods."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from silktrade import codes, prose
from silktrade.doors import filled, table, takes
from silktrade.figures.axes import UNITS, billions_on_x, billions_on_y, percent_on_x, percent_on_y
from silktrade.figures.canvas import canvas, label_ends, periods_on_x, rows_on_y, unbroken
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import scale
from silktrade.schema import TRADE

# The leading good stands out; the others have a dash each, and their names at their ends.
_SHADES = ((INK, "-"), (QUIET, "-"), (QUIET, (0, (5, 2))), (MID, "-"), (MID, (0, (2, 2))))


@takes(
    table=table("basket_concentration", "exporter importer period largest_share", text="largest")
)
def largest_products(table: pd.DataFrame) -> Axes:
    """
    Draw the largest product of each basket in the last year known.

    The share of the largest product in its basket, fractions, the largest first.

    Parameters
    ----------
    table : DataFrame
        From `basket_concentration`.

    Examples
    --------
    >>> rows = st.basket_concentration(st.load_products(partners=("KAZ", "TKM")))
    >>> len(largest_products(rows).patches)
    4
    """
    year = table["period"].max()
    rows = table[table["period"] == year].sort_values("largest_share", ascending=False)
    names = [
        f"{codes.label(r.exporter)} to {codes.label(r.importer)}: {codes.label(r.largest).lower()}"
        for r in rows.itertuples()
    ]
    most, least = rows.iloc[0], rows.iloc[-1]
    title = (
        f"In {year} one product was {prose.percent(most['largest_share'], digits=0)} of what "
        f"{codes.label(most['exporter'])} sold to {codes.label(most['importer'])}; the broadest "
        f"basket, {codes.label(least['exporter'])} to {codes.label(least['importer'])}, had "
        f"{prose.percent(least['largest_share'], digits=0)} in its largest"
    )
    ax = canvas(title, "Share of the largest product in the basket, percent", table,
                height=0.36 * len(rows) + 1.8)  # fmt: skip
    bars = ax.barh(range(len(rows)), rows["largest_share"], color=QUIET, height=0.62,
                   label="Share of the largest product")  # fmt: skip
    ax.bar_label(bars, [prose.percent(v, digits=0) for v in rows["largest_share"]], padding=4)
    rows_on_y(ax, names)
    percent_on_x(ax)
    ax.set_xlim(0, 1.0)
    return ax


@takes(
    pairs=table(
        "pair_reports",
        "exporter importer product currency period exporter_value importer_value",
        key="exporter importer product period",
    )
)
def sides_by_product(pairs: pd.DataFrame, count: int = 12) -> Axes:
    """
    Draw what exporter and importer report of the same products in the last year both know.

    Full units of the currency, both fob; a bar a side.

    Parameters
    ----------
    pairs : DataFrame
        From `pair_reports`, by product, of one exporter and importer.
    count : int
        How many products are drawn, the largest by the exporter's report first.

    Examples
    --------
    >>> pairs = st.pair_reports(st.load_products("HS2"))
    >>> ax = sides_by_product(pairs[pairs["exporter"] == "CHN"], 5)
    >>> [bars.get_label() for bars in ax.containers]
    ['as China reports it', 'as Kazakhstan reports it']
    """
    both = pairs.dropna(subset=["exporter_value", "importer_value"])
    if both.empty or count < 1:
        raise ValueError("pairs must hold a product that both sides know, and count be 1 or more")
    year, currency = both["period"].max(), both["currency"].iloc[0]
    rows = both[both["period"] == year].nlargest(count, "exporter_value")
    seller, buyer = (codes.label(rows[side].iloc[0]) for side in ("exporter", "importer"))
    far = rows.loc[(rows["exporter_value"] - rows["importer_value"]).abs().idxmax()]
    title = (
        f"{codes.label(far['product'])} from {seller} to {buyer} in {year}: "
        f"{prose.money(far['exporter_value'], currency)} as {seller} counts, "
        f"{prose.money(far['importer_value'], currency)} as {buyer} does"
    )
    ax = canvas(title, f"{UNITS[currency].capitalize()}, fob, the {len(rows)} largest chapters",
                pairs, height=0.5 * len(rows) + 1.8)  # fmt: skip
    names = [codes.label(product) for product in rows["product"]]
    partner = rows["importer" if rows["exporter"].iloc[0] == "CHN" else "exporter"].iloc[0]
    shades = {"CHN": INK, partner: codes.colour(partner)}
    for offset, side in ((-0.15, "exporter"), (0.15, "importer")):
        code = rows[side].iloc[0]
        ax.barh([i + offset for i in range(len(rows))], rows[f"{side}_value"], height=0.29,
                color=shades.get(code, INK),
                label=f"as {codes.label(code)} reports it")  # fmt: skip
    rows_on_y(ax, names)
    billions_on_x(ax)
    ax.legend(frameon=False, loc="lower right")
    return ax


@takes(
    weight=table(
        "part_of_total", "partner flow product period", known="share", key="product period"
    )
)
def goods_lines(weight: pd.DataFrame) -> Axes:
    """
    Draw what single goods weigh in one flow with one partner, over the years.

    Fractions of the flow, a line a product; years that are not known leave a gap.

    Parameters
    ----------
    weight : DataFrame
        From `part_of_total`, of one partner and flow.

    Examples
    --------
    >>> weight = st.part_of_total(st.load_goods(partners="KAZ"), st.load_trade())
    >>> [line.get_label() for line in goods_lines(weight).get_lines()]
    ['Crude oil', 'Pipeline gas']
    """
    wide = unbroken(weight.pivot(index="period", columns="product", values="share"))
    lead = wide[wide.max().idxmax()].dropna()
    partner, flow = codes.label(weight["partner"].iloc[0]), weight["flow"].iloc[0]
    side = f"China's {flow}s {'to' if flow == 'export' else 'from'} {partner}"
    last, top = lead.index[-1], lead.idxmax()
    before = f", after {prose.percent(lead[top], digits=0)} in {top}" if top != last else ", a peak"
    title = (
        f"{codes.label(lead.name)} was {prose.percent(lead[last], digits=0)} of {side} in {last}"
        f"{before}"
    )
    ax = canvas(title, f"Share of {side}, percent", weight)
    x = periods_on_x(ax, wide.index)
    ends = []
    for product, (shade, dash) in zip(wide, cycle(_SHADES)):
        name, known = codes.label(product), wide[product].dropna()
        ax.plot(x, wide[product], color=shade, label=name, linestyle=dash)
        ends.append((known.index[-1].year, known.iloc[-1], name, QUIET if shade == MID else shade))
    percent_on_y(ax)
    scale(ax, zero=True)
    label_ends(ax, ends, gap=0.07)
    return ax


@takes(gas=filled(TRADE, one="reporter flow product"))
def gas_bars(gas: pd.DataFrame) -> Axes:
    """
    Draw what China paid for pipeline gas, by partner and year.

    Full units of the currency; a group of bars a year.

    Parameters
    ----------
    gas : DataFrame
        From `load_gas`.

    Examples
    --------
    >>> [bars.get_label() for bars in gas_bars(st.load_gas()).containers]
    ['Kazakhstan', 'Turkmenistan', 'Uzbekistan']
    """
    wide = gas.pivot(index="period", columns="partner", values="value")
    currency, year = gas["currency"].iloc[0], wide.index[-1]
    sums = wide.dropna().sum(axis=1)
    if sums.empty or not (sums > 0).all():
        raise ValueError("gas must hold a year of which all is known, and above 0")
    lead = wide.loc[year].idxmax()
    change = sums.iloc[-1] / sums.iloc[-2] - 1 if len(sums) > 1 else None
    title = (
        f"China's bill for pipeline gas {prose.phrase_growth(change, sums.iloc[-1], currency)} in "
        f"{year}, {prose.percent(wide.loc[year, lead] / sums.iloc[-1], digits=0)} of it for "
        f"{codes.label(lead)}"
    )
    ax = canvas(title, f"{UNITS[currency].capitalize()} a year, cif", gas)
    width = 0.8 / wide.shape[1]
    x = np.array(periods_on_x(ax, wide.index))
    for i, code in enumerate(wide):
        place = x + (i - (wide.shape[1] - 1) / 2) * width
        ax.bar(place, wide[code], width=width * 0.92, color=codes.colour(code),
               label=codes.label(code))  # fmt: skip
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{round(v)}"))
    ax.set_xticks(x)

    def key(narrow: bool) -> None:
        ax.legend(frameon=False, ncols=2 if narrow else 3, loc="lower left", bbox_to_anchor=(0, 1),
                  borderaxespad=0.2, handlelength=1, columnspacing=1.2)  # fmt: skip

    key(narrow=False)
    ax.figure.on_phone.append(key)
    billions_on_y(ax)
    scale(ax, zero=True)
    return ax
