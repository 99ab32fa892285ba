-- Under which keys these households and these people stand in the audit, by the subject of a line. One list for who asks
-- what was done with his data and for the privacy officer who asks who looked at a household: what the one
-- is told the other finds. Run as bereik_eigenaar.
CREATE FUNCTION poort.sleutels_over(p_huis uuid[], p_wie uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_benadering bigint[] := ARRAY(SELECT id FROM public.outreach_approach WHERE household_id = ANY (p_huis));
    v_brief uuid[] := ARRAY(SELECT id FROM public.letters_letter WHERE household_id = ANY (p_huis));
    -- Earlier print runs too: somebody may have fetched those.
    v_deel bigint[] := ARRAY(SELECT part_id FROM public.letters_letter WHERE id = ANY (v_brief)
        UNION SELECT part_id FROM public.letters_formerprint WHERE letter_id = ANY (v_brief));
    v_overdracht bigint[] := ARRAY(SELECT id FROM public.outreach_referral WHERE household_id = ANY (p_huis));
BEGIN
    RETURN jsonb_build_object(
        'persoon', p_wie, 'huishouden', p_huis || p_wie, 'benadering', v_benadering, 'brief', v_brief,
        'taak', ARRAY(SELECT id FROM public.outreach_task WHERE household_id = ANY (p_huis)),
        'deel', v_deel,
        'partij', ARRAY(SELECT DISTINCT batch_id FROM public.letters_part WHERE id = ANY (v_deel) AND batch_id IS NOT NULL),
        'intrekking', ARRAY(SELECT id FROM public.letters_recall WHERE letter_id = ANY (v_brief)),
        'aanvraag', ARRAY(SELECT id FROM public.letters_application WHERE approach_id = ANY (v_benadering)),
        'uitvoer', ARRAY(SELECT DISTINCT export_id FROM public.letters_grant
            WHERE approach_id = ANY (v_benadering) AND export_id IS NOT NULL),
        'deling', ARRAY(SELECT share_id FROM public.letters_shareline WHERE household = ANY (p_huis)),
        'scan', ARRAY(SELECT id FROM public.letters_scan WHERE letter_id = ANY (v_brief)),
        'werk', ARRAY(SELECT k.id FROM public.letters_workitem k
            LEFT JOIN public.letters_scan s ON s.id = k.scan_id
            WHERE k.household_id = ANY (p_huis) OR coalesce(k.letter_id, s.letter_id) = ANY (v_brief)),
        'overdracht', v_overdracht, 'overdracht aan een organisatie', v_overdracht,
        'veiligheidsinstructie', ARRAY(SELECT id FROM public.outreach_safetyinstruction
            WHERE household_id = ANY (p_huis) AND (person_id IS NULL OR person_id = ANY (p_wie))),
        'looplijst', ARRAY(SELECT DISTINCT looplijst_id FROM public.outreach_looplijstitem WHERE household_id = ANY (p_huis)),
        'afdruk', ARRAY(SELECT id FROM public.outreach_sheet WHERE households && p_huis),
        'verzoek van een inwoner', ARRAY(SELECT id FROM public.outreach_subjectrequest WHERE person = ANY (p_wie)),
        'verzoek tot ontzegelen', ARRAY(SELECT id FROM public.eligibility_unsealrequest WHERE person = ANY (p_wie)));
END $$;

CREATE OR REPLACE FUNCTION poort.inzage_sleutels(p_persoon uuid) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT poort.sleutels_over(
        ARRAY(SELECT household_id FROM public.outreach_householdmember WHERE person_id = p_persoon), ARRAY[p_persoon])
$$;

-- Of one household and its people, and of no other household that one of them was in. That it is asked for is written
-- down by the report itself, poort.regels_over.
CREATE FUNCTION poort.sleutels_van_huishouden(p_huis uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM poort.alleen_privacy_officer();
    RETURN poort.sleutels_over(
        ARRAY[p_huis], ARRAY(SELECT person_id FROM public.outreach_householdmember WHERE household_id = p_huis));
END $$;
REVOKE ALL ON FUNCTION poort.sleutels_over(uuid[], uuid[]), poort.sleutels_van_huishouden(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.sleutels_van_huishouden(uuid) TO web;
