"""Figures of one's own: read, forecast, judged, drawn in the house style, and saved with words."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from matplotlib.image import imread
from providers import xlsx

import silktrade as st
from presswork import workbook
from silktrade import figures
from silktrade.figures.canvas import figure_html

MONTHS = pd.period_range("2015-01", periods=72, freq="M")
SEASON = pd.Series(
    100 + np.arange(72) + 10 * np.sin(np.arange(72) * np.pi / 6), MONTHS, name="Wagons"
)
SEASON.attrs = {"unit": "thousand wagons", "source": "own count"}


@pytest.mark.parametrize(
    ("text", "decimal", "encoding"),
    [
        ("month,tonnes\n2024-01,1234.5\n2024-02,\n2024-03,-2\n", ".", "utf-8"),
        ("month;tonnes\n2024-01;1.234,5\n2024-02;..\n2024-03;-2\n", ",", "utf-8-sig"),
        ('month,tonnes\n2024-03,−2\n2024-01,"1,234.5"\n2024-02,n/a\n\n', ".", "utf-16"),
        ("месяц\tтонн\n2024-01\t1 234.5\n2024-02\t-\n2024-03\t-2\n", ".", "cp1251"),
        ("sep=;\n月;吨\n2024-01-31;1234.5\n2024-02-29;:\n2024-03-31;-2\n", ".", "gb18030"),
    ],
)
def test_a_csv_is_read_as_it_was_written(tmp_path, text, decimal, encoding):
    file = tmp_path / "数 data.csv"
    file.write_bytes(text.encode(encoding))
    read = st.read_series(file, decimal=decimal, unit="tonnes")
    assert read.index.equals(pd.period_range("2024-01", "2024-03", freq="M", name="period"))
    assert read.fillna(0).tolist() == [1234.5, 0, -2]
    assert read.attrs == {"unit": "tonnes", "source": "数 data.csv"}


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("801,105", ",", 801.105),
        ("801,105", ".", 801_105),
        ("1.234.567,5", ",", 1_234_567.5),
        ("1'234.5", "", 1234.5),
        ("1,234.5", "", 1234.5),
        ("-1.2e3", "", -1200),
    ],
)
def test_groups_of_three_digits_are_parted(tmp_path, text, decimal, value):
    (tmp_path / "own.csv").write_text(f"year;x\n2024;{text}\n", encoding="utf-8")
    assert st.read_series(tmp_path / "own.csv", decimal=decimal).tolist() == [value]


@pytest.mark.parametrize(
    ("forms", "period"),
    [
        ("2012Q1 2012-Q1 2012:Q1 Q1_2012 1Q2012 q1-2012 Q1/12 1Q12 I_квартал_2012", "2012Q1"),
        ("1_кв._2012 1-й_квартал_2012_года 2012年1季度 2012年第一季度", "2012Q1"),
        ("2018-01 2018-1 2018M01 2018-M1 2018/01 01/2018 1.2018 201801 2018:01", "2018-01"),
        ("2018年1月 2018年01月份 2018年一月 ２０１８年１月", "2018-01"),
        ("Jan_2018 Jan-18 January-2018 2018_Jan JAN/2018 jan._2018", "2018-01"),
        ("январь_2018 янв._2018 Января_2018_г. Янв-18 2018_январь", "2018-01"),
        ("März_2018 mars_2018 mart_2018 наурыз_2018", "2018-03"),
        ("2018 2018年 2018.0 2018_г. 2018_год", "2018"),
    ],
)
def test_periods_are_read_as_files_write_them(tmp_path, forms, period):
    for form in forms.split():
        text = f"when,x\n{form.replace('_', ' ')},5\n"
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        assert st.read_series(tmp_path / "own.csv").index.tolist() == [pd.Period(period)], form
    for days in (
        "31.03.2018 30.04.2018", "2018/3/31 2018/4/30", "20180331 20180430",
        "31/03/2018 01/04/2018", "3/1/2018 4/30/2018", "31-Mar-18 30-April-2018",
        "2018-03-01T00:00:00 2018年4月1日",
    ):  # fmt: skip
        text = "when,x\n{},1\n{},2\n".format(*days.split())
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        read = st.read_series(tmp_path / "own.csv")
        assert {str(p): v for p, v in read.items()} == {"2018-03": 1, "2018-04": 2}, days


def test_a_workbook_is_read_by_sheet_and_column(tmp_path):
    file = tmp_path / "own.xlsx"
    rows = [["year", "rail", "road"], [2022.0, 1.5, 3.0], [2023.0, "2,000", "–"]]
    file.write_bytes(xlsx(rows, "Freight"))
    assert st.read_series(file, "rail", sheet="Freight").tolist() == [1.5, 2000.0]
    assert st.read_series(file, "road").isna().tolist() == [False, True]
    assert refusal(st.read_series, file) == (
        "column must name one of rail, road of own.xlsx, got none: write column='rail', or None "
        "for a frame of all"
    )
    for column, names in ((None, ["rail", "road"]), (["road", "rail"], ["road", "rail"])):
        read = st.read_series(file, column, unit="t")
        assert read.columns.tolist() == names and read.attrs["unit"] == "t"
        assert read["rail"].tolist() == [1.5, 2000.0]
    assert refusal(st.read_series, file, ["rail", "raod"]).startswith("column must be one of rail")
    assert "sheet must be one of Freight, got 'Other'" in refusal(
        st.read_series, file, "rail", sheet="Other"
    )


TABLES = {
    "titles and notes": "Trade\nmillion USD\n\nyear,x\n2023,1\n2024,2\n\nSource: office, Almaty\n",
    "blank rows": "\n\nyear,x\n,\n2023,1\n\n2024,2\n,,\n",
    "no names": "2023,1\n2024,2\n",
    "merged heads": "year,Export,,Import,\n,KAZ,UZB,KAZ,UZB\n2023,1,8,8,8\n2024,2,8,8,8\n",
    "a row of units": "year,Export,Import\n,KAZ,KAZ\n2023,1,8\n2024,2,8\n",
    "a column of marks": "year,x,\n2023,1,p\n2024,2,\n",
    "years above": "who,2023,2024\nExport KAZ,1,2\nImport KAZ,8,8\n",
    "years after labels": "who,code,2023,2024,\nExport KAZ,E,1,2,\nImport KAZ,I,8,8,\n",
    "commas in the title": "Trade of KAZ, value, total\n\nyear;x\n2023;1\n2024;2\n",
    "more commas than semicolons": "year;x, million, at last\n2023;1\n2024;2\n",
    "a blank corner": "\tx\n2023\t1\n2024\t2\n",
    "two labels": "who,flow,2023,2024\nExport,KAZ,1,2\n,UZB,8,8\nImport,KAZ,8,8\n",
    "old ends of lines": "year,x\r2023,1\r2024,2\r",
}


@pytest.mark.parametrize("layout", TABLES)
def test_a_table_is_found_among_titles_and_notes(tmp_path, layout):
    (tmp_path / "own.csv").write_text(TABLES[layout], encoding="utf-8")
    several = "Export" in TABLES[layout]
    read = st.read_series(tmp_path / "own.csv", "Export KAZ" if several else "")
    assert {str(p): v for p, v in read.items()} == {"2023": 1, "2024": 2}
    if several:
        assert refusal(st.read_series, tmp_path / "own.csv").startswith(
            "column must name one of Export KAZ, "
        )


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Year,Month,x\n2023,11,1\n2023,12,2\n2024,1,3\n", "2023-11 2023-12 2024-01"),
        ("Year,Month,x\n2023,Nov,1\n,Dec,2\n2024,Jan,3\n", "2023-11 2023-12 2024-01"),
        ("年,季度,x\n2023,3,1\n2023,4,2\n2024,1,3\n", "2023Q3 2023Q4 2024Q1"),
        ("Year,Jan,Feb\n2023,1,2\n2024,3,\n", "2023-01 2023-02 2024-01"),
        ("Year,Q1,Q2\n2023,1,2\n2024,3,\n", "2023Q1 2023Q2 2024Q1"),
        ("Month,2023,2024\nJan,1,3\nFeb,2,\n", "2023-01 2023-02 2024-01"),
        ("Exports,2023,,2024\n,Nov,Dec,Jan\nKAZ,1,2,3\n", "2023-11 2023-12 2024-01"),
        (",x\n2023,\nноябрь,1\nдекабрь,2\n2024,\nянварь,3\n", "2023-11 2023-12 2024-01"),
        ("季度,x\n2023年第1季度,1\n2023年第2季度,2\n2023年3季度,3\n", "2023Q1 2023Q2 2023Q3"),
    ],
)
def test_a_year_and_its_part_may_stand_apart(tmp_path, text, periods):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    read = st.read_series(tmp_path / "own.csv")
    assert read.index.astype(str).tolist() == periods.split()
    assert read.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "Year,Month,x\n2023,11,1\n2023p,12,2\n2024,1,3\n2024,2,3\n",  # not the year above
        "Year,Jan,Feb\n2023,1,2\n2023,3,4\n",
        "Month,2023,2023\nJan,1,2\nFeb,3,4\n",
        "who,2023,2024\nrail,1,2,3\n",  # a figure beyond the periods
        "who,2023,2024\nrail,1,2\nrail,3,4\n",
        "when,rail\n2024年1-2月,1\n2024年3月,2\n",  # the first row is no row of names
        "when,rail\nene-24,1\nfeb-24,2\n",
        "who,2022*,2023,2024\nrail,1,2,3\n",  # a year is no label
        "when,rail\n2024.09,1\n2024.1,2\n2024.11,3\n",
    ],
)
def test_no_figure_is_lost_or_moved_without_a_word(tmp_path, text):
    (tmp_path / "own.csv").write_text(text)
    assert refusal(st.read_series, tmp_path / "own.csv", "rail" if "rail" in text else "")


def test_codes_are_not_months(tmp_path):
    (tmp_path / "own.csv").write_text("HS,2023,2024\n01,1,2\n02,3,4\n")
    assert st.read_series(tmp_path / "own.csv", "01").tolist() == [1, 2]
    (tmp_path / "own.csv").write_text("year,HS,x\n2023,1,5\n2023,2,6\n")
    assert "several for 2023" in refusal(st.read_series, tmp_path / "own.csv", "x")


def test_a_sheet_without_figures_leads_to_the_others(tmp_path):
    book = tmp_path / "own.xlsx"
    workbook.write(book, {"Read me": [["By the desk"]], "Data": [["year", "x"], [2024, 5.0]]})
    assert refusal(st.read_series, book).endswith("such: name another sheet, Data")
    assert st.read_series(book, sheet="Data").tolist() == [5]


def test_a_hidden_sheet_is_passed_over(tmp_path):
    book, other = tmp_path / "own.xlsx", tmp_path / "hidden.xlsx"
    workbook.write(book, {"Old": [["year", "x"], [2020, 1.0]], "New": [["year", "x"], [2024, 5.0]]})
    with zipfile.ZipFile(book) as shown, zipfile.ZipFile(other, "w") as hidden:
        for name in shown.namelist():
            told = shown.read(name).replace(
                b'<sheet name="Old"', b'<sheet state="hidden" name="Old"'
            )
            hidden.writestr(name, told)
    assert st.read_series(book).tolist() == [1]
    assert st.read_series(other).tolist() == [5]
    assert st.read_series(other, sheet="Old").tolist() == [1]


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (["01/11/2023", "01/12/2023", "01/01/2024"], "2023-11 2023-12 2024-01"),
        (["11/01/2023", "12/01/2023", "01/01/2024"], "2023-11 2023-12 2024-01"),
        (["01/07/2023", "01/10/2023", "01/01/2024"], "2023Q3 2023Q4 2024Q1"),
        (["01/01/2022", "01/01/2023"], "2022 2023"),
        (["01/02/2024", "01/03/2024"], ""),  # two days of January as well
        (["01/02/2023", "01/02/2024"], ""),  # February, or the second of January
        (["02/02/2023", "02/03/2023", "02/01/2024"], ""),  # no day on which periods begin
        (["01/02/2023", "01/03/2023", "02/03/2023", "01/01/2024"], ""),  # a month twice either way
    ],
)
def test_the_first_of_each_month_tells_which_part_is_the_month(tmp_path, days, read):
    file = tmp_path / "own.csv"
    file.write_text("when,x\n" + "".join(f"{day},{i}\n" for i, day in enumerate(days)))
    if read:
        assert " ".join(map(str, st.read_series(file).dropna().index)) == read
    else:
        assert "month or day first cannot be told" in refusal(st.read_series, file)


@pytest.mark.parametrize(
    ("unit", "largest", "said"),
    [
        ("thousand dollars", 2.5e6, "2.50 billion dollars"),
        ("Million tonnes", 2e6, "2.00 trillion tonnes"),
        ("thousand dollars", 2500.0, "2,500 thousand dollars"),
        ("dollars", 2.5e6, "2.50 million dollars"),
        ("thousand", 2.5e6, "2.50 million thousand"),
    ],
)
def test_a_unit_that_counts_in_thousands_is_scaled_with_its_axis(unit, largest, said):
    years = pd.period_range("2010", "2024", freq="Y")
    own = pd.Series(largest, years)
    own.attrs = {"unit": unit}
    ax = figures.fan(own, st.forecast(own, 2, level=[80, 95]))
    assert f"is forecast at {said} in 2026" in ax.get_title(loc="left") + figure_html(ax.figure)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("when,x\n2024-02,1\nJan-Mar 2024,2\n", "a span of months is no month"),
        ("when,x\n45292,1\n45323,2\n", "format the cell as a date"),
        ("when,x\n2023,1\n2024*,2\n", "take the mark '*' off"),
        ("who,2023,2024,Change\nKAZ,1,2,1\n", "take that column out"),
        (",when,x\n0,2023,1\n1,2024,2\n", "put the periods first"),
        ("when,x\n13/04/2024,1\n04/25/2024,2\n", "month or day first cannot be told"),
        ("when,x\n2024-03-31,1\n", "write 2024-03 or 2024 for it"),
        ("year,x\n2024,(12)\n", "write -12, if that is meant"),
        ("year,x\n2024,$12\n", "take '$' off"),
        ("year,x\n2024,-$12\n", "take '$' off"),
        ("year,x\n2024,1.5k\n", "write the number out, without 'k'"),
        ('year,x\n2024,"12,34,567"\n', "write 1234567"),
        ("year,x\n2010-11,1\n2011-12,2\n", "a fiscal year is no calendar year"),
        ("year,x\nFY2023,1\nFY2024,2\n", "a fiscal year is no calendar year"),
        ("who,2022,2023 (e),2024f\nKAZ,1,2,1\n", "take the mark '(e)' off"),
        ("year,who,x\n2024,KAZ,1\n2024,UZB,2\n", "lay it out with a column a series"),
        ("year,x\n2024,12\n2023,x\n", "leave the cell empty where nothing is known"),
    ],
)
def test_a_refusal_says_what_to_do(tmp_path, text, cure):
    (tmp_path / "own.csv").write_text(text)
    assert cure in refusal(st.read_series, tmp_path / "own.csv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"year,x\n2024,soon\n", "own.csv must hold numbers in x, got 'soon' for 2024"),
        (b"year,x\n03/12/2024,1\n", "own.csv must have months, quarters or years in its first"),
        (b"year,x\n2024,1\nTotal,1\n", "own.csv must have months, quarters or years in its first"),
        (b"year,x\n2024,1\n2024/25,1\n", "own.csv must have months, quarters or years in its"),
        (b"year,x,x\n2024,1,2\n", "own.csv must name each column above its numbers, got 'x' twice"),
        (b"2024,1,2\n", "own.csv must name each column above its numbers, got one without a name"),
        (
            b"year,x\n2024,5 %\n",
            "own.csv must hold numbers in x, got '5 %' for 2024: take the % off",
        ),
        (b"year,x\n2024,5 (p)\n", "own.csv must hold numbers in x, got '5 (p)' for 2024: move the"),
        (b"year,x\n13/2024,1\n", "own.csv must have months, quarters or years in its first"),
        (
            b"year;x\n2024;801,1\n",
            "own.csv must hold numbers in x, got '801,1' for 2024: write dec",
        ),
        (b'year,x\n2024,"12,34,567"\n', "own.csv must hold numbers in x, got '12,34,567'"),
        (b"year,x\n2024,1 2\n", "own.csv must hold numbers in x, got '1 2'"),
        (b"year;x\n2024;801,105\n", "own.csv must say which decimal mark it has, got '801,105'"),
        (b"year;x\n2024;1.234\n", "own.csv must say which decimal mark it has, got '1.234'"),
        (b"year,x\n2024,1\n2024,2\n", "own.csv must have one value per period, got several"),
        (b"x\n1\n", "own.csv must have a row of names, then a period and a number in each row"),
        (b"", "own.csv must have a row of names"),
        (b'year,x\n2024,"1' + b"\n2025,2" * 20000, "own.csv has a quotation mark that is not"),
        (b"\x89PNG\x00\x01\x02\x03", "own.csv is no text in UTF-8"),
    ],
)
def test_a_file_that_is_no_series_is_refused(tmp_path, content, said):
    (tmp_path / "own.csv").write_bytes(content)
    assert refusal(st.read_series, tmp_path / "own.csv").startswith(said)


def test_levels_are_the_quantiles_of_their_limits():
    by_level = st.forecast(SEASON, 3, level=[80, 95])
    assert by_level.columns.tolist() == [0.025, 0.1, 0.5, 0.9, 0.975]
    pd.testing.assert_frame_equal(by_level, st.forecast(SEASON, 3))
    assert st.forecast(SEASON, 1, level=50).columns.tolist() == [0.25, 0.5, 0.75]
    said = "level must be percents between 1 and 100, each once, got 0.8: write 80"
    assert refusal(st.forecast, SEASON, 1, level=0.8) == said
    assert "leave one of them out" in refusal(st.forecast, SEASON, 1, level=80, quantiles=[0.5])


def test_several_models_forecast_at_once():
    both = st.forecast(SEASON, 2, models=["theta", "naive"])
    assert both.index.names == ["model", "period"]
    for model in ("theta", "naive"):
        alone = st.forecast(SEASON, 2, model=model)
        pd.testing.assert_frame_equal(both.loc[model], alone, check_freq=False)
    assert both.attrs == {"unit": "thousand wagons", "source": "own count", "name": "Wagons"}


def test_a_series_with_a_season_is_better_forecast_than_by_its_last_value():
    table = st.cross_validate(SEASON, 6, origins=12)
    assert table.groupby("model").size().tolist() == [57, 57, 57]  # 7 whole origins, then 5 to 1
    ratio = st.compare(table).set_index(["model", "horizon"])["ratio"]
    assert ratio["combination", 6] < 0.5
    assert set(st.scores(table)["metric"]) >= {"mase", "coverage_80"}
    known = SEASON.drop(SEASON.index[40])
    assert len(st.cross_validate(known, 1, models="naive", origins=3)) == 3
    assert refusal(st.cross_validate, SEASON.iloc[:8], 1).startswith("series must hold 8 known")


def test_nothing_of_the_future_reaches_a_fitted_value():
    changed = SEASON.copy()
    changed.iloc[60:] *= 2
    fits = [st.residuals(values, model="theta")["fitted"] for values in (SEASON, changed)]
    # Up to the first changed value, which nothing before it foretells.
    pd.testing.assert_series_equal(fits[0].iloc[:53], fits[1].iloc[:53])
    left = st.residuals(SEASON, model="naive")
    assert left.index[0] == SEASON.index[8]
    pd.testing.assert_series_equal(
        left["residual"], SEASON.diff().iloc[8:], check_names=False, check_freq=False
    )


def test_diagnostics_are_those_of_the_papers():
    noise = pd.Series(np.random.default_rng(3).gamma(2, size=60), MONTHS[:60])
    found = st.residual_diagnostics(noise)["statistic"]
    e, n = noise.to_numpy() - noise.mean(), 60
    r = [e[k:] @ e[:-k] / (e @ e) for k in range(1, 13)]  # twelve lags: a fifth of 60
    assert np.isclose(
        found["Ljung-Box"], n * (n + 2) * sum(r**2 / (n - k - 1) for k, r in enumerate(r))
    )
    skew, kurtosis = ((e**p).mean() / (e**2).mean() ** (p / 2) for p in (3, 4))
    assert np.isclose(found["Jarque-Bera"], n / 6 * (skew**2 + (kurtosis - 3) ** 2 / 4))
    assert np.isclose(found["mean"], noise.mean() / noise.std(ddof=1) * np.sqrt(n))
    assert st.residual_diagnostics(noise * 0)["p_value"].isna().all()


YEARS = pd.period_range("2019", "2021", freq="Y", name="period")


def three_shapes() -> list:
    """Give the same figures as a series, as a partner frame and as TRADE."""
    trade = st.load_trade(partners=["KAZ", "UZB"], flows="export")
    wide = trade.pivot(index="period", columns="partner", values="value")
    return [wide["KAZ"], wide, trade]


def of_kazakhstan(found: object, column: str) -> pd.Series:
    """Take Kazakhstan's part of a result of any shape."""
    if isinstance(found, pd.Series):
        return found
    if "KAZ" in found:
        return found["KAZ"].dropna()
    return found[found["partner"] == "KAZ"].set_index("period")[column]


