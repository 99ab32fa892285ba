SET LOCAL ROLE bereik_eigenaar;
-- Registers the opt-outs of one optout delivery on people who came out before. The worker gives the people
-- with their pseudonyms under the key of that delivery, and since when the list speaks: who took a wish back
-- after that is left alone. Returns who was registered now. The trigger `spiegel_nieuw` writes it on the person.
CREATE OR REPLACE FUNCTION poort.meld_af(p_levering bigint, p_sinds timestamptz, p_personen uuid[], p_bsn bytea[])
    RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_geraakt uuid[];
    v_nieuw uuid[];
BEGIN
    SELECT array_agg(DISTINCT g.person_id) INTO v_geraakt
        FROM unnest(p_personen, p_bsn) AS g (person_id, bsn)
        JOIN blackbox.afmelding a ON a.levering = p_levering AND a.bsn = g.bsn;
    -- First the lock, then the look: see poort.weiger_contact.
    PERFORM 1 FROM public.outreach_person WHERE id = ANY (v_geraakt) ORDER BY id FOR UPDATE;

    WITH wens AS (
        SELECT DISTINCT g.person_id, NULLIF(a.regeling, '') AS regeling
        FROM unnest(p_personen, p_bsn) AS g (person_id, bsn)
        JOIN blackbox.afmelding a ON a.levering = p_levering AND a.bsn = g.bsn
    ),
    gemaakt AS (
        INSERT INTO public.optout_optout (person_id, scope, regeling_id, channel)
        SELECT w.person_id, CASE WHEN w.regeling IS NULL THEN 'alles' ELSE 'regeling' END, w.regeling, 'levering'
        FROM wens w
        WHERE NOT EXISTS (
            SELECT FROM public.optout_optout o
            WHERE o.person_id = w.person_id AND o.scope IN ('alles', 'regeling')
                AND o.regeling_id IS NOT DISTINCT FROM w.regeling
                AND (o.withdrawn_at IS NULL OR o.withdrawn_at >= p_sinds)
        )
        ON CONFLICT DO NOTHING
        RETURNING person_id
    )
    SELECT array_agg(DISTINCT person_id) INTO v_nieuw FROM gemaakt;

    RETURN QUERY SELECT unnest(v_nieuw);
END $$;
RESET ROLE;
