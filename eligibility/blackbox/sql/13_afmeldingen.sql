-- Households with an adult who does not want to be approached, for one regeling or for all (empty): who stands
-- in an optout delivery, and who came out before and said so since.
INSERT INTO blackbox.run_afmelding (run, huishouden, regeling)
SELECT DISTINCT %(run)s, m.huishouden, r.regeling
FROM (
    SELECT bsn, regeling FROM blackbox.afmelding WHERE levering = ANY (%(afmeldingen)s::bigint[])
    UNION ALL
    SELECT bsn, regeling FROM blackbox.run_afgemeld WHERE run = %(run)s
) AS a
JOIN blackbox.run_lid m ON m.run = %(run)s AND m.bsn = a.bsn AND m.volwassen
JOIN blackbox.run_regeling r ON r.run = %(run)s AND a.regeling IN ('', r.regeling);
