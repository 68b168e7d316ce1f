"""Figures: titles that turn with the data, descriptions read off the drawing, the same bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

import silktrade as st
from presswork import cleaning
from silktrade import figures
from silktrade.figures import drawing
from silktrade.figures.alternative import alternative_text
from silktrade.figures.canvas import ALONE, canvas, figure_html, label_ends, part_texts
from silktrade.schema import TRADE, validate

SPACE, MINUS = "\u00a0", "\u2212"
CURRENCIES = ("USD", "CNY")
mpl.use("agg")
DAY = "2026-01-31"  # what titles are held against was public then
NAMES = (st.codes.REGION, *st.codes.PARTNERS)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what a test has drawn."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def totals() -> dict[tuple[str, str], pd.Series]:
    return {(n, c): st.load_totals(n, currency=c, as_of=DAY) for n in NAMES for c in CURRENCIES}


@pytest.fixture(scope="module")
def trade() -> dict[str, pd.DataFrame]:
    return {c: st.load_trade(currency=c, as_of=DAY) for c in CURRENCIES}


@pytest.fixture(scope="module")
def paths() -> pd.DataFrame:
    return st.project(st.load_trade(as_of="2025-06-30"), 2, draws=100)


def title(ax: Axes) -> str:
    """Give the title of a figure, with plain spaces."""
    return part_texts(ax.figure)["title"].replace(SPACE, " ")


def alt(ax: Axes) -> str:
    """Give the description of a figure, with plain spaces."""
    return alternative_text(ax.figure).replace(SPACE, " ")


def series(values: list[float], name: str = "KAZ", first: str = "2020") -> pd.Series:
    """Give totals in dollars, with what a loader says of them."""
    periods = pd.period_range(first, periods=len(values), freq="Y", name="period")
    out = pd.Series(np.array(values) * 1e9, periods, name=name)
    out.attrs = {"partner": name, "currency": "USD", "source": "gacc", "published": []}
    return out


def flows_of(exports: list[float], imports: list[float]) -> pd.DataFrame:
    """Give a TRADE frame of one partner, in billions; None is not known."""
    rows = [
        ("CHN", "KAZ", f, "TOTAL", str(2020 + i), v * 1e9, "USD", "fob", "A", "gacc",
         "2026-01-31", "2026-01-20")
        for f, values in (("export", exports), ("import", imports))
        for i, v in enumerate(values) if v is not None
    ]  # fmt: skip
    return validate(pd.DataFrame(rows, columns=TRADE.all_columns), TRADE)


def interval_table(medians: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Give a table of growth by partner and flow, 5 points wide at each step."""
    keys = [("CHN", p, f, "TOTAL", pd.Period("2024"), 1, pd.Period("2024")) for p, f in medians]
    names = ["reporter", "partner", "flow", "product", "origin", "horizon", "period"]
    steps = {0.025: -0.15, 0.1: -0.1, 0.25: -0.05, 0.5: 0.0, 0.75: 0.05, 0.9: 0.1, 0.975: 0.15}
    columns = {q: [m + step for m in medians.values()] for q, step in steps.items()}
    return pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(keys, names=names))


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_a_name_draws_without_a_warning(name, currency, totals, trade):
    total = totals[name, currency]
    flows = trade[currency]
    one = st.region(flows) if name == st.codes.REGION else flows[flows["partner"] == name]
    months = st.load_totals(name, frequency="M", currency=currency)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = [
            figures.total_trade(total, st.load_events()),
            figures.growth_bars(total),
            figures.flows(one),
            figures.months_by_year(months),
        ]
        for ax in drawn:
            ax.figure.draw_without_rendering()
    unit = {"USD": "dollars", "CNY": "yuan"}[currency]
    assert all(unit in part_texts(ax.figure)["subtitle"] for ax in (drawn[0], drawn[1], drawn[2]))
    assert all(title(ax) in alt(ax) and len(alt(ax)) <= 250 for ax in drawn)
    assert all(part_texts(ax.figure)["source"].startswith("Source: ") for ax in drawn)


