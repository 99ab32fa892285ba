-- A draft is read and written by who wrote it, as long as he sees the household. Background work only removes what
-- was left for seven days.
ALTER TABLE outreach_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_concept ON outreach_draft TO web
  USING ((SELECT public.ziet_mensen())
         AND CASE WHEN (SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem')
             THEN saved_at < now() - interval '7 days'
             ELSE by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
                  AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id) END);
CREATE POLICY onderhoud ON outreach_draft TO migrate USING (true);

-- Whose it is and what it is about stay; only what was filled in changes.
REVOKE UPDATE ON outreach_draft FROM web;
GRANT UPDATE (fields, saved_at) ON outreach_draft TO web;
ALTER TABLE outreach_draft ADD CONSTRAINT draft_not_too_large CHECK (length(fields::text) <= 20000);
