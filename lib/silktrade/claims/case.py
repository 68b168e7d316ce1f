"""A case: one claim seen from one day, and the amounts and growth that its evidence gives."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from silktrade import codes
from silktrade.claims import form
from silktrade.claims.ledger import Entries, Figure, Window, by_year, figures
from silktrade.claims.rates import Rates, converted
from silktrade.claims.verdicts import HELD, verdict
from silktrade.claims.words import added_up, amount, sum_of
from silktrade.prose import percent


@dataclass(frozen=True)
class Amount:
    """What trade in a window comes to."""

    figure: Figure  # in the currency of the claim
    words: str  # its arithmetic
    printed: Figure | None  # the figure as it was published; None for a sum over calendar years


@dataclass(frozen=True)
class Growth:
    """Growth of a window over the same months a year before."""

    rate: float  # a fraction
    rounding: float  # by how much it may be off because its figures are rounded
    words: str  # its arithmetic
    implied: bool  # whether its base is the one that the customs' printed growth implies


@dataclass(frozen=True)
class Case:
    """A claim as seen from one vantage, with the evidence that may be used."""

    claim: object  # a row of CLAIMS
    vantage: str  # pseudo-real time, or as known now
    rows: pd.DataFrame  # the ledger that the vantage may see
    indicators: pd.DataFrame  # those that it may see
    book: Entries  # the rows laid out for looking up
    rates: Rates  # exchange rates
    unit: form.Unit  # what the number of the claim counts

    @property
    def window(self) -> Window:
        """First and last month of the claim."""
        return self.claim.period_start, self.claim.period_end

    @property
    def named(self) -> bool:
        """Whether the claim names a number."""
        return not pd.isna(self.claim.value)

    @property
    def claimed(self) -> float:
        """The number of the claim, in full units; NaN where it names none."""
        return self.claim.value * self.unit.scale

    @property
    def rounding(self) -> float:
        """Half a unit of the last printed digit of the claim."""
        return 0.5 * self.unit.scale * 10.0**-self.claim.decimals if self.named else 0.0

    @property
    def digits(self) -> int:
        """How many decimals a rate or a multiple needs to be set against the claim."""
        return max(1, int(self.claim.decimals)) if self.named else 1

    def counted_in(self, currency: str) -> "Case":
        """Give the same case in another currency."""
        return replace(self, unit=replace(self.unit, currency=currency))

    def agrees(self, computed: float, rounding: float) -> bool:
        """Tell whether a computed value bears the claim out."""
        numbers = (computed, self.claimed, self.rounding, rounding)
        return verdict(self.claim.comparison, *numbers) in HELD

    def known(self, partner: str, window: Window) -> list[Figure]:
        """List the figures of a partner and window in their own currency, the best first."""
        args = (partner, self.claim.flow, window, self.unit.currency, self.vantage)
        return figures(self.book, *args)

    def value(self, partner: str, window: Window) -> Amount | None:
        """Give the best figure in the claim's currency: over several years, the sum of years."""
        years = by_year(window)
        parts = [self._whole(partner, year) for year in years]
        if None in parts:
            return self._whole(partner, window)
        return parts[0] if len(parts) == 1 else _sum_of_years(parts, years)

    def missing(self, partner: str, window: Window) -> list[Window]:
        """List the years, or the window, of which there is no figure."""
        return [y for y in by_year(window) if self._whole(partner, y) is None] or [window]

    def prints(self, *windows: Window) -> bool:
        """Tell whether the figures of some windows were printed in the claim's currency."""
        got = [self.value(self.claim.partner, window) for window in windows]
        own = self.unit.currency
        return all(a and a.printed and a.printed.currency == own for a in got)

    def growth(self, partner: str, window: Window) -> list[Growth]:
        """List what growth comes to: over the customs' own base first, then over the level."""
        got = self.value(partner, window)
        earlier = self.value(partner, year_before(window))
        bases = []
        if got and not np.isnan(got.figure.base):
            value, base = got.figure.value, got.figure.base
            rounding = value / base**2 * got.figure.base_rounding  # all that is uncertain in it
            words = f"{self._over(value, base)}, the base implied by printed growth"
            bases.append(Growth(value / base - 1, rounding, words, True))
        # Where the customs imply a base, only another figure of theirs can stand beside it.
        own = earlier and earlier.printed and earlier.printed.currency == self.unit.currency
        if got and earlier and (own or not bases) and earlier.figure.value > 0:
            ratio, rounding = quotient(got.figure, earlier.figure)
            words = self._over(got.figure.value, earlier.figure.value)
            bases.append(Growth(ratio - 1, rounding, words, False))
        return bases

    def _whole(self, partner: str, window: Window) -> Amount | None:
        """Give the best figure of a window that can be had in the claim's currency."""
        found = self.known(partner, window)
        months = [f for f in found if isinstance(f.terms.index, pd.PeriodIndex)]
        weights = next((f.terms for f in months if f.currency == "CNY"), None)
        for figure in found:
            own = weights if figure.currency == "CNY" else None
            got = converted(figure, self.unit.currency, self.rates, window, own)
            if got is not None:
                return Amount(got[0], sum_of(figure, got[0], got[1]), figure)
        return None

    def _over(self, value: float, base: float) -> str:
        """Write out a growth rate."""
        rate = percent(value / base - 1, digits=self.digits)
        unit = codes.CURRENCY_LABELS[self.unit.currency]
        return f"{amount(value)} / {amount(base)} − 1 = {rate}, billion {unit}"


def year_before(window: Window) -> Window:
    """Give the same months a year before."""
    return window[0] - 12, window[1] - 12


def quotient(over: Figure, under: Figure) -> tuple[float, float]:
    """Divide one figure by another, and carry their rounding through."""
    ratio = over.value / under.value
    return ratio, (over.rounding + ratio * under.rounding) / under.value


def _sum_of_years(parts: list[Amount], years: list[Window]) -> Amount:
    """Add up the amounts of calendar years and of what stands before and after them."""
    each = [part.figure for part in parts]
    weakest = max(each, key=lambda f: f.standing)
    total = replace(
        weakest,
        value=sum(f.value for f in each),
        released=max(f.released for f in each),
        base=np.nan,
        terms=pd.Series([f.value for f in each]),
        rounding=sum(f.rounding for f in each),
    )
    return Amount(total, added_up(each, years, total), None)
