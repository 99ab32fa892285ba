-- A report to the BRP that is dropped says that somebody lives there after all, and letters and visits go on: that is
-- for the municipality to say. Who sees protected addresses is of it.
CREATE FUNCTION public.bewaak_melding() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND NOT public.ziet_geheim() THEN
    RAISE EXCEPTION 'the municipality drops a report to the BRP'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'melding_van_gemeente';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER melding_van_gemeente BEFORE UPDATE OF state ON outreach_task
  FOR EACH ROW WHEN (NEW.kind = 'terugmelding_brp' AND NEW.state = 'vervallen' AND OLD.state <> 'vervallen')
  EXECUTE FUNCTION public.bewaak_melding();
