-- Who was handed over to whom is seen where the household is seen.
ALTER TABLE outreach_referral ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_referral FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_referral TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));
CREATE POLICY onderhoud ON outreach_referral TO migrate USING (true);
REVOKE UPDATE, DELETE ON outreach_referral FROM web;
GRANT UPDATE (state, reason, answered_by_id, answered_at) ON outreach_referral TO web;
-- What somebody was handed over to stays known.
REVOKE DELETE ON outreach_organisation FROM web;

-- What is dangerous about a person is known wherever he lives by now, about an address where that is seen.
ALTER TABLE outreach_safetyinstruction ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_safetyinstruction FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_safetyinstruction TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)
              OR EXISTS (SELECT FROM outreach_person p WHERE p.id = person_id)));
CREATE POLICY onderhoud ON outreach_safetyinstruction TO migrate USING (true);
REVOKE UPDATE, DELETE ON outreach_safetyinstruction FROM web;
GRANT UPDATE (state, decided_by_id, decided_at, ended_by_id, ended_at) ON outreach_safetyinstruction TO web;
