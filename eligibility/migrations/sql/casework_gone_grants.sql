-- What the doors of casework_gone.sql need in the casework: to remove, and to look at what keeps it.
DO $$
DECLARE
  tabel text;
BEGIN
  FOREACH tabel IN ARRAY ARRAY[
    'letters_workitem', 'letters_scan', 'letters_letterevent', 'letters_formerprint', 'letters_recall', 'letters_grant',
    'letters_application', 'letters_letter', 'letters_reminderpause', 'outreach_looplijstitem', 'outreach_approach',
    'outreach_gesprekoutcome', 'outreach_situationchange', 'outreach_task', 'outreach_gesprek', 'outreach_claim',
    'outreach_referral', 'outreach_safetyinstruction', 'outreach_draft', 'outreach_candidacy_persons',
    'outreach_candidacy', 'outreach_householdmember', 'outreach_household', 'outreach_representative',
    'optout_optout', 'outreach_person']
  LOOP
    EXECUTE format('GRANT SELECT, DELETE ON public.%I TO bereik_eigenaar', tabel);
    EXECUTE format('CREATE POLICY vernietiging ON public.%I TO bereik_eigenaar USING (true)', tabel);
  END LOOP;
END $$;
GRANT SELECT, UPDATE (households) ON outreach_sheet TO bereik_eigenaar;
CREATE POLICY vernietiging ON outreach_sheet TO bereik_eigenaar USING (true);
GRANT UPDATE (item_id) ON outreach_gesprek TO bereik_eigenaar;
GRANT UPDATE (emptied_at) ON outreach_round TO bereik_eigenaar;
-- To hold a row still one needs a right to change it.
GRANT UPDATE (id) ON letters_letter, outreach_approach, outreach_household TO bereik_eigenaar;
GRANT SELECT ON outreach_breach, outreach_looplijst, outreach_handover, letters_errand, letters_batch, letters_share,
  letters_payingadministration_regelingen
  TO bereik_eigenaar;
CREATE POLICY vernietiging ON outreach_looplijst FOR SELECT TO bereik_eigenaar USING (true);

-- Events stay as they were told; with their letter they go, by the door that destroys a round and by nothing else.
DROP TRIGGER alleen_toevoegen ON letters_letterevent;
CREATE TRIGGER alleen_toevoegen BEFORE UPDATE ON letters_letterevent
  FOR EACH ROW EXECUTE FUNCTION public.alleen_toevoegen();
CREATE TRIGGER alleen_met_de_brief BEFORE DELETE ON letters_letterevent
  FOR EACH ROW WHEN (current_user <> 'bereik_eigenaar') EXECUTE FUNCTION public.alleen_toevoegen();

