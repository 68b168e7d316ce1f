"""Elasticities against least squares by hand, and scenarios that add up and start from nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import refusal
from scipy import stats

import silktrade as st
from silktrade import codes, figures, schema, tables
from silktrade.figures.canvas import part_texts
from silktrade.figures.chart_data import panels, tidy
from silktrade.projection import scenarios
from silktrade.projection.assumptions import BASELINE
from silktrade.projection.elasticities import terms_of

DAY = "2023-12-31"
GOES_UP = ("energy_up", "faster")
GOES_DOWN = ("energy_down", "slowdown")


@pytest.fixture(scope="module")
def trade() -> pd.DataFrame:
    return st.load_trade(as_of=DAY)


@pytest.fixture(scope="module")
def conditions() -> pd.DataFrame:
    return st.load_conditions(as_of=DAY)


@pytest.fixture(scope="module")
def estimates(trade, conditions) -> pd.DataFrame:
    return st.elasticities(trade, conditions, as_of=DAY)


@pytest.fixture(scope="module")
def assumed(conditions) -> pd.DataFrame:
    return st.scenario_assumptions(st.load_scenarios(), conditions, 2024)


@pytest.fixture(scope="module")
def paths(trade) -> pd.DataFrame:
    return st.project(trade, 2, models=["random_walk"], draws=200, seed=3)


@pytest.fixture(scope="module")
def shifts(paths, estimates, assumed) -> pd.DataFrame:
    return st.scenario_shifts(paths, estimates, assumed, seed=3)


def by_hand(trade: pd.DataFrame, conditions: pd.DataFrame, first: int) -> tuple:
    """Estimate with dictionaries, loops and NumPy: coefficients, errors, years."""
    value = trade.set_index(["partner", "flow", "period"])["value"]
    said = conditions.set_index(["indicator", "economy", "period"])["value"]
    last = trade["period"].max().year

    def price(economy: str, year: int) -> float:
        usd = [said["gdp_usd", economy, str(y)] for y in (year - 1, year)]
        return np.log(usd[1] / usd[0]) - np.log(1 + said["gdp_growth", economy, str(year)])

    rows, changes, flow_of, year_of = [], [], [], []
    flows = [(p, f) for p in codes.PARTNERS for f in codes.FLOWS]
    for i, (partner, flow) in enumerate(flows):
        for year in range(first, last + 1):
            keys = [(partner, flow, pd.Period(str(y))) for y in (year - 1, year)]
            if any(k not in value.index for k in keys):
                continue
            energy = np.mean(
                [
                    np.log(said[n, "WLD", str(year)] / said[n, "WLD", str(year - 1)])
                    for n in ("oil_average", "gas_lng_japan")
                ]
            )
            buyer = partner if flow == "export" else "CHN"
            mover = {
                "income": np.log(1 + said["gdp_growth", buyer, str(year)]),
                "exchange_rate": price("CHN", year) - price(partner, year),
                "energy": energy,
            }
            row = [mover[c] * (f == flow and partner in p) for c, f, p in terms_of(codes.PARTNERS)]
            rows.append(row + [float(i == j) for j in range(len(flows))])
            changes.append(np.log(value[keys[1]] / value[keys[0]]))
            flow_of.append(i)
            year_of.append(year)
    x, y, flow_of, year_of = (np.array(a) for a in (rows, changes, flow_of, year_of))
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    spread = np.array([np.sqrt(np.mean(residual[flow_of == i] ** 2)) for i in range(len(flows))])
    x, y = x / spread[flow_of, None], y / spread[flow_of]
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    years = range(year_of.min(), year_of.max() + 1)
    scores = np.array([x[year_of == t].T @ (y - x @ beta)[year_of == t] for t in years])
    lags = int(4 * (len(years) / 100) ** (2 / 9))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    bread = np.linalg.inv(x.T @ x)
    # The correction for few clusters that statsmodels applies to sums over groups by default.
    n, k, groups = len(y), x.shape[1], len(years)
    correction = groups / (groups - 1) * (n - 1) / (n - k)
    return beta, np.sqrt(np.diag(bread @ meat @ bread) * correction), groups


def test_elasticities_are_weighted_least_squares_by_hand(trade, conditions, estimates):
    beta, errors, years = by_hand(trade, conditions, 1996)
    np.testing.assert_allclose(estimates["estimate"], beta[:6], rtol=1e-8)
    np.testing.assert_allclose(estimates["standard_error"], errors[:6], rtol=1e-8)
    reach = stats.t.ppf(0.975, years - 1) * errors[:6]
    np.testing.assert_allclose(estimates["high"] - estimates["estimate"], reach, rtol=1e-8)
    # To 2020 five partners; of 2021 and 2022 all imports, and exports to Kazakhstan.
    assert estimates["n"].tolist() == [127, 135, 127, 135, 77, 81]
    root = np.sqrt(np.diag(estimates.attrs["covariance"]))
    np.testing.assert_allclose(estimates["standard_error"], root)


def synthetic(trade: pd.DataFrame, conditions: pd.DataFrame, noise: float) -> pd.DataFrame:
    """Rewrite trade to 2020 as if it answered by known elasticities: 1.5, 2, -1, 0.5, 0.3, 0.9."""
    known = {("income", "export"): 1.5, ("income", "import"): 2.0, ("exchange_rate", "export"): -1,
             ("exchange_rate", "import"): 0.5, ("energy", "export"): 0.3,
             ("energy", "import"): 0.9}  # fmt: skip
    said = {n: r.pivot(index="period", columns="economy", values="value")
            for n, r in conditions.groupby("indicator")}  # fmt: skip
    income = np.log1p(said["gdp_growth"])
    price = np.log(said["gdp_usd"]).diff() - income
    energy = sum(np.log(said[n]["WLD"]).diff() for n in ("oil_average", "gas_lng_japan")) / 2
    rng = np.random.default_rng(0)
    out = []
    for (partner, flow), rows in trade[trade["period"] <= "2020"].groupby(["partner", "flow"]):
        years = rows["period"]
        change = 0.02 + known["income", flow] * income[partner if flow == "export" else "CHN"]
        change = change + known["exchange_rate", flow] * (price["CHN"] - price[partner])
        if partner in codes.EXPORTERS:
            change = change + known["energy", flow] * energy
        path = change.reindex(years).fillna(0).to_numpy()
        path = path + noise * rng.standard_normal(len(path))
        out.append(rows.assign(value=1e9 * np.exp(path.cumsum())))
    return pd.concat(out, ignore_index=True)


@pytest.mark.parametrize(("noise", "reach"), [(0.0, 1e-6), (0.02, 0.35)])
def test_known_elasticities_are_found(trade, conditions, noise, reach):
    """Exactly without noise; with noise of two percent within three of its standard errors."""
    made = synthetic(trade, conditions, noise)
    found = st.elasticities(made, conditions)
    distance = (found["estimate"] - [1.5, 2.0, -1.0, 0.5, 0.3, 0.9]).abs()
    assert (distance < reach).all()


def test_what_was_not_yet_public_moves_nothing(estimates):
    later_trade, later = st.load_trade(), st.load_conditions()
    changed = later_trade["released"] > DAY
    later_trade.loc[changed, "value"] = later_trade.loc[changed, "value"] * 7
    assert changed.any()
    # Later editions revise what they repeat: take those of the day, and what came after it.
    then = st.load_conditions(as_of=DAY)
    late = later[later["released"] > DAY].assign(value=lambda f: 7 * f["value"])
    assert len(late)
    mixed = pd.concat([then, late]).drop_duplicates(["economy", "indicator", "period"])
    assert len(mixed) > len(then)
    again = st.elasticities(later_trade, mixed, as_of=DAY)
    pd.testing.assert_frame_equal(again, estimates)


def test_forecasts_of_output_are_no_evidence(trade, conditions, estimates):
    """The Outlook's rows of 2023 and after change nothing, though it was out on the day."""
    ahead = (conditions["period"] >= "2023") & conditions["indicator"].isin(
        ["gdp_growth", "gdp_usd"]
    )
    assert ahead.any()
    bent = conditions.assign(value=conditions["value"].where(~ahead, 0.9 * conditions["value"]))
    pd.testing.assert_frame_equal(st.elasticities(trade, bent, as_of=DAY), estimates)


