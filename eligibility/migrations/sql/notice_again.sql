-- A koppeling that stranded and is tried again rests on a recent public notice too.
CREATE FUNCTION public.bewaak_mededeling_opnieuw() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.eligibility_run_deliveries rd
      JOIN public.eligibility_delivery d ON d.id = rd.delivery_id
      JOIN public.eligibility_bron b ON b.code = d.bron_id
      WHERE rd.run_id = NEW.id AND b.notice_required)
     AND NOT EXISTS (
      SELECT FROM public.optout_publicnotice m
      WHERE m.published_on >= ((pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date - interval '12 months')) THEN
    RAISE EXCEPTION 'no recent public notice' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_mededeling';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mededeling BEFORE UPDATE OF state ON eligibility_run
  FOR EACH ROW WHEN (OLD.state = 'gestrand' AND NEW.state = 'wacht')
  EXECUTE FUNCTION public.bewaak_mededeling_opnieuw();
