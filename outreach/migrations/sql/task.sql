-- A task is seen where its household is seen.
ALTER TABLE outreach_task ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_task FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_task TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));
CREATE POLICY onderhoud ON outreach_task TO migrate USING (true);

-- What has to be done, for whom and since when stays as it was asked; who does it and how it ended may change.
REVOKE UPDATE, DELETE ON outreach_task FROM web;
GRANT UPDATE (owner_id, team_id, due_on, state, done_by_id, done_at) ON outreach_task TO web;

CREATE FUNCTION public.bewaak_taak() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'a task that ended does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'taak_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ligt_vast BEFORE UPDATE ON outreach_task
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_taak();
