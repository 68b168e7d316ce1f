"""Published claims: their form, the ledger they are tested against, and the check itself."""

from silktrade.claims.check import check_claims
from silktrade.claims.form import complete
from silktrade.claims.verdicts import VERDICTS, claims_held, verdict

__all__ = ["VERDICTS", "check_claims", "claims_held", "complete", "verdict"]
