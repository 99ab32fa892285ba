"""A scan may be a paper that belongs to an application: it is no form, and has no signature."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0013_departed_and_recalled")]

    operations = [
        migrations.AddField(
            model_name="scan",
            name="attachment",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "Een stuk bij een aanvraag, zoals een jaaropgave. Het is geen formulier en heeft geen"
                    " handtekening."
                ),
                verbose_name="bijlage",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attachment", False),
                    models.Q(("outcome", "gekoppeld"), ("signature", "")),
                    _connector="OR",
                ),
                name="scan_attachment_is_no_form",
            ),
        ),
    ]
