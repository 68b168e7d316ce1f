"""Data behind charts: every figure's table holds the values that the figure was given."""

from __future__ import annotations

import functools
import io
import re
import urllib.parse
from collections.abc import Callable, Iterator
from html import unescape

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import silktrade as st
from silktrade import codes, figures
from silktrade.figures.axes import billions_on_y, percent_on_y
from silktrade.figures.canvas import canvas, figure_html
from silktrade.figures.chart_data import Panel, attach, panels, tidy
from silktrade.figures.data_table import csv, data_html

mpl.use("agg")
DAY = "2023-12-31"
BANDS = {("80 % range", "low"): 0.1, ("80 % range", "high"): 0.9,
         ("95 % range", "low"): 0.025, ("95 % range", "high"): 0.975}  # fmt: skip
Given = tuple[Axes, dict[str | tuple[str, str], pd.Series]]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what a test has drawn."""
    yield
    plt.close("all")


def by_period(frame: pd.DataFrame, **where: str) -> pd.Series:
    """Take the values of a tidy frame by period."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame.set_index("period")["value"]


def ranges(table: pd.DataFrame, names: list[str]) -> dict:
    """Say what a chart of ranges is given."""
    rows = table.set_axis(names, axis=0)
    return {"Median": rows[0.5]} | {key: rows[q] for key, q in BANDS.items()}


def months(series: pd.Series) -> pd.Series:
    return series.set_axis(series.index.strftime("%b %Y"))


def flow_names(table: pd.DataFrame) -> list[str]:
    keys = table.index.to_frame(index=False)
    words = {"export": "Exports to", "import": "Imports from", "total": "Trade with"}
    return [f"{words[k.flow]} {codes.label(k.partner)}" for k in keys.itertuples()]


# ---------------------------------------------------------------- what each figure is given


def total_trade() -> Given:
    total = st.load_totals()
    return figures.total_trade(total, st.load_events()), {"Central Asia": total}


def growth_bars() -> Given:
    total = st.load_totals("UZB")
    return figures.growth_bars(total), {"Growth in dollars": total / total.shift(freq="Y") - 1}


def contribution_bars() -> Given:
    totals = st.load_partner_totals()
    whole = totals.sum(axis=1, skipna=False)
    parts = (totals - totals.shift(freq="Y")).div(whole.shift(freq="Y"), axis=0).loc["2024"]
    parts = parts.sort_values(ascending=False)
    said = pd.Series([*parts, parts.sum()], [*map(codes.label, parts.index), "Central Asia"])
    return figures.contribution_bars(totals, "2024"), {"Contribution": said}


def share_lines() -> Given:
    totals = st.load_partner_totals()
    shares = totals.div(totals.sum(axis=1, skipna=False), axis=0)
    return figures.share_lines(totals), {codes.label(p): shares[p] for p in shares}


def flows() -> Given:
    trade = st.load_trade(partners="KAZ")
    sides = {f"China's {f}s": by_period(trade, flow=f) for f in codes.FLOWS}
    return figures.flows(trade), sides


def two_currencies() -> Given:
    effect = st.currency_effect(st.load_totals(currency="CNY"), st.load_totals())
    given = {"in yuan": effect["growth_cny"], "in dollars": effect["growth_usd"]}
    return figures.two_currencies(effect), given


def months_by_year() -> Given:
    total = st.load_totals(frequency="M")
    years = {str(y): total[total.index.year == y] for y in total.index.year.unique()}
    named = {y: s.set_axis(s.index.strftime("%b")) for y, s in years.items()}
    return figures.months_by_year(total), named


def two_sides() -> Given:
    ours = st.load_trade(partners="KGZ", flows="export")
    theirs = st.load_trade(reporter="KGZ", flows="import")
    given = {"as China reports it": by_period(ours), "as Kyrgyzstan reports it": by_period(theirs)}
    return figures.two_sides(ours, theirs), given


def trade_to_gdp() -> Given:
    years = pd.period_range("2020", "2023", freq="Y")
    ratio = pd.Series([0.1, 0.25, 0.15, 0.3], years)
    return figures.trade_to_gdp(ratio, "KAZ"), {"Kazakhstan": ratio}


