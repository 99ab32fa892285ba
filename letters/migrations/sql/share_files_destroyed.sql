-- That the file of a share is destroyed is said by the worker that did it, not while it is held, and never taken back.
GRANT UPDATE (destroyed_at) ON letters_sharefile TO web;
CREATE TRIGGER vastgehouden BEFORE UPDATE OF destroyed_at ON letters_sharefile FOR EACH ROW
  WHEN (NEW.destroyed_at IS NOT NULL AND OLD.destroyed_at IS NULL)
  EXECUTE FUNCTION poort.bewaak_vastgehouden('deling');
CREATE FUNCTION public.vernietigd_blijft() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'what was destroyed does not come back'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'vernietigd_blijft';
END $$;
CREATE TRIGGER vernietigd_blijft BEFORE UPDATE OF destroyed_at ON letters_sharefile FOR EACH ROW
  WHEN (OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at)
  EXECUTE FUNCTION public.vernietigd_blijft();
