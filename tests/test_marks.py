"""True marks: each kind of false chart is found, and a true one passes."""

from __future__ import annotations

import re
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from presswork.render import TEMPLATES
from silktrade import codes
from silktrade.figures import axes, canvas, colours, drawing
from silktrade.figures.marks import cut, faults


@pytest.fixture
def ax():
    """Give the axes of a chart of two lines, closed afterwards."""
    ax = canvas.canvas("Trade rose", "percent", source="China Customs")
    ax.plot([2020, 2021, 2022], [0.1, 0.2, 0.3], label="Kazakhstan")
    ax.plot([2020, 2021, 2022], [0.2, 0.1, 0.25], label="Uzbekistan")
    canvas.periods_on_x(ax, pd.period_range("2020", "2022", freq="Y"))
    yield ax
    plt.close(ax.figure)


def found(figure: Figure) -> list[str]:
    """Draw a figure, and look for false marks."""
    figure.canvas.draw()
    return faults(figure)


def test_a_true_chart_has_no_fault(ax):
    axes.percent_on_y(ax)
    canvas.label_ends(ax, [(2022, 0.3, "Kazakhstan", "k"), (2022, 0.25, "Uzbekistan", "k")])
    assert found(ax.figure) == []


@pytest.mark.parametrize(
    ("formatter", "ticks"),
    [
        (lambda y, _: f"{y * 100:.0f} %", [0.1, 0.125, 0.15]),  # rounded to whole percent
        (lambda y, _: f"{y * 100:.1f} %", [0.1, 0.1125, 0.125]),
        (lambda y, _: f"{y * 1000:.0f} %", [0.1, 0.2]),  # ten times too much
        (lambda y, _: f"{abs(y) * 100:.0f} %", [-0.1, 0.1]),  # the sign is lost
        (lambda y, _: f"{y:.0f}", [0.1, 0.2, 0.3]),
    ],
)
def test_a_false_tick_is_named(ax, formatter, ticks):
    ax.set_ylim(-0.2, 0.4)
    ax.set_yticks(ticks)
    ax.yaxis.set_major_formatter(FuncFormatter(formatter))
    assert any("of the y axis stands at" in fault for fault in found(ax.figure))


@pytest.mark.parametrize("step", [2.5, 0.125, 7.5, 0.01, 40])
def test_percent_ticks_say_what_they_stand_at(step):
    ax = canvas.canvas("Finding", "percent", source="China Customs")
    ax.set_xlim(-3 * step / 100, 4 * step / 100)
    axes.percent_on_x(ax)
    ax.set_xticks(np.arange(-3, 4) * step / 100 * 1.0)
    labels = [t for t in found(ax.figure) if "x axis" in t]
    plt.close(ax.figure)
    assert labels == []


def test_months_that_stand_elsewhere_are_named(ax):
    ax.set_xticks([2020.0, 2021.0], ["Jan 2020", "Jan 2022"])
    ax.set_xlim(2019.9, 2022.1)
    assert found(ax.figure) == ["tick “Jan 2022” of the x axis stands at 2021, which is 2021"]


def test_texts_on_each_other_are_named(ax):
    ax.text(2020.5, 0.28, "Kazakhstan")
    ax.text(2020.55, 0.281, "Uzbekistan")
    assert "“Kazakhstan” and “Uzbekistan” stand on each other" in found(ax.figure)


def test_a_text_that_is_cut_off_is_named(ax):
    name = ax.annotate("Turkmenistan", (0, 0.5), xycoords="figure fraction", ha="center")
    assert found(ax.figure) == ["“Turkmenistan” is cut off at the rim"]
    name.set_ha("left")
    assert found(ax.figure) == []


def test_a_mark_that_left_the_chart_is_named_until_its_value_is_said(ax):
    ax.plot([2022], [32.48], "D", label="Came")
    ax.set_ylim(0, 0.5)
    assert found(ax.figure) == ["“Came” at 2022, 32.48 lies outside the chart and nothing says so"]
    cut(ax, 2022, 32.48, "3,248 %")
    assert found(ax.figure) == []
    assert ax.texts[-1].get_text() == "3,248 % ▴"


