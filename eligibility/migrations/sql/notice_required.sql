-- No koppeling with a bron that asks for a public notice, when the last one is over twelve months old.
CREATE FUNCTION public.bewaak_mededeling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.eligibility_delivery d JOIN public.eligibility_bron b ON b.code = d.bron_id
      WHERE d.id = NEW.delivery_id AND b.notice_required)
     AND NOT EXISTS (
      SELECT FROM public.optout_publicnotice m
      WHERE m.published_on >= ((pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date - interval '12 months')) THEN
    RAISE EXCEPTION 'no recent public notice' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_mededeling';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mededeling BEFORE INSERT OR UPDATE ON eligibility_run_deliveries
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_mededeling();
