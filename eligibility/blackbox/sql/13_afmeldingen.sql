-- Households with an adult who does not want to be approached, for one regeling or for all (empty): who stands in
-- an optout delivery and did not take that back since, and who came out of an earlier run and said so since (see
-- handover.sql).
WITH afgemeld AS MATERIALIZED (
    SELECT bsn, array_agg(regeling) AS regelingen
    FROM (
        SELECT bsn, regeling FROM blackbox.afmelding a
        WHERE levering = ANY (%(afmeldingen)s::bigint[]) AND NOT EXISTS (
            SELECT FROM blackbox.run_teruggenomen_%(run)s t
            WHERE t.levering = a.levering AND t.bsn = a.bsn AND t.regeling = a.regeling
        )
        UNION ALL
        SELECT bsn, regeling FROM blackbox.run_afgemeld_%(run)s
    ) AS wens
    GROUP BY bsn
),
wens AS MATERIALIZED (
    SELECT m.huishouden, a.regelingen
    FROM afgemeld a
    JOIN blackbox.run_lid_%(run)s m ON m.bsn = a.bsn
    WHERE m.volwassen
)
INSERT INTO blackbox.run_afmelding_%(run)s (run, huishouden, regeling)
SELECT DISTINCT %(run)s, w.huishouden, r.regeling
FROM wens w
JOIN blackbox.run_regeling r ON r.run = %(run)s AND (r.regeling = ANY (w.regelingen) OR '' = ANY (w.regelingen));
