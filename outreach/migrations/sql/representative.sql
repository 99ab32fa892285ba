-- Who acts for a person is seen by the municipality alone, where the person is seen. It says something about
-- him that nobody needs at the door.
ALTER TABLE outreach_representative ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_representative FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_representative TO web
  USING ((SELECT public.ziet_mensen() AND public.ziet_geheim())
         AND ((SELECT public.ziet_overal())
              OR EXISTS (SELECT FROM outreach_person p WHERE p.id = person_id)));
CREATE POLICY onderhoud ON outreach_representative TO migrate USING (true);

-- What was set stays as it was: a letter went there. Only an end is added, once.
REVOKE UPDATE, DELETE ON outreach_representative FROM web;
GRANT UPDATE (ends_on, ended_by_id, ended_at) ON outreach_representative TO web;

CREATE FUNCTION public.bewaak_einde() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
    RAISE EXCEPTION 'an end is added once' USING ERRCODE = 'check_violation', CONSTRAINT = 'einde_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ligt_vast BEFORE UPDATE ON outreach_representative
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_einde();
