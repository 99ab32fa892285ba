-- Who reported a breach, and who leads the team whose list it was, reads it; the privacy officer alone goes on with it.
DROP POLICY datalek ON outreach_breach;
CREATE POLICY datalek ON outreach_breach FOR SELECT TO web
  USING (reported_by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
         OR (SELECT coalesce(current_setting('bereik.soort', true), '') IN ('privacy_officer', 'systeem'))
         OR (SELECT coalesce(current_setting('bereik.soort', true), '') = 'teamleider')
            AND EXISTS (SELECT FROM outreach_sheet s WHERE s.id = sheet_id));
CREATE POLICY datalek_melden ON outreach_breach FOR INSERT TO web
  WITH CHECK (reported_by_id::text = (SELECT nullif(current_setting('bereik.actor', true), '')));
CREATE POLICY datalek_behandelen ON outreach_breach FOR UPDATE TO web
  USING ((SELECT coalesce(current_setting('bereik.soort', true), '') = 'privacy_officer'))
  WITH CHECK ((SELECT coalesce(current_setting('bereik.soort', true), '') = 'privacy_officer'));
GRANT UPDATE (data, people_count, measures, ap, ap_at, ap_reason, told, told_at, told_reason, state, closed_at,
  closed_by_id) ON outreach_breach TO web;

CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_breach FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('gemeld', 'gemeld>gesloten');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_breach FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('reported_by_id', 'closed_by_id');

CREATE FUNCTION public.bewaak_gesloten_datalek() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state = 'gesloten' THEN
    RAISE EXCEPTION 'what was closed stays as it was' USING ERRCODE = 'check_violation', CONSTRAINT = 'datalek_gesloten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER gesloten BEFORE UPDATE ON outreach_breach FOR EACH ROW
  WHEN (current_user = 'web') EXECUTE FUNCTION public.bewaak_gesloten_datalek();
