-- Whose child asked for restriction or objected is not approached either: a letter or a visit would be about the child too.
-- Of a child counts the household that it belongs to now. His own wishes stay what they are. Run as bereik_eigenaar.
CREATE FUNCTION poort.huis_nu(p_persoon uuid) RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.household_id FROM public.outreach_householdmember m
  JOIN public.outreach_household h ON h.id = m.household_id
  WHERE m.person_id = p_persoon ORDER BY h.handover_id DESC, h.id LIMIT 1
$$;

-- The adults of the households that these people are a child of now.
CREATE FUNCTION poort.volwassenen_bij(p_wie uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT v.person_id
  FROM public.outreach_householdmember k
  JOIN public.outreach_householdmember v ON v.household_id = k.household_id AND v.adult
  WHERE k.person_id = ANY (p_wie) AND NOT k.adult
$$;

CREATE OR REPLACE FUNCTION poort.spiegel_personen(p_wie uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wie uuid[] := ARRAY(SELECT w FROM unnest(p_wie) AS w UNION SELECT poort.volwassenen_bij(p_wie));
BEGIN
  PERFORM 1 FROM public.outreach_person WHERE id = ANY (v_wie) ORDER BY id FOR UPDATE;
  UPDATE public.outreach_person p SET
    no_contact = w.alles OR v.beperkt OR v.kind, no_letter = w.brieven, no_visit = w.bezoek,
    no_share = w.alles OR w.delen OR v.beperkt OR v.kind, no_contact_for = w.regelingen,
    restricted = v.beperkt, disputed = v.betwist
  FROM (
    SELECT i.id,
      coalesce(bool_or(o.scope = 'alles'), false) AS alles,
      coalesce(bool_or(o.scope = 'brieven'), false) AS brieven,
      coalesce(bool_or(o.scope = 'bezoek'), false) AS bezoek,
      coalesce(bool_or(o.scope = 'delen'), false) AS delen,
      coalesce(array_agg(o.regeling_id ORDER BY o.regeling_id) FILTER (WHERE o.scope = 'regeling'), ARRAY[]::varchar[])
        AS regelingen
    FROM unnest(v_wie) AS i (id)
    LEFT JOIN public.optout_optout o ON o.person_id = i.id AND o.withdrawn_at IS NULL
    GROUP BY i.id
  ) AS w
  JOIN (
    SELECT i.id,
      coalesce(bool_or(r.kind IN ('beperking', 'bezwaar') AND r.state <> 'afgewezen' AND r.lifted_at IS NULL), false)
        AS beperkt,
      coalesce(bool_or(r.kind = 'correctie' AND r.state IN ('ontvangen', 'in_behandeling')), false) AS betwist,
      EXISTS (
        SELECT FROM public.outreach_householdmember m
        JOIN public.outreach_householdmember k ON k.household_id = m.household_id AND NOT k.adult
        JOIN public.outreach_subjectrequest b ON b.person = k.person_id
        WHERE m.person_id = i.id AND m.adult AND b.kind IN ('beperking', 'bezwaar') AND b.state <> 'afgewezen'
          AND b.lifted_at IS NULL AND k.household_id = poort.huis_nu(k.person_id)) AS kind
    FROM unnest(v_wie) AS i (id)
    LEFT JOIN public.outreach_subjectrequest r ON r.person = i.id
    GROUP BY i.id
  ) AS v ON v.id = w.id
  WHERE p.id = w.id;
END $$;

-- In the handover: what children asked before holds for the household in which they came out now.
CREATE FUNCTION poort.spiegel_kinderen() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wie uuid[] := ARRAY(
    SELECT DISTINCT r.person FROM public.outreach_subjectrequest r
    JOIN public.outreach_householdmember m ON m.person_id = r.person AND NOT m.adult
    WHERE r.kind IN ('beperking', 'bezwaar'));
BEGIN
  IF cardinality(v_wie) > 0 THEN
    PERFORM poort.spiegel_personen(v_wie);
  END IF;
END $$;
REVOKE ALL ON FUNCTION poort.huis_nu(uuid), poort.volwassenen_bij(uuid[]), poort.spiegel_kinderen() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.spiegel_kinderen() TO koppel;
