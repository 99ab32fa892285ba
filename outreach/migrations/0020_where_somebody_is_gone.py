"""Where somebody is said to be gone is one view, that follows the people to their other households."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0019_reports_to_the_brp")]

    operations = [
        migrations.AddIndex(
            model_name="gesprek",
            index=models.Index(
                fields=["household"],
                condition=models.Q(result__in=("woont_hier_niet", "overleden")),
                name="gesprek_gone",
            ),
        ),
        RunSQLFile(SQL / "told_gone.sql"),
    ]
