-- The way out of the black box: the one function that writes people into the casework, and the register of
-- who came out before.
--
-- Run once, by a migration, as bereik_eigenaar, after schema.sql. What leaves is in poort.overdracht, column by
-- column; a test holds that list. No BSN, no pseudonym, no source and no ground is in it.

---------------------------------------------------------------------------------------------------------
-- Who came out before
---------------------------------------------------------------------------------------------------------

-- A person of the casework and the sealed BSN. Logged, because it has to outlive a crash: without it the same
-- inhabitant would come out as somebody new. The key of the seal is in the key folder of the worker.
CREATE TABLE blackbox.bekende_persoon (
    person_id uuid PRIMARY KEY,
    zegel bytea NOT NULL
);
ALTER TABLE blackbox.bekende_persoon ALTER COLUMN zegel SET STATISTICS 0;

-- The same people under the key of the cycle of one run; the worker opens the seals at the start of a run.
CREATE TABLE blackbox.run_bekend (
    run bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    person_id uuid NOT NULL
) PARTITION BY LIST (run);

-- Those of them who said that they do not want to be approached: for one regeling, or for all (empty). It has
-- the shape of an optout delivery, and counts as one.
CREATE TABLE blackbox.run_afgemeld (
    run bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- Which row of the casework a household and a person of a run become.
CREATE TABLE blackbox.run_naar_huishouden (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    household_id uuid NOT NULL
) PARTITION BY LIST (run);

CREATE TABLE blackbox.run_naar_persoon (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    persoon integer NOT NULL,
    person_id uuid NOT NULL,
    volwassen boolean NOT NULL,
    nieuw boolean NOT NULL
) PARTITION BY LIST (run);

GRANT SELECT, INSERT ON blackbox.run_bekend, blackbox.run_afgemeld TO koppel;

-- The tables that poort.maak_run makes partitions of: those of schema.sql and the four above.
ALTER FUNCTION poort.runtabellen() RENAME TO staptabellen;
CREATE FUNCTION poort.runtabellen() RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT poort.staptabellen()
        || ARRAY['run_bekend', 'run_afgemeld', 'run_naar_huishouden', 'run_naar_persoon'] $$;

-- Everyone who came out before, with what they asked not to be approached for ('' is: for anything).
-- The casework itself stays closed to koppel.
CREATE FUNCTION poort.bekende_personen()
    RETURNS TABLE (person_id uuid, zegel bytea, afgemeld_voor text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT b.person_id, b.zegel,
        (CASE WHEN p.no_contact THEN ARRAY[''] ELSE ARRAY[]::text[] END) || p.no_contact_for::text[]
    FROM blackbox.bekende_persoon b
    JOIN public.outreach_person p ON p.id = b.person_id
$$;

---------------------------------------------------------------------------------------------------------
-- Out
---------------------------------------------------------------------------------------------------------

-- Writes the outcome of a finished run into the casework and returns the number of households. A second call
-- for the same handover does nothing and returns 0. Someone who came out before keeps the same row, with the
-- name of today. The caller's transaction makes it all or nothing.
--
-- Names and addresses are cut to the width of the casework, which is that of the LO BRP or wider; a longer
-- value in a file must not stop a whole town.
CREATE FUNCTION poort.overdracht(p_run bigint, p_handover bigint, p_peildatum date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_bevolking bigint;
    v_huishoudens bigint;
BEGIN
    -- After a crash of the server the tables of a run are empty, which is not an outcome.
    IF NOT EXISTS (SELECT FROM blackbox.run_merk WHERE run = p_run) THEN
        RAISE EXCEPTION 'de tabellen van deze koppeling zijn er niet' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT l.levering INTO STRICT v_bevolking
        FROM blackbox.run_levering l
        JOIN blackbox.levering_merk m ON m.levering = l.levering
        WHERE l.run = p_run AND l.bron IN ('brp', 'gba_v');

    INSERT INTO public.outreach_handover (id, peildatum, handed_over_at)
        VALUES (p_handover, p_peildatum, pg_catalog.now()) ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;

    INSERT INTO blackbox.run_naar_huishouden (run, huishouden, household_id)
        SELECT p_run, k.huishouden, gen_random_uuid()
        FROM (SELECT DISTINCT huishouden FROM blackbox.run_kandidaat WHERE run = p_run) AS k;
    GET DIAGNOSTICS v_huishoudens = ROW_COUNT;
    PERFORM poort.analyseer('run_naar_huishouden', p_run);

    INSERT INTO blackbox.run_naar_persoon (run, huishouden, persoon, person_id, volwassen, nieuw)
        SELECT p_run, m.huishouden, m.persoon, COALESCE(b.person_id, gen_random_uuid()), m.volwassen,
            b.person_id IS NULL
        FROM blackbox.run_naar_huishouden h
        JOIN blackbox.run_lid m ON m.run = p_run AND m.huishouden = h.huishouden
        LEFT JOIN blackbox.run_bekend b ON b.run = p_run AND b.bsn = m.bsn
        WHERE h.run = p_run;
    PERFORM poort.analyseer('run_naar_persoon', p_run);

    PERFORM poort.draag_personen_over(p_run, v_bevolking);
    PERFORM poort.draag_huishoudens_over(p_run, p_handover, v_bevolking);
    -- The pages read these tables at once; before PostgreSQL 17 only their owner can do this, or autovacuum.
    IF current_setting('server_version_num')::integer >= 170000 THEN
        ANALYZE public.outreach_person, public.outreach_household, public.outreach_householdmember,
            public.outreach_candidacy, public.outreach_candidacy_persons;
    END IF;
    RETURN v_huishoudens;
END $$;

-- Two halves of poort.overdracht; no doors of their own.
CREATE FUNCTION poort.draag_personen_over(p_run bigint, p_bevolking bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    UPDATE public.outreach_person p SET
        given_names = left(i.voornamen, 200),
        prefix = left(i.voorvoegsel, 20),
        family_name = left(i.geslachtsnaam, 200),
        name_usage = i.naamgebruik,
        partner_prefix = left(i.voorvoegsel_partner, 20),
        partner_family_name = left(i.geslachtsnaam_partner, 200),
        sex = i.geslacht,
        birth_date = i.geboortedatum
    FROM blackbox.run_naar_persoon n
    JOIN blackbox.inwoner i ON i.levering = p_bevolking AND i.regel = n.persoon
    WHERE n.run = p_run AND NOT n.nieuw AND p.id = n.person_id;

    INSERT INTO public.outreach_person (id, given_names, prefix, family_name, name_usage, partner_prefix,
            partner_family_name, sex, birth_date, no_contact, no_contact_for)
        SELECT n.person_id, left(i.voornamen, 200), left(i.voorvoegsel, 20), left(i.geslachtsnaam, 200),
            i.naamgebruik, left(i.voorvoegsel_partner, 20), left(i.geslachtsnaam_partner, 200), i.geslacht,
            i.geboortedatum, false, ARRAY[]::varchar[]
        FROM blackbox.run_naar_persoon n
        JOIN blackbox.inwoner i ON i.levering = p_bevolking AND i.regel = n.persoon
        WHERE n.run = p_run AND n.nieuw;

    INSERT INTO blackbox.bekende_persoon (person_id, zegel)
        SELECT n.person_id, i.zegel
        FROM blackbox.run_naar_persoon n
        JOIN blackbox.inwoner i ON i.levering = p_bevolking AND i.regel = n.persoon
        WHERE n.run = p_run AND n.nieuw;
END $$;

-- A household has the address of its addressee, and is confidential as soon as one of its members is.
CREATE FUNCTION poort.draag_huishoudens_over(p_run bigint, p_handover bigint, p_bevolking bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    INSERT INTO public.outreach_household (id, handover_id, street, house_number, house_letter, house_suffix,
            postcode, city, address_function, buurt_code, confidential, institution)
        SELECT h.household_id, p_handover, left(a.straat, 100), a.huisnummer::integer, left(a.huisletter, 10),
            left(a.toevoeging, 20), a.postcode, left(a.woonplaats, 100), a.functie_adres, left(a.buurtcode, 10),
            g.geheim, o.instelling
        FROM blackbox.run_naar_huishouden h
        JOIN blackbox.inwoner a ON a.levering = p_bevolking AND a.regel = h.huishouden
        JOIN blackbox.run_huishouden o ON o.run = p_run AND o.huishouden = h.huishouden
        JOIN (
            SELECT n.huishouden, bool_or(i.geheim NOT IN ('', '0')) AS geheim
            FROM blackbox.run_naar_persoon n
            JOIN blackbox.inwoner i ON i.levering = p_bevolking AND i.regel = n.persoon
            WHERE n.run = p_run
            GROUP BY n.huishouden
        ) AS g ON g.huishouden = h.huishouden
        WHERE h.run = p_run;

    INSERT INTO public.outreach_householdmember (household_id, person_id, adult, addressee)
        SELECT h.household_id, n.person_id, n.volwassen, n.persoon = n.huishouden
        FROM blackbox.run_naar_persoon n
        JOIN blackbox.run_naar_huishouden h ON h.run = p_run AND h.huishouden = n.huishouden
        WHERE n.run = p_run;

    INSERT INTO public.outreach_candidacy (household_id, regeling_id, klasse, mode)
        SELECT h.household_id, k.regeling, k.klasse, k.wijze
        FROM blackbox.run_kandidaat k
        JOIN blackbox.run_naar_huishouden h ON h.run = p_run AND h.huishouden = k.huishouden
        WHERE k.run = p_run;

    INSERT INTO public.outreach_candidacy_persons (candidacy_id, person_id)
        SELECT c.id, n.person_id
        FROM blackbox.run_kandidaat_persoon k
        JOIN blackbox.run_naar_huishouden h ON h.run = p_run AND h.huishouden = k.huishouden
        JOIN blackbox.run_naar_persoon n ON n.run = p_run AND n.persoon = k.persoon
        JOIN public.outreach_candidacy c ON c.household_id = h.household_id AND c.regeling_id = k.regeling
        WHERE k.run = p_run;
END $$;

---------------------------------------------------------------------------------------------------------
-- Opt-outs that came as a list
---------------------------------------------------------------------------------------------------------

-- Registers the opt-outs of one optout delivery on people who came out before. The worker gives the people
-- with their pseudonyms under the key of that delivery, and since when the list speaks: who took a wish back
-- after that is left alone. Returns who was registered now.
CREATE FUNCTION poort.meld_af(p_levering bigint, p_sinds timestamptz, p_personen uuid[], p_bsn bytea[])
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
        INSERT INTO public.optout_optout (person_id, regeling_id, channel)
        SELECT w.person_id, w.regeling, 'levering'
        FROM wens w
        WHERE NOT EXISTS (
            SELECT FROM public.optout_optout o
            WHERE o.person_id = w.person_id AND o.regeling_id IS NOT DISTINCT FROM w.regeling
                AND (o.withdrawn_at IS NULL OR o.withdrawn_at >= p_sinds)
        )
        ON CONFLICT DO NOTHING
        RETURNING person_id
    )
    SELECT array_agg(DISTINCT person_id) INTO v_nieuw FROM gemaakt;

    UPDATE public.outreach_person p SET
        no_contact = EXISTS (
            SELECT FROM public.optout_optout o
            WHERE o.person_id = p.id AND o.withdrawn_at IS NULL AND o.regeling_id IS NULL
        ),
        no_contact_for = ARRAY(
            SELECT o.regeling_id FROM public.optout_optout o
            WHERE o.person_id = p.id AND o.withdrawn_at IS NULL AND o.regeling_id IS NOT NULL
            ORDER BY o.regeling_id
        )
    WHERE p.id = ANY (v_nieuw);
    RETURN QUERY SELECT unnest(v_nieuw);
END $$;

REVOKE ALL ON FUNCTION poort.runtabellen(), poort.bekende_personen(), poort.overdracht(bigint, bigint, date),
    poort.draag_personen_over(bigint, bigint), poort.draag_huishoudens_over(bigint, bigint, bigint),
    poort.meld_af(bigint, timestamptz, uuid[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.bekende_personen(), poort.overdracht(bigint, bigint, date),
    poort.meld_af(bigint, timestamptz, uuid[], bytea[]) TO koppel;
