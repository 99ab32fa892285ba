"""The sum of an application: what came in and what is owned, beside the limits. No database here."""

from dataclasses import dataclass
from decimal import Decimal

from letters.actions.limits import Limits
from letters.models import Proposal


@dataclass(frozen=True, slots=True)
class Figures:
    """What a consulent read on the form, in whole euros. An income of a partner is 0 for who has none."""

    income: int
    partner_income: int
    savings: int
    assets: int
    debts: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum beside the limits. `near_*` says that it lies within the margin of a limit, on either side."""

    income: int
    income_limit: Decimal
    near_income: bool
    assets: int
    asset_limit: int
    near_assets: bool

    @property
    def income_fits(self) -> bool:
        """On the limit is within it."""
        return self.income <= self.income_limit

    @property
    def assets_fit(self) -> bool:
        return self.assets <= self.asset_limit

    @property
    def outcome(self) -> Proposal:
        """What follows from the sum."""
        return Proposal.GRANT if self.income_fits and self.assets_fit else Proposal.REFUSE

    @property
    def near(self) -> bool:
        """Whether a small mistake in one figure could turn the outcome: then a second person looks too.

        A limit that is passed by far decides by itself, however near the other one is.
        """
        by_far = (not self.income_fits and not self.near_income) or (
            not self.assets_fit and not self.near_assets
        )
        return not by_far and (self.near_income or self.near_assets)


def add_up(figures: Figures, limits: Limits, margin_percent: int) -> Sum:
    """Both incomes together; what is owned less what is owed, at least nothing (Participatiewet, art. 34)."""
    income = figures.income + figures.partner_income
    assets = max(figures.savings + figures.assets - figures.debts, 0)
    return Sum(
        income=income,
        income_limit=limits.income_limit,
        near_income=_near(income, limits.income_limit, margin_percent),
        assets=assets,
        asset_limit=limits.asset_limit,
        near_assets=_near(assets, Decimal(limits.asset_limit), margin_percent),
    )


def _near(amount: int, limit: Decimal, margin_percent: int) -> bool:
    return abs(amount - limit) * 100 <= limit * margin_percent