@pytest.mark.parametrize("partner", st.codes.PARTNERS)
def test_every_figure_of_two_sides_and_output_draws_without_a_warning(partner, totals):
    china = st.load_trade(partners=partner, flows="export")
    theirs = st.load_trade(reporter=partner, flows="import")
    gdp = st.load_indicator("gdp_usd", economies=partner).set_index("period")["value"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sides = figures.two_sides(china, theirs)
        ratio = (totals[partner, "USD"] / gdp).dropna()
        share = figures.trade_to_gdp(ratio, partner)
        for ax in (sides, share):
            ax.figure.draw_without_rendering()
    year = max(set(china["period"]) & set(theirs["period"]))
    value = china.set_index("period")["value"][year]
    assert f"in {year}: {st.money(value, 'USD')} by China's account" in title(sides)
    assert f"{ratio.iloc[-1] * 100:.0f} % of" in title(share)
    old = figures.two_sides(china, theirs[theirs["period"] < "2010"])
    assert re.match(
        f"{st.codes.label(partner)} has reported no imports from China since 200", title(old)
    )


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_figure_of_the_region_draws_without_a_warning(currency, trade, totals, paths):
    partners = st.load_partner_totals(currency=currency)
    effect = st.currency_effect(totals["CA5", "CNY"], totals["CA5", "USD"])
    whole = st.aggregate(paths, partners=True, flows=True)
    levels = st.intervals(whole).xs("combination", level="model")
    growth = st.at_period(st.intervals(st.projected_growth(paths), "growth"), 2026)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = [
            figures.contribution_bars(partners),
            figures.contribution_bars(partners, "2019"),
            figures.share_lines(partners),
            figures.two_currencies(effect),
            figures.coverage(trade[currency]),
            figures.fan(totals["CA5", "USD"][:"2024"], levels, "CA5", "USD"),
            figures.growth_ranges(growth, "USD"),
        ]
        for ax in drawn:
            ax.figure.draw_without_rendering()
    assert all(title(ax) in alt(ax) and len(alt(ax)) <= 250 for ax in drawn)


def test_every_public_figure_is_drawn_in_a_test_of_its_own():
    tests = [p for p in Path(__file__).parent.glob("test_*.py") if p.stem != "test_chart_data"]
    drawn = set(re.findall(r"figures\.(\w+)\(", "".join(p.read_text() for p in tests)))
    assert set(figures.__all__) - drawn == set()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2, 3], "rose 50.0 % to 3.00 billion dollars in 2022, a record"),
        ([3, 2, 1], "fell 50.0 % to 1.00 billion dollars in 2022, the lowest on record"),
        ([1, 3, 2], "fell 33.3 % to 2.00 billion dollars in 2022, the lowest since 2020"),
        ([3, 1, 2], "rose 100.0 % to 2.00 billion dollars in 2022, the highest since 2020"),
        ([3, 2, 2], "stayed at 2.00 billion dollars in 2022"),
    ],
)
def test_the_title_of_a_level_turns(values, said):
    assert title(figures.total_trade(series(values))) == f"Trade with Kazakhstan {said}"


def test_growth_over_an_unknown_year_is_not_said():
    total = st.load_totals("UZB", as_of="2023-06-30")
    assert title(figures.total_trade(total)) == (
        "Trade with Uzbekistan came to 9.78 billion dollars in 2022, the highest known"
    )


def test_turkmen_trade_of_2025_claims_no_more_than_is_known(totals):
    assert title(figures.total_trade(totals["TKM", "USD"])).endswith(
        "in 2025, the lowest known since 2020"
    )


