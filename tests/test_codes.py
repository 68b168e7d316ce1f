"""Codes and labels: one order, one colour each, errors that say what may stand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from conftest import refusal

from silktrade import codes, prose


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_five_stand_in_english_alphabetical_order():
    labels = [codes.label(p) for p in codes.PARTNERS]
    assert labels == sorted(labels)
    assert len(labels) == 5


def test_every_partner_has_a_colour_of_its_own():
    own = [codes.colour(p) for p in (*codes.PARTNERS, codes.REGION)]
    assert len(set(own)) == 6


@pytest.mark.parametrize("name", sorted({*codes.COLOURS, *codes.COMTRADE}))
def test_colours_stand_out_from_white(name):
    assert 1.05 / (luminance(codes.colour(name)) + 0.05) >= 3  # WCAG 2, 1.4.11, graphics


def lab(colour: str) -> np.ndarray:
    """Place a colour in CIELAB (D65), where distances are those that are seen."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ linear / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_colours_of_the_table_are_told_apart_and_no_two_economies_share_one():
    economies = [code for code in codes.COMTRADE if code != codes.WORLD]
    assert len({codes.colour(code) for code in economies}) == len(economies)
    own = [lab(codes.colour(code)) for code in economies if code in codes.COLOURS]
    apart = [np.linalg.norm(a - b) for a, b in itertools.combinations(own, 2)]
    assert len(own) == 13
    # Some 2 are just seen side by side; ten times that is another colour on thin lines as well.
    assert min(apart) > 20


def test_labels_fall_back_on_the_code():
    assert codes.label("KAZ") == "Kazakhstan"
    assert codes.label("CA5") == "Central Asia"
    assert codes.label("import") == "China's imports"
    assert codes.label("0101") == "0101"


def test_one_of_names_argument_rule_and_value():
    assert codes.one_of("flow", "import", codes.FLOWS) == "import"
    with pytest.raises(ValueError) as error:
        codes.one_of("partner", "CA5", codes.PARTNERS)
    assert str(error.value) == "partner must be one of KAZ, KGZ, TJK, TKM, UZB, got 'CA5'"
    with pytest.raises(ValueError, match="got 'Kazahstan': did you mean 'KAZ'"):
        codes.one_of("partner", "Kazahstan", codes.PARTNERS)


def test_some_of_keeps_the_order_of_the_codes_without_repetition():
    assert codes.some_of("partners", ["UZB", "KAZ", "UZB"], codes.PARTNERS) == ["KAZ", "UZB"]
    assert codes.some_of("partners", "KAZ", codes.PARTNERS) == ["KAZ"]
    assert codes.some_of("partners", None, codes.PARTNERS) == list(codes.PARTNERS)


def test_some_of_refuses_none_at_all():
    with pytest.raises(ValueError) as error:
        codes.some_of("flows", [], codes.FLOWS)
    assert str(error.value) == (
        "flows must name at least one of export, import, got none: leave it out for all"
    )


def test_some_of_refuses_an_unknown_code_among_known_ones():
    with pytest.raises(ValueError, match=r"^flows must be one of .*, got 'total': leave it"):
        codes.some_of("flows", ["export", "total"], codes.FLOWS)


def test_a_source_line_names_each_publisher_once():
    frame = pd.DataFrame({"source": ["imf", "gacc", "gacc"]})
    totals = pd.Series([1.0])
    totals.attrs["source"] = "gacc, fed"
    assert prose.source_line(frame, totals) == "IMF, China Customs, Federal Reserve"
    assert prose.source_line(pd.Series([1.0])) == ""


def test_the_table_of_economies_is_whole():
    economies = set(codes.COMTRADE) - {codes.WORLD}
    assert len(economies) == 249  # ISO 3166-1 of 2026
    assert [c for c in economies if not (len(c) == 3 and c.isupper() and c.isascii())] == []
    assert len(set(codes.COMTRADE.values())) == 250
    assert {members for region in codes.REGIONS.values() for members in region} <= economies
    names = [name for names in codes.CUSTOMS_NAMES.values() for name in names]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_an_unknown_economy_is_refused_without_counting_up_all():
    assert refusal(codes.one_of, "economy", "XX", codes.ECONOMIES) == (
        "economy must be an ISO 3166-1 alpha-3 code such as KAZ, or one of CA5, WLD, got 'XX'"
    )
    assert codes.one_of("economy", "MNG", codes.ECONOMIES) == "MNG"


@pytest.mark.parametrize(
    ("given", "choices", "cure"),
    [
        ("kaz", codes.COUNTRIES, "got 'kaz': write 'KAZ'"),
        (" KAZ", codes.COUNTRIES, "got ' KAZ': write 'KAZ'"),
        ("Kazakhstan", codes.COUNTRIES, "got 'Kazakhstan': write 'KAZ'"),
        ("usd", codes.CURRENCIES, "got 'usd': write 'USD'"),
        ("KZ", codes.COUNTRIES, "got 'KZ': write 'KAZ'"),
        (["KAZ"], codes.COUNTRIES, "got ['KAZ']: give one alone, such as 'KAZ'"),
        ("哈萨克斯坦", codes.COUNTRIES, "write 'KAZ'"),
        ("Казахстан", codes.COUNTRIES, "write 'KAZ'"),
        ("all", codes.ECONOMIES, "write 'CA5'"),
        ("CA", codes.ECONOMIES, "did you mean 'CAN' or 'CA5'?"),
        ("Pakistan", codes.PARTNERS, "got 'Pakistan'"),  # near to Tajikistan, and known as itself
        ("RMB", codes.CURRENCIES, "write 'CNY'"),
        ("￥", codes.CURRENCIES, "write 'CNY'"),
        ("$", codes.CURRENCIES, "write 'USD'"),
        ("EUR", codes.CURRENCIES, "got 'EUR'"),
        ("monthly", ("M", "Y"), "write 'M'"),
        ("quarterly", ("M", "Y"), "got 'quarterly'"),
        ("imports ", codes.FLOWS, "write 'import'"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_was_meant(given, choices, cure):
    assert refusal(codes.one_of, "partner", given, choices).endswith(cure)


@pytest.mark.parametrize(
    ("given", "cure"),
    [("2024", ": write 2024"), (2024.0, ": write 2024"), ("next", ""), (24, ""), (20266, "")],
)
def test_a_year_stands_without_quotes(given, cure):
    told = refusal(codes.a_year, "year", given)
    assert told == f"year must be a year of four digits such as 2024, got {given!r}{cure}"


def test_several_codes_are_a_list():
    told = refusal(codes.some_of, "partners", "KAZ, UZB", codes.PARTNERS)
    assert told == "partners must be a list of codes, got 'KAZ, UZB': write ['KAZ', 'UZB']"
