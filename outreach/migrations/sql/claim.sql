-- Who works with people sees that somebody is busy with a person, also where he does not see the person himself: a
-- claim is on people, who may have moved to where another team works. It names nobody but the one who is busy.
ALTER TABLE outreach_claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_claim FORCE ROW LEVEL SECURITY;
CREATE POLICY bezig ON outreach_claim TO web USING ((SELECT public.ziet_mensen()))
  WITH CHECK ((SELECT public.ziet_mensen())
              AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id));
CREATE POLICY onderhoud ON outreach_claim TO migrate USING (true);
REVOKE DELETE ON outreach_claim FROM web;
