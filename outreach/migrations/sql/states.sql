-- A state changes along its arrows whoever writes it, and begins where it begins: docs/states.md and transitions.py say
-- the same to people, and a test holds the two together. Arguments: the first state, the arrows, and `vast` where
-- the web changes nothing without the state.
CREATE FUNCTION public.bewaak_stand() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> TG_ARGV[0] THEN
      RAISE EXCEPTION 'a row of % begins as %', TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stand_begint';
    END IF;
  ELSIF NEW.state <> OLD.state THEN
    IF NOT (OLD.state || '>' || NEW.state) = ANY (string_to_array(TG_ARGV[1], ' ')) THEN
      RAISE EXCEPTION 'no arrow of % leads there', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stand_volgt_pijl';
    END IF;
  ELSIF TG_ARGV[2] = 'vast' AND current_user = 'web' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
    RAISE EXCEPTION 'a row of % changes with its state alone', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stand_ligt_vast';
  END IF;
  RETURN NEW;
END $$;

-- Whose name is put to something is who acts; background work (and who lets a colleague leave) puts another's.
-- Arguments: the columns with a name.
CREATE FUNCTION public.bewaak_wie() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wie text := nullif(current_setting('bereik.actor', true), '');
  nieuw jsonb := to_jsonb(NEW);
  oud jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
  kolom text;
BEGIN
  IF current_user <> 'web' OR coalesce(current_setting('bereik.soort', true), '') = 'systeem' THEN
    RETURN NEW;
  END IF;
  FOREACH kolom IN ARRAY TG_ARGV LOOP
    IF nieuw ->> kolom IS DISTINCT FROM oud ->> kolom AND nieuw ->> kolom IS DISTINCT FROM wie THEN
      RAISE EXCEPTION '% of % is who acts', kolom, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'naam_van_wie_handelt';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_task FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('open', 'open>gedaan open>vervallen');
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_sheet FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('in_gebruik', 'in_gebruik>vernietigd kwijt>vernietigd in_gebruik>kwijt', 'vast');
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_referral FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand(
    'gevraagd', 'gevraagd>geaccepteerd gevraagd>geweigerd gevraagd>ingetrokken', 'vast');
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_safetyinstruction FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand(
    'voorgesteld',
    'voorgesteld>goedgekeurd voorgesteld>afgekeurd voorgesteld>beeindigd goedgekeurd>beeindigd', 'vast');

CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_task FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('made_by_id', 'done_by_id');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_sheet FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('made_by_id', 'shredded_by_id');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_referral FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('asked_by_id', 'answered_by_id');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_safetyinstruction FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('made_by_id', 'decided_by_id', 'ended_by_id');
CREATE TRIGGER wie BEFORE INSERT ON outreach_gesprek FOR EACH ROW EXECUTE FUNCTION public.bewaak_wie('by_id');
