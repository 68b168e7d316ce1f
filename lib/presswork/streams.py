"""What a cell printed, as one text for each stretch of printing, in time linear in its length."""

import re
from itertools import groupby
from typing import Any

_CELL_FILE = re.compile(r"ipykernel_\d+[\\/]\d+\.py")  # its name holds the process's number
_LONGEST_PATH = 4096  # of Linux; shorter elsewhere
_COLOUR = re.compile("\x1b\\[.*?[@-~]")  # as nbconvert has it
# What moves a cursor, links in a terminal, and characters that no page may have.
UP = re.compile(
    r"\x1b\[[0-9;]*[A-HJKf]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)


def joined(outputs: list[Any]) -> list[Any]:
    """Join what was printed in pieces, whenever each piece was sent."""
    made = []
    for printed, run in groupby(outputs, lambda output: output["output_type"] == "stream"):
        if not printed:
            made += run
            continue
        pieces = list(run)
        for name in ("stdout", "stderr"):
            if same := [piece for piece in pieces if piece["name"] == name]:
                same[0]["text"] = written_over("".join(piece["text"] for piece in same))
                made.append(same[0])
    return made


def written_over(text: str) -> str:
    """Leave of each line what stands after its last carriage return, as a screen would show it."""
    if "\r" not in text:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        body = line.rstrip("\r")
        lines[number] = body.rpartition("\r")[2] + line[len(body) :]
    return "\n".join(lines)


def cell_named(text: str) -> str:
    """Call the file of a cell's code `cell`: its name differs in each process."""
    made, done = [], 0
    for found in _CELL_FILE.finditer(text):
        before = text[max(done, found.start() - _LONGEST_PATH) : found.start()]
        path = before.split()[-1] if before[-1:].strip() else ""
        made += [text[done : found.start() - len(path)], "cell"]
        done = found.end()
    return "".join([*made, text[done:]])


def plain(text: str) -> str:
    """Take from a text what only a terminal understands."""
    return _COLOUR.sub("", UP.sub("", text))
