"""What people said about being approached. The effect itself is a column on the person."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Person, Regeling, User


class Channel(models.TextChoices):
    """How somebody told us."""

    DOOR = "deur", "Aan de deur"
    DESK = "balie", "Aan de balie"
    PHONE = "telefoon", "Telefoon"
    LETTER = "brief", "Brief"
    DELIVERY = "levering", "Lijst"
    FORM = "formulier", "Formulier"


class Scope(models.TextChoices):
    """What somebody does not want. Letters and visits may each be refused while the other is welcome."""

    ALL = "alles", "Helemaal niet benaderen"
    REGELING = "regeling", "Niet over één regeling"
    LETTERS = "brieven", "Geen brieven"
    VISITS = "bezoek", "Geen bezoek"
    SHARE = "delen", "Gegevens niet delen"


class OptOut(models.Model):
    """One wish of somebody not to be approached, or not in one way. Withdrawing leaves the row.

    What holds now stands on the person; the trigger `spiegel` writes it there.
    """

    person = models.ForeignKey(
        Person, verbose_name="persoon", on_delete=models.PROTECT, related_name="opt_outs"
    )
    regeling = models.ForeignKey(
        Regeling,
        verbose_name="regeling",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="Alleen bij een wens over één regeling.",
    )
    scope = models.CharField("wat niet", max_length=10, choices=Scope)
    channel = models.CharField("kanaal", max_length=10, choices=Channel)
    registered_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", null=True, on_delete=models.PROTECT, related_name="opt_outs"
    )
    registered_at = models.DateTimeField("vastgelegd op", db_default=Now())
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name="ingetrokken door", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "afmelding"
        verbose_name_plural = "afmeldingen"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "scope", "regeling"],
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="optout_once",
                violation_error_message="Deze persoon is al afgemeld.",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="optout_channel_known"
            ),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="optout_scope_known"),
            models.CheckConstraint(
                condition=models.Q(scope="regeling", regeling__isnull=False)
                | ~models.Q(scope="regeling") & models.Q(regeling__isnull=True),
                name="optout_regeling_named",
            ),
        ]

    def __str__(self) -> str:
        return f"afmelding {self.pk}"


class TypedKind(models.TextChoices):
    """What somebody asked with a BSN."""

    OPT_OUT = "afmelden", "Afmelden"
    WITHDRAW = "intrekken", "Afmelding intrekken"
    SUCCESSOR = "opvolger", "Nieuw BSN"


class TypedWish(models.Model):
    """A wish of which the BSN was typed. The number is encrypted for the worker before it is written, and
    gone as soon as the worker has settled it; nobody reads it back. Whose it is, is not said here either.

    A successor is a person who got another BSN: what holds for the old one holds for the new one too.
    """

    kind = models.CharField("soort", max_length=10, choices=TypedKind)
    scope = models.CharField("wat niet", max_length=10, choices=Scope, blank=True)
    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField("kanaal", max_length=10, choices=Channel)
    sealed = models.BinaryField("versleuteld", null=True)
    key_name = models.CharField("sleutel", max_length=80)
    registered_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField("vastgelegd op", db_default=Now())
    settled_at = models.DateTimeField("verwerkt op", null=True, blank=True)

    class Meta:
        verbose_name = "wens met een BSN"
        verbose_name_plural = "wensen met een BSN"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=TypedKind.values), name="typed_kind_known"),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="typed_channel_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="opvolger", scope="", regeling__isnull=True)
                | ~models.Q(kind="opvolger")
                & (
                    models.Q(scope="regeling", regeling__isnull=False)
                    | models.Q(scope__in=["alles", "brieven", "bezoek", "delen"], regeling__isnull=True)
                ),
                name="typed_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=True, settled_at__isnull=False)
                | models.Q(sealed__isnull=False, settled_at__isnull=True),
                name="typed_number_goes_when_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"wens {self.pk}"


class PublicNotice(models.Model):
    """That the municipality told everybody, in a paper or on its site, what it does and how one opts out.

    Some bronnen ask for it each year: without a notice of the last twelve months they are not used. The scan
    shows that it was there. What was registered does not change.
    """

    medium = models.CharField("waar stond het", max_length=100)
    published_on = models.DateField("gepubliceerd op")
    scan = models.BinaryField("scan, versleuteld")
    scan_name = models.CharField("bestandsnaam", max_length=100)
    registered_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField("vastgelegd op", db_default=Now())

    class Meta:
        verbose_name = "openbare mededeling"
        verbose_name_plural = "openbare mededelingen"
        ordering = ["-published_on", "-id"]

    def __str__(self) -> str:
        return f"mededeling van {self.published_on:%d-%m-%Y}"
