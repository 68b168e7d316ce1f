"""A data folder a release later: of each data set that grows, a new vintage with news in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
from conftest import ROOT

from silktrade import schema
from silktrade.data import calendar, snapshots, vintages
from silktrade.sources import refresh, writer
from silktrade.sources.writer import Part

LATER = "2027-02-03"


def grown(folder: Path, day: str = LATER) -> None:
    """Make a data folder whose newest vintages hold a period more and a revised value."""
    shutil.copytree(ROOT / "data", folder)
    parts = [_later(*name, day) for name in calendar.RULES if vintages.choose(*name) is not None]
    writer.write([p for p in parts if p.sidecar["class"] != "constructed"])
    refresh.build(day)


def _later(source: str, dataset: str, day: str) -> Part:
    """Put a period after the last of a data set, and revise one of the last by 0.3 %."""
    held = snapshots.find(source, dataset)
    rows, kind = snapshots.read(held), schema.SCHEMAS[held.schema]
    last = rows["period"].max()
    more = rows[rows["period"] == last]
    more = more.assign(period=more["period"] + 1)
    if dataset != "world_economic_outlook":  # whose rows are all of its day
        rule = calendar.released(source, dataset, more["period"])
        more = more.assign(released=rule.clip(upper=pd.Timestamp(day)))
    else:
        rows, more = (part.assign(released=pd.Timestamp(day)) for part in (rows, more))
    rows.loc[rows.index[rows["period"] == last][-1], "value"] *= 1.003
    both = pd.concat([rows, more]).assign(vintage=day)
    frame = schema.validate(both, kind)
    told = writer.sidecar_of(held.path)
    carried = {name: str(told[name]) for name in writer.CARRIED}
    return Part(source, dataset, day, frame, "Invented by a test.", sidecar=carried)
