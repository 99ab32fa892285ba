-- What is sent again goes to whom it was sent, for what it was sent, and only while he still pays for that.
CREATE OR REPLACE FUNCTION public.bewaak_doel_uitvoer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM public.letters_payingadministration p WHERE p.id = NEW.administration_id AND p.purpose = NEW.purpose)
     OR NEW.repeats_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM public.letters_grantexport e
      WHERE e.id = NEW.repeats_id AND e.administration_id = NEW.administration_id AND e.purpose = NEW.purpose) THEN
    RAISE EXCEPTION 'gathered for another purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ander_doel';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER doel ON letters_grantexport;
CREATE TRIGGER doel BEFORE INSERT OR UPDATE OF purpose, administration_id, repeats_id ON letters_grantexport
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_doel_uitvoer();
