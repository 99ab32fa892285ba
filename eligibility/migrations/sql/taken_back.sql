-- Entries of lists of opt-outs that somebody took back after the list came in: they do not count in a run any more.
-- What a later list says is a wish again.
CREATE TABLE blackbox.run_teruggenomen (
    run bigint NOT NULL,
    levering bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);
GRANT SELECT, INSERT ON blackbox.run_teruggenomen TO koppel;

CREATE OR REPLACE FUNCTION poort.runtabellen() RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT poort.staptabellen()
        || ARRAY['run_bekend', 'run_afgemeld', 'run_teruggenomen', 'run_naar_huishouden', 'run_naar_persoon'] $$;

-- What known people took back, for one regeling or for all (empty), and did not say again. As in poort.meld_af.
CREATE FUNCTION poort.teruggenomen() RETURNS TABLE (person_id uuid, regeling text, sinds timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT o.person_id, coalesce(o.regeling_id, ''), max(o.withdrawn_at)
    FROM public.optout_optout o
    WHERE o.scope IN ('alles', 'regeling')
    GROUP BY o.person_id, coalesce(o.regeling_id, '')
    HAVING bool_and(o.withdrawn_at IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION poort.teruggenomen() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.teruggenomen() TO koppel;
