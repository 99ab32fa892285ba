-- Rounds and people are destroyed by the worker of the box too; the rest of this guard is as it was. Run as
-- bereik_eigenaar.
CREATE OR REPLACE FUNCTION poort.bewaak_vernietiging() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lijst public.outreach_destructionlist%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock(7109, 1);
  SELECT * INTO lijst FROM public.outreach_destructionlist l WHERE l.id = NEW.listed_on_id;
  IF TG_OP = 'INSERT' THEN
    IF lijst.state IS DISTINCT FROM 'concept' OR lijst.kind <> NEW.kind OR NEW.begun_at IS NOT NULL THEN
      RAISE EXCEPTION 'only a draft of its own kind takes more'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'regel_op_concept';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'open' OR (OLD.begun_at IS NOT NULL AND NEW.begun_at IS DISTINCT FROM OLD.begun_at) THEN
    RAISE EXCEPTION 'what became of it stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'regel_ligt_vast';
  END IF;
  IF NEW.begun_at IS NULL AND NEW.state <> 'vernietigd' THEN
    RETURN NEW;
  END IF;
  IF NEW.kind IN ('levering', 'cyclus', 'verzegeld', 'ronde', 'persoon') AND session_user = 'web' THEN
    RAISE EXCEPTION 'the worker of the box destroys this'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'werker_vernietigt';
  END IF;
  IF lijst.state <> 'goedgekeurd' OR now() < lijst.execute_from THEN
    RAISE EXCEPTION 'nothing is destroyed before its time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bedenktijd';
  END IF;
  IF OLD.begun_at IS NULL AND EXISTS (
    SELECT FROM public.outreach_legalhold h
    WHERE h.lifted_at IS NULL AND h.kind = NEW.kind AND h.subject IN ('', NEW.subject)) THEN
    RAISE EXCEPTION 'this is held' USING ERRCODE = 'check_violation', CONSTRAINT = 'verbod_gaat_voor';
  END IF;
  RETURN NEW;
END $$;
