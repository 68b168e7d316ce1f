"""Charts that a script would draw in a browser: drawn by their own exporters, or as numbers."""

import base64
import contextlib
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

ROWS = 200  # of a chart's numbers on a page
_SECONDS = 60
_EMBEDDED = re.compile(r"\}\)\((\{.*\}),\s*\{.*?\}\s*\);?\s*</script>", re.DOTALL)


def plotly(spec: Any) -> tuple[str, str, str]:
    """Draw a chart of plotly."""
    layout = spec.get("layout") or {}
    title = _title(layout)
    if importlib.util.find_spec("plotly") and importlib.util.find_spec("kaleido"):
        with contextlib.suppress(Exception):  # no browser, no network, another version
            import plotly.io

            kept = {"data": spec.get("data"), "layout": layout}
            svg = plotly.io.to_image(kept, format="svg", validate=False).decode()
            return svg, "", title
    columns: dict[str, list[Any]] = {}
    for number, trace in enumerate(spec.get("data") or (), 1):
        name = str(trace.get("name") or trace.get("type") or f"series {number}")
        for part in ("x", "y", "z", "labels", "values", "locations"):
            if values := _array(trace.get(part)):
                columns[f"{name}, {part}"] = values
    return "", _table(columns, title), title


def vega(spec: Any) -> tuple[str, str, str]:
    """Draw a chart of Altair."""
    title = _title(spec)
    if importlib.util.find_spec("vl_convert"):
        with contextlib.suppress(Exception):
            import vl_convert

            return vl_convert.vegalite_to_svg(dict(spec)), "", title
    rows = [row for data in _values(spec) for row in data if isinstance(row, Mapping)]
    names = dict.fromkeys(name for row in rows for name in row)
    return "", _table({n: [row.get(n) for row in rows] for n in names}, title), title


def _title(spec: Mapping[str, Any]) -> str:
    """Read the title of a chart: a text, its lines, or either with its looks."""
    said = spec.get("title") or ""
    said = said.get("text") or "" if isinstance(said, Mapping) else said
    return " ".join(map(str, said)) if isinstance(said, list) else str(said)


def vega_in(html: str) -> Any:
    """Find the chart in what Altair shows: HTML whose script would draw it."""
    if "vega" not in html:
        return None
    with contextlib.suppress(ValueError, AttributeError):
        text = _EMBEDDED.search(html)[1]
        return json.JSONDecoder().raw_decode(text)[0]
    return None


def _values(spec: Mapping[str, Any]) -> list[Sequence[Any]]:
    """Collect the data that a chart carries."""
    data = spec.get("data")
    own = data.get("values") if isinstance(data, Mapping) else None
    named = spec.get("datasets") or {}
    return [v for v in (own, *named.values()) if isinstance(v, list)]


def _array(values: Any) -> list[Any]:
    """Read a list as plotly writes it: plain, or packed."""
    if isinstance(values, Mapping) and "bdata" in values:
        import numpy as np

        with contextlib.suppress(ValueError, TypeError, KeyError):
            packed = base64.b64decode(values["bdata"])
            return np.frombuffer(packed, dtype=np.dtype(values["dtype"])).tolist()
        return []
    return list(values) if isinstance(values, list | tuple) else []


def _table(columns: Mapping[str, Sequence[Any]], title: str) -> str:
    """Write columns as a table."""
    if not columns:
        return ""
    longest = max(map(len, columns.values()))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(c, number)}</td>" for c in columns.values()) + "</tr>"
        for number in range(min(longest, ROWS))
    )
    more = f" (the first {ROWS} of {longest} rows)" if longest > ROWS else ""
    caption = f"<caption>{escape(title or 'The numbers of a chart')}{more}</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(column: Sequence[Any], number: int) -> str:
    """Write one value; what is not there is left empty."""
    value = column[number] if number < len(column) else None
    return "" if value is None else escape(str(value))
