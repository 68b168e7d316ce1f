"""What changed since the last run: headline numbers then and now, and the inputs that moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from presswork import inputs

_WORDS = ("name", "unit", "label", "note", "digits")  # how a number is said


def since(
    last: Mapping[str, Any] | None, record: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """
    Compare a report with the last one that was made from other inputs.

    Parameters
    ----------
    last : mapping or None
        The record of the last good run, whatever its inputs.
    record : mapping
        Of this run, with `headlines` and `inputs`.

    Returns
    -------
    before : dict or None
        Headlines and inputs of the last run that had other inputs; None where there was none. It
        is kept in the record, so that a report run twice says the same twice.
    changes : dict or None
        `inputs` (list of str) and `headlines` (list of dict: name, unit, label, note and digits as
        far as there are, period, then and now, None where there was or is no such number); None
        where there was no such run.
    """
    if last is None or "inputs" not in last:
        return None, None
    same = last["inputs"] == record["inputs"]
    before = last.get("before") if same else _kept(last)
    if before is None:
        return None, None
    moved = inputs.changed(before["inputs"], record["inputs"])
    return before, {"inputs": moved, "headlines": _headlines(before, record)}


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a record what a later run compares itself with."""
    headlines = [{k: v for k, v in h.items() if k != "history"} for h in record["headlines"]]
    return {"headlines": headlines, "inputs": record["inputs"]}


def _headlines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pair headline numbers by name, and keep those that differ."""
    # The same name in another currency is another number.
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
        if old is None or new is None or _moved(old["value"], new["value"])
    ]


def _moved(then: float, now: float) -> bool:
    """Tell whether a number moved by more than an optimiser's last digits."""
    return not math.isclose(then, now, rel_tol=1e-6, abs_tol=1e-9)
