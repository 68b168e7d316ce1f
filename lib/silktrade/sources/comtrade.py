"""
UN Comtrade: what China and its partners report to the United Nations.

The addresses are called directly: the official client (comtradeapicall 1.3.2) prints the key when a
connection fails, leaves out periods that were refused without a word, and has its hosts fixed.
Quirks, all seen: a total is an aggregate and no "reported" row; without `partner2Code`,
`customsCode` and `motCode` sums come beside their parts; 200 with no rows also answers a wrong
question, so that the list of what is available is asked first; exactly as many rows as the limit
means that rows are missing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from silktrade import codes
from silktrade.sources import reading
from silktrade.sources.judge import RefusedError

HOST = "https://comtradeapi.un.org"
KEY_HEADER = "Ocp-Apim-Subscription-Key"  # a header, so that no address ever holds the key
LIMITS = {"preview": 500, "key": 100_000}
MOST_PERIODS = 12  # a call takes no more
FLOWS = {"X": "export", "M": "import"}
_FORM = {"Y": "2031", "M": "203106"}
PRODUCTS = {"TOTAL": 1, "AG2": 97}  # what is asked for, and how many rows a flow and period give
# Kazakhstan's reports of these years hold less than half of what its own statistics print.
WRONG_AT_SOURCE = {("KAZ", year) for year in (2020, 2021, 2022)}
_KEY = ["reporter", "partner", "flow", "product", "period"]
_FIELDS = (
    "reporterCode", "partnerCode", "flowCode", "cmdCode", "period", "primaryValue", "fobvalue",
    "cifvalue", "partner2Code", "customsCode", "motCode", "freqCode",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One call: a reporter, its partners, products and periods."""

    reporter: str
    partners: tuple[str, ...]
    frequency: str
    product: str
    periods: tuple[pd.Period, ...]
    flows: tuple[str, ...] = ("X", "M")

    def params(self, limit: int) -> dict[str, str | int]:
        """Give what the address asks."""
        return {
            "reporterCode": codes.COMTRADE[self.reporter],
            "period": ",".join(str(period).replace("-", "") for period in self.periods),
            "partnerCode": ",".join(str(codes.COMTRADE[p]) for p in self.partners),
            "cmdCode": self.product,
            "flowCode": ",".join(self.flows),
            "partner2Code": 0, "customsCode": "C00", "motCode": 0, "maxRecords": limit,
        }  # fmt: skip

    def halves(self) -> Iterator["Question"]:
        """Split the question where its answer was full."""
        for name in ("periods", "flows", "partners"):
            values: Sequence = getattr(self, name)
            if len(values) > 1:
                middle = len(values) // 2
                yield Question(**vars(self) | {name: values[:middle]})
                yield Question(**vars(self) | {name: values[middle:]})
                return
        raise RefusedError(f"{self.reporter} {self.periods[0]}: one question fills a whole answer")


def address(frequency: str, key: bool) -> str:
    """Give the address of figures."""
    path = "data/v1/get" if key else "public/v1/preview"
    return f"{HOST}/{path}/C/{_letter(frequency)}/HS"


def availability_address(frequency: str) -> str:
    """Give the address of the list of what is available."""
    return f"{HOST}/public/v1/getDa/C/{_letter(frequency)}/HS"


def availability(content: bytes, frequency: str) -> pd.DataFrame:
    """Read which periods reporters have sent in."""
    rows = [r for r in _data(content, "getDa") if r.get("freqCode", "") == _letter(frequency)]
    isos = {number: iso for iso, number in codes.COMTRADE.items()}
    wanted = "UN Comtrade getDa: expected rows with reporter, period, checksum and release"
    with reading.expecting(wanted):
        found = [
            (isos[r["reporterCode"]], reading.period(r["period"], _FORM[frequency], "getDa"),
             str(r["datasetChecksum"]), pd.Timestamp(str(r["firstReleased"])[:10]))
            for r in rows if r["reporterCode"] in isos
        ]  # fmt: skip
    frame = pd.DataFrame(found, columns=["reporter", "period", "checksum", "released"])
    return frame.drop_duplicates(["reporter", "period"], keep="last")