PRICES = pd.Series(np.linspace(80, 120, 45), pd.period_range("1985", periods=45, freq="Y"))
MEASURES = {
    "growth": lambda data: st.growth(data),
    "value": lambda data: st.deflate(data, PRICES, 2015),
    "index": lambda data: st.index_to(data, "2015"),
    "per_head": lambda data: st.per_head(data, st.load_indicator("population")),
}


@pytest.mark.parametrize("column", MEASURES)
def test_a_measure_says_the_same_of_every_shape(column):
    found = [of_kazakhstan(MEASURES[column](data), column) for data in three_shapes()]
    assert len(found[0]) > 25
    for other in found[1:]:
        pd.testing.assert_series_equal(
            found[0], other, check_names=False, check_freq=False, check_index_type=False
        )


def test_what_is_measured_keeps_name_and_unit():
    prices = pd.Series(100.0, MONTHS)
    people = pd.Series(10.0, pd.period_range("2015", "2020", freq="Y"))
    for made, unit in (
        (st.deflate(SEASON, prices, 2016), "thousand wagons, prices of 2016"),
        (st.per_head(SEASON, people), "thousand wagons per person"),
        (st.year_to_date(SEASON), "thousand wagons"),
        (st.calendar_year(SEASON), "thousand wagons"),
        (st.growth(SEASON), "fraction"),
        (st.residuals(SEASON, model="naive")["residual"], "thousand wagons"),
    ):
        assert made.attrs == {"unit": unit, "source": "own count"}, unit
        assert made.name in ("Wagons", "residual")
    trade = three_shapes()[2]
    assert st.deflate(trade, PRICES, 2015).attrs["unit"] == "dollars, prices of 2015"
    for rate in (st.growth, st.share, st.contributions):
        assert rate(trade).attrs["unit"] == "fraction"
    assert "write data.rename('KAZ')" in refusal(
        st.per_head, SEASON, st.load_indicator("population")
    )


