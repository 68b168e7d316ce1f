"""Figures of one's own figures: lines, bars and forecasts of any series, in the house style."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from silktrade import codes, prose
from silktrade.doors import alike, read_economy
from silktrade.figures.axes import UNITS, plain
from silktrade.figures.canvas import canvas, end_marks, gap_note, label_ends, periods_on_x, unbroken
from silktrade.figures.drawing import INK, NEXT, QUIET
from silktrade.figures.layout import scale
from silktrade.series import PER_YEAR, described, read_series, read_values, read_wide

_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1.0, ""))
_COUNTED = {"thousand": 1e3, "million": 1e6, "billion": 1e9}  # what a unit may begin with
_PAST = 12  # periods of history beside a projection
_DIGITS = 3  # significant ones of a number in a title
_DEPTHS = (0.16, 0.22, 0.30)  # of bands, the outermost first


def chart(title: str, unit: str, source: str) -> Axes:
    """
    Start an empty chart in the house style, to be drawn on by matplotlib.

    With the house's colours in turn. A notebook shows it with its words; `st.save` writes a
    file that has them.

    Parameters
    ----------
    title : str
        The finding, in a sentence.
    unit : str
        What is measured, and in which unit: the line under the title.
    source : str
        Who published it; "Source:" is written before it.

    Examples
    --------
    >>> ax = chart("Rail carries more", "Thousand containers", "own count")
    >>> bars = ax.bar(["2023", "2024"], [1200, 1500])
    """
    return _chart(title, unit, source)


def lines(data: pd.Series | pd.DataFrame, title: str, *, unit: str = "", source: str = "") -> Axes:
    """
    Draw one series or several as lines, in the house style.

    A line a series, named at its end where there are several; it breaks where a period is not
    known.

    Parameters
    ----------
    data : Series or DataFrame
        By month, quarter or year: one series, or several side by side.
    title : str
        The finding, in a sentence.
    unit, source : str, optional
        What the numbers count and who published them; by default as `data.attrs` says.

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> ax = lines(pd.Series([1.0, 2.0, 4.0, 3.0], years), "Rail carries less", unit="tonnes")
    >>> len(ax.get_lines())
    1
    """
    one = not isinstance(data, pd.DataFrame) or data.shape[1] == 1
    read = read_series(data, "data").to_frame() if one else read_wide(data, "data")
    wide = _known(read, "data")
    factor, measure = _measure(wide, data, unit)
    ax = _chart(title, measure + gap_note(wide), source, data)
    x = periods_on_x(ax, wide.index)
    drawn = [
        ax.plot(x, wide[c], label=_name(c), **({"color": codes.colour(c)} if _told(c) else {}))[0]
        for c in wide
    ]
    _numbers(ax, factor)
    if not one:
        ends = [(line, wide[c].last_valid_index()) for line, c in zip(drawn, wide, strict=True)]
        label_ends(ax, [
            (x[wide.index.get_loc(end)], line.get_ydata()[wide.index.get_loc(end)],
             line.get_label(), line.get_color()) for line, end in ends if end is not None
        ])  # fmt: skip
    return ax


def bars(values: pd.Series, title: str, *, unit: str = "", source: str = "") -> Axes:
    """
    Draw numbers as bars, in the house style.

    A bar a number, from 0.

    Parameters
    ----------
    values : Series
        Known numbers, in the order of the bars, under the names that stand below them; of months,
        quarters or years in their order, with those named that have room.
    title : str
        The finding, in a sentence.
    unit, source : str, optional
        What the numbers count and who published them; by default as `values.attrs` says.

    Examples
    --------
    >>> ax = bars(pd.Series({"Rail": 3.0, "Road": 5.0}), "Road carries more", unit="tonnes")
    >>> [float(bar.get_height()) for bar in ax.patches]
    [3.0, 5.0]
    """
    timed = isinstance(getattr(values, "index", None), pd.PeriodIndex)
    known = (read_series if timed else read_values)(values, "values").dropna()
    if known.empty:
        raise ValueError("values must hold known numbers, got none")
    factor, measure = _measure(known.to_frame(), values, unit)
    label = str(known.name or "value")
    if timed:
        ax = _chart(title, measure + gap_note(unbroken(known)), source, values)
        ax.bar(periods_on_x(ax, known.index), known, label=label,
               width=0.8 / PER_YEAR[known.index.freqstr[0]])  # fmt: skip
    else:
        ax = _chart(title, measure, source, values)
        ax.bar(range(len(known)), known, label=label)
        ax.set_xticks(range(len(known)), [str(name) for name in known.index])
        ax.xaxis.names = True  # a bar's name may be a year, and stands at the bar's number
    _numbers(ax, factor)
    return ax


def fan(
    history: pd.Series,
    table: pd.DataFrame,
    name: str = "",
    currency: str = "",
    came: pd.Series | None = None,
    *,
    months: pd.Series | None = None,
    source: str = "",
) -> Axes:
    """
    Draw a history and the fan of its forecast or projection.

    The line is the median, the bands the limits on both sides of it. The unit of a forecast is
    that of `history.attrs`. Of the history of a projection the last years are drawn.

    Parameters
    ----------
    history : Series
        Known values by period. For a projection of trade, by year in full units of `currency`.
    table : DataFrame
        From `forecast`, in the unit of the history: a row a period, a column a quantile, at least
        one on each side of 0.5. Or from `intervals`, of one partner, flow and model.
    name : str, optional
        Of a projection: code of the partner or region. Left out for the forecast of any series.
    currency : {'USD', 'CNY'}, optional
        Of a projection.
    came : Series, optional
        Of a projection: what is known now; years that were projected are marked.
    months : Series, optional
        Of a projection: months known on its day; their sums stand in the years projected.
    source : str, optional
        Publishers; by default as `attrs` of history and table say.

    Examples
    --------
    >>> years = pd.period_range("2000", periods=20, freq="Y")
    >>> wagons = pd.Series(range(100, 120), years, name="Wagons")
    >>> ax = fan(wagons, st.forecast(wagons, 3, level=[80, 95]))
    >>> ax.get_lines()[-1].get_label()
    'Forecast, median'
    """
    alike("currency", {"history": history, "table": table, "came": came, "months": months,
                       "currency": currency})  # fmt: skip
    known = _known(read_series(history, "history"), "history")
    projected = not isinstance(name, str) or name != ""
    # Where a year was drawn for its parts alone, the sum of it is known.
    base = table.attrs.get("base") if projected and isinstance(table, pd.DataFrame) else None
    ahead = table if base is None else table[table.index.get_level_values("period") != base]
    bands, pairs = _bands(ahead, known.index)
    came = read_series(known if came is None else came, "came") if projected else known[:0]
    came = came.reindex(bands.index).dropna()
    if projected:
        title, measure = _projection(bands, read_economy(name, "name"), currency, came)
        known, factor, what = known.iloc[-_PAST:], 1e9, "Projection"
        so_far, to = _so_far(months, bands.index)
        measure += gap_note(known) + to + ("; diamond: as it came" if len(came) else "")
    else:
        every = pd.concat([known.to_frame("x"), bands])
        factor, measure = _measure(every, history, "")
        counted = _counted(every, _unit(history))[1]
        title, what = _forecast(bands, pairs, known.name, factor, counted), "Forecast"
        measure += gap_note(known)
    ax = _chart(title, measure, source, history, table)
    x = dict(zip(every := known.index.union(bands.index), periods_on_x(ax, every), strict=True))
    first = pd.DataFrame([[known.iloc[-1]] * bands.shape[1]], [known.index[-1]], bands.columns)
    whole = pd.concat([first, bands])
    ahead = [x[p] for p in whole.index]
    for (lower, upper), depth in zip(pairs, _DEPTHS[-len(pairs) :], strict=False):
        ax.fill_between(ahead, whole[lower], whole[upper], color=NEXT, alpha=depth, linewidth=0,
                        label=f"{100 * (upper - lower):.0f} % interval")  # fmt: skip
    ax.plot([x[p] for p in known.index], known, color=codes.colour(name or codes.REGION),
            label="Known", **end_marks(known))  # fmt: skip
    ax.plot(ahead, whole[0.5], color=NEXT, linestyle=(0, (3, 1.5)), label=f"{what}, median")
    if projected and len(so_far):
        ax.bar([x[p] for p in so_far.index], so_far, color=codes.colour(name), alpha=0.35,
               width=0.5, label="Known so far")  # fmt: skip
    if len(came):
        ax.plot([x[p] for p in came.index], came, "D", color=INK, markersize=6, label="As it came")
    _numbers(ax, factor)
    scale(ax, zero=bool(min(known.min(), bands.min(axis=None)) >= 0))
    held = {0.5: "median"} | {q: f"{100 * (p[1] - p[0]):.0f} %" for p in pairs[:2] for q in p}
    label_ends(ax, [
        (ahead[-1], bands.iloc[-1][q], f"{_said(bands.iloc[-1][q], factor)} ({said})",
         NEXT if q == 0.5 else QUIET) for q, said in held.items()
    ], gap=0.07)  # fmt: skip
    return ax


def _so_far(months: object, ahead: pd.PeriodIndex) -> tuple[pd.Series, str]:
    """Sum the months known of the years ahead, and say to where they reach."""
    if months is None:
        return pd.Series(dtype=float), ""
    known = read_series(months, "months").dropna()
    known = known[known.index.asfreq("Y").isin(ahead)]
    sums = known.groupby(known.index.asfreq("Y")).sum()
    return sums, f"; bar: known months, to {known.index[-1]:%B %Y}" if len(known) else ""


def _projection(bands: pd.DataFrame, name: str, currency: str, came: pd.Series) -> tuple[str, str]:
    """Say what is projected, how it came, and what is measured."""
    codes.one_of("currency", currency, codes.CURRENCIES)
    shown = bands.iloc[-2:]  # a year that is nearly known and two ahead would be a long title
    verb = "was" if shown.index[-1] in came.index else "is"
    said = []
    for year, row in shown.iterrows():
        middle, ends = (prose.money(row[0.5], currency),
                        prose.money_pair(row[0.1], row[0.9], currency, "to"))  # fmt: skip
        scale_said = middle[middle.index(" ") :]
        said.append(f"{middle} in {year} (80 %: {ends.removesuffix(scale_said)})")
    title = f"Trade with {codes.label(name)} {verb} projected at {' and '.join(said)}"
    told = came[came.index.isin(shown.index)]
    if len(told):
        say = prose.money_pair if len(told) > 1 else prose.money
        what = "it" if len(told) == len(shown) else told.index[0]
        title += f"; {what} came to {say(*told, currency)}"
    return title, f"China's exports plus imports, {UNITS[currency]} a year"


def _forecast(
    bands: pd.DataFrame, pairs: list[tuple[float, float]], name: object, factor: float, counted: str
) -> str:
    """Say what is forecast."""
    low, high = next((p for p in pairs if p == (0.1, 0.9)), pairs[-1])
    said = [_said(bands.iloc[-1][q], factor) for q in (0.5, low, high)]
    subject = _name(name) or "The series"
    return (
        f"{subject[0].upper()}{subject[1:]} is forecast at {said[0]} {counted} in "
        f"{_named(bands.index[-1])}; {prose.percent(high - low, digits=0)} interval {said[1]} to "
        f"{said[2]}"
    ).replace("  ", " ")


def _chart(title: str, unit: str, source: str, *behind: pd.Series | pd.DataFrame) -> Axes:
    """Start a chart whose lines take the house's colours in turn."""
    for name, given in (("title", title), ("unit", unit), ("source", source)):
        codes.text(name, given)
    ax = canvas(title, unit, *behind, source=source)
    ax.set_prop_cycle(color=[INK, *map(codes.colour, codes.PARTNERS), NEXT])
    return ax


