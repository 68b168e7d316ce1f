"""
Economies, flows and products: their codes, labels and colours.

Codes are ISO 3166-1 alpha-3 for economies (`WLD` for the world), names of groups of them for
regions (`CA5` for the five together), and the words of the collection for flows. Economies and
regions stand in `economies.csv` and `regions.csv` beside this file, products, models and publishers
in tables of their own; labels are what figures and tables print.
"""

import colorsys
import csv
import sys
from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path

from presswork.cures import CALLED, INSTEAD
from presswork.cures import of_word as of_word
from presswork.wording import UNITS


def table(name: str) -> list[dict[str, str]]:
    """Read a table that lies beside this file."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_ECONOMIES = table("economies.csv")
_REGIONS = table("regions.csv")

REGION = "CA5"  # the region of the reports
WORLD = "WLD"
SUM = "SUM"  # several partners together that are no named region
REGIONS: dict[str, tuple[str, ...]] = {
    row["region"]: tuple(row["members"].split(";")) for row in _REGIONS
}
PARTNERS: tuple[str, ...] = REGIONS[REGION]
FLOWS: tuple[str, ...] = ("export", "import")
CURRENCIES: tuple[str, ...] = ("CNY", "USD")
VALUATIONS: tuple[str, ...] = ("fob", "cif")
FREQUENCIES: dict[str, str] = {"M": "M", "Q": "Q-DEC", "Y": "Y-DEC"}
OBS_STATUS: dict[str, str] = {
    "A": "as published",
    "P": "provisional first print",
    "E": "estimated or implied",
    "I": "imputed",
}
# From the strongest to the weakest: what is made of several figures is no better than the worst.
STATUS_RANK: dict[str, int] = {status: rank for rank, status in enumerate(OBS_STATUS)}
STATUS_AT: dict[int, str] = dict(enumerate(OBS_STATUS))
TOTAL = "TOTAL"
# What a published statement may say of trade or growth (schema CLAIMS).
MEASURES: tuple[str, ...] = ("value", "growth", "growth comparison", "ratio", "record", "share")

ECONOMIES: dict[str, str] = {
    **{row["code"]: row["label"] for row in _ECONOMIES},
    **{row["region"]: row["label"] for row in _REGIONS},
    WORLD: "World",
    SUM: "All partners",
}
# The numbers by which Comtrade calls an economy: those of ISO 3166-1, but for a few.
COMTRADE: dict[str, int] = {row["code"]: int(row["comtrade"]) for row in _ECONOMIES} | {WORLD: 0}
_MANY = 100  # economies; so many choices are not counted up
COUNTRIES: tuple[str, ...] = tuple(code for code in COMTRADE if code != WORLD)
# How the customs write an economy, in English and in Chinese.
CUSTOMS_NAMES: dict[str, tuple[str, ...]] = {
    row["code"]: tuple(
        name
        for names in (row["customs_en"] or row["label"], row["customs_zh"])
        for name in names.split(";")
        if name
    )
    for row in _ECONOMIES
}
CURRENCY_LABELS: dict[str, str] = {"CNY": "yuan", "USD": "dollars"}
UNITS.update(CURRENCY_LABELS, EUR="euros")  # a headline number may be in euros too
# What else people call these words, for refusals; economies, in their table.
_CALLED: dict[str, str] = {
    "CNY": "RMB;CNH;renminbi;¥;CN¥;元;人民币;юань",
    "USD": "dollar;US dollars;US dollar;$;US$;美元;доллар",
    "M": "month;months;monthly;ME;MS;月;月度", "Q": "quarter;quarterly;QE;Q-DEC;季度",
    "Y": "year;years;yearly;annual;annually;A;YE;Y-DEC;年;年度",
    "export": "exports;X;出口;экспорт", "import": "imports;进口;импорт",
    "total": "totals;both;all;sum", "fx": "fed;bis;exchange rate;exchange rates",
    "airline": "arima;sarima;auto_arima;autoarima", "naive": "random walk;rw",
    "ets": "exponential smoothing;autoets", "seasonal_naive": "snaive;seasonal naive",
    "newest": "today;now;latest;yesterday;last;current", "next": "this year;next year;current",
    REGION: "all;all five;the five;CA;中亚;中亚五国;Центральная Азия",
}  # fmt: skip
INSTEAD.update(
    frequency=": months are the finest there is, and `quarters` adds them up",
    currency=": for another one take USD, and multiply by a rate of your own, from `read_series`",
    flows=": leave it out for both",
    economies=": leave it out for all",
)
FLOW_WITH: dict[str, str] = {"export": "exports to", "import": "imports from"}  # whom
FLOW_LABELS: dict[str, str] = {
    "export": "China's exports",
    "import": "China's imports",
    "total": "Trade",
}

# Sections of the SITC carry a prefix, so that no section is taken for a chapter of the HS, whose
# codes are digits alone; of its finer headings those are named that weigh in this trade. `REST` is
# what a source holds of a basket without telling it apart.
PRODUCT_LABELS: dict[str, str] = {row["product"]: row["label"] for row in table("products.csv")}
REST = "REST"
ENERGY: tuple[str, ...] = ("SITC3", "27")  # and every finer code that begins so

# Through which a scenario moves trade.
CHANNELS: dict[str, str] = {
    "income": "Income",
    "exchange_rate": "Exchange rate",
    "energy": "Oil and gas",
}
# Of oil or gas to China.
EXPORTERS: tuple[str, ...] = tuple(r["code"] for r in _ECONOMIES if r["sells_energy"])

MODEL_LABELS: dict[str, str] = {row["model"]: row["label"] for row in table("models.csv")}
_LABELS = PRODUCT_LABELS | CURRENCY_LABELS | FLOW_LABELS | ECONOMIES
_CALLED |= {row["code"]: f"{row['called']};{row['customs_zh']}" for row in _ECONOMIES}
CALLED.update(
    (code, tuple(name for name in (_LABELS.get(code), *_CALLED.get(code, "").split(";")) if name))
    for code in _LABELS | _CALLED
)
PROJECTED_BY = {**MODEL_LABELS, "combination": "The projection"}
SOURCES: dict[str, str] = {row["source"]: row["label"] for row in table("publishers.csv")}

# Searched for: under protanopia and deuteranopia any two of the five are 15 or more of CIEDE2000
# apart, in grey print their lightness steps by 5 or more, and as letters on white all keep 4.5:1.
_INK = "#16202A"
COLOURS: dict[str, str] = {
    **{row["code"]: row["colour"] for row in _ECONOMIES if row["colour"]},
    "export": "#00778A",
    "import": "#C0223B",
    "projection": "#5A46B8",
    "total": _INK,
}


def colour(code: str) -> str:
    """
    Give an economy, a flow or a region its colour, the same in every chart.

    As the table of economies says; where it says none, one that no other economy has, by the place
    of the code in the table. Regions and the world are drawn in ink.

    Parameters
    ----------
    code : str
        A code of this module.

    Examples
    --------
    >>> colour("KAZ"), colour("CA5"), colour("MNG") == colour("MNG")
    ('#0162D5', '#16202A', True)
    """
    text("code", code)
    if code in COLOURS or code not in COMTRADE or code == WORLD:
        return COLOURS.get(code, _INK)
    return _fallback(list(COMTRADE).index(code))


def _fallback(place: int) -> str:
    """Give the colour of a place in the table: hues far apart, three depths, none too light."""
    hue = (place * (5**0.5 - 1) / 2) % 1  # by the golden section no hue comes near an earlier one
    depth = (0.22, 0.34, 0.46)[place % 3]
    while True:
        red, green, blue = colorsys.hls_to_rgb(hue, depth, 0.75)
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                  for p in (red, green, blue)]  # fmt: skip
        # Relative luminance by WCAG 2: at most 0.3 is a contrast of 3:1 on white.
        if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] <= 0.3:
            return "#" + "".join(f"{round(255 * part):02X}" for part in (red, green, blue))
        depth -= 0.02


def together(partners: Iterable[str]) -> str:
    """
    Name the sum of some partners.

    Parameters
    ----------
    partners : iterable of str
        ISO codes.

    Returns
    -------
    str
        The region whose members they are, the code itself of a single one, else `"SUM"`.

    Examples
    --------
    >>> together(PARTNERS), together(["KAZ"]), together(["KAZ", "UZB"])
    ('CA5', 'KAZ', 'SUM')
    """
    several = isinstance(partners, Iterable) and not isinstance(partners, str)
    given = set(some_of("partners", partners if several else [partners], ECONOMIES))
    named = [region for region, members in REGIONS.items() if set(members) == given]
    return (named or (sorted(given) if len(given) == 1 else [SUM]))[0]


def members(partners: str | Iterable[str] | None = None) -> list[str]:
    """
    List the economies that some codes stand for.

    Parameters
    ----------
    partners : str or iterable of str, optional
        ISO codes of economies, names of regions, or `WLD`; by default the five.

    Returns
    -------
    list of str
        ISO codes, each once, in the order of the table; members in place of their region.

    Examples
    --------
    >>> members(), members(["MNG", "CA5"])[-2:]
    (['KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'], ['TKM', 'UZB'])
    """
    chosen = some_of("partners", REGION if partners is None else partners, (*COMTRADE, *REGIONS))
    named = {member for code in chosen for member in REGIONS.get(code, (code,))}
    return [code for code in COMTRADE if code in named]


def label(code: str) -> str:
    """
    Name an economy, a flow, a currency or a product in plain English.

    Parameters
    ----------
    code : str
        A code of this module, such as `"KAZ"` or `"export"`.

    Returns
    -------
    str
        The label, or the code itself where none is known (most product codes).

    Examples
    --------
    >>> label("KAZ"), label("export"), label("CNY"), label("SITC3")
    ('Kazakhstan', "China's exports", 'yuan', 'Mineral fuels')
    """
    text("code", code)
    return _LABELS.get(code, code)


def whom(code: str) -> str:
    """Name an economy or a sum of economies within a sentence."""
    return {REGION: "the five", WORLD: "the world"}.get(code, label(code))


def listed(choices: Iterable[str]) -> str:
    """Say which codes may stand somewhere; the economies of the world are not counted up."""
    given = list(choices)
    if len({*given} & {*COUNTRIES}) < _MANY:
        return f"one of {', '.join(given)}"
    groups = [c for c in given if c not in (*COUNTRIES, SUM)]
    others = f", or one of {', '.join(groups)}" if groups else ""
    return f"an ISO 3166-1 alpha-3 code such as KAZ{others}"


def fetching(sources: str, partners: Iterable[str]) -> str:
    """Give the command that fetches what providers have of partners."""
    return f"`silktrade refresh {sources} {' '.join(f'--partner {p}' for p in partners)}`"


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """Return `value` if it is one of the allowed codes, else say which are."""
    choices = list(allowed)
    if isinstance(value, str) and value in choices:
        return value
    cure = of_word(value, [c for c in choices if isinstance(c, str)], name)
    raise ValueError(f"{name} must be {listed(choices)}, got {value!r}{cure}")


def some_of(name: str, values: str | Iterable[str] | None, allowed: Iterable[str]) -> list[str]:
    """Return a list of allowed codes; a single code stands for itself, None for all."""
    choices = list(allowed)
    if values is None:
        return choices
    wanted = list(values) if isinstance(values, Iterable) else [values]
    wanted = [values] if isinstance(values, str) else wanted
    parts = values.replace(",", " ").split() if isinstance(values, str) else []
    if len(parts) > 1 and {*parts} <= {*choices}:
        raise ValueError(f"{name} must be a list of codes, got {values!r}: write {parts}")
    if not wanted:
        raise ValueError(
            f"{name} must name at least one of {', '.join(choices)}, got none: leave it out for all"
        )
    for value in wanted:
        one_of(name, value, choices)
    return [choice for choice in choices if choice in wanted]


def a_year(name: str, value: int) -> int:
    """Return `value` if it is a year of four digits."""
    if isinstance(value, Integral) and not isinstance(value, bool) and 1000 <= value < 10_000:
        return int(value)
    cure = _bare(value, range(1000, 10_000))
    raise ValueError(f"{name} must be a year of four digits such as 2024, got {value!r}{cure}")


def whole(name: str, value: int, least: int = 1, why: str = "") -> int:
    """Return `value` if it is a whole number and large enough."""
    if isinstance(value, Integral) and not isinstance(value, bool) and value >= least:
        return int(value)
    said = _bare(value, range(least, sys.maxsize)) or (why and f": {why}")
    raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}{said}")


def _bare(value: object, allowed: range) -> str:
    """Say how to write a whole number that stands in quotes, or with a fraction of nothing."""
    plain = str(value).strip().removesuffix(".0")
    return f": write {plain}" if plain.isdecimal() and int(plain) in allowed else ""


def fraction(name: str, value: float) -> float:
    """Return `value` if it is a share strictly between 0 and 1."""
    if isinstance(value, Real) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    percent = isinstance(value, Real) and not isinstance(value, bool) and 1 <= value < 100
    cure = f": write {value:g} percent as {value / 100:g}" if percent else ""
    raise ValueError(f"{name} must be between 0 and 1, got {value!r}{cure}")


def fractions(name: str, values: Iterable[float]) -> list[float]:
    """Return shares strictly between 0 and 1 as a list, each once."""
    several = isinstance(values, Iterable) and not isinstance(values, str)
    given = [fraction(name, value) for value in values] if several else []
    if not given or len({*given}) < len(given):
        raise ValueError(
            f"{name} must be a list such as [0.1, 0.5, 0.9], each once, got {values!r}"
        )
    return given


def flag(name: str, value: bool) -> bool:
    """Return `value` if it is True or False."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be True or False, got {value!r}")


def text(name: str, value: str) -> str:
    """Return `value` if it is text."""
    if isinstance(value, str):
        return value
    raise ValueError(f"{name} must be text, got {value!r}")