def coverage() -> Given:
    trade = st.load_trade()
    given = {
        f"{codes.label(partner)}, {flow}s": rows.set_index("period")["source"].map(codes.SOURCES)
        for (partner, flow), rows in trade.groupby(["partner", "flow"])
    }
    return figures.coverage(trade), given


def lines() -> Given:
    years = pd.period_range("2020", "2023", freq="Y")
    rail, road = pd.Series([1.0, 2.0, 4.0, 3.0], years), pd.Series([2.0, 2.5, 3.0, 5.0], years)
    ax = figures.lines(pd.DataFrame({"Rail": rail, "Road": road}), "Road carries more", unit="t")
    return ax, {"Rail": rail, "Road": road}


def bars() -> Given:
    values = pd.Series({"Rail": 3.0, "Road": 5.0}, name="Tonnes")
    return figures.bars(values, "Road carries more", unit="tonnes"), {"Tonnes": values}


def chart() -> Given:
    ax = figures.chart("Rail carries more", "Thousand containers", "own count")
    ax.bar([2023, 2024], [1200, 1500], label="Rail")
    ax.set_xticks([2023, 2024], ["2023", "2024"])
    return ax, {"Rail": pd.Series([1200.0, 1500.0], ["2023", "2024"])}


def _paths() -> pd.DataFrame:
    return st.project(st.load_trade(as_of=DAY), 1, draws=100)


def fan() -> Given:
    known = st.load_totals(as_of=DAY)["2012":]
    whole = st.aggregate(_paths(), partners=True, flows=True)
    table = st.intervals(whole).xs("combination", level="model")
    start = pd.Series(known.iloc[-1], known.index[-1:])
    rows = table.set_axis(table.index.get_level_values("period"), axis=0)
    of = {q: pd.concat([start, rows[q]]) for q in table}
    given = {"Known": known, "Projection, median": of[0.5]}
    for name, low, high in (("95 %", 0.025, 0.975), ("80 %", 0.1, 0.9), ("50 %", 0.25, 0.75)):
        given |= {(f"{name} interval", "low"): of[low], (f"{name} interval", "high"): of[high]}
    return figures.fan(known, table, "CA5", "USD"), given


def growth_ranges() -> Given:
    paths = st.project(st.load_trade(), 2, draws=100)
    table = st.at_period(st.intervals(st.projected_growth(paths), "growth"), 2027)
    ax = figures.growth_ranges(table, "USD")
    return ax, ranges(table, flow_names(table))


def projection_record() -> Given:
    rows = pd.DataFrame({
        "year": [2023, 2024], "known": 0, "low": [-0.1, 0.0], "median": [0.1, 0.2],
        "high": [0.3, 0.4], "outturn": [0.35, 0.05], "inside_80": [0.0, 1.0],
    })  # fmt: skip
    of = rows.set_index("year")
    given = {("80 % interval", "low"): of["low"], ("80 % interval", "high"): of["high"]}
    given |= {"Median": of["median"], "As it came": of["outturn"]}
    return figures.projection_record(rows), given


def outturn() -> Given:
    keys = [("KAZ", "export", pd.Period("2024")), ("UZB", "import", pd.Period("2024"))]
    index = pd.MultiIndex.from_tuples(keys, names=["partner", "flow", "period"])
    columns = [0.025, 0.1, 0.5, 0.9, 0.975, "outturn"]
    rows = [[-0.1, 0.0, 0.2, 0.3, 0.4, 3.5], [-0.3, -0.1, 0.0, 0.1, 0.2, -0.05]]
    table = pd.DataFrame(rows, index, columns)
    names = flow_names(table)
    given = ranges(table, names) | {"As it came": table["outturn"].set_axis(names)}
    return figures.outturn(table), given


def error_ratios() -> Given:
    table = pd.DataFrame({"model": ["theta", "drift"], "horizon": 1, "ratio": [1.1, 0.9],
                          "p_value": [0.5, 0.01], "origins": 10})  # fmt: skip
    rows = table.set_index(table["model"].map(codes.MODEL_LABELS))
    given = {"Ratio": rows["ratio"], "p-value": rows["p_value"]}
    return figures.error_ratios(table, 1), given


