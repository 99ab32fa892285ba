"""Ways to break the border, each with its undoing. Each must turn at least one guard red."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """SQL that takes a guard away, run as `migrate`, and the SQL that puts it back."""

    name: str
    breaks: str
    mends: str


_OWNER = "SET LOCAL ROLE bereik_eigenaar; "

MUTANTS = (
    Mutant(
        "web may use the box",
        _OWNER + "GRANT USAGE ON SCHEMA blackbox TO web",
        _OWNER + "REVOKE USAGE ON SCHEMA blackbox FROM web",
    ),
    Mutant(
        "web may read inhabitants",
        _OWNER + "GRANT USAGE ON SCHEMA blackbox TO web; GRANT SELECT ON blackbox.inwoner TO web",
        _OWNER + "REVOKE SELECT ON blackbox.inwoner FROM web; REVOKE USAGE ON SCHEMA blackbox FROM web",
    ),
    Mutant(
        "web may read one column",
        _OWNER + "GRANT SELECT (voornamen) ON blackbox.inwoner TO web",
        _OWNER + "REVOKE SELECT (voornamen) ON blackbox.inwoner FROM web",
    ),
    Mutant(
        "a view of the owner in public",
        "GRANT CREATE ON SCHEMA public TO bereik_eigenaar; SET LOCAL ROLE bereik_eigenaar;"
        " CREATE VIEW public.kijkgat AS SELECT geslachtsnaam FROM blackbox.inwoner;"
        " GRANT SELECT ON public.kijkgat TO web",
        "DROP VIEW public.kijkgat; REVOKE CREATE ON SCHEMA public FROM bereik_eigenaar",
    ),
    Mutant(
        "a materialised view in public",
        "GRANT CREATE ON SCHEMA public TO bereik_eigenaar; SET LOCAL ROLE bereik_eigenaar;"
        " CREATE MATERIALIZED VIEW public.kijkgat AS SELECT geslachtsnaam FROM blackbox.inwoner;"
        " GRANT SELECT ON public.kijkgat TO web",
        "DROP MATERIALIZED VIEW public.kijkgat; REVOKE CREATE ON SCHEMA public FROM bereik_eigenaar",
    ),
    Mutant(
        "a security definer function in public",
        "CREATE FUNCTION public.gluur() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT count(*) FROM blackbox.inwoner'; GRANT EXECUTE ON FUNCTION public.gluur() TO web",
        "DROP FUNCTION public.gluur()",
    ),
    Mutant(
        "a door open to everyone",
        _OWNER + "GRANT EXECUTE ON FUNCTION poort.maak_run(bigint) TO PUBLIC",
        _OWNER + "REVOKE EXECUTE ON FUNCTION poort.maak_run(bigint) FROM PUBLIC",
    ),
    Mutant(
        "a door open to web",
        _OWNER + "GRANT EXECUTE ON FUNCTION poort.vernietig_levering(bigint) TO web",
        _OWNER + "REVOKE EXECUTE ON FUNCTION poort.vernietig_levering(bigint) FROM web",
    ),
    Mutant(
        "web says who left",
        _OWNER + "GRANT EXECUTE ON FUNCTION poort.vertel_bevolking(bigint, text, uuid[], bytea[]) TO web",
        _OWNER + "REVOKE EXECUTE ON FUNCTION poort.vertel_bevolking(bigint, text, uuid[], bytea[]) FROM web",
    ),
    Mutant(
        "web reads who was granted what by their seals",
        "SET LOCAL ROLE bereik_eigenaar; GRANT EXECUTE ON FUNCTION poort.uitvoer(bigint) TO web",
        "SET LOCAL ROLE bereik_eigenaar; REVOKE EXECUTE ON FUNCTION poort.uitvoer(bigint) FROM web",
    ),
    Mutant(
        "a door without a fixed search path",
        _OWNER + "ALTER FUNCTION poort.weiger_contact(uuid, text) RESET search_path",
        _OWNER + "ALTER FUNCTION poort.weiger_contact(uuid, text) SET search_path = pg_catalog, pg_temp",
    ),
    Mutant(
        "web may number",
        _OWNER + "GRANT USAGE ON SEQUENCE poort.nummer TO web",
        _OWNER + "REVOKE USAGE ON SEQUENCE poort.nummer FROM web",
    ),
    Mutant(
        "web rewrites what an agreement said before",
        "GRANT UPDATE, DELETE ON django_admin_log TO web",
        "REVOKE UPDATE, DELETE ON django_admin_log FROM web",
    ),
    Mutant(
        "row security off",
        "ALTER TABLE outreach_household DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE outreach_household ENABLE ROW LEVEL SECURITY",
    ),
    Mutant(
        "row security not forced",
        "ALTER TABLE outreach_person NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE outreach_person FORCE ROW LEVEL SECURITY",
    ),
    Mutant(
        "a second, open policy",
        "CREATE POLICY alles ON outreach_household TO web USING (true)",
        "DROP POLICY alles ON outreach_household",
    ),
    Mutant(
        "an open policy for everyone",
        "CREATE POLICY alles ON outreach_gesprek USING (true)",
        "DROP POLICY alles ON outreach_gesprek",
    ),
    Mutant(
        "confidential addresses for all",
        "CREATE OR REPLACE FUNCTION public.ziet_geheim() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE"
        " SET search_path = pg_catalog, pg_temp AS $$ SELECT true $$",
        "CREATE OR REPLACE FUNCTION public.ziet_geheim() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE"
        " SET search_path = pg_catalog, pg_temp AS"
        " $$ SELECT coalesce(current_setting('bereik.gemeentelijk', true), '') = 'ja' $$",
    ),
    Mutant(
        "every role sees people",
        "CREATE OR REPLACE FUNCTION public.ziet_mensen() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE"
        " SET search_path = pg_catalog, pg_temp AS $$ SELECT true $$",
        "CREATE OR REPLACE FUNCTION public.ziet_mensen() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE"
        " SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce(current_setting('bereik.soort', true), '')"
        " IN ('consulent', 'teamleider', 'buurtteam', 'systeem') $$",
    ),
    Mutant(
        "web reads the audit",
        _OWNER + "GRANT SELECT ON audit.gebeurtenis TO web",
        _OWNER + "REVOKE SELECT ON audit.gebeurtenis FROM web",
    ),
    Mutant(
        "web says who acted",
        _OWNER + "GRANT INSERT ON audit.gebeurtenis TO web",
        _OWNER + "REVOKE INSERT ON audit.gebeurtenis FROM web;"
        " GRANT INSERT (handeling, onderwerp, ids, bijzonderheden) ON audit.gebeurtenis TO web",
    ),
    Mutant(
        "the audit can be changed",
        _OWNER + "ALTER TABLE audit.gebeurtenis DISABLE TRIGGER alleen_toevoegen",
        _OWNER + "ALTER TABLE audit.gebeurtenis ENABLE TRIGGER alleen_toevoegen",
    ),
    Mutant(
        "the audit can be emptied",
        _OWNER + "ALTER TABLE audit.gebeurtenis DISABLE TRIGGER niet_leegmaken",
        _OWNER + "ALTER TABLE audit.gebeurtenis ENABLE TRIGGER niet_leegmaken",
    ),
    Mutant(
        "web writes people",
        "GRANT INSERT ON outreach_person TO web",
        "REVOKE INSERT ON outreach_person FROM web",
    ),
    Mutant(
        "web says who may be approached",
        "GRANT UPDATE (no_contact) ON outreach_person TO web",
        "REVOKE UPDATE (no_contact) ON outreach_person FROM web",
    ),
    Mutant(
        "what lets web lock a person lets it change him",
        "ALTER TABLE outreach_person DISABLE TRIGGER alleen_op_slot",
        "ALTER TABLE outreach_person ENABLE TRIGGER alleen_op_slot",
    ),
    Mutant(
        "web writes migrations",
        "GRANT INSERT ON django_migrations TO web; GRANT USAGE ON SEQUENCE django_migrations_id_seq TO web",
        "REVOKE INSERT ON django_migrations FROM web",
    ),
    Mutant(
        "web removes a gesprek",
        "GRANT DELETE ON outreach_gesprek TO web",
        "REVOKE DELETE ON outreach_gesprek FROM web",
    ),
    Mutant(
        "web makes tables",
        "GRANT CREATE ON SCHEMA public TO web",
        "REVOKE CREATE ON SCHEMA public FROM web",
    ),
    Mutant(
        "koppel reads the casework",
        "GRANT SELECT ON outreach_gesprek TO koppel",
        "REVOKE SELECT ON outreach_gesprek FROM koppel",
    ),
    Mutant(
        "koppel reads users",
        "GRANT SELECT (username) ON outreach_user TO koppel",
        "REVOKE SELECT (username) ON outreach_user FROM koppel",
    ),
    Mutant(
        "contact is not refused",
        "ALTER TABLE outreach_approach DISABLE TRIGGER geen_contact",
        "ALTER TABLE outreach_approach ENABLE TRIGGER geen_contact",
    ),
    Mutant(
        "a foreign key over the border",
        "GRANT REFERENCES ON outreach_handover TO bereik_eigenaar; SET LOCAL ROLE bereik_eigenaar;"
        " CREATE TABLE blackbox.brug (h bigint REFERENCES public.outreach_handover)",
        "DROP TABLE blackbox.brug; REVOKE REFERENCES ON outreach_handover FROM bereik_eigenaar",
    ),
)
