"""Published claims: values by hand, the bounds of a verdict, no peeking, errors word for word."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import silktrade as st
from silktrade import figures, tables
from silktrade.claims import VERDICTS, ledger, rates, verdict
from silktrade.figures import canvas

THEN, NOW = "pseudo-real time", "as known now"
LATE = "2099-12-31"  # after all that the collection holds


@pytest.fixture(scope="module")
def evidence() -> tuple[pd.DataFrame, pd.DataFrame]:
    return st.load_evidence()


@pytest.fixture(scope="module")
def checked(evidence) -> pd.DataFrame:
    return st.check_claims(st.load_claims(), *evidence)


def row(checked: pd.DataFrame, claim: str, vantage: str) -> pd.Series:
    return checked.set_index(["claim", "vantage"]).loc[(claim, vantage)]


def form(**other: object) -> pd.DataFrame:
    """Make one claim of the form that a newsroom sends: text, as read from a file."""
    said = {"claim": "a", "statement": "Trade was so much", "published": "2025-02-01",
            "publisher": "A paper", "measure": "value", "partner": "CA5", "flow": "total",
            "period_start": "2024", "period_end": "2024", "value": "94.8", "unit": "bn USD",
            "comparison": "equal"}  # fmt: skip
    return pd.DataFrame([said | other])


def check(evidence, **other: object) -> pd.Series:
    """Check one claim as known now."""
    return st.check_claims(form(**other), *evidence).iloc[1]


def market() -> pd.Series:
    return st.load_indicator("exchange_rate").set_index("period")["value"]


def months() -> pd.Series:
    trade = st.load_trade(frequency="M", currency="CNY")
    return trade.groupby("period")["value"].sum()


def test_every_bundled_claim_against_a_line_of_pandas(checked):
    known = months()
    dollars = st.load_trade(frequency="M").groupby("period")["value"].sum()
    totals = st.load_totals()
    printed = (
        st.load_printed_totals().set_index(["partner", "period"])["value"]["CA5", "2022"].item()
    )
    by_hand = {
        ("jan_apr_2023_value", THEN): 173.05e9,
        ("jan_apr_2023_value", NOW): known["2023-01":"2023-04"].sum(),
        ("april_2023_value", THEN): 50.27e9,
        ("april_2023_value", NOW): known["2023-04"],
        ("april_2023_first_above_50", THEN): 50.27e9,
        ("april_2023_first_above_50", NOW): known["2023-04"],
        ("jan_apr_2023_value_usd", THEN): 173.05e9 / market()["2023-01":"2023-04"].mean(),
        ("jan_apr_2023_value_usd", NOW): dollars["2023-01":"2023-04"].sum(),
        ("jan_apr_2023_growth", THEN): 0.373,
        ("year_2022_value", THEN): printed,
        ("year_2022_value", NOW): totals["2022"],
        ("year_2022_record", THEN): printed,
        ("year_2022_record", NOW): totals["2022"],
        ("year_2022_hundredfold", THEN): printed / totals["1992"],
        ("year_2022_hundredfold", NOW): totals["2022"] / totals["1992"],
        ("china_growth_2024", NOW): 0.05,
    }
    computed = checked.set_index(["claim", "vantage"])["computed"].dropna()
    assert set(computed.index) == set(by_hand)
    # Sums of the same floats in another order.
    pd.testing.assert_series_equal(
        computed.sort_index(), pd.Series(by_hand).rename_axis(computed.index.names).sort_index(),
        rtol=1e-12, check_names=False,
    )  # fmt: skip


def test_the_verdicts(checked):
    verdicts = checked.pivot(index="claim", columns="vantage", values="verdict")
    assert verdicts[THEN].to_dict() == {
        "april_2023_first_above_50": "cannot be tested",
        "april_2023_value": "holds",
        "china_growth_2024": "cannot be tested",
        "jan_apr_2023_growth": "holds",
        "jan_apr_2023_value": "holds",
        "jan_apr_2023_value_usd": "does not hold",
        "year_2022_hundredfold": "holds",
        "year_2022_record": "holds",
        "year_2022_value": "holds",
    }
    assert verdicts[NOW].to_dict() == verdicts[THEN].to_dict() | {
        "april_2023_value": "does not hold",
        "china_growth_2024": "did not come true",
        "jan_apr_2023_growth": "cannot be tested",
        "jan_apr_2023_value": "does not hold",
        "jan_apr_2023_value_usd": "holds within rounding",
        "year_2022_value": verdict("equal", st.load_totals()["2022"], 70.2e9, 0.05e9),
    }
    assert (checked["why"] != "").tolist() == (checked["verdict"] == "cannot be tested").tolist()


def test_the_subtle_ones_are_said(checked):
    plain = checked.assign(note=checked["note"].str.replace("\u00a0", " "))
    assert row(plain, "jan_apr_2023_value", NOW)["note"] == (
        "As first printed it was 173.05 billion yuan; the revision is −1.5 %."
    )
    rate = market()
    change = rate["2023-01":"2023-04"].mean() / rate["2022-01":"2022-04"].mean()
    in_dollars = 100 * (1.373 / change - 1)
    assert (
        f"In dollars it was about {in_dollars:.1f} %"
        in row(plain, "jan_apr_2023_growth", THEN)["note"]
    )
    assert 27 < in_dollars < 28
    of_the_day = row(plain, "jan_apr_2023_value_usd", THEN)["note"]
    assert f"only at {173.05 / 24.85:.3f} to {173.05 / 24.75:.3f} yuan per dollar" in of_the_day
    assert f"{173.05 / rate['2023-05']:.2f}" in row(plain, "jan_apr_2023_value_usd", NOW)["note"]
    base = row(plain, "year_2022_hundredfold", NOW)["note"]
    assert base.startswith(f"With 0.46 billion dollars from China's Ministry of Commerce it would "
                           f"be {st.load_totals()['2022'] / 0.46e9:.1f} times")  # fmt: skip
    assert "slower growth" in row(plain, "china_growth_2024", THEN)["note"]
    assert row(plain, "jan_apr_2023_growth", THEN)["arithmetic"].replace("\u00a0", " ") == (
        "173.05 / 126.04 − 1 = 37.3 %, billion yuan, the base implied by printed growth"
    )


@pytest.mark.parametrize(
    ("comparison", "computed", "said"),
    [
        ("equal", 100.0, "holds"),
        ("equal", 100.5, "holds within rounding"),
        ("equal", 99.5, "holds within rounding"),
        ("equal", 100.51, "does not hold"),
        ("at least", 100.0, "holds"),
        ("at least", 99.5, "holds within rounding"),
        ("at least", 99.49, "does not hold"),
        ("above", 100.0, "holds within rounding"),
        ("above", 100.01, "holds"),
        ("below", 99.99, "holds"),
        ("at most", 100.5, "holds within rounding"),
        ("at most", 100.51, "does not hold"),
    ],
)
def test_the_bounds_of_a_verdict(comparison, computed, said):
    assert verdict(comparison, computed, 100.0, 0.5) == said


def test_the_count_of_claims_names_the_first_three_and_counts_the_rest():
    verdicts = ["does not hold"] * 5 + ["did not come true"] * 2
    rows = pd.DataFrame({
        "claim": list("abcdefg") * 2, "vantage": [THEN] * 7 + [NOW] * 7, "verdict": verdicts * 2,
        "statement": "So", "unit": "USD", "note": "", "computed": 2e9, "claimed": 1e9,
        "rounding": 5e7,
    })  # fmt: skip
    said = st.claims_held(rows).partition("as known now")[2]
    assert said.count("“So”") == 5 and "; and 2 more)" in said
    assert "2 expectations did not come true (" in said
    assert "1 expectation did not come true" in st.claims_held(rows[rows["claim"] != "g"])


def test_a_year_that_only_equals_is_not_above():
    assert verdict("above", 0.05, 0.05, 0.0) == "does not hold"


def test_rounding_is_half_of_the_last_printed_digit(evidence):
    for value, half in (("94.8", 0.05), ("94.80", 0.005), ("95", 0.5)):
        told = st.check_claims(form(value=value), *evidence).iloc[1]
        assert told["rounding"] == pytest.approx(half * 1e9)
    # The flows come to 94.82: right to one decimal and to none; 94.80 says more than that.
    verdicts = [check(evidence, value=v)["verdict"] for v in ("94.8", "95", "94.80", "94.82")]
    assert verdicts == ["holds within rounding"] * 2 + ["does not hold", "holds within rounding"]


PRINTED = [
    ("106.30", "bn USD", 0.005e9),
    ("106300", "mn USD", 0.5e6),
    ("1.06E+11", "USD", 0.5e9),  # what a sheet makes of 106000000000
    ("106000000000", "USD", 0.5e9),
    ("1E+11", "USD", 0.5e9),  # no coarser than a billion
    ("106306649335", "USD", 0.5),
    ("1.063e2", "bn USD", 0.05e9),
    ("1E+02", "bn USD", 0.5e9),
]
AS_NUMBERS = [(106e9, "USD", 0.5e9), (106.3, "bn USD", 0.05e9), (106.0, "bn USD", 0.5e9)]


@pytest.mark.parametrize("decimals", ["left out", None, ""])
@pytest.mark.parametrize("printed", [PRINTED, AS_NUMBERS], ids=["texts", "numbers"])
def test_printed_digits_are_counted(evidence, printed, decimals):
    other = {} if decimals == "left out" else {"decimals": decimals}
    rows = [form(claim=f"c{n}", value=v, unit=u, **other) for n, (v, u, _) in enumerate(printed)]
    told = st.check_claims(pd.concat(rows), *evidence).query("vantage == @NOW").set_index("claim")
    halves = {f"c{n}": half for n, (_, _, half) in enumerate(printed)}
    assert told["rounding"].to_dict() == pytest.approx(halves)


def test_digits_that_a_claim_names_are_taken(evidence):
    assert check(evidence, value="94.8", decimals="2")["rounding"] == 0.005e9


def test_both_sides_rounding_counts():
    # 14.0 was printed to 0.1 and 13.78 to 0.01: growth of -1.2 to -1.9 percent is all that is said.
    off = (0.005 + 13.78 / 14.0 * 0.05) / 14.0
    said = [verdict("equal", 13.78 / 14.0 - 1, s / 100, 0.0005, off) for s in (-1.2, -1.8, -2.1)]
    assert said == ["holds within rounding"] * 2 + ["does not hold"]
    # Rounded to the same digit, the neighbour is another number.
    assert verdict("equal", 0.373, 0.374, 0.0005, 0.0005) == "does not hold"
    assert verdict("equal", 0.373, 0.37, 0.005, 0.0005) == "holds within rounding"
    totals = st.load_printed_totals()
    totals = totals[totals["period"].astype("str").isin(["2023", "2024"])]
    told = st.check_claims(form(measure="growth", partner="UZB", value="-1.8",
                                unit="percent (USD)"), totals).iloc[1]  # fmt: skip
    assert told["verdict"] == "holds within rounding"
    assert told["data_rounding"] == pytest.approx(off)
    told = st.check_claims(form(partner="UZB", value="13.8"), totals).iloc[1]
    assert told["data_rounding"] == 0.005e9


def test_rates_of_a_window_are_the_customs_own_weighted_by_what_was_traded():
    customs = {"2023-01": 6.9, "2023-02": 6.75, "2024": 7.125}
    given = {"customs_rate": customs, "exchange_rate": {"2024-01": 7.0, "2023-03": 7.5}}
    january, february, march = pd.period_range("2023-01", "2023-03", freq="M")
    # 69 yuan were 10 dollars, 135 were 20; of both rates the one with fewer decimals is less sure.
    plain = rates.rate_of(given, (january, february))
    assert plain == (pytest.approx(6.825), "the customs' rate", pytest.approx(0.05))
    traded = pd.Series([69.0, 135.0])
    assert rates.rate_of(given, (january, february), traded).value == pytest.approx(204 / 30)
    assert rates.rate_of(given, (march, march)) == (7.5, "the market's mean", pytest.approx(0.05))
    year = pd.Period("2024-01"), pd.Period("2024-12")
    assert rates.rate_of(given, year) == (7.125, "the customs' rate", pytest.approx(0.0005))
    assert rates.rate_of(given, (year[0], year[0])).value == 7.0, "a month is no year"
    later = (year[0] + 1, year[1] + 1)
    assert rates.rate_of(given, later) is None, "twelve months from February are no year"
    assert rates.rate_of(given, (february, march)) is None, "of neither is every month known"
    rows = [(name, period, value, status) for name, period, value, status in (
        ("customs_rate", "2023-01", 6.9, "E"), ("customs_rate", "2023-02", 6.8, "A"),
        ("exchange_rate", "2023-01", 6.7, "A"), ("gdp_growth", "2023", 0.05, "A"))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["indicator", "period", "value", "obs_status"])
    market_rate = {"2023-01": 6.7}
    assert rates.rates_of(frame, NOW) == {
        "customs_rate": {"2023-01": 6.9, "2023-02": 6.8}, "exchange_rate": market_rate
    }  # fmt: skip
    assert rates.rates_of(frame, THEN) == {
        "customs_rate": {"2023-02": 6.8}, "exchange_rate": market_rate
    }  # fmt: skip


def test_figures_in_the_currency_of_a_claim_stand_first_and_sums_as_their_weakest_part():
    rows = [(m, v, c, s, d) for m, v, c, s, d in (
        ("2023-01", 69.0, "CNY", "A", "2023-02-20"), ("2023-02", 135.0, "CNY", "E", "2023-03-20"),
        ("2023-01", 10.0, "USD", "A", "2023-02-20"), ("2023-02", 20.0, "USD", "A", "2023-02-28"))
    ]  # fmt: skip
    trade = pd.DataFrame(rows, columns=["period", "value", "currency", "obs_status", "released"])
    trade = trade.assign(
        reporter="CHN", partner="KAZ", flow="export", source="gacc",
        period=pd.PeriodIndex(trade["period"], freq="M"),
        released=pd.to_datetime(trade["released"]),
    )  # fmt: skip
    book = ledger.entries(ledger.ledger(trade))
    january, february = pd.period_range("2023-01", periods=2, freq="M")
    for vantage in (THEN, NOW):
        for currency, value in (("USD", 10.0), ("CNY", 69.0)):
            asked = ("KAZ", "export", (january, january), currency, vantage)
            assert ledger.figures(book, *asked)[0].value == value
    dollars, yuan = ledger.figures(book, "KAZ", "export", (january, february), "USD", NOW)
    assert (dollars.value, yuan.value) == (30.0, 204.0)
    assert (yuan.obs_status, yuan.standing) == ("E", 1)
    assert yuan.released == pd.Timestamp("2023-03-20")
    assert yuan.terms.tolist() == [69.0, 135.0]


def test_a_printed_window_is_converted_by_what_was_traded_in_its_months():
    months = pd.period_range("2023-01", periods=2, freq="M")
    rows = [(months[0], months[0], 69e9), (months[1], months[1], 135e9), (*months, 204e9)]
    trade = pd.DataFrame(rows, columns=["start", "period", "value"]).assign(
        reporter="CHN", partner="KAZ", flow="export", source="gacc", currency="CNY",
        obs_status="A", released=pd.Timestamp("2023-03-20"),
    )  # fmt: skip
    customs = pd.DataFrame({"period": months, "value": [6.9, 6.75]}).assign(
        economy="CHN", indicator="customs_rate", obs_status="A", source="gacc", unit="CNY per USD",
        released=pd.Timestamp("2023-02-01"), vintage=pd.Timestamp("2023-02-01"),
    )  # fmt: skip
    said = form(partner="KAZ", flow="export", period_start="2023-01", period_end="2023-02",
                value="30.00")  # fmt: skip
    told = st.check_claims(said, trade, customs)
    assert told["computed"].tolist() == [pytest.approx(30e9)] * 2, "not 204 at the mean of 6.825"
    (line,) = set(told["arithmetic"].str.replace("\u00a0", " "))
    assert "204.00 billion yuan" in line and " / 6.8000 = 30.00 billion dollars, at " in line
    revised = st.check_claims(said, trade.assign(obs_status="E"), customs)
    said_so = [rows["note"].str.contains("a later revision of") for rows in (told, revised)]
    assert [list(rows) for rows in said_so] == [[False, False], [True, False]]


def test_a_sum_of_months_is_converted_month_by_month():
    given = {"customs_rate": {"2023-01": 6.9, "2023-02": 6.75, "2023": 7.0}}
    months = pd.period_range("2023-01", periods=2, freq="M")
    terms = pd.Series([69.0, 135.0], months)
    figure = ledger.Figure(204.0, "CNY", "gacc", "A", pd.Timestamp("2023-03-20"), 100.0, terms, 0,
                           rounding=2.04)  # fmt: skip
    made, name = rates.converted(figure, "USD", given, (months[0], months[1]))
    assert (name, made.currency, made.value) == ("the customs' rate", "USD", pytest.approx(30.0))
    np.testing.assert_allclose(made.terms, [10.0, 20.0])
    assert np.isnan(made.base), "a base in yuan is none in dollars"
    # One percent of the figure, and the less sure of two rates: half a tenth of 6.9.
    assert made.rounding == pytest.approx(30 * (0.01 + 0.05 / 6.9))
    year = (pd.Period("2023-01"), pd.Period("2023-12"))
    whole = ledger.Figure(30.0, "USD", "gacc", "A", figure.released, np.nan,
                          pd.Series([10.0, 20.0], ["KAZ", "UZB"]), 0)  # fmt: skip
    back, _ = rates.converted(whole, "CNY", given, year)
    np.testing.assert_allclose([back.value, *back.terms], [210.0, 70.0, 140.0])
    assert rates.converted(figure, "CNY", {}, year) == (figure, "")
    lacking = {"customs_rate": {"2023-01": 6.9}}
    assert rates.converted(figure, "USD", lacking, (months[0], months[1])) is None


def test_exact_flows_stand_before_rounded_totals(evidence):
    for partner in st.codes.PARTNERS:
        totals = st.load_totals(partner)
        told = check(evidence, partner=partner, period_start="2023", period_end="2023",
                     value=f"{totals['2023'] / 1e9:.2f}")  # fmt: skip
        assert told["computed"] == pytest.approx(totals["2023"], rel=1e-12), partner
        told = check(evidence, partner=partner, measure="growth", unit="percent (USD)",
                     value=f"{100 * st.growth(totals)['2024']:.1f}")  # fmt: skip
        assert told["computed"] == pytest.approx(st.growth(totals)["2024"], rel=1e-12), partner
        assert told["verdict"].startswith("holds")


def held_by_the_library() -> pd.DataFrame:
    """Write down the figures of the collection as a newsroom would print them."""
    parties = (*st.codes.PARTNERS, st.codes.REGION)
    rows: list[dict[str, object]] = []

    def say(series: pd.Series, partner: str, currency: str, flow: str = "total") -> None:
        year = 1 if series.index.freqstr[0] == "Y" else 12
        growth = series / series.set_axis(series.index + year).reindex(series.index) - 1
        for measure, values, unit in (
            ("value", series / 1e9, f"bn {currency}"),
            ("growth", 100 * growth.dropna(), f"percent ({currency})"),
        ):
            rows.extend(
                {"measure": measure, "partner": partner, "flow": flow, "period_start": str(period),
                 "period_end": str(period), "unit": unit,
                 "value": f"{value:.{2 if measure == 'value' else 1}f}"}
                for period, value in values.items()
            )  # fmt: skip

    for currency in st.codes.CURRENCIES:
        flows = st.load_trade(currency=currency, partners=parties[:-1])
        for (partner, flow), group in flows.groupby(["partner", "flow"]):
            say(group.set_index("period")["value"], partner, currency, flow)
        years = {p: st.load_totals(p, currency=currency) for p in (*parties, "WLD")}
        for partner, totals in years.items():
            say(totals, partner, currency)
            last = totals.index[-1]
            common = {"partner": partner, "flow": "total", "period_end": str(last)}
            for first in (y for y in totals.index[-4:-1] if len(totals[y:]) == (last - y).n + 1):
                start = common | {"period_start": str(first)}
                rows.append(start | {"measure": "value", "unit": f"bn {currency}",
                                     "value": f"{totals[first:].sum() / 1e9:.2f}"})  # fmt: skip
                rows.append(start | {"measure": "ratio", "unit": f"times ({currency})",
                                     "value": f"{totals[last] / totals[first]:.2f}"})  # fmt: skip
            if partner in st.codes.PARTNERS:
                share = 100 * (totals / years[st.codes.REGION]).dropna()
                rows += [common | {"measure": "share", "unit": f"percent ({currency})",
                                   "period_start": str(y), "period_end": str(y),
                                   "value": f"{v:.1f}"} for y, v in share.items()]  # fmt: skip
        for partner in parties:
            say(st.load_totals(partner, frequency="M", currency=currency), partner, currency)
    for r in st.load_year_to_date().itertuples():
        window = {"partner": r.partner, "flow": r.flow, "period_start": f"{r.period.year}-01",
                  "period_end": str(r.period)}  # fmt: skip
        rows.append(
            window | {"measure": "value", "unit": "bn CNY", "value": f"{r.value / 1e9:.2f}"}
        )
        rows.append(window | {"measure": "growth", "unit": "percent (CNY)",
                              "value": f"{100 * r.growth:.1f}"})  # fmt: skip
    claims = pd.DataFrame(rows).assign(statement="So much", publisher="A paper", comparison="equal")
    return claims.assign(published=LATE, claim=[f"c{i:05}" for i in range(len(claims))])


def test_what_the_library_holds_holds_and_its_neighbours_do_not(evidence):
    claims = held_by_the_library()
    assert len(claims) > 3000
    drawn = claims.sample(240, random_state=20)  # of all kinds; some ten seconds
    told = st.check_claims(drawn, *evidence).query("vantage == @NOW").set_index("claim")
    wrong = told[~told["verdict"].isin(["holds", "holds within rounding"])]
    assert wrong[["computed", "claimed", "arithmetic"]].to_dict("index") == {}
    # Two units of the last digit away, and twice as far as the figures' own rounding goes.
    scale = told["unit"].map({"fraction": 0.01, "times": 1.0}).fillna(1e9)
    away = 4 * told["rounding"] + 2 * told["data_rounding"]
    moved = drawn.set_index("claim").loc[told.index]
    moved["value"] = [f"{float(v) + s:.{len(v.partition('.')[2])}f}"
                      for v, s in zip(moved["value"], away / scale, strict=True)]  # fmt: skip
    sharp = moved["measure"].ne("growth") | moved["unit"].eq("percent (USD)")  # on one base only
    sharp &= moved["measure"].ne("share") | moved["value"].astype(float).lt(100)
    moved = moved[sharp].reset_index()
    assert len(moved) > 120
    told = st.check_claims(moved, *evidence).query("vantage == @NOW")
    assert (
        told.loc[told["verdict"] != "does not hold", ["computed", "claimed"]].values.tolist() == []
    )
    exact = told["unit"].eq("CNY") & told["arithmetic"].str.contains("China Customs")
    assert (told.loc[exact, "data_rounding"] == 0).mean() > 0.9, "flows in yuan are known in full"


def test_the_note_in_the_other_currency_is_what_its_own_check_finds(evidence):
    year = st.load_totals().index[-1]
    asked = [
        (partner, currency, str(period), st.growth(st.load_totals(partner, currency=currency)))
        for partner in (*st.codes.PARTNERS, "CA5")
        for currency in st.codes.CURRENCIES
        for period in (year, year - 1)
    ]

    def told(currencies: list[str], values: list[str]) -> pd.DataFrame:
        rows = [
            form(claim=f"{i:02}", measure="growth", partner=partner, value=value, published=LATE,
                 period_start=period, period_end=period, unit=f"percent ({currency})")
            for i, ((partner, _, period, _), currency, value)
            in enumerate(zip(asked, currencies, values, strict=True))
        ]  # fmt: skip
        return st.check_claims(pd.concat(rows), *evidence).query("vantage == @NOW")

    own = [currency for _, currency, _, _ in asked]
    said = told(own, [f"{100 * growth[period]:.1f}" for _, _, period, growth in asked])
    noted = (
        said["note"]
        .str.extract(r"In (yuan|dollars) it was (\S+?)\u00a0%")
        .set_axis(["in", "rate"], axis=1)
    )
    assert noted["in"].tolist() == ["dollars" if c == "CNY" else "yuan" for c in own]
    found = noted["rate"].str.replace("\u2212", "-").tolist()
    other = told(["USD" if c == "CNY" else "CNY" for c in own], found)
    assert other["verdict"].eq("holds within rounding").all()
    assert [f"{100 * c:.1f}" for c in other["computed"]] == found


def test_a_year_that_has_two_bases_says_both(evidence):
    """The customs' printed growth stands on a base that they have revised since."""
    printed = st.load_year_to_date(partners="UZB")
    printed = printed[printed["period"].dt.month == 12]
    printed = printed[printed["period"] == printed["period"].max()]
    year = str(printed["period"].iloc[0].year)
    implied = printed["value"].sum() / (printed["value"] / (1 + printed["growth"])).sum() - 1
    level = st.growth(st.load_totals("UZB", currency="CNY"))[year]
    at = {"measure": "growth", "partner": "UZB", "unit": "percent (CNY)", "period_start": year,
          "period_end": year, "published": LATE}  # fmt: skip
    for growth, beside in ((implied, level), (level, implied)):
        told = check(evidence, **at, value=f"{100 * growth:.1f}")
        assert told["verdict"] == "holds within rounding"
        assert told["computed"] == pytest.approx(growth, rel=1e-9)
        assert f"it is {100 * beside:.1f}\u00a0%" in told["note"]


