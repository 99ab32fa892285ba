"""The fingerprints of the scans that a vendor announced."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_release_of_batches")]

    operations = [
        migrations.AddField(
            model_name="scandelivery",
            name="announced",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                blank=True,
                default=list,
                help_text="Leeg als de drukker ze niet noemde.",
                size=None,
                verbose_name="aangekondigde vingerafdrukken",
            ),
        ),
    ]
