"""What a notebook says of itself, to the press: its answer, its numbers, and how it was made."""

from __future__ import annotations

from presswork import provenance as told
from presswork.provenance import headline, key_message

__all__ = ["headline", "key_message", "provenance"]


def provenance() -> None:
    """
    Show how this notebook was made: the snapshots it has read and the versions it ran with.

    Call it last, so that it knows every snapshot.

    Examples
    --------
    >>> provenance()  # doctest: +ELLIPSIS
    Snapshots read: ...
    """
    from silktrade.data import snapshots  # here: pandas is not needed before

    told.provenance(snapshots.used(), "silktrade")
