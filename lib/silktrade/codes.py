"""
Economies, flows and products: their codes, labels and colours.

Codes are ISO 3166-1 alpha-3 for economies (`WLD` for the world, `CA5` for the five together), and
the words of the collection for flows. Labels are what figures and tables print.
"""

from __future__ import annotations

from collections.abc import Iterable

PARTNERS: tuple[str, ...] = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
REGION = "CA5"
WORLD = "WLD"
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
    "CHN": "China",
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
    "TKM": "Turkmenistan",
    "UZB": "Uzbekistan",
    REGION: "Central Asia",
    WORLD: "World",
}
CURRENCY_LABELS: dict[str, str] = {"CNY": "yuan", "USD": "dollars"}
FLOW_LABELS: dict[str, str] = {
    "export": "China's exports",
    "import": "China's imports",
    "total": "Trade",
}

# Sections of the SITC carry a prefix, so that no section is taken for a chapter of the HS, whose
# codes are digits alone; of its chapters those are named that weigh in this trade.
PRODUCT_LABELS: dict[str, str] = {
    TOTAL: "All goods",
    "SITC0": "Food and live animals",
    "SITC1": "Beverages and tobacco",
    "SITC2": "Crude materials",
    "SITC3": "Mineral fuels",
    "SITC4": "Oils and fats",
    "SITC5": "Chemicals",
    "SITC6": "Manufactures by material",
    "SITC7": "Machinery and transport",
    "SITC8": "Other manufactures",
    "SITC9": "Not classified elsewhere",
    "25": "Salt, sulphur, stone",
    "26": "Ores",
    "27": "Mineral fuels",
    "28": "Inorganic chemicals, uranium",
    "52": "Cotton",
    "61": "Knitted clothing",
    "62": "Other clothing",
    "64": "Footwear",
    "71": "Gold and precious stones",
    "72": "Iron and steel",
    "74": "Copper",
    "84": "Machinery",
    "85": "Electrical machinery",
    "87": "Vehicles",
    "271121": "Pipeline gas",
}
ENERGY: tuple[str, ...] = ("SITC3", "27")  # and every finer code that begins so

# Through which a scenario moves trade.
CHANNELS: dict[str, str] = {
    "income": "Income",
    "exchange_rate": "Exchange rate",
    "energy": "Oil and gas",
}
EXPORTERS: tuple[str, ...] = ("KAZ", "TKM", "UZB")  # of oil or gas to China

MODEL_LABELS: dict[str, str] = {
    "combination": "Combination",
    "dotm": "Dynamic optimised theta",
    "drift": "Random walk with drift",
    "theta": "Theta",
    "damped": "Damped trend",
    "ets": "Exponential smoothing",
    "airline": "Airline (X-13)",
    "naive": "Last value",
    "seasonal_naive": "Same month a year before",
    "income": "Income elasticity",
}
SOURCES: dict[str, str] = {
    "gacc": "China Customs",
    "imf": "IMF",
    "comtrade": "UN Comtrade",
    "national": "national statistics",
    "worldbank": "World Bank",
    "fed": "Federal Reserve",
    "matrix": "trade matrix of an unnamed compiler",
    "mofcom": "China's Ministry of Commerce",
    "nbs": "National Bureau of Statistics of China",
    "naturalearth": "Natural Earth",
    "silktrade": "silktrade",
}

# Okabe and Ito's palette, distinguishable under every common colour-vision deficiency; its two
# lightest hues are darkened so that lines and labels keep a contrast of 3:1 on white.
COLOURS: dict[str, str] = {
    "KAZ": "#0072B2",
    "KGZ": "#C35A00",
    "TJK": "#A6578A",
    "TKM": "#00805E",
    "UZB": "#946C00",
    REGION: "#222222",
    "export": "#0072B2",
    "import": "#C35A00",
    "total": "#222222",
}


def label(code: str) -> str:
    """
    Name an economy, a flow or a product in plain English.

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
    >>> label("KAZ"), label("export"), label("SITC3")
    ('Kazakhstan', "China's exports", 'Mineral fuels')
    """
    return ECONOMIES.get(code) or FLOW_LABELS.get(code) or PRODUCT_LABELS.get(code, code)


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """
    Return `value` if it is one of the allowed codes, else say which are.

    Parameters
    ----------
    name : str
        What the error calls the argument.
    value : str
        The code to check.
    allowed : iterable of str
        The codes that may stand here.

    Returns
    -------
    str
        `value`, unchanged.

    Raises
    ------
    ValueError
        If `value` is not among `allowed`.

    Examples
    --------
    >>> one_of("partner", "KAZ", PARTNERS)
    'KAZ'
    >>> one_of("partner", "KZ", PARTNERS)
    Traceback (most recent call last):
    ...
    ValueError: partner must be one of KAZ, KGZ, TJK, TKM, UZB, got 'KZ'
    """
    choices = list(allowed)
    if value in choices:
        return value
    raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def some_of(name: str, values: str | Iterable[str] | None, allowed: Iterable[str]) -> list[str]:
    """
    Return a list of allowed codes; a single code stands for itself, None for all.

    Parameters
    ----------
    name : str
        What the error calls the argument.
    values : str, iterable of str or None
        The codes to check.
    allowed : iterable of str
        The codes that may stand here.

    Returns
    -------
    list of str
        The codes, without repetition, in the order of `allowed`.

    Raises
    ------
    ValueError
        If a code is not among `allowed`, or none is given.

    Examples
    --------
    >>> some_of("partners", ("UZB", "KAZ"), PARTNERS)
    ['KAZ', 'UZB']
    """
    choices = list(allowed)
    if values is None:
        return choices
    wanted = [values] if isinstance(values, str) else list(values)
    if not wanted:
        raise ValueError(
            f"{name} must name at least one of {', '.join(choices)}, got none: leave it out for all"
        )
    for value in wanted:
        one_of(name, value, choices)
    return [choice for choice in choices if choice in wanted]