def test_rows_of_trade_lead_to_series_side_by_side():
    trade = three_shapes()[2]
    for call in (
        lambda rows: figures.lines(rows, "t"), lambda rows: st.forecast(rows, 1), st.residuals,
    ):  # fmt: skip
        said = refusal(call, trade)
        laid = eval(said[said.index("rows.pivot") :], {"rows": trade})
        assert laid["UZB", "export"].notna().sum() > 25
    chart = figures.lines(laid, "t")
    assert {line.get_label() for line in chart.get_lines()} >= {"Uzbekistan, China's exports"}
    for other in (SEASON, three_shapes()[1]):
        said = refusal(st.backtest, other, 1, days=["2018-12-31"])
        assert said.endswith("goes into cross_validate(series, horizon)")
    said = refusal(st.balance, trade[["period", "value"]])
    assert (
        said.startswith("TRADE frame must have the columns reporter, partner") and "\n" not in said
    )


def test_real_growth_is_growth_less_that_of_prices():
    trade = three_shapes()[2]
    real, nominal = st.growth(st.deflate(trade, PRICES, 2015)), st.growth(trade)
    prices = nominal["period"].map(PRICES / PRICES.shift()).to_numpy()
    assert np.allclose((1 + real["growth"]) * prices, 1 + nominal["growth"])


