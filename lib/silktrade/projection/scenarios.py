"""
Scenarios: what trade would be if output, the yuan, or oil and gas turned out otherwise.

A scenario moves the draws of a projection, flow by flow, by what an assumption differs from the
baseline, times an elasticity. Each draw takes elasticities of its own from their estimated
distribution, so that not knowing them widens the range.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.doors import any_currency, anything, read_draws, series_or, table, takes
from silktrade.frames import having
from silktrade.projection.draws import COMBINATION, QUANTILES, projected_growth
from silktrade.projection.elasticities import concerns
from silktrade.projection.matrix import Matrix, as_draws, checked, long, wide
from silktrade.projection.provenance import told
from silktrade.schema import TRADE, frequency_of

_ROW = ["partner", "flow"]
_MOVE = ["scenario", "channel", *_ROW]

_SHIFTS = table(
    "scenario_shifts", text="scenario channel partner flow currency", period="period",
    known="draw shift",
)  # fmt: skip


@takes(
    paths=read_draws,
    estimates=table(
        "elasticities", text="channel flow partners", known="estimate", key="channel flow"
    ),
    assumed=table(
        "scenario_assumptions",
        text="scenario channel economy",
        period="period",
        known="shock",
        key="scenario channel economy",
    ),
    currency=any_currency(anything),  # what the yuan does to figures in either
)
def scenario_shifts(
    paths: pd.DataFrame,
    estimates: pd.DataFrame,
    assumed: pd.DataFrame,
    *,
    seed: int = 0,
    currency: str = "USD",
) -> pd.DataFrame:
    r"""
    Draw by how much each scenario moves each flow, channel by channel.

    Parameters
    ----------
    paths : DataFrame
        DRAWS of single flows, whose series and draw numbers are taken.
    estimates : DataFrame
        From `elasticities`, with its covariance.
    assumed : DataFrame
        From `scenario_assumptions`.
    seed : int
        Of the elasticities' draws: the same seed gives the same.
    currency : {'USD', 'CNY'}
        Of the values to be moved.

    Returns
    -------
    DataFrame
        scenario, channel, partner, flow, period (from which on it holds), draw, shift
        (logarithmic) and currency. Each draw has the same elasticities in all scenarios.

    Notes
    -----
    .. math:: \Delta_{s,c,i,d} = \beta_{c,f(i),d} \, s_{s,c,e(i)},

    with :math:`\beta_d` drawn jointly from the t distribution of the estimates. Income is the
    partner's for exports and China's for imports. In yuan, a yuan that costs more dollars turns
    the same dollars into fewer yuan: the exchange-rate channel takes :math:`-\ln m` besides.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> known, trade = st.load_conditions(as_of=day), st.load_trade(as_of=day)
    >>> paths = st.project(trade, 2, draws=100)
    >>> made = st.scenario_assumptions(st.load_scenarios(), known, 2024)
    >>> shifts = scenario_shifts(paths, st.elasticities(trade, known), made)
    >>> shifts.query("scenario == 'baseline'")["shift"].abs().max().item()
    0.0
    """
    codes.one_of("currency", currency, codes.CURRENCIES)
    keys = paths[_ROW].drop_duplicates().sort_values(_ROW, ignore_index=True)
    _single(keys)
    numbers = np.sort(paths["draw"].unique())
    answers = _answers(estimates, _elasticity_draws(estimates, len(numbers), seed))
    heads, moves = [], []
    for (scenario, channel), rows in assumed.groupby(["scenario", "channel"], sort=False):
        shocks, period = rows.set_index("economy")["shock"], rows["period"].iloc[0]
        for partner, flow in keys.itertuples(index=False):
            if (channel, flow) not in answers and concerns(channel, partner):
                raise ValueError(f"estimates must tell how {flow}s answer {channel}, got none")
            beta, concerned = answers.get((channel, flow), (np.zeros(len(numbers)), []))
            who = {"income": partner if flow == "export" else "CHN", "exchange_rate": "CHN",
                   "energy": codes.WORLD}[channel]  # fmt: skip
            shift = beta * (shocks.get(who, 0.0) if partner in concerned else 0.0)
            if channel == "exchange_rate" and currency == "CNY":
                shift = shift - shocks[who]
            heads.append((scenario, channel, partner, flow, period))
            moves.append(shift)
    head = pd.DataFrame(heads, columns=[*_MOVE, "period"])
    shifts = long(Matrix(head, np.array(moves), numbers), "shift").assign(currency=currency)
    return told(shifts, paths, estimates)


@takes(paths=read_draws, shifts=_SHIFTS, months=TRADE)
def scenario_paths(
    paths: pd.DataFrame,
    shifts: pd.DataFrame,
    *,
    months: pd.DataFrame | None = None,
    model: str = COMBINATION,
) -> pd.DataFrame:
    r"""
    Move the draws of a projection to each scenario.

    Parameters
    ----------
    paths : DataFrame
        DRAWS of single flows.
    shifts : DataFrame
        From `scenario_shifts`, of the same draws and currency.
    months : DataFrame, optional
        TRADE, monthly, in the currency of the draws, from `load_months`: what is known of the
        assumed year stays as it is, and the rest alone is moved.
    model : str
        Which model's draws are the baseline.

    Returns
    -------
    DataFrame
        DRAWS with the scenario in the place of the model: from the assumed year on moved by the
        sum of the channels' shifts, before it as they were. A scenario that assumes nothing else
        than the baseline is the baseline, draw by draw.

    Notes
    -----
    .. math:: x_{s,i,d} = k_i + (x_{i,d} - k_i) \exp \textstyle\sum_c \Delta_{s,c,i,d} ,

    with :math:`k_i` the sum of the months known of the assumed year.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> known, trade = st.load_conditions(as_of=day), st.load_trade(as_of=day)
    >>> paths = st.project(trade, 2, draws=100)
    >>> made = st.scenario_assumptions(st.load_scenarios(), known, 2024)
    >>> shifts = scenario_shifts(paths, st.elasticities(trade, known), made)
    >>> "yuan_up" in scenario_paths(paths, shifts)["model"].unique()
    True
    """
    base, moves = _matched(paths, shifts, model)
    start = shifts["period"].iloc[0]
    after = (base.heads["period"] >= start).to_numpy()[:, None]
    free = _unknown(base, months, start, paths)
    heads, values = [], []
    for scenario, rows in _each(moves, "scenario", shifts["scenario"].unique()):
        moved = np.exp(_aligned(rows, base.heads))
        heads.append(base.heads.assign(model=scenario))
        values.append(np.where(after, base.values + free * (moved - 1), base.values))
    every = pd.concat(heads, ignore_index=True)
    order = every.sort_values(list(every.columns)).index
    joined = Matrix(every.loc[order].reset_index(drop=True), np.vstack(values)[order], base.draws)
    return told(as_draws(joined, paths["currency"].iloc[0]), paths, shifts)


@takes(paths=read_draws, shifts=_SHIFTS, base=series_or(TRADE), months=TRADE)
def scenario_contributions(
    paths: pd.DataFrame,
    shifts: pd.DataFrame,
    base: pd.DataFrame | None = None,
    *,
    months: pd.DataFrame | None = None,
    model: str = COMBINATION,
) -> pd.DataFrame:
    r"""
    Split what a scenario adds to growth into flows and channels.

    Parameters
    ----------
    paths, shifts, months, model
        As for `scenario_paths`.
    base : DataFrame, optional
        TRADE, annual, of the year before, where `paths` begins with the assumed year.

    Returns
    -------
    DataFrame
        scenario, channel, partner, flow, period, draw and contribution: a fraction of what all
        flows together were the year before. Over channels and flows of a draw they add up to
        growth in the scenario less growth in the baseline.

    Notes
    -----
    .. math:: c_{s,c,i,d} = L(x_{s,i,d}, x_{i,d}) \, \Delta_{s,c,i,d} / \textstyle\sum_j
       x_{j,d,t-1}, \qquad L(a, b) = (a - b) / \ln(a / b), \; L(a, a) = a :

    the logarithmic mean makes the parts add up whatever their order (Ang 2004, Energy Policy
    32(9)). Of a year with known months x is its rest, and the sum below is of whole years.

    Examples
    --------
    >>> day = "2023-12-31"
    >>> known, trade = st.load_conditions(as_of=day), st.load_trade(as_of=day)
    >>> paths = st.project(trade, 2, draws=100)
    >>> made = st.scenario_assumptions(st.load_scenarios(), known, 2024)
    >>> shifts = scenario_shifts(paths, st.elasticities(trade, known), made)
    >>> scenario_contributions(paths, shifts).columns[-1]
    'contribution'
    """
    both, moves = _matched(paths, shifts, model)
    rate = wide(projected_growth(long(both).assign(currency=paths["currency"].iloc[0]), base),
                "growth")  # fmt: skip
    start = shifts["period"].iloc[0]
    now = (both.heads["period"] == start).to_numpy()
    known = (rate.heads["period"] == start).to_numpy()
    if known.sum() != now.sum():
        raise ValueError(f"growth of {start} needs every flow of the year before: give base")
    heads, values = both.heads[now].reset_index(drop=True), both.values[now]
    if not (values > 0).all():
        raise ValueError(f"paths must be above 0, got {values.min():g}")
    before = (values / (1 + rate.values[known])).sum(axis=0)
    values = _unknown(both, months, start, paths)[now]
    scenarios, channels = (shifts[name].unique() for name in ("scenario", "channel"))
    parts, added = [], []
    for scenario, rows in _each(moves, "scenario", scenarios):
        mean = values * _mean_factor(_aligned(rows, heads))
        for channel, alone in _each(rows, "channel", channels):
            added.append(mean * _aligned(alone, heads) / before)
            parts.append(heads[[*_ROW, "period"]].assign(scenario=scenario, channel=channel))
    head = pd.concat(parts, ignore_index=True)[[*_MOVE, "period"]]
    return told(long(Matrix(head, np.vstack(added), both.draws), "contribution"), paths, shifts)


@takes(
    contributions=table(
        "scenario_contributions", text="scenario channel", number="draw contribution"
    )
)
def channel_intervals(
    contributions: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    quantiles: Sequence[float] = QUANTILES,
) -> pd.DataFrame:
    """
    Summarise what each channel adds by quantiles.

    Parameters
    ----------
    contributions : DataFrame
        From `scenario_contributions`.
    by : sequence of str
        Of partner and flow, what is kept apart; all else is summed draw by draw.
    quantiles : sequence of float
        Probabilities in (0, 1).

    Returns
    -------
    DataFrame
        Indexed by scenario, channel and `by`, in the order of the contributions; a column a
        quantile, fractions.

    Examples
    --------
    >>> rows = pd.DataFrame({"scenario": "up", "channel": "income", "partner": "KAZ",
    ...                      "flow": ["export", "import"] * 2, "draw": [0, 0, 1, 1],
    ...                      "contribution": [0.1, 0.2, 0.3, 0.4]})
    >>> channel_intervals(rows, quantiles=[0.5]).round(2).iloc[0].tolist()
    [0.5]
    """
    if isinstance(by, str) or not isinstance(by, Iterable):
        raise ValueError(f"by must be a list of columns, got {by!r}: write by=['partner']")
    keys = ["scenario", "channel", *(codes.one_of("by", one, ("partner", "flow")) for one in by)]
    having(contributions, "contributions", "scenario_contributions", text=" ".join(keys))
    quantiles = codes.fractions("quantiles", quantiles)
    sums = contributions.groupby([*keys, "draw"], sort=False)["contribution"].sum()
    out = sums.groupby(keys, sort=False).quantile(list(quantiles)).unstack()
    return told(out, contributions)


def _unknown(
    base: Matrix, months: pd.DataFrame | None, year: pd.Period, paths: pd.DataFrame
) -> np.ndarray:
    """Take from the draws of a year what is known of it by month, which no assumption moves."""
    if months is None or months.empty:
        return base.values
    level = paths.attrs.get("level", {})
    if frequency_of(months) != "M":
        raise ValueError(
            f"months must be monthly, got frequency {frequency_of(months)!r}: take load_months()"
        )
    told = months[months["period"].dt.year == year.year].groupby(_ROW)["value"].sum()
    flows = pd.MultiIndex.from_frame(base.heads[_ROW])
    brought = np.array([level.get(" ".join(flow), 1.0) for flow in flows])  # as `project` did
    known = told.reindex(flows).fillna(0.0).to_numpy() * brought * (base.heads["period"] == year)
    # A year in yuan is converted at one rate, its months at their own: they can differ by a hair.
    return np.maximum(base.values - known.to_numpy()[:, None], 0.0)


def _single(keys: pd.DataFrame) -> None:
    """Refuse sums: a scenario moves flows one by one."""
    if {codes.SUM, *codes.REGIONS} & set(keys["partner"]) or "total" in set(keys["flow"]):
        raise ValueError("paths must be of single flows, got sums: move the flows, then sum them")


def _elasticity_draws(estimates: pd.DataFrame, count: int, seed: int) -> np.ndarray:
    """Draw the elasticities jointly from their t distribution: draws x terms."""
    if "covariance" not in estimates.attrs:
        raise ValueError("estimates must carry their covariance, got none: use elasticities as is")
    values, vectors = np.linalg.eigh(np.asarray(estimates.attrs["covariance"]))
    root = vectors * np.sqrt(np.maximum(values, 0))  # eigh, as a covariance may be singular
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((count, len(values))) @ root.T
    freedom = estimates.attrs["freedom"]
    stretch = np.sqrt(rng.chisquare(freedom, count) / freedom)
    return estimates["estimate"].to_numpy() + normal / stretch[:, None]


def _answers(
    estimates: pd.DataFrame, betas: np.ndarray
) -> dict[tuple[str, str], tuple[np.ndarray, list[str]]]:
    """Give the elasticity draws of each channel and flow, and the partners that they are of."""
    rows = zip(estimates["channel"], estimates["flow"], estimates["partners"], strict=True)
    return {(c, f): (beta, p.split(";")) for (c, f, p), beta in zip(rows, betas.T, strict=True)}


def _matched(paths: pd.DataFrame, shifts: pd.DataFrame, model: str) -> tuple[Matrix, Matrix]:
    """Lay one model's draws out, and the shifts with the same columns."""
    chosen = paths[paths["model"] == model]
    if chosen.empty:
        held = ", ".join(sorted(paths["model"].unique()))
        raise ValueError(f"model must be one of {held}, got {model!r}")
    base = checked(chosen)
    _single(base.heads)
    moves = wide(shifts, "shift", _MOVE)
    if moves.values.size != len(shifts) or not np.isfinite(moves.values).all():
        raise ValueError(
            f"shifts must hold one number for every draw of each scenario, channel and flow, got "
            f"{len(shifts)} rows for {moves.values.size} of them: give scenario_shifts of one "
            "year, unchanged"
        )
    if not np.array_equal(moves.draws, base.draws):
        raise ValueError(
            f"shifts must have the draws of the paths, got {len(moves.draws)} and "
            f"{len(base.draws)}: make them from the same paths"
        )
    return base, moves


