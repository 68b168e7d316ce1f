"""
The desk's commands: refresh, add, status and check, everything that keeps the figures up to date.

What they print is for a person; what fails is named and stops nothing else.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from silktrade.data.snapshots import Snapshot

PROVIDERS = ("gacc", "comtrade", "imf", "worldbank", "fx")


def add_commands(add: object) -> None:
    """Describe the commands and their options."""
    sub = add("refresh", _refresh, "Fetch newer figures, judge them, write new vintages.")  # type: ignore[operator]
    sub.add_argument("providers", nargs="*", metavar="PROVIDER",
                     help=f"some of {', '.join(PROVIDERS)} (default: all)")  # fmt: skip
    sub.add_argument("--since", metavar="YYYY-MM", help="first month to read again")
    sub.add_argument(
        "--file",
        type=Path,
        help="downloaded by hand: of the customs (.xls, .csv), a bulk file of the UN",
    )
    sub.add_argument("--flow", choices=("export", "import"), help="of a CSV that does not say it")
    sub.add_argument("--partner", action="append", default=[], metavar="CODE", dest="partners",
                     help="another partner, such as MNG; may be given again")  # fmt: skip
    sub.add_argument("--edition", metavar="YYYY-MM",
                     help="a past World Economic Outlook, of April or October")  # fmt: skip
    sub.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")
    sub.add_argument("--replace-today", action="store_true", help="replace a vintage of today")
    sub.add_argument("--base-url", action="append", default=[], metavar="NAME=URL", dest="bases",
                     help="ask this server instead of a provider's own")  # fmt: skip
    sub = add("add", _add, "Put a file made by hand into the data folder, with a sidecar.")  # type: ignore[operator]
    sub.add_argument("source", help="such as gacc")
    sub.add_argument("dataset", help="such as partner_monthly")
    sub.add_argument("file", type=Path, metavar="FILE.csv")
    sub.add_argument("--how", default="", help="how it reached us, for the sidecar")
    sub = add("data", _data, "Say where the data folder is, and what it holds.")  # type: ignore[operator]
    sub.add_argument("--path", action="store_true", help="print the folder alone, for a script")
    add("status", _status, "Say what is held, how old it is, and what is due.")  # type: ignore[operator]
    text = "Check every snapshot: sidecar, schema, vintage before, what it is made of."
    add("check", _check, text)  # type: ignore[operator]


def _data(options: argparse.Namespace) -> int:
    """Say where the figures are, or how to name the folder."""
    from silktrade.data import vintages

    folder = vintages.data_folder().resolve()
    if options.path:
        print(folder)
        return 0
    sets = {(path.parent.parent.name, path.stem) for path in vintages.every()}
    print(f"{folder}\n{len(sets)} data sets, the newest vintage of {vintages.newest_day()}; "
          f"another folder: {vintages.FOLDER_VARIABLE}=FOLDER")  # fmt: skip
    return 0


def _refresh(options: argparse.Namespace) -> int:
    """Fetch newer figures; a provider that fails is named, and the others go on."""
    from silktrade import codes
    from silktrade.sources import draft, refresh

    if options.file is not None and options.providers not in (["gacc"], ["comtrade"]):
        raise ValueError("--file is of the customs or of the UN: say `silktrade refresh gacc "
                         "--file FILE`, or comtrade")  # fmt: skip
    if options.file is not None and not options.file.is_file():
        raise ValueError(f"--file must name a file, got {str(options.file)!r}")
    for code in options.partners:
        codes.one_of("partner", code, [c for c in codes.CUSTOMS_NAMES if c != "CHN"])
    edition = _month(options.edition, "--edition")
    if edition is not None and (options.providers != ["imf"] or edition.month not in (4, 10)):
        raise ValueError("--edition is a World Economic Outlook's, of April or October: say "
                         "`silktrade refresh imf --edition 2025-10`")  # fmt: skip
    since = _month(options.since, "--since")
    partners = tuple(options.partners)
    wish = draft.Wish(today(), since, options.file, options.flow, partners, edition)
    how = refresh.Options(options.dry_run, options.replace_today, _bases(options.bases))
    failed = refresh.refresh(options.providers, wish, how, lambda line: print(line, flush=True))
    if failed:
        print(
            f"silktrade: {', '.join(failed)}: not everything came; what is held stays in use",
            file=sys.stderr,
        )
    # A provider that does not answer will another day; a file that was refused will not pass alone.
    return 1 if failed and options.file is not None else 0


def _add(options: argparse.Namespace) -> int:
    """Check a file against its data set and the vintage before, and write its sidecar."""
    from silktrade import schema
    from silktrade.data import revisions, snapshots
    from silktrade.sources import judge, refresh, writer

    try:
        held = snapshots.find(options.source, options.dataset)
    except FileNotFoundError:
        raise ValueError(
            f"{options.source} {options.dataset} must be a data set that is held, as `silktrade "
            "check` lists them: a new one is a source of its own, CONTRIBUTING.md says how"
        ) from None
    kind = schema.SCHEMAS[held.schema]
    day = str(today().date())
    content = options.file.read_bytes()
    try:
        rows = snapshots.table(content).assign(source=held.source, vintage=day)
    except ValueError as error:
        raise ValueError(f"{options.file}: {error}") from None
    frame = schema.validate(rows, kind)
    change = judge.judge(frame, held, kind)
    carried = writer.carried(held.path)
    how = options.how or "Brought by hand, with `silktrade add`."
    part = writer.Part(held.source, held.dataset, day, frame, how, sidecar=carried, content=content)
    written = writer.write([part])
    for path in written:
        print(f"wrote {held.source}/{day}/{path.name}: {revisions.described(change)}")
    if not written:
        print(f"{held.source}/{day}/{held.dataset} holds this very file: nothing to do")
    for line in refresh.build(day):
        print(f"derived    {line}")
    return 0


def _status(options: argparse.Namespace) -> int:
    """Print each data set with its last period, its age and its next release."""
    from silktrade.data import holdings

    rows = [("data set", "vintage", "held to", "next release", "why none is newer")]
    for held in holdings.load_vintages(as_of=today()).itertuples():
        name = f"{held.source}/{held.dataset}"
        rows.append((name, held.vintage, held.last, str(held.due.date()), held.why))
    print("\n".join(aligned(rows)))
    return 0


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Set rows in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{text:<{w}}" for text, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _check(options: argparse.Namespace) -> int:
    """Check every snapshot, print one line for each, and name each that fails."""
    from silktrade.data import snapshots, vintages

    stale, failed = _stale(), 0
    before: dict[tuple[str, str], snapshots.Snapshot] = {}
    newest = {(p.parent.parent.name, p.stem): p for p in vintages.every()}
    for path in sorted(vintages.every(), key=lambda p: (p.parent.parent, p.stem, p.parent)):
        name = (path.parent.parent.name, path.stem)
        said = f"{name[0]}/{path.parent.name}/{name[1]}"
        try:
            snapshot = snapshots.describe(path)
            _expect_whole(snapshot, before.get(name))
            before[name] = snapshot
            if path == newest[name] and name in stale:
                raise ValueError(f"{stale[name]}: run `silktrade refresh`, which builds it anew")
        except (ValueError, OSError) as error:
            failed += 1
            print(f"failed  {said}: {error}")
        else:
            print(f"ok      {said}: {snapshot.rows} rows, {snapshot.title}")
    for name in stale.keys() - newest.keys():
        failed += 1
        print(f"failed  {'/'.join(name)}: {stale[name]}: run `silktrade refresh`, which builds it")
    return 1 if failed else 0


def _expect_whole(snapshot: Snapshot, before: Snapshot | None) -> None:
    """Hold a snapshot to its sidecar, its schema, and the vintage before."""
    from silktrade import schema
    from silktrade.data import revisions, snapshots

    snapshots.check(snapshot)
    if before is not None:
        kind = schema.SCHEMAS[snapshot.schema]
        change = revisions.extends(snapshots.read(before), snapshots.read(snapshot), kind)
        revisions.expect_extended(change, kind, before)


def _stale() -> dict[tuple[str, str], str]:
    """Name the constructed files that are not what their inputs make."""
    from silktrade.data import derived

    try:
        return derived.stale(derived.rebuilt(derived.newest))
    except ValueError:
        return {}  # an input is damaged, which its own line says


def today() -> pd.Timestamp:
    """Give the day, the one clock of these commands."""
    import pandas as pd  # the command line starts without it

    return pd.Timestamp.now().normalize()


def _month(text: str | None, option: str) -> pd.Period | None:
    """Read a month."""
    if text is None:
        return None
    import pandas as pd  # the command line starts without it

    if not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise ValueError(f"{option} must be a month as YYYY-MM, got {text!r}")
    return pd.Period(text, freq="M")


def _bases(given: list[str]) -> dict[str, str]:
    """Read NAME=URL pairs."""
    pairs = [text.partition("=") for text in given]
    for name, sign, url in pairs:
        if name not in PROVIDERS or not sign or not url.startswith(("http://", "https://")):
            raise ValueError(
                f"--base-url must be NAME=URL with a name of {', '.join(PROVIDERS)}, got "
                f"{name + sign + url!r}"
            )
    return {name: url for name, _, url in pairs}
