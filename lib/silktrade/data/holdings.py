"""
Which vintage of each data set a day uses, how far it goes, and why none is newer.

What the last refresh was refused stands in `troubles.json` of the data folder, until it goes well.
"""

import json
import re

import pandas as pd

from silktrade.data import calendar, snapshots, vintages
from silktrade.data.indicators import CONTINUED
from silktrade.days import Day, read_day

TROUBLES = "troubles.json"


def load_vintages(*, as_of: Day = None) -> pd.DataFrame:
    """
    Load which vintage of each data set that has a next release a day uses, and why none newer.

    Parameters
    ----------
    as_of : str or Timestamp, optional
        The day; by default that of the newest vintage of all.

    Returns
    -------
    DataFrame
        source, dataset, vintage (a day), last (its last period), due (the day on which the release
        after it is out, by the publisher's calendar), why (in words: not due, due and not held,
        refused when asked for, or a later vintage is held); one row a data set.

    Examples
    --------
    >>> found = load_vintages(as_of="2024-01-15").set_index("dataset")
    >>> found.loc["commodity_prices", ["vintage", "last"]].tolist()
    ['2023-06-02', '2023-05']
    """
    day = read_day(vintages.newest_day() if as_of is None else as_of)
    told, rows = troubles(), []
    for source, dataset in calendar.RULES:
        follower = CONTINUED.get((source, dataset))
        if vintages.choose(source, dataset) is None or (follower and vintages.choose(*follower)):
            continue
        used = snapshots.find(source, dataset, day)
        newest = snapshots.find(source, dataset)
        last = snapshots.read(used)["period"].max()
        due = calendar.next_due(source, dataset, last, used.vintage)
        trouble = next((t for n, t in told.items() if f"{source}/{dataset}" in n.split()), None)
        if used.vintage != newest.vintage or used.vintage > str(day.date()):
            why = f"the vintage of {newest.vintage} came later"
        elif trouble:
            why = f"{trouble['said']} ({trouble['day']})"
        else:
            late, date = due <= day, due.date()
            why = f"due since {date}, none newer is held" if late else f"not due before {date}"
        rows.append((source, dataset, used.vintage, str(last), due, why))
    columns = ["source", "dataset", "vintage", "last", "due", "why"]
    return pd.DataFrame(rows, columns=columns)


def troubles() -> dict[str, dict[str, str]]:
    """Recall what could not be fetched: data sets to the day and what was said."""
    path = vintages.data_folder() / TROUBLES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def note(datasets: str, said: str, day: pd.Timestamp) -> None:
    """Keep what was said of data sets that could not be fetched; nothing of those that could."""
    held = troubles()
    told = {n: t for n, t in held.items() if n != datasets}
    if said:
        text = " ".join(said.partition("; what is held")[0].split())
        text = re.sub(r"https?://([^/\s]+)\S*", r"\1:", text)  # of an address the host tells enough
        same = held.get(datasets, {}).get("said") == text
        told[datasets] = held[datasets] if same else {"day": str(day.date()), "said": text}
    if told == held:
        return
    path = vintages.data_folder() / TROUBLES
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
