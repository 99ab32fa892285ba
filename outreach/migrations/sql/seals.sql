-- The audit is sealed in ranges of transactions. A range ends where the oldest running transaction begins, so that a
-- line that is still to be committed falls in a later range: a seal "up to the highest id" would miss it for ever.
ALTER TABLE audit.gebeurtenis
  ADD COLUMN transactie xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  -- Transactions are numbered per cluster: after a dump was restored in another one they start anew.
  ADD COLUMN cluster bigint NOT NULL DEFAULT (pg_catalog.pg_control_system()).system_identifier;
CREATE INDEX gebeurtenis_transactie ON audit.gebeurtenis (cluster, transactie);

-- One range: all lines with van <= transactie < tot. The worker of the box signs with a key that is not in the database.
CREATE TABLE audit.zegel (
  nummer bigint PRIMARY KEY CHECK (nummer > 0),
  op timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  cluster bigint NOT NULL,
  van xid8 NOT NULL,
  tot xid8 NOT NULL,
  regels bigint NOT NULL CHECK (regels > 0),
  eerste bigint NOT NULL,
  laatste bigint NOT NULL,
  inhoud bytea NOT NULL CHECK (length(inhoud) = 32),
  vorige bytea NOT NULL CHECK (length(vorige) = 32),
  handtekening bytea NOT NULL CHECK (length(handtekening) = 64),
  CONSTRAINT zegel_vooruit CHECK (van < tot),
  UNIQUE (cluster, van)
);
GRANT SELECT ON audit.zegel TO koppel;
GRANT INSERT (nummer, cluster, van, tot, regels, eerste, laatste, inhoud, vorige, handtekening) ON audit.zegel TO koppel;
CREATE TRIGGER alleen_toevoegen BEFORE UPDATE OR DELETE ON audit.zegel
  FOR EACH ROW EXECUTE FUNCTION audit.alleen_toevoegen();
CREATE TRIGGER niet_leegmaken BEFORE TRUNCATE ON audit.zegel
  FOR EACH STATEMENT EXECUTE FUNCTION audit.alleen_toevoegen();

-- The ranges that can be sealed now, with a digest of their lines in order of id. Who seals reads no line.
CREATE FUNCTION audit.te_verzegelen()
RETURNS TABLE (cluster bigint, van xid8, tot xid8, regels bigint, eerste bigint, laatste bigint, inhoud bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD' AS $$
DECLARE
  hier bigint := (pg_control_system()).system_identifier;
  welk bigint;
  begin_ xid8;
  grens xid8;
BEGIN
  SELECT min(g.cluster) INTO welk FROM audit.gebeurtenis g;
  WHILE welk IS NOT NULL LOOP
    SELECT coalesce(max(z.tot), '0') INTO begin_ FROM audit.zegel z WHERE z.cluster = welk;
    -- Nothing of another cluster can still be under way.
    grens := CASE WHEN welk = hier THEN pg_snapshot_xmin(pg_current_snapshot()) ELSE '18446744073709551615' END;
    RETURN QUERY
      SELECT welk, begin_, grens, count(*), min(g.id), max(g.id),
        sha256(string_agg(sha256(convert_to(jsonb_build_array(g.id, g.op, g.actor, g.soort, g.team, g.handeling,
          g.onderwerp, to_jsonb(g.ids), g.bijzonderheden, g.verzoek, g.transactie::text, g.cluster)::text, 'UTF8')),
          '' ORDER BY g.id))
      FROM audit.gebeurtenis g
      WHERE g.cluster = welk AND g.transactie >= begin_ AND g.transactie < grens
      HAVING count(*) > 0;
    SELECT min(g.cluster) INTO welk FROM audit.gebeurtenis g WHERE g.cluster > welk;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION audit.te_verzegelen() TO koppel;