def test_ratios_of_months_and_years_in_both_currencies(evidence):
    yuan, dollars = (st.load_totals(frequency="M", currency=c) for c in ("CNY", "USD"))
    at = {"measure": "ratio", "period_start": "2023-04", "period_end": "2024-04"}
    for unit, series in (("times (CNY)", yuan), ("times (USD)", dollars)):
        told = check(evidence, **at, value="1.16", unit=unit)
        assert told["computed"] == pytest.approx(series["2024-04"] / series["2023-04"], rel=1e-12)
    assert check(evidence, **at, value="1.16", unit="times (CNY)")["verdict"].startswith("holds")
    assert check(evidence, **at, value="1.16", unit="times (USD)")["verdict"] == "does not hold"
    # Where the statement names no currency, the one that bears it out is told, with the other.
    open_ = check(evidence, **at, value="1.16", unit="times")
    assert open_["verdict"].startswith("holds") and "In dollars it is 1.13 times." in open_["note"]
    years = st.load_totals(currency="CNY")
    told = check(evidence, measure="ratio", period_start="2023", value="1.07", unit="times (CNY)")
    assert told["computed"] == pytest.approx(years["2024"] / years["2023"], rel=1e-12)
    assert "1 year lies between" in told["note"]


def test_a_record_may_name_its_number(evidence):
    at = {"measure": "record", "comparison": "highest so far"}
    assert check(evidence, **at, value="94.8")["verdict"] == "holds within rounding"
    assert check(evidence, **at, value=None)["verdict"] == "holds"
    assert check(evidence, **at, value="200")["verdict"] == "does not hold"