def _each(moves: Matrix, column: str, values: Iterable[str]) -> Iterator[tuple[str, Matrix]]:
    """Split shifts by the values of a column, as far as there are any."""
    for value in values:
        rows = moves.heads[column] == value
        if rows.any():
            head = moves.heads[rows].reset_index(drop=True)
            yield value, Matrix(head, moves.values[rows], moves.draws)


def _aligned(moves: Matrix, heads: pd.DataFrame) -> np.ndarray:
    """Sum shifts over what they still have several of, in the order of the heads."""
    flows, wanted = (list(zip(*(f[c] for c in _ROW), strict=True)) for f in (moves.heads, heads))
    places = {flow: place for place, flow in enumerate(dict.fromkeys(flows))}
    if lacking := [flow for flow in wanted if flow not in places]:
        raise ValueError(f"shifts lack {' '.join(lacking[0])}: make them from the same paths")
    sums = np.zeros((len(places), moves.values.shape[1]))
    np.add.at(sums, [places[flow] for flow in flows], moves.values)
    return sums[[places[flow] for flow in wanted]]


def _mean_factor(shift: np.ndarray) -> np.ndarray:
    """Give the logarithmic mean of a value moved by a shift and the value, over the value."""
    safe = np.where(shift == 0, 1.0, shift)
    return np.where(shift == 0, 1.0, np.expm1(safe) / safe)
