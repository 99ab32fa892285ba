-- What was said is seen where its gesprek is seen, and stays as it was said.
ALTER TABLE outreach_gesprekoutcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_gesprekoutcome FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_gesprekoutcome TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_gesprek g WHERE g.id = gesprek_id)));
CREATE POLICY onderhoud ON outreach_gesprekoutcome TO migrate USING (true);
REVOKE UPDATE, DELETE ON outreach_gesprekoutcome FROM web;

ALTER TABLE outreach_situationchange ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_situationchange FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_situationchange TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_gesprek g WHERE g.id = gesprek_id)));
CREATE POLICY onderhoud ON outreach_situationchange TO migrate USING (true);
REVOKE UPDATE, DELETE ON outreach_situationchange FROM web;
