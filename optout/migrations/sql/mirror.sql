-- What holds of all wishes of a person stands on the person, whoever wrote or withdrew one. Then who plans a round,
-- a letter or a walk looks at one row, and locks it. First the lock, then the look: see poort.weiger_contact.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.spiegel_afmelding() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wie uuid[] := ARRAY(SELECT DISTINCT n.person_id FROM nieuw n);
BEGIN
  PERFORM 1 FROM public.outreach_person WHERE id = ANY (v_wie) ORDER BY id FOR UPDATE;
  UPDATE public.outreach_person p SET
    no_contact = w.alles, no_letter = w.brieven, no_visit = w.bezoek, no_share = w.alles OR w.delen,
    no_contact_for = w.regelingen
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
  WHERE p.id = w.id;
  RETURN NULL;
END $$;
RESET ROLE;
CREATE TRIGGER spiegel_nieuw AFTER INSERT ON optout_optout REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION poort.spiegel_afmelding();
CREATE TRIGGER spiegel_anders AFTER UPDATE ON optout_optout REFERENCING NEW TABLE AS nieuw
  FOR EACH STATEMENT EXECUTE FUNCTION poort.spiegel_afmelding();
-- What was said does not change: it ends, and then it is said anew.
REVOKE UPDATE ON optout_optout FROM web;
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON optout_optout TO web;