def test_a_base_year_of_months_is_their_mean():
    index = st.index_to(SEASON, 2016)
    assert np.isclose(index["2016"].mean(), 100)
    assert "got none for 2021" in refusal(st.index_to, SEASON, 2021)
    assert st.index_to(SEASON, "2016-03")["2016-03"] == 100


def test_a_region_has_the_people_of_its_members():
    people = st.load_indicator("population")
    wide = people.pivot(index="period", columns="economy", values="value")
    whole = wide[list(st.codes.PARTNERS)].sum(axis=1)["2024"]
    total = st.load_totals("CA5")
    assert np.isclose(st.per_head(total, people)["2024"], total["2024"] / whole)
    months = st.load_totals("KAZ", frequency="M")
    assert np.isclose(
        st.per_head(months, people)["2024-05"], months["2024-05"] / wide["KAZ"]["2024"]
    )
    assert "population must have RUS" in refusal(
        st.per_head, total.rename("RUS").to_frame().iloc[:, 0].pipe(unnamed), wide
    )


def test_a_region_one_of_whose_members_is_not_counted_has_no_heads():
    people = st.load_indicator("population")
    lost = people[(people["economy"] != "TKM") | (people["period"] != "2020")]
    rate = st.per_head(st.load_totals("CA5"), lost)
    assert "2020" not in rate.index
    assert "2019" in rate.index


