"""
The desk's month, each provider end to end: the command, a server on this machine, the data folder.

What a provider prints is made of the bundled figures, so that it agrees with them as the real one
would; what goes wrong is written by hand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, batch, notebook, refusal
from providers import (
    CHINESE,
    FIVE,
    MARKETS,
    NAMES,
    PINK,
    Customs,
    Line,
    Server,
    bis,
    fred_csv,
    fred_json,
    gdp,
    html,
    imts,
    lines,
    pink,
    plain_json,
    query_csv,
    sdmx,
    serve_preliminary,
    table,
    un_answer,
    un_listed,
    un_row,
    workbook,
    workbook_rows,
    xlsx,
)  # fmt: skip

import silktrade as st
from silktrade import cli, desk
from silktrade.data import derived, revisions, snapshots, vintages

TODAY = "2031-06-19"
Run = Callable[..., str]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Give a data folder of one's own, and no key."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(data))
    monkeypatch.setenv("SILKTRADE_CACHE", str(tmp_path / "cache"))
    for name in ("COMTRADE_API_KEY", "FRED_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return data


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def run(folder, server, monkeypatch, capsys) -> Run:
    """Run a command against the server, on a day; give what it said."""
    state = {"day": TODAY}
    monkeypatch.setattr(desk, "today", lambda: pd.Timestamp(state["day"]))
    monkeypatch.setattr("silktrade.sources.fetch.time.sleep", lambda _: None)
    for name in ("GACC", "COMTRADE", "IMF", "WORLDBANK", "FX"):
        monkeypatch.setenv(f"SILKTRADE_{name}_URL", server.url)

    def command(*arguments: str, day: str = TODAY, status: int = 0) -> str:
        state["day"] = day
        capsys.readouterr()
        assert cli.main([*arguments]) == status
        said = capsys.readouterr()
        return said.out + said.err

    return command


def files(folder: Path) -> dict[str, bytes]:
    """Read everything that a data folder holds, but for what could not be fetched."""
    found = (p for p in folder.rglob("*") if p.is_file() and p.name != "troubles.json")
    return {str(p.relative_to(folder)): p.read_bytes() for p in found}


def dollars(until: str, first: int = 2024, times: float = 1.0) -> dict[tuple[str, str, str], int]:
    """Make the dollars that the customs would print of the yuan that are held."""
    yuan = snapshots.read(snapshots.find("gacc", "partner_monthly"))
    rate = snapshots.read(snapshots.find("gacc", "customs_rate_monthly"))
    rates = rate.set_index("period")["value"]
    out = {}
    for row in yuan[yuan["period"].dt.year.between(2024, 2025)].itertuples():
        month = f"{first + row.period.year - 2024}-{row.period.month:02}"
        if month <= until:
            value = round(row.value / rates[row.period] / 1000 * times)
            out[month, row.partner, row.flow] = value
    return out


@pytest.fixture
def customs(server, folder) -> Customs:
    """Serve the years 2024 and 2025 of the customs, from January 2024 to October 2025."""
    made = Customs(dollars("2025-12"))
    made.serve(server, "2025-10")
    return made


DAY, NEXT = "2031-05-19", "2031-06-19"  # the 18th is the day of the bulletin


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Name a place for the data folder that `refreshed` leaves to the tests after the first."""
    return tmp_path_factory.mktemp("kept") / "data"


@pytest.fixture
def refreshed(run, customs, folder, kept) -> None:
    """Have the customs read once, on `DAY`: what most of these tests begin with."""
    if not kept.exists():
        run("refresh", "gacc", day=DAY)
        shutil.copytree(folder, kept)
    else:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)


def month_of(folder: Path, day: str, dataset: str = "partner_monthly_usd") -> pd.DataFrame:
    """Read a vintage's rows."""
    return pd.read_csv(folder / "gacc" / day / f"{dataset}.csv")


# The customs ----------------------------------------------------------------------------


def test_the_first_refresh_of_the_customs(run, customs, folder, server):
    customs.first = "2024-01"
    customs.serve(server, "2025-10")
    said = run("refresh", "gacc", day=DAY)
    assert "gacc       gacc/partner_monthly_usd: the first vintage" in said
    rows = month_of(folder, DAY)
    assert len(rows) == 22 * 12  # this year and the last, five partners and the world
    assert rows["period"].min() == "2024-01"
    kaz = rows.query("partner == 'KAZ' and flow == 'export' and period == '2025-10'")
    assert kaz["value"].item() == customs.values["2025-10", "KAZ", "export"] * 1000
    assert set(rows["obs_status"]) == {"P"}
    assert rows.query("period == '2025-01'")["released"].unique() == ["2025-03-20"]
    assert "ok      gacc/2031-05-19/partner_monthly_usd" in run("check", day=DAY)
    assert "partner_monthly_usd" in (folder / "README.md").read_text()


def test_a_second_refresh_finds_nothing_new_and_writes_nothing(refreshed, run, customs, folder):
    before = files(folder)
    said = run("refresh", "gacc", day=NEXT)
    assert "nothing new, 2031-05-19 stays in use" in said
    assert files(folder) == before


def test_a_new_month_arrives_and_two_old_values_are_revised(
    refreshed, run, customs, folder, server
):
    before = files(folder)
    customs.values["2025-07", "KAZ", "export"] -= 9000
    customs.values["2025-07", "TJK", "import"] = round(
        customs.values["2025-07", "TJK", "import"] * 0.982
    )
    customs.serve(server, "2025-11")
    said = run("refresh", "gacc", day=NEXT)
    assert (
        "2025-11 is new; 2 of 72 values revised, at most -1.8 % (CHN TJK import TOTAL 2025-07)"
        in said
    )
    after = files(folder)
    kept = {k: v for k, v in before.items() if k != "README.md"}
    assert {k: after[k] for k in kept} == kept  # no older file was touched
    rows = month_of(folder, NEXT)
    assert len(rows) == 7 * 12
    moved = revisions.revisions("gacc", "partner_monthly_usd")
    assert len(moved) == 2
    assert moved["change"].min() == pytest.approx(-0.018, abs=1e-3)


def test_printed_dollars_come_first_and_the_others_are_converted(run, customs, folder):
    before = st.load_trade(frequency="M", currency="USD", partners="KAZ", flows="export")
    run("refresh", "gacc", day=DAY)
    after = st.load_trade(frequency="M", currency="USD", partners="KAZ", flows="export")
    status = after.set_index("period")["obs_status"]
    assert status["2025-10"] == "P"  # as printed
    assert status["2024-10"] == "E"  # converted
    assert after["period"].tolist() == before["period"].tolist()
    ratio = after["value"] / before["value"]
    assert ratio.between(0.999, 1.001).all()
    yuan = st.load_trade(frequency="M", currency="CNY", partners="KAZ", flows="export")
    assert set(yuan["obs_status"]) == {"E", "P"}  # of 2023, and as printed


