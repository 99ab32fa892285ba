-- The doors of a share, for the worker of the box. Run as bereik_eigenaar.

-- A letter that tells of sharing approaches somebody too, and is refused to who does not want his data shared.
CREATE OR REPLACE FUNCTION poort.brengt_iets(soort text, wijze text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT soort IN ('aanvraag', 'herinnering', 'deelbericht') OR (soort = 'toekenning' AND wijze = 'ambtshalve')
$$;

CREATE OR REPLACE FUNCTION poort.weiger_contact(huishouden uuid, regeling text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  volwassenen uuid[] := ARRAY(
    SELECT m.person_id FROM public.outreach_householdmember m WHERE m.household_id = huishouden AND m.adult);
BEGIN
  PERFORM 1 FROM public.outreach_person p WHERE p.id = ANY (volwassenen) ORDER BY p.id FOR SHARE OF p;
  PERFORM 1 FROM public.outreach_person p
    WHERE p.id = ANY (volwassenen) AND (p.no_contact OR p.no_letter OR regeling = ANY (p.no_contact_for)
      OR regeling = 'kwijtschelding' AND p.no_share);
  IF FOUND THEN
    RAISE EXCEPTION 'no contact' USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_contact';
  END IF;
END $$;

-- Whether a household may be shared, whatever letter it had: nobody in it refuses, nobody left, no protected
-- address, no institution. The caller holds its persons.
CREATE FUNCTION poort.mag_gedeeld(p_huishouden uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.outreach_household h
      WHERE h.id = p_huishouden AND NOT h.confidential AND NOT h.institution)
    AND NOT EXISTS (SELECT FROM public.outreach_toldgone w WHERE w.household_id = p_huishouden)
    AND NOT EXISTS (
      SELECT FROM public.outreach_householdmember m JOIN public.outreach_person p ON p.id = m.person_id
      WHERE m.household_id = p_huishouden AND (p.no_share OR p.no_contact OR m.adult AND (
        p.departed <> '' OR p.no_letter OR 'kwijtschelding' = ANY (p.no_contact_for))))
$$;

-- Whether a household that was shared has to be asked back: somebody refuses since, it is protected since, or the letter
-- came back after all, so that nobody there was told.
CREATE FUNCTION poort.moet_terug(p_ronde bigint, p_huishouden uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
      SELECT FROM public.outreach_householdmember m JOIN public.outreach_person p ON p.id = m.person_id
      WHERE m.household_id = p_huishouden AND (p.no_share OR p.no_contact))
    OR EXISTS (SELECT FROM public.outreach_household h WHERE h.id = p_huishouden AND h.confidential)
    OR EXISTS (SELECT FROM public.letters_letter l WHERE l.round_id = p_ronde AND l.household_id = p_huishouden
               AND l.kind = 'deelbericht' AND l.delivery = 'onbestelbaar')
$$;

-- Holds everybody of these households until the transaction ends, in the order of poort.weiger_contact. A function
-- of its own: whoever looks after it sees all that was saved before.
CREATE FUNCTION poort.houd_vast(p_huishoudens uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.outreach_person p WHERE p.id IN (
    SELECT m.person_id FROM public.outreach_householdmember m WHERE m.household_id = ANY (p_huishoudens))
    ORDER BY p.id FOR SHARE OF p;
END $$;

-- The shares that an adviser signed and whose households are not chosen yet, with the year that is asked about.
CREATE FUNCTION poort.delingen_te_kiezen() RETURNS TABLE (deling bigint, jaar integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, extract(year FROM o.peildatum)::integer
  FROM public.letters_share s JOIN public.outreach_handover o ON o.id = s.handover_id
  WHERE s.state = 'getekend' ORDER BY s.id
$$;

-- Brings the households of a share into the round that was signed for: found in this koppeling, and nobody of it
-- (`p_heeft`) has kwijtschelding. How many; null when that was done before.
CREATE FUNCTION poort.kies_deling(p_deling bigint, p_heeft uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d public.letters_share;
  v_huizen uuid[];
BEGIN
  SELECT * INTO d FROM public.letters_share WHERE id = p_deling AND state = 'getekend' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM public.outreach_round r WHERE r.id = d.round_id AND r.handover_id = d.handover_id
                   AND r.regelingen = ARRAY['kwijtschelding']::varchar[] AND r.fixed_by_id = d.signed_by_id)
     OR EXISTS (SELECT FROM public.outreach_approach a WHERE a.round_id = d.round_id) THEN
    RAISE EXCEPTION 'not the round that was signed for'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deling_ronde';
  END IF;
  SELECT coalesce(array_agg(h.id ORDER BY h.id), ARRAY[]::uuid[]) INTO v_huizen
  FROM public.outreach_household h
  WHERE h.handover_id = d.handover_id
    AND EXISTS (SELECT FROM public.outreach_candidacy c WHERE c.household_id = h.id)
    AND NOT EXISTS (SELECT FROM public.outreach_householdmember m
                    WHERE m.household_id = h.id AND m.adult AND m.person_id = ANY (p_heeft));
  PERFORM poort.houd_vast(v_huizen);
  v_huizen := ARRAY(SELECT huis FROM unnest(v_huizen) AS huis WHERE poort.mag_gedeeld(huis) ORDER BY huis);

  INSERT INTO public.outreach_approach (round_id, household_id, regeling_id, klasse, mode, contact, response, result)
    SELECT d.round_id, c.household_id, 'kwijtschelding', CASE WHEN bool_or(c.klasse = 'zeker') THEN 'zeker' ELSE 'onzeker'
      END, 'formulier', 'geen', 'geen', 'open'
    FROM public.outreach_candidacy c WHERE c.household_id = ANY (v_huizen)
    GROUP BY c.household_id ORDER BY c.household_id;
  UPDATE public.letters_share SET state = 'gekozen', problem = '' WHERE id = p_deling;
  RETURN cardinality(v_huizen);
END $$;

-- Says why the households of a share cannot be chosen yet.
CREATE FUNCTION poort.deling_wacht(p_deling bigint, p_waarom text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.letters_share SET problem = left(p_waarom, 300) WHERE id = p_deling AND state = 'getekend'
$$;

-- Files to make: the names that were asked for, and withdrawals of who may not be shared any more.
CREATE FUNCTION poort.deelbestanden_te_maken() RETURNS TABLE (deling bigint, openbare_sleutel text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.public_key FROM public.letters_share s
  WHERE s.state = 'gevraagd' OR s.state = 'gedeeld' AND EXISTS (
    SELECT FROM public.letters_shareline l
    WHERE l.share_id = s.id AND l.recalled_in IS NULL AND poort.moet_terug(s.round_id, l.household))
  ORDER BY s.id
$$;

-- Writes down who stands in the next file of a share, and gives its lines. Once for the names, after the day of the
-- objections and the margin for the post; afterwards for who objected since. The first row has the number of the file
-- alone; nothing when there is no next file. In the transaction of the caller: without its end (poort.deelbestand_gemaakt) nothing of this stands.
CREATE FUNCTION poort.maak_deelbestand(p_deling bigint)
RETURNS TABLE (bestand integer, regel integer, voornamen text, voorvoegsel text, geslachtsnaam text, straat text,
               huisnummer integer, huisletter text, toevoeging text, postcode text, woonplaats text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d public.letters_share;
  v_nummer integer;
  v_huizen uuid[];
BEGIN
  SELECT * INTO d FROM public.letters_share WHERE id = p_deling AND state IN ('gevraagd', 'gedeeld') FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF d.state = 'gevraagd' THEN
    v_nummer := 1;
    -- Posted, not come back, and long enough before the day that stands on it.
    v_huizen := ARRAY(
      SELECT l.household_id FROM public.letters_letter l
      JOIN public.outreach_approach a ON a.id = l.approach_id
      JOIN public.letters_part p ON p.id = l.part_id
      WHERE l.round_id = d.round_id AND l.kind = 'deelbericht' AND l.rejected = '' AND NOT a.lapsed
        AND l.production = 'verzonden' AND l.delivery <> 'onbestelbaar'
        AND (p.planned_at AT TIME ZONE 'Europe/Amsterdam')::date + 14 <= d.object_before);
    PERFORM poort.houd_vast(v_huizen);
    INSERT INTO public.letters_shareline (share_id, line, household)
      SELECT p_deling, row_number() OVER (ORDER BY h.postcode, h.house_number, h.id), h.id
      FROM public.outreach_household h WHERE h.id = ANY (v_huizen) AND poort.mag_gedeeld(h.id);
  ELSE
    SELECT max(f.number) + 1 INTO v_nummer FROM public.letters_sharefile f WHERE f.share_id = p_deling;
    UPDATE public.letters_shareline l SET recalled_in = v_nummer
      WHERE l.share_id = p_deling AND l.recalled_in IS NULL AND poort.moet_terug(d.round_id, l.household);
    IF NOT FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY SELECT v_nummer, NULL::integer, '', '', '', '', NULL::integer, '', '', '', '';
  RETURN QUERY
    SELECT v_nummer, l.line, p.given_names::text, p.prefix::text, p.family_name::text, h.street::text, h.house_number,
      h.house_letter::text, h.house_suffix::text, h.postcode::text, h.city::text
    FROM public.letters_shareline l
    JOIN public.outreach_household h ON h.id = l.household
    JOIN public.outreach_householdmember m ON m.household_id = h.id AND m.addressee
    JOIN public.outreach_person p ON p.id = m.person_id
    WHERE l.share_id = p_deling AND (v_nummer = 1 OR l.recalled_in = v_nummer)
    ORDER BY l.line;
END $$;

-- The worker says that the file lies on disk, with all that is in it.
CREATE FUNCTION poort.deelbestand_gemaakt(p_deling bigint, p_nummer integer, p_regels integer, p_bytes bigint,
                                          p_sha256 text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_bestand bigint;
BEGIN
  IF p_regels <> (SELECT count(*) FROM public.letters_shareline
                  WHERE share_id = p_deling AND (p_nummer = 1 OR recalled_in = p_nummer)) THEN
    RAISE EXCEPTION 'not all lines' USING ERRCODE = 'check_violation', CONSTRAINT = 'deelbestand_onvolledig';
  END IF;
  INSERT INTO public.letters_sharefile (share_id, number, kind, rows, size, sha256)
    VALUES (p_deling, p_nummer, CASE p_nummer WHEN 1 THEN 'delen' ELSE 'intrekken' END, p_regels, p_bytes, p_sha256)
    RETURNING id INTO v_bestand;
  UPDATE public.letters_share SET state = 'gedeeld' WHERE id = p_deling AND state = 'gevraagd';
  RETURN v_bestand;
END $$;

REVOKE ALL ON FUNCTION poort.mag_gedeeld(uuid), poort.moet_terug(bigint, uuid), poort.houd_vast(uuid[]), poort.delingen_te_kiezen(),
  poort.kies_deling(bigint, uuid[]), poort.deling_wacht(bigint, text), poort.deelbestanden_te_maken(),
  poort.maak_deelbestand(bigint), poort.deelbestand_gemaakt(bigint, integer, integer, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.delingen_te_kiezen(), poort.kies_deling(bigint, uuid[]),
  poort.deling_wacht(bigint, text), poort.deelbestanden_te_maken(), poort.maak_deelbestand(bigint),
  poort.deelbestand_gemaakt(bigint, integer, integer, bigint, text) TO koppel;
