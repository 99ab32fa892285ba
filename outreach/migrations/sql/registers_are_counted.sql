-- What was agreed, decided and registered is changed by pages that write a line of their own, and by SQL by hand that
-- writes none: those tables are counted too. Of accounts only what gives access: every sign-in writes when it was.
-- What counts is added by hand alone: an insert by the pages or a worker has an actor, and a line of its own.

-- With arguments, a change counts when one of these columns became something else; a key that moved counts always.
CREATE OR REPLACE FUNCTION audit.tel_rijen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  aantal bigint;
  vingerafdruk text;
  wie text := nullif(current_setting('bereik.actor', true), '');
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(n.id::text, ',' ORDER BY n.id), ''), 'UTF8')), 'base64')
      INTO aantal, vingerafdruk FROM nieuw n;
  ELSIF TG_NARGS > 0 AND TG_OP = 'UPDATE' THEN
    SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(o.id::text, ',' ORDER BY o.id), ''), 'UTF8')), 'base64')
      INTO aantal, vingerafdruk
      FROM oud o LEFT JOIN nieuw n ON n.id = o.id
      WHERE EXISTS (SELECT FROM unnest(TG_ARGV) k WHERE to_jsonb(o) -> k IS DISTINCT FROM to_jsonb(n) -> k);
  ELSE
    SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(o.id::text, ',' ORDER BY o.id), ''), 'UTF8')), 'base64')
      INTO aantal, vingerafdruk FROM oud o;
  END IF;
  IF aantal > 0 THEN
    INSERT INTO audit.gebeurtenis (actor, soort, team, handeling, onderwerp, bijzonderheden)
      VALUES (coalesce(wie, session_user),
        CASE WHEN wie IS NULL THEN 'databaserol' ELSE coalesce(nullif(current_setting('bereik.soort', true), ''),
          'databaserol') END,
        coalesce(current_setting('bereik.team', true), ''),
        CASE TG_OP WHEN 'INSERT' THEN 'rijen_toegevoegd' WHEN 'DELETE' THEN 'rijen_verwijderd' ELSE 'rijen_gewijzigd' END,
        TG_TABLE_NAME, jsonb_build_object('aantal', aantal, 'vingerafdruk', vingerafdruk, 'rol', session_user));
  END IF;
  RETURN NULL;
END $$;

-- For a migration that makes a table with effect: SELECT audit.volg_toegevoegd('its_name'). Nothing is read for a statement
-- of the pages or a worker, who say who acts.
CREATE FUNCTION audit.volg_toegevoegd(tabel regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER tel_toegevoegd AFTER INSERT ON %s REFERENCING NEW TABLE AS nieuw FOR EACH STATEMENT'
    ' WHEN (session_user NOT IN (''web'', ''koppel'') OR coalesce(current_setting(''bereik.actor'', true), '''') = '''')'
    ' EXECUTE FUNCTION audit.tel_rijen()', tabel);
END $$;