def test_a_record_says_of_how_many_earlier_periods_nothing_is_known(checked):
    # Months are known from January 2023 on: of those since 1992, January to March.
    before = 31 * 12 + 3
    told = row(checked, "april_2023_first_above_50", NOW)["why"]
    assert f"{before - 3} of {before} earlier months since 1992 are not known" in told


def test_windows_of_several_years_add_calendar_years(evidence):
    totals = st.load_totals()
    for first, last in (("2024", "2025"), ("2014", "2020"), ("2019", "2024")):
        said = f"{totals[first:last].sum() / 1e9:.1f}"
        told = check(evidence, period_start=first, period_end=last, value=said, published=LATE)
        assert told["computed"] == pytest.approx(totals[first:last].sum(), rel=1e-12)
        assert told["verdict"] == "holds within rounding"
    # What lies before and after whole years is added in months.
    months = st.load_totals(frequency="M", currency="CNY")
    said = months["2023-11":"2023-12"].sum() + st.load_totals(currency="CNY")["2024"]
    told = check(evidence, period_start="2023-11", value=f"{said / 1e9:.2f}", unit="bn CNY")
    assert told["computed"] == pytest.approx(said, rel=1e-12)
    why = check(evidence, partner="KGZ", flow="export", period_start="1990", value="1")["why"]
    assert "1990 and 1991" in why or "1990, 1991" in why, why


