-- A notification is read by whom it is for, and by nobody else. Whoever does something tells another of it, so
-- anybody who acts may add one. Background work only removes old ones.
ALTER TABLE outreach_notification ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_notification FORCE ROW LEVEL SECURITY;
CREATE POLICY vertellen ON outreach_notification FOR INSERT TO web
  WITH CHECK ((SELECT nullif(current_setting('bereik.actor', true), '')) IS NOT NULL AND read_at IS NULL);
CREATE POLICY eigen_melding ON outreach_notification FOR SELECT TO web
  USING (CASE WHEN (SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem')
         THEN made_at < now() - interval '90 days'
         ELSE user_id::text = (SELECT nullif(current_setting('bereik.actor', true), '')) END);
CREATE POLICY eigen_gelezen ON outreach_notification FOR UPDATE TO web
  USING (user_id::text = (SELECT nullif(current_setting('bereik.actor', true), '')));
CREATE POLICY opruimen ON outreach_notification FOR DELETE TO web
  USING ((SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem')
         AND made_at < now() - interval '90 days');
CREATE POLICY onderhoud ON outreach_notification TO migrate USING (true);

-- What was told stays as it was told; only that it was read is added.
REVOKE UPDATE ON outreach_notification FROM web;
GRANT UPDATE (read_at) ON outreach_notification TO web;

-- To whom mail went is for background work alone.
ALTER TABLE outreach_dailymail ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_dailymail FORCE ROW LEVEL SECURITY;
CREATE POLICY achtergrond ON outreach_dailymail TO web
  USING ((SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem'));
CREATE POLICY onderhoud ON outreach_dailymail TO migrate USING (true);
REVOKE UPDATE ON outreach_dailymail FROM web;
