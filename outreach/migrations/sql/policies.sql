-- Who sees which household. Default is nobody: without an actor there are no rows.
-- `web` sets the actor itself, so this guards against a forgotten filter, not against SQL injection.

CREATE FUNCTION public.ziet_mensen() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '')
         IN ('consulent', 'teamleider', 'buurtteam', 'systeem')
$$;

CREATE FUNCTION public.ziet_overal() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.overal', true), '') = 'ja'
$$;

CREATE FUNCTION public.ziet_geheim() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.gemeentelijk', true), '') = 'ja'
$$;

CREATE FUNCTION public.eigen_buurten() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_to_array(nullif(current_setting('bereik.buurten', true), ''), ',')
$$;

CREATE FUNCTION public.eigen_team() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT nullif(current_setting('bereik.team', true), '')
$$;

CREATE FUNCTION public.is_buurtteam() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '') = 'buurtteam'
$$;
GRANT EXECUTE ON FUNCTION public.ziet_mensen(), public.ziet_overal(), public.ziet_geheim(),
  public.eigen_buurten(), public.eigen_team(), public.is_buurtteam()
  TO web, koppel, bereik_eigenaar;

-- The scalar subqueries are planned once per statement, where a bare call would run once per row.
ALTER TABLE outreach_household ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_household FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_household TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal()) OR buurt_code = ANY ((SELECT public.eigen_buurten())::text[]))
         AND (NOT confidential OR (SELECT public.ziet_geheim())));

-- Every table below hangs on a household that the actor may see. Who sees all of them is not asked row by row.
ALTER TABLE outreach_householdmember ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_householdmember FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_householdmember TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

ALTER TABLE outreach_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_person FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_person TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_householdmember m WHERE m.person_id = outreach_person.id)));

ALTER TABLE outreach_candidacy ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_candidacy FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_candidacy TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

ALTER TABLE outreach_candidacy_persons ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_candidacy_persons FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_candidacy_persons TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_candidacy c WHERE c.id = candidacy_id)));

ALTER TABLE outreach_approach ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_approach FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_approach TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

ALTER TABLE outreach_looplijstitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_looplijstitem FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_looplijstitem TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

ALTER TABLE outreach_gesprek ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_gesprek FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON outreach_gesprek TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

-- A looplijst is for its team; others see it where they may see an address on it.
ALTER TABLE outreach_looplijst ENABLE ROW LEVEL SECURITY;
ALTER TABLE outreach_looplijst FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_team ON outreach_looplijst TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal())
              OR team_id::text = (SELECT public.eigen_team())
              OR ((SELECT NOT public.is_buurtteam())
                  AND EXISTS (SELECT FROM outreach_looplijstitem i WHERE i.looplijst_id = outreach_looplijst.id))));

-- The owner of the black box hands over, and guards the wish not to be contacted.
CREATE POLICY overdracht ON outreach_household TO bereik_eigenaar USING (true);
CREATE POLICY overdracht ON outreach_householdmember TO bereik_eigenaar USING (true);
CREATE POLICY overdracht ON outreach_person TO bereik_eigenaar USING (true);
CREATE POLICY overdracht ON outreach_candidacy TO bereik_eigenaar USING (true);
CREATE POLICY overdracht ON outreach_candidacy_persons TO bereik_eigenaar USING (true);
-- Migrations change rows of these tables too; FORCE would hide them from the table's own owner.
CREATE POLICY onderhoud ON outreach_household TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_householdmember TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_person TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_candidacy TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_candidacy_persons TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_approach TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_looplijst TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_looplijstitem TO migrate USING (true);
CREATE POLICY onderhoud ON outreach_gesprek TO migrate USING (true);

-- People enter the casework by the handover alone.
REVOKE INSERT, DELETE ON outreach_person, outreach_household, outreach_householdmember, outreach_candidacy,
  outreach_candidacy_persons, outreach_handover FROM web;
REVOKE UPDATE ON outreach_person, outreach_household, outreach_householdmember, outreach_candidacy,
  outreach_candidacy_persons, outreach_handover FROM web;
GRANT UPDATE (no_contact, no_contact_for) ON outreach_person TO web;
GRANT SELECT, INSERT ON outreach_household, outreach_householdmember, outreach_candidacy,
  outreach_candidacy_persons, outreach_handover TO bereik_eigenaar;
GRANT SELECT, INSERT, UPDATE ON outreach_person TO bereik_eigenaar;
GRANT USAGE, SELECT ON SEQUENCE outreach_householdmember_id_seq, outreach_candidacy_id_seq,
  outreach_candidacy_persons_id_seq TO bereik_eigenaar;
GRANT SELECT ON outreach_regeling, outreach_handover TO koppel;

-- A gesprek stays as it was said: nothing of it is removed or rewritten by a page.
REVOKE UPDATE, DELETE ON outreach_gesprek FROM web;
REVOKE DELETE ON outreach_approach, outreach_looplijstitem, outreach_looplijst, outreach_round FROM web;
