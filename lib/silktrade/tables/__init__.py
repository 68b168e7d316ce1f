"""One function per table: frame in, Styler out, with a caption that names measure and unit."""

from silktrade.tables.claims import claim_arithmetic, claims
from silktrade.tables.evaluation import scores
from silktrade.tables.projections import contributions, models, opinions, outturn, projection
from silktrade.tables.records import (
    adding_up,
    catalogue,
    mirror,
    partners,
    reconciliation,
    status,
    years,
)
from silktrade.tables.turning import adjustment, breaks, known_dates

__all__ = [
    "adding_up",
    "adjustment",
    "breaks",
    "catalogue",
    "claim_arithmetic",
    "claims",
    "contributions",
    "known_dates",
    "mirror",
    "models",
    "opinions",
    "outturn",
    "partners",
    "projection",
    "reconciliation",
    "scores",
    "status",
    "years",
]
