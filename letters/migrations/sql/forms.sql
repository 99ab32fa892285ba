-- Nothing is granted on a form by itself unless that form is zeker, signed and without a remark. A person may
-- find otherwise; then his name is on the grant.
CREATE FUNCTION public.bewaak_toekenning_vanzelf() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.basis = 'formulier' AND NEW.by_person_id IS NULL AND NOT EXISTS (
      SELECT FROM public.letters_application v
      JOIN public.outreach_approach a ON a.id = v.approach_id
      JOIN public.letters_scan s ON s.id = v.scan_id
      JOIN public.letters_letter l ON l.id = s.letter_id
      WHERE v.id = NEW.application_id AND a.id = NEW.approach_id AND l.approach_id = a.id
        AND a.klasse = 'zeker' AND NOT a.lapsed
        AND s.outcome = 'gekoppeld' AND s.signature = 'aanwezig' AND NOT s.remarked) THEN
    RAISE EXCEPTION 'not by itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'niet_vanzelf';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vanzelf BEFORE INSERT ON letters_grant
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_toekenning_vanzelf();