-- What a closed round still waits for before its rows may go; null when nothing does. For the draft of a list, under
-- the policies of who asks, and again for who destroys.
CREATE FUNCTION public.ronde_wacht_op(p_ronde bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN NOT EXISTS (SELECT FROM public.outreach_round r WHERE r.id = p_ronde AND r.state = 'afgesloten') THEN 'open'
    WHEN EXISTS (SELECT FROM public.letters_part d WHERE d.round_id = p_ronde
                 AND (d.state = 'gepland' OR d.state = 'gemaakt' AND d.destroyed_at IS NULL)) THEN 'brieven'
    WHEN EXISTS (SELECT FROM public.letters_scan s JOIN public.letters_letter l ON l.id = s.letter_id
                 WHERE l.round_id = p_ronde AND s.destroyed_at IS NULL) THEN 'scans'
    WHEN EXISTS (SELECT FROM public.letters_application v JOIN public.outreach_approach b ON b.id = v.approach_id
                 WHERE b.round_id = p_ronde AND v.state NOT IN ('toegekend', 'afgewezen')) THEN 'aanvraag'
    WHEN EXISTS (SELECT FROM public.letters_grant t JOIN public.outreach_approach b ON b.id = t.approach_id
                 JOIN public.letters_payingadministration_regelingen u ON u.regeling_id = b.regeling_id
                 LEFT JOIN public.letters_grantexport e ON e.id = t.export_id
                 WHERE b.round_id = p_ronde AND e.fetched_at IS NULL) THEN 'uitbetaling'
    WHEN EXISTS (SELECT FROM public.letters_workitem w
                 LEFT JOIN public.letters_scan s ON s.id = w.scan_id
                 LEFT JOIN public.letters_letterevent e ON e.id = w.event_id
                 JOIN public.letters_letter l ON l.id IN (w.letter_id, s.letter_id, e.letter_id)
                 WHERE l.round_id = p_ronde AND w.closed_at IS NULL) THEN 'werk'
    WHEN EXISTS (SELECT FROM public.letters_errand o WHERE o.round_id = p_ronde AND o.ended_at IS NULL) THEN 'opdracht'
    WHEN EXISTS (SELECT FROM public.outreach_sheet a JOIN public.outreach_looplijst l ON l.id = a.looplijst_id
                 WHERE l.round_id = p_ronde AND (a.state = 'in_gebruik' OR EXISTS (
                   SELECT FROM public.outreach_breach k WHERE k.sheet_id = a.id AND k.state <> 'gesloten')))
      THEN 'papier'
    WHEN EXISTS (SELECT FROM public.letters_share d WHERE d.round_id = p_ronde
                 AND d.state NOT IN ('gedeeld', 'ingetrokken')) THEN 'deling'
  END
$$;

-- Whether data about somebody may not go yet, whatever its term: he asked for restriction or says that something is
-- wrong (AVG art. 18), a request of his is under way, somebody may look why he was found, or a hold.
CREATE FUNCTION public.blijft_bewaard(p_persoon uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.outreach_person p WHERE p.id = p_persoon AND (p.restricted OR p.disputed))
    OR EXISTS (SELECT FROM public.outreach_subjectrequest v
               WHERE v.person = p_persoon AND v.state IN ('ontvangen', 'in_behandeling'))
    OR EXISTS (SELECT FROM public.eligibility_unsealrequest v
               WHERE v.person = p_persoon AND v.state IN ('gevraagd', 'toegestaan', 'geopend'))
    OR EXISTS (SELECT FROM public.outreach_legalhold h
               WHERE h.lifted_at IS NULL AND h.kind = 'persoon' AND h.subject IN ('', p_persoon::text))
$$;

-- Whose term is over, and since when it ran: who came out of no koppeling after this day, of whose households nothing
-- is left of any round, nothing is under way, and nothing was written down after it. Of everybody, or of these.
CREATE FUNCTION public.personen_over(p_tot date, p_zone text, p_wie uuid[]) RETURNS TABLE (persoon uuid, sinds date)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH lid AS (
    SELECT m.person_id, m.household_id, (o.handed_over_at AT TIME ZONE p_zone)::date AS dag
    FROM public.outreach_householdmember m
    JOIN public.outreach_household h ON h.id = m.household_id
    JOIN public.outreach_handover o ON o.id = h.handover_id
    WHERE p_wie IS NULL OR m.person_id = ANY (p_wie)
  ), oud AS (
    SELECT person_id, max(dag) AS dag FROM lid GROUP BY person_id HAVING max(dag) <= p_tot
  ), huis AS (
    SELECT DISTINCT l.household_id FROM lid l JOIN oud USING (person_id)
  ), stil AS (
    SELECT x.household_id, greatest(
        (SELECT max((g.saved_at AT TIME ZONE p_zone)::date) FROM public.outreach_gesprek g
         WHERE g.household_id = x.household_id),
        (SELECT max((t.done_at AT TIME ZONE p_zone)::date) FROM public.outreach_task t
         WHERE t.household_id = x.household_id),
        (SELECT max((r.answered_at AT TIME ZONE p_zone)::date) FROM public.outreach_referral r
         WHERE r.household_id = x.household_id)) AS dag
    FROM huis x
    JOIN public.outreach_household h ON h.id = x.household_id
    WHERE NOT EXISTS (SELECT FROM public.outreach_approach a WHERE a.household_id = x.household_id)
      AND NOT EXISTS (SELECT FROM public.outreach_looplijstitem i WHERE i.household_id = x.household_id)
      AND NOT EXISTS (SELECT FROM public.outreach_round r WHERE r.handover_id = h.handover_id
                      AND r.state NOT IN ('afgesloten', 'ingetrokken'))
      AND NOT EXISTS (SELECT FROM public.outreach_task t WHERE t.household_id = x.household_id AND t.state = 'open')
      AND NOT EXISTS (SELECT FROM public.outreach_referral r
                      WHERE r.household_id = x.household_id AND r.state = 'gevraagd')
      AND NOT EXISTS (SELECT FROM public.outreach_claim c
                      WHERE c.household_id = x.household_id AND c.until > now())
      AND NOT EXISTS (SELECT FROM public.letters_workitem w
                      WHERE w.household_id = x.household_id AND w.closed_at IS NULL)
      AND NOT EXISTS (SELECT FROM public.outreach_safetyinstruction v WHERE v.household_id = x.household_id
                      AND v.state IN ('voorgesteld', 'goedgekeurd')
                      AND v.ends_on >= (now() AT TIME ZONE p_zone)::date)
  )
  SELECT o.person_id, greatest(o.dag, max(s.dag))
  FROM oud o
  JOIN lid l USING (person_id)
  LEFT JOIN stil s USING (household_id)
  WHERE NOT public.blijft_bewaard(o.person_id)
  GROUP BY o.person_id, o.dag
  HAVING bool_and(s.household_id IS NOT NULL) AND greatest(o.dag, max(s.dag)) <= p_tot
  UNION ALL
  -- Who was kept without a name for his opt-out, and withdrew it since.
  SELECT a.person_id, max((a.withdrawn_at AT TIME ZONE p_zone)::date)
  FROM public.optout_optout a
  WHERE (p_wie IS NULL OR a.person_id = ANY (p_wie)) AND NOT public.blijft_bewaard(a.person_id)
    AND NOT EXISTS (SELECT FROM public.outreach_householdmember m WHERE m.person_id = a.person_id)
  GROUP BY a.person_id
  HAVING bool_and(a.withdrawn_at IS NOT NULL) AND max((a.withdrawn_at AT TIME ZONE p_zone)::date) <= p_tot
$$;
GRANT EXECUTE ON FUNCTION public.ronde_wacht_op(bigint), public.blijft_bewaard(uuid),
  public.personen_over(date, text, uuid[]) TO web, bereik_eigenaar;

-- Rows that are removed one by one lie in the files of their table until it is written anew. The owner of a table
-- alone can do that, so this runs as migrate; it takes the names that are listed here and no other. Fails with
-- lock_not_available while another session uses the table.
CREATE FUNCTION public.herschrijf(p_tabel text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  v_sleutel name;
BEGIN
  IF p_tabel <> ALL (public.uitvoeringstabellen()) OR p_tabel IS NULL THEN
    RAISE EXCEPTION 'geen tabel van de uitvoering' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT c.relname INTO STRICT v_sleutel FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = format('public.%I', p_tabel)::regclass AND i.indisprimary;
  EXECUTE format('CLUSTER public.%I USING %I', p_tabel, v_sleutel);
END $$;
-- The tables with a row for a person, a household or what was done for one.
CREATE FUNCTION public.uitvoeringstabellen() RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ARRAY[
    'letters_workitem', 'letters_scan', 'letters_letterevent', 'letters_formerprint', 'letters_recall', 'letters_grant',
    'letters_application', 'letters_letter', 'letters_reminderpause', 'letters_shareline', 'outreach_looplijstitem',
    'outreach_approach', 'outreach_gesprekoutcome', 'outreach_situationchange', 'outreach_task', 'outreach_gesprek',
    'outreach_claim', 'outreach_referral', 'outreach_safetyinstruction', 'outreach_draft',
    'outreach_candidacy_persons', 'outreach_candidacy', 'outreach_householdmember', 'outreach_household',
    'outreach_representative', 'outreach_sheet', 'optout_optout', 'outreach_person']
$$;
GRANT EXECUTE ON FUNCTION public.uitvoeringstabellen() TO koppel;
GRANT EXECUTE ON FUNCTION public.herschrijf(text) TO koppel;
