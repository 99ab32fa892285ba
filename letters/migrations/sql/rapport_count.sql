-- How many units (a household for a regeling) were found, reached, applied and got it, and how long that took: the rows
-- of the rapport by table (what `grouping` says of it) and key. What each count means stands in docs/rapport.md. Under
-- the policies of who asks.
CREATE FUNCTION public.rapport_telling(p_zone text) RETURNS TABLE (
    tabel integer, sleutel text, gevonden bigint, bereikt bigint, aangevraagd bigint, toegekend bigint,
    n1 bigint, n2 bigint, n3 bigint, d1 integer, d2 integer, d3 integer)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
WITH gepost AS (
  SELECT l.approach_id, min(e.occurred_at AT TIME ZONE p_zone)::date AS op
  FROM public.letters_letter l
  LEFT JOIN public.letters_letterevent e ON e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden'
  WHERE l.production = 'verzonden' AND l.delivery <> 'onbestelbaar'
  GROUP BY l.approach_id
), benaderd AS (
  SELECT a.household_id, a.regeling_id, coalesce(w.code, '') AS buurt_code,
         min(r.fixed_at AT TIME ZONE p_zone)::date AS gevonden,
         bool_or(g.approach_id IS NOT NULL) AS gepost, min(g.op) AS gepost_op,
         bool_or(a.result = 'hulp_bij_aanvraag') AS geholpen,
         bool_or(a.result IN ('toegekend', 'afgewezen') OR f.id IS NOT NULL) AS beslist,
         min(f.received_on) AS aanvraag_op,
         bool_or(a.result = 'toegekend' OR t.id IS NOT NULL) AS toegekend, min(t.granted_on) AS toegekend_op
  FROM public.outreach_approach a
  JOIN public.outreach_round r ON r.id = a.round_id AND r.fixed_at IS NOT NULL
  JOIN public.outreach_household h ON h.id = a.household_id
  LEFT JOIN public.outreach_buurt w ON w.code = h.buurt_code
  LEFT JOIN gepost g ON g.approach_id = a.id
  LEFT JOIN public.letters_application f ON f.approach_id = a.id
  LEFT JOIN public.letters_grant t ON t.approach_id = a.id
  -- Who was told that names are shared was not brought a regeling.
  WHERE a.regeling_id <> 'kwijtschelding'
  GROUP BY a.household_id, a.regeling_id, w.code
), gesproken AS (
  SELECT b.household_id, b.regeling_id, min(g.happened_on) AS op
  FROM benaderd b JOIN public.outreach_gesprek g ON g.household_id = b.household_id
  WHERE g.reached AND g.happened_on >= b.gevonden
  GROUP BY b.household_id, b.regeling_id
), hulp AS (
  SELECT g.household_id, o.regeling_id, min(g.happened_on) AS op
  FROM public.outreach_gesprekoutcome o JOIN public.outreach_gesprek g ON g.id = o.gesprek_id
  WHERE o.outcome = 'geholpen'
  GROUP BY g.household_id, o.regeling_id
), eenheid AS (
  SELECT b.regeling_id, b.buurt_code, b.gevonden,
         CASE WHEN b.toegekend THEN 3 WHEN b.geholpen OR b.beslist OR u.op IS NOT NULL THEN 2
              WHEN b.gepost OR s.op IS NOT NULL THEN 1 ELSE 0 END AS trap,
         least(b.gepost_op, s.op) AS bereikt, least(b.aanvraag_op, u.op) AS aangevraagd, b.toegekend_op
  FROM benaderd b
  LEFT JOIN gesproken s USING (household_id, regeling_id)
  LEFT JOIN hulp u USING (household_id, regeling_id)
), stap AS (
  -- Who skipped a step has no days for it; GREATEST would make them nought.
  SELECT regeling_id, buurt_code, to_char(gevonden, 'YYYY-MM') AS maand, trap,
         CASE WHEN bereikt < gevonden THEN 0 ELSE bereikt - gevonden END AS d1,
         CASE WHEN aangevraagd < bereikt THEN 0 ELSE aangevraagd - bereikt END AS d2,
         CASE WHEN toegekend_op < aangevraagd THEN 0 ELSE toegekend_op - aangevraagd END AS d3
  FROM eenheid
)
SELECT grouping(regeling_id, buurt_code, maand), coalesce(regeling_id, buurt_code, maand, ''),
       count(*), count(*) FILTER (WHERE trap >= 1), count(*) FILTER (WHERE trap >= 2),
       count(*) FILTER (WHERE trap >= 3),
       count(d1), count(d2), count(d3),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d1), percentile_disc(0.5) WITHIN GROUP (ORDER BY d2),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY d3)
FROM stap GROUP BY GROUPING SETS ((), (regeling_id), (buurt_code), (maand))
$$;
GRANT EXECUTE ON FUNCTION public.rapport_telling(text) TO web, bereik_eigenaar;
GRANT SELECT ON outreach_buurt, letters_application, letters_grant, outreach_gesprek, outreach_gesprekoutcome
  TO bereik_eigenaar;
