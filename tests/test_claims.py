"""Published claims: values by hand, the bounds of a verdict, no peeking, errors word for word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import silktrade as st
from silktrade import figures, tables
from silktrade.claims import verdict

THEN, NOW = "pseudo-real time", "as known now"
AS_OF = "2026-01-31"


@pytest.fixture(scope="module")
def evidence() -> tuple[pd.DataFrame, pd.DataFrame]:
    return st.load_evidence(as_of=AS_OF)


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


def market() -> pd.Series:
    return st.load_indicator("exchange_rate").set_index("period")["value"]


def months() -> pd.Series:
    trade = st.load_trade(frequency="M", currency="CNY")
    return trade.groupby("period")["value"].sum()


def test_every_bundled_claim_against_a_line_of_pandas(checked):
    known = months()
    dollars = st.load_trade(frequency="M").groupby("period")["value"].sum()
    totals = st.load_totals()
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
        ("year_2022_value", THEN): 70.2e9,
        ("year_2022_value", NOW): totals["2022"],
        ("year_2022_record", THEN): totals["2022"],
        ("year_2022_record", NOW): totals["2022"],
        ("year_2022_hundredfold", THEN): totals["2022"] / totals["1992"],
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
        "china_growth_2024": "does not hold",
        "jan_apr_2023_growth": "cannot be tested",
        "jan_apr_2023_value": "does not hold",
        "jan_apr_2023_value_usd": "holds within rounding",
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
                           f"be {70.2 / 0.46:.1f} times")  # fmt: skip
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


def test_a_year_that_only_equals_is_not_above():
    assert verdict("above", 0.05, 0.05, 0.0) == "does not hold"


def test_rounding_is_half_of_the_last_printed_digit(evidence):
    for value, half in (("94.8", 0.05), ("94.80", 0.005), ("95", 0.5)):
        told = st.check_claims(form(value=value), *evidence).iloc[1]
        assert told["rounding"] == pytest.approx(half * 1e9)
    # 94.82 was printed: right to one decimal and to none, not to two.
    verdicts = [st.check_claims(form(value=v), *evidence)["verdict"].iloc[1]
                for v in ("94.8", "95", "94.80", "94.82")]  # fmt: skip
    assert verdicts == ["holds within rounding"] * 2 + ["does not hold", "holds"]


def test_mirrored_data_turn_verdict_and_words(evidence):
    trade, indicators = evidence
    grown = indicators["indicator"] == "gdp_growth"
    swapped = indicators.assign(value=indicators["value"].where(~grown, 0.1 - indicators["value"]))
    told = st.check_claims(st.load_claims(), trade, swapped)
    assert row(told, "china_growth_2024", NOW)["verdict"] == "holds"
    assert "faster growth" in row(told, "china_growth_2024", NOW)["note"]
    rates = indicators["indicator"] == "exchange_rate"
    turned = indicators.assign(value=indicators["value"].where(~rates, 46 / indicators["value"]))
    note = row(st.check_claims(st.load_claims(), trade, turned), "jan_apr_2023_growth", THEN)[
        "note"
    ]
    assert "the price of a dollar fell" in note
    falling = trade["period"].astype("str").eq("2022") & trade["partner"].eq("CA5")
    low = trade.assign(value=trade["value"].where(~falling, 40e9))
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
    assert told.loc["share", "computed"] == pytest.approx(43.82 / 94.82, rel=1e-9)
    # The dollars of both years as printed.
    assert told.loc["growth", "computed"] == pytest.approx(94.82 / 89.4 - 1, rel=1e-9)
    assert years["2024"] / years["2023"] - 1 == pytest.approx(
        told.loc["growth", "computed"], abs=1e-4
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
        form(claim="g", measure="growth comparison", flow="gdp", unit="percent"),
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
        "  row 6, column comparison: must set one year against another: 2024 above 2023, got "
        "'equal'\n"
        "Correct these rows at their source and validate again."
    )
    with pytest.raises(ValueError, match="column unit: missing"):
        st.check_claims(form().drop(columns="unit"), st.load_trade())
    with pytest.raises(ValueError, match=r"row 0, column partner: must be one of .*, got 'KZ'"):
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
        "trade must have the columns of TRADE, got none named partner,"
    )


def test_the_sentence_and_the_figure_count_alike(checked):
    sentence = st.claims_held(checked)
    assert sentence.startswith("Of 9 statements 6 held by what was public on their day and 4 hold")
    assert "3 do not" in sentence
    assert sentence.endswith("2 cannot be tested.")
    turned = checked.assign(verdict="holds")
    assert "none fails" in st.claims_held(turned)
    ax = figures.claim_verdicts(turned, "China Customs")
    title = ax.figure.findobj(lambda a: getattr(a, "get_gid", lambda: "")() == "title")[0]
    assert " 9 held" in title.get_text().replace("\n", " ")
    assert len(tables.claims(checked).data) == 9
    assert len(tables.claim_arithmetic(checked).data) == 18
    assert np.isfinite(checked["rounding"]).all()