def test_months_in_dollars_alone_are_there_in_dollars_and_named_in_yuan(run, server, capsys):
    month = next_month()
    site = Customs(dollars("2099-12", 2024 + int(month[:4]) - 2025), first=month)
    site.serve(server, month)
    said = run("refresh", "gacc")
    assert f"yuan of {month} are not on the English site" in said
    assert "it has dollars only" in said
    in_dollars = st.load_trade(frequency="M", currency="USD")
    assert str(in_dollars["period"].max()) == month
    in_yuan = st.load_trade(frequency="M", currency="CNY")
    assert str(in_yuan["period"].max()) < month
    assert in_yuan.attrs["left_out"][-1] == month
    capsys.readouterr()
    st.dated(TODAY, in_yuan)  # what a page of yuan says of where its figures end
    dated = capsys.readouterr().out
    assert dated.startswith(f"Data to {pd.Period(month):%B %Y} · ")
    assert dated.count(" · ") == 2  # no partner is late: all end where yuan do
    assert dated.strip().endswith(f" · yuan to {in_yuan['period'].max():%B %Y}")


def test_the_year_to_date_is_there_in_both_currencies(run, customs, folder):
    assert st.load_year_to_date(currency="USD").empty
    run("refresh", "gacc", day=DAY)
    found = st.load_year_to_date(partners="KAZ", currency="USD").set_index(["flow", "period"])
    own = [customs.values[f"2025-{m:02}", "KAZ", "export"] for m in range(1, 11)]
    assert found.loc[("export", "2025-10"), "value"].item() == sum(own) * 1000
    yuan = st.load_year_to_date(partners="KAZ").set_index(["flow", "period"])["growth"]
    assert abs(found.loc[("export", "2025-10"), "growth"] - yuan["export", "2025-10"]) < 0.03


def test_the_market_rate_goes_on_where_the_federal_reserve_ends(run, server, folder):
    server.answers["/api/v2/data"] = bis(rates() | {"2031-05": 7.01})
    run("refresh", "fx")
    found = st.load_indicator("exchange_rate", frequency="M").set_index("period")
    assert found.loc["2031-05", "source"] == "bis"
    assert set(found.loc[:"2026-06", "source"]) == {"fed"}


def test_dry_run_says_the_same_and_writes_nothing(run, customs, folder):
    before = files(folder)
    assert "would write gacc/2031-05-19/partner_monthly_usd: 72 rows" in run(
        "refresh", "gacc", "--dry-run", day=DAY
    )
    assert files(folder) == before


def test_in_january_last_years_november_is_still_read(run, customs, folder, server):
    customs.newest = 2026
    customs.serve(server, "2025-11")
    said = run("refresh", "gacc", day=DAY)
    assert "the first vintage" in said
    assert month_of(folder, DAY)["period"].max() == "2025-11"


def test_a_month_read_a_day_before_the_rule_was_public_that_day_and_stays_so(run, folder, server):
    site = Customs(dollars("2099-12", first=2030), first="2031-02")
    site.serve(server, "2031-04")
    run("refresh", "gacc", day=DAY)
    assert month_of(folder, DAY).query("period == '2031-04'")["released"].unique() == [DAY]
    site.serve(server, "2031-05")
    run("refresh", "gacc", day="2031-06-20")
    rows = month_of(folder, "2031-06-20")
    assert rows.query("period == '2031-04'")["released"].unique() == [DAY]
    assert rows.query("period == '2031-05'")["released"].unique() == ["2031-06-20"]


def test_since_reads_further_back(run, customs, folder):
    run("refresh", "gacc", "--since", "2025-08", day=DAY)
    assert month_of(folder, DAY)["period"].min() == "2025-08"
    run("refresh", "gacc", "--since", "2024-02", day=NEXT)
    assert month_of(folder, NEXT)["period"].min() == "2025-05"


def test_a_partner_beyond_the_five_is_read_and_then_kept(run, customs, folder, server):
    names = NAMES | {"MNG": "Mongolia"}
    for month in sorted({m for m, _, _ in customs.values}):
        more = customs.lines(month) | {"MNG": Line("500", "5,000", "900", "9,000")}
        if month.endswith("-01"):
            more["MNG"] = Line("500", "500", "900", "900")
        customs.pages[month] = table(month, more, names=names)
    customs.serve(server, "2025-10")
    run("refresh", "gacc", "--partner", "MNG", day=DAY)
    assert "MNG" in set(month_of(folder, DAY)["partner"])
    customs.serve(server, "2025-11")
    run("refresh", "gacc", day=NEXT)
    assert len(month_of(folder, NEXT).query("partner == 'MNG' and period == '2025-11'")) == 2


def spoil(customs: Customs, server: Server, month: str, **options: object) -> None:
    """Serve one bad page among good ones."""
    rows = options.pop("rows", customs.lines(month))
    shown = str(options.pop("shown", month))
    customs.pages[month] = table(shown, rows, **options)
    customs.serve(server, "2025-11")


def another_growth(customs: Customs, server: Server) -> None:
    """Serve a November whose growth does not lead to last year's."""
    customs.first = "2024-11"
    spoil(customs, server, "2025-11", rows=customs.lines("2025-11") | {"UZB": lines()["UZB"]})


def gone(customs: Customs, server: Server) -> None:
    """Serve no table at all."""
    pages = [path for path in server.answers if path.startswith("/Statics/")]
    server.answers.update({path: (404, {}, b"") for path in pages})


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda c, s: spoil(c, s, "2025-11", fillers=100), "cut off"),
        (lambda c, s: spoil(c, s, "2025-11", shown="2025-10"), "its title says 10.2025"),
        (lambda c, s: spoil(c, s, "2025-11", unit="US$10,000"), "found US$10,000"),
        (another_growth, "by its growth last year's window"),
        (lambda c, s: spoil(c, s, "2025-11", rows={p: v for p, v in c.lines("2025-11").items()
                                                   if p != "UZB"}), "Uzbekistan is missing"),
        (lambda c, s: s.answers.update({"/statics/report/monthly.html": html("<script>412")}),
         "a list of years, found none"),
        (lambda c, s: s.answers.update({"/statics/report/monthly.html": (412, {}, b"")}),
         "refuses programs"),
        (gone, "status 404"),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_the_old_vintage_in_use(
    refreshed, run, customs, folder, server, bad, says
):
    before = files(folder)
    bad(customs, server)
    said = run("refresh", "gacc", day=NEXT)
    assert says in said
    assert "stays in use" in said
    assert files(folder) == before


def test_yuan_in_place_of_dollars_are_named(run, customs, folder, server):
    yuan = Customs({k: round(v * 7.1) for k, v in customs.values.items()})
    yuan.serve(server, "2025-10")
    before = files(folder)
    assert "expected dollars" in run("refresh", "gacc", day=DAY)
    assert files(folder) == before


@pytest.mark.parametrize(
    ("times", "says"), [(1000, "multiplied by 1,000"), (0.1, "looks like tens")]
)
def test_another_unit_is_named(refreshed, run, customs, folder, server, times, says):
    before = files(folder)
    other = Customs({k: round(v * times) for k, v in customs.values.items()})
    other.serve(server, "2025-10")
    said = run("refresh", "gacc", day=NEXT)
    # The dollars are held to the yuan first, then to the dollars that are held.
    assert "expected dollars" in said or says in said
    assert files(folder) == before


