"""
Write customs.xls, a workbook of Excel 97 in the form of the Chinese bulletin; figures are invented.

Made once with xlwt 1.3.0, which is no dependency of this project: `python make_customs_xls.py`.
"""

import sys
from pathlib import Path

import xlwt

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from providers import lines, workbook_rows  # noqa: E402

book = xlwt.Workbook(encoding="utf-8")
sheet = book.add_sheet("M102RMB")
for i, row in enumerate(workbook_rows("2031-06", lines())):
    for j, value in enumerate(row):
        if value != "":
            sheet.write(i, j, value)
book.save(str(HERE / "customs.xls"))
