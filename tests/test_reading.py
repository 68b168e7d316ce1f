"""What readers do alike: every odd form is refused in one line, or read exactly."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from conftest import refusal
from providers import xlsx

from silktrade.sources import reading


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,862,718.3129", 1862718.3129), ("1862718", 1862718.0), ("0", 0.0), ("-3.5", -3.5),
     (reading.plain("１,０００"), 1000.0), (reading.plain(" 5\xa0"), 5.0)],
)  # fmt: skip
def test_a_printed_number_is_read(text, value):
    assert reading.number(text, "a cell") == value


@pytest.mark.parametrize(
    "text",
    ["", "1 000", "1.000.000", "1'000", "10,00,000", "1,00", "3,5", "1000,000", "1e6", "inf", "nan",
     "1,000*", "1,000①", "5注", "–", "−5", "####", "..", "n/a", "0x1", "１０",
     "١٢", "1_0", "+1", "1."],
)  # fmt: skip
def test_what_may_be_another_number_is_refused(text):
    assert refusal(reading.number, text, "a cell") == f"a cell: expected a number, found {text!r}"


@pytest.mark.parametrize(
    ("text", "example"),
    [("203106", "203106"), ("2031-06", "2031-06"), ("2031-06-01", "2031-06-01"),
     ("2031M06", "2031M06"), ("2031-M06", "2031-M06"), (203106, "203106")],
)  # fmt: skip
def test_a_month_is_read_in_its_own_form_alone(text, example):
    assert reading.period(text, example, "BIS") == pd.Period("2031-06")
    for other in ("203113", "203100", "2031-6", "06/2031", "01/06/2031", "06.2031", "6.2031",
                  "2031", "20310617", "2031-06-17", "２０31", "1231-06", "", None):  # fmt: skip
        assert f"BIS: expected a month as {example}, found" in refusal(
            reading.period, other, example, "BIS"
        )


@pytest.mark.parametrize("value", [None, "5", True, [], {}, float("nan"), float("inf")])
def test_an_amount_is_a_number(value):
    assert "expected a number" in refusal(reading.amount, value, "a row")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>login</html>", "expected JSON"), (b"", "expected JSON"), (b"null", "expected JSON"),
     (b'{"a": NaN}', "NaN is no number"), (b'{"a": -Infinity}', "Infinity is no number"),
     (b'{"a": [1', "cut off"), (b"[" * 100_000, "recursion"),
     (b'{"a": "\xc3L"}', "cut off or wrong")],
)  # fmt: skip
def test_what_is_no_json_is_refused(content, says):
    assert says in refusal(reading.parsed, content, "the UN")


def test_a_mark_of_the_encoding_is_passed_over():
    assert reading.parsed(b"\xef\xbb\xbf" + json.dumps([1]).encode(), "the UN") == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_csv_is_read_in_any_encoding(encoding):
    text = "数据年月,美元,\n203106, 5 ,\n"
    assert reading.lines(text.encode(encoding), "it", by_hand=True)[1] == ["203106", "5", ""]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>", "found a page"), (b"", "is empty"), (b"a,b\n1\n", "line 2 has not 2 fields"),
     (b'a,b\n1,"2\n', "unexpected end of data"), (b"\0" * 40, "is no text"),
     (b"a,b\n1,2", "ends within a line"), (b"a," + b"x" * 200_000 + b"\n", "field larger")],
)  # fmt: skip
def test_what_is_no_csv_is_refused(content, says):
    assert says in refusal(reading.lines, content, "it", by_hand=True)


def test_a_sheet_is_text():
    book = xlsx([["a", 1.0], ["", 0.1]], "One")
    assert reading.sheet(book, "it", "One") == [["a", "1"], ["", "0.1"]]


@pytest.mark.parametrize(
    "content", [xlsx([["a"]], "Two")[:300], b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0junk"]
)
def test_a_damaged_workbook_is_refused(content):
    assert "cannot be read" in refusal(reading.sheet, content, "it")
