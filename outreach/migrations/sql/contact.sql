-- Somebody who does not want to be approached is not approached, whatever the code above it does.
-- The first statement locks the persons, the second one looks at them: in one statement the lock
-- would be taken after the snapshot, and an opt-out that was just committed would be missed.

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.weiger_contact(huishouden uuid, regeling text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.outreach_person p
    JOIN public.outreach_householdmember m ON m.person_id = p.id
    WHERE m.household_id = huishouden AND m.adult ORDER BY p.id FOR SHARE OF p;
  PERFORM 1 FROM public.outreach_person p
    JOIN public.outreach_householdmember m ON m.person_id = p.id
    WHERE m.household_id = huishouden AND m.adult
      AND (p.no_contact OR regeling = ANY (p.no_contact_for));
  IF FOUND THEN
    RAISE EXCEPTION 'no contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_contact';
  END IF;
END $$;

CREATE FUNCTION poort.bewaak_benadering() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.weiger_contact(NEW.household_id, NEW.regeling_id);
  RETURN NEW;
END $$;

CREATE FUNCTION poort.bewaak_bezoek() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.weiger_contact(NEW.household_id, NULL);
  RETURN NEW;
END $$;
RESET ROLE;

CREATE TRIGGER geen_contact BEFORE INSERT ON outreach_approach
  FOR EACH ROW EXECUTE FUNCTION poort.bewaak_benadering();
CREATE TRIGGER geen_contact BEFORE INSERT ON outreach_looplijstitem
  FOR EACH ROW EXECUTE FUNCTION poort.bewaak_bezoek();
