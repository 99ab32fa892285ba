-- An address that becomes protected (geheim) closes everywhere it stands in the casework, also where an earlier
-- koppeling brought it. A household is never opened again by itself: whom it was kept from may have moved in beside.
--
-- Run once, by a migration, as bereik_eigenaar, after facts.sql. The two doors stay the same: each does what it
-- did and closes after that. Nothing crosses but that a household is protected now.

-- Closes the households of those of these people who are protected by one population delivery, whenever they
-- came out. The worker gives people with their pseudonyms under its key.
CREATE FUNCTION poort.sluit_geheim(p_levering bigint, p_personen uuid[], p_bsn bytea[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_welke uuid[];
BEGIN
    SELECT array_agg(DISTINCT h.id) INTO v_welke
    FROM unnest(p_personen, p_bsn) AS g (person_id, bsn)
    JOIN blackbox.inwoner i ON i.levering = p_levering AND i.bsn = g.bsn AND i.geheim NOT IN ('', '0')
    JOIN public.outreach_householdmember m ON m.person_id = g.person_id
    JOIN public.outreach_household h ON h.id = m.household_id AND NOT h.confidential;
    -- After the people, never before, and in the order of their ids.
    PERFORM 1 FROM public.outreach_household WHERE id = ANY (v_welke) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.outreach_household p SET
        confidential = true
    WHERE p.id = ANY (v_welke);
END $$;

ALTER FUNCTION poort.vertel_bevolking(bigint, text, uuid[], bytea[]) RENAME TO vertel_vertrek;
ALTER FUNCTION poort.vertel_vertrek(bigint, text, uuid[], bytea[]) SECURITY INVOKER;
REVOKE ALL ON FUNCTION poort.vertel_vertrek(bigint, text, uuid[], bytea[]) FROM koppel;

-- Who died, left or became protected, by one population delivery. Returns who died, left or came back.
CREATE FUNCTION poort.vertel_bevolking(p_levering bigint, p_gemeentecode text, p_personen uuid[], p_bsn bytea[])
    RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN QUERY SELECT v FROM poort.vertel_vertrek(p_levering, p_gemeentecode, p_personen, p_bsn) AS v;
    PERFORM poort.sluit_geheim(p_levering, p_personen, p_bsn);
END $$;

ALTER FUNCTION poort.draag_huishoudens_over(bigint, bigint, bigint) RENAME TO schrijf_huishoudens;

-- The households of a run, and the older ones of whoever the population of this run protects.
CREATE FUNCTION poort.draag_huishoudens_over(p_run bigint, p_handover bigint, p_bevolking bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_personen uuid[];
    v_bsn bytea[];
BEGIN
    PERFORM poort.schrijf_huishoudens(p_run, p_handover, p_bevolking);
    SELECT array_agg(b.person_id), array_agg(b.bsn) INTO v_personen, v_bsn
        FROM blackbox.run_bekend b
        JOIN blackbox.inwoner i ON i.levering = p_bevolking AND i.bsn = b.bsn AND i.geheim NOT IN ('', '0')
        WHERE b.run = p_run;
    PERFORM poort.sluit_geheim(p_bevolking, v_personen, v_bsn);
END $$;

REVOKE ALL ON FUNCTION poort.sluit_geheim(bigint, uuid[], bytea[]),
    poort.vertel_bevolking(bigint, text, uuid[], bytea[]),
    poort.draag_huishoudens_over(bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.vertel_bevolking(bigint, text, uuid[], bytea[]) TO koppel;
