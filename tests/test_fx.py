"""The exchange rate: one direction, two publishers."""

from __future__ import annotations

import pytest
from conftest import refusal
from providers import bis, fred_csv, fred_json

from silktrade.sources import fx

RATES = {"2031-04": 7.02, "2031-05": 7.05}


def test_the_bis():
    assert fx.bis(bis(RATES)[2])["value"].tolist() == [7.02, 7.05]


@pytest.mark.parametrize("header", ["observation_date", "DATE"])
def test_fred_by_file_under_either_name(header):
    assert fx.fred(fred_csv(RATES, header)[2])["value"].tolist() == [7.02, 7.05]


def test_fred_by_interface():
    assert fx.fred(fred_json(RATES)[2])["value"].tolist() == [7.02, 7.05]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            bis({"2031-05": 0.14})[2],
            "2031-05 is 0.14, expected 1.5 to 9: looks like dollars per yuan",
        ),
        (bis({"2031-05": 70.2})[2], "expected 1.5 to 9"),
        (bis(RATES)[2].replace(b"OBS_VALUE", b"VALUE"), "expected the columns"),
        (bis(RATES)[2].replace(b"2031-05", b"2031-04"), "each month once"),
        (bis(RATES)[2].replace(b"2031-05", b"2031-Q2"), "expected a month"),
        (bis(RATES)[2][:-8], "it is cut off"),
        (bis({})[2], "each month once, found 0"),
        (b"<html>moved</html>", "found a page"),
        (b"\xff\xfe", "BIS is empty"),
    ],
)
def test_a_series_that_is_none_is_refused(content, says):
    assert says in refusal(fx.bis, content)


def test_fred_that_is_none_is_refused():
    assert "expected observations" in refusal(fx.fred, b'{"error_code": 400}')


def test_two_publishers_agree_within_half_a_percent():
    one, other = fx.bis(bis(RATES)[2]), fx.fred(fred_csv({"2031-05": 7.06})[2])
    assert fx.agree(one, other) == 1
    far = fx.fred(fred_csv({"2031-05": 7.10})[2])
    assert "2031-05: the BIS has 7.0500, FRED 7.1000" in refusal(fx.agree, one, far)