@pytest.mark.parametrize("wrong", [0.0, -2.0])
def test_prices_and_people_are_above_0(wrong):
    years = pd.period_range("2020", periods=3, freq="Y")
    values, prices = pd.Series(1.0, years), pd.Series([1.0, wrong, 1.0], years)
    said = refusal(st.deflate, values, prices, 2020)
    assert said == f"prices must be above 0, got {wrong:g} in 2021"
    assert "above 0" in refusal(st.per_head, values, prices)


@pytest.mark.parametrize("frequency", ["M", "Q"])
def test_people_are_counted_by_year(frequency):
    people = pd.Series(1.0, pd.period_range("2020", periods=24, freq=frequency))
    values = pd.Series(1.0, pd.period_range("2020", periods=3, freq="Y"))
    assert "must be by year" in refusal(st.per_head, values, people)


def unnamed(values: pd.Series) -> pd.Series:
    """Take off all that a series says of itself but its name."""
    return pd.Series(values.to_numpy(), values.index, name=values.name)


@pytest.mark.parametrize("frequency", ["M", "Q", "Y"])
def test_a_fan_draws_what_forecast_gives(frequency):
    index = pd.period_range("1990", periods=30, freq=frequency)
    own = pd.Series(np.linspace(5e6, 9e6, 30), index, name="Wagons")
    own.attrs = {"unit": "tonnes", "source": "own count"}
    ax = figures.fan(own, st.forecast(own, 3, level=[50, 80]))
    labels = [c.get_label() for c in ax.collections]
    assert labels == ["80 % interval", "50 % interval"]
    x = ax.get_lines()[-1].get_xdata()
    assert len(set(x)) == 4  # each period has a place of its own, the last known one as well
    page = figure_html(ax.figure)
    assert "Wagons is forecast at" in page
    if frequency == "Q":
        assert "in Q1 1998" in page and "Jan 1998" not in page
    assert "million tonnes" in page
    assert "misleads" not in page
    assert "take one, such as table.loc['drift']" in refusal(
        figures.fan, own, st.forecast(own, 3, models=["naive", "drift"])
    )


