"""What changed since the last run: headline numbers then and now, and the inputs that moved."""

import math
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from presswork import inputs
from presswork.project import by_day

Told = Callable[[str, str, str, str], str]
_WORDS = ("name", "unit", "label", "note", "digits")  # how a number is said


def since(
    last: Mapping[str, Any] | None, record: Mapping[str, Any], told: Told = by_day
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Compare a report with the last one that was made from other inputs."""
    if last is None or "inputs" not in last:
        return None, None
    same = last["inputs"] == record["inputs"]
    before = last.get("before") if same else {
        "headlines": [{k: v for k, v in h.items() if k != "history"} for h in last["headlines"]],
        "inputs": last["inputs"],
    }  # fmt: skip
    if before is None:
        return None, None
    moved = _inputs(before["inputs"], record["inputs"], told)
    return before, {"inputs": moved, "headlines": _headlines(before, record)}


def _inputs(before: Mapping[str, str], after: Mapping[str, str], told: Told) -> list[str]:
    """Name the inputs that moved: data by what is new in them, everything else by its name."""
    then, now = _vintages(before), _vintages(after)
    moved = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    said = []
    for name in moved:
        if name in then and name in now:
            said.append(told(*name, then[name], now[name]))
        else:
            said.append(f"data {'/'.join(name)}: {'new' if name in now else 'no longer used'}")
    rest = [_without(table, set(moved)) for table in (before, after)]
    return said + inputs.changed(*rest)


def _vintages(table: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Give the newest vintage read of each data set."""
    found: dict[tuple[str, str], str] = {}
    for name in table:
        if (place := _data_set(name)) is not None:
            found[place[:2]] = max(place[2], found.get(place[:2], ""))
    return found


def _data_set(name: str) -> tuple[str, str, str] | None:
    """Read source, data set and vintage of an input that is a file of data."""
    kind, _, path = name.partition(" ")
    parts = PurePosixPath(path).parts
    if kind != "data" or len(parts) != 3:
        return None
    return parts[0], PurePosixPath(parts[2]).stem, parts[1]


def _without(table: Mapping[str, str], moved: set[tuple[str, str]]) -> dict[str, str]:
    """Leave out the files of data sets that moved, and which vintage was chosen of any."""
    return {
        name: value
        for name, value in table.items()
        if (_data_set(name) or ("", "", ""))[:2] not in moved
        and (not name.startswith("vintage ") or name.startswith("vintage */"))
    }


def _headlines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pair headline numbers by name, and keep those that differ."""
    # The same name in another unit is another number.
    then = {(h["name"], h["unit"]): h for h in before["headlines"]}
    now = {(h["name"], h["unit"]): h for h in after["headlines"]}
    pairs = [(then.get(key), now.get(key)) for key in dict.fromkeys([*now, *then])]
    return [
        {
            **{k: v for k, v in (new or old).items() if k in _WORDS},
            "period": " → ".join(dict.fromkeys(h["period"] for h in (old, new) if h)),
            "then": old["value"] if old else None,
            "now": new["value"] if new else None,
        }
        for old, new in pairs
        # What an optimiser's last digits moved has not changed.
        if None in (old, new)
        or not math.isclose(old["value"], new["value"], rel_tol=1e-6, abs_tol=1e-9)
    ]
