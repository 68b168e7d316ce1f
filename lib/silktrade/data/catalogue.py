"""
The catalogue of `data/README.md`, made from the sidecars.

After a new snapshot, `python -m silktrade.data.catalogue` writes it anew; a test holds that the
page and the sidecars agree.
"""

from pathlib import Path

from silktrade.data import snapshots, vintages
from silktrade.data.snapshots import Snapshot

BEGIN = "<!-- catalogue: begin, made by `python -m silktrade.data.catalogue` -->"
END = "<!-- catalogue: end -->"


def markdown(found: list[Snapshot]) -> str:
    """Set the snapshots out as a Markdown table."""
    lines = [
        "| data set | what | covers | class | frame | rows | licence |",
        "|---|---|---|---|---|---|---|",
    ]
    for s in found:
        name = f"[{s.source}/{s.vintage}/{s.dataset}]({s.source}/{s.vintage}/{s.dataset}.yml)"
        cells = (name, s.title, s.coverage, s.kind, s.schema, str(s.rows), s.licence)
        lines.append("| " + " | ".join(" ".join(c.split()) for c in cells) + " |")
    return "\n".join(lines)


def renewed(page: str, table: str) -> str:
    """Put a table between the two marks of a page."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"the page must hold the marks {BEGIN!r} and {END!r}: put them back")
    before, rest = page.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    """Write the catalogue of `data/README.md` anew."""
    path: Path = vintages.data_folder() / "README.md"
    page = renewed(path.read_text(encoding="utf-8"), markdown(snapshots.catalogue()))
    draft = path.with_suffix(".tmp")
    draft.write_text(page, encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
