"""Reports from the audit for the privacy officer, and the list of roles that he signs."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0023_what_goes_and_when")]

    operations = [
        migrations.CreateModel(
            name="RoleReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.CharField(max_length=6, verbose_name="kwartaal")),
                ("listed", models.JSONField(verbose_name="lijst")),
                ("sha256", models.CharField(max_length=64, verbose_name="vingerafdruk van de lijst")),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="opmerking")),
                (
                    "signed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="ondertekend op"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="role_reviews",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ondertekend door",
                    ),
                ),
            ],
            options={
                "verbose_name": "ondertekende rollenlijst",
                "verbose_name_plural": "ondertekende rollenlijsten",
                "ordering": ["-signed_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__regex", "^\\d{4}-[1-4]$")), name="rolereview_quarter"
                    )
                ],
            },
        ),
        RunSQLFile(SQL / "audit_reports.sql"),
    ]
