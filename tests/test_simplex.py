"""The search side by side against SciPy's, and what is remembered against what is computed."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen

from silktrade.forecasting.models import panel, smoothing
from silktrade.forecasting.models.panel import recall
from silktrade.forecasting.models.simplex import nelder_mead


@pytest.mark.parametrize("most", [4, 6, 9, 40, 41, 42, 43, 120, 400])
def test_every_problem_takes_scipys_steps(most):
    """Valleys of different places and bends; some are solved, some run out of evaluations."""
    rng = np.random.default_rng(0)
    places, bends = rng.normal(size=(30, 3)), rng.uniform(0.1, 3, size=(30, 3))

    def valley(point, number):
        return rosen((point - places[number]) * bends[number])

    def loss(points, numbers):
        return np.array([valley(p, n) for p, n in zip(points, numbers, strict=True)])

    start = np.array([-0.5, 0.3, 1.0])
    ours = nelder_mead(loss, start, 30, edge=1.5, most=most, near=0.02, level=1e-4)
    options = {"maxfev": most, "xatol": 0.02, "fatol": 1e-4,
               "initial_simplex": np.vstack([start, start + 1.5 * np.eye(3)])}  # fmt: skip
    for number, point in enumerate(ours):
        theirs = minimize(valley, start, (number,), method="Nelder-Mead", options=options)
        # The same steps in another order of additions.
        np.testing.assert_allclose(point, theirs.x, rtol=1e-9)


@pytest.mark.parametrize("trend", [False, True])
def test_a_series_is_fitted_in_company_as_alone(trend, monkeypatch):
    rng = np.random.default_rng(1)
    panel = [np.exp(np.cumsum(rng.normal(0, 0.2, n))) for n in (3, 4, 11, 20, 60, 2, 33)]
    monkeypatch.setattr(smoothing, "_fitted", {})
    together = smoothing.fit_all(panel, trend)
    for values, model in zip(panel, together, strict=True):
        alone = smoothing.search([values], trend)[0]
        for one, other in zip(model, alone, strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_is_computed_twice_and_not_all_is_kept(monkeypatch):
    monkeypatch.setattr(panel, "MOST", 3)
    asked, known = [], {}

    def double(keys):
        asked.extend(keys)
        return [2 * k for k in keys]

    assert recall(known, [1, 2, 1], double) == [2, 4, 2]
    assert recall(known, [2, 3, 4], double) == [4, 6, 8]
    assert asked == [1, 2, 3, 4]
    assert list(known) == [2, 3, 4]
