-- Data that were gathered for one purpose serve no other: of an agreement, a koppeling and a round it is one purpose.
CREATE FUNCTION public.afspraak_geldt(bron text, dag date, doel text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.eligibility_agreement a
    WHERE a.bron_id = bron AND doel = ANY (a.purposes)
      AND a.valid_from <= dag AND (a.valid_to IS NULL OR dag <= a.valid_to))
$$;

-- The number of what was handed over is that of its koppeling. Without one it was gathered for what all of this is for.
CREATE FUNCTION public.doel_van_koppeling(koppeling bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT r.purpose::text FROM public.eligibility_run r WHERE r.id = koppeling), 'minimavoorzieningen')
$$;

CREATE FUNCTION public.koppeling_heeft_afspraken(koppeling bigint, doel text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM public.eligibility_run_deliveries rd JOIN public.eligibility_delivery d ON d.id = rd.delivery_id
    WHERE rd.run_id = koppeling AND NOT public.afspraak_geldt(
      d.bron_id, (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date, doel))
$$;

REVOKE EXECUTE ON FUNCTION public.afspraak_geldt(text, date, text), public.doel_van_koppeling(bigint),
  public.koppeling_heeft_afspraken(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.afspraak_geldt(text, date, text), public.doel_van_koppeling(bigint),
  public.koppeling_heeft_afspraken(bigint, text) TO web, koppel;

CREATE OR REPLACE FUNCTION public.bewaak_afspraak_koppeling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM public.eligibility_delivery d JOIN public.eligibility_run r ON r.id = NEW.run_id
      WHERE d.id = NEW.delivery_id AND NOT public.afspraak_geldt(
        d.bron_id, (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date, r.purpose)) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION public.bewaak_afspraak_opnieuw() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT public.koppeling_heeft_afspraken(NEW.id, NEW.purpose) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.bewaak_doel_ronde() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.purpose <> public.doel_van_koppeling(NEW.handover_id) THEN
    RAISE EXCEPTION 'gathered for another purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ander_doel';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER doel BEFORE INSERT OR UPDATE OF purpose, handover_id ON outreach_round
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_doel_ronde();

CREATE FUNCTION public.bewaak_afspraak_ronde() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT public.koppeling_heeft_afspraken(NEW.handover_id, NEW.purpose) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afspraak BEFORE INSERT ON outreach_round
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_afspraak_ronde();
-- What is walked or written already goes on; a concept is not fixed any more.
CREATE TRIGGER afspraak_vaststellen BEFORE UPDATE OF state ON outreach_round
  FOR EACH ROW WHEN (OLD.state = 'concept' AND NEW.state = 'vastgesteld')
  EXECUTE FUNCTION public.bewaak_afspraak_ronde();
