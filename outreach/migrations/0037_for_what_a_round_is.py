"""A round says for which purpose it is: that for which its data were gathered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0036_reasons_are_destroyed")]

    operations = [
        migrations.AddField(
            model_name="round",
            name="purpose",
            field=models.CharField(
                db_default="minimavoorzieningen",
                default="minimavoorzieningen",
                max_length=50,
                verbose_name="doel",
            ),
        ),
    ]
