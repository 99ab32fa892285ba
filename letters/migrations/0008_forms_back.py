"""What a scan was read as, one application per approach, one open item of work per thing, and no grant by itself
on a form that is not wholly in order."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0007_announced_scans")]

    operations = [
        migrations.AddField(
            model_name="scan",
            name="reading",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Per vak: wat er staat en hoe zeker dat is.",
                verbose_name="wat er is gelezen",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(fields=["approach"], name="application_once_per_approach"),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("batch__isnull", False),
                    ("closed_at__isnull", True),
                    ("letter__isnull", True),
                    ("part__isnull", True),
                    ("scan__isnull", True),
                ),
                fields=("kind", "batch"),
                name="work_once_per_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("batch__isnull", True),
                    ("closed_at__isnull", True),
                    ("event__isnull", False),
                    ("letter__isnull", True),
                    ("part__isnull", True),
                    ("scan__isnull", True),
                ),
                fields=("kind", "event"),
                name="work_once_per_event",
            ),
        ),
        RunSQLFile(SQL / "forms.sql"),
    ]
