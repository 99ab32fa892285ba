"""The bronnen and regelingen that every fresh installation starts with.

The rows are frozen in a file beside this migration, so that a later change of the code changes no history.
"""

import datetime
import json
from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FROZEN = Path(__file__).parent / "data" / "reference.json"


def seed(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    rows = json.loads(FROZEN.read_text(encoding="utf-8"))
    model = apps.get_model
    model("outreach", "Regeling").objects.using(alias).bulk_create(
        model("outreach", "Regeling")(**row) for row in rows["regelingen"]
    )
    model("eligibility", "Bron").objects.using(alias).bulk_create(
        model("eligibility", "Bron")(**row) for row in rows["bronnen"]
    )
    model("eligibility", "BronGround").objects.using(alias).bulk_create(
        model("eligibility", "BronGround")(**row) for row in rows["gronden"]
    )
    model("eligibility", "Agreement").objects.using(alias).bulk_create(
        model("eligibility", "Agreement")(
            **row | {"valid_from": datetime.date.fromisoformat(row["valid_from"])}
        )
        for row in rows["afspraken"]
    )


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0002_blackbox")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
