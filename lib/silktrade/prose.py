"""
Prose: numbers and directions as words, so that no sentence of a report is typed in.

A sentence about a figure is computed from it: turn the data round, and the words turn with them.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.days import read_day
from silktrade.doors import anything, by_flow, keyed, parts, read_year, series, table, takes, wide
from silktrade.frames import last_day, sources_of
from silktrade.series import described, number, read_series

MINUS, NARROW = "\u2212", "\u00a0%"
EXPLAINED = {  # texts that several notebooks show, or that a parameter decides on
    "concentration": "The concentration index (Herfindahl-Hirschman) is the sum of squared shares, "
    r"$H = \sum_i s_i^2$: one over their number if all were equal, 1 if there were one alone.",
    "season": "X-13ARIMA-SEATS takes out the season and the Chinese New Year, by regressors for "
    "the days before, during and after it. Its effect is learned from China's trade with the "
    "world, whose history is long, and lent to the partners where it fits: three years hold "
    "three holidays, too few to learn it from. How far a history this short misses is "
    "measured on the world's trade, cut to the same length, and raised in proportion where "
    'months are noisier. "Proven" asks for seven years and for every test to be passed. Where '
    "M7 or Q is 1 or more no season can be told, and the months are shown as published. A month "
    "that X-13 takes for an outlier is adjusted by the season of the other years: its height is "
    "the month's own, and no new level.",
}
_HALF_A_POINT = 0.005
_MOVES = {"verb": ("rose", "fell", "did not change"), "direction": ("up", "down", "unchanged")}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def money(value: float, currency: str, *, digits: int = 3) -> str:
    """
    Say an amount of money, with its scale and currency.

    Parameters
    ----------
    value : float
        In full units of `currency`.
    currency : {'USD', 'CNY'}
        Of the value.
    digits : int
        Significant digits.

    Examples
    --------
    >>> money(94_821_069_000, "USD"), money(-674.75e9, "CNY")
    ('94.8 billion dollars', '\u2212675 billion yuan')
    """
    value, digits = real("value", value), codes.whole("digits", digits)
    codes.one_of("currency", currency, codes.CURRENCIES)
    for scale, word in _SCALES:
        if abs(value) >= scale * (1 - 0.5 * 10**-digits):
            return f"{_significant(value / scale, digits)} {word} {codes.CURRENCY_LABELS[currency]}"
    return f"{_significant(value, digits)} {codes.CURRENCY_LABELS[currency]}"


def money_pair(first: float, second: float, currency: str, joint: str = "and") -> str:
    """
    Say two amounts of money, with the scale once where they share it.

    Parameters
    ----------
    first, second : float
        In full units of `currency`.
    currency : {'USD', 'CNY'}
        Of both.
    joint : str
        The word between them.

    Examples
    --------
    >>> money_pair(71.2e9, 35.1e9, "USD", "against")
    '71.2 against 35.1 billion dollars'
    """
    left, right = money(first, currency), money(second, currency)
    number, *scale = left.split(" ")
    same = scale == right.split(" ")[1:]
    return f"{number if same else left.rsplit(' ', 1)[0]} {joint} {right}"


def percent(rate: float, *, digits: int = 1, sign: bool = False) -> str:
    """
    Say a fraction as a percentage, with a no-break space before the sign.

    Parameters
    ----------
    rate : float
        A fraction: 0.12 is 12 %.
    digits : int
        Decimals.
    sign : bool
        Whether to write a plus before a rise.

    Examples
    --------
    >>> percent(0.373).replace(chr(0xA0), " "), percent(0.05, sign=True).replace(chr(0xA0), " ")
    ('37.3 %', '+5.0 %')
    """
    rate, digits = real("rate", rate), codes.whole("digits", digits, 0)
    text = f"{rate * 100:+,.{digits}f}" if codes.flag("sign", sign) else f"{rate * 100:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    return text.replace("-", "\u2212") + "\u00a0%"


def stated(value: float, unit: str, rounding: float = 0.0) -> str:
    """Say a number in the unit it counts."""
    codes.one_of("unit", unit, (*codes.CURRENCIES, "fraction", "times"))
    if value is None or _missing(value):
        return "–"
    value, rounding = real("value", value), real("rounding", rounding)
    scale, least = {"fraction": (0.01, 1), "times": (1.0, 1)}.get(unit, (1e9, 2))
    asked = round(-math.log10(2 * rounding / scale)) if rounding > 0 else least
    digits = min(max(least, asked), 12)
    if unit == "fraction":
        return percent(value, digits=digits)
    if unit == "times":
        return f"{value:,.{digits}f} times"
    if 0 < abs(value) < 0.1 * scale:
        digits = max(digits, 1 - math.floor(math.log10(abs(value) / scale)))
    return f"{value / scale:,.{digits}f} billion {codes.CURRENCY_LABELS[unit]}"


def phrase_growth(
    rate: float | None,
    level: float | None = None,
    currency: str | None = None,
    *,
    style: str = "verb",
    digits: int = 1,
) -> str:
    """
    Say a growth rate in words, and the level that it led to.

    Parameters
    ----------
    rate : float or None
        Growth, a fraction; None or NaN, not known, only where `level` is given.
    level : float, optional
        The amount that was reached, in full units of `currency`, which it must have.
    currency : {'USD', 'CNY'}, optional
        Of the level.
    style : {'verb', 'direction'}
        "rose …" or "up …".
    digits : int
        Decimals of the percentage; a rate that rounds to nothing did not change.

    Returns
    -------
    str
        "rose …", "fell …", "did not change"; "up …", "down …", "unchanged"; with a level
        "rose … to …", "stayed at …", or "came to …" where growth is not known.

    Examples
    --------
    >>> [phrase_growth(r).replace(chr(0xA0), " ") for r in (0.061, -0.02, 0.0001)]
    ['rose 6.1 %', 'fell 2.0 %', 'did not change']
    >>> phrase_growth(0.061, 5e9, "USD", style="direction").replace(chr(0xA0), " ")
    'up 6.1 % to 5.00 billion dollars'
    """
    codes.one_of("style", style, _MOVES)
    known = rate is not None and not _missing(rate)
    if level is None or known:
        rate, digits = real("rate", rate), codes.whole("digits", digits, 0)
    amount = "" if level is None else money(level, currency)
    if not known:
        return f"came to {amount}"
    up, down, neither = _MOVES[style]
    if round(rate * 100, digits) == 0:
        return f"stayed at {amount}" if amount else neither
    said = f"{up if rate > 0 else down} {percent(abs(rate), digits=digits)}"
    return f"{said} to {amount}" if amount else said


def record(values: pd.Series) -> str:
    """
    Say whether the last value of a series is its highest or lowest.

    Parameters
    ----------
    values : Series
        Indexed by period; periods that are not known are absent or NaN.

    Returns
    -------
    str
        ", a record", ", the lowest on record", ", the highest since …", ", the lowest since …" or
        "", to be set after an amount; where a period in between is not known, "the highest known
        since" and so on, because that one may have been higher or lower.

    Examples
    --------
    >>> years = pd.period_range("2020", "2023", freq="Y")
    >>> record(pd.Series([1.0, 4.0, 2.0, 3.0], years))
    ', the highest since 2021'
    """
    values = read_series(values, "values").dropna()
    if values.empty:
        raise ValueError("values must hold one known period at least, got none")
    last, before = values.iloc[-1], values.iloc[:-1]
    if before.empty or last == before.iloc[-1]:
        return ""
    rising = last > before.iloc[-1]
    other = before[before >= last] if rising else before[before <= last]
    word = "highest" if rising else "lowest"
    if other.empty:
        whole = _unbroken(values.index)
        high = ", a record" if whole else ", the highest known"
        return high if rising else f", the lowest {'on record' if whole else 'known'}"
    known = "" if _unbroken(values.loc[other.index[-1] :].index) else "known "
    return f", the {word} {known}since {other.index[-1]}"


def day(date: str | pd.Timestamp) -> str:
    """
    Say a day, by day, month and year.

    Parameters
    ----------
    date : str or Timestamp
        A day as YYYY-MM-DD.

    Examples
    --------
    >>> day("2023-12-31")
    '31 December 2023'
    """
    moment = read_day(date, "date")
    return f"{moment.day} {moment.strftime('%B %Y')}"


def listed(parts: list[str]) -> str:
    """
    Join words into a list, with commas and an "and".

    Parameters
    ----------
    parts : list of str
        At least one.

    Examples
    --------
    >>> listed(["Kazakhstan", "Kyrgyzstan", "Uzbekistan"])
    'Kazakhstan, Kyrgyzstan and Uzbekistan'
    """
    if isinstance(parts, str) or not isinstance(parts, Iterable) or not (parts := list(parts)):
        raise ValueError(f"parts must be a list of words, one at least, got {parts!r}")
    wrong = [part for part in parts if not isinstance(part, str)]
    if wrong:
        raise ValueError(f"parts must be words, got {wrong[0]!r}")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


@takes(shares=parts)
def named_shares(shares: pd.Series, count: int = 3) -> str:
    """
    Say which products weigh most, and how much in whole percents.

    Parameters
    ----------
    shares : Series
        Fractions of one basket, indexed by product.
    count : int
        How many are named.

    Examples
    --------
    >>> named_shares(pd.Series({"26": 0.265, "27": 0.22, "74": 0.18}), 2).replace("\u00a0", " ")
    'ores (26 %) and mineral fuels (22 %)'
    """
    largest = shares.nlargest(count).items()
    return listed([f"{codes.label(p).lower()} ({percent(s, digits=0)})" for p, s in largest])


def span(first: pd.Period, last: pd.Period) -> str:
    """
    Say a span of months or years.

    Parameters
    ----------
    first, last : Period
        Months, or years.

    Returns
    -------
    str
        "April 2026", "January and February 2026", "January to April 2026", "May 2025 to April
        2026", or "2025" for all of it; "2020 to 2025".

    Examples
    --------
    >>> span(pd.Period("2026-01", "M"), pd.Period("2026-04", "M"))
    'January to April 2026'
    """
    for name, one in (("first", first), ("last", last)):
        if not isinstance(one, pd.Period) or one.freqstr[0] not in "MY" or pd.isna(one):
            raise ValueError(f"{name} must be a month or a year, a Period, got {one!r}")
    if last.freqstr != first.freqstr or last < first:
        raise ValueError(f"last must be of the frequency of first and not before it, got {last}")
    whole = "%Y" if first.freqstr[0] == "Y" else "%B %Y"
    if first == last or (first.year == last.year and (first.month, last.month) == (1, 12)):
        return last.strftime(whole if first == last else "%Y")
    same = first.year == last.year
    joint = "and" if same and (last - first).n == 1 else "to"
    return f"{first.strftime('%B' if same else whole)} {joint} {last.strftime(whole)}"


@takes(frame=table("load_trade", "period", empty=True))
def reach(frame: pd.DataFrame) -> str:
    """
    Say from when to when a frame reaches; "none" of no rows.

    Parameters
    ----------
    frame : DataFrame
        With a column `period`.

    Examples
    --------
    >>> reach(pd.DataFrame({"period": pd.period_range("2022-01", "2022-03", freq="M")}))
    'January to March 2022'
    """
    return span(frame["period"].min(), frame["period"].max()) if len(frame) else "none"


@takes(rate=anything, quarters=series("Q", least=0))
def turn(rate: float | None, quarters: pd.Series, currency: str) -> str:
    """
    Say how the latest quarter grew, where its sign is not that of the year.

    Parameters
    ----------
    rate : float or None
        Growth of the year, a fraction; None or NaN where it is not known.
    quarters : Series
        Growth by quarter on a year before, fractions.
    currency : {'USD', 'CNY'}
        In which the quarters are measured.

    Returns
    -------
    str
        "; in October to December 2025 it fell …", to be set after the year's growth, or "".

    Examples
    --------
    >>> last = pd.PeriodIndex(["2025Q4"], freq="Q")
    >>> turn(0.198, pd.Series([-0.302], last), "USD").replace(chr(0xA0), " ")
    '; in October to December 2025 it fell 30.2 % in dollars on a year before'
    """
    if rate is None or _missing(rate) or quarters.empty:
        return ""
    latest, said = quarters.index[-1], phrase_growth(quarters.iloc[-1])
    if said.split()[0] == phrase_growth(rate).split()[0] or said == "did not change":
        return ""
    when = span(latest.asfreq("M", "start"), latest.asfreq("M", "end"))
    return f"; in {when} it {said} in {codes.CURRENCY_LABELS[currency]} on a year before"


@takes(both=wide(least=0, columns="growth without"), swung=by_flow, period=read_year)
def but_for(
    both: pd.DataFrame,
    swung: pd.Series,
    period: str | int | pd.Period,
    *,
    least: float = 0.01,
    why: bool = True,
) -> str:
    """
    Say what growth is without the flows that come and go, where they matter.

    Parameters
    ----------
    both : DataFrame
        From `growth_without`.
    swung : Series
        From `swings`.
    period : str, int or Period
        The year of the growth that is told.
    least : float
        The smallest difference that is told, a fraction.
    why : bool
        Whether to say how far they swing.

    Returns
    -------
    str
        " (… without imports from Kyrgyzstan, which swing …)", to be set after the growth, or "".

    Examples
    --------
    >>> key, year = pd.MultiIndex.from_tuples([("KGZ", "import")]), pd.Period("2025")
    >>> rates = pd.DataFrame({"growth": [0.121], "without": [0.098]}, pd.PeriodIndex([year]))
    >>> but_for(rates, pd.Series([64.6], key), year).replace(chr(0xA0), " ")
    ' (+9.8 % without imports from Kyrgyzstan, which swing 65-fold within five years)'
    """
    period = pd.Period(period, "Y")
    if period not in both.index:
        return ""
    rate, without = both.loc[period, ["growth", "without"]]
    if not abs(rate - without) >= least:  # or not known
        return ""
    swing = f", which swing {'at least ' if len(swung) > 1 else ''}{swung.min():.0f}-fold"
    swing = f"{swing} within five years" if why else ""
    flows = listed(flow_names(swung.index))
    return f" ({percent(without, sign=True)} without {flows}{swing})"


@takes()
def times(ratio: float) -> str:
    """
    Say how many times as large.

    With one decimal below ten; from a hundred on "about" and two figures, as the base of such a
    multiple is small and known to no more.

    Parameters
    ----------
    ratio : float
        Above 0.

    Examples
    --------
    >>> times(243.06), times(2.31), times(38.2)
    ('about 240 times', '2.3 times', '38 times')
    """
    if ratio >= 100:
        return f"about {float(f'{ratio:.2g}'):,.0f} times"
    return f"{ratio:.{1 if ratio < 10 else 0}f} times"


@takes(medians=parts)
def alike(medians: pd.Series, *, least: float = 0.01) -> str:
    """
    Say what several versions project: one figure where they do not differ by as much as a point.

    Parameters
    ----------
    medians : Series
        Growth by version, named by the index, fractions.
    least : float
        The smallest difference that draws can tell, a fraction.

    Examples
    --------
    >>> alike(pd.Series([0.074, 0.11], ["one", "two"])).replace(chr(0xA0), " ")
    '+7 % on one and +11 % on two'
    """
    said = [percent(m, digits=0, sign=True) for m in medians]
    if medians.max() - medians.min() < least:
        return f"{said[0]} on each of the {len(said)}, which draws cannot tell apart"
    return listed([f"{rate} on {name}" for rate, name in zip(said, medians.index, strict=True)])


def flow_names(keys: pd.Index) -> list[str]:
    """Name flows in a sentence."""
    return [f"{codes.FLOW_WITH[flow]} {codes.label(partner)}" for partner, flow in keys]


@takes()
def points(difference: float, *, digits: int = 1, sign: bool = False) -> str:
    """
    Say a difference of two rates in percentage points.

    Parameters
    ----------
    difference : float
        A fraction: 0.012 is 1.2 points.
    digits : int
        Decimals.
    sign : bool
        Whether to write a plus before a rise.

    Examples
    --------
    >>> points(-0.0129), points(0.01, digits=0, sign=True)
    ('−1.3 points', '+1 point')
    """
    text = percent(difference, digits=digits, sign=sign).removesuffix("\u00a0%")
    return f"{text} {'point' if text in ('1', '+1', MINUS + '1') else 'points'}"


@takes()
def miss(projected: float, came: float) -> float:
    """
    Measure how far growth came from its projection, as the printed parts have it.

    Parameters
    ----------
    projected, came : float
        Growth, fractions.

    Returns
    -------
    float
        What came, in tenths of a percent, less the projection in whole ones: a fraction.

    Examples
    --------
    >>> miss(0.0744, 0.0607), miss(0.039, 0.1211)
    (-0.01, 0.08)
    """
    return round(round(100 * came, 1) - round(100 * projected)) / 100


@takes(row=keyed(0.1, 0.5, 0.9, "outturn"))
def turned_out(row: pd.Series) -> str:
    """
    Say what was projected, with its 80 % range, in whole percents, and what came in tenths.

    Parameters
    ----------
    row : Series
        From `evaluate`: 0.1, 0.5, 0.9 and outturn, fractions.

    Examples
    --------
    >>> row = pd.Series({0.1: -0.128, 0.5: 0.0744, 0.9: 0.424, "outturn": 0.0607})
    >>> turned_out(row).replace(chr(0xA0), " ")
    '+7 % was projected, four chances in five between −13 % and +42 %, and +6.1 % came'
    """
    low, middle, high = (percent(row[q], digits=0, sign=True) for q in (0.1, 0.5, 0.9))
    reach = f"four chances in five between {low} and {high}"
    return f"{middle} was projected, {reach}, and {percent(row['outturn'], sign=True)} came"


@takes(table=table("intervals", known=(0.1, 0.9), levels="partner flow"))
def least_sure(table: pd.DataFrame) -> str:
    """
    Say which flow is the least sure part of a projected growth.

    Parameters
    ----------
    table : DataFrame
        From `intervals(projected_contributions(...), "contribution")`, of one model and period.

    Examples
    --------
    >>> keys = pd.MultiIndex.from_tuples([("KGZ", "import"), ("KAZ", "export")],
    ...                                  names=["partner", "flow"])
    >>> least_sure(pd.DataFrame({0.1: [-0.02, 0.0], 0.9: [0.15, 0.06]}, keys))
    'The least sure part is imports from Kyrgyzstan, which add between −2 and +15 points.'
    """
    row = table.loc[[(table[0.9] - table[0.1]).idxmax()]]
    keys = pd.MultiIndex.from_arrays([row.index.get_level_values(k) for k in ("partner", "flow")])
    low, high = (percent(row[q].iloc[0], digits=0, sign=True) for q in (0.1, 0.9))
    if low == high:
        return "What each flow adds is known to within a point."
    reach = f"{low.removesuffix(NARROW)} and {high.removesuffix(NARROW)} points"
    return f"The least sure part is {flow_names(keys)[0]}, which add between {reach}."


@takes(effects=table("channel_intervals", known=(0.1, 0.5, 0.9), levels="scenario", key="scenario"))
def told_apart(effects: pd.DataFrame, labels: Mapping[str, str] | pd.Series) -> str:
    """
    Say what each scenario does to growth, the largest first, and which do nothing that can be told.

    Parameters
    ----------
    effects : DataFrame
        Indexed by scenario first: what it adds to the baseline's growth, with columns 0.1, 0.5
        and 0.9, fractions; a scenario whose 80 % range holds 0 is not told from the baseline.
    labels : mapping of str, or Series indexed by scenario
        The words for each scenario.

    Examples
    --------
    >>> index = pd.Index(["up", "down", "yuan"], name="scenario")
    >>> rows = pd.DataFrame({0.1: [0.01, -0.1, -0.01], 0.5: [0.02, -0.05, 0.0],
    ...                      0.9: [0.03, -0.01, 0.01]}, index)
    >>> told_apart(rows, {"up": "Faster", "down": "Slowdown", "yuan": "Yuan up"})
    '“Slowdown” takes 5 points away, “Faster” adds 2 points; “Yuan up” cannot be told from it'
    """
    rows = effects.set_axis(effects.index.get_level_values("scenario"), axis=0)
    rows = rows.drop("baseline", errors="ignore")
    labels = dict(labels.items()) if isinstance(labels, Mapping | pd.Series) else {}
    lacking = [s for s in rows.index if s not in labels]
    if lacking:
        raise ValueError(f"labels must name every scenario, got none for {lacking[0]}")
    known = rows[0.1] * rows[0.9] > 0
    moves = known & (rows[0.5].abs() >= _HALF_A_POINT)
    large = rows.loc[moves, 0.5].sort_values(key=abs, ascending=False)
    said = [f"“{labels[s]}” {_added(middle)}" for s, middle in large.items()]
    little, unsure = ([f"“{labels[s]}”" for s in rows.index[chosen]]
                      for chosen in (known & ~moves, ~known))  # fmt: skip
    parts = [", ".join(said)] if said else []
    if little:
        verb = "move" if len(little) > 1 else "moves"
        parts.append(f"{listed(little)} {verb} it by less than half a point")
    if unsure:
        parts.append(f"{listed(unsure)} cannot be told from it")
    return "; ".join(parts)


def _added(middle: float) -> str:
    """Say what is added or taken away, in whole points."""
    size = points(abs(middle), digits=0)
    return f"adds {size}" if middle > 0 else f"takes {size} away"


def _missing(value: object) -> bool:
    """Tell whether a number is not known."""
    return number(value) is not None and np.isnan(number(value))


def real(name: str, value: object) -> float:
    """Return a number that can be said: known and finite."""
    read = number(value)
    if read is None or not np.isfinite(read):
        told = "NaN" if _missing(value) else repr(value) if np.isscalar(value) else described(value)
        raise ValueError(f"{name} must be a known number, got {told}: say what is known alone")
    return read


def _unbroken(periods: pd.PeriodIndex) -> bool:
    """Tell whether periods follow each other without a gap."""
    return len(periods) == (periods[-1] - periods[0]).n + 1


def _significant(number: float, digits: int) -> str:
    """Round to significant digits, without an exponent."""
    rounded = float(f"{number:.{digits}g}")  # first, as it may gain a digit: 99.96 is 100
    whole = len(str(int(abs(rounded))))
    return f"{rounded:,.{max(digits - whole, 0)}f}".replace("-", "\u2212")


class Source(str):
    """A line of sources that knows its day."""

    # The last day on which what it names had to be public, YYYY-MM-DD; None if no day was set.
    as_of: str | None = None


def source_line(*frames: object) -> str:
    """
    Name the publishers behind frames or totals, each once, in the order of appearance.

    Parameters
    ----------
    *frames : DataFrame or Series
        With a column `source`, or `attrs["source"]` (a Series of totals).

    Examples
    --------
    >>> source_line(st.load_indicator("oil_brent"))
    'World Bank'
    """
    for frame in frames:
        column_of(frame, "source")
    names = dict.fromkeys(codes.SOURCES.get(source, source) for source in sources_of(*frames))
    line = Source(", ".join(names))
    line.as_of = last_day(*frames)
    return line


def column_of(frame: object, name: str) -> pd.Series | None:
    """Give a column of a frame or a series, None where there is none; refuse all else."""
    if not isinstance(frame, pd.DataFrame | pd.Series):
        raise ValueError(f"frames must be from the loaders, got {described(frame)}")
    if name not in getattr(frame, "columns", ()):
        return None
    if not isinstance(frame[name], pd.Series):
        raise ValueError(f"frames must have each column once, got {name} twice: drop one")
    return frame[name]
