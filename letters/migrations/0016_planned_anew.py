"""What was asked back as wrong is planned anew, with the texts that were mended."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0015_papers_with_an_application"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="anew_asked_by",
            field=models.ForeignKey(
                blank=True,
                help_text="De werker plant daarna opnieuw wat als fout is ingetrokken.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches_anew_asked",
                to=settings.AUTH_USER_MODEL,
                verbose_name="opnieuw plannen gevraagd door",
            ),
        ),
        RunSQLFile(SQL / "planned_anew.sql"),
    ]
