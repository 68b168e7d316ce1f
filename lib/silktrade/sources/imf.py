"""
The International Monetary Fund: monthly trade (IMTS) and the World Economic Outlook, by SDMX.

The messages are read by sdmx1; they are asked for by our own client, because that one retries
nothing and keeps no bytes. Quirks, seen or measured: a wrong code is answered by 200 and nothing,
so that the series are counted; values are full units and SCALE is for display alone; a placeholder
has no value, or `NaN`; attributes of a series are no part of its key; months are `2031-M01`. An
edition of the Outlook overwrites the last one at the same address: each is kept when it is out, and
some past ones have an address of their own.
"""

import contextlib
import io
import logging
import math
import re
from collections.abc import Iterable, Iterator

import pandas as pd

from silktrade import codes
from silktrade.sources import reading
from silktrade.sources.judge import RefusedError

HOST = "https://api.imf.org/external/sdmx/2.1/data"
FLOWS = {"XG_FOB_USD": ("export", "fob"), "MG_CIF_USD": ("import", "cif")}
WORLD = "G001"
DERIVED = {"O": "A", "SE": "E", "": "A"}  # reported, estimated by the staff; SP, projected, is left
# Subject → our indicator, its unit, and what a printed unit is worth.
SUBJECTS = {
    "NGDP_RPCH": ("gdp_growth", "fraction", 0.01),
    "NGDPD": ("gdp_usd", "USD", 1.0),
    "PCPIPCH": ("inflation", "fraction", 0.01),
    "TMG_RPCH": ("import_volume_growth", "fraction", 0.01),
    "TXG_RPCH": ("export_volume_growth", "fraction", 0.01),
    "LP": ("population", "persons", 1.0),
}
ISSUES = {4: "APR", 10: "OCT"}
VERSIONS = {"2025-04": "WEO,6.0.0"}  # the one edition that is seen as a version of the newest
LAST_ACTUAL = "LATEST_ACTUAL_ANNUAL_DATA"  # `2030`, or `FY2030/31`


def trade_address(reporters: Iterable[str], partners: Iterable[str]) -> str:
    """Give the address of monthly trade."""
    key = ["+".join(map(_area, reporters)), "+".join(FLOWS), "+".join(map(_area, partners)), "M"]
    return f"{HOST}/IMF.STA,IMTS,1.0.0/{'.'.join(key)}"


def outlook_address(economies: Iterable[str], edition: pd.Period | None = None) -> str:
    """Give the address of a World Economic Outlook: of April or October, by default the newest."""
    flow = "WEO"
    if edition is not None:
        named = f"WEO_{edition.year}_{ISSUES[edition.month]}_VINTAGE"
        flow = VERSIONS.get(str(edition), named)
    return f"{HOST}/IMF.RES,{flow}/{'+'.join(economies)}.{'+'.join(SUBJECTS)}.A"


