"""
Refresh: each provider in turn is asked, read, judged and written, and what changed is said.

A provider that cannot be reached, or whose answer is refused, leaves its last vintage in use and
stops no other. What is constructed from the customs' tables is built anew at the end.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from silktrade import codes, schema
from silktrade.data import calendar, derived, holdings, revisions, snapshots, vintages
from silktrade.sources import collect, customs, gacc, judge, writer
from silktrade.sources.draft import Draft, Wish
from silktrade.sources.fetch import HOSTS, Answer, Client, UnreachableError
from silktrade.sources.judge import RefusedError
from silktrade.sources.writer import Part

Say = Callable[[str], None]
KEPT = ("obs_status", "growth", "unit", "valuation", "currency")  # what may differ beside a value


@dataclass
class Options:
    """How a refresh goes about it."""

    dry_run: bool = False  # say what would change, write nothing
    replace_today: bool = False  # replace a vintage of the same day
    bases: Mapping[str, str] = ()  # type: ignore[assignment]  # provider to the host to ask


def refresh(providers: Iterable[str], wish: Wish, options: Options, say: Say) -> list[str]:
    """Ask providers, and write what is new."""
    failed = []
    for name in list(providers) or list(HOSTS):
        codes.one_of("provider", name, list(HOSTS))
        told = _under(name, say)
        base = dict(options.bases).get(name)
        client = Client(name, base) if not wish.file else None
        if not _run(name, client, wish, options, told):
            failed.append(name)
        if client is not None:
            client.close()
    made = build(str(wish.today.date()), options.dry_run)
    for line in made:
        say(f"{'derived':<11}{line}")
    return failed


def build(day: str, dry_run: bool = False) -> list[str]:
    """Build anew what is constructed from the customs' tables, where it is not what they make."""
    made = derived.rebuilt(derived.newest)
    names = [name for name in derived.stale(made) if _is_later(*name, day)]
    told = [f"{'/'.join(name)}: {_news(*name, made[name])}" for name in names]
    if not dry_run and names:
        writer.write([_constructed(*name, made[name], day) for name in names], replace=True)
    return [f"{'would build' if dry_run else 'built'} {text}" for text in told]


def _news(source: str, dataset: str, made: pd.DataFrame) -> str:
    """Say what is new in a constructed file."""
    held = derived.newest(source, dataset)
    if held is None:
        return "the first vintage"
    kind = schema.SCHEMAS[snapshots.find(source, dataset).schema]
    return revisions.described(revisions.extends(held, made, kind))


def _under(name: str, say: Say) -> Say:
    """Say lines under a provider's name, which stands before the first."""
    names = itertools.chain([name], itertools.repeat(""))
    return lambda line: say(f"{next(names):<11}{line}")


def _run(name: str, client: Client | None, wish: Wish, options: Options, told: Say) -> bool:
    """Do the tasks of one provider; tell whether all went well."""
    failed: list[str] = []
    for datasets, ask in collect.tasks(name, client, wish):
        said, seen = "", len(client.asked) if client else 0
        try:
            with client.run() if client else contextlib.nullcontext():
                drafts = ask()
            answers = client.asked[seen:] if client else []
            _take(datasets, drafts, answers, options, told)
        except RefusedError as error:
            said = f"refused: {error}"
        except UnreachableError as error:
            said = f"not reached: {error}; what is held stays in use"
        if client and not options.dry_run and wish.edition is None:
            holdings.note(datasets, said, wish.today)
        if said:
            told(said)
            failed.append(datasets)
        if "network" in said:
            return False  # nor will the next question be answered
    if name == "gacc" and client is not None:
        _say_yuan(told)
    return not failed


def _take(
    datasets: str, drafts: list[Draft], answers: list[Answer], options: Options, told: Say
) -> None:
    """Judge the drafts of one task and write those that say something new."""
    parts, lines = [], []
    for draft in drafts:
        part, line = _judged(draft, answers)
        lines += [line, *draft.notes]
        parts += [part] if part else []
    if not drafts:
        lines.append(f"{datasets}: nothing new")
    if parts:
        writer.write(parts, replace=options.replace_today, dry_run=options.dry_run)
    for line in lines:
        told(line)
    for part in parts:
        verb = "would write" if options.dry_run else "wrote"
        told(f"{verb} {part.source}/{part.day}/{part.dataset}: {len(part.frame)} rows")


