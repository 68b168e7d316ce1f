"""Who published what draws were made from: told by `attrs`, from the frames to the figures."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

from silktrade import codes

Frame = TypeVar("Frame", pd.DataFrame, pd.Series)


def sources(*frames: pd.DataFrame | pd.Series | None) -> str:
    """Name the codes of the publishers behind some frames, in the order of `codes.SOURCES`."""
    behind: set[str] = set()
    for frame in frames:
        if frame is None:
            continue
        if "source" in getattr(frame, "columns", ()):
            behind |= set(frame["source"].astype(str).unique())
        else:
            behind |= set(str(frame.attrs.get("source", "")).split(", "))
    known = [source for source in codes.SOURCES if source in behind]
    return ", ".join([*known, *sorted(behind - set(known) - {""})])


def told(out: Frame, *frames: pd.DataFrame | pd.Series | None) -> Frame:
    """Let a result say of itself what the first frame does, and all the publishers behind it."""
    out.attrs = {**frames[0].attrs, "source": sources(*frames)}
    return out
