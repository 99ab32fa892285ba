"""A household as one koppeling saw it. Its history is that of its persons."""

import uuid

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models

from .handover import Handover
from .person import Person
from .result import Result
from .user import User


class HouseholdQuerySet(models.QuerySet["Household"]):
    def for_user(self, user: User) -> "HouseholdQuerySet":
        """Households in the user's own area, protected addresses only for the municipality.

        The row policy says the same and decides; this spares the database a look at every row.
        """
        actor = user.actor()
        seen = self if actor.all_areas else self.filter(buurt_code__in=actor.areas)
        return seen if actor.municipal else seen.filter(confidential=False)

    def newest(self) -> "HouseholdQuerySet":
        """Without those that a later koppeling saw again: of which each adult stands in a later household."""
        later = HouseholdMember.objects.filter(
            person=models.OuterRef("person"),
            household__handover__gt=models.OuterRef("household__handover"),
        )
        adults = HouseholdMember.objects.filter(household=models.OuterRef("pk"), adult=True)
        return self.filter(models.Exists(adults.filter(~models.Exists(later))) | ~models.Exists(adults))

    def with_page_data(self) -> "HouseholdQuerySet":
        """Brings the members, the addressee first, what the household may have a right to, and `granted`: the
        codes of what it was granted in any round."""
        members = HouseholdMember.objects.select_related("person").order_by(
            "-addressee", "-adult", "person__birth_date", "person_id"
        )
        granted = Household.objects.filter(pk=models.OuterRef("pk"), approaches__result=Result.GRANTED)
        return self.annotate(granted=ArraySubquery(granted.values("approaches__regeling"))).prefetch_related(
            models.Prefetch("members", members), "candidacies__regeling", "candidacies__persons"
        )


class Household(models.Model):
    """The people who run one household together at one address, on the peildatum of one koppeling."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(
        Handover, verbose_name="koppeling", on_delete=models.PROTECT, related_name="households"
    )
    street = models.CharField("straat", max_length=100)
    house_number = models.PositiveIntegerField("huisnummer")
    house_letter = models.CharField("huisletter", max_length=10, blank=True)
    house_suffix = models.CharField("toevoeging", max_length=20, blank=True)
    postcode = models.CharField("postcode", max_length=6)
    city = models.CharField("woonplaats", max_length=100, blank=True)
    address_function = models.CharField("functie adres", max_length=1, blank=True)
    buurt_code = models.CharField("buurt", max_length=10, blank=True)
    confidential = models.BooleanField("geheim adres", default=False)
    institution = models.BooleanField("instelling", default=False)
    persons = models.ManyToManyField(Person, through="HouseholdMember", related_name="households")

    # Brought by `with_page_data`.
    granted: list[str]

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "huishouden"
        verbose_name_plural = "huishoudens"
        ordering = ["postcode", "house_number", "house_letter", "house_suffix", "id"]
        indexes = [
            models.Index(fields=["handover", "buurt_code"], name="household_handover_buurt"),
            models.Index(fields=["postcode", "house_number"], name="household_postcode_number"),
        ]

    def __str__(self) -> str:
        """Says which row, never where: an address must not slip into a log."""
        return f"huishouden {self.pk}"

    def address_line(self) -> str:
        """Street and number as one writes them: `Gerststraat 1 A hs`, `Gerststraat 5-3`.

        A suffix that begins with a digit takes a hyphen: it would run on as if it were another number.
        """
        number = " ".join(part for part in (str(self.house_number), self.house_letter) if part)
        if self.house_suffix:
            number += ("-" if self.house_suffix[0].isdigit() else " ") + self.house_suffix
        return f"{self.street} {number}".lstrip()

    def postcode_line(self) -> str:
        """Postcode with its blank, and the place: `1099 AB Amsterdam`."""
        return f"{self.postcode[:4]} {self.postcode[4:]} {self.city}".rstrip()

    def adults(self) -> "list[Person]":
        """The adults, in the order of `with_page_data`."""
        return [member.person for member in self.members.all() if member.adult]

    def refuses_contact(self) -> bool:
        """Whether one of its adults said that he does not want to be approached at all."""
        return any(adult.no_contact for adult in self.adults())

    def refuses_letters(self) -> bool:
        """Whether no letter goes there to approach somebody."""
        return any(adult.no_contact or adult.no_letter for adult in self.adults())

    def refuses_visits(self) -> bool:
        """Whether nobody goes there unasked."""
        return any(adult.no_contact or adult.no_visit for adult in self.adults())

    def refuses_sharing(self) -> bool:
        """Whether nothing about it goes to another organisation."""
        return any(adult.no_contact or adult.no_share for adult in self.adults())

    def refused_regelingen(self) -> set[str]:
        """Codes of the regelingen about which one of its adults does not want to be approached."""
        return {code for adult in self.adults() for code in adult.no_contact_for}


class HouseholdMember(models.Model):
    """One person in one household. The addressee is the older adult."""

    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.CASCADE, related_name="members"
    )
    person = models.ForeignKey(
        Person, verbose_name="persoon", on_delete=models.PROTECT, related_name="memberships"
    )
    adult = models.BooleanField("volwassen")
    addressee = models.BooleanField("geadresseerde", default=False)

    class Meta:
        verbose_name = "lid van een huishouden"
        verbose_name_plural = "leden van huishoudens"
        constraints = [
            models.UniqueConstraint(fields=["household", "person"], name="member_once"),
            models.UniqueConstraint(
                fields=["household"], condition=models.Q(addressee=True), name="member_one_addressee"
            ),
            models.CheckConstraint(
                condition=models.Q(addressee=False) | models.Q(adult=True), name="member_addressee_is_adult"
            ),
        ]

    def __str__(self) -> str:
        return f"lid {self.pk}"