def test_samples_are_the_single_estimates(trade, conditions, estimates):
    several = st.elasticities_by_sample(trade, conditions, as_of=DAY, firsts=("1996", "2001"))
    first = several[several["first"] == "1996"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, estimates, check_flags=False)
    alone = st.elasticities(trade, conditions, as_of=DAY, first="2001")
    np.testing.assert_array_equal(several["estimate"][6:], alone["estimate"])


def test_assumptions_are_worked_out(assumed):
    rows = assumed.set_index(["scenario", "economy"])
    assert rows.loc[("baseline", "CHN"), "assumed"] == 0.0416  # the Outlook's figure
    assert rows.loc[("faster", "CHN"), "assumed"] == pytest.approx(0.0501 + 0.005)
    assert rows.loc[("slowdown", "KAZ"), "assumed"] == pytest.approx(0.04192 - 0.02)
    shock = rows.loc[("faster", "CHN"), "shock"]
    assert shock == pytest.approx(np.log(1.0551 / 1.0416))
    assert rows.loc[("energy_down", "WLD"), "shock"] == pytest.approx(np.log(0.7))
    assert (rows.loc["baseline", "shock"] == 0).all()
    assert assumed["scenario"].iloc[0] == "baseline"


def test_faster_is_faster_than_all_that_was_expected_of_the_year_before(assumed):
    """Of 2023 the Fund's mission had said more than the Outlook, before the view was printed."""
    said = st.load_opinions(economies="CHN", as_of="2023-11-26")
    said = said[said["period"] == "2023"]
    faster = assumed.set_index(["scenario", "economy"]).loc[("faster", "CHN"), "assumed"]
    assert faster > said["value"].max()


