-- Out come the households in a target group that nobody opted out of, with the persons who do not have it yet.
-- A household with a class of its own for a regeling has that regeling, so the class for all is the class.
INSERT INTO blackbox.run_kandidaat_persoon_%(run)s (run, huishouden, persoon, regeling)
SELECT %(run)s, d.huishouden, d.persoon, d.regeling
FROM blackbox.run_doelgroep_%(run)s d
WHERE NOT EXISTS (
        SELECT FROM blackbox.run_afmelding_%(run)s a
        WHERE a.huishouden = d.huishouden AND a.regeling = d.regeling
    )
    AND NOT EXISTS (
        SELECT FROM blackbox.run_heeft_%(run)s h
        WHERE h.huishouden = d.huishouden
            AND h.regeling = d.regeling
            AND (h.persoon IS NULL OR h.persoon = d.persoon)
    );

INSERT INTO blackbox.run_kandidaat_%(run)s (run, huishouden, regeling, klasse, wijze)
SELECT
    %(run)s,
    p.huishouden,
    p.regeling,
    k.klasse,
    CASE WHEN r.ambtshalve AND k.klasse = 'zeker' THEN 'ambtshalve' ELSE 'formulier' END
FROM (SELECT DISTINCT huishouden, regeling FROM blackbox.run_kandidaat_persoon_%(run)s) AS p
JOIN blackbox.run_klasse_%(run)s k ON k.huishouden = p.huishouden AND k.regeling = ''
JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = p.regeling;
