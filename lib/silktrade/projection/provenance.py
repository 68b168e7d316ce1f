"""Who published what draws were made from: told by `attrs`, from the frames to the figures."""

from typing import TypeVar

import pandas as pd

from silktrade import codes
from silktrade.frames import last_day, sources_of

Frame = TypeVar("Frame", pd.DataFrame, pd.Series)


def sources(*frames: pd.DataFrame | pd.Series | None) -> str:
    """Name the codes of the publishers behind some frames, in the order of `codes.SOURCES`."""
    behind = set(sources_of(*frames))
    known = [source for source in codes.SOURCES if source in behind]
    return ", ".join([*known, *sorted(behind - set(known))])


def told(out: Frame, *frames: pd.DataFrame | pd.Series | None) -> Frame:
    """Let a result say of itself what the first frame does, who is behind it, and until when."""
    out.attrs = {**frames[0].attrs, "source": sources(*frames), "as_of": last_day(*frames)}
    return out
