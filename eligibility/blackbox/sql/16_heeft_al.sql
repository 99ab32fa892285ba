-- Who already has a regeling. Granted per household: any adult this year. Granted per child: the child that a
-- row names, on whoever's BSN the row stands, and every minor in the household of an adult whose row names no
-- child. A laptop lasts for five years.
WITH rij AS MATERIALIZED (
    SELECT g.persoon, g.huishouden, g.kind, g.volwassen, g.voor_kind, r.regeling, r.per_kind
    FROM blackbox.run_gebruik_%(run)s g
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = g.bron
    WHERE g.jaar_offset = 0 OR (r.regeling = 'laptop' AND g.jaar_offset BETWEEN -4 AND 0)
)
INSERT INTO blackbox.run_heeft_%(run)s (run, huishouden, persoon, regeling)
SELECT %(run)s, huishouden, NULL::integer, regeling
FROM rij
WHERE NOT per_kind AND volwassen
UNION
SELECT %(run)s, kind.huishouden, kind.persoon, rij.regeling
FROM rij
JOIN blackbox.run_lid_%(run)s kind ON kind.persoon = rij.kind
WHERE rij.per_kind
UNION
SELECT %(run)s, kind.huishouden, kind.persoon, rij.regeling
FROM rij
JOIN blackbox.run_lid_%(run)s kind ON kind.huishouden = rij.huishouden AND NOT kind.volwassen
WHERE rij.per_kind AND rij.volwassen AND NOT rij.voor_kind;
