"""
Partners beyond the five: loaded, summed, projected and drawn as the five are.

Mongolia and Russia have the invented figures of Uzbekistan and Kazakhstan, told apart by a factor,
so that whatever falls back on the five, or mistakes one for the other, shows.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import shutil
import subprocess
import sys

import doors
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import ROOT
from doors import CALLS, Good, called, public
from test_snapshots import edit, newest

import silktrade as st
from silktrade import cli, codes
from silktrade.data import snapshots, vintages

FIGURES = {"RUS": ("KAZ", 3), "MNG": ("UZB", 2)}  # whose, times what
PAIR = ("MNG", "RUS")
FILES = (
    ("gacc", "partner_annual"), ("gacc", "partner_monthly"), ("gacc", "partner_year_to_date"),
    ("imf", "direction_of_trade"), ("comtrade", "china_reported"),
    ("comtrade", "partner_reported"), ("matrix", "sitc_sections"), ("comtrade", "china_goods"),
    ("imf", "outlook_archive"), ("worldbank", "gdp"), ("imf", "world_economic_outlook"),
    ("silktrade", "scenarios"),
)  # fmt: skip
SIDES = ("reporter", "partner", "economy")


def with_the_pair(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the rows of the pair to a file."""
    parts = [frame]
    for code, (model, times) in FIGURES.items():
        columns = [c for c in SIDES if c in frame]
        own = frame[(frame[columns] == model).any(axis=1)]
        own = own.assign(**{c: own[c].replace(model, code) for c in columns})
        if "partner" in frame:
            own = own.assign(value=[str(float(v) * times) for v in own["value"]])
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Copy the bundled data, and add the pair; to the outlook of 2023 too, on which days rest."""
    data = tmp_path_factory.mktemp("world") / "data"
    shutil.copytree(ROOT / "data", data)
    names = [newest(*file) for file in FILES] + ["imf/2023-10-10/world_economic_outlook"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(vintages.FOLDER_VARIABLE, str(data))
        patch.setattr(snapshots, "_used", {})
        for name in names:
            edit(data, name, with_the_pair)
        yield data


@pytest.mark.parametrize(("frequency", "currency"), [("Y", "USD"), ("Y", "CNY"), ("M", "CNY")])
def test_the_pair_is_loaded_with_its_own_figures(world, frequency, currency):
    trade = st.load_trade(frequency=frequency, currency=currency, partners=PAIR)
    five = st.load_trade(frequency=frequency, currency=currency)
    assert set(trade["partner"]) == set(PAIR)
    for code, (model, times) in FIGURES.items():
        own, other = (f[f["partner"] == p].set_index(["flow", "period"])["value"]
                      for f, p in ((trade, code), (five, model)))  # fmt: skip
        common = own.index.intersection(other.index)
        assert len(common) > 30
        pd.testing.assert_series_equal(own[common], times * other[common], rtol=1e-9)
    assert st.growth(trade)["growth"].notna().all()


def test_the_five_are_what_they_were(world):
    assert set(st.load_trade()["partner"]) == set(codes.PARTNERS)
    assert list(st.load_partner_totals()) == list(codes.PARTNERS)


REGION = """
import silktrade as st
from silktrade.figures.canvas import part_texts
trade = st.load_trade(partners="NRT")
whole = st.region(trade)
assert whole["partner"].unique().tolist() == ["NRT"]
total, summed = st.load_totals("NRT"), whole.groupby("period")["value"].sum()
assert (total["2013":"2020"] == summed["2013":"2020"]).all()
wide = st.load_partner_totals("NRT")
assert st.region(wide).name == "NRT"
assert st.region(trade[trade["partner"] == "MNG"], "NRT").empty
paths = st.project_trade(2027, partners="NRT", draws=100)
both = st.trade_with(paths, "NRT")
assert both["partner"].unique().tolist() == ["NRT"]
levels = st.intervals(both).xs("combination", level="model")
ax = st.figures.fan(st.load_totals("NRT"), levels, "NRT", "USD")
assert "Northern neighbours" in part_texts(ax.figure)["title"]
assert st.tables.years(wide, 5).data.columns[2] == "Northern neighbours"
for call in (lambda: st.region(wide[["MNG"]], "NRT"), lambda: st.trade_with(paths, "CA5")):
    try:
        call()
    except ValueError as error:
        print(error)