def _judged(draft: Draft, answers: list[Answer]) -> tuple[Part | None, str]:
    """Judge a draft against the vintage in use; give what is to be written, and what to say."""
    name = f"{draft.source}/{draft.dataset}"
    edition = (draft.source, draft.dataset) in revisions.EDITIONS  # a past one has its place
    path = vintages.choose(draft.source, draft.dataset, draft.day if edition else None)
    held = snapshots.describe(path) if path else None
    if edition and held and held.vintage > draft.day:
        held = None
    part = Part(draft.source, draft.dataset, draft.day, draft.rows, _how(answers, draft.day))
    kind = schema.SCHEMAS[writer.fields(part)["schema"]]
    if held and draft.day < held.vintage:
        raise RefusedError(f"{name} of {draft.day}: {held.vintage} is held, which is later")
    old = snapshots.read(held) if held else None
    new = _complete(draft, old, kind)
    change = judge.judge(new, held, kind)
    if held and not change and _same(old, new, kind):
        return None, f"{name}: nothing new, {held.vintage} stays in use"
    told = {"answers": [{"address": a.address, "sha256": a.sha256} for a in answers]}
    text = f"{name}: {revisions.described(change)}" if held else f"{name}: the first vintage"
    return replace(part, frame=new, said=told | draft.said), text


def _complete(draft: Draft, old: pd.DataFrame | None, kind: schema.Schema) -> pd.DataFrame:
    """Give rows their source, day and release, and carry over what was not asked for again."""
    rows = draft.rows.assign(source=draft.source, vintage=draft.day)
    if "product" in kind.key and "product" not in rows.columns:
        rows = rows.assign(product=codes.TOTAL)
    if "released" not in rows.columns:
        rule = calendar.released(draft.source, draft.dataset, rows["period"])
        rows = rows.assign(released=rule)
    rows["released"] = rows["released"].clip(upper=pd.Timestamp(draft.day))
    if old is None:
        return rows[kind.all_columns]
    if "released" not in draft.rows.columns:
        rows = _first_released(rows, old, kind)
    carried = old[~draft.asked(old)].assign(vintage=draft.day)
    both = pd.concat([rows[kind.all_columns], carried[kind.all_columns]], ignore_index=True)
    return both.drop_duplicates(list(kind.key), keep="first")


def _first_released(rows: pd.DataFrame, old: pd.DataFrame, kind: schema.Schema) -> pd.DataFrame:
    """Keep the day on which a row was first public, whatever a later reading would say."""
    key = list(kind.key)
    was = old[[*key, "released"]].rename(columns={"released": "was"})
    both = rows.merge(was, on=key, how="left")
    return both.assign(released=both["was"].fillna(both["released"])).drop(columns="was")


def _same(old: pd.DataFrame, new: pd.DataFrame, kind: schema.Schema) -> bool:
    """Tell whether two frames of the same keys and values say the same beside them."""
    columns = [c for c in KEPT if c in kind.columns]
    ordered = [f.sort_values(list(kind.key), ignore_index=True)[columns] for f in (old, new)]
    return ordered[0].equals(schema.validate(new, kind)[columns])


def _how(answers: list[Answer], day: str) -> str:
    """Say how rows reached us."""
    if not answers:
        return f"Downloaded by hand, read by `silktrade refresh --file` on {day}."
    hosts = sorted({a.address.split("/")[2] for a in answers})
    return (
        f"Read by `silktrade refresh` on {day} from {', '.join(hosts)}: {len(answers)} answers, "
        "whose addresses and hashes stand in the field answers."
    )


def _is_later(source: str, dataset: str, day: str) -> bool:
    """Tell whether a vintage of a day would be the newest."""
    path = vintages.choose(source, dataset)
    return path is None or path.parent.name <= day


def _constructed(source: str, dataset: str, frame: pd.DataFrame, day: str) -> Part:
    """Make a part of a constructed file, with the sidecar of the one before."""
    carried = writer.carried(vintages.choose(source, dataset))
    complete = frame.assign(source=source, vintage=day)
    how = "Built by silktrade.data.derived from the customs' printed tables and the market rate."
    return Part(source, dataset, day, complete, how, sidecar=carried, follows=True)


def _say_yuan(told: Say) -> None:
    """Name the months that are held in dollars alone, and where their yuan are."""
    lacking = customs.lacking_yuan()
    if lacking:
        many = "it has" if len(lacking) == 1 else f"{len(lacking)} months have"
        told(
            f"yuan of {lacking[-1]} are not on the English site: download table 2 in a browser "
            f"from {gacc.chinese_page(lacking[-1].year)}, then `silktrade refresh gacc --file "
            f"FILE`; until then {many} dollars only, converted where the preliminary rate is held"
        )