def figures(content: bytes, asked: Question, limit: int) -> pd.DataFrame:
    """Read figures."""
    what = f"UN Comtrade, {asked.reporter} {asked.periods[0]} to {asked.periods[-1]}"
    data = _data(content, what)
    if len(data) >= limit:
        raise FullError(f"{what}: {len(data)} rows, as many as fit: rows are missing")
    with reading.expecting(f"{what}: expected the fields {_FIELDS}"):
        rows = [_row(r, asked, what) for r in data]
    frame = pd.DataFrame(rows, columns=[*_KEY, "value", "valuation"])
    return once(frame, what).assign(currency="USD", obs_status="A")


def once(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """Refuse figures of which several stand for one key."""
    twice = frame[frame.duplicated(_KEY, keep=False)]
    if len(twice):
        first = " ".join(str(v) for v in twice.iloc[0][_KEY])
        many = len(twice[_KEY].drop_duplicates())
        raise RefusedError(f"{what}: {len(twice)} rows for {many} keys, such as {first}")
    return frame


class FullError(RefusedError):
    """An answer as long as the limit: the question has to be split."""


def questions(
    reporter: str,
    partners: Iterable[str],
    frequency: str,
    product: str,
    periods: Iterable[pd.Period],
    limit: int,
) -> list[Question]:
    """Split what is wanted into questions whose answers fit."""
    wanted, sides = tuple(periods), tuple(partners)
    each = PRODUCTS[product]
    flows: tuple[tuple[str, ...], ...] = (("X", "M"),)
    groups: list[tuple[str, ...]] = [sides]
    if each * 2 * len(sides) * min(len(wanted), MOST_PERIODS) >= limit:
        flows, groups = (("X",), ("M",)), [(side,) for side in sides]
    fits = max(1, min(MOST_PERIODS, (limit - 1) // (each * len(flows[0]) * len(groups[0]))))
    chunks = [wanted[i : i + fits] for i in range(0, len(wanted), fits)]
    return [
        Question(reporter, group, frequency, product, chunk, flow)
        for group in groups for flow in flows for chunk in chunks
    ]  # fmt: skip


def _row(row: Mapping[str, object], asked: Question, what: str) -> tuple:
    """Read one row, which must be one that was asked for."""
    isos = {codes.COMTRADE[p]: p for p in (asked.reporter, *asked.partners)}
    for name, one in (("partner2Code", 0), ("customsCode", "C00"), ("motCode", 0)):
        if row[name] != one:
            raise RefusedError(f"{what}: expected {name} {one}, found {row[name]!r}")
    if row["flowCode"] not in asked.flows:
        raise RefusedError(f"{what}: expected the flows {asked.flows}, found {row['flowCode']!r}")
    period = reading.period(row["period"], _FORM[asked.frequency], what)
    if (
        row["reporterCode"] != codes.COMTRADE[asked.reporter]
        or row["partnerCode"] not in isos
        or period not in asked.periods
    ):
        raise RefusedError(
            f"{what}: found a row of {row['reporterCode']}, {row['partnerCode']}, {period}"
        )
    product = str(row["cmdCode"])
    if (product == "TOTAL") != (asked.product == "TOTAL"):
        raise RefusedError(f"{what}: expected products {asked.product}, found {product!r}")
    flow = FLOWS[str(row["flowCode"])]
    basis = "fobvalue" if flow == "export" else "cifvalue"
    if row[basis] is None:
        raise RefusedError(f"{what}: {flow} {period} has no {basis}: its valuation is another")
    value = reading.amount(row["primaryValue"], f"{what}: {flow} {period}")
    return (asked.reporter, isos[row["partnerCode"]], flow, product, period, value, basis[:3])


def _data(content: bytes, what: str) -> list[dict]:
    """Read the rows of an answer, which can be an error with status 200."""
    said = reading.parsed(content, what)
    if not isinstance(said, dict):
        raise RefusedError(f"{what}: expected rows, found a list")
    if said.get("error") or said.get("statusCode", 200) != 200 or "data" not in said:
        raise RefusedError(f"{what}: {said.get('error') or said.get('message') or 'no data in it'}")
    rows = said["data"]
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise RefusedError(f"{what}: expected a list of rows")
    if said.get("count", len(rows)) != len(rows):
        raise RefusedError(f"{what}: it counts {said['count']} rows and holds {len(rows)}")
    return rows


def _letter(frequency: str) -> str:
    """Name a frequency as the UN does."""
    return {"Y": "A", "M": "M"}[frequency]
