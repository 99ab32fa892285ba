"""The limits that an application is held to, and the sum."""

import csv
import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from letters.actions import limits
from letters.actions.figures import Figures, add_up
from letters.models import AssetLimit, HouseholdType, IncomeNorm, IncomePercentage, Proposal
from outreach.models import Household, Regeling
from tests import factories
from tests.roles import as_role

NORMS = Path(settings.BASE_DIR).parent / "shared" / "data" / "norms"
CATEGORIES = {
    "art21a": ("alleenstaand", "alleenstaande_ouder"),
    "art21b": ("gehuwd",),
    "art22a": ("alleenstaand_aow", "ouder_aow"),
    "art22b": ("gehuwd_aow",),
}

pytestmark = pytest.mark.django_db


def found(household_type: str = "alleenstaand", code: str = "stadspas", year: int = 2025) -> limits.Limits:
    return limits.for_application(household_type, Regeling.objects.get(pk=code), year)


def test_the_norms_of_both_halves_of_the_year_count():
    single = found()
    assert [(one.months, one.amount) for one in single.norms] == [
        (6, Decimal("1345.45")),
        (6, Decimal("1369.06")),
    ]
    assert single.norm_of_year == Decimal("16287.06")
    assert single.income_limit == Decimal("21173.18")
    assert (single.percentage, single.asset_limit, single.provisional) == (130, 8000, False)


@pytest.mark.parametrize(
    ("household_type", "income", "assets"),
    [
        ("alleenstaand", "21173.18", 8000),
        ("alleenstaande_ouder", "21173.18", 16000),
        ("gehuwd", "30247.39", 16000),
        ("alleenstaand_aow", "23643.98", 8000),
        ("ouder_aow", "23643.98", 16000),
        ("gehuwd_aow", "32357.99", 16000),
    ],
)
def test_each_household_type_has_its_own(household_type: str, income: str, assets: int):
    limit = found(household_type)
    assert (str(limit.income_limit), limit.asset_limit) == (income, assets)


def test_a_regeling_may_have_a_percentage_of_its_own():
    assert found(code="iit").income_limit == Decimal("17101.41")


def test_the_percentage_and_the_assets_are_those_of_the_year_after():
    with as_role("migrate"):
        added = [
            IncomePercentage.objects.create(
                regeling_id="stadspas", valid_from="2026-01-01", percentage=140, source="Besluit"
            ),
            IncomePercentage.objects.create(
                regeling_id="stadspas", valid_from="2026-01-02", percentage=150, source="Besluit"
            ),
        ]
    try:
        assert (found().percentage, found(year=2024).percentage, found(year=2024).asset_limit) == (
            140,
            130,
            7770,
        )
    finally:
        with as_role("migrate"):
            IncomePercentage.objects.filter(pk__in=[one.pk for one in added]).delete()


def test_a_norm_that_is_held_over_is_provisional():
    """Of the second half of 2026 there is no norm yet, so that of January goes on, and says so."""
    first, second = found(year=2026).norms
    assert (first.months, first.provisional, second.months, second.provisional) == (6, False, 6, True)
    assert first.valid_from == second.valid_from == datetime.date(2026, 1, 1)
    assert found(year=2026).provisional


def test_without_a_figure_it_says_who_mends_that():
    for year in (2018, 2011):
        with pytest.raises(limits.LimitsMissing, match="functioneel beheerder"):
            found(year=year)
    with pytest.raises(limits.LimitsMissing, match="inkomensgrens van Individuele inkomenstoeslag"):
        found(code="iit", year=2023)


def test_what_is_kept_with_an_application_reads_back():
    limit = found("gehuwd_aow")
    kept = json.loads(json.dumps(limit.as_json()))
    assert limits.Limits.from_json(kept) == limit
    assert kept["income_limit"] == "32357.99"


def test_every_figure_names_where_it_comes_from():
    for model in (IncomeNorm, AssetLimit, IncomePercentage):
        assert all(len(one.source) > 20 for one in model.objects.all())
    assert IncomeNorm.objects.count() == 78