def trade(content: bytes, reporters: Iterable[str], partners: Iterable[str]) -> pd.DataFrame:
    """Read monthly trade."""
    wanted = {(r, f, p) for r in reporters for f in FLOWS for p in partners}
    found: set[tuple[str, str, str]] = set()
    rows = []
    for key, _, observations in _series(content, ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY")):
        pair = (_iso(key[0]), key[1], _iso(key[2]))
        if pair in found or pair not in wanted:
            raise RefusedError(f"IMF: the series {'.'.join(key)} is double or was not asked for")
        found.add(pair)
        flow, valuation = FLOWS[key[1]]
        for text, value, kind in (o for o in observations if o[2] in DERIVED):
            month = reading.period(text, "2031-M06", "IMF")
            rows.append((pair[0], pair[2], flow, month, value, valuation, DERIVED[kind]))
    if missing := sorted(wanted - found):
        raise RefusedError(
            f"IMF: expected {len(wanted)} series, found {len(found)}: {'.'.join(missing[0])} is "
            "missing: a code that is wrong is answered by nothing"
        )
    columns = ["reporter", "partner", "flow", "period", "value", "valuation", "obs_status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(product=codes.TOTAL, currency="USD")


def outlook(content: bytes, economies: Iterable[str]) -> tuple[pd.DataFrame, str]:
    """Read an edition of the World Economic Outlook."""
    edition = _published(content)
    rows = []
    for key, attributes, observations in _series(content, ("COUNTRY", "INDICATOR")):
        if key[1] not in SUBJECTS:
            raise RefusedError(f"IMF: the subject {key[1]} was not asked for")
        name, unit, worth = SUBJECTS[key[1]]
        actual = re.search(r"\d{4}", attributes.get(LAST_ACTUAL, ""))
        for text, value, _ in observations:
            year = reading.period(text, "2031", "IMF")
            if unit != "fraction" and value <= 0:
                raise RefusedError(f"IMF: {key[0]} {name} {text} must be above 0, found {value:g}")
            status = "A" if actual and year.year <= int(actual[0]) else "E"
            rows.append((key[0], name, year, round(value * worth, 9), unit, status))
    columns = ["economy", "indicator", "period", "value", "unit", "obs_status"]
    frame = pd.DataFrame(rows, columns=columns)
    held = set(zip(frame["economy"], frame["indicator"], strict=True))
    missing = [e for e in economies if not {(e, "gdp_growth"), (e, "gdp_usd")} <= held]
    if missing:
        raise RefusedError(f"IMF: growth or output of {missing} is missing in the Outlook")
    return frame, edition


def _series(
    content: bytes, names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], dict[str, str], list[tuple[str, float, str]]]]:
    """Give each series: its key, its attributes, and its observations that have a value."""
    content = content.removeprefix(reading.BOM).lstrip()
    if not content.startswith(b"<"):
        raise RefusedError(f"IMF: expected an SDMX message, found {content[:40]!r}")
    import sdmx

    # The reader warns that it has no structure, and prints its whole state where it fails.
    logging.getLogger("sdmx").setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            sets = sdmx.read_sdmx(io.BytesIO(content)).data
    except Exception as error:  # sdmx1 raises whatever its parser meets: HTML, cut-off XML
        raise RefusedError(f"IMF: no SDMX message: {type(error).__name__}") from None
    count = 0
    for data in sets:
        for key, observations in data.series.items():
            said = {name: str(v.value) for name, v in (key.values | key.attrib).items()}
            if any(name not in said for name in names):
                raise RefusedError(f"IMF: a series lacks {', '.join(names)}: {said}")
            count += 1
            read = [_observation(o) for o in observations]
            yield tuple(said[n] for n in names), said, [o for o in read if o is not None]
    if not count:
        raise RefusedError("IMF: the message holds no series: one code at least is wrong")


def _observation(observation: object) -> tuple[str, float, str] | None:
    """Read period, value and kind of one observation; None for a placeholder."""
    if observation.value in (None, "", "NaN"):
        return None
    try:
        value = float(observation.value)
    except ValueError:
        raise RefusedError(f"IMF: expected a number, found {observation.value!r}") from None
    if math.isnan(value):
        return None
    reading.amount(value, "IMF")
    kind = observation.attached_attribute.get("DERIVATION_TYPE")
    period = str(observation.dimension.values["TIME_PERIOD"].value)
    return period, value, str(kind.value) if kind else ""


def _published(content: bytes) -> str:
    """Read the day of an edition, which sdmx1 leaves aside."""
    seen = re.search(rb'PUBLICATION_DATE="(\d{4}-\d\d-\d\d)', content)
    if not seen:
        raise RefusedError("IMF: the Outlook says no day of publication")
    return seen[1].decode()


def _area(code: str) -> str:
    """Write an economy as the Fund does."""
    return WORLD if code == codes.WORLD else code


def _iso(area: str) -> str:
    """Read an economy as the Fund writes it."""
    return codes.WORLD if area == WORLD else area
