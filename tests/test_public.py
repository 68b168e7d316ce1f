"""The public names: all there, loaded when used, and never hidden by a module of the same name."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib

import pytest
import yaml
from conftest import ROOT

import silktrade
import silktrade as st


def test_every_public_name_is_there_and_documented():
    for name in silktrade.__all__:
        assert inspect.getdoc(getattr(silktrade, name)), name
        assert name in dir(silktrade)


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert st.__version__ == project["version"] == cited["version"]
    told = subprocess.run(
        [sys.executable, "-m", "silktrade", "--version"], capture_output=True, text=True
    )
    assert told.stdout == f"silktrade {st.__version__}\n"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="No silktrade attribute grwth"):
        _ = silktrade.grwth


def python(code: str) -> str:
    """Run code in an interpreter that has imported nothing."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("module", ["silktrade", "silktrade.cli"])
def test_importing_the_package_or_the_command_loads_nothing_heavy(module):
    heavy = "{'pandas', 'numpy', 'matplotlib'}"
    assert python(f"import sys, {module}; print(sorted({heavy} & {{*sys.modules}}))") == "[]"


def test_only_public_names_are_offered():
    assert dir(silktrade) == silktrade.__all__
    assert {"accuracy", "models", "figures", "tables", "growth"} <= set(dir(silktrade))


def test_whose_figures_they_are_travels_with_them():
    trade = st.load_trade(partners=["KAZ", "UZB"])
    wide = st.load_partner_totals()
    made = [
        st.growth(trade), st.share(trade), st.balance(trade), st.contributions(trade),
        st.growth(wide), st.growth(st.load_totals()), st.growth_breaks(st.load_totals(), draws=99),
        st.forecast(st.load_totals(), 1), st.trade_to_gdp(wide, st.load_indicator("gdp_usd")),
    ]  # fmt: skip
    assert [st.source_line(one) for one in made if "IMF" not in st.source_line(one)] == []
    assert st.growth(wide).attrs["source"] == wide.attrs["source"]


def test_what_projects_or_adjusts_loads_no_fitting_of_models_before_it_fits():
    # A second of a reader's, who looks at the first figure of a notebook.
    ours = (
        "silktrade.projection.trade, silktrade.projection.scenarios, silktrade.timeseries.seasonal"
    )
    heavy = "{'scipy.signal', 'scipy.stats', 'scipy.optimize', 'statsmodels'}"
    assert python(f"import sys, {ours}; print(sorted({heavy} & {{*sys.modules}}))") == "[]"
