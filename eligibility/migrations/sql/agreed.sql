-- No delivery and no koppeling outside the agreement with a bron: in force, and made for this purpose.
CREATE FUNCTION public.afspraak_geldt(bron text, dag date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.eligibility_agreement a
    WHERE a.bron_id = bron AND 'minimavoorzieningen' = ANY (a.purposes)
      AND a.valid_from <= dag AND (a.valid_to IS NULL OR dag <= a.valid_to))
$$;

GRANT EXECUTE ON FUNCTION public.afspraak_geldt(text, date) TO web, koppel;

CREATE FUNCTION public.bewaak_afspraak_levering() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT public.afspraak_geldt(NEW.bron_id, NEW.peildatum) OR NOT public.afspraak_geldt(
      NEW.bron_id, (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afspraak BEFORE INSERT OR UPDATE OF bron_id, peildatum ON eligibility_delivery
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_afspraak_levering();

CREATE FUNCTION public.bewaak_afspraak_koppeling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.eligibility_delivery d WHERE d.id = NEW.delivery_id AND NOT public.afspraak_geldt(
        d.bron_id, (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date)) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afspraak BEFORE INSERT OR UPDATE ON eligibility_run_deliveries
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_afspraak_koppeling();

-- A koppeling that stranded and is tried again is asked for anew.
CREATE FUNCTION public.bewaak_afspraak_opnieuw() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.eligibility_run_deliveries r JOIN public.eligibility_delivery d ON d.id = r.delivery_id
      WHERE r.run_id = NEW.id AND NOT public.afspraak_geldt(
        d.bron_id, (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date)) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afspraak BEFORE UPDATE OF state ON eligibility_run
  FOR EACH ROW WHEN (OLD.state = 'gestrand' AND NEW.state = 'wacht')
  EXECUTE FUNCTION public.bewaak_afspraak_opnieuw();
