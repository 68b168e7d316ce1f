"""One gate for days: what is read as a day, what is refused, and what was public on it."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import silktrade as st
from silktrade.days import read_day, released_by
from silktrade.schema import EVENTS, validate

DAY = pd.Timestamp("2024-01-05")
GOOD = [
    "2024-01-05",
    DAY,
    dt.date(2024, 1, 5),
    dt.datetime(2024, 1, 5, 23, 59),
    DAY.replace(hour=9),
]
CURED = {  # what was given, and the day that its refusal tells to write
    "05/06/2024": "2024-06-05", "31/12/2023": "2023-12-31", "12/31/2023": "2023-12-31",
    "01.02.2024": "2024-02-01", "13-01-2012": "2012-01-13", "2024-1-5": "2024-01-05",
    "20240105": "2024-01-05", 20240105: "2024-01-05", "2023": "2023-12-31", 2023: "2023-12-31",
    "2024-02": "2024-02-29", " 2024-01-05": "2024-01-05", "2024-01-05\n": "2024-01-05",
    "5 January 2024": "2024-01-05", "Jan 5, 2024": "2024-01-05", "2024年1月5日": "2024-01-05",
    "dec 2023": "2023-12-31", "２０２４-01-05": "2024-01-05", "2024-01-05 18:00": "2024-01-05",
    "2023-12-31T23:59:00+08:00": "2023-12-31",
    pd.Timestamp("2023-12-31 01:00", tz="Asia/Shanghai"): "2023-12-31",
}  # fmt: skip
BAD = [*CURED, "today", "now", "soon", "", "NaT", "2024-02-30", "0000-01-01", "99/99/2024", None,
       True, False, 1.5, float("nan"), pd.NaT, np.datetime64("2024-01-05"), ["2024"],
       pd.Period("2024"), b"2024-01-05", "2024-01-05Z", "2024-W01-1"]  # fmt: skip


@pytest.mark.parametrize("given", GOOD, ids=repr)
def test_a_day_keeps_its_day(given):
    assert read_day(given) == DAY


@pytest.mark.parametrize("given", BAD, ids=repr)
def test_what_is_no_day_is_refused_in_one_sentence(given):
    with pytest.raises(ValueError) as error:
        read_day(given, "published")
    text = str(error.value)
    assert text.startswith(f"published must be a day as YYYY-MM-DD, got {given!r}")
    assert "\n" not in text


@pytest.mark.parametrize("given", CURED, ids=repr)
def test_the_cure_is_a_day(given):
    with pytest.raises(ValueError) as error:
        read_day(given)
    cure = re.search(r"write (\S+)", str(error.value))[1]
    assert cure == CURED[given]
    assert str(read_day(cure).date()) == cure


def passing(given):
    """Give every public call that takes a day."""
    trade, frames = st.load_trade(), st.load_conditions()
    outlook = st.load_indicator("gdp_usd", source="imf")
    taken = [n for n in dir(st) if n.startswith("load_")]
    loaders = {
        n: getattr(st, n) for n in taken
        if "as_of" in getattr(st, n).__code__.co_varnames and n != "load_indicator"
    }  # fmt: skip
    calls = {n: (lambda f=f: f(as_of=given)) for n, f in loaders.items()}
    return calls | {
        "load_indicator": lambda: st.load_indicator("oil_brent", as_of=given),
        "project": lambda: st.project(trade, 1, outlook=outlook, draws=100, as_of=given),
        "elasticities": lambda: st.elasticities(trade, frames, as_of=given),
        "elasticities_by_sample": lambda: st.elasticities_by_sample(trade, frames, as_of=given),
        "backtest": lambda: st.backtest(trade, 1, days=[given], progress=False),
        "day": lambda: st.day(given),
    }


@pytest.mark.parametrize("given", ["05/06/2024", "today", 2023, "2023", pd.Timestamp(0, tz="UTC")])
def test_every_door_has_this_gate(given):
    calls = passing(given)
    assert len(calls) > 15
    for name, call in calls.items():
        with pytest.raises(ValueError, match="must be a day as YYYY-MM-DD, got"):
            print(name, call())


def test_no_other_place_compares_days_of_release():
    cut = re.compile(r"\[.released.\]\s*(<|>)=|Timestamp\((as_of|day|date)\)")
    for path in (ROOT / "lib/silktrade").rglob("*.py"):
        code = [line for line in path.read_text().split("\n") if ">>>" not in line]
        assert path.name == "days.py" or not cut.search("\n".join(code)), path


def test_released_by_keeps_the_day_itself():
    rows = pd.DataFrame({"released": pd.to_datetime(["2024-01-04", "2024-01-05", "2024-01-06"])})
    assert [len(released_by(rows, day)) for day in ("2024-01-05", DAY, None)] == [2, 2, 3]


@pytest.mark.parametrize("given", GOOD, ids=repr)
def test_columns_of_days_pass_the_same_gate(given):
    assert validate(events(given), EVENTS)["date"].tolist() == [DAY]


@pytest.mark.parametrize("given", [b for b in BAD if isinstance(b, str)], ids=repr)
def test_columns_of_days_refuse_the_same(given):
    with pytest.raises(ValueError, match="row 0, column date: must"):
        validate(events(given), EVENTS)


def events(day):
    """Make one event on a day."""
    row = {"title": "t", "kind": "k", "partners": "KAZ", "source": "s", "vintage": "2024-01-05"}
    return pd.DataFrame([{"date": day, **row}])


def test_figures_say_where_they_end():
    months = st.load_trade(frequency="M", currency="CNY")
    assert months.attrs["last"] == str(months["period"].max())
    years, totals = st.load_trade(as_of="2024-02-01"), st.load_totals(as_of="2024-02-01")
    assert (years.attrs["last"], totals.attrs["last"]) == ("2023", "2023")
    assert st.data_end(years, months) == f"figures end in {months.attrs['last']}"
    assert st.data_end(years) == "figures end in 2023"
    own = pd.Series([1.0, 2.0], pd.period_range("2020-01", periods=2, freq="M"))
    assert st.data_end(own) == "figures end in 2020-02"
    assert st.data_end(own.iloc[:0]) == "no figures"
    with pytest.raises(ValueError, match="frames must be from the loaders, got a list"):
        st.data_end([1])