def test_own_lines_and_bars_are_true(recwarn):
    wide = st.index_to(st.load_partner_totals(), 2015)
    charts = [
        figures.lines(wide, "Uzbekistan grew", unit="2015 = 100", source="China Customs"),
        figures.lines(SEASON, "Wagons rose"),
        figures.bars(pd.Series({"Rail": 3e9, "Road": -1e9}, name="Freight"), "Rail", unit="t"),
    ]
    for ax in charts:
        assert "misleads" not in figure_html(ax.figure)
    assert "Kazakhstan" in {line.get_label() for line in charts[0].get_lines()}
    assert "Wagons, thousand wagons" in figure_html(charts[1].figure)
    assert "Source: own count" in figure_html(charts[1].figure)
    growth = figures.bars(st.growth(SEASON), "Wagons grew")
    assert "Wagons, %" in figure_html(growth.figure)
    assert len(growth.get_xticklabels()) < 15 < len(growth.patches)  # as many as have room
    ax = figures.chart("Finding", "Tonnes", "own count")
    first, second = (ax.bar([at], [1.0])[0].get_facecolor() for at in (0, 1))
    assert first != second
    assert not recwarn.list


def test_a_saved_chart_keeps_its_words(tmp_path):
    ax = figures.lines(SEASON, "Wagons rose")
    files = [tmp_path / f"wagons.{kind}" for kind in ("png", "svg", "pdf")]
    st.save(ax, *files)
    assert imread(files[0]).shape[1] > 1200  # sharp in a printed text
    from pypdf import PdfReader

    text = PdfReader(files[2]).pages[0].extract_text()
    assert "Wagons rose" in text and "Source: own count" in text
    before = [file.read_bytes() for file in files]
    st.save(ax, *files)
    assert [file.read_bytes() for file in files] == before


