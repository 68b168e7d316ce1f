"""Days written with slashes, in a file that somebody brings: which part is the month."""

import re

_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def told(cells: list[str]) -> list[str]:
    """Write days such as 31/12/2024 as 2024-12-31, if together they tell; "" for all else."""
    found = [_SLASHED.fullmatch(cell) for cell in cells]
    days = [[*map(int, day.groups())] for day in found if day]
    months = [at for at in (0, 1) if max((day[at] for day in days), default=13) < 13]
    if len(months) == 2 and len({day[2] for day in days}) > 1:
        # The first of each month over more than a year, where one reading alone has each month
        # once; in days that follow one another both have some month twice.
        once = [at for at in months if len({(d[2], d[at]) for d in days}) == len(days)]
        months = once[:1] if all(d[1 - at] == 1 for at in once for d in days) else []
    if len(months) != 1:
        return [""] * len(cells)
    form = r"\3-\2-\1" if months == [1] else r"\3-\1-\2"
    return [day.expand(form) if day else "" for day in found]
