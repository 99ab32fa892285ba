"""The login roles of the database, as SQL for whoever may make them.

Roles belong to the cluster, so they are made once by a superuser and never by a migration.
`web` serves pages, `koppel` works in the black box, `migrate` deploys; `bereik_eigenaar` owns the
black box and cannot log in. Source: docs/operations.md.
"""

from collections.abc import Mapping

from psycopg import sql

OWNER = "bereik_eigenaar"
LOGINS = ("web", "koppel", "migrate")

# A failing statement is written to the server log with its values: not for roles that carry people.
_SILENT = {
    "log_min_messages": "panic",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}

_MAKE_ROLE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal}) THEN
    CREATE ROLE {name} {login};
  END IF;
END $$"""


def _role(name: str, login: str) -> sql.Composed:
    return sql.SQL(_MAKE_ROLE).format(
        literal=sql.Literal(name), name=sql.Identifier(name), login=sql.SQL(login)
    )


def _settings(name: str, settings: Mapping[str, str]) -> list[sql.Composed]:
    return [
        sql.SQL("ALTER ROLE {} SET {} = {}").format(
            sql.Identifier(name), sql.Identifier(key), sql.Literal(value)
        )
        for key, value in settings.items()
    ]


def statements(passwords: Mapping[str, str], database: str, test: bool = False) -> list[str]:
    """The statements that make the roles and the grants on an existing database, in order.

    `passwords` holds one for each login role. With `test` the role `migrate` may make databases,
    which a test run needs and a deployment must not have. They may be run again: passwords are then
    set anew.
    """
    made: list[sql.Composed] = [_role(OWNER, "NOLOGIN")]
    for login in LOGINS:
        made.append(_role(login, "LOGIN NOINHERIT" if login != "migrate" else "LOGIN INHERIT"))
        made.append(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(passwords[login]))
        )
        made += _settings(login, {"search_path": "public", **_SILENT})
        made.append(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(database), sql.Identifier(login)
            )
        )
    made.append(sql.SQL("ALTER ROLE migrate {}").format(sql.SQL("CREATEDB" if test else "NOCREATEDB")))
    made.append(sql.SQL("GRANT {} TO migrate").format(sql.Identifier(OWNER)))
    made.append(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    made.append(sql.SQL("ALTER DATABASE {} OWNER TO migrate").format(sql.Identifier(database)))
    return [statement.as_string(None) for statement in made]