def test_figures_go_to_excel_with_unit_and_source(tmp_path):
    file = tmp_path / "own.xlsx"
    st.save(SEASON, file)
    read = pd.read_excel(file, sheet_name=None, engine="calamine")
    assert read["Data"].columns.tolist() == ["name", "Wagons"]
    assert read["Data"]["name"].tolist() == [str(p) for p in MONTHS]
    assert np.array_equal(read["Data"]["Wagons"], SEASON)
    said = dict(read["About"].to_numpy())
    assert said == {"Name": "Wagons", "Unit": "thousand wagons", "Source": "own count"}
    trade = st.load_trade(partners="KAZ")
    st.save(trade, file)
    read = pd.read_excel(file, sheet_name=None, engine="calamine")
    assert read["Data"]["period"].tolist() == trade["period"].dt.year.tolist()
    assert np.array_equal(read["Data"]["value"], trade["value"])
    assert dict(read["About"].to_numpy())["Unit"] == "USD"
    again = tmp_path / "again.xlsx"
    st.save(st.read_series(own(tmp_path)), again)
    assert st.read_series(again).tolist() == [1.5, 2.5]


def own(folder) -> str:
    """Write a file of one's own."""
    (folder / "own.csv").write_text("year,x\n2020,1.5\n2021,2.5\n")
    return str(folder / "own.csv")


