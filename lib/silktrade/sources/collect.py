"""
The tasks of each provider, and those that need no more than one call and one reader.

A task asks, reads, and gives drafts. Nothing is judged against the past here but what only the
provider's own rules can tell, and nothing is written.
"""

from collections.abc import Callable
from functools import partial

import pandas as pd

from silktrade import codes
from silktrade.data import derived
from silktrade.sources import customs, fx, imf, un, worldbank
from silktrade.sources.draft import Draft, Task, Wish, day, everything, said, wanted
from silktrade.sources.fetch import Client, UnreachableError
from silktrade.sources.judge import RefusedError

FIRST_TRADE = "2000-01"  # of the IMF's monthly trade


def tasks(provider: str, client: Client, wish: Wish) -> list[Task]:
    """
    List what a provider is asked, in order; each task stands or falls alone.

    A task is named by the data sets that it brings.
    """
    if wish.file:
        read = un.bulk_file if provider == "comtrade" else customs.customs_file
        return [("file", partial(read, wish))]
    if provider == "comtrade":
        return list(un.tasks(client, wish))
    listed: dict[str, list[tuple[str, Callable[[Client, Wish], list[Draft]]]]] = {
        "gacc": [
            ("gacc/partner_monthly_usd gacc/partner_year_to_date_usd", customs.bulletin),
            ("gacc/preliminary_rate", customs.rate),
        ],
        "imf": [
            ("imf/trade_monthly", partial(monthly_trade, mirror=False)),
            ("imf/trade_monthly_mirror", partial(monthly_trade, mirror=True)),
            ("imf/world_economic_outlook", outlook),
        ],
        "worldbank": [("worldbank/gdp", output), ("worldbank/commodity_prices", prices)],
        "fx": [("bis/exchange_rate", rate)],
    }
    chosen = listed[provider][-1:] if wish.edition is not None else listed[provider]
    return [(name, partial(task, client, wish)) for name, task in chosen]


def monthly_trade(client: Client, wish: Wish, *, mirror: bool) -> list[Draft]:
    """Read the IMF's monthly trade: China's report, or the partners' own."""
    dataset = "trade_monthly_mirror" if mirror else "trade_monthly"
    partners = [p for p in wanted("imf", dataset, wish, mirror) if p != codes.WORLD]
    sides = (partners, ["CHN"]) if mirror else (["CHN"], partners)
    since = wish.since or pd.Period(FIRST_TRADE, freq="M")
    answer = client.get(imf.trade_address(*sides), {"startPeriod": str(since)})
    rows = imf.trade(answer.content, *sides)
    mine = "reporter" if mirror else "partner"

    def asked(held: pd.DataFrame) -> pd.Series:
        return (held["period"] >= since) & held[mine].isin(partners)

    return [Draft("imf", dataset, rows, asked, day(wish))]


def outlook(client: Client, wish: Wish) -> list[Draft]:
    """Read an edition of the World Economic Outlook, by default the newest, whose day it bears."""
    asked = wanted("imf", "world_economic_outlook", wish)
    economies = ["CHN", *(p for p in asked if p != codes.WORLD)]
    address = imf.outlook_address(economies, wish.edition)
    rows, edition = imf.outlook(client.get(address).content, economies)
    if wish.edition is not None and not edition.startswith(str(wish.edition)):
        raise RefusedError(f"IMF: asked for the Outlook of {wish.edition}, found that of {edition}")
    rows = rows.assign(released=pd.Timestamp(edition))
    return [Draft("imf", "world_economic_outlook", rows, everything, edition)]


def output(client: Client, wish: Wish) -> list[Draft]:
    """Read output of China and the partners, all years."""
    economies = ["CHN", *(p for p in wanted("worldbank", "gdp", wish) if p != codes.WORLD)]
    address = worldbank.gdp_address(economies, 1990, wish.today.year)
    rows, updated = worldbank.gdp(client.get(address).content, economies)
    known = said("worldbank", "gdp").get("updated", "")
    if updated < str(known):
        raise RefusedError(f"World Bank: last updated {updated}, but {known} is held already")
    return [Draft("worldbank", "gdp", rows, everything, day(wish), said={"updated": updated})]


def prices(client: Client, wish: Wish) -> list[Draft]:
    """Read the newest Pink Sheet, whose day it bears."""
    page = client.get(worldbank.MARKETS, headers=worldbank.AGENT)
    address = worldbank.link(page.content)
    rows, edition = worldbank.prices(client.get(address, headers=worldbank.AGENT).content)
    old = derived.newest("worldbank", "commodity_prices")
    if old is not None:
        worldbank.settled(rows, old)
    return [Draft("worldbank", "commodity_prices", rows, everything, edition)]


def rate(client: Client, wish: Wish) -> list[Draft]:
    """Read the market rate, and hold it to FRED's where that can be read."""
    address = f"{fx.BIS}?startPeriod=1981-01&format=csv"
    rows = fx.bis(client.get(address).content)
    try:
        if client.key:
            asked = {"series_id": fx.SERIES, "file_type": "json"}
            answer = client.get(fx.FRED, asked, secret={"api_key": client.key})
        else:
            answer = client.get(fx.FRED_FILE, {"id": fx.SERIES})
        checked = f"{fx.agree(rows, fx.fred(answer.content))} months agree with FRED"
    except UnreachableError as error:
        checked = f"not checked against FRED: {error}"
    return [Draft("bis", "exchange_rate", rows, everything, day(wish), (checked,))]