def test_the_region_has_its_title_and_its_hollow_marks(totals):
    ax = figures.total_trade(totals["CA5", "USD"])
    assert title(ax) == (
        "Trade with the five Central Asian countries rose 12.1 % to 106 billion dollars in 2025, "
        "a record"
    )
    hollow = ax.get_lines()[1]
    assert list(hollow.get_xdata()) == [2021]
    assert hollow.get_markerfacecolor() == "white"


def test_the_title_of_growth_turns():
    rising, falling = (title(figures.growth_bars(series(v))) for v in ([1, 2, 4], [4, 2, 1]))
    assert rising == (
        "Trade has risen in 2 of 2 years; from 2020 to 2022 it rose 100.0 % a year on average"
    )
    assert falling == (
        "Trade has risen in 0 of 2 years; from 2020 to 2022 it fell 50.0 % a year on average"
    )
    known = figures.growth_bars(series([1, 2, 4, 8]).drop(pd.Period("2021")))
    assert title(known).startswith("Trade has risen in 1 of 1 years known; ")


def test_the_title_of_contributions_turns():
    periods = pd.period_range("2020", periods=2, freq="Y", name="period")
    up = pd.DataFrame({p: [10.0, 10.0] for p in st.codes.PARTNERS}, periods)
    up.loc["2021", "UZB"] = 15.0
    down = up.iloc[::-1].set_axis(periods)
    for frame in (up, down):
        frame.attrs = {"currency": "USD", "source": "gacc"}
    assert title(figures.contribution_bars(up)) == (
        "Uzbekistan added 10.0 points: in 2021 the region's trade rose 10.0 %"
    )
    assert title(figures.contribution_bars(down)) == (
        "Uzbekistan took away 9.1 points: in 2021 the region's trade fell 9.1 %"
    )