def test_a_value_that_turns_to_nothing_is_a_lost_key(refreshed, run, customs, folder, server):
    before = files(folder)
    rows = customs.lines("2025-05")
    line = rows["TJK"]
    rows["TJK"] = Line(line.export, line.export_sum, "-", line.import_sum, line.growth)
    spoil(customs, server, "2025-05", rows=rows)
    assert "1 of the 72 keys of 2031-05-19 are missing: CHN TJK import TOTAL 2025-05" in run(
        "refresh", "gacc", day=NEXT
    )
    assert files(folder) == before


def with_hidden_exports(customs):
    """Write the lines of May as a page does whose column is too narrow for one of them."""
    rows = customs.lines("2025-05")
    line = rows["KAZ"]
    total = f"{int(line.export.replace(',', '')) + int(line.imports.replace(',', '')):,}"
    rows["KAZ"] = Line("#####", line.export_sum, line.imports, line.import_sum, line.growth, total)
    return rows


def test_a_value_that_is_hidden_keeps_what_was_held(refreshed, run, customs, folder, server):
    rows = with_hidden_exports(customs)
    spoil(customs, server, "2025-05", rows=rows)
    said = run("refresh", "gacc", day=NEXT)
    assert "hidden (####)" in said
    now = month_of(folder, NEXT).query("partner == 'KAZ' and period == '2025-05'")
    was = month_of(folder, DAY).query("partner == 'KAZ' and period == '2025-05'")
    assert now["value"].tolist() == was["value"].tolist()


def test_what_a_page_hides_is_read_from_its_workbook(refreshed, run, customs, folder, server):
    rows = with_hidden_exports(customs)
    server.answers["/Excel/"] = workbook(table("2025-05", customs.lines("2025-05")))
    spoil(customs, server, "2025-05", rows=rows)
    said = run("refresh", "gacc", day=NEXT)
    assert "what the page hides (####) is read from its workbook" in said
    assert "left out" not in said
    now = month_of(folder, NEXT).query("partner == 'KAZ' and period == '2025-05'")
    assert now["value"].iloc[0] == customs.values["2025-05", "KAZ", "export"] * 1000
    other = customs.lines("2025-05") | {"KAZ": Line("1", "9", "1", "9")}
    for book in (workbook(table("2025-05", other)), html("<script>412</script>"), (404, {}, b"")):
        server.answers["/Excel/"] = book
        said = run("refresh", "gacc", "--dry-run", day="2031-06-20")
        assert "export is hidden (####) and left out" in said
        assert any(t in said for t in ("another print", "a page without one", "status 404"))


def test_the_preliminary_rate_converts_what_is_held_in_one_currency(run, server, folder):
    month, ends = next_month(), derived.newest("gacc", "customs_rate_monthly")["period"].max()
    later = str(pd.Period(month) + 2)
    site = Customs(dollars("2099-12", 2024 + int(month[:4]) - 2025), first=month)
    site.serve(server, later)
    months = [str(m) for m in pd.period_range(ends + 1, later, freq="M") if m.month != 1]
    totals = {m: (5000.0 + i, 35000.0 + 7 * i) for i, m in enumerate(months[:-1])}
    totals[later] = (6000.0, 42600.0)
    between = totals.pop(str(pd.Period(month) + 1))
    serve_preliminary(server, totals)
    assert "gacc/preliminary_rate: the first vintage" in run("refresh", "gacc")
    waits = st.load_trade(frequency="M", currency="CNY").attrs["left_out"]
    assert waits == [str(pd.Period(month) + 1), later]  # for the rate of the month between
    serve_preliminary(server, totals | {waits[0]: between})
    run("refresh", "gacc", "--replace-today")
    both = [
        st.load_trade(frequency="M", currency=c).set_index(["partner", "flow", "period"])
        for c in ("CNY", "USD")
    ]
    for period, rate, printed in ((month, 7.0, 1), (later, 7.1, 1), (str(ends + 1), 7.0, 0)):
        key = ("KAZ", "export", pd.Period(period))
        yuan, usd = (frame.loc[key] for frame in both)
        assert yuan["value"] == pytest.approx(rate * usd["value"])
        assert [yuan["obs_status"], usd["obs_status"]] == (["E", "P"] if printed else ["P", "E"])
    assert "failed" not in run("check")
    before, asked = files(folder), len(server.asked)
    run("refresh", "gacc", day="2031-06-20")
    assert files(folder) == before
    assert not [a for a in server.asked[asked:] if "preliminary" in a.path]


def test_a_vintage_is_a_day(refreshed, run, customs, folder, server):
    before = files(folder)
    customs.serve(server, "2025-11")
    assert "a vintage is a day" in run("refresh", "gacc", day=DAY)
    assert files(folder) == before
    run("refresh", "gacc", "--replace-today", day=DAY)
    assert month_of(folder, DAY)["period"].max() == "2025-11"


# A file downloaded by hand --------------------------------------------------------------


def yuan_lines(month: str, times: float = 1.0) -> dict[str, Line]:
    """Make the lines of a month in ten thousand yuan, a year after those that are held."""
    held = snapshots.read(snapshots.find("gacc", "partner_monthly")).set_index(
        ["partner", "flow", "period"]
    )["value"]
    made = {}
    for partner in NAMES:
        cells = []
        for flow in ("export", "import"):
            until = pd.period_range(f"{int(month[:4]) - 1}-01", pd.Period(month) - 12, freq="M")
            own = [held[partner, flow, m] * times / 1e4 for m in until]
            cells += [f"{own[-1]:,.4f}", f"{sum(own):,.4f}"]
        total = [sum(float(c.replace(",", "")) for c in cells[i::2]) for i in (0, 1)]
        made[partner] = Line(*cells, ("1.0", "0.0", "0.0"), *(f"{t:,.4f}" for t in total))
    return made


def scaled(line: Line, times: float) -> Line:
    """Multiply a line's exports."""
    plain = [float(c.replace(",", "")) for c in (line.export, line.export_sum,
                                                 line.imports, line.import_sum)]  # fmt: skip
    cells = [plain[0] * times, plain[1] * times, *plain[2:]]
    total = [cells[0] + cells[2], cells[1] + cells[3]]
    return Line(*(f"{c:,.4f}" for c in cells), line.growth, *(f"{t:,.4f}" for t in total))


def next_month() -> str:
    """Give the first month of which no yuan are held."""
    return str(snapshots.read(snapshots.find("gacc", "partner_monthly"))["period"].max() + 1)


def test_a_workbook_brings_the_yuan_of_a_month(run, folder, tmp_path):
    month = next_month()
    file = tmp_path / "table.xls"
    file.write_bytes(xlsx(workbook_rows(month, yuan_lines(month))))
    said = run("refresh", "gacc", "--file", str(file))
    assert f"gacc/partner_monthly: {month} is new; none of" in said
    assert month_of(folder, TODAY, "partner_monthly")["period"].max() == month
    assert month_of(folder, TODAY, "partner_year_to_date")["period"].max() == month
    assert "failed" not in run("check")


