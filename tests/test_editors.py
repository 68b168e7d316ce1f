"""What an editor sees of the library: every public name with its types, and slips of the pen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CALLS = """\
import pandas as pd

import silktrade as st
from silktrade import figures, tables

trade = st.load_trade(frequency="Y", currency="USD", partners=["KAZ", "UZB"], as_of="2024-12-31")
months = st.load_trade(frequency="M", currency="CNY", flows="export")
total = st.load_totals("CA5", frequency="Y", currency="USD")
monthly = st.load_totals("CA5", frequency="M")
partners = st.load_partner_totals(currency="CNY")
printed = st.load_printed_totals()
gdp = st.load_indicator("gdp_usd", economies="KAZ", source="imf")
opinions = st.load_opinions(economies="CHN")
events = st.load_events("UZB", as_of="2018-01-01")
gas = st.load_gas("TKM")
products = st.load_products(partners="TKM")
outlines = st.load_outlines()
catalogue = st.load_catalogue()
growth = st.growth(trade)
faster = st.growth(total, periods=2)
rate = st.cagr(total, "2015", "2025")
parts = st.contributions(partners)
shares = st.share(trade, of="partner")
net = st.balance(trade)
hhi = st.concentration(pd.Series([50.0, 50.0]))
both = st.by_direction(trade)
region = st.region(st.load_trade())
so_far = st.year_to_date(months)
years = st.calendar_year(months)
effect = st.currency_effect(total, st.load_totals("CA5", currency="CNY"))
adjusted = st.seasonal_adjust(monthly)
told = st.seasonal_diagnostics(monthly)
breaks = st.growth_breaks(total, draws=99, seed=1)
ahead = st.forecast(monthly, 12, model="theta")
record = st.backtest(trade, 1, days=["2015-12-31"], models=["naive"], progress=False)
scores = st.scores(record)
paths = st.project(st.load_trade(), 1, draws=200, seed=1)
whole = st.aggregate(paths, partners=True, flows=True)
limits = st.intervals(whole)
claims = st.check_claims(st.load_claims(), *st.load_evidence())
words = st.percent(0.123)
amount = st.money(1.2e9, "USD")
error = st.accuracy.smape([1.0, 2.0], [1.0, 3.0])
path = st.models.theta(total.to_numpy(), 1, 3)
chart = figures.total_trade(total)
table = tables.scores(scores)
st.headline("growth", 0.12, "growth", "2024", "Growth in dollars")
st.key_message("Trade grew.")
st.provenance()
"""
SLIPS = {
    "st.load_trde()": "load_trde",
    'st.load_trade(frequenz="Y")': "frequenz",
    "st.forecast(total)": "horizon",
    "figures.total_trad(total)": "total_trad",
    "st.accuracy.smap([1.0], [1.0])": "smap",
}


def complaints(folder: Path, code: str) -> list[str]:
    """Check a file as an editor with type checking does; list its errors."""
    (folder / "calls.py").write_text(code)
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable,
               "--level", "error", "--outputjson", "calls.py"]  # fmt: skip
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stderr
    return [d["message"] for d in json.loads(run.stdout)["generalDiagnostics"]]


def test_an_editor_finds_every_slip_and_no_error_in_typical_calls(tmp_path):
    found = complaints(tmp_path, CALLS + "\n".join(SLIPS) + "\n")
    unseen = [slip for slip, word in SLIPS.items() if not any(word in told for told in found)]
    assert unseen == []
    assert len(found) == len(SLIPS), found