@pytest.mark.parametrize("drawn", ["bars", "band"])
def test_bars_and_bands_that_left_the_chart_are_named(drawn):
    ax = canvas.canvas("Finding", "percent", source="China Customs")
    if drawn == "bars":
        ax.bar([1, 2], [0.1, 3.0], label="Growth")
    else:
        ax.fill_between([1, 2], [0.1, 0.1], [0.2, 3.0], label="80 % interval")
    ax.set_ylim(0, 1)
    faulty = found(ax.figure)
    plt.close(ax.figure)
    assert faulty
    assert all("lies outside the chart" in fault for fault in faulty)


def test_a_name_that_a_line_runs_through_is_named(ax):
    ax.text(2020.9, 0.19, "Turkmenistan")
    assert any("“Turkmenistan” is struck by the line" in fault for fault in found(ax.figure))


def test_a_notebook_shows_what_is_false(ax):
    assert "data-faults" not in canvas.figure_html(ax.figure)
    ax.text(2020.9, 0.19, "Turkmenistan")
    shown = canvas.figure_html(ax.figure)
    assert "This chart misleads: “Turkmenistan” is struck" in shown
    assert '<figure class="chart" data-faults="' in shown


def test_labels_of_an_axis_stand_on_one_line(ax):
    ax.set_xticks([2020.0, 2021.0, 2022.0], ["Jan", "Jul", "ypsé"])
    said = re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>(?:Jan|Jul|ypsé)<', drawing.svg(ax.figure))
    assert len(said) == 3
    assert len({*said}) == 1


# ---------------------------------------------------------------- colours

FIVE = [codes.colour(partner) for partner in codes.PARTNERS]


def test_ciede2000_is_as_published():
    # Sharma, Wu and Dalal (2005), table 1: pairs 1, 7, 17 and 25, to the four decimals printed.
    published = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for one, other, difference in published:
        assert colours._ciede2000(one, other) == pytest.approx(difference, abs=5e-5)


def test_black_on_white_has_all_the_contrast():
    assert colours.contrast("#000000") == pytest.approx(21)


@pytest.mark.parametrize(("one", "other"), list(combinations(FIVE, 2)))
def test_the_five_are_told_apart_by_every_eye(one, other):
    assert colours.apart(one, other) >= colours.LEAST
    light = [colours.lab(colour)[0] for colour in (one, other)]
    assert abs(light[0] - light[1]) >= 4.5  # steps of grey, on paper


@pytest.mark.parametrize("name", sorted({*codes.COLOURS}))
def test_every_colour_can_be_read_as_letters(name):
    assert colours.contrast(codes.COLOURS[name]) >= 4.5


def test_one_colour_has_one_meaning():
    meanings = [codes.COLOURS[n] for n in (*codes.PARTNERS, "export", "import", "projection")]
    assert len(set(meanings)) == len(meanings)


def test_colours_that_some_take_for_one_are_named_unless_a_dash_tells(ax):
    one, other = ax.get_lines()
    one.set_color("#c35a00")
    other.set_color("#946c00")
    assert any(
        "the colours of “Kazakhstan” and “Uzbekistan”" in fault for fault in found(ax.figure)
    )
    other.set_linestyle((0, (4, 2)))
    assert found(ax.figure) == []


def test_a_page_has_every_colour_of_its_charts_in_the_dark_too():
    sheet = (TEMPLATES / "page" / "chart.css").read_text()
    for colour in drawing.KNOWN - {drawing.LAND}:
        assert f'[fill="{colour}"]' in sheet, colour
        assert f'[stroke="{colour}"]' in sheet, colour
    light, dark = (dict(re.findall(r"--c-([\w]+): (#[0-9a-f]+)", part))
                   for part in sheet.split("@media")[:2])  # fmt: skip
    assert light.keys() - dark.keys() == {"paper"}
    five = [dark[n] for n in "12345"]
    assert min(colours.apart(*pair) for pair in combinations(five, 2)) >= colours.LEAST
    for name in ("ink", "soft", *"12345", "out", "in", "next"):
        assert colours.contrast(dark[name], "#16181b") >= 4.5, name
