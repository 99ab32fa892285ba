-- Who asks what is known about him is told by name who printed his letters and scanned his forms (AVG art. 15, lid 1,
-- onder c; HvJ EU C-154/21), of which of those a copy can be given (lid 3), whether a person decided on a grant
-- (onder h), and that somebody has a draft about his address. What a draft says stays with who writes it: its row
-- policy shows it to nobody else. Run as bereik_eigenaar.
CREATE OR REPLACE FUNCTION poort.inzage_gegevens(p_verzoek bigint, p_persoon uuid) RETURNS jsonb
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
        'brieven', (SELECT jsonb_agg(to_jsonb(l) || jsonb_build_object('ronde', r.name, 'regeling_id', a.regeling_id,
                'verzonden_op', (SELECT min(e.occurred_at) FROM public.letters_letterevent e
                    WHERE e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden'),
                'kopie', l.first_page IS NOT NULL AND d.state = 'gemaakt' AND d.destroyed_at IS NULL,
                'drukkers', (SELECT jsonb_agg(jsonb_build_object('naam', v.name, 'op', b.released_at)
                        ORDER BY b.released_at)
                    FROM (SELECT l.part_id WHERE l.first_page IS NOT NULL
                        UNION SELECT f.part_id FROM public.letters_formerprint f WHERE f.letter_id = l.id) AS g (deel)
                    JOIN public.letters_part x ON x.id = g.deel
                    JOIN public.letters_batch b ON b.id = x.batch_id AND b.released_at IS NOT NULL
                    JOIN public.letters_vendor v ON v.id = b.vendor_id)) ORDER BY l.part_id, l.position)
            FROM public.letters_letter l JOIN public.outreach_round r ON r.id = l.round_id
            JOIN public.outreach_approach a ON a.id = l.approach_id JOIN public.letters_part d ON d.id = l.part_id
            WHERE l.household_id = ANY (v_huis)),
        'scans', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('gescand_door', v.name,
                'kopie', x.destroyed_at IS NULL) ORDER BY x.received_at, x.id)
            FROM public.letters_scan x JOIN public.letters_letter l ON l.id = x.letter_id
            JOIN public.letters_scandelivery d ON d.id = x.delivery_id
            JOIN public.letters_vendor v ON v.id = d.vendor_id
            WHERE l.household_id = ANY (v_huis)),
        'concepten', (SELECT jsonb_agg(jsonb_build_object('form', x.form, 'saved_at', x.saved_at)
                ORDER BY x.saved_at, x.id)
            FROM public.outreach_draft x WHERE x.household_id = ANY (v_huis)),
        'instructies', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.id) FROM public.outreach_safetyinstruction x
            WHERE x.household_id = ANY (v_huis) AND coalesce(x.person_id, p_persoon) = p_persoon),
        'toekenningen', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('regeling_id', a.regeling_id,
                'door_mens', x.by_person_id IS NOT NULL, 'grondslag', g.text,
                'doorgegeven_aan', u.name, 'doorgegeven_op', e.fetched_at) ORDER BY x.id)
            FROM public.letters_grant x JOIN public.outreach_approach a ON a.id = x.approach_id
            LEFT JOIN public.letters_legalbasis g ON g.id = x.legal_basis_id
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

-- What was asked by a number that lies under the seal, for one request of which the identity was checked. The worker
-- knows which those are; here they have to lie there too, so that no other request is read through this door.
CREATE FUNCTION poort.inzage_bewaard(p_verzoek bigint, p_persoon uuid, p_bewaard bigint[])
    RETURNS TABLE (soort text, ontvangen date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT r.kind, r.received_on FROM public.outreach_subjectrequest r
    JOIN blackbox.beperkt_nummer b ON b.verzoek = r.id
    WHERE r.id = ANY (p_bewaard) AND poort.inzage_open(p_verzoek, p_persoon)
    ORDER BY r.received_on, r.id
$$;
REVOKE ALL ON FUNCTION poort.inzage_bewaard(bigint, uuid, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.inzage_bewaard(bigint, uuid, bigint[]) TO koppel;
