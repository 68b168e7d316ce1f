"""The element of a chart on a page: its finding, its two drawings, its values, its source."""

from collections.abc import Mapping, Sequence
from html import escape

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from silktrade import codes, prose
from silktrade.figures.alternative import alternative_text
from silktrade.figures.chart_data import Panel
from silktrade.figures.data_table import data_html

# The partners by their colours: by them a rule finds a partner's marks.
_CHOSEN = {codes.colour(p).lower(): codes.label(p) for p in codes.PARTNERS}


def chart(
    figure: Figure, found: Sequence[Panel], texts: Mapping[str, str], drawings: Sequence[str],
    wrong: Sequence[str],
) -> str:  # fmt: skip
    """Put the parts of a chart together; a style sheet chooses one of its drawings by its width."""
    said = {part: escape(text, quote=False) for part, text in texts.items()}
    told = escape("; ".join(wrong))
    day = f" Public by {prose.day(figure.as_of)}." if figure.as_of else ""
    scales = [
        f'<div class="wide">{wide}</div><div class="narrow" hidden>{narrow}</div>'
        for wide, narrow in zip(drawings[::2], drawings[1::2], strict=True)
    ]
    title = said.get("title", "")
    if len(scales) > 1:
        scales = [f"<div>{scales[0]}</div>", f'<div class="log" hidden>{scales[1]}</div>']
    lines = [
        f'<figure class="chart" data-faults="{told}">' if wrong else '<figure class="chart">',
        f'<figcaption class="chart-title">{title}</figcaption>',
        # The batch publishes no page with such a figure.
        f'<p class="chart-faults">This chart misleads: {told}.</p>' if wrong else "",
        f'<p class="chart-subtitle">{said["subtitle"]}</p>' if "subtitle" in said else "",
        f'<div class="plot" role="img" aria-label="{escape(alternative_text(figure))}">'
        f"{''.join(scales)}</div>",
        f'<p class="chart-key">{said["key"].replace(chr(10), "<br>")}</p>' if "key" in said else "",
        f'<p class="chart-source">{said.get("source", "")}.{day}</p>',
        data_html(found, {**texts, "as_of": figure.as_of or ""}),
        _switch("Log scale", title) if len(scales) > 1 else "",
        _choice(figure, title),
        "</figure>",
    ]  # fmt: skip
    return "\n".join(filter(None, lines))


def either(first: str, second: str, name: str) -> str:
    """Put a switch below a chart that changes it for another; a style sheet heeds it."""
    return f'<div class="either"><div>{first}</div><div hidden>{second}</div>{_switch(name)}</div>'


def _switch(name: str, of: str = "") -> str:
    """Write a switch that needs no script."""
    told = f'<span class="unseen">: {of}</span>' if of else ""
    return f'<label class="switch"><input type="checkbox"> {name}{told}</label>'


def _choice(figure: Figure, of: str) -> str:
    """Let a reader choose partners in a chart of several; the others' marks are paled."""
    lines = {to_hex(line.get_color()) for ax in figure.axes for line in ax.get_lines()}
    drawn = {colour: name for colour, name in _CHOSEN.items() if colour in lines}
    if len(drawn) < 3:
        return ""
    boxes = "".join(
        f'<label class="switch"><input type="checkbox" value="{colour}"> {name}</label>'
        for colour, name in drawn.items()
    )
    pale = ",".join(
        f'.chart:has(.only :checked):not(:has([value="{c}"]:checked)) '
        f'.plot :is([stroke="{c}"],[fill="{c}"])'
        for c in drawn
    )
    return (  # in a drawing alone may a style stand among what a page says
        f'<svg class="unseen" aria-hidden="true"><style>{pale}{{opacity:.15}}</style></svg>'
        f'<div class="only" role="group" aria-label="Highlight in: {of}">Highlight {boxes}</div>'
    )


def picture(content: str, alternative: str) -> str:
    """Show a drawing that is not of the house as a picture."""
    return (
        f'<figure class="chart"><img alt="{escape(alternative)}" '
        f'src="data:image/svg+xml;base64,{content}"></figure>'
    )
