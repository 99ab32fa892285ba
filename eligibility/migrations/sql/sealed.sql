-- Why people came out of a koppeling, sealed: one row per person who came out, under a key of that koppeling that only
-- the worker can unwrap. Run as bereik_eigenaar.
--
-- Logged, unlike the other rows about people: a reason has to outlive a crash, until the term to object is over. What
-- is in the WAL and in backups is closed for good once the key is destroyed. The rows of one koppeling go with DROP.
CREATE TABLE blackbox.verzegeld (
    run bigint NOT NULL,
    person_id uuid NOT NULL,
    inhoud bytea NOT NULL
) PARTITION BY LIST (run);
GRANT SELECT, INSERT ON blackbox.verzegeld TO koppel;

-- An empty partition for the reasons of one koppeling. In the transaction of the handover.
CREATE FUNCTION poort.maak_verzegeld(p_run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
    AS $$
DECLARE
    v_deel text := 'verzegeld_' || p_run;
BEGIN
    IF p_run IS NULL THEN
        RAISE EXCEPTION 'geen nummer' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM poort.laat_vallen(ARRAY['verzegeld'], p_run);
    EXECUTE format('CREATE TABLE blackbox.%I (LIKE blackbox.verzegeld, PRIMARY KEY (person_id))', v_deel);
    EXECUTE format('ALTER TABLE blackbox.%I ALTER COLUMN person_id SET STATISTICS 0,'
                   ' ALTER COLUMN inhoud SET STATISTICS 0, ALTER COLUMN inhoud SET STORAGE EXTERNAL', v_deel);
    EXECUTE format('ALTER TABLE blackbox.verzegeld ATTACH PARTITION blackbox.%I FOR VALUES IN (%s)', v_deel, p_run);
    EXECUTE format('GRANT SELECT ON blackbox.%I TO koppel', v_deel);
END $$;

-- Destroys the reasons of one koppeling. Fails with lock_not_available while another session uses them.
CREATE FUNCTION poort.vernietig_verzegeld(p_run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
    AS $$
BEGIN
    PERFORM poort.laat_vallen(ARRAY['verzegeld'], p_run);
END $$;

-- Of whom a reason can be asked: the people of one household, without a name, and whether something lies sealed. For
-- the privacy officer alone; that he looked is in the audit.
CREATE FUNCTION poort.mensen_van(p_huishouden uuid)
    RETURNS TABLE (persoon uuid, koppeling bigint, peildatum date, geboren text, volwassen boolean, verzegeld boolean)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM poort.alleen_privacy_officer();
    INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids)
        VALUES ('huishouden_ingezien', 'huishouden', ARRAY[p_huishouden::text]);
    RETURN QUERY
        SELECT p.id, h.handover_id, o.peildatum, p.birth_date::text, m.adult,
            EXISTS (SELECT FROM blackbox.verzegeld v WHERE v.run = h.handover_id AND v.person_id = p.id)
        FROM public.outreach_household h
        JOIN public.outreach_handover o ON o.id = h.handover_id
        JOIN public.outreach_householdmember m ON m.household_id = h.id
        JOIN public.outreach_person p ON p.id = m.person_id
        WHERE h.id = p_huishouden
        ORDER BY NOT m.adult, p.birth_date, p.id;
END $$;

-- What nobody gets round: there is a seal, what was asked stays as it was asked, and the worker alone opens.
CREATE FUNCTION poort.bewaak_ontzegelen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM blackbox.verzegeld v WHERE v.run = NEW.run_id AND v.person_id = NEW.person) THEN
            RAISE EXCEPTION 'nothing lies sealed about this person in this koppeling'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'geen_zegel';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.person, NEW.run_id, NEW.reason, NEW.asked_by_id, NEW.recipient)
       IS DISTINCT FROM (OLD.person, OLD.run_id, OLD.reason, OLD.asked_by_id, OLD.recipient)
       OR OLD.adviser_id IS NOT NULL AND NEW.adviser_id IS DISTINCT FROM OLD.adviser_id THEN
        RAISE EXCEPTION 'what was asked and decided stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'verzoek_ligt_vast';
    END IF;
    IF NEW.state <> OLD.state AND (NEW.state IN ('geopend', 'verlopen', 'mislukt')) <> (session_user <> 'web') THEN
        RAISE EXCEPTION 'the worker opens and closes, people ask and decide'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'werker_opent';
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION poort.maak_verzegeld(bigint), poort.vernietig_verzegeld(bigint), poort.mensen_van(uuid),
    poort.bewaak_ontzegelen() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.maak_verzegeld(bigint), poort.vernietig_verzegeld(bigint) TO koppel;
GRANT EXECUTE ON FUNCTION poort.mensen_van(uuid) TO web;
