"""
Measure a bulk file of UN Comtrade: a month of ten million rows, filtered in bounded memory.

    python benchmarks/bulk_file.py [ROWS]

Writes a file of invented rows in the bulk form to a temporary folder, takes China's trade with the
five out of it in a process of its own, and prints seconds and the most memory that process held.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = [
    "typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode",
    "flowCode", "partnerCode", "partner2Code", "classificationCode", "isOriginalClassification",
    "cmdCode", "customsCode", "mosCode", "motCode", "qtyUnitCode", "qty", "isQtyEstimated",
    "netWgt", "isNetWgtEstimated", "grossWgt", "cifvalue", "fobvalue", "primaryValue",
    "legacyEstimationFlag", "isReported", "isAggregate",
]  # fmt: skip
FIVE = {"KAZ": 398, "KGZ": 417, "TJK": 762, "TKM": 795, "UZB": 860}
BLOCK = 100_000
RUN = """
import json, resource, sys, time
from pathlib import Path
from silktrade.sources import bulk
clock = time.perf_counter()
found = bulk.rows(Path(sys.argv[1]), ("KAZ", "KGZ", "TJK", "TKM", "UZB"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps([len(found), time.perf_counter() - clock, peak]))
"""


def row(reporter: int, partner: int, flow: str, product: str, mode: int, value: float) -> str:
    """Write one row."""
    values = dict.fromkeys(HEAD, "") | {
        "typeCode": "C", "freqCode": "M", "refPeriodId": 20310601, "refYear": 2031, "refMonth": 6,
        "period": 203106, "reporterCode": reporter, "flowCode": flow, "partnerCode": partner,
        "partner2Code": 0, "classificationCode": "H6", "cmdCode": product, "customsCode": "C00",
        "motCode": mode, "primaryValue": value, "isAggregate": True,
        "fobvalue" if flow == "X" else "cifvalue": value,
    }  # fmt: skip
    return "\t".join(str(values[name]) for name in HEAD) + "\n"


def write(path: Path, rows: int) -> int:
    """Write a file of some rows; tell how many of them are wanted."""
    chance = random.Random(1)
    others = "".join(
        row(chance.randrange(4, 900), chance.choice([0, 842, 276, *FIVE.values()]),
            chance.choice("XM"), f"{chance.randrange(10000, 999999):06}", chance.choice([0, 2100]),
            chance.random() * 1e8)
        for _ in range(BLOCK)
    ).encode()  # fmt: skip
    chapters = ["TOTAL", *(f"{n:02}" for n in range(1, 98) if n != 77)]
    pairs = [(156, p) for p in FIVE.values()] + [(p, 156) for p in FIVE.values()]
    wanted = [row(r, p, f, c, 0, 1e6) for r, p in pairs for f in "XM" for c in chapters]
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(("\t".join(HEAD) + "\n").encode())
        for i in range(rows // BLOCK):
            file.write(others)
            file.write("".join(wanted[i :: rows // BLOCK]).encode())
    return len(wanted)


def main() -> None:
    """Write the file, read it, print what that took."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "month.txt.gz"
        clock = time.perf_counter()
        wanted = write(path, rows)
        made = time.perf_counter() - clock
        run = subprocess.run(
            [sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, check=True
        )
        found, seconds, peak = json.loads(run.stdout)
        size = path.stat().st_size / 1e6
    print(f"{rows:,} rows, {size:,.0f} MB compressed, written in {made:.0f} s")
    print(f"{found} of {wanted} wanted rows found in {seconds:.1f} s, at most {peak:.2f} GB held")


if __name__ == "__main__":
    main()
