-- What the worker needs to answer somebody who asks to see his data. The casework stays closed to koppel: these doors
-- open for one request at a time, of which the identity was checked and that has no file yet.

-- Requests with a number to settle, and those that wait for their file. `klaar`: ended, so that the number only goes.
CREATE FUNCTION poort.verzoeken_te_doen() RETURNS TABLE (verzoek bigint, soort text, klaar boolean, persoon uuid,
        versleuteld bytea, sleutel text, ontvanger text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.id, r.kind, r.state IN ('beantwoord', 'afgewezen'), r.person, n.sealed, n.key_name, r.recipient
    FROM public.outreach_subjectrequest r
    LEFT JOIN public.outreach_subjectnumber n ON n.request_id = r.id
    WHERE (r.kind = 'inzage' AND r.state = 'in_behandeling'
            AND NOT EXISTS (SELECT FROM public.outreach_subjectpack p WHERE p.request_id = r.id))
        OR (n.request_id IS NOT NULL AND (r.kind <> 'inzage' OR r.state IN ('beantwoord', 'afgewezen')))
    ORDER BY r.id
$$;

-- Whose number it was, when he came out before; the number goes. Whether there was one.
CREATE FUNCTION poort.verzoek_gekoppeld(p_verzoek bigint, p_persoon uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM 1 FROM public.outreach_subjectrequest WHERE id = p_verzoek FOR UPDATE;
    DELETE FROM public.outreach_subjectnumber WHERE request_id = p_verzoek;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE public.outreach_subjectrequest SET person = p_persoon WHERE id = p_verzoek AND person IS NULL
        AND p_persoon IS NOT NULL;
    RETURN true;
END $$;

-- Whether the data of this person may be read for this request.
CREATE FUNCTION poort.inzage_open(p_verzoek bigint, p_persoon uuid) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT EXISTS (
        SELECT FROM public.outreach_subjectrequest r
        WHERE r.id = p_verzoek AND r.kind = 'inzage' AND r.state = 'in_behandeling'
            AND (r.person = p_persoon OR r.person IS NULL)
            AND NOT EXISTS (SELECT FROM public.outreach_subjectpack p WHERE p.request_id = r.id))
$$;

-- Under which keys something of a person stands in the audit, by the subject of a line.
CREATE FUNCTION poort.inzage_sleutels(p_persoon uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_huis uuid[] := ARRAY(SELECT household_id FROM public.outreach_householdmember WHERE person_id = p_persoon);
    v_benadering bigint[] := ARRAY(SELECT id FROM public.outreach_approach WHERE household_id = ANY (v_huis));
    v_brief uuid[] := ARRAY(SELECT id FROM public.letters_letter WHERE household_id = ANY (v_huis));
BEGIN
    RETURN jsonb_build_object(
        'persoon', ARRAY[p_persoon], 'huishouden', v_huis || p_persoon, 'benadering', v_benadering, 'brief', v_brief,
        'taak', ARRAY(SELECT id FROM public.outreach_task WHERE household_id = ANY (v_huis)),
        'deel', ARRAY(SELECT DISTINCT part_id FROM public.letters_letter WHERE id = ANY (v_brief)),
        'aanvraag', ARRAY(SELECT id FROM public.letters_application WHERE approach_id = ANY (v_benadering)),
        'scan', ARRAY(SELECT id FROM public.letters_scan WHERE letter_id = ANY (v_brief)),
        'werk', ARRAY(SELECT id FROM public.letters_workitem WHERE household_id = ANY (v_huis)),
        'verzoek van een inwoner', ARRAY(SELECT id FROM public.outreach_subjectrequest WHERE person = p_persoon));
END $$;

-- Who looked and who did something, by role and moment, newest first. No names, and nobody else's key.
CREATE FUNCTION poort.inzage_regels(p_verzoek bigint, p_persoon uuid)
    RETURNS TABLE (op timestamptz, rol text, handeling text, onderwerp text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_sleutels jsonb := poort.inzage_sleutels(p_persoon);
BEGIN
    IF NOT poort.inzage_open(p_verzoek, p_persoon) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT g.op, g.soort, g.handeling, g.onderwerp FROM audit.gebeurtenis g
        WHERE g.ids && ARRAY(SELECT DISTINCT w FROM jsonb_each(v_sleutels) e, jsonb_array_elements_text(e.value) w)
            AND g.ids && ARRAY(SELECT jsonb_array_elements_text(v_sleutels -> g.onderwerp))
        ORDER BY g.id DESC LIMIT 2001;
END $$;

-- All that the casework holds about one person, table by table. Of others in his household only how many.
CREATE FUNCTION poort.inzage_gegevens(p_verzoek bigint, p_persoon uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_huis uuid[] := ARRAY(SELECT household_id FROM public.outreach_householdmember WHERE person_id = p_persoon);
    v_benadering bigint[] := ARRAY(SELECT id FROM public.outreach_approach WHERE household_id = ANY (v_huis));
    v_brief uuid[] := ARRAY(SELECT id FROM public.letters_letter WHERE household_id = ANY (v_huis));
    v_gesprek bigint[] := ARRAY(SELECT id FROM public.outreach_gesprek WHERE household_id = ANY (v_huis));
BEGIN
    IF NOT poort.inzage_open(p_verzoek, p_persoon) THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object(
        'persoon', (SELECT jsonb_agg(to_jsonb(p) - 'search_key') FROM public.outreach_person p WHERE p.id = p_persoon),
        'huishoudens', (SELECT jsonb_agg(to_jsonb(h) || jsonb_build_object('koppeling', h.handover_id, 'peildatum', o.peildatum,
                'volwassen', m.adult, 'geadresseerde', m.addressee, 'anderen', (SELECT count(*) - 1
                    FROM public.outreach_householdmember a WHERE a.household_id = h.id)) ORDER BY o.peildatum, h.handover_id)
            FROM public.outreach_householdmember m JOIN public.outreach_household h ON h.id = m.household_id
            JOIN public.outreach_handover o ON o.id = h.handover_id WHERE m.person_id = p_persoon),
        'kandidaten', (SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('peildatum', o.peildatum, 'genoemd', EXISTS (
                SELECT FROM public.outreach_candidacy_persons k WHERE k.candidacy_id = c.id AND k.person_id = p_persoon))
                ORDER BY o.peildatum, c.id)
            FROM public.outreach_candidacy c JOIN public.outreach_household h ON h.id = c.household_id
            JOIN public.outreach_handover o ON o.id = h.handover_id WHERE h.id = ANY (v_huis)),
        'rondes', (SELECT jsonb_agg(to_jsonb(a) || jsonb_build_object('ronde', r.name) ORDER BY a.id)
            FROM public.outreach_approach a JOIN public.outreach_round r ON r.id = a.round_id
            WHERE a.id = ANY (v_benadering)),
        'looplijsten', (SELECT jsonb_agg(to_jsonb(i) || jsonb_build_object('ronde', r.name) ORDER BY i.id)
            FROM public.outreach_looplijstitem i JOIN public.outreach_round r ON r.id = i.round_id
            WHERE i.household_id = ANY (v_huis)),
        'brieven', (SELECT jsonb_agg(to_jsonb(l) || jsonb_build_object('ronde', r.name, 'regeling_id', a.regeling_id,
                'verzonden_op', (SELECT min(e.occurred_at) FROM public.letters_letterevent e
                    WHERE e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden')) ORDER BY l.part_id, l.position)
            FROM public.letters_letter l JOIN public.outreach_round r ON r.id = l.round_id
            JOIN public.outreach_approach a ON a.id = l.approach_id WHERE l.id = ANY (v_brief)),
        'aanvragen', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('regeling_id', a.regeling_id) ORDER BY x.id)
            FROM public.letters_application x JOIN public.outreach_approach a ON a.id = x.approach_id
            WHERE x.approach_id = ANY (v_benadering)),
        'toekenningen', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('regeling_id', a.regeling_id) ORDER BY x.id)
            FROM public.letters_grant x JOIN public.outreach_approach a ON a.id = x.approach_id
            WHERE x.approach_id = ANY (v_benadering)),
        'scans', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.received_at, x.id) FROM public.letters_scan x
            WHERE x.letter_id = ANY (v_brief)),
        'gesprekken', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_gesprek x WHERE x.id = ANY (v_gesprek)),
        'uitkomsten', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_gesprekoutcome x
            WHERE x.gesprek_id = ANY (v_gesprek)),
        'veranderingen', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_situationchange x
            WHERE x.gesprek_id = ANY (v_gesprek)),
        'taken', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_task x WHERE x.household_id = ANY (v_huis)),
        'overdrachten', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('organisatie', o.name) ORDER BY x.id)
            FROM public.outreach_referral x JOIN public.outreach_organisation o ON o.id = x.organisation_id
            WHERE x.household_id = ANY (v_huis)),
        'instructies', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_safetyinstruction x
            WHERE x.household_id = ANY (v_huis)),
        'vertegenwoordigers', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_representative x
            WHERE x.person_id = p_persoon),
        'afmeldingen', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.optout_optout x WHERE x.person_id = p_persoon),
        'pauzes', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.letters_reminderpause x
            WHERE x.household_id = ANY (v_huis)),
        'werk', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.letters_workitem x WHERE x.household_id = ANY (v_huis)),
        'datalekken', (SELECT jsonb_agg(jsonb_build_object('kind', x.kind, 'discovered_at', x.discovered_at) ORDER BY x.id)
            FROM public.outreach_breach x WHERE p_persoon = ANY (x.persons)),
        'verzoeken', (SELECT jsonb_agg(to_jsonb(x) - ARRAY['recipient', 'pack_key'] ORDER BY x.id)
            FROM public.outreach_subjectrequest x WHERE x.person = p_persoon));
