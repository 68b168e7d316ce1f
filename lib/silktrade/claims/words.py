"""The words of a check: amounts, windows and sums as a reader can follow them."""

from silktrade import codes
from silktrade.claims.ledger import Figure, Window
from silktrade.prose import span

_MOST_TERMS = 5


def amount(value: float, currency: str = "") -> str:
    """Say an amount in billions, with two decimals."""
    number = f"{value / 1e9:,.2f}" if abs(value) >= 1e8 or not value else f"{value / 1e9:.2g}"
    number = number.replace("-", "\u2212")
    return f"{number} billion {codes.CURRENCY_LABELS[currency]}" if currency else number


def source_name(figure: Figure) -> str:
    """Say who published a figure, and that it is no first print where it is not."""
    name = " and ".join(codes.SOURCES.get(s, s) for s in figure.source.split(", "))
    standing = {"P": ", first print", "E": ", estimated or implied", "I": ", imputed"}
    return name + standing.get(figure.obs_status, "")


def sum_of(figure: Figure, wanted: Figure, rate: str) -> str:
    """Write out how a value came about: its terms, and its conversion."""
    terms = [amount(t) for t in figure.terms]
    whole = amount(figure.value, figure.currency)
    line = f"{' + '.join(terms)} = {whole}" if 1 < len(terms) <= _MOST_TERMS else whole
    if rate and figure.value:
        implied = max(figure.value, wanted.value) / min(figure.value, wanted.value)
        sign = "/" if wanted.currency == "USD" else "×"
        line += f" {sign} {implied:.4f} = {amount(wanted.value, wanted.currency)}, at {rate}"
    return f"{line} ({source_name(figure)})"


def added_up(parts: list[Figure], windows: list[Window], total: Figure) -> str:
    """Write out a sum over calendar years."""
    whole = amount(total.value, total.currency)
    sources = "; ".join(dict.fromkeys(source_name(part) for part in parts))
    if len(parts) > _MOST_TERMS:
        return (
            f"{len(parts)} years, {span(*windows[0])} to {span(*windows[-1])}, add "
            f"up to {whole} ({sources})"
        )
    terms = [f"{amount(p.value)} ({span(*w)})" for p, w in zip(parts, windows, strict=True)]
    return f"{' + '.join(terms)} = {whole} ({sources})"