def test_a_view_that_the_baseline_goes_beyond_moves_nothing():
    """In early 2021 the Outlook had 8.2 % after 1.9: what is faster than 1.9 is in the baseline."""
    known, rows = st.load_conditions(as_of="2021-03-01"), st.load_scenarios()
    rows.loc[rows["scenario"] == "slowdown", "over"] = "year before"
    said = st.scenario_assumptions(rows, known, 2021).set_index(["scenario", "economy"])
    faster, slower = said.loc[("faster", "CHN")], said.loc[("slowdown", "CHN")]
    assert (faster["assumed"], faster["shock"]) == (faster["baseline"], 0)
    assert slower["assumed"] == pytest.approx(slower["before"] - 0.02)
    down = known.assign(value=known["value"].where(known["period"] != "2021", -0.05))
    said = st.scenario_assumptions(rows, down, 2021).set_index(["scenario", "economy"])
    assert said.loc[("slowdown", "CHN"), "shock"] == 0


def test_the_baseline_is_the_projection_draw_by_draw(paths, shifts):
    moved = st.scenario_paths(paths, shifts)
    base = moved[moved["model"] == "baseline"].drop(columns="model").reset_index(drop=True)
    before = paths[paths["model"] == "combination"].drop(columns="model").reset_index(drop=True)
    pd.testing.assert_frame_equal(base, before, check_exact=True)


def test_no_shock_at_all_is_the_baseline_in_every_scenario(paths, estimates, assumed):
    still = assumed.assign(shock=0.0)
    for currency in codes.CURRENCIES:
        own = paths.assign(currency=currency)
        moves = st.scenario_shifts(own, estimates, still, currency=currency)
        moved = st.scenario_paths(own, moves).pivot(
            index=["partner", "flow", "period", "draw"], columns="model", values="value"
        )
        assert (moved.sub(moved["baseline"], axis=0) == 0).all(axis=None)


def test_years_before_the_assumed_one_stay(paths, shifts):
    moved = st.scenario_paths(paths, shifts)
    keys = ["partner", "flow", "period", "draw"]
    wide = moved.pivot(index=keys, columns="model", values="value")
    pd.testing.assert_frame_equal(moved, schema.validate(moved, schema.DRAWS))
    same = wide.sub(wide["baseline"], axis=0).eq(0).all(axis=1)
    year = wide.index.get_level_values("period")
    assert same[year == "2023"].all()
    assert not same[year == "2024"].any()


def test_draws_move_by_elasticity_times_shock(paths, estimates, assumed, shifts):
    """With an elasticity known for certain, each flow moves by it times the shock, no more."""
    sure = estimates.copy()
    sure.attrs = {"covariance": np.zeros((6, 6)).tolist(), "freedom": 20}
    moves = st.scenario_shifts(paths, sure, assumed)
    value = sure.set_index(["channel", "flow"])["estimate"]
    said = moves.set_index(["scenario", "partner", "flow"])["shift"]
    for partner, flow in (("KAZ", "import"), ("TJK", "import"), ("UZB", "export")):
        own = value["energy", flow] if partner in codes.EXPORTERS else 0.0
        # The rounding of a product and of a sum, no more.
        np.testing.assert_allclose(said["energy_up", partner, flow], own * np.log(1.3), rtol=1e-12)
    shock = np.log(1.0551 / 1.0416)
    np.testing.assert_allclose(said["faster", "KAZ", "import"], value["income", "import"] * shock)
    assert (said["faster", "KAZ", "export"] == 0).all()  # it is China that grows faster


