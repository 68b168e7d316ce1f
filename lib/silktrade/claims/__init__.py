"""Published claims: their form, the ledger they are tested against, and the check itself."""

from silktrade.claims.check import VERDICTS, check_claims, claims_held, verdict
from silktrade.claims.form import complete

__all__ = ["VERDICTS", "check_claims", "claims_held", "complete", "verdict"]
