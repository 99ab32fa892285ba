-- The border. Everything is closed before the first table of ours exists.
-- Roles are made beforehand by a superuser (manage.py rollen); see docs/operations.md.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO web, koppel, bereik_eigenaar;

-- Tables that Django made before this migration, and all that come after it.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO web;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO web;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO web;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO web;
-- Without IN SCHEMA: with it, this revoke has no effect.
ALTER DEFAULT PRIVILEGES FOR ROLE migrate REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- A role that could write here would make a later `migrate` skip migrations.
REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM web;
GRANT SELECT ON public.django_migrations TO koppel;

GRANT CREATE ON DATABASE {database} TO bereik_eigenaar;
SET LOCAL ROLE bereik_eigenaar;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE SCHEMA blackbox;
CREATE SCHEMA poort;
CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA poort TO web, koppel;
GRANT USAGE ON SCHEMA blackbox TO koppel;
GRANT USAGE ON SCHEMA audit TO web, koppel;

-- What was done and who was looked at. No foreign keys: history never stands in the way of a removal.
CREATE TABLE audit.gebeurtenis (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  op timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  actor text NOT NULL DEFAULT pg_catalog.current_setting('bereik.actor', true),
  soort text NOT NULL DEFAULT pg_catalog.current_setting('bereik.soort', true),
  team text NOT NULL DEFAULT pg_catalog.current_setting('bereik.team', true),
  handeling text NOT NULL,
  onderwerp text NOT NULL,
  ids text[] NOT NULL DEFAULT '{}',
  bijzonderheden jsonb NOT NULL DEFAULT '{}',
  verzoek text NOT NULL DEFAULT '',
  CONSTRAINT gebeurtenis_heeft_actor CHECK (actor <> '' AND soort <> '')
);
CREATE INDEX gebeurtenis_onderwerp ON audit.gebeurtenis (onderwerp, id);
GRANT INSERT (handeling, onderwerp, ids, bijzonderheden, verzoek) ON audit.gebeurtenis TO web, koppel;

CREATE FUNCTION audit.alleen_toevoegen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER alleen_toevoegen BEFORE UPDATE OR DELETE ON audit.gebeurtenis
  FOR EACH ROW EXECUTE FUNCTION audit.alleen_toevoegen();
CREATE TRIGGER niet_leegmaken BEFORE TRUNCATE ON audit.gebeurtenis
  FOR EACH STATEMENT EXECUTE FUNCTION audit.alleen_toevoegen();
RESET ROLE;
REVOKE CREATE ON DATABASE {database} FROM bereik_eigenaar;