def test_a_workbook_in_another_unit_is_refused(run, folder, tmp_path):
    month = next_month()
    file = tmp_path / "table.xls"
    file.write_bytes(xlsx(workbook_rows(month, yuan_lines(month, times=1e4))))
    before = files(folder)
    said = run("refresh", "gacc", "--file", str(file), status=1)
    assert "looks like it was multiplied by 10,000" in said
    assert files(folder) == before


def test_two_tables_of_different_months_make_no_rate(run, folder, tmp_path, customs, server):
    month = next_month()
    ahead = int(month[:4]) - 2025
    later = Customs(dollars("2099-12", 2024 + ahead), first=month)
    later.serve(server, month)
    run("refresh", "gacc", day=TODAY)
    right = tmp_path / "table.xls"
    wrong = {p: scaled(v, f) for f, (p, v) in zip(
        (1.3, 0.7, 1.2, 0.8, 1.1, 0.9), yuan_lines(month).items(), strict=True)}  # fmt: skip
    right.write_bytes(xlsx(workbook_rows(month, wrong)))
    before = files(folder)
    said = run("refresh", "gacc", "--file", str(right), day="2031-06-20", status=1)
    assert "by no single rate" in said
    assert files(folder) == before


def test_both_currencies_of_a_month_give_its_rate(run, folder, tmp_path, server):
    month = next_month()
    later = Customs(dollars("2099-12", 2024 + int(month[:4]) - 2025), first=month)
    later.serve(server, month)
    run("refresh", "gacc")
    file = tmp_path / "table.xls"
    file.write_bytes(xlsx(workbook_rows(month, yuan_lines(month))))
    run("refresh", "gacc", "--file", str(file))
    rates = snapshots.read(snapshots.find("gacc", "customs_rate_monthly")).set_index("period")
    now, was = rates.loc[pd.Period(month)], rates.loc[pd.Period(month) - 12]
    assert now["obs_status"] == "A"
    assert now["value"] == pytest.approx(was["value"], rel=1e-4)
    assert "failed" not in run("check")


def test_a_csv_of_the_query_site_is_held_in_chapters_flow_by_flow(run, tmp_path):
    file, kazakh = tmp_path / "a.csv", CHINESE["KAZ"]
    lines = [("203105", "27090000", kazakh, "1,000"), ("203105", "27101299", kazakh, "2,500"),
             ("203105", "84099199", kazakh, "77")]  # fmt: skip
    file.write_text(query_csv(lines), encoding="utf-8-sig")
    for flow, day in {"export": "2031-06-20", "import": "2031-06-21"}.items():
        said = run("refresh", "gacc", "--file", str(file), "--flow", flow, day=day)
        assert f"{day}/partner_chapters_monthly_usd: " in said
    # Within a day a dry run refuses what a run refuses.
    file.write_text(query_csv([*lines[:2], (*lines[2][:3], "78")]), encoding="utf-8-sig")
    change = ("refresh", "gacc", "--file", str(file), "--flow", "import")
    for how in (["--dry-run"], []):
        assert "come again tomorrow" in run(*change, *how, day="2031-06-21", status=1)
    file.write_text(query_csv(lines), encoding="utf-8-sig")
    held = snapshots.read(snapshots.find("gacc", "partner_chapters_monthly_usd"))
    assert held.groupby(["flow", "product"])["value"].sum().to_dict() == {
        ("export", "27"): 3500, ("export", "84"): 77, ("import", "27"): 3500, ("import", "84"): 77,
    }  # fmt: skip
    again = run("refresh", "gacc", "--file", str(file), "--flow", "import", day="2031-06-22")
    assert "nothing new" in again
    assert "failed" not in run("check")


def test_files_and_names_that_make_no_sense(run, tmp_path):
    csv = tmp_path / "a.csv"
    csv.write_text("数据年月\n")
    assert "add --flow export" in run("refresh", "gacc", "--file", str(csv), status=2)
    assert "--file must name a file" in run("refresh", "gacc", "--file", "/nowhere", status=2)
    assert "--file is of the customs or of the UN" in run(
        "refresh", "imf", "--file", str(csv), status=2
    )
    assert "--since must be a month" in run("refresh", "--since", "2018", status=2)
    assert "provider must be one of" in run("refresh", "oecd", status=2)
    assert "--base-url must be NAME=URL" in run("refresh", "--base-url", "gacc", status=2)
    assert "partner must be an ISO 3166-1" in run("refresh", "--partner", "XYZ", status=2)


# The United Nations ---------------------------------------------------------------------


class Nations:
    """UN Comtrade: what reporters have sent in, and the rows of it."""

    def __init__(self, server: Server) -> None:
        self.listed: dict[tuple[str, str], int] = {}
        self.values: dict[tuple[str, str, str, str], float] = {}
        self.silent: set[tuple[str, str]] = set()
        server.answers["/public/v1/getDa"] = self.availability
        server.answers["/public/v1/preview"] = self.figures
        server.answers["/data/v1/get"] = self.figures

    def report(self, reporter: str, period: str, checksum: int = 1, value: float = 5e9) -> None:
        """Let a reporter send in a period."""
        self.listed[reporter, period] = checksum
        partners = FIVE if reporter == "CHN" else ("CHN",)
        for partner in partners:
            for flow in "XM":
                self.values[reporter, partner, flow, period] = value

    def availability(self, request):
        """Answer getDa."""
        letter = request.path.split("/")[-2]
        width = {"A": 4, "M": 6}[letter]
        rows = [un_listed(r, p, c) for (r, p), c in self.listed.items()
                if str(un_listed(r, p)["reporterCode"]) == request.query["reporterCode"]
                and len(p) == width]  # fmt: skip
        return un_answer(rows)

    def figures(self, request):
        """Answer figures, in chapters where they are asked for."""
        asked = request.query
        rows = []
        for (r, p, f, period), value in self.values.items():
            row = un_row(r, p, f, period, value)
            wanted = (str(row["reporterCode"]) == asked["reporterCode"]
                      and str(row["partnerCode"]) in asked["partnerCode"].split(",")
                      and f in asked["flowCode"].split(",") and period in asked["period"].split(",")
                      and (r, period) not in self.silent)  # fmt: skip
            if wanted and asked["cmdCode"] == "TOTAL":
                rows.append(row)
            elif wanted:
                basis = "fobvalue" if f == "X" else "cifvalue"
                rows += [row | {"cmdCode": c, "primaryValue": value / 2, basis: value / 2}
                         for c in ("27", "84")]  # fmt: skip
        return un_answer(rows)


@pytest.fixture
def nations(server, folder) -> Nations:
    return Nations(server)


def un_file(folder: Path, dataset: str, day: str = TODAY) -> pd.DataFrame:
    return pd.read_csv(folder / "comtrade" / day / f"{dataset}.csv", dtype={"product": str})


