"""Answers: sentences that several measures make together, and that more than one notebook tells."""

from typing import NamedTuple

import pandas as pd

from silktrade import codes
from silktrade.doors import any_currency, filled, read_year, series, table, takes
from silktrade.measures.latest import growth_without, latest, swings
from silktrade.measures.trade import contributions, growth, quarters
from silktrade.projection.signals import carry_over
from silktrade.prose import but_for, money, percent, phrase_growth, points, record, span, turn
from silktrade.schema import TRADE


class Told(NamedTuple):
    """What is said of the last year of a total."""

    text: str  # after the total's name in a sentence
    short: str  # as a title
    newest: str = ""  # a sentence on the months after that year, with a space before it


@takes(
    total=series("Y", told=True), flows=filled(TRADE),
    months=any_currency(series("M", least=0, told=True)),
)  # fmt: skip
def tell_growth(
    total: pd.Series, flows: pd.DataFrame | None = None, months: pd.Series | None = None
) -> Told:
    """
    Tell how a total grew in its last year, and what a reader must know beside it.

    Parameters
    ----------
    total : Series
        Annual, from `load_totals`.
    flows : DataFrame, optional
        TRADE, annual, whose sum it is: flows that come and go are told apart.
    months : Series, optional
        The same total by month, from `load_totals`: the months after that year are told, in the
        title too where they went the other way; where there are none, a last quarter that did.

    Examples
    --------
    >>> tell_growth(st.load_totals("UZB", as_of="2025-06-30")).short.replace(chr(0xA0), " ")
    'down 1.8 % to 13.8 billion dollars in 2024'
    >>> months = st.load_totals("KGZ", frequency="M", currency="CNY", as_of="2026-06-30")
    >>> tell_growth(st.load_totals("KGZ"), months=months).newest.replace(chr(0xA0), " ")
    ' In January to April 2026 trade fell 34.0 % in yuan on a year before.'
    """
    year, level, currency = total.index[-1], total.iloc[-1], total.attrs["currency"]
    rate = growth(total).get(year)
    text = f"{phrase_growth(rate, level, currency)} in {year}{record(total)}"
    if flows is not None:
        swung = swings(flows)
        text += but_for(growth_without(flows, swung), swung, year)
    short, newest = f"{phrase_growth(rate, level, currency, style='direction')} in {year}", ""
    if months is not None:
        newest, turned = _since(total, rate, months)
        short = turned or short
        text += "" if newest else turn(rate, growth(quarters(months)), months.attrs["currency"])
    return Told(text, short, newest)


def _since(total: pd.Series, rate: float | None, months: pd.Series) -> tuple[str, str]:
    """Tell how the months after a year grew, and a title of both if they went another way."""
    found = latest(total, months).iloc[1:]
    # January alone is not comparable: the New Year falls in it, or does not.
    later = found[(found["first"] > total.index[-1].asfreq("M", "end")) & found["growth"].notna()]
    if later.empty or later["last"].iloc[-1].month == 1:
        return "", ""
    whole, last = later.iloc[0], later.iloc[-1]
    unit = codes.CURRENCY_LABELS[months.attrs["currency"]]
    when = span(whole["first"], whole["last"])
    said = f" In {when} trade {phrase_growth(whole['growth'])} in {unit} on a year before"
    if _verb(last["growth"]) != _verb(whole["growth"]):
        said += f"; in {last['last']:%B} alone it {phrase_growth(last['growth'])}"
    if rate is None or _verb(rate) == _verb(whole["growth"]):
        return f"{said}.", ""
    then, now = (phrase_growth(r, style="direction") for r in (rate, whole["growth"]))
    before = codes.CURRENCY_LABELS[total.attrs["currency"]]
    return f"{said}.", f"{then} in {before} in {total.index[-1]}, {now} in {unit} since"


def _verb(rate: float) -> str:
    """Say which way something went."""
    return phrase_growth(rate).split()[0]


