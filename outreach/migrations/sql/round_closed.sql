-- The day on which a round was closed: its term begins there, so no page writes it. That its rows were destroyed is
-- said by the worker that did it.
CREATE FUNCTION public.bewaak_afsluitdag() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' THEN
    NEW.closed_at := CASE TG_OP WHEN 'UPDATE' THEN OLD.closed_at END;
    NEW.emptied_at := CASE TG_OP WHEN 'UPDATE' THEN OLD.emptied_at END;
  END IF;
  IF NEW.state = 'afgesloten' AND NEW.closed_at IS NULL THEN
    NEW.closed_at := now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER afsluitdag BEFORE INSERT OR UPDATE ON outreach_round
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_afsluitdag();
-- Of rounds that were closed before this was written down, the term begins today: rather too late than too early.
UPDATE outreach_round SET closed_at = now() WHERE state = 'afgesloten';

-- What the rapport counted of what is gone: added by the worker that destroys, read by who counts.
REVOKE INSERT, UPDATE, DELETE ON outreach_pastcount FROM web;
GRANT SELECT, INSERT, UPDATE, DELETE ON outreach_pastcount TO bereik_eigenaar;
GRANT USAGE, SELECT ON SEQUENCE outreach_pastcount_id_seq TO bereik_eigenaar;