def test_comtrade_adds_what_was_reported(run, nations, folder):
    held = snapshots.read(snapshots.find("comtrade", "partner_reported"))
    value = held.query("reporter == 'UZB' and flow == 'export'").iloc[-1]["value"]
    nations.report("UZB", "2030", value=value)
    nations.report("CHN", "203103")
    said = run("refresh", "comtrade")
    assert "comtrade/partner_reported: 2030 is new" in said
    assert "KAZ, KGZ, TJK, TKM: nothing since 2028" in said
    rows = un_file(folder, "partner_reported")
    assert len(rows) == len(held) + 2
    assert rows.query("period == 2030")["released"].unique() == ["2025-06-01"]
    chapters = un_file(folder, "partner_chapters").query("reporter == 'UZB'")
    assert set(chapters["product"]) == {"27", "84"}
    months = un_file(folder, "china_reported_monthly")
    assert set(months["partner"]) == set(FIVE)
    assert "failed" not in run("check")


def test_a_partner_on_request_is_fetched_read_grown_and_projected(run, nations, folder):
    assert "refresh comtrade --partner MNG" in refusal(st.load_trade, partners="MNG")
    for year in range(2025, 2031):
        nations.report("CHN", str(year))
        for flow, share in (("X", 0.4), ("M", 0.6)):
            nations.values["CHN", "MNG", flow, str(year)] = share * 1e9 * 1.1 ** (year - 2025)
    for month in range(1, 6):
        nations.report("CHN", f"2031{month:02}")
        for flow in "XM":
            nations.values["CHN", "MNG", flow, f"2031{month:02}"] = 2e8
    run("refresh", "comtrade", "--partner", "MNG", "--since", "2025-01")
    trade = st.load_trade(partners="MNG")
    assert st.growth(trade)["growth"].round(9).unique().tolist() == [0.1]
    assert st.load_totals("MNG")["2030"].round(-3) == round(1e9 * 1.1**5, -3)
    months = st.load_trade(partners="MNG", frequency="M")
    assert months["value"].unique().tolist() == [2e8]
    assert set(months["source"]) == {"comtrade"}
    paths = st.project_trade(2031, partners="MNG", draws=100)
    assert (st.trade_with(paths, "MNG")["value"] > 2e9).all()  # what five months have brought
    assert "failed" not in run("check")
    nations.report("CHN", "203106")  # once fetched, a partner is asked for without being named
    for flow in "XM":
        nations.values["CHN", "MNG", flow, "203106"] = 3e8
    run("refresh", "comtrade", day="2031-07-19")
    assert st.load_totals("MNG", frequency="M")["2031-06"] == 6e8


def test_nothing_is_asked_while_no_checksum_changes(run, nations, folder, server):
    nations.report("UZB", "2030", value=3e9)
    run("refresh", "comtrade")
    server.asked.clear()
    before = files(folder)
    assert "nothing new" in run("refresh", "comtrade", day="2031-06-20")
    assert {a.path.split("/")[3] for a in server.asked} == {"getDa"}
    assert files(folder) == before
    nations.report("UZB", "2030", checksum=2, value=3.03e9)
    assert "2 of " in run("refresh", "comtrade", day="2031-06-21")


def test_listed_and_empty_is_refused(run, nations, folder):
    nations.report("UZB", "2030", value=3e9)
    nations.silent.add(("UZB", "2030"))
    before = files(folder)
    said = run("refresh", "comtrade")
    assert "UZB 2030 is listed as available, and the answer is empty" in said
    assert files(folder) == before


def test_what_is_wrong_at_the_source_is_left_out(run, nations, folder):
    nations.report("KAZ", "2021", value=1e9)
    assert "nothing new" in run("refresh", "comtrade", "--since", "2015-01")


def test_a_full_answer_is_asked_in_halves(run, nations, folder, server, monkeypatch):
    for month in range(1, 13):
        nations.report("CHN", f"2030{month:02}")
    whole = nations.figures

    def full(request):
        status, headers, body = whole(request)
        if len(request.query["period"].split(",")) > 3 and request.query["cmdCode"] == "TOTAL":
            row = un_row("CHN", "KAZ", "X", "203001", 1.0)
            return un_answer([row] * 500)
        return status, headers, body

    server.answers["/public/v1/preview"] = full
    run("refresh", "comtrade")
    assert len(un_file(folder, "china_reported_monthly")) == 5 * 2 * 12


def test_a_bulk_file_brings_both_sides_in_totals_and_chapters(run, folder, tmp_path):
    from test_bulk import others, wanted, written

    file = written(tmp_path / "month.txt.gz", wanted() + others(500))
    run("refresh", "comtrade", "--file", str(file))
    assert len(un_file(folder, "china_reported_monthly")) == 10
    assert set(un_file(folder, "partner_chapters_monthly")["reporter"]) == set(FIVE) - {"TKM"}
    assert "failed" not in run("check")


def test_two_rows_for_a_key_are_refused(run, nations, folder, server):
    nations.report("CHN", "2030")
    row = un_row("CHN", "KAZ", "X", "2030", 1.0)
    server.answers["/public/v1/preview"] = un_answer([row, row])
    assert "2 rows for 1 keys" in run("refresh", "comtrade")


def test_the_key_is_sent_and_stands_nowhere(run, nations, folder, server, monkeypatch, tmp_path):
    monkeypatch.setenv("COMTRADE_API_KEY", "SECRET123")
    nations.report("CHN", "203001")
    said = run("refresh", "comtrade")
    sent = [a for a in server.asked if "SECRET123" in a.headers.values()]
    assert sent
    assert all(a.path.startswith(("/data/v1/get", "/public/v1/getDa")) for a in sent)
    assert "chapters_monthly" in said
    monkeypatch.setenv("SILKTRADE_COMTRADE_URL", "http://127.0.0.1:9")
    said += run("refresh", "comtrade", day="2031-06-20")
    assert "not reached" in said
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert "SECRET123" not in said
    assert b"SECRET123" not in written


# The IMF --------------------------------------------------------------------------------