def test_contributions_of_one_partner_are_those_of_its_flows():
    trade = st.load_trade(partners="TKM", as_of=DAY)
    ax = figures.contribution_bars(trade, "2023")
    wide = trade.pivot(index="period", columns="flow", values="value").loc["2022":"2023"]
    parts = (wide.diff().iloc[-1] / wide.iloc[0].sum()).sort_values(ascending=False)
    widths = [bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(widths, [*parts, parts.sum()], rtol=1e-12)
    assert [t.get_text() for t in ax.get_yticklabels()][-1] == "Trade with Turkmenistan"
    assert " points: in 2023 trade with Turkmenistan " in title(ax)
    with pytest.raises(ValueError, match="totals must be of one partner where it is TRADE"):
        figures.contribution_bars(st.load_trade(as_of=DAY))


def test_each_contribution_starts_where_the_one_above_it_ends():
    periods = pd.period_range("2020", periods=2, freq="Y", name="period")
    ends = {"KAZ": 15.0, "KGZ": 8.0, "TJK": 12.0, "TKM": 9.0, "UZB": 10.0}
    frame = pd.DataFrame({p: [10.0, v] for p, v in ends.items()}, periods)
    frame.attrs = {"currency": "USD", "source": "gacc"}
    ax = figures.contribution_bars(frame)
    spans = [(b.get_x(), b.get_x() + b.get_width()) for b in ax.patches]
    np.testing.assert_allclose(spans, [
        (0, 0.1), (0.1, 0.14), (0.14, 0.14), (0.14, 0.12), (0.12, 0.08), (0, 0.08),
    ], atol=1e-12)  # +5, +2, 0, -1 and -2 on 50; their sum; the float's own dust  # fmt: skip
    said = [t.get_text() for t in ax.texts if "+" in t.get_text() or MINUS in t.get_text()]
    assert said == ["+10.0", "+4.0", "+0.0", f"{MINUS}2.0", f"{MINUS}4.0", f"+8.0{SPACE}%"]


def test_the_title_of_flows_turns():
    more, less = (title(figures.flows(f)) for f in (
        flows_of([1, 3], [1, 2]), flows_of([1, 2], [1, 3])
    ))  # fmt: skip
    assert more == (
        "China sold 1.00 billion dollars more than it bought in 2021: 3.00 against 2.00 billion "
        "dollars"
    )
    assert less == (
        "China sold 1.00 billion dollars less than it bought in 2021: 2.00 against 3.00 billion "
        "dollars"
    )


def test_a_flow_that_ends_early_is_labelled_at_its_end():
    ax = figures.flows(flows_of([1.0, 2.0, 3.0], [1.0, 2.0, None]))
    assert "in 2021" in title(ax)
    places = {
        t.get_text()[:7]: t.xy for t in ax.texts if t.get_text()[:7] in ("Exports", "Imports")
    }
    assert places["Exports"][0] == ax.get_xlim()[1] >= 2022  # beside the axes
    assert places["Imports"] == (2021, 2e9)


def test_years_that_are_not_known_leave_a_gap_and_are_named(trade, totals):
    kyrgyz = trade["USD"][trade["USD"]["partner"] == "KGZ"]
    uzbek = totals["UZB", "USD"]
    drawn = [
        figures.flows(kyrgyz),
        figures.total_trade(uzbek),
        figures.share_lines(st.load_partner_totals(as_of=DAY)),
        figures.trade_to_gdp(uzbek, "UZB"),
    ]
    for ax in drawn:
        line = ax.get_lines()[0]
        points = zip(line.get_xdata(), line.get_ydata(), strict=True)
        assert [x for x, y in points if np.isnan(y)] == [2021.0]
        assert part_texts(ax.figure)["subtitle"].endswith("; a gap: 2021 is not known")
    whole = part_texts(figures.total_trade(totals["KAZ", "USD"]).figure)["subtitle"]
    assert "gap" not in whole


def test_contributions_of_a_year_after_one_that_is_not_known_are_refused():
    totals = st.load_partner_totals(as_of=DAY)
    for year in ("2021", "2022"):
        with pytest.raises(ValueError, match="and the year before of every partner"):
            figures.contribution_bars(totals, year)
    assert "in 2023" in title(figures.contribution_bars(totals, "2023"))


@pytest.mark.parametrize(
    ("yuan", "dollars", "said"),
    [
        ([7.0, 8.8], [1.0, 1.1], "rose 25.7 % in yuan and 10.0 % in dollars, as the yuan "
                                 "weakened by 14.3 %"),
        ([8.0, 7.6], [1.0, 1.1], "fell 5.0 % in yuan and rose 10.0 % in dollars, as the yuan "
                                 "strengthened by 13.6 %"),
        ([7.0, 7.7], [1.0, 1.1], "rose 10.0 % in yuan and 10.0 % in dollars, as the yuan "
                                 "held"),
    ],
)  # fmt: skip
def test_the_title_of_two_currencies_turns(yuan, dollars, said):
    known = series(yuan)
    known.attrs["currency"] = "CNY"
    effect = st.currency_effect(known, series(dollars))
    assert title(figures.two_currencies(effect)) == f"In 2021 trade {said}"


def test_shares_name_the_largest(totals):
    partners = st.load_partner_totals()
    shares = partners.div(partners.sum(axis=1), axis=0)
    assert title(figures.share_lines(partners)) == (
        f"Kazakhstan has {shares['KAZ'].iloc[-1] * 100:.0f} % of the trade, after "
        f"{shares['KAZ'].iloc[0] * 100:.0f} % in 1992"
    )


def test_months_are_set_against_the_year_before():
    months = st.load_totals("KGZ", frequency="M", currency="CNY")
    last = months.index[-1]
    rate = months[last] / months[last - 12] - 1
    said = title(figures.months_by_year(months))
    assert said == (
        f"Trade with Kyrgyzstan was {st.money(months[last], 'CNY')} in {last:%B %Y}, "
        f"{st.percent(rate, sign=True).replace(SPACE, ' ')} on a year before"
    )
    assert "on a year before" not in title(figures.months_by_year(_kept(months, "2023-12")))


def _kept(months: pd.Series, last: str) -> pd.Series:
    """Cut a Series, and keep what is said of it."""
    out = months[:last]
    out.attrs = months.attrs
    return out


def test_no_year_of_months_is_dropped():
    periods = pd.period_range("2020-01", "2026-03", freq="M")
    months = pd.Series(np.arange(len(periods)) * 1e9 + 1e9, periods)
    months.attrs = {"partner": "KAZ", "currency": "USD", "source": "gacc", "published": []}
    ax = figures.months_by_year(months)
    assert [line.get_label() for line in ax.get_lines()] == [str(y) for y in range(2020, 2027)]
    assert ax.get_lines()[-1].get_ydata().tolist() == months["2026"].tolist()


def test_coverage_counts_what_is_known(trade):
    ax = figures.coverage(trade["USD"])
    assert title(ax) == "336 of 340 annual flows are known; 2021 has gaps"
    kyrgyz = [x for line in ax.get_lines() for x, y in zip(*line.get_data(), strict=True) if y == 2]
    assert sorted(kyrgyz)[0] == 1992 - 0.42  # a bar runs from within its first year
    assert not [x for x in kyrgyz if 2020.5 < x < 2021.5]
    early = figures.coverage(st.load_trade(as_of="2023-03-01"))
    assert title(early).endswith("; 2021 and 2022 have gaps")


def test_coverage_knows_every_source(trade):
    ax = figures.coverage(trade["USD"].assign(source="nbs"))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [st.codes.SOURCES["nbs"]]


def test_coverage_of_partners_names_who_reports():
    ax = figures.coverage(st.load_trade(reporter=("KAZ", "KGZ")))
    assert [t.get_text() for t in ax.get_yticklabels()].count("Kyrgyzstan, imports") == 1
    assert part_texts(ax.figure)["subtitle"].startswith("Each reporter's flows with China")


def test_the_title_of_ranges_turns():
    up = interval_table({("KAZ", "total"): 0.05, ("UZB", "total"): 0.2})
    assert title(figures.growth_ranges(up, "USD")) == (
        "Fastest growth projected for 2024: trade with Uzbekistan, +20 % (80 %: +10 % to +30 %)"
    )
    down = interval_table({("KAZ", "export"): -0.05, ("UZB", "import"): -0.2})
    assert title(figures.growth_ranges(down, "USD")) == (
        f"Smallest fall projected for 2024: exports to Kazakhstan, {MINUS}5 % (80 %: {MINUS}15 % "
        "to +5 %)"
    )
    two = interval_table({("KAZ", "export"): 0.181, ("KAZ", "import"): 0.18})
    assert title(figures.growth_ranges(two, "USD")) == (
        "Fastest growth of the two in 2024 cannot be told: both medians are within a point of the "
        "highest, +18 %"
    )
    assert title(figures.growth_ranges(two.iloc[:1], "USD")).startswith("Growth projected for 2024")


def test_a_fan_starts_at_the_last_known_value(paths, totals):
    levels = st.intervals(st.aggregate(paths, partners=True, flows=True))
    table = levels.xs("combination", level="model")
    known = totals["CA5", "USD"][:"2024"]
    ax = figures.fan(known, table, "CA5", "USD")
    median = ax.get_lines()[-1]
    assert list(median.get_xdata()) == [2024, 2025, 2026]
    np.testing.assert_allclose(median.get_ydata(), [known.iloc[-1], *table[0.5]])
    final, said = table.iloc[-1], title(ax)
    middles = [st.money(row[0.5], "USD").replace(SPACE, " ") for _, row in table.iterrows()]
    ends = [[f"{row[q] / 1e9:.3g}" for q in (0.1, 0.9)] for _, row in table.iterrows()]
    parts = [
        f"{middle} in {year} (80 %: {low} to {high})"
        for middle, year, (low, high) in zip(middles, (2025, 2026), ends, strict=True)
    ]
    assert said == f"Trade with Central Asia is projected at {' and '.join(parts)}"
    low, high = (f"{final[q] / 1e9:.3g} (95 %)" for q in (0.025, 0.975))
    assert {low, high} <= {text.get_text() for text in ax.texts}  # a band says its chance and end


def test_a_description_says_first_last_and_extremes_of_what_is_drawn():
    ax = figures.total_trade(series([2, 1, 4, 3]))
    assert alt(ax) == (
        "Line chart: Trade with Kazakhstan fell 25.0 % to 3.00 billion dollars in 2023, the lowest "
        "since 2021. Kazakhstan (billion dollars): 2 in 2020, 3 in 2023; highest 4 in 2022, "
        "lowest 1 in 2021."
    )
    # It is read off the artists: move the line, and the words move.
    ax.get_lines()[0].set_ydata([5e9, 1e9, 4e9, 6e9])
    assert alt(ax).endswith(": 5 in 2020, 6 in 2023 (highest); lowest 1 in 2021.")


def test_a_description_follows_the_series_that_the_title_names():
    ax = canvas("China sold Uzbekistan more", "million yuan a month", source="China Customs")
    ax.plot([2020, 2021], [1, 2], label="Kazakhstan")
    ax.plot([2020, 2021], [4, 3], label="Uzbekistan")
    assert alt(ax).endswith("Uzbekistan (million yuan): 4 in 2020, 3 in 2021.")
    ax.get_lines()[1].set_label("the other")
    assert alt(ax).endswith("Kazakhstan (million yuan): 1 in 2020, 2 in 2021.")


def test_a_description_of_bars():
    ax = figures.growth_bars(series([4, 2, 3, 6]))
    assert alt(ax).endswith(
        f"Growth in dollars: {MINUS}50 % in 2021 (lowest), 100 % in 2023 (highest)."
    )


def test_a_description_is_of_data_and_names_rows_as_such():
    ax = canvas("Finding", "billion yuan", source="China Customs")
    ax.plot([2019.5, 2022.5], [2, 2], label="mean")
    ax.bar([2020, 2021, 2022], [1, 2, 3], label="Growth")
    assert "Growth (billion yuan): 1 in 2020" in alt(ax)
    ax = canvas("Finding", "percent", source="China Customs")
    ax.barh([0, 1], [4, 2], label="Share")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: ["Arms", "Zinc"][round(y)]))
    assert alt(ax).endswith("Share: 4 for Arms, 2 for Zinc.")