def test_what_was_expected_came_true_or_did_not(evidence):
    ends = {"published": "2024-05-01", "value": "90"}
    assert check(evidence, **ends)["verdict"] == "did not come true"
    assert check(evidence, **ends, comparison="at least")["verdict"] == "came true"
    assert check(evidence, **(ends | {"published": "2025-01-01"}))["verdict"] == "does not hold"
    then = st.check_claims(form(**ends), *evidence).iloc[0]
    assert then["verdict"] == "cannot be tested"


def test_what_was_expected_of_two_years_is_of_one_outlook(evidence):
    trade, indicators = evidence
    outlooks = indicators["indicator"].eq("gdp_growth") & indicators["obs_status"].eq("E")
    a_row = indicators[outlooks & indicators["economy"].eq("CHN")].iloc[:1]
    first, then = "2023-10-31", "2024-05-31"
    told = [(first, "2023", 0.05), (first, "2024", 0.042), (then, "2024", 0.055),
            (then, "2025", 0.041)]  # fmt: skip
    rows = [
        a_row.assign(released=pd.Timestamp(day), period=pd.Period(year, "Y"), value=value)
        for day, year, value in told
    ]
    mixed = pd.concat([indicators[~outlooks], *rows], ignore_index=True)
    note = row(st.check_claims(st.load_claims(), trade, mixed), "china_growth_2024", NOW)["note"]
    assert "4.2\u00a0% in 2024 after 5.0\u00a0% in 2023: slower growth" in note
    alone = pd.concat([indicators[~outlooks], *rows[1:]], ignore_index=True)
    note = row(st.check_claims(st.load_claims(), trade, alone), "china_growth_2024", NOW)["note"]
    assert "outlook" not in note, "no outlook spoke of both years"


