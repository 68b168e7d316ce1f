"""The IMF, read by the real sdmx1: trade and the Outlook, and every message that is none."""

from __future__ import annotations

import pytest
from conftest import refusal
from providers import FIVE, imts, sdmx

from silktrade.sources import imf

MONTHS = {"2031-01": 1234567890.5, "2031-02": 5.0}


def read(content: bytes):
    return imf.trade(content, ["CHN"], FIVE)


def test_values_are_full_dollars_whatever_their_scale(capsys):
    found = read(sdmx(imts(("CHN",), FIVE, MONTHS)))
    assert len(found) == 20
    assert found["value"].max() == 1234567890.5
    assert set(found["flow"]) == {"export", "import"}
    assert set(found["obs_status"]) == {"A"}
    assert capsys.readouterr() == ("", "")


def changed(at: int, observations: list[dict[str, str]]) -> bytes:
    series = imts(("CHN",), FIVE, MONTHS)
    series[at] = (series[at][0], observations)
    return sdmx(series)


def test_placeholders_have_no_row():
    found = read(changed(0, [{"TIME_PERIOD": "2031-M01"},
                             {"TIME_PERIOD": "2031-M02", "OBS_VALUE": "NaN"}]))  # fmt: skip
    assert len(found) == 18


def test_what_the_staff_estimated_is_an_estimate_and_what_it_projects_is_left():
    found = read(changed(0, [
        {"TIME_PERIOD": "2031-M01", "OBS_VALUE": "1", "DERIVATION_TYPE": "SE"},
        {"TIME_PERIOD": "2031-M02", "OBS_VALUE": "2", "DERIVATION_TYPE": "SP"}]))  # fmt: skip
    assert found.query("obs_status == 'E'")["value"].tolist() == [1.0]
    assert len(found) == 19


def test_the_world_has_a_code_of_its_own():
    found = imf.trade(sdmx(imts(("CHN",), ("G001",), MONTHS)), ["CHN"], ["WLD"])
    assert set(found["partner"]) == {"WLD"}


def split() -> bytes:
    series = imts(("CHN",), FIVE, MONTHS)
    return sdmx([*series, (series[0][0] | {"SCALE": "3"}, series[0][1])])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (sdmx([]), "holds no series"),
        (sdmx(imts(("CHN",), FIVE, MONTHS), group=True), "holds no series"),
        (sdmx(imts(("CHN",), FIVE, MONTHS)[:9]), "expected 10 series, found 9"),
        (split(), "is double"),
        (sdmx(imts(("CHN",), (*FIVE, "MNG"), MONTHS)), "was not asked for"),
        (
            changed(0, [{"TIME_PERIOD": "2031-01", "OBS_VALUE": "1"}]),
            "found '2031-01'",
        ),
        (changed(0, [{"TIME_PERIOD": "2031-M01", "OBS_VALUE": "many"}]), "found 'many'"),
        (b"<html><body>Sign in</body></html>", "no SDMX message"),
        (b'{"errors": []}', "expected an SDMX message"),
        (sdmx(imts(("CHN",), FIVE, MONTHS))[:2500], "no SDMX message"),
        (b"", "expected an SDMX message"),
    ],
)
def test_a_message_that_is_none_is_refused(content, says, capsys):
    text = refusal(read, content)
    assert says in text
    assert "\n" not in text
    assert capsys.readouterr() == ("", "")


def edition(economies: tuple[str, ...] = ("CHN", *FIVE)) -> bytes:
    series = []
    for economy in economies:
        for subject, value in (("NGDP_RPCH", "5.25"), ("NGDPD", "250000000000"), ("LP", "2e7")):
            key = {"COUNTRY": economy, "INDICATOR": subject, "FREQUENCY": "A", "SCALE": "9",
                   "LATEST_ACTUAL_ANNUAL_DATA": "FY2030/31"}  # fmt: skip
            years = [{"TIME_PERIOD": y, "OBS_VALUE": value} for y in ("2029", "2030", "2031")]
            series.append((key, years))
    return sdmx(series)


def test_the_outlook_is_of_its_day_and_splits_what_was_from_what_is_expected():
    found, day = imf.outlook(edition(), ["CHN", *FIVE])
    assert day == "2031-04-14"
    kaz = found.query("economy == 'KAZ' and indicator == 'gdp_growth'").set_index("period")
    assert kaz["value"].tolist() == [0.0525] * 3
    assert kaz["obs_status"].tolist() == ["A", "A", "E"]
    assert set(found["indicator"]) == {"gdp_growth", "gdp_usd", "population"}


def test_an_outlook_without_an_economy_or_a_day_is_refused():
    assert "UZB" in refusal(imf.outlook, edition(("CHN", *FIVE[:-1])), ["CHN", *FIVE])
    undated = edition().replace(b"PUBLICATION_DATE", b"OTHER_DATE")
    assert "no day" in refusal(imf.outlook, undated, ["CHN"])
