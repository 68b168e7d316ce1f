"""The customs' figures: what is asked for, and how tables are held to each other."""

import itertools
from dataclasses import replace

import pandas as pd

from silktrade import codes
from silktrade.data import derived
from silktrade.sources import fx, gacc, gacc_files, preliminary
from silktrade.sources.draft import Draft, Wish, among, day, wanted
from silktrade.sources.fetch import Client, UnreachableError
from silktrade.sources.judge import RefusedError

YEAR_ON_YEAR = 0.03  # by which last year's printed window may miss this year's own base
YEAR_ON_YEAR_SMALL = {("TJK", "import"): 0.05}  # revised most


def bulletin(client: Client, wish: Wish) -> list[Draft]:
    """Read table 2 of every month of this year and the last, in dollars."""
    year, months = _listed(client, "monthly", gacc.TABLE_2)
    first = wish.since or pd.Period(year=year - 1, month=1, freq="M")
    for past in range(first.year, year):
        months |= _listed(client, "monthly", gacc.TABLE_2, past)[1]
    partners = wanted("gacc", "partner_monthly_usd", wish)
    read = [_table(client, months[m], m, partners) for m in sorted(months) if m >= first]
    if not read:
        raise RefusedError(f"the index of {year}: no month since {first} is published")
    to_date = pd.concat([t.to_date for t in read], ignore_index=True)
    _expect_last_year(to_date, derived.newest("gacc", "partner_year_to_date_usd"))
    monthly = pd.concat([t.monthly for t in read], ignore_index=True)
    _expect_dollars(monthly)
    return _customs_drafts(read, monthly, to_date, partners, "_usd", wish)


def rate(client: Client, wish: Wish) -> list[Draft]:
    """Read the preliminary totals of months held in one currency, of which no rate is known."""
    yuan, dollars = _months("partner_monthly"), _months("partner_monthly_usd")
    wanting = (yuan ^ dollars) - _months("customs_rate_monthly")
    parts = []
    for year in sorted({m.year for m in wanting}):
        links = [
            _listed(client, "preliminary", preliminary.ROW.format(currency=c), year)[1]
            for c in ("cny", "usd")
        ]
        # February stands for January as well.
        asked = {max(m, pd.Period(year=year, month=2, freq="M")) for m in wanting if m.year == year}
        for month in sorted(asked & links[0].keys() & links[1].keys()):
            pages = (client.get(listed[month]).content for listed in links)
            parts.append(preliminary.rate(*pages, month))
    if not parts:
        return []
    rows = pd.concat(parts, ignore_index=True)
    again = among(zip(rows["period"]), "period")
    return [Draft("gacc", "preliminary_rate", rows, again, day(wish))]


def lacking_yuan() -> list[pd.Period]:
    """List the months that are held in dollars alone."""
    return sorted(_months("partner_monthly_usd") - _months("partner_monthly"))


def _months(dataset: str) -> set[pd.Period]:
    """Give the months that are held of a data set of the customs."""
    rows = derived.newest("gacc", dataset)
    return set() if rows is None else set(rows["period"])


def _listed(
    client: Client, series: str, row: str, year: int | None = None
) -> tuple[int, dict[pd.Period, str]]:
    """Read where the tables of a year are, of the newest by default."""
    address = gacc.INDEX.format(series=series, year="" if year is None else year)
    found, links = gacc.index(client.get(address).content, year, row)
    return found, {pd.Period(year=found, month=m, freq="M"): link for m, link in links.items()}


def _table(client: Client, address: str, month: pd.Period, partners: list[str]) -> gacc.Table:
    """Read table 2 of a month; what a page hides stands in the workbook that it leads to."""
    page = gacc.table(client.get(address).content, month, partners)
    if not page.hidden or not page.workbook:
        return page
    try:
        book = gacc.table(client.get(page.workbook).content, month, partners)
        both = page.monthly.merge(book.monthly, on=["partner", "flow"])
        if book.hidden or (both["value_x"] != both["value_y"]).any():
            raise RefusedError(f"the workbook of {month}: it hides cells too, or is another print")
    except (RefusedError, UnreachableError) as error:
        return replace(page, notes=(*page.notes, f"{error}"))
    note = f"table 2 of {month}: what the page hides (####) is read from its workbook"
    return replace(book, printed=page.printed, notes=(*book.notes, note))


def customs_file(wish: Wish) -> list[Draft]:
    """Read a file of the Chinese site: the bulletin's workbook, or the query site's CSV."""
    assert wish.file is not None
    content = wish.file.read_bytes()
    if wish.file.suffix.lower() == ".csv":
        return [_query(content, wish)]
    partners = wanted("gacc", "partner_monthly", wish)
    table = gacc_files.workbook(content, partners)
    suffix = "" if table.currency == "CNY" else "_usd"
    other = derived.newest("gacc", "partner_monthly" + ("_usd" if table.currency == "CNY" else ""))
    _expect_one_rate(table, other)
    return _customs_drafts([table], table.monthly, table.to_date, partners, suffix, wish)


