"""
No public function lets anything raw through, whatever comes in.

For wrong types, orders, repetitions, gaps, infinities, text, zones, other frequencies, missing or
doubled columns and empty frames, each gives a right result or one refusal of our own.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import traceback
import warnings

import doors
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas.io.formats.style import Styler

import silktrade as st
from silktrade.figures.canvas import figure_html

PUBLIC = doors.public()
TAKING = [n for n, f in PUBLIC.items() if doors.inspect.signature(f).parameters]
# A sample for every run, of the same examples; DOORS=40000 tries nearly all, in an hour.
EXAMPLES = int(os.environ.get("DOORS", 250))


MADE = """
import pandas as pd
from silktrade.doors import takes

@takes()
def made(count: int, word: str = "", values: pd.Series | None = None) -> pd.DataFrame:
    return pd.DataFrame()
"""


@pytest.mark.parametrize("evaluated", [True, False])
@pytest.mark.parametrize("wrong", [{"count": "x"}, {"word": 3}, {"values": 5}], ids=str)
def test_annotations_are_held_to_however_they_stand(evaluated, wrong):
    code = MADE if evaluated else "from __future__ import annotations\n" + MADE
    space: dict = {}
    exec(compile(code, "made", "exec", dont_inherit=True), space)
    assert space["made"](1, "x", None).empty
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be"):
        space["made"](**{"count": 1} | wrong)


def test_every_public_function_is_tried():
    assert PUBLIC.keys() == doors.CALLS.keys()


@functools.cache
def right(name):
    """Give arguments that are right, made once."""
    return doors.CALLS[name]()


def kinds(value, made={}):  # noqa: B006 - frames are shared by many functions, and not hashable
    """List what may come instead of a right argument."""
    if id(value) not in made:
        made[id(value)] = value, list(doors.wrongs(value))
    return made[id(value)][1]


def outcome(name, arguments):
    """Call a function quietly; give its result, or the refusal if it is our own."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("error")
        try:
            return doors.called(PUBLIC[name], arguments)
        except (ValueError, FileNotFoundError) as error:
            last = traceback.extract_tb(error.__traceback__)[-1].filename
            assert "/lib/silktrade/" in last or "/lib/presswork/" in last, (last, error)
            return error
        finally:
            plt.close("all")


# Publishers are named in the order of appearance, and bars stand in the order that is given.
ORDERED = ("source_line", "figures.bars")


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_right_passes_and_order_is_no_matter(name):
    assert set(right(name)) == set(doors.inspect.signature(PUBLIC[name]).parameters)
    expected = outcome(name, right(name))
    assert not isinstance(expected, Exception)
    turned = [a for a, value in right(name).items() if timed(value) and name not in ORDERED]
    expected = turned and shown(expected)
    for argument in turned:
        shuffled = right(name)[argument].sample(frac=1, random_state=7)
        assert_same(shown(outcome(name, right(name) | {argument: shuffled})), expected)


@given(some.data())
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
def test_what_is_wrong_is_refused_in_our_words(data):
    name = data.draw(some.sampled_from(TAKING))
    argument = data.draw(some.sampled_from(sorted(right(name))))
    kind, value = data.draw(some.sampled_from(kinds(right(name)[argument])))
    value = value() if isinstance(value, doors.Spoiled) else value
    found = outcome(name, right(name) | {argument: value})
    assert not isinstance(found, Exception) or len(str(found)) > 10, kind


def monthly(frame):
    """Give rows of years as if they were of months."""
    return frame.assign(period=frame["period"].dt.asfreq("M"))


def exports(frame):
    """Leave out what China buys."""
    return frame[frame["flow"] == "export"]


def unsaid(values):
    """Let a series say nothing of itself."""
    return pd.Series(values.to_numpy(), values.index)


@pytest.mark.parametrize(
    ("name", "argument", "change", "said"),
    [
        ("evaluate_projection", "trade", monthly, "must be annual, got monthly"),
        ("figures.reconciled", "own", monthly, "must be annual, got monthly"),
        ("figures.reconciled", "made", monthly, "must be annual"),
        ("tables.partners", "trade", monthly, "must be annual, got monthly"),
        ("tables.partners", "trade", exports, "must have exports and imports, got no import"),
        ("tables.reconciliation", "trade", monthly, "must be annual, got monthly"),
        ("tables.adding_up", "years", monthly, "must be annual, got monthly"),
        ("tell_sides", "trade", exports, "must have exports and imports, got no import"),
        ("tell_growth", "months", unsaid, "must say its currency"),
        ("figures.share_lines", "partner", lambda _: "MNG", "must be one of KAZ"),
        ("figures.share_lines", "totals", lambda wide: wide.iloc[:0], "must hold 1 known"),
        ("figures.fan", "table", lambda table: table.iloc[:0], "must begin after"),
        ("tables.years", "totals", lambda wide: wide.iloc[:, :0], "must be a DataFrame indexed"),
        ("season", "months", lambda _: None, "must be a Series, got None"),
        ("carry_over", "year", lambda _: 20_266, "such as 2024, got 20266"),
        ("project_trade", "year", lambda _: 20_266, "such as 2024, got 20266"),
        ("currency_effect", "cny", lambda _: right("currency_effect")["usd"], "got USD: load it"),
        (
            "currency_effect",
            "cny",
            lambda _: st.load_totals("KAZ", currency="CNY"),
            "cny and usd must be of one partner, got KAZ and CA5",
        ),
        ("latest", "years", lambda _: st.load_totals("KAZ", currency="CNY"), "of one partner"),
        (
            "per_head",
            "population",
            lambda p: p[p["economy"] == "KAZ"].set_index("period")["value"].rename("KAZ"),
            "population must have KGZ, got KAZ",
        ),
        (
            "figures.flows",
            "trade",
            lambda _: right("growth_without")["trade"],
            "must be of one partner, got KAZ, KGZ, TJK, TKM, UZB: keep one",
        ),
        (
            "figures.two_sides",
            "china",
            lambda _: right("figures.flows")["trade"],
            "must be of one flow, got export, import",
        ),
        ("figures.gas_bars", "gas", lambda _: right("figures.flows")["trade"], "of one flow"),
        ("money", "value", lambda _: right("growth")["data"], "known number, got a Series"),
        ("save", "paths", lambda _: ["x.png"], "a picture is of a chart"),
        ("growth", "data", lambda _: right("growth")["data"].reset_index(), "set_index('period')"),
        ("load_trade", "needed", lambda _: "no", "needed must be True or False"),
    ],
)
def test_what_a_function_cannot_use_is_named(name, argument, change, said):
    found = outcome(name, right(name) | {argument: change(right(name)[argument])})
    assert isinstance(found, Exception) and said in str(found), found


