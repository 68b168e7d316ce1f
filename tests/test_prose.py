"""Prose: the right scale, the right sign, and no claim that the data do not bear."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from silktrade import prose
from silktrade.report import overtaken, public_by

MINUS, SPACE = "\u2212", "\u00a0"


def years(*values: float, first: str = "2019", without: str = "") -> pd.Series:
    """Give a yearly Series, one year left out."""
    series = pd.Series(values, pd.period_range(first, periods=len(values), freq="Y"))
    return series[series.index.astype(str) != without]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (94_821_069_000, "94.8 billion dollars"),
        (999_600_000, "1.00 billion dollars"),
        (999_400_000, "999 million dollars"),
        (9_996_000_000, "10.0 billion dollars"),
        (99_960_000_000, "100 billion dollars"),
        (999_600_000_000, "1.00 trillion dollars"),
        (1_234_567_000_000_000, "1,230 trillion dollars"),
        (81_660_000, "81.7 million dollars"),
        (999.6, "1.00 thousand dollars"),
        (12.0, "12.0 dollars"),
        (0.5, "0.50 dollars"),
        (0.0, "0.00 dollars"),
        (-674.75e9, f"{MINUS}675 billion dollars"),
        (-999_600_000, f"{MINUS}1.00 billion dollars"),
    ],
)
def test_money_has_its_scale(value, said):
    assert prose.money(value, "USD") == said
    assert prose.money(value, "CNY") == said.replace("dollars", "yuan")


@settings(max_examples=60, deadline=None)
@given(some.floats(1.0, 9.99e14))
def test_money_says_three_digits_that_can_be_read_back(value):
    number, *scale, _ = prose.money(value, "USD").split(" ")
    scales = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
    read = float(number.replace(",", "")) * (scales[scale[0]] if scale else 1)
    assert read == pytest.approx(value, rel=0.0051)  # half of the third digit of 1.00
    assert len(number.replace(",", "").replace(".", "")) == 3
    assert 1 <= float(number.replace(",", "")) < 1000


def test_money_takes_other_digits():
    assert prose.money(94_821_069_000, "USD", digits=4) == "94.82 billion dollars"
    assert prose.money(99_996_000_000, "USD", digits=4) == "100.0 billion dollars"


def test_a_pair_says_a_shared_scale_once():
    assert prose.money_pair(71.2e9, 35.1e9, "USD", "against") == "71.2 against 35.1 billion dollars"
    assert prose.money_pair(971e9, 1.27e12, "CNY") == "971 billion and 1.27 trillion yuan"
    assert prose.money_pair(999.7e6, 2e9, "USD") == "1.00 and 2.00 billion dollars"


@pytest.mark.parametrize(
    ("rate", "plain", "signed"),
    [
        (0.373, "37.3", "+37.3"),
        (-0.021, f"{MINUS}2.1", f"{MINUS}2.1"),
        (0.0, "0.0", "0.0"),
        (-0.0004, "0.0", "0.0"),
        (0.0004, "0.0", "0.0"),
        (9.99951, "1,000.0", "+1,000.0"),
    ],
)
def test_percent_has_a_true_minus_and_no_sign_at_nothing(rate, plain, signed):
    assert prose.percent(rate) == f"{plain}{SPACE}%"
    assert prose.percent(rate, sign=True) == f"{signed}{SPACE}%"


@pytest.mark.parametrize(
    ("rate", "verb", "direction"),
    [
        (0.061, f"rose 6.1{SPACE}%", f"up 6.1{SPACE}%"),
        (-0.02, f"fell 2.0{SPACE}%", f"down 2.0{SPACE}%"),
        (0.0, "did not change", "unchanged"),
        (0.00049, "did not change", "unchanged"),
        (-0.00049, "did not change", "unchanged"),
        (0.00051, f"rose 0.1{SPACE}%", f"up 0.1{SPACE}%"),
        (-0.00051, f"fell 0.1{SPACE}%", f"down 0.1{SPACE}%"),
    ],
)
def test_a_rate_turns_its_words(rate, verb, direction):
    assert prose.phrase_growth(rate) == verb
    assert prose.phrase_growth(rate, style="direction") == direction


def test_a_rate_that_is_not_known_has_no_direction():
    for style in ("verb", "direction"):
        with pytest.raises(ValueError) as error:
            prose.phrase_growth(np.nan, style=style)
        assert str(error.value) == "rate must be a known number, got NaN: say what is known alone"


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.061, f"rose 6.1{SPACE}% to 5.00 billion yuan"),
        (-0.5, f"fell 50.0{SPACE}% to 5.00 billion yuan"),
        (0.0, "stayed at 5.00 billion yuan"),
        (None, "came to 5.00 billion yuan"),
        (np.nan, "came to 5.00 billion yuan"),
    ],
)
def test_an_amount_is_reached(rate, said):
    assert prose.phrase_growth(rate, 5e9, "CNY") == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1.0, 2.0, 3.0, 4.0), ", a record"),
        ((1.0, 4.0, 2.0, 3.0), ", the highest since 2020"),
        ((4.0, 3.0, 2.0, 1.0), ", the lowest on record"),
        ((4.0, 1.0, 3.0, 2.0), ", the lowest since 2020"),
        ((1.0, 3.0, 2.0, 3.0), ", the highest since 2020"),  # a tie is no record
        ((3.0, 1.0, 2.0, 1.0), ", the lowest since 2020"),
        ((1.0, 3.0, 3.0, 3.0), ""),
        ((1.0,), ""),
        ((1.0, 2.0), ", a record"),
        ((2.0, 1.0), ", the lowest on record"),
    ],
)
def test_a_record_is_one(values, said):
    assert prose.record(years(*values)) == said


@pytest.mark.parametrize(
    ("values", "gap", "said"),
    [
        ((1.0, 2.0, 3.0, 4.0), "2020", ", the highest known"),
        ((1.0, 2.0, 3.0, 4.0), "2021", ", the highest known"),
        ((4.0, 3.0, 2.0, 1.0), "2020", ", the lowest known"),
        ((1.0, 9.0, 8.0, 7.0), "2020", ", the lowest known since 2019"),
        ((9.0, 1.0, 2.0, 3.0), "2020", ", the highest known since 2019"),
        ((1.0, 9.0, 2.0, 3.0, 2.5), "2020", ", the lowest since 2021"),  # the gap lies before
    ],
)
def test_a_year_that_is_not_known_may_have_been_the_record(values, gap, said):
    assert prose.record(years(*values, without=gap)) == said


def test_since_is_true():
    rng = np.random.default_rng(1)
    for _ in range(200):
        values = years(*rng.integers(1, 9, size=6).astype(float))
        said, last = prose.record(values), values.iloc[-1]
        if "since" in said:
            since = said.rsplit(" ", 1)[1]
            after = values.loc[since:].iloc[1:-1]
            named = values[since]
            if "highest" in said:
                assert named >= last > after.max()
            else:
                assert named <= last < after.min()
        elif said == ", a record":
            assert last > values.iloc[:-1].max()
        elif said == ", the lowest on record":
            assert last < values.iloc[:-1].min()


def test_words_are_listed():
    assert prose.listed(["a"]) == "a"
    assert prose.listed(["a", "b"]) == "a and b"
    assert prose.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize("step", [0.0, 0.0007, 0.0031, 0.0049, 0.0051, 0.0093])
def test_a_miss_is_the_difference_of_what_is_printed(step):
    for projected in (-0.071 + step, 0.004 - step, 0.0744 + step):
        for came in (0.0607, -0.0349 + step, 0.1211):
            printed = round(100 * came, 1) - round(100 * projected)
            assert abs(100 * prose.miss(projected, came) - printed) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("as_of", "months", "years", "said"),
    [
        ("2026-01-31", "2025-12", "2025", "Data to December 2025 · public by 31 January 2026"),
        ("2026-06-30", "2026-04", "2025", "Data to April 2026 · public by 30 June 2026"),
        ("2024-01-10", "2023-11", "2022", "Data to November 2023 · public by 10 January 2024"),
    ],
)
def test_a_page_says_where_its_figures_end_and_by_which_day(as_of, months, years, said):
    frames = [
        pd.Series(1.0, pd.period_range(p, p, freq=f)) for p, f in ((months, "M"), (years, "Y"))
    ]
    assert public_by(as_of, *frames) == said


def test_all_days_of_a_page_are_told():
    series = pd.Series(1.0, pd.period_range("2025", "2025", freq="Y"))
    days = ["2023-12-31", "2024-12-31"]
    said = public_by("2026-01-31", series, projected_on=days)
    assert all(prose.day(d) in said for d in (*days, "2026-01-31"))
    assert "Projected" not in public_by("2026-01-31", series, projected_on=["2026-01-31"])


def test_scenarios_are_told_by_size_and_sureness():
    index = pd.Index(["baseline", "a", "b", "c", "d"], name="scenario")
    rows = pd.DataFrame(
        {
            0.1: [0, -0.2, 0.01, 0.001, -0.1],
            0.5: [0, -0.1, 0.2, 0.002, 0.3],
            0.9: [0, -0.01, 0.3, 0.01, 0.5],
        },
        index,
    )
    said = prose.told_apart(rows, {s: s.upper() for s in index})
    assert said == (
        "“B” adds 20 points, “A” takes 10 points away; “C” moves it by less than half a point; "
        "“D” cannot be told from it"
    )


def test_a_year_not_over_is_not_told(capsys):
    total = pd.Series([1.0, 1.1], pd.period_range("2024", "2025", freq="Y"))
    total.attrs = {"partner": "KAZ", "currency": "USD"}
    overtaken(total, 2026)
    overtaken(total, 2024)  # its growth is not known
    assert capsys.readouterr().out == ""
    overtaken(total, "2025")
    said = "2025 is over: China's trade with Kazakhstan rose 10.0\xa0% in dollars.\n"
    assert capsys.readouterr().out == said
