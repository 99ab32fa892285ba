"""After an older backup the worker marks the keys that went to uploads after it: they are destroyed again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0007_destroyed_by_the_worker")]

    operations = [migrations.RunSQL("GRANT UPDATE (taken) ON eligibility_deliverykey TO koppel")]
