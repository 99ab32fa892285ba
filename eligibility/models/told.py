"""What the casework was told of the newest deliveries, so that it is told once."""

from django.db import models


class FactsTold(models.Model):
    """One subject: the population, or one regeling.

    `inputs` are the handover, approach and deliveries it followed from. `told_at` is empty while it fails.
    """

    subject = models.CharField("onderwerp", max_length=30, primary_key=True)
    inputs = models.TextField("waaruit het volgde")
    told_at = models.DateTimeField("verwerkt op", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    problem = models.CharField("wat er misging", max_length=500, blank=True)

    class Meta:
        verbose_name = "verwerkte feiten"
        verbose_name_plural = "verwerkte feiten"
        ordering = ["subject"]

    def __str__(self) -> str:
        return self.subject
