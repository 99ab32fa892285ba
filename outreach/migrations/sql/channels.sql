-- Letters and visits are refused apart: who wants no letter may be visited, and the other way round.
GRANT SELECT ON outreach_round TO bereik_eigenaar;

SET LOCAL ROLE bereik_eigenaar;
-- Whether a letter may go to one household, about this regeling.
-- The array makes the planner take the index, also before the first ANALYZE.
CREATE OR REPLACE FUNCTION poort.weiger_contact(huishouden uuid, regeling text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  volwassenen uuid[] := ARRAY(
    SELECT m.person_id FROM public.outreach_householdmember m WHERE m.household_id = huishouden AND m.adult);
BEGIN
  PERFORM 1 FROM public.outreach_person p WHERE p.id = ANY (volwassenen) ORDER BY p.id FOR SHARE OF p;
  PERFORM 1 FROM public.outreach_person p
    WHERE p.id = ANY (volwassenen) AND (p.no_contact OR p.no_letter OR regeling = ANY (p.no_contact_for));
  IF FOUND THEN
    RAISE EXCEPTION 'no contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_contact';
  END IF;
END $$;

-- For all that one statement brought in (`nieuw`): row by row, a round of 30,000 households took minutes.
-- EXECUTE plans anew each time: a plan made for one row, or for an empty town, must not be kept.
CREATE OR REPLACE FUNCTION poort.bewaak_benadering() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  geweigerd boolean;
BEGIN
  EXECUTE 'SELECT count(*) FROM (SELECT 1 FROM public.outreach_person p WHERE p.id IN (
      SELECT m.person_id FROM nieuw n JOIN public.outreach_householdmember m ON m.household_id = n.household_id
      WHERE m.adult) ORDER BY p.id FOR SHARE OF p) AS gesloten';
  EXECUTE 'SELECT EXISTS (SELECT FROM nieuw n
      JOIN public.outreach_householdmember m ON m.household_id = n.household_id
      JOIN public.outreach_person p ON p.id = m.person_id
      JOIN public.outreach_round r ON r.id = n.round_id
      WHERE m.adult AND (p.no_contact OR n.regeling_id = ANY (p.no_contact_for)
        OR CASE r.kind WHEN ''bezoek'' THEN p.no_visit ELSE p.no_letter END))' INTO geweigerd;
  IF geweigerd THEN
    RAISE EXCEPTION 'no contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_contact';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION poort.bewaak_bezoek() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  geweigerd boolean;
BEGIN
  EXECUTE 'SELECT count(*) FROM (SELECT 1 FROM public.outreach_person p WHERE p.id IN (
      SELECT m.person_id FROM nieuw n JOIN public.outreach_householdmember m ON m.household_id = n.household_id
      WHERE m.adult) ORDER BY p.id FOR SHARE OF p) AS gesloten';
  EXECUTE 'SELECT EXISTS (SELECT FROM nieuw n
      JOIN public.outreach_householdmember m ON m.household_id = n.household_id
      JOIN public.outreach_person p ON p.id = m.person_id
      WHERE m.adult AND (p.no_contact OR p.no_visit))' INTO geweigerd;
  IF geweigerd THEN
    RAISE EXCEPTION 'no contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_contact';
  END IF;
  RETURN NULL;
END $$;
RESET ROLE;