def coverage_dots() -> Given:
    rows = [(s, m, 1, metric, v, n) for s, n in (("a", 10), ("b", 30)) for m in ("drift", "theta")
            for metric, v in (("coverage_80", n / 50), ("coverage_95", 0.9))]  # fmt: skip
    columns = ["series", "model", "horizon", "metric", "value", "origins"]
    # 10 of 40 at 0.2 and 30 of 40 at 0.6 make half.
    at = [codes.MODEL_LABELS[m] for m in ("drift", "theta")]
    given = {"80 % limits": pd.Series(0.5, at), "95 % limits": pd.Series(0.9, at)}
    return figures.coverage_dots(pd.DataFrame(rows, columns=columns)), given


def adjusted_months() -> Given:
    year, total = st.load_new_year(), st.load_totals("WLD", frequency="M")
    adjusted = st.seasonal_adjust(total, year)
    found = st.seasonal_diagnostics(total, year)
    ax = figures.adjusted_months(total, adjusted, found, st.short_history_error(total, year))
    line = adjusted.set_index("period")["adjusted"]
    return ax, {"Published": months(total), "Adjusted": months(line)}


def growth_regimes() -> Given:
    total = st.load_totals()
    rates = (total / total.shift(freq="Y") - 1).dropna()
    day = pd.Timestamp("2009-01-01")
    first = pd.Period("2009")
    place = {"first": first, "low": first - 1, "high": first + 1}
    rates_of = {"before": 0.2, "after": 0.1, "p_value": 0.01, "p_paired": 0.02}
    found = pd.DataFrame([place | rates_of])
    known = pd.DataFrame({"date": [day], "title": ["An event"]})
    before = (total["2008"] / total["1992"]) ** (1 / 16) - 1
    after = (total["2025"] / total["2008"]) ** (1 / 17) - 1
    means = pd.Series(np.where(rates.index < first, before, after), rates.index)
    ax = figures.growth_regimes(total, found, known)
    return ax, {"Growth": rates, "Compound growth a year between breaks": means}


def largest_products() -> Given:
    table = st.basket_concentration(st.load_products(partners=("KAZ", "TKM")))
    last = table[table["period"] == table["period"].max()]
    names = [f"{codes.label(r.exporter)} to {codes.label(r.importer)}: "
             f"{codes.label(r.largest).lower()}" for r in last.itertuples()]  # fmt: skip
    given = {"Share of the largest product": last["largest_share"].set_axis(names)}
    return figures.largest_products(table), given


def goods_lines() -> Given:
    weight = st.part_of_total(st.load_goods(partners="KAZ"), st.load_trade())
    given = {codes.label(product): rows.set_index("period")["share"]
             for product, rows in weight.groupby("product")}  # fmt: skip
    return figures.goods_lines(weight), given


def sides_by_product() -> Given:
    pairs = st.pair_reports(st.load_products("HS2"))
    pairs = pairs[pairs["exporter"] == "CHN"]
    rows = pairs[pairs["period"] == "2024"].dropna().nlargest(12, "exporter_value")
    rows = rows.set_index(rows["product"].map(codes.label))
    given = {
        "as China reports it": rows["exporter_value"],
        "as Kazakhstan reports it": rows["importer_value"],
    }
    return figures.sides_by_product(pairs), given


def gas_bars() -> Given:
    gas = st.load_gas()
    given = {codes.label(p): by_period(gas, partner=p) for p in gas["partner"].unique()}
    return figures.gas_bars(gas), given


def _gaps() -> pd.DataFrame:
    reports = st.load_trade(reporter=("KGZ", "UZB"))
    return st.mirror_gaps(st.pair_reports(st.load_trade(), reports))


def seen_by_importer() -> Given:
    gaps = _gaps()
    sold = gaps[gaps["exporter"] == "CHN"]
    given = {
        codes.label(partner): np.exp(-rows.set_index("period")["log_ratio"])
        for partner, rows in sold.groupby("importer")
    }
    return figures.seen_by_importer(sold), given


