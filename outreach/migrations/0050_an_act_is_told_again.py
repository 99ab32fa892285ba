"""What a colleague does again on one day is told again, once the first was read."""

from django.db import migrations, models

ACTS = ("taak_gegeven", "taak_gewijzigd", "looplijst_gegeven", "overdracht_gegeven", "overdracht_gewijzigd")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0049_a_round_is_destroyed")]

    operations = [
        migrations.RemoveConstraint(model_name="notification", name="notification_once"),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("read_at__isnull", True),
                    models.Q(("kind__in", ACTS), _negated=True),
                    _connector="OR",
                ),
                fields=("user", "kind", "about", "day"),
                name="notification_once",
            ),
        ),
    ]
