from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0017_drafts_keep_their_order"),
    ]

    operations = [
        migrations.RunSQL(
            "GRANT UPDATE (at, place) ON outreach_task TO web",
            "REVOKE UPDATE (at, place) ON outreach_task FROM web",
        ),
    ]
