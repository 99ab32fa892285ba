-- What was gathered for one purpose is not given to who pays for another.
CREATE FUNCTION public.bewaak_doel_uitvoer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM public.letters_payingadministration p WHERE p.id = NEW.administration_id AND p.purpose = NEW.purpose)
     AND NEW.repeats_id IS NULL THEN
    RAISE EXCEPTION 'gathered for another purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ander_doel';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER doel BEFORE INSERT OR UPDATE OF purpose, administration_id ON letters_grantexport
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_doel_uitvoer();

CREATE FUNCTION public.bewaak_doel_toekenning() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM public.letters_grantexport u, public.outreach_approach a
      JOIN public.outreach_round r ON r.id = a.round_id
      WHERE u.id = NEW.export_id AND a.id = NEW.approach_id AND r.purpose = u.purpose) THEN
    RAISE EXCEPTION 'gathered for another purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ander_doel';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER doel_uitvoer BEFORE INSERT OR UPDATE OF export_id ON letters_grant
  FOR EACH ROW WHEN (NEW.export_id IS NOT NULL) EXECUTE FUNCTION public.bewaak_doel_toekenning();
