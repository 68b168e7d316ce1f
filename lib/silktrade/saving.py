"""Saving: charts and figures as files, with the words that belong to them."""

import io
import re
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas.io.formats.style import Styler

from presswork import workbook
from silktrade import codes, prose
from silktrade.figures.house import HOUSE
from silktrade.series import described

PICTURES, TABLES = (".png", ".svg", ".pdf"), (".xlsx", ".csv")
_SHARP = 200  # dots an inch: what a text document prints


def save(what: object, *paths: str | Path) -> None:
    """
    Save a chart as a picture, or figures as a workbook or CSV.

    Parameters
    ----------
    what : Axes, Figure, DataFrame, Series or Styler
        A chart of `figures`, or what a loader, a measure, a forecast or a table gives.
    *paths : str or Path
        One file or several; the suffix says as what: `.png`, `.svg`, `.pdf` for a chart, with
        title, unit and source in the picture; `.xlsx`, `.csv` for figures. A workbook has a second
        sheet with name, unit and source, as `attrs` or columns of the data say.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(st.load_totals(), Path(folder) / "totals.xlsx", Path(folder) / "totals.csv")
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['totals.csv', 'totals.xlsx']
    """
    figure = what.figure if isinstance(what, Axes) else what
    data = what.data if isinstance(what, Styler) else what
    picture = isinstance(figure, Figure)
    if not picture and not isinstance(data, pd.DataFrame | pd.Series):
        raise ValueError(f"what must be a chart, a DataFrame or a Series, got {described(what)}")
    for path in _checked(paths, *((PICTURES, TABLES) if picture else (TABLES, PICTURES))):
        if picture:
            _draw(figure, path)
        elif path.suffix.lower() == ".csv":
            _flat(data).to_csv(path, index=False)
        else:
            workbook.write(path, {"Data": _rows(_flat(data)), "About": _about(data)})


def _checked(
    paths: tuple[object, ...], suffixes: tuple[str, ...], others: tuple[str, ...]
) -> list[Path]:
    """Read the names of files, all before the first is written."""
    if not paths:
        raise ValueError(f"paths must name a file, ending in {codes.listed(suffixes)}, got none")
    read = []
    for path in paths:
        if not isinstance(path, str | Path) or Path(path).suffix.lower() not in suffixes:
            suffix = Path(path).suffix.lower() if isinstance(path, str | Path) else ""
            cure = {
                PICTURES: ": a picture is of a chart, such as figures.lines(data, title)",
                TABLES: ": a table is of the data that the chart is drawn of",
            }[others] if suffix in others else ""  # fmt: skip
            cure = ": write the names one after another" if isinstance(path, list | tuple) else cure
            raise ValueError(
                f"paths must end in one of {', '.join(suffixes)}, got {str(path)!r}{cure}"
            )
        if not Path(path).absolute().parent.is_dir():
            raise FileNotFoundError(
                f"paths must be in a folder that is there, got {str(path)!r}: make it first"
            )
        read.append(Path(path))
    return read


def _draw(figure: Figure, path: Path) -> None:
    """Write a picture; letters that no font here has stay text in SVG, and are else refused."""
    kind = path.suffix.lower().removeprefix(".")
    try:
        content = _picture(figure, kind)
    except UserWarning as lacking:
        if kind != "svg":
            letter = chr(int(re.search(r"\d+", str(lacking))[0]))
            raise ValueError(
                f"{path.name} must have letters that a font here has, got {letter!r}: save it as "
                ".svg, or install a font that has it, such as Noto Sans CJK"
            ) from None
        content = _picture(figure, kind, words=True)
    path.write_bytes(content)


def _picture(figure: Figure, kind: str, *, words: bool = False) -> bytes:
    """Draw a picture, the same each time, with outlines of letters or with words."""
    undated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    style = {**HOUSE, "svg.hashsalt": "silktrade", "svg.fonttype": "none" if words else "path"}
    content = io.BytesIO()
    with mpl.rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore" if words else "error", r"Glyph \d+", UserWarning)
        figure.savefig(content, format=kind, dpi=_SHARP, metadata=undated[kind])
    return content.getvalue()


def _flat(data: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Lay data out in columns: a row a value of the index, periods as text."""
    frame = data.to_frame(data.name if data.name is not None else "value") \
        if isinstance(data, pd.Series) else data.copy()  # fmt: skip
    frame.columns = [_heading(name) for name in frame.columns]
    if not (isinstance(frame.index, pd.RangeIndex) and frame.index.name is None):
        index = frame.index.to_frame(index=False)
        index.columns = [_heading(n or ("name" if index.shape[1] == 1 else f"level {i}"))
                         for i, n in enumerate(frame.index.names, 1)]  # fmt: skip
        frame = pd.concat([index, frame.reset_index(drop=True)], axis=1)
    for at, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            frame.isetitem(at, frame.iloc[:, at].map(_text, na_action="ignore"))
    return frame


def _heading(name: object) -> str:
    """Name a column in one line."""
    return ", ".join(str(part) for part in (name if isinstance(name, tuple) else (name,)))


def _text(value: object) -> object:
    """Write what is no number: a day as YYYY-MM-DD, a year as a number."""
    if isinstance(value, pd.Period) and value.freqstr[0] == "Y":
        return value.year
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return value if isinstance(value, int | float) else str(value)


def _rows(frame: pd.DataFrame) -> list[list[object]]:
    """List the header and the rows of a sheet, as Python's own numbers."""
    body = frame.astype("object").where(frame.notna(), None).to_numpy()
    return [list(frame.columns)] + [
        [v.item() if isinstance(v, np.generic) else v for v in row] for row in body
    ]


def _about(data: pd.DataFrame | pd.Series) -> list[list[object]]:
    """Say what data are: name, unit, source and the day they stand on."""
    currency = data.attrs.get("currency") or _only(data, "currency")
    said = {
        "Name": data.attrs.get("name") or getattr(data, "name", None),
        "Unit": data.attrs.get("unit") or _only(data, "unit") or currency,
        "Source": prose.source_line(data),
        "As of": data.attrs.get("as_of"),
    }
    return [["What", "Said"], *([key, str(value)] for key, value in said.items() if value)]


def _only(data: pd.DataFrame | pd.Series, column: str) -> str:
    """Give the values of a column in one text."""
    held = prose.column_of(data, column)
    return "" if held is None else ", ".join(map(str, held.dropna().unique()))