def gap_bars() -> Given:
    gaps = _gaps()
    last = gaps.loc[gaps.groupby(["exporter", "importer"])["period"].idxmax()]
    names = [f"{codes.label(r.exporter)} to {codes.label(r.importer)}, {r.period}"
             for r in last.itertuples()]  # fmt: skip
    given = {"Exporter's less importer's report": last["gap"].set_axis(names)}
    return figures.gap_bars(gaps), given


def reconciled() -> Given:
    china, kyrgyz = st.load_trade(partners="KGZ"), st.load_trade(reporter="KGZ")
    half = st.reconcile(china, kyrgyz, weights="equal")
    own, other, made = china.query("flow == 'export'"), kyrgyz.query("flow == 'import'"), (
        half.query("flow == 'export'").set_index("period")
    )  # fmt: skip
    ax = figures.reconciled(own, other, made.reset_index())
    given = {"as China reports it": by_period(own), "as Kyrgyzstan reports it": by_period(other),
             "Reconciled": made["value"], ("95 % limits", "low"): made["low"],
             ("95 % limits", "high"): made["high"]}  # fmt: skip
    return ax, given


def _quantiles(names: list[str]) -> pd.DataFrame:
    rows = [[-0.2 + i, -0.1 + i, 0.1 + i, 0.3 + i, 0.4 + i] for i in range(len(names))]
    return pd.DataFrame(rows, names, [0.025, 0.1, 0.5, 0.9, 0.975]) / 10


def projections_by_source() -> Given:
    table = _quantiles(["China's report", "Both"])
    ax = figures.projections_by_source(table, "USD")
    return ax, ranges(table, list(table.index))


def scenario_ranges() -> Given:
    index = pd.MultiIndex.from_product([["baseline", "up"], [pd.Period("2024")]])
    table = _quantiles(["a", "b"]).set_axis(index.set_names(["model", "period"]), axis=0)
    assumed = pd.DataFrame({"scenario": ["baseline", "up"], "label": ["Baseline", "Yuan up"],
                            "channel": "income"})  # fmt: skip
    ax = figures.scenario_ranges(table, assumed, "KAZ", "USD")
    return ax, ranges(table, ["Baseline", "Yuan up"])


def channel_ranges() -> Given:
    index = pd.MultiIndex.from_tuples([("up", "energy"), ("down", "income")])
    table = _quantiles(["a", "b"]).set_axis(index.set_names(["scenario", "channel"]), axis=0)
    assumed = pd.DataFrame({"scenario": ["up", "down"], "label": ["Oil dearer", "Slowdown"],
                            "period": pd.Period("2024")})  # fmt: skip
    ax = figures.channel_ranges(table, assumed, "KAZ")
    return ax, ranges(table, ["Oil dearer", "Slowdown"])


def elasticity_ranges() -> Given:
    found = st.elasticities(st.load_trade(as_of=DAY), st.load_conditions(as_of=DAY))
    words = {"export": "exports", "import": "imports"}
    names = [f"{codes.CHANNELS[e.channel]}, {words[e.flow]}" for e in found.itertuples()]
    rows = found.set_axis(names, axis=0)
    published = st.load_published_elasticities()
    both = published.dropna(subset=["low", "high"]).groupby(["channel", "flow"])
    keys = list(zip(found["channel"], found["flow"], strict=True))
    low, high = both["low"].min(), both["high"].max()
    given = {"Estimate": rows["estimate"], ("95 % interval", "low"): rows["low"],
             ("95 % interval", "high"): rows["high"],
             ("Others", "low"): pd.Series([low.get(k) for k in keys], names),
             ("Others", "high"): pd.Series([high.get(k) for k in keys], names)}  # fmt: skip
    return figures.elasticity_ranges(found, published), given


def claim_verdicts() -> Given:
    from silktrade.prose import stated

    checked = st.check_claims(st.load_claims(), *st.load_evidence())
    said = checked.assign(
        text=[f"{r.verdict}, {stated(r.computed, r.unit)}" for r in checked.itertuples()]
    ).set_index("statement")
    vantages = {"On its day": "pseudo-real time", "As known now": "as known now"}
    given = {name: said.loc[said["vantage"] == v, "text"] for name, v in vantages.items()}
    return figures.claim_verdicts(checked), given


