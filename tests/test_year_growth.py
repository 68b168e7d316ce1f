"""Growth of a calendar year: known months as they are, and limits learned from earlier years."""

from __future__ import annotations

import numpy as np
import pytest

from silktrade.forecasting.conformal import pooled_distances
from silktrade.forecasting.year_growth import panel_year_growth, year_growth, year_growth_errors

LEVELS = np.array([0.1, 0.5, 0.9])


def walk(length: int, seed: int = 0) -> np.ndarray:
    """Simulate a series above 0 that moves by a twentieth a period."""
    return np.exp(3 + np.cumsum(np.random.default_rng(seed).normal(0, 0.05, length)))


def last(values: np.ndarray, period: int, horizon: int) -> np.ndarray:
    """Forecast the last value, as a model of one's own."""
    return np.full(horizon, values[-1])


@pytest.mark.parametrize("start", range(12))
def test_the_year_is_the_calendar_s_wherever_the_series_starts(start):
    values = walk(65)
    gone = (start + len(values)) % 12
    this, before = values[65 - gone :], values[65 - gone - 12 : 65 - gone]
    total = this.sum() + (12 - gone) * values[-1]
    growth, size = year_growth(values, 12, start, model="naive")
    assert growth == pytest.approx(total / before.sum() - 1, rel=1e-12)
    assert size > 0


def test_quarters_and_years_have_calendar_years_too():
    values = walk(22)
    assert year_growth(values, 4, 2, model="naive")[0] == pytest.approx(
        4 * values[-1] / values[-4:].sum() - 1
    )
    assert year_growth(values, 1, 0, model="naive")[0] == pytest.approx(0)


def test_a_model_may_be_a_function():
    values = walk(70)
    assert year_growth(values, 12, 0, last) == year_growth(values, 12, 0, "naive")
    np.testing.assert_array_equal(
        year_growth_errors(values, 12, 0, origins=2, model=last),
        year_growth_errors(values, 12, 0, origins=2, model="naive"),
    )


def test_the_unit_is_only_a_unit():
    values = walk(70)
    for model in ("naive", "theta"):
        np.testing.assert_allclose(
            year_growth(values * 1000, 12, 0, model), year_growth(values, 12, 0, model), rtol=1e-6
        )


def test_what_is_missing_before_the_first_value_does_not_count():
    values = walk(70)
    late = np.concatenate([np.full(12, np.nan), values])
    assert year_growth(late, 12, 0, "naive") == pytest.approx(year_growth(values, 12, 0, "naive"))


def test_errors_of_earlier_years_see_nothing_later():
    values = walk(89)
    plain = year_growth_errors(values, 12, 0, origins=3, model="naive")
    for years in (1, 2, 3):
        # The latest of these ended 5 + 12 x (years - 1) months before the end.
        changed = values.copy()
        changed[len(values) - 5 - 12 * (years - 1) :] *= 7
        moved = year_growth_errors(changed, 12, 0, origins=3, model="naive")
        np.testing.assert_array_equal(moved[years - 1 :], plain[years - 1 :])
        assert (moved[: years - 1] != plain[: years - 1]).all()


def test_years_with_a_gap_or_too_little_before_them_teach_nothing():
    values = walk(60)
    errors = year_growth_errors(values, 12, 0, origins=4, model="naive")
    # Three years of history are needed: the fifth and the fourth year of five have them.
    assert np.isfinite(errors).tolist() == [True, True, False, False]
    values[50] = np.nan
    holed = year_growth_errors(values, 12, 0, origins=4, model="naive")
    assert np.isfinite(holed).tolist() == [False, True, False, False]


def test_limits_of_a_panel_by_hand():
    panel = {str(i): walk(120, i) for i in range(5)}
    fans = panel_year_growth(
        panel, 12, dict.fromkeys(panel, 0), quantiles=LEVELS, origins=5, model="naive"
    )
    errors = [year_growth_errors(v, 12, 0, origins=5, model="naive") for v in panel.values()]
    pool = np.sort(np.abs(np.concatenate(errors)))
    limit = pool[int(np.ceil(26 * 0.8)) - 1]
    for name, values in panel.items():
        growth, size = year_growth(values, 12, 0, "naive")
        factor = np.exp(np.array([-1, 0, 1]) * limit * size)
        np.testing.assert_allclose(fans[name], (1 + growth) * factor - 1)


def test_a_panel_of_short_series_says_so():
    panel = {str(i): walk(60, i) for i in range(5)}
    with pytest.raises(ValueError) as raised:
        panel_year_growth(panel, 12, dict.fromkeys(panel, 0), model="naive")
    assert str(raised.value) == (
        "errors must hold at least 20 values for steps 1 to 1, got 10; use more series or "
        "origins, or wider buckets"
    )


def test_growth_is_covered_as_promised():
    """Two hundred walks: limits learned on half of them hold for the year to come of the rest."""
    series = [walk(108, seed) for seed in range(200)]
    errors = [
        year_growth_errors(v[:96], 12, 0, origins=2, model="naive")[:, None] for v in series[:100]
    ]
    low, _, high = pooled_distances(errors, LEVELS)[0]
    inside = []
    for values in series[100:]:
        growth, size = year_growth(values[:96], 12, 0, "naive")
        actual = values[96:].sum() / values[84:96].sum()
        inside.append(low <= np.log(actual / (1 + growth)) / size <= high)
    # A hundred outcomes: a standard error of four points, here three of them.
    assert np.mean(inside) == pytest.approx(0.8, abs=0.12)
