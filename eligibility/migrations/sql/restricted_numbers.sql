-- Who asked for restriction or objected by his BSN and never came out of a koppeling: his number under the seal, for as
-- long as that holds. Logged: it has to outlive a crash. Run as bereik_eigenaar.
CREATE TABLE blackbox.beperkt_nummer (
    verzoek bigint PRIMARY KEY,
    zegel bytea NOT NULL
);
ALTER TABLE blackbox.beperkt_nummer ALTER COLUMN zegel SET STATISTICS 0;
GRANT SELECT ON blackbox.beperkt_nummer TO koppel;

-- The typed number goes, and stays under the seal when the request restricts. Whether there was one.
CREATE FUNCTION poort.verzoek_bewaard(p_verzoek bigint, p_zegel bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    PERFORM 1 FROM public.outreach_subjectrequest WHERE id = p_verzoek FOR UPDATE;
    DELETE FROM public.outreach_subjectnumber WHERE request_id = p_verzoek;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO blackbox.beperkt_nummer (verzoek, zegel)
        SELECT r.id, p_zegel FROM public.outreach_subjectrequest r
        WHERE r.id = p_verzoek AND r.kind IN ('beperking', 'bezwaar') AND r.state <> 'afgewezen'
            AND r.lifted_at IS NULL AND r.person IS NULL;
    RETURN true;
END $$;

-- Whose request it is, once he is known: from then on his own row says that he is restricted.
CREATE FUNCTION poort.verzoek_herkend(p_verzoek bigint, p_persoon uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    UPDATE public.outreach_subjectrequest r SET person = p_persoon
    WHERE r.id = p_verzoek AND r.person IS NULL
        AND EXISTS (SELECT FROM blackbox.beperkt_nummer b WHERE b.verzoek = r.id)
$$;

-- What does not restrict any more, or stands on a person by now, needs no number.
CREATE FUNCTION poort.vergeet_beperkt_nummer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    DELETE FROM blackbox.beperkt_nummer b USING nieuw n
        WHERE b.verzoek = n.id AND (n.state = 'afgewezen' OR n.lifted_at IS NOT NULL OR n.person IS NOT NULL);
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION poort.verzoek_bewaard(bigint, bytea), poort.verzoek_herkend(bigint, uuid),
    poort.vergeet_beperkt_nummer() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.verzoek_bewaard(bigint, bytea), poort.verzoek_herkend(bigint, uuid) TO koppel;
