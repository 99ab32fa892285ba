-- A letter hangs on a household, and is seen by who may see that household.
ALTER TABLE letters_letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_letter FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_letter TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id));
CREATE POLICY onderhoud ON letters_letter TO migrate USING (true);
REVOKE DELETE ON letters_letter, letters_part FROM web;

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.bewaak_brief() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.weiger_contact(
    NEW.household_id, (SELECT a.regeling_id FROM public.outreach_approach a WHERE a.id = NEW.approach_id));
  RETURN NEW;
END $$;
RESET ROLE;
GRANT SELECT ON outreach_approach TO bereik_eigenaar;
CREATE POLICY overdracht ON outreach_approach FOR SELECT TO bereik_eigenaar USING (true);
CREATE TRIGGER geen_contact BEFORE INSERT ON letters_letter
  FOR EACH ROW EXECUTE FUNCTION poort.bewaak_brief();