def _customs_drafts(
    tables: list[gacc.Table],
    monthly: pd.DataFrame,
    to_date: pd.DataFrame,
    partners: list[str],
    suffix: str,
    wish: Wish,
) -> list[Draft]:
    """Make the two data sets of a table: months, and years to date."""
    notes = tuple(dict.fromkeys(note for t in tables for note in t.notes))
    hidden = {(t.month, *pair) for t in tables for pair in t.hidden}
    printed = set(itertools.product((t.month for t in tables), partners, codes.FLOWS))
    asked = among(printed - hidden, "period", "partner", "flow")
    dated = {str(t.month): t.printed for t in tables if t.printed}
    said: dict[str, object] = {"printed_dates": dated} if dated else {}
    return [
        Draft("gacc", f"partner_monthly{suffix}", monthly, asked, day(wish), notes, said),
        Draft("gacc", f"partner_year_to_date{suffix}", to_date, asked, day(wish), (), said),
    ]


def _query(content: bytes, wish: Wish) -> Draft:
    """Make a data set of a CSV of the query site."""
    if wish.flow is None:
        raise ValueError("a CSV of the query site does not say its flow: add --flow export")
    partners = [*codes.PARTNERS, *wish.partners]
    rows = gacc_files.query(content, wish.flow, partners)
    suffix = "" if rows["currency"].iloc[0] == "CNY" else "_usd"
    pairs = set(zip(rows["period"], rows["partner"], strict=True))
    keys = {(*p, wish.flow, product) for p in pairs for product in set(rows["product"])}
    asked = among(keys, "period", "partner", "flow", "product")
    return Draft("gacc", f"partner_chapters_monthly{suffix}", rows, asked, day(wish))


def _expect_last_year(to_date: pd.DataFrame, held: pd.DataFrame | None) -> None:
    """Hold this year's printed growth to last year's printed window."""
    before = to_date if held is None else pd.concat([held[to_date.columns], to_date])
    before = before.drop_duplicates(["partner", "flow", "period"], keep="last")
    before = before.assign(period=before["period"] + 12)
    both = to_date.merge(before, on=["partner", "flow", "period"], suffixes=("", "_before"))
    both = both[(both["value_before"] > 0) & both["growth"].notna() & (both["growth"] > -1)]
    base = both["value"] / (1 + both["growth"]) / both["value_before"] - 1
    pairs = zip(both["partner"], both["flow"], strict=True)
    most = pd.Series([YEAR_ON_YEAR_SMALL.get(p, YEAR_ON_YEAR) for p in pairs], both.index)
    # A growth of many hundred percent, or a value near zero, is printed too coarsely to say.
    rounding = 0.0005 / (1 + both["growth"]) + 1500 / both["value_before"]
    off = both[base.abs() > most + rounding]
    if len(off):
        row = off.iloc[-1]
        base = row["value"] / (1 + row["growth"])
        what = f"table 2 of {row['period']}, {row['partner']} {row['flow']}"
        raise RefusedError(
            f"{what}: by its growth last year's window was {base:,.0f}, but "
            f"{row['value_before']:,.0f} was printed"
        )


def _expect_dollars(monthly: pd.DataFrame) -> None:
    """Hold months in dollars to the same months in yuan, where those are held."""
    yuan = derived.newest("gacc", "partner_monthly")
    if yuan is None:
        return
    both = yuan.merge(monthly, on=derived.FLOW_KEY, suffixes=("_yuan", ""))
    both = both[both["value"] > 0]
    ratio = (both["value_yuan"] / both["value"]).median()
    if len(both) and not fx.LOW <= ratio <= fx.HIGH:
        raise RefusedError(f"table 2: expected dollars, but the yuan held are {ratio:.3g} times it")


def _expect_one_rate(table: gacc.Table, other: pd.DataFrame | None) -> None:
    """Refuse two tables of one month that no single rate connects."""
    if other is None or table.month not in set(other["period"]):
        return
    mine = table.monthly.assign(product=codes.TOTAL)
    theirs = other[other["period"] == table.month]
    yuan, dollars = (mine, theirs) if table.currency == "CNY" else (theirs, mine)
    found = derived.rate_by_pair(yuan, dollars)
    if found.empty or not fx.LOW <= found.iloc[0] <= fx.HIGH:
        raise RefusedError(
            f"table 2 of {table.month}: yuan and dollars are connected by no single rate: the two "
            "files are of different months or prints"
        )
