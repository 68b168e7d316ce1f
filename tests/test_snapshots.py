"""Snapshots: the right vintage, the right hash, one clear error for each way to break a file."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from silktrade import cli, schema
from silktrade.data import snapshots, vintages

SOURCE = vintages.data_folder()


def newest(source: str, dataset: str) -> str:
    """Name the newest vintage of a data set, as path without suffix."""
    return f"{source}/{snapshots.find(source, dataset).vintage}/{dataset}"


MONTHS = newest("gacc", "partner_monthly")
LATER = "2031-01-20"  # a day after every vintage
GROWING = ("partner_monthly", "partner_year_to_date", "customs_rate_monthly")
ROWS = pd.read_csv(SOURCE / f"{MONTHS}.csv", dtype=str)


def copy_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the bundled data, and have the library read the copy."""
    copied = folder / "data"
    shutil.copytree(SOURCE, copied)
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(copied))
    monkeypatch.setattr(snapshots, "_used", {})
    return copied


def edit(
    folder: Path,
    name: str,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    sign: bool = True,
    **fields: object,
) -> None:
    """Change a CSV file as text, and its sidecar to fit where `sign` is true."""
    path = folder / f"{name}.csv"
    frame = change(pd.read_csv(path, dtype=str, keep_default_na=False))
    frame.to_csv(path, index=False, lineterminator="\n")
    if sign:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        describe(folder, name, **({"sha256": digest, "rows": len(frame)} | fields))


def describe(folder: Path, name: str, **fields: object) -> None:
    """Change fields of a sidecar; None takes a field away."""
    sidecar = folder / f"{name}.yml"
    said = yaml.safe_load(sidecar.read_text(encoding="utf-8")) | fields
    kept = {key: value for key, value in said.items() if value is not None}
    sidecar.write_text(yaml.safe_dump(kept, sort_keys=False), encoding="utf-8")


def grow(folder: Path, day: str = LATER) -> None:
    """Add a newer vintage of every data set, months of the customs one longer."""
    for found in snapshots.catalogue():
        if found != snapshots.find(found.source, found.dataset) or found.vintage == day:
            continue
        (folder / found.source / day).mkdir(exist_ok=True)
        name = f"{found.source}/{day}/{found.dataset}"
        for suffix in (found.path.suffix, ".yml"):
            shutil.copy(found.path.with_suffix(suffix), folder / f"{name}{suffix}")
        if found.dataset in GROWING:
            edit(folder, name, month_more)


def month_more(frame: pd.DataFrame) -> pd.DataFrame:
    """Repeat the last month as the next one, public on the customs' day."""
    last = frame["period"].max()
    following = pd.Period(last, "M") + 1
    released = following + (2 if following.month == 1 else 1)  # January comes with February
    more = frame[frame["period"] == last].assign(period=str(following), released=f"{released}-20")
    key = [c for c in schema.TRADE.key if c in frame] + ["indicator"] * ("indicator" in frame)
    return pd.concat([frame, more]).sort_values(key, kind="stable", ignore_index=True)


def row(frame: pd.DataFrame, number: int, **values: str) -> pd.DataFrame:
    """Change one row."""
    out = frame.copy()
    out.loc[number, list(values)] = list(values.values())
    return out


def alone(data: Path, source: str = "gacc", dataset: str = "partner_monthly") -> str:
    """Keep the newest vintage of a data set alone, and name it."""
    name = newest(source, dataset)
    for path in data.glob(f"{source}/*/{dataset}.*"):
        if path.with_suffix("") != data / name:
            path.unlink()
    return name


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    return copy_data(tmp_path, monkeypatch)


def months() -> snapshots.Snapshot:
    return snapshots.find("gacc", "partner_monthly")


def test_the_folder_is_the_project_s_unless_one_is_named(data, monkeypatch):
    assert vintages.data_folder() == data
    monkeypatch.delenv(vintages.FOLDER_VARIABLE)
    assert vintages.data_folder() == Path(snapshots.__file__).parents[3] / "data"


def test_a_folder_that_is_not_there(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(gone))
    with pytest.raises(FileNotFoundError) as error:
        vintages.data_folder()
    assert str(error.value) == (
        f"data folder {gone} does not exist: run from a checkout of the project, or name the "
        "folder in SILKTRADE_DATA"
    )