def test_elasticities_are_drawn_from_their_distribution(trade, estimates, assumed):
    """Mean and spread of ten thousand draws, within four errors of each."""
    many = 10_000
    betas = scenarios._elasticity_draws(estimates, many, seed=1)
    freedom = estimates.attrs["freedom"]
    spread = np.asarray(estimates.attrs["covariance"]) * freedom / (freedom - 2)
    error = np.sqrt(np.diag(spread) / many)
    assert (abs(betas.mean(axis=0) - estimates["estimate"]) < 4 * error).all()
    found = np.corrcoef(betas.T)
    root = np.sqrt(np.diag(spread))
    # An error of a correlation is at most 1/sqrt(n); heavy tails double it.
    np.testing.assert_allclose(found, spread / np.outer(root, root), atol=8 / np.sqrt(many))


@pytest.mark.parametrize("currency", codes.CURRENCIES)
def test_contributions_add_up_draw_by_draw(trade, paths, estimates, assumed, currency):
    rates = pd.DataFrame({pd.Period(y): np.linspace(7.0, 7.4, 200) for y in ("2023", "2024")})
    own = st.in_yuan(paths, rates) if currency == "CNY" else paths
    several = assumed.assign(scenario=assumed["scenario"].where(assumed["scenario"] == "baseline",
                                                                "all"))  # fmt: skip
    several = several.drop_duplicates(["scenario", "channel", "economy"])
    assert several.query("scenario == 'all'")["channel"].nunique() == 3
    moves = st.scenario_shifts(own, estimates, several, seed=2, currency=currency)
    parts = st.scenario_contributions(own, moves)
    total = st.trade_with(st.scenario_paths(own, moves), "CA5")
    grown = st.projected_growth(total).pivot(index="draw", columns="model", values="growth")
    # What moves nothing adds nothing, and is there: each flow, by each channel, in both scenarios.
    assert len(parts) == len(moves)
    assert (parts["contribution"] == 0).any()
    added = parts.query("scenario == 'all'").groupby("draw")["contribution"].sum()
    assert added.abs().min() > 0
    # Sums of thirty parts of size one: rounding stays far below this.
    np.testing.assert_allclose(added, grown["all"] - grown["baseline"], atol=1e-13)


@pytest.mark.parametrize("currency", codes.CURRENCIES)
def test_known_months_of_the_assumed_year_stay(currency, conditions, estimates):
    """What was traded already is no longer a question: the rest alone moves, by hand."""
    day = "2024-07-25"
    past, months = st.load_trade(as_of=day), st.load_months(as_of=day, currency=currency)
    paths = st.project_trade(2024, as_of=day, draws=100)
    rates = pd.DataFrame({pd.Period("2024"): np.linspace(7.0, 7.4, 100)})
    own = st.in_yuan(paths, rates) if currency == "CNY" else paths
    made = st.scenario_assumptions(st.load_scenarios(), conditions, 2024)
    moves = st.scenario_shifts(own, estimates, made, currency=currency)
    moved = st.scenario_paths(own, moves, months=months)
    keys = ["partner", "flow", "draw"]
    said = months[months["period"].dt.year == 2024].groupby(["partner", "flow"])["value"].sum()
    assert len(said) == 10 and (months["period"].max().month, said.min() > 0) == (6, True)
    wide = moved.pivot(index=keys, columns="model", values="value")
    known = pd.Series(wide.index.droplevel("draw").map(said), wide.index)
    shift = moves.groupby(["scenario", *keys])["shift"].sum().unstack("scenario")
    for scenario in ("energy_down", "slowdown", "yuan_up"):
        by_hand = known + (wide["baseline"] - known).clip(lower=0) * np.exp(shift[scenario])
        np.testing.assert_allclose(wide[scenario], by_hand, rtol=1e-12)
    assert (wide["energy_down"] >= known * (1 - 1e-12)).mean() > 0.999
    # A smaller part of the year is free to move than without months.
    plain = st.scenario_paths(own, moves).pivot(index=keys, columns="model", values="value")
    assert abs((wide["energy_down"] / plain["energy_down"])["KAZ"].median() - 1) > 0.02
    base = past if currency == "USD" else st.load_trade(as_of=day, currency="CNY")
    parts = st.scenario_contributions(own, moves, base, months=months)
    grown = st.projected_growth(st.trade_with(moved, "CA5"), base)
    grown = grown.pivot(index="draw", columns="model", values="growth")
    added = parts.groupby(["scenario", "draw"])["contribution"].sum().unstack("scenario")
    np.testing.assert_allclose(added, grown.sub(grown["baseline"], axis=0), atol=1e-13)


