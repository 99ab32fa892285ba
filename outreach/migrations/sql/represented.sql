-- A team outside the municipality does not see who acts for somebody, and must not talk money with him past that
-- person. So it learns that there is one, of households that it sees, and nothing else: the owner looks, and tells keys.
GRANT SELECT (person_id, starts_on, ends_on) ON outreach_representative TO bereik_eigenaar;
CREATE POLICY vlag ON outreach_representative FOR SELECT TO bereik_eigenaar USING (true);

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.vertegenwoordigd(huishoudens uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.id FROM public.outreach_household h
  WHERE h.id = ANY (huishoudens)
    AND (SELECT public.ziet_mensen())
    AND ((SELECT public.ziet_overal()) OR h.buurt_code = ANY ((SELECT public.eigen_buurten())::text[]))
    AND (NOT h.confidential OR (SELECT public.ziet_geheim()))
    AND EXISTS (
      SELECT FROM public.outreach_householdmember m
      JOIN public.outreach_representative r ON r.person_id = m.person_id
      WHERE m.household_id = h.id AND m.adult
        AND (now() AT TIME ZONE 'Europe/Amsterdam')::date
            BETWEEN r.starts_on AND coalesce(r.ends_on, 'infinity'::date))
$$;
GRANT EXECUTE ON FUNCTION poort.vertegenwoordigd(uuid[]) TO web;
RESET ROLE;