def test_the_imf_in_months(run, server, folder):
    months = {str(m): 1e9 for m in pd.period_range("2000-01", "2031-02", freq="M")}
    path = "/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/"
    xml = {"Content-Type": "application/vnd.sdmx.structurespecificdata+xml"}
    server.answers[f"{path}CHN"] = (200, xml, sdmx(imts(("CHN",), FIVE, months)))
    server.answers[f"{path}KAZ"] = (200, xml, sdmx(imts(FIVE, ("CHN",), months)[:9]))
    said = run("refresh", "imf")
    assert "imf/trade_monthly: the first vintage" in said
    assert "refused: IMF: expected 10 series, found 9" in said  # the mirror
    assert "status 404" in said  # the Outlook
    rows = pd.read_csv(folder / "imf" / TODAY / "trade_monthly.csv")
    assert len(rows) == 10 * len(months)
    assert rows["released"].max() <= TODAY
    trade = st.load_trade(frequency="M", partners="KAZ", flows="export", source="imf")
    assert trade["period"].astype(str).tolist() == list(months)
    assert trade["value"].unique().tolist() == [1e9]
    yuan = st.load_trade(frequency="M", currency="CNY", partners="KAZ", source="imf")
    assert set(yuan["obs_status"]) == {"E"}
    assert set(st.load_trade(frequency="M")["source"]) == {"gacc"}
    years = refusal(st.load_trade, source="fed")
    assert years == "source must be one of gacc, imf, comtrade, got 'fed'"
    assert "refresh imf" in refusal(st.load_trade, frequency="M", reporter="KAZ")
    server.answers[f"{path}KAZ"] = (200, xml, sdmx(imts(FIVE, ("CHN",), months)))
    run("refresh", "imf", day="2031-06-20")
    mirror = st.load_trade(frequency="M", reporter="KAZ", flows="import")
    assert mirror["value"].unique().tolist() == [1e9]
    assert len(mirror) == len(months)


def outlook(growth: float = 3.0, on: int = 1) -> bytes:
    """Make an edition of the one that is held, a year on or not."""
    held = snapshots.read(snapshots.find("imf", "world_economic_outlook"))
    names = {"gdp_growth": "NGDP_RPCH", "gdp_usd": "NGDPD", "inflation": "PCPIPCH",
             "import_volume_growth": "TMG_RPCH", "export_volume_growth": "TXG_RPCH",
             "population": "LP"}  # fmt: skip
    series = []
    for (economy, indicator), rows in held.groupby(["economy", "indicator"]):
        key = {"COUNTRY": economy, "INDICATOR": names[indicator], "FREQUENCY": "A",
               "LATEST_ACTUAL_ANNUAL_DATA": "2025"}  # fmt: skip
        percent = 100 if rows["unit"].iloc[0] == "fraction" else 1
        values = [{"TIME_PERIOD": str(r.period), "OBS_VALUE": repr(r.value * percent)}
                  for r in rows.itertuples()]  # fmt: skip
        last = int(str(rows["period"].max())) + 1
        more = [{"TIME_PERIOD": str(last), "OBS_VALUE": repr(growth)}] if percent == 100 else []
        series.append((key, [*values, *more[:on]]))
    return sdmx(series)


def test_an_edition_of_the_outlook_is_kept_under_its_own_day(run, server, folder):
    path = "/external/sdmx/2.1/data/IMF.RES,WEO/"
    server.answers[path] = (200, {}, outlook())
    assert "wrote imf/2031-04-14/world_economic_outlook" in run("refresh", "imf")
    before = files(folder)
    assert "nothing new, 2031-04-14 stays in use" in run("refresh", "imf", day="2031-06-20")
    told = st.load_outlooks(economies="CHN")  # the archive goes on with what was fetched
    assert "2031-04" in set(told["edition"].astype(str))
    day = st.load_outlooks(economies="CHN", as_of="2031-04-13")
    pd.testing.assert_frame_equal(day, told[told["edition"] < "2031-04"].reset_index(drop=True))
    assert files(folder) == before
    assert "failed" not in run("check")


def test_a_past_edition_of_the_outlook_is_fetched_by_its_month(run, server, folder):
    path = "/external/sdmx/2.1/data/IMF.RES,WEO_2024_OCT_VINTAGE/"
    past = outlook(on=0).replace(b"2031-04-14", b"2024-10-22")
    server.answers[path] = (200, {}, past)
    assert "2024-10" not in set(st.load_outlooks(economies="CHN")["edition"].astype(str))
    held = snapshots.find("imf", "world_economic_outlook")
    said = run("refresh", "imf", "--edition", "2024-10")
    assert "wrote imf/2024-10-22/world_economic_outlook" in said
    assert snapshots.find("imf", "world_economic_outlook") == held  # the newest stays the newest
    assert snapshots.find("imf", "world_economic_outlook", "2024-12-31").vintage == "2024-10-22"
    told = st.load_outlooks(economies="CHN")
    assert "2024-10" in set(told["edition"].astype(str))
    assert "failed" not in run("check")
    before = files(folder)
    assert "nothing new" in run("refresh", "imf", "--edition", "2024-10", day="2031-06-20")
    server.answers[path.replace("2024", "2020")] = (200, {}, past)
    said = run("refresh", "imf", "--edition", "2020-10")
    assert "asked for the Outlook of 2020-10, found that of 2024-10-22" in said
    assert "status 404" in run("refresh", "imf", "--edition", "2019-04")
    assert files(folder) == before
    assert "say `silktrade refresh imf --edition" in run(
        "refresh", "--edition", "2025-10", status=2
    )
    assert "of April or October" in run("refresh", "imf", "--edition", "2025-07", status=2)


def test_an_outlook_in_billions_is_named(run, server, folder):
    content = outlook()
    held = snapshots.read(snapshots.find("imf", "world_economic_outlook"))
    for value in held.query("indicator == 'gdp_usd'")["value"]:
        content = content.replace(f'"{value!r}"'.encode(), f'"{value / 1e9!r}"'.encode())
    server.answers["/external/sdmx/2.1/data/IMF.RES,WEO/"] = (200, {}, content)
    assert (
        "gdp_usd: expected a median of 0.95 to 1.05 times the values held, found 1e-09: looks "
        "like billions" in run("refresh", "imf")
    )


# The World Bank -------------------------------------------------------------------------


def output(last: int = 2030, times: float = 1.0) -> dict[tuple[str, str], float | None]:
    """Make output as it is held, and a year more."""
    held = snapshots.read(snapshots.find("worldbank", "gdp"))
    values = {(r.economy, str(r.period)): r.value * times for r in held.itertuples()}
    latest = held.groupby("economy")["value"].last()
    return values | {(e, str(last)): v * times for e, v in latest.items()}


def test_output_and_prices(run, server, folder):
    server.answers["/v2/country"] = gdp(output(), "2031-05-02")
    held = snapshots.read(snapshots.find("worldbank", "commodity_prices"))
    columns = {PINK[i]: {str(r.period): r.value for r in rows.itertuples()}
               for i, rows in held.groupby("indicator")}  # fmt: skip
    last = held["period"].max() + 1
    for series in columns.values():
        series[str(last)] = series[str(last - 1)] * 1.02
    edition = (last + 1).start_time + pd.Timedelta(days=2)
    server.answers["/en/research/commodity-markets"] = html(MARKETS)
    server.answers["/en/doc"] = (200, {}, pink(columns, f"{edition:%B %d, %Y}"))
    said = run("refresh", "worldbank")
    assert "worldbank/gdp: 2030 is new; none of" in said
    assert f"worldbank/commodity_prices: {last} is new; none of" in said
    assert f"wrote worldbank/{edition.date()}/commodity_prices" in said
    assert "failed" not in run("check")
    before = files(folder)
    server.answers["/v2/country"] = gdp(output(), "2031-04-01")
    older = html(MARKETS.replace("0050012026", "0050012024"))
    server.answers["/en/research/commodity-markets"] = older
    said = run("refresh", "worldbank", day="2031-06-20")
    assert "last updated 2031-04-01, but 2031-05-02 is held already" in said
    assert files(folder) == before


