-- Whether the image of a form may not go yet, whatever its term: of somebody of that household data stay (AVG art. 18, a
-- request, a hold). Asked when a list is made, and again when it is carried out.
CREATE FUNCTION poort.scan_blijft(p_scan uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.letters_scan s
    JOIN public.letters_letter l ON l.id = s.letter_id
    JOIN public.outreach_householdmember m ON m.household_id = l.household_id
    WHERE s.id = p_scan AND public.blijft_bewaard(m.person_id))
$$;
REVOKE EXECUTE ON FUNCTION poort.scan_blijft(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.scan_blijft(uuid) TO web;
