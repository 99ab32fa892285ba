"""What somebody says at the desk is written down as said there."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0007_the_mirror_alone"),
        ("outreach", "0048_paper_after_ones_own_visit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="optout",
            name="optout_channel_known",
        ),
        migrations.RemoveConstraint(
            model_name="typedwish",
            name="typed_channel_known",
        ),
        migrations.AlterField(
            model_name="optout",
            name="channel",
            field=models.CharField(
                choices=[
                    ("deur", "Aan de deur"),
                    ("balie", "Aan de balie"),
                    ("telefoon", "Telefoon"),
                    ("brief", "Brief"),
                    ("levering", "Lijst"),
                    ("formulier", "Formulier"),
                ],
                max_length=10,
                verbose_name="kanaal",
            ),
        ),
        migrations.AlterField(
            model_name="typedwish",
            name="channel",
            field=models.CharField(
                choices=[
                    ("deur", "Aan de deur"),
                    ("balie", "Aan de balie"),
                    ("telefoon", "Telefoon"),
                    ("brief", "Brief"),
                    ("levering", "Lijst"),
                    ("formulier", "Formulier"),
                ],
                max_length=10,
                verbose_name="kanaal",
            ),
        ),
        migrations.AddConstraint(
            model_name="optout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ["deur", "balie", "telefoon", "brief", "levering", "formulier"])
                ),
                name="optout_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="typedwish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ["deur", "balie", "telefoon", "brief", "levering", "formulier"])
                ),
                name="typed_channel_known",
            ),
        ),
    ]