"""


def test_a_region_is_one_row_of_the_table(world, tmp_path):
    half = shutil.ignore_patterns("*.pyc.*")  # written by another worker
    shutil.copytree(ROOT / "lib" / "silktrade", tmp_path / "silktrade", ignore=half)
    with (tmp_path / "silktrade" / "regions.csv").open("a", encoding="utf-8") as table:
        table.write("NRT,Northern neighbours,MNG;RUS\n")
    command, env = [sys.executable, "-c", REGION], os.environ | {"PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "trade must have the columns MNG, RUS to be summed to NRT, got no RUS: take "
        "load_partner_totals('NRT')",
        "paths must hold KAZ, KGZ, TJK, TKM, UZB, got no KAZ, KGZ, TJK, TKM, UZB",
    ]


def test_a_projection_of_the_pair_uses_its_own_months(world):
    paths = st.project_trade(2026, partners=PAIR, draws=200)
    total = st.aggregate(paths, partners=True, flows=True)
    assert total["partner"].unique().tolist() == ["SUM"]
    known = st.load_trade(frequency="M", partners=PAIR, currency="CNY").query("period >= '2026'")
    rate = st.load_indicator("exchange_rate", frequency="M").set_index("period")["value"].iloc[-1]
    # No draw of the year is below what its months have brought by then; 3 % for the rate.
    assert total["value"].min() > 0.97 * known["value"].sum() / rate


once = functools.cached_property


class Pair(Good):
    """What the library makes, of the pair."""

    trade = once(lambda _: st.load_trade(partners=PAIR))
    past = once(lambda _: st.load_trade(partners=PAIR, as_of=doors.DAY))
    months = once(lambda _: st.load_trade(frequency="M", currency="CNY", partners="RUS"))
    every_month = once(lambda _: st.load_trade(frequency="M", partners=PAIR))
    totals = once(lambda _: st.load_totals("MNG"))
    cny = once(lambda _: st.load_totals("MNG", currency="CNY"))
    wide = once(lambda _: st.load_partner_totals(PAIR))
    monthly = once(lambda _: st.load_totals("MNG", frequency="M").iloc[:30])
    kgz = once(lambda _: st.load_trade(partners="MNG"))
    told = once(lambda _: st.load_trade(reporter="MNG"))
    products = once(lambda _: st.load_products(partners=PAIR))

    @once
    def parts(self):
        own = self.trade[self.trade["partner"] == "RUS"]
        return st.drivers(own, self.estimates, self.prices)

    @once
    def gaps(self):
        reports = st.pair_reports(self.trade, st.load_trade(reporter=PAIR))
        return st.mirror_gaps(reports)


DRAWN = [name for name in CALLS if name.startswith(("figures.", "tables."))]
# Of what only the five have: gas by pipeline, chapters, and a day's printed totals.
OF_THE_FIVE = {
    "figures.gas_bars", "tables.gas", "tables.gas_prices", "figures.sides_by_product",
    "tables.reconciliation", "figures.flow_map",
}  # fmt: skip
# Whose text is that of events, opinions and sidecars, whatever trade is drawn.
OF_THE_COLLECTION = {"figures.total_trade", "tables.catalogue", "tables.opinions"}
INSTEAD = {"KAZ": "RUS", "UZB": "MNG", "KGZ": "MNG", "TKM": "RUS", "CA5": "SUM"}


def instead(value: object) -> object:
    """Put the pair in the place of the five in an argument."""
    if isinstance(value, str):
        return INSTEAD.get(value, value)
    return type(value)(map(instead, value)) if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def pair(world):
    """Have the calls of `doors` speak of the pair."""
    loaders = ("load_trade", "load_totals", "load_partner_totals", "load_products", "load_goods")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doors, "g", Pair())
        for name in loaders:
            patch.setattr(st, name, _of_the_pair(getattr(st, name)), raising=False)
        patch.setattr(doors, "ratio", _ratio)
        yield


def _of_the_pair(load):
    """Ask a loader for the pair wherever it was asked for the five, or one of them."""
    first = next(iter(inspect.signature(load).parameters))

    def asked(*args: object, **kwargs: object) -> pd.DataFrame:
        side = "partner" if first == "partner" else "partners"
        args = tuple(map(instead, args))
        kwargs = {k: instead(v) for k, v in kwargs.items()}
        if (args and args[0] in ("WLD", *PAIR)) or "reporter" in kwargs:
            return load(*args, **kwargs)
        if args:
            return load(*args, **({} if first == side else {side: PAIR}) | kwargs)
        return load(**{side: PAIR if side == "partners" else "MNG"} | kwargs)

    return asked


def _ratio() -> pd.Series:
    """Give trade over output of Russia."""
    rows = doors.g.weights
    return rows[rows["economy"] == "RUS"].set_index("period")["over_gdp"].dropna()


@pytest.mark.parametrize("name", sorted(set(DRAWN) - OF_THE_FIVE))
def test_figures_and_tables_draw_the_pair(pair, name):
    arguments = {key: instead(value) for key, value in CALLS[name]().items()}
    made = called(public()[name], arguments)
    html = made.to_html() if name.startswith("tables.") else "".join(
        t.get_text() for t in made.figure.findobj(plt.Text)
    )  # fmt: skip
    plt.close("all")
    assert name in OF_THE_COLLECTION or "Central Asia" not in html


BATCH = """reports:
  profile:
    notebook: 05_country_profile.ipynb
    parameters: {as_of: newest}
    grid: {partner: [MNG, RUS]}
  scenarios:
    notebook: 09_scenarios.ipynb
    parameters: {as_of: newest, forecast_year: next, draws: 200}
    grid: {partner: [MNG]}
"""


def test_a_grid_over_other_partners_makes_their_pages(world, tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "notebooks" / "batch.yml").write_text(BATCH, encoding="utf-8")
    where = ["--batch", str(tmp_path / "notebooks" / "batch.yml"), "--reports", str(tmp_path / "r")]
    assert cli.main(["run", *where]) == 0
    for code in PAIR:
        record = json.loads((tmp_path / "r" / f"profile_{code}.json").read_text(encoding="utf-8"))
        value = next(h for h in record["headlines"] if h["name"] == "trade")["value"]
        assert value == st.load_totals(code).iloc[-1]