def test_decoration_is_not_described():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.axhline(0)
    ax.axvline(1, label="_decoration")
    assert alt(ax) == "Chart: Finding."


def test_html_stands_alone_and_gives_the_figure_back():
    ax = figures.total_trade(series([1, 2]), None)
    figure = ax.figure
    before = figure.get_size_inches().tolist(), figure.get_layout_engine().get()["rect"]
    page = figure_html(figure)
    assert page.startswith('<figure class="chart">')
    title = part_texts(figure)["title"]
    assert f'<figcaption class="chart-title">{title}</figcaption>' in page
    assert '<p class="chart-source">Source: China Customs.</p>' in page
    assert f'role="img" aria-label="{alternative_text(figure)}"'.replace("'", "&#x27;") in page
    parts = [t for t in figure.texts if t.get_gid() in ("title", "subtitle", "source")]
    assert [t.get_gid() for t in parts] == ["title", "subtitle", "source"]
    assert all(t.get_visible() for t in parts)
    after = figure.get_size_inches().tolist(), figure.get_layout_engine().get()["rect"]
    assert after == before


def test_drawings_hold_their_words_as_text_and_no_id():
    page = figure_html(figures.total_trade(series([1, 2, 4, 3]), None).figure)
    wide, narrow = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    for svg in (wide, narrow):
        words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
        assert {"2020", "2023", "3.00"} <= set(words)
        assert not re.search(r"\bid=|url\(|<style|<defs|style=", svg)
        numbers = re.findall(r"-?\d+\.(\d+)", re.sub("<text.*?</text>|<svg[^>]*>", "", svg))
        assert max(map(len, numbers)) == 1
    widths = [float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]) for svg in (wide, narrow)]
    assert widths == [720, 353]  # text of 13 is 12 to 14 pixels high where a column is that wide


