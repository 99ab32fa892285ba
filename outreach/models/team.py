"""Teams and the buurten (neighbourhoods) they work in."""

from django.db import models


class Buurt(models.Model):
    """A neighbourhood with the code that Statistics Netherlands (CBS) gives it, such as BU03630001."""

    code = models.CharField("code", max_length=10, primary_key=True)
    name = models.CharField("naam", max_length=100)
    outline = models.JSONField(
        "omtrek",
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text="Ringen van punten in meters (Rijksdriehoeksmeting), uit een kaart die is ingelezen.",
    )

    class Meta:
        verbose_name = "buurt"
        verbose_name_plural = "buurten"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who work together in the same buurten."""

    name = models.CharField("naam", max_length=100, unique=True)
    municipal = models.BooleanField(
        "van de gemeente",
        default=True,
        help_text="Een team buiten de gemeente ziet geen geheime adressen.",
    )
    all_areas = models.BooleanField("hele gemeente", default=False)
    buurten = models.ManyToManyField(Buurt, verbose_name="buurten", blank=True, related_name="teams")

    class Meta:
        verbose_name = "team"
        verbose_name_plural = "teams"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
