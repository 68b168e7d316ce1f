"""
Words of the field that pages use, each in plain English: pages link the first use to it.

They stand in `glossary.csv` beside this file: the word that heads its entry, the other forms in
which it may stand in a text, parted by `;`, and what it means.
"""

from silktrade import codes

WORDS: dict[tuple[str, ...], str] = {
    (row["word"], *filter(None, row["also"].split(";"))): row["meaning"]
    for row in codes.table("glossary.csv")
}
