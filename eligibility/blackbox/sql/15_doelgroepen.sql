-- The persons for whom a household with a ground is in the target group of a regeling, before looking at
-- what it already has. A closed regeling has no target group.
WITH kansrijk AS MATERIALIZED (
    SELECT k.huishouden, k.regeling
    FROM blackbox.run_klasse_%(run)s k
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = k.regeling AND NOT r.gesloten
    WHERE k.klasse IN ('zeker', 'onzeker')
)
INSERT INTO blackbox.run_doelgroep_%(run)s (run, huishouden, persoon, regeling)
-- All members for the Stadspas, the adults for the health insurance.
SELECT %(run)s, k.huishouden, m.persoon, k.regeling
FROM kansrijk k
JOIN blackbox.run_lid_%(run)s m ON m.huishouden = k.huishouden
WHERE k.regeling = 'stadspas' OR (k.regeling = 'czv' AND m.volwassen)
UNION ALL
-- Whose age and schooling or bijstand fit.
SELECT %(run)s, k.huishouden, l.persoon, k.regeling
FROM kansrijk k
JOIN blackbox.run_leeftijd_%(run)s l ON l.huishouden = k.huishouden AND l.regeling = k.regeling
WHERE l.past = 'ja'
UNION ALL
-- Renewal: no register shows the condition, so only who had it last year.
SELECT DISTINCT %(run)s, k.huishouden, g.persoon, k.regeling
FROM kansrijk k
JOIN blackbox.run_gebruik_%(run)s g ON g.huishouden = k.huishouden AND g.bron = k.regeling
WHERE k.regeling IN ('aov', 'ov_mantelzorg', 'rtm') AND g.jaar_offset = -1 AND g.volwassen;