def test_months_brought_to_the_level_of_their_years_are_so_in_a_scenario(estimates):
    """By hand: what is known of the year is the months times what brings 2023's to its year."""
    day = "2024-07-25"
    past, months = st.load_trade(as_of=day), st.load_months(as_of=day)
    assert st.project(past, 1, months=months, draws=100).attrs["level"] == {}
    kazakh = (months["partner"] == "KAZ") & (months["flow"] == "export")
    months["value"] *= np.where(kazakh, 0.8, 1.0)
    paths = st.project(past, 1, months=months, draws=100)
    own = months[kazakh].groupby(months["period"].dt.year)["value"].sum()
    year = past.set_index(["partner", "flow", "period"])["value"]["KAZ", "export", "2023"].item()
    assert paths.attrs["level"] == {"KAZ export": pytest.approx(year / own[2023])}
    made = st.scenario_assumptions(st.load_scenarios(), st.load_conditions(as_of=day), 2024)
    moves = st.scenario_shifts(paths, estimates, made)
    wide = st.scenario_paths(paths, moves, months=months).set_index(["partner", "flow", "draw"])
    wide = wide.pivot(columns="model", values="value").loc["KAZ", "export"]
    shift = moves.groupby(["partner", "flow", "scenario", "draw"])["shift"].sum()["KAZ", "export"]
    known = own[2024] * year / own[2023]
    by_hand = known + (wide["baseline"] - known) * np.exp(shift["slowdown"])
    np.testing.assert_allclose(wide["slowdown"], by_hand)


def test_months_of_another_currency_are_refused(paths, shifts):
    months = st.load_months(as_of=DAY, currency="CNY")
    said = "paths and months must be of one currency, got USD and CNY: "
    for moved in (st.scenario_paths, st.scenario_contributions):
        assert refusal(moved, paths, shifts, months=months) == (said + "take both of the same")
    nothing = st.load_months(as_of="2019-12-31")
    plain = st.scenario_paths(paths, shifts)
    pd.testing.assert_frame_equal(st.scenario_paths(paths, shifts, months=nothing), plain)


def test_contributions_of_the_first_year_take_their_base(trade, conditions, estimates):
    """Where the assumed year is the first one drawn, the year before is the one known."""
    past = st.load_trade(as_of="2024-06-30")
    paths = st.project(past, 1, models=[], draws=100)
    made = st.scenario_assumptions(st.load_scenarios(), conditions, 2024)
    moves = st.scenario_shifts(paths, estimates, made)
    parts = st.scenario_contributions(paths, moves, past)
    total = st.trade_with(st.scenario_paths(paths, moves), "CA5")
    grown = st.projected_growth(total, past).pivot(index="draw", columns="model", values="growth")
    added = parts.groupby(["scenario", "draw"])["contribution"].sum().unstack("scenario")
    np.testing.assert_allclose(added, grown.sub(grown["baseline"], axis=0), atol=1e-13)
    said = refusal(st.scenario_contributions, paths, moves)
    assert said == "growth of 2024 needs every flow of the year before: give base"


@pytest.mark.parametrize(
    ("day", "year", "edition"),
    [("2023-12-31", 2024, "10 October 2023"), ("2026-06-30", 2026, "14 October 2025")],
)
def test_the_baseline_names_the_edition_that_it_is(day, year, edition):
    made = st.scenario_assumptions(st.load_scenarios(), st.load_conditions(as_of=day), year)
    said = made.set_index("scenario")["basis"]
    assert {*said["baseline"]} == {f"IMF, World Economic Outlook, out by {edition}"}
    assert "Outlook" not in "".join(said.drop("baseline"))


def test_yuan_and_dollars_tell_one_story(paths, estimates, assumed):
    """Moved in yuan is moved in dollars and converted at the rate of the scenario."""
    rates = pd.DataFrame({pd.Period(y): np.full(200, 7.1) for y in ("2023", "2024")})
    dear = rates.assign(**{})
    dear[pd.Period("2024")] = 7.1 / 1.05  # a yuan that costs 5 % more dollars: fewer yuan a dollar
    only = assumed[assumed["scenario"].isin(["baseline", "yuan_up"])]
    in_dollars = st.scenario_paths(paths, st.scenario_shifts(paths, estimates, only, seed=1))
    want = st.in_yuan(in_dollars[in_dollars["model"] == "yuan_up"], dear)
    yuan = st.in_yuan(paths, rates)
    moves = st.scenario_shifts(yuan, estimates, only, seed=1, currency="CNY")
    got = st.scenario_paths(yuan, moves)
    got = got[got["model"] == "yuan_up"].reset_index(drop=True)
    pd.testing.assert_frame_equal(got, want.reset_index(drop=True), rtol=1e-12)
    still = got[got["period"] == "2023"]["value"].to_numpy()
    assert (still == want[want["period"] == "2023"]["value"].to_numpy()).all()