def test_the_catalogue_lists_every_file_once():
    found = [s.path for s in snapshots.catalogue()]
    assert sorted(found) == sorted(p for p in SOURCE.glob("*/*/*") if p.suffix != ".yml")
    assert len(found) > 10


@pytest.mark.parametrize(
    ("as_of", "vintage"),
    [
        (None, "2025-12-02"),
        ("2026-01-31", "2025-12-02"),
        ("2025-12-02", "2025-12-02"),
        ("2025-12-01", "2024-04-02"),
        ("2024-04-02", "2024-04-02"),
        ("2024-04-01", "2024-04-02"),  # none is old enough, so the oldest: pseudo-real time
        (pd.Timestamp("2025-12-01 18:00"), "2024-04-02"),
    ],
)
def test_find_takes_the_newest_vintage_of_the_day(data, as_of, vintage):
    for folder in (data / "worldbank").iterdir():
        if folder.name not in ("2024-04-02", "2025-12-02"):
            shutil.rmtree(folder)
    assert snapshots.find("worldbank", "commodity_prices", as_of).vintage == vintage


def test_find_takes_a_new_vintage_without_further_work(data):
    before = months().vintage
    shutil.copytree(data / "gacc" / before, data / "gacc" / LATER)
    assert months().vintage == LATER
    assert snapshots.find("gacc", "partner_monthly", "2031-01-19").vintage == before


def test_a_data_set_that_is_not_there():
    with pytest.raises(FileNotFoundError) as error:
        snapshots.find("gacc", "by_product")
    assert str(error.value) == (
        f"no snapshot of gacc/by_product in {SOURCE}: it needs a file "
        "gacc/<vintage>/by_product.csv; `silktrade check` lists what is there"
    )


def test_read_gives_the_rows_with_source_and_vintage(data):
    frame = snapshots.read(months())
    assert set(frame["source"]) == {"gacc"}
    assert set(frame["vintage"]) == {pd.Timestamp(months().vintage)}
    pd.testing.assert_frame_equal(schema.validate(frame, schema.TRADE), frame)


def test_what_is_read_can_be_changed_without_harm(data):
    frame = snapshots.read(months())
    frame.loc[:, "value"] = 0.0
    frame["note"] = "mine"
    again = snapshots.read(months())
    assert (again["value"] > 0).any()
    assert "note" not in again


def test_what_was_read_is_listed_once_in_order(data):
    assert snapshots.used() == ()
    for dataset in ("totals_annual", "partner_monthly", "totals_annual"):
        snapshots.read(snapshots.find("gacc", dataset))
    assert [s.dataset for s in snapshots.used()] == ["totals_annual", "partner_monthly"]


def test_a_changed_file_is_refused(data):
    edit(data, MONTHS, lambda f: row(f, 0, value="1"), sign=False)
    digest = hashlib.sha256((data / f"{MONTHS}.csv").read_bytes()).hexdigest()
    with pytest.raises(ValueError) as error:
        snapshots.read(months())
    assert str(error.value) == (
        f"{MONTHS}.csv: the file's sha256 is {digest[:12]}…, its sidecar says "
        f"{months().sha256[:12]}…: a vintage is never edited, restore the file from git, or give "
        "the correction a vintage of its own"
    )
    with pytest.raises(ValueError, match="the file's sha256 is"):
        snapshots.check(months())


