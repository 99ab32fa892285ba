"""What somebody began to write about a household and has not saved yet."""

import datetime

from django.db import models

from .gesprek import Gesprek
from .household import Household
from .user import User

#: So long a draft is kept. The row policy says the same of what background work may remove.
KEPT_FOR = datetime.timedelta(days=7)
#: Beside the fields of a draft that was passed on: the name of who wrote it.
WRITTEN_BY = "geschreven_door"
#: No form of ours is larger; a larger one is not kept. The table refuses it too.
MOST_CHARACTERS = 20_000


class DraftForm(models.TextChoices):
    """Which form a draft is of."""

    GESPREK = "gesprek", "Gesprek vastleggen"


class DraftQuerySet(models.QuerySet["Draft"]):
    def waiting(self, household: Household, by: User) -> "DraftQuerySet":
        """What this user wrote about a household and did not save, the newest first.

        A draft that came in after its gesprek was saved, by a slow connection, is not offered again.
        """
        return self.unsaved(by).filter(household=household).order_by("-saved_at", "-pk")

    def unsaved(self, by: User) -> "DraftQuerySet":
        """What this user wrote and did not save, about any household."""
        saved = Gesprek.objects.filter(submission=models.OuterRef("submission"))
        return self.filter(by=by).exclude(models.Exists(saved))


class Draft(models.Model):
    """The fields of one opened form by their names, so that a new field of the form comes along by itself.

    `submission` is the key that was made with the form. Two forms that were open at once are two drafts:
    neither writes over the other. Only who wrote it reads it; of who leaves, only who takes over.
    """

    by = models.ForeignKey(User, verbose_name="door", on_delete=models.CASCADE, related_name="drafts")
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.CASCADE, related_name="drafts"
    )
    form = models.CharField("formulier", max_length=20, choices=DraftForm)
    submission = models.UUIDField("kenmerk van het formulier", editable=False)
    fields = models.JSONField("ingevuld")
    #: When it was sent, by the form itself: what was sent before may arrive after it.
    turn = models.BigIntegerField("volgorde", default=0, db_default=0, editable=False)
    saved_at = models.DateTimeField("bewaard op")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "concept"
        verbose_name_plural = "concepten"
        constraints = [
            models.UniqueConstraint(fields=["by", "submission"], name="draft_once"),
            models.CheckConstraint(condition=models.Q(form__in=DraftForm.values), name="draft_form_known"),
        ]
        indexes = [
            models.Index(fields=["household", "by"], name="draft_of_user"),
            models.Index(fields=["saved_at"], name="draft_saved_at"),
        ]

    def __str__(self) -> str:
        return f"concept {self.pk}"

    def written_by(self) -> str:
        """The name of the colleague who wrote it and left; empty for one of his own."""
        return "".join(self.fields.get(WRITTEN_BY, [])[:1])
