-- Who asks what is known about him is told more: to whom his name or a grant went and whether it was asked back, that
-- somebody looked why he was found, and every act on what is his. An instruction about another in his household is
-- not his. Run as bereik_eigenaar.
ALTER FUNCTION poort.inzage_gegevens(bigint, uuid) RENAME TO inzage_uitvoering;
REVOKE ALL ON FUNCTION poort.inzage_uitvoering(bigint, uuid) FROM koppel;

CREATE FUNCTION poort.inzage_gegevens(p_verzoek bigint, p_persoon uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_huis uuid[] := ARRAY(SELECT household_id FROM public.outreach_householdmember WHERE person_id = p_persoon);
    v_verder jsonb := poort.inzage_uitvoering(p_verzoek, p_persoon);
BEGIN
    IF v_verder IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN v_verder || jsonb_build_object(
        'instructies', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_safetyinstruction x
            WHERE x.household_id = ANY (v_huis) AND coalesce(x.person_id, p_persoon) = p_persoon),
        'toekenningen', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('regeling_id', a.regeling_id,
                'doorgegeven_aan', u.name, 'doorgegeven_op', e.fetched_at) ORDER BY x.id)
            FROM public.letters_grant x JOIN public.outreach_approach a ON a.id = x.approach_id
            LEFT JOIN public.letters_grantexport e ON e.id = x.export_id AND e.fetched_at IS NOT NULL
            LEFT JOIN public.letters_payingadministration u ON u.id = e.administration_id
            WHERE a.household_id = ANY (v_huis)),
        'delingen', (SELECT jsonb_agg(jsonb_build_object('ontvanger', u.name, 'doorgegeven_op', b.made_at,
                'ingetrokken_op', t.made_at) ORDER BY l.share_id, l.line)
            FROM public.letters_shareline l JOIN public.letters_share d ON d.id = l.share_id
            JOIN public.letters_payingadministration u ON u.id = d.receiver_id
            LEFT JOIN public.letters_sharefile b ON b.share_id = d.id AND b.number = 1
            LEFT JOIN public.letters_sharefile t ON t.share_id = d.id AND t.number = l.recalled_in
            WHERE l.household = ANY (v_huis)),
        'ontzegelen', (SELECT jsonb_agg(jsonb_build_object('state', x.state, 'asked_at', x.asked_at,
                'decided_at', x.decided_at, 'opened_at', x.opened_at) ORDER BY x.id)
            FROM public.eligibility_unsealrequest x WHERE x.person = p_persoon));
END $$;

CREATE OR REPLACE FUNCTION poort.inzage_sleutels(p_persoon uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_huis uuid[] := ARRAY(SELECT household_id FROM public.outreach_householdmember WHERE person_id = p_persoon);
    v_benadering bigint[] := ARRAY(SELECT id FROM public.outreach_approach WHERE household_id = ANY (v_huis));
    v_brief uuid[] := ARRAY(SELECT id FROM public.letters_letter WHERE household_id = ANY (v_huis));
    v_deel bigint[] := ARRAY(SELECT DISTINCT part_id FROM public.letters_letter WHERE id = ANY (v_brief));
    v_overdracht bigint[] := ARRAY(SELECT id FROM public.outreach_referral WHERE household_id = ANY (v_huis));
BEGIN
    RETURN jsonb_build_object(
        'persoon', ARRAY[p_persoon], 'huishouden', v_huis || p_persoon, 'benadering', v_benadering, 'brief', v_brief,
        'taak', ARRAY(SELECT id FROM public.outreach_task WHERE household_id = ANY (v_huis)),
        'deel', v_deel,
        'partij', ARRAY(SELECT DISTINCT batch_id FROM public.letters_part WHERE id = ANY (v_deel) AND batch_id IS NOT NULL),
        'intrekking', ARRAY(SELECT id FROM public.letters_recall WHERE letter_id = ANY (v_brief)),
        'aanvraag', ARRAY(SELECT id FROM public.letters_application WHERE approach_id = ANY (v_benadering)),
        'uitvoer', ARRAY(SELECT DISTINCT export_id FROM public.letters_grant
            WHERE approach_id = ANY (v_benadering) AND export_id IS NOT NULL),
        'deling', ARRAY(SELECT share_id FROM public.letters_shareline WHERE household = ANY (v_huis)),
        'scan', ARRAY(SELECT id FROM public.letters_scan WHERE letter_id = ANY (v_brief)),
        'werk', ARRAY(SELECT k.id FROM public.letters_workitem k
            LEFT JOIN public.letters_scan s ON s.id = k.scan_id
            WHERE k.household_id = ANY (v_huis) OR coalesce(k.letter_id, s.letter_id) = ANY (v_brief)),
        'overdracht', v_overdracht, 'overdracht aan een organisatie', v_overdracht,
        'veiligheidsinstructie', ARRAY(SELECT id FROM public.outreach_safetyinstruction
            WHERE household_id = ANY (v_huis) AND coalesce(person_id, p_persoon) = p_persoon),
        'looplijst', ARRAY(SELECT DISTINCT looplijst_id FROM public.outreach_looplijstitem WHERE household_id = ANY (v_huis)),
        'afdruk', ARRAY(SELECT id FROM public.outreach_sheet WHERE households && v_huis),
        'verzoek van een inwoner', ARRAY(SELECT id FROM public.outreach_subjectrequest WHERE person = p_persoon),
        'verzoek tot ontzegelen', ARRAY(SELECT id FROM public.eligibility_unsealrequest WHERE person = p_persoon));
END $$;
REVOKE ALL ON FUNCTION poort.inzage_gegevens(bigint, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.inzage_gegevens(bigint, uuid) TO koppel;
