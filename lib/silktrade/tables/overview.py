"""The partners at a glance: last year, growth, latest quarter, balance and what is projected."""

import pandas as pd
from pandas.io.formats.style import Styler

from silktrade import codes
from silktrade.doors import any_currency, filled, table, takes
from silktrade.measures.trade import balance, growth, quarters
from silktrade.schema import TRADE
from silktrade.tables.style import amount, points, styled


@takes(
    trade=filled(TRADE),
    months=any_currency(TRADE),
    table=table("intervals", known=(0.1, 0.9), levels="partner flow model period"),
)
def glance(trade: pd.DataFrame, months: pd.DataFrame, table: pd.DataFrame) -> Styler:
    """
    Set out each partner's last year, its growth, latest quarter, balance and projected range.

    One row a partner, the largest first, and one for all. Growth is on a year before, in
    percent; a dash stands where it is not known.

    Parameters
    ----------
    trade : DataFrame
        TRADE, annual, both flows of several partners.
    months : DataFrame
        TRADE, monthly, of the same partners, in any currency.
    table : DataFrame
        From `intervals` of one model: the level of each partner, and of all together, in full
        units of the currency of `trade`; its first period is shown.

    Examples
    --------
    >>> trade = st.load_trade(as_of="2024-02-01")
    >>> paths = st.project(trade, 1, models=["random_walk"], draws=100)
    >>> months = st.load_trade(frequency="M", as_of="2024-02-01")
    >>> glance(trade, months, st.intervals(st.aggregate(paths, flows=True))).data.index[0]
    'Kazakhstan'
    """
    every = codes.together(trade["partner"])
    every = every if every in codes.REGIONS else codes.SUM
    whole = _wide(trade, every)
    if (known := whole.dropna()).empty:
        raise ValueError("trade must hold a year in which every flow is known, got none")
    year = known.index[-1]
    units = codes.CURRENCY_LABELS[trade["currency"].iloc[0]]
    found = pd.DataFrame({str(year): whole.loc[year], "Growth": growth(whole).loc[year]})
    held = _wide(months, every) if len(months) else pd.DataFrame()
    rates = pd.DataFrame({p: growth(quarters(values)) for p, values in held.items()})
    if len(rates := rates.dropna()):  # a quarter that is known of all
        unit = codes.CURRENCY_LABELS[months["currency"].iloc[0]]
        found[f"{rates.index[-1].strftime('Q%q %Y')}, in {unit}"] = rates.iloc[-1]
    net = balance(trade[trade["period"] == year]).set_index("partner")["balance"]
    found["Balance"] = pd.concat([net, pd.Series({every: net.sum()})])
    found = found.sort_values(str(year))[::-1]
    found = pd.concat([found.drop(every), found.loc[[every]]])
    first = table.index.get_level_values("period").min()
    projected = table.xs(first, level="period")
    models = projected.index.get_level_values("model")
    projected = projected[models == ("combination" if "combination" in models else models[0])]
    projected = projected.set_axis(projected.index.get_level_values("partner"))
    ranges = projected.index.map(lambda p: _range(*projected.loc[p, [0.1, 0.9]]))
    name = f"{first}, 80\u00a0% interval"
    found[name] = pd.Series(ranges, projected.index).reindex(found.index).fillna("–")
    amounts = [str(year), "Balance"]
    found[amounts] = found[amounts] / 1e9
    formats = dict.fromkeys(amounts, amount) | dict.fromkeys(found.columns[1:-2], points)
    caption = f"The partners at a glance: billion {units}; growth on a year before, in percent"
    return styled(found.rename(index=codes.label).rename_axis("Partner"), caption, formats)


def _wide(trade: pd.DataFrame, every: str) -> pd.DataFrame:
    """Lay exports plus imports out by partner, with all of them together."""
    flows = trade.pivot(index="period", columns=["partner", "flow"], values="value")
    wide = flows.T.groupby("partner").sum(min_count=2).T
    wide[every] = wide.sum(axis=1, min_count=wide.shape[1])
    return wide


def _range(low: float, high: float) -> str:
    """Print a projected range in billions: whole, or tenths where it is small."""
    digits = 0 if high >= 1e10 else 1
    return f"{low / 1e9:,.{digits}f} to {high / 1e9:,.{digits}f}"
