"""The element of a chart on a page: its finding, its two drawings, its values, its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from matplotlib.figure import Figure

from silktrade import prose
from silktrade.figures.alternative import alternative_text
from silktrade.figures.chart_data import panels
from silktrade.figures.data_table import data_html


def chart(
    figure: Figure, texts: Mapping[str, str], drawings: Sequence[str], wrong: Sequence[str]
) -> str:
    """Put the parts of a chart together; a style sheet chooses one of its drawings by its width."""
    found = panels(figure)
    said = {part: escape(text, quote=False) for part, text in texts.items()}
    told = escape("; ".join(wrong))
    day = f" Public by {prose.day(figure.as_of)}." if figure.as_of else ""
    wide, narrow = drawings
    lines = [
        f'<figure class="chart" data-faults="{told}">' if wrong else '<figure class="chart">',
        f'<figcaption class="chart-title">{said.get("title", "")}</figcaption>',
        # The batch publishes no page with such a figure.
        f'<p class="chart-faults">This chart misleads: {told}.</p>' if wrong else "",
        f'<p class="chart-subtitle">{said["subtitle"]}</p>' if "subtitle" in said else "",
        f'<div class="plot" role="img" aria-label="{escape(alternative_text(figure))}">'
        f'<div class="wide">{wide}</div><div class="narrow" hidden>{narrow}</div></div>',
        f'<p class="chart-key">{said["key"].replace(chr(10), "<br>")}</p>' if "key" in said else "",
        f'<p class="chart-source">{said.get("source", "")}.{day}</p>',
        data_html(found, {**texts, "as_of": figure.as_of or ""}),
        "</figure>",
    ]  # fmt: skip
    return "\n".join(filter(None, lines))


def picture(content: str, alternative: str) -> str:
    """Show a drawing that is not of the house as a picture."""
    return (
        f'<figure class="chart"><img alt="{escape(alternative)}" '
        f'src="data:image/svg+xml;base64,{content}"></figure>'
    )
