"""The guards of the border, each a function that fails when its guard in the database is gone.

The tests run them on the database as the migrations made it; the mutants run them on a broken one and
demand that at least one of them notices.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections
from psycopg import errors, sql

from outreach.kernel.db import SYSTEM_ACTOR, Actor, dedicated_connection
from tests import factories
from tests.roles import as_role

CANARY = "Kanarievogelzang"
REFUSALS = (errors.InsufficientPrivilege, errors.InvalidSchemaName, errors.UndefinedTable)

# What a curious or broken page might try. Each must be refused for lack of rights.
HOSTILE = (
    "SELECT * FROM blackbox.inwoner",
    "SELECT count(*) FROM blackbox.inwoner",
    "SELECT bsn FROM blackbox.klant LIMIT 1",
    "SELECT * FROM blackbox.run_kandidaat",
    "TABLE blackbox.run",
    "COPY blackbox.inwoner TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY blackbox.klant FROM STDIN",
    "INSERT INTO blackbox.klant VALUES (1, '\\x00', NULL)",
    "UPDATE blackbox.inwoner SET voornamen = ''",
    "DELETE FROM blackbox.inwoner",
    "TRUNCATE blackbox.inwoner",
    "DROP TABLE blackbox.inwoner",
    "CREATE VIEW public.kijkgat AS SELECT * FROM blackbox.inwoner",
    "CREATE TABLE public.eigen_tabel (id int)",
    "CREATE SCHEMA eigen",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE bereik_eigenaar",
    "SET ROLE koppel",
    "SET SESSION AUTHORIZATION koppel",
    "GRANT SELECT ON blackbox.inwoner TO web",
    "ALTER ROLE web SUPERUSER",
    "ALTER TABLE outreach_household DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE outreach_household NO FORCE ROW LEVEL SECURITY",
    "CREATE POLICY alles ON outreach_household USING (true)",
    "DROP POLICY eigen_gebied ON outreach_household",
    "ALTER TABLE outreach_approach DISABLE TRIGGER geen_contact",
    "SET session_replication_role = replica",
    "SELECT * FROM audit.gebeurtenis",
    "UPDATE audit.gebeurtenis SET actor = ''",
    "DELETE FROM audit.gebeurtenis",
    "TRUNCATE audit.gebeurtenis",
    "SELECT * FROM audit.zegel",
    "SELECT * FROM audit.te_verzegelen()",
    "SELECT * FROM audit.dataverwerking",
    "DELETE FROM audit.dataverwerking",
    "INSERT INTO audit.gebeurtenis (verzoek) VALUES ('x')",
    "SELECT * FROM poort.regels_over(gen_random_uuid(), '{}', now(), now(), 1)",
    "SELECT * FROM poort.regels_van('1', '-infinity', 'infinity', 9223372036854775807)",
    "SELECT * FROM poort.zoek_adres('1099AB', 1)",
    "SELECT poort.sleutels_van_huishouden(gen_random_uuid())",
    "SELECT poort.sleutels_over('{}', '{}')",
    "UPDATE django_admin_log SET change_message = ''",
    "DELETE FROM django_admin_log",
    "SELECT * FROM poort.zoek_inwoner('anna', '19800101')",
    "SELECT * FROM poort.wie_vroeg(1)",
    "SELECT sealed FROM outreach_subjectnumber",
    "DELETE FROM outreach_subjectrequest",
    "UPDATE outreach_subjectrequest SET kind = 'inzage'",
    "INSERT INTO outreach_subjectpack (request_id) VALUES (1)",
    "UPDATE outreach_person SET restricted = false",
    "UPDATE outreach_person SET no_contact = false",
    "UPDATE outreach_person SET no_contact_for = '{}'",
    "UPDATE outreach_person SET no_letter = false, no_visit = false, no_share = false",
    "UPDATE outreach_person SET id = gen_random_uuid()",
    "DELETE FROM outreach_rolereview",
    "UPDATE outreach_rolereview SET remark = ''",
    "INSERT INTO outreach_rolereview (listed) VALUES ('[]')",
    "INSERT INTO audit.gebeurtenis (actor, soort, handeling, onderwerp) VALUES ('1', 'x', 'x', 'x')",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    "INSERT INTO outreach_person (id) VALUES (gen_random_uuid())",
    "DELETE FROM outreach_gesprek",
    "DELETE FROM outreach_sheet",
    "UPDATE outreach_sheet SET households = '{}'",
    "DELETE FROM outreach_breach",
    "DELETE FROM outreach_destructionitem",
    "UPDATE outreach_destructionlist SET cutoff = now()",
    "UPDATE outreach_retentionrule SET term = 1",
    "DELETE FROM outreach_legalhold",
    "UPDATE outreach_notification SET user_id = 1",
    "UPDATE outreach_dailymail SET day = now()",
    "UPDATE outreach_breach SET discovered_at = now()",
    "UPDATE outreach_gesprek SET note = ''",
    "UPDATE outreach_reportstand SET figures = '{}'",
    "DELETE FROM outreach_reportstand",
    "UPDATE eligibility_runstep SET done = true",
    "SELECT poort.maak_run(1)",
    "SELECT poort.maak_levering(1, 'inwoner')",
    "SELECT poort.vernietig_levering(1)",
    "SELECT poort.analyseer('inwoner', 1)",
    "SELECT poort.maak_deel('inwoner', 1)",
    "SELECT * FROM poort.bekende_personen()",
    "SELECT inhoud FROM blackbox.verzegeld",
    "SELECT poort.maak_verzegeld(1)",
    "SELECT poort.vernietig_verzegeld(1)",
    "SELECT poort.vernietig_ronde(1, now(), 'UTC', true)",
    "SELECT * FROM poort.vernietig_personen('{}', DATE '2026-01-01', 'UTC', now())",
    "SELECT * FROM poort.sporen_van_ronde(1, 1)",
    "SELECT * FROM poort.sporen_van_personen('{}')",
    "SELECT * FROM poort.ronde_te_vernietigen(1)",
    "SELECT * FROM poort.personen_te_vernietigen('{}', DATE '2026-01-01', 'UTC')",
    "SELECT poort.herschrijf_bekenden()",
    "SELECT public.herschrijf('outreach_person')",
    "DELETE FROM letters_letterevent",
    "DELETE FROM outreach_approach",
    "UPDATE outreach_pastcount SET found = 0",
    "DELETE FROM outreach_pastcount",
    "SELECT * FROM poort.mensen_van(gen_random_uuid())",
    "UPDATE eligibility_unsealrequest SET reason = ''",
    "DELETE FROM eligibility_unsealanswer",
    "SELECT * FROM poort.verzoeken_te_doen()",
    "SELECT poort.inzage_gegevens(1, gen_random_uuid())",
    "SELECT * FROM poort.inzage_regels(1, gen_random_uuid())",
    "SELECT * FROM poort.inzage_bewaard(1, gen_random_uuid(), '{1}')",
    "SELECT poort.pakket_gemaakt(1, NULL, '', 1, DATE '2026-01-01')",
    "SELECT poort.overdracht(1, 1, DATE '2026-03-01')",
    "SELECT poort.meld_af(1, now(), ARRAY[gen_random_uuid()], ARRAY['\\x00'::bytea])",
    "SELECT poort.vertel_bevolking(1, '0363', ARRAY[gen_random_uuid()], ARRAY['\\x00'::bytea])",
    "SELECT poort.vertel_heeft_al('stadspas', 0, '{}', '{}', '{}', '{}')",
    "SELECT poort.laatste_benadering()",
    "SELECT * FROM poort.uitvoer_te_maken()",
    "SELECT * FROM poort.uitvoer(1)",
    "SELECT poort.uitvoer_gemaakt(1, 1, 1, 1, '')",
    "SELECT * FROM poort.delingen_te_kiezen()",
    "SELECT poort.kies_deling(1, '{}')",
    "SELECT poort.deling_wacht(1, '')",
    "SELECT * FROM poort.deelbestanden_te_maken()",
    "SELECT * FROM poort.maak_deelbestand(1)",
    "SELECT poort.deelbestand_gemaakt(1, 1, 1, 1, '')",
    "SELECT * FROM letters_shareline",
    "UPDATE letters_grantexport SET sha256 = ''",
    "UPDATE letters_legalbasis SET text = ''",
    "DELETE FROM letters_grant",
    "INSERT INTO outreach_regeling (code) VALUES ('x')",
    "UPDATE outreach_person SET departed = ''",
    "UPDATE eligibility_factstold SET inputs = ''",
    "SELECT poort.weiger_contact(gen_random_uuid(), NULL)",
    "SELECT nextval('poort.nummer')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT lo_import('/etc/passwd')",
)

# Everything that runs with more rights than its caller, and who may call it.
DEFINERS = {
    "poort.bewaak_rol()": set(),
    "poort.bewaak_getekend()": set(),
    "poort.bewaak_verbod()": set(),
    "poort.verbod_kan_niet(text, text)": {"web"},
    "poort.bewaak_vernietigingslijst()": set(),
    "poort.bewaak_vernietiging()": set(),
    "poort.bewaak_vastgehouden()": set(),
    "poort.weiger_contact(uuid, text)": set(),
    "poort.bewaak_benadering()": set(),
    "poort.bewaak_bezoek()": set(),
    "poort.spiegel_afmelding()": set(),
    "poort.spiegel_verzoek()": set(),
    "poort.getypte_wensen()": {"koppel"},
    "poort.pas_wens_toe(bigint, uuid)": {"koppel"},
    "poort.verwerk_wens(bigint, bytea, uuid, bigint[])": {"koppel"},
    "poort.verwerk_opvolger(bigint, bytea, bytea, uuid, uuid, bigint[])": {"koppel"},
    "poort.bewaak_brief()": set(),
    "poort.bewaak_vrijgave()": set(),
    "poort.meld_papier()": set(),
    "poort.meld_papier_geheim()": set(),
    "poort.meld_papier_weg()": set(),
    "poort.meld_papier_wil_niet()": set(),
    "poort.meld_papier_regeling()": set(),
    "poort.bewaak_afgemeld()": set(),
    "poort.bewaak_vertrek()": set(),
    "poort.bewaak_afgesloten()": set(),
    "poort.bewaak_afsluiten()": set(),
    "poort.maak_levering(bigint, text)": {"koppel"},
    "poort.vernietig_levering(bigint)": {"koppel"},
    "poort.maak_run(bigint)": {"koppel"},
    "poort.vernietig_run(bigint)": {"koppel"},
    "poort.vergeet_run(bigint)": {"koppel"},
    "poort.analyseer(text, bigint)": {"koppel"},
    "audit.te_verzegelen()": {"koppel"},
    "audit.tel_rijen()": set(),
    "audit.schrijf_dataverwerking()": set(),
    "poort.dataverwerkingen(timestamp with time zone, timestamp with time zone, bigint)": {"web"},
    "poort.dataverwerkingen_geteld(timestamp with time zone, timestamp with time zone)": {"web"},
    "poort.analyseer_ronde()": {"web"},
    "poort.zoek_personen(text)": {"web"},
    "poort.regels_over(uuid, jsonb, timestamp with time zone, timestamp with time zone, bigint)": {"web"},
    "poort.regels_van(text, timestamp with time zone, timestamp with time zone, bigint)": {"web"},
    "poort.zoek_adres(text, integer)": {"web"},
    "poort.scan_blijft(uuid)": {"web"},
    "poort.redenen_wachten_op(bigint)": {"web", "koppel"},
    "poort.teruggenomen()": {"koppel"},
    "poort.spiegel_kinderen()": {"koppel"},
    "poort.stand_van_verzegelen()": {"web"},
    "poort.sleutels_van_huishouden(uuid)": {"web"},
    "poort.zoek_inwoner(text, text)": {"web"},
    "poort.wie_vroeg(bigint)": {"web"},
    "poort.vertegenwoordigd(uuid[])": {"web"},
    "poort.brief_aan_balie(text, bigint, text)": {"web"},
    "poort.verzoeken_te_doen()": {"koppel"},
    "poort.verzoek_gekoppeld(bigint, uuid)": {"koppel"},
    "poort.verzoek_bewaard(bigint, bytea)": {"koppel"},
    "poort.verzoek_herkend(bigint, uuid)": {"koppel"},
    "poort.vergeet_beperkt_nummer()": set(),
    "poort.inzage_regels(bigint, uuid)": {"koppel"},
    "poort.inzage_gegevens(bigint, uuid)": {"koppel"},
    "poort.inzage_uitvoering(bigint, uuid)": set(),
    "poort.inzage_bewaard(bigint, uuid, bigint[])": {"koppel"},
    "poort.pakket_gemaakt(bigint, uuid, text, bigint, date)": {"koppel"},
    "poort.pakketten_voorbij(date)": {"koppel"},
    "poort.pakket_vernietigd(bigint, date)": {"koppel"},
    "poort.bekende_personen()": {"koppel"},
    "poort.overdracht(bigint, bigint, date)": {"koppel"},
    "poort.maak_verzegeld(bigint)": {"koppel"},
    "poort.vernietig_verzegeld(bigint)": {"koppel"},
    "poort.vernietig_ronde(bigint, timestamp with time zone, text, boolean)": {"koppel"},
    "poort.vernietig_personen(uuid[], date, text, timestamp with time zone)": {"koppel"},
    "poort.sporen_van_ronde(bigint, integer)": {"koppel"},
    "poort.sporen_van_personen(uuid[])": {"koppel"},
    "poort.ronde_te_vernietigen(bigint)": {"koppel"},
    "poort.personen_te_vernietigen(uuid[], date, text)": {"koppel"},
    "poort.herschrijf_bekenden()": {"koppel"},
    "herschrijf(text)": {"koppel"},
    "poort.mensen_van(uuid)": {"web"},
    "poort.bewaak_ontzegelen()": set(),
    "poort.meld_af(bigint, timestamp with time zone, uuid[], bytea[])": {"koppel"},
    "poort.vertel_bevolking(bigint, text, uuid[], bytea[])": {"koppel"},
    "poort.vertel_heeft_al(text, integer, integer[], uuid[], uuid[], boolean[])": {"koppel"},
    "poort.laatste_benadering()": {"koppel"},
    "poort.uitvoer_te_maken()": {"koppel"},
    "poort.delingen_te_kiezen()": {"koppel"},
    "poort.kies_deling(bigint, uuid[])": {"koppel"},
    "poort.deling_wacht(bigint, text)": {"koppel"},
    "poort.deelbestanden_te_maken()": {"koppel"},
    "poort.maak_deelbestand(bigint)": {"koppel"},
    "poort.deelbestand_gemaakt(bigint, integer, integer, bigint, text)": {"koppel"},
    "poort.uitvoer(bigint)": {"koppel"},
    "poort.uitvoer_gemaakt(bigint, integer, integer, bigint, text)": {"koppel"},
}

# What koppel may read outside the box; the casework is not on it, but for who wants no contact.
KOPPEL_READS = {
    "django_migrations",
    "eligibility_agreement",
    "eligibility_bron",
    "eligibility_bronground",
    "eligibility_delivery",
    "eligibility_deliverykey",
    "eligibility_factstold",
    "eligibility_postcodebuurt",
    "eligibility_rowproblem",
    "eligibility_rulecount",
    "eligibility_run",
    "eligibility_run_deliveries",
    "eligibility_runseal",
    "eligibility_runstep",
    "eligibility_unsealanswer",
    "eligibility_unsealrequest",
    "outreach_destructionitem",
    "outreach_destructionlist",
    "outreach_handover",
    "outreach_legalhold",
    "outreach_regeling",
    "outreach_retentionrule",
}


@contextmanager
def connected(role: str) -> Iterator[psycopg.Connection]:
    with as_role(role), dedicated_connection() as connection:
        yield connection


def rows(role: str, query: str, *params: object) -> list[tuple]:
    with connected(role) as connection:
        return connection.execute(query.encode(), params or None).fetchall()


def hostile_statements_are_refused() -> None:
    for statement in HOSTILE:
        with connected("web") as web:
            try:
                with web.transaction(force_rollback=True):
                    web.execute(statement.encode())
            except REFUSALS:
                continue
            except psycopg.Error as error:
                raise AssertionError(f"refused for another reason: {statement}: {error}") from None
            raise AssertionError(f"allowed: {statement}")


def plant_canary() -> None:
    """One inhabitant with a surname nobody has, in a delivery of the box."""
    with connected("koppel") as koppel:
        koppel.execute(b"SELECT poort.vernietig_levering(900001)")
        koppel.execute(b"SELECT poort.maak_levering(900001, 'inwoner')")
        columns = koppel.execute(
            b"SELECT column_name, data_type FROM information_schema.columns"
            b" WHERE table_schema = 'blackbox' AND table_name = 'inwoner'"
        ).fetchall()
        values = {
            name: 900001
            if name == "levering"
            else 1
            if name == "regel"
            else b"\x07" * 16
            if kind == "bytea"
            else "1"
            if name == "huisnummer"
            else CANARY
            for name, kind in columns
        }
        koppel.execute(
            sql.SQL("INSERT INTO blackbox.inwoner ({}) VALUES ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )


def relations_that_show(needle: str, role: str = "web") -> list[str]:
    """Every relation of every schema in which `role` reads a row that holds `needle`."""
    found = []
    with connected(role) as connection:
        relations = connection.execute(
            b"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            b" WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'"
            b" AND n.nspname !~ '^pg_toast'"
        ).fetchall()
        for schema, name in relations:
            with connection.transaction(force_rollback=True):
                with as_role("web"):
                    connection.execute(
                        b"SELECT set_config('bereik.soort', 'systeem', true),"
                        b" set_config('bereik.overal', 'ja', true),"
                        b" set_config('bereik.gemeentelijk', 'ja', true)"
                    )
                query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE {}").format(
                    sql.Identifier(schema, name), sql.Literal(f"%{needle}%")
                )
                try:
                    count = connection.execute(query).fetchone()[0]
                except (errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState):
                    continue
            # The statement that is looking finds itself in the list of running statements.
            if count and name != "pg_stat_activity":
                found.append(f"{schema}.{name}")
    return found


def canary_is_nowhere() -> None:
    plant_canary()
    assert relations_that_show(CANARY) == []


def functions_are_whitelisted() -> None:
    """No function runs with more rights than its caller, but the listed ones, for the listed callers."""
    found = rows(
        "migrate",
        "SELECT p.oid::regprocedure::text, p.proconfig,"
        " ARRAY(SELECT r FROM unnest(ARRAY['web', 'koppel']) r WHERE has_function_privilege(r, p.oid, 'EXECUTE'))"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
    )
    callers = {name.replace(",", ", ").replace("  ", " "): set(who) for name, _, who in found}
    assert callers == DEFINERS
    loose = [name for name, config, _ in found if "search_path=pg_catalog, pg_temp" not in (config or [])]
    assert loose == []


def nothing_outside_depends_on_the_box() -> None:
    """No view, materialised view or rule outside reads the box, and no foreign key crosses the border."""
    assert (
        rows(
            "migrate",
            "SELECT DISTINCT view.oid::regclass::text FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid"
            " JOIN pg_class view ON view.oid = w.ev_class JOIN pg_class box ON box.oid = d.refobjid"
            " WHERE box.relnamespace = 'blackbox'::regnamespace AND view.relnamespace <> box.relnamespace",
        )
        == []
    )
    assert (
        rows(
            "migrate",
            "SELECT conname FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid"
            " JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f' AND"
            " (a.relnamespace = 'blackbox'::regnamespace) <> (b.relnamespace = 'blackbox'::regnamespace)",
        )
        == []
    )


def web_has_no_rights_in_the_box() -> None:
    assert rows(
        "migrate",
        "SELECT has_schema_privilege('web', 'blackbox', 'USAGE'), has_schema_privilege('web', 'public', 'CREATE'),"
        " has_schema_privilege('public', 'public', 'CREATE')",
    ) == [(False, False, False)]
    assert (
        rows(
            "migrate",
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'blackbox'::regnamespace"
            " AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND CASE c.relkind WHEN 'S'"
            " THEN has_sequence_privilege('web', c.oid, 'USAGE, SELECT, UPDATE')"
            " ELSE has_table_privilege('web', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
            " OR has_any_column_privilege('web', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END",
        )
        == []
    )


def people_come_in_by_the_handover() -> None:
    """Web adds, changes and removes nobody. The key of a person gives the right to lock a row, and the trigger
    `alleen_op_slot` refuses to change that."""
    assert (
        rows(
            "migrate",
            "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY (ARRAY['outreach_person',"
            " 'outreach_household', 'outreach_householdmember', 'outreach_candidacy',"
            " 'outreach_candidacy_persons', 'outreach_handover']::regclass[])"
            " AND (has_any_column_privilege('web', oid, 'INSERT')"
            " OR has_table_privilege('web', oid, 'UPDATE, DELETE, TRUNCATE'))",
        )
        == []
    )
    assert rows(
        "migrate",
        "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
        " AND attrelid IN ('outreach_person'::regclass, 'outreach_household'::regclass,"
        " 'outreach_candidacy'::regclass) AND has_column_privilege('web', attrelid, attnum, 'UPDATE')"
        " ORDER BY attname",
    ) == [("outreach_person", "id")]


def koppel_reads_little_outside() -> None:
    found = rows(
        "migrate",
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
        " AND has_any_column_privilege('koppel', oid, 'SELECT')",
    )
    assert {name for (name,) in found} == KOPPEL_READS


def audit_only_grows() -> None:
    """Even the owner of the audit cannot change or empty it."""
    with connected("web") as web, web.transaction():
        web.execute(
            b"SELECT set_config('bereik.actor', '1', true), set_config('bereik.soort', 'x', true),"
            b" set_config('bereik.team', '', true)"
        )
        web.execute(b"INSERT INTO audit.gebeurtenis (handeling, onderwerp) VALUES ('proef', 'proef')")
    for statement in (
        "UPDATE audit.gebeurtenis SET actor = 'iemand anders'",
        "DELETE FROM audit.gebeurtenis",
        "TRUNCATE audit.gebeurtenis",
    ):
        with connected("migrate") as migrate, migrate.transaction(force_rollback=True):
            migrate.execute(b"SET LOCAL ROLE bereik_eigenaar")
            try:
                migrate.execute(statement.encode())
            except errors.InsufficientPrivilege:
                continue
        raise AssertionError(f"allowed: {statement}")


def tables_about_people() -> set[str]:
    """Tables with a foreign key, at any distance, to a household or a person; from the catalogue."""
    return {
        name
        for (name,) in rows(
            "migrate",
            "WITH RECURSIVE mens(oid) AS (SELECT unnest(ARRAY['outreach_household', 'outreach_person']::regclass[])::oid"
            " UNION SELECT k.conrelid FROM pg_constraint k JOIN mens ON mens.oid = k.confrelid WHERE k.contype = 'f')"
            " SELECT oid::regclass::text FROM mens",
        )
    }


READ_BY_VENDORS = {
    "letters_letter",
    "letters_letterevent",
    "letters_formerprint",
    "letters_recall",
    "letters_scan",
}
# What the privacy officer reads without the people it is about.
READ_BY_PRIVACY = {"optout_optout"}


def people_are_behind_policies() -> None:
    """Each table about people forces row security, with one policy for web to read by that asks who acts, and on what a
    vendor may read one for him alone."""
    found = rows(
        "migrate",
        "SELECT c.oid::regclass::text, c.relrowsecurity, c.relforcerowsecurity,"
        " ARRAY(SELECT pg_get_expr(polqual, polrelid) FROM pg_policy p WHERE p.polrelid = c.oid AND"
        " polcmd IN ('r', '*') AND"
        " ((SELECT oid FROM pg_roles WHERE rolname = 'web') = ANY (polroles) OR 0 = ANY (polroles))),"
        " ARRAY(SELECT concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))"
        " FROM pg_policy p WHERE p.polrelid = c.oid AND polcmd NOT IN ('r', '*') AND"
        " ((SELECT oid FROM pg_roles WHERE rolname = 'web') = ANY (polroles) OR 0 = ANY (polroles)))"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'",
    )
    by_name = {name: rest for name, *rest in found}
    for name in tables_about_people():
        enabled, forced, policies, of_writing = by_name[name]
        assert enabled, f"{name} has no row security"
        assert forced, f"{name} does not force row security"
        staff = [policy for policy in policies if "ziet_mensen()" in policy]
        vendors = [policy for policy in policies if "is_drukker()" in policy and "eigen_team()" in policy]
        assert len(staff) == 1, f"{name} has {len(staff)} policies for who works with people"
        assert len(vendors) == (name in READ_BY_VENDORS), f"{name} has {len(vendors)} policies for vendors"
        privacy = [policy for policy in policies if "is_privacy_officer()" in policy]
        assert len(privacy) == (name in READ_BY_PRIVACY), (
            f"{name} has {len(privacy)} policies for the privacy officer"
        )
        assert len(policies) == len(staff) + len(vendors) + len(privacy), f"{name} has a policy for anybody"
        assert all("ziet_mensen()" in policy for policy in of_writing), f"{name}: anybody may write"


def _visible(actor: Actor) -> set[str]:
    with as_role("web"), connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(
                "SELECT set_config('bereik.soort', %s, true), set_config('bereik.buurten', %s, true),"
                " set_config('bereik.overal', %s, true), set_config('bereik.gemeentelijk', %s, true)",
                [actor.kind, ",".join(actor.areas), "ja" * actor.all_areas, "ja" * actor.municipal],
            )
            cursor.execute(
                "SELECT h.street FROM outreach_household h UNION SELECT p.family_name FROM outreach_person p"
                " UNION SELECT m.household_id::text FROM outreach_householdmember m"
            )
            return {name for (name,) in cursor.fetchall()}
        finally:
            cursor.execute("ROLLBACK")


def a_team_sees_its_own_area() -> None:
    own = factories.household(
        street="Eigenstraat", adults=[factories.person(family_name="Eigen")], buurt_code="BU03630001"
    )
    other = factories.household(
        street="Anderstraat", adults=[factories.person(family_name="Ander")], buurt_code="BU03630002"
    )
    hidden = factories.household(
        street="Geheimstraat",
        adults=[factories.person(family_name="Geheim")],
        buurt_code="BU03630001",
        confidential=True,
    )
    everything = {"Eigenstraat", "Eigen", "Anderstraat", "Ander", "Geheimstraat", "Geheim"} | {
        str(household.pk) for household in (own, other, hidden)
    }
    outside = Actor(id="1", kind="buurtteam", areas=("BU03630001",), municipal=False)
    assert _visible(outside) & everything == {"Eigenstraat", "Eigen", str(own.pk)}
    inside = Actor(id="1", kind="buurtteam", areas=("BU03630001",))
    assert not _visible(inside) & {"Anderstraat", "Ander", str(other.pk)}
    assert _visible(inside) >= {"Eigenstraat", "Geheimstraat"}
    assert _visible(SYSTEM_ACTOR) >= everything
    for kind in ("", "applicatiebeheerder", "privacy_officer", "analist", "functioneel_beheerder"):
        assert not _visible(Actor(id="1", kind=kind, all_areas=True)) & everything


def contact_is_refused() -> None:
    """An approach of somebody who opted out is refused by the table itself."""
    from_person = factories.person(family_name="Afgemeld", no_contact=True)
    household = factories.household(adults=[from_person])
    maker = factories.user()
    with connected("web") as web, web.transaction(force_rollback=True):
        web.execute(
            b"SELECT set_config('bereik.soort', 'systeem', true), set_config('bereik.overal', 'ja', true),"
            b" set_config('bereik.gemeentelijk', 'ja', true)"
        )
        round_id = web.execute(
            b"INSERT INTO outreach_round (name, kind, handover_id, regelingen, klassen, state, made_by_id, inputs_hash)"
            b" VALUES ('x', 'brief', %s, '{stadspas}', '{zeker}', 'concept', %s, '') RETURNING id",
            [household.handover_id, maker.pk],
        ).fetchone()[0]
        try:
            web.execute(
                b"INSERT INTO outreach_approach (round_id, household_id, regeling_id, klasse, mode, contact, response,"
                b" result) VALUES (%s, %s, 'stadspas', 'zeker', 'formulier', 'geen', 'geen', 'open')",
                [round_id, household.pk],
            )
        except errors.CheckViolation as refusal:
            assert refusal.diag.constraint_name == "geen_contact"
        else:
            raise AssertionError("approached although opted out")


GUARDS: tuple[Callable[[], None], ...] = (
    hostile_statements_are_refused,
    canary_is_nowhere,
    functions_are_whitelisted,
    nothing_outside_depends_on_the_box,
    web_has_no_rights_in_the_box,
    people_come_in_by_the_handover,
    koppel_reads_little_outside,
    audit_only_grows,
    people_are_behind_policies,
    a_team_sees_its_own_area,
    contact_is_refused,
)
