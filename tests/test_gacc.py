"""The customs' English pages and the files of the Chinese site: every form, every refusal."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import ROOT, refusal
from providers import (
    CHINESE,
    FIVE,
    NAMES,
    Line,
    index,
    lines,
    preliminary,
    query_csv,
    table,
    workbook,
    workbook_rows,
    xlsx,
)

from silktrade.sources import gacc, gacc_files
from silktrade.sources import preliminary as totals

JUNE, JANUARY = pd.Period("2031-06"), pd.Period("2031-01")
ALL = tuple(NAMES)
LINK = "http://english.customs.gov.cn/Statics/6e9d0000-1111.html"


def read(page: str, month: pd.Period = JUNE, partners: tuple[str, ...] = ALL) -> gacc.Table:
    return gacc.table(page.encode(), month, partners)


def value(frame: pd.DataFrame, partner: str, flow: str, column: str = "value") -> float:
    rows = frame[(frame["partner"] == partner) & (frame["flow"] == flow)]
    return rows[column].item()


def test_the_index_gives_the_published_months_of_the_newest_year():
    page = index({1: LINK, 6: LINK.upper().replace("HTTP", "http")}, (2029, 2031, 2030))
    page = page.replace("/STATICS/", "/Statics/").replace(".HTML", ".html")
    year, links = gacc.index(page.encode())
    assert year == 2031
    assert sorted(links) == [1, 6]
    assert links[1] == LINK


def test_the_index_of_a_past_year_is_of_that_year():
    assert gacc.index(index({12: LINK}, (2031, 2030)).encode(), 2030) == (2030, {12: LINK})


def test_in_january_the_index_turns_to_a_year_without_tables():
    assert gacc.index(index({}, (2032, 2031)).encode()) == (2032, {})


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (index({1: LINK}, ()), "a list of years, found none"),
        (index({1: LINK}, (2031,), row="（2）By regime"), "found 0"),
        ("412 <script>", "expected a page"),
    ],
)
def test_an_index_that_is_another_is_refused(page, says):
    assert says in refusal(gacc.index, page.encode())


def test_ten_columns():
    found = read(
        table("2031-06", lines(KAZ=Line("4,000,001", "20,000,000", "2", "9", ("1", "7.6", "-"))))
    )
    assert value(found.monthly, "KAZ", "export") == 4_000_001_000
    assert value(found.to_date, "KAZ", "export") == 20_000_000_000
    assert value(found.to_date, "KAZ", "export", "growth") == 0.076
    assert pd.isna(value(found.to_date, "KAZ", "import", "growth"))
    assert found.rows == 269
    assert found.printed == "2031/07/22"
    assert set(found.monthly["currency"]) == {"USD"}
    assert set(found.monthly["obs_status"]) == {"P"}


def test_seven_columns_in_january():
    found = read(table("2031-01", lines()), JANUARY)
    assert value(found.monthly, "UZB", "import") == value(found.to_date, "UZB", "import") == 5e8


def test_nothing_reported_has_no_row_and_is_counted():
    found = read(table("2031-06", lines(TJK=Line("1,000", "3,000", "-", "-"))))
    assert len(found.monthly) == 11
    assert [n for n in found.notes if "nothing reported" in n]


def test_nought_is_a_number():
    found = read(table("2031-06", lines(TJK=Line("1,000", "3,000", "0", "0"))))
    assert value(found.monthly, "TJK", "import") == 0


def test_a_hidden_total_is_restored_and_a_hidden_flow_left_out_by_name():
    hidden = "############"
    found = read(
        table(
            "2031-06",
            lines(
                WLD=Line("9", "19", "3", "4", total=hidden, total_sum=hidden),
                KAZ=Line("5", hidden, "3", "4", total_sum="99"),
            ),
        )
    )
    assert value(found.to_date, "WLD", "export") == 19_000
    assert ("KAZ", "export") in found.hidden
    assert not len(found.to_date.query("partner == 'KAZ' and flow == 'export'"))
    assert any("hidden" in n for n in found.notes)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (table("2031-06", lines(), fillers=180), "found 186: cut off"),
        (table("2031-05", lines()), "its title says 5.2031"),
        (
            table("2031-06", lines(), unit="US$10,000"),
            "expected the unit US$1,000, found US$10,000",
        ),
        (table("2031-06", lines(), unit="10,000 yuan"), "found 10,000yuan"),
        (table("2031-06", lines(TKM=None)), "Turkmenistan is missing"),
        (
            table("2031-06", lines(KAZ=Line("5", "9", "3", "4", total="12"))),
            "add up to the total 12",
        ),
        (table("2031-06", lines(KAZ=Line("5", "4", "3", "4"))), "does not hold the month's"),
        (table("2031-06", lines(KAZ=Line("", "4", "3", "4"))), "expected a number, found ''"),
        (table("2031-06", lines(KAZ=Line("5x", "9", "3", "4"))), "found '5x'"),
        (table("2031-06", lines(KAZ=Line("-5", "9", "3", "4"))), "found '-5'"),
        (table("2031-06", lines()).replace("1to6", "1-6"), "expected the columns"),
        (table("2031-06", lines(), title="（2）By section,6.2031"), "expected its title"),
        (table("2031-06", lines()).replace("Country 7&nbsp;", "Uzbekistan"), "stands twice"),
        ("<html><script>challenge()</script></html>", "a page without one"),
        ("", "expected a page"),
    ],
)
def test_a_table_that_is_not_what_was_asked_for_is_refused(page, says):
    assert says in refusal(read, page)


def test_a_january_page_is_no_june_page():
    page = table("2031-01", lines()).replace(",1.2031", ",6.2031")
    assert "expected the columns" in refusal(read, page)


def test_a_partner_beyond_the_five():
    page = table("2031-06", lines() | {"Mongolia": Line("7", "8", "1", "2")})
    found = read(page, partners=("KAZ", "MNG"))
    assert value(found.monthly, "MNG", "export") == 7000


def test_the_workbook_of_a_page_reads_as_the_page():
    page = table("2031-06", lines())
    book = gacc.table(workbook(page)[2], JUNE, ALL)
    pd.testing.assert_frame_equal(book.monthly, read(page).monthly)
    pd.testing.assert_frame_equal(book.to_date, read(page).to_date)
    january = table("2031-01", lines())
    book = gacc.table(workbook(january)[2], JANUARY, ALL)
    pd.testing.assert_frame_equal(book.to_date, read(january, JANUARY).to_date)


# The preliminary release -----------------------------------------------------------------------


def early(month: str = "2031-06", yuan: dict | None = None, dollars: dict | None = None):
    pages = [
        preliminary(month, currency, **({"value": v, "to_date": 5.5 * v} | (changed or {})))
        for currency, v, changed in (("CNY", 41234.5, yuan), ("USD", 5678.9, dollars))
    ]
    return totals.rate(*(p.encode() for p in pages), pd.Period(month))


def test_two_preliminary_totals_give_a_rate_of_five_digits():
    rate = early()
    assert rate["value"].tolist() == [round(41234.5 / 5678.9, 5)]
    assert rate["period"].astype(str).tolist() == ["2031-06"]
    assert set(rate["obs_status"]) == {"E"}


def test_january_and_february_share_a_preliminary_rate():
    rate = early("2031-02", {"to_date": 70000.0}, {"to_date": 10000.0})
    assert rate["period"].astype(str).tolist() == ["2031-01", "2031-02"]
    assert rate["value"].tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    ("yuan", "says"),
    [
        ({"unit": "CNY 1 Million"}, "expected the unit CNY 100 Million"),
        ({"unit": "USD 100 Million"}, "expected the unit CNY 100 Million"),
        ({"title": "(1) China's Total Export & Import Values, May 2031 (in CNY)"}, "May 2031"),
        ({"title": "(1) China's Total Export & Import Values, Jun 2030 (in CNY)"}, "Jun 2030"),
        ({"title": "(1) China's Total Export & Import Values, Jun 2031 (in USD)"}, "in USD"),
        ({"title": "(4) Exports by Country"}, "expected its title, found none"),
        ({"value": 4123.4}, "0.7261 yuan per dollar in the month"),
        ({"value": 45000.0}, "are of different months"),
    ],
)
def test_preliminary_totals_that_are_others_are_refused(yuan, says):
    assert says in refusal(early, yuan=yuan)


def test_a_preliminary_page_with_other_columns_is_refused():
    page = preliminary("2031-06", "USD", 1.0, 2.0)
    for old, new in (("1-to-6", "1-to-5"), ("<td>6</td>", "<td>x</td>"),
                     ("Total Export &amp; Import</td>", "Sum</td>")):  # fmt: skip
        text = refusal(totals.totals, page.replace(old, new).encode(), JUNE, "USD")
        assert "expected " in text and "column" in text


# Files downloaded by hand --------------------------------------------------------------------


def book(month: str = "2031-06", **options: object) -> bytes:
    rows = options.pop("rows", lines())
    return xlsx(workbook_rows(month, rows, **options))


def test_the_chinese_workbook_is_in_yuan():
    kaz = Line(
        "1,862,718.3129", "2,000,000.5", "5", "7", total="1,862,723.3129", total_sum="2,000,007.5"
    )
    found = gacc_files.workbook(book(rows=lines(KAZ=kaz)), ALL)
    assert found.currency == "CNY"
    assert found.month == JUNE
    assert value(found.monthly, "KAZ", "export") == 18_627_183_129
    assert len(found.monthly) == 12


def test_the_workbook_of_january_has_six_values():
    found = gacc_files.workbook(book("2031-01"), FIVE)
    assert value(found.monthly, "KAZ", "export") == 1e10
    assert value(found.to_date, "KAZ", "export") == 1e10


def test_the_workbook_in_dollars():
    found = gacc_files.workbook(book(unit="单位:千美元"), FIVE)
    assert found.currency == "USD"
    assert value(found.monthly, "KAZ", "export") == 1e9


def test_a_real_xls_file_reads_as_its_twin_saved_anew():
    # tests/golden/customs.xls: see make_customs_xls.py beside it.
    old = gacc_files.workbook((ROOT / "tests" / "golden" / "customs.xls").read_bytes(), ALL)
    new = gacc_files.workbook(book(), ALL)
    pd.testing.assert_frame_equal(old.monthly, new.monthly)
    pd.testing.assert_frame_equal(old.to_date, new.to_date)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"title": "（3）2031年6月进出口商品主要国别（地区）总值表（人民币值）"},
            "preliminary table",
        ),
        ({"title": "（4）2031年6月进出口商品类章总值表（人民币值）"}, "sections and chapters"),
        ({"title": "（5）2031年6月进出口商品贸易方式总值表（人民币值）"}, "customs regime"),
        (
            {"title": "（2）2031年6月进出口商品国别（地区）总值表（美元值）"},
            "美元值, its unit 万元人民币",
        ),
        ({"unit": "单位：亿元人民币"}, "found 亿元人民币"),
        ({"fillers": 100}, "cut off"),
        ({"rows": lines(UZB=None)}, "Uzbekistan is missing"),
        ({"rows": lines(UZB=Line("", "3", "1", "1"))}, "found ''"),
    ],
)
def test_a_workbook_that_is_another_is_refused(options, says):
    assert says in refusal(gacc_files.workbook, book(**options), ALL)


def test_a_page_saved_as_a_workbook_is_refused():
    assert "a page that was saved" in refusal(gacc_files.workbook, b"<html>412</html>", ALL)


def rows(months: tuple[str, ...] = ("203105", "203106")) -> list[tuple[str, str, str, str]]:
    codes = ("27090000", "27101922", "87032361")
    return [(m, c, CHINESE["KAZ"], "1,000") for m in months for c in codes]


CUT = [("203105", f"{c:02}010000", CHINESE["KAZ"], "1") for c in range(1, 9)]
CUT += [("203106", "01010000", CHINESE["KAZ"], "1")]


@pytest.mark.parametrize("trailing", [True, False])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_the_query_site_is_summed_to_chapters(trailing, encoding):
    content = query_csv(rows(), trailing=trailing).encode(encoding)
    found = gacc_files.query(content, "export", FIVE)
    assert found.set_index(["product", "period"])["value"]["27", "2031-05"].item() == 2000
    assert set(found["product"]) == {"27", "87"}
    assert set(found["currency"]) == {"USD"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (query_csv(rows()).replace("美元", "数量"), "expected a column 美元 or 人民币"),
        (query_csv(rows()).replace("27090000", "原油"), "expected a customs code"),
        (query_csv(rows()).replace("203105", "2031-05"), "expected a month as 203106"),
        (query_csv(rows()) + "203106,2709\n", "has not 7 fields"),
        (query_csv(rows())[:-2], "cut off"),
        (query_csv(rows()).replace('"1,000"', '"1,000', 1), "CSV of the query site: "),
        (query_csv(CUT), "cut off?"),
        (query_csv(rows()).replace(CHINESE["KAZ"], "越南"), "none of the partners"),
        (query_csv(rows()).replace('"1,000"', '""'), "expected a number"),
        ("", "is empty"),
    ],
)
def test_a_query_file_that_is_another_is_refused(text, says):
    assert says in refusal(gacc_files.query, text.encode("gb18030"), "export", FIVE)
