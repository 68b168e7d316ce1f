"""Draw the figure of the README with `python -m silktrade.figures`, when data or style changed."""

from pathlib import Path

import matplotlib as mpl

from silktrade.data.trade import load_totals
from silktrade.figures.canvas import part_texts
from silktrade.figures.house import HOUSE
from silktrade.figures.trends import total_trade

PLACE = Path(__file__).parents[3] / "reports" / "README.svg"


def main() -> None:
    """Write the figure, and print the finding that its alternative text in the README has to be."""
    figure = total_trade(load_totals()).figure
    with mpl.rc_context(HOUSE):
        figure.savefig(PLACE, metadata={"Date": None, "Creator": None})
    print(part_texts(figure)["title"])


if __name__ == "__main__":
    main()