def test_a_missing_file_is_not_found(data):
    alone(data)
    (data / f"{MONTHS}.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"^no snapshot of gacc/partner_monthly in "):
        months()


def test_a_missing_sidecar_is_named(data):
    (data / f"{MONTHS}.yml").unlink()
    said = f"{MONTHS}.yml is missing: every snapshot needs a sidecar beside its file"
    for act in (months, snapshots.catalogue):
        with pytest.raises(ValueError) as error:
            act()
        assert str(error.value) == said


def test_an_incomplete_sidecar_says_what_it_lacks(data):
    describe(data, MONTHS, licence=None, sha256=None)
    with pytest.raises(ValueError) as error:
        months()
    assert str(error.value) == (
        f"{MONTHS}.yml lacks licence, sha256: data/README.md describes the fields"
    )


@pytest.mark.parametrize("field", [{"sha256": 0}, {"sha256": "todo"}, {"rows": "many"}])
def test_a_sidecar_holds_a_hash_and_a_number_of_rows(data, field, capsys):
    describe(data, MONTHS, **field)
    with pytest.raises(ValueError, match="sha256 must be 64 hexadecimal digits and rows a whole"):
        months()
    assert cli.main(["check"]) == 1  # and goes on to the others
    assert capsys.readouterr().out.count("failed ") == 1


def test_an_empty_sidecar_lacks_every_field(data):
    (data / f"{MONTHS}.yml").write_text("")
    with pytest.raises(ValueError) as error:
        months()
    assert str(error.value) == (
        f"{MONTHS}.yml lacks {', '.join(snapshots.SIDECAR_FIELDS)}: data/README.md describes the "
        "fields"
    )


def test_a_changed_outline_is_refused_and_a_lost_point_is_counted(data):
    name = newest("naturalearth", "outlines")
    path = data / f"{name}.geojson"
    text = path.read_text().replace("[87.3603,49.2151],", "", 1)
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"^{name}.geojson: the file's"):
        snapshots.read(snapshots.find("naturalearth", "outlines"))
    describe(data, name, sha256=hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(ValueError) as error:
        snapshots.check(snapshots.find("naturalearth", "outlines"))
    assert str(error.value) == (
        f"{name}.geojson: the sidecar says 536 rows, the file has 535: "
        "correct the sidecar's field rows"
    )


@pytest.mark.parametrize("field", [{"class": "guessed"}, {"schema": "FLOWS"}])
def test_an_unknown_class_or_schema(data, field):
    describe(data, MONTHS, **field)
    got = {"class": "verbatim", "schema": "TRADE"} | field
    with pytest.raises(ValueError) as error:
        months()
    assert str(error.value) == (
        f"{MONTHS}.yml: class must be one of verbatim, constructed, synthetic and schema one of "
        f"{', '.join(schema.SCHEMAS)}, got {got['class']!r} and {got['schema']!r}"
    )


def test_a_wrong_number_of_rows(data):
    rows = len(ROWS)
    describe(data, MONTHS, rows=rows - 1)
    with pytest.raises(ValueError) as error:
        snapshots.check(months())
    assert str(error.value) == (
        f"{MONTHS}.csv: the sidecar says {rows - 1} rows, the file has {rows}: correct the "
        "sidecar's field rows"
    )


BROKEN = {
    "unknown code": (
        lambda f: row(f, 3, partner="KZ"),
        "row 3, column partner: must be an ISO 3166-1 alpha-3 code such as KAZ, "
        "or one of CA5, WLD, got 'KZ': write 'KAZ'",
    ),
    "negative": (
        lambda f: row(f, 4, value="-1"),
        "row 4, column value: must be 0 or more, got '-1'",
    ),
    "missing": (
        lambda f: row(f, 5, value=""),
        "row 5, column value: must not be missing: leave the row out",
    ),
    "infinite": (
        lambda f: row(f, 6, value="inf"),
        "row 6, column value: must be a finite number, got 'inf'",
    ),
    "text": (
        lambda f: row(f, 6, value="NA"),
        "row 6, column value: must be a finite number, got 'NA'",
    ),
    "duplicate": (
        lambda f: pd.concat([f, f.head(1)], ignore_index=True),
        f"row {len(ROWS)}: repeats the key CHN KAZ export TOTAL {ROWS.loc[0, 'period']}",
    ),
    "mixed currency": (
        lambda f: row(f, 7, currency="USD"),
        "column currency: mixes CNY and USD; keep one a frame",
    ),
    "mixed frequency": (
        lambda f: row(f, 8, period="2024"),
        f"column period: mixes frequencies ({ROWS.loc[8, 'period']} and 2024); keep one a frame",
    ),
    "column gone": (lambda f: f.drop(columns="released"), "column released: missing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_signed_file_that_breaks_its_schema_says_file_row_and_rule(data, name):
    change, said = BROKEN[name]
    edit(data, MONTHS, change)
    with pytest.raises(ValueError) as error:
        snapshots.check(months())
    assert str(error.value) == (
        f"{MONTHS}.csv: TRADE frame breaks 1 rule:\n  {said}\n"
        "Correct these rows at their source and validate again."
    )


def test_all_breaches_of_a_file_are_listed_at_once(data):
    edit(data, MONTHS, lambda f: row(row(f, 0, partner="KZ"), 1, value="-5"))
    with pytest.raises(ValueError, match="breaks 2 rules") as error:
        snapshots.check(months())
    assert re.findall(r"row (\d), column (\w+)", str(error.value)) == [
        ("0", "partner"),
        ("1", "value"),
    ]


@pytest.mark.parametrize("value", ["0", "-7.1"])
def test_an_exchange_rate_is_above_0(data, value):
    name = newest("fed", "exchange_rate")
    edit(data, name, lambda f: row(f, 2, value=value))
    with pytest.raises(ValueError, match=f"row 2, .*must be above 0, got {value}"):
        snapshots.check(snapshots.find("fed", "exchange_rate"))


def test_a_code_with_a_control_character_is_refused_by_its_line(data):
    edit(data, MONTHS, lambda f: row(f, 2, product="TO\0TAL"))
    with pytest.raises(ValueError, match=r"line 4 holds the control character b'.x00': take it"):
        snapshots.check(months())


def test_only_an_empty_field_is_missing(data):
    # A code such as NA must be refused as a code, not be read as a missing value.
    edit(data, MONTHS, lambda f: row(f, 0, partner="NA"))
    with pytest.raises(ValueError, match=r"column partner: must be an ISO 3166-1 .* got 'NA'"):
        snapshots.check(months())


def test_an_edited_sidecar_is_read_again(data):
    assert months().title
    describe(data, MONTHS, title="Another title")
    assert months().title == "Another title"


# ---------------------------------------------------------------- known


def revised(frame: pd.DataFrame) -> pd.DataFrame:
    """Revise the first row, estimate the second anew, and lose the third."""
    return row(row(frame, 0, value="1"), 1, value="2").drop(index=2)


def test_a_day_is_told_what_the_vintage_of_the_day_lacks(data):
    first = snapshots.read(months())["period"].min()
    alone(data)
    edit(data, MONTHS, lambda f: row(f, 1, obs_status="E"))
    shutil.copytree(data / Path(MONTHS).parent, data / "gacc" / LATER)
    edit(data, f"gacc/{LATER}/partner_monthly", revised)
    early = snapshots.known("gacc", "partner_monthly", "2025-03-20")
    values = early[(early["partner"] == "KAZ") & (early["flow"] == "export")]
    values = values.set_index("period")["value"]
    was = pd.to_numeric(ROWS["value"])
    assert values[first] == was[0]  # as first held, not as revised
    assert values[first + 1] == 2.0  # an estimate gives way
    assert values[first + 2] == was[2]  # what the newest has lost is still known


def test_a_day_is_told_nothing_that_came_later(data):
    alone(data)
    edit(data, MONTHS, lambda f: f[f["period"] < "2025-02"])
    shutil.copytree(data / Path(MONTHS).parent, data / "gacc" / LATER)
    more = ROWS[ROWS["period"] <= "2025-04"]
    edit(data, f"gacc/{LATER}/partner_monthly", lambda f: more)
    for day, last in (("2025-04-19", "2025-02"), ("2025-04-20", "2025-03"), (None, "2025-04")):
        assert str(snapshots.known("gacc", "partner_monthly", day)["period"].max()) == last
    assert snapshots.known("silktrade", "scenarios", "2025-01-01").shape[0] > 0  # has no days


def test_what_filled_a_gap_counts_as_used_and_what_did_not_does_not(data, monkeypatch):
    older = snapshots.find("gacc", "partner_monthly", "2020-01-01").vintage
    shutil.copytree(data / Path(MONTHS).parent, data / "gacc" / LATER)
    for day, expected in (("2025-12-31", {older}), ("2026-05-31", {older, LATER})):
        monkeypatch.setattr(snapshots, "_used", {})
        snapshots.known("gacc", "partner_monthly", day)
        assert {s.vintage for s in snapshots.used()} == expected


# ---------------------------------------------------------------- remembered


def loader(dataset: str) -> pd.DataFrame:
    """Load a data set of the customs as a loader does."""
    return snapshots.read(snapshots.find("gacc", dataset))


def never(*_: object) -> None:
    pytest.fail("loaded again")


def test_what_was_loaded_is_given_again_and_counts_as_used(data, monkeypatch):
    first = snapshots.remembered(loader, "partner_monthly")
    monkeypatch.setattr(snapshots, "read", never)
    monkeypatch.setattr(snapshots, "_used", {})
    pd.testing.assert_frame_equal(snapshots.remembered(loader, "partner_monthly"), first)
    assert [s.dataset for s in snapshots.used()] == ["partner_monthly"]


def test_what_is_given_can_be_changed_without_harm(data):
    first = snapshots.remembered(loader, "partner_monthly")
    kept = first.copy()
    first.loc[0, "value"] = -1.0
    first["partner"].array[1] = "XXX"  # beside pandas' own watch over copies
    first.attrs["own"] = True
    again = snapshots.remembered(loader, "partner_monthly")
    pd.testing.assert_frame_equal(again, kept)
    assert again.attrs == {}


def test_a_new_vintage_or_an_edited_sidecar_is_taken_at_once(data):
    before, first = snapshots.remembered(loader, "partner_monthly"), months().vintage
    shutil.copytree(data / "gacc" / first, data / "gacc" / LATER)
    after = snapshots.remembered(loader, "partner_monthly")
    assert {str(v.date()) for v in before["vintage"]} == {first}
    assert {str(v.date()) for v in after["vintage"]} == {LATER}
    name = f"gacc/{LATER}/partner_monthly"
    edit(data, name, lambda frame: frame.iloc[1:])
    assert len(snapshots.remembered(loader, "partner_monthly")) == len(after) - 1


def test_another_data_folder_is_another_answer(data, tmp_path, monkeypatch):
    before = snapshots.remembered(loader, "partner_monthly")
    other = tmp_path / "other"
    shutil.copytree(data, other)
    edit(other, MONTHS, lambda frame: frame.iloc[1:])
    monkeypatch.setenv(vintages.FOLDER_VARIABLE, str(other))
    assert len(snapshots.remembered(loader, "partner_monthly")) == len(before) - 1


def test_the_same_questions_are_asked_each_time(data, monkeypatch):
    asked, choose = [], vintages.choose
    monkeypatch.setattr(vintages, "choose", lambda *a: asked.append(a) or choose(*a))

    def outer() -> pd.DataFrame:
        return pd.concat([snapshots.remembered(loader, n) for n in ("partner_monthly",) * 2])

    counts = []
    for _ in range(2):
        asked.clear()
        snapshots.remembered(outer)
        counts.append({a[:2] for a in asked})
    assert counts == [{("gacc", "partner_monthly")}] * 2


def test_collections_of_codes_are_told_apart_by_what_they_hold():
    def load(codes: tuple[str, ...]) -> pd.Series:
        return pd.Series(list(codes))

    for given in (["KAZ", "UZB"], ("KAZ", "UZB"), iter(["KAZ", "UZB"])):
        assert snapshots.remembered(load, given).tolist() == ["KAZ", "UZB"]
    assert snapshots.remembered(load, ["KAZ"]).tolist() == ["KAZ"]


def test_a_failure_is_not_remembered(data):
    with pytest.raises(FileNotFoundError, match="no snapshot of gacc/nothing"):
        snapshots.remembered(loader, "nothing")
    assert snapshots._asking.get() == ()
    edit(data, MONTHS, lambda frame: frame, sign=False)
    for kind in ("csv", "yml"):
        path = data / f"{MONTHS}.{kind}"
        shutil.copy(path, path.with_stem("nothing"))
    assert len(snapshots.remembered(loader, "nothing"))


def test_only_the_newest_are_remembered(monkeypatch):
    monkeypatch.setattr(snapshots, "_frames", {})
    calls = []

    def load(number: int) -> pd.Series:
        calls.append(number)
        return pd.Series([number])

    for number in [*range(snapshots.MOST), 0, snapshots.MOST, 0, 1]:
        snapshots.remembered(load, number)
    assert calls[-2:] == [snapshots.MOST, 1]  # 0 had been asked for since, 1 had not


def test_what_was_parsed_ahead_is_looked_at_again(tmp_path, monkeypatch):
    data = copy_data(tmp_path, monkeypatch)
    snapshots.parse_newest()
    parsed = snapshots._typed.cache_info().misses
    opened, read = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda p: opened.append(p.name) or read(p))
    snapshots.read(snapshots.find("gacc", "partner_monthly"))
    assert opened == ["partner_monthly.csv"]
    assert snapshots._typed.cache_info().misses == parsed
    edit(data, newest("gacc", "partner_annual"), lambda frame: frame.iloc[1:], sign=False)
    with pytest.raises(ValueError, match="a vintage is never edited"):
        snapshots.read(snapshots.find("gacc", "partner_annual"))
