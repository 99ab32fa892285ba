-- Who has these words at the beginning of words of his name. The row policies keep the planner from the index: how
-- alike two texts are is not leakproof. So the owner looks in the index, tells nobody but who works with people, and
-- of those only who lives where that person may look. The query around it obeys the row policies once more. Nobody
-- reads through hundreds of people: there are twenty households in four hundred, and then he has to be more precise.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.zoek_personen(naam text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  vraag text;
BEGIN
  -- One comparison per word: the index answers each of them, but no LIKE ALL.
  SELECT string_agg(format('p.search_key LIKE %L', '% ' || woord || '%'), ' AND ') INTO vraag
    FROM regexp_split_to_table(btrim(public.zoeksleutel(naam)), ' ') AS woord WHERE woord <> '';
  IF vraag IS NULL OR NOT public.ziet_mensen() THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE
    'SELECT p.id FROM public.outreach_person p WHERE ' || vraag || ' AND EXISTS (
       SELECT FROM public.outreach_householdmember m JOIN public.outreach_household h ON h.id = m.household_id
       WHERE m.person_id = p.id
         AND ((SELECT public.ziet_overal()) OR h.buurt_code = ANY ((SELECT public.eigen_buurten())::text[]))
         AND (NOT h.confidential OR (SELECT public.ziet_geheim())))
     LIMIT 400';
END $$;
GRANT EXECUTE ON FUNCTION poort.zoek_personen(text) TO web;
RESET ROLE;
