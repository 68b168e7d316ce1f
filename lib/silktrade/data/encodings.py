"""Text files that somebody brings: their encoding, told from the bytes, and their rows."""

import csv
import io
import re
from collections.abc import Iterator

_MARKS = {  # at the beginning of a file, the longer before the shorter
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\x84\x31\x95\x33": "gb18030",
}  # fmt: skip


def decoded(content: bytes, what: str) -> tuple[str, str]:
    """Decode a text file, and name its encoding."""
    encoding = _encoding(content)
    try:
        text = content.decode(encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        text = "\0"
    if re.search(r"[\0-\x08\x0e-\x1f]", text):  # a workbook, a picture
        raise ValueError(
            f"{what} is no text in UTF-8, UTF-16, GB18030, Windows-1251 or Windows-1252 (tried "
            f"{encoding}): save it as CSV UTF-8"
        )
    return text, encoding


def rows(text: str, delimiter: str, what: str) -> Iterator[tuple[int, list[str]]]:
    """Split a text into cells, each row with the number of its last line."""
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from ((found.line_num, row) for row in found)
    except csv.Error:  # a cell of more than 131,072 letters
        raise ValueError(
            f"{what} has a quotation mark that is not closed before line {found.line_num}: take it "
            "out, or close it"
        ) from None


def _encoding(content: bytes) -> str:
    """Tell the encoding: a mark, else what decodes, else what the bytes above 127 look like."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" in content:  # every other byte of plain letters in UTF-16
        little, big = content[1::2].count(0), content[::2].count(0)
        return "utf-16-le" if little >= big else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(re.findall(rb"[\x80-\xff]+", content))
    return "utf-8"


def _legacy(runs: list[bytes]) -> str:
    """Tell the encodings of Windows apart: accents stand alone, Chinese in pairs."""
    if 2 * sum(len(run) == 1 for run in runs) > len(runs):
        return "cp1252"
    high = b"".join(runs)  # small Cyrillic letters are the last 32 codes; of Chinese a fifth is
    return "cp1251" if 2 * sum(byte >= 0xE0 for byte in high) > len(high) else "gb18030"
