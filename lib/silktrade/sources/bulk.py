"""
UN Comtrade's bulk files: a month of every reporter, some ten million rows of text.

DuckDB reads the compressed file as a stream and keeps the few rows that are wanted, within a fixed
amount of memory. The rules are those of single answers: a total beside its parts is left out by the
columns that name parts, and each key comes once.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from silktrade import codes
from silktrade.sources import reading
from silktrade.sources.comtrade import FLOWS, once
from silktrade.sources.judge import RefusedError

MEMORY = "600MB"  # of DuckDB; Python and pandas add some 200
COLUMNS = (
    "period", "reporterCode", "partnerCode", "partner2Code", "flowCode", "cmdCode", "customsCode",
    "motCode", "primaryValue", "cifvalue", "fobvalue",
)  # fmt: skip
# Partners and products are few, so that little is left to sort once the file has gone by.
# The file's columns are found whatever their capitals, which differ between its forms.
QUERY = """
SELECT {columns} FROM (
  SELECT *, TRY_CAST(reporterCode AS INTEGER) AS one, TRY_CAST(partnerCode AS INTEGER) AS other
  FROM read_csv(?, delim='\t', header=true, all_varchar=true, quote='"')
)
WHERE ((one = 156 AND other IN ({partners})) OR (other = 156 AND one IN ({partners})))
  AND TRY_CAST(partner2Code AS INTEGER) = 0 AND TRY_CAST(motCode AS INTEGER) = 0
  AND customsCode = 'C00'
  AND flowCode IN ('X', 'M') AND (cmdCode = 'TOTAL' OR length(cmdCode) = 2)
"""


def rows(path: Path, partners: Sequence[str]) -> pd.DataFrame:
    """Take China's trade with partners, as either side reports it, out of a bulk file."""
    found = _filtered(path, partners)
    if found.empty:
        raise RefusedError(f"{path.name}: no row of China and {', '.join(partners)} is in it")
    isos = {str(number): iso for iso, number in codes.COMTRADE.items()}
    out = pd.DataFrame(
        {
            "reporter": found["reporterCode"].map(isos),
            "partner": found["partnerCode"].map(isos),
            "flow": found["flowCode"].map(FLOWS),
            "product": found["cmdCode"],
            "period": [
                reading.period(t, "203106" if len(t) > 4 else "2031", path.name)
                for t in found["period"]
            ],
            "value": pd.to_numeric(found["primaryValue"], errors="coerce"),
        }
    )
    basis = out["flow"].map({"export": "fob", "import": "cif"})
    told = found["fobvalue"].where(basis == "fob", found["cifvalue"]).fillna("")
    if out["value"].isna().any() or (told == "").any():
        raise RefusedError(f"{path.name}: a value is missing, or has another valuation")
    return once(out, path.name).assign(valuation=basis, currency="USD", obs_status="A")


def _filtered(path: Path, partners: Sequence[str]) -> pd.DataFrame:
    """Stream the file through DuckDB."""
    try:
        import duckdb
    except ImportError:
        raise ValueError("a bulk file needs DuckDB: pip install 'silktrade[bulk]'") from None
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as database:
        database.execute("SET preserve_insertion_order = false")
        database.execute("SET enable_progress_bar = false")  # it writes to standard output
        columns = ", ".join(f"{c} AS {c}" for c in COLUMNS)
        listed = ", ".join(str(codes.COMTRADE[p]) for p in partners)
        try:
            asked = QUERY.format(columns=columns, partners=listed)
            return database.execute(asked, [str(path)]).df()
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise RefusedError(f"{path.name} cannot be read: {said}") from None
