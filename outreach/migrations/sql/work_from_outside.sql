-- A report to the BRP is ended by the municipality alone (melding_van_gemeente), so it does not go to who is not of it:
-- there it would lie, and neither letter nor visit goes on while it does. What lies there already may be passed on.
CREATE FUNCTION public.bewaak_melding_blijft() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  van_de_gemeente boolean := coalesce((
    SELECT t.municipal FROM public.outreach_team t WHERE t.id = coalesce(
      OLD.team_id, (SELECT u.team_id FROM public.outreach_user u WHERE u.id = OLD.owner_id))), true);
  naar_de_gemeente boolean := coalesce((
    SELECT t.municipal FROM public.outreach_team t WHERE t.id = coalesce(
      NEW.team_id, (SELECT u.team_id FROM public.outreach_user u WHERE u.id = NEW.owner_id))), true);
BEGIN
  IF current_user = 'web' AND van_de_gemeente AND NOT naar_de_gemeente THEN
    RAISE EXCEPTION 'a report to the BRP stays with the municipality'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'melding_blijft';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER melding_blijft BEFORE UPDATE ON outreach_task
  FOR EACH ROW WHEN (NEW.kind = 'terugmelding_brp'
                     AND (NEW.owner_id, NEW.team_id) IS DISTINCT FROM (OLD.owner_id, OLD.team_id))
  EXECUTE FUNCTION public.bewaak_melding_blijft();

-- What a round brings, and which addresses stand on its lists, is for who makes rounds and for who leads the walkers.
-- Per statement: a round brings a hundred thousand at once.
CREATE FUNCTION public.bewaak_inhoud_ronde() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' AND coalesce(current_setting('bereik.soort', true), '')
     NOT IN ('systeem', 'teamleider', 'applicatiebeheerder') THEN
    RAISE EXCEPTION 'who makes rounds says what they bring'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'inhoud_van_ronde';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER inhoud BEFORE INSERT ON outreach_looplijstitem
  FOR EACH STATEMENT EXECUTE FUNCTION public.bewaak_inhoud_ronde();
CREATE TRIGGER inhoud BEFORE INSERT ON outreach_approach
  FOR EACH STATEMENT EXECUTE FUNCTION public.bewaak_inhoud_ronde();
