-- What a second person fixed stays as he saw it: whom a round is for, from which koppeling, and who fixed it.
CREATE FUNCTION public.bewaak_ronde() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state <> 'concept' AND
     (NEW.kind, NEW.handover_id, NEW.regelingen, NEW.klassen, NEW.reply_before, NEW.made_by_id, NEW.fixed_by_id,
      NEW.inputs_hash)
     IS DISTINCT FROM
     (OLD.kind, OLD.handover_id, OLD.regelingen, OLD.klassen, OLD.reply_before, OLD.made_by_id, OLD.fixed_by_id,
      OLD.inputs_hash) THEN
    RAISE EXCEPTION 'a fixed round does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ronde_ligt_vast';
  END IF;
  IF OLD.state <> 'concept' AND NEW.state = 'concept' THEN
    RAISE EXCEPTION 'a fixed round stays fixed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ronde_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ligt_vast BEFORE UPDATE ON outreach_round
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_ronde();