def money(value):
    """Tell the currency that an argument is in."""
    told = getattr(value, "attrs", {}).get("currency")
    return value["currency"].iloc[0] if "currency" in getattr(value, "columns", ()) else told


def exchanged(value):
    """Say of an argument that it is in the other currency."""
    other = {"USD": "CNY", "CNY": "USD"}[money(value)]
    value = value.assign(currency=other) if "currency" in getattr(value, "columns", ()) else value
    value = value.copy(deep=False)
    value.attrs = {**value.attrs, "currency": other}
    return value


# Where two currencies are meant, or one that prices and rates have from what they are made of here.
TWO = {
    "deflate": "data prices", "figures.total_trade": "total other", "latest": "years months",
    "project_rate": "market last", "season": "months world", "tables.glance": "months",
    "tables.status": "years months", "tell_growth": "months",
}  # fmt: skip


def test_two_currencies_are_refused_where_one_is_meant():
    accepted = {}
    for name in TAKING:
        given = {a: v for a, v in right(name).items() if money(v)}
        of = [*given, *(["currency"] if "currency" in right(name) else [])]
        if len(of) < 2 or name == "scenario_shifts":  # its currency is that of what is asked for
            continue
        for argument, value in given.items():
            found = outcome(name, right(name) | {argument: exchanged(value)})
            if not isinstance(found, Exception):
                accepted.setdefault(name, []).append(argument)
            else:
                assert "currenc" in str(found) or "must be in" in str(found), found
    assert {name: " ".join(held) for name, held in accepted.items()} == TWO


HOSTILE = "<svg onload=HOSTILE=1>"


def planted(value):
    """Put a hostile text behind the texts of an argument: all at once, and one after another."""
    if isinstance(value, str):
        return [value + HOSTILE]
    if isinstance(value, pd.Series):
        return [value.rename(f"{value.name}{HOSTILE}")]
    if not isinstance(value, pd.DataFrame):
        return []
    spoiled = {c: value[c] + HOSTILE for c in value if value[c].dtype == "str"}
    made = [value.assign(**{str(c): new for c, new in spoiled.items()})]
    made += [value.assign(**{str(c): new}) for c, new in spoiled.items()]
    index = value.index.to_frame()
    made += [value.set_axis(pd.MultiIndex.from_frame(index.assign(**{str(c): index[c] + HOSTILE})))
             for c in index if index[c].dtype == "str"]  # fmt: skip
    return [*made, value.rename(columns=lambda name: f"{name}{HOSTILE}")]


def test_no_figure_or_table_takes_a_text_for_markup(browser):
    """Whoever wrote it: a text of an argument is refused, shown as a text, or not shown."""
    pages = {}
    for name in (n for n in PUBLIC if n.startswith(("figures.", "tables."))):
        call, made = dict(right(name)), None
        for argument, value in call.items():
            for hostile in planted(value):
                with contextlib.suppress(KeyError):  # an unknown code, in a frame of draws
                    found = outcome(name, call | {argument: hostile})
                    if not isinstance(found, Exception):
                        call[argument], made = hostile, found
                        break
        made = outcome(name, call) if made is None else made
        if isinstance(made, plt.Axes):
            pages[name] = figure_html(made.figure)
        elif made.index.is_unique and made.columns.is_unique:  # else pandas refuses
            pages[name] = made.to_html()
    assert [name for name, page in pages.items() if HOSTILE in page] == []
    # Since publishers travel with frames, fewer than before show a text: others, codes and numbers.
    assert sum("onload" in page for page in pages.values()) >= 25
    tab = browser.new_page()
    tab.set_content("\n".join(pages.values()))
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.HOSTILE") is None
    tab.close()


def timed(value):
    """Tell a series, series side by side, or TRADE: what is known by its periods."""
    if isinstance(value, pd.DataFrame):
        return isinstance(value.index, pd.PeriodIndex) or "valuation" in value
    return isinstance(value, pd.Series) and isinstance(value.index, pd.PeriodIndex)


def shown(result):
    """Give what a table or a figure shows; anything else as it is."""
    if isinstance(result, plt.Axes):
        return figure_html(result.figure)
    return result.data if isinstance(result, Styler) else result


def assert_same(found, expected):
    """Compare two results, of whatever kind."""
    assert type(found) is type(expected), found
    if isinstance(expected, tuple):
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    elif isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(found, expected)
    elif isinstance(expected, float):
        assert np.isclose(found, expected, rtol=1e-12)  # sums in another order
    else:
        assert found == expected