def test_a_figure_that_is_not_of_the_house_is_a_picture():
    figure, ax = plt.subplots()
    ax.imshow([[1, 2], [3, 4]])
    page = figure_html(figure)
    assert page.startswith(
        '<figure class="chart"><img alt="Picture without data series." src="data:'
    )


def test_a_saved_figure_has_its_words(tmp_path):
    ax = figures.total_trade(series([1, 2]), None)
    with mpl.rc_context({"svg.fonttype": "none"}):
        ax.figure.savefig(tmp_path / "x.svg")
    saved = (tmp_path / "x.svg").read_text()
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", saved)).split()
    for text in part_texts(ax.figure).values():
        assert " ".join(text.split()) in " ".join(words)
    ax = figures.total_trade(st.load_totals())  # the longest title of the kind
    ax.figure.draw_without_rendering()
    edges = [text.get_window_extent().x1 for text in ax.figure.texts]
    assert max(edges) <= ax.figure.bbox.width


@pytest.mark.parametrize("name", NAMES)
def test_an_alternative_text_says_the_finding_and_the_gap_and_is_short(name, totals, trade):
    one = trade["USD"]
    one = st.region(one) if name == st.codes.REGION else one[one["partner"] == name]
    for ax in (figures.total_trade(totals[name, "USD"]), figures.flows(one)):
        said, finding = alt(ax), title(ax)
        assert len(said) <= 250
        assert finding in said
        subtitle = part_texts(ax.figure)["subtitle"]
        assert ("A gap: 2021" in said) == ("a gap: 2021" in subtitle)


