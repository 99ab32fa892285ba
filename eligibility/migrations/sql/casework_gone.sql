-- The doors by which the worker of the box destroys what was done for households, and people. Run as bereik_eigenaar.

-- Adds what the rapport counts now to what it counted of what is gone, or takes that off again (p_teken -1). Before
-- and after a removal together leave what went with it.
CREATE FUNCTION poort.tel_bij(p_zone text, p_teken integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.outreach_pastcount AS p ("table", key, found, reached, applied, granted)
    SELECT CASE t.tabel WHEN 7 THEN 'totaal' WHEN 3 THEN 'regeling' WHEN 5 THEN 'buurt' WHEN 6 THEN 'maand' END,
      t.sleutel, p_teken * t.gevonden, p_teken * t.bereikt, p_teken * t.aangevraagd, p_teken * t.toegekend
    FROM public.rapport_telling(p_zone) t
    ON CONFLICT ("table", key) DO UPDATE SET found = p.found + excluded.found, reached = p.reached + excluded.reached,
      applied = p.applied + excluded.applied, granted = p.granted + excluded.granted
$$;

-- Whether this is on a list that two people agreed to, whose cooling-off is over, and was begun upon.
CREATE FUNCTION poort.staat_op_lijst(p_soort text, p_nummer text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.outreach_destructionitem i JOIN public.outreach_destructionlist l ON l.id = i.listed_on_id
    WHERE i.kind = p_soort AND i.subject = p_nummer AND i.state = 'open' AND i.begun_at IS NOT NULL
      AND l.state = 'goedgekeurd' AND l.execute_from <= now())
$$;

-- Destroys what a closed round did for households, in one transaction, but for households of which somebody's data
-- stays. The round, its parts and its prints stay, without anybody. Returns how many rows went by table, with how many
-- households went (`huishoudens`) and stayed (`bewaard`); `wacht` alone when something of it is under way; null when
-- there is no such round, made at this moment. After an older backup (`p_herhaal`) nothing is waited for: what was under
-- way then ended since.
CREATE FUNCTION poort.vernietig_ronde(p_ronde bigint, p_gemaakt timestamptz, p_zone text, p_herhaal boolean)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wacht text;
  v_alle uuid[];
  v_huizen uuid[];
  v_brieven uuid[];
  v_benaderd bigint[];
  v_scans uuid[];
  v_stap text[];
  v_rijen bigint;
  v_weg jsonb := '{}';
BEGIN
  PERFORM 1 FROM public.outreach_round r WHERE r.id = p_ronde AND r.made_at = p_gemaakt FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  -- Nothing is added to a letter or an approach from here on: what came in before is looked at.
  PERFORM 1 FROM public.letters_letter l WHERE l.round_id = p_ronde ORDER BY l.id FOR UPDATE;
  PERFORM 1 FROM public.outreach_approach a WHERE a.round_id = p_ronde ORDER BY a.id FOR UPDATE;
  v_wacht := public.ronde_wacht_op(p_ronde);
  IF p_herhaal AND EXISTS (SELECT FROM public.outreach_legalhold h WHERE h.lifted_at IS NULL AND h.kind = 'ronde'
                           AND h.subject IN ('', p_ronde::text)) THEN
    RETURN jsonb_build_object('wacht', 'verbod');
  ELSIF NOT p_herhaal AND NOT poort.staat_op_lijst('ronde', p_ronde::text) THEN
    RAISE EXCEPTION 'no list says so' USING ERRCODE = 'insufficient_privilege';
  ELSIF NOT p_herhaal AND v_wacht IS NOT NULL THEN
    RETURN jsonb_build_object('wacht', v_wacht);
  END IF;
  -- While a stand of the rapport is made nothing goes, and the other way round: see letters/actions/report.py.
  PERFORM pg_advisory_xact_lock(7291004);
  PERFORM poort.tel_bij(p_zone, 1);

  v_alle := ARRAY(
    SELECT a.household_id FROM public.outreach_approach a WHERE a.round_id = p_ronde
    UNION SELECT i.household_id FROM public.outreach_looplijstitem i WHERE i.round_id = p_ronde);
  v_huizen := ARRAY(SELECT h FROM unnest(v_alle) AS h WHERE NOT EXISTS (
    SELECT FROM public.outreach_householdmember m WHERE m.household_id = h AND public.blijft_bewaard(m.person_id)));
  v_benaderd := ARRAY(SELECT a.id FROM public.outreach_approach a
                      WHERE a.round_id = p_ronde AND a.household_id = ANY (v_huizen));
  v_brieven := ARRAY(SELECT l.id FROM public.letters_letter l
                     WHERE l.round_id = p_ronde AND l.household_id = ANY (v_huizen));
  v_scans := ARRAY(SELECT s.id FROM public.letters_scan s WHERE s.letter_id = ANY (v_brieven));

  UPDATE public.outreach_gesprek SET item_id = NULL WHERE item_id IN (
    SELECT i.id FROM public.outreach_looplijstitem i WHERE i.round_id = p_ronde AND i.household_id = ANY (v_huizen));
  UPDATE public.outreach_sheet s SET households = ARRAY(SELECT h FROM unnest(s.households) AS h WHERE h <> ALL (v_huizen))
    WHERE s.looplijst_id IN (SELECT l.id FROM public.outreach_looplijst l WHERE l.round_id = p_ronde)
      AND s.households && v_huizen;
  FOREACH v_stap SLICE 1 IN ARRAY ARRAY[
    ['letters_workitem', 'letter_id = ANY ($1) OR scan_id = ANY ($3) OR event_id IN '
                         '(SELECT e.id FROM public.letters_letterevent e WHERE e.letter_id = ANY ($1))'],
    ['letters_grant', 'approach_id = ANY ($2)'],
    ['letters_application', 'approach_id = ANY ($2)'],
    ['letters_scan', 'id = ANY ($3)'],
    ['letters_letterevent', 'letter_id = ANY ($1)'],
    ['letters_formerprint', 'letter_id = ANY ($1)'],
    ['letters_recall', 'letter_id = ANY ($1)'],
    ['letters_letter', 'id = ANY ($1)'],
    ['outreach_looplijstitem', 'round_id = $5 AND household_id = ANY ($4)'],
    ['outreach_approach', 'id = ANY ($2)']]
  LOOP
    EXECUTE format('DELETE FROM public.%I WHERE %s', v_stap[1], v_stap[2])
      USING v_brieven, v_benaderd, v_scans, v_huizen, p_ronde;
    GET DIAGNOSTICS v_rijen = ROW_COUNT;
    v_weg := v_weg || jsonb_build_object(v_stap[1], v_rijen);
  END LOOP;

  PERFORM poort.tel_bij(p_zone, -1);
  DELETE FROM public.outreach_pastcount p WHERE (p.found, p.reached, p.applied, p.granted) = (0, 0, 0, 0);
  IF cardinality(v_alle) = cardinality(v_huizen) THEN
    UPDATE public.outreach_round SET state = 'afgesloten', emptied_at = now() WHERE id = p_ronde;
  END IF;
  RETURN jsonb_build_object('rijen', v_weg, 'huishoudens', cardinality(v_huizen),
    'bewaard', cardinality(v_alle) - cardinality(v_huizen));
END $$;

-- Destroys people whose term is over, with the households in which nobody is left. Who opted out keeps a row without a
-- name and his sealed number: the next koppeling has to know him. Returns of each what became of him: `weg`, `kaal`,
-- `weer_nodig` when his term does not count any more or he came out since, `bewaard`, `al_weg`. After an older backup the
-- term is not looked at again: then only what keeps somebody's data keeps them, and that they came out of a koppeling
-- since they were destroyed (`p_herhaal`).
CREATE FUNCTION poort.vernietig_personen(p_wie uuid[], p_tot date, p_zone text, p_herhaal timestamptz)
RETURNS TABLE (persoon uuid, uitkomst text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_weg uuid[];
  v_kaal uuid[];
  v_van uuid[];
  v_huizen uuid[];
  v_gesprekken bigint[];
  v_kandidaten bigint[];
  v_stap text[];
BEGIN
  PERFORM 1 FROM public.outreach_person p WHERE p.id = ANY (p_wie) ORDER BY p.id FOR UPDATE;
  -- Who writes something down about their households from here on is refused when he is done; what was written before
  -- keeps them.
  PERFORM 1 FROM public.outreach_household h WHERE h.id IN (
    SELECT m.household_id FROM public.outreach_householdmember m WHERE m.person_id = ANY (p_wie))
    ORDER BY h.id FOR UPDATE OF h;
  IF p_herhaal IS NOT NULL THEN
    v_weg := ARRAY(
      SELECT p.id FROM public.outreach_person p
      WHERE p.id = ANY (p_wie) AND NOT public.blijft_bewaard(p.id)
        AND NOT EXISTS (
          SELECT FROM public.outreach_householdmember m
          JOIN public.outreach_household h ON h.id = m.household_id
          JOIN public.outreach_handover o ON o.id = h.handover_id
          WHERE m.person_id = p.id AND o.handed_over_at > p_herhaal)
        -- While a round that is held has something of his household, he stays as well.
        AND NOT EXISTS (
          SELECT FROM public.outreach_householdmember m JOIN public.outreach_approach a ON a.household_id = m.household_id
          WHERE m.person_id = p.id)
        AND NOT EXISTS (
          SELECT FROM public.outreach_householdmember m
          JOIN public.outreach_looplijstitem i ON i.household_id = m.household_id WHERE m.person_id = p.id)
        -- Who has a row without a name alone has not come back.
        AND (EXISTS (SELECT FROM public.outreach_householdmember m WHERE m.person_id = p.id)
             OR NOT EXISTS (SELECT FROM public.optout_optout a WHERE a.person_id = p.id AND a.withdrawn_at IS NULL)));
  ELSE
    v_weg := ARRAY(SELECT o.persoon FROM public.personen_over(p_tot, p_zone, p_wie) o
                   WHERE poort.staat_op_lijst('persoon', o.persoon::text));
  END IF;
  v_kaal := ARRAY(SELECT DISTINCT a.person_id FROM public.optout_optout a
                  WHERE a.person_id = ANY (v_weg) AND a.withdrawn_at IS NULL);
  v_van := ARRAY(SELECT DISTINCT m.household_id FROM public.outreach_householdmember m
                 WHERE m.person_id = ANY (v_weg));
  v_huizen := ARRAY(SELECT h FROM unnest(v_van) AS h WHERE NOT EXISTS (
    SELECT FROM public.outreach_householdmember m WHERE m.household_id = h AND m.person_id <> ALL (v_weg)));
  v_gesprekken := ARRAY(SELECT g.id FROM public.outreach_gesprek g WHERE g.household_id = ANY (v_huizen));
  v_kandidaten := ARRAY(SELECT k.id FROM public.outreach_candidacy k WHERE k.household_id = ANY (v_huizen));

  FOREACH v_stap SLICE 1 IN ARRAY ARRAY[
    ['letters_workitem', 'household_id = ANY ($1)'],
    ['letters_reminderpause', 'household_id = ANY ($1)'],
    ['outreach_gesprekoutcome', 'gesprek_id = ANY ($3)'],
    ['outreach_situationchange', 'gesprek_id = ANY ($3)'],
    ['outreach_task', 'household_id = ANY ($1)'],
    ['outreach_gesprek', 'id = ANY ($3)'],
    ['outreach_claim', 'household_id = ANY ($1) OR person_id = ANY ($2)'],
    ['outreach_referral', 'household_id = ANY ($1) OR consent_by_id = ANY ($2)'],
    ['outreach_safetyinstruction', 'household_id = ANY ($1) OR person_id = ANY ($2)'],
    ['outreach_draft', 'household_id = ANY ($1)'],
    ['outreach_candidacy_persons', 'candidacy_id = ANY ($4) OR person_id = ANY ($2)'],
    ['outreach_candidacy', 'id = ANY ($4)'],
    ['outreach_householdmember', 'household_id = ANY ($1) OR person_id = ANY ($2)'],
    ['outreach_household', 'id = ANY ($1)'],
    ['outreach_representative', 'person_id = ANY ($2)'],
    ['optout_optout', 'person_id = ANY ($2) AND withdrawn_at IS NOT NULL'],
    ['outreach_person', 'id = ANY ($2) AND id <> ALL ($5)']]
  LOOP
    EXECUTE format('DELETE FROM public.%I WHERE %s', v_stap[1], v_stap[2])
      USING v_huizen, v_weg, v_gesprekken, v_kandidaten, v_kaal;
  END LOOP;
  UPDATE public.outreach_person SET given_names = '', prefix = '', family_name = '', name_usage = '',
      partner_prefix = '', partner_family_name = '', sex = '', birth_date = '', departed = ''
    WHERE id = ANY (v_kaal);
  DELETE FROM blackbox.bekende_persoon b WHERE b.person_id = ANY (v_weg) AND b.person_id <> ALL (v_kaal);
  RETURN QUERY SELECT w, CASE
      WHEN w = ANY (v_kaal) THEN 'kaal' WHEN w = ANY (v_weg) THEN 'weg'
      WHEN EXISTS (SELECT FROM public.outreach_householdmember m
                   JOIN public.outreach_household h ON h.id = m.household_id
                   JOIN public.outreach_handover o ON o.id = h.handover_id
                   WHERE m.person_id = w AND (p_herhaal IS NULL OR o.handed_over_at > p_herhaal)) THEN 'weer_nodig'
      WHEN EXISTS (SELECT FROM public.outreach_householdmember m WHERE m.person_id = w) THEN 'bewaard'
      ELSE 'al_weg' END
    FROM unnest(p_wie) AS w;
END $$;

-- How rows about a round or somebody begin in the files of PostgreSQL, so that they can be searched for: so many of them,
-- or all (0).
CREATE FUNCTION poort.sporen_van_ronde(p_ronde bigint, p_hoogstens integer)
RETURNS TABLE (id bigint, klasse text, mode text, contact text, response text, result text, huishouden uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id, a.klasse, a.mode, a.contact, a.response, a.result, a.household_id FROM public.outreach_approach a
  WHERE a.round_id = p_ronde ORDER BY a.id LIMIT nullif(p_hoogstens, 0)
$$;
CREATE FUNCTION poort.sporen_van_personen(p_wie uuid[]) RETURNS TABLE (persoon uuid, voornamen text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.id, p.given_names FROM public.outreach_person p WHERE p.id = ANY (p_wie)
$$;
-- When a round was made (its number may be that of another after an older backup), what it waits for, and whether its
-- rows went before.
CREATE FUNCTION poort.ronde_te_vernietigen(p_ronde bigint)
RETURNS TABLE (gemaakt timestamptz, wacht text, leeg boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.made_at, public.ronde_wacht_op(r.id), r.emptied_at IS NOT NULL FROM public.outreach_round r
  WHERE r.id = p_ronde
$$;
-- Of these, of whom the term is over still, and who is there at all.
CREATE FUNCTION poort.personen_te_vernietigen(p_wie uuid[], p_tot date, p_zone text)
RETURNS TABLE (persoon uuid, over boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.id, o.persoon IS NOT NULL FROM public.outreach_person p
  LEFT JOIN public.personen_over(p_tot, p_zone, p_wie) o ON o.persoon = p.id
  WHERE p.id = ANY (p_wie)
$$;
-- The sealed numbers are written anew too, once some of them went.
CREATE FUNCTION poort.herschrijf_bekenden() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  CLUSTER blackbox.bekende_persoon USING bekende_persoon_pkey;
END $$;
-- Whether anything of a round or a person is there, after part of it was destroyed: that can be held again.
CREATE FUNCTION poort.is_er_nog(p_soort text, p_nummer text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE p_soort
    WHEN 'ronde' THEN EXISTS (SELECT FROM public.outreach_approach a WHERE a.round_id::text = p_nummer)
    WHEN 'persoon' THEN EXISTS (SELECT FROM public.outreach_householdmember m WHERE m.person_id::text = p_nummer)
    ELSE false END
$$;
CREATE OR REPLACE FUNCTION poort.bewaak_verbod() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7109, 1);
  IF NEW.subject <> '' AND EXISTS (
    SELECT FROM public.outreach_destructionitem i
    WHERE i.kind = NEW.kind AND i.subject = NEW.subject AND i.begun_at IS NOT NULL
      AND (i.state = 'open' OR i.state = 'vernietigd' AND NOT poort.is_er_nog(NEW.kind, NEW.subject))) THEN
    RAISE EXCEPTION 'its destruction has begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'verbod_te_laat';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION poort.staat_op_lijst(text, text), poort.is_er_nog(text, text), poort.tel_bij(text, integer), poort.vernietig_ronde(bigint, timestamptz, text, boolean),
  poort.vernietig_personen(uuid[], date, text, timestamptz), poort.sporen_van_ronde(bigint, integer),
  poort.sporen_van_personen(uuid[]), poort.ronde_te_vernietigen(bigint),
  poort.personen_te_vernietigen(uuid[], date, text), poort.herschrijf_bekenden() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.vernietig_ronde(bigint, timestamptz, text, boolean),
  poort.vernietig_personen(uuid[], date, text, timestamptz), poort.sporen_van_ronde(bigint, integer),
  poort.sporen_van_personen(uuid[]), poort.ronde_te_vernietigen(bigint),
  poort.personen_te_vernietigen(uuid[], date, text), poort.herschrijf_bekenden() TO koppel;
