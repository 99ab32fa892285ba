-- Wishes of which the BSN was typed, under the seal: they hold for who did not come out yet as well, and for every
-- cycle. Logged: they have to outlive a crash, and the person who said it.
CREATE TABLE blackbox.getypte_wens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    zegel bytea NOT NULL,
    scope text NOT NULL,
    regeling text,
    kanaal text NOT NULL,
    door bigint NOT NULL,
    gemeld_op timestamptz NOT NULL
);
-- Who got another BSN. Lists still come with the old one.
CREATE TABLE blackbox.opvolger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    oud bytea NOT NULL,
    nieuw bytea NOT NULL
);
ALTER TABLE blackbox.getypte_wens ALTER COLUMN zegel SET STATISTICS 0;
ALTER TABLE blackbox.opvolger ALTER COLUMN oud SET STATISTICS 0, ALTER COLUMN nieuw SET STATISTICS 0;
GRANT SELECT ON blackbox.getypte_wens, blackbox.opvolger TO koppel;

-- What was typed and waits for the worker.
CREATE FUNCTION poort.getypte_wensen() RETURNS TABLE (wens bigint, soort text, versleuteld bytea, sleutel text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT t.id, t.kind, t.sealed, t.key_name FROM public.optout_typedwish t WHERE t.settled_at IS NULL ORDER BY t.id
$$;

-- A stored wish on who is known by now. Who took it back after it was said is left alone. Whether it is new.
CREATE FUNCTION poort.pas_wens_toe(p_wens bigint, p_persoon uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    -- First the lock, then the look: see poort.weiger_contact.
    PERFORM 1 FROM public.outreach_person WHERE id = p_persoon FOR UPDATE;
    INSERT INTO public.optout_optout (person_id, scope, regeling_id, channel, registered_by_id)
        SELECT p_persoon, w.scope, w.regeling, w.kanaal, w.door
        FROM blackbox.getypte_wens w
        WHERE w.id = p_wens AND NOT EXISTS (
            SELECT FROM public.optout_optout o
            WHERE o.person_id = p_persoon AND o.scope = w.scope AND o.regeling_id IS NOT DISTINCT FROM w.regeling
                AND (o.withdrawn_at IS NULL OR o.withdrawn_at >= w.gemeld_op)
        )
        ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- Settles an opt-out or its withdrawal: under the seal, and on the person when he came out before. `p_weg` are the
-- stored wishes of the same number. The typed number is gone afterwards. Whether it was still to be done.
CREATE FUNCTION poort.verwerk_wens(p_typed bigint, p_zegel bytea, p_persoon uuid, p_weg bigint[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    t public.optout_typedwish;
    v_wens bigint;
BEGIN
    SELECT * INTO t FROM public.optout_typedwish WHERE id = p_typed AND settled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR t.kind NOT IN ('afmelden', 'intrekken') THEN
        RETURN false;
    END IF;
    DELETE FROM blackbox.getypte_wens w
        WHERE w.id = ANY (p_weg) AND w.scope = t.scope AND w.regeling IS NOT DISTINCT FROM t.regeling_id;
    IF t.kind = 'afmelden' THEN
        INSERT INTO blackbox.getypte_wens (zegel, scope, regeling, kanaal, door, gemeld_op)
            VALUES (p_zegel, t.scope, t.regeling_id, t.channel, t.registered_by_id, t.registered_at)
            RETURNING id INTO v_wens;
        IF p_persoon IS NOT NULL THEN
            PERFORM poort.pas_wens_toe(v_wens, p_persoon);
        END IF;
    ELSE
        PERFORM 1 FROM public.outreach_person WHERE id = p_persoon FOR UPDATE;
        UPDATE public.optout_optout o SET withdrawn_at = pg_catalog.now(), withdrawn_by_id = t.registered_by_id
            WHERE o.person_id = p_persoon AND o.scope = t.scope AND o.withdrawn_at IS NULL
                AND o.regeling_id IS NOT DISTINCT FROM t.regeling_id;
    END IF;
    UPDATE public.optout_typedwish SET settled_at = pg_catalog.now(), sealed = NULL WHERE id = p_typed;
    RETURN true;
END $$;

-- Settles that somebody got another BSN. Who is known by the old one alone keeps his row under the new seal; of two
-- rows the new one gets the wishes of the old one. `p_wensen` are the stored wishes of the old number.
CREATE FUNCTION poort.verwerk_opvolger(p_typed bigint, p_oud bytea, p_nieuw bytea, p_oude_persoon uuid,
        p_nieuwe_persoon uuid, p_wensen bigint[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM 1 FROM public.optout_typedwish
        WHERE id = p_typed AND settled_at IS NULL AND kind = 'opvolger' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO blackbox.opvolger (oud, nieuw) VALUES (p_oud, p_nieuw);
    INSERT INTO blackbox.getypte_wens (zegel, scope, regeling, kanaal, door, gemeld_op)
        SELECT p_nieuw, w.scope, w.regeling, w.kanaal, w.door, w.gemeld_op
        FROM blackbox.getypte_wens w WHERE w.id = ANY (p_wensen);
    IF p_nieuwe_persoon IS NULL THEN
        UPDATE blackbox.bekende_persoon SET zegel = p_nieuw WHERE person_id = p_oude_persoon;
    ELSE
        PERFORM 1 FROM public.outreach_person WHERE id IN (p_oude_persoon, p_nieuwe_persoon) ORDER BY id FOR UPDATE;
        INSERT INTO public.optout_optout (person_id, scope, regeling_id, channel, registered_by_id)
            SELECT p_nieuwe_persoon, o.scope, o.regeling_id, o.channel, o.registered_by_id
            FROM public.optout_optout o WHERE o.person_id = p_oude_persoon AND o.withdrawn_at IS NULL
            ON CONFLICT DO NOTHING;
        PERFORM poort.pas_wens_toe(w, p_nieuwe_persoon) FROM unnest(p_wensen) AS w;
    END IF;
    UPDATE public.optout_typedwish SET settled_at = pg_catalog.now(), sealed = NULL WHERE id = p_typed;
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION poort.getypte_wensen(), poort.pas_wens_toe(bigint, uuid),
    poort.verwerk_wens(bigint, bytea, uuid, bigint[]),
    poort.verwerk_opvolger(bigint, bytea, bytea, uuid, uuid, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.getypte_wensen(), poort.pas_wens_toe(bigint, uuid),
    poort.verwerk_wens(bigint, bytea, uuid, bigint[]),
    poort.verwerk_opvolger(bigint, bytea, bytea, uuid, uuid, bigint[]) TO koppel;
