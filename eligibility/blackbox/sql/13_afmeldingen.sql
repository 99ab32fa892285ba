-- Households with an adult who does not want to be approached, for one regeling or for all (empty): who stands in
-- an optout delivery, and who came out of an earlier run and said so since (see handover.sql).
WITH wens AS MATERIALIZED (
    SELECT DISTINCT m.huishouden, a.regeling
    FROM (
        SELECT bsn, regeling FROM blackbox.afmelding WHERE levering = ANY (%(afmeldingen)s::bigint[])
        UNION ALL
        SELECT bsn, regeling FROM blackbox.run_afgemeld_%(run)s
    ) AS a
    JOIN blackbox.run_lid_%(run)s m ON m.bsn = a.bsn
    WHERE m.volwassen
)
INSERT INTO blackbox.run_afmelding_%(run)s (run, huishouden, regeling)
SELECT DISTINCT %(run)s, w.huishouden, r.regeling
FROM wens w
JOIN blackbox.run_regeling r ON r.run = %(run)s AND w.regeling IN ('', r.regeling);
