-- What is done with tasks, hand-overs, instructions, lists and paper, letters, work and files of names is done with the
-- data of the households that they are of: a line for each of their people, as for who looks at a household.
GRANT SELECT ON letters_recall TO bereik_eigenaar;

SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION audit.wie_van_taak(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT t.household_id::text FROM public.outreach_task t WHERE t.id = ANY (ids::bigint[]))) w
$$;
CREATE FUNCTION audit.wie_van_overdracht(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT r.household_id::text FROM public.outreach_referral r WHERE r.id = ANY (ids::bigint[]))) w
$$;
-- An instruction about one person is about him; about an address, of who live there.
CREATE FUNCTION audit.wie_van_instructie(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT coalesce(v.person_id, v.household_id)::text FROM public.outreach_safetyinstruction v
    WHERE v.id = ANY (ids::bigint[]))) w
$$;
CREATE FUNCTION audit.wie_op_looplijst(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT i.household_id::text FROM public.outreach_looplijstitem i WHERE i.looplijst_id = ANY (ids::bigint[]))) w
$$;
CREATE FUNCTION audit.wie_op_afdruk(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT unnest(a.households)::text FROM public.outreach_sheet a WHERE a.id = ANY (ids::bigint[]))) w
$$;
CREATE FUNCTION audit.wie_van_brief(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_letter b WHERE b.id = ANY (ids::uuid[]))) w
$$;
CREATE FUNCTION audit.wie_in_deel(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_letter b WHERE b.part_id = ANY (ids::bigint[]))) w
$$;
CREATE FUNCTION audit.wie_in_partij(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_letter b JOIN public.letters_part d ON d.id = b.part_id
    WHERE d.batch_id = ANY (ids::uuid[]))) w
$$;
CREATE FUNCTION audit.wie_van_intrekking(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT b.household_id::text FROM public.letters_recall i JOIN public.letters_letter b ON b.id = i.letter_id
    WHERE i.id = ANY (ids::uuid[]))) w
$$;
-- Work is of a household, or of the letter or scan that it is about; that of a scan nobody sent is of nobody who is known.
CREATE FUNCTION audit.wie_van_werk(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT coalesce(k.household_id, b.household_id)::text FROM public.letters_workitem k
    LEFT JOIN public.letters_scan s ON s.id = k.scan_id
    LEFT JOIN public.letters_letter b ON b.id = coalesce(k.letter_id, s.letter_id)
    WHERE k.id = ANY (ids::bigint[]) AND (k.household_id IS NOT NULL OR b.id IS NOT NULL))) w
$$;
CREATE FUNCTION audit.wie_in_uitvoer(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT a.household_id::text FROM public.letters_grant t JOIN public.outreach_approach a ON a.id = t.approach_id
    WHERE t.export_id = ANY (ids::bigint[]))) w
$$;
-- Of the file that was made last: the names that went out, or those that are asked back.
CREATE FUNCTION audit.wie_in_deling(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.* FROM audit.wie_in_huishouden(handeling, ARRAY(
    SELECT l.household::text FROM public.letters_shareline l
    JOIN (SELECT f.share_id, max(f.number) AS number FROM public.letters_sharefile f GROUP BY f.share_id) f
      ON f.share_id = l.share_id
    WHERE l.share_id = ANY (ids::bigint[]) AND (f.number = 1 OR l.recalled_in = f.number))) w
$$;
-- Of letters by the hundred: when they are planned, made, released to the vendor and fetched. The steps between process
-- nobody's data anew.
INSERT INTO audit.soort_verwerking (onderwerp, handeling, verwerking, functie) VALUES
  ('persoon', 'afmelding_bevestigd', 'afmeldingen', 'wie_als_persoon'),
  ('taak', '', 'bezoeken', 'wie_van_taak'),
  ('overdracht', '', 'overdracht', 'wie_van_overdracht'),
  ('overdracht aan een organisatie', '', 'overdracht', 'wie_van_overdracht'),
  ('veiligheidsinstructie', '', 'bezoeken', 'wie_van_instructie'),
  ('looplijst', '', 'bezoeken', 'wie_op_looplijst'),
  ('afdruk', '', 'bezoeken', 'wie_op_afdruk'),
  ('brief', '', 'brieven', 'wie_van_brief'),
  ('deel', 'brieven_gepland', 'brieven', 'wie_in_deel'),
  ('deel', 'deel_gemaakt', 'brieven', 'wie_in_deel'),
  ('deel', 'deel_opgehaald', 'brieven', 'wie_in_deel'),
  ('partij', 'partij_vrijgegeven', 'brieven', 'wie_in_partij'),
  ('intrekking', '', 'brieven', 'wie_van_intrekking'),
  ('werk', '', 'formulieren', 'wie_van_werk'),
  ('uitvoer', 'uitvoer_gemaakt', 'toekenningen', 'wie_in_uitvoer'),
  ('deling', 'deelbestand_gemaakt', 'delen', 'wie_in_deling');
RESET ROLE;
