"""The list of who has which role, as the privacy officer signed it for a quarter."""

from django.db import models
from django.db.models.functions import Now

from .user import User

REMARK_LENGTH = 300


class RoleReview(models.Model):
    """One signature. The database makes the list and compares its digest; a signature is never changed.

    Source of the quarter: BIO2, 8.02.01.
    """

    quarter = models.CharField("kwartaal", max_length=6)
    listed = models.JSONField("lijst")
    sha256 = models.CharField("vingerafdruk van de lijst", max_length=64)
    remark = models.CharField("opmerking", max_length=REMARK_LENGTH, blank=True)
    signed_by = models.ForeignKey(
        User, verbose_name="ondertekend door", on_delete=models.PROTECT, related_name="role_reviews"
    )
    signed_at = models.DateTimeField("ondertekend op", db_default=Now())

    class Meta:
        verbose_name = "ondertekende rollenlijst"
        verbose_name_plural = "ondertekende rollenlijsten"
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quarter__regex=r"^\d{4}-[1-4]$"), name="rolereview_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"rollen {self.quarter}"
