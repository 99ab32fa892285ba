-- What is changed or removed in a table about people leaves a line by whatever way it happens: a page, a worker, or SQL
-- by hand. One line for a statement, with how many rows and a digest of their keys in order: a line for each row of a
-- million costs three times the work. In base64: rows of digits in hex would now and then read as a BSN.
CREATE FUNCTION audit.tel_rijen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  aantal bigint;
  vingerafdruk text;
  wie text := nullif(current_setting('bereik.actor', true), '');
BEGIN
  SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(o.id::text, ',' ORDER BY o.id), ''), 'UTF8')), 'base64')
    INTO aantal, vingerafdruk FROM oud o;
  IF aantal > 0 THEN
    INSERT INTO audit.gebeurtenis (actor, soort, team, handeling, onderwerp, bijzonderheden)
      VALUES (coalesce(wie, session_user),
        CASE WHEN wie IS NULL THEN 'databaserol' ELSE coalesce(nullif(current_setting('bereik.soort', true), ''),
          'databaserol') END,
        coalesce(current_setting('bereik.team', true), ''),
        CASE TG_OP WHEN 'DELETE' THEN 'rijen_verwijderd' ELSE 'rijen_gewijzigd' END, TG_TABLE_NAME,
        jsonb_build_object('aantal', aantal, 'vingerafdruk', vingerafdruk, 'rol', session_user));
  END IF;
  RETURN NULL;
END $$;

-- For a migration that makes a table about people: SELECT audit.volg('its_name').
CREATE FUNCTION audit.volg(tabel regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = tabel AND tgname = 'tel_gewijzigd') THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TRIGGER tel_gewijzigd AFTER UPDATE ON %s REFERENCING OLD TABLE AS oud'
    ' FOR EACH STATEMENT EXECUTE FUNCTION audit.tel_rijen()', tabel);
  EXECUTE format('CREATE TRIGGER tel_verwijderd AFTER DELETE ON %s REFERENCING OLD TABLE AS oud'
    ' FOR EACH STATEMENT EXECUTE FUNCTION audit.tel_rijen()', tabel);
END $$;
