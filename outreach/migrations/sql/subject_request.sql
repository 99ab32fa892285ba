-- What residents ask about their own data: read and written by the privacy officer alone.
ALTER TABLE outreach_subjectrequest ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_subjectrequest FORCE ROW LEVEL SECURITY;
ALTER TABLE outreach_subjectnumber ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_subjectnumber FORCE ROW LEVEL SECURITY;
ALTER TABLE outreach_subjectpack ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_subjectpack FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.behandelt_verzoeken() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '') = 'privacy_officer'
$$;
GRANT EXECUTE ON FUNCTION public.behandelt_verzoeken() TO web;
CREATE POLICY register ON outreach_subjectrequest TO web USING ((SELECT public.behandelt_verzoeken()));
CREATE POLICY register ON outreach_subjectnumber TO web USING ((SELECT public.behandelt_verzoeken()));
CREATE POLICY register ON outreach_subjectpack FOR SELECT TO web USING ((SELECT public.behandelt_verzoeken()));
CREATE POLICY onderhoud ON outreach_subjectrequest TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_subjectnumber TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_subjectpack TO migrate USING (true);
CREATE POLICY werker ON outreach_subjectrequest TO bereik_eigenaar USING (true);
CREATE POLICY werker ON outreach_subjectnumber TO bereik_eigenaar USING (true);
CREATE POLICY werker ON outreach_subjectpack TO bereik_eigenaar USING (true);

REVOKE UPDATE, DELETE ON outreach_subjectrequest FROM web;
GRANT UPDATE (state, due_on, extended_because, extended_on, identity, told_to, told_on, refusal, answered_by_id,
  answered_at, lifted_by_id, lifted_at) ON outreach_subjectrequest TO web;
-- A page writes a number that it cannot read back; that one waits, it may see.
REVOKE ALL ON outreach_subjectnumber FROM web;
GRANT INSERT, SELECT (request_id) ON outreach_subjectnumber TO web;
REVOKE INSERT, UPDATE, DELETE ON outreach_subjectpack FROM web;
GRANT SELECT, UPDATE (person, pack_key) ON outreach_subjectrequest TO bereik_eigenaar;
GRANT SELECT, DELETE ON outreach_subjectnumber TO bereik_eigenaar;
GRANT SELECT, INSERT, UPDATE (destroyed_at) ON outreach_subjectpack TO bereik_eigenaar;

ALTER TABLE outreach_subjectnumber ADD CONSTRAINT request_number_encrypted
  CHECK (substring(sealed FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8'));
ALTER TABLE outreach_subjectrequest
  ADD CONSTRAINT request_key_encrypted
    CHECK (pack_key IS NULL OR substring(pack_key FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8')),
  ADD CONSTRAINT request_received_before_written
    CHECK (received_on <= (registered_at AT TIME ZONE 'Europe/Amsterdam')::date),
  -- AVG art. 12, lid 3: a month, and two more when who asked is told why within that month.
  ADD CONSTRAINT request_term
    CHECK (due_on = (received_on + CASE extended_because WHEN '' THEN interval '1 month' ELSE interval '3 months' END)::date),
  ADD CONSTRAINT request_extended_in_time
    CHECK (extended_on IS NULL OR extended_on <= (received_on + interval '1 month')::date);

CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_subjectrequest FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand(
    'ontvangen',
    'ontvangen>in_behandeling ontvangen>afgewezen in_behandeling>beantwoord in_behandeling>afgewezen');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_subjectrequest FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('registered_by_id', 'answered_by_id', 'lifted_by_id');

-- What was answered or refused stays as it was; that somebody may be approached again can still be said, once.
CREATE FUNCTION public.bewaak_afgerond_verzoek() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_by_id) IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_by_id)
     OR OLD.state IN ('beantwoord', 'afgewezen')
        AND to_jsonb(NEW) - ARRAY['lifted_at', 'lifted_by_id'] <> to_jsonb(OLD) - ARRAY['lifted_at', 'lifted_by_id'] THEN
    RAISE EXCEPTION 'what was ended stays as it was'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verzoek_afgerond';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afgerond BEFORE UPDATE ON outreach_subjectrequest FOR EACH ROW
  WHEN (current_user = 'web') EXECUTE FUNCTION public.bewaak_afgerond_verzoek();

SET LOCAL ROLE bereik_eigenaar;
-- Who bears this name and was born on this day. Not found by a part of either: nobody reads through a street. The search
-- itself is in the audit, with whom it found.
CREATE FUNCTION poort.zoek_inwoner(naam text, geboren text)
RETURNS TABLE (persoon uuid, voornamen text, voorvoegsel text, geslachtsnaam text, adres text, woonplaats text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_gevonden uuid[];
BEGIN
  PERFORM poort.alleen_privacy_officer();
  v_gevonden := ARRAY(
    SELECT p.id FROM public.outreach_person p
    WHERE p.birth_date = geboren AND btrim(public.zoeksleutel(naam)) <> '' AND NOT EXISTS (
      SELECT FROM regexp_split_to_table(btrim(public.zoeksleutel(naam)), ' ') AS woord
      WHERE woord <> '' AND position(' ' || woord || ' ' IN p.search_key || ' ') = 0)
    ORDER BY p.id LIMIT 20);
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids)
    VALUES ('inwoner_gezocht', 'persoon', v_gevonden::text[]);
  RETURN QUERY
    SELECT p.id, p.given_names::text, p.prefix::text, p.family_name::text,
      concat_ws(' ', h.street, h.house_number::text, nullif(h.house_letter, ''), nullif(h.house_suffix, '')), h.city::text
    FROM public.outreach_person p
    LEFT JOIN LATERAL (
      SELECT w.* FROM public.outreach_householdmember m JOIN public.outreach_household w ON w.id = m.household_id
      WHERE m.person_id = p.id ORDER BY w.handover_id DESC LIMIT 1) AS h ON true
    WHERE p.id = ANY (v_gevonden) ORDER BY p.id;
END $$;
GRANT EXECUTE ON FUNCTION poort.zoek_inwoner(text, text) TO web;

-- Whose request this is, for its own page. Looking is in the audit.
CREATE FUNCTION poort.wie_vroeg(verzoek bigint)
RETURNS TABLE (voornamen text, voorvoegsel text, geslachtsnaam text, geboren text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids)
    VALUES ('inzageverzoek_ingezien', 'verzoek van een inwoner', ARRAY[verzoek::text]);
  RETURN QUERY
    SELECT p.given_names::text, p.prefix::text, p.family_name::text, p.birth_date::text
    FROM public.outreach_subjectrequest r JOIN public.outreach_person p ON p.id = r.person WHERE r.id = verzoek;
END $$;
GRANT EXECUTE ON FUNCTION poort.wie_vroeg(bigint) TO web;
RESET ROLE;
