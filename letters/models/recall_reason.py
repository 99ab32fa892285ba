"""Why letters are asked back: of one letter, or of a whole batch."""

from django.db import models


class RecallReason(models.TextChoices):
    """Why we want it back. The vendor is not told."""

    OPTED_OUT = "afgemeld", "Iemand heeft zich afgemeld"
    DIED = "overleden", "Iemand is overleden"
    MOVED = "verhuisd", "Het huishouden is verhuisd"
    HAS_IT = "heeft_al", "Niet meer nodig: het huishouden heeft de regeling al, of is verhuisd"
    MISTAKE = "fout", "De brief klopt niet"