def flow_map() -> Given:
    trade = st.load_trade()
    year = trade[trade["period"] == "2024"]
    ax = figures.flow_map(trade, st.load_outlines(), "KAZ", "2024")
    sides = {codes.label(f): year[year["flow"] == f].set_index("partner")["value"] / 1e9
             for f in codes.FLOWS}  # fmt: skip
    return ax, {name: side.rename(index=codes.label) for name, side in sides.items()}


CASES: dict[str, Callable[[], Given]] = {
    case.__name__: case
    for case in (
        adjusted_months, bars, chart, lines,
        channel_ranges, claim_verdicts, contribution_bars, coverage,
        coverage_dots, trade_to_gdp, elasticity_ranges, error_ratios, fan, flow_map,
        flows,
        gap_bars, gas_bars, goods_lines, growth_bars, growth_ranges, growth_regimes,
        largest_products,
        months_by_year, outturn, projection_record, projections_by_source, reconciled,
        scenario_ranges,
        seen_by_importer, share_lines, sides_by_product, total_trade, two_currencies, two_sides,
    )
}  # fmt: skip


@functools.cache
def drawn(name: str) -> tuple[dict, Panel, str]:
    """Draw a figure once for all that is asked of it: what it was given, its panel, its page."""
    ax, given = CASES[name]()
    return given, panels(ax.figure)[0], figure_html(ax.figure)


def read(page: str) -> dict[tuple[str, str], dict[str, object]]:
    """Read the CSV behind a chart as a browser would save it."""
    text = urllib.parse.unquote(re.search(r"data:text/csv;charset=utf-8,([^\"]+)\"", page)[1])
    table = pd.read_csv(io.StringIO(text), dtype=str)
    statistic = table.get("statistic", pd.Series("value", table.index))
    found: dict[tuple[str, str], dict[str, object]] = {}
    for series, s, row, value in zip(
        table["series"], statistic, table.iloc[:, 0], table["value"], strict=True
    ):
        found.setdefault((series, s), {})[row] = value
    return found


def wanted(given: dict) -> dict[tuple[str, str], dict[str, object]]:
    """Bring what a figure was given to the same form; what is not known has no row."""
    return {
        (key if isinstance(key, tuple) else (key, "value")): {
            str(k): v for k, v in values.dropna().items()
        }
        for key, values in given.items()
    }


@pytest.mark.parametrize("name", figures.__all__)
def test_the_csv_holds_what_the_figure_was_given(name):
    given, _, page = drawn(name)
    found, expected = read(page), wanted(given)
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key].keys() == values.keys(), key
        for row, value in values.items():
            if isinstance(value, str):
                assert found[key][row] == value
            else:  # seven figures are written, of a fraction six decimals: half a unit of the last
                assert float(found[key][row]) == pytest.approx(value, rel=5e-7, abs=5.1e-7), key


@pytest.mark.parametrize("name", figures.__all__)
def test_the_table_says_what_the_csv_says(name):
    _, panel, page = drawn(name)
    found = read(page)
    rows = re.findall(r"<tr><th scope=row>(.*?)</th>(.*?)</tr>", page)
    assert len(rows) == len(panel.values)
    for places in re.findall(r'data-at="[xy]?([^"]*)"', page):  # where each row stands
        assert len(places.split()) in (0, len(rows))
    assert page.count("<caption>") == page.count("download=") == 1
    for row, cells in rows:
        texts = re.findall(r"<td>(.*?)</td>", cells)
        for (series, s), text in zip(panel.values.columns, texts, strict=True):
            value = found[series, s].get(unescape(row))
            if value is None:
                assert text == "–"
            elif re.fullmatch(r"−?[\d,]*\d(\.\d+)?", text):
                digits = len(text.partition(".")[2])
                number = float(text.replace(",", "").replace("−", "-"))
                # Half a unit of the last decimal that is printed, and of the file's seven figures.
                rounding = 0.5 * 10**-digits + 6e-7 * abs(number)
                assert abs(number - float(value) / panel.scale) <= rounding + 1e-9
            else:
                assert unescape(text) == value


