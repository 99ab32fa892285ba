-- The guards of destruction. Definers, since a row policy would hide from who acts what they must see; so they look
-- at session_user, which nobody changes. Run as bereik_eigenaar.

-- That who signs has the role for it. Arguments: pairs of a column and a role.
CREATE FUNCTION poort.bewaak_rol() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  nieuw jsonb := to_jsonb(NEW);
  oud jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
  nr integer := 0;
BEGIN
  WHILE nr < TG_NARGS LOOP
    IF nieuw ->> TG_ARGV[nr] IS DISTINCT FROM oud ->> TG_ARGV[nr] AND nieuw ->> TG_ARGV[nr] IS NOT NULL
       AND NOT EXISTS (SELECT FROM public.outreach_user u WHERE u.id = (nieuw ->> TG_ARGV[nr])::bigint
                       AND u.is_active AND u.role = ANY (string_to_array(TG_ARGV[nr + 1], ','))) THEN
      RAISE EXCEPTION '% of % has another role', TG_ARGV[nr], TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rol_van_wie_tekent';
    END IF;
    nr := nr + 2;
  END LOOP;
  RETURN NEW;
END $$;

-- What was agreed, and what was said of a hold, stays as it was.
CREATE FUNCTION poort.bewaak_getekend() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wanneer text := TG_ARGV[0];
BEGIN
  IF to_jsonb(OLD) ->> wanneer IS NOT NULL THEN
    RAISE EXCEPTION 'a row of % that was signed stays', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'getekend_ligt_vast';
  END IF;
  RETURN NEW;
END $$;

-- Who begins to destroy, and who forbids it, wait for each other: one of the two is first.
CREATE FUNCTION poort.bewaak_verbod() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7109, 1);
  IF NEW.subject <> '' AND EXISTS (
    SELECT FROM public.outreach_destructionitem i
    WHERE i.kind = NEW.kind AND i.subject = NEW.subject AND i.begun_at IS NOT NULL) THEN
    RAISE EXCEPTION 'its destruction has begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'verbod_te_laat';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION poort.bewaak_vernietigingslijst() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Drafting, approving, withdrawing, holding and beginning wait for each other: each sees what the other did.
  PERFORM pg_advisory_xact_lock(7109, 1);
  IF TG_OP = 'INSERT' THEN
    IF NEW.rule_id IS DISTINCT FROM (
      SELECT r.id FROM public.outreach_retentionrule r WHERE r.kind = NEW.kind AND r.agreed_at IS NOT NULL
      ORDER BY r.agreed_at DESC, r.id DESC LIMIT 1) THEN
      RAISE EXCEPTION 'a list rests on the rule that is agreed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lijst_onder_termijn';
    END IF;
  ELSIF NEW.rule_id <> OLD.rule_id OR NEW.kind <> OLD.kind OR NEW.cutoff <> OLD.cutoff
        OR NEW.asked_by_id <> OLD.asked_by_id THEN
    RAISE EXCEPTION 'what a list is about stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'lijst_ligt_vast';
  ELSIF OLD.state = 'concept' AND NEW.state = 'goedgekeurd' THEN
    -- The time of the cooling-off is this server's, whatever a page says.
    NEW.approved_at := now();
    NEW.execute_from := now() + interval '7 days';
    IF NOT EXISTS (SELECT FROM public.outreach_destructionitem i WHERE i.listed_on_id = NEW.id) THEN
      RAISE EXCEPTION 'an empty list' USING ERRCODE = 'check_violation', CONSTRAINT = 'lijst_is_leeg';
    END IF;
  ELSIF OLD.state = 'goedgekeurd' AND NEW.state = 'ingetrokken' THEN
    IF EXISTS (SELECT FROM public.outreach_destructionitem i
               WHERE i.listed_on_id = NEW.id AND i.begun_at IS NOT NULL) THEN
      RAISE EXCEPTION 'the destruction has begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'lijst_begonnen';
    END IF;
  ELSIF OLD.state = 'goedgekeurd' AND NEW.state = 'uitgevoerd' THEN
    IF now() < NEW.execute_from OR EXISTS (SELECT FROM public.outreach_destructionitem i
                                           WHERE i.listed_on_id = NEW.id AND i.state = 'open') THEN
      RAISE EXCEPTION 'not everything of the list is done'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lijst_niet_klaar';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION poort.bewaak_vernietiging() RETURNS trigger
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
  IF NEW.kind IN ('levering', 'cyclus') AND session_user = 'web' THEN
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
REVOKE ALL ON FUNCTION poort.bewaak_rol(), poort.bewaak_getekend(), poort.bewaak_verbod(),
  poort.bewaak_vernietigingslijst(), poort.bewaak_vernietiging() FROM PUBLIC;
