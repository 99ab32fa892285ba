-- The persons for whom a household with a ground is in the target group of a regeling, before looking at
-- what it already has. A closed regeling has no target group.
WITH kansrijk AS MATERIALIZED (
    SELECT huishouden
    FROM blackbox.run_klasse_%(run)s
    WHERE regeling = '' AND klasse IN ('zeker', 'onzeker')
),
doelgroep AS (
    -- All members for the Stadspas, the adults for the health insurance.
    SELECT
        m.huishouden,
        m.persoon,
        unnest(CASE WHEN m.volwassen THEN ARRAY['stadspas', 'czv'] ELSE ARRAY['stadspas'] END) AS regeling
    FROM kansrijk k
    JOIN blackbox.run_lid_%(run)s m ON m.huishouden = k.huishouden
    UNION ALL
    -- Whose age and schooling or bijstand fit.
    SELECT l.huishouden, l.persoon, l.regeling
    FROM kansrijk k
    JOIN blackbox.run_leeftijd_%(run)s l ON l.huishouden = k.huishouden
    WHERE l.past = 'ja'
    UNION ALL
    -- Renewal: no register shows the condition, so only who had it last year.
    SELECT DISTINCT g.huishouden, g.persoon, g.bron
    FROM kansrijk k
    JOIN blackbox.run_gebruik_%(run)s g ON g.huishouden = k.huishouden
    WHERE g.bron IN ('aov', 'ov_mantelzorg', 'rtm') AND g.jaar_offset = -1 AND g.volwassen
)
INSERT INTO blackbox.run_doelgroep_%(run)s (run, huishouden, persoon, regeling)
SELECT %(run)s, d.huishouden, d.persoon, d.regeling
FROM doelgroep d
JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = d.regeling AND NOT r.gesloten;
