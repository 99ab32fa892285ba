"""A vendor whose envelopes have their window elsewhere gives its place himself; a part keeps it."""

import django.contrib.postgres.fields
from django.db import migrations, models

_TEXT = (
    "Leeg als het venster op de vaste plaats zit (NEN 1026). Anders zes getallen met komma's ertussen:"
    " afstand van links, afstand van boven, breedte, hoogte, vrije zone eromheen en de vouw van boven."
    " Bijvoorbeeld: 35, 46, 70, 35, 5, 107."
)
_NAMES = {
    "window_own": "eigen venster (mm)",
    "return_window_own": "eigen venster van de retourenvelop (mm)",
}


def _field(verbose_name):
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.FloatField(),
        blank=True,
        default=list,
        help_text=_TEXT,
        size=6,
        verbose_name=verbose_name,
    )


class Migration(migrations.Migration):
    dependencies = [("letters", "0017_errands")]

    operations = [
        migrations.AddField(model, name, _field(verbose_name))
        for model in ("part", "vendor")
        for name, verbose_name in _NAMES.items()
    ]