# ---------------------------------------------------------------- what any chart may hold


def test_decoration_has_no_row():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.axhline(0)
    ax.plot([1, 2], [1, 2], label="_guide")
    assert panels(ax.figure) == []
    assert data_html(panels(ax.figure), {"title": "Finding", "subtitle": "unit"}) == ""
    assert "<details" not in figure_html(ax.figure)


def test_the_table_is_read_off_what_is_drawn():
    ax = canvas("Finding", "unit", source="China Customs")
    (line,) = ax.plot([2020, 2021], [1.0, 2.0], label="a")
    line.set_ydata([1.0, 7.0])
    assert tidy(panels(ax.figure))["value"].tolist() == [1.0, 7.0]


def test_error_bars_dots_and_bands_give_low_and_high():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.errorbar([1, 2], [5.0, 6.0], yerr=[[1, 2], [3, 4]], label="bars")
    ax.fill_between([1, 2], [0.0, 1.0], [8.0, 9.0], label="band")
    ax.vlines([1, 2], [2.0, 3.0], [4.0, 5.0], label="spans")
    ax.scatter([1, 2], [7.0, 8.0], label="dots")
    values = panels(ax.figure)[0].values
    told = {key: values[key].tolist() for key in values}
    assert told == {
        ("dots", "value"): [7.0, 8.0],
        ("band", "low"): [0.0, 1.0], ("band", "high"): [8.0, 9.0],
        ("spans", "low"): [2.0, 3.0], ("spans", "high"): [4.0, 5.0],
        ("bars", "value"): [5.0, 6.0], ("bars", "low"): [4.0, 4.0], ("bars", "high"): [8.0, 10.0],
    }  # fmt: skip


def test_charts_that_lie_on_their_side():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.barh([0, 1], [3.0, 4.0], label="a")
    ax.set_yticks([0, 1], ["low", "high"])
    values = panels(ax.figure)[0].values
    assert values.index.tolist() == ["high", "low"]  # as they are seen, from the top
    assert values["a", "value"].tolist() == [4.0, 3.0]
    ax.invert_yaxis()
    assert panels(ax.figure)[0].values.index.tolist() == ["low", "high"]


def test_bars_side_by_side_share_their_year():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda x, _: f"{x:.0f}"))
    for shift, name in ((-0.2, "a"), (0.2, "b")):
        ax.bar([2020 + shift, 2021 + shift], [1.0, 2.0], width=0.4, label=name)
    values = panels(ax.figure)[0].values
    assert values.index.tolist() == ["2020", "2021"]
    assert values.notna().all(axis=None)


def test_places_that_the_axis_prints_alike_are_told_apart():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda x, _: f"{x:.0f}"))
    ax.plot([2020.1, 2020.2], [1.0, 2.0], label="a")
    assert panels(ax.figure)[0].values.index.tolist() == ["2020.1", "2020.2"]


def test_two_series_of_one_name_are_told_apart_and_two_parts_joined():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.plot([1, 2], [1.0, 2.0], label="a")
    ax.plot([2, 3], [2.0, 3.0], label="a")
    ax.plot([1, 2], [5.0, 6.0], label="a")
    values = panels(ax.figure)[0].values
    assert values["a", "value"].tolist() == [1.0, 2.0, 3.0]
    assert values["a (2)", "value"].dropna().tolist() == [5.0, 6.0]


def test_several_panels_have_a_table_each_and_one_file():
    figure, axes = plt.subplots(1, 2)
    for ax, name in zip(axes, ("Exports", "Imports"), strict=True):
        ax.set_title(name, loc="left")
        ax.plot([2020, 2021], [1.0, 2.0], label="a")
    page = data_html(panels(figure), {"title": "Finding", "subtitle": "unit"})
    assert re.findall("<caption>(.*?)</caption>", page) == ["Exports: unit", "Imports: unit"]
    assert csv(panels(figure), "unit").splitlines()[:2] == [
        "panel,year,series,value,unit,source,as_of,licence",
        "Exports,2020,a,1,unit,,,attribution",
    ]


