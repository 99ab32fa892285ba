"""A koppeling keeps by which rules it told zeker from onzeker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0027_told_before_delivered"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="grounds",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="gronden"),
        ),
    ]
