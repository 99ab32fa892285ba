-- A print is seen by who made it, also after the list went to another team, and by who sees the list.
ALTER TABLE outreach_sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_sheet FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_afdruk ON outreach_sheet TO web
  USING ((SELECT public.ziet_mensen())
         AND (made_by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
              OR EXISTS (SELECT FROM outreach_looplijst l WHERE l.id = looplijst_id)));
CREATE POLICY onderhoud ON outreach_sheet TO migrate USING (true);

-- What was printed, by whom and when stays; only what became of the paper is added.
REVOKE UPDATE, DELETE ON outreach_sheet FROM web;
GRANT UPDATE (state, shredded_on, shredded_by_id) ON outreach_sheet TO web;

-- A breach is for who reported it, for a teamleider who sees the list, and for the privacy officer.
ALTER TABLE outreach_breach ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_breach FORCE ROW LEVEL SECURITY;
CREATE POLICY datalek ON outreach_breach TO web
  USING (reported_by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
         OR (SELECT coalesce(current_setting('bereik.soort', true), '') IN ('privacy_officer', 'systeem'))
         OR (SELECT coalesce(current_setting('bereik.soort', true), '') = 'teamleider')
            AND EXISTS (SELECT FROM outreach_sheet s WHERE s.id = sheet_id))
  WITH CHECK (reported_by_id::text = (SELECT nullif(current_setting('bereik.actor', true), '')));
CREATE POLICY onderhoud ON outreach_breach TO migrate USING (true);
REVOKE UPDATE, DELETE ON outreach_breach FROM web;
