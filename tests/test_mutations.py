"""
Answers with one thing wrong: a clean refusal, or exactly what the whole answer gives.

SILKTRADE_MUTATIONS sets how many of each kind are tried: 40 here, 1,000 make 11,000 answers in all.
"""

from __future__ import annotations

import json
import os

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from providers import (
    CHINESE,
    FIVE,
    NAMES,
    PINK,
    bis,
    gdp,
    imts,
    lines,
    pink,
    query_csv,
    sdmx,
    table,
    un_row,
    workbook_rows,
    xlsx,
)

from silktrade.sources import comtrade, fx, gacc, gacc_files, imf, worldbank
from silktrade.sources.judge import RefusedError

MANY = int(os.environ.get("SILKTRADE_MUTATIONS", "40"))
mutated = settings(
    max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
ALL = tuple(NAMES)
JUNE = pd.Period("2031-06")
ODD = ("", "-", "####", "abc", "1,2x", "-5", "1e5", "999,999,999", "0", "７", "Total", "–")


def same(found: pd.DataFrame, right: pd.DataFrame, named: bool = False) -> None:
    """Hold what was read to what is right; rows may be missing where that is named."""
    key = [c for c in right.columns if c not in ("value", "growth")]
    both = found.merge(right, on=key, how="left", suffixes=("", "_right"))
    pd.testing.assert_series_equal(both["value"], both["value_right"], check_names=False)
    assert len(found) == len(right) or named


def refused_or(read, check) -> None:
    """Read, and check what came; a refusal is one line that says something."""
    try:
        found = read()
    except RefusedError as error:
        assert len(str(error)) > 20
        return
    check(found)


# Table 2 ----------------------------------------------------------------------------------

PAGE = table("2031-06", lines())
RIGHT = gacc.table(PAGE.encode(), JUNE, ALL)
CELLS = [i for i in range(len(PAGE)) if PAGE.startswith("<td", i)]


def whole(found: gacc.Table) -> None:
    same(found.monthly, RIGHT.monthly, bool(found.notes))
    same(found.to_date, RIGHT.to_date, bool(found.notes))


@mutated
@given(st.data())
def test_a_page_with_one_cell_wrong(data):
    start = data.draw(st.sampled_from(CELLS))
    end = PAGE.index("</td>", start) + len("</td>")
    cell = PAGE[start:end]
    inner = cell.partition(">")[2]
    # A growth that is another number is seen against last year's table alone.
    odd = [o for o in ODD if not o[:1].isdigit()] if "." in inner else ODD
    change = data.draw(st.sampled_from([f"<td>{o}</td>" for o in odd] + ["", cell * 2]))
    page = PAGE[:start] + change + PAGE[end:]
    refused_or(lambda: gacc.table(page.encode(), JUNE, ALL), whole)


@mutated
@given(st.integers(0, len(PAGE)), st.integers(0, 400))
def test_a_page_cut_off_or_with_a_hole(at, width):
    for page in (PAGE[:at], PAGE[: at // 40] + PAGE[at // 40 + width :]):
        refused_or(lambda page=page: gacc.table(page.encode(), JUNE, ALL), whole)


BOOK = workbook_rows("2031-06", lines(), fillers=200)
BOOK_RIGHT = gacc_files.workbook(xlsx(BOOK), ALL)


@mutated
@given(st.data())
def test_a_workbook_with_one_cell_or_row_wrong(data):
    i = data.draw(st.integers(0, 14))
    rows = [list(row) for row in BOOK]
    j = data.draw(st.integers(0, len(rows[i]) - 1))
    kind = data.draw(st.sampled_from(["cell", "row", "twice", "shift"]))
    odd = [o for o in ODD if not o[:1].isdigit()] if j >= 8 else ODD
    if kind == "cell":
        rows[i][j] = data.draw(st.sampled_from(odd))
    elif kind == "shift":
        rows[i].insert(j, "")
    else:
        rows[i : i + 1] = [] if kind == "row" else [rows[i], rows[i]]

    def check(found: gacc.Table) -> None:
        assert found.currency == "CNY"
        same(found.monthly, BOOK_RIGHT.monthly, bool(found.notes))
        same(found.to_date, BOOK_RIGHT.to_date, bool(found.notes))

    refused_or(lambda: gacc_files.workbook(xlsx(rows), ALL), check)


QUERY = query_csv([(m, c, CHINESE["KAZ"], "1,000") for m in ("203105", "203106")
                   for c in ("27090000", "84010000")])  # fmt: skip
QUERY_RIGHT = gacc_files.query(QUERY.encode("gb18030"), "export", FIVE)


@mutated
@given(st.integers(0, len(QUERY) - 1), st.sampled_from(["", ",", '"', "\n", "x", "美元", "\x00"]))
def test_a_query_file_with_one_sign_wrong(at, sign):
    text = QUERY[:at] + sign + QUERY[at:] if sign else QUERY[:at]
    refused_or(
        lambda: gacc_files.query(text.encode("gb18030"), "export", FIVE),
        lambda found: same(found, QUERY_RIGHT, named=True),
    )


# The other providers --------------------------------------------------------------------------

YEARS = tuple(pd.period_range("2023", "2024", freq="Y-DEC"))
ASKED = comtrade.Question("CHN", FIVE, "Y", "TOTAL", YEARS)
ROWS = [un_row("CHN", p, f, y, 1e9) for p in FIVE for f in "XM" for y in ("2023", "2024")]
UN_RIGHT = comtrade.figures(
    json.dumps({"count": len(ROWS), "data": ROWS, "error": ""}).encode(), ASKED, 500
)
VALUES = (None, "", "x", -1, 0, 5, "203106", [], {}, True, 1e400)


@mutated
@given(st.data())
def test_an_answer_of_the_un_with_one_field_wrong(data):
    i = data.draw(st.integers(0, len(ROWS) - 1))
    rows = [dict(row) for row in ROWS]
    name = data.draw(st.sampled_from(sorted(set(rows[i]) - {"primaryValue"})))
    if data.draw(st.booleans()):
        rows[i][name] = data.draw(st.sampled_from(VALUES))
    else:
        del rows[i][name]
    content = json.dumps({"count": len(rows), "data": rows, "error": ""}).encode()
    refused_or(lambda: comtrade.figures(content, ASKED, 500), lambda f: same(f, UN_RIGHT))


MESSAGE = sdmx(imts(("CHN",), FIVE, {"2031-01": 1234567890.5, "2031-02": 5.5}))
IMF_RIGHT = imf.trade(MESSAGE, ["CHN"], FIVE)


@mutated
@given(st.data())
def test_a_message_of_the_imf_with_one_thing_wrong(data):
    text = MESSAGE.decode()
    kind = data.draw(st.sampled_from(["cut", "name", "double", "code"]))
    if kind == "cut":
        text = text[: data.draw(st.integers(0, len(text)))]
    elif kind == "name":
        name = data.draw(st.sampled_from(["COUNTRY=", "INDICATOR=", "TIME_PERIOD=", "<Series",
                                          "OBS_VALUE=", "DataSet", "xmlns:message"]))  # fmt: skip
        text = text.replace(name, data.draw(st.sampled_from(["X=", "", "x" + name])), 1)
    elif kind == "double":
        start = text.index("<Series")
        end = text.index("</Series>") + len("</Series>")
        text = text[:end] + text[start:end].replace('SCALE="6"', 'SCALE="3"') + text[end:]
    else:
        code = data.draw(st.sampled_from(["KAZ", "CHN", "XG_FOB_USD", "2031-M01", "MG_CIF_USD"]))
        text = text.replace(f'"{code}"', f'"{code.lower()}"', 1)
    refused_or(
        lambda: imf.trade(text.encode(), ["CHN"], FIVE), lambda f: same(f, IMF_RIGHT, named=True)
    )


MONTHS = {str(m): 80.25 for m in pd.period_range("2030-01", "2031-05", freq="M")}
SHEET = pink({c: MONTHS for c in PINK.values()}, "June 3, 2031")  # noqa: C420
SHEET_RIGHT, _ = worldbank.prices(SHEET)
GDP = gdp({(e, y): 1e11 for e in ("KAZ", "UZB") for y in ("2029", "2030")})[2]
GDP_RIGHT, _ = worldbank.gdp(GDP, ["KAZ", "UZB"])
BIS = bis({"2031-04": 7.02, "2031-05": 7.05})[2]
BIS_RIGHT = fx.bis(BIS)


@mutated
@given(st.integers(0, len(SHEET) - 1), st.integers(0, 255))
def test_a_workbook_of_prices_with_one_byte_wrong(at, byte):
    content = SHEET[:at] + bytes([byte]) + SHEET[at + 1 :]
    refused_or(lambda: worldbank.prices(content)[0], lambda f: same(f, SHEET_RIGHT))


@mutated
@given(
    st.integers(0, len(GDP)), st.integers(0, len(BIS)), st.sampled_from(["", "[", '"', ",", "x"])
)
def test_output_and_rates_cut_off_or_with_one_sign_more(at, other, sign):
    more = sign.encode()
    for content, read, right in (
        (GDP[:at], lambda c: worldbank.gdp(c, ["KAZ", "UZB"])[0], GDP_RIGHT),
        (GDP[:at] + more + GDP[at:], lambda c: worldbank.gdp(c, ["KAZ", "UZB"])[0], GDP_RIGHT),
        (BIS[:other] + more + BIS[other:], fx.bis, BIS_RIGHT),
    ):
        refused_or(lambda c=content, r=read: r(c), lambda f, w=right: same(f, w, named=True))
