-- The privacy officer reads the register: what was refused, how it was told, by whom it was written down and when.
-- Not about whom: the people themselves stay closed to him.
CREATE FUNCTION public.is_privacy_officer() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '') = 'privacy_officer'
$$;
GRANT EXECUTE ON FUNCTION public.is_privacy_officer() TO web;
CREATE POLICY register ON optout_optout FOR SELECT TO web USING ((SELECT public.is_privacy_officer()));
