"""Figures of the two sides of one trade: what each side sees of it, and the reconciled series."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from silktrade import codes, prose
from silktrade.doors import RANGES, filled, table, takes
from silktrade.figures.axes import (
    UNITS,
    billions_on_x,
    billions_on_y,
    in_billions,
    percent_on_x,
    percent_on_y,
)
from silktrade.figures.canvas import canvas, end_marks, label_ends, periods_on_x, rows_on_y
from silktrade.figures.colours import dashes
from silktrade.figures.drawing import INK, MID, QUIET
from silktrade.figures.layout import scale
from silktrade.figures.marks import cut
from silktrade.figures.projections import TOLD, draw_ranges
from silktrade.frames import last_day, sources_of
from silktrade.schema import TRADE, frequency_of


@takes(
    gaps=table(
        "mirror_gaps", "exporter importer period", known="log_ratio", key="exporter importer period"
    )
)
def seen_by_importer(gaps: pd.DataFrame) -> Axes:
    """
    Draw how much of what one side sends the other side records.

    The importer's report over the exporter's, both fob, a line a partner. At 1 the two agree.

    Parameters
    ----------
    gaps : DataFrame
        From `mirror_gaps`, all with China as exporter, or all with China as importer.

    Examples
    --------
    >>> pairs = st.pair_reports(st.load_trade(), st.load_trade(reporter=("KGZ", "UZB")))
    >>> gaps = st.mirror_gaps(pairs)
    >>> ax = seen_by_importer(gaps[gaps["exporter"] == "CHN"])
    >>> [line.get_label() for line in ax.get_lines()][:2]
    ['Kyrgyzstan', 'Uzbekistan']
    """
    sold = gaps["exporter"].iloc[0] == "CHN"
    if not (gaps["exporter" if sold else "importer"] == "CHN").all():
        raise ValueError("gaps must be of China's exports alone, or of its imports alone")
    partner = gaps["importer"] if sold else gaps["exporter"]
    ratio = np.exp(-gaps["log_ratio"])
    wide = gaps.assign(partner=partner, ratio=ratio).pivot(
        index="period", columns="partner", values="ratio"
    )
    year, last = wide.index[-1], wide.iloc[-1].dropna()
    far = np.log(last).abs().idxmax()
    seller, buyer = ("China", codes.label(far)) if sold else (codes.label(far), "China")
    title = (
        f"For each dollar that {seller} says it sold to {buyer} in {year}, {buyer} recorded "
        f"{last[far]:.2f}"
    )
    ax = canvas(title, "Importer's report over exporter's report, both fob, percent", gaps)
    whole = wide.reindex(pd.period_range(wide.index.min(), wide.index.max(), name="period"))
    x = periods_on_x(ax, whole.index)
    ends = []
    dash = dashes([codes.colour(code) for code in wide])
    for code, line in zip(wide, dash, strict=True):
        name, colour, known = codes.label(code), codes.colour(code), wide[code].dropna()
        ax.plot(x, whole[code], color=colour, label=name, linestyle=line, **end_marks(whole[code]))
        ends.append((known.index[-1].year, known.iloc[-1], name, colour))
    ax.axhline(1, color=QUIET, linewidth=0.8)
    # A lone year far above the others would press them flat: it is cut, and its value printed.
    top = min(wide.max(axis=None), 3 * max(1.0, wide.stack().median()))
    ax.set_ylim(0, top * 1.05)
    percent_on_y(ax)
    gone = {code: values[values > top * 1.05] for code, values in wide.items()}
    gone = {code: beyond for code, beyond in gone.items() if len(beyond)}
    for line, (code, beyond) in enumerate(gone.items()):
        said = f"{codes.label(code)} {prose.percent(beyond.iloc[-1], digits=0)}"
        style = {"color": codes.colour(code), "weight": "bold"}
        style["xytext"] = (0, -15 * line)  # below each other
        cut(ax, [p.year for p in beyond.index[::-1]], beyond.iloc[::-1], said, **style)
    label_ends(ax, [end for end in ends if end[1] <= top * 1.05], gap=0.065)
    return ax


@takes(gaps=table("mirror_gaps", "exporter importer currency period gap"))
def gap_bars(gaps: pd.DataFrame) -> Axes:
    """
    Draw how much more the exporter reports than the importer, in each pair's last common year.

    Full units of the currency, the largest first; below 0 the importer reports more.

    Parameters
    ----------
    gaps : DataFrame
        From `mirror_gaps`.

    Examples
    --------
    >>> pairs = st.pair_reports(st.load_trade(), st.load_trade(reporter=("KGZ", "UZB")))
    >>> gaps = st.mirror_gaps(pairs)
    >>> len(gap_bars(gaps).patches)
    4
    """
    last = gaps.sort_values("period").groupby(["exporter", "importer"]).tail(1)
    last = last.iloc[last["gap"].abs().argsort()[::-1]].reset_index(drop=True)
    lead, currency = last.iloc[0], gaps["currency"].iloc[0]
    side = "more" if lead["gap"] > 0 else "less"
    title = (
        f"In {lead['period']} {codes.label(lead['exporter'])} reported "
        f"{prose.money(abs(lead['gap']), currency)} {side} in exports to "
        f"{codes.label(lead['importer'])} than {codes.label(lead['importer'])} in imports"
    )
    names = [
        f"{codes.label(r.exporter)} to {codes.label(r.importer)}, {r.period}"
        for r in last.itertuples()
    ]
    measure = f"Exporter's less importer's report, both fob, {UNITS[currency]}"
    ax = canvas(title, measure, gaps, height=0.4 * len(last) + 1.5)
    bars = ax.barh(range(len(last)), last["gap"], color=QUIET, height=0.62,
                   label="Exporter's less importer's report")  # fmt: skip
    ax.axvline(0, color=QUIET, linewidth=0.8)
    rows_on_y(ax, names)
    billions_on_x(ax)
    ax.margins(x=0.12)
    # As many decimals for all: three figures of the widest gap.
    places = len(in_billions(last["gap"].abs().max()).partition(".")[2])
    said = [f"{gap / 1e9:.{places}f}".replace("-", "−") for gap in last["gap"]]
    ax.bar_label(bars, said, padding=4)
    return ax


@takes(
    own=filled(TRADE, "Y", one="reporter partner flow product"),
    other=filled(TRADE, "Y", one="reporter partner flow product"),
    made=table("reconcile", "period value low high weight", key="period"),
)
def reconciled(own: pd.DataFrame, other: pd.DataFrame, made: pd.DataFrame) -> Axes:
    """
    Draw one flow as each side reports it, and reconciled with its 95 % limits.

    Full units of the currency, each side as it is valued.

    Parameters
    ----------
    own, other : DataFrame
        TRADE of one flow: of its own reporter, and of the partner's report (the opposite flow).
    made : DataFrame
        The same flow from `reconcile`.

    Examples
    --------
    >>> china, kyrgyz = st.load_trade(partners="KGZ"), st.load_trade(reporter="KGZ")
    >>> half = st.reconcile(china, kyrgyz, weights="equal")
    >>> parts = [f[f["flow"] == flow] for f, flow in
    ...          ((china, "export"), (kyrgyz, "import"), (half, "export"))]
    >>> reconciled(*parts).get_lines()[-1].get_label()
    'Reconciled'
    """
    partner, flow, currency = (own[c].iloc[0] for c in ("partner", "flow", "currency"))
    side = f"as {codes.label(partner)} reports it"
    series = {"as China reports it": own, side: other}
    series = {name: f.set_index("period")["value"] for name, f in series.items()}
    made = made.sort_values("period")
    if frequency_of(made) != "Y":
        raise ValueError("made must be annual, as own and other are")
    start = min(f["period"].min() for f in (own, other, made))
    whole = pd.period_range(start, made["period"].max())
    last = made.iloc[-1]
    title = (
        f"China's {flow}s {'to' if flow == 'export' else 'from'} {codes.label(partner)} in "
        f"{last['period']}, reconciled: {prose.money(last['value'], currency)}, with "
        f"{prose.percent(last['weight'])} of the weight on China's report"
    )
    measure = f"{UNITS[currency].capitalize()} a year; band: 95 % limits of the reconciled series"
    ax = canvas(title, measure, own, other)
    x = periods_on_x(ax, whole)
    joined = made.set_index("period").reindex(whole)
    ax.fill_between(x, joined["low"], joined["high"], color=MID, alpha=0.3, linewidth=0,
                    label="95 % limits")  # fmt: skip
    ends = []
    for (name, values), colour in zip(series.items(), (INK, codes.colour(partner)), strict=True):
        run = values.reindex(whole)
        ax.plot(x, run, color=colour, label=name, **end_marks(run))
        ends.append((values.index[-1].year, values.iloc[-1], name.split(" ")[1], colour))
    ax.plot(x, joined["value"], color=QUIET, linestyle=(0, (4, 2)), label="Reconciled")
    ends.append((last["period"].year, last["value"], "Reconciled", QUIET))
    # Limits far beyond the values would press them flat: they are cut, and their end printed.
    top = 1.5 * max(v.max() for v in (*series.values(), made["value"]))
    highest = joined["high"].max()
    ax.set_ylim(0, min(top, highest) if top > 0 else 1)
    scale(ax)
    gone = joined["high"][joined["high"] > ax.get_ylim()[1]]
    if len(gone):
        said = f"95 % limits to {in_billions(highest)}"
        cut(ax, [p.year for p in gone.index], gone, said, color=QUIET)
    billions_on_y(ax)
    label_ends(ax, ends, gap=0.07)
    return ax


def _versions(given: object, name: str) -> pd.DataFrame:
    """Read rows by version, and let the table say of itself what they say."""
    if isinstance(given, Mapping) and all(isinstance(row, pd.Series) for row in given.values()):
        rows, given = [*given.values()], pd.DataFrame(given).T
        given.attrs = {"source": ", ".join(sources_of(*rows)), "as_of": last_day(*rows)}
    return table("intervals", known=RANGES)(given, name)


@takes(table=_versions)
def projections_by_source(table: pd.DataFrame | Mapping[str, pd.Series], currency: str) -> Axes:
    """
    Draw what is projected from each version of the past.

    Fractions; a dot for the median, bars for 80 and 95 %.

    Parameters
    ----------
    table : DataFrame, or mapping of Series
        One row a version, by its name; 0.025, 0.1, 0.5, 0.9 and 0.975 of growth.
    currency : {'USD', 'CNY'}
        In which growth is measured.

    Examples
    --------
    >>> rows = pd.DataFrame([[-0.2, -0.1, 0.05, 0.2, 0.3], [-0.2, -0.1, 0.08, 0.2, 0.4]],
    ...     index=["China's report", "Both, a half each"],
    ...     columns=[0.025, 0.1, 0.5, 0.9, 0.975])
    >>> projections_by_source(rows, "USD").get_title()
    ''
    """
    names = list(table.index)
    first, medians = names[0], table[0.5]
    spread = medians.max() - medians.min()
    moved = (medians - medians.iloc[0]).abs().idxmax()
    rate, other = (prose.percent(m, digits=0) for m in (medians.iloc[0], medians[moved]))
    if spread < TOLD:
        title = f"Whose report is taken makes no difference that draws can tell: a median of {rate}"
    else:
        title = f"The median moves from {rate} to {other} when the past is {moved}, not {first}"
    unit = codes.CURRENCY_LABELS[currency]
    measure = f"Projected growth in {unit}, percent; thick bar 80 %, thin bar 95 %"
    ax = canvas(title, measure, table, height=0.55 * len(table) + 1.5)
    draw_ranges(ax, table, names, "Past")
    percent_on_x(ax)
    return ax
