"""SQL that a migration runs from a file beside it."""

from pathlib import Path

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class RunSQLFile(migrations.operations.base.Operation):
    """Runs one file of SQL as it stands. `{database}` in it is the name of the database, quoted.

    With `role`, the file runs as that role, which then owns what it makes. The file belongs to its
    migration: once that has run somewhere, a change goes in a new file.
    """

    reversible = False

    def __init__(self, path: Path, role: str = "") -> None:
        self.path = path
        self.role = role

    def state_forwards(self, app_label: str, state: object) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: object, to_state: object
    ) -> None:
        quote = schema_editor.quote_name
        text = self.path.read_text(encoding="utf-8").replace(
            "{database}", quote(schema_editor.connection.settings_dict["NAME"])
        )
        if self.role:
            text = f"SET LOCAL ROLE {quote(self.role)};\n{text}\n;RESET ROLE;"
        # No parameters: psycopg then sends all statements of the file as they are, percent signs too.
        schema_editor.execute(text, params=None)

    def describe(self) -> str:
        return f"SQL of {self.path.name}"
