-- What holds of somebody's wishes and of his requests stands on the person. Who asked for restriction or objected is not
-- approached, as if he had opted out of all, until that is lifted: so whatever looks at an opt-out looks at this too.
-- First the lock, then the look: see poort.weiger_contact.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.spiegel_personen(p_wie uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.outreach_person WHERE id = ANY (p_wie) ORDER BY id FOR UPDATE;
  UPDATE public.outreach_person p SET
    no_contact = w.alles OR v.beperkt, no_letter = w.brieven, no_visit = w.bezoek,
    no_share = w.alles OR w.delen OR v.beperkt, no_contact_for = w.regelingen,
    restricted = v.beperkt, disputed = v.betwist
  FROM (
    SELECT i.id,
      coalesce(bool_or(o.scope = 'alles'), false) AS alles,
      coalesce(bool_or(o.scope = 'brieven'), false) AS brieven,
      coalesce(bool_or(o.scope = 'bezoek'), false) AS bezoek,
      coalesce(bool_or(o.scope = 'delen'), false) AS delen,
      coalesce(array_agg(o.regeling_id ORDER BY o.regeling_id) FILTER (WHERE o.scope = 'regeling'), ARRAY[]::varchar[])
        AS regelingen
    FROM unnest(p_wie) AS i (id)
    LEFT JOIN public.optout_optout o ON o.person_id = i.id AND o.withdrawn_at IS NULL
    GROUP BY i.id
  ) AS w
  JOIN (
    SELECT i.id,
      coalesce(bool_or(r.kind IN ('beperking', 'bezwaar') AND r.state <> 'afgewezen' AND r.lifted_at IS NULL), false)
        AS beperkt,
      coalesce(bool_or(r.kind = 'correctie' AND r.state IN ('ontvangen', 'in_behandeling')), false) AS betwist
    FROM unnest(p_wie) AS i (id)
    LEFT JOIN public.outreach_subjectrequest r ON r.person = i.id
    GROUP BY i.id
  ) AS v ON v.id = w.id
  WHERE p.id = w.id;
END $$;
REVOKE ALL ON FUNCTION poort.spiegel_personen(uuid[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION poort.spiegel_afmelding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.spiegel_personen(ARRAY(SELECT DISTINCT n.person_id FROM nieuw n));
  RETURN NULL;
END $$;
CREATE FUNCTION poort.spiegel_verzoek() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.spiegel_personen(ARRAY(SELECT DISTINCT n.person FROM nieuw n
    WHERE n.person IS NOT NULL AND n.kind IN ('beperking', 'bezwaar', 'correctie')));
  RETURN NULL;
END $$;
RESET ROLE;
CREATE TRIGGER spiegel_nieuw AFTER INSERT ON outreach_subjectrequest REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION poort.spiegel_verzoek();
CREATE TRIGGER spiegel_anders AFTER UPDATE ON outreach_subjectrequest REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION poort.spiegel_verzoek();