def test_a_claim_that_holds_by_two_revisions_says_so(evidence, checked):
    note = row(checked, "jan_apr_2023_value_usd", NOW)["note"]
    assert note.startswith("It holds by coincidence: on its day it came to 25.26 billion dollars")
    others = checked[checked["claim"] != "jan_apr_2023_value_usd"]
    assert not others["note"].str.contains("coincidence").any()
    assert "4 hold (1 by coincidence)" in st.claims_held(checked)
    # A wrong number is not explained by a rate that no day had.
    lost = check(evidence, period_end="2024-03", value="94.8")["note"]
    assert "yuan per dollar" not in lost


def test_mirrored_data_turn_verdict_and_words(evidence):
    trade, indicators = evidence
    grown = indicators["indicator"] == "gdp_growth"
    swapped = indicators.assign(value=indicators["value"].where(~grown, 0.1 - indicators["value"]))
    told = st.check_claims(st.load_claims(), trade, swapped)
    assert row(told, "china_growth_2024", NOW)["verdict"] == "came true"
    assert "faster growth" in row(told, "china_growth_2024", NOW)["note"]
    rates = indicators["indicator"] == "exchange_rate"
    turned = indicators.assign(value=indicators["value"].where(~rates, 46 / indicators["value"]))
    note = row(st.check_claims(st.load_claims(), trade, turned), "jan_apr_2023_growth", THEN)[
        "note"
    ]
    assert "the price of a dollar fell" in note
    falling = trade["period"].astype("str").eq("2022")  # to 40 of 70.2 billion, flows and prints
    low = trade.assign(value=trade["value"].where(~falling, trade["value"] * 40 / 70.2))
    told = st.check_claims(st.load_claims(), low, indicators)
    verdicts = told[told["vantage"] == NOW].set_index("claim")["verdict"]
    assert verdicts["year_2022_value"] == "does not hold"
    assert verdicts["year_2022_hundredfold"] == "does not hold", "40 / 0.438 is 91"
    assert verdicts["year_2022_record"] == "does not hold"


