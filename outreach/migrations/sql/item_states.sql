-- An address on a looplijst goes along its arrows, as the other states do, and only who leads the walkers puts it on
-- another list or in another place. transitions.py and actions/giving.py say the same to people.
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_looplijstitem FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand(
    'open', 'open>bezocht bezocht>bezocht open>klaar bezocht>klaar klaar>bezocht');

CREATE FUNCTION public.bewaak_lijst() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND coalesce(current_setting('bereik.soort', true), '') NOT IN ('systeem', 'teamleider') THEN
    RAISE EXCEPTION 'a teamleider puts an address on a list'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'adres_op_lijst';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lijst BEFORE UPDATE ON outreach_looplijstitem
  FOR EACH ROW WHEN ((NEW.looplijst_id, NEW.position) IS DISTINCT FROM (OLD.looplijst_id, OLD.position))
  EXECUTE FUNCTION public.bewaak_lijst();

-- What was decided on an application is not for who walks to make or unmake.
CREATE FUNCTION public.bewaak_uitkomst() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND public.is_buurtteam() THEN
    RAISE EXCEPTION 'a buurtteam decides on no application'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'uitkomst_van_gemeente';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER uitkomst BEFORE UPDATE ON outreach_approach
  FOR EACH ROW WHEN (NEW.result <> OLD.result
                     AND (NEW.result IN ('toegekend', 'afgewezen') OR OLD.result IN ('toegekend', 'afgewezen')))
  EXECUTE FUNCTION public.bewaak_uitkomst();

-- What the round brings, to whom, and what a newer delivery made needless, no page writes.
REVOKE UPDATE ON outreach_looplijstitem, outreach_approach FROM web;
GRANT UPDATE (looplijst_id, position, state, attempts, last_contact_at, unreached) ON outreach_looplijstitem TO web;
GRANT UPDATE (contact, response, result) ON outreach_approach TO web;
