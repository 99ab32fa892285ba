-- An answer is owed to who opted out as well, and still it is not posted to a home that its people left: it waits
-- until a person said that the address is right, or it goes to who represents them.
GRANT SELECT ON letters_workitem TO bereik_eigenaar;
CREATE POLICY vrijgave ON letters_workitem FOR SELECT TO bereik_eigenaar USING (true);

SET LOCAL ROLE bereik_eigenaar;
CREATE OR REPLACE FUNCTION poort.bewaak_vrijgave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a public.outreach_approach;
  v_brengt boolean;
  v_volwassenen uuid[] := ARRAY(
    SELECT m.person_id FROM public.outreach_householdmember m WHERE m.household_id = NEW.household_id AND m.adult);
BEGIN
  SELECT * INTO a FROM public.outreach_approach WHERE id = NEW.approach_id FOR SHARE;
  v_brengt := poort.brengt_iets(NEW.kind, a.mode);
  IF v_brengt THEN
    PERFORM poort.weiger_contact(NEW.household_id, a.regeling_id);
  ELSE
    -- Locked first and looked at after, as weiger_contact does.
    PERFORM 1 FROM public.outreach_person p WHERE p.id = ANY (v_volwassenen) ORDER BY p.id FOR SHARE OF p;
  END IF;
  IF v_brengt AND (a.lapsed OR EXISTS (
      SELECT FROM public.outreach_person p WHERE p.id = ANY (v_volwassenen) AND p.departed <> '')) THEN
    RAISE EXCEPTION 'no letter any more' USING ERRCODE = 'check_violation', CONSTRAINT = 'brief_vervallen';
  END IF;
  IF NOT v_brengt AND EXISTS (
      SELECT FROM public.outreach_person p WHERE p.id = ANY (v_volwassenen)
        AND (p.departed = 'overleden' OR p.departed = 'verhuisd' AND NEW.representative_id IS NULL))
     AND NOT EXISTS (
      SELECT FROM public.letters_workitem w
      WHERE w.letter_id = NEW.id AND w.kind = 'adres_onderzoek' AND w.resolution = 'adres_klopt'
        AND w.closed_by_id IS NOT NULL) THEN
    RAISE EXCEPTION 'nobody lives there' USING ERRCODE = 'check_violation', CONSTRAINT = 'brief_oud_adres';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