def test_nothing_released_later_moves_the_first_row(evidence, checked):
    claims = st.load_claims()
    changed = []
    for frame in evidence:
        late = frame["released"] > claims["published"].min()
        assert late.any()
        changed.append(frame.assign(value=frame["value"].where(~late, frame["value"] * 3 + 1)))
    told = st.check_claims(claims[claims["published"] == claims["published"].min()], *changed)
    expected = checked[checked["claim"].isin(told["claim"])]
    columns = [c for c in told if c != "vantage"]
    now, before = (
        f[f["vantage"] == THEN][columns].reset_index(drop=True) for f in (told, expected)
    )
    pd.testing.assert_frame_equal(now, before)
    later = [f[f["vantage"] == NOW]["computed"].reset_index(drop=True) for f in (told, expected)]
    assert not later[0].equals(later[1]), "the change has to reach the second row"


def test_inputs_are_not_changed(evidence):
    claims = st.load_claims()
    before = [f.copy() for f in (claims, *evidence)]
    st.check_claims(claims.head(2), *evidence)
    for frame, old in zip((claims, *evidence), before, strict=True):
        pd.testing.assert_frame_equal(frame, old)


def test_shares_growth_and_flows_of_a_newsroom(evidence, tmp_path):
    rows = pd.concat([
        form(claim="share", measure="share", partner="KAZ", value="46.2", unit="percent"),
        form(claim="growth", measure="growth", value="6.1", unit="percent (USD)"),
        form(claim="exports", flow="export", value="456.70", unit="bn CNY"),
        form(claim="first_five", published="2025-06-20", measure="growth", period_start="2025-01",
             period_end="2025-05", value="10.4", unit="percent (CNY)"),
        form(claim="lowest", measure="record", value="", unit="", comparison="lowest so far"),
    ])  # fmt: skip
    path = tmp_path / "said.csv"
    rows.to_csv(path, index=False)
    told = st.check_claims(st.load_claims(path), *evidence).query("vantage == @NOW")
    told = told.set_index("claim")
    years = st.load_totals()
    share = st.load_totals("KAZ")["2024"] / years["2024"]
    assert told.loc["share", "computed"] == pytest.approx(share, rel=1e-12)
    assert told.loc["growth", "computed"] == pytest.approx(
        years["2024"] / years["2023"] - 1, rel=1e-9
    )
    flows = st.load_trade(flows="export", currency="CNY").set_index("period")["value"]["2024"].sum()
    assert told.loc["exports", "computed"] == pytest.approx(flows, rel=1e-12)
    assert abs(told.loc["first_five", "difference"]) < 0.0005, "on the base that the customs print"
    assert told["verdict"].to_dict() == {
        "exports": "holds within rounding",
        "first_five": "holds within rounding",
        "growth": "holds within rounding",
        "lowest": "does not hold",
        "share": "holds within rounding",
    }


def test_a_plain_trade_frame_is_enough():
    told = st.check_claims(form(value="94.8"), st.load_trade())
    assert told["verdict"].tolist() == ["holds within rounding"] * 2
    assert st.check_claims(form(unit="bn CNY"), st.load_trade())["why"].tolist() == [
        "no exchange rate of 2024 was public on 1 February 2025",
        "no exchange rate of 2024 is known",
    ]


