-- Who already has a regeling. Granted per household: any adult this year. Granted per child: the child that a
-- row names, on whoever's BSN the row stands, and every minor in the household of an adult whose row names no
-- child. A laptop lasts for five years.
WITH regeling AS (
    SELECT regeling, per_kind, CASE WHEN regeling = 'laptop' THEN -4 ELSE 0 END AS vanaf
    FROM blackbox.run_regeling
    WHERE run = %(run)s
)
INSERT INTO blackbox.run_heeft (run, huishouden, persoon, regeling)
SELECT DISTINCT %(run)s, g.huishouden, NULL::integer, r.regeling
FROM blackbox.run_gebruik g
JOIN regeling r ON r.regeling = g.bron AND NOT r.per_kind
WHERE g.run = %(run)s AND g.jaar_offset = 0
UNION
SELECT %(run)s, kind.huishouden, kind.persoon, r.regeling
FROM blackbox.klant k
JOIN blackbox.run_levering l ON l.run = %(run)s AND l.levering = k.levering
JOIN blackbox.run_instelling s ON s.run = %(run)s
JOIN regeling r
    ON r.regeling = l.bron
    AND r.per_kind
    AND l.jaar - extract(year FROM s.peildatum) BETWEEN r.vanaf AND 0
JOIN blackbox.run_lid kind ON kind.run = %(run)s AND kind.bsn = k.kind AND NOT kind.volwassen
WHERE k.levering = ANY (%(klanten)s::bigint[])
UNION
SELECT %(run)s, kind.huishouden, kind.persoon, r.regeling
FROM blackbox.run_gebruik g
JOIN regeling r ON r.regeling = g.bron AND r.per_kind AND g.jaar_offset BETWEEN r.vanaf AND 0
JOIN blackbox.run_lid kind ON kind.run = %(run)s AND kind.huishouden = g.huishouden AND NOT kind.volwassen
WHERE g.run = %(run)s AND NOT g.voor_kind;