def test_a_stronger_yuan_lowers_the_figure_in_yuan(paths, estimates, assumed):
    """With elasticities near nothing only the conversion is left: five percent fewer yuan."""
    none = estimates.assign(estimate=0.0)
    none.attrs = {"covariance": np.zeros((6, 6)).tolist(), "freedom": 20}
    moves = st.scenario_shifts(paths, none, assumed, currency="CNY").set_index("scenario")["shift"]
    np.testing.assert_allclose(moves["yuan_up"], -np.log(1.05))
    np.testing.assert_allclose(moves["yuan_down"], -np.log(0.95))
    assert (moves["energy_up"] == 0).all()


def test_opposite_assumptions_move_opposite_ways(shifts):
    """Draw by draw, as both use the same elasticities."""
    table = shifts.pivot(index=["partner", "flow", "draw"], columns="scenario", values="shift")
    for up, down in (("energy_up", "energy_down"), ("yuan_up", "yuan_down")):
        assert (np.sign(table[up]) == -np.sign(table[down])).all()
        assert table[up].abs().max() > 0


def test_the_same_seed_gives_the_same_draws(paths, estimates, assumed, shifts):
    again = st.scenario_shifts(paths, estimates, assumed, seed=3)
    pd.testing.assert_frame_equal(again, shifts)
    other = st.scenario_shifts(paths, estimates, assumed, seed=4)
    assert not np.allclose(other["shift"], shifts["shift"])


def growth_of(paths: pd.DataFrame, shifts: pd.DataFrame) -> pd.DataFrame:
    """Give growth of all trade in every scenario."""
    return st.projected_growth(st.trade_with(st.scenario_paths(paths, shifts), "CA5"),
                               st.load_totals(as_of=DAY))  # fmt: skip


def test_chances_are_counts_of_draws(paths, shifts):
    growth = growth_of(paths, shifts)
    odds = st.chances(growth, 2024)
    wide = growth.pivot(index="draw", columns=["model", "period"], values="growth")
    now, before = wide["energy_up"][pd.Period("2024")], wide["energy_up"][pd.Period("2023")]
    base = wide["baseline"][pd.Period("2024")]
    row = odds.loc["energy_up"]
    assert row["above_zero"] == sum(g > 0 for g in now) / 200
    assert row["above_year_before"] == sum(a > b for a, b in zip(now, before, strict=True)) / 200
    assert row["above_baseline"] == sum(g > np.median(base) for g in now) / 200
    assert row["raised"] == sum(a > b for a, b in zip(now, base, strict=True)) / 200
    assert odds.loc["baseline", "above_baseline"] == 0.5
    assert np.isnan(odds.loc["baseline", "raised"])
    # Where the year before is not drawn, it is as it came, or not known.
    years = pd.PeriodIndex(["2022", "2023"], freq="Y")
    alone = growth[growth["period"] == "2024"]
    odds = st.chances(alone, 2024, pd.Series([100.0, 104.0], years))
    assert odds.loc["energy_up", "above_year_before"] == sum(g > 0.04 for g in now) / 200
    assert st.chances(alone, 2024)["above_year_before"].isna().all()


def test_the_region_is_the_sum_of_its_partners(paths, shifts):
    moved = st.scenario_paths(paths, shifts)
    keys = ["model", "period", "draw"]
    parts = pd.concat([st.trade_with(moved, p) for p in codes.PARTNERS])
    whole = st.trade_with(moved, "CA5").set_index(keys)["value"]
    np.testing.assert_allclose(parts.groupby(keys)["value"].sum(), whole.sort_index(), rtol=1e-12)