def test_a_grid_is_one_line_and_its_labels_share_a_style():
    page = figure_html(figures.total_trade(series([2, 1, 4, 3])).figure)
    for drawn in re.findall("<svg.*?</svg>", page, re.DOTALL):
        (grid,) = re.findall(r'<path d="([^"]*)" fill="none" stroke="#d9dee3"', drawn)
        (labels,) = re.findall(r'<g text-anchor="end">(.*?)</g>', drawn)
        assert grid.count("M") == labels.count("<text") > 2
        assert 'text-anchor="end"' not in labels


def test_text_is_escaped():
    ax = canvas("A < B & C", "<unit>", source='the "press"')
    page = figure_html(ax.figure)
    assert ">A &lt; B &amp; C</figcaption>" in page
    assert "&lt;unit&gt;" in page


def test_the_same_figure_has_the_same_bytes():
    total, events = st.load_totals("TJK"), st.load_events("TJK")
    first, second = (figure_html(figures.total_trade(total, events).figure) for _ in range(2))
    assert first == second
    assert first != figure_html(figures.total_trade(st.load_totals("UZB"), events).figure)


def test_settings_do_not_leak():
    before = dict(mpl.rcParams)
    figure_html(figures.growth_bars(series([1, 2, 3])).figure)
    after = dict(mpl.rcParams)
    assert {k for k in before if before[k] != after[k]} == set()
    with pytest.raises(ValueError, match="total must hold 1 known period or more, got 0"):
        figures.total_trade(series([]))
    assert {k for k in before if before[k] != mpl.rcParams[k]} == set()


