-- Who has paper on which somebody stands that may not be visited any more is told that the paper is wrong: not who, and
-- not where. Here and not in Python, since an opt-out also comes in with a list, by a worker that sees no paper.
GRANT SELECT (id, households, state, made_by_id) ON outreach_sheet TO bereik_eigenaar;
CREATE POLICY afgemeld ON outreach_sheet FOR SELECT TO bereik_eigenaar USING (state = 'in_gebruik');
GRANT INSERT (user_id, kind, about, day) ON outreach_notification TO bereik_eigenaar;
CREATE POLICY afgemeld ON outreach_notification FOR INSERT TO bereik_eigenaar
  WITH CHECK (kind = 'afdruk_afgemeld' AND read_at IS NULL);

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION poort.meld_papier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO public.outreach_notification (user_id, kind, about, day)
  SELECT DISTINCT s.made_by_id, 'afdruk_afgemeld', s.id, (now() AT TIME ZONE 'Europe/Amsterdam')::date
  FROM public.outreach_householdmember m
  JOIN public.outreach_sheet s ON s.state = 'in_gebruik' AND m.household_id = ANY (s.households)
  WHERE m.person_id = NEW.id AND m.adult
    AND s.made_by_id::text IS DISTINCT FROM current_setting('bereik.actor', true)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
RESET ROLE;
CREATE TRIGGER meld_papier AFTER UPDATE OF no_contact, no_visit ON outreach_person
  FOR EACH ROW WHEN ((NEW.no_contact OR NEW.no_visit) AND NOT (OLD.no_contact OR OLD.no_visit))
  EXECUTE FUNCTION poort.meld_papier();