def _known(data: pd.Series | pd.DataFrame, name: str) -> pd.Series | pd.DataFrame:
    """Lay out from the first known period to the last."""
    known = data.dropna(how="all")
    if known.empty:
        raise ValueError(f"{name} must hold known numbers, got none")
    return unbroken(known)


def _bands(
    table: pd.DataFrame, known: pd.PeriodIndex
) -> tuple[pd.DataFrame, list[tuple[float, float]]]:
    """Read a forecast: its quantiles by period, and the pairs of them, the widest first."""
    names = table.index.names if isinstance(table, pd.DataFrame) else ()
    if "period" in names and table.index.unique("period").size == len(table):
        table = table.set_axis(table.index.get_level_values("period"), axis=0)
    elif "model" in names and len(names) > 1:
        models = table.index.unique("model")
        raise ValueError(
            f"table must be of one model, got {models.size}: take one, such as "
            f"table.loc[{models[0]!r}]"
        )
    if not isinstance(table, pd.DataFrame) or table.index.nlevels > 1:
        raise ValueError(f"table must be from `forecast`, got {described(table)}")
    bands = read_wide(table, "table")
    quantiles = [q for q in bands if isinstance(q, float) and 0 < q < 1]
    pairs = [(q, 1 - q) for q in sorted(quantiles) if q < 0.5]
    pairs = [(q, other) for q, p in pairs for other in quantiles if math.isclose(other, p)]
    if 0.5 not in quantiles or not pairs or bands[quantiles].isna().to_numpy().any():
        raise ValueError(
            "table must have the quantile 0.5 and one pair around it, all known: write "
            "forecast(series, horizon, level=[80, 95])"
        )
    after = len(known) and len(bands) and bands.index.freqstr == known.freqstr
    if not after or bands.index[0] <= known[-1]:
        ends = f"{known[-1]}, got {bands.index[0] if len(bands) else 'none'}"
        raise ValueError(
            f"table must begin after the history ends in {ends}: forecast that very series"
        )
    return bands[quantiles], pairs