def test_labels_at_the_ends_do_not_overlap():
    ax = canvas("Finding", "unit", source="China Customs")
    ax.set_ylim(0, 1)
    label_ends(ax, [(1.0, y, str(y), "#000000") for y in (0.98, 0.99, 1.0, 0.2)], gap=0.05)
    heights = sorted(t.xy[1] for t in ax.texts)
    assert min(np.diff(heights)) > 0.05 - 1e-9
    assert heights[-1] <= 1.0
    assert [t.get_text() for t in sorted(ax.texts, key=lambda t: t.xy[1])] == [
        "0.2", "0.98", "0.99", "1.0",
    ]  # fmt: skip


@pytest.mark.parametrize("fails", [False, True])
def test_a_figure_that_was_shown_is_as_before(monkeypatch, fails):
    shown, fresh = (figures.total_trade(series([1, 2, 3]), st.load_events()) for _ in range(2))
    before = shown.figure.canvas
    with monkeypatch.context() as patch:
        if fails:
            patch.setattr(drawing.Drawing, "draw_path", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError) if fails else nullcontext():
            figure_html(shown.figure)
    assert shown.figure.canvas is before
    places = []
    for ax in (shown, fresh):
        ax.set_ylabel("added by its reader")  # finds its place beside the ticks
        ax.figure.draw_without_rendering()
        texts = [*ax.figure.texts, ax.xaxis.label, ax.yaxis.label, ax.title]
        places.append([t.get_window_extent().bounds for t in texts if t.get_visible()])
    # In pixels: a layout starts from the one before, and comes to within a thousandth of it.
    np.testing.assert_allclose(*places, atol=0.01)


def test_a_figure_leaves_its_data_alone(trade, totals):
    frame, total = trade["USD"], totals["CA5", "USD"]
    partners = st.load_partner_totals()
    before = frame.copy(deep=True), total.copy(deep=True), partners.copy(deep=True)
    figures.coverage(frame)
    figures.total_trade(total, st.load_events())
    figures.share_lines(partners)
    figures.contribution_bars(partners)
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_series_equal(total, before[1])
    pd.testing.assert_frame_equal(partners, before[2])


def test_a_fan_marks_what_came(paths, totals):
    levels = st.intervals(st.aggregate(paths, partners=True, flows=True))
    table = levels.xs("combination", level="model")
    known, now = totals["CA5", "USD"][:"2024"], totals["CA5", "USD"]
    first = table[table.index.get_level_values("period").year == 2025]
    ax = figures.fan(known, first, "CA5", "USD", now)
    assert title(ax).endswith(f"; it came to {st.money(now['2025'], 'USD').replace(SPACE, ' ')}")
    assert " was projected at " in title(ax)
    (diamond,) = (line for line in ax.get_lines() if line.get_label() == "As it came")
    assert diamond.get_xydata().tolist() == [[2025, now["2025"]]]
    later = figures.fan(known, table, "CA5", "USD", now)  # to a year not known
    assert " is projected at " in title(later)
    assert f"; 2025 came to {st.money(now['2025'], 'USD').replace(SPACE, ' ')}" in title(later)


def test_a_fan_marks_the_months_known_of_its_years(paths, totals):
    levels = st.intervals(st.aggregate(paths, partners=True, flows=True))
    table = levels.xs("combination", level="model")
    months = st.load_totals("CA5", frequency="M")[:"2025-03"]
    ax = figures.fan(totals["CA5", "USD"][:"2024"], table, "CA5", "USD", months=months)
    (bar,) = ax.patches
    assert bar.get_height() == pytest.approx(months["2025"].sum())
    assert bar.get_x() + bar.get_width() / 2 == pytest.approx(2025)
    assert "; bar: known months, to March 2025" in part_texts(ax.figure)["subtitle"]


def test_a_window_without_our_style_sheet_has_its_own_and_a_page_takes_it_off():
    chart = figure_html(figures.total_trade(st.load_totals("KAZ")).figure)
    assert '[data-jp-theme-light="false"] .plot svg' in ALONE
    assert cleaning.clean(chart + ALONE) == chart
