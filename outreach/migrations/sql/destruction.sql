-- What is kept how long, and what is destroyed. Two people stand in CHECKs; here their roles, the order of things,
-- and that a hold wins, whoever writes. Without UPDATE and DELETE for a page but for what an act changes.
REVOKE UPDATE, DELETE ON outreach_retentionrule, outreach_legalhold, outreach_destructionlist,
  outreach_destructionitem FROM web;
GRANT UPDATE (agreed_by_id, agreed_at) ON outreach_retentionrule TO web;
GRANT UPDATE (lifted_by_id, lifted_at) ON outreach_legalhold TO web;
GRANT UPDATE (state, approved_by_id, approved_at, execute_from, executed_at, withdrawn_by_id)
  ON outreach_destructionlist TO web;
GRANT UPDATE (state, begun_at, destroyed_at, problem, facts) ON outreach_destructionitem TO web;
-- The worker of the box carries out what is approved.
GRANT SELECT ON outreach_legalhold, outreach_retentionrule TO koppel;
GRANT SELECT, UPDATE (state, executed_at) ON outreach_destructionlist TO koppel;
GRANT SELECT, UPDATE (state, begun_at, destroyed_at, problem, facts) ON outreach_destructionitem TO koppel;
GRANT SELECT ON outreach_legalhold, outreach_retentionrule, outreach_destructionlist, outreach_destructionitem,
  outreach_user TO bereik_eigenaar;

ALTER TABLE outreach_destructionitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_destructionitem FORCE ROW LEVEL SECURITY;
CREATE POLICY toezicht ON outreach_destructionitem TO web
  USING ((SELECT coalesce(current_setting('bereik.soort', true), '')
          IN ('privacy_officer', 'functioneel_beheerder', 'systeem')));
CREATE POLICY werker ON outreach_destructionitem TO koppel USING (true);
CREATE POLICY bewaking ON outreach_destructionitem TO bereik_eigenaar USING (true);
CREATE POLICY onderhoud ON outreach_destructionitem TO migrate USING (true);

CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_retentionrule FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('made_by_id', 'agreed_by_id');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_legalhold FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('placed_by_id', 'lifted_by_id');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON outreach_destructionlist FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('asked_by_id', 'approved_by_id', 'withdrawn_by_id');
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_destructionlist FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('concept',
    'concept>goedgekeurd concept>ingetrokken goedgekeurd>ingetrokken goedgekeurd>uitgevoerd', 'vast');
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_destructionitem FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('open', 'open>vernietigd open>vastgehouden open>al_weg open>vervallen');
