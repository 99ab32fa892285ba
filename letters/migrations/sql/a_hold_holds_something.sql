-- A hold on something that is not there would read as a promise and hold nothing: a number that was mistyped is
-- refused, and so is what is gone already. Gives what the database calls the refusal, or NULL.
CREATE FUNCTION poort.verbod_kan_niet(p_soort text, p_nummer text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN p_nummer = '' THEN NULL
    WHEN EXISTS (
      SELECT FROM public.outreach_destructionitem i
      WHERE i.kind = p_soort AND i.subject = p_nummer AND i.begun_at IS NOT NULL
        AND (i.state = 'open' OR i.state = 'vernietigd' AND NOT poort.is_er_nog(p_soort, p_nummer))) THEN 'verbod_te_laat'
    WHEN NOT CASE p_soort
      WHEN 'levering' THEN EXISTS (SELECT FROM public.eligibility_delivery d
        WHERE d.id::text = p_nummer AND d.state NOT IN ('geweigerd', 'vernietigd')
          AND NOT (d.state = 'ingetrokken' AND d.settled))
      WHEN 'cyclus' THEN EXISTS (SELECT FROM public.eligibility_delivery d
          WHERE p_nummer IN (d.cycle::text, (extract(year FROM d.peildatum)::int - 1)::text))
        OR EXISTS (SELECT FROM public.eligibility_run r
          WHERE p_nummer = (extract(year FROM r.peildatum)::int - 1)::text)
      WHEN 'verzegeld' THEN EXISTS (SELECT FROM public.eligibility_runseal s
        WHERE s.run_id::text = p_nummer AND s.destroyed_at IS NULL)
      WHEN 'brieven' THEN EXISTS (SELECT FROM public.letters_part p
        WHERE p.id::text = p_nummer AND p.destroyed_at IS NULL)
      WHEN 'scan' THEN EXISTS (SELECT FROM public.letters_scan s
        WHERE s.id::text = p_nummer AND s.destroyed_at IS NULL)
      WHEN 'deling' THEN EXISTS (SELECT FROM public.letters_sharefile f
        WHERE f.id::text = p_nummer AND f.destroyed_at IS NULL)
      WHEN 'ronde' THEN EXISTS (SELECT FROM public.outreach_round r
        WHERE r.id::text = p_nummer AND (r.emptied_at IS NULL OR poort.is_er_nog(p_soort, p_nummer)))
      WHEN 'persoon' THEN EXISTS (SELECT FROM public.outreach_person p WHERE p.id::text = p_nummer)
      ELSE false END THEN 'verbod_op_niets'
  END
$$;
CREATE OR REPLACE FUNCTION poort.bewaak_verbod() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  reden text;
BEGIN
  -- Who begins to destroy, and who forbids it, wait for each other: one of the two is first.
  PERFORM pg_advisory_xact_lock(7109, 1);
  reden := poort.verbod_kan_niet(NEW.kind, NEW.subject);
  IF reden IS NOT NULL THEN
    RAISE EXCEPTION 'there is nothing here to hold' USING ERRCODE = 'check_violation', CONSTRAINT = reden;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION poort.verbod_kan_niet(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.verbod_kan_niet(text, text) TO web;
