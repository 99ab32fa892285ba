-- That a delivery is destroyed is said by the worker that did it, and never taken back.
CREATE FUNCTION public.bewaak_vernietigd() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state = 'vernietigd' THEN
    RAISE EXCEPTION 'what was destroyed does not come back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vernietigd_blijft';
  END IF;
  IF current_user = 'web' THEN
    RAISE EXCEPTION 'the worker of the box destroys deliveries'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'werker_vernietigt';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vernietigd BEFORE UPDATE OF state ON eligibility_delivery FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND 'vernietigd' IN (OLD.state, NEW.state))
  EXECUTE FUNCTION public.bewaak_vernietigd();
