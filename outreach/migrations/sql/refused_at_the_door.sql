-- Who says at the door or on the telephone that he wants no contact any more is opted out with the gesprek that says so,
-- or neither is kept: whatever writes the gesprek. Looked at when the transaction ends, since the opt-out follows it.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.bewaak_afgemeld() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.outreach_householdmember m JOIN public.outreach_person p ON p.id = m.person_id
             WHERE m.household_id = NEW.household_id AND m.adult AND NOT p.no_contact) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'gesprek_meldt_af',
      MESSAGE = 'Een gesprek met "wil geen contact meer" gaat samen met de afmelding.';
  END IF;
  RETURN NULL;
END $$;
RESET ROLE;
CREATE CONSTRAINT TRIGGER bewaak_afgemeld AFTER INSERT ON outreach_gesprek
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.result = 'geen_contact_gewenst')
  EXECUTE FUNCTION poort.bewaak_afgemeld();
