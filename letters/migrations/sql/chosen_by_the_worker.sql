-- What was gathered for one purpose is not shared for another: of a koppeling, a share, its round and its receiver it is
-- one purpose, when it is proposed, when it is signed and when its file is asked for. Nor is anything proposed outside
-- the agreements.
CREATE FUNCTION public.bewaak_doel_deling() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The other states are the worker's, after these.
  IF NEW.state NOT IN ('voorgesteld', 'getekend', 'gevraagd') THEN
    RETURN NEW;
  END IF;
  IF NEW.purpose <> public.doel_van_koppeling(NEW.handover_id)
     OR NOT EXISTS (SELECT FROM public.letters_payingadministration p
                    WHERE p.id = NEW.receiver_id AND p.purpose = NEW.purpose)
     OR NEW.round_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM public.outreach_round r
       WHERE r.id = NEW.round_id AND r.purpose = NEW.purpose AND r.handover_id = NEW.handover_id) THEN
    RAISE EXCEPTION 'gathered for another purpose' USING ERRCODE = 'check_violation', CONSTRAINT = 'ander_doel';
  END IF;
  IF TG_OP = 'INSERT' AND NOT public.koppeling_heeft_afspraken(NEW.handover_id, NEW.purpose) THEN
    RAISE EXCEPTION 'no agreement in force' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_afspraak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER doel BEFORE INSERT OR UPDATE OF purpose, handover_id, receiver_id, round_id, state ON letters_share
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_doel_deling();

-- Who is shared the worker of the box chooses, from who came out and has no kwijtschelding. A page adds nobody.
CREATE FUNCTION public.bewaak_gekozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND EXISTS (
      SELECT FROM nieuw n JOIN public.outreach_round r ON r.id = n.round_id
      WHERE n.regeling_id = 'kwijtschelding' OR 'kwijtschelding' = ANY (r.regelingen)) THEN
    RAISE EXCEPTION 'the worker chooses who is shared'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'deling_door_werker';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER gekozen AFTER INSERT ON outreach_approach REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION public.bewaak_gekozen();
