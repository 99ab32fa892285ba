"""To whom a letter goes in place of the addressee, and how the pages of a part are laid out."""

import django.db.models.deletion
from django.db import migrations, models

_WINDOWS = [("links", "Venster links"), ("rechts", "Venster rechts")]


def _fields():
    return {
        "window": models.CharField(
            choices=_WINDOWS, db_default="links", default="links", max_length=10, verbose_name="venster"
        ),
        "return_window": models.CharField(
            choices=_WINDOWS,
            db_default="links",
            default="links",
            max_length=10,
            verbose_name="venster van de retourenvelop",
        ),
        "duplex": models.BooleanField(db_default=True, default=True, verbose_name="dubbelzijdig"),
        "code_zone": models.PositiveSmallIntegerField(
            db_default=10,
            default=10,
            help_text="Wat in het venster leeg blijft.",
            verbose_name="ruimte voor de postcode-regel (mm)",
        ),
    }


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0009_assessing_and_paying"),
        ("outreach", "0005_representatives"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="representative",
            field=models.ForeignKey(
                blank=True,
                help_text="Aan wie de brief gaat in plaats van de geadresseerde. Vastgelegd bij het maken.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="outreach.representative",
                verbose_name="vertegenwoordiger",
            ),
        ),
        # What was made until now was made as the default of a vendor wants it.
        *(migrations.AddField("part", name, field) for name, field in _fields().items()),
        *(migrations.AlterField("vendor", name, field) for name, field in _fields().items()),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    code_zone__lte=20,
                    return_window__in=["links", "rechts"],
                    window__in=["links", "rechts"],
                ),
                name="part_paper_known",
            ),
        ),
    ]
