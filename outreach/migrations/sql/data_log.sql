-- The Logboek Dataverwerkingen: whose data was processed, when and for which activity of the register (AVG article 30).
-- One line for each data subject, and never who did it: that is in the audit, and the trace joins the two.
SET LOCAL ROLE bereik_eigenaar;
-- A line without a trace of a request or a task, such as of SQL by hand, is a trace of its own.
ALTER TABLE audit.gebeurtenis ALTER COLUMN verzoek SET DEFAULT coalesce(
  nullif(split_part(pg_catalog.current_setting('bereik.spoor', true), '-', 1), ''),
  replace(pg_catalog.gen_random_uuid()::text, '-', ''));
-- From the trace at hand alone, so that the two logs cannot come apart.
REVOKE INSERT (verzoek) ON audit.gebeurtenis FROM web, koppel;

-- The names of the columns are those of the standard. A BSN does not fit in: a person is a uuid of our own.
CREATE TABLE audit.dataverwerking (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trace_id uuid NOT NULL,
  operation_id bytea NOT NULL DEFAULT substring(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) FOR 8)
    CHECK (length(operation_id) = 8),
  -- What was asked within this trace, and of whom came it: a step of ours, and one of a caller.
  parent_operation_id bytea CHECK (length(parent_operation_id) = 8),
  foreign_operation_id bytea CHECK (length(foreign_operation_id) = 8),
  -- 1 done, 2 failed. What failed otherwise was taken back together with its line.
  status_code smallint NOT NULL CHECK (status_code IN (1, 2)),
  name text NOT NULL,
  start_time timestamptz NOT NULL DEFAULT pg_catalog.transaction_timestamp(),
  end_time timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  processing_activity_id text NOT NULL,
  data_subject_id text NOT NULL,
  data_subject_id_type text NOT NULL CHECK (data_subject_id_type IN ('persoon', 'levering')),
  CONSTRAINT betrokkene_is_pseudoniem CHECK (data_subject_id_type <> 'persoon'
    OR data_subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
);
-- Lines come in the order of time: an index of a few pages finds a period among millions.
CREATE INDEX dataverwerking_tijd ON audit.dataverwerking USING brin (start_time);
CREATE INDEX dataverwerking_spoor ON audit.dataverwerking (trace_id);
CREATE TRIGGER alleen_toevoegen BEFORE UPDATE OR DELETE ON audit.dataverwerking
  FOR EACH ROW EXECUTE FUNCTION audit.alleen_toevoegen();
CREATE TRIGGER niet_leegmaken BEFORE TRUNCATE ON audit.dataverwerking
  FOR EACH STATEMENT EXECUTE FUNCTION audit.alleen_toevoegen();

-- Which lines of the audit are about data of people, for which activity, and which function of this schema tells whose:
-- (handeling, ids) in, (soort, sleutel, verwerking) out, verwerking empty for the one that stands here. An empty handeling
-- is every one that is not named. Each room adds its own.
CREATE TABLE audit.soort_verwerking (
  onderwerp text NOT NULL,
  handeling text NOT NULL DEFAULT '',
  verwerking text NOT NULL,
  functie text NOT NULL,
  status_code smallint NOT NULL DEFAULT 1,
  PRIMARY KEY (onderwerp, handeling)
);

-- In the statement that writes the audit: a page pays no query for it, and no line of the audit can do without.
CREATE FUNCTION audit.schrijf_dataverwerking() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  regel record;
  spoor text[] := string_to_array(coalesce(current_setting('bereik.spoor', true), ''), '-');
BEGIN
  FOR regel IN
    SELECT n.handeling, n.ids, n.verzoek, s.verwerking, s.functie, s.status_code
    FROM nieuw n CROSS JOIN LATERAL (
      SELECT k.* FROM audit.soort_verwerking k
      WHERE k.onderwerp = n.onderwerp AND k.handeling IN ('', n.handeling) ORDER BY k.handeling DESC LIMIT 1) s
    ORDER BY n.id
  LOOP
    EXECUTE format('INSERT INTO audit.dataverwerking (trace_id, parent_operation_id, foreign_operation_id, status_code, name,
        processing_activity_id, data_subject_id, data_subject_id_type)
      SELECT $1, $2, $3, $4, $5, coalesce(b.verwerking, $6), b.sleutel, b.soort FROM audit.%I($5, $7) b', regel.functie)
    USING regel.verzoek::uuid, decode(nullif(spoor[2], ''), 'hex'), decode(nullif(spoor[3], ''), 'hex'),
      regel.status_code, regel.handeling, regel.verwerking, regel.ids;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER schrijf_dataverwerking AFTER INSERT ON audit.gebeurtenis REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION audit.schrijf_dataverwerking();

