-- Households with an adult who does not want to be approached, for one regeling or for all (empty).
INSERT INTO blackbox.run_afmelding_%(run)s (run, huishouden, regeling)
SELECT DISTINCT %(run)s, m.huishouden, r.regeling
FROM blackbox.afmelding a
JOIN blackbox.run_lid_%(run)s m ON m.bsn = a.bsn AND m.volwassen
JOIN blackbox.run_regeling r ON r.run = %(run)s AND a.regeling IN ('', r.regeling)
WHERE a.levering = ANY (%(afmeldingen)s::bigint[]);
