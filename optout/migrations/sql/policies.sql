-- An opt-out hangs on a person, and is seen by who may see that person. Withdrawing leaves the row.
ALTER TABLE optout_optout ENABLE ROW LEVEL SECURITY;
ALTER TABLE optout_optout FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON optout_optout TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM outreach_person p WHERE p.id = person_id));
CREATE POLICY onderhoud ON optout_optout TO migrate USING (true);
REVOKE DELETE ON optout_optout FROM web;