def test_texts_in_a_workbook_are_texts(tmp_path):
    odd = pd.DataFrame({"<a>": ["=1+1", "x & y", "\x0bz", None, True]}, index=list("abcde"))
    st.save(odd, tmp_path / "odd.xlsx")
    read = pd.read_excel(tmp_path / "odd.xlsx", engine="calamine", keep_default_na=False)
    assert read["<a>"].tolist() == ["=1+1", "x & y", "z", "", "True"]
    with zipfile.ZipFile(tmp_path / "odd.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet  # no formula
        assert "></t>" not in sheet  # what is not known is no text
    st.save(st.tables.years(st.load_partner_totals(), 3), tmp_path / "styled.csv")
    assert (tmp_path / "styled.csv").read_text().count("\n") > 3


def test_what_cannot_be_saved_is_refused(tmp_path):
    assert "paths must end in one of .xlsx, .csv" in refusal(st.save, SEASON, tmp_path / "a.png")
    assert "paths must end in one of .png" in refusal(
        st.save, figures.lines(SEASON, "t"), tmp_path / "a.xlsx"
    )
    with pytest.raises(FileNotFoundError, match="make it first"):
        st.save(SEASON, tmp_path / "none" / "a.csv")
    assert "got none" in refusal(st.save, SEASON)


# In no font that matplotlib brings, or that a machine is likely to have: a letter of Unicode's
# private use. Where a Chinese font is installed, Chinese is drawn with it.
LETTER = "\U0010fffd"


@pytest.mark.filterwarnings("error")
def test_letters_that_no_font_has_are_shown_as_text_or_refused(tmp_path):
    chart = figures.bars(pd.Series({LETTER: 1.0, "Road": 2.0}), f"Road beats {LETTER}")
    assert LETTER in figure_html(chart.figure)
    st.save(chart, tmp_path / "a.svg")
    assert LETTER in (tmp_path / "a.svg").read_text(encoding="utf-8")
    for name in ("a.png", "a.pdf"):
        said = refusal(st.save, chart, tmp_path / name)
        assert said.startswith(f"{name} must have letters that a font here has, got {LETTER!r}")
        assert not (tmp_path / name).exists()
