"""Each notebook on days on which some of its figures were not public: a page, or one refusal."""

from __future__ import annotations

import ast
import contextlib
import io
import re

import matplotlib.pyplot as plt
import pytest
from conftest import ROOT

from presswork.parameters import read_cells
from silktrade.figures.canvas import figure_html
from silktrade.figures.chart_data import read_panel

FEW = {"draws": 100}
PAGES = [
    ("00_briefing", {"as_of": "2015-07-01", "forecast_year": 2016, **FEW}),
    ("00_briefing", {"as_of": "2023-05-10", "forecast_year": 2023, **FEW}),
    ("01_data_coverage", {"as_of": "2019-12-31"}),
    ("02_trade_trends", {"as_of": "2022-12-31", "currency": "CNY"}),
    ("03_trade_composition", {"as_of": "2022-12-31", "benchmark": "gas_europe"}),
    ("04_mirror_gaps", {"as_of": "2022-12-31", "projected_on": "2022-12-31",
                        "forecast_year": 2023, "partner": "TJK", **FEW}),
    ("05_country_profile", {"as_of": "2015-07-01", "partner": "TKM"}),
    ("05_country_profile", {"as_of": "2023-05-10", "partner": "KGZ", "currency": "CNY"}),
    ("06_published_claims", {"as_of": "2023-05-31"}),
    ("08_growth_projections", {"as_of": "2005-11-01", "forecast_year": 2006, **FEW}),
    ("02_trade_trends", {"as_of": "2026-06-30", "partner": "TKM", "currency": "CNY"}),
    ("08_growth_projections", {"as_of": "2024-02-28", "forecast_year": 2024, **FEW}),
    ("08_growth_projections", {"as_of": "2025-05-31", "forecast_year": 2026, "partner": "TJK",
                               **FEW}),
    # Of the year before the sum alone is known, or some flows besides.
    ("08_growth_projections", {"as_of": "2022-03-15", "forecast_year": 2022, "partner": "UZB",
                               **FEW}),
    ("08_growth_projections", {"as_of": "2023-05-09", "forecast_year": 2023, "partner": "KAZ",
                               **FEW}),
    ("09_scenarios", {"as_of": "2023-05-09", "forecast_year": 2023, **FEW}),
    ("09_scenarios", {"as_of": "2015-12-31", "forecast_year": 2016, "partner": "KGZ", **FEW}),
    ("11_elasticities", {"as_of": "2024-12-31"}),  # three of them sure, two of income
    ("_template", {"as_of": "1996-12-31"}),
]  # fmt: skip
REFUSALS = [
    ("00_briefing", {"as_of": "1993-01-01"}, "1993-06-30"),
    ("03_trade_composition", {"as_of": "2015-07-01"}, "2016-06-30"),
    ("04_mirror_gaps", {"as_of": "2022-12-31", **FEW}, "2022-12-31"),
    ("06_published_claims", {"as_of": "2023-05-10"}, "2023-05-19"),
    ("09_scenarios", {"as_of": "2005-12-31", "forecast_year": 2006, **FEW}, "known in 2006"),
]
# What stands for a number that is not known, or for a name that nothing was found for.
EMPTY = r"\b(?:nan|NaN|NaT|inf|None)\b|Source: \.|\(\)|: ;|, ,|  \."


def run(name: str, given: dict[str, object]) -> list[str]:
    """Run the cells of a notebook in this process, and list the texts that it shows."""
    space: dict[str, object] = {}
    shown: list[str] = []
    plt.close("all")  # what tests before this one drew
    for cell in read_cells(ROOT / "notebooks" / f"{name}.ipynb"):
        if cell.cell_type != "code" or "provenance()" in cell.source:
            continue
        *before, last = ast.parse(cell.source).body
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(before, []), name, "exec"), space)
            value = isinstance(last, ast.Expr) and not cell.source.rstrip().endswith(";")
            code = ast.Expression(last.value) if value else ast.Module([last], [])
            result = (eval if value else exec)(compile(code, name, ("exec", "eval")[value]), space)
        space |= given if "parameters" in cell.tags else {}
        shown.append(printed.getvalue() + getattr(result, "_repr_html_", str)())
        for number in plt.get_fignums():
            figure = plt.figure(number)
            shown.append(figure_html(figure))
            assert "data-faults" not in shown[-1]
            assert 'class="note"' in shown[-1] or any(map(read_panel, figure.axes))
        plt.close("all")
    return [re.sub(r"<svg.*?</svg>|<style.*?</style>|<[^>]*>", " ", s, flags=re.S) for s in shown]


@pytest.mark.parametrize(("name", "given"), PAGES)
def test_what_was_known_is_shown_and_what_was_not_is_said(name, given):
    shown = "\n".join(run(name, given))
    assert re.findall(rf".{{0,40}}(?:{EMPTY}).{{0,40}}", shown) == []


@pytest.mark.parametrize(("name", "given", "day"), REFUSALS)
def test_what_cannot_be_asked_on_a_day_is_refused_with_the_day_on_which_it_can(name, given, day):
    with pytest.raises(ValueError, match=day):
        run(name, given)