def test_output_in_thousands_is_named(run, server, folder):
    server.answers["/v2/country"] = gdp(output(times=1e-3))
    assert "looks like thousands" in run("refresh", "worldbank")


def test_an_error_with_status_200_and_a_link_that_is_gone(run, server, folder):
    message = [{"message": [{"id": "120", "key": "Invalid value", "value": "is not valid"}]}]
    server.answers["/v2/country"] = plain_json(message)
    server.answers["/en/research/commodity-markets"] = html("<html>moved</html>")
    before = files(folder)
    said = run("refresh", "worldbank")
    assert "is not valid" in said
    assert "found 0" in said
    assert files(folder) == before


# The exchange rate ----------------------------------------------------------------------


def rates() -> dict[str, float]:
    """Give the market rate as it is held."""
    held = snapshots.read(snapshots.find("fed", "exchange_rate"))
    return {str(r.period): r.value for r in held.itertuples()}


def test_the_rate_is_checked_against_fred_with_and_without_a_key(run, server, folder, monkeypatch):
    server.answers["/api/v2/data"] = bis(rates())
    server.answers["/graph/fredgraph.csv"] = fred_csv(rates())
    assert "months agree with FRED" in run("refresh", "fx")
    monkeypatch.setenv("FRED_API_KEY", "SECRET123")
    server.answers["/fred/series"] = fred_json(rates())
    more = rates() | {"2031-05": 7.01}
    server.answers["/api/v2/data"] = bis(more)
    said = run("refresh", "fx", day="2031-06-20")
    assert "2031-05 is new" in said
    assert server.asked[-1].query["api_key"] == "SECRET123"
    written = b"".join(p.read_bytes() for p in folder.parent.rglob("*") if p.is_file())
    assert b"SECRET123" not in written
    assert "SECRET123" not in said


def test_an_inverted_rate_is_refused(run, server, folder):
    server.answers["/api/v2/data"] = bis(rates() | {"2031-05": 0.14})
    before = files(folder)
    assert "2031-05 is 0.14, expected 1.5 to 9: looks like dollars per yuan" in run("refresh", "fx")
    assert files(folder) == before


def test_a_base_on_the_command_line_is_asked(run, server, folder, monkeypatch):
    monkeypatch.delenv("SILKTRADE_FX_URL")
    server.answers["/api/v2/data"] = bis(rates())
    run("refresh", "fx", "--base-url", f"fx={server.url}")
    assert server.asked


def test_fred_that_cannot_be_read_is_said_and_stops_nothing(run, server, folder):
    server.answers["/api/v2/data"] = bis(rates())
    assert "not checked against FRED" in run("refresh", "fx")
    assert (folder / "bis" / TODAY / "exchange_rate.csv").is_file()


# The desk's month ---------------------------------------------------------------------------

SHOW = """import silktrade as st
trade = st.load_trade(frequency="M", currency="USD", as_of=as_of)
last = trade["period"].max()
total = trade[trade["period"] == last]["value"].sum()
st.key_message(f"{last}: {total / 1e9:.1f} billion dollars.")
st.headline("trade_usd", float(total), "USD", str(last), "Trade")"""
TAKES = 'as_of: str = "2026-01-31"  # a day'


@pytest.fixture
def project(folder, tmp_path, monkeypatch) -> Path:
    """Make a project of one rolling report, one that is pinned, one that can fail."""
    monkeypatch.chdir(tmp_path)
    books = tmp_path / "notebooks"
    notebook(books / "months.ipynb", SHOW, parameters=TAKES, title="How much?")
    check = "assert as_of < '2031-06', 'this one fails in June'"
    notebook(books / "fails.ipynb", check, parameters=TAKES, title="Does it fail?")
    batch(
        tmp_path,
        months={"notebook": "months.ipynb", "parameters": {"as_of": "newest"}},
        pinned={"notebook": "months.ipynb", "parameters": {"as_of": "2026-01-31"}},
        fails={"notebook": "fails.ipynb", "parameters": {"as_of": "newest"}},
    )
    return tmp_path


def record(project: Path, name: str) -> dict:
    """Read what became of a report."""
    return json.loads((project / "reports" / f"{name}.json").read_text())


def test_the_desks_month(run, project, customs, server, folder):
    server.answers["/api/v2/data"] = bis(rates())
    run("refresh", "gacc", "fx", day=DAY)
    said = run("run")
    assert "3 ok, 0 failed" in said
    assert record(project, "months")["parameters"]["as_of"] == DAY
    first = record(project, "pinned")
    assert "nothing changed, 3 reports are up to date" in run("run")

    # A new month arrives, two old values are revised, and the exchange rate comes upside down.
    customs.values["2025-07", "KAZ", "export"] -= 9000
    customs.serve(server, "2025-11")
    server.answers["/api/v2/data"] = bis({"2031-05": 0.14})
    said = run("refresh", "gacc", "fx", day=NEXT)
    assert "2025-11 is new; 1 of 72 values revised" in said
    assert "looks like dollars per yuan" in said
    said = run("run", status=1)
    assert "2 ok, 1 failed" in said
    assert record(project, "pinned")["messages"] == first["messages"]
    now = record(project, "months")
    assert now["parameters"]["as_of"] == NEXT
    moved = now["changes"]["inputs"]
    assert any(
        m.startswith(
            "gacc/partner_monthly_usd: 2025-11 is new; 1 of 72 values revised, at most -0."
        )
        for m in moved
    )
    assert not any(".csv" in m for m in moved)
    page = (project / "reports" / "months.html").read_text()
    assert "2025-11 is new; 1 of 72 values revised" in page
    failed = record(project, "fails")
    assert failed["error"]["message"] == "this one fails in June"
    assert failed["shown"]["parameters"]["as_of"] == DAY  # its last good page stays
    said = run("status", day=NEXT)
    assert re.search(rf"gacc/partner_monthly_usd +{NEXT} +2025-11 ", said)
    assert re.search(r"bis/exchange_rate +2031-05-19 .* refused: BIS 2031-05 is 0.14", said)
    run("bundle")
    with zipfile.ZipFile(project / "reports" / "silktrade.zip") as archive:
        names = set(archive.namelist())
    assert {"index.html", "months.html", "pinned.html", "fails.html"} <= names


def test_a_day_from_the_command_line_reaches_what_rolls_alone(run, project):
    run("run", "months", "pinned", "-p", "as_of", "2026-02-28")
    days = [plan_day(project, name) for name in ("months", "pinned")]
    assert days == ["2026-02-28", "2026-01-31"]


def plan_day(project: Path, name: str) -> str:
    """Tell which day the newest record of a report, or of a run apart from it, is of."""
    files = sorted((project / "reports").glob(f"{name}*.json"), key=lambda p: p.stat().st_mtime)
    return json.loads(files[-1].read_text())["parameters"]["as_of"]


