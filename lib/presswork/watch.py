"""
A resident batch: after each edit, run the reports that it touches.

The server of workers keeps the packages loaded but not the library, so that each worker takes it
as it is then. What this process itself is made of is only read at its start; when that is
edited, it starts itself anew.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from presswork import batch, inputs, modules, preload
from presswork.plan import Report
from presswork.project import HERE

POLL = 0.2  # seconds between two looks; a look at a few hundred files takes a few milliseconds
_SUFFIXES = {".css", ".csv", ".geojson", ".ipynb", ".j2", ".json", ".lock", ".py", ".yml"}

Stamps = dict[Path, tuple[int, int]]


def follow(
    plan: Callable[[], tuple[Sequence[Report], Sequence[Report]]],
    folder: Path,
    watcher: batch.Watcher,
    *,
    say: Callable[[str], None],
    done: Callable[[batch.Summary], None],
    **options: object,
) -> None:
    """Run what has changed, then wait for edits, for ever."""
    preload.follow_edits()
    whole, chosen = plan()
    places = _places(whole)
    ours = [whole[0].project.folder, HERE]
    seen, code = _stamps(places, _SUFFIXES), _stamps(ours, {".py"})
    while True:
        done(batch.run(whole, chosen, folder, watcher, **options))
        while True:
            changed, seen = _next_edit(places, seen)
            say(_told(changed))
            if _own(changed, code):
                os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
            modules.forget()
            try:
                whole, chosen = plan()
            except (ValueError, OSError) as error:  # an edit that is half done
                say(str(error))
                continue
            places = _places(whole)
            break


def _next_edit(places: Sequence[Path], seen: Stamps) -> tuple[list[Path], Stamps]:
    """Wait until a file comes, goes or changes."""
    while True:
        now = _stamps(places, _SUFFIXES)
        if changed := sorted(p for p in {*now, *seen} if now.get(p) != seen.get(p)):
            return changed, now
        time.sleep(POLL)


def _places(whole: Sequence[Report]) -> list[Path]:
    """List the folders whose files can matter to a batch."""
    roots = {inputs.root(report) for report in whole}
    folders = {root / part for root in roots for part in ("notebooks", "requirements.lock")}
    project = whole[0].project
    return [*sorted(folders), project.data(), project.folder, HERE]


def _stamps(places: Iterable[Path], suffixes: set[str]) -> Stamps:
    """Note time and size of every file that can matter."""
    found: Stamps = {}
    for place in places:
        for path in [place] if place.is_file() else place.rglob("*"):
            hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
            if path.suffix in suffixes and not hidden:
                with contextlib.suppress(FileNotFoundError):  # an editor's, between two names
                    stat = path.stat()
                    found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def _own(changed: Iterable[Path], code: Stamps) -> bool:
    """Tell whether an edit touches a module that this process has loaded."""
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return any(path in code and str(path) in loaded for path in changed)


def _told(changed: Sequence[Path]) -> str:
    """Name what was edited."""
    names = [path.name for path in changed[:3]]
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"edited: {', '.join(names)}{more}"
