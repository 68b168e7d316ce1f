"""The World Bank: output and the Pink Sheet, and every answer that is none."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import refusal
from providers import MARKETS, PINK, gdp, pink, plain_json, xlsx

from silktrade.sources import worldbank

VALUES = {("KAZ", "2030"): 2.5e11, ("KAZ", "2031"): None, ("UZB", "2030"): 1e11}
MONTHS = {f"203{y}-{m:02}": 80.0 + m for y in (0, 1) for m in range(1, 13)}
MONTHS = {m: v for m, v in MONTHS.items() if m <= "2031-05"}
PRICES = dict.fromkeys(PINK.values(), MONTHS)


def output(content: bytes):
    return worldbank.gdp(content, ["KAZ", "UZB"])


def test_output_has_its_day_and_a_null_no_row():
    found, updated = output(gdp(VALUES, "2031-07-01")[2])
    assert updated == "2031-07-01"
    assert found.set_index("economy")["value"].to_dict() == {"KAZ": 2.5e11, "UZB": 1e11}


MESSAGE = [{"message": [{"id": "120", "key": "Invalid value", "value": "is not valid"}]}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (plain_json(MESSAGE)[2], "is not valid"),
        (gdp({("KAZ", "2030"): 1.0, ("UZB", "2030"): None})[2], "UZB has no value"),
        (gdp(VALUES)[2].replace(b'"pages": 1', b'"pages": 2'), "on 2 pages"),
        (gdp(VALUES)[2].replace(b'"total": 3', b'"total": 246'), "3 rows of 246"),
        (b"<html>502</html>", "expected JSON"),
        (gdp(VALUES)[2].replace(b"countryiso3code", b"iso"), "expected economy"),
        (b"[]", "expected header and rows"),
        (gdp(VALUES)[2].replace(b'"KAZ"', b'"KSV"'), "not asked for"),
        (gdp(VALUES)[2].replace(b'"2030"', b'"2030Q1"'), "not asked for"),
        (gdp(VALUES)[2].replace(b'"UZB"', b'"KAZ"'), "found a row twice"),
    ],
)
def test_output_that_is_none_is_refused(content, says):
    assert says in refusal(output, content)


def prices(changed: dict[str, str] | None = None, updated: str = "June 3, 2031", shift: int = 0):
    columns = {(changed or {}).get(c, c): v for c, v in PRICES.items()}
    return pink(columns, updated, shift)


@pytest.mark.parametrize("shift", [0, 3])
def test_the_pink_sheet_wherever_its_units_stand(shift):
    found, edition = worldbank.prices(prices(shift=shift))
    assert edition == "2031-06-03"
    brent = found[found["indicator"] == "oil_brent"].set_index("period")["value"]
    assert brent[pd.Period("2031-05")] == 85.0
    assert len(found) == 6 * len(MONTHS)


def test_dots_are_no_price():
    columns = {c: ({m: v for m, v in s.items() if m != "2031-05"} if "Gold" in c else s)
               for c, s in PRICES.items()}  # fmt: skip
    found, _ = worldbank.prices(pink(columns, "June 3, 2031"))
    assert len(found) == 6 * len(MONTHS) - 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (prices({"Gold|($/troy oz)": "Gold, spot|($/troy oz)"}), "one column 'gold', found 0"),
        (
            prices({"Gold|($/troy oz)": "Gold|($/kg)"}),
            "expected the unit ($/troy oz), found ($/kg)",
        ),
        (prices(updated="July 3, 2031"), "months in order up to 2031-06, found 2031-05"),
        (prices(updated="someday"), "expected 'Updated on"),
        (xlsx([["Updated on June 3, 2031"], ["a"]], "Monthly Prices"), "a row of units"),
        (xlsx([["a"]], "Annual"), "expected a sheet 'Monthly Prices'"),
        (b"<html></html>", "expected a workbook"),
        (b"PK\x03\x04 cut off", "which cannot be read"),
    ],
)
def test_a_sheet_that_is_another_is_refused(content, says):
    assert says in refusal(worldbank.prices, content)


def test_the_link_is_looked_up_each_time():
    assert "0050012026" in worldbank.link(MARKETS.encode())
    assert "found 0" in refusal(worldbank.link, b"<html>gone</html>")
    two = MARKETS + MARKETS.replace("2026", "2025")
    assert "found 2" in refusal(worldbank.link, two.encode())


def test_a_settled_price_does_not_move_by_a_tenth():
    old, _ = worldbank.prices(prices())
    moved = old.assign(value=old["value"].where(old["period"] != pd.Period("2030-05"), 120.0))
    assert "settled" in refusal(worldbank.settled, moved, old)
    young = old.assign(value=old["value"].where(old["period"] != pd.Period("2031-05"), 120.0))
    worldbank.settled(young, old)
