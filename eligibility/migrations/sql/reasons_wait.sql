-- What the sealed reasons of a koppeling still wait for; null when nothing does. They are kept until nobody can object
-- any more: six weeks after the last decision (Awb 6:7). Asked when a list is made, and again when it is carried out.
CREATE FUNCTION poort.redenen_wachten_op(p_koppeling bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM public.outreach_round r
                 WHERE r.handover_id = p_koppeling AND r.state NOT IN ('afgesloten', 'ingetrokken')) THEN 'ronde'
    WHEN EXISTS (SELECT FROM public.eligibility_unsealrequest v
                 WHERE v.run_id = p_koppeling AND v.state IN ('gevraagd', 'toegestaan', 'geopend')) THEN 'verzoek'
    WHEN EXISTS (SELECT FROM public.outreach_round r
                 JOIN public.outreach_approach b ON b.round_id = r.id
                 JOIN public.letters_application a ON a.approach_id = b.id
                 WHERE r.handover_id = p_koppeling
                   AND (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date + 42
                     >= (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date)
      OR EXISTS (SELECT FROM public.outreach_round r
                 JOIN public.outreach_approach b ON b.round_id = r.id
                 JOIN public.letters_grant t ON t.approach_id = b.id
                 WHERE r.handover_id = p_koppeling
                   AND t.granted_on + 42 >= (pg_catalog.now() AT TIME ZONE 'Europe/Amsterdam')::date) THEN 'bezwaar'
    WHEN EXISTS (SELECT FROM blackbox.verzegeld z
                 WHERE z.run = p_koppeling AND public.blijft_bewaard(z.person_id)) THEN 'inwoner'
  END
$$;
REVOKE EXECUTE ON FUNCTION poort.redenen_wachten_op(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.redenen_wachten_op(bigint) TO web, koppel;
