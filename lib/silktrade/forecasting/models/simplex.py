"""The simplex search of Nelder and Mead, for many small problems side by side."""

from collections.abc import Callable

import numpy as np

from silktrade.forecasting.models.panel import Array, Numbers

# Gives the height at one point for each of some problems: points, numbers of the problems.
Loss = Callable[[Array, Numbers], Array]


def nelder_mead(
    loss: Loss, start: Array, count: int, *, edge: float, most: int, near: float, level: float
) -> Array:
    r"""Find where each of many functions is lowest, without derivatives."""
    # Reflection 1, expansion 2, contraction and shrinking 1/2, as in `scipy.optimize.minimize`,
    # whose every step it takes. No problem sees another: it takes the same steps alone. All take
    # them together, so that what an evaluation costs in Python is shared out.
    # Nelder, J. A. and Mead, R. (1965). A simplex method for function minimization. The
    # Computer Journal 7(4), 308-313.
    everyone = going = np.arange(count)
    corners = np.vstack([start, start + edge * np.eye(len(start))])
    simplex = np.tile(corners, (count, 1, 1))
    height = np.stack([loss(simplex[:, k], everyone) for k in range(len(corners))], axis=1)
    calls = np.full(count, len(corners))
    while len(going):
        order = np.argsort(height[going], axis=1, kind="stable")
        height[going] = np.take_along_axis(height[going], order, axis=1)
        simplex[going] = np.take_along_axis(simplex[going], order[..., None], axis=1)
        wide = np.abs(simplex[going, 1:] - simplex[going, :1]).max(axis=(1, 2)) > near
        steep = np.abs(height[going, 1:] - height[going, :1]).max(axis=1) > level
        going = going[(wide | steep) & (calls[going] < most)]
        if len(going):
            step(loss, simplex, height, calls, going, most)
    return simplex[everyone, np.argmin(height, axis=1)]


def step(
    loss: Loss, simplex: Array, height: Array, calls: Numbers, going: Numbers, most: int
) -> None:
    """Move the worst corner of each simplex through the others' centre, or shrink it; in place."""
    worst, centre = simplex[going, -1], simplex[going, :-1].mean(axis=1)
    best, second, last = height[going, 0], height[going, -2], height[going, -1]
    reflected = 2 * centre - worst
    first = loss(reflected, going)
    calls[going] += 1
    expand, outside, plain = first < best, first < last, (best <= first) & (first < second)
    # A second try: twice as far, or half as far on the better side of the centre.
    reach = np.where(expand, 2.0, np.where(outside, 0.5, -0.5))[:, None]
    tried = (1 + reach) * centre - reach * worst
    again = ~plain & (calls[going] < most)
    other = np.full(len(going), np.inf)
    if again.any():
        other[again] = loss(tried[again], going[again])
        calls[going[again]] += 1
    better = np.where(expand, other < first, np.where(outside, other <= first, other < last))
    use_tried, use_reflected = again & better, plain | (again & expand & ~better)
    moved = use_tried | use_reflected
    simplex[going[moved], -1] = np.where(use_tried[:, None], tried, reflected)[moved]
    height[going[moved], -1] = np.where(use_tried, other, first)[moved]
    shrink(loss, simplex, height, calls, going[again & ~moved], most)


def shrink(
    loss: Loss, simplex: Array, height: Array, calls: Numbers, going: Numbers, most: int
) -> None:
    """Draw all corners half the way to the best one, in place."""
    for corner in range(1, simplex.shape[1]):
        going = going[calls[going] < most]
        if len(going):
            best, here = simplex[going, 0], simplex[going, corner]
            simplex[going, corner] = best + 0.5 * (here - best)
            height[going, corner] = loss(simplex[going, corner], going)
            calls[going] += 1