END $$;

-- That the file lies there. Once: of two workers the second hears that it was not the first.
CREATE FUNCTION poort.pakket_gemaakt(p_verzoek bigint, p_persoon uuid, p_sha256 text, p_bytes bigint, p_tot date)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM 1 FROM public.outreach_subjectrequest WHERE id = p_verzoek FOR UPDATE;
    IF NOT poort.inzage_open(p_verzoek, p_persoon) THEN
        RETURN false;
    END IF;
    INSERT INTO public.outreach_subjectpack (request_id, sha256, size, until)
        VALUES (p_verzoek, p_sha256, p_bytes, p_tot);
    PERFORM poort.verzoek_gekoppeld(p_verzoek, p_persoon);
    RETURN true;
END $$;

-- Files of which the days are over, and that one of them is gone; then nothing opens a copy of it either.
CREATE FUNCTION poort.pakketten_voorbij(p_vandaag date) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT request_id FROM public.outreach_subjectpack WHERE until < p_vandaag AND destroyed_at IS NULL ORDER BY 1 $$;

CREATE FUNCTION poort.pakket_vernietigd(p_verzoek bigint, p_vandaag date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    UPDATE public.outreach_subjectpack SET destroyed_at = pg_catalog.now()
        WHERE request_id = p_verzoek AND until < p_vandaag AND destroyed_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE public.outreach_subjectrequest SET pack_key = NULL WHERE id = p_verzoek;
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION poort.verzoeken_te_doen(), poort.verzoek_gekoppeld(bigint, uuid), poort.inzage_open(bigint, uuid),
    poort.inzage_sleutels(uuid), poort.inzage_regels(bigint, uuid), poort.inzage_gegevens(bigint, uuid),
    poort.pakket_gemaakt(bigint, uuid, text, bigint, date), poort.pakketten_voorbij(date),
    poort.pakket_vernietigd(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.verzoeken_te_doen(), poort.verzoek_gekoppeld(bigint, uuid),
    poort.inzage_regels(bigint, uuid), poort.inzage_gegevens(bigint, uuid),
    poort.pakket_gemaakt(bigint, uuid, text, bigint, date), poort.pakketten_voorbij(date),
    poort.pakket_vernietigd(bigint, date) TO koppel;
