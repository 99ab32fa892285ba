-- Who gives on, moves or ends a task: its owner, the team that it is of, and who leads them. `givable` in actions/tasks.py
-- says the same. Background work, and who lets a colleague leave, acts as the system.
CREATE FUNCTION public.bewaak_van_wie() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  soort text := coalesce(current_setting('bereik.soort', true), '');
BEGIN
  IF current_user <> 'web' OR soort = 'systeem'
     OR OLD.owner_id::text = nullif(current_setting('bereik.actor', true), '')
     OR OLD.team_id::text = public.eigen_team()
     OR soort = 'teamleider' AND (public.ziet_overal() OR EXISTS (
       SELECT FROM public.outreach_user u WHERE u.id = OLD.owner_id AND u.team_id::text = public.eigen_team())) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a task of another is changed by who leads him'
    USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'taak_van_een_ander';
END $$;
CREATE TRIGGER van_wie BEFORE UPDATE ON outreach_task FOR EACH ROW EXECUTE FUNCTION public.bewaak_van_wie();
