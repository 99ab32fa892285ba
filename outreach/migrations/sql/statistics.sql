-- A round brings in tens of thousands of rows, and people open its pages at once. With the statistics of before,
-- the planner goes through the whole town for every address until autovacuum comes by. Since PostgreSQL 17 the
-- right to renew them can be given away; before, only autovacuum and the owner of the tables have it.
DO $$ BEGIN
  IF current_setting('server_version_num')::integer >= 170000 THEN
    GRANT MAINTAIN ON outreach_approach, outreach_looplijst, outreach_looplijstitem TO bereik_eigenaar;
  END IF;
END $$;

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.analyseer_ronde() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('server_version_num')::integer >= 170000 THEN
    ANALYZE public.outreach_approach, public.outreach_looplijst, public.outreach_looplijstitem;
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION poort.analyseer_ronde() TO web;
RESET ROLE;
