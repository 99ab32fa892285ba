-- What newer deliveries say of people who came out before. Two doors that each change one column: whether a person
-- is still where he was found, and whether an approach is still needed. Why never crosses: no bron, no BSN, no day.
--
-- Run once, by a migration, as bereik_eigenaar. Each call says anew what holds, so a call that is done twice
-- changes nothing, and what is no longer so is taken back.

-- Who died or left, by one population delivery: the worker gives people with their pseudonyms under its key. A
-- person is where he was found when the delivery has him, alive and in this municipality, at the address of the
-- newest household he came out with. Returns whose fact changed.
CREATE FUNCTION poort.vertel_bevolking(p_levering bigint, p_gemeentecode text, p_personen uuid[], p_bsn bytea[])
    RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_wie uuid[];
    v_waarom text[];
BEGIN
    -- After a crash of the server the rows are gone, which does not mean that everybody left.
    IF NOT EXISTS (SELECT FROM blackbox.levering_merk WHERE levering = p_levering) THEN
        RAISE EXCEPTION 'de regels van deze levering zijn er niet' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT array_agg(n.id ORDER BY n.id), array_agg(n.wordt ORDER BY n.id) INTO v_wie, v_waarom
    FROM (
        SELECT p.id, p.departed AS was,
            CASE
                WHEN i.bsn IS NULL THEN 'verhuisd'
                WHEN i.overlijdensdatum <> '' OR i.opschorting = 'O' THEN 'overleden'
                WHEN i.opschorting <> '' OR i.gemeentecode <> p_gemeentecode
                    OR (i.postcode, i.huisnummer, left(i.huisletter, 10), left(i.toevoeging, 20))
                        IS DISTINCT FROM (h.postcode, h.house_number::text, h.house_letter, h.house_suffix)
                    THEN 'verhuisd'
                ELSE ''
            END AS wordt
        FROM unnest(p_personen, p_bsn) AS g (person_id, bsn)
        JOIN blackbox.bekende_persoon b ON b.person_id = g.person_id
        JOIN public.outreach_person p ON p.id = g.person_id
        JOIN LATERAL (
            SELECT w.postcode, w.house_number, w.house_letter, w.house_suffix
            FROM public.outreach_householdmember m
            JOIN public.outreach_household w ON w.id = m.household_id
            WHERE m.person_id = p.id
            ORDER BY w.handover_id DESC
            LIMIT 1
        ) AS h ON true
        LEFT JOIN blackbox.inwoner i ON i.levering = p_levering AND i.bsn = g.bsn
    ) AS n
    WHERE n.was <> n.wordt;
    -- Who releases a letter at this moment holds these people, in the same order: see poort.weiger_contact.
    PERFORM 1 FROM public.outreach_person WHERE id = ANY (v_wie) ORDER BY id FOR UPDATE;
    RETURN QUERY
        UPDATE public.outreach_person p SET
            departed = n.waarom
        FROM unnest(v_wie, v_waarom) AS n (id, waarom)
        WHERE p.id = n.id
        RETURNING p.id;
END $$;

-- Which approaches for one regeling are not needed any more: the household has it, or one of its adults came out
-- with a newer household at another address. The worker gives what the newest client files say of people who came
-- out: the year, on whose BSN it stands, for which child, and whether it was for a child at all. The rules are
-- those of a koppeling (16_heeft_al.sql), with the years counted from the peildatum of each handover. Returns the
-- approaches that changed.
CREATE FUNCTION poort.vertel_heeft_al(p_regeling text, p_jaren_terug integer, p_jaren integer[], p_personen uuid[],
        p_kinderen uuid[], p_voor_kind boolean[])
    RETURNS SETOF bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_per_kind boolean;
    v_welke bigint[];
    v_wordt boolean[];
