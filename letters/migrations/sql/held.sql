-- What is held is not destroyed, neither by a list nor by the worker that keeps house. What a list began upon before
-- the hold of its whole kind came is ended. Run as bereik_eigenaar; the argument is the kind.
CREATE FUNCTION poort.bewaak_vastgehouden() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7109, 1);
  IF EXISTS (SELECT FROM public.outreach_legalhold h
             WHERE h.lifted_at IS NULL AND h.kind = TG_ARGV[0] AND h.subject IN ('', NEW.id::text))
     AND NOT EXISTS (SELECT FROM public.outreach_destructionitem i
                     WHERE i.kind = TG_ARGV[0] AND i.subject = NEW.id::text AND i.begun_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this is held' USING ERRCODE = 'check_violation', CONSTRAINT = 'verbod_gaat_voor';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION poort.bewaak_vastgehouden() FROM PUBLIC;