def test_errors_word_for_word(tmp_path):
    wrong = pd.concat([
        form(measure="growth", unit="percent"),
        form(claim="b", comparison="more"),
        form(claim="c", period_start="2025", period_end="2024"),
        form(claim="d", value=None),
        form(claim="e", measure="record", unit="bn USD", period_start="2024-02",
             comparison="highest so far"),
        form(claim="f", flow="gdp"),
        form(claim="g", measure="growth comparison", flow="gdp", unit="percent", value=""),
    ])  # fmt: skip
    path = tmp_path / "wrong.csv"
    wrong.to_csv(path, index=False)
    with pytest.raises(ValueError) as raised:
        st.load_claims(path)
    assert str(raised.value) == (
        "CLAIMS frame breaks 7 rules:\n"
        "  row 0, column unit: must name its currency: percent (CNY) or percent (USD), got "
        "'percent'\n"
        "  row 1, column comparison: must be one of equal, at least, at most, above, below, got "
        "'more'\n"
        "  row 2, column period_end: must not be before period_start (2025-01), got '2024-12'\n"
        "  row 3, column value: must be a number for value, equal, got 'nan'\n"
        "  row 4, column period_end: must end one month or one calendar year for a record, got "
        "'2024-12'\n"
        "  row 5, column flow: must be gdp for growth comparison and export, import or total for "
        "all else, got 'gdp'\n"
        "  row 6, column comparison: must set one year against another one: 2024 above 2023, got "
        "'equal'\n"
        "Correct these rows at their source and validate again."
    )
    with pytest.raises(ValueError, match="column unit: missing, got claim, statement"):
        st.check_claims(form().drop(columns="unit"), st.load_trade())
    with pytest.raises(ValueError, match=r"row 0, column partner: must be .*, got 'KZ'"):
        st.check_claims(form(partner="KZ"), st.load_trade())
    with pytest.raises(FileNotFoundError) as lost:
        st.load_claims("no.csv")
    assert str(lost.value) == (
        "claims must be a CSV file of the form of the bundled ones, got 'no.csv', which is no "
        "file: leave it empty for the bundled claims"
    )
    with pytest.raises(ValueError) as short:
        st.check_claims(form(), pd.DataFrame({"reporter": ["CHN"]}))
    assert str(short.value).startswith(
        "trade must be from `load_evidence`, got a table without partner, currency,"
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"measure": "share", "partner": "WLD", "unit": "percent"}, "column partner: must be one"),
        ({"measure": "share", "partner": "KAZ", "unit": "percent", "value": "120"},
         "column value: must be between 0 and 100 for share"),
        ({"measure": "ratio", "unit": "times", "value": "1"}, "a period is once itself"),
        ({"measure": "ratio", "unit": "times", "value": "1", "period_start": "2024-05",
          "period_end": "2024-05"}, "a period is once itself"),
        ({"measure": "ratio", "unit": "times", "value": "1", "period_start": "2023",
          "period_end": "2024-05"}, "must be of the length of period_start"),
        ({"measure": "ratio", "unit": "percent", "period_start": "2023"}, "must be times"),
        ({"measure": "growth", "unit": "percent (USD)", "period_start": "2023"},
         "must end at most twelve months"),
        ({"measure": "growth", "unit": "percent (USD)", "value": "-101"},
         "column value: must be -100 or more"),
        ({"value": "-5"}, "column value: must be 0 or more"),
        ({"value": "94,8"}, "column value: must be a number with a decimal point"),
        ({"value": "1_000"}, "column value: must be a number with a decimal point"),
        ({"value": True}, "column value: must be a number with a decimal point"),
        ({"published": pd.Timestamp("2025-02-01", tz="Asia/Shanghai")},
         "column published: must be a day as YYYY-MM-DD"),
        ({"value": "inf"}, "column value: must be a number with a decimal point"),
        ({"partner": "CHN"}, "column partner: must be another economy than the reporter"),
        ({"reporter": "WLD"}, "column reporter: must be one economy"),
        ({"measure": "growth comparison", "flow": "gdp", "partner": "CHN", "unit": "percent",
          "comparison": "2024 above 2023"}, "column value: must be empty"),
        ({"measure": "record", "comparison": "highest so far", "value": None, "unit": "apples"},
         "column unit: must be CNY or USD"),
        ({"measure": "growth comparison", "flow": "gdp", "partner": "CHN", "unit": "percent",
          "value": None, "comparison": "2024 above 2024"}, "one year against another one"),
        ({"measure": "growth comparison", "flow": "gdp", "partner": "CHN", "unit": "percent",
          "value": None, "comparison": "2023 above 2022"}, "must end the calendar year"),
        ({"decimals": "0.5"}, "column decimals: must be a whole number"),
        ({"decimals": "0"}, "column decimals: must be no fewer than the value has"),
        ({"period_start": "2024.0"}, "column period_start: must be a year or a month"),
        ({"period_start": 2024.0}, "column period_start: must be a year or a month"),
        ({"published": "2026"}, "column published: must be a day as YYYY-MM-DD, got '2026'"),
        ({"published": "05/06/2025"}, "column published: must be a day as YYYY-MM-DD"),
        ({"published": 20250605}, "column published: must be a day as YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(evidence, other, said):
    with pytest.raises(ValueError, match="CLAIMS frame breaks") as raised:
        st.check_claims(form(**other), *evidence)
    assert f"row 0, {said}" in str(raised.value) or said in str(raised.value)


def test_days_and_periods_of_a_frame_are_read(evidence):
    text = check(evidence)
    for other in (
        {"published": dt.date(2025, 2, 1)},
        {"published": pd.Timestamp("2025-02-01")},
        {"period_start": 2024, "period_end": np.int64(2024)},
        {"period_start": pd.Period("2024", "Y"), "period_end": pd.Period("2024", "Y")},
        {"period_start": pd.Period("2024Q1"), "period_end": pd.Period("2024Q4")},
        {"value": 94.8},
    ):
        pd.testing.assert_series_equal(check(evidence, **other), text)
    minus = check(
        evidence, measure="growth", partner="UZB", value="\u22121.8", unit="percent (USD)"
    )
    assert minus["claimed"] == pytest.approx(-0.018)


def test_evidence_of_another_kind_is_refused(evidence):
    trade, indicators = evidence
    for wrong, said in (
        (
            trade.assign(period="2024"),
            "trade must hold a Period of a month or a year in column period",
        ),
        (
            trade.assign(period=pd.Period("2024Q1")),
            "trade must hold a Period of a month or a year in column period",
        ),
        (
            trade.assign(period=trade["period"].where(trade.index > 0, pd.NaT)),
            "trade must hold a Period of a month or a year in column period, got NaT",
        ),
        (trade.assign(value=np.nan), "trade must hold known numbers in column value"),
        (
            trade.assign(currency="EUR"),
            r"trade must hold text \(CNY, USD\) in column currency, got 'EUR'",
        ),
        (
            trade.assign(obs_status="Z"),
            r"trade must hold text \(A, P, E, I\) in column obs_status, got 'Z'",
        ),
    ):
        with pytest.raises(ValueError, match=said):
            st.check_claims(form(), wrong, indicators)
    told = st.check_claims(form(), trade.head(0), indicators.head(0))
    assert told["verdict"].tolist() == ["cannot be tested"] * 2
    with pytest.raises(ValueError, match="got a table without obs_status"):
        st.check_claims(form(), trade, indicators.drop(columns="obs_status"))
    with pytest.raises(
        ValueError, match="claims must be a frame such as load_claims gives, got int"
    ):
        st.check_claims(1, trade, indicators)


def sheet(**other: object) -> str:
    """Write two claims as a sheet does."""
    rows = [form(), form(claim="b", statement="Торговля, für 中亚", **other)]
    return pd.concat(rows).to_csv(index=False)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_files_of_every_desk_are_read(tmp_path, encoding, delimiter, end):
    said = pd.concat([form(), form(claim="b", statement="Торговля; für|中亚, \t“so”")])
    text = said.to_csv(index=False, sep=delimiter, lineterminator=end)
    path = tmp_path / "said.csv"
    path.write_bytes(text.encode(encoding))
    if encoding == "gb18030":  # Cyrillic and Chinese stand in pairs of bytes there
        assert st.load_claims(path)["statement"][1].startswith("Торговля; f")
    else:
        assert st.load_claims(path)["statement"].tolist() == said["statement"].tolist()


@pytest.mark.parametrize(
    ("encoding", "statement"),
    [("gbk", "中国与中亚五国贸易额"), ("cp1252", "Handel fürs Jahr — “größer” als geplant, naïve"),
     ("cp1251", "Торговля Китая с Центральной Азией"), ("gb18030", "贸易额：94.8")],
)  # fmt: skip
def test_encodings_of_windows_are_told_apart(tmp_path, encoding, statement):
    path = tmp_path / "said.csv"
    path.write_bytes(form(statement=statement).to_csv(index=False).encode(encoding))
    assert st.load_claims(path)["statement"].tolist() == [statement]


def test_what_sheets_leave_behind_is_read_as_nothing(tmp_path):
    path = tmp_path / "said.csv"
    lines = sheet().replace("claim,statement", "Claim , STATEMENT").replace("period_s", "Period S")
    bare = "," * 12 + "\n"
    hint = "sep=,\n"
    for text in (lines, lines + bare * 2, bare + lines, hint + lines, lines.replace("\n", ",,\n"),
                 lines.replace("\na,", "\n\n a ,")):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        assert st.load_claims(path)["claim"].tolist() == ["a", "b"], text
    frame = pd.concat([form(), form(), form(claim="b")], ignore_index=True)
    frame.loc[1] = None
    assert len(st.check_claims(frame, st.load_trade())) == 4


def test_files_that_cannot_be_read_say_so_in_one_sentence(tmp_path):
    path = tmp_path / "said.csv"
    first = "Trade was so much"
    for content, said in (
        (b"", "is empty: its first line has to name the columns claim, statement"),
        (b"\n ,, \n", "is empty"),
        (sheet().splitlines()[0].encode(), "holds no statement below its header"),
        (sheet().replace(first, f"{first}, again").encode(),
         "line 2: 13 fields where the header has 12 (columns by commas)"),
        (sheet().replace(",equal", "").encode(), "line 2: 11 fields where the header has 12"),
        (sheet().replace(first, f'"{first}').encode(), "fields where the header has 12"),
        (b"x;y\n1;2\n", "got 'x;y' (read as utf-8, columns by semicolons)"),
        (sheet().replace("unit", "value").encode(), "has the column value twice: keep one"),
        (b"PK\x03\x04\x14\x00\x08\x08", "is no text in UTF-8, UTF-16, GB18030"),
    ):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"^claims file 'said\.csv'") as raised:
            st.load_claims(path)
        assert said in str(raised.value)
        assert "\n" not in str(raised.value)


