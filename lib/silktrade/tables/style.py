"""The look of a table: its caption, its numbers as text, where words stand."""

import hashlib
import html
import re
from collections.abc import Callable

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade.doors import NOTHING
from silktrade.prose import percent

_WORD = re.compile(r"[^\W\d_]+")


def styled(table: pd.DataFrame, caption: str, formats: dict[str, object]) -> Styler:
    """Give a table its caption and formats; unknown values are a dash, text stands left."""
    if not len(table):
        return _Nothing(table).set_caption(html.escape(f"{caption}: nothing is held.", quote=False))
    text = [c for c in table if table[c].dtype == "str" and not table[c].map(_is_number).all()]
    if table.index.nlevels == 1:  # the name of the rows goes to the header's corner
        table = table.rename_axis(index=None, columns=table.index.name)
    content = caption + table.to_csv()  # the id depends on it alone: same table, same bytes
    name = hashlib.sha256(content.encode()).hexdigest()[:8]
    outer = table.index.get_level_values(0)
    together = (outer[1:] != outer[:-1]).sum() + 1 == outer.nunique()
    # Texts of a table are data, whoever wrote them: none of them is markup.
    styler = (Styler if together else _Apart)(table, uuid=name)
    styler = styler.format(formats, na_rep="–", escape="html")
    for axis in ("index", "columns"):
        styler = styler.format_index(axis=axis, escape="html")
        styler = styler.format_index_names(axis=axis, escape="html")
    styler = styler.set_caption(html.escape(caption, quote=False))
    left = "text-align: left"
    if not text:  # pandas cannot map the headings of a table without columns either
        return styler
    styler = styler.map_index(lambda heading: left if heading in text else None, axis="columns")
    styler = styler.map_index(lambda _: left, axis="index")
    styler = styler.set_table_styles([{"selector": "th.index_name", "props": left}])
    return styler.map(lambda _: left, subset=text)


def _is_number(said: object) -> bool:
    """Tell whether a text is a number, a range of them, or the dash of what is not known."""
    return pd.isna(said) or {*_WORD.findall(str(said))} <= {"to"}


class _Apart(Styler):
    """A table whose rows of one name do not stand together: each says its name."""

    def _repr_html_(self) -> str:
        """Write the table."""
        return self.to_html(sparse_index=False)


class _Nothing(Styler):
    """In the place of a table, why there is none."""

    def _repr_html_(self) -> str:
        """Give the sentence."""
        return f'<p class="note">{self.caption}</p>'


NOTHING["Styler"] = lambda none: _Nothing(pd.DataFrame()).set_caption(
    html.escape(none.attrs["unknown"])
)


def _percents(**how: object) -> Callable[[float], str]:
    """Make what prints a rate in percent, and a dash for one that is not known."""
    return lambda value: "–" if pd.isna(value) else percent(value, **how)


share, fine = _percents(), _percents(sign=True, digits=2)


def rate(value: float) -> str:
    """Print a growth rate, one of thousands of percent without tenths."""
    return "–" if pd.isna(value) else percent(value, digits=int(abs(value) < 10), sign=True)


def points(value: float) -> str:
    """Print a growth rate in percent, without the percent sign that the caption has."""
    return rate(value).removesuffix("\u00a0%")


def whole(value: float) -> str:
    """Print a projected rate: draws tell whole percents."""
    return "–" if pd.isna(value) else percent(value, digits=0, sign=True).removesuffix("\u00a0%")


def interval(low: pd.Series, high: pd.Series, printed: Callable[[float], str] = whole) -> pd.Series:
    """Print intervals, each on one line."""
    return low.map(printed) + "\u00a0to\u00a0" + high.map(printed)


def added(value: float) -> str:
    """Print what a part adds in percentage points: whole, or tenths where it is less than one."""
    return whole(value) if abs(value) >= 0.0095 else points(value)


def amount(value: float) -> str:
    """Print an amount in billions."""
    return "–" if pd.isna(value) else f"{value:,.1f}".replace("-", "\u2212")


def chance(p: float) -> str:
    """Print a p-value; none is nought."""
    return "–" if pd.isna(p) else "&lt;0.01" if p < 0.005 else f"{p:.2f}"