@pytest.mark.parametrize(
    ("scaled", "measure", "head", "printed"),
    [
        (billions_on_y, "Trade, billion dollars a year", "dollars", "2.500"),
        (percent_on_y, "Growth, percent", "fraction", "250,000,000,000.0"),
        (lambda ax: None, "Index", "Index", "2,500,000,000"),
    ],
)
def test_people_read_the_unit_of_the_axis_and_machines_full_units(scaled, measure, head, printed):
    ax = canvas("Finding", measure, source="China Customs")
    ax.plot([2020], [2.5e9], label="a")
    scaled(ax)
    told = {"title": "Finding", "subtitle": measure}
    assert f"<td>{printed}</td>" in data_html(panels(ax.figure), told)
    heading, row = csv(panels(ax.figure), measure, "Source: IMF", "2026-06-30").splitlines()
    assert heading == "year,series,value,unit,source,as_of,licence"
    assert row == f"2020,a,2500000000,{head},IMF,2026-06-30,attribution"


def test_the_file_has_seven_figures():
    values = [1 / 3, 123456789.123456789, -0.1, 41040569785.63316]
    ax = canvas("Finding", "index", source="China Customs")
    ax.plot(range(2020, 2024), values, label="a")
    rows = csv(panels(ax.figure), "index").splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["0.3333333", "123456800", "-0.1", "41040570000"]


def test_the_file_says_how_well_a_value_is_known():
    total = st.load_totals("CA5", as_of="2026-06-30")
    found = pd.read_csv(io.StringIO(saved(figures.total_trade(total)))).set_index("year")
    alone = [int(year) for year in total.attrs["published"]]
    assert alone
    assert set(found.loc[alone, "status"]) == {"total alone"}
    assert set(found["status"].drop(alone)) == {"sum of flows"}
    assert found["as_of"].iloc[0] == "2026-06-30"  # what holds of all rows is said once
    assert found["source"].iloc[0] == st.source_line(total).replace(", ", ";")
    assert found[["unit", "source", "as_of", "licence"]].count().tolist() == [1] * 4
    flows = st.load_trade(partners="KAZ", as_of="2026-06-30")
    known = pd.read_csv(io.StringIO(saved(figures.flows(flows))))
    worst = flows.set_index(flows["period"].dt.year)["obs_status"].map(codes.OBS_STATUS)
    for row in known.itertuples():
        assert row.status in set(worst[[row.year]])


def saved(ax: Axes) -> str:
    """Give the file behind a chart."""
    page = figure_html(ax.figure)
    return urllib.parse.unquote(re.search(r"data:text/csv;charset=utf-8,([^\"]+)\"", page)[1])


def test_the_name_of_the_file_is_short():
    ax = canvas("Trade with Kazakhstan rose 11.0 % to 48.7 billion dollars", "unit", source="IMF")
    ax.plot([2020], [1.0], label="a")
    assert 'download="trade-with-kazakhstan-rose-11-0.csv"' in figure_html(ax.figure)


def test_what_is_attached_is_what_is_told():
    ax = canvas("Finding", "unit; how to read it", source="China Customs")
    ax.plot([1], [1.0], label="drawn")
    frame = pd.DataFrame({"a": [1.5]}, index=pd.Index(["x"], name="Case"))
    attach(ax, frame, "Another measure")
    frame.loc["x", "a"] = 9.0  # what was attached stays
    assert csv(panels(ax.figure), "unit") == (
        "case,series,value,unit,source,as_of,licence\nx,a,1.5,Another measure,,,attribution\n"
    )


def test_text_in_a_table_is_escaped():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.plot([2020], [1.0], label='<b>"a" & b</b>')
    page = data_html(panels(ax.figure), {"title": 'A "title" <x>', "subtitle": "<unit>"})
    assert "<b>" not in page
    assert "&lt;b&gt;&quot;a&quot; &amp; b&lt;/b&gt;" in page
    assert 'download="a-title-x.csv"' in page
    assert '"a"' not in re.search('href="([^"]+)"', page)[1]