-- All of these households; a line about a household sometimes names one of its people.
CREATE FUNCTION audit.wie_in_huishouden(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'persoon', m.person_id::text, NULL FROM public.outreach_householdmember m WHERE m.household_id = ANY (ids::uuid[])
  UNION SELECT 'persoon', p.id::text, NULL FROM public.outreach_person p WHERE p.id = ANY (ids::uuid[])
$$;
CREATE FUNCTION audit.wie_als_persoon(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT 'persoon', i::uuid::text, NULL FROM unnest(ids) i
$$;
-- Who is known at a request; who came out of no koppeling has no number of ours.
CREATE FUNCTION audit.wie_vroeg_iets(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT 'persoon', r.person::text, NULL FROM public.outreach_subjectrequest r
  WHERE r.id = ANY (ids::bigint[]) AND r.person IS NOT NULL
$$;
INSERT INTO audit.soort_verwerking (onderwerp, handeling, verwerking, functie) VALUES
  ('huishouden', '', 'bezoeken', 'wie_in_huishouden'),
  ('huishouden', 'brieven_ingezien', 'brieven', 'wie_in_huishouden'),
  ('huishouden', 'brief_ingezien', 'brieven', 'wie_in_huishouden'),
  ('huishouden', 'brief_aan_balie', 'brieven', 'wie_in_huishouden'),
  ('huishouden', 'herinnering_pauze', 'brieven', 'wie_in_huishouden'),
  ('huishouden', 'herinnering_pauze_einde', 'brieven', 'wie_in_huishouden'),
  ('huishouden', 'overdracht_gevraagd', 'overdracht', 'wie_in_huishouden'),
  ('huishouden', 'audit_ingezien', 'medewerkers', 'wie_in_huishouden'),
  ('persoon', '', 'bezoeken', 'wie_als_persoon'),
  ('persoon', 'afmelding_vastgelegd', 'afmeldingen', 'wie_als_persoon'),
  ('persoon', 'afmelding_ingetrokken', 'afmeldingen', 'wie_als_persoon'),
  ('persoon', 'afmelding_verwerkt', 'afmeldingen', 'wie_als_persoon'),
  ('persoon', 'feiten_verwerkt', 'koppeling', 'wie_als_persoon'),
  ('persoon', 'inwoner_gezocht', 'verzoeken', 'wie_als_persoon'),
  ('persoon', 'ontzegeld_ingezien', 'verzoeken', 'wie_als_persoon'),
  ('verzoek van een inwoner', '', 'verzoeken', 'wie_vroeg_iets');

-- Read by the privacy officer alone, and that he did is in the audit.
CREATE FUNCTION poort.dataverwerkingen(vanaf timestamptz, tot timestamptz, voor bigint)
RETURNS TABLE (nummer bigint, spoor text, wanneer timestamptz, handeling text, verwerking text, soort text, betrokkene text,
  status smallint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    SELECT d.id, replace(d.trace_id::text, '-', ''), d.start_time, d.name, d.processing_activity_id,
      d.data_subject_id_type, d.data_subject_id, d.status_code
    FROM audit.dataverwerking d
    WHERE d.start_time >= vanaf AND d.start_time < tot AND d.id < voor ORDER BY d.id DESC LIMIT 101;
  INSERT INTO audit.gebeurtenis (handeling, onderwerp) VALUES ('dataverwerkingen_ingezien', 'logboek dataverwerkingen');
END $$;
GRANT EXECUTE ON FUNCTION poort.dataverwerkingen(timestamptz, timestamptz, bigint) TO web;

CREATE FUNCTION poort.dataverwerkingen_geteld(vanaf timestamptz, tot timestamptz)
RETURNS TABLE (verwerking text, handeling text, regels bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    SELECT d.processing_activity_id, d.name, count(*) FROM audit.dataverwerking d
    WHERE d.start_time >= vanaf AND d.start_time < tot GROUP BY 1, 2 ORDER BY 1, 2;
END $$;
GRANT EXECUTE ON FUNCTION poort.dataverwerkingen_geteld(timestamptz, timestamptz) TO web;
RESET ROLE;