@pytest.mark.skipif(not NORMS.exists(), reason="the public figures are not here")
def test_the_figures_are_the_public_ones():
    with (NORMS / "bijstandsnormen_2020_2026.csv").open(encoding="utf-8") as lines:
        norms = {
            (one, row["geldig_vanaf"]): Decimal(row["bedrag_per_maand_netto_incl_vakantietoeslag"])
            for row in csv.DictReader(lines)
            for one in CATEGORIES.get(row["artikel"], ())
        }
    kept = IncomeNorm.objects.values_list("household_type", "valid_from", "amount")
    assert {(one, day.isoformat()): amount for one, day, amount in kept} == norms
    with (NORMS / "vermogensgrens_art34.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            of_day = dict(
                AssetLimit.objects.filter(valid_from=row["geldig_vanaf"]).values_list(
                    "household_type", "amount"
                )
            )
            assert of_day == {
                one: int(row["alleenstaande"])
                if one.startswith("alleenstaand") and one != "alleenstaande_ouder"
                else int(row["alleenstaande_ouder_en_gehuwden"])
                for one in HouseholdType.values
            }


# -- the sum ---------------------------------------------------------------------------------------


def summed(income: int, *, savings: int = 0, margin: int = 5, **more: int):
    figures = Figures(
        **({"income": income, "partner_income": 0, "savings": savings, "assets": 0, "debts": 0} | more)
    )
    return add_up(figures, found(), margin)


@pytest.mark.parametrize(
    ("income", "savings", "outcome", "near"),
    [
        (15000, 1000, Proposal.GRANT, False),
        (21173, 0, Proposal.GRANT, True),
        (21174, 0, Proposal.REFUSE, True),
        (20114, 0, Proposal.GRANT, False),
        (20115, 0, Proposal.GRANT, True),
        (22231, 0, Proposal.REFUSE, True),
        (22232, 0, Proposal.REFUSE, False),
        (15000, 8000, Proposal.GRANT, True),
        (15000, 8001, Proposal.REFUSE, True),
        (15000, 8401, Proposal.REFUSE, False),
        # Far over the one limit decides by itself, however near the other one is.
        (40000, 8000, Proposal.REFUSE, False),
        (21173, 90000, Proposal.REFUSE, False),
    ],
)
def test_the_outcome_and_whether_a_second_person_looks(income: int, savings: int, outcome: str, near: bool):
    made = summed(income, savings=savings)
    assert (made.outcome, made.near) == (outcome, near)


def test_debts_go_off_what_is_owned_and_never_below_nothing():
    assert summed(0, savings=9000, assets=500, debts=2000).assets == 7500
    assert summed(0, savings=100, debts=2000).assets == 0


def test_without_a_margin_only_the_limit_itself_is_near():
    assert not summed(21173, margin=0).near
    assert summed(15000, savings=8000, margin=0).near


# -- the type to begin with ------------------------------------------------------------------------


def _household(*births: str, children: int = 0) -> Household:
    made = factories.household(
        adults=[factories.person(birth_date=birth) for birth in births],
        children=[factories.person(birth_date="20150101") for _ in range(children)],
    )
    with as_role("migrate"):
        return Household.objects.with_page_data().get(pk=made.pk)


@pytest.mark.parametrize(
    ("births", "children", "expected"),
    [
        (["19800310"], 0, "alleenstaand"),
        (["19800310"], 2, "alleenstaande_ouder"),
        (["19800310", "19790101"], 1, "gehuwd"),
        (["19590301"], 0, "alleenstaand_aow"),
        (["19590302"], 0, "alleenstaand"),
        (["19500000"], 0, "alleenstaand"),
        (["19800310", "19500101"], 0, "gehuwd_aow"),
        (["19500101"], 1, "ouder_aow"),
    ],
)
def test_the_type_to_begin_with(births: list[str], children: int, expected: str):
    day = datetime.date(2026, 3, 1)
    with as_role("migrate"):
        assert limits.suggested_type(_household(*births, children=children), day) == expected