def test_a_pinned_report_takes_a_day_when_nothing_that_rolls_is_asked_for(run, project):
    run("run", "pinned", "-p", "as_of", "2026-02-28")
    assert plan_day(project, "pinned") == "2026-02-28"


# All of them ----------------------------------------------------------------------------


def test_without_a_network_everything_stays_and_the_status_is_0(run, folder, monkeypatch):
    for name in ("GACC", "COMTRADE", "IMF", "WORLDBANK", "FX"):
        monkeypatch.setenv(f"SILKTRADE_{name}_URL", "http://127.0.0.1:9")
    before = files(folder)
    said = run("refresh")
    assert said.count("not reached") == 5
    why = {t["said"] for t in json.loads((folder / "troubles.json").read_text()).values()}
    assert why == {"not reached: 127.0.0.1:9: ConnectError: is the network there?"}
    assert files(folder) == before


def test_one_provider_down_and_the_others_go_on(run, customs, server, folder):
    server.answers["/api/v2/data"] = bis(rates())
    said = run("refresh", "gacc", "imf", "fx", day=DAY)
    assert "imf        not reached" in said
    assert (folder / "gacc" / DAY / "partner_monthly_usd.csv").is_file()
    assert (folder / "bis" / DAY / "exchange_rate.csv").is_file()


def test_status_says_what_is_due_and_what_was_refused(run, server, folder):
    server.answers["/api/v2/data"] = bis(rates())
    run("refresh", "fx")
    server.answers["/api/v2/data"] = bis({"2031-05": 0.14})
    run("refresh", "fx", day="2031-06-20")
    run("refresh", "fx", day="2031-06-21")  # the same once more: since when stays
    said = run("status", day="2031-06-22")
    assert re.search(r"gacc/partner_monthly .* due since 20\d\d-\d\d-20, none newer is held", said)
    assert re.search(r"bis/exchange_rate .* refused: BIS 2031-05 is 0.14.* \(2031-06-20\)", said)
    why = st.load_vintages(as_of="2031-06-22").set_index("dataset")["why"]
    assert "2031-06-20" in why["exchange_rate"] or why["exchange_rate"].str.contains("0.14").any()
    early = st.load_vintages(as_of="2024-01-15").set_index(["source", "dataset"])["why"]
    assert early["worldbank", "commodity_prices"].endswith("came later")
    server.answers["/api/v2/data"] = bis(rates() | {"2031-05": 7.01})
    run("refresh", "fx", day="2031-06-22")
    assert "refused" not in run("status", day="2031-06-22")
    assert (folder / "troubles.json").read_text() == "{}\n"


# By hand --------------------------------------------------------------------------------


def test_add_writes_the_sidecar_of_a_file_brought_by_hand(run, folder, tmp_path):
    held = snapshots.find("gacc", "partner_monthly")
    month = next_month()
    last = str(pd.Period(month) - 1)
    text = held.path.read_text()
    fresh = [x.replace(last, month) for x in text.splitlines() if f",{last}," in x]
    file = tmp_path / "mine.csv"
    body = sorted([*text.splitlines()[1:], *fresh])
    file.write_text("\n".join([text.splitlines()[0], *body]) + "\n")
    said = run("add", "gacc", "partner_monthly", str(file))
    assert f"wrote gacc/{TODAY}/partner_monthly.csv: {month} is new" in said
    assert "failed" not in run("check")
    assert (folder / "gacc" / TODAY / "partner_monthly.csv").read_bytes() == file.read_bytes()
    assert "this very file: nothing to do" in run("add", "gacc", "partner_monthly", str(file))
    for mark in ";\t":
        (tmp_path / "other.csv").write_text(file.read_text().replace(",", mark))
        assert "save it parted by commas" in run(
            "add", "gacc", "partner_monthly", str(tmp_path / "other.csv"), status=2
        )
    file.write_text(file.read_text().replace(",P,", ",A,", 1))
    assert "a vintage is a day and never edited" in run(
        "add", "gacc", "partner_monthly", str(file), status=2
    )


def test_add_refuses_a_file_with_the_new_months_alone(run, folder, tmp_path):
    held = snapshots.find("gacc", "partner_monthly")
    head, *rows = held.path.read_text().splitlines()
    file = tmp_path / "mine.csv"
    file.write_text("\n".join([head, *(r.replace("2024-0", "2099-0") for r in rows[:8])]) + "\n")
    before = files(folder)
    assert "found 8: it is cut off, or only what is new" in run(
        "add", "gacc", "partner_monthly", str(file), status=2
    )
    assert files(folder) == before


def test_check_names_a_vintage_that_lost_what_the_one_before_held(run, folder):
    held = snapshots.find("gacc", "partner_monthly")
    there = folder / "gacc" / TODAY
    there.mkdir()
    head, *rows = held.path.read_text().splitlines()
    from silktrade import schema
    from silktrade.sources import writer

    new = (
        "\n".join([head, *(r.replace(",2024-0", ",2099-0") for r in rows if ",2024-0" in r)]) + "\n"
    )
    (there / "partner_monthly.csv").write_text(new)
    frame = schema.validate(
        snapshots.table(new.encode()).assign(source="gacc", vintage=TODAY), schema.TRADE
    )
    told = writer.sidecar_of(held.path)
    carried = {n: str(told[n]) for n in writer.CARRIED}
    part = writer.Part(
        "gacc", "partner_monthly", TODAY, frame, "by hand", sidecar=carried, content=new.encode()
    )
    (there / "partner_monthly.csv").unlink()
    writer.write([part])
    said = run("check", status=1)
    failed = [line for line in said.splitlines() if line.startswith("failed")]
    assert f"all {held.rows} keys of {held.vintage} are missing" in said
    assert any(f"gacc/{TODAY}/partner_monthly" in line for line in failed)


def test_check_names_a_constructed_file_that_its_inputs_do_not_make(run, folder, tmp_path):
    month = next_month()
    december = f"{month[:4]}-12"
    held = snapshots.find("gacc", "partner_year_to_date")
    head, *rows = held.path.read_text().splitlines()
    last = str(snapshots.read(held)["period"].max())
    more = [r.replace(f",{last},", f",{december},") for r in rows if f",{last}," in r]
    file = tmp_path / "mine.csv"
    file.write_text("\n".join([head, *sorted([*rows, *more])]) + "\n")
    from silktrade.sources import refresh as machinery

    original = machinery.build
    try:
        machinery.build = lambda *_: []
        run("add", "gacc", "partner_year_to_date", str(file))
    finally:
        machinery.build = original
    said = run("check", status=1)
    assert "partner_annual: " in said
    assert "rows are not what their inputs make" in said
    machinery.build(TODAY)
    assert "failed" not in run("check")
    assert derived.stale(derived.rebuilt(derived.newest)) == {}


def test_no_half_written_vintage_when_the_disk_is_full(run, customs, folder, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = files(folder)
    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in run("refresh", "gacc", day=DAY, status=2)
    assert files(folder) == before