@takes(trade=filled(TRADE, "Y", both=True))
def tell_sides(trade: pd.DataFrame) -> str:
    """
    Tell who added most to growth and who least, and what China sold and bought.

    A list in Markdown, each of the last year in which every flow is known.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, both flows of several partners.

    Examples
    --------
    >>> tell_sides(st.load_trade(as_of="2025-06-30")).splitlines()[1]
    '- In 2024 China sold 64.2 billion dollars and bought 30.6 billion dollars.'
    """
    said, flows = [], trade.pivot(index="period", columns=["partner", "flow"], values="value")
    parts = contributions(trade)
    if len(parts):
        year = parts["period"].max()
        added = parts[parts["period"] == year].groupby("partner")["contribution"].sum()
        verb = "added" if added.max() > 0 else "took away"
        first, *_, last = added.sort_values(key=abs if verb == "took away" else None)[::-1].items()
        most, least = (f"{codes.label(p)} {{}}, {points(x, sign=True)}" for p, x in (first, last))
        said.append(f"- In {year} {most.format(f'{verb} most')}; {least.format('least')}.")
    whole = flows.dropna().T.groupby("flow").sum().T
    if len(whole):
        sold, bought = (money(whole[f].iloc[-1], trade["currency"].iloc[0]) for f in codes.FLOWS)
        said.append(f"- In {whole.index[-1]} China sold {sold} and bought {bought}.")
    return "\n".join(said)


@takes(found=table("latest", "currency value growth", period="first last"))
def tell_latest(found: pd.DataFrame) -> str:
    """
    Tell how the months after the last year, and the latest, grew on a year before.

    Each span with its growth and amount, or "not known".

    Parameters
    ----------
    found : DataFrame
        From `latest`.

    Examples
    --------
    >>> months = pd.PeriodIndex(["2025-01", "2026-01"], freq="M")
    >>> rows = {"first": months, "last": months + 1, "growth": [0.1, 0.031], "value": 5e9}
    >>> tell_latest(pd.DataFrame(rows).assign(currency="CNY")).replace(chr(0xA0), " ")
    'January and February 2026 rose 3.1 % to 5.00 billion yuan'
    """
    rows = found.iloc[1:].drop_duplicates().dropna(subset=["growth"])
    said = [
        f"{span(r.first, r.last)} {phrase_growth(r.growth, r.value, r.currency)}"
        for r in rows.itertuples()
    ]
    return "; ".join(said) or "not known"


@takes(months=TRADE, year=read_year)
def tell_carry_over(months: pd.DataFrame, year: str | int) -> str:
    """
    Tell what the latest months alone make of a year.

    A sentence, from `carry_over`; where the year before is not known by month, it says so.

    Parameters
    ----------
    months : DataFrame
        TRADE, monthly, whose sum is told.
    year : str or int
        The calendar year.

    Examples
    --------
    >>> months = st.load_trade(frequency="M", currency="CNY", as_of="2024-01-31")
    >>> tell_carry_over(months, 2024).partition(",")[0].replace(chr(0xA0), " ")
    '2023 ended 10 % above its own mean'
    """
    year = int(year)
    if months.empty:
        return months.attrs.get("unknown", f"No month of {year - 1} is known.")
    flows = months["period"].value_counts()
    months = months[months["period"].map(flows) == flows.max()]  # of every flow, as `carry_over`
    end, currency = months["period"].max(), codes.CURRENCY_LABELS[months["currency"].iloc[0]]
    if not months["period"].min() <= pd.Period(f"{year - 1}-01") <= end:
        return f"Months from January {year - 1} are not known, against which {year} is measured."
    stays = carry_over(months, year)
    return f"{_carried_over(stays, end, year)}, in {currency}."


def _carried_over(rate: float, last: pd.Period, year: int) -> str:
    """Say what trade that stays where its last months left it means for a year."""
    rate = round(rate, 2)
    size, much = percent(abs(rate), digits=0), points(abs(rate), digits=0)
    side = f"{size} {'above' if rate > 0 else 'below'}" if rate else "level with"
    if year == last.year and last.month == 12:
        return f"With all months of {year} known, the year comes {side} the year before"
    if year == last.year:
        return (
            f"With what is known of {year}, to {last:%B}, and the rest at the level of the last "
            f"three months, the year would come {side} the year before"
        )
    does = f"adds {much} to" if rate > 0 else f"takes {much} off" if rate else "adds nothing to"
    ended = f"{last.year} ended {side} its own mean"
    if last.month < 12 or last.year < year - 1:
        ended = f"To {last:%B %Y} trade ran {side} the mean of {year - 1}"
    return f"{ended}, after season: that alone {does} {year}"
