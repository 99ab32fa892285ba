"""What was added to the Logboek Dataverwerkingen."""

from tests.outreach.visits import as_owner


class LogTail:
    """The lines since this was made."""

    def __init__(self) -> None:
        self.start = self._ask("SELECT coalesce(max(id), 0) FROM audit.dataverwerking")[0][0]

    def _ask(self, query: str, *params: object) -> list[tuple]:
        with as_owner() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    def lines(self) -> list[dict[str, object]]:
        columns = (
            "replace(trace_id::text, '-', ''), encode(parent_operation_id, 'hex'),"
            " encode(foreign_operation_id, 'hex'), status_code, name, processing_activity_id,"
            " data_subject_id_type, data_subject_id"
        )
        names = ("trace", "parent", "foreign", "status", "name", "activity", "kind", "subject")
        found = self._ask(f"SELECT {columns} FROM audit.dataverwerking WHERE id > %s ORDER BY id", self.start)
        return [dict(zip(names, row, strict=True)) for row in found]

    def audited_in(self, trace_id: str) -> list[tuple]:
        return self._ask("SELECT actor, handeling FROM audit.gebeurtenis WHERE verzoek = %s", trace_id)
