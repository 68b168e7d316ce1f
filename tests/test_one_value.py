"""One value per series and period: a page never shows two numbers for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import bs4

from silktrade import codes

PLACES = {*map(codes.label, codes.PARTNERS), codes.label(codes.REGION)}
Key = tuple[str, str, str, str]  # what, whose, when, currency
YEAR = re.compile(r"\d{4}")


def contradictions(page: str, whose: str) -> list[str]:
    """Name what a page says twice and differently; a number with a star is marked, and stands."""
    seen: dict[Key, list[tuple[float, float]]] = {}
    for key, text in _told(bs4.BeautifulSoup(page.replace("’", "'"), "html.parser"), whose):
        match = re.match(r"[+−]?\d[\d,]*(\.\d+)?", text.replace("\xa0", " ").strip())
        if match is None or "*" in text:
            continue
        number = match.group().replace("−", "-").replace(",", "")
        half = 0.5 * 10 ** -len(number.partition(".")[2])
        seen.setdefault(key, []).append((float(number), half))
    # Two printed numbers agree where one rounded value could be behind both.
    return [
        f"{key}: {sorted(values)}"
        for key, values in seen.items()
        if max(v - h for v, h in values) > min(v + h for v, h in values) + 1e-9
    ]


def _told(soup: bs4.BeautifulSoup, whose: str) -> Iterator[tuple[Key, str]]:
    """Give every level and growth rate of a year that tables and headline numbers tell."""
    for table in soup.find_all("table"):
        if table.caption is None or table.thead is None:
            continue
        caption = table.caption.get_text()
        heads = [head.get_text() for head in table.thead.find_all("tr")[0].find_all(["th", "td"])]
        for row in table.tbody.find_all("tr"):
            cells = [cell.get_text() for cell in row.find_all(["th", "td"])]
            if len(cells) == len(heads):
                yield from _row(caption, dict(zip(heads, cells, strict=True)), whose)
    for number in soup.select("dl.numbers div"):
        label, value = number.dt.get_text().replace("\xa0", " "), number.dd.get_text()
        said, _, period = label.rpartition(", ")
        if said == "Growth of that trade":
            yield ("growth", whose, period, "dollars"), value
        if said in ("Trade with the five", f"China's trade with {whose}"):
            yield ("level", whose, period, "dollars"), value


def _row(caption: str, row: dict[str, str], whose: str) -> Iterator[tuple[Key, str]]:
    """Give what one row of a table tells of years."""
    year, currency = row.get("Year", ""), "yuan" if "yuan" in caption else "dollars"
    if caption.startswith("China's exports plus imports, billion") and YEAR.fullmatch(year):
        yield from ((("level", p, year, currency), row[p]) for p in PLACES & row.keys())
        if "Growth" in row:
            yield ("growth", codes.label(codes.REGION), year, currency), row["Growth"]
    elif caption.startswith("Growth on the year before"):
        for name, value in row.items():
            told = currency if name.startswith("Growth") else name.removeprefix("in ")
            if told in codes.CURRENCY_LABELS.values():
                yield ("growth", whose, year, told), value
    elif caption.startswith("Contribution to growth in points"):
        yield ("growth", codes.label(codes.REGION), year, currency), row[codes.label(codes.REGION)]
    elif match := re.match(r"China's trade by partner in (\d{4})", caption):
        yield ("level", row["Partner"], match[1], currency), row["Total"]
        yield ("growth", row["Partner"], match[1], currency), row["Growth"]
    elif match := re.match(r"What moved trade with .* in (\d{4})", caption):
        if row["Part"].startswith("Growth in "):
            told = row["Part"].removeprefix("Growth in ")
            yield ("growth", whose, match[1], told), row["Points"]
    elif "Months" in row and YEAR.fullmatch(row["Months"]):
        yield ("level", whose, row["Months"], row["Currency"]), row["Billion"]
        yield ("growth", whose, row["Months"], row["Currency"]), row["Growth"]


def page(first: str, second: str) -> str:
    """Lay two tables and a headline number over each other."""
    head = (
        "<table><caption>{}</caption><thead><tr><th>Year</th><th>{}</th></tr></thead>"
        "<tbody><tr><th>2023</th><td>{}</td></tr></tbody></table>"
    )
    one = head.format("Growth on the year before, in dollars, percent", "Growth in dollars", first)
    two = head.format("Contribution to growth in points", "Central Asia", second)
    return one + two


def test_two_numbers_for_one_thing_are_found():
    assert contradictions(page("27.3", "27.6"), "Central Asia") != []
    assert contradictions(page("27.3", "27.34"), "Central Asia") == []
    assert contradictions(page("27", "27.4"), "Central Asia") == []
    assert contradictions(page("27.3", "27.6*"), "Central Asia") == []
    assert contradictions(page("−27.3", "27.3"), "Central Asia") != []


def test_a_headline_number_counts_too():
    number = "<div><dt>Growth of that trade, 2023</dt><dd>27.9&nbsp;%</dd></div>"
    card = f'<dl class="numbers">{number}</dl>'
    assert contradictions(page("27.3", "27.3") + card, "Central Asia") != []
