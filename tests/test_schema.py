"""The frames: each breach has its one clear error, and nothing given is changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silktrade import schema
from silktrade.schema import DRAWS, INDICATOR, TRADE, validate

CURE = "Correct these rows at their source and validate again."


def trade(**columns: object) -> pd.DataFrame:
    """Give a TRADE frame of two rows; columns replace its own."""
    rows = {
        "reporter": "CHN", "partner": "KAZ", "flow": "export", "product": "TOTAL",
        "period": ["2024", "2025"], "value": [1.0, 2.0], "currency": "USD", "valuation": "fob",
        "obs_status": "A", "source": "gacc", "vintage": "2026-01-31",
        "released": ["2025-01-20", "2026-01-20"],
    }  # fmt: skip
    return pd.DataFrame(rows | columns)


def breaches(frame: pd.DataFrame, kind: schema.Schema = TRADE) -> list[str]:
    """Give the lines of the error between its first and its last."""
    with pytest.raises(ValueError) as error:
        validate(frame, kind)
    first, *lines, last = str(error.value).split("\n")
    assert last == CURE
    count = len(lines) if not lines[-1].startswith("  and ") else None
    if count is not None:
        assert first == f"{kind.name} frame breaks {count} {'rule' if count == 1 else 'rules'}:"
    return [line.removeprefix("  ") for line in lines]


def test_a_right_frame_gets_its_dtypes():
    out = validate(trade(), TRADE)
    assert out.columns.tolist() == TRADE.all_columns
    assert out["value"].dtype == "float64"
    assert str(out["period"].dtype) == "period[Y-DEC]"
    assert out["released"].dtype.kind == out["vintage"].dtype.kind == "M"
    assert isinstance(out.index, pd.RangeIndex)


def test_a_moment_keeps_its_day():
    days = pd.to_datetime(["2025-01-20", "2026-01-20"])
    out = validate(trade(released=days + pd.Timedelta(hours=15)), TRADE)
    assert out["released"].tolist() == days.tolist()


def test_rows_are_sorted_by_key_and_further_columns_dropped():
    frame = trade(period=["2025", "2024"], note="from the press").set_axis([7, 3])
    out = validate(frame, TRADE)
    assert out["period"].astype(str).tolist() == ["2024", "2025"]
    assert out["value"].tolist() == [2.0, 1.0]
    assert "note" not in out
    assert out.index.tolist() == [0, 1]


def test_validate_leaves_its_input_alone():
    frame = trade(period=["2025", "2024"], value=["1", "2"], note="kept").set_axis([7, 3])
    before = frame.copy(deep=True)
    out = validate(frame, TRADE)
    out.loc[0, "value"] = -1.0
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("column", ["partner", "period", "value", "released"])
def test_a_frame_that_is_right_already_is_given_as_another_one(column):
    once = validate(trade(period=["2024-01", "2024-02"]), TRADE)
    before, again = once.copy(deep=True), validate(once, TRADE)
    again.loc[0, column] = {"value": -1.0, "partner": "UZB"}.get(column, again[column].array[-1])
    pd.testing.assert_frame_equal(once, before)
    once.loc[1, column] = {"value": -2.0, "partner": "TKM"}.get(column, before[column].array[0])
    assert again[column].array[1] == before[column].array[1]


def test_a_code_that_is_no_text_is_named_like_any_other():
    lines = breaches(trade(flow=[["export"], "import"]))
    assert lines == [
        "row 0, column flow: must be one of export, import, got ['export']: give one alone, such "
        "as 'export'"
    ]


def test_validate_twice_is_validate_once():
    once = validate(trade(period=["2024-02", "2024-01"]), TRADE)
    pd.testing.assert_frame_equal(validate(once, TRADE), once)


@pytest.mark.parametrize("kind", schema.SCHEMAS.values(), ids=lambda s: s.name)
def test_an_empty_frame_keeps_its_columns_and_dtypes(kind):
    none = schema.empty(kind, "M") if "period" in kind.all_columns else schema.empty(kind)
    assert none.columns.tolist() == kind.all_columns
    assert none.empty
    pd.testing.assert_frame_equal(validate(none, kind), none)
    if "period" in none:
        assert none["period"].dtype == "period[M]"
    if "value" in none:
        assert none["value"].dtype == "float64"


BREACHES = {
    "unknown partner": (
        {"partner": ["KAZ", "KZ"]},
        "row 1, column partner: must be an ISO 3166-1 alpha-3 code such as KAZ, "
        "or one of CA5, WLD, got 'KZ': write 'KAZ'",
    ),
    "unknown flow": (
        {"flow": ["exports", "export"]},
        "row 0, column flow: must be one of export, import, got 'exports': write 'export'",
    ),
    "a sum as a flow": (
        {"flow": ["total", "export"]},
        "row 0, column flow: must be one of export, import, got 'total'",
    ),
    "unknown currency": (
        {"currency": "EUR"},
        "row 0, column currency: must be one of CNY, USD, got 'EUR'",
    ),
    "unknown status": (
        {"obs_status": ["A", "Z"]},
        "row 1, column obs_status: must be one of A, P, E, I, got 'Z'",
    ),
    "unknown valuation": (
        {"valuation": ["fob", "FOB"]},
        "row 1, column valuation: must be one of fob, cif, got 'FOB': write 'fob'",
    ),
    "negative": ({"value": [1.0, -2.0]}, "row 1, column value: must be 0 or more, got -2.0"),
    "missing value": (
        {"value": [np.nan, 2.0]},
        "row 0, column value: must not be missing: leave the row out",
    ),
    "missing code": (
        {"partner": ["KAZ", None]},
        "row 1, column partner: must not be missing: leave the row out",
    ),
    "missing period": (
        {"period": ["2024", None]},
        "row 1, column period: must not be missing: leave the row out",
    ),
    "missing day": (
        {"released": ["2025-01-20", None]},
        "row 1, column released: must not be missing: leave the row out",
    ),
    "infinite": (
        {"value": [np.inf, 2.0]},
        "row 0, column value: must be a finite number, got inf",
    ),
    "no number": (
        {"value": ["1", "two"]},
        "row 1, column value: must be a finite number, got 'two'",
    ),
    "no period": (
        {"period": ["2024", "24"]},
        "row 1, column period: must be a year or a month in ISO form, got '24'",
    ),
    "no month": (
        {"period": ["2024-12", "2024-13"]},
        "row 1, column period: must be a year or a month in ISO form, got '2024-13'",
    ),
    "a quarter": (
        {"period": ["2024-12", "2024-Q1"]},
        "row 1, column period: must be a year or a month in ISO form, got '2024-Q1'",
    ),
    "no day": (
        {"released": ["2025-01-20", "soon"]},
        "row 1, column released: must be a day as YYYY-MM-DD, got 'soon'",
    ),
    "mixed currency": (
        {"currency": ["USD", "CNY"]},
        "column currency: mixes USD and CNY; keep one a frame",
    ),
    "mixed frequency": (
        {"period": ["2024", "2024-03"]},
        "column period: mixes frequencies (2024 and 2024-03); keep one a frame",
    ),
    "repeated key": (
        {"period": ["2024", "2024"]},
        "row 1: repeats the key CHN KAZ export TOTAL 2024",
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_each_breach_has_its_one_error(name):
    changed, said = BREACHES[name]
    found = breaches(trade(**changed))
    if name == "unknown currency":  # every row has it
        assert found == [said.replace("row 0", "2 rows (0, 1)")]
    else:
        assert found == [said]


def test_every_breach_is_listed_at_once():
    found = breaches(
        trade(partner=["KZ", "KAZ"], value=[np.nan, -1.0], currency=["USD", "CNY"],
              period=["2024", "1992-1"])
    )  # fmt: skip
    assert found == [
        (
            "row 0, column partner: must be an ISO 3166-1 alpha-3 code such as KAZ, "
            "or one of CA5, WLD, got 'KZ': write 'KAZ'"
        ),
        "row 1, column period: must be a year or a month in ISO form, got '1992-1'",
        "row 0, column value: must not be missing: leave the row out",
        "row 1, column value: must be 0 or more, got -1.0",
        "column currency: mixes USD and CNY; keep one a frame",
    ]


def test_missing_columns_are_named_alone():
    frame = trade().drop(columns=["value", "released"])
    assert breaches(frame) == ["column value: missing", "column released: missing"]


def test_a_long_list_is_cut_and_counted():
    years = [str(y) for y in range(1990, 2020)]
    frame = pd.concat([trade().head(1)] * 30).assign(period=years, value=-1.0)
    assert breaches(frame) == [
        "30 rows (0, 1, 2, 3, 4, …), column value: must be 0 or more, got -1.0"
    ]
    frame["value"] = np.arange(-1.0, -31.0, -1.0)
    found = breaches(frame)
    assert len(found) == schema.MOST_BREACHES + 1
    assert found[0] == "row 0, column value: must be 0 or more, got -1.0"
    assert found[-1] == "and 10 more"
    with pytest.raises(ValueError, match=r"^TRADE frame breaks 30 rules:\n"):
        validate(frame, TRADE)


def test_rows_are_counted_from_0_whatever_the_index():
    assert breaches(trade(value=[1.0, -1.0]).set_axis([2024, 2025])) == [
        "row 1, column value: must be 0 or more, got -1.0"
    ]


def test_an_indicator_may_be_below_zero():
    frame = pd.DataFrame({
        "economy": ["CHN"], "indicator": ["gdp_growth"], "period": ["2020"], "value": [-0.02],
        "unit": ["fraction"], "obs_status": ["A"], "source": ["imf"], "vintage": ["2023-10-10"],
        "released": ["2023-10-10"],
    })  # fmt: skip
    assert validate(frame, INDICATOR)["value"].tolist() == [-0.02]


def test_draws_may_be_sums_and_have_one_origin():
    frame = pd.DataFrame({
        "reporter": "CHN", "partner": "CA5", "flow": "total", "product": "TOTAL", "model": "drift",
        "origin": ["2023", "2023"], "horizon": [1, 1], "period": ["2024", "2024"], "draw": [1, 0],
        "value": [2.0, 1.0], "currency": "USD",
    })  # fmt: skip
    out = validate(frame, DRAWS)
    assert out["draw"].tolist() == [0, 1]
    assert out["draw"].dtype == out["horizon"].dtype == "int64"
    assert breaches(frame.assign(origin=["2023", "2022"]), DRAWS) == [
        "column origin: mixes 2023 and 2022; keep one a frame"
    ]


def test_the_frequency_of_a_frame():
    for letter in "MQY":
        assert schema.frequency_of(schema.empty(TRADE, letter)) == letter


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(12)), st.sampled_from([None, 0, 5]))
def test_rows_in_any_order_come_out_sorted_and_a_repeated_key_is_found(order, twice):
    keys = [(p, f, y) for p in ("KAZ", "UZB", "WLD") for f in ("export", "import")
            for y in ("2024", "2025")]  # fmt: skip
    rows = trade(**dict(zip(("partner", "flow", "period"), zip(*keys, strict=True), strict=True)),
                 value=np.arange(12.0), released="2026-01-20")  # fmt: skip
    mixed = rows.iloc[list(order)]
    assert validate(mixed, TRADE)["value"].tolist() == list(range(12))
    if twice is not None:
        again = pd.concat([mixed, mixed.iloc[[twice]]])
        key = " ".join(["CHN", *keys[order[twice]][:2], "TOTAL", keys[order[twice]][2]])
        assert breaches(again) == [f"row 12: repeats the key {key}"]
