-- Who looks at an application or a scan looks at the household that it is of.
GRANT SELECT (id, approach_id) ON letters_application TO bereik_eigenaar;
GRANT SELECT (id, letter_id) ON letters_scan TO bereik_eigenaar;
CREATE POLICY logboek ON letters_application FOR SELECT TO bereik_eigenaar USING (true);
CREATE POLICY logboek ON letters_scan FOR SELECT TO bereik_eigenaar USING (true);
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION audit.wie_van_aanvraag(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.soort, w.sleutel, w.verwerking FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_application a JOIN public.outreach_approach b ON b.id = a.approach_id
    WHERE a.id = ANY (ids::bigint[]))) w
$$;
-- A scan that is of no letter yet is of nobody who is known.
CREATE FUNCTION audit.wie_van_scan(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.soort, w.sleutel, w.verwerking FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_scan s JOIN public.letters_letter b ON b.id = s.letter_id
    WHERE s.id::text = ANY (ids))) w
$$;
CREATE FUNCTION audit.wie_van_benadering(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.soort, w.sleutel, w.verwerking FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.outreach_approach b WHERE b.id = ANY (ids::bigint[]))) w
$$;
INSERT INTO audit.soort_verwerking (onderwerp, handeling, verwerking, functie) VALUES
  ('aanvraag', '', 'formulieren', 'wie_van_aanvraag'),
  ('aanvraag', 'aanvraag_toegekend', 'toekenningen', 'wie_van_aanvraag'),
  ('scan', '', 'formulieren', 'wie_van_scan'),
  ('benadering', 'ambtshalve_toegekend', 'toekenningen', 'wie_van_benadering');
RESET ROLE;
