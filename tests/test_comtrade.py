"""UN Comtrade: the right rows taken, every answer that looks like one and is none refused."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from conftest import refusal
from providers import FIVE, un_answer, un_listed, un_row

from silktrade.sources import comtrade

YEARS = tuple(pd.period_range("2022", "2024", freq="Y-DEC"))
ASKED = comtrade.Question("CHN", FIVE, "Y", "TOTAL", YEARS)


def answered(*rows: dict) -> bytes:
    return un_answer(list(rows))[2]


def read(content: bytes, asked: comtrade.Question = ASKED, limit: int = 500) -> pd.DataFrame:
    return comtrade.figures(content, asked, limit)


def test_a_total_is_an_aggregate_and_is_taken():
    row = un_row("CHN", "KAZ", "X", "2024", 1234567.8)
    assert row["isAggregate"]
    assert not row["isReported"]
    found = read(answered(row, un_row("CHN", "KAZ", "M", "2024", 5.0)))
    assert found["value"].tolist() == [1234567.8, 5.0]
    assert found["valuation"].tolist() == ["fob", "cif"]
    assert found["period"].tolist() == [YEARS[-1]] * 2


def test_months():
    asked = comtrade.Question("KAZ", ("CHN",), "M", "TOTAL", (pd.Period("2031-06"),))
    found = read(answered(un_row("KAZ", "CHN", "X", "203106", 5.0)), asked)
    assert str(found["period"].item()) == "2031-06"


KAZ = un_row("CHN", "KAZ", "X", "2024", 5.0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (answered(KAZ, KAZ), "2 rows for 1 keys, such as CHN KAZ export TOTAL 2024"),
        (answered(KAZ | {"partner2Code": 156}), "expected partner2Code 0, found 156"),
        (answered(KAZ | {"motCode": 2100}), "expected motCode 0"),
        (answered(KAZ | {"customsCode": "C01"}), "expected customsCode C00"),
        (answered(KAZ | {"flowCode": "RX"}), "expected the flows"),
        (answered(KAZ | {"fobvalue": None}), "has no fobvalue"),
        (answered(KAZ | {"period": "202406"}), "expected a year as 2031, found '202406'"),
        (answered(KAZ | {"period": "2019"}), "found a row of 156, 398, 2019"),
        (answered(KAZ | {"reporterCode": 398}), "found a row of 398"),
        (answered(KAZ | {"cmdCode": "27"}), "expected products TOTAL"),
        (answered(KAZ | {"primaryValue": None}), "expected a number, found None"),
        (answered({k: v for k, v in KAZ.items() if k != "cmdCode"}), "expected the fields"),
        (b"<html>login</html>", "expected JSON"),
        (b'{"data": [{"a": 1}', "cut off"),
        (b'{"data": [1], "count": 1}', "a list of rows"),
        (b'{"data": [], "count": 3}', "it counts 3 rows and holds 0"),
        (b'{"data": [], "error": "invalid period"}', "invalid period"),
        (b'{"statusCode": 429, "message": "Rate limit is exceeded."}', "Rate limit"),
    ],
)
def test_an_answer_that_is_none_is_refused(content, says):
    assert says in refusal(read, content)


def test_as_many_rows_as_fit_means_that_some_are_missing():
    rows = [un_row("CHN", p, f, y, 1.0) for p in FIVE for f in "XM" for y in ("2023", "2024")]
    with pytest.raises(comtrade.FullError, match="as many as fit"):
        read(answered(*rows), limit=20)


def test_a_full_question_is_halved_until_nothing_is_left_to_halve():
    first, second = ASKED.halves()
    assert first.periods + second.periods == YEARS
    one = comtrade.Question("CHN", ("KAZ",), "Y", "AG2", YEARS[:1], ("X",))
    assert "fills a whole answer" in refusal(lambda: list(one.halves()))


@pytest.mark.parametrize("product", ["TOTAL", "AG2"])
@pytest.mark.parametrize("limit", [500, 100_000])
def test_questions_cover_what_is_wanted_once_and_fit(product, limit):
    months = pd.period_range("2018-01", "2031-06", freq="M")
    asked = comtrade.questions("CHN", FIVE, "M", product, months, limit)
    cells = [(p, f, m) for q in asked for p in q.partners for f in q.flows for m in q.periods]
    assert len(cells) == len(set(cells)) == 5 * 2 * len(months)
    each = comtrade.PRODUCTS[product]
    for question in asked:
        size = len(question.partners) * len(question.flows) * len(question.periods) * each
        assert size < limit
        assert len(question.periods) <= 12


def test_the_parameters_leave_no_sum_beside_its_parts():
    params = ASKED.params(500)
    assert params["partner2Code"] == params["motCode"] == 0
    assert params["customsCode"] == "C00"
    assert params["period"] == "2022,2023,2024"
    assert params["partnerCode"] == "398,417,762,795,860"


def test_availability():
    content = un_answer([un_listed("KAZ", "202403", 7), un_listed("CHN", "202401", 9)])[2]
    found = comtrade.availability(content, "M")
    assert found["checksum"].tolist() == ["7", "9"]
    assert str(found["released"].iloc[0].date()) == "2025-06-01"


def test_availability_without_checksums_is_refused():
    row = un_listed("KAZ", "2024")
    row.pop("datasetChecksum")
    content = json.dumps({"count": 1, "data": [row], "error": ""}).encode()
    assert "datasetChecksum" in refusal(comtrade.availability, content, "Y")