def test_titles_turn_with_the_data(paths, estimates, assumed, shifts):
    def titles(moves: pd.DataFrame) -> list[str]:
        table = st.intervals(growth_of(paths, moves), "growth").xs("2024", level="period",
                                                                    drop_level=False)  # fmt: skip
        parts = st.channel_intervals(st.scenario_contributions(paths, moves))
        axes = [figures.scenario_ranges(table, assumed, "CA5", "USD"),
                figures.channel_ranges(parts, assumed, "CA5")]  # fmt: skip
        return [part_texts(ax.figure)["title"] for ax in axes]

    there, back = titles(shifts), titles(shifts.assign(shift=-shifts["shift"]))
    assert "“Oil and gas 30\u00a0% cheaper” would take away" in there[1]
    assert "would take away" not in back[1]
    assert "would add" in back[1]
    assert there[0] != back[0]


def test_the_elasticities_are_drawn_with_what_others_found(estimates):
    ax = figures.elasticity_ranges(estimates, st.load_published_elasticities())
    known = ((estimates["low"] > 0) | (estimates["high"] < 0)).sum()
    assert part_texts(ax.figure)["title"].startswith(f"Of 6 elasticities, {known} ")
    said = tidy(panels(ax.figure)).set_index(["row", "series", "statistic"])["value"]
    row = estimates.set_index(["channel", "flow"]).loc[("energy", "import")]
    assert said["Oil and gas, imports", "Estimate", "value"] == row["estimate"]
    assert said["Oil and gas, imports", "Others", "high"] == 0.86
    assert ("Oil and gas, exports", "Others", "low") not in said.index
    less = estimates.assign(low=-1.0, high=1.0)
    title = part_texts(figures.elasticity_ranges(less, st.load_published_elasticities()).figure)[
        "title"
    ]
    assert title == "Of 6 elasticities, 0 differ from nothing with 95 % confidence"


def test_tables_say_what_the_frames_say(estimates, assumed):
    published = st.load_published_elasticities()
    said = tables.elasticities(estimates, published).data
    assert said["Others found"].tolist()[0] == "1\u00a0to\u00a02.2"
    assert said["Estimate"].tolist() == estimates["estimate"].tolist()
    rows = tables.scenario_assumptions(assumed).data
    assert rows.loc["Yuan 5\u00a0% stronger", "Assumed"] == "1.05 times the baseline"
    assert len(tables.findings(published).data) == len(published)


def test_published_elasticities_name_their_work():
    published = st.load_published_elasticities()
    assert published["reference"].str.contains(r"\(\d{4}\)").all()
    known = published.dropna(subset=["low", "high"])
    assert (known["low"] <= known["high"]).all()


def test_errors_say_what_to_do(trade, conditions, estimates, assumed, paths, shifts):
    known = st.load_scenarios()
    assert refusal(st.elasticities, trade, conditions, as_of="1960-12-31") == (
        "trade and conditions must have rows public on as_of, got none"
    )
    still = conditions["indicator"].isin(("oil_average", "gas_lng_japan"))
    still = conditions.assign(value=conditions["value"].mask(still, 50.0))
    assert refusal(st.elasticities, trade, still) == (
        "conditions must move, and apart from each other, to be told apart"
    )
    gone = known.assign(value=known["value"].mask(known["scenario"] == "energy_down", 0.0))
    assert refusal(st.scenario_assumptions, gone, conditions, 2024) == (
        "scenarios must leave something of what they move, got 0 for energy in energy_down"
    )
    assert refusal(st.elasticities, trade, conditions, first="2015") == (
        "trade and conditions must share at least 10 years of growth from 2015, got 8: 2024 is "
        "known in 2025, so choose a later as_of, or an earlier first"
    )
    without = conditions[conditions["indicator"] != "oil_average"]
    assert refusal(st.elasticities, trade, without) == (
        "conditions must hold oil_average, got none: take them from load_conditions"
    )
    assert refusal(st.scenario_assumptions, known, conditions, 2040) == (
        "conditions must hold gdp_growth of CHN in 2039, got none: choose a year that the outlook "
        "reaches"
    )
    wrong = known.assign(unit=known["unit"].replace("times", "percent"))
    assert refusal(st.scenario_assumptions, wrong, conditions, 2024) == (
        "energy of scenario energy_down must be in times over baseline, got 'percent' over "
        "'baseline'"
    )
    total = st.trade_with(paths, "KAZ")
    assert refusal(st.scenario_shifts, total, estimates, assumed) == (
        "paths must be of single flows, got sums: move the flows, then sum them"
    )
    bare = estimates.copy()
    bare.attrs = {}
    assert refusal(st.scenario_shifts, paths, bare, assumed) == (
        "estimates must carry their covariance, got none: use elasticities as is"
    )
    assert refusal(st.scenario_paths, paths.assign(currency="CNY"), shifts) == (
        "paths and shifts must be of one currency, got CNY and USD: take both of the same"
    )
    assert refusal(st.scenario_paths, paths, shifts, model="ets") == (
        "model must be one of combination, random_walk, got 'ets'"
    )
    few = shifts[shifts["draw"] < 150]
    assert refusal(st.scenario_paths, paths, few) == (
        "shifts must have the draws of the paths, got 150 and 200: make them from the same paths"
    )
    for odd in (pd.concat([shifts, shifts]), shifts.drop(index=7)):
        assert refusal(st.scenario_paths, paths, odd).startswith(
            "shifts must hold one number for every draw of each scenario, channel and flow, got "
            f"{len(odd)} rows for {len(shifts)} of them"
        )
    some = shifts[shifts["partner"] != "UZB"]
    assert refusal(st.scenario_paths, paths, some) == (
        "shifts lack UZB export: make them from the same paths"
    )
    growth = growth_of(paths, shifts)
    assert refusal(st.chances, growth, 2030) == (
        "growth must hold the baseline in 2030, got none: use scenario_paths"
    )
    assert refusal(st.trade_with, paths, "USA").endswith("got no USA")


