"""The yearly public notice, with its scan encrypted."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0004_typed_wishes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("medium", models.CharField(max_length=100, verbose_name="waar stond het")),
                ("published_on", models.DateField(verbose_name="gepubliceerd op")),
                ("scan", models.BinaryField(verbose_name="scan, versleuteld")),
                ("scan_name", models.CharField(max_length=100, verbose_name="bestandsnaam")),
                (
                    "registered_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="vastgelegd op"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="vastgelegd door",
                    ),
                ),
            ],
            options={
                "verbose_name": "openbare mededeling",
                "verbose_name_plural": "openbare mededelingen",
                "ordering": ["-published_on", "-id"],
            },
        ),
        RunSQLFile(SQL / "notices.sql"),
    ]
