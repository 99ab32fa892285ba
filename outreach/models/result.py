"""Where the approach of a household about one regeling ended."""

from django.db import models


class Result(models.TextChoices):
    """Where it ended."""

    OPEN = "open", "Open"
    HELPED = "hulp_bij_aanvraag", "Hulp bij aanvraag"
    HAS_IT = "heeft_al", "Heeft de regeling al"
    DECLINED = "wil_niet", "Wil de regeling niet"
    GRANTED = "toegekend", "Toegekend"
    REFUSED = "afgewezen", "Afgewezen"
    NO_RIGHT = "geen_recht", "Heeft er geen recht op"
