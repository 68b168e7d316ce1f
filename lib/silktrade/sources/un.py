"""UN Comtrade's figures: which periods are new, and the calls that fetch them."""

from collections.abc import Iterable, Iterator
from functools import partial

import pandas as pd

from silktrade import codes
from silktrade.sources import bulk, comtrade
from silktrade.sources.draft import Draft, Mask, Task, Wish, among, day, held_partners, said, wanted
from silktrade.sources.fetch import Client
from silktrade.sources.judge import RefusedError


def bulk_file(wish: Wish) -> list[Draft]:
    """Read a bulk file: China's trade with the partners, as either side reports it."""
    assert wish.file is not None
    found = bulk.rows(wish.file, [*codes.PARTNERS, *wish.partners])
    wrong = [(r, p.year) in comtrade.WRONG_AT_SOURCE
             for r, p in zip(found["reporter"], found["period"], strict=True)]  # fmt: skip
    found = found[~pd.Series(wrong, found.index, dtype=bool)]
    suffix = "_monthly" if isinstance(found["period"].iloc[0].freq, pd.offsets.MonthEnd) else ""
    side = found["reporter"].map(lambda r: "china" if r == "CHN" else "partner")
    level = found["product"].map(lambda p: "reported" if p == codes.TOTAL else "chapters")
    drafts = []
    for (who, what), rows in found.groupby([side, level]):
        asked = _again(rows, rows["partner"].unique())
        drafts.append(Draft("comtrade", f"{who}_{what}{suffix}", rows, asked, day(wish)))
    return drafts


def tasks(client: Client, wish: Wish) -> Iterator[Task]:
    """List the UN's data sets; chapters by month are too many calls without a key."""
    for side in ("china", "partner"):
        for name, frequency, product in (
            ("reported", "Y", "TOTAL"), ("reported_monthly", "M", "TOTAL"),
            ("chapters", "Y", "AG2"), ("chapters_monthly", "M", "AG2"),
        ):  # fmt: skip
            if name != "chapters_monthly" or client.key:
                dataset = f"{side}_{name}"
                task = partial(reported, client, wish, dataset, frequency, product)
                yield f"comtrade/{dataset}", task


def reported(client: Client, wish: Wish, dataset: str, frequency: str, product: str) -> list[Draft]:
    """Read what was sent to the UN since the last time, for one data set."""
    mirror = dataset.startswith("partner")
    partners = [p for p in wanted("comtrade", dataset, wish, mirror) if p != codes.WORLD]
    reporters, sides = (partners, ["CHN"]) if mirror else (["CHN"], partners)
    limit = comtrade.LIMITS["key" if client.key else "preview"]
    known = _checksums(dataset, wish, mirror)
    seen, parts, silent = dict(known), [], []
    for reporter in reporters:
        there = _available(client, reporter, frequency, wish)
        if there.empty:
            silent.append(reporter)
            continue
        names = [f"{reporter} {period}" for period in there["period"]]
        sums = dict(zip(names, there["checksum"], strict=True))
        there = there[[known.get(name) != sums[name] for name in names]]
        seen |= sums
        if there.empty:
            continue
        rows = _answers(client, reporter, sides, frequency, product, list(there["period"]), limit)
        _expect_all(rows, there, reporter)
        parts.append(rows.merge(there[["period", "released"]], on="period"))
    if not parts:
        return []
    rows = pd.concat(parts, ignore_index=True)
    notes = (f"{', '.join(silent)}: nothing since {_first(wish, frequency)}",) if silent else ()
    return [
        Draft("comtrade", dataset, rows, _again(rows, sides), day(wish), notes, {"checksums": seen})
    ]


def _checksums(dataset: str, wish: Wish, mirror: bool) -> dict[str, str]:
    """Give the checksums of what is held; none where a partner is asked for the first time."""
    if set(wish.partners) - set(held_partners("comtrade", dataset, mirror)):
        return {}
    return dict(said("comtrade", dataset).get("checksums", {}))  # type: ignore[call-overload]


def _available(client: Client, reporter: str, frequency: str, wish: Wish) -> pd.DataFrame:
    """List the periods that a reporter has sent in, but those that are wrong at the source."""
    asked = {"reporterCode": codes.COMTRADE[reporter]}
    answer = client.get(comtrade.availability_address(frequency), asked, headers=_header(client))
    there = comtrade.availability(answer.content, frequency)
    there = there[there["reporter"] == reporter]
    start = _first(wish, frequency)
    wrong = [(reporter, p.year) in comtrade.WRONG_AT_SOURCE for p in there["period"]]
    return there[(there["period"] >= start) & ~pd.Series(wrong, there.index, dtype=bool)]


def _first(wish: Wish, frequency: str) -> pd.Period:
    """Give the first period that is asked for: of some three years, unless another is named."""
    first = wish.since or pd.Period(year=wish.today.year - 3, month=1, freq="M")
    return first.asfreq(codes.FREQUENCIES[frequency])


def _answers(
    client: Client,
    reporter: str,
    partners: list[str],
    frequency: str,
    product: str,
    periods: list[pd.Period],
    limit: int,
) -> pd.DataFrame:
    """Ask until every answer is shorter than the limit."""
    waiting = comtrade.questions(reporter, partners, frequency, product, periods, limit)
    parts = []
    address = comtrade.address(frequency, bool(client.key))
    while waiting:
        question = waiting.pop(0)
        answer = client.get(address, question.params(limit), headers=_header(client))
        try:
            parts.append(comtrade.figures(answer.content, question, limit))
        except comtrade.FullError:
            waiting = [*question.halves(), *waiting]
    return pd.concat(parts)


def _header(client: Client) -> dict[str, str]:
    """Send the key where there is one."""
    return {comtrade.KEY_HEADER: client.key} if client.key else {}


def _expect_all(rows: pd.DataFrame, there: pd.DataFrame, reporter: str) -> None:
    """Refuse an empty answer for a period that the list of what is available names."""
    missing = sorted(set(there["period"]) - set(rows["period"]))
    if missing:
        which = f"UN Comtrade: {reporter} {missing[0]}"
        raise RefusedError(f"{which} is listed as available, and the answer is empty")


def _again(rows: pd.DataFrame, partners: Iterable[str]) -> Mask:
    """Mark what is held of the reporters, periods and partners that were asked for again."""
    pairs = set(zip(rows["reporter"], rows["period"], strict=True))
    return among({(*p, side) for p in pairs for side in partners}, "reporter", "period", "partner")
