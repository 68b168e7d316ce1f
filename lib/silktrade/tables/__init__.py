"""One function per table: frame in, Styler out, with a caption that names measure and unit."""

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

__all__ = [
    "adding_up",
    "catalogue",
    "contributions",
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