def _measure(wide: pd.DataFrame, data: pd.Series | pd.DataFrame, unit: str) -> tuple[float, str]:
    """Choose the scale that an axis prints, and say name, scale and unit."""
    codes.text("unit", unit)
    said, rate = unit or _unit(data), not unit and data.attrs.get("unit") == "fraction"
    scale, counted = (0.01, said) if rate else _counted(wide, said)
    name = _name(data.name) if isinstance(data, pd.Series) else ""
    return scale, ", ".join(dict.fromkeys(part for part in (name, counted) if part))


def _counted(wide: pd.DataFrame, unit: str) -> tuple[float, str]:
    """Choose a scale, and say it with the unit: a million thousand dollars are billions."""
    largest = wide.abs().max().max()
    scale, word = next((pair for pair in _WORDS if largest >= pair[0]), _WORDS[-1])
    lead, _, rest = unit.partition(" ")
    if word and rest and (times := _COUNTED.get(lead.casefold())):
        scale, word = next(pair for pair in _WORDS if largest * times >= pair[0])
        scale, unit = scale / times, rest
    return scale, " ".join(part for part in (word, unit) if part)


def _unit(data: pd.Series | pd.DataFrame) -> str:
    """Give the unit that data say of themselves; a fraction is drawn in percent."""
    currency = codes.CURRENCY_LABELS.get(data.attrs.get("currency"), "")
    unit = str(data.attrs.get("unit") or currency)
    return "%" if unit == "fraction" else unit


def _numbers(ax: Axes, scale: float) -> None:
    """Print the y axis in a scale, with parted thousands and a true minus."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: plain(y / scale)))


def _said(value: float, scale: float) -> str:
    """Say a number in the scale of the chart."""
    shown = value / scale
    whole = math.floor(math.log10(abs(shown))) if shown else 0
    return f"{shown:,.{min(max(_DIGITS - 1 - whole, 0), 9)}f}".replace("-", prose.MINUS)


def _told(name: object) -> bool:
    """Tell the code of an economy or a region."""
    return isinstance(name, str) and name in codes.ECONOMIES


def _name(name: object) -> str:
    """Name a series: an economy by its label, another as it is."""
    if isinstance(name, tuple):
        return ", ".join(codes.label(str(part)) for part in name)
    return codes.label(name) if _told(name) else "" if name is None else str(name)


def _named(period: pd.Period) -> str:
    """Name a period in a sentence."""
    return period.strftime({"M": "%B %Y", "Q": "Q%q %Y", "Y": "%Y"}[period.freqstr[0]])