BEGIN
    SELECT per_child INTO STRICT v_per_kind FROM public.outreach_regeling WHERE code = p_regeling;
    WITH rij AS MATERIALIZED (
        SELECT DISTINCT jaar, person_id, kind_id, voor_kind
        FROM unnest(p_jaren, p_personen, p_kinderen, p_voor_kind) AS r (jaar, person_id, kind_id, voor_kind)
    ),
    benadering AS MATERIALIZED (
        SELECT a.id, a.lapsed, a.household_id, extract(year FROM o.peildatum)::integer AS jaar,
            h.handover_id, h.postcode, h.house_number, h.house_letter, h.house_suffix
        FROM public.outreach_approach a
        JOIN public.outreach_household h ON h.id = a.household_id
        JOIN public.outreach_handover o ON o.id = h.handover_id
        WHERE a.regeling_id = p_regeling
    ),
    volwassene AS MATERIALIZED (
        SELECT b.id, b.jaar, m.person_id, b.handover_id, b.postcode, b.house_number, b.house_letter, b.house_suffix
        FROM benadering b
        JOIN public.outreach_householdmember m ON m.household_id = b.household_id AND m.adult
    ),
    -- On an adult of the household: for all of it, or without a child named for every child of it.
    op_volwassene AS (
        SELECT DISTINCT v.id
        FROM volwassene v
        JOIN rij r ON r.person_id = v.person_id AND r.jaar BETWEEN v.jaar - p_jaren_terug AND v.jaar
        WHERE NOT (v_per_kind AND r.voor_kind)
    ),
    elk_kind AS (
        SELECT b.id
        FROM benadering b
        JOIN public.outreach_candidacy c ON c.household_id = b.household_id AND c.regeling_id = p_regeling
        JOIN public.outreach_candidacy_persons k ON k.candidacy_id = c.id
        WHERE v_per_kind
        GROUP BY b.id
        HAVING bool_and(EXISTS (
            SELECT FROM rij r
            WHERE r.kind_id = k.person_id AND r.jaar BETWEEN b.jaar - p_jaren_terug AND b.jaar
        ))
    ),
    elders AS (
        SELECT DISTINCT v.id
        FROM volwassene v
        JOIN public.outreach_householdmember m ON m.person_id = v.person_id
        JOIN public.outreach_household n ON n.id = m.household_id AND n.handover_id > v.handover_id
        WHERE (n.postcode, n.house_number, n.house_letter, n.house_suffix)
            IS DISTINCT FROM (v.postcode, v.house_number, v.house_letter, v.house_suffix)
    ),
    vervallen AS (
        SELECT id FROM op_volwassene UNION SELECT id FROM elk_kind UNION SELECT id FROM elders
    )
    SELECT array_agg(b.id ORDER BY b.id), array_agg(v.id IS NOT NULL ORDER BY b.id) INTO v_welke, v_wordt
    FROM benadering b
    LEFT JOIN vervallen v ON v.id = b.id
    WHERE b.lapsed <> (v.id IS NOT NULL);

    PERFORM 1 FROM public.outreach_approach WHERE id = ANY (v_welke) ORDER BY id FOR UPDATE;
    RETURN QUERY
        UPDATE public.outreach_approach p SET
            lapsed = n.wordt
        FROM unnest(v_welke, v_wordt) AS n (id, wordt)
        WHERE p.id = n.id
        RETURNING p.id;
END $$;

-- The number of the newest approach: a round that was made since has approaches of which nothing was told yet.
CREATE FUNCTION poort.laatste_benadering() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT coalesce(max(id), 0) FROM public.outreach_approach $$;

REVOKE ALL ON FUNCTION poort.laatste_benadering(), poort.vertel_bevolking(bigint, text, uuid[], bytea[]),
    poort.vertel_heeft_al(text, integer, integer[], uuid[], uuid[], boolean[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.laatste_benadering(), poort.vertel_bevolking(bigint, text, uuid[], bytea[]),
    poort.vertel_heeft_al(text, integer, integer[], uuid[], uuid[], boolean[]) TO koppel;