def test_one_fault_of_many_rows_is_said_once(evidence):
    rows = pd.concat([form(claim=f"c{i:02}", partner="KZ" if i else "KAZ") for i in range(25)])
    with pytest.raises(ValueError) as raised:
        st.check_claims(rows, *evidence)
    lines = str(raised.value).splitlines()
    assert len(lines) == 3
    assert lines[0] == "CLAIMS frame breaks 1 rule:"
    assert lines[1].startswith("  24 rows (1, 2, 3, 4, 5, …), column partner: must be ")


@pytest.mark.filterwarnings("ignore:Glyph")  # whose boxes are as wide as the letters
@pytest.mark.parametrize(
    ("words", "length"),
    [("according to the customs office ", 120), ("对外贸易增长", 200), ("W", 900)],
)
def test_long_statements_of_a_newsroom_are_drawn_apart_from_each_other(checked, words, length):
    said = checked["statement"].str.cat([words * 900] * len(checked), sep=" ").str[:length]
    some = checked["claim"].isin(checked["claim"].unique()[:3])
    ax = figures.claim_verdicts(checked.assign(statement=said)[some])
    assert "data-faults" not in canvas.figure_html(ax.figure)


def test_the_sentence_and_the_figure_count_alike(checked):
    sentence = st.claims_held(checked)
    assert sentence.startswith(
        "Of 9 statements 6 held by what was public on their day, 1 did not and 2 could not be "
        "tested; as known now 4 hold (1 by coincidence), 2 do not (“Trade in April 2023 was 50.27 "
        "billion yuan”: 50.10 billion yuan; “Trade with the five was 173.05"
    )
    assert "1 expectation did not come true (“China was expected" in sentence
    assert sentence.endswith("and 2 cannot be tested.")
    turned = checked.assign(verdict="holds", note="")
    assert st.claims_held(turned) == (
        "Of 9 statements 9 held by what was public on their day; as known now 9 hold."
    )
    none = checked.assign(verdict="cannot be tested", note="")
    assert st.claims_held(none) == (
        "Of 9 statements none held by what was public on their day and 9 could not be tested; as "
        "known now none hold and 9 cannot be tested."
    )
    each = checked.assign(verdict=[v for v in VERDICTS for _ in range(3)])
    assert len(figures.claim_verdicts(each).get_legend().get_texts()) == 6
    ax = figures.claim_verdicts(turned)
    title = ax.figure.findobj(lambda a: getattr(a, "get_gid", lambda: "")() == "title")[0]
    assert " 9 held" in title.get_text().replace("\n", " ")
    assert len(tables.claims(checked).data) == 9
    assert len(tables.claim_arithmetic(checked).data) == 18
    assert np.isfinite(checked["rounding"]).all()