THEN = [("2006-08-01", 2006), ("2015-12-31", 2016), ("2019-06-30", 2019), ("2022-12-31", 2023)]


@pytest.mark.parametrize(("day", "year"), THEN)
def test_before_the_first_whole_outlook_the_archive_tells_what_was_expected(day, year):
    said = st.load_conditions(as_of=day)
    assert (said["released"] <= day).all()
    growth = said[said["indicator"] == "gdp_growth"].set_index(["economy", "period"])
    told = st.load_outlooks(as_of=day).set_index(["economy", "period"])
    newest = told["edition"].max()
    for economy in ("CHN", *codes.PARTNERS):
        for ahead in (year, year + 1):
            row = growth.loc[(economy, str(ahead))]
            expected = told[told["edition"] == newest].loc[(economy, str(ahead)), "value"]
            assert (row["value"], row["obs_status"]) == (expected, "E")
    # What had come is what the first whole edition says, known from June of the year after.
    whole = st.load_indicator("gdp_growth", source="imf", as_of="2023-10-10")
    came = growth[growth["obs_status"] != "E"]
    theirs = whole.set_index(["economy", "period"]).loc[came.index, "value"]
    pd.testing.assert_series_equal(came["value"], theirs)
    last = pd.Timestamp(day).year - (1 if pd.Timestamp(day).month > 5 else 2)
    assert came.index.get_level_values("period").max() == pd.Period(str(last), "Y")


@pytest.mark.parametrize(("day", "year"), THEN)
def test_scenarios_stand_on_any_day_for_every_partner(day, year):
    trade, known = st.load_trade(as_of=day), st.load_conditions(as_of=day)
    assumed = st.scenario_assumptions(st.load_scenarios(), known, year)
    view = assumed.loc[assumed["scenario"] == BASELINE, "basis"]
    assert view.str.startswith("IMF, World Economic Outlook, out by ").all()
    assert all(pd.Timestamp(v.partition(" out by ")[2]) <= pd.Timestamp(day) for v in view)
    paths = st.project_trade(year, as_of=day, draws=100)
    moves = st.scenario_shifts(paths, st.elasticities(trade, known, as_of=day), assumed)
    moved = st.scenario_paths(paths, moves)
    for partner in ("CA5", *codes.PARTNERS):
        base = st.load_totals(partner, as_of=day)
        rows = st.intervals(st.projected_growth(st.trade_with(moved, partner), base), "growth")
        median = st.at_period(rows, year, model=BASELINE)[0.5].item()
        slow = st.at_period(rows, year, model="slowdown")[0.5].item()
        assert -0.5 < slow < median < 0.6


def test_a_day_too_early_for_elasticities_is_told_with_the_year_in_which_they_can_be():
    trade, known = (load(as_of="2005-12-31") for load in (st.load_trade, st.load_conditions))
    assert "got 9: 2005 is known in 2006" in refusal(st.elasticities, trade, known)
    assert "from 2035, got 0: 2044 is known in 2045" in refusal(
        st.elasticities, trade, known, first="2035"
    )
    none = st.elasticities(trade, known, needed=False)
    assert none.empty and "2005 is known in 2006" in none.attrs["unknown"]
    later = "2006-08-01"
    trade, known = (load(as_of=later) for load in (st.load_trade, st.load_conditions))
    assert st.elasticities(trade, known)["last"].astype(str).unique().tolist() == ["2005"]
