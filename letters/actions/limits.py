"""The limits that an application is held to, and the sum of an application beside them.

Income: what the norms of the refertejaar come to in its twelve months, times the percentage of the regeling.
Assets: the limit of art. 34 on 1 January of the year after it, the year in which the application is made; the
percentage is that of the same day. Amounts of money are euros; the limit on income is rounded to whole cents.
"""

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from letters.models import AssetLimit, HouseholdType, IncomeNorm, IncomePercentage
from outreach.models import Household, Regeling
from outreach.policies import NotNow

_CENT = Decimal("0.01")
_MONTHS = 12
#: The norms are set anew on 1 January and 1 July: one that is older than this was not the last.
_NORM_LASTS_MONTHS = 6

#: From which age somebody has AOW: years and months, by year. Source: Algemene Ouderdomswet, art. 7a.
_AOW: Mapping[int, tuple[int, int]] = {
    2019: (66, 4), 2020: (66, 4), 2021: (66, 4), 2022: (66, 7), 2023: (66, 10),
    2024: (67, 0), 2025: (67, 0), 2026: (67, 0), 2027: (67, 0),
}  # fmt: skip
_AOW_LATER = (67, 3)


class LimitsMissing(NotNow):
    """There is no norm, limit or percentage for this day. `str()` is Dutch and says who mends it."""


@dataclass(frozen=True, slots=True)
class NormPeriod:
    """One norm, and how many months of the refertejaar it held. `amount`: net a month, with holiday pay."""

    months: int
    amount: Decimal
    valid_from: datetime.date
    source: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What one household may have, for one regeling and refertejaar, and where each figure comes from."""

    household_type: str
    refertejaar: int
    norms: tuple[NormPeriod, ...]
    percentage: int
    percentage_source: str
    asset_limit: int
    asset_source: str
    asset_provisional: bool

    @property
    def norm_of_year(self) -> Decimal:
        """The norms of the twelve months together."""
        return sum((period.months * period.amount for period in self.norms), Decimal(0))

    @property
    def income_limit(self) -> Decimal:
        """What the income over the refertejaar may be at most."""
        return (self.norm_of_year * self.percentage / 100).quantize(_CENT, ROUND_HALF_UP)

    @property
    def provisional(self) -> bool:
        """Whether one of the figures may still change."""
        return self.asset_provisional or any(period.provisional for period in self.norms)

    def as_json(self) -> dict[str, Any]:
        """What is kept with an application, so that it can be explained years later."""
        kept = asdict(self)
        for period in kept["norms"]:
            period |= {"amount": str(period["amount"]), "valid_from": period["valid_from"].isoformat()}
        return kept | {"income_limit": str(self.income_limit)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Limits":
        """The limits as they were kept."""
        norms = tuple(
            NormPeriod(
                **period
                | {
                    "amount": Decimal(period["amount"]),
                    "valid_from": datetime.date.fromisoformat(period["valid_from"]),
                }
            )
            for period in kept["norms"]
        )
        names = cls.__slots__  # type: ignore[attr-defined]
        return cls(**{name: kept[name] for name in names if name != "norms"}, norms=norms)


def for_application(household_type: str, regeling: Regeling, refertejaar: int) -> Limits:
    """The limits that hold. Raises LimitsMissing, with who has to write down what."""
    day = datetime.date(refertejaar + 1, 1, 1)
    percentage = (
        IncomePercentage.objects.filter(regeling=regeling, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )
    if percentage is None:
        raise LimitsMissing(_missing(f"inkomensgrens van {regeling.name} op 1 januari {day.year}"))
    assets = (
        AssetLimit.objects.filter(household_type=household_type, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )
    if assets is None:
        raise LimitsMissing(_missing(f"vermogensgrens op 1 januari {day.year}"))
    return Limits(
        household_type=household_type,
        refertejaar=refertejaar,
        norms=_norms(household_type, refertejaar),
        percentage=percentage.percentage,
        percentage_source=percentage.source,
        asset_limit=assets.amount,
        asset_source=assets.source,
        # The limit is set anew each year.
        asset_provisional=assets.provisional or assets.valid_from.year < day.year,
    )


def _norms(household_type: str, year: int) -> tuple[NormPeriod, ...]:
    """The norms of a year, the earliest first. One held over from before its half year is provisional."""
    known = list(
        IncomeNorm.objects.filter(
            household_type=household_type, valid_from__lte=datetime.date(year, _MONTHS, 1)
        ).order_by("-valid_from")
    )
    found: dict[tuple[int, bool], int] = {}
    by_key = {norm.pk: norm for norm in known}
    for month in range(1, _MONTHS + 1):
        first = datetime.date(year, month, 1)
        norm = next((one for one in known if one.valid_from <= first), None)
        if norm is None:
            raise LimitsMissing(_missing(f"norm voor {month}-{year}"))
        old = (first.year - norm.valid_from.year) * _MONTHS + first.month - norm.valid_from.month
        key = (norm.pk, norm.provisional or old >= _NORM_LASTS_MONTHS)
        found[key] = found.get(key, 0) + 1
    return tuple(
        NormPeriod(months, by_key[pk].amount, by_key[pk].valid_from, by_key[pk].source, provisional)
        for (pk, provisional), months in found.items()
    )


def _missing(what: str) -> str:
    return f"Er is nog geen {what} vastgelegd. Vraag de functioneel beheerder om die in te vullen."


def suggested_type(household: Household, day: datetime.date) -> HouseholdType:
    """The household type as the population register has it, to begin with: who fills in the form decides.

    `household` comes with its members. Of whom the age is not wholly known is taken to have no AOW.
    """
    adults = household.adults()
    aow = any(_has_aow(person.birth_date, day) for person in adults)
    if len(adults) > 1:
        return HouseholdType.COUPLE_AOW if aow else HouseholdType.COUPLE
    if any(not member.adult for member in household.members.all()):
        return HouseholdType.SINGLE_PARENT_AOW if aow else HouseholdType.SINGLE_PARENT
    return HouseholdType.SINGLE_AOW if aow else HouseholdType.SINGLE


def _has_aow(birth_date: str, day: datetime.date) -> bool:
    """Whether somebody born on this day (yyyymmdd) has AOW; False where a part is unknown."""
    if len(birth_date) != 8 or birth_date[:4] == "0000" or "00" in (birth_date[4:6], birth_date[6:]):
        return False
    years, months = _AOW.get(day.year, _AOW_LATER)
    count = int(birth_date[:4]) * _MONTHS + int(birth_date[4:6]) - 1 + years * _MONTHS + months
    reached = (count // _MONTHS, count % _MONTHS + 1, int(birth_date[6:]))
    return reached <= (day.year, day.month, day.day)
