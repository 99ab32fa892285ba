-- A report to the BRP that was done says that the BRP was told, and letters and visits go on after its next delivery:
-- that is for the municipality to say, as it is that somebody lives there after all.
DROP TRIGGER melding_van_gemeente ON outreach_task;
CREATE OR REPLACE FUNCTION public.bewaak_melding() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND NOT public.ziet_geheim() THEN
    RAISE EXCEPTION 'the municipality ends a report to the BRP'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'melding_van_gemeente';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER melding_van_gemeente BEFORE UPDATE OF state ON outreach_task
  FOR EACH ROW WHEN (NEW.kind = 'terugmelding_brp' AND NEW.state <> OLD.state)
  EXECUTE FUNCTION public.bewaak_melding();
