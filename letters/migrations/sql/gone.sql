-- A letter that approaches somebody is not released to where he is said to have died or not to live.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.bewaak_vertrek() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wijze text;
BEGIN
  SELECT mode INTO v_wijze FROM public.outreach_approach WHERE id = NEW.approach_id;
  IF poort.brengt_iets(NEW.kind, v_wijze)
     AND EXISTS (SELECT FROM public.outreach_toldgone w WHERE w.household_id = NEW.household_id) THEN
    RAISE EXCEPTION 'somebody is said to be gone' USING ERRCODE = 'check_violation', CONSTRAINT = 'brief_gemeld_weg';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
CREATE TRIGGER vrijgave_gemeld_weg BEFORE UPDATE OF production ON letters_letter
  FOR EACH ROW WHEN (NEW.production = 'vrijgegeven' AND OLD.production <> 'vrijgegeven')
  EXECUTE FUNCTION poort.bewaak_vertrek();
